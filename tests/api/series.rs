//! Series: one gathering on many dates, booked, answered, changed and called off as one.
use diesel::prelude::*;
use nobel21::{
    db::schema::{bookings, letters, occupancies, series},
    id::Id,
};
use serde_json::{Value, json};

use crate::{
    bookings::{good, with},
    races::consistent,
    support::{Answer, App, Client},
};

/// Ten Tuesday evenings.
fn tuesdays(organisation: Id) -> Value {
    json!({
        "room": "konferens-1", "organisation_id": organisation, "title": "Ungdomsgruppen", "category": "youth_activity",
        "expected_participants": 12, "date": "2026-11-24", "from": "18:00", "to": "20:00", "rule": "FREQ=WEEKLY;COUNT=10",
    })
}

fn house() -> (App, Id, Client) {
    let app = App::spawn();
    let organisation = app.organisation("Limhamns språkkafé");
    let booker = app.booker(organisation);
    (app, organisation, booker)
}

/// The first 16 characters of every booking's start: local date and time.
fn starts(series: &Value) -> Vec<String> {
    series["bookings"].as_array().unwrap().iter().map(|b| b["starts_at"].as_str().unwrap()[..16].to_owned()).collect()
}

fn column(list: &Value, member: &str) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    list.as_array().unwrap().iter().map(|one| text(&one[member])).collect()
}

fn count_of(app: &App) -> (i64, i64, i64) {
    app.read(|c| {
        Ok((bookings::table.count().get_result(c)?, occupancies::table.count().get_result(c)?, series::table.count().get_result(c)?))
    })
}

/// Kind, subject and text of every letter, oldest first.
fn mail(app: &App) -> Vec<(String, String, String)> {
    app.read(|c| Ok(letters::table.order(letters::id).select((letters::kind, letters::subject, letters::body_text)).load(c)?))
}

fn taken(app: &App, from: &str, to: &str) -> Answer {
    let other = app.organisation("Kastanjen");
    app.booker(other).post("/bookings", with(good(other), json!({"starts_at": from, "ends_at": to}))).is(201)
}

#[test]
fn a_series_is_booked_whole_with_one_letter_and_one_entry() {
    let (app, organisation, booker) = house();
    let made = booker.post("/series", tuesdays(organisation)).is(201);
    assert_eq!(starts(&made.json)[..3], ["2026-11-24T18:00", "2026-12-01T18:00", "2026-12-08T18:00"]);
    assert_eq!(made["bookings"].as_array().unwrap().len(), 10);
    assert!(made["bookings"].as_array().unwrap().iter().all(|b| b["series_id"] == made["id"] && b["status"] == "confirmed"));
    assert_eq!((made["skipped"].clone(), made["moved"].clone(), made.etag()), (json!([]), json!([]), "\"1\"".into()));
    assert_eq!(booker.get(&made.location()).is(200).json, made.json);
    // Its occurrences are bookings like any other.
    let first = made["bookings"][0]["id"].as_str().unwrap();
    assert_eq!(booker.get(&format!("/bookings/{first}")).is(200)["series_id"], made["id"]);
    let letters = mail(&app);
    let [(kind, subject, text)] = &letters[..] else { panic!("one letter: {letters:?}") };
    assert_eq!((kind.as_str(), subject.as_str()), ("series_confirmed", "Serien är bekräftad: Ungdomsgruppen, 10 tillfällen"));
    assert_eq!(text.matches("kl. 18.00–20.00, Konferens 1").count(), 10, "{text}");
    let audit = app.admin().get("/audit?noun=series").is(200);
    assert_eq!(column(&audit["items"], "action"), ["booked"]);
    assert!(app.admin().get("/audit?noun=booking").is(200).items().is_empty());
    consistent(&app);
}

