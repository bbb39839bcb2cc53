//! Tokens by which a person's own programs come in: for one kind of work, until a day, hashed, and shown once. They never open the
//! account itself: not its sign-in, its data or its other tokens.
use diesel::prelude::*;

use super::{
    caller::Call,
    passkeys, sign_in, store,
    token::{self, Keys},
};
use crate::{
    audit,
    db::{Conn, schema::api_tokens},
    error::{Error, Result},
    id::Id,
    mail::AccountChange,
    say,
    text::stored,
    time::Moment,
    words,
};

words! {
    /// What a token is for.
    pub enum Scope {
        /// Reading what the person may see.
        Read = "read",
        /// And booking.
        Book = "book",
        /// Counting visits, and reading what the desk sees of them.
        Count = "count",
    }
}

/// So many a person may have at once.
const MOST: i64 = 20;

/// What no token opens, whatever its scope: the account itself, other people, and where visitors' names are read.
const CLOSED: [&str; 8] = ["/me/", "/users", "/audit", "/letters", "/settings", "/auth/", "/visits/present", "/roll-calls"];
/// What may be changed by a token for bookings.
const BOOKING: [&str; 4] = ["/bookings", "/series", "/waitlist", "/calendar-files"];
/// What is counted by.
const COUNTING: [&str; 2] = ["/visits", "/expected-visitors"];

impl Scope {
    /// Does it open this route, such as `/bookings/{id}`?
    #[must_use]
    pub fn opens(self, reads: bool, route: &str) -> bool {
        let under = |parts: &[&str]| parts.iter().any(|part| route.starts_with(part));
        if under(&CLOSED) {
            return false;
        }
        match self {
            Self::Read => reads,
            Self::Book => reads || under(&BOOKING),
            Self::Count => under(&COUNTING),
        }
    }
}

/// A token, without what opens anything.
#[derive(Debug, Clone)]
pub struct ApiToken {
    /// Its key.
    pub id: Id,
    /// What the person calls it.
    pub name: String,
    /// What it is for.
    pub scope: Scope,
    /// When it was made.
    pub created_at: Moment,
    /// Until when it holds.
    pub expires_at: Moment,
}

type Row = (Id, String, String, Moment, Moment);

fn parsed((id, name, scope, created_at, expires_at): Row) -> Result<ApiToken> {
    Ok(ApiToken { id, name, scope: stored(&scope)?, created_at, expires_at })
}

const COLUMNS: (api_tokens::id, api_tokens::name, api_tokens::scope, api_tokens::created_at, api_tokens::expires_at) =
    (api_tokens::id, api_tokens::name, api_tokens::scope, api_tokens::created_at, api_tokens::expires_at);

/// The caller's tokens that hold, latest first.
pub fn list(c: &mut Conn, call: &Call) -> Result<Vec<ApiToken>> {
    let rows: Vec<Row> = api_tokens::table
        .filter(api_tokens::person_id.eq(call.caller.person.id))
        .filter(api_tokens::revoked_at.is_null())
        .filter(api_tokens::expires_at.gt(call.now))
        .order((api_tokens::created_at.desc(), api_tokens::id))
        .select(COLUMNS)
        .limit(MOST)
        .load(c)?;
    rows.into_iter().map(parsed).collect()
}

