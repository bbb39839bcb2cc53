//! The figures beyond the tally, goals, longer stretches, and the yearly report that stands on closed months.
use serde_json::{Value, json};

use crate::{
    bookings::{good, with},
    statistics::sample_year,
    support::{App, Client},
};

fn november(client: &Client) -> Value {
    client.get("/statistics/comparison?from=2026-11&to=2026-11").is(200)["period"].clone()
}

fn times(from: &str, to: &str) -> Value {
    json!({"starts_at": format!("{from}+01:00"), "ends_at": format!("{to}+01:00")})
}

#[test]
fn cancellations_say_how_long_before_and_how_many_within_the_last_day() {
    let app = App::spawn();
    let organisation = app.organisation("Kastanjen");
    let admin = app.admin();
    let cancel = |from: &str, to: &str, now: &str| {
        let booking = admin.post("/bookings", with(good(organisation), times(from, to))).is(201).id();
        app.at(&format!("{now}+01:00"));
        admin.post_empty(&format!("/bookings/{booking}/cancel")).is(200);
    };
    cancel("2026-11-25T18:00:00", "2026-11-25T20:00:00", "2026-11-23T18:00:00");
    cancel("2026-11-26T18:00:00", "2026-11-26T20:00:00", "2026-11-25T18:00:01");
    let figures = november(&admin);
    assert_eq!(figures["cancelled"], 2);
    assert_eq!(figures["cancellation_lead_hours"], 36.0, "48 and 24 less a second");
    assert_eq!(figures["late_cancellations"], 0.5);
}

#[test]
fn answers_to_requests_are_timed_from_the_request_on() {
    let app = App::spawn();
    let guests = app.guest_organisation("Gästerna");
    let (admin, guest) = (app.admin(), app.booker(guests));
    let ask = |from: &str, to: &str| guest.post("/bookings", with(good(guests), times(from, to))).is(201).id();
    let (yes, no) = (ask("2026-11-27T10:00:00", "2026-11-27T11:00:00"), ask("2026-11-27T12:00:00", "2026-11-27T13:00:00"));
    app.at("2026-11-23T11:00:00+01:00");
    admin.post_empty(&format!("/bookings/{yes}/approve")).is(200);
    app.at("2026-11-24T11:00:00+01:00");
    admin.post(&format!("/bookings/{no}/reject"), json!({"reason": "Huset är stängt då."})).is(200);
    let figures = november(&admin);
    assert_eq!(figures["approval_hours"], 15.0, "3 and 27 hours");
    assert_eq!(figures["approved_within_a_day"], 0.5);
}

#[test]
fn a_request_that_found_no_room_counts_once_and_not_at_all_if_it_is_met_later() {
    let app = App::spawn();
    let (first, second) = (app.organisation("Kastanjen"), app.organisation("Limhamns språkkafé"));
    let admin = app.admin();
    let taken = app.booker(first).post("/bookings", good(first)).is(201).id();
    let other = app.booker(second);
    other.post("/bookings", good(second)).refused(409, "booking_conflict");
    other.post("/bookings", good(second)).refused(409, "booking_conflict");
    other.post("/bookings", with(good(second), times("2026-11-24T19:00:00", "2026-11-24T21:00:00"))).refused(409, "booking_conflict");
    assert_eq!(november(&admin)["unmet_requests"], 2, "two times, one of them asked for twice");
    app.booker(first).post_empty(&format!("/bookings/{taken}/cancel")).is(200);
    other.post("/bookings", good(second)).is(201);
    assert_eq!(november(&admin)["unmet_requests"], 1);
}

