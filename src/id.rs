//! The key of every row: a UUIDv7, so that keys sort by the time they were made.
use std::{fmt, str::FromStr};

use serde::Serialize;
use uuid::Uuid;

use crate::{db::DbUuid, error::Say, say};

/// A key. Sorts by creation time; its text is the usual 36 characters, lower case.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = DbUuid)]
#[serde(transparent)]
pub struct Id(pub Uuid);

impl Id {
    /// A new key for now.
    #[must_use]
    #[allow(clippy::new_without_default)] // a default key would be a surprise
    pub fn new() -> Self {
        Self(Uuid::now_v7())
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl FromStr for Id {
    type Err = Say;

    /// Takes the hyphenated form alone, so that one row has one address.
    fn from_str(text: &str) -> Result<Self, Say> {
        if text.len() == 36
            && let Ok(id) = Uuid::try_parse(text)
        {
            return Ok(Self(id));
        }
        Err(say!("ska vara ett id (UUID)", "must be an id (UUID)"))
    }
}
