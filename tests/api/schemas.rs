//! Houses of earlier versions (`tests/fixtures/schemas`): each is brought to today's schema with nothing lost, and is served.
use std::{collections::BTreeMap, fmt::Write, fs, path::PathBuf, process::Command};

use diesel::{connection::SimpleConnection, prelude::*, sql_query, sql_types::Text};
use nobel21::{
    audit::seals::{self, Chain},
    db::{Conn, Location, carry, migrate, migrated},
    rounds,
    time::Clock,
};

use crate::{
    access::World,
    migrations::{columns, open},
    support::{
        App, PASSWORD, cluster,
        database::{Database, Engine, engine},
        json,
    },
};

/// The tables and columns that a migration changes on purpose, by the migration's number.
const CHANGED: &[(&str, &str)] = &[
    // Sealed anew.
    ("0082", "audit_seals"),
    ("0082", "audit_log.seal"),
    // What is kept of a request's repeats is forgotten after a day anyway.
    ("0074", "idempotency_keys"),
];
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// A row for each table that trying every operation leaves empty, for the house that is kept.
const UNTRIED: &[(&str, &str)] = &[
    (
        "door_counts",
        "SELECT '01a1b2c3-4d5e-7000-8000-000000000901', id, '2026-11-20 08:00:00', '2026-11-20 08:15:00', 7, 4 FROM door_counters LIMIT 1",
    ),
    ("floor_plans", "SELECT id, 1, 'image/webp', 4, 3, 'Salen', x'52494646', '2026-11-20 08:00:00' FROM rooms WHERE slug = 'aulan'"),
    ("idempotency_keys", "VALUES ('desk', 'key', 'hash', '{\"status\":201}', '2026-11-23 06:00:00')"),
    (
        "membership_invitations",
        "SELECT '01a1b2c3-4d5e-7000-8000-000000000906', id, NULL, 'ada@example.org', 'ada@example.org', 'Ada', 'ada', 0, 'hash', \
         '2026-11-20 08:00:00' FROM organisations LIMIT 1",
    ),
    ("name_erasures", "VALUES ('01a1b2c3-4d5e-7000-8000-000000000902', '2026-11-20 03:00:00', 2, 0)"),
    (
        "named_visits",
        "SELECT '01a1b2c3-4d5e-7000-8000-000000000903', id, 'Ada', 'Karin', at, NULL FROM visits WHERE corrects IS NULL LIMIT 1",
    ),
    ("one_time_links", "SELECT 'hash', id, '2026-11-23 06:00:00', '2026-11-23 09:00:00', NULL FROM people LIMIT 1"),
    ("openid_identities", "SELECT id, 'hash', '2026-11-20 08:00:00' FROM people LIMIT 1"),
    ("own_opening_hours", "SELECT id FROM rooms WHERE slug = 'kafeet'"),
    (
        "passkeys",
        "SELECT '01a1b2c3-4d5e-7000-8000-000000000904', id, 'Min telefon', 'key', '{}', '2026-11-20 08:00:00', NULL FROM people LIMIT 1",
    ),
    ("recovery_codes", "SELECT 'hash', id, NULL FROM people LIMIT 1"),
    ("report_letters", "SELECT '2026-10', id, '', '2026-11-01 05:00:00' FROM people LIMIT 1"),
    ("sign_in_attempts", "VALUES ('key', 3, '2026-11-23 06:00:00')"),
    (
        "unmet_requests",
        "SELECT '01a1b2c3-4d5e-7000-8000-000000000905', '2026-11-20 08:00:00', room_id, organisation_id, starts_at, ends_at FROM bookings LIMIT 1",
    ),
];

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

pub fn lines(c: &mut Conn, query: &str) -> Vec<String> {
    let found: Vec<Line> = match c {
        Conn::Sqlite(c) => sql_query(query).load(c),
        Conn::Postgres(c) => sql_query(query).load(c),
    }
    .unwrap_or_else(|error| panic!("{error}: {query}"));
    found.into_iter().map(|one| one.line).collect()
}

fn file(version: &str, engine: Engine) -> PathBuf {
    let engine = match engine {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    };
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/schemas/{version}.{engine}.sql"))
}

/// The versions of which a house is kept, oldest first.
fn kept() -> Vec<String> {
    let folder = file("", Engine::Sqlite).parent().unwrap().to_owned();
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut versions: Vec<String> = names.filter_map(|name| Some(name.strip_suffix(".sqlite.sql")?.to_owned())).collect();
    versions.sort_by_key(|version| version.split('.').map(|number| number.parse().unwrap()).collect::<Vec<u32>>());
    versions
}

fn house_of(version: &str, engine: Engine) -> Database {
    let database = Database::blank(engine);
    open(&database).batch_execute(&fs::read_to_string(file(version, engine)).unwrap()).unwrap();
    database
}

