//! HTTP of signing in and out.
use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite},
    http::header,
    web,
};
use serde_json::{Value, json};

use super::{
    account::Email,
    attempts::{self, Counted},
    guard::{Member, Newcomer, Stranger},
    mail_link, password, second_factor,
    sessions::Entrance,
    sign_in::{self, FirstAdmin, Recognised, SESSION_SECONDS, Tokens},
    token::{self, ACCESS_SECONDS, REMEMBERED_SECONDS},
};
use crate::{
    app::State,
    db::Conn,
    error::{Error, Result},
    http::{at, body::Body, cookie, field},
    mail, say,
};

/// The cookie that carries the refresh token.
const COOKIE: &str = "nobel21_refresh";
/// The cookie by which a browser is known again that somebody has signed in with.
const BROWSER: &str = "nobel21_browser";
/// The cookie that ties a link in a letter to the browser that asked for it.
const LINK: &str = "nobel21_link";
/// How long a code of a second factor may be, spaces and dashes included.
pub const CODE: std::ops::RangeInclusive<usize> = 1..=60;

/// `/auth/*`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/auth/token").post(sign_in))
        .service(at("/auth/refresh").post(refresh))
        .service(at("/auth/logout").post(sign_out))
        .service(at("/auth/link").post(ask_for_link))
        .service(at("/auth/link/redeem").post(redeem_link))
        .service(at("/auth/password").post(set_password))
        .service(at("/auth/setup").post(set_up));
}

/// A cookie for sign-in alone: of this host, for no script, sent to no other site's wish.
pub(super) fn set(state: &State, name: &str, value: &str, seconds: i64) -> Cookie<'static> {
    cookie::make(name, value, seconds, SameSite::Strict, state.secure_cookies())
}

/// What the browser sends under this name.
pub(super) fn sent(state: &State, req: &HttpRequest, name: &str) -> Option<String> {
    cookie::read(req, name, state.secure_cookies())
}

/// The answer to a sign-in.
pub(super) fn hand_out(state: &State, tokens: &Tokens) -> HttpResponse {
    hand_out_with(state, tokens, json!({"access_token": tokens.access, "token_type": "Bearer", "expires_in": ACCESS_SECONDS}))
}

/// The cookies of a sign-in, with this body.
pub(super) fn hand_out_with(state: &State, tokens: &Tokens, body: Value) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    answer.cookie(set(state, COOKIE, &tokens.refresh, SESSION_SECONDS));
    if let Some(browser) = &tokens.browser {
        answer.cookie(set(state, BROWSER, browser, REMEMBERED_SECONDS));
    }
    answer.insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}

/// The session that this browser still has.
pub(super) fn before(state: &State, req: &HttpRequest) -> Option<String> {
    sent(state, req, COOKIE)
}

async fn sign_in(state: web::Data<State>, newcomer: Newcomer, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let mut f = body.fields()?;
    let parts = (
        f.required("email", field::parsed::<Email>),
        f.required("password", field::secret(1..=128)),
        f.optional("code", field::secret(CODE)),
    );
    let (email, password, code) = f.finish(parts)?;
    let Newcomer { by, network, device } = newcomer;
    let now = by.at;
    let (tried, keys, known) = (email.clone(), state.tokens.clone(), sent(&state, &req, BROWSER));
    let (person, hash, counted) = state
        .db
        .write(move |c| {
            let (person, hash) = sign_in::account_and_hash(c, &tried)?;
            let browser = person.as_ref().zip(known).and_then(|(person, known)| keys.remembered(&known, person.id, now));
            let counted = Counted::of(&tried, browser, &network, now.date());
            attempts::begin(c, &counted, now)?;
            Ok((person, hash, counted))
        })
        .await?;
    let (person, stronger_hash) = state.hashing(move || sign_in::check_password(&password, person, hash.as_deref())).await?;
    let keys = state.tokens.clone();
    let who = Recognised { person: person.id, stronger_hash, counted };
    let entrance = Entrance { device, code, before: before(&state, &req), ..Entrance::default() };
    let tokens = state.db.write(move |c| sign_in::sign_in(c, &keys, &who, &entrance, &by)).await?;
    Ok(hand_out(&state, &tokens))
}

async fn refresh(state: web::Data<State>, Stranger(by): Stranger, req: HttpRequest) -> Result<HttpResponse> {
    let Some(given) = sent(&state, &req, COOKIE) else {
        return Err(Error::Unauthenticated { code: "unauthenticated", detail: say!("Logga in för att fortsätta.", "Sign in to go on.") });
    };
    let keys = state.tokens.clone();
    let house = state.house.clone();
    let renewed = state.db.write(move |c| sign_in::refresh(c, &keys, &house, &given, &by)).await?;
    Ok(hand_out(&state, &renewed.into_tokens()?))
}

async fn sign_out(state: web::Data<State>, Stranger(by): Stranger, member: Option<Member>, req: HttpRequest) -> Result<HttpResponse> {
    if let Some(given) = sent(&state, &req, COOKIE) {
        state.db.write(move |c| sign_in::sign_out(c, &given, &by)).await?;
    } else if let Some(Member(call)) = member {
        state.db.write(move |c| sign_in::sign_out_session(c, call.caller.session, &call.by())).await?;
    }
    Ok(HttpResponse::NoContent().cookie(set(&state, COOKIE, "", 0)).finish())
}

