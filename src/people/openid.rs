//! Signing in by another's word (OpenID Connect): whose account an identity opens, how the two are tied, and how the tie ends. Nobody gets
//! an account this way.
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    account::{Email, Person},
    attempts::{self, Counted},
    caller::Call,
    openid_provider::{Proof, UnderWay},
    passkeys,
    sessions::{self, Entrance},
    sign_in::{self, Tokens},
    store,
    token::Keys,
    users,
};
use crate::{
    audit::{self, By},
    config::House,
    db::{Both, Conn, schema::openid_identities},
    error::{Error, Result, Say},
    id::Id,
    mail::AccountChange,
    say,
    time::Moment,
};

/// How long somebody may be on its way, in seconds: ten minutes there, and ten with the digits.
pub const SECONDS: i64 = 600;

/// What the browser that began holds in a signed cookie. Nothing of it is kept here, and it may be shown twice: the provider takes its
/// code once, and digits are good once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Held {
    /// How far it has come.
    pub step: Step,
    /// Where it wanted to go.
    pub back: String,
}

/// How far a sign-in has come.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Step {
    /// It is at the provider's.
    UnderWay(UnderWay),
    /// The provider has said who it is, and the digits of its second factor are waited for: the code that proved it is used up.
    Proven {
        /// The way by which it came.
        state: String,
        /// Who it is.
        proof: Proof,
    },
}

impl Step {
    /// The way that it belongs to.
    #[must_use]
    pub fn state(&self) -> &str {
        match self {
            Self::UnderWay(UnderWay { state, .. }) | Self::Proven { state, .. } => state,
        }
    }
}

/// A path of our own, so that nobody is led elsewhere after signing in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalPath(pub String);

/// The longest path to go back to, in bytes: it travels in a cookie, of which browsers keep 4 KiB.
const PATH: usize = 500;

impl std::str::FromStr for LocalPath {
    type Err = Say;
    fn from_str(text: &str) -> std::result::Result<Self, Say> {
        let own = text.starts_with('/') && !text.starts_with("//") && !text.contains('\\');
        if own && text.len() <= PATH && !text.contains(|letter: char| letter.is_control()) {
            return Ok(Self(text.to_owned()));
        }
        Err(say!("ska vara en sida här, som /bokningar", "must be a page here, such as /bokningar"))
    }
}

/// One answer for what is unknown, too old, used, from another browser or not the provider's.
#[must_use]
pub fn no_good() -> Error {
    Error::Unauthenticated {
        code: "openid_refused",
        detail: say!(
            "Inloggningen gick inte att slutföra. Börja om från inloggningssidan, i samma webbläsare.",
            "The sign-in could not be completed. Begin anew on the sign-in page, in the same browser."
        ),
    }
}

fn no_account() -> Error {
    Error::Unauthenticated {
        code: "no_account",
        detail: say!(
            "Det finns inget konto för den adressen här. Be föreningens ansvariga om en inbjudan.",
            "There is no account for that address here. Ask those who run the association for an invitation."
        ),
    }
}

fn unverified(provider: &str) -> Error {
    Error::Unauthenticated {
        code: "email_not_verified",
        detail: say!(
            "{provider} har inte bekräftat att e-postadressen är din. Bekräfta den där, eller logga in på ett annat sätt.",
            "{provider} has not made sure that the e-mail address is yours. Confirm it there, or sign in another way."
        ),
    }
}

fn other_identity(provider: &str) -> Error {
    Error::Unauthenticated {
        code: "linked_to_another",
        detail: say!(
            "Kontot är kopplat till en annan inloggning hos {provider}. Logga in på ett annat sätt och ta bort kopplingen under Mitt konto.",
            "The account is linked to another sign-in at {provider}. Sign in another way and end the link under My account."
        ),
    }
}

/// Counts a code before the provider is asked about it, in a transaction of its own: nobody tries codes out, or has us ask without end.
pub fn count_try(c: &mut Conn, network: &str, now: Moment) -> Result<()> {
    attempts::begin(c, &Counted::openid(network, now.date()), now)
}

/// The provider took the code.
pub fn forgive(c: &mut Conn, network: &str, now: Moment) -> Result<()> {
    attempts::forgive(c, &Counted::openid(network, now.date()))
}

