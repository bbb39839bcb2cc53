//! `nobel21 doctor`: is everything there that the service needs? One line for each thing: ok, or what to do.
mod backups;

use std::{path::Path, process::ExitCode};

use clap::Args;
use diesel::{QueryableByName, RunQueryDsl, r2d2::ManageConnection, sql_types};
use nobel21::{
    audit::seals::{self, Chain},
    config::{Config, Given},
    db::{self, Conn, Location, Manager, Mode},
    error::Say,
    people::openid_provider::Provider,
    say,
    time::{Clock, Moment},
};

use super::{Outcome, journal, settings::Service, terminal};

/// With less the next weeks' letters, backups and log lines are at risk.
const ENOUGH_MIB: u64 = 500;
/// Clocks that differ by more make times of bookings and visits disagree.
const MOST_SECONDS_APART: i64 = 60;

/// Check configuration, database, migrations, mail server, backups, clock and disk
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  nobel21 doctor --data-dir /var/lib/nobel21\n\nTakes the options and variables of nobel21 serve, changes nothing, and may run beside it. Exit code 1 if anything is not ok."
)]
pub struct Doctor {
    #[command(flatten)]
    service: Service,
}

/// What was looked at, and what there is to say: that all is well, or what to do.
type Finding = (Say, Result<Say, Say>);

