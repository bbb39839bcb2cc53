//! Who may call, as types in the handler's signature: forgetting it shows in review.
use std::{future::Future, pin::Pin, sync::Arc};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web};

use super::{
    caller::{Call, forbidden},
    sign_in,
};
use crate::{
    app::State,
    audit::By,
    error::{Error, Result},
    http::manners::RequestId,
    say,
};

type Extracted<T> = Pin<Box<dyn Future<Output = std::result::Result<T, actix_web::Error>>>>;

/// Anybody; `Some` if it is signed in. A token that is no good is refused even here: its sender believes it is somebody.
pub struct Anyone(pub Option<Call>);
/// Somebody signed in.
pub struct Member(pub Call);
/// Reception or admin.
pub struct Staff(pub Call);
/// Admin.
pub struct Admin(pub Call);

/// A request that is not tied to a person: for signing in and for public actions.
pub struct Stranger(pub By);

fn state(req: &HttpRequest) -> Result<web::Data<State>> {
    req.app_data::<web::Data<State>>().cloned().ok_or_else(|| Error::internal("no state"))
}

/// The refusal for somebody whom we don't know and would have to.
#[must_use]
pub fn unauthenticated() -> Error {
    Error::Unauthenticated { code: "unauthenticated", detail: say!("Logga in för att fortsätta.", "Sign in to go on.") }
}

async fn identify(req: HttpRequest) -> Result<Option<Call>> {
    let Some(value) = req.headers().get(header::AUTHORIZATION) else { return Ok(None) };
    let token = value
        .to_str()
        .ok()
        .and_then(|v| v.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(unauthenticated)?;
    let state = state(&req)?;
    let now = state.clock.now();
    let bearer = state.tokens.check(token, now).ok_or_else(unauthenticated)?;
    let caller = state.db.read(move |c| sign_in::caller(c, bearer, now)).await?;
    Ok(Some(Call { caller, now, request_id: RequestId::of(&req), house: Arc::clone(&state.house) }))
}

impl FromRequest for Anyone {
    type Error = actix_web::Error;
    type Future = Extracted<Self>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move { Ok(Self(identify(req).await?)) })
    }
}

impl FromRequest for Member {
    type Error = actix_web::Error;
    type Future = Extracted<Self>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move { Ok(Self(identify(req).await?.ok_or_else(unauthenticated)?)) })
    }
}

impl FromRequest for Staff {
    type Error = actix_web::Error;
    type Future = Extracted<Self>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let call = identify(req).await?.ok_or_else(unauthenticated)?;
            if !call.caller.is_staff() {
                forbidden()?;
            }
            Ok(Self(call))
        })
    }
}

impl FromRequest for Admin {
    type Error = actix_web::Error;
    type Future = Extracted<Self>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let call = identify(req).await?.ok_or_else(unauthenticated)?;
            if !call.caller.is_admin() {
                forbidden()?;
            }
            Ok(Self(call))
        })
    }
}

impl FromRequest for Stranger {
    type Error = actix_web::Error;
    type Future = std::future::Ready<std::result::Result<Self, actix_web::Error>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let by = state(req).map(|state| Self(By { actor: None, at: state.clock.now(), request_id: Some(RequestId::of(req)) }));
        std::future::ready(by.map_err(Into::into))
    }
}
