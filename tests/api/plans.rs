//! How the database finds what it is asked for: no question reads through a table that grows with the years.
use std::{collections::BTreeSet, fmt::Write, sync::Mutex};

use diesel::{
    connection::{Instrumentation, InstrumentationEvent, SimpleConnection, set_default_instrumentation},
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
        App, Value,
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

/// A service whose questions are heard.
fn heard(database: Database) -> App {
    set_default_instrumentation(|| Some(Box::new(Listener::default()))).unwrap();
    App::on(database, |_| ())
}

/// What this service's database was asked since the last look, but for what adds rows.
fn asked(app: &App) -> Vec<String> {
    let place = match app.database().location() {
        Location::Sqlite(file) => file.to_str().unwrap().to_owned(),
        Location::Postgres(url) => url,
    };
    let mut all = ASKED.lock().unwrap();
    let (of_this, others) = std::mem::take(&mut *all).into_iter().partition(|(url, _)| url.contains(&place));
    *all = others;
    let is_looked_at = |sql: &String| ["SELECT", "UPDATE", "DELETE", "WITH"].iter().any(|verb| sql.starts_with(verb));
    BTreeSet::into_iter(of_this).map(|(_, sql): (String, String)| sql).filter(is_looked_at).collect()
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// Where the database reads through a whole table that grows to answer this.
fn whole_tables_read(app: &App, sql: &str) -> Vec<String> {
    match app.database().location() {
        Location::Sqlite(_) => plan(app, sql).into_iter().filter(|step| reads_through(step, sql)).collect(),
        Location::Postgres(_) => {
            let mut found = vec![];
            whole_tables(&plan_of_postgres(app, sql), "", false, &mut found);
            found
        }
    }
}

/// Indexes of what is not done with: what is in them all is what is asked for.
const AT_HAND: [&str; 2] = ["letters_due", "loans_out"];

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

/// Gathers where a node of a plan of PostgreSQL's, or one below it, reads through a whole table that grows. What passes rows on as they
/// come stops when a limit above it does. A bitmap is of the table `above` it.
fn whole_tables(node: &Value, above: &str, is_bounded: bool, found: &mut Vec<String>) {
    let text = |name: &str| node[name].as_str().unwrap_or_default();
    let (kind, index) = (text("Node Type"), text("Index Name"));
    let table = node["Relation Name"].as_str().unwrap_or(above);
    let reads_all = kind == "Seq Scan" || (kind.contains("Index") && node.get("Index Cond").is_none());
    if reads_all && !is_bounded && GROW.split_whitespace().any(|one| one == table) && !AT_HAND.contains(&index) {
        found.push(format!("{kind} {index} of {table}"));
    }
    let passes_on = ["Nested Loop", "LockRows", "Subquery Scan", "Result", "Incremental Sort"].contains(&kind);
    for below in node["Plans"].as_array().into_iter().flatten() {
        // Of one pair in a loop the inner is gone through for each of the outer; one that is a value of its own ends by itself.
        let is_outer = below["Parent Relationship"] == "Outer" || below["Parent Relationship"] == "Subquery";
        whole_tables(below, table, is_outer && (kind == "Limit" || (is_bounded && passes_on)), found);
    }
}

/// Once in a while, by one person: all that is kept about it, and what of it is taken away (`src/privacy`).
fn is_about_one_person(sql: &str) -> bool {
    // Each engine has marks of its own for names and values.
    let sql =
        sql.replace('"', "`").split('$').map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit())).collect::<Vec<_>>().join("?");
    let forgets = ["bookings", "waitlist"].map(|table| format!("UPDATE `{table}` SET `contact_phone`"));
    let answers = "DELETE FROM `idempotency_keys` WHERE (((`idempotency_keys`.`scope` = ?) OR (`idempotency_keys`.`answer` LIKE ?";
    sql.starts_with("SELECT json_object(")
        || sql.starts_with("SELECT json_build_object(")
        || sql.starts_with(answers)
        || (forgets.iter().any(|verb| sql.starts_with(verb)) && sql.contains("`created_by` = ?"))
}

