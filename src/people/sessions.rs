//! Sessions: one for each sign-in, with the refresh tokens that it hands out one after the other.
use diesel::prelude::*;

use crate::{
    db::{Conn, schema::*},
    error::Result,
    id::Id,
    time::Moment,
};

/// How somebody came in.
#[derive(Debug, Clone, Default)]
pub struct Entrance {
    /// See [`Session::device`].
    pub device: String,
    /// By a link in a letter, not by a password.
    pub by_link: bool,
    /// By the word of a provider (OpenID Connect).
    pub by_openid: bool,
    /// The code that came along, of a second factor.
    pub code: Option<String>,
    /// The refresh token of a session that the browser still has: it ends, for nobody goes on with it.
    pub before: Option<String>,
    /// By a passkey, whose device has made sure who holds it: no code is asked for.
    pub by_passkey: bool,
    /// Two factors were shown: the code was right, or the provider has seen two itself.
    pub second_factor: bool,
}

/// Begins a session and stores the hash of its first refresh token.
pub fn insert(c: &mut Conn, person: Id, entrance: &Entrance, token_hash: &str, now: Moment, expires_at: Moment) -> Result<Id> {
    let id = Id::new();
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(id),
            sessions::person_id.eq(person),
            sessions::created_at.eq(now),
            sessions::last_used_at.eq(now),
            sessions::expires_at.eq(expires_at),
            sessions::device.eq(&entrance.device),
            sessions::by_link.eq(entrance.by_link),
            sessions::second_factor.eq(entrance.second_factor),
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
    /// When the session was last renewed.
    pub last_used_at: Moment,
}

/// Looks a refresh token up by its hash.
pub fn refresh_token(c: &mut Conn, token_hash: &str) -> Result<Option<Refresh>> {
    Ok(refresh_tokens::table
        .inner_join(sessions::table)
        .filter(refresh_tokens::token_hash.eq(token_hash))
        .select((
            sessions::id,
            sessions::person_id,
            sessions::expires_at,
            sessions::revoked_at,
            refresh_tokens::used_at,
            sessions::last_used_at,
        ))
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
pub fn end(c: &mut Conn, session: Id, now: Moment) -> Result<()> {
    diesel::update(sessions::table.find(session)).filter(sessions::revoked_at.is_null()).set(sessions::revoked_at.eq(now)).execute(c)?;
    Ok(())
}

/// Ends all sessions of a person, but for `keep`.
pub fn end_of(c: &mut Conn, person: Id, keep: Option<Id>, now: Moment) -> Result<()> {
    let live = sessions::table.filter(sessions::person_id.eq(person)).filter(sessions::revoked_at.is_null());
    match keep {
        Some(keep) => diesel::update(live.filter(sessions::id.ne(keep))).set(sessions::revoked_at.eq(now)).execute(c)?,
        None => diesel::update(live).set(sessions::revoked_at.eq(now)).execute(c)?,
    };
    Ok(())
}

/// A session that runs, as its owner sees it.
#[derive(Debug, Clone, Queryable)]
pub struct Session {
    /// Its key.
    pub id: Id,
    /// The browser and the system it runs on, in two words; empty if unknown.
    pub device: String,
    /// When it began.
    pub created_at: Moment,
    /// When its access was last renewed.
    pub last_used_at: Moment,
    /// When it ends by itself.
    pub expires_at: Moment,
}

/// More than anybody has open; whoever has ends the others at once.
const MOST: i64 = 50;

/// A person's sessions that run, latest first, at most 50.
pub fn list(c: &mut Conn, person: Id, now: Moment) -> Result<Vec<Session>> {
    let running =
        sessions::table.filter(sessions::person_id.eq(person)).filter(sessions::revoked_at.is_null()).filter(sessions::expires_at.gt(now));
    let columns = (sessions::id, sessions::device, sessions::created_at, sessions::last_used_at, sessions::expires_at);
    Ok(running.order((sessions::last_used_at.desc(), sessions::id)).select(columns).limit(MOST).load(c)?)
}

/// Ends a person's session; `false` if it has none with this key that runs.
pub fn end_own(c: &mut Conn, person: Id, session: Id, now: Moment) -> Result<bool> {
    let own = sessions::table
        .filter(sessions::id.eq(session))
        .filter(sessions::person_id.eq(person))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now));
    Ok(diesel::update(own).set(sessions::revoked_at.eq(now)).execute(c)? > 0)
}

/// Did this session begin by a link in a letter after `since`?
pub fn began_by_link(c: &mut Conn, session: Id, since: Moment) -> Result<bool> {
    let found = sessions::table.find(session).filter(sessions::by_link.eq(true)).filter(sessions::created_at.gt(since));
    Ok(found.select(sessions::id).first::<Id>(c).optional()?.is_some())
}

/// What this session may do for having begun by a link is used up.
pub fn use_up_link(c: &mut Conn, session: Id) -> Result<()> {
    diesel::update(sessions::table.find(session)).set(sessions::by_link.eq(false)).execute(c)?;
    Ok(())
}

/// No session of this person has shown a second factor any more.
pub fn unset_second_factor(c: &mut Conn, person: Id) -> Result<()> {
    diesel::update(sessions::table.filter(sessions::person_id.eq(person))).set(sessions::second_factor.eq(false)).execute(c)?;
    Ok(())
}

/// This session has shown a second factor.
pub fn set_second_factor(c: &mut Conn, session: Id) -> Result<()> {
    diesel::update(sessions::table.find(session)).set(sessions::second_factor.eq(true)).execute(c)?;
    Ok(())
}

/// Forgets sessions that are over; returns how many rows went.
pub fn prune(c: &mut Conn, now: Moment) -> Result<usize> {
    Ok(diesel::delete(sessions::table.filter(sessions::expires_at.lt(now))).execute(c)?)
}
