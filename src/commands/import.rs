//! `nobel21 import`: a past year from five CSV files.
use std::{collections::HashMap, path::PathBuf, process::ExitCode};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use nobel21::{
    audit::By,
    error::Say,
    import::{self, Added, Faults, File, LineFault, Year},
    say,
    time::Clock,
};

use super::{Outcome, journal, settings::Storage, terminal};

/// So many faults are told one by one: who has more has something in common to mend first.
const TOLD: usize = 200;

/// Import a past year from five CSV files: all of it, or nothing
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  nobel21 import sample/year-2023\n\nDIR has organisations.csv, rooms.csv, bookings.csv, visits.csv and evaluations.csv (UTF-8, comma, columns as in sample/year-2023).\nEvery fault is told with file, line and column, and nothing is saved then. Run twice it adds nothing: organisations are known by\ntheir number, rooms by their slug, bookings by their uid, head counts and answers by what the line says. What is there already is\nleft as it is. Works while the server runs."
)]
pub struct Import {
    /// Folder with the five files
    dir: PathBuf,
    #[command(flatten)]
    storage: Storage,
}

impl Import {
    /// Imports.
    pub fn run(self) -> Outcome {
        journal::start("warn")?;
        let mut faults = Faults::default();
        let files = self.read(&mut faults);
        let content = |file| files.get(&file).map(Vec::as_slice).unwrap_or_default();
        if !faults.is_empty() {
            return Ok(tell_faults(faults));
        }
        let year = Year::read(content, &mut faults);
        let db = self.storage.open_or_make()?;
        let bar = progress_bar(year.lines());
        let by = By::program(Clock::System.now());
        let added = db.write_now(|c| import::import(c, &year, &mut faults, &by, &mut |lines| bar.inc(lines.try_into().unwrap_or(0))))?;
        bar.finish_and_clear();
        match added {
            Some(added) => {
                tell_added(added, &year);
                Ok(ExitCode::SUCCESS)
            }
            None => Ok(tell_faults(faults)),
        }
    }

    fn read(&self, faults: &mut Faults) -> HashMap<File, Vec<u8>> {
        let mut files = HashMap::new();
        for file in &File::YEAR {
            match std::fs::read(self.dir.join(file.as_str())) {
                Ok(content) => {
                    files.insert(*file, content);
                }
                Err(error) => {
                    let dir = self.dir.display();
                    faults.note(*file, 0, "", say!("går inte att läsa i {dir}: {error}", "can't be read in {dir}: {error}"));
                }
            }
        }
        files
    }
}

/// A bar on standard error, if that is a terminal.
pub fn progress_bar(lines: usize) -> ProgressBar {
    let bar = ProgressBar::new(lines.try_into().unwrap_or(0));
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len}  {elapsed}").unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.with_style(style)
}

fn tell_faults(faults: Faults) -> ExitCode {
    let all = faults.count();
    let sorted = faults.sorted();
    let lines = sorted.iter().map(|LineFault { file, line, column, message }| fault_line(file.as_str(), *line, column, message));
    tell_fault_lines(all, lines)
}

/// A fault as compilers tell it, so that editors can jump there; one of the whole line or file has no column.
pub fn fault_line(file: &str, line: u64, (place, name): &(usize, String), message: &Say) -> String {
    let mut at = file.to_owned();
    if line > 0 {
        at = format!("{at}:{line}");
    }
    if *place > 0 {
        at = format!("{at}:{place}");
    }
    let space = if name.is_empty() { "" } else { " " };
    format!("{at}: {name}{space}{}", message.in_language(terminal::language()))
}

/// Tells the first of them, and how many there are in all.
pub fn tell_fault_lines(all: usize, lines: impl Iterator<Item = String>) -> ExitCode {
    lines.take(TOLD).for_each(|line| terminal::aside(&line));
    let more = all.saturating_sub(TOLD);
    let sentence = if all == 1 {
        say!(
            "nobel21: ett fel. Inget är sparat: rätta filen och kör importen igen.",
            "nobel21: one fault. Nothing is saved: correct the file and run the import again."
        )
    } else if more > 0 {
        say!(
            "nobel21: {all} fel, varav {more} inte visas. Inget är sparat: rätta filerna och kör importen igen.",
            "nobel21: {all} faults, {more} of them not shown. Nothing is saved: correct the files and run the import again."
        )
    } else {
        say!(
            "nobel21: {all} fel. Inget är sparat: rätta filerna och kör importen igen.",
            "nobel21: {all} faults. Nothing is saved: correct the files and run the import again."
        )
    };
    terminal::aside(sentence.in_language(terminal::language()));
    ExitCode::FAILURE
}

fn tell_added(added: Added, year: &Year) {
    let Added { organisations, rooms, bookings, visits, evaluations } = added;
    let before = year.lines().saturating_sub(added.total());
    terminal::tell(&say!(
        "Lade till {organisations} organisationer, {rooms} lokaler, {bookings} bokningar, {visits} besöksrader och {evaluations} utvärderingar; {before} rader fanns redan.",
        "Added {organisations} organisations, {rooms} rooms, {bookings} bookings, {visits} head counts and {evaluations} evaluations; {before} lines were there already."
    ));
}
