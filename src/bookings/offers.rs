//! What is free: for the search of a room and for the alternatives to a taken time. The same rules as booking, so that what is
//! offered can be booked.
use std::collections::HashMap;

use super::rules::{Request, admit};
use crate::{
    error::RoomTime,
    id::Id,
    rooms::{Layout, Room, Week},
    time::{Moment, Span, minute_of_day},
};

/// Rooms with their weeks and what is taken of their spaces in a stretch of time.
#[derive(Debug, Clone, Default)]
pub struct House {
    /// The rooms that can be booked.
    pub rooms: Vec<Room>,
    /// Each room's opening hours.
    pub weeks: HashMap<Id, Week>,
    /// What is taken of each space, closures included.
    pub taken: HashMap<Id, Vec<Span>>,
}

/// What somebody wants.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    /// For how long, in seconds.
    pub seconds: i64,
    /// For how many.
    pub people: Option<i32>,
    /// In which layout.
    pub layout: Option<Layout>,
}

impl House {
    fn taken_of(&self, room: &Room) -> Vec<Span> {
        room.spaces.iter().filter_map(|space| self.taken.get(&space.id)).flatten().copied().collect()
    }

    /// Could this stay be booked in this room, rules, set-up and clean-up included?
    #[must_use]
    pub fn admits(&self, room: &Room, stay: Span, wish: &Wish, now: Moment) -> bool {
        let Some(week) = self.weeks.get(&room.id) else { return false };
        let layout = wish.layout.filter(|layout| room.capacity_in(Some(*layout)).is_some());
        if wish.layout.is_some() && layout.is_none() {
            return false;
        }
        let request = Request { room, week, closures: &[], stay, started: false, people: wish.people, layout, organisation: None };
        let needed = room.taken_by(stay, layout);
        !self.taken_of(room).iter().any(|taken| taken.overlaps(needed)) && admit(&request, now).is_empty()
    }

    /// The stretches between `from` and `to` in which a stay of the wished length can be booked, each as long as it can be.
    #[must_use]
    pub fn stretches(&self, room: &Room, window: Span, wish: &Wish, now: Moment) -> Vec<Span> {
        let Some(week) = self.weeks.get(&room.id) else { return vec![] };
        let Some(window) = Span::new(round_up(Ord::max(window.start(), now), room.rules.grid_minutes), window.end()) else { return vec![] };
        // What is taken reaches further by our own set-up after it and clean-up before it.
        let (setup, cleanup) = room.made_ready(wish.layout);
        let blocked: Vec<Span> = self.taken_of(room).into_iter().map(|taken| taken.widened(cleanup, setup)).collect();
        let last = window.end().date().succ_opt().unwrap_or(window.end().date());
        week.spans(window.start().date(), last)
            .into_iter()
            .filter_map(|open| open.intersect(window))
            .flat_map(|open| open.without(&blocked))
            .filter_map(|free| Span::new(round_up(free.start(), room.rules.grid_minutes), round_down(free.end(), room.rules.grid_minutes)))
            .filter(|free| free.seconds() >= wish.seconds)
            // The first stay in it stands for all: the other rules look at length, people and how far ahead.
            .filter(|free| {
                Span::new(free.start(), free.start().plus_seconds(wish.seconds)).is_some_and(|stay| self.admits(room, stay, wish, now))
            })
            .collect()
    }

    /// Up to `most` other ways to have a stay like this: other rooms at the same time, smallest that fits first, then the times
    /// nearest to it in the same room `within` a stretch of time.
    #[must_use]
    pub fn alternatives(&self, wanted: &Room, stay: Span, wish: &Wish, within: Span, now: Moment, most: usize) -> Vec<RoomTime> {
        let mut same_time: Vec<&Room> = self
            .rooms
            .iter()
            .filter(|room| room.id != wanted.id && self.admits(room, stay, &Wish { layout: None, ..*wish }, now))
            .collect();
        same_time.sort_by_key(|room| (room.capacity(), room.slug.clone()));
        let mut offers: Vec<RoomTime> = same_time
            .iter()
            .take(most.min(3))
            .map(|room| RoomTime { room: room.slug.clone(), starts_at: stay.start(), ends_at: stay.end() })
            .collect();
        let mut starts: Vec<Moment> = self
            .stretches(wanted, within, wish, now)
            .into_iter()
            .map(|free| nearest_in(free, stay.start(), wish.seconds, wanted.rules.grid_minutes))
            .collect();
        starts.sort_by_key(|start| (start.seconds_since(stay.start()).abs(), start.unix()));
        for start in starts.into_iter().take(most.saturating_sub(offers.len())) {
            offers.push(RoomTime { room: wanted.slug.clone(), starts_at: start, ends_at: start.plus_seconds(wish.seconds) });
        }
        for room in same_time.iter().skip(most.min(3)).take(most.saturating_sub(offers.len())) {
            offers.push(RoomTime { room: room.slug.clone(), starts_at: stay.start(), ends_at: stay.end() });
        }
        offers
    }
}

