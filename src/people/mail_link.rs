//! Signing in by a link in a letter: good once, for ten minutes, and only in the browser that asked for it.
use diesel::prelude::*;

use super::{
    account::Email,
    sessions::Entrance,
    sign_in::{self, Tokens},
    store,
    token::{self, Keys},
};
use crate::{
    audit::By,
    config::House,
    db::{Conn, schema::sign_in_links},
    error::{Error, Result},
    id::Id,
    mail, say,
    time::Moment,
};

/// So many letters one network, or a browser that the owner has signed in with, may have an account sent in an hour; who asks more
/// often is answered alike and gets none.
const MOST_IN_AN_HOUR: i64 = 5;
/// So many an account gets in an hour from all others together. A browser of the owner's is never kept from its own.
const MOST_FROM_ALL: i64 = 20;

/// Who asks.
#[derive(Debug)]
pub struct Asker {
    /// From which network.
    pub network: String,
    /// By what the browser is known, if somebody has signed in with it before.
    pub known: Option<String>,
}

/// Mails a link, if the address has an account that may sign in. What the caller is told must not depend on it.
pub fn ask(c: &mut Conn, house: &House, keys: &Keys, email: &Email, browser: &str, asker: &Asker, by: &By) -> Result<()> {
    let now = by.at;
    let Some(person) = store::by_email(c, email)?.filter(|person| person.disabled_at.is_none()) else { return Ok(()) };
    // Alone with this account, or ten requests at once would each see the same few letters.
    store::lock(c, person.id)?;
    let lately =
        sign_in_links::table.filter(sign_in_links::person_id.eq(person.id)).filter(sign_in_links::created_at.gt(now.plus_minutes(-60)));
    let own = asker.known.as_deref().and_then(|known| keys.remembered(known, person.id, now));
    let asker_hash = token::hash_of(&own.map_or_else(|| asker.network.clone(), |browser| browser.to_string()));
    let from_here = lately.filter(sign_in_links::asker_hash.eq(&asker_hash)).count().get_result::<i64>(c)?;
    if from_here >= MOST_IN_AN_HOUR || (own.is_none() && lately.count().get_result::<i64>(c)? >= MOST_FROM_ALL) {
        return Ok(());
    }
    let secret = token::new_secret()?;
    diesel::insert_into(sign_in_links::table)
        .values((
            sign_in_links::token_hash.eq(token::hash_of(&secret)),
            sign_in_links::person_id.eq(person.id),
            sign_in_links::browser_hash.eq(token::hash_of(browser)),
            sign_in_links::asker_hash.eq(asker_hash),
            sign_in_links::created_at.eq(now),
            sign_in_links::expires_at.eq(now.plus_seconds(mail::SIGN_IN_LINK_SECONDS)),
        ))
        .execute(c)?;
    // After the hash sign: browsers send it to nobody, so it is in no log.
    let link = format!("{}/logga-in/lank#{secret}", house.public_url);
    mail::enqueue(c, house, &person.recipient(), &mail::Letter::SignInLink { link }, None, by)?;
    Ok(())
}

/// Whose link this is, if it is good in this browser.
pub fn whose(c: &mut Conn, secret: &str, browser: &str, now: Moment) -> Result<Option<Id>> {
    let good = sign_in_links::table
        .filter(sign_in_links::token_hash.eq(token::hash_of(secret)))
        .filter(sign_in_links::browser_hash.eq(token::hash_of(browser)))
        .filter(sign_in_links::used_at.is_null())
        .filter(sign_in_links::expires_at.gt(now));
    Ok(good.select(sign_in_links::person_id).first(c).optional()?)
}

/// Signs in by a link; all other links of the account are void from then on.
pub fn redeem(c: &mut Conn, keys: &Keys, secret: &str, browser: &str, entrance: &Entrance, by: &By) -> Result<Tokens> {
    let Some(person) = whose(c, secret, browser, by.at)? else { return Err(no_good()) };
    let unused = sign_in_links::table.find(token::hash_of(secret)).filter(sign_in_links::used_at.is_null());
    if diesel::update(unused).set(sign_in_links::used_at.eq(by.at)).execute(c)? == 0 {
        return Err(no_good());
    }
    void(c, person, by.at)?;
    sign_in::enter(c, keys, person, entrance, by)?.ok_or_else(no_good)
}

/// Voids the links of an account.
pub fn void(c: &mut Conn, person: Id, now: Moment) -> Result<()> {
    let open = sign_in_links::table.filter(sign_in_links::person_id.eq(person)).filter(sign_in_links::used_at.is_null());
    diesel::update(open).set(sign_in_links::used_at.eq(now)).execute(c)?;
    Ok(())
}

/// Forgets links that were over an hour ago; until then they count against the letters of the hour.
pub fn prune(c: &mut Conn, now: Moment) -> Result<usize> {
    Ok(diesel::delete(sign_in_links::table.filter(sign_in_links::expires_at.lt(now.plus_minutes(-60)))).execute(c)?)
}

/// One answer for unknown, used, too old and another browser.
fn no_good() -> Error {
    Error::Unauthenticated {
        code: "invalid_link",
        detail: say!(
            "Länken gäller inte. Den fungerar en gång, i tio minuter och bara i webbläsaren där du bad om den. Be om en ny här.",
            "The link does not hold. It works once, for ten minutes and only in the browser in which you asked for it. Ask for a new one here."
        ),
    }
}
