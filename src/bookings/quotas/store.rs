//! SQL of quotas.
use std::sync::{Arc, Mutex};

use diesel::prelude::*;

use super::quota::{Counted, Holder, Limits, Quota, Quotas};
use crate::{
    bookings::Status,
    db::{
        Conn, is_duplicate,
        schema::{bookings, organisations, quotas},
    },
    error::{Error, Result},
    http::page::Page,
    id::Id,
    text::stored,
    time::{Moment, Span},
};

type Row = (Id, Option<Id>, Option<String>, Option<i32>, Option<i32>, Option<i32>, Option<i32>, i32);

fn quota((id, organisation, kind, hours_per_week, hours_per_month, prime_hours_per_week, bookings_ahead, version): Row) -> Result<Quota> {
    let holder = match (organisation, kind) {
        (Some(id), _) => Holder::Organisation(id),
        (None, Some(kind)) => Holder::Kind(stored(&kind)?),
        (None, None) => return Err(Error::internal("a quota of nobody")),
    };
    Ok(Quota { id, holder, limits: Limits { hours_per_week, hours_per_month, prime_hours_per_week, bookings_ahead }, version })
}

/// What was read last, under the catalogue's version that it had.
static KEPT: Mutex<Option<(String, Arc<Quotas>)>> = Mutex::new(None);

/// All quotas: from memory, if the house's catalogue still has the version under which they are kept there.
pub fn kept(c: &mut Conn, version: &str) -> Result<Arc<Quotas>> {
    if let Some((of, kept)) = &*KEPT.lock().map_err(Error::internal)?
        && of == version
    {
        return Ok(Arc::clone(kept));
    }
    let rows: Vec<Row> = quotas::table.load(c)?;
    let read = Arc::new(Quotas(rows.into_iter().map(quota).collect::<Result<_>>()?));
    *KEPT.lock().map_err(Error::internal)? = Some((version.to_owned(), Arc::clone(&read)));
    Ok(read)
}

/// One page, by key.
pub fn list(c: &mut Conn, page: &Page) -> Result<Vec<Quota>> {
    let mut query = quotas::table.order(quotas::id).limit(page.fetch()).into_boxed();
    if let Some(after) = &page.after {
        query = query.filter(quotas::id.gt(after.id));
    }
    query.load::<Row>(c)?.into_iter().map(quota).collect()
}

/// The quota with this key.
pub fn by_id(c: &mut Conn, id: Id) -> Result<Option<Quota>> {
    quotas::table.find(id).first::<Row>(c).optional()?.map(quota).transpose()
}

/// Adds one; `false` if its holder has one already.
pub fn insert(c: &mut Conn, new: &Quota) -> Result<bool> {
    let (organisation, kind) = match &new.holder {
        Holder::Organisation(id) => (Some(*id), None),
        Holder::Kind(kind) => (None, Some(kind.as_str())),
    };
    let row = (
        quotas::id.eq(new.id),
        quotas::organisation_id.eq(organisation),
        quotas::kind.eq(kind),
        quotas::hours_per_week.eq(new.limits.hours_per_week),
        quotas::hours_per_month.eq(new.limits.hours_per_month),
        quotas::prime_hours_per_week.eq(new.limits.prime_hours_per_week),
        quotas::bookings_ahead.eq(new.limits.bookings_ahead),
        quotas::version.eq(new.version),
    );
    match diesel::insert_into(quotas::table).values(row).execute(c) {
        Err(error) if is_duplicate(&error, "quotas", "organisation_id") || is_duplicate(&error, "quotas", "kind") => Ok(false),
        other => Ok(other? == 1),
    }
}

/// Writes a changed one whose version was raised by one; `false` if somebody else changed it in the meantime.
pub fn update(c: &mut Conn, quota: &Quota) -> Result<bool> {
    let previous = quotas::table.find(quota.id).filter(quotas::version.eq(quota.version - 1));
    let set = (
        quotas::hours_per_week.eq(quota.limits.hours_per_week),
        quotas::hours_per_month.eq(quota.limits.hours_per_month),
        quotas::prime_hours_per_week.eq(quota.limits.prime_hours_per_week),
        quotas::bookings_ahead.eq(quota.limits.bookings_ahead),
        quotas::version.eq(quota.version),
    );
    Ok(diesel::update(previous).set(set).execute(c)? == 1)
}

/// Takes one away; `false` if it is not that version any more.
pub fn delete(c: &mut Conn, quota: &Quota) -> Result<bool> {
    Ok(diesel::delete(quotas::table.find(quota.id).filter(quotas::version.eq(quota.version))).execute(c)? == 1)
}

/// Makes whoever else books for this organisation wait until this transaction ends.
pub fn lock(c: &mut Conn, organisation: Id) -> Result<()> {
    if let Conn::Postgres(pg) = c {
        organisations::table.find(organisation).select(organisations::id).for_no_key_update().first::<Id>(pg).optional()?;
    }
    Ok(())
}

/// The organisation's bookings that start in the window, and with `ahead` all that have not ended: each once.
pub fn counted(c: &mut Conn, organisation: Id, window: Span, ahead: Option<Moment>) -> Result<Vec<Counted>> {
    let counting = [Status::Pending, Status::Confirmed, Status::Held, Status::NoShow].map(Status::as_str);
    let own = || bookings::table.filter(bookings::organisation_id.eq(organisation)).filter(bookings::status.eq_any(counting));
    let mut rows: Vec<(Id, Moment, Moment)> = own()
        .filter(bookings::starts_at.ge(window.start()))
        .filter(bookings::starts_at.lt(window.end()))
        .select((bookings::id, bookings::starts_at, bookings::ends_at))
        .load(c)?;
    if let Some(now) = ahead {
        let later: Vec<(Id, Moment, Moment)> = own()
            .filter(bookings::starts_at.gt(now.plus_seconds(-crate::bookings::store::LONGEST_SECONDS)))
            .filter(bookings::ends_at.gt(now))
            .select((bookings::id, bookings::starts_at, bookings::ends_at))
            .load(c)?;
        rows.extend(later);
        rows.sort_unstable();
        rows.dedup();
    }
    Ok(rows.into_iter().filter_map(|(id, from, to)| Some(Counted { id: Some(id), stay: Span::new(from, to)? })).collect())
}
