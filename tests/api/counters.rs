//! Door counters: devices that send what they count, files of counts, and whose count of visits holds.
use serde_json::{Value, json};

use crate::{
    statistics::sample_year,
    support::{Answer, App, Client},
};

/// Two equal lines, which are two visits, and one more.
pub const VISITS: &str = "\
arrived_at,headcount,purpose,organisation,booking_uid
2026-11-22T10:00:00+01:00,3,walk_in,,
2026-11-22T10:00:00+01:00,3,walk_in,,
2026-11-22T18:30:00+01:00,8,event,,
";

/// A Sunday evening at the door.
const COUNTS: &str = "\
device_id,from,to,in,out
B8:A4:4F:A8:9C:85,2026-11-22T17:00:00+01:00,2026-11-22T18:00:00+01:00,6,1
B8:A4:4F:A8:9C:85,2026-11-22T18:00:00+01:00,2026-11-22T18:30:00+01:00,20,2
B8:A4:4F:A8:9C:85,2026-11-22T18:30:00+01:00,2026-11-22T19:00:00+01:00,4,0
";

const DEVICE: &str = "b8a44fa89c85";

fn file(client: &Client, content: &str) -> Answer {
    client.send("POST", "/imports/visits", Some(("text/csv", content.as_bytes().to_vec())))
}

/// A counter of this device: its key and its token.
fn counter(app: &App, device: &str) -> (String, String) {
    let new = json!({"name": "Huvudentrén", "door": "Mot Nobelvägen", "device_id": device});
    let made = app.admin().post("/counters", new).is(201);
    assert_eq!(made.header("cache-control"), "no-store");
    (made["counter"]["id"].as_str().unwrap().into(), made["token"].as_str().unwrap().into())
}

fn device(app: &App, token: &str) -> Client {
    app.anonymous().header("Authorization", format!("Bearer {token}"))
}

/// A push of one stretch as an Axis device sends it.
fn push(from: &str, to: &str, count_in: i32) -> Value {
    json!({
        "apiName": "Axis Retail Data", "apiVersion": "0.4", "utcSent": "2026-11-23T07:00:38Z", "localSent": "2026-11-23T08:00:38",
        "data": {
            "utcFrom": from, "utcTo": to, "localFrom": "2026-11-23T07:30:00", "localTo": "2026-11-23T07:45:00",
            "measurements": [{
                "kind": "people-counts", "utcFrom": from, "utcTo": to,
                "items": [{"direction": "in", "count": count_in, "adults": 0}, {"direction": "out", "count": 1, "adults": 0}],
            }],
        },
        "sensor": {"application": "AXIS 3D People Counter", "applicationVersion": "10.3", "name": "axis", "serial": DEVICE},
    })
}

fn live_sum(stamp: &str, total_in: i32) -> Value {
    json!({"serial": "B8A44FA89C85", "name": "Huvudentrén", "timestamp": stamp, "in": total_in, "out": 0})
}

fn sources(app: &App) -> Value {
    let figures = app.reception().get("/statistics/monthly?from=2026-11&to=2026-11").is(200);
    let month = &figures["months"][0];
    assert_eq!(month["visit_sources"], figures["total"]["visit_sources"]);
    let of = |name: &str| month["visit_sources"][name].as_i64().unwrap();
    assert_eq!(month["visits"], of("desk_visits") + of("counter_visits"), "{month}");
    json!([month["visits"], of("desk_hours"), of("desk_visits"), of("counter_hours"), of("counter_visits"), of("fallback_hours")])
}

/// The counters' count holds on Sunday evenings.
fn evenings(app: &App) {
    let parts = json!([{"weekdays": [7], "from": "18:00", "to": "22:00", "source": "counter"}]);
    app.admin().if_match("*").patch("/settings", json!({"visit_sources": parts})).is(200);
}

#[test]
fn equal_lines_of_a_file_all_count_and_the_same_file_twice_adds_nothing() {
    let app = App::spawn();
    let admin = app.admin();
    assert_eq!(file(&admin, VISITS).is(200).json, json!({"kind": "visits", "added": 3, "known": 0}));
    assert_eq!(file(&admin, VISITS).is(200).json, json!({"kind": "visits", "added": 0, "known": 3}));
    let more = format!("{VISITS}2026-11-22T10:00:00+01:00,3,walk_in,,\n");
    assert_eq!(file(&admin, &more).is(200).json, json!({"kind": "visits", "added": 1, "known": 3}));
    assert_eq!(sources(&app)[0], 17);
    counter(&app, DEVICE);
    assert_eq!(file(&admin, COUNTS).is(200).json, json!({"kind": "door_counts", "added": 3, "known": 0}));
    assert_eq!(file(&admin, COUNTS).is(200).json, json!({"kind": "door_counts", "added": 0, "known": 3}));
    let kept: Vec<String> = admin.get("/audit").is(200).items().iter().map(|one| one["noun"].as_str().unwrap().to_owned()).collect();
    assert_eq!(kept.iter().filter(|noun| *noun == "visits" || *noun == "door_counts").count(), 3, "{kept:?}");
}

