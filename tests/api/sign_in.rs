//! Signing in and out, sessions, one-time links.
use diesel::prelude::*;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use nobel21::{
    db::schema::{credentials, letters, people},
    people::{Role, sign_in},
};

use crate::support::{Answer, App, Client, PASSWORD, Value, json};

pub fn sign_in(app: &App, email: &str, password: &str) -> Answer {
    app.anonymous().post("/auth/token", json!({"email": email, "password": password}))
}

/// `name=value` of the cookie that carries the session.
fn cookie(answer: &Answer) -> String {
    pair(answer, "nobel21_refresh")
}

/// `name=value` of a cookie that an answer sets.
fn pair(answer: &Answer, name: &str) -> String {
    answer.cookie(name).split(';').next().unwrap().to_owned()
}

fn refresh(app: &App, cookie: &str) -> Answer {
    app.anonymous().header("Cookie", cookie).post_empty("/auth/refresh")
}

pub fn bearing(app: &App, token: &str) -> Client {
    app.anonymous().header("Authorization", format!("Bearer {token}"))
}

pub fn access(answer: &Answer) -> &str {
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
    let long: String = "Åsas prinsesstårta räcker till hela huset på fredag. ".chars().cycle().take(128).collect();
    let change = |current: &str, new: &str| booker.post("/me/password", json!({"current_password": current, "new_password": new}));
    let answer = change(PASSWORD, &format!("{long}å")).refused(422, "invalid_field");
    assert!(!answer.text().contains("prinsesstårta"));
    change(PASSWORD, &long).is(204);
    sign_in(&app, booker.email(), &long).is(200);
    let cut: String = long.chars().take(127).collect();
    sign_in(&app, booker.email(), &cut).is(401);
}

#[test]
fn passwords_that_many_have_chosen_are_refused_wherever_one_is_set() {
    let app = App::empty();
    let booker = app.person(Role::Booker);
    // The list that shipped with the peers' crackers begins so; the last three are what somebody would try here.
    let common =
        ["password", "12345678", "iloveyou", "sunshine", "princess", "football", "trustno1", "qwertyuiop", "aaaaaaaa", "nobel2121"];
    for password in common {
        let refused =
            booker.post("/me/password", json!({"current_password": PASSWORD, "new_password": password})).refused(422, "invalid_field");
        assert_eq!(
            (&refused["errors"][0]["field"], &refused["errors"][0]["code"]),
            (&json!("new_password"), &json!("password_too_common")),
            "{password}"
        );
        let link = app.write(|c| sign_in::password_link(c, &app.state.house, booker.id(), app.now()));
        let refused =
            app.anonymous().post("/auth/password", json!({"token": secret_of(&link), "password": password})).refused(422, "invalid_field");
        assert_eq!(refused["errors"][0]["code"], "password_too_common");
    }
    let link = app.write(|c| sign_in::setup_link(c, &app.state.house, app.now())).expect("no admin yet");
    app.anonymous()
        .post("/auth/setup", json!({"token": secret_of(&link), "email": "a@example.org", "name": "A", "password": "password1"}))
        .refused(422, "invalid_field");
}

fn wait(answer: &Answer) -> u64 {
    assert_eq!(answer.header("retry-after"), answer["retry_after"].to_string());
    answer["retry_after"].as_u64().unwrap()
}

