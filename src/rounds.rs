//! Once a minute: what comes due by itself. Any number of processes may do it; each case is claimed or locked and looked at again in
//! the transaction that settles it.
use std::{sync::Arc, time::Duration};

use crate::{
    attendance,
    audit::{By, seals},
    bookings::{approval, arrivals, reminders, waitlist},
    config::House,
    db::{Conn, Db},
    error::{Error, Result},
    people::invitations,
    statistics::mailing,
    time::{Clock, Moment},
    worker::Worker,
};

const PAUSE: Duration = Duration::from_secs(60);

/// A round at this instant; gives how much it did.
type Round = fn(&Db, &House, Moment) -> Result<usize>;

const ROUNDS: [(&str, Round); 7] = [
    ("reminders", remind),
    ("requests", lapse),
    ("waiting list", offer),
    ("questions", ask),
    ("figures", report),
    ("invitations", invite),
    ("seals", seal),
];

/// Starts a thread for each, so that one which takes long keeps no other waiting. Each begins at its own time in the minute: at the same time
/// each would take a connection to the database, and an idle house would hold so many for good.
pub fn start(db: &Db, house: &Arc<House>, clock: &Clock) -> Result<Vec<Worker>> {
    let apart = PAUSE / ROUNDS.len() as u32;
    let one = |(turn, (name, round)): (u32, (&'static str, Round))| {
        let (db, house, clock) = (db.clone(), Arc::clone(house), clock.clone());
        let mut before = Some(apart * turn);
        Worker::start(name, move |_| {
            if let Some(pause) = before.take() {
                return pause;
            }
            if let Err(error) = round(&db, &house, clock.now()) {
                tracing::warn!(worker = name, %error, "a round failed; trying again in a minute");
            }
            PAUSE
        })
    };
    (0..).zip(ROUNDS).map(one).collect()
}

/// Settles what is due, each in a transaction of its own, so that bookings never wait for all; gives how many. One that can't be settled
/// does not keep those behind it: the first such fault is told afterwards.
fn each<T>(db: &Db, due: impl FnOnce(&mut Conn) -> Result<Vec<T>>, settle: impl Fn(&mut Conn, T) -> Result<bool>) -> Result<usize> {
    let mut settled = 0;
    // Looked at with a reading connection first: bookings wait for the writing one.
    let mut failed = None;
    for case in db.read_now(due)? {
        match db.write_now(|c| settle(c, case)) {
            Ok(done) => settled += usize::from(done),
            Err(gone @ Error::Unavailable(_)) => return Err(gone),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(settled), Err)
}

/// Reminds those who have booked a day before.
pub fn remind(db: &Db, house: &House, now: Moment) -> Result<usize> {
    each(db, |c| reminders::due(c, now), |c, id| reminders::remind(c, house, id, now))
}

/// Turns down requests that nobody has answered in time; gives how many letters that came to.
pub fn lapse(db: &Db, house: &House, now: Moment) -> Result<usize> {
    each(db, |c| approval::lapsed(c, now), |c, id| approval::lapse(c, house, id, now))
}

/// Lets offers lapse that nobody has answered, each to the next who waits, ends wishes whose time is over, and gives the rooms of
/// gatherings to which nobody came to those who wait.
pub fn offer(db: &Db, house: &House, now: Moment) -> Result<usize> {
    let over = each(db, |c| waitlist::due(c, now), |c, id| waitlist::lapse(c, house, id, now));
    // Whatever became of those.
    let empty = each(db, |c| arrivals::empty(c, now), |c, id| arrivals::release(c, house, id, now));
    Ok(over? + empty?)
}

/// Asks by letter how many came to what is over.
pub fn ask(db: &Db, house: &House, now: Moment) -> Result<usize> {
    each(db, |c| attendance::due(c, now), |c, (id, round)| attendance::ask(c, house, id, round, now))
}

/// Sends the figures of the month and the half-year that are over.
pub fn report(db: &Db, house: &House, now: Moment) -> Result<usize> {
    each(db, |c| mailing::due(c, now), |c, case| mailing::send(c, house, &case, now))
}

/// Writes to those whom an association has asked to join, where that was not done right after: a process may have ended in between.
pub fn invite(db: &Db, house: &House, now: Moment) -> Result<usize> {
    each(db, invitations::waiting, |c, id| invitations::reach(c, house, &By::program(now), id))
}

/// Seals what was added to the trail.
pub fn seal(db: &Db, _: &House, now: Moment) -> Result<usize> {
    let mut sealed = 0;
    while db.read_now(seals::waiting)? {
        match db.write_now(|c| seals::seal(c, now))? {
            0 => break,
            more => sealed += more,
        }
    }
    Ok(sealed)
}
