//! Who came: checking in, the room of a gathering to which nobody came, and who stays away again and again.
pub mod absence;
pub mod api;
mod store;

pub use absence::{Absence, Missed};

use serde_json::json;

use super::{
    Booking, Status,
    admission::conflicts,
    freeing::{self, free, with_shared_floor_locked},
    letters::{Occasion, tell_by_program},
    occupancy_store::{self, Owner},
    store as bookings, waitlist, with_floor_of, write_decided, wrong_state,
};
use crate::{
    audit::{self, By},
    config::House,
    db::Conn,
    error::{Error, Result},
    http::page::Page,
    id::Id,
    people::Call,
    rooms, say, settings,
    time::{Moment, Span},
};

/// So long before the start the doors are open.
const DOORS_OPEN_MINUTES: i64 = 60;
/// How many are looked at in one round.
const MOST: i64 = 200;

/// Says that people have come: members of the organisation, reception and admin, from an hour before the start to the end. What was
/// noted as a no-show stands again if its time is still free; the house may say so afterwards too.
pub fn check_in(c: &mut Conn, call: &Call, id: Id) -> Result<Booking> {
    let before = with_floor_of(c, call, id)?;
    let missed = before.status == Status::NoShow;
    if !missed && before.status != Status::Confirmed {
        return Err(wrong_state());
    }
    if before.checked_in_at.is_some() && !missed {
        // Two who say it at once are both right.
        return Ok(before);
    }
    let open = before.stay.start().plus_minutes(-DOORS_OPEN_MINUTES) <= call.now && call.now < before.stay.end();
    let may = open || (missed && call.caller.is_staff());
    if !may {
        return Err(not_now());
    }
    if missed {
        let room = rooms::by_id(c, before.room_id)?.ok_or_else(|| Error::internal("a booking without its room"))?;
        let taken = occupancy_store::in_the_way(c, &room.spaces, before.occupied())?;
        if !taken.is_empty() {
            return Err(Error::Taken { conflicts: conflicts(c, &room, &taken)?, alternatives: vec![] });
        }
        occupancy_store::insert(c, &room.spaces, before.occupied(), Owner::Booking(id))?;
    }
    let after = Booking {
        status: Status::Confirmed,
        checked_in_at: Some(call.now),
        version: before.version + 1,
        updated_at: call.now,
        ..before.clone()
    };
    bookings::update(c, &after)?;
    let (was, is) = (json!({"status": before.status}), json!({"status": after.status, "checked_in_at": after.checked_in_at}));
    audit::record(c, &call.by(), "checked_in", "booking", Some(id.to_string()), Some(was), Some(is))?;
    Ok(after)
}

fn not_now() -> Error {
    Error::Conflict {
        code: "wrong_state",
        detail: say!(
            "Det går att checka in från en timme före starten till slutet.",
            "You can check in from an hour before the start until the end."
        ),
    }
}

/// Gatherings to which nobody has come so many minutes after their start, if the house gives their rooms away at all. A head count
/// is an arrival too.
pub fn empty(c: &mut Conn, now: Moment) -> Result<Vec<Id>> {
    match begun_by(c, now)? {
        Some(begun_by) => store::empty(c, begun_by, now, MOST),
        None => Ok(vec![]),
    }
}

fn begun_by(c: &mut Conn, now: Moment) -> Result<Option<Moment>> {
    Ok(settings::get(c)?.no_show_minutes.map(|minutes| now.plus_minutes(-i64::from(minutes))))
}

/// Gives what is left of such a gathering's time to whoever waits for it, and tells its organiser. `false` if somebody has come after
/// all, or nobody could have the time.
pub fn release(c: &mut Conn, house: &House, id: Id, now: Moment) -> Result<bool> {
    let Some(seen) = bookings::by_id(c, id)? else { return Ok(false) };
    let rooms = with_shared_floor_locked(c, &[seen.room_id])?;
    // Against head counts too: whoever is counted now is counted before or after.
    store::lock_against_counts(c, id)?;
    let Some(before) = bookings::by_id(c, id)?.filter(|now| now.room_id == seen.room_id) else { return Ok(false) };
    let still_empty = match begun_by(c, now)? {
        Some(begun_by) => store::is_empty(c, id, begun_by, now)?,
        None => false,
    };
    let (Some(left), Some(room)) = (Span::new(now, before.stay.end()), rooms.room(before.room_id)) else { return Ok(false) };
    let on = freeing::Occasion { house, now, left: Some(left) };
    if !still_empty || !waitlist::somebody_could_have(c, on, left, id, room)? {
        return Ok(false);
    }
    free(c, on, &[Owner::Booking(id)], |c| {
        let after = write_decided(c, now, Booking { status: Status::NoShow, ..before.clone() })?;
        tell_by_program(c, house, &after, Occasion::NoShow, now)?;
        audit::record(c, &By::program(now), "released", "booking", Some(id.to_string()), Some(before.trace()), Some(after.trace()))
    })?;
    Ok(true)
}

/// Organisations whose gatherings nobody came to at least `least` times since a moment, the most often first.
pub fn absences(c: &mut Conn, since: Moment, now: Moment, least: usize, page: &Page) -> Result<Vec<Absence>> {
    let mut all = absence::by_organisation(store::missed(c, since)?, least);
    if let Some(after) = &page.after {
        let foreign = || Error::invalid("cursor", say!("är ingen av våra", "is none of ours"));
        let count: usize = after.key.parse().map_err(|_| foreign())?;
        all.retain(|one| one.comes_after(count, after.id));
    }
    all.truncate(usize::try_from(page.fetch()).unwrap_or(usize::MAX));
    let begun = store::begun(c, &all.iter().map(|one| one.organisation.0).collect::<Vec<_>>(), since, now)?;
    for one in &mut all {
        one.begun = begun.get(&one.organisation.0).copied().unwrap_or(0);
    }
    Ok(all)
}
