//! A year as its five files tell it: each line parsed, each wrong value noted with its place.
use csv::{ByteRecord, ReaderBuilder};
use serde_json::{Map, Value};

use super::{
    fault::{Faults, File, LineFault},
    lines::Lines,
};
use crate::{
    bookings::{Category, Status},
    error::{Error, Result, Say},
    http::field::{Fields, line, moment, parsed, query_flag, query_integer},
    id::Id,
    mail,
    organisations::{Kind, OrgNumber, Phone},
    rooms::{RoomKind, Slug},
    say,
    time::{Moment, Span},
    visits::Purpose,
};

/// A line's number, from 1, and what stands there.
#[derive(Debug, Clone)]
pub struct Line<T> {
    /// Its number.
    pub number: u64,
    /// What it says.
    pub value: T,
}

/// A line of `organisations.csv`.
#[derive(Debug, Clone)]
pub struct OrganisationLine {
    /// By which the other files know it.
    pub number: OrgNumber,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Where letters go.
    pub email: Option<String>,
    /// Where somebody answers.
    pub phone: Option<Phone>,
    /// Has its home in the house.
    pub tenant: bool,
}

/// A line of `rooms.csv`.
#[derive(Debug, Clone)]
pub struct RoomLine {
    /// By which the other files know it.
    pub slug: Slug,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub kind: RoomKind,
    /// How many it seats.
    pub capacity: i32,
    /// The floor of the building.
    pub floor: i32,
    /// The pieces of floor that it takes.
    pub spaces: Vec<Slug>,
    /// What it has.
    pub equipment: Vec<Slug>,
    /// Step-free, with an accessible toilet.
    pub wheelchair_accessible: bool,
    /// Has an induction loop.
    pub hearing_loop: bool,
}

/// Whose a gathering is.
#[derive(Debug, Clone)]
pub enum Whose {
    /// The organisation with this number, in the files or in the database.
    Number(OrgNumber),
    /// That one of the database.
    Stored(Id),
}

/// A line of `bookings.csv`.
#[derive(Debug, Clone)]
pub struct BookingLine {
    /// By which the other files and the next run know it.
    pub uid: String,
    /// The room's slug.
    pub room: Slug,
    /// Whose it is.
    pub organisation: Whose,
    /// What it is called.
    pub title: String,
    /// What people come together for.
    pub category: Category,
    /// When.
    pub stay: Span,
    /// How far it has come.
    pub status: Status,
    /// How many were expected.
    pub expected_participants: i32,
    /// How many came.
    pub actual_participants: Option<i32>,
}

/// A line of `visits.csv`.
#[derive(Debug, Clone)]
pub struct VisitLine {
    /// When they came.
    pub arrived_at: Moment,
    /// How many.
    pub headcount: i32,
    /// What for.
    pub purpose: Purpose,
    /// To whom.
    pub organisation: Option<OrgNumber>,
    /// To which gathering.
    pub booking: Option<String>,
}

/// A line of `evaluations.csv`.
#[derive(Debug, Clone)]
pub struct EvaluationLine {
    /// Of which gathering.
    pub booking: String,
    /// From 1 to 5.
    pub rating: i32,
}

/// All that the five files say.
#[derive(Debug, Clone, Default)]
pub struct Year {
    /// `organisations.csv`.
    pub organisations: Vec<Line<OrganisationLine>>,
    /// `rooms.csv`.
    pub rooms: Vec<Line<RoomLine>>,
    /// `bookings.csv`.
    pub bookings: Vec<Line<BookingLine>>,
    /// `visits.csv`.
    pub visits: Vec<Line<VisitLine>>,
    /// `evaluations.csv`.
    pub evaluations: Vec<Line<EvaluationLine>>,
    /// Files of which some lines could not be read: what is missing from them may well be there.
    pub incomplete: Vec<File>,
}

impl Year {
    /// Reads the five files; what is wrong with them goes into `faults`, and the lines that are right come out.
    pub fn read<'a>(content: impl Fn(File) -> &'a [u8], faults: &mut Faults) -> Self {
        let mut year = Self::default();
        let incomplete = &mut year.incomplete;
        let table = |file| Table { file, content: content(file) };
        year.organisations = table(File::Organisations).read(faults, incomplete, organisation);
        year.rooms = table(File::Rooms).read(faults, incomplete, room);
        year.bookings = table(File::Bookings).read(faults, incomplete, booking);
        year.visits = table(File::Visits).read(faults, incomplete, visit);
        year.evaluations = table(File::Evaluations).read(faults, incomplete, evaluation);
        year
    }

    /// How many lines there are.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.organisations.len() + self.rooms.len() + self.bookings.len() + self.visits.len() + self.evaluations.len()
    }
}

