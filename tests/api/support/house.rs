//! The house of the sample year: eight rooms, open every day.
use std::collections::BTreeMap;

use diesel::prelude::*;
use nobel21::{
    db::schema::{opening_hours, organisations, room_spaces, rooms, spaces},
    id::Id,
    text::fold,
};
use serde::Deserialize;
use serde_json::json;

use super::App;

const ROOMS: &str = include_str!("../../../sample/year-2023/rooms.csv");

#[derive(Deserialize)]
struct Line {
    slug: String,
    name: String,
    kind: String,
    capacity: i32,
    floor: i32,
    spaces: String,
    equipment: String,
    wheelchair_accessible: bool,
    hearing_loop: bool,
}

impl App {
    /// The rooms of the sample year, `aulan` sharing the floor of `aulan-a` and `aulan-b`, and the house's week 07 to 22.
    pub fn furnish(&self) {
        let now = self.now();
        let lines: Vec<Line> = csv::Reader::from_reader(ROOMS.as_bytes()).deserialize().map(Result::unwrap).collect();
        self.write(|c| {
            let mut floor: BTreeMap<&str, Id> = BTreeMap::new();
            for line in &lines {
                let room = Id::new();
                let equipment: Vec<&str> = line.equipment.split(';').collect();
                diesel::insert_into(rooms::table)
                    .values((
                        (
                            rooms::id.eq(room),
                            rooms::slug.eq(&line.slug),
                            rooms::name.eq(&line.name),
                            rooms::kind.eq(&line.kind),
                            rooms::capacity.eq(line.capacity),
                            rooms::max_persons.eq(line.capacity + 5),
                            rooms::floor.eq(line.floor),
                            rooms::description.eq(""),
                            rooms::layouts.eq(json!([{"layout": "cinema", "capacity": line.capacity}]).to_string()),
                            rooms::equipment.eq(json!(equipment).to_string()),
                            rooms::wheelchair_accessible.eq(line.wheelchair_accessible),
                            rooms::hearing_loop.eq(line.hearing_loop),
                        ),
                        (
                            rooms::needs_approval.eq(false),
                            rooms::active.eq(true),
                            rooms::grid_minutes.eq(15),
                            rooms::min_minutes.eq(15),
                            rooms::max_minutes.eq(720),
                            rooms::days_ahead.eq(365),
                            rooms::cancel_minutes_before.eq(0),
                            rooms::setup_minutes.eq(0),
                            rooms::cleanup_minutes.eq(0),
                            rooms::version.eq(1),
                            rooms::created_at.eq(now),
                            rooms::updated_at.eq(now),
                        ),
                    ))
                    .execute(c)?;
                for slug in line.spaces.split(';') {
                    let space = match floor.get(slug) {
                        Some(space) => *space,
                        None => {
                            let space = Id::new();
                            diesel::insert_into(spaces::table).values((spaces::id.eq(space), spaces::slug.eq(slug))).execute(c)?;
                            floor.insert(slug, space);
                            space
                        }
                    };
                    diesel::insert_into(room_spaces::table)
                        .values((room_spaces::room_id.eq(room), room_spaces::space_id.eq(space)))
                        .execute(c)?;
                }
            }
            for weekday in 1..=7 {
                diesel::insert_into(opening_hours::table)
                    .values((
                        opening_hours::id.eq(Id::new()),
                        opening_hours::weekday.eq(weekday),
                        opening_hours::opens.eq(7 * 60),
                        opening_hours::closes.eq(22 * 60),
                    ))
                    .execute(c)?;
            }
            Ok(())
        });
    }

    /// The key of a room.
    pub fn room(&self, slug: &str) -> Id {
        self.read(|c| Ok(rooms::table.filter(rooms::slug.eq(slug)).select(rooms::id).first(c)?))
    }

    /// A new association, a tenant of the house.
    pub fn organisation(&self, name: &str) -> Id {
        self.add_organisation(name, true)
    }

    /// A new association that has no room of its own in the house: its bookings need approval.
    pub fn guest_organisation(&self, name: &str) -> Id {
        self.add_organisation(name, false)
    }

    fn add_organisation(&self, name: &str, tenant: bool) -> Id {
        let (id, now) = (Id::new(), self.now());
        self.write(|c| {
            diesel::insert_into(organisations::table)
                .values((
                    organisations::id.eq(id),
                    organisations::name.eq(name),
                    organisations::name_key.eq(fold(name)),
                    organisations::kind.eq("association"),
                    organisations::tenant.eq(tenant),
                    organisations::protected.eq(false),
                    organisations::status.eq("active"),
                    organisations::version.eq(1),
                    organisations::created_at.eq(now),
                    organisations::updated_at.eq(now),
                ))
                .execute(c)?;
            Ok(())
        });
        id
    }
}
