//! Who may know whom: the rules of `ARCHITECTURE.md`, read off the source.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The features, and which others each may call. HTTP (`api.rs`) may also ask `people` who is calling.
const FEATURES: [(&str, &[&str]); 18] = [
    ("audit", &[]),
    ("mail", &["audit"]),
    ("people", &["audit", "mail"]),
    ("organisations", &["audit", "mail", "people"]),
    ("rooms", &["audit", "mail", "people", "organisations"]),
    ("settings", &["audit", "people"]),
    ("bookings", &["audit", "mail", "people", "organisations", "rooms", "settings"]),
    ("calendar", &["audit", "mail", "people", "organisations", "rooms", "bookings"]),
    ("visits", &["audit", "mail", "people", "organisations", "rooms", "settings", "bookings"]),
    ("evaluations", &["audit", "mail", "people", "organisations", "rooms", "bookings"]),
    ("kiosk", &["audit", "people", "bookings", "visits", "evaluations"]),
    ("handover", &["audit", "people", "organisations", "rooms", "bookings"]),
    ("faults", &["audit", "mail", "people", "organisations", "rooms", "bookings"]),
    ("attendance", &["audit", "mail", "people", "organisations", "rooms", "settings", "bookings", "evaluations"]),
    ("statistics", &["audit", "mail", "people", "organisations", "rooms", "bookings", "counters"]),
    ("import", &["audit", "mail", "people", "organisations", "rooms", "bookings", "calendar", "visits"]),
    ("counters", &["audit", "people", "settings", "import"]),
    ("privacy", &["audit", "mail", "people", "settings"]),
];

/// Crates that one file alone may know, so that they can be exchanged there.
const ONE_FILE: [(&str, &str); 13] = [
    ("jsonwebtoken", "people/token.rs"),
    ("argon2", "people/password.rs"),
    ("webauthn_rs", "people/webauthn.rs"),
    ("openidconnect", "people/openid_provider.rs"),
    ("ureq", "people/openid_provider.rs"),
    ("lettre", "mail/transport.rs"),
    ("prometheus", "http/metrics.rs"),
    ("image", "rooms/floor_plan.rs"),
    ("diesel_migrations", "db/conn.rs"),
    ("rrule", "bookings/series/recurrence.rs"),
    ("icalendar", "ical.rs"),
    ("calcard", "calendar/file.rs"),
    ("toml", "import/history/mapping.rs"),
];

/// Files that are not what their place says, and why.
const EXCEPTIONS: &[(&str, Kind, &str)] = &[
    ("evaluations/page.rs", Kind::Api, "the page behind the public link: HTTP by nature"),
    ("kiosk/page.rs", Kind::Api, "the page behind the poster's code: HTTP by nature"),
    ("import/table.rs", Kind::Api, "reads what comes from outside: the files are the import's door"),
    ("import/rows.rs", Kind::Api, "reads what comes from outside: the files are the import's door"),
    ("people/guard.rs", Kind::Api, "who is calling, as types in a handler's signature: HTTP by nature"),
    ("people/sign_in.rs", Kind::UseCase, "use cases: mod.rs would be too long with them"),
    ("people/caller.rs", Kind::UseCase, "what use cases are handed: it names the audit trail's By and the house"),
    ("mail/worker.rs", Kind::UseCase, "the one who sends: opens its own transactions, by the house's clock"),
    ("visits/roll_call.rs", Kind::Api, "the list that is printed: shapes an answer as HTML"),
    ("people/token.rs", Kind::UseCase, "signs with the secret of the configuration"),
    ("people/openid_provider.rs", Kind::UseCase, "asks the provider that the configuration names"),
];

/// The one file that is longer than 400 lines: diesel's `allow_tables_to_appear_in_same_query!` wants all tables in one place.
const TOO_LONG: [&str; 1] = ["db/schema.rs"];

/// What of the HTTP kit is plain: versions and pages that use cases compare and cut by.
const PLAIN_HTTP: [&str; 2] = ["crate::http::etag::IfMatch", "crate::http::page"];

