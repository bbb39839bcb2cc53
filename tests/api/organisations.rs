//! Organisations and their members: who sees them, who changes them, what is refused.
use nobel21::{id::Id, people::Role};

use crate::support::{Answer, App, Client, Value, json};

fn path(id: Id) -> String {
    format!("/organisations/{id}")
}

fn members(id: Id) -> String {
    format!("/organisations/{id}/members")
}

fn names(answer: &Answer) -> Vec<&str> {
    answer.items().iter().filter_map(|one| one["name"].as_str()).collect()
}

#[track_caller]
fn change(client: &Client, id: Id, body: Value) -> Answer {
    client.if_match("*").patch(&path(id), body)
}

#[test]
fn an_admin_adds_an_organisation_and_everybody_reads_numbers_the_swedish_way() {
    let app = App::spawn();
    let made = app
        .admin()
        .post(
            "/organisations",
            json!({"name": " Limhamns språkkafé ", "kind": "association", "org_number": "8022664737", "email": "kontakt@example.org",
                "phone": "040-628 04 07", "tenant": true}),
        )
        .is(201);
    assert_eq!(made["name"], "Limhamns språkkafé");
    assert_eq!(made["org_number"], "802266-4737");
    assert_eq!(made["phone"], "+46406280407");
    assert_eq!((&made["tenant"], &made["protected"], &made["status"]), (&json!(true), &json!(false), &json!("active")));
    let read = app.admin().get(made.header("location")).is(200);
    assert_eq!(read.json, made.json);
    assert_eq!(read.header("etag"), made.header("etag"));
    app.admin().header("If-None-Match", read.header("etag")).off_contract().get(made.header("location")).is(304);
}

#[test]
fn a_group_that_is_not_registered_needs_a_name_and_a_kind_alone() {
    let app = App::spawn();
    for name in [
        "Nätverket Trygga kvällar",
        "Nätverket Trygga kvällar",
        "'; DROP TABLE organisations; --",
        "<script>alert(1)</script>",
        "🎉",
        "=HYPERLINK(\"x\")",
        "نادي اللغة\u{200f} 21",
    ] {
        let made = app.admin().post("/organisations", json!({"name": name, "kind": "network", "org_number": null})).is(201);
        assert_eq!(made["name"], name);
        assert_eq!((&made["org_number"], &made["email"], &made["phone"]), (&Value::Null, &Value::Null, &Value::Null));
    }
}

#[test]
fn all_wrong_values_of_an_organisation_are_named_at_once() {
    let app = App::spawn();
    let refused = app
        .admin()
        .post(
            "/organisations",
            json!({"name": "a".repeat(121), "kind": "party", "org_number": "802266-4738", "email": "nobody", "phone": "12", "tenant": "maybe",
                "status": "gone", "website": "x"}),
        )
        .refused(422, "invalid_field");
    assert_eq!(refused.fields(), ["email", "kind", "name", "org_number", "phone", "status", "tenant", "website"]);
    assert_eq!(app.admin().post("/organisations", json!({})).refused(422, "invalid_field").fields(), ["kind", "name"]);
    for bad in [json!(""), json!("  "), json!(7), json!(null), json!("a\nb"), json!("a\u{0}b"), json!(["x"])] {
        let refused = app.admin().post("/organisations", json!({"name": bad, "kind": "other"})).refused(422, "invalid_field");
        assert_eq!(refused.fields(), ["name"], "{bad}");
    }
    for bad in [json!(8_022_664_737_i64), json!(""), json!("800101-0017")] {
        let refused = app.admin().post("/organisations", json!({"name": "A", "kind": "other", "org_number": bad})).is(422);
        assert_eq!(refused.fields(), ["org_number"], "{bad}");
    }
    assert!(app.admin().get("/organisations").items().is_empty());
}

#[test]
fn a_personal_identity_number_is_refused_wherever_it_is_written() {
    let app = App::spawn();
    for (field, value) in [
        ("name", "Firma 900101-0017"),
        ("org_number", "900101-0017"),
        ("org_number", "19900101-0017"),
        ("org_number", "900161-0014"),
        ("email", "900101-0017@example.org"),
    ] {
        let mut body = json!({"name": "A", "kind": "company"});
        body[field] = value.into();
        let refused = app.admin().post("/organisations", body).refused(422, "personal_identity_number");
        assert_eq!(refused.fields(), [field], "{value}");
    }
    // As a telephone number it is simply none.
    let refused = app.admin().post("/organisations", json!({"name": "A", "kind": "company", "phone": "900101-0017"})).is(422);
    assert_eq!(refused.fields(), ["phone"]);
}

