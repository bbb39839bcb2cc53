//! HTTP of what the staff notes about bookings.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::json;

use super::StaffNote;
use crate::{
    app::State,
    error::Result,
    http::{
        at,
        body::Body,
        etag::{self, IfMatch},
        field, path_id,
    },
    people::guard::Staff,
};

/// `/bookings/{id}/staff-note`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/bookings/{id}/staff-note").get(read).put(write));
}

fn answer(note: &StaffNote) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::ETAG, etag::of_version(note.version)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({
            "note": (!note.note.is_empty()).then_some(&note.note),
            "override_reason": note.override_reason,
            "booked_by": note.booked_by.as_ref().map(|(id, name)| json!({"id": id, "name": name})),
            "version": note.version,
        }))
}

async fn read(state: web::Data<State>, Staff(_): Staff, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "booking")?;
    let note = state.db.read(move |c| super::get(c, id)).await?;
    Ok(answer(&note))
}

async fn write(state: web::Data<State>, Staff(call): Staff, expected: IfMatch, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "booking")?;
    let mut f = body.fields()?;
    let parts = (f.required("note", field::lines(0..=2000)),);
    let (note,) = f.finish(parts)?;
    let note = state.db.write(move |c| super::write(c, &call, id, expected, note.trim())).await?;
    Ok(answer(&note))
}
