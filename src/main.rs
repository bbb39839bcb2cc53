//! Reads the command line, runs one command, and says in the terminal's language what went wrong.
mod commands;

use std::process::ExitCode;

use clap::Parser;

/// A booking asks for memory a thousand times; the C library's own allocator was a tenth of its time. One that keeps no stock for each
/// thread, or the service grows for as long as it runs (its settings: `.cargo/config.toml`).
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    commands::run(commands::CommandLine::parse())
}
