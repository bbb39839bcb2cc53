//! Invitations in letters, as calendars read them (RFC 5546, 6047).
use mail_parser::{MessagePart, MimeHeaders};
use serde_json::json;

use crate::{
    bookings::{good, with},
    ical::says_the_same,
    support::{
        App, Client,
        ical::{self, Event, Party},
        smtp::{Mail, Sink},
    },
};

fn house() -> (App, Sink) {
    let sink = Sink::start();
    let app = App::with(|config| config.mail = nobel21::mail::Transport::parse(&sink.plain_url()).unwrap());
    app.furnish();
    (app, sink)
}

/// The letter that came last, once all have been sent.
fn last(app: &App, sink: &Sink) -> Mail {
    app.deliver_mail();
    sink.mails().pop().unwrap()
}

/// The letter's calendar part as other programs read it, once the method that the part's type says is seen to be its own.
fn calendar(mail: &Mail) -> Option<(String, Event)> {
    let message = mail.message();
    assert!(message.is_content_type("multipart", "alternative"));
    let part: &MessagePart = message.parts.iter().find(|part| part.is_content_type("text", "calendar"))?;
    assert!(part.attachment_name().is_none(), "as an attachment it is only a file");
    let read = ical::understood(part.contents());
    let method = part.content_type().unwrap().attribute("method").unwrap().to_owned();
    assert_eq!(read.method.as_deref(), Some(method.as_str()));
    let [event] = <[Event; 1]>::try_from(read.events).unwrap();
    assert_eq!(event.organizer, Some(Party { address: "bokning@nobel21.example".into(), name: "Föreningscentret Nobel 21".into() }));
    assert_eq!(event.attendees.iter().map(|one| one.address.as_str()).collect::<Vec<_>>(), mail.to);
    Some((method, event))
}

/// That an event says what the API says of the booking, and when.
fn agrees(client: &Client, (method, event): &(String, Event), status: &str) {
    let booking = client.get(&format!("/bookings/{}", event.uid)).is(200);
    assert_eq!(booking["status"], status);
    assert_eq!(
        (method.as_str(), event.status.as_str()),
        if status == "cancelled" { ("CANCEL", "CANCELLED") } else { ("REQUEST", "CONFIRMED") }
    );
    says_the_same(event, &booking.json);
    assert_eq!(json!(event.summary), booking["title"]);
}

fn change(client: &Client, id: &str, what: serde_json::Value) {
    let path = format!("/bookings/{id}");
    let booking = client.get(&path).is(200);
    client.if_match(booking.etag()).patch(&path, what).is(200);
}

#[test]
fn a_booking_comes_into_the_calendar_is_moved_there_and_taken_out() {
    let (app, sink) = house();
    let organisation = app.organisation("Kastanjen");
    let booker = app.booker(organisation);
    let id = booker.post("/bookings", with(good(organisation), json!({"title": "Möte; åäö, fika"}))).is(201).id();
    let asked = calendar(&last(&app, &sink)).unwrap();
    agrees(&booker, &asked, "confirmed");
    let (uid, sequence, summary) = (asked.1.uid.as_str(), asked.1.sequence, asked.1.summary.as_str());
    assert_eq!((uid, sequence, summary, asked.1.location.as_deref()), (id.as_str(), 0, "Möte; åäö, fika", Some("Konferens 1")));
    assert_eq!(asked.1.attendees[0].address, booker.email());

    change(&booker, &id, json!({"room": "konferens-2"}));
    let moved = calendar(&last(&app, &sink)).unwrap();
    agrees(&booker, &moved, "confirmed");
    assert_eq!((moved.1.uid.as_str(), moved.1.sequence, moved.1.location.as_deref()), (id.as_str(), 1, Some("Konferens 2")));

    booker.post(&format!("/bookings/{id}/cancel"), json!({})).is(200);
    let off = calendar(&last(&app, &sink)).unwrap();
    agrees(&booker, &off, "cancelled");
    assert_eq!((off.1.uid.as_str(), off.1.sequence), (id.as_str(), 2));
}

