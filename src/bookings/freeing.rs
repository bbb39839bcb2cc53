//! The one way in which time falls free: what nobody takes in its place is offered at once to whoever waits for it.
use std::{collections::BTreeSet, sync::Arc};

use super::{
    occupancy_store::{self, Owner},
    waitlist, wrong_state,
};
use crate::{
    config::House,
    db::Conn,
    error::Result,
    id::Id,
    rooms::{self, Catalogue},
    time::{Moment, Span},
};

/// On what occasion time falls free.
#[derive(Clone, Copy)]
pub(super) struct Occasion<'a> {
    /// What letters need to know.
    pub house: &'a House,
    /// When.
    pub now: Moment,
    /// What is left of a gathering to which nobody came: offered too to those whose wish has begun meanwhile.
    pub left: Option<Span>,
}

impl<'a> Occasion<'a> {
    /// An ordinary one: a wish is offered whole or not at all.
    pub fn of(house: &'a House, now: Moment) -> Self {
        Self { house, now, left: None }
    }
}

/// Frees what the owners have taken, lets `then` write what became of them and take what comes in its place, and offers the rest to
/// whoever waits. The floor must be locked by [`with_shared_floor_locked`].
pub(super) fn free<T>(c: &mut Conn, on: Occasion, owners: &[Owner], then: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    let mut freed = vec![];
    for owner in owners {
        freed.extend(occupancy_store::delete(c, *owner)?);
    }
    let done = then(c)?;
    waitlist::offer(c, on, &freed)?;
    Ok(done)
}

/// Locks the floor of these rooms, and that of every room that shares some of it: time that falls free on a part of a hall may be
/// offered to somebody who waits for the whole. Gives the house as it is then. Take it before bookings, as everybody does who locks
/// both.
pub(super) fn with_shared_floor_locked(c: &mut Conn, rooms: &[Id]) -> Result<Arc<Catalogue>> {
    let floor = shared_floor(&*rooms::catalogue(c)?, rooms);
    rooms::lock_spaces(c, &floor)?;
    let house = rooms::catalogue(c)?;
    if shared_floor(&house, rooms) == floor { Ok(house) } else { Err(wrong_state()) }
}

fn shared_floor(house: &Catalogue, rooms: &[Id]) -> Vec<Id> {
    let own: BTreeSet<Id> =
        house.rooms.iter().filter(|room| rooms.contains(&room.id)).flat_map(|room| &room.spaces).map(|space| space.id).collect();
    let sharing = house.rooms.iter().filter(|room| room.spaces.iter().any(|space| own.contains(&space.id)));
    let floor: BTreeSet<Id> = sharing.flat_map(|room| &room.spaces).map(|space| space.id).collect();
    floor.into_iter().collect()
}
