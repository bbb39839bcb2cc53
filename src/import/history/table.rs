//! The CSV of MRBS (`report.php`) and LibreBooking (a custom report) as rows.
//!
//! Both name their columns in the language of whoever exported, and leave out or add some: a column is known by its name, and the mapping
//! file names those that are not known here. MRBS quotes every field, in UTF-8 or UTF-16; LibreBooking ends every line with a comma
//! and escapes its fields as HTML.
use csv::{ReaderBuilder, StringRecord};

use super::{
    export::{Cell, Fault, Field, Row, System},
    mapping::Mapping,
};
use crate::{import::lines::Lines, say, text::fold};

/// The columns of each system, as English and Swedish installations call them.
const COLUMNS: [(System, Field, &[&str]); 20] = [
    (System::Mrbs, Field::Title, &["brief description", "kort beskrivning"]),
    (System::Mrbs, Field::Area, &["area", "område"]),
    (System::Mrbs, Field::Room, &["room", "rum"]),
    (System::Mrbs, Field::Start, &["start time", "start date", "starttid"]),
    (System::Mrbs, Field::End, &["end time", "end date", "sluttid"]),
    // The first Swedish name has a letter too few in MRBS itself.
    (System::Mrbs, Field::Type, &["type", "bokningsyp", "bokningstyp", "typ"]),
    (System::Mrbs, Field::Owner, &["created by", "handläggare", "skapad av"]),
    (System::Mrbs, Field::Status, &["confirmation status", "bokningsstatus"]),
    (System::Mrbs, Field::Approval, &["approval status", "godkännandestatus"]),
    (System::LibreBooking, Field::Room, &["resource", "resurs"]),
    (System::LibreBooking, Field::Area, &["schedule", "schema"]),
    (System::LibreBooking, Field::Start, &["begin", "begin date", "start", "börjar"]),
    (System::LibreBooking, Field::End, &["end", "end date", "slut", "slutar"]),
    (System::LibreBooking, Field::Title, &["title", "titel"]),
    (System::LibreBooking, Field::Owner, &["user", "användare"]),
    (System::LibreBooking, Field::Group, &["group", "grupp"]),
    (System::LibreBooking, Field::Type, &["type", "typ"]),
    (System::LibreBooking, Field::Status, &["status"]),
    (System::LibreBooking, Field::Approval, &["approval", "godkännande"]),
    (System::LibreBooking, Field::Reference, &["reference number", "bokningsnummer"]),
];

/// Reads an export; what is wrong with it goes into `faults`.
pub fn read(system: System, bytes: &[u8], mapping: &Mapping, faults: &mut Vec<Fault>) -> Vec<Row> {
    let Some(text) = decoded(bytes, faults) else { return vec![] };
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(mapping.separator).from_reader(text.as_bytes());
    let mut places = Lines::of(text.as_bytes());
    let mut columns: Option<Vec<(Option<Field>, String)>> = None;
    let mut rows = vec![];
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                faults.push(Fault::at_line(0, say!("går inte att läsa: {error}", "can't be read: {error}")));
                break;
            }
        };
        let line = places.at(record.position());
        let Some(columns) = &columns else {
            let Some(found) = header(system, &record, mapping, faults) else { return vec![] };
            columns = Some(found);
            continue;
        };
        if record.len() != columns.len() {
            let (found, wanted) = (record.len(), columns.len());
            faults.push(Fault::at_line(line, say!("har {found} kolumner, ska ha {wanted}", "has {found} columns, must have {wanted}")));
            continue;
        }
        let mut row = Row { line, ..Row::default() };
        for (at, ((field, name), text)) in columns.iter().zip(&record).enumerate() {
            let text = if system == System::LibreBooking { unescaped(text) } else { text.to_owned() };
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if let (Some(field), false) = (field, text.is_empty()) {
                row.cells.insert(*field, Cell { text, line, column: at + 1, name: name.clone() });
            }
        }
        rows.push(row);
    }
    if columns.is_none() {
        faults.push(Fault::at_line(
            1,
            say!("är tom: den första raden ska namnge kolumnerna", "is empty: its first line must name the columns"),
        ));
    }
    rows
}

fn decoded(bytes: &[u8], faults: &mut Vec<Fault>) -> Option<String> {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).filter_map(|pair| Some(unit(pair.try_into().ok()?))).collect();
        String::from_utf16(&units).ok()
    };
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => match std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)) {
            Ok(text) => Some(text.to_owned()),
            Err(error) => {
                let before = bytes.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count();
                let line = u64::try_from(before).unwrap_or(0) + 1;
                faults.push(Fault::at_line(line, say!("är varken UTF-8 eller UTF-16", "is neither UTF-8 nor UTF-16")));
                return None;
            }
        },
    };
    if text.is_none() {
        faults.push(Fault::at_line(0, say!("är inte UTF-16, som början säger", "is not UTF-16, as its beginning says")));
    }
    text
}

/// Which column is what. Columns that nobody asks for are left alone.
fn header(system: System, record: &StringRecord, mapping: &Mapping, faults: &mut Vec<Fault>) -> Option<Vec<(Option<Field>, String)>> {
    let names: Vec<String> = record.iter().map(|name| name.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let field_of = |name: &str| {
        let key = fold(name);
        let named = mapping.columns.iter().find(|(_, column)| **column == key).map(|(field, _)| *field);
        let known = COLUMNS.iter().find(|(of, _, names)| *of == system && names.contains(&key.as_str())).map(|(_, field, _)| *field);
        // What the mapping file says where to find is nowhere else.
        named.or(known.filter(|field| !mapping.columns.contains_key(field)))
    };
    let columns: Vec<(Option<Field>, String)> = names.iter().map(|name| (field_of(name), name.clone())).collect();
    let before = faults.len();
    let wanted = [Field::Room, Field::Start, Field::End].into_iter().chain(mapping.columns.keys().copied());
    let mut told = vec![];
    for field in wanted {
        let found = columns.iter().filter(|(of, _)| *of == Some(field)).count();
        if found != 1 && !told.contains(&field) {
            told.push(field);
            let there = names.join(", ");
            let message = say!(
                "kolumnen ska finnas en gång; raden har {there}. Säg vad den heter under [columns] i mappningsfilen.",
                "the column must be there once; the line has {there}. Say what it is called under [columns] in the mapping file."
            );
            faults.push(Fault { column: (0, field.as_str().to_owned()), ..Fault::at_line(1, message) });
        }
    }
    (faults.len() == before).then_some(columns)
}

/// The five entities that LibreBooking's templates write.
fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#039;", "'")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}
