//! A person who can sign in.
use serde::Serialize;

use crate::{
    error::{Language, Say},
    id::Id,
    mail::Recipient,
    say,
    text::fold,
    time::Moment,
    words,
};

words! {
    /// What somebody may do in the house as a whole; what it may do for an association is its membership.
    pub enum Role {
        /// Books for the associations it is a member of.
        Booker = "booker",
        /// Counts visits and sees all bookings.
        Reception = "reception",
        /// Runs the house.
        Admin = "admin",
    }
}

/// An e-mail address as given, and folded so that one mailbox is one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// As given.
    pub address: String,
    /// By which it is looked up.
    pub key: String,
}

impl std::str::FromStr for Email {
    type Err = Say;
    fn from_str(text: &str) -> Result<Self, Say> {
        let address = text.trim();
        if address.len() <= 254 && crate::mail::is_address(address) {
            return Ok(Self { address: address.to_owned(), key: fold(address) });
        }
        Err(say!("ska vara en e-postadress", "must be an e-mail address"))
    }
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Its key.
    pub id: Id,
    /// Where letters go.
    pub email: String,
    /// What it is called.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// In which language it reads.
    pub language: Language,
    /// Does it want a letter a day before a gathering?
    pub reminders: bool,
    /// Does it want a letter when visitors that were announced for its booking have come?
    pub arrival_letters: bool,
    /// Does it want figures by mail?
    pub report_letters: bool,
    /// Is asked for a second factor when it signs in?
    pub second_factor: bool,
    /// It is nobody's any more, and stays so.
    pub erased: bool,
    /// Since when it may not sign in.
    pub disabled_at: Option<Moment>,
    /// Raised on every change.
    pub version: i32,
    /// When it was made.
    pub created_at: Moment,
}

impl Person {
    /// As whoever a letter is written to.
    #[must_use]
    pub fn recipient(&self) -> Recipient {
        Recipient { person: Some(self.id), name: self.name.clone(), address: self.email.clone(), language: self.language }
    }

    /// Is admin and can sign in.
    #[must_use]
    pub fn runs_the_house(&self) -> bool {
        self.role == Role::Admin && self.disabled_at.is_none()
    }
}

/// That somebody may act for an association.
#[derive(Debug, Clone, Serialize)]
pub struct Membership {
    /// The association.
    pub organisation_id: Id,
    /// What it is called.
    pub organisation_name: String,
    /// May also manage its members.
    pub organisation_admin: bool,
}
