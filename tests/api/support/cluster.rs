//! A throw-away PostgreSQL cluster, started when the first test needs it and shared by those that come after.
//!
//! It stays between runs of single tests (a start takes a second); `script/test` has one of its own and stops it.
//! `TEST_PG=host:port` uses another server (with `autovacuum=off`, see below), `TEST_PG_DIR` another folder.
use std::{
    fs,
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Where it answers, and to how many.
const SETTINGS: &str = "-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c deadlock_timeout=50ms -c max_connections=200";
/// How durable tests are: not at all, nobody needs their data after a power cut. And nothing is found out about their few rows meanwhile:
/// how they are looked up (`plans.rs`) would depend on when a test runs.
const FORGETFUL: &str = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off";
/// Where a cluster fits with room to spare, in KiB.
const ENOUGH: u64 = 1_000_000;

/// Where a PostgreSQL server answers.
pub struct Cluster {
    host: String,
    port: u16,
}

/// The user as whom PostgreSQL runs: it refuses to run as root.
struct Account {
    uid: u32,
    gid: u32,
}

impl Cluster {
    /// The running one; starts it if need be.
    pub fn running() -> Self {
        Self::of("test", memory_or_disk, FORGETFUL)
    }

    /// One that keeps what it answered, as a house's does: what a measurement compares with.
    pub fn durable() -> Self {
        Self::of("bench", std::env::temp_dir, "")
    }

    fn of(name: &str, place: fn() -> PathBuf, durability: &str) -> Self {
        if let Ok(address) = std::env::var("TEST_PG") {
            let (host, port) = address.rsplit_once(':').expect("TEST_PG is host:port");
            return Self { host: host.into(), port: port.parse().expect("TEST_PG ends in a port") };
        }
        let uid = fs::metadata("/proc/self").unwrap().uid();
        let account = (uid == 0).then(|| account("postgres").or_else(|| account("nobody")).expect("a user to run PostgreSQL as"));
        let folder = std::env::var_os("TEST_PG_DIR").map_or_else(|| place().join(format!("nobel21-{name}-pg-{uid}")), PathBuf::from);
        fs::create_dir_all(&folder).unwrap();
        if let Some(account) = &account {
            chown(&folder, Some(account.uid), Some(account.gid)).unwrap();
        }
        let lock = fs::File::create(folder.join("lock")).unwrap();
        lock.lock().unwrap();
        let port = port_of_running(&folder.join("data")).unwrap_or_else(|| start(&folder, account.as_ref(), durability));
        Self { host: "127.0.0.1".into(), port }
    }

    /// Without a database's name at the end.
    pub fn url(&self) -> String {
        format!("postgres://postgres@{}:{}", self.host, self.port)
    }
}

/// The folder of PostgreSQL's programs, if it is installed: the newest.
pub fn programs() -> Option<PathBuf> {
    if let Some(given) = std::env::var_os("PG_BIN") {
        return Some(given.into());
    }
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|version| Some((version.file_name().to_str()?.parse().ok()?, version.path().join("bin"))))
        .filter(|(_, folder)| folder.join("initdb").exists())
        .collect();
    found.sort();
    let on_path = || std::env::split_paths(&std::env::var_os("PATH")?).find(|folder| folder.join("initdb").exists());
    found.pop().map(|(_, folder)| folder).or_else(on_path)
}

/// Can tests of PostgreSQL run here?
pub fn available() -> bool {
    std::env::var_os("TEST_PG").is_some() || programs().is_some()
}

/// A file system in memory makes a database in 16 ms where a disk takes up to 200.
fn memory_or_disk() -> PathBuf {
    let free = Command::new("df").args(["-Pk", "/dev/shm"]).output().ok().and_then(|df| {
        let text = String::from_utf8(df.stdout).ok()?;
        text.lines().nth(1)?.split_whitespace().nth(3)?.parse::<u64>().ok()
    });
    if free.is_some_and(|free| free > ENOUGH) { "/dev/shm".into() } else { std::env::temp_dir() }
}

fn account(name: &str) -> Option<Account> {
    fs::read_to_string("/etc/passwd").ok()?.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        let [user, _, uid, gid, ..] = fields.as_slice() else { return None };
        (*user == name).then(|| Some(Account { uid: uid.parse().ok()?, gid: gid.parse().ok()? }))?
    })
}

fn port_of_running(data: &Path) -> Option<u16> {
    let text = fs::read_to_string(data.join("postmaster.pid")).ok()?;
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let (pid, port) = (lines.first()?, lines.get(3)?);
    Path::new("/proc").join(pid).exists().then(|| port.parse().ok())?
}

fn start(folder: &Path, account: Option<&Account>, durability: &str) -> u16 {
    let programs = programs().expect("PostgreSQL is not installed: apt-get install postgresql, or set TEST_PG=host:port");
    let data = folder.join("data");
    let program = |name: &str| {
        let mut command = Command::new(programs.join(name));
        if let Some(account) = account {
            command.uid(account.uid).gid(account.gid);
        }
        command.current_dir("/").stdin(Stdio::null()).arg("-D").arg(&data);
        command
    };
    if !data.join("PG_VERSION").exists() {
        let made = program("initdb").args(["-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"]).output().unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
    }
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let log = folder.join("log");
    // The server keeps what it inherits open for as long as it lives: nothing, or the test runner would wait for it.
    let started = program("pg_ctl")
        .args(["-w", "-s", "-l"])
        .arg(&log)
        .arg("-o")
        .arg(format!("-p {port} {SETTINGS} {durability}"))
        .arg("start")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(started.success(), "PostgreSQL does not start, see {}", log.display());
    port
}
