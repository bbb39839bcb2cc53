//! Series: the same gathering on many dates, asked for, answered, changed and called off as one. Its occurrences are ordinary
//! bookings; nothing but their `series_id` ties them together.
pub mod api;
mod changing;
mod deciding;
pub(super) mod judging;
pub mod plan;
pub mod recurrence;
pub mod scope;
mod store;
mod telling;

use serde_json::{Value, json};

pub use changing::{Outcome, change};
pub use deciding::{approve, cancel, reject};
pub use judging::{Planned, Verdict};
use judging::{Preparation, prepare};
use plan::{NewSeries, OnConflict, Reason, Series, SeriesDate, Skipped, Terms, Whole};
pub(super) use telling::tell_lapsed;
use telling::{Happened, tell};

use super::{
    Booking, may_override, needs_approval,
    placing::{Place, place, with_reason},
    staff, store as bookings,
};
use crate::{
    audit,
    db::Conn,
    error::{Error, RefusedDate, Result},
    id::Id,
    people::Call,
};

/// What booking a series would answer, date by date; books nothing.
#[derive(Debug)]
pub struct Preview {
    /// Would an admin have to say yes?
    pub needs_approval: bool,
    /// Every date.
    pub dates: Vec<Planned>,
}

/// Asks what booking a series would answer.
pub fn preview(c: &mut Conn, call: &Call, terms: &Terms) -> Result<Preview> {
    let preparation = Preparation::read(c, call, terms)?;
    let dates = prepare(c, call, &preparation, terms, false)?;
    let asks =
        dates.iter().filter(|date| date.verdict != Verdict::LeftOut).any(|d| needs_approval(call, &d.room, &preparation.organisation));
    Ok(Preview { needs_approval: asks, dates })
}

/// Books a series in one transaction: all dates, or with `skip` those that can be had. One letter and one entry in the audit trail
/// for them all.
pub fn create(c: &mut Conn, call: &Call, new: &NewSeries) -> Result<Whole> {
    let mut preparation = Preparation::read(c, call, &new.terms)?;
    let override_rules = may_override(call, new.override_rules)?;
    preparation.lock(c)?;
    let planned = prepare(c, call, &preparation, &new.terms, override_rules)?;
    let free = planned.iter().any(|date| date.verdict == Verdict::Free);
    let refused: Vec<RefusedDate> =
        planned.iter().filter(|date| date.verdict == Verdict::Refused).map(|date| date.refused.clone()).collect();
    if !refused.is_empty() && (new.on_conflict == OnConflict::Fail || !free) {
        return Err(Error::DatesRefused(refused));
    }
    if !free {
        return Err(nothing_left());
    }
    let (organisation, room) = (&preparation.organisation, preparation.room(&new.terms.room)?);
    let organiser = staff::organiser(c, call, organisation, new.draft.on_behalf_of)?;
    let series = Series {
        id: Id::new(),
        organisation_id: organisation.id,
        organisation_name: organisation.name.clone(),
        room_id: room.id,
        room: room.slug.clone(),
        title: new.draft.title.clone(),
        rule: new.terms.pattern.rule().map(str::to_owned),
        from: new.terms.from,
        to: new.terms.to,
        created_by: Some(organiser.clone()),
        version: 1,
        created_at: call.now,
        updated_at: call.now,
    };
    store::insert(c, &series)?;
    let (mut booked, mut dates): (Vec<Booking>, Vec<SeriesDate>) = (vec![], vec![]);
    for date in planned {
        let outcome = match (date.verdict, date.stay) {
            (Verdict::Free, Some(stay)) => {
                let there = Place { room: &date.room, stay, organisation, series: Some(series.id), organiser: &organiser };
                let booking = place(c, call, &there, &new.draft)?;
                let id = booking.id;
                booked.push(booking);
                Ok(id)
            }
            _ => Err(Skipped { reason: reason(&date), refused: date.refused }),
        };
        dates.push(SeriesDate { date: date.date, moved: date.by_hand && outcome.is_ok(), outcome });
    }
    store::insert_dates(c, series.id, &dates)?;
    let whole = Whole { series, bookings: booked, dates };
    staff::remember(c, call, &whole.bookings, new.override_reason.as_deref().filter(|_| override_rules))?;
    tell(c, call, &whole, &Happened::Booked)?;
    let action = if override_rules { "booked_over_rules" } else { "booked" };
    let after = with_reason(trace(&whole), new.override_reason.as_deref());
    audit::record(c, &call.by(), action, "series", Some(whole.series.id.to_string()), None, Some(after))?;
    Ok(whole)
}

fn nothing_left() -> Error {
    Error::invalid("exceptions", crate::say!("lämnar inget datum kvar", "leaves no date"))
}

fn reason(date: &Planned) -> Reason {
    match date.verdict {
        Verdict::LeftOut => Reason::LeftOut,
        _ if date.refused.violations.is_empty() => Reason::Conflict,
        _ => Reason::Violation,
    }
}

/// What the audit trail keeps of a series.
fn trace(whole: &Whole) -> Value {
    let series = &whole.series;
    let bookings: Vec<Value> = whole
        .bookings
        .iter()
        .map(
            |b| json!({"reference": b.reference, "room": b.room, "status": b.status, "starts_at": b.stay.start(), "ends_at": b.stay.end()}),
        )
        .collect();
    let skipped: Vec<String> = whole.dates.iter().filter(|date| date.outcome.is_err()).map(|date| date.date.to_string()).collect();
    json!({
        "organisation_id": series.organisation_id, "room": series.room, "title": series.title, "rule": series.rule,
        "from": series.from, "to": series.to, "bookings": bookings, "skipped": skipped,
    })
}

/// The series with this key and all its bookings, if the caller may see it.
pub fn get(c: &mut Conn, call: &Call, id: Id) -> Result<Whole> {
    let series = store::by_id(c, id)?.filter(|series| call.caller.may_see(series.organisation_id)).ok_or(Error::NotFound("series"))?;
    Ok(Whole { bookings: bookings::of_series(c, id)?, dates: store::dates(c, id)?, series })
}

/// One that the caller is about to change, its bookings and itself locked in that order, as everybody does who locks both.
fn get_locked(c: &mut Conn, call: &Call, id: Id) -> Result<Whole> {
    bookings::lock_series(c, id)?;
    store::lock(c, id)?;
    get(c, call, id)
}

/// Notes that a booking was moved by itself: from now on its series leaves it be.
pub(super) fn moved_by_hand(c: &mut Conn, booking: &Booking) -> Result<()> {
    match booking.series_id {
        Some(series) => store::mark_moved(c, series, booking.id, booking.updated_at),
        None => Ok(()),
    }
}
