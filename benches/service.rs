//! How fast the service is, beside its limit in the same run: a bare actix handler that returns the same bytes, and the same
//! INSERTs by themselves. `script/bench` runs it; absolute figures depend on the machine, the ratios less so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "../tests/api/support/cluster.rs"]
#[allow(dead_code)]
mod cluster;
#[path = "service/decade.rs"]
mod decade;
#[path = "service/growth.rs"]
mod growth;
#[path = "service/http.rs"]
mod http;
#[path = "service/inside.rs"]
mod inside;
#[path = "service/raw.rs"]
mod raw;
#[path = "service/server.rs"]
mod server;

use std::{
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

use server::{Bare, Served};

/// How long each measurement runs.
const SECONDS: u64 = 4;
const CONNECTIONS: [usize; 2] = [1, 16];
const WEEK: &str = "/api/v1/calendar?from=2023-11-20&to=2023-11-27";

fn main() -> ExitCode {
    // Why the service answered 500, if it did.
    tracing_subscriber::fmt().with_env_filter("error,access=off").init();
    let mut asked: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let is_growth = asked.first().is_some_and(|what| what == "growth");
    if is_growth {
        asked.remove(0);
    }
    let engines = if asked.is_empty() { vec!["sqlite".to_owned(), "postgres".to_owned()] } else { asked };
    if is_growth {
        let over: usize = engines.iter().map(|engine| growth::measure(engine)).sum();
        return if over == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    println!("{:<10} {:<12} {:>11} {:>12} {:>12} {:>7} {:>9}", "engine", "what", "connections", "service/s", "limit/s", "ratio", "p99 ms");
    for engine in engines {
        measure(&engine);
        decade::measure(&engine);
    }
    ExitCode::SUCCESS
}

/// How often in a second so many connections are answered.
fn ask(connections: usize, address: &str, path: &'static str) -> (f64, f64) {
    rate(connections, |_| {
        let mut connection = http::Connection::open(address);
        move |_| assert_eq!(connection.get(path, None).status, 200)
    })
}

/// Runs `work` on so many threads until the time is over; gives how often in a second, and the slowest but one in a hundred.
fn rate<W: FnMut(usize) + Send>(threads: usize, make: impl Fn(usize) -> W) -> (f64, f64) {
    let mut workers: Vec<W> = (0..threads).map(&make).collect();
    let started = Instant::now();
    let until = started + Duration::from_secs(SECONDS);
    let mut times: Vec<f64> = std::thread::scope(|scope| {
        let running: Vec<_> = workers
            .iter_mut()
            .map(|work| {
                scope.spawn(move || {
                    let mut times = vec![];
                    for i in 0.. {
                        let begun = Instant::now();
                        if begun >= until {
                            break;
                        }
                        work(i);
                        times.push(begun.elapsed().as_secs_f64());
                    }
                    times
                })
            })
            .collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let elapsed = started.elapsed().as_secs_f64();
    times.sort_by(f64::total_cmp);
    let p99 = times[(times.len() * 99 / 100).min(times.len() - 1)];
    (times.len() as f64 / elapsed, p99 * 1000.0)
}

fn row(engine: &str, what: &str, connections: usize, (service, p99): (f64, f64), (limit, _): (f64, f64)) {
    println!("{engine:<10} {what:<12} {connections:>11} {service:>12.0} {limit:>12.0} {:>7.2} {p99:>9.2}", service / limit);
}

fn measure(engine: &str) {
    let served = Served::start(engine, &Path::new(env!("CARGO_MANIFEST_DIR")).join("sample/year-2023"));
    // The very bytes, from a handler that does nothing else.
    let week = http::Connection::open(&served.address).get(WEEK, None);
    let bare = Bare::start(week.body.clone());
    for connections in CONNECTIONS {
        row(engine, "week view", connections, ask(connections, &served.address, WEEK), ask(connections, &bare.address, "/"));
    }
    let rounds = [(0, CONNECTIONS[0]), (1, CONNECTIONS[1])];
    let booked = rounds.map(|(round, connections)| rate(connections, |thread| served.booker(round * 100 + thread)));
    let (memory, start) = (served.resident_megabytes(), served.start_to_answer.as_secs_f64() * 1000.0);
    // The INSERTs by themselves: with the service gone, whose worker would still be at the letters of what was booked.
    let served = served.stop();
    let words = raw::Words::of_a_booking(&served.db);
    for ((round, connections), booking) in rounds.into_iter().zip(booked) {
        let limit = rate(connections, |thread| raw::inserter(&served.db, &served.facts, &words, round * 100 + thread));
        row(engine, "booking", connections, booking, limit);
    }
    println!("{engine:<10} resident memory after the run {memory:.0} MB; start to first answer {start:.0} ms");
}
