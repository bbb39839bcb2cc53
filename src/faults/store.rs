//! SQL of faults.
use diesel::prelude::*;

use super::{Fault, Status};
use crate::{
    db::{
        Conn,
        schema::{faults, people, rooms},
    },
    error::Result,
    http::page::Page,
    id::Id,
    text::stored,
    time::Moment,
};

/// Which faults are asked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In this state.
    pub status: Option<Status>,
    /// In this room, by its slug.
    pub room: Option<String>,
}

type Row = ((Id, Id, String, String, String), (String, Option<(Id, String)>, Moment, Option<Moment>, Option<Id>, i32));

macro_rules! joined {
    () => {
        faults::table.inner_join(rooms::table).left_join(people::table.on(people::id.nullable().eq(faults::reported_by))).select((
            (faults::id, rooms::id, rooms::slug, rooms::name, faults::description),
            (
                faults::status,
                (people::id, people::name).nullable(),
                faults::reported_at,
                faults::resolved_at,
                faults::closure_id,
                faults::version,
            ),
        ))
    };
}

fn fault(
    ((id, room, slug, name, description), (status, reported_by, reported_at, resolved_at, closure_id, version)): Row,
) -> Result<Fault> {
    let status = stored(&status)?;
    Ok(Fault { id, room: (room, slug, name), description, status, reported_by, reported_at, resolved_at, closure_id, version })
}

/// The fault with this key.
pub fn by_id(c: &mut Conn, id: Id) -> Result<Option<Fault>> {
    joined!().filter(faults::id.eq(id)).first::<Row>(c).optional()?.map(fault).transpose()
}

/// Locks a fault's row until the transaction ends. SQLite has one writer.
pub fn lock(c: &mut Conn, id: Id) -> Result<()> {
    if let Conn::Postgres(c) = c {
        // Not in diesel's MultiConnection, because SQLite knows no row locks.
        faults::table.find(id).select(faults::id).for_no_key_update().first::<Id>(c).optional()?;
    }
    Ok(())
}

/// A page, newest first: keys rise with time.
pub fn list(c: &mut Conn, filter: &Filter, page: &Page) -> Result<Vec<Fault>> {
    let mut query = joined!().into_boxed();
    if let Some(status) = filter.status {
        query = query.filter(faults::status.eq(status.as_str()));
    }
    if let Some(room) = &filter.room {
        query = query.filter(rooms::slug.eq(room));
    }
    if let Some(after) = &page.after {
        query = query.filter(faults::id.lt(after.id));
    }
    query.order(faults::id.desc()).limit(page.fetch()).load::<Row>(c)?.into_iter().map(fault).collect()
}

/// A new one.
pub fn insert(c: &mut Conn, fault: &Fault) -> Result<()> {
    diesel::insert_into(faults::table)
        .values((
            faults::id.eq(fault.id),
            faults::room_id.eq(fault.room.0),
            faults::description.eq(&fault.description),
            faults::status.eq(fault.status.as_str()),
            faults::reported_by.eq(fault.reported_by.as_ref().map(|(id, _)| *id)),
            faults::reported_at.eq(fault.reported_at),
            faults::version.eq(fault.version),
        ))
        .execute(c)?;
    Ok(())
}

/// Writes what may change of it.
pub fn update(c: &mut Conn, fault: &Fault, resolved_by: Option<Id>) -> Result<()> {
    diesel::update(faults::table.find(fault.id))
        .set((
            faults::status.eq(fault.status.as_str()),
            faults::resolved_at.eq(fault.resolved_at),
            faults::resolved_by.eq(resolved_by),
            faults::closure_id.eq(fault.closure_id),
            faults::version.eq(fault.version),
        ))
        .execute(c)?;
    Ok(())
}
