//! What we build on: every crate comes from the registry, by a licence that lets people use, change and pass on what we make.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::process::Command;

use serde_json::Value;

/// Licences that ask for no more than their notice to be kept. `deny.toml` has the same.
const ALLOWED: [&str; 15] = [
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "PostgreSQL",
    "Unicode-3.0",
    "Zlib",
    "0BSD",
];

/// Crates that may be used though their licence asks that changes to their own files be passed on too (MPL-2.0): they are used as the
/// registry has them, and nothing of it reaches what is built on them. WebAuthn has no other crate that is kept up. `deny.toml` has the
/// same.
const AS_THEY_ARE: [&str; 5] = ["webauthn-rs", "webauthn-rs-core", "webauthn-rs-proto", "webauthn-attestation-ca", "crypto-glue"];

fn packages() -> Vec<Value> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let out = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let metadata: Value = serde_json::from_slice(&out.stdout).unwrap();
    let all = metadata["packages"].as_array().unwrap().clone();
    assert!(all.len() > 100);
    all
}

/// Does one of the alternatives allow it? Reads `A OR B`, `(A OR B) AND C` and the old `A/B`.
fn allowed(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ");
    let split = |word: &str, expression: &str| -> Option<Vec<String>> {
        let (mut depth, mut from, mut parts) = (0, 0, vec![]);
        for (at, c) in expression.char_indices() {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ if depth == 0 && at >= from && expression[at..].starts_with(word) => {
                    parts.push(expression[from..at].to_owned());
                    from = at + word.len();
                }
                _ => {}
            }
        }
        parts.push(expression[from..].to_owned());
        (parts.len() > 1).then_some(parts)
    };
    if let Some(all) = split(" AND ", &expression) {
        return all.iter().all(|part| allowed(part));
    }
    if let Some(any) = split(" OR ", &expression) {
        return any.iter().any(|part| allowed(part));
    }
    let bare = expression.trim();
    match bare.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) => allowed(inner),
        None => ALLOWED.contains(&bare),
    }
}

#[test]
fn every_licence_is_one_that_lets_people_pass_the_program_on() {
    let refused: Vec<String> = packages()
        .iter()
        .filter(|package| {
            let as_it_is = package["license"] == "MPL-2.0" && AS_THEY_ARE.iter().any(|name| package["name"] == *name);
            !as_it_is && !allowed(package["license"].as_str().unwrap_or("none"))
        })
        .map(|package| format!("{} {}: {}", package["name"], package["version"], package["license"]))
        .collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn every_crate_comes_from_the_registry() {
    let elsewhere: Vec<String> = packages()
        .iter()
        .filter(|package| package["name"] != "nobel21")
        .filter(|package| !package["source"].as_str().unwrap_or("").starts_with("registry+"))
        .map(|package| format!("{} from {}", package["name"], package["source"]))
        .collect();
    assert!(elsewhere.is_empty(), "{elsewhere:#?}");
}

#[test]
fn licence_expressions_are_read() {
    assert!(allowed("MIT OR GPL-3.0"));
    assert!(allowed("(MIT OR Apache-2.0) AND Unicode-3.0"));
    assert!(allowed("MIT/Apache-2.0"));
    assert!(!allowed("(MIT OR Apache-2.0) AND GPL-3.0"));
    assert!(!allowed("GPL-3.0 OR AGPL-3.0"));
    assert!(!allowed("none"));
}

/// What stands between backticks, of the form `file.rs::name`.
fn named(text: &str) -> Vec<(&str, &str)> {
    text.split('`').skip(1).step_by(2).filter_map(|code| code.split_once("::")).filter(|(file, _)| file.ends_with(".rs")).collect()
}

#[test]
fn every_test_that_the_security_document_names_is_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let document = std::fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let named = named(&document);
    assert!(named.len() > 200, "the document is read wrongly: {} tests", named.len());
    let missing: Vec<_> = named
        .iter()
        .filter(|(file, name)| {
            let places =
                if file.contains('/') { vec![(*file).to_owned()] } else { vec![format!("tests/api/{file}"), format!("tests/cli/{file}")] };
            // Or a line of a macro that makes one test for each.
            let has = |text: String| text.contains(&format!("fn {name}(")) || text.contains(&format!("    {name}: "));
            !places.iter().filter_map(|place| std::fs::read_to_string(root.join(place)).ok()).any(has)
        })
        .collect();
    assert!(missing.is_empty(), "named in SECURITY.md and nowhere to be found: {missing:?}");
}

#[test]
fn every_package_of_the_client_comes_from_the_registry_and_has_its_hash() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for lock in ["web/package-lock.json", "tests/browser/package-lock.json"] {
        let lock: Value = serde_json::from_str(&std::fs::read_to_string(root.join(lock)).unwrap()).unwrap();
        let packages = lock["packages"].as_object().unwrap();
        assert!(packages.len() > 20);
        for (name, package) in packages.iter().filter(|(name, package)| !name.is_empty() && package["link"] != true) {
            // No address: it comes from whichever registry is set, and has to be what the hash says.
            let from = package["resolved"].as_str().unwrap_or_default();
            assert!(
                from.is_empty() && package["integrity"].as_str().is_some_and(|hash| hash.starts_with("sha512-")),
                "{name} comes from {from:?}"
            );
        }
    }
}
