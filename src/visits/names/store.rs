//! SQL of named visits.
use diesel::prelude::*;

use super::{Erasure, Named, Visitor};
use crate::{
    db::{
        Conn,
        schema::{bookings, name_erasures as runs, named_visits as named, rooms, visits},
    },
    error::Result,
    http::page::Page,
    id::Id,
    time::Moment,
};

/// How many names the roll call shows at most.
const MOST: i64 = 500;

/// A new one.
pub fn insert(c: &mut Conn, visit: Id, visitor: &Visitor, at: Moment) -> Result<()> {
    let row = (
        named::id.eq(Id::new()),
        named::visit_id.eq(visit),
        named::name.eq(&visitor.name),
        named::host.eq(&visitor.host),
        named::arrived_at.eq(at),
    );
    diesel::insert_into(named::table).values(row).execute(c)?;
    Ok(())
}

/// Whoever came by this count has left: nothing says any more to whom.
pub fn leave(c: &mut Conn, visit: Id, at: Moment) -> Result<()> {
    let loose = (named::visit_id.eq(None::<Id>), named::host.eq(""), named::left_at.eq(at));
    diesel::update(named::table.filter(named::visit_id.eq(visit))).set(loose).execute(c)?;
    Ok(())
}

/// Whoever came before the house closed has left.
pub fn leave_before(c: &mut Conn, closed: Moment) -> Result<()> {
    let loose = (named::visit_id.eq(None::<Id>), named::host.eq(""), named::left_at.eq(closed));
    let behind = named::table.filter(named::arrived_at.lt(closed)).filter(named::left_at.is_null());
    diesel::update(behind).set(loose).execute(c)?;
    Ok(())
}

/// Those who came since then and have not left, first come first.
pub fn since(c: &mut Conn, from: Moment) -> Result<Vec<Named>> {
    type Row = ((Option<Id>, String, String, Moment), i32, Option<String>);
    let rows: Vec<Row> = named::table
        .inner_join(visits::table)
        // One after the other: a join in brackets would be worked out for all bookings first.
        .left_join(bookings::table.on(visits::booking_id.eq(bookings::id.nullable())))
        .left_join(rooms::table.on(bookings::room_id.eq(rooms::id)))
        .filter(named::arrived_at.ge(from))
        .filter(named::left_at.is_null())
        .order((named::arrived_at, named::id))
        .limit(MOST)
        .select(((named::visit_id, named::name, named::host, named::arrived_at), visits::headcount, rooms::slug.nullable()))
        .load(c)?;
    let here = rows.into_iter().filter_map(|((visit, name, host, arrived_at), headcount, room)| {
        Some(Named { visit_id: visit?, visitor: Visitor { name, host }, arrived_at, headcount, room })
    });
    Ok(here.collect())
}

/// Erases those who left before `left`, and those who came before `came`; gives how many.
pub fn erase(c: &mut Conn, left: Moment, came: Moment) -> Result<i32> {
    let over = named::table.filter(named::left_at.lt(left).or(named::arrived_at.lt(came)));
    Ok(i32::try_from(diesel::delete(over).execute(c)?).unwrap_or(i32::MAX))
}

/// How many there are.
pub fn count(c: &mut Conn) -> Result<i32> {
    let all: i64 = named::table.count().get_result(c)?;
    Ok(i32::try_from(all).unwrap_or(i32::MAX))
}

/// Writes down a run of the job.
pub fn ran(c: &mut Conn, run: &Erasure) -> Result<()> {
    let row = (runs::id.eq(run.id), runs::ran_at.eq(run.ran_at), runs::erased.eq(run.erased), runs::kept.eq(run.kept));
    diesel::insert_into(runs::table).values(row).execute(c)?;
    Ok(())
}

/// Forgets runs from before this.
pub fn prune_runs(c: &mut Conn, before: Moment) -> Result<()> {
    diesel::delete(runs::table.filter(runs::ran_at.lt(before))).execute(c)?;
    Ok(())
}

/// One page of runs, latest first: keys rise with time.
pub fn runs(c: &mut Conn, page: &Page) -> Result<Vec<Erasure>> {
    let mut query =
        runs::table.select((runs::id, runs::ran_at, runs::erased, runs::kept)).order(runs::id.desc()).limit(page.fetch()).into_boxed();
    if let Some(after) = &page.after {
        query = query.filter(runs::id.lt(after.id));
    }
    let rows: Vec<(Id, Moment, i32, i32)> = query.load(c)?;
    Ok(rows.into_iter().map(|(id, ran_at, erased, kept)| Erasure { id, ran_at, erased, kept }).collect())
}
