//! Reading another calendar's file (RFC 5545), so that its events can become bookings. The one file that knows the crate calcard.
//!
//! A file is the word of a stranger: nothing of it is believed but titles, times and places, and every loop over it has an end.
use std::collections::HashMap;

use calcard::{
    Entry, Parser,
    common::{IanaString, PartialDateTime, timezone::Tz},
    icalendar::{
        ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarFrequency, ICalendarParameter,
        ICalendarParameterName, ICalendarProperty, ICalendarStatus, ICalendarValue,
        dates::{CalendarEvent, TimeOrDelta},
    },
};
use chrono::{DateTime, Datelike, TimeDelta};

use crate::{
    error::Say,
    say,
    text::fold,
    time::{Moment, Span},
    words,
};

/// The largest file that is read, in bytes.
pub const LIMIT: usize = 1024 * 1024;
/// How many events are taken from one file: as many dates as a series may have.
pub const MOST_EVENTS: usize = 200;
/// How far ahead events are looked for, in days: a series' 18 months.
const HORIZON_DAYS: i64 = 550;
/// How many dates the rules of one file may bring forth, past ones included, before it is given up: a century of days.
const MOST_DATES: usize = 36_500;
/// How many series and single events of one file are looked at, and how many parts of its zones: each is read with these beside it.
const MOST_UIDS: usize = 1000;
const MOST_ZONES: usize = 300;
/// How many times a day a rule may have. Those of a year, all of them, are made in one go before the first is looked at.
const MOST_TIMES: usize = 24;
/// How long a title may be, in characters.
const LONGEST_TITLE: usize = 200;

/// One event, at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What its calendar knows it by; its dates have it in common.
    pub uid: String,
    /// What it is called: one line.
    pub title: String,
    /// When.
    pub span: Span,
    /// Where, in its own words: one line, empty if it does not say.
    pub location: String,
}

words! {
    /// Why something of a file can't become a booking.
    pub enum LeftOut {
        /// It lasts whole days.
        AllDay = "all_day",
        /// It has begun already.
        Past = "past",
        /// It is more than 18 months ahead.
        TooFarAhead = "too_far_ahead",
        /// It is off.
        Cancelled = "cancelled",
        /// Its time or its rule makes no sense.
        Unreadable = "unreadable",
        /// More than 200 came before it.
        TooMany = "too_many",
    }
}

impl LeftOut {
    /// The reason as a sentence for people.
    #[must_use]
    pub fn message(self) -> Say {
        match self {
            Self::AllDay => say!("Gäller hela dagar. Boka de tiderna för sig.", "Lasts whole days. Book those times by themselves."),
            Self::Past => say!("Har redan börjat.", "Has begun already."),
            Self::TooFarAhead => say!("Ligger mer än 18 månader framåt.", "Lies more than 18 months ahead."),
            Self::Cancelled => say!("Är inställd.", "Is cancelled."),
            Self::Unreadable => say!("Tiden går inte att tolka.", "Its time can't be understood."),
            Self::TooMany => say!(
                "Filen har fler än 200 tillfällen; ta resten i en andra fil.",
                "The file has more than 200 dates; take the rest in a second file."
            ),
        }
    }
}

/// What is in a file.
#[derive(Debug, Default)]
pub struct Content {
    /// The events that can become bookings, by start; at most [`MOST_EVENTS`].
    pub events: Vec<Event>,
    /// What can't, with how many dates of it: title and reason, each pair once.
    pub left_out: Vec<(String, LeftOut, usize)>,
}

/// Reads a file. Times without a zone are taken as the house's.
///
/// # Errors
/// A sentence if it is no calendar.
pub fn read(bytes: &[u8], now: Moment) -> Result<Content, Say> {
    let mut content = Content::default();
    let mut left = MOST_DATES;
    for calendar in calendars(bytes)? {
        take(&mut content, calendar, now, &mut left);
    }
    content.events.sort_by(|a, b| (a.span.start(), &a.title, &a.uid).cmp(&(b.span.start(), &b.title, &b.uid)));
    for event in content.events.split_off(MOST_EVENTS.min(content.events.len())) {
        leave_out(&mut content, event.title, LeftOut::TooMany);
    }
    Ok(content)
}

