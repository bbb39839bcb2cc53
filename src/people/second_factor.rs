//! A second factor: six digits from an app (TOTP, RFC 6238), and codes on paper for the day the phone is gone. Of the app's secret
//! only a salt is stored, from which the house's own secret makes it: whoever reads the database alone can't make the digits.
use diesel::prelude::*;
use totp_rs::{Builder, Secret, Totp};

use super::{
    account::{Person, Role},
    attempts::{self, Counted},
    caller::Call,
    passkeys,
    sessions::{self, Entrance},
    sign_in, store,
    token::{self, Keys},
    users,
};
use crate::{
    audit::{self, By},
    config::House,
    db::{
        Conn,
        schema::{house_settings, people, recovery_codes},
    },
    error::{Error, Fault, Result},
    id::Id,
    mail::AccountChange,
    say,
    time::Moment,
};

/// What the app shows in front of the digits.
const ISSUER: &str = "Nobel 21";
/// So many codes for paper are handed out.
const RECOVERY_CODES: usize = 8;
/// Of so many random bytes each: 120 bits, so that a plain hash is enough to store (OWASP ASVS 5.0, 6.5.2).
const RECOVERY_BYTES: usize = 15;

/// What the app is told.
#[derive(Debug)]
pub struct Begun {
    /// The secret in base 32, for typing.
    pub secret: String,
    /// The same as an `otpauth` link, for a QR code.
    pub url: String,
}

/// How it stands with somebody's second factor.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// Is asked for at every sign-in.
    pub on: bool,
    /// The role's rights wait for it.
    pub needed: bool,
    /// Codes on paper that are not used yet.
    pub recovery_codes_left: i64,
}

fn totp(keys: &Keys, person: &Person, salt: &str) -> Result<Totp> {
    let secret = keys.derive("totp", &format!("{}:{salt}", person.id))?;
    let built = Builder::new().with_secret(secret).with_issuer(Some(ISSUER)).with_account_name(person.email.replace(':', " "));
    built.build().map_err(Error::internal)
}

fn on_already() -> Error {
    Error::Conflict {
        code: "wrong_state",
        detail: say!("Tvåstegsinloggning är redan på. Stäng av den först.", "Two-step sign-in is on already. Turn it off first."),
    }
}

fn wrong_code() -> Error {
    let detail = say!("stämmer inte, eller har redan använts", "is not right, or was used already");
    Error::Invalid(vec![Fault::coded("code", "wrong_code", detail)])
}

/// May this role do what it is for, in a session that began like this? An admin runs the house with two factors only, unless the
/// house has decided otherwise.
pub fn is_missing(c: &mut Conn, role: Role, passed: bool) -> Result<bool> {
    Ok(role == Role::Admin && !passed && house_settings::table.select(house_settings::second_factor_required).first::<bool>(c)?)
}

/// How it stands with the caller's.
pub fn standing(c: &mut Conn, call: &Call) -> Result<Standing> {
    let left = recovery_codes::table.filter(recovery_codes::person_id.eq(call.caller.person.id)).filter(recovery_codes::used_at.is_null());
    Ok(Standing {
        on: call.caller.person.second_factor,
        needed: call.caller.second_factor_missing,
        recovery_codes_left: if call.caller.person.second_factor { left.count().get_result(c)? } else { 0 },
    })
}

/// Hands out a secret for an app; nothing is asked for until [`confirm`] has seen that it works.
pub fn begin(c: &mut Conn, keys: &Keys, call: &Call) -> Result<Begun> {
    let person = store::lock(c, call.caller.person.id)?.ok_or(Error::NotFound(users::NOUN))?;
    if person.second_factor {
        return Err(on_already());
    }
    passkeys::refuse_half_a_sign_in(c, call)?;
    let salt = token::new_secret()?;
    diesel::update(people::table.find(person.id)).set((people::totp_salt.eq(&salt), people::totp_step.eq(0_i64))).execute(c)?;
    let totp = totp(keys, &person, &salt)?;
    let secret = Secret::from(keys.derive("totp", &format!("{}:{salt}", person.id))?).to_base32();
    Ok(Begun { secret, url: totp.to_url().map_err(Error::internal)? })
}

/// Turns it on, once the app shows the right digits; the answer is the codes for paper, shown this once. Other sessions end: they came
/// in by one factor.
pub fn confirm(c: &mut Conn, keys: &Keys, call: &Call, code: &str) -> Result<Vec<String>> {
    let id = call.caller.person.id;
    let person = store::lock(c, id)?.ok_or(Error::NotFound(users::NOUN))?;
    if person.second_factor {
        return Err(on_already());
    }
    passkeys::refuse_half_a_sign_in(c, call)?;
    if !takes(c, keys, &person, code, call.now)? {
        return Err(wrong_code());
    }
    diesel::update(people::table.find(id)).set(people::totp_since.eq(call.now)).execute(c)?;
    diesel::delete(recovery_codes::table.filter(recovery_codes::person_id.eq(id))).execute(c)?;
    let mut codes = vec![];
    for _ in 0..RECOVERY_CODES {
        let code = new_recovery_code()?;
        let row = (recovery_codes::code_hash.eq(token::hash_of(&code)), recovery_codes::person_id.eq(id));
        diesel::insert_into(recovery_codes::table).values(row).execute(c)?;
        codes.push(in_groups(&code));
    }
    passkeys::open_fully(c, call)?;
    sign_in::tell_of_change(c, &call.house, &person, AccountChange::TwoStepsOn, &call.by())?;
    audit::record(c, &call.by(), "turned_on_second_factor", users::NOUN, Some(id.to_string()), None, None)?;
    Ok(codes)
}

