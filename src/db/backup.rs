//! Copies of a SQLite database, and the way back. PostgreSQL has its own programs for both.
use std::{
    fmt,
    fs::{self, File},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use diesel::{
    connection::SimpleConnection,
    prelude::*,
    sql_types::{BigInt, Text},
    sqlite::SqliteConnection,
};
use tempfile::NamedTempFile;

use super::conn::{Conn, migrate, migrated};
use crate::{
    error::{Error, Result},
    say,
};

/// How the names of files begin that are being written.
pub const TEMPORARY: &str = ".nobel21-";

/// How the names of files end that the engine keeps beside a database.
const SIDECARS: [&str; 3] = [LOG, "-shm", "-journal"];
const LOG: &str = "-wal";

/// The tables that no house ever empties.
const MAIN: [&str; 5] = ["people", "organisations", "rooms", "bookings", "visits"];

/// Rows of a table.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Count {
    /// The table.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// How many.
    #[diesel(sql_type = BigInt)]
    pub rows: i64,
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.rows, self.name)
    }
}

/// What a copy holds that was opened again and looked through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Its size in bytes.
    pub size: u64,
    /// The rows of its main tables.
    pub counts: Vec<Count>,
}

/// Writes a checked copy of the database to `to`, which must not exist, while others read and write. What was committed when it
/// began is in it. Gives its size in bytes.
pub fn backup(database: &Path, to: &Path) -> Result<u64> {
    copy(database, to, |copy| check(&mut open_to_read(copy)?, copy)).map(|(size, ())| size)
}

/// As [`backup`], of a database that a service runs on, to be kept for long: all migrations are in, no main table has lost all its rows
/// on the way, and what a day or less is kept is left out.
pub fn verified(database: &Path, to: &Path) -> Result<Verified> {
    let before = if database.exists() { count(&mut open(database)?)? } else { vec![] };
    let (size, counts) = copy(database, to, |copy| {
        leave_out_the_days(copy)?;
        let counts = verify(copy)?;
        match before.iter().zip(&counts).find(|(before, after)| before.rows > 0 && after.rows == 0) {
            Some((lost, _)) => {
                Err(refused(say!("kopian saknar det som finns i databasen: {lost}", "the copy lacks what is in the database: {lost}")))
            }
            None => Ok(counts),
        }
    })?;
    Ok(Verified { size, counts })
}

/// First names for the roll call and answers kept for repeats are gone within a day; a copy stays for a year, so that they are not to be
/// in it, nor in what is left of their rows.
fn leave_out_the_days(copy: &Path) -> Result<()> {
    open(copy)?.batch_execute("PRAGMA secure_delete=ON; DELETE FROM named_visits; DELETE FROM idempotency_keys")?;
    Ok(())
}

/// Opens a copy to read alone: is it whole, and could this version serve it as it is? Gives the rows of its main tables.
pub fn verify(copy: &Path) -> Result<Vec<Count>> {
    let mut conn = open_to_read(copy)?;
    check(&mut conn, copy)?;
    let counts = count(&mut conn);
    let shown = copy.display();
    match migrated(&mut Conn::Sqlite(conn)) {
        Ok(true) => counts,
        Ok(false) => Err(refused(say!("alla migreringar är inte gjorda i {shown}", "not all migrations are in {shown}"))),
        Err(error) => Err(error),
    }
}

fn count(conn: &mut SqliteConnection) -> Result<Vec<Count>> {
    let each = MAIN.map(|table| format!("SELECT '{table}' AS name, (SELECT count(*) FROM {table}) AS rows"));
    Ok(diesel::sql_query(each.join(" UNION ALL ")).load(conn)?)
}

/// Copies, lets `look` at the copy, and only then gives it its name; gives its size and what was seen.
fn copy<T>(database: &Path, to: &Path, look: impl FnOnce(&Path) -> Result<T>) -> Result<(u64, T)> {
    if to.exists() {
        return Err(exists(to));
    }
    if !database.exists() {
        return Err(missing(database));
    }
    // Beside the target, so that the last step is a rename: there is a whole copy or none. Gone by itself if anything fails.
    let copy = temporary(to)?;
    let _beside = Beside(copy.path().to_owned());
    let mut source = open(database)?;
    source.batch_execute("PRAGMA busy_timeout=10000")?;
    let copied = diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(text(copy.path())?).execute(&mut source);
    copied.map_err(|e| cannot_write(to, &e))?;
    drop(source);
    let seen = look(copy.path())?;
    copy.as_file().sync_all().map_err(|e| cannot_write(to, &e))?;
    let size = copy.as_file().metadata().map_or(0, |facts| facts.len());
    copy.persist_noclobber(to).map_err(|e| if to.exists() { exists(to) } else { cannot_write(to, &e.error) })?;
    sync_folder(to);
    Ok((size, seen))
}

