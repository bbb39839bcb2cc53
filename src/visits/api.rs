//! HTTP of the desk: `/visits` and what lies below.
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, http::header, web};
use serde_json::{Value, json};

use super::{
    Limits, Today,
    limits::Level,
    names::{self, Named},
    presence::Presence,
    roll_call,
    visit::{Correction, Filter, Headcount, Kind, MOST, NewVisit, Purpose, Visit, check_time},
};
use crate::{
    app::State,
    error::{Fault, Result},
    http::{
        at,
        body::Body,
        field::{self, Fields},
        idempotency::{self, Asked, Created, IdempotencyKey},
        manners::language,
        page::{self, Cursor, Page},
        path_id,
    },
    id::Id,
    people::guard::Staff,
    say, words,
};

/// `/visits/*`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/visits").get(list).post(log))
        .service(at("/visits/today").get(today))
        .service(at("/visits/present").get(present))
        .service(at("/visits/{id}/correct").post(correct));
}

fn reference(of: &(Id, String)) -> Value {
    let (id, name) = of;
    json!({"id": id, "name": name})
}

/// A count as answers have it: never with a name.
pub fn on_the_wire(visit: &Visit) -> Value {
    json!({
        "id": visit.id, "at": visit.at, "recorded_at": visit.recorded_at, "kind": visit.kind, "headcount": visit.headcount,
        "purpose": visit.purpose, "organisation": visit.organisation.as_ref().map(reference), "booking_id": visit.booking_id,
        "client_id": visit.client_id, "corrects": visit.corrects, "reason": visit.reason, "late_entry": visit.late_entry,
    })
}

async fn log(state: web::Data<State>, Staff(call): Staff, key: IdempotencyKey, body: Body) -> Result<HttpResponse> {
    let request_hash = body.request_hash.clone();
    let mut f = body.fields()?;
    let at = f.or("at", call.now, field::moment);
    if let Some(Err(fault)) = at.map(|at| check_time(at, call.now)) {
        f.fault(fault);
    }
    let headcount = f.required("headcount", |value| {
        let people = field::integer(1..=MOST)(value)?;
        Ok(Headcount::new(people)?)
    });
    let parts = (
        at,
        headcount,
        f.or("kind", Kind::In, field::parsed::<Kind>),
        f.required("purpose", field::parsed::<Purpose>),
        f.optional("organisation_id", field::id),
        f.optional("booking_id", field::id),
        f.optional("client_id", field::id),
        f.optional("visitor", names::api::visitor),
    );
    let (at, headcount, kind, purpose, organisation_id, booking_id, client_id, visitor) = f.finish(parts)?;
    let new = NewVisit { at, kind, headcount, purpose, organisation_id, booking_id, client_id };
    let asked = Asked { scope: call.caller.person.id.to_string(), key, request_hash, now: call.now };
    idempotency::create(&state.db, asked, move |c| {
        let (visit, added) = names::log(c, &call, new, visitor)?;
        let created = Created::new(None, None, &on_the_wire(&visit))?;
        Ok(if added { created } else { Created { status: 200, ..created } })
    })
    .await
}

async fn correct(state: web::Data<State>, Staff(call): Staff, req: HttpRequest, key: IdempotencyKey, body: Body) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "visit")?;
    let request_hash = body.request_hash.clone();
    let mut f = body.fields()?;
    let parts = (f.required("headcount", field::integer(0..=MOST)), f.required("reason", field::line(1..=500)));
    let (headcount, reason) = f.finish(parts)?;
    let asked = Asked { scope: call.caller.person.id.to_string(), key, request_hash, now: call.now };
    idempotency::create(&state.db, asked, move |c| {
        let correction = super::correct(c, &call, id, &Correction { headcount, reason })?;
        Created::new(None, None, &on_the_wire(&correction))
    })
    .await
}

async fn list(state: web::Data<State>, Staff(_): Staff, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let (from, to) = (f.optional("from", field::moment_or_date), f.optional("to", field::moment_or_date));
    if let (Some(Some(from)), Some(Some(to))) = (from, to)
        && to < from
    {
        f.fault(Fault::coded("to", "end_before_start", say!("ska ligga efter from", "must lie after from")));
    }
    let parts = (
        Page::read(&mut f),
        from,
        to,
        f.optional("purpose", field::parsed::<Purpose>),
        f.optional("organisation_id", field::id),
        f.optional("booking_id", field::id),
    );
    let (page, from, to, purpose, organisation_id, booking_id) = f.finish(parts)?;
    let (filter, asked) = (Filter { from, to, purpose, organisation_id, booking_id }, page.clone());
    let visits = state.db.read(move |c| super::list(c, &filter, &asked)).await?;
    page::answer(&req, &page, visits, |visit| Cursor { key: visit.at.to_string(), id: visit.id }, |visit| on_the_wire(&visit))
}

