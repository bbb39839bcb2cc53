//! HTTP of the audit trail.
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::{Entry, Filter, store};
use crate::{
    app::State,
    error::{Fault, Result},
    http::{
        at,
        field::{self, Fields},
        page::{self, Page},
    },
    people::guard::Admin,
    say,
};

/// `/audit`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/audit").get(list));
}

fn on_the_wire(entry: Entry) -> Value {
    json!({
        "id": entry.id, "at": entry.at, "actor": entry.actor.map(|(id, name)| json!({"id": id, "name": name})), "action": entry.action,
        "noun": entry.noun, "noun_id": entry.noun_id, "before": entry.before, "after": entry.after, "request_id": entry.request_id,
    })
}

async fn list(state: web::Data<State>, Admin(_): Admin, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let parts = (
        Page::read(&mut f),
        f.optional("q", field::query_text),
        f.optional("actor", field::id),
        f.optional("noun", field::line(1..=60)),
        f.optional("noun_id", field::line(1..=60)),
        f.optional("from", field::moment_or_date),
        f.optional("to", field::moment_or_date),
    );
    if let (Some(Some(from)), Some(Some(to))) = (&parts.5, &parts.6)
        && to <= from
    {
        f.fault(Fault::new("to", say!("ska vara efter from", "must be after from")));
    }
    let (page, q, actor, noun, noun_id, from, to) = f.finish(parts)?;
    let filter = Filter { q, actor, noun, noun_id, from, to };
    let asked = page.clone();
    let rows = state.db.read(move |c| super::list(c, &filter, &asked)).await?;
    page::answer(&req, &page, rows, store::cursor, on_the_wire)
}
