//! The running service: bound server, workers, graceful stop. Tests come in by the same door as `nobel21 serve`.
use std::{net::SocketAddr, sync::Arc, time::Duration};

use actix_web::{
    App as ActixApp, HttpServer,
    dev::{Server, ServerHandle},
    middleware::{Compress, from_fn},
    web,
};
use tokio::sync::Semaphore;

use crate::{
    backups::{self, Nightly},
    calendar::api::{kept::Kept, live::Live},
    config::{Config, House},
    db::Db,
    error::{Error, Result},
    housekeeping,
    http::{
        self,
        body::LIMIT,
        door::Door,
        drain::{self, Drain},
        manners::{BehindTls, manners},
        metrics::Metrics,
        sender::TrustedProxies,
    },
    mail::{self, Transport},
    noticing,
    people::{openid_provider::Provider, sign_in, token::Keys},
    rounds, say,
    time::Clock,
    worker::Worker,
};

/// Password hashes at once: each takes 19 MiB, and an attacker must not be able to ask for hundreds.
const HASHES_AT_ONCE: usize = 2;
/// Pictures painted at once: one takes some 200 MB while it lasts.
const PICTURES_AT_ONCE: usize = 1;
/// Questions to the provider of a sign-in at once: one that hangs keeps so many threads, and nobody who does not want to sign in there.
const PROVIDER_AT_ONCE: usize = 4;
/// So many may wait for each.
const MOST_WAIT: usize = 50;
/// A graceful stop takes 10 seconds at most: [`drain::LASTS`], these for requests that run then, in seconds,
const REQUESTS_END_WITHIN: u64 = 5;
/// and these for the letter on its way.
const WORKERS_END_WITHIN: Duration = Duration::from_secs(2);

/// What handlers and workers share. Nothing here that a second process would have to know.
pub struct State {
    /// The database's two doors.
    pub db: Db,
    /// What time it is.
    pub clock: Clock,
    /// Signs and checks access tokens.
    pub tokens: Keys,
    /// What letters and links say.
    pub house: Arc<House>,
    /// What strangers were last shown of the calendar; it holds as long as [`Db::version`] says so.
    pub calendar: Kept,
    /// Whose calendar is open.
    pub live: Live,
    /// Is the service about to stop?
    pub drain: Drain,
    /// Who else may say who somebody is.
    pub openid: Option<Arc<Provider>>,
    /// The nightly copies, if there are any.
    pub backups: Option<Nightly>,
    hashing: Turns,
    painting: Turns,
    asking: Turns,
}

