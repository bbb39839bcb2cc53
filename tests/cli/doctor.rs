use diesel::{Connection, RunQueryDsl};
use nobel21::time::{Clock, Moment};

use super::support::Place;

#[test]
fn a_healthy_house_gets_one_ok_for_each_thing() {
    let place = Place::new();
    let server = place.serve(&["serve", "--listen", "127.0.0.1:0"]);
    let ran = place.run(&["doctor"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.out.lines().count(), 10, "{}", ran.out);
    assert!(ran.out.lines().all(|line| line.starts_with("ok ")), "{}", ran.out);
    drop(server);
}

#[test]
fn what_is_missing_is_told_with_what_to_do() {
    let place = Place::new();
    let ran = place.run(&["doctor"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("not ok  configuration: there is no folder ./data"), "{}", ran.out);
    assert!(ran.out.contains("not ok  database:"), "{}", ran.out);
    assert!(!place.path("data").exists(), "it must change nothing");
}

#[test]
fn an_unreachable_mail_server_or_database_is_told_with_what_to_do() {
    let place = Place::new();
    assert_eq!(place.run(&["migrate"]).code, 0);
    let ran = place.run(&["doctor", "--smtp-url", "smtp://127.0.0.1:1?tls=none"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("not ok  mail:") && ran.out.contains("check --smtp-url"), "{}", ran.out);
    let ran = place.run(&["doctor", "--database-url", "postgres://nobody:hemligt@127.0.0.1:1/nothing"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("not ok  database:") && !ran.out.contains("hemligt"), "{}", ran.out);
}

#[test]
fn a_damaged_database_and_a_secret_that_others_read_are_found() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    drop(place.serve(&["serve", "--listen", "127.0.0.1:0"]));
    std::fs::set_permissions(place.path("data/secret"), PermissionsExt::from_mode(0o644)).unwrap();
    std::fs::write(place.path("data/nobel21.db"), "rubbish ".repeat(2000)).unwrap();
    for side in ["data/nobel21.db-wal", "data/nobel21.db-shm"] {
        let _ = std::fs::remove_file(place.path(side));
    }
    let ran = place.run(&["doctor"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("chmod 600"), "{}", ran.out);
    assert!(ran.out.contains("not ok  database:"), "{}", ran.out);
}

/// A place with a copy in its folder that is so many days old.
fn with_backup(days: i32) -> Place {
    let place = Place::new();
    assert_eq!(place.run(&["migrate"]).code, 0);
    std::fs::create_dir(place.path("data/backups")).unwrap();
    // Asked for from the hour at which a night's copy is due.
    let date = Clock::System.now().plus_minutes(-3 * 60).days_ago(days).date();
    let made = place.run(&["backup", &format!("data/backups/nobel21-{date}.db")]);
    assert_eq!(made.code, 0, "{made:?}");
    place
}

fn line_of_backups(place: &Place, more: &[&str]) -> (i32, String) {
    let ran = place.run(&[&["doctor"], more].concat());
    (ran.code, ran.out.lines().find(|line| line.contains("  backups: ")).unwrap_or_else(|| panic!("{ran:?}")).to_owned())
}

#[test]
fn a_newest_backup_older_than_two_days_is_told_with_what_to_do() {
    let (code, line) = line_of_backups(&with_backup(1), &[]);
    assert!(code == 0 && line.starts_with("ok ") && line.contains("1 in ./data/backups, the newest of"), "{line}");
    let (code, line) = line_of_backups(&with_backup(2), &[]);
    assert!(code == 1 && line.starts_with("not ok ") && line.contains("make sure that nobel21 serve runs"), "{line}");
}

#[test]
fn a_house_without_backups_is_well_for_two_days_or_if_it_says_so() {
    let place = Place::new();
    assert_eq!(place.run(&["migrate"]).code, 0);
    let (code, line) = line_of_backups(&place, &[]);
    assert!(code == 0 && line.contains("none yet"), "{line}");
    let mut database = diesel::SqliteConnection::establish(place.path("data/nobel21.db").to_str().unwrap()).unwrap();
    let back = Moment::from_unix(Clock::System.now().unix() - 2 * 24 * 3600 - 1).utc();
    diesel::sql_query(format!("UPDATE __diesel_schema_migrations SET run_on = '{back}'")).execute(&mut database).unwrap();
    let (code, line) = line_of_backups(&place, &[]);
    assert!(code == 1 && line.contains("none in ./data/backups"), "{line}");
    let (code, line) = line_of_backups(&place, &["--backup-dir", ""]);
    assert!(code == 0 && line.contains("turned off"), "{line}");
    let ran = place.run(&["doctor", "--database-url", "postgres://nobody@127.0.0.1:1/nothing"]);
    assert!(ran.out.contains("backups: PostgreSQL is backed up by whoever runs the database"), "{}", ran.out);
}

#[test]
fn a_spoiled_backup_is_found() {
    let place = with_backup(0);
    let file = std::fs::read_dir(place.path("data/backups")).unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&file).unwrap();
    bytes.iter_mut().skip(4096 * 3).take(4096).for_each(|byte| *byte = 0xff);
    std::fs::write(&file, bytes).unwrap();
    let (code, line) = line_of_backups(&place, &[]);
    assert!(code == 1 && line.contains("is no good") && line.contains("move it away"), "{line}");
}
