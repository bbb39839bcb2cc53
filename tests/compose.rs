//! What runs the service elsewhere, read by a parser: `docker-compose.yml`, `Dockerfile`, and the README's table of variables.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use nobel21::{db::Location, mail::Transport};
use serde_norway::Value;

fn root() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn compose() -> Value {
    serde_norway::from_str(&text("docker-compose.yml")).unwrap()
}

/// The instructions of the Dockerfile, comments taken out and continued lines joined.
fn instructions() -> Vec<(String, String)> {
    let lines: Vec<String> = text("Dockerfile").lines().filter(|line| !line.trim_start().starts_with('#')).map(str::to_owned).collect();
    let joined = lines.join("\n").replace("\\\n", " ");
    joined
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            (word.to_owned(), rest.split_whitespace().collect::<Vec<_>>().join(" "))
        })
        .collect()
}

fn of<'a>(all: &'a [(String, String)], word: &str) -> Vec<&'a str> {
    all.iter().filter(|(known, _)| known == word).map(|(_, rest)| rest.as_str()).collect()
}

/// The last stage: the one that becomes the image.
fn image() -> Vec<(String, String)> {
    let all = instructions();
    let last = all.iter().rposition(|(word, _)| word == "FROM").unwrap();
    all[last..].to_vec()
}

