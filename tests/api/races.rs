//! Two people can never get the same room, however they try. On PostgreSQL the tries come through two processes.
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use diesel::prelude::*;
use nobel21::{
    db::schema::{bookings, letters, occupancies, room_spaces, waitlist},
    id::Id,
    time::{Clock, Moment},
};
use serde_json::{Value, json};

use crate::{
    bookings::with,
    support::{Answer, App, Client, Engine, Process, database::engine},
};

const CLIENTS: usize = 50;

/// The house, and on PostgreSQL a second process that serves it too.
struct Arena {
    second: Option<Process>,
    app: App,
}

impl Arena {
    fn new() -> Self {
        let app = App::with(|config| config.clock = Clock::System);
        app.furnish();
        let second = (engine() == Engine::Postgres).then(|| Process::start(&app));
        Self { second, app }
    }

    /// The same client, every other one by way of the second process.
    fn by_way(&self, i: usize, client: &Client) -> Client {
        match &self.second {
            Some(second) if i % 2 == 1 => client.via(&second.url),
            _ => client.clone(),
        }
    }

    /// Everybody at once.
    fn race(&self, clients: usize, act: impl Fn(usize) -> Answer + Sync) -> Vec<Answer> {
        let start = Barrier::new(clients);
        std::thread::scope(|scope| {
            let running: Vec<_> = (0..clients)
                .map(|i| {
                    let (start, act) = (&start, &act);
                    scope.spawn(move || {
                        start.wait();
                        act(i)
                    })
                })
                .collect();
            running.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    }
}

/// Ten days from now at this local hour.
pub fn at(days: i64, hour: u32, minute: u32) -> String {
    let day = Moment::from_unix(chrono::Utc::now().timestamp()).date() + chrono::Days::new(u64::try_from(days).unwrap());
    Moment::at_wall(day.and_hms_opt(hour, minute, 0).unwrap()).unwrap().to_string()
}

pub fn wish(organisation: Id, room: &str, from: &str, to: &str) -> Value {
    json!({
        "room": room, "organisation_id": organisation, "title": "Kapplöpning", "category": "meeting",
        "starts_at": from, "ends_at": to, "expected_participants": 3,
    })
}

/// How many got through; all others must have been told that the time is taken.
fn winners<'a>(answers: &'a [Answer], won: u16, lost: &str) -> Vec<&'a Answer> {
    for answer in answers.iter().filter(|answer| answer.status != won) {
        assert_eq!((answer.status, answer.code()), (409, lost), "{}", answer.text());
    }
    answers.iter().filter(|answer| answer.status == won).collect()
}

/// No two occupancies of a space overlap, every live booking has exactly its room's spaces, every other one none.
pub fn consistent(app: &App) {
    app.read(|c| {
        let of_room: Vec<(Id, Id)> = room_spaces::table.select((room_spaces::room_id, room_spaces::space_id)).load(c)?;
        let taken: Vec<(Id, Moment, Moment, Option<Id>)> = occupancies::table
            .order((occupancies::space_id, occupancies::starts_at))
            .select((occupancies::space_id, occupancies::starts_at, occupancies::ends_at, occupancies::booking_id))
            .load(c)?;
        for pair in taken.windows(2) {
            assert!(pair[0].0 != pair[1].0 || pair[0].2 <= pair[1].1, "two occupancies of a space overlap: {pair:?}");
        }
        let mut by_booking: BTreeMap<Id, BTreeSet<(Id, Moment, Moment)>> = BTreeMap::new();
        for (space, from, to, booking) in taken {
            if let Some(booking) = booking {
                by_booking.entry(booking).or_default().insert((space, from, to));
            }
        }
        let all: Vec<(Id, Id, String, Moment, Moment)> =
            bookings::table.select((bookings::id, bookings::room_id, bookings::status, bookings::starts_at, bookings::ends_at)).load(c)?;
        for (id, room, status, from, to) in all {
            let has = by_booking.remove(&id).unwrap_or_default();
            let live = matches!(status.as_str(), "pending" | "confirmed" | "held");
            let should: BTreeSet<_> = of_room.iter().filter(|(r, _)| live && *r == room).map(|(_, space)| (*space, from, to)).collect();
            assert_eq!(has, should, "booking {id} is {status}");
        }
        assert!(by_booking.is_empty(), "occupancies without a booking");
        let offers: Vec<(Id, Id, String)> = waitlist::table.select((waitlist::id, waitlist::room_id, waitlist::status)).load(c)?;
        for (id, room, status) in offers {
            let of_one = waitlist::table.find(id);
            let (from, to): (Option<Moment>, Option<Moment>) =
                of_one.select((waitlist::offer_starts_at, waitlist::offer_ends_at)).first(c)?;
            let has: Vec<(Id, Moment, Moment)> = occupancies::table
                .filter(occupancies::waitlist_id.eq(id))
                .select((occupancies::space_id, occupancies::starts_at, occupancies::ends_at))
                .load(c)?;
            let should: BTreeSet<_> = of_room
                .iter()
                .filter(|(r, _)| status == "offered" && *r == room)
                .map(|(_, space)| (*space, from.unwrap(), to.unwrap()))
                .collect();
            assert_eq!(has.into_iter().collect::<BTreeSet<_>>(), should, "the wish {id} is {status}");
        }
        Ok(())
    });
}

