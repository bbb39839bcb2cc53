//! The booking rules: pure, all violations at once, the same for booking, moving, previewing and offering.
use chrono::Days;

use crate::{
    error::Violation,
    organisations::Status as OrganisationStatus,
    rooms::{Layout, Room, Week},
    say,
    time::{Moment, Span, minute_of_day},
};

/// What the rules look at.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The room.
    pub room: &'a Room,
    /// Its opening hours.
    pub week: &'a Week,
    /// The closures of any of its spaces around that time.
    pub closures: &'a [Span],
    /// When.
    pub stay: Span,
    /// May the start lie in the past? Of a booking that runs already and keeps its start it may.
    pub started: bool,
    /// How many are expected, if that is known.
    pub people: Option<i32>,
    /// How the room shall be furnished.
    pub layout: Option<Layout>,
    /// Whether the organisation may book, if it is known who books.
    pub organisation: Option<OrganisationStatus>,
}

/// Every rule that the request breaks, in the order in which a person would want to mend them. Empty: it is admitted.
#[must_use]
pub fn admit(request: &Request, now: Moment) -> Vec<Violation> {
    let mut found = vec![];
    organisation(request, &mut found);
    room(request, &mut found);
    time(request, now, &mut found);
    people(request, &mut found);
    found
}

pub(super) fn violation(rule: &'static str, message: crate::error::Say, limit: Option<String>) -> Violation {
    Violation { rule: rule.into(), message, limit, usage: None }
}

fn organisation(request: &Request, found: &mut Vec<Violation>) {
    match request.organisation {
        Some(OrganisationStatus::Blocked) => found.push(violation(
            "organisation_blocked",
            say!(
                "Föreningen är spärrad för bokning. Kontakta husets administratör.",
                "The organisation is blocked from booking. Contact the house's admin."
            ),
            None,
        )),
        Some(OrganisationStatus::Ended) => found.push(violation(
            "organisation_blocked",
            say!("Föreningen är avslutad och kan inte boka.", "The organisation has ended and can't book."),
            None,
        )),
        Some(OrganisationStatus::Active) | None => {}
    }
}

fn room(request: &Request, found: &mut Vec<Violation>) {
    if !request.room.active {
        let name = &request.room.name;
        found.push(violation("room_inactive", say!("{name} kan inte bokas just nu.", "{name} can't be booked at present."), None));
    }
}

fn time(request: &Request, now: Moment, found: &mut Vec<Violation>) {
    let (rules, stay) = (request.room.rules, request.stay);
    if stay.start() < now && !request.started {
        found.push(violation(
            "in_the_past",
            say!("Tiden har redan börjat. Välj en tid framåt.", "The time has begun already. Choose a later one."),
            None,
        ));
    }
    let minutes = stay.seconds() / 60;
    let (least, most) = (rules.min_minutes, rules.max_minutes);
    if minutes < i64::from(least) {
        found.push(violation("too_short", say!("Boka minst {least} minuter.", "Book at least {least} minutes."), Some(least.to_string())));
    }
    if minutes > i64::from(most) {
        found.push(violation("too_long", say!("Boka högst {most} minuter.", "Book at most {most} minutes."), Some(most.to_string())));
    }
    let grid = rules.grid_minutes;
    if !on_grid(stay.start(), grid) || !on_grid(stay.end(), grid) {
        found.push(violation(
            "off_grid",
            say!("Börja och sluta på hela {grid} minuter.", "Begin and end on whole {grid} minutes."),
            Some(grid.to_string()),
        ));
    }
    let last_day = now.date().checked_add_days(Days::new(u64::try_from(rules.days_ahead).unwrap_or(0)));
    if let Some(last_day) = last_day
        && stay.start().date() > last_day
    {
        let days = rules.days_ahead;
        found.push(violation(
            "too_far_ahead",
            say!("Boka högst {days} dagar framåt, till och med {last_day}.", "Book at most {days} days ahead, until {last_day}."),
            Some(last_day.to_string()),
        ));
    }
    if !request.week.covers(stay) {
        let hours = open_on(request.week, stay.start());
        found.push(violation(
            "outside_opening_hours",
            say!("Huset är inte öppet hela den tiden ({hours}).", "The house is not open all that time ({hours})."),
            Some(hours),
        ));
    }
    if request.closures.iter().any(|closure| closure.overlaps(stay)) {
        found.push(violation("closed", say!("Lokalen är stängd då.", "The room is closed then."), None));
    }
}

