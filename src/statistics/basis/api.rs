//! HTTP of the basis for attendance grants.
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::{Basis, HalfYear, table::table};
use crate::{
    app::State,
    error::Result,
    http::{
        at,
        field::{self, Fields},
        path_id,
    },
    people::guard::Member,
    statistics::api::{Format, Wish},
};

/// `/organisations/{id}/attendance-basis`
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/organisations/{id}/attendance-basis").get(read));
}

fn wire(basis: &Basis) -> Value {
    let (id, name) = &basis.organisation;
    let items: Vec<Value> = basis
        .gatherings
        .iter()
        .map(|one| {
            json!({
                "reference": one.reference, "date": one.starts_at.date(), "starts_at": one.starts_at, "ends_at": one.ends_at,
                "minutes": one.minutes(), "long_enough": one.is_long_enough(), "room": one.room, "room_name": one.room_name,
                "category": one.category, "expected_participants": one.expected, "actual_participants": one.actual, "visits": one.visits,
            })
        })
        .collect();
    json!({"organisation": {"id": id, "name": name}, "half_year": basis.half_year, "items": items, "totals": basis.totals()})
}

async fn read(state: web::Data<State>, Member(call): Member, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "organisation")?;
    let mut f = Fields::of_query(req.query_string());
    let parts = (f.required("half_year", field::parsed::<HalfYear>), f.optional("format", field::parsed::<Format>));
    let (half_year, format) = f.finish(parts)?;
    let basis = state.db.read(move |c| super::basis(c, &call, id, half_year)).await?;
    let label = basis.half_year.to_string();
    Wish::of(&req, format).answer(("narvaro", "attendance"), &label, &wire(&basis), |language| vec![table(&basis, language)])
}