#[test]
fn of_fifty_clients_for_one_slot_one_gets_it() {
    let arena = Arena::new();
    let organisation = arena.app.organisation("Kastanjen");
    let booker = arena.app.booker(organisation);
    let (from, to) = (at(10, 18, 0), at(10, 20, 0));
    let answers = arena.race(CLIENTS, |i| arena.by_way(i, &booker).post("/bookings", wish(organisation, "konferens-1", &from, &to)));
    assert_eq!(winners(&answers, 201, "booking_conflict").len(), 1);
    consistent(&arena.app);
}

#[test]
fn of_overlapping_slots_of_different_lengths_one_is_had() {
    let arena = Arena::new();
    let organisation = arena.app.organisation("Kastanjen");
    let booker = arena.app.booker(organisation);
    let slots: Vec<(String, String)> = (0..CLIENTS)
        .map(|i| {
            (at(10, 8 + u32::try_from(i % 4).unwrap(), 0), at(10, 13 + u32::try_from(i % 5).unwrap(), u32::try_from(i % 4).unwrap() * 15))
        })
        .collect();
    let answers =
        arena.race(CLIENTS, |i| arena.by_way(i, &booker).post("/bookings", wish(organisation, "verkstaden", &slots[i].0, &slots[i].1)));
    assert_eq!(winners(&answers, 201, "booking_conflict").len(), 1);
    consistent(&arena.app);
}

#[test]
fn a_hall_goes_whole_or_in_halves() {
    let arena = Arena::new();
    let organisation = arena.app.organisation("Kastanjen");
    let booker = arena.app.booker(organisation);
    let (from, to) = (at(10, 18, 0), at(10, 20, 0));
    let rooms = ["aulan", "aulan-a", "aulan-b"];
    let answers = arena.race(CLIENTS, |i| arena.by_way(i, &booker).post("/bookings", wish(organisation, rooms[i % 3], &from, &to)));
    let won: BTreeSet<&str> = winners(&answers, 201, "booking_conflict").iter().map(|answer| answer["room"].as_str().unwrap()).collect();
    assert!(won == BTreeSet::from(["aulan"]) || won == BTreeSet::from(["aulan-a", "aulan-b"]), "{won:?}");
    assert_eq!(won.len(), winners(&answers, 201, "booking_conflict").len());
    consistent(&arena.app);
}

