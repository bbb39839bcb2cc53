//! A whole house from the built-in SQLite to PostgreSQL, table by table as the schema has them, and both compared.
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use diesel::{
    connection::{DefaultLoadingMode, SimpleConnection},
    pg::PgConnection,
    prelude::*,
    r2d2::ManageConnection,
    sql_types::{BigInt, Text},
    sqlite::SqliteConnection,
};
use sha2::{Digest, Sha256};

use super::{
    backup,
    conn::{Conn, Location, Manager, Mode, migrate, migrated},
};
use crate::{
    error::{Error, Result},
    say,
};

/// What a migration fills by itself, so that it is no sign of a house. The moved rows take its place.
const FILLED: [&str; 3] = ["house_settings", "opening_hours", "room_catalogue"];
/// Rows are handed over in heaps of so many bytes,
const HEAP: usize = 1024 * 1024;
/// and read back in heaps of so many rows.
const FETCHED: usize = 1000;

/// A table as it is on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Its name.
    pub table: String,
    /// Rows in the file.
    pub from: usize,
    /// Rows in PostgreSQL.
    pub to: usize,
    /// Is every row the same, to the letter?
    pub same: bool,
}

/// A table's columns with their types in PostgreSQL.
struct Table {
    name: String,
    columns: Vec<(String, String)>,
}

/// Copies everything from the file to the database, which must be empty, in one transaction. `look` sees each table compared and both
/// sides as they are; only if it is content does anything stay. The file is read alone, and nobody else has it open meanwhile.
pub fn carry<T>(from: &Path, to: &Location, look: impl FnOnce(&[Compared], &mut Conn, &mut Conn) -> Result<T>) -> Result<T> {
    let mut source = Conn::Sqlite(claim(from)?);
    if !migrated(&mut source)? {
        return Err(refused(say!(
            "alla migreringar är inte gjorda i filen: kör nobel21 migrate först",
            "not all migrations are in the file: run nobel21 migrate first"
        )));
    }
    let mut target = connect(to)?;
    if let Conn::Postgres(c) = &mut target {
        refuse_others(c)?;
    }
    migrate(&mut target)?;
    let compared = match (&mut source, &mut target) {
        (Conn::Sqlite(source), Conn::Postgres(target)) => copy_all(source, target)?,
        _ => return Err(Error::internal("the engines are not those that were asked for")),
    };
    // Whatever refuses from here on ends the connection, and with it the transaction.
    let seen = look(&compared, &mut source, &mut target)?;
    target.batch_execute("COMMIT")?;
    // The planner knows nothing of tables that were filled a moment ago.
    target.batch_execute("ANALYZE")?;
    Ok(seen)
}

fn connect(to: &Location) -> Result<Conn> {
    Manager { location: to.clone(), mode: Mode::Write }.connect().map_err(|error| {
        let shown = to.shown();
        Error::Unavailable(say!(
            "{shown} svarar inte ({error}): kontrollera --to, och att databasen finns och är igång",
            "{shown} does not answer ({error}): check --to, and that the database exists and runs"
        ))
    })
}

