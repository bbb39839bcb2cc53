//! HTTP of many bookings at once.
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::{Item, MOST, Outcome, Preview, Terms, Verdict};
use crate::{
    app::State,
    bookings::{
        Draft,
        api::{booking_stay, draft_of, of_no_matter, slug, wire as booking},
        series::plan::OnConflict,
    },
    error::{Language, Result},
    http::{
        at,
        body::Body,
        field::{self, Fields},
        idempotency::{self, Asked, Created, IdempotencyKey},
        manners::language,
        problem::violation,
    },
    people::guard::Member,
    rooms::Layout,
    time::Moment,
};

/// `/booking-batches...`
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/booking-batches").post(create)).service(at("/booking-batches/preview").post(preview));
}

fn item(mut f: Fields) -> Result<Item> {
    let parts = (f.required("title", field::line(1..=200)), f.required("room", slug), booking_stay(&mut f));
    let (title, room, stay) = f.finish(parts)?;
    Ok(Item { title, room, stay })
}

fn items(f: &mut Fields) -> Option<Vec<Item>> {
    f.required("bookings", field::filled_list(MOST, field::object(item)))
}

/// A verdict in a word and in full.
fn verdict(verdict: &Verdict, language: Language) -> Value {
    let (word, refused) = match verdict {
        Verdict::Free => ("free", None),
        Verdict::AlreadyBooked => ("already_booked", None),
        Verdict::Refused(refused) if refused.violations.iter().any(|one| one.rule == "closed") => ("closed", Some(refused)),
        Verdict::Refused(refused) if refused.violations.is_empty() => ("conflict", Some(refused)),
        Verdict::Refused(refused) => ("violation", Some(refused)),
    };
    json!({
        "verdict": word,
        "conflicts": refused.map(|refused| &refused.conflicts).map_or_else(|| json!([]), |all| json!(all)),
        "violations": refused.iter().flat_map(|refused| &refused.violations).map(|one| violation(one, language)).collect::<Vec<_>>(),
        "alternatives": refused.map(|refused| &refused.alternatives).map_or_else(|| json!([]), |all| json!(all)),
    })
}

fn wire(outcome: &Outcome, now: Moment, language: Language) -> Value {
    let skipped = outcome.skipped.iter().map(|(index, why)| {
        let mut one = verdict(why, language);
        if let Some(members) = one.as_object_mut() {
            members.insert("index".to_owned(), json!(index));
        }
        one
    });
    json!({
        "bookings": outcome.bookings.iter().map(|one| booking(one, now)).collect::<Vec<_>>(),
        "skipped": skipped.collect::<Vec<_>>(),
    })
}

async fn preview(state: web::Data<State>, Member(call): Member, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let language = language(req.headers());
    let mut f = body.fields()?;
    let parts = (
        f.required("organisation_id", field::id),
        f.optional("expected_participants", field::integer(1..=5000)),
        f.optional("layout", field::parsed::<Layout>),
        items(&mut f),
        of_no_matter(&mut f),
        f.or("on_conflict", OnConflict::Fail, field::parsed),
    );
    let (organisation_id, people, layout, items, ..) = f.finish(parts)?;
    let terms = Terms { organisation_id, people, layout, items };
    let Preview { needs_approval, verdicts } = state.db.read(move |c| super::preview(c, &call, &terms)).await?;
    Ok(HttpResponse::Ok().json(json!({
        "fits": verdicts.iter().all(|one| !matches!(one, Verdict::Refused(_))),
        "needs_approval": needs_approval,
        "bookings": verdicts.iter().map(|one| verdict(one, language)).collect::<Vec<_>>(),
    })))
}

async fn create(state: web::Data<State>, Member(call): Member, key: IdempotencyKey, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let language = language(req.headers());
    let asked = Asked { scope: call.caller.person.id.to_string(), key, request_hash: body.request_hash.clone(), now: call.now };
    let mut f = body.fields()?;
    let parts = (draft_of(&mut f, String::new()), items(&mut f), f.or("on_conflict", OnConflict::Fail, field::parsed));
    let (common, items, on_conflict): (Draft, _, _) = f.finish(parts)?;
    let terms = Terms { organisation_id: common.organisation_id, people: Some(common.expected_participants), layout: common.layout, items };
    idempotency::create(&state.db, asked, move |c| {
        let outcome = super::book(c, &call, &terms, &common, on_conflict == OnConflict::Skip)?;
        Created::new(None, None, &wire(&outcome, call.now, language))
    })
    .await
}
