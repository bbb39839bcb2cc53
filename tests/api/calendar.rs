//! The calendar, the search for a room, and closures.
use std::time::{Duration, Instant};

use diesel::prelude::*;
use nobel21::{db::schema::organisations, time::Moment};
use serde_json::json;

use crate::{
    bookings::{good, with},
    support::{App, Listener},
};

const WEEK: &str = "/calendar?from=2026-11-23&to=2026-11-30";

#[test]
fn a_stranger_sees_that_a_room_is_taken_and_no_more_than_display_allows() {
    let app = App::spawn();
    let organisation = app.organisation("Kvinnonätverket");
    let booker = app.booker(organisation);
    booker.post("/bookings", good(organisation)).is(201);
    booker.post("/bookings", with(good(organisation), json!({"room": "verkstaden", "display": "title", "title": "Öppet hus"}))).is(201);
    let seen = app.anonymous().get(WEEK).is(200);
    let entries = seen.json["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!(
        (entries[0]["room"].clone(), entries[0]["title"].clone(), entries[0]["organisation"].clone()),
        (json!("konferens-1"), json!(null), json!(null))
    );
    assert_eq!((entries[1]["title"].clone(), entries[1]["organisation"]["name"].clone()), (json!("Öppet hus"), json!("Kvinnonätverket")));
    let other = app.booker(app.organisation("Kastanjen"));
    assert!(!other.get(WEEK).is(200).text().contains("Styrelsemöte"));
    for reader in [booker, app.reception(), app.admin()] {
        assert!(reader.get(WEEK).is(200).text().contains("Styrelsemöte"));
    }
}

#[test]
fn an_association_under_threat_appears_nowhere() {
    let app = App::spawn();
    let organisation = app.organisation("Regnbågen");
    app.write(|c| Ok(diesel::update(organisations::table.find(organisation)).set(organisations::protected.eq(true)).execute(c)?));
    let booker = app.booker(organisation);
    let made = booker.post("/bookings", good(organisation)).is(201);
    assert_eq!(made.json["display"], "hidden");
    booker.post("/bookings", with(good(organisation), json!({"room": "verkstaden", "display": "title"}))).is(201);
    let seen = app.anonymous().get(WEEK).is(200).text();
    assert!(!seen.contains("Styrelsemöte") && !seen.contains("Regnbågen"));
}

#[test]
fn the_calendar_is_not_sent_twice() {
    let app = App::spawn();
    let first = app.anonymous().get(WEEK).is(200);
    app.anonymous().header("If-None-Match", first.header("etag")).get(WEEK).is(304);
    let organisation = app.organisation("Kastanjen");
    app.booker(organisation).post("/bookings", good(organisation)).is(201);
    app.anonymous().header("If-None-Match", first.header("etag")).get(WEEK).is(200);
}

#[test]
fn what_is_over_turns_to_held_in_a_week_that_nobody_has_touched() {
    let app = App::spawn();
    let organisation = app.organisation("Kastanjen");
    let made = app.booker(organisation).post("/bookings", good(organisation)).is(201);
    let end: Moment = made.json["ends_at"].as_str().unwrap().parse().unwrap();
    let status = || app.anonymous().get(WEEK).is(200).json["entries"][0]["status"].clone();
    assert_eq!((status(), status()), (json!("confirmed"), json!("confirmed")));
    app.state.clock.set(end.plus_seconds(-1));
    assert_eq!(status(), "confirmed");
    app.state.clock.set(end);
    assert_eq!(status(), "held");
    app.state.clock.set(end.plus_seconds(-1));
    assert_eq!(status(), "confirmed");
}

