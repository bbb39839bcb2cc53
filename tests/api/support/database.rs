//! A database for one test: a SQLite file, or a PostgreSQL database cloned from a migrated template.
use std::hash::{DefaultHasher, Hash, Hasher};

use diesel::{
    connection::SimpleConnection,
    pg::PgConnection,
    prelude::*,
    r2d2::ManageConnection,
    sql_types::{BigInt, Text},
};
use nobel21::db::{Location, Manager, Mode, migrate};

use super::cluster::Cluster;

/// The lock under which one test at a time builds the template; any number will do as long as it stays the same.
const TEMPLATE_LOCK: i64 = 4711;

/// A database that nobody else has; gone when it is dropped.
pub enum Database {
    /// A folder with the file.
    Sqlite(tempfile::TempDir),
    /// A database of the test cluster.
    Postgres {
        /// The cluster's address, without a database.
        server: String,
        /// Its name.
        name: String,
    },
}

/// The engine that `TEST_DATABASE` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// The engine that this run tests.
pub fn engine() -> Engine {
    match std::env::var("TEST_DATABASE").as_deref() {
        Err(_) | Ok("" | "sqlite") => Engine::Sqlite,
        Ok("postgres") => Engine::Postgres,
        Ok(other) => panic!("TEST_DATABASE is {other:?}: use sqlite or postgres"),
    }
}

impl Database {
    /// With all tables and nothing in them, on the engine of this run.
    pub fn new() -> Self {
        match engine() {
            // The service migrates it by itself, in 3 ms.
            Engine::Sqlite => Self::blank(Engine::Sqlite),
            Engine::Postgres => Self::cloned(),
        }
    }

    /// Without any table.
    pub fn blank(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self::Sqlite(tempfile::tempdir().unwrap()),
            Engine::Postgres => {
                let server = Cluster::running().url();
                let name = new_name();
                connect(&server, "postgres").batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
                Self::Postgres { server, name }
            }
        }
    }

    /// With all tables and nothing in them, on PostgreSQL.
    pub fn cloned() -> Self {
        let server = Cluster::running().url();
        let mut admin = connect(&server, "postgres");
        let template = template(&mut admin, &server);
        let name = new_name();
        // FILE_COPY takes half the time of the default for a database this small.
        admin.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")).unwrap();
        Self::Postgres { server, name }
    }

    /// For the service's configuration.
    pub fn location(&self) -> Location {
        match self {
            Self::Sqlite(folder) => Location::Sqlite(folder.path().join("nobel21.db")),
            Self::Postgres { server, name } => Location::Postgres(format!("{server}/{name}")),
        }
    }

    /// For the environment of a process.
    pub fn url(&self) -> String {
        match self.location() {
            Location::Sqlite(path) => format!("sqlite:{}", path.display()),
            Location::Postgres(url) => url,
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Self::Postgres { server, name } = self {
            // One that stays behind wastes 8 MB until the cluster goes; that must not hide why a test failed.
            if let Ok(mut admin) = PgConnection::establish(&format!("{server}/postgres")) {
                let _ = admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
            }
        }
    }
}

fn new_name() -> String {
    format!("t_{}", uuid::Uuid::new_v4().simple())
}

fn connect(server: &str, name: &str) -> PgConnection {
    PgConnection::establish(&format!("{server}/{name}")).unwrap()
}

/// The migrated database that others are copied from: made once for each state of the migrations.
fn template(admin: &mut PgConnection, server: &str) -> String {
    let name = format!("template_{:016x}", migrations_hash());
    admin.batch_execute(&format!("SELECT pg_advisory_lock({TEMPLATE_LOCK})")).unwrap();
    // Closed to connections is the last step: one that is open was left half-made.
    let ready: i64 = diesel::select(
        diesel::dsl::sql::<BigInt>("(SELECT count(*) FROM pg_database WHERE NOT datallowconn AND datname = ")
            .bind::<Text, _>(&name)
            .sql(")"),
    )
    .get_result(admin)
    .unwrap();
    if ready == 0 {
        admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).unwrap();
        admin.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        let manager = Manager { location: Location::Postgres(format!("{server}/{name}")), mode: Mode::Write };
        migrate(&mut manager.connect().unwrap()).unwrap();
        admin.batch_execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).unwrap();
    }
    admin.batch_execute(&format!("SELECT pg_advisory_unlock({TEMPLATE_LOCK})")).unwrap();
    name
}

fn migrations_hash() -> u64 {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/postgres");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path().join("up.sql")).collect();
    files.sort();
    let mut hash = DefaultHasher::new();
    for file in files {
        std::fs::read(&file).unwrap().hash(&mut hash);
        file.parent().unwrap().file_name().hash(&mut hash);
    }
    hash.finish()
}
