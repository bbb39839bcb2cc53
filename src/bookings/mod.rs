//! Bookings: asking for a room, changing and calling off, an admin's yes or no, what is free instead.
mod admission;
pub mod api;
pub mod approval;
pub mod arrivals;
pub mod availability;
pub mod batch;
pub mod booking;
mod changing;
pub mod closure;
pub mod closure_api;
pub mod closures;
mod freeing;
mod letters;
pub mod load;
pub mod load_api;
pub mod occupancy_store;
pub mod offers;
mod placing;
pub mod preview;
pub mod quotas;
pub mod reference;
pub mod reminders;
pub mod rules;
pub mod series;
pub mod staff;
pub mod store;
mod unmet_store;
pub mod waitlist;

use std::{collections::BTreeSet, sync::Arc};

use serde_json::json;

pub use booking::{Booking, BookingChange, Category, Display, Draft, NewBooking, Question, Status};
pub use changing::change;
pub use letters::{host, to_remind};
pub use placing::book;
pub use store::LONGEST_SECONDS;

use crate::{
    audit::{self, By},
    config::House,
    db::Conn,
    error::{Error, Fault, Result},
    id::Id,
    organisations::{self, Organisation},
    people::{Call, forbidden},
    rooms::{self, Catalogue, Layout, Room},
    say, settings,
    time::{Moment, Span},
};
use freeing::{free, with_shared_floor_locked};
use letters::{Occasion, tell};
use occupancy_store::Owner;

/// The booking with this key, if the caller may see it.
pub fn get(c: &mut Conn, call: &Call, id: Id) -> Result<Booking> {
    store::by_id(c, id)?.filter(|booking| call.caller.may_see(booking.organisation_id)).ok_or(Error::NotFound("booking"))
}

/// One that the caller is about to change: locked until the transaction ends, and read once it is. Who may see it may change it:
/// its organisation's members, and the staff on behalf of them.
fn get_locked(c: &mut Conn, call: &Call, id: Id) -> Result<Booking> {
    store::lock(c, id)?;
    get(c, call, id)
}

/// The organisation for which the caller may book: its own, and for the staff any.
fn organisation_for(c: &mut Conn, call: &Call, id: Id) -> Result<Organisation> {
    if !call.caller.may_see(id) {
        return Err(Error::NotFound("organisation"));
    }
    organisations::by_id(c, id)?.ok_or(Error::NotFound("organisation"))
}

fn room_named(c: &mut Conn, slug: &str) -> Result<Room> {
    rooms::by_slug(c, slug)?.ok_or_else(no_such_room)
}

fn no_such_room() -> Error {
    Error::Invalid(vec![Fault::coded("room", "not_found", say!("finns inte", "does not exist"))])
}

/// The house as it is once the floor of these rooms is locked: while we waited, somebody may have given one other floor.
fn with_floor_locked(c: &mut Conn, rooms: &[&Room]) -> Result<Arc<Catalogue>> {
    let floor: BTreeSet<Id> = rooms.iter().flat_map(|room| &room.spaces).map(|space| space.id).collect();
    rooms::lock_spaces(c, &floor.into_iter().collect::<Vec<_>>())?;
    let house = rooms::catalogue(c)?;
    if rooms.iter().all(|room| house.room(room.id).is_some_and(|now| now.spaces == room.spaces)) { Ok(house) } else { Err(Error::Stale) }
}

/// The room as it is in this state of the house.
fn in_house<'a>(house: &'a Catalogue, room: &Room) -> Result<&'a Room> {
    house.room(room.id).ok_or(Error::NotFound("room"))
}

fn layout_of(room: &Room, layout: Option<Layout>) -> Result<()> {
    if layout.is_some() && room.capacity_in(layout).is_none() {
        let (offered, name) = (room.layouts.iter().map(|l| l.layout.as_str()).collect::<Vec<_>>().join(", "), &room.name);
        return Err(Error::invalid(
            "layout",
            say!("finns inte i {name}, där finns {offered}", "is not to be had in {name}, which has {offered}"),
        ));
    }
    Ok(())
}

fn may_override(call: &Call, asked: bool) -> Result<bool> {
    if asked && !call.caller.is_admin() {
        forbidden()?;
    }
    Ok(asked)
}

/// Must an admin say yes? For rooms that ask for it and for organisations that are not tenants; an admin's own word is a yes.
fn needs_approval(call: &Call, room: &Room, organisation: &Organisation) -> bool {
    !call.caller.is_admin() && (room.needs_approval || !organisation.tenant)
}

/// One that is about to give its time back: its floor is locked before itself.
fn with_floor_of(c: &mut Conn, call: &Call, id: Id) -> Result<Booking> {
    let seen = get(c, call, id)?;
    with_shared_floor_locked(c, &[seen.room_id])?;
    store::lock(c, id)?;
    let booking = get(c, call, id)?;
    if booking.room_id == seen.room_id { Ok(booking) } else { Err(wrong_state()) }
}

/// Calls a booking off and frees its time. Its organiser may until shortly before the start, an admin always.
pub fn cancel(c: &mut Conn, call: &Call, id: Id, reason: Option<String>) -> Result<Booking> {
    let before = with_floor_of(c, call, id)?;
    match before.status_at(call.now) {
        Status::Cancelled => {
            return Err(Error::Conflict {
                code: "already_cancelled",
                detail: say!("Bokningen är redan avbokad.", "The booking is cancelled already."),
            });
        }
        Status::Rejected | Status::NoShow => return Err(wrong_state()),
        Status::Pending | Status::Confirmed | Status::Held => {}
    }
    if !call.caller.is_admin() {
        let room = rooms::by_id(c, before.room_id)?.ok_or_else(|| Error::internal("a booking without its room"))?;
        if !rules::in_time_to_cancel(&room, before.stay.start(), call.now) {
            return Err(Error::Refused { code: "too_late", detail: rules::too_late(&room).message });
        }
    }
    free(c, freeing::Occasion::of(&call.house, call.now), &[Owner::Booking(id)], |c| {
        call_off(c, call, &before, reason, Occasion::Cancelled)
    })
}

