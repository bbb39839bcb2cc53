//! The figures: what counts, in which month, and how they look as files.
mod ledger;
pub mod sample_year;

use nobel21::id::Id;
use serde_json::{Value, json};

use crate::support::App;
use ledger::{Booking, Visit};

/// A gathering of one organisation in one room.
struct Place {
    room: Id,
    organisation: Id,
}

impl Place {
    fn new(app: &App, room: &str) -> Self {
        Self { room: app.room(room), organisation: app.organisation("Limhamns språkkafé") }
    }

    fn booking(&self, status: &str, from: &str, to: &str) -> Booking {
        Booking {
            room: self.room,
            organisation: self.organisation,
            category: "meeting".into(),
            status: status.into(),
            starts_at: from.parse().unwrap(),
            ends_at: to.parse().unwrap(),
            actual_participants: None,
        }
    }
}

#[track_caller]
fn monthly(app: &App, from: &str, to: &str) -> Value {
    app.reception().get(&format!("/statistics/monthly?from={from}&to={to}")).is(200).json
}

fn of<'a>(items: &'a Value, key: &str, name: &str) -> &'a Value {
    items.as_array().unwrap().iter().find(|item| item[key] == name).unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn the_sample_year_has_the_figures_that_are_known_of_it() {
    let app = sample_year::app();
    let expected = sample_year::expected();
    let months = monthly(&app, "2023-01", "2023-12");
    assert_eq!(months["months"].as_array().unwrap().len(), 12);
    for known in expected["monthly"].as_array().unwrap() {
        let month = of(&months["months"], "month", known["month"].as_str().unwrap());
        for figure in ["gatherings", "hours", "visits"] {
            assert_eq!(month[figure], known[figure], "{figure} of {known}");
        }
        let number: u32 = known["month"].as_str().unwrap()[5..].parse().unwrap();
        assert_eq!(month["utilisation"], sample_year::utilisation_of_house(Some(number)), "{month}");
        assert_eq!(month["visit_coverage"], sample_year::coverage(Some(number)), "{month}");
        let (cancelled, no_shows) = sample_year::not_held(number);
        assert_eq!((&month["cancelled"], &month["no_shows"]), (&json!(cancelled), &json!(no_shows)), "{month}");
    }
    let total = &months["total"];
    for figure in ["gatherings", "hours", "participants", "visits", "visits_per_month", "cancelled", "no_shows", "active_organisations"] {
        assert_eq!(total[figure], expected[figure], "{figure}");
    }
    assert_eq!(total["utilisation"], sample_year::utilisation_of_house(None));
    assert_eq!(total["visit_coverage"], sample_year::coverage(None));
    assert_eq!((total["fill_rate"].clone(), total["report_coverage"].clone()), sample_year::fill());

    let report = app.admin().get("/statistics/annual-report/2023").is(200).json;
    for (figure, known) in expected.as_object().unwrap() {
        if !matches!(figure.as_str(), "monthly" | "by_room" | "by_category") {
            assert_eq!(&report[figure], known, "{figure}");
        }
    }
    assert_eq!(report["monthly"], months["months"]);
    for (room, known) in expected["by_room"].as_object().unwrap() {
        let found = of(&report["by_room"], "room", room);
        assert_eq!((&found["gatherings"], &found["hours"]), (&known["gatherings"], &known["hours"]), "{room}");
        assert_eq!(found["utilisation"], sample_year::utilisation_of(room), "{room}");
    }
    for (category, known) in expected["by_category"].as_object().unwrap() {
        assert_eq!(&of(&report["by_category"], "category", category)["gatherings"], known, "{category}");
    }
    assert_eq!(report["previous"], Value::Null);
    assert_eq!(
        report["sentences_sv"][0],
        "Under 2023 arrangerades minst 1226 sammankomster i husets åtta bokningsbara lokaler, sammanlagt 2986,75 timmar."
    );

    // The same figures behind their own addresses.
    let read = |path: &str| app.reception().get(&format!("/statistics/{path}?from=2023-01&to=2023-12")).is(200).json["items"].take();
    assert_eq!(read("rooms"), report["by_room"]);
    assert_eq!(read("categories"), report["by_category"]);
    assert_eq!(read("hours"), report["by_hour"]);
    let sum = |items: &Value, figure: &str| items.as_array().unwrap().iter().map(|item| item[figure].as_f64().unwrap()).sum::<f64>();
    let organisations = read("organisations");
    assert_eq!(organisations.as_array().unwrap().len(), 43);
    assert_eq!(sum(&organisations, "gatherings"), 1226.0);
    assert_eq!(sum(&organisations, "participants"), 17670.0);
    assert_eq!(sum(&report["by_organisation_kind"], "gatherings"), 1226.0);
    assert_eq!(sum(&report["by_organisation_kind"], "hours"), 2986.75);

    let hours = &report["by_hour"];
    assert_eq!(hours.as_array().unwrap().len(), 168);
    assert_eq!(sum(hours, "hours"), 2986.75);
    assert_eq!(sum(hours, "visits"), 28872.0);
    for (weekday, hour) in [(1, 9), (2, 18), (6, 13), (7, 21), (3, 3)] {
        let (gatherings, lasted, visits) = sample_year::hour_of_week(weekday, hour);
        let expected = json!({"weekday": weekday, "hour": hour, "gatherings": gatherings, "hours": lasted, "visits": visits});
        assert_eq!(hours[((weekday - 1) * 24 + hour) as usize], expected);
    }

    // The year after knows this one as the one before.
    let next = app.admin().get("/statistics/annual-report/2024").is(200).json;
    assert_eq!(next["previous"]["gatherings"], 1226);
    assert_eq!(next["previous"]["visits_per_month"], 2406);
    assert_eq!(next["gatherings"], 0);
    assert_eq!(next["rating"], Value::Null);
}

