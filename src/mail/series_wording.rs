//! What letters about a series say: one letter for all its dates, whichever way it went.
use super::{
    letter::{Place, SeriesFacts, SeriesLine, SeriesOccasion},
    time_wording::{day, when},
    wording::deadline,
};
use crate::{
    error::{Language, Say},
    say,
};

/// A series in words.
#[derive(Default)]
pub struct SeriesView {
    /// What the letter is about, in a line.
    pub heading: String,
    /// In a sentence.
    pub intro: String,
    /// What it is called; empty if its dates have each a title.
    pub title: String,
    /// What the link leads to.
    pub show: String,
    /// Who meets.
    pub organisation: String,
    /// How many are expected.
    pub participants: i32,
    /// The dates that the letter is about.
    pub lines: Vec<Line>,
    /// What the other dates have in common.
    pub others: String,
    /// The dates that it is not about, each with the reason.
    pub untouched: Vec<String>,
    /// What happens next.
    pub next: String,
}

/// One date.
pub struct Line {
    /// Where and when it is.
    pub is: String,
    /// Where and when it was; empty if that is the same.
    pub was: String,
    /// Does it wait for an admin's yes?
    pub waits: bool,
}

/// The subject line: `Serien är bekräftad: Språkkafé, 12 tillfällen`.
pub fn subject(occasion: SeriesOccasion, facts: &SeriesFacts) -> Say {
    let (heading, title, count) = (heading(occasion, facts), &facts.title, facts.lines.len());
    let (sv, en) = (heading.sv, heading.en);
    if facts.series.is_none() {
        let (times_sv, times_en) = if count == 1 { ("tid", "time") } else { ("tider", "times") };
        return say!("{sv}: {count} {times_sv}", "{en}: {count} {times_en}");
    }
    let (dates_sv, dates_en) = if count == 1 { ("tillfälle", "date") } else { ("tillfällen", "dates") };
    say!("{sv}: {title}, {count} {dates_sv}", "{en}: {title}, {count} {dates_en}")
}

/// What the templates see of a series.
pub fn view(occasion: SeriesOccasion, facts: &SeriesFacts, language: Language) -> SeriesView {
    let words = |say: Say| say.in_language(language).to_owned();
    let place = |(room, starts_at, ends_at): &Place| format!("{}, {room}", when(*starts_at, *ends_at, language));
    // Bookings that were made at once have each their own title; the dates of a series have one in common.
    let titled = |line: &SeriesLine| match facts.series {
        Some(_) => place(&line.is.place()),
        None => format!("{}: {}", line.is.title, place(&line.is.place())),
    };
    SeriesView {
        heading: words(heading(occasion, facts)),
        intro: words(intro(occasion, facts)),
        title: facts.series.map(|_| facts.title.clone()).unwrap_or_default(),
        show: words(show(facts)),
        organisation: facts.organisation.clone(),
        participants: facts.participants,
        lines: facts
            .lines
            .iter()
            .map(|line| Line { is: titled(line), was: line.was.as_ref().map(place).unwrap_or_default(), waits: line.waits })
            .collect(),
        others: words(others(occasion)),
        untouched: facts
            .untouched
            .iter()
            .map(|one| {
                let holiday = one.holiday.as_ref().map(|name| format!(" ({})", name.in_language(language))).unwrap_or_default();
                format!("{}{holiday}: {}", day(one.date, language), one.why.in_language(language))
            })
            .collect(),
        next: match deadline(facts.lapses_at, language) {
            sentence if sentence.is_empty() => words(next(occasion, facts)),
            sentence => format!("{} {sentence}", words(next(occasion, facts))),
        },
    }
}

fn show(facts: &SeriesFacts) -> Say {
    if facts.series.is_some() { say!("Visa serien", "Show the series") } else { say!("Visa mina bokningar", "Show my bookings") }
}

