//! SQL of the outbox.
use std::collections::{BTreeSet, HashSet};

use diesel::{
    connection::SimpleConnection,
    dsl::{count_star, min},
    prelude::*,
};

use super::{
    forgetting_store::hash_of,
    letter::{Kind, Recipient},
    outbox::{LEASE_SECONDS, Outgoing, PER_HOUR, Record, Status},
    wording::{Written, one_line},
};
use crate::{
    audit::By,
    db::{Conn, schema::letters},
    error::Result,
    http::page::Page,
    id::Id,
    text::{fold, like, stored},
    time::Moment,
};

/// What a new letter has beside its words.
pub struct NewLetter<'a> {
    /// Its key.
    pub id: Id,
    /// What it is about.
    pub kind: Kind,
    /// To whom.
    pub to: &'a Recipient,
    /// The name under which mailboxes know it.
    pub message_id: String,
    /// Does the text hold a secret?
    pub secret: bool,
    /// The booking it tells of.
    pub booking: Option<Id>,
    /// What it does to the reader's calendar.
    pub calendar: Option<String>,
    /// Until when anybody has any use for it.
    pub good_until: Option<Moment>,
}

/// Adds a letter that waits.
pub fn insert(c: &mut Conn, new: &NewLetter, written: &Written, by: &By) -> Result<()> {
    let name = one_line(&new.to.name);
    diesel::insert_into(letters::table)
        .values((
            (
                letters::id.eq(new.id),
                letters::message_id.eq(&new.message_id),
                letters::kind.eq(new.kind.as_str()),
                letters::to_address.eq(&new.to.address),
                letters::to_key.eq(fold(&new.to.address)),
                letters::search_key.eq(fold(&format!("{name} {} {}", new.to.address, written.subject))),
                letters::to_name.eq(name),
                letters::language.eq(new.to.language.as_str()),
                letters::subject.eq(&written.subject),
                letters::body_text.eq(&written.text),
                letters::body_html.eq(&written.html),
            ),
            (
                letters::secret.eq(new.secret),
                letters::status.eq(Status::Waiting.as_str()),
                letters::attempts.eq(0),
                letters::next_attempt_at.eq(by.at),
                letters::booking_id.eq(new.booking),
                letters::person_id.eq(new.to.person),
                letters::created_at.eq(by.at),
                letters::calendar.eq(&new.calendar),
                letters::request_id.eq(&by.request_id),
                letters::good_until.eq(new.good_until),
            ),
        ))
        .execute(c)?;
    Ok(())
}

/// To which of these bookings was this address invited before? By a letter about the booking alone, or by one about many.
pub fn invited(c: &mut Conn, bookings: &[Id], address: &str) -> Result<BTreeSet<Id>> {
    let key = fold(address);
    // Of an old letter's address a hash is kept alone.
    let keys = [hash_of(&key), key];
    let invitations = || letters::table.filter(letters::to_key.eq_any(&keys)).filter(letters::calendar.is_not_null());
    // The text of an old one is gone, but not that it was one.
    let alone: Vec<Option<Id>> =
        invitations().filter(letters::booking_id.eq_any(bookings)).select(letters::booking_id).distinct().load(c)?;
    let mut invited: BTreeSet<Id> = alone.into_iter().flatten().collect();
    if bookings.iter().all(|id| invited.contains(id)) {
        return Ok(invited);
    }
    let calendars: Vec<Option<String>> = invitations().filter(letters::booking_id.is_null()).select(letters::calendar).load(c)?;
    let known: HashSet<&str> =
        calendars.iter().flatten().flat_map(|calendar| calendar.lines()).filter_map(|line| line.strip_prefix("UID:")).collect();
    invited.extend(bookings.iter().copied().filter(|id| known.contains(id.to_string().as_str())));
    Ok(invited)
}

/// Letters that may be sent at `$now`; those that are done with have no next attempt. A macro, since the type of the query is not
/// worth writing down.
macro_rules! due {
    ($now:expr) => {
        letters::table.filter(letters::next_attempt_at.le($now)).filter(letters::leased_until.is_null().or(letters::leased_until.lt($now)))
    };
}

