//! Whose count of visits holds when: the desk's, or the door counters'.
use chrono::Timelike;
use serde::Serialize;

use crate::{
    error::{Error, Fault, Result},
    say,
    text::stored,
    time::{Moment, WallTime, iso_weekday},
    words,
};

words! {
    /// Who counts visits.
    pub enum Source {
        /// The reception, by hand.
        Desk = "desk",
        /// Devices at the doors.
        Counter = "counter",
    }
}

/// So many parts of the week may be told apart.
pub const MOST: usize = 50;

/// A part of the week, in full clock hours, and whose count holds in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceHours {
    /// ISO weekdays, 1 = Monday, sorted.
    pub weekdays: Vec<u8>,
    /// From this full hour.
    pub from: WallTime,
    /// To this full hour.
    pub to: WallTime,
    /// Whose count holds.
    pub source: Source,
}

impl SourceHours {
    fn has(&self, weekday: u8, hour: u32) -> bool {
        let minute = hour * 60;
        self.weekdays.contains(&weekday) && u32::from(self.from.minutes()) <= minute && minute < u32::from(self.to.minutes())
    }
}

/// Whose count holds at an instant.
#[must_use]
pub fn source_at(parts: &[SourceHours], at: Moment) -> Source {
    let local = at.local();
    let found = parts.iter().find(|part| part.has(iso_weekday(local.date_naive()), local.hour()));
    found.map_or(Source::Desk, |part| part.source)
}

/// What is wrong with the parts: minutes, backwards ones, and hours that two of them claim.
#[must_use]
pub fn faults(parts: &[SourceHours]) -> Vec<Fault> {
    let mut faults = vec![];
    for (i, part) in parts.iter().enumerate() {
        let full = |at: WallTime| at.minutes().is_multiple_of(60);
        for (name, at) in [("from", part.from), ("to", part.to)] {
            if !full(at) {
                faults.push(Fault::new(format!("visit_sources.{i}.{name}"), say!("ska vara en hel timme", "must be a full hour")));
            }
        }
        if part.from >= part.to {
            faults.push(Fault::new(format!("visit_sources.{i}.to"), say!("ska vara senare än från", "must be later than from")));
            continue;
        }
        let claims = |other: &SourceHours| {
            other.from < part.to && part.from < other.to && other.weekdays.iter().any(|day| part.weekdays.contains(day))
        };
        if parts.iter().take(i).any(claims) {
            let message = say!("gäller timmar som en tidigare rad redan gäller", "is about hours that an earlier line is about already");
            faults.push(Fault::new(format!("visit_sources.{i}.weekdays"), message));
        }
    }
    faults
}

type Stored = Vec<(u8, u16, u16, String)>;

/// The parts as text for the database.
#[must_use]
pub fn to_stored(parts: &[SourceHours]) -> String {
    let all: Vec<String> = parts
        .iter()
        .map(|part| {
            let weekdays: u8 = part.weekdays.iter().map(|day| 1 << (day - 1)).sum();
            format!("[{weekdays},{},{},\"{}\"]", part.from.minutes() / 60, part.to.minutes() / 60, part.source)
        })
        .collect();
    format!("[{}]", all.join(","))
}

/// The parts of the database's text.
pub fn from_stored(text: &str) -> Result<Vec<SourceHours>> {
    let all: Stored = serde_json::from_str(text).map_err(Error::internal)?;
    let hour = |hour: u16| WallTime::from_minutes(hour.saturating_mul(60)).ok_or_else(|| Error::internal("a source at no time of day"));
    all.into_iter()
        .map(|(weekdays, from, to, source)| {
            let weekdays = (1..=7u8).filter(|day| weekdays & (1 << (day - 1)) != 0).collect();
            Ok(SourceHours { weekdays, from: hour(from)?, to: hour(to)?, source: stored(&source)? })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(weekdays: &[u8], from: &str, to: &str, source: Source) -> SourceHours {
        SourceHours { weekdays: weekdays.to_vec(), from: from.parse().unwrap(), to: to.parse().unwrap(), source }
    }

    #[test]
    fn the_desk_counts_unless_it_is_said_otherwise_by_the_wall_clock() {
        let parts = [part(&[1, 5], "18:00", "22:00", Source::Counter), part(&[6, 7], "00:00", "24:00", Source::Counter)];
        let at = |text: &str| source_at(&parts, text.parse().unwrap());
        assert_eq!(at("2026-11-23T18:00:00+01:00"), Source::Counter);
        assert_eq!(at("2026-11-23T21:59:59+01:00"), Source::Counter);
        assert_eq!(at("2026-11-23T22:00:00+01:00"), Source::Desk);
        assert_eq!(at("2026-11-23T17:59:59+01:00"), Source::Desk);
        assert_eq!(at("2026-11-24T18:00:00+01:00"), Source::Desk);
        assert_eq!(at("2026-07-27T18:30:00+02:00"), Source::Counter);
        assert_eq!(at("2026-11-28T23:30:00+01:00"), Source::Counter);
        assert_eq!(source_at(&[], "2026-11-28T23:30:00+01:00".parse().unwrap()), Source::Desk);
    }

    #[test]
    fn parts_are_full_hours_that_no_other_part_claims() {
        let fields = |parts: &[SourceHours]| faults(parts).into_iter().map(|fault| fault.field).collect::<Vec<_>>();
        let evenings = || part(&[1, 2], "18:00", "22:00", Source::Counter);
        assert_eq!(fields(&[evenings(), part(&[2], "22:00", "23:00", Source::Desk), part(&[3], "18:00", "20:00", Source::Desk)]), [""; 0]);
        assert_eq!(fields(&[evenings(), part(&[2], "21:00", "23:00", Source::Desk)]), ["visit_sources.1.weekdays"]);
        let bad = part(&[3], "18:30", "18:00", Source::Desk);
        assert_eq!(fields(&[bad]), ["visit_sources.0.from", "visit_sources.0.to"]);
    }

    #[test]
    fn what_is_stored_reads_back() {
        let parts = vec![part(&[1, 7], "18:00", "24:00", Source::Counter), part(&[2], "00:00", "01:00", Source::Desk)];
        assert_eq!(to_stored(&parts), r#"[[65,18,24,"counter"],[2,0,1,"desk"]]"#);
        assert_eq!(from_stored(&to_stored(&parts)).unwrap(), parts);
        assert!(from_stored("[[65,18,25,\"counter\"]]").is_err());
    }
}
