//! The database: two doors, [`Db::read`] and [`Db::write`], and nothing else that gives out a connection.
//!
//! On SQLite readers have connections of their own that can't write, and all writers wait in one queue for the one writing
//! connection: with several, SQLite's own waiting starves some of them for a second. On PostgreSQL both doors share a pool, and readers
//! have a way to a [`standby`] besides.
pub mod backup;
pub mod carry;
mod changes;
#[allow(missing_docs)] // the derive of MultiConnection writes items without docs
mod conn;
mod fault;
pub use fault::is_duplicate;
pub mod schema;
pub mod standby;
mod types;
mod version;

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::web;
use diesel::{
    connection::{AnsiTransactionManager, SimpleConnection, TransactionManager},
    prelude::*,
    r2d2::{ManageConnection, Pool, PooledConnection, R2D2Connection},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

pub use changes::Changes;
pub use conn::{Conn, Location, Manager, Mode, MultiBackend, POSTGRES, SQLITE, migrate, migrated, revert_all, serves};
use standby::Standby;
pub use types::{Both, DbUuid};
pub use version::Version;
use version::{Watch, mark};

use crate::{
    error::{Error, Result},
    say,
    time::Moment,
};

/// How long one waits for a connection.
const PATIENCE: Duration = Duration::from_secs(5);
/// Who wants to write to SQLite and has a thread to do so: whoever has the connection, and the next one.
const WRITERS: usize = 2;

/// Both doors.
#[derive(Clone)]
pub struct Db {
    readers: Pool<Manager>,
    writers: Pool<Manager>,
    reading: Arc<Semaphore>,
    writing: Arc<Semaphore>,
    standby: Option<Arc<Standby>>,
    location: Location,
    watch: Arc<Watch>,
    _log: Option<Arc<Log>>,
}

/// SQLite's write-ahead log. Its last connection folds it into the file, but a process may end before its pools have closed theirs, and
/// whoever copies the file alone would miss what was written last: so it is folded when the last [`Db`] of a process goes.
struct Log(Pool<Manager>);

impl Drop for Log {
    fn drop(&mut self) {
        // Passive: it waits for nobody who reads or writes, here or in another process, and takes what there is.
        let fold = |mut conn: PooledConnection<Manager>| conn.batch_execute("PRAGMA wal_checkpoint(PASSIVE)");
        if let Some(Err(error)) = self.0.try_get().map(fold) {
            tracing::warn!(%error, "the write-ahead log was not folded into the file");
        }
    }
}

/// A request's right to a thread on which it waits for a connection and uses it. Whoever has none yet waits without one: what threads
/// hold on to of memory would grow with those who wait.
struct Turn {
    until: Instant,
    _ends: OwnedSemaphorePermit,
}

impl Turn {
    async fn of(door: &Arc<Semaphore>) -> Result<Self> {
        let until = Instant::now() + PATIENCE;
        let permit = timeout(PATIENCE, Arc::clone(door).acquire_owned()).await.map_err(|_| no_connection("all are in use"))?;
        Ok(Self { until, _ends: permit.map_err(Error::internal)? })
    }

    /// What is left of one's patience.
    fn patience(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }
}

/// How many connections are open and idle, for the metrics.
#[derive(Debug, Clone, Copy)]
pub struct PoolState {
    /// Open connections.
    pub open: u32,
    /// Of those, waiting for work.
    pub idle: u32,
}

impl Db {
    /// Opens the database, creating a SQLite file in a folder that exists, and applies the migrations.
    ///
    /// `connections` bounds how many are open at once: readers on SQLite, all on PostgreSQL but for those at a standby.
    pub fn open(location: &Location, connections: u32) -> Result<Self> {
        if let Location::Sqlite(path) = location {
            check_file(path)?;
        }
        let manager = |mode| Manager { location: location.clone(), mode };
        let connect = |manager: &Manager| manager.connect().map_err(|e| cannot_open(location, &e.to_string()));
        let mut first = connect(&manager(Mode::Write))?;
        migrate(&mut first)?;
        drop(first);
        let pool = |mode, size: u32| {
            Pool::builder()
                .max_size(size)
                .min_idle(Some(1))
                // Where many houses share a server or a machine, what a busy moment opened is given back soon after.
                .idle_timeout(Some(Duration::from_secs(60)))
                // `begin` finds out whether a connection still lives: a question of its own before each transaction is a trip lost.
                .test_on_check_out(false)
                .connection_timeout(PATIENCE)
                .error_handler(Box::new(diesel::r2d2::NopErrorHandler))
                .build(manager(mode))
                .map_err(|e| cannot_open(location, &e.to_string()))
        };
        let (readers, writers) = match location {
            Location::Sqlite(_) => (pool(Mode::Read, connections)?, pool(Mode::Write, 1)?),
            Location::Postgres(_) => {
                let both = pool(Mode::Write, connections)?;
                (both.clone(), both)
            }
        };
        let watching = match location {
            Location::Sqlite(_) => Some(connect(&manager(Mode::Read))?),
            Location::Postgres(_) => None,
        };
        let door = |threads: usize| Arc::new(Semaphore::new(threads));
        // Readers and writers apart also where they share a pool: while there is no primary, readers have another way.
        let reading = door(connections as usize);
        let writing = match location {
            Location::Sqlite(_) => door(WRITERS),
            Location::Postgres(_) => door(connections as usize),
        };
        let standby = Standby::of(location)?.map(Arc::new);
        let log = matches!(location, Location::Sqlite(_)).then(|| Arc::new(Log(writers.clone())));
        Ok(Self {
            readers,
            writers,
            reading,
            writing,
            standby,
            location: location.clone(),
            watch: Arc::new(Watch::new(watching)),
            _log: log,
        })
    }

    /// Runs `work` in a transaction that only reads and sees one state of the data: an older one, of a standby, if no primary can be
    /// reached and that will do ([`standby::will_do`]).
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        let db = self.clone();
        let older_does = standby::does();
        let turn = Turn::of(&self.reading).await?;
        let read = move || db.begin_reading(older_does, turn.patience()).map(|(mut conn, as_of)| (transaction(&mut conn, work), as_of));
        let (done, as_of) = web::block(read).await.map_err(Error::internal)??;
        standby::note(as_of);
        done
    }

    /// Runs `work` in one transaction: all of it happens, or nothing.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        let db = self.clone();
        let turn = Turn::of(&self.writing).await?;
        web::block(move || db.write_within(turn.patience(), work)).await.map_err(Error::internal)?
    }

    /// [`Db::read`] on this thread: for commands and workers, which block anyway.
    pub fn read_now<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        transaction(&mut *begin(&self.readers, Mode::Read, PATIENCE)?, work)
    }

    /// A connection that has begun to read, and how old that is if it does so at a standby.
    fn begin_reading(&self, older_does: bool, patience: Duration) -> Result<(PooledConnection<Manager>, Option<Moment>)> {
        match &self.standby {
            Some(standby) if older_does => standby.begin(&self.readers, patience),
            _ => Ok((begin(&self.readers, Mode::Read, patience)?, None)),
        }
    }

    /// [`Db::write`] on this thread: for commands and workers, which block anyway.
    pub fn write_now<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        self.write_within(PATIENCE, work)
    }

    fn write_within<T>(&self, patience: Duration, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        let done = transaction(&mut *begin(&self.writers, Mode::Write, patience)?, work);
        // Also after an error: a commit whose answer was lost may have happened.
        self.watch.wrote();
        done
    }

    /// The state of the data. What was read after one version was asked for is good as long as the same comes back; what this
    /// process writes changes it at once, what others write within a quarter of a second. A standby has none: what its snapshots are
    /// called says nothing about a primary's.
    pub async fn version(&self) -> Result<Option<Version>> {
        if let Some(version) = self.watch.recent()? {
            return Ok(Some(version));
        }
        let older_does = standby::does();
        if older_does && self.standby.as_ref().is_some_and(|standby| standby.stands_in(&self.readers)) {
            return Ok(None);
        }
        let db = self.clone();
        let turn = Turn::of(&self.reading).await?;
        let ask = move || {
            db.watch.ask(|| {
                let (mut conn, as_of) = db.begin_reading(older_does, turn.patience())?;
                transaction(&mut conn, |c| if as_of.is_some() { Ok(None) } else { mark(c).map(Some) })
            })
        };
        web::block(ask).await.map_err(Error::internal)?
    }

    /// Where the data lies.
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// The state of the pools, by name.
    #[must_use]
    pub fn pools(&self) -> Vec<(&'static str, PoolState)> {
        let state = |pool: &Pool<Manager>| PoolState { open: pool.state().connections, idle: pool.state().idle_connections };
        match self.location {
            Location::Sqlite(_) => vec![("read", state(&self.readers)), ("write", state(&self.writers))],
            Location::Postgres(_) => {
                let standby = self.standby.as_ref().map(|standby| ("standby", state(standby.pool())));
                [("shared", state(&self.writers))].into_iter().chain(standby).collect()
            }
        }
    }
}

