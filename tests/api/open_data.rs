//! The figures that are for everybody: the same as the house's own, without what could be about somebody.
use serde_json::{Value, json};

use crate::{
    bookings::{good, with},
    support::App,
};

/// A gathering of last month, so many visits to it, and so many that came as its organiser says.
fn gathering(app: &App, day: u32, visits: i32, participants: i32) {
    let organisation = app.organisation(&format!("Förening {day}"));
    let admin = app.admin();
    let at = |hour: u32| format!("2026-10-{day:02}T{hour:02}:00:00+01:00");
    let wish = json!({"starts_at": at(18), "ends_at": at(20), "override": true});
    let made = admin.post("/bookings", with(good(organisation), wish)).is(201);
    admin.post("/visits", json!({"at": at(18), "headcount": visits, "purpose": "gathering", "booking_id": made.id()})).is(201);
    admin.post(&format!("/bookings/{}/report", made.id()), json!({"actual_participants": participants})).is(200);
}

fn october(app: &App) -> Value {
    app.anonymous().get("/open/monthly.json?from=2026-10&to=2026-10").is(200)["months"][0].clone()
}

#[test]
fn small_numbers_are_told_to_nobody_and_larger_ones_are_the_houses_own() {
    let app = App::spawn();
    gathering(&app, 26, 3, 4);
    let month = october(&app);
    for figure in ["gatherings", "hours", "participants", "visits", "active_organisations"] {
        assert_eq!(month[figure], json!(null), "{figure}: {month}");
    }
    for day in 27..=30 {
        gathering(&app, day, 10, 12);
    }
    let month = october(&app);
    let own = app.admin().get("/statistics/monthly?from=2026-10&to=2026-10").is(200)["months"][0].clone();
    for figure in ["month", "gatherings", "hours", "participants", "visits", "active_organisations", "utilisation", "visit_coverage"] {
        assert_eq!(month[figure], own[figure], "{figure}");
    }
    assert_eq!((&month["gatherings"], &month["visits"], &month["participants"]), (&json!(5), &json!(43), &json!(52)));
}

#[test]
fn they_name_nobody_protected_or_not() {
    let app = App::spawn();
    for day in 26..=30 {
        gathering(&app, day, 10, 12);
    }
    let protected = app.organisation("Skyddad förening");
    let (admin, path) = (app.admin(), format!("/organisations/{protected}"));
    admin.if_match(admin.get(&path).is(200).etag()).patch(&path, json!({"protected": true})).is(200);
    let wish = json!({"room": "kafeet", "title": "Kvinnojour", "starts_at": "2026-10-30T18:00:00+01:00", "ends_at": "2026-10-30T20:00:00+01:00", "override": true});
    admin.post("/bookings", with(good(protected), wish)).is(201);
    for path in ["/open/monthly.json", "/open/monthly.csv"] {
        let told = app.anonymous().get(&format!("{path}?from=2026-10&to=2026-10")).is(200).text();
        // It is counted with the others.
        assert!(told.contains('6'), "{told}");
        for name in ["Förening 26", "Skyddad", "Kvinnojour", "Språkkafé", &protected.to_string()] {
            assert!(!told.contains(name), "{path} names {name}: {told}");
        }
    }
}

#[test]
fn they_say_what_they_mean_and_what_may_be_done_with_them_and_are_kept_for_an_hour() {
    let app = App::spawn();
    gathering(&app, 26, 3, 4);
    let anyone = app.anonymous();
    let open = anyone.get("/open/monthly.json").is(200);
    let months = open["months"].as_array().unwrap();
    assert_eq!((months.len(), &months[0]["month"], &months[23]["month"]), (24, &json!("2024-11"), &json!("2026-10")), "the last two years");
    assert_eq!(open["licence"]["name"], "CC0-1.0");
    let told: Vec<&str> = open["definitions"].as_array().unwrap().iter().map(|one| one["figure"].as_str().unwrap()).collect();
    for figure in ["gatherings", "hours", "participants", "visits", "active_organisations", "utilisation", "visit_coverage"] {
        assert!(told.contains(&figure), "{figure} is not said what it means");
    }
    assert_eq!(open.header("cache-control"), "public, max-age=3600");
    anyone.header("If-None-Match", open.header("etag")).get("/open/monthly.json").is(304);

    let csv = anyone.get("/open/monthly.csv?from=2026-09&to=2026-10").is(200);
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    let text = csv.text();
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines[0], "Månad;Sammankomster;Timmar;Deltagare;Besök;Aktiva organisationer;Nyttjandegrad;Täckning");
    assert!(lines[1].starts_with("2026-09;0;0;0;0;0;") && lines[2].starts_with("2026-10;;;;;;"), "{text}");
    assert!(anyone.language("en").get("/open/monthly.csv").is(200).text().contains("Month;Gatherings"));
}

#[test]
fn no_month_is_told_before_it_is_over() {
    let app = App::spawn();
    let anyone = app.anonymous();
    for wrong in ["?to=2026-11", "?from=2026-10&to=2026-09", "?from=2010-01&to=2026-10", "?from=igar"] {
        anyone.off_contract().get(&format!("/open/monthly.json{wrong}")).refused(422, "invalid_field");
        anyone.off_contract().get(&format!("/open/monthly.csv{wrong}")).refused(422, "invalid_field");
    }
}