fn leave_out(content: &mut Content, title: String, reason: LeftOut) {
    match content.left_out.iter_mut().find(|(known, why, _)| *known == title && *why == reason) {
        Some((.., count)) => *count += 1,
        None => content.left_out.push((title, reason, 1)),
    }
}

/// The calendars of a file.
fn calendars(bytes: &[u8]) -> Result<Vec<ICalendar>, Say> {
    let no_calendar = || say!("är ingen kalenderfil (.ics) som går att läsa", "is no calendar file (.ics) that can be read");
    let text = std::str::from_utf8(bytes).map_err(|_| say!("ska vara text i UTF-8", "must be text in UTF-8"))?;
    let mut parser = Parser::new(text.trim_start_matches('\u{feff}'));
    let mut calendars = vec![];
    loop {
        match parser.entry() {
            Entry::ICalendar(calendar) => calendars.push(calendar),
            Entry::Eof => break,
            // A line that a program put between two calendars loses neither.
            Entry::InvalidLine(_) if !calendars.is_empty() => {}
            _ => return Err(no_calendar()),
        }
    }
    if calendars.is_empty() { Err(no_calendar()) } else { Ok(calendars) }
}

/// A calendar's zones, and its events uid by uid: the parser takes two series with a changed date at the same time for one, and loses
/// one of them.
struct ByUid {
    zones: Vec<ICalendarComponent>,
    /// Each with its place among the events of its calendar, from 0.
    events: Vec<Vec<(usize, ICalendarComponent)>>,
}

fn by_uid(calendar: ICalendar) -> ByUid {
    let mut moved = HashMap::new();
    let (mut zones, mut singles) = (vec![], vec![]);
    for (old, component) in calendar.components.into_iter().enumerate() {
        use ICalendarComponentType::{Daylight, Standard, VTimezone};
        match component.component_type {
            VTimezone | Standard | Daylight if zones.len() < MOST_ZONES => {
                moved.insert(u32::try_from(old).unwrap_or(u32::MAX), u32::try_from(zones.len()).unwrap_or(u32::MAX));
                zones.push(component);
            }
            _ if component.component_type.is_event() => singles.push(component),
            _ => {}
        }
    }
    for component in zones.iter_mut().chain(&mut singles) {
        component.component_ids = component.component_ids.iter().filter_map(|id| moved.get(id).copied()).collect();
    }
    let mut events: Vec<Vec<(usize, ICalendarComponent)>> = vec![];
    let mut places: HashMap<String, usize> = HashMap::new();
    for (number, event) in singles.into_iter().enumerate() {
        let known = event.uid().map(str::to_owned).and_then(|uid| match places.get(&uid) {
            Some(place) => Some(*place),
            None => {
                places.insert(uid, events.len());
                None
            }
        });
        match known.and_then(|place| events.get_mut(place)) {
            Some(group) => group.push((number, event)),
            None => events.push(vec![(number, event)]),
        }
    }
    ByUid { zones, events }
}

/// What is known by one uid, with the zones beside it, and its rules so that they can be followed.
fn together(zones: &[ICalendarComponent], events: Vec<(usize, ICalendarComponent)>, horizon: Moment) -> ICalendar {
    let mut components: Vec<ICalendarComponent> = zones.to_vec();
    components.extend(events.into_iter().map(|(_, event)| event));
    components.iter_mut().for_each(|component| prepare(component, horizon));
    ICalendar { components }
}

fn take(content: &mut Content, calendar: ICalendar, now: Moment, left: &mut usize) {
    let horizon = now.plus_seconds(HORIZON_DAYS * 24 * 3600);
    let ByUid { zones, events } = by_uid(calendar);
    for (number, group) in events.into_iter().enumerate() {
        if number >= MOST_UIDS {
            group.iter().for_each(|(_, event)| leave_out(content, title(event), LeftOut::TooMany));
            continue;
        }
        // One at a time: a file may have many events and large zones.
        let calendar = together(&zones, group, horizon);
        let dates = calendar.expand_dates(chrono_tz::Europe::Stockholm, *left);
        *left = left.saturating_sub(dates.events.len());
        let component = |id: u32| calendar.component_by_id(id).filter(|component| component.component_type.is_event());
        for unreadable in dates.errors.iter().filter_map(|error| component(error.comp_id)) {
            leave_out(content, title(unreadable), LeftOut::Unreadable);
        }
        for date in dates.events {
            let Some(of) = component(date.comp_id) else { continue };
            match event(of, &date, now, horizon) {
                Ok(event) => content.events.push(event),
                Err(reason) => leave_out(content, title(of), reason),
            }
        }
    }
}

