//! Figures as tables, for files and for the terminal: the same cells whatever the format.
use super::{
    figures::{
        AnnualReport, CategoryFigures, Definition, HourFigures, Hours, KindFigures, MonthFigures, MonthlyFigures, OrganisationFigures,
        PerMonth, Ratings, RoomFigures, Share, Tally, YearFigures,
    },
    report_table,
};
use crate::{
    bookings::Category,
    error::{Language, Say},
    organisations::Kind,
    say,
};

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Text, perhaps somebody else's.
    Text(String),
    /// A whole number.
    Count(i64),
    /// Any number, and how many decimals it is shown with.
    Number(f64, usize),
    /// A share, from 0 to 1 and sometimes above.
    Share(f64),
    /// Nothing is known.
    Empty,
}

impl From<i64> for Cell {
    fn from(count: i64) -> Self {
        Self::Count(count)
    }
}
impl From<Share> for Cell {
    fn from(share: Share) -> Self {
        share.value().map_or(Self::Empty, Self::Share)
    }
}
impl From<Hours> for Cell {
    fn from(hours: Hours) -> Self {
        Self::Number(hours.value(), 2)
    }
}
impl From<PerMonth> for Cell {
    fn from(mean: PerMonth) -> Self {
        Self::Number(mean.value(), if mean.is_whole() { 0 } else { 2 })
    }
}
impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// A table in one language.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What it shows, short enough for a sheet's tab.
    pub name: String,
    /// How many columns at the left say what a row is about.
    pub names: usize,
    /// Does each row stand for a figure, and each further column for what the figure is about? Elsewhere it is the other way round.
    pub figures_down: bool,
    /// The heads of its columns.
    pub heads: Vec<String>,
    /// Its rows, each as long as the heads.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// In a language, with what it is called and its first columns that say what a row is about.
    #[must_use]
    pub fn new(language: Language, name: Say, names: usize, heads: &[Say], rows: Vec<Vec<Cell>>) -> Self {
        let in_language = |say: &Say| say.in_language(language).to_owned();
        Self { name: in_language(&name), names, figures_down: false, heads: heads.iter().map(in_language).collect(), rows }
    }

    /// Tables of the same kind below each other, each row behind the period that it is about.
    #[must_use]
    pub fn stacked(language: Language, tables: impl IntoIterator<Item = (String, Self)>) -> Self {
        let mut all = Self::new(language, say!("Jämförelse", "Comparison"), 1, &[say!("Period", "Period")], vec![]);
        for (period, table) in tables {
            all.names = table.names + 1;
            all.heads.truncate(1);
            all.heads.extend(table.heads);
            all.rows.extend(table.rows.into_iter().map(|row| std::iter::once(Cell::Text(period.clone())).chain(row).collect()));
        }
        all
    }
}

fn tally_heads() -> Vec<Say> {
    vec![
        say!("Sammankomster", "Gatherings"),
        say!("Timmar", "Hours"),
        say!("Deltagare", "Participants"),
        say!("Besök", "Visits"),
        say!("Avbokade", "Cancelled"),
        say!("Uteblivna", "No-shows"),
    ]
}

/// The last columns of every table that has a tally: what is new stands at the end, where it moves no other column.
fn fill_heads() -> [Say; 2] {
    [say!("Fyllnadsgrad", "Fill rate"), say!("Rapporterade", "Reported")]
}

fn fill_cells(tally: &Tally) -> [Cell; 2] {
    [tally.fill_rate.into(), tally.report_coverage.into()]
}

fn tally_cells(tally: &Tally) -> Vec<Cell> {
    vec![
        tally.gatherings.into(),
        tally.hours.into(),
        tally.participants.into(),
        tally.visits.into(),
        tally.cancelled.into(),
        tally.no_shows.into(),
    ]
}

fn source_head() -> Say {
    say!("Besök enligt dörräknare", "Visits by door counters")
}

