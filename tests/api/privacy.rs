//! What is kept about people: told as a rule, given as a copy, taken away on request and on time; and that no column is forgotten.
use std::collections::BTreeSet;

use diesel::{connection::SimpleConnection, prelude::*};
use nobel21::{
    db::{
        Conn,
        schema::{bookings, letters, people},
    },
    housekeeping,
    people::Role,
    privacy::{
        nobody::NOBODY,
        register::{ORGANISATION, PURPOSES, ROOM, What},
        tables::TABLES,
    },
};

use crate::{
    bookings::{good, with},
    schemas::{lines, tables, wherever},
    sign_in::sign_in,
    support::{
        App, PASSWORD, Value,
        database::{Engine, engine},
        json,
    },
};

/// Every column, as `table.column`, that is written down neither as one about a person nor as one about nobody; and what is written down
/// twice, or though there is no such column.
fn undecided(c: &mut Conn) -> (BTreeSet<String>, BTreeSet<String>) {
    let there: BTreeSet<String> =
        tables(c).iter().flat_map(|(table, columns)| columns.iter().map(move |column| format!("{table}.{column}"))).collect();
    let told = TABLES.iter().flat_map(|table| {
        let along = table.along.iter().map(|(name, _)| *name).filter(|name| ![ORGANISATION.0, ROOM.0].contains(name));
        table.columns.iter().map(|column| column.name).chain(along).map(|name| format!("{}.{name}", table.name))
    });
    let nobody = NOBODY.iter().flat_map(|(table, columns)| columns.split(' ').map(move |name| format!("{table}.{name}")));
    let (mut decided, mut wrong) = (BTreeSet::new(), BTreeSet::new());
    for column in told.chain(nobody) {
        if !there.contains(&column) || !decided.insert(column.clone()) {
            wrong.insert(column);
        }
    }
    (&there - &decided, wrong)
}

/// Every reference to a person, as the database has it.
fn references(c: &mut Conn) -> Vec<String> {
    let query = match c {
        Conn::Sqlite(_) => {
            "SELECT m.name || '.' || f.\"from\" AS line FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f \
             WHERE m.type = 'table' AND f.\"table\" = 'people'"
        }
        Conn::Postgres(_) => {
            "SELECT c.conrelid::regclass || '.' || a.attname AS line FROM pg_constraint c \
             JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) \
             WHERE c.contype = 'f' AND c.confrelid = 'people'::regclass"
        }
    };
    lines(c, query)
}

#[test]
fn every_column_is_in_the_register_with_purpose_ground_and_period_or_said_to_be_about_nobody() {
    let app = App::empty();
    let (missing, wrong) = app.read(|c| Ok(undecided(c)));
    assert!(missing.is_empty(), "about whom? If about nobody, it belongs into src/privacy/nobody.rs, else into tables.rs: {missing:?}");
    assert!(wrong.is_empty(), "in src/privacy twice, or no such column: {wrong:?}");
    for table in TABLES {
        let purpose = PURPOSES.iter().find(|one| one.id == table.purpose);
        assert!(purpose.is_some_and(|one| !one.basis.sv.is_empty() && !one.basis.en.is_empty()), "{} has no purpose", table.name);
    }
    // By a reference the rows are found that are about somebody, so that none may be missing.
    let found: BTreeSet<String> = TABLES
        .iter()
        .flat_map(|table| table.columns.iter().map(move |column| (table, column)))
        .filter(|(_, column)| column.what == What::Reference)
        .map(|(table, column)| format!("{}.{}", table.name, column.name))
        .collect();
    let lost: Vec<String> = app.read(|c| Ok(references(c))).into_iter().filter(|reference| !found.contains(reference)).collect();
    assert!(lost.is_empty() && found.len() > 20, "references to people that nobody is found by: {lost:?}");
}

