//! What letters there are and what each of them tells.
use chrono::NaiveDate;

use crate::{
    error::{Language, Say},
    id::Id,
    time::Moment,
    words,
};

words! {
    /// What a letter is about.
    pub enum Kind {
        /// A request was received.
        Received = "booking_received",
        /// A booking stands.
        Confirmed = "booking_confirmed",
        /// A request was turned down.
        Rejected = "booking_rejected",
        /// A booking changed.
        Changed = "booking_changed",
        /// A booking is off.
        Cancelled = "booking_cancelled",
        /// A time is free for whoever waits for it.
        Offer = "waitlist_offer",
        /// It can't be had after all.
        OfferWithdrawn = "waitlist_withdrawn",
        /// Nobody came to a gathering, and its room was given away.
        NoShow = "booking_no_show",
        /// A gathering is tomorrow.
        Reminder = "booking_reminder",
        /// How many came to a gathering?
        HowMany = "participants_asked",
        /// The same, once more.
        HowManyAgain = "participants_asked_again",
        /// A request for a series was received.
        SeriesReceived = "series_received",
        /// A series stands.
        SeriesConfirmed = "series_confirmed",
        /// A request for a series was turned down.
        SeriesRejected = "series_rejected",
        /// A series changed.
        SeriesChanged = "series_changed",
        /// A series is off.
        SeriesCancelled = "series_cancelled",
        /// A request for many bookings was received.
        BatchReceived = "batch_received",
        /// Many bookings stand.
        BatchConfirmed = "batch_confirmed",
        /// Visitors who were announced have come.
        VisitorsArrived = "visitors_arrived",
        /// The figures of a month.
        MonthlyReport = "monthly_report",
        /// An association's figures of half a year.
        HalfYearReport = "half_year_report",
        /// Something in a room is broken.
        FaultReported = "fault_reported",
        /// The link with which to set a password.
        FirstPassword = "first_password",
        /// An association would like to have somebody as a member.
        MembershipAsked = "membership_asked",
        /// The link that signs in.
        SignInLink = "sign_in_link",
        /// How somebody signs in has changed.
        AccountChanged = "account_changed",
    }
}

/// Letters that name somebody beside their reader.
pub const NAMING: [Kind; 1] = [Kind::FaultReported];

/// How long the link that signs in holds, in seconds (OWASP ASVS 5.0, 6.5.5: at most ten minutes).
pub const SIGN_IN_LINK_SECONDS: i64 = 600;

/// To whom a letter goes.
#[derive(Debug, Clone)]
pub struct Recipient {
    /// The account, if it is one's.
    pub person: Option<Id>,
    /// What it is called.
    pub name: String,
    /// The address.
    pub address: String,
    /// The language it reads.
    pub language: Language,
}

/// What letters tell of a booking.
#[derive(Debug, Clone)]
pub struct BookingFacts {
    /// Its key.
    pub id: Id,
    /// Its number for people.
    pub reference: String,
    /// What it is called.
    pub title: String,
    /// Who meets.
    pub organisation: String,
    /// The room's name.
    pub room: String,
    /// Start, included.
    pub starts_at: Moment,
    /// End, not included.
    pub ends_at: Moment,
    /// How many are expected.
    pub participants: i32,
    /// Does it stand, or does it wait for a yes?
    pub stands: bool,
    /// Raised on every change, from 1.
    pub version: i32,
    /// When it was last changed.
    pub changed_at: Moment,
    /// When it lapses if it still waits then.
    pub lapses_at: Option<Moment>,
}

/// A room's name, the start and the end.
pub type Place = (String, Moment, Moment);

impl BookingFacts {
    /// Where and when it is.
    #[must_use]
    pub fn place(&self) -> Place {
        (self.room.clone(), self.starts_at, self.ends_at)
    }
}

/// What happened to a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeriesOccasion {
    /// A request came in and waits.
    Received,
    /// It stands.
    Confirmed,
    /// It was turned down.
    Rejected,
    /// Bookings are different from before.
    Changed,
    /// It was called off.
    Cancelled,
}

/// One date of a series.
#[derive(Debug, Clone)]
pub struct SeriesLine {
    /// The booking, as it is.
    pub is: BookingFacts,
    /// Where and when it was, if that changed.
    pub was: Option<Place>,
    /// Does it wait for an admin's yes?
    pub waits: bool,
}

/// A date that is not what the rest of the series is.
#[derive(Debug, Clone)]
pub struct UntouchedDate {
    /// The day.
    pub date: NaiveDate,
    /// The day's name, if it has one.
    pub holiday: Option<Say>,
    /// Why.
    pub why: Say,
}

