//! HTTP of one's own account.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::json;

use super::{
    MyChange,
    account::{Membership, Person},
    guard::Member,
    password,
    sessions::{self, Session},
    sign_in,
};
use crate::{
    app::State,
    error::{Error, Fault, Language, Result},
    http::{
        at,
        body::Body,
        etag::{self, IfMatch},
        field, path_id,
    },
    id::Id,
    say,
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

fn me_on_the_wire(person: &Person, memberships: &[Membership], may_set_password: bool) -> serde_json::Value {
    json!({
        "id": person.id, "email": person.email, "name": person.name, "language": person.language, "role": person.role,
        "reminders": person.reminders, "arrival_letters": person.arrival_letters, "report_letters": person.report_letters,
        "memberships": memberships, "may_set_password": may_set_password,
    })
}

async fn me(state: web::Data<State>, Member(call): Member) -> Result<HttpResponse> {
    let (session, now) = (call.caller.session, call.now);
    let open = state.db.read(move |c| sign_in::may_set_password(c, session, now)).await?;
    // The version is the person's; its memberships change without it, so nothing may be kept by it.
    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, etag::of_version(call.caller.person.version)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(me_on_the_wire(&call.caller.person, &call.caller.memberships, open)))
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
    let (person, open) = state
        .db
        .write(move |c| {
            let open = sign_in::may_set_password(c, call.caller.session, call.now)?;
            Ok((super::change_me(c, &call, expected, change)?, open))
        })
        .await?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, etag::of_version(person.version))).json(me_on_the_wire(&person, &memberships, open)))
}

async fn change_password(state: web::Data<State>, Member(call): Member, body: Body) -> Result<HttpResponse> {
    let mut f = body.fields()?;
    let parts = (f.optional("current_password", field::secret(1..=128)), f.required("new_password", field::secret(password::LENGTH)));
    let (current, new) = f.finish(parts)?;
    let (person, session, now) = (call.caller.person.id, call.caller.session, call.now);
    let (stored, may_do_without) =
        state.db.read(move |c| Ok((super::store::password_hash(c, person)?, sign_in::may_set_password(c, session, now)?))).await?;
    let hash = state
        .hashing(move || {
            match current {
                None if may_do_without => {}
                None => return Err(Error::invalid("current_password", say!("måste anges", "must be given"))),
                Some(current) if password::verify(&current, stored.as_deref())? == password::Verdict::Wrong => {
                    let wrong = Fault::coded("current_password", "wrong_password", say!("stämmer inte", "is not right"));
                    return Err(Error::Invalid(vec![wrong]));
                }
                Some(_) => {}
            }
            password::choose("new_password", &new)
        })
        .await?;
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

async fn end_session(state: web::Data<State>, Member(call): Member, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "session")?;
    state.db.write(move |c| sign_in::end_session(c, &call, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn end_other_sessions(state: web::Data<State>, Member(call): Member) -> Result<HttpResponse> {
    state.db.write(move |c| sign_in::end_other_sessions(c, &call)).await?;
    Ok(HttpResponse::NoContent().finish())
}
