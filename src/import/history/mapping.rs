//! The mapping file: which of their rooms, names and types is which of ours. The one file that knows the crate toml.
use std::collections::BTreeMap;

use chrono::format::{Item, StrftimeItems};
use chrono_tz::Tz;
use serde::Deserialize;
use toml::Spanned;

use super::export::{Fault, Field, Place, System};
use crate::{
    bookings::{Category, Status},
    error::Say,
    say,
    text::fold,
    time::ZONE,
    words,
};

words! {
    /// What becomes of a row by its status.
    pub enum Fate {
        /// It took place, or will.
        Stands = "confirmed",
        /// It was called off.
        Cancelled = "cancelled",
        /// Nobody came.
        NoShow = "no_show",
        /// It was turned down.
        Rejected = "rejected",
        /// It never was a booking.
        LeftOut = "leave_out",
    }
}

impl Fate {
    /// The status that it is stored with, if it has begun or not.
    #[must_use]
    pub fn status(self, ended: bool) -> Option<Status> {
        match self {
            Self::Stands => Some(if ended { Status::Held } else { Status::Confirmed }),
            Self::Cancelled => Some(Status::Cancelled),
            Self::NoShow => Some(Status::NoShow),
            Self::Rejected => Some(Status::Rejected),
            Self::LeftOut => None,
        }
    }
}

/// What MRBS, LibreBooking and calendars say of a booking, in English and Swedish.
const STATUSES: [(Fate, &[&str]); 3] = [
    (Fate::Stands, &["confirmed", "slutgiltig", "bekräftad", "approved", "godkänd", "created", "skapad"]),
    (Fate::Cancelled, &["cancelled", "canceled", "inställd", "avbokad", "deleted", "borttagen", "raderad"]),
    (Fate::LeftOut, &["tentative", "preliminär", "awaiting approval", "väntar på godkännande", "pending", "väntande"]),
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    zone: Option<Spanned<String>>,
    date_format: Option<Spanned<String>>,
    separator: Option<Spanned<String>>,
    default_organisation: Option<Spanned<String>>,
    default_category: Option<Spanned<String>>,
    default_title: Option<String>,
    expected_participants: Option<Spanned<i64>>,
    #[serde(default)]
    columns: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    rooms: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    organisations: WrittenOrganisations,
    #[serde(default)]
    categories: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    statuses: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    leave_out: WrittenLeaveOut,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenOrganisations {
    titles: BTreeMap<String, Spanned<String>>,
    owners: BTreeMap<String, Spanned<String>>,
    groups: BTreeMap<String, Spanned<String>>,
    areas: BTreeMap<String, Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenLeaveOut {
    rooms: Vec<String>,
    types: Vec<String>,
}

/// Something of ours as the mapping file names it, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// A room's slug, an organisation's number or name.
    pub ours: String,
    /// The line.
    pub line: u64,
    /// The column.
    pub column: usize,
    /// What it is written for.
    pub theirs: String,
}

impl Named {
    /// What is wrong with it.
    #[must_use]
    pub fn fault(&self, message: Say) -> Fault {
        Fault { place: Place::Mapping, line: self.line, column: (self.column, self.theirs.clone()), message }
    }
}

/// Which of theirs is which of ours. Their names are folded: case and spaces don't matter.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// The zone of wall time.
    pub zone: Tz,
    /// How times are written.
    pub date_format: String,
    /// What stands between columns.
    pub separator: u8,
    /// Whose a booking is that nothing else says.
    pub default_organisation: Option<Named>,
    /// What a booking is for that nothing else says.
    pub default_category: Option<Category>,
    /// What a booking is called that has no name.
    pub default_title: Option<String>,
    /// How many are expected if a row does not say.
    pub expected_participants: i64,
    /// What their columns are called, folded.
    pub columns: BTreeMap<Field, String>,
    /// Rooms, by `area / room` or `room`.
    pub rooms: BTreeMap<String, Named>,
    /// Organisations, by what tells them, in this order: title, owner, group, area.
    pub organisations: [(Field, BTreeMap<String, Named>); 4],
    /// Categories by type.
    pub categories: BTreeMap<String, Category>,
    /// What becomes of a row by its status or type.
    pub statuses: BTreeMap<String, Fate>,
    /// Rooms that we don't have.
    pub rooms_left_out: Vec<String>,
    /// Types that are no bookings.
    pub types_left_out: Vec<String>,
}

struct Reader<'a> {
    text: &'a str,
    faults: &'a mut Vec<Fault>,
}

impl Mapping {
    /// Reads a mapping file for exports of this system. What is wrong with it goes into `faults`; nothing comes back if it is no TOML.
    pub fn read(system: System, text: &str, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut reader = Reader { text, faults };
        let written: Written = match toml::from_str(text) {
            Ok(written) => written,
            Err(error) => {
                let why = error.message().to_owned();
                let (line, column) = reader.place(error.span().map_or(0, |span| span.start));
                let message = say!("går inte att läsa: {why}", "can't be read: {why}");
                reader.faults.push(Fault { place: Place::Mapping, line, column: (column, String::new()), message });
                return None;
            }
        };
        Some(reader.mapping(system, written))
    }

