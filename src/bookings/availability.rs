//! Finding a room: which fit, when they are free, and why.
use serde::Serialize;

use super::{
    admission::offers_in,
    offers::{House, Wish},
};
use crate::{
    db::Conn,
    error::Result,
    rooms::{Layout, Room},
    time::{Moment, Span},
};

/// How far ahead the next free time is looked for, in seconds.
const NEXT_FREE_SECONDS: i64 = 31 * 24 * 3600;

/// What somebody looks for.
#[derive(Debug, Clone)]
pub struct Search {
    /// When.
    pub window: Span,
    /// How long the stay is to be.
    pub minutes: i32,
    /// How many are to fit.
    pub people: Option<i32>,
    /// In which layout.
    pub layout: Option<Layout>,
    /// What has to be there.
    pub equipment: Vec<String>,
    /// Only rooms that a wheelchair reaches.
    pub wheelchair: bool,
    /// Only rooms with a hearing loop.
    pub hearing_loop: bool,
    /// Only these rooms; empty is all.
    pub rooms: Vec<String>,
}

/// A room that fits.
#[derive(Debug, Clone, Serialize)]
pub struct Fit {
    /// The room's slug.
    pub room: String,
    /// Its name.
    pub name: String,
    /// What its best layout seats.
    pub capacity: i32,
    /// The layouts in which so many fit.
    pub layout_fits: Vec<Layout>,
    /// Why it fits.
    pub reasons: Vec<&'static str>,
    /// The free stretches.
    pub stretches: Vec<Free>,
    /// The first stay of that length.
    pub next_free: Option<Free>,
}

/// A free stretch.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Free {
    /// From.
    pub starts_at: Moment,
    /// To.
    pub ends_at: Moment,
}

impl From<Span> for Free {
    fn from(span: Span) -> Self {
        Self { starts_at: span.start(), ends_at: span.end() }
    }
}

impl Search {
    fn fits(&self, room: &Room) -> bool {
        let people = self.people.unwrap_or(1);
        let layouts = self.layouts(room);
        !layouts.is_empty()
            && people <= room.max_persons
            && self.equipment.iter().all(|wanted| room.equipment.contains(wanted))
            && (!self.wheelchair || room.wheelchair_accessible)
            && (!self.hearing_loop || room.hearing_loop)
            && (self.rooms.is_empty() || self.rooms.contains(&room.slug))
    }

    fn layouts(&self, room: &Room) -> Vec<Layout> {
        let people = self.people.unwrap_or(1);
        room.layouts
            .iter()
            .filter(|l| l.capacity >= people && self.layout.is_none_or(|wanted| wanted == l.layout))
            .map(|l| l.layout)
            .collect()
    }

    fn reasons(&self, room: &Room, smallest: bool) -> Vec<&'static str> {
        [
            (self.people.is_some(), "capacity"),
            (self.layout.is_some(), "layout"),
            (!self.equipment.is_empty(), "equipment"),
            (self.wheelchair, "wheelchair_accessible"),
            (self.hearing_loop, "hearing_loop"),
            (smallest, "smallest_that_fits"),
            (!room.needs_approval, "no_approval_needed"),
        ]
        .into_iter()
        .filter_map(|(said, reason)| said.then_some(reason))
        .collect()
    }
}

/// The rooms that fit, smallest first, each with its free stretches.
pub fn search(c: &mut Conn, search: &Search, now: Moment) -> Result<Vec<Fit>> {
    let from = Ord::max(search.window.start(), now);
    let ahead = Span::new(from, Ord::max(from.plus_seconds(NEXT_FREE_SECONDS), search.window.end()));
    let Some(ahead) = ahead else { return Ok(vec![]) };
    let mut house = offers_in(c, ahead, &[])?;
    let mut rooms = std::mem::take(&mut house.rooms);
    rooms.retain(|room| search.fits(room));
    rooms.sort_by_key(|room| (room.capacity(), room.slug.clone()));
    let smallest = rooms.first().map(Room::capacity);
    Ok(rooms.iter().map(|room| fit(&house, room, search, ahead, Some(room.capacity()) == smallest, now)).collect())
}

fn fit(house: &House, room: &Room, search: &Search, ahead: Span, smallest: bool, now: Moment) -> Fit {
    let seconds = i64::from(search.minutes) * 60;
    let wish = Wish { seconds, people: search.people, layout: search.layout };
    let stretches = house.stretches(room, search.window, &wish, now);
    let next = stretches.first().copied().or_else(|| house.stretches(room, ahead, &wish, now).first().copied());
    Fit {
        room: room.slug.clone(),
        name: room.name.clone(),
        capacity: room.capacity(),
        layout_fits: search.layouts(room),
        reasons: search.reasons(room, smallest),
        stretches: stretches.into_iter().map(Free::from).collect(),
        next_free: next.map(|free| Free { starts_at: free.start(), ends_at: free.start().plus_seconds(seconds) }),
    }
}
