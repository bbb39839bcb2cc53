//! Closing and opening again: use cases and SQL of closures.
//!
//! A closure owns occupancies like a booking does. Two closures may cover the same time (a repair over Christmas): the later one
//! takes what the earlier left, and when one is lifted the others take over what it held.
use diesel::prelude::*;
use serde_json::json;

use super::{
    Status, call_off,
    closure::{Closure, NewClosure},
    freeing::{self, free, with_shared_floor_locked},
    letters::Occasion,
    occupancy_store::{self, Owner},
    store, waitlist,
};
use crate::{
    audit,
    db::{
        Conn,
        schema::{closure_rooms, closures, rooms},
    },
    error::{BookingInTheWay, Error, Fault, Result},
    http::{etag::IfMatch, page::Page},
    id::Id,
    native,
    people::Call,
    rooms::{self as house, Room, Space},
    say,
    time::{Moment, Span},
};

type Row = (Id, Moment, Moment, String, bool, i32, Moment, Option<Id>);

const COLUMNS: (
    closures::id,
    closures::starts_at,
    closures::ends_at,
    closures::reason,
    closures::whole_house,
    closures::version,
    closures::created_at,
    closures::repeat_id,
) = (
    closures::id,
    closures::starts_at,
    closures::ends_at,
    closures::reason,
    closures::whole_house,
    closures::version,
    closures::created_at,
    closures::repeat_id,
);

fn with_rooms(c: &mut Conn, rows: Vec<Row>) -> Result<Vec<Closure>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.0).collect();
    let named: Vec<(Id, Id, String)> = closure_rooms::table
        .inner_join(rooms::table)
        .filter(closure_rooms::closure_id.eq_any(ids))
        .order(rooms::slug)
        .select((closure_rooms::closure_id, rooms::id, rooms::slug))
        .load(c)?;
    rows.into_iter()
        .map(|(id, starts_at, ends_at, reason, whole_house, version, created_at, repeat_id)| {
            let rooms = (!whole_house)
                .then(|| named.iter().filter(|(closure, ..)| *closure == id).map(|(_, room, slug)| (*room, slug.clone())).collect());
            let span = Span::new(starts_at, ends_at).ok_or_else(|| Error::internal("a closure that ends before it starts"))?;
            Ok(Closure { id, span, rooms, reason, version, created_at, repeat_id })
        })
        .collect()
}

/// The closure with this key.
pub fn get(c: &mut Conn, id: Id) -> Result<Closure> {
    let row: Option<Row> = closures::table.find(id).select(COLUMNS).first(c).optional()?;
    with_rooms(c, row.into_iter().collect())?.pop().ok_or(Error::NotFound("closure"))
}

/// One page of closures that touch `[from, to)`, by start.
pub fn list(c: &mut Conn, from: Option<Moment>, to: Option<Moment>, page: &Page) -> Result<Vec<Closure>> {
    let mut query = closures::table.select(COLUMNS).into_boxed();
    if let Some(from) = from {
        query = query.filter(closures::ends_at.gt(from));
    }
    if let Some(to) = to {
        query = query.filter(closures::starts_at.lt(to));
    }
    if let Some(after) = &page.after {
        let at = Moment::from_unix(after.key.parse().map_err(|_| Error::invalid("cursor", say!("är ingen av våra", "is none of ours")))?);
        query = query.filter(closures::starts_at.gt(at).or(closures::starts_at.eq(at).and(closures::id.gt(after.id))));
    }
    let rows: Vec<Row> = query.order((closures::starts_at, closures::id)).limit(page.fetch()).load(c)?;
    with_rooms(c, rows)
}

/// All closures that touch a stretch of time, by start.
pub fn during(c: &mut Conn, window: Span) -> Result<Vec<Closure>> {
    let rows: Vec<Row> = closures::table
        .filter(closures::ends_at.gt(window.start()))
        .filter(closures::starts_at.lt(window.end()))
        .order((closures::starts_at, closures::id))
        .select(COLUMNS)
        .load(c)?;
    with_rooms(c, rows)
}