#[test]
fn a_friday_series_keeps_its_hour_over_the_clock_change_and_names_the_holidays() {
    let app = App::spawn();
    app.at("2026-02-01T08:00:00+01:00");
    let organisation = app.organisation("Limhamns språkkafé");
    let booker = app.booker(organisation);
    let fridays = with(tuesdays(organisation), json!({"date": "2026-03-06", "rule": "FREQ=WEEKLY;UNTIL=20260619"}));
    let preview = booker.post("/series/preview", fridays.clone()).is(200);
    let named: Vec<(String, String)> = preview["dates"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|date| !date["holiday"].is_null())
        .map(|date| (date["date"].as_str().unwrap().into(), date["holiday"]["name"]["sv"].as_str().unwrap().into()))
        .collect();
    let expected = [("2026-04-03", "Långfredagen"), ("2026-05-01", "Första maj"), ("2026-06-19", "Midsommarafton")];
    assert_eq!(named, expected.map(|(date, name)| (date.to_owned(), name.to_owned())));
    let made = booker.post("/series", fridays).is(201);
    assert_eq!(made["bookings"].as_array().unwrap().len(), 16);
    assert_eq!(made["bookings"][3]["starts_at"], "2026-03-27T18:00:00+01:00");
    assert_eq!(made["bookings"][4]["starts_at"], "2026-04-03T18:00:00+02:00");
    let stored: Vec<nobel21::time::Moment> =
        app.read(|c| Ok(bookings::table.order(bookings::starts_at).select(bookings::starts_at).load(c)?));
    let hours: Vec<String> = stored.iter().map(|at| at.utc().format("%H:%M").to_string()).collect();
    assert_eq!((hours[3].as_str(), hours[4].as_str()), ("17:00", "16:00"));
}

#[test]
fn mondays_and_thursdays_meet_easter_ascension_and_midsummer() {
    let app = App::spawn();
    app.at("2026-02-01T08:00:00+01:00");
    let organisation = app.organisation("Limhamns språkkafé");
    let preview = app
        .booker(organisation)
        .post(
            "/series/preview",
            with(tuesdays(organisation), json!({"date": "2026-04-01", "rule": "FREQ=DAILY;BYDAY=MO,TH,SA,SU;UNTIL=20260621"})),
        )
        .is(200);
    let name = |date: &str| {
        let found = preview["dates"].as_array().unwrap().iter().find(|one| one["date"] == date).unwrap_or_else(|| panic!("{date}"));
        found["holiday"]["name"]["en"].as_str().map(str::to_owned)
    };
    for (date, expected) in [
        ("2026-04-02", "Maundy Thursday"),
        ("2026-04-05", "Easter Sunday"),
        ("2026-04-06", "Easter Monday"),
        ("2026-05-14", "Ascension Day"),
        ("2026-06-06", "National Day of Sweden"),
        ("2026-06-20", "Midsummer Day"),
    ] {
        assert_eq!(name(date).as_deref(), Some(expected));
    }
    assert_eq!(name("2026-06-18"), None);
}

#[test]
fn every_other_week_goes_on_over_week_53() {
    let (_app, organisation, booker) = house();
    let made = booker
        .post("/series", with(tuesdays(organisation), json!({"date": "2026-12-15", "rule": "FREQ=WEEKLY;INTERVAL=2;COUNT=4"})))
        .is(201);
    assert_eq!(starts(&made.json), ["2026-12-15T18:00", "2026-12-29T18:00", "2027-01-12T18:00", "2027-01-26T18:00"]);
}

#[test]
fn a_wall_time_that_is_skipped_is_a_broken_rule_and_one_that_is_doubled_means_the_first() {
    let (app, organisation, _) = house();
    let admin = app.admin();
    app.at("2026-03-01T08:00:00+01:00");
    let night = |dates: Value, from: &str, to: &str| {
        let mut body = with(tuesdays(organisation), json!({"dates": dates, "from": from, "to": to, "override": true}));
        body.as_object_mut().unwrap().retain(|name, _| name != "rule" && name != "date");
        body
    };
    let gap = night(json!(["2026-03-28", "2026-03-29", "2026-03-30"]), "02:30", "04:00");
    let refused = admin.post("/series", gap.clone()).refused(422, "rule_violation");
    assert_eq!(refused.rules(), ["nonexistent_local_time"]);
    assert_eq!(column(&refused["dates"], "date"), ["2026-03-29"]);
    assert_eq!(count_of(&app), (0, 0, 0), "nothing half written");
    let made = admin.post("/series", with(gap, json!({"on_conflict": "skip"}))).is(201);
    assert_eq!(starts(&made.json), ["2026-03-28T02:30", "2026-03-30T02:30"]);
    assert_eq!((made["skipped"][0]["date"].clone(), made["skipped"][0]["reason"].clone()), (json!("2026-03-29"), json!("violation")));
    let fold = admin.post("/series", night(json!(["2026-10-24", "2026-10-25", "2026-10-26"]), "02:30", "04:00")).is(201);
    let starts: Vec<String> = column(&fold["bookings"], "starts_at");
    assert_eq!(starts, ["2026-10-24T02:30:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"]);
    assert_eq!(fold["bookings"][1]["ends_at"], "2026-10-25T04:00:00+01:00");
}

