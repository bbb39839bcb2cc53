//! What letters say: subject, text and HTML in the recipient's language, from the templates compiled into the binary.
use askama::Template;

use super::{
    answers::{Answer, answers},
    figures_wording::{self, Figures},
    letter::{BookingFacts, Letter, Recipient},
    series_wording::{self, SeriesView},
    time_wording::{briefly, by_clock, when},
};
use crate::{
    error::{Error, Language, Result, Say},
    say,
    time::Moment,
};

/// A letter as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// One line.
    pub subject: String,
    /// For those who read plain text.
    pub text: String,
    /// For all others.
    pub html: String,
}

/// A booking in words.
#[derive(Default)]
struct Booking {
    reference: String,
    title: String,
    room: String,
    when: String,
    organisation: String,
    participants: i32,
}

/// One fact that changed.
struct Change {
    what: &'static str,
    was: String,
    is: String,
}

/// What the templates see.
struct View<'a> {
    language: &'static str,
    house: &'a str,
    name: &'a str,
    subject: &'a str,
    booking: Booking,
    changes: Vec<Change>,
    reason: Option<&'a str>,
    /// Who reported a fault.
    reporter: &'a str,
    /// Which association would like to have the reader as a member; empty if none.
    asked_by: &'a str,
    /// Is the reader to manage it too?
    manages: bool,
    /// How many visitors have come, in words.
    visitors: String,
    /// By when it is answered or lapses, in a sentence; empty if it waits as long as it takes.
    deadline: String,
    /// Was it the house that closed the room?
    closed: bool,
    link: &'a str,
    series: SeriesView,
    /// What may be answered at once.
    answers: Vec<Answer>,
    /// The link by which guests rate the gathering.
    evaluation: &'a str,
    /// Was the same said before?
    again: bool,
    /// Figures, if it is about figures.
    figures: Figures,
}

