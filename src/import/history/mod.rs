//! Another system's bookings from its export, by a mapping file: all of it or nothing, and run twice it adds nothing.
mod events;
pub mod export;
pub mod mapping;
pub mod plan;
mod table;
mod wall;

use super::{
    Faults,
    check::{self, Known},
    rows::Year,
    store,
};
use crate::{audit::By, db::Conn, error::Result, rooms, time::Moment};
use export::{Around, Row};
pub use export::{Fault, Field, Place, System};
use mapping::Mapping;
use plan::{House, plan};
pub use plan::{Step, Verdict};

/// Two files that were read, and what is wrong with them so far.
#[derive(Debug)]
pub struct History {
    system: System,
    mapping: Mapping,
    rows: Vec<Row>,
    /// What is wrong with them.
    pub faults: Vec<Fault>,
}

impl History {
    /// Reads an export and its mapping file; without a mapping file that is one the faults alone come back.
    pub fn read(system: System, export: &[u8], mapping: &[u8], now: Moment) -> std::result::Result<Self, Vec<Fault>> {
        // All of them can write calendar files too.
        let is_calendar = export.strip_prefix(b"\xef\xbb\xbf").unwrap_or(export).trim_ascii_start().starts_with(b"BEGIN:VCALENDAR");
        let system = if is_calendar { System::Ics } else { system };
        let mut faults = vec![];
        let Some(mapping) = Mapping::read(system, &String::from_utf8_lossy(mapping), &mut faults) else { return Err(faults) };
        let rows = match system {
            System::Ics => events::read(export, Around { zone: mapping.zone, now }, &mut faults),
            System::Mrbs | System::LibreBooking => table::read(system, export, &mapping, &mut faults),
        };
        Ok(Self { system, mapping, rows, faults })
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows.len()
    }
}

/// What came, or would come, of an export.
#[derive(Debug)]
pub struct Outcome {
    /// Row by row.
    pub steps: Vec<Step>,
    /// Everything that is wrong, by file, line and column.
    pub faults: Vec<Fault>,
    /// Uids of bookings that were there before.
    pub there: Vec<String>,
    /// How many bookings were added; nothing if there were faults, or if it was only asked.
    pub added: Option<usize>,
}

/// What would come of it: writes nothing.
pub fn examine(c: &mut Conn, history: &mut History, now: Moment) -> Result<Outcome> {
    let mut faults = std::mem::take(&mut history.faults);
    let house = House { rooms: rooms::all(c, true)?.into_iter().map(|room| room.slug).collect(), organisations: store::organisations(c)? };
    let steps = plan(history.system, &history.rows, &history.mapping, &house, now, &mut faults);
    let year = year(&steps);
    let mut found = Faults::default();
    let known: Known = store::known(c, &year)?;
    check::check(&year, &known, now, &mut found);
    faults.extend(translated(found, &history.rows));
    faults.sort_by_key(|fault| (fault.place, fault.line, fault.column.0));
    Ok(Outcome { steps, faults, there: known.bookings.into_keys().collect(), added: None })
}

/// Books what the export has and the database has not; with any fault nothing is written. `progress` hears how many rows each step did.
pub fn import(c: &mut Conn, history: &mut History, by: &By, progress: &mut dyn FnMut(usize)) -> Result<Outcome> {
    store::lock(c)?;
    let mut outcome = examine(c, history, by.at)?;
    if outcome.faults.is_empty() {
        let mut found = Faults::default();
        let added = super::import(c, &year(&outcome.steps), &mut found, by, progress)?;
        outcome.added = added.map(|added| added.bookings);
        outcome.faults = translated(found, &history.rows);
    }
    Ok(outcome)
}

fn year(steps: &[Step]) -> Year {
    Year { bookings: plan::bookings(steps), ..Year::default() }
}

/// Faults of `bookings.csv` as ones of the export, whose lines the bookings have.
fn translated(found: Faults, rows: &[Row]) -> Vec<Fault> {
    let told = found.sorted().into_iter().map(|fault| match rows.iter().find(|row| row.line == fault.line) {
        Some(row) => Fault { line: fault.line, ..Fault::of(row, plan::field_of(&fault.column.1), fault.message) },
        None => Fault::at_line(fault.line, fault.message),
    });
    told.collect()
}
