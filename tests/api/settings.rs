//! What the house decides for itself.
use serde_json::{Value, json};

use crate::support::App;

#[test]
fn settings_are_read_changed_and_put_on_record() {
    let app = App::spawn();
    let admin = app.admin();
    let before = admin.get("/settings").is(200);
    assert_eq!(before["approval_hours"], json!(null));
    assert_eq!(before["weekend_cutoff"], json!(null));
    let waits = |of: &Value| json!([of["waitlist_hold_hours"], of["no_show_minutes"], of["ask_participants"]]);
    assert_eq!(waits(&before.json), json!([12, null, true]));
    assert_eq!(before["prime_time"], json!({"weekdays": [1, 2, 3, 4, 5], "from": "17:00", "to": "22:00"}));
    admin.patch("/settings", json!({"approval_hours": 72})).refused(428, "precondition_required");
    let change = json!({
        "approval_hours": 72, "weekend_cutoff": {"weekday": 4, "at": "16:00"},
        "prime_time": {"weekdays": [7, 6, 6], "from": "10:00", "to": "24:00"},
        "waitlist_hold_hours": 24, "no_show_minutes": 30, "ask_participants": false,
    });
    let after = admin.if_match(before.etag()).patch("/settings", change).is(200);
    assert_eq!(after["prime_time"]["weekdays"], json!([6, 7]));
    assert_eq!(waits(&admin.get("/settings").is(200).json), json!([24, 30, false]));
    admin.if_match(before.etag()).patch("/settings", json!({"approval_hours": null})).is(412);
    let off = json!({"approval_hours": null, "weekend_cutoff": null, "no_show_minutes": null});
    let again = admin.if_match(after.etag()).patch("/settings", off).is(200);
    assert_eq!(waits(&again.json), json!([24, null, false]));
    assert_eq!((&again["approval_hours"], &again["version"]), (&json!(null), &json!(3)));
    assert_eq!(admin.get("/audit?noun=settings").is(200).items().len(), 2);
}

#[test]
fn every_fault_of_the_settings_is_told_at_once() {
    let app = App::spawn();
    let body = json!({
        "approval_hours": 0, "weekend_cutoff": {"weekday": 6, "at": "16"}, "prime_time": {"weekdays": [8], "from": "17:00"}, "x": 1,
        "waitlist_hold_hours": null, "no_show_minutes": 4, "ask_participants": "ja",
    });
    let refused = app.admin().if_match("*").patch("/settings", body).refused(422, "invalid_field");
    assert_eq!(
        refused.fields(),
        [
            "approval_hours",
            "ask_participants",
            "no_show_minutes",
            "prime_time.to",
            "prime_time.weekdays.0",
            "waitlist_hold_hours",
            "weekend_cutoff.at",
            "weekend_cutoff.weekday",
            "x",
        ]
    );
    let backwards = json!({"prime_time": {"weekdays": [1], "from": "17:00", "to": "17:00"}});
    assert_eq!(app.admin().if_match("*").patch("/settings", backwards).is(422).fields(), ["prime_time.to"]);
    let at_its_end = json!({"weekend_cutoff": {"weekday": 5, "at": "24:00"}});
    assert_eq!(app.admin().if_match("*").patch("/settings", at_its_end).is(422).fields(), ["weekend_cutoff.at"]);
    app.admin().if_match("*").patch("/settings", json!({})).is(422);
}

#[test]
fn it_is_said_hour_by_hour_of_the_week_whose_count_of_visits_holds() {
    let app = App::spawn();
    let admin = app.admin();
    assert_eq!(admin.get("/settings").is(200)["visit_sources"], json!([]));
    let evenings = json!([
        {"weekdays": [5, 1, 1], "from": "18:00", "to": "24:00", "source": "counter"},
        {"weekdays": [6, 7], "from": "00:00", "to": "24:00", "source": "desk"},
    ]);
    let after = admin.if_match("*").patch("/settings", json!({"visit_sources": evenings})).is(200);
    assert_eq!(after["visit_sources"][0], json!({"weekdays": [1, 5], "from": "18:00", "to": "24:00", "source": "counter"}));
    assert_eq!(admin.get("/settings").is(200)["visit_sources"].as_array().unwrap().len(), 2);
    let twice = json!([
        {"weekdays": [1], "from": "18:00", "to": "22:00", "source": "counter"},
        {"weekdays": [1, 2], "from": "21:00", "to": "21:00", "source": "desk"},
        {"weekdays": [1, 2], "from": "21:00", "to": "23:00", "source": "desk"},
    ]);
    let refused = admin.if_match("*").patch("/settings", json!({"visit_sources": twice})).refused(422, "invalid_field");
    assert_eq!(refused.fields(), ["visit_sources.1.to", "visit_sources.2.weekdays"]);
    let shapes = json!([{"weekdays": [], "from": "18:30", "to": "kl 22", "source": "gate"}]);
    let refused = admin.if_match("*").off_contract().patch("/settings", json!({"visit_sources": shapes})).refused(422, "invalid_field");
    assert_eq!(refused.fields(), ["visit_sources.0.source", "visit_sources.0.to", "visit_sources.0.weekdays"]);
}