/// Puts a copy in the database's place, brought up to date. A database with anything in it is only replaced if `replace` says so,
/// and never while another process has it open.
pub fn restore(from: &Path, database: &Path, replace: bool) -> Result<()> {
    if !from.is_file() {
        return Err(missing(from));
    }
    // The copy is checked and brought up to date before the old one goes. The file itself stays as it is.
    let copy = temporary(database)?;
    let _beside = Beside(copy.path().to_owned());
    pour(from, copy.path()).map_err(|e| cannot_write(database, &e))?;
    // The file of a house that was killed is not all of it: what was written last stands beside it. A copy has nothing beside it.
    if keeps_a_log(from) && sidecar(from, LOG).exists() {
        pour(&sidecar(from, LOG), &sidecar(copy.path(), LOG)).map_err(|e| cannot_write(database, &e))?;
    }
    let mut new = open(copy.path())?;
    check(&mut new, from)?;
    new.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?;
    let mut new = Conn::Sqlite(new);
    if !is_ours(&mut new) {
        let shown = from.display();
        return Err(refused(say!(
            "{shown} är en databas, men inte från nobel21: ange en fil från nobel21 backup",
            "{shown} is a database, but not of nobel21: give a file made by nobel21 backup"
        )));
    }
    migrate(&mut new)?;
    drop(new);
    copy.as_file().sync_all().map_err(|e| cannot_write(database, &e))?;
    // Held until the new one is in place, so that no server starts on the old one meanwhile.
    let _held = if database.exists() { claim(database, replace)? } else { None };
    for end in SIDECARS {
        // What belongs to the old database would be taken for the new one's.
        match fs::remove_file(sidecar(database, end)) {
            Ok(()) => {}
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(cannot_write(database, &e)),
        }
    }
    copy.persist(database).map_err(|e| cannot_write(database, &e.error))?;
    sync_folder(database);
    Ok(())
}

/// Makes sure that nobody has the old database open, and that it may go. `None` if it is no database at all any more.
fn claim(database: &Path, replace: bool) -> Result<Option<SqliteConnection>> {
    let mut old = open(database)?;
    let shown = database.display();
    // Leaving WAL mode needs the file for oneself: the engine itself tells whether anybody else has it open.
    match old.batch_execute("PRAGMA busy_timeout=0; PRAGMA journal_mode=DELETE; BEGIN EXCLUSIVE") {
        Ok(()) => {}
        Err(e) if e.to_string().contains("locked") => {
            return Err(refused(say!(
                "{shown} används: stoppa nobel21 serve och försök igen",
                "{shown} is in use: stop nobel21 serve and try again"
            )));
        }
        Err(_) if replace => return Ok(None),
        Err(e) => {
            return Err(refused(say!(
                "{shown} går inte att läsa ({e}): ange --replace om den ska ersättas",
                "{shown} can't be read ({e}): give --replace if it shall be replaced"
            )));
        }
    }
    if !replace && !is_empty(&mut old) {
        return Err(refused(say!(
            "{shown} är inte tom: ange --replace om allt i den ska ersättas",
            "{shown} is not empty: give --replace if everything in it shall be replaced"
        )));
    }
    Ok(Some(old))
}

/// Is there nobody and nothing in it? Without our tables that can't be known, so it counts as full.
fn is_empty(conn: &mut SqliteConnection) -> bool {
    #[derive(QueryableByName)]
    struct Tables {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        tables: i64,
    }
    #[derive(QueryableByName)]
    struct Rows {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        rows: i64,
    }
    let tables: QueryResult<Tables> = diesel::sql_query("SELECT count(*) AS tables FROM sqlite_schema").get_result(conn);
    if tables.is_ok_and(|found| found.tables == 0) {
        return true;
    }
    let rows: QueryResult<Rows> = diesel::sql_query(
        "SELECT (SELECT count(*) FROM people) + (SELECT count(*) FROM organisations) + (SELECT count(*) FROM rooms) \
         + (SELECT count(*) FROM bookings) + (SELECT count(*) FROM visits) AS rows",
    )
    .get_result(conn);
    rows.is_ok_and(|found| found.rows == 0)
}

