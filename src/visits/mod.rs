//! Visits: head counts at the desk, today's tally, and who is in the house now.
pub mod api;
pub mod expected;
pub mod limits;
pub mod names;
pub mod presence;
mod roll_call;
pub mod roll_calls;
pub mod store;
pub mod visit;

use std::collections::HashMap;

use chrono::NaiveDate;
use serde_json::json;

use crate::{
    audit,
    db::Conn,
    error::{Error, Fault, Result},
    http::page::Page,
    id::Id,
    people::Call,
    rooms, say, settings,
    time::{Moment, Span},
};
use presence::{Balance, Gathering, Presence, Watch, presence};
pub use visit::{Correction, Filter, Headcount, Kind, NewVisit, Purpose, Recorder, Visit};

/// How many of the last entries today's tally shows.
const LAST: i64 = 20;

/// Counts people in or out. `false` beside the visit: it was counted before under the same client key, and nothing was added.
pub fn log(c: &mut Conn, call: &Call, new: NewVisit) -> Result<(Visit, bool)> {
    record(c, Recorder::Person(call.caller.person.id), new, call.now)
}

/// The same, by whoever counts.
pub fn record(c: &mut Conn, by: Recorder, mut new: NewVisit, now: Moment) -> Result<(Visit, bool)> {
    if let Some(first) = counted_before(c, new.client_id)? {
        return Ok((first, false));
    }
    new.organisation_id = organisation_of(c, &new)?;
    let late = visit::is_late(new.at, now);
    match store::insert(c, &new, late, by, now)? {
        Some(id) => Ok((store::by_id(c, id)?.ok_or_else(|| Error::internal("a visit is gone"))?, true)),
        // The same count came by another connection just now.
        None => Ok((counted_before(c, new.client_id)?.ok_or_else(|| Error::internal("a visit is gone"))?, false)),
    }
}

fn counted_before(c: &mut Conn, client_id: Option<Id>) -> Result<Option<Visit>> {
    client_id.map_or(Ok(None), |client_id| store::by_client_id(c, client_id))
}

/// The association people come to: the gathering's, if they come to one.
fn organisation_of(c: &mut Conn, new: &NewVisit) -> Result<Option<Id>> {
    let mut faults = vec![];
    let mut of_booking = None;
    if let Some(booking) = new.booking_id {
        of_booking = store::organisation_of_booking(c, booking)?;
        if of_booking.is_none() {
            faults.push(Fault::coded("booking_id", "not_found", say!("finns inte bland bokningarna", "is not among the bookings")));
        }
    }
    if let Some(organisation) = new.organisation_id {
        if !store::organisation_exists(c, organisation)? {
            faults.push(Fault::coded(
                "organisation_id",
                "not_found",
                say!("finns inte bland föreningarna", "is not among the organisations"),
            ));
        } else if of_booking.is_some_and(|other| other != organisation) {
            faults.push(Fault::new(
                "organisation_id",
                say!("är en annan än bokningens: utelämna den", "is another one than the booking's: leave it out"),
            ));
        }
    }
    if faults.is_empty() { Ok(of_booking.or(new.organisation_id)) } else { Err(Error::Invalid(faults)) }
}

/// Says what a count should have been: adds the difference to what it is by now.
pub fn correct(c: &mut Conn, call: &Call, id: Id, correction: &Correction) -> Result<Visit> {
    let first = store::by_id(c, id)?.ok_or(Error::NotFound("visit"))?;
    if first.corrects.is_some() {
        return Err(Error::Conflict {
            code: "wrong_state",
            detail: say!(
                "Det här är en rättelse. Rätta den ursprungliga räkningen i stället.",
                "This is a correction. Correct the first count instead."
            ),
        });
    }
    // Two who correct at once must each see the other's row, or both differences would be added.
    store::lock(c, id)?;
    let current = store::corrected(c, id)?;
    let difference = correction.difference(current);
    let row = store::insert_correction(c, &first, difference, &correction.reason, call.caller.person.id, call.now)?;
    let (before, after) = (json!({"headcount": current}), json!({"headcount": correction.headcount, "reason": correction.reason}));
    audit::record(c, &call.by(), "corrected", "visit", Some(id.to_string()), Some(before), Some(after))?;
    store::by_id(c, row)?.ok_or_else(|| Error::internal("a correction is gone"))
}

/// One page of counts, latest first.
pub fn list(c: &mut Conn, filter: &Filter, page: &Page) -> Result<Vec<Visit>> {
    store::list(c, filter, page)
}

