//! SQL of the basis for attendance grants.
use diesel::{dsl::sum, prelude::*};

use super::Gathering;
use crate::{
    bookings::Status,
    db::{
        Conn,
        schema::{bookings, rooms, visits},
    },
    error::Result,
    id::Id,
    text::stored,
    time::{Moment, Span},
};

/// More than an association holds in half a year.
const MOST: i64 = 5000;

type Row = (Id, String, String, String, String, Moment, Moment, i32, Option<i32>);

/// An association's gatherings that start in the stretch and were held, by time.
pub fn gatherings(c: &mut Conn, organisation: Id, during: Span, now: Moment) -> Result<Vec<Gathering>> {
    let held = bookings::status.eq(Status::Held.as_str());
    let over = bookings::status.eq(Status::Confirmed.as_str()).and(bookings::ends_at.le(now));
    let rows: Vec<Row> = bookings::table
        .inner_join(rooms::table)
        .filter(bookings::organisation_id.eq(organisation))
        .filter(bookings::starts_at.ge(during.start()))
        .filter(bookings::starts_at.lt(during.end()))
        .filter(held.or(over))
        .order((bookings::starts_at, bookings::id))
        .limit(MOST)
        .select((
            bookings::id,
            bookings::reference,
            rooms::slug,
            rooms::name,
            bookings::category,
            bookings::starts_at,
            bookings::ends_at,
            bookings::expected_participants,
            bookings::actual_participants,
        ))
        .load(c)?;
    let ids: Vec<Id> = rows.iter().map(|row| row.0).collect();
    let mut counted: std::collections::HashMap<Id, i64> = std::collections::HashMap::new();
    for some in ids.chunks(500) {
        let counts: Vec<(Option<Id>, Option<i64>)> = visits::table
            .filter(visits::booking_id.eq_any(some.iter().copied().map(Some).collect::<Vec<_>>()))
            .filter(visits::kind.eq("in"))
            .group_by(visits::booking_id)
            .select((visits::booking_id, sum(visits::headcount)))
            .load(c)?;
        counted.extend(counts.into_iter().filter_map(|(booking, people)| booking.zip(people)));
    }
    let gathering = |(id, reference, room, room_name, category, starts_at, ends_at, expected, actual): Row| {
        let category = stored(&category)?;
        let visits = counted.get(&id).copied().unwrap_or_default();
        Ok(Gathering { reference, room, room_name, category, starts_at, ends_at, expected, actual, visits })
    };
    rows.into_iter().map(gathering).collect()
}
