//! Hand-over at the desk: notes for the next shift, keys and tags that are out.
use diesel::prelude::*;
use nobel21::{
    db::schema::{audit_log, idempotency_keys, loans, shift_notes},
    housekeeping,
    id::Id,
};

use crate::{
    bookings::good,
    support::{App, Value, json},
};

#[test]
fn a_note_stands_until_somebody_has_seen_to_it() {
    let app = App::spawn();
    let (late, early) = (app.reception(), app.admin());
    let first = late.post("/shift-notes", json!({"text": "Projektorn är inlämnad"})).is(201);
    late.post("/shift-notes", json!({"text": "Fönstret i Kaféet går inte att stänga"})).is(201);
    app.at("2026-11-24T08:00:00+01:00");
    let open = early.get("/shift-notes").is(200);
    assert_eq!(open.items().len(), 2);
    assert_eq!((&open.items()[0]["text"], &open.items()[0]["written_by"]), (&json!("Projektorn är inlämnad"), &first["written_by"]));
    let done = early.post_empty(&format!("/shift-notes/{}/done", first.id())).is(200);
    assert_eq!(done["done_at"], "2026-11-24T08:00:00+01:00");
    app.at("2026-11-24T09:00:00+01:00");
    assert_eq!(early.post_empty(&format!("/shift-notes/{}/done", first.id())).is(200)["done_at"], done["done_at"]);
    assert_eq!(early.get("/shift-notes").is(200).items().len(), 1);
    early.post_empty(&format!("/shift-notes/{}/done", Id::new())).refused(404, "not_found");
    late.off_contract().post("/shift-notes", json!({"text": ""})).refused(422, "invalid_field");
    late.off_contract().post("/shift-notes", json!({"text": "x".repeat(1001)})).refused(422, "invalid_field");
    late.post("/shift-notes", json!({"text": "Ring 850709-9805"})).refused(422, "personal_identity_number");
}

#[test]
fn the_same_key_is_out_once_and_overdue_ones_stand_first() {
    let app = App::spawn();
    let desk = app.reception();
    let (own, other) = (app.organisation("Limhamns språkkafé"), app.organisation("Kastanjen"));
    app.at("2026-11-24T17:00:00+01:00");
    let tag = desk.post("/loans", json!({"item": "Tagg 7", "organisation_id": own, "due_at": "2026-11-30T12:00:00+01:00"})).is(201);
    let key = desk.post("/loans", json!({"item": "Nyckel Aulan", "organisation_id": own})).is(201);
    assert_eq!(key["due_at"], "2026-11-24T22:00:00+01:00", "until the house closes");
    let again = json!({"item": "nyckel  AULAN", "organisation_id": other});
    desk.post("/loans", &again).refused(409, "already_exists");

    app.at("2026-11-24T22:00:01+01:00");
    let out = desk.get("/loans").is(200);
    let told: Vec<(&Value, &Value)> = out.items().iter().map(|loan| (&loan["item"], &loan["overdue"])).collect();
    assert_eq!(told[0], (&json!("Nyckel Aulan"), &json!(true)));
    assert_eq!(told[1], (&json!("Tagg 7"), &json!(false)));
    let back = desk.post_empty(&format!("/loans/{}/return", key.id())).is(200);
    assert_eq!((&back["returned_at"], &back["overdue"]), (&json!("2026-11-24T22:00:01+01:00"), &json!(false)));
    app.at("2026-11-25T08:00:00+01:00");
    assert_eq!(desk.post_empty(&format!("/loans/{}/return", key.id())).is(200)["returned_at"], back["returned_at"]);
    desk.post("/loans", json!({"item": "Nyckel Aulan", "organisation_id": other})).is(201);
    desk.post_empty(&format!("/loans/{}/return", tag.id())).is(200);
    let returned = desk.get("/loans/returned?limit=1").is(200);
    assert_eq!(returned.items()[0]["item"], "Tagg 7", "latest first");
    let after = returned["next_cursor"].as_str().unwrap();
    assert_eq!(desk.get(&format!("/loans/returned?limit=1&cursor={after}")).is(200).items()[0]["id"], key["id"]);
}

