//! Signing in: the right pair, the wrong one, and what the answer tells.
use diesel::prelude::*;
use nobel21::{db::schema::people, people::Role};

use crate::support::{Answer, App, Client, PASSWORD, Value, json};

pub fn sign_in(app: &App, email: &str, password: &str) -> Answer {
    app.anonymous().post("/auth/token", json!({"email": email, "password": password}))
}

/// `name=value` of the cookie that carries the session.
pub fn cookie(answer: &Answer) -> String {
    pair(answer, "nobel21_refresh")
}

/// `name=value` of a cookie that an answer sets.
pub fn pair(answer: &Answer, name: &str) -> String {
    answer.cookie(name).split(';').next().unwrap().to_owned()
}

pub fn bearing(app: &App, token: &str) -> Client {
    app.anonymous().header("Authorization", format!("Bearer {token}"))
}

pub fn access(answer: &Answer) -> &str {
    answer["access_token"].as_str().unwrap()
}

#[test]
fn the_right_pair_gives_ten_minutes_of_access_and_a_cookie_that_scripts_and_other_sites_do_not_get() {
    let app = App::empty();
    let admin = app.admin();
    let answer = sign_in(&app, admin.email(), PASSWORD).is(200);
    assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(600)));
    let cookie = answer.cookie("nobel21_refresh");
    for part in ["HttpOnly", "SameSite=Strict", "Path=/;"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "browsers would not keep it on loopback: {cookie}");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(bearing(&app, access(&answer)).get("/me").is(200)["email"], admin.email());
}

#[test]
fn the_cookie_is_secure_where_the_house_is_reached_by_https() {
    let app = App::with(|config| config.house.public_url = "https://boka.nobel21.example".into());
    let answer = sign_in(&app, app.admin().email(), PASSWORD).is(200);
    for name in ["__Host-nobel21_refresh", "__Host-nobel21_browser"] {
        let cookie = answer.cookie(name);
        for part in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/;"] {
            assert!(cookie.contains(part), "{cookie}");
        }
    }
    let renewed = app.anonymous().header("Cookie", pair(&answer, "__Host-nobel21_refresh")).post_empty("/auth/refresh").is(200);
    // One that another host of the domain may have planted counts for nothing.
    let planted = pair(&renewed, "__Host-nobel21_refresh").replace("__Host-", "");
    app.anonymous().header("Cookie", &planted).post_empty("/auth/refresh").refused(401, "unauthenticated");
    assert!(answer.header("strict-transport-security").contains("max-age"));
}

#[test]
fn an_address_is_the_same_in_capitals() {
    let app = App::empty();
    let shouted = app.admin().email().to_uppercase();
    sign_in(&app, &shouted, PASSWORD).is(200);
}

#[test]
fn a_wrong_pair_an_unknown_address_and_a_disabled_account_get_the_same_answer() {
    let app = App::empty();
    let (admin, gone) = (app.admin(), app.person(Role::Booker));
    disable(&app, &gone);
    let answers = [
        sign_in(&app, admin.email(), "fel lösenord"),
        sign_in(&app, "nobody@example.org", PASSWORD),
        sign_in(&app, gone.email(), PASSWORD),
    ];
    let told: Vec<Value> = answers
        .into_iter()
        .map(|answer| {
            let mut body = answer.refused(401, "invalid_credentials").json;
            body.as_object_mut().unwrap().remove("request_id");
            body
        })
        .collect();
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0], told[2]);
}

#[test]
fn an_unknown_address_takes_as_long_as_a_wrong_password() {
    let app = App::empty();
    let admin = app.admin();
    // With a hash of today's strength, as after the first sign-in.
    sign_in(&app, admin.email(), PASSWORD).is(200);
    let time = |email: &str| {
        let started = std::time::Instant::now();
        sign_in(&app, email, "fel lösenord").is(401);
        started.elapsed()
    };
    // The fastest of several tries each, until the two are alike: what else the machine does only ever makes one slower, and
    // an answer without a hash would be tens of times faster however often it is tried.
    let (mut known, mut unknown) = (time(admin.email()), time("nobody@example.org"));
    for day in 0..30 {
        // A day later what failed is forgotten, and nobody has to wait.
        app.at(&format!("2027-01-{:02}T08:00:00+01:00", day + 1));
        if unknown * 2 > known && known * 2 > unknown {
            return;
        }
        known = known.min(time(admin.email()));
        unknown = unknown.min(time("nobody@example.org"));
    }
    panic!("known {known:?}, unknown {unknown:?}");
}

#[test]
fn somebody_changes_its_name_and_language_and_not_over_another_change() {
    let app = App::empty();
    let booker = app.person(Role::Booker);
    let read = booker.get("/me").is(200);
    booker.patch("/me", json!({"name": "Åsa Öberg"})).refused(428, "precondition_required");
    let changed = booker.if_match(read.etag()).patch("/me", json!({"name": "Åsa Öberg", "language": "en"})).is(200);
    assert_eq!((&changed["name"], &changed["language"]), (&json!("Åsa Öberg"), &json!("en")));
    assert_ne!(changed.etag(), read.etag());
    booker.if_match(read.etag()).patch("/me", json!({"name": "Annan"})).refused(412, "stale");
    assert_eq!(booker.get("/me").is(200)["name"], "Åsa Öberg");
    let faults = booker.if_match("*").patch("/me", json!({"name": "", "language": "tlh", "role": "admin"})).is(422);
    assert_eq!(faults.fields(), ["language", "name", "role"]);
}

pub fn disable(app: &App, client: &Client) {
    let (id, now) = (client.id(), app.now());
    app.write(|c| {
        diesel::update(people::table.find(id)).set(people::disabled_at.eq(now)).execute(c)?;
        Ok(())
    });
}
