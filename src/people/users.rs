//! Accounts as an admin runs them.
use serde_json::{Value, json};

use super::{
    account::{Email, Membership, Person, Role},
    api_tokens, mail_link, passkeys, sessions, sign_in, store,
};
use crate::{
    audit::{self, By},
    config::House,
    db::Conn,
    error::{Error, Language, Result},
    http::{etag::IfMatch, page::Page},
    id::Id,
    say,
};
pub use store::{Filter, by_email};

/// What a refusal calls an account.
pub const NOUN: &str = "person";

/// An account and the associations it acts for.
#[derive(Debug, Clone)]
pub struct User {
    /// The account.
    pub person: Person,
    /// The associations, by name.
    pub memberships: Vec<Membership>,
    /// Signs in by passkey too.
    pub passkeys: bool,
}

/// What a new account starts with.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Where letters go.
    pub email: Email,
    /// What it is called.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// In which language it reads.
    pub language: Language,
}

/// What shall be different; `None` leaves it as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Access {
    /// What it may do.
    pub role: Option<Role>,
    /// May it not sign in?
    pub disabled: Option<bool>,
}

/// What shall be different; `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// What it is called.
    pub name: Option<String>,
    /// In which language it reads.
    pub language: Option<Language>,
    /// What it may do, and whether at all.
    pub access: Access,
}

/// What the audit trail keeps of an account.
pub(super) fn trace(person: &Person) -> Value {
    json!({
        "email": person.email, "name": person.name, "role": person.role, "language": person.language,
        "reminders": person.reminders, "arrival_letters": person.arrival_letters, "report_letters": person.report_letters,
        "disabled": person.disabled_at.is_some(),
    })
}

/// Adds an account that has no password yet.
pub fn add(c: &mut Conn, by: &By, new: &NewUser) -> Result<Person> {
    let row = store::NewPerson { email: &new.email, name: &new.name, role: new.role, language: new.language };
    let Some(person) = store::insert(c, &row, by.at)? else {
        return Err(Error::AlreadyExists {
            field: "email",
            detail: say!("Det finns redan ett konto med den e-postadressen.", "There is an account with this e-mail address already."),
        });
    };
    audit::record(c, by, "created", NOUN, Some(person.id.to_string()), None, Some(trace(&person)))?;
    Ok(person)
}

/// Adds an account and mails it the link with which to set its first password.
pub fn invite(c: &mut Conn, by: &By, house: &House, new: &NewUser) -> Result<Person> {
    let person = add(c, by, new)?;
    sign_in::mail_password_link(c, house, &person, by)?;
    Ok(person)
}

/// A page of accounts by name with their associations, and one more.
pub fn list(c: &mut Conn, filter: &Filter, page: &Page) -> Result<Vec<User>> {
    let people = store::page(c, filter, page)?;
    let ids: Vec<Id> = people.iter().map(|person| person.id).collect();
    let mut memberships = store::memberships_of(c, &ids)?;
    let owners = passkeys::owners(c, &ids)?;
    Ok(people
        .into_iter()
        .map(|person| {
            let memberships = memberships.remove(&person.id).unwrap_or_default();
            let passkeys = owners.contains(&person.id);
            User { person, memberships, passkeys }
        })
        .collect())
}

/// One account with its associations.
pub fn one(c: &mut Conn, id: Id) -> Result<User> {
    let person = store::by_id(c, id)?.ok_or(Error::NotFound(NOUN))?;
    let memberships = store::memberships(c, id)?;
    let passkeys = passkeys::has_any(c, id)?;
    Ok(User { person, memberships, passkeys })
}

/// Refuses to do without the one admin that the house has; `admins` as [`store::lock_admins`] gives them.
pub fn spare_the_last_admin(admins: &[Id], person: &Person) -> Result<()> {
    if !person.runs_the_house() || admins.iter().any(|admin| *admin != person.id) {
        return Ok(());
    }
    Err(Error::Conflict {
        code: "last_admin",
        detail: say!(
            "Huset behöver minst en administratör. Gör först någon annan till administratör.",
            "The house needs at least one admin. Make somebody else admin first."
        ),
    })
}

