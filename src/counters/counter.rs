//! A device that counts who goes in and out by a door.
use std::{fmt, str::FromStr};

use serde::Serialize;

use crate::{error::Say, id::Id, say, time::Moment};

/// What a device calls itself: a serial number, in whichever way it is written. Two that differ in case and colons are one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(String);

impl DeviceId {
    /// As it is stored and shown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for DeviceId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl FromStr for DeviceId {
    type Err = Say;
    fn from_str(text: &str) -> Result<Self, Say> {
        let id: String = text.chars().filter(|c| *c != ':').map(|c| c.to_ascii_lowercase()).collect();
        let good = (1..=60).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
        if good && !id.starts_with('.') {
            Ok(Self(id))
        } else {
            Err(say!(
                "ska vara 1 till 60 tecken: a till z, siffror, bindestreck, punkt och understreck",
                "must be 1 to 60 characters: a to z, digits, hyphen, dot and underscore"
            ))
        }
    }
}

/// A counter as an admin sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Counter {
    /// Its key.
    pub id: Id,
    /// What people call it.
    pub name: String,
    /// Which door it counts.
    pub door: String,
    /// What it calls itself.
    pub device_id: DeviceId,
    /// Since when.
    pub created_at: Moment,
    /// When its token was taken away.
    pub revoked_at: Option<Moment>,
    /// When sums that it sends last began anew in the middle of a day.
    pub reset_at: Option<Moment>,
    /// Up to when it has counted.
    pub counted_until: Option<Moment>,
}

/// A counter that an admin adds.
#[derive(Debug, Clone)]
pub struct NewCounter {
    /// What people call it.
    pub name: String,
    /// Which door it counts.
    pub door: String,
    /// What it calls itself.
    pub device_id: DeviceId,
}

/// Are two hashes the same? Looks at every byte, whichever is the first to differ.
#[must_use]
pub fn same(a: &str, b: &str) -> bool {
    let different = a.bytes().zip(b.bytes()).fold(0, |seen, (x, y)| std::hint::black_box(seen | (x ^ y)));
    a.len() == b.len() && different == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_known_by_its_serial_number_however_it_is_written() {
        let id = |text: &str| text.parse::<DeviceId>().ok().map(|id| id.to_string());
        assert_eq!(id("B8:A4:4F:A8:9C:85").as_deref(), Some("b8a44fa89c85"));
        assert_eq!(id("dorr-1"), Some("dorr-1".into()));
        for bad in ["", ":", "a b", "dörr", "a/b", "..", &"x".repeat(61)] {
            assert_eq!(id(bad), None, "{bad}");
        }
    }

    #[test]
    fn hashes_are_the_same_or_not() {
        assert!(same("abc", "abc"));
        assert!(!same("abc", "abd") && !same("abc", "ab") && !same("", "a"));
    }
}
