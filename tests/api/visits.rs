//! Head counts at the desk: resends, corrections, the day's tally, and who is in the house.
use std::thread;

use diesel::prelude::*;
use nobel21::{db::schema::visits, id::Id};

use crate::support::{App, Client, Value, json};

/// Counts people in for a purpose.
#[track_caller]
fn count(desk: &Client, people: i32, purpose: &str) -> Value {
    desk.post("/visits", json!({"headcount": people, "purpose": purpose})).is(201).json
}

/// Books a room today and returns the booking's id.
#[track_caller]
fn book(app: &App, organisation: Id, room: &str, title: &str, from: &str, to: &str) -> String {
    let body = json!({
        "room": room, "organisation_id": organisation, "title": title, "category": "meeting", "expected_participants": 12,
        "starts_at": format!("2026-11-23T{from}:00+01:00"), "ends_at": format!("2026-11-23T{to}:00+01:00"),
    });
    app.admin().post("/bookings", body).is(201).id()
}

fn total(app: &App) -> Value {
    app.reception().get("/visits/today").is(200)["total"].clone()
}

fn present(app: &App) -> Value {
    app.reception().get("/visits/present").is(200)["total"].clone()
}

#[test]
fn only_reception_and_admin_count() {
    let app = App::spawn();
    let body = json!({"headcount": 1, "purpose": "walk_in"});
    let booker = app.booker(app.organisation("Limhamns språkkafé"));
    for path in ["/visits", "/visits/today", "/visits/present"] {
        app.anonymous().get(path).refused(401, "unauthenticated");
        booker.get(path).refused(403, "forbidden");
        app.reception().get(path).is(200);
        app.admin().get(path).is(200);
    }
    app.anonymous().post("/visits", &body).refused(401, "unauthenticated");
    booker.post("/visits", &body).refused(403, "forbidden");
    app.admin().post("/visits", &body).is(201);
    booker.post(&format!("/visits/{}/correct", Id::new()), json!({"headcount": 1, "reason": "x"})).refused(403, "forbidden");
}

#[test]
fn a_count_is_taken_now_and_in_unless_it_says_otherwise() {
    let app = App::spawn();
    let visit = count(&app.reception(), 3, "tour");
    assert_eq!(visit["at"], "2026-11-23T08:00:00+01:00");
    assert_eq!((&visit["kind"], &visit["headcount"], &visit["late_entry"]), (&json!("in"), &json!(3), &json!(false)));
    let out = json!({"headcount": 2, "purpose": "tour", "kind": "out", "at": "2026-11-23T07:59:00+01:00"});
    assert_eq!(app.reception().post("/visits", out).is(201)["kind"], "out");
}

#[test]
fn a_count_sent_again_is_answered_with_the_first_and_adds_nothing() {
    let app = App::spawn();
    let client_id = Id::new();
    let first = app.reception().post("/visits", json!({"headcount": 5, "purpose": "walk_in", "client_id": client_id})).is(201);
    let again = app.admin().post("/visits", json!({"headcount": 9, "purpose": "tour", "client_id": client_id})).is(200);
    assert_eq!(again.json, first.json);
    assert_eq!(total(&app), 5);
}

