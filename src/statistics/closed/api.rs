//! HTTP of closed months.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::{Value, json};

use super::Standing;
use crate::{
    app::State,
    error::{Error, Result},
    http::{
        at,
        body::Body,
        field::{self, Fields},
        idempotency::{self, Asked, Created, IdempotencyKey},
        path_text,
    },
    people::guard::{Admin, Staff},
    statistics::period::Period,
    time::Month,
};

/// `/closed-months...`
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/closed-months").get(list).post(close)).service(at("/closed-months/{month}/reopen").post(reopen));
}

fn wire(standing: &Standing) -> Value {
    let closed = &standing.closed;
    json!({
        "month": closed.month.to_string(), "figures": closed.figures, "definitions_version": closed.definitions_version,
        "row_counts": {"bookings": closed.bookings, "visits": closed.visits}, "hash": closed.hash, "intact": closed.is_intact(),
        "closed_by": closed.closed_by.as_ref().map(|(id, name)| json!({"id": id, "name": name})), "closed_at": closed.closed_at,
        "differences": standing.differences,
    })
}

async fn list(state: web::Data<State>, Staff(call): Staff, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let (from, to) = (f.required("from", field::parsed::<Month>), f.required("to", field::parsed::<Month>));
    let period = match (from, to) {
        (Some(from), Some(to)) => Period::between(from, to).map_err(|fault| f.fault(fault)).ok(),
        _ => None,
    };
    let (period,) = f.finish((period,))?;
    let items = state.db.read(move |c| super::list(c, &period, call.now)).await?;
    let items: Vec<Value> = items.iter().map(wire).collect();
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({"items": items})))
}

async fn close(state: web::Data<State>, Admin(call): Admin, key: IdempotencyKey, body: Body) -> Result<HttpResponse> {
    let asked = Asked { scope: call.caller.person.id.to_string(), key, request_hash: body.request_hash.clone(), now: call.now };
    let mut f = body.fields()?;
    let parts = (f.required("month", field::parsed::<Month>),);
    let (month,) = f.finish(parts)?;
    idempotency::create(&state.db, asked, move |c| Created::new(None, None, &wire(&super::close(c, &call, month)?))).await
}

async fn reopen(state: web::Data<State>, Admin(call): Admin, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let month: Month = path_text(&req, "month").parse().map_err(|_| Error::NotFound("closed month"))?;
    let mut f = body.fields()?;
    let parts = (f.required("reason", field::lines(1..=500)),);
    let (reason,) = f.finish(parts)?;
    state.db.write(move |c| super::reopen(c, &call, month, &reason)).await?;
    Ok(HttpResponse::NoContent().insert_header((header::CACHE_CONTROL, "no-store")).finish())
}