#[test]
fn dates_of_a_series_are_moved_and_taken_out_by_the_clock_of_their_day() {
    let (app, sink) = house();
    let organisation = app.organisation("Kastanjen");
    let booker = app.booker(organisation);
    let series = json!({
        "room": "konferens-1", "organisation_id": organisation, "title": "Ungdomsgruppen", "category": "youth_activity",
        "expected_participants": 12, "date": "2027-03-23", "from": "18:00", "to": "20:00", "rule": "FREQ=WEEKLY;COUNT=2",
    });
    let made = booker.post("/series", series).is(201);
    // The clock is put forward between the two.
    for (booking, before, after) in
        [(0, "2027-03-23T17:00:00Z", "2027-03-23T18:00:00Z"), (1, "2027-03-30T16:00:00Z", "2027-03-30T17:00:00Z")]
    {
        let (id, day) = (made["bookings"][booking]["id"].as_str().unwrap(), &before[..10]);
        assert_eq!(made["bookings"][booking]["starts_at"].as_str().unwrap()[..16], format!("{day}T18:00"));
        let (starts_at, ends_at) = (after, format!("{day}T19:00:00Z"));
        change(&booker, id, json!({"starts_at": starts_at, "ends_at": ends_at}));
        let moved = calendar(&last(&app, &sink)).unwrap();
        agrees(&booker, &moved, "confirmed");
        assert_eq!((moved.1.uid.as_str(), moved.1.starts_at.as_str(), moved.1.ends_at), (id, starts_at, ends_at));
        booker.post(&format!("/bookings/{id}/cancel"), json!({})).is(200);
        let off = calendar(&last(&app, &sink)).unwrap();
        agrees(&booker, &off, "cancelled");
        assert_eq!((off.1.uid.as_str(), off.1.sequence, off.1.starts_at.as_str()), (id, 2, after));
    }
}

#[test]
fn what_waits_for_a_yes_carries_no_invitation_and_a_no_takes_none_back() {
    let (app, sink) = house();
    let guests = app.guest_organisation("Gästerna");
    let booker = app.booker(guests);
    let yes = booker.post("/bookings", good(guests)).is(201).id();
    assert!(calendar(&last(&app, &sink)).is_none());
    app.admin().post_empty(&format!("/bookings/{yes}/approve")).is(200);
    assert_eq!(calendar(&last(&app, &sink)).unwrap().0, "REQUEST");
    // Moved by its member it waits again, so it is taken out.
    change(&booker, &yes, json!({"room": "konferens-2"}));
    assert_eq!(calendar(&last(&app, &sink)).unwrap().0, "CANCEL");
    let no = booker.post("/bookings", with(good(guests), json!({"room": "verkstaden"}))).is(201).id();
    app.admin().post(&format!("/bookings/{no}/reject"), json!({"reason": "Årsmöte"})).is(200);
    assert!(calendar(&last(&app, &sink)).is_none());
}

#[test]
fn an_invitation_is_forgotten_with_its_letter_and_still_taken_back() {
    let (app, sink) = house();
    let organisation = app.organisation("Kastanjen");
    let booker = app.booker(organisation);
    let far = json!({"starts_at": "2027-05-24T18:00:00+02:00", "ends_at": "2027-05-24T20:00:00+02:00"});
    let id = booker.post("/bookings", with(good(organisation), far)).is(201).id();
    assert_eq!(calendar(&last(&app, &sink)).unwrap().0, "REQUEST");
    app.at("2027-03-01T08:00:00+01:00");
    app.write(|c| nobel21::mail::prune(c, "2027-03-01T08:00:00+01:00".parse().unwrap(), app.now()));
    let kept: Vec<Option<String>> = app.read(|c| {
        use diesel::prelude::*;
        Ok(nobel21::db::schema::letters::table.select(nobel21::db::schema::letters::calendar).load(c)?)
    });
    assert_eq!(kept, [Some(String::new())]);
    app.admin().post(&format!("/bookings/{id}/cancel"), json!({})).is(200);
    assert_eq!(calendar(&last(&app, &sink)).unwrap().0, "CANCEL");
}

#[test]
fn a_date_of_a_series_is_taken_back_long_after_the_letter_about_them_all_is_forgotten() {
    let (app, sink) = house();
    let organisation = app.organisation("Kastanjen");
    let booker = app.booker(organisation);
    let series = json!({
        "room": "aulan", "organisation_id": organisation, "title": "Kör", "category": "course", "expected_participants": 8,
        "dates": ["2027-05-20", "2027-05-27"], "from": "18:00", "to": "20:00",
    });
    let made = booker.post("/series", series).is(201);
    let id = made["bookings"][1]["id"].as_str().unwrap();
    assert!(publication(&last(&app, &sink)).is_some());
    app.at("2027-03-01T08:00:00+01:00");
    app.write(|c| nobel21::mail::prune(c, app.now(), app.now()));
    app.admin().post(&format!("/bookings/{id}/cancel"), json!({})).is(200);
    let (method, event) = calendar(&last(&app, &sink)).unwrap();
    assert_eq!((method.as_str(), event.uid.as_str()), ("CANCEL", id));
}

