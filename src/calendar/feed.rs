//! Calendars that other calendars subscribe to: the house, a room, an association, a person.
use super::store::{self, Owner};
use crate::{
    audit,
    bookings::{self, Booking, Display, Status, closures},
    config::House,
    db::Conn,
    error::{Error, Language, Result},
    http::page::Page,
    ical::{self, Event},
    id::Id,
    organisations,
    people::{self, Call, forbidden, token},
    rooms, say,
    time::{Moment, Span},
};

/// How far back a feed reaches, in days, and how long what was called off stays in it: a reader that no longer finds an event
/// may keep it for ever.
const DAYS_BACK: i64 = 60;
/// How far ahead a feed reaches, in days: as far as rooms are booked, and a year more for what an admin booked over the rules.
const DAYS_AHEAD: i64 = 730;
/// How many events a feed has at most: two years of a house that is full from morning to night.
const MOST: usize = 20_000;

fn window(now: Moment) -> Result<Span> {
    Span::new(now.plus_seconds(-DAYS_BACK * 86_400), now.plus_seconds(DAYS_AHEAD * 86_400))
        .ok_or_else(|| Error::internal("the end of time"))
}

/// Whose bookings a feed tells of.
enum Of {
    /// Of everybody, in this room or in all, as strangers see them.
    Room(Option<Id>),
    /// Of one association.
    Organisation(Id),
    /// What one person booked, for associations that it still acts for.
    Person(Id, Vec<Id>),
}

/// The house, or one of its rooms, as strangers see it.
pub fn public(c: &mut Conn, house: &House, room: Option<&str>, language: Language, now: Moment) -> Result<String> {
    let (room, name) = match room {
        Some(slug) => {
            let room = rooms::visible(c, None, slug)?;
            (Some(room.id), room.name)
        }
        None => (None, say!("alla lokaler", "all rooms").in_language(language).to_owned()),
    };
    let mut events = events(c, house, &Of::Room(room), language, now)?;
    for closure in closures::during(c, window(now)?)? {
        let here = closure.rooms.as_ref().is_none_or(|rooms| room.is_none_or(|room| rooms.iter().any(|(id, _)| *id == room)));
        if here {
            let location = closure.rooms.as_ref().map(|rooms| rooms.iter().map(|(_, slug)| slug.as_str()).collect::<Vec<_>>().join(", "));
            let reason = &closure.reason;
            events.push(Event {
                uid: closure.id.to_string(),
                stamp: closure.created_at,
                sequence: closure.version - 1,
                span: closure.span,
                status: ical::Status::Confirmed,
                summary: say!("Stängt: {reason}", "Closed: {reason}").in_language(language).to_owned(),
                location: location.unwrap_or_default(),
                description: String::new(),
                url: None,
            });
        }
    }
    Ok(ical::feed(&format!("Nobel 21 – {name}"), &events))
}

/// What the key in a feed's address opens; a key that opens nothing, or something else, is as if there were no such feed.
pub fn keyed(c: &mut Conn, house: &House, organisation: Option<Id>, key: &str, language: Language, now: Moment) -> Result<String> {
    let unknown = || Error::NotFound("calendar");
    let owner = store::owner_of(c, &token::hash_of(key))?.ok_or_else(unknown)?;
    let (of, name) = match (owner, organisation) {
        (Owner::Organisation(id), Some(asked)) if id == asked => {
            let organisation = organisations::by_id(c, id)?.ok_or_else(unknown)?;
            (Of::Organisation(id), organisation.name)
        }
        (Owner::Person(id), None) => {
            let person = people::store::by_id(c, id)?.filter(|person| person.disabled_at.is_none()).ok_or_else(unknown)?;
            let acts_for = people::store::memberships(c, id)?.into_iter().map(|membership| membership.organisation_id).collect();
            (Of::Person(id, acts_for), person.name)
        }
        _ => return Err(unknown()),
    };
    let events = events(c, house, &of, language, now)?;
    Ok(ical::feed(&format!("Nobel 21 – {name}"), &events))
}

