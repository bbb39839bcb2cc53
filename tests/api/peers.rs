//! What other booking systems got wrong, tried here: one test for each fault that was found in one of them.
use nobel21::id::Id;

use crate::{
    bookings::{good, with},
    support::{Answer, App, Client, json},
};

/// Two associations with a member each, and a booking of the first.
fn neighbours() -> (App, [Id; 2], [Client; 2], Answer) {
    let app = App::spawn();
    let (one, other) = (app.organisation("Limhamns språkkafé"), app.organisation("Möllans teater"));
    let (a, b) = (app.booker(one), app.booker(other));
    let booking = a.post("/bookings", good(one)).is(201);
    (app, [one, other], [a, b], booking)
}

fn path(booking: &Answer) -> String {
    booking.location().trim_start_matches("/api/v1").to_owned()
}

/// Easy!Appointments, CVE-2023-3285 to 3290, 38047 to 38055 and CVE-2023-3700: anybody's appointments by their keys.
#[test]
fn a_key_in_path_query_or_body_opens_nothing_of_somebody_elses() {
    let (app, [one, other], [a, b], booking) = neighbours();
    let unknown = Id::new();
    let own_time = json!({"starts_at": "2026-11-26T18:00:00+01:00", "ends_at": "2026-11-26T20:00:00+01:00"});
    let own = b.post("/bookings", with(good(other), own_time)).is(201);
    for id in [booking.id(), unknown.to_string()] {
        b.get(&format!("/bookings/{id}")).refused(404, "not_found");
        b.post("/bookings/preview", with(good(other), json!({"booking_id": id}))).refused(404, "not_found");
        b.post("/expected-visitors", json!({"booking_id": id, "headcount": 3})).refused(404, "not_found");
        b.if_match("*").patch(&format!("/bookings/{id}"), json!({"title": "Min nu"})).refused(404, "not_found");
        b.post_empty(&format!("/bookings/{id}/cancel")).refused(404, "not_found");
    }
    // Neither is a booking carried over to another association, nor theirs listed.
    b.if_match("*").patch(&path(&own), json!({"organisation_id": one})).refused(422, "invalid_field");
    for id in [one, unknown] {
        let listed = b.get(&format!("/bookings?organisation_id={id}"));
        assert!(listed.status == 404 || listed.status == 422, "{listed:?}");
    }
    assert_eq!(a.get(&path(&booking)).is(200)["title"], booking["title"]);
    // Who is not a member any more is one of the others from the next request on.
    app.admin().if_match("*").delete(&format!("/organisations/{one}/members/{}", a.id())).is(204);
    a.get(&path(&booking)).refused(404, "not_found");
}

/// Easy!Appointments up to 1.5.2, CVE-2026-23622: requests from other sites looked at for POST alone, and GET changed state. See also
/// `contract.rs::looking_changes_nothing` and `sessions.rs::a_cookie_that_another_site_makes_a_browser_send_does_nothing`.
#[test]
fn no_method_but_the_named_one_changes_anything() {
    let (_app, _, [a, _], booking) = neighbours();
    let cancel = format!("{}/cancel", path(&booking));
    for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH"] {
        assert_eq!(a.off_contract().send(method, &cancel, None).status, 405, "{method}");
    }
    let disguised = a.off_contract().header("X-HTTP-Method-Override", "POST").header("X-Method-Override", "POST");
    assert_eq!(disguised.get(&cancel).status, 405);
    assert_eq!(a.get(&path(&booking)).is(200)["status"], "confirmed");
}

/// Indico before 3.3.11, CVE-2026-28352: the series' interface looked at nobody's rights.
#[test]
fn a_series_is_its_associations_like_a_booking() {
    let (app, [one, _], [a, b], _) = neighbours();
    let dates = ["2026-12-01", "2026-12-08"];
    let wish = json!({
        "room": "konferens-1", "organisation_id": one, "title": "Kören övar", "category": "meeting", "expected_participants": 5,
        "from": "18:00", "to": "19:00", "dates": dates,
    });
    let series = a.post("/series", wish.clone()).is(201).id();
    let at = format!("/series/{series}");
    b.get(&at).refused(404, "not_found");
    b.if_match("*").patch(&at, json!({"title": "Min nu"})).refused(404, "not_found");
    b.post_empty(&format!("{at}/cancel")).refused(404, "not_found");
    b.post("/series", wish).refused(404, "not_found");
    app.anonymous().get(&at).refused(401, "unauthenticated");
    a.get(&at).is(200);
}

