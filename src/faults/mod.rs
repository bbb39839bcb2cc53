//! Faults: what is broken in a room, told by those who were there, seen to by the staff, and where it must be, the room closed.
pub mod api;
pub mod fault;
mod store;

use serde_json::json;

pub use fault::{Fault, Status};
pub use store::Filter;

use crate::{
    audit,
    bookings::{
        closure::{Closure, NewClosure},
        closures,
    },
    db::Conn,
    error::{Error, Result},
    http::{etag::IfMatch, page::Page},
    id::Id,
    mail::{self, Letter},
    people::{self, Call},
    rooms, say,
    time::Span,
};

/// The fault with this key.
pub fn get(c: &mut Conn, id: Id) -> Result<Fault> {
    store::by_id(c, id)?.ok_or(Error::NotFound("fault"))
}

/// One page, newest first.
pub fn list(c: &mut Conn, filter: &Filter, page: &Page) -> Result<Vec<Fault>> {
    store::list(c, filter, page)
}

/// Takes a report, and tells everybody who runs the house.
pub fn report(c: &mut Conn, call: &Call, room: &str, description: String) -> Result<Fault> {
    let room = rooms::by_slug(c, room)?
        .ok_or_else(|| Error::Invalid(vec![crate::error::Fault::coded("room", "not_found", say!("finns inte", "does not exist"))]))?;
    let person = &call.caller.person;
    let fault = Fault {
        id: Id::new(),
        room: (room.id, room.slug, room.name),
        description,
        status: Status::Open,
        reported_by: Some((person.id, person.name.clone())),
        reported_at: call.now,
        resolved_at: None,
        closure_id: None,
        version: 1,
    };
    store::insert(c, &fault)?;
    for admin in people::store::admins(c)? {
        let letter = Letter::FaultReported { room: fault.room.2.clone(), description: fault.description.clone(), by: person.name.clone() };
        mail::enqueue(c, &call.house, &admin.recipient(), &letter, None, &call.by())?;
    }
    audit::record(c, &call.by(), "reported", "fault", Some(fault.id.to_string()), None, Some(trace(&fault)))?;
    Ok(fault)
}

/// Says that it is done with.
pub fn resolve(c: &mut Conn, call: &Call, id: Id, expected: IfMatch) -> Result<Fault> {
    let before = open_locked(c, id)?;
    expected.check(before.version)?;
    let after = Fault { status: Status::Resolved, resolved_at: Some(call.now), version: before.version + 1, ..before.clone() };
    store::update(c, &after, Some(call.caller.person.id))?;
    audit::record(c, &call.by(), "resolved", "fault", Some(id.to_string()), Some(trace(&before)), Some(trace(&after)))?;
    Ok(after)
}

/// Closes its room because of it: what is in the way refuses that, all of it told, or is called off, each organiser told, in one
/// step. `reason` is for everybody to read; what was reported is not.
pub fn close_room(c: &mut Conn, call: &Call, id: Id, span: Span, reason: String, cancel_bookings: bool) -> Result<(Fault, Closure)> {
    // The floor is locked before anything else, as everywhere; the fault only then.
    let seen = get(c, id)?;
    let new = NewClosure { spans: vec![span], rooms: Some(vec![seen.room.1.clone()]), reason, cancel_bookings };
    let closure = closures::close(c, call, new)?;
    let before = open_locked(c, id)?;
    let after = Fault { closure_id: Some(closure.id), version: before.version + 1, ..before.clone() };
    store::update(c, &after, None)?;
    audit::record(c, &call.by(), "closed_room", "fault", Some(id.to_string()), Some(trace(&before)), Some(trace(&after)))?;
    Ok((after, closure))
}

fn open_locked(c: &mut Conn, id: Id) -> Result<Fault> {
    store::lock(c, id)?;
    let fault = get(c, id)?;
    if fault.status == Status::Open {
        return Ok(fault);
    }
    Err(Error::Conflict { code: "wrong_state", detail: say!("Felet är redan åtgärdat.", "The fault is resolved already.") })
}

/// What the audit trail keeps of it: not the text, which may name people.
fn trace(fault: &Fault) -> serde_json::Value {
    json!({"room": fault.room.1, "status": fault.status, "closure_id": fault.closure_id})
}
