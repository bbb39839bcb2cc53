//! What can go wrong, in the words of the domain. Knows no HTTP: `http/problem.rs` is the one place that maps these to answers.
use std::{borrow::Cow, fmt};

use chrono::NaiveDate;
use serde::Serialize;

use crate::{id::Id, say, time::Moment};

/// The languages people read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Swedish, the default of the house.
    #[default]
    Sv,
    /// English.
    En,
}

impl Language {
    /// `sv` or `en`, as stored and as on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sv => "sv",
            Self::En => "en",
        }
    }
}

impl std::str::FromStr for Language {
    type Err = Say;
    fn from_str(text: &str) -> Result<Self, Say> {
        match text {
            "sv" => Ok(Self::Sv),
            "en" => Ok(Self::En),
            _ => Err(say!("ska vara sv eller en", "must be sv or en")),
        }
    }
}

/// A sentence in both languages; the door chooses by `Accept-Language`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Say {
    /// Swedish.
    pub sv: String,
    /// English.
    pub en: String,
}

impl Say {
    /// The sentence in one language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Sv => &self.sv,
            Language::En => &self.en,
        }
    }
}

/// A [`Say`] from two format strings, Swedish first.
#[macro_export]
macro_rules! say {
    ($sv:literal, $en:literal $(,)?) => {
        $crate::error::Say { sv: format!($sv), en: format!($en) }
    };
}

/// One wrong value: where it stands and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Dotted path of the member (`layouts.0.capacity`) or name of the query parameter.
    pub field: String,
    /// Stable code: `invalid`, `required`, `unknown`, `time_without_offset`, `personal_identity_number`, ...
    pub code: &'static str,
    /// What would be right.
    pub message: Say,
}

impl Fault {
    /// A fault with the common code `invalid`.
    #[must_use]
    pub fn new(field: impl Into<String>, message: Say) -> Self {
        Self { field: field.into(), code: "invalid", message }
    }

    /// A fault with a code of its own.
    #[must_use]
    pub fn coded(field: impl Into<String>, code: &'static str, message: Say) -> Self {
        Self { field: field.into(), code, message }
    }
}

/// One booking rule that is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The rule's stable name, for instance `outside_opening_hours`.
    pub rule: Cow<'static, str>,
    /// What the rule asks for.
    pub message: Say,
    /// The number or text that the rule compares with, if it has one.
    pub limit: Option<String>,
    /// How far the limit is used, of a quota.
    pub usage: Option<Box<Usage>>,
}

/// How far a limit is used, in its own unit, with a decimal point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// So much is.
    pub used: String,
    /// So much is not.
    pub left: String,
}

/// A stretch of a room's time, as far as anyone may know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoomTime {
    /// The room's slug.
    pub room: String,
    /// Start, included.
    pub starts_at: Moment,
    /// End, not included.
    pub ends_at: Moment,
}

/// A date of a series that can't be booked, or not changed as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedDate {
    /// The local date.
    pub date: NaiveDate,
    /// What is in the way, without saying whose it is.
    pub conflicts: Vec<RoomTime>,
    /// The broken rules.
    pub violations: Vec<Violation>,
    /// What is free instead on that day.
    pub alternatives: Vec<RoomTime>,
}

/// A booking that stands in a closure's way, as an admin sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookingInTheWay {
    /// The booking's key.
    pub id: Id,
    /// Its number for people.
    pub reference: String,
    /// What it is called.
    pub title: String,
    /// Whose it is: key and name.
    pub organisation: (Id, String),
    /// The room's slug.
    pub room: String,
    /// Start, included.
    pub starts_at: Moment,
    /// End, not included.
    pub ends_at: Moment,
}

