//! Which dates a series has: a recurrence rule of RFC 5545, as far as a house needs them, or a list of dates.
//!
//! Rules are counted out in whole days. The wall time comes to them afterwards, so a clock change moves nothing.
use chrono::{Datelike, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc, Weekday};
use rrule::{Frequency, NWeekday, RRule, Tz};

use crate::{
    error::{Fault, Say},
    say,
    time::{Moment, WallTime},
};

/// A series has at most so many dates.
pub const MOST_DATES: usize = 200;
/// And its last one lies at most so many months after its first.
pub const MOST_MONTHS: u32 = 18;
/// The longest text of a rule: 200 dates left out with their times, and then some.
pub const MOST_TEXT: usize = 6000;

/// A rule that is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    text: String,
    frequency: Frequency,
    interval: u16,
    week_start: Weekday,
    by_day: Vec<NWeekday>,
    by_month_day: Vec<i8>,
    end: End,
    left_out: Vec<NaiveDate>,
}

/// Where a rule ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// After so many dates, those left out included.
    Count(u16),
    /// With the last start that is no later than this on the clock of the house.
    Until(NaiveDateTime),
}

/// The dates of a series as somebody wrote them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {
    /// A rule, and the date from which it is counted.
    Rule(Rule, NaiveDate),
    /// These dates.
    Dates(Vec<NaiveDate>),
}

impl Pattern {
    /// The rule's text, if it is one.
    #[must_use]
    pub fn rule(&self) -> Option<&str> {
        match self {
            Self::Rule(rule, _) => Some(&rule.text),
            Self::Dates(_) => None,
        }
    }

    /// The dates in order, each once; or why they are none that a series may have. `starts` is the wall time of each.
    pub fn dates(&self, starts: WallTime) -> Result<Vec<NaiveDate>, Fault> {
        match self {
            Self::Rule(rule, start) => rule.dates(*start, starts).map_err(|(code, message)| Fault::coded("rule", code, message)),
            Self::Dates(dates) => {
                let mut dates = dates.clone();
                dates.sort_unstable();
                dates.dedup();
                let (first, last) = (dates.first().copied(), dates.last().copied());
                match (first, last) {
                    _ if dates.len() > MOST_DATES => Err(too_many()),
                    (Some(first), Some(last)) if last > horizon(first) => Err(too_long(first)),
                    _ => Ok(dates),
                }
                .map_err(|(code, message)| Fault::coded("dates", code, message))
            }
        }
    }
}