/// One type for each template, as askama wants it, and the one place that chooses among them.
macro_rules! templates {
    ($($kind:ident $language:ident $text:literal $html:literal)+) => {
        fn fill(kind: super::Kind, language: Language, view: &View) -> askama::Result<(String, String)> {
            match (kind, language) {
                $((super::Kind::$kind, Language::$language) => {
                    #[derive(Template)]
                    #[template(path = $text)]
                    struct Text<'a> {
                        letter: &'a View<'a>,
                    }
                    #[derive(Template)]
                    #[template(path = $html)]
                    struct Html<'a> {
                        letter: &'a View<'a>,
                    }
                    Ok((Text { letter: view }.render()?, Html { letter: view }.render()?))
                })+
            }
        }
    };
}
templates! {
    Received Sv "sv/booking_received.txt" "sv/booking_received.html"
    Received En "en/booking_received.txt" "en/booking_received.html"
    Confirmed Sv "sv/booking_confirmed.txt" "sv/booking_confirmed.html"
    Confirmed En "en/booking_confirmed.txt" "en/booking_confirmed.html"
    Rejected Sv "sv/booking_rejected.txt" "sv/booking_rejected.html"
    Rejected En "en/booking_rejected.txt" "en/booking_rejected.html"
    Changed Sv "sv/booking_changed.txt" "sv/booking_changed.html"
    Changed En "en/booking_changed.txt" "en/booking_changed.html"
    Cancelled Sv "sv/booking_cancelled.txt" "sv/booking_cancelled.html"
    Cancelled En "en/booking_cancelled.txt" "en/booking_cancelled.html"
    Offer Sv "sv/waitlist_offer.txt" "sv/waitlist_offer.html"
    Offer En "en/waitlist_offer.txt" "en/waitlist_offer.html"
    OfferWithdrawn Sv "sv/waitlist_withdrawn.txt" "sv/waitlist_withdrawn.html"
    OfferWithdrawn En "en/waitlist_withdrawn.txt" "en/waitlist_withdrawn.html"
    NoShow Sv "sv/booking_no_show.txt" "sv/booking_no_show.html"
    NoShow En "en/booking_no_show.txt" "en/booking_no_show.html"
    Reminder Sv "sv/booking_reminder.txt" "sv/booking_reminder.html"
    Reminder En "en/booking_reminder.txt" "en/booking_reminder.html"
    HowMany Sv "sv/participants_asked.txt" "sv/participants_asked.html"
    HowMany En "en/participants_asked.txt" "en/participants_asked.html"
    HowManyAgain Sv "sv/participants_asked.txt" "sv/participants_asked.html"
    HowManyAgain En "en/participants_asked.txt" "en/participants_asked.html"
    BatchReceived Sv "sv/series.txt" "sv/series.html"
    BatchReceived En "en/series.txt" "en/series.html"
    BatchConfirmed Sv "sv/series.txt" "sv/series.html"
    BatchConfirmed En "en/series.txt" "en/series.html"
    SeriesReceived Sv "sv/series.txt" "sv/series.html"
    SeriesReceived En "en/series.txt" "en/series.html"
    SeriesConfirmed Sv "sv/series.txt" "sv/series.html"
    SeriesConfirmed En "en/series.txt" "en/series.html"
    SeriesRejected Sv "sv/series.txt" "sv/series.html"
    SeriesRejected En "en/series.txt" "en/series.html"
    SeriesChanged Sv "sv/series.txt" "sv/series.html"
    SeriesChanged En "en/series.txt" "en/series.html"
    SeriesCancelled Sv "sv/series.txt" "sv/series.html"
    SeriesCancelled En "en/series.txt" "en/series.html"
    VisitorsArrived Sv "sv/visitors_arrived.txt" "sv/visitors_arrived.html"
    VisitorsArrived En "en/visitors_arrived.txt" "en/visitors_arrived.html"
    MonthlyReport Sv "sv/figures.txt" "sv/figures.html"
    MonthlyReport En "en/figures.txt" "en/figures.html"
    HalfYearReport Sv "sv/figures.txt" "sv/figures.html"
    HalfYearReport En "en/figures.txt" "en/figures.html"
    FaultReported Sv "sv/fault_reported.txt" "sv/fault_reported.html"
    FaultReported En "en/fault_reported.txt" "en/fault_reported.html"
    FirstPassword Sv "sv/first_password.txt" "sv/first_password.html"
    FirstPassword En "en/first_password.txt" "en/first_password.html"
    MembershipAsked Sv "sv/membership_asked.txt" "sv/membership_asked.html"
    MembershipAsked En "en/membership_asked.txt" "en/membership_asked.html"
    SignInLink Sv "sv/sign_in_link.txt" "sv/sign_in_link.html"
    SignInLink En "en/sign_in_link.txt" "en/sign_in_link.html"
    AccountChanged Sv "sv/account_changed.txt" "sv/account_changed.html"
    AccountChanged En "en/account_changed.txt" "en/account_changed.html"
}

