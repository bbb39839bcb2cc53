//! What can be set from outside, read once at the start. Each variable is described at its member.
pub mod openid;

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    db::Location,
    error::{Error, Result},
    mail::{self, Sender, Transport},
    say,
    time::Clock,
};
pub use openid::OpenId;

/// What letters and links need to know about the house.
#[derive(Debug, Clone)]
pub struct House {
    /// `NOBEL21_PUBLIC_URL`: where people reach the service, without a slash at the end; links in letters start with it, and
    /// cookies are `Secure` unless it is on loopback. Passkeys are made for its name. Wrong: links lead nowhere, and no passkey works.
    /// Default `http://<listen>`.
    pub public_url: String,
    /// `NOBEL21_MAIL_FROM`: the sender, `Name <address>`. Wrong: servers refuse or sort the letters out. Default
    /// `Föreningscentret Nobel 21 <bokning@localhost>`.
    pub sender: Sender,
}

impl House {
    /// From where it listens and what else was said: the public URL, if links shall lead elsewhere, and the sender.
    pub fn reached_at(listen: &str, public_url: Option<&str>, mail_from: &str) -> Result<Self> {
        let public_url = match public_url {
            Some(url) => checked_url(url)?,
            None => format!("http://{}", reachable(listen)),
        };
        Ok(Self { public_url, sender: mail::sender(mail_from)? })
    }

    /// Is the service reached by https?
    #[must_use]
    pub fn behind_tls(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// The same once the port is known: with port 0 and no public URL, links lead to the port that was free.
    #[must_use]
    pub fn bound_to(&self, address: SocketAddr) -> Self {
        match self.public_url.strip_suffix(":0") {
            Some(host) => Self { public_url: format!("{host}:{}", address.port()), ..self.clone() },
            None => self.clone(),
        }
    }
}

/// A secret that no log line shows.
#[derive(Clone)]
pub struct Secret(Arc<[u8]>);

impl Secret {
    /// Keeps these bytes to itself.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// The bytes, for the one who signs with them.
    #[must_use]
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Everything a running service needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// `NOBEL21_LISTEN`: address and port; port 0 takes any free one. Default `127.0.0.1:8021`.
    pub listen: String,
    /// `DATABASE_URL`: `sqlite:file` or `postgres://...`. Default `sqlite:<data-dir>/nobel21.db`.
    pub database: Location,
    /// `NOBEL21_DATABASE_CONNECTIONS`: open connections at most (SQLite: readers). Too few: requests wait; too many: memory, and
    /// PostgreSQL's own limit. Default 8.
    pub connections: u32,
    /// `NOBEL21_WORKERS`: threads that answer. More than cores gains nothing. Default: the number of cores.
    pub workers: usize,
    /// `NOBEL21_DATA_DIR`: database, secret and, without a mail server, letters. Default `./data`.
    pub data_dir: PathBuf,
    /// What letters and links say.
    pub house: House,
    /// `NOBEL21_SMTP_URL`: where letters go, `smtp://user:password@host:587?tls=required` or `smtps://user:password@host`
    /// ([`Transport::parse`] describes all of it, a CA of one's own included). Default: files in `<data-dir>/mail`.
    pub mail: Transport,
    /// The key that signs access tokens, from `NOBEL21_SECRET_FILE` (default `<data-dir>/secret`, made at first start with mode
    /// 0600). Lost: everybody signs in again. Leaked: anybody can sign in as anybody.
    pub secret: Secret,
    /// `NOBEL21_TRUSTED_PROXIES`: proxies in front whose word about the sender counts. Too few: all requests seem to come from one
    /// network, and its limits hold for all together. Too many: whoever writes the header chooses its own. Default: none.
    pub trusted_proxies: Vec<IpAddr>,
    /// `NOBEL21_REQUESTS_PER_MINUTE`: how often an account may ask, and ten times as often a network; of an account's, what changes
    /// something counts twice, a file twenty times. Too low: people are told to wait. Default 600; 0 is no limit.
    pub requests_per_minute: u32,
    /// The four of [`OpenId`]: a sign-in of the city's or of an association's own besides ours. Default: none.
    pub openid: Option<OpenId>,
    /// `NOBEL21_BACKUP_DIR`: where a SQLite house's nightly copies go; empty is none. On the database's own disk they help against
    /// mistakes, not against the disk. Default `<data-dir>/backups`; on PostgreSQL nothing is written.
    pub backup_dir: Option<PathBuf>,
    /// What time it is.
    pub clock: Clock,
    /// Do the mail worker and the housekeeping run? Tests that move the clock by hand say no and deliver letters themselves.
    /// Not to be set from outside.
    pub background: bool,
}

/// What the command line and the environment say. `None` means the default.
#[derive(Debug, Clone)]
pub struct Given {
    /// See [`Config::listen`].
    pub listen: String,
    /// See [`Config::database`].
    pub database: Location,
    /// See [`Config::connections`].
    pub connections: u32,
    /// See [`Config::workers`].
    pub workers: Option<usize>,
    /// See [`Config::data_dir`].
    pub data_dir: PathBuf,
    /// See [`Config::house`].
    pub house: House,
    /// See [`Config::mail`].
    pub smtp_url: Option<String>,
    /// See [`Config::secret`].
    pub secret_file: Option<PathBuf>,
    /// See [`Config::trusted_proxies`].
    pub trusted_proxies: Vec<IpAddr>,
    /// See [`Config::requests_per_minute`].
    pub requests_per_minute: u32,
    /// See [`Config::openid`].
    pub openid: openid::Given,
    /// See [`Config::backup_dir`]; empty turns it off.
    pub backup_dir: Option<PathBuf>,
}

impl Given {
    /// Where letters go.
    pub fn mail(&self) -> Result<Transport> {
        match &self.smtp_url {
            Some(url) => Transport::parse(url),
            None => Ok(Transport::Folder(self.data_dir.join("mail"))),
        }
    }

