//! A copy of a SQLite house every night, by the service itself. PostgreSQL has its own programs for that.
pub mod kept;

use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder, File},
    io::ErrorKind,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use chrono::{NaiveDate, NaiveTime};

use crate::{
    db::{
        Location,
        backup::{self, TEMPORARY},
    },
    error::{Error, Result},
    say,
    time::{Clock, Moment},
    worker::Worker,
};

/// When the night's copy is written, on the house's clock: nobody books, and no clock change skips it.
const HOUR: u32 = 3;
/// How often it is asked whether it is that time.
const PAUSE: Duration = Duration::from_secs(60);
/// After a failure.
const AGAIN: Duration = Duration::from_secs(3600);
/// What a process that was killed left half written is removed after this.
const ABANDONED: Duration = Duration::from_secs(24 * 3600);
/// Held by the process that writes; the system lets go of it with the process.
const LOCK: &str = ".lock";

/// Where a house's copies go.
#[derive(Debug, Clone)]
pub struct Nightly {
    database: PathBuf,
    folder: PathBuf,
}

/// A copy that was made at night.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// Its night.
    pub date: NaiveDate,
    /// Its file.
    pub file: PathBuf,
    /// Its size in bytes.
    pub size: u64,
}

impl Copy {
    /// How old it is, in seconds, from the hour at which it was due: one written late seems older than it is.
    #[must_use]
    pub fn age(&self, now: Moment) -> i64 {
        now.seconds_since(due_at(self.date)).max(0)
    }
}

/// What the copies are doing.
pub enum State {
    /// PostgreSQL: somebody else's job.
    Elsewhere,
    /// Nobody wants them.
    Off,
    /// They are made.
    On(Nightly),
}

impl State {
    /// Of a database and the folder that was asked for; `None` turns it off.
    #[must_use]
    pub fn of(database: &Location, folder: Option<PathBuf>) -> Self {
        match (database, folder) {
            (Location::Postgres(_), _) => Self::Elsewhere,
            (Location::Sqlite(_), None) => Self::Off,
            (Location::Sqlite(database), Some(folder)) => Self::On(Nightly { database: database.clone(), folder }),
        }
    }

    /// Those that are made, if they are.
    #[must_use]
    pub fn on(self) -> Option<Nightly> {
        match self {
            Self::On(nightly) => Some(nightly),
            Self::Elsewhere | Self::Off => None,
        }
    }
}

/// Starts the thread. What was missed at night, because nothing ran, is made up for at the start.
pub fn start(nightly: Nightly, clock: Clock) -> Result<Worker> {
    Worker::start("backups", move |_| match nightly.write_if_due(clock.now()) {
        Ok(_) => PAUSE,
        Err(error) => {
            let folder = nightly.folder.display();
            tracing::error!(%error, %folder, "the nightly backup failed; older ones stay; trying again in an hour");
            AGAIN
        }
    })
}

impl Nightly {
    /// The folder of the copies.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes the copy of the night that is over, unless it is there or another process is at it; checks it and removes those that
    /// have had their time. `None` if there was nothing to do. After an error the older ones are all there, and no half file.
    pub fn write_if_due(&self, now: Moment) -> Result<Option<Copy>> {
        let date = now.date();
        let file = self.folder.join(name_of(date));
        if now < due_at(date) || file.exists() {
            return Ok(None);
        }
        self.make_folder()?;
        let Some(_held) = self.lock()? else { return Ok(None) };
        if file.exists() {
            return Ok(None);
        }
        self.remove_abandoned();
        let backup::Verified { size, counts } = backup::verified(&self.database, &file)?;
        let counts = counts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        tracing::info!(file = %file.display(), bytes = size, counts, "nightly backup written and verified");
        self.remove_surplus(date)?;
        Ok(Some(Copy { date, file, size }))
    }

