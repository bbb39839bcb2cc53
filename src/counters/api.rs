//! HTTP of door counters and of files with counts.
use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderMap},
    web,
};
use serde_json::{Value, json};

use super::{CountLine, Counter, DeviceId, NewCounter, Outcome, Sender, Sent, axis, file_api};
use crate::{
    app::State,
    error::{Error, Result},
    http::{
        at,
        body::{Body, Upload},
        field::{self, Fields},
        page::{self, Cursor, Page},
        path_id, path_text,
    },
    import::{Faults, File, Line, visits},
    people::guard::Admin,
    say,
};

/// The most that a device may send at once, in bytes.
const PUSHED: usize = 1024 * 1024;
/// The most that a file of an admin may hold, in bytes.
const FILE: usize = 4 * 1024 * 1024;

/// `/counters...` and `/imports/visits`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/counters").get(list).post(create))
        .service(at("/counters/{id}/revoke").post(revoke))
        .service(at("/counters/{device}/counts").takes("application/json, text/csv", PUSHED).post(push))
        .service(at("/imports/visits").takes("text/csv", FILE).post(import));
}

fn secret(mut response: actix_web::HttpResponseBuilder, body: &Value) -> HttpResponse {
    response.insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}

async fn list(state: web::Data<State>, Admin(_): Admin, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let parts = (Page::read(&mut f),);
    let (page,) = f.finish(parts)?;
    let asked = page.clone();
    let rows = state.db.read(move |c| super::list(c, &asked)).await?;
    page::answer(&req, &page, rows, |counter| Cursor { key: String::new(), id: counter.id }, |counter: Counter| json!(counter))
}

async fn create(state: web::Data<State>, Admin(call): Admin, body: Body) -> Result<HttpResponse> {
    let mut f = body.fields()?;
    let parts = (
        f.required("name", field::line(1..=100)),
        f.required("door", field::line(1..=100)),
        f.required("device_id", field::parsed::<DeviceId>),
    );
    let (name, door, device_id) = f.finish(parts)?;
    let new = NewCounter { name, door, device_id };
    // No Idempotency-Key: an answer that is kept would be the secret that is not.
    let (counter, token) = state.db.write(move |c| super::create(c, &call, &new)).await?;
    Ok(secret(HttpResponse::Created(), &json!({"counter": counter, "token": token})))
}

async fn revoke(state: web::Data<State>, Admin(call): Admin, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "counter")?;
    let counter = state.db.write(move |c| super::revoke(c, &call, id)).await?;
    Ok(secret(HttpResponse::Ok(), &json!(counter)))
}

/// The token in the header; empty without one, which is none of ours.
fn token(headers: &HeaderMap) -> String {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let parts = value.and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    parts.map(|(_, token)| token.trim().to_owned()).unwrap_or_default()
}

/// What a device sends, read.
enum Read {
    /// By its own names.
    Own(Sent),
    /// As a file.
    File(Vec<Line<CountLine>>, Faults),
}

async fn push(state: web::Data<State>, req: HttpRequest, Upload(body): Upload) -> Result<HttpResponse> {
    let (now, token) = (state.clock.now(), token(req.headers()));
    let device: Option<DeviceId> = path_text(&req, "device").parse().ok();
    let media_type = req.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let is_csv = media_type.trim().to_ascii_lowercase().starts_with("text/csv");
    // Strangers and faulty bodies don't make those wait who write.
    let (asked, secret) = (device.clone(), token.clone());
    let read = state
        .db
        .read(move |c| {
            let counter = super::signed_in(c, asked.as_ref(), &secret)?;
            if is_csv {
                let (lines, faults) = file_api::counts(&body, now);
                return Ok(Read::File(lines, faults));
            }
            let body: Value = serde_json::from_slice(&body).map_err(|_| malformed())?;
            Ok(Read::Own(axis::read(&body, &counter.device_id, now)?))
        })
        .await?;
    let outcome = state
        .db
        .write(move |c| {
            let counter = super::signed_in(c, device.as_ref(), &token)?;
            match read {
                Read::Own(sent) => super::take(c, &counter, sent),
                Read::File(lines, faults) => super::take_file(c, Sender::Device(&counter), &lines, faults),
            }
        })
        .await?;
    Ok(HttpResponse::Ok().json(wire(outcome)))
}

fn malformed() -> Error {
    Error::Malformed(say!("Innehållet är inte giltig JSON.", "The body is not valid JSON."))
}

fn wire(Outcome { added, known, reset, gap }: Outcome) -> Value {
    json!({"added": added, "known": known, "reset": reset, "gap": gap})
}

async fn import(state: web::Data<State>, Admin(call): Admin, Upload(content): Upload) -> Result<HttpResponse> {
    let now = call.now;
    // Read before the transaction that writes, and off the threads that answer.
    let (kind, added, known) = if file_api::kind(&content) == File::DoorCounts {
        let (lines, faults) = state.db.read(move |_| Ok(file_api::counts(&content, now))).await?;
        let outcome = state.db.write(move |c| super::take_file(c, Sender::Admin(&call.by()), &lines, faults)).await?;
        ("door_counts", outcome.added, outcome.known)
    } else {
        let read = state.db.read(move |_| Ok(visits::read(&content))).await?;
        let outcome = state.db.write(move |c| visits::import(c, read, &call.by())).await?;
        ("visits", outcome.added, outcome.known)
    };
    Ok(HttpResponse::Ok().json(json!({"kind": kind, "added": added, "known": known})))
}
