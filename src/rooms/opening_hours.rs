//! When the house, or a room with a week of its own, is open.
use std::{collections::BTreeMap, sync::Arc};

use chrono::NaiveDate;
use serde::Serialize;

use crate::{
    error::Fault,
    say,
    time::{Span, WallTime, iso_weekday},
};

/// One stretch of one weekday, in wall time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Stretch {
    /// ISO weekday, 1 = Monday.
    pub weekday: u8,
    /// From.
    pub opens: WallTime,
    /// To; `24:00` is midnight.
    pub closes: WallTime,
}

impl Stretch {
    fn overlaps(self, other: Self) -> bool {
        self.weekday == other.weekday && self.opens < other.closes && other.opens < self.closes
    }
}

/// What is wrong with stretches as somebody wrote them; each fault names the index of its stretch. Touching is fine.
#[must_use]
pub fn faults(stretches: &[Stretch]) -> Vec<Fault> {
    let mut faults = vec![];
    for (i, stretch) in stretches.iter().enumerate() {
        if stretch.opens >= stretch.closes {
            let opens = stretch.opens;
            faults.push(Fault::new(format!("{i}.closes"), say!("ska vara senare än {opens}", "must be later than {opens}")));
        } else if let Some(first) = stretches.iter().take(i).position(|earlier| earlier.overlaps(*stretch)) {
            faults.push(Fault::new(i.to_string(), say!("överlappar post {first}", "overlaps entry {first}")));
        }
    }
    faults
}

/// The days on which everything closes early, and when.
pub type HalfDays = BTreeMap<NaiveDate, WallTime>;

/// A week of opening hours, sorted, its stretches of one day apart from each other, with the days that end before their time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Week {
    stretches: Vec<Stretch>,
    #[serde(skip)]
    half_days: Arc<HalfDays>,
}

impl Week {
    /// Sorted; stretches that touch or overlap are joined, so that time is counted once.
    #[must_use]
    pub fn new(mut stretches: Vec<Stretch>) -> Self {
        stretches.sort();
        let mut joined: Vec<Stretch> = vec![];
        for next in stretches {
            match joined.last_mut() {
                Some(last) if last.weekday == next.weekday && next.opens <= last.closes => last.closes = last.closes.max(next.closes),
                _ => joined.push(next),
            }
        }
        Self { stretches: joined, half_days: Arc::default() }
    }

    /// The same week, cut short on these days.
    #[must_use]
    pub fn with_half_days(self, half_days: Arc<HalfDays>) -> Self {
        Self { half_days, ..self }
    }

    /// The stretches, sorted.
    #[must_use]
    pub fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    /// The stretches of one day, as far as it goes.
    #[must_use]
    pub fn on(&self, date: NaiveDate) -> Vec<Stretch> {
        let weekday = iso_weekday(date);
        let end = self.half_days.get(&date);
        self.stretches
            .iter()
            .filter(|stretch| stretch.weekday == weekday)
            .map(|stretch| Stretch { closes: end.map_or(stretch.closes, |end| stretch.closes.min(*end)), ..*stretch })
            .filter(|stretch| stretch.opens < stretch.closes)
            .collect()
    }

    /// The open time of the days `from` to `to` (not included), in order; what meets at midnight is joined.
    #[must_use]
    pub fn spans(&self, from: NaiveDate, to: NaiveDate) -> Vec<Span> {
        let mut spans: Vec<Span> = vec![];
        for date in from.iter_days().take_while(|date| *date < to) {
            for stretch in self.on(date) {
                // An hour that the spring's clock change swallows whole leaves nothing.
                let Some(span) = Span::new(stretch.opens.on(date), stretch.closes.on(date)) else { continue };
                match spans.last_mut() {
                    Some(last) if last.end() == span.start() => {
                        if let Some(joined) = Span::new(last.start(), span.end()) {
                            *last = joined;
                        }
                    }
                    _ => spans.push(span),
                }
            }
        }
        spans
    }

    /// Is all of `span` open?
    #[must_use]
    pub fn covers(&self, span: Span) -> bool {
        let to = span.end().date().succ_opt().unwrap_or(span.end().date());
        self.spans(span.start().date(), to).iter().any(|open| open.contains(span))
    }
}