#[test]
fn conflicts_refuse_the_whole_and_are_all_told_with_what_is_free_that_day() {
    let (app, organisation, booker) = house();
    taken(&app, "2026-12-01T19:00:00+01:00", "2026-12-01T21:00:00+01:00");
    taken(&app, "2026-12-15T10:00:00+01:00", "2026-12-15T19:00:00+01:00");
    let before = count_of(&app);
    let refused = booker.post("/series", tuesdays(organisation)).refused(409, "booking_conflict");
    assert_eq!(column(&refused["dates"], "date"), ["2026-12-01", "2026-12-15"]);
    assert_eq!(refused["conflicts"].as_array().unwrap().len(), 2);
    assert_eq!(count_of(&app), before, "nothing half written");
    assert_eq!(mail(&app).len(), 2, "and nobody is written to");
    for date in refused["dates"].as_array().unwrap() {
        let day = date["date"].as_str().unwrap();
        let offers = date["alternatives"].as_array().unwrap();
        assert!(!offers.is_empty() && offers.len() <= 5);
        assert!(offers.iter().all(|offer| offer["starts_at"].as_str().unwrap().starts_with(day)), "all on that day: {date}");
        assert!(offers.iter().any(|offer| offer["room"] != "konferens-1"), "another room");
        assert!(offers.iter().any(|offer| offer["room"] == "konferens-1"), "another time");
    }
    // What is offered can be had: one date elsewhere, one at another time.
    let offer = |i: usize, same_room: bool| {
        let offers = refused["dates"][i]["alternatives"].as_array().unwrap();
        offers.iter().find(|offer| (offer["room"] == "konferens-1") == same_room).unwrap().clone()
    };
    let (elsewhere, later) = (offer(0, false), offer(1, true));
    let time = |at: &Value| at.as_str().unwrap()[11..16].to_owned();
    let exceptions = json!([
        {"date": "2026-12-01", "room": elsewhere["room"]},
        {"date": "2026-12-15", "from": time(&later["starts_at"]), "to": time(&later["ends_at"])},
        {"date": "2026-12-22", "skip": true},
    ]);
    let made = booker.post("/series", with(tuesdays(organisation), json!({"exceptions": exceptions}))).is(201);
    assert_eq!(made["bookings"].as_array().unwrap().len(), 9);
    assert_eq!((&made["bookings"][1]["room"], &made["bookings"][3]["starts_at"]), (&elsewhere["room"], &later["starts_at"]));
    assert_eq!(made["moved"].as_array().unwrap().len(), 2);
    assert_eq!(made["skipped"], json!([{"date": "2026-12-22", "reason": "left_out", "holiday": null, "conflicts": [], "violations": []}]));
    consistent(&app);
}

#[test]
fn dates_that_can_not_be_had_are_skipped_and_kept_with_their_reason() {
    let (app, organisation, booker) = house();
    taken(&app, "2026-12-01T19:00:00+01:00", "2026-12-01T21:00:00+01:00");
    let christmas =
        json!({"starts_at": "2026-12-22T00:00:00+01:00", "ends_at": "2027-01-02T00:00:00+01:00", "rooms": null, "reason": "Julstängt"});
    app.admin().post("/closures", christmas).is(201);
    app.admin().post("/half-days", json!({"date": "2027-01-05", "closes": "13:00"})).is(201);
    let body = with(tuesdays(organisation), json!({"on_conflict": "skip"}));
    let verdicts = booker.post("/series/preview", body.clone()).is(200);
    assert_eq!(
        column(&verdicts["dates"], "verdict"),
        ["free", "conflict", "free", "free", "closed", "closed", "violation", "free", "free", "free"]
    );
    assert_eq!(verdicts["dates"][6]["holiday"]["name"]["sv"], "Trettondagsafton");
    let refused = booker.post("/series", with(body.clone(), json!({"on_conflict": "fail"}))).refused(422, "rule_violation");
    assert_eq!(column(&refused["dates"], "date"), ["2026-12-01", "2026-12-22", "2026-12-29", "2027-01-05"], "taken ones too");
    let made = booker.post("/series", body).is(201);
    assert_eq!(made["bookings"].as_array().unwrap().len(), 6);
    assert_eq!(column(&made["skipped"], "reason"), ["conflict", "violation", "violation", "violation"]);
    assert_eq!(made["skipped"][0]["conflicts"][0]["starts_at"], "2026-12-01T19:00:00+01:00");
    // They are still there later, in the reader's language.
    let read = booker.language("en").get(&made.location()).is(200);
    assert_eq!(read["skipped"][1]["violations"][0], json!({"rule": "closed", "message": "The room is closed then."}));
    let letter = mail(&app).pop().unwrap().2;
    assert!(letter.contains("inte bokade") && letter.contains("tisdag 1 december 2026: lokalen är upptagen"), "{letter}");
    assert!(letter.contains("tisdag 5 januari 2027 (Trettondagsafton): "), "{letter}");
    // With nothing left it is refused all the same.
    let nothing = with(tuesdays(organisation), json!({"date": "2026-12-22", "rule": "FREQ=WEEKLY;COUNT=2", "on_conflict": "skip"}));
    booker.post("/series", nothing).refused(422, "rule_violation");
    consistent(&app);
}

