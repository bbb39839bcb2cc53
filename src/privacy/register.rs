//! The register of processing (GDPR, Article 30): every column that holds something about a person, with why, on which ground and
//! for how long. The notice, the export and the erasure are made from it, and a test holds it against the database's own columns: a
//! new column of any kind fails until it is written down, here or in `nobody.rs`.
use crate::{error::Language, settings::Retention};

/// The same in both languages.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// Swedish.
    pub sv: &'static str,
    /// English.
    pub en: &'static str,
}

impl Words {
    /// In one of them.
    #[must_use]
    pub fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::Sv => self.sv,
            Language::En => self.en,
        }
    }
}

pub(super) const fn words(sv: &'static str, en: &'static str) -> Words {
    Words { sv, en }
}

/// The name of the association that a row belongs to.
pub const ORGANISATION: (&str, Words) = ("organisation", words("förening", "association"));
/// The name of the room that a row is about.
pub const ROOM: (&str, Words) = ("room", words("lokal", "room"));

/// For how long something is kept.
#[derive(Clone, Copy)]
pub enum Kept {
    /// So many days, by the house's settings, after what the words say.
    Days(fn(&Retention) -> i32, Words),
    /// As the words say; not to be decided by the house.
    Always(Words),
}

impl Kept {
    /// As a sentence.
    #[must_use]
    pub fn sentence(self, retention: &Retention, language: Language) -> String {
        match (self, language) {
            (Self::Days(days, after), Language::Sv) => format!("{} dagar {}", days(retention), after.sv),
            (Self::Days(days, after), Language::En) => format!("{} days {}", days(retention), after.en),
            (Self::Always(words), _) => words.in_language(language).to_owned(),
        }
    }
}

/// What something is kept for.
pub struct Purpose {
    /// Stable name.
    pub id: &'static str,
    /// What for.
    pub name: Words,
    /// The ground by law.
    pub basis: Words,
    /// For how long.
    pub kept: Kept,
    /// Who gets to see it.
    pub seen_by: Words,
}

/// How a column is about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// It is shown to whom it is about.
    Told,
    /// A reference to the person: by it a row is found.
    Reference,
    /// A secret, or only of use to a program: kept, and shown to nobody.
    Secret,
}

/// A column that holds something about a person.
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What people call it.
    pub label: Words,
    /// How it is about a person.
    pub what: What,
}

pub(super) const fn told(name: &'static str, sv: &'static str, en: &'static str) -> Column {
    Column { name, label: words(sv, en), what: What::Told }
}

pub(super) const fn refers(name: &'static str, sv: &'static str, en: &'static str) -> Column {
    Column { name, label: words(sv, en), what: What::Reference }
}

pub(super) const fn secret(name: &'static str, sv: &'static str, en: &'static str) -> Column {
    Column { name, label: words(sv, en), what: What::Secret }
}

/// What of a table is about people.
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// What people call it.
    pub label: Words,
    /// What for.
    pub purpose: &'static str,
    /// The columns about a person.
    pub columns: &'static [Column],
    /// What goes along in the export, to make sense of it; not about a person by itself.
    pub along: &'static [(&'static str, Words)],
}