fn applied(c: &mut Conn) -> Vec<String> {
    lines(c, "SELECT CAST(version AS text) AS line FROM __diesel_schema_migrations ORDER BY version")
}

/// Table by table the columns that there are.
pub fn tables(c: &mut Conn) -> BTreeMap<String, Vec<String>> {
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in columns(c).into_keys() {
        let (table, column) = name.split_once('.').unwrap();
        tables.entry(table.into()).or_default().push(column.into());
    }
    tables
}

/// The columns of the whole database, as `table.column`, in which some row holds these words, whatever the column's type.
pub fn wherever(c: &mut Conn, words: &str) -> Vec<String> {
    let words = words.replace('\'', "''");
    let found = |c: &Conn, column: &str| match c {
        Conn::Sqlite(_) => format!("instr(CAST(\"{column}\" AS text), '{words}') > 0"),
        // Bytes come as hexadecimal digits.
        Conn::Postgres(_) => {
            format!("strpos(\"{column}\"::text, '{words}') > 0 OR strpos(\"{column}\"::text, substr('{words}'::bytea::text, 3)) > 0")
        }
    };
    let tables = tables(c);
    let columns = tables.iter().flat_map(|(table, columns)| columns.iter().map(move |column| (table, column)));
    let each: Vec<String> = columns
        .map(|(table, column)| format!("SELECT '{table}.{column}' AS line WHERE EXISTS (SELECT 1 FROM {table} WHERE {})", found(c, column)))
        .collect();
    // SQLite takes 500 queries in one at most.
    each.chunks(400).flat_map(|some| lines(c, &some.join(" UNION ALL "))).collect()
}

/// Every row of these columns as text.
fn rows(c: &mut Conn, tables: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, Vec<String>> {
    let row = |c: &Conn, columns: &[String]| match c {
        Conn::Sqlite(_) => columns.iter().map(|column| format!("quote(\"{column}\")")).collect::<Vec<_>>().join(" || ',' || "),
        Conn::Postgres(_) => format!("CAST(ROW(\"{}\") AS text)", columns.join("\", \"")),
    };
    tables
        .iter()
        .map(|(table, columns)| (table.clone(), lines(c, &format!("SELECT {} AS line FROM {table} ORDER BY 1", row(c, columns)))))
        .collect()
}

#[test]
fn a_house_of_every_version_comes_to_this_one_with_nothing_lost() {
    for version in kept() {
        let database = house_of(&version, engine());
        let mut c = open(&database);
        let (then, mut shape) = (applied(&mut c), tables(&mut c));
        for (_, changed) in CHANGED.iter().filter(|(migration, _)| !then.contains(&(*migration).to_owned())) {
            match changed.split_once('.') {
                Some((table, column)) => shape.get_mut(table).unwrap().retain(|one| one != column),
                None => assert!(shape.remove(*changed).is_some(), "{changed}"),
            }
        }
        let before = rows(&mut c, &shape);
        migrate(&mut c).unwrap();
        assert!(migrated(&mut c).unwrap());
        assert!(shape.len() > 40, "{version}: {} tables", shape.len());
        let after = rows(&mut c, &shape);
        for (table, then) in &before {
            assert!(!then.is_empty(), "{version}: a house with nothing in {table} shows nothing of it");
            assert!(after[table] == *then, "{version}: the rows of {table} are not what they were");
        }
        if let Conn::Sqlite(_) = &c {
            assert_eq!(lines(&mut c, "SELECT \"table\" AS line FROM pragma_foreign_key_check"), [""; 0], "{version}");
            assert_eq!(lines(&mut c, "SELECT integrity_check AS line FROM pragma_integrity_check"), ["ok"], "{version}");
        }
        while seals::seal(&mut c, Clock::System.now()).unwrap() > 0 {}
        let chain = seals::verify(&mut c, Clock::System.now()).unwrap();
        assert!(matches!(chain, Chain::Whole { seals: 1.., .. }), "{version}: the trail's seals");
        drop(c);
        is_served(&version, App::on(database, |_| ()));
    }
}

/// Its people sign in, and find their bookings and figures.
fn is_served(version: &str, app: App) {
    let entrance = json!({"email": "reception@example.org", "password": PASSWORD});
    let token = app.anonymous().post("/auth/token", entrance).is(200)["access_token"].as_str().unwrap().to_owned();
    let reception = app.anonymous().header("Authorization", format!("Bearer {token}"));
    let week = reception.get("/calendar?from=2026-11-23&to=2026-11-30").is(200);
    assert!(!week["entries"].as_array().unwrap().is_empty(), "{version}: {week:?}");
    let figures = reception.get("/statistics/monthly?from=2026-11&to=2026-11").is(200);
    assert!(figures["months"][0]["gatherings"].as_i64().unwrap() > 0, "{version}: {figures:?}");
    reception.post("/visits", json!({"headcount": 3, "purpose": "walk_in"})).is(201);
}

#[test]
fn a_house_of_this_version_is_kept() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        assert!(file(VERSION, engine).exists(), "run script/keep-schema and commit {}", file(VERSION, engine).display());
    }
}