#[test]
fn moving_and_booking_into_one_slot_one_succeeds() {
    let arena = Arena::new();
    let organisation = arena.app.organisation("Kastanjen");
    let booker = arena.app.booker(organisation);
    let half = CLIENTS / 2;
    let mine: Vec<String> = (0..half)
        .map(|i| {
            booker
                .post(
                    "/bookings",
                    wish(
                        organisation,
                        "verkstaden",
                        &at(11 + i64::try_from(i).unwrap(), 10, 0),
                        &at(11 + i64::try_from(i).unwrap(), 12, 0),
                    ),
                )
                .is(201)
                .location()
        })
        .collect();
    let (from, to) = (at(10, 18, 0), at(10, 20, 0));
    let answers = arena.race(CLIENTS, |i| {
        let client = arena.by_way(i, &booker);
        match mine.get(i) {
            Some(path) => client.if_match("\"1\"").patch(path, json!({"room": "konferens-1", "starts_at": from, "ends_at": to})),
            None => client.post("/bookings", wish(organisation, "konferens-1", &from, &to)),
        }
    });
    let won = answers.iter().filter(|answer| matches!(answer.status, 200 | 201)).count();
    assert_eq!(won, 1);
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 201) || answer.code() == "booking_conflict"));
    consistent(&arena.app);
}

#[test]
fn a_booking_moved_twice_at_once_moves_once() {
    let arena = Arena::new();
    let organisation = arena.app.organisation("Kastanjen");
    let booker = arena.app.booker(organisation);
    let path = booker.post("/bookings", wish(organisation, "konferens-1", &at(10, 8, 0), &at(10, 9, 0))).is(201).location();
    let answers = arena.race(10, |i| {
        let hour = 10 + u32::try_from(i).unwrap();
        arena.by_way(i, &booker).if_match("\"1\"").patch(&path, json!({"starts_at": at(10, hour, 0), "ends_at": at(10, hour + 1, 0)}))
    });
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert!(answers.iter().all(|answer| answer.status == 200 || answer.code() == "stale"));
    consistent(&arena.app);
}

#[test]
fn of_ten_admins_who_approve_one_does() {
    let arena = Arena::new();
    let guests = arena.app.guest_organisation("Solbackens AB");
    let made = arena.app.booker(guests).post("/bookings", wish(guests, "konferens-1", &at(10, 18, 0), &at(10, 20, 0))).is(201);
    let admin = arena.app.admin();
    let answers = arena.race(10, |i| arena.by_way(i, &admin).post_empty(&format!("/bookings/{}/approve", made.id())));
    assert_eq!(winners(&answers, 200, "wrong_state").len(), 1);
    let told: i64 = arena.app.read(|c| Ok(letters::table.filter(letters::kind.eq("booking_confirmed")).count().get_result(c)?));
    assert_eq!(told, 1, "and one letter is written");
    consistent(&arena.app);
}

#[test]
fn of_ten_who_cancel_one_does() {
    let arena = Arena::new();
    let organisation = arena.app.organisation("Kastanjen");
    let booker = arena.app.booker(organisation);
    let made = booker.post("/bookings", wish(organisation, "konferens-1", &at(10, 18, 0), &at(10, 20, 0))).is(201);
    let answers = arena.race(10, |i| arena.by_way(i, &booker).post_empty(&format!("/bookings/{}/cancel", made.id())));
    assert_eq!(winners(&answers, 200, "already_cancelled").len(), 1);
    consistent(&arena.app);
}

#[test]
fn closing_and_booking_exclude_each_other() {
    let arena = Arena::new();
    let organisation = arena.app.organisation("Kastanjen");
    let (booker, admin) = (arena.app.booker(organisation), arena.app.admin());
    for day in 10..15 {
        let (from, to) = (at(day, 18, 0), at(day, 20, 0));
        let answers = arena.race(10, |i| {
            if i == 0 {
                admin.post(
                    "/closures",
                    json!({"starts_at": at(day, 0, 0), "ends_at": at(day + 1, 0, 0), "rooms": null, "reason": "Underhåll"}),
                )
            } else {
                arena.by_way(i, &booker).post("/bookings", wish(organisation, "konferens-1", &from, &to))
            }
        });
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1, "the closure or one booking");
    }
    consistent(&arena.app);
}

