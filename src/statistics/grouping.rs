//! Longer stretches than months: quarters, half-years, years and school terms, and what a period is compared with.
use chrono::{Datelike, Months};

use super::period::Period;
use crate::{time::Month, words};

words! {
    /// What months are put together to.
    pub enum Grouping {
        /// Each by itself.
        Month = "month",
        /// January to March, April to June, ...
        Quarter = "quarter",
        /// January to June, July to December.
        HalfYear = "half_year",
        /// January to December.
        Year = "year",
        /// A school term: spring is January to June, autumn August to December. July belongs to none.
        Term = "term",
    }
}

impl Grouping {
    /// The first and last month of the group in which a month lies; `None` in July for terms.
    fn around(self, month: Month) -> Option<(Month, Month)> {
        let (year, number) = (month.first_day().year(), month.first_day().month());
        let months = match self {
            Self::Month => (number, number),
            Self::Quarter => {
                let first = (number - 1) / 3 * 3 + 1;
                (first, first + 2)
            }
            Self::HalfYear => {
                if number <= 6 {
                    (1, 6)
                } else {
                    (7, 12)
                }
            }
            Self::Year => (1, 12),
            Self::Term => match number {
                1..=6 => (1, 6),
                7 => return None,
                _ => (8, 12),
            },
        };
        Some((Month::new(year, months.0)?, Month::new(year, months.1)?))
    }

    /// The whole groups that a period touches, in order, each with its label.
    #[must_use]
    pub fn of(self, period: &Period) -> Vec<(String, Period)> {
        let mut groups: Vec<(Month, Month)> = period.months().iter().filter_map(|month| self.around(*month)).collect();
        groups.dedup();
        groups.into_iter().filter_map(|(first, last)| Some((self.label(first), Period::between(first, last).ok()?))).collect()
    }

    /// `2023-05`, `2023-Q2`, `2023-H1`, `2023`, `VT2023`: as Swedish schools and offices write it.
    fn label(self, first: Month) -> String {
        let (year, number) = (first.first_day().year(), first.first_day().month());
        match self {
            Self::Month => first.to_string(),
            Self::Quarter => format!("{year}-Q{}", (number - 1) / 3 + 1),
            Self::HalfYear => format!("{year}-H{}", if number <= 6 { 1 } else { 2 }),
            Self::Year => year.to_string(),
            Self::Term => format!("{}{year}", if number <= 6 { "VT" } else { "HT" }),
        }
    }
}

/// As many months, that many months earlier; `None` before the calendar begins.
fn earlier(period: &Period, by: u32) -> Option<Period> {
    let shift = |month: Month| month.first_day().checked_sub_months(Months::new(by)).and_then(|day| Month::new(day.year(), day.month()));
    Period::between(shift(*period.months().first()?)?, shift(*period.months().last()?)?).ok()
}

/// The period just before, as long.
#[must_use]
pub fn before(period: &Period) -> Option<Period> {
    earlier(period, u32::try_from(period.months().len()).ok()?)
}

/// The same months a year earlier.
#[must_use]
pub fn year_before(period: &Period) -> Option<Period> {
    earlier(period, 12)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(from: &str, to: &str) -> Period {
        Period::between(from.parse().unwrap(), to.parse().unwrap()).unwrap()
    }

    fn labels(by: Grouping, from: &str, to: &str) -> Vec<String> {
        by.of(&period(from, to)).into_iter().map(|(label, group)| format!("{label} {}", group.label())).collect()
    }

    #[test]
    fn months_are_put_together_to_whole_groups() {
        assert_eq!(labels(Grouping::Quarter, "2022-11", "2023-02"), ["2022-Q4 2022-10--2022-12", "2023-Q1 2023-01--2023-03"]);
        assert_eq!(labels(Grouping::HalfYear, "2023-01", "2023-12"), ["2023-H1 2023-01--2023-06", "2023-H2 2023-07--2023-12"]);
        assert_eq!(labels(Grouping::Year, "2022-06", "2023-01"), ["2022 2022", "2023 2023"]);
        assert_eq!(labels(Grouping::Term, "2023-05", "2023-09"), ["VT2023 2023-01--2023-06", "HT2023 2023-08--2023-12"]);
        assert_eq!(labels(Grouping::Term, "2023-07", "2023-07"), [""; 0], "July is no term");
        assert_eq!(labels(Grouping::Month, "2023-07", "2023-08").len(), 2);
    }

    #[test]
    fn a_period_is_compared_with_the_one_before_and_the_year_before() {
        let quarter = period("2023-01", "2023-03");
        assert_eq!(before(&quarter).unwrap().label(), "2022-10--2022-12");
        assert_eq!(year_before(&quarter).unwrap().label(), "2022-01--2022-03");
        assert_eq!(before(&period("2023-01", "2023-12")).unwrap().label(), "2022");
        assert_eq!(before(&period("1970-02", "1970-03")), None, "before the calendar begins");
    }
}
