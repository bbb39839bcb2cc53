//! A house from SQLite to PostgreSQL: the sample year, to a database of the tests' cluster.
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, connection::SimpleConnection, sql_types::BigInt};

use super::{
    database::{Database, Engine},
    support::{Place, sample},
};

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// The sample year in a file, and a database without any table.
fn house() -> (Place, Database) {
    let place = Place::new();
    assert_eq!(place.run(&["import", sample().to_str().unwrap()]).code, 0);
    assert_eq!(place.run(&["user", "add", "--email", "bo@example.org", "--name", "Bo Åkesson ”Bosse”", "--role", "admin"]).code, 0);
    (place, Database::blank(Engine::Postgres))
}

fn ask(database: &Database, question: &str) -> i64 {
    let mut conn = PgConnection::establish(&database.url()).unwrap();
    diesel::sql_query(question).get_result::<Number>(&mut conn).unwrap().number
}

#[test]
fn the_sample_year_arrives_whole_and_the_file_is_left_as_it_was() {
    let (place, there) = house();
    let mut server = place.serve(&["serve", "--listen", "127.0.0.1:0", "--backup-dir", ""]);
    let running = place.run(&["move", "--to", &there.url()]);
    assert!(running.code == 1 && running.err.contains("in use: stop nobel21 serve"), "{running:?}");
    server.signal("TERM");
    server.ended(std::time::Duration::from_secs(12));

    let file = std::fs::read(place.path("data/nobel21.db")).unwrap();
    let moved = place.run(&["move", "--to", &there.url()]);
    assert_eq!(moved.code, 0, "{moved:?}");
    assert!(moved.out.contains("the year 2023: 1226 gatherings, 28872 visits and every other figure"), "{}", moved.out);
    assert!(moved.out.contains("  people: 1 rows\n") && moved.out.contains("  organisations: "), "{}", moved.out);
    assert!(!moved.out.contains("DIFFERS"), "{}", moved.out);
    assert_eq!(std::fs::read(place.path("data/nobel21.db")).unwrap(), file);

    for question in [&["figures", "2023", "--format", "json"][..], &["user", "list"]] {
        let here = place.run(question);
        let elsewhere = place.run(&[question, &["--database-url", &there.url()]].concat());
        assert_eq!((here.code, elsewhere.code), (0, 0), "{elsewhere:?}");
        assert_eq!(here.out, elsewhere.out);
    }
    let doctor = place.run(&["doctor", "--database-url", &there.url()]);
    assert_eq!(doctor.code, 0, "{}", doctor.out);
    // References and triggers are as the migrations made them, and nothing counts by itself that would have to be set.
    let fresh = Database::cloned();
    for question in [
        "SELECT count(*) AS number FROM pg_constraint WHERE contype = 'f' AND NOT condeferrable AND convalidated",
        "SELECT count(*) AS number FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'",
        "SELECT count(*) AS number FROM pg_sequences",
    ] {
        assert_eq!(ask(&there, question), ask(&fresh, question), "{question}");
    }
    assert_eq!(ask(&there, "SELECT count(*) AS number FROM pg_sequences"), 0);

    let again = place.run(&["move", "--to", &there.url()]);
    assert!(again.code == 1 && again.err.contains("is not empty"), "{again:?}");
}

#[test]
fn what_does_not_arrive_as_it_was_leaves_nothing_behind() {
    let (place, there) = house();
    assert_eq!(place.run(&["migrate", "--database-url", &there.url()]).code, 0);
    let spoil = |rule: &str| PgConnection::establish(&there.url()).unwrap().batch_execute(rule).unwrap();
    for (rule, told) in [
        ("CREATE RULE spoil AS ON INSERT TO people DO ALSO UPDATE people SET name = 'Någon annan'", "DIFFERS  people: 1 rows"),
        ("CREATE RULE spoil AS ON INSERT TO evaluations DO INSTEAD NOTHING", "→ 0 rows"),
        ("CREATE RULE spoil AS ON INSERT TO visits DO ALSO DELETE FROM visits WHERE headcount = 1", "DIFFERS  the year 2023"),
    ] {
        spoil(rule);
        let ran = place.run(&["move", "--to", &there.url()]);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.out.contains(told) && ran.err.contains("nothing was kept"), "{ran:?}");
        let table = rule.split(" TO ").nth(1).unwrap().split(' ').next().unwrap();
        spoil(&format!("DROP RULE spoil ON {table}"));
        assert_eq!(ask(&there, "SELECT (SELECT count(*) FROM people) + (SELECT count(*) FROM bookings) AS number"), 0);
    }
    // Without what spoiled it, the same database is filled.
    assert_eq!(place.run(&["move", "--to", &there.url()]).code, 0);
}

#[test]
fn only_a_file_is_moved_and_only_to_an_empty_postgresql() {
    let (place, there) = house();
    let refused = |arguments: &[&str], code: i32, why: &str| {
        let ran = place.run(arguments);
        assert!(ran.code == code && ran.err.contains(why), "{arguments:?}: {ran:?}");
    };
    refused(&["move", "--to", "sqlite:other.db"], 2, "must be an address such as postgres://");
    refused(&["move", "--to", &there.url(), "--database-url", &there.url()], 1, "is in PostgreSQL already");
    refused(&["move", "--to", &there.url(), "--data-dir", "elsewhere"], 1, "there is no database");
    refused(&["move", "--to", "postgres://nobody:hemligt@127.0.0.1:1/nothing"], 1, "does not answer");
    PgConnection::establish(&there.url()).unwrap().batch_execute("CREATE TABLE theirs (x integer)").unwrap();
    refused(&["move", "--to", &there.url()], 1, "is not empty");
    assert_eq!(ask(&there, "SELECT count(*) AS number FROM pg_tables WHERE schemaname = 'public'"), 1);
}
