//! Which bookings of a series are meant: those still to come, from one on or all, but for those that were moved by hand.
use chrono::NaiveDate;

use super::plan::Whole;
use crate::{
    bookings::{Booking, Status},
    error::{Error, Fault, RefusedDate, Result},
    id::Id,
    say,
    time::Moment,
    words,
};

words! {
    /// Why a booking of a series stays as it is.
    pub enum KeptReason {
        /// It has begun, or is over.
        Past = "past",
        /// Its room or time was chosen for this date alone.
        Moved = "moved",
        /// The room is taken.
        Conflict = "conflict",
        /// It would be against the rules.
        Violation = "violation",
    }
}

/// A booking that stays as it is though the series changes.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its key.
    pub booking_id: Id,
    /// In a word.
    pub reason: KeptReason,
    /// In full.
    pub refused: RefusedDate,
}

/// The bookings that are meant, each with its date in the series, and those that are kept.
#[derive(Debug, Default)]
pub struct Scope {
    /// To be changed, by date.
    pub meant: Vec<(NaiveDate, Booking)>,
    /// To be left as they are.
    pub kept: Vec<Kept>,
}

impl Scope {
    /// Of the whole series, or from the booking `from` on. What is called off or turned down already counts for nothing.
    pub fn of(whole: &Whole, from: Option<Id>, now: Moment) -> Result<Self> {
        let first = match from {
            Some(id) => {
                Some(whole.dates.iter().find(|date| date.outcome.as_ref().ok() == Some(&id)).map(|date| date.date).ok_or_else(not_of_it)?)
            }
            None => None,
        };
        let mut scope = Self::default();
        for date in whole.dates.iter().filter(|date| first.is_none_or(|first| date.date >= first)) {
            let Some(booking) = date.outcome.as_ref().ok().and_then(|id| whole.bookings.iter().find(|booking| booking.id == *id)) else {
                continue;
            };
            let keep = |reason| Kept {
                booking_id: booking.id,
                reason,
                refused: RefusedDate { date: date.date, conflicts: vec![], violations: vec![], alternatives: vec![] },
            };
            match booking.status_at(now) {
                Status::Cancelled | Status::Rejected => {}
                Status::Held | Status::NoShow => scope.kept.push(keep(KeptReason::Past)),
                Status::Pending | Status::Confirmed if booking.stay.start() <= now => scope.kept.push(keep(KeptReason::Past)),
                Status::Pending | Status::Confirmed if date.moved => scope.kept.push(keep(KeptReason::Moved)),
                Status::Pending | Status::Confirmed => scope.meant.push((date.date, booking.clone())),
            }
        }
        Ok(scope)
    }

    /// Keeps a booking that was meant, because of what is to be said against its change.
    pub fn keep(&mut self, booking_id: Id, refused: RefusedDate) {
        let reason = if refused.violations.is_empty() { KeptReason::Conflict } else { KeptReason::Violation };
        self.kept.push(Kept { booking_id, reason, refused });
        self.kept.sort_by_key(|kept| kept.refused.date);
    }
}

fn not_of_it() -> Error {
    Error::Invalid(vec![Fault::coded("from", "not_found", say!("är ingen av seriens bokningar", "is none of the series' bookings"))])
}
