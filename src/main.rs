//! Reads the command line, runs one command, and says in the terminal's language what went wrong.
mod commands;

use std::process::ExitCode;

use clap::Parser;

/// A booking asks for memory a thousand times; the C library's own allocator was a tenth of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    commands::run(commands::CommandLine::parse())
}
