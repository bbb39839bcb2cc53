//! Once a minute: lets requests lapse that nobody has answered in time. Any number of processes may do it; each is locked and looked
//! at again in the transaction that turns it down.
use std::{sync::Arc, time::Duration};

use crate::{
    bookings::approval,
    config::House,
    db::Db,
    error::Result,
    time::{Clock, Moment},
    worker::Worker,
};

const PAUSE: Duration = Duration::from_secs(60);

/// Starts the thread.
pub fn start(db: Db, house: Arc<House>, clock: Clock) -> Result<Worker> {
    Worker::start("requests", move |_| {
        if let Err(error) = lapse(&db, &house, clock.now()) {
            tracing::warn!(%error, "requests can't lapse; trying again in a minute");
        }
        PAUSE
    })
}

/// Turns down what has lapsed; gives how many letters that came to. Each in a transaction of its own.
pub fn lapse(db: &Db, house: &House, now: Moment) -> Result<usize> {
    let mut told = 0;
    // Looked at with a reading connection first: bookings wait for the writing one.
    for id in db.read_now(|c| approval::lapsed(c, now))? {
        told += usize::from(db.write_now(|c| approval::lapse(c, house, id, now))?);
    }
    Ok(told)
}
