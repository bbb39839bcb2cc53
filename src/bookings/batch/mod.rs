//! Many bookings at once, each with its own title, room and time: what another calendar held becomes bookings, by the same rules as
//! any other. One transaction, one letter.
pub mod api;

use std::collections::BTreeSet;

use serde_json::json;

use super::{
    Booking, Draft, Status, layout_of, letters, needs_approval, no_such_room,
    occupancy_store::{self, Owner},
    organisation_for,
    placing::{Place, place},
    quotas,
    series::judging::{Judge, nothing_against},
    staff, store, with_floor_locked,
};
use crate::{
    audit,
    db::Conn,
    error::{Error, Fault, RefusedDate, Result},
    id::Id,
    mail::{self, Letter, SeriesFacts, SeriesOccasion},
    organisations::Organisation,
    people::Call,
    rooms::{self, Catalogue, Layout, Room},
    say,
    time::Span,
};

/// How many bookings one request may make: as many as a series has dates.
pub const MOST: usize = 200;

/// One booking that is wanted.
#[derive(Debug, Clone)]
pub struct Item {
    /// What it is called.
    pub title: String,
    /// The room's slug.
    pub room: String,
    /// When.
    pub stay: Span,
}

/// What is wanted, and what all of it has in common.
#[derive(Debug, Clone)]
pub struct Terms {
    /// For whom.
    pub organisation_id: Id,
    /// How many are expected at each, if that is known.
    pub people: Option<i32>,
    /// How the rooms shall be furnished; a room that does not offer it takes it as it stands.
    pub layout: Option<Layout>,
    /// The bookings.
    pub items: Vec<Item>,
}

/// What is said of one of them.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It can be had.
    Free,
    /// It can't.
    Refused(RefusedDate),
    /// The organisation has booked this room for this time already: the same file read twice books nothing twice.
    AlreadyBooked,
}

/// What booking them would answer; books nothing.
#[derive(Debug)]
pub struct Preview {
    /// Would an admin have to say yes to any of them?
    pub needs_approval: bool,
    /// In the order of the question.
    pub verdicts: Vec<Verdict>,
}

/// What became of them.
#[derive(Debug)]
pub struct Outcome {
    /// What was booked, by start.
    pub bookings: Vec<Booking>,
    /// What was not: its place in the question and why.
    pub skipped: Vec<(usize, Verdict)>,
}

/// For whom, and the rooms that are named.
struct Preparation {
    organisation: Organisation,
    house: std::sync::Arc<Catalogue>,
}

impl Preparation {
    fn read(c: &mut Conn, call: &Call, terms: &Terms) -> Result<Self> {
        let organisation = organisation_for(c, call, terms.organisation_id)?;
        let house = rooms::catalogue(c)?;
        let unknown = |(i, item): (usize, &Item)| house.named(&item.room).is_none().then(|| format!("bookings.{i}.room"));
        let faults: Vec<Fault> = terms
            .items
            .iter()
            .enumerate()
            .filter_map(unknown)
            .map(|field| Fault::coded(field, "not_found", say!("finns inte", "does not exist")))
            .collect();
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let preparation = Self { organisation, house };
        if let (Some(layout), rooms) = (terms.layout, preparation.rooms(terms)?)
            && let Some(first) = rooms.first()
            && !rooms.iter().any(|room| room.capacity_in(Some(layout)).is_some())
        {
            layout_of(first, Some(layout))?;
        }
        Ok(preparation)
    }

    fn room(&self, slug: &str) -> Result<&Room> {
        self.house.named(slug).ok_or_else(no_such_room)
    }

    /// Each room once.
    fn rooms(&self, terms: &Terms) -> Result<Vec<&Room>> {
        let slugs: BTreeSet<&str> = terms.items.iter().map(|item| item.room.as_str()).collect();
        slugs.into_iter().map(|slug| self.room(slug)).collect()
    }

    /// Locks the floor of all rooms at once; another state of the house than the one that was read is asked for anew.
    fn lock(&mut self, c: &mut Conn, terms: &Terms) -> Result<()> {
        self.house = with_floor_locked(c, &self.rooms(terms)?)?;
        quotas::lock(c, &self.house, &self.organisation)
    }

