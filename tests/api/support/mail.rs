//! Letters: the outbox is worked by hand, since the clock stands still.
use diesel::prelude::*;
use nobel21::{
    audit::By,
    db::schema::letters,
    error::Language,
    id::Id,
    mail::{self, BookingFacts, Letter, Recipient, Transport},
};

use super::{App, Client};

impl App {
    /// The texts of the letters that told somebody that how it signs in has changed, in the order in which they were written.
    pub fn told_of_account(&self, who: &Client) -> Vec<String> {
        let mine = letters::table.filter(letters::to_address.eq(who.email())).filter(letters::kind.eq("account_changed"));
        self.read(|c| Ok(mine.order(letters::id).select(letters::body_text).load(c)?))
    }

    /// Sends every letter that is due to where this service sends letters; how many left.
    pub fn deliver_mail(&self) -> usize {
        self.deliver_to(&self.mail)
    }

    /// The same, elsewhere.
    pub fn deliver_to(&self, transport: &Transport) -> usize {
        mail::deliver_due(self.db(), transport, &self.state.house, self.now()).unwrap()
    }

    /// How each letter of the outbox stands, in the order in which they were written.
    pub fn letters(&self) -> Vec<String> {
        self.read(|c| Ok(letters::table.order(letters::id).select(letters::status).load(c)?))
    }

    /// Waits two seconds at most until there are so many letters, for some are written after the answer; gives how many there are.
    pub fn await_letters(&self, least: usize) -> usize {
        for _ in 0..200 {
            if self.letters().len() >= least {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        self.letters().len()
    }

    /// Puts a letter about a made-up booking into the outbox.
    pub fn write_letter(&self, address: &str) -> Id {
        self.post(address, &Letter::Confirmed(self.made_up()))
    }

    /// A booking of Tuesday 18 to 20.
    pub fn made_up(&self) -> BookingFacts {
        BookingFacts {
            id: Id::new(),
            reference: "N21-7K3QX9".into(),
            title: "Språkkafé".into(),
            organisation: "Limhamns språkkafé".into(),
            room: "Konferens 1".into(),
            starts_at: "2026-11-24T18:00:00+01:00".parse().unwrap(),
            ends_at: "2026-11-24T20:00:00+01:00".parse().unwrap(),
            participants: 12,
            stands: true,
            version: 1,
            changed_at: self.now(),
            lapses_at: None,
        }
    }

    /// Puts a letter into the outbox.
    pub fn post(&self, address: &str, letter: &Letter) -> Id {
        let to = Recipient { person: None, name: "Åsa Ek".into(), address: address.into(), language: Language::Sv };
        let now = self.now();
        self.write(|c| mail::enqueue(c, &self.state.house, &to, letter, None, &By::program(now)))
    }
}
