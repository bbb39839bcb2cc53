//! HTTP of half days.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::{Value, json};

use super::{
    half_day::{HalfDay, HalfDayChange, NewHalfDay},
    half_days,
};
use crate::{
    app::State,
    error::{Fault, Result},
    http::{
        at,
        body::Body,
        etag::{self, IfMatch},
        field::{self, Fields},
        idempotency::{self, Asked, Created, IdempotencyKey},
        page::{self, Cursor, Page},
        path_id,
    },
    people::guard::{Admin, Anyone},
    say,
    time::WallTime,
};

/// `/half-days...`
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/half-days").get(list).post(create)).service(at("/half-days/{id}").get(read).patch(change).delete(delete));
}

fn wire(half: &HalfDay) -> Value {
    let note = Some(&half.note).filter(|note| !note.is_empty());
    json!({"id": half.id, "date": half.date, "closes": half.closes, "note": note, "version": half.version})
}

fn answer(half: &HalfDay) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::ETAG, etag::of_version(half.version))).json(wire(half))
}

/// An hour inside the day: closing the whole of it is a closure.
fn hour(value: &Value) -> field::Read<WallTime> {
    let closes: WallTime = field::parsed(value)?;
    if !(1..=1439).contains(&closes.minutes()) {
        return Err(say!(
            "ska ligga mellan 00:01 och 23:59: stäng en hel dag med en stängning",
            "must lie between 00:01 and 23:59: close a whole day with a closure"
        )
        .into());
    }
    Ok(closes)
}

async fn list(state: web::Data<State>, Anyone(_): Anyone, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let (from, to) = (f.optional("from", field::date), f.optional("to", field::date));
    if let (Some(Some(from)), Some(Some(to))) = (from, to)
        && from > to
    {
        f.fault(Fault::coded("to", "end_before_start", say!("ska ligga efter from", "must lie after from")));
    }
    let parts = (Page::read(&mut f), from, to);
    let (page, from, to) = f.finish(parts)?;
    let asked = page.clone();
    let rows = state.db.read(move |c| half_days::list(c, from, to, &asked)).await?;
    page::answer(&req, &page, rows, |half| Cursor { key: half.date.to_string(), id: half.id }, |half| wire(&half))
}

async fn create(state: web::Data<State>, Admin(call): Admin, key: IdempotencyKey, body: Body) -> Result<HttpResponse> {
    let asked = Asked { scope: call.caller.person.id.to_string(), key, request_hash: body.request_hash.clone(), now: call.now };
    let mut f = body.fields()?;
    let parts = (f.required("date", field::date), f.required("closes", hour), f.or("note", String::new(), field::line(0..=200)));
    let (date, closes, note) = f.finish(parts)?;
    let new = NewHalfDay { date, closes, note };
    idempotency::create(&state.db, asked, move |c| {
        let half = half_days::create(c, &call, new)?;
        Created::new(Some(format!("/api/v1/half-days/{}", half.id)), Some(etag::of_version(half.version)), &wire(&half))
    })
    .await
}

async fn read(state: web::Data<State>, Anyone(_): Anyone, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "half day")?;
    let half = state.db.read(move |c| half_days::get(c, id)).await?;
    etag::respond(&req, &etag::of_version(half.version), etag::PUBLIC, &wire(&half))
}

async fn change(state: web::Data<State>, Admin(call): Admin, expected: IfMatch, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "half day")?;
    let mut f = body.fields()?;
    f.some_change();
    let parts = (f.change("closes", hour), f.change_or_clear("note", field::line(0..=200)));
    let (closes, note) = f.finish(parts)?;
    let change = HalfDayChange { closes, note: note.map(Option::unwrap_or_default) };
    let half = state.db.write(move |c| half_days::change(c, &call, id, expected, change)).await?;
    Ok(answer(&half))
}

async fn delete(state: web::Data<State>, Admin(call): Admin, expected: IfMatch, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "half day")?;
    state.db.write(move |c| half_days::delete(c, &call, id, expected)).await?;
    Ok(HttpResponse::NoContent().finish())
}
