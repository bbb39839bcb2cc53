//! HTTP of faults.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::{Value, json};

use super::{Fault, Filter, Status};
use crate::{
    app::State,
    bookings::closure_api,
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
    people::guard::{Admin, Member, Staff},
};

/// `/faults...`
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/faults").get(list).post(report))
        .service(at("/faults/{id}").get(read))
        .service(at("/faults/{id}/resolve").post(resolve))
        .service(at("/faults/{id}/close-room").post(close_room));
}

fn wire(fault: &Fault) -> Value {
    let (_, slug, _) = &fault.room;
    json!({
        "id": fault.id, "room": slug, "description": fault.description, "status": fault.status,
        "reported_by": fault.reported_by.as_ref().map(|(id, name)| json!({"id": id, "name": name})), "reported_at": fault.reported_at,
        "resolved_at": fault.resolved_at, "closure_id": fault.closure_id, "version": fault.version,
    })
}

fn answer(fault: &Fault) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::ETAG, etag::of_version(fault.version)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(wire(fault))
}

async fn report(state: web::Data<State>, Member(call): Member, key: IdempotencyKey, body: Body) -> Result<HttpResponse> {
    let asked = Asked { scope: call.caller.person.id.to_string(), key, request_hash: body.request_hash.clone(), now: call.now };
    let mut f = body.fields()?;
    let parts = (f.required("room", field::line(1..=60)), f.required("description", field::lines(1..=1000)));
    let (room, description) = f.finish(parts)?;
    idempotency::create(&state.db, asked, move |c| {
        let fault = super::report(c, &call, &room, description)?;
        Created::new(Some(format!("/api/v1/faults/{}", fault.id)), Some(etag::of_version(fault.version)), &wire(&fault))
    })
    .await
}

async fn list(state: web::Data<State>, Staff(_): Staff, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let parts = (Page::read(&mut f), f.optional("status", field::parsed::<Status>), f.optional("room", |v| field::line(1..=60)(v)));
    let (page, status, room) = f.finish(parts)?;
    let (asked, filter) = (page.clone(), Filter { status, room });
    let rows = state.db.read(move |c| super::list(c, &filter, &asked)).await?;
    page::answer(&req, &page, rows, |fault| Cursor { key: String::new(), id: fault.id }, |fault| wire(&fault))
}

async fn read(state: web::Data<State>, Staff(_): Staff, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "fault")?;
    let fault = state.db.read(move |c| super::get(c, id)).await?;
    Ok(answer(&fault))
}

async fn resolve(state: web::Data<State>, Staff(call): Staff, expected: IfMatch, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "fault")?;
    let fault = state.db.write(move |c| super::resolve(c, &call, id, expected)).await?;
    Ok(answer(&fault))
}

async fn close_room(
    state: web::Data<State>,
    Admin(call): Admin,
    key: IdempotencyKey,
    req: HttpRequest,
    body: Body,
) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "fault")?;
    let asked = Asked { scope: call.caller.person.id.to_string(), key, request_hash: body.request_hash.clone(), now: call.now };
    let mut f = body.fields()?;
    let parts = (f.span(), f.required("reason", field::lines(1..=500)), f.or("cancel_bookings", false, field::flag));
    let (span, reason, cancel_bookings) = f.finish(parts)?;
    idempotency::create(&state.db, asked, move |c| {
        let (fault, closure) = super::close_room(c, &call, id, span, reason, cancel_bookings)?;
        let body = json!({"fault": wire(&fault), "closure": closure_api::wire(&closure)});
        Created::new(Some(format!("/api/v1/closures/{}", closure.id)), None, &body)
    })
    .await
}
