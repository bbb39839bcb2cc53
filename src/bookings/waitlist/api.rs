//! HTTP of the waiting list.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::{Value, json};

use super::{Entry, State};
use crate::{
    app::State as Shared,
    bookings::api::{booking_stay, draft, slug},
    error::Result,
    http::{
        at,
        body::Body,
        etag::{self, IfMatch},
        field::{self, Fields},
        idempotency::{self, Asked, Created, IdempotencyKey},
        page::{self, Cursor, Page},
        path_id,
    },
    people::guard::Member,
};

/// `/waitlist...`
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/waitlist").get(list).post(enter))
        .service(at("/waitlist/{id}").get(read).delete(withdraw))
        .service(at("/waitlist/{id}/accept").post(accept))
        .service(at("/waitlist/{id}/decline").post(decline));
}

fn wire(entry: &Entry) -> Value {
    let offer = entry.offer.filter(|_| entry.state == State::Offered);
    json!({
        "id": entry.id, "room": entry.room, "organisation": {"id": entry.organisation_id, "name": entry.organisation_name},
        "title": entry.title, "description": (!entry.description.is_empty()).then_some(&entry.description),
        "category": entry.category, "expected_participants": entry.expected_participants, "layout": entry.layout,
        "display": entry.display, "contact_phone": entry.contact_phone, "status": entry.state,
        "starts_at": entry.stay.start(), "ends_at": entry.stay.end(),
        "offer": offer.map(|offer| json!({
            "starts_at": offer.stay.start(), "ends_at": offer.stay.end(), "held_until": offer.held_until,
        })),
        "booking_id": entry.booking_id,
        "created_by": entry.created_by.as_ref().map(|(id, name)| json!({"id": id, "name": name})),
        "created_at": entry.created_at, "updated_at": entry.updated_at, "version": entry.version,
    })
}

fn answer(entry: &Entry) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::ETAG, etag::of_version(entry.version)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(wire(entry))
}

async fn enter(state: web::Data<Shared>, Member(call): Member, key: IdempotencyKey, body: Body) -> Result<HttpResponse> {
    let asked = Asked { scope: call.caller.person.id.to_string(), key, request_hash: body.request_hash.clone(), now: call.now };
    let mut f = body.fields()?;
    let parts = (f.required("room", slug), booking_stay(&mut f), draft(&mut f));
    let (room, stay, draft) = f.finish(parts)?;
    idempotency::create(&state.db, asked, move |c| {
        let entry = super::enter(c, &call, &room, stay, draft)?;
        Created::new(Some(format!("/api/v1/waitlist/{}", entry.id)), Some(etag::of_version(entry.version)), &wire(&entry))
    })
    .await
}

async fn list(state: web::Data<Shared>, Member(call): Member, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let parts = (Page::read(&mut f), f.or("status", vec![], field::list(7, field::parsed::<State>)));
    let (page, states) = f.finish(parts)?;
    let asked = page.clone();
    let rows = state.db.read(move |c| super::list(c, &call, &states, &asked)).await?;
    page::answer(&req, &page, rows, |e| Cursor { key: e.created_at.unix().to_string(), id: e.id }, |e| wire(&e))
}

async fn read(state: web::Data<Shared>, Member(call): Member, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "waitlist entry")?;
    Ok(answer(&state.db.read(move |c| super::get(c, &call, id)).await?))
}

async fn withdraw(state: web::Data<Shared>, Member(call): Member, expected: IfMatch, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "waitlist entry")?;
    state.db.write(move |c| super::withdraw(c, &call, id, expected)).await?;
    Ok(HttpResponse::NoContent().insert_header((header::CACHE_CONTROL, "no-store")).finish())
}

async fn accept(state: web::Data<Shared>, Member(call): Member, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "waitlist entry")?;
    Ok(answer(&state.db.write(move |c| super::accept(c, &call, id)).await?))
}

async fn decline(state: web::Data<Shared>, Member(call): Member, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "waitlist entry")?;
    Ok(answer(&state.db.write(move |c| super::decline(c, &call, id)).await?))
}
