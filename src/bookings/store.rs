//! SQL of bookings.
use std::collections::HashMap;

use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use super::{
    booking::{Booking, Status},
    reference,
};
use crate::{
    db::{
        Both, Conn,
        schema::{bookings, organisations, people, rooms},
    },
    error::{Error, Result},
    http::page::Page,
    id::Id,
    text::{fold, like, stored},
    time::{Moment, Span},
};

/// No booking is longer, not even by an admin's override: so one that touches a time starts at most this long before it, and an
/// index over starts finds it.
pub const LONGEST_SECONDS: i64 = 31 * 24 * 3600;

#[derive(Queryable, Selectable)]
#[diesel(table_name = bookings)]
struct Row {
    id: Id,
    reference: String,
    room_id: Id,
    organisation_id: Id,
    title: String,
    description: String,
    category: String,
    status: String,
    starts_at: Moment,
    ends_at: Moment,
    setup_minutes: i32,
    cleanup_minutes: i32,
    expected_participants: i32,
    actual_participants: Option<i32>,
    layout: Option<String>,
    display: String,
    contact_phone: Option<String>,
    series_id: Option<Id>,
    decision_reason: Option<String>,
    cancel_reason: Option<String>,
    created_by: Option<Id>,
    version: i32,
    created_at: Moment,
    updated_at: Moment,
    lapses_at: Option<Moment>,
    checked_in_at: Option<Moment>,
}

/// A row with the names it refers to: room slug and name, organisation name and protection, creator's name.
type Joined = (Row, String, String, String, bool, Option<String>);

