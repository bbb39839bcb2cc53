//! SQL of roll calls.
use diesel::prelude::*;

use super::{Report, RollCall};
use crate::{
    db::{
        Both, Conn,
        schema::{people, roll_calls},
    },
    error::{Error, Result},
    http::page::Page,
    id::Id,
    time::Moment,
};

type Row = ((Id, Id, bool, Moment, Moment, Moment, String, String), Option<(Id, String)>);

macro_rules! joined {
    () => {
        roll_calls::table.left_join(people::table).select((
            (
                roll_calls::id,
                roll_calls::client_id,
                roll_calls::drill,
                roll_calls::started_at,
                roll_calls::finished_at,
                roll_calls::list_from,
                roll_calls::lines,
                roll_calls::note,
            ),
            (people::id, people::name).nullable(),
        ))
    };
}

fn parsed(((id, client_id, drill, started_at, finished_at, list_from, lines, note), held_by): Row) -> Result<RollCall> {
    let lines = serde_json::from_str(&lines).map_err(Error::internal)?;
    Ok(RollCall { id, report: Report { client_id, drill, started_at, finished_at, list_from, lines, note }, held_by })
}

/// Adds one; `None` if the client's key is there already.
pub fn insert(c: &mut Conn, report: &Report, held_by: Id, now: Moment) -> Result<Option<Id>> {
    let id = Id::new();
    let row = (
        roll_calls::id.eq(id),
        roll_calls::client_id.eq(report.client_id),
        roll_calls::drill.eq(report.drill),
        roll_calls::started_at.eq(report.started_at),
        roll_calls::finished_at.eq(report.finished_at),
        roll_calls::list_from.eq(report.list_from),
        roll_calls::lines.eq(serde_json::to_string(&report.lines).map_err(Error::internal)?),
        roll_calls::note.eq(&report.note),
        roll_calls::held_by.eq(held_by),
        roll_calls::recorded_at.eq(now),
    );
    let added = Both(diesel::insert_into(roll_calls::table).values(row).on_conflict(roll_calls::client_id).do_nothing()).execute(c)?;
    Ok((added == 1).then_some(id))
}

/// The one with this key.
pub fn by_id(c: &mut Conn, id: Id) -> Result<Option<RollCall>> {
    joined!().filter(roll_calls::id.eq(id)).first::<Row>(c).optional()?.map(parsed).transpose()
}

/// The one that a client sent under this key.
pub fn by_client_id(c: &mut Conn, client_id: Id) -> Result<Option<RollCall>> {
    joined!().filter(roll_calls::client_id.eq(client_id)).first::<Row>(c).optional()?.map(parsed).transpose()
}

/// One page of them, latest first: keys rise with time.
pub fn list(c: &mut Conn, page: &Page) -> Result<Vec<RollCall>> {
    let mut query = joined!().order(roll_calls::id.desc()).limit(page.fetch()).into_boxed();
    if let Some(after) = &page.after {
        query = query.filter(roll_calls::id.lt(after.id));
    }
    query.load::<Row>(c)?.into_iter().map(parsed).collect()
}

/// Forgets those that began before this.
pub fn prune(c: &mut Conn, before: Moment) -> Result<usize> {
    Ok(diesel::delete(roll_calls::table.filter(roll_calls::started_at.lt(before))).execute(c)?)
}
