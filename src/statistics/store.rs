//! SQL of the figures: the database counts; what comes back are sums, never rows of history.
pub mod key_figures;
mod sql;

use std::collections::{BTreeMap, HashMap};

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text, Timestamp},
};

use super::{
    figures::{Hours, Ratings, Share, Tally},
    open_time::Closed,
};
use sql::{epoch, gathering, having, hour_of_week, keys, numbered, numbered_keys, stretches, within};

use crate::{
    db::{Conn, schema},
    error::Result,
    id::Id,
    time::{Moment, Span},
};

/// By what figures are grouped. Keys come back as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// All together, under the empty key.
    All,
    /// The number of the stretch of time in which the booking starts or the visit arrives.
    Stretch,
    /// The room's key.
    Room,
    /// The organisation's key.
    Organisation,
    /// The kind of organisation.
    Kind,
    /// The category.
    Category,
}

impl By {
    /// The key of a booking `b` in a stretch `m`, and what must be joined for it.
    fn booking(self) -> (&'static str, &'static str) {
        match self {
            Self::All => ("''", ""),
            Self::Stretch => ("CAST(m.k AS text)", ""),
            Self::Room => ("CAST(b.room_id AS text)", ""),
            Self::Organisation => ("CAST(b.organisation_id AS text)", ""),
            Self::Kind => ("o.kind", "JOIN organisations AS o ON o.id = b.organisation_id"),
            Self::Category => ("b.category", ""),
        }
    }

    /// The key of a visit `v` in a stretch `m`, perhaps counted for a booking `b`.
    fn visit(self, c: &Conn) -> (&'static str, String) {
        let booking = format!("LEFT JOIN {}", having(c, "bookings", "b", "id", "v.booking_id"));
        match self {
            Self::All => ("''", String::new()),
            Self::Stretch => ("CAST(m.k AS text)", String::new()),
            Self::Room => ("CAST(b.room_id AS text)", booking),
            Self::Organisation => ("CAST(coalesce(v.organisation_id, b.organisation_id) AS text)", booking),
            Self::Kind => ("o.kind", booking + " LEFT JOIN organisations AS o ON o.id = coalesce(v.organisation_id, b.organisation_id)"),
            Self::Category => ("b.category", booking),
        }
    }
}

/// What is counted of bookings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bookings {
    /// All but the visits.
    pub tally: Tally,
    /// Organisations with at least one gathering.
    pub active_organisations: i64,
}

#[derive(QueryableByName)]
struct BookingsRow {
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = BigInt)]
    gatherings: i64,
    #[diesel(sql_type = BigInt)]
    seconds: i64,
    #[diesel(sql_type = BigInt)]
    participants: i64,
    #[diesel(sql_type = BigInt)]
    cancelled: i64,
    #[diesel(sql_type = BigInt)]
    no_shows: i64,
    #[diesel(sql_type = BigInt)]
    active_organisations: i64,
    #[diesel(sql_type = BigInt)]
    reported: i64,
    #[diesel(sql_type = BigInt)]
    expected: i64,
}

/// The text of the query behind [`bookings`]. CROSS JOIN: SQLite keeps the order of the tables, so that each stretch is a range in the
/// index and no plan walks the whole history.
fn bookings_sql(c: &Conn, by: By) -> String {
    let (key, join) = by.booking();
    let held = gathering("$1");
    let seconds = format!("{} - {}", epoch(c, "b.ends_at"), epoch(c, "b.starts_at"));
    let (stretches, bookings) = (stretches(c, "$2"), within(c, "bookings", "b", "starts_at"));
    format!(
        "SELECT {key} AS key, count(*) FILTER (WHERE {held}) AS gatherings, \
         CAST(coalesce(sum({seconds}) FILTER (WHERE {held}), 0) AS bigint) AS seconds, \
         CAST(coalesce(sum(b.actual_participants) FILTER (WHERE {held}), 0) AS bigint) AS participants, \
         count(*) FILTER (WHERE b.status = 'cancelled') AS cancelled, \
         count(*) FILTER (WHERE b.status = 'no_show') AS no_shows, \
         count(DISTINCT b.organisation_id) FILTER (WHERE {held}) AS active_organisations, \
         count(b.actual_participants) FILTER (WHERE {held}) AS reported, \
         CAST(coalesce(sum(b.expected_participants) FILTER (WHERE {held} AND b.actual_participants IS NOT NULL), 0) AS bigint) AS expected \
         FROM {stretches} AS m CROSS JOIN {bookings} {join} \
         WHERE b.starts_at >= m.s AND b.starts_at < m.e GROUP BY 1"
    )
}