#[test]
fn the_sample_years_visits_come_alone_and_add_nothing_to_the_imported_year() {
    let app = sample_year::app();
    let sample = include_str!("../../sample/year-2023/visits.csv");
    let answer = file(&app.admin(), sample).is(200);
    assert_eq!((answer["added"].clone(), answer["known"].clone()), (json!(0), json!(sample.lines().count() - 1)));
    let report = app.admin().get("/statistics/annual-report/2023").is(200);
    assert_eq!(report["visits"], sample_year::expected()["visits"]);
    assert_eq!((&report["visit_sources"]["desk_visits"], &report["visit_sources"]["counter_hours"]), (&report["visits"], &json!(0)));
    let by_hour: i64 = report["by_hour"].as_array().unwrap().iter().map(|hour| hour["visits"].as_i64().unwrap()).sum();
    assert_eq!(report["visits"], by_hour);
}

#[test]
fn a_file_is_taken_whole_or_not_at_all_and_every_fault_has_its_line() {
    let app = App::spawn();
    let admin = app.admin();
    let visits = "\
arrived_at,headcount,purpose,organisation,booking_uid
2026-11-22T10:00:00+01:00,3,walk_in,,
2026-11-22T10:00:00,0,visit,802152-2704,b-1
2026-11-24T10:00:00+01:00,3,walk_in,802152-2704,
2026-11-22T10:00:00+01:00,3,walk_in
";
    let refused = file(&admin, visits).refused(422, "invalid_field");
    assert_eq!(
        refused.fields(),
        ["lines.3.arrived_at", "lines.3.headcount", "lines.3.purpose", "lines.4.arrived_at", "lines.4.organisation", "lines.5"]
    );
    let first = refused["errors"].as_array().unwrap().iter().find(|one| one["field"] == "lines.3.headcount").unwrap();
    assert!(first["message"].as_str().unwrap().starts_with("rad 3: "), "{first}");
    assert_eq!(file(&admin, "arrived_at,headcount\n").refused(422, "invalid_field").fields().len(), 3);
    counter(&app, DEVICE);
    let counts = format!(
        "{COUNTS}\
        accc8ef3d92e,2026-11-22T17:00:00+01:00,2026-11-22T18:00:00+01:00,6,1\n\
        {DEVICE},2026-11-22T18:15:00+01:00,2026-11-22T18:45:00+01:00,1,1\n\
        {DEVICE},2026-11-22T20:30:00+01:00,2026-11-22T21:30:00+01:00,1,1\n\
        {DEVICE},2026-11-22T21:30:00+01:00,2026-11-22T21:30:00+01:00,-1,x\n\
        {DEVICE},2026-11-23T08:30:00+01:00,2026-11-23T08:45:00+01:00,1,1\n"
    );
    assert_eq!(
        file(&admin, &counts).refused(422, "invalid_field").fields(),
        ["lines.5.device_id", "lines.6.from", "lines.7.to", "lines.8.in", "lines.8.out", "lines.8.to", "lines.9.to"]
    );
    assert_eq!(admin.get("/counters").is(200).items()[0]["counted_until"], json!(null));
    assert_eq!(sources(&app)[0], 0);
}

#[test]
fn files_are_bounded_and_of_one_type() {
    let app = App::spawn();
    let admin = app.admin();
    admin.send("POST", "/imports/visits", Some(("application/json", b"{}".to_vec()))).is(415);
    let large = vec![b'x'; 4 * 1024 * 1024 + 1];
    admin.send("POST", "/imports/visits", Some(("text/csv", large))).is(413);
    let many = "2026-11-22T10:00:00+01:00,1,other,,\n".repeat(50_001);
    let refused = file(&admin, &format!("arrived_at,headcount,purpose,organisation,booking_uid\n{many}"));
    assert_eq!(refused.refused(422, "invalid_field").fields(), ["lines.50002"]);
}

