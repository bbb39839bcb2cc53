//! SQL of what is kept about people: collected for them, and taken away.
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text},
};
use serde_json::{Map, Value, json};

use super::register::{ORGANISATION, ROOM, Table, What};
use crate::{
    db::{Conn, DbUuid, schema::*},
    error::{Error, Result},
    id::Id,
    text::{fold, like_as_it_is},
    time::Moment,
};

/// More rows of one kind than this are not told of at once.
pub const MOST: usize = 20_000;

/// What is told of a row to somebody who has left its association: no more of what that plans, since others go on changing it.
const AFTER_LEAVING: [(&str, &[&str]); 3] =
    [("bookings", &["reference", "contact_phone"]), ("series", &["created_at"]), ("waitlist", &["contact_phone"])];
/// What the desk writes about others is told to whoever works there still.
const OF_THE_DESK: [&str; 3] = ["loans", "shift_notes", "staff_notes"];

#[derive(QueryableByName)]
struct JsonRow {
    #[diesel(sql_type = Text)]
    row: String,
}

/// What a column of the register reads: itself, or the name behind a key; nothing where it is not for this person any more.
fn expression(table: &str, column: &str, works_here: bool) -> String {
    let whole = match column {
        _ if column == ORGANISATION.0 => format!("(SELECT name FROM organisations WHERE organisations.id = {table}.organisation_id)"),
        _ if column == ROOM.0 => format!("(SELECT name FROM rooms WHERE rooms.id = {table}.room_id)"),
        _ => format!("{table}.{column}"),
    };
    match AFTER_LEAVING.iter().find(|(name, _)| *name == table) {
        _ if works_here => whole,
        Some((_, left)) if !left.contains(&column) => format!(
            "CASE WHEN EXISTS (SELECT 1 FROM memberships m WHERE m.person_id = $1 AND m.organisation_id = {table}.organisation_id) THEN {whole} END"
        ),
        None if OF_THE_DESK.contains(&table) => "NULL".into(),
        _ => whole,
    }
}

/// The rows of a table that are about this person, at most [`MOST`] and one more.
pub fn rows(c: &mut Conn, table: &Table, person: Id, works_here: bool) -> Result<Vec<Map<String, Value>>> {
    let references: Vec<String> = table
        .columns
        .iter()
        .filter(|column| column.what == What::Reference)
        .map(|column| format!("{}.{} = $1", table.name, column.name))
        .collect();
    if references.is_empty() {
        return Ok(vec![]);
    }
    let told = table.columns.iter().filter(|column| column.what == What::Told).map(|column| column.name);
    let all = told.chain(table.along.iter().map(|(name, _)| *name));
    let pairs: Vec<String> = all.map(|name| format!("'{name}', {}", expression(table.name, name, works_here))).collect();
    let make = if matches!(c, Conn::Sqlite(_)) { "json_object" } else { "json_build_object" };
    let cast = if matches!(c, Conn::Sqlite(_)) { "" } else { "::text" };
    // All names are the register's own.
    let query = format!("SELECT {make}({}){cast} AS row FROM {} WHERE {} LIMIT $2", pairs.join(", "), table.name, references.join(" OR "));
    let limit = i64::try_from(MOST + 1).map_err(Error::internal)?;
    let found: Vec<JsonRow> = sql_query(query).bind::<DbUuid, _>(person).bind::<BigInt, _>(limit).load(c)?;
    found
        .into_iter()
        .map(|found| {
            let row: Map<String, Value> = serde_json::from_str(&found.row).map_err(Error::internal)?;
            Ok(row
                .into_iter()
                .map(|(name, value)| {
                    let value = as_told(&name, value);
                    (name, value)
                })
                .collect())
        })
        .collect()
}

/// Told as yes or no; SQLite has numbers for them.
const YES_OR_NO: [&str; 6] = ["reminders", "arrival_letters", "report_letters", "organisation_admin", "by_link", "second_factor"];

/// Instants, and yes or no, as the rest of the interface writes them.
fn as_told(name: &str, value: Value) -> Value {
    if let Some(number) = value.as_i64().filter(|_| YES_OR_NO.contains(&name)) {
        return json!(number != 0);
    }
    let Some(text) = value.as_str().filter(|_| name == "at" || name.ends_with("_at")) else { return value };
    let parsed = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"].iter().find_map(|form| chrono::NaiveDateTime::parse_from_str(text, form).ok());
    parsed.map_or(value.clone(), |naive| json!(Moment::from_utc(naive)))
}

