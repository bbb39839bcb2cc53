//! Who may call, as types in the handler's signature: forgetting it shows in review.
use std::{future::Future, pin::Pin, sync::Arc};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::{Method, header},
    web,
};

use super::{
    api_tokens,
    attempts::{self, Counted},
    caller::{Call, not_entitled},
    device::device,
    password, sign_in, store,
    token::{Bearer, hash_of},
};
use crate::{
    app::State,
    audit::By,
    config::House,
    db::Conn,
    error::{Error, Fault, Result},
    http::{
        door::Door,
        manners::{RequestId, Whose},
        sender::Sender,
    },
    id::Id,
    say,
    time::Moment,
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

/// Somebody whose token is good. That its session still runs and what it may do is asked in the transaction that does the work
/// ([`TokenHolder::call`]): for what many do at once, where a transaction of its own for the question would cost a third more.
pub struct TokenHolder {
    bearer: Bearer,
    program: Option<Program>,
    now: Moment,
    request_id: String,
    house: Arc<House>,
}

/// A person's own program, which comes with a token of its own ([`api_tokens`]).
struct Program {
    token_hash: String,
    reads: bool,
    /// What it asks for, under `/api/v1`; `None` outside of that.
    route: Option<String>,
}

impl TokenHolder {
    /// Whose token it is.
    #[must_use]
    pub fn person(&self) -> Id {
        self.bearer.person
    }

    /// When it came.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.now
    }

    /// Who it is, as the database has it now; refused if its session is over.
    pub fn call(self, c: &mut Conn) -> Result<Call> {
        let caller = match self.program {
            None => sign_in::caller(c, self.bearer, self.now)?,
            Some(program) => {
                let Bearer { person, session } = self.bearer;
                let scope = api_tokens::scope_of(c, session, person, &program.token_hash, self.now)?.ok_or_else(unauthenticated)?;
                if !program.route.is_some_and(|route| scope.opens(program.reads, &route)) {
                    return Err(Error::Forbidden(say!(
                        "Nyckeln är till för annat. Gör en ny under Mitt konto.",
                        "This token is for something else. Make another under My account."
                    )));
                }
                sign_in::caller_of_program(c, self.bearer)?
            }
        };
        Ok(Call { caller, now: self.now, request_id: self.request_id, house: self.house })
    }

    /// `None` without a token; a token that is no good is refused.
    fn of(req: &HttpRequest) -> Result<Option<Self>> {
        let Some(value) = req.headers().get(header::AUTHORIZATION) else { return Ok(None) };
        let token = value
            .to_str()
            .ok()
            .and_then(|v| v.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .ok_or_else(unauthenticated)?;
        let state = state(req)?;
        let now = state.clock.now();
        let (bearer, program) = match state.tokens.check(token, now) {
            Some(bearer) => (bearer, None),
            None => {
                let bearer = state.tokens.personal(token, now).ok_or_else(unauthenticated)?;
                // Not what the path says: any letter of it may be written in another way (RFC 3986, 2.1).
                let route = req.match_pattern().and_then(|route| route.strip_prefix("/api/v1").map(str::to_owned));
                let reads = matches!(*req.method(), Method::GET | Method::HEAD);
                (bearer, Some(Program { token_hash: hash_of(token), reads, route }))
            }
        };
        req.extensions_mut().insert(Whose(bearer.person));
        if let Some(door) = req.app_data::<web::Data<Door>>() {
            door.account(bearer.person, req)?;
        }
        Ok(Some(Self { bearer, program, now, request_id: RequestId::of(req), house: Arc::clone(&state.house) }))
    }
}

/// A request that is not tied to a person: for public actions.
pub struct Stranger(pub By);

/// Somebody who is about to sign in.
pub struct Newcomer {
    /// The request.
    pub by: By,
    /// From which network it comes, see [`Sender::network`].
    pub network: String,
    /// On what it runs, see [`device`].
    pub device: String,
}

fn state(req: &HttpRequest) -> Result<web::Data<State>> {
    req.app_data::<web::Data<State>>().cloned().ok_or_else(|| Error::internal("no state"))
}

/// The refusal for somebody whom we don't know and would have to.
#[must_use]
pub fn unauthenticated() -> Error {
    Error::Unauthenticated { code: "unauthenticated", detail: say!("Logga in för att fortsätta.", "Sign in to go on.") }
}

async fn identify(req: HttpRequest) -> Result<Option<Call>> {
    let Some(holder) = TokenHolder::of(&req)? else { return Ok(None) };
    state(&req)?.db.read(move |c| holder.call(c)).await.map(Some)
}

impl FromRequest for TokenHolder {
    type Error = actix_web::Error;
    type Future = std::future::Ready<std::result::Result<Self, actix_web::Error>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Self::of(req).and_then(|holder| holder.ok_or_else(unauthenticated)).map_err(Into::into))
    }
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
                return Err(not_entitled(&call.caller).into());
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
                return Err(not_entitled(&call.caller).into());
            }
            Ok(Self(call))
        })
    }
}

impl FromRequest for Stranger {
    type Error = actix_web::Error;
    type Future = std::future::Ready<std::result::Result<Self, actix_web::Error>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(nobody(req).map(Self).map_err(Into::into))
    }
}

fn nobody(req: &HttpRequest) -> Result<By> {
    Ok(By { actor: None, at: state(req)?.clock.now(), request_id: Some(RequestId::of(req)) })
}

impl FromRequest for Newcomer {
    type Error = actix_web::Error;
    type Future = std::future::Ready<std::result::Result<Self, actix_web::Error>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let user_agent = req.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("");
        let newcomer = |by| Self { by, network: Sender::of(req).network(), device: device(user_agent) };
        std::future::ready(nobody(req).map(newcomer).map_err(Into::into))
    }
}

/// Refuses whoever can't give the caller's password, so that a session left open is not enough for what changes how one signs in.
pub async fn prove(state: &State, call: &Call, current: Option<String>) -> Result<()> {
    let (person, session, now) = (call.caller.person.id, call.caller.session, call.now);
    let counted = Counted::own_password(person);
    let tried = counted.clone();
    let given = current.is_some();
    let (stored, may_do_without) = state
        .db
        .write(move |c| {
            let (stored, may_do_without) = (store::password_hash(c, person)?, sign_in::may_set_password(c, session, now)?);
            if stored.is_none() && !may_do_without {
                let none = say!(
                    "finns inte än: logga ut, logga in med en länk i ett brev och välj ett lösenord",
                    "does not exist yet: sign out, sign in by a link in a letter and choose a password"
                );
                return Err(Error::invalid("current_password", none));
            }
            if given {
                attempts::begin(c, &tried, now)?;
            }
            Ok((stored, may_do_without))
        })
        .await?;
    let Some(current) = current else {
        return if may_do_without { Ok(()) } else { Err(Error::invalid("current_password", say!("måste anges", "must be given"))) };
    };
    if state.hashing(move || password::verify(&current, stored.as_deref())).await? == password::Verdict::Wrong {
        return Err(Error::Invalid(vec![Fault::coded("current_password", "wrong_password", say!("stämmer inte", "is not right"))]));
    }
    state.db.write(move |c| attempts::forgive(c, &counted)).await
}
