//! What a series is, and what somebody asks of one: its dates by wall time, each with what is said about it alone.
use chrono::{Days, NaiveDate, NaiveTime};

use super::recurrence::Pattern;
use crate::{
    bookings::{Booking, BookingChange, Draft},
    error::{Fault, RefusedDate, Violation},
    id::Id,
    rooms::Layout,
    say,
    time::{Moment, Span, WallTime},
    words,
};

words! {
    /// What happens if some dates can't be had.
    pub enum OnConflict {
        /// Nothing at all.
        Fail = "fail",
        /// The others are done, and these are told.
        Skip = "skip",
    }
}

words! {
    /// Why a date of a series has no booking.
    pub enum Reason {
        /// The room was taken.
        Conflict = "conflict",
        /// It was against the rules.
        Violation = "violation",
        /// Nobody wanted it.
        LeftOut = "left_out",
    }
}

/// A series with all its facts; its bookings are told apart.
#[derive(Debug, Clone)]
pub struct Series {
    /// Its key.
    pub id: Id,
    /// The organisation's key.
    pub organisation_id: Id,
    /// The organisation's name.
    pub organisation_name: String,
    /// The room's key.
    pub room_id: Id,
    /// The room's slug.
    pub room: String,
    /// What it is called.
    pub title: String,
    /// The recurrence rule as it was written; without one it is a list of dates.
    pub rule: Option<String>,
    /// The wall time at which its dates begin.
    pub from: WallTime,
    /// And end; the day after if it is not later than `from`.
    pub to: WallTime,
    /// Who made it: key and name.
    pub created_by: Option<(Id, String)>,
    /// Raised on every change of the series, and when one of its bookings is moved by hand.
    pub version: i32,
    /// When it was made.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
}

/// A date of a series, as it is kept.
#[derive(Debug, Clone)]
pub struct SeriesDate {
    /// The local date.
    pub date: NaiveDate,
    /// Its booking, or why there is none.
    pub outcome: Result<Id, Skipped>,
    /// Has somebody chosen room or time for this date alone? Then the series leaves it be.
    pub moved: bool,
}

/// Why a date has no booking.
#[derive(Debug, Clone)]
pub struct Skipped {
    /// In a word.
    pub reason: Reason,
    /// In full, as it was then; what was free instead is not kept.
    pub refused: RefusedDate,
}

/// A series with its bookings and its dates.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The series.
    pub series: Series,
    /// Its bookings, by start.
    pub bookings: Vec<Booking>,
    /// All its dates, in order.
    pub dates: Vec<SeriesDate>,
}

/// What somebody wants otherwise on one date.
#[derive(Debug, Clone)]
pub struct Exception {
    /// The date.
    pub date: NaiveDate,
    /// No booking then?
    pub skip: bool,
    /// Another room's slug.
    pub room: Option<String>,
    /// Another begin.
    pub from: Option<WallTime>,
    /// Another end.
    pub to: Option<WallTime>,
}

/// When and where a series is wanted, and what the rules ask about it.
#[derive(Debug, Clone)]
pub struct Terms {
    /// The room's slug.
    pub room: String,
    /// For whom.
    pub organisation_id: Id,
    /// The dates.
    pub pattern: Pattern,
    /// The wall time at which they begin.
    pub from: WallTime,
    /// And end.
    pub to: WallTime,
    /// What is otherwise on single dates.
    pub exceptions: Vec<Exception>,
    /// How many are expected, if that is known.
    pub people: Option<i32>,
    /// How the room shall be furnished.
    pub layout: Option<Layout>,
}

/// What is asked for when booking a series.
#[derive(Debug, Clone)]
pub struct NewSeries {
    /// When and where.
    pub terms: Terms,
    /// What it is about.
    pub draft: Draft,
    /// What happens if some dates can't be had.
    pub on_conflict: OnConflict,
    /// Break the rules; admin alone.
    pub override_rules: bool,
    /// Why.
    pub override_reason: Option<String>,
}

/// What is asked to become different of a series.
#[derive(Debug, Clone)]
pub struct SeriesChange {
    /// What changes of every booking; its times come from `from` and `to`.
    pub change: BookingChange,
    /// Another begin.
    pub from: Option<WallTime>,
    /// Another end.
    pub to: Option<WallTime>,
    /// What happens if some dates can't be had.
    pub on_conflict: OnConflict,
}

