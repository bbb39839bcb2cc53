//! iCalendar (RFC 5545), as other calendars read it: feeds and invitations. The one file that knows the crate icalendar.
//!
//! Every event stands for itself, in UTC: no rule, no exception to a rule and no time zone that a reader could get wrong.
use icalendar::{Calendar as Written, Component, Event as Component_, EventLike, Property};

use crate::time::{Moment, Span};

/// Who made it (RFC 5545, 3.7.3).
const PRODUCT: &str = "-//Nobel 21//nobel21//SV";
/// How often a reader is asked to come again: once an hour.
const REFRESH: &str = "PT1H";
/// The zone of the house. No event needs it; but a calendar without a component is none (RFC 5545, 3.6), and there may be nothing
/// booked. Written out, since the library puts what belongs to events into every component.
const ZONE: &str = "BEGIN:VTIMEZONE\r\nTZID:Europe/Stockholm\r\n\
    BEGIN:DAYLIGHT\r\nDTSTART:19960331T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n\
    TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\nEND:DAYLIGHT\r\n\
    BEGIN:STANDARD\r\nDTSTART:19961027T030000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n\
    TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";

/// How an event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It waits for a yes.
    Tentative,
    /// It takes place.
    Confirmed,
    /// It is off.
    Cancelled,
}

impl Status {
    fn as_str(self) -> &'static str {
        match self {
            Self::Tentative => "TENTATIVE",
            Self::Confirmed => "CONFIRMED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// One event.
#[derive(Debug, Clone)]
pub struct Event {
    /// The same for life: by it a reader knows the event again.
    pub uid: String,
    /// When this version was made. Not the time of asking: the same state gives the same text.
    pub stamp: Moment,
    /// Raised with every change.
    pub sequence: i32,
    /// When it is.
    pub span: Span,
    /// How it stands.
    pub status: Status,
    /// What it is called.
    pub summary: String,
    /// Where it is.
    pub location: String,
    /// More about it; empty is nothing.
    pub description: String,
    /// Where more can be read.
    pub url: Option<String>,
}

/// Events as a feed: a calendar to subscribe to.
#[must_use]
pub fn feed(name: &str, events: &[Event]) -> String {
    let mut calendar = empty();
    for key in ["NAME", "X-WR-CALNAME"] {
        calendar.append_property(text(key, name));
    }
    calendar.append_property(Property::new("REFRESH-INTERVAL", REFRESH).add_parameter("VALUE", "DURATION").done());
    calendar.append_property(Property::new("X-PUBLISHED-TTL", REFRESH));
    for event in events {
        calendar.push(component(event).done());
    }
    let mut written = calendar.to_string();
    if let Some(end) = written.rfind("END:VCALENDAR") {
        written.insert_str(end, ZONE);
    }
    written
}

/// What an invitation asks of whoever gets it (RFC 5546).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Put it into the calendar, or change it there.
    Request,
    /// Take it out.
    Cancel,
    /// Take note of these events, however many: a request may hold one alone (RFC 5546, 3.2.2).
    Publish,
}

impl Method {
    /// As it stands in the calendar and in the type of the part that carries it, which must be the same (RFC 6047, 2.4).
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
            Self::Publish => "PUBLISH",
        }
    }
}

/// Somebody with an address.
#[derive(Debug, Clone, Copy)]
pub struct Party<'a> {
    /// What it is called.
    pub name: &'a str,
    /// Its address.
    pub address: &'a str,
}

/// One event as an invitation by mail, from the house to whoever booked.
#[must_use]
pub fn invitation(method: Method, event: &Event, from: Party, to: Party) -> String {
    let mut calendar = empty();
    calendar.append_property(Property::new("METHOD", method.as_str()));
    let mut written = component(event);
    written.append_property(party("ORGANIZER", from).done());
    let mut attendee = party("ATTENDEE", to);
    for (key, value) in [("ROLE", "REQ-PARTICIPANT"), ("PARTSTAT", "NEEDS-ACTION"), ("RSVP", "FALSE")] {
        attendee.add_parameter(key, value);
    }
    written.append_property(attendee.done());
    calendar.push(written.done());
    calendar.to_string()
}

/// Many events as one calendar by mail, each standing for itself (RFC 5546, 3.2.1: with an organiser, without attendees).
#[must_use]
pub fn publication(events: &[Event], from: Party) -> String {
    let mut calendar = empty();
    calendar.append_property(Property::new("METHOD", Method::Publish.as_str()));
    for event in events {
        let mut written = component(event);
        written.append_property(party("ORGANIZER", from));
        calendar.push(written.done());
    }
    calendar.to_string()
}

fn party(key: &str, party: Party) -> Property {
    // A parameter's text knows no escape for a quotation mark (RFC 5545, 3.2), and one would end it.
    let name: String = party.name.chars().filter(|c| !c.is_control()).map(|c| if c == '"' { '\'' } else { c }).collect();
    Property::new(key, format!("mailto:{}", party.address)).add_parameter("CN", &name).done()
}