#[test]
fn guessing_gets_slower_with_every_failure_and_the_owner_comes_in_all_the_same() {
    let app = App::empty();
    let owner = app.person(Role::Booker);
    let known = pair(&sign_in(&app, owner.email(), PASSWORD).is(200), "nobel21_browser");
    for _ in 0..5 {
        sign_in(&app, owner.email(), "fel lösenord").refused(401, "invalid_credentials");
    }
    let mut waits = vec![];
    for _ in 0..12 {
        let refused = sign_in(&app, owner.email(), "fel lösenord").refused(429, "too_many_requests");
        let seconds = wait(&refused);
        waits.push(seconds);
        // Not even the right password helps before its time, or a guesser would know it by that.
        sign_in(&app, owner.email(), PASSWORD).refused(429, "too_many_requests");
        app.later(i64::try_from(seconds).unwrap());
        sign_in(&app, owner.email(), "fel lösenord").refused(401, "invalid_credentials");
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
    // An address that nobody has is slowed down alike.
    for _ in 0..5 {
        sign_in(&app, "nobody@example.org", "fel lösenord").refused(401, "invalid_credentials");
    }
    sign_in(&app, "nobody@example.org", "fel lösenord").refused(429, "too_many_requests");
    // The owner: from the browser that it has used before, and by a letter from any other.
    let body = json!({"email": owner.email(), "password": PASSWORD});
    app.anonymous().header("Cookie", &known).post("/auth/token", body.clone()).is(200);
    let other = app.person(Role::Booker);
    let body_of_other = json!({"email": other.email(), "password": "fel"});
    app.anonymous().header("Cookie", &known).post("/auth/token", body_of_other).refused(401, "invalid_credentials");
    let (letter, browser) = ask_for_link(&app, owner.email());
    redeem(&app, &letter, &browser).is(200);
    // What succeeded forgives what failed there: the browser alone, the account still waits.
    sign_in(&app, owner.email(), PASSWORD).refused(429, "too_many_requests");
    app.later(24 * 3600 + 1);
    sign_in(&app, owner.email(), PASSWORD).is(200);
}

#[test]
fn a_network_that_tries_many_accounts_is_slowed_down_too_and_only_it() {
    let app = App::with(|config| config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()]);
    let owner = app.person(Role::Booker);
    let from = |network: &str, email: &str, password: &str| {
        app.anonymous().header("X-Forwarded-For", network).post("/auth/token", json!({"email": email, "password": password}))
    };
    for n in 0..50 {
        from("203.0.113.7", &format!("nobody-{n}@example.org"), "fel").refused(401, "invalid_credentials");
    }
    from("203.0.113.7", "somebody@example.org", "fel").refused(429, "too_many_requests");
    from("198.51.100.1, 203.0.113.7", "somebody@example.org", "fel").refused(429, "too_many_requests");
    from("198.51.100.1", owner.email(), PASSWORD).is(200);
}

#[test]
fn of_many_guesses_at_once_only_the_free_ones_are_looked_at() {
    let app = App::empty();
    let owner = app.person(Role::Booker);
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..20).map(|_| scope.spawn(|| sign_in(&app, owner.email(), "fel lösenord").status)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(answers.iter().filter(|status| **status == 401).count(), 5, "{answers:?}");
    assert_eq!(answers.iter().filter(|status| **status == 429).count(), 15, "{answers:?}");
}