/// Makes an account nobody's: what it did stays, and nothing says who it was.
pub fn anonymise(c: &mut Conn, id: Id, name: &str, now: Moment) -> Result<()> {
    let email = format!("{id}@erased.invalid");
    let key: Option<String> = people::table.find(id).select(people::email_key).first(c).optional()?;
    let asked = membership_invitations::table
        .filter(membership_invitations::person_id.eq(id).or(membership_invitations::email_key.nullable().eq(key)));
    diesel::delete(asked).execute(c)?;
    let row = (
        people::name.eq(name),
        people::name_key.eq(fold(name)),
        people::email.eq(&email),
        people::email_key.eq(fold(&email)),
        people::role.eq("booker"),
        people::reminders.eq(false),
        people::arrival_letters.eq(false),
        people::report_letters.eq(false),
        people::totp_salt.eq(None::<String>),
        people::totp_since.eq(None::<Moment>),
        people::disabled_at.eq(now),
        people::erased_at.eq(now),
        people::version.eq(people::version + 1),
        people::updated_at.eq(now),
    );
    diesel::update(people::table.find(id)).set(row).execute(c)?;
    diesel::delete(credentials::table.filter(credentials::person_id.eq(id))).execute(c)?;
    diesel::delete(recovery_codes::table.filter(recovery_codes::person_id.eq(id))).execute(c)?;
    diesel::delete(passkeys::table.filter(passkeys::person_id.eq(id))).execute(c)?;
    diesel::delete(passkey_challenges::table.filter(passkey_challenges::person_id.eq(id))).execute(c)?;
    diesel::delete(sessions::table.filter(sessions::person_id.eq(id))).execute(c)?;
    diesel::delete(one_time_links::table.filter(one_time_links::person_id.eq(id))).execute(c)?;
    diesel::delete(sign_in_links::table.filter(sign_in_links::person_id.eq(id))).execute(c)?;
    diesel::delete(api_tokens::table.filter(api_tokens::person_id.eq(id))).execute(c)?;
    diesel::delete(openid_identities::table.filter(openid_identities::person_id.eq(id))).execute(c)?;
    diesel::delete(memberships::table.filter(memberships::person_id.eq(id))).execute(c)?;
    diesel::delete(calendar_keys::table.filter(calendar_keys::person_id.eq(id))).execute(c)?;
    diesel::delete(report_letters::table.filter(report_letters::person_id.eq(id))).execute(c)?;
    diesel::delete(letters::table.filter(letters::person_id.eq(id))).execute(c)?;
    let phones = bookings::table.filter(bookings::created_by.eq(id)).filter(bookings::contact_phone.is_not_null());
    diesel::update(phones).set(bookings::contact_phone.eq(None::<String>)).execute(c)?;
    let wishes = waitlist::table.filter(waitlist::created_by.eq(id)).filter(waitlist::contact_phone.is_not_null());
    diesel::update(wishes).set(waitlist::contact_phone.eq(None::<String>)).execute(c)?;
    let notes = expected_visitors::table.filter(expected_visitors::announced_by.eq(id));
    diesel::update(notes).set(expected_visitors::note.eq("")).execute(c)?;
    Ok(())
}

/// Takes away what is kept of a person's own requests for repeats, and of others' whose answer tells of it.
pub fn forget_answers(c: &mut Conn, id: Id, email: &str) -> Result<()> {
    let id = id.to_string();
    let telling = idempotency_keys::table.filter(
        idempotency_keys::scope
            .eq(&id)
            .or(idempotency_keys::answer.like(like_as_it_is(&id)).escape('\\'))
            .or(idempotency_keys::answer.like(like_as_it_is(email)).escape('\\')),
    );
    diesel::delete(telling).execute(c)?;
    Ok(())
}

/// Accounts that were closed before `before` and are still somebody's.
pub fn closed_before(c: &mut Conn, before: Moment) -> Result<Vec<Id>> {
    let closed = people::table.filter(people::disabled_at.lt(before)).filter(people::erased_at.is_null());
    Ok(closed.select(people::id).order(people::id).limit(100).load(c)?)
}

/// Takes away the phone numbers of what was over before `before`; returns how many.
pub fn forget_phones(c: &mut Conn, before: Moment) -> Result<usize> {
    let over = bookings::table.filter(bookings::contact_phone.is_not_null()).filter(bookings::ends_at.lt(before));
    let wishes = waitlist::table.filter(waitlist::contact_phone.is_not_null()).filter(waitlist::ends_at.lt(before));
    Ok(diesel::update(over).set(bookings::contact_phone.eq(None::<String>)).execute(c)?
        + diesel::update(wishes).set(waitlist::contact_phone.eq(None::<String>)).execute(c)?)
}
