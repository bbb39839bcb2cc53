//! How the database finds what it is asked for: no question reads through a table that grows with the years.
use std::{collections::BTreeSet, fmt::Write, sync::Mutex};

use diesel::{
    connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation},
    prelude::*,
    sql_query,
    sql_types::Text,
};
use nobel21::{
    db::{Conn, Location},
    housekeeping, rounds,
};

use crate::{
    access::World,
    support::{
        App,
        database::{Database, Engine},
        json,
    },
};

/// Grow as long as the house is used. Not `named_visits`: a name leaves within a day.
const GROW: &str = "bookings visits occupancies letters audit_log audit_seals series series_dates waitlist closures sessions refresh_tokens \
                    evaluations evaluation_links attendance_questions expected_visitors loans shift_notes staff_notes faults roll_calls \
                    door_counts memberships membership_invitations idempotency_keys people unmet_requests name_erasures";

/// What is asked for every day, and must take no longer after a hundred years: `script/bench growth` measures it.
const EVERY_DAY: [&str; 8] = [
    "/calendar?from=2026-11-23&to=2026-11-30",
    "/availability?from=2026-11-24&to=2026-11-25&minutes=60",
    "/bookings",
    "/visits",
    "/visits/today",
    "/visits/present",
    "/statistics/monthly?from=2026-10&to=2026-10",
    "/statistics/rooms?from=2026-10&to=2026-10",
];
/// How each of these is found. `KEEP_PLANS=1` writes it anew.
const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/plans.txt");

/// What has been asked, as SQL, and of which database.
static ASKED: Mutex<BTreeSet<(String, String)>> = Mutex::new(BTreeSet::new());

/// Hears what one connection is asked.
#[derive(Default)]
struct Listener(String);

impl Instrumentation for Listener {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => url.clone_into(&mut self.0),
            InstrumentationEvent::StartQuery { query, .. } => {
                let text = query.to_string();
                let sql = text.split("-- binds").next().unwrap().trim().to_owned();
                ASKED.lock().unwrap().insert((self.0.clone(), sql));
            }
            _ => {}
        }
    }
}

/// A service whose questions are heard. Plans are read on SQLite, where they depend on nothing but the indexes. PostgreSQL has the same
/// indexes and chooses among them by what it knows of the rows: what it chose shows in `script/bench growth`.
fn heard() -> App {
    set_default_instrumentation(|| Some(Box::new(Listener::default()))).unwrap();
    App::on(Database::blank(Engine::Sqlite), |_| ())
}

