//! What a letter about bookings does to the calendar of whoever gets it.
use std::collections::BTreeSet;

use super::{
    letter::{BookingFacts, Letter, Recipient},
    transport::Sender,
};
use crate::{
    ical::{self, Event, Method, Party, Status},
    id::Id,
    time::Span,
};

/// The events that a letter tells of, and whether each stands. What is only asked for is in nobody's calendar, so that nothing is
/// said of it; of what stood before, that it is off.
fn told(letter: &Letter) -> Vec<(&BookingFacts, bool)> {
    match letter {
        Letter::Confirmed(now) => vec![(now, true)],
        Letter::Changed(_, now) => vec![(now, now.stands)],
        Letter::Received(now) | Letter::Rejected(now, _) | Letter::Cancelled(now, _) | Letter::Closed(now, _) => vec![(now, false)],
        Letter::Series { facts, .. } => facts.lines.iter().map(|line| (&line.is, line.is.stands)).collect(),
        // Nothing has changed, or nothing is booked yet.
        Letter::NoShow(_) | Letter::Reminder(_) | Letter::Offer(..) | Letter::OfferWithdrawn(..) | Letter::HowMany { .. } => vec![],
        Letter::VisitorsArrived(..)
        | Letter::Figures { .. }
        | Letter::FaultReported { .. }
        | Letter::FirstPassword { .. }
        | Letter::MembershipAsked { .. }
        | Letter::SignInLink { .. }
        | Letter::AccountChanged(_) => vec![],
    }
}

/// The bookings that the letter takes out of a calendar, if they are in it: only who was invited can be told that it is off.
#[must_use]
pub fn taken_out(letter: &Letter) -> Vec<Id> {
    told(letter).into_iter().filter(|(_, stands)| !stands).map(|(facts, _)| facts.id).collect()
}

/// The calendar part of a letter, if it has one. `invited` are the bookings that the reader has in its calendar.
#[must_use]
pub fn write(letter: &Letter, invited: &BTreeSet<Id>, to: &Recipient, sender: &Sender, public_url: &str) -> Option<String> {
    let events: Vec<Event> = told(letter)
        .into_iter()
        .filter(|(facts, stands)| *stands || invited.contains(&facts.id))
        .filter_map(|(facts, stands)| event(facts, stands, public_url))
        .collect();
    let from = Party { name: &sender.name, address: sender.address() };
    match (letter, events.as_slice()) {
        (_, []) => None,
        (Letter::Series { .. }, events) => Some(ical::publication(events, from)),
        (_, [event, ..]) => {
            let method = if event.status == Status::Cancelled { Method::Cancel } else { Method::Request };
            Some(ical::invitation(method, event, from, Party { name: &to.name, address: &to.address }))
        }
    }
}

/// `None` for a booking that takes no time.
fn event(facts: &BookingFacts, stands: bool, public_url: &str) -> Option<Event> {
    Some(Event {
        uid: facts.id.to_string(),
        stamp: facts.changed_at,
        sequence: facts.version - 1,
        span: Span::new(facts.starts_at, facts.ends_at)?,
        status: if stands { Status::Confirmed } else { Status::Cancelled },
        summary: facts.title.clone(),
        location: facts.room.clone(),
        description: format!("{} · {}", facts.organisation, facts.reference),
        url: Some(format!("{public_url}/bokningar/{}", facts.id)),
    })
}

/// The method that stands in a calendar part, for the type of the part that carries it: the two must be the same (RFC 6047, 2.4).
#[must_use]
pub fn method_of(calendar: &str) -> Option<Method> {
    [Method::Request, Method::Cancel, Method::Publish]
        .into_iter()
        .find(|method| calendar.contains(&format!("\r\nMETHOD:{}\r\n", method.as_str())))
}
