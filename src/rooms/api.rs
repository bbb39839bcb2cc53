//! HTTP of rooms and opening hours.
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::{Value, json};

use super::{
    opening_hours::{self, RoomWeek, Stretch, Week},
    room::{self, Layout, LayoutCapacity, NewRoom, Room, RoomChange, RoomKind, RuleChange, Rules},
    slug::Slug,
};
use crate::{
    app::State,
    error::{Error, Result},
    http::{
        at,
        body::Body,
        etag::{self, IfMatch},
        field::{self, Fields, Read},
        idempotency::{self, Asked, Created, IdempotencyKey},
        page::{self, Cursor, Page},
        path_text,
    },
    people::{
        forbidden,
        guard::{Admin, Anyone, unauthenticated},
    },
    say,
    text::fold,
};

/// The most layouts, pieces of equipment, spaces of a room, and stretches of a week.
const LAYOUTS: usize = Layout::ALL.len();
const EQUIPMENT: usize = 50;
const SPACES: usize = 20;
const STRETCHES: usize = 70;

/// `/rooms` and `/opening-hours`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(at("/rooms").get(list).post(create))
        .service(at("/rooms/{slug}").get(read).patch(change))
        .service(at("/opening-hours").get(house_week).put(replace_house_week))
        .service(at("/rooms/{slug}/opening-hours").get(week).put(replace_week).delete(delete_week));
}

fn on_the_wire(room: &Room) -> Value {
    json!({
        "id": room.id,
        "slug": room.slug,
        "name": room.name,
        "kind": room.kind,
        "capacity": room.capacity(),
        "floor": room.floor,
        "description": Some(&room.description).filter(|text| !text.is_empty()),
        "max_persons": room.max_persons,
        "layouts": room.layouts,
        "equipment": room.equipment,
        "wheelchair_accessible": room.wheelchair_accessible,
        "hearing_loop": room.hearing_loop,
        "spaces": room.spaces.iter().map(|space| &space.slug).collect::<Vec<_>>(),
        "rules": room.rules,
        "needs_approval": room.needs_approval,
        "active": room.active,
        "floor_plan": room.floor_plan,
        "version": room.version,
    })
}

async fn list(state: web::Data<State>, Anyone(call): Anyone, req: HttpRequest) -> Result<HttpResponse> {
    let mut f = Fields::of_query(req.query_string());
    let parts = (Page::read(&mut f), f.or("include_inactive", false, field::query_flag));
    let (page, include_inactive) = f.finish(parts)?;
    if include_inactive {
        match &call {
            None => return Err(unauthenticated()),
            Some(call) if !call.caller.is_admin() => forbidden()?,
            Some(_) => {}
        }
    }
    // A house has tens of rooms, read in two queries: sorting them here as people sort costs less than a column for it.
    let cursor = |room: &Room| Cursor { key: fold(&room.name), id: room.id };
    let mut rooms = state.db.read(move |c| super::all(c, include_inactive)).await?;
    rooms.sort_by_cached_key(|room| (fold(&room.name), room.id));
    if let Some(after) = &page.after {
        rooms.retain(|room| (fold(&room.name).as_str(), room.id) > (after.key.as_str(), after.id));
    }
    let cache = if include_inactive { etag::PRIVATE } else { etag::PUBLIC };
    page::answer_kept(&req, &page, cache, rooms, cursor, |room| on_the_wire(&room))
}

async fn read(state: web::Data<State>, Anyone(call): Anyone, req: HttpRequest) -> Result<HttpResponse> {
    let slug = path_text(&req, "slug");
    let room = state.db.read(move |c| super::visible(c, call.as_ref(), &slug)).await?;
    let cache = if room.active { etag::PUBLIC } else { etag::PRIVATE };
    etag::respond(&req, &etag::of_version(room.version), cache, &on_the_wire(&room))
}

fn layout(value: &Value) -> Read<LayoutCapacity> {
    field::object(|mut f| {
        let parts = (
            f.required("layout", field::parsed::<Layout>),
            f.required("capacity", field::integer(1..=5000)),
            f.optional("setup_minutes", field::integer(0..=240)),
            f.optional("cleanup_minutes", field::integer(0..=240)),
        );
        let (layout, capacity, setup_minutes, cleanup_minutes) = f.finish(parts)?;
        Ok(LayoutCapacity { layout, capacity, setup_minutes, cleanup_minutes })
    })(value)
}

