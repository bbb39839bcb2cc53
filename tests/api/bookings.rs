//! Booking a room: what is accepted, what is refused and how, and that a taken time can't be had.
use diesel::prelude::*;
use nobel21::db::schema::organisations;
use serde_json::{Value, json};

use crate::support::{App, Client};

/// A booking that is right in every respect.
pub fn good(organisation: impl std::fmt::Display) -> Value {
    json!({
        "room": "konferens-1", "organisation_id": organisation.to_string(), "title": "Styrelsemöte", "category": "board_meeting",
        "starts_at": "2026-11-24T18:00:00+01:00", "ends_at": "2026-11-24T20:00:00+01:00", "expected_participants": 8,
    })
}

/// The same with some members different.
pub fn with(mut booking: Value, change: Value) -> Value {
    for (name, value) in change.as_object().unwrap() {
        booking[name] = value.clone();
    }
    booking
}

fn between(organisation: impl std::fmt::Display, room: &str, from: &str, to: &str) -> Value {
    with(good(organisation), json!({"room": room, "starts_at": from, "ends_at": to}))
}

fn house() -> (App, nobel21::id::Id, Client) {
    let app = App::spawn();
    let organisation = app.organisation("Limhamns språkkafé");
    let booker = app.booker(organisation);
    (app, organisation, booker)
}

#[test]
fn a_booking_is_confirmed_at_once_for_a_tenant() {
    let (app, organisation, booker) = house();
    let made = booker.post("/bookings", good(organisation)).is(201);
    assert_eq!(made.json["status"], "confirmed");
    assert_eq!(made.json["display"], "neutral");
    assert_eq!(made.json["starts_at"], "2026-11-24T18:00:00+01:00");
    assert_eq!(made.etag(), "\"1\"");
    let read = booker.get(&made.location()).is(200);
    assert_eq!(read.json, made.json);
    // After its end it was held, without anybody doing anything.
    app.at("2026-11-24T20:00:00+01:00");
    assert_eq!(booker.get(&made.location()).is(200).json["status"], "held");
}

#[test]
fn a_taken_slot_is_refused_and_names_what_is_free() {
    let (app, organisation, booker) = house();
    booker.post("/bookings", good(organisation)).is(201);
    let other = app.organisation("Kastanjen");
    let rival = app.booker(other);
    let refused = rival
        .post("/bookings", with(good(other), json!({"starts_at": "2026-11-24T19:00:00+01:00", "ends_at": "2026-11-24T21:00:00+01:00"})))
        .refused(409, "booking_conflict");
    assert_eq!(
        refused.json["conflicts"],
        json!([{"room": "konferens-1", "starts_at": "2026-11-24T18:00:00+01:00", "ends_at": "2026-11-24T20:00:00+01:00"}])
    );
    assert!(!refused.text().contains("Styrelsemöte") && !refused.text().contains("Limhamns"), "nobody learns whose it is");
    let offers = refused.json["alternatives"].as_array().unwrap();
    assert!(!offers.is_empty() && offers.len() <= 5);
    assert!(
        offers.iter().any(|o| o["room"] != "konferens-1" && o["starts_at"] == "2026-11-24T19:00:00+01:00"),
        "another room at the same time"
    );
    assert!(
        offers.iter().any(|o| o["room"] == "konferens-1" && o["starts_at"] == "2026-11-24T20:00:00+01:00"),
        "the nearest time in the same room"
    );
    // What is offered can be booked.
    for offer in offers {
        let body = with(good(other), json!({"room": offer["room"], "starts_at": offer["starts_at"], "ends_at": offer["ends_at"]}));
        let made = rival.post("/bookings", body).is(201);
        rival.post(&format!("/bookings/{}/cancel", made.id()), json!({})).is(200);
    }
}

