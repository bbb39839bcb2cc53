//! Named visitors, and roll calls: who is in the house when it has to be cleared.
use diesel::prelude::*;
use nobel21::{
    db::schema::{audit_log, idempotency_keys, name_erasures, named_visits, visits},
    housekeeping,
    id::Id,
};

use crate::{
    bookings::good,
    support::{App, Client, Value, json},
};

/// A roll call as a phone hands it in.
pub fn drill() -> Value {
    json!({
        "client_id": Id::new(), "drill": true, "started_at": "2026-11-23T07:50:00+01:00", "finished_at": "2026-11-23T07:58:00+01:00",
        "list_from": "2026-11-23T07:49:00+01:00", "note": "Larmet hördes inte i Verkstaden.",
        "lines": [
            {"kind": "room", "room": "konferens-1", "expected": 10, "found": 12, "clear": true},
            {"kind": "room", "room": "aulan", "expected": 5, "found": 0, "clear": false},
            {"kind": "visitor", "expected": 1, "found": 1, "clear": true},
            {"kind": "unknown", "expected": 0, "found": 2, "clear": true, "note": "Vid bakdörren"},
        ],
    })
}

fn with_names() -> (App, Client) {
    let app = App::spawn();
    app.admin().if_match("*").patch("/settings", json!({"named_visits": true})).is(200);
    let desk = app.reception();
    app.at("2026-11-24T09:00:00+01:00");
    (app, desk)
}

fn zlatan(booking: Option<&str>) -> Value {
    json!({
        "headcount": 1, "purpose": if booking.is_some() { "gathering" } else { "walk_in" }, "booking_id": booking,
        "client_id": Id::new(), "visitor": {"name": "Zlatan", "host": "Limhamns språkkafé"},
    })
}

fn names(app: &App) -> Vec<(Option<Id>, String, String)> {
    app.read(|c| Ok(named_visits::table.select((named_visits::visit_id, named_visits::name, named_visits::host)).load(c)?))
}

#[test]
fn a_house_that_has_not_turned_names_on_takes_none() {
    let app = App::spawn();
    let desk = app.reception();
    assert_eq!(desk.get("/visits/today").is(200)["named_visits"], false);
    let refused = desk.post("/visits", zlatan(None)).refused(422, "invalid_field");
    assert_eq!((&refused["errors"][0]["field"], &refused["errors"][0]["code"]), (&json!("visitor"), &json!("names_off")));
    assert_eq!(desk.get("/visits/today").is(200)["total"], 0, "refused as a whole");
    assert_eq!(names(&app), []);
}

#[test]
fn a_name_is_in_no_answer_but_the_roll_call() {
    let (app, desk) = with_names();
    let organisation = app.organisation("Limhamns språkkafé");
    let booking = app.booker(organisation).post("/bookings", good(organisation)).is(201);
    app.at("2026-11-24T18:00:00+01:00");
    let body = zlatan(Some(&booking.id()));
    let key = "en-nyckel-som-ingen-annan-har";
    let counted = desk.key(key).post("/visits", &body).is(201);
    desk.key(key).post("/visits", &body).is(201);
    desk.post("/visits", &body).is(200);

    let silent = ["/visits", "/visits/today", "/visits/present", "/statistics/monthly?from=2026-11&to=2026-11"];
    for path in silent {
        assert!(!desk.get(path).is(200).text().contains("Zlatan"), "{path}");
    }
    assert!(!counted.text().contains("Zlatan"));
    let everything = app.read(|c| {
        let kept: Vec<String> = idempotency_keys::table.select(idempotency_keys::answer).load(c)?;
        let trail: Vec<(Option<String>, Option<String>)> = audit_log::table.select((audit_log::before, audit_log::after)).load(c)?;
        assert!(kept.iter().any(|answer| answer.contains("headcount")), "{kept:?}");
        Ok(format!("{kept:?} {trail:?}"))
    });
    assert!(!everything.contains("Zlatan"), "kept answers and the trail hold no name: {everything}");

    let quiet = &desk.get("/visits/present").is(200)["visitors"][0];
    assert_eq!((&quiet["name"], &quiet["host"], &quiet["room"]), (&Value::Null, &Value::Null, &json!("konferens-1")));
    let told = desk.get("/visits/present?names=true").is(200);
    assert_eq!(told["visitors"].as_array().unwrap().len(), 1, "counted once");
    assert_eq!((&told["visitors"][0]["name"], &told["visitors"][0]["host"]), (&json!("Zlatan"), &json!("Limhamns språkkafé")));
    assert!(desk.get("/visits/present?format=html").is(200).text().contains("Zlatan"));
    let reads: Vec<Value> = app.admin().get("/audit?noun=visitor_names").is(200).items().to_vec();
    assert_eq!(reads.len(), 2, "who was told names is on record: {reads:?}");
}