#[test]
fn approving_and_closing_end_with_the_closure_whichever_comes_first() {
    let arena = Arena::new();
    let guests = arena.app.guest_organisation("Solbackens AB");
    let (booker, admin) = (arena.app.booker(guests), arena.app.admin());
    for day in 10..16 {
        let asked = booker.post("/bookings", wish(guests, "konferens-1", &at(day, 18, 0), &at(day, 20, 0))).is(201);
        let answers = arena.race(2, |i| {
            if i == 0 {
                let closure = json!({
                    "starts_at": at(day, 0, 0), "ends_at": at(day + 1, 0, 0), "rooms": ["konferens-1"], "reason": "Underhåll",
                    "cancel_bookings": true,
                });
                admin.post("/closures", closure)
            } else {
                arena.by_way(i, &admin).post_empty(&format!("/bookings/{}/approve", asked.id()))
            }
        });
        assert_eq!(answers[0].status, 201, "{}", answers[0].text());
        let approved = answers[1].status == 200;
        assert!(approved || answers[1].code() == "wrong_state", "{}", answers[1].text());
        let booking = admin.get(&format!("/bookings/{}", asked.id())).is(200);
        assert_eq!((&booking["status"], &booking["cancel_reason"]), (&json!("cancelled"), &json!("Underhåll")));
        assert_eq!(booking["version"], if approved { 3 } else { 2 }, "every change counts");
    }
    consistent(&arena.app);
}

fn every_day(organisation: Id, room: &str, first: i64, count: u32) -> Value {
    json!({
        "room": room, "organisation_id": organisation, "title": "Serie", "category": "course", "expected_participants": 3,
        "date": &at(first, 12, 0)[..10], "from": "18:00", "to": "20:00", "rule": format!("FREQ=DAILY;COUNT={count}"),
    })
}

#[test]
fn of_two_series_over_each_other_one_is_had_whole() {
    let arena = Arena::new();
    let organisation = arena.app.organisation("Kastanjen");
    let booker = arena.app.booker(organisation);
    // Each pair of them shares at least one evening, and one goes the other way about with the halves of the hall.
    let answers = arena.race(8, |i| {
        let mut series = every_day(organisation, ["aulan", "aulan-a", "aulan-b"][i % 3], 10 + i64::try_from(i % 4).unwrap(), 10);
        if i % 2 == 1 {
            series["exceptions"] = json!([{"date": &at(13, 12, 0)[..10], "room": "aulan"}]);
        }
        arena.by_way(i, &booker).post("/series", series)
    });
    let won = winners(&answers, 201, "booking_conflict");
    assert!(!won.is_empty());
    for answer in &won {
        assert_eq!(answer["bookings"].as_array().unwrap().len(), 10, "whole");
    }
    let booked: i64 = arena.app.read(|c| Ok(bookings::table.count().get_result(c)?));
    assert_eq!(booked, 10 * i64::try_from(won.len()).unwrap(), "nothing is left of those that lost");
    consistent(&arena.app);
}

#[test]
fn a_series_and_single_bookings_share_the_dates_between_them() {
    let arena = Arena::new();
    let organisation = arena.app.organisation("Kastanjen");
    let booker = arena.app.booker(organisation);
    let answers = arena.race(20, |i| {
        let client = arena.by_way(i, &booker);
        if i % 5 == 0 {
            let mut series = every_day(organisation, "konferens-1", 10, 16);
            series["on_conflict"] = json!("skip");
            client.post("/series", series)
        } else {
            let day = 10 + i64::try_from(i % 16).unwrap();
            client.post("/bookings", wish(organisation, "konferens-1", &at(day, 19, 0), &at(day, 21, 0)))
        }
    });
    // Every evening went to somebody, and whoever did not get one was told which.
    let (mut single, mut dates) = (0, 0);
    for answer in winners(&answers, 201, "booking_conflict") {
        match answer["bookings"].as_array() {
            None => single += 1,
            Some(booked) => {
                dates += booked.len();
                assert_eq!(booked.len() + answer["skipped"].as_array().unwrap().len(), 16);
            }
        }
    }
    assert_eq!(single + dates, 16);
    consistent(&arena.app);
}