/// Bookings by the stretch in which they start.
pub fn bookings(c: &mut Conn, by: By, during: &[(i64, Span)], now: Moment) -> Result<HashMap<String, Bookings>> {
    let query = sql_query(bookings_sql(c, by)).bind::<Timestamp, _>(now).bind::<Text, _>(numbered(during.iter().copied()));
    let rows: Vec<BookingsRow> = query.load(c)?;
    let counted = |row: BookingsRow| {
        let tally = Tally {
            gatherings: row.gatherings,
            hours: Hours(row.seconds),
            participants: row.participants,
            visits: 0,
            cancelled: row.cancelled,
            no_shows: row.no_shows,
            fill_rate: Share { part: row.participants, of: row.expected },
            report_coverage: Share { part: row.reported, of: row.gatherings },
        };
        (row.key, Bookings { tally, active_organisations: row.active_organisations })
    };
    Ok(rows.into_iter().map(counted).collect())
}

#[derive(QueryableByName)]
struct VisitsRow {
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = BigInt)]
    headcount: i64,
}

/// The text of the query behind [`visits`].
fn visits_sql(c: &Conn, by: By) -> String {
    let (key, join) = by.visit(c);
    let (stretches, visits) = (stretches(c, "$1"), within(c, "visits", "v", "at"));
    format!(
        "SELECT {key} AS key, CAST(sum(v.headcount) AS bigint) AS headcount FROM {stretches} AS m CROSS JOIN {visits} {join} \
         WHERE v.at >= m.s AND v.at < m.e AND v.kind = 'in' AND {key} IS NOT NULL GROUP BY 1"
    )
}

/// Arrivals with their corrections, which stand at the instant of what they correct.
pub fn visits(c: &mut Conn, by: By, during: &[(i64, Span)]) -> Result<HashMap<String, i64>> {
    let query = sql_query(visits_sql(c, by)).bind::<Text, _>(numbered(during.iter().copied()));
    let rows: Vec<VisitsRow> = query.load(c)?;
    Ok(rows.into_iter().map(|row| (row.key, row.headcount)).collect())
}

#[derive(QueryableByName)]
struct RatingsRow {
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = BigInt)]
    total: i64,
    #[diesel(sql_type = BigInt)]
    answers: i64,
}

/// The text of the query behind [`ratings`].
fn ratings_sql(c: &Conn, by: By) -> String {
    let (key, join) = by.booking();
    let (stretches, bookings) = (stretches(c, "$1"), within(c, "bookings", "b", "starts_at"));
    let answers = having(c, "evaluations", "x", "booking_id", "b.id");
    let held = gathering("$2");
    format!(
        "SELECT {key} AS key, CAST(sum(x.rating) AS bigint) AS total, count(*) AS answers \
         FROM {stretches} AS m CROSS JOIN {bookings} JOIN {answers} {join} \
         WHERE b.starts_at >= m.s AND b.starts_at < m.e AND {held} GROUP BY 1"
    )
}

/// Answers about the gatherings that start in the period, whenever they were given.
pub fn ratings(c: &mut Conn, by: By, during: &[(i64, Span)], now: Moment) -> Result<HashMap<String, Ratings>> {
    let query = sql_query(ratings_sql(c, by)).bind::<Text, _>(numbered(during.iter().copied())).bind::<Timestamp, _>(now);
    let rows: Vec<RatingsRow> = query.load(c)?;
    Ok(rows.into_iter().map(|row| (row.key, Ratings { sum: row.total, count: row.answers })).collect())
}

