//! HTTP of the outbox, for admins.
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use super::{Record, Status};
use crate::{
    app::State,
    error::{Language, Result},
    http::{
        at, etag,
        field::{self, Fields},
        page::{self, Cursor, Page},
        path_id,
    },
    id::Id,
    people::guard::Admin,
    time::Moment,
};

/// `/letters`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/letters").get(list)).service(at("/letters/{id}").get(read)).service(at("/letters/{id}/resend").post(resend));
}

#[derive(Serialize)]
struct OnTheWire {
    id: Id,
    kind: String,
    to: String,
    language: Language,
    subject: String,
    status: Status,
    attempts: i32,
    next_attempt_at: Option<Moment>,
    last_error: Option<String>,
    created_at: Moment,
    sent_at: Option<Moment>,
    booking_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

fn on_the_wire(letter: Record, text: Option<String>) -> OnTheWire {
    OnTheWire {
        id: letter.id,
        kind: letter.kind,
        to: letter.to_address,
        language: letter.language,
        subject: letter.subject,
        status: letter.status,
        attempts: letter.attempts,
        next_attempt_at: letter.next_attempt_at,
        last_error: letter.last_error,
        created_at: letter.created_at,
        sent_at: letter.sent_at,
        booking_id: letter.booking_id,
        text,
    }
}

async fn list(state: web::Data<State>, Admin(_): Admin, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let parts = (Page::read(&mut f), f.optional("status", field::parsed::<Status>), f.optional("q", field::line(1..=200)));
    let (page, status, words) = f.finish(parts)?;
    let asked = page.clone();
    let letters = state.db.read(move |c| super::list(c, status, words.as_deref(), &asked)).await?;
    page::answer(&req, &page, letters, |l| Cursor { key: l.created_at.to_string(), id: l.id }, |l| on_the_wire(l, None))
}

async fn read(state: web::Data<State>, Admin(_): Admin, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "letter")?;
    let (letter, text) = state.db.read(move |c| super::read(c, id)).await?;
    etag::respond_hashed(&req, etag::PRIVATE, &on_the_wire(letter, Some(text)))
}

async fn resend(state: web::Data<State>, Admin(call): Admin, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "letter")?;
    let letter = state.db.write(move |c| super::resend(c, &call.by(), id)).await?;
    Ok(HttpResponse::Accepted().json(on_the_wire(letter, None)))
}
