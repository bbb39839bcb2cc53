//! Figures by mail: the month that is over to every admin, the half-year that is over to whoever runs an association, unless they have
//! said that they don't want them.
mod store;

use chrono::{Datelike, Timelike};

use super::{
    Period,
    basis::{self, HalfYear},
    comparing::comparison,
};
use crate::{
    audit::By,
    config::House,
    db::Conn,
    error::{Error, Result, Say},
    id::Id,
    mail::{self, FigureLine, Letter},
    organisations, people, say,
    time::{Moment, Month},
};

/// On this day of the month the figures of the one before are sent: by then what was written on paper is in.
const MONTHLY_ON: u32 = 3;
/// On this day of January and July those of the half-year: by then organisers have reported.
const HALF_YEARLY_ON: u32 = 10;
/// Not later than this day: a house that begins in the middle of a month gets no letter of the one before.
const LAST_ON: u32 = 20;
/// From this hour of local time on.
const FROM_HOUR: u32 = 7;

/// A letter that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Of which period: `2026-10` or `2026-H1`.
    pub period: String,
    /// To whom.
    pub person: Id,
    /// About which association; `None` is the house.
    pub organisation: Option<Id>,
}

/// What is due by now.
pub fn due(c: &mut Conn, now: Moment) -> Result<Vec<Case>> {
    let (today, hour) = (now.date(), now.local().hour());
    let last_month = Month::of(today).previous();
    if hour < FROM_HOUR || today.day() > LAST_ON {
        return Ok(vec![]);
    }
    let mut cases = vec![];
    if today.day() >= MONTHLY_ON {
        cases.extend(store::admins(c, &last_month.to_string())?);
    }
    if matches!(today.month(), 1 | 7) && today.day() >= HALF_YEARLY_ON {
        cases.extend(store::managers(c, &HalfYear::of(last_month).to_string())?);
    }
    Ok(cases)
}

/// Sends one; `false` if somebody else just did, or there is nothing to tell.
pub fn send(c: &mut Conn, house: &House, case: &Case, now: Moment) -> Result<bool> {
    if !store::claim(c, case, now)? {
        return Ok(false);
    }
    let Some(person) = people::store::by_id(c, case.person)?.filter(|person| person.disabled_at.is_none()) else { return Ok(false) };
    let to = person.recipient();
    let letter = match case.organisation {
        None => of_house(c, &case.period, now)?,
        Some(organisation) => of_organisation(c, organisation, &case.period, now)?,
    };
    let Some(letter) = letter else { return Ok(false) };
    mail::enqueue(c, house, &to, &letter, None, &By::program(now))?;
    Ok(true)
}

fn wrong(_: Say) -> Error {
    Error::internal("a period that is none")
}

/// A number, and by how much it is more or less than a year before.
fn compared(what: Say, now: i64, then: Option<i64>) -> FigureLine {
    let change = then.map(|then| now - then);
    let value = match change {
        Some(by) if by > 0 => say!("{now} ({by} fler än året innan)", "{now} ({by} more than the year before)"),
        Some(0) => say!("{now} (som året innan)", "{now} (as the year before)"),
        Some(by) => {
            let by = -by;
            say!("{now} ({by} färre än året innan)", "{now} ({by} fewer than the year before)")
        }
        None => say!("{now}", "{now}"),
    };
    FigureLine { what, value }
}

/// The house's month; nothing if there is nothing to tell.
fn of_house(c: &mut Conn, period: &str, now: Moment) -> Result<Option<Letter>> {
    let month: Month = period.parse().map_err(wrong)?;
    let months = Period::between(month, month).map_err(|_| Error::internal("a month of no length"))?;
    let compared_figures = comparison(c, &months, now)?;
    let (this, then) = (&compared_figures.period, compared_figures.year_before.as_ref().filter(|then| !then.total.tally.is_empty()));
    if this.total.tally.is_empty() {
        return Ok(None);
    }
    let (tally, before) = (&this.total.tally, then.map(|then| &then.total.tally));
    let unmet = this.key_figures.unmet_requests;
    let mut lines = vec![
        compared(say!("Sammankomster", "Gatherings"), tally.gatherings, before.map(|before| before.gatherings)),
        compared(say!("Besök", "Visits"), tally.visits, before.map(|before| before.visits)),
        compared(
            say!("Deltagare enligt arrangörerna", "Participants as organisers report"),
            tally.participants,
            before.map(|b| b.participants),
        ),
        compared(say!("Avbokade", "Cancelled"), tally.cancelled, before.map(|before| before.cancelled)),
        compared(say!("Uteblivna", "No-shows"), tally.no_shows, before.map(|before| before.no_shows)),
        FigureLine { what: say!("Förfrågningar utan plats", "Requests that found no room"), value: say!("{unmet}", "{unmet}") },
    ];
    if let Some(share) = this.total.utilisation.value() {
        let percent = format!("{:.1}", share * 100.0);
        let sv = percent.replace('.', ",");
        lines.push(FigureLine { what: say!("Nyttjandegrad", "Utilisation"), value: say!("{sv} %", "{percent}%") });
    }
    Ok(Some(Letter::Figures {
        half_year: false,
        period: period.to_owned(),
        about: None,
        lines,
        path: format!("/statistik?fran={period}&till={period}"),
    }))
}

/// An association's half-year; nothing if it held nothing.
fn of_organisation(c: &mut Conn, organisation: Id, period: &str, now: Moment) -> Result<Option<Letter>> {
    let half_year: HalfYear = period.parse().map_err(wrong)?;
    let Some(organisation) = organisations::by_id(c, organisation)? else { return Ok(None) };
    let totals = basis::of(c, &organisation, half_year, now)?.totals();
    if totals.gatherings == 0 {
        return Ok(None);
    }
    let line = |what: Say, number: i64| FigureLine { what, value: say!("{number}", "{number}") };
    let lines = vec![
        line(say!("Sammankomster", "Gatherings"), totals.gatherings),
        line(say!("Varav 60 minuter eller mer", "Of these, 60 minutes or more"), totals.long_enough),
        line(say!("Deltagare", "Participants"), totals.participants),
        line(say!("Sammankomster utan rapporterat antal", "Gatherings without a reported number"), totals.unreported),
    ];
    Ok(Some(Letter::Figures {
        half_year: true,
        period: period.to_owned(),
        about: Some(organisation.name.clone()),
        lines,
        path: format!("/forening/underlag?forening={}&halvar={period}", organisation.id),
    }))
}
