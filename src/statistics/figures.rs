//! The figures: what each is made of, kept exact until it is shown.
use serde::{Serialize, Serializer};

use super::{comparing::Summary, goals::Outcome, headlines::Headline, key_figures::KeyFigures, report::Closing};
use crate::{bookings::Category, counters::VisitSources, id::Id, organisations::Kind, time::Month};

/// Rounds to that many decimals, so that both engines and every format show the same digits.
#[must_use]
pub fn rounded(number: f64, decimals: u8) -> f64 {
    let scale = 10_f64.powi(i32::from(decimals));
    (number * scale).round() / scale
}

/// Elapsed time, counted in seconds and shown in hours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hours(pub i64);

impl Hours {
    /// In hours.
    #[must_use]
    pub fn value(self) -> f64 {
        rounded(self.0 as f64 / 3600.0, 4)
    }
}

impl Serialize for Hours {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.value())
    }
}

/// A part of a whole, both in the same unit; nothing where there is nothing to divide by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// The part.
    pub part: i64,
    /// The whole.
    pub of: i64,
}

impl Share {
    /// A share of which the value alone is known, to four decimals.
    #[must_use]
    pub fn valued(value: f64) -> Self {
        Self { part: (value * 10_000.0).round() as i64, of: 10_000 }
    }

    /// From 0 to 1, or above where the part may be larger than the whole.
    #[must_use]
    pub fn value(self) -> Option<f64> {
        (self.of > 0).then(|| rounded(self.part as f64 / self.of as f64, 4))
    }
}

impl std::iter::Sum for Share {
    fn sum<I: Iterator<Item = Self>>(shares: I) -> Self {
        shares.fold(Self::default(), |sum, share| Self { part: sum.part + share.part, of: sum.of + share.of })
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

/// A sum over months, divided by their number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PerMonth {
    /// The sum.
    pub sum: i64,
    /// How many months.
    pub months: i64,
}

impl PerMonth {
    /// Is there nothing after the decimal point?
    #[must_use]
    pub fn is_whole(self) -> bool {
        self.sum % self.months.max(1) == 0
    }

    /// With two decimals.
    #[must_use]
    pub fn value(self) -> f64 {
        if self.months == 0 { 0.0 } else { rounded(self.sum as f64 / self.months as f64, 2) }
    }
}

impl Serialize for PerMonth {
    /// A whole number as such: 2406, not 2406.0.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_whole() { serializer.serialize_i64(self.sum / self.months.max(1)) } else { serializer.serialize_f64(self.value()) }
    }
}

/// The answers to the one question after a gathering.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ratings {
    /// All answers added up.
    pub sum: i64,
    /// How many answers.
    pub count: i64,
}

impl Ratings {
    /// Fewer answers than these could point at a person.
    const LEAST: i64 = 5;

    /// The mean with one decimal; nothing where it would show what a few said.
    #[must_use]
    pub fn mean(self) -> Option<f64> {
        (self.count >= Self::LEAST).then(|| rounded(self.sum as f64 / self.count as f64, 1))
    }
}

impl Serialize for Ratings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shown {
            rating: Option<f64>,
            ratings: i64,
        }
        Shown { rating: self.mean(), ratings: self.count }.serialize(serializer)
    }
}

/// What is counted alike by month, room, organisation and category.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Bookings that took place.
    pub gatherings: i64,
    /// Their elapsed time.
    pub hours: Hours,
    /// Who took part, as organisers report.
    pub participants: i64,
    /// Arrivals counted in the door.
    pub visits: i64,
    /// Bookings called off.
    pub cancelled: i64,
    /// Bookings to which nobody came.
    pub no_shows: i64,
    /// Who took part over who was expected, of the gatherings about which organisers reported.
    pub fill_rate: Share,
    /// The gatherings about which they did, over all.
    pub report_coverage: Share,
}

impl Tally {
    /// Is there anything to tell?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl std::iter::Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |sum, one| Self {
            gatherings: sum.gatherings + one.gatherings,
            hours: Hours(sum.hours.0 + one.hours.0),
            participants: sum.participants + one.participants,
            visits: sum.visits + one.visits,
            cancelled: sum.cancelled + one.cancelled,
            no_shows: sum.no_shows + one.no_shows,
            fill_rate: [sum.fill_rate, one.fill_rate].into_iter().sum(),
            report_coverage: [sum.report_coverage, one.report_coverage].into_iter().sum(),
        })
    }
}

pub(super) fn as_text<S: Serializer>(value: impl std::fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&value)
}

/// One month.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MonthFigures {
    /// Which.
    #[serde(serialize_with = "as_text")]
    pub month: Month,
    /// Its counts.
    #[serde(flatten)]
    pub tally: Tally,
    /// Organisations with at least one gathering.
    pub active_organisations: i64,
    /// Of the house, by spaces.
    pub utilisation: Share,
    /// Open hours with at least one count over open hours.
    pub visit_coverage: Share,
    /// Who counted the visits.
    pub visit_sources: VisitSources,
}

