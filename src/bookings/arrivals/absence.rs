//! Organisations whose gatherings nobody came to.
use std::{cmp::Reverse, collections::HashMap};

use crate::{id::Id, time::Moment};

/// A gathering to which nobody came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// The booking's key.
    pub id: Id,
    /// Its number for people.
    pub reference: String,
    /// What it was called.
    pub title: String,
    /// The room's slug.
    pub room: String,
    /// When it was to begin.
    pub starts_at: Moment,
    /// Whose it was: key and name.
    pub organisation: (Id, String),
}

/// How often nobody came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// Whose gatherings they were: key and name.
    pub organisation: (Id, String),
    /// The gatherings, latest first.
    pub missed: Vec<Missed>,
    /// All its bookings that have begun in that time, these among them.
    pub begun: i64,
}

impl Absence {
    fn rank(&self) -> (Reverse<usize>, Id) {
        (Reverse(self.missed.len()), self.organisation.0)
    }

    /// Does it stand behind the one with this many and this key?
    #[must_use]
    pub fn comes_after(&self, count: usize, id: Id) -> bool {
        self.rank() > (Reverse(count), id)
    }
}

/// By organisation, those with the most first, if they have at least so many.
#[must_use]
pub fn by_organisation(missed: Vec<Missed>, least: usize) -> Vec<Absence> {
    let mut by: HashMap<Id, Absence> = HashMap::new();
    for one in missed {
        let organisation = one.organisation.clone();
        by.entry(organisation.0).or_insert_with(|| Absence { organisation, missed: vec![], begun: 0 }).missed.push(one);
    }
    let mut all: Vec<Absence> = by.into_values().filter(|one| one.missed.len() >= least).collect();
    all.sort_by_key(Absence::rank);
    for one in &mut all {
        one.missed.sort_by_key(|missed| Reverse((missed.starts_at, missed.id)));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_stay_away_most_come_first_and_once_is_no_habit() {
        let organisations: Vec<(Id, String)> = ["Ett", "Två", "Tre"].iter().map(|name| (Id::new(), (*name).to_owned())).collect();
        let missed = |of: usize, day: i64| Missed {
            id: Id::new(),
            reference: String::new(),
            title: String::new(),
            room: "aulan".into(),
            starts_at: Moment::from_unix(day * 86_400),
            organisation: organisations[of].clone(),
        };
        let all = by_organisation(vec![missed(0, 1), missed(1, 2), missed(2, 3), missed(1, 5), missed(2, 4), missed(2, 9)], 2);
        let told: Vec<(&str, Vec<i64>)> = all
            .iter()
            .map(|one| (one.organisation.1.as_str(), one.missed.iter().map(|missed| missed.starts_at.unix() / 86_400).collect()))
            .collect();
        assert_eq!(told, [("Tre", vec![9, 4, 3]), ("Två", vec![5, 2])]);
        assert!(all[1].comes_after(3, all[0].organisation.0) && !all[0].comes_after(3, all[0].organisation.0));
    }
}
