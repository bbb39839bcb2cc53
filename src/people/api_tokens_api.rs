//! HTTP of one's own tokens for programs.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::{Value, json};

use super::{
    api_tokens::{self, ApiToken, Scope},
    guard::{Member, prove},
};
use crate::{
    app::State,
    error::Result,
    http::{at, body::Body, field, path_id},
};

/// `/me/tokens` and below.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/me/tokens").get(list).post(make)).service(at("/me/tokens/{id}/revoke").post(revoke));
}

fn wire(token: &ApiToken) -> Value {
    json!({"id": token.id, "name": token.name, "scope": token.scope, "created_at": token.created_at, "expires_at": token.expires_at})
}

async fn list(state: web::Data<State>, Member(call): Member) -> Result<HttpResponse> {
    let found = state.db.read(move |c| api_tokens::list(c, &call)).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({"items": found.iter().map(wire).collect::<Vec<_>>()})))
}

async fn make(state: web::Data<State>, Member(call): Member, body: Body) -> Result<HttpResponse> {
    let mut f = body.fields()?;
    let parts = (
        f.required("name", field::line(1..=60)),
        f.required("scope", field::parsed::<Scope>),
        f.required("days", field::integer(1..=366)),
        f.optional("current_password", field::secret(1..=128)),
    );
    let (name, scope, days, current) = f.finish(parts)?;
    prove(&state, &call, current).await?;
    let keys = state.tokens.clone();
    let (token, text) = state.db.write(move |c| api_tokens::make(c, &keys, &call, name, scope, days)).await?;
    let mut shown = wire(&token);
    if let Some(shown) = shown.as_object_mut() {
        shown.insert("token".into(), json!(text));
    }
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(shown))
}

async fn revoke(state: web::Data<State>, Member(call): Member, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "token")?;
    state.db.write(move |c| api_tokens::revoke(c, &call, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
