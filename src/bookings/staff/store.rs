//! SQL of staff notes.
use diesel::{prelude::*, upsert::excluded};

use super::StaffNote;
use crate::{
    db::{
        Both, Conn,
        schema::{people, staff_notes},
    },
    error::Result,
    id::Id,
    time::Moment,
};

type Row = (String, Option<String>, Option<(Id, String)>, i32);

/// What is noted about a booking, if anything is.
pub fn by_booking(c: &mut Conn, booking: Id) -> Result<Option<StaffNote>> {
    let row: Option<Row> = staff_notes::table
        .left_join(people::table)
        .filter(staff_notes::booking_id.eq(booking))
        .select((staff_notes::note, staff_notes::override_reason, (people::id, people::name).nullable(), staff_notes::version))
        .first(c)
        .optional()?;
    Ok(row.map(|(note, override_reason, booked_by, version)| StaffNote { note, override_reason, booked_by, version }))
}

/// Adds what a booking or a change of it was made by, and leaves the note be.
pub fn remember(c: &mut Conn, booking: Id, override_reason: Option<&str>, booked_by: Option<Id>, now: Moment) -> Result<()> {
    let row = (
        staff_notes::booking_id.eq(booking),
        staff_notes::note.eq(""),
        staff_notes::override_reason.eq(override_reason),
        staff_notes::booked_by.eq(booked_by),
        staff_notes::version.eq(1),
        staff_notes::updated_at.eq(now),
    );
    let again = (
        staff_notes::override_reason.eq(excluded(staff_notes::override_reason)),
        staff_notes::version.eq(staff_notes::version + 1),
        staff_notes::updated_at.eq(now),
    );
    Both(diesel::insert_into(staff_notes::table).values(row).on_conflict(staff_notes::booking_id).do_update().set(again)).execute(c)?;
    Ok(())
}

/// Writes the note, and leaves be by what the booking was made.
pub fn write(c: &mut Conn, booking: Id, note: &str, now: Moment) -> Result<()> {
    let row =
        (staff_notes::booking_id.eq(booking), staff_notes::note.eq(note), staff_notes::version.eq(1), staff_notes::updated_at.eq(now));
    let again = (staff_notes::note.eq(note), staff_notes::version.eq(staff_notes::version + 1), staff_notes::updated_at.eq(now));
    Both(diesel::insert_into(staff_notes::table).values(row).on_conflict(staff_notes::booking_id).do_update().set(again)).execute(c)?;
    Ok(())
}
