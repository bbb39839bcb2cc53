//! The calendar as strangers were last shown it: the same week is asked for by every visitor and by every screen in the house,
//! and between two bookings nothing of it changes. Never what somebody signed in sees.
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use actix_web::web::Bytes;
use chrono::NaiveDate;

use crate::{
    calendar::Calendar,
    db::Version,
    error::{Error, Result},
    http::etag,
    time::Moment,
};

/// How many bytes of answers are kept: some hundred weeks.
const MOST_BYTES: usize = 8 << 20;

/// Which days of which rooms; no room is all rooms.
pub type Question = (NaiveDate, NaiveDate, Vec<String>);

/// A calendar as it is sent.
#[derive(Debug)]
pub struct Answer {
    /// The hash of the text.
    pub etag: String,
    /// The text.
    pub body: Bytes,
    version: Version,
    read_at: Moment,
    changes_at: Option<Moment>,
}

impl Answer {
    fn holds(&self, version: Version, now: Moment) -> bool {
        self.version == version && self.read_at <= now && self.changes_at.is_none_or(|then| now < then)
    }
}

/// The answers of this process.
#[derive(Debug, Default)]
pub struct Kept {
    answers: Mutex<HashMap<Question, Arc<Answer>>>,
}

impl Kept {
    /// The answer to this question, if it still holds.
    pub fn get(&self, question: &Question, version: Version, now: Moment) -> Result<Option<Arc<Answer>>> {
        let answers = self.answers.lock().map_err(Error::internal)?;
        Ok(answers.get(question).filter(|answer| answer.holds(version, now)).cloned())
    }

    /// Keeps what was read after this version was asked for.
    pub fn keep(&self, question: Question, version: Version, now: Moment, calendar: &Calendar) -> Result<Arc<Answer>> {
        let body = Bytes::from(serde_json::to_vec(calendar).map_err(Error::internal)?);
        let answer = Arc::new(Answer { etag: etag::of_text(&body), body, version, read_at: now, changes_at: calendar.changes_at });
        let mut answers = self.answers.lock().map_err(Error::internal)?;
        answers.retain(|_, kept| kept.holds(version, now));
        if answers.values().map(|kept| kept.body.len()).sum::<usize>() + answer.body.len() > MOST_BYTES {
            answers.clear();
        }
        if answer.body.len() <= MOST_BYTES {
            answers.insert(question, Arc::clone(&answer));
        }
        Ok(answer)
    }
}
