//! What would become of each row: a booking, nothing, or a fault.
use std::collections::{BTreeMap, HashMap};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{
    export::{Fault, Field, Row, System},
    mapping::{Fate, Mapping, Named},
    wall,
};
use crate::{
    bookings::{Category, LONGEST_SECONDS},
    error::{Error, Say},
    id::Id,
    import::rows::{self, BookingLine, Line},
    say,
    text::fold,
    time::{Moment, Span},
};

/// An organisation of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its key.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Its number, digits alone.
    pub digits: Option<String>,
}

/// What the database knows that a mapping file may name.
#[derive(Debug, Clone, Default)]
pub struct House {
    /// Slugs of rooms.
    pub rooms: Vec<String>,
    /// Organisations.
    pub organisations: Vec<Organisation>,
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It becomes a booking, or is one since an earlier run.
    Book,
    /// It becomes nothing, for this reason.
    LeftOut(Say),
    /// It has a fault.
    Faulty,
}

/// What would become of a row, for people.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its line.
    pub line: u64,
    /// What it is called there.
    pub title: String,
    /// Whose it would be.
    pub organisation: String,
    /// The booking, if there is one.
    pub booking: Option<BookingLine>,
    /// What becomes of it.
    pub verdict: Verdict,
}

/// Their names as ours; an entry of the mapping file that names nothing is a fault there, told once.
struct Ours<'a> {
    mapping: &'a Mapping,
    rooms: BTreeMap<&'a str, Option<&'a str>>,
    organisations: Vec<(Field, BTreeMap<&'a str, Option<&'a Organisation>>)>,
    default_organisation: Option<Option<&'a Organisation>>,
}

/// Looks at every row.
pub fn plan(system: System, rows: &[Row], mapping: &Mapping, house: &House, now: Moment, faults: &mut Vec<Fault>) -> Vec<Step> {
    let ours = Ours::find(mapping, house, faults);
    let mut repetitions: HashMap<String, u32> = HashMap::new();
    rows.iter()
        .map(|row| {
            let seen = repetitions.entry(identity(system, row)).and_modify(|seen| *seen += 1).or_insert(1);
            let uid = uid(system, row, *seen);
            ours.step(row, uid, now, faults)
        })
        .collect()
}

/// What makes a row the same one in the next export too: not its status, which changes.
fn identity(system: System, row: &Row) -> String {
    let told = match system {
        System::Ics => vec![Field::Reference, Field::Start, Field::Room],
        System::Mrbs | System::LibreBooking if !row.text(Field::Reference).is_empty() => vec![Field::Reference, Field::Room],
        System::Mrbs | System::LibreBooking => vec![Field::Area, Field::Room, Field::Start, Field::End, Field::Title, Field::Owner],
    };
    told.into_iter().map(|field| row.text(field)).collect::<Vec<_>>().join("\u{1f}")
}

fn uid(system: System, row: &Row, seen: u32) -> String {
    let digest = Sha256::digest(format!("{}|{seen}", identity(system, row)).as_bytes());
    format!("{system}-{}", URL_SAFE_NO_PAD.encode(digest))
}

/// The bookings of a plan, by line.
#[must_use]
pub fn bookings(steps: &[Step]) -> Vec<Line<BookingLine>> {
    let book = steps.iter().filter(|step| step.verdict == Verdict::Book);
    book.filter_map(|step| Some(Line { number: step.line, value: step.booking.clone()? })).collect()
}

