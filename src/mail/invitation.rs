//! What a letter about a booking does to the calendar of whoever gets it.
use super::{
    letter::{BookingFacts, Letter, Recipient},
    transport::Sender,
};
use crate::{
    ical::{self, Event, Method, Party, Status},
    time::Span,
};

/// What the letter asks of the reader's calendar, and for which booking. What waits for a yes is in nobody's calendar: a letter
/// that says so takes out what stood there before.
#[must_use]
pub fn of(letter: &Letter) -> Option<(Method, &BookingFacts)> {
    match letter {
        Letter::Confirmed(now) => Some((Method::Request, now)),
        Letter::Changed(_, now) if now.stands => Some((Method::Request, now)),
        Letter::Received(now) | Letter::Rejected(now, _) | Letter::Changed(_, now) | Letter::Cancelled(now, _) | Letter::Closed(now, _) => {
            Some((Method::Cancel, now))
        }
        // Nothing has changed, or nothing is booked yet.
        Letter::NoShow(_) | Letter::Reminder(_) | Letter::Offer(..) | Letter::OfferWithdrawn(..) | Letter::HowMany { .. } => None,
        // Of a series each date would be an invitation of its own, and readers take one from a letter: the feeds have them all.
        Letter::Series { .. } | Letter::FirstPassword { .. } => None,
    }
}

/// The calendar part of the letter; `None` for a booking that takes no time.
#[must_use]
pub fn write(method: Method, facts: &BookingFacts, to: &Recipient, sender: &Sender, public_url: &str) -> Option<String> {
    let event = Event {
        uid: facts.id.to_string(),
        stamp: facts.changed_at,
        sequence: facts.version - 1,
        span: Span::new(facts.starts_at, facts.ends_at)?,
        status: if method == Method::Cancel { Status::Cancelled } else { Status::Confirmed },
        summary: facts.title.clone(),
        location: facts.room.clone(),
        description: format!("{} · {}", facts.organisation, facts.reference),
        url: Some(format!("{public_url}/bokningar/{}", facts.id)),
    };
    let from = Party { name: &sender.name, address: sender.address() };
    Some(ical::invitation(method, &event, from, Party { name: &to.name, address: &to.address }))
}

/// The method that stands in a calendar part, for the type of the part that carries it: the two must be the same (RFC 6047, 2.4).
#[must_use]
pub fn method_of(calendar: &str) -> Option<Method> {
    [Method::Request, Method::Cancel].into_iter().find(|method| calendar.contains(&format!("\r\nMETHOD:{}\r\n", method.as_str())))
}