fn is_ours(conn: &mut Conn) -> bool {
    diesel::sql_query("SELECT 1 FROM people, bookings, occupancies LIMIT 1").execute(conn).is_ok()
}

/// Asks the engine to read the whole file and compare it with itself.
fn check(conn: &mut SqliteConnection, path: &Path) -> Result<()> {
    #[derive(QueryableByName)]
    struct Verdict {
        #[diesel(sql_type = Text)]
        integrity_check: String,
    }
    let found = diesel::sql_query("PRAGMA integrity_check(1)").get_result::<Verdict>(conn);
    let reason = match found {
        Ok(verdict) if verdict.integrity_check == "ok" => return Ok(()),
        Ok(verdict) => verdict.integrity_check.replace('\n', " "),
        Err(error) => error.to_string(),
    };
    let shown = path.display();
    Err(refused(say!(
        "{shown} är skadad eller ingen databas ({reason}): använd en annan säkerhetskopia",
        "{shown} is damaged or no database ({reason}): use another backup"
    )))
}

/// As a file that nobody changes and that we don't either: no log, no lock beside it.
fn open_to_read(path: &Path) -> Result<SqliteConnection> {
    let whole = std::path::absolute(path).ok().and_then(|path| url::Url::from_file_path(path).ok()).ok_or_else(|| missing(path))?;
    open(Path::new(&format!("{whole}?mode=ro&immutable=1")))
}

pub(super) fn open(path: &Path) -> Result<SqliteConnection> {
    SqliteConnection::establish(text(path)?).map_err(|e| {
        let shown = path.display();
        refused(say!("{shown} går inte att öppna: {e}", "{shown} can't be opened: {e}"))
    })
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().ok_or_else(|| {
        let shown = path.display();
        refused(say!("sökvägen {shown} är inte UTF-8: välj ett annat namn", "the path {shown} is not UTF-8: choose another name"))
    })
}

/// What the engine leaves beside a copy that it could not finish goes with it.
struct Beside(PathBuf);

impl Drop for Beside {
    fn drop(&mut self) {
        for end in SIDECARS {
            let _mostly_none = fs::remove_file(sidecar(&self.0, end));
        }
    }
}

/// A file of our own in the target's folder, readable for this user alone.
fn temporary(target: &Path) -> Result<NamedTempFile> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(folder).map_err(|e| cannot_write(target, &e))
}

/// Copies what is in a file into one that is readable for this user alone, whoever may read the first.
fn pour(from: &Path, to: &Path) -> std::io::Result<()> {
    let mut to = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(to)?;
    std::io::copy(&mut fs::File::open(from)?, &mut to).map(|_| ())
}

/// Is this a database that a service wrote to (WAL mode)? Its head says so: <https://sqlite.org/fileformat2.html>, 1.3.3. What stands beside
/// any other belongs to something else.
fn keeps_a_log(database: &Path) -> bool {
    let mut head = [0; 20];
    let read = fs::File::open(database).and_then(|mut file| std::io::Read::read_exact(&mut file, &mut head));
    read.is_ok() && head[18..20] == [2, 2]
}

