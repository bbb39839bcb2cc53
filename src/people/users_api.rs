//! HTTP of accounts as an admin runs them. Adding one is in `organisations/users_api.rs`.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::{Value, json};

use super::{
    account::Role,
    guard::Admin,
    second_factor,
    users::{self, Access, Change, Filter, NOUN, User},
};
use crate::{
    app::State,
    error::{Language, Result},
    http::{
        at,
        body::Body,
        etag::{self, IfMatch},
        field::{self, Fields},
        page::{self, Cursor, Page},
        path_id,
    },
    text::fold,
};

/// `/users/{id}` and below.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/users/{id}").get(read).patch(change))
        .service(at("/users/{id}/password-link").post(send_password_link))
        .service(at("/users/{id}/end-sessions").post(end_sessions))
        .service(at("/users/{id}/second-factor/remove").post(remove_second_factor));
}

/// An account as clients see it.
#[must_use]
pub fn on_the_wire(user: User) -> Value {
    let User { person, memberships, passkeys } = user;
    json!({
        "id": person.id, "email": person.email, "name": person.name, "language": person.language, "role": person.role,
        "memberships": memberships, "second_factor": person.second_factor || passkeys, "disabled": person.disabled_at.is_some(), "created_at": person.created_at,
        "version": person.version,
    })
}

/// `GET /users`.
pub async fn list(state: web::Data<State>, Admin(_): Admin, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let parts = (
        Page::read(&mut f),
        f.optional("q", field::query_text),
        f.optional("role", field::parsed::<Role>),
        f.optional("organisation_id", field::id),
        f.optional("disabled", field::query_flag),
    );
    let (page, q, role, organisation, disabled) = f.finish(parts)?;
    let filter = Filter { q, role, organisation, disabled };
    let asked = page.clone();
    let rows = state.db.read(move |c| users::list(c, &filter, &asked)).await?;
    page::answer(&req, &page, rows, |row| Cursor { key: fold(&row.person.name), id: row.person.id }, on_the_wire)
}

async fn read(state: web::Data<State>, Admin(_): Admin, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", NOUN)?;
    let user = state.db.read(move |c| users::one(c, id)).await?;
    // Its associations are no part of the version, so nothing is kept by it.
    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, etag::of_version(user.person.version)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(on_the_wire(user)))
}

async fn change(state: web::Data<State>, Admin(call): Admin, expected: IfMatch, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let id = path_id(&req, "id", NOUN)?;
    let mut f = body.fields()?;
    f.some_change();
    let parts = (
        f.change("name", field::line(1..=120)),
        f.change("language", field::parsed::<Language>),
        f.change("role", field::parsed::<Role>),
        f.change("disabled", field::flag),
    );
    let (name, language, role, disabled) = f.finish(parts)?;
    let change = Change { name, language, access: Access { role, disabled } };
    let user = state
        .db
        .write(move |c| {
            users::change(c, &call.by(), id, expected, change)?;
            users::one(c, id)
        })
        .await?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, etag::of_version(user.person.version))).json(on_the_wire(user)))
}

async fn remove_second_factor(state: web::Data<State>, Admin(call): Admin, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", NOUN)?;
    state.db.write(move |c| second_factor::remove(c, &call.by(), &call.house, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn end_sessions(state: web::Data<State>, Admin(call): Admin, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", NOUN)?;
    state.db.write(move |c| users::end_sessions(c, &call.by(), id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn send_password_link(state: web::Data<State>, Admin(call): Admin, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", NOUN)?;
    state.db.write(move |c| users::send_password_link(c, &call.by(), &call.house, id)).await?;
    Ok(HttpResponse::Accepted().finish())
}
