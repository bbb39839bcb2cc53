//! Hand-over at the desk: what one shift tells the next, and which keys and tags are out.
pub mod api;
pub mod loan;
pub mod note;
mod store;

use chrono::Days;
use serde_json::json;

pub use loan::{Loan, NewLoan};
pub use note::Note;

use crate::{
    audit, bookings,
    db::Conn,
    error::{Error, Fault, Result},
    http::page::Page,
    id::Id,
    organisations,
    people::Call,
    rooms, say,
    time::Moment,
};

/// A key is lent for so long at most, in seconds.
const LONGEST_SECONDS: i64 = 366 * 24 * 3600;

/// What the next shift is to know, oldest first.
pub fn open_notes(c: &mut Conn) -> Result<Vec<Note>> {
    store::open_notes(c)
}

/// Writes a note.
pub fn write(c: &mut Conn, call: &Call, text: String) -> Result<Note> {
    let by = &call.caller.person;
    let note = Note { id: Id::new(), text, written_by: Some((by.id, by.name.clone())), written_at: call.now, done_at: None };
    store::insert_note(c, &note, by.id)?;
    Ok(note)
}

/// Somebody saw to it. Said again, it changes nothing.
pub fn done(c: &mut Conn, call: &Call, id: Id) -> Result<Note> {
    let gone = || Error::NotFound("note");
    store::note(c, id)?.ok_or_else(gone)?;
    store::done(c, id, call.caller.person.id, call.now)?;
    store::note(c, id)?.ok_or_else(gone)
}

/// What is out, what should be back longest first.
pub fn out(c: &mut Conn) -> Result<Vec<Loan>> {
    store::out(c)
}

/// One page of what came back, latest first.
pub fn returned(c: &mut Conn, page: &Page) -> Result<Vec<Loan>> {
    store::returned(c, page)
}

/// Lends a key or tag. The database keeps the same thing from being out twice.
pub fn lend(c: &mut Conn, call: &Call, new: NewLoan) -> Result<Loan> {
    let mut faults = vec![];
    let booking = match new.booking_id {
        Some(id) => match bookings::get(c, call, id) {
            Err(Error::NotFound(_)) => {
                faults.push(Fault::coded("booking_id", "not_found", say!("finns inte bland bokningarna", "is not among the bookings")));
                None
            }
            found => Some(found?),
        },
        None => None,
    };
    let organisation_id = new.organisation_id.or(booking.as_ref().map(|booking| booking.organisation_id));
    let organisation = match organisation_id {
        Some(id) => organisations::by_id(c, id)?,
        None => None,
    };
    if organisation.is_none() {
        let message = match organisation_id {
            Some(_) => say!("finns inte bland föreningarna", "is not among the organisations"),
            None => say!("saknas: ange förening eller bokning", "is missing: give an organisation or a booking"),
        };
        faults.push(Fault::coded("organisation_id", if organisation_id.is_some() { "not_found" } else { "required" }, message));
    }
    let due_at = match (new.due_at, &booking) {
        (Some(at), _) => at,
        (None, Some(booking)) if booking.stay.end() > call.now => booking.stay.end(),
        (None, _) => closing(c, call.now)?,
    };
    if due_at <= call.now || due_at.seconds_since(call.now) > LONGEST_SECONDS {
        let message = say!("ska ligga framåt i tiden, högst ett år", "must lie ahead, a year at most");
        faults.push(Fault::new("due_at", message));
    }
    let Some(organisation) = organisation.filter(|_| faults.is_empty()) else { return Err(Error::Invalid(faults)) };
    let loan = Loan {
        id: Id::new(),
        item: new.item,
        organisation: (organisation.id, organisation.name),
        booking_id: booking.map(|booking| booking.id),
        borrower: new.borrower,
        lent_at: call.now,
        due_at,
        returned_at: None,
    };
    if !store::insert_loan(c, &loan, call.caller.person.id)? {
        let item = &loan.item;
        return Err(Error::AlreadyExists { field: "item", detail: say!("{item} är redan utlånad.", "{item} is lent already.") });
    }
    audit::record(c, &call.by(), "lent", "loan", Some(loan.id.to_string()), None, Some(trace(&loan)))?;
    Ok(loan)
}

/// It is back; who fetched it is forgotten. Said again, it changes nothing.
pub fn take_back(c: &mut Conn, call: &Call, id: Id) -> Result<Loan> {
    let before = store::loan(c, id)?.ok_or(Error::NotFound("loan"))?;
    if store::take_back(c, id, call.caller.person.id, call.now)? {
        audit::record(c, &call.by(), "took_back", "loan", Some(id.to_string()), Some(trace(&before)), None)?;
    }
    store::loan(c, id)?.ok_or(Error::NotFound("loan"))
}

/// Forgets old notes and loans that came back long ago; gives how many.
pub fn forget(c: &mut Conn, notes: Moment, loans: Moment) -> Result<usize> {
    store::forget(c, notes, loans)
}

/// When the house closes next; at the next midnight if it never does.
fn closing(c: &mut Conn, now: Moment) -> Result<Moment> {
    let (today, after) = (now.date(), now.date().checked_add_days(Days::new(8)).unwrap_or(now.date()));
    let next = rooms::house_week(c)?.spans(today, after).iter().map(|span| span.end()).find(|end| *end > now);
    Ok(next.unwrap_or_else(|| Moment::start_of(today.succ_opt().unwrap_or(today))))
}

/// What the audit trail keeps: not who fetched it.
fn trace(loan: &Loan) -> serde_json::Value {
    json!({"item": loan.item, "organisation_id": loan.organisation.0, "booking_id": loan.booking_id, "due_at": loan.due_at})
}
