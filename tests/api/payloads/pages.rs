//! The pages that the service writes itself, behind a code on paper.
use nobel21::id::Id;
use ureq::http::Request;

use super::{PAYLOADS, judge, lines};
use crate::support::{App, Client, Value, json};

/// What a browser gets: the status and the page.
fn page(app: &App, path: &str, form: Option<&[(&str, &str)]>) -> (u16, String) {
    let agent =
        ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).max_redirects_will_error(false).build().new_agent();
    let request = Request::builder().uri(format!("{}{path}", app.url));
    let answer = match form {
        None => agent.run(request.body(()).unwrap()),
        Some(form) => {
            let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
            let request = request.method("POST").header("Content-Type", "application/x-www-form-urlencoded");
            agent.run(request.body(body).unwrap())
        }
    };
    let (parts, mut body) = answer.unwrap().into_parts();
    let header = |name: &str| parts.headers.get(name).map_or("", |value| value.to_str().unwrap());
    let text = body.read_to_string().unwrap();
    if !text.is_empty() {
        assert_eq!((header("content-type"), header("x-content-type-options")), ("text/html; charset=utf-8", "nosniff"));
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
        judge::page(&text);
    }
    (parts.status.as_u16(), text)
}

fn booked(client: &Client, organisation: Id, title: &str) -> Value {
    let body = json!({
        "room": "konferens-1", "organisation_id": organisation, "title": title, "category": "meeting", "expected_participants": 12,
        "starts_at": "2026-11-23T08:30:00+01:00", "ends_at": "2026-11-23T10:00:00+01:00", "display": "title",
    });
    client.post("/bookings", body).is(201).json
}

/// A house in which the room is called so too.
fn house(payload: &str) -> (App, Client, Value) {
    let app = App::spawn();
    let organisation = app.organisation(payload);
    let booker = app.booker(organisation);
    app.admin().if_match("*").patch("/rooms/konferens-1", json!({"name": payload})).is(200);
    let booking = booked(&booker, organisation, payload);
    (app, booker, booking)
}

#[test]
fn the_evaluation_page_shows_names_and_drafts_as_they_were_written() {
    let (app, booker, booking) = house("Rum");
    let link = booker.post_empty(&format!("/bookings/{}/evaluation-link", booking["id"].as_str().unwrap())).is(201);
    let path = format!("/e/{}", link["code"].as_str().unwrap());
    app.at("2026-11-23T09:45:00+01:00");
    for payload in lines() {
        app.admin().if_match("*").patch("/rooms/konferens-1", json!({"name": payload})).is(200);
        app.admin().if_match("*").patch(&format!("/bookings/{}", booking["id"].as_str().unwrap()), json!({"title": payload})).is(200);
        let (status, text) = page(&app, &path, None);
        assert_eq!(status, 200);
        assert!(text.matches(&judge::escaped(payload)).count() >= 2, "title and room {payload:?} in\n{text}");
    }
    app.at("2026-11-23T10:30:00+01:00");
    for payload in PAYLOADS {
        // No rating that there is: the form comes again with what was written so far.
        let (status, text) = page(&app, &path, Some(&[("rating", "x"), ("comment", payload)]));
        assert_eq!(status, 422, "{text}");
        let written = judge::escaped(payload);
        assert!(text.contains(&format!("aria-describedby=\"private\">{written}</textarea>")), "{written:?} in\n{text}");
        for path in [format!("{path}?lang={}", urlencoded(payload)), format!("/e/{}", urlencoded(payload))] {
            page_of_any_kind(&app, &path);
        }
    }
}

fn urlencoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

fn page_of_any_kind(app: &App, path: &str) {
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let mut answer = agent.get(format!("{}{path}", app.url)).call().unwrap();
    let text = answer.body_mut().read_to_string().unwrap();
    if answer.headers()["content-type"].to_str().unwrap().starts_with("text/html") {
        judge::page(&text);
    }
}

#[test]
fn the_page_behind_the_poster_shows_the_rooms_names_as_they_were_written() {
    let (app, _, _) = house("Rum");
    let device = app.admin().post("/devices", json!({"kind": "poster", "name": "Entrén"})).is(201).id();
    let poster = app.admin().get(&format!("/devices/{device}/poster")).is(200);
    let path = format!("/har/{}", poster["url"].as_str().unwrap().rsplit('/').next().unwrap());
    for payload in lines() {
        app.admin().if_match("*").patch("/rooms/konferens-1", json!({"name": payload})).is(200);
        let (status, text) = page(&app, &path, None);
        assert_eq!(status, 200);
        assert!(text.contains(&format!("<button type=\"submit\">{}<small>", judge::escaped(payload))), "{payload:?} in\n{text}");
        let (status, _) = page(&app, &path, Some(&[("purpose", payload), ("booking_id", payload)]));
        assert_eq!(status, 422);
    }
}

#[test]
fn the_roll_call_to_print_shows_names_as_they_were_written() {
    for payload in lines() {
        let (app, _, booking) = house(payload);
        let admin = app.admin();
        admin.if_match("*").patch("/settings", json!({"named_visits": true})).is(200);
        app.at("2026-11-23T08:40:00+01:00");
        let visit = json!({
            "headcount": 1, "purpose": "gathering", "booking_id": booking["id"], "client_id": Id::new(),
            "visitor": {"name": payload, "host": payload},
        });
        let came = admin.post("/visits", visit);
        assert!([201, 422].contains(&came.status), "{came:?}");
        let answer = admin.get("/visits/present?format=html").is(200);
        judge::answer(&answer);
        // Title, association and room of the gathering, the room of its own, and the visitor with the host.
        let expected = if came.status == 201 { 6 } else { 4 };
        let shown = answer.text().matches(&format!(">{}</t", judge::escaped(payload))).count();
        assert_eq!(shown, expected, "{payload:?} in\n{}", answer.text());
    }
}
