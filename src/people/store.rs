//! SQL of accounts, passwords, sessions and one-time links.
use diesel::prelude::*;

use super::account::{Email, Membership, Person, Role};
use crate::{
    db::{Conn, schema::*},
    error::{Language, Result},
    id::Id,
    text::{fold, stored},
    time::Moment,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = people)]
struct PersonRow {
    id: Id,
    email: String,
    name: String,
    role: String,
    language: String,
    disabled_at: Option<Moment>,
    version: i32,
    created_at: Moment,
}

impl TryFrom<PersonRow> for Person {
    type Error = crate::error::Error;
    fn try_from(row: PersonRow) -> Result<Self> {
        Ok(Self {
            id: row.id,
            email: row.email,
            name: row.name,
            role: stored(&row.role)?,
            language: stored(&row.language)?,
            disabled_at: row.disabled_at,
            version: row.version,
            created_at: row.created_at,
        })
    }
}

/// What a new account starts with.
pub struct NewPerson<'a> {
    /// Where letters go.
    pub email: &'a Email,
    /// What it is called.
    pub name: &'a str,
    /// What it may do.
    pub role: Role,
    /// In which language it reads.
    pub language: Language,
}

/// Adds an account; `None` if the address has one already.
pub fn insert(c: &mut Conn, new: &NewPerson, now: Moment) -> Result<Option<Person>> {
    if by_email(c, new.email)?.is_some() {
        return Ok(None);
    }
    let id = Id::new();
    diesel::insert_into(people::table)
        .values((
            people::id.eq(id),
            people::email.eq(&new.email.address),
            people::email_key.eq(&new.email.key),
            people::name.eq(new.name),
            people::name_key.eq(fold(new.name)),
            people::role.eq(new.role.as_str()),
            people::language.eq(new.language.as_str()),
            people::version.eq(1),
            people::created_at.eq(now),
            people::updated_at.eq(now),
        ))
        .execute(c)?;
    by_id(c, id)
}

/// The account with this key.
pub fn by_id(c: &mut Conn, id: Id) -> Result<Option<Person>> {
    people::table.find(id).select(PersonRow::as_select()).first(c).optional()?.map(Person::try_from).transpose()
}

/// The account with this address.
pub fn by_email(c: &mut Conn, email: &Email) -> Result<Option<Person>> {
    people::table
        .filter(people::email_key.eq(&email.key))
        .select(PersonRow::as_select())
        .first(c)
        .optional()?
        .map(Person::try_from)
        .transpose()
}

/// Is there anybody who runs the house?
pub fn has_admin(c: &mut Conn) -> Result<bool> {
    let admins = people::table.filter(people::role.eq(Role::Admin.as_str())).filter(people::disabled_at.is_null());
    Ok(diesel::select(diesel::dsl::exists(admins)).get_result(c)?)
}

/// Changes what people may change of themselves or an admin of them.
pub fn update(c: &mut Conn, person: &Person, now: Moment) -> Result<()> {
    diesel::update(people::table.find(person.id))
        .set((
            people::name.eq(&person.name),
            people::name_key.eq(fold(&person.name)),
            people::role.eq(person.role.as_str()),
            people::language.eq(person.language.as_str()),
            people::disabled_at.eq(person.disabled_at),
            people::version.eq(person.version),
            people::updated_at.eq(now),
        ))
        .execute(c)?;
    Ok(())
}

/// The associations that a person acts for, by name. (The one place where people looks at the tables of organisations: who is
/// calling is asked on every request and must not take two trips.)
pub fn memberships(c: &mut Conn, person: Id) -> Result<Vec<Membership>> {
    let rows: Vec<(Id, String, bool)> = memberships::table
        .inner_join(organisations::table)
        .filter(memberships::person_id.eq(person))
        .order((organisations::name_key, organisations::id))
        .select((organisations::id, organisations::name, memberships::organisation_admin))
        .load(c)?;
    Ok(rows
        .into_iter()
        .map(|(organisation_id, organisation_name, organisation_admin)| Membership {
            organisation_id,
            organisation_name,
            organisation_admin,
        })
        .collect())
}

/// The stored hash of a person's password.
pub fn password_hash(c: &mut Conn, person: Id) -> Result<Option<String>> {
    Ok(credentials::table.find(person).select(credentials::password_hash).first(c).optional()?)
}

/// Sets or replaces a person's password.
pub fn set_password_hash(c: &mut Conn, person: Id, hash: &str, now: Moment) -> Result<()> {
    let changed = diesel::update(credentials::table.find(person))
        .set((credentials::password_hash.eq(hash), credentials::updated_at.eq(now)))
        .execute(c)?;
    if changed == 0 {
        diesel::insert_into(credentials::table)
            .values((credentials::person_id.eq(person), credentials::password_hash.eq(hash), credentials::updated_at.eq(now)))
            .execute(c)?;
    }
    Ok(())
}

/// Begins a session and stores the hash of its first refresh token.
pub fn insert_session(c: &mut Conn, person: Id, token_hash: &str, now: Moment, expires_at: Moment) -> Result<Id> {
    let id = Id::new();
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(id),
            sessions::person_id.eq(person),
            sessions::created_at.eq(now),
            sessions::last_used_at.eq(now),
            sessions::expires_at.eq(expires_at),
        ))
        .execute(c)?;
    insert_refresh_token(c, id, token_hash, now)?;
    Ok(id)
}