fn checkout(pool: &Pool<Manager>, patience: Duration) -> Result<PooledConnection<Manager>> {
    pool.get_timeout(patience).map_err(no_connection)
}

fn no_connection(why: impl std::fmt::Display) -> Error {
    tracing::warn!(error = %why, "no connection to the database");
    Error::Unavailable(say!(
        "Databasen svarar inte just nu. Försök igen om en stund.",
        "The database does not answer right now. Please try again in a moment."
    ))
}

/// A connection in a transaction that has just begun. One that died with its server must not cost a user an error after the
/// server is back, so it is thrown away and the next one tried.
fn begin(pool: &Pool<Manager>, mode: Mode, patience: Duration) -> Result<PooledConnection<Manager>> {
    for _ in 0..pool.max_size() {
        let mut conn = checkout(pool, patience)?;
        match begin_on(&mut conn, mode) {
            Ok(()) => return Ok(conn),
            Err(error) => {
                let error = Error::from(error);
                if conn.ping().is_ok() {
                    return Err(error);
                }
                tracing::warn!(%error, "a connection to the database was lost");
                give_up(&mut conn);
            }
        }
    }
    // All that were open are gone: the pool now opens another or says why not.
    let mut conn = checkout(pool, patience)?;
    begin_on(&mut conn, mode)?;
    Ok(conn)
}

