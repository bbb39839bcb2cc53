//! Who acts for an organisation.
use serde_json::{Value, json};

use super::{Member, NOUN, lock, managed, one, store};
use crate::{
    audit::{self, By},
    db::Conn,
    error::{Error, Language, Result},
    http::{etag::IfMatch, page::Page},
    id::Id,
    people::{
        Call, Email, Person, Role,
        invitations::{self, Invitation},
        users,
    },
    say,
};

const MEMBER: &str = "member";

/// Somebody who shall act for an organisation.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// Its address, by which it is found or invited.
    pub email: Email,
    /// What it is called, if it is not known yet.
    pub name: Option<String>,
    /// May also manage the organisation and its members.
    pub organisation_admin: bool,
}

fn trace(member: &Member) -> Value {
    json!({
        "person_id": member.person_id, "name": member.name, "email": member.email, "organisation_admin": member.organisation_admin,
    })
}

fn note(c: &mut Conn, by: &By, action: &str, organisation: Id, before: Option<&Member>, after: Option<&Member>) -> Result<()> {
    audit::record(c, by, action, NOUN, Some(organisation.to_string()), before.map(trace), after.map(trace))
}

/// A page of an organisation's members, for those who may see it, and one more. Who is only asked stands among them for those who manage
/// them: to others it would be told as a member.
pub fn list(c: &mut Conn, call: &Call, organisation: Id, page: &Page) -> Result<Vec<Member>> {
    one(c, call, organisation)?;
    let with_asked = call.caller.is_admin() || call.caller.manages(organisation);
    store::members(c, organisation, with_asked, page)
}

fn known_already() -> Error {
    Error::AlreadyExists {
        field: "email",
        detail: say!(
            "Personen är redan medlem i föreningen, eller har fått frågan.",
            "This person is a member of the organisation already, or has been asked."
        ),
    }
}

impl From<Invitation> for Member {
    fn from(asked: Invitation) -> Self {
        let Invitation { id, email, name, organisation_admin, created_at, .. } = asked;
        Self { person_id: id, email, name, organisation_admin, confirmed: false, created_at, version: invitations::VERSION }
    }
}

/// Adds a member by its address for the house's admin, and asks it to become one for anybody else who manages the organisation.
pub fn add(c: &mut Conn, call: &Call, organisation: Id, new: NewMember) -> Result<Member> {
    managed(c, call, organisation)?;
    if call.caller.is_admin() { put_in(c, call, organisation, new) } else { ask(c, call, organisation, new) }
}

/// Asks whoever has this address. Nothing here looks whether it has an account, so that neither the answer nor its time tells that;
/// [`invitations::reach`] does, afterwards.
fn ask(c: &mut Conn, call: &Call, organisation: Id, new: NewMember) -> Result<Member> {
    let NewMember { email, name, organisation_admin } = new;
    let name = name.unwrap_or_else(|| email.address.clone());
    let asked = Invitation {
        id: Id::new(),
        organisation_id: organisation,
        email: email.address.clone(),
        name,
        organisation_admin,
        created_at: call.now,
    };
    if store::has_member_with(c, organisation, &email.key)? || !invitations::insert(c, &asked, &email)? {
        return Err(known_already());
    }
    let after = Some(invitations::trace(&asked));
    audit::record(c, &call.by(), "member_invited", NOUN, Some(organisation.to_string()), None, after)?;
    Ok(asked.into())
}

/// An unknown address becomes an account that books, and gets the first-password letter.
fn put_in(c: &mut Conn, call: &Call, organisation: Id, new: NewMember) -> Result<Member> {
    let by = call.by();
    let person: Person = match users::by_email(c, &new.email)? {
        Some(known) => known,
        None => {
            let name = new.name.unwrap_or_else(|| new.email.address.clone());
            let invited = users::NewUser { email: new.email, name, role: Role::Booker, language: Language::Sv };
            users::invite(c, &by, &call.house, &invited)?
        }
    };
    enter(c, &by, organisation, &person, new.organisation_admin)
}

/// Makes a known person a member, whoever asks. For accounts that an admin or a command adds.
pub fn enter(c: &mut Conn, by: &By, organisation: Id, person: &Person, organisation_admin: bool) -> Result<Member> {
    if !lock(c, organisation)? {
        return Err(Error::NotFound(NOUN));
    }
    if !store::insert_member(c, organisation, person.id, organisation_admin, by.at)? {
        return Err(known_already());
    }
    invitations::settle(c, organisation, person)?;
    invitations::keep(c, person.id)?;
    let member = store::member_by_id(c, organisation, person.id)?.ok_or_else(|| Error::internal("a new member is gone"))?;
    note(c, by, "member_added", organisation, None, Some(&member))?;
    Ok(member)
}

