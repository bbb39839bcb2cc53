//! Calendars as programs that are not ours read them: `tests/ical/check.py`.
use std::{
    io::Write,
    process::{Command, Stdio},
};

use serde::Deserialize;

/// What two independent parsers understood of a calendar.
#[derive(Debug, Deserialize)]
pub struct Understood {
    /// What it asks for; a feed asks for nothing.
    pub method: Option<String>,
    /// What it is called.
    pub name: Option<String>,
    /// The zones that it explains.
    pub zones: Vec<String>,
    /// In the order in which they stand.
    pub events: Vec<Event>,
}

/// An event.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Event {
    pub uid: String,
    pub sequence: i64,
    pub status: String,
    /// In UTC, `2026-11-24T17:00:00Z`, as the other two.
    pub stamp: String,
    pub starts_at: String,
    pub ends_at: String,
    pub summary: String,
    pub location: Option<String>,
    pub description: Option<String>,
    pub url: Option<String>,
    pub organizer: Option<Party>,
    pub attendees: Vec<Party>,
}

/// Somebody with an address.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Party {
    pub address: String,
    pub name: String,
}

/// Has a calendar read, and every rule of its making checked.
#[track_caller]
pub fn understood(calendar: &[u8]) -> Understood {
    check(calendar).unwrap_or_else(|why| panic!("{why}\nin\n{}", String::from_utf8_lossy(calendar)))
}

/// The same, or what is wrong with it.
pub fn check(calendar: &[u8]) -> Result<Understood, String> {
    // The packages of the system are for the Python of the system, which need not be the first in the path.
    let python = std::env::var("PYTHON_BIN").unwrap_or_else(|_| "/usr/bin/python3".into());
    let mut reader = Command::new(&python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/ical/check.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|why| {
            panic!("{python} does not start ({why}): apt-get install python3-icalendar python3-vobject, or set PYTHON_BIN")
        });
    // It may stop reading when it has seen enough.
    let _ = reader.stdin.take().unwrap().write_all(calendar);
    let out = reader.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(!said.contains("ModuleNotFoundError"), "{said}\napt-get install python3-icalendar python3-vobject, or set PYTHON_BIN");
    if out.status.success() { Ok(serde_json::from_slice(&out.stdout).unwrap()) } else { Err(said) }
}
