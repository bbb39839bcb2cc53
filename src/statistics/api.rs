//! HTTP of the figures: as JSON, or the same figures as a file.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde::Serialize;
use serde_json::json;

use super::{
    comparing::{self, Parting},
    export,
    grouping::{self, Grouping},
    period::Period,
    report_table,
    table::{self, Table},
};
use crate::{
    app::State,
    error::{Error, Language, Result},
    http::{
        at,
        field::{self, Fields},
        manners, path_text,
    },
    people::{Call, guard::Staff},
    time::Month,
    words,
};

/// `/statistics/*`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/statistics/monthly").get(monthly))
        .service(at("/statistics/rooms").get(rooms))
        .service(at("/statistics/organisations").get(organisations))
        .service(at("/statistics/categories").get(categories))
        .service(at("/statistics/hours").get(hours))
        .service(at("/statistics/organisation-kinds").get(organisation_kinds))
        .service(at("/statistics/periods").get(periods))
        .service(at("/statistics/comparison").get(comparison))
        .service(at("/statistics/annual-report/{year}").get(annual_report));
}

words! {
    /// How figures are sent.
    pub enum Format {
        /// For programs.
        Json = "json",
        /// For every program that knows tables.
        Csv = "csv",
        /// For spreadsheets.
        Xlsx = "xlsx",
    }
}

const CSV: &str = "text/csv";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The best weighted format in `Accept`, JSON if none is named or several alike.
fn accepted(req: &HttpRequest) -> Format {
    let wanted = req.headers().get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or("");
    let (mut best, mut weight) = (Format::Json, 0.0_f32);
    for part in wanted.split(',').take(20) {
        let mut halves = part.split(';');
        let format = match halves.next().unwrap_or("").trim().to_ascii_lowercase().as_str() {
            "application/json" | "application/*" | "*/*" => Format::Json,
            CSV | "text/*" => Format::Csv,
            XLSX => Format::Xlsx,
            _ => continue,
        };
        let given = halves.find_map(|p| p.trim().strip_prefix("q=").and_then(|q| q.parse().ok())).unwrap_or(1.0);
        if given > weight || (given >= weight && format == Format::Json) {
            (best, weight) = (format, given);
        }
    }
    best
}

/// How the answer is to look.
pub struct Wish {
    format: Format,
    language: Language,
}

impl Wish {
    /// As asked for: by `format`, or by `Accept`.
    pub fn of(req: &HttpRequest, format: Option<Format>) -> Self {
        Self { format: format.unwrap_or_else(|| accepted(req)), language: manners::language(req.headers()) }
    }

    /// The figures as they are, or as tables in a file with this name.
    pub fn answer(
        &self,
        name: (&str, &str),
        label: &str,
        figures: &impl Serialize,
        tables: impl FnOnce(Language) -> Vec<Table>,
    ) -> Result<HttpResponse> {
        let (media_type, bytes) = match self.format {
            Format::Json => return Ok(self.ok().json(figures)),
            Format::Csv => match tables(self.language).as_slice() {
                [one] => ("text/csv; charset=utf-8", export::csv(one, self.language)?),
                several => ("text/csv; charset=utf-8", export::csv_of_all(several, self.language)?),
            },
            Format::Xlsx => (XLSX, export::xlsx(&tables(self.language))?),
        };
        let name = if self.language == Language::Sv { name.0 } else { name.1 };
        let disposition = format!("attachment; filename=\"nobel21-{name}-{label}.{}\"", self.format);
        Ok(self
            .ok()
            .insert_header((header::CONTENT_DISPOSITION, disposition))
            .insert_header((header::CONTENT_LANGUAGE, self.language.as_str()))
            .content_type(media_type)
            .body(bytes))
    }

    fn ok(&self) -> actix_web::HttpResponseBuilder {
        let mut response = HttpResponse::Ok();
        response.insert_header((header::VARY, "accept, accept-language, authorization, accept-encoding"));
        response
    }
}

/// The months `from` to `to`.
fn months(f: &mut Fields) -> Option<Period> {
    let (from, to) = (f.required("from", field::parsed::<Month>), f.required("to", field::parsed::<Month>));
    match (from, to) {
        (Some(from), Some(to)) => Period::between(from, to).map_err(|fault| f.fault(fault)).ok(),
        _ => None,
    }
}

fn question(req: &HttpRequest) -> Result<(Period, Wish)> {
    let mut f = Fields::of_query(req.query_string());
    let parts = (months(&mut f), f.optional("format", field::parsed::<Format>));
    let (period, format) = f.finish(parts)?;
    Ok((period, Wish::of(req, format)))
}

