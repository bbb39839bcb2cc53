//! Time: instants in UTC and whole seconds, wall time in the centre's zone, and the clock that says which it is now.
mod month;

use std::{
    fmt,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::{DateTime, Datelike, Days, Duration, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use diesel::sql_types::Timestamp;
use serde::{Serialize, Serializer};

pub use month::Month;

use crate::{error::Say, say};

/// The centre's zone: every wall time, month and weekday is meant in it.
pub const ZONE: Tz = chrono_tz::Europe::Stockholm;

/// An instant in UTC, in whole seconds, between the years 1970 and 2199.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = Timestamp)]
pub struct Moment(DateTime<Utc>);

impl Moment {
    /// The instant that many seconds after 1970; clamped to the years we know.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Self {
        let seconds = seconds.clamp(0, 7_258_118_399);
        Self(DateTime::from_timestamp(seconds, 0).unwrap_or_default())
    }

    /// From a database's UTC wall time.
    #[must_use]
    pub fn from_utc(naive: NaiveDateTime) -> Self {
        Self::from_unix(naive.and_utc().timestamp())
    }

    /// As a database's UTC wall time.
    #[must_use]
    pub fn utc(self) -> NaiveDateTime {
        self.0.naive_utc()
    }

    /// Seconds after 1970.
    #[must_use]
    pub fn unix(self) -> i64 {
        self.0.timestamp()
    }

    /// This instant on the centre's wall clock.
    #[must_use]
    pub fn local(self) -> DateTime<Tz> {
        self.0.with_timezone(&ZONE)
    }

    /// The centre's date at this instant.
    #[must_use]
    pub fn date(self) -> NaiveDate {
        self.local().date_naive()
    }

    /// Later (or earlier) by elapsed minutes.
    #[must_use]
    pub fn plus_minutes(self, minutes: i64) -> Self {
        self.plus_seconds(minutes.saturating_mul(60))
    }

    /// Earlier by so many times 24 hours.
    #[must_use]
    pub fn days_ago(self, days: i32) -> Self {
        self.plus_minutes(-i64::from(days) * 24 * 60)
    }

    /// Later (or earlier) by elapsed seconds.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_unix(self.unix().saturating_add(seconds))
    }

    /// Elapsed seconds since `earlier`; negative if it is later.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> i64 {
        self.unix().saturating_sub(earlier.unix())
    }

    /// The instant at which the centre's clock shows this wall time. A doubled time (autumn) means the first; a skipped one
    /// (spring) is `Err` with the instant of the jump. Clamped to the years we know: here 1970 begins an hour before it does in UTC.
    pub fn at_wall(wall: NaiveDateTime) -> Result<Self, Self> {
        match ZONE.from_local_datetime(&wall) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Ok(Self::from_unix(at.timestamp())),
            // The zone's one gap is an hour: an hour later by the same clock exists, and its instant less an hour is the jump or after it.
            LocalResult::None => {
                let after = wall.checked_add_signed(Duration::hours(1)).unwrap_or(wall);
                let jump = ZONE.from_local_datetime(&after).earliest().map_or_else(|| after.and_utc(), |at| at.with_timezone(&Utc));
                let floor = jump.timestamp().div_euclid(3600).saturating_mul(3600);
                Err(Self::from_unix(floor))
            }
        }
    }

    /// As [`Moment::at_wall`], but a skipped wall time means the jump itself: for hours and days, which must begin somewhere.
    #[must_use]
    pub fn at_wall_or_jump(wall: NaiveDateTime) -> Self {
        Self::at_wall(wall).unwrap_or_else(|jump| jump)
    }

    /// The instant at which a local day begins.
    #[must_use]
    pub fn start_of(date: NaiveDate) -> Self {
        Self::at_wall_or_jump(date.and_time(NaiveTime::MIN))
    }

    /// The smaller of two.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        Ord::min(self, other)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.local().to_rfc3339_opts(chrono::SecondsFormat::Secs, false))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromStr for Moment {
    type Err = Say;

    /// RFC 3339 with an offset; a fraction of a second is cut off.
    fn from_str(text: &str) -> Result<Self, Say> {
        let shape = || {
            say!(
                "ska vara en tid med offset, till exempel 2026-11-23T10:00:00+01:00",
                "must be a time with an offset, for instance 2026-11-23T10:00:00+01:00"
            )
        };
        if text.len() > 40 || !text.is_ascii() {
            return Err(shape());
        }
        let at = DateTime::parse_from_rfc3339(text).map_err(|_| shape())?;
        if !(1970..2200).contains(&at.with_timezone(&Utc).year()) {
            return Err(say!("året ska ligga mellan 1970 och 2199", "the year must lie between 1970 and 2199"));
        }
        Ok(Self::from_unix(at.timestamp()))
    }
}