fn sidecar(database: &Path, end: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// So that the new name survives a power cut. Not every file system can; then there is nothing more to do.
fn sync_folder(of: &Path) {
    let folder = of.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let _best_effort = File::open(folder).and_then(|folder| folder.sync_all());
}

fn refused(detail: crate::error::Say) -> Error {
    Error::Refused { code: "refused", detail }
}

fn exists(path: &Path) -> Error {
    let shown = path.display();
    refused(say!("{shown} finns redan: ange ett nytt namn", "{shown} exists already: give a new name"))
}

pub(super) fn missing(path: &Path) -> Error {
    let shown = path.display();
    refused(say!("filen {shown} finns inte", "there is no file {shown}"))
}

fn cannot_write(path: &Path, error: &dyn std::fmt::Display) -> Error {
    let shown = path.display();
    refused(say!("{shown} går inte att skriva: {error}", "{shown} can't be written: {error}"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::db::{Db, Location};

    #[test]
    fn a_copy_made_while_others_write_is_whole_and_can_be_put_back() {
        let folder = tempfile::tempdir().unwrap();
        let (database, copy) = (folder.path().join("a.db"), folder.path().join("copy.db"));
        let db = Db::open(&Location::Sqlite(database.clone()), 2).unwrap();
        let add = |name: &str| {
            db.write_now(|c| Ok(diesel::sql_query(format!("INSERT INTO spaces (id, slug) VALUES ('{name}', '{name}')")).execute(c)?))
        };
        add("before").unwrap();
        assert!(backup(&database, &copy).unwrap() > 0);
        add("after").unwrap();
        assert!(backup(&database, &copy).unwrap_err().to_string().contains("exists already"));
        assert!(restore(&copy, &database, true).unwrap_err().to_string().contains("in use"));
        drop(db);
        restore(&copy, &database, true).unwrap();
        let mut back = open(&database).unwrap();
        #[derive(QueryableByName)]
        struct Slug {
            #[diesel(sql_type = Text)]
            slug: String,
        }
        let slugs: Vec<Slug> = diesel::sql_query("SELECT slug FROM spaces").load(&mut back).unwrap();
        assert_eq!(slugs.iter().map(|s| s.slug.as_str()).collect::<Vec<_>>(), ["before"]);
        // Nothing of the work is left lying about.
        drop(back);
        let mut left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        left.sort();
        assert_eq!(left, ["a.db", "copy.db"]);
    }

    #[test]
    fn a_database_saved_from_a_machine_that_died_is_put_back_with_what_was_written_last() {
        let folder = tempfile::tempdir().unwrap();
        let (database, saved) = (folder.path().join("a.db"), folder.path().join("saved.db"));
        let db = Db::open(&Location::Sqlite(database.clone()), 2).unwrap();
        db.write_now(|c| Ok(diesel::sql_query("INSERT INTO spaces (id, slug) VALUES ('last', 'last')").execute(c)?)).unwrap();
        // As it lies there while it runs.
        assert!(fs::metadata(sidecar(&database, "-wal")).unwrap().len() > 0);
        for end in ["", "-wal"] {
            fs::copy(sidecar(&database, end), sidecar(&saved, end)).unwrap();
        }
        drop(db);
        restore(&saved, &database, true).unwrap();
        assert_eq!(fs::metadata(&database).unwrap().permissions().mode() & 0o777, 0o600);
        // A copy that was laid over it is not mixed with what the other left beside.
        let copy = folder.path().join("copy.db");
        backup(&database, &copy).unwrap();
        assert!(keeps_a_log(&saved) && !keeps_a_log(&copy));
        #[derive(QueryableByName)]
        struct Found {
            #[diesel(sql_type = BigInt)]
            rows: i64,
        }
        let last = "SELECT count(*) AS rows FROM spaces WHERE slug = 'last'";
        assert_eq!(diesel::sql_query(last).get_result::<Found>(&mut open(&database).unwrap()).unwrap().rows, 1);
    }

    #[test]
    fn only_a_whole_database_of_ours_is_put_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("text"), "no database at all, but long enough to be read as the beginning of one: ".repeat(20)).unwrap();
        assert!(restore(&path("text"), &path("a.db"), false).unwrap_err().to_string().contains("no database"));
        open(&path("other")).unwrap().batch_execute("CREATE TABLE t (x)").unwrap();
        assert!(restore(&path("other"), &path("a.db"), false).unwrap_err().to_string().contains("not of nobel21"));
        assert!(restore(&path("nothing"), &path("a.db"), false).is_err());
        assert!(!path("a.db").exists());
        // A damaged page is found before anything is replaced.
        drop(Db::open(&Location::Sqlite(path("whole.db")), 1).unwrap());
        let mut bytes = fs::read(path("whole.db")).unwrap();
        for byte in bytes.iter_mut().skip(4096 * 3).take(4096) {
            *byte = 0xff;
        }
        fs::write(path("damaged"), bytes).unwrap();
        assert!(restore(&path("damaged"), &path("a.db"), false).unwrap_err().to_string().contains("damaged"));
        // One that has something in it goes only on demand.
        restore(&path("whole.db"), &path("a.db"), false).unwrap();
        restore(&path("whole.db"), &path("a.db"), false).unwrap();
        open(&path("a.db")).unwrap().batch_execute("INSERT INTO organisations VALUES ('1', 'a', 'a', 'other', NULL, NULL, NULL, 0, 0, 'active', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00')").unwrap();
        assert!(restore(&path("whole.db"), &path("a.db"), false).unwrap_err().to_string().contains("not empty"));
        restore(&path("whole.db"), &path("a.db"), true).unwrap();
        fs::write(path("a.db"), "rubbish ".repeat(200)).unwrap();
        assert!(restore(&path("whole.db"), &path("a.db"), false).is_err());
        restore(&path("whole.db"), &path("a.db"), true).unwrap();
    }
}