async fn monthly(state: web::Data<State>, Staff(call): Staff, req: HttpRequest) -> Result<HttpResponse> {
    let (period, wish) = question(&req)?;
    let label = period.label();
    let figures = state.db.read(move |c| super::monthly(c, &period, call.now)).await?;
    wish.answer(("manader", "months"), &label, &figures, |language| vec![table::monthly(&figures, language)])
}

/// A period by its parts, beside the one before and the same a year earlier if that is asked for.
async fn by_part<T: Serialize + Send + 'static>(
    state: &State,
    call: Call,
    req: &HttpRequest,
    name: (&str, &str),
    of: Parting<T>,
    table: fn(&[T], Language) -> Table,
) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let parts = (months(&mut f), f.optional("format", field::parsed::<Format>), f.or("compared", false, field::query_flag));
    let (period, format, compared) = f.finish(parts)?;
    let asked = period.clone();
    let found = state.db.read(move |c| comparing::parts(c, &asked, compared, of, call.now)).await?;
    Wish::of(req, format).answer(name, &period.label(), &found, |language| {
        let others = [(grouping::before(&period), &found.before), (grouping::year_before(&period), &found.year_before)];
        let others = others.into_iter().filter_map(|(other, items)| Some((other?.label(), table(items.as_deref()?, language))));
        let asked = table(&found.items, language);
        vec![if compared { Table::stacked(language, std::iter::once((period.label(), asked)).chain(others)) } else { asked }]
    })
}

async fn rooms(state: web::Data<State>, Staff(call): Staff, req: HttpRequest) -> Result<HttpResponse> {
    by_part(&state, call, &req, ("lokaler", "rooms"), super::rooms, table::rooms).await
}

async fn organisations(state: web::Data<State>, Staff(call): Staff, req: HttpRequest) -> Result<HttpResponse> {
    by_part(&state, call, &req, ("organisationer", "organisations"), super::organisations, table::organisations).await
}

async fn categories(state: web::Data<State>, Staff(call): Staff, req: HttpRequest) -> Result<HttpResponse> {
    by_part(&state, call, &req, ("kategorier", "categories"), super::categories, table::categories).await
}

async fn hours(state: web::Data<State>, Staff(call): Staff, req: HttpRequest) -> Result<HttpResponse> {
    by_part(&state, call, &req, ("veckans-timmar", "hours-of-the-week"), super::hours, table::hours).await
}

async fn organisation_kinds(state: web::Data<State>, Staff(call): Staff, req: HttpRequest) -> Result<HttpResponse> {
    by_part(&state, call, &req, ("organisationstyper", "organisation-kinds"), super::organisation_kinds, table::kinds).await
}

async fn periods(state: web::Data<State>, Staff(call): Staff, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let by = f.required("by", field::parsed::<Grouping>);
    let (period, format) = (months(&mut f), f.optional("format", field::parsed::<Format>));
    let (period, format, by) = f.finish((period, format, by))?;
    let (label, wish) = (period.label(), Wish::of(&req, format));
    let items = state.db.read(move |c| comparing::stretches(c, by, &period, call.now)).await?;
    wish.answer(("perioder", "periods"), &label, &json!({"items": items}), |language| vec![report_table::summaries(&items, language)])
}

async fn comparison(state: web::Data<State>, Staff(call): Staff, req: HttpRequest) -> Result<HttpResponse> {
    let (period, wish) = question(&req)?;
    let label = period.label();
    let compared = state.db.read(move |c| comparing::comparison(c, &period, call.now)).await?;
    wish.answer(("jamforelse", "comparison"), &label, &compared, |language| {
        let all: Vec<_> = [Some(&compared.period), compared.before.as_ref(), compared.year_before.as_ref()].into_iter().flatten().collect();
        vec![report_table::beside(&all, language)]
    })
}

async fn annual_report(state: web::Data<State>, Staff(call): Staff, req: HttpRequest) -> Result<HttpResponse> {
    let year: i32 = path_text(&req, "year").parse().map_err(|_| Error::NotFound("year"))?;
    let mut f = Fields::of_query(req.query_string());
    let parts = (f.optional("format", field::parsed::<Format>),);
    let (format,) = f.finish(parts)?;
    let report = state.db.read(move |c| super::yearly(c, year, call.now)).await?;
    Wish::of(&req, format)
        .answer(("arsrapport", "annual-report"), &year.to_string(), &report, |language| table::annual_report(&report, language))
}
