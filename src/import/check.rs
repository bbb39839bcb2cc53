//! What no single line shows: lines that name the same thing twice, things that nobody knows, gatherings in one another's way.
use std::collections::{HashMap, HashSet};

use super::{
    fault::{Faults, File},
    rows::{Line, Whose, Year},
};
use crate::{
    bookings::Status,
    id::Id,
    say,
    time::{Moment, Span},
};

/// What the database knows of what the files name.
#[derive(Debug, Default)]
pub struct Known {
    /// Keys of organisations by number.
    pub organisations: HashMap<String, Id>,
    /// The slugs of each room's spaces by the room's slug.
    pub rooms: HashMap<String, Vec<String>>,
    /// Keys of bookings that came from a file, by uid.
    pub bookings: HashMap<String, Id>,
    /// What takes the time of a space: its slug, when, and what to call it.
    pub taken: Vec<(String, Span, String)>,
}

/// Finds what is wrong with the files as a whole.
pub fn check(year: &Year, known: &Known, now: Moment, faults: &mut Faults) {
    let organisations = keys(&year.organisations, File::Organisations, "org_number", faults, |o| o.number.digits());
    let rooms = keys(&year.rooms, File::Rooms, "slug", faults, |r| r.slug.as_str());
    let bookings = keys(&year.bookings, File::Bookings, "uid", faults, |b| &b.uid);
    // What is missing from a file that was read in part is told by that file's own faults.
    let partly = |file| year.incomplete.contains(&file);
    let knows_organisation =
        |digits: &str| partly(File::Organisations) || organisations.contains_key(digits) || known.organisations.contains_key(digits);
    let knows_room = |slug: &str| partly(File::Rooms) || rooms.contains_key(slug) || known.rooms.contains_key(slug);
    let knows_booking = |uid: &str| partly(File::Bookings) || bookings.contains_key(uid) || known.bookings.contains_key(uid);
    let no_organisation =
        || say!("finns varken i organisations.csv eller i databasen", "is neither in organisations.csv nor in the database");
    let no_booking = || say!("finns varken i bookings.csv eller i databasen", "is neither in bookings.csv nor in the database");
    let not_yet = || say!("ligger i framtiden", "lies in the future");

    for Line { number, value } in &year.bookings {
        if !knows_room(value.room.as_str()) {
            let message = say!("finns varken i rooms.csv eller i databasen", "is neither in rooms.csv nor in the database");
            faults.note(File::Bookings, *number, "room", message);
        }
        if matches!(&value.organisation, Whose::Number(number) if !knows_organisation(number.digits())) {
            faults.note(File::Bookings, *number, "organisation", no_organisation());
        }
        if matches!(value.status, Status::Held | Status::NoShow) && value.stay.start() > now {
            let status = value.status;
            let message = say!("kan inte vara {status} innan den har börjat", "can't be {status} before it has begun");
            faults.note(File::Bookings, *number, "status", message);
        }
    }
    for Line { number, value } in &year.visits {
        if value.arrived_at > now {
            faults.note(File::Visits, *number, "arrived_at", not_yet());
        }
        if value.organisation.as_ref().is_some_and(|organisation| !knows_organisation(organisation.digits())) {
            faults.note(File::Visits, *number, "organisation", no_organisation());
        }
        if value.booking.as_ref().is_some_and(|uid| !knows_booking(uid)) {
            faults.note(File::Visits, *number, "booking_uid", no_booking());
        }
    }
    for Line { number, value } in &year.evaluations {
        if !knows_booking(&value.booking) {
            faults.note(File::Evaluations, *number, "booking_uid", no_booking());
        }
    }
    overlaps(year, known, faults);
}

/// The lines by their key; a key that comes again is a fault.
fn keys<'a, T>(
    lines: &'a [Line<T>],
    file: File,
    column: &str,
    faults: &mut Faults,
    key: impl Fn(&'a T) -> &'a str,
) -> HashMap<&'a str, u64> {
    let mut first: HashMap<&str, u64> = HashMap::new();
    for Line { number, value } in lines {
        match first.get(key(value)) {
            Some(earlier) => faults.note(file, *number, column, say!("står redan på rad {earlier}", "is on line {earlier} already")),
            None => {
                first.insert(key(value), *number);
            }
        }
    }
    first
}

/// Who takes a space.
enum Holder<'a> {
    /// A line of the file, and its uid.
    Line(u64, &'a str),
    /// Something in the database, and what to call it.
    Stored(&'a str),
}

/// Gatherings that hold a space at the same time, each pair told once, at the line that comes later.
fn overlaps(year: &Year, known: &Known, faults: &mut Faults) {
    let mut spaces: HashMap<&str, Vec<&str>> =
        known.rooms.iter().map(|(room, spaces)| (room.as_str(), spaces.iter().map(String::as_str).collect())).collect();
    for Line { value, .. } in &year.rooms {
        // A room that the database knows stays as it is there.
        spaces.entry(value.slug.as_str()).or_insert_with(|| value.spaces.iter().map(|space| space.as_str()).collect());
    }
    let mut by_space: HashMap<&str, Vec<(Span, Holder)>> = HashMap::new();
    for (space, span, what) in &known.taken {
        by_space.entry(space.as_str()).or_default().push((*span, Holder::Stored(what)));
    }
    for Line { number, value } in &year.bookings {
        if !value.status.occupies() || known.bookings.contains_key(&value.uid) {
            continue;
        }
        for space in spaces.get(value.room.as_str()).into_iter().flatten() {
            by_space.entry(space).or_default().push((value.stay, Holder::Line(*number, &value.uid)));
        }
    }
    // Two halves of the same room would tell the same pair twice.
    let mut told: HashSet<(u64, u64)> = HashSet::new();
    let mut told_stored: HashSet<(u64, &str)> = HashSet::new();
    for holders in by_space.values_mut() {
        holders.sort_by_key(|(span, _)| *span);
        let mut running: Vec<&(Span, Holder)> = vec![];
        for holder in holders.iter() {
            running.retain(|earlier| earlier.0.end() > holder.0.start());
            for earlier in &running {
                match (&earlier.1, &holder.1) {
                    (Holder::Line(a, uid_a), Holder::Line(b, uid_b)) => {
                        let ((first, uid), last) = if a < b { ((*a, uid_a), *b) } else { ((*b, uid_b), *a) };
                        if told.insert((first, last)) {
                            let message =
                                say!("rummet är upptaget då av rad {first} ({uid})", "the room is taken then by line {first} ({uid})");
                            faults.note(File::Bookings, last, "starts_at", message);
                        }
                    }
                    (Holder::Line(line, _), Holder::Stored(what)) | (Holder::Stored(what), Holder::Line(line, _)) => {
                        if told_stored.insert((*line, what)) {
                            let message =
                                say!("rummet är upptaget då i databasen av {what}", "the room is taken then in the database by {what}");
                            faults.note(File::Bookings, *line, "starts_at", message);
                        }
                    }
                    (Holder::Stored(_), Holder::Stored(_)) => {}
                }
                if faults.is_full() {
                    return;
                }
            }
            running.push(holder);
        }
    }
}
