//! Signing in and out: passwords, sessions, one-time links.
use super::{
    account::{Email, Person, Role},
    api_tokens,
    attempts::{self, Counted},
    caller::{Call, Caller},
    invitations, mail_link, passkeys,
    password::{self, Verdict},
    second_factor,
    sessions::{self, Entrance},
    store,
    token::{self, Bearer, Keys},
};
use crate::{
    audit::{self, By},
    config::House,
    db::Conn,
    error::{Error, Language, Result},
    id::Id,
    mail::{self, AccountChange},
    say,
    time::Moment,
};

/// How long a session may be renewed after it began, in seconds: 30 days.
pub const SESSION_SECONDS: i64 = 30 * 24 * 3600;
/// After so many seconds without a renewal a session is over: a booker's after two weeks, for who books now and then on a phone of its
/// own; at the desk and for admins after twelve hours, since others pass by there and more is open to them (OWASP ASVS 5.0, 7.3.1).
const fn idle_seconds(role: Role) -> i64 {
    match role {
        Role::Booker => 14 * 24 * 3600,
        Role::Reception | Role::Admin => 12 * 3600,
    }
}

/// How long the link in a first-password letter holds, in seconds: 7 days.
const LETTER_LINK_SECONDS: i64 = 7 * 24 * 3600;
/// How long the link holds that the program prints on an empty database, in seconds: 1 day, then a restart prints another.
const SETUP_LINK_SECONDS: i64 = 24 * 3600;

/// How long after coming in by a link a new password needs no old one, in seconds: a quarter of an hour.
const PASSWORD_OPEN_SECONDS: i64 = 900;

/// What a successful sign-in hands out.
#[derive(Debug)]
pub struct Tokens {
    /// The access token (JWT).
    pub access: String,
    /// The refresh token, for the cookie alone.
    pub refresh: String,
    /// What the browser is known by from now on, for a cookie alone; `None` at a renewal.
    pub browser: Option<String>,
}

fn begin_session(c: &mut Conn, keys: &Keys, person: Id, entrance: &Entrance, now: Moment) -> Result<Tokens> {
    if let Some(before) = &entrance.before
        && let Some(found) = sessions::refresh_token(c, &token::hash_of(before))?
    {
        sessions::end(c, found.session, now)?;
    }
    let refresh = token::new_secret()?;
    let session = sessions::insert(c, person, entrance, &token::hash_of(&refresh), now, now.plus_seconds(SESSION_SECONDS))?;
    invitations::keep(c, person)?;
    let browser = Some(keys.remember(person, Id::new(), now)?);
    Ok(Tokens { access: keys.issue(Bearer { person, session }, now)?, refresh, browser })
}

/// One answer for a wrong pair, an unknown address and an account that is closed.
pub(super) fn wrong_pair() -> Error {
    Error::Unauthenticated {
        code: "invalid_credentials",
        detail: say!("E-postadressen eller lösenordet stämmer inte.", "The e-mail address or the password is not right."),
    }
}

/// The account and its stored hash, if it may sign in. Read before the slow check of the password, which must hold no
/// connection.
pub fn account_and_hash(c: &mut Conn, email: &Email) -> Result<(Option<Person>, Option<String>)> {
    let Some(person) = store::by_email(c, email)?.filter(|person| person.disabled_at.is_none()) else {
        return Ok((None, None));
    };
    let hash = store::password_hash(c, person.id)?;
    Ok((Some(person), hash))
}

/// Checks a password; the answer for an unknown address takes as long. `Some(hash)` is a stronger hash to store.
pub fn check_password(password: &str, person: Option<Person>, stored: Option<&str>) -> Result<(Person, Option<String>)> {
    let verdict = password::verify(password, stored)?;
    match (verdict, person) {
        (Verdict::Right, Some(person)) => Ok((person, None)),
        (Verdict::RightButWeak, Some(person)) => Ok((person, Some(password::hash(password)?))),
        _ => Err(wrong_pair()),
    }
}

/// Somebody whose password was right.
#[derive(Debug)]
pub struct Recognised {
    /// Who.
    pub person: Id,
    /// A stronger hash of the password, to store.
    pub stronger_hash: Option<String>,
    /// Under which keys the try was counted.
    pub counted: Counted,
}