fn rules(value: &Value) -> Read<RuleChange> {
    field::object(|mut f| {
        let parts = (
            f.change("grid_minutes", field::integer(5..=120)),
            f.change("min_minutes", field::integer(5..=1440)),
            f.change("max_minutes", field::integer(5..=10080)),
            f.change("days_ahead", field::integer(0..=1095)),
            f.change("cancel_minutes_before", field::integer(0..=43200)),
            f.change("setup_minutes", field::integer(0..=240)),
            f.change("cleanup_minutes", field::integer(0..=240)),
        );
        let (grid_minutes, min_minutes, max_minutes, days_ahead, cancel_minutes_before, setup_minutes, cleanup_minutes) =
            f.finish(parts)?;
        Ok(RuleChange { grid_minutes, min_minutes, max_minutes, days_ahead, cancel_minutes_before, setup_minutes, cleanup_minutes })
    })(value)
}

fn spaces(value: &Value) -> Read<Vec<Slug>> {
    let slugs = field::list(SPACES, field::parsed::<Slug>)(value)?;
    if slugs.is_empty() {
        return Err(say!("ska ha minst en yta", "must have at least one space").into());
    }
    Ok(slugs)
}

async fn create(state: web::Data<State>, Admin(call): Admin, key: IdempotencyKey, body: Body) -> Result<HttpResponse> {
    let request_hash = body.request_hash.clone();
    let mut f = body.fields()?;
    let parts = (
        f.required("slug", field::parsed::<Slug>),
        f.required("name", field::line(1..=120)),
        f.required("kind", field::parsed::<RoomKind>),
        f.required("max_persons", field::integer(1..=5000)),
        f.or("floor", 0, field::integer(-5..=50)),
        f.or("description", String::new(), field::lines(0..=2000)),
        f.required("layouts", field::list(LAYOUTS, layout)),
        f.or("equipment", vec![], field::list(EQUIPMENT, field::parsed::<Slug>)),
        f.or("wheelchair_accessible", false, field::flag),
        f.or("hearing_loop", false, field::flag),
        f.or("needs_approval", false, field::flag),
        f.or("active", true, field::flag),
        f.or("rules", RuleChange::default(), rules).map(|rules| rules.of(Rules::default())),
        f.required("spaces", spaces),
    );
    // What no single value shows is told together with the rest, as far as the values can be read.
    if let (_, _, _, Some(max_persons), _, _, Some(layouts), .., Some(rules), _) = &parts {
        room::faults(layouts, *max_persons, rules).into_iter().for_each(|fault| f.fault(fault));
    }
    room::repeated("equipment", parts.7.as_deref().unwrap_or_default()).into_iter().for_each(|fault| f.fault(fault));
    room::repeated("spaces", parts.13.as_deref().unwrap_or_default()).into_iter().for_each(|fault| f.fault(fault));
    let (
        slug,
        name,
        kind,
        max_persons,
        floor,
        description,
        layouts,
        equipment,
        wheelchair_accessible,
        hearing_loop,
        needs_approval,
        active,
        rules,
        spaces,
    ) = f.finish(parts)?;
    let new = NewRoom {
        slug,
        name,
        kind,
        max_persons,
        floor,
        description,
        layouts,
        equipment,
        wheelchair_accessible,
        hearing_loop,
        needs_approval,
        active,
        rules,
        spaces,
    };
    let asked = Asked { scope: call.caller.person.id.to_string(), key, request_hash, now: call.now };
    idempotency::create(&state.db, asked, move |c| {
        let room = super::create(c, &call.by(), &new)?;
        let location = format!("/api/v1/rooms/{}", room.slug);
        Created::new(Some(location), Some(etag::of_version(room.version)), &on_the_wire(&room))
    })
    .await
}

