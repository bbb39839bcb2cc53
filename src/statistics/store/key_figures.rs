//! SQL of the key figures.
use std::collections::HashMap;

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text, Timestamp},
};

use super::{
    super::{
        figures::{Hours, Share},
        key_figures::{KeyFigures, Peak, Waits},
    },
    NumberedRow,
    sql::{epoch, gathering, numbered, stretches, within},
};
use crate::{
    db::Conn,
    error::{Error, Result},
    time::{Moment, Span},
};

/// Nobody calls off, or is answered, late after this: within a day, in seconds.
const DAY: i64 = 86_400;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    k: i64,
    #[diesel(sql_type = BigInt)]
    booked: i64,
    #[diesel(sql_type = BigInt)]
    used: i64,
    #[diesel(sql_type = BigInt)]
    cancelled: i64,
    #[diesel(sql_type = BigInt)]
    lead: i64,
    #[diesel(sql_type = BigInt)]
    late: i64,
    #[diesel(sql_type = BigInt)]
    decided: i64,
    #[diesel(sql_type = BigInt)]
    waited: i64,
    #[diesel(sql_type = BigInt)]
    soon: i64,
    #[diesel(sql_type = BigInt)]
    reported: i64,
    #[diesel(sql_type = BigInt)]
    nearly_full: i64,
    #[diesel(sql_type = BigInt)]
    first_time: i64,
}

/// The text of the query behind [`of_bookings`].
pub(super) fn bookings_sql(c: &Conn) -> String {
    let (held, earlier) = (gathering("$1"), gathering("$1").replace("b.", "e."));
    let seconds = format!("({} - {})", epoch(c, "b.ends_at"), epoch(c, "b.starts_at"));
    let lead = format!("({} - {})", epoch(c, "b.starts_at"), epoch(c, "b.cancelled_at"));
    let waited = format!("({} - {})", epoch(c, "b.decided_at"), epoch(c, "b.created_at"));
    let (stretches, bookings) = (stretches(c, "$2"), within(c, "bookings", "b", "starts_at"));
    let called_off = "b.status = 'cancelled' AND b.cancelled_at IS NOT NULL";
    let used = "(b.checked_in_at IS NOT NULL OR b.actual_participants > 0 \
         OR EXISTS (SELECT 1 FROM visits AS w WHERE w.booking_id = b.id AND w.kind = 'in'))";
    let full = "b.actual_participants * 10 >= r.capacity * 9";
    let new =
        format!("NOT EXISTS (SELECT 1 FROM bookings AS e WHERE e.organisation_id = b.organisation_id AND e.starts_at < m.s AND {earlier})");
    format!(
        "SELECT m.k AS k, \
         CAST(coalesce(sum({seconds}) FILTER (WHERE {held} OR b.status = 'no_show'), 0) AS bigint) AS booked, \
         CAST(coalesce(sum({seconds}) FILTER (WHERE {held} AND {used}), 0) AS bigint) AS used, \
         count(*) FILTER (WHERE {called_off}) AS cancelled, \
         CAST(coalesce(sum({lead}) FILTER (WHERE {called_off}), 0) AS bigint) AS lead, \
         count(*) FILTER (WHERE {called_off} AND {lead} < {DAY}) AS late, \
         count(b.decided_at) AS decided, \
         CAST(coalesce(sum({waited}), 0) AS bigint) AS waited, \
         count(*) FILTER (WHERE {waited} <= {DAY}) AS soon, \
         count(b.actual_participants) FILTER (WHERE {held}) AS reported, \
         count(*) FILTER (WHERE {held} AND {full}) AS nearly_full, \
         count(DISTINCT b.organisation_id) FILTER (WHERE {held} AND {new}) AS first_time \
         FROM {stretches} AS m CROSS JOIN {bookings} JOIN rooms AS r ON r.id = b.room_id \
         WHERE b.starts_at >= m.s AND b.starts_at < m.e GROUP BY m.k"
    )
}

