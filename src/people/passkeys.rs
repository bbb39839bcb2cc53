//! Passkeys: keys on people's own devices, which sign in by themselves. The device makes sure who holds it, so that one is two factors
//! in one; it signs for this house's address alone, so that no other site can ask for it.
use std::collections::HashSet;

use diesel::prelude::*;
use serde_json::{Value, json};

use super::{
    api_tokens,
    attempts::{self, Counted},
    caller::Call,
    passkey_challenges::{self, Holder},
    second_factor,
    sessions::{self, Entrance},
    sign_in::{self, Tokens},
    store,
    token::Keys,
    users,
    webauthn::{self, Shown, Site, Verdict},
};
use crate::{
    audit::{self, By},
    config::House,
    db::{Conn, schema::passkeys},
    error::{Error, Result},
    http::etag::IfMatch,
    id::Id,
    mail::AccountChange,
    say,
    time::Moment,
};

/// So many a person may have.
const MOST: usize = 10;
/// Nothing of a passkey can be changed, so that it is always this version of it.
pub const VERSION: i32 = 1;
/// What the audit trail calls one.
const NOUN: &str = "passkey";

/// A passkey, as its owner sees it.
#[derive(Debug, Clone, Queryable)]
pub struct Passkey {
    /// Its key.
    pub id: Id,
    /// What the person calls it.
    pub name: String,
    /// When it was added.
    pub created_at: Moment,
    /// When it last signed in.
    pub last_used_at: Option<Moment>,
}

/// Has this person any?
pub fn has_any(c: &mut Conn, person: Id) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(passkeys::table.filter(passkeys::person_id.eq(person)))).get_result(c)?)
}

/// Who of these has any.
pub fn owners(c: &mut Conn, people: &[Id]) -> Result<HashSet<Id>> {
    let found: Vec<Id> = passkeys::table.filter(passkeys::person_id.eq_any(people)).select(passkeys::person_id).distinct().load(c)?;
    Ok(found.into_iter().collect())
}

/// Refuses whoever has a second step and came in without it: by the password alone one could otherwise add a key of one's own, and be
/// the person altogether.
pub fn refuse_half_a_sign_in(c: &mut Conn, call: &Call) -> Result<()> {
    let person = &call.caller.person;
    if call.caller.second_factor || !(person.second_factor || has_any(c, person.id)?) {
        return Ok(());
    }
    Err(Error::Forbidden(say!("Logga in med en av dina lösennycklar (passkeys) först.", "Sign in with one of your passkeys first.")))
}

/// The caller's, latest first.
pub fn list(c: &mut Conn, call: &Call) -> Result<Vec<Passkey>> {
    Ok(passkeys::table
        .filter(passkeys::person_id.eq(call.caller.person.id))
        .order((passkeys::created_at.desc(), passkeys::id.desc()))
        .select((passkeys::id, passkeys::name, passkeys::created_at, passkeys::last_used_at))
        .load(c)?)
}

/// Hands out what a new device is to sign, and its key.
pub fn begin(c: &mut Conn, site: &Site, call: &Call) -> Result<(Id, Value)> {
    let person = store::lock(c, call.caller.person.id)?.ok_or(Error::NotFound(users::NOUN))?;
    refuse_half_a_sign_in(c, call)?;
    let known: Vec<String> = passkeys::table.filter(passkeys::person_id.eq(person.id)).select(passkeys::credential_key).load(c)?;
    refuse_more(known.len())?;
    let asked = site.ask_for_new(&person, &known)?;
    let holder = Holder::Session(person.id, call.caller.session);
    Ok((passkey_challenges::put(c, &holder, None, &asked.state, call.now)?, asked.public_key))
}

fn refuse_more(has: usize) -> Result<()> {
    if has < MOST {
        return Ok(());
    }
    Err(Error::Conflict {
        code: "wrong_state",
        detail: say!("Du har redan {MOST} lösennycklar. Ta bort en först.", "You have {MOST} passkeys already. Remove one first."),
    })
}

/// Adds the key that a device has made, and ends the other sessions. `None`: it was not made for this; that must be committed, for
/// what it was asked is used up.
pub fn add(c: &mut Conn, site: &Site, call: &Call, challenge: Id, name: String, credential: Value) -> Result<Option<Passkey>> {
    let person = store::lock(c, call.caller.person.id)?.ok_or(Error::NotFound(users::NOUN))?;
    refuse_half_a_sign_in(c, call)?;
    refuse_more(list(c, call)?.len())?;
    let holder = Holder::Session(person.id, call.caller.session);
    let Some(state) = passkey_challenges::take(c, challenge, &holder, call.now)? else { return Ok(None) };
    let Some(key) = site.made(&state, credential)? else { return Ok(None) };
    let known = passkeys::table.filter(passkeys::credential_key.eq(&key.credential_key));
    if diesel::select(diesel::dsl::exists(known)).get_result::<bool>(c)? {
        return Ok(None);
    }
    open_fully(c, call)?;
    let new = Passkey { id: Id::new(), name, created_at: call.now, last_used_at: None };
    diesel::insert_into(passkeys::table)
        .values((
            passkeys::id.eq(new.id),
            passkeys::person_id.eq(person.id),
            passkeys::name.eq(&new.name),
            passkeys::credential_key.eq(key.credential_key),
            passkeys::credential.eq(key.credential),
            passkeys::created_at.eq(new.created_at),
        ))
        .execute(c)?;
    sign_in::tell_of_change(c, &call.house, &person, AccountChange::PasskeyAdded, &call.by())?;
    audit::record(c, &call.by(), "created", NOUN, Some(new.id.to_string()), None, Some(json!({"name": new.name})))?;
    Ok(Some(new))
}