#[test]
fn a_token_lets_one_device_send_its_own_counts_and_nothing_else() {
    let app = App::spawn();
    let (id, token) = counter(&app, "B8:A4:4F:A8:9C:85");
    let (_, other) = counter(&app, "accc8ef3d92e");
    assert_eq!(token.len(), 43);
    let path = format!("/counters/{DEVICE}/counts");
    let quarter = push("2026-11-23T06:30:00Z", "2026-11-23T06:45:00Z", 4);
    let taken = |answer: Answer| answer.is(200).json;
    assert_eq!(taken(device(&app, &token).post(&path, &quarter)), json!({"added": 1, "known": 0, "reset": false, "gap": false}));
    assert_eq!(taken(device(&app, &token).post(&path, &quarter)), json!({"added": 0, "known": 1, "reset": false, "gap": false}));
    assert_eq!(taken(device(&app, &token).post("/counters/B8:A4:4F:A8:9C:85/counts", &quarter))["known"], 1);
    device(&app, &token).post(&path, push("2026-11-23T06:40:00Z", "2026-11-23T06:50:00Z", 4)).refused(409, "counts_overlap");
    device(&app, &token).post(&path, push("2026-11-23T06:30:00Z", "2026-11-23T06:45:00Z", 5)).refused(409, "counts_overlap");

    app.anonymous().post(&path, &quarter).refused(401, "unauthenticated");
    device(&app, &token.to_uppercase()).post(&path, &quarter).refused(401, "unauthenticated");
    device(&app, &other).post(&path, &quarter).refused(401, "unauthenticated");
    device(&app, &token).post("/counters/nobodys/counts", &quarter).refused(401, "unauthenticated");
    device(&app, &token).get("/me").refused(401, "unauthenticated");
    device(&app, &token).get("/counters").refused(401, "unauthenticated");
    // One that says to be somebody else.
    let mut stranger = quarter.clone();
    stranger["sensor"]["serial"] = json!("accc8ef3d92e");
    assert_eq!(device(&app, &token).post(&path, &stranger).refused(422, "invalid_field").fields(), ["sensor.serial"]);
    device(&app, &token).send("POST", &path, Some(("application/json", b"{".to_vec()))).refused(400, "malformed_body");

    let admin = app.admin();
    admin.post("/counters", json!({"name": "Ny", "door": "Mot gården", "device_id": "B8A44FA89C85"})).refused(409, "already_exists");
    let shown = admin.post_empty(&format!("/counters/{id}/revoke")).is(200);
    assert_eq!(shown["counted_until"], "2026-11-23T07:45:00+01:00");
    assert!(!shown["revoked_at"].is_null());
    admin.post_empty(&format!("/counters/{id}/revoke")).refused(409, "wrong_state");
    device(&app, &token).post(&path, &quarter).refused(401, "unauthenticated");
    // The device gets another token; what it counted by the first is known all the same.
    let (_, again) = counter(&app, DEVICE);
    assert_eq!(taken(device(&app, &again).post(&path, &quarter))["known"], 1);
    let listed = admin.get("/counters").is(200);
    assert_eq!(listed.items().len(), 3);
    assert!(!listed.text().contains("token"));
    assert!(!admin.get("/audit?noun=counter").is(200).text().contains(&token));
}

#[test]
fn a_device_may_send_the_file_too_if_it_is_about_itself_alone() {
    let app = App::spawn();
    let (_, token) = counter(&app, DEVICE);
    let path = format!("/counters/{DEVICE}/counts");
    let send = |content: String| device(&app, &token).send("POST", &path, Some(("text/csv", content.into_bytes())));
    assert_eq!(send(COUNTS.into()).is(200)["added"], 3);
    assert_eq!(send(COUNTS.into()).is(200)["known"], 3);
    let other = format!("{COUNTS}accc8ef3d92e,2026-11-22T17:00:00+01:00,2026-11-22T18:00:00+01:00,6,1\n");
    assert_eq!(send(other).refused(422, "invalid_field").fields(), ["lines.5.device_id"]);
}

#[test]
fn sums_count_as_differences_and_a_device_that_begins_anew_is_told() {
    let app = App::spawn();
    let (_, token) = counter(&app, DEVICE);
    let send = |stamp: &str, total_in: i32| {
        let answer = device(&app, &token).post(&format!("/counters/{DEVICE}/counts"), live_sum(stamp, total_in)).is(200);
        json!([answer["added"], answer["known"], answer["reset"], answer["gap"]])
    };
    assert_eq!(send("20261122180000", 10), json!([0, 0, false, false]));
    assert_eq!(send("20261122183000", 14), json!([1, 0, false, false]));
    assert_eq!(send("20261122183000", 14), json!([0, 1, false, false]));
    assert_eq!(send("20261122190000", 3), json!([1, 0, true, false]));
    assert_eq!(send("20261122213000", 9), json!([0, 0, false, true]));
    evenings(&app);
    assert_eq!(sources(&app), json!([7, 0, 0, 1, 7, 0]));
    assert_eq!(app.admin().get("/counters").is(200).items()[0]["reset_at"], "2026-11-22T19:00:00+01:00");
}

