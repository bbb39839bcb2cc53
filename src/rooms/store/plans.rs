//! SQL of floor plans. The pictures themselves are read one at a time.
use std::collections::HashMap;

use diesel::prelude::*;

use crate::{
    db::{Conn, schema::floor_plans},
    error::Result,
    id::Id,
    rooms::floor_plan::{FloorPlan, Picture},
    text::stored,
    time::Moment,
};

/// What is known of all plans, by room.
pub fn all(c: &mut Conn) -> Result<HashMap<Id, FloorPlan>> {
    let columns = (floor_plans::room_id, floor_plans::version, floor_plans::width, floor_plans::height, floor_plans::alternative_text);
    let rows: Vec<(Id, i32, i32, i32, String)> = floor_plans::table.select(columns).load(c)?;
    let plan = |(room, version, width, height, alternative_text)| (room, FloorPlan { version, width, height, alternative_text });
    Ok(rows.into_iter().map(plan).collect())
}

/// The picture of a room.
pub fn picture(c: &mut Conn, room: Id) -> Result<Option<Picture>> {
    let row: Option<(String, i32, i32, Vec<u8>)> = floor_plans::table
        .find(room)
        .select((floor_plans::media_type, floor_plans::width, floor_plans::height, floor_plans::image))
        .first(c)
        .optional()?;
    row.map(|(media_type, width, height, bytes)| Ok(Picture { media_type: stored(&media_type)?, width, height, bytes })).transpose()
}

/// Gives a room that has none a plan.
pub fn insert(c: &mut Conn, room: Id, plan: &FloorPlan, picture: &Picture, now: Moment) -> Result<()> {
    diesel::insert_into(floor_plans::table)
        .values((
            floor_plans::room_id.eq(room),
            floor_plans::version.eq(plan.version),
            floor_plans::media_type.eq(picture.media_type.as_str()),
            floor_plans::width.eq(plan.width),
            floor_plans::height.eq(plan.height),
            floor_plans::alternative_text.eq(&plan.alternative_text),
            floor_plans::image.eq(&picture.bytes),
            floor_plans::created_at.eq(now),
        ))
        .execute(c)?;
    Ok(())
}

/// Keeps the picture of a room and writes what is said of it.
pub fn describe(c: &mut Conn, room: Id, plan: &FloorPlan) -> Result<()> {
    diesel::update(floor_plans::table.find(room))
        .set((floor_plans::version.eq(plan.version), floor_plans::alternative_text.eq(&plan.alternative_text)))
        .execute(c)?;
    Ok(())
}

/// Takes the plan of a room away, if it has one.
pub fn delete(c: &mut Conn, room: Id) -> Result<()> {
    diesel::delete(floor_plans::table.find(room)).execute(c)?;
    Ok(())
}