#[test]
fn an_organisation_number_belongs_to_one_organisation() {
    let app = App::spawn();
    let body = json!({"name": "A", "kind": "association", "org_number": "802266-4737"});
    app.admin().post("/organisations", &body).is(201);
    let refused = app
        .admin()
        .post("/organisations", json!({"name": "B", "kind": "company", "org_number": "168022664737"}))
        .refused(409, "already_exists");
    assert_eq!(refused.fields(), ["org_number"]);
    let other = app.organisation("C");
    change(&app.admin(), other, json!({"org_number": "8022664737"})).refused(409, "already_exists");
    let other = app.admin().get(&path(other)).is(200);
    assert_eq!((&other["org_number"], &other["version"]), (&Value::Null, &json!(1)), "nothing of the refused change was kept");
}

#[test]
fn the_same_request_sent_twice_adds_one_organisation() {
    let app = App::spawn();
    let body = json!({"name": "A", "kind": "network"});
    let first = app.admin().key("k1").post("/organisations", &body).is(201);
    let again = app.admin().key("k1").post("/organisations", &body).is(201);
    assert_eq!(first.json, again.json);
    assert_eq!(first.header("location"), again.header("location"));
    app.admin().key("k1").post("/organisations", json!({"name": "B", "kind": "network"})).refused(422, "idempotency_key_reused");
    assert_eq!(app.admin().get("/organisations").items().len(), 1);
}

#[test]
fn only_an_admin_adds_organisations() {
    let app = App::spawn();
    let own = app.organisation("A");
    let body = json!({"name": "B", "kind": "network"});
    app.anonymous().post("/organisations", &body).refused(401, "unauthenticated");
    for client in [app.organisation_admin(own), app.booker(own), app.reception()] {
        client.post("/organisations", &body).refused(403, "forbidden");
    }
    app.admin().post("/organisations", &body).is(201);
}

#[test]
fn staff_see_all_organisations_and_others_their_own() {
    let app = App::spawn();
    let (ours, theirs) = (app.organisation("Ours"), app.organisation("Theirs"));
    for (client, seen) in [
        (app.admin(), vec!["Ours", "Theirs"]),
        (app.reception(), vec!["Ours", "Theirs"]),
        (app.booker(ours), vec!["Ours"]),
        (app.organisation_admin(theirs), vec!["Theirs"]),
        (app.person(Role::Booker), vec![]),
    ] {
        assert_eq!(names(&client.get("/organisations").is(200)), seen);
        for (id, name) in [(ours, "Ours"), (theirs, "Theirs")] {
            if seen.contains(&name) {
                client.get(&path(id)).is(200);
                client.get(&members(id)).is(200);
            } else {
                client.get(&path(id)).refused(404, "not_found");
                client.get(&members(id)).refused(404, "not_found");
                change(&client, id, json!({"name": "X"})).refused(404, "not_found");
                client.post(&members(id), json!({"email": "x@example.org"})).refused(404, "not_found");
            }
        }
    }
    app.anonymous().get("/organisations").refused(401, "unauthenticated");
    app.anonymous().get(&path(ours)).refused(401, "unauthenticated");
    for nothing in ["/organisations/7", "/organisations/01a1b2c3-4d5e-7000-8000-000000000101"] {
        app.admin().get(nothing).refused(404, "not_found");
    }
}

