//! HTTP of the link and of answers as JSON; `page.rs` is what people see.
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::{Code, Evaluation, Gathering, RATINGS};
use crate::{
    app::State,
    error::{Error, Language, Result},
    http::{
        at,
        body::Body,
        field::{self, Fields, Read},
        idempotency::{self, Asked, Created, IdempotencyKey},
        manners::language,
        path_id, path_text,
    },
    people::guard::{Member, Stranger},
    qr, say,
};

/// `/bookings/{id}/evaluation-link` and `/evaluations/{code}`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/bookings/{id}/evaluation-link").post(link)).service(at("/evaluations/{code}").get(question).post(answer));
}

async fn link(state: web::Data<State>, Member(call): Member, req: HttpRequest, key: IdempotencyKey, body: Body) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "booking")?;
    let asked = Asked { scope: call.caller.person.id.to_string(), key, request_hash: body.request_hash.clone(), now: call.now };
    nothing(body.fields()?)?;
    idempotency::create(&state.db, asked, move |c| {
        let (code, made) = super::link(c, &call, id)?;
        let url = format!("{}/e/{code}", call.house.public_url);
        let created = Created::new(None, None, &json!({"code": code.as_str(), "url": url, "qr_svg": qr::svg(&url)?}))?;
        Ok(if made { created } else { Created { status: 200, ..created } })
    })
    .await
}

fn nothing(fields: Fields) -> Result<()> {
    fields.finish((Some(()),)).map(|_| ())
}

/// The code in the path; what is none can't lead anywhere.
pub(super) fn path_code(req: &HttpRequest) -> Result<Code> {
    path_text(req, "code").parse().map_err(|_| Error::NotFound("evaluation"))
}

/// What strangers may call the gathering.
pub(super) fn name_of(gathering: &Gathering, language: Language) -> String {
    gathering.public_title().map_or_else(|| say!("Sammankomst", "Gathering").in_language(language).to_owned(), str::to_owned)
}

/// Reads an answer from a body, or from a form, where a number comes as text.
pub(super) fn read_answer(mut f: Fields, rating: impl FnOnce(&Value) -> Read<i32>) -> Result<Evaluation> {
    let parts = (f.required("rating", rating), f.or("comment", String::new(), field::lines(0..=2000)));
    let (rating, comment) = f.finish(parts)?;
    Ok(Evaluation { rating, comment })
}

async fn question(state: web::Data<State>, req: HttpRequest) -> Result<HttpResponse> {
    let code = path_code(&req)?;
    let gathering = state.db.read(move |c| super::question(c, &code)).await?;
    let name = name_of(&gathering, language(req.headers()));
    Ok(HttpResponse::Ok().json(json!({"gathering": name, "room": gathering.room_name, "date": gathering.date()})))
}

async fn answer(
    state: web::Data<State>,
    Stranger(by): Stranger,
    req: HttpRequest,
    key: IdempotencyKey,
    body: Body,
) -> Result<HttpResponse> {
    let code = path_code(&req)?;
    let evaluation = read_answer(body.fields()?, field::integer(RATINGS))?;
    // Not through `idempotency::create`, which would keep the answer beside the second in which it was given.
    let evaluation = state
        .db
        .write(move |c| {
            super::answer(c, &code, key.as_deref(), &evaluation, by.at)?;
            Ok(evaluation)
        })
        .await?;
    let comment = (!evaluation.comment.is_empty()).then_some(evaluation.comment);
    Ok(HttpResponse::Created().json(json!({"rating": evaluation.rating, "comment": comment})))
}
