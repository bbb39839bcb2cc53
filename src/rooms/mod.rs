//! Rooms: what can be booked, what it has, and when it is open.
pub mod opening_hours;
pub mod room;
pub mod slug;
pub mod store;

use std::collections::HashMap;

use serde_json::json;

use crate::{
    audit::{self, By},
    db::Conn,
    error::{Error, Result},
    id::Id,
    say,
};
pub use opening_hours::{Stretch, Week};
pub use room::{Layout, LayoutCapacity, NewRoom, Room, RoomChange, RoomKind, RuleChange, Rules, Space};
pub use slug::{RoomSlug, Slug};
use store::Which;

/// The room with this slug.
pub fn by_slug(c: &mut Conn, slug: &str) -> Result<Option<Room>> {
    Ok(store::rooms(c, Which::Slug(slug))?.pop())
}

/// The room with this key.
pub fn by_id(c: &mut Conn, id: Id) -> Result<Option<Room>> {
    Ok(store::rooms(c, Which::Id(id))?.pop())
}

/// All rooms by floor and name, or only those that can be booked.
pub fn all(c: &mut Conn, include_inactive: bool) -> Result<Vec<Room>> {
    store::rooms(c, if include_inactive { Which::All } else { Which::Active })
}

/// The house's own week.
pub fn house_week(c: &mut Conn) -> Result<Week> {
    store::house_week(c)
}

/// Each room's week: its own, or the house's.
pub fn weeks(c: &mut Conn, rooms: &[Id]) -> Result<HashMap<Id, Week>> {
    let mut own = store::own_weeks(c, rooms)?;
    let house = store::house_week(c)?;
    Ok(rooms.iter().map(|id| (*id, own.remove(id).unwrap_or_else(|| house.clone()))).collect())
}

/// Makes whoever else takes time on these spaces wait until this transaction is over. Take it before looking what is free, and
/// read the room again afterwards: its spaces may have changed while waiting.
pub fn lock_spaces(c: &mut Conn, spaces: &[Id]) -> Result<()> {
    store::lock_spaces(c, spaces)
}

/// Adds a room; spaces that are not known yet are made. A taken slug is a conflict.
pub fn create(c: &mut Conn, by: &By, new: &NewRoom) -> Result<Room> {
    new.check()?;
    let spaces = store::ensure_spaces(c, &new.spaces)?;
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
