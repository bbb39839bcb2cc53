//! Another calendar's file becomes bookings, by the same rules as any other.
use diesel::prelude::*;
use nobel21::{
    db::schema::{bookings, letters},
    id::Id,
};
use serde_json::{Value, json};

use crate::{
    bookings::{good, with},
    feeds::subscribe,
    races::consistent,
    support::{Answer, App, Client},
};

/// A language café on five Tuesday evenings over the clock change, one of them left out and one moved by its own calendar, an
/// annual meeting, a holiday and what is over.
pub fn file() -> String {
    let event = |lines: &[&str]| format!("BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n", lines.join("\r\n"));
    let events = [
        event(&[
            "UID:kafe@example.org",
            "SUMMARY:Språkkafé\\, öppet för alla",
            "LOCATION:Konferens 1\\, Nobelvägen 21",
            "DESCRIPTION:https://meet.example.org/hemligt",
            "ATTENDEE;CN=Amina:mailto:amina@example.org",
            "DTSTART;TZID=Europe/Stockholm:20270309T180000",
            "DTEND;TZID=Europe/Stockholm:20270309T200000",
            "RRULE:FREQ=WEEKLY;COUNT=5",
            "EXDATE;TZID=Europe/Stockholm:20270316T180000",
        ]),
        event(&[
            "UID:kafe@example.org",
            "RECURRENCE-ID;TZID=Europe/Stockholm:20270406T180000",
            "SUMMARY:Språkkafé\\, utflykt",
            "LOCATION:Konferens 1",
            "DTSTART;TZID=Europe/Stockholm:20270407T170000",
            "DTEND;TZID=Europe/Stockholm:20270407T190000",
        ]),
        event(&["UID:arsmote", "SUMMARY:Årsmöte", "LOCATION:Hos Kim", "DTSTART:20270320T120000Z", "DURATION:PT3H"]),
        event(&["UID:lov", "SUMMARY:Påsklov", "DTSTART;VALUE=DATE:20270329", "DTEND;VALUE=DATE:20270403"]),
        event(&["UID:forr", "SUMMARY:Kickoff", "DTSTART:20260901T120000Z", "DTEND:20260901T130000Z"]),
    ];
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//Kalender//SV\r\n{}END:VCALENDAR\r\n", events.concat())
}

/// Three bookings that can be had.
pub fn batch(organisation: impl std::fmt::Display) -> Value {
    let item = |title: &str, room: &str, from: &str, to: &str| json!({"title": title, "room": room, "starts_at": from, "ends_at": to});
    json!({
        "organisation_id": organisation.to_string(), "category": "course", "expected_participants": 8,
        "bookings": [
            item("Språkkafé", "konferens-1", "2027-03-23T18:00:00+01:00", "2027-03-23T20:00:00+01:00"),
            item("Årsmöte", "konferens-2", "2027-03-20T13:00:00+01:00", "2027-03-20T16:00:00+01:00"),
            item("Språkkafé", "konferens-1", "2027-03-30T18:00:00+02:00", "2027-03-30T20:00:00+02:00"),
        ],
    })
}

fn house() -> (App, Id, Client) {
    let app = App::spawn();
    let organisation = app.organisation("Limhamns språkkafé");
    let booker = app.booker(organisation);
    (app, organisation, booker)
}

fn read(client: &Client, file: impl Into<Vec<u8>>) -> Answer {
    client.send("POST", "/calendar-files", Some(("text/calendar", file.into())))
}

fn texts(list: &Value, member: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|one| one[member].as_str().unwrap_or("-").to_owned()).collect()
}

fn booked(app: &App) -> i64 {
    app.read(|c| Ok(bookings::table.count().get_result(c)?))
}

fn taken(app: &App, room: &str, from: &str, to: &str) {
    let other = app.organisation("Kastanjen");
    app.booker(other).post("/bookings", with(good(other), json!({"room": room, "starts_at": from, "ends_at": to}))).is(201);
}

#[test]
fn a_file_is_read_into_events_with_their_rooms_and_nothing_is_booked() {
    let (app, _, booker) = house();
    let content = read(&booker, file()).is(200);
    assert_eq!(
        texts(&content["events"], "starts_at"),
        [
            "2027-03-09T18:00:00+01:00",
            "2027-03-20T13:00:00+01:00",
            "2027-03-23T18:00:00+01:00",
            "2027-03-30T18:00:00+02:00",
            "2027-04-07T17:00:00+02:00"
        ]
    );
    assert_eq!(texts(&content["events"], "room"), ["konferens-1", "-", "konferens-1", "konferens-1", "konferens-1"]);
    assert_eq!(content["events"][0]["title"], "Språkkafé, öppet för alla");
    assert_eq!(content["events"][4]["title"], "Språkkafé, utflykt");
    assert_eq!(content["events"][1]["location"], "Hos Kim");
    assert_eq!(texts(&content["left_out"], "reason"), ["all_day", "past"]);
    assert_eq!(texts(&content["left_out"], "message")[1], "Har redan börjat.");
    assert!(!content.text().contains("hemligt") && !content.text().contains("amina"), "links and guests stay where they are");
    assert_eq!(booked(&app), 0);
}

