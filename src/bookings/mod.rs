//! Bookings: asking for a room, changing and calling off, an admin's yes or no, what is free instead.
mod admission;
pub mod api;
pub mod availability;
pub mod booking;
pub mod closure;
pub mod closure_api;
pub mod closures;
mod letters;
pub mod occupancy_store;
pub mod offers;
pub mod preview;
pub mod reference;
pub mod rules;
pub mod store;

use std::{collections::BTreeSet, sync::Arc};

use serde_json::json;

pub use booking::{Booking, BookingChange, Category, Display, NewBooking, Question, Status};

use crate::{
    audit,
    db::Conn,
    error::{Error, Fault, Result},
    http::etag::IfMatch,
    id::Id,
    organisations::{self, Organisation},
    people::{Call, forbidden},
    rooms::{self, Catalogue, Layout, Room},
    say,
    time::Span,
};
use admission::{Wanted, admit};
use letters::{Occasion, tell};
use occupancy_store::Owner;

/// The booking with this key, if the caller may see it.
pub fn get(c: &mut Conn, call: &Call, id: Id) -> Result<Booking> {
    store::by_id(c, id)?.filter(|booking| call.caller.may_see(booking.organisation_id)).ok_or(Error::NotFound("booking"))
}

/// One that the caller is about to change: locked until the transaction ends, and read once it is.
fn own_locked(c: &mut Conn, call: &Call, id: Id) -> Result<Booking> {
    store::lock(c, id)?;
    own(c, call, id)
}

/// One that the caller may see and change: its organisation's members and admin may, reception may not.
fn own(c: &mut Conn, call: &Call, id: Id) -> Result<Booking> {
    let booking = get(c, call, id)?;
    if !call.caller.is_admin() && !call.caller.is_member_of(booking.organisation_id) {
        forbidden()?;
    }
    Ok(booking)
}

