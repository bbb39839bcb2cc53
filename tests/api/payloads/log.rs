//! The log: a line for each event, whatever was sent.
use std::io::{Read, Write};

use nobel21::time::Clock;

use super::{PAYLOADS, kept};
use crate::{
    races::{at, wish},
    support::{App, Process, Value, json},
};

/// Writes every payload where a log could pick it up: in bodies that are taken and refused, in addresses, queries and headers.
fn provoke(app: &App, process: &Process) {
    let organisation = app.organisation("Kastanjen");
    let (booker, admin) = (app.booker(organisation).via(&process.url), app.admin().via(&process.url));
    for (day, payload) in (1..).zip(PAYLOADS) {
        let mut booking = wish(organisation, "konferens-1", &at(day, 18, 0), &at(day, 20, 0));
        booking["description"] = json!(payload);
        booker.post("/bookings", &booking);
        booking["title"] = json!(payload);
        booker.post("/bookings", &booking);
        admin.post("/faults", json!({"room": "aulan", "description": payload}));
        admin.post("/users", json!({"email": format!("{}@example.org", kept(payload)), "name": payload, "role": "booker"}));
        admin.post("/auth/token", json!({"email": payload, "password": payload}));
        admin.if_match("*").patch("/me", json!({"name": payload}));
        let escaped: String = payload.bytes().map(|byte| format!("%{byte:02X}")).collect();
        admin.off_contract().get(&format!("/rooms/{escaped}"));
        admin.off_contract().get(&format!("/bookings?q={escaped}&{escaped}={escaped}"));
        let ascii: String = payload.chars().filter(|c| (' '..='~').contains(c)).collect();
        for header in ["X-Request-Id", "User-Agent", "Accept-Language", "Idempotency-Key", "X-Forwarded-For", "Origin"] {
            admin.off_contract().header(header, &ascii).post("/faults", json!({"room": "aulan", "description": "x"}));
        }
    }
    // A client that does not write HTTP is not told apart from one that writes a payload.
    let mut stream = std::net::TcpStream::connect(process.url.trim_start_matches("http://")).unwrap();
    stream.write_all(b"GET /x\r\nBcc: evil@example.org HTTP/1.1\r\n\r\n").unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    stream.read_to_end(&mut vec![]).unwrap();
}

fn logged(wish: &str) -> String {
    let app = App::with(|config| config.clock = Clock::System);
    app.furnish();
    let process = Process::with_log(&app, wish);
    provoke(&app, &process);
    let log = process.log();
    assert!(log.lines().count() > 10 * PAYLOADS.len(), "{log}");
    log
}

#[test]
fn every_line_is_one_event_as_json() {
    for line in logged("json,debug").lines() {
        let event: Value = serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}"));
        assert!(event["timestamp"].is_string() && event["level"].is_string() && event["target"].is_string(), "{line}");
    }
}

#[test]
fn every_line_is_one_event_as_text() {
    let log = logged("text,debug");
    for line in log.lines() {
        let (time, rest) = line.split_once(' ').unwrap_or_else(|| panic!("no event: {line:?}"));
        assert!(chrono::DateTime::parse_from_rfc3339(time).is_ok(), "no event begins with {line:?}");
        assert!(["TRACE", "DEBUG", "INFO", "WARN", "ERROR"].contains(&rest.split_whitespace().next().unwrap()), "{line:?}");
        assert!(!line.chars().any(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)), "{line:?}");
    }
}