/// What letters tell of a series, or of bookings that were made at once.
#[derive(Debug, Clone)]
pub struct SeriesFacts {
    /// Its key; none for bookings that were made at once, each with its own title.
    pub series: Option<Id>,
    /// What it is called.
    pub title: String,
    /// Who meets.
    pub organisation: String,
    /// How many are expected.
    pub participants: i32,
    /// The dates that the letter is about.
    pub lines: Vec<SeriesLine>,
    /// The dates that it is not about, and why.
    pub untouched: Vec<UntouchedDate>,
    /// When it lapses if it still waits then.
    pub lapses_at: Option<Moment>,
}

/// The letters that the house writes.
#[derive(Debug, Clone)]
pub enum Letter {
    /// A request was received and holds the room until it is decided.
    Received(BookingFacts),
    /// The booking stands.
    Confirmed(BookingFacts),
    /// The request was turned down, with the reason.
    Rejected(BookingFacts, String),
    /// Room, time or facts changed: before, after.
    Changed(BookingFacts, BookingFacts),
    /// The booking is off, with the reason if one was given.
    Cancelled(BookingFacts, Option<String>),
    /// The booking is off because the house closes the room, with the house's reason.
    Closed(BookingFacts, Option<String>),
    /// A time is held for whoever waited for it, until then.
    Offer(BookingFacts, Moment),
    /// It is not held any longer, with the reason.
    OfferWithdrawn(BookingFacts, String),
    /// Nobody came, and the room was given away.
    NoShow(BookingFacts),
    /// The gathering is within a day.
    Reminder(BookingFacts),
    /// The gathering is over: how many came?
    HowMany {
        /// Which it was.
        facts: BookingFacts,
        /// Was that asked before?
        again: bool,
        /// With it the answer is given, without signing in.
        secret: String,
        /// The link by which its guests rate it.
        evaluation: String,
    },
    /// Something happened to a series, or many bookings were made at once: told once for all dates.
    Series {
        /// What.
        occasion: SeriesOccasion,
        /// To which dates.
        facts: SeriesFacts,
        /// Why, if that was said.
        reason: Option<String>,
    },
    /// Visitors who were announced for the gathering have come, so many.
    VisitorsArrived(BookingFacts, i32),
    /// Somebody says that something in a room is broken: for those who run the house.
    FaultReported {
        /// The room's name.
        room: String,
        /// What is broken.
        description: String,
        /// Who says so.
        by: String,
    },
    /// The figures of a period that is over.
    Figures {
        /// Of half a year, or of a month?
        half_year: bool,
        /// Which: `2026-10` or `2026-H1`.
        period: String,
        /// The association; `None` is the house.
        about: Option<String>,
        /// Figure by figure.
        lines: Vec<FigureLine>,
        /// Where there is more, after the public URL.
        path: String,
    },
    /// Somebody got an account, or asked for a new password: the link with which to set it.
    FirstPassword {
        /// The one-time link.
        link: String,
        /// Which association would like to have it as a member: using the link says yes.
        asked_by: Option<String>,
    },
    /// An association would like to have somebody as a member, who says yes or no on its account's page.
    MembershipAsked {
        /// Which.
        organisation: String,
        /// Is it to manage the association too?
        manages: bool,
    },
    /// Somebody wants to sign in without its password.
    SignInLink {
        /// The one-time link.
        link: String,
    },
    /// How somebody signs in has changed, so that it learns of it if somebody else did it.
    AccountChanged(AccountChange),
}

/// What happened to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountChange {
    /// It has another password.
    Password,
    /// Two-step sign-in is on.
    TwoStepsOn,
    /// Two-step sign-in is off.
    TwoStepsOff,
    /// A sign-in was copied, and ended therefore.
    CopiedSession,
    /// It has another passkey.
    PasskeyAdded,
    /// It has a passkey less.
    PasskeyRemoved,
    /// It has no passkeys any more.
    PasskeysRemoved,
    /// There are two of one of its passkeys.
    CopiedPasskey,
    /// Somebody else's sign-in (OpenID Connect) opens it from now on.
    OpenIdLinked,
    /// It does so no more.
    OpenIdEnded,
    /// A program has a token of its own to it.
    TokenMade,
}

