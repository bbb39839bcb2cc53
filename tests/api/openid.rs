//! Signing in by another's word (OpenID Connect), against a provider that can be told to lie.
use std::{
    io::Read,
    net::TcpListener,
    time::{Duration, Instant},
};

use diesel::prelude::*;
use nobel21::{
    config::OpenId,
    db::schema::{credentials, openid_identities, people},
    people::Role,
};
use rustls::{ServerConnection, StreamOwned};

use crate::{
    second_factor::{digits, turn_on},
    sessions::refresh,
    sign_in::{access, bearing, cookie, disable, pair, sign_in},
    support::{
        Answer, App, PASSWORD, Value, json,
        provider::{Back, Mood, Provider, Signed},
        smtp::own_certificate,
    },
};

fn house() -> (Provider, App) {
    let provider = Provider::start();
    let settings = provider.settings();
    (provider, App::with(|config| config.openid = Some(settings)))
}

/// Where a new browser is sent, and the cookie that it holds meanwhile.
fn begin(app: &App) -> (String, String) {
    let begun = app.anonymous().post("/auth/openid", json!({"back": "/bokningar?vecka=2026-W48"})).is(200);
    (begun["url"].as_str().unwrap().to_owned(), pair(&begun, "nobel21_openid"))
}

fn redeem(app: &App, held: &str, back: &Back) -> Answer {
    app.anonymous().header("Cookie", held).post("/auth/openid/redeem", json!({"state": back.state, "code": back.code}))
}

/// What the provider says of an address that it has made sure of.
fn of(email: &str) -> Value {
    json!({"email": email, "email_verified": true})
}

/// All the way, with these claims.
fn comes_in(provider: &Provider, app: &App, claims: Value) -> Answer {
    signed(provider, app, claims, Signed::Rightly)
}

fn signed(provider: &Provider, app: &App, claims: Value, by: Signed) -> Answer {
    let (url, held) = begin(app);
    redeem(app, &held, &provider.signs_in(app, &url, claims, by, Value::Null))
}

fn ties(app: &App) -> i64 {
    app.read(|c| Ok(openid_identities::table.count().get_result(c)?))
}

#[test]
fn somebody_signs_in_at_the_provider_s_and_is_itself_here() {
    let (provider, app) = house();
    let booker = app.person(Role::Booker);
    assert_eq!(app.anonymous().get("/auth/openid").is(200).json, json!({"openid": {"name": "Malmö stad"}}));
    let (url, held) = begin(&app);
    let back = provider.signs_in(&app, &url, of(booker.email()), Signed::Rightly, Value::Null);
    let inside = redeem(&app, &held, &back).is(200);
    assert_eq!(inside["back"], "/bokningar?vecka=2026-W48");
    assert!(inside.cookie("nobel21_refresh").contains("HttpOnly; SameSite=Strict"), "{inside:?}");
    assert!(inside.cookie("nobel21_openid").contains("Max-Age=0"), "the way is over: {inside:?}");
    assert_eq!(bearing(&app, access(&inside)).get("/me").is(200)["email"], booker.email());
    refresh(&app, &cookie(&inside)).is(200);
    let trail = app.admin().get("/audit?limit=200").is(200);
    let signed_in = trail.items().iter().find(|event| event["action"] == "signed_in").unwrap();
    assert_eq!(signed_in["after"], json!({"by": "openid"}));
    assert_eq!(signed_in["actor"]["id"], json!(booker.id()));
    assert!(trail.items().iter().any(|event| event["action"] == "linked_openid"));
    // A browser is remembered as after a password, and the session that it had ends.
    assert!(inside.cookie("nobel21_browser").contains("HttpOnly"), "{inside:?}");
    let (url, held) = begin(&app);
    let back = provider.signs_in(&app, &url, of(booker.email()), Signed::Rightly, Value::Null);
    redeem(&app, &format!("{held}; {}", cookie(&inside)), &back).is(200);
    bearing(&app, access(&inside)).get("/me").refused(401, "unauthenticated");
}

