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
    worker::{Stop, Worker},
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
}

/// Sends what is due at `now`; gives how many letters left. For tests and commands: the service has a thread for it.
pub fn deliver_due(db: &Db, transport: &Transport, house: &House, now: Moment) -> Result<usize> {
    Ok(Pass { db, transport, sender: &house.sender, now: &|| now, stop: &|| false }.run()?.sent)
}

/// Starts the thread that sends letters.
pub fn start(db: Db, transport: Transport, house: Arc<House>, clock: Clock) -> Result<Worker> {
    // Told once when it begins and once when it is over, not at every try.
    let mut down = false;
    Worker::start("mail", move |stop| round(&db, &transport, &house, &clock, stop, &mut down))
}

fn round(db: &Db, transport: &Transport, house: &House, clock: &Clock, stop: &Stop, down: &mut bool) -> Duration {
    match (Pass { db, transport, sender: &house.sender, now: &|| clock.now(), stop: &|| stop.is_wanted() }).run() {
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
    fn run(&self) -> Result<Passed> {
        let mut passed = Passed::default();
        // What is due as the pass begins: what is written meanwhile waits for the next, or letters to one who has had enough
        // would be held one by one as fast as they are written, each at the cost of a booking.
        let due_by = (self.now)();
        // Looked at with a reading connection first: bookings wait for the writing one.
        while !(self.stop)() && self.db.read_now(|c| store::any_due(c, due_by))? {
            let lease = Id::new();
            let letter = match self.db.write_now(|c| store::claim(c, lease, due_by, (self.now)()))? {
                Claim::Letter(letter) => letter,
                Claim::Held => continue,
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

    fn note(&self, letter: &Outgoing, lease: Id, outcome: &Outcome) -> Result<()> {
        let (id, kind, attempts) = (letter.id, letter.kind, letter.attempts + 1);
        let error = match outcome {
            Outcome::Sent => {
                tracing::info!(%id, %kind, attempts, "letter sent");
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
            tracing::error!(%id, %kind, attempts, "letter given up; GET /api/v1/letters?status=failed says why");
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