/// Does this text say a time but not its offset? Then the answer is more precise than "not a time".
#[must_use]
pub fn lacks_offset(text: &str) -> bool {
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"]
        .iter()
        .any(|shape| NaiveDateTime::parse_from_str(text, shape).is_ok())
}

/// A half-open stretch of time `[start, end)` that is never empty or backwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    start: Moment,
    end: Moment,
}

impl Span {
    /// `None` unless `start` lies before `end`.
    #[must_use]
    pub fn new(start: Moment, end: Moment) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// Where it begins, included.
    #[must_use]
    pub fn start(self) -> Moment {
        self.start
    }

    /// Where it ends, not included.
    #[must_use]
    pub fn end(self) -> Moment {
        self.end
    }

    /// Elapsed seconds.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.end.seconds_since(self.start)
    }

    /// With so many minutes more before and after; never less.
    #[must_use]
    pub fn widened(self, before: i32, after: i32) -> Self {
        let start = self.start.plus_minutes(-i64::from(before.max(0)));
        let end = self.end.plus_minutes(i64::from(after.max(0)));
        Self::new(start, end).unwrap_or(self)
    }

    /// Do the two share an instant? Back to back they do not.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Does `other` lie wholly inside?
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// What both share.
    #[must_use]
    pub fn intersect(self, other: Self) -> Option<Self> {
        Self::new(Ord::max(self.start, other.start), Ord::min(self.end, other.end))
    }

    /// `self` without `others` (in any order, overlapping or not), in order.
    #[must_use]
    pub fn without(self, others: &[Self]) -> Vec<Self> {
        let mut others: Vec<Self> = others.iter().copied().filter(|other| other.overlaps(self)).collect();
        others.sort();
        let mut left = vec![];
        let mut from = self.start;
        for other in others {
            left.extend(Self::new(from, other.start));
            from = Ord::max(from, other.end);
        }
        left.extend(Self::new(from, self.end));
        left
    }
}

/// A wall time of day in whole minutes; `24:00` is the end of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WallTime(u16);

impl WallTime {
    /// From minutes after midnight; `None` above 1440.
    #[must_use]
    pub fn from_minutes(minutes: u16) -> Option<Self> {
        (minutes <= 1440).then_some(Self(minutes))
    }

    /// What the centre's clock shows at an instant.
    #[must_use]
    pub fn of(at: Moment) -> Self {
        Self(u16::try_from(minute_of_day(at)).unwrap_or(0))
    }

    /// Minutes after midnight, 0 to 1440.
    #[must_use]
    pub fn minutes(self) -> u16 {
        self.0
    }

    /// The instant at which the centre's clock shows this on `date`.
    #[must_use]
    pub fn on(self, date: NaiveDate) -> Moment {
        let (date, minutes) = if self.0 == 1440 { (date.checked_add_days(Days::new(1)).unwrap_or(date), 0) } else { (date, self.0) };
        let time = NaiveTime::from_num_seconds_from_midnight_opt(u32::from(minutes) * 60, 0).unwrap_or_default();
        Moment::at_wall_or_jump(date.and_time(time))
    }
}

impl fmt::Display for WallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for WallTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromStr for WallTime {
    type Err = Say;
    fn from_str(text: &str) -> Result<Self, Say> {
        let parsed = text.split_once(':').and_then(|(hours, minutes)| {
            let digits =
                |part: &str| (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<u16>().ok()).flatten();
            let total = digits(hours)?.checked_mul(60)?.checked_add(digits(minutes).filter(|m| *m < 60)?)?;
            (total <= 1440).then_some(Self(total))
        });
        parsed.ok_or_else(|| say!("ska vara en tid som 07:00", "must be a time such as 07:00"))
    }
}

/// ISO weekday, 1 = Monday to 7 = Sunday.
#[must_use]
pub fn iso_weekday(date: NaiveDate) -> u8 {
    u8::try_from(date.weekday().number_from_monday()).unwrap_or(1)
}

/// Minutes after midnight on the centre's wall clock.
#[must_use]
pub fn minute_of_day(at: Moment) -> u32 {
    let local = at.local();
    local.hour() * 60 + local.minute()
}