    /// Who else may say who somebody is.
    pub fn openid(&self) -> Result<Option<OpenId>> {
        OpenId::assemble(self.openid.clone())
    }

    /// Where nightly copies go, if they are wanted.
    #[must_use]
    pub fn backup_dir(&self) -> Option<PathBuf> {
        let folder = self.backup_dir.clone().unwrap_or_else(|| self.data_dir.join("backups"));
        Some(folder).filter(|folder| !folder.as_os_str().is_empty())
    }

    /// Where the secret is.
    #[must_use]
    pub fn secret_path(&self) -> PathBuf {
        self.secret_file.clone().unwrap_or_else(|| self.data_dir.join("secret"))
    }
}

impl Config {
    /// Checks what was given and fills in the defaults. Makes the secret file if there is none.
    pub fn assemble(given: Given) -> Result<Self> {
        let mail = given.mail()?;
        let openid = given.openid()?;
        let secret = Self::read_secret(&given.secret_path())?;
        let backup_dir = given.backup_dir();
        Ok(Self {
            listen: given.listen,
            database: given.database,
            connections: given.connections.max(1),
            workers: given.workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(2, usize::from)),
            house: given.house,
            mail,
            data_dir: given.data_dir,
            secret,
            trusted_proxies: given.trusted_proxies,
            requests_per_minute: given.requests_per_minute,
            openid,
            backup_dir,
            clock: Clock::System,
            background: true,
        })
    }

    /// Makes the data folder if it is missing, for this user alone. Its parent must be there: a typo is more likely than a wish.
    pub fn make_data_dir(path: &Path) -> Result<()> {
        if path.is_dir() {
            return Ok(());
        }
        std::fs::DirBuilder::new().mode(0o700).create(path).map_err(|e| {
            let shown = path.display();
            Error::Unavailable(say!(
                "mappen {shown} går inte att skapa ({e}): skapa den själv eller ange en annan --data-dir",
                "the folder {shown} can't be made ({e}): make it yourself or give another --data-dir"
            ))
        })
    }

    /// Reads the secret file, or makes it (mode 0600, 32 random bytes in base64).
    pub fn read_secret(path: &std::path::Path) -> Result<Secret> {
        secret_file::read_or_make(path)
    }
}

fn checked_url(url: &str) -> Result<String> {
    let parsed = url::Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    match parsed {
        Some(parsed) if parsed.query().is_none() && parsed.fragment().is_none() => Ok(url.trim_end_matches('/').to_owned()),
        _ => Err(Error::invalid(
            "NOBEL21_PUBLIC_URL",
            say!("ska vara en adress som https://boka.example.org", "must be an address such as https://boka.example.org"),
        )),
    }
}

/// A link to "every address" leads nowhere; this machine is the best guess.
fn reachable(listen: &str) -> String {
    match listen.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_unspecified() => format!("localhost:{}", address.port()),
        _ => listen.to_owned(),
    }
}

mod secret_file {
    use std::{io::Write, os::unix::fs::OpenOptionsExt, path::Path};

    use base64::{Engine, engine::general_purpose::STANDARD};

    use super::Secret;
    use crate::{
        error::{Error, Result},
        say,
    };

    pub fn read_or_make(path: &Path) -> Result<Secret> {
        let shown = path.display();
        let cannot = |e: &dyn std::fmt::Display| {
            Error::Unavailable(say!("hemligheten {shown} kan inte läsas: {e}", "the secret {shown} can't be read: {e}"))
        };
        if !path.exists() {
            let mut bytes = [0_u8; 32];
            getrandom::fill(&mut bytes).map_err(|e| cannot(&e))?;
            match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
                Ok(mut file) => file.write_all(STANDARD.encode(bytes).as_bytes()).and_then(|()| file.sync_all()).map_err(|e| cannot(&e))?,
                // Another process was first: its secret counts.
                Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(cannot(&e)),
            }
        }
        let text = std::fs::read_to_string(path).map_err(|e| cannot(&e))?;
        match STANDARD.decode(text.trim()) {
            Ok(bytes) if bytes.len() >= 32 => Ok(Secret::new(&bytes)),
            _ => Err(Error::Unavailable(say!(
                "{shown} är ingen hemlighet (minst 32 byte i base64): ta bort filen så görs en ny, alla får då logga in igen",
                "{shown} is no secret (at least 32 bytes in base64): delete the file and a new one is made, everybody then signs in again"
            ))),
        }
    }
}
