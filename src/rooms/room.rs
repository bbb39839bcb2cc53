//! A room: what people book. It takes one piece of floor (space) or more; rooms that share a space can't be booked at once.
use serde::Serialize;

use crate::{id::Id, words};

words! {
    /// What a room is for.
    pub enum RoomKind {
        /// Events and larger meetings.
        Event = "event",
        /// Work with the hands.
        Workshop = "workshop",
        /// Conferences.
        Conference = "conference",
        /// Small meetings.
        Meeting = "meeting",
    }
}

words! {
    /// How a room is furnished.
    pub enum Layout {
        /// Rows of chairs.
        Cinema = "cinema",
        /// Rows of tables.
        Classroom = "classroom",
        /// Tables in a U.
        UShape = "u_shape",
        /// One table.
        Boardroom = "boardroom",
        /// Small tables.
        Cafe = "cafe",
    }
}

/// How many a layout seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LayoutCapacity {
    /// The layout.
    pub layout: Layout,
    /// People, 1 or more.
    pub capacity: i32,
}

/// What a booking of the room must keep to. Everything in minutes but `days_ahead`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rules {
    /// Bookings begin and end on this grid of local time.
    pub grid_minutes: i32,
    /// Not shorter.
    pub min_minutes: i32,
    /// Not longer.
    pub max_minutes: i32,
    /// Not begun more days ahead.
    pub days_ahead: i32,
    /// Cancelled or moved by its organiser no later than this before the start.
    pub cancel_minutes_before: i32,
    /// Taken before the start to set up.
    pub setup_minutes: i32,
    /// Taken after the end to clean up.
    pub cleanup_minutes: i32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            grid_minutes: 15,
            min_minutes: 15,
            max_minutes: 720,
            days_ahead: 365,
            cancel_minutes_before: 0,
            setup_minutes: 0,
            cleanup_minutes: 0,
        }
    }
}

/// A piece of floor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Space {
    /// Its key, by which occupancies hold it.
    pub id: Id,
    /// Its short name.
    pub slug: String,
}

/// A room with all its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Its key.
    pub id: Id,
    /// Its name in addresses.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// What it is for.
    pub kind: RoomKind,
    /// The fire limit, staff included.
    pub max_persons: i32,
    /// The floor of the building.
    pub floor: i32,
    /// For people.
    pub description: String,
    /// How it can be furnished, and for how many.
    pub layouts: Vec<LayoutCapacity>,
    /// What it has, as slugs.
    pub equipment: Vec<String>,
    /// Step-free, with an accessible toilet.
    pub wheelchair_accessible: bool,
    /// Has an induction loop.
    pub hearing_loop: bool,
    /// Must an admin say yes to each booking?
    pub needs_approval: bool,
    /// Can it be booked at all?
    pub active: bool,
    /// What bookings must keep to.
    pub rules: Rules,
    /// The floor it takes, sorted by key: locks are taken in this order.
    pub spaces: Vec<Space>,
    /// Raised on every change.
    pub version: i32,
}

impl Room {
    /// What the best layout seats.
    #[must_use]
    pub fn capacity(&self) -> i32 {
        self.layouts.iter().map(|l| l.capacity).max().unwrap_or(self.max_persons)
    }

    /// What this layout seats, or the best one if none is named.
    #[must_use]
    pub fn capacity_in(&self, layout: Option<Layout>) -> Option<i32> {
        match layout {
            None => Some(self.capacity()),
            Some(layout) => self.layouts.iter().find(|l| l.layout == layout).map(|l| l.capacity),
        }
    }
}
