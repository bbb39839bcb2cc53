//! `nobel21 move`: a house from SQLite to PostgreSQL.
use std::process::ExitCode;

use clap::Args;
use diesel::{QueryableByName, RunQueryDsl, sql_types::BigInt};
use nobel21::{
    audit::seals::{self, Chain},
    db::{
        Conn, Location,
        carry::{Compared, carry},
    },
    error::{Error, Result, Say},
    say, statistics,
    time::{Clock, Moment},
};

use super::{
    Outcome, journal,
    settings::{Storage, from_file},
    terminal,
};

/// Carry the house from SQLite to an empty PostgreSQL database, while the server is stopped
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  nobel21 move --to postgres://nobel21:PASSWORD@localhost/nobel21\n\nCopies every table in one transaction, then compares each row of both, the figures of every year and the seals of the audit trail.\nIf anything differs nothing stays and the exit code is 1. The SQLite file is left as it is. With the same secret everybody stays\nsigned in."
)]
pub struct Move {
    /// The database to fill: `postgres://USER:PASSWORD@HOST/NAME`, as the account that owns it
    #[arg(long, value_name = "URL", value_parser = from_file)]
    to: String,
    #[command(flatten)]
    storage: Storage,
}

impl Move {
    /// Moves.
    pub fn run(self) -> Outcome {
        journal::start("warn")?;
        let Location::Sqlite(from) = self.storage.existing()? else {
            return Err(refused(say!(
                "huset finns redan i PostgreSQL: --database-url ska vara filen som ska flyttas",
                "the house is in PostgreSQL already: --database-url must be the file to move"
            )));
        };
        let to = Location::parse(&self.to)?;
        if matches!(to, Location::Sqlite(_)) {
            return Err(Error::invalid(
                "--to",
                say!("ska vara en adress som postgres://värd/namn", "must be an address such as postgres://host/name"),
            ));
        }
        let now = Clock::System.now();
        carry(&from, &to, |tables, source, target| {
            let same = [tell_tables(tables), tell_years(source, target, now)?, tell_trail(source, target, now)?];
            match same.iter().all(|same| *same) {
                true => Ok(()),
                false => Err(refused(say!(
                    "det som kom fram är inte detsamma: inget har sparats i PostgreSQL, och filen är som den var",
                    "what arrived is not the same: nothing was kept in PostgreSQL, and the file is as it was"
                ))),
            }
        })?;
        let (from, to) = (from.display(), to.shown());
        terminal::tell(&say!(
            "Huset finns nu i {to}. Starta nobel21 serve med DATABASE_URL dit och samma hemlighet; {from} är som den var.",
            "The house is now in {to}. Start nobel21 serve with DATABASE_URL set to it and the same secret; {from} is as it was."
        ));
        Ok(ExitCode::SUCCESS)
    }
}

fn line(same: bool, what: &Say) -> bool {
    let language = terminal::language();
    let verdict = if same { say!("lika ", "same   ") } else { say!("OLIKA", "DIFFERS") };
    terminal::line(&format!("{}  {}", verdict.in_language(language), what.in_language(language)));
    same
}

fn tell_tables(tables: &[Compared]) -> bool {
    let mut same = true;
    for Compared { table, from, to, same: equal } in tables {
        let rows = if from == to { format!("{from}") } else { format!("{from} → {to}") };
        same &= line(*equal && from == to, &say!("{table}: {rows} rader", "{table}: {rows} rows"));
    }
    same
}

/// The figures of every year from the first that has data to the last.
fn tell_years(source: &mut Conn, target: &mut Conn, now: Moment) -> Result<bool> {
    #[derive(QueryableByName)]
    struct Years {
        #[diesel(sql_type = BigInt)]
        first: i64,
        #[diesel(sql_type = BigInt)]
        last: i64,
    }
    // A year begins here before it does in UTC.
    let question = "SELECT coalesce(min(y), 1) AS first, coalesce(max(y) + 1, 0) AS last FROM ( \
                    SELECT CAST(strftime('%Y', starts_at) AS INTEGER) AS y FROM bookings UNION ALL \
                    SELECT CAST(strftime('%Y', at) AS INTEGER) FROM visits)";
    let Years { first, last } = diesel::sql_query(question).get_result(source)?;
    let mut same = true;
    for year in (first..=last).filter_map(|year| i32::try_from(year).ok()).filter(|year| (1970..2200).contains(year)) {
        let (here, there) = (statistics::yearly(source, year, now)?, statistics::yearly(target, year, now)?);
        let equal = here == there;
        if !equal || !here.figures.is_empty() {
            let (gatherings, visits) = (here.figures.total.tally.gatherings, here.figures.total.tally.visits);
            let what = say!(
                "året {year}: {gatherings} sammankomster, {visits} besök och alla andra tal",
                "the year {year}: {gatherings} gatherings, {visits} visits and every other figure"
            );
            same &= line(equal, &what);
        }
    }
    Ok(same)
}

fn tell_trail(source: &mut Conn, target: &mut Conn, now: Moment) -> Result<bool> {
    let (here, there) = (seals::verify(source, now)?, seals::verify(target, now)?);
    let what = match &here {
        Chain::Whole { seals, .. } => say!("händelseloggen: {seals} sigill", "the audit trail: {seals} seals"),
        // As broken as it was: moving neither hides nor mends it.
        Chain::Broken(number) => say!("händelseloggen: sigill {number} stämmer inte", "the audit trail: seal {number} does not fit"),
    };
    Ok(line(here == there, &what))
}

fn refused(detail: Say) -> Error {
    Error::Refused { code: "refused", detail }
}
