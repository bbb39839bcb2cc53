//! Wall time as other systems write it.
use chrono::{LocalResult, NaiveDateTime, TimeZone};
use chrono_tz::Tz;

use crate::{error::Say, say, time::Moment};

/// Swedish names of days and months and what the parser knows them by. Short forms come with it: they are the first three letters.
const SWEDISH: [(&str, &str); 17] = [
    ("måndag", "Monday"),
    ("tisdag", "Tuesday"),
    ("onsdag", "Wednesday"),
    ("torsdag", "Thursday"),
    ("fredag", "Friday"),
    ("lördag", "Saturday"),
    ("söndag", "Sunday"),
    ("januari", "January"),
    ("februari", "February"),
    ("mars", "March"),
    ("maj", "May"),
    ("juni", "June"),
    ("juli", "July"),
    ("augusti", "August"),
    ("oktober", "October"),
    ("fm", "AM"),
    ("em", "PM"),
];

/// The text with English names in place of Swedish ones, and plain spaces. A pattern's own words are changed in the same way.
fn in_english(text: &str) -> String {
    let mut english = String::new();
    let mut word = String::new();
    for c in text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).chain(['\0']) {
        if c.is_alphabetic() {
            word.push(c);
            continue;
        }
        let lower = word.to_lowercase();
        let whole = SWEDISH.iter().find(|(name, _)| *name == lower).map(|(_, name)| (*name).to_owned());
        let short = || {
            let of = |name: &str| name.chars().take(3).collect::<String>();
            SWEDISH.iter().find(|(name, _)| lower.chars().count() == 3 && of(name) == lower).map(|(_, name)| of(name))
        };
        english.push_str(&whole.or_else(short).unwrap_or_else(|| std::mem::take(&mut word)));
        word.clear();
        if c != '\0' {
            english.push(c);
        }
    }
    english
}

/// The wall time that this text means.
pub fn read(text: &str, pattern: &str) -> Result<NaiveDateTime, Say> {
    NaiveDateTime::parse_from_str(&in_english(text), pattern)
        .map_err(|_| say!("”{text}” är inte skriven som {pattern} (date_format)", "“{text}” is not written as {pattern} (date_format)"))
}

/// The instants at which a zone's clock shows this, a doubled time in autumn having two.
pub fn instants(wall: NaiveDateTime, zone: Tz) -> Result<(Moment, Moment), Say> {
    match zone.from_local_datetime(&wall) {
        LocalResult::Single(at) => Ok((Moment::from_unix(at.timestamp()), Moment::from_unix(at.timestamp()))),
        LocalResult::Ambiguous(first, second) => Ok((Moment::from_unix(first.timestamp()), Moment::from_unix(second.timestamp()))),
        LocalResult::None => Err(say!("finns inte: klockan ställdes fram då", "does not exist: the clock was set forward then")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_swedish_and_english() {
        let wall = "2024-05-13T18:00:00".parse::<NaiveDateTime>().unwrap();
        for (text, pattern) in [
            ("18:00:00 - måndag 13 maj 2024", "%H:%M:%S - %A %d %B %Y"),
            ("06:00:00PM - Monday 13 May 2024", "%I:%M:%S%p - %A %d %B %Y"),
            ("5/13/24 6:00\u{202f}PM", "%m/%d/%y %I:%M %p"),
            ("2024-05-13 18:00", "%Y-%m-%d %H:%M"),
            ("mån 13 maj 2024 18:00", "%a %d %b %Y %H:%M"),
        ] {
            assert_eq!(read(text, pattern), Ok(wall), "{text}");
        }
        let autumn = read("18:00:00 - onsdag 2 oktober 2024", "%H:%M:%S - %A %d %B %Y").unwrap();
        assert_eq!(autumn.to_string(), "2024-10-02 18:00:00");
        assert!(read("18:00:00 - tisdag 13 maj 2024", "%H:%M:%S - %A %d %B %Y").is_err(), "that day was a Monday");
    }

    #[test]
    fn a_time_that_the_clock_skips_is_none_and_one_that_it_shows_twice_is_two() {
        let instants = |text: &str| instants(text.parse().unwrap(), chrono_tz::Europe::Stockholm);
        assert!(instants("2024-03-31T02:30:00").is_err());
        let (first, second) = instants("2024-10-27T02:30:00").unwrap();
        assert_eq!(second.seconds_since(first), 3600);
    }
}
