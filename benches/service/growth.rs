//! What a house with ten and with a hundred years behind it waits longer than one with a single year: nothing that is asked every day
//! may take more than half as long again.
use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use chrono::NaiveDate;
use diesel::{connection::SimpleConnection, prelude::*, r2d2::ManageConnection};
use nobel21::{
    db::{Conn, Db, Manager, Mode, schema::*},
    id::Id,
};

use crate::{
    decade::one_row_each,
    http::Connection,
    inside::Inside,
    server::{House, Slots},
};

const YEARS: [i32; 3] = [1, 10, 100];
/// Of the time that a house with one year takes.
const MOST: f64 = 1.5;
/// So often each house is asked for each thing; what counts is the middle one.
const TIMES: usize = 201;
/// The first of every house, and the one that its others repeat.
const SAMPLE: i32 = 2023;
/// What is asked for every day, and does not sum over all years. It is the 18th of October of the house's last year.
const ASKED: [(&str, &str); 12] = [
    ("week view", "/api/v1/calendar?from={year}-10-16&to={year}-10-23"),
    ("availability", "/api/v1/availability?from={year}-10-19&to={year}-10-20&minutes=60"),
    ("bookings, first page", "/api/v1/bookings"),
    ("visits, first page", "/api/v1/visits"),
    ("tally of today", "/api/v1/visits/today"),
    ("who is in the house", "/api/v1/visits/present"),
    ("monthly figures", "/api/v1/statistics/monthly?from={year}-09&to={year}-09"),
    ("a month by room", "/api/v1/statistics/rooms?from={year}-09&to={year}-09"),
    ("a month by organisation", "/api/v1/statistics/organisations?from={year}-09&to={year}-09"),
    ("a month by category", "/api/v1/statistics/categories?from={year}-09&to={year}-09"),
    ("a month by hour", "/api/v1/statistics/hours?from={year}-09&to={year}-09"),
    ("a year's figures", "/api/v1/statistics/monthly?from={year}-01&to={year}-09"),
];

/// Prints how long each thing takes in each house; gives how many things take too long.
pub fn measure(engine: &str) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let sample = one_row_for_each_visit(folder.path());
    let houses = YEARS.map(|years| Grown::with(engine, &sample, years));
    let mut connections: Vec<Connection> = houses.iter().map(|house| Connection::open(&house.inside.address)).collect();
    println!("{:<10} {:<26} {:>9} {:>9} {:>9} {:>7} {:>7}", "engine", "what, middle time in ms", "1 year", "10", "100", "10/1", "100/1");
    let mut over = 0;
    let mut show = |what: &str, times: [f64; 3]| {
        let [one, ten, hundred] = times;
        let is_over = hundred / one > MOST;
        let verdict = if is_over { "  over" } else { "" };
        println!("{engine:<10} {what:<26} {one:>9.2} {ten:>9.2} {hundred:>9.2} {:>7.2} {:>7.2}{verdict}", ten / one, hundred / one);
        over += usize::from(is_over);
    };
    for (what, path) in ASKED {
        let paths = YEARS.map(|years| path.replace("{year}", &last(years).to_string()));
        let times = middle_times(|house| {
            let path = &paths[house];
            let answer = connections[house].get(path, Some(&houses[house].inside.token));
            assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        });
        show(what, times);
    }
    let mut slots = YEARS.map(|years| Slots::new(0, NaiveDate::from_ymd_opt(last(years) + 1, 1, 8).unwrap()));
    let times = middle_times(|house| {
        let (room, from, to) = slots[house].next();
        let body = format!(
            r#"{{"room":"{room}","organisation_id":"{}","title":"Styrelsemöte","category":"board_meeting","starts_at":"{from}","ends_at":"{to}","expected_participants":4}}"#,
            houses[house].organisation
        );
        post(&mut connections[house], &houses[house], "/api/v1/bookings", &body);
    });
    show("booking", times);
    let times = middle_times(|house| {
        post(&mut connections[house], &houses[house], "/api/v1/visits", r#"{"headcount":3,"purpose":"walk_in"}"#);
    });
    show("counting", times);
    over
}

/// In which a house of so many years is now.
fn last(years: i32) -> i32 {
    SAMPLE + years - 1
}

fn post(connection: &mut Connection, house: &Grown, path: &str, body: &str) {
    let answer = connection.post(path, &house.inside.token, body);
    assert_eq!(answer.status, 201, "{path}: {}", String::from_utf8_lossy(&answer.body));
}

/// In milliseconds for each house. One house after the other each time, so that what else the machine does strikes all alike.
fn middle_times(mut work: impl FnMut(usize)) -> [f64; 3] {
    let mut times = [const { vec![] }; YEARS.len()];
    for _ in 0..TIMES {
        for (house, times) in times.iter_mut().enumerate() {
            let begun = Instant::now();
            work(house);
            times.push(begun.elapsed().as_secs_f64() * 1000.0);
        }
    }
    times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[TIMES / 2]
    })
}

/// The sample year with eight rows for eight people who came together.
fn one_row_for_each_visit(folder: &Path) -> PathBuf {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample/year-2023");
    for name in ["rooms.csv", "organisations.csv", "bookings.csv", "evaluations.csv"] {
        fs::copy(sample.join(name), folder.join(name)).unwrap();
    }
    fs::write(folder.join("visits.csv"), one_row_each(&fs::read_to_string(sample.join("visits.csv")).unwrap())).unwrap();
    folder.to_owned()
}

