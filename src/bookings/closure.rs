//! A closure: rooms, or the whole house, that can't be used for a time.
use chrono::Months;

use crate::{
    id::Id,
    time::{Moment, Span},
};

/// A closure with all its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    /// Its key.
    pub id: Id,
    /// When.
    pub span: Span,
    /// The closed rooms' keys and slugs; `None` is the whole house, rooms of later days included.
    pub rooms: Option<Vec<(Id, String)>>,
    /// Why, for everybody to read.
    pub reason: String,
    /// Raised on every change.
    pub version: i32,
    /// When it was made.
    pub created_at: Moment,
    /// Shared by the closures of several years that were made as one.
    pub repeat_id: Option<Id>,
}

/// What is asked for when closing.
#[derive(Debug, Clone)]
pub struct NewClosure {
    /// When, once or in several years: by start, and never over each other.
    pub spans: Vec<Span>,
    /// The rooms' slugs; `None` is the whole house.
    pub rooms: Option<Vec<String>>,
    /// Why.
    pub reason: String,
    /// Call off the bookings that stand in the way?
    pub cancel_bookings: bool,
}

/// The same days by the same wall clock in so many years, this one included. `None` if that can't be: 29 February is no day of
/// every year, and what lasts for a year would meet itself.
#[must_use]
pub fn yearly(span: Span, years: u32) -> Option<Vec<Span>> {
    let (start, end) = (span.start().local().naive_local(), span.end().local().naive_local());
    let spans: Vec<Span> = (0..years)
        .map(|year| {
            let months = Months::new(year.checked_mul(12)?);
            let (from, to) = (start.checked_add_months(months)?, end.checked_add_months(months)?);
            // 28 February is what the calendar makes of a 29th that is not there.
            let same_day = from.format("%m-%d").to_string() == start.format("%m-%d").to_string()
                && to.format("%m-%d").to_string() == end.format("%m-%d").to_string();
            if same_day { Span::new(Moment::at_wall_or_jump(from), Moment::at_wall_or_jump(to)) } else { None }
        })
        .collect::<Option<_>>()?;
    spans.iter().zip(spans.iter().skip(1)).all(|(one, next)| one.end() <= next.start()).then_some(spans)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: &str, to: &str) -> Span {
        Span::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_yearly_closure_keeps_its_days_and_its_clock() {
        let found = yearly(span("2026-12-24T00:00:00+01:00", "2027-01-02T00:00:00+01:00"), 3).unwrap();
        assert_eq!(found[2], span("2028-12-24T00:00:00+01:00", "2029-01-02T00:00:00+01:00"));
        // In 2027 the clock changes on 28 March, in 2026 on the 29th.
        let found = yearly(span("2026-03-28T12:00:00+01:00", "2026-03-28T20:00:00+01:00"), 2).unwrap();
        assert_eq!(found[1], span("2027-03-28T12:00:00+02:00", "2027-03-28T20:00:00+02:00"));
    }

    #[test]
    fn what_is_no_day_of_every_year_does_not_repeat() {
        assert_eq!(yearly(span("2028-02-29T00:00:00+01:00", "2028-03-01T00:00:00+01:00"), 2), None);
        assert_eq!(yearly(span("2026-01-01T00:00:00+01:00", "2027-01-02T00:00:00+01:00"), 2), None);
        assert_eq!(yearly(span("2026-01-01T00:00:00+01:00", "2027-01-01T00:00:00+01:00"), 2).map(|all| all.len()), Some(2));
    }
}
