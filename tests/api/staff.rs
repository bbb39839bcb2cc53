//! What the staff does beyond what members can: book for others, let pass what is against the rules, note what is nobody else's
//! business, and close a room that is broken.
use diesel::prelude::*;
use nobel21::{
    db::schema::{audit_log, letters},
    id::Id,
};
use serde_json::{Value, json};

use crate::{
    bookings::{good, with},
    feeds::subscribe,
    races::consistent,
    support::{App, Client},
};

fn house() -> (App, Id, Client) {
    let app = App::spawn();
    let organisation = app.organisation("Limhamns språkkafé");
    let booker = app.booker(organisation);
    (app, organisation, booker)
}

/// Kind and address of every letter, oldest first.
fn mail(app: &App) -> Vec<(String, String)> {
    app.read(|c| Ok(letters::table.order(letters::id).select((letters::kind, letters::to_address)).load(c)?))
}

/// The newest entries of this kind in the audit trail: after.
fn trail(app: &App, action: &str) -> Vec<Value> {
    let kept: Vec<Option<String>> =
        app.read(|c| Ok(audit_log::table.filter(audit_log::action.eq(action)).order(audit_log::id).select(audit_log::after).load(c)?));
    kept.into_iter().map(|text| serde_json::from_str(&text.unwrap()).unwrap()).collect()
}

#[test]
fn the_staff_books_for_a_member_who_gets_the_letters_and_has_the_booking() {
    let (app, organisation, booker) = house();
    for (staff, day) in [(app.admin(), 24), (app.reception(), 25)] {
        let wish = with(
            good(organisation),
            json!({
                "starts_at": format!("2026-11-{day}T18:00:00+01:00"), "ends_at": format!("2026-11-{day}T20:00:00+01:00"),
                "on_behalf_of": booker.id(),
            }),
        );
        let made = staff.post("/bookings", wish).is(201);
        assert_eq!((&made["created_by"]["id"], &made["status"]), (&json!(booker.id()), &json!("confirmed")));
        let note = staff.get(&format!("{}/staff-note", made.location())).is(200);
        assert_eq!((&note["booked_by"]["id"], &note["note"]), (&json!(staff.id()), &json!(null)), "who typed it is known to the house");
        booker.post_empty(&format!("{}/cancel", made.location())).is(200);
    }
    let sent = mail(&app);
    assert_eq!(sent.len(), 4);
    assert!(sent.iter().all(|(_, to)| to == booker.email()), "{sent:?}");
}

#[test]
fn the_reception_books_and_changes_for_any_association_and_decides_nothing() {
    let (app, organisation, booker) = house();
    let reception = app.reception();
    let made = reception.post("/bookings", good(organisation)).is(201);
    reception.if_match(made.etag()).patch(&made.location(), json!({"expected_participants": 9})).is(200);
    booker.get(&made.location()).is(200);
    let guests = app.guest_organisation("Gästerna");
    let asked = reception.post("/bookings", with(good(guests), json!({"room": "konferens-2"}))).is(201);
    assert_eq!(asked["status"], "pending", "its word is no admin's yes");
    reception.post_empty(&format!("{}/approve", asked.location())).refused(403, "forbidden");
    let night = json!({"room": "konferens-2", "starts_at": "2026-11-25T03:00:00+01:00", "ends_at": "2026-11-25T05:00:00+01:00"});
    reception.post("/bookings", with(good(organisation), night.clone())).refused(422, "rule_violation");
    reception.post("/bookings", with(with(good(organisation), night), json!({"override": true}))).refused(403, "forbidden");
}

#[test]
fn nobody_is_booked_for_who_does_not_book_for_the_association() {
    let (app, organisation, booker) = house();
    let stranger = app.booker(app.organisation("Kastanjen"));
    for id in [stranger.id(), Id::new()] {
        let answer = app.admin().post("/bookings", with(good(organisation), json!({"on_behalf_of": id}))).refused(422, "invalid_field");
        assert_eq!(answer.fields(), ["on_behalf_of"]);
    }
    booker.post("/bookings", with(good(organisation), json!({"on_behalf_of": booker.id()}))).refused(403, "forbidden");
}