/// All months asked for together.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TotalFigures {
    /// Their counts.
    #[serde(flatten)]
    pub tally: Tally,
    /// Visits over the number of months.
    pub visits_per_month: PerMonth,
    /// Organisations with at least one gathering; one that met in two months counts once.
    pub active_organisations: i64,
    /// Of the house, by spaces.
    pub utilisation: Share,
    /// Open hours with at least one count over open hours.
    pub visit_coverage: Share,
    /// Who counted the visits.
    pub visit_sources: VisitSources,
}

/// Months and their total.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MonthlyFigures {
    /// Month by month, without gaps.
    pub months: Vec<MonthFigures>,
    /// Together.
    pub total: TotalFigures,
}

/// One room.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RoomFigures {
    /// Its slug.
    pub room: String,
    /// Its name.
    pub name: String,
    /// Its counts; visits are those counted for a booking of the room.
    #[serde(flatten)]
    pub tally: Tally,
    /// Time in which any of its spaces was taken by a gathering, over its open time.
    pub utilisation: Share,
}

/// One organisation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OrganisationFigures {
    /// Its key.
    pub organisation_id: Id,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Has its home in the house.
    pub tenant: bool,
    /// Its counts; visits are those to it or to one of its bookings.
    #[serde(flatten)]
    pub tally: Tally,
}

/// One category of bookings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CategoryFigures {
    /// Which.
    pub category: Category,
    /// Its counts; visits are those counted for a booking.
    #[serde(flatten)]
    pub tally: Tally,
    /// What its guests thought.
    #[serde(flatten)]
    pub ratings: Ratings,
}

/// One kind of organisation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KindFigures {
    /// Which.
    pub kind: Kind,
    /// Its counts; visits are those to its organisations or to one of their bookings.
    #[serde(flatten)]
    pub tally: Tally,
}

/// One hour of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct HourFigures {
    /// ISO weekday, 1 = Monday.
    pub weekday: i64,
    /// From this full hour of local time to the next.
    pub hour: i64,
    /// Gatherings that touch it.
    pub gatherings: i64,
    /// Their elapsed time as far as it lies in it.
    pub hours: Hours,
    /// Arrivals counted in it.
    pub visits: i64,
}

/// One year in single numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct YearFigures {
    /// Which.
    pub year: i32,
    /// The twelve months together.
    #[serde(flatten)]
    pub total: TotalFigures,
    /// Rooms that can be booked.
    pub rooms: i64,
    /// Organisations on the books.
    pub organisations: i64,
    /// Of those, the ones with their home in the house.
    pub tenants: i64,
    /// What the guests thought.
    #[serde(flatten)]
    pub ratings: Ratings,
    /// What else the year says.
    pub key_figures: KeyFigures,
}

impl YearFigures {
    /// Is nothing known of this year?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.total.tally.is_empty()
    }
}

/// What a figure means, with its formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// The figure's name in JSON.
    pub figure: &'static str,
    /// In Swedish.
    pub sv: &'static str,
    /// In English.
    pub en: &'static str,
}

/// Everything the yearly report needs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnnualReport {
    /// The year in single numbers.
    #[serde(flatten)]
    pub figures: YearFigures,
    /// Its twelve months.
    pub monthly: Vec<MonthFigures>,
    /// Its rooms.
    pub by_room: Vec<RoomFigures>,
    /// Its kinds of organisations.
    pub by_organisation_kind: Vec<KindFigures>,
    /// Its categories.
    pub by_category: Vec<CategoryFigures>,
    /// Its week, hour by hour.
    pub by_hour: Vec<HourFigures>,
    /// Its quarters, half-years and school terms.
    pub by_stretch: Vec<Summary>,
    /// The figures that the report to the city is about, with what each is worth.
    pub headlines: Vec<Headline>,
    /// What the house meant to reach.
    pub goals: Vec<Outcome>,
    /// Which of its months are closed.
    pub closing: Closing,
    /// The year before, if anything is known of it.
    pub previous: Option<YearFigures>,
    /// What the figures mean.
    pub definitions: &'static [Definition],
    /// To be pasted into a text.
    pub sentences_sv: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_share_of_nothing_is_unknown() {
        assert_eq!(json!(Share { part: 0, of: 0 }), json!(null));
        assert_eq!(json!(Share { part: 1, of: 3 }), json!(0.3333));
    }

    #[test]
    fn visits_a_month_are_whole_where_they_can_be() {
        assert_eq!(json!(PerMonth { sum: 28872, months: 12 }), json!(2406));
        assert_eq!(json!(PerMonth { sum: 10, months: 3 }), json!(3.33));
    }

    #[test]
    fn what_a_few_said_is_not_shown() {
        let mean = |sum, count| Ratings { sum, count }.mean();
        assert_eq!(mean(16, 4), None);
        assert_eq!(mean(22, 5), Some(4.4));
        assert_eq!(mean(0, 0), None);
    }
}
