//! Signing in and out, sessions, one-time links.
use diesel::prelude::*;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use nobel21::{
    db::schema::{credentials, people},
    people::{Role, sign_in},
};

use crate::support::{Answer, App, Client, PASSWORD, Value, json};

fn sign_in(app: &App, email: &str, password: &str) -> Answer {
    app.anonymous().post("/auth/token", json!({"email": email, "password": password}))
}

/// `name=value` of the cookie that an answer sets.
fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

fn refresh(app: &App, cookie: &str) -> Answer {
    app.anonymous().header("Cookie", cookie).post_empty("/auth/refresh")
}

fn bearing(app: &App, token: &str) -> Client {
    app.anonymous().header("Authorization", format!("Bearer {token}"))
}

fn access(answer: &Answer) -> &str {
    answer["access_token"].as_str().unwrap()
}

/// The secret in a link to a page: what stands after the hash sign.
fn secret_of(link: &str) -> &str {
    link.split_once('#').unwrap().1
}

#[test]
fn the_right_pair_gives_ten_minutes_of_access_and_a_cookie_that_scripts_and_other_sites_do_not_get() {
    let app = App::empty();
    let admin = app.admin();
    let answer = sign_in(&app, admin.email(), PASSWORD).is(200);
    assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(600)));
    let cookie = answer.header("set-cookie");
    for part in ["HttpOnly", "SameSite=Strict", "Path=/api/v1/auth"] {
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
    assert!(answer.header("set-cookie").contains("Secure"));
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
    for _ in 0..30 {
        if unknown * 2 > known && known * 2 > unknown {
            return;
        }
        known = known.min(time(admin.email()));
        unknown = unknown.min(time("nobody@example.org"));
    }
    panic!("known {known:?}, unknown {unknown:?}");
}

#[test]
fn a_weak_hash_is_made_anew_at_the_next_sign_in() {
    let app = App::empty();
    let admin = app.admin();
    let stored = || app.read(|c| Ok(credentials::table.find(admin.id()).select(credentials::password_hash).first::<String>(c)?));
    assert!(stored().contains("m=8,"));
    sign_in(&app, admin.email(), PASSWORD).is(200);
    let strong = stored();
    assert!(strong.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{strong}");
    sign_in(&app, admin.email(), PASSWORD).is(200);
    assert_eq!(stored(), strong, "a strong one stays");
}

#[test]
fn a_session_is_renewed_by_a_cookie_that_changes_each_time() {
    let app = App::empty();
    let first = sign_in(&app, app.admin().email(), PASSWORD).is(200);
    let second = refresh(&app, &cookie(&first)).is(200);
    assert_ne!(cookie(&first), cookie(&second));
    bearing(&app, access(&second)).get("/me").is(200);
    refresh(&app, &cookie(&second)).is(200);
}

#[test]
fn a_refresh_token_used_twice_ends_everything_that_came_of_it() {
    let app = App::empty();
    let email = app.admin().email().to_owned();
    let (stolen, elsewhere) = (sign_in(&app, &email, PASSWORD).is(200), sign_in(&app, &email, PASSWORD).is(200));
    let renewed = refresh(&app, &cookie(&stolen)).is(200);
    refresh(&app, &cookie(&stolen)).refused(401, "session_revoked");
    refresh(&app, &cookie(&renewed)).refused(401, "session_revoked");
    bearing(&app, access(&renewed)).get("/me").refused(401, "unauthenticated");
    bearing(&app, access(&elsewhere)).get("/me").is(200);
    refresh(&app, &cookie(&elsewhere)).is(200);
}

#[test]
fn of_two_renewals_at_once_one_at_most_succeeds() {
    let app = App::empty();
    let first = sign_in(&app, app.admin().email(), PASSWORD).is(200);
    let cookie = cookie(&first);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(|| refresh(&app, &cookie).status)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(statuses.iter().filter(|status| **status == 200).count() <= 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 401].contains(status)), "{statuses:?}");
}

#[test]
fn without_a_cookie_or_with_a_made_up_one_nothing_is_renewed() {
    let app = App::empty();
    app.anonymous().post_empty("/auth/refresh").is(401);
    refresh(&app, "nobel21_refresh=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").refused(401, "session_revoked");
}

#[test]
fn a_session_is_over_after_thirty_days() {
    let app = App::empty();
    let first = sign_in(&app, app.admin().email(), PASSWORD).is(200);
    app.at("2026-12-23T07:59:59+01:00");
    let last = refresh(&app, &cookie(&first)).is(200);
    app.at("2026-12-23T08:00:00+01:00");
    refresh(&app, &cookie(&last)).refused(401, "session_revoked");
    bearing(&app, access(&last)).get("/me").refused(401, "unauthenticated");
}

