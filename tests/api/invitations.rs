//! Invitations in letters, as calendars read them (RFC 5546, 6047).
use mail_parser::{MessagePart, MimeHeaders};
use serde_json::json;

use crate::{
    bookings::{good, with},
    support::{
        App, Client,
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

/// The lines of the letter's calendar part, and the method that the part's type says.
fn calendar(mail: &Mail) -> Option<(String, Vec<String>)> {
    let message = mail.message();
    assert!(message.is_content_type("multipart", "alternative"));
    let part: &MessagePart = message.parts.iter().find(|part| part.is_content_type("text", "calendar"))?;
    assert!(part.attachment_name().is_none(), "as an attachment it is only a file");
    let method = part.content_type().unwrap().attribute("method").unwrap().to_owned();
    let text = part.text_contents().unwrap().replace("\r\n ", "");
    Some((method, text.split("\r\n").map(str::to_owned).collect()))
}

fn has(lines: &[String], line: &str) -> bool {
    lines.iter().any(|one| one == line)
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
    let (method, lines) = calendar(&last(&app, &sink)).unwrap();
    assert_eq!(method, "REQUEST");
    for line in
        ["METHOD:REQUEST", &format!("UID:{id}"), "SEQUENCE:0", "STATUS:CONFIRMED", r"SUMMARY:Möte\; åäö\, fika", "LOCATION:Konferens 1"]
    {
        assert!(has(&lines, line), "{line} is not in {lines:?}");
    }
    let attendee = lines.iter().find(|line| line.starts_with("ATTENDEE;")).unwrap();
    assert!(attendee.ends_with(&format!(":mailto:{}", booker.email())), "{attendee}");
    assert!(lines.iter().any(|line| line.starts_with("ORGANIZER;") && line.ends_with(":mailto:bokning@nobel21.example")));

    change(&booker, &id, json!({"room": "konferens-2"}));
    let (method, lines) = calendar(&last(&app, &sink)).unwrap();
    assert_eq!(method, "REQUEST");
    assert!(has(&lines, &format!("UID:{id}")) && has(&lines, "SEQUENCE:1") && has(&lines, "LOCATION:Konferens 2"), "{lines:?}");

    booker.post(&format!("/bookings/{id}/cancel"), json!({})).is(200);
    let (method, lines) = calendar(&last(&app, &sink)).unwrap();
    assert_eq!(method, "CANCEL");
    for line in ["METHOD:CANCEL", &format!("UID:{id}"), "SEQUENCE:2", "STATUS:CANCELLED"] {
        assert!(has(&lines, line), "{line} is not in {lines:?}");
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
    app.write(|c| nobel21::mail::prune(c, "2027-03-01T08:00:00+01:00".parse().unwrap()));
    let kept: Vec<Option<String>> = app.read(|c| {
        use diesel::prelude::*;
        Ok(nobel21::db::schema::letters::table.select(nobel21::db::schema::letters::calendar).load(c)?)
    });
    assert_eq!(kept, [Some(String::new())]);
    app.admin().post(&format!("/bookings/{id}/cancel"), json!({})).is(200);
    assert_eq!(calendar(&last(&app, &sink)).unwrap().0, "CANCEL");
}
