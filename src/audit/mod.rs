//! Who did what, before and after. Rows are only ever added: the database refuses anything else.
use diesel::prelude::*;
use serde_json::Value;

use crate::{
    db::{Conn, schema::audit_log},
    error::Result,
    id::Id,
    time::Moment,
};

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

/// Notes that `action` was done to a `noun`, in the transaction that does it. Never hand it a secret.
pub fn record(
    c: &mut Conn,
    by: &By,
    action: &str,
    noun: &str,
    noun_id: Option<String>,
    before: Option<Value>,
    after: Option<Value>,
) -> Result<()> {
    diesel::insert_into(audit_log::table)
        .values((
            audit_log::id.eq(Id::new()),
            audit_log::at.eq(by.at),
            audit_log::actor_id.eq(by.actor),
            audit_log::action.eq(action),
            audit_log::noun.eq(noun),
            audit_log::noun_id.eq(noun_id),
            audit_log::before.eq(before.map(|v| v.to_string())),
            audit_log::after.eq(after.map(|v| v.to_string())),
            audit_log::request_id.eq(&by.request_id),
        ))
        .execute(c)?;
    Ok(())
}
