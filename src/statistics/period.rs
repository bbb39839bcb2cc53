//! The months that a question is about.
use chrono::{Datelike, Offset, Timelike};

use crate::{
    error::Fault,
    say,
    time::{Moment, Month, Span},
};

/// More than ten years at once is a mistake, or an attack.
const MOST: usize = 120;

/// One month or more, without gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    first: Month,
    last: Month,
    months: Vec<Month>,
}

impl Period {
    /// From one month to another, both included.
    pub fn between(first: Month, last: Month) -> Result<Self, Fault> {
        if last < first {
            return Err(Fault::new("to", say!("ska inte ligga före from", "must not lie before from")));
        }
        let months: Vec<Month> =
            std::iter::successors(Some(first), |m| Some(m.next()).filter(|next| *next <= last && next > m)).take(MOST + 1).collect();
        if months.len() > MOST {
            return Err(Fault::new("to", say!("får vara högst {MOST} månader efter from", "may be at most {MOST} months after from")));
        }
        Ok(Self { first, last, months })
    }

    /// A whole year; `None` for one that we don't know.
    #[must_use]
    pub fn year(year: i32) -> Option<Self> {
        Self::between(Month::new(year, 1)?, Month::new(year, 12)?).ok()
    }

    /// Month by month.
    #[must_use]
    pub fn months(&self) -> &[Month] {
        &self.months
    }

    /// Its months as numbered stretches, from 1.
    #[must_use]
    pub fn numbered(&self) -> Vec<(i64, Span)> {
        (1..).zip(&self.months).filter_map(|(number, month)| Some((number, Span::new(month.start(), month.end())?))).collect()
    }

    /// All of it as one stretch.
    #[must_use]
    pub fn whole(&self) -> Vec<(i64, Span)> {
        Span::new(self.start(), self.end()).map(|span| (1, span)).into_iter().collect()
    }

    /// Where it begins.
    #[must_use]
    pub fn start(&self) -> Moment {
        self.first.start()
    }

    /// Where it ends, not included.
    #[must_use]
    pub fn end(&self) -> Moment {
        self.last.end()
    }

    /// As it stands in a file's name: `2023`, `2023-05`, `2023-01--2023-06`.
    #[must_use]
    pub fn label(&self) -> String {
        let (first, last) = (self.first.first_day(), self.last.first_day());
        if first.year() == last.year() && first.month() == 1 && last.month() == 12 {
            return first.year().to_string();
        }
        if self.first == self.last { self.first.to_string() } else { format!("{}--{}", self.first, self.last) }
    }
}

/// The stretches of `from` to `to` in which the centre's clock keeps its distance to UTC, each with that distance in seconds:
/// what SQL needs to tell weekday and hour, since SQLite knows no zones.
#[must_use]
pub fn offsets(from: Moment, to: Moment) -> Vec<(i64, Span)> {
    const DAY: i64 = 86_400;
    let offset = |at: Moment| i64::from(at.local().offset().fix().local_minus_utc());
    let mut stretches = vec![];
    let (mut start, mut at) = (from, from);
    while at < to {
        let next = at.plus_seconds(DAY).min(to);
        if offset(next) == offset(at) {
            at = next;
            continue;
        }
        // The change lies in this day: halve it down to the second.
        let (mut before, mut after) = (at.unix(), next.unix());
        while after - before > 1 {
            let middle = before + (after - before) / 2;
            if offset(Moment::from_unix(middle)) == offset(at) { before = middle } else { after = middle }
        }
        let change = Moment::from_unix(after);
        stretches.extend(Span::new(start, change).map(|span| (offset(at), span)));
        (start, at) = (change, change);
    }
    stretches.extend(Span::new(start, to).map(|span| (offset(start), span)));
    stretches
}

/// The hour of the week by the centre's clock, 0 to 167 from Monday's first.
#[must_use]
pub fn hour_of_week(at: Moment) -> i64 {
    let local = at.local();
    i64::from(local.weekday().num_days_from_monday() * 24 + local.hour())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        text.parse().unwrap()
    }
    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_has_all_its_months_and_at_most_ten_years_of_them() {
        assert_eq!(Period::between(month("2022-11"), month("2023-02")).unwrap().months().len(), 4);
        assert_eq!(Period::between(month("2020-01"), month("2029-12")).unwrap().months().len(), 120);
        assert!(Period::between(month("2020-01"), month("2030-01")).is_err());
        assert!(Period::between(month("2023-02"), month("2023-01")).is_err());
    }

    #[test]
    fn a_file_is_named_after_its_months() {
        let label = |from: &str, to: &str| Period::between(month(from), month(to)).unwrap().label();
        assert_eq!(label("2023-01", "2023-12"), "2023");
        assert_eq!(label("2023-05", "2023-05"), "2023-05");
        assert_eq!(label("2023-01", "2023-06"), "2023-01--2023-06");
    }

    #[test]
    fn the_week_has_168_hours_by_the_wall_clock() {
        assert_eq!(hour_of_week(at("2026-11-23T00:59:59+01:00")), 0);
        assert_eq!(hour_of_week(at("2026-07-26T23:00:00+02:00")), 167);
    }

    #[test]
    fn the_clock_changes_twice_a_year() {
        let year = Period::year(2023).unwrap();
        let found = offsets(year.start(), year.end());
        let spring = at("2023-03-26T01:00:00Z");
        let autumn = at("2023-10-29T01:00:00Z");
        let span = |from, to| Span::new(from, to).unwrap();
        assert_eq!(found, [(3600, span(year.start(), spring)), (7200, span(spring, autumn)), (3600, span(autumn, year.end()))]);
        assert_eq!(offsets(spring, autumn), [(7200, span(spring, autumn))]);
    }
}
