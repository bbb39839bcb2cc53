//! The basis for attendance grants (underlag för närvaro): what an association held in half a year, line by line, for its application.
//! Numbers and times; no names.
pub mod api;
mod store;
pub mod table;

use serde::{Serialize, Serializer};

use super::Period;
use crate::{
    bookings::Category,
    db::Conn,
    error::{Error, Result, Say},
    id::Id,
    organisations::{self, Organisation},
    people::Call,
    say,
    time::{Moment, Month, Span},
};

/// A gathering counts for a grant if it lasts this long, in minutes (Malmö's rules for activity grants: at least 60).
pub const LONG_ENOUGH: i64 = 60;

/// A half of a year: `2026-H1` is January to June.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HalfYear {
    year: i32,
    second: bool,
}

impl HalfYear {
    /// The half in which a month lies.
    #[must_use]
    pub fn of(month: Month) -> Self {
        use chrono::Datelike;
        Self { year: month.first_day().year(), second: month.first_day().month() > 6 }
    }

    /// Its months.
    pub fn period(self) -> Result<Period> {
        let (first, last) = if self.second { (7, 12) } else { (1, 6) };
        let month = |number| Month::new(self.year, number).ok_or_else(|| Error::internal("a half-year beyond the calendar"));
        Period::between(month(first)?, month(last)?).map_err(|_| Error::internal("a half-year of no length"))
    }
}

impl std::fmt::Display for HalfYear {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-H{}", self.year, if self.second { 2 } else { 1 })
    }
}

impl std::str::FromStr for HalfYear {
    type Err = Say;
    fn from_str(text: &str) -> std::result::Result<Self, Say> {
        let wrong = || say!("ska vara ett halvår som 2026-H1", "must be a half-year such as 2026-H1");
        let (year, half) = text.split_once("-H").ok_or_else(wrong)?;
        let year = Month::new(year.parse().map_err(|_| wrong())?, 1).filter(|_| year.len() == 4).ok_or_else(wrong)?;
        let second = match half {
            "1" => false,
            "2" => true,
            _ => return Err(wrong()),
        };
        Ok(Self { second, ..Self::of(year) })
    }
}

impl Serialize for HalfYear {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A gathering that was held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gathering {
    /// Its number for people.
    pub reference: String,
    /// The room's slug.
    pub room: String,
    /// The room's name.
    pub room_name: String,
    /// What it was.
    pub category: Category,
    /// From.
    pub starts_at: Moment,
    /// To.
    pub ends_at: Moment,
    /// How many were expected.
    pub expected: i32,
    /// How many came, as the organiser reports; `None` if it has not.
    pub actual: Option<i32>,
    /// How many were counted in the door.
    pub visits: i64,
}

impl Gathering {
    /// How long it lasted, in whole minutes of elapsed time.
    #[must_use]
    pub fn minutes(&self) -> i64 {
        self.ends_at.seconds_since(self.starts_at) / 60
    }

    /// Long enough to count for a grant?
    #[must_use]
    pub fn is_long_enough(&self) -> bool {
        self.minutes() >= LONG_ENOUGH
    }
}

/// What an association held in half a year.
#[derive(Debug, Clone, PartialEq)]
pub struct Basis {
    /// Whose: key and name.
    pub organisation: (Id, String),
    /// When.
    pub half_year: HalfYear,
    /// By time.
    pub gatherings: Vec<Gathering>,
}

/// What it comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Gatherings.
    pub gatherings: i64,
    /// Of these, long enough.
    pub long_enough: i64,
    /// Their minutes.
    pub minutes: i64,
    /// Who came, as reported.
    pub participants: i64,
    /// Gatherings about which nobody has reported.
    pub unreported: i64,
}

impl Basis {
    /// Adds it up.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.gatherings.iter().fold(Totals::default(), |sum, one| Totals {
            gatherings: sum.gatherings + 1,
            long_enough: sum.long_enough + i64::from(one.is_long_enough()),
            minutes: sum.minutes + one.minutes(),
            participants: sum.participants + i64::from(one.actual.unwrap_or_default()),
            unreported: sum.unreported + i64::from(one.actual.is_none()),
        })
    }
}

/// An association's basis, for its members and the staff.
pub fn basis(c: &mut Conn, call: &Call, organisation: Id, half_year: HalfYear) -> Result<Basis> {
    let organisation = organisations::one(c, call, organisation)?;
    of(c, &organisation, half_year, call.now)
}

/// The same where nobody calls.
pub fn of(c: &mut Conn, organisation: &Organisation, half_year: HalfYear, now: Moment) -> Result<Basis> {
    let period = half_year.period()?;
    let during = Span::new(period.start(), period.end()).ok_or_else(|| Error::internal("a half-year of no length"))?;
    let gatherings = store::gatherings(c, organisation.id, during, now)?;
    Ok(Basis { organisation: (organisation.id, organisation.name.clone()), half_year, gatherings })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gathering(from: &str, to: &str, actual: Option<i32>) -> Gathering {
        Gathering {
            reference: "N21-000000".into(),
            room: "aulan".into(),
            room_name: "Aulan".into(),
            category: Category::Meeting,
            starts_at: from.parse().unwrap(),
            ends_at: to.parse().unwrap(),
            expected: 10,
            actual,
            visits: 0,
        }
    }

    #[test]
    fn sixty_minutes_of_elapsed_time_are_long_enough() {
        let basis = Basis {
            organisation: (Id::new(), "Kastanjen".into()),
            half_year: "2026-H2".parse().unwrap(),
            gatherings: vec![
                gathering("2026-11-24T18:00:00+01:00", "2026-11-24T19:00:00+01:00", Some(7)),
                gathering("2026-11-24T18:00:00+01:00", "2026-11-24T18:59:59+01:00", None),
                // Half an hour by the clock on the wall, an hour and a half elapsed.
                gathering("2026-10-25T02:00:00+02:00", "2026-10-25T02:30:00+01:00", Some(3)),
            ],
        };
        assert_eq!(basis.totals(), Totals { gatherings: 3, long_enough: 2, minutes: 60 + 59 + 90, participants: 10, unreported: 1 });
    }

    #[test]
    fn a_half_year_is_read_as_it_is_written() {
        for text in ["2026-H1", "2026-H2"] {
            assert_eq!(text.parse::<HalfYear>().unwrap().to_string(), text);
        }
        for wrong in ["2026", "2026-H3", "26-H1", "2026-h1", "-H1", "99999-H1", "2026-H11"] {
            assert!(wrong.parse::<HalfYear>().is_err(), "{wrong}");
        }
        assert_eq!("2026-H2".parse::<HalfYear>().unwrap().period().unwrap().label(), "2026-07--2026-12");
    }
}