/// Begins a session for somebody whose password was right.
pub fn sign_in(c: &mut Conn, keys: &Keys, who: &Recognised, entrance: &Entrance, by: &By) -> Result<Tokens> {
    if let Some(hash) = &who.stronger_hash {
        store::set_password_hash(c, who.person, hash, by.at)?;
    }
    attempts::forgive(c, &who.counted)?;
    enter(c, keys, who.person, entrance, by)?.ok_or_else(wrong_pair)
}

/// Begins a session and notes it; `None` for an account that is closed, asked in this very transaction: it may have been closed
/// while a password was checked.
pub fn enter(c: &mut Conn, keys: &Keys, person: Id, entrance: &Entrance, by: &By) -> Result<Option<Tokens>> {
    let Some(account) = store::by_id(c, person)?.filter(|person| person.disabled_at.is_none()) else { return Ok(None) };
    let entrance = &second_factor::pass(c, keys, &account, entrance, by.at)?;
    let ways = [(entrance.by_link, "link"), (entrance.by_passkey, "passkey"), (entrance.by_openid, "openid")];
    let how = ways.into_iter().find(|(taken, _)| *taken).map(|(_, way)| serde_json::json!({"by": way}));
    audit::record(c, &By { actor: Some(person), ..by.clone() }, "signed_in", "person", Some(person.to_string()), None, how)?;
    begin_session(c, keys, person, entrance, by.at).map(Some)
}

fn revoked() -> Error {
    Error::Unauthenticated {
        code: "session_revoked",
        detail: say!("Sessionen är avslutad. Logga in igen.", "The session has ended. Sign in again."),
    }
}

/// What renewing a session comes to. A reuse must be committed, so it is no error yet.
#[derive(Debug)]
pub enum Renewed {
    /// New tokens.
    Tokens(Tokens),
    /// Over, unknown, or the token was used before and all that came of it is void now.
    Refused,
}

/// Renews a session by its refresh token, which is used up. A token used twice was stolen or copied: the whole family ends.
pub fn refresh(c: &mut Conn, keys: &Keys, house: &House, refresh: &str, by: &By) -> Result<Renewed> {
    let hash = token::hash_of(refresh);
    let Some(found) = sessions::refresh_token(c, &hash)? else { return Ok(Renewed::Refused) };
    if found.revoked_at.is_some() || found.expires_at <= by.at {
        return Ok(Renewed::Refused);
    }
    let goes_on = store::by_id(c, found.person)?
        .is_some_and(|person| person.disabled_at.is_none() && by.at.seconds_since(found.last_used_at) < idle_seconds(person.role));
    let next = token::new_secret()?;
    let reused = found.used_at.is_some() || !sessions::rotate(c, found.session, &hash, &token::hash_of(&next), by.at)?;
    if reused || !goes_on {
        sessions::end(c, found.session, by.at)?;
        if reused {
            audit::record(c, by, "refresh_token_reused", "person", Some(found.person.to_string()), None, None)?;
            if let Some(person) = store::by_id(c, found.person)? {
                tell_of_change(c, house, &person, AccountChange::CopiedSession, by)?;
            }
        }
        return Ok(Renewed::Refused);
    }
    let access = keys.issue(Bearer { person: found.person, session: found.session }, by.at)?;
    Ok(Renewed::Tokens(Tokens { access, refresh: next, browser: None }))
}

impl Renewed {
    /// The tokens, or the refusal.
    pub fn into_tokens(self) -> Result<Tokens> {
        match self {
            Self::Tokens(tokens) => Ok(tokens),
            Self::Refused => Err(revoked()),
        }
    }
}

/// Ends the session of a refresh token; an unknown one is no fault.
pub fn sign_out(c: &mut Conn, refresh: &str, by: &By) -> Result<()> {
    if let Some(found) = sessions::refresh_token(c, &token::hash_of(refresh))? {
        sessions::end(c, found.session, by.at)?;
        audit::record(
            c,
            &By { actor: Some(found.person), ..by.clone() },
            "signed_out",
            "person",
            Some(found.person.to_string()),
            None,
            None,
        )?;
    }
    Ok(())
}

/// Ends another session of the caller's, or this one.
pub fn end_session(c: &mut Conn, call: &Call, session: Id) -> Result<()> {
    if !sessions::end_own(c, call.caller.person.id, session, call.now)? {
        return Err(Error::NotFound("session"));
    }
    audit::record(c, &call.by(), "ended", "session", Some(session.to_string()), None, None)
}