/// Is there anything to send?
pub fn any_due(c: &mut Conn, now: Moment) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(due!(now))).get_result(c)?)
}

/// What a worker gets.
pub enum Claim {
    /// This letter is the worker's alone, until the lease is over.
    Letter(Box<Outgoing>),
    /// A letter was due, but its recipient got enough of them this hour.
    Held,
    /// This letter was due, but nobody has any use for it any more; it is given up.
    TooLate(Box<Outgoing>),
    /// Nothing is due.
    Nothing,
}

/// The letter with the link that signs in, which is bounded where it is asked for (`people/mail_link.rs`): it is of no use an hour later,
/// and strangers who ask for many would hold back all others.
const ENTRANCE: &str = Kind::SignInLink.as_str();

/// What stands as the error of a letter that came too late.
const TOO_LATE: &str = "too_late";

/// The lock under which one worker at a time claims on PostgreSQL; any number will do as long as it stays the same.
const CLAIM_LOCK: i64 = 21_021_022;

/// Gives the longest-waiting letter that was due at `due_by` to the holder of `lease`, unless its recipient has had enough of
/// them: then all that it would get now are held.
pub fn claim(c: &mut Conn, lease: Id, due_by: Moment, now: Moment) -> Result<Claim> {
    let next = due!(due_by).order((letters::next_attempt_at, letters::id)).limit(1).select((
        letters::id,
        letters::to_key,
        letters::kind,
        letters::good_until,
    ));
    let found: Option<(Id, String, String, Option<Moment>)> = match c {
        // Claiming is quick and done by one at a time, or two could count 19 letters of an hour and send one each. A row that
        // somebody else is at (a resend, the housekeeping) is passed over instead of waited for.
        Conn::Postgres(c) => {
            c.batch_execute(&format!("SELECT pg_advisory_xact_lock({CLAIM_LOCK})"))?;
            next.for_update().skip_locked().first(c)
        }
        // Whoever writes is alone here.
        Conn::Sqlite(c) => next.first(c),
    }
    .optional()?;
    let Some((id, to_key, kind, good_until)) = found else { return Ok(Claim::Nothing) };
    if good_until.is_some_and(|until| until <= now) {
        let letter = outgoing(c, id)?;
        give_up(c, id)?;
        return Ok(Claim::TooLate(letter));
    }
    let until = if kind == ENTRANCE { None } else { full_until(c, id, &to_key, now)? };
    if let Some(until) = until {
        diesel::update(due!(due_by).filter(letters::to_key.eq(to_key)).filter(letters::kind.ne(ENTRANCE)))
            .set((letters::status.eq(Status::Held.as_str()), letters::next_attempt_at.eq(until), letters::leased_until.eq(None::<Moment>)))
            .execute(c)?;
        return Ok(Claim::Held);
    }
    diesel::update(letters::table.find(id))
        .set((
            letters::status.eq(Status::Waiting.as_str()),
            letters::lease.eq(lease),
            letters::leased_until.eq(now.plus_seconds(LEASE_SECONDS)),
        ))
        .execute(c)?;
    Ok(Claim::Letter(outgoing(c, id)?))
}

fn outgoing(c: &mut Conn, id: Id) -> Result<Box<Outgoing>> {
    let row: OutgoingRow = letters::table.find(id).select(OutgoingRow::as_select()).first(c)?;
    Ok(Box::new(row.try_into()?))
}

/// Notes that a letter comes too late to be sent. A secret is forgotten.
fn give_up(c: &mut Conn, id: Id) -> Result<()> {
    diesel::update(letters::table.find(id))
        .set((
            letters::status.eq(Status::Failed.as_str()),
            letters::next_attempt_at.eq(None::<Moment>),
            letters::last_error.eq(TOO_LATE),
            letters::lease.eq(None::<Id>),
            letters::leased_until.eq(None::<Moment>),
        ))
        .execute(c)?;
    forget_secret(c, id)
}

