//! What the house has decided for itself.
use chrono::{Days, NaiveDate};
use serde::Serialize;

use super::{
    retention::Retention,
    sources::{self, SourceHours},
};
use crate::{
    error::Fault,
    say,
    time::{Moment, Span, WallTime, iso_weekday},
};

/// The hours of the week that everybody wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PrimeTime {
    /// ISO weekdays, 1 = Monday, sorted.
    pub weekdays: Vec<u8>,
    /// From.
    pub from: WallTime,
    /// To.
    pub to: WallTime,
}

impl PrimeTime {
    /// How much of a stay lies within, in minutes.
    #[must_use]
    pub fn minutes_of(&self, stay: Span) -> i64 {
        let days = stay.start().date().iter_days().take_while(|day| *day <= stay.end().date());
        days.filter(|day| self.weekdays.contains(&iso_weekday(*day)))
            .filter_map(|day| Span::new(self.from.on(day), self.to.on(day))?.intersect(stay))
            .map(|shared| shared.seconds() / 60)
            .sum()
    }
}

/// By when a request for a weekend must be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Cutoff {
    /// ISO weekday, 1 = Monday to 5 = Friday, of the week before the weekend.
    pub weekday: u8,
    /// At this wall time.
    pub at: WallTime,
}

impl Cutoff {
    /// The last moment at which somebody may ask for this day; `None` unless it is a Saturday or Sunday.
    #[must_use]
    pub fn before(self, day: NaiveDate) -> Option<Moment> {
        let back = iso_weekday(day).checked_sub(self.weekday).filter(|_| iso_weekday(day) >= 6)?;
        Some(self.at.on(day.checked_sub_days(Days::new(u64::from(back)))?))
    }
}

/// All settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// After so many hours a request that nobody answered lapses; `None`: never.
    pub approval_hours: Option<i32>,
    /// By when a request for the weekend must be in; `None`: at any time.
    pub weekend_cutoff: Option<Cutoff>,
    /// Of what quotas are kept apart.
    pub prime_time: PrimeTime,
    /// For so many hours a freed time is held for whoever waits for it.
    pub waitlist_hold_hours: i32,
    /// So many minutes after its start a gathering to which nobody came gives its room away; `None`: never.
    pub no_show_minutes: Option<i32>,
    /// Is the organiser asked by letter how many came?
    pub ask_participants: bool,
    /// So many people may be in the house at once; `None`: nobody has said.
    pub house_max_persons: Option<i32>,
    /// May the desk write down a visitor's first name, for the roll call?
    pub named_visits: bool,
    /// May an admin run the house with two factors only?
    pub second_factor_required: bool,
    /// Who answers for what is kept about people; empty if nobody has said.
    pub controller: String,
    /// Where to ask about it; empty if nobody has said.
    pub privacy_contact: String,
    /// For how long it is kept.
    pub retention: Retention,
    /// Whose count of visits holds when; the desk's at all other hours.
    pub visit_sources: Vec<SourceHours>,
    /// Raised on every change.
    pub version: i32,
}

impl Settings {
    /// What is wrong with them as a whole.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = vec![];
        if self.prime_time.from >= self.prime_time.to {
            faults.push(Fault::new("prime_time.to", say!("ska vara senare än från", "must be later than from")));
        }
        faults.extend(sources::faults(&self.visit_sources));
        faults
    }
}

/// What shall be different; `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// The hours, or never.
    pub approval_hours: Option<Option<i32>>,
    /// The cut-off, or none.
    pub weekend_cutoff: Option<Option<Cutoff>>,
    /// The hours that everybody wants.
    pub prime_time: Option<PrimeTime>,
    /// The hours for which a freed time is held.
    pub waitlist_hold_hours: Option<i32>,
    /// The minutes, or never.
    pub no_show_minutes: Option<Option<i32>>,
    /// Ask, or not.
    pub ask_participants: Option<bool>,
    /// The most people in the house, or no limit.
    pub house_max_persons: Option<Option<i32>>,
    /// May, or may not.
    pub named_visits: Option<bool>,
    /// Required, or not.
    pub second_factor_required: Option<bool>,
    /// Who answers.
    pub controller: Option<String>,
    /// Where to ask.
    pub privacy_contact: Option<String>,
    /// For how long.
    pub retention: Option<Retention>,
    /// Whose count holds when.
    pub visit_sources: Option<Vec<SourceHours>>,
}

impl Change {
    /// The settings with it.
    #[must_use]
    pub fn of(self, before: &Settings) -> Settings {
        Settings {
            approval_hours: self.approval_hours.unwrap_or(before.approval_hours),
            weekend_cutoff: self.weekend_cutoff.unwrap_or(before.weekend_cutoff),
            prime_time: self.prime_time.unwrap_or_else(|| before.prime_time.clone()),
            waitlist_hold_hours: self.waitlist_hold_hours.unwrap_or(before.waitlist_hold_hours),
            no_show_minutes: self.no_show_minutes.unwrap_or(before.no_show_minutes),
            ask_participants: self.ask_participants.unwrap_or(before.ask_participants),
            house_max_persons: self.house_max_persons.unwrap_or(before.house_max_persons),
            named_visits: self.named_visits.unwrap_or(before.named_visits),
            second_factor_required: self.second_factor_required.unwrap_or(before.second_factor_required),
            controller: self.controller.clone().unwrap_or_else(|| before.controller.clone()),
            privacy_contact: self.privacy_contact.clone().unwrap_or_else(|| before.privacy_contact.clone()),
            retention: self.retention.unwrap_or(before.retention),
            visit_sources: self.visit_sources.unwrap_or_else(|| before.visit_sources.clone()),
            version: before.version + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weekend_is_asked_for_until_thursday_at_four() {
        let cutoff = Cutoff { weekday: 4, at: "16:00".parse().unwrap() };
        let thursday: Moment = "2026-11-26T16:00:00+01:00".parse().unwrap();
        assert_eq!(cutoff.before("2026-11-28".parse().unwrap()), Some(thursday));
        assert_eq!(cutoff.before("2026-11-29".parse().unwrap()), Some(thursday));
        assert_eq!(cutoff.before("2026-11-27".parse().unwrap()), None);
    }

    #[test]
    fn prime_time_is_counted_by_the_wall_clock_and_over_midnight() {
        let prime = PrimeTime { weekdays: vec![1, 2], from: "17:00".parse().unwrap(), to: "22:00".parse().unwrap() };
        let span = |from: &str, to: &str| Span::new(from.parse().unwrap(), to.parse().unwrap()).unwrap();
        assert_eq!(prime.minutes_of(span("2026-11-23T16:00:00+01:00", "2026-11-23T18:30:00+01:00")), 90);
        assert_eq!(prime.minutes_of(span("2026-11-23T21:00:00+01:00", "2026-11-24T18:00:00+01:00")), 120);
        assert_eq!(prime.minutes_of(span("2026-11-25T16:00:00+01:00", "2026-11-25T18:30:00+01:00")), 0);
    }
}
