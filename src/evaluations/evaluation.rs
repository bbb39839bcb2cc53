//! One question about a gathering, 1 to 5, asked under a short code and answered by nobody in particular.
use std::{fmt, str::FromStr};

use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use uuid::Builder;

use crate::{
    bookings::{Display, Status},
    error::{Error, Result, Say},
    id::Id,
    say,
    time::{Moment, Span},
};

/// Crockford's digits: none that looks like another.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How long a code is: 50 bits, so that nobody finds one by trying.
pub const CODE_LENGTH: usize = 10;

/// What stands in a gathering's link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// A code from random bytes.
    #[must_use]
    pub fn from_random(bytes: [u8; CODE_LENGTH]) -> Self {
        // 256 is a multiple of 32, so every digit is equally likely.
        Self(bytes.iter().filter_map(|byte| DIGITS.get(usize::from(byte % 32))).map(|digit| char::from(*digit)).collect())
    }

    /// As it stands in the link.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Code {
    type Err = Say;

    /// As somebody types it off a poster: in either case, with a letter where a digit was meant, with hyphens.
    fn from_str(text: &str) -> Result<Self, Say> {
        let code: String = text
            .chars()
            .filter(|c| *c != '-')
            .take(CODE_LENGTH + 1)
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                c => c,
            })
            .collect();
        if code.len() == CODE_LENGTH && code.bytes().all(|b| DIGITS.contains(&b)) {
            Ok(Self(code))
        } else {
            Err(say!("ska vara en kod med {CODE_LENGTH} tecken", "must be a code of {CODE_LENGTH} characters"))
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The five answers.
pub const RATINGS: std::ops::RangeInclusive<i32> = 1..=5;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// 1 is worst, 5 is best.
    pub rating: i32,
    /// A sentence; may be empty.
    pub comment: String,
}

/// The id of an answer that was sent with a key: the same for its repeats, and random to everybody who does not have the key.
#[must_use]
pub fn id_of(code: &Code, key: &str) -> Id {
    let hash = Sha256::digest(format!("{code}\n{key}"));
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(hash).for_each(|(byte, digit)| *byte = digit);
    Id(Builder::from_random_bytes(bytes).into_uuid())
}

/// What is rated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gathering {
    /// The booking's key.
    pub booking_id: Id,
    /// What it is called.
    pub title: String,
    /// The room's name.
    pub room_name: String,
    /// Whose it is.
    pub organisation_id: Id,
    /// Is that organisation under threat?
    pub protected: bool,
    /// From when to when.
    pub stay: Span,
    /// Its status as stored.
    pub status: Status,
    /// What a stranger may read.
    pub display: Display,
    /// How many were expected.
    pub expected: i32,
    /// How many came, if that is known.
    pub actual: Option<i32>,
}

impl Gathering {
    /// Its title if strangers may read it.
    #[must_use]
    pub fn public_title(&self) -> Option<&str> {
        (self.display == Display::Title && !self.protected).then_some(&self.title)
    }

    /// The day on which it begins.
    #[must_use]
    pub fn date(&self) -> NaiveDate {
        self.stay.start().date()
    }

    /// Is it one that people are, or will be, asked about?
    pub fn check_asked_about(&self) -> Result<()> {
        if matches!(self.status, Status::Confirmed | Status::Held) {
            return Ok(());
        }
        Err(wrong_state(say!(
            "Bara en bekräftad eller genomförd sammankomst kan utvärderas.",
            "Only a gathering that is confirmed or was held can be rated."
        )))
    }

    /// May it be rated now, by one more than `answers`?
    pub fn check_open(&self, now: Moment, answers: i64) -> Result<()> {
        self.check_asked_about()?;
        if now < self.stay.start() {
            return Err(wrong_state(say!(
                "Sammankomsten har inte börjat än. Kom tillbaka när den är igång.",
                "The gathering has not begun yet. Come back once it is on."
            )));
        }
        if answers >= self.most_answers() {
            return Err(wrong_state(say!(
                "Sammankomsten har redan fått fler svar än den kan ha haft deltagare.",
                "The gathering already has more answers than it can have had participants."
            )));
        }
        Ok(())
    }

    /// Who answers is unknown, so nothing but the number keeps one person from answering a thousand times.
    fn most_answers(&self) -> i64 {
        (3 * i64::from(self.expected.max(self.actual.unwrap_or(0)))).max(100)
    }
}

fn wrong_state(detail: Say) -> Error {
    Error::Conflict { code: "wrong_state", detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = Code::from_random([0, 1, 2, 31, 32, 255, 10, 20, 30, 40]);
        assert_eq!(code.as_str(), "012Z0ZAMY8");
        for typed in ["012Z0ZAMY8", "012z0zamy8", "OI2ZOZ-AMY8", "0l2z0zamy8"] {
            assert_eq!(typed.parse::<Code>().unwrap(), code, "{typed}");
        }
        for bad in ["", "012Z0ZAMY", "012Z0ZAMY88", "012Z0ZAMYU", "012Z0ZAMY'", "åäö"] {
            assert!(bad.parse::<Code>().is_err(), "{bad}");
        }
    }

    fn gathering(status: Status, display: Display) -> Gathering {
        Gathering {
            booking_id: Id::new(),
            title: "Språkkafé".into(),
            room_name: "Aulan".into(),
            organisation_id: Id::new(),
            protected: false,
            stay: Span::new(Moment::from_unix(1000), Moment::from_unix(2000)).unwrap(),
            status,
            display,
            expected: 50,
            actual: None,
        }
    }

    #[test]
    fn a_title_is_told_only_if_strangers_may_read_it() {
        assert_eq!(gathering(Status::Held, Display::Title).public_title(), Some("Språkkafé"));
        assert_eq!(gathering(Status::Held, Display::Neutral).public_title(), None);
        assert_eq!(Gathering { protected: true, ..gathering(Status::Held, Display::Title) }.public_title(), None);
    }

    #[test]
    fn a_gathering_is_rated_from_its_start_unless_it_is_called_off_or_has_too_many_answers() {
        let (before, start) = (Moment::from_unix(999), Moment::from_unix(1000));
        let confirmed = gathering(Status::Confirmed, Display::Neutral);
        assert!(confirmed.check_open(before, 0).is_err());
        assert!(confirmed.check_open(start, 149).is_ok());
        assert!(confirmed.check_open(start, 150).is_err());
        for status in [Status::Pending, Status::Rejected, Status::Cancelled, Status::NoShow] {
            assert!(gathering(status, Display::Neutral).check_open(start, 0).is_err(), "{status}");
        }
    }
}
