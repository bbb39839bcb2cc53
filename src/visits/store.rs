//! SQL of head counts.
//!
//! The figures need to know whose a gathering is and in which room, so the tables of bookings, rooms and organisations are joined
//! here, read-only, instead of asking those features once for each row.
use std::collections::HashMap;

use diesel::prelude::*;

use super::{
    presence::{Balance, Gathering, Watch},
    visit::{Filter, Kind, NewVisit, Purpose, Recorder, Visit},
};
use crate::{
    bookings::Status,
    db::{Both, Conn, MultiBackend, schema::*},
    error::{Error, Result},
    http::page::Page,
    id::Id,
    text::stored,
    time::{Moment, Span},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = visits)]
struct VisitRow {
    id: Id,
    at: Moment,
    recorded_at: Moment,
    kind: String,
    headcount: i32,
    purpose: String,
    organisation_id: Option<Id>,
    booking_id: Option<Id>,
    corrects: Option<Id>,
    reason: Option<String>,
    late_entry: bool,
    client_id: Option<Id>,
}

impl TryFrom<(VisitRow, Option<String>)> for Visit {
    type Error = Error;
    fn try_from((row, organisation): (VisitRow, Option<String>)) -> Result<Self> {
        Ok(Self {
            id: row.id,
            at: row.at,
            recorded_at: row.recorded_at,
            kind: stored(&row.kind)?,
            headcount: row.headcount,
            purpose: stored(&row.purpose)?,
            organisation: row.organisation_id.zip(organisation),
            booking_id: row.booking_id,
            client_id: row.client_id,
            corrects: row.corrects,
            reason: row.reason,
            late_entry: row.late_entry,
        })
    }
}

fn one(found: Option<(VisitRow, Option<String>)>) -> Result<Option<Visit>> {
    found.map(Visit::try_from).transpose()
}

fn all(rows: Vec<(VisitRow, Option<String>)>) -> Result<Vec<Visit>> {
    rows.into_iter().map(Visit::try_from).collect()
}

/// The count with this key.
pub fn by_id(c: &mut Conn, id: Id) -> Result<Option<Visit>> {
    let row = visits::table
        .left_join(organisations::table)
        .filter(visits::id.eq(id))
        .select((VisitRow::as_select(), organisations::name.nullable()))
        .first(c)
        .optional()?;
    one(row)
}

/// The count that a client sent under this key.
pub fn by_client_id(c: &mut Conn, client_id: Id) -> Result<Option<Visit>> {
    let row = visits::table
        .left_join(organisations::table)
        .filter(visits::client_id.eq(client_id))
        .select((VisitRow::as_select(), organisations::name.nullable()))
        .first(c)
        .optional()?;
    one(row)
}

/// Adds a count; `None` if the client's key is there already, be it from another request that runs at this moment.
pub fn insert(c: &mut Conn, new: &NewVisit, late_entry: bool, by: Recorder, now: Moment) -> Result<Option<Id>> {
    let id = Id::new();
    let row = (
        visits::id.eq(id),
        visits::at.eq(new.at),
        visits::recorded_at.eq(now),
        visits::kind.eq(new.kind.as_str()),
        visits::headcount.eq(new.headcount.people()),
        visits::purpose.eq(new.purpose.as_str()),
        visits::organisation_id.eq(new.organisation_id),
        visits::booking_id.eq(new.booking_id),
        visits::late_entry.eq(late_entry),
        visits::recorded_by.eq(by.person()),
        visits::device_id.eq(by.device()),
        visits::client_id.eq(new.client_id),
    );
    let added = Both(diesel::insert_into(visits::table).values(row).on_conflict(visits::client_id).do_nothing()).execute(c)?;
    Ok((added == 1).then_some(id))
}

/// Makes whoever else corrects this count wait. On SQLite every writer waits for every other anyway.
pub fn lock(c: &mut Conn, id: Id) -> Result<()> {
    if let Conn::Postgres(c) = c {
        visits::table.find(id).select(visits::id).for_no_key_update().first::<Id>(c).optional()?;
    }
    Ok(())
}

/// What a count is by now, its corrections included.
pub fn corrected(c: &mut Conn, id: Id) -> Result<i64> {
    let sum: Option<i64> =
        visits::table.filter(visits::id.eq(id).or(visits::corrects.eq(id))).select(diesel::dsl::sum(visits::headcount)).first(c)?;
    Ok(sum.unwrap_or(0))
}