#[test]
fn twenty_resends_of_one_count_at_once_add_it_once() {
    let app = App::spawn();
    let desk = app.reception();
    let body = json!({"headcount": 7, "purpose": "office", "client_id": Id::new()});
    let answers: Vec<_> = thread::scope(|scope| {
        let sent: Vec<_> = (0..20).map(|_| scope.spawn(|| desk.post("/visits", &body))).collect();
        sent.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 19);
    assert!(answers.iter().all(|answer| answer["id"] == answers[0]["id"]));
    assert_eq!(total(&app), 7);
}

#[test]
fn the_same_idempotency_key_counts_once_too() {
    let app = App::spawn();
    let desk = app.reception().key("desk-1");
    let body = json!({"headcount": 2, "purpose": "office"});
    let (first, again) = (desk.post("/visits", &body).is(201), desk.post("/visits", &body).is(201));
    assert_eq!(first["id"], again["id"]);
    assert_eq!(total(&app), 2);
}

#[test]
fn two_desks_add_up() {
    let app = App::spawn();
    let (one, other) = (app.reception(), app.admin());
    thread::scope(|scope| {
        for desk in [&one, &other] {
            scope.spawn(move || (0..10).for_each(|_| drop(count(desk, 3, "walk_in"))));
        }
    });
    assert_eq!(total(&app), 60);
    assert_eq!(present(&app), 60);
}

#[test]
fn a_correction_adds_the_difference_and_keeps_the_first_readable() {
    let app = App::spawn();
    let desk = app.reception();
    let first = count(&desk, 5, "office");
    app.at("2026-11-23T09:30:00+01:00");
    let path = format!("/visits/{}/correct", first["id"].as_str().unwrap());
    let correction = desk.post(&path, json!({"headcount": 4, "reason": "Räknade en för mycket."})).is(201);
    assert_eq!((&correction["headcount"], &correction["corrects"]), (&json!(-1), &first["id"]));
    assert_eq!((&correction["at"], &correction["purpose"]), (&first["at"], &json!("office")));
    assert_eq!(correction["recorded_at"], "2026-11-23T09:30:00+01:00");
    assert_eq!(total(&app), 4);

    // Corrected once more, the difference is to what holds now; 0 takes the count away altogether.
    assert_eq!(desk.post(&path, json!({"headcount": 9, "reason": "Fler kom."})).is(201)["headcount"], 5);
    assert_eq!(desk.post(&path, json!({"headcount": 0, "reason": "Fel dag."})).is(201)["headcount"], -9);
    assert_eq!(total(&app), 0);
    let rows = desk.get("/visits").is(200);
    assert_eq!(rows.items().len(), 4);
    assert_eq!(rows.items()[3], first);
}

#[test]
fn a_correction_is_not_corrected_and_what_was_never_counted_neither() {
    let app = App::spawn();
    let desk = app.reception();
    let first = count(&desk, 5, "office");
    let body = json!({"headcount": 4, "reason": "Fel"});
    let correction = desk.post(&format!("/visits/{}/correct", first["id"].as_str().unwrap()), &body).is(201).id();
    desk.post(&format!("/visits/{correction}/correct"), &body).refused(409, "wrong_state");
    desk.post(&format!("/visits/{}/correct", Id::new()), &body).refused(404, "not_found");
    desk.post("/visits/nonsense/correct", &body).refused(404, "not_found");
    for (bad, fields) in [
        (json!({"headcount": -1, "reason": "x"}), vec!["headcount"]),
        (json!({"headcount": 5001, "reason": " "}), vec!["headcount", "reason"]),
        (json!({"headcount": 1}), vec!["reason"]),
    ] {
        assert_eq!(desk.post(&format!("/visits/{correction}/correct"), &bad).refused(422, "invalid_field").fields(), fields, "{bad}");
    }
}

#[test]
fn corrections_at_once_leave_one_of_the_counts_that_was_asked_for() {
    let app = App::spawn();
    let desk = app.reception();
    let path = format!("/visits/{}/correct", count(&desk, 50, "event")["id"].as_str().unwrap());
    let corrections: Vec<i64> = thread::scope(|scope| {
        let sent: Vec<_> = (1..=10)
            .map(|people| {
                let (desk, path) = (&desk, &path);
                scope.spawn(move || desk.post(path, json!({"headcount": people, "reason": "Fel"})).is(201)["headcount"].as_i64().unwrap())
            })
            .collect();
        sent.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let left = 50 + corrections.iter().sum::<i64>();
    assert!((1..=10).contains(&left), "{left}: {corrections:?}");
    assert_eq!(total(&app), left);
}

#[test]
fn what_is_written_down_ten_minutes_later_is_a_late_entry() {
    let app = App::spawn();
    let late =
        |at: &str| app.reception().post("/visits", json!({"headcount": 1, "purpose": "other", "at": at})).is(201)["late_entry"].clone();
    assert_eq!(late("2026-11-23T07:50:00+01:00"), false);
    assert_eq!(late("2026-11-23T07:49:59+01:00"), true);
    assert_eq!(late("2026-11-23T06:49:59Z"), true);
    // A desk's clock may go a minute before ours.
    assert_eq!(late("2026-11-23T08:01:00+01:00"), false);
    assert_eq!(late("2025-11-22T08:00:00+01:00"), true);
}

#[test]
fn wrong_values_are_refused_all_at_once() {
    let app = App::spawn();
    let desk = app.reception();
    for people in [json!(0), json!(-5), json!(1_000_000_000), json!(5001), json!(1.5), json!("många"), json!(null)] {
        let answer = desk.post("/visits", json!({"headcount": people, "purpose": "office"})).refused(422, "invalid_field");
        assert_eq!(answer.fields(), ["headcount"], "{people}");
    }
    for at in ["2026-11-23T08:01:01+01:00", "2027-01-01T00:00:00Z", "2025-11-22T07:59:59+01:00", "1970-01-01T00:00:00Z", "i går"] {
        let answer = desk.post("/visits", json!({"headcount": 1, "purpose": "office", "at": at})).refused(422, "invalid_field");
        assert_eq!(answer.fields(), ["at"], "{at}");
    }
    desk.post("/visits", json!({"headcount": 1, "purpose": "office", "at": "2026-11-23T08:00:00"})).refused(422, "time_without_offset");
    let all = json!({"headcount": 0, "purpose": "fika", "kind": "sideways", "at": "2027-01-01T00:00:00Z", "client_id": 7, "extra": 1});
    let answer = desk.post("/visits", all).refused(422, "invalid_field");
    assert_eq!(answer.fields(), ["at", "client_id", "extra", "headcount", "kind", "purpose"]);
    let unknown = json!({"headcount": 1, "purpose": "gathering", "booking_id": Id::new(), "organisation_id": Id::new()});
    assert_eq!(desk.post("/visits", unknown).refused(422, "invalid_field").fields(), ["booking_id", "organisation_id"]);
    assert_eq!(total(&app), 0);
}

#[test]
fn a_count_for_a_gathering_takes_its_organisation() {
    let app = App::spawn();
    let (own, other) = (app.organisation("Limhamns språkkafé"), app.organisation("Annan förening"));
    let booking = book(&app, own, "konferens-1", "Språkkafé", "10:00", "12:00");
    let visit = app.reception().post("/visits", json!({"headcount": 4, "purpose": "gathering", "booking_id": booking})).is(201);
    assert_eq!(visit["organisation"], json!({"id": own, "name": "Limhamns språkkafé"}));
    let wrong = json!({"headcount": 4, "purpose": "gathering", "booking_id": booking, "organisation_id": other});
    assert_eq!(app.reception().post("/visits", wrong).refused(422, "invalid_field").fields(), ["organisation_id"]);
}

#[test]
fn the_list_is_paged_latest_first_and_filtered() {
    let app = App::spawn();
    let desk = app.reception();
    let organisation = app.organisation("Limhamns språkkafé");
    let booking = book(&app, organisation, "konferens-1", "Språkkafé", "10:00", "12:00");
    for minute in 0..7 {
        // Two at the same instant, to be told apart by key.
        for purpose in ["office", "tour"] {
            desk.post("/visits", json!({"headcount": 1, "purpose": purpose, "at": format!("2026-11-23T07:5{minute}:00+01:00")})).is(201);
        }
    }
    desk.post("/visits", json!({"headcount": 1, "purpose": "gathering", "booking_id": booking})).is(201);
    let all = desk.get("/visits").is(200);
    let keys = |items: &[Value]| items.iter().map(|v| (v["at"].as_str().unwrap().to_owned(), v["id"].clone())).collect::<Vec<_>>();
    let mut seen = vec![];
    let mut next = "/visits?limit=4".to_owned();
    loop {
        let page = desk.get(&next).is(200);
        seen.extend(keys(page.items()));
        match page["next_cursor"].as_str() {
            Some(cursor) => next = format!("/visits?limit=4&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen, keys(all.items()));
    assert_eq!(seen.len(), 15);
    assert!(seen.is_sorted_by(|a, b| a.0 >= b.0));

    let found = |query: &str| desk.get(&format!("/visits?{query}")).is(200).items().len();
    assert_eq!(found("purpose=tour"), 7);
    assert_eq!(found("from=2026-11-23T07:53:00%2B01:00&to=2026-11-23T07:55:00%2B01:00"), 4);
    assert_eq!((found("from=2026-11-23&to=2026-11-24"), found("to=2026-11-23")), (15, 0));
    assert_eq!((found(&format!("organisation_id={organisation}")), found(&format!("booking_id={booking}"))), (1, 1));
    let bad = desk.get("/visits?from=2026-11-24&to=2026-11-23&purpose=fika&limit=0&cursor=x&q=1").refused(422, "invalid_field");
    assert_eq!(bad.fields(), ["cursor", "limit", "purpose", "q", "to"]);
}

#[test]
fn todays_tally_shows_all_purposes_and_all_gatherings_of_the_local_day() {
    let app = App::spawn();
    let desk = app.reception();
    let organisation = app.organisation("Limhamns språkkafé");
    let counted = book(&app, organisation, "konferens-1", "Språkkafé", "10:00", "12:00");
    let empty = book(&app, organisation, "aulan", "Föreläsning", "18:00", "20:00");
    let cancelled = book(&app, organisation, "konferens-2", "Inställt", "13:00", "14:00");
    app.admin().post(&format!("/bookings/{cancelled}/cancel"), json!({})).is(200);
    desk.post("/visits", json!({"headcount": 4, "purpose": "gathering", "booking_id": counted})).is(201);
    desk.post("/visits", json!({"headcount": 2, "purpose": "gathering", "booking_id": counted, "kind": "out"})).is(201);
    desk.post("/visits", json!({"headcount": 9, "purpose": "walk_in", "at": "2026-11-22T23:59:59+01:00"})).is(201);
    desk.post("/visits", json!({"headcount": 3, "purpose": "walk_in", "at": "2026-11-23T00:00:00+01:00"})).is(201);
    let today = desk.get("/visits/today").is(200);
    assert_eq!((&today["date"], &today["total"]), (&json!("2026-11-23"), &json!(7)));
    assert_eq!(
        today["by_purpose"],
        json!([
            {"purpose": "gathering", "visits": 4}, {"purpose": "office", "visits": 0}, {"purpose": "walk_in", "visits": 3},
            {"purpose": "tour", "visits": 0}, {"purpose": "event", "visits": 0}, {"purpose": "other", "visits": 0}
        ])
    );
    let gatherings = today["by_gathering"].as_array().unwrap();
    let seen: Vec<_> = gatherings.iter().map(|g| (g["booking_id"].clone(), g["visits"].clone())).collect();
    assert_eq!(seen, [(json!(counted), json!(4)), (json!(empty), json!(0))]);
    assert_eq!(today["last"].as_array().unwrap().len(), 3);
    // The last one written down, although it lies furthest back.
    assert_eq!(today["last"][0]["at"], "2026-11-23T00:00:00+01:00");

    app.at("2026-11-23T13:00:00+01:00");
    assert_eq!(desk.get("/visits/today").is(200)["by_gathering"][0]["status"], "held");
}

#[test]
fn nobody_is_in_the_house_below_zero_nor_after_closing() {
    let app = App::spawn();
    let desk = app.reception();
    let leave = |people: i32| desk.post("/visits", json!({"headcount": people, "purpose": "other", "kind": "out"})).is(201);
    count(&desk, 5, "office");
    leave(2);
    assert_eq!(present(&app), 3);
    leave(9);
    assert_eq!(present(&app), 0);
    count(&desk, 20, "office");
    assert_eq!(present(&app), 14);
    assert_eq!(total(&app), 25);

    app.at("2026-11-23T21:59:59+01:00");
    assert_eq!(present(&app), 14);
    app.at("2026-11-23T22:00:00+01:00");
    assert_eq!(present(&app), 0);
    // Those who leave after closing are not missing in the morning.
    leave(14);
    app.at("2026-11-24T08:00:00+01:00");
    assert_eq!(present(&app), 0);
    count(&desk, 1, "office");
    assert_eq!(present(&app), 1);
    assert_eq!(desk.get("/visits/today").is(200)["present"], 1);
}

#[test]
fn corrections_count_for_who_is_in_the_house() {
    let app = App::spawn();
    let desk = app.reception();
    let (came, left) = (count(&desk, 10, "tour"), json!({"headcount": 8, "purpose": "tour", "kind": "out"}));
    let left = desk.post("/visits", left).is(201).id();
    desk.post(&format!("/visits/{}/correct", came["id"].as_str().unwrap()), json!({"headcount": 12, "reason": "Fler"})).is(201);
    desk.post(&format!("/visits/{left}/correct"), json!({"headcount": 3, "reason": "Färre"})).is(201);
    assert_eq!(present(&app), 9);
    assert_eq!(total(&app), 12);
}

#[test]
fn the_house_is_seen_room_by_room() {
    let app = App::spawn();
    let desk = app.reception();
    let organisation = app.organisation("Limhamns språkkafé");
    let counted = book(&app, organisation, "konferens-1", "Språkkafé", "10:00", "12:00");
    book(&app, organisation, "aulan", "Föreläsning", "10:00", "12:00");
    count(&desk, 6, "office");
    desk.post("/visits", json!({"headcount": 4, "purpose": "gathering", "booking_id": counted})).is(201);
    app.at("2026-11-23T10:30:00+01:00");
    let house = desk.get("/visits/present").is(200);
    assert_eq!((&house["total"], &house["unplaced"]), (&json!(10), &json!(6)));
    let rooms: Vec<_> = house["by_room"].as_array().unwrap().iter().map(|r| (&r["room"], &r["people"], &r["source"])).collect();
    assert_eq!(rooms, [(&json!("aulan"), &json!(12), &json!("expected")), (&json!("konferens-1"), &json!(4), &json!("counted"))]);
    let gathering = house["by_gathering"].as_array().unwrap().iter().find(|g| g["booking_id"] == json!(counted)).unwrap();
    assert_eq!((&gathering["people"], &gathering["organisation"]["name"]), (&json!(4), &json!("Limhamns språkkafé")));
    app.at("2026-11-23T12:30:00+01:00");
    let after = desk.get("/visits/present").is(200);
    assert_eq!((after["by_room"].as_array().unwrap().len(), &after["unplaced"]), (0, &json!(10)));
}

#[test]
fn the_roll_call_prints_in_both_languages_and_runs_nothing_that_somebody_wrote() {
    let app = App::spawn();
    let organisation = app.organisation("<img src=x onerror=alert(1)>");
    let booking = book(&app, organisation, "konferens-1", "<script>alert('x')</script> & fika", "08:00", "09:00");
    app.reception().post("/visits", json!({"headcount": 4, "purpose": "gathering", "booking_id": booking})).is(201);
    let page = app.reception().get("/visits/present?format=html").is(200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; object-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
    let text = page.text();
    assert!(!text.contains("<script") && !text.contains("<img"), "{text}");
    assert!(text.contains("&#60;script&#62;alert(&#39;x&#39;)&#60;/script&#62; &#38; fika"), "{text}");
    assert!(text.contains("<html lang=\"sv\">") && text.contains("Räknade i huset: 4") && text.contains("2026-11-23 08:00"), "{text}");
    let english = app.reception().language("en").get("/visits/present?format=html").is(200).text();
    assert!(english.contains("<html lang=\"en\">") && english.contains("Counted in the house: 4"), "{english}");
    app.reception().get("/visits/present?format=pdf").refused(422, "invalid_field");
}

#[test]
fn counts_are_never_changed_nor_deleted() {
    let app = App::spawn();
    count(&app.reception(), 5, "office");
    let changed = app.db().write_now(|c| Ok(diesel::update(visits::table).set(visits::headcount.eq(6)).execute(c)?));
    let deleted = app.db().write_now(|c| Ok(diesel::delete(visits::table).execute(c)?));
    for refused in [changed, deleted] {
        assert!(refused.unwrap_err().to_string().contains("visits_append_only"));
    }
}
