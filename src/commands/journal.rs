//! Log lines: text when a terminal reads them, one JSON object a line otherwise. Always on standard error.
use tracing_subscriber::{EnvFilter, fmt};

use super::terminal;
use nobel21::{
    error::{Error, Result},
    say,
};

/// Starts the log. `NOBEL21_LOG` has a level (`info`) or filters (`nobel21=debug,warn`), and `text` or `json` if the choice by
/// terminal is not wanted; `usual` is what counts without it.
pub fn start(usual: &str) -> Result<()> {
    let wish = std::env::var("NOBEL21_LOG").unwrap_or_default();
    let (formats, filters): (Vec<&str>, Vec<&str>) =
        wish.split(',').map(str::trim).filter(|part| !part.is_empty()).partition(|part| matches!(*part, "text" | "json"));
    let filters = if filters.is_empty() { usual.to_owned() } else { filters.join(",") };
    let filter = EnvFilter::try_new(&filters).map_err(|_| {
        Error::invalid(
            "NOBEL21_LOG",
            say!(
                "ska vara en nivå som info eller debug, eller filter som nobel21=debug,warn, med text eller json om så önskas",
                "must be a level such as info or debug, or filters such as nobel21=debug,warn, with text or json if you like"
            ),
        )
    })?;
    let json = match formats.last() {
        Some(format) => *format == "json",
        None => !terminal::is_watched(),
    };
    let lines = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if json { lines.json().flatten_event(true).try_init() } else { lines.with_ansi(terminal::is_watched()).try_init() };
    started.map_err(Error::internal)
}