#[test]
fn a_series_changed_and_cancelled_and_moved_by_hand_at_once_stays_whole() {
    let arena = Arena::new();
    let organisation = arena.app.organisation("Kastanjen");
    let booker = arena.app.booker(organisation);
    let made = booker.post("/series", every_day(organisation, "konferens-1", 10, 20)).is(201);
    let path = made.location();
    let ids: Vec<String> = made["bookings"].as_array().unwrap().iter().map(|b| b["id"].as_str().unwrap().to_owned()).collect();
    let answers = arena.race(12, |i| {
        let client = arena.by_way(i, &booker).if_match("*");
        match i % 3 {
            0 => client.patch(&format!("/bookings/{}", ids[i]), json!({"room": "verkstaden"})),
            1 => client.patch(&path, json!({"from": "17:00", "on_conflict": "skip"})),
            _ => client.post_empty(&format!("{path}/cancel?from={}", ids[10 + i % 5])),
        }
    });
    for answer in &answers {
        assert!(matches!(answer.status, 200 | 409 | 412), "{answer:?}");
    }
    consistent(&arena.app);
}

#[test]
fn of_many_members_who_want_their_quotas_last_hour_one_gets_it() {
    let arena = Arena::new();
    let organisation = arena.app.organisation("Kastanjen");
    arena.app.admin().post("/quotas", json!({"organisation_id": organisation, "bookings_ahead": 2})).is(201);
    let members: Vec<Client> = (0..10).map(|_| arena.app.booker(organisation)).collect();
    members[0].post("/bookings", wish(organisation, "kafeet", &at(9, 18, 0), &at(9, 20, 0))).is(201);
    // Each in a room, or at a time, of its own: nothing but the quota keeps them apart.
    let rooms = ["aulan", "konferens-1", "konferens-2", "verkstaden", "kafeet"];
    let answers = arena.race(members.len(), |i| {
        let hour = if i < 5 { 10 } else { 14 };
        let wish = wish(organisation, rooms[i % 5], &at(10, hour, 0), &at(10, hour + 1, 0));
        arena.by_way(i, &members[i]).post("/bookings", wish)
    });
    let (won, lost): (Vec<&Answer>, Vec<&Answer>) = answers.iter().partition(|answer| answer.status == 201);
    assert_eq!(won.len(), 1);
    assert!(lost.iter().all(|answer| answer.status == 422 && answer.rules() == ["quota_exceeded"]), "{lost:?}");
    consistent(&arena.app);
}

/// A time that somebody has booked, and for which others wait: the booking, and the path of each wish.
fn awaited(holder: &Client, of: Id, waiting: &[(Id, &Client)]) -> (String, Vec<String>) {
    let wanted = |organisation| wish(organisation, "konferens-1", &at(10, 18, 0), &at(10, 20, 0));
    let taken = holder.post("/bookings", wanted(of)).is(201).location();
    let wishes = waiting.iter().map(|(id, client)| client.post("/waitlist", wanted(*id)).is(201).location()).collect();
    (taken, wishes)
}

#[test]
fn of_members_who_accept_an_offer_at_once_one_gets_it() {
    let arena = Arena::new();
    let (holder, waits) = (arena.app.organisation("Kastanjen"), arena.app.organisation("Linden"));
    let members: Vec<Client> = (0..10).map(|_| arena.app.booker(waits)).collect();
    let (taken, wishes) = awaited(&arena.app.booker(holder), holder, &[(waits, &members[0])]);
    arena.app.admin().post_empty(&format!("{taken}/cancel")).is(200);
    let answers = arena.race(members.len(), |i| arena.by_way(i, &members[i]).post_empty(&format!("{}/accept", wishes[0])));
    let won = winners(&answers, 200, "wrong_state");
    assert_eq!(won.len(), 1);
    assert!(won[0]["booking_id"].is_string());
    let live: i64 = arena.app.read(|c| Ok(bookings::table.filter(bookings::status.eq("confirmed")).count().get_result(c)?));
    assert_eq!(live, 1);
    consistent(&arena.app);
}