/// A house that has been there for so many years.
struct Grown {
    // Before the house, whose database it uses.
    inside: Inside,
    organisation: Id,
    _house: House,
}

impl Grown {
    fn with(engine: &str, year: &Path, years: i32) -> Self {
        let begun = Instant::now();
        let house = House::of(engine, year);
        let db = Db::open(&house.location, 4).unwrap();
        let mut c = Manager { location: house.location.clone(), mode: Mode::Write }.connect().unwrap();
        c.batch_execute(match c {
            Conn::Sqlite(_) => "PRAGMA cache_size=-500000; PRAGMA synchronous=OFF",
            Conn::Postgres(_) => "SET synchronous_commit = off; SET statement_timeout = 0",
        })
        .unwrap();
        let one = count(&mut c);
        for later in 1..years {
            repeat(&mut c, later);
        }
        let all = count(&mut c);
        assert_eq!(all, one.map(|rows| rows * i64::from(years)), "each year has the rows of the first");
        // What both engines do by themselves in time.
        c.batch_execute(match c {
            Conn::Sqlite(_) => "PRAGMA wal_checkpoint(TRUNCATE)",
            Conn::Postgres(_) => "VACUUM (ANALYZE)",
        })
        .unwrap();
        // Each booking finds a time of its own, years ahead.
        diesel::update(rooms::table).set(rooms::days_ahead.eq(1_000_000)).execute(&mut c).unwrap();
        let tenants = organisations::table.filter(organisations::tenant.eq(true));
        let organisation = tenants.select(organisations::id).first(&mut c).unwrap();
        let ([bookings, _, visits, _], seconds) = (all, begun.elapsed().as_secs());
        println!("{engine:<10} a house of {years} years: {bookings} bookings, {visits} visits, made in {seconds} s");
        Self { inside: Inside::start(&db, format!("{}-10-18T12:00:00+02:00", last(years)).parse().unwrap()), organisation, _house: house }
    }
}

/// Bookings, the floor that they take, visits, evaluations.
fn count(c: &mut Conn) -> [i64; 4] {
    [
        bookings::table.count().get_result(c).unwrap(),
        occupancies::table.count().get_result(c).unwrap(),
        visits::table.count().get_result(c).unwrap(),
        evaluations::table.count().get_result(c).unwrap(),
    ]
}

/// Adds the imported year so many years later, as an import would have: every constraint and trigger looks at every row.
fn repeat(c: &mut Conn, later: i32) {
    let year = SAMPLE + later;
    let shifted = |column: &str| match c {
        Conn::Sqlite(_) => format!("datetime({column}, '+{later} years')"),
        Conn::Postgres(_) => format!("{column} + interval '{later} years'"),
    };
    // The same keys but for their first digits, so that they lie side by side as those of an import do.
    let key = |column: &str| match c {
        Conn::Sqlite(_) => format!("'{later:08x}' || substr({column}, 9)"),
        Conn::Postgres(_) => format!("CAST('{later:08x}' || substr(CAST({column} AS text), 9) AS uuid)"),
    };
    let (starts_at, ends_at, at) = (shifted("starts_at"), shifted("ends_at"), shifted("at"));
    let (id, booking_id) = (key("id"), key("booking_id"));
    let of_the_sample = "starts_at < '2024-01-01'";
    let booked_then = format!("booking_id IN (SELECT id FROM bookings WHERE {of_the_sample})");
    let statements = [
        format!(
            "INSERT INTO bookings (id, reference, import_uid, room_id, organisation_id, title, title_key, description, category, status, \
             starts_at, ends_at, setup_minutes, cleanup_minutes, expected_participants, actual_participants, display, version, created_at, \
             updated_at) \
             SELECT {id}, reference || '-{later}', '{year}' || substr(import_uid, 5), room_id, organisation_id, title, title_key, \
             description, category, status, {starts_at}, {ends_at}, setup_minutes, cleanup_minutes, expected_participants, \
             actual_participants, display, version, created_at, updated_at FROM bookings WHERE {of_the_sample} ORDER BY id"
        ),
        format!(
            "INSERT INTO occupancies (id, space_id, starts_at, ends_at, booking_id) \
             SELECT {id}, space_id, {starts_at}, {ends_at}, {booking_id} FROM occupancies WHERE {booked_then} ORDER BY id"
        ),
        format!(
            "INSERT INTO visits (id, at, recorded_at, kind, headcount, purpose, organisation_id, booking_id, late_entry, import_key) \
             SELECT {id}, {at}, recorded_at, kind, headcount, purpose, organisation_id, {booking_id}, late_entry, \
             import_key || '-{later}' FROM visits WHERE at < '2024-01-01' ORDER BY id"
        ),
        format!(
            "INSERT INTO evaluations (id, booking_id, rating, comment, created_at, import_key) \
             SELECT {id}, {booking_id}, rating, comment, created_at, import_key || '-{later}' FROM evaluations WHERE {booked_then} ORDER BY id"
        ),
    ];
    for statement in statements {
        c.batch_execute(&statement).unwrap_or_else(|error| panic!("{error}: {statement}"));
    }
}