#[test]
fn a_calendar_is_asked_for_at_most_62_days() {
    let app = App::spawn();
    app.anonymous().get("/calendar?from=2026-11-23&to=2027-01-24").is(200);
    assert_eq!(app.anonymous().get("/calendar?from=2026-11-23&to=2027-01-25").refused(422, "invalid_field").fields(), ["to"]);
    assert_eq!(app.anonymous().get("/calendar?from=2026-11-23&to=2026-11-23").refused(422, "invalid_field").fields(), ["to"]);
    assert_eq!(app.anonymous().get("/calendar?from=idag").refused(422, "invalid_field").fields(), ["from", "to"]);
    assert_eq!(
        app.anonymous().get("/calendar?from=2026-11-23&to=2026-11-24&room=balsalen").refused(422, "invalid_field").fields(),
        ["room"]
    );
}

#[test]
fn rooms_that_fit_are_found_smallest_first_and_what_is_offered_can_be_booked() {
    let app = App::spawn();
    let organisation = app.organisation("Kastanjen");
    let booker = app.booker(organisation);
    booker.post("/bookings", good(organisation)).is(201);
    let found = app.anonymous().get("/availability?from=2026-11-24T17:00:00%2B01:00&to=2026-11-24T22:00:00%2B01:00&minutes=90&people=15&equipment=projector&equipment=whiteboard").is(200);
    let rooms: Vec<&str> = found.json["items"].as_array().unwrap().iter().map(|i| i["room"].as_str().unwrap()).collect();
    assert_eq!(rooms, ["konferens-1"]);
    assert_eq!(
        found.json["items"][0]["stretches"],
        json!([{"starts_at": "2026-11-24T20:00:00+01:00", "ends_at": "2026-11-24T22:00:00+01:00"}])
    );
    let any = app.anonymous().get("/availability?from=2026-11-24&to=2026-11-26&minutes=60&people=10").is(200);
    let capacities: Vec<i64> = any.json["items"].as_array().unwrap().iter().map(|i| i["capacity"].as_i64().unwrap()).collect();
    assert!(capacities.is_sorted() && capacities.iter().all(|c| *c >= 10) && capacities.len() == 7, "{capacities:?}");
    for item in any.json["items"].as_array().unwrap() {
        let next = &item["next_free"];
        let made = booker
            .post(
                "/bookings",
                with(
                    good(organisation),
                    json!({"room": item["room"], "starts_at": next["starts_at"], "ends_at": next["ends_at"], "expected_participants": 10}),
                ),
            )
            .is(201);
        booker.post_empty(&format!("/bookings/{}/cancel", made.id())).is(200);
    }
    assert_eq!(
        app.anonymous().get("/availability?from=x&minutes=0&people=0").refused(422, "invalid_field").fields(),
        ["from", "minutes", "people", "to"]
    );
}

#[test]
fn a_closure_asks_before_it_calls_bookings_off() {
    let app = App::spawn();
    let organisation = app.organisation("Kastanjen");
    let (booker, admin) = (app.booker(organisation), app.admin());
    let made = booker.post("/bookings", good(organisation)).is(201);
    let closure =
        json!({"starts_at": "2026-11-24T00:00:00+01:00", "ends_at": "2026-11-25T00:00:00+01:00", "rooms": null, "reason": "Vattenläcka"});
    booker.post("/closures", closure.clone()).refused(403, "forbidden");
    let refused = admin.post("/closures", closure.clone()).refused(409, "closure_over_bookings");
    assert_eq!(refused.json["bookings"][0]["id"].as_str().unwrap(), made.id());
    let closed = admin.post("/closures", with(closure, json!({"cancel_bookings": true}))).is(201);
    let gone = booker.get(&made.location()).is(200);
    assert_eq!((gone.json["status"].clone(), gone.json["cancel_reason"].clone()), (json!("cancelled"), json!("Vattenläcka")));
    let refused = booker.post("/bookings", good(organisation)).refused(422, "rule_violation");
    assert_eq!(refused.rules(), ["closed"]);
    admin.post("/bookings", with(good(organisation), json!({"override": true}))).refused(409, "booking_conflict");
    let seen = app.anonymous().get(WEEK).is(200);
    assert_eq!(
        seen.json["entries"].as_array().unwrap().iter().filter(|e| e["status"] == "closed" && e["title"] == "Vattenläcka").count(),
        8
    );
    let offered = app.anonymous().get("/availability?from=2026-11-24&to=2026-11-25&minutes=60").is(200);
    assert!(offered.json["items"].as_array().unwrap().iter().all(|i| i["stretches"].as_array().unwrap().is_empty()));
    admin.if_match(closed.etag()).delete(&closed.location()).is(204);
    booker.post("/bookings", good(organisation)).is(201);
}

