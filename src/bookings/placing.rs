//! Placing bookings: what a single one and each date of a series go through alike.
use std::sync::Arc;

use serde_json::Value;

use super::{
    Booking, Display, Draft, NewBooking, Status,
    admission::{Wanted, admit},
    approval, in_house, layout_of,
    letters::{Occasion, tell},
    may_override, needs_approval,
    occupancy_store::{self, Owner},
    organisation_for, quotas, room_named, staff, store, with_floor_locked,
};
use crate::{
    audit,
    db::Conn,
    error::{Error, Result},
    id::Id,
    organisations::Organisation,
    people::Call,
    rooms::{self, Catalogue, Room},
    time::Span,
};

/// Books a room: confirmed, or pending where an admin must say yes. Writes the letter and the audit trail with it.
pub fn book(c: &mut Conn, call: &Call, new: NewBooking) -> Result<Booking> {
    let organisation = organisation_for(c, call, new.draft.organisation_id)?;
    let override_rules = may_override(call, new.override_rules)?;
    let (house, room) = floor_of(c, &new.room)?;
    let room = in_house(&house, &room)?;
    quotas::lock(c, &house, &organisation)?;
    layout_of(room, new.draft.layout)?;
    let wanted = Wanted {
        room,
        week: house.week(room.id),
        stay: new.stay,
        started: false,
        people: Some(new.draft.expected_participants),
        layout: new.draft.layout,
        organisation: &organisation,
        moved: &[],
        beside: &[],
        asks: needs_approval(call, room, &organisation),
        version: &house.version,
    };
    admit(c, &wanted, override_rules, call.now)?;
    let organiser = staff::organiser(c, call, &organisation, new.draft.on_behalf_of)?;
    let there = Place { room, stay: new.stay, organisation: &organisation, series: None, organiser: &organiser };
    let booking = place(c, call, &there, &new.draft)?;
    let reason = new.override_reason.as_deref().filter(|_| override_rules);
    staff::remember(c, call, std::slice::from_ref(&booking), reason)?;
    tell(c, call, &booking, if booking.status == Status::Pending { Occasion::Received } else { Occasion::Confirmed })?;
    let action = if override_rules { "booked_over_rules" } else { "booked" };
    let after = with_reason(booking.trace(), reason);
    audit::record(c, &call.by(), action, "booking", Some(booking.id.to_string()), None, Some(after))?;
    Ok(booking)
}

/// What the audit trail keeps, with why the rules were let pass.
pub(super) fn with_reason(mut trace: Value, reason: Option<&str>) -> Value {
    if let (Some(members), Some(reason)) = (trace.as_object_mut(), reason) {
        members.insert("override_reason".to_owned(), reason.into());
    }
    trace
}

/// A room by its slug with its floor locked, and the house as it is then. Mostly the room is still what it was when rooms were last
/// read; if not, it is looked up.
pub(super) fn floor_of(c: &mut Conn, slug: &str) -> Result<(Arc<Catalogue>, Room)> {
    if let Some(room) = rooms::last_seen(c, slug)? {
        match with_floor_locked(c, &[&room]) {
            Err(Error::Stale) => {}
            // Another room may have got the name.
            Ok(house) if house.named(slug).is_some_and(|now| now.id == room.id) => return Ok((house, room)),
            Ok(_) => {}
            Err(other) => return Err(other),
        }
    }
    let room = room_named(c, slug)?;
    Ok((with_floor_locked(c, &[&room])?, room))
}

/// Where, when and for whom a booking is placed.
pub(super) struct Place<'a> {
    /// The room, its spaces locked.
    pub room: &'a Room,
    /// When.
    pub stay: Span,
    /// For whom.
    pub organisation: &'a Organisation,
    /// The series of which it is a date.
    pub series: Option<Id>,
    /// Whose booking it is: key and name.
    pub organiser: &'a (Id, String),
}

/// Writes a booking that was admitted and takes its time. The database refuses it if that is taken after all.
pub(super) fn place(c: &mut Conn, call: &Call, place: &Place, draft: &Draft) -> Result<Booking> {
    let Place { room, stay, organisation, series, organiser } = *place;
    let status = if needs_approval(call, room, organisation) { Status::Pending } else { Status::Confirmed };
    // A date of a series that is held in another room takes it as it stands.
    let layout = draft.layout.filter(|layout| room.capacity_in(Some(*layout)).is_some());
    let (setup_minutes, cleanup_minutes) = room.made_ready(layout);
    let mut booking = Booking {
        id: Id::new(),
        reference: String::new(),
        room_id: room.id,
        room: room.slug.clone(),
        room_name: room.name.clone(),
        organisation_id: organisation.id,
        organisation_name: organisation.name.clone(),
        organisation_protected: organisation.protected,
        title: draft.title.clone(),
        description: draft.description.clone(),
        category: draft.category,
        status,
        stay,
        setup_minutes,
        cleanup_minutes,
        expected_participants: draft.expected_participants,
        actual_participants: None,
        layout,
        display: draft.display.unwrap_or_else(|| default_display(organisation)),
        contact_phone: draft.contact_phone.clone(),
        series_id: series,
        decision_reason: None,
        cancel_reason: None,
        lapses_at: if status == Status::Pending { approval::deadline(c, stay, call.now)? } else { None },
        checked_in_at: None,
        created_by: Some(organiser.clone()),
        version: 1,
        created_at: call.now,
        updated_at: call.now,
    };
    store::insert(c, &mut booking)?;
    occupancy_store::insert(c, &room.spaces, booking.occupied(), Owner::Booking(booking.id))?;
    Ok(booking)
}

fn default_display(organisation: &Organisation) -> Display {
    if organisation.protected { Display::Hidden } else { Display::Neutral }
}
