//! The tables: there and back, and the same on both engines.
use std::collections::BTreeMap;

use diesel::{
    connection::SimpleConnection,
    prelude::*,
    r2d2::ManageConnection,
    sql_query,
    sql_types::{BigInt, Bool, Text},
};
use nobel21::db::{Conn, Db, Location, Manager, Mode, migrate, migrated, revert_all};

use crate::support::{
    App, cluster,
    database::{Database, Engine, engine},
};

/// What a column is for both engines: its family and whether it may be null.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Column {
    family: String,
    nullable: bool,
}

/// Columns by `table.column`.
pub type Columns = BTreeMap<String, Column>;

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    family: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

pub fn open(database: &Database) -> Conn {
    Manager { location: database.location(), mode: Mode::Write }.connect().unwrap()
}

/// The columns as the database describes them. SQLite knows four types alone: what tells an instant and a yes-or-no apart there
/// is the check that every such column has.
pub fn columns(c: &mut Conn) -> Columns {
    let query = match c {
        Conn::Postgres(_) => {
            "SELECT table_name::text, column_name::text, is_nullable = 'YES' AS nullable, CASE data_type
               WHEN 'uuid' THEN 'id or text' WHEN 'text' THEN 'id or text' WHEN 'integer' THEN 'integer' WHEN 'bigint' THEN 'integer'
               WHEN 'boolean' THEN 'bool' WHEN 'timestamp without time zone' THEN 'timestamp' WHEN 'bytea' THEN 'bytes' ELSE data_type END::text AS family
             FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_diesel%'"
        }
        Conn::Sqlite(_) => {
            "SELECT m.name AS table_name, c.name AS column_name, c.\"notnull\" = 0 AS nullable, CASE
               WHEN c.type = 'TEXT' AND instr(m.sql, c.name || ' = datetime(' || c.name || ')') > 0 THEN 'timestamp'
               WHEN c.type = 'INTEGER' AND instr(m.sql, c.name || ' IN (0, 1)') > 0 THEN 'bool'
               WHEN c.type = 'TEXT' THEN 'id or text' WHEN c.type = 'INTEGER' THEN 'integer' WHEN c.type = 'BLOB' THEN 'bytes' ELSE c.type END AS family
             FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c
             WHERE m.type = 'table' AND m.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        }
    };
    let found: Vec<Found> = match c {
        Conn::Postgres(c) => sql_query(query).load(c).unwrap(),
        Conn::Sqlite(c) => sql_query(query).load(c).unwrap(),
    };
    found
        .into_iter()
        .map(|one| (format!("{}.{}", one.table_name, one.column_name), Column { family: one.family, nullable: one.nullable }))
        .collect()
}

/// The columns as `src/db/schema.rs` has them; a `DbUuid` is called what SQLite can tell of it.
fn columns_of_code() -> Columns {
    let (mut columns, mut table) = (Columns::new(), String::new());
    for line in include_str!("../../src/db/schema.rs").lines().map(str::trim).filter(|line| !line.starts_with("diesel::")) {
        if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with('{')) {
            table = name.to_owned();
        } else if let Some((name, rust)) = line.trim_end_matches(',').split_once(" -> ") {
            let inner = rust.strip_prefix("Nullable<").and_then(|rust| rust.strip_suffix('>'));
            let family = match inner.unwrap_or(rust) {
                "DbUuid" | "Text" => "id or text",
                "Integer" | "BigInt" => "integer",
                "Bool" => "bool",
                "Timestamp" => "timestamp",
                "Binary" => "bytes",
                other => panic!("{table}.{name}: what family is {other}?"),
            };
            // A column may be named otherwise where its name is a word of Rust.
            let name = name.trim_start_matches("r#");
            columns.insert(format!("{table}.{name}"), Column { family: family.into(), nullable: inner.is_some() });
        }
    }
    assert!(columns.len() > 100, "schema.rs is read wrongly: {} columns", columns.len());
    columns
}

