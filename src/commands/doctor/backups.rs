//! What the doctor says of nightly backups.
use diesel::{QueryableByName, RunQueryDsl, r2d2::ManageConnection, sql_types::BigInt};
use nobel21::{
    backups::{Nightly, State},
    config::Given,
    db::{Location, Manager, Mode, backup},
    error::Say,
    say,
    time::Moment,
};

use super::super::terminal;

/// An older newest one means that last night's and the one before failed.
const OLDEST_SECONDS: i64 = 2 * 24 * 3600;

/// Is there a copy of last night, or of the night before, and is it whole?
pub fn nightly(given: &Given, now: Moment) -> Result<Say, Say> {
    let nightly = match State::of(&given.database, given.backup_dir()) {
        State::Elsewhere => {
            return Ok(say!(
                "PostgreSQL säkerhetskopieras av den som sköter databasen, inte av nobel21: kör pg_dump varje natt",
                "PostgreSQL is backed up by whoever runs the database, not by nobel21: run pg_dump every night"
            ));
        }
        State::Off => {
            return Ok(say!(
                "avstängda (NOBEL21_BACKUP_DIR är tom): kör nobel21 backup på annat sätt",
                "turned off (NOBEL21_BACKUP_DIR is empty): run nobel21 backup by other means"
            ));
        }
        State::On(nightly) => nightly,
    };
    let copies = nightly.copies().map_err(|error| terminal::in_words(&error))?.len();
    let folder = nightly.folder().display();
    match nightly.newest(now).map_err(|error| terminal::in_words(&error))? {
        None => none_yet(&nightly, &given.database, now),
        Some(copy) if copy.age(now) > OLDEST_SECONDS => {
            let date = copy.date;
            Err(say!(
                "den senaste i {folder} är från {date}: se till att nobel21 serve är igång och att det finns plats, och läs i loggen varför den inte skriver",
                "the newest in {folder} is of {date}: make sure that nobel21 serve runs and that there is room, and read in the log why it does not write"
            ))
        }
        Some(copy) => match backup::verify(&copy.file) {
            Ok(_) => {
                let (date, size) = (copy.date, copy.size.div_ceil(1024));
                Ok(say!(
                    "{copies} i {folder}, den senaste från {date} ({size} KiB) och hel",
                    "{copies} in {folder}, the newest of {date} ({size} KiB) and whole"
                ))
            }
            Err(error) => {
                let (file, reason) = (copy.file.display(), terminal::in_words(&error));
                Err(Say {
                    sv: format!("{file} duger inte ({}): flytta undan den, så skrivs en ny", reason.sv),
                    en: format!("{file} is no good ({}): move it away, and a new one is written", reason.en),
                })
            }
        },
    }
}

/// A house in its first two days may have none.
fn none_yet(nightly: &Nightly, database: &Location, now: Moment) -> Result<Say, Say> {
    #[derive(QueryableByName)]
    struct Unix {
        #[diesel(sql_type = BigInt)]
        unix: i64,
    }
    // Asked only where there is a file: to open one that is missing would make it.
    let conn = match database {
        Location::Sqlite(path) if !path.exists() => None,
        _ => Manager { location: database.clone(), mode: Mode::Read }.connect().ok(),
    };
    let question = "SELECT coalesce(unixepoch(min(run_on)), 0) AS unix FROM __diesel_schema_migrations";
    let begun = conn.and_then(|mut conn| diesel::sql_query(question).get_result::<Unix>(&mut conn).ok()).map_or(0, |found| found.unix);
    let folder = nightly.folder().display();
    if now.unix().saturating_sub(begun) > OLDEST_SECONDS {
        return Err(say!(
            "inga i {folder}: se till att nobel21 serve är igång om natten, och läs i loggen varför den inte skriver",
            "none in {folder}: make sure that nobel21 serve runs at night, and read in the log why it does not write"
        ));
    }
    Ok(say!("inga än; den första skrivs i natt i {folder}", "none yet; the first is written tonight to {folder}"))
}
