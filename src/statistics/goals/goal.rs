//! What the house means to reach in a year.
use serde::Serialize;

use crate::{bookings::Category, id::Id, words};

words! {
    /// What is counted for a goal.
    pub enum Figure {
        /// Bookings that took place.
        Gatherings = "gatherings",
        /// Who took part, as organisers report.
        Participants = "participants",
        /// Arrivals counted in the door.
        Visits = "visits",
        /// Organisations with at least one gathering.
        ActiveOrganisations = "active_organisations",
    }
}

/// A goal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Goal {
    /// Its key.
    pub id: Id,
    /// Which year's.
    pub year: i32,
    /// As the report calls it: Lärandeluncher.
    pub name: String,
    /// What is counted.
    pub figure: Figure,
    /// Of this category alone.
    pub category: Option<Category>,
    /// At least this many.
    pub target: i32,
}

/// A goal and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The goal.
    #[serde(flatten)]
    pub goal: Goal,
    /// How many by now.
    pub outcome: i64,
    /// At least as many as it should be?
    pub reached: bool,
}
