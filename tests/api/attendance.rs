//! "How many came?": the letter after a gathering, the one after that, and the link that answers.
use diesel::prelude::*;
use nobel21::{
    db::schema::{attendance_questions, letters},
    rounds,
};
use serde_json::json;

use crate::{
    bookings::{good, with},
    support::{Answer, App, Client},
};

/// Writes what is due at this moment; gives how many.
fn ask(app: &App, at: &str) -> usize {
    app.at(at);
    rounds::ask(app.db(), &app.state.house, app.now()).unwrap()
}

/// A booking of Tuesday 18 to 20, made on Monday.
fn tuesday(app: &App) -> (Client, String) {
    let organisation = app.organisation("Kastanjen");
    let booker = app.booker(organisation);
    let id = booker.post("/bookings", good(organisation)).is(201).id();
    (booker, id)
}

/// The texts of the letters that ask, in order, with their languages' subjects.
fn asked(app: &App) -> Vec<(String, String)> {
    app.read(|c| {
        Ok(letters::table
            .filter(letters::kind.like("participants_asked%"))
            .order(letters::id)
            .select((letters::kind, letters::body_text))
            .load(c)?)
    })
}

/// The secrets in the links of the letters so far.
fn tokens(app: &App) -> Vec<String> {
    let token = |(_, text): (String, String)| {
        let line = text.lines().find(|line| line.contains("/hur-manga-kom#")).unwrap().to_owned();
        line.split_once('#').unwrap().1.to_owned()
    };
    asked(app).into_iter().map(token).collect()
}

fn look(client: &Client, token: &str) -> Answer {
    client.post("/attendance/question", json!({"token": token}))
}

fn say(client: &Client, token: &str, number: u16) -> Answer {
    client.post("/attendance", json!({"token": token, "actual_participants": number}))
}

const AN_HOUR_LATER: &str = "2026-11-24T21:00:00+01:00";

#[test]
fn who_booked_is_asked_an_hour_after_the_end_once_more_after_three_days_and_never_again() {
    let app = App::spawn();
    let (booker, _) = tuesday(&app);
    assert_eq!(ask(&app, "2026-11-24T20:59:59+01:00"), 0);
    assert_eq!(ask(&app, AN_HOUR_LATER), 1);
    assert_eq!(ask(&app, "2026-11-24T21:01:00+01:00"), 0);
    assert_eq!(ask(&app, "2026-11-27T20:59:59+01:00"), 0);
    assert_eq!(ask(&app, "2026-11-27T21:00:00+01:00"), 1);
    for at in ["2026-11-27T21:01:00+01:00", "2026-11-30T21:00:00+01:00", "2026-12-01T19:59:00+01:00", "2026-12-24T12:00:00+01:00"] {
        assert_eq!(ask(&app, at), 0, "{at}");
    }
    let kinds: Vec<String> = asked(&app).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["participants_asked", "participants_asked_again"]);
    let outbox = app.admin().get(&format!("/letters?q={}", booker.email())).is(200);
    assert_eq!(outbox.items().len(), 3, "the confirmation and two questions");
    // Whoever has the link can answer, so the text is shown to nobody.
    let letter = app.admin().get(&format!("/letters/{}", outbox.items()[0]["id"].as_str().unwrap())).is(200);
    assert_eq!(letter["text"], "");
}

#[test]
fn nobody_is_woken_by_the_question() {
    let app = App::spawn();
    let organisation = app.organisation("Kastanjen");
    let late = json!({"starts_at": "2026-11-24T20:00:00+01:00", "ends_at": "2026-11-24T21:30:00+01:00"});
    app.booker(organisation).post("/bookings", with(good(organisation), late)).is(201);
    for at in ["2026-11-24T22:30:00+01:00", "2026-11-25T03:00:00+01:00", "2026-11-25T07:59:59+01:00"] {
        assert_eq!(ask(&app, at), 0, "{at}");
    }
    assert_eq!(ask(&app, "2026-11-25T08:00:00+01:00"), 1);
}

#[test]
fn a_service_that_was_down_asks_late_but_not_after_a_week() {
    let app = App::spawn();
    tuesday(&app);
    assert_eq!(ask(&app, "2026-12-01T19:59:00+01:00"), 1);
    // The second would come when it is too late.
    assert_eq!(ask(&app, "2026-12-04T20:00:00+01:00"), 0);
    let late = App::spawn();
    tuesday(&late);
    assert_eq!(ask(&late, "2026-12-01T20:00:00+01:00"), 0);
}

