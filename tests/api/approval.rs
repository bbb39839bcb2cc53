//! How long a request waits for an admin's word, and by when it must be in.
use diesel::prelude::*;
use nobel21::{db::schema::letters, id::Id, rounds};
use serde_json::{Value, json};

use crate::support::{App, Client};

fn house() -> (App, Id, Client) {
    let app = App::spawn();
    let guests = app.guest_organisation("Gästföreningen");
    let booker = app.booker(guests);
    (app, guests, booker)
}

fn settings(app: &App, change: Value) {
    app.admin().if_match("*").patch("/settings", change).is(200);
}

fn wish(organisation: Id, day: &str, from: &str, to: &str) -> Value {
    json!({
        "room": "konferens-1", "organisation_id": organisation, "title": "Träff", "category": "meeting", "expected_participants": 5,
        "starts_at": format!("{day}T{from}:00+01:00"), "ends_at": format!("{day}T{to}:00+01:00"),
    })
}

/// What was written, in order.
fn texts(app: &App) -> Vec<String> {
    app.read(|c| Ok(letters::table.order(letters::id).select(letters::body_text).load(c)?))
}

fn lapse(app: &App) -> usize {
    rounds::lapse(app.db(), &app.state.house, app.now()).unwrap()
}

#[test]
fn a_request_that_nobody_answers_lapses_as_was_said_when_it_came_in() {
    let (app, guests, booker) = house();
    let unlimited = booker.post("/bookings", wish(guests, "2026-12-01", "08:00", "09:00")).is(201);
    assert_eq!(unlimited["lapses_at"], json!(null));
    settings(&app, json!({"approval_hours": 48}));
    let request = booker.post("/bookings", wish(guests, "2026-12-01", "18:00", "20:00")).is(201);
    assert_eq!((&request["status"], &request["lapses_at"]), (&json!("pending"), &json!("2026-11-25T08:00:00+01:00")));
    // One that begins sooner lapses when it begins, and one of a tenant does not wait.
    let soon = booker.post("/bookings", wish(guests, "2026-11-24", "10:00", "11:00")).is(201);
    assert_eq!(soon["lapses_at"], "2026-11-24T10:00:00+01:00");
    let tenant = app.organisation("Hyresgästen");
    assert_eq!(app.booker(tenant).post("/bookings", wish(tenant, "2026-12-02", "18:00", "20:00")).is(201)["lapses_at"], json!(null));
    let received = texts(&app).into_iter().filter(|letter| letter.contains("faller")).collect::<Vec<_>>();
    assert_eq!(received.len(), 2);
    assert!(received.iter().any(|letter| letter.contains("senast onsdag 25 november 2026 kl. 08.00 faller")), "{received:?}");

    app.at("2026-11-25T07:59:00+01:00");
    assert_eq!(lapse(&app), 1, "the one that would have begun");
    // Another limit does not change what was said.
    settings(&app, json!({"approval_hours": null}));
    app.at("2026-11-25T08:00:00+01:00");
    assert_eq!(lapse(&app), 1);
    assert_eq!(lapse(&app), 0, "once");
    let after = booker.get(&request.location()).is(200);
    assert_eq!((&after["status"], &after["lapses_at"]), (&json!("rejected"), &json!(null)));
    assert!(after["decision_reason"].as_str().unwrap().contains("ingen hann svara"));
    assert_eq!(booker.get(&unlimited.location()).is(200)["status"], "pending");
    // Its time is free again, the one who asked is told, and it is on record.
    app.booker(tenant).post("/bookings", wish(tenant, "2026-12-01", "18:00", "20:00")).is(201);
    assert_eq!(texts(&app).iter().filter(|letter| letter.contains("ingen hann svara")).count(), 2);
    let trail = app.admin().get("/audit?q=lapsed").is(200);
    assert_eq!((trail.items().len(), &trail.items()[0]["actor"]), (2, &json!(null)));
    app.admin().post_empty(&format!("{}/approve", request.location())).refused(409, "wrong_state");
}

