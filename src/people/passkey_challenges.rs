//! What devices are asked to sign: once, for five minutes, and only in the browser or the session that asked. In the database, so that
//! any process may read the answer.
use diesel::prelude::*;

use super::token;
use crate::{
    db::{Conn, schema::passkey_challenges},
    error::{Error, Result},
    id::Id,
    time::Moment,
};

/// How long one holds, in seconds.
pub const SECONDS: i64 = 300;
/// So many strangers of one network may have open at once: a whole house stands behind one address.
const MOST_OF_A_NETWORK: i64 = 50;

/// Whom it is for.
#[derive(Debug, Clone, Copy)]
pub enum Holder<'a> {
    /// Somebody who signs in, by what its browser keeps in a cookie.
    Browser(&'a str),
    /// Somebody who adds a key to its account, by its sign-in.
    Session(Id, Id),
}

impl Holder<'_> {
    fn hash(&self) -> String {
        match self {
            Self::Browser(secret) => token::hash_of(&format!("browser:{secret}")),
            Self::Session(_, session) => token::hash_of(&format!("session:{session}")),
        }
    }

    fn person(&self) -> Option<Id> {
        match self {
            Self::Browser(_) => None,
            Self::Session(person, _) => Some(*person),
        }
    }
}

/// Refuses a network that has many open already, with the time to wait.
pub fn admit(c: &mut Conn, network: &str, now: Moment) -> Result<()> {
    let open = || {
        passkey_challenges::table
            .filter(passkey_challenges::network_hash.eq(token::hash_of(network)))
            .filter(passkey_challenges::expires_at.gt(now))
    };
    if open().count().get_result::<i64>(c)? < MOST_OF_A_NETWORK {
        return Ok(());
    }
    let next: Option<Moment> = open().select(diesel::dsl::min(passkey_challenges::expires_at)).first(c)?;
    let wait = next.map_or(SECONDS, |next| next.seconds_since(now));
    Err(Error::TooMany { retry_after: u64::try_from(wait).unwrap_or(1).max(1) })
}

/// Keeps one; `network` is that of a stranger. Of a person's the ones before are void.
pub fn put(c: &mut Conn, holder: &Holder, network: Option<&str>, state: &str, now: Moment) -> Result<Id> {
    prune(c, now)?;
    if let Some(person) = holder.person() {
        forget(c, person)?;
    }
    let id = Id::new();
    diesel::insert_into(passkey_challenges::table)
        .values((
            passkey_challenges::id.eq(id),
            passkey_challenges::person_id.eq(holder.person()),
            passkey_challenges::holder_hash.eq(holder.hash()),
            passkey_challenges::network_hash.eq(network.map(token::hash_of)),
            passkey_challenges::state.eq(state),
            passkey_challenges::created_at.eq(now),
            passkey_challenges::expires_at.eq(now.plus_seconds(SECONDS)),
        ))
        .execute(c)?;
    Ok(id)
}

/// Uses one up; `None` if it is unknown, used, too old or somebody else's.
pub fn take(c: &mut Conn, id: Id, holder: &Holder, now: Moment) -> Result<Option<String>> {
    let good = passkey_challenges::table
        .filter(passkey_challenges::id.eq(id))
        .filter(passkey_challenges::holder_hash.eq(holder.hash()))
        .filter(passkey_challenges::expires_at.gt(now));
    let Some(state) = good.select(passkey_challenges::state).first::<String>(c).optional()? else { return Ok(None) };
    // Of two who come with it at once, one.
    let gone = diesel::delete(passkey_challenges::table.find(id)).execute(c)?;
    Ok((gone == 1).then_some(state))
}

/// Voids those of a person.
pub fn forget(c: &mut Conn, person: Id) -> Result<()> {
    diesel::delete(passkey_challenges::table.filter(passkey_challenges::person_id.eq(person))).execute(c)?;
    Ok(())
}

/// Forgets those that are over; returns how many rows went.
pub fn prune(c: &mut Conn, now: Moment) -> Result<usize> {
    Ok(diesel::delete(passkey_challenges::table.filter(passkey_challenges::expires_at.le(now))).execute(c)?)
}
