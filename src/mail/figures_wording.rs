//! What letters about figures say.
use super::letter::Letter;
use crate::{
    error::{Language, Say},
    say,
};

/// A figure in words.
pub(super) struct Line {
    pub(super) what: String,
    pub(super) value: String,
}

/// What the templates are given.
#[derive(Default)]
pub(super) struct Figures {
    /// Of which period, in words.
    pub(super) period: String,
    /// The association's name, or empty for the house.
    pub(super) about: String,
    /// Figure by figure.
    pub(super) lines: Vec<Line>,
    /// Where these letters are turned off.
    pub(super) off: String,
}

pub(super) fn view(letter: &Letter, public_url: &str, language: Language) -> Figures {
    let Letter::Figures { period, about, lines, .. } = letter else { return Figures::default() };
    let in_language = |say: &Say| say.in_language(language).to_owned();
    Figures {
        period: in_language(&period_in_words(period)),
        about: about.clone().unwrap_or_default(),
        lines: lines.iter().map(|line| Line { what: in_language(&line.what), value: in_language(&line.value) }).collect(),
        off: format!("{public_url}/konto"),
    }
}

pub(super) fn subject(period: &str, about: Option<&str>) -> Say {
    let Say { sv, en } = period_in_words(period);
    match about {
        Some(about) => say!("{about}: era siffror för {sv}", "{about}: your figures for {en}"),
        None => say!("Husets siffror för {sv}", "The house's figures for {en}"),
    }
}

/// `oktober 2026`, `första halvåret 2026`.
fn period_in_words(period: &str) -> Say {
    let (year, rest) = period.split_once('-').unwrap_or((period, ""));
    let (sv, en) = match rest {
        "H1" => ("första halvåret", "the first half of"),
        "H2" => ("andra halvåret", "the second half of"),
        "01" => ("januari", "January"),
        "02" => ("februari", "February"),
        "03" => ("mars", "March"),
        "04" => ("april", "April"),
        "05" => ("maj", "May"),
        "06" => ("juni", "June"),
        "07" => ("juli", "July"),
        "08" => ("augusti", "August"),
        "09" => ("september", "September"),
        "10" => ("oktober", "October"),
        "11" => ("november", "November"),
        "12" => ("december", "December"),
        _ => ("", ""),
    };
    say!("{sv} {year}", "{en} {year}")
}
