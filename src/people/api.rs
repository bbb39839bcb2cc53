//! HTTP of one's own account.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::json;

use super::{
    MyChange,
    account::Person,
    caller::{Call, Caller},
    guard::{Member, prove},
    invitations::{self, Open},
    password,
    sessions::{self, Session},
    sign_in,
};
use crate::{
    app::State,
    error::{Language, Result},
    http::{
        at,
        body::Body,
        etag::{self, IfMatch},
        field, path_id,
    },
    id::Id,
};

/// `/me` and below.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/me").get(me).patch(change_me))
        .service(at("/me/password").post(change_password))
        .service(at("/me/sessions").get(my_sessions))
        .service(at("/me/sessions/end-others").post(end_other_sessions))
        .service(at("/me/sessions/{id}/end").post(end_session));
}

fn me_on_the_wire(person: &Person, caller: &Caller, invited: &[Open], may_set_password: bool) -> serde_json::Value {
    json!({
        "id": person.id, "email": person.email, "name": person.name, "language": person.language, "role": person.role,
        "reminders": person.reminders, "arrival_letters": person.arrival_letters, "report_letters": person.report_letters,
        "memberships": caller.memberships, "invitations": invited, "may_set_password": may_set_password,
        "second_factor": {"on": person.second_factor, "needed": caller.second_factor_missing},
    })
}

async fn me(state: web::Data<State>, Member(call): Member) -> Result<HttpResponse> {
    let (person, session, now) = (call.caller.person.id, call.caller.session, call.now);
    let (open, invited) =
        state.db.read(move |c| Ok((sign_in::may_set_password(c, session, now)?, invitations::open_to(c, person)?))).await?;
    // The version is the person's; its memberships change without it, so nothing may be kept by it.
    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, etag::of_version(call.caller.person.version)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(me_on_the_wire(&call.caller.person, &call.caller, &invited, open)))
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
    let caller = call.caller.clone();
    let (person, invited, open) = state
        .db
        .write(move |c| {
            let open = sign_in::may_set_password(c, call.caller.session, call.now)?;
            let invited = invitations::open_to(c, call.caller.person.id)?;
            Ok((super::change_me(c, &call, expected, change)?, invited, open))
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, etag::of_version(person.version)))
        .json(me_on_the_wire(&person, &caller, &invited, open)))
}

async fn change_password(state: web::Data<State>, Member(call): Member, body: Body) -> Result<HttpResponse> {
    let mut f = body.fields()?;
    let parts = (f.optional("current_password", field::secret(1..=128)), f.required("new_password", field::secret(password::LENGTH)));
    let (current, new) = f.finish(parts)?;
    prove(&state, &call, current).await?;
    let own = call.caller.person.clone();
    let hash = state.hashing(move || password::choose("new_password", &new, &[&own.name, &own.email])).await?;
    state.db.write(move |c| sign_in::change_password(c, &call, &hash)).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn session_on_the_wire(session: &Session, own: Id) -> serde_json::Value {
    json!({
        "id": session.id, "device": session.device, "created_at": session.created_at, "last_used_at": session.last_used_at,
        "expires_at": session.expires_at, "current": session.id == own,
    })
}

async fn my_sessions(state: web::Data<State>, Member(call): Member) -> Result<HttpResponse> {
    let (person, own, now) = (call.caller.person.id, call.caller.session, call.now);
    let all = state.db.read(move |c| sessions::list(c, person, now)).await?;
    let items: Vec<_> = all.iter().map(|session| session_on_the_wire(session, own)).collect();
    Ok(HttpResponse::Ok().json(json!({"items": items})))
}

/// As what changes how one signs in: a phone that lies open must not put its owner out elsewhere (OWASP ASVS 5.0, 7.5.2).
pub(super) async fn proven(state: &State, call: &Call, body: Body) -> Result<()> {
    let mut f = body.fields()?;
    let current = f.optional("current_password", field::secret(1..=128));
    let (current,) = f.finish((current,))?;
    prove(state, call, current).await
}

async fn end_session(state: web::Data<State>, Member(call): Member, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "session")?;
    proven(&state, &call, body).await?;
    state.db.write(move |c| sign_in::end_session(c, &call, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn end_other_sessions(state: web::Data<State>, Member(call): Member, body: Body) -> Result<HttpResponse> {
    proven(&state, &call, body).await?;
    state.db.write(move |c| sign_in::end_other_sessions(c, &call)).await?;
    Ok(HttpResponse::NoContent().finish())
}
