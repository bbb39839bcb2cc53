//! SQL of half days.
use chrono::NaiveDate;
use diesel::prelude::*;

use crate::{
    db::{Conn, is_duplicate, schema::half_days},
    error::{Error, Result},
    http::page::Page,
    id::Id,
    rooms::{half_day::HalfDay, opening_hours::HalfDays},
    say,
    time::WallTime,
};

type Row = (Id, String, i32, String, i32);

const COLUMNS: (half_days::id, half_days::day, half_days::closes, half_days::note, half_days::version) =
    (half_days::id, half_days::day, half_days::closes, half_days::note, half_days::version);

fn half_day((id, day, closes, note, version): Row) -> Result<HalfDay> {
    let date = day.parse().map_err(Error::internal)?;
    let closes = u16::try_from(closes).ok().and_then(WallTime::from_minutes);
    let closes = closes.ok_or_else(|| Error::internal("a half day that closes at no time"))?;
    Ok(HalfDay { id, date, closes, note, version })
}

/// All of them, for a week to be cut short by.
pub fn by_day(c: &mut Conn) -> Result<HalfDays> {
    let rows: Vec<Row> = half_days::table.select(COLUMNS).load(c)?;
    rows.into_iter().map(|row| half_day(row).map(|half| (half.date, half.closes))).collect()
}

/// The half day with this key.
pub fn by_id(c: &mut Conn, id: Id) -> Result<Option<HalfDay>> {
    half_days::table.find(id).select(COLUMNS).first::<Row>(c).optional()?.map(half_day).transpose()
}

/// One page of those in `[from, to)`, by day, and one row more.
pub fn list(c: &mut Conn, from: Option<NaiveDate>, to: Option<NaiveDate>, page: &Page) -> Result<Vec<HalfDay>> {
    let mut query = half_days::table.select(COLUMNS).order(half_days::day).limit(page.fetch()).into_boxed();
    if let Some(from) = from {
        query = query.filter(half_days::day.ge(from.to_string()));
    }
    if let Some(to) = to {
        query = query.filter(half_days::day.lt(to.to_string()));
    }
    if let Some(after) = &page.after {
        let day: NaiveDate = after.key.parse().map_err(|_| Error::invalid("cursor", say!("är ingen av våra", "is none of ours")))?;
        query = query.filter(half_days::day.gt(day.to_string()));
    }
    query.load::<Row>(c)?.into_iter().map(half_day).collect()
}

/// Adds one; `false` if there is one of that day already.
pub fn insert(c: &mut Conn, half: &HalfDay) -> Result<bool> {
    let row = (
        half_days::id.eq(half.id),
        half_days::day.eq(half.date.to_string()),
        half_days::closes.eq(i32::from(half.closes.minutes())),
        half_days::note.eq(&half.note),
        half_days::version.eq(half.version),
    );
    match diesel::insert_into(half_days::table).values(row).execute(c) {
        Err(error) if is_duplicate(&error, "half_days", "day") => Ok(false),
        other => Ok(other? == 1),
    }
}

/// Writes a changed one whose version was raised by one; `false` if somebody else changed it in the meantime.
pub fn update(c: &mut Conn, half: &HalfDay) -> Result<bool> {
    let previous = half_days::table.find(half.id).filter(half_days::version.eq(half.version - 1));
    let set = (half_days::closes.eq(i32::from(half.closes.minutes())), half_days::note.eq(&half.note), half_days::version.eq(half.version));
    Ok(diesel::update(previous).set(set).execute(c)? == 1)
}

/// Takes one away; `false` if it is not that version any more.
pub fn delete(c: &mut Conn, half: &HalfDay) -> Result<bool> {
    Ok(diesel::delete(half_days::table.find(half.id).filter(half_days::version.eq(half.version))).execute(c)? == 1)
}
