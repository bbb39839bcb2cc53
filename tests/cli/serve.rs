use std::{
    os::unix::fs::PermissionsExt,
    time::{Duration, Instant},
};

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};

use super::support::Place;

const ANY_PORT: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];

#[test]
fn serve_says_where_it_listens_and_how_the_first_admin_gets_in_and_stops_when_told() {
    for signal in ["TERM", "INT", "HUP"] {
        let place = Place::new();
        let mut server = place.serve(&ANY_PORT);
        let link = server.line_with("/kom-igang#");
        assert!(link.trim().starts_with(&server.url), "{link}");
        assert_eq!(server.get("/healthz"), 200);
        assert_eq!(server.get("/readyz"), 200);
        server.signal(signal);
        assert_eq!(server.ended(Duration::from_secs(12)), Some(0), "{signal}");
    }
}

#[test]
fn told_to_stop_by_a_service_manager_it_says_so_and_answers_on_until_a_proxy_has_noticed() {
    let place = Place::new();
    let mut server = place.serve(&ANY_PORT);
    let mut kept = server.connection();
    assert!(!kept.get("/api/v1/rooms").1);
    let told = Instant::now();
    server.signal("TERM");
    server.line_with("Stopping");
    // A connection that was open is answered once more and told to end; new ones are let in, until a proxy that asks every second knows.
    assert_eq!(kept.get("/api/v1/rooms"), (200, true));
    assert_eq!(server.connection().get("/readyz"), (503, true));
    while server.is_let_in() {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(told.elapsed() >= Duration::from_secs(3), "{:?}", told.elapsed());
    assert_eq!(server.ended(Duration::from_secs(10)), Some(0));
}

#[test]
fn a_second_signal_does_not_wait() {
    let place = Place::new();
    let mut server = place.serve(&ANY_PORT);
    server.signal("TERM");
    server.line_with("Stopping");
    server.signal("TERM");
    // It would wait for three.
    assert_eq!(server.ended(Duration::from_millis(2900)), Some(0));
}

#[test]
fn the_file_alone_is_the_whole_house_once_nobody_runs() {
    let place = Place::new();
    assert_eq!(place.run(&["migrate"]).code, 0);
    // Whoever has the file open keeps SQLite itself from folding its log into it when the program ends.
    let mut beside = SqliteConnection::establish(place.path("data/nobel21.db").to_str().unwrap()).unwrap();
    let mut whole = |after: &str| {
        let file = std::fs::read(place.path("data/nobel21.db")).unwrap();
        beside.batch_execute("SELECT * FROM people; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        assert!(std::fs::read(place.path("data/nobel21.db")).unwrap() == file, "{after}");
    };
    whole("migrate");
    let mut server = place.serve(&["serve", "--listen", "127.0.0.1:0"]);
    server.signal("INT");
    server.ended(Duration::from_secs(10));
    whole("serve");
    assert_eq!(place.run(&["user", "add", "--email", "bo@example.org", "--name", "Bo Ek", "--role", "admin"]).code, 0);
    whole("user add");
}

#[test]
fn the_data_folder_and_the_secret_are_for_their_owner_alone() {
    let place = Place::new();
    drop(place.serve(&ANY_PORT));
    let mode = |name: &str| place.path(name).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("data"), 0o700);
    assert_eq!(mode("data/secret"), 0o600);
}

#[test]
fn the_link_for_the_first_admin_is_gone_once_there_is_one() {
    let place = Place::new();
    let added = place.run_with_input(
        &["user", "add", "--email", "a@example.org", "--name", "A", "--role", "admin", "--password-stdin"],
        "ett långt lösenord\n",
    );
    assert_eq!(added.code, 0, "{added:?}");
    let mut server = place.serve(&ANY_PORT);
    server.signal("TERM");
    server.line_with("Stopping");
    assert!(!server.said.iter().any(|line| line.contains("kom-igang")), "{:?}", server.said);
}

#[test]
fn sentences_are_swedish_where_the_terminal_is() {
    for (name, value, swedish) in [("LC_ALL", "sv_SE.UTF-8", true), ("LC_ALL", "en_GB.UTF-8", false)] {
        let ran = Place::new().with(name, value).run(&["serve", "--database-url", "sqlite:nowhere/a.db"]);
        assert_eq!(ran.code, 1);
        assert_eq!(ran.err.contains("finns inte"), swedish, "{ran:?}");
        assert_eq!(ran.err.contains("does not exist"), !swedish, "{ran:?}");
    }
    // LC_ALL goes before LC_MESSAGES, and that before LANG.
    let place = Place::new().with("LC_ALL", "").with("LC_MESSAGES", "sv_SE.UTF-8").with("LANG", "en_GB.UTF-8");
    assert!(place.run(&["user", "list"]).err.contains("det finns ingen databas"));
}

#[test]
fn a_database_that_cannot_be_used_is_refused_with_a_sentence() {
    let place = Place::new();
    std::fs::write(place.path("text.db"), "This is no database, however long one reads on. ".repeat(50)).unwrap();
    std::fs::create_dir(place.path("folder.db")).unwrap();
    for (url, sentence) in [
        ("sqlite:nowhere/a.db", "does not exist"),
        ("sqlite:folder.db", "is a folder"),
        ("sqlite:text.db", "can't be opened"),
        ("postgres://nobody@127.0.0.1:1/nothing", "can't be opened"),
    ] {
        let ran = place.run(&["serve", "--listen", "127.0.0.1:0", "--database-url", url]);
        assert_eq!(ran.code, 1, "{url}: {ran:?}");
        assert!(ran.err.contains(sentence), "{url}: {ran:?}");
        assert!(!ran.err.contains("panicked"), "{url}: {ran:?}");
    }
    assert!(!place.path("nowhere").exists());
}

#[test]
fn a_database_that_may_not_be_read_is_refused_with_a_sentence() {
    let place = Place::new();
    let file = place.path("a.db");
    assert_eq!(place.run(&["migrate", "--database-url", "sqlite:a.db"]).code, 0);
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o000)).unwrap();
    if std::fs::File::open(&file).is_ok() {
        return; // root reads everything
    }
    let ran = place.run(&["serve", "--listen", "127.0.0.1:0", "--database-url", "sqlite:a.db"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("can't be read and written"), "{ran:?}");
}