fn insert_refresh_token(c: &mut Conn, session: Id, token_hash: &str, now: Moment) -> Result<()> {
    diesel::insert_into(refresh_tokens::table)
        .values((refresh_tokens::token_hash.eq(token_hash), refresh_tokens::session_id.eq(session), refresh_tokens::created_at.eq(now)))
        .execute(c)?;
    Ok(())
}

/// A refresh token and the session it belongs to.
#[derive(Queryable)]
pub struct Refresh {
    /// The session.
    pub session: Id,
    /// Whose.
    pub person: Id,
    /// Until when the session may be renewed.
    pub expires_at: Moment,
    /// Since when the session is over.
    pub revoked_at: Option<Moment>,
    /// When this very token was used.
    pub used_at: Option<Moment>,
}

/// Looks a refresh token up by its hash.
pub fn refresh_token(c: &mut Conn, token_hash: &str) -> Result<Option<Refresh>> {
    Ok(refresh_tokens::table
        .inner_join(sessions::table)
        .filter(refresh_tokens::token_hash.eq(token_hash))
        .select((sessions::id, sessions::person_id, sessions::expires_at, sessions::revoked_at, refresh_tokens::used_at))
        .first(c)
        .optional()?)
}

/// Marks the old token used and stores the new one; `false` if another request used the old one first.
pub fn rotate(c: &mut Conn, session: Id, old_hash: &str, new_hash: &str, now: Moment) -> Result<bool> {
    let unused = refresh_tokens::table.filter(refresh_tokens::token_hash.eq(old_hash)).filter(refresh_tokens::used_at.is_null());
    if diesel::update(unused).set(refresh_tokens::used_at.eq(now)).execute(c)? == 0 {
        return Ok(false);
    }
    insert_refresh_token(c, session, new_hash, now)?;
    diesel::update(sessions::table.find(session)).set(sessions::last_used_at.eq(now)).execute(c)?;
    Ok(true)
}

/// Ends one session.
pub fn revoke_session(c: &mut Conn, session: Id, now: Moment) -> Result<()> {
    diesel::update(sessions::table.find(session)).filter(sessions::revoked_at.is_null()).set(sessions::revoked_at.eq(now)).execute(c)?;
    Ok(())
}

/// Ends all sessions of a person, but for `keep`.
pub fn revoke_sessions_of(c: &mut Conn, person: Id, keep: Option<Id>, now: Moment) -> Result<()> {
    let live = sessions::table.filter(sessions::person_id.eq(person)).filter(sessions::revoked_at.is_null());
    match keep {
        Some(keep) => diesel::update(live.filter(sessions::id.ne(keep))).set(sessions::revoked_at.eq(now)).execute(c)?,
        None => diesel::update(live).set(sessions::revoked_at.eq(now)).execute(c)?,
    };
    Ok(())
}

/// Is this session of this person still running?
pub fn session_runs(c: &mut Conn, session: Id, person: Id, now: Moment) -> Result<bool> {
    let live = sessions::table
        .filter(sessions::id.eq(session))
        .filter(sessions::person_id.eq(person))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now));
    Ok(diesel::select(diesel::dsl::exists(live)).get_result(c)?)
}

/// Stores a one-time link; without a person it is the house's first admin's. Older links for the same person stop working.
pub fn insert_link(c: &mut Conn, person: Option<Id>, token_hash: &str, now: Moment, expires_at: Moment) -> Result<()> {
    match person {
        Some(person) => diesel::delete(one_time_links::table.filter(one_time_links::person_id.eq(person))).execute(c)?,
        None => diesel::delete(one_time_links::table.filter(one_time_links::person_id.is_null())).execute(c)?,
    };
    diesel::insert_into(one_time_links::table)
        .values((
            one_time_links::token_hash.eq(token_hash),
            one_time_links::person_id.eq(person),
            one_time_links::created_at.eq(now),
            one_time_links::expires_at.eq(expires_at),
        ))
        .execute(c)?;
    Ok(())
}

/// Uses a one-time link up. `Some(person)` if it was good; the inner `None` is the first admin's.
#[allow(clippy::option_option)] // unknown link, link for the house, link for a person
pub fn use_link(c: &mut Conn, token_hash: &str, now: Moment) -> Result<Option<Option<Id>>> {
    let good = one_time_links::table
        .filter(one_time_links::token_hash.eq(token_hash))
        .filter(one_time_links::used_at.is_null())
        .filter(one_time_links::expires_at.gt(now));
    if diesel::update(good).set(one_time_links::used_at.eq(now)).execute(c)? == 0 {
        return Ok(None);
    }
    Ok(one_time_links::table.find(token_hash).select(one_time_links::person_id).first(c).optional()?)
}

/// Forgets sessions and links that are long over; returns how many rows went.
pub fn prune(c: &mut Conn, now: Moment) -> Result<usize> {
    let sessions = diesel::delete(sessions::table.filter(sessions::expires_at.lt(now))).execute(c)?;
    let links = diesel::delete(one_time_links::table.filter(one_time_links::expires_at.lt(now))).execute(c)?;
    Ok(sessions + links)
}