    /// The copies that are there, by night. A folder that is not there yet has none.
    pub fn copies(&self) -> Result<BTreeMap<NaiveDate, Copy>> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(BTreeMap::new()),
            Err(e) => return Err(self.cannot(&e)),
        };
        let mut found = BTreeMap::new();
        for entry in entries {
            let entry = entry.map_err(|e| self.cannot(&e))?;
            let Some(date) = entry.file_name().to_str().and_then(date_of) else { continue };
            // One that went in this very moment has no facts any more.
            if let Ok(facts) = entry.metadata() {
                found.insert(date, Copy { date, file: entry.path(), size: facts.len() });
            }
        }
        Ok(found)
    }

    /// The last one up to now.
    pub fn newest(&self, now: Moment) -> Result<Option<Copy>> {
        Ok(self.copies()?.range(..=now.date()).next_back().map(|(_, copy)| copy.clone()))
    }

    /// For this user alone. Its parent must be there: a typo, or a disk that is not mounted, is more likely than a wish.
    fn make_folder(&self) -> Result<()> {
        if self.folder.is_dir() {
            return Ok(());
        }
        match DirBuilder::new().mode(0o700).create(&self.folder) {
            Err(e) if !self.folder.is_dir() => Err(self.cannot(&e)),
            _ => Ok(()),
        }
    }

    /// `None` if another process is at it.
    fn lock(&self) -> Result<Option<File>> {
        let opened = File::options().write(true).create(true).truncate(false).mode(0o600).open(self.folder.join(LOCK));
        let file = opened.map_err(|e| self.cannot(&e))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(e)) => Err(self.cannot(&e)),
        }
    }

    fn remove_surplus(&self, today: NaiveDate) -> Result<()> {
        let copies = self.copies()?;
        for date in kept::surplus(&copies.keys().copied().collect(), today) {
            if let Some(copy) = copies.get(&date) {
                fs::remove_file(&copy.file).map_err(|e| self.cannot(&e))?;
                tracing::info!(file = %copy.file.display(), "nightly backup removed: 7 days, 4 weeks and 12 months are kept");
            }
        }
        Ok(())
    }

    /// Best effort: what stays takes room and nothing else.
    fn remove_abandoned(&self) {
        let old =
            |facts: fs::Metadata| facts.modified().is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|age| age > ABANDONED));
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            if entry.file_name().to_str().is_some_and(|name| name.starts_with(TEMPORARY)) && entry.metadata().is_ok_and(old) {
                let _best_effort = fs::remove_file(entry.path());
            }
        }
    }

    fn cannot(&self, error: &std::io::Error) -> Error {
        let folder = self.folder.display();
        Error::Unavailable(say!(
            "säkerhetskopiorna i {folder} går inte att läsa eller skriva: {error}",
            "the backups in {folder} can't be read or written: {error}"
        ))
    }
}

/// When a night's copy is due.
fn due_at(date: NaiveDate) -> Moment {
    Moment::at_wall_or_jump(date.and_time(NaiveTime::from_hms_opt(HOUR, 0, 0).unwrap_or_default()))
}

fn name_of(date: NaiveDate) -> String {
    format!("nobel21-{date}.db")
}

