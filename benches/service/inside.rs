//! The service in this very process: on a clock that stands still, and where its queries can be timed.
use std::thread::JoinHandle;

use actix_web::rt::System;
use nobel21::{
    app::{App, Handle},
    config::{Config, House, Secret},
    db::Db,
    mail::{self, Transport},
    people::{Role, token::Keys},
    time::{Clock, Moment},
};

use crate::server;

/// One that answers; ends when it is dropped.
pub struct Inside {
    pub address: String,
    /// An admin's.
    pub token: String,
    handle: Handle,
    thread: Option<JoinHandle<()>>,
    _folder: tempfile::TempDir,
}

impl Inside {
    /// On the database that `db` has, at that time.
    pub fn start(db: &Db, now: Moment) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let secret = Secret::new(&[21; 32]);
        let bearer = db.write_now(|c| Ok(server::admit(c, "admin@example.org", Role::Admin, now))).unwrap();
        let token = Keys::new(&secret).issue(bearer, now).unwrap();
        let config = Config {
            listen: "127.0.0.1:0".into(),
            database: db.location().clone(),
            connections: 4,
            workers: server::WORKERS,
            data_dir: folder.path().into(),
            house: House { public_url: "http://127.0.0.1:8021".into(), sender: mail::sender("Nobel 21 <bokning@localhost>").unwrap() },
            mail: Transport::Folder(folder.path().join("mail")),
            secret,
            trusted_proxies: vec![],
            requests_per_minute: 0,
            openid: None,
            backup_dir: None,
            clock: Clock::frozen(now),
            background: false,
        };
        let (tell, told) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            System::new().block_on(async move {
                let app = App::build(config).unwrap();
                tell.send((app.address(), app.handle())).unwrap();
                app.run().await.unwrap();
            });
        });
        let (address, handle) = told.recv().unwrap();
        Self { address: address.to_string(), token, handle, thread: Some(thread), _folder: folder }
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        System::new().block_on(self.handle.stop(false));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
