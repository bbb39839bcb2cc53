//! SQL of door counters, and of visits by the hour.
//!
//! The figures need the desk's arrivals beside the counters', so the table of visits is read here too.
use std::collections::{BTreeMap, HashMap};

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Timestamp},
};

use super::{
    count::Count,
    counter::{Counter, DeviceId, NewCounter},
    reading::Reading,
};
use crate::{
    db::{
        Conn, MultiBackend, is_duplicate,
        schema::{door_counters as counters, door_counts as counts},
    },
    error::{Error, Result},
    http::page::Page,
    id::Id,
    native, say,
    text::stored,
    time::{Moment, Span},
};

/// Rows in one INSERT.
const BATCH: usize = 500;

type Row = (Id, String, String, String, Moment, Option<Moment>, Option<Moment>);

macro_rules! columns {
    () => {
        (counters::id, counters::name, counters::door, counters::device_id, counters::created_at, counters::revoked_at, counters::reset_at)
    };
}

fn parsed(rows: Vec<Row>, until: &HashMap<Id, Moment>) -> Result<Vec<Counter>> {
    rows.into_iter()
        .map(|(id, name, door, device_id, created_at, revoked_at, reset_at)| {
            let (device_id, counted_until) = (stored(&device_id)?, until.get(&id).copied());
            Ok(Counter { id, name, door, device_id, created_at, revoked_at, reset_at, counted_until })
        })
        .collect()
}

/// Up to when each has counted.
fn until(c: &mut Conn, ids: &[Id]) -> Result<HashMap<Id, Moment>> {
    let mut found = HashMap::new();
    for id in ids {
        // Counts of one device never overlap: the last to begin is the last to end.
        let last: Option<Moment> =
            counts::table.filter(counts::counter_id.eq(id)).order(counts::from_at.desc()).select(counts::to_at).first(c).optional()?;
        found.extend(last.map(|at| (*id, at)));
    }
    Ok(found)
}

fn complete(c: &mut Conn, rows: Vec<Row>) -> Result<Vec<Counter>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.0).collect();
    let until = until(c, &ids)?;
    parsed(rows, &until)
}

/// One page of counters, newest first.
pub fn list(c: &mut Conn, page: &Page) -> Result<Vec<Counter>> {
    let mut query = counters::table.select(columns!()).order(counters::id.desc()).limit(page.fetch()).into_boxed::<MultiBackend>();
    if let Some(after) = &page.after {
        query = query.filter(counters::id.lt(after.id));
    }
    let rows: Vec<Row> = query.load(c)?;
    complete(c, rows)
}

/// The counter with this key.
pub fn by_id(c: &mut Conn, id: Id) -> Result<Option<Counter>> {
    let rows: Vec<Row> = counters::table.find(id).select(columns!()).load(c)?;
    Ok(complete(c, rows)?.pop())
}

/// The device's counter, and the hash of its token: the one that has a token if any does, otherwise the newest.
pub fn by_device(c: &mut Conn, device: &DeviceId) -> Result<Option<(Counter, String)>> {
    let mut rows: Vec<(Row, String)> = counters::table
        .filter(counters::device_id.eq(device.as_str()))
        .order(counters::id)
        .select((columns!(), counters::token_hash))
        .load(c)?;
    rows.sort_by_key(|(row, _)| row.5.is_none());
    let Some((row, hash)) = rows.pop() else { return Ok(None) };
    Ok(parsed(vec![row], &HashMap::new())?.pop().map(|counter| (counter, hash)))
}

/// A new one; the device must have none with a token.
pub fn insert(c: &mut Conn, new: &NewCounter, token_hash: &str, now: Moment) -> Result<Id> {
    let id = Id::new();
    let row = (
        counters::id.eq(id),
        counters::name.eq(&new.name),
        counters::door.eq(&new.door),
        counters::device_id.eq(new.device_id.as_str()),
        counters::token_hash.eq(token_hash),
        counters::created_at.eq(now),
    );
    diesel::insert_into(counters::table).values(row).execute(c).map_err(|error| {
        if is_duplicate(&error, "door_counters", "device_id") {
            return Error::AlreadyExists {
                field: "device_id",
                detail: say!(
                    "Den här enheten har redan en dörräknare. Återkalla den först.",
                    "This device has a door counter already. Revoke that one first."
                ),
            };
        }
        error.into()
    })?;
    Ok(id)
}

/// Takes its token away; `false` if it has none any more.
pub fn revoke(c: &mut Conn, id: Id, now: Moment) -> Result<bool> {
    let valid = counters::table.filter(counters::id.eq(id)).filter(counters::revoked_at.is_null());
    Ok(diesel::update(valid).set(counters::revoked_at.eq(now)).execute(c)? == 1)
}

/// Makes whoever else counts for it wait. On SQLite every writer waits for every other anyway.
pub fn lock(c: &mut Conn, id: Id) -> Result<()> {
    if let Conn::Postgres(c) = c {
        counters::table.find(id).select(counters::id).for_no_key_update().first::<Id>(c).optional()?;
    }
    Ok(())
}