/// A statement, and the table of which it is: `None` if it is about no table, or makes one.
fn about(statement: &str) -> Option<String> {
    let mut words = statement.split_whitespace().map(str::to_lowercase);
    match words.next()?.as_str() {
        "alter" | "drop" => {
            words.skip_while(|word| word != "table").skip(1).find(|word| !["if", "exists", "only"].contains(&word.as_str()))
        }
        "create" if statement.to_uppercase().contains(" ON ") => words.skip_while(|word| word != "on").nth(1),
        _ => None,
    }
    .map(|table| {
        let name = table.split('(').next().unwrap_or(&table);
        name.rsplit('.').next().unwrap_or(name).trim_matches('"').to_owned()
    })
}

/// What the version before can't bear while it still runs, in a migration's statement about a table that `is_known` to it.
fn contracts(sql: &str, is_known: impl Fn(&str) -> bool) -> Option<String> {
    let code = sql.lines().map(|line| line.split("--").next().unwrap_or("")).collect::<Vec<_>>().join(" ");
    let statements = code.split(';').map(|one| one.split_whitespace().collect::<Vec<_>>().join(" "));
    statements.into_iter().find(|statement| {
        let words = statement.to_uppercase();
        let has = |some: &[&str]| some.iter().any(|verb| words.contains(verb));
        let is_altered = words.starts_with("ALTER TABLE ");
        // It writes rows that don't know of what is new.
        let is_new = is_altered && has(&[" ADD "]) && has(&[" NOT NULL"]) && !has(&[" DEFAULT "]);
        let is_stricter =
            has(&[" ADD CONSTRAINT ", " ADD CHECK", " ADD UNIQUE", " ADD FOREIGN"]) || has(&["CREATE UNIQUE INDEX ", "CREATE TRIGGER "]);
        // And reads what was there.
        let takes = words.starts_with("DROP TABLE ") || (is_altered && has(&[" DROP ", " RENAME ", " SET NOT NULL", " ALTER COLUMN "]));
        (is_new || is_stricter || takes) && about(statement).is_some_and(|table| is_known(&table))
    })
}

#[test]
fn a_migration_leaves_what_the_version_before_reads() {
    let newest = kept().pop().unwrap();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let released = fs::read_to_string(file(&newest, engine)).unwrap();
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("migrations").join(match engine {
            Engine::Sqlite => "sqlite",
            Engine::Postgres => "postgres",
        });
        let applied: String = released.lines().filter(|line| line.contains("__diesel_schema_migrations")).collect();
        let is_known = |table: &str| ["", "public."].iter().any(|of| released.contains(&format!("CREATE TABLE {of}{table} (")));
        assert!(applied.contains("'0001'") && is_known("bookings"), "{newest}");
        for migration in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let number = migration.file_name().unwrap().to_str().unwrap()[..4].to_owned();
            let sql = fs::read_to_string(migration.join("up.sql")).unwrap();
            if !applied.contains(&format!("'{number}'")) && !sql.contains("-- contract: since ") {
                let contracts = contracts(&sql, is_known);
                assert!(
                    contracts.is_none(),
                    "{}: {newest} may still run (CONTRIBUTING.md, Migrations): {contracts:?}",
                    migration.display()
                );
            }
        }
    }
}

#[test]
fn what_a_version_that_still_runs_can_not_bear_is_known() {
    let is_known = |table: &str| ["rooms", "loans", "b"].contains(&table);
    for bad in [
        "DROP TABLE loans;",
        "DROP TABLE IF EXISTS \"loans\";",
        "ALTER TABLE rooms\n  DROP COLUMN floor;",
        "ALTER TABLE rooms DROP floor;",
        "alter table rooms rename column floor to storey;",
        "ALTER TABLE rooms RENAME TO halls",
        "CREATE INDEX a ON b (c); ALTER TABLE rooms ADD COLUMN colour TEXT NOT NULL CHECK (colour <> '')",
        "ALTER TABLE ONLY public.rooms ADD colour text NOT NULL",
        "ALTER TABLE rooms ALTER COLUMN floor SET NOT NULL",
        "ALTER TABLE rooms ADD CONSTRAINT named CHECK (name <> '')",
        "CREATE UNIQUE INDEX one_of_each ON rooms(name)",
        "CREATE TRIGGER watched BEFORE INSERT ON rooms BEGIN SELECT 1; END",
    ] {
        assert!(contracts(bad, is_known).is_some(), "{bad}");
    }
    for good in [
        "CREATE TABLE lamps (id TEXT NOT NULL PRIMARY KEY) STRICT; CREATE UNIQUE INDEX one_lamp ON lamps (id)",
        "ALTER TABLE rooms ADD COLUMN colour TEXT",
        "ALTER TABLE rooms ADD COLUMN loud boolean NOT NULL DEFAULT false",
        "-- Not yet: DROP TABLE loans\nCREATE INDEX loans_by_item ON loans (item)",
        "DROP INDEX waitlist_waiting",
    ] {
        assert_eq!(contracts(good, is_known), None, "{good}");
    }
}

