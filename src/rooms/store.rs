//! SQL of rooms, spaces, floor plans and opening hours. It looks at the tables of bookings and closures where a room's floor
//! changes: what is held ahead makes it fixed, and a closure of the house holds for floor that comes later.
pub mod half_days;
pub mod plans;
pub mod weeks;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use diesel::prelude::*;
use serde::Deserialize;
use serde_json::json;

use super::{
    catalogue::Catalogue,
    room::{LayoutCapacity, NewRoom, Room, Rules, Space},
    slug::Slug,
};
use crate::{
    db::{Both, Conn, is_duplicate, schema::*},
    error::{Error, Result},
    id::Id,
    text::stored,
    time::{Moment, Span},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = rooms)]
struct RoomRow {
    id: Id,
    slug: String,
    name: String,
    kind: String,
    max_persons: i32,
    floor: i32,
    description: String,
    layouts: String,
    equipment: String,
    wheelchair_accessible: bool,
    hearing_loop: bool,
    needs_approval: bool,
    active: bool,
    grid_minutes: i32,
    min_minutes: i32,
    max_minutes: i32,
    days_ahead: i32,
    cancel_minutes_before: i32,
    setup_minutes: i32,
    cleanup_minutes: i32,
    version: i32,
}

impl TryFrom<RoomRow> for Room {
    type Error = Error;
    fn try_from(row: RoomRow) -> Result<Self> {
        Ok(Self {
            id: row.id,
            slug: row.slug,
            name: row.name,
            kind: stored(&row.kind)?,
            max_persons: row.max_persons,
            floor: row.floor,
            description: row.description,
            layouts: layouts_from(&row.layouts)?,
            equipment: serde_json::from_str(&row.equipment).map_err(Error::internal)?,
            wheelchair_accessible: row.wheelchair_accessible,
            hearing_loop: row.hearing_loop,
            needs_approval: row.needs_approval,
            active: row.active,
            rules: Rules {
                grid_minutes: row.grid_minutes,
                min_minutes: row.min_minutes,
                max_minutes: row.max_minutes,
                days_ahead: row.days_ahead,
                cancel_minutes_before: row.cancel_minutes_before,
                setup_minutes: row.setup_minutes,
                cleanup_minutes: row.cleanup_minutes,
            },
            spaces: vec![],
            floor_plan: None,
            version: row.version,
        })
    }
}

/// Layouts are kept as JSON: never asked for one by one, so a table of their own would only cost a query.
#[derive(Deserialize)]
struct StoredLayout {
    layout: String,
    capacity: i32,
    // Layouts that were stored before there were such minutes have none.
    setup_minutes: Option<i32>,
    cleanup_minutes: Option<i32>,
}

fn layouts_from(text: &str) -> Result<Vec<LayoutCapacity>> {
    let all: Vec<StoredLayout> = serde_json::from_str(text).map_err(Error::internal)?;
    let layout = |one: StoredLayout| {
        let StoredLayout { layout, capacity, setup_minutes, cleanup_minutes } = one;
        Ok(LayoutCapacity { layout: stored(&layout)?, capacity, setup_minutes, cleanup_minutes })
    };
    all.into_iter().map(layout).collect()
}

/// All rooms with their spaces and what is known of their floor plans, by floor, name and key: three queries, however many they are.
fn rooms(c: &mut Conn) -> Result<Vec<Room>> {
    let rows: Vec<RoomRow> = rooms::table.order((rooms::floor, rooms::name, rooms::id)).select(RoomRow::as_select()).load(c)?;
    let mut found: Vec<Room> = rows.into_iter().map(Room::try_from).collect::<Result<_>>()?;
    let mut spaces = spaces(c)?;
    let mut plans = plans::all(c)?;
    for room in &mut found {
        room.spaces = spaces.remove(&room.id).unwrap_or_default();
        room.floor_plan = plans.remove(&room.id);
    }
    Ok(found)
}

fn spaces(c: &mut Conn) -> Result<HashMap<Id, Vec<Space>>> {
    let rows: Vec<(Id, Id, String)> =
        room_spaces::table.inner_join(spaces::table).order(spaces::id).select((room_spaces::room_id, spaces::id, spaces::slug)).load(c)?;
    let mut spaces: HashMap<Id, Vec<Space>> = HashMap::new();
    for (room, id, slug) in rows {
        spaces.entry(room).or_default().push(Space { id, slug });
    }
    Ok(spaces)
}

