//! The yearly report: every figure in one body. Months that are closed stand as they were reported.
use serde::Serialize;

use super::{
    closed::{self, Standing, month::Difference},
    comparing,
    definitions::DEFINITIONS,
    figures::{AnnualReport, MonthFigures, MonthlyFigures, PerMonth, Tally, TotalFigures, YearFigures, as_text},
    goals,
    grouping::Grouping,
    headlines::headlines,
    key_figures::KeyFigures,
    open_time::OpenTime,
    period::Period,
    sentences::sentences,
    store,
};
use crate::{
    db::Conn,
    error::{Error, Result},
    time::{Moment, Month},
};

/// A closed month, as the report names it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClosedRef {
    /// Which.
    #[serde(serialize_with = "as_text")]
    pub month: Month,
    /// When it was closed.
    pub closed_at: Moment,
    /// By which definitions its figures were worked out.
    pub definitions_version: i32,
    /// Its seal.
    pub hash: String,
    /// Are the figures those that were sealed?
    pub intact: bool,
    /// What the data says otherwise by now.
    pub differences: Vec<Difference>,
}

/// Which months of the year are closed.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Closing {
    /// Those that are.
    pub closed: Vec<ClosedRef>,
    /// Those that are not.
    pub open: Vec<String>,
    /// All are, so that nothing of the report can change silently.
    #[serde(rename = "final")]
    pub is_final: bool,
}

/// All figures of a year as they are known at `now`; a year that we can't know is not found.
pub fn yearly(c: &mut Conn, year: i32, now: Moment) -> Result<AnnualReport> {
    let period = known(year)?;
    let open = super::open_time(c, &period, now)?;
    let live = super::monthly_in(c, &period, &open, now)?;
    let standings = closed::list_beside(c, &period, &live.months)?;
    let closing = closing(&period, &standings);
    let monthly = as_reported(live, &standings);
    let by_room = super::rooms_in(c, &period, &open, now)?;
    let by_organisation_kind = super::organisation_kinds(c, &period, now)?;
    let by_category = super::categories(c, &period, now)?;
    let by_hour = super::hours(c, &period, now)?;
    let figures = single_numbers(c, year, &period, &open, monthly.total, now)?;
    let previous = match Period::year(year - 1) {
        Some(before) => {
            let open = super::open_time(c, &before, now)?;
            let live = super::monthly_in(c, &before, &open, now)?;
            let standings = closed::list_beside(c, &before, &live.months)?;
            let total = as_reported(live, &standings).total;
            Some(single_numbers(c, year - 1, &before, &open, total, now)?).filter(|figures| !figures.is_empty())
        }
        None => None,
    };
    let mut by_stretch = vec![];
    for by in [Grouping::Quarter, Grouping::HalfYear, Grouping::Term] {
        by_stretch.extend(comparing::stretches(c, by, &period, now)?);
    }
    Ok(AnnualReport {
        sentences_sv: sentences(&figures, previous.as_ref(), now),
        headlines: headlines(&figures, previous.as_ref(), &by_category, closing.closed.len()),
        goals: goals::outcomes(c, year, now)?,
        figures,
        monthly: monthly.months,
        by_room,
        by_organisation_kind,
        by_category,
        by_hour,
        by_stretch,
        closing,
        previous,
        definitions: DEFINITIONS,
    })
}

fn known(year: i32) -> Result<Period> {
    (2000..=2100).contains(&year).then(|| Period::year(year)).flatten().ok_or(Error::NotFound("year"))
}

fn closing(period: &Period, standings: &[Standing]) -> Closing {
    let closed: Vec<ClosedRef> = standings
        .iter()
        .map(|one| ClosedRef {
            month: one.closed.month,
            closed_at: one.closed.closed_at,
            definitions_version: one.closed.definitions_version,
            hash: one.closed.hash.clone(),
            intact: one.closed.is_intact(),
            differences: one.differences.clone(),
        })
        .collect();
    let open: Vec<String> =
        period.months().iter().filter(|month| !closed.iter().any(|one| one.month == **month)).map(ToString::to_string).collect();
    Closing { is_final: open.is_empty(), closed, open }
}

/// The months with what was reported of those that are closed, and the counts of the year as their sum.
fn as_reported(live: MonthlyFigures, standings: &[Standing]) -> MonthlyFigures {
    let of = |month: &MonthFigures| standings.iter().find(|one| one.closed.month == month.month && !one.differences.is_empty());
    let months: Vec<MonthFigures> =
        live.months.iter().map(|month| of(month).map_or_else(|| month.clone(), |one| one.closed.as_reported(month))).collect();
    let sum: Tally = months.iter().map(|month| month.tally).sum();
    // Shares of the year come from its parts, which a frozen month has no more.
    let tally = Tally { fill_rate: live.total.tally.fill_rate, report_coverage: live.total.tally.report_coverage, ..sum };
    let visits_per_month = PerMonth { sum: tally.visits, ..live.total.visits_per_month };
    MonthlyFigures { months, total: TotalFigures { tally, visits_per_month, ..live.total } }
}

fn single_numbers(c: &mut Conn, year: i32, period: &Period, open: &OpenTime, total: TotalFigures, now: Moment) -> Result<YearFigures> {
    let (organisations, tenants) = store::organisations(c)?;
    let key_figures: KeyFigures = comparing::key_figures(c, period, now)?;
    let rooms = open.rooms().iter().filter(|room| room.active).count();
    let rooms = i64::try_from(rooms).unwrap_or(i64::MAX);
    Ok(YearFigures { year, total, rooms, organisations, tenants, ratings: key_figures.ratings, key_figures })
}