#[derive(QueryableByName)]
pub(super) struct NumberedRow {
    #[diesel(sql_type = BigInt)]
    k: i64,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Units of floor whose time is measured, and the stretches of months in which they are open.
#[derive(Debug, Default)]
pub struct Floor {
    /// Which pieces of floor belong to which unit.
    pub spaces: Vec<(i64, Id)>,
    /// Open time: unit, number of the month (from 1), stretch. Those of one unit never overlap.
    pub open: Vec<(i64, i64, Span)>,
}

/// Puts unit and month into one number; the months of a period are far fewer.
const MONTHS: i64 = 1000;

/// The text of the query behind [`taken`]: walks each unit's openings, closings, arrivals and leavings in order of time and keeps count.
/// Where several spaces of a unit are taken at once, that time counts once.
///
/// The last bound on `o.ends_at` closes the range in the index: occupancies of a space never overlap, so that none can be of interest
/// which ends later than the first one to end after the period.
fn taken_sql(c: &Conn) -> String {
    let (units, stretches, held) = (keys(c, "$1"), stretches(c, "$2"), gathering("$5"));
    let (seconds, booking) = (format!("{} - {}", epoch(c, "until"), epoch(c, "at")), having(c, "bookings", "b", "id", "o.booking_id"));
    format!(
        "WITH unit AS {units}, \
         open_time AS (SELECT k / {MONTHS} AS unit, k % {MONTHS} AS month, s, e FROM {stretches} AS m), \
         taken AS ( \
           SELECT u.k AS unit, o.starts_at AS s, o.ends_at AS e \
           FROM unit AS u CROSS JOIN occupancies AS o JOIN {booking} \
           WHERE o.space_id = u.id AND o.ends_at > $3 AND o.starts_at < $4 \
             AND o.ends_at <= coalesce((SELECT min(n.ends_at) FROM occupancies AS n WHERE n.space_id = u.id AND n.ends_at >= $4), $4) \
             AND {held}), \
         change AS ( \
           SELECT unit, s AS at, month AS opens, 0 AS takes FROM open_time \
           UNION ALL SELECT unit, e, -month, 0 FROM open_time \
           UNION ALL SELECT unit, s, 0, 1 FROM taken \
           UNION ALL SELECT unit, e, 0, -1 FROM taken), \
         state AS ( \
           SELECT unit, at, lead(at) OVER later AS until, sum(opens) OVER later AS month, sum(takes) OVER later AS holders \
           FROM change WINDOW later AS (PARTITION BY unit ORDER BY at)) \
         SELECT CAST(unit * {MONTHS} + month AS bigint) AS k, CAST(sum({seconds}) AS bigint) AS number \
         FROM state WHERE month > 0 AND holders > 0 AND until > at GROUP BY 1"
    )
}

/// Seconds of open time in which a unit was taken by gatherings, by unit and month.
pub fn taken(c: &mut Conn, floor: &Floor, from: Moment, to: Moment, now: Moment) -> Result<BTreeMap<(i64, i64), i64>> {
    let open = floor.open.iter().map(|(unit, month, span)| (unit * MONTHS + month, *span));
    let query = sql_query(taken_sql(c))
        .bind::<Text, _>(numbered_keys(&floor.spaces))
        .bind::<Text, _>(numbered(open))
        .bind::<Timestamp, _>(from)
        .bind::<Timestamp, _>(to)
        .bind::<Timestamp, _>(now);
    let rows: Vec<NumberedRow> = query.load(c)?;
    Ok(rows.into_iter().map(|row| ((row.k / MONTHS, row.k % MONTHS), row.number)).collect())
}

/// The text of the query behind [`counted`].
fn counted_sql(c: &Conn) -> String {
    let stretches = stretches(c, "$1");
    let seconds = format!("{} - {}", epoch(c, "m.e"), epoch(c, "m.s"));
    format!(
        "SELECT m.k AS k, CAST(sum({seconds}) AS bigint) AS number FROM {stretches} AS m \
         WHERE (SELECT sum(v.headcount) FROM visits AS v WHERE v.at >= m.s AND v.at < m.e AND v.kind = 'in') > 0 GROUP BY 1"
    )
}

/// Of these numbered hours, the seconds of those in which somebody was counted (and not corrected away again), by number.
pub fn counted(c: &mut Conn, hours: &[(i64, Span)]) -> Result<BTreeMap<i64, i64>> {
    let rows: Vec<NumberedRow> = sql_query(counted_sql(c)).bind::<Text, _>(numbered(hours.iter().copied())).load(c)?;
    Ok(rows.into_iter().map(|row| (row.k, row.number)).collect())
}

#[derive(QueryableByName)]
struct WeekRow {
    #[diesel(sql_type = BigInt)]
    hour: i64,
    #[diesel(sql_type = BigInt)]
    gatherings: i64,
    #[diesel(sql_type = BigInt)]
    seconds: i64,
}

/// The text of the query behind [`gatherings_by_hour`]: each gathering is laid out over the full hours it touches.
fn gatherings_by_hour_sql(c: &Conn) -> String {
    let (during, held, offsets) = (stretches(c, "$1"), gathering("$2"), stretches(c, "$3"));
    let (start, end, bookings) = (epoch(c, "b.starts_at"), epoch(c, "b.ends_at"), within(c, "bookings", "b", "starts_at"));
    let (zone_start, zone_end) = (epoch(c, "z.s"), epoch(c, "z.e"));
    let hour = hour_of_week("h", "z.k");
    format!(
        "WITH RECURSIVE held AS ( \
           SELECT b.id AS id, {start} AS s, {end} AS e FROM {during} AS m CROSS JOIN {bookings} \
           WHERE b.starts_at >= m.s AND b.starts_at < m.e AND {held}), \
         laid_out AS ( \
           SELECT id, s, e, s - s % 3600 AS h FROM held \
           UNION ALL SELECT id, s, e, h + 3600 FROM laid_out WHERE h + 3600 < e) \
         SELECT CAST({hour} AS bigint) AS hour, count(DISTINCT id) AS gatherings, \
           CAST(sum((CASE WHEN e < h + 3600 THEN e ELSE h + 3600 END) - (CASE WHEN s > h THEN s ELSE h END)) AS bigint) AS seconds \
         FROM (SELECT k, {zone_start} AS s0, {zone_end} AS e0 FROM {offsets} AS z) AS z CROSS JOIN laid_out \
         WHERE h >= z.s0 AND h < z.e0 GROUP BY 1"
    )
}

/// Gatherings that start in `during`, by the hours of the week (0 to 167) that they touch. `offsets` must reach as far as they last.
pub fn gatherings_by_hour(
    c: &mut Conn,
    during: &[(i64, Span)],
    offsets: &[(i64, Span)],
    now: Moment,
) -> Result<HashMap<i64, (i64, Hours)>> {
    let query = sql_query(gatherings_by_hour_sql(c))
        .bind::<Text, _>(numbered(during.iter().copied()))
        .bind::<Timestamp, _>(now)
        .bind::<Text, _>(numbered(offsets.iter().copied()));
    let rows: Vec<WeekRow> = query.load(c)?;
    Ok(rows.into_iter().map(|row| (row.hour, (row.gatherings, Hours(row.seconds)))).collect())
}

/// The text of the query behind [`visits_by_hour`].
fn visits_by_hour_sql(c: &Conn) -> String {
    let (stretches, visits) = (stretches(c, "$1"), within(c, "visits", "v", "at"));
    let hour = hour_of_week(&epoch(c, "v.at"), "m.k");
    format!(
        "SELECT CAST({hour} AS bigint) AS k, CAST(sum(v.headcount) AS bigint) AS number FROM {stretches} AS m CROSS JOIN {visits} \
         WHERE v.at >= m.s AND v.at < m.e AND v.kind = 'in' GROUP BY 1"
    )
}

/// Arrivals by the hour of the week (0 to 167), in stretches numbered by their distance to UTC.
pub fn visits_by_hour(c: &mut Conn, offsets: &[(i64, Span)]) -> Result<HashMap<i64, i64>> {
    let rows: Vec<NumberedRow> = sql_query(visits_by_hour_sql(c)).bind::<Text, _>(numbered(offsets.iter().copied())).load(c)?;
    Ok(rows.into_iter().map(|row| (row.k, row.number)).collect())
}

/// Closures that touch the stretch.
pub fn closures(c: &mut Conn, from: Moment, to: Moment) -> Result<Vec<Closed>> {
    use schema::{closure_rooms, closures};
    let touching = || closures::table.filter(closures::ends_at.gt(from)).filter(closures::starts_at.lt(to));
    let found: Vec<(Id, Moment, Moment, bool)> =
        touching().select((closures::id, closures::starts_at, closures::ends_at, closures::whole_house)).load(c)?;
    let mut rooms: HashMap<Id, Vec<Id>> = HashMap::new();
    let named: Vec<(Id, Id)> = closure_rooms::table
        .filter(closure_rooms::closure_id.eq_any(touching().select(closures::id)))
        .select((closure_rooms::closure_id, closure_rooms::room_id))
        .load(c)?;
    for (closure, room) in named {
        rooms.entry(closure).or_default().push(room);
    }
    Ok(found
        .into_iter()
        .filter_map(|(id, starts_at, ends_at, whole_house)| {
            let span = Span::new(starts_at, ends_at)?;
            Some(Closed { span, whole_house, rooms: rooms.remove(&id).unwrap_or_default() })
        })
        .collect())
}

/// Organisations on the books, and those of them with their home in the house.
pub fn organisations(c: &mut Conn) -> Result<(i64, i64)> {
    use schema::organisations::dsl;
    let living = || dsl::organisations.filter(dsl::status.ne("ended"));
    let all = living().count().get_result(c)?;
    let tenants = living().filter(dsl::tenant.eq(true)).count().get_result(c)?;
    Ok((all, tenants))
}

/// An organisation as the figures name it.
pub struct Named {
    /// Its key.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: crate::organisations::Kind,
    /// Has its home in the house.
    pub tenant: bool,
}

/// The organisations with these keys, by name.
pub fn names(c: &mut Conn, ids: &[Id]) -> Result<Vec<Named>> {
    use schema::organisations::dsl;
    let mut found = vec![];
    // In portions: SQLite bounds how many values one statement may bind.
    for some in ids.chunks(500) {
        let rows: Vec<(Id, String, String, bool, String)> = dsl::organisations
            .filter(dsl::id.eq_any(some.to_vec()))
            .select((dsl::id, dsl::name, dsl::kind, dsl::tenant, dsl::name_key))
            .load(c)?;
        found.extend(rows);
    }
    found.sort_by(|a, b| (&a.4, a.0).cmp(&(&b.4, b.0)));
    found.into_iter().map(|(id, name, kind, tenant, _)| Ok(Named { id, name, kind: crate::text::stored(&kind)?, tenant })).collect()
}

#[cfg(test)]
mod plans;