/// Asks as a new browser; gives the link's secret, if a letter was written, and the browser's cookie.
pub fn ask_for_link(app: &App, email: &str) -> (String, String) {
    let before = app.letters().len();
    let answer = app.anonymous().post("/auth/link", json!({"email": email})).is(202);
    let browser = pair(&answer, "nobel21_link");
    // It is written after the answer.
    for _ in 0..200 {
        if app.letters().len() > before {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let text: Option<String> = app.read(|c| Ok(letters::table.order(letters::id.desc()).select(letters::body_text).first(c).optional()?));
    let secret = text.and_then(|text| Some(text.split_once("/logga-in/lank#")?.1.lines().next()?.to_owned()));
    (secret.unwrap_or_default(), browser)
}

pub fn redeem(app: &App, secret: &str, browser: &str) -> Answer {
    app.anonymous().header("Cookie", browser).post("/auth/link/redeem", json!({"token": secret}))
}

#[test]
fn a_link_by_mail_signs_in_once_within_ten_minutes_in_the_browser_that_asked() {
    let app = App::empty();
    let booker = app.person(Role::Booker);
    let (secret, browser) = ask_for_link(&app, booker.email());
    assert_eq!(secret.len(), 43, "256 bits");
    app.anonymous().post("/auth/link/redeem", json!({"token": secret})).refused(401, "invalid_link");
    redeem(&app, &secret, "nobel21_link=somebody-elses-browser-0123456789").refused(401, "invalid_link");
    redeem(&app, "made-up", &browser).refused(401, "invalid_link");
    let inside = redeem(&app, &secret, &browser).is(200);
    assert_eq!(bearing(&app, access(&inside)).get("/me").is(200)["email"], booker.email());
    redeem(&app, &secret, &browser).refused(401, "invalid_link");
    refresh(&app, &cookie(&inside)).is(200);
    let (late, browser) = ask_for_link(&app, booker.email());
    app.later(600);
    redeem(&app, &late, &browser).refused(401, "invalid_link");
}

#[test]
fn a_sign_in_link_is_void_once_another_was_used_the_password_set_or_the_account_closed() {
    let app = App::empty();
    let booker = app.person(Role::Booker);
    let (first, browser) = ask_for_link(&app, booker.email());
    let (second, other_browser) = ask_for_link(&app, booker.email());
    redeem(&app, &second, &other_browser).is(200);
    redeem(&app, &first, &browser).refused(401, "invalid_link");
    let (third, browser) = ask_for_link(&app, booker.email());
    booker.post("/me/password", json!({"current_password": PASSWORD, "new_password": "prinsesstårta på fredag"})).is(204);
    redeem(&app, &third, &browser).refused(401, "invalid_link");
    let (fourth, browser) = ask_for_link(&app, booker.email());
    let id = booker.id();
    app.admin().if_match("*").patch(&format!("/users/{id}"), json!({"disabled": true})).is(200);
    redeem(&app, &fourth, &browser).refused(401, "invalid_link");
    app.admin().if_match("*").patch(&format!("/users/{id}"), json!({"disabled": false})).is(200);
    redeem(&app, &fourth, &browser).refused(401, "invalid_link");
}

#[test]
fn asking_for_a_link_tells_nothing_and_floods_nobody() {
    let app = App::empty();
    let (booker, gone) = (app.person(Role::Booker), app.person(Role::Booker));
    disable(&app, &gone);
    let told: Vec<(String, String)> = [booker.email(), gone.email(), "nobody@example.org"]
        .map(|email| {
            let answer = app.anonymous().post("/auth/link", json!({"email": email})).is(202);
            (answer.text(), answer.cookie("nobel21_link").split_once('=').unwrap().1[43..].to_owned())
        })
        .to_vec();
    assert!(told.iter().all(|one| one == &told[0] && one.0.is_empty()), "{told:?}");
    for _ in 0..7 {
        ask_for_link(&app, booker.email());
    }
    assert_eq!(app.letters().len(), 5, "five letters in an hour, however often somebody asks, and none to others");
    app.later(3601);
    ask_for_link(&app, booker.email());
    assert_eq!(app.letters().len(), 6);
}

#[test]
fn who_came_in_by_a_link_sets_a_password_without_the_old_one_for_a_quarter_of_an_hour() {
    let app = App::empty();
    let booker = app.person(Role::Booker);
    let new = json!({"new_password": "prinsesstårta på fredag"});
    let missing = booker.post("/me/password", new.clone()).refused(422, "invalid_field");
    assert_eq!(missing.fields(), ["current_password"]);
    assert_eq!(booker.get("/me").is(200)["may_set_password"], false);
    let (secret, browser) = ask_for_link(&app, booker.email());
    let inside = bearing(&app, access(&redeem(&app, &secret, &browser).is(200)));
    assert_eq!(inside.get("/me").is(200)["may_set_password"], true);
    inside.post("/me/password", json!({"new_password": "password"})).refused(422, "invalid_field");
    inside.post("/me/password", new.clone()).is(204);
    let again = inside.post("/me/password", new.clone()).refused(422, "invalid_field");
    assert_eq!(again.fields(), ["current_password"], "once");
    sign_in(&app, booker.email(), "prinsesstårta på fredag").is(200);
    let (secret, browser) = ask_for_link(&app, booker.email());
    let session = redeem(&app, &secret, &browser).is(200);
    app.later(901);
    let later = bearing(&app, access(&refresh(&app, &cookie(&session)).is(200)));
    assert_eq!(later.get("/me").is(200)["may_set_password"], false);
    later.post("/me/password", new).refused(422, "invalid_field");
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
    app.person(Role::Booker).post_empty(&format!("/me/sessions/{id}/end")).refused(404, "not_found");
    desk.get("/me").is(200);
    phone.post_empty(&format!("/me/sessions/{id}/end")).is(204);
    desk.get("/me").refused(401, "unauthenticated");
    phone.post_empty(&format!("/me/sessions/{id}/end")).refused(404, "not_found");
    phone.post_empty("/me/sessions/end-others").is(204);
    booker.get("/me").refused(401, "unauthenticated");
    assert_eq!(phone.get("/me/sessions").is(200).items().len(), 1);
}

fn disable(app: &App, client: &Client) {
    let (id, now) = (client.id(), app.now());
    app.write(|c| {
        diesel::update(people::table.find(id)).set(people::disabled_at.eq(now)).execute(c)?;
        Ok(())
    });
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
fn whoever_asks_without_end_is_told_how_long_to_wait() {
    let app = App::with(|config| config.requests_per_minute = 30);
    let (one, other) = (app.person(Role::Booker), app.person(Role::Booker));
    let answers: Vec<Answer> = (0..40).map(|_| one.get("/me")).collect();
    assert_eq!(answers.iter().take_while(|answer| answer.status == 200).count(), 30);
    let wait: u64 = one.get("/me").refused(429, "too_many_requests").header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait));
    other.get("/me").is(200);
    // A network has ten times an account's.
    let strangers: Vec<u16> = (0..400).map(|_| app.anonymous().get("/rooms").status).collect();
    assert!(strangers.contains(&429), "a network may ask without end");
    assert!(strangers.iter().take(200).all(|status| *status == 200));
}

#[test]
fn a_bad_link_costs_no_hash() {
    let app = App::empty();
    // Of hashes, two are made at once and fifty may wait: more than that would be told so.
    let codes: Vec<(u16, String)> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..90)
            .map(|n| {
                let app = &app;
                scope.spawn(move || {
                    let answer =
                        app.anonymous().post("/auth/password", json!({"token": format!("x{n}"), "password": "prinsesstårta på fredag"}));
                    (answer.status, answer["code"].as_str().unwrap().to_owned())
                })
            })
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(codes.iter().all(|(status, code)| *status == 401 && code == "invalid_link"), "{codes:?}");
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

#[test]
fn a_stranger_who_asks_for_links_does_not_keep_the_owner_from_one() {
    let app = App::with(|config| config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()]);
    let booker = app.person(Role::Booker);
    let own = pair(&sign_in(&app, booker.email(), PASSWORD).is(200), "nobel21_browser");
    let settled = |count: usize| {
        for _ in 0..200 {
            if app.letters().len() >= count {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        app.letters().len()
    };
    let ask =
        |network: String| app.anonymous().header("X-Forwarded-For", &network).post("/auth/link", json!({"email": booker.email()})).is(202);
    let before = app.letters().len();
    for _ in 0..8 {
        ask("203.0.113.7".into());
    }
    assert_eq!(settled(before + 5), before + 5, "five from one network");
    ask("198.51.100.1".into());
    assert_eq!(settled(before + 6), before + 6, "another network has its own");
    for n in 0..30 {
        ask(format!("192.0.2.{n}"));
    }
    assert_eq!(settled(before + 20), before + 20, "twenty from all together");
    let mine = app.anonymous().header("X-Forwarded-For", "192.0.2.99").header("Cookie", &own);
    mine.post("/auth/link", json!({"email": booker.email()})).is(202);
    assert_eq!(settled(before + 21), before + 21, "and the owner's own browser one more");
    // A network that asks for letter after letter, to whomever, waits longer and longer.
    let many = (0..60).map(|n| {
        app.anonymous()
            .header("X-Forwarded-For", "203.0.113.99")
            .post("/auth/link", json!({"email": format!("nobody{n}@example.org")}))
            .status
    });
    assert!(many.collect::<Vec<_>>().contains(&429));
}

#[test]
fn a_password_is_not_made_of_who_chooses_it() {
    let app = App::empty();
    let booker = app.person(Role::Booker);
    booker.if_match("*").patch("/me", json!({"name": "Gunhild Ekwall-Zetterqvist"})).is(200);
    for own in ["zetterqvist", "Zetterqvist1", "gunhild1", booker.email()] {
        let refused = booker.post("/me/password", json!({"current_password": PASSWORD, "new_password": own})).refused(422, "invalid_field");
        assert_eq!(refused["errors"][0]["code"], "password_too_common", "{own}");
    }
    booker.post("/me/password", json!({"current_password": PASSWORD, "new_password": "zetterqvist dansar på taket"})).is(204);
}