/// Every variable of the environment that the program reads.
fn known() -> BTreeSet<String> {
    fn sources(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.extend(variables(&fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut found = BTreeSet::new();
    sources(&root().join("src"), &mut found);
    // The build reads it, and CONTRIBUTING.md explains it to those who build.
    found.remove("NOBEL21_SKIP_WEB");
    assert!(found.len() >= 9, "{found:?}");
    found
}

fn variables(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'));
    words
        .filter(|word| *word == "DATABASE_URL" || word.strip_prefix("NOBEL21_").is_some_and(|rest| !rest.is_empty()))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_compose_file_has_the_service_its_database_and_a_mail_catcher() {
    let compose = compose();
    let services = compose["services"].as_mapping().unwrap();
    let names: Vec<&str> = services.keys().map(|name| name.as_str().unwrap()).collect();
    assert_eq!(names, ["nobel21", "postgres", "mailpit"]);
    for (name, service) in services {
        let image = service.get("image").and_then(Value::as_str);
        assert!(image.is_none_or(|image| image.contains(':') && !image.ends_with(":latest")), "{name:?} is not pinned");
        for port in service.get("ports").and_then(Value::as_sequence).into_iter().flatten() {
            assert!(port.as_str().unwrap().starts_with("127.0.0.1:"), "{name:?} is open to everybody: {port:?}");
        }
        for volume in service.get("volumes").and_then(Value::as_sequence).into_iter().flatten() {
            let source = volume.as_str().unwrap().split(':').next().unwrap();
            assert!(compose["volumes"].as_mapping().unwrap().contains_key(source), "{volume:?} is not declared");
        }
        let waited_for = service.get("depends_on").and_then(Value::as_mapping).into_iter().flatten();
        for (other, how) in waited_for {
            let other = &services[other];
            assert!(how["condition"] != "service_healthy" || other.get("healthcheck").is_some(), "nobody knows when {other:?} is healthy");
        }
    }
}

#[test]
fn the_service_is_told_addresses_that_it_understands() {
    let compose = compose();
    let told = &compose["services"]["nobel21"]["environment"];
    let postgres = &compose["services"]["postgres"]["environment"];
    let part = |name: &str| postgres[name].as_str().unwrap();
    let expected = format!("postgres://{}:{}@postgres/{}", part("POSTGRES_USER"), part("POSTGRES_PASSWORD"), part("POSTGRES_DB"));
    assert_eq!(told["DATABASE_URL"], expected.as_str());
    assert!(Location::parse(&expected).is_ok());
    let smtp = told["NOBEL21_SMTP_URL"].as_str().unwrap();
    assert!(smtp.starts_with("smtp://mailpit:1025"));
    Transport::parse(smtp).unwrap();
}

#[test]
fn no_variable_is_set_that_the_program_does_not_read() {
    let known = known();
    let compose = compose();
    let told = compose["services"]["nobel21"]["environment"].as_mapping().unwrap();
    for name in told.keys().map(|name| name.as_str().unwrap()) {
        assert!(known.contains(name), "docker-compose.yml sets {name}");
    }
    for name in of(&image(), "ENV").iter().flat_map(|line| line.split(' ')).map(|pair| pair.split('=').next().unwrap()) {
        assert!(known.contains(name) || name == "MALLOC_ARENA_MAX", "the Dockerfile sets {name}"); // the C library reads that one
    }
}

#[test]
fn the_image_runs_as_nobody_special_and_says_how_it_feels() {
    let image = image();
    let users = of(&image, "USER");
    let user = users.last().expect("a USER");
    assert!(!matches!(*user, "root" | "0" | "0:0"), "runs as {user}");
    assert!(of(&image, "RUN").iter().any(|run| run.contains("useradd") && run.contains(user)), "{user} does not exist");
    let position = |word: &str| image.iter().position(|(known, _)| known == word).unwrap();
    assert!(position("USER") < position("ENTRYPOINT"));

    let listen =
        of(&image, "ENV").iter().flat_map(|line| line.split(' ')).find_map(|pair| pair.strip_prefix("NOBEL21_LISTEN=")).unwrap().to_owned();
    let port = listen.rsplit(':').next().unwrap();
    assert_eq!(of(&image, "EXPOSE"), [port]);
    let checks = of(&image, "HEALTHCHECK");
    assert!(
        checks.len() == 1 && checks[0].contains(&format!("/dev/tcp/127.0.0.1/{port}")) && checks[0].contains("GET /healthz"),
        "{checks:?}"
    );
    for form in ["ENTRYPOINT", "CMD"] {
        let words: Vec<String> = serde_json::from_str(of(&image, form)[0]).expect("the exec form, so that signals arrive");
        assert!(!words.is_empty());
    }
    let check = checks[0].split_once("CMD ").unwrap().1;
    assert!(serde_json::from_str::<Vec<String>>(check).is_ok(), "{check}");
}

#[test]
fn the_health_check_tells_a_service_that_answers_from_one_that_does_not() {
    use std::io::{Read, Write};
    let image = image();
    let check = of(&image, "HEALTHCHECK")[0].split_once("CMD ").unwrap().1.to_owned();
    let words: Vec<String> = serde_json::from_str(&check).unwrap();
    let verdict = |status: &'static str| {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let words: Vec<String> = words.iter().map(|word| word.replace("/8021", &format!("/{port}"))).collect();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            // To its end: what is left unread would be answered with a reset.
            let mut asked = vec![];
            while !asked.ends_with(b"\r\n\r\n") {
                let mut some = [0; 64];
                match stream.read(&mut some).unwrap() {
                    0 => break,
                    read => asked.extend_from_slice(&some[..read]),
                }
            }
            write!(stream, "HTTP/1.0 {status}\r\nContent-Length: 0\r\n\r\n").unwrap();
            String::from_utf8_lossy(&asked).into_owned()
        });
        let healthy = std::process::Command::new(&words[0]).args(&words[1..]).status().unwrap().success();
        assert!(server.join().unwrap().starts_with("GET /healthz HTTP/1.0\r\n"));
        healthy
    };
    assert!(verdict("200 OK"));
    assert!(!verdict("503 Service Unavailable"));
}

#[test]
fn the_image_is_built_from_what_is_there_by_the_compiler_that_we_name() {
    let all = instructions();
    let stages: Vec<&str> = of(&all, "FROM").iter().filter_map(|from| from.split_once(" AS ")).map(|(_, name)| name).collect();
    for copy in of(&all, "COPY") {
        match copy.strip_prefix("--from=").and_then(|rest| rest.split(' ').next()) {
            Some(stage) => assert!(stages.contains(&stage), "there is no stage {stage}"),
            None => assert!(root().join(copy.split(' ').next().unwrap()).exists(), "{copy}"),
        }
    }
    let froms = of(&all, "FROM");
    let cargo = text("Cargo.toml");
    let rust = cargo.lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap().trim_matches('"');
    assert!(froms.iter().any(|from| from.starts_with(&format!("rust:{rust}-"))), "{froms:?}");
    // The binary is linked against the C library of the stage that builds it.
    assert!(froms.iter().all(|from| from.contains("bookworm")), "{froms:?}");
    let build = of(&all, "RUN").into_iter().find(|run| run.contains("cargo build")).unwrap().to_owned();
    assert!(build.contains("--locked") && build.contains("--features pg-tls") && cargo.contains("\npg-tls = "), "{build}");
}

#[test]
fn the_readme_explains_every_variable_and_no_other() {
    let readme = text("README.md");
    let table: BTreeSet<String> =
        readme.lines().filter(|line| line.starts_with("| `")).filter_map(|line| line.split('|').nth(1)).flat_map(variables).collect();
    assert_eq!(table, known());
}