#[test]
fn a_series_is_booked_on_behalf_too() {
    let (app, organisation, booker) = house();
    let series = json!({
        "room": "konferens-1", "organisation_id": organisation, "title": "Ungdomsgruppen", "category": "youth_activity",
        "expected_participants": 12, "date": "2026-11-24", "from": "18:00", "to": "20:00", "rule": "FREQ=WEEKLY;COUNT=3",
        "on_behalf_of": booker.id(),
    });
    let made = app.reception().post("/series", series).is(201);
    assert_eq!(made["created_by"]["id"], json!(booker.id()));
    assert!(made["bookings"].as_array().unwrap().iter().all(|one| one["created_by"]["id"] == json!(booker.id())));
    assert_eq!(mail(&app), [("series_confirmed".to_owned(), booker.email().to_owned())]);
}

#[test]
fn an_override_keeps_its_reason_where_only_the_staff_reads_it() {
    let (app, organisation, booker) = house();
    let admin = app.admin();
    let night = json!({
        "starts_at": "2026-11-25T03:00:00+01:00", "ends_at": "2026-11-25T05:00:00+01:00", "override": true,
        "override_reason": "Valvaka, avtalat med huset",
    });
    let made = admin.post("/bookings", with(good(organisation), night)).is(201);
    assert_eq!(trail(&app, "booked_over_rules")[0]["override_reason"], "Valvaka, avtalat med huset");
    let note = format!("{}/staff-note", made.location());
    assert_eq!(admin.get(&note).is(200)["override_reason"], "Valvaka, avtalat med huset");
    admin
        .if_match(made.etag())
        .patch(&made.location(), json!({"ends_at": "2026-11-25T06:00:00+01:00", "override": true, "override_reason": "En timme till"}))
        .is(200);
    assert_eq!(admin.get(&note).is(200)["override_reason"], "En timme till");
    assert_eq!(trail(&app, "changed")[0]["override_reason"], "En timme till");
    booker.get(&note).refused(403, "forbidden");
    let seen = booker.get(&made.location()).is(200);
    assert!(!seen.text().contains("Valvaka"), "{}", seen.text());
    let empty = with(good(organisation), json!({"override": true, "override_reason": ""}));
    assert_eq!(admin.off_contract().post("/bookings", empty).refused(422, "invalid_field").fields(), ["override_reason"]);
}

#[test]
fn a_note_is_for_the_staff_and_on_no_other_output() {
    let (app, organisation, booker) = house();
    let made = booker.post("/bookings", with(good(organisation), json!({"display": "title"}))).is(201);
    let path = format!("{}/staff-note", made.location());
    let reception = app.reception();
    let none = reception.get(&path).is(200);
    assert_eq!((&none["note"], &none["version"]), (&json!(null), &json!(0)));
    let written = reception.if_match(none.etag()).put(&path, json!({"note": "HEMLIGT: ring Åsa först"})).is(200);
    assert_eq!((&written["note"], &written["version"]), (&json!("HEMLIGT: ring Åsa först"), &json!(1)));
    reception.if_match(none.etag()).put(&path, json!({"note": "x"})).refused(412, "stale");

    let feed = subscribe(&booker, "/me");
    let admin = app.admin();
    let outputs = [
        booker.get(&made.location()),
        booker.get("/bookings"),
        admin.get("/bookings"),
        admin.get("/audit"),
        app.anonymous().get("/calendar?from=2026-11-23&to=2026-11-30"),
        app.anonymous().get("/calendar.ics"),
        app.anonymous().get(&feed),
        admin.get("/statistics/organisations?from=2026-11&to=2026-11&format=csv"),
    ];
    for output in outputs {
        assert!(!output.is(200).text().contains("HEMLIGT"));
    }
    booker.post("/bookings/preview", good(organisation)).is(200);
    booker.post_empty(&format!("{}/cancel", made.location())).is(200);
    let said: Vec<(String, String)> = app.read(|c| Ok(letters::table.select((letters::body_text, letters::body_html)).load(c)?));
    assert!(said.iter().all(|(text, html)| !text.contains("HEMLIGT") && !html.contains("HEMLIGT")));

    booker.get(&path).refused(403, "forbidden");
    booker.if_match("*").put(&path, json!({"note": "x"})).refused(403, "forbidden");
    assert_eq!(reception.if_match("*").put(&path, json!({"note": "  "})).is(200)["note"], json!(null));
    reception.get(&format!("/bookings/{}/staff-note", Id::new())).refused(404, "not_found");
}

fn reported(app: &App, client: &Client) -> String {
    let made = client.post("/faults", json!({"room": "konferens-1", "description": "Projektorn <b>ryker</b>"})).is(201);
    assert_eq!(made["status"], "open");
    assert!(mail(app).iter().any(|(kind, _)| kind == "fault_reported"));
    made.location()
}

