//! Figures beyond the tally: how well the house is used, how it answers, whom it turns away.
use serde::{Serialize, Serializer};

use super::figures::{Hours, Ratings, Share, rounded};

/// Waiting times added up, in seconds; shown as a mean in hours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waits {
    /// All of them together, in seconds.
    pub seconds: i64,
    /// How many.
    pub count: i64,
}

impl Waits {
    /// The mean in hours, with one decimal; nothing where nobody waited.
    #[must_use]
    pub fn mean(self) -> Option<f64> {
        (self.count > 0).then(|| rounded(self.seconds as f64 / 3600.0 / self.count as f64, 1))
    }
}

impl Serialize for Waits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.mean().serialize(serializer)
    }
}

/// The most people who were in the house at once, and on which day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Peak {
    /// The local day.
    pub date: chrono::NaiveDate,
    /// How many.
    pub people: i64,
}

/// What the figures of a period say beside its tally.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct KeyFigures {
    /// Time of gatherings and of bookings to which nobody came.
    pub booked_hours: Hours,
    /// Of that, the time of gatherings of which somebody says that people were there.
    pub used_hours: Hours,
    /// Used over booked.
    pub used_share: Share,
    /// The most in the house at once; nothing where nobody was counted.
    pub peak: Option<Peak>,
    /// Organisations whose first gathering ever lies in the period.
    pub first_time_organisations: i64,
    /// From calling off to start, where it is known when.
    pub cancellation_lead_hours: Waits,
    /// Called off less than 24 hours before the start, over those of which it is known when.
    pub late_cancellations: Share,
    /// From request to answer.
    pub approval_hours: Waits,
    /// Answered within 24 hours, over all that were answered.
    pub approved_within_a_day: Share,
    /// Times asked for that were taken, and that the organisation did not get later either.
    pub unmet_requests: i64,
    /// Gatherings to which nine tenths of the room's places or more came, over those whose number was reported.
    pub nearly_full: Share,
    /// What guests thought.
    #[serde(flatten)]
    pub ratings: Ratings,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_of_no_waits_is_unknown_and_of_some_has_one_decimal() {
        assert_eq!(Waits::default().mean(), None);
        assert_eq!(Waits { seconds: 36_000, count: 3 }.mean(), Some(3.3));
    }
}