#[test]
fn an_offer_is_taken_given_up_or_turned_down_but_once() {
    let arena = Arena::new();
    let (holder, first, second) = (arena.app.organisation("Kastanjen"), arena.app.organisation("Linden"), arena.app.organisation("Eken"));
    let (one, two) = (arena.app.booker(first), arena.app.booker(second));
    let (taken, wishes) = awaited(&arena.app.booker(holder), holder, &[(first, &one), (second, &two)]);
    arena.app.admin().post_empty(&format!("{taken}/cancel")).is(200);
    let answers = arena.race(9, |i| {
        let client = arena.by_way(i, &one);
        match i % 3 {
            0 => client.post_empty(&format!("{}/accept", wishes[0])),
            1 => client.post_empty(&format!("{}/decline", wishes[0])),
            _ => client.if_match("*").delete(&wishes[0]),
        }
    });
    let won: Vec<&Answer> = answers.iter().filter(|answer| answer.status < 300).collect();
    assert_eq!(won.len(), 1);
    assert!(answers.iter().all(|answer| answer.status < 300 || answer.code() == "wrong_state"), "{answers:?}");
    // Whoever did not take it left it to the next.
    let next = two.get(&wishes[1]).is(200);
    assert_eq!(next["status"], if won[0]["status"] == "accepted" { "waiting" } else { "offered" });
    consistent(&arena.app);
}

#[test]
fn a_booking_that_is_cancelled_goes_to_whoever_waits_whatever_others_try() {
    let arena = Arena::new();
    let (holder, waits, third) = (arena.app.organisation("Kastanjen"), arena.app.organisation("Linden"), arena.app.organisation("Eken"));
    let (owner, waiter, rival) = (arena.app.booker(holder), arena.app.booker(waits), arena.app.booker(third));
    let (taken, wishes) = awaited(&owner, holder, &[(waits, &waiter)]);
    // One cancels, one accepts as soon as it can, the others want the very time.
    let answers = arena.race(12, |i| match i {
        0 => arena.by_way(i, &owner).post_empty(&format!("{taken}/cancel")),
        1 | 2 => arena.by_way(i, &waiter).post_empty(&format!("{}/accept", wishes[0])),
        _ => arena.by_way(i, &rival).post("/bookings", wish(third, "konferens-1", &at(10, 19, 0), &at(10, 21, 0))),
    });
    assert_eq!(answers[0].status, 200, "{:?}", answers[0]);
    for answer in &answers[1..3] {
        assert!(answer.status == 200 || answer.code() == "wrong_state", "{answer:?}");
    }
    for answer in &answers[3..] {
        assert_eq!((answer.status, answer.code()), (409, "booking_conflict"), "nobody comes between");
    }
    let status = waiter.get(&wishes[0]).is(200)["status"].as_str().unwrap().to_owned();
    assert!(status == "offered" || status == "accepted", "{status}");
    consistent(&arena.app);
}

#[test]
fn whoever_cancels_books_and_waits_at_once_leaves_nobody_forgotten() {
    let arena = Arena::new();
    let organisations: Vec<Id> = ["Ett", "Två", "Tre", "Fyra"].iter().map(|name| arena.app.organisation(name)).collect();
    let bookers: Vec<Client> = organisations.iter().map(|id| arena.app.booker(*id)).collect();
    for day in 10..16 {
        let (from, to) = (at(day, 18, 0), at(day, 20, 0));
        let taken = bookers[0].post("/bookings", wish(organisations[0], "aulan-a", &from, &to)).is(201).location();
        // A hall of two halves: one who waits for the whole and one for the half, while it is freed.
        let answers = arena.race(6, |i| match i {
            0 => arena.by_way(i, &bookers[0]).post_empty(&format!("{taken}/cancel")),
            1 | 2 => arena.by_way(i, &bookers[i]).post("/waitlist", wish(organisations[i], ["aulan", "aulan-a"][i % 2], &from, &to)),
            _ => arena.by_way(i, &bookers[3]).post("/bookings", wish(organisations[3], "aulan-b", &from, &to)),
        });
        for answer in &answers {
            assert!(answer.status < 300 || matches!(answer.code(), "time_is_free" | "booking_conflict"), "{answer:?}");
        }
        consistent(&arena.app);
    }
    // Whoever waits still does so because something is in the way.
    for entry in arena.app.admin().get("/waitlist?status=waiting&limit=200").is(200).items() {
        let body = json!({
            "room": entry["room"], "organisation_id": entry["organisation"]["id"], "starts_at": entry["starts_at"],
            "ends_at": entry["ends_at"],
        });
        assert_eq!(arena.app.admin().post("/bookings/preview", body).is(200)["fits"], false, "{entry}");
    }
}

