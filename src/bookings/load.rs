//! How many people the house expects at once, from all that is booked, where that is more than may be in it.
use super::Booking;
use crate::{
    id::Id,
    time::{Moment, Span},
};

/// A stretch of time in which more people are expected than may be in the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overload {
    /// From when to when.
    pub span: Span,
    /// The most that are expected in it.
    pub expected: i64,
    /// The bookings that make it up: in the order of their start.
    pub bookings: Vec<Id>,
}

/// What is said of the house.
#[derive(Debug, Default)]
pub struct HouseLoad {
    /// So many may be in it; `None` where it has set no limit.
    pub max_persons: Option<i32>,
    /// Each stretch with the bookings that make it up.
    pub overloads: Vec<(Overload, Vec<Booking>)>,
}

/// The stretches in which these stays, each with its expected participants, together go beyond the limit, by start.
#[must_use]
pub fn overloads(stays: &[(Id, Span, i32)], max_persons: i32) -> Vec<Overload> {
    let mut edges: Vec<Moment> = stays.iter().flat_map(|(_, span, _)| [span.start(), span.end()]).collect();
    edges.sort_unstable();
    edges.dedup();
    let mut found: Vec<Overload> = vec![];
    for (from, to) in edges.iter().zip(edges.iter().skip(1)) {
        let Some(span) = Span::new(*from, *to) else { continue };
        let here: Vec<&(Id, Span, i32)> = stays.iter().filter(|(_, stay, _)| stay.overlaps(span)).collect();
        let expected: i64 = here.iter().map(|(.., people)| i64::from(*people)).sum();
        if expected <= i64::from(max_persons) {
            continue;
        }
        match found.last_mut().filter(|last| last.span.end() == *from) {
            // One stretch goes on, though who is there changes.
            Some(last) => {
                last.span = Span::new(last.span.start(), *to).unwrap_or(span);
                last.expected = last.expected.max(expected);
                for (id, ..) in here {
                    if !last.bookings.contains(id) {
                        last.bookings.push(*id);
                    }
                }
            }
            None => found.push(Overload { span, expected, bookings: here.iter().map(|(id, ..)| *id).collect() }),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: &str, to: &str) -> Span {
        let at = |clock: &str| format!("2026-11-24T{clock}:00+01:00").parse().unwrap();
        Span::new(at(from), at(to)).unwrap()
    }

    #[test]
    fn what_is_on_at_the_same_time_is_added_up_and_one_stretch_is_told_once() {
        let (a, b, c, d) = (Id::new(), Id::new(), Id::new(), Id::new());
        let stays = [
            (a, span("17:00", "20:00"), 60),
            (b, span("18:00", "19:00"), 50),
            (c, span("18:30", "21:00"), 45),
            (d, span("20:00", "22:00"), 10),
        ];
        assert_eq!(overloads(&stays, 100), [Overload { span: span("18:00", "20:00"), expected: 155, bookings: vec![a, b, c] }]);
        assert_eq!(overloads(&stays, 155), []);
        assert_eq!(overloads(&[], 1), []);
    }

    #[test]
    fn who_leaves_as_the_next_come_is_not_counted_with_them() {
        let (a, b) = (Id::new(), Id::new());
        assert_eq!(overloads(&[(a, span("17:00", "18:00"), 60), (b, span("18:00", "19:00"), 60)], 100), []);
    }
}