#[test]
fn what_only_the_provider_s_own_door_tells_counts_too() {
    let (provider, app) = house();
    let booker = app.person(Role::Booker);
    let told = |sub: &str| json!({"sub": sub, "email": booker.email(), "email_verified": true});
    let (url, held) = begin(&app);
    let back = provider.signs_in(&app, &url, json!({}), Signed::Rightly, told("somebody else"));
    redeem(&app, &held, &back).refused(503, "unavailable");
    let (url, held) = begin(&app);
    let back = provider.signs_in(&app, &url, json!({}), Signed::Rightly, told("248289761001"));
    redeem(&app, &held, &back).is(200);
}

#[test]
fn a_token_that_was_not_made_for_this_way_or_not_by_the_provider_is_refused() {
    let (provider, app) = house();
    let booker = app.person(Role::Booker);
    let now = app.now().unix();
    let with = |name: &str, value: Value| {
        let mut claims = of(booker.email());
        claims[name] = value;
        claims
    };
    let lies = [
        with("nonce", json!("another")),
        with("nonce", Value::Null),
        with("aud", json!("another")),
        with("aud", json!(["nobel21", "another"])),
        with("iss", json!("http://127.0.0.1:1")),
        with("exp", json!(now)),
        with("exp", json!(now - 3600)),
    ];
    for lie in lies {
        comes_in(&provider, &app, lie.clone()).refused(401, "openid_refused");
    }
    for by in [Signed::Not, Signed::BySecret, Signed::ByPublicKey, Signed::ByAnother] {
        let answer = signed(&provider, &app, of(booker.email()), by);
        assert_eq!((answer.status, answer.code()), (401, "openid_refused"), "{by:?}");
    }
    assert_eq!(ties(&app), 0);
    comes_in(&provider, &app, of(booker.email())).is(200);
}

#[test]
fn a_way_ends_in_the_browser_that_began_it_once_and_in_ten_minutes() {
    let (provider, app) = house();
    let booker = app.person(Role::Booker);
    let arrives = |url: &str| provider.signs_in(&app, url, of(booker.email()), Signed::Rightly, Value::Null);
    let (url, held) = begin(&app);
    let back = arrives(&url);
    // Without the cookie, with another browser's, with another's state, with a cookie that somebody made up.
    app.anonymous().post("/auth/openid/redeem", json!({"state": back.state, "code": back.code})).refused(401, "openid_refused");
    let (others_url, others) = begin(&app);
    let others_back = arrives(&others_url);
    redeem(&app, &held, &Back { state: others_back.state.clone(), code: back.code.clone() }).refused(401, "openid_refused");
    redeem(&app, &others, &back).refused(401, "openid_refused");
    redeem(&app, "nobel21_openid=a.b.c", &back).refused(401, "openid_refused");
    let session = app.state.tokens.remember(booker.id(), booker.id(), app.now()).unwrap();
    redeem(&app, &format!("nobel21_openid={session}"), &back).refused(401, "openid_refused");
    assert_eq!(provider.asked("/token"), 0, "nobody asks the provider about what is not ours");
    // Another's code in one's own way: the provider knows who began (PKCE), and uses the code up.
    redeem(&app, &others, &Back { state: others_back.state.clone(), code: back.code }).refused(401, "openid_refused");
    redeem(&app, &others, &others_back).is(200);
    redeem(&app, &others, &others_back).refused(401, "openid_refused");
    redeem(&app, &held, &Back { state: back.state, code: "made-up".into() }).refused(401, "openid_refused");
    let (url, held) = begin(&app);
    let back = arrives(&url);
    app.later(600);
    redeem(&app, &held, &back).refused(401, "openid_refused");
    // It is for no script and for no other site.
    let begun = app.anonymous().post("/auth/openid", json!({})).is(200);
    let cookie = begun.cookie("nobel21_openid");
    assert!(cookie.contains("HttpOnly; SameSite=Strict") && cookie.contains("Max-Age=600"), "{cookie}");
}

#[test]
fn where_it_leads_back_to_is_a_page_here() {
    let (_provider, app) = house();
    for elsewhere in ["https://evil.example/", "//evil.example", "/\\evil.example", "bokningar"] {
        let refused = app.anonymous().post("/auth/openid", json!({"back": elsewhere})).refused(422, "invalid_field");
        assert_eq!(refused.fields(), ["back"], "{elsewhere}");
    }
}

