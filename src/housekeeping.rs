//! Once an hour: forgets what need not or must not be kept.
use std::time::Duration;

use crate::{
    audit,
    db::Db,
    error::Result,
    handover,
    http::idempotency,
    mail, people,
    privacy::{self, Forgotten},
    settings,
    time::{Clock, Moment},
    visits,
    worker::Worker,
};

const PAUSE: Duration = Duration::from_secs(3600);

/// Starts the thread.
pub fn start(db: Db, clock: Clock) -> Result<Worker> {
    Worker::start("housekeeping", move |_| {
        if let Err(error) = tidy_up(&db, clock.now()) {
            tracing::warn!(%error, "housekeeping failed; trying again in an hour");
        }
        PAUSE
    })
}

/// Forgets used-up idempotency keys, sessions and links that are over, the text of old letters, what the desk was told about visitors,
/// their names, old roll calls, what shifts told each other, phone numbers, invitations that nobody answered, accounts that were closed
/// long ago, and the trail of what was done; for how long each is kept is a setting. Each in a transaction of its own, so that bookings never wait for all of it.
pub fn tidy_up(db: &Db, now: Moment) -> Result<()> {
    // First, and whatever becomes of the rest: names must not be kept.
    let names = db.write_now(|c| visits::names::erase(c, now))?;
    tracing::info!(erased = names.erased, kept = names.kept, "names of visitors erased");
    let retention = db.read_now(settings::get)?.retention;
    // What can't be done keeps nothing else: the first such fault is told afterwards.
    let mut failed = None;
    let mut done = |step: Result<usize>| {
        step.unwrap_or_else(|error| {
            failed.get_or_insert(error);
            0
        })
    };
    let keys = done(db.write_now(|c| idempotency::prune(c, now)));
    let sessions = done(db.write_now(|c| people::prune(c, now)));
    let letters = done(in_turns(|| db.write_now(|c| mail::prune(c, now.days_ago(retention.letters), now))));
    let notes = done(db.write_now(|c| visits::expected::forget(c, now)));
    let roll_calls = done(db.write_now(|c| visits::roll_calls::prune(c, now.days_ago(retention.roll_calls))));
    let handed_over = done(db.write_now(|c| handover::forget(c, now.days_ago(retention.shift_notes), now.days_ago(retention.loans))));
    let trail = done(in_turns(|| db.write_now(|c| audit::seals::prune(c, retention.audit_trail, now))));
    let forgotten = db.write_now(|c| privacy::forget(c, &retention, now));
    tracing::info!(keys, sessions, letters, notes, roll_calls, handed_over, trail, "forgotten what is over");
    let Forgotten { phones, accounts, invitations } = forgotten?;
    tracing::info!(phones, accounts, invitations, "forgotten who is over");
    failed.map_or(Ok(()), Err)
}

/// Does some of it at once until nothing is left; returns how much it was.
fn in_turns(mut some: impl FnMut() -> Result<usize>) -> Result<usize> {
    let mut all = 0;
    loop {
        match some()? {
            0 => return Ok(all),
            more => all += more,
        }
    }
}
