//! A room: what people book. It takes one piece of floor (space) or more; rooms that share a space can't be booked at once.
use serde::Serialize;

use super::{floor_plan::FloorPlan, slug::Slug};
use crate::{
    error::{Fault, Result},
    id::Id,
    say,
    time::Span,
    words,
};

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

/// How many a layout seats, and how long it takes to put it up and away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LayoutCapacity {
    /// The layout.
    pub layout: Layout,
    /// People, 1 or more.
    pub capacity: i32,
    /// Minutes before the start in which it is put up; without, what the room's rules say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub setup_minutes: Option<i32>,
    /// Minutes after the end in which it is put away; without, what the room's rules say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cleanup_minutes: Option<i32>,
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Space {
    /// Its key, by which occupancies hold it.
    pub id: Id,
    /// Its short name.
    pub slug: String,
}

/// A room with all its facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
    /// The picture that an admin gave it.
    pub floor_plan: Option<FloorPlan>,
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
            Some(layout) => self.furnished(layout).map(|l| l.capacity),
        }
    }

    fn furnished(&self, layout: Layout) -> Option<&LayoutCapacity> {
        self.layouts.iter().find(|l| l.layout == layout)
    }

    /// Minutes before and after a stay in which the room is made ready for it and for the next: the layout's own if it has any,
    /// otherwise the room's.
    #[must_use]
    pub fn made_ready(&self, layout: Option<Layout>) -> (i32, i32) {
        let own = layout.and_then(|layout| self.furnished(layout));
        (
            own.and_then(|l| l.setup_minutes).unwrap_or(self.rules.setup_minutes),
            own.and_then(|l| l.cleanup_minutes).unwrap_or(self.rules.cleanup_minutes),
        )
    }

    /// What a stay takes of the room, the time to make it ready included.
    #[must_use]
    pub fn taken_by(&self, stay: Span, layout: Option<Layout>) -> Span {
        let (setup, cleanup) = self.made_ready(layout);
        stay.widened(setup, cleanup)
    }
}

/// What a new room is made from. Spaces that are not known yet are made with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRoom {
    /// Its name in addresses; fixed for good.
    pub slug: Slug,
    /// Its name for people.
    pub name: String,
    /// What it is for.
    pub kind: RoomKind,
    /// The fire limit, staff included; at least what the best layout seats.
    pub max_persons: i32,
    /// The floor of the building.
    pub floor: i32,
    /// For people; may be empty.
    pub description: String,
    /// One layout or more, each once.
    pub layouts: Vec<LayoutCapacity>,
    /// What it has, each once.
    pub equipment: Vec<Slug>,
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
    /// The floor it takes: one space or more, each once.
    pub spaces: Vec<Slug>,
}

/// Changes to some of a room's rules; what is `None` stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RuleChange {
    /// See [`Rules::grid_minutes`].
    pub grid_minutes: Option<i32>,
    /// See [`Rules::min_minutes`].
    pub min_minutes: Option<i32>,
    /// See [`Rules::max_minutes`].
    pub max_minutes: Option<i32>,
    /// See [`Rules::days_ahead`].
    pub days_ahead: Option<i32>,
    /// See [`Rules::cancel_minutes_before`].
    pub cancel_minutes_before: Option<i32>,
    /// See [`Rules::setup_minutes`].
    pub setup_minutes: Option<i32>,
    /// See [`Rules::cleanup_minutes`].
    pub cleanup_minutes: Option<i32>,
}

impl RuleChange {
    /// These rules with the changes in.
    #[must_use]
    pub fn of(self, rules: Rules) -> Rules {
        Rules {
            grid_minutes: self.grid_minutes.unwrap_or(rules.grid_minutes),
            min_minutes: self.min_minutes.unwrap_or(rules.min_minutes),
            max_minutes: self.max_minutes.unwrap_or(rules.max_minutes),
            days_ahead: self.days_ahead.unwrap_or(rules.days_ahead),
            cancel_minutes_before: self.cancel_minutes_before.unwrap_or(rules.cancel_minutes_before),
            setup_minutes: self.setup_minutes.unwrap_or(rules.setup_minutes),
            cleanup_minutes: self.cleanup_minutes.unwrap_or(rules.cleanup_minutes),
        }
    }
}

/// Changes to a room; what is `None` stays. The slug is fixed: addresses and feeds lead there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoomChange {
    /// See [`NewRoom::name`].
    pub name: Option<String>,
    /// See [`NewRoom::kind`].
    pub kind: Option<RoomKind>,
    /// See [`NewRoom::max_persons`].
    pub max_persons: Option<i32>,
    /// See [`NewRoom::floor`].
    pub floor: Option<i32>,
    /// See [`NewRoom::description`].
    pub description: Option<String>,
    /// See [`NewRoom::layouts`].
    pub layouts: Option<Vec<LayoutCapacity>>,
    /// See [`NewRoom::equipment`].
    pub equipment: Option<Vec<Slug>>,
    /// See [`NewRoom::wheelchair_accessible`].
    pub wheelchair_accessible: Option<bool>,
    /// See [`NewRoom::hearing_loop`].
    pub hearing_loop: Option<bool>,
    /// See [`NewRoom::needs_approval`].
    pub needs_approval: Option<bool>,
    /// See [`NewRoom::active`].
    pub active: Option<bool>,
    /// See [`NewRoom::rules`].
    pub rules: RuleChange,
    /// See [`NewRoom::spaces`].
    pub spaces: Option<Vec<Slug>>,
}

