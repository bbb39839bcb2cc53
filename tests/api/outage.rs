//! The database goes away and comes back.
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use diesel::{connection::SimpleConnection, prelude::*};
use nobel21::db::Location;

use crate::{
    races::wish,
    support::{App, database::Database},
};

/// Somebody who can turn others out of the app's database, and the database's name.
fn doorkeeper(app: &App) -> (PgConnection, String) {
    let url = app.database().url();
    let (server, name) = url.rsplit_once('/').unwrap();
    (PgConnection::establish(&format!("{server}/postgres")).unwrap(), name.to_owned())
}

fn shut(door: &mut PgConnection, name: &str) {
    door.batch_execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).unwrap();
    door.batch_execute(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")).unwrap();
}

fn open(door: &mut PgConnection, name: &str) {
    door.batch_execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).unwrap();
}

#[test]
fn a_request_that_lost_its_database_can_be_sent_again_as_soon_as_that_is_back() {
    let app = App::on(Database::cloned(), |config| config.connections = 2);
    app.furnish();
    let organisation = app.organisation("Kastanjen");
    let booker = app.booker(organisation).key("en-enda");
    let body = wish(organisation, "konferens-1", "2026-12-03T18:00:00+01:00", "2026-12-03T20:00:00+01:00");
    let (mut door, name) = doorkeeper(&app);
    // Lets the booking come as far as the floor that it takes, and no further.
    let mut barrier = PgConnection::establish(&app.database().url()).unwrap();
    barrier.batch_execute("BEGIN; LOCK TABLE occupancies IN SHARE MODE").unwrap();
    let gone = std::thread::scope(|scope| {
        let booking = scope.spawn(|| booker.post("/bookings", body.clone()));
        let waiting = format!("SELECT 1 FROM pg_stat_activity WHERE datname = '{name}' AND wait_event_type = 'Lock'");
        while diesel::sql_query(&waiting).execute(&mut door).unwrap() == 0 {
            assert!(!booking.is_finished(), "nothing held it up");
            std::thread::sleep(Duration::from_millis(10));
        }
        shut(&mut door, &name);
        booking.join().unwrap()
    });
    assert!(!gone.refused(503, "unavailable").header("retry-after").is_empty());
    open(&mut door, &name);
    booker.post("/bookings", body).is(201);
}

#[test]
fn postgres_gone_is_503_and_back_is_well_without_a_restart() {
    let app = App::on(Database::cloned(), |config| config.connections = 2);
    app.furnish();
    let reader = app.anonymous();
    reader.get("/rooms").is(200);
    let (mut door, name) = doorkeeper(&app);
    shut(&mut door, &name);
    let gone = reader.get("/rooms").refused(503, "unavailable");
    assert!(!gone.header("retry-after").is_empty());
    app.anonymous().get("/readyz").refused(503, "unavailable");
    app.anonymous().get("/healthz").is(200);
    open(&mut door, &name);
    reader.get("/rooms").is(200);
}

#[test]
fn whoever_reads_goes_on_while_no_host_takes_writes_and_is_told_how_old_that_is() {
    let database = Database::cloned();
    let url = database.url();
    // Twice the same server: what differs is what is asked of it.
    let host = url.split(['@', '/']).nth(3).unwrap().to_owned();
    let app = App::on(database, |config| {
        config.connections = 2;
        config.database =
            Location::parse(&format!("{}?target_session_attrs=read-write", url.replacen(&host, &format!("{host},{host}"), 1))).unwrap();
    });
    app.furnish();
    let organisation = app.organisation("Kastanjen");
    let booker = app.booker(organisation);
    let (stranger, program) = (app.anonymous(), app.anonymous());
    let body = wish(organisation, "konferens-1", "2026-12-03T18:00:00+01:00", "2026-12-03T20:00:00+01:00");
    let week = "/calendar?from=2026-11-30&to=2026-12-07";
    let known = stranger.get(week).is(200);
    assert!(known.header("nobel21-as-of").is_empty());
    assert_eq!(known.header("cache-control"), "public, no-cache");
    let (mut door, name) = doorkeeper(&app);
    door.batch_execute(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).unwrap();
    shut(&mut door, &name);
    open(&mut door, &name);
    let before: DateTime<Utc> = SystemTime::now().into();
    for reader in [&booker, &stranger, &stranger.header("If-None-Match", known.header("etag"))] {
        let answer = reader.get(week).is(200);
        let as_of = DateTime::parse_from_rfc3339(answer.header("nobel21-as-of")).unwrap();
        assert!((as_of.to_utc() - before).num_seconds().abs() < 30, "{as_of}");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.json["rooms"].as_array().unwrap().len(), 8);
    }
    booker.get("/me").is(200);
    for gone in [booker.post("/bookings", &body), program.get("/readyz")] {
        assert!(!gone.refused(503, "unavailable").header("retry-after").is_empty());
    }
    door.batch_execute(&format!("ALTER DATABASE {name} RESET default_transaction_read_only")).unwrap();
    shut(&mut door, &name);
    open(&mut door, &name);
    booker.post("/bookings", &body).is(201);
    for reader in [&booker, &stranger] {
        let answer = reader.get(week).is(200);
        assert!(answer.header("nobel21-as-of").is_empty());
        assert_ne!(answer.header("etag"), known.header("etag"), "what was booked is there");
    }
    stranger.get("/readyz").is(200);
}

#[test]
fn a_standby_that_takes_no_writes_answers_readers_and_is_503_to_whoever_writes() {
    let app = App::on(Database::cloned(), |config| config.connections = 2);
    app.furnish();
    let organisation = app.organisation("Kastanjen");
    let booker = app.booker(organisation);
    let body = wish(organisation, "konferens-1", "2026-12-03T18:00:00+01:00", "2026-12-03T20:00:00+01:00");
    let (mut door, name) = doorkeeper(&app);
    door.batch_execute(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).unwrap();
    shut(&mut door, &name);
    open(&mut door, &name);
    app.anonymous().get("/rooms").is(200);
    let gone = booker.post("/bookings", &body).refused(503, "unavailable");
    assert!(!gone.header("retry-after").is_empty());
    door.batch_execute(&format!("ALTER DATABASE {name} RESET default_transaction_read_only")).unwrap();
    shut(&mut door, &name);
    open(&mut door, &name);
    booker.post("/bookings", &body).is(201);
}