/// Writes a letter. `house` is how the house calls itself, `public_url` where links begin.
pub fn write(house: &str, public_url: &str, to: &Recipient, letter: &Letter) -> Result<Written> {
    let language = to.language;
    let subject = one_line(subject(house, letter).in_language(language));
    let (booking, before, reason) = match letter {
        Letter::Received(now)
        | Letter::Confirmed(now)
        | Letter::NoShow(now)
        | Letter::Reminder(now)
        | Letter::VisitorsArrived(now, _)
        | Letter::HowMany { facts: now, .. } => (Some(now), None, None),
        Letter::Rejected(now, reason) => (Some(now), None, Some(reason.as_str())),
        Letter::Changed(before, now) => (Some(now), Some(before), None),
        Letter::Cancelled(now, reason) | Letter::Closed(now, reason) => (Some(now), None, reason.as_deref()),
        Letter::Offer(now, _) => (Some(now), None, None),
        Letter::OfferWithdrawn(now, reason) => (Some(now), None, Some(reason.as_str())),
        Letter::Series { reason, .. } => (None, None, reason.as_deref()),
        Letter::FaultReported { description, .. } => (None, None, Some(description.as_str())),
        Letter::AccountChanged(change) => (None, None, Some(change.words(language))),
        Letter::Figures { .. } | Letter::FirstPassword { .. } | Letter::SignInLink { .. } | Letter::MembershipAsked { .. } => {
            (None, None, None)
        }
    };
    let link = match (letter, booking) {
        (Letter::FirstPassword { link, .. } | Letter::SignInLink { link }, _) => link.clone(),
        (Letter::AccountChanged(_) | Letter::MembershipAsked { .. }, _) => format!("{public_url}/konto"),
        (Letter::Series { facts, .. }, _) => match facts.series {
            Some(series) => format!("{public_url}/serier/{series}"),
            None => format!("{public_url}/bokningar"),
        },
        (Letter::FaultReported { .. }, _) => format!("{public_url}/felanmalningar"),
        (Letter::Figures { path, .. }, _) => format!("{public_url}{path}"),
        (Letter::Closed(..), _) => format!("{public_url}/hitta"),
        (Letter::Offer(..) | Letter::OfferWithdrawn(..), _) => format!("{public_url}/bokningar"),
        (_, Some(booking)) => format!("{public_url}/bokningar/{}", booking.id),
        (_, None) => public_url.to_owned(),
    };
    let view = View {
        language: language.as_str(),
        house,
        name: &one_line(&to.name),
        subject: &subject,
        changes: before.zip(booking).map(|(before, now)| changes(before, now, language)).unwrap_or_default(),
        booking: match letter {
            Letter::FaultReported { room, .. } => Booking { room: room.clone(), ..Booking::default() },
            _ => booking.map(|facts| in_words(facts, language)).unwrap_or_default(),
        },
        reason: reason.map(str::trim).filter(|reason| !reason.is_empty()),
        deadline: match (letter, booking) {
            (Letter::Offer(_, until), _) => held(*until, language),
            (_, booking) => booking.map(|facts| deadline(facts.lapses_at, language)).unwrap_or_default(),
        },
        visitors: if let Letter::VisitorsArrived(_, people) = letter { visitors(*people, language) } else { String::new() },
        reporter: if let Letter::FaultReported { by, .. } = letter { by } else { "" },
        asked_by: match letter {
            Letter::FirstPassword { asked_by, .. } => asked_by.as_deref().unwrap_or_default(),
            Letter::MembershipAsked { organisation, .. } => organisation,
            _ => "",
        },
        manages: matches!(letter, Letter::MembershipAsked { manages: true, .. }),
        closed: matches!(letter, Letter::Closed(..)),
        link: &link,
        series: match letter {
            Letter::Series { occasion, facts, .. } => series_wording::view(*occasion, facts, language),
            _ => SeriesView::default(),
        },
        answers: match letter {
            Letter::HowMany { facts, secret, .. } => answers(public_url, facts.participants, secret, language),
            _ => vec![],
        },
        evaluation: if let Letter::HowMany { evaluation, .. } = letter { evaluation } else { "" },
        again: matches!(letter, Letter::HowMany { again: true, .. }),
        figures: figures_wording::view(letter, public_url, language),
    };
    let (text, html) = fill(letter.kind(), language, &view).map_err(Error::internal)?;
    Ok(Written { text: tidy(&text), html, subject })
}

/// `en väntad besökare`, `8 väntade besökare`.
fn visitors(people: i32, language: Language) -> String {
    let words = match people {
        1 => say!("En väntad besökare", "One expected visitor"),
        _ => say!("{people} väntade besökare", "{people} expected visitors"),
    };
    words.in_language(language).to_owned()
}

/// What becomes of a request that nobody answers in time; empty if it waits as long as it takes.
pub(super) fn deadline(lapses_at: Option<Moment>, language: Language) -> String {
    let Some(at) = lapses_at else { return String::new() };
    let (date, hour, minute) = by_clock(at, language);
    say!(
        "Har ingen svarat senast {date} kl. {hour:02}.{minute:02} faller förfrågan, och tiden blir fri igen.",
        "If nobody has answered by {date}, {hour:02}:{minute:02}, the request lapses and the time is free again."
    )
    .in_language(language)
    .to_owned()
}

