//! The service as a process of its own, as `nobel21 serve` runs it, beside the one in the test: same database, same secret.
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use base64::{Engine, engine::general_purpose::STANDARD};

use super::App;

/// A running process. Killed without mercy when it is dropped.
pub struct Process {
    child: Child,
    /// `http://127.0.0.1:port`.
    pub url: String,
    folder: tempfile::TempDir,
}

impl Process {
    /// `nobel21 serve` on the database of `app`. Its clock is the system's, so the app's has to be too.
    pub fn start(app: &App) -> Self {
        Self::run(app, "error", |_| Stdio::inherit())
    }

    /// The same with a log of its own, as `NOBEL21_LOG` has it.
    pub fn with_log(app: &App, wish: &str) -> Self {
        Self::run(app, wish, |file| std::fs::File::create(file).unwrap().into())
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    fn run(app: &App, wish: &str, log: impl FnOnce(&std::path::Path) -> Stdio) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("secret"), STANDARD.encode([21; 32])).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_nobel21"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(folder.path())
            .env("DATABASE_URL", app.database().url())
            .env("NOBEL21_LOG", wish)
            .stdout(Stdio::piped())
            .stderr(log(&folder.path().join("log")))
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = loop {
            let line = lines.next().expect("the process says where it listens").unwrap();
            if let Some(at) = line.find("http://127.0.0.1:") {
                break line[at..].split_whitespace().next().unwrap().to_owned();
            }
        };
        // Reading on, so that it never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url, folder }
    }

    /// How many threads it has.
    pub fn threads(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap().count()
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