fn tally(today: &Today) -> Value {
    let by_purpose: Vec<Value> = today.by_purpose.iter().map(|(purpose, visits)| json!({"purpose": purpose, "visits": visits})).collect();
    let by_gathering: Vec<Value> = today
        .by_gathering
        .iter()
        .map(|(gathering, visits, there)| {
            json!({
                "booking_id": gathering.booking_id, "reference": gathering.reference, "title": gathering.title, "room": gathering.room,
                "starts_at": gathering.stay.start(), "ends_at": gathering.stay.end(), "expected_participants": gathering.expected,
                "visits": visits, "status": gathering.status, "checked_in_at": gathering.checked_in_at,
                "max_persons": today.limits.rooms.get(&gathering.room), "level": level(*there, today.limits.rooms.get(&gathering.room)), "people": there,
            })
        })
        .collect();
    json!({
        "date": today.date, "total": today.total, "by_purpose": by_purpose, "by_gathering": by_gathering, "present": today.present,
        "house": house(today.present, &today.limits),
        "named_visits": today.named_visits, "last": today.last.iter().map(on_the_wire).collect::<Vec<_>>(),
    })
}

async fn today(state: web::Data<State>, Staff(call): Staff) -> Result<HttpResponse> {
    let today = state.db.read(move |c| super::today(c, call.now)).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(tally(&today)))
}

words! {
    /// How the answer is wanted.
    pub enum Format {
        /// For programs.
        Json = "json",
        /// To print.
        Html = "html",
    }
}

/// How near its limit a place is, if it has one.
fn level(people: i64, max_persons: Option<&i32>) -> Option<Level> {
    max_persons.map(|most| Level::of(people, *most))
}

fn house(people: i64, limits: &Limits) -> Value {
    limits.house.map_or(Value::Null, |most| json!({"max_persons": most, "level": Level::of(people, most)}))
}

fn in_the_house(presence: &Presence, limits: &Limits, visitors: &[Named], with_names: bool) -> Value {
    let by_room: Vec<Value> = presence
        .by_room
        .iter()
        .map(|room| {
            let most = limits.rooms.get(&room.room);
            json!({
                "room": room.room, "name": room.name, "people": room.people, "source": room.source.as_str(), "max_persons": most,
                "level": level(room.people, most),
            })
        })
        .collect();
    let by_gathering: Vec<Value> = presence
        .by_gathering
        .iter()
        .map(|(gathering, people)| {
            json!({
                "booking_id": gathering.booking_id, "room": gathering.room, "title": gathering.title,
                "organisation": reference(&gathering.organisation), "people": people,
            })
        })
        .collect();
    json!({
        "at": presence.at, "total": presence.total, "house": house(presence.total, limits), "by_room": by_room,
        "by_gathering": by_gathering, "unplaced": presence.unplaced,
        "visitors": visitors.iter().map(|one| names::api::wire(one, with_names)).collect::<Vec<_>>(),
    })
}

async fn present(state: web::Data<State>, Staff(call): Staff, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let parts = (f.or("format", Format::Json, field::parsed::<Format>), f.or("names", false, field::query_flag));
    let (format, with_names) = f.finish(parts)?;
    // The list that is taken along when the house is cleared has names; who was told them is on record.
    let told = with_names || format == Format::Html;
    let (presence, limits) = state.db.read(move |c| Ok((super::present(c, call.now)?, super::limits_of(c)?))).await?;
    let visitors = if told {
        state.db.write(move |c| names::read(c, &call.by(), call.now)).await?
    } else {
        state.db.read(move |c| names::here(c, call.now)).await?
    };
    match format {
        Format::Html => Ok(roll_call::page(&presence, &visitors, language(req.headers()))?.respond(StatusCode::OK)),
        Format::Json => {
            let body = in_the_house(&presence, &limits, &visitors, told);
            Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(body))
        }
    }
}