/// Why a use case refuses.
#[derive(Debug)]
pub enum Error {
    /// The body is not what its media type says.
    Malformed(Say),
    /// Values are wrong; all of them at once.
    Invalid(Vec<Fault>),
    /// There is no such thing, or the caller may not know that there is.
    NotFound(&'static str),
    /// The time is taken.
    Taken {
        /// What is in the way, without saying whose it is.
        conflicts: Vec<RoomTime>,
        /// What is free instead.
        alternatives: Vec<RoomTime>,
    },
    /// Dates of a series are taken or against the rules; all of them at once.
    DatesRefused(Vec<RefusedDate>),
    /// Live bookings stand where a closure should be.
    ClosureOverBookings(Vec<BookingInTheWay>),
    /// There is one already with this value.
    AlreadyExists {
        /// The member whose value is taken.
        field: &'static str,
        /// What to do.
        detail: Say,
    },
    /// The thing is in a state in which this can't be done.
    Conflict {
        /// Stable code, for instance `already_cancelled`.
        code: &'static str,
        /// What to do.
        detail: Say,
    },
    /// Booking rules are broken; all of them at once.
    Violations(Vec<Violation>),
    /// One refusal with a code of its own (422).
    Refused {
        /// Stable code, for instance `idempotency_key_reused`.
        code: &'static str,
        /// What to do.
        detail: Say,
    },
    /// We don't know who is calling.
    Unauthenticated {
        /// `unauthenticated`, `invalid_credentials`, `session_revoked`, ...
        code: &'static str,
        /// What to do.
        detail: Say,
    },
    /// We know who is calling, and it may not do this.
    Forbidden(Say),
    /// The caller has an old version of the thing.
    Stale,
    /// The caller did not say which version it has.
    PreconditionRequired,
    /// Too often.
    TooMany {
        /// Seconds to wait.
        retry_after: u64,
    },
    /// The database can't be reached or is full; the same request may go through later.
    Unavailable(Say),
    /// Our fault: logged whole, told to nobody.
    Internal(String),
}

/// What use cases return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A single wrong value.
    #[must_use]
    pub fn invalid(field: &str, message: Say) -> Self {
        Self::Invalid(vec![Fault::new(field, message)])
    }

    /// Something that must not happen did.
    pub fn internal(what: impl fmt::Display) -> Self {
        Self::Internal(what.to_string())
    }

    /// The caller's own key for a request that may be repeated stands for another one.
    #[must_use]
    pub fn key_reused() -> Self {
        let detail = say!(
            "Nyckeln i Idempotency-Key är redan använd för en annan begäran.",
            "The key in Idempotency-Key was already used for another request."
        );
        Self::Refused { code: "idempotency_key_reused", detail }
    }

    /// A taken time of which nothing more is known yet: the database's own constraint spoke.
    #[must_use]
    pub fn taken() -> Self {
        Self::Taken { conflicts: vec![], alternatives: vec![] }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(say) | Self::Forbidden(say) | Self::Unavailable(say) => f.write_str(&say.en),
            Self::Invalid(faults) => {
                for (i, fault) in faults.iter().enumerate() {
                    if i > 0 {
                        f.write_str("; ")?;
                    }
                    write!(f, "{}: {}", fault.field, fault.message.en)?;
                }
                Ok(())
            }
            Self::NotFound(noun) => write!(f, "no such {noun}"),
            Self::Taken { .. } => f.write_str("the time is taken"),
            Self::DatesRefused(dates) => write!(f, "{} dates can't be booked", dates.len()),
            Self::ClosureOverBookings(bookings) => write!(f, "{} bookings are in the way", bookings.len()),
            Self::AlreadyExists { detail, .. }
            | Self::Conflict { detail, .. }
            | Self::Refused { detail, .. }
            | Self::Unauthenticated { detail, .. } => f.write_str(&detail.en),
            Self::Violations(violations) => {
                for (i, violation) in violations.iter().enumerate() {
                    if i > 0 {
                        f.write_str("; ")?;
                    }
                    f.write_str(&violation.message.en)?;
                }
                Ok(())
            }
            Self::Stale => f.write_str("changed by someone else in the meantime"),
            Self::PreconditionRequired => f.write_str("the version is missing"),
            Self::TooMany { retry_after } => write!(f, "too often, wait {retry_after} s"),
            Self::Internal(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Error {}
