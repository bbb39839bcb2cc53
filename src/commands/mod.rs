//! The command line: a file for each command. Exit codes: 0 done, 1 refused, 2 wrong use.
mod backup;
mod demo;
mod doctor;
mod figures;
mod history;
mod import;
mod journal;
mod migrate;
mod relocate;
mod serve;
mod settings;
mod terminal;
mod user;

use std::process::ExitCode;

use nobel21::error::Error;

/// What every command takes and gives is said by its own `--help`.
#[derive(Debug, clap::Parser)]
#[command(
    name = "nobel21",
    version,
    about = "Room booking and visit logging for a house full of associations",
    after_help = "Start with an example:\n  nobel21 demo\n\nRun the house:\n  nobel21 serve --data-dir /var/lib/nobel21\n\nExit codes: 0 done, 1 refused, 2 wrong use.\nSentences for people are Swedish if LC_ALL, LC_MESSAGES or LANG begins with sv, English otherwise."
)]
pub struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Serve(serve::Serve),
    Demo(demo::Demo),
    Migrate(migrate::Migrate),
    Import(import::Import),
    ImportHistory(history::ImportHistory),
    Doctor(doctor::Doctor),
    Figures(figures::Figures),
    User(user::Accounts),
    Backup(backup::Backup),
    Restore(backup::Restore),
    Move(relocate::Move),
}

/// What a command comes to: done with its exit code, or refused with a reason.
type Outcome = nobel21::error::Result<ExitCode>;

/// Runs the command that was asked for.
#[must_use]
pub fn run(line: CommandLine) -> ExitCode {
    let outcome = match line.command {
        Command::Serve(command) => command.run(),
        Command::Demo(command) => command.run(),
        Command::Migrate(command) => command.run(),
        Command::Import(command) => command.run(),
        Command::ImportHistory(command) => command.run(),
        Command::Doctor(command) => command.run(),
        Command::Figures(command) => command.run(),
        Command::User(command) => command.run(),
        Command::Backup(command) => command.run(),
        Command::Restore(command) => command.run(),
        Command::Move(command) => command.run(),
    };
    outcome.unwrap_or_else(|error| {
        terminal::complain(&error);
        // A value that can't be right is wrong use, as clap's own refusals are; everything else is a refusal.
        ExitCode::from(if matches!(error, Error::Invalid(_)) { 2 } else { 1 })
    })
}