fn begin_on(conn: &mut Conn, mode: Mode) -> QueryResult<()> {
    match (conn, mode) {
        (Conn::Postgres(c), Mode::Write) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN ISOLATION LEVEL READ COMMITTED"),
        (Conn::Postgres(c), Mode::Read) => {
            AnsiTransactionManager::begin_transaction_sql(c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        }
        // Deferred transactions that write later fail at once when another writes: a writer says so when it begins.
        (Conn::Sqlite(c), Mode::Write) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE"),
        (Conn::Sqlite(c), Mode::Read) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN"),
    }
}

/// Marks a connection as broken, so that the pool does not take it back.
fn give_up(conn: &mut Conn) {
    match conn {
        Conn::Postgres(c) => AnsiTransactionManager::transaction_manager_status_mut(c).set_in_error(),
        Conn::Sqlite(c) => AnsiTransactionManager::transaction_manager_status_mut(c).set_in_error(),
    }
}

/// Does the work of a transaction that has begun, and ends it.
fn transaction<T>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    type Manager = <Conn as Connection>::TransactionManager;
    match work(conn) {
        Ok(value) => {
            Manager::commit_transaction(conn)?;
            Ok(value)
        }
        Err(error) => {
            // The first error is the reason; a rollback that fails too means a lost connection, which the pool throws away.
            if let Err(rollback) = Manager::rollback_transaction(conn) {
                tracing::warn!(error = %rollback, "rollback failed");
            }
            Err(error)
        }
    }
}

fn cannot_open(location: &Location, reason: &str) -> Error {
    let shown = location.shown();
    Error::Unavailable(say!("databasen {shown} går inte att öppna: {reason}", "the database {shown} can't be opened: {reason}"))
}

/// A SQLite file in a folder that does not exist is a typo more often than a wish.
fn check_file(path: &Path) -> Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let shown = path.display();
    if !folder.is_dir() {
        let folder = folder.display();
        return Err(Error::Unavailable(say!(
            "mappen {folder} finns inte: skapa den eller ange en annan --database-url",
            "the folder {folder} does not exist: create it or give another --database-url"
        )));
    }
    if path.is_dir() {
        return Err(Error::Unavailable(say!("{shown} är en mapp, inte en databas", "{shown} is a folder, not a database")));
    }
    if path.exists()
        && let Err(e) = std::fs::OpenOptions::new().read(true).write(true).open(path)
    {
        return Err(Error::Unavailable(say!(
            "{shown} kan inte läsas och skrivas ({e}): ge programmets användare rätt till den",
            "{shown} can't be read and written ({e}): give the program's user the right to"
        )));
    }
    Ok(())
}
