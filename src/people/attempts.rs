//! Tries to sign in that failed, and how long the next must wait: by account and by network. In the database, so that all processes
//! count together. Whoever guesses is slowed down; the owner is not locked out, for a browser that it has signed in with before
//! counts by itself, and so does a link by mail.
use chrono::NaiveDate;
use diesel::prelude::*;

use super::{account::Email, token::hash_of};
use crate::{
    db::{Both, Conn, schema::sign_in_attempts},
    error::{Error, Result},
    id::Id,
    time::Moment,
};

/// So many failures cost an account nothing: people mistype.
const FREE: i32 = 5;
/// So many a network, anew each day: a whole house stands behind one address, and somebody in it mistypes every day.
const FREE_OF_A_NETWORK: i32 = 50;
/// The longest wait, in seconds.
const LONGEST: i64 = 15 * 60;
/// After so many seconds without a try all is forgotten.
const FORGOTTEN: i64 = 24 * 3600;

/// Under which keys a try is counted.
#[derive(Debug, Clone)]
pub struct Counted {
    account: Option<String>,
    network: Option<String>,
}

impl Counted {
    /// A try for `email` from a network; `browser` is the key of one that the account's owner has signed in with before.
    #[must_use]
    pub fn of(email: &Email, browser: Option<Id>, network: &str, day: NaiveDate) -> Self {
        match browser {
            Some(browser) => Self { account: Some(hash_of(&format!("browser:{browser}"))), network: None },
            None => Self {
                account: Some(hash_of(&format!("account:{}", email.key))),
                network: Some(hash_of(&format!("network:{network}:{day}"))),
            },
        }
    }

    /// A try at somebody's second factor.
    #[must_use]
    pub fn codes(person: Id) -> Self {
        Self { account: Some(hash_of(&format!("codes:{person}"))), network: None }
    }

    /// A letter with a link, asked for from this network.
    #[must_use]
    pub fn links(network: &str, day: NaiveDate) -> Self {
        Self { account: None, network: Some(hash_of(&format!("links:{network}:{day}"))) }
    }

    /// A try to sign in by a passkey, from this network.
    #[must_use]
    pub fn passkeys(network: &str, day: NaiveDate) -> Self {
        Self { account: None, network: Some(hash_of(&format!("passkeys:{network}:{day}"))) }
    }

    /// A code of a provider's (OpenID Connect), shown from this network.
    #[must_use]
    pub fn openid(network: &str, day: NaiveDate) -> Self {
        Self { account: None, network: Some(hash_of(&format!("openid:{network}:{day}"))) }
    }

    /// A try at the caller's own password.
    #[must_use]
    pub fn own_password(person: Id) -> Self {
        Self { account: Some(hash_of(&format!("own password:{person}"))), network: None }
    }

    fn keys(&self) -> impl Iterator<Item = (&str, i32)> {
        let account = self.account.as_deref().map(|key| (key, FREE));
        account.into_iter().chain(self.network.as_deref().map(|key| (key, FREE_OF_A_NETWORK)))
    }
}

/// The wait in seconds after so many failures, of which some were free: 1, 2, 4, ... up to [`LONGEST`] (OWASP ASVS 5.0, 6.1.1).
fn wait(failures: i32, free: i32) -> i64 {
    match u32::try_from(failures - free) {
        Ok(beyond) => 1_i64.checked_shl(beyond.min(20)).unwrap_or(LONGEST).min(LONGEST),
        Err(_) => 0,
    }
}

#[derive(Queryable)]
struct Row {
    failures: i32,
    last_at: Moment,
}

/// Counts a try before its password is looked at, so that many at once are not free; refuses it with the time to wait.
pub fn begin(c: &mut Conn, counted: &Counted, now: Moment) -> Result<()> {
    let mut longest = 0;
    let mut found = vec![];
    for (key, free) in counted.keys() {
        let row = lock(c, key, now)?;
        let failures = if now.seconds_since(row.last_at) > FORGOTTEN { 0 } else { row.failures };
        let pause = wait(failures, free);
        // Another process's clock may be ahead of ours: nobody waits longer than the pause, and without failures nobody waits.
        longest = longest.max(row.last_at.plus_seconds(pause).seconds_since(now).min(pause));
        found.push((key, failures));
    }
    if longest > 0 {
        return Err(Error::TooMany { retry_after: u64::try_from(longest).unwrap_or(1) });
    }
    for (key, failures) in found {
        let change = (sign_in_attempts::failures.eq(failures + 1), sign_in_attempts::last_at.eq(now));
        diesel::update(sign_in_attempts::table.find(key)).set(change).execute(c)?;
    }
    Ok(())
}

/// The row of this key, made if there is none, which nobody else changes until the transaction ends. In one statement: between two, somebody
/// who succeeds could take the row away.
fn lock(c: &mut Conn, key: &str, now: Moment) -> Result<Row> {
    let new = (sign_in_attempts::key.eq(key), sign_in_attempts::failures.eq(0), sign_in_attempts::last_at.eq(now));
    let found = diesel::insert_into(sign_in_attempts::table)
        .values(new)
        .on_conflict(sign_in_attempts::key)
        .do_update()
        .set(sign_in_attempts::key.eq(key))
        .returning((sign_in_attempts::failures, sign_in_attempts::last_at));
    Ok(Both(found).get_result(c)?)
}

/// The try succeeded: its account starts anew, and its network has one failure less.
pub fn forgive(c: &mut Conn, counted: &Counted) -> Result<()> {
    if let Some(account) = &counted.account {
        diesel::delete(sign_in_attempts::table.find(account)).execute(c)?;
    }
    if let Some(network) = &counted.network {
        let row = sign_in_attempts::table.find(network).filter(sign_in_attempts::failures.gt(0));
        diesel::update(row).set(sign_in_attempts::failures.eq(sign_in_attempts::failures - 1)).execute(c)?;
    }
    Ok(())
}

/// Forgets what is a day old.
pub fn prune(c: &mut Conn, now: Moment) -> Result<usize> {
    Ok(diesel::delete(sign_in_attempts::table.filter(sign_in_attempts::last_at.lt(now.plus_seconds(-FORGOTTEN)))).execute(c)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Db, Location};

    #[test]
    fn a_try_at_a_process_whose_clock_is_ahead_makes_nobody_wait_longer_than_for_its_failures() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&Location::Sqlite(folder.path().join("a.db")), 1).unwrap();
        let now = Moment::from_unix(1_800_000_000);
        let ahead = now.plus_seconds(40);
        let codes = Counted::codes(Id::new());
        let begin = |at: Moment| db.write_now(|c| begin(c, &codes, at));
        begin(ahead).unwrap();
        begin(now).unwrap();
        for _ in 2..FREE {
            begin(ahead).unwrap();
        }
        // The first that is not free: it costs one second, whoever's clock the last one was seen by.
        assert!(matches!(begin(now), Err(Error::TooMany { retry_after: 1 })));
    }

    #[test]
    fn waits_double_from_the_first_failure_that_is_not_free() {
        let waits: Vec<i64> = (3..12).map(|failures| wait(failures, 5)).collect();
        assert_eq!(waits, [0, 0, 1, 2, 4, 8, 16, 32, 64]);
        assert_eq!((wait(14, 5), wait(15, 5), wait(1000, 5), wait(i32::MAX, 5)), (512, 900, 900, 900));
        assert_eq!((wait(49, 50), wait(50, 50)), (0, 1));
    }
}
