//! HTTP of organisations.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::{Value, json};

use super::{Change, Filter, Kind, NOUN, NewOrganisation, OrgNumber, Organisation, Phone, Status};
use crate::{
    app::State,
    error::Result,
    http::{
        at,
        body::Body,
        etag::{self, IfMatch},
        field::{self, Fields, Read},
        idempotency::{self, Asked, Created, IdempotencyKey},
        page::{self, Cursor, Page},
        path_id,
    },
    people::{
        Email,
        guard::{Admin, Member},
    },
    text::fold,
};

/// `/organisations`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/organisations").get(list).post(create)).service(at("/organisations/{id}").get(read).patch(change));
}

fn on_the_wire(organisation: Organisation) -> Value {
    json!({
        "id": organisation.id, "name": organisation.name, "kind": organisation.kind, "org_number": organisation.org_number,
        "email": organisation.email, "phone": organisation.phone, "tenant": organisation.tenant, "protected": organisation.protected,
        "status": organisation.status, "created_at": organisation.created_at, "updated_at": organisation.updated_at,
        "version": organisation.version,
    })
}

fn org_number(value: &Value) -> Read<OrgNumber> {
    field::impersonal(field::parsed::<OrgNumber>)(value)
}

fn email(value: &Value) -> Read<String> {
    field::impersonal(field::parsed::<Email>)(value).map(|email| email.address)
}

async fn list(state: web::Data<State>, Member(call): Member, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let parts = (
        Page::read(&mut f),
        f.optional("q", field::query_text),
        f.optional("org_number", org_number),
        f.optional("kind", field::parsed::<Kind>),
        f.optional("tenant", field::query_flag),
        f.optional("status", field::parsed::<Status>),
        f.optional("protected", field::query_flag),
    );
    let (page, q, org_number, kind, tenant, status, protected) = f.finish(parts)?;
    let filter = Filter { q, org_number, kind, tenant, status, protected, only: None };
    let asked = page.clone();
    let rows = state.db.read(move |c| super::list(c, &call, filter, &asked)).await?;
    page::answer(&req, &page, rows, |row| Cursor { key: fold(&row.name), id: row.id }, on_the_wire)
}

async fn create(state: web::Data<State>, Admin(call): Admin, key: IdempotencyKey, body: Body) -> Result<HttpResponse> {
    let request_hash = body.request_hash.clone();
    let mut f = body.fields()?;
    let parts = (
        f.required("name", field::line(1..=120)),
        f.required("kind", field::parsed::<Kind>),
        f.optional("org_number", org_number),
        f.optional("email", email),
        f.optional("phone", field::parsed::<Phone>),
        f.or("tenant", false, field::flag),
        f.or("protected", false, field::flag),
        f.or("status", Status::Active, field::parsed::<Status>),
    );
    let (name, kind, org_number, email, phone, tenant, protected, status) = f.finish(parts)?;
    let new = NewOrganisation { name, kind, org_number, email, phone, tenant, protected, status };
    let asked = Asked { scope: call.caller.person.id.to_string(), key, request_hash, now: call.now };
    idempotency::create(&state.db, asked, move |c| {
        let organisation = super::create(c, &call.by(), new)?;
        let location = format!("/api/v1/organisations/{}", organisation.id);
        Created::new(Some(location), Some(etag::of_version(organisation.version)), &on_the_wire(organisation))
    })
    .await
}

async fn read(state: web::Data<State>, Member(call): Member, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", NOUN)?;
    let organisation = state.db.read(move |c| super::one(c, &call, id)).await?;
    etag::respond(&req, &etag::of_version(organisation.version), etag::PRIVATE, &on_the_wire(organisation))
}

async fn change(state: web::Data<State>, Member(call): Member, expected: IfMatch, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let id = path_id(&req, "id", NOUN)?;
    let mut f = body.fields()?;
    f.some_change();
    let parts = (
        f.change("name", field::line(1..=120)),
        f.change("kind", field::parsed::<Kind>),
        f.change_or_clear("org_number", org_number),
        f.change_or_clear("email", email),
        f.change_or_clear("phone", field::parsed::<Phone>),
        f.change("tenant", field::flag),
        f.change("protected", field::flag),
        f.change("status", field::parsed::<Status>),
    );
    let (name, kind, org_number, email, phone, tenant, protected, status) = f.finish(parts)?;
    let change = Change { name, kind, org_number, email, phone, tenant, protected, status };
    let organisation = state.db.write(move |c| super::change(c, &call, id, expected, change)).await?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, etag::of_version(organisation.version))).json(on_the_wire(organisation)))
}
