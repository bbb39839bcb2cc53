//! Closed months: what was reported stands, and what changes afterwards is shown, never silent.
use diesel::prelude::*;
use nobel21::db::schema::{audit_log, closed_months};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    bookings::{good, with},
    support::{App, Client},
};

/// October with a gathering and 30 visits to it.
fn october() -> (App, Client, String) {
    let app = App::spawn();
    let admin = app.admin();
    let organisation = app.organisation("Kastanjen");
    let times = json!({"starts_at": "2026-10-26T18:00:00+01:00", "ends_at": "2026-10-26T20:00:00+01:00", "override": true});
    let made = admin.post("/bookings", with(good(organisation), times)).is(201);
    let visit = json!({"at": "2026-10-26T18:00:00+01:00", "headcount": 30, "purpose": "gathering", "booking_id": made.id()});
    let visit = admin.post("/visits", visit).is(201).id();
    (app, admin, visit)
}

fn standing(client: &Client) -> Value {
    client.get("/closed-months?from=2026-01&to=2026-12").is(200)["items"].clone()
}

#[test]
fn a_closed_month_has_the_figures_of_the_day_it_was_closed_sealed_so_that_anybody_can_check() {
    let (_app, admin, _) = october();
    let own = admin.get("/statistics/monthly?from=2026-10&to=2026-10").is(200)["months"][0].clone();
    let closed = admin.post("/closed-months", json!({"month": "2026-10"})).is(201).json;
    for (figure, value) in closed["figures"].as_object().unwrap() {
        assert_eq!(value, &own[figure], "{figure}");
    }
    assert_eq!((&closed["figures"]["gatherings"], &closed["figures"]["visits"]), (&json!(1), &json!(30)));
    assert_eq!(closed["row_counts"], json!({"bookings": 1, "visits": 1}));
    assert_eq!((&closed["intact"], &closed["differences"]), (&json!(true), &json!([])));
    let text = format!(
        r#"{{"definitions_version":{},"figures":{},"month":"2026-10","row_counts":{{"bookings":1,"visits":1}}}}"#,
        closed["definitions_version"], closed["figures"]
    );
    let by_hand: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(closed["hash"], by_hand);
    assert_eq!(standing(&admin), json!([closed]));
    admin.post("/closed-months", json!({"month": "2026-10"})).refused(409, "already_exists");
}

#[test]
fn what_changes_afterwards_shows_as_a_difference_until_the_month_is_closed_anew() {
    let (app, admin, visit) = october();
    let first = admin.post("/closed-months", json!({"month": "2026-10"})).is(201).json;
    admin.post(&format!("/visits/{visit}/correct"), json!({"headcount": 28, "reason": "Två räknades två gånger"})).is(201);
    let now = standing(&admin);
    assert_eq!(now[0]["differences"], json!([{"figure": "visits", "frozen": 30, "now": 28}]));
    assert_eq!((&now[0]["figures"], &now[0]["intact"]), (&first["figures"], &json!(true)), "what was reported stands");

    admin.post("/closed-months/2026-10/reopen", json!({"reason": "En rättelse kom in"})).is(204);
    assert_eq!(standing(&admin), json!([]));
    let (before, after): (Option<String>, Option<String>) = app.read(|c| {
        let entry = audit_log::table.filter(audit_log::action.eq("reopened_month"));
        Ok(entry.select((audit_log::before, audit_log::after)).first(c)?)
    });
    let before: Value = serde_json::from_str(&before.unwrap()).unwrap();
    assert_eq!((&before["hash"], &before["figures"]["visits"]), (&first["hash"], &json!(30)), "what was frozen is on record");
    assert!(after.unwrap().contains("En rättelse kom in"));
    let again = admin.post("/closed-months", json!({"month": "2026-10"})).is(201);
    assert_eq!((&again["figures"]["visits"], &again["differences"]), (&json!(28), &json!([])));
    assert_ne!(again["hash"], first["hash"]);
}

#[test]
fn a_figure_that_somebody_changed_in_the_database_breaks_the_seal() {
    let (app, admin, _) = october();
    admin.post("/closed-months", json!({"month": "2026-10"})).is(201);
    app.write(|c| {
        let figures: String = closed_months::table.select(closed_months::figures).first(c)?;
        diesel::update(closed_months::table).set(closed_months::figures.eq(figures.replace(":30", ":3000"))).execute(c)?;
        Ok(())
    });
    assert_eq!(standing(&admin)[0]["intact"], false);
}

#[test]
fn only_a_month_that_is_over_is_closed_and_only_a_closed_one_is_opened() {
    let (_app, admin, _) = october();
    for month in ["2026-11", "2027-01", "2026-13", "oktober"] {
        assert_eq!(admin.off_contract().post("/closed-months", json!({"month": month})).refused(422, "invalid_field").fields(), ["month"]);
    }
    admin.post("/closed-months/2026-10/reopen", json!({"reason": "x"})).refused(404, "not_found");
    admin.off_contract().post("/closed-months/oktober/reopen", json!({"reason": "x"})).refused(404, "not_found");
    admin.post("/closed-months", json!({"month": "2026-10"})).is(201);
    admin.off_contract().post("/closed-months/2026-10/reopen", json!({})).refused(422, "invalid_field");
}
