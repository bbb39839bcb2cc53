//! What a device counted in a stretch of time, and what is against taking it.
use std::collections::BTreeMap;

use crate::{
    error::Say,
    say,
    time::{Moment, Span},
};

/// More than this in an hour is no door.
pub const MOST: i32 = 100_000;
/// A device's clock may go this much before ours, in seconds.
const AHEAD_SECONDS: i64 = 60;
const HOUR: i64 = 3600;

/// What went in and out in a part of one clock hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// When.
    pub span: Span,
    /// How many came.
    pub count_in: i32,
    /// How many left.
    pub count_out: i32,
}

/// Why a stretch of time can't be counted for.
pub fn check_span(span: Span, now: Moment) -> Result<(), Say> {
    let hour = |at: Moment| at.unix().div_euclid(HOUR);
    if hour(span.start()) != hour(span.end().plus_seconds(-1)) {
        return Err(say!(
            "ska ligga i samma klocktimme som from: räkna per timme eller oftare",
            "must lie in the same clock hour as from: count by the hour or more often"
        ));
    }
    if span.end() > now.plus_seconds(AHEAD_SECONDS) {
        return Err(say!("ligger i framtiden", "lies in the future"));
    }
    Ok(())
}

/// What becomes of a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is taken.
    New,
    /// It is there already, number by number.
    Known,
    /// The device has counted for some of that time already.
    Overlaps(Span),
}

/// Holds counts of one device against those that are there and those before them.
#[must_use]
pub fn judge(there: &[Count], counts: &[Count]) -> Vec<Verdict> {
    let mut taken: BTreeMap<Moment, Count> = there.iter().map(|count| (count.span.start(), *count)).collect();
    counts
        .iter()
        .map(|count| {
            let before = taken.range(..count.span.end()).next_back().map(|(_, earlier)| *earlier);
            match before {
                Some(earlier) if earlier == *count => Verdict::Known,
                Some(earlier) if earlier.span.overlaps(count.span) => Verdict::Overlaps(earlier.span),
                _ => {
                    taken.insert(count.span.start(), *count);
                    Verdict::New
                }
            }
        })
        .collect()
}

/// Cuts a stretch at full hours; the people are shared out by time, none is lost and none is added.
#[must_use]
pub fn by_the_hour(Count { span, count_in, count_out }: Count) -> Vec<Count> {
    let (start, end) = (span.start().unix(), span.end().unix());
    let share = |people: i32, until: i64| i32::try_from(i64::from(people) * (until - start) / (end - start)).unwrap_or(people);
    let mut counts = vec![];
    let (mut from, mut given) = (start, (0, 0));
    while from < end {
        let to = (from.div_euclid(HOUR) * HOUR + HOUR).min(end);
        let so_far = (share(count_in, to), share(count_out, to));
        counts.extend(Span::new(Moment::from_unix(from), Moment::from_unix(to)).map(|span| Count {
            span,
            count_in: so_far.0 - given.0,
            count_out: so_far.1 - given.1,
        }));
        (from, given) = (to, so_far);
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(from: i64, to: i64, count_in: i32) -> Count {
        Count { span: Span::new(Moment::from_unix(from), Moment::from_unix(to)).unwrap(), count_in, count_out: 1 }
    }

    #[test]
    fn a_stretch_lies_in_one_clock_hour_and_not_in_the_future() {
        let now = Moment::from_unix(100_000);
        let good = |from, to| check_span(count(from, to, 0).span, now).is_ok();
        assert!(good(3600, 7200) && good(3660, 3720) && good(7140, 7200));
        assert!(!good(3600, 7201) && !good(3599, 3601) && !good(0, 86_400));
        assert!(good(99_900, 100_060) && !good(99_900, 100_061));
    }

    #[test]
    fn the_same_count_twice_is_known_and_another_one_for_the_same_time_is_refused() {
        let there = [count(0, 900, 5), count(1800, 2700, 7)];
        let overlaps = |from, to| Verdict::Overlaps(count(from, to, 0).span);
        let asked = [
            count(900, 1800, 2),
            count(0, 900, 5),
            count(0, 900, 6),
            count(600, 900, 1),
            count(2600, 2800, 1),
            count(2700, 3600, 1),
            count(900, 1800, 2),
            count(0, 3600, 9),
        ];
        assert_eq!(
            judge(&there, &asked),
            [
                Verdict::New,
                Verdict::Known,
                overlaps(0, 900),
                overlaps(0, 900),
                overlaps(1800, 2700),
                Verdict::New,
                Verdict::Known,
                overlaps(2700, 3600),
            ]
        );
    }

    #[test]
    fn a_stretch_over_a_full_hour_is_cut_there_and_everybody_counts_once() {
        assert_eq!(by_the_hour(count(3000, 3600, 4)), [count(3000, 3600, 4)]);
        let parts = by_the_hour(count(3000, 4800, 7));
        assert_eq!(
            parts.iter().map(|part| (part.span.start().unix(), part.span.end().unix())).collect::<Vec<_>>(),
            [(3000, 3600), (3600, 4800)]
        );
        assert_eq!(parts.iter().map(|part| part.count_in).collect::<Vec<_>>(), [2, 5]);
        assert_eq!(parts.iter().map(|part| part.count_out).sum::<i32>(), 1);
    }
}
