//! Half days: adding, changing and taking away. Bookings that exist are kept, as with every change of opening hours.
use chrono::NaiveDate;
use serde_json::json;

use super::{
    half_day::{HalfDay, HalfDayChange, NewHalfDay},
    lock_catalogue,
    store::half_days as store,
};
use crate::{
    audit,
    db::Conn,
    error::{Error, Result},
    http::{etag::IfMatch, page::Page},
    id::Id,
    people::Call,
    say,
};

/// The half day with this key.
pub fn get(c: &mut Conn, id: Id) -> Result<HalfDay> {
    store::by_id(c, id)?.ok_or(Error::NotFound("half day"))
}

/// One page of those in `[from, to)`, by day, and one more.
pub fn list(c: &mut Conn, from: Option<NaiveDate>, to: Option<NaiveDate>, page: &Page) -> Result<Vec<HalfDay>> {
    store::list(c, from, to, page)
}

/// Adds one. A day that is one already is a conflict.
pub fn create(c: &mut Conn, call: &Call, new: NewHalfDay) -> Result<HalfDay> {
    lock_catalogue(c)?;
    let half = HalfDay { id: Id::new(), date: new.date, closes: new.closes, note: new.note, version: 1 };
    if !store::insert(c, &half)? {
        let date = half.date;
        return Err(Error::AlreadyExists {
            field: "date",
            detail: say!("{date} är redan en halvdag. Ändra den i stället.", "{date} is a half day already. Change that one instead."),
        });
    }
    audit::record(c, &call.by(), "created", "half_day", Some(half.id.to_string()), None, Some(json!(half)))?;
    Ok(half)
}

/// Changes one.
pub fn change(c: &mut Conn, call: &Call, id: Id, expected: IfMatch, change: HalfDayChange) -> Result<HalfDay> {
    lock_catalogue(c)?;
    let before = get(c, id)?;
    expected.check(before.version)?;
    let after = HalfDay {
        closes: change.closes.unwrap_or(before.closes),
        note: change.note.unwrap_or_else(|| before.note.clone()),
        version: before.version + 1,
        ..before.clone()
    };
    if !store::update(c, &after)? {
        return Err(Error::Stale);
    }
    audit::record(c, &call.by(), "changed", "half_day", Some(id.to_string()), Some(json!(before)), Some(json!(after)))?;
    Ok(after)
}

/// Makes it a whole day again.
pub fn delete(c: &mut Conn, call: &Call, id: Id, expected: IfMatch) -> Result<()> {
    lock_catalogue(c)?;
    let before = get(c, id)?;
    expected.check(before.version)?;
    if !store::delete(c, &before)? {
        return Err(Error::Stale);
    }
    audit::record(c, &call.by(), "deleted", "half_day", Some(id.to_string()), Some(json!(before)), None)
}
