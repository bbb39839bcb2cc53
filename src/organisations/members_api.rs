//! HTTP of an organisation's members.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::{Value, json};

use super::{
    Member as Person, NOUN,
    members::{self, NewMember},
};
use crate::{
    app::State,
    error::Result,
    http::{
        at,
        body::Body,
        etag::{self, IfMatch},
        field::{self, Fields},
        idempotency::{self, Asked, Created, IdempotencyKey},
        page::{self, Cursor, Page},
        path_id,
    },
    people::{Email, guard::Member},
    text::fold,
};

/// `/organisations/{id}/members`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/organisations/{id}/members").get(list).post(add))
        .service(at("/organisations/{id}/members/{person_id}").patch(change).delete(remove));
}

fn on_the_wire(member: Person) -> Value {
    json!({
        "person_id": member.person_id, "email": member.email, "name": member.name, "organisation_admin": member.organisation_admin,
        "created_at": member.created_at, "version": member.version,
    })
}

async fn list(state: web::Data<State>, Member(call): Member, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", NOUN)?;
    let mut f = Fields::of_query(req.query_string());
    let page = Page::read(&mut f);
    let (page,) = f.finish((page,))?;
    let asked = page.clone();
    let rows = state.db.read(move |c| members::list(c, &call, id, &asked)).await?;
    page::answer(&req, &page, rows, |row| Cursor { key: fold(&row.name), id: row.person_id }, on_the_wire)
}

async fn add(state: web::Data<State>, Member(call): Member, key: IdempotencyKey, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let id = path_id(&req, "id", NOUN)?;
    let request_hash = body.request_hash.clone();
    let mut f = body.fields()?;
    let parts = (
        f.required("email", field::impersonal(field::parsed::<Email>)),
        f.optional("name", field::line(1..=120)),
        f.or("organisation_admin", false, field::flag),
    );
    let (email, name, organisation_admin) = f.finish(parts)?;
    let new = NewMember { email, name, organisation_admin };
    let asked = Asked { scope: call.caller.person.id.to_string(), key, request_hash, now: call.now };
    idempotency::create(&state.db, asked, move |c| {
        let member = members::add(c, &call, id, new)?;
        Created::new(None, Some(etag::of_version(member.version)), &on_the_wire(member))
    })
    .await
}

async fn change(state: web::Data<State>, Member(call): Member, expected: IfMatch, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let (id, person) = (path_id(&req, "id", NOUN)?, path_id(&req, "person_id", "member")?);
    let mut f = body.fields()?;
    let admin = f.required("organisation_admin", field::flag);
    let (admin,) = f.finish((admin,))?;
    let member = state.db.write(move |c| members::change(c, &call, id, person, expected, admin)).await?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, etag::of_version(member.version))).json(on_the_wire(member)))
}

async fn remove(state: web::Data<State>, Member(call): Member, expected: IfMatch, req: HttpRequest) -> Result<HttpResponse> {
    let (id, person) = (path_id(&req, "id", NOUN)?, path_id(&req, "person_id", "member")?);
    state.db.write(move |c| members::remove(c, &call, id, person, expected)).await?;
    Ok(HttpResponse::NoContent().finish())
}