impl<'a> Ours<'a> {
    fn find(mapping: &'a Mapping, house: &'a House, faults: &mut Vec<Fault>) -> Self {
        let rooms = mapping.rooms.iter().map(|(key, named)| {
            let found = house.rooms.iter().find(|slug| **slug == named.ours).map(String::as_str);
            if found.is_none() {
                let slugs = house.rooms.join(", ");
                let ours = &named.ours;
                faults.push(named.fault(say!("det finns ingen lokal {ours}, bara {slugs}", "there is no room {ours}, only {slugs}")));
            }
            (key.as_str(), found)
        });
        let rooms = rooms.collect();
        let mut organisation = |named: &'a Named| match house.organisation(&named.ours) {
            Ok(organisation) => Some(organisation),
            Err(message) => {
                faults.push(named.fault(message));
                None
            }
        };
        let organisations = mapping
            .organisations
            .iter()
            .map(|(field, names)| (*field, names.iter().map(|(key, named)| (key.as_str(), organisation(named))).collect()))
            .collect();
        let default_organisation = mapping.default_organisation.as_ref().map(organisation);
        Self { mapping, rooms, organisations, default_organisation }
    }

    fn step(&self, row: &Row, uid: String, now: Moment, faults: &mut Vec<Fault>) -> Step {
        let mut step = Step {
            line: row.line,
            title: row.text(Field::Title).to_owned(),
            organisation: String::new(),
            booking: None,
            verdict: Verdict::Faulty,
        };
        let before = faults.len();
        let fate = self.fate(row, faults);
        if let Some(reason) = self.left_out(row, fate) {
            faults.truncate(before);
            step.verdict = Verdict::LeftOut(reason);
            return step;
        }
        let room = self.room(row, faults);
        let organisation = self.organisation(row, faults);
        let category = self.category(row, faults);
        let title = self.title(row, faults);
        let span = self.span(row, faults);
        let (Some(fate), Some(room), Some(organisation), Some(category), Some(title), Some(span)) =
            (fate, room, organisation, category, title, span)
        else {
            return step;
        };
        let Some(status) = fate.status(span.end() <= now) else { return step };
        let expected =
            row.cells.get(&Field::Expected).map_or_else(|| self.mapping.expected_participants.to_string(), |cell| cell.text.clone());
        let columns = json!({
            "uid": uid, "room": room, "title": title, "category": category, "status": status,
            "starts_at": span.start(), "ends_at": span.end(), "expected_participants": expected,
        });
        let mut columns: Map<String, Value> = columns.as_object().cloned().unwrap_or_default();
        if let Some(cell) = row.cells.get(&Field::Actual) {
            columns.insert("actual_participants".into(), Value::String(cell.text.clone()));
        }
        step.title = title;
        step.organisation.clone_from(&organisation.name);
        match rows::told(columns, organisation.id) {
            Ok(booking) => {
                step.booking = Some(booking);
                step.verdict = Verdict::Book;
            }
            Err(Error::Invalid(found)) => {
                faults.extend(found.into_iter().map(|fault| Fault::of(row, field_of(&fault.field), fault.message)));
            }
            Err(other) => faults.push(Fault::at_line(row.line, say!("går inte att läsa: {other}", "can't be read: {other}"))),
        }
        step
    }

    fn left_out(&self, row: &Row, fate: Option<Fate>) -> Option<Say> {
        if room_keys(row).iter().any(|key| self.mapping.rooms_left_out.contains(key)) {
            let room = row.text(Field::Room);
            return Some(say!("lokalen {room} lämnas utanför (leave_out)", "the room {room} is left out (leave_out)"));
        }
        let kind = row.text(Field::Type);
        if self.mapping.types_left_out.contains(&fold(kind)) {
            return Some(say!("typen {kind} lämnas utanför (leave_out)", "the type {kind} is left out (leave_out)"));
        }
        if fate == Some(Fate::LeftOut) {
            let words: Vec<&str> =
                [Field::Status, Field::Approval].into_iter().map(|field| row.text(field)).filter(|word| !word.is_empty()).collect();
            let words = words.join(", ");
            return Some(say!("blev aldrig en bokning (status {words})", "never became a booking (status {words})"));
        }
        None
    }

    /// The first of its words that says more than that it stands.
    fn fate(&self, row: &Row, faults: &mut Vec<Fault>) -> Option<Fate> {
        let mut fate = Some(Fate::Stands);
        for field in [Field::Status, Field::Approval] {
            let word = row.text(field);
            if word.is_empty() {
                continue;
            }
            match self.mapping.fate(word) {
                Some(found) => fate = fate.map(|fate| if fate == Fate::Stands { found } else { fate }),
                None => {
                    let message = say!(
                        "”{word}” är ingen känd status: säg vad den blir under [statuses]",
                        "“{word}” is no known status: say what becomes of it under [statuses]"
                    );
                    faults.push(Fault::of(row, field, message));
                    fate = None;
                }
            }
        }
        let by_type = self.mapping.statuses.get(&fold(row.text(Field::Type)));
        if fate == Some(Fate::Stands) { by_type.copied().or(fate) } else { fate }
    }

    fn room(&self, row: &Row, faults: &mut Vec<Fault>) -> Option<&'a str> {
        let keys = room_keys(row);
        let Some(found) = keys.iter().find_map(|key| self.rooms.get(key.as_str())) else {
            let message = if keys.is_empty() {
                say!("raden har ingen lokal", "the line has no room")
            } else {
                let room = row.text(Field::Room);
                say!("”{room}” är ingen av lokalerna under [rooms]", "“{room}” is none of the rooms under [rooms]")
            };
            faults.push(Fault::of(row, Field::Room, message));
            return None;
        };
        *found
    }

    fn organisation(&self, row: &Row, faults: &mut Vec<Fault>) -> Option<&'a Organisation> {
        let named = self.organisations.iter().find_map(|(field, names)| {
            let text = fold(row.text(*field));
            let begins = |key: &str| key.strip_suffix('*').is_some_and(|start| text.starts_with(start));
            let whole = names.get(text.as_str()).filter(|_| !text.is_empty());
            whole.or_else(|| names.iter().filter(|(key, _)| begins(key)).max_by_key(|(key, _)| key.len()).map(|(_, found)| found))
        });
        match named.copied().or(self.default_organisation) {
            Some(found) => found,
            None => {
                let message = say!(
                    "det går inte att säga vems den är: skriv det under [organisations], eller default_organisation",
                    "nothing says whose it is: write it under [organisations], or default_organisation"
                );
                let field = [Field::Owner, Field::Title].into_iter().find(|field| row.cells.contains_key(field)).unwrap_or(Field::Owner);
                faults.push(Fault::of(row, field, message));
                None
            }
        }
    }

    fn category(&self, row: &Row, faults: &mut Vec<Fault>) -> Option<Category> {
        let kind = row.text(Field::Type);
        let found = self.mapping.categories.get(&fold(kind)).copied().or(self.mapping.default_category);
        if found.is_none() {
            let message = say!(
                "”{kind}” är ingen av typerna under [categories], och det finns ingen default_category",
                "“{kind}” is none of the types under [categories], and there is no default_category"
            );
            faults.push(Fault::of(row, Field::Type, message));
        }
        found
    }

    fn title(&self, row: &Row, faults: &mut Vec<Fault>) -> Option<String> {
        let title = row.cells.get(&Field::Title).map(|cell| cell.text.clone()).or_else(|| self.mapping.default_title.clone());
        if title.is_none() {
            faults.push(Fault::of(
                row,
                Field::Title,
                say!("saknas, och det finns ingen default_title", "is missing, and there is no default_title"),
            ));
        }
        // As long as a title may be here; other systems allow more.
        title.map(|title| title.chars().take(200).collect())
    }

    fn span(&self, row: &Row, faults: &mut Vec<Fault>) -> Option<Span> {
        let span = match row.span {
            Some(span) => span,
            None => {
                let mut instants = |field| {
                    let text = row.text(field);
                    let read = wall::read(text, &self.mapping.date_format).and_then(|at| wall::instants(at, self.mapping.zone));
                    read.map_err(|message| faults.push(Fault::of(row, field, message))).ok()
                };
                let (start, end) = (instants(Field::Start), instants(Field::End));
                let ((start, _), (end, late_end)) = (start?, end?);
                // Of a time that comes twice the later one is meant if the earlier one is no end.
                let Some(span) = Span::new(start, end).or_else(|| Span::new(start, late_end)) else {
                    faults.push(Fault::of(row, Field::End, say!("ska ligga efter starten", "must lie after the start")));
                    return None;
                };
                span
            }
        };
        if span.seconds() > LONGEST_SECONDS {
            let days = LONGEST_SECONDS / 86_400;
            faults.push(Fault::of(
                row,
                Field::End,
                say!("är mer än {days} dygn lång: dela upp den", "is longer than {days} days: divide it"),
            ));
            return None;
        }
        Some(span)
    }
}