fn heading(occasion: SeriesOccasion, facts: &SeriesFacts) -> Say {
    match occasion {
        SeriesOccasion::Received if facts.series.is_none() => {
            say!("Förfrågan om flera tider är mottagen", "Request for several times received")
        }
        SeriesOccasion::Confirmed if facts.series.is_none() => say!("Bokningarna är bekräftade", "Bookings confirmed"),
        SeriesOccasion::Received => say!("Förfrågan om en serie är mottagen", "Request for a series received"),
        SeriesOccasion::Confirmed => say!("Serien är bekräftad", "Series confirmed"),
        SeriesOccasion::Rejected => say!("Förfrågan om en serie är avslagen", "Request for a series turned down"),
        SeriesOccasion::Changed => say!("Serien är ändrad", "Series changed"),
        SeriesOccasion::Cancelled => say!("Serien är avbokad", "Series cancelled"),
    }
}

fn intro(occasion: SeriesOccasion, facts: &SeriesFacts) -> Say {
    let organisation = &facts.organisation;
    match occasion {
        SeriesOccasion::Received => say!(
            "Vi har fått er förfrågan för {organisation}. Lokalen hålls för er på de här tiderna tills vi har svarat.",
            "We have received your request for {organisation}. The room is held for you at these times until we have answered."
        ),
        SeriesOccasion::Confirmed => {
            say!("De här tiderna är bokade för {organisation}.", "These times are booked for {organisation}.")
        }
        SeriesOccasion::Rejected => say!(
            "Vi kan inte ge {organisation} de här tiderna. Lokalen hålls inte längre för er.",
            "We can't give {organisation} these times. The room is no longer held for you."
        ),
        SeriesOccasion::Changed => {
            say!("De här tillfällena för {organisation} är ändrade.", "These dates of {organisation} have changed.")
        }
        SeriesOccasion::Cancelled => {
            say!("De här tiderna för {organisation} är avbokade.", "These times of {organisation} are cancelled.")
        }
    }
}

fn others(occasion: SeriesOccasion) -> Say {
    match occasion {
        SeriesOccasion::Received | SeriesOccasion::Confirmed | SeriesOccasion::Rejected => {
            say!("De här datumen är inte bokade:", "These dates are not booked:")
        }
        SeriesOccasion::Changed => say!("De här tillfällena är som förut:", "These dates are as before:"),
        SeriesOccasion::Cancelled => say!("De här tillfällena är inte avbokade:", "These dates are not cancelled:"),
    }
}