/// An organisation must not lock itself out: its last admin that can sign in stays, unless the house's admin says otherwise.
fn spare_the_last_admin(c: &mut Conn, call: &Call, organisation: Id, member: &Member) -> Result<()> {
    if call.caller.is_admin() || !member.organisation_admin || store::has_other_admin(c, organisation, member.person_id)? {
        return Ok(());
    }
    Err(Error::Conflict {
        code: "last_admin",
        detail: say!(
            "Det här är föreningens sista administratör. Gör först någon annan till administratör, eller fråga husets administratör.",
            "This is the organisation's last admin. Make somebody else its admin first, or ask the house's admin."
        ),
    })
}

fn member(c: &mut Conn, call: &Call, organisation: Id, person: Id) -> Result<Member> {
    managed(c, call, organisation)?;
    if let Some(asked) = invitations::one(c, organisation, person)? {
        return Ok(asked.into());
    }
    store::member_by_id(c, organisation, person)?.ok_or(Error::NotFound(MEMBER))
}

/// Makes a member organisation admin, or no longer. What somebody was asked stays what it was.
pub fn change(c: &mut Conn, call: &Call, organisation: Id, person: Id, expected: IfMatch, organisation_admin: bool) -> Result<Member> {
    let before = member(c, call, organisation, person)?;
    if !before.confirmed {
        return Err(Error::Conflict {
            code: "wrong_state",
            detail: say!(
                "Personen har inte svarat än. Ta tillbaka frågan och ställ den på nytt.",
                "This person has not answered yet. Take the question back and ask anew."
            ),
        });
    }
    expected.check(before.version)?;
    if before.organisation_admin == organisation_admin {
        return Ok(before);
    }
    spare_the_last_admin(c, call, organisation, &before)?;
    let after = Member { organisation_admin, version: before.version + 1, ..before.clone() };
    store::update_member(c, organisation, &after)?;
    // The person stands on both sides, or the entry would not say whose membership changed.
    let (was, is) = (json!({"organisation_admin": before.organisation_admin}), trace(&after));
    audit::record(c, &call.by(), "member_changed", NOUN, Some(organisation.to_string()), Some(was), Some(is))?;
    Ok(after)
}

/// Removes a member, or takes back what it was asked. The person and its bookings stay.
pub fn remove(c: &mut Conn, call: &Call, organisation: Id, person: Id, expected: IfMatch) -> Result<()> {
    let before = member(c, call, organisation, person)?;
    expected.check(before.version)?;
    if !before.confirmed {
        return take_away(c, &call.by(), organisation, person, "invitation_withdrawn");
    }
    spare_the_last_admin(c, call, organisation, &before)?;
    store::delete_member(c, organisation, person)?;
    note(c, &call.by(), "member_removed", organisation, Some(&before), None)
}

fn take_away(c: &mut Conn, by: &By, organisation: Id, invitation: Id, action: &str) -> Result<()> {
    let asked = invitations::one(c, organisation, invitation)?.ok_or(Error::NotFound(invitations::NOUN))?;
    // It may have been answered at this moment.
    if !invitations::delete(c, asked.id)? {
        return Err(Error::NotFound(invitations::NOUN));
    }
    audit::record(c, by, action, NOUN, Some(organisation.to_string()), Some(invitations::trace(&asked)), None)
}

/// The caller says yes to what an organisation has asked it.
pub fn confirm(c: &mut Conn, call: &Call, organisation: Id) -> Result<()> {
    lock(c, organisation)?;
    invitations::accept(c, &call.by(), call.caller.person.id, organisation)
}

/// The caller says no to what an organisation has asked it, or leaves one that it is a member of.
pub fn leave(c: &mut Conn, call: &Call, organisation: Id, expected: IfMatch) -> Result<()> {
    let (by, person) = (call.by(), call.caller.person.id);
    lock(c, organisation)?;
    if let Some(asked) = invitations::to(c, organisation, person)? {
        expected.check(invitations::VERSION)?;
        return take_away(c, &by, organisation, asked.id, "invitation_declined");
    }
    let before = store::member_by_id(c, organisation, person)?.ok_or(Error::NotFound(MEMBER))?;
    expected.check(before.version)?;
    spare_the_last_admin(c, call, organisation, &before)?;
    store::delete_member(c, organisation, person)?;
    note(c, &by, "member_left", organisation, Some(&before), None)
}
