//! An export as rows, whatever system wrote it, and what is wrong with which place of which file.
use std::collections::BTreeMap;

use crate::{
    error::Say,
    time::{Moment, Span},
    words,
};

words! {
    /// The systems whose exports are read.
    pub enum System {
        /// Meeting Room Booking System: its report as CSV.
        Mrbs = "mrbs",
        /// LibreBooking: a report of reservations as CSV.
        LibreBooking = "librebooking",
        /// Any calendar file, those of the two others among them.
        Ics = "ics",
    }
}

words! {
    /// What a row says, by the names that the mapping file has for it.
    pub enum Field {
        /// What the gathering is called.
        Title = "title",
        /// Where it is.
        Room = "room",
        /// The building or schedule that the room is part of.
        Area = "area",
        /// When it begins.
        Start = "start",
        /// When it ends.
        End = "end",
        /// Who booked.
        Owner = "owner",
        /// Which group the owner is in.
        Group = "group",
        /// What kind of booking it is.
        Type = "type",
        /// How far it has come.
        Status = "status",
        /// Whether somebody said yes.
        Approval = "approval",
        /// Its number there.
        Reference = "reference",
        /// How many were expected.
        Expected = "expected_participants",
        /// How many came.
        Actual = "actual_participants",
    }
}

/// What stands in one place of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// What it says; never empty.
    pub text: String,
    /// Its line, from 1.
    pub line: u64,
    /// Its column, from 1.
    pub column: usize,
    /// What the column or property is called there.
    pub name: String,
}

/// One booking of another system.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Where it begins.
    pub line: u64,
    /// What it says.
    pub cells: BTreeMap<Field, Cell>,
    /// When, if the file tells instants rather than wall time.
    pub span: Option<Span>,
}

impl Row {
    /// What it says of this, or nothing.
    #[must_use]
    pub fn text(&self, field: Field) -> &str {
        self.cells.get(&field).map_or("", |cell| &cell.text)
    }
}

/// One of the two files that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// What says which of theirs is which of ours.
    Mapping,
    /// What the other system wrote.
    Export,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// In this file.
    pub place: Place,
    /// On this line, from 1; 0 is the file as a whole.
    pub line: u64,
    /// In this column, from 1 (0: none in particular), and what it is called.
    pub column: (usize, String),
    /// What would be right.
    pub message: Say,
}

impl Fault {
    /// One of the export as a whole, or of one of its lines.
    #[must_use]
    pub fn at_line(line: u64, message: Say) -> Self {
        Self { place: Place::Export, line, column: (0, String::new()), message }
    }

    /// One of this field of a row; of its line if it has none.
    #[must_use]
    pub fn of(row: &Row, field: Field, message: Say) -> Self {
        match row.cells.get(&field) {
            Some(cell) => Self { place: Place::Export, line: cell.line, column: (cell.column, cell.name.clone()), message },
            None => Self { place: Place::Export, line: row.line, column: (0, field.as_str().to_owned()), message },
        }
    }
}

/// What the reader of an export is told of the world.
#[derive(Debug, Clone, Copy)]
pub struct Around {
    /// When wall time is without a zone, it is this one's.
    pub zone: chrono_tz::Tz,
    /// The time.
    pub now: Moment,
}