/// Everything that people's data is kept for.
pub const PURPOSES: &[Purpose] = &[
    Purpose {
        id: "account",
        name: words("Konton: att veta vem som bokar och för vilken förening", "Accounts: to know who books, and for which association"),
        basis: words("Berättigat intresse, artikel 6.1 f", "Legitimate interest, Article 6(1)(f)"),
        kept: Kept::Days(
            |days| days.closed_accounts,
            words(
                "efter att kontot har stängts, eller tills du tar bort det; frågor från föreningar 30 dagar. I säkerhetskopior finns det kvar tills de byts ut, senast efter 12 månader",
                "after the account is closed, or until you remove it; questions from associations 30 days. In backups it stays until they are replaced, after 12 months at the latest",
            ),
        ),
        seen_by: words("Du, föreningens ansvariga och husets personal", "You, those who run the association, and the house's staff"),
    },
    Purpose {
        id: "sign_in",
        name: words("Inloggning: att ingen annan kommer in på ditt konto", "Sign-in: that nobody else gets into your account"),
        basis: words("Berättigat intresse, artikel 6.1 f", "Legitimate interest, Article 6(1)(f)"),
        kept: Kept::Always(words(
            "Inloggningar högst 30 dagar, misslyckade försök ett dygn, länkar högst 7 dagar, lösenord, lösennycklar och koppling till inloggning hos en annan organisation så länge kontot finns eller du har dem",
            "Sign-ins 30 days at most, failed tries a day, links 7 days at most, passwords, passkeys and a link to a sign-in at another organisation for as long as there is the account or you keep them",
        )),
        seen_by: words(
            "Du. Om du loggar in hos en annan organisation får den veta att du loggar in här, men inget om vad du gör",
            "You. If you sign in at another organisation it learns that you sign in here, and nothing about what you do",
        ),
    },
    Purpose {
        id: "booking",
        name: words("Bokningar: att lokalerna räcker till alla", "Bookings: that there are rooms for everybody"),
        basis: words(
            "Avtal med föreningen och berättigat intresse, artikel 6.1 f",
            "Agreement with the association and legitimate interest, Article 6(1)(f)",
        ),
        kept: Kept::Days(
            |days| days.contact_phones,
            words(
                "efter träffen för telefonnumret; vem som bokade så länge kontot finns",
                "after the gathering for the phone number; who booked for as long as the account is there",
            ),
        ),
        seen_by: words("Föreningens medlemmar och husets personal", "The association's members and the house's staff"),
    },
    Purpose {
        id: "association",
        name: words("Föreningar: att kunna nå dem", "Associations: to be able to reach them"),
        basis: words("Avtal med föreningen", "Agreement with the association"),
        kept: Kept::Always(words("Så länge föreningen är i huset", "For as long as the association is in the house")),
        seen_by: words("Föreningens medlemmar och husets personal", "The association's members and the house's staff"),
    },
    Purpose {
        id: "letter",
        name: words("Brev: besked om bokningar och inloggning", "Letters: word about bookings and sign-in"),
        basis: words("Berättigat intresse, artikel 6.1 f", "Legitimate interest, Article 6(1)(f)"),
        kept: Kept::Days(
            |days| days.letters,
            words(
                "efter att brevet skrevs. Av adressen på en inbjudan till kalendern finns ett kontrolltal kvar i två år till, så att inbjudan kan tas tillbaka",
                "after the letter was written. Of the address of an invitation to a calendar a hash stays for two years more, so that the invitation can be taken back",
            ),
        ),
        seen_by: words("Du och husets administratörer", "You and the house's admins"),
    },
    Purpose {
        id: "visitor_name",
        name: words("Namn på besökare: att alla kommer ut vid brand", "Visitors' names: that everybody gets out in a fire"),
        basis: words("Berättigat intresse, artikel 6.1 f; frivilligt", "Legitimate interest, Article 6(1)(f); voluntary"),
        kept: Kept::Always(words("Högst ett dygn efter besöket", "A day after the visit at most")),
        seen_by: words("Receptionen, vid upprop", "The reception, at a roll call"),
    },
    Purpose {
        id: "reception",
        name: words(
            "Receptionens dag: väntade grupper, överlämning och nycklar",
            "The reception's day: expected groups, hand-over and keys",
        ),
        basis: words("Berättigat intresse, artikel 6.1 f", "Legitimate interest, Article 6(1)(f)"),
        kept: Kept::Days(
            |days| days.shift_notes,
            words(
                "för anteckningar; väntade besök ett dygn, lånade nycklar och upprop enligt husets inställningar",
                "for notes; expected visits a day, keys lent and roll calls by the house's settings",
            ),
        ),
        seen_by: words("Husets personal", "The house's staff"),
    },
    Purpose {
        id: "operation",
        name: words("Drift: fel, stängningar och undantag", "Running the house: faults, closures and exceptions"),
        basis: words("Berättigat intresse, artikel 6.1 f", "Legitimate interest, Article 6(1)(f)"),
        kept: Kept::Always(words(
            "Så länge lokalen finns; vem som anmälde så länge kontot finns",
            "For as long as there is the room; who told for as long as the account is there",
        )),
        seen_by: words("Husets personal", "The house's staff"),
    },
    Purpose {
        id: "audit",
        name: words("Logg: att fel och missbruk kan rättas", "Audit trail: that mistakes and misuse can be put right"),
        basis: words(
            "Berättigat intresse och rättslig förpliktelse att skydda uppgifterna, artikel 6.1 c och f",
            "Legitimate interest and the duty to protect the data, Article 6(1)(c) and (f)",
        ),
        kept: Kept::Days(
            |days| days.audit_trail,
            words(
                "efter händelsen. Ingen kan ändra i loggen, så ditt namn och din e-post står kvar där så länge också när du har tagit bort ditt konto",
                "after it happened. Nobody can change the trail, so your name and e-mail stay there for so long even when you have removed your account",
            ),
        ),
        seen_by: words("Husets administratörer", "The house's admins"),
    },
    Purpose {
        id: "evaluation",
        name: words("Utvärderingar: att huset blir bättre", "Evaluations: that the house gets better"),
        basis: words("Anonyma: inget samband med en person sparas", "Anonymous: no tie to a person is kept"),
        kept: Kept::Always(words("Så länge bokningen finns", "For as long as there is the booking")),
        seen_by: words("Föreningen och husets personal", "The association and the house's staff"),
    },
    Purpose {
        id: "repeat",
        name: words("Upprepade anrop: att samma sak inte görs två gånger", "Repeated requests: that the same is not done twice"),
        basis: words("Berättigat intresse, artikel 6.1 f", "Legitimate interest, Article 6(1)(f)"),
        kept: Kept::Always(words("Ett dygn", "A day")),
        seen_by: words("Ingen", "Nobody"),
    },
];

/// The purpose with this name.
#[must_use]
pub fn purpose(id: &str) -> Option<&'static Purpose> {
    PURPOSES.iter().find(|purpose| purpose.id == id)
}