#[test]
fn a_yes_in_time_and_a_move_count_anew() {
    let (app, guests, booker) = house();
    settings(&app, json!({"approval_hours": 24}));
    let approved = booker.post("/bookings", wish(guests, "2026-12-01", "08:00", "09:00")).is(201);
    let yes = app.admin().post_empty(&format!("{}/approve", approved.location())).is(200);
    assert_eq!(yes["lapses_at"], json!(null));
    let moved = booker.post("/bookings", wish(guests, "2026-12-01", "18:00", "20:00")).is(201);
    app.at("2026-11-23T20:00:00+01:00");
    let path = moved.location();
    let again = booker.if_match("*").patch(&path, json!({"title": "Annat namn"})).is(200);
    assert_eq!(again["lapses_at"], "2026-11-24T08:00:00+01:00");
    let later = json!({"starts_at": "2026-12-02T18:00:00+01:00", "ends_at": "2026-12-02T20:00:00+01:00"});
    assert_eq!(booker.if_match("*").patch(&path, later).is(200)["lapses_at"], "2026-11-24T20:00:00+01:00");
    app.at("2026-11-24T19:59:00+01:00");
    assert_eq!(lapse(&app), 0);
    assert_eq!(booker.get(&approved.location()).is(200)["status"], "confirmed");
}

#[test]
fn a_series_lapses_whole_and_is_told_once() {
    let (app, guests, booker) = house();
    settings(&app, json!({"approval_hours": 24}));
    let series = json!({
        "room": "konferens-1", "organisation_id": guests, "title": "Tisdagsträff", "category": "meeting", "expected_participants": 5,
        "date": "2026-12-01", "from": "18:00", "to": "20:00", "rule": "FREQ=WEEKLY;COUNT=4",
    });
    let made = booker.post("/series", series).is(201);
    let before = texts(&app);
    assert!(before.iter().any(|letter| letter.contains("24 november 2026 kl. 08.00 faller")), "{before:?}");
    assert!(before.iter().any(|letter| letter.contains(&format!("/serier/{}", made["id"].as_str().unwrap()))));
    app.at("2026-11-24T08:00:00+01:00");
    assert_eq!(lapse(&app), 1, "one letter");
    let whole = booker.get(&made.location()).is(200);
    assert!(whole["bookings"].as_array().unwrap().iter().all(|booking| booking["status"] == "rejected"));
    assert_eq!(texts(&app).len(), before.len() + 1);
}

#[test]
fn a_request_for_the_weekend_must_be_in_by_thursday() {
    let (app, guests, booker) = house();
    settings(&app, json!({"weekend_cutoff": {"weekday": 4, "at": "16:00"}}));
    app.at("2026-11-26T16:00:00+01:00");
    booker.post("/bookings", wish(guests, "2026-11-28", "10:00", "12:00")).is(201);
    app.at("2026-11-26T16:01:00+01:00");
    let late = wish(guests, "2026-11-29", "10:00", "12:00");
    let refused = booker.post("/bookings", late.clone()).refused(422, "rule_violation");
    assert_eq!((refused.rules(), &refused["violations"][0]["limit"]), (vec!["too_late"], &json!("2026-11-26T16:00:00+01:00")));
    assert_eq!(booker.post("/bookings/preview", late).is(200)["violations"][0]["rule"], "too_late");
    // The weekend after, a weekday, and whoever needs no yes.
    booker.post("/bookings", wish(guests, "2026-12-05", "10:00", "12:00")).is(201);
    booker.post("/bookings", wish(guests, "2026-11-27", "10:00", "12:00")).is(201);
    let tenant = app.organisation("Hyresgästen");
    app.booker(tenant).post("/bookings", wish(tenant, "2026-11-29", "10:00", "12:00")).is(201);
    let dates = json!({
        "room": "konferens-2", "organisation_id": guests, "title": "Träff", "category": "meeting", "expected_participants": 5,
        "dates": ["2026-11-28", "2026-12-05"], "from": "10:00", "to": "11:00", "on_conflict": "skip",
    });
    assert_eq!(booker.post("/series", dates).is(201)["skipped"][0]["violations"][0]["rule"], "too_late");
}