#[test]
fn a_preview_books_nothing_and_needs_no_words() {
    let (app, organisation, booker) = house();
    let question = json!({"room": "konferens-1", "organisation_id": organisation, "dates": ["2026-11-24", "2026-11-25"], "from": "18:00", "to": "20:00"});
    let verdicts = booker.post("/series/preview", question.clone()).is(200);
    assert_eq!((verdicts["fits"].clone(), verdicts["needs_approval"].clone()), (json!(true), json!(false)));
    let guests = app.guest_organisation("Solbackens AB");
    let asks = app.booker(guests).post("/series/preview", with(question, json!({"organisation_id": guests}))).is(200);
    assert_eq!(asks["needs_approval"], true);
    assert_eq!(count_of(&app), (0, 0, 0));
}

#[test]
fn a_series_is_not_over_itself() {
    let (app, organisation, booker) = house();
    app.admin().if_match("*").patch("/rooms/konferens-1", json!({"rules": {"cleanup_minutes": 60}})).is(200);
    // Until 24:00 with an hour of cleaning, and from 00:00 on the day after.
    let all_day: Vec<Value> = (1..=7).map(|weekday| json!({"weekday": weekday, "opens": "00:00", "closes": "24:00"})).collect();
    app.admin().if_match("*").put("/opening-hours", all_day).is(200);
    let dates = json!({
        "date": "2026-11-24", "rule": "FREQ=DAILY;COUNT=3", "from": "21:00", "to": "24:00",
        "exceptions": [{"date": "2026-11-25", "from": "00:00", "to": "02:00"}],
    });
    let refused = booker.post("/series", with(tuesdays(organisation), dates.clone())).refused(409, "booking_conflict");
    assert_eq!(column(&refused["dates"], "date"), ["2026-11-25"]);
    assert_eq!(
        refused["conflicts"],
        json!([{"room": "konferens-1", "starts_at": "2026-11-24T21:00:00+01:00", "ends_at": "2026-11-25T00:00:00+01:00"}])
    );
    let made = booker.post("/series", with(with(tuesdays(organisation), dates), json!({"on_conflict": "skip"}))).is(201);
    assert_eq!(made["bookings"].as_array().unwrap().len(), 2);
}

#[test]
fn a_series_has_at_most_200_dates_within_18_months_and_each_limit_says_so() {
    let (app, organisation, booker) = house();
    for (rule, code) in [
        ("FREQ=DAILY;COUNT=201", "too_many_occurrences"),
        ("FREQ=DAILY;UNTIL=20280101", "too_many_occurrences"),
        ("FREQ=WEEKLY;UNTIL=20280601", "series_too_long"),
        ("FREQ=MONTHLY;COUNT=20", "series_too_long"),
        ("FREQ=DAILY;UNTIL=20200101", "no_dates"),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31;COUNT=1", "no_dates"),
        ("FREQ=YEARLY;COUNT=2", "invalid"),
        ("FREQ=WEEKLY", "invalid"),
        ("FREQ=SECONDLY;COUNT=2", "invalid"),
    ] {
        let refused = booker.post("/series", with(tuesdays(organisation), json!({"rule": rule}))).refused(422, "invalid_field");
        assert_eq!((refused["errors"][0]["field"].as_str(), refused["errors"][0]["code"].as_str()), (Some("rule"), Some(code)), "{rule}");
    }
    assert_eq!(count_of(&app), (0, 0, 0));
    let made = booker.post("/series", with(tuesdays(organisation), json!({"rule": "FREQ=DAILY;COUNT=200"}))).is(201);
    assert_eq!(made["bookings"].as_array().unwrap().len(), 200);
    consistent(&app);
}

