//! Who is in the house now: in minus out plus corrections since the house last closed, and in which room.
//!
//! The sum does not depend on the order in which counts arrive: two desks and a queue that was offline add up.
use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::Days;

use crate::{
    bookings::Status,
    id::Id,
    rooms::Week,
    time::{Moment, Span},
};

/// After its end a gathering still holds its room this long, unless the next one has begun there: nobody leaves at the stroke.
const LINGER_MINUTES: i64 = 30;

/// From when on counts matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watch {
    /// When the house last closed.
    pub closed_at: Moment,
    /// When it opened again, if it is open.
    pub opened_at: Option<Moment>,
}

impl Watch {
    /// What the week says about `now`. A house that never closes, or never opens, counts from midnight.
    #[must_use]
    pub fn of(week: &Week, now: Moment) -> Self {
        let today = now.date();
        // A closing lies at most a week back, or there is none.
        let from = today.checked_sub_days(Days::new(8)).unwrap_or(today);
        let to = today.checked_add_days(Days::new(2)).unwrap_or(today);
        let spans = week.spans(from, to);
        let closed_at = spans.iter().map(|span| span.end()).filter(|end| *end <= now).max().unwrap_or_else(|| Moment::start_of(today));
        let opened_at = spans.iter().map(|span| span.start()).find(|start| *start > closed_at && *start <= now);
        Self { closed_at, opened_at }
    }
}

/// In minus out plus corrections.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Balance {
    /// While the house was closed.
    pub closed: i64,
    /// Since it opened.
    pub open: i64,
}

impl Balance {
    /// People here. Those who leave after closing are no longer in any figure, so what they take away below 0 must not be missing
    /// from tomorrow's.
    #[must_use]
    pub fn people(self) -> i64 {
        (self.closed.max(0) + self.open).max(0)
    }
}

/// A booking, as far as reception needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gathering {
    /// The booking's key.
    pub booking_id: Id,
    /// Its number for people.
    pub reference: String,
    /// What it is called.
    pub title: String,
    /// The room's slug.
    pub room: String,
    /// The room's name.
    pub room_name: String,
    /// Whose it is: key and name.
    pub organisation: (Id, String),
    /// From when to when.
    pub stay: Span,
    /// How many are expected.
    pub expected: i32,
    /// Its status by now.
    pub status: Status,
    /// When somebody said that people have come.
    pub checked_in_at: Option<Moment>,
}

impl Gathering {
    fn is_on(&self, now: Moment) -> bool {
        self.stay.start() <= now && now < self.stay.end() && self.status.occupies()
    }
}

/// Where a room's figure comes from, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// People were counted.
    Counted,
    /// Nobody was counted for a gathering, but somebody said that people have come: as many as it expects.
    CheckedIn,
    /// A gathering is on and nobody was counted for it: as many as it expects.
    Expected,
}

impl Source {
    /// Its word in answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::CheckedIn => "checked_in",
            Self::Expected => "expected",
        }
    }
}

/// A room with people in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomPresence {
    /// The room's slug.
    pub room: String,
    /// The room's name.
    pub name: String,
    /// How many.
    pub people: i64,
    /// How that is known.
    pub source: Source,
}

/// Who is in the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presence {
    /// When.
    pub at: Moment,
    /// Counted people in the building.
    pub total: i64,
    /// Room by room.
    pub by_room: Vec<RoomPresence>,
    /// Gathering by gathering, with its counted people.
    pub by_gathering: Vec<(Gathering, i64)>,
    /// Counted people of whom no room is known.
    pub unplaced: i64,
}