#[test]
fn a_name_that_is_none_is_refused() {
    let (_app, desk) = with_names();
    let fields = |visitor: Value| {
        let body = json!({"headcount": 1, "purpose": "walk_in", "visitor": visitor});
        desk.off_contract().post("/visits", body).refused(422, "invalid_field")["errors"][0]["field"].clone()
    };
    assert_eq!(fields(json!({"name": ""})), "visitor.name");
    assert_eq!(fields(json!({"name": "x".repeat(61)})), "visitor.name");
    let number = json!({"headcount": 1, "purpose": "walk_in", "visitor": {"name": "Anna 850709-9805"}});
    desk.post("/visits", number).refused(422, "personal_identity_number");
    assert_eq!(fields(json!({"name": "Anna", "host": "x".repeat(61)})), "visitor.host");
    assert_eq!(fields(json!({"name": "Anna", "phone": "070"})), "visitor.phone");
    assert_eq!(fields(json!("Anna")), "visitor");
    let out = json!({"headcount": 1, "purpose": "walk_in", "kind": "out", "visitor": {"name": "Anna"}});
    assert_eq!(desk.post("/visits", out).refused(422, "invalid_field")["errors"][0]["code"], "not_for_leaving");
}

#[test]
fn who_leaves_is_tied_to_nothing_any_more_and_is_forgotten_within_a_day() {
    let (app, desk) = with_names();
    let organisation = app.organisation("Limhamns språkkafé");
    let booking = app.booker(organisation).post("/bookings", good(organisation)).is(201);
    app.at("2026-11-24T18:00:00+01:00");
    let visit = desk.post("/visits", zlatan(Some(&booking.id()))).is(201);
    assert_eq!(names(&app), [(Some(visit.id().parse().unwrap()), "Zlatan".into(), "Limhamns språkkafé".into())]);

    app.at("2026-11-24T19:00:00+01:00");
    let path = format!("/visits/{}/leave", visit.id());
    let left = desk.post_empty(&path).is(201);
    assert_eq!((&left["kind"], &left["headcount"], &left["booking_id"]), (&json!("out"), &json!(1), &json!(booking.id())));
    assert_eq!(desk.post_empty(&path).is(200)["id"], left["id"], "nobody leaves twice");
    assert_eq!(desk.get("/visits/present").is(200)["total"], 0);
    assert_eq!(names(&app), [(None, "Zlatan".into(), String::new())], "neither count nor host");
    assert_eq!(desk.get("/visits/present?names=true").is(200)["visitors"], json!([]));
    desk.post_empty(&format!("/visits/{}/leave", left.id())).refused(409, "wrong_state");

    let tidy = |at: &str| {
        app.at(at);
        housekeeping::tidy_up(app.db(), at.parse().unwrap()).unwrap();
        names(&app).len()
    };
    assert_eq!(tidy("2026-11-25T17:59:00+01:00"), 1);
    assert_eq!(tidy("2026-11-25T18:59:00+01:00"), 0, "before the day is over, since the job runs once an hour");
    let runs = app.admin().get("/visits/name-erasures").is(200);
    let told: Vec<(&Value, &Value)> = runs.items().iter().map(|run| (&run["erased"], &run["kept"])).collect();
    assert_eq!(told, [(&json!(1), &json!(0)), (&json!(0), &json!(1))], "every run is on record, also one that erased nobody");
    let counted: i64 = app.read(|c| Ok(visits::table.count().get_result(c)?));
    assert_eq!(counted, 2, "head counts stay");
}

#[test]
fn whoever_did_not_say_goodbye_has_left_when_the_house_has_closed() {
    let (app, desk) = with_names();
    desk.post("/visits", zlatan(None)).is(201);
    app.at("2026-11-24T23:30:00+01:00");
    assert_eq!(desk.get("/visits/present?names=true").is(200)["visitors"], json!([]));
    housekeeping::tidy_up(app.db(), "2026-11-24T23:30:00+01:00".parse().unwrap()).unwrap();
    assert_eq!(names(&app), [(None, "Zlatan".into(), String::new())]);
    housekeeping::tidy_up(app.db(), "2026-11-25T21:30:00+01:00".parse().unwrap()).unwrap();
    assert_eq!(names(&app), []);
}

#[test]
fn a_service_that_stood_still_for_days_erases_as_soon_as_it_runs() {
    let (app, desk) = with_names();
    desk.post("/visits", zlatan(None)).is(201);
    housekeeping::tidy_up(app.db(), "2026-11-28T09:30:00+01:00".parse().unwrap()).unwrap();
    assert_eq!(names(&app), []);
    housekeeping::tidy_up(app.db(), "2028-11-28T09:30:00+01:00".parse().unwrap()).unwrap();
    let runs: i64 = app.read(|c| Ok(name_erasures::table.count().get_result(c)?));
    assert_eq!(runs, 1, "and the runs themselves are kept for a year");
}

