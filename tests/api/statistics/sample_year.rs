//! The sample year: its files, loaded, and its figures counted a second time by plain Rust over the lines.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, TimeZone, Timelike};
use chrono_tz::Europe::Stockholm;
use nobel21::{
    audit::By,
    import::{self, Faults, File, Year},
    time::Moment,
};
use serde::Deserialize;
use serde_json::Value;

use crate::support::App;

/// A line of `bookings.csv`.
#[derive(Deserialize)]
pub struct BookingLine {
    pub uid: String,
    pub room: String,
    pub starts_at: String,
    pub ends_at: String,
    pub status: String,
    pub expected_participants: i64,
    pub actual_participants: Option<i64>,
}

/// A line of `visits.csv`.
#[derive(Deserialize)]
pub struct VisitLine {
    pub arrived_at: String,
    pub headcount: i32,
}

fn lines<T: for<'a> Deserialize<'a>>(text: &str) -> Vec<T> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
}

pub fn bookings() -> Vec<BookingLine> {
    lines(include_str!("../../../sample/year-2023/bookings.csv"))
}

pub fn visits() -> Vec<VisitLine> {
    lines(include_str!("../../../sample/year-2023/visits.csv"))
}

pub fn expected() -> Value {
    serde_json::from_str(include_str!("../../../sample/year-2023/expected.json")).unwrap()
}

fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

/// The house with the whole year in it, brought in as `nobel21 import` does, at the beginning of the next.
pub fn app() -> App {
    let app = App::spawn();
    app.at("2024-01-15T09:00:00+01:00");
    let mut faults = Faults::default();
    let year = Year::read(
        |file| match file {
            File::Organisations => include_bytes!("../../../sample/year-2023/organisations.csv"),
            File::Rooms => include_bytes!("../../../sample/year-2023/rooms.csv"),
            File::Bookings => include_bytes!("../../../sample/year-2023/bookings.csv"),
            File::Visits => include_bytes!("../../../sample/year-2023/visits.csv"),
            File::Evaluations => include_bytes!("../../../sample/year-2023/evaluations.csv"),
            File::DoorCounts => &[],
        },
        &mut faults,
    );
    let by = By::program(app.now());
    let added = app.write(|c| import::import(c, &year, &mut faults, &by, &mut |_| ()));
    assert!(added.is_some(), "{:?}", faults.sorted());
    app
}

const QUARTER: i64 = 900;
const OPEN: std::ops::Range<u32> = 7..22;

fn spaces_of(room: &str) -> Vec<&str> {
    if room == "aulan" { vec!["aulan-a", "aulan-b"] } else { vec![room] }
}

/// The quarters of an hour in which each space was taken, all of the sample's bookings lying on that grid.
fn taken() -> BTreeMap<String, BTreeSet<i64>> {
    let mut taken: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
    for line in bookings().iter().filter(|line| line.status == "held") {
        let (start, end) = (at(&line.starts_at).unix(), at(&line.ends_at).unix());
        assert_eq!((start % QUARTER, end % QUARTER), (0, 0), "{}", line.uid);
        for space in spaces_of(&line.room) {
            taken.entry(space.into()).or_default().extend((start / QUARTER)..(end / QUARTER));
        }
    }
    taken
}

fn is_open(quarter: i64, month: Option<u32>) -> bool {
    let local = Stockholm.timestamp_opt(quarter * QUARTER, 0).unwrap();
    OPEN.contains(&local.hour()) && local.year() == 2023 && month.is_none_or(|m| local.month() == m)
}

fn open_hours(month: Option<u32>) -> i64 {
    let days = NaiveDate::from_ymd_opt(2023, 1, 1).unwrap().iter_days().take_while(|d| d.year() == 2023);
    days.filter(|d| month.is_none_or(|m| d.month() == m)).count() as i64 * OPEN.len() as i64
}

fn share(part: i64, of: i64) -> Value {
    Value::from((part as f64 / of as f64 * 10_000.0).round() / 10_000.0)
}

/// Any of the room's spaces taken, over its open time.
pub fn utilisation_of(room: &str) -> Value {
    let taken = taken();
    let any: BTreeSet<i64> = spaces_of(room).into_iter().flat_map(|s| taken[s].iter().copied()).filter(|q| is_open(*q, None)).collect();
    share(any.len() as i64, open_hours(None) * 4)
}

/// Of all spaces.
pub fn utilisation_of_house(month: Option<u32>) -> Value {
    let taken = taken();
    assert_eq!(taken.len(), 8 - 1);
    let used: usize = taken.values().map(|of_space| of_space.iter().filter(|q| is_open(**q, month)).count()).sum();
    share(used as i64, open_hours(month) * 4 * 7)
}

/// Open clock hours with an arrival.
pub fn coverage(month: Option<u32>) -> Value {
    let hours: BTreeSet<(NaiveDate, u32)> = visits()
        .iter()
        .map(|line| chrono::DateTime::parse_from_rfc3339(&line.arrived_at).unwrap().with_timezone(&Stockholm))
        .filter(|local| OPEN.contains(&local.hour()) && month.is_none_or(|m| local.month() == m))
        .map(|local| (local.date_naive(), local.hour()))
        .collect();
    share(hours.len() as i64, open_hours(month))
}

/// Who came over who was expected where that is known, and of how many gatherings it is.
pub fn fill() -> (Value, Value) {
    let all = bookings();
    let held: Vec<_> = all.iter().filter(|line| line.status == "held").collect();
    let known: Vec<(i64, i64)> = held.iter().filter_map(|line| Some((line.actual_participants?, line.expected_participants))).collect();
    let came = known.iter().map(|(came, _)| came).sum();
    let expected = known.iter().map(|(_, expected)| expected).sum();
    (share(came, expected), share(known.len() as i64, held.len() as i64))
}

/// Gatherings and visits of one hour of the week.
pub fn hour_of_week(weekday: u32, hour: u32) -> (i64, f64, i64) {
    let (mut gatherings, mut seconds) = (0, 0);
    for line in bookings().iter().filter(|line| line.status == "held") {
        let (start, end) = (at(&line.starts_at).unix(), at(&line.ends_at).unix());
        let inside = (start..end).step_by(QUARTER as usize).filter(|second| {
            let local = Stockholm.timestamp_opt(*second, 0).unwrap();
            (local.weekday().number_from_monday(), local.hour()) == (weekday, hour)
        });
        let quarters = inside.count() as i64;
        gatherings += i64::from(quarters > 0);
        seconds += quarters * QUARTER;
    }
    let arrived: i32 = visits()
        .iter()
        .filter(|line| {
            let local = chrono::DateTime::parse_from_rfc3339(&line.arrived_at).unwrap().with_timezone(&Stockholm);
            (local.weekday().number_from_monday(), local.hour()) == (weekday, hour)
        })
        .map(|line| line.headcount)
        .sum();
    (gatherings, seconds as f64 / 3600.0, i64::from(arrived))
}

/// Cancelled bookings and those to which nobody came, in a month.
pub fn not_held(month: u32) -> (i64, i64) {
    let in_month =
        |line: &&BookingLine| chrono::DateTime::parse_from_rfc3339(&line.starts_at).unwrap().with_timezone(&Stockholm).month() == month;
    let all = bookings();
    let count = |status: &str| all.iter().filter(in_month).filter(|line| line.status == status).count() as i64;
    (count("cancelled"), count("no_show"))
}