/// What was read last, under the version that the database had for it.
static KEPT: Mutex<Option<(String, Arc<Catalogue>)>> = Mutex::new(None);

/// All rooms and weeks: from memory, if the database still has the version that is kept there. Rooms change a few times a year
/// and are asked for with every click.
pub fn catalogue(c: &mut Conn) -> Result<Arc<Catalogue>> {
    let version: String = room_catalogue::table.select(room_catalogue::version).first(c)?;
    if let Some((of, kept)) = &*KEPT.lock().map_err(Error::internal)?
        && *of == version
    {
        return Ok(Arc::clone(kept));
    }
    // The version is of before: if somebody changes a room just now, what is read next is newer and the next one reads again.
    let read = Arc::new(Catalogue { rooms: rooms(c)?, house: weeks::of_house(c)?, own: weeks::own(c)?, version: version.clone() });
    *KEPT.lock().map_err(Error::internal)? = Some((version, Arc::clone(&read)));
    Ok(read)
}

/// What [`catalogue`] read last, if that was read at all: from memory, without asking whether it still holds.
pub fn last_catalogue(c: &mut Conn) -> Result<Arc<Catalogue>> {
    let kept = KEPT.lock().map_err(Error::internal)?.as_ref().map(|(_, kept)| Arc::clone(kept));
    kept.map_or_else(|| catalogue(c), Ok)
}

/// Makes whoever else changes rooms, floor or opening hours wait until the transaction ends.
pub fn lock_catalogue(c: &mut Conn) -> Result<()> {
    if let Conn::Postgres(pg) = c {
        room_catalogue::table.select(room_catalogue::id).for_update().load::<i32>(pg)?;
    }
    // A SQLite transaction that writes is alone as it is.
    Ok(())
}

/// The spaces with these slugs, made where they are missing, sorted by key.
pub fn ensure_spaces(c: &mut Conn, slugs: &[Slug]) -> Result<Vec<Space>> {
    let mut sorted: Vec<&str> = slugs.iter().map(Slug::as_str).collect();
    // In one order, so that two who make the same spaces wait for each other instead of both being stuck.
    sorted.sort_unstable();
    for slug in &sorted {
        let row = (spaces::id.eq(Id::new()), spaces::slug.eq(*slug));
        Both(diesel::insert_into(spaces::table).values(row).on_conflict(spaces::slug).do_nothing()).execute(c)?;
    }
    let found: Vec<(Id, String)> =
        spaces::table.filter(spaces::slug.eq_any(sorted)).order(spaces::id).select((spaces::id, spaces::slug)).load(c)?;
    Ok(found.into_iter().map(|(id, slug)| Space { id, slug }).collect())
}

/// Adds a room on these spaces; `None` if its slug is taken.
pub fn insert(c: &mut Conn, new: &NewRoom, spaces: Vec<Space>, now: Moment) -> Result<Option<Room>> {
    let room = Room {
        id: Id::new(),
        slug: new.slug.to_string(),
        name: new.name.clone(),
        kind: new.kind,
        max_persons: new.max_persons,
        floor: new.floor,
        description: new.description.clone(),
        layouts: new.layouts.clone(),
        equipment: new.equipment.iter().map(Slug::to_string).collect(),
        wheelchair_accessible: new.wheelchair_accessible,
        hearing_loop: new.hearing_loop,
        needs_approval: new.needs_approval,
        active: new.active,
        rules: new.rules,
        spaces,
        floor_plan: None,
        version: 1,
    };
    let key = (rooms::id.eq(room.id), rooms::slug.eq(&room.slug), rooms::created_at.eq(now));
    match diesel::insert_into(rooms::table).values((key, Facts::of(&room, now))).execute(c) {
        Err(error) if is_duplicate(&error, "rooms", "slug") => return Ok(None),
        other => other?,
    };
    insert_room_spaces(c, &room)?;
    Ok(Some(room))
}

/// Everything of a room that may change, for INSERT and UPDATE alike.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = rooms)]
struct Facts {
    name: String,
    kind: &'static str,
    capacity: i32,
    max_persons: i32,
    floor: i32,
    description: String,
    layouts: String,
    equipment: String,
    wheelchair_accessible: bool,
    hearing_loop: bool,
    needs_approval: bool,
    active: bool,
    grid_minutes: i32,
    min_minutes: i32,
    max_minutes: i32,
    days_ahead: i32,
    cancel_minutes_before: i32,
    setup_minutes: i32,
    cleanup_minutes: i32,
    version: i32,
    updated_at: Moment,
}