/// Where the tests at the end of a file begin.
const TESTS: &str = "#[cfg(test)]\nmod ";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Types and pure rules.
    Noun,
    /// SQL.
    Store,
    /// What can be done.
    UseCase,
    /// HTTP.
    Api,
}

struct Source {
    /// `people/token.rs`.
    name: String,
    /// `people`, for a file in a feature's folder.
    feature: Option<&'static str>,
    kind: Kind,
    /// Every path in the code, `crate::` in front if it is ours.
    paths: Vec<String>,
    /// The code without comments, strings and tests.
    code: String,
    /// Without the tests.
    lines: usize,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![];
    walk(&root, &mut files);
    files.sort();
    assert!(files.len() > 30, "src is not found");
    files.iter().map(|file| read(file, file.strip_prefix(&root).unwrap().to_str().unwrap())).collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

fn read(file: &Path, name: &str) -> Source {
    let text = fs::read_to_string(file).unwrap();
    let code = code_of(&text);
    let folder = name.split('/').next().unwrap();
    let feature = FEATURES.iter().map(|(feature, _)| *feature).find(|feature| *feature == folder && name.contains('/'));
    let last = name.rsplit('/').next().unwrap();
    let excepted = EXCEPTIONS.iter().find(|(file, ..)| *file == name).map(|(_, kind, _)| *kind);
    // A part of a feature that is too large for one file is called after what it is: `closure_store.rs`, `closure_api.rs`.
    let kind = excepted.unwrap_or(match last {
        "mod.rs" => Kind::UseCase,
        _ if last == "store.rs" || last.ends_with("_store.rs") || name.contains("/store/") => Kind::Store,
        _ if last == "api.rs" || last.ends_with("_api.rs") || name.contains("/api/") => Kind::Api,
        _ if is_use_case(&code) => Kind::UseCase,
        _ => Kind::Noun,
    });
    let paths = paths_of(&code, name);
    let lines = text.split(TESTS).next().unwrap().lines().count();
    Source { name: name.into(), feature, kind, paths, code, lines }
}

/// Use cases may have files of their own; they are told by what they take.
fn is_use_case(code: &str) -> bool {
    code.contains("&mut Conn")
}

/// Without comments, the insides of strings, and the tests at the end.
fn code_of(text: &str) -> String {
    let text = text.split(TESTS).next().unwrap();
    let mut code = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if let Some(raw) = rest.strip_prefix("r#\"") {
            rest = raw.find("\"#").map_or("", |end| &raw[end + 2..]);
            code.push_str("\"\"");
        } else if first == '"' {
            let mut end = 1;
            let bytes = rest.as_bytes();
            while end < bytes.len() && bytes[end] != b'"' {
                end += if bytes[end] == b'\\' { 2 } else { 1 };
            }
            code.push_str("\"\"");
            rest = rest.get(end + 1..).unwrap_or("");
        } else if rest.starts_with("'\"'") {
            code.push_str("' '");
            rest = &rest[3..];
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    code
}

/// Every path of two names or more: those of `use` with their braces opened, and those that stand in the code.
fn paths_of(code: &str, name: &str) -> Vec<String> {
    let mut found = vec![];
    let mut rest = code;
    while let Some(at) = rest.find("use ") {
        let before = rest[..at].chars().next_back();
        let tail = &rest[at + 4..];
        if before.is_none_or(|c| c.is_whitespace() || c == ')') {
            let end = tail.find(';').unwrap_or(tail.len());
            open_braces("", &tail[..end], &mut found);
        }
        rest = tail;
    }
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    found.extend(code.split(|c| !is_part(c)).map(|path| path.trim_matches(':')).filter(|path| path.contains("::")).map(str::to_owned));
    // `super` of src/a/b.rs is crate::a, of src/a/mod.rs and src/a.rs it is the crate.
    let mut module: Vec<&str> = name.trim_end_matches(".rs").split('/').collect();
    if module.last() == Some(&"mod") {
        module.pop();
    }
    found.iter().map(|path| absolute(path, &module)).collect()
}

fn open_braces(prefix: &str, tree: &str, found: &mut Vec<String>) {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        let path = tree.split(" as ").next().unwrap().trim();
        if !path.is_empty() {
            found.push(format!("{prefix}{path}"));
        }
        return;
    };
    let prefix = format!("{prefix}{}", &tree[..open]);
    let inner = &tree[open + 1..tree.rfind('}').unwrap_or(tree.len())];
    let (mut depth, mut from) = (0, 0);
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                open_braces(&prefix, &inner[from..at], found);
                from = at + 1;
            }
            _ => {}
        }
    }
    open_braces(&prefix, &inner[from..], found);
}

