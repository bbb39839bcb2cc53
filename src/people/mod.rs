//! People: accounts, sign-in, and who is calling.
pub mod account;
pub mod api;
pub mod caller;
pub mod guard;
pub mod password;
pub mod sign_in;
pub mod store;
pub mod token;

use crate::{
    audit,
    db::Conn,
    error::{Language, Result},
    http::etag::IfMatch,
};
pub use account::{Email, Membership, Person, Role};
pub use caller::{Call, Caller, forbidden};

/// Changes what somebody may change of itself.
pub fn change_me(c: &mut Conn, call: &Call, expected: IfMatch, name: Option<String>, language: Option<Language>) -> Result<Person> {
    let before = call.caller.person.clone();
    expected.check(before.version)?;
    let after = Person {
        name: name.unwrap_or_else(|| before.name.clone()),
        language: language.unwrap_or(before.language),
        version: before.version + 1,
        ..before
    };
    store::update(c, &after, call.now)?;
    audit::record(c, &call.by(), "changed", "person", Some(after.id.to_string()), None, None)?;
    Ok(after)
}