/// Writes that a booking is off, whose time is being freed: for [`cancel`] and for closures.
fn call_off(c: &mut Conn, call: &Call, before: &Booking, reason: Option<String>, occasion: Occasion) -> Result<Booking> {
    let after = write_decided(c, call.now, Booking { status: Status::Cancelled, cancel_reason: reason, ..before.clone() })?;
    tell(c, call, &after, occasion)?;
    audit::record(c, &call.by(), "cancelled", "booking", Some(after.id.to_string()), Some(before.trace()), Some(after.trace()))?;
    Ok(after)
}

/// Writes a booking that got another state.
fn write_decided(c: &mut Conn, now: Moment, decided: Booking) -> Result<Booking> {
    let after = Booking { version: decided.version + 1, updated_at: now, lapses_at: None, ..decided };
    store::update(c, &after)?;
    store::mark_decided(c, after.id, after.status, now)?;
    Ok(after)
}

/// Writes bookings that got another state; those that don't stand any more give their time back. Their floor must be locked then.
fn decide_all(c: &mut Conn, house: &House, now: Moment, decided: Vec<Booking>) -> Result<Vec<Booking>> {
    let off: Vec<Owner> = decided.iter().filter(|one| !one.status.occupies()).map(|one| Owner::Booking(one.id)).collect();
    let write = |c: &mut Conn| decided.into_iter().map(|one| write_decided(c, now, one)).collect();
    if off.is_empty() { write(c) } else { free(c, freeing::Occasion::of(house, now), &off, write) }
}

/// An admin's yes to a pending booking.
pub fn approve(c: &mut Conn, call: &Call, id: Id) -> Result<Booking> {
    store::lock(c, id)?;
    let before = pending(get(c, call, id)?)?;
    let after = write_decided(c, call.now, Booking { status: Status::Confirmed, ..before.clone() })?;
    tell(c, call, &after, Occasion::Confirmed)?;
    audit::record(c, &call.by(), "approved", "booking", Some(id.to_string()), Some(before.trace()), Some(after.trace()))?;
    Ok(after)
}

/// An admin's no to a pending booking, with the reason; its time is free again.
pub fn reject(c: &mut Conn, call: &Call, id: Id, reason: String) -> Result<Booking> {
    let before = pending(with_floor_of(c, call, id)?)?;
    free(c, freeing::Occasion::of(&call.house, call.now), &[Owner::Booking(id)], |c| {
        let after = write_decided(c, call.now, Booking { status: Status::Rejected, decision_reason: Some(reason), ..before.clone() })?;
        tell(c, call, &after, Occasion::Rejected)?;
        audit::record(c, &call.by(), "rejected", "booking", Some(id.to_string()), Some(before.trace()), Some(after.trace()))?;
        Ok(after)
    })
}

fn pending(booking: Booking) -> Result<Booking> {
    if booking.status == Status::Pending { Ok(booking) } else { Err(wrong_state()) }
}

/// When more people are expected in the house at once than may be in it, each stretch with the bookings that make it up, and how
/// many may be; nothing where the house has set no limit.
pub fn house_load(c: &mut Conn, window: Span) -> Result<load::HouseLoad> {
    let Some(most) = settings::get(c)?.house_max_persons else { return Ok(load::HouseLoad::default()) };
    let live = store::live_in(c, window, &[])?;
    let stays: Vec<(Id, Span, i32)> = live.iter().map(|one| (one.id, one.stay, one.expected_participants)).collect();
    let of = |overload: load::Overload| {
        let bookings = live.iter().filter(|one| overload.bookings.contains(&one.id)).cloned().collect();
        (overload, bookings)
    };
    Ok(load::HouseLoad { max_persons: Some(most), overloads: load::overloads(&stays, most).into_iter().map(of).collect() })
}

/// How many came, as the organiser or the reception says; the last word holds.
pub fn report(c: &mut Conn, call: &Call, id: Id, actual: i32) -> Result<Booking> {
    store::lock(c, id)?;
    let before = get(c, call, id)?;
    note_report(c, &call.by(), before, actual, "reported_participants")
}

/// The same from somebody who is not signed in, but was asked by letter.
pub fn report_by_link(c: &mut Conn, by: &By, id: Id, actual: i32) -> Result<Booking> {
    store::lock(c, id)?;
    let before = store::by_id(c, id)?.ok_or(Error::NotFound("booking"))?;
    note_report(c, by, before, actual, "reported_participants_by_link")
}

fn note_report(c: &mut Conn, by: &By, before: Booking, actual: i32, action: &'static str) -> Result<Booking> {
    let took_place = matches!(before.status_at(by.at), Status::Confirmed | Status::Held) && before.stay.start() <= by.at;
    if !took_place {
        return Err(wrong_state());
    }
    let after = Booking { actual_participants: Some(actual), version: before.version + 1, updated_at: by.at, ..before.clone() };
    store::update(c, &after)?;
    audit::record(
        c,
        by,
        action,
        "booking",
        Some(after.id.to_string()),
        Some(json!({"actual_participants": before.actual_participants})),
        Some(json!({"actual_participants": actual})),
    )?;
    Ok(after)
}

fn wrong_state() -> Error {
    Error::Conflict {
        code: "wrong_state",
        detail: say!(
            "Bokningen är i ett läge där det inte går. Ladda om den och se efter.",
            "The booking is in a state in which this can't be done. Reload it and have a look."
        ),
    }
}