fn next(occasion: SeriesOccasion, facts: &SeriesFacts) -> Say {
    match occasion {
        SeriesOccasion::Received => say!(
            "En administratör går igenom förfrågan. Svaret kommer i ett nytt mejl; ni behöver inte göra något.",
            "An admin looks at the request. The answer comes in another message; you need not do anything."
        ),
        SeriesOccasion::Changed if facts.lines.iter().any(|line| line.waits) => say!(
            "Ändringen behöver godkännas av en administratör. Lokalen hålls för er så länge, och svaret kommer i ett nytt mejl.",
            "An admin has to approve the change. The room is held for you meanwhile, and the answer comes in another message."
        ),
        SeriesOccasion::Confirmed | SeriesOccasion::Changed => say!(
            "Tiderna här gäller nu. Behöver ni ändra eller avboka ett tillfälle: öppna det under Mina bokningar.",
            "The times given here hold now. To change or cancel one of the dates, open it under My bookings."
        ),
        SeriesOccasion::Rejected => say!(
            "Ni kan söka andra tider eller en annan lokal, eller fråga receptionen.",
            "You can look for other times or another room, or ask the reception."
        ),
        SeriesOccasion::Cancelled => {
            say!(
                "Tiderna är fria för andra. Stämmer det inte: kontakta receptionen.",
                "The times are free for others. If that is not right, contact the reception."
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        letter::{BookingFacts, Letter, Recipient, UntouchedDate},
        wording::{Written, write},
    };
    use super::*;
    use crate::id::Id;

    fn place(room: &str, from: &str, to: &str) -> Place {
        (room.into(), from.parse().unwrap(), to.parse().unwrap())
    }

    fn booking((room, starts_at, ends_at): Place, stands: bool) -> BookingFacts {
        BookingFacts {
            id: Id::new(),
            reference: "N21-0001".into(),
            title: "Språkkafé <b>& fika</b>".into(),
            organisation: "Limhamns språkkafé".into(),
            room,
            starts_at,
            ends_at,
            participants: 12,
            stands,
            version: 3,
            changed_at: starts_at.plus_seconds(-7 * 24 * 3600),
            lapses_at: None,
        }
    }

    fn facts() -> SeriesFacts {
        let first = place("Konferens 1", "2026-03-27T18:00:00+01:00", "2026-03-27T20:00:00+01:00");
        let second = place("Konferens 1", "2026-04-10T18:00:00+02:00", "2026-04-10T20:00:00+02:00");
        SeriesFacts {
            series: Some(Id::new()),
            lapses_at: None,
            title: "Språkkafé <b>& fika</b>".into(),
            organisation: "Limhamns språkkafé".into(),
            participants: 12,
            lines: vec![
                SeriesLine { is: booking(first, true), was: None, waits: false },
                SeriesLine {
                    was: Some(place("Aulan", "2026-04-10T17:00:00+02:00", "2026-04-10T19:00:00+02:00")),
                    is: booking(second, false),
                    waits: true,
                },
            ],
            untouched: vec![UntouchedDate {
                date: "2026-04-03".parse().unwrap(),
                holiday: Some(say!("Långfredagen", "Good Friday")),
                why: say!("lokalen är upptagen", "the room is taken"),
            }],
        }
    }

    fn written(occasion: SeriesOccasion, language: Language) -> Written {
        let to = Recipient { person: None, name: "Amina Berg".into(), address: "amina@example.org".into(), language };
        let reason = (occasion == SeriesOccasion::Rejected).then(|| "Årsmöte.".to_owned());
        write("Huset", "https://h", &to, &Letter::Series { occasion, facts: facts(), reason }).unwrap()
    }

    #[test]
    fn every_letter_names_all_dates_once_in_both_languages() {
        use SeriesOccasion::{Cancelled, Changed, Confirmed, Received, Rejected};
        for occasion in [Received, Confirmed, Rejected, Changed, Cancelled] {
            let (sv, en) = (written(occasion, Language::Sv), written(occasion, Language::En));
            assert!(sv.subject.ends_with("2 tillfällen") && en.subject.ends_with("2 dates"), "{} {}", sv.subject, en.subject);
            for (text, parts) in [
                (
                    &sv.text,
                    [
                        "- fredag 27 mars 2026 kl. 18.00–20.00, Konferens 1\n",
                        "fredag 3 april 2026 (Långfredagen): lokalen är upptagen",
                        "Vänliga hälsningar",
                    ],
                ),
                (
                    &en.text,
                    [
                        "- Friday 27 March 2026, 18:00–20:00, Konferens 1\n",
                        "Friday 3 April 2026 (Good Friday): the room is taken",
                        "Kind regards",
                    ],
                ),
            ] {
                for part in parts {
                    assert_eq!(text.matches(part).count(), 1, "{part} in\n{text}");
                }
                assert!(!text.contains("\n\n\n") && !text.contains('{'), "{text}");
            }
            assert!(sv.html.contains("lang=\"sv\"") && sv.html.contains("Språkkafé &#60;b&#62;&#38; fika") && !sv.html.contains("<b>"));
            assert!(!en.text.contains("väntar") && !en.html.contains("Rubrik") && !sv.html.contains("Organiser"));
            assert_eq!(sv.text.contains("Skäl: Årsmöte."), occasion == Rejected);
        }
    }

    #[test]
    fn a_change_says_what_was_and_what_is_and_what_waits() {
        let Written { text, html, .. } = written(SeriesOccasion::Changed, Language::Sv);
        let expected = "- Före: fredag 10 april 2026 kl. 17.00–19.00, Aulan\n  Nu:   fredag 10 april 2026 kl. 18.00–20.00, Konferens 1 (väntar på godkännande)\n";
        assert!(text.contains(expected), "{text}");
        assert!(html.contains("<s>fredag 10 april 2026 kl. 17.00–19.00, Aulan</s>"), "{html}");
        assert!(text.contains("behöver godkännas") && text.contains("som förut:"), "{text}");
    }

    #[test]
    fn one_date_is_one_date() {
        let one = SeriesFacts { lines: facts().lines.into_iter().take(1).collect(), ..facts() };
        assert!(subject(SeriesOccasion::Confirmed, &one).sv.ends_with(", 1 tillfälle"));
        assert!(subject(SeriesOccasion::Confirmed, &one).en.ends_with(", 1 date"));
    }
}
