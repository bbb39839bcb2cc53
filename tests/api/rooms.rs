//! Rooms and opening hours.
use diesel::prelude::*;
use nobel21::{
    db::schema::{audit_log, bookings, occupancies},
    id::Id,
};
use serde_json::{Value, json};

use crate::support::{Answer, App};

fn new_room(slug: &str) -> Value {
    json!({
        "slug": slug, "name": "Biblioteket", "kind": "meeting", "max_persons": 20, "spaces": [slug],
        "layouts": [{"layout": "boardroom", "capacity": 12}, {"layout": "cinema", "capacity": 18}],
    })
}

fn with(mut body: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn week(stretches: &[(u8, &str, &str)]) -> Value {
    stretches.iter().map(|(weekday, opens, closes)| json!({"weekday": weekday, "opens": opens, "closes": closes})).collect()
}

/// A booking of `owner` for the next week that takes the first space of `room`, written past the API.
fn hold(app: &App, room: &str, owner: &str) {
    let (now, organisation, booking) = (app.now(), app.organisation("Håller tid"), Id::new());
    let (owner, start, end) = (app.room(owner), now.plus_minutes(60), now.plus_minutes(7 * 24 * 60));
    app.write(|c| {
        let room = nobel21::rooms::by_slug(c, room)?.unwrap();
        diesel::insert_into(bookings::table)
            .values((
                (
                    bookings::id.eq(booking),
                    bookings::reference.eq(booking.to_string()),
                    bookings::room_id.eq(owner),
                    bookings::organisation_id.eq(organisation),
                    bookings::title.eq("Möte"),
                    bookings::title_key.eq("möte"),
                    bookings::description.eq(""),
                    bookings::category.eq("meeting"),
                    bookings::status.eq("confirmed"),
                    bookings::starts_at.eq(start),
                    bookings::ends_at.eq(end),
                ),
                (
                    bookings::setup_minutes.eq(0),
                    bookings::cleanup_minutes.eq(0),
                    bookings::expected_participants.eq(1),
                    bookings::display.eq("neutral"),
                    bookings::version.eq(1),
                    bookings::created_at.eq(now),
                    bookings::updated_at.eq(now),
                ),
            ))
            .execute(c)?;
        diesel::insert_into(occupancies::table)
            .values((
                occupancies::id.eq(Id::new()),
                occupancies::space_id.eq(room.spaces[0].id),
                occupancies::starts_at.eq(start),
                occupancies::ends_at.eq(end),
                occupancies::booking_id.eq(booking),
            ))
            .execute(c)?;
        Ok(())
    });
}

#[test]
fn anybody_may_list_the_rooms_by_name_and_page_through_them() {
    let app = App::spawn();
    let anyone = app.anonymous();
    let all = anyone.get("/rooms").is(200);
    let slugs = |answer: &Answer| answer.items().iter().map(|room| room["slug"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let expected = ["aulan", "aulan-a", "aulan-b", "kafeet", "konferens-1", "konferens-2", "motesrummet", "verkstaden"];
    assert_eq!(slugs(&all), expected);
    assert_eq!(all.items()[0]["spaces"].as_array().unwrap().len(), 2);
    assert_eq!(all.items()[0]["capacity"], 120);

    let mut seen = vec![];
    let mut path = "/rooms?limit=3".to_owned();
    loop {
        let page = anyone.get(&path).is(200);
        seen.extend(slugs(&page));
        match page["next_cursor"].as_str() {
            Some(cursor) => {
                assert!(page.header("link").contains("rel=\"next\""));
                path = format!("/rooms?limit=3&cursor={cursor}");
            }
            None => break,
        }
    }
    assert_eq!(seen, expected);
    anyone.get("/rooms?limit=0&nonsense=1").refused(422, "invalid_field");
}

#[test]
fn what_is_unchanged_is_not_sent_again() {
    let app = App::spawn();
    let anyone = app.anonymous();
    for path in ["/rooms", "/rooms/aulan", "/opening-hours", "/rooms/aulan/opening-hours"] {
        let first = anyone.get(path).is(200);
        assert_eq!(first.header("cache-control"), "public, no-cache", "{path}");
        let again = anyone.header("If-None-Match", first.etag()).get(path).is(304);
        assert_eq!(again.etag(), first.etag(), "{path}");
        assert!(again.bytes.is_empty(), "{path}");
    }
    let etag = anyone.get("/rooms").etag();
    app.admin().post("/rooms", new_room("biblioteket")).is(201);
    anyone.header("If-None-Match", etag).get("/rooms").is(200);
}

#[test]
fn an_admin_adds_a_room_and_what_is_left_out_is_the_houses() {
    let app = App::spawn();
    let made = app.admin().post("/rooms", with(new_room("biblioteket"), json!({"rules": {"cleanup_minutes": 15}}))).is(201);
    assert_eq!(made.location(), "/api/v1/rooms/biblioteket");
    assert_eq!(made.etag(), "\"1\"");
    let read = app.anonymous().get("/rooms/biblioteket").is(200);
    assert_eq!(read.json, made.json);
    assert_eq!(read["capacity"], 18);
    assert_eq!(read["description"], Value::Null);
    assert_eq!(
        read["rules"],
        json!({"grid_minutes": 15, "min_minutes": 15, "max_minutes": 720, "days_ahead": 365, "cancel_minutes_before": 0, "setup_minutes": 0, "cleanup_minutes": 15})
    );
    assert_eq!(read["active"], true);
    app.admin().post("/rooms", new_room("biblioteket")).refused(409, "already_exists");
}

#[test]
fn a_room_sent_twice_with_one_key_is_added_once() {
    let app = App::spawn();
    let admin = app.admin().key("once");
    let first = admin.post("/rooms", new_room("biblioteket")).is(201);
    let again = admin.post("/rooms", new_room("biblioteket")).is(201);
    assert_eq!(first.id(), again.id());
    admin.post("/rooms", new_room("arkivet")).refused(422, "idempotency_key_reused");
}

#[test]
fn only_an_admin_changes_rooms_and_weeks() {
    let app = App::spawn();
    let organisation = app.organisation("Limhamns språkkafé");
    for other in [app.booker(organisation), app.organisation_admin(organisation), app.reception()] {
        let other = other.if_match("*");
        other.post("/rooms", new_room("biblioteket")).refused(403, "forbidden");
        other.patch("/rooms/aulan", json!({"name": "X"})).refused(403, "forbidden");
        other.put("/opening-hours", week(&[])).refused(403, "forbidden");
        other.put("/rooms/aulan/opening-hours", week(&[])).refused(403, "forbidden");
        other.delete("/rooms/aulan/opening-hours").refused(403, "forbidden");
        other.get("/rooms?include_inactive=true").refused(403, "forbidden");
    }
    let anyone = app.anonymous().if_match("*");
    anyone.post("/rooms", new_room("biblioteket")).refused(401, "unauthenticated");
    anyone.put("/opening-hours", week(&[])).refused(401, "unauthenticated");
    anyone.get("/rooms?include_inactive=true").refused(401, "unauthenticated");
}

#[test]
fn all_faults_of_a_room_are_told_at_once() {
    let app = App::spawn();
    let bad = json!({
        "slug": "Å b", "name": "", "kind": "disco", "max_persons": 10, "floor": 99, "description": "a\u{0}b",
        "layouts": [{"layout": "cinema", "capacity": 11}, {"layout": "cinema", "capacity": 5}],
        "equipment": ["projector", "projector"], "wheelchair_accessible": "maybe",
        "spaces": ["a", "a"], "rules": {"min_minutes": 60, "max_minutes": 30}, "colour": "red",
    });
    let refusal = app.admin().post("/rooms", bad).refused(422, "invalid_field");
    let expected = [
        "colour",
        "description",
        "equipment.1",
        "floor",
        "kind",
        "layouts.0.capacity",
        "layouts.1.layout",
        "name",
        "rules.max_minutes",
        "slug",
        "spaces.1",
        "wheelchair_accessible",
    ];
    assert_eq!(refusal.fields(), expected);
    let refusal = app.admin().post("/rooms", json!({})).refused(422, "invalid_field");
    assert_eq!(refusal.fields(), ["kind", "layouts", "max_persons", "name", "slug", "spaces"]);
    let nested = with(
        new_room("b"),
        json!({"layouts": [{"layout": "tent", "capacity": 0}, 7], "spaces": [], "rules": {"grid_minutes": 0, "setup_minutes": 9999, "x": 1}}),
    );
    let refusal = app.admin().post("/rooms", nested).refused(422, "invalid_field");
    let expected =
        ["layouts.0.capacity", "layouts.0.layout", "layouts.1", "rules.grid_minutes", "rules.setup_minutes", "rules.x", "spaces"];
    assert_eq!(refusal.fields(), expected);
    assert_eq!(app.admin().post("/rooms", with(new_room("b"), json!({"layouts": []}))).refused(422, "invalid_field").fields(), ["layouts"]);
}

#[test]
fn names_come_back_as_the_text_they_are() {
    let app = App::spawn();
    for (i, name) in
        ["'; DROP TABLE rooms; --", "<script>alert(1)</script>", "🎉", "نادي اللغة\u{200f} 21", "=HYPERLINK(\"x\")"].iter().enumerate()
    {
        let slug = format!("room-{i}");
        app.admin().post("/rooms", with(new_room(&slug), json!({"name": name, "description": name}))).is(201);
        let read = app.anonymous().get(&format!("/rooms/{slug}")).is(200);
        assert_eq!((&read["name"], &read["description"]), (&json!(name), &json!(name)));
    }
}

#[test]
fn a_room_is_changed_by_whoever_has_seen_its_latest_version() {
    let app = App::spawn();
    let admin = app.admin();
    let before = admin.get("/rooms/aulan").is(200);
    let change = json!({"name": "Stora aulan", "description": "Stor", "rules": {"max_minutes": 480}, "equipment": ["stage"], "needs_approval": true});
    admin.patch("/rooms/aulan", &change).refused(428, "precondition_required");
    admin.if_match("\"9\"").patch("/rooms/aulan", &change).refused(412, "stale");
    let after = admin.if_match(before.etag()).patch("/rooms/aulan", &change).is(200);
    admin.if_match(before.etag()).patch("/rooms/aulan", &change).refused(412, "stale");
    assert_eq!(after["version"], 2);
    assert_eq!(after["name"], "Stora aulan");
    assert_eq!(after["equipment"], json!(["stage"]));
    assert_eq!(after["rules"]["max_minutes"], 480);
    assert_eq!(after["rules"]["grid_minutes"], before["rules"]["grid_minutes"]);
    assert_eq!(after["layouts"], before["layouts"]);
    let read = admin.get("/rooms/aulan").is(200);
    assert_eq!((read.etag(), read.json), (after.etag(), after.json.clone()));
    let cleared = admin.if_match(after.etag()).patch("/rooms/aulan", json!({"description": null})).is(200);
    assert_eq!(cleared["description"], Value::Null);
}

#[test]
fn a_change_is_held_against_what_stays() {
    let app = App::spawn();
    let admin = app.admin().if_match("*");
    let refusal = admin.patch("/rooms/aulan", json!({"max_persons": 10})).refused(422, "invalid_field");
    assert_eq!(refusal.fields(), ["layouts.0.capacity"]);
    let refusal = admin.patch("/rooms/aulan", json!({"rules": {"min_minutes": 1440}})).refused(422, "invalid_field");
    assert_eq!(refusal.fields(), ["rules.max_minutes"]);
    assert_eq!(admin.patch("/rooms/aulan", json!({"name": null, "slug": "x"})).refused(422, "invalid_field").fields(), ["name", "slug"]);
    admin.patch("/rooms/aulan", json!({})).refused(422, "invalid_field");
    admin.patch("/rooms/nowhere", json!({"name": "X"})).refused(404, "not_found");
    assert_eq!(admin.get("/rooms/aulan")["version"], 1);
}

#[test]
fn a_room_out_of_use_exists_for_the_staff_alone() {
    let app = App::spawn();
    app.admin().if_match("*").patch("/rooms/verkstaden", json!({"active": false})).is(200);
    let booker = app.booker(app.organisation("Limhamns språkkafé"));
    for other in [app.anonymous(), booker] {
        other.get("/rooms/verkstaden").refused(404, "not_found");
        other.get("/rooms/verkstaden/opening-hours").refused(404, "not_found");
        assert_eq!(other.get("/rooms").items().len(), 7);
    }
    for staff in [app.reception(), app.admin()] {
        assert_eq!(staff.get("/rooms/verkstaden").is(200).header("cache-control"), "no-store");
        assert_eq!(staff.get("/rooms").items().len(), 7);
    }
    let all = app.admin().get("/rooms?include_inactive=true").is(200);
    assert_eq!((all.items().len(), all.header("cache-control")), (8, "no-store"));
    for none in ["/rooms/nowhere", "/rooms/AULAN", "/rooms/%27%3B%20DROP", "/rooms/a%2Fb", "/rooms/%ff", "/rooms/%00"] {
        app.anonymous().off_contract().get(none).refused(404, "not_found");
    }
}

#[test]
fn the_floor_of_a_room_changes_only_while_nothing_is_held_on_it() {
    let app = App::spawn();
    let admin = app.admin().if_match("*");
    let moved = admin.patch("/rooms/kafeet", json!({"spaces": ["kafeet", "uteplatsen"]})).is(200);
    assert_eq!(moved["spaces"].as_array().unwrap().len(), 2);

    // What is held on floor that two rooms share fixes the room whose booking it is, not the other.
    hold(&app, "aulan-a", "aulan-a");
    admin.patch("/rooms/aulan", json!({"spaces": ["aulan-a", "aulan-b", "foajen"]})).is(200);
    admin.patch("/rooms/aulan-a", json!({"spaces": ["foajen"]})).refused(409, "spaces_in_use");
    assert_eq!(admin.get("/rooms/aulan-a")["spaces"], json!(["aulan-a"]));
    // The same floor again, and everything else, may be said all the same.
    admin.patch("/rooms/aulan-a", json!({"spaces": ["aulan-a"], "name": "A-salen"})).is(200);
    app.at("2026-12-24T08:00:00+01:00");
    admin.patch("/rooms/aulan-a", json!({"spaces": ["foajen"]})).is(200);
}

#[test]
fn a_closure_that_names_a_room_fixes_its_floor_and_one_of_the_house_does_not() {
    let app = App::spawn();
    let admin = app.admin();
    let closure =
        json!({"starts_at": "2026-12-01T00:00:00+01:00", "ends_at": "2026-12-02T00:00:00+01:00", "rooms": null, "reason": "Städdag"});
    admin.post("/closures", closure.clone()).is(201);
    admin.if_match("*").patch("/rooms/kafeet", json!({"spaces": ["kafeet", "uteplatsen"]})).is(200);
    admin.post("/closures", with(closure, json!({"rooms": ["kafeet"]}))).is(201);
    admin.if_match("*").patch("/rooms/kafeet", json!({"spaces": ["kafeet"]})).refused(409, "spaces_in_use");
}

#[test]
fn floor_that_comes_later_is_closed_with_the_house() {
    let app = App::spawn();
    let (admin, organisation) = (app.admin(), app.organisation("Limhamns språkkafé"));
    for (start, end) in
        [("2026-12-01T00:00:00+01:00", "2026-12-02T00:00:00+01:00"), ("2026-12-01T12:00:00+01:00", "2026-12-03T12:00:00+01:00")]
    {
        admin.post("/closures", json!({"starts_at": start, "ends_at": end, "rooms": null, "reason": "Städdag"})).is(201);
    }
    admin.post("/rooms", new_room("biblioteket")).is(201);
    admin.if_match("*").patch("/rooms/motesrummet", json!({"spaces": ["arkivet"]})).is(200);
    let booker = app.booker(organisation);
    for room in ["biblioteket", "motesrummet"] {
        let at = |start: &str, end: &str| {
            booker.post("/bookings", json!({
                "room": room, "organisation_id": organisation.to_string(), "title": "Möte", "category": "meeting", "expected_participants": 2,
                "starts_at": start, "ends_at": end,
            }))
        };
        for day in ["2026-12-01", "2026-12-02"] {
            let refused = at(&format!("{day}T10:00:00+01:00"), &format!("{day}T11:00:00+01:00")).refused(422, "rule_violation");
            assert_eq!(refused.rules(), ["closed"], "{room} {day}");
        }
        at("2026-12-03T12:00:00+01:00", "2026-12-03T13:00:00+01:00").is(201);
    }
}

#[test]
fn the_house_is_open_from_seven_to_ten_every_day_until_an_admin_says_otherwise() {
    let app = App::empty();
    let anyone = app.anonymous();
    let every_day: Vec<(u8, &str, &str)> = (1..=7).map(|day| (day, "07:00", "22:00")).collect();
    let before = anyone.get("/opening-hours").is(200);
    assert_eq!(before.json, week(&every_day));

    let (admin, new) = (app.admin(), week(&[(1, "13:00", "24:00"), (1, "00:00", "12:00"), (7, "10:00", "11:30")]));
    admin.put("/opening-hours", &new).refused(428, "precondition_required");
    let after = admin.if_match(before.etag()).put("/opening-hours", &new).is(200);
    assert_eq!(after.json, week(&[(1, "00:00", "12:00"), (1, "13:00", "24:00"), (7, "10:00", "11:30")]));
    let read = anyone.get("/opening-hours").is(200);
    assert_eq!((read.etag(), &read.json), (after.etag(), &after.json));
    for old in [before.etag(), "\"1\"".into(), "x".into()] {
        admin.if_match(old).put("/opening-hours", &new).refused(412, "stale");
    }
    assert_eq!(admin.if_match("*").put("/opening-hours", week(&[])).is(200).json, json!([]));
}

#[test]
fn stretches_that_touch_are_one() {
    let app = App::empty();
    let touching = week(&[(3, "12:00", "17:00"), (3, "08:00", "12:00")]);
    let after = app.admin().if_match("*").put("/opening-hours", touching).is(200);
    assert_eq!(after.json, week(&[(3, "08:00", "17:00")]));
    assert_eq!(app.anonymous().get("/opening-hours").etag(), after.etag());
}

#[test]
fn a_week_that_makes_no_sense_is_refused_with_the_place_of_each_fault() {
    let app = App::spawn();
    let admin = app.admin().if_match("*");
    let bad = json!([
        {"weekday": 0, "opens": "07:00", "closes": "22:00"},
        {"weekday": 8, "opens": "7:00", "closes": "24:01"},
        {"weekday": 1, "opens": 7, "closes": "22:00", "note": "x"},
        {"weekday": 1},
        "monday",
    ]);
    let expected = ["0.weekday", "1.closes", "1.opens", "1.weekday", "2.note", "2.opens", "3.closes", "3.opens", "4"];
    for path in ["/opening-hours", "/rooms/aulan/opening-hours"] {
        assert_eq!(admin.put(path, &bad).refused(422, "invalid_field").fields(), expected, "{path}");
        let overlapping =
            week(&[(1, "07:00", "12:00"), (2, "07:00", "12:00"), (1, "11:59", "13:00"), (3, "12:00", "12:00"), (4, "24:00", "24:00")]);
        assert_eq!(admin.put(path, overlapping).refused(422, "invalid_field").fields(), ["2", "3.closes", "4.closes"], "{path}");
        admin.put(path, json!({})).refused(422, "invalid_field");
        let too_many: Value = (0..71).map(|_| json!({"weekday": 1, "opens": "07:00", "closes": "08:00"})).collect();
        admin.put(path, too_many).refused(422, "invalid_field");
        admin.send("PUT", path, Some(("application/json", b"[".to_vec()))).refused(400, "malformed_body");
        admin.send("PUT", path, Some(("text/plain", b"[]".to_vec()))).refused(415, "unsupported_media_type");
    }
}

#[test]
fn a_room_follows_the_house_unless_it_has_a_week_of_its_own() {
    let app = App::spawn();
    let (admin, anyone) = (app.admin(), app.anonymous());
    let path = "/rooms/verkstaden/opening-hours";
    let house = anyone.get("/opening-hours").json;
    let before = anyone.get(path).is(200);
    assert_eq!(before.json, json!({"inherited": true, "hours": house}));

    let own = week(&[(6, "10:00", "14:00")]);
    let after = admin.if_match(before.etag()).put(path, &own).is(200);
    assert_eq!(after.json, json!({"inherited": false, "hours": own}));
    assert_eq!(anyone.get(path).etag(), after.etag());
    assert_eq!(anyone.get("/rooms/aulan/opening-hours")["inherited"], true);
    admin.if_match(before.etag()).put(path, &own).refused(412, "stale");
    admin.if_match(before.etag()).delete(path).refused(412, "stale");

    let closed = admin.if_match(after.etag()).put(path, week(&[])).is(200);
    assert_eq!(anyone.get(path).json, json!({"inherited": false, "hours": []}));
    admin.delete(path).refused(428, "precondition_required");
    admin.if_match(closed.etag()).delete(path).is(204);
    assert_eq!(anyone.get(path).json, before.json);
    for none in [admin.if_match("*").put("/rooms/nowhere/opening-hours", &own), admin.if_match("*").delete("/rooms/nowhere/opening-hours")]
    {
        none.refused(404, "not_found");
    }
}

#[test]
fn of_several_who_change_the_same_version_at_once_one_succeeds() {
    let app = App::spawn();
    let admin = app.admin();
    let race = |path: &str, method: &str, body: &(dyn Fn(usize) -> Value + Sync)| {
        let contender = admin.if_match(admin.get(path).etag());
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            let running: Vec<_> = (0..8)
                .map(|i| {
                    let contender = contender.clone();
                    scope.spawn(move || contender.json(method, path, body(i)))
                })
                .collect();
            running.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let won: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!((won.len(), answers.iter().filter(|answer| answer.code() == "stale").count()), (1, 7), "{path}");
        let now = admin.get(path);
        assert_eq!((now.etag(), &now.json), (won[0].etag(), &won[0].json), "{path}");
    };
    race("/rooms/aulan", "PATCH", &|i| json!({"name": format!("Aulan {i}"), "spaces": [format!("aulan-{i}"), "aulan-a"]}));
    let own_hour = |i: usize| json!([{"weekday": 1, "opens": format!("{:02}:00", i), "closes": format!("{:02}:30", i)}]);
    race("/opening-hours", "PUT", &own_hour);
    race("/rooms/aulan/opening-hours", "PUT", &own_hour);
}

#[test]
fn who_changed_a_room_or_a_week_is_on_record() {
    let app = App::spawn();
    let admin = app.admin();
    admin.post("/rooms", new_room("biblioteket")).is(201);
    admin.if_match("*").patch("/rooms/biblioteket", json!({"name": "Arkivet"})).is(200);
    admin.if_match("*").put("/opening-hours", week(&[(1, "07:00", "08:00")])).is(200);
    admin.if_match("*").put("/rooms/biblioteket/opening-hours", week(&[])).is(200);
    admin.if_match("*").delete("/rooms/biblioteket/opening-hours").is(204);
    let rows: Vec<(String, String, Option<String>, Option<String>)> = app.read(|c| {
        Ok(audit_log::table
            .filter(audit_log::actor_id.eq(admin.id()))
            .order(audit_log::id)
            .select((audit_log::action, audit_log::noun, audit_log::before, audit_log::after))
            .load(c)?)
    });
    let seen: Vec<(&str, &str)> = rows.iter().map(|(action, noun, _, _)| (action.as_str(), noun.as_str())).collect();
    let hours = ("changed", "opening_hours");
    assert_eq!(seen, [("created", "room"), ("changed", "room"), hours, hours, hours]);
    let (before, after) = (rows[1].2.as_deref().unwrap(), rows[1].3.as_deref().unwrap());
    assert!(before.contains("Biblioteket") && after.contains("Arkivet"), "{before} {after}");
    assert!(rows[2].2.as_deref().unwrap().contains("22:00"), "{:?}", rows[2]);
}

#[test]
fn a_layout_that_takes_long_to_put_up_takes_the_room_for_longer_and_the_calendar_says_so() {
    let app = App::spawn();
    let (admin, organisation) = (app.admin(), app.organisation("Kastanjen"));
    let booker = app.booker(organisation);
    let layouts = json!([
        {"layout": "boardroom", "capacity": 12, "setup_minutes": 0},
        {"layout": "cinema", "capacity": 18, "setup_minutes": 60, "cleanup_minutes": 30},
    ]);
    let body = with(new_room("biblioteket"), json!({"layouts": layouts, "rules": {"setup_minutes": 15, "cleanup_minutes": 15}}));
    let room = admin.post("/rooms", body).is(201);
    assert_eq!(room["layouts"], layouts);
    let wish = |layout: &str, from: u8, to: u8| {
        json!({
            "room": "biblioteket", "organisation_id": organisation, "title": "Film", "category": "meeting", "expected_participants": 8,
            "layout": layout, "starts_at": format!("2026-11-25T{from:02}:00:00+01:00"), "ends_at": format!("2026-11-25T{to:02}:00:00+01:00"),
        })
    };
    let film = booker.post("/bookings", wish("cinema", 14, 16)).is(201);
    assert_eq!((&film["setup_minutes"], &film["cleanup_minutes"]), (&json!(60), &json!(30)));
    let shown = app.anonymous().get("/calendar?from=2026-11-25&to=2026-11-26&room=biblioteket").is(200);
    assert_eq!(shown["entries"][0]["starts_at"], "2026-11-25T14:00:00+01:00");
    assert_eq!(shown["entries"][0]["taken_from"], "2026-11-25T13:00:00+01:00");
    assert_eq!(shown["entries"][0]["taken_until"], "2026-11-25T16:30:00+01:00");
    // The hour before is taken, and the boardroom is put up in no time but has to be put away in the room's own.
    booker.post("/bookings", wish("boardroom", 12, 13)).refused(409, "booking_conflict");
    let before = booker.post("/bookings", wish("boardroom", 11, 12)).is(201);
    assert_eq!((&before["setup_minutes"], &before["cleanup_minutes"]), (&json!(0), &json!(15)));
    // The cinema would have to be put up from ten to eleven, where another meeting is; and needs half an hour after, which is free.
    booker.post("/bookings", wish("boardroom", 9, 10)).is(201);
    let path = format!("/bookings/{}", before["id"].as_str().unwrap());
    booker.if_match(before.etag()).patch(&path, json!({"layout": "cinema"})).refused(409, "booking_conflict");
    let evening = booker.post("/bookings", wish("boardroom", 19, 20)).is(201);
    let path = format!("/bookings/{}", evening["id"].as_str().unwrap());
    let evening = booker.if_match(evening.etag()).patch(&path, json!({"layout": "cinema"})).is(200);
    assert_eq!((&evening["setup_minutes"], &evening["cleanup_minutes"]), (&json!(60), &json!(30)));
    // From 16.30, when the film is put away, to 18.00, when the evening is put up.
    booker.post("/bookings", wish("cinema", 17, 18)).refused(409, "booking_conflict");
    booker.post("/bookings", wish("boardroom", 17, 18)).refused(409, "booking_conflict");
}