    /// Holds each against the rules, what is taken and those before it.
    fn judge(&self, c: &mut Conn, call: &Call, terms: &Terms) -> Result<Vec<Verdict>> {
        let mut judge = Judge {
            call,
            people: terms.people,
            layout: terms.layout,
            override_rules: false,
            own: vec![],
            stays: vec![],
            moved: &[],
            version: self.house.version.clone(),
            house: None,
        };
        terms
            .items
            .iter()
            .map(|item| {
                let room = self.room(&item.room)?;
                let date = item.stay.start().date();
                let refused = judge.date(c, &self.organisation, (room, self.house.week(room.id)), date, item.stay)?;
                if refused == nothing_against(date) {
                    judge.take(room, item.stay);
                    return Ok(Verdict::Free);
                }
                let already = !refused.conflicts.is_empty() && has(c, &self.organisation, room, item.stay)?;
                Ok(if already { Verdict::AlreadyBooked } else { Verdict::Refused(refused) })
            })
            .collect()
    }
}

/// Has the organisation this room for exactly this time?
fn has(c: &mut Conn, organisation: &Organisation, room: &Room, stay: Span) -> Result<bool> {
    let taken = occupancy_store::in_the_way(c, &room.spaces, stay)?;
    let ids: Vec<Id> = taken.iter().filter_map(|one| if let Owner::Booking(id) = one.owner { Some(id) } else { None }).collect();
    let same = |one: &Booking| one.organisation_id == organisation.id && one.room_id == room.id && one.stay == stay;
    Ok(store::by_ids(c, &ids)?.iter().any(same))
}

/// Asks what booking them would answer.
pub fn preview(c: &mut Conn, call: &Call, terms: &Terms) -> Result<Preview> {
    let preparation = Preparation::read(c, call, terms)?;
    let needs_approval = preparation.rooms(terms)?.iter().any(|room| needs_approval(call, room, &preparation.organisation));
    Ok(Preview { needs_approval, verdicts: preparation.judge(c, call, terms)? })
}

/// Books all of them, or with `skip` those that can be had; what is booked already is let be. `common` gives what the items don't say.
pub fn book(c: &mut Conn, call: &Call, terms: &Terms, common: &Draft, skip: bool) -> Result<Outcome> {
    let mut preparation = Preparation::read(c, call, terms)?;
    preparation.lock(c, terms)?;
    let verdicts = preparation.judge(c, call, terms)?;
    let refused: Vec<RefusedDate> =
        verdicts.iter().filter_map(|verdict| if let Verdict::Refused(date) = verdict { Some(date.clone()) } else { None }).collect();
    if !refused.is_empty() && (!skip || !verdicts.contains(&Verdict::Free)) {
        return Err(Error::DatesRefused(refused));
    }
    let organiser = staff::organiser(c, call, &preparation.organisation, common.on_behalf_of)?;
    let (mut bookings, mut skipped): (Vec<Booking>, Vec<(usize, Verdict)>) = (vec![], vec![]);
    for (i, (item, verdict)) in terms.items.iter().zip(verdicts).enumerate() {
        if verdict != Verdict::Free {
            skipped.push((i, verdict));
            continue;
        }
        let room = preparation.room(&item.room)?;
        let draft = Draft { title: item.title.clone(), ..common.clone() };
        let there = Place { room, stay: item.stay, organisation: &preparation.organisation, series: None, organiser: &organiser };
        let booking = place(c, call, &there, &draft)?;
        audit::record(c, &call.by(), "booked", "booking", Some(booking.id.to_string()), None, Some(booking.trace()))?;
        bookings.push(booking);
    }
    bookings.sort_by_key(|booking| (booking.stay.start(), booking.id));
    if bookings.is_empty() {
        return Ok(Outcome { bookings, skipped });
    }
    staff::remember(c, call, &bookings, None)?;
    tell(c, call, &bookings)?;
    audit::record(
        c,
        &call.by(),
        "booked_many",
        "organisation",
        Some(preparation.organisation.id.to_string()),
        None,
        Some(json!({"booked": bookings.len(), "skipped": skipped.len()})),
    )?;
    Ok(Outcome { bookings, skipped })
}

/// One letter about all of them.
fn tell(c: &mut Conn, call: &Call, bookings: &[Booking]) -> Result<()> {
    let Some(first) = bookings.first() else { return Ok(()) };
    let Some(to) = letters::recipient(c, call, first)? else { return Ok(()) };
    let waits = bookings.iter().any(|booking| booking.status == Status::Pending);
    let facts = SeriesFacts {
        series: None,
        title: first.title.clone(),
        organisation: first.organisation_name.clone(),
        participants: first.expected_participants,
        lines: bookings.iter().map(|booking| letters::line(None, booking)).collect(),
        untouched: vec![],
        lapses_at: bookings.iter().filter_map(|booking| booking.lapses_at).min(),
    };
    let occasion = if waits { SeriesOccasion::Received } else { SeriesOccasion::Confirmed };
    mail::enqueue(c, &call.house, &to, &Letter::Series { occasion, facts, reason: None }, None, &call.by())?;
    Ok(())
}
