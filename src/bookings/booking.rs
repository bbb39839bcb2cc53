//! A booking: one organisation has one room for one stretch of time.
use serde_json::{Value, json};

use crate::{
    id::Id,
    rooms::Layout,
    time::{Moment, Span},
    words,
};

words! {
    /// What people come together for.
    pub enum Category {
        /// Any meeting.
        Meeting = "meeting",
        /// A board's meeting.
        BoardMeeting = "board_meeting",
        /// A workshop.
        Workshop = "workshop",
        /// A seminar.
        Seminar = "seminar",
        /// A training.
        Training = "training",
        /// A lecture.
        Lecture = "lecture",
        /// Lärandelunch.
        LearningLunch = "learning_lunch",
        /// Dialogforum.
        DialogueForum = "dialogue_forum",
        /// Culture.
        Culture = "culture",
        /// An activity for the young.
        YouthActivity = "youth_activity",
        /// A course.
        Course = "course",
        /// None of these.
        Other = "other",
    }
}

words! {
    /// How far a booking has come.
    pub enum Status {
        /// Waits for an admin's yes and holds the room meanwhile.
        Pending = "pending",
        /// Stands.
        Confirmed = "confirmed",
        /// Took place. A confirmed booking whose end has passed counts as this without being changed.
        Held = "held",
        /// Nobody came.
        NoShow = "no_show",
        /// Turned down.
        Rejected = "rejected",
        /// Called off.
        Cancelled = "cancelled",
    }
}

impl Status {
    /// Does a booking in this state own its time?
    #[must_use]
    pub fn occupies(self) -> bool {
        matches!(self, Self::Pending | Self::Confirmed | Self::Held)
    }
}

words! {
    /// What a stranger sees of a booking.
    pub enum Display {
        /// Its title and whose it is.
        Title = "title",
        /// That the room is booked.
        Neutral = "neutral",
        /// That the room is busy.
        Hidden = "hidden",
    }
}

/// A booking with all its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// Its key.
    pub id: Id,
    /// Its number for people, `N21-7K3QX9`.
    pub reference: String,
    /// The room's key.
    pub room_id: Id,
    /// The room's slug.
    pub room: String,
    /// The room's name.
    pub room_name: String,
    /// The organisation's key.
    pub organisation_id: Id,
    /// The organisation's name.
    pub organisation_name: String,
    /// Is the organisation under threat?
    pub organisation_protected: bool,
    /// What it is called.
    pub title: String,
    /// More about it; may be empty.
    pub description: String,
    /// What people come together for.
    pub category: Category,
    /// How far it has come, as stored; see [`Booking::status_at`].
    pub status: Status,
    /// The time itself, without set-up and clean-up.
    pub stay: Span,
    /// Taken before the start, as the room had it.
    pub setup_minutes: i32,
    /// Taken after the end, as the room had it.
    pub cleanup_minutes: i32,
    /// How many are expected.
    pub expected_participants: i32,
    /// How many came, as the organiser reported.
    pub actual_participants: Option<i32>,
    /// How the room shall be furnished.
    pub layout: Option<Layout>,
    /// What a stranger sees.
    pub display: Display,
    /// E.164.
    pub contact_phone: Option<String>,
    /// The series it belongs to.
    pub series_id: Option<Id>,
    /// Why it was turned down.
    pub decision_reason: Option<String>,
    /// Why it was called off.
    pub cancel_reason: Option<String>,
    /// When it lapses if it still waits for an admin's word then.
    pub lapses_at: Option<Moment>,
    /// When somebody said that people have come.
    pub checked_in_at: Option<Moment>,
    /// Who booked it: key and name.
    pub created_by: Option<(Id, String)>,
    /// Raised on every change.
    pub version: i32,
    /// When it was made.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
}

impl Booking {
    /// What the audit trail keeps of it.
    #[must_use]
    pub fn trace(&self) -> Value {
        json!({
            "reference": self.reference, "room": self.room, "organisation_id": self.organisation_id, "title": self.title,
            "status": self.status, "starts_at": self.stay.start(), "ends_at": self.stay.end(),
            "expected_participants": self.expected_participants, "display": self.display,
            "decision_reason": self.decision_reason, "cancel_reason": self.cancel_reason,
        })
    }

    /// The status as people see it: a confirmed booking whose end has passed was held.
    #[must_use]
    pub fn status_at(&self, now: Moment) -> Status {
        if self.status == Status::Confirmed && self.stay.end() <= now { Status::Held } else { self.status }
    }

    /// The time it takes of the room, set-up and clean-up included.
    #[must_use]
    pub fn occupied(&self) -> Span {
        self.stay.widened(self.setup_minutes, self.cleanup_minutes)
    }

    /// Does it take the room, or did it? What was turned down or called off does not.
    #[must_use]
    pub fn holds_time(&self) -> bool {
        !matches!(self.status, Status::Rejected | Status::Cancelled | Status::NoShow)
    }

    /// May a stranger read title and organisation? Never of an organisation under threat.
    #[must_use]
    pub fn open_to_strangers(&self) -> bool {
        self.display == Display::Title && !self.organisation_protected
    }
}

/// What a booking is about, wherever and whenever it may be.
#[derive(Debug, Clone)]
pub struct Draft {
    /// For whom.
    pub organisation_id: Id,
    /// What it is called.
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
    /// Whose booking it shall be, if the staff books for somebody else.
    pub on_behalf_of: Option<Id>,
}

/// What is asked for when booking.
#[derive(Debug, Clone)]
pub struct NewBooking {
    /// The room's slug.
    pub room: String,
    /// When.
    pub stay: Span,
    /// What it is about.
    pub draft: Draft,
    /// Break the rules; admin alone.
    pub override_rules: bool,
    /// Why.
    pub override_reason: Option<String>,
}

/// What is asked to become different; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct BookingChange {
    /// Another room's slug.
    pub room: Option<String>,
    /// Another title.
    pub title: Option<String>,
    /// Another text; empty takes it away.
    pub description: Option<String>,
    /// Another category.
    pub category: Option<Category>,
    /// Another start.
    pub starts_at: Option<Moment>,
    /// Another end.
    pub ends_at: Option<Moment>,
    /// Another number.
    pub expected_participants: Option<i32>,
    /// Another layout, or none.
    pub layout: Option<Option<Layout>>,
    /// Another degree of openness.
    pub display: Option<Display>,
    /// Another phone, or none.
    pub contact_phone: Option<Option<String>>,
    /// Break the rules; admin alone.
    pub override_rules: bool,
    /// Why.
    pub override_reason: Option<String>,
}

/// What a preview is asked about: facts that matter to no rule may be missing.
#[derive(Debug, Clone)]
pub struct Question {
    /// The booking that is to be changed, if it is not a new one.
    pub booking_id: Option<Id>,
    /// The room's slug.
    pub room: String,
    /// For whom.
    pub organisation_id: Id,
    /// When.
    pub stay: Span,
    /// How many are expected.
    pub expected_participants: Option<i32>,
    /// How the room shall be furnished.
    pub layout: Option<Layout>,
}
