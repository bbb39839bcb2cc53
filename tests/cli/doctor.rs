use super::support::Place;

#[test]
fn a_healthy_house_gets_one_ok_for_each_thing() {
    let place = Place::new();
    let server = place.serve(&["serve", "--listen", "127.0.0.1:0"]);
    let ran = place.run(&["doctor"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.out.lines().count(), 9, "{}", ran.out);
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
