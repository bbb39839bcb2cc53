//! `nobel21 figures`: a year's figures, from the same code as the API.
use std::process::ExitCode;

use clap::Args;
use nobel21::{
    error::Say,
    say,
    statistics::{self, Format},
    time::Clock,
};

use super::{Outcome, journal, settings::Storage, terminal};

/// Print a year's figures
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  nobel21 figures 2023\n  nobel21 figures 2023 --format csv > figures-2023.csv\n\nThe same figures as /api/v1/statistics/annual-report/2023, by the same definitions."
)]
pub struct Figures {
    /// The year
    #[arg(value_parser = clap::value_parser!(i32).range(1970..2200))]
    year: i32,
    /// How to write them: table, csv or json
    #[arg(long, value_parser = format, default_value = "table")]
    format: Format,
    #[command(flatten)]
    storage: Storage,
}

fn format(text: &str) -> Result<Format, String> {
    text.parse().map_err(|say: Say| say.in_language(terminal::language()).to_owned())
}

impl Figures {
    /// Prints.
    pub fn run(self) -> Outcome {
        journal::start("warn")?;
        let now = Clock::System.now();
        let report = self.storage.open()?.read_now(|c| statistics::yearly(c, self.year, now))?;
        terminal::text(&statistics::print(&report, self.format, terminal::language())?);
        if report.figures.is_empty() && self.format == Format::Table {
            let year = self.year;
            terminal::aside(
                say!(
                    "Det finns inga uppgifter om {year}: importera dem med nobel21 import.",
                    "Nothing is known of {year}: bring it in with nobel21 import."
                )
                .in_language(terminal::language()),
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}
