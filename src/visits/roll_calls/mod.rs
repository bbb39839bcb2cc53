//! Roll calls that were held when the house was cleared, in earnest or as a drill, and what they found.
pub mod api;
pub mod report;
mod store;

pub use report::{Kind, Line, Report, Totals};

use serde_json::json;

use crate::{
    audit,
    db::Conn,
    error::{Error, Result},
    http::page::Page,
    id::Id,
    people::Call,
    time::Moment,
};

/// A roll call as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollCall {
    /// Its key.
    pub id: Id,
    /// What was handed in.
    pub report: Report,
    /// Who held it: key and name.
    pub held_by: Option<(Id, String)>,
}

/// Keeps a roll call. `false` beside it: it was handed in before, and nothing was added.
pub fn keep(c: &mut Conn, call: &Call, report: &Report) -> Result<(RollCall, bool)> {
    let faults = report.faults(call.now);
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let gone = || Error::internal("a roll call is gone");
    let Some(id) = store::insert(c, report, call.caller.person.id, call.now)? else {
        return Ok((store::by_client_id(c, report.client_id)?.ok_or_else(gone)?, false));
    };
    let totals = Totals::of(&report.lines);
    let trace = json!({"drill": report.drill, "expected": totals.expected, "missing": totals.missing, "unknown": totals.unknown});
    audit::record(c, &call.by(), "held", "roll_call", Some(id.to_string()), None, Some(trace))?;
    Ok((get(c, id)?, true))
}

/// The roll call with this key.
pub fn get(c: &mut Conn, id: Id) -> Result<RollCall> {
    store::by_id(c, id)?.ok_or(Error::NotFound("roll call"))
}

/// One page of them, latest first.
pub fn list(c: &mut Conn, page: &Page) -> Result<Vec<RollCall>> {
    store::list(c, page)
}

/// Forgets those of more than two years ago; gives how many.
pub fn prune(c: &mut Conn, before: Moment) -> Result<usize> {
    store::prune(c, before)
}
