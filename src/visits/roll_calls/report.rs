//! What a roll call found: places and numbers, no names.
use serde::{Deserialize, Deserializer, Serialize, de::Error};

use crate::{
    error::{Fault, Say},
    id::Id,
    say,
    time::Moment,
    words,
};

/// How long after it a roll call may be handed in: the phone it was held on may have been without network.
const LATEST_SECONDS: i64 = 7 * 24 * 3600;
/// A phone's clock may go this much before ours.
const AHEAD_SECONDS: i64 = 300;
/// A roll call that lasts longer is a slip of the keyboard.
const LONGEST_SECONDS: i64 = 24 * 3600;

words! {
    /// What a line of the list stands for.
    pub enum Kind {
        /// A room.
        Room = "room",
        /// People who were counted, but of whom no room is known.
        Unplaced = "unplaced",
        /// A visitor whose name was on the list. The people of a room are counted in its line; this one only says who was seen.
        Visitor = "visitor",
        /// People who were on no list.
        Unknown = "unknown",
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(|say: Say| D::Error::custom(say.en))
    }
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What it stands for.
    pub kind: Kind,
    /// The room's slug.
    pub room: Option<String>,
    /// How many should be there.
    pub expected: i32,
    /// How many were found.
    pub found: i32,
    /// Was it ticked off?
    pub clear: bool,
    /// For the fire brigade and the report: where, not who.
    pub note: String,
}

/// A roll call as it is handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The client's own key, by which one that is sent again is recognised.
    pub client_id: Id,
    /// An exercise?
    pub drill: bool,
    /// From.
    pub started_at: Moment,
    /// To.
    pub finished_at: Moment,
    /// Of which instant the list was.
    pub list_from: Moment,
    /// Line by line.
    pub lines: Vec<Line>,
    /// What there is to learn from it.
    pub note: String,
}

/// What it comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// People who should have been there, by rooms and without.
    pub expected: i64,
    /// How many of these were found, more than expected included.
    pub found: i64,
    /// How many are missing: summed line by line, since two too many in one room are not the two missing from another.
    pub missing: i64,
    /// People who were on no list.
    pub unknown: i64,
    /// Named visitors on the list.
    pub visitors: i64,
    /// How many of these were seen.
    pub visitors_seen: i64,
    /// Lines that nobody ticked off.
    pub open: i64,
}

impl Totals {
    /// Adds the lines up. In a line that was not ticked off nobody was found.
    #[must_use]
    pub fn of(lines: &[Line]) -> Self {
        let mut totals = Self::default();
        for line in lines {
            let (expected, found) = (i64::from(line.expected), if line.clear { i64::from(line.found) } else { 0 });
            totals.open += i64::from(!line.clear);
            match line.kind {
                Kind::Room | Kind::Unplaced => {
                    totals.expected += expected;
                    totals.found += found;
                    totals.missing += (expected - found).max(0);
                }
                Kind::Visitor => {
                    totals.visitors += 1;
                    totals.visitors_seen += i64::from(line.clear);
                }
                Kind::Unknown => totals.unknown += i64::from(line.found),
            }
        }
        totals
    }
}

impl Report {
    /// What is wrong with its times.
    #[must_use]
    pub fn faults(&self, now: Moment) -> Vec<Fault> {
        let mut faults = vec![];
        if self.finished_at < self.started_at {
            faults.push(Fault::coded("finished_at", "end_before_start", say!("ska ligga efter started_at", "must lie after started_at")));
        } else if self.finished_at.seconds_since(self.started_at) > LONGEST_SECONDS {
            faults
                .push(Fault::new("finished_at", say!("ligger mer än ett dygn efter started_at", "lies more than a day after started_at")));
        }
        if self.finished_at.seconds_since(now) > AHEAD_SECONDS {
            faults.push(Fault::coded("finished_at", "in_the_future", say!("ligger i framtiden", "lies in the future")));
        }
        if now.seconds_since(self.started_at) > LATEST_SECONDS {
            faults.push(Fault::coded("started_at", "too_old", say!("ligger mer än 7 dagar tillbaka", "lies more than 7 days back")));
        }
        if self.list_from > self.finished_at {
            faults.push(Fault::new("list_from", say!("ska ligga före finished_at", "must lie before finished_at")));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(kind: Kind, expected: i32, found: i32, clear: bool) -> Line {
        Line { kind, room: None, expected, found, clear, note: String::new() }
    }

    #[test]
    fn too_many_in_one_room_do_not_make_up_for_those_missing_in_another() {
        let lines = [
            line(Kind::Room, 10, 12, true),
            line(Kind::Room, 5, 3, true),
            line(Kind::Room, 7, 0, false),
            line(Kind::Unplaced, 4, 4, true),
            line(Kind::Visitor, 1, 1, true),
            line(Kind::Visitor, 3, 0, false),
            line(Kind::Unknown, 0, 2, true),
        ];
        let expected = Totals { expected: 26, found: 19, missing: 9, unknown: 2, visitors: 2, visitors_seen: 1, open: 2 };
        assert_eq!(Totals::of(&lines), expected);
        assert_eq!(Totals::of(&[]), Totals::default());
    }

    #[test]
    fn a_roll_call_has_times_that_can_be() {
        let now: Moment = "2026-11-24T18:00:00+01:00".parse().unwrap();
        let report = |from: i64, to: i64, list: i64| Report {
            client_id: Id::new(),
            drill: true,
            started_at: now.plus_seconds(from),
            finished_at: now.plus_seconds(to),
            list_from: now.plus_seconds(list),
            lines: vec![],
            note: String::new(),
        };
        let faults = |from, to, list| report(from, to, list).faults(now).iter().map(|fault| fault.field.clone()).collect::<Vec<_>>();
        assert_eq!(faults(-600, 0, -610), [""; 0]);
        assert_eq!(faults(-LATEST_SECONDS, -LATEST_SECONDS + 60, -LATEST_SECONDS), [""; 0]);
        assert_eq!(faults(0, -1, -610), ["finished_at"]);
        assert_eq!(faults(-LONGEST_SECONDS - 1, 0, -610), ["finished_at"]);
        assert_eq!(faults(0, AHEAD_SECONDS + 1, 0), ["finished_at"]);
        assert_eq!(faults(-LATEST_SECONDS - 1, -LATEST_SECONDS, -LATEST_SECONDS), ["started_at"]);
        assert_eq!(faults(-600, -60, 0), ["list_from"]);
    }
}
