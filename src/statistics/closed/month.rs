//! A closed month: its figures as they were reported, and how they differ from what the data says by now.
use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::{
    id::Id,
    statistics::figures::{Hours, MonthFigures, Share, Tally},
    text::hex,
    time::{Moment, Month},
};

/// A month's figures by name, as the API has them.
pub type Figures = Map<String, Value>;

/// A month that was closed.
#[derive(Debug, Clone, PartialEq)]
pub struct ClosedMonth {
    /// Which.
    pub month: Month,
    /// Its figures as they were.
    pub figures: Figures,
    /// By which version of the definitions they were worked out.
    pub definitions_version: i32,
    /// How many bookings, in whichever state, started in it.
    pub bookings: i32,
    /// How many rows of head counts lay in it.
    pub visits: i32,
    /// Over all of the above, in hexadecimal digits; see [`seal`].
    pub hash: String,
    /// Who closed it: key and name.
    pub closed_by: Option<(Id, String)>,
    /// When.
    pub closed_at: Moment,
}

/// The hash by which frozen figures are known again: SHA-256 over a JSON text with its members by name and no white space, so that
/// anybody can work it out from a printed report.
#[must_use]
pub fn seal(month: Month, figures: &Figures, definitions_version: i32, bookings: i32, visits: i32) -> String {
    let sealed = json!({
        "month": month.to_string(), "figures": figures, "definitions_version": definitions_version,
        "row_counts": {"bookings": bookings, "visits": visits},
    });
    hex(Sha256::digest(sealed.to_string()))
}

impl ClosedMonth {
    /// Are the figures still those that were sealed?
    #[must_use]
    pub fn is_intact(&self) -> bool {
        self.hash == seal(self.month, &self.figures, self.definitions_version, self.bookings, self.visits)
    }

    /// What was reported of the month, where the data says otherwise by now.
    #[must_use]
    pub fn as_reported(&self, now: &MonthFigures) -> MonthFigures {
        let whole = |name: &str, now: i64| self.figures.get(name).and_then(Value::as_i64).unwrap_or(now);
        let share = |name: &str, now: Share| match self.figures.get(name) {
            Some(value) if value.as_f64() != now.value() => value.as_f64().map(Share::valued).unwrap_or_default(),
            _ => now,
        };
        let hours = self.figures.get("hours").and_then(Value::as_f64).filter(|hours| *hours != now.tally.hours.value());
        MonthFigures {
            month: self.month,
            tally: Tally {
                gatherings: whole("gatherings", now.tally.gatherings),
                hours: hours.map_or(now.tally.hours, |hours| Hours((hours * 3600.0).round() as i64)),
                participants: whole("participants", now.tally.participants),
                visits: whole("visits", now.tally.visits),
                cancelled: whole("cancelled", now.tally.cancelled),
                no_shows: whole("no_shows", now.tally.no_shows),
                fill_rate: share("fill_rate", now.tally.fill_rate),
                report_coverage: share("report_coverage", now.tally.report_coverage),
            },
            active_organisations: whole("active_organisations", now.active_organisations),
            utilisation: share("utilisation", now.utilisation),
            visit_coverage: share("visit_coverage", now.visit_coverage),
            visit_sources: now.visit_sources,
        }
    }

    /// What the data says otherwise by now.
    #[must_use]
    pub fn differences(&self, now: &Figures) -> Vec<Difference> {
        let names = self.figures.keys().chain(now.keys().filter(|name| !self.figures.contains_key(*name)));
        names
            .filter_map(|name| {
                let (frozen, now) = (self.figures.get(name).cloned().unwrap_or_default(), now.get(name).cloned().unwrap_or_default());
                (frozen != now).then(|| Difference { figure: name.clone(), frozen, now })
            })
            .collect()
    }
}

/// A figure that is not what it was when the month was closed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// Its name.
    pub figure: String,
    /// As it was.
    pub frozen: Value,
    /// As the data has it by now.
    pub now: Value,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(visits: i64) -> Figures {
        json!({"gatherings": 118, "visits": visits, "utilisation": 0.27}).as_object().unwrap().clone()
    }

    fn closed() -> ClosedMonth {
        let month: Month = "2023-03".parse().unwrap();
        ClosedMonth {
            month,
            figures: figures(2611),
            definitions_version: 1,
            bookings: 131,
            visits: 402,
            hash: seal(month, &figures(2611), 1, 131, 402),
            closed_by: None,
            closed_at: "2023-04-03T10:00:00+02:00".parse().unwrap(),
        }
    }

    #[test]
    fn the_seal_is_of_every_part_and_can_be_worked_out_by_hand() {
        let text = r#"{"definitions_version":1,"figures":{"gatherings":118,"utilisation":0.27,"visits":2611},"month":"2023-03","row_counts":{"bookings":131,"visits":402}}"#;
        let by_hand: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(closed().hash, by_hand);
        assert!(closed().is_intact());
        for forged in [
            ClosedMonth { figures: figures(2612), ..closed() },
            ClosedMonth { month: "2023-04".parse().unwrap(), ..closed() },
            ClosedMonth { definitions_version: 2, ..closed() },
            ClosedMonth { bookings: 132, ..closed() },
            ClosedMonth { visits: 401, ..closed() },
        ] {
            assert!(!forged.is_intact(), "{forged:?}");
        }
    }

    #[test]
    fn what_was_reported_stands_whatever_the_data_says_by_now() {
        let tally = Tally { gatherings: 120, hours: Hours(3600), visits: 2600, participants: 7, ..Tally::default() };
        let now = MonthFigures {
            month: "2023-03".parse().unwrap(),
            tally,
            active_organisations: 9,
            utilisation: Share { part: 1, of: 3 },
            visit_coverage: Share { part: 1, of: 2 },
            visit_sources: Default::default(),
        };
        let reported = closed().as_reported(&now);
        assert_eq!((reported.tally.gatherings, reported.tally.visits), (118, 2611));
        assert_eq!((reported.tally.participants, reported.active_organisations), (7, 9), "what was no figure then is as it is now");
        assert_eq!((reported.utilisation.value(), reported.visit_coverage), (Some(0.27), Share { part: 1, of: 2 }));
    }

    #[test]
    fn what_changed_since_is_told_figure_by_figure() {
        assert_eq!(closed().differences(&figures(2611)), []);
        let mut now = figures(2600);
        now.insert("peak".into(), json!(80));
        let told = closed().differences(&now);
        let of = |figure: &str, frozen: Value, now: Value| Difference { figure: figure.into(), frozen, now };
        assert_eq!(told, [of("visits", json!(2611), json!(2600)), of("peak", Value::Null, json!(80))]);
    }
}