#[test]
fn used_hours_are_those_of_which_somebody_says_that_people_were_there() {
    let app = App::spawn();
    let organisation = app.organisation("Kastanjen");
    let (admin, booker) = (app.admin(), app.booker(organisation));
    let book = |from: &str, to: &str| booker.post("/bookings", with(good(organisation), times(from, to))).is(201).id();
    let counted = book("2026-11-24T08:00:00", "2026-11-24T09:00:00");
    let reported = book("2026-11-24T10:00:00", "2026-11-24T12:00:00");
    book("2026-11-24T13:00:00", "2026-11-24T17:00:00");
    app.at("2026-11-24T18:00:00+01:00");
    admin.post("/visits", json!({"headcount": 3, "purpose": "gathering", "booking_id": counted})).is(201);
    let capacity = admin.get("/rooms/konferens-1").is(200)["capacity"].as_i64().unwrap();
    let nine_tenths = (capacity * 9 + 9) / 10;
    booker.post(&format!("/bookings/{reported}/report"), json!({"actual_participants": nine_tenths})).is(200);
    let figures = november(&admin);
    assert_eq!((&figures["booked_hours"], &figures["used_hours"], &figures["used_share"]), (&json!(7.0), &json!(3.0), &json!(0.4286)));
    assert_eq!(figures["nearly_full"], 1.0, "of the one that was reported");
    booker.post(&format!("/bookings/{counted}/report"), json!({"actual_participants": nine_tenths - 1})).is(200);
    assert_eq!(november(&admin)["nearly_full"], 0.5);
    assert_eq!(figures["first_time_organisations"], 1);
    assert_eq!(admin.get("/statistics/comparison?from=2026-12&to=2026-12").is(200)["before"]["first_time_organisations"], 1);
}

#[test]
fn the_most_in_the_house_is_of_one_day_with_who_left_taken_off() {
    let app = App::spawn();
    let desk = app.reception();
    assert_eq!(november(&desk)["peak"], Value::Null);
    let count = |at: &str, kind: &str, people: i32| {
        app.at(&format!("{at}+01:00"));
        desk.post("/visits", json!({"headcount": people, "purpose": "walk_in", "kind": kind})).is(201);
    };
    count("2026-11-24T09:00:00", "in", 5);
    count("2026-11-24T10:00:00", "in", 3);
    count("2026-11-24T11:00:00", "out", 6);
    count("2026-11-24T12:00:00", "in", 4);
    count("2026-11-24T23:50:00", "in", 1);
    count("2026-11-25T00:10:00", "in", 7);
    assert_eq!(november(&desk)["peak"], json!({"date": "2026-11-24", "people": 8}), "midnight by local time begins anew");
}

#[test]
fn goals_stand_beside_their_outcome() {
    let app = sample_year::app();
    let admin = app.admin();
    let goal = |name: &str, figure: &str, category: Value, target: i64| {
        let body = json!({"year": 2023, "name": name, "figure": figure, "category": category, "target": target});
        admin.post("/goals", body).is(201).id()
    };
    let lunches = goal("Lärandeluncher", "gatherings", json!("learning_lunch"), 6);
    goal("Besök", "visits", Value::Null, 30_000);
    goal("Aktiva", "active_organisations", Value::Null, 43);
    let outcome = |client: &Client| -> Vec<(Value, Value)> {
        client.get("/goals?year=2023").is(200).items().iter().map(|one| (one["outcome"].clone(), one["reached"].clone())).collect()
    };
    let known = [(json!(32), json!(true)), (json!(28_872), json!(false)), (json!(43), json!(true))];
    assert_eq!(outcome(&app.reception()), known);
    assert_eq!(admin.get("/statistics/annual-report/2023").is(200)["goals"].as_array().unwrap().len(), 3);
    admin.post_empty(&format!("/goals/{lunches}/remove")).is(204);
    admin.post_empty(&format!("/goals/{lunches}/remove")).refused(404, "not_found");
    assert_eq!(outcome(&admin), known[1..]);
    let wrong = json!({"year": 2023, "name": "x", "figure": "active_organisations", "category": "course", "target": 1});
    assert_eq!(admin.post("/goals", wrong).refused(422, "invalid_field").fields(), ["category"]);
    let wrong = json!({"year": 1999, "name": "", "figure": "money", "category": "party", "target": 0});
    assert_eq!(admin.off_contract().post("/goals", wrong).refused(422, "invalid_field").fields().len(), 5);
}