#[test]
fn nobody_gets_an_account_and_an_address_that_the_provider_has_not_made_sure_of_is_nobody_s() {
    let (provider, app) = house();
    let booker = app.person(Role::Booker);
    let before: i64 = app.read(|c| Ok(people::table.count().get_result(c)?));
    let unknown = comes_in(&provider, &app, of("ny@example.org")).refused(401, "no_account");
    assert_eq!(unknown["detail"], "Det finns inget konto för den adressen här. Be föreningens ansvariga om en inbjudan.");
    comes_in(&provider, &app, of("no address")).refused(401, "no_account");
    for verified in [Value::Null, json!(false)] {
        let claims = json!({"email": booker.email(), "email_verified": verified});
        comes_in(&provider, &app, claims).refused(401, "email_not_verified");
    }
    let (url, held) = begin(&app);
    let nothing = provider.signs_in(&app, &url, json!({}), Signed::Rightly, json!({"sub": "248289761001"}));
    redeem(&app, &held, &nothing).refused(401, "email_not_verified");
    assert_eq!((before, ties(&app)), (app.read(|c| Ok(people::table.count().get_result(c)?)), 0));
}

#[test]
fn an_account_is_tied_to_the_first_who_comes_and_the_address_matters_no_more() {
    let (provider, app) = house();
    let (booker, other) = (app.person(Role::Booker), app.person(Role::Booker));
    comes_in(&provider, &app, of(booker.email())).is(200);
    assert_eq!(app.told_of_account(&booker).len(), 1);
    assert!(app.told_of_account(&booker)[0].contains("kopplats till en inloggning hos en annan organisation"));
    // The same person with another address, not even made sure of; or with one that is somebody else's here.
    for email in ["flyttad@example.org", other.email()] {
        let inside = comes_in(&provider, &app, json!({"email": email, "email_verified": false})).is(200);
        assert_eq!(bearing(&app, access(&inside)).get("/me").is(200)["email"], booker.email());
    }
    // Somebody else there who has taken over the address.
    let mut taken = of(booker.email());
    taken["sub"] = json!("666");
    comes_in(&provider, &app, taken.clone()).refused(401, "linked_to_another");
    assert_eq!((ties(&app), app.told_of_account(&booker).len()), (1, 1));
    // What is kept tells nobody who it is there.
    let hash: String = app.read(|c| Ok(openid_identities::table.select(openid_identities::identity_hash).first(c)?));
    assert!(hash.len() == 43 && !hash.contains("248289761001"), "{hash}");
    taken["email"] = json!(other.email());
    let inside = comes_in(&provider, &app, taken).is(200);
    assert_eq!(bearing(&app, access(&inside)).get("/me").is(200)["email"], other.email());
}

#[test]
fn who_is_disabled_stays_outside() {
    let (provider, app) = house();
    let (tied, stranger) = (app.person(Role::Booker), app.person(Role::Booker));
    comes_in(&provider, &app, of(tied.email())).is(200);
    disable(&app, &tied);
    disable(&app, &stranger);
    let password = sign_in(&app, tied.email(), PASSWORD).refused(401, "invalid_credentials");
    let first = comes_in(&provider, &app, of(tied.email())).refused(401, "invalid_credentials");
    let mut claims = of(stranger.email());
    claims["sub"] = json!("7");
    let second = comes_in(&provider, &app, claims).refused(401, "invalid_credentials");
    assert!([&first, &second].iter().all(|answer| answer["detail"] == password["detail"]));
    assert_eq!(ties(&app), 1);
}

