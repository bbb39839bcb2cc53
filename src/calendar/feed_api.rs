//! HTTP of the calendars that other calendars subscribe to, and of the keys to them.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::{Value, json};

use super::feed;
use crate::{
    app::State,
    error::Result,
    http::{
        at,
        etag::{self, IfMatch},
        field::{self, Fields},
        manners::language,
        path_id, path_text,
    },
    id::Id,
    people::guard::Member,
    time::Moment,
};

/// `/calendar.ics` and its like, `/me/calendar-key`, `/organisations/{id}/calendar-key`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/calendar.ics").get(house))
        .service(at("/rooms/{slug}/calendar.ics").get(room))
        .service(at("/me/calendar.ics").get(mine))
        .service(at("/organisations/{id}/calendar.ics").get(organisation))
        .service(at("/me/calendar-key").get(my_key).post(new_key_of_mine).delete(revoke_mine))
        .service(at("/organisations/{id}/calendar-key").get(key_of).post(new_key_of).delete(revoke));
}

fn feed(req: &HttpRequest, cache: &'static str, text: String) -> HttpResponse {
    let tag = etag::of_text(text.as_bytes());
    etag::respond_as(req, &tag, cache, "text/calendar; charset=utf-8", text)
}

async fn public(state: web::Data<State>, req: HttpRequest, room: Option<String>) -> Result<HttpResponse> {
    let (now, house, language) = (state.clock.now(), state.house.clone(), language(req.headers()));
    let text = state.db.read(move |c| feed::public(c, &house, room.as_deref(), language, now)).await?;
    Ok(feed(&req, etag::PUBLIC, text))
}

async fn house(state: web::Data<State>, req: HttpRequest) -> Result<HttpResponse> {
    public(state, req, None).await
}

async fn room(state: web::Data<State>, req: HttpRequest) -> Result<HttpResponse> {
    let slug = path_text(&req, "slug");
    public(state, req, Some(slug)).await
}

async fn keyed(state: web::Data<State>, req: HttpRequest, organisation: Option<Id>) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let parts = (f.required("key", |value| field::line(1..=100)(value)),);
    let (key,) = f.finish(parts)?;
    let (now, house, language) = (state.clock.now(), state.house.clone(), language(req.headers()));
    let text = state.db.read(move |c| feed::keyed(c, &house, organisation, &key, language, now)).await?;
    Ok(feed(&req, etag::PRIVATE, text))
}

async fn mine(state: web::Data<State>, req: HttpRequest) -> Result<HttpResponse> {
    keyed(state, req, None).await
}

async fn organisation(state: web::Data<State>, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "calendar")?;
    keyed(state, req, Some(id)).await
}

fn key_wire(made_at: Option<Moment>) -> Value {
    json!({"created_at": made_at})
}

async fn read_key(state: web::Data<State>, Member(call): Member, req: HttpRequest, organisation: Option<Id>) -> Result<HttpResponse> {
    let made_at = state.db.read(move |c| feed::key_made_at(c, &call, organisation)).await?;
    etag::respond_hashed(&req, etag::PRIVATE, &key_wire(made_at))
}

async fn make_key(state: web::Data<State>, Member(call): Member, organisation: Option<Id>) -> Result<HttpResponse> {
    let made_at = Some(call.now);
    let url = state.db.write(move |c| feed::new_key(c, &call, organisation)).await?;
    // No Idempotency-Key: an answer that is kept would be the secret that is not.
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({"url": url, "created_at": made_at})))
}

async fn revoke_key(state: web::Data<State>, Member(call): Member, expected: IfMatch, organisation: Option<Id>) -> Result<HttpResponse> {
    state.db.write(move |c| feed::revoke_key(c, &call, organisation, |made_at| expected.check_body(&key_wire(made_at)))).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn my_key(state: web::Data<State>, member: Member, req: HttpRequest) -> Result<HttpResponse> {
    read_key(state, member, req, None).await
}

async fn new_key_of_mine(state: web::Data<State>, member: Member) -> Result<HttpResponse> {
    make_key(state, member, None).await
}

async fn revoke_mine(state: web::Data<State>, member: Member, expected: IfMatch) -> Result<HttpResponse> {
    revoke_key(state, member, expected, None).await
}

async fn key_of(state: web::Data<State>, member: Member, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "organisation")?;
    read_key(state, member, req, Some(id)).await
}

async fn new_key_of(state: web::Data<State>, member: Member, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "organisation")?;
    make_key(state, member, Some(id)).await
}

async fn revoke(state: web::Data<State>, member: Member, expected: IfMatch, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "organisation")?;
    revoke_key(state, member, expected, Some(id)).await
}
