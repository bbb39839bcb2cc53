//! `nobel21 import-history`: another system's bookings from its export.
use std::{collections::HashSet, path::PathBuf, process::ExitCode};

use clap::Args;
use nobel21::{
    audit::By,
    error::Say,
    import::history::{self, Fault, History, Place, Step, System, Verdict},
    say,
    time::Clock,
};

use super::{Outcome, import, journal, settings::Storage, terminal};

/// Import another system's bookings from its export: all of it, or nothing
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  nobel21 import-history report.csv --from mrbs --mapping mapping.toml --dry-run\n  nobel21 import-history calendar.ics --from ics --mapping mapping.toml\n\nThe mapping file says which of their rooms, names and types is which of ours: docs/history-import.md has one to begin with.\nEvery fault is told with file, line and column, and nothing is saved then. Run twice it adds nothing. Works while the server runs."
)]
pub struct ImportHistory {
    /// The export: CSV in UTF-8 or UTF-16, or a calendar file (.ics)
    file: PathBuf,
    /// What wrote it: mrbs, librebooking or ics
    #[arg(long, value_parser = system)]
    from: System,
    /// The mapping file (TOML)
    #[arg(long)]
    mapping: PathBuf,
    /// Tell line by line what would happen, and save nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    storage: Storage,
}

fn system(text: &str) -> Result<System, String> {
    text.parse().map_err(|say: Say| say.in_language(terminal::language()).to_owned())
}

impl ImportHistory {
    /// Imports, or tells what would be.
    pub fn run(self) -> Outcome {
        journal::start("warn")?;
        let (Some(export), Some(mapping)) = (read(&self.file), read(&self.mapping)) else { return Ok(ExitCode::FAILURE) };
        let now = Clock::System.now();
        let mut history = match History::read(self.from, &export, &mapping, now) {
            Ok(history) => history,
            Err(faults) => return Ok(self.tell_faults(&faults)),
        };
        let db = self.storage.open()?;
        if self.dry_run {
            let outcome = db.read_now(|c| history::examine(c, &mut history, now))?;
            tell_steps(&outcome);
            return Ok(if outcome.faults.is_empty() { ExitCode::SUCCESS } else { self.tell_faults(&outcome.faults) });
        }
        let bar = import::progress_bar(history.rows());
        let by = By::program(now);
        let outcome = db.write_now(|c| history::import(c, &mut history, &by, &mut |rows| bar.inc(rows.try_into().unwrap_or(0))))?;
        bar.finish_and_clear();
        let Some(added) = outcome.added else { return Ok(self.tell_faults(&outcome.faults)) };
        let (there, left_out) = (outcome.there.len(), left_out(&outcome));
        terminal::tell(&say!(
            "Lade till {added} bokningar; {there} fanns redan, {left_out} rader lämnades utanför.",
            "Added {added} bookings; {there} were there already, {left_out} lines were left out."
        ));
        Ok(ExitCode::SUCCESS)
    }

    fn tell_faults(&self, faults: &[Fault]) -> ExitCode {
        let lines = faults.iter().map(|fault| {
            let file = match fault.place {
                Place::Export => &self.file,
                Place::Mapping => &self.mapping,
            };
            import::fault_line(&file.display().to_string(), fault.line, &fault.column, &fault.message)
        });
        import::tell_fault_lines(faults.len(), lines)
    }
}

fn read(file: &PathBuf) -> Option<Vec<u8>> {
    std::fs::read(file)
        .map_err(|error| {
            let file = file.display();
            terminal::aside(say!("{file}: går inte att läsa: {error}", "{file}: can't be read: {error}").in_language(terminal::language()));
        })
        .ok()
}

fn left_out(outcome: &history::Outcome) -> usize {
    outcome.steps.iter().filter(|step| matches!(step.verdict, Verdict::LeftOut(_))).count()
}

/// What would become of each row, and how many of each.
fn tell_steps(outcome: &history::Outcome) {
    let there: HashSet<&str> = outcome.there.iter().map(String::as_str).collect();
    let faulty: HashSet<u64> = outcome.faults.iter().filter(|fault| fault.place == Place::Export).map(|fault| fault.line).collect();
    let (mut new, mut known, mut faults) = (0_usize, 0_usize, 0_usize);
    for step in &outcome.steps {
        let Step { line, title, organisation, booking, verdict } = step;
        let what = match (verdict, booking) {
            (Verdict::LeftOut(Say { sv, en }), _) => say!("lämnas utanför: {sv} ({title})", "left out: {en} ({title})"),
            (Verdict::Book, Some(booking)) if there.contains(booking.uid.as_str()) => {
                known += 1;
                say!("finns redan: {title}", "is there already: {title}")
            }
            (Verdict::Book, Some(booking)) if !faulty.contains(line) => {
                new += 1;
                let (room, status, category) = (booking.room.as_str(), booking.status, booking.category);
                let (from, to) = (booking.stay.start(), booking.stay.end());
                say!(
                    "bokas: {room} {from} till {to}, {title}, {organisation}, {category}, {status}",
                    "is booked: {room} {from} to {to}, {title}, {organisation}, {category}, {status}"
                )
            }
            _ => {
                faults += 1;
                say!("har fel: {title}", "has a fault: {title}")
            }
        };
        terminal::line(&format!("{line}: {}", what.in_language(terminal::language())));
    }
    let left_out = left_out(outcome);
    terminal::tell(&say!(
        "{new} skulle bokas, {known} finns redan, {left_out} lämnas utanför, {faults} har fel. Inget är sparat.",
        "{new} would be booked, {known} are there already, {left_out} are left out, {faults} have a fault. Nothing is saved."
    ));
}
