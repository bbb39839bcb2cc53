//! A calendar file as rows: one for each date of each event.
use std::collections::BTreeMap;

use super::export::{Around, Cell, Fault, Field, Row};
use crate::{calendar::file, say};

/// The properties that say something of a booking.
const PROPERTIES: [(Field, &str); 6] = [
    (Field::Title, "SUMMARY"),
    (Field::Room, "LOCATION"),
    (Field::Owner, "ORGANIZER"),
    (Field::Status, "STATUS"),
    (Field::Type, "CATEGORIES"),
    // MRBS has the type by a name of its own.
    (Field::Type, "X-MRBS-TYPE"),
];

/// Reads a file; what is wrong with it goes into `faults`.
pub fn read(bytes: &[u8], around: Around, faults: &mut Vec<Fault>) -> Vec<Row> {
    let dates = match file::every_date(bytes, around.zone, around.now) {
        Ok(dates) => dates,
        Err(message) => {
            faults.push(Fault::at_line(0, message));
            return vec![];
        }
    };
    let lines = lines(&String::from_utf8_lossy(bytes));
    let nowhere = Lines::default();
    let mut rows = vec![];
    for date in dates {
        let of = lines.get(date.place).unwrap_or(&nowhere);
        let mut row = Row { line: of.first, span: date.span, ..Row::default() };
        let mut say = |field, name: &str, text: String| {
            let line = of.by_property.get(name).copied().unwrap_or(of.first);
            row.cells.insert(field, Cell { text, line, column: 1, name: name.to_owned() });
        };
        for (field, name) in PROPERTIES {
            if let Some(text) = date.says.get(name) {
                say(field, name, text.clone());
            }
        }
        // MRBS writes area and room as one place.
        if let Some((area, _)) = date.says.get("LOCATION").and_then(|place| place.rsplit_once(" - ")) {
            say(Field::Area, "LOCATION", area.to_owned());
        }
        let reference = if date.uid.is_empty() { of.first.to_string() } else { date.uid };
        say(Field::Reference, "UID", reference);
        say(Field::Start, "DTSTART", date.span.map_or_else(|| "?".to_owned(), |span| span.start().to_string()));
        if date.span.is_none() {
            faults.push(Fault::of(
                &row,
                Field::Start,
                say!("tiden eller regeln går inte att tolka", "its time or its rule can't be understood"),
            ));
            continue;
        }
        rows.push(row);
    }
    rows
}

/// Where an event stands in the file.
#[derive(Debug, Default)]
struct Lines {
    first: u64,
    by_property: BTreeMap<String, u64>,
}

/// The lines of each event: the parser does not tell them.
fn lines(text: &str) -> Vec<Lines> {
    let mut events: Vec<Lines> = vec![];
    // What is open; an alarm within an event has properties of the same names.
    let mut open: Vec<String> = vec![];
    for (number, line) in (1..).zip(text.lines()) {
        let name: String = line.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect::<String>().to_ascii_uppercase();
        let value = || line.rsplit(':').next().unwrap_or_default().trim().to_ascii_uppercase();
        match name.as_str() {
            "BEGIN" => {
                open.push(value());
                if open.last().is_some_and(|component| component == "VEVENT") {
                    events.push(Lines { first: number, ..Lines::default() });
                }
            }
            "END" => {
                open.pop();
            }
            // A line that goes on begins with a space.
            "" => {}
            _ if open.last().is_some_and(|component| component == "VEVENT") => {
                if let Some(event) = events.last_mut() {
                    event.by_property.entry(name).or_insert(number);
                }
            }
            _ => {}
        }
    }
    events
}
