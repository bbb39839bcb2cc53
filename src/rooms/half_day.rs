//! A half day: a date on which the house closes early. Which they are is the admin's to say; the law knows none.
use chrono::NaiveDate;
use serde::Serialize;

use crate::{id::Id, time::WallTime};

/// A half day with all its facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HalfDay {
    /// Its key.
    pub id: Id,
    /// The day.
    pub date: NaiveDate,
    /// From when on everything is closed.
    pub closes: WallTime,
    /// Why, for everybody to read; may be empty.
    pub note: String,
    /// Raised on every change.
    pub version: i32,
}

/// What is asked for when adding one.
#[derive(Debug, Clone)]
pub struct NewHalfDay {
    /// The day.
    pub date: NaiveDate,
    /// From when on everything is closed.
    pub closes: WallTime,
    /// Why; may be empty.
    pub note: String,
}

/// What is asked to become different; `None` stays as it is.
#[derive(Debug, Clone)]
pub struct HalfDayChange {
    /// Another hour.
    pub closes: Option<WallTime>,
    /// Another note; empty takes it away.
    pub note: Option<String>,
}