#[test]
fn a_database_of_a_newer_version_is_refused_with_a_sentence() {
    let place = Place::new();
    assert_eq!(place.run(&["migrate"]).code, 0);
    let mut conn: diesel::SqliteConnection = diesel::Connection::establish(place.path("data/nobel21.db").to_str().unwrap()).unwrap();
    diesel::connection::SimpleConnection::batch_execute(&mut conn, "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')")
        .unwrap();
    for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["migrate"], &["user", "list"], &["doctor"]] {
        let ran = place.run(command);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(format!("{}{}", ran.out, ran.err).contains("newer version"), "{ran:?}");
    }
}

#[test]
fn wrong_use_is_told_apart_from_a_refusal() {
    let place = Place::new();
    for arguments in [
        &["fly"][..],
        &[],
        &["serve", "--port", "1"],
        &["serve", "--workers", "0"],
        &["serve", "--database-url", "mysql://x"],
        &["serve", "--public-url", "boka.example.org"],
        &["serve", "--smtp-url", "http://x"],
        &["serve", "--mail-from", "nobody"],
        &["import"],
        &["figures", "1969"],
        &["figures", "2023", "--format", "pdf"],
        &["user", "add", "--email", "x", "--name", "X", "--role", "admin"],
        &["user", "add", "--email", "x@example.org", "--name", "X", "--role", "king"],
        &["user", "add", "--email", "x@example.org", "--name", "X", "--role", "booker", "--organisation", "12"],
        &["user", "add", "--email", "x@example.org", "--name", "X", "--role", "booker", "--organisation-admin"],
    ] {
        let ran = place.run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {ran:?}");
    }
    assert_eq!(place.with("NOBEL21_LOG", "nobel21=loud").run(&["migrate"]).code, 2);
}

#[test]
fn every_command_explains_itself_with_an_example() {
    let place = Place::new();
    for command in
        ["serve", "demo", "migrate", "doctor", "import", "figures", "user", "user add", "user list", "user disable", "backup", "restore"]
    {
        let mut arguments: Vec<&str> = command.split(' ').collect();
        arguments.push("--help");
        let ran = place.run(&arguments);
        assert_eq!(ran.code, 0);
        assert!(ran.out.contains("Example"), "{command}: {}", ran.out);
        assert!(ran.out.contains(&format!("nobel21 {command}")), "{command}: {}", ran.out);
    }
}

#[test]
fn a_taken_port_is_refused_with_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let ran = Place::new().run(&["serve", "--listen", &taken.local_addr().unwrap().to_string()]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("choose another port with --listen"), "{ran:?}");
}

#[test]
fn what_holds_a_password_may_stand_in_a_file_of_its_own() {
    let place = Place::new();
    let file = place.path("database");
    std::fs::write(&file, "postgres://nobody:hemligt@127.0.0.1:1/nothing\n").unwrap();
    let place = place.with("DATABASE_URL", &format!("file:{}", file.display()));
    let ran = place.run(&["migrate"]);
    assert!(ran.code == 1 && ran.err.contains("@127.0.0.1:1/nothing") && !ran.err.contains("hemligt"), "{ran:?}");
    let ran = place.with("NOBEL21_SMTP_URL", "file:/no/such/file").run(&["serve"]);
    assert!(ran.code == 2 && ran.err.contains("/no/such/file"), "{ran:?}");
}

#[test]
fn log_lines_are_json_when_nobody_watches() {
    let ran = Place::new().with("NOBEL21_LOG", "trace").run(&["migrate"]);
    assert_eq!(ran.code, 0);
    for line in ran.err.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap_or_else(|_| panic!("{line}"));
    }
    let ran = Place::new().with("NOBEL21_LOG", "text,trace").run(&["migrate"]);
    assert!(ran.err.lines().all(|line| !line.starts_with('{')));
}
