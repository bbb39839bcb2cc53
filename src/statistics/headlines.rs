//! The figures that the report to the city is about, each with what it is worth: method, coverage, comparison, and a sentence to paste.
use serde::Serialize;

use super::{
    definitions::DEFINITIONS,
    figures::{CategoryFigures, Share, YearFigures, rounded},
    sentences::{capital, category_name, counted, decimal, in_words, whole},
};

/// One figure of the report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Headline {
    /// Which, as among the definitions.
    pub figure: &'static str,
    /// What it is called in Swedish.
    pub name_sv: String,
    /// What it is called in English.
    pub name_en: String,
    /// How much; nothing where it may not be told.
    pub value: Option<f64>,
    /// How much the year before.
    pub previous: Option<f64>,
    /// The difference.
    pub change: Option<f64>,
    /// How it is worked out, in Swedish.
    pub method_sv: &'static str,
    /// How it is worked out, in English.
    pub method_en: &'static str,
    /// What it rests on, in Swedish.
    pub coverage_sv: String,
    /// What it rests on, in English.
    pub coverage_en: String,
    /// To be pasted into a text.
    pub sentence_sv: String,
}

fn method(figure: &str) -> (&'static str, &'static str) {
    DEFINITIONS.iter().find(|definition| definition.figure == figure).map_or(("", ""), |definition| (definition.sv, definition.en))
}

fn percent(share: Share) -> String {
    share.value().map_or_else(|| "–".to_owned(), |value| format!("{}\u{a0}%", decimal(value * 100.0, 1)))
}

struct Said {
    figure: &'static str,
    name: (&'static str, &'static str),
    value: Option<f64>,
    previous: Option<f64>,
    coverage: (String, String),
    sentence: String,
}

impl Said {
    fn headline(self) -> Headline {
        let (method_sv, method_en) = method(self.figure);
        Headline {
            figure: self.figure,
            name_sv: self.name.0.to_owned(),
            name_en: self.name.1.to_owned(),
            value: self.value,
            previous: self.previous,
            change: self.value.zip(self.previous).map(|(now, then)| rounded(now - then, 2)),
            method_sv,
            method_en,
            coverage_sv: self.coverage.0,
            coverage_en: self.coverage.1,
            sentence_sv: self.sentence,
        }
    }
}

/// The report's figures. `closed`: how many of the year's months are.
#[must_use]
pub fn headlines(year: &YearFigures, previous: Option<&YearFigures>, categories: &[CategoryFigures], closed: usize) -> Vec<Headline> {
    let (name, total, tally) = (year.year, &year.total, &year.total.tally);
    let then = |of: fn(&YearFigures) -> f64| previous.map(of);
    let count = |number: i64| Some(number as f64);
    let books =
        |sv: &str, en: &str| (format!("{sv} {closed} av 12 månader är stängda."), format!("{en} {closed} of 12 months are closed."));
    let counted_share = percent(total.visit_coverage);
    let visits_rest_on = (
        format!("Minst en ankomst räknades under {counted_share} av husets öppna timmar."),
        format!("At least one arrival was counted in {counted_share} of the house's open hours."),
    );
    let register = ("Registret när rapporten togs fram.".to_owned(), "The books when the report was made.".to_owned());
    let (reported, gatherings) = (whole(tally.report_coverage.part), whole(tally.gatherings));
    let mut all = vec![
        Said {
            figure: "gatherings",
            name: ("Sammankomster", "Gatherings"),
            value: count(tally.gatherings),
            previous: then(|year| year.total.tally.gatherings as f64),
            coverage: books("Alla bokningar i husets lokaler.", "All bookings of the house's rooms."),
            sentence: format!("Under {name} hölls minst {} i huset.", counted(tally.gatherings, "en", "sammankomst", "sammankomster")),
        },
        Said {
            figure: "visits_per_month",
            name: ("Besök per månad", "Visits per month"),
            value: Some(total.visits_per_month.value()),
            previous: then(|year| year.total.visits_per_month.value()),
            coverage: visits_rest_on.clone(),
            sentence: format!("Huset hade i genomsnitt {} besök per månad {name}.", decimal(total.visits_per_month.value(), 0)),
        },
        Said {
            figure: "visits",
            name: ("Besök", "Visits"),
            value: count(tally.visits),
            previous: then(|year| year.total.tally.visits as f64),
            coverage: visits_rest_on,
            sentence: format!("Sammanlagt räknades {} under {name}.", counted(tally.visits, "ett", "besök", "besök")),
        },
        Said {
            figure: "rooms",
            name: ("Bokningsbara lokaler", "Rooms that can be booked"),
            value: count(year.rooms),
            previous: then(|year| year.rooms as f64),
            coverage: register.clone(),
            sentence: format!(
                "Huset har {} {}.",
                in_words(year.rooms, "en"),
                if year.rooms == 1 { "bokningsbar lokal" } else { "bokningsbara lokaler, rum och eventutrymmen" }
            ),
        },
        Said {
            figure: "tenants",
            name: ("Hyresgäster", "Tenants"),
            value: count(year.tenants),
            previous: then(|year| year.tenants as f64),
            coverage: register,
            sentence: format!(
                "{} har sin hemvist i huset.",
                capital(&counted(year.tenants, "en", "förening eller annan organisation", "föreningar och sociala entreprenörer"))
            ),
        },
        Said {
            figure: "participants",
            name: ("Deltagare", "Participants"),
            value: count(tally.participants),
            previous: then(|year| year.total.tally.participants as f64),
            coverage: (
                format!("Rapporterat för {reported} av {gatherings} sammankomster ({}).", percent(tally.report_coverage)),
                format!("Reported for {reported} of {gatherings} gatherings ({}).", percent(tally.report_coverage)),
            ),
            sentence: format!(
                "Arrangörerna rapporterade {} vid sammankomsterna {name}.",
                counted(tally.participants, "en", "deltagare", "deltagare")
            ),
        },
        Said {
            figure: "active_organisations",
            name: ("Aktiva organisationer", "Active organisations"),
            value: count(total.active_organisations),
            previous: then(|year| year.total.active_organisations as f64),
            coverage: books("Alla bokningar i husets lokaler.", "All bookings of the house's rooms."),
            sentence: format!(
                "{} höll minst en sammankomst under {name}.",
                capital(&counted(total.active_organisations, "en", "organisation", "organisationer"))
            ),
        },
    ];
    let answers = |n: i64| (format!("{} svar.", whole(n)), format!("{} answers.", whole(n)));
    if let Some(mean) = year.ratings.mean() {
        all.push(Said {
            figure: "rating",
            name: ("Betyg", "Rating"),
            value: Some(mean),
            previous: previous.and_then(|year| year.ratings.mean()),
            coverage: answers(year.ratings.count),
            sentence: format!("Deltagarna gav i genomsnitt betyget {} av 5.", decimal(mean, 1)),
        });
    }
    let mut headlines: Vec<Headline> = all.into_iter().map(Said::headline).collect();
    for of in categories {
        let Some(mean) = of.ratings.mean() else { continue };
        let (sv, en) = category_name(of.category);
        let mut one = Said {
            figure: "rating",
            name: ("", ""),
            value: Some(mean),
            previous: None,
            coverage: answers(of.ratings.count),
            sentence: format!("{sv}: i genomsnitt {} av 5 ({} svar).", decimal(mean, 1), whole(of.ratings.count)),
        }
        .headline();
        (one.name_sv, one.name_en) = (format!("Betyg, {}", sv.to_lowercase()), format!("Rating, {}", en.to_lowercase()));
        headlines.push(one);
    }
    headlines
}
