//! Whom associations have asked to join, and who has not answered. No membership comes of it but by a yes of the person's own, and whoever
//! asked learns nothing of the account behind an address before: neither its name nor whether there is one.
use diesel::prelude::*;
use serde::Serialize;
use serde_json::json;

use super::{
    account::{Email, Person, Role},
    sign_in, store, users,
};
use crate::{
    audit::{self, By},
    config::House,
    db::{
        Both, Conn,
        schema::{membership_invitations as invitations, memberships, organisations, people},
    },
    error::{Error, Language, Result},
    id::Id,
    mail::{self, Letter},
    text::fold,
    time::Moment,
};

/// What a refusal calls an invitation.
pub const NOUN: &str = "invitation";
/// It is not changed, so that its version stays what it is.
pub const VERSION: i32 = 1;
/// For so long somebody may answer, in days.
pub const DAYS: i32 = 30;
/// So many are looked at in one round.
const MOST: i64 = 100;

/// That somebody is asked to join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its key, which is not the person's.
    pub id: Id,
    /// The association that asks.
    pub organisation_id: Id,
    /// As whoever asks has written it.
    pub email: String,
    /// The same; the address if no name was given.
    pub name: String,
    /// Is it to manage the association too?
    pub organisation_admin: bool,
    /// When it was asked.
    pub created_at: Moment,
}

/// An invitation as the one sees it who may answer.
#[derive(Debug, Clone, Serialize)]
pub struct Open {
    /// The association.
    pub organisation_id: Id,
    /// What it is called.
    pub organisation_name: String,
    /// Would the person manage it too?
    pub organisation_admin: bool,
    /// Since when it waits for an answer.
    pub invited_at: Moment,
    /// Always [`VERSION`].
    pub version: i32,
}

type Row = (Id, Id, String, String, bool, Moment);

const COLUMNS: (
    invitations::id,
    invitations::organisation_id,
    invitations::email,
    invitations::name,
    invitations::organisation_admin,
    invitations::created_at,
) = (
    invitations::id,
    invitations::organisation_id,
    invitations::email,
    invitations::name,
    invitations::organisation_admin,
    invitations::created_at,
);

fn parsed((id, organisation_id, email, name, organisation_admin, created_at): Row) -> Invitation {
    Invitation { id, organisation_id, email, name, organisation_admin, created_at }
}

/// What the audit trail keeps of one.
#[must_use]
pub fn trace(invitation: &Invitation) -> serde_json::Value {
    json!({"name": invitation.name, "email": invitation.email, "organisation_admin": invitation.organisation_admin})
}

/// Asks; `false` if this address is asked already. Whose it is, is looked up by [`reach`], after whoever asks has its answer.
pub fn insert(c: &mut Conn, new: &Invitation, email: &Email) -> Result<bool> {
    let row = (
        invitations::id.eq(new.id),
        invitations::organisation_id.eq(new.organisation_id),
        invitations::email.eq(&new.email),
        invitations::email_key.eq(&email.key),
        invitations::name.eq(&new.name),
        invitations::name_key.eq(fold(&new.name)),
        invitations::organisation_admin.eq(new.organisation_admin),
        invitations::created_at.eq(new.created_at),
    );
    let once = (invitations::organisation_id, invitations::email_key);
    Ok(Both(diesel::insert_into(invitations::table).values(row).on_conflict(once).do_nothing()).execute(c)? == 1)
}

/// The association's invitation with this key.
pub fn one(c: &mut Conn, organisation: Id, id: Id) -> Result<Option<Invitation>> {
    let found = invitations::table.find(id).filter(invitations::organisation_id.eq(organisation));
    Ok(found.select(COLUMNS).first::<Row>(c).optional()?.map(parsed))
}

/// This person's from this association.
pub fn to(c: &mut Conn, organisation: Id, person: Id) -> Result<Option<Invitation>> {
    let found = invitations::table.filter(invitations::organisation_id.eq(organisation)).filter(invitations::person_id.eq(person));
    Ok(found.select(COLUMNS).first::<Row>(c).optional()?.map(parsed))
}

/// What this person may answer, by the associations' names.
pub fn open_to(c: &mut Conn, person: Id) -> Result<Vec<Open>> {
    let rows: Vec<(Id, String, bool, Moment)> = invitations::table
        .inner_join(organisations::table)
        .filter(invitations::person_id.eq(person))
        .order((organisations::name_key, organisations::id))
        .select((organisations::id, organisations::name, invitations::organisation_admin, invitations::created_at))
        .load(c)?;
    let open = |(organisation_id, organisation_name, organisation_admin, invited_at)| Open {
        organisation_id,
        organisation_name,
        organisation_admin,
        invited_at,
        version: VERSION,
    };
    Ok(rows.into_iter().map(open).collect())
}

/// Takes one away; `false` if somebody else has.
pub fn delete(c: &mut Conn, id: Id) -> Result<bool> {
    Ok(diesel::delete(invitations::table.find(id)).execute(c)? == 1)
}

/// Takes away what the association has asked this person, who is a member by other means now.
pub fn settle(c: &mut Conn, organisation: Id, person: &Person) -> Result<()> {
    let asked = invitations::table.filter(invitations::organisation_id.eq(organisation));
    diesel::delete(asked.filter(invitations::email_key.eq(fold(&person.email)))).execute(c)?;
    Ok(())
}

