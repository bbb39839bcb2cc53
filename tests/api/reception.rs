//! The reception's day: who is expected, and how full the house is.
use diesel::prelude::*;
use nobel21::{
    db::schema::{expected_visitors, letters},
    housekeeping,
    id::Id,
};
use serde_json::{Value, json};

use crate::{
    bookings::{good, with},
    support::{App, Client},
};

fn house() -> (App, Id, Client) {
    let app = App::spawn();
    let organisation = app.organisation("Limhamns språkkafé");
    let booker = app.booker(organisation);
    (app, organisation, booker)
}

fn announced(booker: &Client, booking: &Value) -> Value {
    let body = json!({"booking_id": booking["id"], "headcount": 8, "expected_at": "2026-11-24T17:45:00+01:00", "note": "Buss från Lund"});
    booker.post("/expected-visitors", body).is(201).json
}

fn told(app: &App) -> Vec<(String, String)> {
    app.read(|c| {
        let arrived = letters::table.filter(letters::kind.eq("visitors_arrived")).order(letters::id);
        Ok(arrived.select((letters::to_address, letters::body_text)).load(c)?)
    })
}

#[test]
fn announced_visitors_arrive_with_one_tap_are_counted_and_their_host_is_told() {
    let (app, organisation, booker) = house();
    let booking = booker.post("/bookings", good(organisation)).is(201).json;
    let expected = announced(&booker, &booking);
    let plain = booker.post("/expected-visitors", json!({"booking_id": booking["id"], "headcount": 2})).is(201);
    assert_eq!(plain["expected_at"], booking["starts_at"], "as it begins, unless said otherwise");

    let desk = app.reception();
    app.at("2026-11-24T17:50:00+01:00");
    let due = desk.get("/expected-visitors?date=2026-11-24").is(200);
    let times: Vec<&Value> = due.items().iter().map(|one| &one["expected_at"]).collect();
    assert_eq!(times, ["2026-11-24T17:45:00+01:00", "2026-11-24T18:00:00+01:00"]);
    assert_eq!((&due.items()[0]["note"], &due.items()[0]["booking"]["room"]), (&json!("Buss från Lund"), &json!("konferens-1")));

    let path = format!("/expected-visitors/{}/arrive", expected["id"].as_str().unwrap());
    let arrived = desk.post_empty(&path).is(200);
    assert_eq!(arrived["arrived_at"], "2026-11-24T17:50:00+01:00");
    desk.post_empty(&path).refused(409, "wrong_state");
    desk.post(&format!("/expected-visitors/{}/arrive", plain.id()), json!({"headcount": 3})).is(200);
    let today = desk.get("/visits/today").is(200);
    assert_eq!((&today["total"], &today["by_gathering"][0]["visits"]), (&json!(11), &json!(11)), "8 as announced, and 3 instead of 2");
    let letters = told(&app);
    assert_eq!(letters.len(), 2);
    assert!(letters.iter().all(|(to, _)| to == booker.email()));
    assert!(letters[0].1.contains("8 väntade besökare till Styrelsemöte"), "{}", letters[0].1);
}

#[test]
fn nobody_arrives_at_what_was_called_off_and_a_late_group_at_what_was_taken_for_a_no_show() {
    let (app, organisation, booker) = house();
    let desk = app.reception();
    let off = booker.post("/bookings", good(organisation)).is(201);
    let expected = announced(&booker, &off.json);
    booker.post_empty(&format!("/bookings/{}/cancel", off.id())).is(200);
    let path = |one: &Value| format!("/expected-visitors/{}/arrive", one["id"].as_str().unwrap());
    desk.post_empty(&path(&expected)).refused(409, "wrong_state");
    assert_eq!(desk.get("/visits/today").is(200)["total"], 0);

    let late = booker.post("/bookings", good(organisation)).is(201);
    let expected = announced(&booker, &late.json);
    app.write(|c| {
        use nobel21::db::schema::bookings;
        diesel::update(bookings::table.find(late.id().parse::<Id>().unwrap())).set(bookings::status.eq("no_show")).execute(c)?;
        Ok(())
    });
    app.at("2026-11-24T19:00:00+01:00");
    assert_eq!(desk.get("/expected-visitors?date=2026-11-24").is(200).items().len(), 1);
    desk.post_empty(&path(&expected)).is(200);
    assert_eq!(desk.get("/visits/today").is(200)["total"], 8);
}

