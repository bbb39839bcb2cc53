//! SQL of the import: what is known already, and the lines in batches. Statement by statement a year would take a minute.
use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::{
    check::Known,
    history::plan::Organisation,
    rows::{BookingLine, EvaluationLine, Line, VisitLine, Whose, Year},
};
use crate::{
    bookings::{Display, reference},
    db::{Conn, schema::*},
    error::{Error, Result},
    id::Id,
    native, rooms,
    text::fold,
    time::Moment,
};

/// Rows in one INSERT: SQLite takes 32 766 values at once, a booking has 17.
const BATCH: usize = 500;
/// Keys in one question.
const ASKED: usize = 2_000;

/// Makes other imports wait, and whoever books in the same rooms; on SQLite the transaction is alone anyway.
pub fn lock(c: &mut Conn) -> Result<()> {
    if let Conn::Postgres(pg) = c {
        diesel::sql_query("SELECT pg_advisory_xact_lock(21021022)").execute(pg)?;
    }
    rooms::lock_catalogue(c)?;
    let all: Vec<Id> = spaces::table.select(spaces::id).load(c)?;
    rooms::lock_spaces(c, &all)
}

/// What the database knows of what the year names.
pub fn known(c: &mut Conn, year: &Year) -> Result<Known> {
    let numbers: Vec<(Option<String>, Id)> = organisations::table
        .filter(organisations::org_number.is_not_null())
        .select((organisations::org_number, organisations::id))
        .load(c)?;
    let organisations = numbers.into_iter().filter_map(|(number, id)| Some((number?, id))).collect();
    let rooms =
        rooms::all(c, true)?.into_iter().map(|room| (room.slug, room.spaces.into_iter().map(|space| space.slug).collect())).collect();
    let mut uids: Vec<&str> = year.bookings.iter().map(|line| line.value.uid.as_str()).collect();
    uids.extend(year.visits.iter().filter_map(|line| line.value.booking.as_deref()));
    uids.extend(year.evaluations.iter().map(|line| line.value.booking.as_str()));
    uids.sort_unstable();
    uids.dedup();
    let mut known = Known { organisations, rooms, ..Known::default() };
    for some in uids.chunks(ASKED) {
        let found: Vec<(Option<String>, Id)> =
            bookings::table.filter(bookings::import_uid.eq_any(some)).select((bookings::import_uid, bookings::id)).load(c)?;
        known.bookings.extend(found.into_iter().filter_map(|(uid, id)| Some((uid?, id))));
    }
    known.taken = taken(c, year)?;
    Ok(known)
}

/// The organisations that a mapping file may name.
pub fn organisations(c: &mut Conn) -> Result<Vec<Organisation>> {
    let rows: Vec<(Id, String, Option<String>)> =
        organisations::table.select((organisations::id, organisations::name, organisations::org_number)).load(c)?;
    Ok(rows.into_iter().map(|(id, name, digits)| Organisation { id, name, digits }).collect())
}

type TakenRow = (String, Moment, Moment, Option<String>, Option<String>);

/// What takes time between the first start and the last end of the year.
fn taken(c: &mut Conn, year: &Year) -> Result<Vec<(String, crate::time::Span, String)>> {
    let stays = || year.bookings.iter().map(|line| line.value.stay);
    let (Some(from), Some(to)) = (stays().map(|stay| stay.start()).min(), stays().map(|stay| stay.end()).max()) else {
        return Ok(vec![]);
    };
    let rows: Vec<TakenRow> = occupancies::table
        .inner_join(spaces::table)
        .left_join(bookings::table)
        .left_join(closures::table)
        .filter(occupancies::ends_at.gt(from))
        .filter(occupancies::starts_at.lt(to))
        .select((spaces::slug, occupancies::starts_at, occupancies::ends_at, bookings::reference.nullable(), closures::reason.nullable()))
        .load(c)?;
    Ok(rows
        .into_iter()
        .filter_map(|(space, starts_at, ends_at, reference, reason)| {
            let what = reference.or(reason.map(|reason| format!("”{reason}”"))).unwrap_or_else(|| "väntelistan".to_owned());
            Some((space, crate::time::Span::new(starts_at, ends_at)?, what))
        })
        .collect())
}

