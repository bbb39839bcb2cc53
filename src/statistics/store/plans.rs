//! How SQLite goes about each question: never through the whole history.
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{Integer, Text},
};

use super::{self as store, By, key_figures};
use crate::db::{Conn, Db, Location};

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Integer)]
    #[allow(dead_code)] // the columns come as they are
    id: i32,
    #[diesel(sql_type = Text)]
    detail: String,
}

fn plan(c: &mut Conn, text: &str) -> Vec<String> {
    let steps: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {text}")).load(c).unwrap();
    steps.into_iter().map(|step| step.detail).collect()
}

#[test]
fn no_figure_walks_through_all_bookings_occupancies_or_visits() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&Location::Sqlite(folder.path().join("plans.db")), 1).unwrap();
    db.read_now(|c| {
        let by = [By::All, By::Stretch, By::Room, By::Organisation, By::Kind, By::Category];
        let mut texts: Vec<String> = vec![];
        texts.extend(by.iter().map(|by| store::bookings_sql(c, *by)));
        texts.extend(by.iter().map(|by| store::visits_sql(c, *by)));
        texts.extend(by.iter().map(|by| store::ratings_sql(c, *by)));
        texts.extend([key_figures::bookings_sql(c), key_figures::peak_sql(c)]);
        texts.extend([store::taken_sql(c), store::counted_sql(c), store::gatherings_by_hour_sql(c), store::visits_by_hour_sql(c)]);
        for text in texts {
            let steps = plan(c, &text);
            let named = |start: &str, index: &str| steps.iter().any(|step| step.starts_with(start) && step.contains(index));
            for step in &steps {
                let walks = ["b", "o", "n", "v", "x"]
                    .iter()
                    .any(|table| step == &format!("SCAN {table}") || step.starts_with(&format!("SCAN {table} ")));
                assert!(!walks, "{step} in {steps:#?} of {text}");
            }
            if text.contains("visits AS v") {
                assert!(named("SEARCH v ", "visits_by_time (at>? AND at<?)"), "{steps:#?} of {text}");
            } else if text.contains("occupancies AS o") {
                assert!(named("SEARCH o ", "occupancies_by_space (space_id=? AND ends_at>? AND ends_at<?)"), "{steps:#?} of {text}");
            } else {
                assert!(named("SEARCH b ", "bookings_by_start (starts_at>? AND starts_at<?)"), "{steps:#?} of {text}");
            }
        }
        Ok(())
    })
    .unwrap();
}
