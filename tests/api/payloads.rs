//! Text that does harm where a program takes it for more than text: written into every field that takes text, and looked for in
//! everything that the service gives out.
mod everywhere;
mod feeds;
mod fields;
mod judge;
mod letters;
mod log;
mod pages;
mod tables;

/// What is written. Some ask a browser to run a script, others a spreadsheet, a mail server, a file system, a reader's eye, a
/// database, a template or a calendar to do what nobody asked for.
pub const PAYLOADS: [&str; 19] = [
    "\"><img src=x onerror=alert(1)><script>alert(1)</script>",
    "' onmouseover='alert(1)",
    "=HYPERLINK(\"http://evil.example\",\"x\")",
    "+1",
    "-1",
    "@SUM(1)",
    "\t=1+1",
    "\r=2+2",
    "x\r\nBcc: evil@example.org",
    "../../etc/passwd",
    "..\\..\\x",
    "\u{202e}gnp.exe\u{200b}\u{feff}\u{2066}x",
    "x\0y",
    "{{7*7}}",
    "${7*7}",
    "x\nEND:VEVENT\nBEGIN:VEVENT",
    "x\rEND:VEVENT\rBEGIN:VEVENT",
    "x\u{2028}END:VEVENT\u{2029}BEGIN:VEVENT",
    ";,\\",
];

/// As it is kept: white space around it goes.
fn kept(payload: &str) -> &str {
    payload.trim()
}

/// Turns around what stands beside it: taken nowhere.
fn turns(payload: &str) -> bool {
    payload.contains('\u{202e}')
}

/// Those that fit into one line, as they are kept.
fn lines() -> impl Iterator<Item = &'static str> {
    PAYLOADS.into_iter().map(kept).filter(|text| !text.chars().any(char::is_control) && !turns(text))
}