#[test]
fn a_gathering_counts_in_the_month_in_which_it_starts_by_local_time_with_its_elapsed_hours() {
    let app = App::spawn();
    let place = Place::new(&app, "konferens-1");
    app.book(&[
        // New Year's Eve by UTC, New Year's Day in Malmö.
        place.booking("held", "2024-12-31T23:30:00Z", "2025-01-01T00:30:00Z"),
        // Into the next month: all of it belongs to March.
        place.booking("held", "2025-03-31T22:00:00+02:00", "2025-04-01T02:00:00+02:00"),
        // The night on which the clocks go forward, and the one on which they go back.
        place.booking("held", "2025-03-29T22:00:00+01:00", "2025-03-30T04:00:00+02:00"),
        place.booking("held", "2025-10-25T22:00:00+02:00", "2025-10-26T04:00:00+01:00"),
    ]);
    let months = monthly(&app, "2024-12", "2025-10");
    let of_month = |name: &str| {
        let month = of(&months["months"], "month", name);
        (month["gatherings"].as_i64().unwrap(), month["hours"].as_f64().unwrap())
    };
    assert_eq!(of_month("2024-12"), (0, 0.0));
    assert_eq!(of_month("2025-01"), (1, 1.0));
    assert_eq!(of_month("2025-03"), (2, 9.0));
    assert_eq!(of_month("2025-04"), (0, 0.0));
    assert_eq!(of_month("2025-10"), (1, 7.0));
    let hours = app.admin().get("/statistics/hours?from=2025-10&to=2025-10").is(200);
    // Sunday from 2 to 3 came twice that night.
    assert_eq!(hours.items()[6 * 24 + 2], json!({"weekday": 7, "hour": 2, "gatherings": 1, "hours": 2.0, "visits": 0}));
    assert_eq!(hours.items()[5 * 24 + 22], json!({"weekday": 6, "hour": 22, "gatherings": 1, "hours": 1.0, "visits": 0}));
}

#[test]
fn a_confirmed_booking_is_a_gathering_once_its_end_has_passed_and_no_other_state_ever_is() {
    let app = App::spawn();
    let place = Place::new(&app, "konferens-1");
    let day =
        |status: &str, day: &str| place.booking(status, &format!("2026-11-{day}T07:00:00+01:00"), &format!("2026-11-{day}T09:00:00+01:00"));
    app.book(&[
        day("confirmed", "20"),
        day("confirmed", "23"),
        day("pending", "19"),
        day("rejected", "19"),
        day("cancelled", "19"),
        day("no_show", "18"),
    ]);
    let november = |app: &App| monthly(app, "2026-11", "2026-11")["total"].clone();
    let before = november(&app);
    assert_eq!((&before["gatherings"], &before["cancelled"], &before["no_shows"]), (&json!(1), &json!(1), &json!(1)));
    app.at("2026-11-23T08:59:59+01:00");
    assert_eq!(november(&app)["gatherings"], 1);
    app.at("2026-11-23T09:00:00+01:00");
    assert_eq!(november(&app)["gatherings"], 2);
    assert_eq!(november(&app)["active_organisations"], 1);
}

