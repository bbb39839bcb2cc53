//! A `visits.csv` that comes alone: all of it or nothing, and sent twice it adds nothing.
use serde_json::json;

use super::{
    Faults, File, Line, Year,
    rows::{self, VisitLine},
    store::{self, Keys},
};
use crate::{
    audit::{self, By},
    db::Conn,
    error::Result,
    say,
    time::Moment,
};

/// So many lines may one file have.
pub const MOST: usize = 50_000;

/// What became of a file's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Lines that were new.
    pub added: usize,
    /// Lines that were there already.
    pub known: usize,
}

/// The lines of a file, and what is wrong with single ones.
#[must_use]
pub fn read(content: &[u8]) -> (Vec<Line<VisitLine>>, Faults) {
    let mut faults = Faults::default();
    (rows::visits(content, &mut faults), faults)
}

/// Adds the head counts that are not there yet; with any fault nothing is written, and all of them are told.
pub fn import(c: &mut Conn, (visits, mut faults): (Vec<Line<VisitLine>>, Faults), by: &By) -> Result<Outcome> {
    let year = Year { visits, ..Year::default() };
    let known = store::known(c, &year)?;
    let keys = Keys { organisations: known.organisations, rooms: std::collections::HashMap::new(), bookings: known.bookings };
    check(&year.visits, &keys, by.at, &mut faults);
    if !faults.is_empty() {
        return Err(faults.refusal());
    }
    let added = store::insert_visits(c, &year.visits, &keys, by.at, |_| ())?;
    let outcome = Outcome { added, known: year.visits.len().saturating_sub(added) };
    if outcome.added > 0 {
        audit::record(c, by, "imported", "visits", None, None, Some(json!({"added": outcome.added, "known": outcome.known})))?;
    }
    Ok(outcome)
}

fn check(lines: &[Line<VisitLine>], keys: &Keys, now: Moment, faults: &mut Faults) {
    if let Some(first) = lines.get(MOST) {
        faults.note(
            File::Visits,
            first.number,
            "",
            say!("är en rad för mycket: högst {MOST} får komma på en gång", "is one line too many: at most {MOST} may come at once"),
        );
    }
    for Line { number, value } in lines {
        if value.arrived_at > now {
            faults.note(File::Visits, *number, "arrived_at", say!("ligger i framtiden", "lies in the future"));
        }
        if value.organisation.as_ref().is_some_and(|organisation| !keys.organisations.contains_key(organisation.digits())) {
            let message = say!("finns inte bland organisationerna", "is not among the organisations");
            faults.note(File::Visits, *number, "organisation", message);
        }
        if value.booking.as_ref().is_some_and(|uid| !keys.bookings.contains_key(uid)) {
            let message = say!("finns inte bland de importerade bokningarna", "is not among the imported bookings");
            faults.note(File::Visits, *number, "booking_uid", message);
        }
    }
}
