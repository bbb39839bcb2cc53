//! How the database finds what it is asked for: no question reads through a table that grows with the years.
use std::{collections::BTreeSet, sync::Mutex};

use diesel::{
    connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation},
    prelude::*,
    sql_query,
    sql_types::Text,
};
use nobel21::{db::Conn, housekeeping, rounds};

use crate::{
    access::World,
    support::{
        App,
        contract::contract,
        database::{Database, Engine},
    },
};

/// Grow as long as the house is used. Not `named_visits`: a name leaves within a day.
const GROW: &str = "bookings visits occupancies letters audit_log audit_seals series series_dates waitlist closures sessions refresh_tokens \
                    evaluations evaluation_links attendance_questions expected_visitors loans shift_notes staff_notes faults roll_calls \
                    door_counts memberships membership_invitations idempotency_keys";

/// What has been asked, as SQL.
static ASKED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

struct Listener;

impl Instrumentation for Listener {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let text = query.to_string();
            ASKED.lock().unwrap().insert(text.split("-- binds").next().unwrap().trim().to_owned());
        }
    }
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
    sql.starts_with("SELECT json_object(") || (forgets.iter().any(|verb| sql.starts_with(verb)) && sql.contains("`created_by` = ?"))
}

#[test]
fn no_question_reads_through_a_table_that_grows() {
    set_default_instrumentation(|| Some(Box::new(Listener))).unwrap();
    // Plans are read on SQLite, where they depend on nothing but the indexes; PostgreSQL has the same ones.
    let world = World::on(App::on(Database::blank(Engine::Sqlite), |_| ()));
    let admin = world.app.admin();
    for operation in contract().operations() {
        let ask = world.ask(&operation.id);
        let client = ask.headers.iter().fold(admin.clone(), |client, (name, value)| client.header(name, value));
        client.send(&operation.method, &ask.path, ask.body);
    }
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
    let is_looked_at = |sql: &&String| ["SELECT", "UPDATE", "DELETE", "WITH"].iter().any(|verb| sql.starts_with(verb));
    let asked: Vec<String> = ASKED.lock().unwrap().iter().filter(is_looked_at).cloned().collect();
    assert!(asked.len() > 200, "{}", asked.len());
    let mut wrong = vec![];
    world.app.read(|c| {
        let Conn::Sqlite(c) = c else { panic!("SQLite") };
        // `1=0`: diesel's way of asking for nothing.
        for sql in asked.iter().filter(|sql| !is_about_one_person(sql) && !sql.contains("(1=0)")) {
            let steps: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(&mut *c)?;
            wrong.extend(steps.into_iter().filter(|step| reads_through(&step.detail, sql)).map(|step| format!("{}: {sql}", step.detail)));
        }
        Ok(())
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
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
