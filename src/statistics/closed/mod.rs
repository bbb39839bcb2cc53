//! Closed months: an admin closes a month once its figures are right, and from then on what was reported stands. What changes in the
//! data afterwards shows as a difference, never silently.
pub mod api;
pub mod month;
mod store;

use std::collections::BTreeMap;

use serde_json::json;

use super::{definitions::DEFINITIONS_VERSION, figures::MonthFigures, monthly, period::Period};
use crate::{
    audit,
    db::Conn,
    error::{Error, Result},
    people::Call,
    say,
    time::{Moment, Month},
};
use month::{ClosedMonth, Difference, Figures, seal};

/// A closed month beside what the data says by now.
#[derive(Debug)]
pub struct Standing {
    /// As it was closed.
    pub closed: ClosedMonth,
    /// What is different by now.
    pub differences: Vec<Difference>,
}

/// The figures of each month, as the API has them.
fn figures(months: &[MonthFigures]) -> Result<BTreeMap<Month, Figures>> {
    months
        .iter()
        .map(|month| {
            let mut figures: Figures =
                serde_json::to_value(month).map_err(Error::internal)?.as_object().cloned().ok_or_else(|| Error::internal("no figures"))?;
            figures.remove("month");
            // Months that were closed before anybody had a door counter stay as they were sealed.
            figures.remove("visit_sources");
            if !month.visit_sources.is_desk_alone() {
                figures.insert("visits_by_counter".to_owned(), json!(month.visit_sources.counter_visits));
            }
            Ok((month.month, figures))
        })
        .collect()
}

fn alone(month: Month) -> Result<Period> {
    Period::between(month, month).map_err(|_| Error::internal("a month of no length"))
}

/// Freezes the figures of a month that is over.
pub fn close(c: &mut Conn, call: &Call, month: Month) -> Result<Standing> {
    if month.end() > call.now {
        return Err(Error::invalid("month", say!("är inte över än", "is not over yet")));
    }
    if store::by_month(c, month)?.is_some() {
        return Err(already_closed(month));
    }
    let period = alone(month)?;
    let frozen =
        figures(&monthly(c, &period, call.now)?.months)?.remove(&month).ok_or_else(|| Error::internal("a month without figures"))?;
    let (bookings, visits) = store::row_counts(c, month)?;
    let hash = seal(month, &frozen, DEFINITIONS_VERSION, bookings, visits);
    let person = &call.caller.person;
    let closed = ClosedMonth {
        month,
        figures: frozen,
        definitions_version: DEFINITIONS_VERSION,
        bookings,
        visits,
        hash,
        closed_by: Some((person.id, person.name.clone())),
        closed_at: call.now,
    };
    if !store::insert(c, &closed)? {
        return Err(already_closed(month));
    }
    audit::record(c, &call.by(), "closed_month", "month", Some(month.to_string()), None, Some(trace(&closed)))?;
    Ok(Standing { closed, differences: vec![] })
}

/// Takes a closed month's figures back, so that it can be closed anew. The reason is kept with what was frozen.
pub fn reopen(c: &mut Conn, call: &Call, month: Month, reason: &str) -> Result<()> {
    let before = store::by_month(c, month)?.ok_or(Error::NotFound("closed month"))?;
    if !store::delete(c, month)? {
        return Err(Error::NotFound("closed month"));
    }
    let after = json!({"reason": reason});
    audit::record(c, &call.by(), "reopened_month", "month", Some(month.to_string()), Some(trace(&before)), Some(after))
}

/// The closed months of a period, each beside what the data says by now.
pub fn list(c: &mut Conn, period: &Period, now: Moment) -> Result<Vec<Standing>> {
    let closed = store::between(c, period)?;
    if closed.is_empty() { Ok(vec![]) } else { beside(closed, &monthly(c, period, now)?.months) }
}

/// The same where the months' figures are known already.
pub fn list_beside(c: &mut Conn, period: &Period, months: &[MonthFigures]) -> Result<Vec<Standing>> {
    beside(store::between(c, period)?, months)
}

fn beside(closed: Vec<ClosedMonth>, months: &[MonthFigures]) -> Result<Vec<Standing>> {
    let current = figures(months)?;
    let standing = |closed: ClosedMonth| {
        let differences = current.get(&closed.month).map(|now| closed.differences(now)).unwrap_or_default();
        Standing { closed, differences }
    };
    Ok(closed.into_iter().map(standing).collect())
}

fn already_closed(month: Month) -> Error {
    Error::AlreadyExists { field: "month", detail: say!("{month} är redan stängd.", "{month} is closed already.") }
}

fn trace(closed: &ClosedMonth) -> serde_json::Value {
    json!({
        "figures": closed.figures, "definitions_version": closed.definitions_version, "bookings": closed.bookings,
        "visits": closed.visits, "hash": closed.hash,
    })
}