/// A stable code and the sentence.
type Refusal = (&'static str, Say);

fn too_many() -> Refusal {
    (
        "too_many_occurrences",
        say!("ger fler än {MOST_DATES} tillfällen: dela upp serien", "gives more than {MOST_DATES} dates: divide the series"),
    )
}

fn too_long(start: NaiveDate) -> Refusal {
    let last = horizon(start);
    (
        "series_too_long",
        say!(
            "går längre än {MOST_MONTHS} månader: sluta senast {last}",
            "goes on for more than {MOST_MONTHS} months: end on {last} at the latest"
        ),
    )
}

/// The last day that a series from `start` may have.
fn horizon(start: NaiveDate) -> NaiveDate {
    start.checked_add_months(Months::new(MOST_MONTHS)).unwrap_or(start)
}

impl Rule {
    fn dates(&self, start: NaiveDate, starts: WallTime) -> Result<Vec<NaiveDate>, Refusal> {
        let horizon = horizon(start);
        let dates = match self.end {
            End::Count(count) => {
                let most = usize::from(count);
                if most > MOST_DATES {
                    return Err(too_many());
                }
                let mut dates = self.count_out(start, horizon);
                if dates.len() < most && !dates.is_empty() {
                    return Err(too_long(start));
                }
                dates.truncate(most);
                dates
            }
            End::Until(until) => {
                if until.date() > horizon {
                    return Err(too_long(start));
                }
                let time = NaiveTime::from_num_seconds_from_midnight_opt(u32::from(starts.minutes()) * 60, 0).unwrap_or_default();
                self.count_out(start, horizon).into_iter().filter(|date| date.and_time(time) <= until).collect()
            }
        };
        if dates.len() > MOST_DATES {
            return Err(too_many());
        }
        let dates: Vec<NaiveDate> = dates.into_iter().filter(|date| !self.left_out.contains(date)).collect();
        if dates.is_empty() {
            return Err(("no_dates", say!("ger inget datum från {start}", "gives no date from {start} on")));
        }
        Ok(dates)
    }

    /// All dates of the rule up to `last`, whatever its own end: that bounds the work.
    fn count_out(&self, start: NaiveDate, last: NaiveDate) -> Vec<NaiveDate> {
        let noon = |date: NaiveDate| Utc.from_utc_datetime(&date.and_time(NOON)).with_timezone(&Tz::UTC);
        let set = RRule::new(self.frequency)
            .interval(self.interval)
            .week_start(self.week_start)
            .by_weekday(self.by_day.clone())
            .by_month_day(self.by_month_day.clone())
            .until(noon(last))
            .build(noon(start));
        set.map(|set| set.all(1000).dates.into_iter().map(|at| at.date_naive()).collect()).unwrap_or_default()
    }
}

const NOON: NaiveTime = match NaiveTime::from_hms_opt(12, 0, 0) {
    Some(noon) => noon,
    None => NaiveTime::MIN,
};

impl std::str::FromStr for Rule {
    type Err = Say;

    /// `FREQ=WEEKLY;BYDAY=TU;COUNT=10`, with or without `RRULE:` in front, and lines of `EXDATE` after it.
    fn from_str(text: &str) -> Result<Self, Say> {
        let text = text.trim().to_uppercase();
        // In the form in which it is kept and read again: some letters are longer as capitals.
        if text.len() > MOST_TEXT {
            return Err(say!("får ha högst {MOST_TEXT} tecken", "may have at most {MOST_TEXT} characters"));
        }
        let (mut rule, mut left_out) = (None, vec![]);
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            match line.split_once(':') {
                Some((name, values)) if name == "EXDATE" || name.starts_with("EXDATE;") => {
                    for value in values.split(',') {
                        left_out.push(time(value.trim())?.date());
                    }
                }
                Some(("RRULE", parts)) if rule.is_none() => rule = Some(parts),
                None if rule.is_none() => rule = Some(line),
                _ => return Err(say!("ska vara en enda regel, med rader för EXDATE", "must be one rule, with lines of EXDATE")),
            }
        }
        let mut parts = Parts::default();
        for part in rule.unwrap_or_default().split(';') {
            let (name, value) = part
                .split_once('=')
                .ok_or_else(|| say!("ska vara en regel som FREQ=WEEKLY;COUNT=10", "must be a rule such as FREQ=WEEKLY;COUNT=10"))?;
            parts.read(name.trim(), value.trim())?;
        }
        parts.rule(text.clone(), left_out)
    }
}

/// The parts of a rule that were read so far.
#[derive(Default)]
struct Parts {
    frequency: Option<Frequency>,
    interval: Option<u16>,
    count: Option<u16>,
    until: Option<NaiveDateTime>,
    week_start: Option<Weekday>,
    by_day: Option<Vec<NWeekday>>,
    by_month_day: Option<Vec<i8>>,
}

/// Keeps the value of a part that was not there before.
fn once<T>(place: &mut Option<T>, name: &str, value: T) -> Result<(), Say> {
    if place.replace(value).is_some() {
        return Err(say!("har {name} två gånger", "has {name} twice"));
    }
    Ok(())
}

fn number(name: &str, text: &str, most: u16) -> Result<u16, Say> {
    // More digits are no number of ours, and leading zeros none that anybody writes.
    let plain = text.len() <= 5 && text.bytes().all(|b| b.is_ascii_digit());
    let value = if plain { text.parse().ok() } else { None };
    value
        .filter(|value| (1..=most).contains(value))
        .ok_or_else(|| say!("har {name} som inte är ett tal från 1 till {most}", "has a {name} that is no number from 1 to {most}"))
}

