//! How much an organisation may book: by week, month and prime time, and how many at once.
use nobel21::id::Id;
use serde_json::{Value, json};

use crate::{
    bookings::with,
    support::{App, Client},
};

fn house() -> (App, Id, Client) {
    let app = App::spawn();
    let organisation = app.organisation("Ungdomsföreningen Tisdag");
    let booker = app.booker(organisation);
    (app, organisation, booker)
}

/// A booking in Konferens 1 in the week after the clock stands still in (Monday 23 November 2026).
fn on(organisation: Id, day: u32, from: &str, to: &str) -> Value {
    json!({
        "room": "konferens-1", "organisation_id": organisation, "title": "Träff", "category": "meeting", "expected_participants": 5,
        "starts_at": format!("2026-11-{day:02}T{from}:00+01:00"), "ends_at": format!("2026-11-{day:02}T{to}:00+01:00"),
    })
}

fn quota(app: &App, organisation: Id, limits: Value) -> String {
    app.admin().post("/quotas", with(json!({"organisation_id": organisation}), limits)).is(201).location()
}

#[test]
fn the_last_hour_of_the_week_can_be_had_and_no_more() {
    let (app, organisation, booker) = house();
    quota(&app, organisation, json!({"hours_per_week": 4}));
    booker.post("/bookings", on(organisation, 24, "08:00", "11:00")).is(201);
    let refused = booker.post("/bookings", on(organisation, 25, "08:00", "09:15")).refused(422, "rule_violation");
    assert_eq!(refused.rules(), ["quota_exceeded"]);
    let violation = &refused["violations"][0];
    assert_eq!((&violation["limit"], &violation["used"], &violation["left"]), (&json!("4"), &json!("3"), &json!("1")));
    assert_eq!(violation["message"], "Ni får boka 4 timmar i veckan (v. 48). 3 är använda och 1 är kvar.");
    let preview = booker.post("/bookings/preview", on(organisation, 25, "08:00", "09:15")).is(200);
    assert_eq!(preview["violations"][0]["rule"], "quota_exceeded");
    let last = booker.post("/bookings", on(organisation, 25, "08:00", "09:00")).is(201);
    booker.post("/bookings", on(organisation, 26, "08:00", "08:15")).refused(422, "rule_violation");
    // Another week, another organisation and the admin's override.
    booker.post("/bookings", on(organisation, 30, "08:00", "12:00")).is(201);
    let other = app.organisation("Syföreningen");
    app.booker(other).post("/bookings", on(other, 26, "08:00", "12:00")).is(201);
    app.admin().post("/bookings", with(on(organisation, 26, "13:00", "14:00"), json!({"override": true}))).is(201);
    // What is called off counts no more; what is moved within its own length does not count twice.
    booker.post_empty(&format!("{}/cancel", last.location())).is(200);
    let standing = booker.get(&format!("/organisations/{organisation}/quota?date=2026-11-24")).is(200);
    assert_eq!(standing["week"], json!({"limit": 4, "used": 4.0, "left": 0.0}));
    assert_eq!(standing["month"], json!({"limit": null, "used": 8.0, "left": null}));
    assert_eq!(standing["ahead"], json!({"limit": null, "used": 3, "left": null}));
}

#[test]
fn a_booking_is_moved_and_shortened_within_a_full_quota_but_not_lengthened() {
    let (app, organisation, booker) = house();
    let booking = booker.post("/bookings", on(organisation, 24, "08:00", "11:00")).is(201);
    quota(&app, organisation, json!({"hours_per_week": 2, "bookings_ahead": 1}));
    let path = booking.location();
    let moved =
        |from: &str, to: &str| json!({"starts_at": format!("2026-11-25T{from}:00+01:00"), "ends_at": format!("2026-11-25T{to}:00+01:00")});
    booker.if_match("*").patch(&path, moved("09:00", "12:00")).is(200);
    booker.if_match("*").patch(&path, moved("09:00", "12:15")).refused(422, "rule_violation");
    booker.if_match("*").patch(&path, moved("09:00", "11:15")).is(200);
    booker.if_match("*").patch(&path, json!({"expected_participants": 7})).is(200);
    assert_eq!(booker.post("/bookings", on(organisation, 30, "08:00", "09:00")).refused(422, "rule_violation").rules(), ["quota_exceeded"]);
}