#[test]
fn visits_are_arrivals_with_their_corrections_and_never_departures() {
    let app = App::spawn();
    let place = Place::new(&app, "verkstaden");
    let booking = app.book(&[place.booking("held", "2026-09-30T20:00:00+02:00", "2026-09-30T22:00:00+02:00")])[0];
    let first = app.count(&[Visit { booking: Some(booking), ..Visit::of("2026-09-30T21:30:00Z", 30) }])[0];
    app.count(&[
        Visit { booking: Some(booking), corrects: Some(first), ..Visit::of("2026-09-30T21:30:00Z", -10) },
        Visit { kind: "out", ..Visit::of("2026-09-30T12:00:00Z", 7) },
        // 30 September by UTC, October in Malmö.
        Visit { organisation: Some(place.organisation), ..Visit::of("2026-09-30T22:00:00Z", 4) },
    ]);
    let months = monthly(&app, "2026-09", "2026-10");
    assert_eq!(of(&months["months"], "month", "2026-09")["visits"], 20);
    assert_eq!(of(&months["months"], "month", "2026-10")["visits"], 4);
    assert_eq!((&months["total"]["visits"], &months["total"]["visits_per_month"]), (&json!(24), &json!(12)));
    let items = |path: &str| app.admin().get(&format!("/statistics/{path}?from=2026-09&to=2026-10")).is(200).json["items"].take();
    assert_eq!(of(&items("rooms"), "room", "verkstaden")["visits"], 20);
    assert_eq!(of(&items("categories"), "category", "meeting")["visits"], 20);
    // A visit to a booking is one to its organisation.
    assert_eq!(of(&items("organisations"), "name", "Limhamns språkkafé")["visits"], 24);
}

#[test]
fn an_hour_is_covered_if_somebody_was_counted_in_it_and_not_corrected_away() {
    let app = App::spawn();
    // The first of November: 15 open hours, less 2 for a closure of the whole house.
    app.at("2026-11-02T00:00:00+01:00");
    app.close("2026-11-01T20:00:00+01:00", "2026-11-02T06:00:00+01:00", &[]);
    app.close("2026-11-01T10:00:00+01:00", "2026-11-01T12:00:00+01:00", &["aulan"]);
    let mistake = app.count(&[Visit::of("2026-11-01T09:15:00+01:00", 3)])[0];
    app.count(&[
        Visit { corrects: Some(mistake), ..Visit::of("2026-11-01T09:15:00+01:00", -3) },
        Visit::of("2026-11-01T07:00:00+01:00", 1),
        Visit::of("2026-11-01T07:59:59+01:00", 1),
        Visit::of("2026-11-01T08:00:00+01:00", 1),
        Visit { kind: "out", ..Visit::of("2026-11-01T13:00:00+01:00", 2) },
        // Closed: counted, but no open hour.
        Visit::of("2026-11-01T06:30:00+01:00", 5),
        Visit::of("2026-11-01T21:00:00+01:00", 5),
    ]);
    assert_eq!(monthly(&app, "2026-11", "2026-11")["total"]["visit_coverage"], json!(0.1538)); // 2 of 13
    // Half an hour into the next open hour.
    app.at("2026-11-02T07:30:00+01:00");
    assert_eq!(monthly(&app, "2026-11", "2026-11")["total"]["visit_coverage"], json!(0.1481)); // 2 of 13.5
    // Nothing to divide by.
    assert_eq!(monthly(&app, "2026-12", "2026-12")["total"]["visit_coverage"], Value::Null);
}

