//! Once a minute: gives the rooms of gatherings to which nobody came to those who wait, lets offers lapse that nobody has answered,
//! each to the next, and ends wishes whose time is over. Any number of processes may do it; each is locked and looked at again in the
//! transaction that ends it.
use std::{sync::Arc, time::Duration};

use crate::{
    bookings::{arrivals, waitlist},
    config::House,
    db::Db,
    error::Result,
    time::{Clock, Moment},
    worker::Worker,
};

const PAUSE: Duration = Duration::from_secs(60);

/// Starts the thread.
pub fn start(db: Db, house: Arc<House>, clock: Clock) -> Result<Worker> {
    Worker::start("waitlist", move |_| {
        if let Err(error) = look(&db, &house, clock.now()) {
            tracing::warn!(%error, "the waiting list can't be looked through; trying again in a minute");
        }
        PAUSE
    })
}

/// Releases what stands empty and ends what is over; gives how many. Each in a transaction of its own.
pub fn look(db: &Db, house: &House, now: Moment) -> Result<usize> {
    let mut ended = 0;
    // Looked at with a reading connection first: bookings wait for the writing one.
    for id in db.read_now(|c| waitlist::due(c, now))? {
        ended += usize::from(db.write_now(|c| waitlist::lapse(c, house, id, now))?);
    }
    for id in db.read_now(|c| arrivals::empty(c, now))? {
        ended += usize::from(db.write_now(|c| arrivals::release(c, house, id, now))?);
    }
    Ok(ended)
}
