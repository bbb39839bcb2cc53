//! HTTP of arrivals.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::{Value, json};

use super::Absence;
use crate::{
    app::State,
    bookings::api::wire as booking,
    error::Result,
    http::{
        at, etag,
        field::{self, Fields},
        page::{self, Cursor, Page},
        path_id,
    },
    people::guard::{Admin, Member},
};

/// How many of an organisation's gatherings are told.
const TOLD: usize = 5;

/// `/bookings/{id}/check-in`, `/no-shows`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/bookings/{id}/check-in").post(check_in)).service(at("/no-shows").get(list));
}

fn wire(absence: &Absence) -> Value {
    let (id, name) = &absence.organisation;
    let latest = absence.missed.iter().take(TOLD).map(|missed| {
        json!({
            "booking_id": missed.id, "reference": missed.reference, "title": missed.title, "room": missed.room,
            "starts_at": missed.starts_at,
        })
    });
    json!({
        "organisation": {"id": id, "name": name}, "no_shows": absence.missed.len(), "bookings": absence.begun,
        "latest": latest.collect::<Vec<_>>(),
    })
}

async fn check_in(state: web::Data<State>, Member(call): Member, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "booking")?;
    let now = call.now;
    let found = state.db.write(move |c| super::check_in(c, &call, id)).await?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, etag::of_version(found.version))).json(booking(&found, now)))
}

async fn list(state: web::Data<State>, Admin(call): Admin, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let parts = (Page::read(&mut f), f.or("least", 2, field::query_integer(1..=1000)), f.or("days", 365, field::query_integer(1..=3660)));
    let (page, least, days) = f.finish(parts)?;
    let (asked, now) = (page.clone(), call.now);
    let since = now.days_ago(days);
    let least = usize::try_from(least).unwrap_or(usize::MAX);
    let rows = state.db.read(move |c| super::absences(c, since, now, least, &asked)).await?;
    let key = |one: &Absence| Cursor { key: one.missed.len().to_string(), id: one.organisation.0 };
    page::answer(&req, &page, rows, key, |one| wire(&one))
}
