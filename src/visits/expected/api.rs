//! HTTP of expected visitors.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::{Value, json};

use super::{Announcement, Expected};
use crate::{
    app::State,
    error::{Fault, Result},
    http::{
        at,
        body::Body,
        field::{self, Fields},
        idempotency::{self, Asked, Created, IdempotencyKey},
        path_id,
    },
    people::guard::{Member, Staff},
    say,
    visits::Headcount,
};

/// `/expected-visitors...`
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/expected-visitors").get(list).post(announce))
        .service(at("/expected-visitors/{id}/withdraw").post(withdraw))
        .service(at("/expected-visitors/{id}/arrive").post(arrive));
}

fn wire(one: &Expected) -> Value {
    let (id, name) = &one.booking.organisation;
    json!({
        "id": one.id, "headcount": one.headcount, "expected_at": one.expected_at,
        "note": (!one.note.is_empty()).then_some(&one.note), "arrived_at": one.arrived.map(|(at, _)| at),
        "visit_id": one.arrived.map(|(_, visit)| visit),
        "booking": {
            "id": one.booking.id, "title": one.booking.title, "room": one.booking.room, "organisation": {"id": id, "name": name},
        },
    })
}

async fn announce(state: web::Data<State>, Member(call): Member, key: IdempotencyKey, body: Body) -> Result<HttpResponse> {
    let asked = Asked { scope: call.caller.person.id.to_string(), key, request_hash: body.request_hash.clone(), now: call.now };
    let mut f = body.fields()?;
    let parts = (
        f.required("booking_id", field::id),
        f.required("headcount", field::integer(1..=500)),
        f.optional("expected_at", field::moment),
        f.optional("note", field::impersonal(|value| field::line(0..=200)(value))),
    );
    let (booking_id, headcount, expected_at, note) = f.finish(parts)?;
    let new = Announcement { booking_id, headcount, expected_at, note: note.unwrap_or_default() };
    idempotency::create(&state.db, asked, move |c| {
        let made = super::announce(c, &call, new)?;
        Created::new(None, None, &wire(&made))
    })
    .await
}

async fn list(state: web::Data<State>, Member(call): Member, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    if f.has("date") == f.has("booking_id") {
        f.fault(Fault::coded("date", "required", say!("saknas: ange date eller booking_id", "is missing: give date or booking_id")));
    }
    let parts = (f.optional("date", field::date), f.optional("booking_id", field::id));
    let (date, booking) = f.finish(parts)?;
    let items = state
        .db
        .read(move |c| match (date, booking) {
            (Some(date), _) => super::on(c, &call, date),
            (None, Some(booking)) => super::of_booking(c, &call, booking),
            (None, None) => Ok(vec![]),
        })
        .await?;
    let items: Vec<Value> = items.iter().map(wire).collect();
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({"items": items})))
}

async fn arrive(state: web::Data<State>, Staff(call): Staff, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "announcement")?;
    let mut f = body.fields()?;
    let headcount = f.optional("headcount", |value| {
        let people = field::integer(1..=super::super::visit::MOST)(value)?;
        Ok(Headcount::new(people)?)
    });
    let (headcount,) = f.finish((headcount,))?;
    let (arrived, _) = state.db.write(move |c| super::arrive(c, &call, id, headcount)).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(wire(&arrived)))
}

async fn withdraw(state: web::Data<State>, Member(call): Member, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "announcement")?;
    state.db.write(move |c| super::withdraw(c, &call, id)).await?;
    Ok(HttpResponse::NoContent().insert_header((header::CACHE_CONTROL, "no-store")).finish())
}
