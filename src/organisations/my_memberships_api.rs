//! HTTP of one's own memberships. It stands here because leaving an association is bound by its rules, which people knows nothing of.
use actix_web::{HttpRequest, HttpResponse, web};

use super::{NOUN, members};
use crate::{
    app::State,
    error::Result,
    http::{at, etag::IfMatch, path_id},
    people::guard::Member,
};

/// `/me/memberships/{organisation_id}` and below.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/me/memberships/{organisation_id}").delete(leave))
        .service(at("/me/memberships/{organisation_id}/confirm").post(confirm));
}

async fn confirm(state: web::Data<State>, Member(call): Member, req: HttpRequest) -> Result<HttpResponse> {
    let organisation = path_id(&req, "organisation_id", NOUN)?;
    state.db.write(move |c| members::confirm(c, &call, organisation)).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn leave(state: web::Data<State>, Member(call): Member, expected: IfMatch, req: HttpRequest) -> Result<HttpResponse> {
    let organisation = path_id(&req, "organisation_id", NOUN)?;
    state.db.write(move |c| members::leave(c, &call, organisation, expected)).await?;
    Ok(HttpResponse::NoContent().finish())
}
