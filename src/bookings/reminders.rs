//! The letter a day before a gathering, to whoever booked it.
use super::{letters, store};
use crate::{
    audit::By,
    config::House,
    db::Conn,
    error::Result,
    id::Id,
    mail::{self, Letter},
    time::Moment,
};

/// How long before the start, in seconds: a day.
const BEFORE: i64 = 24 * 3600;
/// How many gatherings are looked at in one round: more than a house has in a day.
const MOST: i64 = 500;

/// The gatherings of which nobody was reminded yet, soonest first. None that was booked, approved or changed less than a day
/// before its start: a letter about that has just told.
pub fn due(c: &mut Conn, now: Moment) -> Result<Vec<Id>> {
    store::unreminded(c, now, now.plus_seconds(BEFORE), BEFORE, MOST)
}

/// Reminds of one; `false` if somebody else just did, it is off by now, or nobody wants to hear of it.
pub fn remind(c: &mut Conn, house: &House, id: Id, now: Moment) -> Result<bool> {
    if !store::claim_reminder(c, id, now)? {
        return Ok(false);
    }
    let Some((facts, Some(to))) = letters::to_remind(c, id)? else { return Ok(false) };
    mail::enqueue(c, house, &to, &Letter::Reminder(facts), Some(id), &By::program(now))?;
    Ok(true)
}