fn rating_heads() -> [Say; 2] {
    [say!("Betyg", "Rating"), say!("Antal svar", "Answers")]
}

fn rating_cells(ratings: Ratings) -> [Cell; 2] {
    [mean_cell(ratings), ratings.count.into()]
}

pub(super) fn mean_cell(ratings: Ratings) -> Cell {
    ratings.mean().map_or(Cell::Empty, |mean| Cell::Number(mean, 1))
}

/// Months, with a last row for all of them if there is a total.
#[must_use]
pub fn monthly(figures: &MonthlyFigures, language: Language) -> Table {
    let mut table = months(&figures.months, language);
    let total = &figures.total;
    let mut last = vec![Cell::from(say!("Totalt", "Total").in_language(language))];
    last.extend(tally_cells(&total.tally));
    last.extend([total.active_organisations.into(), total.utilisation.into(), total.visit_coverage.into()]);
    last.extend(fill_cells(&total.tally));
    last.push(total.visit_sources.counter_visits.into());
    table.rows.push(last);
    table
}

/// Months alone.
#[must_use]
pub fn months(figures: &[MonthFigures], language: Language) -> Table {
    let mut heads = vec![say!("Månad", "Month")];
    heads.extend(tally_heads());
    heads.extend([
        say!("Aktiva organisationer", "Active organisations"),
        say!("Nyttjandegrad", "Utilisation"),
        say!("Täckning", "Visit coverage"),
    ]);
    heads.extend(fill_heads());
    heads.push(source_head());
    let row = |month: &MonthFigures| {
        let mut cells = vec![Cell::Text(month.month.to_string())];
        cells.extend(tally_cells(&month.tally));
        cells.extend([month.active_organisations.into(), month.utilisation.into(), month.visit_coverage.into()]);
        cells.extend(fill_cells(&month.tally));
        cells.push(month.visit_sources.counter_visits.into());
        cells
    };
    Table::new(language, say!("Månader", "Months"), 1, &heads, figures.iter().map(row).collect())
}

/// Rooms.
#[must_use]
pub fn rooms(figures: &[RoomFigures], language: Language) -> Table {
    let mut heads = vec![say!("Kod", "Code"), say!("Lokal", "Room")];
    heads.extend(tally_heads());
    heads.push(say!("Nyttjandegrad", "Utilisation"));
    heads.extend(fill_heads());
    let row = |room: &RoomFigures| {
        let mut cells = vec![Cell::from(room.room.as_str()), Cell::from(room.name.as_str())];
        cells.extend(tally_cells(&room.tally));
        cells.push(room.utilisation.into());
        cells.extend(fill_cells(&room.tally));
        cells
    };
    Table::new(language, say!("Lokaler", "Rooms"), 1, &heads, figures.iter().map(row).collect())
}

/// Organisations.
#[must_use]
pub fn organisations(figures: &[OrganisationFigures], language: Language) -> Table {
    let mut heads = vec![say!("Id", "Id"), say!("Organisation", "Organisation"), say!("Typ", "Kind"), say!("Hyresgäst", "Tenant")];
    heads.extend(tally_heads());
    heads.extend(fill_heads());
    let row = |organisation: &OrganisationFigures| {
        let tenant = if organisation.tenant { say!("ja", "yes") } else { say!("nej", "no") };
        let mut cells = vec![
            Cell::Text(organisation.organisation_id.to_string()),
            Cell::from(organisation.name.as_str()),
            Cell::from(kind(organisation.kind).in_language(language)),
            Cell::from(tenant.in_language(language)),
        ];
        cells.extend(tally_cells(&organisation.tally));
        cells.extend(fill_cells(&organisation.tally));
        cells
    };
    Table::new(language, say!("Organisationer", "Organisations"), 1, &heads, figures.iter().map(row).collect())
}

