//! Counting without a desk: a tablet by the door, and a poster for visitors' phones.
use diesel::prelude::*;
use nobel21::{
    db::schema::{audit_log, devices, idempotency_keys, visits},
    id::Id,
};

use crate::{
    bookings::good,
    support::{Answer, App, Client, Value, json},
};

fn device(app: &App, kind: &str) -> String {
    app.admin().post("/devices", json!({"kind": kind, "name": "Entrén"})).is(201).id()
}

/// A code by which a tablet becomes this kiosk.
pub fn pairing_code(app: &App, device: &str) -> String {
    app.admin().post_empty(&format!("/devices/{device}/pairing-code")).is(200)["code"].as_str().unwrap().to_owned()
}

fn token(answer: &Answer) -> String {
    let cookie = answer.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains("Path=/;"), "{cookie}");
    cookie.trim_start_matches("kiosk=").split(';').next().unwrap().to_owned()
}

/// The token of a new kiosk.
pub fn paired(app: &App) -> String {
    let code = pairing_code(app, &device(app, "kiosk"));
    token(&app.anonymous().post("/kiosk/pair", json!({"code": code})).is(200))
}

fn tablet(app: &App) -> Client {
    app.anonymous().header("Cookie", format!("kiosk={}", paired(app)))
}

fn poster(app: &App) -> String {
    let url = app.admin().get(&format!("/devices/{}/poster", device(app, "poster"))).is(200)["url"].as_str().unwrap().to_owned();
    format!("/har/{}", url.rsplit('/').next().unwrap())
}

fn counted(app: &App) -> Vec<(String, i32, Option<Id>, bool)> {
    app.read(|c| {
        let all = visits::table.order(visits::id);
        let columns = (visits::purpose, visits::headcount, visits::booking_id, visits::device_id.is_not_null());
        Ok(all.select(columns).load(c)?)
    })
}

#[test]
fn a_tablet_counts_with_one_tap_and_shows_neither_what_it_is_nor_who_meets() {
    let app = App::spawn();
    let organisation = app.organisation("Limhamns språkkafé");
    let booking = app.booker(organisation).post("/bookings", good(organisation)).is(201);
    let tablet = tablet(&app);
    app.at("2026-11-24T16:59:00+01:00");
    assert_eq!(tablet.get("/kiosk").is(200)["gatherings"], json!([]), "more than an hour before");
    app.at("2026-11-24T17:45:00+01:00");
    let view = tablet.get("/kiosk").is(200);
    let near = json!([{
        "booking_id": booking.id(), "room": "konferens-1", "room_name": view["gatherings"][0]["room_name"],
        "starts_at": booking["starts_at"], "ends_at": booking["ends_at"],
    }]);
    assert_eq!(view["gatherings"], near);
    assert!(!view.text().contains("språkkafé") && !view.text().contains(booking["title"].as_str().unwrap()), "{}", view.text());

    let here = json!({"purpose": "walk_in", "booking_id": booking.id(), "client_id": Id::new()});
    tablet.post("/kiosk/counts", &here).is(201);
    tablet.post("/kiosk/counts", &here).is(200);
    tablet.post("/kiosk/counts", json!({"purpose": "office", "headcount": 3})).is(201);
    let to_gathering = ("gathering".to_owned(), 1, Some(booking.id().parse().unwrap()), true);
    assert_eq!(counted(&app), [to_gathering, ("office".into(), 3, None, true)]);
    assert_eq!(app.reception().get("/visits/today").is(200)["by_gathering"][0]["visits"], 1);
}

#[test]
fn what_was_counted_without_network_is_told_later_once_and_within_a_day() {
    let app = App::spawn();
    let tablet = tablet(&app);
    app.at("2026-11-24T10:00:00+01:00");
    let late = json!({"purpose": "walk_in", "at": "2026-11-24T09:00:00+01:00", "client_id": Id::new()});
    tablet.post("/kiosk/counts", &late).is(201);
    tablet.post("/kiosk/counts", &late).is(200);
    assert_eq!(app.reception().get("/visits").is(200).items()[0]["late_entry"], true);
    for (at, code) in [("2026-11-23T09:59:00+01:00", "too_old"), ("2026-11-24T10:05:00+01:00", "in_the_future")] {
        let refused = tablet.post("/kiosk/counts", json!({"purpose": "walk_in", "at": at})).refused(422, "invalid_field");
        assert_eq!(refused["errors"][0]["code"], code);
    }
}

