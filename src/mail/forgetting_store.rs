//! SQL of what is forgotten of old letters.
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::letter::{Kind, NAMING};
use crate::{
    db::{Conn, schema::letters},
    error::Result,
    id::Id,
    text::{fold, hex, like_as_it_is},
    time::Moment,
};

/// Bookings are made so long ahead at most, in minutes: two years.
const INVITED_MINUTES: i64 = 2 * 366 * 24 * 60;

/// So many letters are forgotten in one transaction.
const AT_ONCE: i64 = 2_000;

/// What an address is known by once its letter is forgotten.
pub fn hash_of(to_key: &str) -> String {
    hex(Sha256::digest(to_key))
}

/// Letters that are done with: nobody will send them by themselves. A macro, since the type of the query is not worth writing down.
macro_rules! done {
    () => {
        letters::table.filter(letters::next_attempt_at.is_null())
    };
}

/// Forgets all that letters said and to whom, of some that are done with and written before `before`; returns of how many, 0 when none is
/// left. What they were about, which booking and when stays.
pub fn prune(c: &mut Conn, before: Moment, now: Moment) -> Result<usize> {
    let some: Vec<(Id, String, Option<String>, Option<Id>)> = done!()
        .filter(letters::created_at.lt(before))
        .filter(letters::forgotten_at.is_null())
        .limit(AT_ONCE)
        .select((letters::id, letters::to_key, letters::calendar, letters::booking_id))
        .load(c)?;
    let these = || letters::table.filter(letters::id.eq_any(some.iter().map(|(id, ..)| *id)));
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
            letters::forgotten_at.eq(now),
        ))
        .execute(c)?;
    // That there was an invitation is remembered, to which bookings, and of whom a hash: one may be called off long after it was made.
    for (id, key, calendar, booking) in &some {
        let Some(calendar) = calendar else { continue };
        let known_by = if is_address(key) { hash_of(key) } else { key.clone() };
        // One about many says it nowhere else.
        let of: Vec<&str> = calendar.lines().filter(|line| booking.is_none() && line.starts_with("UID:")).collect();
        diesel::update(letters::table.find(id)).set((letters::to_key.eq(known_by), letters::calendar.eq(of.join("\r\n")))).execute(c)?;
    }
    diesel::update(these().filter(letters::calendar.is_null())).set(letters::to_key.eq("")).execute(c)?;
    let over = letters::table
        .filter(letters::created_at.lt(before.plus_minutes(-INVITED_MINUTES)))
        .filter(letters::calendar.is_not_null())
        .filter(letters::forgotten_at.is_not_null());
    diesel::update(over).set((letters::to_key.eq(""), letters::calendar.eq(None::<String>))).execute(c)?;
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
        // The templates' own sentences: a short name is in many a word.
        .filter(says(address).or(says(&format!("{name} har anmält"))).or(says(&format!("{name} has reported"))));
    diesel::update(naming)
        .set((letters::subject.eq(""), letters::search_key.eq(""), letters::body_text.eq(""), letters::body_html.eq("")))
        .execute(c)?;
    Ok(())
}
