//! A closure: rooms, or the whole house, that can't be used for a time.
use crate::{
    id::Id,
    time::{Moment, Span},
};

/// A closure with all its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    /// Its key.
    pub id: Id,
    /// When.
    pub span: Span,
    /// The closed rooms' keys and slugs; `None` is the whole house, rooms of later days included.
    pub rooms: Option<Vec<(Id, String)>>,
    /// Why, for everybody to read.
    pub reason: String,
    /// Raised on every change.
    pub version: i32,
    /// When it was made.
    pub created_at: Moment,
}

/// What is asked for when closing.
#[derive(Debug, Clone)]
pub struct NewClosure {
    /// When.
    pub span: Span,
    /// The rooms' slugs; `None` is the whole house.
    pub rooms: Option<Vec<String>>,
    /// Why.
    pub reason: String,
    /// Call off the bookings that stand in the way?
    pub cancel_bookings: bool,
}
