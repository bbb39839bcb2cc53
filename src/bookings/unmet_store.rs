//! SQL of requests that found no room: the refusal undoes what the request did, so it is written down apart.
use diesel::prelude::*;

use crate::{
    db::{
        Both, Conn,
        schema::{rooms, unmet_requests as unmet},
    },
    error::Result,
    id::Id,
    time::{Moment, Span},
};

/// Writes down that an association asked for a room at a time when it was taken; asked again it counts once.
pub fn record(c: &mut Conn, room: &str, organisation: Id, stay: Span, now: Moment) -> Result<()> {
    let Some(room) = rooms::table.filter(rooms::slug.eq(room)).select(rooms::id).first::<Id>(c).optional()? else { return Ok(()) };
    let row = (
        unmet::id.eq(Id::new()),
        unmet::asked_at.eq(now),
        unmet::room_id.eq(room),
        unmet::organisation_id.eq(organisation),
        unmet::starts_at.eq(stay.start()),
        unmet::ends_at.eq(stay.end()),
    );
    let once = (unmet::organisation_id, unmet::room_id, unmet::starts_at);
    Both(diesel::insert_into(unmet::table).values(row).on_conflict(once).do_nothing()).execute(c)?;
    Ok(())
}
