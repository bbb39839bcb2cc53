//! What one shift tells the next.
use crate::{id::Id, time::Moment};

/// A note. People are named by key and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its key.
    pub id: Id,
    /// What there is to know.
    pub text: String,
    /// Who wrote it.
    pub written_by: Option<(Id, String)>,
    /// When.
    pub written_at: Moment,
    /// When somebody saw to it.
    pub done_at: Option<Moment>,
}