/// The letter that the holder of `lease` has already, if its claim went through while the answer to it was lost. The lease begins anew.
pub fn claimed(c: &mut Conn, lease: Id, now: Moment) -> Result<Option<Box<Outgoing>>> {
    let mine = letters::table.filter(letters::lease.eq(lease)).filter(letters::leased_until.ge(now));
    if diesel::update(mine).set(letters::leased_until.eq(now.plus_seconds(LEASE_SECONDS))).execute(c)? == 0 {
        return Ok(None);
    }
    let row: OutgoingRow = letters::table.filter(letters::lease.eq(lease)).select(OutgoingRow::as_select()).first(c)?;
    Ok(Some(Box::new(row.try_into()?)))
}

/// Until when an address gets no more letters; `None` if it may have one now. Letters on their way count as sent, links that sign in do not
/// count.
fn full_until(c: &mut Conn, but: Id, to_key: &str, now: Moment) -> Result<Option<Moment>> {
    let others = letters::table.filter(letters::to_key.eq(to_key)).filter(letters::id.ne(but)).filter(letters::kind.ne(ENTRANCE));
    let unsent = others.filter(letters::sent_at.is_null());
    let on_their_way: i64 = unsent.filter(letters::leased_until.ge(now)).select(count_star()).first(c)?;
    let room = PER_HOUR - on_their_way;
    if room <= 0 {
        return Ok(Some(now.plus_minutes(1)));
    }
    // The letter whose hour must be over before another fits: the last but as many as fit.
    let hour_ago = now.plus_seconds(-3600);
    let oldest: Option<Option<Moment>> = others
        .filter(letters::sent_at.gt(hour_ago))
        .order(letters::sent_at.desc())
        .offset(room - 1)
        .limit(1)
        .select(letters::sent_at)
        .first(c)
        .optional()?;
    Ok(oldest.flatten().map(|sent_at| sent_at.plus_seconds(3600)))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = letters)]
struct OutgoingRow {
    id: Id,
    kind: String,
    message_id: String,
    to_address: String,
    to_name: String,
    subject: String,
    body_text: String,
    body_html: String,
    calendar: Option<String>,
    attempts: i32,
    request_id: Option<String>,
}

impl TryFrom<OutgoingRow> for Outgoing {
    type Error = crate::error::Error;
    fn try_from(row: OutgoingRow) -> Result<Self> {
        Ok(Self {
            id: row.id,
            kind: row.kind,
            message_id: row.message_id,
            to_address: row.to_address,
            to_name: row.to_name,
            subject: row.subject,
            text: row.body_text,
            html: row.body_html,
            calendar: row.calendar.filter(|text| !text.is_empty()),
            attempts: row.attempts,
            request_id: row.request_id,
        })
    }
}

/// Notes that the mail server has a letter. Whoever holds the lease by now: it has left. A secret is forgotten.
pub fn mark_sent(c: &mut Conn, id: Id, attempts: i32, now: Moment) -> Result<()> {
    diesel::update(letters::table.find(id))
        .set((
            letters::status.eq(Status::Sent.as_str()),
            letters::attempts.eq(attempts),
            letters::next_attempt_at.eq(None::<Moment>),
            letters::sent_at.eq(now),
            letters::last_error.eq(None::<String>),
            letters::lease.eq(None::<Id>),
            letters::leased_until.eq(None::<Moment>),
        ))
        .execute(c)?;
    forget_secret(c, id)
}

/// Takes the text away, if it holds a secret.
fn forget_secret(c: &mut Conn, id: Id) -> Result<()> {
    diesel::update(letters::table.find(id))
        .filter(letters::secret.eq(true))
        .set((letters::body_text.eq(""), letters::body_html.eq("")))
        .execute(c)?;
    Ok(())
}

