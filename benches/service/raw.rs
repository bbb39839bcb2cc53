//! What a booking writes, by itself: the limit that the database sets.
use chrono::NaiveDate;
use diesel::prelude::*;
use nobel21::{
    audit::{self, By},
    db::{Db, schema::*},
    error::Result,
    id::Id,
    time::Moment,
};

use crate::server::Slots;

/// What a letter about a booking says, so that the limit writes as many bytes, and as hard to compress.
#[derive(Clone, Queryable)]
pub struct Words {
    subject: String,
    text: String,
    html: String,
    calendar: Option<String>,
}

impl Words {
    /// Those of a letter that the service wrote.
    pub fn of_a_booking(db: &Db) -> Self {
        let written = letters::table.filter(letters::kind.eq("booking_confirmed")).filter(letters::body_html.ne(""));
        db.read_now(|c| Ok(written.select((letters::subject, letters::body_text, letters::body_html, letters::calendar)).first(c)?))
            .unwrap()
    }
}

/// The rows that the new ones refer to.
#[derive(Clone)]
pub struct Facts {
    pub organisation: Id,
    pub person: Id,
    pub room: Id,
    pub space: Id,
    pub first_day: NaiveDate,
    pub now: Moment,
}

/// One transaction with the four INSERTs of a booking: booking, occupancy, letter, audit row.
pub fn inserter(db: &Db, facts: &Facts, words: &Words, thread: usize) -> impl FnMut(usize) + Send + use<> {
    let (db, facts, words) = (db.clone(), facts.clone(), words.clone());
    let mut slots = Slots::new(thread, facts.first_day);
    move |_| {
        // One space, so only every sixth of the slots.
        let (_, from, to) = (0..6).map(|_| slots.next()).last().unwrap();
        db.write_now(|c| {
            let id = Id::new();
            diesel::insert_into(bookings::table)
                .values((
                    (
                        bookings::id.eq(id),
                        bookings::reference.eq(id.to_string()),
                        bookings::room_id.eq(facts.room),
                        bookings::organisation_id.eq(facts.organisation),
                        bookings::title.eq("Styrelsemöte"),
                        bookings::title_key.eq("styrelsemöte"),
                        bookings::description.eq(""),
                        bookings::category.eq("board_meeting"),
                        bookings::status.eq("confirmed"),
                        bookings::starts_at.eq(from),
                        bookings::ends_at.eq(to),
                        bookings::setup_minutes.eq(0),
                        bookings::cleanup_minutes.eq(0),
                    ),
                    (
                        bookings::expected_participants.eq(4),
                        bookings::display.eq("neutral"),
                        bookings::created_by.eq(facts.person),
                        bookings::version.eq(1),
                        bookings::created_at.eq(facts.now),
                        bookings::updated_at.eq(facts.now),
                    ),
                ))
                .execute(c)?;
            diesel::insert_into(occupancies::table)
                .values((
                    occupancies::id.eq(Id::new()),
                    occupancies::space_id.eq(facts.space),
                    occupancies::starts_at.eq(from),
                    occupancies::ends_at.eq(to),
                    occupancies::booking_id.eq(id),
                ))
                .execute(c)?;
            letter(c, &facts, &words, id)?;
            let by = By { actor: Some(facts.person), at: facts.now, request_id: Some(id.to_string()) };
            let trace = serde_json::json!({
                "reference": id, "room": "konferens-1", "organisation_id": facts.organisation, "title": "Styrelsemöte", "status": "confirmed",
                "starts_at": from, "ends_at": to, "expected_participants": 4, "display": "neutral", "decision_reason": null, "cancel_reason": null,
            });
            audit::record(c, &by, "booked", "booking", Some(id.to_string()), None, Some(trace))
        })
        .unwrap();
    }
}

fn letter(c: &mut nobel21::db::Conn, facts: &Facts, words: &Words, booking: Id) -> Result<()> {
    let id = Id::new();
    diesel::insert_into(letters::table)
        .values((
            (
                letters::id.eq(id),
                letters::message_id.eq(id.to_string()),
                letters::kind.eq("booking_confirmed"),
                letters::to_address.eq("bench@example.org"),
                letters::to_key.eq("bench@example.org"),
                letters::to_name.eq("Bench"),
                letters::language.eq("sv"),
                letters::subject.eq(&words.subject),
                letters::search_key.eq("bench@example.org bekräftad: styrelsemöte"),
                letters::body_text.eq(&words.text),
                letters::body_html.eq(&words.html),
            ),
            (
                letters::secret.eq(false),
                letters::status.eq("waiting"),
                letters::attempts.eq(0),
                // Next year, so that nobody sends it meanwhile.
                letters::next_attempt_at.eq(facts.now.plus_seconds(365 * 86_400)),
                letters::booking_id.eq(booking),
                letters::person_id.eq(facts.person),
                letters::created_at.eq(facts.now),
                letters::calendar.eq(&words.calendar),
            ),
        ))
        .execute(c)?;
    Ok(())
}