/// The rooms that a closure closes, out of all.
fn closed_rooms<'a>(all: &'a [Room], closure: &Closure) -> Vec<&'a Room> {
    match &closure.rooms {
        None => all.iter().collect(),
        Some(rooms) => all.iter().filter(|room| rooms.iter().any(|(id, _)| *id == room.id)).collect(),
    }
}

fn spaces_of(rooms: &[&Room]) -> Vec<Space> {
    let mut spaces: Vec<Space> = rooms.iter().flat_map(|room| room.spaces.iter().cloned()).collect();
    spaces.sort_by_key(|space| space.id);
    spaces.dedup();
    spaces
}

/// Closes rooms, once or in several years, and gives the first closure. Bookings in the way refuse it, all of them told, or are
/// called off with its reason, each organiser told.
pub fn close(c: &mut Conn, call: &Call, new: NewClosure) -> Result<Closure> {
    let all = house::all(c, true)?;
    let rooms = match &new.rooms {
        None => None,
        Some(slugs) => Some(named(&all, slugs)?),
    };
    let repeat_id = (new.spans.len() > 1).then(Id::new);
    let closures: Vec<Closure> = new
        .spans
        .iter()
        .map(|span| Closure {
            id: Id::new(),
            span: *span,
            rooms: rooms.clone(),
            reason: new.reason.clone(),
            version: 1,
            created_at: call.now,
            repeat_id,
        })
        .collect();
    let first = closures.first().cloned().ok_or_else(|| Error::internal("a closure of no time"))?;
    let closed = closed_rooms(&all, &first);
    let spaces = spaces_of(&closed);
    with_shared_floor_locked(c, &closed.iter().map(|room| room.id).collect::<Vec<_>>())?;
    let (mut in_the_way, mut offered): (Vec<Id>, Vec<Id>) = (vec![], vec![]);
    for span in &new.spans {
        for one in occupancy_store::owners_in(c, &spaces, *span)? {
            match one.owner {
                Owner::Booking(id) if !in_the_way.contains(&id) => in_the_way.push(id),
                Owner::Offer(id) if !offered.contains(&id) => offered.push(id),
                _ => {}
            }
        }
    }
    // Somebody may be answering one of them just now.
    store::lock_all(c, &in_the_way)?;
    let bookings = store::by_ids(c, &in_the_way)?;
    if !bookings.is_empty() && !new.cancel_bookings {
        return Err(Error::ClosureOverBookings(
            bookings
                .into_iter()
                .map(|b| BookingInTheWay {
                    id: b.id,
                    reference: b.reference,
                    title: b.title,
                    organisation: (b.organisation_id, b.organisation_name),
                    room: b.room,
                    starts_at: b.stay.start(),
                    ends_at: b.stay.end(),
                })
                .collect(),
        ));
    }
    if bookings.iter().any(|booking| booking.status_at(call.now) == Status::Held) {
        return Err(Error::invalid(
            "starts_at",
            say!(
                "ligger före en sammankomst som redan hållits: stäng från och med nu",
                "lies before a gathering that was held already: close from now on"
            ),
        ));
    }
    let owners: Vec<Owner> = in_the_way.iter().map(|id| Owner::Booking(*id)).chain(offered.iter().map(|id| Owner::Offer(*id))).collect();
    free(c, freeing::Occasion::of(&call.house, call.now), &owners, |c| {
        for booking in &bookings {
            call_off(c, call, booking, Some(first.reason.clone()), Occasion::Closed)?;
        }
        // What is only offered is nobody's yet: whoever waits goes on waiting.
        for id in &offered {
            waitlist::take_back(c, call, *id, &first.reason)?;
        }
        for closure in &closures {
            insert(c, closure, call)?;
            occupy(c, closure, &spaces)?;
            audit::record(c, &call.by(), "closed", "closure", Some(closure.id.to_string()), None, Some(trace(closure)))?;
        }
        Ok(())
    })?;
    Ok(first)
}