#[test]
fn two_steps_hold_here_too_and_the_digits_need_no_second_way() {
    let (provider, app) = house();
    let booker = app.person(Role::Booker);
    let (secret, papers) = turn_on(&app, &booker);
    let (url, held) = begin(&app);
    let back = provider.signs_in(&app, &url, of(booker.email()), Signed::Rightly, Value::Null);
    let asked = redeem(&app, &held, &back).refused(401, "code_required");
    assert_eq!(ties(&app), 0, "nothing is tied to somebody who has shown half");
    let proven = pair(&asked, "nobel21_openid");
    assert!(asked.cookie("nobel21_openid").contains("HttpOnly; SameSite=Strict"), "{asked:?}");
    let give = |held: &str, digits: &str| {
        let body = json!({"state": back.state, "code": back.code, "second_factor": digits});
        app.anonymous().header("Cookie", held).post("/auth/openid/redeem", body)
    };
    give(&held, &digits(&app, &secret)).refused(401, "openid_refused");
    give(&proven, "000000").refused(401, "invalid_code");
    redeem(&app, &proven, &Back { state: "another".into(), code: back.code.clone() }).refused(401, "openid_refused");
    let inside = give(&proven, &digits(&app, &secret)).is(200);
    assert_eq!(bearing(&app, access(&inside)).get("/me").is(200)["email"], booker.email());
    assert_eq!(provider.asked("/token"), 2, "the first way, and the code that was used already");
    give(&proven, &digits(&app, &secret)).refused(401, "invalid_code");
    give(&proven, &papers[0]).is(200);
    app.later(600);
    give(&proven, &digits(&app, &secret)).refused(401, "openid_refused");
    // And nobody tries them out.
    let (url, held) = begin(&app);
    let back = provider.signs_in(&app, &url, of(booker.email()), Signed::Rightly, Value::Null);
    let proven = pair(&redeem(&app, &held, &back).refused(401, "code_required"), "nobel21_openid");
    let give = |digits: &str| {
        let body = json!({"state": back.state, "code": back.code, "second_factor": digits});
        app.anonymous().header("Cookie", &proven).post("/auth/openid/redeem", body)
    };
    for _ in 0..5 {
        give("000000").refused(401, "invalid_code");
    }
    give(&digits(&app, &secret)).refused(429, "too_many_requests");
}

#[test]
fn two_factors_that_the_provider_has_seen_are_two() {
    let (provider, app) = house();
    let admin = app.person(Role::Admin);
    let one = comes_in(&provider, &app, of(admin.email())).is(200);
    bearing(&app, access(&one)).get("/users").refused(403, "forbidden");
    let with = |methods: Value| {
        let mut claims = of(admin.email());
        claims["amr"] = methods;
        claims
    };
    for methods in [json!(["pwd"]), json!(["pwd", "otp"])] {
        let one = comes_in(&provider, &app, with(methods)).is(200);
        bearing(&app, access(&one)).get("/users").refused(403, "forbidden");
    }
    let two = comes_in(&provider, &app, with(json!(["pwd", "mfa"]))).is(200);
    bearing(&app, access(&two)).get("/users").is(200);
    // Nor are digits asked for, which are in the same phone.
    turn_on(&app, &admin);
    comes_in(&provider, &app, with(json!(["pwd"]))).refused(401, "code_required");
    let two = comes_in(&provider, &app, with(json!(["mfa"]))).is(200);
    bearing(&app, access(&two)).get("/users").is(200);
}

/// Whoever has an admin's password alone could have had a program's token waiting for the day on which the account gets two factors.
#[test]
fn a_token_made_by_the_password_alone_ends_when_the_account_gets_a_second_factor_from_an_open_session() {
    let (provider, app) = house();
    let admin = app.person(Role::Admin);
    let mut two = of(admin.email());
    two["amr"] = json!(["pwd", "mfa"]);
    let inside = bearing(&app, access(&comes_in(&provider, &app, two).is(200)));
    inside.get("/users").is(200);
    let half = bearing(&app, access(&sign_in(&app, admin.email(), PASSWORD).is(200)));
    let wish = json!({"name": "Kalkylen", "scope": "read", "days": 300, "current_password": PASSWORD});
    let token = half.post("/me/tokens", wish).is(201)["token"].as_str().unwrap().to_owned();
    let program = bearing(&app, &token);
    program.get("/bookings").is(200);
    turn_on(&app, &inside);
    program.get("/bookings").refused(401, "unauthenticated");
}

/// Nobody is asked for a password that there is none of.
#[test]
fn who_has_no_password_is_told_how_to_get_one() {
    let (provider, app) = house();
    let booker = app.person(Role::Booker);
    let inside = bearing(&app, access(&comes_in(&provider, &app, of(booker.email())).is(200)));
    app.write(|c| Ok(diesel::delete(credentials::table.find(booker.id())).execute(c)?));
    for body in [json!({}), json!({"current_password": "vad som helst"})] {
        let refused = inside.post("/me/sessions/end-others", body).refused(422, "invalid_field");
        assert!(refused["errors"][0]["message"].as_str().unwrap().contains("välj ett lösenord"), "{refused:?}");
    }
}

