//! One connection type for both engines, how a connection is made, and the migrations.
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use diesel::{
    connection::SimpleConnection,
    migration::MigrationVersion,
    pg::PgConnection,
    prelude::*,
    r2d2::{Error as PoolError, ManageConnection, R2D2Connection},
    sqlite::SqliteConnection,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::{error::Error, nearby::is_near, say};

/// A connection to either engine.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// PostgreSQL 15 or later.
    Postgres(PgConnection),
    /// The built-in SQLite.
    Sqlite(SqliteConnection),
}

/// Pastes one expression into both arms: for what `MultiConnection` can't express, such as a batch insert.
#[macro_export]
macro_rules! native {
    ($conn:expr, |$c:ident| $e:expr) => {
        match $conn {
            $crate::db::Conn::Postgres($c) => $e,
            $crate::db::Conn::Sqlite($c) => $e,
        }
    };
}

/// Where the data lies, read from a URL. Anything that is neither is refused: a typo must not create an empty database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A PostgreSQL URL, several hosts allowed.
    Postgres(String),
    /// A SQLite file.
    Sqlite(PathBuf),
}

impl Location {
    /// `postgres://...`, `postgresql://...`, `sqlite:path` or `sqlite://path`.
    pub fn parse(url: &str) -> Result<Self, Error> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return match falls_back(url) {
                false => Ok(Self::Postgres(url.to_owned())),
                true => Err(Error::invalid(
                    "DATABASE_URL",
                    say!(
                        "ska säga om vägen till en annan dator är krypterad: lägg till ?sslmode=verify-full, eller ?sslmode=disable i ett nät som är ert eget",
                        "must say whether the way to another machine is encrypted: add ?sslmode=verify-full, or ?sslmode=disable in a network of your own"
                    ),
                )),
            };
        }
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if !path.is_empty() && path != ":memory:" {
                return Ok(Self::Sqlite(PathBuf::from(path)));
            }
        }
        let scheme: String = url.chars().take_while(|c| *c != ':').take(20).collect();
        Err(Error::invalid(
            "DATABASE_URL",
            say!(
                "okänd databas ”{scheme}”: använd sqlite:fil.db eller postgres://värd/namn",
                "unknown database “{scheme}”: use sqlite:file.db or postgres://host/name"
            ),
        ))
    }

    /// The same hosts, whichever answers, where this one wants one that takes writes.
    #[must_use]
    pub fn of_any_host(&self) -> Option<Self> {
        let Self::Postgres(url) = self else { return None };
        let (server, query) = url.split_once('?')?;
        let (wanted, others): (Vec<&str>, Vec<&str>) = query.split('&').partition(|option| option.starts_with("target_session_attrs="));
        let choosy = matches!(wanted.last()?.split_once('=')?.1, "read-write" | "primary");
        choosy.then(|| Self::Postgres(format!("{server}?{}", [others, vec!["target_session_attrs=any"]].concat().join("&"))))
    }

    /// Without the password, for people to read.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite:{}", path.display()),
            Self::Postgres(url) => match (url.find("://"), url.rfind('@')) {
                (Some(scheme), Some(at)) if scheme < at => {
                    format!("{}…{}", url.get(..scheme + 3).unwrap_or(""), url.get(at..).unwrap_or(""))
                }
                _ => url.clone(),
            },
        }
    }
}

/// Would this reach another machine, encrypted only if whoever stands between lets it be? That is what PostgreSQL's client does when it
/// is told nothing (OWASP ASVS 5.0, 12.3.1).
fn falls_back(url: &str) -> bool {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let (server, query) = rest.split_once('?').unwrap_or((rest, ""));
    let server = server.split('/').next().unwrap_or("");
    let hosts = server.rsplit_once('@').map_or(server, |(_, hosts)| hosts);
    let options: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let all = |name: &'static str| options.iter().filter(move |(one, _)| one == name).map(|(_, value)| value.as_str());
    let name = |host: &str| match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inside, _)) => inside.to_owned(),
        None => host.split(':').next().unwrap_or("").to_owned(),
    };
    let named = all("host").chain(all("hostaddr")).flat_map(|hosts| hosts.split(',')).map(str::to_owned);
    let far = hosts.split(',').map(name).chain(named).any(|host| !host.starts_with('/') && !is_near(&host));
    far && all("sslmode").next_back().is_none_or(|mode| matches!(mode, "allow" | "prefer"))
}

/// Whether a SQLite connection may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Reads alone: the engine itself refuses a write.
    Read,
    /// Reads and writes.
    Write,
}

/// Makes connections. Chosen by URL scheme; diesel's own tries one engine after the other and hides the first one's reason.
#[derive(Debug, Clone)]
pub struct Manager {
    /// Where to.
    pub location: Location,
    /// SQLite: read-only or not.
    pub mode: Mode,
}

