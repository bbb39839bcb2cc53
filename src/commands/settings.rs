//! The options that commands share, each also a variable of the environment.
use std::path::PathBuf;

use clap::Args;
use nobel21::{
    config::{Config, Given, House, Secret, openid},
    db::{Db, Location},
    error::{Error, Result},
    say,
};

/// What holds a password may be given as `file:/path`: as systemd's credentials, Docker's secrets and vaults hand it over, seen by
/// nobody who lists processes or their environment.
pub fn from_file(given: &str) -> std::result::Result<String, String> {
    match given.strip_prefix("file:") {
        Some(path) => match std::fs::read_to_string(path) {
            Ok(text) => Ok(text.trim().to_owned()),
            Err(error) => Err(format!("{path} can't be read: {error}")),
        },
        None => Ok(given.to_owned()),
    }
}

/// Where the data lies.
#[derive(Debug, Clone, Args)]
pub struct Storage {
    /// The database: `sqlite:FILE` or `postgres://USER:PASSWORD@HOST/NAME` [default: sqlite:<data-dir>/nobel21.db]
    #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true, value_parser = from_file)]
    database_url: Option<String>,
    /// Folder of the database, the secret and, without a mail server, the letters
    #[arg(long, env = "NOBEL21_DATA_DIR", value_name = "DIR", default_value = "./data", hide_env_values = true)]
    data_dir: PathBuf,
}

impl Storage {
    /// Where the database is.
    pub fn location(&self) -> Result<Location> {
        match self.database_url.as_deref().filter(|url| !url.is_empty()) {
            Some(url) => Location::parse(url),
            None => Ok(Location::Sqlite(self.data_dir.join("nobel21.db"))),
        }
    }

    /// The data folder.
    #[must_use]
    pub fn data_dir(&self) -> &PathBuf {
        &self.data_dir
    }

    /// Is the database the file in the data folder?
    #[must_use]
    pub fn is_default_file(&self) -> bool {
        self.database_url.as_deref().is_none_or(str::is_empty)
    }

    /// Opens the database for a command that may begin a new one.
    pub fn open_or_make(&self) -> Result<Db> {
        let location = self.location()?;
        if self.is_default_file() {
            Config::make_data_dir(&self.data_dir)?;
        }
        Db::open(&location, 2)
    }

    /// Opens the database for a command that is of no use on an empty one: a typo in its address must not make one.
    pub fn open(&self) -> Result<Db> {
        let location = self.existing()?;
        Db::open(&location, 2)
    }

    /// Where the database is, if there is one.
    pub fn existing(&self) -> Result<Location> {
        let location = self.location()?;
        if let Location::Sqlite(path) = &location
            && !path.exists()
        {
            let path = path.display();
            return Err(Error::Unavailable(say!(
                "det finns ingen databas i {path}: ange --data-dir eller --database-url, eller börja med nobel21 serve eller nobel21 import",
                "there is no database at {path}: give --data-dir or --database-url, or begin with nobel21 serve or nobel21 import"
            )));
        }
        Ok(location)
    }
}

/// Where people and letters meet the house.
#[derive(Debug, Clone, Args)]
pub struct Front {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, env = "NOBEL21_LISTEN", value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8021", hide_env_values = true)]
    listen: String,
    /// Where people reach the service; links in letters begin with it [default: http://<listen>]
    #[arg(long, env = "NOBEL21_PUBLIC_URL", value_name = "URL", hide_env_values = true)]
    public_url: Option<String>,
    /// The sender of letters
    #[arg(
        long,
        env = "NOBEL21_MAIL_FROM",
        value_name = "NAME <ADDRESS>",
        default_value = "Föreningscentret Nobel 21 <bokning@localhost>",
        hide_env_values = true
    )]
    mail_from: String,
}

impl Front {
    /// What links and letters need to know.
    pub fn house(&self) -> Result<House> {
        House::reached_at(&self.listen, self.public_url.as_deref().filter(|url| !url.is_empty()), &self.mail_from)
    }
}

