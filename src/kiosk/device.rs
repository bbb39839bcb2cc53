//! A device that counts: a tablet by the door, or a poster with a code.
use crate::{evaluations::Code, id::Id, time::Moment, words};

words! {
    /// What it is.
    pub enum Kind {
        /// A tablet with a token of its own.
        Kiosk = "kiosk",
        /// A printed code for visitors' phones.
        Poster = "poster",
    }
}

/// A device as admins see it. Its token is not among what can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its key.
    pub id: Id,
    /// What it is.
    pub kind: Kind,
    /// Where it hangs or stands.
    pub name: String,
    /// Has a tablet taken its token? A poster needs none.
    pub paired: bool,
    /// What stands in a poster's link.
    pub code: Option<Code>,
    /// Since when.
    pub created_at: Moment,
    /// Since when it may not count any more.
    pub revoked_at: Option<Moment>,
}

/// A limit: so many counts in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Counts.
    pub most: i64,
    /// In this many seconds.
    pub seconds: i64,
}

impl Kind {
    /// How often it may count. A tablet is tapped by one person after the other; a poster's code can be tapped from anywhere.
    #[must_use]
    pub fn pace(self) -> Pace {
        match self {
            Self::Kiosk => Pace { most: 40, seconds: 60 },
            Self::Poster => Pace { most: 120, seconds: 600 },
        }
    }
}