impl AccountChange {
    /// In words.
    #[must_use]
    pub fn words(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Password, Language::Sv) => "Ditt lösenord har ändrats. Andra inloggningar och nycklar för egna program har avslutats.",
            (Self::Password, Language::En) => "Your password was changed. Other sign-ins and tokens for your own programs have ended.",
            (Self::TokenMade, Language::Sv) => "En nyckel för egna program har gjorts till ditt konto.",
            (Self::TokenMade, Language::En) => "A token for your own programs was made for your account.",
            (Self::TwoStepsOn, Language::Sv) => "Tvåstegsinloggning har slagits på.",
            (Self::TwoStepsOn, Language::En) => "Two-step sign-in was turned on.",
            (Self::TwoStepsOff, Language::Sv) => "Tvåstegsinloggning har stängts av.",
            (Self::TwoStepsOff, Language::En) => "Two-step sign-in was turned off.",
            (Self::CopiedSession, Language::Sv) => "En av dina inloggningar användes från två håll. Den har avslutats för säkerhets skull.",
            (Self::CopiedSession, Language::En) => "One of your sign-ins was used from two places. It was ended to be on the safe side.",
            (Self::PasskeyAdded, Language::Sv) => "En lösennyckel (passkey) har lagts till på ditt konto.",
            (Self::PasskeyAdded, Language::En) => "A passkey was added to your account.",
            (Self::PasskeyRemoved, Language::Sv) => "En lösennyckel (passkey) har tagits bort från ditt konto.",
            (Self::PasskeyRemoved, Language::En) => "A passkey was removed from your account.",
            (Self::PasskeysRemoved, Language::Sv) => "Alla lösennycklar (passkeys) har tagits bort från ditt konto.",
            (Self::PasskeysRemoved, Language::En) => "All passkeys were removed from your account.",
            (Self::CopiedPasskey, Language::Sv) => {
                "Någon försökte logga in med en kopia av en av dina lösennycklar (passkeys) och kom inte in. Ta bort lösennyckeln och gör en ny."
            }
            (Self::CopiedPasskey, Language::En) => {
                "Somebody tried to sign in with a copy of one of your passkeys, and did not get in. Remove the passkey and add a new one."
            }
            (Self::OpenIdLinked, Language::Sv) => "Ditt konto har kopplats till en inloggning hos en annan organisation.",
            (Self::OpenIdLinked, Language::En) => "Your account was linked to a sign-in at another organisation.",
            (Self::OpenIdEnded, Language::Sv) => "Ditt konto är inte längre kopplat till en inloggning hos en annan organisation.",
            (Self::OpenIdEnded, Language::En) => "Your account is no longer linked to a sign-in at another organisation.",
        }
    }
}

/// A figure in a letter.
#[derive(Debug, Clone)]
pub struct FigureLine {
    /// What it is called.
    pub what: Say,
    /// How much.
    pub value: Say,
}

impl Letter {
    /// What it is about.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Received(_) => Kind::Received,
            Self::Confirmed(_) => Kind::Confirmed,
            Self::Rejected(..) => Kind::Rejected,
            Self::Changed(..) => Kind::Changed,
            Self::Cancelled(..) | Self::Closed(..) => Kind::Cancelled,
            Self::Offer(..) => Kind::Offer,
            Self::OfferWithdrawn(..) => Kind::OfferWithdrawn,
            Self::NoShow(_) => Kind::NoShow,
            Self::Reminder(_) => Kind::Reminder,
            Self::HowMany { again: false, .. } => Kind::HowMany,
            Self::HowMany { again: true, .. } => Kind::HowManyAgain,
            Self::Series { occasion, facts, .. } => match occasion {
                SeriesOccasion::Received if facts.series.is_none() => Kind::BatchReceived,
                SeriesOccasion::Confirmed if facts.series.is_none() => Kind::BatchConfirmed,
                SeriesOccasion::Received => Kind::SeriesReceived,
                SeriesOccasion::Confirmed => Kind::SeriesConfirmed,
                SeriesOccasion::Rejected => Kind::SeriesRejected,
                SeriesOccasion::Changed => Kind::SeriesChanged,
                SeriesOccasion::Cancelled => Kind::SeriesCancelled,
            },
            Self::VisitorsArrived(..) => Kind::VisitorsArrived,
            Self::Figures { half_year: false, .. } => Kind::MonthlyReport,
            Self::Figures { half_year: true, .. } => Kind::HalfYearReport,
            Self::FaultReported { .. } => Kind::FaultReported,
            Self::FirstPassword { .. } => Kind::FirstPassword,
            Self::MembershipAsked { .. } => Kind::MembershipAsked,
            Self::SignInLink { .. } => Kind::SignInLink,
            Self::AccountChanged(_) => Kind::AccountChanged,
        }
    }

    /// Does its text hold a secret? Then nobody is shown the text, and it is wiped once sent.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        matches!(self, Self::FirstPassword { .. } | Self::SignInLink { .. } | Self::HowMany { .. })
    }

    /// From when on nobody has any use for it, if it is written `now`.
    #[must_use]
    pub fn good_until(&self, now: Moment) -> Option<Moment> {
        match self {
            Self::SignInLink { .. } => Some(now.plus_seconds(SIGN_IN_LINK_SECONDS)),
            Self::Offer(_, until) => Some(*until),
            Self::Reminder(booking) => Some(booking.starts_at),
            Self::VisitorsArrived(booking, _) => Some(booking.ends_at),
            _ => None,
        }
    }
}
