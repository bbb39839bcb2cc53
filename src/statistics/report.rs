//! The yearly report: every figure in one body.
use super::{
    definitions::DEFINITIONS,
    figures::{AnnualReport, KindFigures, YearFigures},
    open_time::OpenTime,
    period::Period,
    sentences::sentences,
    store::{self, By},
};
use crate::{
    db::Conn,
    error::{Error, Result},
    organisations::Kind,
    time::Moment,
};

/// All figures of a year as they are known at `now`; a year that we can't know is not found.
pub fn yearly(c: &mut Conn, year: i32, now: Moment) -> Result<AnnualReport> {
    let period = known(year)?;
    let open = super::open_time(c, &period, now)?;
    let monthly = super::monthly_in(c, &period, &open, now)?;
    let by_room = super::rooms_in(c, &period, &open, now)?;
    let by_organisation_kind = by_kind(c, &period, now)?;
    let by_category = super::categories(c, &period, now)?;
    let by_hour = super::hours(c, &period, now)?;
    let figures = single_numbers(c, year, &period, &open, monthly.total, now)?;
    let previous = match Period::year(year - 1) {
        Some(before) => {
            let open = super::open_time(c, &before, now)?;
            let total = super::monthly_in(c, &before, &open, now)?.total;
            Some(single_numbers(c, year - 1, &before, &open, total, now)?).filter(|figures| !figures.is_empty())
        }
        None => None,
    };
    Ok(AnnualReport {
        sentences_sv: sentences(&figures, previous.as_ref(), now),
        figures,
        monthly: monthly.months,
        by_room,
        by_organisation_kind,
        by_category,
        by_hour,
        previous,
        definitions: DEFINITIONS,
    })
}

fn known(year: i32) -> Result<Period> {
    (2000..=2100).contains(&year).then(|| Period::year(year)).flatten().ok_or(Error::NotFound("year"))
}

fn single_numbers(
    c: &mut Conn,
    year: i32,
    period: &Period,
    open: &OpenTime,
    total: super::figures::TotalFigures,
    now: Moment,
) -> Result<YearFigures> {
    let (organisations, tenants) = store::organisations(c)?;
    let ratings = store::ratings(c, By::All, &period.whole(), now)?.remove("").unwrap_or_default();
    let rooms = open.rooms().iter().filter(|room| room.active).count();
    Ok(YearFigures { year, total, rooms: i64::try_from(rooms).unwrap_or(i64::MAX), organisations, tenants, ratings })
}

fn by_kind(c: &mut Conn, period: &Period, now: Moment) -> Result<Vec<KindFigures>> {
    let counted = store::bookings(c, By::Kind, &period.whole(), now)?;
    let of = |kind: &Kind| {
        let tally = counted.get(kind.as_str()).map(|found| found.tally).unwrap_or_default();
        KindFigures { kind: *kind, gatherings: tally.gatherings, hours: tally.hours, participants: tally.participants }
    };
    Ok(Kind::ALL.iter().map(of).collect())
}
