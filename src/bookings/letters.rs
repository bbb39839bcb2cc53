//! Who is written to about a booking, and what.
use super::{Booking, Status};
use crate::{
    audit::By,
    config::House,
    db::Conn,
    error::{Language, Result},
    id::Id,
    mail::{self, BookingFacts, Letter, Recipient, SeriesLine},
    organisations,
    people::{self, Call},
    time::Moment,
};

/// What happened to a booking.
pub enum Occasion<'a> {
    /// A request came in and waits.
    Received,
    /// It stands.
    Confirmed,
    /// It was turned down.
    Rejected,
    /// It is different from before.
    Changed(&'a Booking),
    /// It was called off.
    Cancelled,
    /// The house called it off, because the room is closed then.
    Closed,
    /// Nobody came, and its room was given away.
    NoShow,
}

pub(super) fn facts(booking: &Booking) -> BookingFacts {
    BookingFacts {
        id: booking.id,
        reference: booking.reference.clone(),
        title: booking.title.clone(),
        organisation: booking.organisation_name.clone(),
        room: booking.room_name.clone(),
        starts_at: booking.stay.start(),
        ends_at: booking.stay.end(),
        participants: booking.expected_participants,
        stands: booking.status == Status::Confirmed,
        version: booking.version,
        changed_at: booking.updated_at,
        lapses_at: booking.lapses_at,
    }
}

/// One line of a letter about many bookings: what it is, and what it was if that is something else.
pub(super) fn line(before: Option<&Booking>, booking: &Booking) -> SeriesLine {
    let is = facts(booking);
    let was = before.map(|before| facts(before).place()).filter(|was| *was != is.place());
    SeriesLine { was, waits: booking.status == Status::Pending, is }
}

/// Writes to the one who booked, if it still acts for the organisation; otherwise (booked by the house, imported, gone) to the
/// organisation's own address.
pub fn tell(c: &mut Conn, call: &Call, booking: &Booking, occasion: Occasion) -> Result<()> {
    let Some(to) = recipient(c, call, booking)? else { return Ok(()) };
    mail::enqueue(c, &call.house, &to, &letter(booking, occasion), Some(booking.id), &call.by())?;
    Ok(())
}

/// As [`tell`], where it is nobody's doing.
pub fn tell_by_program(c: &mut Conn, house: &House, booking: &Booking, occasion: Occasion, now: Moment) -> Result<()> {
    if let Some((to, _)) = recipient_of(c, booking)? {
        mail::enqueue(c, house, &to, &letter(booking, occasion), Some(booking.id), &By::program(now))?;
    }
    Ok(())
}

fn letter(booking: &Booking, occasion: Occasion) -> Letter {
    let now = facts(booking);
    match occasion {
        Occasion::Received => Letter::Received(now),
        Occasion::Confirmed => Letter::Confirmed(now),
        Occasion::Rejected => Letter::Rejected(now, booking.decision_reason.clone().unwrap_or_default()),
        Occasion::Changed(before) => Letter::Changed(facts(before), now),
        Occasion::Cancelled => Letter::Cancelled(now, booking.cancel_reason.clone()),
        Occasion::NoShow => Letter::NoShow(now),
        Occasion::Closed => Letter::Closed(now, booking.cancel_reason.clone()),
    }
}

/// Who is written to about a booking, if anybody is.
pub fn recipient(c: &mut Conn, call: &Call, booking: &Booking) -> Result<Option<Recipient>> {
    let caller = &call.caller;
    if caller.is_member_of(booking.organisation_id) && booking.created_by.as_ref().is_some_and(|(id, _)| *id == caller.person.id) {
        return Ok(Some(caller.person.recipient()));
    }
    Ok(recipient_of(c, booking)?.map(|(to, _)| to))
}

/// Which letters that nobody needs somebody wants.
#[derive(Debug, Clone, Copy)]
pub struct Wants {
    /// A reminder before a gathering, and the question how many came.
    pub reminders: bool,
    /// Word that announced visitors have come.
    pub arrivals: bool,
}

/// The same where nobody calls, and which letters it wants.
pub fn recipient_of(c: &mut Conn, booking: &Booking) -> Result<Option<(Recipient, Wants)>> {
    recipient_for(c, booking.created_by.as_ref().map(|(id, _)| *id), booking.organisation_id)
}

/// The same for anything that this person did for this organisation.
pub fn recipient_for(c: &mut Conn, person: Option<Id>, organisation: Id) -> Result<Option<(Recipient, Wants)>> {
    if let Some(id) = person
        && let Some(person) = people::store::by_id(c, id)?.filter(|person| person.disabled_at.is_none())
    {
        let acts = people::store::memberships(c, id)?.iter().any(|m| m.organisation_id == organisation);
        if acts {
            return Ok(Some((person.recipient(), Wants { reminders: person.reminders, arrivals: person.arrival_letters })));
        }
    }
    let organisation = organisations::by_id(c, organisation)?;
    let all = Wants { reminders: true, arrivals: true };
    Ok(organisation.and_then(|o| o.email.map(|address| (Recipient { person: None, name: o.name, address, language: Language::Sv }, all))))
}

/// A booking as letters tell of it, and to whom goes one that nobody needs: none if it is not wanted, or there is nobody.
pub fn to_remind(c: &mut Conn, id: Id) -> Result<Option<(BookingFacts, Option<Recipient>)>> {
    to_whom_wants(c, id, |wants| wants.reminders)
}

/// The same for word that visitors have come.
pub fn host(c: &mut Conn, id: Id) -> Result<Option<(BookingFacts, Option<Recipient>)>> {
    to_whom_wants(c, id, |wants| wants.arrivals)
}

fn to_whom_wants(c: &mut Conn, id: Id, wants: fn(Wants) -> bool) -> Result<Option<(BookingFacts, Option<Recipient>)>> {
    let Some(booking) = super::store::by_id(c, id)? else { return Ok(None) };
    let to = recipient_of(c, &booking)?.filter(|(_, what)| wants(*what)).map(|(to, _)| to);
    Ok(Some((facts(&booking), to)))
}
