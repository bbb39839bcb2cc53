//! Bookings, head counts and answers put into the database as they are, past the API: history that nobody can book any more.
use diesel::prelude::*;
use nobel21::{
    db::schema::{bookings, closures, evaluations, occupancies, room_spaces, visits},
    id::Id,
    native,
    text::fold,
    time::Moment,
};

use crate::support::App;

/// A booking with what the figures look at.
#[derive(Clone)]
pub struct Booking {
    pub room: Id,
    pub organisation: Id,
    pub category: String,
    pub status: String,
    pub starts_at: Moment,
    pub ends_at: Moment,
    pub actual_participants: Option<i32>,
}

/// A head count.
#[derive(Clone)]
pub struct Visit {
    pub at: Moment,
    pub kind: &'static str,
    pub headcount: i32,
    pub purpose: String,
    pub organisation: Option<Id>,
    pub booking: Option<Id>,
    pub corrects: Option<Id>,
}

impl Visit {
    pub fn of(at: &str, headcount: i32) -> Self {
        let at = at.parse().unwrap();
        Self { at, kind: "in", headcount, purpose: "walk_in".into(), organisation: None, booking: None, corrects: None }
    }
}

impl App {
    /// Adds bookings, and their floor where they hold it.
    pub fn book(&self, all: &[Booking]) -> Vec<Id> {
        let spaces: Vec<(Id, Id)> = self.read(|c| Ok(room_spaces::table.select((room_spaces::room_id, room_spaces::space_id)).load(c)?));
        let ids: Vec<Id> = all.iter().map(|_| Id::new()).collect();
        let now = self.now();
        let rows: Vec<_> = all
            .iter()
            .zip(&ids)
            .map(|(b, id)| {
                (
                    (
                        bookings::id.eq(*id),
                        bookings::reference.eq(id.to_string()),
                        bookings::room_id.eq(b.room),
                        bookings::organisation_id.eq(b.organisation),
                        bookings::title.eq("Möte"),
                        bookings::title_key.eq(fold("Möte")),
                        bookings::description.eq(""),
                        bookings::category.eq(&b.category),
                        bookings::status.eq(&b.status),
                        bookings::starts_at.eq(b.starts_at),
                        bookings::ends_at.eq(b.ends_at),
                    ),
                    (
                        bookings::setup_minutes.eq(0),
                        bookings::cleanup_minutes.eq(0),
                        bookings::expected_participants.eq(1),
                        bookings::actual_participants.eq(b.actual_participants),
                        bookings::display.eq("neutral"),
                        bookings::version.eq(1),
                        bookings::created_at.eq(now),
                        bookings::updated_at.eq(now),
                    ),
                )
            })
            .collect();
        let holders = || all.iter().zip(&ids).filter(|(b, _)| matches!(b.status.as_str(), "held" | "confirmed" | "pending" | "no_show"));
        let held: Vec<_> = holders()
            .flat_map(|(b, id)| spaces.iter().filter(|(room, _)| *room == b.room).map(move |(_, space)| (b, *id, *space)))
            .map(|(b, id, space)| {
                (
                    occupancies::id.eq(Id::new()),
                    occupancies::space_id.eq(space),
                    occupancies::starts_at.eq(b.starts_at),
                    occupancies::ends_at.eq(b.ends_at),
                    occupancies::booking_id.eq(id),
                )
            })
            .collect();
        self.write(|c| {
            for some in rows.chunks(500) {
                native!(c, |c| diesel::insert_into(bookings::table).values(some.to_vec()).execute(c))?;
            }
            for some in held.chunks(500) {
                native!(c, |c| diesel::insert_into(occupancies::table).values(some.to_vec()).execute(c))?;
            }
            Ok(())
        });
        ids
    }

    /// Adds head counts.
    pub fn count(&self, all: &[Visit]) -> Vec<Id> {
        let ids: Vec<Id> = all.iter().map(|_| Id::new()).collect();
        let rows: Vec<_> = all
            .iter()
            .zip(&ids)
            .map(|(v, id)| {
                (
                    visits::id.eq(*id),
                    visits::at.eq(v.at),
                    visits::recorded_at.eq(v.at),
                    visits::kind.eq(v.kind),
                    visits::headcount.eq(v.headcount),
                    visits::purpose.eq(&v.purpose),
                    visits::organisation_id.eq(v.organisation),
                    visits::booking_id.eq(v.booking),
                    visits::corrects.eq(v.corrects),
                    visits::late_entry.eq(false),
                )
            })
            .collect();
        self.write(|c| {
            for some in rows.chunks(500) {
                native!(c, |c| diesel::insert_into(visits::table).values(some.to_vec()).execute(c))?;
            }
            Ok(())
        });
        ids
    }

    /// Adds answers about bookings.
    pub fn rate(&self, all: &[(Id, i32)]) {
        let now = self.now();
        let rows: Vec<_> = all
            .iter()
            .map(|(booking, rating)| {
                (
                    evaluations::id.eq(Id::new()),
                    evaluations::booking_id.eq(*booking),
                    evaluations::rating.eq(*rating),
                    evaluations::comment.eq(""),
                    evaluations::created_at.eq(now),
                )
            })
            .collect();
        self.write(|c| {
            native!(c, |c| diesel::insert_into(evaluations::table).values(&rows).execute(c))?;
            Ok(())
        });
    }

    /// Closes rooms, or with none named the house.
    pub fn close(&self, from: &str, to: &str, rooms: &[&str]) {
        use nobel21::db::schema::closure_rooms;
        let (id, now) = (Id::new(), self.now());
        let rooms: Vec<Id> = rooms.iter().map(|slug| self.room(slug)).collect();
        let (from, to): (Moment, Moment) = (from.parse().unwrap(), to.parse().unwrap());
        self.write(|c| {
            diesel::insert_into(closures::table)
                .values((
                    closures::id.eq(id),
                    closures::starts_at.eq(from),
                    closures::ends_at.eq(to),
                    closures::reason.eq("Målning"),
                    closures::whole_house.eq(rooms.is_empty()),
                    closures::version.eq(1),
                    closures::created_at.eq(now),
                ))
                .execute(c)?;
            for room in &rooms {
                diesel::insert_into(closure_rooms::table)
                    .values((closure_rooms::closure_id.eq(id), closure_rooms::room_id.eq(*room)))
                    .execute(c)?;
            }
            Ok(())
        });
    }
}
