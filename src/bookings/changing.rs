//! Changing bookings: what a single one and each date of a series go through alike.
use super::{
    Booking, BookingChange, Status,
    admission::{Wanted, admit},
    approval, freeing,
    freeing::with_shared_floor_locked,
    get, get_locked, in_house, layout_of,
    letters::{Occasion, tell},
    may_override, needs_approval,
    occupancy_store::{self, Owner},
    placing::with_reason,
    quotas, room_named, rules, series, staff, store, wrong_state,
};
use crate::{
    audit,
    db::Conn,
    error::{Error, Fault, Result, Violation},
    http::etag::IfMatch,
    id::Id,
    organisations::{self, Organisation},
    people::Call,
    rooms::{self, Room},
    say,
    time::Span,
};

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
    let house = with_shared_floor_locked(c, &[old_room.id, room.id])?;
    let (old_room, room) = (in_house(&house, &old_room)?, in_house(&house, &room)?);
    let organisation =
        organisations::by_id(c, seen.organisation_id)?.ok_or_else(|| Error::internal("a booking without its organisation"))?;
    quotas::lock(c, &house, &organisation)?;
    let before = get_locked(c, call, id)?;
    expected.check(before.version)?;
    if before.room_id != seen.room_id {
        return Err(Error::Stale);
    }
    let override_rules = may_override(call, change.override_rules)?;
    if !matches!(before.status_at(call.now), Status::Pending | Status::Confirmed) {
        return Err(wrong_state());
    }
    let after = altered(call, &before, &change, room, &organisation)?;
    let after = approval::with_deadline(c, call.now, Some(&before), after)?;
    if let Some(violation) = too_late_to_move(call, &before, &after, old_room) {
        return Err(Error::Violations(vec![violation]));
    }
    if asks_again(&before, &after) {
        let wanted = Wanted {
            room,
            week: house.week(room.id),
            stay: after.stay,
            started: before.stay.start() <= call.now && after.stay.start() == before.stay.start(),
            people: Some(after.expected_participants),
            layout: after.layout,
            organisation: &organisation,
            moved: &[id],
            beside: &[],
            asks: moves(&before, &after) && needs_approval(call, room, &organisation),
            version: &house.version,
        };
        admit(c, &wanted, override_rules, call.now)?;
    }
    if takes_else(&before, &after) {
        freeing::free(c, freeing::Occasion::of(&call.house, call.now), &[Owner::Booking(id)], |c| {
            store::update(c, &after)?;
            occupancy_store::insert(c, &room.spaces, after.occupied(), Owner::Booking(id))
        })?;
    } else {
        store::update(c, &after)?;
    }
    if moves(&before, &after) {
        series::moved_by_hand(c, &after)?;
    }
    let occasion =
        if after.status == Status::Pending && before.status != Status::Pending { Occasion::Received } else { Occasion::Changed(&before) };
    tell(c, call, &after, occasion)?;
    let reason = change.override_reason.as_deref().filter(|_| override_rules);
    staff::remember_override(c, id, reason, call.now)?;
    let trace = with_reason(after.trace(), reason);
    audit::record(c, &call.by(), "changed", "booking", Some(id.to_string()), Some(before.trace()), Some(trace))?;
    Ok(after)
}

/// The booking as it is to become in this room, if that is something that a booking can be.
pub(super) fn altered(call: &Call, before: &Booking, change: &BookingChange, room: &Room, organisation: &Organisation) -> Result<Booking> {
    let (starts_at, ends_at) = (change.starts_at.unwrap_or(before.stay.start()), change.ends_at.unwrap_or(before.stay.end()));
    let stay = Span::new(starts_at, ends_at).filter(|stay| stay.seconds() <= store::LONGEST_SECONDS).ok_or_else(|| {
        Error::Invalid(vec![Fault::coded(
            "ends_at",
            "end_before_start",
            say!("ska ligga efter starten, högst 31 dagar", "must lie after the start, at most 31 days"),
        )])
    })?;
    // A layout that the new room lacks is dropped when only the room was changed.
    let layout = match change.layout {
        Some(layout) => {
            layout_of(room, layout)?;
            layout
        }
        None => before.layout.filter(|layout| room.capacity_in(Some(*layout)).is_some()),
    };
    let moves = room.id != before.room_id || stay != before.stay;
    // A booking keeps the minutes that held when it was placed, until it is placed anew.
    let (setup_minutes, cleanup_minutes) =
        if moves || layout != before.layout { room.made_ready(layout) } else { (before.setup_minutes, before.cleanup_minutes) };
    Ok(Booking {
        room_id: room.id,
        room: room.slug.clone(),
        room_name: room.name.clone(),
        title: change.title.clone().unwrap_or_else(|| before.title.clone()),
        description: change.description.clone().unwrap_or_else(|| before.description.clone()),
        category: change.category.unwrap_or(before.category),
        status: if moves && needs_approval(call, room, organisation) { Status::Pending } else { before.status },
        stay,
        setup_minutes,
        cleanup_minutes,
        expected_participants: change.expected_participants.unwrap_or(before.expected_participants),
        layout,
        display: change.display.unwrap_or(before.display),
        contact_phone: change.contact_phone.clone().unwrap_or_else(|| before.contact_phone.clone()),
        // Who has come has not come to another place or time.
        checked_in_at: before.checked_in_at.filter(|_| room.id == before.room_id && stay.start() == before.stay.start()),
        version: before.version + 1,
        updated_at: call.now,
        ..before.clone()
    })
}

/// Does it go to another room or time?
pub(super) fn moves(before: &Booking, after: &Booking) -> bool {
    after.room_id != before.room_id || after.stay != before.stay
}

/// Does it take other floor or other time than before? Another layout may need longer to be put up.
pub(super) fn takes_else(before: &Booking, after: &Booking) -> bool {
    after.room_id != before.room_id || after.occupied() != before.occupied()
}

/// Has the change to be admitted? What no rule looks at may change at any time.
pub(super) fn asks_again(before: &Booking, after: &Booking) -> bool {
    moves(before, after) || after.expected_participants != before.expected_participants || after.layout != before.layout
}

/// Is it too late for this caller to take the booking away from where it begins?
pub(super) fn too_late_to_move(call: &Call, before: &Booking, after: &Booking, old_room: &Room) -> Option<Violation> {
    let begins_elsewhere = after.room_id != before.room_id || after.stay.start() != before.stay.start();
    let late = begins_elsewhere && !call.caller.is_admin() && !rules::in_time_to_cancel(old_room, before.stay.start(), call.now);
    late.then(|| rules::too_late(old_room))
}