/// Makes the rules of an event ones that the parser's dates are right for: a rule without an end, or with one beyond what can be
/// booked, ends there; a start in UTC has that as its zone, or the dates of the rule would be taken as local ones.
fn prepare(component: &mut ICalendarComponent, horizon: Moment) {
    if component.property(&ICalendarProperty::Rrule).is_none() {
        return;
    }
    if component.entries.iter().flat_map(|entry| &entry.values).any(is_endless_work) {
        // Without a start it is told as one that can't be understood.
        use ICalendarProperty::{Dtstart, RecurrenceId, Rrule};
        component.entries.retain(|entry| !matches!(entry.name, Dtstart | RecurrenceId | Rrule));
        return;
    }
    for entry in component.entries.iter_mut().filter(|entry| entry.name == ICalendarProperty::Dtstart) {
        if let Some(ICalendarValue::PartialDateTime(start)) = entry.values.first_mut()
            && (start.tz_hour, start.tz_minute.unwrap_or(0)) == (Some(0), 0)
        {
            (start.tz_hour, start.tz_minute) = (None, None);
            entry.params = vec![ICalendarParameter::tzid("Etc/UTC".to_owned())];
        }
    }
    for entry in component.entries.iter_mut().filter(|entry| entry.name == ICalendarProperty::Rrule) {
        for value in &mut entry.values {
            if let ICalendarValue::RecurrenceRule(rule) = value {
                let until = rule.until.as_ref().and_then(PartialDateTime::to_timestamp);
                if until.is_none_or(|until| until > horizon.unix()) {
                    rule.until = Some(PartialDateTime::from_utc_timestamp(horizon.unix()));
                }
            }
        }
    }
}

/// A rule that goes by hours, minutes or seconds, or has more than [`MOST_TIMES`]: no gathering does, and a few lines of it would keep
/// the house busy for minutes.
fn is_endless_work(value: &ICalendarValue) -> bool {
    use ICalendarFrequency::{Hourly, Minutely, Secondly};
    let ICalendarValue::RecurrenceRule(rule) = value else { return false };
    let times = [&rule.byhour, &rule.byminute, &rule.bysecond].map(|part| part.len().max(1)).into_iter().fold(1, usize::saturating_mul);
    matches!(rule.freq, Hourly | Minutely | Secondly) || times > MOST_TIMES
}

type Expanded = CalendarEvent<DateTime<Tz>, TimeOrDelta<DateTime<Tz>, TimeDelta>>;

fn span(date: &Expanded) -> Option<Span> {
    let moment = |at: &DateTime<Tz>| (1970..=9999).contains(&at.year()).then(|| Moment::from_unix(at.timestamp()));
    let start = moment(&date.start)?;
    let end = match &date.end {
        TimeOrDelta::Time(end) => moment(end)?,
        TimeOrDelta::Delta(length) => start.plus_seconds(length.num_seconds()),
    };
    Span::new(start, end)
}

fn event(of: &ICalendarComponent, date: &Expanded, now: Moment, horizon: Moment) -> Result<Event, LeftOut> {
    if of.status() == Some(&ICalendarStatus::Cancelled) {
        return Err(LeftOut::Cancelled);
    }
    if starts_on_a_day(of) {
        return Err(LeftOut::AllDay);
    }
    let span = span(date).ok_or(LeftOut::Unreadable)?;
    if span.start() <= now {
        return Err(LeftOut::Past);
    }
    if span.start() > horizon {
        return Err(LeftOut::TooFarAhead);
    }
    Ok(Event { uid: of.uid().unwrap_or_default().to_owned(), title: title(of), span, location: line(of, &ICalendarProperty::Location) })
}

