//! HTTP of an organisation's members.
use std::sync::mpsc;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::{Value, json};

use super::{
    Member as Person, NOUN,
    members::{self, NewMember},
};
use crate::{
    app::State,
    audit::By,
    error::{Error, Result},
    http::{
        at,
        body::Body,
        etag::{self, IfMatch},
        field::{self, Fields},
        idempotency::{self, Asked, Created, IdempotencyKey},
        page::{self, Cursor, Page},
        path_id,
    },
    id::Id,
    people::{Email, guard::Member, invitations},
    text::fold,
};

/// `/organisations/{id}/members`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/organisations/{id}/members").get(list).post(add))
        .service(at("/organisations/{id}/members/{person_id}").patch(change).delete(remove));
}

fn on_the_wire(member: Person) -> Value {
    json!({
        "person_id": member.person_id, "email": member.email, "name": member.name, "organisation_admin": member.organisation_admin,
        "confirmed": member.confirmed, "created_at": member.created_at, "version": member.version,
    })
}

async fn list(state: web::Data<State>, Member(call): Member, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", NOUN)?;
    let mut f = Fields::of_query(req.query_string());
    let page = Page::read(&mut f);
    let (page,) = f.finish((page,))?;
    let asked = page.clone();
    let rows = state.db.read(move |c| members::list(c, &call, id, &asked)).await?;
    page::answer(&req, &page, rows, |row| Cursor { key: fold(&row.name), id: row.person_id }, on_the_wire)
}

async fn add(state: web::Data<State>, Member(call): Member, key: IdempotencyKey, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let id = path_id(&req, "id", NOUN)?;
    let request_hash = body.request_hash.clone();
    let mut f = body.fields()?;
    let parts = (
        f.required("email", field::impersonal(field::parsed::<Email>)),
        f.optional("name", field::line(1..=120)),
        f.or("organisation_admin", false, field::flag),
    );
    let (email, name, organisation_admin) = f.finish(parts)?;
    let new = NewMember { email, name, organisation_admin };
    let asked = Asked { scope: call.caller.person.id.to_string(), key, request_hash, now: call.now };
    let (by, (tell, asked_now)) = (call.by(), mpsc::channel());
    let answer = idempotency::create(&state.db, asked, move |c| {
        let member = members::add(c, &call, id, new)?;
        if !member.confirmed {
            tell.send(member.person_id).map_err(Error::internal)?;
        }
        Created::new(None, Some(etag::of_version(member.version)), &on_the_wire(member))
    })
    .await?;
    if let Ok(invitation) = asked_now.try_recv() {
        write_to_the_asked(state, by, invitation);
    }
    Ok(answer)
}

/// The answer is on its way before anybody looks whose address it is: its time tells nothing. What is not done here, for instance
/// because the process ends, is left to a round ([`crate::rounds::invite`]).
fn write_to_the_asked(state: web::Data<State>, by: By, invitation: Id) {
    actix_web::rt::spawn(async move {
        let house = state.house.clone();
        if let Err(error) = state.db.write(move |c| invitations::reach(c, &house, &by, invitation)).await {
            tracing::warn!(%error, "somebody who was asked to join could not be written to yet");
        }
    });
}

async fn change(state: web::Data<State>, Member(call): Member, expected: IfMatch, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let (id, person) = (path_id(&req, "id", NOUN)?, path_id(&req, "person_id", "member")?);
    let mut f = body.fields()?;
    let admin = f.required("organisation_admin", field::flag);
    let (admin,) = f.finish((admin,))?;
    let member = state.db.write(move |c| members::change(c, &call, id, person, expected, admin)).await?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, etag::of_version(member.version))).json(on_the_wire(member)))
}

async fn remove(state: web::Data<State>, Member(call): Member, expected: IfMatch, req: HttpRequest) -> Result<HttpResponse> {
    let (id, person) = (path_id(&req, "id", NOUN)?, path_id(&req, "person_id", "member")?);
    state.db.write(move |c| members::remove(c, &call, id, person, expected)).await?;
    Ok(HttpResponse::NoContent().finish())
}