#[test]
fn a_new_column_of_any_type_in_any_table_is_noticed() {
    let app = App::empty();
    let (text, number, bytes, more) = match engine() {
        Engine::Sqlite => ("TEXT", "INTEGER", "BLOB", [("born", "TEXT"), ("network", "ANY")]),
        Engine::Postgres => ("varchar(80)", "bigint", "bytea", [("born", "date"), ("network", "inet")]),
    };
    let new =
        [("rooms", "caretaker", text), ("rooms", "caretaker_id", text), ("occupancies", "seen_at", text), ("spaces", "shoe_size", number)];
    let new = new.into_iter().chain([("rooms", "face", bytes)]).chain(more.map(|(name, kind)| ("people", name, kind)));
    let mut names = BTreeSet::from(["guests.name".to_owned()]);
    app.write(|c| Ok(c.batch_execute(&format!("CREATE TABLE guests (name {text}){}", if text == "TEXT" { " STRICT" } else { "" }))?));
    for (table, column, kind) in new {
        app.write(|c| Ok(c.batch_execute(&format!("ALTER TABLE {table} ADD COLUMN {column} {kind}"))?));
        names.insert(format!("{table}.{column}"));
    }
    assert_eq!(app.read(|c| Ok(undecided(c))), (names, BTreeSet::new()));
}

#[test]
fn the_notice_tells_everybody_what_is_kept_why_and_for_how_long_as_the_house_has_decided() {
    let app = App::empty();
    let admin = app.admin();
    let version = admin.get("/settings").is(200);
    let mut retention = version["retention"].clone();
    retention["letters"] = json!(45);
    let change =
        json!({"controller": "Föreningscentret <b>Nobel 21</b>", "privacy_contact": "integritet@nobel21.example", "retention": retention});
    admin.if_match("*").patch("/settings", change).is(200);
    let notice = app.anonymous().get("/privacy").is(200);
    assert_eq!(
        (&notice["controller"], &notice["contact"]),
        (&json!("Föreningscentret <b>Nobel 21</b>"), &json!("integritet@nobel21.example"))
    );
    let purposes = notice["purposes"].as_array().unwrap();
    assert_eq!(purposes.len(), PURPOSES.len());
    let of = |id: &str| purposes.iter().find(|one| one["id"] == id).unwrap();
    assert!(of("letter")["kept"].as_str().unwrap().starts_with("45 dagar efter att brevet skrevs. "), "{}", of("letter"));
    assert!(purposes.iter().all(|one| !one["kinds"].as_array().unwrap().is_empty()), "a purpose that nothing is kept for");
    assert_eq!(app.anonymous().language("en").get("/privacy").is(200)["purposes"][0]["basis"], "Legitimate interest, Article 6(1)(f)");
    // Periods have bounds; the trail can't be cut short.
    retention["audit_trail"] = json!(30);
    admin.if_match("*").patch("/settings", json!({"retention": retention})).refused(422, "invalid_field");
}

#[test]
fn somebody_gets_a_copy_of_everything_about_it_and_of_nobody_else() {
    let app = App::spawn();
    let organisation = app.organisation("Limhamns språkkafé");
    let (booker, other) = (app.booker(organisation), app.booker(organisation));
    let mine = with(good(organisation), json!({"title": "Min träff", "contact_phone": "070-174 06 05"}));
    booker.post("/bookings", mine).is(201);
    let later = json!({"title": "Deras träff", "starts_at": "2026-11-26T18:00:00+01:00", "ends_at": "2026-11-26T20:00:00+01:00"});
    other.post("/bookings", with(good(organisation), later)).is(201);
    sign_in(&app, booker.email(), PASSWORD).is(200);
    let data = booker.get("/me/data").is(200);
    let section = |kind: &str| data["sections"].as_array().unwrap().iter().find(|one| one["kind"] == kind);
    let account = &section("people").unwrap()["rows"][0];
    assert_eq!((&account["email"], &account["reminders"]), (&json!(booker.email()), &json!(true)));
    let booked = &section("bookings").unwrap()["rows"];
    assert_eq!(booked.as_array().unwrap().len(), 1);
    assert_eq!(
        (&booked[0]["title"], &booked[0]["organisation"], &booked[0]["starts_at"]),
        (&json!("Min träff"), &json!("Limhamns språkkafé"), &json!("2026-11-24T18:00:00+01:00"))
    );
    assert!(booked[0]["contact_phone"].as_str().unwrap().contains("174"));
    assert_eq!(section("memberships").unwrap()["rows"][0]["organisation"], "Limhamns språkkafé");
    assert!(section("audit_log").unwrap()["rows"].as_array().unwrap().iter().any(|row| row["action"] == "signed_in"));
    let text = data.text();
    assert!(!text.contains("Deras träff") && !text.contains(other.email()));
    assert!(!text.contains("argon2") && !text.contains("token_hash"), "secrets are nobody's to read");
    assert_eq!(data.header("cache-control"), "no-store");
    // Each column that stands in a row has a name that people know.
    for section in data["sections"].as_array().unwrap() {
        let labelled: BTreeSet<&str> =
            section["columns"].as_array().unwrap().iter().map(|column| column["name"].as_str().unwrap()).collect();
        assert!(section["rows"][0].as_object().unwrap().keys().all(|name| labelled.contains(name.as_str())), "{section}");
    }
}

