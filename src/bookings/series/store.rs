//! SQL of series. Their bookings are in the store of bookings.
use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::{Value, json};

use super::plan::{Series, SeriesDate, Skipped};
use crate::{
    db::{
        Conn,
        schema::{organisations, people, rooms, series, series_dates},
    },
    error::{Error, RefusedDate, Result, RoomTime, Say, Violation},
    id::Id,
    native,
    text::stored,
    time::{Moment, WallTime},
};

type Row = (Id, Id, String, Id, String, String, Option<String>, i32, i32, (Option<Id>, Option<String>), i32, Moment, Moment);

fn wall(minutes: i32) -> Result<WallTime> {
    u16::try_from(minutes).ok().and_then(WallTime::from_minutes).ok_or_else(|| Error::internal("a series at no time of day"))
}

/// The series with this key.
pub fn by_id(c: &mut Conn, id: Id) -> Result<Option<Series>> {
    let row: Option<Row> = series::table
        .inner_join(rooms::table)
        .inner_join(organisations::table)
        .left_join(people::table)
        .filter(series::id.eq(id))
        .select((
            series::id,
            series::organisation_id,
            organisations::name,
            series::room_id,
            rooms::slug,
            series::title,
            series::rule,
            series::starts,
            series::ends,
            (series::created_by, people::name.nullable()),
            series::version,
            series::created_at,
            series::updated_at,
        ))
        .first(c)
        .optional()?;
    let Some((id, organisation_id, organisation_name, room_id, room, title, rule, starts, ends, creator, version, created_at, updated_at)) =
        row
    else {
        return Ok(None);
    };
    Ok(Some(Series {
        id,
        organisation_id,
        organisation_name,
        room_id,
        room,
        title,
        rule,
        from: wall(starts)?,
        to: wall(ends)?,
        created_by: creator.0.zip(creator.1),
        version,
        created_at,
        updated_at,
    }))
}

/// Locks a series' row until the transaction ends. SQLite has one writer.
pub fn lock(c: &mut Conn, id: Id) -> Result<()> {
    if let Conn::Postgres(c) = c {
        series::table.find(id).select(series::id).for_no_key_update().first::<Id>(c).optional()?;
    }
    Ok(())
}

/// Adds a series.
pub fn insert(c: &mut Conn, new: &Series) -> Result<()> {
    diesel::insert_into(series::table)
        .values((
            series::id.eq(new.id),
            series::organisation_id.eq(new.organisation_id),
            series::room_id.eq(new.room_id),
            series::title.eq(&new.title),
            series::rule.eq(&new.rule),
            series::starts.eq(i32::from(new.from.minutes())),
            series::ends.eq(i32::from(new.to.minutes())),
            series::created_by.eq(new.created_by.as_ref().map(|(id, _)| *id)),
            series::version.eq(new.version),
            series::created_at.eq(new.created_at),
            series::updated_at.eq(new.updated_at),
        ))
        .execute(c)?;
    Ok(())
}

/// Writes what may change of a series, with its new version.
pub fn update(c: &mut Conn, changed: &Series) -> Result<()> {
    diesel::update(series::table.find(changed.id))
        .set((
            series::room_id.eq(changed.room_id),
            series::title.eq(&changed.title),
            series::starts.eq(i32::from(changed.from.minutes())),
            series::ends.eq(i32::from(changed.to.minutes())),
            series::version.eq(changed.version),
            series::updated_at.eq(changed.updated_at),
        ))
        .execute(c)?;
    Ok(())
}

/// Notes that one booking went its own way, and that the series is not as it was.
pub fn mark_moved(c: &mut Conn, series_id: Id, booking: Id, now: Moment) -> Result<()> {
    diesel::update(series_dates::table.filter(series_dates::booking_id.eq(booking))).set(series_dates::moved.eq(true)).execute(c)?;
    diesel::update(series::table.find(series_id)).set((series::version.eq(series::version + 1), series::updated_at.eq(now))).execute(c)?;
    Ok(())
}

/// Adds the dates of a new series.
pub fn insert_dates(c: &mut Conn, series_id: Id, dates: &[SeriesDate]) -> Result<()> {
    let rows: Vec<_> = dates
        .iter()
        .map(|date| {
            let skipped = date.outcome.as_ref().err();
            (
                series_dates::series_id.eq(series_id),
                series_dates::day.eq(date.date.to_string()),
                series_dates::booking_id.eq(date.outcome.as_ref().ok().copied()),
                series_dates::moved.eq(date.moved),
                series_dates::reason.eq(skipped.map(|skipped| skipped.reason.as_str())),
                series_dates::details.eq(skipped.map(|skipped| details(&skipped.refused).to_string())),
            )
        })
        .collect();
    native!(c, |c| diesel::insert_into(series_dates::table).values(&rows).execute(c))?;
    Ok(())
}

type DateRow = (String, Option<Id>, bool, Option<String>, Option<String>);

/// All dates of a series, in order.
pub fn dates(c: &mut Conn, series_id: Id) -> Result<Vec<SeriesDate>> {
    let rows: Vec<DateRow> = series_dates::table
        .filter(series_dates::series_id.eq(series_id))
        .order(series_dates::day)
        .select((series_dates::day, series_dates::booking_id, series_dates::moved, series_dates::reason, series_dates::details))
        .load(c)?;
    rows.into_iter().map(date).collect()
}

fn date((day, booking, moved, reason, details): DateRow) -> Result<SeriesDate> {
    let date: NaiveDate = day.parse().map_err(Error::internal)?;
    let outcome = match (booking, reason) {
        (Some(booking), _) => Ok(booking),
        (None, Some(reason)) => Err(Skipped { reason: stored(&reason)?, refused: refused(date, details.as_deref().unwrap_or("{}"))? }),
        (None, None) => return Err(Error::internal("a date of a series with neither booking nor reason")),
    };
    Ok(SeriesDate { date, outcome, moved })
}

/// Why a date could not be had, as it is kept: never asked for by its parts, so a table of its own would only cost a query.
fn details(refused: &RefusedDate) -> Value {
    let violations: Vec<Value> = refused
        .violations
        .iter()
        .map(|one| json!({"rule": one.rule, "sv": one.message.sv, "en": one.message.en, "limit": one.limit}))
        .collect();
    json!({"conflicts": refused.conflicts, "violations": violations})
}

fn refused(date: NaiveDate, details: &str) -> Result<RefusedDate> {
    let details: Value = serde_json::from_str(details).map_err(Error::internal)?;
    let list = |member: &str| details.get(member).and_then(Value::as_array).cloned().unwrap_or_default();
    let text = |one: &Value, member: &str| one.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
    let conflicts = list("conflicts")
        .iter()
        .map(|one| {
            Ok(RoomTime { room: text(one, "room"), starts_at: stored(&text(one, "starts_at"))?, ends_at: stored(&text(one, "ends_at"))? })
        })
        .collect::<Result<_>>()?;
    let violations = list("violations")
        .iter()
        .map(|one| Violation {
            rule: text(one, "rule").into(),
            message: Say { sv: text(one, "sv"), en: text(one, "en") },
            limit: one.get("limit").and_then(Value::as_str).map(str::to_owned),
            usage: None,
        })
        .collect();
    Ok(RefusedDate { date, conflicts, violations, alternatives: vec![] })
}
