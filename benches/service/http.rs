//! As little of an HTTP client as will do, so that the server is measured and not the client.
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
};

/// What came back.
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

/// One connection that is kept open.
pub struct Connection(BufReader<TcpStream>);

impl Connection {
    pub fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(BufReader::with_capacity(64 * 1024, stream))
    }

    pub fn get(&mut self, path: &str, token: Option<&str>) -> Answer {
        self.send("GET", path, token, "")
    }

    pub fn post(&mut self, path: &str, token: &str, body: &str) -> Answer {
        self.send("POST", path, Some(token), body)
    }

    fn send(&mut self, method: &str, path: &str, token: Option<&str>, body: &str) -> Answer {
        let authorization = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
        let content =
            if body.is_empty() { String::new() } else { format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len()) };
        let request = format!("{method} {path} HTTP/1.1\r\nhost: bench\r\n{authorization}{content}\r\n{body}");
        self.0.get_mut().write_all(request.as_bytes()).unwrap();
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).unwrap().parse().unwrap();
        let mut length = 0;
        loop {
            line.clear();
            self.0.read_line(&mut line).unwrap();
            if line == "\r\n" {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        Answer { status, body }
    }
}
