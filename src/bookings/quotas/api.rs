//! HTTP of quotas.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::{Value, json};

use super::{Holder, Limits, Quota, Standing, quota::in_hours};
use crate::{
    app::State,
    error::{Fault, Result},
    http::{
        at,
        body::Body,
        etag::{self, IfMatch},
        field::{self, Fields},
        idempotency::{self, Asked, Created, IdempotencyKey},
        page::{self, Cursor, Page},
        path_id,
    },
    people::guard::{Admin, Member, Staff},
    say,
};

/// `/quotas...`, `/organisations/{id}/quota`
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/quotas").get(list).post(create))
        .service(at("/quotas/{id}").get(read).patch(change).delete(delete))
        .service(at("/organisations/{id}/quota").get(standing));
}

fn wire(quota: &Quota) -> Value {
    let (organisation, kind) = match &quota.holder {
        Holder::Organisation(id) => (Some(*id), None),
        Holder::Kind(kind) => (None, Some(*kind)),
    };
    let Limits { hours_per_week, hours_per_month, prime_hours_per_week, bookings_ahead } = quota.limits;
    json!({
        "id": quota.id, "organisation_id": organisation, "kind": kind, "hours_per_week": hours_per_week, "hours_per_month": hours_per_month,
        "prime_hours_per_week": prime_hours_per_week, "bookings_ahead": bookings_ahead, "version": quota.version,
    })
}

fn answer(quota: &Quota) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::ETAG, etag::of_version(quota.version))).json(wire(quota))
}

async fn list(state: web::Data<State>, Staff(_): Staff, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let parts = (Page::read(&mut f),);
    let (page,) = f.finish(parts)?;
    let asked = page.clone();
    let rows = state.db.read(move |c| super::list(c, &asked)).await?;
    page::answer(&req, &page, rows, |quota| Cursor { key: quota.id.to_string(), id: quota.id }, |quota| wire(&quota))
}

async fn create(state: web::Data<State>, Admin(call): Admin, key: IdempotencyKey, body: Body) -> Result<HttpResponse> {
    let asked = Asked { scope: call.caller.person.id.to_string(), key, request_hash: body.request_hash.clone(), now: call.now };
    let mut f = body.fields()?;
    let (organisation, kind) = (f.optional("organisation_id", field::id), f.optional("kind", field::parsed));
    let holder = match (organisation, kind) {
        (Some(Some(id)), Some(None)) => Some(Holder::Organisation(id)),
        (Some(None), Some(Some(kind))) => Some(Holder::Kind(kind)),
        // What can't be read has its fault already.
        (None, _) | (_, None) => None,
        _ => {
            f.fault(Fault::new("organisation_id", say!("ange antingen organisation_id eller kind", "give either organisation_id or kind")));
            None
        }
    };
    let parts = (
        holder,
        f.optional("hours_per_week", field::integer(0..=1000)),
        f.optional("hours_per_month", field::integer(0..=5000)),
        f.optional("prime_hours_per_week", field::integer(0..=1000)),
        f.optional("bookings_ahead", field::integer(0..=10_000)),
    );
    let (holder, hours_per_week, hours_per_month, prime_hours_per_week, bookings_ahead) = f.finish(parts)?;
    let limits = Limits { hours_per_week, hours_per_month, prime_hours_per_week, bookings_ahead };
    idempotency::create(&state.db, asked, move |c| {
        let quota = super::create(c, &call, holder, limits)?;
        Created::new(Some(format!("/api/v1/quotas/{}", quota.id)), Some(etag::of_version(quota.version)), &wire(&quota))
    })
    .await
}

async fn read(state: web::Data<State>, Staff(_): Staff, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "quota")?;
    Ok(answer(&state.db.read(move |c| super::get(c, id)).await?))
}

async fn change(state: web::Data<State>, Admin(call): Admin, expected: IfMatch, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "quota")?;
    let mut f = body.fields()?;
    f.some_change();
    let parts = (
        f.change_or_clear("hours_per_week", field::integer(0..=1000)),
        f.change_or_clear("hours_per_month", field::integer(0..=5000)),
        f.change_or_clear("prime_hours_per_week", field::integer(0..=1000)),
        f.change_or_clear("bookings_ahead", field::integer(0..=10_000)),
    );
    let (week, month, prime, ahead) = f.finish(parts)?;
    let limits = move |before: Limits| Limits {
        hours_per_week: week.unwrap_or(before.hours_per_week),
        hours_per_month: month.unwrap_or(before.hours_per_month),
        prime_hours_per_week: prime.unwrap_or(before.prime_hours_per_week),
        bookings_ahead: ahead.unwrap_or(before.bookings_ahead),
    };
    let quota = state.db.write(move |c| super::change(c, &call, id, expected, limits)).await?;
    Ok(answer(&quota))
}

async fn delete(state: web::Data<State>, Admin(call): Admin, expected: IfMatch, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "quota")?;
    state.db.write(move |c| super::delete(c, &call, id, expected)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What is used of one limit: numbers of hours, or of bookings.
fn used(limit: Option<i32>, used: i64, unit: i64) -> Value {
    let number = |minutes: i64| if unit == 1 { json!(minutes) } else { json!(in_hours(minutes).parse::<f64>().unwrap_or_default()) };
    let left = limit.map(|limit| number((i64::from(limit) * unit - used).max(0)));
    json!({"limit": limit, "used": number(used), "left": left})
}

async fn standing(state: web::Data<State>, Member(call): Member, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "organisation")?;
    let mut f = Fields::of_query(req.query_string());
    let parts = (f.optional("date", field::date),);
    let (date,) = f.finish(parts)?;
    let date = date.unwrap_or_else(|| call.now.date());
    let Standing { limits, minutes_in_week, minutes_in_month, prime_minutes_in_week, ahead } =
        state.db.read(move |c| super::standing(c, &call, id, date)).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({
        "date": date,
        "week": used(limits.hours_per_week, minutes_in_week, 60), "month": used(limits.hours_per_month, minutes_in_month, 60),
        "prime_week": used(limits.prime_hours_per_week, prime_minutes_in_week, 60), "ahead": used(limits.bookings_ahead, ahead, 1),
    })))
}