fn named(all: &[Room], slugs: &[String]) -> Result<Vec<(Id, String)>> {
    let mut faults = vec![];
    let mut found: Vec<(Id, String)> = vec![];
    for (i, slug) in slugs.iter().enumerate() {
        match all.iter().find(|room| room.slug == *slug) {
            Some(room) if !found.iter().any(|(id, _)| *id == room.id) => found.push((room.id, room.slug.clone())),
            Some(_) => {}
            None => faults.push(Fault::coded(format!("rooms.{i}"), "not_found", say!("finns inte", "does not exist"))),
        }
    }
    if faults.is_empty() { Ok(found) } else { Err(Error::Invalid(faults)) }
}

fn insert(c: &mut Conn, closure: &Closure, call: &Call) -> Result<()> {
    diesel::insert_into(closures::table)
        .values((
            closures::id.eq(closure.id),
            closures::starts_at.eq(closure.span.start()),
            closures::ends_at.eq(closure.span.end()),
            closures::reason.eq(&closure.reason),
            closures::whole_house.eq(closure.rooms.is_none()),
            closures::created_by.eq(call.caller.person.id),
            closures::version.eq(closure.version),
            closures::created_at.eq(closure.created_at),
            closures::repeat_id.eq(closure.repeat_id),
        ))
        .execute(c)?;
    let rows: Vec<_> = closure
        .rooms
        .iter()
        .flatten()
        .map(|(room, _)| (closure_rooms::closure_id.eq(closure.id), closure_rooms::room_id.eq(*room)))
        .collect();
    if !rows.is_empty() {
        native!(c, |c| diesel::insert_into(closure_rooms::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// Takes what no other closure has taken yet.
fn occupy(c: &mut Conn, closure: &Closure, spaces: &[Space]) -> Result<()> {
    let taken = occupancy_store::owners_in(c, spaces, closure.span)?;
    for space in spaces {
        let others: Vec<Span> = taken.iter().filter(|o| o.space == space.id).map(|o| o.span).collect();
        for free in closure.span.without(&others) {
            occupancy_store::insert(c, std::slice::from_ref(space), free, Owner::Closure(closure.id))?;
        }
    }
    Ok(())
}

/// Opens again, with `following` also in the years after it. Bookings that were called off stay so.
pub fn open(c: &mut Conn, call: &Call, id: Id, expected: IfMatch, following: bool) -> Result<()> {
    let closure = get(c, id)?;
    expected.check(closure.version)?;
    let all = house::all(c, true)?;
    let closed = closed_rooms(&all, &closure);
    let spaces = spaces_of(&closed);
    with_shared_floor_locked(c, &closed.iter().map(|room| room.id).collect::<Vec<_>>())?;
    let later = if following { later_years(c, &closure)? } else { vec![] };
    let lifted: Vec<&Closure> = std::iter::once(&closure).chain(&later).collect();
    let owners: Vec<Owner> = lifted.iter().map(|closure| Owner::Closure(closure.id)).collect();
    free(c, freeing::Occasion::of(&call.house, call.now), &owners, |c| {
        for closure in &lifted {
            diesel::delete(closures::table.find(closure.id)).execute(c)?;
        }
        for closure in lifted {
            for other in during(c, closure.span)? {
                let shared: Vec<Space> =
                    spaces_of(&closed_rooms(&all, &other)).into_iter().filter(|space| spaces.contains(space)).collect();
                occupy(c, &other, &shared)?;
            }
            audit::record(c, &call.by(), "opened", "closure", Some(closure.id.to_string()), Some(trace(closure)), None)?;
        }
        Ok(())
    })
}

/// The closures of later years that were made with this one.
fn later_years(c: &mut Conn, closure: &Closure) -> Result<Vec<Closure>> {
    let Some(repeat) = closure.repeat_id else { return Ok(vec![]) };
    let rows: Vec<Row> = closures::table
        .filter(closures::repeat_id.eq(repeat))
        .filter(closures::starts_at.gt(closure.span.start()))
        .order((closures::starts_at, closures::id))
        .select(COLUMNS)
        .load(c)?;
    with_rooms(c, rows)
}

fn trace(closure: &Closure) -> serde_json::Value {
    let rooms: Option<Vec<&String>> = closure.rooms.as_ref().map(|rooms| rooms.iter().map(|(_, slug)| slug).collect());
    json!({"starts_at": closure.span.start(), "ends_at": closure.span.end(), "rooms": rooms, "reason": closure.reason})
}