async fn change(state: web::Data<State>, Admin(call): Admin, expected: IfMatch, req: HttpRequest, body: Body) -> Result<HttpResponse> {
    let slug = path_text(&req, "slug");
    let mut f = body.fields()?;
    if f.is_empty() {
        return Err(Error::invalid("", say!("ska innehålla något att ändra", "must contain something to change")));
    }
    let parts = (
        f.change("name", field::line(1..=120)),
        f.change("kind", field::parsed::<RoomKind>),
        f.change("max_persons", field::integer(1..=5000)),
        f.change("floor", field::integer(-5..=50)),
        f.change_or_clear("description", field::lines(0..=2000)).map(|change| change.map(Option::unwrap_or_default)),
        f.change("layouts", field::list(LAYOUTS, layout)),
        f.change("equipment", field::list(EQUIPMENT, field::parsed::<Slug>)),
        f.change("wheelchair_accessible", field::flag),
        f.change("hearing_loop", field::flag),
        f.change("needs_approval", field::flag),
        f.change("active", field::flag),
        f.change("rules", rules).map(Option::unwrap_or_default),
        f.change("spaces", spaces),
    );
    let repeated = |field: &str, slugs: &Option<Option<Vec<Slug>>>| {
        let slugs = slugs.as_ref().and_then(Option::as_deref);
        room::repeated(field, slugs.unwrap_or_default())
    };
    repeated("equipment", &parts.6).into_iter().chain(repeated("spaces", &parts.12)).for_each(|fault| f.fault(fault));
    let (
        name,
        kind,
        max_persons,
        floor,
        description,
        layouts,
        equipment,
        wheelchair_accessible,
        hearing_loop,
        needs_approval,
        active,
        rules,
        spaces,
    ) = f.finish(parts)?;
    let change = RoomChange {
        name,
        kind,
        max_persons,
        floor,
        description,
        layouts,
        equipment,
        wheelchair_accessible,
        hearing_loop,
        needs_approval,
        active,
        rules,
        spaces,
    };
    let room = state.db.write(move |c| super::change(c, &call, &slug, expected, &change)).await?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, etag::of_version(room.version))).json(on_the_wire(&room)))
}

/// A week as the body says it: a list of stretches, each with its place if it is wrong.
fn week_from(body: Body) -> Result<Week> {
    let stretch = field::object(|mut f| {
        let parts = (
            f.required("weekday", field::integer(1..=7)).and_then(|day| u8::try_from(day).ok()),
            f.required("opens", field::parsed),
            f.required("closes", field::parsed),
        );
        let (weekday, opens, closes) = f.finish(parts)?;
        Ok(Stretch { weekday, opens, closes })
    });
    let stretches = field::whole(&body.value(), field::list(STRETCHES, stretch))?;
    let faults = opening_hours::faults(&stretches);
    if faults.is_empty() { Ok(Week::new(stretches)) } else { Err(Error::Invalid(faults)) }
}

async fn house_week(state: web::Data<State>, Anyone(_): Anyone, req: HttpRequest) -> Result<HttpResponse> {
    let week = state.db.read(super::house_week).await?;
    etag::respond_hashed(&req, etag::PUBLIC, &week)
}

async fn replace_house_week(state: web::Data<State>, Admin(call): Admin, expected: IfMatch, body: Body) -> Result<HttpResponse> {
    let week = week_from(body)?;
    let written = week.clone();
    state.db.write(move |c| super::replace_house_week(c, &call, expected, &written)).await?;
    etag::changed(&week)
}

async fn week(state: web::Data<State>, Anyone(call): Anyone, req: HttpRequest) -> Result<HttpResponse> {
    let slug = path_text(&req, "slug");
    let (active, week): (bool, RoomWeek) = state
        .db
        .read(move |c| {
            let room = super::visible(c, call.as_ref(), &slug)?;
            Ok((room.active, super::week_of(c, &room)?))
        })
        .await?;
    etag::respond_hashed(&req, if active { etag::PUBLIC } else { etag::PRIVATE }, &week)
}

async fn replace_week(
    state: web::Data<State>,
    Admin(call): Admin,
    expected: IfMatch,
    req: HttpRequest,
    body: Body,
) -> Result<HttpResponse> {
    let slug = path_text(&req, "slug");
    let week = week_from(body)?;
    let week = state.db.write(move |c| super::replace_week_of(c, &call, &slug, expected, Some(&week))).await?;
    etag::changed(&week)
}

async fn delete_week(state: web::Data<State>, Admin(call): Admin, expected: IfMatch, req: HttpRequest) -> Result<HttpResponse> {
    let slug = path_text(&req, "slug");
    state.db.write(move |c| super::replace_week_of(c, &call, &slug, expected, None)).await?;
    Ok(HttpResponse::NoContent().finish())
}