/// Whom an identity is tied to.
fn linked(c: &mut Conn, identity: &str) -> Result<Option<Id>> {
    let found = openid_identities::table.filter(openid_identities::identity_hash.eq(identity));
    Ok(found.select(openid_identities::person_id).first(c).optional()?)
}

fn by_address(c: &mut Conn, proof: &Proof) -> Result<Option<Person>> {
    // What is no address to us has no account.
    let email = proof.email.as_deref().and_then(|address| address.parse::<Email>().ok());
    email.map_or(Ok(None), |email| store::by_email(c, &email))
}

/// Whose account it would be, before any code of a second factor is looked at.
pub fn whose(c: &mut Conn, proof: &Proof) -> Result<Option<Id>> {
    match linked(c, &proof.identity)? {
        Some(person) => Ok(Some(person)),
        None => Ok(by_address(c, proof)?.map(|person| person.id)),
    }
}

/// Signs somebody in whom the provider vouches for. One who comes for the first time is known by its address and tied from then on: in
/// the same transaction, so that nothing is tied while a second factor is missing.
pub fn enter(c: &mut Conn, keys: &Keys, house: &House, provider: &str, proof: &Proof, entrance: Entrance, by: &By) -> Result<Tokens> {
    let person = match linked(c, &proof.identity)? {
        Some(person) => person,
        None => link(c, house, provider, proof, by)?,
    };
    let entrance = Entrance { by_openid: true, second_factor: proof.two_factors, ..entrance };
    sign_in::enter(c, keys, person, &entrance, by)?.ok_or_else(sign_in::wrong_pair)
}

fn link(c: &mut Conn, house: &House, provider: &str, proof: &Proof, by: &By) -> Result<Id> {
    if proof.email.is_none() {
        return Err(unverified(provider));
    }
    let person = by_address(c, proof)?.ok_or_else(no_account)?;
    if person.disabled_at.is_some() {
        return Err(sign_in::wrong_pair());
    }
    let row = (
        openid_identities::person_id.eq(person.id),
        openid_identities::identity_hash.eq(&proof.identity),
        openid_identities::linked_at.eq(by.at),
    );
    // Of two who come for one account at once, one is tied.
    if Both(diesel::insert_into(openid_identities::table).values(row).on_conflict_do_nothing()).execute(c)? == 0 {
        return Err(other_identity(provider));
    }
    sign_in::tell_of_change(c, house, &person, AccountChange::OpenIdLinked, by)?;
    let own = By { actor: Some(person.id), ..by.clone() };
    audit::record(c, &own, "linked_openid", users::NOUN, Some(person.id.to_string()), None, None)?;
    Ok(person.id)
}

/// Since when the account is tied to an identity.
pub fn linked_at(c: &mut Conn, person: Id) -> Result<Option<Moment>> {
    Ok(openid_identities::table.find(person).select(openid_identities::linked_at).first(c).optional()?)
}

/// Ends the tie: whoever comes by that identity is a stranger again, until it comes with the address of the account. The other sessions
/// end, as always when how one signs in changes.
pub fn end(c: &mut Conn, call: &Call) -> Result<()> {
    passkeys::refuse_half_a_sign_in(c, call)?;
    let person = call.caller.person.id;
    if diesel::delete(openid_identities::table.find(person)).execute(c)? == 0 {
        return Err(Error::NotFound("openid_identity"));
    }
    sessions::end_of(c, person, Some(call.caller.session), call.now)?;
    sign_in::tell_of_change(c, &call.house, &call.caller.person, AccountChange::OpenIdEnded, &call.by())?;
    audit::record(c, &call.by(), "ended_openid", users::NOUN, Some(person.to_string()), None, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_leads_to_a_page_of_our_own() {
        for good in ["/", "/bokningar", "/boka?lokal=aulan&dag=2026-11-23#form", "/lokaler/åäö"] {
            assert_eq!(good.parse::<LocalPath>().unwrap().0, good);
        }
        let long = format!("/{}", "a".repeat(500));
        for bad in ["", "bokningar", "//evil.example", "https://evil.example", "/\\evil.example", "/a\nb", "javascript:alert(1)", &long] {
            assert!(bad.parse::<LocalPath>().is_err(), "{bad}");
        }
    }
}