impl Parts {
    fn read(&mut self, name: &str, value: &str) -> Result<(), Say> {
        match name {
            "FREQ" => {
                let frequency = match value {
                    "DAILY" => Frequency::Daily,
                    "WEEKLY" => Frequency::Weekly,
                    "MONTHLY" => Frequency::Monthly,
                    _ => return Err(say!("kan ha FREQ=DAILY, WEEKLY eller MONTHLY", "may have FREQ=DAILY, WEEKLY or MONTHLY")),
                };
                once(&mut self.frequency, name, frequency)
            }
            "INTERVAL" => once(&mut self.interval, name, number(name, value, 366)?),
            "COUNT" => once(&mut self.count, name, number(name, value, 9999)?),
            "UNTIL" => once(&mut self.until, name, time(value)?),
            "WKST" => once(&mut self.week_start, name, weekday(value)?),
            "BYDAY" => once(&mut self.by_day, name, value.split(',').map(nth_weekday).collect::<Result<_, _>>()?),
            "BYMONTHDAY" => once(&mut self.by_month_day, name, value.split(',').map(month_day).collect::<Result<_, _>>()?),
            _ => {
                let name: String = name.chars().take(20).collect();
                Err(say!(
                    "har {name}, som inte går här: skriv datumen som en lista",
                    "has {name}, which can't be used here: write the dates as a list"
                ))
            }
        }
    }

    fn rule(self, text: String, left_out: Vec<NaiveDate>) -> Result<Rule, Say> {
        let frequency = self.frequency.ok_or_else(|| say!("saknar FREQ", "lacks FREQ"))?;
        let end = match (self.count, self.until) {
            (Some(count), None) => End::Count(count),
            (None, Some(until)) => End::Until(until),
            (Some(_), Some(_)) => return Err(say!("kan ha COUNT eller UNTIL, inte båda", "may have COUNT or UNTIL, not both")),
            (None, None) => return Err(say!("saknar slut: skriv COUNT eller UNTIL", "has no end: write COUNT or UNTIL")),
        };
        let mut by_day = self.by_day.unwrap_or_default();
        let by_month_day = self.by_month_day.unwrap_or_default();
        let numbered = by_day.iter().any(|day| matches!(day, NWeekday::Nth(..)));
        if numbered && frequency != Frequency::Monthly {
            return Err(say!("kan ha BYDAY=2TU bara med FREQ=MONTHLY", "may have BYDAY=2TU with FREQ=MONTHLY alone"));
        }
        if !by_month_day.is_empty() && frequency != Frequency::Monthly {
            return Err(say!("kan ha BYMONTHDAY bara med FREQ=MONTHLY", "may have BYMONTHDAY with FREQ=MONTHLY alone"));
        }
        if numbered && !by_month_day.is_empty() {
            return Err(say!("kan inte ha både BYDAY=2TU och BYMONTHDAY", "may not have both BYDAY=2TU and BYMONTHDAY"));
        }
        if numbered {
            // TU,-1FR is every Tuesday and the last Friday; the crate would look for days that are both.
            by_day = by_day.into_iter().flat_map(each_of_a_month).collect();
        }
        Ok(Rule {
            text,
            frequency,
            interval: self.interval.unwrap_or(1),
            week_start: self.week_start.unwrap_or(Weekday::Mon),
            by_day,
            by_month_day,
            end,
            left_out,
        })
    }
}

fn weekday(text: &str) -> Result<Weekday, Say> {
    Ok(match text {
        "MO" => Weekday::Mon,
        "TU" => Weekday::Tue,
        "WE" => Weekday::Wed,
        "TH" => Weekday::Thu,
        "FR" => Weekday::Fri,
        "SA" => Weekday::Sat,
        "SU" => Weekday::Sun,
        _ => {
            return Err(say!(
                "har en veckodag som inte är MO, TU, WE, TH, FR, SA eller SU",
                "has a weekday that is none of MO, TU, WE, TH, FR, SA, SU"
            ));
        }
    })
}

