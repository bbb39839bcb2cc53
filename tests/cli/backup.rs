use super::support::{Place, sample};

const BO: [&str; 8] = ["user", "add", "--email", "bo@example.org", "--name", "Bo", "--role", "admin"];

#[test]
fn a_backup_is_made_while_the_server_runs_and_put_back_when_it_has_stopped() {
    let place = Place::new();
    let mut server = place.serve(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(place.run(&BO).code, 0);
    let made = place.run(&["backup", "copy.db"]);
    assert_eq!(made.code, 0, "{made:?}");
    let again = place.run(&["backup", "copy.db"]);
    assert_eq!(again.code, 1);
    assert!(again.err.contains("exists already"), "{again:?}");
    assert_eq!(place.run(&["user", "add", "--email", "li@example.org", "--name", "Li", "--role", "admin"]).code, 0);

    let running = place.run(&["restore", "copy.db", "--replace"]);
    assert_eq!(running.code, 1);
    assert!(running.err.contains("in use: stop nobel21 serve"), "{running:?}");
    assert_eq!(server.get("/readyz"), 200);
    server.signal("TERM");
    server.ended(std::time::Duration::from_secs(12));

    let full = place.run(&["restore", "copy.db"]);
    assert_eq!(full.code, 1);
    assert!(full.err.contains("--replace"), "{full:?}");
    let restored = place.run(&["restore", "copy.db", "--replace"]);
    assert_eq!(restored.code, 0, "{restored:?}");
    assert_eq!(place.run(&["user", "list"]).out, "bo@example.org\tadmin\tactive\tBo\t\n");
    let server = place.serve(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(server.get("/readyz"), 200);
}

#[test]
fn a_backup_moves_a_house_to_an_empty_place() {
    let place = Place::new();
    assert_eq!(place.run(&["import", sample().to_str().unwrap()]).code, 0);
    assert_eq!(place.run(&["backup", "copy.db"]).code, 0);
    let moved = place.run(&["restore", "copy.db", "--data-dir", "elsewhere"]);
    assert_eq!(moved.code, 0, "{moved:?}");
    let again = place.run(&["import", sample().to_str().unwrap(), "--data-dir", "elsewhere"]);
    assert!(again.out.contains("Added 0 organisations, 0 rooms, 0 bookings, 0 head counts and 0 evaluations"), "{again:?}");
}

#[test]
fn what_is_no_backup_is_refused_and_leaves_everything_as_it_was() {
    let place = Place::new();
    assert_eq!(place.run(&BO).code, 0);
    std::fs::write(place.path("text"), "no database ".repeat(500)).unwrap();
    for file in ["text", "nothing"] {
        let ran = place.run(&["restore", file, "--replace"]);
        assert_eq!(ran.code, 1, "{ran:?}");
    }
    assert!(place.run(&["user", "list"]).out.contains("bo@example.org"));
}

#[test]
fn postgresql_is_left_to_its_own_programs() {
    let place = Place::new().with("DATABASE_URL", "postgres://nobel21:hemligt@db.example.org/nobel21?sslmode=verify-full");
    for (arguments, program) in [(&["backup", "x.dump"][..], "pg_dump"), (&["restore", "x.dump"], "pg_restore")] {
        let ran = place.run(arguments);
        assert_eq!(ran.code, 1);
        assert!(ran.err.contains(program) && ran.err.contains("\"$DATABASE_URL\""), "{ran:?}");
        assert!(!ran.err.contains("hemligt"), "{ran:?}");
    }
}

#[test]
fn a_full_disk_leaves_no_half_file_and_every_older_one() {
    let place = Place::new();
    assert_eq!(place.run(&["import", sample().to_str().unwrap()]).code, 0);
    assert_eq!(place.run(&["backup", "older.db"]).code, 0);
    let files = || {
        let mut names: Vec<_> = std::fs::read_dir(place.dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let (before, older) = (files(), std::fs::read(place.path("older.db")).unwrap());
    // No file may grow beyond so many blocks: to the program that is a disk that is full.
    let limited = |blocks: &str| {
        let mut shell = std::process::Command::new("sh");
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" backup copy.db");
        let command = place.command(&[]);
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        shell.args(["-c", &script]).arg(command.get_program()).current_dir(place.dir.path()).output().unwrap()
    };
    let ran = limited("200");
    assert_eq!(ran.status.code(), Some(1), "{ran:?}");
    assert!(String::from_utf8_lossy(&ran.stderr).contains("copy.db"), "{ran:?}");
    assert_eq!(files(), before);
    assert_eq!(std::fs::read(place.path("older.db")).unwrap(), older);
    // It was the limit, and nothing else.
    let ran = limited("unlimited");
    assert_eq!(ran.status.code(), Some(0), "{ran:?}");
}