/// Only of a name that we give: whatever else lies there is somebody else's.
fn date_of(name: &str) -> Option<NaiveDate> {
    let date: NaiveDate = name.strip_prefix("nobel21-")?.strip_suffix(".db")?.parse().ok()?;
    (name_of(date) == name).then_some(date)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use diesel::RunQueryDsl;

    use super::*;
    use crate::db::Db;

    struct House {
        folder: tempfile::TempDir,
        nightly: Nightly,
        db: Db,
    }

    fn house() -> House {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("nobel21.db"));
        let db = Db::open(&location, 1).unwrap();
        db.write_now(|c| Ok(diesel::sql_query("INSERT INTO organisations VALUES ('1', 'a', 'a', 'other', NULL, NULL, NULL, 0, 0, 'active', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00')").execute(c)?)).unwrap();
        let nightly = State::of(&location, Some(folder.path().join("backups"))).on().unwrap();
        House { folder, nightly, db }
    }

    fn at(text: &str) -> Moment {
        text.parse().unwrap()
    }

    fn names(nightly: &Nightly) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(&nightly.folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_night_has_one_copy_from_three_on_by_the_houses_clock_for_this_user_alone() {
        let house = house();
        let nightly = &house.nightly;
        assert_eq!(nightly.write_if_due(at("2026-11-23T02:59:59+01:00")).unwrap(), None);
        assert!(!nightly.folder.exists());
        let copy = nightly.write_if_due(at("2026-11-23T03:00:00+01:00")).unwrap().unwrap();
        assert!(copy.size > 0 && copy.file.ends_with("nobel21-2026-11-23.db"), "{copy:?}");
        assert_eq!(nightly.write_if_due(at("2026-11-23T23:59:59+01:00")).unwrap(), None);
        assert_eq!(nightly.newest(at("2026-11-23T23:59:59+01:00")).unwrap(), Some(copy.clone()));
        assert_eq!(copy.age(at("2026-11-23T04:00:00+01:00")), 3600);
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&nightly.folder), mode(&copy.file)), (0o700, 0o600));
        // The nights of the clock changes have one too.
        for (before, due) in
            [("2027-03-28T01:59:59+01:00", "2027-03-28T03:00:00+02:00"), ("2027-10-31T02:59:59+01:00", "2027-10-31T03:00:00+01:00")]
        {
            assert_eq!(nightly.write_if_due(at(before)).unwrap(), None);
            assert!(nightly.write_if_due(at(due)).unwrap().is_some(), "{due}");
        }
    }

    #[test]
    fn what_has_had_its_time_goes_and_what_is_somebody_elses_stays() {
        let house = house();
        let nightly = &house.nightly;
        fs::create_dir(&nightly.folder).unwrap();
        let others = ["nobel21-2026-10-01.db.gpg", "nobel21-2026-1-5.db", "notes", "nobel21-before-the-move.db"];
        for name in others {
            fs::write(nightly.folder.join(name), "mine").unwrap();
        }
        for day in 1..=20 {
            assert!(nightly.write_if_due(at(&format!("2026-11-{day:02}T03:30:00+01:00"))).unwrap().is_some());
        }
        let mut expected: Vec<String> =
            ["01", "08", "14", "15", "16", "17", "18", "19", "20"].map(|day| format!("nobel21-2026-11-{day}.db")).into();
        expected.extend(others.map(str::to_owned));
        expected.push(LOCK.to_owned());
        expected.sort();
        assert_eq!(names(nightly), expected);
    }

    #[test]
    fn a_copy_that_is_not_whole_gets_no_name_and_costs_no_older_one() {
        let House { nightly, folder, .. } = house();
        for day in 10..=18 {
            nightly.write_if_due(at(&format!("2026-11-{day}T04:00:00+01:00"))).unwrap();
        }
        let before = names(&nightly);
        fs::rename(&nightly.database, folder.path().join("away.db")).unwrap();
        assert!(nightly.write_if_due(at("2026-11-19T04:00:00+01:00")).is_err());
        // A database that is behind is none that could be served tonight.
        fs::copy(folder.path().join("away.db"), &nightly.database).unwrap();
        let elsewhere = Location::Sqlite(nightly.database.clone());
        let mut conn =
            diesel::r2d2::ManageConnection::connect(&crate::db::Manager { location: elsewhere, mode: crate::db::Mode::Write }).unwrap();
        diesel::sql_query("DELETE FROM __diesel_schema_migrations WHERE version = '0001'").execute(&mut conn).unwrap();
        drop(conn);
        let refused = nightly.write_if_due(at("2026-11-19T04:00:00+01:00")).unwrap_err();
        assert!(refused.to_string().contains("migrat"), "{refused}");
        assert_eq!(names(&nightly), before);
    }

    #[test]
    fn first_names_for_the_roll_call_and_answers_kept_for_repeats_are_in_no_copy() {
        let house = house();
        let (nightly, db) = (&house.nightly, &house.db);
        let name = "Gunhild i mellanrummet";
        let row = format!("INSERT INTO named_visits VALUES ('1', NULL, '{name}', '', '2026-11-22 20:00:00', '2026-11-22 21:00:00')");
        let answer = format!("INSERT INTO idempotency_keys VALUES ('desk', 'key', 'hash', '{name}', '2026-11-22 20:00:00')");
        for row in [row, answer] {
            db.write_now(|c| Ok(diesel::sql_query(row).execute(c)?)).unwrap();
        }
        let copy = nightly.write_if_due(at("2026-11-23T03:00:00+01:00")).unwrap().unwrap();
        let holds = |file: &Path| fs::read(file).unwrap().windows(name.len()).any(|bytes| bytes == name.as_bytes());
        assert!(!holds(&copy.file));
        // A copy on demand is as the house is.
        let other = nightly.folder.join("other.db");
        backup::backup(&nightly.database, &other).unwrap();
        assert!(holds(&other));
    }

    #[test]
    fn of_several_processes_one_writes_and_a_killed_ones_leavings_go() {
        let house = house();
        let nightly = &house.nightly;
        nightly.make_folder().unwrap();
        let held = nightly.lock().unwrap().unwrap();
        assert_eq!(nightly.write_if_due(at("2026-11-23T03:00:00+01:00")).unwrap(), None);
        drop(held);
        let leave = |name: &str, hours: u64| {
            let file = File::create(nightly.folder.join(name)).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(hours * 3600)).unwrap();
        };
        leave(".nobel21-old", 25);
        leave(".nobel21-young", 1);
        assert!(nightly.write_if_due(at("2026-11-23T03:00:00+01:00")).unwrap().is_some());
        assert_eq!(names(nightly), [LOCK, ".nobel21-young", "nobel21-2026-11-23.db"]);
    }
}
