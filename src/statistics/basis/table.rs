//! The basis as a table, for a file.
use super::Basis;
use crate::{
    error::Language,
    say,
    statistics::table::{Cell, Table, category},
};

/// A row for each gathering.
#[must_use]
pub fn table(basis: &Basis, language: Language) -> Table {
    let heads = [
        say!("Datum", "Date"),
        say!("Från", "From"),
        say!("Till", "To"),
        say!("Minuter", "Minutes"),
        say!("60 minuter eller mer", "60 minutes or more"),
        say!("Lokal", "Room"),
        say!("Kategori", "Category"),
        say!("Väntade", "Expected"),
        say!("Deltagare", "Participants"),
        say!("Räknade i dörren", "Counted in the door"),
        say!("Bokningsnummer", "Booking number"),
    ];
    let rows = basis.gatherings.iter().map(|one| {
        let clock = |at: crate::time::Moment| Cell::Text(at.local().format("%H:%M").to_string());
        let long = if one.is_long_enough() { say!("ja", "yes") } else { say!("nej", "no") };
        vec![
            Cell::Text(one.starts_at.date().to_string()),
            clock(one.starts_at),
            clock(one.ends_at),
            one.minutes().into(),
            Cell::from(long.in_language(language)),
            Cell::from(one.room_name.as_str()),
            Cell::from(category(one.category).in_language(language)),
            i64::from(one.expected).into(),
            one.actual.map_or(Cell::Empty, |people| i64::from(people).into()),
            one.visits.into(),
            Cell::from(one.reference.as_str()),
        ]
    });
    Table::new(language, say!("Underlag för närvaro", "Basis for attendance"), 3, &heads, rows.collect())
}
