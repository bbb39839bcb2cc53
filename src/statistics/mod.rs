//! The figures of the house: by month, room, organisation, category and hour of the week, and the yearly report.
pub mod api;
pub mod basis;
pub mod closed;
pub mod comparing;
pub mod definitions;
pub mod export;
pub mod figures;
pub mod goals;
pub mod grouping;
mod headlines;
pub mod key_figures;
pub mod mailing;
pub mod open_api;
mod open_data;
pub mod open_time;
pub mod period;
pub mod print;
pub mod report;
pub mod report_table;
mod sentences;
mod store;
pub mod table;

use std::collections::HashMap;

use crate::{
    bookings::Category,
    counters::{self, VisitHours},
    db::Conn,
    error::Result,
    id::Id,
    organisations::Kind,
    rooms,
    time::{Moment, Span},
};
use figures::{
    CategoryFigures, HourFigures, Hours, KindFigures, MonthFigures, MonthlyFigures, OrganisationFigures, PerMonth, RoomFigures, Share,
    Tally, TotalFigures,
};
use open_time::OpenTime;
pub use period::Period;
pub use print::{Format, print};
pub use report::yearly;
use store::{Bookings, By, Floor};

/// The rooms and when they were open in the period.
fn open_time(c: &mut Conn, period: &Period, now: Moment) -> Result<OpenTime> {
    let all = rooms::all(c, true)?;
    let ids: Vec<Id> = all.iter().map(|room| room.id).collect();
    let weeks = rooms::weeks(c, &ids)?;
    let house = rooms::house_week(c)?;
    let closures = store::closures(c, period.start(), period.end())?;
    Ok(OpenTime::new(all, weeks, house, &closures, now))
}

/// Month by month, and together.
pub fn monthly(c: &mut Conn, period: &Period, now: Moment) -> Result<MonthlyFigures> {
    let open = open_time(c, period, now)?;
    monthly_in(c, period, &open, now)
}

fn monthly_in(c: &mut Conn, period: &Period, open: &OpenTime, now: Moment) -> Result<MonthlyFigures> {
    let bookings = store::bookings(c, By::Stretch, &period.numbered(), now)?;
    let visits = counters::visit_hours(c, period.start(), period.end())?;
    let used = utilisation_of_house(c, period, open, now)?;
    let covered = coverage(c, period, open, &visits)?;
    let mut months = vec![];
    for ((number, span), month) in period.numbered().into_iter().zip(period.months()) {
        let key = number.to_string();
        let Bookings { tally, active_organisations } = bookings.get(&key).copied().unwrap_or_default();
        let visit_sources = visits.within(span);
        months.push(MonthFigures {
            month: *month,
            tally: Tally { visits: visit_sources.visits(), ..tally },
            active_organisations,
            utilisation: used.get(&number).copied().unwrap_or_default(),
            visit_coverage: covered.get(&number).copied().unwrap_or_default(),
            visit_sources,
        });
    }
    let tally: Tally = months.iter().map(|month| month.tally).sum();
    let together = store::bookings(c, By::All, &period.whole(), now)?.remove("").unwrap_or_default();
    let total = TotalFigures {
        tally,
        visits_per_month: PerMonth { sum: tally.visits, months: i64::try_from(months.len()).unwrap_or_default() },
        active_organisations: together.active_organisations,
        utilisation: months.iter().map(|month| month.utilisation).sum(),
        visit_coverage: months.iter().map(|month| month.visit_coverage).sum(),
        visit_sources: months.iter().map(|month| month.visit_sources).sum(),
    };
    Ok(MonthlyFigures { months, total })
}

/// By the month's number: each space's taken time over its open time.
fn utilisation_of_house(c: &mut Conn, period: &Period, open: &OpenTime, now: Moment) -> Result<HashMap<i64, Share>> {
    let mut floor = Floor::default();
    for (unit, space) in (1..).zip(open.spaces()) {
        floor.spaces.push((unit, space));
        for (number, month) in (1..).zip(period.months()) {
            floor.open.extend(open.of_space(space, *month).into_iter().map(|span| (unit, number, span)));
        }
    }
    let taken = store::taken(c, &floor, period.start(), period.end(), now)?;
    let mut shares: HashMap<i64, Share> = HashMap::new();
    for (_, number, span) in &floor.open {
        shares.entry(*number).or_default().of += span.seconds();
    }
    for ((_, number), seconds) in taken {
        shares.entry(number).or_default().part += seconds;
    }
    Ok(shares)
}

/// By the month's number: open hours in which somebody was counted, by whoever's count holds, over open hours.
fn coverage(c: &mut Conn, period: &Period, open: &OpenTime, visits: &VisitHours) -> Result<HashMap<i64, Share>> {
    let mut hours: Vec<(i64, Span)> = vec![];
    for (number, month) in (1..).zip(period.months()) {
        hours.extend(open.hours_of_house(*month).into_iter().map(|span| (number, span)));
    }
    let mut shares: HashMap<i64, Share> = HashMap::new();
    for (number, span) in &hours {
        shares.entry(*number).or_default().of += span.seconds();
    }
    hours.retain(|(number, span)| {
        let by_counter = visits.by_counter(span.start());
        shares.entry(*number).or_default().part += by_counter.filter(|people| *people > 0).map_or(0, |_| span.seconds());
        by_counter.is_none()
    });
    for (number, seconds) in store::counted(c, &hours)? {
        shares.entry(number).or_default().part += seconds;
    }
    Ok(shares)
}

