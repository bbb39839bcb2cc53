//! Devices that don't send what they counted since the last time, but how many have passed since midnight.
use super::count::{Count, by_the_hour};
use crate::time::{Moment, Span};

/// How many have passed since midnight, or since the device began anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// When the device said so.
    pub at: Moment,
    /// How many have come.
    pub total_in: i32,
    /// How many have left.
    pub total_out: i32,
}

/// What a reading tells beside the last one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Nothing yet: it is what the next one is held against.
    First,
    /// It is not later than the last one.
    Known,
    /// So many passed in between.
    Counted {
        /// Cut at full hours.
        counts: Vec<Count>,
        /// Did the device begin anew in between? Then these are those since, and some may be missing.
        reset: bool,
    },
    /// More than an hour lies in between: nobody can say in which hour people passed, so they are left out.
    Gap {
        /// Did the device begin anew in between?
        reset: bool,
    },
}

const LONGEST_SECONDS: i64 = 3600;

/// Holds a reading against the last one.
#[must_use]
pub fn step(last: Option<Reading>, reading: Reading) -> Step {
    let Some(last) = last else { return Step::First };
    if reading.at <= last.at {
        return Step::Known;
    }
    let midnight = Moment::start_of(reading.at.date());
    let new_day = last.at < midnight;
    let reset = !new_day && (reading.total_in < last.total_in || reading.total_out < last.total_out);
    let anew = new_day || reset;
    let before = if anew { (0, 0) } else { (last.total_in, last.total_out) };
    let from = Ord::max(last.at, midnight);
    match Span::new(from, reading.at) {
        Some(span) if span.seconds() <= LONGEST_SECONDS => {
            let count = Count { span, count_in: reading.total_in - before.0, count_out: reading.total_out - before.1 };
            Step::Counted { counts: by_the_hour(count), reset }
        }
        Some(_) => Step::Gap { reset },
        // At midnight itself the day has no people yet.
        None => Step::Counted { counts: vec![], reset },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(at: &str, total_in: i32, total_out: i32) -> Reading {
        Reading { at: at.parse().unwrap(), total_in, total_out }
    }
    fn counted(step: &Step) -> Vec<(String, i32, i32)> {
        let Step::Counted { counts, .. } = step else { panic!("{step:?}") };
        counts.iter().map(|count| (count.span.start().local().format("%H:%M").to_string(), count.count_in, count.count_out)).collect()
    }

    #[test]
    fn sums_become_differences() {
        let first = reading("2026-11-24T10:00:00+01:00", 12, 3);
        assert_eq!(step(None, first), Step::First);
        assert_eq!(step(Some(first), first), Step::Known);
        assert_eq!(step(Some(first), reading("2026-11-24T09:00:00+01:00", 9, 3)), Step::Known);
        let next = step(Some(first), reading("2026-11-24T10:15:00+01:00", 20, 4));
        assert_eq!(counted(&next), [("10:00".into(), 8, 1)]);
        let over = step(Some(reading("2026-11-24T10:55:00+01:00", 20, 4)), reading("2026-11-24T11:05:00+01:00", 24, 4));
        assert_eq!(counted(&over), [("10:55".into(), 2, 0), ("11:00".into(), 2, 0)]);
    }

    #[test]
    fn a_device_that_begins_anew_is_noticed_and_what_it_has_counted_since_is_kept() {
        let step = step(Some(reading("2026-11-24T10:00:00+01:00", 12, 3)), reading("2026-11-24T10:15:00+01:00", 2, 3));
        assert_eq!(counted(&step), [("10:00".into(), 2, 3)]);
        assert!(matches!(step, Step::Counted { reset: true, .. }));
    }

    #[test]
    fn a_new_day_begins_at_nothing_and_is_no_fault() {
        let evening = reading("2026-11-24T23:50:00+01:00", 120, 118);
        let night = step(Some(evening), reading("2026-11-25T00:10:00+01:00", 121, 0));
        assert_eq!(counted(&night), [("00:00".into(), 121, 0)]);
        assert!(matches!(night, Step::Counted { reset: false, .. }));
        assert_eq!(step(Some(evening), reading("2026-11-25T00:00:00+01:00", 0, 0)), Step::Counted { counts: vec![], reset: false });
    }

    #[test]
    fn after_a_long_silence_nobody_knows_when_people_came() {
        let last = reading("2026-11-24T10:00:00+01:00", 12, 3);
        assert_eq!(step(Some(last), reading("2026-11-24T11:00:01+01:00", 20, 4)), Step::Gap { reset: false });
        assert_eq!(step(Some(last), reading("2026-11-24T12:00:00+01:00", 1, 4)), Step::Gap { reset: true });
        assert_eq!(step(Some(last), reading("2026-11-25T08:00:00+01:00", 1, 4)), Step::Gap { reset: false });
    }
}