#[test]
fn who_was_taken_back_cannot_leave() {
    let (_app, desk) = with_names();
    let visit = desk.post("/visits", json!({"headcount": 3, "purpose": "walk_in"})).is(201);
    let correct = |to: i32| desk.post(&format!("/visits/{}/correct", visit.id()), json!({"headcount": to, "reason": "Fel"})).is(201);
    let correction = correct(2);
    desk.post_empty(&format!("/visits/{}/leave", correction.id())).refused(409, "wrong_state");
    correct(0);
    desk.post_empty(&format!("/visits/{}/leave", visit.id())).refused(409, "wrong_state");
    correct(2);
    assert_eq!(desk.post_empty(&format!("/visits/{}/leave", visit.id())).is(201)["headcount"], 2, "as many as it is by now");
    desk.post_empty(&format!("/visits/{}/leave", Id::new())).refused(404, "not_found");
}

#[test]
fn a_gathering_that_checked_in_is_in_the_house_as_many_as_it_expects() {
    let app = App::spawn();
    let organisation = app.organisation("Limhamns språkkafé");
    let booker = app.booker(organisation);
    let booking = booker.post("/bookings", good(organisation)).is(201);
    let desk = app.reception();
    app.at("2026-11-24T18:05:00+01:00");
    assert_eq!(desk.get("/visits/present").is(200)["by_room"][0]["source"], "expected");
    booker.post_empty(&format!("/bookings/{}/check-in", booking.id())).is(200);
    let room = &desk.get("/visits/present").is(200)["by_room"][0];
    assert_eq!((&room["source"], &room["people"]), (&json!("checked_in"), &booking["expected_participants"]));
    desk.post("/visits", json!({"headcount": 3, "purpose": "gathering", "booking_id": booking.id()})).is(201);
    let room = &desk.get("/visits/present").is(200)["by_room"][0];
    assert_eq!((&room["source"], &room["people"]), (&json!("counted"), &json!(3)));
}

#[test]
fn a_roll_call_is_kept_once_with_what_it_comes_to() {
    let app = App::spawn();
    let desk = app.reception();
    let body = drill();
    let kept = desk.post("/roll-calls", &body).is(201);
    let totals = json!({"expected": 15, "found": 12, "missing": 5, "unknown": 2, "visitors": 1, "visitors_seen": 1, "open": 1});
    assert_eq!(kept["totals"], totals);
    assert_eq!(desk.post("/roll-calls", &body).is(200)["id"], kept["id"], "a phone that got no answer sends again");
    let listed = desk.get("/roll-calls").is(200);
    assert_eq!(listed.items().len(), 1);
    assert_eq!(listed.items()[0], desk.get(&format!("/roll-calls/{}", kept.id())).is(200).json);
    assert_eq!(listed.items()[0]["lines"][3]["note"], "Vid bakdörren");
    desk.get(&format!("/roll-calls/{}", Id::new())).refused(404, "not_found");
    let mut next = drill();
    next["drill"] = json!(false);
    let next = desk.post("/roll-calls", next).is(201);
    let pages = desk.get("/roll-calls?limit=1").is(200);
    assert_eq!(pages.items()[0]["id"], next["id"], "latest first");
    let after = pages["next_cursor"].as_str().unwrap();
    assert_eq!(desk.get(&format!("/roll-calls?limit=1&cursor={after}")).is(200).items()[0]["id"], kept["id"]);

    housekeeping::tidy_up(app.db(), "2028-11-20T09:30:00+01:00".parse().unwrap()).unwrap();
    assert_eq!(desk.get("/roll-calls").is(200).items().len(), 2);
    housekeeping::tidy_up(app.db(), "2028-11-28T09:30:00+01:00".parse().unwrap()).unwrap();
    assert_eq!(desk.get("/roll-calls").is(200).items().len(), 0);
}

#[test]
fn what_is_wrong_with_a_roll_call_is_told_all_at_once() {
    let app = App::spawn();
    let desk = app.reception();
    let body = json!({
        "client_id": "x", "drill": 1, "started_at": "2026-11-23T07:50:00+01:00", "finished_at": "när som", "list_from": 5,
        "lines": [{"kind": "ghost", "expected": -1, "found": 5001, "clear": "ja", "note": "19850709-9805"}],
    });
    let refused = desk.off_contract().post("/roll-calls", body).refused(422, "invalid_field");
    let fields: Vec<&str> = refused["errors"].as_array().unwrap().iter().map(|fault| fault["field"].as_str().unwrap()).collect();
    let line = ["lines.0.kind", "lines.0.expected", "lines.0.found", "lines.0.clear", "lines.0.note"];
    assert!(["client_id", "drill", "finished_at", "list_from"].iter().all(|field| fields.contains(field)), "{fields:?}");
    assert!(line.iter().all(|field| fields.contains(field)), "{fields:?}");
    let mut backwards = drill();
    backwards["finished_at"] = json!("2026-11-23T07:40:00+01:00");
    let refused = desk.post("/roll-calls", backwards).refused(422, "invalid_field");
    let fields: Vec<&Value> = refused["errors"].as_array().unwrap().iter().map(|fault| &fault["field"]).collect();
    assert_eq!(fields, ["finished_at", "list_from"], "{refused:?}");
}
