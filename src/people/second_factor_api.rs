//! HTTP of one's own second factor.
use actix_web::{HttpResponse, http::header, web};
use serde_json::json;

use super::{
    guard::{Member, prove},
    second_factor,
    sign_in_api::CODE,
};
use crate::{
    app::State,
    error::Result,
    http::{at, body::Body, field},
    qr,
};

/// `/me/second-factor` and below.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/me/second-factor").get(standing).post(begin))
        .service(at("/me/second-factor/confirm").post(confirm))
        .service(at("/me/second-factor/turn-off").post(turn_off));
}

async fn standing(state: web::Data<State>, Member(call): Member) -> Result<HttpResponse> {
    let found = state.db.read(move |c| second_factor::standing(c, &call)).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({"on": found.on, "needed": found.needed, "recovery_codes_left": found.recovery_codes_left})))
}

async fn begin(state: web::Data<State>, Member(call): Member, body: Body) -> Result<HttpResponse> {
    let mut f = body.fields()?;
    let current = f.optional("current_password", field::secret(1..=128));
    let (current,) = f.finish((current,))?;
    prove(&state, &call, current).await?;
    let keys = state.tokens.clone();
    let begun = state.db.write(move |c| second_factor::begin(c, &keys, &call)).await?;
    let qr_svg = qr::svg(&begun.url)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({"secret": begun.secret, "url": begun.url, "qr_svg": qr_svg})))
}

async fn code(state: &State, call: &super::Call, body: Body) -> Result<String> {
    let mut f = body.fields()?;
    let code = f.required("code", field::secret(CODE));
    let (code,) = f.finish((code,))?;
    let (person, now) = (call.caller.person.id, call.now);
    state.db.write(move |c| second_factor::count_try(c, person, now)).await?;
    Ok(code)
}

async fn confirm(state: web::Data<State>, Member(call): Member, body: Body) -> Result<HttpResponse> {
    let code = code(&state, &call, body).await?;
    let keys = state.tokens.clone();
    let codes = state.db.write(move |c| second_factor::confirm(c, &keys, &call, &code)).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({"recovery_codes": codes})))
}

async fn turn_off(state: web::Data<State>, Member(call): Member, body: Body) -> Result<HttpResponse> {
    let code = code(&state, &call, body).await?;
    let keys = state.tokens.clone();
    state.db.write(move |c| second_factor::turn_off(c, &keys, &call, &code)).await?;
    Ok(HttpResponse::NoContent().finish())
}