/// Until when a time is held for whoever waited for it.
fn held(until: Moment, language: Language) -> String {
    let (date, hour, minute) = by_clock(until, language);
    say!(
        "Vi håller tiden för er till {date} kl. {hour:02}.{minute:02}. Sedan går den till nästa i kön.",
        "We hold the time for you until {date}, {hour:02}:{minute:02}. Then it goes to the next who waits."
    )
    .in_language(language)
    .to_owned()
}

fn subject(house: &str, letter: &Letter) -> Say {
    let (sv, en, booking) = match letter {
        Letter::Received(booking) => ("Bokningsförfrågan är mottagen", "Booking request received", booking),
        Letter::Confirmed(booking) => ("Bokningen är bekräftad", "Booking confirmed", booking),
        Letter::Rejected(booking, _) => ("Bokningsförfrågan är avslagen", "Booking request turned down", booking),
        Letter::Changed(_, booking) => ("Bokningen är ändrad", "Booking changed", booking),
        Letter::Offer(booking, _) => ("Tiden är ledig för er", "The time is free for you", booking),
        Letter::OfferWithdrawn(booking, _) => ("Tiden hålls inte längre", "The time is no longer held", booking),
        Letter::Cancelled(booking, _) | Letter::Closed(booking, _) => ("Bokningen är avbokad", "Booking cancelled", booking),
        Letter::NoShow(booking) => ("Ingen kom", "Nobody came", booking),
        Letter::VisitorsArrived(booking, _) => ("Era besökare har kommit", "Your visitors have come", booking),
        Letter::Reminder(booking) => ("Påminnelse", "Reminder", booking),
        Letter::HowMany { facts, again: false, .. } => ("Hur många kom?", "How many came?", facts),
        Letter::HowMany { facts, again: true, .. } => ("Påminnelse: hur många kom?", "Reminder: how many came?", facts),
        Letter::Series { occasion, facts, .. } => return series_wording::subject(*occasion, facts),
        Letter::Figures { period, about, .. } => return figures_wording::subject(period, about.as_deref()),
        Letter::FaultReported { room, .. } => return say!("Fel anmält: {room}", "Fault reported: {room}"),
        Letter::AccountChanged(_) => return say!("Din inloggning hos {house} har ändrats", "Your sign-in at {house} has changed"),
        Letter::SignInLink { .. } => return say!("Logga in på {house}", "Sign in at {house}"),
        // Which one stands inside alone: subjects are read over shoulders.
        Letter::MembershipAsked { .. } => {
            return say!("En förening hos {house} vill ha dig som medlem", "An organisation at {house} would like you as a member");
        }
        Letter::FirstPassword { .. } => return say!("Välj ditt lösenord för {house}", "Choose your password for {house}"),
    };
    let room = &booking.room;
    let (when_sv, when_en) =
        (briefly(booking.starts_at, booking.ends_at, Language::Sv), briefly(booking.starts_at, booking.ends_at, Language::En));
    let mark = if sv.ends_with('?') { "" } else { ":" };
    say!("{sv}{mark} {room}, {when_sv}", "{en}{mark} {room}, {when_en}")
}

fn in_words(facts: &BookingFacts, language: Language) -> Booking {
    Booking {
        reference: facts.reference.clone(),
        title: facts.title.clone(),
        room: facts.room.clone(),
        when: when(facts.starts_at, facts.ends_at, language),
        organisation: facts.organisation.clone(),
        participants: facts.participants,
    }
}

fn changes(before: &BookingFacts, now: &BookingFacts, language: Language) -> Vec<Change> {
    let (was, is) = (in_words(before, language), in_words(now, language));
    let label = |sv, en| if language == Language::Sv { sv } else { en };
    [
        (label("Rubrik", "Title"), was.title, is.title),
        (label("Lokal", "Room"), was.room, is.room),
        (label("Tid", "Time"), was.when, is.when),
        (label("Arrangör", "Organiser"), was.organisation, is.organisation),
        (label("Väntade deltagare", "Expected participants"), was.participants.to_string(), is.participants.to_string()),
    ]
    .into_iter()
    .filter(|(_, was, is)| was != is)
    .map(|(what, was, is)| Change { what, was, is })
    .collect()
}

