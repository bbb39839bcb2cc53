//! HTTP of bookings.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::{Value, json};

use super::{Booking, BookingChange, Display, Draft, NewBooking, Question, Status, store};
use crate::{
    app::State,
    error::{Error, Fault, Result},
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
    organisations::Phone,
    people::guard::{Admin, Member, TokenHolder},
    rooms::Layout,
    say,
    time::{Moment, Span},
};

/// `/bookings...`
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/bookings").get(list).post(create))
        .service(at("/bookings/preview").post(preview))
        .service(at("/bookings/{id}").get(read).patch(change))
        .service(at("/bookings/{id}/cancel").post(cancel))
        .service(at("/bookings/{id}/approve").post(approve))
        .service(at("/bookings/{id}/reject").post(reject))
        .service(at("/bookings/{id}/report").post(report));
}

/// A booking on the wire.
pub fn wire(booking: &Booking, now: Moment) -> Value {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    json!({
        "id": booking.id, "reference": booking.reference, "room": booking.room,
        "organisation": {"id": booking.organisation_id, "name": booking.organisation_name},
        "title": booking.title, "description": text(&booking.description), "category": booking.category, "status": booking.status_at(now),
        "starts_at": booking.stay.start(), "ends_at": booking.stay.end(),
        "expected_participants": booking.expected_participants, "actual_participants": booking.actual_participants,
        "layout": booking.layout, "display": booking.display, "contact_phone": booking.contact_phone,
        "decision_reason": booking.decision_reason, "cancel_reason": booking.cancel_reason, "lapses_at": booking.lapses_at,
        "checked_in_at": booking.checked_in_at,
        "setup_minutes": booking.setup_minutes, "cleanup_minutes": booking.cleanup_minutes, "series_id": booking.series_id,
        "created_by": booking.created_by.as_ref().map(|(id, name)| json!({"id": id, "name": name})),
        "created_at": booking.created_at, "updated_at": booking.updated_at, "version": booking.version,
    })
}

fn answer(booking: &Booking, now: Moment) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::ETAG, etag::of_version(booking.version))).json(wire(booking, now))
}

/// A stay that is no longer than a booking may ever be.
pub(super) fn booking_stay(f: &mut Fields) -> Option<Span> {
    let stay = f.span()?;
    if stay.seconds() > store::LONGEST_SECONDS {
        f.fault(Fault::new("ends_at", say!("får ligga högst 31 dagar efter starten", "may lie at most 31 days after the start")));
        return None;
    }
    Some(stay)
}

/// What a booking is about.
pub(super) fn draft(f: &mut Fields) -> Option<Draft> {
    let title = f.required("title", field::line(1..=200));
    draft_of(f, title.clone().unwrap_or_default()).filter(|_| title.is_some())
}

/// The same where the title comes from elsewhere.
pub(super) fn draft_of(f: &mut Fields, title: String) -> Option<Draft> {
    let organisation_id = f.required("organisation_id", field::id);
    let description = f.or("description", String::new(), field::lines(0..=2000));
    let category = f.required("category", field::parsed);
    let expected_participants = f.required("expected_participants", field::integer(1..=5000));
    let layout = f.optional("layout", field::parsed::<Layout>);
    let display = f.optional("display", field::parsed::<Display>);
    let contact_phone = f.optional("contact_phone", field::parsed::<Phone>);
    let on_behalf_of = f.optional("on_behalf_of", field::id);
    Some(Draft {
        organisation_id: organisation_id?,
        title,
        description: description?,
        category: category?,
        expected_participants: expected_participants?,
        layout: layout?,
        display: display?,
        contact_phone: contact_phone?.map(|phone| phone.as_str().to_owned()),
        on_behalf_of: on_behalf_of?,
    })
}

/// Shall the rules be let pass, and why?
pub(super) fn overriding(f: &mut Fields) -> Option<(bool, Option<String>)> {
    let override_rules = f.or("override", false, field::flag);
    let reason = f.optional("override_reason", field::lines(1..=500));
    Some((override_rules?, reason?))
}

pub(super) fn slug(value: &Value) -> field::Read<String> {
    field::line(1..=60)(value)
}

