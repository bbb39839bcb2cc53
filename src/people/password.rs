//! Passwords: argon2id with OWASP's current parameters (Password Storage Cheat Sheet: m = 19 MiB, t = 2, p = 1).
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

use crate::{
    error::{Error, Fault, Result},
    say,
};

/// The memory of one hash in KiB.
const MEMORY_KIB: u32 = 19_456;
/// Passes over it.
const PASSES: u32 = 2;
/// Lanes.
const LANES: u32 = 1;

/// How long a password may be, in characters. No rules about its make-up: length is what helps (NIST SP 800-63B).
pub const LENGTH: std::ops::RangeInclusive<usize> = 8..=128;

/// A password that is found within so many guesses is refused: the 30 000 most common ones, what is as easy (`aaaaaaaa`,
/// `qwertyuiop`), and the house's own words. OWASP ASVS 5.0, 6.2.4 asks for the 3 000 most common.
const GUESSES: u64 = 30_000;
/// What somebody would try first here.
const HOUSE_WORDS: [&str; 6] = ["nobel21", "nobel", "föreningscentret", "foreningscentret", "malmö", "malmo"];

/// The hash of a password that somebody chooses, under the name of its field; one that is too easy to guess is refused. `own` is what
/// everybody knows of who chooses: name and address.
pub fn choose(field: &'static str, password: &str, own: &[&str]) -> Result<String> {
    let words: Vec<&str> = HOUSE_WORDS.iter().chain(own).copied().collect();
    let parts = own.iter().flat_map(|text| text.split(|letter: char| !letter.is_alphanumeric()).filter(|part| part.chars().count() > 2));
    let words: Vec<&str> = words.into_iter().chain(parts).collect();
    if zxcvbn::zxcvbn(password, &words).guesses() <= GUESSES {
        let message = say!(
            "är för lätt att gissa: många andra har valt det. Ta några ord som inte hör ihop, till exempel tre saker du ser just nu",
            "is too easy to guess: many others have chosen it. Take some words that don't belong together, such as three things that you see right now"
        );
        return Err(Error::Invalid(vec![Fault::coded(field, "password_too_common", message)]));
    }
    hash(password)
}

fn hasher() -> Result<Argon2<'static>> {
    Params::new(MEMORY_KIB, PASSES, LANES, None)
        .map(|params| Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
        .map_err(Error::internal)
}

/// The hash to store, salt and parameters included. Takes tens of milliseconds and 19 MiB.
pub fn hash(password: &str) -> Result<String> {
    hasher()?.hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(Error::internal)
}

/// What checking a password gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is not the one.
    Wrong,
    /// It is, and its hash is of today's strength.
    Right,
    /// It is, and its hash should be made anew with today's parameters.
    RightButWeak,
}

/// Checks a password against a stored hash; without one (unknown account) against a hash of nothing, in the same time.
pub fn verify(password: &str, stored: Option<&str>) -> Result<Verdict> {
    // Made with the parameters above from random bytes that nobody knows.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXJhbmRvbXNhbHQxMg$w0r2n5mDNKqUcQh2j4Yg3yqHqB1q0fJm8sQmA4V7b6E";
    let hash = PasswordHash::new(stored.unwrap_or(NOBODY)).map_err(Error::internal)?;
    let right = hasher()?.verify_password(password.as_bytes(), &hash).is_ok();
    if stored.is_none() || !right {
        return Ok(Verdict::Wrong);
    }
    let params = Params::try_from(&hash).map_err(Error::internal)?;
    let strong = hash.algorithm.as_str() == "argon2id" && params.m_cost() >= MEMORY_KIB && params.t_cost() >= PASSES;
    Ok(if strong { Verdict::Right } else { Verdict::RightButWeak })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_recognised_and_a_weak_hash_is_told() {
        let stored = hash("korrekt häst batteri").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(verify("korrekt häst batteri", Some(&stored)).unwrap(), Verdict::Right);
        assert_eq!(verify("fel", Some(&stored)).unwrap(), Verdict::Wrong);
        assert_eq!(verify("fel", None).unwrap(), Verdict::Wrong);
        let weak =
            Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap()).hash_password(b"x").unwrap().to_string();
        assert_eq!(verify("x", Some(&weak)).unwrap(), Verdict::RightButWeak);
    }
}