/// Ends all sessions of the caller's but this one.
pub fn end_other_sessions(c: &mut Conn, call: &Call) -> Result<()> {
    let person = call.caller.person.id;
    sessions::end_of(c, person, Some(call.caller.session), call.now)?;
    audit::record(c, &call.by(), "ended_other_sessions", "person", Some(person.to_string()), None, None)
}

/// May the caller set its password without the old one? For whoever came in by a link in a letter, which is what one asks for who
/// has forgotten it.
pub fn may_set_password(c: &mut Conn, session: Id, now: Moment) -> Result<bool> {
    sessions::began_by_link(c, session, now.plus_seconds(-PASSWORD_OPEN_SECONDS))
}

/// Ends the caller's own session.
pub fn sign_out_session(c: &mut Conn, session: Id, by: &By) -> Result<()> {
    sessions::end(c, session, by.at)
}

/// Who calls with this access token, as the database has it now.
pub fn caller(c: &mut Conn, bearer: Bearer, now: Moment) -> Result<Caller> {
    let unknown = || Error::Unauthenticated {
        code: "unauthenticated",
        detail: say!("Sessionen är avslutad. Logga in igen.", "The session has ended. Sign in again."),
    };
    let (person, passed, memberships) = store::person_in_session(c, bearer.session, bearer.person, now)?
        .filter(|(person, ..)| person.disabled_at.is_none())
        .ok_or_else(unknown)?;
    let second_factor_missing = second_factor::is_missing(c, person.role, passed)?;
    Ok(Caller { person, memberships, session: bearer.session, second_factor: passed, second_factor_missing })
}

/// Whose program calls, as the database has it now: with the rights of the person, if its account has a second factor of its own.
pub fn caller_of_program(c: &mut Conn, bearer: Bearer) -> Result<Caller> {
    let person = store::by_id(c, bearer.person)?.filter(|person| person.disabled_at.is_none()).ok_or_else(revoked)?;
    let passed = person.second_factor || passkeys::has_any(c, person.id)?;
    let second_factor_missing = second_factor::is_missing(c, person.role, passed)?;
    let memberships = store::memberships(c, person.id)?;
    Ok(Caller { person, memberships, session: bearer.session, second_factor: passed, second_factor_missing })
}

/// Tells somebody by letter that how it signs in has changed: it may not have been itself.
pub fn tell_of_change(c: &mut Conn, house: &House, person: &Person, change: AccountChange, by: &By) -> Result<()> {
    mail::enqueue(c, house, &person.recipient(), &mail::Letter::AccountChanged(change), None, by)?;
    Ok(())
}

/// Mails a link with which somebody sets a password, and voids the ones before.
pub fn mail_password_link(c: &mut Conn, house: &House, person: &Person, by: &By) -> Result<()> {
    mail_first_link(c, house, person, None, by).map(|_| ())
}

/// The same for whom an association asks to join; gives the hash of the link's secret, by which using it is told from using another.
pub(super) fn mail_first_link(c: &mut Conn, house: &House, person: &Person, asked_by: Option<String>, by: &By) -> Result<String> {
    let secret = new_link(c, person.id, by.at)?;
    let letter = mail::Letter::FirstPassword { link: link_of(house, &secret), asked_by };
    mail::enqueue(c, house, &person.recipient(), &letter, None, by)?;
    Ok(token::hash_of(&secret))
}

/// A link with which somebody sets a password; the ones before are void.
pub fn password_link(c: &mut Conn, house: &House, person: Id, now: Moment) -> Result<String> {
    new_link(c, person, now).map(|secret| link_of(house, &secret))
}

fn new_link(c: &mut Conn, person: Id, now: Moment) -> Result<String> {
    let secret = token::new_secret()?;
    store::insert_link(c, Some(person), &token::hash_of(&secret), now, now.plus_seconds(LETTER_LINK_SECONDS))?;
    Ok(secret)
}

/// After the hash sign: browsers send it to nobody, so it is in no log.
fn link_of(house: &House, secret: &str) -> String {
    format!("{}/losenord#{secret}", house.public_url)
}

/// The one link with which the first admin sets itself up; `None` once there is an admin.
pub fn setup_link(c: &mut Conn, house: &House, now: Moment) -> Result<Option<String>> {
    if store::has_admin(c)? {
        return Ok(None);
    }
    let secret = token::new_secret()?;
    store::insert_link(c, None, &token::hash_of(&secret), now, now.plus_seconds(SETUP_LINK_SECONDS))?;
    Ok(Some(format!("{}/kom-igang#{secret}", house.public_url)))
}

