//! Letters: written to the outbox in the transaction of what they tell of, sent by a worker afterwards.
mod answers;
pub mod api;
mod figures_wording;
mod forgetting_store;
mod invitation;
mod letter;
mod outbox;
mod series_wording;
mod store;
mod time_wording;
mod transport;
mod wording;
mod worker;

use std::collections::BTreeSet;

pub use letter::{
    AccountChange, BookingFacts, FigureLine, Kind, Letter, Recipient, SIGN_IN_LINK_SECONDS, SeriesFacts, SeriesLine, SeriesOccasion,
    UntouchedDate,
};
pub use outbox::{Record, Status};
pub use transport::{Sender, Transport, is_address, sender};
pub use worker::{deliver_due, start};

use crate::{
    audit::{self, By},
    config::House,
    db::Conn,
    error::{Error, Result},
    http::page::Page,
    id::Id,
    say,
    time::Moment,
};

/// Puts a letter into the outbox, rendered in the recipient's language, in the caller's transaction. Gives its key. By the id of
/// the request that wrote it, it is found in the log again when it leaves.
pub fn enqueue(c: &mut Conn, house: &House, to: &Recipient, letter: &Letter, booking: Option<Id>, by: &By) -> Result<Id> {
    if !is_address(&to.address) {
        return Err(Error::invalid("email", say!("ska vara en e-postadress", "must be an e-mail address")));
    }
    let sender = &house.sender;
    let written = wording::write(&sender.name, &house.public_url, to, letter)?;
    let off = invitation::taken_out(letter);
    let invited = if off.is_empty() { BTreeSet::new() } else { store::invited(c, &off, &to.address)? };
    let calendar = invitation::write(letter, &invited, to, sender, &house.public_url);
    let id = Id::new();
    let new = store::NewLetter {
        id,
        kind: letter.kind(),
        to,
        message_id: format!("<{id}@{}>", sender.domain),
        secret: letter.is_secret(),
        booking,
        calendar,
        good_until: letter.good_until(by.at),
    };
    store::insert(c, &new, &written, by)?;
    Ok(id)
}

/// How many letters are not sent yet, and the age of the oldest in seconds.
pub fn outbox_state(c: &mut Conn, now: Moment) -> Result<(i64, i64)> {
    let (waiting, since) = store::unsent(c)?;
    Ok((waiting, since.map_or(0, |since| now.seconds_since(since).max(0))))
}

/// Forgets what letters said and to whom, of some that are done with and older than `before`; returns of how many, 0 when none is left.
pub fn prune(c: &mut Conn, before: Moment, now: Moment) -> Result<usize> {
    forgetting_store::prune(c, before, now)
}

/// Takes every letter to an address away, however old, and the text of others, written since then, that name whose it is.
pub fn forget(c: &mut Conn, address: &str, name: &str, since: Moment) -> Result<()> {
    forgetting_store::forget(c, address, name, since)
}

/// One page of letters, latest first.
pub fn list(c: &mut Conn, status: Option<Status>, words: Option<&str>, page: &Page) -> Result<Vec<Record>> {
    let after = page.after.as_ref().map(|cursor| Ok::<_, Error>((cursor.key.parse::<Moment>().map_err(|_| foreign())?, cursor.id)));
    store::list(c, status, words, page, after.transpose()?)
}

fn foreign() -> Error {
    Error::invalid("cursor", say!("är ingen av våra: börja om från första sidan", "is none of ours: start again from the first page"))
}

/// A letter and its text. The text is empty if it holds a secret or is no longer kept.
pub fn read(c: &mut Conn, id: Id) -> Result<(Record, String)> {
    store::by_id(c, id)?.ok_or(Error::NotFound("letter"))
}

/// Lets a letter that is done with, or held, wait again with all its tries.
pub fn resend(c: &mut Conn, by: &By, id: Id) -> Result<Record> {
    let (before, _) = read(c, id)?;
    if before.status == Status::Waiting {
        return Err(Error::Conflict {
            code: "wrong_state",
            detail: say!("Brevet väntar redan på att skickas.", "The letter is waiting to be sent already."),
        });
    }
    if !store::has_text(c, id)? {
        return Err(Error::Conflict {
            code: "wrong_state",
            detail: say!(
                "Brevets text finns inte kvar, så det kan inte skickas igen. Gäller det ett lösenord: skicka en ny länk.",
                "The letter's text is no longer kept, so it can't be sent again. If it is about a password, send a new link."
            ),
        });
    }
    store::wait_again(c, id, by.at)?;
    audit::record(c, by, "resent", "letter", Some(id.to_string()), None, None)?;
    Ok(read(c, id)?.0)
}
