//! Takes letters out of the outbox and hands them to the mail server.
//!
//! One letter at a time: claim it by a lease, hand it over outside any transaction, note the outcome at once in a transaction of
//! its own. So any number of processes may do this, none holds a connection while a mail server takes its time, a stop has
//! nothing to give back but the letter on its way, and what a killed process had is taken up by another when the lease is over.
//! Only between the server's yes and our note of it can a letter be sent twice; its Message-ID is the same then.
use std::{sync::Arc, time::Duration};

use super::{
    outbox::{Outcome, Outgoing, pause_after},
    store::{self, Claim},
    transport::{Sender, Transport},
};
use crate::{
    config::House,
    db::Db,
    error::Result,
    id::Id,
    time::{Clock, Moment},
    worker::Worker,
};

/// How often the outbox is looked at. Other processes write to it too, so nothing but looking tells.
const LOOK: Duration = Duration::from_secs(1);
/// How long nothing is tried after a mail server could not be reached, or the database.
const REST: Duration = Duration::from_secs(10);
/// How often we try to note that a letter was sent before we leave it to the lease.
const NOTES: u32 = 20;

/// What one pass over the outbox came to.
#[derive(Debug, Default)]
struct Passed {
    sent: usize,
    unreachable: Option<String>,
}

struct Pass<'a> {
    db: &'a Db,
    transport: &'a Transport,
    sender: &'a Sender,
    now: &'a dyn Fn() -> Moment,
    stop: &'a dyn Fn() -> bool,
    /// The lease of a claim of which nobody knows whether it went through: the database went away before it answered.
    unsure: &'a mut Option<Id>,
}

/// Sends what is due at `now`; gives how many letters left. For tests and commands: the service has a thread for it.
pub fn deliver_due(db: &Db, transport: &Transport, house: &House, now: Moment) -> Result<usize> {
    Ok(Pass { db, transport, sender: &house.sender, now: &|| now, stop: &|| false, unsure: &mut None }.run()?.sent)
}

/// Starts the thread that sends letters.
pub fn start(db: Db, transport: Transport, house: Arc<House>, clock: Clock) -> Result<Worker> {
    // Told once when it begins and once when it is over, not at every try.
    let mut down = false;
    let mut unsure = None;
    Worker::start("mail", move |stop| {
        let (now, stop) = (|| clock.now(), || stop.is_wanted());
        let pass = Pass { db: &db, transport: &transport, sender: &house.sender, now: &now, stop: &stop, unsure: &mut unsure };
        rest(pass.run(), &mut down)
    })
}

/// Tells what a pass came to; gives the pause until the next.
fn rest(passed: Result<Passed>, down: &mut bool) -> Duration {
    match passed {
        Err(error) => {
            tracing::warn!(%error, "letters can't be sent");
            REST
        }
        Ok(Passed { unreachable: Some(reason), .. }) => {
            if !*down {
                tracing::warn!(reason, "the mail server can't be reached; letters wait");
            }
            *down = true;
            REST
        }
        Ok(Passed { sent, .. }) => {
            if *down && sent > 0 {
                tracing::info!("the mail server takes letters again");
                *down = false;
            }
            LOOK
        }
    }
}