/// Notes a try that failed: again at `next`, or never if there is none. Does nothing if the lease has gone to somebody else.
pub fn mark_tried(c: &mut Conn, letter: &Outgoing, lease: Id, error: &str, next: Option<Moment>) -> Result<()> {
    let status = if next.is_some() { Status::Waiting } else { Status::Failed };
    diesel::update(letters::table.find(letter.id))
        .filter(letters::lease.eq(lease))
        .set((
            letters::status.eq(status.as_str()),
            letters::attempts.eq(letter.attempts + 1),
            letters::next_attempt_at.eq(next),
            letters::last_error.eq(error),
            letters::lease.eq(None::<Id>),
            letters::leased_until.eq(None::<Moment>),
        ))
        .execute(c)?;
    Ok(())
}

/// Puts a letter back among those that wait, with all its tries before it, however late it is.
pub fn wait_again(c: &mut Conn, id: Id, now: Moment) -> Result<()> {
    diesel::update(letters::table.find(id))
        .set((
            letters::status.eq(Status::Waiting.as_str()),
            letters::attempts.eq(0),
            letters::next_attempt_at.eq(now),
            letters::last_error.eq(None::<String>),
            letters::sent_at.eq(None::<Moment>),
            letters::good_until.eq(None::<Moment>),
        ))
        .execute(c)?;
    Ok(())
}

/// How many letters are to be sent, and since when the oldest waits.
pub fn unsent(c: &mut Conn) -> Result<(i64, Option<Moment>)> {
    Ok(letters::table.filter(letters::next_attempt_at.is_not_null()).select((count_star(), min(letters::created_at))).first(c)?)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = letters)]
struct RecordRow {
    id: Id,
    kind: String,
    to_address: String,
    language: String,
    subject: String,
    status: String,
    attempts: i32,
    next_attempt_at: Option<Moment>,
    last_error: Option<String>,
    created_at: Moment,
    sent_at: Option<Moment>,
    booking_id: Option<Id>,
}

impl TryFrom<RecordRow> for Record {
    type Error = crate::error::Error;
    fn try_from(row: RecordRow) -> Result<Self> {
        Ok(Self {
            id: row.id,
            kind: row.kind,
            to_address: row.to_address,
            language: stored(&row.language)?,
            subject: row.subject,
            status: stored(&row.status)?,
            attempts: row.attempts,
            next_attempt_at: row.next_attempt_at,
            last_error: row.last_error,
            created_at: row.created_at,
            sent_at: row.sent_at,
            booking_id: row.booking_id,
        })
    }
}

/// A letter and its text; the text of a secret one is not given out.
pub fn by_id(c: &mut Conn, id: Id) -> Result<Option<(Record, String)>> {
    let row: Option<(RecordRow, bool, String)> =
        letters::table.find(id).select((RecordRow::as_select(), letters::secret, letters::body_text)).first(c).optional()?;
    row.map(|(row, secret, text)| Ok((row.try_into()?, if secret { String::new() } else { text }))).transpose()
}

/// Has this letter still its text?
pub fn has_text(c: &mut Conn, id: Id) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(letters::table.find(id).filter(letters::body_text.ne("")))).get_result(c)?)
}

/// One page of letters, latest first.
pub fn list(c: &mut Conn, status: Option<Status>, words: Option<&str>, page: &Page, after: Option<(Moment, Id)>) -> Result<Vec<Record>> {
    let mut query = letters::table
        .select(RecordRow::as_select())
        .order((letters::created_at.desc(), letters::id.desc()))
        .limit(page.fetch())
        .into_boxed();
    if let Some(status) = status {
        query = query.filter(letters::status.eq(status.as_str()));
    }
    if let Some(words) = words {
        query = query.filter(letters::search_key.like(like(words)).escape('\\'));
    }
    if let Some((created_at, id)) = after {
        let earlier = letters::created_at.lt(created_at).or(letters::created_at.eq(created_at).and(letters::id.lt(id)));
        query = query.filter(letters::created_at.le(created_at)).filter(earlier);
    }
    query.load(c)?.into_iter().map(Record::try_from).collect()
}