#[test]
fn signing_out_ends_the_session_and_its_access_token_at_once() {
    let app = App::empty();
    let email = app.admin().email().to_owned();
    let (here, there) = (sign_in(&app, &email, PASSWORD).is(200), sign_in(&app, &email, PASSWORD).is(200));
    let out = app.anonymous().header("Cookie", cookie(&here)).post_empty("/auth/logout").is(204);
    assert!(out.header("set-cookie").starts_with("nobel21_refresh=;"), "the cookie is removed: {}", out.header("set-cookie"));
    bearing(&app, access(&here)).get("/me").refused(401, "unauthenticated");
    refresh(&app, &cookie(&here)).refused(401, "session_revoked");
    bearing(&app, access(&there)).get("/me").is(200);
    // By the access token alone, and without any session at all.
    bearing(&app, access(&there)).post_empty("/auth/logout").is(204);
    bearing(&app, access(&there)).get("/me").refused(401, "unauthenticated");
    app.anonymous().post_empty("/auth/logout").is(204);
}

#[test]
fn an_access_token_holds_ten_minutes() {
    let app = App::empty();
    let token = app.admin().token();
    app.at("2026-11-23T08:09:59+01:00");
    bearing(&app, &token).get("/me").is(200);
    app.at("2026-11-23T08:10:00+01:00");
    bearing(&app, &token).get("/me").refused(401, "unauthenticated");
}

#[test]
fn a_forged_token_is_refused_even_where_none_is_needed() {
    let app = App::empty();
    let good = app.admin().token();
    bearing(&app, &good).get("/me").is(200);
    let parts: Vec<&str> = good.split('.').collect();
    let decoded = |part: &str| -> Value {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    let encoded = |value: &Value| {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        URL_SAFE_NO_PAD.encode(value.to_string())
    };
    let (header, claims) = (decoded(parts[0]), decoded(parts[1]));
    assert_eq!((&header["alg"], &header["typ"]), (&json!("HS256"), &json!("at+jwt")));
    for claim in ["iss", "aud", "exp", "iat", "sub", "jti"] {
        assert!(!claims[claim].is_null(), "RFC 8725 asks for {claim}");
    }
    assert!(header["kid"].is_string());
    let signed = |algorithm: Algorithm, key: &[u8], claim: &str, value: Value| {
        let mut header: Header = serde_json::from_value(header.clone()).unwrap();
        header.alg = algorithm;
        let mut claims = claims.clone();
        claims[claim] = value;
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(key)).unwrap()
    };
    let (ours, now) = ([21; 32], app.now().unix());
    bearing(&app, &signed(Algorithm::HS256, &ours, "jti", json!("another"))).get("/me").is(200);
    let mut none = header.clone();
    none["alg"] = json!("none");
    let other_person = signed(Algorithm::HS256, &ours, "sub", json!(app.reception().id()));
    let forged = [
        ("another key", signed(Algorithm::HS256, &[22; 32], "jti", json!("x"))),
        ("another algorithm", signed(Algorithm::HS512, &ours, "jti", json!("x"))),
        ("another audience", signed(Algorithm::HS256, &ours, "aud", json!("other"))),
        ("another issuer", signed(Algorithm::HS256, &ours, "iss", json!("other"))),
        ("expired", signed(Algorithm::HS256, &ours, "exp", json!(now))),
        ("from the future", signed(Algorithm::HS256, &ours, "iat", json!(now + 3600))),
        ("another person's session", other_person),
        ("no algorithm", format!("{}.{}.", encoded(&none), parts[1])),
        ("no algorithm, with the signature", format!("{}.{}.{}", encoded(&none), parts[1], parts[2])),
        ("no signature", format!("{}.{}.", parts[0], parts[1])),
        ("rubbish", "a.b.c".into()),
        ("nothing", String::new()),
    ];
    for (what, token) in forged {
        let answer = bearing(&app, &token).get("/me");
        assert_eq!((answer.status, answer.code()), (401, "unauthenticated"), "{what}");
        assert_eq!(answer.header("www-authenticate"), "Bearer", "{what}");
        assert_eq!(bearing(&app, &token).get("/rooms").status, 401, "{what}, where anybody may read");
    }
    app.anonymous().header("Authorization", format!("Basic {good}")).get("/me").refused(401, "unauthenticated");
}

#[test]
fn a_disabled_account_is_out_at_once() {
    let app = App::empty();
    let booker = app.person(Role::Booker);
    let session = sign_in(&app, booker.email(), PASSWORD).is(200);
    disable(&app, &booker);
    booker.get("/me").refused(401, "unauthenticated");
    refresh(&app, &cookie(&session)).refused(401, "session_revoked");
}