/// On both engines. SQLite's plans depend on nothing but the indexes. PostgreSQL chooses by what it knows of the rows, so it is told of ten
/// thousand in each table, and to read through one only where no index leads to what is asked; what it chooses by itself shows in
/// `script/bench growth`.
#[test]
fn no_question_reads_through_a_table_that_grows() {
    let world = World::on(heard(Database::new()));
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
    if matches!(world.app.database().location(), Location::Postgres(_)) {
        say_that_tables_are_large(&world.app);
    }
    let mut wrong = vec![];
    // `1=0`: diesel's way of asking for nothing.
    for sql in asked.iter().filter(|sql| !is_about_one_person(sql) && !sql.contains("(1=0)")) {
        wrong.extend(whole_tables_read(&world.app, sql).into_iter().map(|step| format!("{step}: {sql}")));
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

#[derive(QueryableByName)]
struct Explained {
    // It says JSON, and sends the same bytes.
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    plan: String,
}

/// How PostgreSQL would find it, whatever the values asked for.
fn plan_of_postgres(app: &App, sql: &str) -> Value {
    app.read(|c| {
        let Conn::Postgres(c) = c else { panic!("PostgreSQL") };
        let values = (1..).take_while(|number| sql.contains(&format!("${number}"))).count();
        let nothings = vec!["NULL"; values].join(", ");
        let asking = if values == 0 { "EXECUTE asked".to_owned() } else { format!("EXECUTE asked({nothings})") };
        c.batch_execute(&format!(
            "SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off;
             SET LOCAL enable_mergejoin = off; SET LOCAL enable_material = off; PREPARE asked AS {sql}"
        ))
        .unwrap_or_else(|error| panic!("{error}: {sql}"));
        let explained: Explained = sql_query(format!("EXPLAIN (FORMAT JSON, COSTS OFF) {asking}")).get_result(c)?;
        c.batch_execute("DEALLOCATE asked")?;
        let plan: Value = serde_json::from_str(&explained.plan).unwrap();
        Ok(plan[0]["Plan"].clone())
    })
}

/// PostgreSQL plans for as many rows as it takes a table and its indexes to have.
fn say_that_tables_are_large(app: &App) {
    app.write(|c| {
        let Conn::Postgres(c) = c else { panic!("PostgreSQL") };
        Ok(c.batch_execute(
            "UPDATE pg_class SET relpages = 1, reltuples = 10000 WHERE relkind IN ('r', 'i') AND pg_relation_size(oid) > 0
               AND relnamespace = 'public'::regnamespace",
        )?)
    });
}

#[test]
fn what_is_asked_every_day_is_found_as_it_was() {
    let app = heard(Database::blank(Engine::Sqlite));
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
fn letters_that_are_forgotten_are_not_looked_at_again_every_hour() {
    let app = heard(Database::blank(Engine::Sqlite));
    app.furnish();
    asked(&app);
    housekeeping::tidy_up(app.db(), app.now()).unwrap();
    let of_letters: Vec<String> = asked(&app).into_iter().filter(|sql| sql.contains("`forgotten_at` IS")).collect();
    let found: Vec<String> = of_letters.iter().map(|sql| plan(&app, sql)[0].clone()).collect();
    assert_eq!(
        found,
        ["SEARCH letters USING INDEX letters_to_forget (created_at<?)", "SEARCH letters USING INDEX letters_invited (created_at<?)"],
        "{of_letters:#?}"
    );
}

/// Of the bookings of a hundred years a handful wait to be decided; of expected visitors, few have a note that is yet to be forgotten.
#[test]
fn the_few_rows_with_an_index_of_their_own_are_found_by_it() {
    let app = heard(Database::new());
    app.furnish();
    let reception = app.reception();
    asked(&app);
    let finds = |index: &str| {
        let questions = asked(&app);
        let found = questions.iter().any(|sql| match app.database().location() {
            Location::Sqlite(_) => plan(&app, sql).iter().any(|step| step.contains(&format!("INDEX {index}"))),
            Location::Postgres(_) => plan_of_postgres(&app, sql).to_string().contains(&format!("\"Index Name\":\"{index}\"")),
        });
        assert!(found, "{index}: {questions:#?}");
    };
    reception.get("/bookings?status=pending").is(200);
    finds("bookings_pending");
    housekeeping::tidy_up(app.db(), app.now()).unwrap();
    finds("expected_visitors_with_note");
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

#[test]
fn what_has_no_index_is_found_on_either_engine() {
    let app = App::empty();
    let found = |sql: &str| whole_tables_read(&app, sql).len();
    for sql in [
        "SELECT title FROM bookings WHERE title = 'Årsmöte'",
        "SELECT count(*) FROM visits",
        "SELECT b.title FROM rooms AS r JOIN bookings AS b ON b.title = r.slug WHERE r.slug = 'aulan'",
        "SELECT headcount FROM visits WHERE headcount > 3 ORDER BY headcount LIMIT 50",
        "UPDATE bookings SET title = '' WHERE title = 'Årsmöte'",
    ] {
        assert_eq!(found(sql), 1, "{sql}");
    }
    for sql in [
        "SELECT title FROM bookings WHERE reference = 'NOBEL-1'",
        "SELECT id FROM visits ORDER BY id LIMIT 50",
        "SELECT b.title FROM rooms AS r JOIN bookings AS b ON b.room_id = r.id WHERE r.slug = 'aulan'",
        "SELECT name FROM rooms",
    ] {
        assert_eq!(found(sql), 0, "{sql}");
    }
}
