//! SQL of the secrets in the addresses of feeds.
use diesel::prelude::*;

use crate::{
    db::{Conn, schema::calendar_keys as keys},
    error::Result,
    id::Id,
    time::Moment,
};

/// Whose calendar a key opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// A person's own bookings.
    Person(Id),
    /// An association's bookings.
    Organisation(Id),
}

impl Owner {
    fn columns(self) -> (Option<Id>, Option<Id>) {
        match self {
            Self::Person(id) => (Some(id), None),
            Self::Organisation(id) => (None, Some(id)),
        }
    }
}

/// When the owner's key was made; `None` if there is none.
pub fn made_at(c: &mut Conn, owner: Owner) -> Result<Option<Moment>> {
    let query = keys::table.select(keys::created_at);
    let found = match owner {
        Owner::Person(id) => query.filter(keys::person_id.eq(id)).first(c),
        Owner::Organisation(id) => query.filter(keys::organisation_id.eq(id)).first(c),
    };
    Ok(found.optional()?)
}

/// Gives the owner this key; the one before opens nothing any more.
pub fn replace(c: &mut Conn, owner: Owner, key_hash: &str, now: Moment) -> Result<()> {
    delete(c, owner)?;
    let (person, organisation) = owner.columns();
    diesel::insert_into(keys::table)
        .values((
            keys::id.eq(Id::new()),
            keys::person_id.eq(person),
            keys::organisation_id.eq(organisation),
            keys::key_hash.eq(key_hash),
            keys::created_at.eq(now),
        ))
        .execute(c)?;
    Ok(())
}

/// Takes the owner's key away.
pub fn delete(c: &mut Conn, owner: Owner) -> Result<()> {
    match owner {
        Owner::Person(id) => diesel::delete(keys::table.filter(keys::person_id.eq(id))).execute(c)?,
        Owner::Organisation(id) => diesel::delete(keys::table.filter(keys::organisation_id.eq(id))).execute(c)?,
    };
    Ok(())
}

/// Whose key this is.
pub fn owner_of(c: &mut Conn, key_hash: &str) -> Result<Option<Owner>> {
    let found: Option<(Option<Id>, Option<Id>)> =
        keys::table.filter(keys::key_hash.eq(key_hash)).select((keys::person_id, keys::organisation_id)).first(c).optional()?;
    Ok(found.and_then(|(person, organisation)| person.map(Owner::Person).or(organisation.map(Owner::Organisation))))
}