#[test]
fn whoever_has_left_is_told_no_more_of_what_the_association_plans_nor_the_desk_of_others() {
    let app = App::spawn();
    let organisation = app.organisation("Kvinnojouren");
    let (booker, admin) = (app.booker(organisation), app.admin());
    let made = booker.post("/bookings", with(good(organisation), json!({"title": "Möte", "contact_phone": "070-174 06 05"}))).is(201);
    let row = || -> Value {
        let data = booker.get("/me/data").is(200);
        let sections = data["sections"].as_array().unwrap();
        sections.iter().find(|one| one["kind"] == "bookings").unwrap()["rows"][0].clone()
    };
    assert_eq!((&row()["title"], &row()["organisation"]), (&json!("Möte"), &json!("Kvinnojouren")));
    admin.if_match("*").delete(&format!("/organisations/{organisation}/members/{}", booker.id())).is(204);
    let moved = json!({"title": "Mötet i maj", "starts_at": "2026-11-26T18:00:00+01:00", "ends_at": "2026-11-26T20:00:00+01:00"});
    admin.if_match("*").patch(&made.location(), moved).is(200);
    let left = row();
    assert!(left["contact_phone"].as_str().unwrap().contains("174"), "{left}");
    assert_eq!(left["reference"], made["reference"]);
    let told: Vec<&String> = left.as_object().unwrap().iter().filter(|(_, value)| !value.is_null()).map(|(name, _)| name).collect();
    assert_eq!(told, ["contact_phone", "reference"]);
    let text = booker.get("/me/data").is(200).text();
    for word in ["Möte", "Kvinnojouren", "2026-11-26"] {
        assert!(!text.contains(word), "{word} in {text}");
    }
    // At the desk: for as long as somebody works there.
    let desk = app.reception();
    desk.post("/loans", json!({"item": "Nyckel 4", "organisation_id": organisation, "borrower": "Sanna"})).is(201);
    desk.post("/shift-notes", json!({"text": "Sanna ringer i kväll"})).is(201);
    assert!(desk.get("/me/data").is(200).text().contains("Sanna"));
    admin.if_match("*").patch(&format!("/users/{}", desk.id()), json!({"role": "booker"})).is(200);
    assert!(!desk.get("/me/data").is(200).text().contains("Sanna"));
}

#[test]
fn whoever_is_erased_is_nowhere_but_in_the_trail_and_the_bookings_keep_room_time_association_and_counts() {
    let app = App::spawn();
    let (admin, organisation, other) = (app.admin(), app.organisation("Limhamns språkkafé"), app.organisation("Kastanjen"));
    let booker = app.booker(organisation);
    let (name, email, phone) = ("Rosalinda Ö'Quist", booker.email().to_owned(), "070-174 06 05");
    booker.if_match("*").patch("/me", json!({"name": name})).is(200);
    let booking = booker.key("a booking").post("/bookings", with(good(organisation), json!({"contact_phone": phone}))).is(201);
    let taken = json!({"starts_at": "2026-11-25T18:00:00+01:00", "ends_at": "2026-11-25T20:00:00+01:00"});
    app.booker(other).post("/bookings", with(good(other), taken.clone())).is(201);
    let wish = json!({"contact_phone": phone, "description": "", "display": "neutral"});
    booker.key("a wish").post("/waitlist", with(with(good(organisation), taken), wish)).is(201);
    booker.key("a fault").post("/faults", json!({"room": "konferens-1", "description": "Lampan blinkar."})).is(201);
    // Others write of it too.
    let asked = json!({"email": email, "name": name, "organisation_admin": false});
    admin.key("a member").post(&format!("/organisations/{other}/members"), asked).is(201);
    admin.if_match("*").patch(&format!("/users/{}", booker.id()), json!({"language": "en"})).is(200);
    sign_in(&app, &email, PASSWORD).is(200);
    app.deliver_mail();
    // In any form in which it may be kept: as written, folded, as HTML, in digits.
    let traces = ["Rosalinda", "rosalinda", &email, "174 06 05", "174-06", "1740605"];
    let places = || -> BTreeSet<String> { traces.iter().flat_map(|words| app.read(|c| Ok(wherever(c, words)))).collect() };
    let before = places();
    for place in
        ["people.name", "people.email_key", "letters.to_key", "letters.body_text", "bookings.contact_phone", "idempotency_keys.answer"]
    {
        assert!(before.contains(place), "the test looks where nothing is: {place} is not in {before:?}");
    }
    booker.post("/me/erase", json!({})).refused(422, "invalid_field");
    booker.post("/me/erase", json!({"current_password": "fel lösenord"})).refused(422, "invalid_field");
    booker.post("/me/erase", json!({"current_password": PASSWORD})).is(204);
    booker.get("/me").refused(401, "unauthenticated");
    sign_in(&app, &email, PASSWORD).refused(401, "invalid_credentials");
    // The trail can only be added to: it keeps who did what until its time is over, and whoever is erased is told so.
    let left: Vec<_> = places().into_iter().filter(|place| !place.starts_with("audit_log.")).collect();
    assert!(left.is_empty(), "{left:?}");
    let kept = admin.get(&booking.location()).is(200);
    for same in ["room", "starts_at", "ends_at", "organisation", "expected_participants", "status"] {
        assert_eq!(kept[same], booking.json[same], "{same}");
    }
    assert!(kept["contact_phone"].is_null());
    // The address may be used anew, by whoever has it.
    admin.post("/users", json!({"email": email, "name": "Ny", "role": "booker"})).is(201);
}

