//! Two processes on one database: what one keeps in memory never outlives what the other writes.
use std::time::{Duration, Instant};

use nobel21::time::{Clock, Moment};

use crate::{
    bookings::with,
    races::{at, wish},
    support::{App, Client, Listener, Process, json},
};

fn house() -> (App, Process) {
    let app = App::with(|config| config.clock = Clock::System);
    app.furnish();
    let other = Process::start(&app);
    (app, other)
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
