//! Whether anything was written since: what was read before may be shown again as long as nothing was.
use std::{
    sync::{
        Mutex, TryLockError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use diesel::{
    prelude::*,
    sql_types::{BigInt, Text},
};

use super::conn::Conn;
use crate::error::{Error, Result};

/// How late a write of another process may be noticed. One's own is noticed at once. Longer would show people a stale week,
/// shorter would ask the database more often for nothing.
const LATE: Duration = Duration::from_millis(250);

/// A state of the data: two that are equal are the same state, as far as this process has noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// Transactions that this process has written.
    own: u64,
    /// Changes of the database's own mark that were noticed.
    noticed: u64,
}

/// Watches for writes, of this process and of others.
pub(super) struct Watch {
    own: AtomicU64,
    seen: Mutex<Seen>,
}

struct Seen {
    /// SQLite: the connection that is asked, always the same one, for its answer is only about what others wrote.
    conn: Option<Conn>,
    mark: String,
    noticed: u64,
    at: Option<Instant>,
}

impl Watch {
    /// `conn` is a connection of its own where the engine needs one.
    pub(super) fn new(conn: Option<Conn>) -> Self {
        Self { own: AtomicU64::new(0), seen: Mutex::new(Seen { conn, mark: String::new(), noticed: 0, at: None }) }
    }

    /// This process has written something.
    pub(super) fn wrote(&self) {
        self.own.fetch_add(1, Ordering::Release);
    }

    /// How often this process has written.
    pub(super) fn own(&self) -> u64 {
        self.own.load(Ordering::Acquire)
    }

    /// The version, if the database was asked a moment ago. Waits for nobody who is asking it just now: that may take long.
    pub(super) fn recent(&self) -> Result<Option<Version>> {
        let own = self.own.load(Ordering::Acquire);
        let seen = match self.seen.try_lock() {
            Ok(seen) => seen,
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Poisoned(error)) => return Err(Error::internal(error)),
        };
        Ok(seen.at.filter(|at| at.elapsed() < LATE).map(|_| Version { own, noticed: seen.noticed }))
    }

    /// The version, by asking the database: with a connection of its own, or else by `question`, unless that has no answer. Of several
    /// who come at once one asks.
    pub(super) fn ask(&self, question: impl FnOnce() -> Result<Option<String>>) -> Result<Option<Version>> {
        let own = self.own.load(Ordering::Acquire);
        let mut seen = self.seen.lock().map_err(Error::internal)?;
        if seen.at.is_none_or(|at| at.elapsed() >= LATE) {
            // The time of before the question: what is written while it is answered counts as not seen.
            let at = Instant::now();
            let mark = match &mut seen.conn {
                Some(conn) => Some(mark(conn)?),
                None => question()?,
            };
            let Some(mark) = mark else { return Ok(None) };
            if mark != seen.mark {
                seen.mark = mark;
                seen.noticed += 1;
            }
            seen.at = Some(at);
        }
        Ok(Some(Version { own, noticed: seen.noticed }))
    }
}

/// What the database itself changes with every transaction that writes.
pub(super) fn mark(conn: &mut Conn) -> Result<String> {
    #[derive(QueryableByName)]
    struct Snapshot {
        #[diesel(sql_type = Text)]
        mark: String,
    }
    #[derive(QueryableByName)]
    struct DataVersion {
        #[diesel(sql_type = BigInt)]
        data_version: i64,
    }
    Ok(match conn {
        // Which transactions are visible: the same text is the same data.
        Conn::Postgres(c) => diesel::sql_query("SELECT pg_current_snapshot()::text AS mark").get_result::<Snapshot>(c)?.mark,
        Conn::Sqlite(c) => diesel::sql_query("PRAGMA data_version").get_result::<DataVersion>(c)?.data_version.to_string(),
    })
}