fn invalid_link() -> Error {
    Error::Unauthenticated {
        code: "invalid_link",
        detail: say!("Länken gäller inte längre. Be om en ny.", "The link does not hold any more. Ask for a new one."),
    }
}

/// Whose link this is, `None` for the first admin's; refuses one that is no good before anything dear is done for it.
pub fn look_at_link(c: &mut Conn, secret: &str, now: Moment) -> Result<Option<Person>> {
    match store::whose_link(c, &token::hash_of(secret), now)? {
        Some(Some(person)) => store::by_id(c, person)?.ok_or_else(invalid_link).map(Some),
        Some(None) => Ok(None),
        None => Err(invalid_link()),
    }
}

/// Sets a password by a one-time link, ends all other sessions and programs' tokens, and signs in.
pub fn set_password_by_link(
    c: &mut Conn,
    keys: &Keys,
    house: &House,
    secret: &str,
    hash: &str,
    entrance: &Entrance,
    by: &By,
) -> Result<Tokens> {
    let Some(Some(person)) = store::use_link(c, &token::hash_of(secret), by.at)? else { return Err(invalid_link()) };
    let Some(person) = store::by_id(c, person)?.filter(|person| person.disabled_at.is_none()) else { return Err(invalid_link()) };
    let entrance = &second_factor::pass(c, keys, &person, entrance, by.at)?;
    let had_one = store::password_hash(c, person.id)?.is_some();
    store::set_password_hash(c, person.id, hash, by.at)?;
    sessions::end_of(c, person.id, None, by.at)?;
    mail_link::void(c, person.id, by.at)?;
    api_tokens::revoke_all(c, person.id, by.at)?;
    let own = By { actor: Some(person.id), ..by.clone() };
    audit::record(c, &own, "set_password", "person", Some(person.id.to_string()), None, None)?;
    invitations::accept_by_link(c, &own, person.id, &token::hash_of(secret))?;
    // Whoever chooses its first one has just been written to.
    if had_one {
        tell_of_change(c, house, &person, AccountChange::Password, by)?;
    }
    begin_session(c, keys, person.id, entrance, by.at)
}

/// The one who sets the house up.
#[derive(Debug)]
pub struct FirstAdmin {
    /// Where letters go.
    pub email: Email,
    /// What it is called.
    pub name: String,
    /// Of its password.
    pub hash: String,
}

/// Refuses once there is an admin.
pub fn refuse_if_set_up(c: &mut Conn) -> Result<()> {
    if !store::has_admin(c)? {
        return Ok(());
    }
    Err(Error::Conflict {
        code: "already_set_up",
        detail: say!("Huset har redan en administratör. Be den om ett konto.", "The house has an admin already. Ask for an account."),
    })
}

/// Makes the house's first admin by the link that the program printed.
pub fn set_up(c: &mut Conn, keys: &Keys, secret: &str, first: &FirstAdmin, entrance: &Entrance, by: &By) -> Result<Tokens> {
    refuse_if_set_up(c)?;
    let Some(None) = store::use_link(c, &token::hash_of(secret), by.at)? else { return Err(invalid_link()) };
    let new = store::NewPerson { email: &first.email, name: &first.name, role: Role::Admin, language: Language::Sv };
    let Some(person) = store::insert(c, &new, by.at)? else {
        return Err(Error::invalid("email", say!("har redan ett konto", "has an account already")));
    };
    store::set_password_hash(c, person.id, &first.hash, by.at)?;
    audit::record(c, &By { actor: Some(person.id), ..by.clone() }, "set_up_house", "person", Some(person.id.to_string()), None, None)?;
    begin_session(c, keys, person.id, entrance, by.at)
}

/// Changes the caller's own password; its other sessions and its programs' tokens end.
pub fn change_password(c: &mut Conn, call: &Call, hash: &str) -> Result<()> {
    let person = call.caller.person.id;
    store::set_password_hash(c, person, hash, call.now)?;
    sessions::end_of(c, person, Some(call.caller.session), call.now)?;
    sessions::use_up_link(c, call.caller.session)?;
    mail_link::void(c, person, call.now)?;
    api_tokens::revoke_all(c, person, call.now)?;
    tell_of_change(c, &call.house, &call.caller.person, AccountChange::Password, &call.by())?;
    audit::record(c, &call.by(), "changed_password", "person", Some(person.to_string()), None, None)
}
