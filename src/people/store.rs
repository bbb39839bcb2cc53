//! SQL of accounts, passwords and one-time links.
use std::collections::HashMap;

use diesel::prelude::*;

use super::account::{Email, Membership, Person, Role};
use crate::{
    db::{Both, Conn, schema::*},
    error::{Language, Result},
    http::page::Page,
    id::Id,
    text::{fold, like, stored},
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
    reminders: bool,
    arrival_letters: bool,
    report_letters: bool,
    totp_since: Option<Moment>,
    erased_at: Option<Moment>,
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
            reminders: row.reminders,
            arrival_letters: row.arrival_letters,
            report_letters: row.report_letters,
            second_factor: row.totp_since.is_some(),
            erased: row.erased_at.is_some(),
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
    let id = Id::new();
    let row = (
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
    );
    match Both(diesel::insert_into(people::table).values(row).on_conflict(people::email_key).do_nothing()).execute(c)? {
        0 => Ok(None),
        _ => by_id(c, id),
    }
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

/// The account with this key, which nobody else changes until the transaction ends.
pub fn lock(c: &mut Conn, id: Id) -> Result<Option<Person>> {
    if let Conn::Postgres(c) = c {
        let _: Option<Id> = people::table.find(id).select(people::id).for_no_key_update().first(c).optional()?;
    }
    // A SQLite transaction that writes is alone as it is.
    by_id(c, id)
}

/// Everybody who runs the house and can sign in; on PostgreSQL locked, in one order.
pub fn lock_admins(c: &mut Conn) -> Result<Vec<Id>> {
    let admins = people::table
        .filter(people::role.eq(Role::Admin.as_str()))
        .filter(people::disabled_at.is_null())
        .order(people::id)
        .select(people::id);
    Ok(match c {
        Conn::Postgres(c) => admins.for_no_key_update().load(c)?,
        Conn::Sqlite(c) => admins.load(c)?,
    })
}

/// Everybody who runs the house and can sign in, in one order.
pub fn admins(c: &mut Conn) -> Result<Vec<Person>> {
    let admins = people::table.filter(people::role.eq(Role::Admin.as_str())).filter(people::disabled_at.is_null());
    let rows: Vec<PersonRow> = admins.order(people::id).select(PersonRow::as_select()).load(c)?;
    rows.into_iter().map(Person::try_from).collect()
}

/// Which accounts are asked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Words in the name or the address.
    pub q: Option<String>,
    /// With this role.
    pub role: Option<Role>,
    /// Acting for this association.
    pub organisation: Option<Id>,
    /// That may not sign in, or that may.
    pub disabled: Option<bool>,
}