impl Doctor {
    /// Looks at everything and tells.
    pub fn run(self) -> Outcome {
        journal::start("error")?;
        let now = Clock::System.now();
        let mut findings: Vec<Finding> = vec![];
        match self.service.given() {
            Err(error) => findings.push((say!("inställningar", "configuration"), Err(terminal::in_words(&error)))),
            Ok(given) => {
                findings.push((say!("inställningar", "configuration"), configuration(&given)));
                database(&given.database, now, &mut findings);
                findings.push((say!("e-post", "mail"), mail(&given)));
                findings.extend(openid(&given, now).map(|verdict| (say!("inloggning hos andra", "sign-in elsewhere"), verdict)));
                findings.push((say!("säkerhetskopior", "backups"), backups::nightly(&given, now)));
                findings.push((say!("disk", "disk"), disk(&given)));
            }
        }
        findings.push((say!("klocka", "clock"), clock(now)));
        findings.push((say!("tidszon", "time zone"), zone()));
        let language = terminal::language();
        let mut well = true;
        for (what, verdict) in findings {
            let what = what.in_language(language);
            match verdict {
                Ok(detail) => terminal::line(&format!("ok      {what}: {}", detail.in_language(language))),
                Err(remedy) => {
                    well = false;
                    terminal::line(&format!(
                        "{}  {what}: {}",
                        say!("inte ok", "not ok").in_language(language),
                        remedy.in_language(language)
                    ));
                }
            }
        }
        Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn configuration(given: &Given) -> Result<Say, Say> {
    let data = given.data_dir.display();
    if !given.data_dir.is_dir() {
        return Err(say!(
            "mappen {data} finns inte: nobel21 serve skapar den, eller ange --data-dir",
            "there is no folder {data}: nobel21 serve makes it, or give --data-dir"
        ));
    }
    let secret = given.secret_path();
    if secret.exists() {
        Config::read_secret(&secret).map_err(|error| terminal::in_words(&error))?;
        if readable_by_others(&secret) {
            let secret = secret.display();
            return Err(say!("andra kan läsa hemligheten: kör chmod 600 {secret}", "others can read the secret: run chmod 600 {secret}"));
        }
    }
    let (listen, url) = (&given.listen, &given.house.public_url);
    Ok(say!("lyssnar på {listen}, nås på {url}, data i {data}", "listens on {listen}, reached at {url}, data in {data}"))
}

fn readable_by_others(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    path.metadata().is_ok_and(|facts| facts.mode() & 0o077 != 0)
}

fn database(location: &Location, now: Moment, findings: &mut Vec<Finding>) {
    let name = say!("databas", "database");
    let shown = location.shown();
    if let Location::Sqlite(path) = location
        && !path.exists()
    {
        findings
            .push((name, Err(say!("{shown} finns inte än: nobel21 serve skapar den", "{shown} is not there yet: nobel21 serve makes it"))));
        return;
    }
    let mut conn = match (Manager { location: location.clone(), mode: Mode::Write }).connect() {
        Ok(conn) => conn,
        Err(error) => {
            let remedy = say!(
                "{shown} svarar inte ({error}): kontrollera --database-url, och att databasen är igång",
                "{shown} does not answer ({error}): check --database-url, and that the database runs"
            );
            findings.push((name, Err(remedy)));
            return;
        }
    };
    findings.push((name, whole(&mut conn, &shown)));
    findings.push((
        say!("migreringar", "migrations"),
        match db::migrated(&mut conn) {
            Ok(true) => Ok(say!("alla är gjorda", "all are in")),
            Ok(false) => Err(say!("några saknas: kör nobel21 migrate", "some are missing: run nobel21 migrate")),
            Err(error) => Err(terminal::in_words(&error)),
        },
    ));
    findings.push((say!("händelselogg", "audit trail"), trail(&mut conn, now)));
    findings.push((say!("databasens klocka", "the database's clock"), database_clock(&mut conn, now)));
}

/// Reads the whole SQLite file once; of PostgreSQL it is enough that it answers.
fn whole(conn: &mut Conn, shown: &str) -> Result<Say, Say> {
    #[derive(QueryableByName)]
    struct Verdict {
        #[diesel(sql_type = sql_types::Text)]
        verdict: String,
    }
    let question = match conn {
        Conn::Postgres(_) => "SELECT 'ok' AS verdict",
        // Its tables and its indexes, each against the other.
        Conn::Sqlite(_) => "SELECT integrity_check AS verdict FROM pragma_integrity_check",
    };
    match diesel::sql_query(question).get_result::<Verdict>(conn) {
        Ok(found) if found.verdict == "ok" => Ok(say!("{shown} svarar och är hel", "{shown} answers and is whole")),
        Ok(Verdict { verdict }) => Err(say!(
            "{shown} är skadad ({verdict}): återställ en säkerhetskopia med nobel21 restore",
            "{shown} is damaged ({verdict}): restore a backup with nobel21 restore"
        )),
        Err(error) => Err(say!(
            "{shown} går inte att läsa ({error}): återställ en säkerhetskopia med nobel21 restore",
            "{shown} can't be read ({error}): restore a backup with nobel21 restore"
        )),
    }
}

/// Works the chain of seals out anew, from the first to the last.
fn trail(conn: &mut Conn, now: Moment) -> Result<Say, Say> {
    match seals::verify(conn, now) {
        Ok(Chain::Whole { seals, hash }) => {
            Ok(say!("{seals} sigill, alla hela; det sista är {hash}", "{seals} seals, all whole; the last is {hash}"))
        }
        Ok(Chain::Broken(number)) => Err(say!(
            "sigill {number} stämmer inte: någon har ändrat, lagt till eller tagit bort händelser i databasen. Spara den som den är och jämför med en säkerhetskopia",
            "seal {number} does not fit: somebody has changed, added or taken out entries in the database. Keep it as it is and compare it with a backup"
        )),
        Err(error) => Err(terminal::in_words(&error)),
    }
}

/// Another machine's clock says what time it is there; a file's, when something last happened.
fn database_clock(conn: &mut Conn, now: Moment) -> Result<Say, Say> {
    #[derive(QueryableByName)]
    struct Unix {
        #[diesel(sql_type = sql_types::BigInt)]
        unix: i64,
    }
    let (question, may_lag) = match conn {
        Conn::Postgres(_) => ("SELECT extract(epoch FROM now())::bigint AS unix", false),
        Conn::Sqlite(_) => ("SELECT coalesce(unixepoch(max(at)), 0) AS unix FROM audit_log", true),
    };
    let there = match diesel::sql_query(question).get_result::<Unix>(conn) {
        Ok(found) => found.unix,
        Err(_) => return Err(say!("kan inte läsas: kör nobel21 migrate", "can't be read: run nobel21 migrate")),
    };
    let ahead = there.saturating_sub(now.unix());
    if ahead > MOST_SECONDS_APART || (!may_lag && ahead < -MOST_SECONDS_APART) {
        return Err(say!(
            "skiljer sig {ahead} sekunder från den här datorns: slå på tidssynkronisering (timedatectl set-ntp true)",
            "differs by {ahead} seconds from this machine's: turn on time synchronisation (timedatectl set-ntp true)"
        ));
    }
    Ok(say!("går som den här datorns", "goes as this machine's"))
}

fn mail(given: &Given) -> Result<Say, Say> {
    let transport = given.mail().map_err(|error| terminal::in_words(&error))?;
    if given.smtp_url.is_none() && !given.data_dir.is_dir() {
        return Err(say!("brev skrivs i datamappen, som saknas", "letters are written to the data folder, which is missing"));
    }
    match (transport.check(), &given.smtp_url) {
        (Ok(()), Some(_)) => Ok(say!("servern svarar", "the server answers")),
        (Ok(()), None) => {
            let folder = given.data_dir.join("mail");
            let folder = folder.display();
            Ok(say!("brev skrivs som filer i {folder}", "letters are written as files in {folder}"))
        }
        (Err(reason), _) => {
            Err(say!("går inte att skicka ({reason}): kontrollera --smtp-url", "can't be sent ({reason}): check --smtp-url"))
        }
    }
}

/// `None` where nobody signs in by another's word.
fn openid(given: &Given, now: Moment) -> Option<Result<Say, Say>> {
    let settings = match given.openid() {
        Ok(settings) => settings?,
        Err(error) => return Some(Err(terminal::in_words(&error))),
    };
    let issuer = settings.issuer.clone();
    let checked = Provider::new(settings, &given.house.public_url).and_then(|provider| provider.check(now));
    Some(match checked {
        Ok(()) => Ok(say!("{issuer} svarar", "{issuer} answers")),
        Err(_) => Err(say!(
            "{issuer} svarar inte som det ska: kontrollera NOBEL21_OPENID_ISSUER och nätet",
            "{issuer} does not answer as it should: check NOBEL21_OPENID_ISSUER and the network"
        )),
    })
}

fn clock(now: Moment) -> Result<Say, Say> {
    // Older than this program: a machine without a battery, before it has asked the network.
    let built = Moment::from_unix(1_790_000_000);
    if now < built {
        return Err(say!(
            "visar {now}: slå på tidssynkronisering (timedatectl set-ntp true)",
            "shows {now}: turn on time synchronisation (timedatectl set-ntp true)"
        ));
    }
    Ok(say!("{now}", "{now}"))
}

/// The zone's rules are compiled in; the day on which they matter most is looked up.
fn zone() -> Result<Say, Say> {
    let skipped = chrono::NaiveDate::from_ymd_opt(2026, 3, 29).and_then(|day| day.and_hms_opt(2, 30, 0)).unwrap_or_default();
    match Moment::at_wall(skipped) {
        Err(jump) if jump.unix() == 1_774_746_000 => {
            Ok(say!("Europe/Stockholm, 2026-03-29 går från 02:00 till 03:00", "Europe/Stockholm, 2026-03-29 goes from 02:00 to 03:00"))
        }
        _ => Err(say!(
            "reglerna för Europe/Stockholm är fel: bygg om programmet",
            "the rules of Europe/Stockholm are wrong: rebuild the program"
        )),
    }
}

fn disk(given: &Given) -> Result<Say, Say> {
    let folder = given.data_dir.as_path();
    let shown = folder.display();
    match rustix::fs::statvfs(folder) {
        Err(error) => Err(say!("{shown} går inte att läsa ({error})", "{shown} can't be read ({error})")),
        Ok(facts) => {
            let free = facts.f_bavail.saturating_mul(facts.f_frsize) / (1024 * 1024);
            if free < ENOUGH_MIB {
                return Err(say!(
                    "bara {free} MiB ledigt vid {shown}: frigör minst {ENOUGH_MIB} MiB",
                    "only {free} MiB free at {shown}: free at least {ENOUGH_MIB} MiB"
                ));
            }
            Ok(say!("{free} MiB ledigt vid {shown}", "{free} MiB free at {shown}"))
        }
    }
}