/// Adds a correction: a row like the first, with the difference.
pub fn insert_correction(c: &mut Conn, first: &Visit, difference: i32, reason: &str, recorded_by: Id, now: Moment) -> Result<Id> {
    let id = Id::new();
    diesel::insert_into(visits::table)
        .values((
            visits::id.eq(id),
            visits::at.eq(first.at),
            visits::recorded_at.eq(now),
            visits::kind.eq(first.kind.as_str()),
            visits::headcount.eq(difference),
            visits::purpose.eq(first.purpose.as_str()),
            visits::organisation_id.eq(first.organisation.as_ref().map(|(id, _)| *id)),
            visits::booking_id.eq(first.booking_id),
            visits::corrects.eq(first.id),
            visits::reason.eq(reason),
            visits::late_entry.eq(false),
            visits::recorded_by.eq(recorded_by),
        ))
        .execute(c)?;
    Ok(id)
}

/// One page of counts, latest first.
pub fn list(c: &mut Conn, filter: &Filter, page: &Page) -> Result<Vec<Visit>> {
    let mut query = visits::table
        .left_join(organisations::table)
        .select((VisitRow::as_select(), organisations::name.nullable()))
        .order((visits::at.desc(), visits::id.desc()))
        .limit(page.fetch())
        .into_boxed::<MultiBackend>();
    if let Some(from) = filter.from {
        query = query.filter(visits::at.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(visits::at.lt(to));
    }
    if let Some(purpose) = filter.purpose {
        query = query.filter(visits::purpose.eq(purpose.as_str()));
    }
    if let Some(organisation) = filter.organisation_id {
        query = query.filter(visits::organisation_id.eq(organisation));
    }
    if let Some(booking) = filter.booking_id {
        query = query.filter(visits::booking_id.eq(booking));
    }
    if let Some(after) = &page.after {
        let at: Moment = after.key.parse().map_err(|say| Error::invalid("cursor", say))?;
        // The first half alone lets the index begin there; the second tells equal instants apart.
        query = query.filter(visits::at.le(at)).filter(visits::at.lt(at).or(visits::id.lt(after.id)));
    }
    all(query.load(c)?)
}

/// The counts of a stretch of time that were written down last, latest first.
pub fn last(c: &mut Conn, during: Span, most: i64) -> Result<Vec<Visit>> {
    let rows = visits::table
        .left_join(organisations::table)
        .filter(visits::at.ge(during.start()))
        .filter(visits::at.lt(during.end()))
        .order((visits::recorded_at.desc(), visits::id.desc()))
        .limit(most)
        .select((VisitRow::as_select(), organisations::name.nullable()))
        .load(c)?;
    all(rows)
}

/// Visits by purpose.
pub fn by_purpose(c: &mut Conn, during: Span) -> Result<HashMap<Purpose, i64>> {
    let rows: Vec<(String, Option<i64>)> = visits::table
        .filter(visits::at.ge(during.start()))
        .filter(visits::at.lt(during.end()))
        .filter(visits::kind.eq(Kind::In.as_str()))
        .group_by(visits::purpose)
        .select((visits::purpose, diesel::dsl::sum(visits::headcount)))
        .load(c)?;
    rows.into_iter().map(|(purpose, sum)| Ok((stored(&purpose)?, sum.unwrap_or(0)))).collect()
}

/// Visits by gathering, for those that had any. Those of none are left out here: asked to, PostgreSQL would read the index by booking, from
/// the first year on, instead of the one by time.
pub fn by_gathering(c: &mut Conn, during: Span) -> Result<HashMap<Id, i64>> {
    let rows: Vec<(Option<Id>, Option<i64>)> = visits::table
        .filter(visits::at.ge(during.start()))
        .filter(visits::at.lt(during.end()))
        .filter(visits::kind.eq(Kind::In.as_str()))
        .group_by(visits::booking_id)
        .select((visits::booking_id, diesel::dsl::sum(visits::headcount)))
        .load(c)?;
    Ok(rows.into_iter().filter_map(|(booking, sum)| Some((booking?, sum.unwrap_or(0)))).collect())
}

/// In minus out since the house last closed, by gathering; `None` are those without one. `until` lies after everything that can
/// have been counted by now: without it SQLite would not choose the index by time.
pub fn balances(c: &mut Conn, watch: Watch, until: Moment) -> Result<HashMap<Option<Id>, Balance>> {
    let mut balances: HashMap<Option<Id>, Balance> = HashMap::new();
    let opened_at = watch.opened_at.unwrap_or(watch.closed_at);
    for (from, to, is_open) in [(watch.closed_at, opened_at, false), (opened_at, until, true)] {
        let rows: Vec<(Option<Id>, String, Option<i64>)> = visits::table
            .filter(visits::at.ge(from))
            .filter(visits::at.lt(to))
            .group_by((visits::booking_id, visits::kind))
            .select((visits::booking_id, visits::kind, diesel::dsl::sum(visits::headcount)))
            .load(c)?;
        for (booking, kind, sum) in rows {
            let signed = match stored::<Kind>(&kind)? {
                Kind::In => sum.unwrap_or(0),
                Kind::Out => -sum.unwrap_or(0),
            };
            let balance = balances.entry(booking).or_default();
            if is_open { balance.open += signed } else { balance.closed += signed }
        }
    }
    Ok(balances)
}

/// Whose a booking is; `None` if there is none.
pub fn organisation_of_booking(c: &mut Conn, booking: Id) -> Result<Option<Id>> {
    Ok(bookings::table.find(booking).select(bookings::organisation_id).first(c).optional()?)
}

/// Is there such an organisation?
pub fn organisation_exists(c: &mut Conn, organisation: Id) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(organisations::table.find(organisation))).get_result(c)?)
}

