//! What is kept about people: told to everybody as a rule, to each as a copy, and taken away on request and on time.
pub mod api;
pub mod nobody;
pub mod register;
mod store;
pub mod tables;

use serde_json::{Map, Value};

use crate::{
    audit::{self, By},
    db::Conn,
    error::{Error, Result},
    id::Id,
    mail,
    people::{
        self,
        caller::Caller,
        invitations::{self, Lapsed},
        users,
    },
    settings::{self, Retention},
    time::Moment,
};
use register::Table;
use store::MOST;
use tables::TABLES;

/// What stands where a name was.
const NOBODY: &str = "Borttaget konto";

/// The rows of one table that are about somebody.
pub struct Section {
    /// Of which table.
    pub table: &'static Table,
    /// The rows, by the names of the register's columns.
    pub rows: Vec<Map<String, Value>>,
    /// There are more than [`MOST`].
    pub more: bool,
}

/// Everything that is kept about the caller, table by table; secrets excepted, and what is an association's or the desk's alone by now.
pub fn export(c: &mut Conn, caller: &Caller) -> Result<Vec<Section>> {
    let mut sections = vec![];
    for table in TABLES {
        let mut rows = store::rows(c, table, caller.person.id, caller.is_staff())?;
        let more = rows.len() > MOST;
        rows.truncate(MOST);
        if !rows.is_empty() {
            sections.push(Section { table, rows, more });
        }
    }
    Ok(sections)
}

/// Takes a person out of everything: bookings keep room, time, association and counts, and nothing says who it was but the trail, which
/// is only ever added to and goes by its own time.
pub fn erase(c: &mut Conn, by: &By, id: Id) -> Result<()> {
    let admins = people::store::lock_admins(c)?;
    let before = people::store::lock(c, id)?.ok_or(Error::NotFound(users::NOUN))?;
    users::spare_the_last_admin(&admins, &before)?;
    people::store::delete_calendar_keys_known_to(c, id)?;
    // A day more than letters are kept, for those that wait to be forgotten.
    let since = by.at.days_ago(settings::get(c)?.retention.letters + 1);
    mail::forget(c, &before.email, &before.name, since)?;
    store::forget_answers(c, id, &before.email)?;
    store::anonymise(c, id, NOBODY, by.at)?;
    audit::record(c, by, "erased", users::NOUN, Some(id.to_string()), None, None)
}

/// What was forgotten in one round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forgotten {
    /// Phone numbers.
    pub phones: usize,
    /// Accounts.
    pub accounts: usize,
    /// Invitations to join an association that nobody answered.
    pub invitations: usize,
}

/// Forgets phone numbers of what is over, invitations that nobody answered with the accounts made for them alone, and accounts that
/// were closed long ago.
pub fn forget(c: &mut Conn, retention: &Retention, now: Moment) -> Result<Forgotten> {
    let phones = store::forget_phones(c, now.days_ago(retention.contact_phones))?;
    let Lapsed { invitations, unused } = invitations::lapse(c, now)?;
    let closed = store::closed_before(c, now.days_ago(retention.closed_accounts))?;
    let mut accounts = closed.len();
    for id in closed {
        erase(c, &By::program(now), id)?;
    }
    for id in unused {
        // Locked in the order of [`erase`]: since it was looked for, somebody may have begun to use it.
        people::store::lock_admins(c)?;
        people::store::lock(c, id)?;
        if invitations::is_unused(c, id)? {
            erase(c, &By::program(now), id)?;
            accounts += 1;
        }
    }
    Ok(Forgotten { phones, accounts, invitations })
}