#[test]
fn the_tie_is_seen_and_ended_by_its_owner() {
    let (provider, app) = house();
    let booker = app.person(Role::Booker);
    assert_eq!(booker.get("/me/openid").is(200).json, json!({"linked_at": null}));
    let proof = || json!({"current_password": PASSWORD});
    booker.post("/me/openid/end", proof()).refused(404, "not_found");
    let inside = comes_in(&provider, &app, of(booker.email())).is(200);
    assert_eq!(booker.get("/me/openid").is(200)["linked_at"], "2026-11-23T08:00:00+01:00");
    let data = booker.get("/me/data").is(200);
    let section = data["sections"].as_array().unwrap().iter().find(|section| section["kind"] == "openid_identities").unwrap().clone();
    assert_eq!(section["rows"], json!([{"linked_at": "2026-11-23T08:00:00+01:00"}]));
    // A phone that lies open is not enough.
    for bad in [json!({}), json!({"current_password": "fel lösenord"})] {
        assert_eq!(booker.post("/me/openid/end", bad).refused(422, "invalid_field").fields(), ["current_password"]);
    }
    booker.post("/me/openid/end", proof()).is(204);
    assert_eq!(ties(&app), 0);
    bearing(&app, access(&inside)).get("/me").refused(401, "unauthenticated");
    booker.get("/me").is(200);
    assert!(app.told_of_account(&booker).last().unwrap().contains("inte längre kopplat"));
    assert!(app.admin().get("/audit").is(200).items().iter().any(|event| event["action"] == "ended_openid"));
    // The hash goes with the person.
    comes_in(&provider, &app, of(booker.email())).is(200);
    app.admin().post_empty(&format!("/users/{}/erase", booker.id())).is(204);
    assert_eq!(ties(&app), 0);
    comes_in(&provider, &app, of(booker.email())).refused(401, "no_account");
}

#[test]
fn a_provider_that_is_away_or_in_a_mood_is_503_and_everything_else_works() {
    let (mut provider, app) = house();
    let booker = app.person(Role::Booker);
    for mood in [Mood::Endless, Mood::Redirects, Mood::Pretends] {
        provider.is(mood);
        let refused = app.anonymous().post("/auth/openid", json!({})).refused(503, "unavailable");
        assert!(refused["detail"].as_str().unwrap().starts_with("Inloggningen hos Malmö stad svarar inte"), "{mood:?}: {refused:?}");
    }
    assert_eq!(provider.asked("/elsewhere"), 0);
    let arrives = || {
        provider.is(Mood::Well);
        let (url, held) = begin(&app);
        (held, provider.signs_in(&app, &url, of(booker.email()), Signed::Rightly, Value::Null))
    };
    for mood in [Mood::Endless, Mood::Redirects, Mood::Estranged] {
        let (held, back) = arrives();
        provider.is(mood);
        let answer = redeem(&app, &held, &back).refused(503, "unavailable");
        assert!(!answer.text().contains("script"), "{mood:?} speaks to the reader: {answer:?}");
    }
    let (held, back) = arrives();
    provider.is(Mood::Denies);
    redeem(&app, &held, &back).refused(401, "openid_refused");
    provider.is(Mood::Well);
    redeem(&app, &held, &back).is(200);
    assert_eq!(provider.asked("/elsewhere"), 0);
    let (held, back) = arrives();
    provider.goes_away();
    redeem(&app, &held, &back).refused(503, "unavailable");
    sign_in(&app, booker.email(), PASSWORD).is(200);
    // A house starts without it, too.
    let settings = provider.settings();
    let app = App::with(|config| config.openid = Some(settings));
    app.anonymous().post("/auth/openid", json!({})).refused(503, "unavailable");
    app.anonymous().get("/auth/openid").is(200);
}

