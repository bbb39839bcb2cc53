//! For those who run the service: is it alive, is it ready, how does it do, what is its contract.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::json;

use crate::{
    app::State,
    db,
    error::{Error, Result},
    http::{at, metrics::Metrics, problem::Problem},
    mail, say,
};

/// `/healthz`, `/readyz`, `/metrics`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/healthz").get(health)).service(at("/readyz").get(ready)).service(at("/metrics").get(metrics));
}

/// `/api/v1/openapi.yaml`.
pub fn contract_route(config: &mut web::ServiceConfig) {
    config.service(at("/openapi.yaml").get(contract));
}

async fn health() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "ok"}))
}

async fn ready(state: web::Data<State>) -> Result<HttpResponse> {
    if state.drain.has_begun() {
        return Err(Error::Unavailable(say!("Tjänsten håller på att avslutas.", "The service is about to stop.")));
    }
    let migrated = state.db.read(db::serves).await?;
    if !migrated {
        return Err(Error::Unavailable(say!("Databasen är inte uppgraderad än.", "The database is not upgraded yet.")));
    }
    Ok(HttpResponse::Ok().json(json!({"status": "ready"})))
}

/// For whoever watches the service beside it. What came through a proxy came from outside, where there is nothing here.
async fn metrics(state: web::Data<State>, metrics: web::Data<Metrics>, req: HttpRequest) -> Result<HttpResponse> {
    if req.headers().contains_key("x-forwarded-for") || req.headers().contains_key("forwarded") {
        return Ok(HttpResponse::from_error(Problem::NoSuchPath));
    }
    let now = state.clock.now();
    // Without its database the service is all the more worth watching: then the outbox is left out.
    let outbox = state.db.read(move |c| mail::outbox_state(c, now)).await.ok();
    let backups = match state.backups.clone() {
        // Those that can't be read are as those that are not there; the log says why.
        Some(nightly) => {
            let look = move || nightly.copies().inspect_err(|error| tracing::warn!(%error, "no backups to be seen")).unwrap_or_default();
            let copies = web::block(look).await.map_err(Error::internal)?;
            let newest = copies.range(..=now.date()).next_back();
            Some((copies.len(), newest.map(|(_, copy)| (copy.age(now), copy.size))))
        }
        None => None,
    };
    let page = metrics.page(&state.db, outbox, backups)?;
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(page))
}

async fn contract() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .content_type("application/yaml")
        .body(include_str!("../openapi.yaml"))
}