#[test]
fn of_several_who_ask_at_once_one_does() {
    let app = App::spawn();
    tuesday(&app);
    for at in [AN_HOUR_LATER, "2026-11-27T21:00:00+01:00"] {
        app.at(at);
        let written: usize = std::thread::scope(|scope| {
            let all: Vec<_> = (0..8).map(|_| scope.spawn(|| rounds::ask(app.db(), &app.state.house, app.now()).unwrap())).collect();
            all.into_iter().map(|one| one.join().unwrap()).sum()
        });
        assert_eq!(written, 1, "{at}");
    }
    assert_eq!(asked(&app).len(), 2);
}

#[test]
fn what_is_off_known_or_entered_afterwards_is_not_asked_about() {
    let app = App::spawn();
    let (booker, off) = tuesday(&app);
    booker.post(&format!("/bookings/{off}/cancel"), json!({})).is(200);
    let organisation = app.organisation("Limhamns språkkafé");
    let known = app.booker(organisation);
    let id = known.post("/bookings", good(organisation)).is(201).id();
    let guests = app.guest_organisation("Gästerna");
    app.booker(guests).post("/bookings", with(good(guests), json!({"room": "verkstaden"}))).is(201);
    let past = json!({"override": true, "starts_at": "2026-11-22T18:00:00+01:00", "ends_at": "2026-11-22T20:00:00+01:00"});
    app.admin().post("/bookings", with(good(organisation), past)).is(201);
    app.at("2026-11-24T20:30:00+01:00");
    known.post(&format!("/bookings/{id}/report"), json!({"actual_participants": 7})).is(200);
    assert_eq!(ask(&app, AN_HOUR_LATER), 0);
}

#[test]
fn what_was_answered_in_between_is_not_asked_again() {
    let app = App::spawn();
    let (booker, id) = tuesday(&app);
    assert_eq!(ask(&app, AN_HOUR_LATER), 1);
    booker.post(&format!("/bookings/{id}/report"), json!({"actual_participants": 7})).is(200);
    assert_eq!(ask(&app, "2026-11-27T21:00:00+01:00"), 0);
}

#[test]
fn the_house_and_each_person_may_not_want_it() {
    let app = App::spawn();
    let (booker, _) = tuesday(&app);
    let admin = app.admin();
    let settings = admin.get("/settings").is(200);
    admin.if_match(settings.etag()).patch("/settings", json!({"ask_participants": false})).is(200);
    assert_eq!(ask(&app, AN_HOUR_LATER), 0);
    admin.if_match("*").patch("/settings", json!({"ask_participants": true})).is(200);
    let me = booker.get("/me").is(200);
    booker.if_match(me.etag()).patch("/me", json!({"reminders": false})).is(200);
    assert_eq!(ask(&app, "2026-11-24T21:01:00+01:00"), 0);
    // It stays at that, whatever the person wants later: nobody is reminded of what nobody was asked.
    let me = booker.get("/me").is(200);
    booker.if_match(me.etag()).patch("/me", json!({"reminders": true})).is(200);
    assert_eq!(ask(&app, "2026-11-28T12:00:00+01:00"), 0);
}

#[test]
fn the_letter_has_answers_one_tap_away_and_the_link_by_which_guests_rate() {
    let app = App::spawn();
    let (booker, id) = tuesday(&app);
    ask(&app, AN_HOUR_LATER);
    let text = asked(&app).remove(0).1;
    let token = tokens(&app).remove(0);
    for query in ["?antal=8", "?antal=4", "?antal=0", ""] {
        assert!(text.contains(&format!("http://127.0.0.1:8021/hur-manga-kom{query}#{token}\n")), "{query} is missing in\n{text}");
    }
    let code = booker.post_empty(&format!("/bookings/{id}/evaluation-link")).is(200)["code"].as_str().unwrap().to_owned();
    assert!(text.contains(&format!("/e/{code}\n")), "{text}");
    // At rest there is no secret: the table has its hash, and the letter is wiped once sent.
    let kept: Vec<Option<String>> = app.read(|c| Ok(attendance_questions::table.select(attendance_questions::token_hash).load(c)?));
    assert!(kept.iter().flatten().all(|hash| !hash.contains(&token)) && kept.len() == 1);
    app.deliver_mail();
    assert_eq!(asked(&app).remove(0).1, "");
}

