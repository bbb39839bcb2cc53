//! HTTP of goals.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::json;

use super::{Figure, Goal};
use crate::{
    app::State,
    bookings::Category,
    error::Result,
    http::{
        at,
        body::Body,
        field::{self, Fields},
        idempotency::{self, Asked, Created, IdempotencyKey},
        path_id,
    },
    id::Id,
    people::guard::{Admin, Staff},
};

/// `/goals...`
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/goals").get(list).post(set)).service(at("/goals/{id}/remove").post(remove));
}

async fn list(state: web::Data<State>, Staff(call): Staff, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let year = f.required("year", field::query_integer(2000..=2100));
    let (year,) = f.finish((year,))?;
    let found = state.db.read(move |c| super::outcomes(c, year, call.now)).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({"items": found})))
}

async fn set(state: web::Data<State>, Admin(call): Admin, key: IdempotencyKey, body: Body) -> Result<HttpResponse> {
    let asked = Asked { scope: call.caller.person.id.to_string(), key, request_hash: body.request_hash.clone(), now: call.now };
    let mut f = body.fields()?;
    let parts = (
        f.required("year", field::integer(2000..=2100)),
        f.required("name", field::line(1..=80)),
        f.required("figure", field::parsed::<Figure>),
        f.optional("category", field::parsed::<Category>),
        f.required("target", field::integer(1..=10_000_000)),
    );
    let (year, name, figure, category, target) = f.finish(parts)?;
    let goal = Goal { id: Id::new(), year, name, figure, category, target };
    idempotency::create(&state.db, asked, move |c| Created::new(None, None, &json!(super::set(c, &call, goal)?))).await
}

async fn remove(state: web::Data<State>, Admin(call): Admin, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "goal")?;
    state.db.write(move |c| super::remove(c, &call, id)).await?;
    Ok(HttpResponse::NoContent().insert_header((header::CACHE_CONTROL, "no-store")).finish())
}