/// Today's tally.
#[derive(Debug)]
pub struct Today {
    /// Which day.
    pub date: NaiveDate,
    /// Visits so far.
    pub total: i64,
    /// For each purpose.
    pub by_purpose: Vec<(Purpose, i64)>,
    /// For each gathering of the day, by start: its visits so far, and how many of them are there now.
    pub by_gathering: Vec<(Gathering, i64, i64)>,
    /// In the building now.
    pub present: i64,
    /// The last entries, latest first.
    pub last: Vec<Visit>,
    /// How many may be in the house and in each room.
    pub limits: Limits,
    /// May visitors' first names be written down?
    pub named_visits: bool,
}

/// How many people may be somewhere.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// In the house; `None` where it has set no limit.
    pub house: Option<i32>,
    /// In each room, by its slug: the fire limit, staff included.
    pub rooms: HashMap<String, i32>,
}

/// How many people may be in the house and in each room.
pub fn limits_of(c: &mut Conn) -> Result<Limits> {
    let house = settings::get(c)?.house_max_persons;
    let rooms = rooms::catalogue(c)?.rooms.iter().map(|room| (room.slug.clone(), room.max_persons)).collect();
    Ok(Limits { house, rooms })
}

/// The tally of the local day in which `now` lies.
pub fn today(c: &mut Conn, now: Moment) -> Result<Today> {
    let date = now.date();
    let midnight = Moment::start_of(date.succ_opt().unwrap_or(date));
    let day = Span::new(Moment::start_of(date), midnight).ok_or_else(|| Error::internal("a day without length"))?;
    let purposes = store::by_purpose(c, day)?;
    let by_purpose: Vec<_> = Purpose::ALL.iter().map(|purpose| (*purpose, purposes.get(purpose).copied().unwrap_or(0))).collect();
    let counts = store::by_gathering(c, day)?;
    let mut also: Vec<Id> = counts.keys().copied().collect();
    // The desk can set right what was taken for a no-show.
    also.extend(store::missed(c, day)?);
    let balances = balances(c, now)?;
    let present = house(&balances).people();
    let by_gathering = store::gatherings(c, day, &also, now)?
        .into_iter()
        .map(|gathering| {
            let visits = counts.get(&gathering.booking_id).copied().unwrap_or(0);
            let there = balances.get(&Some(gathering.booking_id)).map_or(0, |balance| balance.people());
            (gathering, visits, there)
        })
        .collect();
    let last = store::last(c, day, LAST)?;
    Ok(Today {
        date,
        total: by_purpose.iter().map(|(_, visits)| visits).sum(),
        by_purpose,
        by_gathering,
        present,
        last,
        limits: limits_of(c)?,
        named_visits: settings::get(c)?.named_visits,
    })
}

fn balances(c: &mut Conn, now: Moment) -> Result<HashMap<Option<Id>, Balance>> {
    let watch = Watch::of(&rooms::house_week(c)?, now);
    store::balances(c, watch, now.plus_seconds(visit::AHEAD_SECONDS + 1))
}

fn house(balances: &HashMap<Option<Id>, Balance>) -> Balance {
    balances.values().fold(Balance::default(), |sum, one| Balance { closed: sum.closed + one.closed, open: sum.open + one.open })
}

/// Who is in the house now.
pub fn present(c: &mut Conn, now: Moment) -> Result<Presence> {
    let balances = balances(c, now)?;
    let counted: HashMap<Id, Balance> = balances.iter().filter_map(|(booking, balance)| Some(((*booking)?, *balance))).collect();
    let ids: Vec<Id> = counted.keys().copied().collect();
    let moment = Span::new(now, now.plus_seconds(1)).ok_or_else(|| Error::internal("the end of time"))?;
    let gatherings = store::gatherings(c, moment, &ids, now)?;
    Ok(presence(now, house(&balances), &counted, gatherings))
}

/// How long before its start people come to a gathering.
const EARLY_MINUTES: i64 = 60;

/// The gatherings that people come to now: those that are on, and those that begin within the hour, by room and time.
pub fn near(c: &mut Conn, now: Moment) -> Result<Vec<Gathering>> {
    let soon = Span::new(now, now.plus_minutes(EARLY_MINUTES)).ok_or_else(|| Error::internal("the end of time"))?;
    let mut gatherings = store::gatherings(c, soon, &[], now)?;
    gatherings.retain(|gathering| gathering.status.occupies());
    gatherings.sort_by(|a, b| (&a.room_name, a.stay.start()).cmp(&(&b.room_name, b.stay.start())));
    Ok(gatherings)
}
