//! `Idempotency-Key`: a request that is sent again does its work once.
use diesel::prelude::*;
use nobel21::db::schema::organisations;

use crate::support::{App, Value, json};

fn organisation(name: &str) -> Value {
    json!({"name": name, "kind": "association"})
}

fn organisations(app: &App) -> i64 {
    app.read(|c| Ok(organisations::table.count().get_result(c)?))
}

#[test]
fn the_same_request_gets_the_same_answer_for_a_day_and_makes_one_thing() {
    let app = App::empty();
    let admin = app.admin().key("0f3c9a17");
    let first = admin.post("/organisations", organisation("Kastanjen")).is(201);
    app.at("2026-11-24T07:59:59+01:00");
    let again = admin.post("/organisations", organisation("Kastanjen")).is(201);
    assert_eq!((again.id(), again.location(), again.etag()), (first.id(), first.location(), first.etag()));
    assert_eq!(again.json, first.json);
    assert_eq!(organisations(&app), 1);
    app.at("2026-11-24T08:00:00+01:00");
    assert_ne!(admin.post("/organisations", organisation("Kastanjen")).is(201).id(), first.id(), "the day is over");
}

#[test]
fn the_first_answer_comes_again_even_if_the_thing_has_changed_since() {
    let app = App::empty();
    let admin = app.admin();
    let first = admin.key("once").post("/organisations", organisation("Kastanjen")).is(201);
    admin.if_match(first.etag()).patch(&first.location(), json!({"name": "Almen"})).is(200);
    assert_eq!(admin.key("once").post("/organisations", organisation("Kastanjen")).is(201)["name"], "Kastanjen");
}

#[test]
fn a_key_belongs_to_one_person_and_one_request() {
    let app = App::empty();
    let (one, two) = (app.admin().key("same"), app.person(nobel21::people::Role::Admin).key("same"));
    let first = one.post("/organisations", organisation("Kastanjen")).is(201);
    assert_ne!(two.post("/organisations", organisation("Kastanjen")).is(201).id(), first.id());
    one.post("/organisations", organisation("Almen")).refused(422, "idempotency_key_reused");
    one.post("/users", json!({"email": "a@example.org", "name": "A", "role": "booker"})).refused(422, "idempotency_key_reused");
    assert_eq!(organisations(&app), 2);
}

#[test]
fn a_refused_request_leaves_its_key_free() {
    let app = App::empty();
    let admin = app.admin().key("mended");
    admin.post("/organisations", organisation("")).refused(422, "invalid_field");
    admin.post("/organisations", organisation("Kastanjen")).is(201);
}

#[test]
fn a_key_has_1_to_128_characters() {
    let app = App::empty();
    for key in [String::new(), "x".repeat(129), "å".into()] {
        let answer = app.admin().key(&key).post("/organisations", organisation("Kastanjen"));
        assert_eq!(answer.refused(422, "invalid_field").fields(), ["Idempotency-Key"]);
    }
    app.admin().key(&"x".repeat(128)).post("/organisations", organisation("Kastanjen")).is(201);
}