fn absolute(path: &str, module: &[&str]) -> String {
    let mut base: Vec<&str> = module.to_vec();
    let mut rest = path;
    let mut relative = false;
    loop {
        if let Some(tail) = rest.strip_prefix("super::") {
            base.pop();
            (rest, relative) = (tail, true);
        } else if let Some(tail) = rest.strip_prefix("self::") {
            (rest, relative) = (tail, true);
        } else {
            break;
        }
    }
    if !relative {
        return path.to_owned();
    }
    base.insert(0, "crate");
    format!("{}::{rest}", base.join("::"))
}

impl Source {
    /// The paths that lead to this crate or module.
    fn knows(&self, what: &str) -> Vec<&str> {
        let inside = format!("{what}::");
        self.paths.iter().map(String::as_str).filter(|path| *path == what || path.starts_with(&inside)).collect()
    }

    fn plain_http(path: &str) -> bool {
        PLAIN_HTTP.iter().any(|plain| path == *plain || path.starts_with(&format!("{plain}::")))
    }
}

#[track_caller]
fn none(rule: &str, mut broken: Vec<String>) {
    broken.sort();
    broken.dedup();
    assert!(broken.is_empty(), "{rule} (ARCHITECTURE.md, \"Who may know whom\"):\n  {}", broken.join("\n  "));
}

fn broken(source: &Source, paths: Vec<&str>) -> Vec<String> {
    paths.into_iter().map(|path| format!("src/{} knows {path}", source.name)).collect()
}

#[test]
fn nouns_are_pure() {
    let mut all = vec![];
    for source in sources().iter().filter(|source| source.feature.is_some() && source.kind == Kind::Noun) {
        for module in ["actix_web", "diesel", "tokio", "crate::db", "crate::http", "crate::app", "crate::config"] {
            all.extend(broken(source, source.knows(module).into_iter().filter(|path| *path != "crate::config::House").collect()));
        }
        for word in ["async fn", ".await", "SystemTime", "Utc::now", "Local::now", "Instant::now", "Clock"] {
            if source.code.contains(word) {
                all.push(format!("src/{} says {word}", source.name));
            }
        }
    }
    none("nouns know std, the kits' plain types and other nouns, and are told the time", all);
}

#[test]
fn stores_know_nouns_and_the_database() {
    let mut all = vec![];
    for source in sources().iter().filter(|source| source.feature.is_some() && source.kind == Kind::Store) {
        for module in ["actix_web", "tokio", "crate::app", "crate::mail", "crate::config"] {
            // Mail has a store of its own.
            if !(module == "crate::mail" && source.feature == Some("mail")) {
                all.extend(broken(source, source.knows(module)));
            }
        }
        all.extend(broken(source, source.knows("crate::http").into_iter().filter(|path| !Source::plain_http(path)).collect()));
    }
    none("store.rs is SQL", all);
}

#[test]
fn use_cases_know_no_web_server() {
    let mut all = vec![];
    for source in sources().iter().filter(|source| source.feature.is_some() && source.kind == Kind::UseCase) {
        for module in ["actix_web", "tokio", "crate::app"] {
            all.extend(broken(source, source.knows(module)));
        }
        all.extend(broken(source, source.knows("crate::http").into_iter().filter(|path| !Source::plain_http(path)).collect()));
    }
    none("use cases take a connection and parsed values", all);
}

