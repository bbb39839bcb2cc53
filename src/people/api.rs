//! HTTP of signing in and of one's own account.
use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
    http::header,
    web,
};
use serde_json::json;

use super::{
    MyChange,
    account::{Email, Membership, Person},
    caller::Call,
    guard::{Member, Stranger},
    password,
    sign_in::{self, SESSION_SECONDS, Tokens},
    token::ACCESS_SECONDS,
};
use crate::{
    app::State,
    error::{Error, Fault, Language, Result},
    http::{
        at,
        body::Body,
        etag::{self, IfMatch},
        field,
    },
    say,
};

/// The cookie that carries the refresh token.
const COOKIE: &str = "nobel21_refresh";
const COOKIE_PATH: &str = "/api/v1/auth";

/// `/auth/*` and `/me`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/auth/token").post(sign_in))
        .service(at("/auth/refresh").post(refresh))
        .service(at("/auth/logout").post(sign_out))
        .service(at("/auth/password").post(set_password))
        .service(at("/auth/setup").post(set_up))
        .service(at("/me").get(me).patch(change_me))
        .service(at("/me/password").post(change_password));
}

fn cookie(state: &State, value: &str, seconds: i64) -> Cookie<'static> {
    Cookie::build(COOKIE, value.to_owned())
        .path(COOKIE_PATH)
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(!state.on_loopback())
        .max_age(Duration::seconds(seconds))
        .finish()
}

fn hand_out(state: &State, tokens: &Tokens) -> HttpResponse {
    HttpResponse::Ok()
        .cookie(cookie(state, &tokens.refresh, SESSION_SECONDS))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({"access_token": tokens.access, "token_type": "Bearer", "expires_in": ACCESS_SECONDS}))
}

async fn sign_in(state: web::Data<State>, Stranger(by): Stranger, body: Body) -> Result<HttpResponse> {
    let mut f = body.fields()?;
    let parts = (f.required("email", field::parsed::<Email>), f.required("password", field::secret(1..=128)));
    let (email, password) = f.finish(parts)?;
    let (person, hash) = state.db.read(move |c| sign_in::account_and_hash(c, &email)).await?;
    let (person, stronger) = state.hashing(move || sign_in::check_password(&password, person, hash.as_deref())).await?;
    let keys = state.tokens.clone();
    let tokens = state.db.write(move |c| sign_in::sign_in(c, &keys, person.id, stronger, &by)).await?;
    Ok(hand_out(&state, &tokens))
}

async fn refresh(state: web::Data<State>, Stranger(by): Stranger, req: HttpRequest) -> Result<HttpResponse> {
    let Some(given) = req.cookie(COOKIE) else {
        return Err(Error::Unauthenticated { code: "unauthenticated", detail: say!("Logga in för att fortsätta.", "Sign in to go on.") });
    };
    let keys = state.tokens.clone();
    let renewed = state.db.write(move |c| sign_in::refresh(c, &keys, given.value(), &by)).await?;
    Ok(hand_out(&state, &renewed.into_tokens()?))
}

async fn sign_out(state: web::Data<State>, Stranger(by): Stranger, member: Option<Member>, req: HttpRequest) -> Result<HttpResponse> {
    if let Some(given) = req.cookie(COOKIE) {
        state.db.write(move |c| sign_in::sign_out(c, given.value(), &by)).await?;
    } else if let Some(Member(call)) = member {
        state.db.write(move |c| sign_in::sign_out_session(c, call.caller.session, &call.by())).await?;
    }
    Ok(HttpResponse::NoContent().cookie(cookie(&state, "", 0)).finish())
}

async fn set_password(state: web::Data<State>, Stranger(by): Stranger, body: Body) -> Result<HttpResponse> {
    let mut f = body.fields()?;
    let parts = (f.required("token", field::secret(1..=200)), f.required("password", field::secret(password::LENGTH)));
    let (token, password) = f.finish(parts)?;
    let hash = state.hashing(move || password::hash(&password)).await?;
    let keys = state.tokens.clone();
    let tokens = state.db.write(move |c| sign_in::set_password_by_link(c, &keys, &token, &hash, &by)).await?;
    Ok(hand_out(&state, &tokens))
}

async fn set_up(state: web::Data<State>, Stranger(by): Stranger, body: Body) -> Result<HttpResponse> {
    let mut f = body.fields()?;
    let parts = (
        f.required("token", field::secret(1..=200)),
        f.required("email", field::parsed::<Email>),
        f.required("name", field::line(1..=120)),
        f.required("password", field::secret(password::LENGTH)),
    );
    let (token, email, name, password) = f.finish(parts)?;
    let hash = state.hashing(move || password::hash(&password)).await?;
    let keys = state.tokens.clone();
    let tokens = state.db.write(move |c| sign_in::set_up(c, &keys, &token, &email, &name, &hash, &by)).await?;
    Ok(hand_out(&state, &tokens))
}

fn me_on_the_wire(person: &Person, memberships: &[Membership]) -> serde_json::Value {
    json!({
        "id": person.id, "email": person.email, "name": person.name, "language": person.language, "role": person.role,
        "reminders": person.reminders, "arrival_letters": person.arrival_letters, "report_letters": person.report_letters,
        "memberships": memberships,
    })
}

async fn me(Member(call): Member) -> Result<HttpResponse> {
    // The version is the person's; its memberships change without it, so nothing may be kept by it.
    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, etag::of_version(call.caller.person.version)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(me_on_the_wire(&call.caller.person, &call.caller.memberships)))
}

async fn change_me(state: web::Data<State>, Member(call): Member, expected: IfMatch, body: Body) -> Result<HttpResponse> {
    let mut f = body.fields()?;
    let parts = (
        f.change("name", field::line(1..=120)),
        f.change("language", field::parsed::<Language>),
        f.change("reminders", field::flag),
        f.change("arrival_letters", field::flag),
        f.change("report_letters", field::flag),
    );
    let (name, language, reminders, arrival_letters, report_letters) = f.finish(parts)?;
    let change = MyChange { name, language, reminders, arrival_letters, report_letters };
    let memberships = call.caller.memberships.clone();
    let person = state.db.write(move |c| super::change_me(c, &call, expected, change)).await?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, etag::of_version(person.version))).json(me_on_the_wire(&person, &memberships)))
}

async fn change_password(state: web::Data<State>, Member(call): Member, body: Body) -> Result<HttpResponse> {
    let mut f = body.fields()?;
    let parts = (f.required("current_password", field::secret(1..=128)), f.required("new_password", field::secret(password::LENGTH)));
    let (current, new) = f.finish(parts)?;
    let person = call.caller.person.clone();
    let stored = state.db.read(move |c| super::store::password_hash(c, person.id)).await?;
    let hash = state
        .hashing(move || match password::verify(&current, stored.as_deref())? {
            password::Verdict::Wrong => {
                Err(Error::Invalid(vec![Fault::coded("current_password", "wrong_password", say!("stämmer inte", "is not right"))]))
            }
            _ => password::hash(&new),
        })
        .await?;
    let call: Call = call;
    state.db.write(move |c| sign_in::change_password(c, &call, &hash)).await?;
    Ok(HttpResponse::NoContent().finish())
}
