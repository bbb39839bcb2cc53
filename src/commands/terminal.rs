//! Words for the terminal: in its language, on the right stream, and never a panic when the reader has gone.
use std::{
    env,
    io::{self, IsTerminal, Write},
};

use nobel21::{
    error::{Error, Language, Say},
    say,
};

/// The language of the terminal, as POSIX says: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is not empty.
#[must_use]
pub fn language() -> Language {
    let first = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()));
    if first.is_some_and(|value| value.starts_with("sv")) { Language::Sv } else { Language::En }
}

/// A line on standard output. `nobel21 figures 2023 | head -1` closes it early; that is no fault.
pub fn line(text: &str) {
    let _closed = writeln!(io::stdout().lock(), "{text}");
}

/// Text on standard output that ends its own lines.
pub fn text(text: &str) {
    let _closed = write!(io::stdout().lock(), "{text}");
}

/// A sentence on standard output.
pub fn tell(sentence: &Say) {
    line(sentence.in_language(language()));
}

/// A line on standard error.
pub fn aside(text: &str) {
    let _closed = writeln!(io::stderr().lock(), "{text}");
}

/// Does somebody look at standard error?
#[must_use]
pub fn is_watched() -> bool {
    io::stderr().is_terminal()
}

/// Says on standard error why a command refuses.
pub fn complain(error: &Error) {
    let language = language();
    for sentence in sentences(error) {
        aside(&format!("nobel21: {}", sentence.in_language(language)));
    }
}

/// All that an error says, as one sentence.
#[must_use]
pub fn in_words(error: &Error) -> Say {
    let (sv, en): (Vec<String>, Vec<String>) = sentences(error).into_iter().map(|say| (say.sv, say.en)).unzip();
    Say { sv: sv.join("; "), en: en.join("; ") }
}

fn sentences(error: &Error) -> Vec<Say> {
    match error {
        Error::Malformed(say) | Error::Forbidden(say) | Error::Unavailable(say) => vec![say.clone()],
        Error::AlreadyExists { detail, .. }
        | Error::Conflict { detail, .. }
        | Error::Refused { detail, .. }
        | Error::Unauthenticated { detail, .. } => vec![detail.clone()],
        Error::Invalid(faults) => faults
            .iter()
            .map(|fault| {
                let (field, sv, en) = (&fault.field, &fault.message.sv, &fault.message.en);
                say!("{field}: {sv}", "{field}: {en}")
            })
            .collect(),
        Error::Violations(violations) => violations.iter().map(|violation| violation.message.clone()).collect(),
        Error::NotFound(noun) => vec![say!("det finns ingen sådan post ({noun})", "there is no such {noun}")],
        Error::Taken { .. } | Error::DatesRefused(_) | Error::ClosureOverBookings(_) => {
            vec![say!("tiden är redan tagen", "the time is taken")]
        }
        Error::Stale | Error::PreconditionRequired => {
            vec![say!("någon annan hann ändra: kör kommandot igen", "someone else changed it: run the command again")]
        }
        Error::TooMany { retry_after } => vec![say!("vänta {retry_after} sekunder", "wait {retry_after} seconds")],
        Error::Internal(what) => vec![say!(
            "något gick fel som inte borde kunna gå fel: {what}. Kör nobel21 doctor, och rapportera felet om allt där är ok.",
            "something went wrong that should not be able to: {what}. Run nobel21 doctor, and report the fault if all is ok there."
        )],
    }
}
