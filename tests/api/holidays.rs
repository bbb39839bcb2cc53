//! Days that are not like others: holidays by name, half days that end early, closures that come back every year.
use serde_json::json;

use crate::{
    bookings::{good, with},
    races::consistent,
    support::App,
};

#[test]
fn holidays_are_named_for_everybody() {
    let app = App::empty();
    let anyone = app.anonymous();
    let june = anyone.get("/holidays?from=2026-06-01&to=2026-07-01").is(200);
    let named: Vec<(&str, &str)> =
        june.items().iter().map(|day| (day["date"].as_str().unwrap(), day["name"]["sv"].as_str().unwrap())).collect();
    assert_eq!(named, [("2026-06-06", "Sveriges nationaldag"), ("2026-06-19", "Midsommarafton"), ("2026-06-20", "Midsommardagen")]);
    assert_eq!(june.items()[1]["kind"], "eve");
    anyone.header("If-None-Match", june.etag()).get("/holidays?from=2026-06-01&to=2026-07-01").is(304);
    assert_eq!(anyone.get("/holidays?from=2026-07-01&to=2026-06-01").refused(422, "invalid_field").fields(), ["to"]);
    assert_eq!(anyone.get("/holidays?from=2026-01-01&to=2030-01-01").refused(422, "invalid_field").fields(), ["to"]);
    assert_eq!(anyone.get("/holidays").refused(422, "invalid_field").fields(), ["from", "to"]);
}

#[test]
fn a_half_day_closes_the_house_and_every_room_early() {
    let app = App::spawn();
    let (admin, organisation) = (app.admin(), app.organisation("Limhamns språkkafé"));
    let booker = app.booker(organisation);
    // A room with hours of its own closes with the house.
    let own: Vec<_> = (1..=7).map(|day| json!({"weekday": day, "opens": "06:00", "closes": "24:00"})).collect();
    admin.if_match("*").put("/rooms/konferens-1/opening-hours", own).is(200);
    let half = admin.post("/half-days", json!({"date": "2026-11-24", "closes": "13:00", "note": "Personaldag"})).is(201);
    for room in ["konferens-1", "verkstaden"] {
        let refused = booker.post("/bookings", with(good(organisation), json!({"room": room}))).refused(422, "rule_violation");
        assert_eq!(refused.rules(), ["outside_opening_hours"]);
        assert!(refused["violations"][0]["limit"].as_str().unwrap().ends_with("–13:00"), "{refused:?}");
    }
    let calendar = app.anonymous().get("/calendar?from=2026-11-24&to=2026-11-25&room=verkstaden").is(200);
    assert_eq!(calendar["rooms"][0]["open"][0]["ends_at"], "2026-11-24T13:00:00+01:00");
    let free = app.anonymous().get("/availability?from=2026-11-24&to=2026-11-25&minutes=60&room=verkstaden").is(200);
    assert_eq!(free.items()[0]["stretches"][0]["ends_at"], "2026-11-24T13:00:00+01:00");
    // Later is later, and gone is gone.
    let later = admin.if_match(half.etag()).patch(&half.location(), json!({"closes": "20:00", "note": null})).is(200);
    assert_eq!((&later["closes"], &later["note"]), (&json!("20:00"), &json!(null)));
    booker.post("/bookings", good(organisation)).is(201);
    admin.if_match(half.etag()).delete(&half.location()).refused(412, "stale");
    admin.if_match(later.etag()).delete(&half.location()).is(204);
    admin.get(&half.location()).refused(404, "not_found");
    booker
        .post(
            "/bookings",
            with(good(organisation), json!({"starts_at": "2026-11-24T20:00:00+01:00", "ends_at": "2026-11-24T22:00:00+01:00"})),
        )
        .is(201);
}