/// Categories.
#[must_use]
pub fn categories(figures: &[CategoryFigures], language: Language) -> Table {
    let mut heads = vec![say!("Kod", "Code"), say!("Kategori", "Category")];
    heads.extend(tally_heads());
    heads.extend(rating_heads());
    heads.extend(fill_heads());
    let row = |of: &CategoryFigures| {
        let mut cells = vec![Cell::from(of.category.as_str()), Cell::from(category(of.category).in_language(language))];
        cells.extend(tally_cells(&of.tally));
        cells.extend(rating_cells(of.ratings));
        cells.extend(fill_cells(&of.tally));
        cells
    };
    Table::new(language, say!("Kategorier", "Categories"), 1, &heads, figures.iter().map(row).collect())
}

/// Hours of the week.
#[must_use]
pub fn hours(figures: &[HourFigures], language: Language) -> Table {
    let heads = [
        say!("Veckodag", "Weekday"),
        say!("Från timme", "From hour"),
        say!("Sammankomster", "Gatherings"),
        say!("Timmar", "Hours"),
        say!("Besök", "Visits"),
    ];
    let row = |hour: &HourFigures| {
        vec![
            Cell::from(weekday(hour.weekday).in_language(language)),
            hour.hour.into(),
            hour.gatherings.into(),
            hour.hours.into(),
            hour.visits.into(),
        ]
    };
    Table::new(language, say!("Veckans timmar", "Hours of the week"), 2, &heads, figures.iter().map(row).collect())
}

/// Kinds of organisations.
#[must_use]
pub fn kinds(figures: &[KindFigures], language: Language) -> Table {
    let mut heads = vec![say!("Kod", "Code"), say!("Typ av organisation", "Kind of organisation")];
    heads.extend(tally_heads());
    heads.extend(fill_heads());
    let row = |of: &KindFigures| {
        let mut cells = vec![Cell::from(of.kind.as_str()), Cell::from(kind(of.kind).in_language(language))];
        cells.extend(tally_cells(&of.tally));
        cells.extend(fill_cells(&of.tally));
        cells
    };
    Table::new(language, say!("Organisationstyper", "Kinds of organisations"), 1, &heads, figures.iter().map(row).collect())
}

fn years(year: &YearFigures, previous: Option<&YearFigures>, language: Language) -> Table {
    let numbers = |of: &YearFigures| -> Vec<(Say, Cell)> {
        let (total, tally) = (&of.total, &of.total.tally);
        vec![
            (say!("Sammankomster", "Gatherings"), tally.gatherings.into()),
            (say!("Timmar", "Hours"), tally.hours.into()),
            (say!("Deltagare", "Participants"), tally.participants.into()),
            (say!("Besök", "Visits"), tally.visits.into()),
            (say!("Besök per månad", "Visits per month"), total.visits_per_month.into()),
            (say!("Lokaler", "Rooms"), of.rooms.into()),
            (say!("Organisationer", "Organisations"), of.organisations.into()),
            (say!("Hyresgäster", "Tenants"), of.tenants.into()),
            (say!("Aktiva organisationer", "Active organisations"), total.active_organisations.into()),
            (say!("Avbokade", "Cancelled"), tally.cancelled.into()),
            (say!("Uteblivna", "No-shows"), tally.no_shows.into()),
            (say!("Fyllnadsgrad", "Fill rate"), tally.fill_rate.into()),
            (say!("Rapporterade", "Reported"), tally.report_coverage.into()),
            (say!("Betyg (1 till 5)", "Rating (1 to 5)"), mean_cell(of.ratings)),
            (say!("Antal svar", "Answers"), of.ratings.count.into()),
            (say!("Nyttjandegrad", "Utilisation"), total.utilisation.into()),
            (say!("Täckning", "Visit coverage"), total.visit_coverage.into()),
            (source_head(), total.visit_sources.counter_visits.into()),
        ]
        .into_iter()
        .chain(report_table::key_figures(&of.key_figures))
        .collect()
    };
    let before = previous.map(&numbers);
    let mut heads = vec![say!("Mått", "Figure")];
    let this = year.year;
    heads.push(say!("{this}", "{this}"));
    if let Some(previous) = previous {
        let last = previous.year;
        heads.push(say!("{last}", "{last}"));
    }
    let row = |(i, (name, value)): (usize, (Say, Cell))| {
        let mut cells = vec![Cell::from(name.in_language(language)), value];
        cells.extend(before.as_ref().and_then(|all| all.get(i)).map(|(_, value)| value.clone()));
        cells
    };
    let rows = numbers(year).into_iter().enumerate().map(row).collect();
    Table { figures_down: true, ..Table::new(language, say!("Året", "Year"), 1, &heads, rows) }
}

