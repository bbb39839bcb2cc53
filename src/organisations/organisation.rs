//! An organisation: an association, a social enterprise, a city department, ...
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
    /// Ten digits without the hyphen; unregistered groups have none.
    pub org_number: Option<String>,
    /// Where letters go that concern it as a whole.
    pub email: Option<String>,
    /// E.164.
    pub phone: Option<String>,
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