#[derive(Insertable)]
#[diesel(table_name = bookings, treat_none_as_default_value = false)]
struct BookingRow<'a> {
    id: Id,
    reference: String,
    import_uid: &'a str,
    room_id: Id,
    organisation_id: Id,
    title: &'a str,
    title_key: String,
    description: &'static str,
    category: &'static str,
    status: &'static str,
    starts_at: Moment,
    ends_at: Moment,
    setup_minutes: i32,
    cleanup_minutes: i32,
    expected_participants: i32,
    actual_participants: Option<i32>,
    display: &'static str,
    version: i32,
    created_at: Moment,
    updated_at: Moment,
}

#[derive(Insertable)]
#[diesel(table_name = occupancies, treat_none_as_default_value = false)]
struct OccupancyRow {
    id: Id,
    space_id: Id,
    starts_at: Moment,
    ends_at: Moment,
    booking_id: Id,
}

/// Where the lines lead: keys by the name that the files use.
pub struct Keys {
    /// Organisations by number.
    pub organisations: HashMap<String, Id>,
    /// Rooms by slug, each with its spaces.
    pub rooms: HashMap<String, (Id, Vec<Id>)>,
    /// Bookings by uid.
    pub bookings: HashMap<String, Id>,
}

fn unknown(what: &str) -> Error {
    Error::internal(format_args!("{what} passed the check but is not known"))
}

/// Adds bookings and takes their time; their keys go into `keys`. `added` hears how many rows each batch had.
pub fn insert_bookings(
    c: &mut Conn,
    lines: &[&Line<BookingLine>],
    keys: &mut Keys,
    now: Moment,
    mut added: impl FnMut(usize),
) -> Result<()> {
    let mut references = fresh_references(c, lines.len())?;
    for some in lines.chunks(BATCH) {
        let mut rows = vec![];
        let mut time = vec![];
        for Line { value, .. } in some {
            let (room_id, room_spaces) = keys.rooms.get(value.room.as_str()).ok_or_else(|| unknown("a room"))?;
            let organisation_id = match &value.organisation {
                Whose::Stored(id) => *id,
                Whose::Number(number) => *keys.organisations.get(number.digits()).ok_or_else(|| unknown("an organisation"))?,
            };
            let id = Id::new();
            keys.bookings.insert(value.uid.clone(), id);
            let (starts_at, ends_at) = (value.stay.start(), value.stay.end());
            if value.status.occupies() {
                time.extend(room_spaces.iter().map(|space| OccupancyRow {
                    id: Id::new(),
                    space_id: *space,
                    starts_at,
                    ends_at,
                    booking_id: id,
                }));
            }
            rows.push(BookingRow {
                id,
                reference: references.pop().ok_or_else(|| unknown("a reference"))?,
                import_uid: &value.uid,
                room_id: *room_id,
                organisation_id,
                title: &value.title,
                title_key: fold(&value.title),
                description: "",
                category: value.category.as_str(),
                status: value.status.as_str(),
                starts_at,
                ends_at,
                setup_minutes: 0,
                cleanup_minutes: 0,
                expected_participants: value.expected_participants,
                actual_participants: value.actual_participants,
                display: Display::Neutral.as_str(),
                version: 1,
                created_at: now,
                updated_at: now,
            });
        }
        native!(c, |c| diesel::insert_into(bookings::table).values(&rows).execute(c))?;
        native!(c, |c| diesel::insert_into(occupancies::table).values(&time).execute(c))?;
        added(rows.len());
    }
    Ok(())
}

