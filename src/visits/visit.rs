//! A head count: so many people came or went at an instant. Added to, never changed; a correction is a row of its own.
use crate::{
    error::{Fault, Say},
    id::Id,
    say,
    time::Moment,
    words,
};

words! {
    /// What people come to the house for.
    pub enum Purpose {
        /// Something that is booked.
        Gathering = "gathering",
        /// Work at an association's desk.
        Office = "office",
        /// Came in to ask or look.
        WalkIn = "walk_in",
        /// Is shown around.
        Tour = "tour",
        /// An event of the house.
        Event = "event",
        /// None of these.
        Other = "other",
    }
}

words! {
    /// Which way people go.
    pub enum Kind {
        /// Into the house.
        In = "in",
        /// Out of it.
        Out = "out",
    }
}

/// How many people one count may hold at most.
pub const MOST: i32 = 5000;

/// How many people: 1 to 5000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Headcount(i32);

impl Headcount {
    /// That many people.
    pub fn new(people: i32) -> Result<Self, Say> {
        if (1..=MOST).contains(&people) {
            Ok(Self(people))
        } else {
            Err(say!("ska vara mellan 1 och {MOST}", "must be between 1 and {MOST}"))
        }
    }

    /// The number.
    #[must_use]
    pub fn people(self) -> i32 {
        self.0
    }
}

/// A count as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Its key.
    pub id: Id,
    /// When people came or went.
    pub at: Moment,
    /// When that was written down.
    pub recorded_at: Moment,
    /// Which way they went.
    pub kind: Kind,
    /// How many; in a correction the difference, which may be below 0.
    pub headcount: i32,
    /// What for.
    pub purpose: Purpose,
    /// To whom: key and name.
    pub organisation: Option<(Id, String)>,
    /// To which gathering.
    pub booking_id: Option<Id>,
    /// The client's own key, by which a resent count is recognised.
    pub client_id: Option<Id>,
    /// The count that this one corrects.
    pub corrects: Option<Id>,
    /// Why it is corrected.
    pub reason: Option<String>,
    /// Written down long after it happened.
    pub late_entry: bool,
}

/// Who counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorder {
    /// Somebody at the desk.
    Person(Id),
    /// A tablet or a poster by the door.
    Device(Id),
}

impl Recorder {
    /// The person, if it is one.
    #[must_use]
    pub fn person(self) -> Option<Id> {
        if let Self::Person(id) = self { Some(id) } else { None }
    }

    /// The device, if it is one.
    #[must_use]
    pub fn device(self) -> Option<Id> {
        if let Self::Device(id) = self { Some(id) } else { None }
    }
}

/// A count as it is reported.
#[derive(Debug, Clone)]
pub struct NewVisit {
    /// When people came or went.
    pub at: Moment,
    /// Which way.
    pub kind: Kind,
    /// How many.
    pub headcount: Headcount,
    /// What for.
    pub purpose: Purpose,
    /// To whom.
    pub organisation_id: Option<Id>,
    /// To which gathering.
    pub booking_id: Option<Id>,
    /// The client's own key.
    pub client_id: Option<Id>,
}

/// What a count should have been, and why.
#[derive(Debug, Clone)]
pub struct Correction {
    /// People, 0 to 5000.
    pub headcount: i32,
    /// In a sentence.
    pub reason: String,
}

impl Correction {
    /// What has to be added to `current` so that the count becomes right.
    #[must_use]
    pub fn difference(&self, current: i64) -> i32 {
        // Both lie between 0 and 5000, so the difference fits.
        i32::try_from(i64::from(self.headcount).saturating_sub(current)).unwrap_or(0)
    }
}

/// Which counts are asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// From this instant on.
    pub from: Option<Moment>,
    /// Before this instant.
    pub to: Option<Moment>,
    /// For this purpose.
    pub purpose: Option<Purpose>,
    /// To this association.
    pub organisation_id: Option<Id>,
    /// To this gathering.
    pub booking_id: Option<Id>,
}

/// A desk's clock may go this much before ours.
pub const AHEAD_SECONDS: i64 = 60;
/// What is written down later than this is a late entry.
const LATE_SECONDS: i64 = 10 * 60;
/// What is older than this is a slip of the keyboard: the year's figures are closed.
const OLDEST_SECONDS: i64 = 366 * 24 * 3600;

/// Is `at` a time at which somebody may be counted now? What is wrong with it otherwise.
pub fn check_time(at: Moment, now: Moment) -> Result<(), Fault> {
    let ago = now.seconds_since(at);
    if ago < -AHEAD_SECONDS {
        return Err(Fault::coded("at", "in_the_future", say!("ligger i framtiden", "lies in the future")));
    }
    if ago > OLDEST_SECONDS {
        return Err(Fault::coded("at", "too_old", say!("ligger mer än 366 dagar tillbaka", "lies more than 366 days back")));
    }
    Ok(())
}

/// Is it written down long after it happened?
#[must_use]
pub fn is_late(at: Moment, now: Moment) -> bool {
    now.seconds_since(at) > LATE_SECONDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_holds_1_to_5000_people() {
        for people in [1, 5000] {
            assert_eq!(Headcount::new(people).unwrap().people(), people);
        }
        for people in [0, -5, 5001, i32::MAX, i32::MIN] {
            assert!(Headcount::new(people).is_err(), "{people}");
        }
    }

    #[test]
    fn a_count_is_late_after_ten_minutes_and_refused_from_the_future_and_after_366_days() {
        let now: Moment = "2026-11-24T18:00:00+01:00".parse().unwrap();
        let code = |seconds: i64| check_time(now.plus_seconds(seconds), now).err().map(|fault| fault.code);
        assert_eq!(code(60), None);
        assert_eq!(code(61), Some("in_the_future"));
        assert_eq!(code(-OLDEST_SECONDS), None);
        assert_eq!(code(-OLDEST_SECONDS - 1), Some("too_old"));
        assert!(!is_late(now.plus_seconds(-600), now));
        assert!(is_late(now.plus_seconds(-601), now));
    }

    #[test]
    fn a_correction_is_the_difference_to_what_holds_now() {
        let should_be = |headcount| Correction { headcount, reason: "Fel".into() };
        assert_eq!(should_be(4).difference(5), -1);
        assert_eq!(should_be(0).difference(5000), -5000);
        assert_eq!(should_be(5000).difference(0), 5000);
        assert_eq!(should_be(3).difference(3), 0);
    }
}
