//! Named visits: a visitor's first name and host, for the roll call alone, where the house has turned that on.
//!
//! A name lives apart from the head count. Once its bearer has left it is no longer tied to it, and a day later it is gone; it is in
//! no figure, no file and no answer but that of who is in the house now.
pub mod api;
mod store;

use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Builder;

use super::{Headcount, Kind, NewVisit, Visit, presence::Watch};
use crate::{
    audit::{self, By},
    db::Conn,
    error::{Error, Fault, Result},
    http::page::Page,
    id::Id,
    people::Call,
    rooms, say, settings,
    time::Moment,
};

/// A name goes 24 hours after its bearer has left. The job runs once an hour, and must not be late.
const KEPT_SECONDS: i64 = 23 * 3600;
/// How long the runs of that job are kept.
const RUNS_KEPT_SECONDS: i64 = 366 * 24 * 3600;

/// Who comes.
#[derive(Clone, PartialEq, Eq)]
pub struct Visitor {
    /// The first name.
    pub name: String,
    /// Whom it visits; may be empty.
    pub host: String,
}

/// A visitor who is in the house.
#[derive(Clone, PartialEq, Eq)]
pub struct Named {
    /// The count it came with.
    pub visit_id: Id,
    /// Who.
    pub visitor: Visitor,
    /// When it came.
    pub arrived_at: Moment,
    /// How many came with it, itself included.
    pub headcount: i32,
    /// In which room its gathering is, by its slug.
    pub room: Option<String>,
}

/// One run of the job that erases names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erasure {
    /// Its key.
    pub id: Id,
    /// When it ran.
    pub ran_at: Moment,
    /// How many names it erased.
    pub erased: i32,
    /// How many are left.
    pub kept: i32,
}

/// Counts people, and keeps a name where one is given and the house wants names.
pub fn log(c: &mut Conn, call: &Call, new: NewVisit, visitor: Option<Visitor>) -> Result<(Visit, bool)> {
    if visitor.is_some() {
        let refused = |code, message| Err(Error::Invalid(vec![Fault::coded("visitor", code, message)]));
        if !settings::get(c)?.named_visits {
            return refused("names_off", say!("tas inte emot: huset skriver inte upp namn", "is not taken: the house keeps no names"));
        }
        if new.kind == Kind::Out {
            return refused("not_for_leaving", say!("anges bara när någon kommer", "is given when somebody comes, not when they leave"));
        }
    }
    let (visit, added) = super::log(c, call, new)?;
    if added && let Some(visitor) = visitor {
        store::insert(c, visit.id, &visitor, visit.at)?;
    }
    Ok((visit, added))
}

/// All who came by this count leave. `false` beside the count: they had left already, and nothing was added.
pub fn leave(c: &mut Conn, call: &Call, id: Id) -> Result<(Visit, bool)> {
    let visit = super::store::by_id(c, id)?.ok_or(Error::NotFound("visit"))?;
    let nobody = || Error::Conflict {
        code: "wrong_state",
        detail: say!("Ingen kom med den räkningen, så ingen kan gå.", "Nobody came by this count, so nobody can leave."),
    };
    if visit.kind == Kind::Out || visit.corrects.is_some() {
        return Err(nobody());
    }
    super::store::lock(c, id)?;
    let people = i32::try_from(super::store::corrected(c, id)?).map_err(Error::internal)?;
    let headcount = Headcount::new(people).map_err(|_| nobody())?;
    store::leave(c, id, call.now)?;
    let new = NewVisit {
        at: call.now,
        kind: Kind::Out,
        headcount,
        purpose: visit.purpose,
        organisation_id: visit.organisation.map(|(id, _)| id),
        booking_id: visit.booking_id,
        client_id: Some(leaving_key(id)?),
    };
    super::log(c, call, new)
}

/// The key of a leaving, made of that of the count it ends: the same people leave once, however often they are said to.
fn leaving_key(visit: Id) -> Result<Id> {
    let digest = Sha256::new().chain_update(b"leaving").chain_update(visit.0.as_bytes()).finalize();
    let bytes = digest.first_chunk().ok_or_else(|| Error::internal("a digest of less than 16 bytes"))?;
    Ok(Id(Builder::from_custom_bytes(*bytes).into_uuid()))
}

/// The named visitors who are in the house, first come first.
pub fn here(c: &mut Conn, now: Moment) -> Result<Vec<Named>> {
    let watch = Watch::of(&rooms::house_week(c)?, now);
    store::since(c, watch.closed_at)
}

/// The named visitors who are in the house, for somebody who is told their names: that it was is on record.
pub fn read(c: &mut Conn, by: &By, now: Moment) -> Result<Vec<Named>> {
    let named = here(c, now)?;
    if !named.is_empty() {
        audit::record(c, by, "read", "visitor_names", None, None, Some(json!({"names": named.len()})))?;
    }
    Ok(named)
}

/// The hourly job: lets those be gone whom the house has closed behind, erases names whose day is over, and writes down that it ran.
pub fn erase(c: &mut Conn, now: Moment) -> Result<Erasure> {
    let week = rooms::house_week(c)?;
    let (closed, day_ago) = (Watch::of(&week, now).closed_at, now.plus_seconds(-KEPT_SECONDS));
    store::leave_before(c, closed)?;
    let erased = store::erase(c, day_ago, Watch::of(&week, day_ago).closed_at)?;
    let run = Erasure { id: Id::new(), ran_at: now, erased, kept: store::count(c)? };
    store::ran(c, &run)?;
    store::prune_runs(c, now.plus_seconds(-RUNS_KEPT_SECONDS))?;
    Ok(run)
}

/// One page of the job's runs, latest first.
pub fn erasures(c: &mut Conn, page: &Page) -> Result<Vec<Erasure>> {
    store::runs(c, page)
}