#[test]
fn what_is_wrong_with_a_series_is_told_all_at_once() {
    let (_app, organisation, booker) = house();
    let wrong = |change: Value| booker.post("/series", with(tuesdays(organisation), change)).refused(422, "invalid_field").json;
    let fields = |problem: &Value| {
        let mut fields = column(&problem["errors"], "field");
        fields.sort();
        fields
    };
    assert_eq!(
        fields(&wrong(json!({"title": "", "from": "24:00", "to": "8", "date": "i morgon", "on_conflict": "maybe", "nonsense": 1}))),
        ["date", "from", "nonsense", "on_conflict", "title", "to"]
    );
    assert_eq!(fields(&wrong(json!({"dates": ["2026-11-24"]}))), ["dates"]);
    assert_eq!(fields(&wrong(json!({"rule": null}))), ["rule"]);
    assert_eq!(fields(&wrong(json!({"to": "18:00"}))), ["to"]);
    assert_eq!(
        fields(&wrong(json!({"room": "balsalen", "exceptions": [{"date": "2026-11-24", "room": "källaren"}]}))),
        ["exceptions.0.room", "room"]
    );
    assert_eq!(
        fields(&wrong(
            json!({"exceptions": [{"date": "2026-11-24"}, {"date": "2026-12-01", "skip": true, "room": "kafeet"}, {"skip": true}]})
        )),
        ["exceptions.0", "exceptions.1", "exceptions.2.date"]
    );
    assert_eq!(
        fields(&wrong(json!({"exceptions": [{"date": "2026-11-25", "skip": true}, {"date": "2026-12-01", "to": "18:00"}]}))),
        ["exceptions.0.date", "exceptions.1.to"]
    );
    assert_eq!(fields(&wrong(json!({"layout": "u_shape"}))), ["layout"]);
    let all: Vec<Value> = (0..10)
        .map(|week| json!({"date": chrono::NaiveDate::from_ymd_opt(2026, 11, 24).unwrap() + chrono::Days::new(7 * week), "skip": true}))
        .collect();
    assert_eq!(fields(&wrong(json!({"exceptions": all}))), ["exceptions"]);
}

#[test]
fn the_same_key_books_a_series_once() {
    let (app, organisation, booker) = house();
    let once = booker.key("serie").post("/series", tuesdays(organisation)).is(201);
    let again = booker.key("serie").post("/series", tuesdays(organisation)).is(201);
    assert_eq!((&once.json, once.location(), once.etag()), (&again.json, again.location(), again.etag()));
    assert_eq!(count_of(&app), (10, 10, 1));
    booker.key("serie").post("/series", with(tuesdays(organisation), json!({"title": "Annat"}))).refused(422, "idempotency_key_reused");
}

