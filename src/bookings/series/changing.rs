//! Changing a series: all of what is still to come, or from one booking on.
use std::sync::Arc;

use chrono::NaiveDate;

use super::{
    get_locked,
    judging::{Judge, nothing_against},
    plan::{OnConflict, Series, SeriesChange, Whole, stay_on},
    scope::{Kept, Scope},
    store,
    telling::{Happened, tell},
    trace,
};
use crate::{
    audit,
    bookings::{
        Booking, BookingChange, approval,
        changing::{altered, asks_again, takes_else, too_late_to_move},
        freeing::{Occasion, free, with_shared_floor_locked},
        may_override,
        occupancy_store::{self, Owner},
        placing::with_reason,
        quotas, room_named, staff, store as bookings, wrong_state,
    },
    db::Conn,
    error::{Error, RefusedDate, Result, RoomTime, Violation},
    http::etag::IfMatch,
    id::Id,
    organisations::{self, Organisation},
    people::Call,
    rooms::{self, Catalogue, Room},
    time::{Span, WallTime},
};

/// What became of a series.
#[derive(Debug)]
pub struct Outcome {
    /// As it is now.
    pub whole: Whole,
    /// The bookings that are different.
    pub changed: Vec<Id>,
    /// Those that were meant, or might have been, and are not.
    pub kept: Vec<Kept>,
}

/// A booking as it was and as it is to become.
struct Step {
    before: Booking,
    after: Booking,
}

/// Changes a series in one transaction: all that is meant, or with `skip` what can be. What is past or was moved by hand is never
/// touched. One letter tells what changed.
pub fn change(c: &mut Conn, call: &Call, id: Id, expected: IfMatch, from: Option<Id>, change: &SeriesChange) -> Result<Outcome> {
    let seen = super::get(c, call, id)?;
    let rooms = Rooms::locked(c, &seen, change.change.room.as_deref())?;
    let organisation =
        organisations::by_id(c, seen.series.organisation_id)?.ok_or_else(|| Error::internal("a series without its organisation"))?;
    quotas::lock(c, &rooms.house, &organisation)?;
    let before = get_locked(c, call, id)?;
    expected.check(before.series.version)?;
    let override_rules = may_override(call, change.change.override_rules)?;
    let mut scope = Scope::of(&before, from, call.now)?;
    if scope.meant.is_empty() {
        return Err(wrong_state());
    }
    let (steps, refused) = steps(c, call, &scope, &rooms, &organisation, change, override_rules)?;
    if !refused.is_empty() && (change.on_conflict == OnConflict::Fail || steps.is_empty()) {
        return Err(Error::DatesRefused(refused.into_iter().map(|(_, refused)| refused).collect()));
    }
    for (booking, refused) in refused {
        scope.keep(booking, refused);
    }
    write(c, call, &steps, &rooms)?;
    let new_room = rooms.goal()?;
    store::update(
        c,
        &Series {
            room_id: new_room.map_or(before.series.room_id, |room| room.id),
            title: change.change.title.clone().unwrap_or_else(|| before.series.title.clone()),
            from: change.from.unwrap_or(before.series.from),
            to: change.to.unwrap_or(before.series.to),
            version: before.series.version + 1,
            updated_at: call.now,
            ..before.series.clone()
        },
    )?;
    let whole = super::get(c, call, id)?;
    let pairs: Vec<(&Booking, &Booking)> = steps.iter().map(|step| (&step.before, &step.after)).collect();
    tell(c, call, &whole, &Happened::Changed { steps: &pairs, kept: &scope.kept })?;
    let reason = change.change.override_reason.as_deref().filter(|_| override_rules);
    for step in &steps {
        staff::remember_override(c, step.after.id, reason, call.now)?;
    }
    let after = with_reason(trace(&whole), reason);
    audit::record(c, &call.by(), "changed", "series", Some(id.to_string()), Some(trace(&before)), Some(after))?;
    Ok(Outcome { whole, changed: steps.iter().map(|step| step.after.id).collect(), kept: scope.kept })
}

/// The house with the floor locked on which the series is, and to which it is to go.
struct Rooms {
    house: Arc<Catalogue>,
    locked: Vec<Id>,
    new: Option<Id>,
}

impl Rooms {
    fn locked(c: &mut Conn, whole: &Whole, new: Option<&str>) -> Result<Self> {
        let new = new.map(|slug| room_named(c, slug)).transpose()?;
        let house = rooms::catalogue(c)?;
        let mut rooms: Vec<&Room> = new.iter().collect();
        for booking in &whole.bookings {
            let room = house.room(booking.room_id).ok_or_else(|| Error::internal("a booking without its room"))?;
            if rooms.iter().all(|known| known.id != room.id) {
                rooms.push(room);
            }
        }
        let locked: Vec<Id> = rooms.iter().map(|room| room.id).collect();
        Ok(Self { house: with_shared_floor_locked(c, &locked)?, locked, new: new.as_ref().map(|room| room.id) })
    }

    /// A room by its key. A booking that went elsewhere while we waited is in none that we have locked.
    fn by_id(&self, id: Id) -> Result<&Room> {
        self.house.room(id).filter(|room| self.locked.contains(&room.id)).ok_or(Error::Stale)
    }