#[test]
fn http_writes_no_sql() {
    let mut all = vec![];
    for source in sources().iter().filter(|source| source.feature.is_some() && source.kind == Kind::Api) {
        for module in ["diesel", "crate::db::schema", "crate::db::Both"] {
            all.extend(broken(source, source.knows(module)));
        }
    }
    none("api.rs parses, calls a use case, shapes the answer", all);
}

#[test]
fn features_call_each_other_in_one_direction_and_through_the_front_door() {
    let mut all = vec![];
    for source in &sources() {
        let Some(feature) = source.feature else { continue };
        let allowed = FEATURES.iter().find(|(name, _)| *name == feature).unwrap().1;
        for (other, _) in FEATURES.iter().filter(|(other, _)| *other != feature) {
            let module = format!("crate::{other}");
            let known = source.knows(&module);
            let asks_who_calls = source.kind == Kind::Api && *other == "people";
            if !allowed.contains(other) && !asks_who_calls {
                all.extend(broken(source, known.clone()));
            }
            for inner in ["store", "api"] {
                all.extend(broken(source, source.knows(&format!("{module}::{inner}"))));
            }
        }
    }
    none("features call each other through mod.rs, without circles", all);
}

#[test]
fn kits_name_no_feature() {
    let mut all = vec![];
    for source in sources().iter().filter(|source| source.name.starts_with("http/") || source.name.starts_with("db/")) {
        // The one list of routes.
        let allowed = |path: &str| source.name == "http/mod.rs" && path.contains("::") && path.contains("routes");
        for (feature, _) in FEATURES {
            all.extend(broken(source, source.knows(&format!("crate::{feature}")).into_iter().filter(|path| !allowed(path)).collect()));
        }
    }
    for source in
        sources().iter().filter(|source| ["time.rs", "holidays.rs", "id.rs", "text.rs", "error.rs"].contains(&source.name.as_str()))
    {
        for (feature, _) in FEATURES {
            all.extend(broken(source, source.knows(&format!("crate::{feature}"))));
        }
        all.extend(broken(source, source.knows("actix_web")));
    }
    none("the kits serve every feature alike", all);
}

#[test]
fn time_is_freed_in_one_place() {
    let mut all = vec![];
    for source in &sources() {
        let by_store = source.code.contains("occupancy_store::delete") && source.name != "bookings/freeing.rs";
        let by_sql = source.code.contains("delete(occupancies") && source.name != "bookings/occupancy_store.rs";
        if by_store || by_sql {
            all.push(format!("src/{} frees time by itself", source.name));
        }
    }
    none("time falls free through bookings/freeing.rs, or whoever waits for it is forgotten", all);
}

#[test]
fn what_can_be_exchanged_is_known_to_one_file() {
    let mut all = vec![];
    for source in &sources() {
        for (name, file) in ONE_FILE {
            if source.name != file {
                all.extend(broken(source, source.knows(name)));
            }
        }
    }
    none("one foreign crate, one file", all);
}

/// No text of anybody's becomes a command (OWASP ASVS 5.0, 1.2.5).
#[test]
fn the_program_starts_no_other() {
    let all = sources().iter().flat_map(|source| broken(source, source.knows("std::process::Command"))).collect();
    none("the program starts no other", all);
}

#[test]
fn no_file_is_longer_than_a_sitting() {
    let long: Vec<String> = sources()
        .iter()
        .filter(|source| source.lines > 400 && !TOO_LONG.contains(&source.name.as_str()))
        .map(|source| format!("src/{}: {} lines", source.name, source.lines))
        .collect();
    none("files have 400 lines at most", long);
}

#[test]
fn exceptions_are_still_needed() {
    let names: Vec<String> = sources().into_iter().map(|source| source.name).collect();
    for (file, _, reason) in EXCEPTIONS {
        assert!(names.iter().any(|name| name == file), "src/{file} is gone, and its exception ({reason}) may go too");
    }
}
