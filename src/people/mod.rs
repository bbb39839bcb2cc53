//! People: accounts, sign-in, and who is calling.
pub mod account;
pub mod api;
pub mod api_tokens;
pub mod api_tokens_api;
pub mod attempts;
pub mod caller;
mod device;
pub mod guard;
pub mod invitations;
pub mod mail_link;
pub mod openid;
pub mod openid_api;
pub mod openid_provider;
pub mod passkey_challenges;
pub mod passkeys;
pub mod passkeys_api;
pub mod password;
pub mod second_factor;
pub mod second_factor_api;
pub mod sessions;
pub mod sign_in;
pub mod sign_in_api;
pub mod store;
pub mod token;
pub mod users;
pub mod users_api;
pub mod webauthn;

use crate::{
    audit,
    db::Conn,
    error::{Error, Language, Result},
    http::etag::IfMatch,
    time::Moment,
};
pub use account::{Email, Membership, Person, Role};
pub use caller::{Call, Caller, forbidden};

/// What somebody may change of itself; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct MyChange {
    /// What it is called.
    pub name: Option<String>,
    /// In which language it reads.
    pub language: Option<Language>,
    /// Does it want a letter a day before a gathering?
    pub reminders: Option<bool>,
    /// Does it want a letter when visitors have come?
    pub arrival_letters: Option<bool>,
    /// Figures by mail?
    pub report_letters: Option<bool>,
}

/// Forgets sessions, links, challenges and failed tries that are over; returns how many rows went.
pub fn prune(c: &mut Conn, now: Moment) -> Result<usize> {
    let links = store::prune(c, now)? + mail_link::prune(c, now)? + passkey_challenges::prune(c, now)?;
    Ok(links + sessions::prune(c, now)? + attempts::prune(c, now)? + api_tokens::prune(c, now)?)
}

/// Changes what somebody may change of itself.
pub fn change_me(c: &mut Conn, call: &Call, expected: IfMatch, change: MyChange) -> Result<Person> {
    // Read again under a lock: what the guard saw may be old, and writing it back would undo an admin's change of the role.
    let before = store::lock(c, call.caller.person.id)?.ok_or(Error::NotFound(users::NOUN))?;
    expected.check(before.version)?;
    let after = Person {
        name: change.name.unwrap_or_else(|| before.name.clone()),
        language: change.language.unwrap_or(before.language),
        reminders: change.reminders.unwrap_or(before.reminders),
        arrival_letters: change.arrival_letters.unwrap_or(before.arrival_letters),
        report_letters: change.report_letters.unwrap_or(before.report_letters),
        ..before.clone()
    };
    if after == before {
        return Ok(before);
    }
    let after = Person { version: before.version + 1, ..after };
    store::update(c, &after, call.now)?;
    let (was, is) = (users::trace(&before), users::trace(&after));
    audit::record(c, &call.by(), "changed", users::NOUN, Some(after.id.to_string()), Some(was), Some(is))?;
    Ok(after)
}