#[test]
fn the_two_halves_of_aulan_count_once_each_for_the_house_and_together_for_the_room() {
    let app = App::spawn();
    app.at("2026-11-02T00:00:00+01:00"); // one day of 15 open hours is over
    let organisation = app.organisation("Rosengårds kulturförening");
    let held = |room: &str, from: &str, to: &str| {
        Place { room: app.room(room), organisation }.booking(
            "held",
            &format!("2026-11-01T{from}:00+01:00"),
            &format!("2026-11-01T{to}:00+01:00"),
        )
    };
    app.book(&[
        held("aulan", "08:00", "10:00"),
        held("aulan-a", "10:00", "12:00"),
        held("aulan-b", "11:00", "13:00"),
        // An hour of it before the house opens.
        held("kafeet", "06:00", "08:00"),
        Booking { status: "no_show".into(), ..held("konferens-1", "08:00", "20:00") },
        Booking { status: "cancelled".into(), ..held("konferens-2", "08:00", "20:00") },
    ]);
    let rooms = app.admin().get("/statistics/rooms?from=2026-11&to=2026-11").is(200).json["items"].take();
    let used = |room: &str| of(&rooms, "room", room)["utilisation"].as_f64().unwrap();
    assert_eq!(rooms.as_array().unwrap().len(), 8);
    assert_eq!(used("aulan"), 0.3333); // 8 to 13
    assert_eq!(used("aulan-a"), 0.2667); // 8 to 12
    assert_eq!(used("aulan-b"), 0.2667); // 8 to 10, 11 to 13
    assert_eq!(used("kafeet"), 0.0667);
    assert_eq!(used("konferens-1"), 0.0);
    assert_eq!(of(&rooms, "room", "konferens-1")["gatherings"], 0);
    // Nine hours of seven spaces' fifteen.
    assert_eq!(monthly(&app, "2026-11", "2026-11")["total"]["utilisation"], json!(0.0857));
}

#[test]
fn closures_are_taken_off_the_open_time_of_the_floor_they_close() {
    let app = App::spawn();
    app.at("2026-11-02T00:00:00+01:00");
    let place = Place::new(&app, "aulan-b");
    app.book(&[place.booking("held", "2026-11-01T07:00:00+01:00", "2026-11-01T10:00:00+01:00")]);
    app.close("2026-11-01T12:00:00+01:00", "2026-11-01T17:00:00+01:00", &["aulan"]);
    app.close("2026-11-01T12:00:00+01:00", "2026-11-01T22:00:00+01:00", &["aulan-a"]);
    let rooms = app.admin().get("/statistics/rooms?from=2026-11&to=2026-11").is(200).json["items"].take();
    let used = |room: &str| of(&rooms, "room", room)["utilisation"].as_f64().unwrap();
    assert_eq!(used("aulan-b"), 0.3); // 3 of 10
    assert_eq!(used("aulan-a"), 0.0);
    assert_eq!(used("aulan"), 0.3); // closed only while both halves are
    // 3 hours; open: 5 in one half, 10 in the other, 15 in each of five more.
    assert_eq!(monthly(&app, "2026-11", "2026-11")["total"]["utilisation"], json!(0.0333));
}

#[test]
fn what_a_few_thought_is_not_shown() {
    let app = App::spawn();
    let place = Place::new(&app, "konferens-1");
    let ids = app.book(&[
        place.booking("held", "2026-11-02T08:00:00+01:00", "2026-11-02T09:00:00+01:00"),
        place.booking("held", "2026-11-03T08:00:00+01:00", "2026-11-03T09:00:00+01:00"),
        place.booking("no_show", "2026-11-04T08:00:00+01:00", "2026-11-04T09:00:00+01:00"),
    ]);
    let rating = || {
        let categories = app.admin().get("/statistics/categories?from=2026-11&to=2026-11").is(200).json["items"].take();
        let found = of(&categories, "category", "meeting").clone();
        let report = app.admin().get("/statistics/annual-report/2026").is(200);
        assert_eq!((&report["rating"], &report["ratings"]), (&found["rating"], &found["ratings"]));
        (found["rating"].as_f64(), found["ratings"].as_i64().unwrap())
    };
    app.rate(&[(ids[0], 5), (ids[0], 5), (ids[0], 4), (ids[1], 4), (ids[2], 1)]);
    assert_eq!(rating(), (None, 4), "of two gatherings, and a no-show's answer is none");
    app.rate(&[(ids[0], 4)]);
    assert_eq!(rating(), (Some(4.4), 5));
    app.rate(&[(ids[1], 1)]);
    assert_eq!(rating(), (Some(3.8), 6));
}

