//! The letter a day before.
use nobel21::{rounds, time::Moment};
use serde_json::json;

use crate::{
    bookings::{good, with},
    support::{App, Client},
};

/// Writes what is due at this moment; gives how many.
fn remind(app: &App, at: &str) -> usize {
    app.at(at);
    rounds::remind(app.db(), &app.state.house, app.now()).unwrap()
}

/// The kinds of the letters to this person so far, in order.
fn kinds(app: &App, of: &Client) -> Vec<String> {
    let letters = app.admin().get(&format!("/letters?q={}", of.email())).is(200);
    let mut kinds: Vec<String> = letters.items().iter().map(|letter| letter["kind"].as_str().unwrap().to_owned()).collect();
    kinds.reverse();
    kinds
}

/// A booking of Friday 18 to 20, made on Monday.
fn friday(app: &App) -> (Client, String) {
    let organisation = app.organisation("Kastanjen");
    let booker = app.booker(organisation);
    let stay = json!({"starts_at": "2026-11-27T18:00:00+01:00", "ends_at": "2026-11-27T20:00:00+01:00"});
    let id = booker.post("/bookings", with(good(organisation), stay)).is(201).id();
    (booker, id)
}

#[test]
fn whoever_booked_is_reminded_once_a_day_before() {
    let app = App::spawn();
    let (booker, _) = friday(&app);
    assert_eq!(remind(&app, "2026-11-26T17:59:00+01:00"), 0);
    assert_eq!(remind(&app, "2026-11-26T18:00:00+01:00"), 1);
    assert_eq!(remind(&app, "2026-11-26T18:01:00+01:00"), 0);
    assert_eq!(kinds(&app, &booker), ["booking_confirmed", "booking_reminder"]);
}

#[test]
fn a_service_that_was_down_reminds_late_but_never_after_the_start() {
    let app = App::spawn();
    let (booker, _) = friday(&app);
    assert_eq!(remind(&app, "2026-11-27T17:30:00+01:00"), 1);
    let late = App::spawn();
    friday(&late);
    assert_eq!(remind(&late, "2026-11-27T18:00:00+01:00"), 0);
    assert_eq!(kinds(&app, &booker), ["booking_confirmed", "booking_reminder"]);
}

#[test]
fn of_several_who_remind_at_once_one_does() {
    let app = App::spawn();
    let (booker, _) = friday(&app);
    app.at("2026-11-26T19:00:00+01:00");
    let written: usize = std::thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(|| rounds::remind(app.db(), &app.state.house, app.now()).unwrap())).collect();
        all.into_iter().map(|one| one.join().unwrap()).sum()
    });
    assert_eq!(written, 1);
    assert_eq!(kinds(&app, &booker), ["booking_confirmed", "booking_reminder"]);
}

#[test]
fn what_moves_is_reminded_of_anew_and_what_is_off_or_waits_is_not() {
    let app = App::spawn();
    let (booker, id) = friday(&app);
    assert_eq!(remind(&app, "2026-11-26T18:00:00+01:00"), 1);
    let path = format!("/bookings/{id}");
    let booking = booker.get(&path).is(200);
    let later = json!({"starts_at": "2026-12-04T18:00:00+01:00", "ends_at": "2026-12-04T20:00:00+01:00"});
    booker.if_match(booking.etag()).patch(&path, later).is(200);
    assert_eq!(remind(&app, "2026-11-27T12:00:00+01:00"), 0);
    assert_eq!(remind(&app, "2026-12-03T18:00:00+01:00"), 1);
    let off = App::spawn();
    let (booker, id) = friday(&off);
    booker.post(&format!("/bookings/{id}/cancel"), json!({})).is(200);
    let guests = off.guest_organisation("Gästerna");
    off.booker(guests)
        .post("/bookings", with(good(guests), json!({"starts_at": "2026-11-27T10:00:00+01:00", "ends_at": "2026-11-27T11:00:00+01:00"})))
        .is(201);
    assert_eq!(remind(&off, "2026-11-26T19:00:00+01:00"), 0);
}

#[test]
fn what_was_booked_within_the_day_has_just_been_told() {
    let app = App::spawn();
    app.at("2026-11-26T20:00:00+01:00");
    let (booker, _) = friday(&app);
    assert_eq!(remind(&app, "2026-11-26T20:01:00+01:00"), 0);
    assert_eq!(kinds(&app, &booker), ["booking_confirmed"]);
}

#[test]
fn who_does_not_want_to_be_reminded_is_not() {
    let app = App::spawn();
    let (booker, _) = friday(&app);
    let me = booker.get("/me").is(200);
    assert_eq!(me["reminders"], true);
    booker.if_match(me.etag()).patch("/me", json!({"reminders": false})).is(200);
    assert_eq!(remind(&app, "2026-11-26T18:00:00+01:00"), 0);
    assert_eq!(kinds(&app, &booker), ["booking_confirmed"]);
    let now: Moment = app.now();
    assert!(now < "2026-11-27T18:00:00+01:00".parse().unwrap());
}