/// One date as it is wanted, exceptions heeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The date.
    pub date: NaiveDate,
    /// The room's slug.
    pub room: String,
    /// From when.
    pub from: WallTime,
    /// To when.
    pub to: WallTime,
    /// Was room or time chosen for this date alone?
    pub by_hand: bool,
    /// Is there to be no booking?
    pub left_out: bool,
}

impl Terms {
    /// Every date as it is wanted, in order; or all that is wrong with what was asked.
    pub fn wishes(&self) -> Result<Vec<Wish>, Vec<Fault>> {
        let dates = self.pattern.dates(self.from).map_err(|fault| vec![fault])?;
        let mut faults = vec![];
        for (i, exception) in self.exceptions.iter().enumerate() {
            let field = format!("exceptions.{i}.date");
            if !dates.contains(&exception.date) {
                faults.push(Fault::coded(field, "not_found", say!("är inget av seriens datum", "is none of the series' dates")));
            } else if self.exceptions.iter().take(i).any(|earlier| earlier.date == exception.date) {
                faults.push(Fault::coded(field, "duplicate", say!("står två gånger", "is there twice")));
            }
        }
        let wishes = dates.into_iter().map(|date| self.wish(date)).collect::<Vec<_>>();
        for wish in wishes.iter().filter(|wish| wish.from == wish.to) {
            let exception =
                self.exceptions.iter().position(|exception| exception.date == wish.date && exception.from.or(exception.to).is_some());
            let field = exception.map_or_else(|| "to".to_owned(), |i| format!("exceptions.{i}.to"));
            if !faults.iter().any(|fault| fault.field == field) {
                faults.push(Fault::coded(field, "end_before_start", say!("ska skilja sig från starten", "must differ from the start")));
            }
        }
        if faults.is_empty() { Ok(wishes) } else { Err(faults) }
    }

    fn wish(&self, date: NaiveDate) -> Wish {
        let plain = Wish { date, room: self.room.clone(), from: self.from, to: self.to, by_hand: false, left_out: false };
        let Some(exception) = self.exceptions.iter().find(|exception| exception.date == date) else { return plain };
        let room = exception.room.clone().unwrap_or_else(|| self.room.clone());
        let (from, to) = (exception.from.unwrap_or(self.from), exception.to.unwrap_or(self.to));
        let by_hand = !exception.skip && (room != plain.room || from != plain.from || to != plain.to);
        Wish { room, from, to, by_hand, left_out: exception.skip, ..plain }
    }
}

/// The stay on a date by the clock of the house: into the next day if it does not end later than it begins. A wall time that is
/// doubled in autumn means the first; one that is skipped in spring is a broken rule.
pub fn stay_on(date: NaiveDate, from: WallTime, to: WallTime) -> Result<Span, Violation> {
    let last = if to <= from { date.checked_add_days(Days::new(1)).unwrap_or(date) } else { date };
    let (start, end) = (instant(date, from)?, instant(last, to)?);
    Span::new(start, end).ok_or_else(|| skipped(date, from))
}

fn instant(date: NaiveDate, time: WallTime) -> Result<Moment, Violation> {
    let midnight = time.minutes() == 1440;
    let day = if midnight { date.checked_add_days(Days::new(1)).unwrap_or(date) } else { date };
    let minutes = if midnight { 0 } else { u32::from(time.minutes()) };
    let clock = NaiveTime::from_num_seconds_from_midnight_opt(minutes * 60, 0).unwrap_or_default();
    Moment::at_wall(day.and_time(clock)).map_err(|_| skipped(date, time))
}

