//! All rooms of the house with their weeks, as they are at one moment.
use std::collections::HashMap;

use super::{
    opening_hours::{RoomWeek, Week},
    room::Room,
};
use crate::id::Id;

/// The rooms and when they are open.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// All rooms, by floor and name, those out of use too.
    pub rooms: Vec<Room>,
    /// The house's own week.
    pub house: Week,
    /// The weeks of the rooms that don't follow the house.
    pub own: HashMap<Id, Week>,
    /// The database's version of all this, and of what else changes so seldom that it is kept by it: settings and quotas.
    pub version: String,
}

impl Catalogue {
    /// The room with this key.
    #[must_use]
    pub fn room(&self, id: Id) -> Option<&Room> {
        self.rooms.iter().find(|room| room.id == id)
    }

    /// The room with this slug.
    #[must_use]
    pub fn named(&self, slug: &str) -> Option<&Room> {
        self.rooms.iter().find(|room| room.slug == slug)
    }

    /// A room's week: its own, or the house's.
    #[must_use]
    pub fn week(&self, room: Id) -> &Week {
        self.own.get(&room).unwrap_or(&self.house)
    }

    /// A room's week, and whether it is the house's.
    #[must_use]
    pub fn room_week(&self, room: Id) -> RoomWeek {
        RoomWeek { inherited: !self.own.contains_key(&room), hours: self.week(room).clone() }
    }
}
