//! "How many came?": when it is asked, and for how long it can be answered.
use crate::time::{Moment, Span, WallTime};

/// So long after the end it is asked, in seconds: an hour.
const AFTER: i64 = 3600;
/// So long after the first letter comes the second, in seconds: three days.
const AGAIN_AFTER: i64 = 3 * 24 * 3600;
/// So long after the end nobody is asked any more, in seconds: a week.
const TOO_LATE: i64 = 7 * 24 * 3600;
/// So long after its letter a link holds, in seconds: two weeks.
const LINK_HOLDS: i64 = 14 * 24 * 3600;
/// No letter is written before this minute of the house's day,
const DAY_BEGINS: u16 = 8 * 60;
/// nor from this one on.
const DAY_ENDS: u16 = 22 * 60;

/// The first question, or the second and last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// The first.
    First,
    /// The second.
    Again,
}

impl Round {
    /// As it is stored.
    #[must_use]
    pub fn number(self) -> i32 {
        match self {
            Self::First => 1,
            Self::Again => 2,
        }
    }
}

/// What is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gathering {
    /// What it is called.
    pub title: String,
    /// The room's name.
    pub room_name: String,
    /// From when to when.
    pub stay: Span,
    /// How many were expected.
    pub expected: i32,
    /// How many came, as far as that was said.
    pub actual: Option<i32>,
}

/// Do people sleep, so that no letter shall make their phones ring?
#[must_use]
pub fn is_night(now: Moment) -> bool {
    !(DAY_BEGINS..DAY_ENDS).contains(&WallTime::of(now).minutes())
}

/// Gatherings that ended in this stretch of time are asked about: after the first, not after the second.
#[must_use]
pub fn ended_between(now: Moment) -> (Moment, Moment) {
    (now.plus_seconds(-TOO_LATE), now.plus_seconds(-AFTER))
}

/// Who was asked before this is asked again.
#[must_use]
pub fn asked_before(now: Moment) -> Moment {
    now.plus_seconds(-AGAIN_AFTER)
}

/// Links of letters that were written after this hold.
#[must_use]
pub fn holds_since(now: Moment) -> Moment {
    now.plus_seconds(-LINK_HOLDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_night_by_the_house_s_clock_in_winter_and_summer() {
        let night = |at: &str| is_night(at.parse().unwrap());
        assert!(night("2026-11-24T07:59:59+01:00") && !night("2026-11-24T08:00:00+01:00"));
        assert!(!night("2026-11-24T21:59:59+01:00") && night("2026-11-24T22:00:00+01:00"));
        assert!(night("2026-07-01T05:59:00Z") && !night("2026-07-01T06:00:00Z"));
    }
}
