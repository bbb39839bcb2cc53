//! Once a minute: asks by letter how many came to what is over. Any number of processes may do it; each question is claimed in the
//! transaction that writes its letter.
use std::{sync::Arc, time::Duration};

use crate::{
    attendance,
    config::House,
    db::Db,
    error::Result,
    time::{Clock, Moment},
    worker::Worker,
};

const PAUSE: Duration = Duration::from_secs(60);

/// Starts the thread.
pub fn start(db: Db, house: Arc<House>, clock: Clock) -> Result<Worker> {
    Worker::start("questions", move |_| {
        if let Err(error) = ask(&db, &house, clock.now()) {
            tracing::warn!(%error, "nobody can be asked how many came; trying again in a minute");
        }
        PAUSE
    })
}

/// Writes the questions that are due; gives how many. Each in a transaction of its own, so that bookings never wait for all.
pub fn ask(db: &Db, house: &House, now: Moment) -> Result<usize> {
    let mut written = 0;
    // Looked at with a reading connection first: bookings wait for the writing one.
    for (id, round) in db.read_now(|c| attendance::due(c, now))? {
        written += usize::from(db.write_now(|c| attendance::ask(c, house, id, round, now))?);
    }
    Ok(written)
}
