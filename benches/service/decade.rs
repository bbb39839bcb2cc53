//! A house with ten years behind it: each statistic beside the time that its SQL takes at the database, the week view beside that of a
//! house with one year.
use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use nobel21::time::Moment;

use crate::{WEEK, ask, http::Connection, inside::Inside, row, server::Served};

/// So many times each statistic is asked for; what counts is the middle one.
const TIMES: usize = 9;
const YEARS: std::ops::RangeInclusive<i32> = 2016..=2025;

/// The sample year once for each of ten years, a row for every visit: 12 260 gatherings and 288 720 visits.
fn years(folder: &Path) -> PathBuf {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample/year-2023");
    let read = |name: &str| fs::read_to_string(sample.join(name)).unwrap();
    for name in ["rooms.csv", "organisations.csv"] {
        fs::copy(sample.join(name), folder.join(name)).unwrap();
    }
    let visits = one_row_each(&read("visits.csv"));
    for (name, text) in [("bookings.csv", read("bookings.csv")), ("evaluations.csv", read("evaluations.csv")), ("visits.csv", visits)] {
        let (head, rows) = text.split_once('\n').unwrap();
        let all: String = YEARS.map(|year| rows.replace("2023-", &format!("{year}-"))).collect();
        fs::write(folder.join(name), format!("{head}\n{all}")).unwrap();
    }
    folder.to_owned()
}

/// Eight people who came together are eight rows.
pub fn one_row_each(visits: &str) -> String {
    let (head, rows) = visits.split_once('\n').unwrap();
    let mut all = format!("{head}\n");
    for row in rows.lines() {
        let cells: Vec<&str> = row.splitn(3, ',').collect();
        for _ in 0..cells[1].parse().unwrap() {
            writeln!(all, "{},1,{}", cells[0], cells[2]).unwrap();
        }
    }
    all
}

/// Nanoseconds that the database has worked since the last look: from each query's start to its last row.
static AT_THE_DATABASE: AtomicU64 = AtomicU64::new(0);

struct Watch(Instant);

impl Instrumentation for Watch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { .. } => self.0 = Instant::now(),
            InstrumentationEvent::FinishQuery { .. } => {
                AT_THE_DATABASE.fetch_add(u64::try_from(self.0.elapsed().as_nanos()).unwrap(), Ordering::SeqCst);
            }
            _ => {}
        }
    }
}

fn watch() -> Option<Box<dyn Instrumentation>> {
    Some(Box::new(Watch(Instant::now())))
}

/// Prints both measures.
pub fn measure(engine: &str) {
    let folder = tempfile::tempdir().unwrap();
    let one = Served::start(engine, &Path::new(env!("CARGO_MANIFEST_DIR")).join("sample/year-2023"));
    let ten = Served::start(engine, &years(folder.path()));
    for connections in crate::CONNECTIONS {
        let short = ask(connections, &one.address, WEEK);
        row(engine, "week, decade", connections, ask(connections, &ten.address, WEEK), short);
    }
    drop(one);
    let ten = ten.stop();
    statistics(engine, &ten);
}

/// Its queries timed from within, on the database of the service that has stopped.
fn statistics(engine: &str, house: &Served) {
    set_default_instrumentation(watch).unwrap();
    let now = Moment::from_unix(chrono::Utc::now().timestamp());
    let inside = Inside::start(&house.db, now);
    let mut connection = Connection::open(&inside.address);
    println!("{:<10} {:<60} {:>10} {:>10} {:>7}", "engine", "statistic, of ten years", "answer ms", "SQL ms", "ratio");
    for path in asked(house) {
        assert_eq!(connection.get(&path, Some(&inside.token)).status, 200, "{path}");
        let mut times: Vec<(f64, f64)> = (0..TIMES)
            .map(|_| {
                AT_THE_DATABASE.store(0, Ordering::SeqCst);
                let begun = Instant::now();
                connection.get(&path, Some(&inside.token));
                (begun.elapsed().as_secs_f64() * 1000.0, AT_THE_DATABASE.load(Ordering::SeqCst) as f64 / 1e6)
            })
            .collect();
        times.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (answer, database) = times[TIMES / 2];
        let shown = path.trim_start_matches("/api/v1");
        println!("{engine:<10} {shown:<60} {answer:>10.2} {database:>10.2} {:>7.2}", answer / database);
    }
}

/// Every statistic there is: of a year, and of all ten where that can be asked.
fn asked(house: &Served) -> Vec<String> {
    let (first, last) = (YEARS.start(), YEARS.end());
    let periods = [format!("from={last}-01&to={last}-12"), format!("from={first}-01&to={last}-12")];
    let of_months = ["monthly", "rooms", "organisations", "categories", "hours", "organisation-kinds", "comparison"];
    let mut all = vec![];
    for period in periods {
        all.extend(of_months.map(|name| format!("/api/v1/statistics/{name}?{period}")));
        all.extend(["month", "quarter", "half_year", "year", "term"].map(|by| format!("/api/v1/statistics/periods?by={by}&{period}")));
        all.push(format!("/api/v1/closed-months?{period}"));
        all.push(format!("/api/v1/open/monthly.json?{period}"));
    }
    all.push(format!("/api/v1/statistics/annual-report/{last}"));
    all.push(format!("/api/v1/goals?year={last}"));
    all.push(format!("/api/v1/organisations/{}/attendance-basis?half_year={last}-H1", house.facts.organisation));
    all.push("/api/v1/visits/present".into());
    all
}
