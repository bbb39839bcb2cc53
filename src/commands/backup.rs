//! `nobel21 backup` and `nobel21 restore`: a copy of the database, and the way back.
use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use nobel21::{
    config::Config,
    db::{Location, backup},
    error::{Error, Say},
    say,
};

use super::{Outcome, journal, settings::Storage, terminal};

/// Copy the database to a file while the server runs
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  nobel21 backup /backup/nobel21-2026-11-22.db\n\nThe copy is checked before it gets its name; a file that exists is not written over. Letters in <data-dir>/mail and the secret\nare files of their own: without the secret everybody signs in again, nothing else is lost."
)]
pub struct Backup {
    /// The file to write; it must not exist
    file: PathBuf,
    #[command(flatten)]
    storage: Storage,
}

impl Backup {
    /// Copies.
    pub fn run(self) -> Outcome {
        journal::start("warn")?;
        let Location::Sqlite(database) = self.storage.location()? else {
            let file = self.file.display();
            return Err(use_postgres(say!(
                "PostgreSQL säkerhetskopieras med sitt eget program:\n  pg_dump --format=custom --file={file} \"$DATABASE_URL\"",
                "PostgreSQL is backed up by its own program:\n  pg_dump --format=custom --file={file} \"$DATABASE_URL\""
            )));
        };
        let size = backup::backup(&database, &self.file)?.div_ceil(1024);
        let file = self.file.display();
        terminal::tell(&say!("{file} är en hel kopia ({size} KiB).", "{file} is a whole copy ({size} KiB)."));
        Ok(ExitCode::SUCCESS)
    }
}

/// Put a backup in the database's place, while the server is stopped
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  nobel21 restore /backup/nobel21-2026-11-22.db --replace\n\nThe backup is checked first and brought up to date. A database with anything in it is replaced only with --replace, and never\nwhile a server has it open."
)]
pub struct Restore {
    /// A file made by nobel21 backup
    file: PathBuf,
    /// Replace a database that is not empty
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    storage: Storage,
}

impl Restore {
    /// Puts back.
    pub fn run(self) -> Outcome {
        journal::start("warn")?;
        let Location::Sqlite(database) = self.storage.location()? else {
            let file = self.file.display();
            return Err(use_postgres(say!(
                "PostgreSQL återställs med sitt eget program, när nobel21 serve är stoppad:\n  pg_restore --clean --if-exists --no-owner --dbname=\"$DATABASE_URL\" {file}",
                "PostgreSQL is restored by its own program, when nobel21 serve is stopped:\n  pg_restore --clean --if-exists --no-owner --dbname=\"$DATABASE_URL\" {file}"
            )));
        };
        if self.storage.is_default_file() {
            Config::make_data_dir(self.storage.data_dir())?;
        }
        backup::restore(&self.file, &database, self.replace)?;
        let (file, database) = (self.file.display(), database.display());
        terminal::tell(&say!("{database} är återställd från {file}.", "{database} is restored from {file}."));
        Ok(ExitCode::SUCCESS)
    }
}

fn use_postgres(detail: Say) -> Error {
    Error::Refused { code: "refused", detail }
}
