//! Rooms: what can be booked, what it has, what it looks like from above, and when it is open.
pub mod api;
pub mod catalogue;
pub mod floor_plan;
pub mod floor_plan_api;
pub mod floor_plans;
pub mod half_day;
pub mod half_day_api;
pub mod half_days;
pub mod opening_hours;
pub mod room;
pub mod slug;
pub mod store;

use std::{collections::HashMap, sync::Arc};

use serde_json::json;

use crate::{
    audit::{self, By},
    db::Conn,
    error::{Error, Result},
    http::etag::IfMatch,
    id::Id,
    people::Call,
    say,
};
pub use catalogue::Catalogue;
pub use opening_hours::{RoomWeek, Stretch, Week};
pub use room::{Layout, LayoutCapacity, NewRoom, Room, RoomChange, RoomKind, RuleChange, Rules, Space};
pub use slug::{RoomSlug, Slug};
use store::weeks;

/// The room with this slug.
pub fn by_slug(c: &mut Conn, slug: &str) -> Result<Option<Room>> {
    Ok(store::catalogue(c)?.named(slug).cloned())
}

/// The room with this key.
pub fn by_id(c: &mut Conn, id: Id) -> Result<Option<Room>> {
    Ok(store::catalogue(c)?.room(id).cloned())
}

/// The room with this slug as it was when rooms were last read, which may be over: for whoever locks its floor and reads it again
/// then, as everybody who books does.
pub fn last_seen(c: &mut Conn, slug: &str) -> Result<Option<Room>> {
    Ok(store::last_catalogue(c)?.named(slug).cloned())
}

/// All rooms by floor and name, or only those that can be booked.
pub fn all(c: &mut Conn, include_inactive: bool) -> Result<Vec<Room>> {
    Ok(store::catalogue(c)?.rooms.iter().filter(|room| include_inactive || room.active).cloned().collect())
}

/// The house's own week.
pub fn house_week(c: &mut Conn) -> Result<Week> {
    Ok(store::catalogue(c)?.house.clone())
}

/// Each room's week: its own, or the house's.
pub fn weeks(c: &mut Conn, rooms: &[Id]) -> Result<HashMap<Id, Week>> {
    let catalogue = store::catalogue(c)?;
    Ok(rooms.iter().map(|id| (*id, catalogue.week(*id).clone())).collect())
}

/// The rooms and their weeks in one piece, for whoever needs both.
pub fn catalogue(c: &mut Conn) -> Result<Arc<Catalogue>> {
    store::catalogue(c)
}

/// Makes whoever else changes rooms, floor or opening hours wait until this transaction is over. Take it before any other lock:
/// every change ends in the one row that it locks.
pub fn lock_catalogue(c: &mut Conn) -> Result<()> {
    store::lock_catalogue(c)
}

/// Makes whoever else takes time on these spaces wait until this transaction is over. Take it before looking what is free, and
/// read the room again afterwards: its spaces may have changed while waiting.
pub fn lock_spaces(c: &mut Conn, spaces: &[Id]) -> Result<()> {
    store::lock_spaces(c, spaces)
}

/// Adds a room; spaces that are not known yet are made. A taken slug is a conflict.
pub fn create(c: &mut Conn, by: &By, new: &NewRoom) -> Result<Room> {
    new.check()?;
    lock_catalogue(c)?;
    let spaces = store::ensure_spaces(c, &new.spaces)?;
    lock_spaces(c, &spaces.iter().map(|space| space.id).collect::<Vec<_>>())?;
    store::close_with_house(c, &spaces, by.at)?;
    let room = store::insert(c, new, spaces, by.at)?.ok_or_else(|| {
        let slug = &new.slug;
        Error::Conflict {
            code: "already_exists",
            detail: say!(
                "Det finns redan en lokal som heter {slug}. Välj ett annat kortnamn.",
                "There is already a room called {slug}. Choose another slug."
            ),
        }
    })?;
    audit::record(c, by, "created", "room", Some(room.id.to_string()), None, Some(json!(room)))?;
    Ok(room)
}

/// The room with this slug as this caller may see it: one that is out of use exists for the staff alone.
pub fn visible(c: &mut Conn, call: Option<&Call>, slug: &str) -> Result<Room> {
    let shown = |room: &Room| room.active || call.is_some_and(|call| call.caller.is_staff());
    by_slug(c, slug)?.filter(shown).ok_or(Error::NotFound("room"))
}

/// Changes a room. Its spaces can't change while time is held on them: what is held would stay on the old floor.
pub fn change(c: &mut Conn, call: &Call, slug: &str, expected: IfMatch, change: &RoomChange) -> Result<Room> {
    lock_catalogue(c)?;
    let before = by_slug(c, slug)?.ok_or(Error::NotFound("room"))?;
    expected.check(before.version)?;
    let mut after = change.of(&before);
    after.version += 1;
    let faults = room::faults(&after.layouts, after.max_persons, &after.rules);
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    if let Some(slugs) = &change.spaces {
        after.spaces = store::ensure_spaces(c, slugs)?;
    }
    if after.spaces != before.spaces {
        let floor: Vec<Id> = before.spaces.iter().chain(&after.spaces).map(|space| space.id).collect();
        lock_spaces(c, &floor)?;
        if store::holds_time(c, &before, call.now)? {
            return Err(Error::Conflict {
                code: "spaces_in_use",
                detail: say!(
                    "Lokalen har kommande bokningar eller stängningar, så dess ytor kan inte ändras. Flytta eller avboka dem först.",
                    "The room has bookings or closures ahead, so its spaces can't change. Move or cancel them first."
                ),
            });
        }
        store::replace_spaces(c, &after)?;
        store::close_with_house(c, &after.spaces, call.now)?;
    }
    if !store::update(c, &after, call.now)? {
        return Err(Error::Stale);
    }
    audit::record(c, &call.by(), "changed", "room", Some(after.id.to_string()), Some(json!(before)), Some(json!(after)))?;
    Ok(after)
}

/// Replaces the house's week. Bookings that exist are kept.
pub fn replace_house_week(c: &mut Conn, call: &Call, expected: IfMatch, week: &Week) -> Result<()> {
    lock_catalogue(c)?;
    let before = house_week(c)?;
    expected.check_body(&before)?;
    weeks::replace(c, None, week)?;
    audit::record(c, &call.by(), "changed", "opening_hours", None, Some(json!(before)), Some(json!(week)))
}

/// The week that holds for a room.
pub fn week_of(c: &mut Conn, room: &Room) -> Result<RoomWeek> {
    Ok(store::catalogue(c)?.room_week(room.id))
}

/// Gives a room a week of its own, or with `None` lets it follow the house again. Bookings that exist are kept.
pub fn replace_week_of(c: &mut Conn, call: &Call, slug: &str, expected: IfMatch, week: Option<&Week>) -> Result<RoomWeek> {
    let room = by_slug(c, slug)?.ok_or(Error::NotFound("room"))?;
    lock_catalogue(c)?;
    let before = week_of(c, &room)?;
    expected.check_body(&before)?;
    match week {
        Some(week) => weeks::replace(c, Some(room.id), week)?,
        None => weeks::delete(c, room.id)?,
    }
    let after = week_of(c, &room)?;
    if after != before {
        let id = Some(room.id.to_string());
        audit::record(c, &call.by(), "changed", "opening_hours", id, Some(json!(before)), Some(json!(after)))?;
    }
    Ok(after)
}