#[test]
fn months_are_put_together_to_quarters_half_years_and_terms() {
    let app = sample_year::app();
    let desk = app.reception();
    let months = desk.get("/statistics/monthly?from=2023-01&to=2023-12").is(200);
    let sum = |figure: &str, range: std::ops::Range<usize>| -> f64 {
        months["months"].as_array().unwrap()[range].iter().map(|month| month[figure].as_f64().unwrap()).sum()
    };
    let of = |by: &str| desk.get(&format!("/statistics/periods?by={by}&from=2023-01&to=2023-12")).is(200).items().to_vec();
    let quarters = of("quarter");
    let labels: Vec<&str> = quarters.iter().map(|one| one["label"].as_str().unwrap()).collect();
    assert_eq!(labels, ["2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"]);
    for (n, quarter) in quarters.iter().enumerate() {
        for figure in ["gatherings", "hours", "visits", "participants", "cancelled", "no_shows"] {
            assert_eq!(quarter[figure].as_f64().unwrap(), sum(figure, n * 3..n * 3 + 3), "{figure} of {quarter}");
        }
    }
    let terms = of("term");
    assert_eq!((&terms[0]["label"], &terms[1]["label"]), (&json!("VT2023"), &json!("HT2023")));
    assert_eq!(terms[1]["gatherings"].as_f64().unwrap(), sum("gatherings", 7..12), "July is no term");
    assert_eq!(of("half_year")[1]["gatherings"].as_f64().unwrap(), sum("gatherings", 6..12));
    assert_eq!(of("year")[0]["gatherings"], 1226);
    assert_eq!(of("month").len(), 12);
    assert_eq!(of("year")[0]["first_time_organisations"], 43);
    let kinds = desk.get("/statistics/organisation-kinds?from=2023-01&to=2023-12").is(200);
    let gatherings: i64 = kinds.items().iter().map(|kind| kind["gatherings"].as_i64().unwrap()).sum();
    assert_eq!(gatherings, 1226);
    let compared = desk.get("/statistics/comparison?from=2023-04&to=2023-06").is(200);
    assert_eq!(compared["before"]["gatherings"], quarters[0]["gatherings"]);
    assert_eq!((&compared["year_before"]["label"], &compared["year_before"]["gatherings"]), (&json!("2022-04--2022-06"), &json!(0)));
}

#[test]
fn every_part_of_a_period_stands_beside_the_one_before_and_the_year_before() {
    let app = sample_year::app();
    let desk = app.reception();
    for part in ["rooms", "organisations", "organisation-kinds", "categories", "hours"] {
        let of = |months: &str| desk.get(&format!("/statistics/{part}?{months}")).is(200).json;
        let spring = of("from=2023-04&to=2023-06&compared=true");
        assert_eq!(spring["items"], of("from=2023-04&to=2023-06")["items"], "{part}");
        assert_eq!(spring["before"], of("from=2023-01&to=2023-03")["items"], "{part}");
        assert_eq!(spring["year_before"], of("from=2022-04&to=2022-06")["items"], "{part}");
        assert_ne!(spring["items"], spring["before"], "{part}");
        assert!(of("from=2023-04&to=2023-06")["before"].is_null(), "only if it is asked for");
        // In a file each row says which period it is about.
        let file = desk.get(&format!("/statistics/{part}?from=2023-04&to=2023-06&compared=true&format=csv")).is(200).text();
        let rows = |period: &str| file.lines().filter(|line| line.starts_with(&format!("{period};"))).count();
        assert_eq!(rows("2023-04--2023-06"), spring["items"].as_array().unwrap().len(), "{file}");
        assert_eq!(rows("2023-01--2023-03"), spring["before"].as_array().unwrap().len(), "{file}");
        desk.get(&format!("/statistics/{part}?from=2023-04&to=2023-06&compared=true&format=xlsx")).is(200);
    }
    // Rooms without use are there too, with nothing.
    let nothing = desk.get("/statistics/rooms?from=2022-01&to=2022-03").is(200);
    assert_eq!(nothing.items().len(), 8);
    assert!(nothing.items().iter().all(|room| room["gatherings"] == 0 && room["utilisation"] == 0.0));
}