impl Facts {
    fn of(room: &Room, now: Moment) -> Self {
        Self {
            name: room.name.clone(),
            kind: room.kind.as_str(),
            capacity: room.capacity(),
            max_persons: room.max_persons,
            floor: room.floor,
            description: room.description.clone(),
            layouts: json!(room.layouts).to_string(),
            equipment: json!(room.equipment).to_string(),
            wheelchair_accessible: room.wheelchair_accessible,
            hearing_loop: room.hearing_loop,
            needs_approval: room.needs_approval,
            active: room.active,
            grid_minutes: room.rules.grid_minutes,
            min_minutes: room.rules.min_minutes,
            max_minutes: room.rules.max_minutes,
            days_ahead: room.rules.days_ahead,
            cancel_minutes_before: room.rules.cancel_minutes_before,
            setup_minutes: room.rules.setup_minutes,
            cleanup_minutes: room.rules.cleanup_minutes,
            version: room.version,
            updated_at: now,
        }
    }
}

fn insert_room_spaces(c: &mut Conn, room: &Room) -> Result<()> {
    for space in &room.spaces {
        diesel::insert_into(room_spaces::table)
            .values((room_spaces::room_id.eq(room.id), room_spaces::space_id.eq(space.id)))
            .execute(c)?;
    }
    Ok(())
}

/// Writes a changed room whose version was raised by one; `false` if somebody else changed it in the meantime.
pub fn update(c: &mut Conn, room: &Room, now: Moment) -> Result<bool> {
    let previous = rooms::table.find(room.id).filter(rooms::version.eq(room.version - 1));
    Ok(diesel::update(previous).set(Facts::of(room, now)).execute(c)? == 1)
}

/// Gives the room the spaces that it names.
pub fn replace_spaces(c: &mut Conn, room: &Room) -> Result<()> {
    diesel::delete(room_spaces::table.filter(room_spaces::room_id.eq(room.id))).execute(c)?;
    insert_room_spaces(c, room)
}

/// Does a booking of this room, or an offer of it, hold time after `now`, or does a closure that names it lie ahead?
pub fn holds_time(c: &mut Conn, room: &Room, now: Moment) -> Result<bool> {
    let floor: Vec<Id> = room.spaces.iter().map(|space| space.id).collect();
    let booked = occupancies::table
        .inner_join(bookings::table)
        .filter(occupancies::space_id.eq_any(floor))
        .filter(occupancies::ends_at.gt(now))
        .filter(bookings::room_id.eq(room.id));
    if diesel::select(diesel::dsl::exists(booked)).get_result(c)? {
        return Ok(true);
    }
    let offered = occupancies::table.inner_join(waitlist::table).filter(occupancies::ends_at.gt(now)).filter(waitlist::room_id.eq(room.id));
    if diesel::select(diesel::dsl::exists(offered)).get_result(c)? {
        return Ok(true);
    }
    let closed =
        closure_rooms::table.inner_join(closures::table).filter(closure_rooms::room_id.eq(room.id)).filter(closures::ends_at.gt(now));
    Ok(diesel::select(diesel::dsl::exists(closed)).get_result(c)?)
}

/// Takes on these spaces the time of every closure of the whole house ahead, as far as it is not taken yet: floor that a room
/// gets later is closed with the house too.
pub fn close_with_house(c: &mut Conn, floor: &[Space], now: Moment) -> Result<()> {
    let ahead: Vec<(Id, Moment, Moment)> = closures::table
        .filter(closures::whole_house.eq(true))
        .filter(closures::ends_at.gt(now))
        .order((closures::starts_at, closures::id))
        .select((closures::id, closures::starts_at, closures::ends_at))
        .load(c)?;
    for (closure, start, end) in ahead {
        let Some(span) = Span::new(start, end) else { continue };
        for space in floor {
            let taken: Vec<(Moment, Moment)> = occupancies::table
                .filter(occupancies::space_id.eq(space.id))
                .filter(occupancies::ends_at.gt(start))
                .filter(occupancies::starts_at.lt(end))
                .select((occupancies::starts_at, occupancies::ends_at))
                .load(c)?;
            let taken: Vec<Span> = taken.into_iter().filter_map(|(start, end)| Span::new(start, end)).collect();
            for free in span.without(&taken) {
                diesel::insert_into(occupancies::table)
                    .values((
                        occupancies::id.eq(Id::new()),
                        occupancies::space_id.eq(space.id),
                        occupancies::starts_at.eq(free.start()),
                        occupancies::ends_at.eq(free.end()),
                        occupancies::closure_id.eq(closure),
                    ))
                    .execute(c)?;
            }
        }
    }
    Ok(())
}