#[test]
fn a_link_is_answered_without_signing_in_and_looking_changes_nothing() {
    let app = App::spawn();
    let (booker, id) = tuesday(&app);
    ask(&app, AN_HOUR_LATER);
    let token = tokens(&app).remove(0);
    let stranger = app.anonymous();
    let before = booker.get(&format!("/bookings/{id}")).is(200);
    for _ in 0..3 {
        let seen = look(&stranger, &token).is(200);
        assert_eq!(
            seen.json,
            json!({
                "title": "Styrelsemöte", "room": "Konferens 1", "starts_at": "2026-11-24T18:00:00+01:00",
                "ends_at": "2026-11-24T20:00:00+01:00", "expected_participants": 8, "actual_participants": null,
            })
        );
    }
    assert_eq!(booker.get(&format!("/bookings/{id}")).is(200).json, before.json);
    assert_eq!(say(&stranger, &token, 8).is(200)["actual_participants"], 8);
    assert_eq!(booker.get(&format!("/bookings/{id}")).is(200)["actual_participants"], 8);
    // A slip of the finger can be put right.
    say(&stranger, &token, 0).is(200);
    assert_eq!(look(&stranger, &token).is(200)["actual_participants"], 0);
    let trail = app.admin().get(&format!("/audit?noun=booking&noun_id={id}")).is(200);
    let deeds: Vec<_> = trail.items().iter().filter(|entry| entry["action"] == "reported_participants_by_link").collect();
    assert_eq!(deeds.len(), 2);
    assert_eq!(deeds[0]["actor"], serde_json::Value::Null);
    assert_eq!(ask(&app, "2026-11-27T21:00:00+01:00"), 0);
}

#[test]
fn bad_answers_are_refused_and_bad_links_all_look_alike() {
    let app = App::spawn();
    let (_, id) = tuesday(&app);
    ask(&app, AN_HOUR_LATER);
    let token = tokens(&app).remove(0);
    let stranger = app.anonymous();
    for bad in [json!(-1), json!(5001), json!("8"), json!(1.5), json!(null)] {
        let refused =
            stranger.off_contract().post("/attendance", json!({"token": token, "actual_participants": bad})).refused(422, "invalid_field");
        assert_eq!(refused.fields(), ["actual_participants"]);
    }
    assert_eq!(
        stranger.off_contract().post("/attendance", json!({"token": token, "number": 3})).is(422).fields(),
        ["actual_participants", "number"]
    );
    let unknown = "x".repeat(43);
    let first = look(&stranger, &unknown).refused(404, "not_found");
    say(&stranger, &unknown, 3).refused(404, "not_found");
    look(&stranger, "'--").refused(404, "not_found");
    app.at("2026-12-08T20:59:59+01:00");
    look(&stranger, &token).is(200);
    app.at("2026-12-08T21:00:00+01:00");
    let over = look(&stranger, &token).refused(404, "not_found");
    assert_eq!((&over["title"], &over["detail"]), (&first["title"], &first["detail"]));
    say(&stranger, &token, 3).refused(404, "not_found");
    app.at(AN_HOUR_LATER);
    app.admin().post(&format!("/bookings/{id}/cancel"), json!({})).is(200);
    look(&stranger, &token).refused(404, "not_found");
    say(&stranger, &token, 3).refused(404, "not_found");
}

#[test]
fn both_letters_links_hold_and_lead_to_the_same_gathering_alone() {
    let app = App::spawn();
    tuesday(&app);
    let other = app.organisation("Limhamns språkkafé");
    app.booker(other).post("/bookings", with(good(other), json!({"room": "verkstaden", "title": "Annat"}))).is(201);
    assert_eq!(ask(&app, AN_HOUR_LATER), 2);
    assert_eq!(ask(&app, "2026-11-27T21:00:00+01:00"), 2);
    let titles: Vec<String> =
        tokens(&app).iter().map(|token| look(&app.anonymous(), token).is(200)["title"].as_str().unwrap().to_owned()).collect();
    assert_eq!(titles.iter().filter(|title| *title == "Annat").count(), 2);
    assert_eq!(titles.len(), 4);
}