#[test]
fn a_gathering_that_is_not_now_is_not_found_by_trying() {
    let app = App::spawn();
    let organisation = app.organisation("Limhamns språkkafé");
    let tablet = tablet(&app);
    let later = app.booker(organisation).post("/bookings", good(organisation)).is(201);
    let answer = |id: &str| {
        let refused = tablet.post("/kiosk/counts", json!({"purpose": "gathering", "booking_id": id})).refused(422, "invalid_field");
        (refused["errors"][0]["field"].clone(), refused["errors"][0]["code"].clone(), refused["errors"][0]["message"].clone())
    };
    assert_eq!(answer(&later.id()), answer(&Id::new().to_string()), "one that is later and one that is not there look alike");
    assert_eq!(counted(&app), []);
}

#[test]
fn a_pairing_code_is_good_once_for_ten_minutes_and_the_tablet_before_is_cut_off() {
    let app = App::spawn();
    let kiosk = device(&app, "kiosk");
    let (first, code) = (pairing_code(&app, &kiosk), pairing_code(&app, &kiosk));
    let pair = |code: &str| app.anonymous().post("/kiosk/pair", json!({"code": code}));
    pair(&first).refused(422, "invalid_field");
    let spelled = format!("{}-{}", code[..5].to_lowercase(), &code[5..]);
    let old = token(&pair(&spelled).is(200));
    pair(&code).refused(422, "invalid_field");
    let at = |token: &str| app.anonymous().header("Cookie", format!("kiosk={token}")).get("/kiosk");
    at(&old).is(200);
    assert_eq!(app.admin().get("/devices").is(200).items()[0]["paired"], true);

    let late = pairing_code(&app, &kiosk);
    app.at("2026-11-23T08:10:00+01:00");
    pair(&late).refused(422, "invalid_field");
    at(&old).is(200);
    let new = token(&pair(&pairing_code(&app, &kiosk)).is(200));
    at(&old).refused(401, "unauthenticated");
    at(&new).is(200);
    at(&format!("{new}x")).refused(401, "unauthenticated");

    app.admin().post_empty(&format!("/devices/{kiosk}/revoke")).is(200);
    at(&new).refused(401, "unauthenticated");
    app.admin().post_empty(&format!("/devices/{kiosk}/pairing-code")).refused(409, "wrong_state");
    app.admin().post_empty(&format!("/devices/{}/pairing-code", device(&app, "poster"))).refused(409, "wrong_state");

    // Neither code nor token stands anywhere as it is.
    let everything = app.read(|c| {
        let kept: Vec<String> = idempotency_keys::table.select(idempotency_keys::answer).load(c)?;
        let hashes: Vec<(Option<String>, Option<String>)> = devices::table.select((devices::token_hash, devices::pairing_hash)).load(c)?;
        let trail: Vec<Option<String>> = audit_log::table.select(audit_log::after).load(c)?;
        Ok(format!("{kept:?} {hashes:?} {trail:?}"))
    });
    assert!([&code, &late, &old, &new].iter().all(|secret| !everything.contains(secret.as_str())));
}

#[test]
fn a_device_counts_no_faster_than_people_come() {
    let app = App::spawn();
    let tablet = tablet(&app);
    let one = || tablet.post("/kiosk/counts", json!({"purpose": "walk_in"}));
    for _ in 0..40 {
        one().is(201);
    }
    let refused = one().refused(429, "too_many_requests");
    assert_eq!(refused["retry_after"], 60);
    app.at("2026-11-23T08:01:00+01:00");
    one().is(201);
}

