//! A year as its five files tell it: each line parsed, each wrong value noted with its place.
use serde_json::{Map, Value};

pub use super::table::Line;
use super::{
    fault::{Faults, File},
    table::{Table, parse},
};
use crate::{
    bookings::{Category, Status},
    error::{Result, Say},
    http::field::{Fields, line, moment, parsed, query_flag, query_integer},
    id::Id,
    mail,
    organisations::{Kind, OrgNumber, Phone},
    rooms::{RoomKind, Slug},
    say,
    time::{Moment, Span},
    visits::Purpose,
};

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

/// The lines of a `visits.csv` that comes alone.
pub fn visits(content: &[u8], faults: &mut Faults) -> Vec<Line<VisitLine>> {
    Table { file: File::Visits, content }.read(faults, &mut vec![], visit)
}

fn evaluation(f: &mut Fields) -> Option<EvaluationLine> {
    let (booking, rating) = (f.required("booking_uid", line(1..=100)), f.required("rating", query_integer(1..=5)));
    Some(EvaluationLine { booking: booking?, rating: rating? })
}