fn booking((row, room, room_name, organisation_name, organisation_protected, creator): Joined) -> Result<Booking> {
    Ok(Booking {
        id: row.id,
        reference: row.reference,
        room_id: row.room_id,
        room,
        room_name,
        organisation_id: row.organisation_id,
        organisation_name,
        organisation_protected,
        title: row.title,
        description: row.description,
        category: stored(&row.category)?,
        status: stored(&row.status)?,
        stay: Span::new(row.starts_at, row.ends_at).ok_or_else(|| Error::internal("a booking that ends before it starts"))?,
        setup_minutes: row.setup_minutes,
        cleanup_minutes: row.cleanup_minutes,
        expected_participants: row.expected_participants,
        actual_participants: row.actual_participants,
        layout: row.layout.as_deref().map(stored).transpose()?,
        display: stored(&row.display)?,
        contact_phone: row.contact_phone,
        series_id: row.series_id,
        decision_reason: row.decision_reason,
        cancel_reason: row.cancel_reason,
        lapses_at: row.lapses_at,
        checked_in_at: row.checked_in_at,
        created_by: row.created_by.zip(creator),
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// Every booking with the names it refers to.
macro_rules! joined {
    () => {
        bookings::table.inner_join(rooms::table).inner_join(organisations::table).left_join(people::table).select((
            Row::as_select(),
            rooms::slug,
            rooms::name,
            organisations::name,
            organisations::protected,
            people::name.nullable(),
        ))
    };
}

/// The booking with this key.
pub fn by_id(c: &mut Conn, id: Id) -> Result<Option<Booking>> {
    joined!().filter(bookings::id.eq(id)).first::<Joined>(c).optional()?.map(booking).transpose()
}

/// Locks a booking's row until the transaction ends, so that two changes of it come one after the other. SQLite has one writer.
pub fn lock(c: &mut Conn, id: Id) -> Result<()> {
    if let Conn::Postgres(c) = c {
        // Not in diesel's MultiConnection, because SQLite knows no row locks.
        bookings::table.find(id).select(bookings::id).for_no_key_update().first::<Id>(c).optional()?;
    }
    Ok(())
}

/// Confirmed bookings that start after `now` and not after `until`, whose booker was not reminded of that start, and that were
/// not touched in the last `quiet` seconds before it; soonest first.
pub fn unreminded(c: &mut Conn, now: Moment, until: Moment, quiet: i64, most: i64) -> Result<Vec<Id>> {
    let rows: Vec<(Id, Moment, Moment)> = bookings::table
        .filter(bookings::starts_at.gt(now))
        .filter(bookings::starts_at.le(until))
        .filter(bookings::status.eq(Status::Confirmed.as_str()))
        .filter(bookings::reminded_of.is_null().or(bookings::reminded_of.assume_not_null().ne(bookings::starts_at)))
        .order((bookings::starts_at, bookings::id))
        .limit(most)
        .select((bookings::id, bookings::starts_at, bookings::updated_at))
        .load(c)?;
    Ok(rows.into_iter().filter(|(_, starts_at, updated_at)| *updated_at <= starts_at.plus_seconds(-quiet)).map(|(id, ..)| id).collect())
}

/// Notes that the booker is reminded of the start that the booking has; `false` if it was already, or the booking is off.
pub fn claim_reminder(c: &mut Conn, id: Id, now: Moment) -> Result<bool> {
    let unclaimed = bookings::table
        .find(id)
        .filter(bookings::starts_at.gt(now))
        .filter(bookings::status.eq(Status::Confirmed.as_str()))
        .filter(bookings::reminded_of.is_null().or(bookings::reminded_of.assume_not_null().ne(bookings::starts_at)));
    Ok(diesel::update(unclaimed).set(bookings::reminded_of.eq(bookings::starts_at.nullable())).execute(c)? == 1)
}

/// Requests that have lapsed, those that did first.
pub fn lapsed(c: &mut Conn, now: Moment, most: i64) -> Result<Vec<Id>> {
    let over = bookings::table.filter(bookings::lapses_at.le(now)).filter(bookings::status.eq(Status::Pending.as_str()));
    Ok(over.order((bookings::lapses_at, bookings::id)).limit(most).select(bookings::id).load(c)?)
}

/// Adds a booking under a number that no other has, and writes the number into it.
pub fn insert(c: &mut Conn, b: &mut Booking) -> Result<()> {
    for _ in 0..10 {
        b.reference = reference::new()?;
        let row = (
            (
                bookings::id.eq(b.id),
                bookings::reference.eq(&b.reference),
                bookings::room_id.eq(b.room_id),
                bookings::organisation_id.eq(b.organisation_id),
                bookings::title.eq(&b.title),
                bookings::title_key.eq(fold(&b.title)),
                bookings::description.eq(&b.description),
                bookings::category.eq(b.category.as_str()),
                bookings::status.eq(b.status.as_str()),
                bookings::starts_at.eq(b.stay.start()),
                bookings::ends_at.eq(b.stay.end()),
                bookings::setup_minutes.eq(b.setup_minutes),
                bookings::cleanup_minutes.eq(b.cleanup_minutes),
            ),
            (
                bookings::expected_participants.eq(b.expected_participants),
                bookings::layout.eq(b.layout.map(|l| l.as_str())),
                bookings::display.eq(b.display.as_str()),
                bookings::contact_phone.eq(&b.contact_phone),
                bookings::series_id.eq(b.series_id),
                bookings::created_by.eq(b.created_by.as_ref().map(|(id, _)| *id)),
                bookings::version.eq(b.version),
                bookings::created_at.eq(b.created_at),
                bookings::updated_at.eq(b.updated_at),
                bookings::lapses_at.eq(b.lapses_at),
            ),
        );
        if Both(diesel::insert_into(bookings::table).values(row).on_conflict(bookings::reference).do_nothing()).execute(c)? == 1 {
            return Ok(());
        }
    }
    Err(Error::internal("no free booking number in ten tries"))
}

/// Writes what may change of a booking, with its new version.
pub fn update(c: &mut Conn, b: &Booking) -> Result<()> {
    diesel::update(bookings::table.find(b.id))
        .set((
            (
                bookings::room_id.eq(b.room_id),
                bookings::title.eq(&b.title),
                bookings::title_key.eq(fold(&b.title)),
                bookings::description.eq(&b.description),
                bookings::category.eq(b.category.as_str()),
                bookings::status.eq(b.status.as_str()),
                bookings::starts_at.eq(b.stay.start()),
                bookings::ends_at.eq(b.stay.end()),
                bookings::setup_minutes.eq(b.setup_minutes),
                bookings::cleanup_minutes.eq(b.cleanup_minutes),
            ),
            (
                bookings::expected_participants.eq(b.expected_participants),
                bookings::actual_participants.eq(b.actual_participants),
                bookings::layout.eq(b.layout.map(|l| l.as_str())),
                bookings::display.eq(b.display.as_str()),
                bookings::contact_phone.eq(&b.contact_phone),
                bookings::decision_reason.eq(&b.decision_reason),
                bookings::cancel_reason.eq(&b.cancel_reason),
                bookings::version.eq(b.version),
                bookings::updated_at.eq(b.updated_at),
                bookings::lapses_at.eq(b.lapses_at),
                bookings::checked_in_at.eq(b.checked_in_at),
            ),
        ))
        .execute(c)?;
    Ok(())
}

/// Remembers when a request was answered or a booking called off, which no later change of it moves.
pub fn mark_decided(c: &mut Conn, id: Id, status: Status, now: Moment) -> Result<()> {
    let one = bookings::table.find(id);
    match status {
        Status::Cancelled => diesel::update(one).set(bookings::cancelled_at.eq(now)).execute(c)?,
        Status::Confirmed | Status::Rejected => diesel::update(one).set(bookings::decided_at.eq(now)).execute(c)?,
        Status::Pending | Status::Held | Status::NoShow => 0,
    };
    Ok(())
}

/// Which bookings are asked for.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Of these organisations alone; `None` is all.
    pub organisations: Option<Vec<Id>>,
    /// Ending after this.
    pub from: Option<Moment>,
    /// Starting before this.
    pub to: Option<Moment>,
    /// In the room with this slug.
    pub room: Option<String>,
    /// In one of these states; empty is any.
    pub status: Vec<Status>,
    /// Of this category.
    pub category: Option<super::Category>,
    /// Text in title, organisation or number.
    pub q: Option<String>,
    /// Latest first.
    pub descending: bool,
}

/// One page of bookings by start, and one row more if there is another page.
///
/// Requests alone have an index, which is found only if the question itself says that it is about them, not a value.
pub fn list(c: &mut Conn, filter: &Filter, page: &Page, now: Moment) -> Result<Vec<Booking>> {
    let mut query = joined!().into_boxed();
    if let Some(organisations) = &filter.organisations {
        query = query.filter(bookings::organisation_id.eq_any(organisations.clone()));
    }
    if let Some(from) = filter.from {
        query = query.filter(bookings::ends_at.gt(from)).filter(bookings::starts_at.gt(from.plus_seconds(-LONGEST_SECONDS)));
    }
    if let Some(to) = filter.to {
        query = query.filter(bookings::starts_at.lt(to));
    }
    if let Some(room) = &filter.room {
        query = query.filter(rooms::slug.eq(room.clone()));
    }
    if let Some(category) = filter.category {
        query = query.filter(bookings::category.eq(category.as_str()));
    }
    if filter.status == [Status::Pending] {
        query = query.filter(sql::<Bool>("bookings.status = 'pending'"));
    } else if !filter.status.is_empty() {
        let plain: Vec<&str> = filter.status.iter().filter(|s| **s != Status::Confirmed).map(|s| s.as_str()).collect();
        let to_come = if filter.status.contains(&Status::Confirmed) { "confirmed" } else { "" };
        let over = if filter.status.contains(&Status::Held) { "confirmed" } else { "" };
        query = query.filter(
            bookings::status
                .eq_any(plain)
                .or(bookings::status.eq(to_come).and(bookings::ends_at.gt(now)))
                .or(bookings::status.eq(over).and(bookings::ends_at.le(now))),
        );
    }
    if let Some(q) = &filter.q {
        let pattern = like(q);
        query = query.filter(
            bookings::title_key
                .like(pattern.clone())
                .escape('\\')
                .or(organisations::name_key.like(pattern).escape('\\'))
                .or(bookings::reference.eq(q.trim().to_uppercase())),
        );
    }
    if let Some(after) = &page.after {
        let at =
            Moment::from_unix(after.key.parse().map_err(|_| Error::invalid("cursor", crate::say!("är ingen av våra", "is none of ours")))?);
        let same = bookings::starts_at.eq(at);
        query = if filter.descending {
            query.filter(bookings::starts_at.lt(at).or(same.and(bookings::id.lt(after.id))))
        } else {
            query.filter(bookings::starts_at.gt(at).or(same.and(bookings::id.gt(after.id))))
        };
    }
    query = if filter.descending {
        query.order((bookings::starts_at.desc(), bookings::id.desc()))
    } else {
        query.order((bookings::starts_at.asc(), bookings::id.asc()))
    };
    query.limit(page.fetch()).load::<Joined>(c)?.into_iter().map(booking).collect()
}

/// The live bookings that touch a stretch of time, by start; of these rooms alone unless the list is empty.
pub fn live_in(c: &mut Conn, window: Span, rooms_alone: &[Id]) -> Result<Vec<Booking>> {
    let live = [Status::Pending, Status::Confirmed, Status::Held].map(Status::as_str);
    let mut query = joined!()
        .filter(bookings::starts_at.gt(window.start().plus_seconds(-LONGEST_SECONDS)))
        .filter(bookings::starts_at.lt(window.end()))
        .filter(bookings::ends_at.gt(window.start()))
        .filter(bookings::status.eq_any(live))
        .into_boxed();
    if !rooms_alone.is_empty() {
        query = query.filter(bookings::room_id.eq_any(rooms_alone.to_vec()));
    }
    query.order((bookings::starts_at.asc(), bookings::id.asc())).load::<Joined>(c)?.into_iter().map(booking).collect()
}

/// The slugs of the rooms that these bookings are in.
pub fn rooms_of(c: &mut Conn, ids: &[Id]) -> Result<HashMap<Id, String>> {
    let rows: Vec<(Id, String)> =
        bookings::table.inner_join(rooms::table).filter(bookings::id.eq_any(ids.to_vec())).select((bookings::id, rooms::slug)).load(c)?;
    Ok(rows.into_iter().collect())
}

/// As [`lock`], for many bookings, in one order.
pub fn lock_all(c: &mut Conn, ids: &[Id]) -> Result<()> {
    if let Conn::Postgres(c) = c {
        let these = bookings::table.filter(bookings::id.eq_any(ids.to_vec())).order(bookings::id);
        these.select(bookings::id).for_no_key_update().load::<Id>(c)?;
    }
    Ok(())
}

/// The bookings with these keys, by start.
pub fn by_ids(c: &mut Conn, ids: &[Id]) -> Result<Vec<Booking>> {
    joined!()
        .filter(bookings::id.eq_any(ids.to_vec()))
        .order((bookings::starts_at.asc(), bookings::id.asc()))
        .load::<Joined>(c)?
        .into_iter()
        .map(booking)
        .collect()
}

/// The bookings of a series, by start.
pub fn of_series(c: &mut Conn, series: Id) -> Result<Vec<Booking>> {
    joined!()
        .filter(bookings::series_id.eq(series))
        .order((bookings::starts_at.asc(), bookings::id.asc()))
        .load::<Joined>(c)?
        .into_iter()
        .map(booking)
        .collect()
}

/// As [`lock`], for all bookings of a series, in one order.
pub fn lock_series(c: &mut Conn, series: Id) -> Result<()> {
    if let Conn::Postgres(c) = c {
        let these = bookings::table.filter(bookings::series_id.eq(series)).order(bookings::id);
        these.select(bookings::id).for_no_key_update().load::<Id>(c)?;
    }
    Ok(())
}
