//! SQL of arrivals. Head counts are looked at here, read-only: they belong to a feature that knows bookings, not the other way round.
use std::collections::HashMap;

use diesel::prelude::*;

use super::absence::Missed;
use crate::{
    bookings::{Status, store::LONGEST_SECONDS},
    db::{
        Conn,
        schema::{bookings, organisations, rooms, visits},
    },
    error::Result,
    id::Id,
    time::Moment,
};

/// Confirmed bookings that have begun by `begun_by`, still run, and to which nobody has come, those that began first.
pub fn empty(c: &mut Conn, begun_by: Moment, now: Moment, most: i64) -> Result<Vec<Id>> {
    let unseen: Vec<Id> = bookings::table
        .filter(bookings::status.eq(Status::Confirmed.as_str()))
        .filter(bookings::checked_in_at.is_null())
        .filter(bookings::starts_at.gt(now.plus_seconds(-LONGEST_SECONDS)))
        .filter(bookings::starts_at.le(begun_by))
        .filter(bookings::ends_at.gt(now))
        .order((bookings::starts_at, bookings::id))
        .limit(most)
        .select(bookings::id)
        .load(c)?;
    let counted: Vec<(Option<Id>, Option<i64>)> = visits::table
        .filter(visits::booking_id.eq_any(&unseen))
        .filter(visits::kind.eq("in"))
        .group_by(visits::booking_id)
        .select((visits::booking_id, diesel::dsl::sum(visits::headcount)))
        .load(c)?;
    let seen = |id: &Id| counted.iter().any(|(booking, people)| *booking == Some(*id) && people.unwrap_or(0) > 0);
    Ok(unseen.into_iter().filter(|id| !seen(id)).collect())
}

/// Is this one of [`empty`]?
pub fn is_empty(c: &mut Conn, id: Id, begun_by: Moment, now: Moment) -> Result<bool> {
    let running: Option<Id> = bookings::table
        .find(id)
        .filter(bookings::status.eq(Status::Confirmed.as_str()))
        .filter(bookings::checked_in_at.is_null())
        .filter(bookings::starts_at.le(begun_by))
        .filter(bookings::ends_at.gt(now))
        .select(bookings::id)
        .first(c)
        .optional()?;
    let people: Option<i64> = visits::table
        .filter(visits::booking_id.eq(id))
        .filter(visits::kind.eq("in"))
        .select(diesel::dsl::sum(visits::headcount))
        .first(c)?;
    Ok(running.is_some() && people.unwrap_or(0) <= 0)
}

/// Locks a booking so that head counts for it wait too: each holds the booking's row by its reference. SQLite has one writer.
pub fn lock_against_counts(c: &mut Conn, id: Id) -> Result<()> {
    if let Conn::Postgres(c) = c {
        bookings::table.find(id).select(bookings::id).for_update().first::<Id>(c).optional()?;
    }
    Ok(())
}

/// The gatherings since a moment to which nobody came.
pub fn missed(c: &mut Conn, since: Moment) -> Result<Vec<Missed>> {
    type Row = (Id, String, String, String, Moment, Id, String);
    let rows: Vec<Row> = bookings::table
        .inner_join(rooms::table)
        .inner_join(organisations::table)
        .filter(bookings::starts_at.ge(since))
        .filter(bookings::status.eq(Status::NoShow.as_str()))
        .select((
            bookings::id,
            bookings::reference,
            bookings::title,
            rooms::slug,
            bookings::starts_at,
            organisations::id,
            organisations::name,
        ))
        .load(c)?;
    let one = |(id, reference, title, room, starts_at, organisation, name)| Missed {
        id,
        reference,
        title,
        room,
        starts_at,
        organisation: (organisation, name),
    };
    Ok(rows.into_iter().map(one).collect())
}

/// How many bookings of these organisations have begun since a moment, whether anybody came or not.
pub fn begun(c: &mut Conn, organisations: &[Id], since: Moment, now: Moment) -> Result<HashMap<Id, i64>> {
    let counting = [Status::Confirmed, Status::Held, Status::NoShow].map(Status::as_str);
    let rows: Vec<(Id, i64)> = bookings::table
        .filter(bookings::organisation_id.eq_any(organisations.to_vec()))
        .filter(bookings::starts_at.ge(since))
        .filter(bookings::starts_at.le(now))
        .filter(bookings::status.eq_any(counting))
        .group_by(bookings::organisation_id)
        .select((bookings::organisation_id, diesel::dsl::count_star()))
        .load(c)?;
    Ok(rows.into_iter().collect())
}