#[test]
fn fill_rate_is_of_the_gatherings_whose_number_is_known_and_says_how_many_those_are() {
    let app = App::spawn();
    let place = Place::new(&app, "konferens-1");
    let day = |status: &str, day: &str, came: Option<i32>| Booking {
        actual_participants: came,
        ..place.booking(status, &format!("2026-11-{day}T08:00:00+01:00"), &format!("2026-11-{day}T09:00:00+01:00"))
    };
    let total = || monthly(&app, "2026-11", "2026-11")["total"].clone();
    let nothing = total();
    assert_eq!((&nothing["fill_rate"], &nothing["report_coverage"]), (&Value::Null, &Value::Null));
    app.book(&[day("held", "02", None)]);
    let unknown = total();
    assert_eq!((&unknown["fill_rate"], &unknown["report_coverage"]), (&Value::Null, &json!(0.0)));
    // One was expected each time; what nobody came to or is off is no gathering.
    app.book(&[
        day("held", "03", Some(2)),
        day("confirmed", "04", Some(1)),
        day("no_show", "05", Some(0)),
        day("cancelled", "06", Some(9)),
    ]);
    let known = total();
    assert_eq!((&known["fill_rate"], &known["report_coverage"], &known["participants"]), (&json!(1.5), &json!(0.6667), &json!(3)));
    let items = |path: &str| app.admin().get(&format!("/statistics/{path}?from=2026-11&to=2026-11")).is(200).json["items"].take();
    let report = app.admin().get("/statistics/annual-report/2026").is(200).json;
    for found in [
        of(&items("rooms"), "room", "konferens-1"),
        of(&items("organisations"), "name", "Limhamns språkkafé"),
        of(&items("categories"), "category", "meeting"),
        &report,
    ] {
        assert_eq!((&found["fill_rate"], &found["report_coverage"]), (&json!(1.5), &json!(0.6667)), "{found}");
    }
    let csv = app.admin().language("sv").get("/statistics/monthly?from=2026-11&to=2026-11&format=csv").is(200).text();
    assert!(csv.contains(";Täckning;Fyllnadsgrad;Rapporterade;") && csv.contains(";1,5;0,6667;0\r\n"), "{csv}");
}

#[test]
fn the_same_figures_come_as_files() {
    let app = App::spawn();
    let place = Place { room: app.room("konferens-1"), organisation: app.organisation("=HYPERLINK(\"http://x.example\")") };
    app.book(&[place.booking("held", "2026-11-02T08:00:00+01:00", "2026-11-02T10:45:00+01:00")]);
    let admin = app.admin();
    let months = "/statistics/monthly?from=2026-11&to=2026-11";
    let csv = admin.language("sv").get(&format!("{months}&format=csv")).is(200);
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"nobel21-manader-2026-11.csv\"");
    let text = csv.text();
    assert!(text.starts_with("\u{feff}Månad;Sammankomster;Timmar;Deltagare;Besök;Avbokade;Uteblivna;"), "{text}");
    assert!(text.contains("\r\n2026-11;1;2,75;0;0;0;0;1;"), "{text}");
    let english = admin.language("en").header("Accept", "text/csv").get(months).is(200);
    assert_eq!(english.header("content-disposition"), "attachment; filename=\"nobel21-months-2026-11.csv\"");
    assert!(english.text().contains("\r\n2026-11;1;2.75;"), "{}", english.text());
    let organisations = admin.get("/statistics/organisations?from=2026-11&to=2026-11&format=csv").is(200).text();
    assert!(organisations.contains(";\"'=HYPERLINK(\"\"http://x.example\"\")\";"), "{organisations}");

    for (path, name) in [
        ("monthly?from=2026-01&to=2026-12&", "manader-2026"),
        ("rooms?from=2026-01&to=2026-06&", "lokaler-2026-01--2026-06"),
        ("organisations?from=2026-11&to=2026-11&", "organisationer-2026-11"),
        ("categories?from=2026-11&to=2026-11&", "kategorier-2026-11"),
        ("hours?from=2026-11&to=2026-11&", "veckans-timmar-2026-11"),
        ("annual-report/2026?", "arsrapport-2026"),
    ] {
        let book = admin.get(&format!("/statistics/{path}format=xlsx")).is(200);
        assert_eq!(book.header("content-disposition"), format!("attachment; filename=\"nobel21-{name}.xlsx\""));
        assert!(book.bytes.starts_with(b"PK"), "{path}");
        assert!(admin.get(&format!("/statistics/{path}format=csv")).is(200).text().starts_with('\u{feff}'));
    }
    let report = admin.get("/statistics/annual-report/2026?format=csv").is(200).text();
    assert!(report.contains("\r\nÅret;2026;Sammankomster;1\r\n"), "{report}");
    assert!(report.contains("\r\nVeckans timmar;måndag 8;Timmar;1\r\n"), "{report}");
    // `format` goes before `Accept`; what is asked for most is sent.
    assert!(admin.header("Accept", "text/csv").get(&format!("{months}&format=json")).is(200).json.is_object());
    assert!(admin.header("Accept", "text/csv;q=0.5, application/json").get(months).is(200).json.is_object());
    assert!(admin.header("Accept", "text/html,*/*;q=0.8").get(months).is(200).json.is_object());
}

