//! What `/metrics` tells: requests by route and status with their durations, the database pools, the outbox, the newest
//! backup.
use std::time::Duration;

use prometheus::{Encoder, GaugeVec, HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder};

use crate::{db::Db, error::Error};

/// The counters of this process.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    durations: HistogramVec,
    pool: GaugeVec,
    outbox: GaugeVec,
    backup: GaugeVec,
}

impl Metrics {
    /// All at zero.
    pub fn new() -> Result<Self, Error> {
        let registry = Registry::new();
        let requests = IntCounterVec::new(Opts::new("nobel21_http_requests_total", "Requests answered"), &["method", "route", "status"])
            .map_err(Error::internal)?;
        let buckets = vec![0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];
        let durations = HistogramVec::new(
            HistogramOpts::new("nobel21_http_request_duration_seconds", "Time to the answer's head").buckets(buckets),
            &["method", "route"],
        )
        .map_err(Error::internal)?;
        let pool = GaugeVec::new(Opts::new("nobel21_database_connections", "Database connections by pool and state"), &["pool", "state"])
            .map_err(Error::internal)?;
        let outbox = GaugeVec::new(
            Opts::new("nobel21_outbox", "Letters not yet sent: their number and the age of the oldest in seconds"),
            &["measure"],
        )
        .map_err(Error::internal)?;
        let backup = GaugeVec::new(
            Opts::new(
                "nobel21_backup",
                "Nightly backups: how many copies there are, the age of the newest in seconds and its size in bytes",
            ),
            &["measure"],
        )
        .map_err(Error::internal)?;
        for collector in [
            Box::new(requests.clone()) as Box<dyn prometheus::core::Collector>,
            Box::new(durations.clone()),
            Box::new(pool.clone()),
            Box::new(outbox.clone()),
            Box::new(backup.clone()),
        ] {
            registry.register(collector).map_err(Error::internal)?;
        }
        Ok(Self { registry, requests, durations, pool, outbox, backup })
    }

    /// Counts one answered request.
    pub fn observe(&self, method: &str, route: &str, status: u16, elapsed: Duration) {
        // Any token can be a method; a metric must not grow with what strangers send.
        let method = if matches!(method, "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS") { method } else { "OTHER" };
        self.requests.with_label_values(&[method, route, &status.to_string()]).inc();
        self.durations.with_label_values(&[method, route]).observe(elapsed.as_secs_f64());
    }

    /// The page in Prometheus' text format. `outbox` is the number of letters waiting and the age of the oldest in seconds, if known;
    /// `backups` the number of nightly copies if they are made, with the age in seconds of the newest and its size in bytes.
    pub fn page(&self, db: &Db, outbox: Option<(i64, i64)>, backups: Option<(usize, Option<(i64, u64)>)>) -> Result<String, Error> {
        for (name, state) in db.pools() {
            self.pool.with_label_values(&[name, "open"]).set(f64::from(state.open));
            self.pool.with_label_values(&[name, "idle"]).set(f64::from(state.idle));
        }
        self.outbox.reset();
        if let Some((letters, oldest_seconds)) = outbox {
            self.outbox.with_label_values(&["letters"]).set(letters as f64);
            self.outbox.with_label_values(&["oldest_seconds"]).set(oldest_seconds as f64);
        }
        self.backup.reset();
        if let Some((copies, _)) = backups {
            self.backup.with_label_values(&["copies"]).set(copies as f64);
        }
        if let Some((age, size)) = backups.and_then(|(_, newest)| newest) {
            self.backup.with_label_values(&["age_seconds"]).set(age as f64);
            self.backup.with_label_values(&["size_bytes"]).set(size as f64);
        }
        let mut page = vec![];
        TextEncoder::new().encode(&self.registry.gather(), &mut page).map_err(Error::internal)?;
        String::from_utf8(page).map_err(Error::internal)
    }
}
