//! HTTP of closures.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::{Value, json};

use super::{
    closure::{Closure, NewClosure, yearly},
    closures,
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
    people::guard::{Admin, Staff},
    say,
    time::Span,
    words,
};

/// In how many years a closure repeats unless it says so, and at most.
const YEARS: u32 = 5;
const MOST_YEARS: i32 = 10;

words! {
    /// How a closure repeats.
    pub enum Repeats {
        /// The same days every year.
        Yearly = "yearly",
    }
}

/// `/closures...`
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/closures").get(list).post(close)).service(at("/closures/{id}").get(read).delete(open));
}

/// A closure on the wire.
pub fn wire(closure: &Closure) -> Value {
    let rooms: Option<Vec<&String>> = closure.rooms.as_ref().map(|rooms| rooms.iter().map(|(_, slug)| slug).collect());
    json!({
        "id": closure.id, "starts_at": closure.span.start(), "ends_at": closure.span.end(), "rooms": rooms, "reason": closure.reason,
        "created_at": closure.created_at, "version": closure.version, "repeat_id": closure.repeat_id,
    })
}

async fn close(state: web::Data<State>, Admin(call): Admin, key: IdempotencyKey, body: Body) -> Result<HttpResponse> {
    let asked = Asked { scope: call.caller.person.id.to_string(), key, request_hash: body.request_hash.clone(), now: call.now };
    let mut f = body.fields()?;
    // Null means the whole house, so it has to be said.
    let rooms = if f.has("rooms") {
        f.optional("rooms", field::filled_list(50, |v| field::line(1..=60)(v)))
    } else {
        f.required("rooms", |_| Ok(None))
    };
    let parts = (spans(&mut f), rooms, f.required("reason", field::lines(1..=500)), f.or("cancel_bookings", false, field::flag));
    let (spans, rooms, reason, cancel_bookings) = f.finish(parts)?;
    let new = NewClosure { spans, rooms, reason, cancel_bookings };
    idempotency::create(&state.db, asked, move |c| {
        let closure = closures::close(c, &call, new)?;
        Created::new(Some(format!("/api/v1/closures/{}", closure.id)), Some(etag::of_version(closure.version)), &wire(&closure))
    })
    .await
}

/// Once, or every year for some years.
fn spans(f: &mut Fields) -> Option<Vec<Span>> {
    let span = f.span();
    let repeats = f.optional("repeats", field::parsed::<Repeats>);
    let years = f.optional("years", field::integer(2..=MOST_YEARS));
    let (span, repeats, years) = (span?, repeats?, years?);
    if repeats.is_none() {
        if years.is_some() {
            f.fault(Fault::new("years", say!("hör ihop med repeats", "belongs with repeats")));
        }
        return Some(vec![span]);
    }
    let years = years.and_then(|years| u32::try_from(years).ok()).unwrap_or(YEARS);
    let spans = yearly(span, years);
    if spans.is_none() {
        f.fault(Fault::new(
            "repeats",
            say!(
                "går inte: alla år har inte de dagarna, eller så tar året slut först",
                "can't be: not every year has those days, or they outlast it"
            ),
        ));
    }
    spans
}

async fn list(state: web::Data<State>, Staff(_): Staff, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let parts = (Page::read(&mut f), f.optional("from", field::moment_or_date), f.optional("to", field::moment_or_date));
    let (page, from, to) = f.finish(parts)?;
    let asked = page.clone();
    let rows = state.db.read(move |c| closures::list(c, from, to, &asked)).await?;
    page::answer(
        &req,
        &page,
        rows,
        |closure| Cursor { key: closure.span.start().unix().to_string(), id: closure.id },
        |closure| wire(&closure),
    )
}

async fn read(state: web::Data<State>, Staff(_): Staff, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "closure")?;
    let closure = state.db.read(move |c| closures::get(c, id)).await?;
    etag::respond(&req, &etag::of_version(closure.version), etag::PRIVATE, &wire(&closure))
}

async fn open(state: web::Data<State>, Admin(call): Admin, expected: IfMatch, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "closure")?;
    let mut f = Fields::of_query(req.query_string());
    let parts = (f.or("following", false, field::query_flag),);
    let (following,) = f.finish(parts)?;
    state.db.write(move |c| closures::open(c, &call, id, expected, following)).await?;
    Ok(HttpResponse::NoContent().insert_header((header::CACHE_CONTROL, "no-store")).finish())
}
