//! A period beside the one before and the same a year earlier, and months put together to longer stretches.
use super::{
    figures::TotalFigures,
    grouping::{self, Grouping},
    key_figures::KeyFigures,
    period::{self, Period},
    store::{self, By, key_figures},
};
use crate::{db::Conn, error::Result, time::Moment};

use serde::Serialize;

/// A period in single numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// What it is called.
    pub label: String,
    /// Its first month.
    pub from: String,
    /// Its last month.
    pub to: String,
    /// Its counts.
    #[serde(flatten)]
    pub total: TotalFigures,
    /// What they say.
    #[serde(flatten)]
    pub key_figures: KeyFigures,
}

/// A period beside others.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The period asked for.
    pub period: Summary,
    /// The one just before, as long.
    pub before: Option<Summary>,
    /// The same months a year earlier.
    pub year_before: Option<Summary>,
}

/// The figures of a period beyond its tally.
pub fn key_figures(c: &mut Conn, period: &Period, now: Moment) -> Result<KeyFigures> {
    let whole = period.whole();
    let of_bookings = key_figures::of_bookings(c, &whole, now)?.remove(&1).unwrap_or_default();
    Ok(KeyFigures {
        peak: key_figures::peak(c, &period::offsets(period.start(), period.end()))?,
        unmet_requests: key_figures::unmet(c, &whole)?.remove(&1).unwrap_or_default(),
        ratings: store::ratings(c, By::All, &whole, now)?.remove("").unwrap_or_default(),
        ..of_bookings
    })
}

/// A period in single numbers.
pub fn summary(c: &mut Conn, label: String, period: &Period, now: Moment) -> Result<Summary> {
    let month = |at: Option<&crate::time::Month>| at.map(ToString::to_string).unwrap_or_default();
    Ok(Summary {
        label,
        from: month(period.months().first()),
        to: month(period.months().last()),
        total: super::monthly(c, period, now)?.total,
        key_figures: key_figures(c, period, now)?,
    })
}

/// A period beside the one before and the same a year earlier.
pub fn comparison(c: &mut Conn, period: &Period, now: Moment) -> Result<Comparison> {
    let mut of = |period: Option<Period>| period.map(|period| summary(c, period.label(), &period, now)).transpose();
    let (before, year_before) = (of(grouping::before(period))?, of(grouping::year_before(period))?);
    Ok(Comparison { period: summary(c, period.label(), period, now)?, before, year_before })
}

/// A period by its parts: by room, by organisation, ...
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Parts<T> {
    /// Of the period asked for.
    pub items: Vec<T>,
    /// Of the one just before, as long; `None` if not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Vec<T>>,
    /// Of the same months a year earlier; `None` if not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year_before: Option<Vec<T>>,
}

/// How a period is taken apart.
pub type Parting<T> = fn(&mut Conn, &Period, Moment) -> Result<Vec<T>>;

/// A period by its parts, beside the others if that is asked for.
pub fn parts<T>(c: &mut Conn, period: &Period, compared: bool, of: Parting<T>, now: Moment) -> Result<Parts<T>> {
    let mut of_other = |other: Option<Period>| other.filter(|_| compared).map(|other| of(c, &other, now)).transpose();
    let (before, year_before) = (of_other(grouping::before(period))?, of_other(grouping::year_before(period))?);
    Ok(Parts { items: of(c, period, now)?, before, year_before })
}

/// The stretches that a period touches, each in single numbers.
pub fn stretches(c: &mut Conn, by: Grouping, period: &Period, now: Moment) -> Result<Vec<Summary>> {
    by.of(period).into_iter().map(|(label, stretch)| summary(c, label, &stretch, now)).collect()
}
