//! Settings: what the house has decided for itself and may decide otherwise.
pub mod api;
pub mod retention;
pub mod setting;
pub mod sources;
mod store;

use serde_json::json;

pub use retention::Retention;
pub use setting::{Change, Cutoff, PrimeTime, Settings};
pub use sources::{Source, SourceHours};

use crate::{
    audit::{self, By},
    db::Conn,
    error::{Error, Result},
    http::etag::IfMatch,
};

/// All settings.
pub fn get(c: &mut Conn) -> Result<Settings> {
    store::read(c)
}

/// Changes settings. What was decided by the old ones stands.
pub fn change(c: &mut Conn, by: &By, expected: IfMatch, change: Change) -> Result<Settings> {
    let before = get(c)?;
    expected.check(before.version)?;
    let after = change.of(&before);
    let faults = after.faults();
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    if !store::update(c, &after)? {
        return Err(Error::Stale);
    }
    audit::record(c, by, "changed", "settings", None, Some(json!(before)), Some(json!(after)))?;
    Ok(after)
}
