//! The service as a process with the sample year in it, and the bare handler beside it.
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use actix_web::{App, HttpResponse, HttpServer, web};
use chrono::Days;
use diesel::prelude::*;
use nobel21::{
    config::Config,
    db::{Conn, Db, Location, schema},
    error::Language,
    id::Id,
    people::{
        Email, Role,
        sessions::{self, Entrance},
        store::{self, NewPerson},
        token::{self, Bearer, Keys},
    },
    time::Moment,
};

use crate::{cluster::Cluster, http::Connection, raw::Facts};

/// As many threads as the service uses.
pub const WORKERS: usize = 2;

/// A database of one's own with the data folder beside it.
pub struct House {
    pub folder: tempfile::TempDir,
    pub location: Location,
    url: String,
    _cluster: Option<Cluster>,
}

impl House {
    /// With what a folder of CSV files says.
    pub fn of(engine: &str, year: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (url, cluster) = match engine {
            "sqlite" => (format!("sqlite:{}/nobel21.db", folder.path().display()), None),
            "postgres" => {
                let cluster = Cluster::durable();
                let name = format!("bench_{}", Id::new().to_string().replace('-', ""));
                let mut admin = <PgConnection as diesel::Connection>::establish(&format!("{}/postgres", cluster.url())).unwrap();
                diesel::connection::SimpleConnection::batch_execute(&mut admin, &format!("CREATE DATABASE {name}")).unwrap();
                (format!("{}/{name}", cluster.url()), Some(cluster))
            }
            other => panic!("{other}: sqlite or postgres"),
        };
        let house = Self { folder, location: Location::parse(&url).unwrap(), url, _cluster: cluster };
        assert!(house.command("import").arg(year).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success());
        house
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nobel21"));
        command
            .arg(name)
            .env("DATABASE_URL", &self.url)
            .env("NOBEL21_DATA_DIR", self.folder.path())
            .env("NOBEL21_LOG", "error")
            .env("NOBEL21_WORKERS", WORKERS.to_string())
            // How fast it can, not how often one account may.
            .env("NOBEL21_REQUESTS_PER_MINUTE", "0");
        command
    }
}

impl Drop for House {
    fn drop(&mut self) {
        // A century is gigabytes.
        if let (Some(cluster), Some((_, name))) = (&self._cluster, self.url.rsplit_once('/')) {
            let mut admin = <PgConnection as diesel::Connection>::establish(&format!("{}/postgres", cluster.url())).unwrap();
            diesel::connection::SimpleConnection::batch_execute(&mut admin, &format!("DROP DATABASE {name} WITH (FORCE)")).unwrap();
        }
    }
}

/// `nobel21 serve` on a house.
pub struct Served {
    child: Child,
    pub address: String,
    pub start_to_answer: Duration,
    pub db: Db,
    pub facts: Facts,
    token: String,
    _house: House,
}