#[test]
fn all_of_a_series_moves_but_for_what_is_past_or_was_moved_by_hand() {
    let (app, organisation, booker) = house();
    let made = booker.post("/series", tuesdays(organisation)).is(201);
    let path = made.location();
    let ids = column(&made["bookings"], "id");
    booker
        .if_match("\"1\"")
        .patch(&format!("/bookings/{}", ids[3]), json!({"starts_at": "2026-12-16T18:00:00+01:00", "ends_at": "2026-12-16T20:00:00+01:00"}))
        .is(200);
    // A new title makes no move: that one goes with the others.
    booker.if_match("\"1\"").patch(&format!("/bookings/{}", ids[4]), json!({"title": "Julfest"})).is(200);
    booker.post_empty(&format!("/bookings/{}/cancel", ids[5])).is(200);
    app.at("2026-11-24T18:30:00+01:00");
    let letters_before = mail(&app).len();
    booker.patch(&path, json!({"from": "17:00"})).refused(428, "precondition_required");
    booker.if_match(made.etag()).patch(&path, json!({"from": "17:00"})).refused(412, "stale");
    let now = booker.get(&path).is(200);
    assert_eq!(now["moved"], json!([ids[3]]));
    let done = booker.if_match(now.etag()).patch(&path, json!({"from": "17:00", "to": "19:00", "room": "verkstaden"})).is(200);
    assert_eq!(done["changed"].as_array().unwrap().len(), 7);
    assert_eq!(column(&done["kept"], "reason"), ["past", "moved"]);
    assert_eq!(column(&done["kept"], "booking_id"), [ids[0].clone(), ids[3].clone()]);
    let series = &done["series"];
    assert_eq!((&series["from"], &series["room"]), (&json!("17:00"), &json!("verkstaden")));
    assert_eq!(
        starts(series),
        [
            "2026-11-24T18:00",
            "2026-12-01T17:00",
            "2026-12-08T17:00",
            "2026-12-16T18:00",
            "2026-12-22T17:00",
            "2026-12-29T18:00",
            "2027-01-05T17:00",
            "2027-01-12T17:00",
            "2027-01-19T17:00",
            "2027-01-26T17:00"
        ]
    );
    assert_eq!(series["bookings"][5]["status"], "cancelled", "what is off stays as it was");
    let all = mail(&app);
    assert_eq!(all.len(), letters_before + 1, "one letter");
    let (kind, subject, text) = all.last().unwrap();
    assert_eq!((kind.as_str(), subject.as_str()), ("series_changed", "Serien är ändrad: Ungdomsgruppen, 7 tillfällen"));
    assert!(
        text.contains(
            "- Före: tisdag 1 december 2026 kl. 18.00–20.00, Konferens 1\n  Nu:   tisdag 1 december 2026 kl. 17.00–19.00, Verkstaden\n"
        ),
        "{text}"
    );
    assert!(text.contains("som förut:") && text.contains("tisdag 15 december 2026: har ändrats för sig"), "{text}");
    assert_eq!(column(&app.admin().get("/audit?noun=series").is(200)["items"], "action"), ["changed", "booked"]);
    consistent(&app);
}

#[test]
fn this_and_following_leave_what_was_before() {
    let (app, organisation, booker) = house();
    let made = booker.post("/series", tuesdays(organisation)).is(201);
    let ids = column(&made["bookings"], "id");
    let path = format!("{}?from={}", made.location(), ids[7]);
    let done = booker.if_match(made.etag()).patch(&path, json!({"title": "Ungdomsgruppen i Aulan", "room": "aulan"})).is(200);
    assert_eq!(column(&done["series"]["bookings"], "room")[6..], ["konferens-1", "aulan", "aulan", "aulan"]);
    assert_eq!(column(&done["series"]["bookings"], "title")[6..8], ["Ungdomsgruppen", "Ungdomsgruppen i Aulan"]);
    let cancelled = booker.post(&format!("{}/cancel?from={}", made.location(), ids[8]), json!({"reason": "Ledaren slutar."})).is(200);
    assert_eq!(cancelled["changed"], json!([ids[8], ids[9]]));
    assert_eq!(column(&cancelled["series"]["bookings"], "status")[7..], ["confirmed", "cancelled", "cancelled"]);
    let (kind, subject, text) = mail(&app).pop().unwrap();
    assert_eq!((kind.as_str(), subject.as_str()), ("series_cancelled", "Serien är avbokad: Ungdomsgruppen i Aulan, 2 tillfällen"));
    assert!(text.contains("Skäl: Ledaren slutar."), "{text}");
    let other = booker.post("/series", with(tuesdays(organisation), json!({"room": "kafeet"}))).is(201);
    let foreign = format!("{}?from={}", other.location(), ids[0]);
    assert_eq!(booker.if_match("*").patch(&foreign, json!({"title": "x"})).refused(422, "invalid_field").fields(), ["from"]);
    consistent(&app);
}

