//! SQL of evaluation links and answers. The gathering is read joined with its room and organisation: a stranger with a code has no
//! right to the booking itself.
use diesel::prelude::*;

use super::evaluation::{Code, Evaluation, Gathering};
use crate::{
    db::{Both, Conn, schema::*},
    error::{Error, Result},
    id::Id,
    text::stored,
    time::{Moment, Span},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = bookings)]
struct BookingRow {
    id: Id,
    title: String,
    organisation_id: Id,
    starts_at: Moment,
    ends_at: Moment,
    status: String,
    display: String,
    expected_participants: i32,
    actual_participants: Option<i32>,
}

type Row = (BookingRow, String, bool);

fn gathering((row, room_name, protected): Row) -> Result<Gathering> {
    Ok(Gathering {
        booking_id: row.id,
        title: row.title,
        room_name,
        organisation_id: row.organisation_id,
        protected,
        stay: Span::new(row.starts_at, row.ends_at).ok_or_else(|| Error::internal("a booking that ends before it starts"))?,
        status: stored(&row.status)?,
        display: stored(&row.display)?,
        expected: row.expected_participants,
        actual: row.actual_participants,
    })
}

/// The gathering of this booking.
pub fn of_booking(c: &mut Conn, booking: Id) -> Result<Option<Gathering>> {
    bookings::table
        .inner_join(rooms::table)
        .inner_join(organisations::table)
        .filter(bookings::id.eq(booking))
        .select((BookingRow::as_select(), rooms::name, organisations::protected))
        .first(c)
        .optional()?
        .map(gathering)
        .transpose()
}

/// The gathering that this code asks about.
pub fn of_code(c: &mut Conn, code: &Code) -> Result<Option<Gathering>> {
    evaluation_links::table
        .inner_join(bookings::table.inner_join(rooms::table).inner_join(organisations::table))
        .filter(evaluation_links::code.eq(code.as_str()))
        .select((BookingRow::as_select(), rooms::name, organisations::protected))
        .first(c)
        .optional()?
        .map(gathering)
        .transpose()
}

/// The code of this booking, if it has one.
pub fn code(c: &mut Conn, booking: Id) -> Result<Option<Code>> {
    let code: Option<String> =
        evaluation_links::table.filter(evaluation_links::booking_id.eq(booking)).select(evaluation_links::code).first(c).optional()?;
    code.as_deref().map(stored).transpose()
}

/// Gives a booking its code; `false` if another request did so first.
pub fn insert_link(c: &mut Conn, booking: Id, code: &Code, now: Moment) -> Result<bool> {
    let row = (evaluation_links::code.eq(code.as_str()), evaluation_links::booking_id.eq(booking), evaluation_links::created_at.eq(now));
    let insert = diesel::insert_into(evaluation_links::table).values(row).on_conflict(evaluation_links::booking_id).do_nothing();
    Ok(Both(insert).execute(c)? == 1)
}

/// How many have answered.
pub fn answers(c: &mut Conn, booking: Id) -> Result<i64> {
    Ok(evaluations::table.filter(evaluations::booking_id.eq(booking)).count().get_result(c)?)
}

/// The answer with this key.
pub fn by_id(c: &mut Conn, id: Id) -> Result<Option<Evaluation>> {
    let row: Option<(i32, String)> = evaluations::table.find(id).select((evaluations::rating, evaluations::comment)).first(c).optional()?;
    Ok(row.map(|(rating, comment)| Evaluation { rating, comment }))
}

/// Adds an answer, unless its key is there. The key is random and the time the day's beginning, so that neither tells who stood at the
/// poster when.
pub fn insert(c: &mut Conn, id: Id, booking: Id, answer: &Evaluation, now: Moment) -> Result<()> {
    let insert = diesel::insert_into(evaluations::table)
        .values((
            evaluations::id.eq(id),
            evaluations::booking_id.eq(booking),
            evaluations::rating.eq(answer.rating),
            evaluations::comment.eq(&answer.comment),
            evaluations::created_at.eq(Moment::start_of(now.date())),
        ))
        .on_conflict(evaluations::id)
        .do_nothing();
    Both(insert).execute(c)?;
    Ok(())
}