#[test]
fn an_admin_erases_at_request_and_never_the_last_admin() {
    let app = App::empty();
    let (admin, booker) = (app.admin(), app.person(Role::Booker));
    admin.post_empty(&format!("/users/{}/erase", booker.id())).is(204);
    booker.get("/me").refused(401, "unauthenticated");
    let seen = admin.get(&format!("/users/{}", booker.id())).is(200);
    assert_eq!((&seen["name"], &seen["disabled"], &seen["memberships"]), (&json!("Borttaget konto"), &json!(true), &json!([])));
    // It stays so, and is in no list.
    let path = format!("/users/{}", booker.id());
    admin.if_match("*").patch(&path, json!({"disabled": false})).refused(409, "wrong_state");
    assert!(admin.get("/users").is(200).items().iter().all(|user| user["name"] != "Borttaget konto"));
    admin.post_empty(&format!("/users/{}/erase", admin.id())).refused(409, "last_admin");
    admin.post("/me/erase", json!({"current_password": PASSWORD})).refused(409, "last_admin");
}

#[test]
fn what_is_over_is_forgotten_on_time() {
    let app = App::spawn();
    let organisation = app.organisation("Limhamns språkkafé");
    let booker = app.booker(organisation);
    let id = booker.post("/bookings", with(good(organisation), json!({"contact_phone": "070-174 06 05"}))).is(201).id();
    let phone = || -> Option<String> {
        let id: nobel21::id::Id = id.parse().unwrap();
        app.read(|c| Ok(bookings::table.find(id).select(bookings::contact_phone).first(c)?))
    };
    app.admin().if_match("*").patch(&format!("/users/{}", booker.id()), json!({"disabled": true})).is(200);
    let name = || app.read(|c| Ok(people::table.find(booker.id()).select(people::name).first::<String>(c)?));
    let tidy = |at: &str| housekeeping::tidy_up(app.db(), at.parse().unwrap()).unwrap();
    // The gathering ends on the 24th of November at 20:00.
    tidy("2026-12-24T19:59:00+01:00");
    assert!(phone().is_some());
    tidy("2026-12-24T20:01:00+01:00");
    assert_eq!(phone(), None);
    tidy("2028-11-21T08:00:00+01:00");
    assert_ne!(name(), "Borttaget konto");
    tidy("2028-11-23T09:00:00+01:00");
    assert_eq!(name(), "Borttaget konto");
    let recipients: Vec<(String, String)> = app.read(|c| Ok(letters::table.select((letters::to_address, letters::to_name)).load(c)?));
    assert!(recipients.iter().all(|(address, _)| address != booker.email()), "{recipients:?}");
    let value: Value = app.admin().get("/settings").is(200)["retention"].clone();
    assert_eq!(
        value,
        json!({"contact_phones": 30, "letters": 90, "audit_trail": 365, "closed_accounts": 730, "shift_notes": 90, "loans": 366, "roll_calls": 732})
    );
}
