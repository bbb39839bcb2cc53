//! SQL of opening hours.
use std::{collections::HashMap, sync::Arc};

use diesel::prelude::*;

use crate::{
    db::{Both, Conn, schema::*},
    error::{Error, Result},
    id::Id,
    rooms::{
        opening_hours::{Stretch, Week},
        store::half_days,
    },
    time::WallTime,
};

type HoursRow = (Option<Id>, i32, i32, i32);

fn stretch(row: &HoursRow) -> Result<Stretch> {
    let (_, weekday, opens, closes) = *row;
    let time = |minutes: i32| u16::try_from(minutes).ok().and_then(WallTime::from_minutes);
    match (u8::try_from(weekday), time(opens), time(closes)) {
        (Ok(weekday), Some(opens), Some(closes)) => Ok(Stretch { weekday, opens, closes }),
        _ => Err(Error::internal(format_args!("stored opening hours {row:?}"))),
    }
}

/// The house's week.
pub fn of_house(c: &mut Conn) -> Result<Week> {
    use opening_hours as hours;
    let rows: Vec<HoursRow> =
        hours::table.filter(hours::room_id.is_null()).select((hours::room_id, hours::weekday, hours::opens, hours::closes)).load(c)?;
    Ok(Week::new(rows.iter().map(stretch).collect::<Result<_>>()?).with_half_days(Arc::new(half_days::by_day(c)?)))
}

/// The weeks of the rooms that have one of their own.
pub fn own(c: &mut Conn) -> Result<HashMap<Id, Week>> {
    use opening_hours as hours;
    let named: Vec<Id> = own_opening_hours::table.select(own_opening_hours::room_id).load(c)?;
    let rows: Vec<HoursRow> =
        hours::table.filter(hours::room_id.is_not_null()).select((hours::room_id, hours::weekday, hours::opens, hours::closes)).load(c)?;
    let mut stretches: HashMap<Id, Vec<Stretch>> = named.into_iter().map(|id| (id, vec![])).collect();
    for row in &rows {
        if let Some(of_room) = row.0.and_then(|id| stretches.get_mut(&id)) {
            of_room.push(stretch(row)?);
        }
    }
    let half_days = Arc::new(half_days::by_day(c)?);
    Ok(stretches.into_iter().map(|(id, stretches)| (id, Week::new(stretches).with_half_days(Arc::clone(&half_days)))).collect())
}

/// Replaces a week: the house's, or a room's own, which it has from now on even if it is empty.
pub fn replace(c: &mut Conn, room: Option<Id>, week: &Week) -> Result<()> {
    delete_stretches(c, room)?;
    if let Some(room) = room {
        let row = own_opening_hours::room_id.eq(room);
        Both(diesel::insert_into(own_opening_hours::table).values(row).on_conflict(own_opening_hours::room_id).do_nothing()).execute(c)?;
    }
    for stretch in week.stretches() {
        diesel::insert_into(opening_hours::table)
            .values((
                opening_hours::id.eq(Id::new()),
                opening_hours::room_id.eq(room),
                opening_hours::weekday.eq(i32::from(stretch.weekday)),
                opening_hours::opens.eq(i32::from(stretch.opens.minutes())),
                opening_hours::closes.eq(i32::from(stretch.closes.minutes())),
            ))
            .execute(c)?;
    }
    Ok(())
}

/// Takes a room's own week away.
pub fn delete(c: &mut Conn, room: Id) -> Result<()> {
    delete_stretches(c, Some(room))?;
    diesel::delete(own_opening_hours::table.find(room)).execute(c)?;
    Ok(())
}

fn delete_stretches(c: &mut Conn, room: Option<Id>) -> Result<()> {
    match room {
        Some(room) => diesel::delete(opening_hours::table.filter(opening_hours::room_id.eq(room))).execute(c)?,
        None => diesel::delete(opening_hours::table.filter(opening_hours::room_id.is_null())).execute(c)?,
    };
    Ok(())
}
