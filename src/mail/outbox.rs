//! The rules of the outbox: when a letter is tried again, when it is given up, how many one address gets.
use crate::{error::Language, id::Id, time::Moment, words};

words! {
    /// How far a letter has come.
    pub enum Status {
        /// To be sent, for the first time or again.
        Waiting = "waiting",
        /// To be sent once its recipient's hour allows it.
        Held = "held",
        /// Handed to the mail server.
        Sent = "sent",
        /// Given up.
        Failed = "failed",
    }
}

/// How long a worker has a letter to itself, in seconds: longer than the transport's timeouts let one letter take.
pub const LEASE_SECONDS: i64 = 300;
/// Letters that one address gets in an hour.
pub const PER_HOUR: i64 = 20;

/// Minutes between one try and the next: from a minute to six hours, 48 hours in all.
const PAUSES: [i64; 16] = [1, 2, 4, 8, 15, 30, 60, 90, 150, 360, 360, 360, 360, 360, 360, 360];

/// Minutes to wait after that many failed tries; `None` means to give up.
#[must_use]
pub fn pause_after(tries: i32) -> Option<i64> {
    let index = usize::try_from(tries).ok()?.checked_sub(1)?;
    PAUSES.get(index).copied()
}

/// What became of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server took it.
    Sent,
    /// The server will never take it.
    Refused(String),
    /// The server did not take it now.
    Later(String),
    /// There was no server to talk to, or it does not let us in: no other letter would fare better now.
    Unreachable(String),
}

/// A letter on its way out.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Its key.
    pub id: Id,
    /// What it is about: a [`Kind`](super::Kind), or a newer version's, whose letters go out as well.
    pub kind: String,
    /// The same at every try, so that a mailbox can tell a repeat.
    pub message_id: String,
    /// The address.
    pub to_address: String,
    /// Whose it is.
    pub to_name: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML.
    pub html: String,
    /// What it does to the reader's calendar (RFC 6047).
    pub calendar: Option<String>,
    /// Tries so far.
    pub attempts: i32,
    /// The request that wrote it; `None` if the program did by itself.
    pub request_id: Option<String>,
}

/// A letter as an admin sees it.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its key.
    pub id: Id,
    /// What it is about, as in [`Outgoing`].
    pub kind: String,
    /// The address.
    pub to_address: String,
    /// In which language.
    pub language: Language,
    /// One line.
    pub subject: String,
    /// How far it has come.
    pub status: Status,
    /// Tries so far.
    pub attempts: i32,
    /// When it is tried next, unless it is done with.
    pub next_attempt_at: Option<Moment>,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it was written.
    pub created_at: Moment,
    /// When it left.
    pub sent_at: Option<Moment>,
    /// The booking it tells of.
    pub booking_id: Option<Id>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_from_a_minute_to_six_hours_and_last_48_hours_in_all() {
        let pauses: Vec<i64> = (1..).map_while(pause_after).collect();
        assert_eq!(pauses.first(), Some(&1));
        assert_eq!(pauses.last(), Some(&360));
        assert!(pauses.windows(2).all(|two| two[0] <= two[1] && two[1] <= 4 * two[0]), "{pauses:?}");
        assert_eq!(pauses.iter().sum::<i64>(), 48 * 60);
    }

    #[test]
    fn a_count_that_can_not_be_gives_up() {
        for tries in [i32::MIN, -1, 0, 17, i32::MAX] {
            assert_eq!(pause_after(tries), None, "{tries}");
        }
    }
}
