//! Organisations: the associations and others that book, and who acts for them.
pub mod api;
pub mod members;
pub mod members_api;
pub mod my_memberships_api;
pub mod org_number;
pub mod organisation;
pub mod phone;
pub mod store;
pub mod users_api;

use serde_json::{Value, json};

use crate::{
    audit::{self, By},
    db::Conn,
    error::{Error, Result},
    http::{etag::IfMatch, page::Page},
    id::Id,
    people::{Call, forbidden},
    say,
};
pub use org_number::OrgNumber;
pub use organisation::{Change, Kind, Member, NewOrganisation, Organisation, Status};
pub use phone::Phone;
pub use store::{Filter, by_id, by_org_number, lock};

/// What a refusal calls an organisation.
pub const NOUN: &str = "organisation";

fn taken() -> Error {
    Error::AlreadyExists {
        field: "org_number",
        detail: say!(
            "Det finns redan en förening med det organisationsnumret. Sök upp den och ändra den i stället.",
            "There is an organisation with this number already. Look it up and change it instead."
        ),
    }
}

/// What the audit trail keeps of an organisation.
fn trace(organisation: &Organisation) -> Value {
    json!({
        "name": organisation.name, "kind": organisation.kind, "org_number": organisation.org_number, "email": organisation.email,
        "phone": organisation.phone, "tenant": organisation.tenant, "protected": organisation.protected, "status": organisation.status,
    })
}

/// Adds an organisation. Without a [`Call`], because the importer adds some too.
pub fn create(c: &mut Conn, by: &By, new: NewOrganisation) -> Result<Organisation> {
    let organisation = new.at(by.at);
    if !store::insert(c, &organisation)? {
        return Err(taken());
    }
    audit::record(c, by, "created", NOUN, Some(organisation.id.to_string()), None, Some(trace(&organisation)))?;
    Ok(organisation)
}

/// A page of the organisations that the caller may see, and one more.
pub fn list(c: &mut Conn, call: &Call, filter: Filter, page: &Page) -> Result<Vec<Organisation>> {
    let only = (!call.caller.is_staff()).then(|| call.caller.organisations());
    store::page(c, &Filter { only, ..filter }, page)
}

/// One organisation, for those who may see it.
pub fn one(c: &mut Conn, call: &Call, id: Id) -> Result<Organisation> {
    if !call.caller.may_see(id) {
        return Err(Error::NotFound(NOUN));
    }
    by_id(c, id)?.ok_or(Error::NotFound(NOUN))
}

/// The organisation, locked, for those who may manage it: the house's admins, and its own as long as it is not ended.
fn managed(c: &mut Conn, call: &Call, id: Id) -> Result<Organisation> {
    if !call.caller.may_see(id) || !lock(c, id)? {
        return Err(Error::NotFound(NOUN));
    }
    let organisation = by_id(c, id)?.ok_or(Error::NotFound(NOUN))?;
    if call.caller.is_admin() {
        return Ok(organisation);
    }
    if !call.caller.manages(id) {
        return forbidden();
    }
    if organisation.status == Status::Ended {
        return Err(Error::Forbidden(say!(
            "Föreningen är avslutad och kan bara läsas. Fråga husets administratör.",
            "The organisation has ended and can only be read. Ask the house's admin."
        )));
    }
    Ok(organisation)
}

/// Changes an organisation: admins everything, its own admins how it is called and reached.
pub fn change(c: &mut Conn, call: &Call, id: Id, expected: IfMatch, change: Change) -> Result<Organisation> {
    let before = managed(c, call, id)?;
    if !call.caller.is_admin() && change.is_for_the_house() {
        return Err(Error::Forbidden(say!(
            "Föreningens egna administratörer kan ändra namn, e-post och telefon. Resten ändrar husets administratör.",
            "The organisation's own admins may change its name, e-mail and phone. The house's admin changes the rest."
        )));
    }
    expected.check(before.version)?;
    let after = change.applied_to(&before);
    if after == before {
        return Ok(before);
    }
    let after = Organisation { version: before.version + 1, updated_at: call.now, ..after };
    if !store::update(c, &after)? {
        return Err(taken());
    }
    audit::record(c, &call.by(), "changed", NOUN, Some(id.to_string()), Some(trace(&before)), Some(trace(&after)))?;
    Ok(after)
}