/// The organisation for which the caller may book.
fn organisation_for(c: &mut Conn, call: &Call, id: Id) -> Result<Organisation> {
    let caller = &call.caller;
    if !caller.may_see(id) {
        return Err(Error::NotFound("organisation"));
    }
    let organisation = organisations::by_id(c, id)?.ok_or(Error::NotFound("organisation"))?;
    if !caller.is_admin() && !caller.is_member_of(id) {
        forbidden()?;
    }
    Ok(organisation)
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

fn default_display(organisation: &Organisation) -> Display {
    if organisation.protected { Display::Hidden } else { Display::Neutral }
}

/// Books a room: confirmed, or pending where an admin must say yes. Writes the letter and the audit trail with it.
pub fn book(c: &mut Conn, call: &Call, new: NewBooking) -> Result<Booking> {
    let organisation = organisation_for(c, call, new.organisation_id)?;
    let override_rules = may_override(call, new.override_rules)?;
    let room = room_named(c, &new.room)?;
    let house = with_floor_locked(c, &[&room])?;
    let room = in_house(&house, &room)?;
    layout_of(room, new.layout)?;
    let wanted = Wanted {
        room,
        week: house.week(room.id),
        stay: new.stay,
        started: false,
        people: Some(new.expected_participants),
        layout: new.layout,
        organisation: &organisation,
        moved: None,
    };
    admit(c, &wanted, override_rules, call.now)?;
    let status = if needs_approval(call, room, &organisation) { Status::Pending } else { Status::Confirmed };
    let mut booking = Booking {
        id: Id::new(),
        reference: String::new(),
        room_id: room.id,
        room: room.slug.clone(),
        room_name: room.name.clone(),
        organisation_id: organisation.id,
        organisation_name: organisation.name.clone(),
        organisation_protected: organisation.protected,
        title: new.title,
        description: new.description,
        category: new.category,
        status,
        stay: new.stay,
        setup_minutes: room.rules.setup_minutes,
        cleanup_minutes: room.rules.cleanup_minutes,
        expected_participants: new.expected_participants,
        actual_participants: None,
        layout: new.layout,
        display: new.display.unwrap_or_else(|| default_display(&organisation)),
        contact_phone: new.contact_phone,
        series_id: None,
        decision_reason: None,
        cancel_reason: None,
        created_by: Some((call.caller.person.id, call.caller.person.name.clone())),
        version: 1,
        created_at: call.now,
        updated_at: call.now,
    };
    store::insert(c, &mut booking)?;
    occupancy_store::insert(c, &room.spaces, booking.occupied(), Owner::Booking(booking.id))?;
    tell(c, call, &booking, if status == Status::Pending { Occasion::Received } else { Occasion::Confirmed })?;
    let action = if override_rules { "booked_over_rules" } else { "booked" };
    audit::record(c, &call.by(), action, "booking", Some(booking.id.to_string()), None, Some(booking.trace()))?;
    Ok(booking)
}

/// Changes a booking; if room or time change it moves, all or nothing. A member's move goes back to pending where approval is
/// needed.
pub fn change(c: &mut Conn, call: &Call, id: Id, expected: IfMatch, change: BookingChange) -> Result<Booking> {
    let seen = get(c, call, id)?;
    let old_room = rooms::by_id(c, seen.room_id)?.ok_or_else(|| Error::internal("a booking without its room"))?;
    let room = match &change.room {
        Some(slug) if *slug != seen.room => room_named(c, slug)?,
        _ => old_room.clone(),
    };
    // Spaces before bookings, as everybody does who locks both: otherwise two wait for each other.
    let house = with_floor_locked(c, &[&old_room, &room])?;
    let (old_room, room) = (in_house(&house, &old_room)?, in_house(&house, &room)?);
    let before = own_locked(c, call, id)?;
    expected.check(before.version)?;
    if before.room_id != seen.room_id {
        return Err(Error::Stale);
    }
    let override_rules = may_override(call, change.override_rules)?;
    if !matches!(before.status_at(call.now), Status::Pending | Status::Confirmed) {
        return Err(wrong_state());
    }
    let (starts_at, ends_at) = (change.starts_at.unwrap_or(before.stay.start()), change.ends_at.unwrap_or(before.stay.end()));
    let stay = Span::new(starts_at, ends_at).filter(|stay| stay.seconds() <= store::LONGEST_SECONDS).ok_or_else(|| {
        Error::Invalid(vec![Fault::coded(
            "ends_at",
            "end_before_start",
            say!("ska ligga efter starten, högst 31 dagar", "must lie after the start, at most 31 days"),
        )])
    })?;
    let organisation =
        organisations::by_id(c, before.organisation_id)?.ok_or_else(|| Error::internal("a booking without its organisation"))?;
    let moves = room.id != before.room_id || stay != before.stay;
    // A layout that the new room lacks is dropped when only the room was changed.
    let layout = match change.layout {
        Some(layout) => {
            layout_of(room, layout)?;
            layout
        }
        None => before.layout.filter(|layout| room.capacity_in(Some(*layout)).is_some()),
    };
    let after = Booking {
        room_id: room.id,
        room: room.slug.clone(),
        room_name: room.name.clone(),
        title: change.title.unwrap_or_else(|| before.title.clone()),
        description: change.description.unwrap_or_else(|| before.description.clone()),
        category: change.category.unwrap_or(before.category),
        status: if moves && needs_approval(call, room, &organisation) { Status::Pending } else { before.status },
        stay,
        setup_minutes: if moves { room.rules.setup_minutes } else { before.setup_minutes },
        cleanup_minutes: if moves { room.rules.cleanup_minutes } else { before.cleanup_minutes },
        expected_participants: change.expected_participants.unwrap_or(before.expected_participants),
        layout,
        display: change.display.unwrap_or(before.display),
        contact_phone: change.contact_phone.unwrap_or_else(|| before.contact_phone.clone()),
        version: before.version + 1,
        updated_at: call.now,
        ..before.clone()
    };
    let begins_elsewhere = after.room_id != before.room_id || after.stay.start() != before.stay.start();
    if begins_elsewhere && !call.caller.is_admin() && !rules::in_time_to_cancel(old_room, before.stay.start(), call.now) {
        return Err(Error::Violations(vec![rules::too_late(old_room)]));
    }
    if moves || after.expected_participants != before.expected_participants || after.layout != before.layout {
        let started = before.stay.start() <= call.now && after.stay.start() == before.stay.start();
        let wanted = Wanted {
            room,
            week: house.week(room.id),
            stay,
            started,
            people: Some(after.expected_participants),
            layout,
            organisation: &organisation,
            moved: Some(id),
        };
        admit(c, &wanted, override_rules, call.now)?;
    }
    store::update(c, &after)?;
    if moves {
        occupancy_store::delete(c, Owner::Booking(id))?;
        occupancy_store::insert(c, &room.spaces, after.occupied(), Owner::Booking(id))?;
    }
    let occasion =
        if after.status == Status::Pending && before.status != Status::Pending { Occasion::Received } else { Occasion::Changed(&before) };
    tell(c, call, &after, occasion)?;
    audit::record(c, &call.by(), "changed", "booking", Some(id.to_string()), Some(before.trace()), Some(after.trace()))?;
    Ok(after)
}

/// Calls a booking off and frees its time. Its organiser may until shortly before the start, an admin always.
pub fn cancel(c: &mut Conn, call: &Call, id: Id, reason: Option<String>) -> Result<Booking> {
    let before = own_locked(c, call, id)?;
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
    call_off(c, call, &before, reason)
}

/// Calls off without asking whether it may: for [`cancel`] and for closures.
fn call_off(c: &mut Conn, call: &Call, before: &Booking, reason: Option<String>) -> Result<Booking> {
    let after =
        Booking { status: Status::Cancelled, cancel_reason: reason, version: before.version + 1, updated_at: call.now, ..before.clone() };
    store::update(c, &after)?;
    occupancy_store::delete(c, Owner::Booking(after.id))?;
    tell(c, call, &after, Occasion::Cancelled)?;
    audit::record(c, &call.by(), "cancelled", "booking", Some(after.id.to_string()), Some(before.trace()), Some(after.trace()))?;
    Ok(after)
}

/// An admin's yes to a pending booking.
pub fn approve(c: &mut Conn, call: &Call, id: Id) -> Result<Booking> {
    let before = pending(c, call, id)?;
    let after = Booking { status: Status::Confirmed, version: before.version + 1, updated_at: call.now, ..before.clone() };
    store::update(c, &after)?;
    tell(c, call, &after, Occasion::Confirmed)?;
    audit::record(c, &call.by(), "approved", "booking", Some(id.to_string()), Some(before.trace()), Some(after.trace()))?;
    Ok(after)
}

/// An admin's no to a pending booking, with the reason; its time is free again.
pub fn reject(c: &mut Conn, call: &Call, id: Id, reason: String) -> Result<Booking> {
    let before = pending(c, call, id)?;
    let after = Booking {
        status: Status::Rejected,
        decision_reason: Some(reason),
        version: before.version + 1,
        updated_at: call.now,
        ..before.clone()
    };
    store::update(c, &after)?;
    occupancy_store::delete(c, Owner::Booking(id))?;
    tell(c, call, &after, Occasion::Rejected)?;
    audit::record(c, &call.by(), "rejected", "booking", Some(id.to_string()), Some(before.trace()), Some(after.trace()))?;
    Ok(after)
}

fn pending(c: &mut Conn, call: &Call, id: Id) -> Result<Booking> {
    store::lock(c, id)?;
    let booking = get(c, call, id)?;
    if booking.status == Status::Pending { Ok(booking) } else { Err(wrong_state()) }
}

/// How many came, as the organiser or the reception says; the last word holds.
pub fn report(c: &mut Conn, call: &Call, id: Id, actual: i32) -> Result<Booking> {
    store::lock(c, id)?;
    let before = get(c, call, id)?;
    let took_place = matches!(before.status_at(call.now), Status::Confirmed | Status::Held) && before.stay.start() <= call.now;
    if !took_place {
        return Err(wrong_state());
    }
    let after = Booking { actual_participants: Some(actual), version: before.version + 1, updated_at: call.now, ..before.clone() };
    store::update(c, &after)?;
    audit::record(
        c,
        &call.by(),
        "reported_participants",
        "booking",
        Some(id.to_string()),
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
