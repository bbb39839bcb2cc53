//! What can be had of a series: every date held against the rules, what is taken, and the series' own other dates.
use std::sync::Arc;

use chrono::{Days, NaiveDate};

use super::plan::{Terms, Wish, stay_on};
use crate::{
    bookings::{
        admission::{self, Wanted, conflicts, judge},
        in_house, layout_of, needs_approval, occupancy_store,
        occupancy_store::Owner,
        offers, organisation_for, quotas, with_floor_locked,
    },
    db::Conn,
    error::{Error, Fault, RefusedDate, Result, RoomTime},
    id::Id,
    organisations::Organisation,
    people::Call,
    rooms::{self, Catalogue, Layout, Room, Week},
    say,
    time::{Moment, Span},
};

/// What is said of one date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It can be had.
    Free,
    /// It can't.
    Refused,
    /// Nobody wants it.
    LeftOut,
}

/// A date, where and when it is wanted, and what is said of it.
#[derive(Debug)]
pub struct Planned {
    /// The local date.
    pub date: NaiveDate,
    /// The room.
    pub room: Room,
    /// When; `None` if the clock does not show that time on that date.
    pub stay: Option<Span>,
    /// Was room or time chosen for this date alone?
    pub by_hand: bool,
    /// What is said of it.
    pub verdict: Verdict,
    /// Why it can't be had; empty if it can.
    pub refused: RefusedDate,
}

/// What all dates have in common: for whom, and the rooms that are named.
pub struct Preparation {
    /// For whom.
    pub organisation: Organisation,
    /// The house with its rooms.
    house: Arc<Catalogue>,
    named: Vec<Room>,
}

impl Preparation {
    /// Reads it, and refuses rooms that are not there.
    pub fn read(c: &mut Conn, call: &Call, terms: &Terms) -> Result<Self> {
        let organisation = organisation_for(c, call, terms.organisation_id)?;
        let house = rooms::catalogue(c)?;
        let (mut named, mut faults): (Vec<Room>, Vec<Fault>) = (vec![], vec![]);
        let others = terms.exceptions.iter().enumerate().filter_map(|(i, e)| Some((format!("exceptions.{i}.room"), e.room.as_ref()?)));
        for (field, slug) in std::iter::once(("room".to_owned(), &terms.room)).chain(others) {
            match house.named(slug) {
                Some(room) if named.contains(room) => {}
                Some(room) => named.push(room.clone()),
                None => faults.push(Fault::coded(field, "not_found", say!("finns inte", "does not exist"))),
            }
        }
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let preparation = Self { organisation, house, named };
        layout_of(preparation.room(&terms.room)?, terms.layout)?;
        Ok(preparation)
    }

    /// Locks the floor of all rooms at once, and makes sure that it is still theirs.
    pub fn lock(&mut self, c: &mut Conn) -> Result<()> {
        self.house = with_floor_locked(c, &self.named.iter().collect::<Vec<_>>())?;
        quotas::lock(c, &self.house, &self.organisation)
    }

    /// A room that was named.
    pub fn room(&self, slug: &str) -> Result<&Room> {
        let room = self.named.iter().find(|room| room.slug == slug).ok_or_else(|| Error::internal("a room that nobody named"))?;
        in_house(&self.house, room)
    }
}

/// Holds every date against the rules and what is taken. A date that is free counts as taken for those after it.
pub fn prepare(c: &mut Conn, call: &Call, preparation: &Preparation, terms: &Terms, override_rules: bool) -> Result<Vec<Planned>> {
    let wishes = terms.wishes().map_err(Error::Invalid)?;
    let mut judge = Judge {
        call,
        people: terms.people,
        layout: terms.layout,
        override_rules,
        own: vec![],
        stays: vec![],
        moved: &[],
        version: preparation.house.version.clone(),
        house: None,
    };
    wishes
        .iter()
        .map(|wish| {
            let room = preparation.room(&wish.room)?;
            if wish.left_out {
                let stay = stay_on(wish.date, wish.from, wish.to).ok();
                return Ok(planned(wish, room, stay, Verdict::LeftOut, nothing_against(wish.date)));
            }
            let stay = match stay_on(wish.date, wish.from, wish.to) {
                Ok(stay) => stay,
                Err(violation) => {
                    let refused = RefusedDate { violations: vec![violation], ..nothing_against(wish.date) };
                    return Ok(planned(wish, room, None, Verdict::Refused, refused));
                }
            };
            let refused = judge.date(c, &preparation.organisation, (room, preparation.house.week(room.id)), wish.date, stay)?;
            let verdict = if refused == nothing_against(wish.date) { Verdict::Free } else { Verdict::Refused };
            if verdict == Verdict::Free {
                judge.take(room, stay);
            }
            Ok(planned(wish, room, Some(stay), verdict, refused))
        })
        .collect()
}

