//! The answers to "how many came?", one tap away in the letter that asks.
use crate::{
    error::{Language, Say},
    say,
};

/// An answer that is one tap away.
pub struct Answer {
    /// What it says.
    pub label: String,
    /// Where it leads.
    pub link: String,
}

/// The answers to "how many came?" that most will give, and one that leaves it open. Each link opens a page on which the number
/// stands already; nothing is said before it is sent from there.
pub fn answers(public_url: &str, expected: i32, secret: &str, language: Language) -> Vec<Answer> {
    let half = expected.saturating_add(1) / 2;
    let all = match expected {
        1 => say!("En kom, som väntat", "One came, as expected"),
        _ => say!("Alla {expected} kom", "All {expected} came"),
    };
    let mut offered = vec![(Some(expected), all)];
    if half < expected {
        offered.push((Some(half), say!("Ungefär hälften kom ({half})", "About half came ({half})")));
    }
    offered.push((Some(0), say!("Ingen kom", "Nobody came")));
    offered.push((None, say!("Ett annat antal", "Another number")));
    let answer = |(number, label): (Option<i32>, Say)| {
        let query = number.map(|number| format!("?antal={number}")).unwrap_or_default();
        // After the hash sign: browsers send it to nobody, so it is in no log.
        Answer { label: label.in_language(language).to_owned(), link: format!("{public_url}/hur-manga-kom{query}#{secret}") }
    };
    offered.into_iter().map(answer).collect()
}
