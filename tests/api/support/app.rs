//! A running service of one's own.
use std::{
    sync::{Arc, Mutex, mpsc},
    thread,
};

use actix_web::web;
use nobel21::{
    app::State,
    config::{Config, House, Secret},
    db::{Conn, Db},
    error::Result,
    mail::Transport,
    time::{Clock, Moment},
};

use super::{Client, database::Database};

/// Monday morning, an hour after the house has opened.
const MORNING: &str = "2026-11-23T08:00:00+01:00";

/// The service with a database of its own, on a clock that stands still. Stops when it is dropped, and fails the test then if
/// it answered 500 to anything.
pub struct App {
    /// What handlers share: the database, the clock, the keys.
    pub state: web::Data<State>,
    /// `http://127.0.0.1:port`.
    pub url: String,
    pub(super) faults: Arc<Mutex<Vec<String>>>,
    pub(super) agent: ureq::Agent,
    pub(super) people: Mutex<Vec<(String, super::people::Person)>>,
    handle: nobel21::app::Handle,
    thread: Option<thread::JoinHandle<()>>,
    folder: tempfile::TempDir,
    pub(super) mail: Transport,
    // Last, so that it goes after everything that uses it.
    database: Database,
}

impl App {
    /// The house with its eight rooms, open from 07 to 22 every day, at 8 o'clock on Monday the 23rd of November 2026.
    pub fn spawn() -> Self {
        let app = Self::empty();
        app.furnish();
        app
    }

    /// The service on a database in which there is nothing but the tables.
    pub fn empty() -> Self {
        Self::with(|_| ())
    }

    /// As [`App::empty`], otherwise configured.
    pub fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self::on(Database::new(), change)
    }

    /// As [`App::with`], on this database.
    pub fn on(database: Database, change: impl FnOnce(&mut Config)) -> Self {
        show_errors();
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config {
            listen: "127.0.0.1:0".into(),
            database: database.location(),
            connections: 4,
            workers: 2,
            data_dir: folder.path().into(),
            house: House {
                public_url: "http://127.0.0.1:8021".into(),
                sender: nobel21::mail::sender("Föreningscentret Nobel 21 <bokning@nobel21.example>").unwrap(),
            },
            mail: Transport::Folder(folder.path().join("mail")),
            secret: Secret::new(&[21; 32]),
            trusted_proxies: vec![],
            requests_per_minute: 0,
            openid: None,
            backup_dir: None,
            clock: Clock::frozen(MORNING.parse().unwrap()),
            background: false,
        };
        change(&mut config);
        let mail = config.mail.clone();
        let (tell, told) = mpsc::channel();
        let thread = thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                match nobel21::app::App::build(config) {
                    Ok(app) => {
                        tell.send(Ok((app.address(), app.state(), app.handle()))).unwrap();
                        app.run().await.unwrap();
                    }
                    Err(error) => tell.send(Err(error)).unwrap(),
                }
            });
        });
        let (address, state, handle) = told.recv().unwrap().unwrap();
        Self {
            state,
            url: format!("http://{address}"),
            faults: Arc::default(),
            agent: Client::agent(),
            people: Mutex::default(),
            handle,
            thread: Some(thread),
            folder,
            mail,
            database,
        }
    }

    /// Stops it as a signal does: what runs is finished first.
    pub fn stop(&self) {
        actix_web::rt::System::new().block_on(self.handle.stop(true));
    }

    /// Moves the clock. Everybody stays signed in.
    pub fn at(&self, moment: &str) {
        self.state.clock.set(moment.parse().unwrap());
    }

    /// Lets seconds pass.
    pub fn later(&self, seconds: i64) {
        self.state.clock.set(self.now().plus_seconds(seconds));
    }

    /// What time it is.
    pub fn now(&self) -> Moment {
        self.state.clock.now()
    }

    /// The database's two doors.
    pub fn db(&self) -> &Db {
        &self.state.db
    }

    /// Where the data is.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The data folder of this service.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Looks into the database.
    pub fn read<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> T {
        self.state.db.read_now(work).unwrap()
    }

    /// Writes to the database past the API.
    pub fn write<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> T {
        self.state.db.write_now(work).unwrap()
    }
}

impl Drop for App {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || thread::panicking(), "the server's thread panicked");
        }
        let faults = self.faults.lock().unwrap();
        assert!(faults.is_empty() || thread::panicking(), "the service answered 500 to: {faults:#?}");
    }
}

/// The reasons of 500s go to the output of the test that caused them.
fn show_errors() {
    let level = std::env::var("TEST_LOG").unwrap_or_else(|_| "error,access=off".into());
    let filter = tracing_subscriber::EnvFilter::new(level);
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().try_init();
}
