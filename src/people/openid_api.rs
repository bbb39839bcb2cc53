//! HTTP of signing in by another's word (OpenID Connect).
use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::json;

use super::{
    api::proven,
    guard::{Member, Newcomer},
    openid::{self, Held, LocalPath, Step},
    openid_provider::{Proof, Provider},
    second_factor,
    sessions::Entrance,
    sign_in_api::{CODE, before, hand_out_with, sent, set},
    token::ACCESS_SECONDS,
};
use crate::{
    app::State,
    audit::By,
    error::{Error, Result},
    http::{at, body::Body, etag, field, manners::language, problem},
};

/// The cookie that holds how far a sign-in has come, in the browser that began it.
const COOKIE: &str = "nobel21_openid";
/// How long a provider's code may be.
const PROVIDER_CODE: std::ops::RangeInclusive<usize> = 1..=2000;

/// `/auth/openid` and `/me/openid`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/auth/openid").get(offered).post(begin))
        .service(at("/auth/openid/redeem").post(redeem))
        .service(at("/me/openid").get(linked))
        .service(at("/me/openid/end").post(end));
}

fn provider(state: &State) -> Result<Arc<Provider>> {
    state.openid.clone().ok_or(Error::NotFound("openid_provider"))
}

async fn offered(state: web::Data<State>) -> Result<HttpResponse> {
    let openid = state.openid.as_ref().map(|provider| json!({"name": provider.name()}));
    Ok(HttpResponse::Ok().json(json!({"openid": openid})))
}

async fn begin(state: web::Data<State>, newcomer: Newcomer, body: Body) -> Result<HttpResponse> {
    let mut f = body.fields()?;
    let back = f.optional("back", field::parsed::<LocalPath>);
    let (back,) = f.finish((back,))?;
    let (provider, now) = (provider(&state)?, newcomer.by.at);
    let (url, under_way) = state.asking(move || provider.begin(now)).await?;
    let back = back.map_or_else(|| "/".into(), |LocalPath(path)| path);
    let held = state.tokens.hold(Held { step: Step::UnderWay(under_way), back }, now, openid::SECONDS)?;
    Ok(HttpResponse::Ok()
        .cookie(set(&state, COOKIE, &held, openid::SECONDS))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({"url": url})))
}

/// Asks the provider about its code.
async fn prove(state: &State, network: String, code: String, step: Step, by: &By) -> Result<Proof> {
    let under_way = match step {
        Step::Proven { proof, .. } => return Ok(proof),
        Step::UnderWay(under_way) => under_way,
    };
    let (provider, now) = (provider(state)?, by.at);
    let counted = network.clone();
    state.db.write(move |c| openid::count_try(c, &counted, now)).await?;
    let proof = state.asking(move || provider.prove(code, &under_way, now)).await?.ok_or_else(openid::no_good)?;
    state.db.write(move |c| openid::forgive(c, &network, now)).await?;
    Ok(proof)
}

async fn redeem(state: web::Data<State>, newcomer: Newcomer, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let mut f = body.fields()?;
    let parts = (
        f.required("state", field::secret(1..=200)),
        f.required("code", field::secret(PROVIDER_CODE)),
        f.optional("second_factor", field::secret(CODE)),
    );
    let (given, code, digits) = f.finish(parts)?;
    let Newcomer { by, network, device } = newcomer;
    let name = provider(&state)?.name().to_owned();
    let held = sent(&state, &req, COOKIE).and_then(|held| state.tokens.held::<Held>(&held, by.at));
    let Held { step, back } = held.filter(|held| held.step.state() == given).ok_or_else(openid::no_good)?;
    let proven_before = matches!(step, Step::Proven { .. });
    let proof = prove(&state, network, code, step, &by).await?;
    let counted = if digits.is_some() {
        let (proof, now) = (proof.clone(), by.at);
        let count = move |c: &mut crate::db::Conn| match openid::whose(c, &proof)? {
            Some(person) => second_factor::count_try(c, person, now),
            None => Ok(()),
        };
        state.db.write(count).await
    } else {
        Ok(())
    };
    let entrance = Entrance { device, code: digits, before: before(&state, &req), ..Entrance::default() };
    let (keys, house, who, now) = (state.tokens.clone(), Arc::clone(&state.house), proof.clone(), by.at);
    let tokens = match counted {
        Ok(()) => state.db.write(move |c| openid::enter(c, &keys, &house, &name, &who, entrance, &by)).await,
        Err(error) => Err(error),
    };
    match tokens {
        Ok(tokens) => {
            let told = json!({"access_token": tokens.access, "token_type": "Bearer", "expires_in": ACCESS_SECONDS, "back": back});
            let mut answer = hand_out_with(&state, &tokens, told);
            answer.add_cookie(&set(&state, COOKIE, "", 0)).map_err(Error::internal)?;
            Ok(answer)
        }
        // The provider's code is used up: whoever has yet to give the digits goes on from here.
        Err(error @ (Error::TooMany { .. } | Error::Unauthenticated { code: "code_required" | "invalid_code", .. })) if !proven_before => {
            let held = state.tokens.hold(Held { step: Step::Proven { state: given, proof }, back }, now, openid::SECONDS)?;
            let mut answer = problem::respond(&error.into(), &req, language(req.headers()));
            answer.add_cookie(&set(&state, COOKIE, &held, openid::SECONDS)).map_err(Error::internal)?;
            Ok(answer)
        }
        Err(error) => Err(error),
    }
}

async fn linked(state: web::Data<State>, Member(call): Member, req: HttpRequest) -> Result<HttpResponse> {
    let person = call.caller.person.id;
    let since = state.db.read(move |c| openid::linked_at(c, person)).await?;
    etag::respond_hashed(&req, etag::PRIVATE, &json!({"linked_at": since}))
}

async fn end(state: web::Data<State>, Member(call): Member, body: Body) -> Result<HttpResponse> {
    proven(&state, &call, body).await?;
    state.db.write(move |c| openid::end(c, &call)).await?;
    Ok(HttpResponse::NoContent().finish())
}