fn events(c: &mut Conn, house: &House, of: &Of, language: Language, now: Moment) -> Result<Vec<Event>> {
    let mut filter = bookings::store::Filter {
        organisations: None,
        from: Some(window(now)?.start()),
        to: Some(window(now)?.end()),
        room: None,
        status: vec![],
        category: None,
        q: None,
        descending: false,
    };
    let mut creator = None;
    match of {
        Of::Room(room) => filter.room = room.map(|id| rooms::by_id(c, id)).transpose()?.flatten().map(|room| room.slug),
        Of::Organisation(id) => filter.organisations = Some(vec![*id]),
        Of::Person(id, acts_for) => {
            filter.organisations = Some(acts_for.clone());
            creator = Some(*id);
        }
    }
    let open = !matches!(of, Of::Room(_));
    let gone_since = now.plus_seconds(-DAYS_BACK * 86_400);
    let all = bookings::store::list(c, &filter, &Page { limit: MOST, after: None }, now)?;
    Ok(all
        .iter()
        .filter(|booking| creator.is_none_or(|person| booking.created_by.as_ref().is_some_and(|(id, _)| *id == person)))
        .filter(|booking| booking.holds_time() || booking.updated_at > gone_since)
        .map(|booking| event(booking, house, open, language))
        .collect())
}

fn event(booking: &Booking, house: &House, open: bool, language: Language) -> Event {
    let organisation = &booking.organisation_name;
    let summary = match booking.display {
        _ if open => booking.title.clone(),
        _ if booking.open_to_strangers() => format!("{} ({organisation})", booking.title),
        Display::Hidden => say!("Upptaget", "Busy").in_language(language).to_owned(),
        _ => say!("Bokat", "Booked").in_language(language).to_owned(),
    };
    let reference = &booking.reference;
    let description = say!("{organisation}. Bokningsnummer {reference}.", "{organisation}. Booking number {reference}.");
    Event {
        uid: booking.id.to_string(),
        stamp: booking.updated_at,
        sequence: booking.version - 1,
        span: booking.stay,
        status: match booking.status {
            Status::Pending => ical::Status::Tentative,
            Status::Confirmed | Status::Held | Status::NoShow => ical::Status::Confirmed,
            Status::Rejected | Status::Cancelled => ical::Status::Cancelled,
        },
        summary,
        location: booking.room_name.clone(),
        description: if open { description.in_language(language).to_owned() } else { String::new() },
        url: open.then(|| format!("{}/bokningar/{}", house.public_url, booking.id)),
    }
}

/// A person's own calendar, or that of an association that it may see.
fn own(c: &mut Conn, call: &Call, organisation: Option<Id>, change: bool) -> Result<Owner> {
    let Some(id) = organisation else { return Ok(Owner::Person(call.caller.person.id)) };
    if !call.caller.may_see(id) || organisations::by_id(c, id)?.is_none() {
        return Err(Error::NotFound("organisation"));
    }
    if change && !call.caller.is_admin() && !call.caller.manages(id) {
        forbidden()?;
    }
    Ok(Owner::Organisation(id))
}

/// When the key of one's own calendar, or of an association's, was made; `None` if there is none.
pub fn key_made_at(c: &mut Conn, call: &Call, organisation: Option<Id>) -> Result<Option<Moment>> {
    let owner = own(c, call, organisation, false)?;
    store::made_at(c, owner)
}

/// A new key, which is shown this once; the one before opens nothing any more. Gives the feed's address.
pub fn new_key(c: &mut Conn, call: &Call, organisation: Option<Id>) -> Result<String> {
    let owner = own(c, call, organisation, true)?;
    let key = token::new_secret()?;
    store::replace(c, owner, &token::hash_of(&key), call.now)?;
    let (noun, id) = noun(owner);
    audit::record(c, &call.by(), "made_calendar_key", noun, Some(id.to_string()), None, None)?;
    let path = match owner {
        Owner::Person(_) => "me".to_owned(),
        Owner::Organisation(id) => format!("organisations/{id}"),
    };
    Ok(format!("{}/api/v1/{path}/calendar.ics?key={key}", call.house.public_url))
}

/// Takes the key away: whoever subscribed gets nothing any more.
pub fn revoke_key(c: &mut Conn, call: &Call, organisation: Option<Id>, check: impl FnOnce(Option<Moment>) -> Result<()>) -> Result<()> {
    let owner = own(c, call, organisation, true)?;
    check(store::made_at(c, owner)?)?;
    store::delete(c, owner)?;
    let (noun, id) = noun(owner);
    audit::record(c, &call.by(), "revoked_calendar_key", noun, Some(id.to_string()), None, None)
}

fn noun(owner: Owner) -> (&'static str, Id) {
    match owner {
        Owner::Person(id) => ("person", id),
        Owner::Organisation(id) => ("organisation", id),
    }
}
