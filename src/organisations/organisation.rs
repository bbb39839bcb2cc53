//! An organisation: an association, a social enterprise, a city department, ...
use super::{org_number::OrgNumber, phone::Phone};
use crate::{id::Id, time::Moment, words};

words! {
    /// What it is by law or habit.
    pub enum Kind {
        /// Ideell förening.
        Association = "association",
        /// Social enterprise.
        SocialEnterprise = "social_enterprise",
        /// The city and its departments.
        Municipality = "municipality",
        /// Any other company.
        Company = "company",
        /// Studieförbund.
        StudyAssociation = "study_association",
        /// A group that is not registered.
        Network = "network",
        /// None of these.
        Other = "other",
    }
}

words! {
    /// Whether it may book.
    pub enum Status {
        /// It may.
        Active = "active",
        /// Not until an admin lifts the block.
        Blocked = "blocked",
        /// It is gone; its history stays.
        Ended = "ended",
    }
}

/// An organisation with all its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its key.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Unregistered groups have none.
    pub org_number: Option<OrgNumber>,
    /// Where letters go that concern it as a whole.
    pub email: Option<String>,
    /// Where somebody answers for it.
    pub phone: Option<Phone>,
    /// Has its home in the house.
    pub tenant: bool,
    /// Is under threat: strangers never read its name or titles.
    pub protected: bool,
    /// Whether it may book.
    pub status: Status,
    /// Raised on every change.
    pub version: i32,
    /// When it was added.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
}

/// What a new organisation starts with.
#[derive(Debug, Clone)]
pub struct NewOrganisation {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Unregistered groups have none.
    pub org_number: Option<OrgNumber>,
    /// Where letters go that concern it as a whole.
    pub email: Option<String>,
    /// Where somebody answers for it.
    pub phone: Option<Phone>,
    /// Has its home in the house.
    pub tenant: bool,
    /// Is under threat.
    pub protected: bool,
    /// Whether it may book.
    pub status: Status,
}

impl NewOrganisation {
    /// The organisation, with a key of its own.
    #[must_use]
    pub fn at(self, now: Moment) -> Organisation {
        Organisation {
            id: Id::new(),
            name: self.name,
            kind: self.kind,
            org_number: self.org_number,
            email: self.email,
            phone: self.phone,
            tenant: self.tenant,
            protected: self.protected,
            status: self.status,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

/// What shall be different; `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Its name.
    pub name: Option<String>,
    /// What it is.
    pub kind: Option<Kind>,
    /// Its number, or none.
    pub org_number: Option<Option<OrgNumber>>,
    /// Its address, or none.
    pub email: Option<Option<String>>,
    /// Its phone, or none.
    pub phone: Option<Option<Phone>>,
    /// Has its home in the house.
    pub tenant: Option<bool>,
    /// Is under threat.
    pub protected: Option<bool>,
    /// Whether it may book.
    pub status: Option<Status>,
}

impl Change {
    /// Touches what only the house decides.
    #[must_use]
    pub fn is_for_the_house(&self) -> bool {
        self.kind.is_some() || self.org_number.is_some() || self.tenant.is_some() || self.protected.is_some() || self.status.is_some()
    }

    /// The organisation as it would be.
    #[must_use]
    pub fn applied_to(self, before: &Organisation) -> Organisation {
        Organisation {
            name: self.name.unwrap_or_else(|| before.name.clone()),
            kind: self.kind.unwrap_or(before.kind),
            org_number: self.org_number.unwrap_or_else(|| before.org_number.clone()),
            email: self.email.unwrap_or_else(|| before.email.clone()),
            phone: self.phone.unwrap_or_else(|| before.phone.clone()),
            tenant: self.tenant.unwrap_or(before.tenant),
            protected: self.protected.unwrap_or(before.protected),
            status: self.status.unwrap_or(before.status),
            ..before.clone()
        }
    }
}

/// Somebody who acts for an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The person, once it has said yes; until then the question.
    pub person_id: Id,
    /// Where its letters go.
    pub email: String,
    /// What it is called.
    pub name: String,
    /// May also manage the organisation and its members.
    pub organisation_admin: bool,
    /// Has it said yes? Until then it has no rights, and is known by what whoever asked has written.
    pub confirmed: bool,
    /// Since when.
    pub created_at: Moment,
    /// Raised on every change.
    pub version: i32,
}