impl RoomChange {
    /// This room with the changes in, all but its spaces: those have keys that only the database knows.
    #[must_use]
    pub fn of(&self, room: &Room) -> Room {
        Room {
            name: self.name.clone().unwrap_or_else(|| room.name.clone()),
            kind: self.kind.unwrap_or(room.kind),
            max_persons: self.max_persons.unwrap_or(room.max_persons),
            floor: self.floor.unwrap_or(room.floor),
            description: self.description.clone().unwrap_or_else(|| room.description.clone()),
            layouts: self.layouts.clone().unwrap_or_else(|| room.layouts.clone()),
            equipment: self.equipment.as_ref().map_or_else(|| room.equipment.clone(), |slugs| slugs.iter().map(Slug::to_string).collect()),
            wheelchair_accessible: self.wheelchair_accessible.unwrap_or(room.wheelchair_accessible),
            hearing_loop: self.hearing_loop.unwrap_or(room.hearing_loop),
            needs_approval: self.needs_approval.unwrap_or(room.needs_approval),
            active: self.active.unwrap_or(room.active),
            rules: self.rules.of(room.rules),
            ..room.clone()
        }
    }
}

/// What no single value of a room shows: a layout named twice, a fire limit below what is seated, rules that allow nothing.
#[must_use]
pub fn faults(layouts: &[LayoutCapacity], max_persons: i32, rules: &Rules) -> Vec<Fault> {
    let mut faults = vec![];
    if layouts.is_empty() {
        faults.push(Fault::new("layouts", say!("ska ha minst en möblering", "must have at least one layout")));
    }
    for (i, one) in layouts.iter().enumerate() {
        if layouts.iter().take(i).any(|earlier| earlier.layout == one.layout) {
            let layout = one.layout;
            faults.push(Fault::new(format!("layouts.{i}.layout"), say!("{layout} står redan i listan", "{layout} is in the list already")));
        }
        if one.capacity > max_persons {
            faults.push(Fault::new(
                format!("layouts.{i}.capacity"),
                say!("får inte överstiga max_persons ({max_persons})", "must not exceed max_persons ({max_persons})"),
            ));
        }
    }
    let least = rules.min_minutes;
    if rules.max_minutes < least {
        faults
            .push(Fault::new("rules.max_minutes", say!("ska vara minst min_minutes ({least})", "must be at least min_minutes ({least})")));
    }
    let grid = rules.grid_minutes;
    if rules.max_minutes < grid {
        faults
            .push(Fault::new("rules.max_minutes", say!("ska vara minst grid_minutes ({grid})", "must be at least grid_minutes ({grid})")));
    }
    faults
}

/// The slugs that were named before; each fault names the index of the repetition.
#[must_use]
pub fn repeated(field: &str, slugs: &[Slug]) -> Vec<Fault> {
    let again = slugs.iter().enumerate().filter(|(i, slug)| slugs.iter().take(*i).any(|earlier| earlier == *slug));
    again.map(|(i, slug)| Fault::new(format!("{field}.{i}"), say!("{slug} står redan i listan", "{slug} is in the list already"))).collect()
}

impl NewRoom {
    /// Refuses what no single value shows.
    pub fn check(&self) -> Result<()> {
        let mut all = faults(&self.layouts, self.max_persons, &self.rules);
        all.extend(repeated("equipment", &self.equipment));
        all.extend(repeated("spaces", &self.spaces));
        if self.spaces.is_empty() {
            all.push(Fault::new("spaces", say!("ska ha minst en yta", "must have at least one space")));
        }
        if all.is_empty() { Ok(()) } else { Err(crate::error::Error::Invalid(all)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_seats_no_more_than_may_be_in_it_and_has_each_layout_once() {
        let seats = |layout, capacity| LayoutCapacity { layout, capacity, setup_minutes: None, cleanup_minutes: None };
        let layouts = [seats(Layout::Cinema, 40), seats(Layout::Cafe, 60), seats(Layout::Cinema, 30)];
        let found = faults(&layouts, 50, &Rules { min_minutes: 60, max_minutes: 30, grid_minutes: 45, ..Rules::default() });
        let fields: Vec<&str> = found.iter().map(|f| f.field.as_str()).collect();
        assert_eq!(fields, ["layouts.1.capacity", "layouts.2.layout", "rules.max_minutes", "rules.max_minutes"]);
        assert!(faults(&[seats(Layout::Cinema, 50)], 50, &Rules::default()).is_empty());
        assert_eq!(faults(&[], 50, &Rules::default()).len(), 1);
    }

    #[test]
    fn a_slug_stands_in_a_list_once() {
        let slugs: Vec<Slug> = ["a", "b", "a"].iter().map(|s| s.parse().unwrap()).collect();
        assert_eq!(repeated("spaces", &slugs).first().unwrap().field, "spaces.2");
    }
}