    /// What becomes of a row with this word as its status.
    #[must_use]
    pub fn fate(&self, word: &str) -> Option<Fate> {
        let key = fold(word);
        let known = || STATUSES.iter().find(|(_, words)| words.contains(&key.as_str())).map(|(fate, _)| *fate);
        self.statuses.get(&key).copied().or_else(known)
    }
}

impl Reader<'_> {
    fn place(&self, offset: usize) -> (u64, usize) {
        let before = self.text.get(..offset).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (u64::try_from(line).unwrap_or(0), column)
    }

    fn fault(&mut self, offset: usize, key: &str, message: Say) {
        let (line, column) = self.place(offset);
        self.faults.push(Fault { place: Place::Mapping, line, column: (column, key.to_owned()), message });
    }

    /// The value as something of ours, or a fault.
    fn read<T>(&mut self, key: &str, value: &Spanned<String>, read: impl Fn(&str) -> Result<T, Say>) -> Option<T> {
        match read(value.get_ref().trim()) {
            Ok(value) => Some(value),
            Err(message) => {
                self.fault(value.span().start, key, message);
                None
            }
        }
    }

    fn named(&self, key: &str, value: &Spanned<String>) -> Named {
        let (line, column) = self.place(value.span().start);
        Named { ours: value.get_ref().trim().to_owned(), line, column, theirs: key.to_owned() }
    }

    fn all_named(&self, written: &BTreeMap<String, Spanned<String>>) -> BTreeMap<String, Named> {
        written.iter().map(|(key, value)| (fold(key), self.named(key, value))).collect()
    }

    fn words<T>(&mut self, written: &BTreeMap<String, Spanned<String>>, read: impl Fn(&str) -> Result<T, Say>) -> BTreeMap<String, T> {
        written.iter().filter_map(|(key, value)| Some((fold(key), self.read(key, value, &read)?))).collect()
    }

    fn mapping(&mut self, system: System, written: Written) -> Mapping {
        let zone = written.zone.as_ref().and_then(|value| self.read("zone", value, zone));
        let date_format = written.date_format.as_ref().and_then(|value| self.read("date_format", value, date_format));
        if written.date_format.is_none() && system != System::Ics {
            let message = say!(
                "saknas: skriv hur exporten skriver tider, till exempel \"%Y-%m-%d %H:%M\"",
                "is missing: write how the export writes times, for instance \"%Y-%m-%d %H:%M\""
            );
            self.faults.push(Fault { place: Place::Mapping, line: 0, column: (0, "date_format".to_owned()), message });
        }
        let separator = written.separator.as_ref().and_then(|value| match value.get_ref().as_bytes() {
            [byte] if byte.is_ascii() && *byte != b'"' => Some(*byte),
            _ => {
                self.fault(
                    value.span().start,
                    "separator",
                    say!("ska vara ett tecken, till exempel \";\"", "must be one character, for instance \";\""),
                );
                None
            }
        });
        let expected = written.expected_participants.as_ref().map_or(1, |value| {
            if !(1..=5000).contains(value.get_ref()) {
                self.fault(value.span().start, "expected_participants", say!("ska vara mellan 1 och 5000", "must be between 1 and 5000"));
            }
            *value.get_ref()
        });
        let mut columns = BTreeMap::new();
        for (key, value) in &written.columns {
            match key.parse::<Field>() {
                Ok(field) => {
                    columns.insert(field, fold(value.get_ref()));
                }
                Err(message) => self.fault(value.span().start, key, message),
            }
        }
        let organisations = [
            (Field::Title, self.all_named(&written.organisations.titles)),
            (Field::Owner, self.all_named(&written.organisations.owners)),
            (Field::Group, self.all_named(&written.organisations.groups)),
            (Field::Area, self.all_named(&written.organisations.areas)),
        ];
        let category = |text: &str| text.parse::<Category>();
        Mapping {
            zone: zone.unwrap_or(ZONE),
            date_format: date_format.unwrap_or_default(),
            separator: separator.unwrap_or(b','),
            default_organisation: written.default_organisation.as_ref().map(|value| self.named("default_organisation", value)),
            default_category: written.default_category.as_ref().and_then(|value| self.read("default_category", value, category)),
            default_title: written.default_title,
            expected_participants: expected,
            columns,
            rooms: self.all_named(&written.rooms),
            organisations,
            categories: self.words(&written.categories, category),
            statuses: self.words(&written.statuses, |text| text.parse::<Fate>()),
            rooms_left_out: written.leave_out.rooms.iter().map(|room| fold(room)).collect(),
            types_left_out: written.leave_out.types.iter().map(|word| fold(word)).collect(),
        }
    }
}

fn zone(text: &str) -> Result<Tz, Say> {
    text.parse()
        .map_err(|_| say!("ska vara en tidszon, till exempel Europe/Stockholm", "must be a time zone, for instance Europe/Stockholm"))
}

fn date_format(text: &str) -> Result<String, Say> {
    if text.is_empty() || StrftimeItems::new(text).any(|item| matches!(item, Item::Error)) {
        return Err(say!("ska vara ett mönster som \"%Y-%m-%d %H:%M\"", "must be a pattern such as \"%Y-%m-%d %H:%M\""));
    }
    Ok(text.to_owned())
}
