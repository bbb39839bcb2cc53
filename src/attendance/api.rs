//! HTTP of the links in letters that ask how many came. Looking changes nothing: mail scanners open every link.
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::Gathering;
use crate::{
    app::State,
    error::Result,
    http::{at, body::Body, field, path_text},
    people::guard::Stranger,
};

/// `/attendance/{token}`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/attendance/{token}").get(question).post(answer));
}

fn wire(gathering: &Gathering) -> Value {
    json!({
        "title": gathering.title,
        "room": gathering.room_name,
        "starts_at": gathering.stay.start(),
        "ends_at": gathering.stay.end(),
        "expected_participants": gathering.expected,
        "actual_participants": gathering.actual,
    })
}

async fn question(state: web::Data<State>, Stranger(by): Stranger, req: HttpRequest) -> Result<HttpResponse> {
    let token = path_text(&req, "token");
    let gathering = state.db.read(move |c| super::asked_about(c, &token, by.at)).await?;
    Ok(HttpResponse::Ok().json(wire(&gathering)))
}

async fn answer(state: web::Data<State>, Stranger(by): Stranger, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let token = path_text(&req, "token");
    let mut f = body.fields()?;
    let parts = (f.required("actual_participants", field::integer(0..=5000)),);
    let (actual,) = f.finish(parts)?;
    let gathering = state.db.write(move |c| super::answer(c, &token, actual, &by)).await?;
    Ok(HttpResponse::Ok().json(wire(&gathering)))
}
