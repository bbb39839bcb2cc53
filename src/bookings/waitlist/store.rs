//! SQL of the waiting list.
use diesel::prelude::*;

use super::entry::{Entry, Offer, State};
use crate::{
    db::{
        Conn,
        schema::{organisations, people, rooms, waitlist},
    },
    error::{Error, Result},
    http::page::Page,
    id::Id,
    text::stored,
    time::{Moment, Span},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = waitlist)]
struct Row {
    id: Id,
    room_id: Id,
    organisation_id: Id,
    title: String,
    description: String,
    category: String,
    expected_participants: i32,
    layout: Option<String>,
    display: Option<String>,
    contact_phone: Option<String>,
    starts_at: Moment,
    ends_at: Moment,
    status: String,
    offer_starts_at: Option<Moment>,
    offer_ends_at: Option<Moment>,
    held_until: Option<Moment>,
    booking_id: Option<Id>,
    created_by: Option<Id>,
    version: i32,
    created_at: Moment,
    updated_at: Moment,
}

/// A row with the names it refers to: room slug and name, organisation name, creator's name.
type Joined = (Row, String, String, String, Option<String>);

fn entry((row, room, room_name, organisation_name, creator): Joined) -> Result<Entry> {
    let span = |from, to| Span::new(from, to).ok_or_else(|| Error::internal("a wish that ends before it starts"));
    Ok(Entry {
        id: row.id,
        room_id: row.room_id,
        room,
        room_name,
        organisation_id: row.organisation_id,
        organisation_name,
        title: row.title,
        description: row.description,
        category: stored(&row.category)?,
        expected_participants: row.expected_participants,
        layout: row.layout.as_deref().map(stored).transpose()?,
        display: row.display.as_deref().map(stored).transpose()?,
        contact_phone: row.contact_phone,
        stay: span(row.starts_at, row.ends_at)?,
        state: stored(&row.status)?,
        offer: match (row.offer_starts_at, row.offer_ends_at, row.held_until) {
            (Some(from), Some(to), Some(held_until)) => Some(Offer { stay: span(from, to)?, held_until }),
            _ => None,
        },
        booking_id: row.booking_id,
        created_by: row.created_by.zip(creator),
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// Every wish with the names it refers to.
macro_rules! joined {
    () => {
        waitlist::table.inner_join(rooms::table).inner_join(organisations::table).left_join(people::table).select((
            Row::as_select(),
            rooms::slug,
            rooms::name,
            organisations::name,
            people::name.nullable(),
        ))
    };
}

/// The wish with this key.
pub fn by_id(c: &mut Conn, id: Id) -> Result<Option<Entry>> {
    joined!().filter(waitlist::id.eq(id)).first::<Joined>(c).optional()?.map(entry).transpose()
}

/// Locks a wish until the transaction ends. SQLite has one writer.
pub fn lock(c: &mut Conn, id: Id) -> Result<()> {
    if let Conn::Postgres(c) = c {
        waitlist::table.find(id).select(waitlist::id).for_no_key_update().first::<Id>(c).optional()?;
    }
    Ok(())
}

/// Those who wait for a time that touches this stretch, whoever has waited longest first.
pub fn waiting(c: &mut Conn, during: Span) -> Result<Vec<Entry>> {
    joined!()
        .filter(waitlist::status.eq(State::Waiting.as_str()))
        .filter(waitlist::ends_at.gt(during.start()))
        .filter(waitlist::starts_at.lt(during.end()))
        .order((waitlist::created_at, waitlist::id))
        .load::<Joined>(c)?
        .into_iter()
        .map(entry)
        .collect()
}

/// Does this organisation wait for this very time already?
pub fn waits_already(c: &mut Conn, organisation: Id, room: Id, stay: Span) -> Result<bool> {
    let same = waitlist::table
        .filter(waitlist::organisation_id.eq(organisation))
        .filter(waitlist::room_id.eq(room))
        .filter(waitlist::starts_at.eq(stay.start()))
        .filter(waitlist::ends_at.eq(stay.end()))
        .filter(waitlist::status.eq_any([State::Waiting, State::Offered].map(State::as_str)));
    Ok(diesel::select(diesel::dsl::exists(same)).get_result(c)?)
}

/// What is held in a stretch of time: of these rooms alone unless the list is empty.
pub fn offered_in(c: &mut Conn, window: Span, rooms_alone: &[Id]) -> Result<Vec<Entry>> {
    let mut query = joined!()
        .filter(waitlist::status.eq(State::Offered.as_str()))
        .filter(waitlist::offer_ends_at.gt(window.start()))
        .filter(waitlist::offer_starts_at.lt(window.end()))
        .into_boxed();
    if !rooms_alone.is_empty() {
        query = query.filter(waitlist::room_id.eq_any(rooms_alone.to_vec()));
    }
    query.order((waitlist::offer_starts_at, waitlist::id)).load::<Joined>(c)?.into_iter().map(entry).collect()
}

/// Offers that nobody answered in time, and wishes whose time is over.
pub fn over(c: &mut Conn, now: Moment, most: i64) -> Result<Vec<Id>> {
    let lapsed = waitlist::table.filter(waitlist::status.eq(State::Offered.as_str())).filter(waitlist::held_until.le(now));
    let mut ids: Vec<Id> = lapsed.order((waitlist::held_until, waitlist::id)).limit(most).select(waitlist::id).load(c)?;
    let passed = waitlist::table.filter(waitlist::status.eq(State::Waiting.as_str())).filter(waitlist::ends_at.le(now));
    ids.extend(passed.order((waitlist::ends_at, waitlist::id)).limit(most).select(waitlist::id).load::<Id>(c)?);
    Ok(ids)
}

/// Adds one.
pub fn insert(c: &mut Conn, e: &Entry) -> Result<()> {
    let row = (
        (
            waitlist::id.eq(e.id),
            waitlist::room_id.eq(e.room_id),
            waitlist::organisation_id.eq(e.organisation_id),
            waitlist::title.eq(&e.title),
            waitlist::description.eq(&e.description),
            waitlist::category.eq(e.category.as_str()),
            waitlist::expected_participants.eq(e.expected_participants),
            waitlist::layout.eq(e.layout.map(|layout| layout.as_str())),
            waitlist::display.eq(e.display.map(|display| display.as_str())),
            waitlist::contact_phone.eq(&e.contact_phone),
        ),
        (
            waitlist::starts_at.eq(e.stay.start()),
            waitlist::ends_at.eq(e.stay.end()),
            waitlist::status.eq(e.state.as_str()),
            waitlist::created_by.eq(e.created_by.as_ref().map(|(id, _)| *id)),
            waitlist::version.eq(e.version),
            waitlist::created_at.eq(e.created_at),
            waitlist::updated_at.eq(e.updated_at),
        ),
    );
    diesel::insert_into(waitlist::table).values(row).execute(c)?;
    Ok(())
}

/// Writes what may change of it, with its new version.
pub fn update(c: &mut Conn, e: &Entry) -> Result<()> {
    diesel::update(waitlist::table.find(e.id))
        .set((
            waitlist::status.eq(e.state.as_str()),
            waitlist::offer_starts_at.eq(e.offer.map(|offer| offer.stay.start())),
            waitlist::offer_ends_at.eq(e.offer.map(|offer| offer.stay.end())),
            waitlist::held_until.eq(e.offer.map(|offer| offer.held_until)),
            waitlist::booking_id.eq(e.booking_id),
            waitlist::version.eq(e.version),
            waitlist::updated_at.eq(e.updated_at),
        ))
        .execute(c)?;
    Ok(())
}

/// One page in the order of entry: of these organisations alone, if any are named, in one of these states, if any are.
pub fn list(c: &mut Conn, organisations: Option<&[Id]>, states: &[State], page: &Page) -> Result<Vec<Entry>> {
    let mut query = joined!().into_boxed();
    if let Some(organisations) = organisations {
        query = query.filter(waitlist::organisation_id.eq_any(organisations.to_vec()));
    }
    if !states.is_empty() {
        query = query.filter(waitlist::status.eq_any(states.iter().map(|state| state.as_str()).collect::<Vec<_>>()));
    }
    if let Some(after) = &page.after {
        let foreign = || Error::invalid("cursor", crate::say!("är ingen av våra", "is none of ours"));
        let at = Moment::from_unix(after.key.parse().map_err(|_| foreign())?);
        query = query.filter(waitlist::created_at.gt(at).or(waitlist::created_at.eq(at).and(waitlist::id.gt(after.id))));
    }
    query.order((waitlist::created_at, waitlist::id)).limit(page.fetch()).load::<Joined>(c)?.into_iter().map(entry).collect()
}