fn people(request: &Request, found: &mut Vec<Violation>) {
    let Some(people) = request.people else { return };
    let name = &request.room.name;
    let limit = request.room.max_persons;
    if people > limit {
        found.push(violation(
            "over_max_persons",
            say!("Högst {limit} personer får vistas i {name}.", "At most {limit} people may be in {name}."),
            Some(limit.to_string()),
        ));
    }
    if let Some(capacity) = request.room.capacity_in(request.layout)
        && people > capacity
    {
        found.push(violation(
            "over_capacity",
            say!("{name} rymmer {capacity} med den möbleringen.", "{name} seats {capacity} in that layout."),
            Some(capacity.to_string()),
        ));
    }
}

/// The grid is one of wall time: a quarter past is a quarter past, whatever the offset.
fn on_grid(at: Moment, grid_minutes: i32) -> bool {
    let grid = u32::try_from(grid_minutes).unwrap_or(1).max(1);
    at.unix().rem_euclid(60) == 0 && minute_of_day(at).is_multiple_of(grid)
}

/// The day's hours for people: `07:00–22:00`, or a dash if it is closed all day.
fn open_on(week: &Week, at: Moment) -> String {
    let hours: Vec<String> = week.on(at.date()).iter().map(|s| format!("{}–{}", s.opens, s.closes)).collect();
    if hours.is_empty() { "–".into() } else { hours.join(", ") }
}

/// May its organiser still cancel or move a booking that starts then?
#[must_use]
pub fn in_time_to_cancel(room: &Room, starts_at: Moment, now: Moment) -> bool {
    now <= starts_at.plus_minutes(-i64::from(room.rules.cancel_minutes_before))
}