impl Manager {
    fn sqlite(&self, path: &Path) -> Result<Conn, PoolError> {
        let text =
            path.to_str().ok_or_else(|| PoolError::ConnectionError(ConnectionError::BadConnection("the path is not UTF-8".into())))?;
        let mut conn = SqliteConnection::establish(text).map_err(PoolError::ConnectionError)?;
        // synchronous=FULL: an answered booking must be there after a power cut; NORMAL would save a third of the time and lose it.
        let busy = BUSY.as_millis();
        conn.batch_execute(&format!(
            "PRAGMA busy_timeout={busy}; PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-4000"
        ))
        .map_err(PoolError::QueryError)?;
        match self.mode {
            Mode::Write => write_ahead(&mut conn).and_then(|()| conn.batch_execute("PRAGMA recursive_triggers=ON")),
            Mode::Read => conn.batch_execute("PRAGMA query_only=ON"),
        }
        .map_err(PoolError::QueryError)?;
        Ok(Conn::Sqlite(conn))
    }
}

/// How long one waits for another who writes.
const BUSY: Duration = Duration::from_secs(10);

/// Turns the file into one with a write-ahead log. Of two that do so at once with a new file, SQLite turns one away instead of
/// letting it wait its turn as with everything else; a moment later there is nothing left to turn.
fn write_ahead(conn: &mut SqliteConnection) -> QueryResult<()> {
    let until = Instant::now() + BUSY;
    loop {
        match conn.batch_execute("PRAGMA journal_mode=WAL") {
            Err(error) if error.to_string() == "database is locked" && Instant::now() < until => std::thread::sleep(BUSY / 500),
            other => return other,
        }
    }
}

/// How a PostgreSQL session works for us. Without jit: compiling a statement takes a second, which our longest ones never win back.
/// With plans that are made once: to make one for the values of each booking takes longer than to run it.
const SESSION: &str = "SET TIME ZONE 'UTC'; SET jit = off; SET plan_cache_mode = force_generic_plan; SET statement_timeout = '30s'; \
                       SET idle_in_transaction_session_timeout = '60s'";

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = PoolError;

    fn connect(&self) -> Result<Conn, PoolError> {
        match &self.location {
            Location::Sqlite(path) => self.sqlite(path),
            Location::Postgres(url) => {
                let mut conn = PgConnection::establish(url).map_err(PoolError::ConnectionError)?;
                // Only a superuser may choose the language of messages; without it they come in the server's.
                conn.batch_execute(&format!("{SESSION}; SET lc_messages = 'C'"))
                    .or_else(|_| conn.batch_execute(SESSION))
                    .map_err(PoolError::QueryError)?;
                Ok(Conn::Postgres(conn))
            }
        }
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), PoolError> {
        conn.ping().map_err(PoolError::QueryError)
    }

    /// A connection that panicked in a transaction, or whose server is gone, is not used again.
    fn has_broken(&self, conn: &mut Conn) -> bool {
        std::thread::panicking() || conn.is_broken()
    }
}

/// The schema of PostgreSQL.
pub const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
/// The schema of SQLite.
pub const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// The lock under which one process at a time migrates on PostgreSQL; any number will do as long as it stays the same.
const MIGRATION_LOCK: i64 = 21_021_021;

fn newer(found: &str) -> Error {
    Error::Unavailable(say!(
        "databasen är från en nyare version av nobel21 (migrering {found}): uppgradera programmet eller återställ en säkerhetskopia",
        "the database comes from a newer version of nobel21 (migration {found}): upgrade the program or restore a backup"
    ))
}

/// Brings the schema up to date; returns the names of the migrations it ran. A schema from a newer version is refused.
pub fn migrate(conn: &mut Conn) -> Result<Vec<String>, Error> {
    // The account that serves need not be the one that owns the tables: where there is nothing to do, nothing is tried.
    if migrated(conn).unwrap_or(false) {
        return Ok(vec![]);
    }
    if let Conn::Postgres(c) = conn {
        // An index on a large table takes its time, and so does waiting for whoever makes it.
        c.batch_execute(&format!("SET statement_timeout = 0; SELECT pg_advisory_lock({MIGRATION_LOCK})")).map_err(Error::from)?;
    }
    let ran = refuse_newer(conn).and_then(|()| {
        let names = |ran: Vec<MigrationVersion<'_>>| ran.iter().map(ToString::to_string).collect();
        match conn {
            Conn::Postgres(c) => c.run_pending_migrations(POSTGRES).map(names),
            // One transaction around all of them is SQLite's lock: whoever comes second waits, looks again, finds nothing to do.
            Conn::Sqlite(c) => c.exclusive_transaction(|c| c.run_pending_migrations(SQLITE).map(names)),
        }
        .map_err(Error::internal)
    });
    if let Conn::Postgres(c) = conn {
        c.batch_execute(&format!("SELECT pg_advisory_unlock({MIGRATION_LOCK}); {SESSION}")).map_err(Error::from)?;
    }
    ran
}