/// Turns the caller's off; it takes a code, so that a session left open is not enough.
pub fn turn_off(c: &mut Conn, keys: &Keys, call: &Call, code: &str) -> Result<()> {
    let person = store::lock(c, call.caller.person.id)?.ok_or(Error::NotFound(users::NOUN))?;
    if !person.second_factor {
        return Err(Error::Conflict {
            code: "wrong_state", detail: say!("Tvåstegsinloggning är inte på.", "Two-step sign-in is not on.")
        });
    }
    if !takes(c, keys, &person, code, call.now)? {
        return Err(wrong_code());
    }
    forget(c, person.id)?;
    // With a passkey there is a second step still, and this session has shown one.
    if !passkeys::has_any(c, person.id)? {
        sessions::unset_second_factor(c, person.id)?;
    }
    sessions::end_of(c, person.id, Some(call.caller.session), call.now)?;
    sign_in::tell_of_change(c, &call.house, &person, AccountChange::TwoStepsOff, &call.by())?;
    audit::record(c, &call.by(), "turned_off_second_factor", users::NOUN, Some(person.id.to_string()), None, None)
}

/// Turns somebody's off who has lost phone and paper, takes its passkeys away, and signs it out everywhere.
pub fn remove(c: &mut Conn, by: &By, house: &House, id: Id) -> Result<()> {
    let person = store::lock(c, id)?.ok_or(Error::NotFound(users::NOUN))?;
    let keys = passkeys::forget(c, id)?;
    if !person.second_factor && keys == 0 {
        return Err(Error::Conflict {
            code: "wrong_state",
            detail: say!("Personen har ingen tvåstegsinloggning.", "The person has no two-step sign-in."),
        });
    }
    forget(c, id)?;
    sessions::unset_second_factor(c, id)?;
    sessions::end_of(c, id, None, by.at)?;
    if person.second_factor {
        sign_in::tell_of_change(c, house, &person, AccountChange::TwoStepsOff, by)?;
    }
    if keys > 0 {
        sign_in::tell_of_change(c, house, &person, AccountChange::PasskeysRemoved, by)?;
    }
    let taken = (keys > 0).then(|| serde_json::json!({"passkeys": keys}));
    audit::record(c, by, "turned_off_second_factor", users::NOUN, Some(id.to_string()), taken, None)
}

fn forget(c: &mut Conn, id: Id) -> Result<()> {
    let none = (people::totp_salt.eq(None::<String>), people::totp_since.eq(None::<Moment>));
    diesel::update(people::table.find(id)).set(none).execute(c)?;
    diesel::delete(recovery_codes::table.filter(recovery_codes::person_id.eq(id))).execute(c)?;
    Ok(())
}

/// Somebody signs in and has shown the first factor: how it came in, with the second if it has one. A passkey is both; who has shown two
/// elsewhere ([`Entrance::second_factor`]) is asked for no more.
pub fn pass(c: &mut Conn, keys: &Keys, person: &Person, entrance: &Entrance, now: Moment) -> Result<Entrance> {
    if entrance.by_passkey {
        return Ok(Entrance { second_factor: true, ..entrance.clone() });
    }
    if !person.second_factor || entrance.second_factor {
        return Ok(entrance.clone());
    }
    let refused = |code, detail| Err(Error::Unauthenticated { code, detail });
    match &entrance.code {
        None => refused("code_required", say!("Ange koden från din app.", "Give the code from your app.")),
        Some(code) if takes(c, keys, person, code, now)? => Ok(Entrance { second_factor: true, ..entrance.clone() }),
        Some(_) => refused(
            "invalid_code",
            say!(
                "Koden stämmer inte, eller har redan använts. Ange nästa.",
                "The code is not right, or was used already. Give the next one."
            ),
        ),
    }
}

/// Counts a try before its code is looked at, in a transaction of its own: a million codes are soon tried out.
pub fn count_try(c: &mut Conn, person: Id, now: Moment) -> Result<()> {
    attempts::begin(c, &Counted::codes(person), now)
}

/// Uses a code up, from the app or from paper; `false` if it is no good.
fn takes(c: &mut Conn, keys: &Keys, person: &Person, code: &str, now: Moment) -> Result<bool> {
    let good = takes_digits(c, keys, person, code, now)? || takes_paper(c, person.id, code, now)?;
    if good {
        attempts::forgive(c, &Counted::codes(person.id))?;
    }
    Ok(good)
}

fn takes_digits(c: &mut Conn, keys: &Keys, person: &Person, code: &str, now: Moment) -> Result<bool> {
    let digits: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    let salt = people::table.find(person.id).select(people::totp_salt).first::<Option<String>>(c)?;
    let (Some(salt), Ok(seconds)) = (salt, u64::try_from(now.unix())) else { return Ok(false) };
    let Some(step) = totp(keys, person, &salt)?.check(&digits, seconds) else { return Ok(false) };
    let step = i64::try_from(step).map_err(Error::internal)?;
    // Of two who come with the same digits at once, one.
    let unused = people::table.find(person.id).filter(people::totp_step.lt(step));
    Ok(diesel::update(unused).set(people::totp_step.eq(step)).execute(c)? == 1)
}

fn takes_paper(c: &mut Conn, person: Id, code: &str, now: Moment) -> Result<bool> {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect();
    let unused = recovery_codes::table
        .find(token::hash_of(&plain))
        .filter(recovery_codes::person_id.eq(person))
        .filter(recovery_codes::used_at.is_null());
    Ok(diesel::update(unused).set(recovery_codes::used_at.eq(now)).execute(c)? == 1)
}

fn new_recovery_code() -> Result<String> {
    let mut bytes = [0_u8; RECOVERY_BYTES];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    Ok(Secret::from(bytes.to_vec()).to_base32())
}

/// `ABCD-EFGH-...`, as it is written on paper.
fn in_groups(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}
