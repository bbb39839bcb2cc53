//! The waiting list: who waits for a time that is taken gets it offered, in the order of entry, in the transaction that frees it. An
//! offer owns the time until it is answered or lapses.
pub mod api;
pub mod entry;
mod offering;
mod store;

pub use entry::{Entry, Offer, State};
pub(super) use offering::{offer, somebody_could_have, take_back};
pub use store::offered_in;

use super::{
    Draft, Status,
    admission::{Wanted, admit, judge},
    freeing::{Occasion, free, with_shared_floor_locked},
    in_house, layout_of, letters, needs_approval,
    occupancy_store::Owner,
    organisation_for,
    placing::{Place, floor_of, place},
    quotas, staff, wrong_state,
};
use crate::{
    audit::{self, By},
    config::House,
    db::Conn,
    error::{Error, Result},
    http::{etag::IfMatch, page::Page},
    id::Id,
    people::Call,
    say,
    time::{Moment, Span},
};

/// How many are looked at in one round.
const MOST: i64 = 500;

/// The wish with this key, if the caller may see it.
pub fn get(c: &mut Conn, call: &Call, id: Id) -> Result<Entry> {
    store::by_id(c, id)?.filter(|entry| call.caller.may_see(entry.organisation_id)).ok_or(Error::NotFound("waitlist entry"))
}

/// One page in the order of entry: those of the caller's organisations, for staff all.
pub fn list(c: &mut Conn, call: &Call, states: &[State], page: &Page) -> Result<Vec<Entry>> {
    let own = (!call.caller.is_staff()).then(|| call.caller.organisations());
    store::list(c, own.as_deref(), states, page)
}

/// Puts an organisation on the list for a time that is taken and that it might otherwise book.
pub fn enter(c: &mut Conn, call: &Call, room: &str, stay: Span, draft: Draft) -> Result<Entry> {
    let organisation = organisation_for(c, call, draft.organisation_id)?;
    // Under the lock of whoever frees time: either we see it free, or it is freed after we wait.
    let (house, room) = floor_of(c, room)?;
    layout_of(&room, draft.layout)?;
    let wanted = Wanted {
        room: &room,
        week: house.week(room.id),
        stay,
        started: false,
        people: Some(draft.expected_participants),
        layout: draft.layout,
        organisation: &organisation,
        moved: &[],
        beside: &[],
        asks: needs_approval(call, &room, &organisation),
        version: &house.version,
    };
    let verdict = judge(c, &wanted, call.now)?;
    if !verdict.violations.is_empty() {
        return Err(Error::Violations(verdict.violations));
    }
    if verdict.in_the_way.is_empty() {
        return Err(Error::Conflict {
            code: "time_is_free",
            detail: say!("Tiden är ledig. Boka den i stället.", "The time is free. Book it instead."),
        });
    }
    if store::waits_already(c, organisation.id, room.id, stay)? {
        return Err(Error::Conflict {
            code: "already_waiting",
            detail: say!("Ni står redan i kö för den tiden.", "You are on the waiting list for that time already."),
        });
    }
    let entry = Entry {
        id: Id::new(),
        room_id: room.id,
        room: room.slug.clone(),
        room_name: room.name.clone(),
        organisation_id: organisation.id,
        organisation_name: organisation.name.clone(),
        title: draft.title,
        description: draft.description,
        category: draft.category,
        expected_participants: draft.expected_participants,
        layout: draft.layout,
        display: draft.display,
        contact_phone: draft.contact_phone,
        stay,
        state: State::Waiting,
        offer: None,
        booking_id: None,
        created_by: Some((call.caller.person.id, call.caller.person.name.clone())),
        version: 1,
        created_at: call.now,
        updated_at: call.now,
    };
    store::insert(c, &entry)?;
    record(c, &call.by(), "entered", None, &entry)?;
    Ok(entry)
}

/// Gives a wish up; what was held for it goes to the next.
pub fn withdraw(c: &mut Conn, call: &Call, id: Id, expected: IfMatch) -> Result<()> {
    get(c, call, id)?;
    let before = locked(c, id)?;
    expected.check(before.version)?;
    if !matches!(before.state, State::Waiting | State::Offered) {
        return Err(wrong_state());
    }
    end(c, &call.house, &call.by(), &before, State::Withdrawn, "withdrawn")
}

