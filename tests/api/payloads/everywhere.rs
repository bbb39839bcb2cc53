//! Every payload in every field: what is taken comes back as it is, what is not taken is refused by name, and nothing that can be
//! read afterwards does harm.
use nobel21::people::sign_in;

use super::{
    PAYLOADS,
    fields::{self, Field},
    judge, kept, letters, turns,
};
use crate::{
    access::World,
    support::{App, Client, PASSWORD, Value, contract::contract, json},
};

/// Words that let somebody in: never shown again, whatever becomes of them.
const SECRETS: [&str; 7] = ["password", "current_password", "new_password", "token", "code", "state", "second_factor"];
/// Members that are more than text: a number of a kind, an address, a rule, a page of our own. All payloads may be refused.
const CHECKED: [&str; 6] = ["org_number", "phone", "contact_phone", "email", "rule", "back"];

/// What has to be said besides a text so that it is taken: the members, and what stands there.
fn besides(world: &World, field: &Field, client: &Client) -> Vec<(&'static str, Value)> {
    match (field.operation.id.as_str(), field.place[0].as_str()) {
        ("create_visit", "visitor") => vec![("visitor", json!({"name": "Zlatan", "host": "Kastanjen"}))],
        (_, "override_reason") => vec![("override", json!(true))],
        // Each at a time of its own: what finds no room is left out.
        ("create_booking_batch", _) => {
            let evening = world.evening(world.organisation, world.ahead());
            let of = |name: &str| evening[name].clone();
            let booking = json!({"title": "x", "room": of("room"), "starts_at": of("starts_at"), "ends_at": of("ends_at")});
            vec![("bookings", json!([booking]))]
        }
        // Made by a device for whoever sends it.
        ("add_passkey", _) => {
            let (_, challenge, credential) = crate::passkeys::made(client);
            vec![("challenge_id", challenge), ("credential", credential)]
        }
        _ => vec![],
    }
}

/// Sends one payload in one field; was it taken?
fn write(world: &World, field: &Field, payload: &str) -> bool {
    let member = field.place.iter().rfind(|name| name.parse::<usize>().is_err()).unwrap().as_str();
    let ask = world.ask(&field.operation.id);
    let mut body: Value = ask.body.as_ref().map_or(json!({}), |(_, bytes)| serde_json::from_slice(bytes).unwrap());
    let client = with(world.client("admin"), &ask.headers);
    for (name, value) in besides(world, field, &client) {
        body[name] = value;
    }
    fields::put(&mut body, &field.place, payload);
    let answer = client.json(&field.operation.method, &ask.path, body);
    judge::answer(&answer);
    let taken = (200..300).contains(&answer.status);
    assert!(!(taken && payload.contains('\0')), "{field} takes a NUL: {answer:?}");
    assert!(!(taken && turns(payload) && !SECRETS.contains(&member)), "{field} takes what turns text around: {answer:?}");
    if SECRETS.contains(&member) {
        assert!(payload.len() < 8 || !fields::holds(&answer.json, payload), "{field} shows a secret: {answer:?}");
    } else if taken && !field.operation.id.starts_with("preview_") {
        match shown_at(field) {
            None => assert!(fields::holds(&answer.json, kept(payload)), "{field} took {payload:?}: {answer:?}"),
            Some(path) => {
                let shown = world.app.admin().get(path).is(200).json;
                assert!(fields::holds_as(&shown, member, kept(payload)), "{field} took {payload:?}, and {path} has {shown:#}");
            }
        }
    } else if !taken {
        // Refused for what it is, and not for what else was sent.
        let of_itself = answer.status == 422 && answer.fields() == [field.place.join(".")];
        let may_be_unknown = CHECKED.contains(&member) || field.operation.id == "set_up_house";
        assert!(of_itself || may_be_unknown, "{field} and {payload:?}: {answer:?}");
    }
    taken
}