impl House {
    fn organisation(&self, ours: &str) -> Result<&Organisation, Say> {
        let key = fold(ours);
        let digits: String = ours.chars().filter(char::is_ascii_digit).collect();
        let is_number = digits.len() >= 10 && ours.chars().all(|c| c.is_ascii_digit() || c == '-');
        let found: Vec<&Organisation> = self
            .organisations
            .iter()
            .filter(
                |organisation| if is_number { organisation.digits.as_deref() == Some(&digits) } else { fold(&organisation.name) == key },
            )
            .collect();
        match found.as_slice() {
            [one] => Ok(one),
            [] => Err(say!("det finns ingen organisation {ours}", "there is no organisation {ours}")),
            _ => Err(say!("flera organisationer heter {ours}: skriv numret", "several organisations are called {ours}: write the number")),
        }
    }
}

/// The names that a mapping file may know its room by, the most exact first.
fn room_keys(row: &Row) -> Vec<String> {
    let (area, room) = (row.text(Field::Area), row.text(Field::Room));
    if room.is_empty() {
        return vec![];
    }
    vec![fold(&format!("{area} / {room}")), fold(room)]
}

/// Where the export says what our column says.
#[must_use]
pub fn field_of(column: &str) -> Field {
    match column {
        "room" => Field::Room,
        "starts_at" => Field::Start,
        "ends_at" => Field::End,
        "status" => Field::Status,
        "category" => Field::Type,
        "organisation" => Field::Owner,
        "expected_participants" => Field::Expected,
        "actual_participants" => Field::Actual,
        "uid" => Field::Reference,
        _ => Field::Title,
    }
}