#[test]
fn half_days_are_listed_by_day_and_each_day_is_one_once() {
    let app = App::spawn();
    let admin = app.admin();
    for date in ["2026-12-23", "2026-04-02", "2026-10-30"] {
        admin.post("/half-days", json!({"date": date, "closes": "15:00"})).is(201);
    }
    admin.post("/half-days", json!({"date": "2026-04-02", "closes": "16:00"})).refused(409, "already_exists");
    let first = app.anonymous().get("/half-days?limit=2").is(200);
    let dates = |page: &crate::support::Answer| page.items().iter().map(|day| day["date"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(dates(&first), ["2026-04-02", "2026-10-30"]);
    let next = first["next_cursor"].as_str().unwrap();
    assert_eq!(dates(&app.anonymous().get(&format!("/half-days?limit=2&cursor={next}")).is(200)), ["2026-12-23"]);
    assert_eq!(dates(&app.anonymous().get("/half-days?from=2026-10-30&to=2026-12-23").is(200)), ["2026-10-30"]);
    for bad in ["00:00", "24:00", "1300", "25:00"] {
        assert_eq!(
            admin.post("/half-days", json!({"date": "2026-05-01", "closes": bad})).refused(422, "invalid_field").fields(),
            ["closes"]
        );
    }
    admin.if_match("*").patch(&format!("/half-days/{}", first.items()[0]["id"].as_str().unwrap()), json!({})).refused(422, "invalid_field");
}

#[test]
fn a_yearly_closure_holds_every_year_and_opens_again_for_one_or_for_all_that_follow() {
    let app = App::spawn();
    let (admin, organisation) = (app.admin(), app.organisation("Limhamns språkkafé"));
    let christmas = json!({
        "starts_at": "2026-12-24T00:00:00+01:00", "ends_at": "2026-12-27T00:00:00+01:00", "rooms": null, "reason": "Julstängt",
        "repeats": "yearly", "years": 3,
    });
    // A booking of the last year is in the way of them all.
    let far = with(
        good(organisation),
        json!({"override": true, "starts_at": "2028-12-25T10:00:00+01:00", "ends_at": "2028-12-25T12:00:00+01:00"}),
    );
    let booked = admin.post("/bookings", far.clone()).is(201);
    let refused = admin.post("/closures", christmas.clone()).refused(409, "closure_over_bookings");
    assert_eq!(refused["bookings"][0]["id"], booked["id"]);
    assert!(admin.get("/closures").is(200).items().is_empty(), "all or none");
    admin.post_empty(&format!("/bookings/{}/cancel", booked.id())).is(200);
    let first = admin.post("/closures", christmas.clone()).is(201);
    let all = admin.get("/closures").is(200);
    let starts: Vec<&str> = all.items().iter().map(|one| one["starts_at"].as_str().unwrap()).collect();
    assert_eq!(starts, ["2026-12-24T00:00:00+01:00", "2027-12-24T00:00:00+01:00", "2028-12-24T00:00:00+01:00"]);
    assert!(all.items().iter().all(|one| one["repeat_id"] == first["repeat_id"]));
    // Each of them owns its time: not even an admin books over it.
    admin.post("/bookings", far.clone()).refused(409, "booking_conflict");
    let second = all.items()[1]["id"].as_str().unwrap();
    admin.if_match("*").delete(&format!("/closures/{second}")).is(204);
    assert_eq!(admin.get("/closures").is(200).items().len(), 2);
    admin.if_match("*").delete(&format!("/closures/{}?following=true", first.id())).is(204);
    assert!(admin.get("/closures").is(200).items().is_empty());
    admin.post("/bookings", far).is(201);
    consistent(&app);
}

#[test]
fn what_can_not_come_back_every_year_is_refused() {
    let app = App::spawn();
    let admin = app.admin();
    let closure = |change| {
        let whole = json!({
            "starts_at": "2028-02-29T00:00:00+01:00", "ends_at": "2028-03-01T00:00:00+01:00", "rooms": null, "reason": "Skottdag",
        });
        admin.post("/closures", with(whole, change))
    };
    assert_eq!(closure(json!({"repeats": "yearly"})).refused(422, "invalid_field").fields(), ["repeats"]);
    assert_eq!(closure(json!({"repeats": "monthly"})).refused(422, "invalid_field").fields(), ["repeats"]);
    assert_eq!(closure(json!({"years": 3})).refused(422, "invalid_field").fields(), ["years"]);
    assert_eq!(closure(json!({"repeats": "yearly", "years": 11})).refused(422, "invalid_field").fields(), ["years"]);
    closure(json!({})).is(201);
}
