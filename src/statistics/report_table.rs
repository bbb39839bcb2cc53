//! The tables of key figures, periods, goals and closed months, for files and for the terminal.
use super::{
    comparing::Summary,
    figures::TotalFigures,
    goals::{Outcome, goal::Figure},
    headlines::Headline,
    key_figures::{KeyFigures, Waits},
    report::Closing,
    table::{Cell, Table, category, mean_cell},
};
use crate::{
    error::{Language, Say},
    say,
};

fn wait(waits: Waits) -> Cell {
    waits.mean().map_or(Cell::Empty, |mean| Cell::Number(mean, 1))
}

/// The key figures, each with its name.
#[must_use]
pub fn key_figures(of: &KeyFigures) -> Vec<(Say, Cell)> {
    let peak = of.peak.as_ref();
    vec![
        (say!("Bokade timmar", "Booked hours"), of.booked_hours.into()),
        (say!("Använda timmar", "Used hours"), of.used_hours.into()),
        (say!("Använd andel", "Used share"), of.used_share.into()),
        (say!("Flest i huset samtidigt", "Most in the house at once"), peak.map_or(Cell::Empty, |peak| peak.people.into())),
        (say!("Dagen med flest", "Day with the most"), peak.map_or(Cell::Empty, |peak| Cell::Text(peak.date.to_string()))),
        (say!("Nya organisationer", "First-time organisations"), of.first_time_organisations.into()),
        (say!("Framförhållning vid avbokning, timmar", "Notice of cancellations, hours"), wait(of.cancellation_lead_hours)),
        (say!("Avbokade samma dygn", "Cancelled within the last day"), of.late_cancellations.into()),
        (say!("Svarstid på förfrågningar, timmar", "Time to answer requests, hours"), wait(of.approval_hours)),
        (say!("Besvarade inom ett dygn", "Answered within a day"), of.approved_within_a_day.into()),
        (say!("Förfrågningar utan plats", "Requests that found no room"), of.unmet_requests.into()),
        (say!("Nästan fulla sammankomster", "Nearly full gatherings"), of.nearly_full.into()),
    ]
}

fn all_of(total: &TotalFigures, key: &KeyFigures) -> Vec<(Say, Cell)> {
    let tally = &total.tally;
    let mut all = vec![
        (say!("Sammankomster", "Gatherings"), tally.gatherings.into()),
        (say!("Timmar", "Hours"), tally.hours.into()),
        (say!("Deltagare", "Participants"), tally.participants.into()),
        (say!("Besök", "Visits"), tally.visits.into()),
        (say!("Besök per månad", "Visits per month"), total.visits_per_month.into()),
        (say!("Aktiva organisationer", "Active organisations"), total.active_organisations.into()),
        (say!("Avbokade", "Cancelled"), tally.cancelled.into()),
        (say!("Uteblivna", "No-shows"), tally.no_shows.into()),
        (say!("Fyllnadsgrad", "Fill rate"), tally.fill_rate.into()),
        (say!("Rapporterade", "Reported"), tally.report_coverage.into()),
        (say!("Nyttjandegrad", "Utilisation"), total.utilisation.into()),
        (say!("Täckning", "Visit coverage"), total.visit_coverage.into()),
        (say!("Betyg (1 till 5)", "Rating (1 to 5)"), mean_cell(key.ratings)),
        (say!("Antal svar", "Answers"), key.ratings.count.into()),
    ];
    all.extend(key_figures(key));
    all
}

/// Periods beside each other, a row for each figure.
#[must_use]
pub fn beside(all: &[&Summary], language: Language) -> Table {
    let columns: Vec<Vec<(Say, Cell)>> = all.iter().map(|one| all_of(&one.total, &one.key_figures)).collect();
    let mut heads = vec![say!("Mått", "Figure").in_language(language).to_owned()];
    heads.extend(all.iter().map(|one| one.label.clone()));
    let names = columns.first().map(Vec::as_slice).unwrap_or_default();
    let row = |(i, (name, _)): (usize, &(Say, Cell))| {
        let mut cells = vec![Cell::from(name.in_language(language))];
        cells.extend(columns.iter().filter_map(|column| column.get(i)).map(|(_, cell)| cell.clone()));
        cells
    };
    let rows = names.iter().enumerate().map(row).collect();
    Table { heads, figures_down: true, ..Table::new(language, say!("Jämförelse", "Comparison"), 1, &[], rows) }
}

