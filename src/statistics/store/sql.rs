//! The few words that the two engines spell differently, each in one place.
use crate::{db::Conn, id::Id, time::Span};

/// Seconds after 1970 of a time in the database; the difference of two is elapsed time.
pub fn epoch(c: &Conn, time: &str) -> String {
    match c {
        Conn::Postgres(_) => format!("CAST(extract(epoch FROM {time}) AS bigint)"),
        Conn::Sqlite(_) => format!("unixepoch({time})"),
    }
}

/// A table `(k, s, e)` of numbered stretches of time, from the text that [`numbered`] makes. As bound text it stays one statement
/// however many stretches there are.
pub fn stretches(c: &Conn, parameter: &str) -> String {
    match c {
        Conn::Postgres(_) => format!(
            "(SELECT CAST(value->>0 AS bigint) AS k, to_timestamp(CAST(value->>1 AS bigint)) AT TIME ZONE 'UTC' AS s, \
             to_timestamp(CAST(value->>2 AS bigint)) AT TIME ZONE 'UTC' AS e FROM jsonb_array_elements(CAST({parameter} AS jsonb)))"
        ),
        Conn::Sqlite(_) => format!(
            "(SELECT json_extract(value, '$[0]') AS k, datetime(json_extract(value, '$[1]'), 'unixepoch') AS s, \
             datetime(json_extract(value, '$[2]'), 'unixepoch') AS e FROM json_each({parameter}))"
        ),
    }
}

/// The rows of a table that lie in the stretch `m` before it, for a CROSS JOIN under a WHERE that says the same. PostgreSQL takes a
/// stretch for a ninth of all time and would rather read whole tables; behind OFFSET it can't but look them up by the index.
pub fn within(c: &Conn, table: &str, alias: &str, time: &str) -> String {
    match c {
        Conn::Postgres(_) => format!("LATERAL (SELECT * FROM {table} WHERE {time} >= m.s AND {time} < m.e OFFSET 0) AS {alias}"),
        Conn::Sqlite(_) => format!("{table} AS {alias}"),
    }
}

/// The rows of a table that have this key, for a JOIN: looked up one by one for the same reason.
pub fn having(c: &Conn, table: &str, alias: &str, key: &str, value: &str) -> String {
    match c {
        Conn::Postgres(_) => format!("LATERAL (SELECT * FROM {table} WHERE {key} = {value} OFFSET 0) AS {alias} ON true"),
        Conn::Sqlite(_) => format!("{table} AS {alias} ON {alias}.{key} = {value}"),
    }
}

/// A table `(k, id)` of numbered keys, from a JSON list of pairs.
pub fn keys(c: &Conn, parameter: &str) -> String {
    match c {
        Conn::Postgres(_) => format!(
            "(SELECT CAST(value->>0 AS bigint) AS k, CAST(value->>1 AS uuid) AS id FROM jsonb_array_elements(CAST({parameter} AS jsonb)))"
        ),
        Conn::Sqlite(_) => {
            format!("(SELECT json_extract(value, '$[0]') AS k, json_extract(value, '$[1]') AS id FROM json_each({parameter}))")
        }
    }
}

/// Numbered stretches as text for [`stretches`].
pub fn numbered(stretches: impl IntoIterator<Item = (i64, Span)>) -> String {
    let each: Vec<String> = stretches.into_iter().map(|(k, span)| format!("[{k},{},{}]", span.start().unix(), span.end().unix())).collect();
    format!("[{}]", each.join(","))
}

/// Numbered keys as text for [`keys`].
pub fn numbered_keys(keys: &[(i64, Id)]) -> String {
    let each: Vec<String> = keys.iter().map(|(k, id)| format!("[{k},\"{id}\"]")).collect();
    format!("[{}]", each.join(","))
}

/// A booking `b` that took place before the instant in `now`.
pub fn gathering(now: &str) -> String {
    format!("(b.status = 'held' OR (b.status = 'confirmed' AND b.ends_at <= {now}))")
}

/// The hour of the week, 0 to 167 from Monday's first, of an instant in seconds whose distance to UTC is `offset`.
/// (1970 began on a Thursday.)
pub fn hour_of_week(instant: &str, offset: &str) -> String {
    let local = format!("({instant} + {offset})");
    format!("(({local} / 86400 + 3) % 7 * 24 + {local} % 86400 / 3600)")
}
