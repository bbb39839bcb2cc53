//! SQL of closed months.
use diesel::prelude::*;

use super::month::ClosedMonth;
use crate::{
    db::{
        Both, Conn,
        schema::{bookings, closed_months, people, visits},
    },
    error::{Error, Result},
    id::Id,
    statistics::period::Period,
    text::stored,
    time::{Moment, Month},
};

type Row = ((String, String, i32, i32, i32, String), (Option<(Id, String)>, Moment));

macro_rules! joined {
    () => {
        closed_months::table.left_join(people::table).select((
            (
                closed_months::month,
                closed_months::figures,
                closed_months::definitions_version,
                closed_months::bookings,
                closed_months::visits,
                closed_months::hash,
            ),
            ((people::id, people::name).nullable(), closed_months::closed_at),
        ))
    };
}

fn parsed(((month, figures, definitions_version, bookings, visits, hash), (closed_by, closed_at)): Row) -> Result<ClosedMonth> {
    let figures = serde_json::from_str(&figures).map_err(Error::internal)?;
    Ok(ClosedMonth { month: stored(&month)?, figures, definitions_version, bookings, visits, hash, closed_by, closed_at })
}

/// The month, if it is closed.
pub fn by_month(c: &mut Conn, month: Month) -> Result<Option<ClosedMonth>> {
    joined!().filter(closed_months::month.eq(month.to_string())).first::<Row>(c).optional()?.map(parsed).transpose()
}

/// The closed months of a period, in order.
pub fn between(c: &mut Conn, period: &Period) -> Result<Vec<ClosedMonth>> {
    let months: Vec<String> = period.months().iter().map(Month::to_string).collect();
    joined!().filter(closed_months::month.eq_any(months)).order(closed_months::month).load::<Row>(c)?.into_iter().map(parsed).collect()
}

/// Bookings that start in the month, in whichever state, and rows of head counts in it.
pub fn row_counts(c: &mut Conn, month: Month) -> Result<(i32, i32)> {
    let (start, end) = (month.start(), month.end());
    let started = bookings::table.filter(bookings::starts_at.ge(start)).filter(bookings::starts_at.lt(end));
    let counted = visits::table.filter(visits::at.ge(start)).filter(visits::at.lt(end));
    let few = |rows: i64| i32::try_from(rows).map_err(Error::internal);
    Ok((few(started.count().get_result(c)?)?, few(counted.count().get_result(c)?)?))
}

/// A new one; `false` if somebody else closed the month just now.
pub fn insert(c: &mut Conn, closed: &ClosedMonth) -> Result<bool> {
    let row = (
        closed_months::month.eq(closed.month.to_string()),
        closed_months::figures.eq(serde_json::to_string(&closed.figures).map_err(Error::internal)?),
        closed_months::definitions_version.eq(closed.definitions_version),
        closed_months::bookings.eq(closed.bookings),
        closed_months::visits.eq(closed.visits),
        closed_months::hash.eq(&closed.hash),
        closed_months::closed_by.eq(closed.closed_by.as_ref().map(|(id, _)| *id)),
        closed_months::closed_at.eq(closed.closed_at),
    );
    Ok(Both(diesel::insert_into(closed_months::table).values(row).on_conflict(closed_months::month).do_nothing()).execute(c)? == 1)
}

/// Takes it away; `false` if it was not there.
pub fn delete(c: &mut Conn, month: Month) -> Result<bool> {
    Ok(diesel::delete(closed_months::table.find(month.to_string())).execute(c)? == 1)
}
