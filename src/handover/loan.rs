//! A key or tag that is lent.
use crate::{id::Id, time::Moment};

/// A loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loan {
    /// Its key.
    pub id: Id,
    /// What is lent: "Nyckel Aulan".
    pub item: String,
    /// To which association: key and name.
    pub organisation: (Id, String),
    /// For which booking.
    pub booking_id: Option<Id>,
    /// Who fetched it; empty if nobody asked, or once it is back.
    pub borrower: String,
    /// When it went out.
    pub lent_at: Moment,
    /// When it is to be back.
    pub due_at: Moment,
    /// When it came back.
    pub returned_at: Option<Moment>,
}

impl Loan {
    /// Should it be back by now?
    #[must_use]
    pub fn is_overdue(&self, now: Moment) -> bool {
        self.returned_at.is_none() && self.due_at < now
    }
}

/// What is lent, as the desk says it.
#[derive(Debug, Clone)]
pub struct NewLoan {
    /// What.
    pub item: String,
    /// To which association; a booking's own if there is one.
    pub organisation_id: Option<Id>,
    /// For which booking.
    pub booking_id: Option<Id>,
    /// Who fetches it.
    pub borrower: String,
    /// When it is to be back; without it when the booking ends, or when the house closes.
    pub due_at: Option<Moment>,
}