/// Room by room; those that can be booked are there even without use, those out of use only if there is something to tell.
pub fn rooms(c: &mut Conn, period: &Period, now: Moment) -> Result<Vec<RoomFigures>> {
    let open = open_time(c, period, now)?;
    rooms_in(c, period, &open, now)
}

fn rooms_in(c: &mut Conn, period: &Period, open: &OpenTime, now: Moment) -> Result<Vec<RoomFigures>> {
    let whole = period.whole();
    let bookings = store::bookings(c, By::Room, &whole, now)?;
    let visits = store::visits(c, By::Room, &whole)?;
    let mut floor = Floor::default();
    let mut spans = HashMap::new();
    for (unit, room) in (1..).zip(open.rooms()) {
        floor.spaces.extend(room.spaces.iter().map(|space| (unit, space.id)));
        for month in period.months() {
            for span in open.of_room(room, *month) {
                *spans.entry(unit).or_insert(0) += span.seconds();
                floor.open.push((unit, 1, span));
            }
        }
    }
    let taken = store::taken(c, &floor, period.start(), period.end(), now)?;
    let figures = (1..).zip(open.rooms()).filter_map(|(unit, room)| {
        let key = room.id.to_string();
        let tally = tally_of(&key, &bookings, &visits);
        let part = taken.get(&(unit, 1)).copied().unwrap_or_default();
        let utilisation = Share { part, of: spans.get(&unit).copied().unwrap_or_default() };
        (room.active || !tally.is_empty()).then(|| RoomFigures { room: room.slug.clone(), name: room.name.clone(), tally, utilisation })
    });
    Ok(figures.collect())
}

fn tally_of(key: &str, bookings: &HashMap<String, Bookings>, visits: &HashMap<String, i64>) -> Tally {
    let tally = bookings.get(key).map(|found| found.tally).unwrap_or_default();
    Tally { visits: visits.get(key).copied().unwrap_or_default(), ..tally }
}

/// Organisation by organisation, the busiest first; those without use are left out.
pub fn organisations(c: &mut Conn, period: &Period, now: Moment) -> Result<Vec<OrganisationFigures>> {
    let whole = period.whole();
    let bookings = store::bookings(c, By::Organisation, &whole, now)?;
    let visits = store::visits(c, By::Organisation, &whole)?;
    let used: std::collections::BTreeSet<Id> = bookings.keys().chain(visits.keys()).filter_map(|key| key.parse().ok()).collect();
    let used: Vec<Id> = used.into_iter().collect();
    let mut figures: Vec<OrganisationFigures> = store::names(c, &used)?
        .into_iter()
        .map(|named| OrganisationFigures {
            tally: tally_of(&named.id.to_string(), &bookings, &visits),
            organisation_id: named.id,
            name: named.name,
            kind: named.kind,
            tenant: named.tenant,
        })
        .filter(|figures| !figures.tally.is_empty())
        .collect();
    // Stable: those with as many gatherings stay sorted by name.
    figures.sort_by_key(|figures| std::cmp::Reverse(figures.tally.gatherings));
    Ok(figures)
}

/// Category by category, all of them.
pub fn categories(c: &mut Conn, period: &Period, now: Moment) -> Result<Vec<CategoryFigures>> {
    let whole = period.whole();
    let bookings = store::bookings(c, By::Category, &whole, now)?;
    let visits = store::visits(c, By::Category, &whole)?;
    let ratings = store::ratings(c, By::Category, &whole, now)?;
    let of = |category: &Category| CategoryFigures {
        category: *category,
        tally: tally_of(category.as_str(), &bookings, &visits),
        ratings: ratings.get(category.as_str()).copied().unwrap_or_default(),
    };
    Ok(Category::ALL.iter().map(of).collect())
}

/// Kind by kind of organisation, all of them.
pub fn organisation_kinds(c: &mut Conn, period: &Period, now: Moment) -> Result<Vec<KindFigures>> {
    let (bookings, visits) = (store::bookings(c, By::Kind, &period.whole(), now)?, store::visits(c, By::Kind, &period.whole())?);
    let of = |kind: &Kind| KindFigures { kind: *kind, tally: tally_of(kind.as_str(), &bookings, &visits) };
    Ok(Kind::ALL.iter().map(of).collect())
}

/// Hour by hour of the week, all 168.
pub fn hours(c: &mut Conn, period: &Period, now: Moment) -> Result<Vec<HourFigures>> {
    // A gathering belongs to the period in which it starts, with all of its hours, however long it lasts.
    let beyond = period.end().plus_seconds(366 * 86_400);
    let gatherings = store::gatherings_by_hour(c, &period.whole(), &period::offsets(period.start(), beyond), now)?;
    let mut visits = store::visits_by_hour(c, &period::offsets(period.start(), period.end()))?;
    for (at, more) in counters::visit_hours(c, period.start(), period.end())?.replaced() {
        *visits.entry(period::hour_of_week(at)).or_default() += more;
    }
    let of = |number: i64| {
        let (touching, hours) = gatherings.get(&number).copied().unwrap_or((0, Hours(0)));
        HourFigures {
            weekday: number / 24 + 1,
            hour: number % 24,
            gatherings: touching,
            hours,
            visits: visits.get(&number).copied().unwrap_or_default(),
        }
    };
    Ok((0..168).map(of).collect())
}
