//! A past year from five CSV files: all of it or nothing, and run twice it adds nothing.
pub mod check;
pub mod fault;
pub mod history;
mod lines;
pub mod rows;
mod store;
pub mod table;
pub mod visits;

use std::collections::HashMap;

use serde_json::json;

use crate::id::Id;
use crate::{
    audit::{self, By},
    db::Conn,
    error::{Error, Result},
    organisations::{self, NewOrganisation, Status},
    rooms::{self, Layout, LayoutCapacity, NewRoom, RoomKind, Rules},
    say,
};
pub use fault::{Faults, File, LineFault};
pub use rows::{Line, OrganisationLine, RoomLine, Year};
use store::Keys;

/// How many rows of each kind an import added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Added {
    /// Organisations.
    pub organisations: usize,
    /// Rooms.
    pub rooms: usize,
    /// Bookings.
    pub bookings: usize,
    /// Head counts.
    pub visits: usize,
    /// Answers.
    pub evaluations: usize,
}

impl Added {
    /// All rows.
    #[must_use]
    pub fn total(self) -> usize {
        self.organisations + self.rooms + self.bookings + self.visits + self.evaluations
    }
}

/// Adds what the year has and the database has not. With any fault, found in the files before or in the database now, nothing
/// is written and `None` comes back. `progress` hears how many lines each step did.
pub fn import(c: &mut Conn, year: &Year, faults: &mut Faults, by: &By, progress: &mut dyn FnMut(usize)) -> Result<Option<Added>> {
    store::lock(c)?;
    let known = store::known(c, year)?;
    check::check(year, &known, by.at, faults);
    if !faults.is_empty() {
        return Ok(None);
    }
    let mut added = Added::default();
    let mut keys = Keys { organisations: known.organisations, rooms: HashMap::new(), bookings: known.bookings };
    for Line { value, .. } in &year.organisations {
        if !keys.organisations.contains_key(value.number.digits()) {
            let id = add_organisation(c, value, by)?;
            keys.organisations.insert(value.number.digits().to_owned(), id);
            added.organisations += 1;
        }
        progress(1);
    }
    for Line { value, .. } in &year.rooms {
        if !known.rooms.contains_key(value.slug.as_str()) {
            rooms::create(c, by, &new_room(value))?;
            added.rooms += 1;
        }
        progress(1);
    }
    for room in rooms::all(c, true)? {
        keys.rooms.insert(room.slug, (room.id, room.spaces.into_iter().map(|space| space.id).collect()));
    }
    let new: Vec<_> = year.bookings.iter().filter(|line| !keys.bookings.contains_key(&line.value.uid)).collect();
    progress(year.bookings.len() - new.len());
    added.bookings = new.len();
    store::insert_bookings(c, &new, &mut keys, by.at, &mut *progress).map_err(|error| match error {
        // The check saw a free room and its floor is locked: only a change to which floor a room takes can come between.
        Error::Taken { .. } => Error::Conflict {
            code: "booking_conflict",
            detail: say!(
                "Någon bokade samtidigt som importen pågick. Inget är sparat: kör importen igen.",
                "Somebody booked while the import ran. Nothing is saved: run the import again."
            ),
        },
        other => other,
    })?;
    added.visits = store::insert_visits(c, &year.visits, &keys, by.at, &mut *progress)?;
    added.evaluations = store::insert_evaluations(c, &year.evaluations, &keys, by.at, &mut *progress)?;
    if added.total() > 0 {
        let after = json!({
            "organisations": added.organisations,
            "rooms": added.rooms,
            "bookings": added.bookings,
            "visits": added.visits,
            "evaluations": added.evaluations,
        });
        audit::record(c, by, "imported", "year", None, None, Some(after))?;
    }
    Ok(Some(added))
}

fn add_organisation(c: &mut Conn, new: &OrganisationLine, by: &By) -> Result<Id> {
    let organisation = NewOrganisation {
        name: new.name.clone(),
        kind: new.kind,
        org_number: Some(new.number.clone()),
        email: new.email.clone(),
        phone: new.phone.clone(),
        tenant: new.tenant,
        protected: false,
        status: Status::Active,
    };
    Ok(organisations::create(c, by, organisation)?.id)
}

/// A room as the file tells it, with the layout that its kind suggests; an admin refines it later.
fn new_room(line: &RoomLine) -> NewRoom {
    let layout = match line.kind {
        RoomKind::Event => Layout::Cinema,
        RoomKind::Workshop => Layout::Classroom,
        RoomKind::Conference | RoomKind::Meeting => Layout::Boardroom,
    };
    NewRoom {
        slug: line.slug.clone(),
        name: line.name.clone(),
        kind: line.kind,
        max_persons: line.capacity,
        floor: line.floor,
        description: String::new(),
        layouts: vec![LayoutCapacity { layout, capacity: line.capacity, setup_minutes: None, cleanup_minutes: None }],
        equipment: line.equipment.clone(),
        wheelchair_accessible: line.wheelchair_accessible,
        hearing_loop: line.hearing_loop,
        needs_approval: false,
        active: true,
        rules: Rules::default(),
        spaces: line.spaces.clone(),
    }
}
