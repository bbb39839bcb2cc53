//! Quotas: how much an organisation may book. Counted in the transaction that books, one booking of the organisation at a time.
pub mod api;
pub mod quota;
mod store;

use chrono::NaiveDate;
use serde_json::{Value, json};

pub use quota::{Counted, Holder, Limits, Quota, Standing};
use quota::{Ledger, violations, window};

use crate::{
    audit,
    bookings::admission::Wanted,
    db::Conn,
    error::{Error, Fault, Result, Violation},
    http::{etag::IfMatch, page::Page},
    id::Id,
    organisations::{self, Organisation},
    people::Call,
    rooms::{self, Catalogue},
    say, settings,
    time::Moment,
};

/// Makes whoever else books for this organisation wait until this transaction is over, if it has a quota. Take it after the floor
/// and before bookings.
pub fn lock(c: &mut Conn, house: &Catalogue, organisation: &Organisation) -> Result<()> {
    if store::kept(c, &house.version)?.of(organisation).is_some() { store::lock(c, organisation.id) } else { Ok(()) }
}

/// What a stay would break of its organisation's quota.
pub fn broken(c: &mut Conn, wanted: &Wanted, now: Moment) -> Result<Vec<Violation>> {
    let Some(limits) = store::kept(c, wanted.version)?.of(wanted.organisation) else { return Ok(vec![]) };
    let Some(window) = window(wanted.stay.start().date()) else { return Ok(vec![]) };
    let mut booked = store::counted(c, wanted.organisation.id, window, limits.bookings_ahead.map(|_| now))?;
    booked.extend(wanted.beside.iter().map(|stay| Counted { id: None, stay: *stay }));
    let prime = settings::get(c)?.prime_time;
    Ok(violations(&limits, &Ledger { booked: &booked, moved: wanted.moved, prime: &prime, now }, wanted.stay))
}

/// How much of its quota an organisation has used in the week and month of a date, if the caller may know.
pub fn standing(c: &mut Conn, call: &Call, organisation: Id, date: NaiveDate) -> Result<Standing> {
    if !call.caller.may_see(organisation) {
        return Err(Error::NotFound("organisation"));
    }
    let organisation = organisations::by_id(c, organisation)?.ok_or(Error::NotFound("organisation"))?;
    let version = rooms::catalogue(c)?.version.clone();
    let limits = store::kept(c, &version)?.of(&organisation).unwrap_or_default();
    let booked = match window(date) {
        Some(window) => store::counted(c, organisation.id, window, Some(call.now))?,
        None => vec![],
    };
    let prime = settings::get(c)?.prime_time;
    Ok(Standing::of(limits, &Ledger { booked: &booked, moved: &[], prime: &prime, now: call.now }, date))
}

/// One page of quotas.
pub fn list(c: &mut Conn, page: &Page) -> Result<Vec<Quota>> {
    store::list(c, page)
}

/// The quota with this key.
pub fn get(c: &mut Conn, id: Id) -> Result<Quota> {
    store::by_id(c, id)?.ok_or(Error::NotFound("quota"))
}

/// Adds one. A holder has at most one.
pub fn create(c: &mut Conn, call: &Call, holder: Holder, limits: Limits) -> Result<Quota> {
    limited(limits)?;
    if let Holder::Organisation(id) = holder
        && organisations::by_id(c, id)?.is_none()
    {
        return Err(Error::Invalid(vec![Fault::coded("organisation_id", "not_found", say!("finns inte", "does not exist"))]));
    }
    let quota = Quota { id: Id::new(), holder, limits, version: 1 };
    if !store::insert(c, &quota)? {
        return Err(Error::AlreadyExists {
            field: match quota.holder {
                Holder::Organisation(_) => "organisation_id",
                Holder::Kind(_) => "kind",
            },
            detail: say!("Det finns redan en kvot. Ändra den i stället.", "There is a quota already. Change that one instead."),
        });
    }
    audit::record(c, &call.by(), "created", "quota", Some(quota.id.to_string()), None, Some(trace(&quota)))?;
    Ok(quota)
}

/// Gives a quota other limits.
pub fn change(c: &mut Conn, call: &Call, id: Id, expected: IfMatch, change: impl FnOnce(Limits) -> Limits) -> Result<Quota> {
    let before = get(c, id)?;
    expected.check(before.version)?;
    let after = Quota { limits: change(before.limits), version: before.version + 1, ..before.clone() };
    limited(after.limits)?;
    if !store::update(c, &after)? {
        return Err(Error::Stale);
    }
    audit::record(c, &call.by(), "changed", "quota", Some(id.to_string()), Some(trace(&before)), Some(trace(&after)))?;
    Ok(after)
}

/// Takes a quota away.
pub fn delete(c: &mut Conn, call: &Call, id: Id, expected: IfMatch) -> Result<()> {
    let before = get(c, id)?;
    expected.check(before.version)?;
    if !store::delete(c, &before)? {
        return Err(Error::Stale);
    }
    audit::record(c, &call.by(), "deleted", "quota", Some(id.to_string()), Some(trace(&before)), None)
}

fn limited(limits: Limits) -> Result<()> {
    if limits.is_empty() {
        return Err(Error::invalid("hours_per_week", say!("ange minst en gräns", "give at least one limit")));
    }
    Ok(())
}

fn trace(quota: &Quota) -> Value {
    let (organisation, kind) = match &quota.holder {
        Holder::Organisation(id) => (Some(*id), None),
        Holder::Kind(kind) => (None, Some(*kind)),
    };
    json!({"organisation_id": organisation, "kind": kind, "limits": quota.limits})
}