fn planned(wish: &Wish, room: &Room, stay: Option<Span>, verdict: Verdict, refused: RefusedDate) -> Planned {
    Planned { date: wish.date, room: room.clone(), stay, by_hand: wish.by_hand, verdict, refused }
}

/// A date of which nothing bad is to be said.
pub fn nothing_against(date: NaiveDate) -> RefusedDate {
    RefusedDate { date, conflicts: vec![], violations: vec![], alternatives: vec![] }
}

/// Judges the dates of one series one after the other.
pub struct Judge<'a> {
    /// Who asks, and when.
    pub call: &'a Call,
    /// How many are expected, if that is known.
    pub people: Option<i32>,
    /// How the room shall be furnished.
    pub layout: Option<Layout>,
    /// Shall broken rules be let pass?
    pub override_rules: bool,
    /// What dates judged before have taken: space, the time it takes, and the stay as it is told.
    pub own: Vec<(Id, Span, RoomTime)>,
    /// The stays of those dates.
    pub stays: Vec<Span>,
    /// The bookings that are to be moved.
    pub moved: &'a [Id],
    /// The version of the house's catalogue.
    pub version: String,
    /// Rooms and hours, read when the first alternative is looked for.
    pub house: Option<offers::House>,
}

impl Judge<'_> {
    /// Counts a stay as taken from now on.
    pub fn take(&mut self, room: &Room, stay: Span) {
        let needed = room.taken_by(stay, self.layout);
        let told = RoomTime { room: room.slug.clone(), starts_at: stay.start(), ends_at: stay.end() };
        self.stays.push(stay);
        self.own.extend(room.spaces.iter().map(|space| (space.id, needed, told.clone())));
    }

    /// What is to be said against a date in a room with these hours; nothing if it is free.
    pub fn date(
        &mut self,
        c: &mut Conn,
        organisation: &Organisation,
        (room, week): (&Room, &Week),
        date: NaiveDate,
        stay: Span,
    ) -> Result<RefusedDate> {
        let (beside, version) = (self.stays.clone(), self.version.clone());
        let wanted = Wanted {
            room,
            week,
            stay,
            started: false,
            people: self.people,
            layout: self.layout.filter(|layout| room.capacity_in(Some(*layout)).is_some()),
            organisation,
            moved: self.moved,
            beside: &beside,
            asks: needs_approval(self.call, room, organisation),
            version: &version,
        };
        let mut verdict = judge(c, &wanted, self.call.now)?;
        if self.override_rules {
            verdict.violations.clear();
        } else {
            // A closure is told once, as a broken rule.
            verdict.in_the_way.retain(|one| !matches!(one.owner, Owner::Closure(_)));
        }
        let mut in_the_way = conflicts(c, room, &verdict.in_the_way)?;
        let needed = room.taken_by(stay, self.layout);
        for (space, span, told) in &self.own {
            if span.overlaps(needed) && room.spaces.iter().any(|own| own.id == *space) && !in_the_way.contains(told) {
                in_the_way.push(told.clone());
            }
        }
        if in_the_way.is_empty() && verdict.violations.is_empty() {
            return Ok(nothing_against(date));
        }
        let alternatives = self.alternatives(c, &wanted, date)?;
        Ok(RefusedDate { date, conflicts: in_the_way, violations: verdict.violations, alternatives })
    }

    /// Other rooms at that time and other times on that day, none of them where the series is itself.
    fn alternatives(&mut self, c: &mut Conn, wanted: &Wanted, date: NaiveDate) -> Result<Vec<RoomTime>> {
        let midnight = Moment::start_of(date.checked_add_days(Days::new(1)).unwrap_or(date));
        let hours = 12 * 3600;
        let start = Moment::start_of(date);
        let (Some(day), Some(window)) =
            (Span::new(start, midnight), Span::new(start.plus_seconds(-hours), Ord::max(midnight, wanted.stay.end()).plus_seconds(hours)))
        else {
            return Ok(vec![]);
        };
        let mut house = match self.house.take() {
            Some(house) => house,
            None => admission::offers_in(c, window, self.moved)?,
        };
        house.taken = occupancy_store::taken(c, window, self.moved)?;
        for (space, span, _) in &self.own {
            house.taken.entry(*space).or_default().push(*span);
        }
        let offers = admission::offers_to(&house, wanted, day, self.call.now);
        self.house = Some(house);
        Ok(offers)
    }
}
