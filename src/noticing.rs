//! Five times a second: tells those who listen here that something was written, by whichever process, and other processes what this
//! one wrote. Within two seconds a calendar shall show what somebody else booked; half of that is the network's and the browser's.
use std::time::Duration;

use actix_web::web;

use crate::{app::State, db::Changes, error::Result, worker::Worker};

const PAUSE: Duration = Duration::from_millis(200);
/// Without a database there is nothing to tell.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(2);

/// Starts the thread.
pub fn start(state: web::Data<State>) -> Result<Worker> {
    let mut changes = Changes::of(&state.db)?;
    Worker::start("changes", move |_| match changes.any() {
        Ok(true) => {
            state.live.tell();
            PAUSE
        }
        Ok(false) => PAUSE,
        Err(error) => {
            tracing::warn!(%error, "open calendars can't be told what is written; trying again");
            PAUSE_AFTER_ERROR
        }
    })
}
