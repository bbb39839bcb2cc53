//! Calendars that other calendars subscribe to.
use nobel21::id::Id;
use serde_json::json;

use crate::{
    bookings::{good, with},
    support::{
        App, Client,
        ical::{self, Event},
    },
};

/// The path of a feed for which a key is made just now.
pub fn subscribe(client: &Client, of: &str) -> String {
    let made = client.post_empty(&format!("{of}/calendar-key")).is(201);
    made["url"].as_str().unwrap().split_once("/api/v1").unwrap().1.to_owned()
}

/// Its events, as other programs read them.
pub fn events(client: &Client, path: &str) -> Vec<Event> {
    let answer = client.get(path).is(200);
    assert_eq!(answer.header("content-type"), "text/calendar; charset=utf-8");
    let read = ical::understood(&answer.bytes);
    assert_eq!((read.method, read.zones), (None, vec!["Europe/Stockholm".to_owned()]), "a feed is no invitation");
    assert!(read.name.unwrap().starts_with("Nobel 21 – "));
    read.events
}

fn booked(app: &App) -> (Id, Client, String) {
    let organisation = app.organisation("Kastanjen");
    let booker = app.booker(organisation);
    let id = booker.post("/bookings", good(organisation)).is(201).id();
    (organisation, booker, id)
}

#[test]
fn the_house_and_its_rooms_tell_strangers_no_more_than_display_allows() {
    let app = App::spawn();
    let (organisation, booker, _) = booked(&app);
    booker
        .post("/bookings", with(good(organisation), json!({"room": "verkstaden", "display": "title", "title": "Öppet hus; fika, sång"})))
        .is(201);
    booker.post("/bookings", with(good(organisation), json!({"room": "kafeet", "display": "hidden"}))).is(201);
    let all = events(&app.anonymous(), "/calendar.ics");
    let mut summaries: Vec<&str> = all.iter().map(|event| event.summary.as_str()).collect();
    summaries.sort_unstable();
    assert_eq!(summaries, ["Bokat", "Upptaget", "Öppet hus; fika, sång (Kastanjen)"]);
    assert!(!app.anonymous().get("/calendar.ics").is(200).text().contains("Styrelsemöte"));
    // Who is signed in reads the same address and sees the same: it is what is subscribed to that tells, not who asks.
    assert!(!booker.get("/calendar.ics").is(200).text().contains("Styrelsemöte"));
    let room = events(&app.anonymous().language("en"), "/rooms/konferens-1/calendar.ics");
    assert_eq!(room.iter().map(|event| event.summary.as_str()).collect::<Vec<_>>(), ["Booked"]);
    app.anonymous().get("/rooms/kyrkan/calendar.ics").refused(404, "not_found");
}

#[test]
fn an_association_under_threat_is_in_no_feed_by_name() {
    let app = App::spawn();
    let (organisation, booker, _) = booked(&app);
    app.admin().if_match("*").patch(&format!("/organisations/{organisation}"), json!({"protected": true})).is(200);
    booker.post("/bookings", with(good(organisation), json!({"room": "verkstaden", "display": "title", "title": "Regnbågskväll"}))).is(201);
    let text = app.anonymous().get("/calendar.ics").is(200).text();
    assert!(!text.contains("Kastanjen") && !text.contains("Regnbåg"), "{text}");
}

#[test]
fn an_event_is_known_again_moved_called_off_and_forgotten_after_sixty_days() {
    let app = App::spawn();
    let (_, booker, id) = booked(&app);
    let feed = subscribe(&booker, "/me");
    let now = || events(&app.anonymous(), &feed).into_iter().next().unwrap();
    let first = now();
    assert_eq!((&first.uid, first.sequence, first.status.as_str()), (&id, 0, "CONFIRMED"));
    assert_eq!((first.summary.as_str(), first.location.as_deref()), ("Styrelsemöte", Some("Konferens 1")));
    let booking = booker.get(&format!("/bookings/{id}")).is(200);
    booker.if_match(booking.etag()).patch(&format!("/bookings/{id}"), json!({"room": "konferens-2"})).is(200);
    let moved = now();
    assert_eq!((&moved.uid, moved.sequence, moved.location.as_deref()), (&id, 1, Some("Konferens 2")));
    booker.post(&format!("/bookings/{id}/cancel"), json!({})).is(200);
    let off = now();
    assert_eq!((&off.uid, off.sequence, off.status.as_str()), (&id, 2, "CANCELLED"));
    app.at("2027-01-21T08:00:00+01:00");
    assert_eq!(now(), off);
    app.at("2027-01-23T08:00:00+01:00");
    assert!(events(&app.anonymous(), &feed).is_empty());
}

#[test]
fn what_waits_for_a_yes_is_tentative() {
    let app = App::spawn();
    let guests = app.guest_organisation("Gästerna");
    let booker = app.booker(guests);
    booker.post("/bookings", good(guests)).is(201);
    let feed = subscribe(&booker, "/me");
    assert_eq!(events(&app.anonymous(), &feed)[0].status, "TENTATIVE");
}

