//! People: accounts, sign-in, and who is calling.
pub mod account;
pub mod api;
pub mod caller;
pub mod guard;
pub mod password;
pub mod sign_in;
pub mod store;
pub mod token;
pub mod users;
pub mod users_api;

use crate::{
    audit,
    db::Conn,
    error::{Error, Language, Result},
    http::etag::IfMatch,
};
pub use account::{Email, Membership, Person, Role};
pub use caller::{Call, Caller, forbidden};

/// Changes what somebody may change of itself.
pub fn change_me(c: &mut Conn, call: &Call, expected: IfMatch, name: Option<String>, language: Option<Language>) -> Result<Person> {
    // Read again under a lock: what the guard saw may be old, and writing it back would undo an admin's change of the role.
    let before = store::lock(c, call.caller.person.id)?.ok_or(Error::NotFound(users::NOUN))?;
    expected.check(before.version)?;
    let after =
        Person { name: name.unwrap_or_else(|| before.name.clone()), language: language.unwrap_or(before.language), ..before.clone() };
    if after == before {
        return Ok(before);
    }
    let after = Person { version: before.version + 1, ..after };
    store::update(c, &after, call.now)?;
    let (was, is) = (users::trace(&before), users::trace(&after));
    audit::record(c, &call.by(), "changed", users::NOUN, Some(after.id.to_string()), Some(was), Some(is))?;
    Ok(after)
}