#[test]
fn one_key_used_by_many_at_once_books_once() {
    let arena = Arena::new();
    let organisation = arena.app.organisation("Kastanjen");
    let booker = arena.app.booker(organisation).key("en-enda");
    let body = wish(organisation, "konferens-1", &at(10, 18, 0), &at(10, 20, 0));
    let answers = arena.race(20, |i| arena.by_way(i, &booker).post("/bookings", body.clone()));
    let ids: BTreeSet<String> = winners(&answers, 201, "idempotency_key_in_use").iter().map(|answer| answer.id()).collect();
    assert_eq!(ids.len(), 1);
    consistent(&arena.app);
}

/// Ten times: a process is killed in the middle of 200 bookings.
#[test]
fn what_was_answered_survives_a_kill() {
    let app = App::with(|config| config.clock = Clock::System);
    app.furnish();
    let organisation = app.organisation("Kastanjen");
    let booker = app.booker(organisation);
    let rooms = ["aulan", "kafeet", "verkstaden", "konferens-1", "konferens-2", "motesrummet"];
    let mut answered: Vec<Id> = vec![];
    for round in 0..10_i64 {
        let mut process = Process::start(&app);
        let (client, so_far) = (booker.via(&process.url), AtomicUsize::new(0));
        let made: Vec<Option<Id>> = std::thread::scope(|scope| {
            let running: Vec<_> = (0..8_usize)
                .map(|lane| {
                    let (client, so_far) = (client.clone(), &so_far);
                    scope.spawn(move || {
                        (0..25_usize)
                            .map(|i| {
                                let n = lane * 25 + i;
                                let (hour, day) = (7 + u32::try_from(n / 6 % 15).unwrap(), 1 + round * 3 + i64::try_from(n / 90).unwrap());
                                let body = with(
                                    wish(organisation, rooms[n % 6], &at(day, hour, 0), &at(day, hour, 45)),
                                    json!({"title": format!("Omgång {round}, bokning {n}")}),
                                );
                                client.try_post("/bookings", body).filter(|answer| answer.status == 201).map(|answer| {
                                    so_far.fetch_add(1, Ordering::SeqCst);
                                    answer.id().parse().unwrap()
                                })
                            })
                            .collect::<Vec<Option<Id>>>()
                    })
                })
                .collect();
            // In the middle: after 5 answers, 11, 17, ...
            let enough = 5 + 6 * usize::try_from(round).unwrap();
            while so_far.load(Ordering::SeqCst) < enough && !running.iter().all(|thread| thread.is_finished()) {
                std::thread::sleep(Duration::from_millis(1));
            }
            process.kill();
            running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        answered.extend(made.into_iter().flatten());
    }
    assert!(answered.len() >= 100, "much was booked before the kills: {}", answered.len());
    consistent(&app);
    app.read(|c| {
        // `held` waits too: for the hour in which its recipient may get more letters.
        for id in &answered {
            assert_eq!(bookings::table.find(*id).count().get_result::<i64>(c)?, 1, "booking {id} was answered 201 and is gone");
            let told: Vec<String> = letters::table.filter(letters::booking_id.eq(*id)).select(letters::status).load(c)?;
            assert!(
                matches!(told.as_slice(), [one] if matches!(one.as_str(), "sent" | "waiting" | "held")),
                "the letter of {id}: {told:?}"
            );
        }
        Ok(())
    });
}