/// Has its start a date alone?
fn starts_on_a_day(component: &ICalendarComponent) -> bool {
    let start = component.property(&ICalendarProperty::Dtstart).and_then(|entry| entry.values.first());
    matches!(start, Some(ICalendarValue::PartialDateTime(start)) if !start.has_time())
}

fn title(component: &ICalendarComponent) -> String {
    line(component, &ICalendarProperty::Summary)
}

/// A text as one line of at most 200 characters, without what no line of ours may hold.
fn line(component: &ICalendarComponent, property: &ICalendarProperty) -> String {
    component.property(property).map(words_of).unwrap_or_default()
}

fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let cut: String = plain.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_TITLE).collect();
    cut.trim_end().to_owned()
}

/// One date of an event as its calendar tells it, past ones and those called off too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated {
    /// Which event of the file it is, from 0.
    pub place: usize,
    /// What its calendar knows it by; its dates have it in common.
    pub uid: String,
    /// When; nothing if that can't be understood.
    pub span: Option<Span>,
    /// What it says: one line for each property that it has, by the property's name.
    pub says: HashMap<&'static str, String>,
}

/// How many dates a calendar of many years may have.
const MOST_IN_ALL: usize = 200_000;

/// Every date of a file, by event. Times without a zone are taken as `zone`'s, rules without an end go on for 18 months.
///
/// # Errors
/// A sentence if it is no calendar, or one without an end.
pub fn every_date(bytes: &[u8], zone: chrono_tz::Tz, now: Moment) -> Result<Vec<Dated>, Say> {
    let horizon = now.plus_seconds(HORIZON_DAYS * 24 * 3600);
    let (mut found, mut before, mut left) = (vec![], 0, MOST_IN_ALL);
    for calendar in calendars(bytes)? {
        let ByUid { zones, events } = by_uid(calendar);
        let count: usize = events.iter().map(Vec::len).sum();
        for group in events {
            let places: Vec<usize> = group.iter().map(|(place, _)| *place).collect();
            let calendar = together(&zones, group, horizon);
            let dates = calendar.expand_dates(zone, left);
            left = left.saturating_sub(dates.events.len());
            if left == 0 {
                return Err(say!("har fler än {MOST_IN_ALL} tillfällen", "has more than {MOST_IN_ALL} dates"));
            }
            let spans = dates.events.iter().map(|date| (date.comp_id, span(date)));
            for (id, span) in spans.chain(dates.errors.iter().map(|error| (error.comp_id, None))) {
                let place = usize::try_from(id).ok().and_then(|id| id.checked_sub(zones.len())).and_then(|at| places.get(at));
                let (Some(place), Some(of)) = (place, calendar.component_by_id(id)) else { continue };
                let uid = of.uid().unwrap_or_default().to_owned();
                found.push(Dated { place: before + place, uid, span, says: says(of) });
            }
        }
        before += count;
    }
    found.sort_by_key(|date| (date.place, date.span));
    Ok(found)
}

fn says(of: &ICalendarComponent) -> HashMap<&'static str, String> {
    let mut says: HashMap<&'static str, String> = HashMap::new();
    for (name, property) in
        [("SUMMARY", ICalendarProperty::Summary), ("LOCATION", ICalendarProperty::Location), ("CATEGORIES", ICalendarProperty::Categories)]
    {
        says.insert(name, line(of, &property));
    }
    let other =
        of.entries.iter().find(|entry| matches!(&entry.name, ICalendarProperty::Other(name) if name.eq_ignore_ascii_case("X-MRBS-TYPE")));
    says.insert("X-MRBS-TYPE", other.map(words_of).unwrap_or_default());
    if let Some(organizer) = of.property(&ICalendarProperty::Organizer) {
        let name = organizer.params.iter().find(|param| param.name == ICalendarParameterName::Cn).and_then(|param| param.value.as_text());
        let address = words_of(organizer);
        let address = match address.split_at_checked(7) {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("mailto:") => rest,
            _ => &address,
        };
        says.insert("ORGANIZER", name.map_or_else(|| address.to_owned(), one_line));
    }
    if let Some(status) = of.status() {
        says.insert("STATUS", status.as_str().to_owned());
    }
    says.retain(|_, text| !text.is_empty());
    says
}