#[test]
fn who_is_late_for_a_gathering_that_runs_past_midnight_is_still_expected() {
    let (app, organisation, booker) = house();
    let wish = json!({"starts_at": "2026-11-24T23:30:00+01:00", "ends_at": "2026-11-25T00:30:00+01:00", "override": true});
    let booking = app.admin().post("/bookings", with(good(organisation), wish)).is(201);
    let body = json!({"booking_id": booking.json["id"], "headcount": 3});
    let expected = booker.post("/expected-visitors", body).is(201).json;
    let desk = app.reception();
    app.at("2026-11-25T00:05:00+01:00");
    assert_eq!(desk.get("/expected-visitors?date=2026-11-25").is(200).items().len(), 1);
    assert_eq!(desk.get("/expected-visitors?date=2026-11-26").is(200).items().len(), 0);
    desk.post_empty(&format!("/expected-visitors/{}/arrive", expected["id"].as_str().unwrap())).is(200);
    let list = desk.get("/expected-visitors?date=2026-11-25").is(200);
    assert!(list.items()[0]["arrived_at"].is_string(), "shown as here");
}

#[test]
fn a_host_who_wants_no_such_letter_gets_none() {
    let (app, organisation, booker) = house();
    assert_eq!(booker.get("/me").is(200)["arrival_letters"], true);
    booker.if_match("*").patch("/me", json!({"arrival_letters": false})).is(200);
    let booking = booker.post("/bookings", good(organisation)).is(201).json;
    let expected = announced(&booker, &booking);
    app.reception().post_empty(&format!("/expected-visitors/{}/arrive", expected["id"].as_str().unwrap())).is(200);
    assert_eq!(told(&app), []);
}

#[test]
fn visitors_are_announced_for_what_stands_and_taken_back_until_they_come() {
    let (app, organisation, booker) = house();
    let booking = booker.post("/bookings", good(organisation)).is(201);
    let stranger = app.booker(app.organisation("Kastanjen"));
    let body = json!({"booking_id": booking.id(), "headcount": 8});
    stranger.post("/expected-visitors", &body).refused(404, "not_found");
    let made = booker.post("/expected-visitors", &body).is(201);
    let path = format!("/expected-visitors/{}/withdraw", made.id());
    stranger.post_empty(&path).refused(404, "not_found");
    stranger.get(&format!("/expected-visitors?booking_id={}", booking.id())).refused(404, "not_found");
    stranger.get("/expected-visitors?date=2026-11-24").refused(403, "forbidden");
    assert_eq!(booker.get(&format!("/expected-visitors?booking_id={}", booking.id())).is(200).items().len(), 1);
    booker.post_empty(&path).is(204);
    assert_eq!(booker.get(&format!("/expected-visitors?booking_id={}", booking.id())).is(200).items().len(), 0);

    let late = booker.post("/expected-visitors", &body).is(201);
    app.reception().post_empty(&format!("/expected-visitors/{}/arrive", late.id())).is(200);
    booker.post_empty(&format!("/expected-visitors/{}/withdraw", late.id())).refused(409, "wrong_state");
    booker.post_empty(&format!("/bookings/{}/cancel", booking.id())).is(200);
    booker.post("/expected-visitors", &body).refused(409, "wrong_state");
    assert_eq!(app.reception().get("/expected-visitors?date=2026-11-24").is(200).items().len(), 0, "what is off expects nobody");
}

#[test]
fn an_announcement_is_bounded_names_nobody_and_its_note_is_forgotten() {
    let (app, organisation, booker) = house();
    let booking = booker.post("/bookings", good(organisation)).is(201);
    let with_ = |change: Value| with(json!({"booking_id": booking.id(), "headcount": 8}), change);
    for (change, field) in [
        (json!({"headcount": 0}), "headcount"),
        (json!({"headcount": 501}), "headcount"),
        (json!({"note": "x".repeat(201)}), "note"),
        (json!({"expected_at": "2026-11-22T18:00:00+01:00"}), "expected_at"),
        (json!({"expected_at": "2026-11-24T20:00:00+01:00"}), "expected_at"),
        (json!({"visitor": "Anna"}), "visitor"),
    ] {
        let answer = booker.off_contract().post("/expected-visitors", with_(change)).refused(422, "invalid_field");
        assert_eq!(answer.fields(), [field]);
    }
    booker.post("/expected-visitors", with_(json!({"note": "Anna 811218-9876"}))).refused(422, "personal_identity_number");
    booker.off_contract().get("/expected-visitors").refused(422, "invalid_field");
    announced(&booker, &booking.json);
    let notes = |app: &App| -> Vec<String> { app.read(|c| Ok(expected_visitors::table.select(expected_visitors::note).load(c)?)) };
    app.at("2026-11-25T17:00:00+01:00");
    housekeeping::tidy_up(app.db(), app.now()).unwrap();
    assert_eq!(notes(&app), ["Buss från Lund"]);
    app.at("2026-11-25T18:00:00+01:00");
    housekeeping::tidy_up(app.db(), app.now()).unwrap();
    assert_eq!(notes(&app), [""]);
}