impl State {
    /// Runs a password hash on a thread that may block, a few at a time.
    pub async fn hashing<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        in_turn(&self.hashing, work).await
    }

    /// Paints a picture on a thread that may block, one after the other.
    pub async fn painting<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        in_turn(&self.painting, work).await
    }

    /// Asks the provider of a sign-in on a thread that may block, a few at a time.
    pub async fn asking<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        in_turn(&self.asking, work).await
    }

    /// Do cookies go over https alone? Not where the service is reached on this machine alone.
    #[must_use]
    pub fn secure_cookies(&self) -> bool {
        let host = url::Url::parse(&self.house.public_url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        host != "localhost" && !host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

/// So many at once, and so many more who wait; whoever comes then is sent away, since its turn would come too late.
struct Turns {
    queue: Semaphore,
    at_once: Semaphore,
}

impl Turns {
    fn new(at_once: usize) -> Self {
        Self { queue: Semaphore::new(at_once + MOST_WAIT), at_once: Semaphore::new(at_once) }
    }
}

async fn in_turn<T: Send + 'static>(turns: &Turns, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let _place = turns.queue.try_acquire().map_err(|_| Error::TooMany { retry_after: 1 })?;
    let _turn = turns.at_once.acquire().await.map_err(Error::internal)?;
    web::block(work).await.map_err(Error::internal)?
}

/// A bound service that is not running yet.
pub struct App {
    server: Server,
    address: SocketAddr,
    state: web::Data<State>,
    /// Where letters go, if they are sent from here at all.
    letters: Option<Transport>,
}

impl App {
    /// Opens the database, migrates, binds. Afterwards connections are accepted; they are answered once [`App::run`] runs.
    pub fn build(config: Config) -> Result<Self> {
        let db = Db::open(&config.database, config.connections)?;
        let listener = std::net::TcpListener::bind(&config.listen).map_err(|e| {
            let listen = &config.listen;
            Error::Unavailable(say!(
                "{listen} går inte att lyssna på ({e}): välj en annan port med --listen",
                "can't listen on {listen} ({e}): choose another port with --listen"
            ))
        })?;
        let address = listener.local_addr().map_err(Error::internal)?;
        let house = config.house.bound_to(address);
        let openid = config.openid.map(|settings| Provider::new(settings, &house.public_url)).transpose()?;
        let state = web::Data::new(State {
            db,
            clock: config.clock.clone(),
            tokens: Keys::new(&config.secret),
            house: Arc::new(house),
            openid: openid.map(Arc::new),
            backups: backups::State::of(&config.database, config.backup_dir).on(),
            calendar: Kept::default(),
            live: Live::default(),
            drain: Drain::default(),
            hashing: Turns::new(HASHES_AT_ONCE),
            painting: Turns::new(PICTURES_AT_ONCE),
            asking: Turns::new(PROVIDER_AT_ONCE),
        });
        let metrics = web::Data::new(Metrics::new()?);
        let tls = web::Data::new(BehindTls(config.house.behind_tls()));
        let trusted = web::Data::new(TrustedProxies(config.trusted_proxies.clone()));
        let door = web::Data::new(Door::new(config.requests_per_minute, &state.house.public_url));
        let drain = web::Data::new(state.drain.clone());
        let shared = state.clone();
        let server = HttpServer::new(move || {
            ActixApp::new()
                .app_data(shared.clone())
                .app_data(metrics.clone())
                .app_data(tls.clone())
                .app_data(trusted.clone())
                .app_data(door.clone())
                .app_data(drain.clone())
                .app_data(web::PayloadConfig::new(LIMIT))
                .wrap(from_fn(manners))
                .wrap(Compress::default())
                .configure(http::routes)
        })
        .workers(config.workers)
        .shutdown_timeout(REQUESTS_END_WITHIN)
        .disable_signals()
        .listen(listener)
        .map_err(Error::internal)?
        .run();
        Ok(Self { server, address, state, letters: config.background.then_some(config.mail) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What handlers share, for commands and tests that need the same.
    #[must_use]
    pub fn state(&self) -> web::Data<State> {
        self.state.clone()
    }

    /// Stops it from elsewhere.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle { server: self.server.handle(), state: self.state.clone() }
    }

    /// The link with which the first admin sets itself up, while there is none.
    pub fn setup_link(&self) -> Result<Option<String>> {
        self.state.db.write_now(|c| sign_in::setup_link(c, &self.state.house, self.state.clock.now()))
    }

    /// Answers until it is told to stop, then finishes what runs, within 10 seconds.
    pub async fn run(self) -> Result<()> {
        let mut workers = vec![noticing::start(self.state.clone())?];
        if let Some(transport) = self.letters {
            let State { db, clock, house, backups, .. } = self.state.get_ref();
            workers.extend([
                mail::start(db.clone(), transport, Arc::clone(house), clock.clone())?,
                housekeeping::start(db.clone(), clock.clone())?,
            ]);
            workers.extend(rounds::start(db, house, clock)?);
            if let Some(nightly) = backups {
                workers.push(backups::start(nightly.clone(), clock.clone())?);
            }
        }
        let ended = self.server.await.map_err(Error::internal);
        Worker::stop_all(workers, WORKERS_END_WITHIN).await;
        ended
    }
}

/// Stops a service from elsewhere.
#[derive(Clone)]
pub struct Handle {
    server: ServerHandle,
    state: web::Data<State>,
}

impl Handle {
    /// Says that a stop is near, and answers on until whoever stands in front has had time to notice.
    pub async fn drain(&self) {
        self.state.drain.begin();
        // Open calendars come back by themselves, and then to another process if there is one.
        self.state.live.end();
        tokio::time::sleep(drain::LASTS).await;
    }

    /// Takes no more requests; waits for those that run if `graceful`.
    pub fn stop(&self, graceful: bool) -> impl Future<Output = ()> + use<> {
        self.state.live.end();
        self.server.stop(graceful)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc,
    };

    use super::*;

    #[test]
    fn two_hash_at_once_fifty_wait_and_the_next_is_sent_away() {
        actix_web::rt::System::new().block_on(async {
            let turns = Arc::new(Turns::new(HASHES_AT_ONCE));
            let (at_work, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
            let (open, gate) = mpsc::channel::<()>();
            let gate = Arc::new(Mutex::new(gate));
            let come = || {
                let (turns, gate, at_work, most) = (turns.clone(), gate.clone(), at_work.clone(), most.clone());
                actix_web::rt::spawn(async move {
                    let work = move || {
                        most.fetch_max(at_work.fetch_add(1, SeqCst) + 1, SeqCst);
                        // Until the gate opens, which it does for good.
                        let _ = gate.lock().unwrap().recv();
                        at_work.fetch_sub(1, SeqCst);
                        Ok(())
                    };
                    in_turn(&turns, work).await
                })
            };
            let let_in: Vec<_> = (0..2 + 50).map(|_| come()).collect();
            assert!(matches!(come().await.unwrap(), Err(Error::TooMany { retry_after: 1 })));
            while at_work.load(SeqCst) < 2 {
                actix_web::rt::task::yield_now().await;
            }
            drop(open);
            for one in let_in {
                one.await.unwrap().unwrap();
            }
            assert_eq!(most.load(SeqCst), 2);
            come().await.unwrap().unwrap();
        });
    }
}
