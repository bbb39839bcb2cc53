//! Quotas: how much an organisation may book, and how much of that is used. Pure.
use chrono::{Datelike, Days, NaiveDate};
use serde::Serialize;

use crate::{
    error::{Say, Usage, Violation},
    id::Id,
    organisations::{Kind, Organisation},
    say,
    settings::PrimeTime,
    time::{Moment, Month, Span},
};

/// For whom a quota is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// This organisation; it has no part in its kind's quota then.
    Organisation(Id),
    /// Each organisation of a kind.
    Kind(Kind),
}

/// How much may be booked; `None` is without a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Limits {
    /// Hours in an ISO week, by the local date of the start.
    pub hours_per_week: Option<i32>,
    /// Hours in a calendar month, by the local date of the start.
    pub hours_per_month: Option<i32>,
    /// Of the week's hours, those within prime time.
    pub prime_hours_per_week: Option<i32>,
    /// Bookings that have not ended yet.
    pub bookings_ahead: Option<i32>,
}

impl Limits {
    /// Is nothing limited?
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

/// A quota with all its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    /// Its key.
    pub id: Id,
    /// For whom.
    pub holder: Holder,
    /// How much.
    pub limits: Limits,
    /// Raised on every change.
    pub version: i32,
}

/// All quotas of the house.
#[derive(Debug, Clone, Default)]
pub struct Quotas(pub Vec<Quota>);

impl Quotas {
    /// The limits that hold for an organisation: its own, or its kind's.
    #[must_use]
    pub fn of(&self, organisation: &Organisation) -> Option<Limits> {
        let by = |holder: &Holder| self.0.iter().find(|quota| quota.holder == *holder).map(|quota| quota.limits);
        by(&Holder::Organisation(organisation.id)).or_else(|| by(&Holder::Kind(organisation.kind)))
    }
}

/// A booking that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Its key; `None` if it is not written yet.
    pub id: Option<Id>,
    /// When.
    pub stay: Span,
}

/// What is measured against a quota.
#[derive(Debug)]
pub struct Ledger<'a> {
    /// The organisation's bookings around that time and all that have not ended, but for what was turned down or called off.
    pub booked: &'a [Counted],
    /// Those of them that are to be moved.
    pub moved: &'a [Id],
    /// When prime time is.
    pub prime: &'a PrimeTime,
    /// Now.
    pub now: Moment,
}

/// The first day of the ISO week of a date.
#[must_use]
pub fn week_of(date: NaiveDate) -> NaiveDate {
    date.checked_sub_days(Days::new(u64::from(date.weekday().num_days_from_monday()))).unwrap_or(date)
}

/// The stretch in which bookings count together with one on this date: its month and its week.
#[must_use]
pub fn window(date: NaiveDate) -> Option<Span> {
    let (week, month) = (week_of(date), Month::of(date));
    let after = week.checked_add_days(Days::new(7))?;
    Span::new(Ord::min(Moment::start_of(week), month.start()), Ord::max(Moment::start_of(after), month.end()))
}

/// How far one limit is used: before, and with the stay.
struct Measured {
    before: i64,
    after: i64,
}

impl Ledger<'_> {
    /// Sums `worth` over what counts: as it is, and as it would be with `stay` in place of what is moved.
    fn measure(&self, counts: impl Fn(Span) -> bool, worth: impl Fn(Span) -> i64, stay: Span) -> Measured {
        let sum = |of: &mut dyn Iterator<Item = Span>| of.filter(|span| counts(*span)).map(&worth).sum::<i64>();
        let stays = self.booked.iter().filter(|one| one.id.is_none_or(|id| !self.moved.contains(&id)));
        Measured {
            before: sum(&mut self.booked.iter().map(|one| one.stay)),
            after: sum(&mut stays.map(|one| one.stay).chain(std::iter::once(stay))),
        }
    }
}