#[test]
fn closures_may_cover_each_other_and_one_that_goes_leaves_the_other_whole() {
    let app = App::spawn();
    let organisation = app.organisation("Kastanjen");
    let (booker, admin) = (app.booker(organisation), app.admin());
    let close = |from: &str, to: &str, rooms: serde_json::Value| {
        admin.post("/closures", json!({"starts_at": from, "ends_at": to, "rooms": rooms, "reason": "Underhåll"})).is(201)
    };
    let inner = close("2026-11-24T12:00:00+01:00", "2026-11-24T14:00:00+01:00", json!(["konferens-1"]));
    let outer = close("2026-11-24T00:00:00+01:00", "2026-11-25T00:00:00+01:00", json!(null));
    admin.if_match("*").delete(&inner.location()).is(204);
    let noon = with(good(organisation), json!({"starts_at": "2026-11-24T12:00:00+01:00", "ends_at": "2026-11-24T13:00:00+01:00"}));
    assert_eq!(booker.post("/bookings", noon.clone()).refused(422, "rule_violation").rules(), ["closed"]);
    admin.if_match("*").delete(&outer.location()).is(204);
    booker.post("/bookings", noon).is(201);
}

#[test]
fn a_closure_says_all_its_faults() {
    let app = App::spawn();
    let refused = app
        .admin()
        .post(
            "/closures",
            json!({"starts_at": "2026-11-25T00:00:00+01:00", "ends_at": "2026-11-24T00:00:00+01:00", "rooms": [], "reason": ""}),
        )
        .refused(422, "invalid_field");
    assert_eq!(refused.fields(), ["ends_at", "reason", "rooms"]);
    let unknown = app.admin().post("/closures", json!({"starts_at": "2026-11-25T00:00:00+01:00", "ends_at": "2026-11-26T00:00:00+01:00", "rooms": ["aulan", "balsalen"], "reason": "x"})).refused(422, "invalid_field");
    assert_eq!(unknown.fields(), ["rooms.1"]);
}

#[test]
fn an_open_calendar_hears_that_something_was_written_and_nothing_else() {
    let app = App::spawn();
    let organisation = app.organisation("Kvinnonätverket");
    let booker = app.booker(organisation);
    Listener::quiet(&app.url);
    let unmoved = Listener::at(&app.url, 1);
    app.anonymous().get(WEEK).is(200);
    assert_eq!(unmoved.rest(), 0, "reading is no change");
    let mut listener = Listener::at(&app.url, 60);
    booker.post("/bookings", good(organisation)).is(201);
    listener.hears();
}

#[test]
fn a_stream_of_changes_lasts_as_long_as_was_asked_for() {
    let app = App::spawn();
    let begun = Instant::now();
    Listener::at(&app.url, 1).rest();
    assert!(begun.elapsed() >= Duration::from_secs(1));
    app.anonymous().get("/calendar/changes?seconds=0").refused(422, "invalid_field");
    app.anonymous().get("/calendar/changes?seconds=601").refused(422, "invalid_field");
}

#[test]
fn a_stop_does_not_wait_for_those_who_listen() {
    let app = App::spawn();
    let listener = Listener::at(&app.url, 60);
    let begun = Instant::now();
    app.stop();
    // A stop waits eight seconds for what does not end by itself.
    assert!(begun.elapsed() < Duration::from_secs(6), "the stop waited for a stream");
    listener.rest();
}