#[test]
fn organisations_are_found_by_words_number_and_state() {
    let app = App::spawn();
    for (name, kind, number, tenant, protected, status) in [
        ("Örtagårdens Odlare", "association", Some("802266-4737"), true, false, "active"),
        ("Odlare 100 %", "network", None, false, true, "active"),
        ("Aktiebolaget Ål", "company", Some("556016-0680"), false, false, "ended"),
    ] {
        app.admin()
            .post(
                "/organisations",
                json!({"name": name, "kind": kind, "org_number": number, "tenant": tenant, "protected": protected, "status": status}),
            )
            .is(201);
    }
    let found = |query: &str| -> Vec<String> {
        let answer = app.admin().get(&format!("/organisations?{query}")).is(200);
        let mut found: Vec<String> = names(&answer).iter().map(|name| name.chars().take(4).collect()).collect();
        found.sort_unstable();
        found
    };
    assert_eq!(found("q=%C3%B6RTAG%C3%85RDENS"), ["Örta"]);
    assert_eq!(found("q=odlare"), ["Odla", "Örta"]);
    assert_eq!(found("q=%25"), ["Odla"], "a percent sign is a percent sign");
    assert_eq!(found("org_number=5560160680"), ["Akti"]);
    assert_eq!(found("org_number=802266-4737"), ["Örta"]);
    assert_eq!(found("kind=network"), ["Odla"]);
    assert_eq!(found("tenant=true"), ["Örta"]);
    assert_eq!(found("protected=true"), ["Odla"]);
    assert_eq!(found("status=ended&tenant=false"), ["Akti"]);
    let refused = app.admin().get("/organisations?org_number=1&kind=x&tenant=x&status=x&protected=x&limit=0&cursor=x&sort=name").is(422);
    assert_eq!(refused.fields(), ["cursor", "kind", "limit", "org_number", "protected", "sort", "status", "tenant"]);
}

