//! Somebody whose calendar is open.
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
};

/// A stream of changes that has begun.
pub struct Listener(BufReader<TcpStream>);

impl Listener {
    /// Listens for so many seconds at `http://host:port`; returns once it is heard.
    pub fn at(url: &str, seconds: u32) -> Self {
        let mut stream = BufReader::new(TcpStream::connect(url.trim_start_matches("http://")).unwrap());
        let request = format!("GET /api/v1/calendar/changes?seconds={seconds} HTTP/1.1\r\nHost: nobel21\r\nConnection: close\r\n\r\n");
        stream.get_mut().write_all(request.as_bytes()).unwrap();
        let mut line = String::new();
        while !line.starts_with("retry: ") {
            line.clear();
            assert!(stream.read_line(&mut line).unwrap() > 0, "the stream ended before it began");
        }
        Self(stream)
    }

    /// Waits for the next change.
    pub fn hears(&mut self) {
        let mut line = String::new();
        while !line.starts_with("data: changed") {
            line.clear();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "the stream ended, and nothing had changed");
        }
    }

    /// Listens to the end; how often something changed.
    pub fn rest(mut self) -> usize {
        let mut heard = String::new();
        self.0.read_to_string(&mut heard).unwrap();
        assert!(heard.ends_with("0\r\n\r\n"), "the stream broke off: {heard}");
        heard.matches("data: changed").count()
    }

    /// Returns once nothing changes any more: a test's own arrangements are writes too.
    pub fn quiet(url: &str) {
        for _ in 0..10 {
            if Self::at(url, 1).rest() == 0 {
                return;
            }
        }
        panic!("something is written all the time");
    }
}