/// The answer is on its way before anybody looks whether there is such an account: it tells nothing by its text nor by its time.
async fn ask_for_link(state: web::Data<State>, newcomer: Newcomer, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let mut f = body.fields()?;
    let email = f.required("email", field::parsed::<Email>);
    let (email,) = f.finish((email,))?;
    let Newcomer { by, network, .. } = newcomer;
    let (known, keys, now) = (sent(&state, &req, BROWSER), state.tokens.clone(), by.at);
    // By the network alone, so that this refusal tells nothing about the address.
    let counted = Counted::links(&network, now.date());
    state.db.write(move |c| attempts::begin(c, &counted, now)).await?;
    // Kept if there is one, so that the letter before works too.
    let browser = match sent(&state, &req, LINK) {
        Some(given) if (20..=100).contains(&given.len()) => given,
        _ => token::new_secret()?,
    };
    let answer = HttpResponse::Accepted().cookie(set(&state, LINK, &browser, mail::SIGN_IN_LINK_SECONDS)).finish();
    actix_web::rt::spawn(async move {
        let house = state.house.clone();
        let asked = move |c: &mut Conn| {
            let asker = mail_link::Asker { network, known };
            mail_link::ask(c, &house, &keys, &email, &browser, &asker, &by)
        };
        if let Err(error) = state.db.write(asked).await {
            tracing::warn!(%error, "a sign-in link could not be written");
        }
    });
    Ok(answer)
}

async fn redeem_link(state: web::Data<State>, newcomer: Newcomer, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let mut f = body.fields()?;
    let parts = (f.required("token", field::secret(1..=200)), f.optional("code", field::secret(CODE)));
    let (secret, code) = f.finish(parts)?;
    let browser = sent(&state, &req, LINK).unwrap_or_default();
    let keys = state.tokens.clone();
    let Newcomer { by, device, .. } = newcomer;
    if code.is_some() {
        let (secret, browser, now) = (secret.clone(), browser.clone(), by.at);
        let count = move |c: &mut Conn| match mail_link::whose(c, &secret, &browser, now)? {
            Some(person) => second_factor::count_try(c, person, now),
            None => Ok(()),
        };
        state.db.write(count).await?;
    }
    let entrance = Entrance { device, by_link: true, code, before: before(&state, &req), ..Entrance::default() };
    let tokens = state.db.write(move |c| mail_link::redeem(c, &keys, &secret, &browser, &entrance, &by)).await?;
    Ok(hand_out(&state, &tokens))
}

async fn set_password(state: web::Data<State>, newcomer: Newcomer, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let mut f = body.fields()?;
    let parts = (
        f.required("token", field::secret(1..=200)),
        f.required("password", field::secret(password::LENGTH)),
        f.optional("code", field::secret(CODE)),
    );
    let (token, password, code) = f.finish(parts)?;
    let (given, now) = (token.clone(), newcomer.by.at);
    let owner = state.db.read(move |c| sign_in::look_at_link(c, &given, now)).await?;
    if let (Some(owner), Some(_)) = (&owner, &code) {
        let id = owner.id;
        state.db.write(move |c| second_factor::count_try(c, id, now)).await?;
    }
    let (name, address) = owner.map(|owner| (owner.name, owner.email)).unwrap_or_default();
    let hash = state.hashing(move || password::choose("password", &password, &[&name, &address])).await?;
    let keys = state.tokens.clone();
    let Newcomer { by, device, .. } = newcomer;
    let entrance = Entrance { device, code, before: before(&state, &req), ..Entrance::default() };
    let house = state.house.clone();
    let tokens = state.db.write(move |c| sign_in::set_password_by_link(c, &keys, &house, &token, &hash, &entrance, &by)).await?;
    Ok(hand_out(&state, &tokens))
}

async fn set_up(state: web::Data<State>, newcomer: Newcomer, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let mut f = body.fields()?;
    let parts = (
        f.required("token", field::secret(1..=200)),
        f.required("email", field::parsed::<Email>),
        f.required("name", field::line(1..=120)),
        f.required("password", field::secret(password::LENGTH)),
    );
    let (token, email, name, password) = f.finish(parts)?;
    let (given, now) = (token.clone(), newcomer.by.at);
    state
        .db
        .read(move |c| {
            sign_in::refuse_if_set_up(c)?;
            sign_in::look_at_link(c, &given, now).map(|_| ())
        })
        .await?;
    let (called, address) = (name.clone(), email.address.clone());
    let hash = state.hashing(move || password::choose("password", &password, &[&called, &address])).await?;
    let keys = state.tokens.clone();
    let first = FirstAdmin { email, name, hash };
    let Newcomer { by, device, .. } = newcomer;
    let entrance = Entrance { device, before: before(&state, &req), ..Entrance::default() };
    let tokens = state.db.write(move |c| sign_in::set_up(c, &keys, &token, &first, &entrance, &by)).await?;
    Ok(hand_out(&state, &tokens))
}
