//! What becomes of a house on SQLite when its process is killed or its disk fills up, whatever it is doing then.
use std::{
    collections::BTreeSet,
    fs::File,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use chrono::{Days, Utc};
use serde_json::{Value, json};

use super::support::{Place, Server, sample};

const PASSWORD: &str = "korrekt häst batteri";

/// Somebody at the desk of a running house.
struct Desk<'a> {
    url: &'a str,
    token: &'a str,
}

impl Desk<'_> {
    /// `None`: no whole answer came.
    fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Option<(u16, Value)> {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let (url, token) = (format!("{}/api/v1{path}", self.url), format!("Bearer {}", self.token));
        let mut answer = match method {
            "POST" => agent.post(url).header("Authorization", token).send_json(body?),
            _ => agent.get(url).header("Authorization", token).call(),
        }
        .ok()?;
        Some((answer.status().as_u16(), answer.body_mut().read_json().ok()?))
    }

    fn get(&self, path: &str) -> Value {
        let (status, answer) = self.send("GET", path, None).unwrap();
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    fn count(&self) -> Option<(u16, Value)> {
        self.send("POST", "/visits", Some(&json!({"headcount": 1, "purpose": "walk_in"})))
    }

    fn book(&self, organisation: &Value, days: u64) -> Option<(u16, Value)> {
        let day = Utc::now().date_naive() + Days::new(7 + days);
        let body = json!({
            "room": "aulan", "organisation_id": organisation, "title": "Språkkafé", "category": "meeting", "expected_participants": 12,
            "starts_at": format!("{day}T12:00:00Z"), "ends_at": format!("{day}T13:00:00Z"),
        });
        self.send("POST", "/bookings", Some(&body))
    }

    /// What is there is what was answered: every booking, and as many visits, to which those may come that nobody heard of.
    fn has(&self, booked: &BTreeSet<String>, counted: i64, unheard: i64) {
        for id in booked {
            self.get(&format!("/bookings/{id}"));
        }
        let total = self.get("/visits/today")["total"].as_i64().unwrap();
        assert!((counted..=counted + unheard).contains(&total), "{total} visits, {counted} answered, {unheard} unheard of");
    }
}

/// The sample year, and somebody at the desk.
fn furnish(place: &Place) {
    assert_eq!(place.run(&["import", sample().to_str().unwrap()]).code, 0);
    let desk = ["user", "add", "--email", "bo@example.org", "--name", "Bo Ek", "--role", "reception", "--password-stdin"];
    let ran = place.run_with_input(&desk, &format!("{PASSWORD}\n"));
    assert_eq!(ran.code, 0, "{ran:?}");
    // Without an admin a house writes a link for its first one as it starts.
    assert_eq!(place.run(&["user", "add", "--email", "li@example.org", "--name", "Li Ek", "--role", "admin"]).code, 0);
}

fn serve(place: &Place) -> Server {
    place.serve(&["serve", "--listen", "127.0.0.1:0"])
}

fn sign_in(server: &Server) -> String {
    let body = json!({"email": "bo@example.org", "password": PASSWORD});
    let mut answer = ureq::post(format!("{}/api/v1/auth/token", server.url)).send_json(body).unwrap();
    answer.body_mut().read_json::<Value>().unwrap()["access_token"].as_str().unwrap().to_owned()
}

fn is_whole(place: &Place) {
    let doctor = place.run(&["doctor"]).out;
    assert!(doctor.contains("\nok      database:"), "{doctor}");
}

#[test]
fn a_process_killed_at_any_moment_keeps_every_answer() {
    let place = Place::new().with("NOBEL21_REQUESTS_PER_MINUTE", "0");
    furnish(&place);
    let first = serve(&place);
    let token = sign_in(&first);
    let organisation = Desk { url: &first.url, token: &token }.get("/organisations?limit=1")["items"][0]["id"].clone();
    drop(first);
    let (counted, heard, unheard, day) = (AtomicI64::new(0), AtomicI64::new(0), AtomicI64::new(0), AtomicI64::new(0));
    let mut booked = BTreeSet::new();
    for round in 0..8 {
        let answered = || (counted.load(Ordering::SeqCst), heard.load(Ordering::SeqCst));
        let before = answered();
        let mut server = serve(&place);
        let url = server.url.clone();
        let desk = || Desk { url: &url, token: &token };
        std::thread::scope(|all| {
            for _ in 0..2 {
                all.spawn(|| {
                    while let Some((status, answer)) = desk().count() {
                        assert_eq!(status, 201, "{answer}");
                        counted.fetch_add(1, Ordering::SeqCst);
                    }
                    unheard.fetch_add(1, Ordering::SeqCst);
                });
            }
            let bookers: Vec<_> = (0..2)
                .map(|_| {
                    all.spawn(|| {
                        let mut mine = vec![];
                        while let Some((status, answer)) = desk().book(&organisation, day.fetch_add(1, Ordering::SeqCst).unsigned_abs()) {
                            assert!(matches!(status, 201 | 422), "{answer}");
                            if status == 201 {
                                heard.fetch_add(1, Ordering::SeqCst);
                                mine.push(answer["id"].as_str().unwrap().to_owned());
                            }
                        }
                        mine
                    })
                })
                .collect();
            // Some of each have their answer, however slow the machine; then each time at another moment of what goes on.
            while answered().0 < before.0 + 3 || answered().1 < before.1 + 3 {
                assert!(server.child.try_wait().unwrap().is_none(), "it has ended by itself");
                std::thread::sleep(Duration::from_millis(5));
            }
            std::thread::sleep(Duration::from_millis(37 * round));
            server.child.kill().unwrap();
            server.child.wait().unwrap();
            booked.extend(bookers.into_iter().flat_map(|booker| booker.join().unwrap()));
        });
        is_whole(&place);
        let server = serve(&place);
        Desk { url: &server.url, token: &token }.has(&booked, counted.load(Ordering::SeqCst), unheard.load(Ordering::SeqCst));
    }
    assert!(booked.len() > 20 && counted.load(Ordering::SeqCst) > 20, "{} booked, {counted:?} counted", booked.len());
}