#[test]
fn bad_counts_are_refused() {
    let app = App::spawn();
    let tablet = tablet(&app);
    let fields = |body: Value| {
        let refused = tablet.off_contract().post("/kiosk/counts", body).refused(422, "invalid_field");
        refused["errors"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(fields(json!({"purpose": "party", "headcount": 21, "booking_id": "x", "visitor": {"name": "Anna"}})).len(), 4);
    assert_eq!(fields(json!({})), ["purpose"]);
    app.admin().off_contract().post("/devices", json!({"kind": "robot", "name": ""})).refused(422, "invalid_field");
    for _ in 0..50 {
        app.admin().post("/devices", json!({"kind": "poster", "name": "x"}));
    }
    app.admin().post("/devices", json!({"kind": "poster", "name": "x"})).refused(409, "wrong_state");
}

/// A page as a phone gets it, whose browser follows no redirect.
struct Page {
    status: u16,
    text: String,
    headers: ureq::http::HeaderMap,
}

impl Page {
    #[track_caller]
    fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

fn browse(app: &App, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Page {
    let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", app.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let agent =
        ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).max_redirects_will_error(false).build().new_agent();
    let (parts, mut body) = agent.run(request.body(body.to_owned()).unwrap()).unwrap().into_parts();
    Page { status: parts.status.as_u16(), text: body.read_to_string().unwrap(), headers: parts.headers }
}

fn look(app: &App, path: &str) -> Page {
    browse(app, "GET", path, &[], "")
}

/// As a phone's browser sends a form of the page.
fn tap(app: &App, path: &str, form: &str, cookie: &str) -> Page {
    let form_type = ("Content-Type", "application/x-www-form-urlencoded");
    browse(app, "POST", path, &[form_type, ("Sec-Fetch-Site", "same-origin"), ("Cookie", cookie)], form)
}

#[test]
fn a_poster_lets_a_phone_count_itself_once() {
    let app = App::spawn();
    let organisation = app.organisation("Limhamns språkkafé");
    let booking = app.booker(organisation).post("/bookings", good(organisation)).is(201);
    let path = poster(&app);
    app.at("2026-11-24T17:45:00+01:00");
    let page = look(&app, &path).is(200);
    assert!(page.text.contains(&booking.id()) && page.text.contains("18:00–20:00"), "{}", page.text);
    assert!(!page.text.contains("språkkafé") && !page.text.contains(booking["title"].as_str().unwrap()));
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    assert!(look(&app, &format!("{path}?lang=en")).is(200).text.contains("I am dropping in"));

    let sent = tap(&app, &path, &format!("purpose=gathering&booking_id={}", booking.id()), "").is(303);
    assert!(look(&app, sent.header("location")).is(200).text.contains("Du är räknad"));
    let cookie = sent.header("set-cookie").split(';').next().unwrap().to_owned();
    tap(&app, &path, "purpose=walk_in", &cookie).is(303);
    assert_eq!(counted(&app), [("gathering".into(), 1, Some(booking.id().parse().unwrap()), true)], "two taps are one visit");

    tap(&app, &path, "purpose=walk_in&headcount=9", "").is(422);
    tap(&app, &path, "purpose=party", "").is(422);
    tap(&app, &path, &format!("purpose=gathering&booking_id={}", Id::new()), "").is(422);
    tap(&app, "/har/0000000000", "purpose=walk_in", "").is(404);
    tap(&app, "/har/%3Cscript%3E", "purpose=walk_in", "").is(404);
    let form_type = ("Content-Type", "application/x-www-form-urlencoded");
    browse(&app, "POST", &path, &[form_type, ("Sec-Fetch-Site", "cross-site")], "purpose=walk_in").is(403);
    browse(&app, "POST", &path, &[("Content-Type", "application/json")], r#"{"purpose": "walk_in"}"#).is(415);
    assert_eq!(counted(&app).len(), 1);
}

#[test]
fn a_poster_is_limited_and_can_be_taken_down() {
    let app = App::spawn();
    let path = poster(&app);
    for _ in 0..120 {
        tap(&app, &path, "purpose=walk_in", "").is(303);
    }
    assert_eq!(tap(&app, &path, "purpose=walk_in", "").is(429).header("retry-after"), "600");
    let id = app.admin().get("/devices").is(200).items()[0]["id"].as_str().unwrap().to_owned();
    app.admin().post_empty(&format!("/devices/{id}/revoke")).is(200);
    app.at("2026-11-23T08:20:00+01:00");
    tap(&app, &path, "purpose=walk_in", "").is(404);
    look(&app, &path).is(404);
    app.admin().get(&format!("/devices/{id}/poster")).refused(404, "not_found");
}
