//! HTTP of named visits.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::{Value, json};

use super::{Named, Visitor};
use crate::{
    app::State,
    error::Result,
    http::{
        at,
        field::{self, Fields, Read},
        page::{self, Cursor, Page},
        path_id,
    },
    people::guard::{Admin, Staff},
    visits::api::on_the_wire,
};

/// `/visits/{id}/leave` and `/visits/name-erasures`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/visits/name-erasures").get(erasures)).service(at("/visits/{id}/leave").post(leave));
}

/// Reads `{"name", "host"?}`.
pub fn visitor(value: &Value) -> Read<Visitor> {
    field::object(|mut f| {
        let parts = (
            f.required("name", field::impersonal(|value| field::line(1..=60)(value))),
            f.optional("host", field::impersonal(|value| field::line(1..=60)(value))),
        );
        let (name, host) = f.finish(parts)?;
        Ok(Visitor { name, host: host.unwrap_or_default() })
    })(value)
}

/// A visitor as the roll call has it; its name only for those who were told names.
pub fn wire(named: &Named, with_names: bool) -> Value {
    let told = |text: &String| (with_names && !text.is_empty()).then(|| text.clone());
    json!({
        "visit_id": named.visit_id, "arrived_at": named.arrived_at, "headcount": named.headcount, "room": named.room,
        "name": told(&named.visitor.name), "host": told(&named.visitor.host),
    })
}

async fn leave(state: web::Data<State>, Staff(call): Staff, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "visit")?;
    let (visit, added) = state.db.write(move |c| super::leave(c, &call, id)).await?;
    let mut answer = if added { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(answer.insert_header((header::CACHE_CONTROL, "no-store")).json(on_the_wire(&visit)))
}

async fn erasures(state: web::Data<State>, Admin(_): Admin, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let page = Page::read(&mut f);
    let (page,) = f.finish((page,))?;
    let asked = page.clone();
    let runs = state.db.read(move |c| super::erasures(c, &asked)).await?;
    page::answer(
        &req,
        &page,
        runs,
        |run| Cursor { key: String::new(), id: run.id },
        |run| json!({"id": run.id, "ran_at": run.ran_at, "erased": run.erased, "kept": run.kept}),
    )
}
