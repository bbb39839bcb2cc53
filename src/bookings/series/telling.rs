//! The one letter that tells of a series.
use super::{
    plan::{Reason, Whole},
    scope::{Kept, KeptReason},
    store,
};
use crate::{
    audit::By,
    bookings::{
        Booking, Status,
        letters::{line, recipient, recipient_of},
        store as bookings,
    },
    config::House,
    db::Conn,
    error::{RefusedDate, Result, Say},
    holidays,
    id::Id,
    mail::{self, Letter, Recipient, SeriesFacts, SeriesOccasion, UntouchedDate},
    people::Call,
    say,
    time::Moment,
};

/// What happened to a series.
pub enum Happened<'a> {
    /// It was booked, or asked for.
    Booked,
    /// An admin said yes.
    Approved {
        /// To these.
        bookings: &'a [Booking],
    },
    /// An admin said no.
    Rejected {
        /// To these.
        bookings: &'a [Booking],
        /// Why.
        reason: &'a str,
    },
    /// Bookings are different from before.
    Changed {
        /// As they were, as they are.
        steps: &'a [(&'a Booking, &'a Booking)],
        /// Those that are not.
        kept: &'a [Kept],
    },
    /// It was called off.
    Cancelled {
        /// These of its bookings.
        bookings: &'a [Booking],
        /// Those that were not.
        kept: &'a [Kept],
        /// Why, if that was said.
        reason: Option<&'a str>,
    },
}

/// Writes to whoever is written to about a booking of the series.
pub fn tell(c: &mut Conn, call: &Call, whole: &Whole, happened: &Happened) -> Result<()> {
    let Some(first) = whole.bookings.first() else { return Ok(()) };
    let Some(to) = recipient(c, call, first)? else { return Ok(()) };
    write(c, &call.house, &to, whole, happened, &call.by())
}

/// Tells that requests of a series have lapsed: nobody's doing.
pub fn tell_lapsed(c: &mut Conn, house: &House, series: Id, first: &Booking, lapsed: &[Booking], now: Moment) -> Result<()> {
    let Some((to, _)) = recipient_of(c, first)? else { return Ok(()) };
    let Some(of) = store::by_id(c, series)? else { return Ok(()) };
    let whole = Whole { bookings: bookings::of_series(c, series)?, dates: store::dates(c, series)?, series: of };
    let reason = first.decision_reason.as_deref().unwrap_or_default();
    write(c, house, &to, &whole, &Happened::Rejected { bookings: lapsed, reason }, &By::program(now))
}

fn write(c: &mut Conn, house: &House, to: &Recipient, whole: &Whole, happened: &Happened, by: &By) -> Result<()> {
    let Some(first) = whole.bookings.first() else { return Ok(()) };
    let lines = |bookings: &[Booking]| bookings.iter().map(|booking| line(None, booking)).collect::<Vec<_>>();
    let (occasion, lines, untouched, reason) = match happened {
        Happened::Booked => {
            let waits = whole.bookings.iter().any(|booking| booking.status == Status::Pending);
            let occasion = if waits { SeriesOccasion::Received } else { SeriesOccasion::Confirmed };
            (occasion, lines(&whole.bookings), not_booked(whole), None)
        }
        Happened::Approved { bookings } => (SeriesOccasion::Confirmed, lines(bookings), vec![], None),
        Happened::Rejected { bookings, reason } => (SeriesOccasion::Rejected, lines(bookings), vec![], Some((*reason).to_owned())),
        Happened::Changed { steps, kept } => {
            let lines = steps.iter().map(|(before, after)| line(Some(*before), after)).collect();
            (SeriesOccasion::Changed, lines, kept.iter().map(not_changed).collect(), None)
        }
        Happened::Cancelled { bookings, kept, reason } => {
            (SeriesOccasion::Cancelled, lines(bookings), kept.iter().map(not_changed).collect(), reason.map(str::to_owned))
        }
    };
    let facts = SeriesFacts {
        series: Some(whole.series.id),
        title: whole.series.title.clone(),
        organisation: whole.series.organisation_name.clone(),
        participants: first.expected_participants,
        lines,
        untouched,
        lapses_at: whole.bookings.iter().filter_map(|booking| booking.lapses_at).min(),
    };
    mail::enqueue(c, house, to, &Letter::Series { occasion, facts, reason }, None, by)?;
    Ok(())
}

fn not_booked(whole: &Whole) -> Vec<UntouchedDate> {
    let skipped = whole.dates.iter().filter_map(|date| date.outcome.as_ref().err());
    skipped
        .map(|skipped| {
            let why = match skipped.reason {
                Reason::Conflict => say!("lokalen är upptagen", "the room is taken"),
                Reason::Violation => broken(&skipped.refused),
                Reason::LeftOut => say!("utelämnat", "left out"),
            };
            untouched(&skipped.refused, why)
        })
        .collect()
}

fn not_changed(kept: &Kept) -> UntouchedDate {
    let why = match kept.reason {
        KeptReason::Past => say!("har redan varit eller pågår", "is over or under way"),
        KeptReason::Moved => say!("har ändrats för sig och ligger kvar", "was changed by itself and stays"),
        KeptReason::Conflict => say!("lokalen är upptagen, så bokningen ligger kvar", "the room is taken, so the booking stays"),
        KeptReason::Violation => broken(&kept.refused),
    };
    untouched(&kept.refused, why)
}

/// The first broken rule in its own words: it is the one to mend first.
fn broken(refused: &RefusedDate) -> Say {
    refused.violations.first().map_or_else(|| say!("går emot reglerna", "is against the rules"), |violation| violation.message.clone())
}

fn untouched(refused: &RefusedDate, why: Say) -> UntouchedDate {
    UntouchedDate { date: refused.date, holiday: holidays::on(refused.date).map(|day| day.name), why }
}
