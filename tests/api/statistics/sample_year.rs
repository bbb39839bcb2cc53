//! The sample year: its files, loaded, and its figures counted a second time by plain Rust over the lines.
use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Datelike, NaiveDate, TimeZone, Timelike};
use chrono_tz::Europe::Stockholm;
use diesel::prelude::*;
use nobel21::{db::schema::organisations, id::Id, text::fold, time::Moment};
use serde::Deserialize;
use serde_json::Value;

use super::ledger::{Booking, Visit};
use crate::support::App;

#[derive(Deserialize)]
struct OrganisationLine {
    org_number: String,
    name: String,
    kind: String,
    tenant: bool,
}

/// A line of `bookings.csv`.
#[derive(Deserialize)]
pub struct BookingLine {
    pub uid: String,
    pub room: String,
    pub organisation: String,
    pub category: String,
    pub starts_at: String,
    pub ends_at: String,
    pub status: String,
    pub actual_participants: Option<i32>,
}

/// A line of `visits.csv`.
#[derive(Deserialize)]
pub struct VisitLine {
    pub arrived_at: String,
    pub headcount: i32,
    pub purpose: String,
    pub organisation: Option<String>,
    pub booking_uid: Option<String>,
}

#[derive(Deserialize)]
struct EvaluationLine {
    booking_uid: String,
    rating: i32,
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

/// The house with the whole year in it, at the beginning of the next.
pub fn app() -> App {
    let app = App::spawn();
    app.at("2024-01-15T09:00:00+01:00");
    let now = app.now();
    let mut numbers: HashMap<String, Id> = HashMap::new();
    app.write(|c| {
        for line in lines::<OrganisationLine>(include_str!("../../../sample/year-2023/organisations.csv")) {
            let id = Id::new();
            diesel::insert_into(organisations::table)
                .values((
                    organisations::id.eq(id),
                    organisations::name.eq(&line.name),
                    organisations::name_key.eq(fold(&line.name)),
                    organisations::kind.eq(&line.kind),
                    organisations::org_number.eq(line.org_number.replace('-', "")),
                    organisations::tenant.eq(line.tenant),
                    organisations::protected.eq(false),
                    organisations::status.eq("active"),
                    organisations::version.eq(1),
                    organisations::created_at.eq(now),
                    organisations::updated_at.eq(now),
                ))
                .execute(c)?;
            numbers.insert(line.org_number, id);
        }
        Ok(())
    });
    let mut rooms: HashMap<String, Id> = HashMap::new();
    let booked: Vec<Booking> = bookings()
        .iter()
        .map(|line| Booking {
            room: *rooms.entry(line.room.clone()).or_insert_with(|| app.room(&line.room)),
            organisation: numbers[&line.organisation],
            category: line.category.clone(),
            status: line.status.clone(),
            starts_at: at(&line.starts_at),
            ends_at: at(&line.ends_at),
            actual_participants: line.actual_participants,
        })
        .collect();
    let ids = app.book(&booked);
    let uids: HashMap<String, Id> = bookings().into_iter().map(|line| line.uid).zip(ids).collect();
    let counted: Vec<Visit> = visits()
        .iter()
        .map(|line| Visit {
            at: at(&line.arrived_at),
            kind: "in",
            headcount: line.headcount,
            purpose: line.purpose.clone(),
            organisation: line.organisation.as_ref().map(|number| numbers[number]),
            booking: line.booking_uid.as_ref().map(|uid| uids[uid]),
            corrects: None,
        })
        .collect();
    app.count(&counted);
    let answers: Vec<(Id, i32)> = lines::<EvaluationLine>(include_str!("../../../sample/year-2023/evaluations.csv"))
        .iter()
        .map(|line| (uids[&line.booking_uid], line.rating))
        .collect();
    app.rate(&answers);
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