#[test]
fn the_figures_are_for_reception_and_admin() {
    let app = App::spawn();
    let booker = app.booker(app.organisation("Limhamns språkkafé"));
    let question = "?from=2026-11&to=2026-11";
    for path in ["monthly", "rooms", "organisations", "categories", "hours"].map(|p| format!("/statistics/{p}{question}")) {
        app.anonymous().get(&path).refused(401, "unauthenticated");
        booker.get(&path).refused(403, "forbidden");
        app.reception().get(&path).is(200);
        app.admin().get(&path).is(200);
    }
    booker.get("/statistics/annual-report/2026").refused(403, "forbidden");
    app.reception().get("/statistics/annual-report/2026").is(200);
}

#[test]
fn a_question_without_sensible_months_is_refused_with_all_its_faults() {
    let app = App::spawn();
    let admin = app.admin().off_contract();
    let faults = |query: &str| {
        let answer = admin.get(&format!("/statistics/monthly{query}")).refused(422, "invalid_field");
        answer.fields().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(faults(""), ["from", "to"]);
    assert_eq!(faults("?from=2026-13&to=x&format=pdf&month=1"), ["format", "from", "month", "to"]);
    assert_eq!(faults("?from=2026-02&to=2026-01"), ["to"]);
    assert_eq!(faults("?from=2016-01&to=2026-01"), ["to"]);
    admin.get("/statistics/monthly?from=2016-02&to=2026-01").is(200);
    for year in ["1999", "2101", "x", "20260"] {
        admin.get(&format!("/statistics/annual-report/{year}")).refused(404, "not_found");
    }
    assert_eq!(admin.get("/statistics/annual-report/2026?from=2026-01").refused(422, "invalid_field").fields(), ["from"]);
}

#[test]
fn what_people_do_over_http_comes_out_as_figures() {
    let app = App::spawn();
    let organisation = app.organisation("Limhamns språkkafé");
    let (booker, desk) = (app.booker(organisation), app.reception());
    let book = |room: &str, from: &str, to: &str| {
        let body = json!({
            "room": room, "organisation_id": organisation, "title": "Lärandelunch", "category": "learning_lunch",
            "starts_at": format!("2026-11-23T{from}:00+01:00"), "ends_at": format!("2026-11-23T{to}:00+01:00"), "expected_participants": 12,
        });
        booker.post("/bookings", body).is(201).id()
    };
    let lunch = book("kafeet", "10:00", "13:00");
    let cancelled = book("kafeet", "15:00", "17:00");
    booker.post(&format!("/bookings/{cancelled}/cancel"), json!({})).is(200);
    let code = booker.post_empty(&format!("/bookings/{lunch}/evaluation-link")).json["code"].as_str().unwrap().to_owned();
    let closure =
        json!({"starts_at": "2026-11-23T17:00:00+01:00", "ends_at": "2026-11-23T22:00:00+01:00", "rooms": null, "reason": "Vattenläcka"});
    app.admin().post("/closures", closure).is(201);
    app.at("2026-11-23T10:05:00+01:00");
    let arrived = desk.post("/visits", json!({"headcount": 31, "purpose": "gathering", "booking_id": lunch})).is(201).id();
    desk.post(&format!("/visits/{arrived}/correct"), json!({"headcount": 13, "reason": "Felskrivet"})).is(201);
    app.at("2026-11-23T22:00:00+01:00");
    for rating in [5, 4, 5, 4, 3] {
        app.anonymous().post(&format!("/evaluations/{code}"), json!({"rating": rating})).is(201);
    }
    // From Monday the 23rd on; the days before were open too: 22 of 15 hours and this one of 10.
    let report = app.admin().get("/statistics/annual-report/2026").is(200);
    for (figure, value) in
        [("gatherings", 1), ("visits", 13), ("cancelled", 1), ("active_organisations", 1), ("tenants", 1), ("ratings", 5)]
    {
        assert_eq!(report[figure], value, "{figure}");
    }
    assert_eq!((&report["hours"], &report["rating"]), (&json!(3.0), &json!(4.2)));
    let november = monthly(&app, "2026-11", "2026-11")["total"].clone();
    assert_eq!(november["visit_coverage"], json!(0.0029)); // 1 of 340
    assert_eq!(november["utilisation"], json!(0.0013)); // 3 of 7 times 340
}