/// Periods below each other.
#[must_use]
pub fn summaries(all: &[Summary], language: Language) -> Table {
    let mut heads = vec![say!("Period", "Period"), say!("Från", "From"), say!("Till", "To")];
    let empty = (TotalFigures::default(), KeyFigures::default());
    heads.extend(all_of(&empty.0, &empty.1).into_iter().map(|(name, _)| name));
    let row = |one: &Summary| {
        let mut cells = vec![Cell::from(one.label.as_str()), Cell::from(one.from.as_str()), Cell::from(one.to.as_str())];
        cells.extend(all_of(&one.total, &one.key_figures).into_iter().map(|(_, cell)| cell));
        cells
    };
    Table::new(language, say!("Perioder", "Periods"), 1, &heads, all.iter().map(row).collect())
}

/// The report's figures with method, coverage, comparison and sentence.
#[must_use]
pub fn headlines(all: &[Headline], year: i32, language: Language) -> Table {
    let before = year - 1;
    let heads = [
        say!("Mått", "Figure"),
        say!("{year}", "{year}"),
        say!("{before}", "{before}"),
        say!("Skillnad", "Difference"),
        say!("Täckning", "Coverage"),
        say!("Metod", "Method"),
        say!("Mening på svenska", "Sentence in Swedish"),
    ];
    let number = |value: Option<f64>| {
        value.map_or(Cell::Empty, |value| {
            Cell::Number(
                value,
                if value.fract() == 0.0 {
                    0
                } else if (value * 10.0).fract() == 0.0 {
                    1
                } else {
                    2
                },
            )
        })
    };
    let row = |one: &Headline| {
        let (name, coverage, method) = match language {
            Language::Sv => (&one.name_sv, &one.coverage_sv, one.method_sv),
            Language::En => (&one.name_en, &one.coverage_en, one.method_en),
        };
        vec![
            Cell::from(name.as_str()),
            number(one.value),
            number(one.previous),
            number(one.change),
            Cell::from(coverage.as_str()),
            Cell::from(method),
            Cell::from(one.sentence_sv.as_str()),
        ]
    };
    Table::new(language, say!("Rapportens mått", "The report's figures"), 1, &heads, all.iter().map(row).collect())
}

/// Goals against outcome.
#[must_use]
pub fn goals(all: &[Outcome], language: Language) -> Table {
    let heads = [
        say!("Mål", "Goal"),
        say!("Mäts som", "Measured as"),
        say!("Minst", "At least"),
        say!("Utfall", "Outcome"),
        say!("Nått", "Reached"),
    ];
    let row = |one: &Outcome| {
        let figure = match one.goal.figure {
            Figure::Gatherings => say!("Sammankomster", "Gatherings"),
            Figure::Participants => say!("Deltagare", "Participants"),
            Figure::Visits => say!("Besök", "Visits"),
            Figure::ActiveOrganisations => say!("Aktiva organisationer", "Active organisations"),
        };
        let of = one.goal.category.map(|of| format!(", {}", category(of).in_language(language).to_lowercase())).unwrap_or_default();
        let reached = if one.reached { say!("ja", "yes") } else { say!("nej", "no") };
        vec![
            Cell::from(one.goal.name.as_str()),
            Cell::Text(format!("{}{of}", figure.in_language(language))),
            i64::from(one.goal.target).into(),
            one.outcome.into(),
            Cell::from(reached.in_language(language)),
        ]
    };
    Table::new(language, say!("Mål", "Goals"), 1, &heads, all.iter().map(row).collect())
}

/// Which months are closed, and by which seal.
#[must_use]
pub fn closing(closing: &Closing, language: Language) -> Table {
    let heads = [
        say!("Månad", "Month"),
        say!("Stängd", "Closed"),
        say!("Definitioner, version", "Definitions, version"),
        say!("Ändrat sedan dess", "Changed since"),
        say!("Sigill (SHA-256)", "Seal (SHA-256)"),
    ];
    let closed = closing.closed.iter().map(|one| {
        let changed = one.differences.iter().map(|difference| difference.figure.as_str()).collect::<Vec<_>>().join(", ");
        vec![
            Cell::Text(one.month.to_string()),
            Cell::Text(one.closed_at.local().format("%Y-%m-%d %H:%M").to_string()),
            i64::from(one.definitions_version).into(),
            if changed.is_empty() { Cell::Empty } else { Cell::Text(changed) },
            Cell::from(one.hash.as_str()),
        ]
    });
    let open = closing.open.iter().map(|month| {
        let not = say!("inte stängd", "not closed");
        vec![Cell::Text(month.to_string()), Cell::from(not.in_language(language)), Cell::Empty, Cell::Empty, Cell::Empty]
    });
    let mut rows: Vec<Vec<Cell>> = closed.chain(open).collect();
    rows.sort_by_key(|row| match row.first() {
        Some(Cell::Text(month)) => month.clone(),
        _ => String::new(),
    });
    Table::new(language, say!("Stängda månader", "Closed months"), 1, &heads, rows)
}