#[test]
fn back_to_back_bookings_do_not_conflict() {
    let (_app, organisation, booker) = house();
    booker.post("/bookings", good(organisation)).is(201);
    booker.post("/bookings", between(organisation, "konferens-1", "2026-11-24T16:00:00+01:00", "2026-11-24T18:00:00+01:00")).is(201);
    booker.post("/bookings", between(organisation, "konferens-1", "2026-11-24T20:00:00+01:00", "2026-11-24T22:00:00+01:00")).is(201);
}

#[test]
fn a_whole_hall_and_its_halves_exclude_each_other() {
    let (_app, organisation, booker) = house();
    let at = |room: &str, hour: u32| {
        between(organisation, room, &format!("2026-11-24T{hour}:00:00+01:00"), &format!("2026-11-24T{}:00:00+01:00", hour + 1))
    };
    booker.post("/bookings", at("aulan", 10)).is(201);
    booker.post("/bookings", at("aulan-a", 10)).refused(409, "booking_conflict");
    booker.post("/bookings", at("aulan-b", 10)).refused(409, "booking_conflict");
    booker.post("/bookings", at("aulan-a", 12)).is(201);
    booker.post("/bookings", at("aulan-b", 12)).is(201);
    let refused = booker.post("/bookings", at("aulan", 12)).refused(409, "booking_conflict");
    assert_eq!(refused.json["conflicts"].as_array().unwrap().len(), 2);
}

#[test]
fn all_broken_rules_are_told_at_once() {
    let (_app, organisation, booker) = house();
    let body = with(
        good(organisation),
        json!({"starts_at": "2026-11-22T05:07:00+01:00", "ends_at": "2026-11-22T23:00:00+01:00", "expected_participants": 500}),
    );
    let refused = booker.post("/bookings", body).refused(422, "rule_violation");
    assert_eq!(refused.rules(), ["in_the_past", "off_grid", "outside_opening_hours", "over_capacity", "over_max_persons", "too_long"]);
}

#[test]
fn wrong_values_are_told_all_at_once() {
    let (_app, organisation, booker) = house();
    let body = json!({
        "room": 7, "organisation_id": "x", "title": "", "category": "party", "starts_at": "2026-11-24T18:00:00", "ends_at": "2026-11-24T20:00:00+01:00",
        "expected_participants": -5, "nonsense": true,
    });
    let refused = booker.post("/bookings", body).refused(422, "invalid_field");
    assert_eq!(refused.fields(), ["category", "expected_participants", "nonsense", "organisation_id", "room", "starts_at", "title"]);
    for (member, value) in [
        ("title", json!("x".repeat(300))),
        ("title", json!("a\u{7}b")),
        ("expected_participants", json!(0)),
        ("expected_participants", json!(1_000_000_000)),
        ("expected_participants", json!("8")),
        ("ends_at", json!("2026-11-24T17:00:00+01:00")),
        ("room", json!("balsalen")),
        ("category", json!("")),
        ("layout", json!("u_shape")),
        ("contact_phone", json!("12")),
    ] {
        let refused = booker.post("/bookings", with(good(organisation), json!({member: value}))).refused(422, "invalid_field");
        assert_eq!(refused.fields(), [member], "{value}");
    }
    booker.post("/bookings", with(good(organisation), json!({"starts_at": "2026-11-24T18:00:00"}))).refused(422, "time_without_offset");
    booker.post("/bookings", with(good(organisation), json!({"title": "Möte med 900101-0017"}))).refused(422, "personal_identity_number");
}

#[test]
fn text_comes_back_as_the_text_it_is() {
    let (_app, organisation, booker) = house();
    for (i, title) in
        ["'; DROP TABLE bookings; --", "<script>alert(1)</script>", "🎉 Årsfest", "نادي اللغة\u{200f} 21", "=HYPERLINK(\"http://x\")"]
            .iter()
            .enumerate()
    {
        let body = with(
            good(organisation),
            json!({"title": title, "description": title, "starts_at": format!("2026-11-{:02}T18:00:00+01:00", 24 + i), "ends_at": format!("2026-11-{:02}T19:00:00+01:00", 24 + i)}),
        );
        let made = booker.post("/bookings", body).is(201);
        assert_eq!(made.json["title"], *title);
        assert_eq!(booker.get(&made.location()).json["description"], *title);
    }
}

