//! Calendars against what the API says of the same bookings, by parsers that are not ours.
use nobel21::{id::Id, time::Moment};
use serde_json::{Value, json};

use crate::{
    bookings::{good, with},
    feeds::{events, subscribe},
    support::{
        App, Client,
        ical::{self, Event},
    },
};

fn instant(text: &str) -> Moment {
    text.parse().unwrap()
}

/// That an event is the booking: the same key, version and instants.
pub fn says_the_same(event: &Event, booking: &Value) {
    let of = |member: &str| instant(booking[member].as_str().unwrap());
    assert_eq!(
        (json!(event.uid), json!(event.sequence + 1), instant(&event.starts_at), instant(&event.ends_at), instant(&event.stamp)),
        (booking["id"].clone(), booking["version"].clone(), of("starts_at"), of("ends_at"), of("updated_at"))
    );
}

/// That a feed has these bookings and no other, in any order, each as the API has it.
fn has_exactly(events: &[Event], bookings: &[Value]) {
    let mut uids: Vec<&str> = events.iter().map(|event| event.uid.as_str()).collect();
    let mut ids: Vec<&str> = bookings.iter().map(|booking| booking["id"].as_str().unwrap()).collect();
    uids.sort_unstable();
    ids.sort_unstable();
    assert_eq!(uids, ids);
    for event in events {
        let booking = bookings.iter().find(|booking| booking["id"] == event.uid.as_str()).unwrap();
        says_the_same(event, booking);
        let status = match booking["status"].as_str().unwrap() {
            "pending" => "TENTATIVE",
            "cancelled" | "rejected" => "CANCELLED",
            _ => "CONFIRMED",
        };
        assert_eq!(event.status, status, "{booking}");
    }
}

fn all(client: &Client) -> Vec<Value> {
    client.get("/bookings?limit=200").is(200).items().to_vec()
}

/// A spring of Tuesdays over the clock change of 28 March 2027, one of them moved and one called off, what waits for a yes, what
/// was refused, a title that is hard to write, and another's booking.
fn spring(app: &App) -> (Id, Client) {
    let organisation = app.organisation("Malmö; \"Folkets, vänner\"");
    let booker = app.booker(organisation);
    let series = json!({
        "room": "konferens-1", "organisation_id": organisation, "title": "Ungdomsgruppen", "category": "youth_activity",
        "expected_participants": 12, "date": "2027-03-09", "from": "18:00", "to": "20:00", "rule": "FREQ=WEEKLY;COUNT=6",
    });
    let made = booker.post("/series", series).is(201);
    let path = |i: usize| format!("/bookings/{}", made["bookings"][i]["id"].as_str().unwrap());
    let later = json!({"starts_at": "2027-03-30T19:00:00+02:00", "ends_at": "2027-03-30T21:00:00+02:00"});
    booker.if_match("*").patch(&path(3), later).is(200);
    booker.post(&format!("{}/cancel", path(4)), json!({})).is(200);
    let title = "Öppet hus, ”Vår – för alla”; fika & sång: 10% rabatt <b>ja</b> 🎉 och sedan mer, så att raden blir lång";
    booker.post("/bookings", with(good(organisation), json!({"title": title, "display": "title", "room": "kafeet"}))).is(201);
    app.admin().if_match("*").patch("/rooms/verkstaden", json!({"needs_approval": true})).is(200);
    booker.post("/bookings", with(good(organisation), json!({"room": "verkstaden"}))).is(201);
    let no = json!({"room": "verkstaden", "starts_at": "2026-11-25T18:00:00+01:00", "ends_at": "2026-11-25T20:00:00+01:00"});
    let no = booker.post("/bookings", with(good(organisation), no)).is(201).id();
    app.admin().post(&format!("/bookings/{no}/reject"), json!({"reason": "Årsmöte"})).is(200);
    let other = app.organisation("Kastanjen");
    app.booker(other).post("/bookings", with(good(other), json!({"room": "aulan", "display": "hidden"}))).is(201);
    (organisation, booker)
}

