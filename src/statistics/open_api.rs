//! HTTP of the figures that are for everybody.
use actix_web::{HttpRequest, HttpResponse, http::header, web};

use super::{
    export,
    open_data::{LICENCE, MONTHS, OpenMonth, document, table},
    period::Period,
};
use crate::{
    app::State,
    error::{Error, Fault, Result},
    http::{
        at, etag,
        field::{self, Fields},
        manners,
    },
    people::guard::Anyone,
    say,
    time::Month,
};

/// Whoever has asked may show it for an hour: nothing in it is younger than last month.
const CACHE: &str = "public, max-age=3600";

/// `/open/monthly.json`, `/open/monthly.csv`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/open/monthly.json").get(json)).service(at("/open/monthly.csv").get(csv));
}

/// The months that are asked for: by default the last two years; never one that is not over.
fn question(req: &HttpRequest, last: Month) -> Result<Period> {
    let mut f = Fields::of_query(req.query_string());
    let first = (1..MONTHS).fold(last, |month, _| month.previous());
    let (from, to) = (f.or("from", first, field::parsed::<Month>), f.or("to", last, field::parsed::<Month>));
    if to.is_some_and(|to| to > last) {
        f.fault(Fault::new("to", say!("ska vara en månad som är över", "must be a month that is over")));
    }
    let period = match (from, to) {
        (Some(from), Some(to)) => Period::between(from, to).map_err(|fault| f.fault(fault)).ok(),
        _ => None,
    };
    Ok(f.finish((period,))?.0)
}

async fn months(state: &State, req: &HttpRequest) -> Result<Vec<OpenMonth>> {
    let now = state.clock.now();
    let period = question(req, Month::of(now.date()).previous())?;
    let figures = state.db.read(move |c| super::monthly(c, &period, now)).await?;
    Ok(figures.months.iter().map(OpenMonth::of).collect())
}

fn with_licence(mut response: HttpResponse) -> Result<HttpResponse> {
    let link = header::HeaderValue::from_str(&format!("<{}>; rel=\"license\"", LICENCE.1)).map_err(Error::internal)?;
    response.headers_mut().insert(header::LINK, link);
    Ok(response)
}

async fn json(state: web::Data<State>, Anyone(_): Anyone, req: HttpRequest) -> Result<HttpResponse> {
    let months = months(&state, &req).await?;
    with_licence(etag::respond_hashed(&req, CACHE, &document(&state.house.sender.name, &months))?)
}

async fn csv(state: web::Data<State>, Anyone(_): Anyone, req: HttpRequest) -> Result<HttpResponse> {
    let months = months(&state, &req).await?;
    let language = manners::language(req.headers());
    let bytes = export::csv(&table(&months, language), language)?;
    let mut response = with_licence(etag::respond_as(&req, &etag::of_text(&bytes), CACHE, "text/csv; charset=utf-8", bytes))?;
    response.headers_mut().insert(header::VARY, header::HeaderValue::from_static("accept-language, accept-encoding"));
    Ok(response)
}