#[test]
fn a_change_that_meets_others_is_refused_whole_or_leaves_those_dates_as_they_are() {
    let (app, organisation, booker) = house();
    let made = booker.post("/series", tuesdays(organisation)).is(201);
    taken(&app, "2026-12-08T20:00:00+01:00", "2026-12-08T22:00:00+01:00");
    taken(&app, "2026-12-22T20:00:00+01:00", "2026-12-22T21:00:00+01:00");
    let later = json!({"from": "19:00", "to": "21:00"});
    let refused = booker.if_match(made.etag()).patch(&made.location(), later.clone()).refused(409, "booking_conflict");
    assert_eq!(column(&refused["dates"], "date"), ["2026-12-08", "2026-12-22"]);
    assert_eq!(booker.get(&made.location()).is(200).json, made.json, "nothing has changed");
    let done = booker.if_match(made.etag()).patch(&made.location(), with(later, json!({"on_conflict": "skip"}))).is(200);
    assert_eq!(done["changed"].as_array().unwrap().len(), 8);
    assert_eq!(column(&done["kept"], "reason"), ["conflict", "conflict"]);
    assert_eq!(starts(&done["series"])[2..5], ["2026-12-08T18:00", "2026-12-15T19:00", "2026-12-22T18:00"]);
    consistent(&app);
    let night = booker.if_match(done.etag()).patch(&made.location(), json!({"from": "05:00"})).refused(422, "rule_violation");
    assert_eq!(night.rules(), ["outside_opening_hours", "too_long"]);
}

#[test]
fn dates_that_come_where_others_were_are_not_in_each_others_way() {
    let (app, organisation, booker) = house();
    let all_day: Vec<Value> = (1..=7).map(|weekday| json!({"weekday": weekday, "opens": "00:00", "closes": "24:00"})).collect();
    app.admin().if_match("*").put("/opening-hours", all_day).is(200);
    let made =
        booker.post("/series", with(tuesdays(organisation), json!({"rule": "FREQ=DAILY;COUNT=4", "from": "01:00", "to": "06:00"}))).is(201);
    // Each ends on the day after, where the next one was.
    let done = booker.if_match(made.etag()).patch(&made.location(), json!({"from": "20:00", "to": "05:00"})).is(200);
    assert_eq!(done["changed"].as_array().unwrap().len(), 4);
    assert_eq!(done["series"]["bookings"][0]["ends_at"], "2026-11-25T05:00:00+01:00");
    consistent(&app);
}

#[test]
fn whoever_stays_is_in_the_way_of_whoever_comes() {
    let (app, organisation, booker) = house();
    let all_day: Vec<Value> = (1..=7).map(|weekday| json!({"weekday": weekday, "opens": "00:00", "closes": "24:00"})).collect();
    app.admin().if_match("*").put("/opening-hours", all_day).is(200);
    let made =
        booker.post("/series", with(tuesdays(organisation), json!({"rule": "FREQ=DAILY;COUNT=4", "from": "01:00", "to": "06:00"}))).is(201);
    // Each is to begin at 20:00 and end at 05:00 the day after, where the next one was. The third can't, so it stays, and then the
    // second can't come where it stays, and the first not where the second stays.
    taken(&app, "2026-11-26T21:00:00+01:00", "2026-11-26T22:00:00+01:00");
    let change = json!({"from": "20:00", "to": "05:00", "on_conflict": "skip"});
    let done = booker.if_match(made.etag()).patch(&made.location(), change).is(200);
    assert_eq!(column(&done["kept"], "reason"), ["conflict"; 3]);
    assert_eq!(starts(&done["series"]), ["2026-11-24T01:00", "2026-11-25T01:00", "2026-11-26T01:00", "2026-11-27T20:00"]);
    consistent(&app);
}

#[test]
fn what_begins_too_soon_is_kept_for_members_and_goes_for_admins() {
    let (app, organisation, booker) = house();
    app.admin().if_match("*").patch("/rooms/konferens-1", json!({"rules": {"cancel_minutes_before": 1440}})).is(200);
    let made = booker.post("/series", with(tuesdays(organisation), json!({"rule": "FREQ=WEEKLY;COUNT=3"}))).is(201);
    app.at("2026-11-24T08:00:00+01:00");
    let refused = booker.if_match("*").patch(&made.location(), json!({"from": "17:00"})).refused(422, "rule_violation");
    assert_eq!((refused.rules(), column(&refused["dates"], "date")), (vec!["too_late"], vec!["2026-11-24".to_owned()]));
    let done = booker.post_empty(&format!("{}/cancel", made.location())).is(200);
    assert_eq!(done["changed"].as_array().unwrap().len(), 2);
    assert_eq!(
        (column(&done["kept"], "reason"), &done["kept"][0]["violations"][0]["rule"]),
        (vec!["violation".to_owned()], &json!("too_late"))
    );
    booker.post_empty(&format!("{}/cancel", made.location())).refused(422, "too_late");
    app.admin().post_empty(&format!("{}/cancel", made.location())).is(200);
    app.admin().post_empty(&format!("{}/cancel", made.location())).refused(409, "already_cancelled");
    app.admin().if_match("*").patch(&made.location(), json!({"title": "x"})).refused(409, "wrong_state");
    consistent(&app);
}