fn words_of(entry: &ICalendarEntry) -> String {
    one_line(entry.values.first().and_then(ICalendarValue::as_text).unwrap_or_default())
}

/// The room that a location names, out of `(slug, name)`: the longest name that stands in it as words of its own.
#[must_use]
pub fn room_in<'a>(location: &str, rooms: &[(&'a str, &'a str)]) -> Option<&'a str> {
    let spaced = |text: &str| {
        let words: String = fold(text).chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        format!(" {} ", words.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let place = spaced(location);
    rooms.iter().filter(|(_, name)| place.contains(&spaced(name))).max_by_key(|(_, name)| name.chars().count()).map(|(slug, _)| *slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        text.parse().unwrap()
    }

    fn content(events: &str) -> Content {
        let file = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\n{events}END:VCALENDAR\r\n");
        read(file.as_bytes(), at("2026-03-01T12:00:00+01:00")).unwrap()
    }

    fn starts(content: &Content) -> Vec<String> {
        content.events.iter().map(|event| event.span.start().to_string()).collect()
    }

    const WEEKLY: &str = "BEGIN:VEVENT\r\nUID:a\r\nSUMMARY:Språkkafé\\, öppet\r\nLOCATION:Konferens 1\\, Nobelvägen 21\r\n\
        DTSTART;TZID=Europe/Stockholm:20260317T180000\r\nDTEND;TZID=Europe/Stockholm:20260317T200000\r\n\
        RRULE:FREQ=WEEKLY;COUNT=4\r\nEXDATE;TZID=Europe/Stockholm:20260324T180000\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nUID:a\r\nRECURRENCE-ID;TZID=Europe/Stockholm:20260407T180000\r\nSUMMARY:Språkkafé\r\n\
        DTSTART;TZID=Europe/Stockholm:20260408T170000\r\nDTEND;TZID=Europe/Stockholm:20260408T190000\r\nEND:VEVENT\r\n";

    #[test]
    fn rules_are_dates_that_hold_their_wall_time_with_what_was_taken_out_and_moved() {
        let content = content(WEEKLY);
        assert_eq!(starts(&content), ["2026-03-17T18:00:00+01:00", "2026-03-31T18:00:00+02:00", "2026-04-08T17:00:00+02:00"]);
        assert!(content.events.iter().all(|event| event.span.seconds() == 7200 && event.uid == "a"));
        assert_eq!(
            (content.events[0].title.as_str(), content.events[0].location.as_str()),
            ("Språkkafé, öppet", "Konferens 1, Nobelvägen 21")
        );
    }

    #[test]
    fn a_time_without_a_zone_is_the_houses_and_microsofts_names_of_zones_are_known() {
        let one = |start: &str, end: &str| {
            starts(&content(&format!("BEGIN:VEVENT\r\nUID:b\r\nSUMMARY:x\r\n{start}\r\n{end}\r\nEND:VEVENT\r\n"))).pop().unwrap()
        };
        assert_eq!(one("DTSTART:20260701T100000", "DTEND:20260701T110000"), "2026-07-01T10:00:00+02:00");
        assert_eq!(one("DTSTART:20260701T080000Z", "DURATION:PT1H"), "2026-07-01T10:00:00+02:00");
        assert_eq!(
            one("DTSTART;TZID=W. Europe Standard Time:20260701T100000", "DTEND;TZID=W. Europe Standard Time:20260701T110000"),
            "2026-07-01T10:00:00+02:00"
        );
    }

    #[test]
    fn what_can_be_no_booking_is_told_with_its_reason() {
        let event = |uid: &str, body: &str| format!("BEGIN:VEVENT\r\nUID:{uid}\r\nSUMMARY:{uid}\r\n{body}\r\nEND:VEVENT\r\n");
        let content = content(
            &[
                event("dag", "DTSTART;VALUE=DATE:20260701\r\nDTEND;VALUE=DATE:20260702"),
                event("förr", "DTSTART:20250701T080000Z\r\nDTEND:20250701T090000Z\r\nRRULE:FREQ=DAILY;COUNT=3"),
                event("sen", "DTSTART:20290701T080000Z\r\nDTEND:20290701T090000Z"),
                event("inställd", "DTSTART:20260701T080000Z\r\nDTEND:20260701T090000Z\r\nSTATUS:CANCELLED"),
                event("bakvänd", "DTSTART:20260701T080000Z\r\nDTEND:20260701T070000Z"),
                event("utan", "DESCRIPTION:ingen tid"),
            ]
            .concat(),
        );
        assert_eq!(content.events, []);
        let mut told: Vec<(&str, &str, usize)> =
            content.left_out.iter().map(|(title, why, n)| (title.as_str(), why.as_str(), *n)).collect();
        told.sort_unstable();
        assert_eq!(
            told,
            [
                ("bakvänd", "unreadable", 1),
                ("dag", "all_day", 1),
                ("förr", "past", 3),
                ("inställd", "cancelled", 1),
                ("sen", "too_far_ahead", 1),
                ("utan", "unreadable", 1),
            ]
        );
    }

    const TWO_SERIES: &str = "BEGIN:VEVENT\r\nUID:a\r\nSUMMARY:A\r\nDTSTART:20260401T080000Z\r\nDTEND:20260401T090000Z\r\n\
        RRULE:FREQ=DAILY;COUNT=2\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:b\r\nSUMMARY:B\r\nDTSTART:20260401T080000Z\r\n\
        DTEND:20260401T090000Z\r\nRRULE:FREQ=DAILY;COUNT=2\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nUID:a\r\nRECURRENCE-ID:20260402T080000Z\r\nSUMMARY:A, sen\r\nDTSTART:20260402T100000Z\r\n\
        DTEND:20260402T110000Z\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:b\r\nRECURRENCE-ID:20260402T080000Z\r\nSUMMARY:B, sen\r\n\
        DTSTART:20260402T120000Z\r\nDTEND:20260402T130000Z\r\nSTATUS:CANCELLED\r\nEND:VEVENT\r\n";

    #[test]
    fn two_series_that_change_the_same_date_each_keep_their_change() {
        let content = content(TWO_SERIES);
        let titles: Vec<&str> = content.events.iter().map(|event| event.title.as_str()).collect();
        assert_eq!(titles, ["A", "B", "A, sen"]);
        // A rule's dates keep the time of UTC if that is what it is told in.
        assert_eq!(starts(&content), ["2026-04-01T10:00:00+02:00", "2026-04-01T10:00:00+02:00", "2026-04-02T12:00:00+02:00"]);
        assert_eq!(content.left_out, [("B, sen".to_owned(), LeftOut::Cancelled, 1)]);
    }

    #[test]
    fn every_date_is_told_with_the_event_that_it_is_of() {
        let file = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\n{TWO_SERIES}END:VCALENDAR\r\n");
        let dates = every_date(file.as_bytes(), chrono_tz::Europe::Stockholm, at("2030-03-01T12:00:00+01:00")).unwrap();
        let told: Vec<(usize, &str, &str)> = dates
            .iter()
            .map(|date| (date.place, date.says["SUMMARY"].as_str(), date.says.get("STATUS").map_or("", String::as_str)))
            .collect();
        assert_eq!(told, [(0, "A", ""), (1, "B", ""), (2, "A, sen", ""), (3, "B, sen", "CANCELLED")]);
    }

    #[test]
    fn a_rule_without_an_end_ends_and_only_so_many_dates_are_taken() {
        let daily = content(
            "BEGIN:VEVENT\r\nUID:d\r\nSUMMARY:d\r\nDTSTART:20200101T080000Z\r\nDTEND:20200101T090000Z\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\n",
        );
        assert_eq!(daily.events.len(), MOST_EVENTS);
        assert!(daily.left_out.iter().any(|(_, why, n)| *why == LeftOut::TooMany && *n == 350), "{:?}", daily.left_out);
        let often = content(
            "BEGIN:VEVENT\r\nUID:s\r\nSUMMARY:s\r\nDTSTART:20200101T080000Z\r\nDTEND:20200101T080001Z\r\nRRULE:FREQ=SECONDLY\r\nEND:VEVENT\r\n",
        );
        assert!(often.events.is_empty());
        let never = content(
            "BEGIN:VEVENT\r\nUID:n\r\nSUMMARY:n\r\nDTSTART:20260401T080000Z\r\nDTEND:20260401T090000Z\r\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\nEND:VEVENT\r\n",
        );
        assert!(never.events.len() <= 1);
    }

    #[test]
    fn a_rule_that_is_a_day_s_work_to_follow_is_left_out() {
        let numbers = |last: u8| (0..=last).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
        let (hours, sixty) = (numbers(23), numbers(59));
        for (rule, reason) in [
            (format!("FREQ=YEARLY;BYYEARDAY=1,2,3;BYHOUR={hours};BYMINUTE={sixty};BYSECOND={sixty}"), Some(LeftOut::Unreadable)),
            ("FREQ=SECONDLY;BYHOUR=8;BYMINUTE=0;BYSECOND=0".to_owned(), Some(LeftOut::Unreadable)),
            ("FREQ=HOURLY;COUNT=2".to_owned(), Some(LeftOut::Unreadable)),
            ("FREQ=DAILY;COUNT=2;BYHOUR=8,10;BYMINUTE=0,30".to_owned(), None),
        ] {
            let content = content(&format!(
                "BEGIN:VEVENT\r\nUID:w\r\nSUMMARY:w\r\nDTSTART:20260401T080000Z\r\nDTEND:20260401T081500Z\r\nRRULE:{rule}\r\nEND:VEVENT\r\n"
            ));
            assert_eq!(content.left_out.first().map(|(_, why, _)| *why), reason, "{rule}");
            assert_eq!(content.events.is_empty(), reason.is_some(), "{rule}");
        }
    }

    #[test]
    fn a_file_of_many_events_beside_large_zones_is_read_within_bounds() {
        let zone = "BEGIN:STANDARD\r\nDTSTART:19961027T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\n".repeat(4000);
        let event = |n: usize| {
            format!("BEGIN:VEVENT\r\nUID:{n}\r\nSUMMARY:x\r\nDTSTART:20260401T080000Z\r\nDTEND:20260401T090000Z\r\nEND:VEVENT\r\n")
        };
        let events: String = (0..3000).map(event).collect();
        let content = content(&format!("BEGIN:VTIMEZONE\r\nTZID:Stor\r\n{zone}END:VTIMEZONE\r\n{events}"));
        let told: usize = content.left_out.iter().map(|(.., count)| count).sum();
        assert_eq!((content.events.len(), told), (MOST_EVENTS, 3000 - MOST_EVENTS));
    }

    #[test]
    fn what_is_no_calendar_is_refused_and_text_is_one_line() {
        let now = at("2026-03-01T12:00:00+01:00");
        for nothing in ["", "hej", "%PDF-1.7", "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:x\r\nEND:VCARD\r\n"] {
            assert!(read(nothing.as_bytes(), now).is_err(), "{nothing:?}");
        }
        assert!(read(&[0xff, 0xfe, 0x00], now).is_err());
        let odd = content(
            "BEGIN:VEVENT\r\nUID:o\r\nSUMMARY:A\\nB\u{7}  C\r\nDTSTART:20260401T080000Z\r\nDTEND:20260401T090000Z\r\nEND:VEVENT\r\n",
        );
        assert_eq!(odd.events[0].title, "A B C");
        assert_eq!(one_line(&format!("{} b", "a".repeat(LONGEST_TITLE - 1))), "a".repeat(LONGEST_TITLE - 1));
    }

    #[test]
    fn a_location_names_the_room_with_the_longest_name_in_it() {
        let rooms = [("aulan", "Aulan"), ("aulan-a", "Aulan A"), ("konferens-1", "Konferens 1"), ("konferens-12", "Konferens 12")];
        assert_eq!(room_in("aulan a, Nobelvägen 21", &rooms), Some("aulan-a"));
        assert_eq!(room_in("Konferens 12", &rooms), Some("konferens-12"));
        assert_eq!(room_in("KONFERENS  1 (plan 2)", &rooms), Some("konferens-1"));
        assert_eq!(room_in("Malmö stadion", &rooms), None);
    }
}
