//! Tokens for a person's own programs: one kind of work, until a day, shown once, ended at once.
use diesel::prelude::*;
use nobel21::{
    db::schema::{api_tokens, letters},
    people::Role,
};

use crate::{
    bookings::good,
    sign_in::bearing,
    support::{App, Client, PASSWORD, contract::contract, json},
};

fn made(who: &Client, scope: &str, days: i32) -> (String, String) {
    let body = json!({"name": "Webbplats", "scope": scope, "days": days, "current_password": PASSWORD});
    let answer = who.post("/me/tokens", body).is(201);
    (answer["token"].as_str().unwrap().to_owned(), answer["id"].as_str().unwrap().to_owned())
}

#[test]
fn a_token_opens_what_its_scope_says_and_its_person_may_and_never_the_account() {
    let app = App::spawn();
    let organisation = app.organisation("Limhamns språkkafé");
    let booker = app.booker(organisation);
    let reader = bearing(&app, &made(&booker, "read", 30).0);
    assert_eq!(reader.get("/me").is(200)["email"], booker.email());
    reader.get("/bookings").is(200);
    reader.post("/bookings", good(organisation)).refused(403, "forbidden");
    let writer = bearing(&app, &made(&booker, "book", 30).0);
    let booking = writer.post("/bookings", good(organisation)).is(201);
    writer.post_empty(&format!("{}/cancel", booking.location().trim_start_matches("/api/v1"))).is(200);
    // No more than the person: a booker sees no visits, whatever the token says.
    bearing(&app, &made(&booker, "count", 30).0).get("/visits/today").refused(403, "forbidden");
    let desk = app.reception();
    let counter = bearing(&app, &made(&desk, "count", 30).0);
    counter.post("/visits", json!({"headcount": 2, "purpose": "walk_in"})).is(201);
    counter.get("/bookings").refused(403, "forbidden");
    // Nothing of the account, of other people or of visitors' names, however the path is written: tried at every operation.
    let closed = ["/me/", "/users", "/audit", "/letters", "/settings", "/visits/present", "/roll-calls"];
    let mut tried = 0;
    for token in ["read", "book", "count"].map(|scope| made(&app.admin(), scope, 30).0) {
        let program = bearing(&app, &token);
        for operation in contract().operations().iter().filter(|one| one.method == "GET") {
            if closed.iter().any(|closed| operation.template.starts_with(closed)) && !operation.template.ends_with(".ics") {
                let path = operation.template.replace("{id}", "01a1b2c3-4d5e-7000-8000-000000000201");
                program.get(&path).refused(403, "forbidden");
                for (place, letter) in path.char_indices().filter(|(_, letter)| letter.is_ascii_lowercase()) {
                    let written = format!("{}%{:02X}{}", &path[..place], letter as u32, &path[place + 1..]);
                    program.off_contract().get(&written).refused(403, "forbidden");
                    tried += 1;
                }
            }
        }
        let outside = program.via(&app.url).off_contract();
        for written in ["/../%761/bookings", "/%2e%2e/v1/me/data"] {
            assert!([403, 404].contains(&outside.get(written).status), "{written}");
        }
        program
            .post("/me/tokens", json!({"name": "x", "scope": "read", "days": 1, "current_password": PASSWORD}))
            .refused(403, "forbidden");
    }
    assert!(tried > 300, "{tried}");
}

#[test]
fn a_new_password_ends_every_token_and_its_person_hears_of_each_new_one() {
    let app = App::spawn();
    let booker = app.person(Role::Booker);
    let token = made(&booker, "read", 30).0;
    let told: Vec<String> = app.read(|c| Ok(letters::table.select(letters::body_text).load(c)?));
    assert!(told.len() == 1 && told[0].contains("En nyckel för egna program har gjorts"), "{told:?}");
    let change = json!({"current_password": PASSWORD, "new_password": "en annan lång mening"});
    booker.post("/me/password", change).is(204);
    bearing(&app, &token).get("/me").refused(401, "unauthenticated");
}

#[test]
fn a_token_is_shown_once_kept_as_a_hash_and_ends_by_itself_by_hand_and_with_the_account() {
    let app = App::empty();
    let booker = app.person(Role::Booker);
    booker.post("/me/tokens", json!({"name": "x", "scope": "read", "days": 1})).refused(422, "invalid_field");
    booker
        .post("/me/tokens", json!({"name": "x", "scope": "all", "days": 400, "current_password": PASSWORD}))
        .refused(422, "invalid_field");
    let (first, id) = made(&booker, "read", 30);
    let listed = booker.get("/me/tokens").is(200);
    assert_eq!(listed.items().len(), 1);
    assert!(!listed.text().contains(&first));
    let kept: Vec<String> = app.read(|c| Ok(api_tokens::table.select(api_tokens::token_hash).load(c)?));
    assert!(kept.iter().all(|hash| *hash != first && hash.len() == 43));
    app.person(Role::Booker).post_empty(&format!("/me/tokens/{id}/revoke")).refused(404, "not_found");
    bearing(&app, &first).get("/me").is(200);
    booker.post_empty(&format!("/me/tokens/{id}/revoke")).is(204);
    bearing(&app, &first).get("/me").refused(401, "unauthenticated");
    let (second, _) = made(&booker, "read", 30);
    app.later(30 * 24 * 3600 - 1);
    bearing(&app, &second).get("/me").is(200);
    app.later(1);
    bearing(&app, &second).get("/me").refused(401, "unauthenticated");
    let (third, _) = made(&booker, "read", 30);
    let path = format!("/users/{}", booker.id());
    app.admin().if_match("*").patch(&path, json!({"disabled": true})).is(200);
    bearing(&app, &third).get("/me").refused(401, "unauthenticated");
    app.admin().if_match("*").patch(&path, json!({"disabled": false})).is(200);
    bearing(&app, &third).get("/me").refused(401, "unauthenticated");
    // It is no access token and no session: it renews nothing.
    app.anonymous().header("Cookie", format!("nobel21_refresh={third}")).post_empty("/auth/refresh").refused(401, "session_revoked");
}
