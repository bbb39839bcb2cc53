//! The house's figures for everybody: totals by month and nothing that could be about somebody.
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    definitions::DEFINITIONS,
    figures::{Hours, MonthFigures, Share, as_text},
    table::{Cell, Table},
};
use crate::{error::Language, say, time::Month};

/// Counts from 1 to below this are not told: so few could be somebody.
pub const LEAST: i64 = 5;
/// How many months are given unless others are asked for.
pub const MONTHS: u32 = 24;

/// What may be done with the figures.
pub const LICENCE: (&str, &str) = ("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/");

/// A month as everybody may know it; `None` is a number that is too small to tell.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OpenMonth {
    /// Which.
    #[serde(serialize_with = "as_text")]
    pub month: Month,
    /// Gatherings held.
    pub gatherings: Option<i64>,
    /// Their hours; told where their number is.
    pub hours: Option<Hours>,
    /// As organisers reported.
    pub participants: Option<i64>,
    /// Counted in the door.
    pub visits: Option<i64>,
    /// With at least one gathering.
    pub active_organisations: Option<i64>,
    /// Of the house.
    pub utilisation: Share,
    /// Open hours with at least one count over open hours.
    pub visit_coverage: Share,
}

/// The number, unless so few could be somebody.
fn told(count: i64) -> Option<i64> {
    (!(1..LEAST).contains(&count)).then_some(count)
}

impl OpenMonth {
    /// The month without what is too small to tell.
    #[must_use]
    pub fn of(month: &MonthFigures) -> Self {
        let gatherings = told(month.tally.gatherings);
        Self {
            month: month.month,
            gatherings,
            hours: gatherings.map(|_| month.tally.hours),
            participants: told(month.tally.participants),
            visits: told(month.tally.visits),
            active_organisations: told(month.active_organisations),
            utilisation: month.utilisation,
            visit_coverage: month.visit_coverage,
        }
    }
}

/// The months with what each figure means, who gives them and what may be done with them.
#[must_use]
pub fn document(publisher: &str, months: &[OpenMonth]) -> Value {
    const TOLD: [&str; 7] = ["gatherings", "hours", "participants", "visits", "active_organisations", "utilisation", "visit_coverage"];
    let definitions: Vec<_> = DEFINITIONS.iter().filter(|definition| TOLD.contains(&definition.figure)).collect();
    json!({
        "publisher": publisher, "licence": {"name": LICENCE.0, "url": LICENCE.1}, "suppressed_below": LEAST, "definitions": definitions,
        "months": months,
    })
}

/// The months as a table.
#[must_use]
pub fn table(months: &[OpenMonth], language: Language) -> Table {
    let heads = [
        say!("Månad", "Month"),
        say!("Sammankomster", "Gatherings"),
        say!("Timmar", "Hours"),
        say!("Deltagare", "Participants"),
        say!("Besök", "Visits"),
        say!("Aktiva organisationer", "Active organisations"),
        say!("Nyttjandegrad", "Utilisation"),
        say!("Täckning", "Visit coverage"),
    ];
    let count = |count: Option<i64>| count.map_or(Cell::Empty, Cell::from);
    let row = |month: &OpenMonth| {
        vec![
            Cell::Text(month.month.to_string()),
            count(month.gatherings),
            month.hours.map_or(Cell::Empty, Cell::from),
            count(month.participants),
            count(month.visits),
            count(month.active_organisations),
            month.utilisation.into(),
            month.visit_coverage.into(),
        ]
    };
    Table::new(language, say!("Månader", "Months"), 1, &heads, months.iter().map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::told;

    #[test]
    fn nothing_is_told_and_so_are_five_but_not_one_to_four() {
        assert_eq!([0, 1, 4, 5, 1226].map(told), [Some(0), None, None, Some(5), Some(1226)]);
        assert_eq!(told(-3), Some(-3), "a correction of another month's count is no person");
    }
}