/// What a stay would break of a quota. What makes nothing worse breaks nothing: a limit that was lowered stops nobody from moving
/// to a shorter time.
#[must_use]
pub fn violations(limits: &Limits, ledger: &Ledger, stay: Span) -> Vec<Violation> {
    let mut found = vec![];
    let minutes = |span: Span| span.seconds() / 60;
    let (date, number) = (stay.start().date(), stay.start().date().iso_week().week());
    let same_week = |span: Span| week_of(span.start().date()) == week_of(date);
    let same_month = |span: Span| Month::of(span.start().date()) == Month::of(date);
    let month = Month::of(date);
    let mut hours = |limit: Option<i32>, measured: Measured, of: Say| {
        if let Some(limit) = limit {
            found.extend(over(i64::from(limit) * 60, &measured, in_hours).map(|usage| quota(limit, usage, &of)));
        }
    };
    hours(
        limits.hours_per_week,
        ledger.measure(same_week, minutes, stay),
        say!("timmar i veckan (v. {number})", "hours a week (week {number})"),
    );
    hours(limits.hours_per_month, ledger.measure(same_month, minutes, stay), say!("timmar i månaden ({month})", "hours a month ({month})"));
    hours(
        limits.prime_hours_per_week,
        ledger.measure(same_week, |span| ledger.prime.minutes_of(span), stay),
        say!("timmar i veckan på de mest eftersökta tiderna (v. {number})", "hours a week at the times most asked for (week {number})"),
    );
    if let Some(limit) = limits.bookings_ahead {
        let measured = ledger.measure(|span| span.end() > ledger.now, |_| 1, stay);
        let of = say!("kommande bokningar samtidigt", "bookings ahead at once");
        found.extend(over(i64::from(limit), &measured, |count| count.to_string()).map(|usage| quota(limit, usage, &of)));
    }
    found
}

fn over(limit: i64, measured: &Measured, tell: impl Fn(i64) -> String) -> Option<Usage> {
    let used = measured.before;
    (measured.after > limit && measured.after > used).then(|| Usage { used: tell(used), left: tell((limit - used).max(0)) })
}

fn quota(limit: i32, usage: Usage, of: &Say) -> Violation {
    let Usage { used, left } = &usage;
    // A decimal comma in Swedish.
    let (used_sv, left_sv) = (used.replace('.', ","), left.replace('.', ","));
    let (of_sv, of_en) = (&of.sv, &of.en);
    Violation {
        rule: "quota_exceeded".into(),
        message: say!(
            "Ni får boka {limit} {of_sv}. {used_sv} är använda och {left_sv} är kvar.",
            "You may book {limit} {of_en}. {used} are used and {left} are left."
        ),
        limit: Some(limit.to_string()),
        usage: Some(Box::new(usage)),
    }
}

/// Minutes as hours with at most two decimals: `7.25`.
#[must_use]
pub fn in_hours(minutes: i64) -> String {
    let (whole, rest) = (minutes / 60, (minutes % 60) * 100 / 60);
    if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:02}").trim_end_matches('0').to_owned() }
}

/// How much of its quota an organisation has used in the week and month of a date.
#[derive(Debug, Clone, Serialize)]
pub struct Standing {
    /// The limits; `None` everywhere if there is no quota.
    pub limits: Limits,
    /// Minutes booked in the ISO week.
    pub minutes_in_week: i64,
    /// Minutes booked in the month.
    pub minutes_in_month: i64,
    /// Minutes of prime time booked in the ISO week.
    pub prime_minutes_in_week: i64,
    /// Bookings that have not ended.
    pub ahead: i64,
}

