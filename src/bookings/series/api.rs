//! HTTP of series.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{
    Outcome, Planned, Preview, Verdict,
    plan::{Exception, NewSeries, OnConflict, SeriesChange, SeriesDate, Terms, Whole},
    recurrence::{MOST_DATES, Pattern, Rule},
};
use crate::{
    app::State,
    bookings::api::{draft, of_no_matter, other_than_times, overriding, slug, wire as booking},
    error::{Fault, Language, RefusedDate, Result},
    holidays,
    http::{
        at,
        body::Body,
        etag::{self, IfMatch},
        field::{self, Fields},
        idempotency::{self, Asked, Created, IdempotencyKey},
        manners::language,
        path_id,
        problem::{refused_date, violation},
    },
    id::Id,
    people::guard::{Admin, Member},
    rooms::Layout,
    say,
    time::{Moment, WallTime},
};

/// `/series...`
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/series").post(create))
        .service(at("/series/preview").post(preview))
        .service(at("/series/{id}").get(read).patch(change))
        .service(at("/series/{id}/cancel").post(cancel))
        .service(at("/series/{id}/approve").post(approve))
        .service(at("/series/{id}/reject").post(reject));
}

/// A series with all its bookings on the wire.
fn wire(whole: &Whole, now: Moment, language: Language) -> Value {
    let series = &whole.series;
    let moved: Vec<&Id> = whole.dates.iter().filter(|date| date.moved).filter_map(|date| date.outcome.as_ref().ok()).collect();
    let skipped: Vec<Value> = whole.dates.iter().filter_map(|date| skipped(date, language)).collect();
    json!({
        "id": series.id, "organisation": {"id": series.organisation_id, "name": series.organisation_name}, "room": series.room,
        "title": series.title, "rule": series.rule, "from": series.from, "to": series.to,
        "bookings": whole.bookings.iter().map(|one| booking(one, now)).collect::<Vec<_>>(), "moved": moved, "skipped": skipped,
        "created_by": series.created_by.as_ref().map(|(id, name)| json!({"id": id, "name": name})),
        "created_at": series.created_at, "updated_at": series.updated_at, "version": series.version,
    })
}

fn skipped(date: &SeriesDate, language: Language) -> Option<Value> {
    let skipped = date.outcome.as_ref().err()?;
    Some(against(&skipped.refused, language, vec![("reason", json!(skipped.reason))]))
}

/// What is said against a date, without what was free instead, and more.
fn against(refused: &RefusedDate, language: Language, more: Vec<(&str, Value)>) -> Value {
    let mut one = refused_date(refused, language);
    if let Some(members) = one.as_object_mut() {
        members.remove("alternatives");
        members.extend(more.into_iter().map(|(name, value)| (name.to_owned(), value)));
    }
    one
}

fn answer(whole: &Whole, now: Moment, language: Language) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::ETAG, etag::of_version(whole.series.version)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(wire(whole, now, language))
}

