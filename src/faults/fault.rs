//! A fault: something in a room that is broken.
use crate::{id::Id, time::Moment, words};

words! {
    /// How far it has come.
    pub enum Status {
        /// Somebody has to look at it.
        Open = "open",
        /// It is mended, or was none.
        Resolved = "resolved",
    }
}

/// A fault with all its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Its key.
    pub id: Id,
    /// The room: key, slug and name.
    pub room: (Id, String, String),
    /// What is broken, for the staff to read.
    pub description: String,
    /// How far it has come.
    pub status: Status,
    /// Who said so, as long as we know: key and name.
    pub reported_by: Option<(Id, String)>,
    /// When.
    pub reported_at: Moment,
    /// When it was done with.
    pub resolved_at: Option<Moment>,
    /// The closure that was made of it.
    pub closure_id: Option<Id>,
    /// Raised on every change.
    pub version: i32,
}
