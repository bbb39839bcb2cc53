//! A copy of the house every night, and the way back from it.
use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use diesel::RunQueryDsl;
use nobel21::{
    audit::seals::{self, Chain},
    db::Location,
    rounds,
};

use crate::support::{App, Engine, Value, database::Database, json};

/// On this file, with nightly copies beside it.
fn on(file: &Path, background: bool) -> App {
    App::on(Database::blank(Engine::Sqlite), |config| {
        config.database = Location::Sqlite(file.into());
        config.backup_dir = Some(file.with_file_name("backups"));
        config.background = background;
    })
}

/// What the house tells of itself.
fn told(app: &App, booking: &str) -> [Value; 4] {
    let desk = app.reception();
    ["/bookings?limit=100", "/visits/today", "/visits/present", &format!("/bookings/{booking}")].map(|path| desk.get(path).is(200).json)
}

#[test]
fn a_house_whose_file_broke_is_put_back_from_last_nights_copy_and_answers() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("nobel21.db");
    let app = on(&file, false);
    app.furnish();
    let organisation = app.organisation("Limhamns språkkafé");
    let book = |app: &App, title: &str, day: &str| {
        let body = json!({
            "room": "aulan", "organisation_id": organisation, "title": title, "category": "meeting", "expected_participants": 12,
            "starts_at": format!("2026-11-{day}T17:00:00+01:00"), "ends_at": format!("2026-11-{day}T19:00:00+01:00"),
        });
        app.admin().post("/bookings", body).is(201).id()
    };
    let booking = book(&app, "Språkkafé", "23");
    for people in [3, 14] {
        app.reception().post("/visits", json!({"headcount": people, "purpose": "walk_in"})).is(201);
    }
    rounds::seal(app.db(), &app.state.house, app.now()).unwrap();
    let before = told(&app, &booking);
    let nightly = app.state.backups.clone().unwrap();
    let copy = nightly.write_if_due(app.now()).unwrap().unwrap();

    // What comes after the night is not in it.
    let late = book(&app, "Efteråt", "24");
    app.reception().post("/visits", json!({"headcount": 5, "purpose": "walk_in"})).is(201);
    let people = app.signed_in();
    drop(app);
    let mut bytes = fs::read(&file).unwrap();
    bytes.iter_mut().skip(100).step_by(7).for_each(|byte| *byte = 0x5a);
    fs::write(&file, bytes).unwrap();
    let database = format!("sqlite:{}", file.display());
    let program = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nobel21"));
        command.args(arguments).current_dir(folder.path()).env("LC_ALL", "C.UTF-8").env("DATABASE_URL", &database).output().unwrap()
    };
    let doctor = String::from_utf8(program(&["doctor"]).stdout).unwrap();
    assert!(doctor.contains("not ok  database: "), "{doctor}");
    let restored = program(&["restore", copy.file.to_str().unwrap(), "--replace"]);
    assert!(restored.status.success(), "{restored:?}");

    let app = on(&file, false);
    app.knows(people);
    assert_eq!(told(&app, &booking), before);
    app.admin().get(&format!("/bookings/{late}")).refused(404, "not_found");
    assert!(matches!(app.read(|c| seals::verify(c, app.now())), Chain::Whole { seals: 1, .. }));
    // The service goes on: it takes what comes, and refuses what is taken.
    book(&app, "Efteråt", "24");
    let again = json!({
        "room": "aulan", "organisation_id": organisation, "title": "En till", "category": "meeting", "expected_participants": 12,
        "starts_at": "2026-11-23T18:00:00+01:00", "ends_at": "2026-11-23T20:00:00+01:00",
    });
    app.admin().post("/bookings", again).refused(409, "booking_conflict");
    app.anonymous().get("/readyz").is(200);
}

/// A house in this folder that has written its copy of the night.
pub fn with_a_copy(folder: &Path) -> App {
    let app = on(&folder.join("nobel21.db"), true);
    let copy = folder.join("backups/nobel21-2026-11-23.db");
    let begun = Instant::now();
    while !copy.exists() {
        assert!(begun.elapsed() < Duration::from_secs(20), "no copy was written");
        std::thread::sleep(Duration::from_millis(20));
    }
    app
}

#[test]
fn the_service_writes_the_nights_copy_by_itself_and_tells_its_age_and_size() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("nobel21.db");
    let metrics = |app: &App| app.anonymous().get("/metrics").is(200).text();
    let quiet = on(&file, false);
    let page = metrics(&quiet);
    assert!(page.contains("nobel21_backup{measure=\"copies\"} 0\n") && !page.contains("age_seconds"), "{page}");
    drop(quiet);
    let app = with_a_copy(folder.path());
    let copy = folder.path().join("backups/nobel21-2026-11-23.db");
    let page = metrics(&app);
    assert!(page.contains("nobel21_backup{measure=\"copies\"} 1\n"), "{page}");
    // From three o'clock to eight.
    assert!(page.contains("nobel21_backup{measure=\"age_seconds\"} 18000\n"), "{page}");
    let size = copy.metadata().unwrap().len();
    assert!(page.contains(&format!("nobel21_backup{{measure=\"size_bytes\"}} {size}\n")), "{page}");
}

#[test]
fn on_postgresql_nothing_is_written() {
    let app = App::on(Database::cloned(), |config| config.backup_dir = Some(config.data_dir.join("backups")));
    assert!(app.state.backups.is_none());
}

#[test]
fn a_house_moved_to_postgresql_goes_on_with_everybody_signed_in() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("nobel21.db");
    let app = on(&file, false);
    app.furnish();
    let organisation = app.organisation("Limhamns språkkafé");
    let body = json!({
        "room": "aulan", "organisation_id": organisation, "title": "Språkkafé", "category": "meeting", "expected_participants": 12,
        "starts_at": "2026-11-23T17:00:00+01:00", "ends_at": "2026-11-23T19:00:00+01:00",
    });
    let booking = app.admin().post("/bookings", &body).is(201).id();
    app.reception().post("/visits", json!({"headcount": 3, "purpose": "walk_in"})).is(201);
    rounds::seal(app.db(), &app.state.house, app.now()).unwrap();
    let (before, trail, people) = (told(&app, &booking), app.read(|c| seals::verify(c, app.now())), app.signed_in());
    drop(app);
    let there = Database::blank(Engine::Postgres);
    let mut command = Command::new(env!("CARGO_BIN_EXE_nobel21"));
    command.current_dir(folder.path()).env("LC_ALL", "C.UTF-8").env("DATABASE_URL", format!("sqlite:{}", file.display()));
    let moved = command.args(["move", "--to", &there.url()]).output().unwrap();
    assert!(moved.status.success(), "{moved:?}");

    let app = App::on(there, |_| ());
    app.knows(people);
    assert_eq!(told(&app, &booking), before);
    assert_eq!(app.read(|c| seals::verify(c, app.now())), trail);
    app.admin().post("/bookings", &body).refused(409, "booking_conflict");
    // What is written later is kept in order by the same triggers and references as before.
    let changed = app.state.db.write_now(|c| Ok(diesel::sql_query("UPDATE visits SET headcount = 4").execute(c)?));
    assert!(changed.is_err());
    let orphan = app.state.db.write_now(|c| Ok(diesel::sql_query("DELETE FROM organisations").execute(c)?));
    assert!(orphan.is_err());
}