impl Standing {
    /// Counts it.
    #[must_use]
    pub fn of(limits: Limits, ledger: &Ledger, date: NaiveDate) -> Self {
        let sum = |counts: &dyn Fn(Span) -> bool, worth: &dyn Fn(Span) -> i64| -> i64 {
            ledger.booked.iter().map(|one| one.stay).filter(|span| counts(*span)).map(worth).sum()
        };
        let same_week = |span: Span| week_of(span.start().date()) == week_of(date);
        Self {
            limits,
            minutes_in_week: sum(&same_week, &|span| span.seconds() / 60),
            minutes_in_month: sum(&|span| Month::of(span.start().date()) == Month::of(date), &|span| span.seconds() / 60),
            prime_minutes_in_week: sum(&same_week, &|span| ledger.prime.minutes_of(span)),
            ahead: sum(&|span| span.end() > ledger.now, &|_| 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: &str, to: &str) -> Span {
        Span::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
    }

    fn evenings() -> PrimeTime {
        PrimeTime { weekdays: vec![1, 2, 3, 4, 5], from: "17:00".parse().unwrap(), to: "22:00".parse().unwrap() }
    }

    fn broken(limits: Limits, booked: &[Counted], moved: &[Id], stay: Span) -> Vec<(Option<String>, Usage)> {
        let now = "2026-11-23T08:00:00+01:00".parse().unwrap();
        let ledger = Ledger { booked, moved, prime: &evenings(), now };
        violations(&limits, &ledger, stay).into_iter().map(|v| (v.limit, *v.usage.unwrap())).collect()
    }

    fn usage(used: &str, left: &str) -> Usage {
        Usage { used: used.into(), left: left.into() }
    }

    #[test]
    fn the_last_hour_can_be_had_and_not_a_quarter_more() {
        let limits = Limits { hours_per_week: Some(3), ..Limits::default() };
        let booked = [Counted { id: Some(Id::new()), stay: span("2026-11-24T08:00:00+01:00", "2026-11-24T10:00:00+01:00") }];
        assert_eq!(broken(limits, &booked, &[], span("2026-11-29T10:00:00+01:00", "2026-11-29T11:00:00+01:00")), []);
        assert_eq!(
            broken(limits, &booked, &[], span("2026-11-29T10:00:00+01:00", "2026-11-29T11:15:00+01:00")),
            [(Some("3".into()), usage("2", "1"))]
        );
        // Monday is another week.
        assert_eq!(broken(limits, &booked, &[], span("2026-11-30T10:00:00+01:00", "2026-11-30T13:00:00+01:00")), []);
    }

    #[test]
    fn months_prime_time_and_what_lies_ahead_are_counted_apart() {
        let limits = Limits { hours_per_month: Some(4), prime_hours_per_week: Some(2), bookings_ahead: Some(1), ..Limits::default() };
        let booked = [Counted { id: Some(Id::new()), stay: span("2026-11-24T16:00:00+01:00", "2026-11-24T18:30:00+01:00") }];
        assert_eq!(
            broken(limits, &booked, &[], span("2026-11-26T19:00:00+01:00", "2026-11-26T21:00:00+01:00")),
            [(Some("4".into()), usage("2.5", "1.5")), (Some("2".into()), usage("1.5", "0.5")), (Some("1".into()), usage("1", "0"))]
        );
    }

    #[test]
    fn moving_to_less_is_never_over_a_quota() {
        let (limits, id) = (Limits { hours_per_week: Some(1), ..Limits::default() }, Id::new());
        let booked = [Counted { id: Some(id), stay: span("2026-11-24T08:00:00+01:00", "2026-11-24T12:00:00+01:00") }];
        assert_eq!(broken(limits, &booked, &[id], span("2026-11-25T08:00:00+01:00", "2026-11-25T11:00:00+01:00")), []);
        assert_eq!(broken(limits, &booked, &[id], span("2026-11-25T08:00:00+01:00", "2026-11-25T13:00:00+01:00")).len(), 1);
    }

    #[test]
    fn an_organisations_own_quota_goes_before_its_kinds() {
        let now: Moment = "2026-11-23T08:00:00+01:00".parse().unwrap();
        let new = crate::organisations::NewOrganisation {
            name: "A".into(),
            kind: Kind::Association,
            org_number: None,
            email: None,
            phone: None,
            tenant: true,
            protected: false,
            status: crate::organisations::Status::Active,
        };
        let organisation = new.at(now);
        let quota = |holder, hours| Quota {
            id: Id::new(),
            holder,
            limits: Limits { hours_per_week: Some(hours), ..Limits::default() },
            version: 1,
        };
        let of_kind = quota(Holder::Kind(Kind::Association), 5);
        let own = quota(Holder::Organisation(organisation.id), 9);
        assert_eq!(Quotas(vec![of_kind.clone()]).of(&organisation).unwrap().hours_per_week, Some(5));
        assert_eq!(Quotas(vec![of_kind, own]).of(&organisation).unwrap().hours_per_week, Some(9));
        assert_eq!(Quotas(vec![quota(Holder::Kind(Kind::Company), 1)]).of(&organisation), None);
    }
}
