//! Calendars: however many events there are, they are ours, and a text stays in the property that it was written for.
use calcard::icalendar::{ICalendar, ICalendarProperty};

use super::{PAYLOADS, kept, lines, turns};
use crate::{
    bookings::{good, with},
    feeds::{events, subscribe},
    support::{App, ical, json},
};

/// Panics unless every event of a calendar is whole and its own: a text that ends one and begins another leaves both in pieces.
#[track_caller]
pub fn calendar(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let calendar = ICalendar::parse(&text).unwrap_or_else(|why| panic!("{why:?} in\n{text}"));
    let events: Vec<_> = calendar.components.iter().filter(|component| component.component_type.is_event()).collect();
    assert_eq!(text.lines().filter(|line| *line == "BEGIN:VEVENT").count(), events.len(), "{text}");
    for event in events {
        for once in [ICalendarProperty::Uid, ICalendarProperty::Dtstart, ICalendarProperty::Dtend, ICalendarProperty::Summary] {
            assert_eq!(event.entries.iter().filter(|entry| entry.name == once).count(), 1, "{once:?} in\n{text}");
        }
    }
}

#[test]
fn a_title_and_a_name_stay_what_they_are_and_make_no_event() {
    let app = App::spawn();
    for (day, payload) in (1..).zip(lines()) {
        let organisation = app.organisation(payload);
        let booker = app.organisation_admin(organisation);
        booker.if_match("*").patch("/me", json!({"name": payload})).is(200);
        let (from, to) = (format!("2026-12-{day:02}T18:00:00+01:00"), format!("2026-12-{day:02}T20:00:00+01:00"));
        let long = PAYLOADS.into_iter().filter(|payload| !turns(payload)).collect::<Vec<_>>().join("\n").replace('\0', "");
        let shown = json!({"title": payload, "display": "title", "description": long, "starts_at": from, "ends_at": to});
        booker.post("/bookings", with(good(organisation), shown)).is(201);
        for of in ["/me".to_owned(), format!("/organisations/{organisation}")] {
            let read = ical::understood(&app.anonymous().get(&subscribe(&booker, &of)).is(200).bytes);
            assert_eq!(read.name.unwrap(), format!("Nobel 21 – {payload}"), "{of}");
            let [event] = &read.events[..] else { panic!("one event: {:?}", read.events) };
            assert_eq!(event.summary, payload);
            assert!(event.description.as_ref().unwrap().starts_with(&format!("{payload}. ")), "{event:?}");
        }
    }
    let mut expected: Vec<String> = lines().map(|payload| format!("{payload} ({payload})")).collect();
    expected.sort();
    for path in ["/calendar.ics", "/rooms/konferens-1/calendar.ics"] {
        let mut summaries: Vec<String> = events(&app.anonymous(), path).into_iter().map(|event| event.summary).collect();
        summaries.sort();
        assert_eq!(summaries, expected, "{path}");
    }
}

#[test]
fn the_reason_of_a_closure_and_the_name_of_a_room_stay_what_they_are() {
    let app = App::spawn();
    let admin = app.admin();
    let mut expected = vec![];
    for (day, payload) in (1..).zip(PAYLOADS) {
        let at = |hour: u8| format!("2026-12-{day:02}T{hour:02}:00:00+01:00");
        let answer = admin.post("/closures", json!({"starts_at": at(8), "ends_at": at(9), "rooms": ["aulan"], "reason": payload}));
        assert!([201, 422].contains(&answer.status), "{answer:?}");
        if answer.status == 201 {
            expected.push(format!("Stängt: {}", kept(payload).replace("\r\n", "\n").replace('\r', "\n")));
        }
    }
    let summaries: Vec<String> = events(&app.anonymous(), "/rooms/aulan/calendar.ics").into_iter().map(|event| event.summary).collect();
    assert_eq!(summaries, expected);
    for payload in lines() {
        admin.if_match("*").patch("/rooms/aulan", json!({"name": payload})).is(200);
        let read = ical::understood(&app.anonymous().get("/rooms/aulan/calendar.ics").is(200).bytes);
        assert_eq!((read.name.unwrap(), read.events.len()), (format!("Nobel 21 – {payload}"), expected.len()));
    }
}
