//! Two processes on one database: what one keeps in memory never outlives what the other writes.
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use diesel::connection::SimpleConnection;
use nobel21::{
    config::House,
    db::{Conn, Db},
    error::Result,
    housekeeping, rounds,
    time::{Clock, Moment},
};

use crate::{
    bookings::{good, with},
    races::{at, wish},
    schemas::{lines, tables},
    support::{App, Client, Listener, Process, json},
};

type Round = fn(&Db, &House, Moment) -> Result<usize>;

/// What comes due by itself, and is done by whoever comes first.
const ROUNDS: [(&str, Round); 8] = [
    ("remind", rounds::remind),
    ("lapse", rounds::lapse),
    ("offer", rounds::offer),
    ("ask", rounds::ask),
    ("report", rounds::report),
    ("invite", rounds::invite),
    ("seal", rounds::seal),
    ("tidy up", |db, _, now| housekeeping::tidy_up(db, now).map(|()| 0)),
];

fn house() -> (App, Process) {
    let app = App::with(|config| config.clock = Clock::System);
    app.furnish();
    let other = Process::start(&app);
    (app, other)
}

#[test]
fn whoever_waits_for_the_database_keeps_no_thread() {
    const CROWD: usize = 60;
    let (app, other) = house();
    let organisation = app.organisation("Kastanjen");
    let booker = app.booker(organisation).via(&other.url);
    let mut threads = 0;
    let answers = std::thread::scope(|scope| {
        let crowd = app.write(|c| {
            // Whoever books waits for the floor; on SQLite for whoever writes.
            match c {
                Conn::Postgres(c) => c.batch_execute("SELECT id FROM spaces FOR UPDATE")?,
                Conn::Sqlite(c) => c.batch_execute("UPDATE spaces SET id = id")?,
            }
            let one = || booker.post("/bookings", wish(organisation, "konferens-1", &at(10, 18, 0), &at(10, 20, 0)));
            let crowd: Vec<_> = (0..CROWD).map(|_| scope.spawn(one)).collect();
            std::thread::sleep(Duration::from_millis(1500));
            threads = other.threads();
            assert!(crowd.iter().all(|one| !one.is_finished()), "nothing held them up");
            Ok(crowd)
        });
        crowd.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>()
    });
    // Sixteen for eight connections at most, reading and writing, and those that it always has.
    assert!(threads < CROWD, "{threads} threads for a crowd of {CROWD}");
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    // On a slow machine the last of the queue has lost its patience.
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        assert!(matches!(refused.code(), "booking_conflict" | "unavailable"), "{}", refused.text());
    }
}