/// A disk of so many megabytes, mounted where only what is started through it sees it: that takes no rights. Gone when it is dropped.
struct Disk {
    holder: Child,
    folder: PathBuf,
}

impl Disk {
    fn at(folder: &Path, megabytes: u32) -> Self {
        std::fs::create_dir(folder).unwrap();
        let mount = "mount -t tmpfs -o size=$1m tmpfs \"$0\" && chmod 700 \"$0\" && echo mounted && exec sleep 900";
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", mount]).arg(folder).arg(megabytes.to_string());
        let mut holder = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(holder.stdout.take().unwrap()).read_line(&mut said).unwrap();
        assert_eq!(said, "mounted\n", "a small disk can't be mounted: namespaces of users have to be allowed (man 1 unshare)");
        Self { holder, folder: folder.to_owned() }
    }

    /// What programs are started through.
    fn way(&self) -> Vec<String> {
        ["nsenter", "--target", &self.holder.id().to_string(), "--user", "--preserve-credentials", "--mount"].map(str::to_owned).to_vec()
    }

    fn ballast(&self) -> PathBuf {
        let folder = self.folder.strip_prefix("/").unwrap();
        Path::new("/proc").join(self.holder.id().to_string()).join("root").join(folder).join("ballast")
    }

    /// Leaves so many kilobytes free.
    fn fill(&self, kilobytes: u64) {
        let mut file = File::create(self.ballast()).unwrap();
        while file.write_all(&[21; 1024]).is_ok() {}
        let size = file.metadata().unwrap().len();
        file.set_len(size - 1024 * kilobytes).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

#[test]
fn a_disk_that_fills_up_takes_nothing_more_in_and_gives_everything_out() {
    let place = Place::new();
    let disk = Disk::at(&place.path("disk"), 24);
    let place = place.with("NOBEL21_REQUESTS_PER_MINUTE", "0").with("NOBEL21_DATA_DIR", disk.folder.to_str().unwrap()).through(disk.way());
    furnish(&place);
    let mut server = serve(&place);
    let token = sign_in(&server);
    let (mut counted, mut booked, mut day) = (0, BTreeSet::new(), 0);
    let organisation = Desk { url: &server.url, token: &token }.get("/organisations?limit=1")["items"][0]["id"].clone();
    for free in [0, 60, 300] {
        disk.fill(free);
        let desk = Desk { url: &server.url, token: &token };
        let refused = loop {
            let (status, answer) = desk.count().unwrap();
            if status != 201 {
                break (status, answer);
            }
            counted += 1;
            assert!(counted < 20_000, "the disk never filled up");
        };
        assert_eq!((refused.0, &refused.1["code"]), (503, &json!("unavailable")), "{}", refused.1);
        assert!(refused.1["detail"].as_str().unwrap().starts_with("Disken är full, så inget kan sparas."), "{}", refused.1);
        let (status, answer) = desk.book(&organisation, day).unwrap();
        assert_eq!(status, 503, "{answer}");
        // Reading goes on, also in a process that is killed and started on the full disk.
        desk.has(&booked, counted, 0);
        desk.get("/calendar?from=2023-05-01&to=2023-05-08");
        server.child.kill().unwrap();
        server.child.wait().unwrap();
        server = serve(&place);
        let desk = Desk { url: &server.url, token: &token };
        desk.has(&booked, counted, 0);
        // Writing too, as soon as there is room again.
        std::fs::remove_file(disk.ballast()).unwrap();
        let before = booked.len();
        for _ in 0..9 {
            let (status, answer) = desk.book(&organisation, day).unwrap();
            assert!(matches!(status, 201 | 422), "{answer}");
            booked.extend((status == 201).then(|| answer["id"].as_str().unwrap().to_owned()));
            day += 1;
        }
        assert!(booked.len() > before, "nothing is saved though there is room again");
        is_whole(&place);
    }
    assert!(booked.len() > 9 && counted > 0, "{booked:?} {counted}");
    Desk { url: &server.url, token: &token }.has(&booked, counted, 0);
}
