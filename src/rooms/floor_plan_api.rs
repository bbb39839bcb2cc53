//! HTTP of floor plans: pictures in and out.
use actix_web::{HttpRequest, HttpResponse, http::header, web};

use super::{
    floor_plan::{FILE, Picture, TAKEN},
    floor_plans,
};
use crate::{
    app::State,
    error::Result,
    http::{
        at,
        body::{Body, Upload},
        etag::{self, IfMatch},
        field::{self, Fields},
        path_text,
    },
    people::guard::{Admin, Anyone},
};

/// `/rooms/{slug}/floor-plan`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/rooms/{slug}/floor-plan").takes(TAKEN, FILE).get(read).put(replace).patch(change).delete(remove));
}

async fn read(state: web::Data<State>, Anyone(call): Anyone, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let parts = (f.optional("version", field::query_integer(1..=i32::MAX)),);
    f.finish(parts)?;
    let slug = path_text(&req, "slug");
    let (room, plan, picture) = state.db.read(move |c| floor_plans::read(c, call.as_ref(), &slug)).await?;
    let cache = if room.active { etag::PUBLIC } else { etag::PRIVATE };
    Ok(etag::respond_as(&req, &etag::of_version(plan.version), cache, picture.media_type.as_str(), picture.bytes))
}

async fn replace(
    state: web::Data<State>,
    Admin(call): Admin,
    expected: IfMatch,
    req: HttpRequest,
    Upload(file): Upload,
) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let parts = (f.required("alternative_text", field::line(1..=500)),);
    let (alternative_text,) = f.finish(parts)?;
    let slug = path_text(&req, "slug");
    let picture = state.painting(move || Picture::paint(&file)).await?;
    let plan = state.db.write(move |c| floor_plans::replace(c, &call, &slug, expected, &picture, alternative_text)).await?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, etag::of_version(plan.version))).json(plan))
}

async fn change(state: web::Data<State>, Admin(call): Admin, expected: IfMatch, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let mut f = body.fields()?;
    let parts = (f.required("alternative_text", field::line(1..=500)),);
    let (alternative_text,) = f.finish(parts)?;
    let slug = path_text(&req, "slug");
    let plan = state.db.write(move |c| floor_plans::describe(c, &call, &slug, expected, alternative_text)).await?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, etag::of_version(plan.version))).json(plan))
}

async fn remove(state: web::Data<State>, Admin(call): Admin, expected: IfMatch, req: HttpRequest) -> Result<HttpResponse> {
    let slug = path_text(&req, "slug");
    state.db.write(move |c| floor_plans::remove(c, &call, &slug, expected)).await?;
    Ok(HttpResponse::NoContent().finish())
}
