//! The house of the sample year: eight rooms, open every day.
use diesel::prelude::*;
use nobel21::{
    audit::By,
    db::schema::organisations,
    id::Id,
    rooms::{self, Layout, LayoutCapacity, NewRoom, Rules},
    text::fold,
};
use serde::Deserialize;

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

impl Line {
    fn room(&self) -> NewRoom {
        let slugs = |list: &str| list.split(';').map(|slug| slug.parse().unwrap()).collect();
        NewRoom {
            slug: self.slug.parse().unwrap(),
            name: self.name.clone(),
            kind: self.kind.parse().unwrap(),
            max_persons: self.capacity + 5,
            floor: self.floor,
            description: String::new(),
            layouts: vec![LayoutCapacity { layout: Layout::Cinema, capacity: self.capacity, setup_minutes: None, cleanup_minutes: None }],
            equipment: slugs(&self.equipment),
            wheelchair_accessible: self.wheelchair_accessible,
            hearing_loop: self.hearing_loop,
            needs_approval: false,
            active: true,
            rules: Rules::default(),
            spaces: slugs(&self.spaces),
        }
    }
}

impl App {
    /// The rooms of the sample year, `aulan` sharing the floor of `aulan-a` and `aulan-b`. The house's week, 07 to 22, is there
    /// from the start.
    pub fn furnish(&self) {
        let by = By::program(self.now());
        let lines: Vec<Line> = csv::Reader::from_reader(ROOMS.as_bytes()).deserialize().map(Result::unwrap).collect();
        self.write(|c| lines.iter().try_for_each(|line| rooms::create(c, &by, &line.room()).map(|_| ())));
    }

    /// The key of a room.
    pub fn room(&self, slug: &str) -> Id {
        self.read(|c| rooms::by_slug(c, slug)).expect("a room of the house").id
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