#[test]
fn a_guest_association_waits_for_an_admin_and_holds_the_room() {
    let app = App::spawn();
    let guests = app.guest_organisation("Solbackens AB");
    let (booker, admin) = (app.booker(guests), app.admin());
    let made = booker.post("/bookings", good(guests)).is(201);
    assert_eq!(made.json["status"], "pending");
    let tenants = app.organisation("Kastanjen");
    app.booker(tenants).post("/bookings", good(tenants)).refused(409, "booking_conflict");
    let path = format!("/bookings/{}", made.id());
    booker.post_empty(&format!("{path}/approve")).refused(403, "forbidden");
    assert_eq!(admin.post_empty(&format!("{path}/approve")).is(200).json["status"], "confirmed");
    admin.post_empty(&format!("{path}/approve")).refused(409, "wrong_state");
    admin.post(&format!("{path}/reject"), json!({"reason": "för sent"})).refused(409, "wrong_state");
    // Moved by a member it has to be asked for again.
    let moved = booker.if_match("\"2\"").patch(&path, json!({"starts_at": "2026-11-24T17:00:00+01:00"})).is(200);
    assert_eq!(moved.json["status"], "pending");
    let rejected = admin.post(&format!("{path}/reject"), json!({"reason": "Årsmöte i huset"})).is(200);
    assert_eq!((rejected.json["status"].clone(), rejected.json["decision_reason"].clone()), (json!("rejected"), json!("Årsmöte i huset")));
    app.booker(tenants).post("/bookings", good(tenants)).is(201);
}

#[test]
fn a_booking_moves_whole_or_not_at_all() {
    let (_app, organisation, booker) = house();
    let made = booker.post("/bookings", good(organisation)).is(201);
    let path = made.location();
    booker.post("/bookings", between(organisation, "verkstaden", "2026-11-25T10:00:00+01:00", "2026-11-25T12:00:00+01:00")).is(201);
    let there = json!({"room": "verkstaden", "starts_at": "2026-11-25T11:00:00+01:00", "ends_at": "2026-11-25T13:00:00+01:00"});
    booker.patch(&path, there.clone()).refused(428, "precondition_required");
    booker.if_match("\"7\"").patch(&path, there.clone()).refused(412, "stale");
    booker.if_match(made.etag()).patch(&path, there).refused(409, "booking_conflict");
    assert_eq!(booker.get(&path).json, made.json, "nothing has changed");
    let moved = booker
        .if_match(made.etag())
        .patch(&path, json!({"starts_at": "2026-11-24T19:00:00+01:00", "ends_at": "2026-11-24T21:00:00+01:00"}))
        .is(200);
    assert_eq!((moved.json["version"].clone(), moved.etag()), (json!(2), "\"2\"".to_owned()));
    // The hour it left is free, the one it went to is not.
    booker.post("/bookings", between(organisation, "konferens-1", "2026-11-24T18:00:00+01:00", "2026-11-24T19:00:00+01:00")).is(201);
    booker
        .post("/bookings", between(organisation, "konferens-1", "2026-11-24T20:00:00+01:00", "2026-11-24T21:00:00+01:00"))
        .refused(409, "booking_conflict");
    let named =
        booker.if_match("\"2\"").patch(&path, json!({"title": "Årsmöte", "description": null, "contact_phone": "040-628 04 00"})).is(200);
    assert_eq!((named.json["title"].clone(), named.json["contact_phone"].clone()), (json!("Årsmöte"), json!("+46406280400")));
}