/// Opens the file for oneself, to read alone: with a log of what is written it is ours only if nobody else has it open at all.
fn claim(from: &Path) -> Result<SqliteConnection> {
    if !from.is_file() {
        return Err(backup::missing(from));
    }
    let mut conn = backup::open(from)?;
    let shown = from.display();
    match conn.batch_execute("PRAGMA busy_timeout=0; PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE; PRAGMA query_only=ON") {
        Ok(()) => Ok(conn),
        Err(e) if e.to_string().contains("locked") => Err(refused(say!(
            "{shown} används: stoppa nobel21 serve och försök igen",
            "{shown} is in use: stop nobel21 serve and try again"
        ))),
        Err(e) => Err(refused(say!("{shown} går inte att läsa: {e}", "{shown} can't be read: {e}"))),
    }
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// A database of somebody else's is left alone before anything is made in it.
fn refuse_others(target: &mut PgConnection) -> Result<()> {
    let question = "SELECT count(*) AS number FROM pg_tables WHERE schemaname = current_schema() \
                    AND to_regclass('__diesel_schema_migrations') IS NULL";
    match diesel::sql_query(question).get_result::<Number>(target)?.number {
        0 => Ok(()),
        _ => Err(not_empty("")),
    }
}

fn not_empty(table: &str) -> Error {
    let where_ = if table.is_empty() { String::new() } else { format!(" ({table})") };
    refused(say!(
        "PostgreSQL-databasen är inte tom{where_}: skapa en ny med createdb och flytta dit",
        "the PostgreSQL database is not empty{where_}: make a new one with createdb and move there"
    ))
}

/// Begins the transaction, fills it and compares.
fn copy_all(source: &mut SqliteConnection, target: &mut PgConnection) -> Result<Vec<Compared>> {
    target.batch_execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET datestyle = 'ISO'; BEGIN")?;
    let tables = tables(target)?;
    if names_of(&tables) != names_in(source)? {
        return Err(refused(say!(
            "tabellerna i filen och i PostgreSQL är inte desamma: kör nobel21 migrate på båda",
            "the tables of the file and of PostgreSQL are not the same: run nobel21 migrate on both"
        )));
    }
    // References are looked at once everything is there, so that neither the order of tables nor a circle matters.
    let references = references(target)?;
    for Table { name, .. } in &tables {
        // Triggers keep what is written later in order; what was written is carried as it is.
        target.batch_execute(&format!("ALTER TABLE \"{name}\" DISABLE TRIGGER USER"))?;
    }
    for Named { owner, name, .. } in &references {
        target.batch_execute(&format!("ALTER TABLE {owner} ALTER CONSTRAINT \"{name}\" DEFERRABLE INITIALLY DEFERRED"))?;
    }
    for Table { name, .. } in &tables {
        if FILLED.contains(&name.as_str()) {
            target.batch_execute(&format!("DELETE FROM \"{name}\""))?;
        } else if diesel::sql_query(format!("SELECT count(*) AS number FROM \"{name}\"")).get_result::<Number>(target)?.number > 0 {
            return Err(not_empty(name));
        }
    }
    for table in &tables {
        copy(table, source, target)?;
    }
    target.batch_execute("SET CONSTRAINTS ALL IMMEDIATE")?;
    for Named { owner, name, .. } in &references {
        target.batch_execute(&format!("ALTER TABLE {owner} ALTER CONSTRAINT \"{name}\" NOT DEFERRABLE"))?;
    }
    for Table { name, .. } in &tables {
        target.batch_execute(&format!("ALTER TABLE \"{name}\" ENABLE TRIGGER USER"))?;
    }
    tables.iter().map(|table| compare(table, source, target)).collect()
}

/// Every table but the migrations' own.
fn tables(target: &mut PgConnection) -> Result<Vec<Table>> {
    let question = "SELECT c.relname::text AS owner, a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS kind \
                    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
                    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped \
                      AND c.relname <> '__diesel_schema_migrations' ORDER BY c.relname, a.attnum";
    let mut tables: Vec<Table> = vec![];
    for Named { owner, name, kind } in diesel::sql_query(question).load::<Named>(target)? {
        match tables.last_mut().filter(|table| table.name == owner) {
            Some(table) => table.columns.push((name, kind)),
            None => tables.push(Table { name: owner, columns: vec![(name, kind)] }),
        }
    }
    Ok(tables)
}

type Names = BTreeMap<String, BTreeSet<String>>;

fn names_of(tables: &[Table]) -> Names {
    let columns = |table: &Table| table.columns.iter().map(|(name, _)| name.clone()).collect();
    tables.iter().map(|table| (table.name.clone(), columns(table))).collect()
}

fn names_in(source: &mut SqliteConnection) -> Result<Names> {
    let question = "SELECT m.name AS owner, c.name AS name, c.type AS kind FROM sqlite_schema m JOIN pragma_table_info(m.name) c \
                    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND m.name <> '__diesel_schema_migrations'";
    let mut names = Names::new();
    for Named { owner, name, .. } in diesel::sql_query(question).load::<Named>(source)? {
        names.entry(owner).or_default().insert(name);
    }
    Ok(names)
}

fn references(target: &mut PgConnection) -> Result<Vec<Named>> {
    let question = "SELECT conrelid::regclass::text AS owner, conname::text AS name, contype::text AS kind FROM pg_constraint \
                    WHERE contype = 'f' AND NOT condeferrable AND connamespace = current_schema()::regnamespace";
    Ok(diesel::sql_query(question).load(target)?)
}

impl Table {
    /// A row in the file as a JSON array of texts and nulls. Yes and no are 1 and 0, bytes are hex.
    fn in_file(&self) -> String {
        self.rows(|name, kind| match kind {
            "bytea" => format!("CASE WHEN {name} IS NOT NULL THEN lower(hex({name})) END"),
            _ => format!("CAST({name} AS TEXT)"),
        })
        .replacen("ARRAY", "json_array", 1)
    }

    /// The same of a row in PostgreSQL.
    fn in_postgres(&self) -> String {
        self.rows(|name, kind| match kind {
            "bytea" => format!("encode({name}, 'hex')"),
            "boolean" => format!("{name}::integer::text"),
            _ => format!("{name}::text"),
        })
        .replacen("ARRAY", "json_build_array", 1)
        .replacen(") AS line", ")::text AS line", 1)
    }

    fn rows(&self, text: impl Fn(&str, &str) -> String) -> String {
        let cells: Vec<String> = self.columns.iter().map(|(name, kind)| text(&format!("\"{name}\""), kind)).collect();
        format!("SELECT ARRAY({}) AS line FROM \"{}\"", cells.join(", "), self.name)
    }

    /// Takes such rows, as a JSON array of them.
    fn taking(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let cells: Vec<String> = self
            .columns
            .iter()
            .enumerate()
            .map(|(i, (_, kind))| match kind.as_str() {
                "bytea" => format!("decode(line->>{i}, 'hex')"),
                kind => format!("(line->>{i})::{kind}"),
            })
            .collect();
        format!(
            "INSERT INTO \"{}\" ({}) SELECT {} FROM json_array_elements($1::json) AS line",
            self.name,
            names.join(", "),
            cells.join(", ")
        )
    }
}

fn copy(table: &Table, source: &mut SqliteConnection, target: &mut PgConnection) -> Result<()> {
    let taking = table.taking();
    let mut give = |heap: &mut String| -> Result<()> {
        if !heap.is_empty() {
            diesel::sql_query(&taking).bind::<Text, _>(format!("[{heap}]")).execute(target)?;
            heap.clear();
        }
        Ok(())
    };
    let mut heap = String::new();
    for row in diesel::sql_query(table.in_file()).load_iter::<Line, DefaultLoadingMode>(source)? {
        if !heap.is_empty() {
            heap.push(',');
        }
        heap.push_str(&row?.line);
        if heap.len() > HEAP {
            give(&mut heap)?;
        }
    }
    give(&mut heap)
}

/// The hashes of a table's rows. Sorted they are the same however an engine sorts the rows.
#[derive(Default)]
struct Rows(Vec<[u8; 32]>);

impl Rows {
    fn add(&mut self, line: &str) -> Result<()> {
        let cells: Vec<Option<String>> = serde_json::from_str(line).map_err(Error::internal)?;
        let plain = serde_json::to_vec(&cells).map_err(Error::internal)?;
        self.0.push(Sha256::digest(plain).into());
        Ok(())
    }

    fn sorted(mut self) -> Vec<[u8; 32]> {
        self.0.sort_unstable();
        self.0
    }
}

fn compare(table: &Table, source: &mut SqliteConnection, target: &mut PgConnection) -> Result<Compared> {
    let (mut from, mut to) = (Rows::default(), Rows::default());
    for row in diesel::sql_query(table.in_file()).load_iter::<Line, DefaultLoadingMode>(source)? {
        from.add(&row?.line)?;
    }
    target.batch_execute(&format!("DECLARE carried NO SCROLL CURSOR FOR {}", table.in_postgres()))?;
    loop {
        let lines: Vec<Line> = diesel::sql_query(format!("FETCH {FETCHED} FROM carried")).load(target)?;
        if lines.is_empty() {
            break;
        }
        lines.iter().try_for_each(|row| to.add(&row.line))?;
    }
    target.batch_execute("CLOSE carried")?;
    let (from, to) = (from.sorted(), to.sorted());
    Ok(Compared { table: table.name.clone(), from: from.len(), to: to.len(), same: from == to })
}

fn refused(detail: crate::error::Say) -> Error {
    Error::Refused { code: "refused", detail }
}
