//! SQL of expected visitors.
use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use super::{BookingRef, Expected};
use crate::{
    db::{
        Conn,
        schema::{bookings, expected_visitors as expected, organisations, rooms},
    },
    error::Result,
    id::Id,
    time::Moment,
};

/// How many are shown of one day or one booking.
const MOST: i64 = 500;

type Row = ((Id, i32, Moment, String, Option<Moment>, Option<Id>), (Id, String, String, Id, String));

macro_rules! joined {
    () => {
        expected::table.inner_join(bookings::table.inner_join(rooms::table).inner_join(organisations::table)).select((
            (expected::id, expected::headcount, expected::expected_at, expected::note, expected::arrived_at, expected::visit_id),
            (bookings::id, bookings::title, rooms::slug, organisations::id, organisations::name),
        ))
    };
}

fn parsed(((id, headcount, expected_at, note, arrived_at, visit), (booking, title, room, organisation, name)): Row) -> Expected {
    let booking = BookingRef { id: booking, title, room, organisation: (organisation, name) };
    Expected { id, booking, headcount, expected_at, note, arrived: arrived_at.zip(visit) }
}

/// The announcement with this key.
pub fn by_id(c: &mut Conn, id: Id) -> Result<Option<Expected>> {
    Ok(joined!().filter(expected::id.eq(id)).first::<Row>(c).optional()?.map(parsed))
}

/// Those due in `[from, to)` whose gathering stands, by time; also of one that was taken for a no-show, since they may come late,
/// and those due within the day before whose gathering runs on past `from`, until they have come.
pub fn between(c: &mut Conn, from: Moment, to: Moment) -> Result<Vec<Expected>> {
    let still_out = expected::arrived_at.is_null().or(expected::arrived_at.ge(from));
    let late = expected::expected_at.ge(from.plus_minutes(-24 * 60)).and(still_out).and(bookings::ends_at.gt(from));
    let rows: Vec<Row> = joined!()
        .filter(expected::expected_at.nullable().ge(from).or(late))
        .filter(expected::expected_at.lt(to))
        .filter(bookings::status.eq_any(["pending", "confirmed", "held", "no_show"]))
        .order((expected::expected_at, expected::id))
        .limit(MOST)
        .load(c)?;
    Ok(rows.into_iter().map(parsed).collect())
}

/// Those announced for a booking, by time.
pub fn of_booking(c: &mut Conn, booking: Id) -> Result<Vec<Expected>> {
    let rows: Vec<Row> =
        joined!().filter(expected::booking_id.eq(booking)).order((expected::expected_at, expected::id)).limit(MOST).load(c)?;
    Ok(rows.into_iter().map(parsed).collect())
}

/// Locks the row until the transaction ends. SQLite has one writer.
pub fn lock(c: &mut Conn, id: Id) -> Result<()> {
    if let Conn::Postgres(c) = c {
        expected::table.find(id).select(expected::id).for_no_key_update().first::<Id>(c).optional()?;
    }
    Ok(())
}

/// A new one.
pub fn insert(c: &mut Conn, new: &Expected, by: Id, now: Moment) -> Result<()> {
    diesel::insert_into(expected::table)
        .values((
            expected::id.eq(new.id),
            expected::booking_id.eq(new.booking.id),
            expected::headcount.eq(new.headcount),
            expected::expected_at.eq(new.expected_at),
            expected::note.eq(&new.note),
            expected::announced_by.eq(by),
            expected::announced_at.eq(now),
        ))
        .execute(c)?;
    Ok(())
}

/// Ties it to the head count by which they came.
pub fn arrived(c: &mut Conn, id: Id, visit: Id, now: Moment) -> Result<()> {
    diesel::update(expected::table.find(id)).set((expected::arrived_at.eq(now), expected::visit_id.eq(visit))).execute(c)?;
    Ok(())
}

/// Takes it away.
pub fn delete(c: &mut Conn, id: Id) -> Result<()> {
    diesel::delete(expected::table.find(id)).execute(c)?;
    Ok(())
}

/// Empties the notes of those that were due before this: the index of those with a note is found only if the question itself says so.
pub fn forget(c: &mut Conn, before: Moment) -> Result<usize> {
    let old = expected::table.filter(sql::<Bool>("note <> ''")).filter(expected::expected_at.lt(before));
    Ok(diesel::update(old).set(expected::note.eq("")).execute(c)?)
}
