//! SQL of what is forgotten of old letters.
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::{
    letter::{Kind, NAMING},
    outbox::Status,
};
use crate::{
    db::{Conn, schema::letters},
    error::Result,
    id::Id,
    text::{fold, like_as_it_is},
    time::Moment,
};

/// Bookings are made so long ahead at most, in minutes: two years.
const INVITED_MINUTES: i64 = 2 * 366 * 24 * 60;

/// So many letters are forgotten in one transaction.
const AT_ONCE: i64 = 2_000;

/// What an address is known by once its letter is forgotten.
pub fn hash_of(to_key: &str) -> String {
    Sha256::digest(to_key.as_bytes()).iter().fold(String::with_capacity(64), |hex, byte| format!("{hex}{byte:02x}"))
}

/// Letters that are done with: nobody will send them by themselves. A macro, since the type of the query is not worth writing down.
macro_rules! done {
    () => {
        letters::table.filter(letters::status.eq_any([Status::Sent.as_str(), Status::Failed.as_str()]))
    };
}

/// Forgets all that letters said and to whom, of some that are done with and old; returns of how many, 0 when none is left. What they
/// were about, which booking and when stays.
pub fn prune(c: &mut Conn, before: Moment) -> Result<usize> {
    let old = || done!().filter(letters::created_at.lt(before));
    let (text, to) = (letters::body_text.ne("").or(letters::subject.ne("")), letters::to_address.ne(""));
    let left = text.or(to).or(letters::last_error.is_not_null()).or(letters::person_id.is_not_null());
    let some: Vec<(Id, String, Option<String>)> =
        old().filter(left).limit(AT_ONCE).select((letters::id, letters::to_key, letters::calendar)).load(c)?;
    let these = || old().filter(letters::id.eq_any(some.iter().map(|(id, ..)| *id)));
    diesel::update(these())
        .set((
            letters::to_address.eq(""),
            letters::to_name.eq("–"),
            letters::subject.eq(""),
            letters::search_key.eq(""),
            letters::body_text.eq(""),
            letters::body_html.eq(""),
            letters::last_error.eq(None::<String>),
            letters::person_id.eq(None::<Id>),
            letters::request_id.eq(None::<String>),
        ))
        .execute(c)?;
    // That there was an invitation is remembered, and of whom a hash: a booking may be called off long after it was made.
    diesel::update(these().filter(letters::calendar.is_not_null())).set(letters::calendar.eq("")).execute(c)?;
    for (id, key, _) in some.iter().filter(|(_, key, calendar)| calendar.is_some() && is_address(key)) {
        diesel::update(old().filter(letters::id.eq(id))).set(letters::to_key.eq(hash_of(key))).execute(c)?;
    }
    diesel::update(these().filter(letters::calendar.is_null())).set(letters::to_key.eq("")).execute(c)?;
    let over = old().filter(letters::created_at.lt(before.plus_minutes(-INVITED_MINUTES))).filter(letters::to_key.gt(""));
    diesel::update(over).set(letters::to_key.eq("")).execute(c)?;
    Ok(some.len())
}

/// A hash has no `@`, and each address has one.
fn is_address(key: &str) -> bool {
    key.contains('@')
}

/// Takes all letters to an address away, also those that are known by its hash alone, and what letters to others say that name its
/// owner: those that are done with, since one that waits must be read as it was written. Before `since` nothing is left to look through.
pub fn forget(c: &mut Conn, address: &str, name: &str, since: Moment) -> Result<()> {
    let key = fold(address);
    diesel::delete(letters::table.filter(letters::to_key.eq_any([&key, &hash_of(&key)]))).execute(c)?;
    let says = |words: &str| letters::body_text.like(like_as_it_is(words)).escape('\\');
    let naming = done!()
        .filter(letters::created_at.ge(since))
        .filter(letters::kind.eq_any(NAMING.map(Kind::as_str)))
        .filter(says(address).or(says(name)));
    diesel::update(naming)
        .set((letters::subject.eq(""), letters::search_key.eq(""), letters::body_text.eq(""), letters::body_html.eq("")))
        .execute(c)?;
    Ok(())
}