/// Takes every migration back; for the tests of the down scripts.
pub fn revert_all(conn: &mut Conn) -> Result<(), Error> {
    match conn {
        Conn::Postgres(c) => c.revert_all_migrations(POSTGRES).map(|_| ()),
        Conn::Sqlite(c) => c.revert_all_migrations(SQLITE).map(|_| ()),
    }
    .map_err(Error::internal)
}

fn refuse_newer(conn: &mut Conn) -> Result<(), Error> {
    let (applied, known) = match conn {
        Conn::Postgres(c) => (c.applied_migrations(), names::<diesel::pg::Pg>(POSTGRES)),
        Conn::Sqlite(c) => (c.applied_migrations(), names::<diesel::sqlite::Sqlite>(SQLITE)),
    };
    let applied = applied.map_err(Error::internal)?;
    let known = known?;
    match applied.iter().map(ToString::to_string).find(|version| !known.contains(version)) {
        Some(unknown) => Err(newer(&unknown)),
        None => Ok(()),
    }
}

fn names<DB: diesel::backend::Backend>(all: EmbeddedMigrations) -> Result<Vec<String>, Error> {
    let list = diesel::migration::MigrationSource::<DB>::migrations(&all).map_err(Error::internal)?;
    Ok(list.iter().map(|m| m.name().version().to_string()).collect())
}

diesel::table! {
    /// The migrations library's own record of what it has run.
    __diesel_schema_migrations (version) {
        /// The folder's number.
        version -> diesel::sql_types::Text,
    }
}

/// Are all migrations in, and none that we don't know? Only reads, so that it can be asked in a transaction that may do no more:
/// the library's own questions create its table first.
pub fn migrated(conn: &mut Conn) -> Result<bool, Error> {
    let (known, applied) = known_and_applied(conn)?;
    match applied.iter().find(|version| !known.contains(version)) {
        Some(unknown) => Err(newer(unknown)),
        None => Ok(known.iter().all(|version| applied.contains(version))),
    }
}

/// Are all migrations in that this version needs? Others may be too: while a house goes from one version to the next, whoever runs already
/// serves on the next one's schema (CONTRIBUTING.md, Migrations).
pub fn serves(conn: &mut Conn) -> Result<bool, Error> {
    let (known, applied) = known_and_applied(conn)?;
    Ok(known.iter().all(|version| applied.contains(version)))
}

fn known_and_applied(conn: &mut Conn) -> Result<(Vec<String>, Vec<String>), Error> {
    let known = match conn {
        Conn::Postgres(_) => names::<diesel::pg::Pg>(POSTGRES),
        Conn::Sqlite(_) => names::<diesel::sqlite::Sqlite>(SQLITE),
    }?;
    let applied = __diesel_schema_migrations::table.select(__diesel_schema_migrations::version).load(conn)?;
    Ok((known, applied))
}

#[cfg(test)]
mod tests {
    use super::Location;

    #[test]
    fn the_way_to_another_machine_is_encrypted_or_said_not_to_be() {
        for good in [
            "postgres://nobel21:x@localhost/nobel21",
            "postgres://nobel21@127.0.0.1:5433/nobel21",
            "postgres://nobel21@[::1]:5433/nobel21",
            "postgres:///nobel21?host=/run/postgresql",
            "postgres://nobel21:x@postgres/nobel21",
            "postgres://nobel21:x%40y@db.example.org/nobel21?sslmode=verify-full",
            "postgresql://nobel21:x@db1.example.org,db2.example.org:5433/nobel21?target_session_attrs=read-write&sslmode=require",
            "postgres://nobel21:x@10.0.0.5/nobel21?sslmode=disable",
        ] {
            assert!(Location::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "postgres://nobel21:x@db.example.org/nobel21",
            "postgres://nobel21:x@10.0.0.5:5432/nobel21",
            "postgres://nobel21:x@[2001:db8::5]:5432/nobel21",
            "postgres://nobel21:x@localhost,db.example.org/nobel21",
            "postgres:///nobel21?host=db.example.org",
            "postgres:///nobel21?hostaddr=192.0.2.7",
            "postgres://nobel21:x@db.example.org/nobel21?sslmode=prefer",
            "postgres://nobel21:x@db.example.org/nobel21?sslmode=verify-full&sslmode=allow",
        ] {
            assert!(Location::parse(bad).is_err(), "{bad}");
        }
    }
}
