//! A month by the centre's clock.
use std::{fmt, str::FromStr};

use chrono::{Datelike, NaiveDate};

use super::Moment;
use crate::{error::Say, say};

/// A calendar month of the centre, `2023-01`, between 1970 and 2199.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    first: NaiveDate,
}

impl Month {
    /// The month of a year; `None` outside 1970 to 2199 or 1 to 12.
    #[must_use]
    pub fn new(year: i32, month: u32) -> Option<Self> {
        (1970..2200).contains(&year).then(|| NaiveDate::from_ymd_opt(year, month, 1)).flatten().map(|first| Self { first })
    }

    /// The month in which a local date lies.
    #[must_use]
    pub fn of(date: NaiveDate) -> Self {
        Self { first: date.with_day(1).unwrap_or(date) }
    }

    /// Its first day.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        self.first
    }

    /// The month after.
    #[must_use]
    pub fn next(self) -> Self {
        Self { first: self.first.checked_add_months(chrono::Months::new(1)).unwrap_or(self.first) }
    }

    /// The month before.
    #[must_use]
    pub fn previous(self) -> Self {
        Self { first: self.first.checked_sub_months(chrono::Months::new(1)).unwrap_or(self.first) }
    }

    /// The instant at which it begins by local time.
    #[must_use]
    pub fn start(self) -> Moment {
        Moment::start_of(self.first)
    }

    /// The instant at which the next begins.
    #[must_use]
    pub fn end(self) -> Moment {
        self.next().start()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first.format("%Y-%m"))
    }
}

impl FromStr for Month {
    type Err = Say;
    fn from_str(text: &str) -> Result<Self, Say> {
        let parsed = text.split_once('-').and_then(|(year, month)| {
            if year.len() != 4 || month.len() != 2 || !text.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
                return None;
            }
            Self::new(year.parse().ok()?, month.parse().ok()?)
        });
        parsed.ok_or_else(|| say!("ska vara en månad som 2023-01", "must be a month such as 2023-01"))
    }
}