/// The calendar part of a letter about many dates: each event stands for itself, with nobody invited (RFC 5546, 3.2.1).
fn publication(mail: &Mail) -> Option<Vec<Event>> {
    let message = mail.message();
    let part: &MessagePart = message.parts.iter().find(|part| part.is_content_type("text", "calendar"))?;
    assert_eq!(part.content_type().unwrap().attribute("method"), Some("PUBLISH"));
    let read = ical::understood(part.contents());
    assert_eq!(read.method.as_deref(), Some("PUBLISH"));
    assert!(read.events.iter().all(|event| event.attendees.is_empty() && event.organizer.is_some()));
    Some(read.events)
}

fn statuses(events: &[Event]) -> Vec<(&str, i64)> {
    events.iter().map(|event| (event.status.as_str(), event.sequence)).collect()
}

#[test]
fn a_series_comes_into_the_calendar_with_an_event_for_each_occurrence() {
    let (app, sink) = house();
    let organisation = app.organisation("Kastanjen");
    let booker = app.booker(organisation);
    let series = json!({
        "room": "konferens-1", "organisation_id": organisation, "title": "Ungdomsgruppen", "category": "youth_activity",
        "expected_participants": 12, "date": "2027-03-23", "from": "18:00", "to": "20:00", "rule": "FREQ=WEEKLY;COUNT=3",
    });
    let made = booker.post("/series", series).is(201);
    let booked = publication(&last(&app, &sink)).unwrap();
    assert_eq!(statuses(&booked), [("CONFIRMED", 0); 3]);
    for (event, booking) in booked.iter().zip(made["bookings"].as_array().unwrap()) {
        says_the_same(event, booking);
    }

    // One of them called off by itself is taken out by its own letter.
    booker.post(&format!("/bookings/{}/cancel", booked[1].uid), json!({})).is(200);
    let off = calendar(&last(&app, &sink)).unwrap();
    agrees(&booker, &off, "cancelled");
    assert_eq!((off.1.uid.as_str(), off.1.sequence), (booked[1].uid.as_str(), 1));

    // The others are moved together.
    let path = made.location();
    booker.if_match(booker.get(&path).is(200).etag()).patch(&path, json!({"room": "konferens-2"})).is(200);
    let moved = publication(&last(&app, &sink)).unwrap();
    assert_eq!(statuses(&moved), [("CONFIRMED", 1); 2]);
    assert!(moved.iter().all(|event| event.location.as_deref() == Some("Konferens 2")));

    booker.post(&format!("{path}/cancel"), json!({})).is(200);
    let gone = publication(&last(&app, &sink)).unwrap();
    assert_eq!(statuses(&gone), [("CANCELLED", 2); 2]);
    assert_eq!([&gone[0].uid, &gone[1].uid], [&booked[0].uid, &booked[2].uid]);
}

#[test]
fn a_series_that_waits_is_in_nobodys_calendar_until_the_yes() {
    let (app, sink) = house();
    let guests = app.guest_organisation("Gästföreningen");
    let booker = app.booker(guests);
    let series = |date: &str| {
        json!({
            "room": "konferens-1", "organisation_id": guests, "title": "Kör", "category": "culture", "expected_participants": 12,
            "date": date, "from": "18:00", "to": "20:00", "rule": "FREQ=WEEKLY;COUNT=2",
        })
    };
    let asked = booker.post("/series", series("2027-03-23")).is(201);
    assert_eq!(publication(&last(&app, &sink)), None);
    app.admin().post_empty(&format!("{}/approve", asked.location())).is(200);
    assert_eq!(statuses(&publication(&last(&app, &sink)).unwrap()), [("CONFIRMED", 1); 2]);

    let refused = booker.post("/series", series("2027-03-25")).is(201);
    app.deliver_mail();
    app.admin().post(&format!("{}/reject", refused.location()), json!({"reason": "Årsmöte"})).is(200);
    assert_eq!(publication(&last(&app, &sink)), None, "who was never invited is not told that it is off");
}