#[test]
fn a_feed_of_the_house_is_read_back_as_the_bookings_it_was_made_of() {
    let (app, organisation, booker) = house();
    let made = booker.post("/booking-batches", batch(organisation)).is(201);
    let feed = app.anonymous().get(&subscribe(&booker, "/me")).is(200);
    let content = read(&booker, feed.bytes).is(200);
    for member in ["title", "room", "starts_at", "ends_at"] {
        assert_eq!(texts(&content["events"], member), texts(&made["bookings"], member));
    }
    let again = json!({
        "organisation_id": organisation, "category": "course", "expected_participants": 8,
        "bookings": content["events"].as_array().unwrap().iter().map(|event| json!({
            "title": event["title"], "room": event["room"], "starts_at": event["starts_at"], "ends_at": event["ends_at"],
        })).collect::<Vec<_>>(),
    });
    let preview = booker.post("/booking-batches/preview", &again).is(200);
    assert_eq!(texts(&preview["bookings"], "verdict"), ["already_booked"; 3]);
    assert_eq!(preview["fits"], true);
    let twice = booker.post("/booking-batches", again).is(201);
    assert_eq!((twice["bookings"].as_array().unwrap().len(), texts(&twice["skipped"], "verdict").len()), (0, 3));
    assert_eq!(booked(&app), 3);
}

#[test]
fn what_is_no_calendar_file_is_refused() {
    let (_app, _, booker) = house();
    for nothing in [&b""[..], b"hej", b"\xff\xfe", b"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:x\r\nEND:VCARD\r\n", b"BEGIN:VCALENDAR"] {
        let answer = read(&booker.off_contract(), nothing);
        if nothing != b"BEGIN:VCALENDAR" {
            assert_eq!(answer.refused(422, "invalid_field").fields(), ["file"], "{nothing:?}");
        }
    }
    booker.off_contract().send("POST", "/calendar-files", Some(("application/json", b"{}".to_vec()))).is(415);
    read(&booker.off_contract(), vec![b'x'; 1024 * 1024 + 1]).is(413);
    read(&booker, file().replace("RRULE:FREQ=WEEKLY;COUNT=5", "RRULE:FREQ=SECONDLY")).is(200);
}

#[test]
fn all_are_booked_with_one_letter_that_brings_them_into_the_calendar() {
    let (app, organisation, booker) = house();
    let preview = booker.post("/booking-batches/preview", batch(organisation)).is(200);
    assert_eq!(texts(&preview["bookings"], "verdict"), ["free"; 3]);
    assert_eq!((&preview["fits"], &preview["needs_approval"]), (&json!(true), &json!(false)));
    assert_eq!(booked(&app), 0);
    let made = booker.post("/booking-batches", batch(organisation)).is(201);
    assert_eq!(texts(&made["bookings"], "title"), ["Årsmöte", "Språkkafé", "Språkkafé"], "by start");
    assert_eq!(texts(&made["bookings"], "status"), ["confirmed"; 3]);
    assert_eq!(made["skipped"], json!([]));
    consistent(&app);
    let mail: Vec<(String, String, String)> =
        app.read(|c| Ok(letters::table.order(letters::id).select((letters::kind, letters::subject, letters::body_text)).load(c)?));
    let [(kind, subject, text)] = mail.as_slice() else { panic!("one letter: {mail:?}") };
    assert_eq!((kind.as_str(), subject.as_str()), ("batch_confirmed", "Bokningarna är bekräftade: 3 tider"));
    assert!(text.contains("- Årsmöte: lördag 20 mars 2027") && text.contains("Konferens 2"), "{text}");
    assert!(text.contains("/bokningar\n") && !text.contains("Rubrik"), "{text}");
}

