//! HTTP of roll calls.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::{Value, json};

use super::{Kind, Line, Report, RollCall, Totals};
use crate::{
    app::State,
    error::Result,
    http::{
        at,
        body::Body,
        field::{self, Fields, Read},
        idempotency::{self, Asked, Created, IdempotencyKey},
        page::{self, Cursor, Page},
        path_id,
    },
    people::guard::Staff,
    visits::visit::MOST,
};

/// How many lines a roll call may have.
const MOST_LINES: usize = 600;

/// `/roll-calls...`
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/roll-calls").get(list).post(keep)).service(at("/roll-calls/{id}").get(read));
}

fn wire(roll_call: &RollCall) -> Value {
    let (report, totals) = (&roll_call.report, Totals::of(&roll_call.report.lines));
    json!({
        "id": roll_call.id, "client_id": report.client_id, "drill": report.drill, "started_at": report.started_at,
        "finished_at": report.finished_at, "list_from": report.list_from, "lines": report.lines, "note": report.note,
        "held_by": roll_call.held_by.as_ref().map(|(id, name)| json!({"id": id, "name": name})),
        "totals": {
            "expected": totals.expected, "found": totals.found, "missing": totals.missing, "unknown": totals.unknown,
            "visitors": totals.visitors, "visitors_seen": totals.visitors_seen, "open": totals.open,
        },
    })
}

fn line(value: &Value) -> Read<Line> {
    field::object(|mut f| {
        let parts = (
            f.required("kind", field::parsed::<Kind>),
            f.optional("room", |value| field::line(1..=60)(value)),
            f.required("expected", field::integer(0..=MOST)),
            f.required("found", field::integer(0..=MOST)),
            f.required("clear", field::flag),
            f.optional("note", field::impersonal(|value| field::line(0..=200)(value))),
        );
        let (kind, room, expected, found, clear, note) = f.finish(parts)?;
        Ok(Line { kind, room, expected, found, clear, note: note.unwrap_or_default() })
    })(value)
}

async fn keep(state: web::Data<State>, Staff(call): Staff, key: IdempotencyKey, body: Body) -> Result<HttpResponse> {
    let asked = Asked { scope: call.caller.person.id.to_string(), key, request_hash: body.request_hash.clone(), now: call.now };
    let mut f = body.fields()?;
    let parts = (
        f.required("client_id", field::id),
        f.required("drill", field::flag),
        f.required("started_at", field::moment),
        f.required("finished_at", field::moment),
        f.required("list_from", field::moment),
        f.required("lines", field::list(MOST_LINES, line)),
        f.optional("note", field::impersonal(|value| field::lines(0..=2000)(value))),
    );
    let (client_id, drill, started_at, finished_at, list_from, lines, note) = f.finish(parts)?;
    let report = Report { client_id, drill, started_at, finished_at, list_from, lines, note: note.unwrap_or_default() };
    idempotency::create(&state.db, asked, move |c| {
        let (kept, added) = super::keep(c, &call, &report)?;
        let created = Created::new(Some(format!("/api/v1/roll-calls/{}", kept.id)), None, &wire(&kept))?;
        Ok(if added { created } else { Created { status: 200, ..created } })
    })
    .await
}

async fn list(state: web::Data<State>, Staff(_): Staff, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let page = Page::read(&mut f);
    let (page,) = f.finish((page,))?;
    let asked = page.clone();
    let rows = state.db.read(move |c| super::list(c, &asked)).await?;
    page::answer(&req, &page, rows, |one| Cursor { key: String::new(), id: one.id }, |one| wire(&one))
}

async fn read(state: web::Data<State>, Staff(_): Staff, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "roll call")?;
    let roll_call = state.db.read(move |c| super::get(c, id)).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(wire(&roll_call)))
}