#[test]
fn a_fault_is_reported_by_letter_seen_by_the_staff_and_resolved_once() {
    let (app, _, booker) = house();
    app.admin();
    let path = reported(&app, &booker);
    let (text, html): (String, String) = app.read(|c| {
        Ok(letters::table.filter(letters::kind.eq("fault_reported")).select((letters::body_text, letters::body_html)).first(c)?)
    });
    assert!(text.contains("Projektorn <b>ryker</b>") && text.contains("Konferens 1") && text.contains("/felanmalningar"), "{text}");
    assert!(html.contains("Projektorn &#60;b&#62;ryker"), "{html}");
    booker.get(&path).refused(403, "forbidden");
    booker.get("/faults").refused(403, "forbidden");
    let reception = app.reception();
    let listed = reception.get("/faults?status=open&room=konferens-1").is(200);
    assert_eq!((listed.items().len(), &listed.items()[0]["reported_by"]["id"]), (1, &json!(booker.id())));
    assert_eq!(reception.get("/faults?room=aulan").is(200).items().len(), 0);
    let done = reception.if_match(reception.get(&path).is(200).etag()).post_empty(&format!("{path}/resolve")).is(200);
    assert_eq!((&done["status"], done["resolved_at"].is_string()), (&json!("resolved"), true));
    reception.if_match("*").post_empty(&format!("{path}/resolve")).refused(409, "wrong_state");
    assert_eq!(reception.get("/faults?status=open").is(200).items().len(), 0);
    let calendar = app.anonymous().get("/calendar?from=2026-11-23&to=2026-11-30").is(200);
    assert!(!calendar.text().contains("Projektorn"));
}

#[test]
fn a_fault_becomes_a_closure_with_the_bookings_it_hits_listed_and_mailed_in_one_step() {
    let (app, organisation, booker) = house();
    let admin = app.admin();
    let hit = booker.post("/bookings", good(organisation)).is(201);
    let path = reported(&app, &booker);
    let closing = |cancel: bool| {
        json!({
            "starts_at": "2026-11-24T00:00:00+01:00", "ends_at": "2026-11-26T00:00:00+01:00", "reason": "Stängt för reparation",
            "cancel_bookings": cancel,
        })
    };
    app.reception().post(&format!("{path}/close-room"), closing(true)).refused(403, "forbidden");
    let listed = admin.post(&format!("{path}/close-room"), closing(false)).refused(409, "closure_over_bookings");
    assert_eq!((listed["bookings"].as_array().unwrap().len(), &listed["bookings"][0]["id"]), (1, &hit["id"]));
    assert_eq!(booker.get(&hit.location()).is(200)["status"], "confirmed", "nothing happened yet");
    assert_eq!(admin.get(&path).is(200)["closure_id"], json!(null));

    let closed = admin.post(&format!("{path}/close-room"), closing(true)).is(201);
    assert_eq!((&closed["fault"]["closure_id"], &closed["closure"]["rooms"]), (&closed["closure"]["id"], &json!(["konferens-1"])));
    let off = booker.get(&hit.location()).is(200);
    assert_eq!((&off["status"], &off["cancel_reason"]), (&json!("cancelled"), &json!("Stängt för reparation")));
    assert!(mail(&app).contains(&("booking_cancelled".to_owned(), booker.email().to_owned())));
    let calendar = app.anonymous().get("/calendar?from=2026-11-23&to=2026-11-30").is(200);
    assert!(calendar.text().contains("Stängt för reparation") && !calendar.text().contains("Projektorn"));
    consistent(&app);

    // Opened again, the fault is still there and can close the room anew.
    admin.if_match("*").delete(&format!("/closures/{}", closed["closure"]["id"].as_str().unwrap())).is(204);
    assert_eq!(admin.get(&path).is(200)["closure_id"], json!(null));
    admin.if_match("*").post_empty(&format!("{path}/resolve")).is(200);
    admin.post(&format!("{path}/close-room"), closing(false)).refused(409, "wrong_state");
    assert_eq!(admin.get("/closures").is(200).items().len(), 0, "all of it or nothing");
}

#[test]
fn a_report_is_bounded() {
    let (_app, _, booker) = house();
    for (body, field) in [
        (json!({"room": "konferens-1", "description": ""}), "description"),
        (json!({"room": "konferens-1", "description": "x".repeat(1001)}), "description"),
        (json!({"room": "finns-inte", "description": "x"}), "room"),
    ] {
        assert_eq!(booker.off_contract().post("/faults", body).refused(422, "invalid_field").fields(), [field]);
    }
}