#[test]
fn what_another_process_books_is_shown_by_this_one_within_a_second() {
    let (app, other) = house();
    let organisation = app.organisation("Kastanjen");
    let booker = app.booker(organisation);
    let starts_at: Moment = at(10, 18, 0).parse().unwrap();
    let week = format!("/calendar?from={}&to={}", starts_at.date(), starts_at.date() + chrono::Days::new(7));
    let entries = |client: &Client| client.get(&week).is(200).json["entries"].as_array().unwrap().len();
    assert_eq!((entries(&app.anonymous()), entries(&app.anonymous().via(&other.url))), (0, 0));
    booker.via(&other.url).post("/bookings", wish(organisation, "konferens-1", &at(10, 18, 0), &at(10, 20, 0))).is(201);
    // Only what strangers see is kept: the one who booked sees it at once wherever it asks.
    assert_eq!((entries(&booker), entries(&booker.via(&other.url))), (1, 1));
    assert_eq!(entries(&app.anonymous().via(&other.url)), 1);
    let asked = Instant::now();
    while entries(&app.anonymous()) == 0 {
        assert!(asked.elapsed() < Duration::from_secs(1), "still the week of before");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn rooms_and_hours_that_another_process_changes_hold_here_at_once() {
    let (app, other) = house();
    let organisation = app.organisation("Kastanjen");
    let (booker, admin) = (app.booker(organisation), app.admin());
    booker.post("/bookings", wish(organisation, "konferens-1", &at(10, 18, 0), &at(10, 20, 0))).is(201);
    let room = admin.get("/rooms/konferens-1").is(200);
    admin.via(&other.url).if_match(room.etag()).patch("/rooms/konferens-1", json!({"active": false})).is(200);
    let next = wish(organisation, "konferens-1", &at(11, 18, 0), &at(11, 20, 0));
    assert_eq!(booker.post("/bookings", &next).refused(422, "rule_violation").rules(), ["room_inactive"]);
    let hours = admin.get("/opening-hours").is(200);
    admin.via(&other.url).if_match(hours.etag()).put("/opening-hours", json!([])).is(200);
    let closed = with(next, json!({"room": "verkstaden"}));
    assert_eq!(booker.post("/bookings", closed).refused(422, "rule_violation").rules(), ["outside_opening_hours"]);
}

#[test]
fn an_open_calendar_hears_of_what_another_process_books() {
    let (app, other) = house();
    let organisation = app.organisation("Kastanjen");
    let booker = app.booker(organisation).via(&other.url);
    Listener::quiet(&app.url);
    let mut listener = Listener::at(&app.url, 60);
    booker.post("/bookings", wish(organisation, "konferens-1", &at(10, 18, 0), &at(10, 20, 0))).is(201);
    listener.hears();
}

/// What each round of a house did as its days went by, and how many rows each table had in the end.
fn settled(processes: usize) -> (Vec<(&'static str, usize)>, BTreeMap<String, String>) {
    let app = App::spawn();
    app.admin().if_match("*").patch("/settings", json!({"approval_hours": 48})).is(200);
    let (guests, tenants) = (app.guest_organisation("Gästerna"), app.organisation("Kastanjen"));
    for (organisation, room) in [(guests, "konferens-1"), (tenants, "konferens-2")] {
        let booker = app.booker(organisation);
        for hour in 12..18 {
            let wish = json!({"room": room, "starts_at": format!("2026-11-27T{hour}:00:00+01:00"), "ends_at": format!("2026-11-27T{hour}:45:00+01:00")});
            booker.post("/bookings", with(good(organisation), wish)).is(201);
        }
    }
    // One time falls free and is held for the first of two who wait, who lets it go by.
    let freed = json!({"room": "verkstaden", "starts_at": "2026-11-28T12:00:00+01:00", "ends_at": "2026-11-28T13:00:00+01:00"});
    let holder = app.booker(tenants);
    let booking = holder.post("/bookings", with(good(tenants), freed.clone())).is(201).location();
    for name in ["Linden", "Almen"] {
        let waiting = app.organisation(name);
        app.booker(waiting).post("/waitlist", with(good(waiting), freed.clone())).is(201);
    }
    holder.post_empty(&format!("{booking}/cancel")).is(200);
    let mut did = vec![];
    for moment in ["2026-11-23T12:00:00Z", "2026-11-27T04:00:00Z", "2026-11-28T09:00:00Z", "2026-12-03T09:00:00Z", "2029-02-01T09:00:00Z"] {
        app.at(moment);
        for (name, round) in ROUNDS {
            let done = std::thread::scope(|scope| {
                let all: Vec<_> = (0..processes).map(|_| scope.spawn(|| round(app.db(), &app.state.house, app.now()).unwrap())).collect();
                all.into_iter().map(|one| one.join().unwrap()).sum()
            });
            did.push((name, done));
        }
    }
    let rows = app.write(|c| {
        let names = tables(c).into_keys();
        Ok(names.map(|table| (table.clone(), lines(c, &format!("SELECT CAST(count(*) AS text) AS line FROM {table}")).remove(0))).collect())
    });
    (did, rows)
}

#[test]
fn what_comes_due_is_done_once_however_many_processes_there_are() {
    let (alone, rows) = settled(1);
    for name in ["remind", "lapse", "offer", "ask", "report", "seal"] {
        assert!(alone.iter().any(|(round, done)| *round == name && *done > 0), "{name} has nothing to do in {alone:?}");
    }
    let (together, rows_of_many) = settled(5);
    assert_eq!(together, alone);
    // Each run of the erasure is noted, whoever made it.
    for (table, count) in rows_of_many.into_iter().filter(|(table, _)| table != "name_erasures") {
        assert_eq!(count, rows[&table], "rows of {table}");
    }
}
