//! How many came: asked by letter after the gathering, once and once more, answered by a link without signing in.
pub mod api;
pub mod question;
mod store;

pub use question::{Gathering, Round};

use crate::{
    audit::By,
    bookings,
    config::House,
    db::Conn,
    error::{Error, Result},
    evaluations,
    id::Id,
    mail::{self, Letter},
    people::token,
    settings,
    time::Moment,
};

/// How many gatherings are looked at in one round: more than a house has in a week.
const MOST: i64 = 1000;

/// The gatherings about whose number somebody is to be asked now. None at night, and none if the house does not want to know.
pub fn due(c: &mut Conn, now: Moment) -> Result<Vec<(Id, Round)>> {
    if question::is_night(now) || !settings::get(c)?.ask_participants {
        return Ok(vec![]);
    }
    let ended = question::ended_between(now);
    let first = store::never_asked(c, ended, MOST)?;
    let again = store::asked_once(c, ended, question::asked_before(now), MOST)?;
    Ok(first.into_iter().map(|id| (id, Round::First)).chain(again.into_iter().map(|id| (id, Round::Again))).collect())
}

/// Asks about one; `false` if somebody else just did, it was answered by now, or nobody wants to be asked.
pub fn ask(c: &mut Conn, house: &House, id: Id, round: Round, now: Moment) -> Result<bool> {
    if !store::is_unreported(c, id, question::ended_between(now))? {
        return Ok(false);
    }
    let Some((facts, to)) = bookings::to_remind(c, id)? else { return Ok(false) };
    let Some(to) = to else {
        // So that it is not looked at again every minute.
        store::claim(c, id, round, None, now)?;
        return Ok(false);
    };
    let secret = token::new_secret()?;
    if !store::claim(c, id, round, Some(&token::hash_of(&secret)), now)? {
        return Ok(false);
    }
    let (code, _) = evaluations::code_of(c, &By::program(now), id)?;
    let letter = Letter::HowMany { facts, again: round == Round::Again, secret, evaluation: format!("{}/e/{code}", house.public_url) };
    mail::enqueue(c, house, &to, &letter, Some(id), &By::program(now))?;
    Ok(true)
}

/// What a link asks about. For whoever has it; one that is over, or about what did not take place, looks like an unknown one.
pub fn asked_about(c: &mut Conn, secret: &str, now: Moment) -> Result<Gathering> {
    Ok(found(c, secret, now)?.1)
}

/// Takes an answer. For whoever has the link; while it holds, the last word counts, so that a slip of the finger can be put right.
pub fn answer(c: &mut Conn, secret: &str, actual: i32, by: &By) -> Result<Gathering> {
    let (id, gathering) = found(c, secret, by.at)?;
    bookings::report_by_link(c, by, id, actual)?;
    Ok(Gathering { actual: Some(actual), ..gathering })
}

fn found(c: &mut Conn, secret: &str, now: Moment) -> Result<(Id, Gathering)> {
    store::by_token(c, &token::hash_of(secret), question::holds_since(now))?.ok_or(Error::NotFound("question"))
}