/// `TU`, `2TU`, `-1FR`.
fn nth_weekday(text: &str) -> Result<NWeekday, Say> {
    let (nth, day) = text.trim().split_at_checked(text.trim().len().saturating_sub(2)).unwrap_or(("", ""));
    let day = weekday(day)?;
    if nth.is_empty() {
        return Ok(NWeekday::Every(day));
    }
    match nth.parse::<i16>() {
        Ok(n) if (1..=5).contains(&n.unsigned_abs()) => Ok(NWeekday::Nth(n, day)),
        _ => Err(say!(
            "kan ha veckodagar från den första (1MO) till den femte, eller från slutet (-1MO)",
            "may have weekdays from the first (1MO) to the fifth, or from the end (-1MO)"
        )),
    }
}

/// Every Tuesday of a month as its first to its fifth.
fn each_of_a_month(day: NWeekday) -> Vec<NWeekday> {
    match day {
        NWeekday::Every(day) => (1..=5).map(|nth| NWeekday::Nth(nth, day)).collect(),
        nth @ NWeekday::Nth(..) => vec![nth],
    }
}

fn month_day(text: &str) -> Result<i8, Say> {
    match text.trim().parse::<i8>() {
        Ok(day) if (1..=31).contains(&day.unsigned_abs()) => Ok(day),
        _ => Err(say!("har BYMONTHDAY som inte är 1 till 31 eller -1 till -31", "has a BYMONTHDAY that is not 1 to 31 or -1 to -31")),
    }
}