/// The violation of [`in_time_to_cancel`].
#[must_use]
pub fn too_late(room: &Room) -> Violation {
    let minutes = room.rules.cancel_minutes_before;
    let message = if minutes == 0 {
        say!("Bokningen har redan börjat. Kontakta receptionen.", "The booking has begun already. Contact the reception.")
    } else {
        say!(
            "Det är för sent: senast {minutes} minuter före start. Kontakta receptionen.",
            "It is too late: at the latest {minutes} minutes before the start. Contact the reception."
        )
    };
    violation("too_late", message, Some(minutes.to_string()))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{
        id::Id,
        rooms::{LayoutCapacity, RoomKind, Rules, Space, Stretch},
    };

    pub fn a_room() -> Room {
        Room {
            id: Id::new(),
            slug: "konferens-1".into(),
            name: "Konferens 1".into(),
            kind: RoomKind::Conference,
            max_persons: 25,
            floor: 1,
            description: String::new(),
            layouts: vec![
                LayoutCapacity { layout: Layout::Boardroom, capacity: 12, setup_minutes: None, cleanup_minutes: None },
                LayoutCapacity { layout: Layout::Cinema, capacity: 20, setup_minutes: None, cleanup_minutes: None },
            ],
            equipment: vec![],
            wheelchair_accessible: true,
            hearing_loop: true,
            needs_approval: false,
            active: true,
            rules: Rules::default(),
            spaces: vec![Space { id: Id::new(), slug: "konferens-1".into() }],
            floor_plan: None,
            version: 1,
        }
    }

    pub fn every_day() -> Week {
        Week::new((1..=7).map(|weekday| Stretch { weekday, opens: "07:00".parse().unwrap(), closes: "22:00".parse().unwrap() }).collect())
    }

    pub fn span(from: &str, to: &str) -> Span {
        Span::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
    }

    fn broken(
        change: impl FnOnce(&mut Room),
        from: &str,
        to: &str,
        people: i32,
        layout: Option<Layout>,
        closures: &[Span],
    ) -> Vec<std::borrow::Cow<'static, str>> {
        let (mut room, week) = (a_room(), every_day());
        change(&mut room);
        let request = Request {
            room: &room,
            week: &week,
            closures,
            stay: span(from, to),
            started: false,
            people: Some(people),
            layout,
            organisation: Some(OrganisationStatus::Active),
        };
        admit(&request, "2026-11-23T08:00:00+01:00".parse().unwrap()).into_iter().map(|v| v.rule).collect()
    }

    #[test]
    fn each_rule_is_found_at_its_edge() {
        let good = ("2026-11-24T18:00:00+01:00", "2026-11-24T20:00:00+01:00");
        let same = |_: &mut Room| ();
        assert!(broken(same, good.0, good.1, 20, None, &[]).is_empty());
        assert!(broken(same, "2026-11-23T08:00:00+01:00", "2026-11-23T08:15:00+01:00", 1, None, &[]).is_empty(), "now is not past");
        assert_eq!(broken(same, "2026-11-23T07:45:00+01:00", "2026-11-23T08:15:00+01:00", 1, None, &[]), ["in_the_past"]);
        assert_eq!(broken(same, good.0, "2026-11-24T18:10:00+01:00", 1, None, &[]), ["too_short", "off_grid"]);
        assert_eq!(broken(same, "2026-11-24T07:00:00+01:00", "2026-11-24T19:15:00+01:00", 1, None, &[]), ["too_long"]);
        assert_eq!(broken(same, "2026-11-24T06:45:00+01:00", "2026-11-24T08:00:00+01:00", 1, None, &[]), ["outside_opening_hours"]);
        assert_eq!(broken(same, "2026-11-24T21:00:00+01:00", "2026-11-24T22:15:00+01:00", 1, None, &[]), ["outside_opening_hours"]);
        assert!(broken(same, "2027-11-23T08:00:00+01:00", "2027-11-23T09:00:00+01:00", 1, None, &[]).is_empty(), "365 days ahead");
        assert_eq!(broken(same, "2027-11-24T08:00:00+01:00", "2027-11-24T09:00:00+01:00", 1, None, &[]), ["too_far_ahead"]);
        assert_eq!(broken(same, good.0, good.1, 21, None, &[]), ["over_capacity"]);
        assert_eq!(broken(same, good.0, good.1, 13, Some(Layout::Boardroom), &[]), ["over_capacity"]);
        assert_eq!(broken(same, good.0, good.1, 26, None, &[]), ["over_max_persons", "over_capacity"]);
        assert_eq!(broken(|r| r.active = false, good.0, good.1, 1, None, &[]), ["room_inactive"]);
        assert_eq!(broken(same, good.0, good.1, 1, None, &[span("2026-11-24T19:00:00+01:00", "2026-11-25T00:00:00+01:00")]), ["closed"]);
        assert!(
            broken(same, good.0, good.1, 1, None, &[span("2026-11-24T20:00:00+01:00", "2026-11-25T00:00:00+01:00")]).is_empty(),
            "back to back"
        );
    }

    #[test]
    fn all_violations_are_told_at_once() {
        let found = broken(|r| r.active = false, "2026-11-22T05:07:00+01:00", "2026-11-22T23:00:00+01:00", 100, None, &[]);
        assert_eq!(
            found,
            ["room_inactive", "in_the_past", "too_long", "off_grid", "outside_opening_hours", "over_max_persons", "over_capacity"]
        );
    }

    #[test]
    fn an_organiser_may_cancel_up_to_the_limit() {
        let mut room = a_room();
        room.rules.cancel_minutes_before = 60;
        let start: Moment = "2026-11-24T18:00:00+01:00".parse().unwrap();
        assert!(in_time_to_cancel(&room, start, start.plus_minutes(-60)));
        assert!(!in_time_to_cancel(&room, start, start.plus_minutes(-59)));
    }
}
