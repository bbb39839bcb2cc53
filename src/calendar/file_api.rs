//! HTTP of calendar files: what is in one, so that it can be booked.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::{Value, json};

use super::file::{self, Content, LIMIT};
use crate::{
    app::State,
    error::{Error, Result},
    http::{at, body::Upload, manners::language},
    people::guard::Member,
    rooms,
};

/// `/calendar-files`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/calendar-files").takes("text/calendar", LIMIT).post(read));
}

async fn read(state: web::Data<State>, Member(call): Member, req: HttpRequest, Upload(file): Upload) -> Result<HttpResponse> {
    let (language, now) = (language(req.headers()), call.now);
    let (content, house) = state
        .db
        .read(move |c| {
            let content = file::read(&file, now).map_err(|say| Error::invalid("file", say))?;
            Ok((content, rooms::catalogue(c)?))
        })
        .await?;
    let names: Vec<(&str, &str)> =
        house.rooms.iter().filter(|room| room.active).map(|room| (room.slug.as_str(), room.name.as_str())).collect();
    let Content { events, left_out } = content;
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let events: Vec<Value> = events
        .iter()
        .map(|event| {
            json!({
                "uid": text(&event.uid), "title": text(&event.title), "starts_at": event.span.start(), "ends_at": event.span.end(),
                "location": text(&event.location), "room": file::room_in(&event.location, &names),
            })
        })
        .collect();
    let left_out: Vec<Value> = left_out
        .iter()
        .map(|(title, reason, count)| {
            let message = reason.message();
            json!({"title": text(title), "reason": reason, "message": message.in_language(language), "count": count})
        })
        .collect();
    let answer = json!({"events": events, "left_out": left_out});
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}