/// The last of the sums that it sent.
pub fn last_reading(c: &mut Conn, id: Id) -> Result<Option<Reading>> {
    let (at, total_in, total_out): (Option<Moment>, Option<i32>, Option<i32>) =
        counters::table.find(id).select((counters::last_at, counters::last_in, counters::last_out)).first(c)?;
    Ok(at.zip(total_in).zip(total_out).map(|((at, total_in), total_out)| Reading { at, total_in, total_out }))
}

/// Keeps the sums that it sent now, and that it began anew if it did.
pub fn keep_reading(c: &mut Conn, id: Id, reading: Reading, reset: bool) -> Result<()> {
    let sums = (counters::last_at.eq(reading.at), counters::last_in.eq(reading.total_in), counters::last_out.eq(reading.total_out));
    diesel::update(counters::table.find(id)).set(sums).execute(c)?;
    if reset {
        diesel::update(counters::table.find(id)).set(counters::reset_at.eq(reading.at)).execute(c)?;
    }
    Ok(())
}

/// What a device has counted in this time, whichever of its tokens it had then.
pub fn counted(c: &mut Conn, device: &DeviceId, during: Span) -> Result<Vec<Count>> {
    let rows: Vec<(Moment, Moment, i32, i32)> = counts::table
        .inner_join(counters::table)
        .filter(counters::device_id.eq(device.as_str()))
        // A count lies in one clock hour, so that none which begins earlier reaches so far.
        .filter(counts::from_at.gt(during.start().plus_seconds(-3600)))
        .filter(counts::from_at.lt(during.end()))
        .select((counts::from_at, counts::to_at, counts::count_in, counts::count_out))
        .load(c)?;
    Ok(rows
        .into_iter()
        .filter_map(|(from, to, count_in, count_out)| Some(Count { span: Span::new(from, to)?, count_in, count_out }))
        .collect())
}

#[derive(Insertable)]
#[diesel(table_name = counts)]
struct CountRow {
    id: Id,
    counter_id: Id,
    from_at: Moment,
    to_at: Moment,
    count_in: i32,
    count_out: i32,
}

/// Adds counts that were held against those that are there.
pub fn insert_counts(c: &mut Conn, counter: Id, new: &[Count]) -> Result<()> {
    for some in new.chunks(BATCH) {
        let rows: Vec<CountRow> = some
            .iter()
            .map(|count| CountRow {
                id: Id::new(),
                counter_id: counter,
                from_at: count.span.start(),
                to_at: count.span.end(),
                count_in: count.count_in,
                count_out: count.count_out,
            })
            .collect();
        native!(c, |c| diesel::insert_into(counts::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// When the first count of all begins.
pub fn first(c: &mut Conn) -> Result<Option<Moment>> {
    Ok(counts::table.order(counts::from_at).select(counts::from_at).first(c).optional()?)
}

#[derive(QueryableByName)]
struct HourRow {
    #[diesel(sql_type = BigInt)]
    hour: i64,
    #[diesel(sql_type = BigInt)]
    people: i64,
}

/// The clock hour since 1970 of a time in the database.
fn hour(c: &Conn, time: &str) -> String {
    match c {
        Conn::Postgres(_) => format!("CAST(extract(epoch FROM {time}) AS bigint) / 3600"),
        Conn::Sqlite(_) => format!("unixepoch({time}) / 3600"),
    }
}

fn by_hour(c: &mut Conn, query: &str, during: Span) -> Result<BTreeMap<i64, i64>> {
    let query = sql_query(query).bind::<Timestamp, _>(during.start()).bind::<Timestamp, _>(during.end());
    let rows: Vec<HourRow> = query.load(c)?;
    Ok(rows.into_iter().map(|row| (row.hour, row.people)).collect())
}

/// Arrivals at the desk with their corrections, by clock hour.
pub fn desk_by_hour(c: &mut Conn, during: Span) -> Result<BTreeMap<i64, i64>> {
    let hour = hour(c, "v.at");
    let query = format!(
        "SELECT {hour} AS hour, CAST(sum(v.headcount) AS bigint) AS people FROM visits AS v \
         WHERE v.at >= $1 AND v.at < $2 AND v.kind = 'in' GROUP BY 1"
    );
    by_hour(c, &query, during)
}

/// Arrivals by all doors that are counted, by clock hour.
pub fn doors_by_hour(c: &mut Conn, during: Span) -> Result<BTreeMap<i64, i64>> {
    let hour = hour(c, "d.from_at");
    let query = format!(
        "SELECT {hour} AS hour, CAST(sum(d.count_in) AS bigint) AS people FROM door_counts AS d \
         WHERE d.from_at >= $1 AND d.from_at < $2 GROUP BY 1"
    );
    by_hour(c, &query, during)
}
