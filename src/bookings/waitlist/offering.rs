//! Offering time that fell free to whoever waits for it.
use super::{
    entry::{Entry, Offer, State},
    record, store,
};
use crate::{
    audit::By,
    bookings::{
        admission::{Wanted, judge},
        freeing::Occasion,
        letters::recipient_for,
        occupancy_store::{self, Occupancy, Owner},
        offers::round_up,
    },
    db::Conn,
    error::{Error, Result},
    id::Id,
    mail::{self, BookingFacts, Letter},
    organisations,
    people::Call,
    rooms::{self, Catalogue, Room},
    settings,
    time::{Moment, Span},
};

/// How far around freed time wishes are looked for, in seconds: their set-up and clean-up may have been what was in the way.
const AROUND: i64 = 24 * 3600;
/// What is left of a gathering to which nobody came is offered so many minutes ahead at least.
const NOTICE: i64 = 15;

/// Offers what was freed, as far as it is still free, to those who wait for it: whoever has waited longest first. Each gets the whole
/// wish or nothing, but for what is left of a gathering to which nobody came.
pub fn offer(c: &mut Conn, on: Occasion, freed: &[Occupancy]) -> Result<()> {
    let (first, last) = (freed.iter().map(|one| one.span.start()).min(), freed.iter().map(|one| one.span.end()).max());
    let (Some(first), Some(last)) = (first, last) else { return Ok(()) };
    let Some(around) = Span::new(Ord::max(first, on.now).plus_seconds(-AROUND), last.plus_seconds(AROUND)) else { return Ok(()) };
    let waiting = store::waiting(c, around)?;
    if waiting.is_empty() {
        return Ok(());
    }
    let house = rooms::catalogue(c)?;
    for entry in waiting {
        let room = house.room(entry.room_id).ok_or_else(|| Error::internal("a wish without its room"))?;
        if let Some(stay) = offered_stay(&entry, room, on)
            && touches(&entry, room, stay, freed)
            && can_have(c, &house, &entry, stay, &[], on.now)?
        {
            hold(c, on, room, &entry, stay)?;
        }
    }
    Ok(())
}

/// Could somebody who waits have some of what would be left of a booking?
pub fn somebody_could_have(c: &mut Conn, on: Occasion, left: Span, booking: Id, floor: &Room) -> Result<bool> {
    let house = rooms::catalogue(c)?;
    for entry in store::waiting(c, left)? {
        let room = house.room(entry.room_id).ok_or_else(|| Error::internal("a wish without its room"))?;
        if let Some(stay) = offered_stay(&entry, room, on)
            && stay.overlaps(left)
            && room.spaces.iter().any(|space| floor.spaces.contains(space))
            && can_have(c, &house, &entry, stay, &[booking], on.now)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What of a wish can be offered now: all of it, or what lies ahead of one that has begun.
fn offered_stay(entry: &Entry, room: &Room, on: Occasion) -> Option<Span> {
    match on.left {
        Some(left) if entry.stay.start() < on.now.plus_minutes(NOTICE) => {
            let soonest = round_up(on.now.plus_minutes(NOTICE), room.rules.grid_minutes);
            Span::new(Ord::max(soonest, left.start()), left.end())?.intersect(entry.stay)
        }
        _ => Some(entry.stay),
    }
}

fn touches(entry: &Entry, room: &Room, stay: Span, freed: &[Occupancy]) -> bool {
    let needed = room.taken_by(stay, entry.layout);
    freed.iter().any(|one| one.span.overlaps(needed) && room.spaces.iter().any(|space| space.id == one.space))
}

/// Is the time free for this wish, and allowed?
fn can_have(c: &mut Conn, house: &Catalogue, entry: &Entry, stay: Span, moved: &[Id], now: Moment) -> Result<bool> {
    if stay.start() <= now {
        // It could not be held for a moment.
        return Ok(false);
    }
    let room = house.room(entry.room_id).ok_or_else(|| Error::internal("a wish without its room"))?;
    let organisation = organisations::by_id(c, entry.organisation_id)?.ok_or_else(|| Error::internal("a wish without its organisation"))?;
    let layout = entry.layout.filter(|layout| room.capacity_in(Some(*layout)).is_some());
    let wanted = Wanted {
        room,
        week: house.week(room.id),
        stay,
        started: false,
        people: Some(entry.expected_participants),
        layout,
        organisation: &organisation,
        moved,
        beside: &[],
        asks: room.needs_approval || !organisation.tenant,
        version: &house.version,
    };
    let verdict = judge(c, &wanted, now)?;
    Ok(verdict.violations.is_empty() && verdict.in_the_way.is_empty())
}

/// Holds the time for whoever waits, and writes to it.
fn hold(c: &mut Conn, on: Occasion, room: &Room, entry: &Entry, stay: Span) -> Result<()> {
    let hours = i64::from(settings::get(c)?.waitlist_hold_hours);
    let held_until = on.now.plus_minutes(hours * 60).min(stay.start());
    let after = Entry { offer: Some(Offer { stay, held_until }), ..entry.turned(State::Offered, on.now) };
    store::update(c, &after)?;
    let needed = room.taken_by(stay, entry.layout);
    occupancy_store::insert(c, &room.spaces, needed, Owner::Offer(entry.id))?;
    record(c, &By::program(on.now), "offered", Some(entry), &after)?;
    if let Some((to, _)) = recipient_for(c, entry.created_by.as_ref().map(|(id, _)| *id), entry.organisation_id)? {
        mail::enqueue(c, on.house, &to, &Letter::Offer(facts(&after, stay), held_until), None, &By::program(on.now))?;
    }
    Ok(())
}

/// Takes an offer back because the room is closed then: whoever waits goes on waiting, and is told.
pub fn take_back(c: &mut Conn, call: &Call, id: Id, reason: &str) -> Result<()> {
    store::lock(c, id)?;
    let before = store::by_id(c, id)?.ok_or(Error::NotFound("waitlist entry"))?;
    let Some(offer) = before.offer.filter(|_| before.state == State::Offered) else { return Ok(()) };
    let after = Entry { offer: None, ..before.turned(State::Waiting, call.now) };
    store::update(c, &after)?;
    record(c, &call.by(), "took_back", Some(&before), &after)?;
    if let Some((to, _)) = recipient_for(c, before.created_by.as_ref().map(|(id, _)| *id), before.organisation_id)? {
        let letter = Letter::OfferWithdrawn(facts(&after, offer.stay), reason.to_owned());
        mail::enqueue(c, &call.house, &to, &letter, None, &call.by())?;
    }
    Ok(())
}

fn facts(entry: &Entry, stay: Span) -> BookingFacts {
    BookingFacts {
        id: entry.id,
        // It gets a number when it is booked.
        reference: String::new(),
        title: entry.title.clone(),
        organisation: entry.organisation_name.clone(),
        room: entry.room_name.clone(),
        starts_at: stay.start(),
        ends_at: stay.end(),
        participants: entry.expected_participants,
        stands: false,
        version: entry.version,
        changed_at: entry.updated_at,
        lapses_at: None,
    }
}
