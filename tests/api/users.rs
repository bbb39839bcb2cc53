//! Accounts as an admin runs them.
use nobel21::{id::Id, people::Role};

use crate::support::{Answer, App, Client, PASSWORD, Value, json};

fn path(id: Id) -> String {
    format!("/users/{id}")
}

#[track_caller]
fn change(client: &Client, id: Id, body: Value) -> Answer {
    client.if_match("*").patch(&path(id), body)
}

fn sign_in(app: &App, client: &Client) -> Answer {
    app.anonymous().post("/auth/token", json!({"email": client.email(), "password": PASSWORD}))
}

/// To whom letters go, the latest first.
fn letters(app: &App) -> Vec<String> {
    app.admin().get("/letters").is(200).items().iter().map(|letter| letter["to"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_admin_adds_a_person_who_is_a_member_from_the_start() {
    let app = App::spawn();
    let organisation = app.organisation("Limhamns språkkafé");
    let made = app
        .admin()
        .post(
            "/users",
            json!({"email": "Amina.Berg@example.org", "name": "Amina Berg", "role": "booker", "language": "en", "organisation_id": organisation,
                "organisation_admin": true}),
        )
        .is(201);
    assert_eq!(
        made["memberships"],
        json!([{"organisation_id": organisation, "organisation_name": "Limhamns språkkafé", "organisation_admin": true}])
    );
    assert_eq!((&made["language"], &made["disabled"], &made["email"]), (&json!("en"), &json!(false), &json!("Amina.Berg@example.org")));
    let read = app.admin().get(made.header("location")).is(200);
    assert_eq!(read.json, made.json);
    assert_eq!(read.header("etag"), made.header("etag"));
    assert_eq!(letters(&app), ["Amina.Berg@example.org"], "it is told how to sign in");
    let plain = app.admin().post("/users", json!({"email": "desk@example.org", "name": "Desk", "role": "reception"})).is(201);
    assert_eq!((&plain["language"], &plain["memberships"]), (&json!("sv"), &json!([])));
}

#[test]
fn an_address_has_one_account_however_it_is_written() {
    let app = App::spawn();
    app.admin().post("/users", json!({"email": "amina@example.org", "name": "Amina", "role": "booker"})).is(201);
    let refused =
        app.admin().post("/users", json!({"email": " AMINA@example.ORG ", "name": "A", "role": "booker"})).refused(409, "already_exists");
    assert_eq!(refused.fields(), ["email"]);
}

#[test]
fn all_wrong_values_of_a_person_are_named_at_once() {
    let app = App::spawn();
    let refused = app
        .admin()
        .post("/users", json!({"email": "x", "name": "", "role": "owner", "language": "de", "organisation_id": "7", "organisation_admin": "x", "password": "x"}))
        .refused(422, "invalid_field");
    assert_eq!(refused.fields(), ["email", "language", "name", "organisation_admin", "organisation_id", "password", "role"]);
    let body = json!({"email": "a@example.org", "name": "A", "role": "booker", "organisation_admin": true});
    assert_eq!(app.admin().post("/users", body).is(422).fields(), ["organisation_admin"]);
    let body = json!({"email": "a@example.org", "name": "A", "role": "booker", "organisation_id": Id::new()});
    assert_eq!(app.admin().post("/users", body).is(422).fields(), ["organisation_id"]);
    let body = json!({"email": "a@example.org", "name": "Anna 900101-0017", "role": "booker"});
    assert_eq!(app.admin().post("/users", body).refused(422, "personal_identity_number").fields(), ["name"]);
    assert_eq!(app.admin().get("/users?q=a@example.org").items().len(), 0, "nobody was added");
}

#[test]
fn accounts_are_an_admins_business() {
    let app = App::spawn();
    let organisation = app.organisation("A");
    let somebody = app.booker(organisation);
    let body = json!({"email": "a@example.org", "name": "A", "role": "admin"});
    let calls = |client: &Client| {
        [
            client.get("/users"),
            client.post("/users", &body),
            client.get(&path(somebody.id())),
            change(client, somebody.id(), json!({"role": "admin"})),
            client.post_empty(&format!("/users/{}/password-link", somebody.id())),
        ]
    };
    for client in [app.reception(), app.organisation_admin(organisation), somebody.clone()] {
        for answer in calls(&client) {
            answer.refused(403, "forbidden");
        }
    }
    for answer in calls(&app.anonymous()) {
        answer.refused(401, "unauthenticated");
    }
    for nothing in ["/users/7", "/users/01a1b2c3-4d5e-7000-8000-000000000101"] {
        app.admin().get(nothing).refused(404, "not_found");
        app.admin().if_match("*").patch(nothing, json!({"name": "X"})).refused(404, "not_found");
    }
    app.admin().post_empty("/users/01a1b2c3-4d5e-7000-8000-000000000101/password-link").refused(404, "not_found");
}

#[test]
fn people_are_found_by_words_role_organisation_and_state() {
    let app = App::empty();
    let (a, b) = (app.organisation("A"), app.organisation("B"));
    let (both, one, out) = (app.booker(a), app.booker(b), app.person(Role::Booker));
    app.join(&both, b, true);
    change(&app.admin(), out.id(), json!({"disabled": true, "name": "Åsa Öst"})).is(200);
    let found = |query: &str| -> Vec<Value> {
        let answer = app.admin().get(&format!("/users?{query}")).is(200);
        answer.items().iter().map(|user| user["email"].clone()).collect()
    };
    let emails = |clients: &[&Client]| -> Vec<Value> { clients.iter().map(|client| json!(client.email())).collect() };
    assert_eq!(found(&format!("organisation_id={b}")), emails(&[&both, &one]));
    assert_eq!(found(&format!("organisation_id={a}")), emails(&[&both]));
    assert_eq!(found("role=admin"), emails(&[&app.admin()]));
    assert_eq!(found("disabled=true"), emails(&[&out]));
    assert_eq!(found("disabled=false").len(), 3);
    assert_eq!(found("q=%C3%A5SA%20%C3%B6st"), emails(&[&out]));
    assert_eq!(found("q=ADMIN@"), emails(&[&app.admin()]));
    assert_eq!(found("q=_"), Vec::<Value>::new());
    let listed = app.admin().get("/users").is(200);
    let row = listed.items().iter().find(|user| user["id"] == json!(both.id())).unwrap();
    assert_eq!(row["memberships"].as_array().unwrap().len(), 2);
    assert_eq!(row["memberships"][1]["organisation_name"], "B");
    let first = app.admin().get("/users?limit=3").is(200);
    let rest = app.admin().get(&format!("/users?limit=3&cursor={}", first["next_cursor"].as_str().unwrap())).is(200);
    assert_eq!([first.items(), rest.items()].concat(), listed.items());
    let refused = app.admin().get("/users?role=x&organisation_id=x&disabled=x&limit=201&email=x").is(422);
    assert_eq!(refused.fields(), ["disabled", "email", "limit", "organisation_id", "role"]);
}

#[test]
fn who_is_disabled_is_out_at_once_and_everywhere() {
    let app = App::spawn();
    let client = app.person(Role::Reception);
    sign_in(&app, &client).is(200);
    change(&app.admin(), client.id(), json!({"disabled": true})).is(200);
    client.get("/me").refused(401, "unauthenticated");
    sign_in(&app, &client).refused(401, "invalid_credentials");
    app.admin().post_empty(&format!("/users/{}/password-link", client.id())).refused(409, "wrong_state");
    change(&app.admin(), client.id(), json!({"disabled": false})).is(200);
    client.get("/me").refused(401, "unauthenticated");
    sign_in(&app, &client).is(200);
}

#[test]
fn a_letter_from_before_does_not_open_an_account_that_was_disabled() {
    let app = App::spawn();
    let client = app.person(Role::Booker);
    let house = app.state.house.clone();
    let now = app.now();
    let link = app.write(|c| nobel21::people::sign_in::password_link(c, &house, client.id(), now));
    let token = link.rsplit('#').next().unwrap().to_owned();
    change(&app.admin(), client.id(), json!({"disabled": true})).is(200);
    let redeem = || app.anonymous().post("/auth/password", json!({"token": token, "password": "en lång ny fras"}));
    redeem().refused(401, "invalid_link");
    change(&app.admin(), client.id(), json!({"disabled": false})).is(200);
    redeem().refused(401, "invalid_link");
}

#[test]
fn a_new_role_holds_from_the_next_request() {
    let app = App::spawn();
    let client = app.person(Role::Booker);
    client.get("/users").refused(403, "forbidden");
    let changed = change(&app.admin(), client.id(), json!({"role": "admin", "name": "Ny Admin", "language": "en"})).is(200);
    assert_eq!(
        (&changed["role"], &changed["name"], &changed["language"], &changed["version"]),
        (&json!("admin"), &json!("Ny Admin"), &json!("en"), &json!(2))
    );
    client.get("/users").is(200);
    change(&app.admin(), client.id(), json!({"role": "booker"})).is(200);
    client.get("/users").refused(403, "forbidden");
}

#[test]
fn a_change_of_a_person_needs_the_latest_version_and_at_least_one_member() {
    let app = App::spawn();
    let client = app.person(Role::Booker);
    let first = app.admin().get(&path(client.id())).etag();
    app.admin().patch(&path(client.id()), json!({"name": "B"})).refused(428, "precondition_required");
    let second = app.admin().if_match(&first).patch(&path(client.id()), json!({"name": "B"})).is(200).etag();
    app.admin().if_match(&first).patch(&path(client.id()), json!({"name": "C"})).refused(412, "stale");
    // Its own changes count too.
    client.if_match(&first).patch("/me", json!({"name": "D"})).refused(412, "stale");
    client.if_match(&second).patch("/me", json!({"name": "D"})).is(200);
    app.admin().if_match(&second).patch(&path(client.id()), json!({"name": "C"})).refused(412, "stale");
    assert_eq!(change(&app.admin(), client.id(), json!({})).is(422).fields(), [""]);
    assert_eq!(change(&app.admin(), client.id(), json!({"email": "x@example.org", "role": null})).is(422).fields(), ["email", "role"]);
}

#[test]
fn the_house_keeps_an_admin() {
    let app = App::spawn();
    let admin = app.admin();
    for body in [json!({"disabled": true}), json!({"role": "booker"}), json!({"role": "reception", "name": "X"})] {
        change(&admin, admin.id(), body).refused(409, "last_admin");
    }
    change(&admin, admin.id(), json!({"name": "Karin H", "role": "admin", "disabled": false})).is(200);
    let second = app.person(Role::Admin);
    change(&admin, second.id(), json!({"disabled": true})).is(200);
    // One who can't sign in does not count, and may lose the role.
    change(&admin, admin.id(), json!({"disabled": true})).refused(409, "last_admin");
    change(&admin, second.id(), json!({"role": "booker"})).is(200);
    let third = app.person(Role::Admin);
    change(&admin, admin.id(), json!({"role": "booker"})).is(200);
    change(&third, third.id(), json!({"disabled": true})).refused(409, "last_admin");
}

#[test]
fn of_many_admins_who_step_down_at_once_one_remains() {
    let app = App::empty();
    let admins: Vec<Client> = (0..6).map(|_| app.person(Role::Admin)).collect();
    std::thread::scope(|scope| {
        for (i, client) in admins.iter().enumerate() {
            scope.spawn(move || {
                let body = if i % 2 == 0 { json!({"role": "booker"}) } else { json!({"disabled": true}) };
                let answer = change(client, client.id(), body);
                assert!(matches!((answer.status, answer.code()), (200, _) | (409, "last_admin")), "{answer:?}");
            });
        }
    });
    let left: Vec<u16> = admins.iter().map(|client| client.get("/users").status).filter(|status| *status == 200).collect();
    assert_eq!(left.len(), 1);
}

#[test]
fn a_person_who_renames_itself_does_not_undo_what_an_admin_did() {
    let app = App::spawn();
    let client = app.person(Role::Reception);
    std::thread::scope(|scope| {
        let renaming = scope.spawn(|| {
            for i in 0..20 {
                client.if_match("*").patch("/me", json!({"name": format!("Namn {i}")}));
            }
        });
        change(&app.admin(), client.id(), json!({"role": "booker"})).is(200);
        renaming.join().unwrap();
    });
    assert_eq!(app.admin().get(&path(client.id()))["role"], "booker");
}

#[test]
fn of_many_who_invite_the_same_address_one_succeeds() {
    let app = App::spawn();
    let admin = app.admin();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| admin.post("/users", json!({"email": "a@example.org", "name": "A", "role": "booker"})).status))
            .collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 7, "{statuses:?}");
}

#[test]
fn a_new_link_is_mailed_on_an_admins_word() {
    let app = App::spawn();
    let client = app.person(Role::Booker);
    app.admin().post_empty(&format!("/users/{}/password-link", client.id())).is(202);
    let record = app.admin().get(&format!("/audit?noun=person&noun_id={}", client.id())).is(200);
    assert_eq!(record.items()[0]["action"], "sent_password_link");
    assert_eq!(record.items()[0]["after"], Value::Null, "the record holds no secret");
    assert_eq!(letters(&app), [client.email()]);
}

#[test]
fn an_admin_signs_somebody_out_everywhere() {
    let app = App::empty();
    let booker = app.person(Role::Booker);
    let id = booker.get("/me").is(200)["id"].as_str().unwrap().to_owned();
    let path = format!("/users/{id}/end-sessions");
    booker.post_empty(&path).refused(403, "forbidden");
    app.admin().post_empty(&path).is(204);
    booker.get("/me").refused(401, "unauthenticated");
}