/// See [`super::lock_spaces`].
pub fn lock_spaces(c: &mut Conn, ids: &[Id]) -> Result<()> {
    match c {
        // Two bookings of the same floor would each wait in the exclusion constraint's index and, with several spaces, for each
        // other: a second lost to the deadlock detector. Rows locked first and in one order make the later one simply wait.
        Conn::Postgres(pg) => {
            let rows = spaces::table.order(spaces::id).select(spaces::id).for_no_key_update();
            match ids {
                // Most rooms have one; its plan is kept, while one for a list is made anew each time.
                [one] => rows.filter(spaces::id.eq(one)).load::<Id>(pg)?,
                _ => rows.filter(spaces::id.eq_any(ids)).load::<Id>(pg)?,
            };
        }
        // All writing goes through one connection that began with BEGIN IMMEDIATE: whoever is here is alone.
        Conn::Sqlite(_) => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        audit::By,
        db::{Db, Location},
        rooms::{self, Layout, RoomKind, Stretch, Week},
    };

    fn new(slug: &str, spaces: &[&str]) -> NewRoom {
        NewRoom {
            slug: slug.parse().unwrap(),
            name: slug.to_uppercase(),
            kind: RoomKind::Event,
            max_persons: 120,
            floor: 0,
            description: String::new(),
            layouts: vec![
                LayoutCapacity { layout: Layout::Cinema, capacity: 120, setup_minutes: None, cleanup_minutes: None },
                LayoutCapacity { layout: Layout::Cafe, capacity: 60, setup_minutes: None, cleanup_minutes: None },
            ],
            equipment: vec!["projector".parse().unwrap()],
            wheelchair_accessible: true,
            hearing_loop: false,
            needs_approval: false,
            active: true,
            rules: Rules::default(),
            spaces: spaces.iter().map(|s| s.parse().unwrap()).collect(),
        }
    }

    #[test]
    fn rooms_come_back_as_they_were_made_and_share_spaces_and_weeks() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&Location::Sqlite(folder.path().join("a.db")), 1).unwrap();
        let by = By::program("2026-11-23T10:00:00+01:00".parse().unwrap());
        db.write_now(|c| {
            let whole = rooms::create(c, &by, &new("aulan", &["aulan-b", "aulan-a"]))?;
            let half = rooms::create(c, &by, &new("aulan-a", &["aulan-a"]))?;
            assert_eq!(rooms::by_slug(c, "aulan")?.as_ref(), Some(&whole));
            assert_eq!(rooms::by_id(c, half.id)?.as_ref(), Some(&half));
            assert!(whole.spaces.contains(half.spaces.first().unwrap()));
            assert!(whole.spaces.is_sorted_by_key(|space| space.id));
            assert_eq!(whole.capacity(), 120);
            assert_eq!(rooms::all(c, false)?.len(), 2);
            rooms::lock_spaces(c, &[half.id])?;

            let short = Week::new(vec![Stretch { weekday: 1, opens: "08:00".parse().unwrap(), closes: "24:00".parse().unwrap() }]);
            weeks::replace(c, Some(half.id), &short)?;
            let weeks = rooms::weeks(c, &[whole.id, half.id])?;
            assert_eq!(weeks.get(&half.id), Some(&short));
            assert_eq!(weeks.get(&whole.id), Some(&rooms::house_week(c)?));
            assert_eq!(rooms::house_week(c)?.stretches().len(), 7);
            weeks::replace(c, Some(half.id), &Week::default())?;
            assert_eq!(rooms::weeks(c, &[half.id])?.get(&half.id), Some(&Week::default()));
            Ok(())
        })
        .unwrap();
        let again = db.write_now(|c| rooms::create(c, &by, &new("aulan", &["elsewhere"])));
        assert!(matches!(again, Err(Error::Conflict { code: "already_exists", .. })));
    }
}