impl Pass<'_> {
    fn run(mut self) -> Result<Passed> {
        let mut passed = Passed::default();
        // What is due as the pass begins: what is written meanwhile waits for the next, or letters to one who has had enough
        // would be held one by one as fast as they are written, each at the cost of a booking.
        let due_by = (self.now)();
        while !(self.stop)() {
            let (lease, claim) = self.claim(due_by)?;
            let letter = match claim {
                Claim::Letter(letter) => letter,
                Claim::Held => continue,
                Claim::TooLate(letter) => {
                    let (id, kind, request_id) = (letter.id, &letter.kind, letter.request_id.as_deref());
                    tracing::warn!(request_id, %id, %kind, "letter not sent: nobody has any use for it any more");
                    continue;
                }
                Claim::Nothing => break,
            };
            let outcome = self.transport.send(&letter, self.sender, (self.now)());
            let sent = outcome == Outcome::Sent;
            self.note(&letter, lease, &outcome)?;
            passed.sent += usize::from(sent);
            if let Outcome::Unreachable(reason) = outcome {
                passed.unreachable = Some(reason);
                break;
            }
        }
        Ok(passed)
    }

    /// The next letter and the lease by which this pass has it.
    fn claim(&mut self, due_by: Moment) -> Result<(Id, Claim)> {
        if let Some(lease) = *self.unsure {
            // Until its lease is over nobody else would send it.
            let mine = self.db.write_now(|c| store::claimed(c, lease, (self.now)()))?;
            *self.unsure = None;
            if let Some(letter) = mine {
                return Ok((lease, Claim::Letter(letter)));
            }
        }
        let lease = Id::new();
        // Looked at with a reading connection first: bookings wait for the writing one.
        if !self.db.read_now(|c| store::any_due(c, due_by))? {
            return Ok((lease, Claim::Nothing));
        }
        *self.unsure = Some(lease);
        let claim = self.db.write_now(|c| store::claim(c, lease, due_by, (self.now)()))?;
        *self.unsure = None;
        Ok((lease, claim))
    }

    fn note(&self, letter: &Outgoing, lease: Id, outcome: &Outcome) -> Result<()> {
        let (id, kind, attempts, request_id) = (letter.id, &letter.kind, letter.attempts + 1, letter.request_id.as_deref());
        let error = match outcome {
            Outcome::Sent => {
                tracing::info!(request_id, %id, %kind, attempts, "letter sent");
                return self.insist(|| self.db.write_now(|c| store::mark_sent(c, id, attempts, (self.now)())));
            }
            Outcome::Refused(error) | Outcome::Later(error) | Outcome::Unreachable(error) => error,
        };
        let next = match outcome {
            Outcome::Refused(_) => None,
            _ => pause_after(attempts).map(|minutes| (self.now)().plus_minutes(minutes)),
        };
        if next.is_none() {
            // The reason may name the recipient, so it stands in the row and not in the log.
            tracing::error!(request_id, %id, %kind, attempts, "letter given up; GET /api/v1/letters?status=failed says why");
        }
        self.db.write_now(|c| store::mark_tried(c, letter, lease, error, next))
    }

    /// A letter that has left and is not noted as sent would be sent again.
    fn insist(&self, note: impl Fn() -> Result<()>) -> Result<()> {
        for _ in 1..NOTES {
            match note() {
                Ok(()) => return Ok(()),
                Err(error) => tracing::warn!(%error, "a sent letter can't be noted yet"),
            }
            if (self.stop)() {
                break;
            }
            std::thread::sleep(LOOK);
        }
        note()
    }
}

#[cfg(test)]
mod tests {
    use diesel::prelude::*;

    use super::*;
    use crate::{
        audit::By,
        db::{Location, schema::letters},
        error::Language,
        mail::{self, AccountChange, Letter, Recipient},
    };

    #[test]
    fn a_letter_whose_claim_went_through_unheard_is_sent_by_who_claimed_it_and_once() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&Location::Sqlite(folder.path().join("a.db")), 1).unwrap();
        let house = House { public_url: "http://127.0.0.1:8021".into(), sender: mail::sender("bokning@example.org").unwrap() };
        let transport = Transport::Folder(folder.path().join("mail"));
        let now: Moment = "2026-11-23T08:00:00+01:00".parse().unwrap();
        let to = Recipient { person: None, name: "Åsa Ek".into(), address: "asa@example.org".into(), language: Language::Sv };
        let letter = Letter::AccountChanged(AccountChange::Password);
        let lease = Id::new();
        db.write_now(|c| {
            mail::enqueue(c, &house, &to, &letter, None, &By::program(now))?;
            store::claim(c, lease, now, now).map(drop)
        })
        .unwrap();
        let later = now.plus_seconds(60);
        let run = |unsure: &mut Option<Id>| {
            Pass { db: &db, transport: &transport, sender: &house.sender, now: &|| later, stop: &|| false, unsure }.run().unwrap().sent
        };
        assert_eq!(run(&mut None), 0, "whoever does not hold the lease leaves it alone");
        assert_eq!(run(&mut Some(Id::new())), 0, "a claim that did not go through gives nothing");
        let mut unsure = Some(lease);
        assert_eq!((run(&mut unsure), unsure), (1, None));
        assert_eq!(run(&mut Some(lease)), 0, "it has left");
        let sent: Option<Moment> = db.read_now(|c| Ok(letters::table.select(letters::sent_at).first(c)?)).unwrap();
        assert_eq!(sent, Some(later));
    }
}