/// A sign-in of the city's or of an association's own, by OpenID Connect: all four, or none.
#[derive(Debug, Clone, Args)]
pub struct OpenId {
    /// The provider's address, exactly as it calls itself; the address to register there is <public-url>/logga-in/openid
    #[arg(long, env = "NOBEL21_OPENID_ISSUER", value_name = "URL", hide_env_values = true)]
    openid_issuer: Option<String>,
    /// What the provider calls this house
    #[arg(long, env = "NOBEL21_OPENID_CLIENT_ID", value_name = "ID", hide_env_values = true)]
    openid_client_id: Option<String>,
    /// By which the provider knows this house
    #[arg(long, env = "NOBEL21_OPENID_CLIENT_SECRET", value_name = "SECRET", hide_env_values = true, value_parser = secret)]
    openid_client_secret: Option<Secret>,
    /// What people call the provider
    #[arg(long, env = "NOBEL21_OPENID_NAME", value_name = "NAME", hide_env_values = true)]
    openid_name: Option<String>,
}

impl OpenId {
    fn given(&self) -> openid::Given {
        let Self { openid_issuer, openid_client_id, openid_client_secret, openid_name } = self.clone();
        openid::Given { issuer: openid_issuer, client_id: openid_client_id, client_secret: openid_client_secret, name: openid_name }
    }
}

/// Kept so that no output shows it.
fn secret(given: &str) -> std::result::Result<Secret, String> {
    from_file(given).map(|text| Secret::new(text.as_bytes()))
}

/// How the service runs and writes letters.
#[derive(Debug, Clone, Args)]
pub struct Service {
    #[command(flatten)]
    storage: Storage,
    #[command(flatten)]
    front: Front,
    #[command(flatten)]
    openid: OpenId,
    /// Where letters go: `smtp://USER:PASSWORD@HOST:587?tls=required|none` or `smtps://...`; `&ca=FILE` trusts a CA
    /// of your own too [default: files in <data-dir>/mail]
    #[arg(long, env = "NOBEL21_SMTP_URL", value_name = "URL", hide_env_values = true, value_parser = from_file)]
    smtp_url: Option<String>,
    /// File with the key that signs access tokens, made at first start [default: <data-dir>/secret]
    #[arg(long, env = "NOBEL21_SECRET_FILE", value_name = "FILE", hide_env_values = true)]
    secret_file: Option<PathBuf>,
    /// Threads that answer [default: the number of cores]
    #[arg(long, env = "NOBEL21_WORKERS", value_name = "N", hide_env_values = true, value_parser = clap::value_parser!(u16).range(1..=512))]
    workers: Option<u16>,
    /// Addresses of proxies in front, whose X-Forwarded-For says who asks; without it every request seems to come from the proxy
    #[arg(long, env = "NOBEL21_TRUSTED_PROXIES", value_name = "IP,...", value_delimiter = ',', hide_env_values = true)]
    trusted_proxies: Vec<std::net::IpAddr>,
    /// How often an account may ask, and ten times as often a network; 0 is no limit
    #[arg(long, env = "NOBEL21_REQUESTS_PER_MINUTE", value_name = "N", default_value = "600", hide_env_values = true)]
    requests_per_minute: u32,
    /// Open connections to the database at most
    #[arg(long, env = "NOBEL21_DATABASE_CONNECTIONS", value_name = "N", default_value = "8", hide_env_values = true, value_parser = clap::value_parser!(u16).range(1..=512))]
    connections: u16,
    /// Folder of the nightly copies of a SQLite database; empty for none [default: <data-dir>/backups]
    #[arg(long, env = "NOBEL21_BACKUP_DIR", value_name = "DIR", hide_env_values = true)]
    backup_dir: Option<String>,
}

impl Service {
    /// The same as the library wants it.
    pub fn given(&self) -> Result<Given> {
        Ok(Given {
            listen: self.front.listen.clone(),
            house: self.front.house()?,
            database: self.storage.location()?,
            connections: self.connections.into(),
            workers: self.workers.map(usize::from),
            data_dir: self.storage.data_dir().clone(),
            smtp_url: self.smtp_url.clone().filter(|url| !url.is_empty()),
            secret_file: self.secret_file.clone(),
            trusted_proxies: self.trusted_proxies.clone(),
            requests_per_minute: self.requests_per_minute,
            openid: self.openid.given(),
            backup_dir: self.backup_dir.clone().map(PathBuf::from),
        })
    }
}
