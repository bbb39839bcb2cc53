//! The sample year, moved so that it surrounds today.
use chrono::Days;
use nobel21::{
    bookings::Status,
    import::{Faults, File, Line, Year},
    time::{Moment, Span},
};

/// One in so many gatherings ahead still waits for an admin's yes.
const PENDING: usize = 40;

fn content(file: File) -> &'static [u8] {
    match file {
        File::Organisations => include_bytes!("../../../sample/year-2023/organisations.csv"),
        File::Rooms => include_bytes!("../../../sample/year-2023/rooms.csv"),
        File::Bookings => include_bytes!("../../../sample/year-2023/bookings.csv"),
        File::Visits => include_bytes!("../../../sample/year-2023/visits.csv"),
        File::Evaluations => include_bytes!("../../../sample/year-2023/evaluations.csv"),
        File::DoorCounts => &[],
    }
}

/// The sample year as its files tell it.
pub fn sample(faults: &mut Faults) -> Year {
    Year::read(content, faults)
}

/// The same year moved by whole weeks so that two thirds of its gatherings lie behind `now`. What lies behind stays as it was;
/// what lies ahead is booked, and nobody has come yet.
pub fn around(now: Moment, year: Year) -> Year {
    let mut starts: Vec<Moment> = year.bookings.iter().map(|line| line.value.stay.start()).collect();
    starts.sort_unstable();
    let turn = starts.get(starts.len() * 2 / 3).copied().unwrap_or(now);
    let weeks = now.date().signed_duration_since(turn.date()).num_weeks();
    let mut ahead = 0;
    let mut moved = Year { organisations: year.organisations, rooms: year.rooms, ..Year::default() };
    for Line { number, mut value } in year.bookings {
        // In a skipped hour nothing is left of a stay.
        let Some(stay) = Span::new(later(value.stay.start(), weeks), later(value.stay.end(), weeks)) else { continue };
        value.stay = stay;
        if stay.end() > now {
            value.actual_participants = None;
            if matches!(value.status, Status::Held | Status::NoShow) {
                ahead += 1;
                value.status = if ahead % PENDING == 0 && stay.start() > now { Status::Pending } else { Status::Confirmed };
            }
        }
        moved.bookings.push(Line { number, value });
    }
    moved.visits = year
        .visits
        .into_iter()
        .map(|mut line| {
            line.value.arrived_at = later(line.value.arrived_at, weeks);
            line
        })
        .filter(|line| line.value.arrived_at <= now)
        .collect();
    let held: std::collections::HashSet<&str> =
        moved.bookings.iter().filter(|line| line.value.status == Status::Held).map(|line| line.value.uid.as_str()).collect();
    moved.evaluations = year.evaluations.into_iter().filter(|line| held.contains(line.value.booking.as_str())).collect();
    let known: std::collections::HashSet<&str> = moved.bookings.iter().map(|line| line.value.uid.as_str()).collect();
    moved.visits.retain(|line| line.value.booking.as_deref().is_none_or(|uid| known.contains(uid)));
    moved
}

/// So many weeks later by the wall clock, on the same weekday.
fn later(at: Moment, weeks: i64) -> Moment {
    let wall = at.local().naive_local();
    let days = Days::new(weeks.unsigned_abs().saturating_mul(7));
    let moved = if weeks < 0 { wall.checked_sub_days(days) } else { wall.checked_add_days(days) };
    Moment::at_wall_or_jump(moved.unwrap_or(wall))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn moved_to(now: &str) -> (Year, Year, Moment) {
        let now: Moment = now.parse().unwrap();
        let mut faults = Faults::default();
        let year = sample(&mut faults);
        assert!(faults.is_empty());
        (year.clone(), around(now, year), now)
    }

    #[test]
    fn two_thirds_of_the_year_lie_behind_whenever_it_is_shown() {
        for now in ["2026-11-22T03:00:00+01:00", "2026-03-29T02:30:00Z", "2027-08-01T12:00:00Z", "2030-01-01T00:00:00Z"] {
            let (year, moved, now) = moved_to(now);
            assert_eq!(moved.bookings.len(), year.bookings.len());
            let behind = moved.bookings.iter().filter(|line| line.value.stay.end() <= now).count();
            let share = behind * 100 / moved.bookings.len();
            assert!((60..=68).contains(&share), "{now}: {share} %");
        }
    }

    #[test]
    fn gatherings_keep_their_weekday_and_hour_and_those_ahead_are_confirmed_or_pending() {
        let (year, moved, now) = moved_to("2026-11-22T03:00:00+01:00");
        let mut pending = 0;
        for (before, after) in year.bookings.iter().zip(&moved.bookings) {
            let hour = |at: Moment| at.local().format("%u %H:%M").to_string();
            assert_eq!(hour(before.value.stay.start()), hour(after.value.stay.start()));
            if after.value.stay.end() <= now {
                assert_eq!(before.value.status, after.value.status);
            } else {
                assert!(matches!(after.value.status, Status::Confirmed | Status::Pending | Status::Cancelled));
                assert_eq!(after.value.actual_participants, None);
                pending += usize::from(after.value.status == Status::Pending);
            }
        }
        assert!((5..=20).contains(&pending), "{pending}");
        assert!(moved.visits.iter().all(|line| line.value.arrived_at <= now));
        assert!(moved.visits.len() > year.visits.len() / 2);
        assert!(moved.evaluations.len() > year.evaluations.len() / 2 && moved.evaluations.len() < year.evaluations.len());
    }
}