#[test]
fn a_key_opens_its_own_calendar_alone_and_only_until_the_next_is_made_or_it_is_revoked() {
    let app = App::spawn();
    let (organisation, booker, _) = booked(&app);
    let manager = app.organisation_admin(organisation);
    let nobody = app.anonymous();
    let first = subscribe(&manager, &format!("/organisations/{organisation}"));
    assert_eq!(events(&nobody, &first).len(), 1);
    // A member's own feed has what it booked, and the manager booked nothing.
    assert!(events(&nobody, &subscribe(&manager, "/me")).is_empty());
    assert_eq!(events(&nobody, &subscribe(&booker, "/me")).len(), 1);
    let key = first.split_once("key=").unwrap().1;
    let other = app.organisation("Annan");
    for wrong in [
        format!("/organisations/{other}/calendar.ics?key={key}"),
        format!("/me/calendar.ics?key={key}"),
        format!("/organisations/{organisation}/calendar.ics?key={}x", &key[1..]),
        format!("/organisations/{}/calendar.ics?key={key}", Id::new()),
    ] {
        nobody.get(&wrong).refused(404, "not_found");
    }
    nobody.off_contract().get("/me/calendar.ics").refused(422, "invalid_field");
    let second = subscribe(&manager, &format!("/organisations/{organisation}"));
    nobody.get(&first).refused(404, "not_found");
    assert_eq!(events(&nobody, &second).len(), 1);
    let path = format!("/organisations/{organisation}/calendar-key");
    let key = manager.get(&path).is(200);
    assert!(key["created_at"].is_string() && key["url"].is_null());
    manager.if_match("\"0123456789abcdef01234567\"").delete(&path).refused(412, "stale");
    manager.if_match(key.etag()).delete(&path).is(204);
    nobody.get(&second).refused(404, "not_found");
    assert!(manager.get(&path).is(200)["created_at"].is_null());
}

#[test]
fn who_is_disabled_or_no_longer_a_member_has_an_empty_calendar_or_none() {
    let app = App::spawn();
    let (organisation, booker, _) = booked(&app);
    let feed = subscribe(&booker, "/me");
    let member = format!("/organisations/{organisation}/members/{}", booker.id());
    app.admin().if_match("*").delete(&member).is(204);
    assert!(events(&app.anonymous(), &feed).is_empty());
    app.admin().if_match("*").patch(&format!("/users/{}", booker.id()), json!({"disabled": true})).is(200);
    app.anonymous().get(&feed).refused(404, "not_found");
}

#[test]
fn who_leaves_an_association_takes_its_calendar_s_address_along_for_nothing() {
    let app = App::spawn();
    let (organisation, booker, _) = booked(&app);
    let manager = app.organisation_admin(organisation);
    let of = format!("/organisations/{organisation}");
    let before = subscribe(&manager, &of);
    assert_eq!(events(&app.anonymous(), &before).len(), 1);
    app.admin().if_match("*").delete(&format!("{of}/members/{}", booker.id())).is(204);
    app.anonymous().get(&before).refused(404, "not_found");
    // Nor does somebody whose account is closed.
    let other = app.booker(organisation);
    let again = subscribe(&manager, &of);
    app.admin().if_match("*").patch(&format!("/users/{}", other.id()), json!({"disabled": true})).is(200);
    app.anonymous().get(&again).refused(404, "not_found");
    assert!(manager.get(&format!("{of}/calendar-key")).is(200)["created_at"].is_null(), "its managers see that a new one is needed");
}

#[test]
fn an_unchanged_feed_is_not_sent_again() {
    let app = App::spawn();
    let (organisation, booker, _) = booked(&app);
    let first = app.anonymous().get("/calendar.ics").is(200);
    app.at("2026-11-23T09:00:00+01:00");
    app.anonymous().header("If-None-Match", first.header("etag")).get("/calendar.ics").is(304);
    booker.post("/bookings", with(good(organisation), json!({"room": "verkstaden"}))).is(201);
    app.anonymous().header("If-None-Match", first.header("etag")).get("/calendar.ics").is(200);
}

#[test]
fn closures_are_in_the_feeds_of_what_they_close() {
    let app = App::spawn();
    let closure = json!({"starts_at": "2026-12-01T08:00:00+01:00", "ends_at": "2026-12-01T12:00:00+01:00", "rooms": ["verkstaden"], "reason": "Golvet slipas"});
    app.admin().post("/closures", closure).is(201);
    let there = events(&app.anonymous(), "/rooms/verkstaden/calendar.ics");
    assert_eq!((there[0].summary.as_str(), there[0].starts_at.as_str()), ("Stängt: Golvet slipas", "2026-12-01T07:00:00Z"));
    assert!(events(&app.anonymous(), "/rooms/kafeet/calendar.ics").is_empty());
}