/// What this service's database was asked since the last look, but for what adds rows.
fn asked(app: &App) -> Vec<String> {
    let Location::Sqlite(file) = app.database().location() else { panic!("SQLite") };
    let mut all = ASKED.lock().unwrap();
    let (of_this, others) = std::mem::take(&mut *all).into_iter().partition(|(url, _)| url.contains(file.to_str().unwrap()));
    *all = others;
    let is_looked_at = |sql: &String| ["SELECT", "UPDATE", "DELETE", "WITH"].iter().any(|verb| sql.starts_with(verb));
    BTreeSet::into_iter(of_this).map(|(_, sql): (String, String)| sql).filter(is_looked_at).collect()
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// Where a plan of SQLite's reads through a whole table that grows. In the order of an index, up to a limit, it does not.
fn reads_through(step: &str, sql: &str) -> bool {
    let mut words = step.split(' ');
    let table = match (words.next(), words.next()) {
        (Some("SCAN"), Some(table)) => table,
        _ => return false,
    };
    // Of the question itself, not of one within it. Seals are kept in the order of their numbers, which needs no index.
    let is_ordered = step.contains("USING") || sql.contains("ORDER BY `audit_seals`.`number`");
    let is_bounded = is_ordered && sql.rsplit(')').next().is_some_and(|end| end.contains("LIMIT"));
    // A plan has the name that the question gives a table.
    let is = |one: &str| {
        one == table || ["", "AS "].iter().any(|and| [" ", ")", "\n"].iter().any(|end| sql.contains(&format!("{one} {and}{table}{end}"))))
    };
    GROW.split_whitespace().any(is) && !is_bounded
}

/// Once in a while, by one person: all that is kept about it, and what of it is taken away (`src/privacy`).
fn is_about_one_person(sql: &str) -> bool {
    let forgets = ["bookings", "waitlist"].map(|table| format!("UPDATE `{table}` SET `contact_phone`"));
    let answers = "DELETE FROM `idempotency_keys` WHERE (((`idempotency_keys`.`scope` = ?) OR (`idempotency_keys`.`answer` LIKE ?";
    sql.starts_with("SELECT json_object(")
        || sql.starts_with(answers)
        || (forgets.iter().any(|verb| sql.starts_with(verb)) && sql.contains("`created_by` = ?"))
}

#[test]
fn no_question_reads_through_a_table_that_grows() {
    let world = World::on(heard());
    world.try_everything();
    // And what is done by itself, every minute and every night.
    let (db, house, now) = (world.app.db(), &world.app.state.house, world.app.now());
    rounds::remind(db, house, now).unwrap();
    rounds::lapse(db, house, now).unwrap();
    rounds::offer(db, house, now).unwrap();
    rounds::ask(db, house, now).unwrap();
    rounds::report(db, house, now).unwrap();
    rounds::invite(db, house, now).unwrap();
    rounds::seal(db, house, now).unwrap();
    housekeeping::tidy_up(db, now).unwrap();
    let asked = asked(&world.app);
    assert!(asked.len() > 200, "{}", asked.len());
    let mut wrong = vec![];
    // `1=0`: diesel's way of asking for nothing.
    for sql in asked.iter().filter(|sql| !is_about_one_person(sql) && !sql.contains("(1=0)")) {
        wrong.extend(plan(&world.app, sql).into_iter().filter(|step| reads_through(step, sql)).map(|step| format!("{step}: {sql}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn plan(app: &App, sql: &str) -> Vec<String> {
    app.read(|c| {
        let Conn::Sqlite(c) = c else { panic!("SQLite") };
        let steps: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(c)?;
        Ok(steps.into_iter().map(|step| step.detail).collect())
    })
}

#[test]
fn what_is_asked_every_day_is_found_as_it_was() {
    let app = heard();
    app.furnish();
    let reception = app.reception();
    let organisation = app.organisation("Kastanjen");
    app.booker(organisation).post("/bookings", crate::bookings::good(organisation)).is(201);
    reception.post("/visits", json!({"headcount": 3, "purpose": "walk_in"})).is(201);
    let mut found = String::new();
    for path in EVERY_DAY {
        // What is kept in memory is there the second time, unless another test of this process has pushed it out.
        let questions = (0..9).map(|_| {
            asked(&app);
            reception.get(path).is(200);
            asked(&app)
        });
        writeln!(found, "# {path}\n").unwrap();
        for sql in questions.min_by_key(Vec::len).unwrap() {
            writeln!(found, "{sql}").unwrap();
            plan(&app, &sql).iter().for_each(|step| writeln!(found, "    {step}").unwrap());
        }
        found.push('\n');
    }
    if std::env::var_os("KEEP_PLANS").is_some() {
        std::fs::write(KEPT, &found).unwrap();
    }
    let kept = std::fs::read_to_string(KEPT).unwrap();
    let differs = found.lines().zip(kept.lines()).find(|(now, then)| now != then);
    assert_eq!(found, kept, "{differs:#?}\nif the new plans are as good: KEEP_PLANS=1 cargo nextest run plans");
}

#[test]
fn a_table_read_through_is_told_from_one_that_is_looked_up() {
    assert!(reads_through("SCAN bookings", "SELECT title FROM bookings"));
    assert!(reads_through("SCAN visits USING COVERING INDEX visits_by_time", "SELECT at FROM visits"));
    assert!(!reads_through("SCAN visits USING INDEX visits_by_time", "SELECT at FROM visits ORDER BY at LIMIT 50"));
    assert!(!reads_through(
        "SEARCH bookings USING INDEX bookings_by_start (starts_at>?)",
        "SELECT title FROM bookings WHERE starts_at > ?"
    ));
    assert!(reads_through("SCAN d", "SELECT sum(d.people) FROM door_counts AS d WHERE 1"));
    assert!(reads_through("SCAN v USING INDEX visits_by_time", "SELECT (SELECT id FROM rooms LIMIT 1) FROM visits v WHERE v.at > 1"));
    assert!(!reads_through("SCAN rooms", "SELECT name FROM rooms"));
}