/// A new one and its text, which is shown this once.
pub fn make(c: &mut Conn, keys: &Keys, call: &Call, name: String, scope: Scope, days: i32) -> Result<(ApiToken, String)> {
    let person = call.caller.person.id;
    // Alone with this account, or many at once would each see the same few.
    store::lock(c, person)?;
    passkeys::refuse_half_a_sign_in(c, call)?;
    if i64::try_from(list(c, call)?.len()).map_err(Error::internal)? >= MOST {
        return Err(Error::Conflict {
            code: "wrong_state",
            detail: say!("Du har redan {MOST} nycklar. Ta bort en först.", "You have {MOST} tokens already. Remove one first."),
        });
    }
    let seconds = i64::from(days) * 24 * 3600;
    let new = ApiToken { id: Id::new(), name, scope, created_at: call.now, expires_at: call.now.plus_seconds(seconds) };
    let text = keys.issue_personal(person, new.id, call.now, seconds)?;
    diesel::insert_into(api_tokens::table)
        .values((
            api_tokens::id.eq(new.id),
            api_tokens::person_id.eq(person),
            api_tokens::name.eq(&new.name),
            api_tokens::scope.eq(new.scope.as_str()),
            api_tokens::token_hash.eq(token::hash_of(&text)),
            api_tokens::created_at.eq(new.created_at),
            api_tokens::expires_at.eq(new.expires_at),
        ))
        .execute(c)?;
    let trace = serde_json::json!({"name": new.name, "scope": new.scope, "expires_at": new.expires_at});
    audit::record(c, &call.by(), "created", "api_token", Some(new.id.to_string()), None, Some(trace))?;
    sign_in::tell_of_change(c, &call.house, &call.caller.person, AccountChange::TokenMade, &call.by())?;
    Ok((new, text))
}

/// Ends one of the caller's.
pub fn revoke(c: &mut Conn, call: &Call, id: Id) -> Result<()> {
    let own = api_tokens::table
        .filter(api_tokens::id.eq(id))
        .filter(api_tokens::person_id.eq(call.caller.person.id))
        .filter(api_tokens::revoked_at.is_null());
    if diesel::update(own).set(api_tokens::revoked_at.eq(call.now)).execute(c)? == 0 {
        return Err(Error::NotFound("token"));
    }
    audit::record(c, &call.by(), "ended", "api_token", Some(id.to_string()), None, None)
}

/// Ends all of somebody's.
pub fn revoke_all(c: &mut Conn, person: Id, now: Moment) -> Result<()> {
    let live = api_tokens::table.filter(api_tokens::person_id.eq(person)).filter(api_tokens::revoked_at.is_null());
    diesel::update(live).set(api_tokens::revoked_at.eq(now)).execute(c)?;
    Ok(())
}

/// What this very token is for, if it holds.
pub fn scope_of(c: &mut Conn, id: Id, person: Id, token_hash: &str, now: Moment) -> Result<Option<Scope>> {
    let found: Option<String> = api_tokens::table
        .filter(api_tokens::id.eq(id))
        .filter(api_tokens::person_id.eq(person))
        .filter(api_tokens::token_hash.eq(token_hash))
        .filter(api_tokens::revoked_at.is_null())
        .filter(api_tokens::expires_at.gt(now))
        .select(api_tokens::scope)
        .first(c)
        .optional()?;
    found.as_deref().map(stored).transpose()
}

/// Forgets those that are over; returns how many rows went.
pub fn prune(c: &mut Conn, now: Moment) -> Result<usize> {
    Ok(diesel::delete(api_tokens::table.filter(api_tokens::expires_at.lt(now.days_ago(30)))).execute(c)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_opens_its_own_work_and_never_the_account() {
        for scope in [Scope::Read, Scope::Book, Scope::Count] {
            for closed in [
                "/me/tokens",
                "/me/password",
                "/me/data",
                "/users",
                "/audit",
                "/letters/x",
                "/settings",
                "/auth/logout",
                "/visits/present",
                "/roll-calls",
            ] {
                assert!(!scope.opens(true, closed) && !scope.opens(false, closed), "{scope:?} {closed}");
            }
        }
        assert!(Scope::Read.opens(true, "/me") && Scope::Read.opens(true, "/bookings") && !Scope::Read.opens(false, "/bookings"));
        assert!(
            Scope::Book.opens(false, "/bookings/x/cancel") && !Scope::Book.opens(false, "/rooms") && !Scope::Book.opens(false, "/visits")
        );
        assert!(Scope::Count.opens(false, "/visits") && !Scope::Count.opens(true, "/bookings"));
    }
}
