//! SQL of the questions how many came. The gathering is read joined with its room: whoever has the link has no right to the booking
//! itself.
use diesel::{
    dsl::{exists, not},
    prelude::*,
};

use super::question::{Gathering, Round};
use crate::{
    bookings::{LONGEST_SECONDS, Status},
    db::{Both, Conn, schema::*},
    error::{Error, Result},
    id::Id,
    time::{Moment, Span},
};

/// The states of bookings that took place, or will.
fn standing() -> [&'static str; 2] {
    [Status::Confirmed, Status::Held].map(Status::as_str)
}

/// The bookings that ended after `from` and not after `until`, of which nobody said how many came. None that was entered when it
/// was over: whoever did so could have said it.
macro_rules! unreported {
    ($from:expr, $until:expr) => {
        bookings::table
            .filter(bookings::starts_at.gt($from.plus_seconds(-LONGEST_SECONDS)))
            .filter(bookings::starts_at.lt($until))
            .filter(bookings::ends_at.gt($from))
            .filter(bookings::ends_at.le($until))
            .filter(bookings::created_at.lt(bookings::ends_at))
            .filter(bookings::status.eq_any(standing()))
            .filter(bookings::actual_participants.is_null())
    };
}

/// Those about which nobody was asked yet, by their start.
pub fn never_asked(c: &mut Conn, (from, until): (Moment, Moment), most: i64) -> Result<Vec<Id>> {
    let asked = attendance_questions::table.filter(attendance_questions::booking_id.eq(bookings::id));
    Ok(unreported!(from, until)
        .filter(not(exists(asked)))
        .order((bookings::starts_at, bookings::id))
        .limit(most)
        .select(bookings::id)
        .load(c)?)
}

/// Those about which somebody was asked by a letter before `asked_before`, and not again.
pub fn asked_once(c: &mut Conn, (from, until): (Moment, Moment), asked_before: Moment, most: i64) -> Result<Vec<Id>> {
    let questions = || attendance_questions::table.filter(attendance_questions::booking_id.eq(bookings::id));
    let first = questions()
        .filter(attendance_questions::number.eq(Round::First.number()))
        .filter(attendance_questions::token_hash.is_not_null())
        .filter(attendance_questions::asked_at.le(asked_before));
    let again = questions().filter(attendance_questions::number.eq(Round::Again.number()));
    Ok(unreported!(from, until)
        .filter(exists(first))
        .filter(not(exists(again)))
        .order((bookings::starts_at, bookings::id))
        .limit(most)
        .select(bookings::id)
        .load(c)?)
}

/// Is it still one of them?
pub fn is_unreported(c: &mut Conn, id: Id, (from, until): (Moment, Moment)) -> Result<bool> {
    Ok(unreported!(from, until).filter(bookings::id.eq(id)).count().get_result::<i64>(c)? == 1)
}

/// Notes that somebody is asked; `false` if another process did so first.
pub fn claim(c: &mut Conn, id: Id, round: Round, token_hash: Option<&str>, now: Moment) -> Result<bool> {
    let row = (
        attendance_questions::booking_id.eq(id),
        attendance_questions::number.eq(round.number()),
        attendance_questions::token_hash.eq(token_hash),
        attendance_questions::asked_at.eq(now),
    );
    let key = (attendance_questions::booking_id, attendance_questions::number);
    Ok(Both(diesel::insert_into(attendance_questions::table).values(row).on_conflict(key).do_nothing()).execute(c)? == 1)
}

type Row = (Id, String, String, Moment, Moment, i32, Option<i32>);

/// What a link asks about that was written after `since`, if it took place.
pub fn by_token(c: &mut Conn, token_hash: &str, since: Moment) -> Result<Option<(Id, Gathering)>> {
    let row: Option<Row> = attendance_questions::table
        .inner_join(bookings::table.inner_join(rooms::table))
        .filter(attendance_questions::token_hash.eq(token_hash))
        .filter(attendance_questions::asked_at.gt(since))
        .filter(bookings::status.eq_any(standing()))
        .select((
            bookings::id,
            bookings::title,
            rooms::name,
            bookings::starts_at,
            bookings::ends_at,
            bookings::expected_participants,
            bookings::actual_participants,
        ))
        .first(c)
        .optional()?;
    row.map(|(id, title, room_name, starts_at, ends_at, expected, actual)| {
        let stay = Span::new(starts_at, ends_at).ok_or_else(|| Error::internal("a booking that ends before it starts"))?;
        Ok((id, Gathering { title, room_name, stay, expected, actual }))
    })
    .transpose()
}