#[test]
fn a_kinds_quota_holds_for_each_of_them_and_an_own_one_goes_before_it() {
    let (app, organisation, booker) = house();
    let of_kind = app.admin().post("/quotas", json!({"kind": "association", "prime_hours_per_week": 2})).is(201);
    booker.post("/bookings", on(organisation, 24, "16:00", "19:00")).is(201);
    let refused = booker.post("/bookings", on(organisation, 26, "21:45", "22:00")).refused(422, "rule_violation");
    assert_eq!((&refused["violations"][0]["used"], &refused["violations"][0]["left"]), (&json!("2"), &json!("0")));
    // Saturday is nobody's prime time, and neither is the morning.
    booker.post("/bookings", on(organisation, 28, "18:00", "20:00")).is(201);
    let own = quota(&app, organisation, json!({"hours_per_month": 400}));
    booker.post("/bookings", on(organisation, 26, "18:00", "20:00")).is(201);
    app.admin().if_match("*").delete(&own).is(204);
    booker.post("/bookings", on(organisation, 27, "18:00", "18:15")).refused(422, "rule_violation");
    app.admin().if_match("*").patch(&of_kind.location(), json!({"prime_hours_per_week": null})).refused(422, "invalid_field");
    app.admin().if_match("*").patch(&of_kind.location(), json!({"prime_hours_per_week": 10})).is(200);
    booker.post("/bookings", on(organisation, 27, "18:00", "18:15")).is(201);
}

#[test]
fn a_series_uses_up_its_own_quota() {
    let (app, organisation, booker) = house();
    quota(&app, organisation, json!({"hours_per_week": 3}));
    let series = json!({
        "room": "konferens-1", "organisation_id": organisation, "title": "Träff", "category": "meeting", "expected_participants": 5,
        "dates": ["2026-11-24", "2026-11-25", "2026-12-01"], "from": "08:00", "to": "10:00", "on_conflict": "skip",
    });
    let mut asked = series.clone();
    asked.as_object_mut().unwrap().remove("on_conflict");
    let preview = booker.post("/series/preview", asked).is(200);
    assert_eq!(preview["dates"][1]["violations"][0]["rule"], "quota_exceeded");
    let made = booker.post("/series", series).is(201);
    let skipped: Vec<&Value> = made["skipped"].as_array().unwrap().iter().map(|one| &one["date"]).collect();
    assert_eq!(skipped, [&json!("2026-11-25")]);
}

#[test]
fn a_quota_is_of_one_holder_with_a_limit_and_nobody_has_two() {
    let (app, organisation, booker) = house();
    let admin = app.admin();
    let faults =
        admin.post("/quotas", json!({"organisation_id": organisation, "kind": "association", "hours_per_week": -1, "x": 1})).is(422);
    assert_eq!(faults.fields(), ["hours_per_week", "organisation_id", "x"]);
    admin.post("/quotas", json!({"organisation_id": organisation})).refused(422, "invalid_field");
    admin.post("/quotas", json!({"organisation_id": Id::new(), "hours_per_week": 1})).refused(422, "invalid_field");
    let path = quota(&app, organisation, json!({"hours_per_week": 10}));
    admin.post("/quotas", json!({"organisation_id": organisation, "hours_per_week": 1})).refused(409, "already_exists");
    let listed = app.reception().get("/quotas").is(200);
    assert_eq!(listed.items().len(), 1);
    admin.if_match("\"9\"").patch(&path, json!({"hours_per_week": 1})).is(412);
    let trail = admin.get("/audit?noun=quota").is(200);
    assert_eq!(trail.items()[0]["action"], "created");
    let stranger = app.booker(app.organisation("Främlingar"));
    stranger.get(&format!("/organisations/{organisation}/quota")).is(404);
    booker.get(&format!("/organisations/{organisation}/quota?date=yesterday")).is(422);
}
