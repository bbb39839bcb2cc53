//! Which count of visits holds in which hour. Where desk and counter cover the same hour one of them holds; they are never added.
use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    settings::sources::{Source, SourceHours, source_at},
    time::{Moment, Span},
};

/// Which clock hour since 1970 an instant lies in: the house's clock is whole hours away from UTC, so both begin alike.
#[must_use]
pub fn hour_of(at: Moment) -> i64 {
    at.unix().div_euclid(3600)
}

/// Whose count holds in an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Desk,
    /// The counters ought to, and have said nothing.
    DeskInstead,
    Counter,
}

/// The visits of a period hour by hour, each from the source that holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VisitHours {
    hours: BTreeMap<i64, (Holds, i64)>,
    /// What the desk counted where the counters' count holds.
    set_aside: BTreeMap<i64, i64>,
}

/// Which sources the visits of a period come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct VisitSources {
    /// Hours in which the desk counted somebody and its count holds.
    pub desk_hours: i64,
    /// Visits of those.
    pub desk_visits: i64,
    /// Hours in which the counters' count holds.
    pub counter_hours: i64,
    /// Visits of those.
    pub counter_visits: i64,
    /// Of the desk's hours those that are set to the counters, which sent nothing.
    pub fallback_hours: i64,
}

impl VisitSources {
    /// All visits.
    #[must_use]
    pub fn visits(self) -> i64 {
        self.desk_visits + self.counter_visits
    }

    /// Has the desk alone counted, as it should?
    #[must_use]
    pub fn is_desk_alone(self) -> bool {
        self.counter_hours == 0 && self.fallback_hours == 0
    }
}

impl std::iter::Sum for VisitSources {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            desk_hours: sum.desk_hours + one.desk_hours,
            desk_visits: sum.desk_visits + one.desk_visits,
            counter_hours: sum.counter_hours + one.counter_hours,
            counter_visits: sum.counter_visits + one.counter_visits,
            fallback_hours: sum.fallback_hours + one.fallback_hours,
        })
    }
}

/// Chooses for every hour. `desk` and `counter` are arrivals by hour, the latter with an entry, perhaps 0, for every hour of which
/// any counter told; `since` is the first hour of which one ever did: before it the desk was all there was.
#[must_use]
pub fn choose(parts: &[SourceHours], since: Option<i64>, desk: &BTreeMap<i64, i64>, counter: &BTreeMap<i64, i64>) -> VisitHours {
    let mut chosen = VisitHours::default();
    for hour in desk.keys().chain(counter.keys()) {
        let wants_counter = source_at(parts, Moment::from_unix(hour * 3600)) == Source::Counter;
        let by_desk = desk.get(hour).copied();
        match counter.get(hour).filter(|_| wants_counter) {
            Some(people) => {
                chosen.hours.insert(*hour, (Holds::Counter, *people));
                chosen.set_aside.extend(by_desk.map(|people| (*hour, people)));
            }
            None => {
                let missing = wants_counter && since.is_some_and(|since| since <= *hour);
                let holds = if missing { Holds::DeskInstead } else { Holds::Desk };
                chosen.hours.extend(by_desk.map(|people| (*hour, (holds, people))));
            }
        }
    }
    chosen
}

impl VisitHours {
    /// The sources of a stretch of full hours.
    #[must_use]
    pub fn within(&self, span: Span) -> VisitSources {
        let mut sources = VisitSources::default();
        for (holds, people) in self.hours.range(hour_of(span.start())..hour_of(span.end())).map(|(_, chosen)| *chosen) {
            if holds == Holds::Counter {
                sources.counter_hours += 1;
                sources.counter_visits += people;
                continue;
            }
            sources.desk_visits += people;
            // What was corrected away was no count.
            let counted = i64::from(people > 0);
            sources.desk_hours += counted;
            sources.fallback_hours += if holds == Holds::DeskInstead { counted } else { 0 };
        }
        sources
    }

