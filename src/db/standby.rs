//! Reading goes on at a standby while no primary can be reached, and whoever reads is told how old that is.
use std::{
    cell::Cell,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use diesel::{
    prelude::*,
    r2d2::{Pool, PooledConnection},
    sql_types::Timestamp,
};

use super::{
    PATIENCE, begin, begin_on, cannot_open,
    conn::{Conn, Location, Manager, Mode},
};
use crate::{
    error::{Error, Result},
    time::Moment,
};

/// How long one waits for a primary before it counts as away: a new connection takes a tenth of it.
const SOON: Duration = Duration::from_secs(1);
/// Enough for a house's readers while it lasts.
const CONNECTIONS: u32 = 3;

tokio::task_local! {
    /// How old what the running request has read is; set for those requests alone to which an older state will do.
    static AS_OF: Cell<Option<Moment>>;
}

/// Runs a request that changes nothing: while no primary can be reached, it reads from a standby. Gives the instant up to which all
/// that was answered is in what it read there, or `None` if it did not.
pub async fn will_do<F: Future>(request: F) -> (F::Output, Option<Moment>) {
    AS_OF.scope(Cell::new(None), async { (request.await, as_of()) }).await
}

/// How old what the running request has read so far is, if any of it came from a standby.
#[must_use]
pub fn as_of() -> Option<Moment> {
    AS_OF.try_with(Cell::get).ok().flatten()
}

/// Will an older state do for the running request?
pub(super) fn does() -> bool {
    AS_OF.try_with(|_| ()).is_ok()
}

/// The running request has read this.
pub(super) fn note(read: Option<Moment>) {
    if let Some(read) = read {
        let _outside = AS_OF.try_with(|oldest| oldest.set(Some(oldest.get().map_or(read, |before| before.min(read)))));
    }
}

/// Whichever of the hosts answers.
pub(super) struct Standby {
    pool: Pool<Manager>,
    away: AtomicBool,
}

impl Standby {
    /// Of a house that wants a host that takes writes, and so may name some that do not. Nothing is connected before it is needed.
    pub(super) fn of(location: &Location) -> Result<Option<Self>> {
        let Some(location) = location.of_any_host() else { return Ok(None) };
        let pool = Pool::builder()
            .max_size(CONNECTIONS)
            .min_idle(Some(0))
            .idle_timeout(Some(Duration::from_secs(60)))
            .connection_timeout(PATIENCE)
            .error_handler(Box::new(diesel::r2d2::NopErrorHandler))
            .build(Manager { location: location.clone(), mode: Mode::Read })
            .map_err(|e| cannot_open(&location, &e.to_string()))?;
        Ok(Some(Self { pool, away: AtomicBool::new(false) }))
    }

    /// Is no primary known to be there? While the pool has no connection it tries on by itself; nobody but the first waits for that.
    pub(super) fn stands_in(&self, primary: &Pool<Manager>) -> bool {
        self.away.load(Ordering::Relaxed) && primary.state().connections == 0
    }

    /// Its connections.
    pub(super) fn pool(&self) -> &Pool<Manager> {
        &self.pool
    }

    /// A connection that has begun to read: at the primary, or else here, with the age of what is here.
    pub(super) fn begin(&self, primary: &Pool<Manager>, patience: Duration) -> Result<(PooledConnection<Manager>, Option<Moment>)> {
        if !self.stands_in(primary) {
            // The first time soon, the second time, where it seems to have much to do, for as long as anybody waits. It may turn out
            // meanwhile that its connections were those of a host that has gone without a word.
            for (patience, is_last) in [(SOON.min(patience), false), (patience, true)] {
                match begin(primary, Mode::Read, patience) {
                    Ok(conn) => {
                        self.away.store(false, Ordering::Relaxed);
                        return Ok((conn, None));
                    }
                    Err(_) if primary.state().connections == 0 => {
                        self.away.store(true, Ordering::Relaxed);
                        break;
                    }
                    Err(error) if is_last => return Err(error),
                    Err(_) => {}
                }
            }
        }
        let mut conn = super::checkout(&self.pool, PATIENCE)?;
        // Asked before the transaction sees its state, which so is never older than it is said to be.
        let as_of = age(&mut conn)?;
        begin_on(&mut conn, Mode::Read)?;
        Ok((conn, Some(as_of)))
    }
}

/// Up to when all that was committed is there. A standby that has repeated nothing since its start is at least at its last checkpoint;
/// a primary that takes no writes is not behind anybody.
fn age(conn: &mut Conn) -> Result<Moment> {
    #[derive(QueryableByName)]
    struct Age {
        #[diesel(sql_type = Timestamp)]
        as_of: Moment,
    }
    let question = "SELECT (CASE WHEN pg_is_in_recovery() \
                    THEN COALESCE(pg_last_xact_replay_timestamp(), (SELECT checkpoint_time FROM pg_control_checkpoint())) \
                    ELSE now() END) AT TIME ZONE 'UTC' AS as_of";
    match conn {
        Conn::Postgres(c) => Ok(diesel::sql_query(question).get_result::<Age>(c)?.as_of),
        Conn::Sqlite(_) => Err(Error::Internal("a SQLite house has no standby".into())),
    }
}
