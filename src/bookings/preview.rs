//! What booking, or changing a booking, would come to.
use super::{
    admission::{Verdict, Wanted, alternatives, conflicts, judge},
    booking::Question,
    get, layout_of, needs_approval, no_such_room,
    occupancy_store::{Occupancy, Owner},
    organisation_for,
};
use crate::{
    db::Conn,
    error::{Result, RoomTime, Violation},
    people::Call,
    rooms,
};

/// What booking would answer; books nothing.
#[derive(Debug)]
pub struct Preview {
    /// Would an admin have to say yes?
    pub needs_approval: bool,
    /// What is in the way.
    pub conflicts: Vec<RoomTime>,
    /// Which rules are broken.
    pub violations: Vec<Violation>,
    /// What is free instead.
    pub alternatives: Vec<RoomTime>,
}

/// Asks what booking, or changing, would answer.
pub fn preview(c: &mut Conn, call: &Call, question: &Question) -> Result<Preview> {
    let organisation = organisation_for(c, call, question.organisation_id)?;
    let house = rooms::catalogue(c)?;
    let room = house.named(&question.room).ok_or_else(no_such_room)?;
    layout_of(room, question.layout)?;
    let moved = match question.booking_id {
        Some(id) => Some(get(c, call, id)?),
        None => None,
    };
    let started = moved.as_ref().is_some_and(|b| b.stay.start() <= call.now && b.stay.start() == question.stay.start());
    let wanted = Wanted {
        room,
        week: house.week(room.id),
        stay: question.stay,
        started,
        people: question.expected_participants,
        layout: question.layout,
        organisation: &organisation,
        moved: question.booking_id.as_slice(),
        beside: &[],
        asks: needs_approval(call, room, &organisation),
        version: &house.version,
    };
    let Verdict { violations, in_the_way } = judge(c, &wanted, call.now)?;
    // A closure is told once, as a broken rule.
    let bookings: Vec<Occupancy> = in_the_way.into_iter().filter(|o| !matches!(o.owner, Owner::Closure(_))).collect();
    let conflicts = conflicts(c, room, &bookings)?;
    let alternatives = if conflicts.is_empty() && violations.is_empty() { vec![] } else { alternatives(c, &wanted, call.now)? };
    Ok(Preview { needs_approval: needs_approval(call, room, &organisation), conflicts, violations, alternatives })
}