/// What may change of a booking besides its times.
pub(super) fn other_than_times(f: &mut Fields) -> Option<BookingChange> {
    let room = f.change("room", slug);
    let title = f.change("title", field::line(1..=200));
    let description = f.change_or_clear("description", field::lines(0..=2000));
    let category = f.change("category", field::parsed);
    let expected_participants = f.change("expected_participants", field::integer(1..=5000));
    let layout = f.change_or_clear("layout", field::parsed::<Layout>);
    let display = f.change("display", field::parsed::<Display>);
    let contact_phone = f.change_or_clear("contact_phone", field::parsed::<Phone>);
    let overriding = overriding(f);
    let (override_rules, override_reason) = overriding?;
    Some(BookingChange {
        room: room?,
        title: title?,
        description: description?.map(Option::unwrap_or_default),
        category: category?,
        starts_at: None,
        ends_at: None,
        expected_participants: expected_participants?,
        layout: layout?,
        display: display?,
        contact_phone: contact_phone?.map(|phone| phone.map(|phone| phone.as_str().to_owned())),
        override_rules,
        override_reason,
    })
}

/// What a preview reads for its faults alone, since no rule looks at it.
pub(super) fn of_no_matter(f: &mut Fields) -> Option<()> {
    let all = (
        f.optional("title", field::line(1..=200)),
        f.optional("description", field::lines(0..=2000)),
        f.optional("category", field::parsed::<super::Category>),
        f.optional("display", field::parsed::<Display>),
        f.optional("contact_phone", field::parsed::<Phone>),
        overriding(f),
        f.optional("on_behalf_of", field::id),
    );
    field::AllRead::all(all).map(|_| ())
}

async fn create(state: web::Data<State>, holder: TokenHolder, key: IdempotencyKey, body: Body) -> Result<HttpResponse> {
    let asked = Asked { scope: holder.person().to_string(), key, request_hash: body.request_hash.clone(), now: holder.now() };
    let mut f = body.fields()?;
    let parts = (f.required("room", slug), booking_stay(&mut f), draft(&mut f), overriding(&mut f));
    let (room, stay, draft, (override_rules, override_reason)) = f.finish(parts)?;
    let (wanted, now) = ((room.clone(), draft.organisation_id, stay), holder.now());
    let new = NewBooking { room, stay, draft, override_rules, override_reason };
    let outcome = idempotency::create(&state.db, asked, move |c| {
        let call = holder.call(c)?;
        let booking = super::book(c, &call, new)?;
        Created::new(Some(format!("/api/v1/bookings/{}", booking.id)), Some(etag::of_version(booking.version)), &wire(&booking, call.now))
    })
    .await;
    if let Err(Error::Taken { .. }) = &outcome {
        let (room, organisation, stay) = wanted;
        // The figure is worth having; the answer does not depend on it.
        if let Err(error) = state.db.write(move |c| super::unmet_store::record(c, &room, organisation, stay, now)).await {
            tracing::warn!(%error, "a request that found no room was not written down");
        }
    }
    outcome
}

async fn list(state: web::Data<State>, Member(call): Member, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let parts = (
        Page::read(&mut f),
        f.optional("from", field::moment_or_date),
        f.optional("to", field::moment_or_date),
        f.optional("room", slug),
        f.optional("organisation_id", field::id),
        f.or("status", vec![], field::list(6, field::parsed::<Status>)),
        f.optional("category", field::parsed),
        f.optional("q", field::query_text),
        f.or("order", false, field::descending),
    );
    let (page, from, to, room, organisation, status, category, q, descending) = f.finish(parts)?;
    let organisations = visible(&call.caller, organisation)?;
    let filter = store::Filter { organisations, from, to, room, status, category, q, descending };
    let (asked, now) = (page.clone(), call.now);
    let rows = state.db.read(move |c| store::list(c, &filter, &asked, now)).await?;
    page::answer(&req, &page, rows, |b| Cursor { key: b.stay.start().unix().to_string(), id: b.id }, |b| wire(&b, now))
}

