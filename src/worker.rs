//! Threads that do their round again and again beside the requests, until they are stopped.
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use crate::error::{Error, Result};

/// Tells a round that it should come to its end.
pub struct Stop(Receiver<()>);

impl Stop {
    /// Is the worker to stop?
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.0.try_recv() == Err(TryRecvError::Disconnected)
    }

    /// Waits, unless the worker is to stop; then `true` at once.
    #[must_use]
    pub fn within(&self, pause: Duration) -> bool {
        self.0.recv_timeout(pause) == Err(RecvTimeoutError::Disconnected)
    }
}

/// A running thread. Dropping it tells it to stop too, but does not wait.
pub struct Worker {
    name: &'static str,
    running: Option<Sender<()>>,
    thread: JoinHandle<()>,
}

impl Worker {
    /// Starts a thread that runs `round` and pauses for as long as it says, over and over.
    pub fn start(name: &'static str, mut round: impl FnMut(&Stop) -> Duration + Send + 'static) -> Result<Self> {
        let (running, stop) = channel();
        let stop = Stop(stop);
        let work = move || {
            loop {
                // One broken round must not end the service for good while requests go on as if nothing were.
                let pause = catch_unwind(AssertUnwindSafe(|| round(&stop))).unwrap_or_else(|_| {
                    tracing::error!(worker = name, "a round broke off; trying again in a minute");
                    Duration::from_secs(60)
                });
                if stop.within(pause) {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work).map_err(Error::internal)?;
        Ok(Self { name, running: Some(running), thread })
    }

    /// Tells them all to stop after what they are at, and waits for it, `patience` at most. What one is at then is taken up by
    /// another process once its lease is over.
    pub async fn stop_all(mut workers: Vec<Self>, patience: Duration) {
        for worker in &mut workers {
            worker.running = None;
        }
        let end = Instant::now() + patience;
        for worker in workers {
            while !worker.thread.is_finished() {
                if Instant::now() >= end {
                    tracing::warn!(worker = worker.name, "did not finish in time");
                    break;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use super::*;

    #[test]
    fn a_worker_goes_on_after_a_broken_round_and_stops_when_told() {
        let rounds = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&rounds);
        let worker = Worker::start("test", move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            Duration::from_millis(1)
        })
        .unwrap();
        while rounds.load(Ordering::SeqCst) < 3 {
            std::thread::sleep(Duration::from_millis(1));
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(Worker::stop_all(vec![worker], Duration::from_secs(5)));
        let seen = rounds.load(Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(20));
        assert_eq!(rounds.load(Ordering::SeqCst), seen);
    }
}