/// So many references that nothing has: two in a thousand of a year's meet an older one by chance once a million are stored.
fn fresh_references(c: &mut Conn, wanted: usize) -> Result<Vec<String>> {
    let mut fresh: std::collections::HashSet<String> = std::collections::HashSet::new();
    while fresh.len() < wanted {
        let mut tried = vec![];
        while tried.len() < ASKED.min(wanted - fresh.len()) {
            tried.push(reference::new()?);
        }
        let used: Vec<String> = bookings::table.filter(bookings::reference.eq_any(&tried)).select(bookings::reference).load(c)?;
        fresh.extend(tried.into_iter().filter(|reference| !used.contains(reference)));
    }
    Ok(fresh.into_iter().collect())
}

#[derive(Insertable)]
#[diesel(table_name = visits, treat_none_as_default_value = false)]
struct VisitRow {
    id: Id,
    at: Moment,
    recorded_at: Moment,
    kind: &'static str,
    headcount: i32,
    purpose: &'static str,
    organisation_id: Option<Id>,
    booking_id: Option<Id>,
    late_entry: bool,
    import_key: String,
}

/// Counts how often the same line came before, so that equal lines each count, and the same file twice counts once.
#[derive(Default)]
struct Repetitions(HashMap<String, u32>);

impl Repetitions {
    fn key(&mut self, content: String) -> String {
        let seen = self.0.entry(content.clone()).or_insert(0);
        *seen += 1;
        URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{content}|{seen}").as_bytes()))
    }
}

/// Adds head counts that are not there yet; gives how many were new.
pub fn insert_visits(c: &mut Conn, lines: &[Line<VisitLine>], keys: &Keys, now: Moment, mut added: impl FnMut(usize)) -> Result<usize> {
    let mut repetitions = Repetitions::default();
    let mut new = 0;
    for some in lines.chunks(BATCH) {
        let mut rows = vec![];
        for Line { value, .. } in some {
            let number = value.organisation.as_ref().map(crate::organisations::OrgNumber::digits);
            let organisation_id =
                number.map(|digits| keys.organisations.get(digits).copied().ok_or_else(|| unknown("an organisation"))).transpose()?;
            let uid = value.booking.as_deref();
            let booking_id = uid.map(|uid| keys.bookings.get(uid).copied().ok_or_else(|| unknown("a booking"))).transpose()?;
            let content = format!(
                "visit|{}|{}|{}|{}|{}",
                value.arrived_at.unix(),
                value.headcount,
                value.purpose,
                number.unwrap_or_default(),
                uid.unwrap_or_default()
            );
            rows.push(VisitRow {
                id: Id::new(),
                at: value.arrived_at,
                recorded_at: now,
                kind: "in",
                headcount: value.headcount,
                purpose: value.purpose.as_str(),
                organisation_id,
                booking_id,
                late_entry: false,
                import_key: repetitions.key(content),
            });
        }
        new +=
            native!(c, |c| { diesel::insert_into(visits::table).values(&rows).on_conflict(visits::import_key).do_nothing().execute(c) })?;
        added(rows.len());
    }
    Ok(new)
}

#[derive(Insertable)]
#[diesel(table_name = evaluations, treat_none_as_default_value = false)]
struct EvaluationRow {
    id: Id,
    booking_id: Id,
    rating: i32,
    comment: &'static str,
    created_at: Moment,
    import_key: String,
}

/// Adds answers that are not there yet; gives how many were new.
pub fn insert_evaluations(
    c: &mut Conn,
    lines: &[Line<EvaluationLine>],
    keys: &Keys,
    now: Moment,
    mut added: impl FnMut(usize),
) -> Result<usize> {
    let mut repetitions = Repetitions::default();
    let mut new = 0;
    for some in lines.chunks(BATCH) {
        let mut rows = vec![];
        for Line { value, .. } in some {
            let booking_id = *keys.bookings.get(&value.booking).ok_or_else(|| unknown("a booking"))?;
            let import_key = repetitions.key(format!("evaluation|{}|{}", value.booking, value.rating));
            rows.push(EvaluationRow { id: Id::new(), booking_id, rating: value.rating, comment: "", created_at: now, import_key });
        }
        new += native!(c, |c| {
            diesel::insert_into(evaluations::table).values(&rows).on_conflict(evaluations::import_key).do_nothing().execute(c)
        })?;
        added(rows.len());
    }
    Ok(new)
}
