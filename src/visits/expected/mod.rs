//! Expected visitors: announced for a gathering by who booked it, seen by the desk, arrived with one tap. A number and a time; no names.
pub mod api;
mod store;

use chrono::NaiveDate;
use serde_json::json;

use super::{Headcount, Kind, NewVisit, Purpose, Visit, log};
use crate::{
    audit,
    bookings::{self, Status},
    db::Conn,
    error::{Error, Fault, Result},
    id::Id,
    mail::{self, Letter},
    people::{Call, forbidden},
    say,
    time::Moment,
};

/// How long what the desk was told about visitors is kept after they were due, in seconds.
const KEPT_SECONDS: i64 = 24 * 3600;

/// People who are announced for a gathering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Its key.
    pub id: Id,
    /// The gathering.
    pub booking: BookingRef,
    /// How many.
    pub headcount: i32,
    /// When.
    pub expected_at: Moment,
    /// For the desk; may be empty.
    pub note: String,
    /// When they came, and the head count that says so.
    pub arrived: Option<(Moment, Id)>,
}

/// The gathering that people are announced for, as the desk knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookingRef {
    /// Its key.
    pub id: Id,
    /// What it is called.
    pub title: String,
    /// The room's slug.
    pub room: String,
    /// Who meets: key and name.
    pub organisation: (Id, String),
}

/// What is announced.
#[derive(Debug, Clone)]
pub struct Announcement {
    /// For which gathering.
    pub booking_id: Id,
    /// How many.
    pub headcount: i32,
    /// When; without it as the gathering begins.
    pub expected_at: Option<Moment>,
    /// For the desk.
    pub note: String,
}

/// Announces visitors. For who may see the booking, while it stands and is not over.
pub fn announce(c: &mut Conn, call: &Call, new: Announcement) -> Result<Expected> {
    let booking = bookings::get(c, call, new.booking_id)?;
    if !matches!(booking.status_at(call.now), Status::Pending | Status::Confirmed) {
        return Err(off());
    }
    let expected_at = new.expected_at.unwrap_or_else(|| booking.stay.start());
    // Guests may come while the room is made ready, and late.
    let day = booking.stay.widened(24 * 60, 0);
    if expected_at < day.start() || expected_at >= day.end() {
        return Err(Error::Invalid(vec![Fault::new(
            "expected_at",
            say!("ska ligga under bokningen eller dygnet före", "must lie within the booking or the day before"),
        )]));
    }
    let expected = Expected {
        id: Id::new(),
        booking: BookingRef {
            id: booking.id,
            title: booking.title,
            room: booking.room,
            organisation: (booking.organisation_id, booking.organisation_name),
        },
        headcount: new.headcount,
        expected_at,
        note: new.note,
        arrived: None,
    };
    store::insert(c, &expected, call.caller.person.id, call.now)?;
    audit::record(c, &call.by(), "announced", "expected_visitors", Some(expected.id.to_string()), None, Some(trace(&expected)))?;
    Ok(expected)
}

/// Who is due on a local day, by time: for the desk.
pub fn on(c: &mut Conn, call: &Call, date: NaiveDate) -> Result<Vec<Expected>> {
    if !call.caller.is_staff() {
        forbidden()?;
    }
    store::between(c, Moment::start_of(date), Moment::start_of(date.succ_opt().unwrap_or(date)))
}

/// Who is announced for a booking, by time: for who may see it.
pub fn of_booking(c: &mut Conn, call: &Call, booking: Id) -> Result<Vec<Expected>> {
    bookings::get(c, call, booking)?;
    store::of_booking(c, booking)
}

/// They have come: counts them in at the gathering and tells its host. What was called off receives nobody; what was taken for a
/// no-show does, for here they are.
pub fn arrive(c: &mut Conn, call: &Call, id: Id, headcount: Option<Headcount>) -> Result<(Expected, Visit)> {
    let before = due_locked(c, id)?;
    if matches!(bookings::get(c, call, before.booking.id)?.status, Status::Cancelled | Status::Rejected) {
        return Err(off());
    }
    let headcount = match headcount {
        Some(headcount) => headcount,
        None => Headcount::new(before.headcount).map_err(|say| Error::invalid("headcount", say))?,
    };
    let new = NewVisit {
        at: call.now,
        kind: Kind::In,
        headcount,
        purpose: Purpose::Gathering,
        organisation_id: None,
        booking_id: Some(before.booking.id),
        client_id: None,
    };
    let (visit, _) = log(c, call, new)?;
    let after = Expected { arrived: Some((call.now, visit.id)), ..before };
    store::arrived(c, id, visit.id, call.now)?;
    if let Some((facts, Some(to))) = bookings::host(c, after.booking.id)? {
        mail::enqueue(c, &call.house, &to, &Letter::VisitorsArrived(facts, headcount.people()), Some(after.booking.id), &call.by())?;
    }
    audit::record(c, &call.by(), "arrived", "expected_visitors", Some(id.to_string()), None, Some(trace(&after)))?;
    Ok((after, visit))
}

/// Takes an announcement back, while nobody has come by it.
pub fn withdraw(c: &mut Conn, call: &Call, id: Id) -> Result<()> {
    let seen = store::by_id(c, id)?.ok_or(Error::NotFound("announcement"))?;
    if !call.caller.may_see(seen.booking.organisation.0) {
        return Err(Error::NotFound("announcement"));
    }
    let before = due_locked(c, id)?;
    store::delete(c, id)?;
    audit::record(c, &call.by(), "withdrew", "expected_visitors", Some(id.to_string()), Some(trace(&before)), None)
}

/// Forgets what the desk was told about visitors a day after they were due; gives about how many.
pub fn forget(c: &mut Conn, now: Moment) -> Result<usize> {
    store::forget(c, now.plus_seconds(-KEPT_SECONDS))
}

fn off() -> Error {
    Error::Conflict {
        code: "wrong_state",
        detail: say!("Bokningen gäller inte, eller är redan över.", "The booking does not stand, or is over already."),
    }
}

/// One that has not arrived yet, locked.
fn due_locked(c: &mut Conn, id: Id) -> Result<Expected> {
    store::lock(c, id)?;
    let expected = store::by_id(c, id)?.ok_or(Error::NotFound("announcement"))?;
    if expected.arrived.is_none() {
        return Ok(expected);
    }
    Err(Error::Conflict { code: "wrong_state", detail: say!("De har redan kommit.", "They have come already.") })
}

/// What the audit trail keeps: not the note, which outlives it otherwise.
fn trace(expected: &Expected) -> serde_json::Value {
    json!({"booking_id": expected.booking.id, "headcount": expected.headcount, "expected_at": expected.expected_at})
}
