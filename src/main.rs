//! Reads the command line, runs one command, and says in the terminal's language what went wrong.
mod commands;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    commands::run(commands::CommandLine::parse())
}