/// The bookings of this time to which nobody came, and which hold no room any more.
pub fn missed(c: &mut Conn, during: Span) -> Result<Vec<Id>> {
    let rows = bookings::table
        .filter(bookings::status.eq(Status::NoShow.as_str()))
        .filter(bookings::starts_at.ge(during.start()))
        .filter(bookings::starts_at.lt(during.end()));
    Ok(rows.select(bookings::id).load(c)?)
}

type GatheringRow = (Id, String, String, String, String, Id, String, Moment, Moment, i32, String, Option<Moment>);

/// The gatherings that hold a room during this time, and those of `also`, by start.
pub fn gatherings(c: &mut Conn, during: Span, also: &[Id], now: Moment) -> Result<Vec<Gathering>> {
    // Through the spaces, whose index (space, end) leaves the past out; the bookings' own would be read from the first year on.
    let holding: Vec<Option<Id>> = occupancies::table
        .filter(occupancies::space_id.eq_any(spaces::table.select(spaces::id)))
        .filter(occupancies::ends_at.gt(during.start()))
        .filter(occupancies::starts_at.lt(during.end()))
        .select(occupancies::booking_id)
        .load(c)?;
    let mut ids: Vec<Id> = holding.into_iter().flatten().chain(also.iter().copied()).collect();
    ids.sort();
    ids.dedup();
    let rows: Vec<GatheringRow> = bookings::table
        .inner_join(rooms::table)
        .inner_join(organisations::table)
        .filter(bookings::id.eq_any(&ids))
        .order((bookings::starts_at, bookings::id))
        .select((
            bookings::id,
            bookings::reference,
            bookings::title,
            rooms::slug,
            rooms::name,
            organisations::id,
            organisations::name,
            bookings::starts_at,
            bookings::ends_at,
            bookings::expected_participants,
            bookings::status,
            bookings::checked_in_at,
        ))
        .load(c)?;
    let found = rows.into_iter().map(|row| {
        let (
            booking_id,
            reference,
            title,
            room,
            room_name,
            organisation_id,
            organisation,
            starts_at,
            ends_at,
            expected,
            status,
            checked_in_at,
        ) = row;
        let stay = Span::new(starts_at, ends_at).ok_or_else(|| Error::internal("a booking that ends before it starts"))?;
        let status = match stored::<Status>(&status)? {
            Status::Confirmed if stay.end() <= now => Status::Held,
            status => status,
        };
        Ok(Gathering {
            booking_id,
            reference,
            title,
            room,
            room_name,
            organisation: (organisation_id, organisation),
            stay,
            expected,
            status,
            checked_in_at,
        })
    });
    // An occupancy is longer than its booking by set-up and clean-up.
    let wanted = |g: &Gathering| also.contains(&g.booking_id) || g.stay.overlaps(during);
    found.filter(|g: &Result<Gathering>| g.as_ref().map_or(true, wanted)).collect()
}
