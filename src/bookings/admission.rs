//! Whether a stay can be had: the rules, what is taken, and what is free instead.
use super::{
    approval,
    occupancy_store::{self, Occupancy, Owner},
    offers, quotas, rules,
    rules::Request,
    store,
};
use crate::{
    db::Conn,
    error::{Error, Result, RoomTime, Violation},
    id::Id,
    organisations::Organisation,
    rooms::{self, Layout, Room, Week},
    time::{Moment, Span},
};

/// How many other times and rooms are offered.
const OFFERS: usize = 5;

/// What the rules and the occupancies say of a stay.
pub struct Verdict {
    /// The broken rules.
    pub violations: Vec<Violation>,
    /// What is taken, closures included.
    pub in_the_way: Vec<Occupancy>,
}

/// A stay that somebody wants, with what is known about it.
pub struct Wanted<'a> {
    /// The room.
    pub room: &'a Room,
    /// When it is open.
    pub week: &'a Week,
    /// When.
    pub stay: Span,
    /// Does it run already and keep its start?
    pub started: bool,
    /// How many are expected, if that is known.
    pub people: Option<i32>,
    /// How the room shall be furnished.
    pub layout: Option<Layout>,
    /// For whom.
    pub organisation: &'a Organisation,
    /// The bookings that are to be moved: their own time is not in their way.
    pub moved: &'a [Id],
    /// Other dates of the same series: they use up the quota too.
    pub beside: &'a [Span],
    /// Must an admin say yes to it?
    pub asks: bool,
    /// The version of the catalogue that it is held against; quotas are kept by it.
    pub version: &'a str,
}

/// Asks the rules and looks what is taken.
pub fn judge(c: &mut Conn, wanted: &Wanted, now: Moment) -> Result<Verdict> {
    let room = wanted.room;
    let needed = room.taken_by(wanted.stay, wanted.layout);
    let found = occupancy_store::in_the_way(c, &room.spaces, needed)?;
    let closures: Vec<Span> = found.iter().filter(|o| matches!(o.owner, Owner::Closure(_))).map(|o| o.span).collect();
    let request = Request {
        room,
        week: wanted.week,
        closures: &closures,
        stay: wanted.stay,
        started: wanted.started,
        people: wanted.people,
        layout: wanted.layout,
        organisation: Some(wanted.organisation.status),
    };
    let mut violations = rules::admit(&request, now);
    violations.extend(quotas::broken(c, wanted, now)?);
    if wanted.asks {
        violations.extend(approval::past_cutoff(c, wanted.stay, now)?);
    }
    let in_the_way = found.into_iter().filter(|o| !wanted.moved.iter().any(|id| o.owner == Owner::Booking(*id))).collect();
    Ok(Verdict { violations, in_the_way })
}

/// What is in the way, each booking once, in the room that it is in.
pub fn conflicts(c: &mut Conn, room: &Room, in_the_way: &[Occupancy]) -> Result<Vec<RoomTime>> {
    let ids: Vec<Id> = in_the_way.iter().filter_map(|o| if let Owner::Booking(id) = o.owner { Some(id) } else { None }).collect();
    let slugs = store::rooms_of(c, &ids)?;
    let mut told: Vec<RoomTime> = vec![];
    for one in in_the_way {
        let slug = match one.owner {
            Owner::Booking(id) => slugs.get(&id).unwrap_or(&room.slug),
            Owner::Closure(_) | Owner::Offer(_) => &room.slug,
        };
        let time = RoomTime { room: slug.clone(), starts_at: one.span.start(), ends_at: one.span.end() };
        if !told.contains(&time) {
            told.push(time);
        }
    }
    Ok(told)
}

/// What is free instead, within a week either way.
pub fn alternatives(c: &mut Conn, wanted: &Wanted, now: Moment) -> Result<Vec<RoomTime>> {
    let (day, week) = (24 * 3600, 7 * 24 * 3600);
    let around = |seconds: i64| Span::new(wanted.stay.start().plus_seconds(-seconds), wanted.stay.end().plus_seconds(seconds));
    let (Some(within), Some(window)) = (around(week), around(week + day)) else { return Ok(vec![]) };
    Ok(offers_to(&offers_in(c, window, wanted.moved)?, wanted, within, now))
}

/// What is free instead in a house of which everything near is known.
pub fn offers_to(house: &offers::House, wanted: &Wanted, within: Span, now: Moment) -> Vec<RoomTime> {
    let wish = offers::Wish { seconds: wanted.stay.seconds(), people: wanted.people, layout: wanted.layout };
    house.alternatives(wanted.room, wanted.stay, &wish, within, now, OFFERS)
}

/// The rooms that can be booked and what is taken of them in a stretch of time.
pub fn offers_in(c: &mut Conn, window: Span, but: &[Id]) -> Result<offers::House> {
    let house = rooms::catalogue(c)?;
    let rooms: Vec<Room> = house.rooms.iter().filter(|room| room.active).cloned().collect();
    let weeks = rooms.iter().map(|room| (room.id, house.week(room.id).clone())).collect();
    Ok(offers::House { weeks, taken: occupancy_store::taken(c, window, but)?, rooms })
}

/// Refuses what is against the rules (unless they are overridden) or taken.
pub fn admit(c: &mut Conn, wanted: &Wanted, override_rules: bool, now: Moment) -> Result<()> {
    let verdict = judge(c, wanted, now)?;
    if !verdict.violations.is_empty() && !override_rules {
        return Err(Error::Violations(verdict.violations));
    }
    // Under an override a closure is no broken rule but a taken time: nobody can double-book.
    let blocking: Vec<Occupancy> = verdict.in_the_way;
    if blocking.is_empty() {
        return Ok(());
    }
    Err(Error::Taken { conflicts: conflicts(c, wanted.room, &blocking)?, alternatives: alternatives(c, wanted, now)? })
}