/// Names those that are missing or otherwise on one side.
fn compare(left: (&str, &Columns), right: (&str, &Columns)) {
    let names: std::collections::BTreeSet<&String> = left.1.keys().chain(right.1.keys()).collect();
    let differ: Vec<String> = names
        .into_iter()
        .filter(|name| left.1.get(*name) != right.1.get(*name))
        .map(|name| format!("{name}: {} has {:?}, {} has {:?}", left.0, left.1.get(name), right.0, right.1.get(name)))
        .collect();
    assert!(differ.is_empty(), "{differ:#?}");
}

/// Everything that the migrations made and named: tables, indexes, triggers, functions, constraints.
fn things(c: &mut Conn) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Thing {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let query = match c {
        Conn::Postgres(_) => {
            "SELECT 'relation ' || relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE '\\_\\_diesel%'
             UNION SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal
             UNION SELECT 'constraint ' || conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conname NOT LIKE '\\_\\_diesel%'
             UNION SELECT 'function ' || p.proname FROM pg_proc AS p LEFT JOIN pg_depend AS d ON d.objid = p.oid AND d.deptype = 'e'
               WHERE p.pronamespace = 'public'::regnamespace AND d.objid IS NULL AND p.proname NOT LIKE 'diesel\\_%'
             ORDER BY 1"
        }
        Conn::Sqlite(_) => {
            "SELECT type || ' ' || name AS name FROM sqlite_master
             WHERE name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1"
        }
    };
    let found: Vec<Thing> = match c {
        Conn::Postgres(c) => sql_query(query).load(c).unwrap(),
        Conn::Sqlite(c) => sql_query(query).load(c).unwrap(),
    };
    found.into_iter().map(|thing| thing.name).collect()
}

#[test]
fn migrations_go_up_down_and_up_again() {
    let database = Database::blank(engine());
    let mut c = open(&database);
    assert!(!migrate(&mut c).unwrap().is_empty());
    assert!(migrated(&mut c).unwrap());
    let first = (columns(&mut c), things(&mut c));
    assert!(migrate(&mut c).unwrap().is_empty(), "a second run finds nothing to do");
    revert_all(&mut c).unwrap();
    assert_eq!(things(&mut c), Vec::<String>::new(), "the way back leaves nothing");
    assert!(!migrated(&mut c).unwrap());
    migrate(&mut c).unwrap();
    assert_eq!((columns(&mut c), things(&mut c)), first);
}

#[test]
fn the_tables_are_as_the_code_knows_them() {
    let database = Database::blank(engine());
    let mut c = open(&database);
    migrate(&mut c).unwrap();
    compare(("the database", &columns(&mut c)), ("src/db/schema.rs", &columns_of_code()));
}

#[test]
fn both_engines_have_the_same_columns() {
    if !cluster::available() {
        eprintln!("skipped: PostgreSQL is not installed");
        return;
    }
    let on = |engine| {
        let database = Database::blank(engine);
        let mut c = open(&database);
        migrate(&mut c).unwrap();
        columns(&mut c)
    };
    let (sqlite, postgres) = (on(Engine::Sqlite), on(Engine::Postgres));
    compare(("SQLite", &sqlite), ("PostgreSQL", &postgres));
}

#[test]
fn a_database_from_a_newer_version_is_refused_with_a_sentence() {
    let database = Database::blank(engine());
    let mut c = open(&database);
    migrate(&mut c).unwrap();
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')";
    match &mut c {
        Conn::Postgres(c) => sql_query(newer).execute(c),
        Conn::Sqlite(c) => sql_query(newer).execute(c),
    }
    .unwrap();
    for refusal in [migrate(&mut c).map(|_| ()), migrated(&mut c).map(|_| ())] {
        let sentence = refusal.unwrap_err().to_string();
        assert!(sentence.contains("9999") && sentence.contains("newer version"), "{sentence}");
    }
}

