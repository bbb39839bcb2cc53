//! Runs the binary in a folder of its own.
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
    time::{Duration, Instant},
};

/// The sample year in the repository.
pub fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample/year-2023")
}

/// A folder that the program runs in, with nothing of this machine's environment that the program would heed.
pub struct Place {
    pub dir: tempfile::TempDir,
    variables: Vec<(String, String)>,
    through: Vec<String>,
}

/// What a run came to.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Place {
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), variables: vec![], through: vec![] }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// Starts the program by this command, which gets it as its last arguments.
    pub fn through(mut self, command: Vec<String>) -> Self {
        self.through = command;
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut words = self.through.iter().map(String::as_str).chain([env!("CARGO_BIN_EXE_nobel21")]);
        let mut command = Command::new(words.next().unwrap());
        command
            .args(words)
            .args(arguments)
            .current_dir(self.dir.path())
            .env_remove("DATABASE_URL")
            .env("LC_ALL", "C.UTF-8")
            .env("TMPDIR", self.dir.path());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("NOBEL21_")) {
            command.env_remove(name);
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        ran(self.command(arguments).stdin(Stdio::null()).output().unwrap())
    }

    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Ran {
        let mut child = self.command(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        ran(child.wait_with_output().unwrap())
    }

    /// Starts a command that serves, and waits until it says so.
    pub fn serve(&self, arguments: &[&str]) -> Server {
        let mut child = self.command(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut server = Server { lines: BufReader::new(child.stdout.take().unwrap()), child, said: vec![], url: String::new() };
        let line = server.line_with("http://127.0.0.1:");
        server.url = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap().to_owned();
        server
    }

    /// Copies the sample year here, to be spoiled.
    pub fn copy_of_sample(&self) -> PathBuf {
        let to = self.path("year");
        std::fs::create_dir(&to).unwrap();
        for file in ["organisations.csv", "rooms.csv", "bookings.csv", "visits.csv", "evaluations.csv"] {
            std::fs::copy(sample().join(file), to.join(file)).unwrap();
        }
        to
    }
}

fn ran(output: Output) -> Ran {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

/// A program that serves. Killed when it is dropped.
pub struct Server {
    pub child: Child,
    lines: BufReader<ChildStdout>,
    pub said: Vec<String>,
    pub url: String,
}

impl Server {
    /// Reads on until a line has `words`.
    pub fn line_with(&mut self, words: &str) -> String {
        loop {
            let mut line = String::new();
            let read = self.lines.read_line(&mut line).unwrap();
            assert!(read > 0, "it ended without saying {words:?}: {:?}", self.said);
            self.said.push(line.clone());
            if line.contains(words) {
                return line;
            }
        }
    }

    pub fn get(&self, path: &str) -> u16 {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        agent.get(format!("{}{path}", self.url)).call().unwrap().status().as_u16()
    }

    /// A connection that stays open from one request to the next.
    pub fn connection(&self) -> Connection {
        Connection(BufReader::new(TcpStream::connect(self.url.trim_start_matches("http://")).unwrap()))
    }

    /// Is a newcomer answered, or turned away at the door? With anything but an answer as it should be, this fails.
    pub fn is_let_in(&self) -> bool {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        match agent.get(format!("{}/api/v1/rooms", self.url)).call() {
            Ok(answer) => {
                assert_eq!((answer.status().as_u16(), answer.headers().get("connection").unwrap().as_bytes()), (200, &b"close"[..]));
                true
            }
            Err(_) => false,
        }
    }

    pub fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Waits for its end and gives the exit code.
    pub fn ended(&mut self, within: Duration) -> Option<i32> {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(begun.elapsed() < within, "it is still running after {within:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// HTTP by hand, for what happens to the connection itself.
pub struct Connection(BufReader<TcpStream>);

impl Connection {
    /// The status, and whether the connection ends with it.
    pub fn get(&mut self, path: &str) -> (u16, bool) {
        write!(self.0.get_mut(), "GET {path} HTTP/1.1\r\nHost: nobel21.test\r\n\r\n").unwrap();
        let mut head = vec![];
        while head.last().is_none_or(|line: &String| line != "\r\n") {
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "it ended within an answer: {head:?}");
            head.push(line.to_ascii_lowercase());
        }
        let length = head.iter().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |n| n.trim().parse().unwrap());
        self.0.read_exact(&mut vec![0; length]).unwrap();
        let status = head[0].split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.iter().any(|line| line == "connection: close\r\n"))
    }
}
