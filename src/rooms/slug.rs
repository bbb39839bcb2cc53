//! The name of a room, a space or a piece of equipment in addresses and lists: `konferens-1`.
use std::{fmt, str::FromStr};

use serde::Serialize;

use crate::{error::Say, say};

/// The most characters of a slug.
const LONGEST: usize = 60;

/// Lower-case ASCII letters and digits in groups joined by single hyphens, 1 to 60 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Slug(String);

/// A room's slug.
pub type RoomSlug = Slug;

impl Slug {
    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Slug {
    type Err = Say;

    fn from_str(text: &str) -> Result<Self, Say> {
        let group = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if text.len() <= LONGEST && text.split('-').all(group) {
            return Ok(Self(text.to_owned()));
        }
        Err(say!(
            "ska ha 1 till {LONGEST} tecken: små bokstäver a–z, siffror och enkla bindestreck, som konferens-1",
            "must have 1 to {LONGEST} characters: small letters a–z, digits and single hyphens, such as konferens-1"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_small_letters_digits_and_single_hyphens() {
        for good in ["aulan", "konferens-1", "a", "1", &"a".repeat(60)] {
            assert!(good.parse::<Slug>().is_ok(), "{good}");
        }
        for bad in ["", "-", "a-", "-a", "a--b", "Aulan", "kaféet", "a b", "a_b", "a/b", "a\0", &"a".repeat(61)] {
            assert!(bad.parse::<Slug>().is_err(), "{bad}");
        }
    }
}
