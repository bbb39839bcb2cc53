//! The shared calendar: what is taken, room by room, as far as the reader may know.
pub mod api;
pub mod feed;
pub mod feed_api;
pub mod file;
pub mod file_api;
mod store;

use chrono::NaiveDate;
use serde::Serialize;

use crate::{
    bookings::{self, Status, availability::Free, closures, waitlist},
    db::Conn,
    error::{Error, Fault, Result},
    id::Id,
    people::Caller,
    rooms::{self, Catalogue, Room, RoomKind},
    say,
    time::{Moment, Span},
};

/// A room's row in the calendar.
#[derive(Debug, Serialize)]
pub struct CalendarRoom {
    slug: String,
    name: String,
    kind: RoomKind,
    capacity: i32,
    spaces: Vec<String>,
    open: Vec<Free>,
}

/// What stands in the calendar.
#[derive(Debug, Serialize)]
pub struct Entry {
    id: Id,
    room: String,
    starts_at: Moment,
    ends_at: Moment,
    /// From when to when nobody else can be there: with the time in which the room is made ready.
    taken_from: Moment,
    taken_until: Moment,
    kind: &'static str,
    title: Option<String>,
    organisation: Option<OrganisationRef>,
    status: &'static str,
}

/// Whose a booking is, if the reader may know.
#[derive(Debug, Serialize)]
pub struct OrganisationRef {
    id: Id,
    name: String,
}

/// The calendar of some days.
#[derive(Debug, Serialize)]
pub struct Calendar {
    rooms: Vec<CalendarRoom>,
    entries: Vec<Entry>,
    /// When the next booking in it turns from confirmed to held, by which the text changes without anybody's doing.
    #[serde(skip)]
    changes_at: Option<Moment>,
}

/// The days `from` to `to` (not included) of these rooms, or of all, as `reader` may see them.
pub fn calendar(c: &mut Conn, reader: Option<&Caller>, from: NaiveDate, to: NaiveDate, slugs: &[String], now: Moment) -> Result<Calendar> {
    let house = rooms::catalogue(c)?;
    let rooms = chosen(&house, slugs)?;
    let ids: Vec<Id> = rooms.iter().map(|room| room.id).collect();
    let window = Span::new(Moment::start_of(from), Moment::start_of(to)).ok_or_else(|| Error::internal("a calendar without days"))?;
    let mut entries: Vec<Entry> = vec![];
    let mut changes_at: Option<Moment> = None;
    for booking in bookings::store::live_in(c, window, &ids)? {
        let may_read = booking.open_to_strangers() || reader.is_some_and(|caller| caller.may_see(booking.organisation_id));
        let end = booking.stay.end();
        if end > now {
            changes_at = Some(changes_at.map_or(end, |first| Ord::min(first, end)));
        }
        let status = match booking.status_at(now) {
            Status::Pending => "pending",
            Status::Held => "held",
            _ => "confirmed",
        };
        let taken = booking.occupied();
        entries.push(Entry {
            taken_from: taken.start(),
            taken_until: taken.end(),
            id: booking.id,
            room: booking.room,
            starts_at: booking.stay.start(),
            ends_at: booking.stay.end(),
            kind: "booking",
            title: may_read.then_some(booking.title),
            organisation: may_read.then_some(OrganisationRef { id: booking.organisation_id, name: booking.organisation_name }),
            status,
        });
    }
    for held in waitlist::offered_in(c, window, &ids)? {
        let Some(offer) = held.offer else { continue };
        let taken = rooms.iter().find(|room| room.id == held.room_id).map_or(offer.stay, |room| room.taken_by(offer.stay, held.layout));
        // Nobody has booked it yet, so nobody's name belongs in it.
        entries.push(Entry {
            taken_from: taken.start(),
            taken_until: taken.end(),
            id: held.id,
            room: held.room,
            starts_at: offer.stay.start(),
            ends_at: offer.stay.end(),
            kind: "offer",
            title: None,
            organisation: None,
            status: "confirmed",
        });
    }
    for closure in closures::during(c, window)? {
        let closed = |room: &&&Room| closure.rooms.as_ref().is_none_or(|closed| closed.iter().any(|(id, _)| *id == room.id));
        entries.extend(rooms.iter().filter(closed).map(|room| Entry {
            id: closure.id,
            room: room.slug.clone(),
            starts_at: closure.span.start(),
            ends_at: closure.span.end(),
            taken_from: closure.span.start(),
            taken_until: closure.span.end(),
            kind: "closure",
            title: Some(closure.reason.clone()),
            organisation: None,
            status: "closed",
        }));
    }
    entries.sort_by(|a, b| (a.starts_at, &a.room, a.id).cmp(&(b.starts_at, &b.room, b.id)));
    let rooms = rooms
        .into_iter()
        .map(|room| CalendarRoom {
            open: house.week(room.id).spans(from, to).into_iter().map(Free::from).collect(),
            capacity: room.capacity(),
            spaces: room.spaces.iter().map(|space| space.slug.clone()).collect(),
            slug: room.slug.clone(),
            name: room.name.clone(),
            kind: room.kind,
        })
        .collect();
    Ok(Calendar { rooms, entries, changes_at })
}

fn chosen<'a>(house: &'a Catalogue, slugs: &[String]) -> Result<Vec<&'a Room>> {
    let usable = || house.rooms.iter().filter(|room| room.active);
    let unknown: Vec<Fault> = slugs
        .iter()
        .filter(|slug| !usable().any(|room| room.slug == **slug))
        .map(|_| Fault::coded("room", "not_found", say!("finns inte", "does not exist")))
        .collect();
    if !unknown.is_empty() {
        return Err(Error::Invalid(unknown));
    }
    Ok(usable().filter(|room| slugs.is_empty() || slugs.contains(&room.slug)).collect())
}