#[test]
fn each_is_held_against_the_rules_what_is_taken_and_the_others() {
    let (app, organisation, booker) = house();
    taken(&app, "konferens-1", "2027-03-23T17:00:00+01:00", "2027-03-23T19:00:00+01:00");
    app.admin()
        .post(
            "/closures",
            json!({"starts_at": "2027-03-20T00:00:00+01:00", "ends_at": "2027-03-21T00:00:00+01:00", "rooms": null, "reason": "Städning"}),
        )
        .is(201);
    let mut wanted = batch(organisation);
    let items = wanted["bookings"].as_array_mut().unwrap();
    items.push(with(items[2].clone(), json!({"title": "Samma tid en gång till"})));
    items.push(with(items[2].clone(), json!({"starts_at": "2027-03-31T03:00:00+02:00", "ends_at": "2027-03-31T04:00:00+02:00"})));
    let preview = booker.post("/booking-batches/preview", &wanted).is(200);
    assert_eq!(texts(&preview["bookings"], "verdict"), ["conflict", "closed", "free", "conflict", "violation"]);
    assert_eq!(preview["fits"], false);
    assert_eq!(preview["bookings"][4]["violations"][0]["rule"], "outside_opening_hours");
    assert_eq!(preview["bookings"][0]["alternatives"][0]["starts_at"], "2027-03-23T18:00:00+01:00", "another room at that time first");

    booker.post("/booking-batches", &wanted).refused(422, "rule_violation");
    assert_eq!(booked(&app), 1, "all or nothing");
    let made = booker.post("/booking-batches", with(wanted, json!({"on_conflict": "skip"}))).is(201);
    assert_eq!(texts(&made["bookings"], "starts_at"), ["2027-03-30T18:00:00+02:00"]);
    let skipped: Vec<i64> = made["skipped"].as_array().unwrap().iter().map(|one| one["index"].as_i64().unwrap()).collect();
    assert_eq!(skipped, [0, 1, 3, 4]);
    consistent(&app);
}

#[test]
fn a_quota_counts_those_before_it() {
    let (app, organisation, booker) = house();
    app.admin().post("/quotas", json!({"organisation_id": organisation, "bookings_ahead": 2})).is(201);
    let preview = booker.post("/booking-batches/preview", batch(organisation)).is(200);
    assert_eq!(texts(&preview["bookings"], "verdict"), ["free", "free", "violation"]);
    assert_eq!(preview["bookings"][2]["violations"][0]["rule"], "quota_exceeded");
}

#[test]
fn guests_ask_and_an_admin_answers_each() {
    let app = App::spawn();
    let guests = app.guest_organisation("Gästföreningen");
    let booker = app.booker(guests);
    let made = booker.post("/booking-batches", batch(guests)).is(201);
    assert_eq!(texts(&made["bookings"], "status"), ["pending"; 3]);
    let (kind, calendar): (String, Option<String>) =
        app.read(|c| Ok(letters::table.select((letters::kind, letters::calendar)).first(c)?));
    assert_eq!((kind.as_str(), calendar), ("batch_received", None), "what waits for a yes is in nobody's calendar");
    app.admin().post_empty(&format!("/bookings/{}/approve", made["bookings"][0]["id"].as_str().unwrap())).is(200);
}

#[test]
fn every_member_is_bounded_and_all_faults_are_told() {
    let (app, organisation, booker) = house();
    let answer = booker
        .off_contract()
        .post(
            "/booking-batches",
            with(
                batch(organisation),
                json!({"category": "fest", "bookings": [
                    {"title": "", "room": "aulan", "starts_at": "2027-03-20T13:00:00+01:00", "ends_at": "2027-03-20T12:00:00+01:00"},
                    {"title": "x", "room": "aulan", "starts_at": "2027-03-20T13:00:00", "ends_at": "2027-03-20T14:00:00+01:00", "override": true},
                ]}),
            ),
        )
        .refused(422, "invalid_field");
    for field in ["category", "bookings.0.title", "bookings.0.ends_at", "bookings.1.starts_at", "bookings.1.override"] {
        assert!(answer.fields().contains(&field), "{field} is not in {:?}", answer.fields());
    }
    let many = vec![batch(organisation)["bookings"][0].clone(); 201];
    assert_eq!(
        booker
            .off_contract()
            .post("/booking-batches", with(batch(organisation), json!({"bookings": many})))
            .refused(422, "invalid_field")
            .fields(),
        ["bookings"]
    );
    let unknown = with(batch(organisation)["bookings"][0].clone(), json!({"room": "källaren-9"}));
    assert_eq!(
        booker.off_contract().post("/booking-batches", with(batch(organisation), json!({"bookings": [unknown]}))).fields(),
        ["bookings.0.room"]
    );
    assert_eq!(booked(&app), 0);
}

#[test]
fn of_two_who_book_the_same_at_once_one_gets_each() {
    let (app, organisation, booker) = house();
    let other = app.organisation("Kastanjen");
    let rival = app.booker(other);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| booker.post("/booking-batches", with(batch(organisation), json!({"on_conflict": "skip"}))));
        let second = scope.spawn(|| rival.post("/booking-batches", with(batch(other), json!({"on_conflict": "skip"}))));
        let mut status = [first.join().unwrap().status, second.join().unwrap().status];
        status.sort_unstable();
        assert_eq!(status, [201, 409]);
    });
    assert_eq!(booked(&app), 3);
    consistent(&app);
}