#[test]
fn whoever_runs_already_is_ready_on_the_next_versions_schema() {
    let app = App::spawn();
    app.write(|c| Ok(c.batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')")?));
    app.anonymous().get("/readyz").is(200);
    app.anonymous().get("/rooms").is(200);
    app.write(|c| Ok(c.batch_execute("DELETE FROM __diesel_schema_migrations WHERE version = '0001'")?));
    app.anonymous().get("/readyz").is(503);
}

#[test]
fn services_that_start_at_once_migrate_one_after_the_other() {
    let database = Database::blank(engine());
    let failed: Vec<String> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..4).map(|_| scope.spawn(|| Db::open(&database.location(), 1).map(|_| ()))).collect();
        all.into_iter().filter_map(|one| one.join().unwrap().err()).map(|error| error.to_string()).collect()
    });
    assert_eq!(failed, Vec::<String>::new());
    assert!(migrated(&mut open(&database)).unwrap());
}

#[test]
fn a_migration_takes_its_time_and_nothing_after_it_does() {
    let database = Database::blank(Engine::Postgres);
    let (mut c, mut other) = (open(&database), open(&database));
    c.batch_execute("SET statement_timeout = '100ms'").unwrap();
    // Somebody else migrates, under the lock of src/db/conn.rs.
    other.batch_execute("SELECT pg_advisory_lock(21021021)").unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| migrate(&mut c));
        let mut looking = PgConnection::establish(&database.url()).unwrap();
        let waits = "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database \
                     WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted";
        while diesel::dsl::sql::<BigInt>(waits).get_result::<i64>(&mut looking).unwrap() == 0 {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        // Longer than a statement may take.
        std::thread::sleep(std::time::Duration::from_millis(300));
        other.batch_execute("SELECT pg_advisory_unlock(21021021)").unwrap();
        assert!(!waiting.join().unwrap().unwrap().is_empty());
    });
    let Conn::Postgres(c) = &mut c else { panic!("PostgreSQL") };
    let timeout: String = diesel::dsl::sql::<Text>("SELECT current_setting('statement_timeout')").get_result(c).unwrap();
    assert_eq!(timeout, "30s");
}

#[test]
fn an_account_that_owns_nothing_serves_the_house_and_can_change_no_table() {
    let database = Database::blank(Engine::Postgres);
    let url = database.url();
    let (server, name) = url.rsplit_once('/').unwrap();
    let mut superuser = PgConnection::establish(&url).unwrap();
    for role in ["nobel21_owner", "nobel21"] {
        // Roles belong to the whole cluster: another run may have made them.
        let make = format!("DO $$ BEGIN CREATE ROLE {role} LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN END $$");
        superuser.batch_execute(&make).unwrap();
    }
    superuser.batch_execute(&format!("ALTER DATABASE {name} OWNER TO nobel21_owner")).unwrap();
    let of = |role: &str| server.replace("postgres@", &format!("{role}@")) + "/" + name;
    drop(Db::open(&Location::parse(&of("nobel21_owner")).unwrap(), 1).unwrap());
    superuser.batch_execute(include_str!("../../docs/postgresql-grants.sql")).unwrap();
    let app = App::on(database, |config| config.database = Location::parse(&of("nobel21")).unwrap());
    app.furnish();
    let organisation = app.organisation("Kastanjen");
    let booking = app.booker(organisation).post("/bookings", crate::bookings::good(organisation)).is(201).location();
    app.admin().post_empty(&format!("{booking}/cancel")).is(200);
    let mut serving = PgConnection::establish(&of("nobel21")).unwrap();
    for statement in ["DROP TABLE visits", "ALTER TABLE bookings DISABLE TRIGGER ALL", "CREATE TABLE mine (a int)", "TRUNCATE audit_log"] {
        let refused = serving.batch_execute(statement).unwrap_err().to_string();
        assert!(refused.contains("must be owner") || refused.contains("permission denied"), "{statement}: {refused}");
    }
}
