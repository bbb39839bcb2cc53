//! What the staff does with bookings beyond what members can: book for somebody else, let pass what is against the rules, and note
//! what is nobody else's business.
pub mod api;
mod store;

use serde_json::json;

use super::{Booking, store as bookings};
use crate::{
    audit,
    db::Conn,
    error::{Error, Fault, Result},
    http::etag::IfMatch,
    id::Id,
    organisations::Organisation,
    people::{self, Call, forbidden},
    say,
    time::Moment,
};

/// What the house notes about a booking. No part of [`Booking`], so that what shows a booking can't show it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StaffNote {
    /// Free text; may be empty.
    pub note: String,
    /// Why an admin let pass what is against the rules.
    pub override_reason: Option<String>,
    /// Who of the staff booked it for somebody else: key and name.
    pub booked_by: Option<(Id, String)>,
    /// Raised on every change; 0 while there is none.
    pub version: i32,
}

/// Whose booking it is going to be: the caller's, or that of a member for whom the staff books. Key and name.
pub(super) fn organiser(c: &mut Conn, call: &Call, organisation: &Organisation, on_behalf_of: Option<Id>) -> Result<(Id, String)> {
    let Some(id) = on_behalf_of else {
        return Ok((call.caller.person.id, call.caller.person.name.clone()));
    };
    if !call.caller.is_staff() {
        forbidden()?;
    }
    let person = people::store::by_id(c, id)?.filter(|person| person.disabled_at.is_none());
    let belongs = people::store::memberships(c, id)?.iter().any(|one| one.organisation_id == organisation.id);
    person.filter(|_| belongs).map(|person| (person.id, person.name)).ok_or_else(|| {
        Error::Invalid(vec![Fault::coded(
            "on_behalf_of",
            "not_found",
            say!("är ingen som bokar för föreningen", "is nobody who books for the organisation"),
        )])
    })
}

/// Notes with new bookings who of the staff made them for somebody else, and why they are against the rules, if either is so.
pub(super) fn remember(c: &mut Conn, call: &Call, made: &[Booking], override_reason: Option<&str>) -> Result<()> {
    let me = call.caller.person.id;
    let for_others = made.first().is_some_and(|one| one.created_by.as_ref().is_some_and(|(id, _)| *id != me));
    if for_others || override_reason.is_some() {
        for booking in made {
            store::remember(c, booking.id, override_reason, for_others.then_some(me), call.now)?;
        }
    }
    Ok(())
}

/// Notes why a change is against the rules.
pub(super) fn remember_override(c: &mut Conn, booking: Id, reason: Option<&str>, now: Moment) -> Result<()> {
    match reason {
        Some(reason) => store::remember(c, booking, Some(reason), None, now),
        None => Ok(()),
    }
}

/// What is noted about a booking.
pub fn get(c: &mut Conn, booking: Id) -> Result<StaffNote> {
    let booking = bookings::by_id(c, booking)?.ok_or(Error::NotFound("booking"))?;
    Ok(store::by_booking(c, booking.id)?.unwrap_or_default())
}

/// Writes the note; an empty one takes it away.
pub fn write(c: &mut Conn, call: &Call, booking: Id, expected: IfMatch, note: &str) -> Result<StaffNote> {
    bookings::lock(c, booking)?;
    let before = get(c, booking)?;
    expected.check(before.version)?;
    store::write(c, booking, note, call.now)?;
    // That it was written, not what: the trail outlives the note.
    audit::record(c, &call.by(), "noted", "booking", Some(booking.to_string()), None, Some(json!({"empty": note.is_empty()})))?;
    get(c, booking)
}
