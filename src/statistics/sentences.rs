//! Sentences in Swedish that can be pasted into a yearly report as they are.
use super::{figures::YearFigures, table::category};
use crate::{
    bookings::Category,
    counters::VisitSources,
    error::Language,
    time::{Moment, Month},
};

/// Between groups of digits: narrow, and no line breaks there.
const THIN: char = '\u{202f}';

/// `28 872` with a thin space; four digits stand together.
pub(super) fn whole(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if digits.len() > 4 && i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(THIN);
        }
        text.push(digit);
    }
    if number < 0 { format!("−{text}") } else { text }
}

/// With at most `decimals` decimals and a comma: `2986,75`, `4,3`, `2406`.
pub(super) fn decimal(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    let (before, after) = text.split_once('.').unwrap_or((&text, ""));
    let after = after.trim_end_matches('0');
    let before = whole(before.parse().unwrap_or_default());
    if after.is_empty() { before } else { format!("{before},{after}") }
}

/// In running text small numbers are words.
pub(super) fn in_words(number: i64, one: &str) -> String {
    match number {
        0 => "noll",
        1 => one,
        2 => "två",
        3 => "tre",
        4 => "fyra",
        5 => "fem",
        6 => "sex",
        7 => "sju",
        8 => "åtta",
        9 => "nio",
        10 => "tio",
        11 => "elva",
        12 => "tolv",
        _ => return whole(number),
    }
    .to_owned()
}

pub(super) fn counted(number: i64, one: &str, singular: &str, plural: &str) -> String {
    if number == 1 { format!("{one} {singular}") } else { format!("{} {plural}", whole(number)) }
}

const MONTHS: [&str; 12] =
    ["januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"];

fn until(now: Moment) -> String {
    use chrono::Datelike;
    let date = now.date();
    let month = MONTHS.get(date.month0() as usize).copied().unwrap_or_default();
    format!("{} {month}", date.day())
}

/// What a category is called in Swedish and in English.
pub(super) fn category_name(of: Category) -> (String, String) {
    let name = category(of);
    (name.in_language(Language::Sv).to_owned(), name.in_language(Language::En).to_owned())
}

/// What the year was like, and how it compares with the one before.
#[must_use]
pub fn sentences(year: &YearFigures, previous: Option<&YearFigures>, now: Moment) -> Vec<String> {
    let name = year.year;
    let total = &year.total;
    let tally = &total.tally;
    let running = Month::new(name, 12).is_some_and(|december| now < december.end());
    let during = if running { format!("Under {name} till och med {}", until(now)) } else { format!("Under {name}") };
    let gatherings = counted(tally.gatherings, "en", "sammankomst", "sammankomster");
    let rooms = format!("{} {}", in_words(year.rooms, "en"), if year.rooms == 1 { "bokningsbar lokal" } else { "bokningsbara lokaler" });
    let mut said =
        vec![format!("{during} arrangerades minst {gatherings} i husets {rooms}, sammanlagt {} timmar.", decimal(tally.hours.value(), 2))];
    let visits = counted(tally.visits, "ett", "besök", "besök");
    said.push(if running {
        format!("{during} räknades {visits}.")
    } else {
        format!("Huset hade {visits}, i genomsnitt {} besök per månad.", decimal(total.visits_per_month.value(), 0))
    });
    said.extend(by_whom(total.visit_sources));
    let participants = counted(tally.participants, "en", "deltagare", "deltagare");
    said.push(format!("Arrangörerna har rapporterat {participants} vid sina sammankomster; deltagare och besök är två skilda mått."));
    said.push(format!(
        "{} arrangerade minst en sammankomst, och {} har sin hemvist i huset.",
        capital(&counted(total.active_organisations, "en", "organisation", "organisationer")),
        counted(year.tenants, "en", "organisation", "föreningar och andra organisationer")
    ));
    if let Some(mean) = year.ratings.mean() {
        let answers = whole(year.ratings.count);
        said.push(format!("Deltagarna gav sammankomsterna i genomsnitt betyget {} av 5 ({answers} svar).", decimal(mean, 1)));
    }
    if let Some(share) = total.utilisation.value() {
        said.push(format!("Lokalerna användes under {}\u{a0}% av öppettiden.", decimal(share * 100.0, 1)));
    }
    said.push(format!(
        "{} avbokades, och till {} kom ingen.",
        capital(&counted(tally.cancelled, "en", "bokning", "bokningar")),
        counted(tally.no_shows, "en", "bokning", "bokningar")
    ));
    // A year that still runs can't be compared with a whole one.
    if let Some(before) = previous.filter(|_| !running) {
        said.push(format!(
            "Det är {} sammankomster och {} besök än under {}.",
            difference(tally.gatherings - before.total.tally.gatherings),
            difference(tally.visits - before.total.tally.visits),
            before.year
        ));
    }
    said
}