/// Turns an offer down: it goes to the next.
pub fn decline(c: &mut Conn, call: &Call, id: Id) -> Result<Entry> {
    get(c, call, id)?;
    let before = locked(c, id)?;
    if before.open_offer(call.now).is_none() {
        return Err(wrong_state());
    }
    end(c, &call.house, &call.by(), &before, State::Declined, "declined")?;
    get(c, call, id)
}

/// Takes an offer: the booking is made by the same rules as any other, and asks for approval where that is needed.
pub fn accept(c: &mut Conn, call: &Call, id: Id) -> Result<Entry> {
    let seen = get(c, call, id)?;
    let organisation = organisation_for(c, call, seen.organisation_id)?;
    let house = with_shared_floor_locked(c, &[seen.room_id])?;
    quotas::lock(c, &house, &organisation)?;
    store::lock(c, id)?;
    let before = get(c, call, id)?;
    let offer = before.open_offer(call.now).ok_or_else(wrong_state)?;
    let room = house.room(before.room_id).ok_or_else(|| Error::internal("a wish without its room"))?;
    free(c, Occasion::of(&call.house, call.now), &[Owner::Offer(id)], |c| {
        let wanted = Wanted {
            room,
            week: house.week(room.id),
            stay: offer.stay,
            started: false,
            people: Some(before.expected_participants),
            layout: before.layout,
            organisation: &organisation,
            moved: &[],
            beside: &[],
            asks: needs_approval(call, room, &organisation),
            version: &house.version,
        };
        admit(c, &wanted, false, call.now)?;
        let organiser = staff::organiser(c, call, &organisation, None)?;
        let at =
            Place { room: in_house(&house, room)?, stay: offer.stay, organisation: &organisation, series: None, organiser: &organiser };
        let booking = place(c, call, &at, &before.draft())?;
        let after = Entry { booking_id: Some(booking.id), ..before.turned(State::Accepted, call.now) };
        store::update(c, &after)?;
        let occasion = if booking.status == Status::Pending { letters::Occasion::Received } else { letters::Occasion::Confirmed };
        letters::tell(c, call, &booking, occasion)?;
        audit::record(c, &call.by(), "booked", "booking", Some(booking.id.to_string()), None, Some(booking.trace()))?;
        record(c, &call.by(), "accepted", Some(&before), &after)?;
        Ok(after)
    })
}

/// Offers that nobody answered in time, and wishes whose time is over.
pub fn due(c: &mut Conn, now: Moment) -> Result<Vec<Id>> {
    store::over(c, now, MOST)
}

/// Ends one of them; an offer goes to the next. `false` if somebody else just did.
pub fn lapse(c: &mut Conn, house: &House, id: Id, now: Moment) -> Result<bool> {
    let before = locked(c, id)?;
    let (state, action) = match before.state {
        State::Offered if before.open_offer(now).is_none() => (State::Lapsed, "lapsed"),
        State::Waiting if before.stay.end() <= now => (State::Passed, "passed"),
        _ => return Ok(false),
    };
    end(c, house, &By::program(now), &before, state, action)?;
    Ok(true)
}

/// Ends a wish that is locked, and lets go of what was held for it.
fn end(c: &mut Conn, house: &House, by: &By, before: &Entry, state: State, action: &str) -> Result<()> {
    let held: &[Owner] = if before.state == State::Offered { &[Owner::Offer(before.id)] } else { &[] };
    // What is left of an empty gathering goes on to the next who can use what is left of that.
    let left = before.offer.map(|offer| offer.stay).filter(|stay| *stay != before.stay);
    free(c, Occasion { left, ..Occasion::of(house, by.at) }, held, |c| {
        let after = before.turned(state, by.at);
        store::update(c, &after)?;
        record(c, by, action, Some(before), &after)
    })
}

/// The wish as it is once its floor and itself are locked.
fn locked(c: &mut Conn, id: Id) -> Result<Entry> {
    let gone = || Error::NotFound("waitlist entry");
    let seen = store::by_id(c, id)?.ok_or_else(gone)?;
    with_shared_floor_locked(c, &[seen.room_id])?;
    store::lock(c, id)?;
    store::by_id(c, id)?.ok_or_else(gone)
}

fn record(c: &mut Conn, by: &By, action: &str, before: Option<&Entry>, after: &Entry) -> Result<()> {
    audit::record(c, by, action, "waitlist", Some(after.id.to_string()), before.map(Entry::trace), Some(after.trace()))
}
