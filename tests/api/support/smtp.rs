//! A real mail server: it speaks SMTP over sockets with STARTTLS, AUTH and refusals, and keeps what it gets.
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    path::PathBuf,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use mail_parser::{Message, MessageParser};
use mailin::{Action, AuthMechanism, Handler, Response, SessionBuilder, response};
use rustls::{ServerConfig, ServerConnection, StreamOwned, pki_types::PrivateKeyDer};

/// A letter as it came.
#[derive(Clone, Debug, Default)]
pub struct Mail {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// Headers and body.
    pub raw: Vec<u8>,
    /// Did it come encrypted?
    pub encrypted: bool,
    /// Who signed in to hand it over.
    pub user: Option<String>,
}

impl Mail {
    /// Taken apart.
    pub fn message(&self) -> Message<'_> {
        MessageParser::default().parse(&self.raw).unwrap()
    }

    /// Its Message-ID.
    pub fn message_id(&self) -> String {
        self.message().message_id().unwrap().to_owned()
    }
}

#[derive(Default)]
struct Shared {
    mails: Mutex<Vec<Mail>>,
    came: Condvar,
    refused: Mutex<Vec<(String, u16)>>,
    login: Option<(String, String)>,
    connections: AtomicUsize,
    open: Mutex<Vec<TcpStream>>,
    stopped: AtomicBool,
}

/// A mail server on this machine. It stops when it is dropped.
pub struct Sink {
    port: u16,
    shared: Arc<Shared>,
    folder: tempfile::TempDir,
    listening: Option<thread::JoinHandle<()>>,
}

/// A port on which nothing listens: the address of a server that is down.
pub fn free_port() -> u16 {
    // Below those that the system gives to whoever asks for any: nobody takes it before the server comes up.
    let begin = 10_000 + (uuid::Uuid::new_v4().as_u128() % 20_000) as u16;
    (begin..).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).unwrap()
}

/// A certificate that nobody has signed but itself, and a server that shows it.
pub fn own_certificate() -> (String, Arc<ServerConfig>) {
    let certificate = rcgen::generate_simple_self_signed(["localhost".into(), "127.0.0.1".into()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(certificate.signing_key.serialize_der().into());
    let tls = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.cert.der().clone()], key)
        .unwrap();
    (certificate.cert.pem(), Arc::new(tls))
}

impl Sink {
    /// Takes letters from everybody.
    pub fn start() -> Self {
        Self::new(0, None)
    }

    /// Takes letters from everybody, on this port.
    pub fn on(port: u16) -> Self {
        Self::new(port, None)
    }

    /// Takes letters from this user alone.
    pub fn with_login(user: &str, password: &str) -> Self {
        Self::new(0, Some((user.into(), password.into())))
    }

    fn new(port: u16, login: Option<(String, String)>) -> Self {
        let (pem, tls) = own_certificate();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), pem).unwrap();
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared { login, ..Shared::default() });
        let server = Arc::clone(&shared);
        let listening = thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if server.stopped.load(Ordering::SeqCst) {
                    return;
                }
                server.connections.fetch_add(1, Ordering::SeqCst);
                server.open.lock().unwrap().push(stream.try_clone().unwrap());
                let (server, tls) = (Arc::clone(&server), Arc::clone(&tls));
                thread::spawn(move || {
                    // A client that hangs up is no fault.
                    let _ = talk(&stream, &server, &tls);
                    let _ = stream.shutdown(Shutdown::Both);
                });
            }
        });
        Self { port, shared, folder, listening: Some(listening) }
    }

    /// The certificate by which it is to be trusted.
    pub fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Where it is, for STARTTLS with its own certificate. `login` is `user:password@` or nothing.
    pub fn url(&self, login: &str) -> String {
        format!("smtp://{login}127.0.0.1:{}?tls=required&ca={}", self.port, self.ca().display())
    }

    /// Where it is, without encryption.
    pub fn plain_url(&self) -> String {
        format!("smtp://127.0.0.1:{}?tls=none", self.port)
    }

    /// From now on letters to this address are answered so.
    pub fn refuse(&self, to: &str, code: u16) {
        self.shared.refused.lock().unwrap().push((to.into(), code));
    }

    /// From now on it takes letters to everybody again.
    pub fn refuse_nobody(&self) {
        self.shared.refused.lock().unwrap().clear();
    }

    /// What came so far.
    pub fn mails(&self) -> Vec<Mail> {
        self.shared.mails.lock().unwrap().clone()
    }

    /// Waits until so many have come.
    pub fn wait(&self, number: usize) -> Vec<Mail> {
        let mails = self.shared.mails.lock().unwrap();
        let (mails, waited) = self.shared.came.wait_timeout_while(mails, Duration::from_secs(20), |m| m.len() < number).unwrap();
        assert!(!waited.timed_out(), "{number} letters should have come, {} did", mails.len());
        mails.clone()
    }

    /// How many connections were opened.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        for stream in self.shared.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
        // Afterwards another can have the port.
        if let Some(listening) = self.listening.take() {
            let _ = listening.join();
        }
    }
}

