//! The seconds before a stop, in which whoever stands in front learns to send its requests elsewhere, and none of them is lost: all are
//! answered still, each connection ends with its answer, and `/readyz` says no.
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// How long it lasts: twice what a proxy that asks once a second needs to notice, and one second for what was on its way by then. Shorter:
/// requests meet a closed door; longer: each restart takes longer.
pub const LASTS: Duration = Duration::from_secs(3);

/// Has it begun?
#[derive(Debug, Clone, Default)]
pub struct Drain(Arc<AtomicBool>);

impl Drain {
    /// From now on.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Is the service about to stop?
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