/// What time it is: the system's clock, or one that a test holds in its hand.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The system's.
    #[default]
    System,
    /// Stands still until it is moved.
    Frozen(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still at `at`.
    #[must_use]
    pub fn frozen(at: Moment) -> Self {
        Self::Frozen(Arc::new(AtomicI64::new(at.unix())))
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Moment {
        match self {
            Self::System => Moment::from_unix(Utc::now().timestamp()),
            Self::Frozen(at) => Moment::from_unix(at.load(Ordering::SeqCst)),
        }
    }

    /// Move a frozen clock; the system's goes by itself.
    pub fn set(&self, to: Moment) {
        if let Self::Frozen(at) = self {
            at.store(to.unix(), Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        text.parse().unwrap()
    }
    fn wall(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
    }

    #[test]
    fn a_time_is_shown_in_the_centres_zone() {
        assert_eq!(at("2026-07-01T10:00:00Z").to_string(), "2026-07-01T12:00:00+02:00");
        assert_eq!(at("2026-11-23T10:00:00+01:00").to_string(), "2026-11-23T10:00:00+01:00");
    }

    #[test]
    fn a_time_needs_an_offset_and_a_sane_year() {
        assert!("2026-11-23T10:00:00".parse::<Moment>().is_err());
        assert!(lacks_offset("2026-11-23T10:00:00"));
        assert!(!lacks_offset("2026-11-23"));
        assert!("0001-01-01T00:00:00Z".parse::<Moment>().is_err());
        assert!("9999-12-31T23:59:59Z".parse::<Moment>().is_err());
    }

    #[test]
    fn a_skipped_wall_time_is_refused_with_the_jump_and_a_doubled_one_means_the_first() {
        assert_eq!(Moment::at_wall(wall("2026-03-29 02:30")), Err(at("2026-03-29T01:00:00Z")));
        assert_eq!(Moment::at_wall(wall("2026-03-29 02:00")), Err(at("2026-03-29T01:00:00Z")));
        assert_eq!(Moment::at_wall(wall("2026-10-25 02:30")), Ok(at("2026-10-25T02:30:00+02:00")));
    }

    #[test]
    fn no_wall_time_lies_outside_the_years_we_know() {
        assert_eq!(Moment::at_wall(wall("1970-01-01 00:30")), Ok(at("1970-01-01T00:00:00Z")));
        assert_eq!(Moment::at_wall(wall("0001-01-01 00:00")), Ok(at("1970-01-01T00:00:00Z")));
        assert_eq!(Moment::at_wall(wall("2200-01-01 00:59")), Ok(at("2199-12-31T23:59:00Z")));
        assert_eq!(Moment::at_wall(NaiveDateTime::MAX), Moment::at_wall(wall("9999-01-01 00:00")));
    }

    #[test]
    fn a_day_of_a_clock_change_has_23_or_25_hours() {
        let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap();
        let length = |d: NaiveDate| WallTime(1440).on(d).seconds_since(WallTime(0).on(d)) / 3600;
        assert_eq!(length(day("2026-03-29")), 23);
        assert_eq!(length(day("2026-10-25")), 25);
        assert_eq!(length(day("2026-11-22")), 24);
    }

    #[test]
    fn wall_times_are_strict() {
        assert_eq!("24:00".parse::<WallTime>().unwrap().minutes(), 1440);
        for bad in ["7:00", "24:01", "12:60", "+1:00", "", "12:3", "99:00"] {
            assert!(bad.parse::<WallTime>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_span_without_others_is_what_is_left_of_it() {
        let span = |a: i64, b: i64| Span::new(Moment::from_unix(a), Moment::from_unix(b)).unwrap();
        assert_eq!(span(0, 10).without(&[span(8, 20), span(2, 4), span(3, 5)]), [span(0, 2), span(5, 8)]);
        assert_eq!(span(0, 10).without(&[]), [span(0, 10)]);
        assert!(span(3, 4).without(&[span(0, 10)]).is_empty());
    }

    #[test]
    fn months_begin_by_local_time() {
        let month: Month = "2023-01".parse().unwrap();
        assert_eq!(month.start(), at("2022-12-31T23:00:00Z"));
        assert_eq!(month.end(), at("2023-01-31T23:00:00Z"));
        for bad in ["2023-13", "23-01", "2023-1", "2023-00", "+023-01", "2023/01"] {
            assert!(bad.parse::<Month>().is_err(), "{bad}");
        }
    }
}