#[test]
#[ignore = "script/keep-schema runs it, for a release"]
fn a_house_is_kept() {
    let world = World::new();
    world.try_everything();
    let (db, now) = (world.app.db(), world.app.now());
    rounds::seal(db, &world.app.state.house, now).unwrap();
    let from = tempfile::tempdir().unwrap();
    let copy = from.path().join("house.db");
    world.app.write(|c| {
        for (table, row) in UNTRIED {
            if lines(c, &format!("SELECT 'a row' AS line FROM {table} LIMIT 1")).is_empty() {
                c.batch_execute(&format!("INSERT INTO {table} {row}"))?;
            }
        }
        // What many rows show, a few show as well.
        c.batch_execute(
            "DELETE FROM letters WHERE id NOT IN (SELECT min(id) FROM letters GROUP BY kind, status);
             UPDATE letters SET body_text = 'Hej!', body_html = CASE body_html WHEN '' THEN '' ELSE '<p>Hej!</p>' END;
             DELETE FROM sessions WHERE person_id IN (SELECT id FROM people WHERE email LIKE 'person-%')
               AND id NOT IN (SELECT session_id FROM refresh_tokens ORDER BY created_at, token_hash LIMIT 3)",
        )?;
        Ok(())
    });
    let Location::Sqlite(path) = world.app.database().location() else { panic!("the house is made on SQLite and carried to PostgreSQL") };
    nobel21::db::backup::backup(&path, &copy).unwrap();
    let mut c = open(world.app.database());
    let shape = tables(&mut c);
    let empty: Vec<_> = rows(&mut c, &shape).into_iter().filter(|(_, rows)| rows.is_empty()).map(|(table, _)| table).collect();
    assert!(empty.is_empty(), "nothing is in {empty:?}");
    fs::create_dir_all(file(VERSION, Engine::Sqlite).parent().unwrap()).unwrap();
    fs::write(file(VERSION, Engine::Sqlite), dump(&mut c)).unwrap();
    let postgres = Database::blank(Engine::Postgres);
    carry::carry(&copy, &postgres.location(), |_, _, _| Ok(())).unwrap();
    fs::write(file(VERSION, Engine::Postgres), pg_dump(&postgres)).unwrap();
}

/// Tables, rows, and then what watches over them.
fn dump(c: &mut Conn) -> String {
    let mut sql = String::from("PRAGMA foreign_keys=OFF;\nBEGIN;\n");
    let made = |kind: &str| {
        format!("SELECT sql || ';' AS line FROM sqlite_master WHERE {kind} AND sql IS NOT NULL AND name NOT LIKE 'sqlite%' ORDER BY rowid")
    };
    lines(c, &made("type = 'table'")).iter().for_each(|line| writeln!(sql, "{line}").unwrap());
    let mut tables = tables(c);
    tables.insert("__diesel_schema_migrations".into(), vec!["version".into(), "run_on".into()]);
    for (table, columns) in tables {
        let values: Vec<String> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
        let row = format!(
            "SELECT 'INSERT INTO {table} (\"{}\") VALUES (' || {} || ');' AS line FROM {table}",
            columns.join("\", \""),
            values.join(" || ', ' || ")
        );
        lines(c, &row).iter().for_each(|line| writeln!(sql, "{line}").unwrap());
    }
    lines(c, &made("type <> 'table'")).iter().for_each(|line| writeln!(sql, "{line}").unwrap());
    sql + "COMMIT;\n"
}

/// As any connection can run it: without psql's own commands, and without settings that an older server does not know.
fn pg_dump(database: &Database) -> String {
    let program = cluster::programs().unwrap().join("pg_dump");
    let done = Command::new(program).args(["--no-owner", "--no-privileges", "--inserts"]).arg(database.url()).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let text = String::from_utf8(done.stdout).unwrap();
    text.split_inclusive('\n')
        .filter(|line| !["\\restrict", "\\unrestrict", "SET transaction_timeout"].iter().any(|one| line.starts_with(one)))
        .collect()
}
