//! Swedish holidays by rule: the days of the law (1989:253), the eves that are free in practice, and the days before a holiday on
//! which many close early. Whether the house is open is another matter: that is for its opening hours and closures to say.
use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Serialize, Serializer, ser::SerializeStruct};

use crate::{error::Say, say, words};

words! {
    /// What kind of day it is.
    pub enum HolidayKind {
        /// A holiday by law.
        PublicHoliday = "public_holiday",
        /// Free in practice.
        Eve = "eve",
        /// A working day that ends early in many places.
        ShortDay = "short_day",
    }
}

/// A day with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// The day.
    pub date: NaiveDate,
    /// What kind of day it is.
    pub kind: HolidayKind,
    /// Its name.
    pub name: Say,
}

impl Serialize for Holiday {
    /// Both names, so that the answer is the same for everybody.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_struct("Holiday", 3)?;
        members.serialize_field("date", &self.date)?;
        members.serialize_field("kind", &self.kind)?;
        members.serialize_field("name", &serde_json::json!({"sv": self.name.sv, "en": self.name.en}))?;
        members.end()
    }
}

/// Easter Sunday, by the Gregorian rule of Meeus, Jones and Butcher.
#[must_use]
pub fn easter(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year.rem_euclid(19), year.div_euclid(100), year.rem_euclid(100));
    let (d, e) = (b / 4, b % 4);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    NaiveDate::from_ymd_opt(year, u32::try_from(n / 31).ok()?, u32::try_from(n % 31 + 1).ok()?)
}

/// The first such weekday on or after a day.
fn first_on_or_after(day: NaiveDate, weekday: Weekday) -> Option<NaiveDate> {
    day.iter_days().take(7).find(|date| date.weekday() == weekday)
}

/// The days of a year that have a name, in order. Two may share a date, as Ascension Day and May Day did in 2008.
#[must_use]
pub fn of_year(year: i32) -> Vec<Holiday> {
    use HolidayKind::{Eve, PublicHoliday, ShortDay};
    let fixed = |month, day| NaiveDate::from_ymd_opt(year, month, day);
    let easter = easter(year);
    let after = |days| easter.and_then(|date| date.checked_add_days(Days::new(days)));
    let before = |date: Option<NaiveDate>, days| date.and_then(|date| date.checked_sub_days(Days::new(days)));
    let midsummer = fixed(6, 20).and_then(|date| first_on_or_after(date, Weekday::Sat));
    let all_saints = fixed(10, 31).and_then(|date| first_on_or_after(date, Weekday::Sat));
    // The National Day took Whit Monday's place in 2005.
    let (national, whit_monday) = if year >= 2005 { (fixed(6, 6), None) } else { (None, after(50)) };
    let all = [
        (fixed(1, 1), PublicHoliday, say!("Nyårsdagen", "New Year's Day")),
        (fixed(1, 5), ShortDay, say!("Trettondagsafton", "Twelfth Night")),
        (fixed(1, 6), PublicHoliday, say!("Trettondedag jul", "Epiphany")),
        (before(easter, 3), ShortDay, say!("Skärtorsdagen", "Maundy Thursday")),
        (before(easter, 2), PublicHoliday, say!("Långfredagen", "Good Friday")),
        (before(easter, 1), Eve, say!("Påskafton", "Easter Eve")),
        (easter, PublicHoliday, say!("Påskdagen", "Easter Sunday")),
        (after(1), PublicHoliday, say!("Annandag påsk", "Easter Monday")),
        (fixed(4, 30), ShortDay, say!("Valborgsmässoafton", "Walpurgis Night")),
        (fixed(5, 1), PublicHoliday, say!("Första maj", "May Day")),
        (after(39), PublicHoliday, say!("Kristi himmelsfärdsdag", "Ascension Day")),
        (after(48), Eve, say!("Pingstafton", "Whitsun Eve")),
        (after(49), PublicHoliday, say!("Pingstdagen", "Whit Sunday")),
        (whit_monday, PublicHoliday, say!("Annandag pingst", "Whit Monday")),
        (national, PublicHoliday, say!("Sveriges nationaldag", "National Day of Sweden")),
        (before(midsummer, 1), Eve, say!("Midsommarafton", "Midsummer Eve")),
        (midsummer, PublicHoliday, say!("Midsommardagen", "Midsummer Day")),
        (before(all_saints, 1), ShortDay, say!("Allhelgonaafton", "All Saints' Eve")),
        (all_saints, PublicHoliday, say!("Alla helgons dag", "All Saints' Day")),
        (fixed(12, 24), Eve, say!("Julafton", "Christmas Eve")),
        (fixed(12, 25), PublicHoliday, say!("Juldagen", "Christmas Day")),
        (fixed(12, 26), PublicHoliday, say!("Annandag jul", "Boxing Day")),
        (fixed(12, 31), Eve, say!("Nyårsafton", "New Year's Eve")),
    ];
    let mut days: Vec<Holiday> = all.into_iter().filter_map(|(date, kind, name)| Some(Holiday { date: date?, kind, name })).collect();
    days.sort_by_key(|day| (day.date, day.kind));
    days
}