#[test]
fn a_provider_that_hangs_keeps_nobody_else_waiting() {
    let (provider, app) = house();
    let booker = app.person(Role::Booker);
    provider.is(Mood::Hangs);
    std::thread::scope(|scope| {
        // More than are asked at once, and more than there are workers.
        let waiting: Vec<_> = (0..12).map(|_| scope.spawn(|| app.anonymous().post("/auth/openid", json!({})))).collect();
        let begun = Instant::now();
        while provider.asked("/.well-known/openid-configuration") < 4 {
            assert!(begun.elapsed() < Duration::from_secs(8), "the provider is not asked");
            std::thread::sleep(Duration::from_millis(10));
        }
        let began = Instant::now();
        booker.get("/me").is(200);
        sign_in(&app, booker.email(), PASSWORD).is(200);
        assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
        assert_eq!(provider.asked("/.well-known/openid-configuration"), 4, "a few at a time");
        provider.is(Mood::Well);
        for one in waiting {
            one.join().unwrap().is(200);
        }
    });
}

#[test]
fn a_provider_that_hangs_is_given_up_after_ten_seconds() {
    let (provider, app) = house();
    provider.is(Mood::Hangs);
    let began = Instant::now();
    app.anonymous().post("/auth/openid", json!({})).refused(503, "unavailable");
    assert!((9..40).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
}

#[test]
fn nothing_is_said_to_a_provider_whose_certificate_is_not_trusted() {
    let (_, tls) = own_certificate();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let issuer = format!("https://{}", listener.local_addr().unwrap());
    let heard = std::thread::spawn(move || {
        let mut stream = StreamOwned::new(ServerConnection::new(tls).unwrap(), listener.accept().unwrap().0);
        let mut said = [0; 16];
        let heard = stream.read(&mut said).unwrap_or(0);
        (stream.conn.negotiated_cipher_suite().is_some(), String::from_utf8_lossy(&said[..heard]).into_owned())
    });
    let settings = OpenId { issuer, ..Provider::start().settings() };
    let app = App::with(|config| config.openid = Some(settings));
    app.anonymous().post("/auth/openid", json!({})).refused(503, "unavailable");
    assert_eq!(heard.join().unwrap(), (true, String::new()), "it saw the certificate, and asked nothing");
}

#[test]
fn what_the_provider_says_of_itself_is_asked_once_an_hour_and_keys_when_one_is_unknown() {
    let (provider, app) = house();
    let booker = app.person(Role::Booker);
    for _ in 0..3 {
        comes_in(&provider, &app, of(booker.email())).is(200);
    }
    assert_eq!((provider.asked("/.well-known/openid-configuration"), provider.asked("/keys")), (1, 1));
    provider.changes_key();
    comes_in(&provider, &app, of(booker.email())).is(200);
    assert_eq!((provider.asked("/.well-known/openid-configuration"), provider.asked("/keys")), (2, 2));
    app.later(3600);
    comes_in(&provider, &app, of(booker.email())).is(200);
    assert_eq!((provider.asked("/.well-known/openid-configuration"), provider.asked("/keys")), (3, 3));
}

#[test]
fn a_network_that_tries_codes_waits_longer_and_longer() {
    let (provider, app) = house();
    let booker = app.person(Role::Booker);
    let (url, held) = begin(&app);
    let back = provider.signs_in(&app, &url, of(booker.email()), Signed::Rightly, Value::Null);
    for n in 0..50 {
        redeem(&app, &held, &Back { state: back.state.clone(), code: format!("guess-{n}") }).refused(401, "openid_refused");
    }
    redeem(&app, &held, &back).refused(429, "too_many_requests");
    assert_eq!(provider.asked("/token"), 50);
    app.later(1);
    redeem(&app, &held, &Back { state: back.state.clone(), code: "guess-50".into() }).refused(401, "openid_refused");
    app.later(1);
    redeem(&app, &held, &back).refused(429, "too_many_requests");
    app.later(1);
    redeem(&app, &held, &back).is(200);
}

#[test]
fn without_a_provider_there_is_no_such_way() {
    let app = App::empty();
    assert_eq!(app.anonymous().get("/auth/openid").is(200).json, json!({"openid": null}));
    app.anonymous().post("/auth/openid", json!({})).refused(404, "not_found");
    app.anonymous().post("/auth/openid/redeem", json!({"state": "x", "code": "x"})).refused(404, "not_found");
}