/// A page of accounts by name, and one more.
pub fn page(c: &mut Conn, filter: &Filter, page: &Page) -> Result<Vec<Person>> {
    let mut query = people::table.filter(people::erased_at.is_null()).select(PersonRow::as_select()).into_boxed();
    if let Some(q) = &filter.q {
        let pattern = like(q);
        query = query.filter(people::name_key.like(pattern.clone()).escape('\\').or(people::email_key.like(pattern).escape('\\')));
    }
    if let Some(role) = filter.role {
        query = query.filter(people::role.eq(role.as_str()));
    }
    if let Some(organisation) = filter.organisation {
        let members = memberships::table.filter(memberships::organisation_id.eq(organisation)).select(memberships::person_id);
        query = query.filter(people::id.eq_any(members));
    }
    match filter.disabled {
        Some(true) => query = query.filter(people::disabled_at.is_not_null()),
        Some(false) => query = query.filter(people::disabled_at.is_null()),
        None => {}
    }
    if let Some(after) = &page.after {
        query = query.filter(people::name_key.ge(&after.key).and(people::name_key.gt(&after.key).or(people::id.gt(after.id))));
    }
    let rows: Vec<PersonRow> = query.order((people::name_key, people::id)).limit(page.fetch()).load(c)?;
    rows.into_iter().map(Person::try_from).collect()
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
            people::reminders.eq(person.reminders),
            people::arrival_letters.eq(person.arrival_letters),
            people::report_letters.eq(person.report_letters),
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

/// The associations that each of these people acts for, by name, in one trip.
pub fn memberships_of(c: &mut Conn, people: &[Id]) -> Result<HashMap<Id, Vec<Membership>>> {
    let rows: Vec<(Id, Id, String, bool)> = memberships::table
        .inner_join(organisations::table)
        .filter(memberships::person_id.eq_any(people))
        .order((organisations::name_key, organisations::id))
        .select((memberships::person_id, organisations::id, organisations::name, memberships::organisation_admin))
        .load(c)?;
    let mut all: HashMap<Id, Vec<Membership>> = HashMap::new();
    for (person, organisation_id, organisation_name, organisation_admin) in rows {
        all.entry(person).or_default().push(Membership { organisation_id, organisation_name, organisation_admin });
    }
    Ok(all)
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

/// Whom a running session belongs to, whether it came in by two factors, and the associations that it acts for, by name: one trip,
/// since it is made with every request. `None` if the session is over or somebody else's.
pub fn person_in_session(c: &mut Conn, session: Id, person: Id, now: Moment) -> Result<Option<(Person, bool, Vec<Membership>)>> {
    type Joined = (PersonRow, bool, Option<Id>, Option<String>, Option<bool>);
    let rows: Vec<Joined> = people::table
        .inner_join(sessions::table)
        // One after the other: a join in brackets would be worked out for all members first.
        .left_join(memberships::table)
        .left_join(organisations::table.on(memberships::organisation_id.eq(organisations::id)))
        .filter(sessions::id.eq(session))
        .filter(sessions::person_id.eq(person))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .order((organisations::name_key.nullable(), organisations::id.nullable()))
        .select((
            PersonRow::as_select(),
            sessions::second_factor,
            organisations::id.nullable(),
            organisations::name.nullable(),
            memberships::organisation_admin.nullable(),
        ))
        .load(c)?;
    let mut found: Option<(Person, bool)> = None;
    let mut acts_for = vec![];
    for (row, second_factor, organisation, name, organisation_admin) in rows {
        if found.is_none() {
            found = Some((Person::try_from(row)?, second_factor));
        }
        acts_for.extend(organisation.zip(name).zip(organisation_admin).map(
            |((organisation_id, organisation_name), organisation_admin)| Membership {
                organisation_id,
                organisation_name,
                organisation_admin,
            },
        ));
    }
    Ok(found.map(|(person, second_factor)| (person, second_factor, acts_for)))
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

/// Voids the one-time links of a person.
pub fn delete_links_of(c: &mut Conn, person: Id) -> Result<()> {
    diesel::delete(one_time_links::table.filter(one_time_links::person_id.eq(person))).execute(c)?;
    Ok(())
}

/// The addresses of the calendars of the associations that this person acts for open nothing any more.
pub fn delete_calendar_keys_known_to(c: &mut Conn, person: Id) -> Result<()> {
    let known: Vec<Option<Id>> =
        memberships::table.filter(memberships::person_id.eq(person)).select(memberships::organisation_id.nullable()).load(c)?;
    diesel::delete(calendar_keys::table.filter(calendar_keys::organisation_id.eq_any(known))).execute(c)?;
    Ok(())
}

/// Whose one-time link this is, if it is good; the inner `None` is the first admin's.
#[allow(clippy::option_option)] // unknown link, link for the house, link for a person
pub fn whose_link(c: &mut Conn, token_hash: &str, now: Moment) -> Result<Option<Option<Id>>> {
    let good = one_time_links::table.find(token_hash).filter(one_time_links::used_at.is_null()).filter(one_time_links::expires_at.gt(now));
    Ok(good.select(one_time_links::person_id).first(c).optional()?)
}

/// Uses a one-time link up: as [`whose_link`], once.
#[allow(clippy::option_option)]
pub fn use_link(c: &mut Conn, token_hash: &str, now: Moment) -> Result<Option<Option<Id>>> {
    let Some(person) = whose_link(c, token_hash, now)? else { return Ok(None) };
    let unused = one_time_links::table.find(token_hash).filter(one_time_links::used_at.is_null());
    let used = diesel::update(unused).set(one_time_links::used_at.eq(now)).execute(c)?;
    Ok((used > 0).then_some(person))
}

/// Forgets links that are over; returns how many rows went.
pub fn prune(c: &mut Conn, now: Moment) -> Result<usize> {
    Ok(diesel::delete(one_time_links::table.filter(one_time_links::expires_at.lt(now))).execute(c)?)
}
