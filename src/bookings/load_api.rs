//! HTTP of what the house expects at once.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::{Value, json};

use super::load::HouseLoad;
use crate::{
    app::State,
    error::{Fault, Result},
    http::{
        at,
        field::{self, Fields},
    },
    people::guard::Staff,
    say,
    time::Span,
};

/// How many days one question may span.
const MOST_SECONDS: i64 = 62 * 24 * 3600;

/// `/house-load`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/house-load").get(read));
}

async fn read(state: web::Data<State>, Staff(_): Staff, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let (from, to) = (f.required("from", field::moment_or_date), f.required("to", field::moment_or_date));
    let window = match (from, to) {
        (Some(from), Some(to)) => {
            let window = Span::new(from, to).filter(|window| window.seconds() <= MOST_SECONDS);
            if window.is_none() {
                f.fault(Fault::coded(
                    "to",
                    "range_too_long",
                    say!("ska ligga efter from, högst 62 dagar", "must lie after from, at most 62 days"),
                ));
            }
            window
        }
        _ => None,
    };
    let (window,) = f.finish((window,))?;
    let HouseLoad { max_persons, overloads } = state.db.read(move |c| super::house_load(c, window)).await?;
    let items: Vec<Value> = overloads
        .iter()
        .map(|(overload, bookings)| {
            json!({
                "starts_at": overload.span.start(), "ends_at": overload.span.end(), "expected": overload.expected,
                "bookings": bookings.iter().map(|one| json!({
                    "id": one.id, "title": one.title, "room": one.room, "expected_participants": one.expected_participants,
                    "organisation": {"id": one.organisation_id, "name": one.organisation_name},
                })).collect::<Vec<_>>(),
            })
        })
        .collect();
    let body = json!({"max_persons": max_persons, "items": items});
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(body))
}