fn with(client: Client, headers: &[(&'static str, String)]) -> Client {
    headers.iter().fold(client, |client, (name, value)| client.header(name, value))
}

/// Where a text is to be read that the answer to its writing has not.
fn shown_at(field: &Field) -> Option<&'static str> {
    match (field.operation.id.as_str(), field.place[0].as_str()) {
        (_, "override_reason") | ("reopen_month", "reason") => Some("/audit?limit=200"),
        ("lend", "borrower") => Some("/loans"),
        ("create_visit", "visitor") => Some("/visits/present?names=true"),
        _ => None,
    }
}

/// Reads all lists, files, pages and feeds, in every form in which they can be had. What one thing looks like, the answer to its
/// writing has shown.
fn read_everything(world: &World) {
    let admin = world.client("admin");
    for operation in contract().operations().into_iter().filter(|operation| operation.method == "GET") {
        let gives = contract().details(&operation)["responses"]["200"]["content"].as_object();
        let is_one_thing = operation.template.contains('{') && gives.is_none_or(|all| all.keys().all(|one| one == "application/json"));
        // A stream of keys and times, and a page that nobody writes into.
        if is_one_thing || ["listen_to_changes", "read_docs"].contains(&operation.id.as_str()) {
            continue;
        }
        let parameters: Vec<&Value> = contract().details(&operation)["parameters"].as_array().into_iter().flatten().collect();
        let parameters: Vec<&Value> = parameters.into_iter().map(|one| contract().resolve(one, String::new()).0).collect();
        let formats = parameters.iter().find(|one| one["name"] == "format").and_then(|one| {
            let (schema, _) = contract().resolve(&one["schema"], String::new());
            schema["enum"].as_array()
        });
        let formats: Vec<Option<&str>> = formats.map_or(vec![None], |all| all.iter().map(Value::as_str).collect());
        for format in formats {
            let ask = world.ask(&operation.id);
            let mut path = ask.path.clone();
            let limit = parameters.iter().any(|one| one["name"] == "limit").then_some("limit=200".to_owned());
            for more in limit.into_iter().chain(format.map(|format| format!("format={format}"))) {
                path = format!("{path}{}{more}", if path.contains('?') { '&' } else { '?' });
            }
            judge::answer(&with(admin.clone(), &ask.headers).get(&path));
        }
    }
}

/// All fields of one part of the contract.
fn try_all(tag: &str) {
    let fields: Vec<Field> = fields::all().into_iter().filter(|f| contract().details(&f.operation)["tags"][0] == tag).collect();
    assert!(!fields.is_empty(), "no operation with the tag {tag} takes text");
    let mut never = vec![];
    for of_one in fields.chunk_by(|a, b| a.operation == b.operation) {
        let world = World::new();
        world.app.admin().if_match("*").patch("/settings", json!({"named_visits": true})).is(200);
        let mut written = 0;
        for field in of_one {
            let taken = PAYLOADS.into_iter().filter(|payload| write(&world, field, payload)).count();
            let member = field.place.last().unwrap().as_str();
            let is_over = field.operation.id == "set_up_house";
            if taken == 0 && !is_over && !SECRETS.contains(&member) && !CHECKED.contains(&member) {
                never.push(field.to_string());
            }
            // What a preview was asked is not kept.
            written += if field.operation.id.starts_with("preview_") { 0 } else { taken };
        }
        if written > 0 {
            read_everything(&world);
            letters::sent(&world.app);
        }
    }
    assert!(never.is_empty(), "say in `besides` how these are written so that text is taken, or in CHECKED that none is: {never:?}");
}

/// Whoever has set the house up can't be tried with the others: there is an admin by then.
#[test]
fn the_first_admin() {
    for payload in PAYLOADS {
        let app = App::empty();
        let link = app.write(|c| sign_in::setup_link(c, &app.state.house, app.now())).unwrap();
        let token = link.split_once('#').unwrap().1;
        let body = json!({"token": token, "email": "karin@example.org", "name": payload, "password": PASSWORD});
        let answer = app.anonymous().post("/auth/setup", body);
        judge::answer(&answer);
        assert_eq!(answer.status == 422, payload.contains(char::is_control) || turns(payload), "{payload:?}: {answer:?}");
        if answer.status != 422 {
            assert_eq!(app.admin().get("/users").is(200).items().iter().filter(|user| user["name"] == payload).count(), 1);
        }
    }
}

macro_rules! one_test_for_each {
    ($($test:ident: $tag:literal,)*) => {
        $(#[test] fn $test() { try_all($tag); })*
        const TAGS: &[&str] = &[$($tag),*];
    };
}

one_test_for_each! {
    signing_in: "auth",
    ones_own_account: "me",
    people: "users",
    organisations: "organisations",
    rooms: "rooms",
    closures: "closures",
    faults: "faults",
    counters: "counters",
    settings: "settings",
    bookings: "bookings",
    series: "series",
    the_links_that_ask_how_many_came: "attendance",
    the_waiting_list: "waitlist",
    visits: "visits",
    the_hand_over: "handover",
    devices: "kiosk",
    evaluations: "evaluations",
    statistics: "statistics",
}

#[test]
fn every_field_is_tried_by_one_of_the_tests_above() {
    for field in fields::all() {
        let tag = contract().details(&field.operation)["tags"][0].as_str().unwrap();
        assert!(TAGS.contains(&tag), "no test tries {field}: add one for the tag {tag}");
    }
}
