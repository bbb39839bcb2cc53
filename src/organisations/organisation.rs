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

/// Somebody who acts for an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The person.
    pub person_id: Id,
    /// Where its letters go.
    pub email: String,
    /// What it is called.
    pub name: String,
    /// May also manage the organisation and its members.
    pub organisation_admin: bool,
    /// Since when.
    pub created_at: Moment,
    /// Raised on every change.
    pub version: i32,
}