/// The week that holds for a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoomWeek {
    /// Is it the house's?
    pub inherited: bool,
    /// The week.
    pub hours: Week,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Moment;

    fn week(stretches: &[(u8, &str, &str)]) -> Week {
        Week::new(
            stretches
                .iter()
                .map(|(weekday, opens, closes)| Stretch {
                    weekday: *weekday,
                    opens: opens.parse().unwrap(),
                    closes: closes.parse().unwrap(),
                })
                .collect(),
        )
    }
    fn span(from: &str, to: &str) -> Span {
        Span::new(from.parse::<Moment>().unwrap(), to.parse::<Moment>().unwrap()).unwrap()
    }

    #[test]
    fn a_stay_must_lie_inside_one_open_stretch() {
        let monday = week(&[(1, "07:00", "12:00"), (1, "13:00", "22:00")]);
        assert!(monday.covers(span("2026-11-23T07:00:00+01:00", "2026-11-23T12:00:00+01:00")));
        assert!(!monday.covers(span("2026-11-23T11:00:00+01:00", "2026-11-23T14:00:00+01:00")));
        assert!(!monday.covers(span("2026-11-24T08:00:00+01:00", "2026-11-24T09:00:00+01:00")));
    }

    #[test]
    fn open_through_midnight_is_one_stretch() {
        let weekend = week(&[(6, "18:00", "24:00"), (7, "00:00", "02:00")]);
        assert!(weekend.covers(span("2026-11-28T22:00:00+01:00", "2026-11-29T01:00:00+01:00")));
    }

    #[test]
    fn stretches_as_written_may_touch_but_not_overlap_or_run_backwards() {
        let stretch =
            |weekday, opens: &str, closes: &str| Stretch { weekday, opens: opens.parse().unwrap(), closes: closes.parse().unwrap() };
        assert!(faults(&[stretch(1, "07:00", "12:00"), stretch(1, "12:00", "24:00"), stretch(2, "07:00", "12:00")]).is_empty());
        let wrong = faults(&[
            stretch(1, "13:00", "12:00"),
            stretch(1, "08:00", "08:00"),
            stretch(2, "07:00", "12:00"),
            stretch(2, "11:59", "13:00"),
        ]);
        assert_eq!(wrong.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["0.closes", "1.closes", "3"]);
    }

    #[test]
    fn stretches_that_overlap_count_once() {
        assert_eq!(week(&[(1, "07:00", "12:00"), (1, "10:00", "14:00")]).stretches().len(), 1);
    }

    #[test]
    fn a_half_day_ends_what_is_open_then_and_leaves_out_what_would_open_later() {
        let half = Arc::new(HalfDays::from([("2026-11-23".parse().unwrap(), "13:00".parse().unwrap())]));
        let monday = week(&[(1, "07:00", "12:00"), (1, "12:30", "17:00"), (1, "18:00", "22:00")]).with_half_days(half);
        let hours = |date: &str| monday.on(date.parse().unwrap()).iter().map(|s| format!("{}–{}", s.opens, s.closes)).collect::<Vec<_>>();
        assert_eq!(hours("2026-11-23"), ["07:00–12:00", "12:30–13:00"]);
        assert_eq!(hours("2026-11-30").len(), 3);
        assert!(!monday.covers(span("2026-11-23T12:30:00+01:00", "2026-11-23T13:30:00+01:00")));
        assert!(monday.covers(span("2026-11-30T12:30:00+01:00", "2026-11-30T13:30:00+01:00")));
    }

    #[test]
    fn a_night_over_the_clock_change_has_its_real_length() {
        let all_day = week(&[(6, "00:00", "24:00"), (7, "00:00", "24:00")]);
        let spans = all_day.spans("2026-03-28".parse().unwrap(), "2026-03-30".parse().unwrap());
        assert_eq!(spans.iter().map(|s| s.seconds()).sum::<i64>(), 47 * 3600);
        assert_eq!(spans.len(), 1);
    }
}
