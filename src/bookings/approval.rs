//! How long a request may wait for an admin's word, and by when it must be in.
use std::collections::BTreeSet;

use super::{
    Booking, Status, decide_all,
    freeing::with_shared_floor_locked,
    letters::{Occasion, tell_by_program},
    rules, series, store,
};
use crate::{
    audit::{self, By},
    config::House,
    db::Conn,
    error::{Result, Violation},
    id::Id,
    say, settings,
    time::{Moment, Span},
};

/// How many requests are looked at in one round.
const MOST: i64 = 200;

/// When a request made now lapses if nobody answers: never, unless the house has set a limit, and at the latest when its time begins.
pub fn deadline(c: &mut Conn, stay: Span, now: Moment) -> Result<Option<Moment>> {
    let hours = settings::get(c)?.approval_hours;
    Ok(hours.map(|hours| now.plus_minutes(i64::from(hours) * 60).min(stay.start())))
}

/// The booking with the deadline that it has as it now is: a new one if it asks anew, none if it does not wait.
pub fn with_deadline(c: &mut Conn, now: Moment, before: Option<&Booking>, after: Booking) -> Result<Booking> {
    let lapses_at = match before {
        _ if after.status != Status::Pending => None,
        Some(before) if before.status == Status::Pending && before.stay == after.stay => before.lapses_at,
        _ => deadline(c, after.stay, now)?,
    };
    Ok(Booking { lapses_at, ..after })
}

/// The broken rule if a request for this time comes too late for its weekend.
pub fn past_cutoff(c: &mut Conn, stay: Span, now: Moment) -> Result<Option<Violation>> {
    let cutoff = settings::get(c)?.weekend_cutoff.and_then(|cutoff| cutoff.before(stay.start().date()));
    Ok(cutoff.filter(|cutoff| now > *cutoff).map(|cutoff| {
        let (day, time) = (cutoff.date(), cutoff.local().format("%H:%M"));
        rules::violation(
            "too_late",
            say!(
                "Förfrågan om en helg ska komma in senast {day} kl. {time}. Kontakta receptionen.",
                "A request for a weekend must be in by {day}, {time}. Contact the reception."
            ),
            Some(cutoff.to_string()),
        )
    }))
}

/// The requests that have lapsed, in order.
pub fn lapsed(c: &mut Conn, now: Moment) -> Result<Vec<Id>> {
    store::lapsed(c, now, MOST)
}

/// Turns a lapsed request down, with all of its series that lapse with it, and tells once. `false` if it does not wait any more.
pub fn lapse(c: &mut Conn, house: &House, id: Id, now: Moment) -> Result<bool> {
    let Some(seen) = store::by_id(c, id)? else { return Ok(false) };
    let rooms = |all: &[Booking]| all.iter().map(|one| one.room_id).collect::<BTreeSet<Id>>();
    let floor = match seen.series_id {
        Some(series) => rooms(&store::of_series(c, series)?),
        None => BTreeSet::from([seen.room_id]),
    };
    with_shared_floor_locked(c, &floor.iter().copied().collect::<Vec<_>>())?;
    match seen.series_id {
        Some(series) => store::lock_series(c, series)?,
        None => store::lock(c, id)?,
    }
    let all = match seen.series_id {
        Some(series) => store::of_series(c, series)?,
        None => store::by_id(c, id)?.into_iter().collect(),
    };
    if !rooms(&all).is_subset(&floor) {
        // One was moved just now: the next round looks again.
        return Ok(false);
    }
    let over = |one: &Booking| one.status == Status::Pending && one.lapses_at.is_some_and(|at| at <= now);
    let by = By::program(now);
    let waited: Vec<Booking> = all.into_iter().filter(over).collect();
    let reason = "Förfrågan föll: ingen hann svara i tid. / The request lapsed: nobody answered in time.";
    let no = |before: &Booking| Booking { status: Status::Rejected, decision_reason: Some(reason.to_owned()), ..before.clone() };
    let done = decide_all(c, house, now, waited.iter().map(no).collect())?;
    for (before, after) in waited.iter().zip(&done) {
        audit::record(c, &by, "lapsed", "booking", Some(after.id.to_string()), Some(before.trace()), Some(after.trace()))?;
    }
    match (done.first(), seen.series_id) {
        (None, _) => return Ok(false),
        (Some(first), Some(series)) => series::tell_lapsed(c, house, series, first, &done, now)?,
        (Some(one), None) => tell_by_program(c, house, one, Occasion::Rejected, now)?,
    }
    Ok(true)
}
