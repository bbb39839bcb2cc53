//! Showing, replacing and removing a room's floor plan. Each change raises the room's version, which is how whoever keeps a copy of
//! the room hears of it.
use serde_json::json;

use super::{
    by_slug,
    floor_plan::{FloorPlan, Picture},
    lock_catalogue,
    room::Room,
    store::{self, plans},
    visible,
};
use crate::{
    audit,
    db::Conn,
    error::{Error, Result},
    http::etag::IfMatch,
    people::Call,
};

const NONE: Error = Error::NotFound("floor plan");

/// The room as this caller may see it, its plan and the picture.
pub fn read(c: &mut Conn, call: Option<&Call>, slug: &str) -> Result<(Room, FloorPlan, Picture)> {
    let room = visible(c, call, slug)?;
    let plan = room.floor_plan.clone().ok_or(NONE)?;
    let picture = plans::picture(c, room.id)?.ok_or(NONE)?;
    Ok((room, plan, picture))
}

/// Shows this picture from now on, instead of the one that the caller has seen or of none.
pub fn replace(c: &mut Conn, call: &Call, slug: &str, expected: IfMatch, picture: &Picture, alternative_text: String) -> Result<FloorPlan> {
    lock_catalogue(c)?;
    let before = by_slug(c, slug)?.ok_or(Error::NotFound("room"))?;
    expected.check(before.floor_plan.as_ref().map_or(0, |plan| plan.version))?;
    let room = raised(c, call, &before)?;
    let plan = FloorPlan { version: room.version, width: picture.width, height: picture.height, alternative_text };
    plans::delete(c, room.id)?;
    plans::insert(c, room.id, &plan, picture, call.now)?;
    let action = if before.floor_plan.is_some() { "changed" } else { "created" };
    let was = before.floor_plan.map(|plan| json!(plan));
    audit::record(c, &call.by(), action, "floor_plan", Some(room.id.to_string()), was, Some(json!(plan)))?;
    Ok(plan)
}

/// Says something else of the picture.
pub fn describe(c: &mut Conn, call: &Call, slug: &str, expected: IfMatch, alternative_text: String) -> Result<FloorPlan> {
    lock_catalogue(c)?;
    let before = by_slug(c, slug)?.ok_or(Error::NotFound("room"))?;
    let was = before.floor_plan.as_ref().ok_or(NONE)?;
    expected.check(was.version)?;
    let room = raised(c, call, &before)?;
    let plan = FloorPlan { version: room.version, alternative_text, ..was.clone() };
    plans::describe(c, room.id, &plan)?;
    audit::record(c, &call.by(), "changed", "floor_plan", Some(room.id.to_string()), Some(json!(was)), Some(json!(plan)))?;
    Ok(plan)
}

/// Shows none any more.
pub fn remove(c: &mut Conn, call: &Call, slug: &str, expected: IfMatch) -> Result<()> {
    lock_catalogue(c)?;
    let before = by_slug(c, slug)?.ok_or(Error::NotFound("room"))?;
    let plan = before.floor_plan.as_ref().ok_or(NONE)?;
    expected.check(plan.version)?;
    let room = raised(c, call, &before)?;
    plans::delete(c, room.id)?;
    audit::record(c, &call.by(), "removed", "floor_plan", Some(room.id.to_string()), Some(json!(plan)), None)
}

/// The room's next version: of two who change it at once one is told that it came too late.
fn raised(c: &mut Conn, call: &Call, room: &Room) -> Result<Room> {
    let room = Room { version: room.version + 1, ..room.clone() };
    if store::update(c, &room, call.now)? { Ok(room) } else { Err(Error::Stale) }
}