/// Who counted, where it was not the desk alone.
fn by_whom(sources: VisitSources) -> Option<String> {
    if sources.is_desk_alone() {
        return None;
    }
    let visits = |number| counted(number, "ett", "besök", "besök");
    let hours = |number| counted(number, "en", "timme", "timmar");
    let (by_counter, by_desk) = (visits(sources.counter_visits), visits(sources.desk_visits));
    let (counter_hours, desk_hours) = (hours(sources.counter_hours), hours(sources.desk_hours));
    let mut said = format!(
        "Dörräknare räknade {by_counter} under {counter_hours} och receptionen {by_desk} under {desk_hours}; ingen timme är räknad två gånger."
    );
    if sources.fallback_hours > 0 {
        let instead = hours(sources.fallback_hours);
        said.push_str(&format!(" Under {instead} saknades dörräknarens tal och receptionens gäller i stället."));
    }
    Some(said)
}

fn difference(by: i64) -> String {
    if by < 0 { format!("{} färre", whole(-by)) } else { format!("{} fler", whole(by)) }
}

pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::figures::*;

    fn year(year: i32, gatherings: i64, visits: i64) -> YearFigures {
        let tally =
            Tally { gatherings, hours: Hours(10_752_300), participants: 17_670, visits, cancelled: 110, no_shows: 1, ..Tally::default() };
        YearFigures {
            year,
            total: TotalFigures {
                tally,
                visits_per_month: PerMonth { sum: visits, months: 12 },
                active_organisations: 43,
                utilisation: Share { part: 913, of: 10_000 },
                visit_coverage: Share { part: 1, of: 2 },
                visit_sources: VisitSources { desk_hours: 3000, desk_visits: visits, ..VisitSources::default() },
            },
            rooms: 8,
            organisations: 43,
            tenants: 35,
            ratings: Ratings { sum: 2580, count: 600 },
            key_figures: crate::statistics::key_figures::KeyFigures::default(),
        }
    }

    #[test]
    fn a_year_that_is_over_reads_like_a_report() {
        let said = sentences(&year(2023, 1226, 28_872), Some(&year(2022, 1300, 20_000)), "2024-02-01T10:00:00Z".parse().unwrap());
        assert_eq!(
            said,
            [
                "Under 2023 arrangerades minst 1226 sammankomster i husets åtta bokningsbara lokaler, sammanlagt 2986,75 timmar.",
                "Huset hade 28\u{202f}872 besök, i genomsnitt 2406 besök per månad.",
                "Arrangörerna har rapporterat 17\u{202f}670 deltagare vid sina sammankomster; deltagare och besök är två skilda mått.",
                "43 organisationer arrangerade minst en sammankomst, och 35 föreningar och andra organisationer har sin hemvist i huset.",
                "Deltagarna gav sammankomsterna i genomsnitt betyget 4,3 av 5 (600 svar).",
                "Lokalerna användes under 9,1\u{a0}% av öppettiden.",
                "110 bokningar avbokades, och till en bokning kom ingen.",
                "Det är 74 färre sammankomster och 8872 fler besök än under 2022.",
            ]
        );
    }

    #[test]
    fn who_counted_is_said_where_it_was_not_the_desk_alone() {
        let mut counted = year(2023, 1226, 28_872);
        counted.total.visit_sources =
            VisitSources { desk_hours: 2980, desk_visits: 20_872, counter_hours: 40, counter_visits: 8000, fallback_hours: 1 };
        let said = sentences(&counted, None, "2024-02-01T10:00:00Z".parse().unwrap());
        assert_eq!(
            said[2],
            "Dörräknare räknade 8000 besök under 40 timmar och receptionen 20\u{202f}872 besök under 2980 timmar; ingen timme är räknad två gånger. Under en timme saknades dörräknarens tal och receptionens gäller i stället."
        );
    }

    #[test]
    fn a_year_that_still_runs_says_how_far_and_compares_with_nothing() {
        let said = sentences(&year(2023, 1, 1), Some(&year(2022, 1300, 20_000)), "2023-05-09T10:00:00Z".parse().unwrap());
        assert!(said[0].starts_with("Under 2023 till och med 9 maj arrangerades minst en sammankomst i "), "{}", said[0]);
        assert_eq!(said[1], "Under 2023 till och med 9 maj räknades ett besök.");
        assert!(!said.iter().any(|s| s.contains("2022")));
    }

    #[test]
    fn numbers_are_written_as_in_swedish() {
        assert_eq!(whole(1226), "1226");
        assert_eq!(whole(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(decimal(12_345.5, 2), "12\u{202f}345,5");
        assert_eq!(decimal(328.0, 2), "328");
    }
}
