//! Figures that leave the house: an association's basis for grants, and letters with the month and the half-year.
use diesel::prelude::*;
use nobel21::{db::schema::letters, rounds};
use serde_json::{Value, json};

use crate::{
    bookings::{good, with},
    support::{App, Client},
};

fn report(app: &App) -> usize {
    rounds::report(app.db(), &app.state.house, app.now()).unwrap()
}

fn told(app: &App, kind: &str) -> Vec<(String, String, String)> {
    app.read(|c| {
        let found = letters::table.filter(letters::kind.eq(kind.to_owned())).order(letters::id);
        Ok(found.select((letters::to_address, letters::subject, letters::body_text)).load(c)?)
    })
}

fn held(app: &App, organisation: impl std::fmt::Display, from: &str, to: &str) -> String {
    let times = json!({"starts_at": format!("{from}+01:00"), "ends_at": format!("{to}+01:00"), "override": true});
    app.admin().post("/bookings", with(good(organisation), times)).is(201).id()
}

#[test]
fn an_association_has_its_basis_with_minutes_and_numbers_and_no_names() {
    let app = App::spawn();
    let (own, other) = (app.organisation("Limhamns språkkafé"), app.organisation("Kastanjen"));
    let booker = app.booker(own);
    let long = held(&app, own, "2026-11-24T18:00:00", "2026-11-24T19:00:00");
    held(&app, own, "2026-11-25T18:00:00", "2026-11-25T18:45:00");
    let off = held(&app, own, "2026-11-26T18:00:00", "2026-11-26T19:00:00");
    held(&app, other, "2026-11-27T18:00:00", "2026-11-27T19:00:00");
    held(&app, own, "2027-01-04T18:00:00", "2027-01-04T19:00:00");
    app.admin().post_empty(&format!("/bookings/{off}/cancel")).is(200);
    app.at("2027-02-01T10:00:00+01:00");
    booker.post(&format!("/bookings/{long}/report"), json!({"actual_participants": 3})).is(200);
    let path = format!("/organisations/{own}/attendance-basis");
    let basis = booker.get(&format!("{path}?half_year=2026-H2")).is(200);
    let lines: Vec<(&Value, &Value, &Value)> =
        basis.items().iter().map(|one| (&one["minutes"], &one["long_enough"], &one["actual_participants"])).collect();
    assert_eq!(lines, [(&json!(60), &json!(true), &json!(3)), (&json!(45), &json!(false), &Value::Null)]);
    assert_eq!(basis["totals"], json!({"gatherings": 2, "long_enough": 1, "minutes": 105, "participants": 3, "unreported": 1}));
    assert!(!basis.text().contains("Styrelsemöte"), "a title may name somebody");
    assert_eq!(booker.get(&format!("{path}?half_year=2027-H1")).is(200)["totals"]["gatherings"], 1);

    let file = booker.get(&format!("{path}?half_year=2026-H2&format=csv")).is(200);
    let text = file.text();
    assert!(text.starts_with("\u{feff}Datum;Från;Till;Minuter;60 minuter eller mer;Lokal;"), "{text}");
    assert!(text.contains("2026-11-24;18:00;19:00;60;ja;") && text.contains("2026-11-25;18:00;18:45;45;nej;"), "{text}");
    assert!(file.header("content-disposition").contains("narvaro-2026-H2.csv"));
    let stranger = app.booker(other);
    stranger.get(&format!("{path}?half_year=2026-H2")).refused(404, "not_found");
    for wrong in ["", "?half_year=2026", "?half_year=2026-H3"] {
        assert_eq!(booker.off_contract().get(&format!("{path}{wrong}")).refused(422, "invalid_field").fields(), ["half_year"]);
    }
}

#[test]
fn admins_get_the_month_by_mail_once_it_is_over_unless_they_do_not_want_it() {
    let app = App::spawn();
    let organisation = app.organisation("Kastanjen");
    let (admin, tired) = (app.admin(), app.person(nobel21::people::Role::Admin));
    tired.if_match("*").patch("/me", json!({"report_letters": false})).is(200);
    assert_eq!(tired.get("/me").is(200)["report_letters"], false);
    held(&app, organisation, "2026-11-24T18:00:00", "2026-11-24T20:00:00");
    app.at("2026-11-24T18:10:00+01:00");
    admin.post("/visits", json!({"headcount": 12, "purpose": "walk_in"})).is(201);

    app.at("2026-12-03T06:59:00+01:00");
    assert_eq!(report(&app), 0, "not before seven");
    app.at("2026-12-03T07:00:00+01:00");
    assert_eq!(report(&app), 1);
    assert_eq!(report(&app), 0, "once");
    let letters = told(&app, "monthly_report");
    assert_eq!(letters.len(), 1);
    let (to, subject, text) = &letters[0];
    assert_eq!((to.as_str(), subject.as_str()), (admin.email(), "Husets siffror för november 2026"));
    assert!(text.contains("Sammankomster: 1\n") && text.contains("Besök: 12\n") && text.contains("/konto\n"), "{text}");
    app.at("2027-01-21T07:00:00+01:00");
    assert_eq!(report(&app), 0, "an empty month tells nothing, and late in the month nothing is sent");
}

#[test]
fn whoever_runs_an_association_gets_its_half_year_by_mail() {
    let app = App::spawn();
    let (own, idle) = (app.organisation("Limhamns språkkafé"), app.organisation("Kastanjen"));
    let (manager, _idle, member): (Client, Client, Client) = (app.organisation_admin(own), app.organisation_admin(idle), app.booker(own));
    let booking = held(&app, own, "2026-11-24T18:00:00", "2026-11-24T20:00:00");
    app.at("2026-11-24T21:00:00+01:00");
    member.post(&format!("/bookings/{booking}/report"), json!({"actual_participants": 9})).is(200);
    app.at("2027-01-09T12:00:00+01:00");
    report(&app);
    assert_eq!(told(&app, "half_year_report"), []);
    app.at("2027-01-10T12:00:00+01:00");
    report(&app);
    report(&app);
    let letters = told(&app, "half_year_report");
    assert_eq!(letters.len(), 1, "{letters:?}");
    let (to, subject, text) = &letters[0];
    assert_eq!((to.as_str(), subject.as_str()), (manager.email(), "Limhamns språkkafé: era siffror för andra halvåret 2026"));
    assert!(text.contains("Varav 60 minuter eller mer: 1\n") && text.contains("Deltagare: 9\n"), "{text}");
    assert!(text.contains(&format!("/forening/underlag?forening={own}&halvar=2026-H2")), "{text}");
}