    /// What the counters say of the hour in which an instant lies, if their count holds.
    #[must_use]
    pub fn by_counter(&self, at: Moment) -> Option<i64> {
        self.hours.get(&hour_of(at)).filter(|(holds, _)| *holds == Holds::Counter).map(|(_, people)| *people)
    }

    /// The hours in which the counters' count holds: when each begins, and how many more visits it has than the desk counted.
    pub fn replaced(&self) -> impl Iterator<Item = (Moment, i64)> {
        let counted = self.hours.iter().filter(|(_, (holds, _))| *holds == Holds::Counter);
        counted.map(|(hour, (_, people))| (Moment::from_unix(hour * 3600), people - self.set_aside.get(hour).copied().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The counters hold on Tuesday evenings.
    fn evenings() -> Vec<SourceHours> {
        vec![SourceHours { weekdays: vec![2], from: "18:00".parse().unwrap(), to: "22:00".parse().unwrap(), source: Source::Counter }]
    }
    fn hour(clock: &str) -> i64 {
        hour_of(format!("2026-11-24T{clock}:00+01:00").parse().unwrap())
    }
    fn hours(all: &[(&str, i64)]) -> BTreeMap<i64, i64> {
        all.iter().map(|(clock, people)| (hour(clock), *people)).collect()
    }
    fn day() -> Span {
        Span::new("2026-11-24T00:00:00+01:00".parse().unwrap(), "2026-11-25T00:00:00+01:00".parse().unwrap()).unwrap()
    }

    #[test]
    fn without_a_setting_the_desk_counts_whatever_the_counters_say() {
        let chosen = choose(&[], Some(0), &hours(&[("10:00", 5), ("18:00", 7)]), &hours(&[("18:00", 9), ("19:00", 4)]));
        let told = VisitSources { desk_hours: 2, desk_visits: 12, ..VisitSources::default() };
        assert_eq!(chosen.within(day()), told);
        assert!(told.is_desk_alone());
        assert_eq!(chosen.replaced().count(), 0);
    }

    #[test]
    fn the_same_hour_is_never_counted_twice() {
        let chosen =
            choose(&evenings(), Some(0), &hours(&[("17:00", 5), ("18:00", 7)]), &hours(&[("17:00", 6), ("18:00", 9), ("19:00", 0)]));
        let told = VisitSources { desk_hours: 1, desk_visits: 5, counter_hours: 2, counter_visits: 9, fallback_hours: 0 };
        assert_eq!(chosen.within(day()), told);
        assert_eq!(told.visits(), 14);
        let at = |clock: &str| Moment::from_unix(hour(clock) * 3600);
        assert_eq!(chosen.replaced().collect::<Vec<_>>(), [(at("18:00"), 2), (at("19:00"), 0)]);
        assert_eq!([chosen.by_counter(at("17:00")), chosen.by_counter(at("18:00"))], [None, Some(9)]);
        assert_eq!(chosen.within(Span::new(at("19:00"), at("20:00")).unwrap()).visits(), 0);
    }

    #[test]
    fn an_hour_of_which_no_counter_told_falls_back_to_the_desk_and_that_is_said() {
        let desk = hours(&[("18:00", 7), ("19:00", 3), ("20:00", 0)]);
        let told = choose(&evenings(), Some(hour("18:00")), &desk, &hours(&[("18:00", 9)])).within(day());
        assert_eq!(told, VisitSources { desk_hours: 1, desk_visits: 3, counter_hours: 1, counter_visits: 9, fallback_hours: 1 });
    }

    #[test]
    fn before_the_first_counter_the_desk_was_no_stopgap() {
        let desk = hours(&[("18:00", 7), ("19:00", 3)]);
        let told = |since| choose(&evenings(), since, &desk, &BTreeMap::new()).within(day());
        assert_eq!(told(None).fallback_hours, 0);
        assert_eq!(told(Some(hour("19:00"))).fallback_hours, 1);
    }
}
