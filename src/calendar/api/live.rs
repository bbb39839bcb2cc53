//! Calendars that are open somewhere hear of it when something is written: server-sent events, as
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html> has them. What was written is not said; who listens asks anew, and
//! is shown what it may see.
use std::{
    collections::HashMap,
    convert::Infallible,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::Poll,
    time::Duration,
};

use actix_web::{
    body::{BodySize, MessageBody},
    rt,
    web::Bytes,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch},
    time::{Instant, timeout_at},
};

use crate::error::{Error, Result};

/// Streams at once in one process: some kilobytes each.
const MOST: usize = 500;
/// And from one network: all the phones of a full house.
const MOST_FROM_ONE: usize = 100;
/// When there is none left.
const RETRY_AFTER: u64 = 30;
/// A word now and then, so that nothing on the way thinks that the connection is dead.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// What a browser does when a stream ends: come back after so many milliseconds.
const HELLO: &[u8] = b"retry: 2000\n\n";
const CHANGED: &[u8] = b"data: changed\n\n";
const STILL_HERE: &[u8] = b":\n\n";

/// Those who listen to this process.
pub struct Live {
    /// Counts what was told; `None` once the service stops.
    told: watch::Sender<Option<u64>>,
    places: Arc<Semaphore>,
    /// How many each network has.
    networks: Arc<Mutex<HashMap<String, usize>>>,
}

/// One who listens.
struct Place {
    network: String,
    networks: Arc<Mutex<HashMap<String, usize>>>,
    _of_all: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut networks = self.networks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(listening) = networks.get_mut(&self.network) {
            *listening -= 1;
            if *listening == 0 {
                networks.remove(&self.network);
            }
        }
    }
}

impl Default for Live {
    fn default() -> Self {
        Self { told: watch::Sender::new(Some(0)), places: Arc::new(Semaphore::new(MOST)), networks: Arc::default() }
    }
}

impl Live {
    /// Something was written.
    pub fn tell(&self) {
        self.told.send_modify(|count| *count = count.map(|n| n.wrapping_add(1)));
    }

    /// Ends all streams, so that a stop need not wait for them.
    pub fn end(&self) {
        self.told.send_modify(|count| *count = None);
    }

    /// The body of an answer that goes on for so long.
    pub fn listen(&self, stay: Duration, network: String) -> Result<Stream> {
        let place = self.place(network).ok_or(Error::TooMany { retry_after: RETRY_AFTER })?;
        let (say, hear) = mpsc::channel(2);
        rt::spawn(speak(self.told.subscribe(), say, Instant::now() + stay, place));
        Ok(Stream(hear))
    }

    /// `None` if all are taken, or all of this network's.
    fn place(&self, network: String) -> Option<Place> {
        let of_all = Arc::clone(&self.places).try_acquire_owned().ok()?;
        let mut networks = self.networks.lock().unwrap_or_else(PoisonError::into_inner);
        let listening = networks.entry(network.clone()).or_default();
        if *listening >= MOST_FROM_ONE {
            return None;
        }
        *listening += 1;
        Some(Place { network, networks: Arc::clone(&self.networks), _of_all: of_all })
    }
}

async fn speak(mut told: watch::Receiver<Option<u64>>, say: mpsc::Sender<Bytes>, until: Instant, _place: Place) {
    let mut word = HELLO;
    // Whoever has gone does not take the next word, nor does whoever does not read: its place is given up with its time.
    while matches!(timeout_at(until, say.send(Bytes::from_static(word))).await, Ok(Ok(()))) {
        let heard = timeout_at(until.min(Instant::now() + HEARTBEAT), told.changed()).await;
        if Instant::now() >= until || told.borrow_and_update().is_none() || matches!(heard, Ok(Err(_))) {
            return;
        }
        word = if heard.is_ok() { CHANGED } else { STILL_HERE };
    }
}

/// An answer that is sent word by word.
pub struct Stream(mpsc::Receiver<Bytes>);

impl MessageBody for Stream {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<Option<std::result::Result<Bytes, Infallible>>> {
        self.0.poll_recv(cx).map(|word| word.map(Ok))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_network_leaves_places_to_all_others_and_gives_its_own_back() {
        let live = Live::default();
        let of = |network: &str| live.place(network.into());
        let all: Vec<Place> = (0..100).map(|_| of("203.0.113.7").unwrap()).collect();
        assert!(of("203.0.113.7").is_none());
        let other = of("198.51.100.1").unwrap();
        drop(all);
        assert!(of("203.0.113.7").is_some());
        drop(other);
        assert!(live.networks.lock().unwrap().is_empty());
        let full: Vec<Place> = (0..500).map(|n| of(&format!("192.0.2.{}", n / 50)).unwrap()).collect();
        assert!(of("203.0.113.9").is_none(), "{}", full.len());
    }
}