struct Session {
    mail: Mail,
    encrypted: Arc<AtomicBool>,
    shared: Arc<Shared>,
}

impl Handler for Session {
    fn mail(&mut self, _: std::net::IpAddr, _: &str, from: &str) -> Response {
        let user = self.mail.user.take();
        self.mail = Mail { from: from.into(), encrypted: self.encrypted.load(Ordering::SeqCst), user, ..Mail::default() };
        if self.shared.login.is_some() && self.mail.user.is_none() { response::AUTHENTICATION_REQUIRED } else { response::OK }
    }

    fn rcpt(&mut self, to: &str) -> Response {
        if let Some((_, code)) = self.shared.refused.lock().unwrap().iter().find(|(address, _)| address == to) {
            return Response::custom(*code, "not today".into());
        }
        self.mail.to.push(to.into());
        response::OK
    }

    fn data(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.mail.raw.extend_from_slice(bytes);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        self.shared.mails.lock().unwrap().push(self.mail.clone());
        self.shared.came.notify_all();
        response::OK
    }

    fn auth_plain(&mut self, _: &str, user: &str, password: &str) -> Response {
        if self.shared.login.as_ref().is_some_and(|(u, p)| u == user && p == password) {
            self.mail.user = Some(user.into());
            response::AUTH_OK
        } else {
            response::INVALID_CREDENTIALS
        }
    }

    fn auth_login(&mut self, user: &str, password: &str) -> Response {
        self.auth_plain("", user, password)
    }
}

trait ReadWrite: Read + Write {}
impl<T: Read + Write> ReadWrite for T {}

fn talk(stream: &TcpStream, shared: &Arc<Shared>, tls: &Arc<ServerConfig>) -> std::io::Result<()> {
    // An answer is one small packet; without this it waits 40 ms for another.
    stream.set_nodelay(true)?;
    let mut builder = SessionBuilder::new("sink.test");
    builder.enable_start_tls();
    if shared.login.is_some() {
        builder.enable_auth(AuthMechanism::Plain).enable_auth(AuthMechanism::Login);
    }
    let encrypted = Arc::new(AtomicBool::new(false));
    let handler = Session { mail: Mail::default(), encrypted: Arc::clone(&encrypted), shared: Arc::clone(shared) };
    let mut session = builder.build("127.0.0.1".parse().unwrap(), handler);
    let mut reader: BufReader<Box<dyn ReadWrite>> = BufReader::new(Box::new(stream.try_clone()?));
    session.greeting().write_to(reader.get_mut())?;
    let mut line = vec![];
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let answer = session.process(&line);
        if !matches!(answer.action, Action::NoReply) {
            let mut bytes = vec![];
            answer.write_to(&mut bytes)?;
            reader.get_mut().write_all(&bytes)?;
            reader.get_mut().flush()?;
        }
        match answer.action {
            Action::Close => return Ok(()),
            Action::UpgradeTls => {
                let connection = ServerConnection::new(Arc::clone(tls)).unwrap();
                reader = BufReader::new(Box::new(StreamOwned::new(connection, stream.try_clone()?)));
                session.tls_active();
                encrypted.store(true, Ordering::SeqCst);
            }
            _ => {}
        }
    }
}