/// The tables of the yearly report that fit a page.
#[must_use]
pub fn overview(report: &AnnualReport, language: Language) -> Vec<Table> {
    vec![
        years(&report.figures, report.previous.as_ref(), language),
        months(&report.monthly, language),
        rooms(&report.by_room, language),
        kinds(&report.by_organisation_kind, language),
        categories(&report.by_category, language),
    ]
}

/// All tables of the yearly report; the definitions last.
#[must_use]
pub fn annual_report(report: &AnnualReport, language: Language) -> Vec<Table> {
    let mut tables = overview(report, language);
    tables.extend([
        hours(&report.by_hour, language),
        report_table::headlines(&report.headlines, report.figures.year, language),
        report_table::summaries(&report.by_stretch, language),
        report_table::goals(&report.goals, language),
        report_table::closing(&report.closing, language),
        definitions(report.definitions, language),
    ]);
    tables
}

fn definitions(all: &[Definition], language: Language) -> Table {
    let heads = [say!("Mått", "Figure"), say!("Definition", "Definition")];
    let row = |of: &Definition| vec![Cell::from(of.figure), Cell::from(if language == Language::Sv { of.sv } else { of.en })];
    Table::new(language, say!("Definitioner", "Definitions"), 1, &heads, all.iter().map(row).collect())
}

fn weekday(number: i64) -> Say {
    match number {
        1 => say!("måndag", "Monday"),
        2 => say!("tisdag", "Tuesday"),
        3 => say!("onsdag", "Wednesday"),
        4 => say!("torsdag", "Thursday"),
        5 => say!("fredag", "Friday"),
        6 => say!("lördag", "Saturday"),
        _ => say!("söndag", "Sunday"),
    }
}

fn kind(kind: Kind) -> Say {
    match kind {
        Kind::Association => say!("Förening", "Association"),
        Kind::SocialEnterprise => say!("Socialt företag", "Social enterprise"),
        Kind::Municipality => say!("Kommun", "Municipality"),
        Kind::Company => say!("Företag", "Company"),
        Kind::StudyAssociation => say!("Studieförbund", "Study association"),
        Kind::Network => say!("Nätverk", "Network"),
        Kind::Other => say!("Annat", "Other"),
    }
}

pub(super) fn category(category: Category) -> Say {
    match category {
        Category::Meeting => say!("Möte", "Meeting"),
        Category::BoardMeeting => say!("Styrelsemöte", "Board meeting"),
        Category::Workshop => say!("Workshop", "Workshop"),
        Category::Seminar => say!("Seminarium", "Seminar"),
        Category::Training => say!("Utbildning", "Training"),
        Category::Lecture => say!("Föreläsning", "Lecture"),
        Category::LearningLunch => say!("Lärandelunch", "Learning lunch"),
        Category::DialogueForum => say!("Dialogforum", "Dialogue forum"),
        Category::Culture => say!("Kultur", "Culture"),
        Category::YouthActivity => say!("Ungdomsaktivitet", "Youth activity"),
        Category::Course => say!("Kurs", "Course"),
        Category::Other => say!("Annat", "Other"),
    }
}