#[test]
fn every_feed_has_what_the_api_has() {
    let app = App::spawn();
    let (organisation, booker) = spring(&app);
    let nobody = app.anonymous();
    let own = all(&booker);
    let everything = all(&app.admin());
    assert_eq!((own.len(), everything.len()), (9, 10));
    has_exactly(&events(&nobody, &subscribe(&booker, "/me")), &own);
    let manager = app.organisation_admin(organisation);
    let of_all = events(&nobody, &subscribe(&manager, &format!("/organisations/{organisation}")));
    has_exactly(&of_all, &own);
    for event in &of_all {
        let booking = own.iter().find(|booking| booking["id"] == event.uid.as_str()).unwrap();
        assert_eq!(json!(event.summary), booking["title"]);
        assert!(event.description.as_ref().unwrap().starts_with("Malmö; \"Folkets, vänner\". Bokningsnummer N21-"), "{event:?}");
        assert!(event.url.as_ref().unwrap().ends_with(&format!("/bokningar/{}", event.uid)));
    }
    has_exactly(&events(&nobody, "/calendar.ics"), &everything);
    let here: Vec<Value> = everything.into_iter().filter(|booking| booking["room"] == "konferens-1").collect();
    assert_eq!(here.len(), 6);
    let room = events(&nobody, "/rooms/konferens-1/calendar.ics");
    has_exactly(&room, &here);
    // 18 o'clock is 18 o'clock in winter and in summer.
    let mut starts: Vec<&str> = room.iter().map(|event| event.starts_at.as_str()).collect();
    starts.sort_unstable();
    assert_eq!(
        starts,
        [
            "2027-03-09T17:00:00Z",
            "2027-03-16T17:00:00Z",
            "2027-03-23T17:00:00Z",
            "2027-03-30T17:00:00Z",
            "2027-04-06T16:00:00Z",
            "2027-04-13T16:00:00Z"
        ]
    );
}

#[test]
fn a_house_with_nothing_booked_has_calendars_all_the_same() {
    let app = App::spawn();
    for path in ["/calendar.ics", "/rooms/aulan/calendar.ics"] {
        assert!(events(&app.anonymous(), path).is_empty());
    }
}

/// The check itself: it must find what breaks a rule, or it proves nothing.
#[test]
fn what_breaks_a_rule_is_found() {
    let good = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Nobel 21//SV\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261001T060000Z\r\n\
                DTSTART:20270328T160000Z\r\nDTEND:20270328T180000Z\r\nSUMMARY:Fest\\; mat\\, dryck\r\nSTATUS:CONFIRMED\r\nSEQUENCE:3\r\n\
                END:VEVENT\r\nEND:VCALENDAR\r\n";
    assert_eq!(ical::understood(good.as_bytes()).events[0].summary, "Fest; mat, dryck");
    let long = format!("SUMMARY:{}", "å".repeat(40));
    let again = "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261001T060000Z\r\nDTSTART:20270329T160000Z\r\n\
                 DTEND:20270329T180000Z\r\nSTATUS:CONFIRMED\r\nEND:VEVENT";
    for (what, instead) in [
        ("VERSION:2.0", "VERSION:1.0"),
        ("PRODID:-//Nobel 21//SV\r\n", ""),
        ("UID:1\r\n", ""),
        ("UID:1\r\n", "UID:1\n"),
        ("UID:1\r\n", "UID:1\r\n\r\n"),
        ("DTSTAMP:20261001T060000Z\r\n", ""),
        ("DTSTAMP:20261001T060000Z", "DTSTAMP:20261001T060000"),
        ("DTSTART:20270328T160000Z\r\n", ""),
        ("DTSTART:20270328T160000Z", "DTSTART:20270328T160000"),
        ("DTSTART:20270328T160000Z", "DTSTART;TZID=Europe/Stockholm:20270328T180000"),
        ("DTEND:20270328", "DTEND:20270327"),
        ("SEQUENCE:3", "SEQUENCE:3\r\nSEQUENCE:4"),
        ("STATUS:CONFIRMED", "STATUS:MAYBE"),
        ("SUMMARY", long.as_str()),
        ("END:VEVENT", again),
        ("BEGIN:VEVENT", "METHOD:REQUEST\r\nBEGIN:VEVENT"),
    ] {
        assert!(good.contains(what));
        let bad = good.replacen(what, instead, 1);
        assert!(ical::check(bad.as_bytes()).is_err(), "nothing was found wrong with {instead:?} for {what:?}");
    }
}