#[test]
fn the_first_admin_sets_the_house_up_once() {
    let app = App::empty();
    let link = app.write(|c| sign_in::setup_link(c, &app.state.house, app.now())).expect("an empty house has a link");
    let set_up = |secret: &str| {
        let body = json!({"token": secret, "email": "karin.holm@example.org", "name": "Karin Holm", "password": PASSWORD});
        app.anonymous().post("/auth/setup", body)
    };
    set_up("not-the-secret").refused(401, "invalid_link");
    let answer = set_up(secret_of(&link)).is(200);
    assert_eq!(bearing(&app, access(&answer)).get("/me").is(200)["role"], "admin");
    sign_in(&app, "karin.holm@example.org", PASSWORD).is(200);
    set_up(secret_of(&link)).refused(409, "already_set_up");
    assert_eq!(app.write(|c| sign_in::setup_link(c, &app.state.house, app.now())), None);
}

#[test]
fn only_the_newest_set_up_link_holds_and_for_a_day() {
    let app = App::empty();
    let link = || app.write(|c| sign_in::setup_link(c, &app.state.house, app.now())).unwrap();
    let (old, new) = (link(), link());
    let set_up = |link: &str| {
        let body = json!({"token": secret_of(link), "email": "karin.holm@example.org", "name": "Karin", "password": PASSWORD});
        app.anonymous().post("/auth/setup", body)
    };
    set_up(&old).refused(401, "invalid_link");
    app.at("2026-11-24T08:00:00+01:00");
    set_up(&new).refused(401, "invalid_link");
}

#[test]
fn a_password_link_works_once_and_ends_all_other_sessions() {
    let app = App::empty();
    let booker = app.person(Role::Booker);
    let link = app.write(|c| sign_in::password_link(c, &app.state.house, booker.id(), app.now()));
    let set = |link: &str, password: &str| app.anonymous().post("/auth/password", json!({"token": secret_of(link), "password": password}));
    assert_eq!(set(&link, "kort").refused(422, "invalid_field").fields(), ["password"], "a refused password does not use the link up");
    let answer = set(&link, "prinsesstårta på fredag").is(200);
    bearing(&app, access(&answer)).get("/me").is(200);
    booker.get("/me").refused(401, "unauthenticated");
    set(&link, "prinsesstårta på lördag").refused(401, "invalid_link");
    sign_in(&app, booker.email(), "prinsesstårta på fredag").is(200);
    sign_in(&app, booker.email(), PASSWORD).refused(401, "invalid_credentials");
}

#[test]
fn a_newer_password_link_voids_the_one_before_and_a_week_is_all_it_has() {
    let app = App::empty();
    let booker = app.person(Role::Booker);
    let link = || app.write(|c| sign_in::password_link(c, &app.state.house, booker.id(), app.now()));
    let set = |link: &str| app.anonymous().post("/auth/password", json!({"token": secret_of(link), "password": PASSWORD}));
    let (old, new) = (link(), link());
    set(&old).refused(401, "invalid_link");
    app.at("2026-11-30T08:00:00+01:00");
    set(&new).refused(401, "invalid_link");
}

#[test]
fn changing_the_password_needs_the_old_one_and_ends_the_other_sessions() {
    let app = App::empty();
    let booker = app.person(Role::Booker);
    let other = sign_in(&app, booker.email(), PASSWORD).is(200);
    let change = |current: &str, new: &str| booker.post("/me/password", json!({"current_password": current, "new_password": new}));
    let wrong = change("fel", "prinsesstårta på fredag").refused(422, "invalid_field");
    assert_eq!(wrong["errors"][0]["code"], "wrong_password");
    change(PASSWORD, "prinsesstårta på fredag").is(204);
    booker.get("/me").is(200);
    bearing(&app, access(&other)).get("/me").refused(401, "unauthenticated");
    sign_in(&app, booker.email(), PASSWORD).is(401);
    sign_in(&app, booker.email(), "prinsesstårta på fredag").is(200);
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

#[test]
fn passwords_are_neither_echoed_nor_cut() {
    let app = App::empty();
    let booker = app.person(Role::Booker);
    let long = "å".repeat(128);
    let change = |current: &str, new: &str| booker.post("/me/password", json!({"current_password": current, "new_password": new}));
    let answer = change(PASSWORD, &"å".repeat(129)).refused(422, "invalid_field");
    assert!(!answer.text().contains("ååå"));
    change(PASSWORD, &long).is(204);
    sign_in(&app, booker.email(), &long).is(200);
    sign_in(&app, booker.email(), &"å".repeat(127)).is(401);
}

fn disable(app: &App, client: &Client) {
    let (id, now) = (client.id(), app.now());
    app.write(|c| {
        diesel::update(people::table.find(id)).set(people::disabled_at.eq(now)).execute(c)?;
        Ok(())
    });
}