#[test]
fn the_report_gives_every_figure_with_method_coverage_comparison_and_a_sentence() {
    let app = sample_year::app();
    let report = app.reception().get("/statistics/annual-report/2023").is(200);
    let headlines = report["headlines"].as_array().unwrap();
    let of = |figure: &str| headlines.iter().find(|one| one["figure"] == figure).unwrap_or_else(|| panic!("no {figure}"));
    let known = [("gatherings", 1226.0), ("visits_per_month", 2406.0), ("visits", 28_872.0), ("rooms", 8.0), ("tenants", 35.0)];
    for (figure, value) in known.into_iter().chain([("participants", 17_670.0), ("active_organisations", 43.0), ("rating", 4.3)]) {
        assert_eq!(of(figure)["value"], value, "{figure}");
    }
    for one in headlines {
        for text in ["method_sv", "method_en", "coverage_sv", "coverage_en", "sentence_sv", "name_sv", "name_en"] {
            assert!(!one[text].as_str().unwrap().is_empty(), "{text} of {one}");
        }
    }
    assert_eq!(of("visits_per_month")["sentence_sv"], "Huset hade i genomsnitt 2406 besök per månad 2023.");
    let rated: Vec<&Value> = headlines.iter().filter(|one| one["figure"] == "rating").collect();
    let categories = report["by_category"].as_array().unwrap().iter().filter(|one| !one["rating"].is_null()).count();
    assert_eq!(rated.len(), 1 + categories, "of the house, and of each category with five answers or more");
    let book = app.reception().get("/statistics/annual-report/2023?format=xlsx").is(200);
    assert!(book.bytes.starts_with(b"PK"));
}

#[test]
fn the_report_stands_on_what_was_closed() {
    let app = App::spawn();
    let admin = app.admin();
    let organisation = app.organisation("Kastanjen");
    let change = json!({"starts_at": "2026-10-26T18:00:00+01:00", "ends_at": "2026-10-26T20:00:00+01:00", "override": true});
    let made = admin.post("/bookings", with(good(organisation), change)).is(201);
    let visit = json!({"at": "2026-10-26T18:00:00+01:00", "headcount": 30, "purpose": "gathering", "booking_id": made.id()});
    let visit = admin.post("/visits", visit).is(201).id();
    let report = || admin.get("/statistics/annual-report/2026").is(200);
    assert_eq!((&report()["closing"]["final"], report()["closing"]["open"].as_array().unwrap().len()), (&json!(false), 12));
    admin.post("/closed-months", json!({"month": "2026-10"})).is(201);
    admin.post(&format!("/visits/{visit}/correct"), json!({"headcount": 28, "reason": "Två räknades två gånger"})).is(201);
    let stands = report();
    assert_eq!((&stands["visits"], &stands["monthly"][9]["visits"]), (&json!(30), &json!(30)), "as it was closed");
    let closed = &stands["closing"]["closed"][0];
    assert_eq!((&closed["month"], &closed["differences"]), (&json!("2026-10"), &json!([{"figure": "visits", "frozen": 30, "now": 28}])));
    assert_eq!(stands["headlines"][2]["value"], 30.0);
    admin.post("/closed-months/2026-10/reopen", json!({"reason": "En rättelse kom in"})).is(204);
    assert_eq!(report()["visits"], 28, "as it is by now");
}