fn empty() -> Written {
    let mut calendar = Written::empty();
    for (key, value) in [("VERSION", "2.0"), ("PRODID", PRODUCT), ("CALSCALE", "GREGORIAN")] {
        calendar.append_property(Property::new(key, value));
    }
    calendar
}

/// A property whose text is escaped; the library knows only some by name.
fn text(key: &str, value: &str) -> Property {
    Property::new(key, one_break(value)).add_parameter("VALUE", "TEXT").done()
}

/// With line feeds for every kind of line break: the library escapes no other, and many readers end a line at a lone CR.
fn one_break(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn component(event: &Event) -> Component_ {
    let mut written = Component_::new();
    written.uid(&event.uid).summary(&one_break(&event.summary)).location(&one_break(&event.location));
    for (key, value) in [
        ("DTSTAMP", utc(event.stamp)),
        ("LAST-MODIFIED", utc(event.stamp)),
        ("DTSTART", utc(event.span.start())),
        ("DTEND", utc(event.span.end())),
        ("SEQUENCE", event.sequence.to_string()),
        ("STATUS", event.status.as_str().to_owned()),
        ("TRANSP", if event.status == Status::Cancelled { "TRANSPARENT" } else { "OPAQUE" }.to_owned()),
    ] {
        written.add_property(key, value);
    }
    if !event.description.is_empty() {
        written.description(&one_break(&event.description));
    }
    if let Some(url) = &event.url {
        written.add_property("URL", url);
    }
    written
}

fn utc(moment: Moment) -> String {
    moment.utc().format("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> Event {
        let at = |text: &str| text.parse::<Moment>().unwrap();
        Event {
            uid: "0193".into(),
            stamp: at("2026-10-01T08:00:00+02:00"),
            sequence: 2,
            span: Span::new(at("2026-10-25T01:30:00+02:00"), at("2026-10-25T03:30:00+01:00")).unwrap(),
            status: Status::Confirmed,
            summary: "Fest; mat, dryck\\ny".into(),
            location: "Aulan".into(),
            description: "Rad ett\nRad två".into(),
            url: Some("https://boka.example.org/bokningar/0193".into()),
        }
    }

    #[test]
    fn times_are_utc_over_the_clock_change_and_text_is_escaped() {
        let feed = feed("Nobel 21; Aulan", &[event()]);
        let lines: Vec<&str> = feed.split("\r\n").collect();
        for line in [
            "DTSTART:20261024T233000Z",
            "DTEND:20261025T023000Z",
            "SEQUENCE:2",
            "STATUS:CONFIRMED",
            r"SUMMARY:Fest\; mat\, dryck\\ny",
            r"DESCRIPTION:Rad ett\nRad två",
            r"X-WR-CALNAME;VALUE=TEXT:Nobel 21\; Aulan",
            "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        ] {
            assert!(lines.contains(&line), "{line} is not in\n{feed}");
        }
        assert!(!feed.contains("METHOD"), "a feed is no invitation");
    }

    #[test]
    fn an_invitation_says_its_method_once_and_no_name_breaks_out_of_it() {
        let from = Party { name: "Nobel 21", address: "bokning@example.org" };
        let to = Party { name: "Amina \"Mina\"; X:\r\nBEGIN:VEVENT", address: "amina@example.org" };
        let text = invitation(Method::Cancel, &Event { status: Status::Cancelled, ..event() }, from, to).replace("\r\n ", "");
        assert_eq!(text.matches("METHOD:CANCEL").count(), 1);
        assert_eq!(text.split("\r\n").filter(|line| *line == "BEGIN:VEVENT").count(), 1);
        assert!(text.contains("ORGANIZER;CN=Nobel 21:mailto:bokning@example.org"), "{text}");
        assert!(
            text.contains("ATTENDEE;CN=\"Amina 'Mina'; X:BEGIN:VEVENT\";PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=FALSE:mailto:"),
            "{text}"
        );
    }

    #[test]
    fn no_line_break_of_a_text_ends_a_line_of_the_calendar() {
        let broken = Event { summary: "a\r\nb\rEND:VEVENT\nc".into(), description: "\r".into(), ..event() };
        let feed = feed("x\ry", &[broken]);
        assert!(feed.contains("SUMMARY:a\\nb\\nEND:VEVENT\\nc\r\n"), "{feed}");
        assert!(!feed.replace("\r\n", "").contains(['\r', '\n']), "{feed}");
    }

    #[test]
    fn a_calendar_of_nothing_is_a_calendar_all_the_same() {
        let empty = feed("Nobel 21", &[]);
        assert!(empty.ends_with("END:STANDARD\r\nEND:VTIMEZONE\r\nEND:VCALENDAR\r\n"), "{empty}");
    }

    #[test]
    fn no_line_is_longer_than_75_bytes() {
        let long = Event { summary: "Å".repeat(200), ..event() };
        let feed = feed("Nobel 21", &[long]);
        assert!(feed.split("\r\n").all(|line| line.len() <= 75), "{feed}");
    }
}