#[test]
fn the_tally_turns_amber_at_nine_tenths_and_red_when_house_or_room_is_full() {
    let (app, organisation, booker) = house();
    let (admin, desk) = (app.admin(), app.reception());
    let booking = booker.post("/bookings", good(organisation)).is(201);
    app.at("2026-11-24T18:10:00+01:00");
    let count = |people: i32| {
        desk.post("/visits", json!({"headcount": people, "purpose": "gathering", "booking_id": booking.id()})).is(201);
    };
    let levels = || {
        let (today, present) = (desk.get("/visits/today").is(200), desk.get("/visits/present").is(200));
        assert_eq!(today["house"], present["house"]);
        assert_eq!(today["by_gathering"][0]["level"], present["by_room"][0]["level"]);
        (today["house"]["level"].clone(), today["by_gathering"][0]["level"].clone())
    };
    let room = desk.get("/rooms/konferens-1").is(200)["max_persons"].as_i64().unwrap();
    let room = i32::try_from(room).unwrap();
    count(room * 9 / 10 - 1);
    assert_eq!(desk.get("/visits/today").is(200)["house"], json!(null), "no limit, no level");
    admin.if_match("*").patch("/settings", json!({"house_max_persons": room * 2})).is(200);
    assert_eq!(levels(), (json!("ok"), json!("ok")));
    count(1 + i32::from(room * 9 % 10 != 0));
    assert_eq!(levels(), (json!("ok"), json!("amber")));
    count(room / 10);
    admin.if_match("*").patch("/settings", json!({"house_max_persons": room + 2})).is(200);
    assert_eq!(levels(), (json!("amber"), json!("red")));
    admin.if_match("*").patch("/settings", json!({"house_max_persons": 5})).is(200);
    assert_eq!(levels().0, json!("red"));
    // Who has left is no longer in the way.
    let out = json!({"headcount": room - 1, "kind": "out", "purpose": "gathering", "booking_id": booking.id()});
    desk.post("/visits", out).is(201);
    assert_eq!(levels(), (json!("ok"), json!("ok")));
    for wrong in [json!(0), json!(100_001), json!("många")] {
        admin.if_match("*").off_contract().patch("/settings", json!({"house_max_persons": wrong})).refused(422, "invalid_field");
    }
}

#[test]
fn the_admin_is_warned_of_times_when_more_are_expected_than_the_house_may_hold() {
    let (app, organisation, booker) = house();
    let admin = app.admin();
    let at = |room: &str, from: &str, to: &str, people: i32| {
        let at = |clock: &str| format!("2026-11-24T{clock}:00+01:00");
        let wish = json!({"room": room, "starts_at": at(from), "ends_at": at(to), "expected_participants": people});
        booker.post("/bookings", with(good(organisation), wish)).is(201).id()
    };
    let first = at("konferens-1", "17:00", "20:00", 8);
    let second = at("konferens-2", "18:00", "19:00", 7);
    at("konferens-1", "20:00", "21:00", 8);
    let load = || admin.get("/house-load?from=2026-11-23&to=2026-11-30").is(200);
    assert_eq!((&load()["max_persons"], &load()["items"]), (&json!(null), &json!([])));
    admin.if_match("*").patch("/settings", json!({"house_max_persons": 14})).is(200);
    let over = load();
    assert_eq!(over.items().len(), 1);
    let one = &over.items()[0];
    assert_eq!(
        (&one["starts_at"], &one["ends_at"], &one["expected"]),
        (&json!("2026-11-24T18:00:00+01:00"), &json!("2026-11-24T19:00:00+01:00"), &json!(15))
    );
    let ids: Vec<&str> = one["bookings"].as_array().unwrap().iter().map(|b| b["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [first.as_str(), second.as_str()]);
    admin.if_match("*").patch("/settings", json!({"house_max_persons": 15})).is(200);
    assert_eq!(load().items().len(), 0);
    admin.off_contract().get("/house-load?from=2026-11-23&to=2027-11-30").refused(422, "invalid_field");
    booker.get("/house-load?from=2026-11-23&to=2026-11-30").refused(403, "forbidden");
}