fn outcome(outcome: &Outcome, now: Moment, language: Language) -> HttpResponse {
    let kept = outcome
        .kept
        .iter()
        .map(|kept| against(&kept.refused, language, vec![("booking_id", json!(kept.booking_id)), ("reason", json!(kept.reason))]));
    let kept: Vec<Value> = kept.collect();
    HttpResponse::Ok()
        .insert_header((header::ETAG, etag::of_version(outcome.whole.series.version)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({"series": wire(&outcome.whole, now, language), "changed": outcome.changed, "kept": kept}))
}

/// A wall time at which something may begin.
fn start(value: &Value) -> field::Read<WallTime> {
    let time: WallTime = field::parsed(value)?;
    if time.minutes() == 1440 {
        return Err(say!("ska ligga före 24:00", "must lie before 24:00").into());
    }
    Ok(time)
}

/// A rule, or a list of dates: one of the two.
fn pattern(f: &mut Fields) -> Option<Pattern> {
    let (has_rule, has_dates) = (f.has("rule"), f.has("dates"));
    if has_rule == has_dates {
        let (rule, dates) = (f.optional("rule", field::parsed::<Rule>), f.optional("dates", field::list(MOST_DATES, field::date)));
        f.optional("date", field::date);
        let both = rule.flatten().is_some() && dates.flatten().is_some();
        f.fault(if both {
            Fault::new("dates", say!("kan inte anges ihop med rule", "can't be given together with rule"))
        } else {
            Fault::coded("rule", "required", say!("saknas: ange rule eller dates", "is missing: give rule or dates"))
        });
        return None;
    }
    if has_rule {
        let (rule, date) = (f.required("rule", field::parsed::<Rule>), f.required("date", field::date));
        return Some(Pattern::Rule(rule?, date?));
    }
    let dates: Option<Vec<NaiveDate>> = f.required("dates", field::filled_list(MOST_DATES + 1, field::date));
    let date = f.optional("date", field::date);
    let (dates, date) = (dates?, date?);
    if date.is_some_and(|date| !dates.contains(&date)) {
        f.fault(Fault::new("date", say!("ska vara ett av datumen, eller utelämnas", "must be one of the dates, or be left out")));
    }
    Some(Pattern::Dates(dates))
}

fn exception(mut f: Fields) -> Result<Exception> {
    let parts = (
        f.required("date", field::date),
        f.or("skip", false, field::flag),
        f.optional("room", slug),
        f.optional("from", start),
        f.optional("to", field::parsed::<WallTime>),
    );
    if let (_, Some(skip), Some(room), Some(from), Some(to)) = &parts {
        let otherwise = room.is_some() || from.is_some() || to.is_some();
        if *skip == otherwise {
            f.fault(Fault::new(
                "",
                say!(
                    "ska antingen hoppa över datumet eller ge det en annan lokal eller tid",
                    "must either skip the date or give it another room or time"
                ),
            ));
        }
    }
    let (date, skip, room, from, to) = f.finish(parts)?;
    Ok(Exception { date, skip, room, from, to })
}

/// When and where; for whom and for how many comes from elsewhere.
fn terms(f: &mut Fields) -> Option<Terms> {
    let room = f.required("room", slug);
    let pattern = pattern(f);
    let (from, to) = (f.required("from", start), f.required("to", field::parsed::<WallTime>));
    let exceptions = f.or("exceptions", vec![], field::list(MOST_DATES, field::object(exception)));
    Some(Terms {
        room: room?,
        organisation_id: Id::new(),
        pattern: pattern?,
        from: from?,
        to: to?,
        exceptions: exceptions?,
        people: None,
        layout: None,
    })
}

async fn create(state: web::Data<State>, Member(call): Member, key: IdempotencyKey, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let language = language(req.headers());
    let asked = Asked { scope: call.caller.person.id.to_string(), key, request_hash: body.request_hash.clone(), now: call.now };
    let mut f = body.fields()?;
    let parts = (terms(&mut f), draft(&mut f), f.or("on_conflict", OnConflict::Fail, field::parsed), overriding(&mut f));
    let (terms, draft, on_conflict, (override_rules, override_reason)) = f.finish(parts)?;
    let terms = Terms { organisation_id: draft.organisation_id, people: Some(draft.expected_participants), layout: draft.layout, ..terms };
    let new = NewSeries { terms, draft, on_conflict, override_rules, override_reason };
    idempotency::create(&state.db, asked, move |c| {
        let whole = super::create(c, &call, &new)?;
        let location = format!("/api/v1/series/{}", whole.series.id);
        Created::new(Some(location), Some(etag::of_version(whole.series.version)), &wire(&whole, call.now, language))
    })
    .await
}

async fn preview(state: web::Data<State>, Member(call): Member, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let language = language(req.headers());
    let mut f = body.fields()?;
    let parts = (
        terms(&mut f),
        f.required("organisation_id", field::id),
        f.optional("expected_participants", field::integer(1..=5000)),
        f.optional("layout", field::parsed::<Layout>),
        of_no_matter(&mut f),
        f.or("on_conflict", OnConflict::Fail, field::parsed),
    );
    let (terms, organisation_id, people, layout, ..) = f.finish(parts)?;
    let terms = Terms { organisation_id, people, layout, ..terms };
    let Preview { needs_approval, dates } = state.db.read(move |c| super::preview(c, &call, &terms)).await?;
    Ok(HttpResponse::Ok().json(json!({
        "fits": dates.iter().all(|date| date.verdict != Verdict::Refused),
        "needs_approval": needs_approval,
        "dates": dates.iter().map(|date| planned(date, language)).collect::<Vec<_>>(),
    })))
}

/// A date with its verdict in a word and in full.
fn planned(date: &Planned, language: Language) -> Value {
    let refused = &date.refused;
    let verdict = match date.verdict {
        Verdict::Free => "free",
        Verdict::LeftOut => "left_out",
        Verdict::Refused if refused.violations.iter().any(|violation| violation.rule == "closed") => "closed",
        Verdict::Refused if refused.violations.is_empty() => "conflict",
        Verdict::Refused => "violation",
    };
    json!({
        "date": date.date, "room": date.room.slug, "starts_at": date.stay.map(|stay| stay.start()), "ends_at": date.stay.map(|stay| stay.end()),
        "verdict": verdict, "holiday": holidays::on(date.date), "conflicts": refused.conflicts,
        "violations": refused.violations.iter().map(|one| violation(one, language)).collect::<Vec<_>>(),
        "alternatives": refused.alternatives,
    })
}

async fn read(state: web::Data<State>, Member(call): Member, req: HttpRequest) -> Result<HttpResponse> {
    let (id, language, now) = (path_id(&req, "id", "series")?, language(req.headers()), call.now);
    let whole = state.db.read(move |c| super::get(c, &call, id)).await?;
    Ok(answer(&whole, now, language))
}

/// The booking from which on something holds; without one it holds for all.
fn from_booking(req: &HttpRequest) -> Result<Option<Id>> {
    let mut f = Fields::of_query(req.query_string());
    let parts = (f.optional("from", field::id),);
    Ok(f.finish(parts)?.0)
}

async fn change(state: web::Data<State>, Member(call): Member, expected: IfMatch, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let (id, language, now) = (path_id(&req, "id", "series")?, language(req.headers()), call.now);
    let from_booking = from_booking(&req)?;
    let mut f = body.fields()?;
    f.some_change();
    let parts = (
        other_than_times(&mut f),
        f.change("from", start),
        f.change("to", field::parsed::<WallTime>),
        f.or("on_conflict", OnConflict::Fail, field::parsed),
    );
    let (change, from, to, on_conflict) = f.finish(parts)?;
    let change = SeriesChange { change, from, to, on_conflict };
    let done = state.db.write(move |c| super::change(c, &call, id, expected, from_booking, &change)).await?;
    Ok(outcome(&done, now, language))
}

async fn cancel(state: web::Data<State>, Member(call): Member, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let (id, language, now) = (path_id(&req, "id", "series")?, language(req.headers()), call.now);
    let from = from_booking(&req)?;
    let mut f = body.fields()?;
    let parts = (f.optional("reason", field::lines(0..=500)),);
    let (reason,) = f.finish(parts)?;
    let done = state.db.write(move |c| super::cancel(c, &call, id, from, reason.filter(|reason| !reason.is_empty()))).await?;
    Ok(outcome(&done, now, language))
}

async fn approve(state: web::Data<State>, Admin(call): Admin, req: HttpRequest) -> Result<HttpResponse> {
    let (id, language, now) = (path_id(&req, "id", "series")?, language(req.headers()), call.now);
    let whole = state.db.write(move |c| super::approve(c, &call, id)).await?;
    Ok(answer(&whole, now, language))
}

async fn reject(state: web::Data<State>, Admin(call): Admin, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let (id, language, now) = (path_id(&req, "id", "series")?, language(req.headers()), call.now);
    let mut f = body.fields()?;
    let parts = (f.required("reason", field::lines(1..=500)),);
    let (reason,) = f.finish(parts)?;
    let whole = state.db.write(move |c| super::reject(c, &call, id, &reason)).await?;
    Ok(answer(&whole, now, language))
}