#[test]
fn cancelling_frees_the_room_once_and_only_in_time() {
    let (app, organisation, booker) = house();
    let made = booker.post("/bookings", good(organisation)).is(201);
    let path = format!("/bookings/{}/cancel", made.id());
    let gone = booker.post(&path, json!({"reason": "Ledaren är sjuk."})).is(200);
    assert_eq!((gone.json["status"].clone(), gone.json["cancel_reason"].clone()), (json!("cancelled"), json!("Ledaren är sjuk.")));
    booker.post_empty(&path).refused(409, "already_cancelled");
    let again = booker.post("/bookings", good(organisation)).is(201);
    app.at("2026-11-24T18:00:01+01:00");
    let path = format!("/bookings/{}/cancel", again.id());
    booker.post_empty(&path).refused(422, "too_late");
    app.admin().post_empty(&path).is(200);
}

#[test]
fn others_bookings_do_not_exist() {
    let (app, organisation, booker) = house();
    let made = booker.post("/bookings", good(organisation)).is(201);
    let stranger = app.booker(app.organisation("Kastanjen"));
    stranger.get(&made.location()).refused(404, "not_found");
    stranger.if_match("*").patch(&made.location(), json!({"title": "x"})).refused(404, "not_found");
    stranger.post_empty(&format!("/bookings/{}/cancel", made.id())).refused(404, "not_found");
    stranger.post(&format!("/bookings/{}/report", made.id()), json!({"actual_participants": 3})).refused(404, "not_found");
    stranger.post("/bookings", good(organisation)).refused(404, "not_found");
    assert!(stranger.get("/bookings").is(200).items().is_empty());
    let reception = app.reception();
    reception.get(&made.location()).is(200);
    booker
        .post(
            "/bookings",
            with(
                good(organisation),
                json!({"override": true, "starts_at": "2026-11-24T05:00:00+01:00", "ends_at": "2026-11-24T06:00:00+01:00"}),
            ),
        )
        .refused(403, "forbidden");
}

#[test]
fn an_admin_may_break_rules_but_not_double_book() {
    let (app, organisation, booker) = house();
    let admin = app.admin();
    let night = between(organisation, "konferens-1", "2026-11-24T22:00:00+01:00", "2026-11-24T23:10:00+01:00");
    admin.post("/bookings", night.clone()).refused(422, "rule_violation");
    admin.post("/bookings", with(night, json!({"override": true}))).is(201);
    booker.post("/bookings", good(organisation)).is(201);
    admin.post("/bookings", with(good(organisation), json!({"override": true}))).refused(409, "booking_conflict");
}

#[test]
fn the_same_key_books_once() {
    let (_app, organisation, booker) = house();
    let once = booker.key("abc").post("/bookings", good(organisation)).is(201);
    let again = booker.key("abc").post("/bookings", good(organisation)).is(201);
    assert_eq!((once.json.clone(), once.etag(), once.location()), (again.json.clone(), again.etag(), again.location()));
    assert_eq!(booker.get("/bookings").items().len(), 1);
    booker.key("abc").post("/bookings", with(good(organisation), json!({"title": "Annat"}))).refused(422, "idempotency_key_reused");
    // A refused request leaves its key free.
    booker.key("def").post("/bookings", good(organisation)).refused(409, "booking_conflict");
    booker.key("def").post("/bookings", with(good(organisation), json!({"room": "verkstaden"}))).is(201);
}