/// The organisations whose bookings the caller reads: the one asked for, or its own; staff reads all.
fn visible(caller: &crate::people::Caller, asked: Option<Id>) -> Result<Option<Vec<Id>>> {
    match asked {
        Some(id) if caller.may_see(id) => Ok(Some(vec![id])),
        Some(_) => Err(Error::Invalid(vec![Fault::coded("organisation_id", "not_found", say!("är ingen av dina", "is none of yours"))])),
        None if caller.is_staff() => Ok(None),
        None => Ok(Some(caller.organisations())),
    }
}

async fn read(state: web::Data<State>, Member(call): Member, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "booking")?;
    let now = call.now;
    let booking = state.db.read(move |c| super::get(c, &call, id)).await?;
    // The status turns from confirmed to held by itself, so the tag is of the text that is shown.
    let tag = etag::of_version(booking.version);
    Ok(HttpResponse::Ok().insert_header((header::ETAG, tag)).insert_header((header::CACHE_CONTROL, "no-store")).json(wire(&booking, now)))
}

async fn change(state: web::Data<State>, Member(call): Member, expected: IfMatch, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "booking")?;
    let mut f = body.fields()?;
    let parts = (other_than_times(&mut f), f.change("starts_at", field::moment), f.change("ends_at", field::moment));
    let (change, starts_at, ends_at) = f.finish(parts)?;
    let change = BookingChange { starts_at, ends_at, ..change };
    let now = call.now;
    let booking = state.db.write(move |c| super::change(c, &call, id, expected, change)).await?;
    Ok(answer(&booking, now))
}

async fn cancel(state: web::Data<State>, Member(call): Member, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "booking")?;
    let mut f = body.fields()?;
    let parts = (f.optional("reason", field::lines(0..=500)),);
    let (reason,) = f.finish(parts)?;
    let now = call.now;
    let booking = state.db.write(move |c| super::cancel(c, &call, id, reason.filter(|r| !r.is_empty()))).await?;
    Ok(answer(&booking, now))
}

async fn approve(state: web::Data<State>, Admin(call): Admin, req: HttpRequest) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "booking")?;
    let now = call.now;
    let booking = state.db.write(move |c| super::approve(c, &call, id)).await?;
    Ok(answer(&booking, now))
}

async fn reject(state: web::Data<State>, Admin(call): Admin, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "booking")?;
    let mut f = body.fields()?;
    let parts = (f.required("reason", field::lines(1..=500)),);
    let (reason,) = f.finish(parts)?;
    let now = call.now;
    let booking = state.db.write(move |c| super::reject(c, &call, id, reason)).await?;
    Ok(answer(&booking, now))
}

async fn report(state: web::Data<State>, Member(call): Member, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let id = path_id(&req, "id", "booking")?;
    let mut f = body.fields()?;
    let parts = (f.required("actual_participants", field::integer(0..=5000)),);
    let (actual,) = f.finish(parts)?;
    let now = call.now;
    let booking = state.db.write(move |c| super::report(c, &call, id, actual)).await?;
    Ok(answer(&booking, now))
}

async fn preview(state: web::Data<State>, Member(call): Member, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let language = crate::http::manners::language(req.headers());
    let mut f = body.fields()?;
    let parts = (
        f.optional("booking_id", field::id),
        f.required("room", slug),
        f.required("organisation_id", field::id),
        booking_stay(&mut f),
        f.optional("expected_participants", field::integer(1..=5000)),
        f.optional("layout", field::parsed::<Layout>),
        of_no_matter(&mut f),
    );
    let (booking_id, room, organisation_id, stay, expected_participants, layout, ..) = f.finish(parts)?;
    let question = Question { booking_id, room, organisation_id, stay, expected_participants, layout };
    let preview = state.db.read(move |c| super::preview::preview(c, &call, &question)).await?;
    let violations: Vec<Value> = preview.violations.iter().map(|v| crate::http::problem::violation(v, language)).collect();
    Ok(HttpResponse::Ok().json(json!({
        "fits": preview.conflicts.is_empty() && preview.violations.is_empty(),
        "needs_approval": preview.needs_approval,
        "conflicts": preview.conflicts,
        "violations": violations,
        "alternatives": preview.alternatives,
    })))
}