fn skipped(date: NaiveDate, time: WallTime) -> Violation {
    Violation {
        rule: "nonexistent_local_time".into(),
        message: say!(
            "{date} finns inte klockan {time}: klockan ställs fram den natten.",
            "There is no {time} on {date}: the clock is put forward that night."
        ),
        limit: None,
        usage: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn at(text: &str) -> WallTime {
        text.parse().unwrap()
    }

    fn stay(date: &str, from: &str, to: &str) -> Result<(String, String), std::borrow::Cow<'static, str>> {
        stay_on(day(date), at(from), at(to)).map(|stay| (stay.start().to_string(), stay.end().to_string())).map_err(|broken| broken.rule)
    }

    fn span(from: &str, to: &str) -> Result<(String, String), std::borrow::Cow<'static, str>> {
        Ok((from.to_owned(), to.to_owned()))
    }

    #[test]
    fn the_wall_time_holds_over_both_clock_changes() {
        assert_eq!(stay("2026-03-27", "18:00", "20:00"), span("2026-03-27T18:00:00+01:00", "2026-03-27T20:00:00+01:00"));
        assert_eq!(stay("2026-04-03", "18:00", "20:00"), span("2026-04-03T18:00:00+02:00", "2026-04-03T20:00:00+02:00"));
        assert_eq!(stay("2026-10-24", "18:00", "20:00"), span("2026-10-24T18:00:00+02:00", "2026-10-24T20:00:00+02:00"));
        assert_eq!(stay("2026-10-25", "18:00", "20:00"), span("2026-10-25T18:00:00+01:00", "2026-10-25T20:00:00+01:00"));
    }

    #[test]
    fn a_wall_time_that_is_not_there_is_a_broken_rule_at_either_end() {
        for (from, to) in [("02:30", "04:00"), ("02:00", "03:30"), ("01:00", "02:30"), ("02:15", "02:45")] {
            assert_eq!(stay("2026-03-29", from, to), Err("nonexistent_local_time".into()), "{from}");
        }
        assert_eq!(stay("2026-03-28", "22:00", "02:30"), Err("nonexistent_local_time".into()));
        assert_eq!(stay("2026-03-29", "01:30", "03:00"), span("2026-03-29T01:30:00+01:00", "2026-03-29T03:00:00+02:00"));
    }

    #[test]
    fn a_doubled_wall_time_means_the_first() {
        assert_eq!(stay("2026-10-25", "02:30", "04:00"), span("2026-10-25T02:30:00+02:00", "2026-10-25T04:00:00+01:00"));
        assert_eq!(stay("2026-10-25", "02:15", "02:45"), span("2026-10-25T02:15:00+02:00", "2026-10-25T02:45:00+02:00"));
    }

    #[test]
    fn what_does_not_end_later_ends_the_day_after() {
        assert_eq!(stay("2026-11-24", "22:00", "01:00"), span("2026-11-24T22:00:00+01:00", "2026-11-25T01:00:00+01:00"));
        assert_eq!(stay("2026-11-24", "22:00", "24:00"), span("2026-11-24T22:00:00+01:00", "2026-11-25T00:00:00+01:00"));
        assert_eq!(stay("2026-11-24", "22:00", "00:00"), span("2026-11-24T22:00:00+01:00", "2026-11-25T00:00:00+01:00"));
    }

    fn terms(exceptions: Vec<Exception>) -> Terms {
        Terms {
            room: "aulan".into(),
            organisation_id: Id::new(),
            pattern: Pattern::Dates(vec![day("2026-11-24"), day("2026-12-01"), day("2026-12-08")]),
            from: at("18:00"),
            to: at("20:00"),
            exceptions,
            people: None,
            layout: None,
        }
    }

    fn exception(date: &str) -> Exception {
        Exception { date: day(date), skip: false, room: None, from: None, to: None }
    }

    #[test]
    fn a_date_may_be_left_out_or_had_elsewhere_or_at_another_time() {
        let wishes = terms(vec![
            Exception { skip: true, ..exception("2026-12-01") },
            Exception { room: Some("kafeet".into()), to: Some(at("21:00")), ..exception("2026-12-08") },
        ])
        .wishes()
        .unwrap();
        assert_eq!(
            wishes.iter().map(|wish| (wish.left_out, wish.by_hand)).collect::<Vec<_>>(),
            [(false, false), (true, false), (false, true)]
        );
        assert_eq!((wishes[2].room.as_str(), wishes[2].from, wishes[2].to), ("kafeet", at("18:00"), at("21:00")));
    }

    #[test]
    fn exceptions_that_mean_no_date_or_one_twice_are_all_told() {
        let faults = terms(vec![
            exception("2026-11-25"),
            Exception { skip: true, ..exception("2026-12-01") },
            Exception { skip: true, ..exception("2026-12-01") },
            Exception { to: Some(at("18:00")), ..exception("2026-12-08") },
        ])
        .wishes()
        .unwrap_err();
        assert_eq!(
            faults.iter().map(|fault| (fault.field.as_str(), fault.code)).collect::<Vec<_>>(),
            [("exceptions.0.date", "not_found"), ("exceptions.2.date", "duplicate"), ("exceptions.3.to", "end_before_start")]
        );
        let never = Terms { to: at("18:00"), ..terms(vec![]) };
        assert_eq!(never.wishes().unwrap_err()[0].field, "to");
    }
}
