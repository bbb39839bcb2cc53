//! HTTP of the hand-over.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::{Value, json};

use super::{Loan, NewLoan, Note};
use crate::{
    app::State,
    error::Result,
    http::{
        at,
        body::Body,
        field::{self, Fields},
        idempotency::{self, Asked, Created, IdempotencyKey},
        page::{self, Cursor, Page},
        path_id,
    },
    people::guard::Staff,
    time::Moment,
};

/// `/shift-notes...` and `/loans...`
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/shift-notes").get(notes).post(write))
        .service(at("/shift-notes/{id}/done").post(done))
        .service(at("/loans").get(out).post(lend))
        .service(at("/loans/returned").get(returned))
        .service(at("/loans/{id}/return").post(take_back));
}

fn note_wire(note: &Note) -> Value {
    json!({
        "id": note.id, "text": note.text, "written_by": note.written_by.as_ref().map(|(id, name)| json!({"id": id, "name": name})),
        "written_at": note.written_at, "done_at": note.done_at,
    })
}

fn loan_wire(loan: &Loan, now: Moment) -> Value {
    let (id, name) = &loan.organisation;
    json!({
        "id": loan.id, "item": loan.item, "organisation": {"id": id, "name": name}, "booking_id": loan.booking_id,
        "borrower": (!loan.borrower.is_empty()).then_some(&loan.borrower), "lent_at": loan.lent_at, "due_at": loan.due_at,
        "returned_at": loan.returned_at, "overdue": loan.is_overdue(now),
    })
}

fn silent(body: Value) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}

async fn notes(state: web::Data<State>, Staff(_): Staff) -> Result<HttpResponse> {
    let open = state.db.read(super::open_notes).await?;
    Ok(silent(json!({"items": open.iter().map(note_wire).collect::<Vec<_>>()})))
}

async fn write(state: web::Data<State>, Staff(call): Staff, key: IdempotencyKey, body: Body) -> Result<HttpResponse> {
    let asked = Asked { scope: call.caller.person.id.to_string(), key, request_hash: body.request_hash.clone(), now: call.now };
    let mut f = body.fields()?;
    let text = f.required("text", field::impersonal(|value| field::lines(1..=1000)(value)));
    let (text,) = f.finish((text,))?;
    idempotency::create(&state.db, asked, move |c| Created::new(None, None, &note_wire(&super::write(c, &call, text)?))).await
}

async fn done(state: web::Data<State>, Staff(call): Staff, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "note")?;
    let note = state.db.write(move |c| super::done(c, &call, id)).await?;
    Ok(silent(note_wire(&note)))
}

async fn out(state: web::Data<State>, Staff(call): Staff) -> Result<HttpResponse> {
    let out = state.db.read(super::out).await?;
    Ok(silent(json!({"items": out.iter().map(|loan| loan_wire(loan, call.now)).collect::<Vec<_>>()})))
}

async fn returned(state: web::Data<State>, Staff(call): Staff, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let page = Page::read(&mut f);
    let (page,) = f.finish((page,))?;
    let asked = page.clone();
    let rows = state.db.read(move |c| super::returned(c, &asked)).await?;
    let key = |loan: &Loan| Cursor { key: loan.returned_at.map(|at| at.to_string()).unwrap_or_default(), id: loan.id };
    page::answer(&req, &page, rows, key, |loan| loan_wire(&loan, call.now))
}

async fn lend(state: web::Data<State>, Staff(call): Staff, key: IdempotencyKey, body: Body) -> Result<HttpResponse> {
    let asked = Asked { scope: call.caller.person.id.to_string(), key, request_hash: body.request_hash.clone(), now: call.now };
    let mut f = body.fields()?;
    let parts = (
        f.required("item", field::line(1..=80)),
        f.optional("organisation_id", field::id),
        f.optional("booking_id", field::id),
        f.optional("borrower", field::impersonal(|value| field::line(0..=60)(value))),
        f.optional("due_at", field::moment),
    );
    let (item, organisation_id, booking_id, borrower, due_at) = f.finish(parts)?;
    let new = NewLoan { item, organisation_id, booking_id, borrower: borrower.unwrap_or_default(), due_at };
    idempotency::create(&state.db, asked, move |c| {
        let loan = super::lend(c, &call, new)?;
        // The answer is kept for a day, and who fetched it no longer than the key is out.
        Created::new(None, None, &loan_wire(&Loan { borrower: String::new(), ..loan }, call.now))
    })
    .await
}

async fn take_back(state: web::Data<State>, Staff(call): Staff, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "loan")?;
    let now = call.now;
    let loan = state.db.write(move |c| super::take_back(c, &call, id)).await?;
    Ok(silent(loan_wire(&loan, now)))
}