#[test]
fn a_list_is_read_page_by_page_without_a_gap_even_where_names_are_equal() {
    let app = App::spawn();
    for i in 0..7 {
        app.organisation(["Same", "Same", "Other"][i % 3]);
    }
    let whole: Vec<Value> = app.admin().get("/organisations").items().to_vec();
    assert_eq!(whole.len(), 7);
    let mut seen = vec![];
    let mut next = "/organisations?limit=2".to_owned();
    loop {
        let page = app.admin().get(&next).is(200);
        seen.extend(page.items().to_vec());
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        assert!(page.header("link").contains("rel=\"next\""));
        next = format!("/organisations?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, whole);
}

#[test]
fn an_organisation_admin_changes_how_its_own_is_called_and_reached_and_nothing_else() {
    let app = App::spawn();
    let (own, other) = (app.organisation("A"), app.organisation("B"));
    let client = app.organisation_admin(own);
    let changed = change(&client, own, json!({"name": "A2", "email": "a@example.org", "phone": "+46 70 174 06 05"})).is(200);
    assert_eq!((&changed["name"], &changed["phone"], &changed["version"]), (&json!("A2"), &json!("+46701740605"), &json!(2)));
    let cleared = change(&client, own, json!({"email": null, "phone": null})).is(200);
    assert_eq!((&cleared["email"], &cleared["phone"]), (&Value::Null, &Value::Null));
    for body in [
        json!({"kind": "company"}),
        json!({"org_number": "802266-4737"}),
        json!({"tenant": false}),
        json!({"protected": true}),
        json!({"status": "active"}),
        json!({"name": "A3", "status": "ended"}),
    ] {
        change(&client, own, body).refused(403, "forbidden");
    }
    assert_eq!(app.admin().get(&path(own))["name"], "A2");
    change(&client, other, json!({"name": "X"})).refused(404, "not_found");
    for watcher in [app.booker(own), app.reception()] {
        change(&watcher, own, json!({"name": "X"})).refused(403, "forbidden");
    }
    let all = json!({"name": "A4", "kind": "company", "org_number": "556016-0680", "email": null, "phone": null, "tenant": false, "protected": true, "status": "blocked"});
    let changed = change(&app.admin(), own, all).is(200);
    assert_eq!(
        (&changed["status"], &changed["protected"], &changed["org_number"]),
        (&json!("blocked"), &json!(true), &json!("556016-0680"))
    );
}

#[test]
fn a_change_needs_the_latest_version_and_at_least_one_member() {
    let app = App::spawn();
    let own = app.organisation("A");
    let first = app.admin().get(&path(own)).etag();
    app.admin().patch(&path(own), json!({"name": "B"})).refused(428, "precondition_required");
    let second = app.admin().if_match(&first).patch(&path(own), json!({"name": "B"})).is(200).etag();
    assert_ne!(first, second);
    app.admin().if_match(&first).patch(&path(own), json!({"name": "C"})).refused(412, "stale");
    app.admin().if_match("\"x\"").patch(&path(own), json!({"name": "C"})).refused(412, "stale");
    let same = app.admin().if_match(&second).patch(&path(own), json!({"name": "B"})).is(200);
    assert_eq!(same.etag(), second, "what changes nothing is no change");
    change(&app.admin(), own, json!({})).refused(422, "invalid_field");
    assert_eq!(change(&app.admin(), own, json!({"name": null, "kind": null, "id": "x"})).is(422).fields(), ["id", "kind", "name"]);
}

#[test]
fn an_ended_organisation_is_read_only_to_its_own() {
    let app = App::spawn();
    let own = app.organisation("A");
    let client = app.organisation_admin(own);
    let member = app.booker(own);
    change(&app.admin(), own, json!({"status": "ended"})).is(200);
    client.get(&path(own)).is(200);
    change(&client, own, json!({"name": "X"})).refused(403, "forbidden");
    client.post(&members(own), json!({"email": "new@example.org"})).refused(403, "forbidden");
    let place = format!("{}/{}", members(own), member.id());
    client.if_match("*").patch(&place, json!({"organisation_admin": true})).refused(403, "forbidden");
    client.if_match("*").delete(&place).refused(403, "forbidden");
    app.admin().if_match("*").delete(&place).is(204);
}

#[test]
fn the_houses_admin_adds_members_known_and_unknown() {
    let app = App::spawn();
    let own = app.organisation("A");
    let client = app.admin();
    let known = app.person(Role::Booker);
    let added = client.post(&members(own), json!({"email": known.email().to_uppercase()})).is(201);
    assert_eq!((&added["person_id"], &added["organisation_admin"], &added["confirmed"]), (&json!(known.id()), &json!(false), &json!(true)));
    assert_eq!(known.get("/me")["memberships"][0]["organisation_name"], "A");
    let refused = client.post(&members(own), json!({"email": known.email()})).refused(409, "already_exists");
    assert_eq!(refused.fields(), ["email"]);

    let invited =
        client.post(&members(own), json!({"email": "jonas.lind@example.org", "name": "Jonas Lind", "organisation_admin": true})).is(201);
    assert_eq!((&invited["name"], &invited["organisation_admin"]), (&json!("Jonas Lind"), &json!(true)));
    let account = app.admin().get(&format!("/users/{}", invited["person_id"].as_str().unwrap())).is(200);
    assert_eq!((&account["role"], &account["email"]), (&json!("booker"), &json!("jonas.lind@example.org")));
    let nameless = client.post(&members(own), json!({"email": "nobody@example.org"})).is(201);
    assert_eq!(nameless["name"], "nobody@example.org");
    // Who is new is told how to sign in, who was known already is not.
    let letters = app.admin().get("/letters").is(200);
    let mut to: Vec<&str> = letters.items().iter().filter_map(|letter| letter["to"].as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, ["jonas.lind@example.org", "nobody@example.org"]);

    let list = client.get(&members(own)).is(200);
    assert_eq!(list.items().len(), 3);
    let page = client.get(&format!("{}?limit=2", members(own))).is(200);
    let rest = client.get(&format!("{}?limit=2&cursor={}", members(own), page["next_cursor"].as_str().unwrap())).is(200);
    assert_eq!([page.items(), rest.items()].concat(), list.items());
}

#[test]
fn wrong_members_are_refused() {
    let app = App::spawn();
    let own = app.organisation("A");
    let client = app.organisation_admin(own);
    for (body, fields) in [
        (json!({}), vec!["email"]),
        (json!({"email": "nobody"}), vec!["email"]),
        (json!({"email": "a@b\r\nBcc: c@example.org"}), vec!["email"]),
        (json!({"email": "a@example.org", "name": "Anna 900101-0017"}), vec!["name"]),
        (json!({"email": "a@example.org", "organisation_admin": 1, "role": "admin"}), vec!["organisation_admin", "role"]),
    ] {
        assert_eq!(client.post(&members(own), &body).is(422).fields(), fields, "{body}");
    }
    for watcher in [app.booker(own), app.reception()] {
        watcher.post(&members(own), json!({"email": "a@example.org"})).refused(403, "forbidden");
    }
    app.anonymous().post(&members(own), json!({"email": "a@example.org"})).refused(401, "unauthenticated");
    assert_eq!(app.admin().get("/users?q=a@example.org").items().len(), 0, "nobody was invited");
}

#[test]
fn a_member_is_made_organisation_admin_and_removed_and_that_holds_at_once() {
    let app = App::spawn();
    let (own, other) = (app.organisation("A"), app.organisation("B"));
    let (client, member) = (app.organisation_admin(own), app.booker(own));
    let place = format!("{}/{}", members(own), member.id());
    change(&member, own, json!({"name": "X"})).refused(403, "forbidden");
    client.patch(&place, json!({"organisation_admin": true})).refused(428, "precondition_required");
    let promoted = client.if_match("\"1\"").patch(&place, json!({"organisation_admin": true})).is(200);
    assert_eq!(promoted["version"], 2);
    change(&member, own, json!({"name": "X"})).is(200);
    client.if_match("\"1\"").delete(&place).refused(412, "stale");
    client.if_match("\"1\"").patch(&place, json!({"organisation_admin": false})).refused(412, "stale");
    client.if_match(promoted.etag()).delete(&place).is(204);
    member.get(&path(own)).refused(404, "not_found");
    client.if_match("*").delete(&place).refused(404, "not_found");
    client
        .if_match("*")
        .patch(&format!("{}/{}", members(own), app.admin().id()), json!({"organisation_admin": true}))
        .refused(404, "not_found");
    let elsewhere = app.booker(other);
    client.if_match("*").delete(&format!("{}/{}", members(other), elsewhere.id())).refused(404, "not_found");
    client.if_match("*").delete(&format!("{}/{}", members(own), elsewhere.id())).refused(404, "not_found");
}

#[test]
fn an_organisation_keeps_an_admin_unless_the_house_says_otherwise() {
    let app = App::spawn();
    let own = app.organisation("A");
    let (first, second) = (app.organisation_admin(own), app.organisation_admin(own));
    let place = |client: &Client| format!("{}/{}", members(own), client.id());
    first.if_match("*").patch(&place(&second), json!({"organisation_admin": false})).is(200);
    first.if_match("*").patch(&place(&first), json!({"organisation_admin": false})).refused(409, "last_admin");
    first.if_match("*").delete(&place(&first)).refused(409, "last_admin");
    first.if_match("*").patch(&place(&second), json!({"organisation_admin": true})).is(200);
    // One who can't sign in does not count.
    app.admin().if_match("*").patch(&format!("/users/{}", second.id()), json!({"disabled": true})).is(200);
    first.if_match("*").delete(&place(&first)).refused(409, "last_admin");
    app.admin().if_match("*").delete(&place(&first)).is(204);
    assert_eq!(app.admin().get(&members(own)).items().len(), 1);
}

#[test]
fn what_happened_to_an_organisation_is_on_its_record() {
    let app = App::spawn();
    let own = app.organisation("A");
    let client = app.organisation_admin(own);
    change(&client, own, json!({"phone": "040-628 04 00"})).is(200);
    let member = client.post(&members(own), json!({"email": "jonas@example.org"})).is(201);
    let place = format!("{}/{}", members(own), member["person_id"].as_str().unwrap());
    client.if_match("*").delete(&place).is(204);
    let record = app.admin().get(&format!("/audit?noun=organisation&noun_id={own}")).is(200);
    let actions: Vec<&str> = record.items().iter().filter_map(|entry| entry["action"].as_str()).collect();
    assert_eq!(actions, ["invitation_withdrawn", "member_invited", "changed"]);
    let changed = &record.items()[2];
    assert_eq!((&changed["before"], &changed["after"]), (&json!({"phone": null}), &json!({"phone": "+46406280400"})));
    assert_eq!(changed["actor"]["id"], json!(client.id()));
    assert_eq!(record.items()[0]["before"]["email"], "jonas@example.org");
}

#[test]
fn of_many_who_take_each_others_rights_one_admin_remains() {
    let app = App::spawn();
    let own = app.organisation("A");
    let admins: Vec<Client> = (0..6).map(|_| app.organisation_admin(own)).collect();
    std::thread::scope(|scope| {
        for client in &admins {
            scope.spawn(move || {
                let left = client.if_match("*").delete(&format!("{}/{}", members(own), client.id()));
                assert!(matches!((left.status, left.code()), (204, _) | (409, "last_admin")), "{left:?}");
            });
        }
    });
    assert_eq!(app.admin().get(&members(own)).items().len(), 1);
}

#[test]
fn of_many_who_add_the_same_number_one_succeeds() {
    let app = App::spawn();
    let admin = app.admin();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..8)
            .map(|_| {
                scope
                    .spawn(|| admin.post("/organisations", json!({"name": "A", "kind": "association", "org_number": "802266-4737"})).status)
            })
            .collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 7, "{statuses:?}");
}