/// MRBS, #707: a booking's name as script in the message about a conflict.
#[test]
fn a_conflict_tells_neither_what_nor_who() {
    let (app, [one, other], [a, b], _) = neighbours();
    let script = "<script>alert(1)</script>";
    let time = json!({"title": script, "starts_at": "2026-11-26T18:00:00+01:00", "ends_at": "2026-11-26T20:00:00+01:00"});
    a.post("/bookings", with(good(one), time.clone())).is(201);
    let refused = b.post("/bookings", with(good(other), with(time, json!({"title": "Vi"})))).refused(409, "booking_conflict");
    assert!(!refused.text().contains("alert") && !refused.text().contains("Limhamns"), "{refused:?}");
    let strange = app.admin().off_contract().get("/rooms/%3Cscript%3Ealert(1)%3C%2Fscript%3E");
    assert_eq!(
        (strange.status, strange.header("content-type"), strange.header("x-content-type-options")),
        (404, "application/problem+json", "nosniff")
    );
}

/// LibreBooking, #159: the display by the door booked in anybody's name. See also `access.rs::a_kiosk_counts_and_does_nothing_else`.
#[test]
fn nobody_books_by_naming_somebody() {
    let (app, [one, other], [a, b], _) = neighbours();
    let later = json!({"starts_at": "2026-11-26T18:00:00+01:00", "ends_at": "2026-11-26T20:00:00+01:00"});
    for claim in [json!({"email": a.email()}), json!({"created_by": a.id()}), json!({"person_id": a.id()}), json!({"user": a.email()})] {
        app.anonymous().post("/bookings", with(with(good(one), later.clone()), claim.clone())).refused(401, "unauthenticated");
        b.post("/bookings", with(with(good(one), later.clone()), claim)).refused(422, "invalid_field");
    }
    let on_behalf = json!({"on_behalf_of": a.id()});
    b.post("/bookings", with(with(good(one), later.clone()), on_behalf.clone())).refused(404, "not_found");
    b.post("/bookings", with(with(good(other), later), on_behalf)).refused(403, "forbidden");
}

/// Simply Schedule, CVE-2026-1704 and CVE-2026-7493: staff saw what others' customers were, and a number had no bound.
#[test]
fn the_reception_is_no_admin_and_every_number_is_bounded() {
    let (app, [one, _], [a, _], _) = neighbours();
    let desk = app.reception();
    for closed in ["/users", "/letters", "/audit"] {
        desk.get(closed).refused(403, "forbidden");
    }
    for number in [json!(0), json!(-1), json!(-0.5), json!(1e300), json!(9_223_372_036_854_775_807_i64), json!("1"), json!(null)] {
        a.post("/bookings", with(good(one), json!({"expected_participants": number}))).refused(422, "invalid_field");
        desk.post("/visits", json!({"headcount": number, "purpose": "walk_in"})).refused(422, "invalid_field");
    }
    app.anonymous().off_contract().get("/calendar/changes?seconds=100000").refused(422, "invalid_field");
}

/// Bookr, CVE-2026-1932 and Bookly, CVE-2026-2519: whoever asked chose the state or the price.
#[test]
fn what_the_service_decides_is_not_taken_from_who_asks() {
    let (app, [one, _], [a, _], booking) = neighbours();
    for claim in ["status", "version", "created_by", "lapses_at", "reference", "setup_minutes", "approved", "price"] {
        let later = json!({"starts_at": "2026-11-26T18:00:00+01:00", "ends_at": "2026-11-26T20:00:00+01:00", claim: "confirmed"});
        let refused = a.post("/bookings", with(good(one), later)).refused(422, "invalid_field");
        assert!(refused.fields().contains(&claim), "{refused:?}");
        a.if_match("*").patch(&path(&booking), json!({claim: "confirmed"})).refused(422, "invalid_field");
    }
    app.anonymous().post_empty(&format!("{}/approve", path(&booking))).refused(401, "unauthenticated");
    a.post_empty(&format!("{}/approve", path(&booking))).refused(403, "forbidden");
}
