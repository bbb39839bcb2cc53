//! Who did what, before and after.
use crate::support::{Answer, App, Value, json};

fn actions(answer: &Answer) -> Vec<String> {
    answer.items().iter().map(|entry| format!("{} {}", entry["noun"].as_str().unwrap(), entry["action"].as_str().unwrap())).collect()
}

#[test]
fn the_record_is_an_admins_to_read() {
    let app = App::empty();
    let organisation = app.organisation("A");
    app.anonymous().get("/audit").refused(401, "unauthenticated");
    for client in [app.reception(), app.organisation_admin(organisation)] {
        client.get("/audit").refused(403, "forbidden");
    }
    assert_eq!(app.admin().get("/audit").is(200).items(), Vec::<Value>::new());
}

#[test]
fn the_record_says_who_did_what_when_and_what_changed() {
    let app = App::empty();
    let made = app.admin().header("X-Request-Id", "abc-123").post("/organisations", json!({"name": "Odlarna", "kind": "network"})).is(201);
    let id = made["id"].as_str().unwrap();
    app.at("2026-11-23T09:00:00+01:00");
    app.admin().if_match("*").patch(&format!("/organisations/{id}"), json!({"name": "Odlarna i Öst"})).is(200);
    let record = app.admin().get("/audit").is(200);
    assert_eq!(actions(&record), ["organisation changed", "organisation created"], "latest first");
    let [changed, created] = record.items() else { panic!() };
    assert_eq!(created["request_id"], "abc-123");
    assert_eq!((&created["before"], &created["after"]["name"]), (&Value::Null, &json!("Odlarna")));
    assert_eq!((&changed["before"], &changed["after"]), (&json!({"name": "Odlarna"}), &json!({"name": "Odlarna i Öst"})));
    assert_eq!(changed["at"], "2026-11-23T09:00:00+01:00");
    assert_eq!(changed["actor"], json!({"id": app.admin().id(), "name": "Karin Holm"}));
    assert_eq!(changed["noun_id"], id);
}

#[test]
fn the_record_is_searched_by_words_actor_thing_and_time() {
    let app = App::empty();
    let organisation = app.organisation("A");
    let client = app.organisation_admin(organisation);
    let place = format!("/organisations/{organisation}");
    client.if_match("*").patch(&place, json!({"name": "Örtagården"})).is(200);
    app.at("2026-11-24T09:00:00+01:00");
    let user = app.admin().post("/users", json!({"email": "amina@example.org", "name": "Amina 100 %", "role": "booker"})).is(201);
    let found = |query: &str| actions(&app.admin().get(&format!("/audit?{query}")).is(200));
    assert_eq!(found("q=%C3%96RTAG"), ["organisation changed"]);
    assert_eq!(found("q=100%20%25"), ["person created"]);
    assert_eq!(found("q=karin%20created"), ["person created"], "the actor's name and the action");
    assert_eq!(found("q=email"), Vec::<String>::new(), "names of members are no words to look for");
    assert_eq!(found(&format!("actor={}", client.id())), ["organisation changed"]);
    assert_eq!(found("noun=person"), ["person created"]);
    assert_eq!(found(&format!("noun_id={}", user["id"].as_str().unwrap())), ["person created"]);
    assert_eq!(found("from=2026-11-24"), ["person created"]);
    assert_eq!(found("to=2026-11-24"), ["organisation changed"]);
    assert_eq!(
        found("from=2026-11-23T08:00:00%2B01:00&to=2026-11-24T09:00:00%2B01:00"),
        ["organisation changed"],
        "the end is not included"
    );
    assert_eq!(found("from=2026-11-25"), Vec::<String>::new());
    let refused = app.admin().get("/audit?actor=x&from=yesterday&to=2026-13-01&limit=0&who=x").is(422);
    assert_eq!(refused.fields(), ["actor", "from", "limit", "to", "who"]);
    assert_eq!(app.admin().get("/audit?from=2026-11-24&to=2026-11-23").is(422).fields(), ["to"]);
    assert_eq!(app.admin().get("/audit?from=2026-11-24T10:00:00").is(422).fields(), ["from"]);
}

#[test]
fn the_record_is_read_page_by_page() {
    let app = App::empty();
    for i in 0..5 {
        app.admin().post("/organisations", json!({"name": format!("A{i}"), "kind": "network"})).is(201);
    }
    let whole = app.admin().get("/audit").is(200).items().to_vec();
    let mut seen = vec![];
    let mut next = "/audit?limit=2".to_owned();
    loop {
        let page = app.admin().get(&next).is(200);
        seen.extend(page.items().to_vec());
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        next = format!("/audit?limit=2&cursor={cursor}");
    }
    assert_eq!(whole.len(), 5);
    assert_eq!(seen, whole);
    // A cursor of another list is none of this one's.
    let other = app.admin().get("/organisations?limit=1")["next_cursor"].as_str().unwrap().to_owned();
    assert_eq!(app.admin().get(&format!("/audit?cursor={other}")).is(422).fields(), ["cursor"]);
}

#[test]
fn what_is_recorded_can_neither_be_changed_nor_taken_away() {
    use diesel::prelude::*;
    use nobel21::db::schema::audit_log;
    let app = App::empty();
    app.admin().post("/organisations", json!({"name": "A", "kind": "network"})).is(201);
    assert!(app.db().write_now(|c| Ok(diesel::delete(audit_log::table).execute(c)?)).is_err());
    assert!(app.db().write_now(|c| Ok(diesel::update(audit_log::table).set(audit_log::action.eq("nothing")).execute(c)?)).is_err());
    assert_eq!(app.admin().get("/audit").items().len(), 1);
}