#[test]
fn where_both_have_counted_one_of_them_holds_and_they_are_never_added() {
    let app = App::spawn();
    counter(&app, DEVICE);
    file(&app.admin(), VISITS).is(200);
    file(&app.admin(), COUNTS).is(200);
    // The desk, unless the house says otherwise: 6 at ten and 8 at half past six.
    assert_eq!(sources(&app), json!([14, 2, 14, 0, 0, 0]));
    let hour = |weekday: i64, hour: i64| {
        let hours = app.reception().get("/statistics/hours?from=2026-11&to=2026-11").is(200);
        hours.items().iter().find(|one| one["weekday"] == weekday && one["hour"] == hour).unwrap()["visits"].clone()
    };
    assert_eq!(hour(7, 18), 8);
    let coverage = || app.reception().get("/statistics/monthly?from=2026-11&to=2026-11").is(200)["total"]["visit_coverage"].clone();
    let by_desk = coverage();
    evenings(&app);
    // Of the evening the door's 24 alone; at five the desk holds, and counted nobody.
    assert_eq!(sources(&app), json!([30, 1, 6, 1, 24, 0]));
    assert_eq!((hour(7, 18), hour(7, 17), hour(7, 10)), (json!(24), json!(0), json!(6)));
    assert_eq!(coverage(), by_desk);
    let report = app.reception().get("/statistics/annual-report/2026").is(200);
    assert_eq!((&report["visits"], &report["visit_sources"]["counter_visits"]), (&json!(30), &json!(24)));
    let said =
        report["sentences_sv"].as_array().unwrap().iter().any(|one| one.as_str().unwrap().starts_with("Dörräknare räknade 24 besök"));
    assert!(said, "{}", report["sentences_sv"]);
    // What the desk sees of today is its own.
    app.at("2026-11-22T21:00:00+01:00");
    assert_eq!(app.reception().get("/visits/today").is(200)["total"], 14);
}

#[test]
fn an_hour_of_which_no_counter_told_falls_back_to_the_desk_and_that_is_said() {
    let app = App::spawn();
    counter(&app, DEVICE);
    evenings(&app);
    let before = "2026-11-15T19:00:00+01:00,5,event,,\n";
    let silent = "2026-11-22T19:15:00+01:00,7,event,,\n";
    file(&app.admin(), &format!("{VISITS}{before}{silent}")).is(200);
    // As long as no counter ever counted, nothing is missing.
    assert_eq!(sources(&app), json!([26, 4, 26, 0, 0, 0]));
    file(&app.admin(), COUNTS).is(200);
    // At six the door's 24; at seven it was silent, so the desk's 7 hold. A week before there was no counter yet.
    assert_eq!(sources(&app), json!([42, 3, 18, 1, 24, 1]));
}

#[test]
fn a_closed_month_keeps_what_the_counters_counted() {
    let app = App::spawn();
    counter(&app, DEVICE);
    file(&app.admin(), COUNTS).is(200);
    evenings(&app);
    app.at("2026-12-01T08:00:00+01:00");
    let admin = app.admin();
    let closed = admin.post("/closed-months", json!({"month": "2026-11"})).is(201);
    assert_eq!((&closed["figures"]["visits"], &closed["figures"]["visits_by_counter"]), (&json!(24), &json!(24)));
    admin.if_match("*").patch("/settings", json!({"visit_sources": []})).is(200);
    let now = admin.get("/closed-months?from=2026-11&to=2026-11").is(200);
    let changed: Vec<&Value> = now.items()[0]["differences"].as_array().unwrap().iter().map(|one| &one["figure"]).collect();
    assert_eq!(changed, ["visit_coverage", "visits", "visits_by_counter"]);
}

#[test]
fn a_device_that_sends_the_same_many_times_at_once_is_counted_once() {
    let app = App::spawn();
    let (_, token) = counter(&app, DEVICE);
    let (client, path) = (device(&app, &token), format!("/counters/{DEVICE}/counts"));
    let quarter = push("2026-11-23T06:30:00Z", "2026-11-23T06:45:00Z", 4);
    let added: i64 = std::thread::scope(|scope| {
        let send = || client.post(&path, &quarter).is(200)["added"].as_i64().unwrap();
        let running: Vec<_> = (0..8).map(|_| scope.spawn(send)).collect();
        running.into_iter().map(|one| one.join().unwrap()).sum()
    });
    assert_eq!(added, 1);
}
