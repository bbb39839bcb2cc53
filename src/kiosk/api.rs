//! HTTP of devices: what admins do with them, and what a kiosk does.
use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, HttpResponse, cookie::SameSite, dev::Payload, http::header, web};
use serde_json::{Value, json};

use super::{Arrival, Device, Kind};
use crate::{
    app::State,
    error::{Error, Result},
    evaluations::Code,
    http::{
        at,
        body::Body,
        cookie,
        field::{self, Fields, Read},
        idempotency::{self, Asked, Created, IdempotencyKey},
        path_id,
    },
    people::guard::{Admin, Stranger, unauthenticated},
    qr,
    time::Moment,
    visits::{Headcount, Purpose},
};

/// A kiosk's token.
const COOKIE: &str = "kiosk";
/// As long as browsers keep a cookie at most.
const COOKIE_SECONDS: i64 = 400 * 24 * 3600;
/// As many may come with one tap.
const TOGETHER: i32 = 20;

/// `/devices...` and `/kiosk...`
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/devices").get(list).post(create))
        .service(at("/devices/{id}/pairing-code").post(pairing_code))
        .service(at("/devices/{id}/poster").get(poster))
        .service(at("/devices/{id}/revoke").post(revoke))
        .service(at("/kiosk").get(read))
        .service(at("/kiosk/pair").post(pair))
        .service(at("/kiosk/counts").post(count));
}

/// A tablet that was paired: it may count.
pub struct Kiosk {
    device: Device,
    now: Moment,
}

impl FromRequest for Kiosk {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = std::result::Result<Self, actix_web::Error>>>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = req.app_data::<web::Data<State>>().cloned();
        let token = state.as_ref().and_then(|state| cookie::read(req, COOKIE, state.secure_cookies()));
        Box::pin(async move {
            let state = state.ok_or_else(|| Error::internal("no state"))?;
            let token = token.ok_or_else(unauthenticated)?;
            let device = state.db.read(move |c| super::by_token(c, &token)).await?.ok_or_else(unauthenticated)?;
            Ok(Self { device, now: state.clock.now() })
        })
    }
}

fn wire(device: &Device) -> Value {
    json!({
        "id": device.id, "kind": device.kind, "name": device.name, "paired": device.paired, "created_at": device.created_at,
        "revoked_at": device.revoked_at,
    })
}

fn silent(body: Value) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}

async fn list(state: web::Data<State>, Admin(_): Admin) -> Result<HttpResponse> {
    let devices = state.db.read(super::list).await?;
    Ok(silent(json!({"items": devices.iter().map(wire).collect::<Vec<_>>()})))
}

async fn create(state: web::Data<State>, Admin(call): Admin, key: IdempotencyKey, body: Body) -> Result<HttpResponse> {
    let asked = Asked { scope: call.caller.person.id.to_string(), key, request_hash: body.request_hash.clone(), now: call.now };
    let mut f = body.fields()?;
    let parts = (f.required("kind", field::parsed::<Kind>), f.required("name", field::line(1..=80)));
    let (kind, name) = f.finish(parts)?;
    idempotency::create(&state.db, asked, move |c| {
        let device = super::create(c, &call, kind, &name)?;
        Created::new(None, None, &wire(&device))
    })
    .await
}

/// Not kept for a second answer: who did not see the code asks for a new one.
async fn pairing_code(state: web::Data<State>, Admin(call): Admin, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "device")?;
    let (code, until) = state.db.write(move |c| super::pairing_code(c, &call, id)).await?;
    Ok(silent(json!({"code": code.as_str(), "valid_until": until})))
}

async fn poster(state: web::Data<State>, Admin(_): Admin, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "device")?;
    let device = state.db.read(move |c| super::get(c, id)).await?;
    let code = device.code.filter(|_| device.revoked_at.is_none()).ok_or(Error::NotFound("poster"))?;
    let url = format!("{}/har/{code}", state.house.public_url);
    let qr_svg = qr::svg(&url)?;
    Ok(silent(json!({"url": url, "qr_svg": qr_svg})))
}

async fn revoke(state: web::Data<State>, Admin(call): Admin, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "device")?;
    let device = state.db.write(move |c| super::revoke(c, &call, id)).await?;
    Ok(silent(wire(&device)))
}

async fn pair(state: web::Data<State>, Stranger(by): Stranger, body: Body) -> Result<HttpResponse> {
    let mut f = body.fields()?;
    let code = f.required("code", field::parsed::<Code>);
    let (code,) = f.finish((code,))?;
    let (device, token) = state.db.write(move |c| super::pair(c, &by, &code)).await?;
    let cookie = cookie::make(COOKIE, &token, COOKIE_SECONDS, SameSite::Strict, state.secure_cookies());
    Ok(HttpResponse::Ok().cookie(cookie).insert_header((header::CACHE_CONTROL, "no-store")).json(json!({"name": device.name})))
}

/// Rooms and times, as anybody reads them off the door: neither what it is nor who meets.
async fn read(state: web::Data<State>, kiosk: Kiosk) -> Result<HttpResponse> {
    let now = kiosk.now;
    let near = state.db.read(move |c| super::gatherings(c, now)).await?;
    let gatherings: Vec<Value> = near
        .iter()
        .map(|one| {
            json!({
                "booking_id": one.booking_id, "room": one.room, "room_name": one.room_name, "starts_at": one.stay.start(),
                "ends_at": one.stay.end(),
            })
        })
        .collect();
    Ok(silent(json!({"name": kiosk.device.name, "now": now, "gatherings": gatherings})))
}

/// Reads an arrival from a body, or from a form, where a number comes as text.
pub(super) fn arrival(mut f: Fields, people: impl FnOnce(&Value) -> Read<i32>) -> Result<Arrival> {
    let parts = (
        f.optional("at", field::moment),
        f.or("headcount", 1, people),
        f.required("purpose", field::parsed::<Purpose>),
        f.optional("booking_id", field::id),
        f.optional("client_id", field::id),
    );
    let (at, people, purpose, booking_id, client_id) = f.finish(parts)?;
    let headcount = Headcount::new(people).map_err(|say| Error::invalid("headcount", say))?;
    Ok(Arrival { at, headcount, purpose, booking_id, client_id })
}

async fn count(state: web::Data<State>, kiosk: Kiosk, body: Body) -> Result<HttpResponse> {
    let arrival = arrival(body.fields()?, field::integer(1..=TOGETHER))?;
    let Kiosk { device, now } = kiosk;
    let (visit, added) = state.db.write(move |c| super::count(c, &device, arrival, now)).await?;
    let mut answer = if added { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(answer.insert_header((header::CACHE_CONTROL, "no-store")).json(json!({"at": visit.at, "headcount": visit.headcount})))
}
