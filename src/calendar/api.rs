//! HTTP of the calendar and of the search for a room.
pub mod kept;
pub mod live;

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use chrono::{Days, NaiveDate};
use serde_json::json;

use crate::{
    app::State,
    bookings::availability::{self, Search},
    db::standby,
    error::{Fault, Result},
    http::{
        at, etag,
        field::{self, Fields},
        sender::Sender,
    },
    people::guard::Anyone,
    say,
    time::{Moment, Span},
};
use kept::{Answer, Question};

/// How many days one question may span.
const MOST_DAYS: u64 = 62;

/// How many days of holidays one question may span: a series' 18 months and the month around them.
const MOST_HOLIDAYS: u64 = 800;

/// `/calendar`, `/calendar/changes`, `/availability`, `/holidays`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/calendar").get(calendar))
        .service(at("/availability").get(availability))
        .service(at("/calendar/changes").get(changes))
        .service(at("/holidays").get(holidays));
}

fn too_long(f: &mut Fields, most: u64) {
    f.fault(Fault::coded(
        "to",
        "range_too_long",
        say!("får ligga högst {most} dagar efter from", "may lie at most {most} days after from"),
    ));
}

fn backwards(f: &mut Fields) {
    f.fault(Fault::coded("to", "end_before_start", say!("ska ligga efter from", "must lie after from")));
}

/// The days `from` to `to`, at least one and at most so many.
fn days(f: &mut Fields, most: u64) -> (Option<NaiveDate>, Option<NaiveDate>) {
    let (from, to) = (f.required("from", field::date), f.required("to", field::date));
    if let (Some(from), Some(to)) = (from, to) {
        if from >= to {
            backwards(f);
        } else if from.checked_add_days(Days::new(most)).is_none_or(|last| to > last) {
            too_long(f, most);
        }
    }
    (from, to)
}

/// How long a stream of changes may last, in seconds: a connection that is dead unnoticed is given up then.
const LONGEST: i32 = 600;

async fn changes(state: web::Data<State>, Anyone(_): Anyone, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let parts = (f.or("seconds", LONGEST, field::query_integer(1..=LONGEST)),);
    let (seconds,) = f.finish(parts)?;
    let stay = Duration::from_secs(seconds.unsigned_abs().into());
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        // Whoever compresses or collects on the way would keep the words to itself.
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header(("X-Accel-Buffering", "no"))
        .body(state.live.listen(stay, Sender::of(&req).network())?))
}

async fn holidays(Anyone(_): Anyone, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let parts = days(&mut f, MOST_HOLIDAYS);
    let (from, to) = f.finish(parts)?;
    etag::respond_hashed(&req, etag::PUBLIC, &json!({"items": crate::holidays::between(from, to)}))
}

async fn calendar(state: web::Data<State>, Anyone(call): Anyone, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let (from, to) = days(&mut f, MOST_DAYS);
    let parts = (from, to, f.or("room", vec![], field::list(50, |v| field::line(1..=60)(v))));
    let question: Question = f.finish(parts)?;
    let now = state.clock.now();
    let Some(call) = call else {
        return public(&state, &req, question, now).await;
    };
    let (from, to, rooms) = question;
    // An answer to a token is its owner's.
    let calendar = state.db.read(move |c| super::calendar(c, Some(&call.caller), from, to, &rooms, now)).await?;
    etag::respond_hashed(&req, etag::PRIVATE, &calendar)
}

/// What strangers see, from memory if nothing was written since it was last read.
async fn public(state: &State, req: &HttpRequest, question: Question, now: Moment) -> Result<HttpResponse> {
    let respond = |answer: &Answer| etag::respond_bytes(req, &answer.etag, etag::PUBLIC, answer.body.clone());
    let version = state.db.version().await?;
    if let Some(version) = version
        && let Some(answer) = state.calendar.get(&question, version, now)?
    {
        return Ok(respond(&answer));
    }
    let (from, to, rooms) = question.clone();
    let calendar = state.db.read(move |c| super::calendar(c, None, from, to, &rooms, now)).await?;
    match version {
        Some(version) if standby::as_of().is_none() => {
            state.calendar.keep(question, version, now, &calendar).map(|answer| respond(&answer))
        }
        _ => etag::respond_hashed(req, etag::PUBLIC, &calendar),
    }
}

async fn availability(state: web::Data<State>, Anyone(_): Anyone, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let (from, to) = (f.required("from", field::moment_or_date), f.required("to", field::moment_or_date));
    let window = match (from, to) {
        (Some(from), Some(to)) => {
            let window = Span::new(from, to);
            match window {
                None => backwards(&mut f),
                // An hour more than whole days, for the night of the clock change.
                Some(window) if window.seconds() > i64::try_from(MOST_DAYS).unwrap_or(62) * 86_400 + 3600 => too_long(&mut f, MOST_DAYS),
                Some(_) => {}
            }
            window
        }
        _ => None,
    };
    let parts = (
        window,
        f.required("minutes", field::query_integer(5..=10_080)),
        f.optional("people", field::query_integer(1..=5000)),
        f.optional("layout", field::parsed),
        f.or("equipment", vec![], field::list(20, |v| field::line(1..=60)(v))),
        f.or("wheelchair", false, field::query_flag),
        f.or("hearing_loop", false, field::query_flag),
        f.or("room", vec![], field::list(50, |v| field::line(1..=60)(v))),
    );
    let (window, minutes, people, layout, equipment, wheelchair, hearing_loop, rooms) = f.finish(parts)?;
    let search = Search { window, minutes, people, layout, equipment, wheelchair, hearing_loop, rooms };
    let now = state.clock.now();
    let items = state.db.read(move |c| availability::search(c, &search, now)).await?;
    Ok(HttpResponse::Ok().json(json!({"items": items})))
}