/// Without line breaks and other control characters: fit for a header.
#[must_use]
pub fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// At most one empty line in a row: templates leave more where a part is missing.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.trim().lines() {
        let line = line.trim_end();
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            tidy.push_str(line);
            tidy.push('\n');
        }
    }
    tidy
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;

    fn at(text: &str) -> Moment {
        text.parse().unwrap()
    }

    fn facts() -> BookingFacts {
        BookingFacts {
            id: Id::new(),
            reference: "N21-7K3QX9".into(),
            title: "Språkkafé & fika".into(),
            organisation: "Limhamns språkkafé".into(),
            room: "Konferens 1".into(),
            starts_at: at("2026-11-24T18:00:00+01:00"),
            ends_at: at("2026-11-24T20:00:00+01:00"),
            participants: 12,
            stands: true,
            version: 1,
            changed_at: at("2026-11-20T12:00:00+01:00"),
            lapses_at: None,
        }
    }

    fn to(language: Language) -> Recipient {
        Recipient { person: None, name: "Amina Berg".into(), address: "amina@example.org".into(), language }
    }

    fn letters() -> Vec<Letter> {
        let moved = BookingFacts { room: "Aulan".into(), ends_at: at("2026-11-24T21:30:00+01:00"), ..facts() };
        vec![
            Letter::Received(facts()),
            Letter::Confirmed(facts()),
            Letter::Rejected(facts(), "Lokalen renoveras.".into()),
            Letter::Changed(facts(), moved),
            Letter::Cancelled(facts(), Some("Ledaren är sjuk.".into())),
            Letter::NoShow(facts()),
            how_many(12, false),
            how_many(12, true),
            Letter::FirstPassword { link: "https://nobel21.example/losenord#hemligt".into(), asked_by: None },
            Letter::FirstPassword {
                link: "https://nobel21.example/losenord#hemligt".into(),
                asked_by: Some("Limhamns språkkafé & fika".into()),
            },
            Letter::MembershipAsked { organisation: "Limhamns språkkafé & fika".into(), manages: false },
            Letter::MembershipAsked { organisation: "Limhamns språkkafé & fika".into(), manages: true },
            Letter::SignInLink { link: "https://nobel21.example/logga-in/lank#hemligt".into() },
            Letter::AccountChanged(super::super::AccountChange::Password),
            Letter::AccountChanged(super::super::AccountChange::PasskeyAdded),
            Letter::AccountChanged(super::super::AccountChange::PasskeyRemoved),
            Letter::AccountChanged(super::super::AccountChange::PasskeysRemoved),
            Letter::AccountChanged(super::super::AccountChange::CopiedPasskey),
            Letter::AccountChanged(super::super::AccountChange::OpenIdLinked),
            Letter::AccountChanged(super::super::AccountChange::OpenIdEnded),
            Letter::AccountChanged(super::super::AccountChange::TokenMade),
        ]
    }

    fn how_many(participants: i32, again: bool) -> Letter {
        let facts = BookingFacts { participants, ..facts() };
        Letter::HowMany { facts, again, secret: "hemligt".into(), evaluation: "https://nobel21.example/e/012Z0ZAMY8".into() }
    }

    fn written(letter: &Letter, language: Language) -> Written {
        write("Föreningscentret Nobel 21", "https://nobel21.example", &to(language), letter).unwrap()
    }

    #[test]
    fn every_letter_says_what_it_is_about_in_both_languages() {
        for letter in letters() {
            for language in [Language::Sv, Language::En] {
                let Written { subject, text, html } = written(&letter, language);
                assert!(text.contains("Amina Berg") && html.contains("Amina Berg"), "{subject}");
                assert!(html.starts_with("<!doctype html>") && html.contains(&format!("lang=\"{}\"", language.as_str())));
                assert!(!html.contains("<img") && !html.contains("src="), "nothing is fetched from anywhere");
                assert!(!text.contains("\n\n\n") && !text.contains('{'), "{text}");
                if letter.kind() == super::super::Kind::Confirmed {
                    let expected = match language {
                        Language::Sv => "Bokningen är bekräftad: Konferens 1, 24 november kl. 18.00–20.00",
                        Language::En => "Booking confirmed: Konferens 1, 24 November, 18:00–20:00",
                    };
                    assert_eq!(subject, expected);
                }
                if let Letter::MembershipAsked { manages, .. } = &letter {
                    assert!(!subject.contains("Limhamn"), "{subject}");
                    assert!(text.contains("Limhamns språkkafé & fika") && html.contains("Limhamns språkkafé &#38; fika"), "{text}");
                    assert!(text.contains("https://nobel21.example/konto") && html.contains("href=\"https://nobel21.example/konto\""));
                    let charge = if language == Language::Sv { "ansvarig" } else { "in charge" };
                    assert_eq!((text.contains(charge), html.contains(charge)), (*manages, *manages), "{text}");
                    continue;
                }
                if let Letter::FirstPassword { asked_by, .. } = &letter {
                    let named = asked_by.is_some();
                    assert_eq!(
                        (text.contains("Limhamns språkkafé & fika"), html.contains("Limhamns språkkafé &#38; fika")),
                        (named, named)
                    );
                }
                if let Letter::FirstPassword { link, .. } | Letter::SignInLink { link } = &letter {
                    assert!(text.contains(link.as_str()) && html.contains(link.as_str()));
                    continue;
                }
                if let Letter::AccountChanged(change) = &letter {
                    assert!(text.contains(change.words(language)) && html.contains("https://nobel21.example/konto"));
                    continue;
                }
                let when =
                    if language == Language::Sv { "tisdag 24 november 2026 kl. 18.00–2" } else { "Tuesday 24 November 2026, 18:00–2" };
                for part in [when, "N21-7K3QX9", "Limhamns språkkafé", "https://nobel21.example/bokningar/"] {
                    assert!(text.contains(part), "{part} is missing in\n{text}");
                    assert!(html.contains(part), "{part} is missing in\n{html}");
                }
                assert!(text.contains("Språkkafé & fika") && html.contains("Språkkafé &#38; fika"));
            }
        }
    }

    #[test]
    fn the_two_languages_do_not_mix() {
        for letter in letters() {
            let (sv, en) = (written(&letter, Language::Sv), written(&letter, Language::En));
            assert!(sv.text.starts_with("Hej Amina Berg!") && sv.text.contains("Vänliga hälsningar"), "{}", sv.text);
            assert!(en.text.starts_with("Hello Amina Berg,") && en.text.contains("Kind regards"), "{}", en.text);
            assert!(!en.text.contains("Vänliga") && !en.html.contains("Bokningsnummer"));
            assert!(!sv.html.contains("Booking"));
        }
    }

    #[test]
    fn a_change_says_what_was_and_what_is() {
        let moved = BookingFacts { room: "Aulan".into(), ends_at: at("2026-11-25T01:30:00+01:00"), ..facts() };
        let Written { text, html, .. } = written(&Letter::Changed(facts(), moved), Language::Sv);
        assert!(text.contains("är ändrad.\n\nLokal\n  Före: Konferens 1\n  Nu:   Aulan\n"), "{text}");
        assert!(text.contains("kl. 01.30\n\nBokningsnummer:") && text.contains("\n\nVad händer nu?"), "{text}");
        assert!(text.contains("  Nu:   tisdag 24 november 2026 kl. 18.00 – onsdag 25 november 2026 kl. 01.30\n"), "{text}");
        assert!(!text.contains("Före: Språkkafé"), "what stays is no change:\n{text}");
        assert!(html.contains("<s>Konferens 1</s>") && html.contains("<strong>Aulan</strong>"));
    }

    #[test]
    fn how_many_came_is_one_tap_away() {
        let letter = how_many(12, false);
        assert!(letter.is_secret(), "whoever has the link can answer");
        let Written { subject, text, html } = written(&letter, Language::Sv);
        assert_eq!(subject, "Hur många kom? Konferens 1, 24 november kl. 18.00–20.00");
        for (query, label) in
            [("?antal=12", "Alla 12 kom"), ("?antal=6", "Ungefär hälften kom (6)"), ("?antal=0", "Ingen kom"), ("", "Ett annat antal")]
        {
            let link = format!("https://nobel21.example/hur-manga-kom{query}#hemligt");
            assert!(text.contains(&format!("{label}:\n{link}\n")), "{label} is missing in\n{text}");
            assert!(html.contains(&format!("href=\"{link}\"")) && html.contains(label), "{label} is missing in\n{html}");
        }
        assert!(text.contains("https://nobel21.example/e/012Z0ZAMY8") && html.contains("href=\"https://nobel21.example/e/012Z0ZAMY8\""));
        let again = written(&how_many(12, true), Language::En);
        assert_eq!(again.subject, "Reminder: how many came? Konferens 1, 24 November, 18:00–20:00");
        assert!(again.text.contains("last time we ask") && !text.contains("sista gången"), "{}", again.text);
        let one = written(&how_many(1, false), Language::Sv).text;
        assert!(one.contains("En kom, som väntat") && !one.contains("hälften"), "{one}");
    }

    #[test]
    fn reasons_are_told_if_there_are_any() {
        let with = written(&Letter::Rejected(facts(), "Lokalen renoveras.".into()), Language::Sv);
        assert!(with.text.contains("Skäl: Lokalen renoveras.") && with.html.contains("Lokalen renoveras."));
        let without = written(&Letter::Cancelled(facts(), None), Language::Sv);
        assert!(!without.text.contains("Skäl") && !without.html.contains("Skäl"));
    }

    #[test]
    fn what_people_type_is_text_and_never_markup() {
        let evil = BookingFacts {
            title: "<script>alert(1)</script>".into(),
            organisation: "\"><img src=x>".into(),
            room: "{{ letter.link }}".into(),
            ..facts()
        };
        let name = Recipient { name: "<b>Eva</b>\r\nBcc: x@example.org".into(), ..to(Language::Sv) };
        let letter = Letter::Rejected(evil, "<a href=\"javascript:x\">".into());
        let Written { subject, text, html } = write("Huset", "https://h", &name, &letter).unwrap();
        for markup in ["<script>", "<img", "<b>", "href=\"javascript"] {
            assert!(!html.contains(markup), "{markup} in\n{html}");
        }
        assert!(html.contains("&#60;script&#62;alert(1)&#60;/script&#62;"));
        assert!(text.contains("<script>alert(1)</script>") && text.contains("{{ letter.link }}"));
        assert!(!subject.contains(['\r', '\n']));
        assert!(text.starts_with("Hej <b>Eva</b> Bcc: x@example.org!\n"));
    }

    #[test]
    fn a_header_is_one_line() {
        assert_eq!(one_line(" Eva\r\nBcc: x@y.z\u{0}\u{85}\u{2028}Ek "), "Eva Bcc: x@y.z Ek");
    }

    #[test]
    fn times_are_said_as_people_say_them() {
        let say = |from, to, language| when(at(from), at(to), language);
        let (from, to) = ("2026-07-01T10:00:00Z", "2026-07-01T11:15:00Z");
        assert_eq!(say(from, to, Language::Sv), "onsdag 1 juli 2026 kl. 12.00–13.15");
        assert_eq!(say(from, to, Language::En), "Wednesday 1 July 2026, 12:00–13:15");
        assert_eq!(say(from, "2026-07-01T22:00:00Z", Language::Sv), "onsdag 1 juli 2026 kl. 12.00–24.00");
        let night = say(from, "2026-07-02T00:30:00Z", Language::En);
        assert_eq!(night, "Wednesday 1 July 2026, 12:00 – Thursday 2 July 2026, 02:30");
    }
}
