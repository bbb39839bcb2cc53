//! Calling off a series, and an admin's yes or no to one: each booking in one step, told in one letter.
use std::collections::BTreeSet;

use super::{
    changing::Outcome,
    get_locked,
    judging::nothing_against,
    plan::{Series, Whole},
    scope::Scope,
    store,
    telling::{Happened, tell},
    trace,
};
use crate::{
    audit,
    bookings::{Booking, Status, decide_all, freeing::with_shared_floor_locked, rules, wrong_state},
    db::Conn,
    error::{Error, RefusedDate, Result},
    id::Id,
    people::Call,
    rooms, say,
};

/// Calls off what is still to come of a series, or from one booking on. What was moved by hand is kept, and for its organiser what
/// begins too soon.
pub fn cancel(c: &mut Conn, call: &Call, id: Id, from: Option<Id>, reason: Option<String>) -> Result<Outcome> {
    let before = with_floor_locked(c, call, id)?;
    let mut scope = Scope::of(&before, from, call.now)?;
    if scope.meant.is_empty() {
        return Err(if scope.kept.is_empty() { already_cancelled() } else { wrong_state() });
    }
    let mut too_late = None;
    for (date, booking) in std::mem::take(&mut scope.meant) {
        let room = rooms::by_id(c, booking.room_id)?.ok_or_else(|| Error::internal("a booking without its room"))?;
        if call.caller.is_admin() || rules::in_time_to_cancel(&room, booking.stay.start(), call.now) {
            scope.meant.push((date, booking));
        } else {
            let violation = rules::too_late(&room);
            too_late = Some(violation.message.clone());
            scope.keep(booking.id, RefusedDate { violations: vec![violation], ..nothing_against(date) });
        }
    }
    if let Some(detail) = too_late.filter(|_| scope.meant.is_empty()) {
        return Err(Error::Refused { code: "too_late", detail });
    }
    let off = |booking: &Booking| Booking { status: Status::Cancelled, cancel_reason: reason.clone(), ..booking.clone() };
    let done = decide_all(c, &call.house, call.now, scope.meant.iter().map(|(_, booking)| off(booking)).collect())?;
    let whole = written(c, call, &before)?;
    tell(c, call, &whole, &Happened::Cancelled { bookings: &done, kept: &scope.kept, reason: reason.as_deref() })?;
    audit::record(c, &call.by(), "cancelled", "series", Some(id.to_string()), Some(trace(&before)), Some(trace(&whole)))?;
    Ok(Outcome { whole, changed: done.iter().map(|booking| booking.id).collect(), kept: scope.kept })
}

fn already_cancelled() -> Error {
    Error::Conflict { code: "already_cancelled", detail: say!("Serien är redan avbokad.", "The series is cancelled already.") }
}

/// An admin's yes to all of a series that waits.
pub fn approve(c: &mut Conn, call: &Call, id: Id) -> Result<Whole> {
    let (before, waiting) = pending(get_locked(c, call, id)?)?;
    let yes = |booking| Booking { status: Status::Confirmed, ..booking };
    let done = decide_all(c, &call.house, call.now, waiting.into_iter().map(yes).collect())?;
    let whole = written(c, call, &before)?;
    tell(c, call, &whole, &Happened::Approved { bookings: &done })?;
    audit::record(c, &call.by(), "approved", "series", Some(id.to_string()), Some(trace(&before)), Some(trace(&whole)))?;
    Ok(whole)
}

/// An admin's no to all of a series that waits, with the reason.
pub fn reject(c: &mut Conn, call: &Call, id: Id, reason: &str) -> Result<Whole> {
    let (before, waiting) = pending(with_floor_locked(c, call, id)?)?;
    let no = |booking| Booking { status: Status::Rejected, decision_reason: Some(reason.to_owned()), ..booking };
    let done = decide_all(c, &call.house, call.now, waiting.into_iter().map(no).collect())?;
    let whole = written(c, call, &before)?;
    tell(c, call, &whole, &Happened::Rejected { bookings: &done, reason })?;
    audit::record(c, &call.by(), "rejected", "series", Some(id.to_string()), Some(trace(&before)), Some(trace(&whole)))?;
    Ok(whole)
}

/// One that is about to give time back: the floor of its bookings is locked before themselves.
fn with_floor_locked(c: &mut Conn, call: &Call, id: Id) -> Result<Whole> {
    let rooms = |whole: &Whole| whole.bookings.iter().map(|booking| booking.room_id).collect::<BTreeSet<Id>>();
    let seen = rooms(&super::get(c, call, id)?);
    with_shared_floor_locked(c, &seen.iter().copied().collect::<Vec<_>>())?;
    let whole = get_locked(c, call, id)?;
    // One that went elsewhere while we waited is on floor that we don't hold.
    if rooms(&whole).is_subset(&seen) { Ok(whole) } else { Err(wrong_state()) }
}

fn pending(whole: Whole) -> Result<(Whole, Vec<Booking>)> {
    let waiting: Vec<Booking> = whole.bookings.iter().filter(|booking| booking.status == Status::Pending).cloned().collect();
    if waiting.is_empty() { Err(wrong_state()) } else { Ok((whole, waiting)) }
}

/// Raises the series' version, and reads it as it is now.
fn written(c: &mut Conn, call: &Call, before: &Whole) -> Result<Whole> {
    let series = &before.series;
    store::update(c, &Series { version: series.version + 1, updated_at: call.now, ..series.clone() })?;
    super::get(c, call, series.id)
}
