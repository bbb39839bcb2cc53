//! For how long what is about people is kept, as the house has decided; a decision to destroy records can be followed so.
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Days, each after what its name says is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Retention {
    /// The phone number of who is in charge, after the gathering.
    pub contact_phones: i32,
    /// A letter's text, recipient and subject, after it was written.
    pub letters: i32,
    /// What was done, after it was: at least a year, so that misuse can be followed up.
    pub audit_trail: i32,
    /// An account, after it was closed.
    pub closed_accounts: i32,
    /// What shifts tell each other, after it is done.
    pub shift_notes: i32,
    /// Who had which key, after it came back.
    pub loans: i32,
    /// Roll calls, after they were held.
    pub roll_calls: i32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { contact_phones: 30, letters: 90, audit_trail: 365, closed_accounts: 730, shift_notes: 90, loans: 366, roll_calls: 732 }
    }
}

/// From its column; what is not there is as by default.
pub fn from_stored(text: &str) -> Result<Retention> {
    serde_json::from_str(text).map_err(Error::internal)
}

/// For its column.
pub fn to_stored(retention: &Retention) -> Result<String> {
    serde_json::to_string(retention).map_err(Error::internal)
}
