//! Files that spreadsheets open: text stays text, numbers stay numbers.
use nobel21::id::Id;

use super::{judge, lines};
use crate::support::{App, json};

const FORMULAS: [char; 4] = ['=', '+', '-', '@'];

/// A house in which associations, a room, titles and a goal are called so, with a gathering of each association last month; and the last association.
fn house() -> (App, Id) {
    let app = App::spawn();
    let admin = app.admin();
    let mut last = None;
    for (day, payload) in (1..).zip(lines()) {
        let organisation = app.organisation(payload);
        let booking = json!({
            "room": "konferens-1", "organisation_id": organisation, "title": payload, "category": "meeting", "expected_participants": 12,
            "starts_at": format!("2026-10-{day:02}T18:00:00+02:00"), "ends_at": format!("2026-10-{day:02}T20:00:00+02:00"), "override": true,
        });
        let id = admin.post("/bookings", booking).is(201).id();
        admin.post(&format!("/bookings/{id}/report"), json!({"actual_participants": 9})).is(200);
        let goal = json!({"year": 2026, "name": payload, "figure": "gatherings", "category": "learning_lunch", "target": 6});
        admin.post("/goals", goal).is(201);
        last = Some(organisation);
    }
    (app, last.unwrap())
}

/// As a table has it, so that a spreadsheet shows it as text.
fn guarded(payload: &str) -> String {
    if payload.starts_with(FORMULAS) { format!("'{payload}") } else { payload.to_owned() }
}

/// As a workbook's XML has it.
fn in_xml(payload: &str) -> String {
    payload.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[test]
fn no_table_has_a_formula_and_every_name_is_in_it() {
    let (app, _) = house();
    let desk = app.reception();
    for path in ["/statistics/organisations?from=2026-10&to=2026-10&", "/statistics/annual-report/2026?"] {
        let table = desk.get(&format!("{path}format=csv")).is(200);
        judge::answer(&table);
        let cells: Vec<String> = judge::csv(&table.bytes).into_iter().flatten().collect();
        let book = desk.get(&format!("{path}format=xlsx")).is(200);
        judge::answer(&book);
        let texts = judge::workbook(&book.bytes);
        for payload in lines() {
            assert!(cells.contains(&guarded(payload)), "{payload:?} in {path}: {cells:?}");
            assert!(texts.contains(&format!(">{}</t>", in_xml(payload))), "{payload:?} in {path}: {texts}");
        }
    }
}

#[test]
fn a_room_is_text_and_its_figures_are_numbers_in_every_table() {
    let (app, organisation) = house();
    let desk = app.reception();
    for payload in lines() {
        app.admin().if_match("*").patch("/rooms/konferens-1", json!({"name": payload})).is(200);
        let of_all = "/statistics/rooms?from=2026-10&to=2026-10".to_owned();
        for path in [of_all, format!("/organisations/{organisation}/attendance-basis?half_year=2026-H2")] {
            let table = desk.get(&format!("{path}&format=csv")).is(200);
            judge::answer(&table);
            let rows = judge::csv(&table.bytes);
            assert!(rows.iter().flatten().any(|cell| *cell == guarded(payload)), "{payload:?} in {rows:?}");
            let book = desk.get(&format!("{path}&format=xlsx")).is(200);
            judge::answer(&book);
            assert!(judge::workbook(&book.bytes).contains(&format!(">{}</t>", in_xml(payload))), "{payload:?}");
            if let Some(row) = rows.iter().find(|row| row[0] == "konferens-1") {
                assert!(row[2..].iter().all(|cell| cell.is_empty() || cell.replace(',', ".").parse::<f64>().is_ok()), "{row:?}");
            }
        }
    }
}