#[test]
fn an_admin_answers_a_whole_series_in_one_go() {
    let app = App::spawn();
    let guests = app.guest_organisation("Solbackens AB");
    let (booker, admin) = (app.booker(guests), app.admin());
    let short = |room: &str| with(tuesdays(guests), json!({"rule": "FREQ=WEEKLY;COUNT=3", "room": room}));
    let made = booker.post("/series", short("konferens-1")).is(201);
    assert_eq!(column(&made["bookings"], "status"), ["pending"; 3]);
    let approved = admin.post_empty(&format!("{}/approve", made.location())).is(200);
    assert_eq!((column(&approved["bookings"], "status"), approved.etag()), (vec!["confirmed".to_owned(); 3], "\"2\"".into()));
    admin.post_empty(&format!("{}/approve", made.location())).refused(409, "wrong_state");
    admin.post(&format!("{}/reject", made.location()), json!({"reason": "sent"})).refused(409, "wrong_state");
    // A member's move has to be approved again.
    let moved = booker.if_match(approved.etag()).patch(&made.location(), json!({"from": "17:00"})).is(200);
    assert_eq!(column(&moved["series"]["bookings"], "status"), ["pending"; 3]);
    let rejected = admin.post(&format!("{}/reject", made.location()), json!({"reason": "Årsmöte i huset"})).is(200);
    assert_eq!(column(&rejected["bookings"], "decision_reason"), ["Årsmöte i huset"; 3]);
    let kinds: Vec<String> = mail(&app).into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(kinds, ["series_received", "series_confirmed", "series_changed", "series_rejected"]);
    assert!(mail(&app)[2].2.contains("väntar på godkännande") && mail(&app)[3].2.contains("Skäl: Årsmöte i huset"));
    // Its time is free again.
    let tenants = app.organisation("Kastanjen");
    app.booker(tenants).post("/series", with(tuesdays(tenants), json!({"from": "17:00"}))).is(201);
    consistent(&app);
}

#[test]
fn others_series_do_not_exist() {
    let (app, organisation, booker) = house();
    let made = booker.post("/series", tuesdays(organisation)).is(201);
    let stranger = app.booker(app.organisation("Kastanjen"));
    stranger.get(&made.location()).refused(404, "not_found");
    stranger.if_match("*").patch(&made.location(), json!({"title": "x"})).refused(404, "not_found");
    stranger.post_empty(&format!("{}/cancel", made.location())).refused(404, "not_found");
    stranger.post("/series", tuesdays(organisation)).refused(404, "not_found");
    app.reception().get(&made.location()).is(200);
    booker.post("/series", with(tuesdays(organisation), json!({"override": true}))).refused(403, "forbidden");
    booker.if_match("*").patch(&made.location(), json!({"override": true, "from": "05:00"})).refused(403, "forbidden");
}

#[test]
fn an_admin_may_break_rules_on_many_dates_but_never_a_closure_or_a_booking() {
    let (app, organisation, _) = house();
    let admin = app.admin();
    let closure =
        json!({"starts_at": "2026-12-01T00:00:00+01:00", "ends_at": "2026-12-02T00:00:00+01:00", "rooms": null, "reason": "Städdag"});
    admin.post("/closures", closure).is(201);
    let night = with(tuesdays(organisation), json!({"from": "22:00", "to": "23:30", "override": true, "rule": "FREQ=WEEKLY;COUNT=3"}));
    let refused = admin.post("/series", night.clone()).refused(409, "booking_conflict");
    assert_eq!(column(&refused["dates"], "date"), ["2026-12-01"]);
    let made = admin.post("/series", with(night, json!({"on_conflict": "skip"}))).is(201);
    assert_eq!(made["bookings"].as_array().unwrap().len(), 2);
    assert_eq!(column(&admin.get("/audit?noun=series").is(200)["items"], "action"), ["booked_over_rules"]);
}
