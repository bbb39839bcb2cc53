//! `nobel21 demo`: a house to look at, with a year of gatherings and people to sign in as. Gone when it is stopped.
mod year;

use std::{net::TcpListener, process::ExitCode};

use actix_web::rt::System;
use clap::Args;
use nobel21::{
    app::App,
    audit::By,
    config::{Config, House, Secret},
    db::{Conn, Location},
    error::{Error, Language, Result, Say},
    http::etag::IfMatch,
    import::{self, Faults},
    mail::Transport,
    organisations::{self, OrgNumber, members},
    people::{
        Email, Role, password,
        users::{self, NewUser},
    },
    say, settings,
    time::Clock,
};

use super::{
    Outcome, journal,
    serve::{Signals, until_stopped},
    terminal,
};

/// An association of the sample year with gatherings nearly every day.
const BUSY: &str = "802152-2704";
/// Another, so that one can see that a person may act for several.
const OTHER: &str = "802440-6327";
/// Anybody who reaches the demo may know it: it answers on this machine alone.
const PASSWORD: &str = "nobel21-demo";

struct Guest {
    email: &'static str,
    name: &'static str,
    role: Role,
    /// Numbers of organisations, and whether it manages their members.
    memberships: &'static [(&'static str, bool)],
    what: fn() -> Say,
}

const GUESTS: [Guest; 4] = [
    Guest {
        email: "bokare@example.org",
        name: "Amina Holm",
        role: Role::Booker,
        memberships: &[(BUSY, false), (OTHER, false)],
        what: || say!("bokar för två föreningar", "books for two associations"),
    },
    Guest {
        email: "forening@example.org",
        name: "Lars Nyberg",
        role: Role::Booker,
        memberships: &[(BUSY, true)],
        what: || say!("sköter en förenings medlemmar", "manages an association's members"),
    },
    Guest {
        email: "reception@example.org",
        name: "Samira Ek",
        role: Role::Reception,
        memberships: &[],
        what: || say!("räknar besök i receptionen", "counts visits at the reception"),
    },
    Guest {
        email: "admin@example.org",
        name: "Kim Lund",
        role: Role::Admin,
        memberships: &[],
        what: || say!("sköter huset", "runs the house"),
    },
];

/// Run a house to look at, with a year of gatherings and four people to sign in as
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  nobel21 demo\n\nEverything is in a temporary folder, letters too (as .eml files), and gone after Ctrl-C. The sample year is moved so that about\ntwo thirds of it lie behind today. Answers on this machine alone."
)]
pub struct Demo {
    /// The port to listen on; if it is taken, the next free one
    #[arg(long, value_name = "PORT", default_value = "8021")]
    port: u16,
}

impl Demo {
    /// Shows the house until a signal stops it.
    pub fn run(self) -> Outcome {
        journal::start("warn")?;
        // Whatever happens from here on, the folder goes with it.
        let folder = tempfile::Builder::new().prefix("nobel21-demo-").tempdir().map_err(Error::internal)?;
        let mut secret = [0_u8; 32];
        getrandom::fill(&mut secret).map_err(Error::internal)?;
        let listen = format!("127.0.0.1:{}", free_port(self.port)?);
        let config = Config {
            house: House::reached_at(&listen, None, "Föreningscentret Nobel 21 <bokning@example.org>")?,
            listen,
            database: Location::Sqlite(folder.path().join("nobel21.db")),
            connections: 8,
            workers: std::thread::available_parallelism().map_or(2, usize::from),
            data_dir: folder.path().into(),
            mail: Transport::Folder(folder.path().join("mail")),
            secret: Secret::new(&secret),
            trusted_proxies: vec![],
            // It answers on this machine alone.
            requests_per_minute: 0,
            openid: None,
            // Nothing of it is left behind.
            backup_dir: None,
            clock: Clock::System,
            background: true,
        };
        System::new().block_on(async move {
            // From now on Ctrl-C waits until there is something to clean up after.
            let signals = Signals::listen()?;
            let app = App::build(config)?;
            furnish(&app)?;
            welcome(&app, &folder.path().join("mail").display().to_string());
            let done = until_stopped(app, signals).await;
            let path = folder.path().display().to_string();
            folder.close().map_err(|e| {
                Error::Unavailable(say!(
                    "{path} gick inte att ta bort ({e}): ta bort den själv",
                    "{path} can't be removed ({e}): remove it yourself"
                ))
            })?;
            done
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The first port from `wanted` on that nobody listens on.
fn free_port(wanted: u16) -> Result<u16> {
    let free = (wanted..=wanted.saturating_add(99)).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.ok_or_else(|| {
        Error::Unavailable(say!(
            "alla portar från {wanted} är upptagna: välj en annan med --port",
            "all ports from {wanted} on are taken: choose another with --port"
        ))
    })
}

fn furnish(app: &App) -> Result<()> {
    let state = app.state();
    let by = By::program(state.clock.now());
    let mut faults = Faults::default();
    let sample = year::around(by.at, year::sample(&mut faults));
    let hash = password::hash(PASSWORD)?;
    state.db.write_now(|c| {
        let Some(_) = import::import(c, &sample, &mut faults, &by, &mut |_| ())? else {
            return Err(Error::internal(format_args!("the sample year has {} faults", faults.count())));
        };
        // Whoever has but a minute to look around shall not first set up a phone.
        let one_factor = settings::Change { second_factor_required: Some(false), ..settings::Change::default() };
        settings::change(c, &by, IfMatch::Any, one_factor)?;
        GUESTS.iter().try_for_each(|guest| add(c, guest, &hash, &by))
    })
}

fn add(c: &mut Conn, guest: &Guest, hash: &str, by: &By) -> Result<()> {
    let broken = |what: &str| Error::internal(format_args!("the demo's {what} is wrong"));
    let email: Email = guest.email.parse().map_err(|_| broken("address"))?;
    let new = NewUser { email, name: guest.name.to_owned(), role: guest.role, language: Language::Sv };
    let person = users::add(c, by, &new)?;
    users::set_password(c, by, person.id, hash)?;
    for (number, manages) in guest.memberships {
        let number: OrgNumber = number.parse().map_err(|_| broken("number"))?;
        let organisation = organisations::by_org_number(c, &number)?.ok_or_else(|| broken("organisation"))?;
        members::enter(c, by, organisation.id, &person, *manages)?;
    }
    Ok(())
}

fn welcome(app: &App, mail: &str) {
    let language = terminal::language();
    let url = format!("http://{}", app.address());
    terminal::tell(&say!("\nEtt hus att titta på:  {url}\n\nLogga in som", "\nA house to look at:  {url}\n\nSign in as"));
    for Guest { email, name, what, .. } in &GUESTS {
        terminal::line(&format!("  {email:<24}{PASSWORD:<16}{name}, {}", what().in_language(language)));
    }
    terminal::tell(&say!(
        "\nBrev skrivs till {mail}\nCtrl-C avslutar, och allt är borta.",
        "\nLetters are written to {mail}\nCtrl-C stops it, and all of it is gone."
    ));
}
