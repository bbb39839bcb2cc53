//! Who did what, before and after. Rows are only ever added: the database refuses anything else.
pub mod api;
pub mod entry;
pub mod seals;
pub mod store;

use serde_json::Value;

use crate::{db::Conn, error::Result, http::page::Page, id::Id, time::Moment};
pub use entry::Entry;
pub use store::Filter;

/// Who does something, when, and in which request.
#[derive(Debug, Clone)]
pub struct By {
    /// The person; `None` is the program itself (a command, a worker).
    pub actor: Option<Id>,
    /// When.
    pub at: Moment,
    /// The request that did it.
    pub request_id: Option<String>,
}

impl By {
    /// The program itself.
    #[must_use]
    pub fn program(at: Moment) -> Self {
        Self { actor: None, at, request_id: None }
    }
}

/// Notes that `action` was done to a `noun`, in the transaction that does it. Of `before` and `after` the members are kept in
/// which they differ. Never hand it a secret.
pub fn record(
    c: &mut Conn,
    by: &By,
    action: &str,
    noun: &str,
    noun_id: Option<String>,
    before: Option<Value>,
    after: Option<Value>,
) -> Result<()> {
    let (before, after) = entry::differences(before, after);
    let new = store::NewEntry { action, noun, noun_id: noun_id.as_deref(), before: before.as_ref(), after: after.as_ref() };
    store::insert(c, by, &new)
}

/// A page of what was done, latest first, and one entry more.
pub fn list(c: &mut Conn, filter: &Filter, page: &Page) -> Result<Vec<Entry>> {
    store::page(c, filter, page)
}