/// Those of which nobody has looked yet whom they go to, longest waiting first.
pub fn waiting(c: &mut Conn) -> Result<Vec<Id>> {
    let unread = invitations::table.filter(invitations::person_id.is_null());
    Ok(unread.order((invitations::created_at, invitations::id)).limit(MOST).select(invitations::id).load(c)?)
}

/// Looks whose address it is and writes to it: an unknown one becomes an account that books, and gets the link for its first password; whoever
/// has an account is asked to answer there; whose account is closed hears nothing. `false` if that is done.
pub fn reach(c: &mut Conn, house: &House, by: &By, id: Id) -> Result<bool> {
    if let Conn::Postgres(c) = c {
        let _: Option<Id> = invitations::table.find(id).select(invitations::id).for_update().first(c).optional()?;
    }
    let unread = invitations::table.find(id).filter(invitations::person_id.is_null());
    let Some(invitation) = unread.select(COLUMNS).first::<Row>(c).optional()?.map(parsed) else { return Ok(false) };
    let organisation: String = organisations::table.find(invitation.organisation_id).select(organisations::name).first(c)?;
    let email: Email = invitation.email.parse().map_err(|_| Error::internal("an invitation to no address"))?;
    let (person, link_hash) = match store::by_email(c, &email)? {
        Some(known) => {
            if known.disabled_at.is_none() {
                let letter = Letter::MembershipAsked { organisation, manages: invitation.organisation_admin };
                mail::enqueue(c, house, &known.recipient(), &letter, None, by)?;
            }
            (known, None)
        }
        None => {
            let new = users::NewUser { email, name: invitation.name, role: Role::Booker, language: Language::Sv };
            let person = users::add(c, by, &new)?;
            diesel::update(people::table.find(person.id)).set(people::asked_at.eq(by.at)).execute(c)?;
            let hash = sign_in::mail_first_link(c, house, &person, Some(organisation), by)?;
            (person, Some(hash))
        }
    };
    diesel::update(invitations::table.find(id))
        .set((invitations::person_id.eq(person.id), invitations::link_hash.eq(link_hash)))
        .execute(c)?;
    Ok(true)
}

/// The person says yes, and is a member from then on.
pub fn accept(c: &mut Conn, by: &By, person: Id, organisation: Id) -> Result<()> {
    let invitation = to(c, organisation, person)?.ok_or(Error::NotFound(NOUN))?;
    // It may have been taken back at this moment.
    if !delete(c, invitation.id)? {
        return Err(Error::NotFound(NOUN));
    }
    let row = (
        memberships::organisation_id.eq(organisation),
        memberships::person_id.eq(person),
        memberships::organisation_admin.eq(invitation.organisation_admin),
        memberships::version.eq(1),
        memberships::created_at.eq(by.at),
    );
    let once = (memberships::organisation_id, memberships::person_id);
    Both(diesel::insert_into(memberships::table).values(row).on_conflict(once).do_nothing()).execute(c)?;
    audit::record(c, by, "member_confirmed", "organisation", Some(organisation.to_string()), None, Some(trace(&invitation)))
}

/// The same by the link in the letter to a newcomer, with which it has chosen its first password. The link of another letter says
/// nothing about any association.
pub fn accept_by_link(c: &mut Conn, by: &By, person: Id, link_hash: &str) -> Result<()> {
    let asked = invitations::table.filter(invitations::person_id.eq(person)).filter(invitations::link_hash.eq(link_hash));
    match asked.select(invitations::organisation_id).first::<Id>(c).optional()? {
        Some(organisation) => accept(c, by, person, organisation),
        None => Ok(()),
    }
}

/// What went because nobody answered in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lapsed {
    /// How many invitations.
    pub invitations: usize,
    /// Accounts that were made for them alone, and that nobody has ever used.
    pub unused: Vec<Id>,
}

/// Somebody uses the account, or has been made a member of something: it is one like any other from then on.
pub fn keep(c: &mut Conn, person: Id) -> Result<()> {
    diesel::update(people::table.find(person).filter(people::asked_at.is_not_null()))
        .set(people::asked_at.eq(None::<Moment>))
        .execute(c)?;
    Ok(())
}

/// Has nobody used the account yet, which was made because an association asked?
pub fn is_unused(c: &mut Conn, person: Id) -> Result<bool> {
    let unused = people::table.find(person).filter(people::asked_at.is_not_null()).select(people::id);
    Ok(unused.first::<Id>(c).optional()?.is_some())
}

/// Takes away what nobody has answered in time, and the accounts that were made for it and never used.
pub fn lapse(c: &mut Conn, now: Moment) -> Result<Lapsed> {
    let old = now.days_ago(DAYS);
    let lapsed = diesel::delete(invitations::table.filter(invitations::created_at.le(old))).execute(c)?;
    let asked = invitations::table.filter(invitations::person_id.is_not_null()).select(invitations::person_id.assume_not_null());
    let unused = people::table
        .filter(people::asked_at.le(old))
        .filter(people::role.eq(Role::Booker.as_str()))
        .filter(people::erased_at.is_null())
        .filter(people::id.ne_all(asked))
        .select(people::id)
        .order(people::id)
        .load(c)?;
    Ok(Lapsed { invitations: lapsed, unused })
}