/// Changes an account. Whoever may not sign in any more is signed out everywhere at once; the house's last admin stays one.
pub fn change(c: &mut Conn, by: &By, id: Id, expected: IfMatch, change: Change) -> Result<Person> {
    let Access { role, disabled } = change.access;
    // The admins first and in one order, so that two admins who take each other's role away don't both succeed.
    let admins = if role.is_some() || disabled.is_some() { store::lock_admins(c)? } else { vec![] };
    let before = store::lock(c, id)?.ok_or(Error::NotFound(NOUN))?;
    expected.check(before.version)?;
    if before.erased {
        return Err(Error::Conflict {
            code: "wrong_state",
            detail: say!("Kontot är borttaget. Lägg till personen på nytt.", "The account is removed. Add the person anew."),
        });
    }
    let after = Person {
        name: change.name.unwrap_or_else(|| before.name.clone()),
        language: change.language.unwrap_or(before.language),
        role: role.unwrap_or(before.role),
        disabled_at: match disabled {
            Some(true) => before.disabled_at.or(Some(by.at)),
            Some(false) => None,
            None => before.disabled_at,
        },
        ..before.clone()
    };
    if after == before {
        return Ok(before);
    }
    if !after.runs_the_house() {
        spare_the_last_admin(&admins, &before)?;
    }
    let after = Person { version: before.version + 1, ..after };
    store::update(c, &after, by.at)?;
    if after.disabled_at.is_some() && before.disabled_at.is_none() {
        sessions::end_of(c, id, None, by.at)?;
        // Or an old letter would open the account again once it is let in.
        store::delete_links_of(c, id)?;
        mail_link::void(c, id, by.at)?;
        store::delete_calendar_keys_known_to(c, id)?;
        api_tokens::revoke_all(c, id, by.at)?;
    }
    audit::record(c, by, "changed", NOUN, Some(id.to_string()), Some(trace(&before)), Some(trace(&after)))?;
    Ok(after)
}

/// Ends somebody's access: for the command line.
pub fn disable(c: &mut Conn, by: &By, id: Id) -> Result<Person> {
    change(c, by, id, IfMatch::Any, Change { access: Access { disabled: Some(true), role: None }, ..Change::default() })
}

/// Sets somebody's password from outside, which ends its sessions and tokens: for the command line.
pub fn set_password(c: &mut Conn, by: &By, id: Id, hash: &str) -> Result<()> {
    store::lock(c, id)?.ok_or(Error::NotFound(NOUN))?;
    store::set_password_hash(c, id, hash, by.at)?;
    sessions::end_of(c, id, None, by.at)?;
    store::delete_links_of(c, id)?;
    mail_link::void(c, id, by.at)?;
    api_tokens::revoke_all(c, id, by.at)?;
    audit::record(c, by, "set_password", NOUN, Some(id.to_string()), None, None)
}

/// Signs somebody out everywhere.
pub fn end_sessions(c: &mut Conn, by: &By, id: Id) -> Result<()> {
    store::lock(c, id)?.ok_or(Error::NotFound(NOUN))?;
    sessions::end_of(c, id, None, by.at)?;
    mail_link::void(c, id, by.at)?;
    api_tokens::revoke_all(c, id, by.at)?;
    audit::record(c, by, "ended_sessions", NOUN, Some(id.to_string()), None, None)
}

/// Mails somebody a new link with which to set a password; earlier ones are void.
pub fn send_password_link(c: &mut Conn, by: &By, house: &House, id: Id) -> Result<()> {
    let person = store::lock(c, id)?.ok_or(Error::NotFound(NOUN))?;
    if person.disabled_at.is_some() {
        return Err(Error::Conflict {
            code: "wrong_state",
            detail: say!("Kontot är avstängt. Öppna det först.", "The account is disabled. Enable it first."),
        });
    }
    sign_in::mail_password_link(c, house, &person, by)?;
    audit::record(c, by, "sent_password_link", NOUN, Some(id.to_string()), None, None)
}
