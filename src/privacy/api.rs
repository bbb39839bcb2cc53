//! HTTP of what is kept about people.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::{Value, json};

use super::{
    Section,
    register::{PURPOSES, What, purpose},
    tables::TABLES,
};
use crate::{
    app::State,
    error::{Language, Result},
    http::{at, body::Body, field, manners::language, path_id},
    people::{
        guard::{Admin, Member, prove},
        users,
    },
    settings::{self, Settings},
};

/// `/privacy`, `/me/data`, `/me/erase` and `/users/{id}/erase`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/privacy").get(notice))
        .service(at("/me/data").get(mine))
        .service(at("/me/erase").post(erase_me))
        .service(at("/users/{id}/erase").post(erase));
}

/// The register for everybody: what is kept, why, on which ground and for how long.
fn notice_of(settings: &Settings, language: Language) -> Value {
    let purposes: Vec<Value> = PURPOSES
        .iter()
        .map(|one| {
            let kinds: Vec<Value> = TABLES
                .iter()
                .filter(|table| table.purpose == one.id)
                .map(|table| {
                    let columns = table.columns.iter().filter(|column| column.what != What::Reference);
                    let mut labels: Vec<&str> = columns.map(|column| column.label.in_language(language)).collect();
                    labels.dedup();
                    json!({"name": table.label.in_language(language), "data": labels})
                })
                .collect();
            json!({
                "id": one.id, "name": one.name.in_language(language), "basis": one.basis.in_language(language),
                "kept": one.kept.sentence(&settings.retention, language), "seen_by": one.seen_by.in_language(language), "kinds": kinds,
            })
        })
        .collect();
    json!({"controller": settings.controller, "contact": settings.privacy_contact, "purposes": purposes})
}

async fn notice(state: web::Data<State>, req: HttpRequest) -> Result<HttpResponse> {
    let language = language(req.headers());
    let settings = state.db.read(settings::get).await?;
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_LANGUAGE, language.as_str())).json(notice_of(&settings, language)))
}

fn section(section: &Section, language: Language) -> Value {
    let table = section.table;
    let told = table.columns.iter().filter(|column| column.what == What::Told).map(|column| (column.name, column.label));
    let columns: Vec<Value> =
        told.chain(table.along.iter().copied()).map(|(name, label)| json!({"name": name, "label": label.in_language(language)})).collect();
    json!({
        "kind": table.name, "name": table.label.in_language(language),
        "purpose": purpose(table.purpose).map(|one| one.name.in_language(language)),
        "columns": columns, "rows": section.rows, "more": section.more,
    })
}

async fn mine(state: web::Data<State>, Member(call): Member, req: HttpRequest) -> Result<HttpResponse> {
    let language = language(req.headers());
    let now = call.now;
    let found = state.db.read(move |c| super::export(c, &call.caller)).await?;
    let sections: Vec<Value> = found.iter().map(|one| section(one, language)).collect();
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_LANGUAGE, language.as_str()))
        .json(json!({"made_at": now, "sections": sections})))
}

async fn erase_me(state: web::Data<State>, Member(call): Member, body: Body) -> Result<HttpResponse> {
    let mut f = body.fields()?;
    let current = f.optional("current_password", field::secret(1..=128));
    let (current,) = f.finish((current,))?;
    prove(&state, &call, current).await?;
    state.db.write(move |c| super::erase(c, &call.by(), call.caller.person.id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn erase(state: web::Data<State>, Admin(call): Admin, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", users::NOUN)?;
    state.db.write(move |c| super::erase(c, &call.by(), id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
