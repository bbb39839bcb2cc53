//! HTTP of the links in letters that ask how many came. Looking changes nothing: mail scanners open every link. The secret comes in
//! the body: an address is written into the logs of whatever stands between.
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

use super::Gathering;
use crate::{
    app::State,
    error::Result,
    http::{at, body::Body, field},
    people::guard::Stranger,
};

/// How long a link's secret may be.
const TOKEN: std::ops::RangeInclusive<usize> = 1..=200;

/// `/attendance` and `/attendance/question`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/attendance/question").post(question)).service(at("/attendance").post(answer));
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

async fn question(state: web::Data<State>, Stranger(by): Stranger, body: Body) -> Result<HttpResponse> {
    let mut f = body.fields()?;
    let parts = (f.required("token", field::secret(TOKEN)),);
    let (token,) = f.finish(parts)?;
    let gathering = state.db.read(move |c| super::asked_about(c, &token, by.at)).await?;
    Ok(HttpResponse::Ok().json(wire(&gathering)))
}

async fn answer(state: web::Data<State>, Stranger(by): Stranger, body: Body) -> Result<HttpResponse> {
    let mut f = body.fields()?;
    let parts = (f.required("token", field::secret(TOKEN)), f.required("actual_participants", field::integer(0..=5000)));
    let (token, actual) = f.finish(parts)?;
    let gathering = state.db.write(move |c| super::answer(c, &token, actual, &by)).await?;
    Ok(HttpResponse::Ok().json(wire(&gathering)))
}
