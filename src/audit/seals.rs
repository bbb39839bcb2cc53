//! The chain over the trail: every stretch of entries is sealed by a hash over them and over the seal before.
use diesel::prelude::*;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{
    db::{Both, Conn, schema::*},
    error::Result,
    id::Id,
    text::hex,
    time::Moment,
};

/// Entries under one seal at most.
const MOST: i64 = 500;
/// How long entries are kept, in minutes: 12 months.
const KEPT_MINUTES: i64 = 365 * 24 * 60;
/// What the first seal has before it.
const NOTHING: &str = "";

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_log)]
struct Sealed {
    id: Id,
    at: Moment,
    actor_id: Option<Id>,
    action: String,
    noun: String,
    noun_id: Option<String>,
    before: Option<String>,
    after: Option<String>,
    request_id: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_seals)]
struct Seal {
    number: i64,
    last_at: Moment,
    entries: i64,
    digest: String,
    hash: String,
    pruned_at: Option<Moment>,
}

impl Seal {
    /// SHA-256, in hex, over the hash before and all that the seal says: so it can be worked out anew when its entries are gone.
    fn hash_on(&self, before: &str) -> String {
        hex(Sha256::digest(format!("{before}\n{}\n{}\n{}\n{}\n", self.number, self.last_at.unix(), self.entries, self.digest)))
    }
}

/// SHA-256, in hex, over the entries as JSON arrays, a line for each by key.
fn digest_of(entries: &[Sealed]) -> String {
    let mut hasher = Sha256::new();
    for e in entries {
        let line = json!([e.id, e.at.unix(), e.actor_id, e.action, e.noun, e.noun_id, e.before, e.after, e.request_id]);
        hasher.update(format!("{line}\n"));
    }
    hex(hasher.finalize())
}

fn last(c: &mut Conn) -> Result<Option<Seal>> {
    Ok(audit_seals::table.order(audit_seals::number.desc()).select(Seal::as_select()).first(c).optional()?)
}

/// Is there anything that no seal covers?
pub fn waiting(c: &mut Conn) -> Result<bool> {
    let one: Option<Id> = audit_log::table.filter(audit_log::seal.is_null()).select(audit_log::id).first(c).optional()?;
    Ok(one.is_some())
}

/// Seals what no seal covers yet, at most [`MOST`] entries; gives how many. Of several processes that try at once one does it.
pub fn seal(c: &mut Conn, now: Moment) -> Result<usize> {
    let before = last(c)?;
    let (number, hash) = before.map_or((1, NOTHING.to_owned()), |seal| (seal.number + 1, seal.hash));
    let unsealed = audit_log::table.filter(audit_log::seal.is_null()).order(audit_log::id).limit(MOST);
    let entries: Vec<Sealed> = unsealed.select(Sealed::as_select()).load(c)?;
    let Some(last_at) = entries.iter().map(|entry| entry.at).max() else { return Ok(0) };
    let count = i64::try_from(entries.len()).unwrap_or_default();
    let seal = Seal { number, last_at, entries: count, digest: digest_of(&entries), hash: String::new(), pruned_at: None };
    let row = (
        audit_seals::number.eq(number),
        audit_seals::sealed_at.eq(now),
        audit_seals::last_at.eq(last_at),
        audit_seals::entries.eq(count),
        audit_seals::hash.eq(seal.hash_on(&hash)),
        audit_seals::digest.eq(seal.digest),
    );
    if Both(diesel::insert_into(audit_seals::table).values(row).on_conflict(audit_seals::number).do_nothing()).execute(c)? == 0 {
        return Ok(0);
    }
    let ids: Vec<Id> = entries.iter().map(|entry| entry.id).collect();
    diesel::update(audit_log::table.filter(audit_log::id.eq_any(&ids))).set(audit_log::seal.eq(number)).execute(c)?;
    Ok(ids.len())
}

/// Takes out the entries of the oldest seal whose last entry is older than so many days, a year at least; gives how many, none if
/// another process is at it. The seal stays.
pub fn prune(c: &mut Conn, days: i32, now: Moment) -> Result<usize> {
    let kept = KEPT_MINUTES.max(i64::from(days) * 24 * 60);
    let old = audit_seals::table.filter(audit_seals::pruned_at.is_null()).filter(audit_seals::last_at.lt(now.plus_minutes(-kept)));
    let Some(number) = old.order(audit_seals::last_at).select(audit_seals::number).first::<i64>(c).optional()? else { return Ok(0) };
    let unpruned = audit_seals::table.find(number).filter(audit_seals::pruned_at.is_null());
    if diesel::update(unpruned).set(audit_seals::pruned_at.eq(now)).execute(c)? == 0 {
        return Ok(0);
    }
    Ok(diesel::delete(audit_log::table.filter(audit_log::seal.eq(number))).execute(c)?)
}

/// What the chain looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chain {
    /// Every seal fits. Whoever notes the last hash elsewhere can tell later that nothing before it was made anew.
    Whole {
        /// How many seals.
        seals: i64,
        /// Of the last one; empty without any.
        hash: String,
    },
    /// The first seal that does not fit: an entry under it was changed, added or taken out, or a seal before it is gone.
    Broken(i64),
}

/// Works out every seal anew, one after the other, as it must be `now`.
pub fn verify(c: &mut Conn, now: Moment) -> Result<Chain> {
    let (mut number, mut hash) = (0, NOTHING.to_owned());
    loop {
        let next: Option<Seal> = audit_seals::table
            .filter(audit_seals::number.gt(number))
            .order(audit_seals::number)
            .select(Seal::as_select())
            .first(c)
            .optional()?;
        let Some(seal) = next else { return Ok(Chain::Whole { seals: number, hash }) };
        let under = audit_log::table.filter(audit_log::seal.eq(seal.number)).order(audit_log::id);
        let entries: Vec<Sealed> = under.select(Sealed::as_select()).load(c)?;
        let fits = match seal.pruned_at {
            // That it was old enough: pruning a young seal would hide what it covers.
            Some(at) => entries.is_empty() && at <= now && seal.last_at < at.plus_minutes(-KEPT_MINUTES),
            None => i64::try_from(entries.len()) == Ok(seal.entries) && digest_of(&entries) == seal.digest,
        };
        number += 1;
        if !fits || seal.hash_on(&hash) != seal.hash || seal.number != number {
            return Ok(Chain::Broken(number));
        }
        hash = seal.hash;
    }
}