/// `20260619` (the whole day), `20260619T180000` or `20260619T160000Z`, on the clock of the house.
fn time(text: &str) -> Result<NaiveDateTime, Say> {
    let wrong = || {
        say!(
            "har ett datum som inte ser ut som 20260619 eller 20260619T160000Z",
            "has a date that does not look like 20260619 or 20260619T160000Z"
        )
    };
    let at = match text.len() {
        8 => NaiveDate::parse_from_str(text, "%Y%m%d").ok().and_then(|date| date.and_hms_opt(23, 59, 59)),
        15 => NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").ok(),
        16 => NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%SZ").ok().map(|at| Moment::from_utc(at).local().naive_local()),
        _ => None,
    };
    at.filter(|at| (1970..2200).contains(&at.year())).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Rules and their dates as python-dateutil has them (`script/fixtures.py` makes the file again).
    const FIXTURE: &str = include_str!("../../../tests/fixtures/recurrence.json");

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn at(text: &str) -> WallTime {
        text.parse().unwrap()
    }

    fn dates(rule: &str, start: &str) -> Result<Vec<String>, String> {
        let rule: Rule = rule.parse().map_err(|say: Say| say.en)?;
        let found = Pattern::Rule(rule, day(start)).dates(at("18:00")).map_err(|fault| fault.code.to_owned())?;
        Ok(found.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn rules_give_the_dates_that_an_independent_program_gives() {
        let cases: Vec<serde_json::Value> = serde_json::from_str(FIXTURE).unwrap();
        assert!(cases.len() > 150);
        for case in cases {
            let (rule, start) = (case["rule"].as_str().unwrap(), case["start"].as_str().unwrap());
            let expected: Vec<String> = serde_json::from_value(case["dates"].clone()).unwrap();
            assert_eq!(dates(rule, start), Ok(expected), "{rule} from {start}");
        }
    }

    #[test]
    fn every_other_week_goes_on_over_week_53() {
        // 2026 has a week 53: even weeks become odd ones, and the distance stays.
        let found = dates("FREQ=WEEKLY;INTERVAL=2;COUNT=5", "2026-12-15").unwrap();
        assert_eq!(found, ["2026-12-15", "2026-12-29", "2027-01-12", "2027-01-26", "2027-02-09"]);
        let weeks: Vec<u32> = found.iter().map(|date| day(date).iso_week().week()).collect();
        assert_eq!(weeks, [51, 53, 2, 4, 6]);
    }

    #[test]
    fn dates_left_out_count_and_an_end_by_time_looks_at_the_clock() {
        assert_eq!(
            dates("RRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;TZID=Europe/Stockholm:20261201T180000\nEXDATE:20261208", "2026-11-24").unwrap(),
            ["2026-11-24", "2026-12-15"]
        );
        assert_eq!(dates("freq=daily;until=20261125", "2026-11-24").unwrap().len(), 2);
        assert_eq!(dates("FREQ=DAILY;UNTIL=20261125T170000Z", "2026-11-24").unwrap().len(), 2, "18:00 of the 25th is in time");
        assert_eq!(dates("FREQ=DAILY;UNTIL=20261125T165959Z", "2026-11-24").unwrap().len(), 1, "and not a second earlier");
        // In UTC the day before, on the clock of the house the 1st.
        assert_eq!(dates("FREQ=DAILY;COUNT=2\nEXDATE:20261130T230000Z", "2026-11-30").unwrap(), ["2026-11-30"]);
    }

    #[test]
    fn a_series_has_an_end_and_each_limit_its_own_refusal() {
        assert_eq!(dates("FREQ=DAILY;COUNT=200", "2026-11-24").unwrap().len(), 200);
        for (rule, refusal) in [
            ("FREQ=DAILY;COUNT=201", "too_many_occurrences"),
            ("FREQ=DAILY;UNTIL=20270701", "too_many_occurrences"),
            ("FREQ=WEEKLY;UNTIL=20280525", "series_too_long"),
            ("FREQ=MONTHLY;COUNT=20", "series_too_long"),
            ("FREQ=DAILY;INTERVAL=366;COUNT=3", "series_too_long"),
            ("FREQ=DAILY;UNTIL=20261123", "no_dates"),
            ("FREQ=DAILY;COUNT=1\nEXDATE:20261124", "no_dates"),
            ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31;COUNT=1", "no_dates"),
        ] {
            assert_eq!(dates(rule, "2026-11-24"), Err(refusal.into()), "{rule}");
        }
        assert_eq!(dates("FREQ=WEEKLY;UNTIL=20280524", "2026-11-24").unwrap().len(), 79, "18 months to the day");
        let list = |dates: Vec<NaiveDate>| Pattern::Dates(dates).dates(at("18:00")).map_err(|fault| fault.code);
        assert_eq!(list(vec![day("2026-11-24"), day("2028-05-25")]), Err("series_too_long"));
        assert_eq!(list((0..201).map(|n| day("2026-11-24") + chrono::Days::new(n)).collect()), Err("too_many_occurrences"));
        assert_eq!(list(vec![day("2026-12-01"), day("2026-11-24"), day("2026-12-01")]), Ok(vec![day("2026-11-24"), day("2026-12-01")]));
    }

    #[test]
    fn what_is_not_supported_is_refused_with_a_sentence() {
        for (rule, part) in [
            ("", "rule such as"),
            ("WEEKLY", "rule such as"),
            ("FREQ=YEARLY;COUNT=2", "FREQ"),
            ("FREQ=SECONDLY;COUNT=2", "FREQ"),
            ("COUNT=2", "FREQ"),
            ("FREQ=WEEKLY", "no end"),
            ("FREQ=WEEKLY;COUNT=2;UNTIL=20270101", "not both"),
            ("FREQ=WEEKLY;COUNT=2;COUNT=3", "twice"),
            ("FREQ=WEEKLY;COUNT=0", "COUNT"),
            ("FREQ=WEEKLY;COUNT=-1", "COUNT"),
            ("FREQ=WEEKLY;COUNT=99999999999999999999", "COUNT"),
            ("FREQ=WEEKLY;INTERVAL=0;COUNT=2", "INTERVAL"),
            ("FREQ=WEEKLY;BYDAY=XX;COUNT=2", "weekday"),
            ("FREQ=WEEKLY;BYDAY=Å;COUNT=2", "weekday"),
            ("FREQ=WEEKLY;BYDAY=2TU;COUNT=2", "MONTHLY"),
            ("FREQ=WEEKLY;BYMONTHDAY=1;COUNT=2", "MONTHLY"),
            ("FREQ=MONTHLY;BYDAY=6TU;COUNT=2", "fifth"),
            ("FREQ=MONTHLY;BYDAY=-32768TU;COUNT=2", "fifth"),
            ("FREQ=MONTHLY;BYDAY=2TU;BYMONTHDAY=1;COUNT=2", "both"),
            ("FREQ=MONTHLY;BYMONTHDAY=32;COUNT=2", "BYMONTHDAY"),
            ("FREQ=MONTHLY;BYSETPOS=-1;COUNT=2", "BYSETPOS"),
            ("FREQ=DAILY;BYHOUR=9,10;COUNT=2", "BYHOUR"),
            ("FREQ=WEEKLY;UNTIL=2027-01-01", "date"),
            ("FREQ=WEEKLY;UNTIL=20270230", "date"),
            ("FREQ=WEEKLY;COUNT=2\nRRULE:FREQ=DAILY;COUNT=3", "one rule"),
            ("DTSTART:20261124\nRRULE:FREQ=DAILY;COUNT=3", "one rule"),
        ] {
            let refusal = rule.parse::<Rule>().unwrap_err();
            assert!(refusal.en.contains(part) && refusal.sv != refusal.en, "{rule}: {refusal:?}");
        }
    }

    #[test]
    fn every_tuesday_and_the_last_friday_are_either_of_them() {
        assert_eq!(
            dates("FREQ=MONTHLY;BYDAY=TU,-1FR,1TU;COUNT=7", "2026-11-24").unwrap(),
            ["2026-11-24", "2026-11-27", "2026-12-01", "2026-12-08", "2026-12-15", "2026-12-22", "2026-12-25"]
        );
    }

    #[test]
    fn a_rule_that_is_taken_can_be_read_again() {
        let rule = |letters: usize| format!("freq=daily;count=2\nexdate;{}:20261201", "ŉ".repeat(letters));
        let taken = rule(10).parse::<Rule>().unwrap();
        assert_eq!(taken.text.parse(), Ok(taken));
        let refusal = rule(2500).parse::<Rule>().unwrap_err();
        assert!(refusal.en.contains("at most"), "{refusal:?}");
    }

    fn any_rule() -> impl Strategy<Value = String> {
        let frequency = prop_oneof![
            Just("DAILY".to_owned()),
            proptest::collection::vec(0_usize..7, 1..5).prop_map(|days| {
                let names: Vec<&str> = days.iter().map(|day| ["MO", "TU", "WE", "TH", "FR", "SA", "SU"][*day]).collect();
                format!("WEEKLY;BYDAY={}", names.join(","))
            }),
            (1_i8..=31, any::<bool>()).prop_map(|(day, back)| format!("MONTHLY;BYMONTHDAY={}", if back { -day } else { day })),
            (1_i8..=5, any::<bool>()).prop_map(|(nth, back)| format!("MONTHLY;BYDAY={}TH", if back { -nth } else { nth })),
        ];
        (frequency, 1_u32..=24, 1_u32..=250)
            .prop_map(|(frequency, interval, count)| format!("FREQ={frequency};INTERVAL={interval};COUNT={count}"))
    }

    proptest! {
        #[test]
        fn dates_come_in_order_within_all_limits(rule in any_rule(), offset in 0_u64..4000) {
            let start = day("2024-01-01") + chrono::Days::new(offset);
            if let Ok(found) = dates(&rule, &start.to_string()) {
                prop_assert!(!found.is_empty() && found.len() <= MOST_DATES);
                prop_assert!(found.is_sorted() && found.windows(2).all(|two| two[0] != two[1]));
                prop_assert!(day(&found[0]) >= start && day(found.last().unwrap()) <= horizon(start));
            }
        }

        #[test]
        fn no_text_makes_it_fall(text in "\\PC{0,60}|(FREQ|BYDAY|COUNT|UNTIL|EXDATE)[=:;A-Z0-9,å-]{0,40}") {
            let _ = text.parse::<Rule>().map(|rule| Pattern::Rule(rule, day("2026-11-24")).dates(at("18:00")));
        }
    }
}
