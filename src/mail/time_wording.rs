//! Days and hours as letters have them, by the centre's clock.
use chrono::{Datelike, NaiveDate, Timelike};

use crate::{error::Language, time::Moment};

/// A day in words, the hour and the minute.
pub fn by_clock(at: Moment, language: Language) -> (String, u32, u32) {
    let local = at.local();
    (day(at.date(), language), local.hour(), local.minute())
}

/// `tisdag 24 november 2026 kl. 18.00–20.00` or `Tuesday 24 November 2026, 18:00–20:00`, by the centre's clock; both days if it
/// goes over midnight.
pub fn when(starts_at: Moment, ends_at: Moment, language: Language) -> String {
    hours(starts_at, ends_at, language, |date| day(date, language))
}

/// `tisdag 24 november 2026`, `Tuesday 24 November 2026`.
pub fn day(date: NaiveDate, language: Language) -> String {
    format!("{} {} {} {}", weekday(date, language), date.day(), month(date, language), date.year())
}

/// The same for a subject line: `24 november kl. 18.00–20.00`.
pub fn briefly(starts_at: Moment, ends_at: Moment, language: Language) -> String {
    hours(starts_at, ends_at, language, |date| format!("{} {}", date.day(), month(date, language)))
}

fn hours(starts_at: Moment, ends_at: Moment, language: Language, day: impl Fn(NaiveDate) -> String) -> String {
    let (first, last) = (starts_at.date(), ends_at.date());
    let (from, to) = (starts_at.local(), ends_at.local());
    let (at, point) = if language == Language::Sv { (" kl. ", '.') } else { (", ", ':') };
    let clock = |hour: u32, minute: u32| format!("{hour:02}{point}{minute:02}");
    let begin = format!("{}{at}{}", day(first), clock(from.hour(), from.minute()));
    let until_midnight = first.succ_opt() == Some(last) && to.hour() == 0 && to.minute() == 0;
    if first == last {
        format!("{begin}–{}", clock(to.hour(), to.minute()))
    } else if until_midnight {
        // "00.00" on the day after reads as if the night were booked too.
        format!("{begin}–{}", clock(24, 0))
    } else {
        format!("{begin} – {}{at}{}", day(last), clock(to.hour(), to.minute()))
    }
}

fn weekday(date: NaiveDate, language: Language) -> &'static str {
    use chrono::Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    let (sv, en) = match date.weekday() {
        Mon => ("måndag", "Monday"),
        Tue => ("tisdag", "Tuesday"),
        Wed => ("onsdag", "Wednesday"),
        Thu => ("torsdag", "Thursday"),
        Fri => ("fredag", "Friday"),
        Sat => ("lördag", "Saturday"),
        Sun => ("söndag", "Sunday"),
    };
    if language == Language::Sv { sv } else { en }
}

fn month(date: NaiveDate, language: Language) -> &'static str {
    let (sv, en) = match date.month() {
        1 => ("januari", "January"),
        2 => ("februari", "February"),
        3 => ("mars", "March"),
        4 => ("april", "April"),
        5 => ("maj", "May"),
        6 => ("juni", "June"),
        7 => ("juli", "July"),
        8 => ("augusti", "August"),
        9 => ("september", "September"),
        10 => ("oktober", "October"),
        11 => ("november", "November"),
        _ => ("december", "December"),
    };
    if language == Language::Sv { sv } else { en }
}