impl Served {
    pub fn start(engine: &str, year: &Path) -> Self {
        let house = House::of(engine, year);
        let begun = Instant::now();
        let mut child =
            house.command("serve").args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("an address").unwrap();
            if let Some(at) = line.find("http://") {
                break line[at + 7..].split_whitespace().next().unwrap().to_owned();
            }
        };
        assert_eq!(Connection::open(&address).get("/healthz", None).status, 200);
        let start_to_answer = begun.elapsed();
        std::thread::spawn(move || lines.for_each(drop));
        let db = Db::open(&house.location, 16).unwrap();
        let keys = Keys::new(&Config::read_secret(&house.folder.path().join("secret")).unwrap());
        let now = Moment::from_unix(chrono::Utc::now().timestamp());
        let (facts, bearer) = db.write_now(|c| Ok(prepare(c, now))).unwrap();
        let token = keys.issue(bearer, now).unwrap();
        Self { child, address, start_to_answer, db, facts, token, _house: house }
    }

    /// Books one free slot after the other; each thread has days of its own.
    pub fn booker(&self, thread: usize) -> impl FnMut(usize) + Send + use<> {
        let mut connection = Connection::open(&self.address);
        let (token, organisation, first) = (self.token.clone(), self.facts.organisation, self.facts.first_day);
        let mut slots = Slots::new(thread, first);
        move |_| {
            let (room, from, to) = slots.next();
            let body = format!(
                r#"{{"room":"{room}","organisation_id":"{organisation}","title":"Styrelsemöte","category":"board_meeting","starts_at":"{from}","ends_at":"{to}","expected_participants":4}}"#
            );
            let answer = connection.post("/api/v1/bookings", &token, &body);
            assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
        }
    }

    /// Ends the process; the database stays.
    pub fn stop(mut self) -> Self {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self
    }

    pub fn resident_megabytes(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Somebody who books for one of the imported associations, and rooms that can be booked years ahead.
fn prepare(c: &mut Conn, now: Moment) -> (Facts, Bearer) {
    use schema::{memberships, organisations, rooms, spaces};
    let organisation: Id = organisations::table.filter(organisations::tenant.eq(true)).select(organisations::id).first(c).unwrap();
    let bearer = admit(c, "bench@example.org", Role::Booker, now);
    diesel::insert_into(memberships::table)
        .values((
            memberships::organisation_id.eq(organisation),
            memberships::person_id.eq(bearer.person),
            memberships::organisation_admin.eq(false),
            memberships::version.eq(1),
            memberships::created_at.eq(now),
        ))
        .execute(c)
        .unwrap();
    diesel::update(rooms::table).set(rooms::days_ahead.eq(1_000_000)).execute(c).unwrap();
    let room: Id = rooms::table.filter(rooms::slug.eq("konferens-1")).select(rooms::id).first(c).unwrap();
    // A floor of its own for the bare INSERTs, so that they meet no booking.
    let space = Id::new();
    diesel::insert_into(spaces::table).values((spaces::id.eq(space), spaces::slug.eq("bench"))).execute(c).unwrap();
    let first_day = now.date() + Days::new(7);
    (Facts { organisation, person: bearer.person, room, space, first_day, now }, bearer)
}

/// Somebody new, signed in.
pub fn admit(c: &mut Conn, address: &str, role: Role, now: Moment) -> Bearer {
    let email: Email = address.parse().unwrap();
    let person = store::insert(c, &NewPerson { email: &email, name: "Bench", role, language: Language::Sv }, now).unwrap().unwrap();
    let session = sessions::insert(
        c,
        person.id,
        &Entrance { second_factor: true, ..Entrance::default() },
        &token::hash_of(address),
        now,
        now.plus_seconds(86_400),
    )
    .unwrap();
    Bearer { person: person.id, session }
}

/// Slots that nobody else takes: quarter hours of a day, day by day, each thread in a stretch of years of its own.
pub struct Slots {
    day: chrono::NaiveDate,
    n: u32,
}

impl Slots {
    pub fn new(thread: usize, first: chrono::NaiveDate) -> Self {
        let (lane, round) = (thread % 100, thread / 100);
        Self { day: first + Days::new((lane * 365 * 9 + round * 365 * 4) as u64), n: 0 }
    }

    pub fn next(&mut self) -> (&'static str, Moment, Moment) {
        const ROOMS: [&str; 6] = ["kafeet", "verkstaden", "konferens-1", "konferens-2", "motesrummet", "aulan-a"];
        let quarter = self.n / 6 % 60;
        let day = self.day + Days::new(u64::from(self.n / 360));
        let room = ROOMS[self.n as usize % 6];
        self.n += 1;
        let from = Moment::at_wall(day.and_hms_opt(7 + quarter / 4, quarter % 4 * 15, 0).unwrap()).unwrap();
        (room, from, from.plus_minutes(15))
    }
}

/// An actix server that returns bytes and does nothing else.
pub struct Bare {
    pub address: String,
}

impl Bare {
    pub fn start(body: Vec<u8>) -> Self {
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let body = web::Bytes::from(body);
                let server = HttpServer::new(move || {
                    let body = body.clone();
                    App::new().default_service(web::to(move || {
                        let body = body.clone();
                        async move { HttpResponse::Ok().content_type("application/json").body(body) }
                    }))
                })
                .workers(WORKERS)
                .disable_signals()
                .bind("127.0.0.1:0")
                .unwrap();
                tell.send(server.addrs()[0].to_string()).unwrap();
                server.run().await.unwrap();
            });
        });
        Self { address: told.recv().unwrap() }
    }
}