    /// Where everything is to go, if it is to go elsewhere.
    fn goal(&self) -> Result<Option<&Room>> {
        self.new.map(|id| self.by_id(id)).transpose()
    }

    /// Do two stays need the same floor at once?
    fn collide(&self, one: &Booking, other: &Booking) -> Result<bool> {
        let (room, others) = (self.by_id(one.room_id)?, self.by_id(other.room_id)?);
        Ok(one.occupied().overlaps(other.occupied()) && room.spaces.iter().any(|space| others.spaces.contains(space)))
    }
}

/// The bookings that stay where they are, each with the reason.
type Refused = Vec<(Id, RefusedDate)>;

/// What becomes of each booking that is meant, or why it can't.
fn steps(
    c: &mut Conn,
    call: &Call,
    scope: &Scope,
    rooms: &Rooms,
    organisation: &Organisation,
    change: &SeriesChange,
    override_rules: bool,
) -> Result<(Vec<Step>, Refused)> {
    let moved: Vec<Id> = scope.meant.iter().map(|(_, booking)| booking.id).collect();
    let mut judge = Judge {
        call,
        people: None,
        layout: None,
        override_rules,
        own: vec![],
        stays: vec![],
        moved: &moved,
        version: rooms.house.version.clone(),
        house: None,
    };
    let (mut steps, mut refused): (Vec<Step>, Vec<(Booking, RefusedDate)>) = (vec![], vec![]);
    for (date, before) in &scope.meant {
        let old_room = rooms.by_id(before.room_id)?;
        let room = rooms.goal()?.unwrap_or(old_room);
        let times = match new_times(*date, before, change) {
            Ok(times) => times,
            Err(violation) => {
                refused.push((before.clone(), RefusedDate { violations: vec![violation], ..nothing_against(*date) }));
                continue;
            }
        };
        let one = BookingChange { starts_at: Some(times.start()), ends_at: Some(times.end()), ..change.change.clone() };
        let after = altered(call, before, &one, room, organisation)?;
        let after = approval::with_deadline(c, call.now, Some(before), after)?;
        (judge.people, judge.layout) = (Some(after.expected_participants), after.layout);
        let against = match too_late_to_move(call, before, &after, old_room) {
            Some(violation) => RefusedDate { violations: vec![violation], ..nothing_against(*date) },
            None if asks_again(before, &after) => judge.date(c, organisation, (room, rooms.house.week(room.id)), *date, after.stay)?,
            None => nothing_against(*date),
        };
        if against == nothing_against(*date) {
            judge.take(room, after.stay);
            steps.push(Step { before: before.clone(), after });
        } else {
            refused.push((before.clone(), against));
        }
    }
    // Whoever stays is in the way of whoever comes to where it is; and then that one stays too.
    while let Some((at, kept)) = blocked(rooms, &steps, &refused)? {
        let step = steps.remove(at);
        let date = scope.meant.iter().find(|(_, booking)| booking.id == step.before.id).map(|(date, _)| *date);
        let date = date.unwrap_or_else(|| step.before.stay.start().date());
        refused.push((step.before, RefusedDate { conflicts: vec![kept], ..nothing_against(date) }));
    }
    refused.sort_by_key(|(_, refused)| refused.date);
    Ok((steps, refused.into_iter().map(|(booking, refused)| (booking.id, refused)).collect()))
}

/// A step that is blocked by a booking that stays, and by what.
fn blocked(rooms: &Rooms, steps: &[Step], refused: &[(Booking, RefusedDate)]) -> Result<Option<(usize, RoomTime)>> {
    for (at, step) in steps.iter().enumerate() {
        for (stays, _) in refused {
            if rooms.collide(&step.after, stays)? {
                let told = RoomTime { room: stays.room.clone(), starts_at: stays.stay.start(), ends_at: stays.stay.end() };
                return Ok(Some((at, told)));
            }
        }
    }
    Ok(None)
}

/// When a booking is to be: at the new wall times on its own date. Without new ones it stays when it is, to the second.
fn new_times(date: NaiveDate, before: &Booking, change: &SeriesChange) -> Result<Span, Violation> {
    if change.from.is_none() && change.to.is_none() {
        return Ok(before.stay);
    }
    let from = change.from.unwrap_or_else(|| WallTime::of(before.stay.start()));
    let to = change.to.unwrap_or_else(|| WallTime::of(before.stay.end()));
    stay_on(date, from, to)
}

/// Writes the steps. All that moves lets go first, for one may come to where another was.
fn write(c: &mut Conn, call: &Call, steps: &[Step], rooms: &Rooms) -> Result<()> {
    let moving: Vec<&Step> = steps.iter().filter(|step| takes_else(&step.before, &step.after)).collect();
    let owners: Vec<Owner> = moving.iter().map(|step| Owner::Booking(step.before.id)).collect();
    free(c, Occasion::of(&call.house, call.now), &owners, |c| {
        for step in steps {
            bookings::update(c, &step.after)?;
        }
        for step in moving {
            occupancy_store::insert(c, &rooms.by_id(step.after.room_id)?.spaces, step.after.occupied(), Owner::Booking(step.after.id))?;
        }
        Ok(())
    })
}