/// What bookings say, by the number of the stretch in which they start.
pub fn of_bookings(c: &mut Conn, during: &[(i64, Span)], now: Moment) -> Result<HashMap<i64, KeyFigures>> {
    let query = sql_query(bookings_sql(c)).bind::<Timestamp, _>(now).bind::<Text, _>(numbered(during.iter().copied()));
    let rows: Vec<Row> = query.load(c)?;
    let figures = |row: Row| {
        let figures = KeyFigures {
            booked_hours: Hours(row.booked),
            used_hours: Hours(row.used),
            used_share: Share { part: row.used, of: row.booked },
            first_time_organisations: row.first_time,
            cancellation_lead_hours: Waits { seconds: row.lead, count: row.cancelled },
            late_cancellations: Share { part: row.late, of: row.cancelled },
            approval_hours: Waits { seconds: row.waited, count: row.decided },
            approved_within_a_day: Share { part: row.soon, of: row.decided },
            nearly_full: Share { part: row.nearly_full, of: row.reported },
            ..KeyFigures::default()
        };
        (row.k, figures)
    };
    Ok(rows.into_iter().map(figures).collect())
}

/// The text of the query behind [`unmet`].
pub(super) fn unmet_sql(c: &Conn) -> String {
    let stretches = stretches(c, "$1");
    format!(
        "SELECT m.k AS k, count(*) AS number FROM {stretches} AS m CROSS JOIN unmet_requests AS u \
         WHERE u.asked_at >= m.s AND u.asked_at < m.e \
           AND NOT EXISTS (SELECT 1 FROM bookings AS b WHERE b.room_id = u.room_id AND b.starts_at = u.starts_at \
             AND b.organisation_id = u.organisation_id AND b.status IN ('pending', 'confirmed', 'held', 'no_show')) GROUP BY m.k"
    )
}

/// Requests that found no room, by the number of the stretch in which they were made.
pub fn unmet(c: &mut Conn, during: &[(i64, Span)]) -> Result<HashMap<i64, i64>> {
    let rows: Vec<NumberedRow> = sql_query(unmet_sql(c)).bind::<Text, _>(numbered(during.iter().copied())).load(c)?;
    Ok(rows.into_iter().map(|row| (row.k, row.number)).collect())
}

/// The text of the query behind [`peak`]: a running sum of each local day.
pub(super) fn peak_sql(c: &Conn) -> String {
    let (stretches, visits) = (stretches(c, "$1"), within(c, "visits", "v", "at"));
    let day = format!("({} + m.k) / {DAY}", epoch(c, "v.at"));
    format!(
        "SELECT k, number FROM ( \
           SELECT day AS k, CAST(sum(people) OVER (PARTITION BY day ORDER BY at) AS bigint) AS number FROM ( \
             SELECT {day} AS day, v.at AS at, CASE WHEN v.kind = 'in' THEN v.headcount ELSE -v.headcount END AS people \
             FROM {stretches} AS m CROSS JOIN {visits} WHERE v.at >= m.s AND v.at < m.e) AS signed) AS running \
         ORDER BY number DESC, k LIMIT 1"
    )
}

/// The most in the house at once, in stretches numbered by their distance to UTC.
pub fn peak(c: &mut Conn, offsets: &[(i64, Span)]) -> Result<Option<Peak>> {
    let rows: Vec<NumberedRow> = sql_query(peak_sql(c)).bind::<Text, _>(numbered(offsets.iter().copied())).load(c)?;
    let Some(row) = rows.into_iter().next().filter(|row| row.number > 0) else { return Ok(None) };
    let days = chrono::Days::new(u64::try_from(row.k).map_err(Error::internal)?);
    let date = chrono::NaiveDate::default().checked_add_days(days).ok_or_else(|| Error::internal("a day that is none"))?;
    Ok(Some(Peak { date, people: row.number }))
}