/// The start inside a free stretch that is nearest to the wished one.
fn nearest_in(free: Span, wished: Moment, seconds: i64, grid: i32) -> Moment {
    let last = round_down(free.end().plus_seconds(-seconds), grid);
    Ord::max(free.start(), Ord::min(wished, last))
}

fn grid_seconds(grid_minutes: i32) -> i64 {
    i64::from(grid_minutes.max(1)) * 60
}

fn past_grid(at: Moment, grid_minutes: i32) -> i64 {
    (i64::from(minute_of_day(at)) * 60 + at.unix().rem_euclid(60)).rem_euclid(grid_seconds(grid_minutes))
}

/// The first moment of the grid from this one on.
pub(super) fn round_up(at: Moment, grid_minutes: i32) -> Moment {
    match past_grid(at, grid_minutes) {
        0 => at,
        past => at.plus_seconds(grid_seconds(grid_minutes) - past),
    }
}

fn round_down(at: Moment, grid_minutes: i32) -> Moment {
    at.plus_seconds(-past_grid(at, grid_minutes))
}

#[cfg(test)]
mod tests {
    use super::super::rules::tests::{a_room, every_day, span};
    use super::*;

    fn house(rooms: Vec<Room>, taken: &[(usize, Span)]) -> House {
        let weeks = rooms.iter().map(|room| (room.id, every_day())).collect();
        let mut by_space: HashMap<Id, Vec<Span>> = HashMap::new();
        for (i, span) in taken {
            by_space.entry(rooms[*i].spaces[0].id).or_default().push(*span);
        }
        House { rooms, weeks, taken: by_space }
    }
    fn now() -> Moment {
        "2026-11-23T08:00:00+01:00".parse().unwrap()
    }
    const HOUR: Wish = Wish { seconds: 3600, people: Some(5), layout: None };

    #[test]
    fn free_stretches_lie_between_what_is_taken_and_can_all_be_booked() {
        let house = house(
            vec![a_room()],
            &[
                (0, span("2026-11-24T09:00:00+01:00", "2026-11-24T11:00:00+01:00")),
                (0, span("2026-11-24T11:45:00+01:00", "2026-11-24T21:20:00+01:00")),
            ],
        );
        let window = span("2026-11-24T00:00:00+01:00", "2026-11-25T00:00:00+01:00");
        let found = house.stretches(&house.rooms[0], window, &HOUR, now());
        assert_eq!(found, [span("2026-11-24T07:00:00+01:00", "2026-11-24T09:00:00+01:00")]);
        for free in found {
            assert!(house.admits(&house.rooms[0], free, &HOUR, now()));
        }
    }

    #[test]
    fn set_up_and_clean_up_keep_their_distance() {
        let mut room = a_room();
        room.rules.setup_minutes = 30;
        room.rules.cleanup_minutes = 15;
        let house = house(vec![room], &[(0, span("2026-11-24T12:00:00+01:00", "2026-11-24T13:00:00+01:00"))]);
        let window = span("2026-11-24T00:00:00+01:00", "2026-11-25T00:00:00+01:00");
        let found = house.stretches(&house.rooms[0], window, &HOUR, now());
        assert_eq!(
            found,
            [
                span("2026-11-24T07:00:00+01:00", "2026-11-24T11:45:00+01:00"),
                span("2026-11-24T13:30:00+01:00", "2026-11-24T22:00:00+01:00")
            ]
        );
    }

    #[test]
    fn alternatives_are_other_rooms_first_and_then_the_nearest_times() {
        let mut second = a_room();
        second.slug = "konferens-2".into();
        let taken = span("2026-11-24T18:00:00+01:00", "2026-11-24T20:00:00+01:00");
        let house = house(vec![a_room(), second], &[(0, taken)]);
        let stay = span("2026-11-24T18:00:00+01:00", "2026-11-24T19:00:00+01:00");
        let week = span("2026-11-17T18:00:00+01:00", "2026-12-01T19:00:00+01:00");
        let found = house.alternatives(&house.rooms[0], stay, &HOUR, week, now(), 5);
        assert_eq!(found[0].room, "konferens-2");
        assert_eq!(found[1].starts_at, "2026-11-24T17:00:00+01:00".parse().unwrap());
        assert!(found.len() <= 5);
        for offer in &found {
            let room = house.rooms.iter().find(|room| room.slug == offer.room).unwrap();
            assert!(house.admits(room, Span::new(offer.starts_at, offer.ends_at).unwrap(), &HOUR, now()), "{offer:?}");
        }
    }

    #[test]
    fn nothing_is_offered_that_has_begun() {
        let house = house(vec![a_room()], &[]);
        let window = span("2026-11-23T00:00:00+01:00", "2026-11-24T00:00:00+01:00");
        let found = house.stretches(&house.rooms[0], window, &HOUR, "2026-11-23T10:07:00+01:00".parse().unwrap());
        assert_eq!(found, [span("2026-11-23T10:15:00+01:00", "2026-11-23T22:00:00+01:00")]);
    }
}
