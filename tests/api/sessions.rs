//! Sessions: renewed, ended, left alone, and tokens that somebody made up.
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use nobel21::people::Role;

use crate::{
    sign_in::{access, bearing, cookie, disable, sign_in},
    support::{Answer, App, PASSWORD, Value, json},
};

pub fn refresh(app: &App, cookie: &str) -> Answer {
    app.anonymous().header("Cookie", cookie).post_empty("/auth/refresh")
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
    let booker = app.person(Role::Booker);
    let mut last = sign_in(&app, booker.email(), PASSWORD).is(200);
    for moment in ["2026-12-05T08:00:00+01:00", "2026-12-17T08:00:00+01:00", "2026-12-23T07:59:59+01:00"] {
        app.at(moment);
        last = refresh(&app, &cookie(&last)).is(200);
    }
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
fn somebody_sees_where_it_is_signed_in_and_ends_it_there() {
    let app = App::empty();
    let booker = app.person(Role::Booker);
    let on = |agent: &str| {
        let body = json!({"email": booker.email(), "password": PASSWORD});
        let answer = app.anonymous().header("User-Agent", agent).post("/auth/token", body).is(200);
        bearing(&app, access(&answer))
    };
    let phone = on("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0");
    let desk = on("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36");
    let seen = phone.get("/me/sessions").is(200);
    let mut devices: Vec<(&str, bool)> = seen.items().iter().map(|one| (one["device"].as_str().unwrap(), one["current"] == true)).collect();
    devices.sort_unstable();
    assert_eq!(devices, [("", false), ("Chrome, Windows", false), ("Firefox, Android", true)]);
    let id = seen.items().iter().find(|one| one["device"] == "Chrome, Windows").unwrap()["id"].as_str().unwrap().to_owned();
    let proof = || json!({"current_password": PASSWORD});
    app.person(Role::Booker).post(&format!("/me/sessions/{id}/end"), proof()).refused(404, "not_found");
    // A phone that lies open is not enough.
    for (bad, code) in [(json!({}), "invalid_field"), (json!({"current_password": "fel lösenord"}), "invalid_field")] {
        for path in [format!("/me/sessions/{id}/end"), "/me/sessions/end-others".into()] {
            assert_eq!(phone.post(&path, &bad).refused(422, code).fields(), ["current_password"]);
        }
    }
    desk.get("/me").is(200);
    phone.post(&format!("/me/sessions/{id}/end"), proof()).is(204);
    desk.get("/me").refused(401, "unauthenticated");
    phone.post(&format!("/me/sessions/{id}/end"), proof()).refused(404, "not_found");
    phone.post("/me/sessions/end-others", proof()).is(204);
    booker.get("/me").refused(401, "unauthenticated");
    assert_eq!(phone.get("/me/sessions").is(200).items().len(), 1);
}

#[test]
fn a_cookie_that_another_site_makes_a_browser_send_does_nothing() {
    let app = App::empty();
    let booker = app.person(Role::Booker);
    let cookie = cookie(&sign_in(&app, booker.email(), PASSWORD).is(200));
    for (header, value) in [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"), ("Origin", "https://evil.example")] {
        for path in ["/auth/refresh", "/auth/logout", "/auth/link/redeem"] {
            app.anonymous().header("Cookie", &cookie).header(header, value).post(path, json!({})).refused(403, "forbidden");
        }
    }
    // Neither used up nor ended, and from the house's own page it works.
    app.anonymous().header("Cookie", &cookie).header("Sec-Fetch-Site", "same-origin").post_empty("/auth/refresh").is(200);
}

#[test]
fn a_session_that_is_left_alone_ends_sooner_where_more_is_open_to_it() {
    for (role, hours) in [(Role::Booker, 14 * 24), (Role::Reception, 12), (Role::Admin, 12)] {
        let app = App::empty();
        let person = app.person(role);
        let first = sign_in(&app, person.email(), PASSWORD).is(200);
        app.later(hours * 3600 - 60);
        let renewed = refresh(&app, &cookie(&first)).is(200);
        app.later(hours * 3600 - 60);
        let again = refresh(&app, &cookie(&renewed)).is(200);
        app.later(hours * 3600);
        refresh(&app, &cookie(&again)).refused(401, "session_revoked");
    }
}

#[test]
fn signing_in_again_ends_the_session_that_the_browser_had() {
    let app = App::empty();
    let booker = app.person(Role::Booker);
    let first = sign_in(&app, booker.email(), PASSWORD).is(200);
    let body = json!({"email": booker.email(), "password": PASSWORD});
    let second = app.anonymous().header("Cookie", cookie(&first)).post("/auth/token", body).is(200);
    bearing(&app, access(&first)).get("/me").refused(401, "unauthenticated");
    refresh(&app, &cookie(&first)).refused(401, "session_revoked");
    bearing(&app, access(&second)).get("/me").is(200);
}
