//! Once a minute: reminds those who have booked a day before. Any number of processes may do it; each gathering is claimed in the
//! transaction that writes its letter.
use std::{sync::Arc, time::Duration};

use crate::{
    bookings::reminders,
    config::House,
    db::Db,
    error::Result,
    time::{Clock, Moment},
    worker::Worker,
};

const PAUSE: Duration = Duration::from_secs(60);

/// Starts the thread.
pub fn start(db: Db, house: Arc<House>, clock: Clock) -> Result<Worker> {
    Worker::start("reminders", move |_| {
        if let Err(error) = remind(&db, &house, clock.now()) {
            tracing::warn!(%error, "reminders can't be written; trying again in a minute");
        }
        PAUSE
    })
}

/// Writes the reminders that are due; gives how many. Each in a transaction of its own, so that bookings never wait for all.
pub fn remind(db: &Db, house: &House, now: Moment) -> Result<usize> {
    let mut written = 0;
    // Looked at with a reading connection first: bookings wait for the writing one.
    for id in db.read_now(|c| reminders::due(c, now))? {
        written += usize::from(db.write_now(|c| reminders::remind(c, house, id, now))?);
    }
    Ok(written)
}
