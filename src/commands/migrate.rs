//! `nobel21 migrate`: brings the database's schema up to date.
use std::process::ExitCode;

use clap::Args;
use nobel21::say;

use super::{Outcome, journal, settings::Storage, terminal};

/// Bring the database's schema up to date (serve does so by itself)
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  nobel21 migrate --database-url postgres://nobel21@localhost/nobel21\n\nOne process at a time migrates on PostgreSQL; a second one waits. A database from a newer version is refused."
)]
pub struct Migrate {
    #[command(flatten)]
    storage: Storage,
}

impl Migrate {
    /// Migrates.
    pub fn run(self) -> Outcome {
        journal::start("warn")?;
        let database = self.storage.open_or_make()?.location().shown();
        terminal::tell(&say!("{database} har den senaste strukturen.", "{database} is up to date."));
        Ok(ExitCode::SUCCESS)
    }
}
