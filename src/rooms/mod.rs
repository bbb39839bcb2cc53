//! Rooms: what can be booked, what it has, and when it is open.
pub mod opening_hours;
pub mod room;

use crate::{
    db::Conn,
    error::{Error, Result},
    id::Id,
};
pub use opening_hours::{Stretch, Week};
pub use room::{Layout, LayoutCapacity, Room, RoomKind, Rules, Space};

/// The room with this slug.
pub fn by_slug(_c: &mut Conn, _slug: &str) -> Result<Option<Room>> {
    Err(Error::internal("not built"))
}

/// The room with this key.
pub fn by_id(_c: &mut Conn, _id: Id) -> Result<Option<Room>> {
    Err(Error::internal("not built"))
}

/// All rooms by floor and name, or only those that can be booked.
pub fn all(_c: &mut Conn, _include_inactive: bool) -> Result<Vec<Room>> {
    Err(Error::internal("not built"))
}

/// The house's own week.
pub fn house_week(_c: &mut Conn) -> Result<Week> {
    Err(Error::internal("not built"))
}

/// Each room's week: its own, or the house's.
pub fn weeks(_c: &mut Conn, _rooms: &[Id]) -> Result<std::collections::HashMap<Id, Week>> {
    Err(Error::internal("not built"))
}