/// The days with a name from `from` to `to` (not included), in order.
#[must_use]
pub fn between(from: NaiveDate, to: NaiveDate) -> Vec<Holiday> {
    (from.year()..=to.year()).flat_map(of_year).filter(|day| from <= day.date && day.date < to).collect()
}

/// What a day is called, if it has a name; of two the holiday by law.
#[must_use]
pub fn on(date: NaiveDate) -> Option<Holiday> {
    of_year(date.year()).into_iter().find(|day| day.date == date)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The holidays by law of forty years, Sundays left out, as the Python package `holidays` 0.x has them
    /// (`script/fixtures.py` makes the file again).
    const BY_LAW: &str = include_str!("../tests/fixtures/holidays.csv");

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn name(date: &str) -> Option<String> {
        on(day(date)).map(|holiday| holiday.name.sv)
    }

    #[test]
    fn holidays_by_law_are_those_of_an_independent_source() {
        let mut expected: Vec<NaiveDate> = BY_LAW.lines().skip(1).map(day).collect();
        expected.dedup();
        assert!(expected.len() > 500);
        let (first, last) = (expected[0].year(), expected[expected.len() - 1].year());
        let mut found: Vec<NaiveDate> =
            (first..=last).flat_map(of_year).filter(|d| d.kind == HolidayKind::PublicHoliday).map(|d| d.date).collect();
        found.dedup();
        assert_eq!(found, expected);
    }

    #[test]
    fn easter_moves_with_the_moon() {
        for date in
            ["1818-03-22", "1943-04-25", "2000-04-23", "2008-03-23", "2011-04-24", "2026-04-05", "2027-03-28", "2038-04-25", "2285-03-22"]
        {
            assert_eq!(easter(day(date).year()), Some(day(date)));
        }
    }

    #[test]
    fn eves_and_short_days_have_their_names() {
        for (date, expected) in [
            ("2026-01-05", "Trettondagsafton"),
            ("2026-04-02", "Skärtorsdagen"),
            ("2026-04-04", "Påskafton"),
            ("2026-04-30", "Valborgsmässoafton"),
            ("2026-05-14", "Kristi himmelsfärdsdag"),
            ("2026-05-23", "Pingstafton"),
            ("2026-06-19", "Midsommarafton"),
            ("2026-10-30", "Allhelgonaafton"),
            ("2026-10-31", "Alla helgons dag"),
            ("2027-03-28", "Påskdagen"),
            ("2027-06-25", "Midsommarafton"),
            ("2027-11-06", "Alla helgons dag"),
            ("2026-12-24", "Julafton"),
            ("2026-12-31", "Nyårsafton"),
        ] {
            assert_eq!(name(date).as_deref(), Some(expected), "{date}");
        }
        assert_eq!(name("2026-11-23"), None);
    }

    #[test]
    fn a_stretch_of_days_may_go_over_the_new_year_and_two_holidays_may_meet() {
        let names: Vec<String> = between(day("2026-12-26"), day("2027-01-06")).into_iter().map(|d| d.name.en).collect();
        assert_eq!(names, ["Boxing Day", "New Year's Eve", "New Year's Day", "Twelfth Night"]);
        assert_eq!(between(day("2008-05-01"), day("2008-05-02")).len(), 2);
        assert!(between(day("2026-05-01"), day("2026-05-01")).is_empty());
    }
}
