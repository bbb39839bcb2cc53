//! What is wrong with which line of which file. All of it is kept, up to a bound, and told at once.
use crate::{
    error::{Error, Fault, Say},
    say, words,
};

words! {
    /// The files of a year, in the order in which they build on each other, and those that come alone.
    pub enum File {
        /// Who books.
        Organisations = "organisations.csv",
        /// What is booked.
        Rooms = "rooms.csv",
        /// Who had what when.
        Bookings = "bookings.csv",
        /// Head counts.
        Visits = "visits.csv",
        /// Answers from 1 to 5.
        Evaluations = "evaluations.csv",
        /// What devices at the doors counted: never part of a year.
        DoorCounts = "door_counts.csv",
    }
}

impl File {
    /// The files of a year.
    pub const YEAR: [Self; 5] = [Self::Organisations, Self::Rooms, Self::Bookings, Self::Visits, Self::Evaluations];

    /// The columns that it has, all of them, in any order.
    #[must_use]
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Organisations => &["org_number", "name", "kind", "email", "phone", "tenant"],
            Self::Rooms => &["slug", "name", "kind", "capacity", "floor", "spaces", "equipment", "wheelchair_accessible", "hearing_loop"],
            Self::Bookings => &[
                "uid",
                "room",
                "organisation",
                "title",
                "category",
                "starts_at",
                "ends_at",
                "status",
                "expected_participants",
                "actual_participants",
            ],
            Self::Visits => &["arrived_at", "headcount", "purpose", "organisation", "booking_uid"],
            Self::Evaluations => &["booking_uid", "rating"],
            Self::DoorCounts => &["device_id", "from", "to", "in", "out"],
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFault {
    /// In this file.
    pub file: File,
    /// On this line, counted from 1; 0 is the file as a whole.
    pub line: u64,
    /// In this column: its place from 1 (0: not a single one) and its name.
    pub column: (usize, String),
    /// What would be right.
    pub message: Say,
}

/// Everything that is wrong.
#[derive(Debug, Default)]
pub struct Faults {
    kept: Vec<LineFault>,
    all: usize,
}

/// More than anybody reads, and less than a file of another kind could fill memory with.
const MOST: usize = 10_000;

impl Faults {
    /// Notes one.
    pub fn push(&mut self, fault: LineFault) {
        self.all = self.all.saturating_add(1);
        if self.kept.len() < MOST {
            self.kept.push(fault);
        }
    }

    /// Notes what is wrong with one column of a line.
    pub fn note(&mut self, file: File, line: u64, column: &str, message: Say) {
        let place = file.columns().iter().position(|name| *name == column).map_or(0, |place| place + 1);
        self.push(LineFault { file, line, column: (place, column.to_owned()), message });
    }

    /// Is nothing wrong?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all == 0
    }

    /// Are there so many that looking for more serves nobody?
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.kept.len() >= MOST
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.all
    }

    /// As a refusal over HTTP, of one file: each fault's field leads to its line and column (`lines.14.headcount`). The first are told,
    /// and how many more there are.
    #[must_use]
    pub fn refusal(self) -> Error {
        const TOLD: usize = 200;
        let more = self.all.saturating_sub(TOLD);
        let told = self.sorted().into_iter().take(TOLD).map(|LineFault { line, column: (_, name), message, .. }| {
            let place = if name.is_empty() { String::new() } else { format!(".{name}") };
            let Say { sv, en } = message;
            Fault::new(format!("lines.{line}{place}"), say!("rad {line}: {sv}", "line {line}: {en}"))
        });
        let mut faults: Vec<Fault> = told.collect();
        if more > 0 {
            faults.push(Fault::new("lines", say!("{more} fel till visas inte", "{more} more faults are not shown")));
        }
        Error::Invalid(faults)
    }

    /// Those that are kept, by file, line and column.
    #[must_use]
    pub fn sorted(mut self) -> Vec<LineFault> {
        self.kept.sort_by_key(|fault| (fault.file, fault.line, fault.column.0));
        self.kept
    }
}
