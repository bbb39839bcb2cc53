//! One who waits for a time that is taken.
use serde_json::{Value, json};

use crate::{
    bookings::{Category, Display, Draft},
    id::Id,
    rooms::Layout,
    time::{Moment, Span},
    words,
};

words! {
    /// How far a wish has come.
    pub enum State {
        /// Its time is taken.
        Waiting = "waiting",
        /// The time is held for it.
        Offered = "offered",
        /// It became a booking.
        Accepted = "accepted",
        /// It was offered and not wanted any more.
        Declined = "declined",
        /// It was offered, and nobody answered in time.
        Lapsed = "lapsed",
        /// Whoever waited gave it up.
        Withdrawn = "withdrawn",
        /// Its time is over.
        Passed = "passed",
    }
}

/// What is held for whoever waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// The wish, or what is left of it.
    pub stay: Span,
    /// Until then.
    pub held_until: Moment,
}

/// A wish with all its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its key.
    pub id: Id,
    /// The room's key.
    pub room_id: Id,
    /// The room's slug.
    pub room: String,
    /// The room's name.
    pub room_name: String,
    /// For whom.
    pub organisation_id: Id,
    /// What it is called.
    pub organisation_name: String,
    /// What the booking is to be called.
    pub title: String,
    /// More about it; may be empty.
    pub description: String,
    /// What people come together for.
    pub category: Category,
    /// How many are expected.
    pub expected_participants: i32,
    /// How the room shall be furnished.
    pub layout: Option<Layout>,
    /// What a stranger sees; `None` takes the organisation's default.
    pub display: Option<Display>,
    /// E.164.
    pub contact_phone: Option<String>,
    /// When.
    pub stay: Span,
    /// How far it has come.
    pub state: State,
    /// What was offered last.
    pub offer: Option<Offer>,
    /// The booking that it became.
    pub booking_id: Option<Id>,
    /// Who waits: key and name.
    pub created_by: Option<(Id, String)>,
    /// Raised on every change.
    pub version: i32,
    /// When it was made: the order in which time is offered.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
}

impl Entry {
    /// The offer, if it can still be taken.
    #[must_use]
    pub fn open_offer(&self, now: Moment) -> Option<Offer> {
        self.offer.filter(|offer| self.state == State::Offered && now < offer.held_until)
    }

    /// What the booking would be about.
    #[must_use]
    pub fn draft(&self) -> Draft {
        Draft {
            organisation_id: self.organisation_id,
            title: self.title.clone(),
            description: self.description.clone(),
            category: self.category,
            expected_participants: self.expected_participants,
            layout: self.layout,
            display: self.display,
            contact_phone: self.contact_phone.clone(),
            on_behalf_of: None,
        }
    }

    /// The entry one step further.
    #[must_use]
    pub fn turned(&self, state: State, now: Moment) -> Self {
        Self { state, version: self.version + 1, updated_at: now, ..self.clone() }
    }

    /// What the audit trail keeps of it.
    #[must_use]
    pub fn trace(&self) -> Value {
        json!({
            "room": self.room, "organisation_id": self.organisation_id, "title": self.title, "status": self.state,
            "starts_at": self.stay.start(), "ends_at": self.stay.end(),
            "offer": self.offer.map(|offer| json!({
                "starts_at": offer.stay.start(), "ends_at": offer.stay.end(), "held_until": offer.held_until,
            })),
            "booking_id": self.booking_id,
        })
    }
}