#[test]
fn a_preview_says_what_booking_would_answer_and_books_nothing() {
    let (_app, organisation, booker) = house();
    let question = json!({"room": "konferens-1", "organisation_id": organisation, "starts_at": "2026-11-24T18:00:00+01:00", "ends_at": "2026-11-24T20:00:00+01:00"});
    let free = booker.post("/bookings/preview", question.clone()).is(200);
    assert_eq!(free.json, json!({"fits": true, "needs_approval": false, "conflicts": [], "violations": [], "alternatives": []}));
    let made = booker.post("/bookings", good(organisation)).is(201);
    let taken = booker.post("/bookings/preview", with(question.clone(), json!({"expected_participants": 400}))).is(200);
    assert_eq!(taken.json["fits"], false);
    assert_eq!(taken.json["conflicts"].as_array().unwrap().len(), 1);
    assert_eq!(taken.json["violations"][0]["rule"], "over_max_persons");
    // Its own time is not in a booking's way.
    let moved =
        booker.post("/bookings/preview", with(question, json!({"booking_id": made.id(), "ends_at": "2026-11-24T21:00:00+01:00"}))).is(200);
    assert_eq!(moved.json["fits"], true);
}

#[test]
fn participants_are_reported_from_the_start_on() {
    let (app, organisation, booker) = house();
    let made = booker.post("/bookings", good(organisation)).is(201);
    let path = format!("/bookings/{}/report", made.id());
    booker.post(&path, json!({"actual_participants": 7})).refused(409, "wrong_state");
    app.at("2026-11-24T18:30:00+01:00");
    assert_eq!(booker.post(&path, json!({"actual_participants": 7})).is(200).json["actual_participants"], 7);
    assert_eq!(app.reception().post(&path, json!({"actual_participants": 9})).is(200).json["actual_participants"], 9);
    booker.post(&path, json!({"actual_participants": -1})).refused(422, "invalid_field");
}

#[test]
fn lists_are_filtered_and_come_in_pages() {
    let (_app, organisation, booker) = house();
    for hour in 8..15 {
        booker
            .post(
                "/bookings",
                with(
                    between(
                        organisation,
                        "konferens-1",
                        &format!("2026-11-24T{hour:02}:00:00+01:00"),
                        &format!("2026-11-24T{:02}:00:00+01:00", hour + 1),
                    ),
                    json!({"title": format!("Möte {hour}")}),
                ),
            )
            .is(201);
    }
    let mut path = "/bookings?limit=3".to_owned();
    let mut seen = vec![];
    loop {
        let page = booker.get(&path).is(200);
        seen.extend(page.items().iter().map(|b| b["title"].as_str().unwrap().to_owned()));
        match page.json["next_cursor"].as_str() {
            Some(cursor) => path = format!("/bookings?limit=3&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen, (8..15).map(|hour| format!("Möte {hour}")).collect::<Vec<_>>());
    let latest = booker.get("/bookings?order=desc&limit=1").is(200);
    assert_eq!(latest.items()[0]["title"], "Möte 14");
    assert_eq!(booker.get("/bookings?q=M%C3%96TE%2011").is(200).items().len(), 1);
    assert_eq!(booker.get("/bookings?from=2026-11-24T10:30:00%2B01:00&to=2026-11-24T12:00:00%2B01:00").is(200).items().len(), 2);
    assert_eq!(booker.get("/bookings?status=held").is(200).items().len(), 0);
    assert_eq!(booker.get("/bookings?status=held&status=confirmed&room=konferens-1&category=board_meeting").is(200).items().len(), 7);
    assert_eq!(
        booker.get("/bookings?limit=0&status=x&from=ig%C3%A5r&ok%C3%A4nd=1").refused(422, "invalid_field").fields(),
        ["from", "limit", "okänd", "status.0"]
    );
}

#[test]
fn a_blocked_association_keeps_its_bookings_and_gets_no_new_ones() {
    let (app, organisation, booker) = house();
    booker.post("/bookings", good(organisation)).is(201);
    app.write(|c| Ok(diesel::update(organisations::table.find(organisation)).set(organisations::status.eq("blocked")).execute(c)?));
    let refused = booker.post("/bookings", with(good(organisation), json!({"room": "verkstaden"}))).refused(422, "rule_violation");
    assert_eq!(refused.rules(), ["organisation_blocked"]);
    assert_eq!(booker.get("/bookings").items().len(), 1);
}