/// Puts the counts into rooms. `counted` holds every gathering for which anybody was counted since the house closed,
/// `gatherings` those and the ones that are on.
#[must_use]
pub fn presence(now: Moment, house: Balance, counted: &HashMap<Id, Balance>, mut gatherings: Vec<Gathering>) -> Presence {
    gatherings.sort_by(|a, b| (&a.room, a.stay, a.booking_id).cmp(&(&b.room, b.stay, b.booking_id)));
    let taken: HashSet<String> = gatherings.iter().filter(|g| g.is_on(now)).map(|g| g.room.clone()).collect();
    let mut rooms: BTreeMap<String, RoomPresence> = BTreeMap::new();
    let mut by_gathering = vec![];
    let mut placed = 0_i64;
    for gathering in gatherings {
        let on = gathering.is_on(now);
        let lingers = !taken.contains(&gathering.room) && now < gathering.stay.end().plus_minutes(LINGER_MINUTES);
        if !(on || gathering.stay.start() > now || lingers) {
            continue;
        }
        let here = counted.get(&gathering.booking_id).map(|balance| balance.people());
        let (people, source) = match here {
            Some(people) => (people, Source::Counted),
            None if gathering.checked_in_at.is_some() => (i64::from(gathering.expected), Source::CheckedIn),
            None => (i64::from(gathering.expected), Source::Expected),
        };
        if !on && here.unwrap_or(0) == 0 {
            continue;
        }
        placed += here.unwrap_or(0);
        let room = rooms.entry(gathering.room.clone()).or_insert_with(|| RoomPresence {
            room: gathering.room.clone(),
            name: gathering.room_name.clone(),
            people: 0,
            source,
        });
        room.people += people;
        // A figure is no surer than its least sure part.
        room.source = room.source.max(source);
        by_gathering.push((gathering, here.unwrap_or(0)));
    }
    let total = house.people();
    Presence { at: now, total, by_room: rooms.into_values().collect(), by_gathering, unplaced: (total - placed).max(0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rooms::Stretch;

    fn at(text: &str) -> Moment {
        text.parse().unwrap()
    }

    fn every_day(opens: &str, closes: &str) -> Week {
        let stretch = |weekday| Stretch { weekday, opens: opens.parse().unwrap(), closes: closes.parse().unwrap() };
        Week::new((1..=7).map(stretch).collect())
    }

    fn gathering(room: &str, from: &str, to: &str, expected: i32) -> Gathering {
        Gathering {
            booking_id: Id::new(),
            reference: "N21-000000".into(),
            title: "Språkkafé".into(),
            room: room.into(),
            room_name: room.to_uppercase(),
            organisation: (Id::new(), "Limhamns språkkafé".into()),
            stay: Span::new(at(from), at(to)).unwrap(),
            expected,
            status: Status::Confirmed,
            checked_in_at: None,
        }
    }

    const SIX: &str = "2026-11-24T18:00:00+01:00";
    const EIGHT: &str = "2026-11-24T20:00:00+01:00";
    const TEN: &str = "2026-11-24T22:00:00+01:00";

    fn counts(of: &[(&Gathering, i64)]) -> HashMap<Id, Balance> {
        of.iter().map(|(g, open)| (g.booking_id, Balance { closed: 0, open: *open })).collect()
    }

    #[test]
    fn the_watch_begins_when_the_house_last_closed() {
        let week = every_day("07:00", "22:00");
        let evening = Watch::of(&week, at("2026-11-24T21:59:59+01:00"));
        assert_eq!(evening, Watch { closed_at: at("2026-11-23T22:00:00+01:00"), opened_at: Some(at("2026-11-24T07:00:00+01:00")) });
        let closed = Watch::of(&week, at("2026-11-24T22:00:00+01:00"));
        assert_eq!(closed, Watch { closed_at: at("2026-11-24T22:00:00+01:00"), opened_at: None });
        let early = Watch::of(&week, at("2026-11-25T06:59:59+01:00"));
        assert_eq!(early, closed);
    }

    #[test]
    fn a_weekend_that_is_closed_is_looked_across_and_the_clock_change_too() {
        let stretch = |weekday| Stretch { weekday, opens: "07:00".parse().unwrap(), closes: "22:00".parse().unwrap() };
        let weekdays = Week::new((1..=5).map(stretch).collect());
        assert_eq!(Watch::of(&weekdays, at("2026-10-26T06:00:00+01:00")).closed_at, at("2026-10-23T22:00:00+02:00"));
    }

    #[test]
    fn a_house_that_never_closes_or_never_opens_counts_from_midnight() {
        for week in [every_day("00:00", "24:00"), Week::default()] {
            let watch = Watch::of(&week, at("2026-11-24T18:00:00+01:00"));
            assert_eq!(watch, Watch { closed_at: at("2026-11-24T00:00:00+01:00"), opened_at: None });
        }
    }

    #[test]
    fn nobody_is_counted_below_zero_and_leaving_after_closing_takes_nothing_from_the_morning() {
        assert_eq!(Balance { closed: 0, open: -3 }.people(), 0);
        assert_eq!(Balance { closed: -5, open: 3 }.people(), 3);
        assert_eq!(Balance { closed: 2, open: 3 }.people(), 5);
        assert_eq!(Balance { closed: 2, open: -9 }.people(), 0);
    }

    #[test]
    fn a_gathering_that_is_on_fills_its_room_by_count_or_else_by_what_it_expects() {
        let (counted, uncounted) = (gathering("aulan", SIX, EIGHT, 40), gathering("kafeet", SIX, EIGHT, 25));
        let counts = counts(&[(&counted, 4)]);
        let house = Balance { closed: 0, open: 23 };
        let seen = presence(at("2026-11-24T18:05:00+01:00"), house, &counts, vec![uncounted, counted]);
        let rooms: Vec<_> = seen.by_room.iter().map(|r| (r.room.as_str(), r.people, r.source)).collect();
        assert_eq!(rooms, [("aulan", 4, Source::Counted), ("kafeet", 25, Source::Expected)]);
        assert_eq!((seen.total, seen.unplaced), (23, 19));
        assert_eq!(seen.by_gathering.iter().map(|(_, people)| *people).collect::<Vec<_>>(), [4, 0]);
    }

    #[test]
    fn those_who_came_early_are_in_the_room_already() {
        let later = gathering("aulan", EIGHT, TEN, 40);
        let seen = presence(at("2026-11-24T19:50:00+01:00"), Balance { closed: 0, open: 6 }, &counts(&[(&later, 6)]), vec![later]);
        assert_eq!((seen.by_room.len(), seen.unplaced), (1, 0));
    }

    #[test]
    fn who_was_checked_in_but_not_counted_is_as_many_as_expected_and_says_so() {
        let mut here = gathering("aulan", SIX, EIGHT, 40);
        here.checked_in_at = Some(at(SIX));
        let not = gathering("aulan", SIX, EIGHT, 10);
        let alone = presence(at(SIX), Balance::default(), &HashMap::new(), vec![here.clone()]);
        assert_eq!((alone.by_room[0].people, alone.by_room[0].source, alone.total), (40, Source::CheckedIn, 0));
        let both = presence(at(SIX), Balance::default(), &HashMap::new(), vec![here, not]);
        assert_eq!((both.by_room[0].people, both.by_room[0].source), (50, Source::Expected), "no surer than the least sure part");
    }

    #[test]
    fn after_the_end_people_linger_until_the_next_gathering_begins() {
        let (first, next) = (gathering("aulan", SIX, EIGHT, 40), gathering("aulan", EIGHT, TEN, 10));
        let counts = counts(&[(&first, 30)]);
        let house = Balance { closed: 0, open: 30 };
        let alone = |time: &str| presence(at(time), house, &counts, vec![first.clone()]);
        assert_eq!(alone("2026-11-24T20:29:59+01:00").unplaced, 0);
        assert_eq!(alone("2026-11-24T20:30:00+01:00").unplaced, 30);
        let both = presence(at(EIGHT), house, &counts, vec![first.clone(), next]);
        assert_eq!((both.by_room[0].people, both.by_room[0].source, both.unplaced), (10, Source::Expected, 30));
    }

    #[test]
    fn more_counted_for_gatherings_than_are_in_the_house_leaves_nobody_unplaced() {
        let one = gathering("aulan", SIX, EIGHT, 40);
        let seen = presence(at(SIX), Balance { closed: 0, open: 2 }, &counts(&[(&one, 5)]), vec![one]);
        assert_eq!((seen.total, seen.by_room[0].people, seen.unplaced), (2, 5, 0));
    }
}