fn organisation(f: &mut Fields) -> Option<OrganisationLine> {
    let (number, name, kind) = (f.required("org_number", parsed), f.required("name", line(1..=200)), f.required("kind", parsed));
    let email = f.optional("email", |value| {
        let email = line(1..=254)(value)?;
        if mail::is_address(&email) { Ok(email) } else { Err(say!("ska vara en e-postadress", "must be an e-mail address").into()) }
    });
    let (phone, tenant) = (f.optional("phone", parsed), f.required("tenant", query_flag));
    Some(OrganisationLine { number: number?, name: name?, kind: kind?, email: email?, phone: phone?, tenant: tenant? })
}

fn slugs(value: &Value) -> crate::http::field::Read<Vec<Slug>> {
    let text = value.as_str().unwrap_or_default();
    let mut slugs: Vec<Slug> = text.split(';').map(|part| part.trim().parse()).collect::<std::result::Result<_, Say>>()?;
    slugs.sort();
    slugs.dedup();
    Ok(slugs)
}

fn room(f: &mut Fields) -> Option<RoomLine> {
    let (slug, name, kind) = (f.required("slug", parsed), f.required("name", line(1..=200)), f.required("kind", parsed));
    let (capacity, floor) = (f.required("capacity", query_integer(1..=5000)), f.required("floor", query_integer(-5..=50)));
    let (spaces, equipment) = (f.required("spaces", slugs), f.or("equipment", vec![], slugs));
    let (wheelchair_accessible, hearing_loop) = (f.required("wheelchair_accessible", query_flag), f.required("hearing_loop", query_flag));
    Some(RoomLine {
        slug: slug?,
        name: name?,
        kind: kind?,
        capacity: capacity?,
        floor: floor?,
        spaces: spaces?,
        equipment: equipment?,
        wheelchair_accessible: wheelchair_accessible?,
        hearing_loop: hearing_loop?,
    })
}

fn booking(f: &mut Fields) -> Option<BookingLine> {
    let organisation = f.required("organisation", parsed).map(Whose::Number);
    gathering(f, organisation)
}

/// A gathering that another system's export tells, by the columns of `bookings.csv`; the organisation is known already.
pub fn told(columns: Map<String, Value>, organisation: Id) -> Result<BookingLine> {
    parse(columns, |f| gathering(f, Some(Whose::Stored(organisation))))
}

fn gathering(f: &mut Fields, organisation: Option<Whose>) -> Option<BookingLine> {
    let uid = f.required("uid", line(1..=100));
    let room = f.required("room", parsed);
    let (title, category) = (f.required("title", line(1..=200)), f.required("category", parsed));
    let (starts_at, ends_at) = (f.required("starts_at", moment), f.required("ends_at", moment));
    let status = f.required("status", parsed);
    let expected = f.required("expected_participants", query_integer(1..=5000));
    let actual = f.optional("actual_participants", query_integer(0..=5000));
    let stay = Span::new(starts_at?, ends_at?);
    if stay.is_none() {
        f.fault(crate::error::Fault::new("ends_at", say!("ska ligga efter starts_at", "must lie after starts_at")));
    }
    Some(BookingLine {
        uid: uid?,
        room: room?,
        organisation: organisation?,
        title: title?,
        category: category?,
        stay: stay?,
        status: status?,
        expected_participants: expected?,
        actual_participants: actual?,
    })
}

fn visit(f: &mut Fields) -> Option<VisitLine> {
    let (arrived_at, headcount) = (f.required("arrived_at", moment), f.required("headcount", query_integer(1..=5000)));
    let (purpose, organisation) = (f.required("purpose", parsed), f.optional("organisation", parsed));
    let booking = f.optional("booking_uid", line(1..=100));
    Some(VisitLine { arrived_at: arrived_at?, headcount: headcount?, purpose: purpose?, organisation: organisation?, booking: booking? })
}

fn evaluation(f: &mut Fields) -> Option<EvaluationLine> {
    let (booking, rating) = (f.required("booking_uid", line(1..=100)), f.required("rating", query_integer(1..=5)));
    Some(EvaluationLine { booking: booking?, rating: rating? })
}

struct Table<'a> {
    file: File,
    content: &'a [u8],
}

impl Table<'_> {
    fn read<T>(self, faults: &mut Faults, incomplete: &mut Vec<File>, row: impl Fn(&mut Fields) -> Option<T>) -> Vec<Line<T>> {
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

fn parse<T>(members: Map<String, Value>, row: impl Fn(&mut Fields) -> Option<T>) -> Result<T> {
    let mut fields = Fields::of(Value::Object(members))?;
    let value = row(&mut fields);
    fields.finish((value,)).map(|(value,)| value)
}
