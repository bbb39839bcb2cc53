//! A CSV file with a line of names: each line parsed, each wrong value noted with its place.
use csv::{ByteRecord, ReaderBuilder};
use serde_json::{Map, Value};

use super::{
    fault::{Faults, File, LineFault},
    lines::Lines,
};
use crate::{
    error::{Error, Result},
    http::field::Fields,
    say,
};

/// A line's number, from 1, and what stands there.
#[derive(Debug, Clone)]
pub struct Line<T> {
    /// Its number.
    pub number: u64,
    /// What it says.
    pub value: T,
}

/// A file as it came.
pub struct Table<'a> {
    /// Which.
    pub file: File,
    /// What it holds.
    pub content: &'a [u8],
}

impl Table<'_> {
    /// Reads all of it; a file of which some lines can't be read goes into `incomplete`.
    pub fn read<T>(self, faults: &mut Faults, incomplete: &mut Vec<File>, row: impl Fn(&mut Fields) -> Option<T>) -> Vec<Line<T>> {
        let before = faults.count();
        let lines = self.lines(faults, row);
        if faults.count() > before {
            incomplete.push(self.file);
        }
        lines
    }

    fn lines<T>(&self, faults: &mut Faults, row: impl Fn(&mut Fields) -> Option<T>) -> Vec<Line<T>> {
        let content = self.content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(self.content);
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(content);
        let mut places = Lines::of(content);
        let mut record = ByteRecord::new();
        let mut header: Option<Vec<String>> = None;
        let mut lines = vec![];
        loop {
            match reader.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    faults.note(self.file, 0, "", say!("går inte att läsa: {error}", "can't be read: {error}"));
                    break;
                }
            }
            let number = places.at(record.position());
            let Some(columns) = &header else {
                match self.header(&record, faults) {
                    Some(columns) => header = Some(columns),
                    None => return lines,
                }
                continue;
            };
            if let Some(value) = self.line(number, columns, &record, faults, &row) {
                lines.push(Line { number, value });
            }
            if faults.is_full() {
                break;
            }
        }
        if header.is_none() {
            let columns = self.file.columns().join(",");
            faults.note(
                self.file,
                1,
                "",
                say!("är tom: den första raden ska vara {columns}", "is empty: its first line must be {columns}"),
            );
        }
        lines
    }

    /// The names of the columns, if they are the right ones; nothing can be read otherwise.
    fn header(&self, record: &ByteRecord, faults: &mut Faults) -> Option<Vec<String>> {
        let names: Vec<String> = record.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
        let mut right = true;
        for name in self.file.columns() {
            if names.iter().filter(|found| found == name).count() != 1 {
                right = false;
                faults.note(self.file, 1, name, say!("kolumnen ska finnas en gång", "the column must be there once"));
            }
        }
        for (place, name) in names.iter().enumerate().filter(|(_, name)| !self.file.columns().contains(&name.as_str())) {
            right = false;
            let column = (place + 1, name.chars().take(60).collect());
            let columns = self.file.columns().join(",");
            let message = say!("är en okänd kolumn: raden ska vara {columns}", "is an unknown column: the line must be {columns}");
            faults.push(LineFault { file: self.file, line: 1, column, message });
        }
        right.then_some(names)
    }

    fn line<T>(
        &self,
        number: u64,
        columns: &[String],
        record: &ByteRecord,
        faults: &mut Faults,
        row: impl Fn(&mut Fields) -> Option<T>,
    ) -> Option<T> {
        if record.len() != columns.len() {
            let (found, wanted) = (record.len(), columns.len());
            faults.note(self.file, number, "", say!("har {found} kolumner, ska ha {wanted}", "has {found} columns, must have {wanted}"));
            return None;
        }
        let mut members = Map::new();
        for (column, bytes) in columns.iter().zip(record) {
            match std::str::from_utf8(bytes) {
                Ok(text) if text.trim().is_empty() => {}
                Ok(text) => {
                    members.insert(column.clone(), Value::String(text.trim().to_owned()));
                }
                Err(_) => {
                    faults.note(self.file, number, column, say!("är inte UTF-8", "is not UTF-8"));
                    return None;
                }
            }
        }
        match parse(members, row) {
            Ok(value) => Some(value),
            Err(Error::Invalid(found)) => {
                for fault in found {
                    let place = columns.iter().position(|name| *name == fault.field).map_or(0, |place| place + 1);
                    faults.push(LineFault { file: self.file, line: number, column: (place, fault.field), message: fault.message });
                }
                None
            }
            Err(other) => {
                faults.note(self.file, number, "", say!("går inte att läsa: {other}", "can't be read: {other}"));
                None
            }
        }
    }
}

/// One row of columns, as a form is read.
pub fn parse<T>(members: Map<String, Value>, row: impl Fn(&mut Fields) -> Option<T>) -> Result<T> {
    let mut fields = Fields::of(Value::Object(members))?;
    let value = row(&mut fields);
    fields.finish((value,)).map(|(value,)| value)
}
