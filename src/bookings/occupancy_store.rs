//! SQL of occupancies: which space is taken when, and by what. Every writer of time comes through here.
use std::collections::HashMap;

use diesel::prelude::*;

use crate::{
    db::{Conn, schema::occupancies},
    error::Result,
    id::Id,
    rooms::Space,
    time::{Moment, Span},
};

/// Who owns an occupancy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// A booking.
    Booking(Id),
    /// A closure.
    Closure(Id),
    /// An offer to whoever waited for the time, by its entry in the waiting list.
    Offer(Id),
}

/// One space taken for one stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occupancy {
    /// The space.
    pub space: Id,
    /// When.
    pub span: Span,
    /// By what.
    pub owner: Owner,
}

type Row = (Id, Moment, Moment, Option<Id>, Option<Id>, Option<Id>);

const COLUMNS: (
    occupancies::space_id,
    occupancies::starts_at,
    occupancies::ends_at,
    occupancies::booking_id,
    occupancies::closure_id,
    occupancies::waitlist_id,
) = (
    occupancies::space_id,
    occupancies::starts_at,
    occupancies::ends_at,
    occupancies::booking_id,
    occupancies::closure_id,
    occupancies::waitlist_id,
);

fn occupancy((space, starts_at, ends_at, booking, closure, offer): Row) -> Option<Occupancy> {
    // The table's own checks rule out anything else.
    let owner = booking.map(Owner::Booking).or(closure.map(Owner::Closure)).or(offer.map(Owner::Offer))?;
    Some(Occupancy { space, span: Span::new(starts_at, ends_at)?, owner })
}

/// Takes the spaces for the span. The database refuses it if any of them is taken ([`crate::error::Error::Taken`]).
pub fn insert(c: &mut Conn, spaces: &[Space], span: Span, owner: Owner) -> Result<()> {
    let (booking, closure, offer) = match owner {
        Owner::Booking(id) => (Some(id), None, None),
        Owner::Closure(id) => (None, Some(id), None),
        Owner::Offer(id) => (None, None, Some(id)),
    };
    // One by one: a batch is another statement each time, which PostgreSQL would be sent twice, and a room has one space or two.
    for space in spaces {
        diesel::insert_into(occupancies::table)
            .values((
                occupancies::id.eq(Id::new()),
                occupancies::space_id.eq(space.id),
                occupancies::starts_at.eq(span.start()),
                occupancies::ends_at.eq(span.end()),
                occupancies::booking_id.eq(booking),
                occupancies::closure_id.eq(closure),
                occupancies::waitlist_id.eq(offer),
            ))
            .execute(c)?;
    }
    Ok(())
}

/// Frees what an owner has taken, and tells what that was. For [`super::freeing::free`] alone, which offers it to whoever waits.
pub fn delete(c: &mut Conn, owner: Owner) -> Result<Vec<Occupancy>> {
    let rows: Vec<Row> = match owner {
        Owner::Booking(id) => occupancies::table.filter(occupancies::booking_id.eq(id)).select(COLUMNS).load(c)?,
        Owner::Closure(id) => occupancies::table.filter(occupancies::closure_id.eq(id)).select(COLUMNS).load(c)?,
        Owner::Offer(id) => occupancies::table.filter(occupancies::waitlist_id.eq(id)).select(COLUMNS).load(c)?,
    };
    match owner {
        Owner::Booking(id) => diesel::delete(occupancies::table.filter(occupancies::booking_id.eq(id))).execute(c)?,
        Owner::Closure(id) => diesel::delete(occupancies::table.filter(occupancies::closure_id.eq(id))).execute(c)?,
        Owner::Offer(id) => diesel::delete(occupancies::table.filter(occupancies::waitlist_id.eq(id))).execute(c)?,
    };
    Ok(rows.into_iter().filter_map(occupancy).collect())
}

/// How many of what is in the way are told.
const TOLD: i64 = 20;

/// What stands in the way of taking the spaces for the span, by time, at most 20 for each space.
pub fn in_the_way(c: &mut Conn, spaces: &[Space], span: Span) -> Result<Vec<Occupancy>> {
    let mut found = vec![];
    for space in spaces {
        // Mostly the time is free, and one look tells.
        if !first_after(c, space, span, 1)?.is_empty() {
            found.extend(first_after(c, space, span, TOLD)?);
        }
    }
    found.sort_by_key(|o| (o.span, o.space));
    Ok(found)
}

/// Occupancies of a space end in the order in which they begin, so those in the way are the first that end after the start: a few
/// steps in the index, however much lies behind or ahead.
fn first_after(c: &mut Conn, space: &Space, span: Span, most: i64) -> Result<Vec<Occupancy>> {
    let rows: Vec<Row> = occupancies::table
        .filter(occupancies::space_id.eq(space.id))
        .filter(occupancies::ends_at.gt(span.start()))
        .order(occupancies::ends_at)
        .limit(most)
        .select(COLUMNS)
        .load(c)?;
    Ok(rows.into_iter().filter_map(occupancy).take_while(|o| o.span.start() < span.end()).collect())
}

/// What is taken of each space in a stretch of time, but for what bookings own that are to be moved.
pub fn taken(c: &mut Conn, window: Span, but: &[Id]) -> Result<HashMap<Id, Vec<Span>>> {
    let rows: Vec<Row> = occupancies::table
        .filter(occupancies::ends_at.gt(window.start()))
        .filter(occupancies::starts_at.lt(window.end()))
        .order(occupancies::ends_at)
        .select(COLUMNS)
        .load(c)?;
    let mut by_space: HashMap<Id, Vec<Span>> = HashMap::new();
    for one in rows.into_iter().filter_map(occupancy) {
        if !but.iter().any(|id| one.owner == Owner::Booking(*id)) {
            by_space.entry(one.space).or_default().push(one.span);
        }
    }
    Ok(by_space)
}

/// All that is taken of these spaces in a stretch of time, by time.
pub fn owners_in(c: &mut Conn, spaces: &[Space], window: Span) -> Result<Vec<Occupancy>> {
    let ids: Vec<Id> = spaces.iter().map(|space| space.id).collect();
    let rows: Vec<Row> = occupancies::table
        .filter(occupancies::space_id.eq_any(ids))
        .filter(occupancies::ends_at.gt(window.start()))
        .filter(occupancies::starts_at.lt(window.end()))
        .order(occupancies::ends_at)
        .select(COLUMNS)
        .load(c)?;
    Ok(rows.into_iter().filter_map(occupancy).collect())
}
