//! Who is calling, and on what occasion: what use cases are handed instead of a request.
use std::sync::Arc;

use super::account::{Membership, Person, Role};
use crate::{
    audit::By,
    config::House,
    error::{Error, Result},
    id::Id,
    say,
    time::Moment,
};

/// A signed-in person, as the database has it at this moment.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The account.
    pub person: Person,
    /// The associations it acts for.
    pub memberships: Vec<Membership>,
    /// The sign-in by which it came.
    pub session: Id,
    /// This sign-in had two factors.
    pub second_factor: bool,
    /// Its role wants a second factor, and this sign-in had but one: it may do what anybody may until there are two.
    pub second_factor_missing: bool,
}

impl Caller {
    /// Runs the house.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.person.role == Role::Admin && !self.second_factor_missing
    }

    /// Sees all of the house's bookings: reception and admin.
    #[must_use]
    pub fn is_staff(&self) -> bool {
        matches!(self.person.role, Role::Admin | Role::Reception) && !self.second_factor_missing
    }

    /// Acts for this association.
    #[must_use]
    pub fn is_member_of(&self, organisation: Id) -> bool {
        self.memberships.iter().any(|m| m.organisation_id == organisation)
    }

    /// Manages this association.
    #[must_use]
    pub fn manages(&self, organisation: Id) -> bool {
        self.memberships.iter().any(|m| m.organisation_id == organisation && m.organisation_admin)
    }

    /// May see this association's own things whole: its members and the staff.
    #[must_use]
    pub fn may_see(&self, organisation: Id) -> bool {
        self.is_staff() || self.is_member_of(organisation)
    }

    /// The associations it acts for.
    #[must_use]
    pub fn organisations(&self) -> Vec<Id> {
        self.memberships.iter().map(|m| m.organisation_id).collect()
    }
}

/// One request of a signed-in person: who, when, under which id.
#[derive(Debug, Clone)]
pub struct Call {
    /// Who.
    pub caller: Caller,
    /// When: one instant for the whole request.
    pub now: Moment,
    /// Under which id it is logged.
    pub request_id: String,
    /// What letters need to know.
    pub house: Arc<House>,
}

impl Call {
    /// For the audit trail.
    #[must_use]
    pub fn by(&self) -> By {
        By { actor: Some(self.caller.person.id), at: self.now, request_id: Some(self.request_id.clone()) }
    }
}

/// The refusal for somebody who lacks the role for it, or the second factor that the role wants.
#[must_use]
pub fn not_entitled(caller: &Caller) -> Error {
    if caller.second_factor_missing {
        return Error::Forbidden(say!(
            "Slå på tvåstegsinloggning under Mitt konto först, eller logga in med en lösennyckel (passkey).",
            "Turn on two-step sign-in under My account first, or sign in with a passkey."
        ));
    }
    no_right()
}

fn no_right() -> Error {
    Error::Forbidden(say!(
        "Det här får bara den göra som har rätt behörighet. Fråga husets administratör.",
        "Only somebody with the right role may do this. Ask the house's admin."
    ))
}

/// The refusal for somebody whom we know and who may see the thing, but not do this with it.
pub fn forbidden<T>() -> Result<T> {
    Err(no_right())
}
