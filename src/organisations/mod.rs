//! Organisations: the associations and others that book, and who acts for them.
pub mod organisation;

use crate::{
    db::Conn,
    error::{Error, Result},
    id::Id,
};
pub use organisation::{Kind, Organisation, Status};

/// The organisation with this key.
pub fn by_id(_c: &mut Conn, _id: Id) -> Result<Option<Organisation>> {
    Err(Error::internal("not built"))
}
