//! Which of the nightly copies stay: 7 days, 4 weeks, 12 months.
use std::collections::BTreeSet;

use chrono::{Datelike, Months, NaiveDate};

/// So many days, weeks and months keep their last copy each.
const DAYS: usize = 7;
const WEEKS: usize = 4;
const MONTHS: usize = 12;

/// Those that go. Of the last 7 days, 4 weeks (Monday to Sunday) and 12 months that have a copy, the running ones included, the last
/// of each stays, for twelve months at most: what was erased in between is in them. What is dated after `today` comes from a clock
/// that went wrong: it counts for nothing and is left alone.
#[must_use]
pub fn surplus(copies: &BTreeSet<NaiveDate>, today: NaiveDate) -> BTreeSet<NaiveDate> {
    let known: BTreeSet<NaiveDate> = copies.range(..=today).copied().collect();
    let mut kept = last_of_each(&known, DAYS, |day| (day.num_days_from_ce(), 0));
    kept.extend(last_of_each(&known, WEEKS, |day| (day.iso_week().year(), day.iso_week().week())));
    kept.extend(last_of_each(&known, MONTHS, |day| (day.year(), day.month())));
    let oldest = today.checked_sub_months(Months::new(12)).unwrap_or(today);
    known.iter().filter(|day| !kept.contains(day) || **day < oldest).copied().collect()
}

/// The last day of each of the last `most` stretches.
fn last_of_each(days: &BTreeSet<NaiveDate>, most: usize, stretch: impl Fn(NaiveDate) -> (i32, u32)) -> BTreeSet<NaiveDate> {
    let mut seen = BTreeSet::new();
    days.iter().rev().copied().filter(|day| seen.insert(stretch(*day))).take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// What a house has at the end of `last` that has written a copy every night from `first` on and removed what goes.
    fn nights(first: &str, last: &str) -> Vec<String> {
        let mut copies = BTreeSet::new();
        for today in day(first).iter_days().take_while(|today| *today <= day(last)) {
            copies.insert(today);
            for gone in surplus(&copies, today) {
                copies.remove(&gone);
            }
        }
        copies.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn seven_days_four_weeks_and_twelve_months_stay_of_two_years_of_nights() {
        // A Wednesday. Days: 19 to 25. Weeks end on the 8th, the 15th and the 22nd. Months end from December 2025 on.
        let expected = [
            "2025-12-31",
            "2026-01-31",
            "2026-02-28",
            "2026-03-31",
            "2026-04-30",
            "2026-05-31",
            "2026-06-30",
            "2026-07-31",
            "2026-08-31",
            "2026-09-30",
            "2026-10-31",
            "2026-11-08",
            "2026-11-15",
            "2026-11-19",
            "2026-11-20",
            "2026-11-21",
            "2026-11-22",
            "2026-11-23",
            "2026-11-24",
            "2026-11-25",
        ];
        assert_eq!(nights("2024-11-25", "2026-11-25"), expected);
    }

    #[test]
    fn a_week_over_new_year_is_one_week_and_two_months() {
        // 2026-12-28 to 2027-01-03 is week 53.
        let expected = [
            "2026-12-20",
            "2026-12-27",
            "2026-12-31",
            "2027-01-03",
            "2027-01-04",
            "2027-01-05",
            "2027-01-06",
            "2027-01-07",
            "2027-01-08",
            "2027-01-09",
        ];
        assert_eq!(nights("2026-12-14", "2027-01-09"), expected);
    }

    #[test]
    fn the_first_week_loses_nothing_and_the_eighth_night_its_first() {
        assert_eq!(nights("2026-11-24", "2026-11-30").len(), 7);
        // Sunday the 29th is the last of its week and the 30th of its month; both are among the days anyway.
        assert_eq!(nights("2026-11-24", "2026-12-01").first().map(String::as_str), Some("2026-11-25"));
    }

    #[test]
    fn the_end_of_a_leap_february_is_its_months_copy() {
        let found = nights("2028-01-01", "2028-04-30");
        assert!(found.contains(&"2028-02-29".to_owned()) && !found.contains(&"2028-02-28".to_owned()), "{found:?}");
    }

    #[test]
    fn who_was_away_for_long_keeps_what_is_not_over_twelve_months_old() {
        let copies: BTreeSet<_> = ["2020-01-05", "2025-11-24", "2025-11-25", "2026-02-05", "2026-11-25"].map(day).into();
        assert_eq!(surplus(&copies, day("2026-11-25")), ["2020-01-05", "2025-11-24"].map(day).into());
        assert!(surplus(&BTreeSet::new(), day("2026-11-25")).is_empty());
    }

    #[test]
    fn what_is_dated_after_today_neither_goes_nor_takes_anothers_place() {
        let today = day("2026-11-25");
        let copies: BTreeSet<_> = today.iter_days().take(40).chain([day("2026-11-24")]).collect();
        assert!(surplus(&copies, today).is_empty());
        assert!(surplus(&copies, day("2027-01-03")).contains(&day("2026-11-24")));
    }
}