/// The caller has shown a second factor just now, which is about to be the account's: this session has two from here on, and others end,
/// which may have come in by one. What a program got by the password alone, while the role's rights were out of its reach, must not have
/// them now; it goes by the account's own factors, whatever this session has shown elsewhere.
pub fn open_fully(c: &mut Conn, call: &Call) -> Result<()> {
    let person = &call.caller.person;
    let had_none = !person.second_factor && !has_any(c, person.id)?;
    if had_none && second_factor::is_missing(c, person.role, false)? {
        api_tokens::revoke_all(c, person.id, call.now)?;
    }
    sessions::end_of(c, person.id, Some(call.caller.session), call.now)?;
    sessions::set_second_factor(c, call.caller.session)
}

/// Removes one of the caller's, and ends the other sessions: whoever has the device may be in one of them.
pub fn remove(c: &mut Conn, call: &Call, id: Id, expected: IfMatch) -> Result<()> {
    let person = store::lock(c, call.caller.person.id)?.ok_or(Error::NotFound(users::NOUN))?;
    let own = passkeys::table.filter(passkeys::id.eq(id)).filter(passkeys::person_id.eq(person.id));
    let Some(name) = own.select(passkeys::name).first::<String>(c).optional()? else { return Err(Error::NotFound(NOUN)) };
    refuse_half_a_sign_in(c, call)?;
    expected.check(VERSION)?;
    diesel::delete(passkeys::table.find(id)).execute(c)?;
    sessions::end_of(c, person.id, Some(call.caller.session), call.now)?;
    if !person.second_factor && !has_any(c, person.id)? {
        sessions::unset_second_factor(c, person.id)?;
    }
    sign_in::tell_of_change(c, &call.house, &person, AccountChange::PasskeyRemoved, &call.by())?;
    audit::record(c, &call.by(), "removed", NOUN, Some(id.to_string()), Some(json!({"name": name})), None)
}

/// Forgets all of somebody's; returns how many there were.
pub fn forget(c: &mut Conn, person: Id) -> Result<usize> {
    passkey_challenges::forget(c, person)?;
    Ok(diesel::delete(passkeys::table.filter(passkeys::person_id.eq(person))).execute(c)?)
}

/// Hands out what any device may sign to sign in; `browser` is what the browser keeps of it in a cookie.
pub fn ask(c: &mut Conn, site: &Site, browser: &str, network: &str, now: Moment) -> Result<(Id, Value)> {
    passkey_challenges::admit(c, network, now)?;
    let asked = site.ask_for_any()?;
    Ok((passkey_challenges::put(c, &Holder::Browser(browser), Some(network), &asked.state, now)?, asked.public_key))
}

/// Somebody who comes with a passkey.
#[derive(Debug)]
pub struct Comer {
    /// What it was asked.
    pub challenge: Id,
    /// What its browser keeps of that.
    pub browser: String,
    /// What its device answers.
    pub credential: Value,
    /// Under which keys the try was counted.
    pub counted: Counted,
}

/// Counts a try before it is looked at, in a transaction of its own.
pub fn count_try(c: &mut Conn, counted: &Counted, now: Moment) -> Result<()> {
    attempts::begin(c, counted, now)
}

/// Signs in. `None`: refused; that must be committed, for what was asked is used up, and a copied key is on record.
pub fn enter(c: &mut Conn, keys: &Keys, site: &Site, house: &House, comer: Comer, entrance: &Entrance, by: &By) -> Result<Option<Tokens>> {
    let Some(state) = passkey_challenges::take(c, comer.challenge, &Holder::Browser(&comer.browser), by.at)? else { return Ok(None) };
    let Some(shown) = webauthn::shown(comer.credential) else { return Ok(None) };
    // Alone with this account, or two copies of a key could come with the same count at once.
    let Some(person) = store::lock(c, shown.person)?.filter(|person| person.disabled_at.is_none()) else { return Ok(None) };
    let Some((id, credential)) = of_person(c, &shown)? else { return Ok(None) };
    let credential = match site.check(&state, &shown, &credential)? {
        Verdict::Right(credential) => credential,
        Verdict::Wrong => return Ok(None),
        Verdict::Copied => {
            tracing::warn!(target: "security", person = %person.id, passkey = %id, "a passkey has counted backwards: there is a copy of it");
            audit::record(c, by, "passkey_copied", users::NOUN, Some(person.id.to_string()), None, Some(json!({"passkey": id})))?;
            sign_in::tell_of_change(c, house, &person, AccountChange::CopiedPasskey, by)?;
            return Ok(None);
        }
    };
    diesel::update(passkeys::table.find(id)).set((passkeys::credential.eq(credential), passkeys::last_used_at.eq(by.at))).execute(c)?;
    attempts::forgive(c, &comer.counted)?;
    sign_in::enter(c, keys, person.id, &Entrance { by_passkey: true, ..entrance.clone() }, by)
}

fn of_person(c: &mut Conn, shown: &Shown) -> Result<Option<(Id, String)>> {
    let own = passkeys::table.filter(passkeys::credential_key.eq(&shown.credential_key)).filter(passkeys::person_id.eq(shown.person));
    Ok(own.select((passkeys::id, passkeys::credential)).first(c).optional()?)
}

/// One answer for everything that may be wrong with it.
#[must_use]
pub fn no_good() -> Error {
    Error::Unauthenticated {
        code: "invalid_passkey",
        detail: say!(
            "Det gick inte att logga in med lösennyckeln. Försök igen, eller logga in på ett annat sätt.",
            "The passkey did not sign you in. Try again, or sign in another way."
        ),
    }
}
