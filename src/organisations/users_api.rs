//! HTTP of adding an account. It stands here because a new account may be a member from the start, and people knows no
//! organisations; the rest of `/users` is in `people/users_api.rs`.
use actix_web::{HttpResponse, web};

use super::{NOUN, members};
use crate::{
    app::State,
    error::{Error, Fault, Language, Result},
    http::{
        at,
        body::Body,
        etag, field,
        idempotency::{self, Asked, Created, IdempotencyKey},
    },
    people::{
        Email, Role,
        guard::Admin,
        users::{self, NewUser},
        users_api,
    },
    say,
};

/// `/users`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/users").get(users_api::list).post(create));
}

async fn create(state: web::Data<State>, Admin(call): Admin, key: IdempotencyKey, body: Body) -> Result<HttpResponse> {
    let request_hash = body.request_hash.clone();
    let mut f = body.fields()?;
    let parts = (
        f.required("email", field::impersonal(field::parsed::<Email>)),
        f.required("name", field::line(1..=120)),
        f.required("role", field::parsed::<Role>),
        f.or("language", Language::Sv, field::parsed::<Language>),
        f.optional("organisation_id", field::id),
        f.or("organisation_admin", false, field::flag),
    );
    if let (Some(None), Some(true)) = (&parts.4, &parts.5) {
        f.fault(Fault::new("organisation_admin", say!("går bara tillsammans med organisation_id", "goes with organisation_id alone")));
    }
    let (email, name, role, language, organisation, organisation_admin) = f.finish(parts)?;
    let new = NewUser { email, name, role, language };
    let asked = Asked { scope: call.caller.person.id.to_string(), key, request_hash, now: call.now };
    idempotency::create(&state.db, asked, move |c| {
        let by = call.by();
        let person = users::invite(c, &by, &call.house, &new)?;
        if let Some(organisation) = organisation {
            members::enter(c, &by, organisation, &person, organisation_admin).map_err(|error| match error {
                Error::NotFound(NOUN) => {
                    Error::invalid("organisation_id", say!("det finns ingen sådan förening", "there is no such organisation"))
                }
                other => other,
            })?;
        }
        let user = users::one(c, person.id)?;
        let location = format!("/api/v1/users/{}", person.id);
        Created::new(Some(location), Some(etag::of_version(user.person.version)), &users_api::on_the_wire(user))
    })
    .await
}
