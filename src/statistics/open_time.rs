//! When rooms, pieces of floor and the house could be used: opening hours without closures, as far as that time has come.
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::{
    id::Id,
    rooms::{Room, Week},
    time::{Moment, Month, Span},
};

/// A stretch of time in which rooms were closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// When.
    pub span: Span,
    /// All rooms and the door.
    pub whole_house: bool,
    /// Otherwise these rooms.
    pub rooms: Vec<Id>,
}

/// The rooms and their hours.
#[derive(Debug)]
pub struct OpenTime {
    rooms: Vec<Room>,
    weeks: HashMap<Id, Week>,
    house: Week,
    house_closed: Vec<Span>,
    closed: BTreeMap<Id, Vec<Span>>,
    now: Moment,
}

impl OpenTime {
    /// Of all rooms (those out of use too: they have a history), their weeks, the house's week and the closures.
    #[must_use]
    pub fn new(rooms: Vec<Room>, weeks: HashMap<Id, Week>, house: Week, closures: &[Closed], now: Moment) -> Self {
        let mut closed: BTreeMap<Id, Vec<Span>> = BTreeMap::new();
        for room in &rooms {
            for space in &room.spaces {
                let of_space = closures.iter().filter(|c| c.whole_house || c.rooms.contains(&room.id)).map(|c| c.span);
                closed.entry(space.id).or_default().extend(of_space);
            }
        }
        let house_closed = closures.iter().filter(|c| c.whole_house).map(|c| c.span).collect();
        Self { rooms, weeks, house, house_closed, closed, now }
    }

    /// All rooms, those out of use too.
    #[must_use]
    pub fn rooms(&self) -> &[Room] {
        &self.rooms
    }

    /// The floor of the rooms that can be booked.
    #[must_use]
    pub fn spaces(&self) -> Vec<Id> {
        let of_rooms: BTreeSet<Id> = self.rooms.iter().filter(|r| r.active).flat_map(|r| &r.spaces).map(|s| s.id).collect();
        of_rooms.into_iter().collect()
    }

    fn week_of(&self, room: &Room, month: Month) -> Vec<Span> {
        let week = self.weeks.get(&room.id).unwrap_or(&self.house);
        self.so_far(week.spans(month.first_day(), month.next().first_day()))
    }

    fn so_far(&self, spans: Vec<Span>) -> Vec<Span> {
        spans.into_iter().filter_map(|span| Span::new(span.start(), span.end().min(self.now))).collect()
    }

    fn without_closures(&self, space: Id, spans: &[Span]) -> Vec<Span> {
        let closed = self.closed.get(&space).map_or(&[][..], Vec::as_slice);
        spans.iter().flat_map(|span| span.without(closed)).collect()
    }

    /// When a room was open: in its hours, while any of its spaces was not closed.
    #[must_use]
    pub fn of_room(&self, room: &Room, month: Month) -> Vec<Span> {
        let week = self.week_of(room, month);
        union(room.spaces.iter().flat_map(|space| self.without_closures(space.id, &week)).collect())
    }

    /// When a piece of floor was open: in the hours of any room that takes it and can be booked.
    #[must_use]
    pub fn of_space(&self, space: Id, month: Month) -> Vec<Span> {
        let holders = self.rooms.iter().filter(|r| r.active && r.spaces.iter().any(|s| s.id == space));
        let hours = union(holders.flat_map(|room| self.week_of(room, month)).collect());
        self.without_closures(space, &hours)
    }

    /// The house's open time, cut at every full hour: Stockholm's clock is whole hours away from UTC, so both cut alike.
    #[must_use]
    pub fn hours_of_house(&self, month: Month) -> Vec<Span> {
        let open = self.so_far(self.house.spans(month.first_day(), month.next().first_day()));
        open.iter().flat_map(|span| span.without(&self.house_closed)).flat_map(by_the_hour).collect()
    }
}

/// Spans that overlap or touch, joined.
fn union(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort();
    let mut joined: Vec<Span> = vec![];
    for next in spans {
        match joined.last_mut() {
            Some(last) if next.start() <= last.end() => {
                if let Some(both) = Span::new(last.start(), Ord::max(last.end(), next.end())) {
                    *last = both;
                }
            }
            _ => joined.push(next),
        }
    }
    joined
}

fn by_the_hour(span: Span) -> Vec<Span> {
    let first = span.start().unix() - span.start().unix().rem_euclid(3600);
    let mut hours = vec![];
    let mut hour = first;
    while hour < span.end().unix() {
        hours.extend(Span::new(Moment::from_unix(hour), Moment::from_unix(hour + 3600)).and_then(|whole| whole.intersect(span)));
        hour += 3600;
    }
    hours
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: i64, to: i64) -> Span {
        Span::new(Moment::from_unix(from), Moment::from_unix(to)).unwrap()
    }

    #[test]
    fn a_union_counts_every_instant_once() {
        assert_eq!(union(vec![span(5, 9), span(0, 3), span(3, 4), span(6, 7)]), [span(0, 4), span(5, 9)]);
    }

    #[test]
    fn open_time_is_cut_at_full_hours() {
        assert_eq!(by_the_hour(span(1800, 7200)), [span(1800, 3600), span(3600, 7200)]);
        assert_eq!(by_the_hour(span(3600, 5400)), [span(3600, 5400)]);
    }
}