#[test]
fn a_key_for_a_booking_is_its_organisations_until_it_ends() {
    let app = App::spawn();
    let desk = app.reception();
    let organisation = app.organisation("Limhamns språkkafé");
    let booking = app.booker(organisation).post("/bookings", good(organisation)).is(201);
    app.at("2026-11-24T17:50:00+01:00");
    let loan = desk.post("/loans", json!({"item": "Nyckel 1", "booking_id": booking.id()})).is(201);
    assert_eq!((&loan["organisation"]["name"], &loan["due_at"]), (&json!("Limhamns språkkafé"), &booking["ends_at"]));
    let faults = |body: Value| -> Vec<String> {
        desk.post("/loans", body).refused(422, "invalid_field").fields().iter().map(|field| (*field).to_owned()).collect()
    };
    assert_eq!(faults(json!({"item": "Nyckel 2"})), ["organisation_id"]);
    assert_eq!(faults(json!({"item": "Nyckel 2", "organisation_id": Id::new()})), ["organisation_id"]);
    assert_eq!(faults(json!({"item": "Nyckel 2", "booking_id": Id::new()})), ["booking_id", "organisation_id"]);
    assert_eq!(faults(json!({"item": "Nyckel 2", "organisation_id": organisation, "due_at": "2026-11-24T17:00:00+01:00"})), ["due_at"]);
    desk.off_contract().post("/loans", json!({"item": "x".repeat(81), "borrower": "y".repeat(61)})).refused(422, "invalid_field");
}

#[test]
fn who_fetched_a_key_is_known_while_it_is_out_and_no_longer() {
    let app = App::spawn();
    let desk = app.reception();
    let organisation = app.organisation("Limhamns språkkafé");
    let body = json!({"item": "Nyckel 1", "organisation_id": organisation, "borrower": "Zlatan"});
    let loan = desk.key("en-nyckel-som-ingen-annan-har").post("/loans", &body).is(201);
    assert_eq!(desk.get("/loans").is(200).items()[0]["borrower"], "Zlatan");
    desk.post_empty(&format!("/loans/{}/return", loan.id())).is(200);
    let everything = app.read(|c| {
        let kept: Vec<String> = idempotency_keys::table.select(idempotency_keys::answer).load(c)?;
        let trail: Vec<(Option<String>, Option<String>)> = audit_log::table.select((audit_log::before, audit_log::after)).load(c)?;
        let rows: Vec<String> = loans::table.select(loans::borrower).load(c)?;
        Ok(format!("{kept:?} {trail:?} {rows:?}"))
    });
    assert!(!everything.contains("Zlatan"), "{everything}");
}

#[test]
fn of_many_who_lend_the_same_key_one_does() {
    let app = App::spawn();
    let desk = app.reception();
    let organisation = app.organisation("Limhamns språkkafé");
    let lent: Vec<u16> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| desk.post("/loans", json!({"item": "Nyckel 1", "organisation_id": organisation})).status))
            .collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(lent.iter().filter(|status| **status == 201).count(), 1, "{lent:?}");
    assert_eq!(lent.iter().filter(|status| **status == 409).count(), 7, "{lent:?}");
}

#[test]
fn notes_go_after_ninety_days_and_loans_a_year_after_they_came_back() {
    let app = App::spawn();
    let desk = app.reception();
    let organisation = app.organisation("Limhamns språkkafé");
    desk.post("/shift-notes", json!({"text": "Projektorn är inlämnad"})).is(201);
    let loan = desk.post("/loans", json!({"item": "Nyckel 1", "organisation_id": organisation})).is(201);
    desk.post("/loans", json!({"item": "Nyckel 2", "organisation_id": organisation})).is(201);
    desk.post_empty(&format!("/loans/{}/return", loan.id())).is(200);
    let left = |at: &str| {
        housekeeping::tidy_up(app.db(), at.parse().unwrap()).unwrap();
        app.read(|c| Ok((shift_notes::table.count().get_result::<i64>(c)?, loans::table.count().get_result::<i64>(c)?)))
    };
    assert_eq!(left("2027-02-20T08:00:00+01:00"), (1, 2));
    assert_eq!(left("2027-02-22T08:00:00+01:00"), (0, 2));
    assert_eq!(left("2027-11-26T08:00:00+01:00"), (0, 1), "what is out is not forgotten");
}
