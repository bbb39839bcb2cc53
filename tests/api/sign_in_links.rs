//! Signing in by a link in a letter.
use diesel::prelude::*;
use nobel21::{db::schema::letters, mail::Transport, people::Role};

use crate::{
    sessions::refresh,
    sign_in::{access, bearing, cookie, disable, pair, sign_in},
    support::{
        Answer, App, PASSWORD, json,
        smtp::{Sink, free_port},
    },
};

/// Asks as a new browser; gives the link's secret, if a letter was written, and the browser's cookie.
pub fn ask_for_link(app: &App, email: &str) -> (String, String) {
    let before = app.letters().len();
    let answer = app.anonymous().post("/auth/link", json!({"email": email})).is(202);
    let browser = pair(&answer, "nobel21_link");
    app.await_letters(before + 1);
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
fn a_link_that_waited_for_longer_than_it_holds_is_not_sent() {
    let sink = Sink::start();
    let app = App::empty();
    let booker = app.person(Role::Booker);
    ask_for_link(&app, booker.email());
    assert_eq!(app.deliver_to(&Transport::parse(&format!("smtp://127.0.0.1:{}?tls=none", free_port())).unwrap()), 0, "no server is there");
    app.later(599);
    let (_, browser) = ask_for_link(&app, booker.email());
    app.later(1);
    assert_eq!(app.deliver_to(&Transport::parse(&sink.plain_url()).unwrap()), 1, "the second holds");
    let [mail] = &sink.mails()[..] else { panic!("one letter") };
    let text = mail.message().body_text(0).unwrap().into_owned();
    redeem(&app, text.split_once("/logga-in/lank#").unwrap().1.lines().next().unwrap(), &browser).is(200);
    let given_up = app.admin().get("/letters?status=failed").is(200);
    assert_eq!(given_up.items()[0]["last_error"], "too_late");
    let kept: Vec<String> = app.read(|c| Ok(letters::table.select(letters::body_text).load(c)?));
    assert_eq!(kept, ["", ""], "no secret is kept");
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
fn a_stranger_who_asks_for_links_does_not_keep_the_owner_from_one() {
    let sink = Sink::start();
    let app = App::with(|config| {
        config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
        config.mail = Transport::parse(&sink.plain_url()).unwrap();
    });
    let booker = app.person(Role::Booker);
    let own = pair(&sign_in(&app, booker.email(), PASSWORD).is(200), "nobel21_browser");
    let ask =
        |network: String| app.anonymous().header("X-Forwarded-For", &network).post("/auth/link", json!({"email": booker.email()})).is(202);
    let before = app.letters().len();
    for _ in 0..8 {
        ask("203.0.113.7".into());
    }
    assert_eq!(app.await_letters(before + 5), before + 5, "five from one network");
    ask("198.51.100.1".into());
    assert_eq!(app.await_letters(before + 6), before + 6, "another network has its own");
    for n in 0..30 {
        ask(format!("192.0.2.{n}"));
    }
    assert_eq!(app.await_letters(before + 20), before + 20, "twenty from all together");
    let mine = app.anonymous().header("X-Forwarded-For", "192.0.2.99").header("Cookie", &own);
    mine.post("/auth/link", json!({"email": booker.email()})).is(202);
    assert_eq!(app.await_letters(before + 21), before + 21, "and the owner's own browser one more");
    // It comes, and so does what else the owner is written to.
    app.write_letter(booker.email());
    assert_eq!(app.deliver_mail(), 22);
    // A network that asks for letter after letter, to whomever, waits longer and longer.
    let many = (0..60).map(|n| {
        app.anonymous()
            .header("X-Forwarded-For", "203.0.113.99")
            .post("/auth/link", json!({"email": format!("nobody{n}@example.org")}))
            .status
    });
    assert!(many.collect::<Vec<_>>().contains(&429));
}
