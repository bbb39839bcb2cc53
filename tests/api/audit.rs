//! Who did what, before and after.
use diesel::{connection::SimpleConnection, prelude::*};
use nobel21::{
    audit::seals::{self, Chain},
    db::{Location, schema::audit_log},
};

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
    let app = App::empty();
    app.admin().post("/organisations", json!({"name": "A", "kind": "network"})).is(201);
    assert!(app.db().write_now(|c| Ok(diesel::delete(audit_log::table).execute(c)?)).is_err());
    assert!(app.db().write_now(|c| Ok(diesel::update(audit_log::table).set(audit_log::action.eq("nothing")).execute(c)?)).is_err());
    assert_eq!(app.admin().get("/audit").items().len(), 1);
}

/// As `rounds` does once a minute.
fn seal(app: &App) -> usize {
    nobel21::rounds::seal(app.db(), &app.state.house, app.state.clock.now()).unwrap()
}

fn chain(app: &App) -> Chain {
    app.db().read_now(|c| seals::verify(c, app.now())).unwrap()
}

fn add(app: &App, name: &str) {
    app.admin().post("/organisations", json!({"name": name, "kind": "network"})).is(201);
}

/// Past the triggers, as somebody with the database's own password can.
fn tamper(app: &App, sql: &str) {
    let sql = sql.to_owned();
    let (off, on) = match app.db().location() {
        Location::Sqlite(_) => (
            "DROP TRIGGER audit_log_append_only_update; DROP TRIGGER audit_log_append_only_delete; DROP TRIGGER audit_seals_append_only_update; \
             DROP TRIGGER audit_seals_append_only_delete",
            "",
        ),
        Location::Postgres(_) => (
            "ALTER TABLE audit_log DISABLE TRIGGER ALL; ALTER TABLE audit_seals DISABLE TRIGGER ALL",
            "; ALTER TABLE audit_log ENABLE TRIGGER ALL; ALTER TABLE audit_seals ENABLE TRIGGER ALL",
        ),
    };
    app.db().write_now(|c| Ok(c.batch_execute(&format!("{off}; {sql}{on}"))?)).unwrap();
}

#[test]
fn what_is_sealed_can_not_be_changed_added_to_or_taken_out_without_showing() {
    let faults = [
        ("UPDATE audit_log SET action = 'nothing' WHERE noun_id = (SELECT min(noun_id) FROM audit_log WHERE seal = 2)", 2),
        ("DELETE FROM audit_log WHERE seal = 3", 3),
        ("UPDATE audit_log SET seal = 1 WHERE seal = 2", 1),
        ("UPDATE audit_seals SET hash = replace(hash, substr(hash, 1, 1), 'z') WHERE number = 2", 2),
        ("UPDATE audit_log SET seal = NULL WHERE seal = 3; DELETE FROM audit_seals WHERE number = 3", 3),
        ("UPDATE audit_seals SET pruned_at = '2026-11-23 06:59:00' WHERE number = 2; DELETE FROM audit_log WHERE seal = 2", 2),
        ("UPDATE audit_seals SET pruned_at = '2099-01-01 00:00:00' WHERE number = 2; DELETE FROM audit_log WHERE seal = 2", 2),
        (
            "UPDATE audit_seals SET pruned_at = '2026-11-23 06:59:00', last_at = '2020-01-01 00:00:00' WHERE number = 2; \
             DELETE FROM audit_log WHERE seal = 2",
            2,
        ),
        ("UPDATE audit_seals SET entries = 2 WHERE number = 4", 4),
    ];
    for (sql, broken) in faults {
        let app = App::empty();
        for name in ["A", "B", "C", "D"] {
            add(&app, name);
            assert_eq!(seal(&app), 1);
        }
        assert_eq!(seal(&app), 0, "all is sealed");
        assert!(matches!(chain(&app), Chain::Whole { seals: 4, .. }));
        tamper(&app, sql);
        assert_eq!(chain(&app), Chain::Broken(broken), "{sql}");
    }
}

#[test]
fn a_year_later_the_trail_is_gone_and_its_seals_still_prove_what_came_after() {
    let app = App::empty();
    add(&app, "A");
    seal(&app);
    app.at("2027-11-23T07:59:00+01:00");
    add(&app, "B");
    seal(&app);
    nobel21::housekeeping::tidy_up(app.db(), app.state.clock.now()).unwrap();
    assert_eq!(app.admin().get("/audit").items().len(), 2, "not a minute too early");
    app.at("2027-11-23T08:01:00+01:00");
    nobel21::housekeeping::tidy_up(app.db(), app.state.clock.now()).unwrap();
    assert_eq!(actions(&app.admin().get("/audit")), ["organisation created"], "B alone");
    let Chain::Whole { seals: 2, hash } = chain(&app) else { panic!("the chain holds over what was pruned") };
    add(&app, "C");
    seal(&app);
    let Chain::Whole { seals: 3, hash: later } = chain(&app) else { panic!() };
    assert_ne!(hash, later);
    tamper(&app, "UPDATE audit_seals SET hash = replace(hash, substr(hash, 1, 1), 'z') WHERE number = 1");
    assert_eq!(chain(&app), Chain::Broken(1), "a pruned seal is worked out anew like any other");
}

#[test]
fn of_several_processes_that_seal_at_once_none_seals_twice() {
    let app = App::empty();
    for n in 0..12 {
        add(&app, &format!("Förening {n}"));
    }
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..4).map(|_| scope.spawn(|| seal(&app))).collect();
        assert!(all.into_iter().map(|one| one.join().unwrap()).sum::<usize>() >= 1);
    });
    seal(&app);
    let Chain::Whole { seals, .. } = chain(&app) else { panic!() };
    assert!(seals >= 1);
    let unsealed: i64 = app.db().read_now(|c| Ok(audit_log::table.filter(audit_log::seal.is_null()).count().get_result(c)?)).unwrap();
    assert_eq!(unsealed, 0);
}
