//! HTTP of passkeys: signing in by one, and one's own.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::{Value, json};

use super::{
    attempts::Counted,
    guard::{Member, Newcomer, prove},
    passkey_challenges,
    passkeys::{self, Comer, Passkey, VERSION},
    sessions::Entrance,
    sign_in_api::{before, hand_out, sent, set},
    token,
    webauthn::Site,
};
use crate::{
    app::State,
    error::{Error, Fault, Result},
    http::{
        at,
        body::Body,
        etag::IfMatch,
        field::{self, Read},
        path_id,
    },
    id::Id,
    say,
};

/// The cookie that ties what a device is asked to sign to the browser that asked.
const CHALLENGE: &str = "nobel21_passkey";

/// `/auth/passkey` and `/me/passkeys`, and below.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/auth/passkey").post(sign_in))
        .service(at("/auth/passkey/challenge").post(ask))
        .service(at("/me/passkeys").get(list).post(add))
        .service(at("/me/passkeys/challenge").post(begin))
        .service(at("/me/passkeys/{id}").delete(remove));
}

/// What a browser says of a key (`toJSON`): read by what checks it.
fn credential(value: &Value) -> Read<Value> {
    if value.is_object() { Ok(value.clone()) } else { Err(say!("ska vara ett JSON-objekt", "must be a JSON object").into()) }
}

fn challenge((id, public_key): (Id, Value)) -> Value {
    json!({"challenge_id": id, "public_key": public_key})
}

async fn ask(state: web::Data<State>, newcomer: Newcomer, req: HttpRequest) -> Result<HttpResponse> {
    let site = Site::of(&state.house)?;
    // Kept if there is one, so that another tab's works too.
    let browser = match sent(&state, &req, CHALLENGE) {
        Some(given) if (20..=100).contains(&given.len()) => given,
        _ => token::new_secret()?,
    };
    let cookie = set(&state, CHALLENGE, &browser, passkey_challenges::SECONDS);
    let Newcomer { by, network, .. } = newcomer;
    let asked = state.db.write(move |c| passkeys::ask(c, &site, &browser, &network, by.at)).await?;
    Ok(HttpResponse::Ok().cookie(cookie).insert_header((header::CACHE_CONTROL, "no-store")).json(challenge(asked)))
}

async fn sign_in(state: web::Data<State>, newcomer: Newcomer, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let site = Site::of(&state.house)?;
    let mut f = body.fields()?;
    let parts = (f.required("challenge_id", field::id), f.required("credential", credential));
    let (challenge, credential) = f.finish(parts)?;
    let Newcomer { by, network, device } = newcomer;
    let (counted, now) = (Counted::passkeys(&network, by.at.date()), by.at);
    let tried = counted.clone();
    state.db.write(move |c| passkeys::count_try(c, &tried, now)).await?;
    let comer = Comer { challenge, browser: sent(&state, &req, CHALLENGE).unwrap_or_default(), credential, counted };
    let entrance = Entrance { device, before: before(&state, &req), ..Entrance::default() };
    let (keys, house) = (state.tokens.clone(), state.house.clone());
    let tokens = state.db.write(move |c| passkeys::enter(c, &keys, &site, &house, comer, &entrance, &by)).await?;
    Ok(hand_out(&state, &tokens.ok_or_else(passkeys::no_good)?))
}

fn wire(key: &Passkey) -> Value {
    json!({"id": key.id, "name": key.name, "created_at": key.created_at, "last_used_at": key.last_used_at, "version": VERSION})
}

async fn list(state: web::Data<State>, Member(call): Member) -> Result<HttpResponse> {
    let found = state.db.read(move |c| passkeys::list(c, &call)).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({"items": found.iter().map(wire).collect::<Vec<_>>()})))
}

async fn begin(state: web::Data<State>, Member(call): Member, body: Body) -> Result<HttpResponse> {
    let site = Site::of(&state.house)?;
    let mut f = body.fields()?;
    let current = f.optional("current_password", field::secret(1..=128));
    let (current,) = f.finish((current,))?;
    prove(&state, &call, current).await?;
    let asked = state.db.write(move |c| passkeys::begin(c, &site, &call)).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(challenge(asked)))
}

async fn add(state: web::Data<State>, Member(call): Member, body: Body) -> Result<HttpResponse> {
    let site = Site::of(&state.house)?;
    let mut f = body.fields()?;
    let parts = (f.required("challenge_id", field::id), f.required("name", field::line(1..=60)), f.required("credential", credential));
    let (challenge, name, credential) = f.finish(parts)?;
    let added = state.db.write(move |c| passkeys::add(c, &site, &call, challenge, name, credential)).await?;
    // Whoever adds one is signed in, so that this is no 401: a client would renew its session and ask in vain once more.
    let added = added.ok_or_else(|| {
        let detail = say!("gick inte att lägga till. Börja om", "could not be added. Start again");
        Error::Invalid(vec![Fault::coded("credential", "invalid_passkey", detail)])
    })?;
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(wire(&added)))
}

async fn remove(state: web::Data<State>, Member(call): Member, expected: IfMatch, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "passkey")?;
    state.db.write(move |c| passkeys::remove(c, &call, id, expected)).await?;
    Ok(HttpResponse::NoContent().finish())
}
