//! Who came and who did not: checking in, empty rooms for those who wait, and who stays away again and again.
use diesel::prelude::*;
use nobel21::{db::schema::bookings, id::Id, rounds};
use serde_json::{Value, json};

use crate::{
    bookings::{good, with},
    races::consistent,
    support::{App, Client},
};

/// Konferens 1 on Tuesday from 18 to 20, and two who wait for it.
struct House {
    app: App,
    of: Id,
    holder: Client,
    taken: String,
    waiting: Vec<(Client, String)>,
}

/// A house that gives empty rooms away after so many minutes, if any.
fn house(minutes: Option<u8>) -> House {
    let app = App::spawn();
    app.admin().if_match("*").patch("/settings", json!({"no_show_minutes": minutes})).is(200);
    let of = app.organisation("Limhamns språkkafé");
    let holder = app.booker(of);
    let taken = holder.post("/bookings", good(of)).is(201).location();
    House { app, of, holder, taken, waiting: vec![] }
}

impl House {
    fn with_two_who_wait(mut self) -> Self {
        for (minute, name) in ["Kastanjen", "Linden"].iter().enumerate() {
            self.app.at(&format!("2026-11-23T08:0{minute}:00+01:00"));
            let of = self.app.organisation(name);
            let client = self.app.booker(of);
            let wish = client.post("/waitlist", with(good(of), json!({"title": "Kördag"}))).is(201).location();
            self.waiting.push((client, wish));
        }
        self
    }

    /// What the program does at this minute of Tuesday evening.
    fn at(&self, time: &str) -> usize {
        self.app.at(&tuesday(time));
        rounds::offer(self.app.db(), &self.app.state.house, self.app.now()).unwrap()
    }

    fn status(&self) -> String {
        self.holder.get(&self.taken).is(200)["status"].as_str().unwrap().to_owned()
    }

    fn check_in(&self) -> String {
        format!("{}/check-in", self.taken)
    }

    fn wish(&self, n: usize) -> Value {
        self.waiting[n].0.get(&self.waiting[n].1).is(200).json
    }

    /// Kind and address of the letters so far but for the first, the confirmation.
    fn letters(&self) -> Vec<(String, String)> {
        self.app.read(|c| {
            use nobel21::db::schema::letters;
            let all: Vec<(String, String)> = letters::table.order(letters::id).select((letters::kind, letters::to_address)).load(c)?;
            Ok(all.into_iter().skip(1).collect())
        })
    }

    fn count(&self, people: i64) -> String {
        let booking = self.holder.get(&self.taken).is(200).id();
        let visit = json!({"headcount": people, "purpose": "gathering", "booking_id": booking});
        self.app.reception().post("/visits", visit).is(201).id()
    }
}

fn tuesday(time: &str) -> String {
    format!("2026-11-24T{time}:00+01:00")
}

fn offer(from: &str, to: &str) -> Value {
    json!({"starts_at": tuesday(from), "ends_at": tuesday(to), "held_until": tuesday(from)})
}

#[test]
fn organiser_and_reception_check_in_from_an_hour_before_to_the_end() {
    let house = house(None);
    let (app, path) = (&house.app, house.check_in());
    app.at(&tuesday("16:59"));
    let early = house.holder.post_empty(&path).refused(409, "wrong_state");
    assert!(early["detail"].as_str().unwrap().contains("en timme före"), "{}", early.text());
    app.at(&tuesday("17:00"));
    let here = app.reception().post_empty(&path).is(200);
    assert_eq!((&here["status"], &here["checked_in_at"]), (&json!("confirmed"), &json!(tuesday("17:00"))));
    assert_eq!(here.etag(), "\"2\"");
    let today = app.reception().get("/visits/today").is(200);
    assert_eq!(today["by_gathering"][0]["checked_in_at"], tuesday("17:00"));
    // Saying it again is no mistake, and changes nothing.
    app.at(&tuesday("18:10"));
    assert_eq!(house.holder.post_empty(&path).is(200).json, here.json);
    app.booker(app.organisation("Kastanjen")).post_empty(&path).refused(404, "not_found");
    let trail = app.admin().get(&format!("/audit?noun=booking&noun_id={}", here.id())).is(200);
    assert_eq!(trail.items().iter().filter(|entry| entry["action"] == "checked_in").count(), 1);
    // Nobody has come yet to where it is moved to.
    let later = json!({"starts_at": tuesday("19:00"), "ends_at": tuesday("21:00"), "override": true});
    assert_eq!(app.admin().if_match("*").patch(&house.taken, later).is(200)["checked_in_at"], json!(null));
    app.at(&tuesday("21:00"));
    house.holder.post_empty(&path).refused(409, "wrong_state");
    let off = house
        .holder
        .post("/bookings", with(good(house.of), json!({"starts_at": "2026-12-01T18:00:00+01:00", "ends_at": "2026-12-01T20:00:00+01:00"})));
    let off = off.is(201).location();
    house.holder.post_empty(&format!("{off}/cancel")).is(200);
    app.at("2026-12-01T18:00:00+01:00");
    house.holder.post_empty(&format!("{off}/check-in")).refused(409, "wrong_state");
    consistent(app);
}

#[test]
fn an_empty_room_goes_to_whoever_waits_and_then_to_the_next() {
    let house = house(Some(15)).with_two_who_wait();
    assert_eq!((house.at("18:14"), house.status().as_str()), (0, "confirmed"));
    assert_eq!((house.at("18:15"), house.status().as_str()), (1, "no_show"));
    // What is left of the time, from the next quarter that leaves a quarter to come.
    assert_eq!(house.wish(0)["offer"], offer("18:30", "20:00"));
    assert_eq!(house.wish(1)["status"], "waiting");
    let letter = |kind: &str, client: &Client| (kind.to_owned(), client.email().to_owned());
    let first = [letter("booking_no_show", &house.holder), letter("waitlist_offer", &house.waiting[0].0)];
    assert_eq!(house.letters(), first);
    consistent(&house.app);
    assert_eq!(house.at("18:16"), 0);
    // It stands in no calendar any more, and at the desk as what it is.
    let calendar = house.app.anonymous().get("/calendar?from=2026-11-24&to=2026-11-25").is(200);
    let kinds: Vec<&Value> = calendar["entries"].as_array().unwrap().iter().map(|entry| &entry["kind"]).collect();
    assert_eq!(kinds, [&json!("offer")]);
    let today = house.app.reception().get("/visits/today").is(200);
    assert_eq!(today["by_gathering"][0]["status"], "no_show");
    house.waiting[0].0.post_empty(&format!("{}/decline", house.waiting[0].1)).is(200);
    assert_eq!(house.wish(1)["offer"], offer("18:45", "20:00"));
    let taken = house.waiting[1].0.post_empty(&format!("{}/accept", house.waiting[1].1)).is(200);
    let booking = house.waiting[1].0.get(&format!("/bookings/{}", taken["booking_id"].as_str().unwrap())).is(200);
    assert_eq!((&booking["starts_at"], &booking["ends_at"]), (&json!(tuesday("18:45")), &json!(tuesday("20:00"))));
    consistent(&house.app);
}

#[test]
fn a_room_is_given_away_only_if_somebody_can_have_it() {
    // Off, as it is at first.
    let off = house(None).with_two_who_wait();
    assert_eq!((off.at("18:30"), off.status().as_str()), (0, "confirmed"));
    // Nobody waits.
    let alone = house(Some(15));
    assert_eq!((alone.at("18:30"), alone.status().as_str()), (0, "confirmed"));
    assert_eq!(alone.letters(), []);
    // Too little is left for anybody.
    let late = house(Some(105)).with_two_who_wait();
    assert_eq!((late.at("19:45"), late.status().as_str()), (0, "confirmed"));
    // Only another room is waited for.
    let elsewhere = house(Some(15));
    let of = elsewhere.app.organisation("Kastanjen");
    let there = with(good(of), json!({"room": "konferens-2"}));
    elsewhere.holder.post("/bookings", with(good(elsewhere.of), json!({"room": "konferens-2"}))).is(201);
    elsewhere.app.booker(of).post("/waitlist", there).is(201);
    elsewhere.app.at(&tuesday("18:00"));
    let theirs = elsewhere.holder.get("/bookings?room=konferens-2").is(200).items()[0]["id"].as_str().unwrap().to_owned();
    elsewhere.holder.post_empty(&format!("/bookings/{theirs}/check-in")).is(200);
    assert_eq!((elsewhere.at("18:15"), elsewhere.status().as_str()), (0, "confirmed"));
    for (house, wishes) in [(off, 2), (alone, 0), (late, 2), (elsewhere, 1)] {
        assert_eq!(house.at("20:01"), wishes, "the wishes are over");
        assert_eq!(house.status(), "held");
        consistent(&house.app);
    }
}

#[test]
fn a_gathering_that_is_checked_in_or_counted_keeps_its_room() {
    let here = house(Some(15)).with_two_who_wait();
    here.app.at(&tuesday("17:55"));
    here.holder.post_empty(&here.check_in()).is(200);
    assert_eq!((here.at("18:20"), here.status().as_str()), (0, "confirmed"));

    let counted = house(Some(15)).with_two_who_wait();
    counted.app.at(&tuesday("18:05"));
    let visit = counted.count(7);
    assert_eq!((counted.at("18:20"), counted.status().as_str()), (0, "confirmed"));
    // A count that was none: somebody tapped on the wrong gathering.
    counted.app.reception().post(&format!("/visits/{visit}/correct"), json!({"headcount": 0, "reason": "Fel samling"})).is(201);
    assert_eq!((counted.at("18:21"), counted.status().as_str()), (1, "no_show"));
    consistent(&counted.app);
}

#[test]
fn a_wish_that_begins_later_is_offered_whole() {
    let house = house(Some(15));
    let of = house.app.organisation("Kastanjen");
    let client = house.app.booker(of);
    let path =
        client.post("/waitlist", with(good(of), json!({"starts_at": tuesday("19:00"), "ends_at": tuesday("20:00")}))).is(201).location();
    assert_eq!(house.at("18:15"), 1);
    assert_eq!(client.get(&path).is(200)["offer"], offer("19:00", "20:00"));
    consistent(&house.app);
}

#[test]
fn what_was_no_no_show_is_put_right_as_long_as_the_time_is_free() {
    let house = house(Some(15)).with_two_who_wait();
    assert_eq!(house.at("18:15"), 1);
    let refused = house.app.reception().post_empty(&house.check_in()).refused(409, "booking_conflict");
    assert_eq!(refused["conflicts"], json!([{"room": "konferens-1", "starts_at": tuesday("18:30"), "ends_at": tuesday("20:00")}]));
    house.waiting[0].0.post_empty(&format!("{}/decline", house.waiting[0].1)).is(200);
    house.waiting[1].0.post_empty(&format!("{}/decline", house.waiting[1].1)).is(200);
    let back = house.holder.post_empty(&house.check_in()).is(200);
    assert_eq!((&back["status"], &back["checked_in_at"]), (&json!("confirmed"), &json!(tuesday("18:15"))));
    assert_eq!(house.at("18:30"), 0);
    consistent(&house.app);

    // Afterwards the house alone may say that people were there.
    let house = self::house(Some(15)).with_two_who_wait();
    assert_eq!(house.at("18:15"), 1);
    for (client, wish) in &house.waiting {
        client.post_empty(&format!("{wish}/decline")).is(200);
    }
    house.app.at("2026-11-25T09:00:00+01:00");
    house.holder.post_empty(&house.check_in()).refused(409, "wrong_state");
    assert_eq!(house.app.reception().post_empty(&house.check_in()).is(200)["status"], "held");
    consistent(&house.app);
}

#[test]
fn who_stays_away_again_and_again_is_shown_to_admins() {
    let app = App::spawn();
    let missed = |name: &str, room: &str, days: &[u8], of_all: &[u8]| {
        let of = app.organisation(name);
        for day in of_all {
            let times = json!({"starts_at": format!("2026-11-{day:02}T18:00:00+01:00"), "ends_at": format!("2026-11-{day:02}T20:00:00+01:00"), "override": true});
            let room = json!({"room": room});
            let id: Id = app.admin().post("/bookings", with(with(good(of), times), room)).is(201).id().parse().unwrap();
            if days.contains(day) {
                app.write(|c| {
                    use nobel21::db::schema::occupancies;
                    diesel::delete(occupancies::table.filter(occupancies::booking_id.eq(id))).execute(c)?;
                    diesel::update(bookings::table.find(id)).set(bookings::status.eq("no_show")).execute(c)?;
                    Ok(())
                });
            }
        }
    };
    missed("Alltid här", "konferens-1", &[], &[2, 3]);
    missed("En gång", "konferens-1", &[4], &[4, 5]);
    missed("Ofta", "konferens-1", &[9, 10, 11, 12, 13, 14], &[9, 10, 11, 12, 13, 14, 16, 30]);
    missed("Ibland", "konferens-2", &[17, 18], &[17, 18, 19, 20]);
    let list = app.admin().get("/no-shows").is(200);
    let told: Vec<(&Value, &Value, &Value)> =
        list.items().iter().map(|one| (&one["organisation"]["name"], &one["no_shows"], &one["bookings"])).collect();
    // What lies ahead is not counted.
    assert_eq!(told, [(&json!("Ofta"), &json!(6), &json!(7)), (&json!("Ibland"), &json!(2), &json!(4))]);
    let latest: Vec<&Value> = list.items()[0]["latest"].as_array().unwrap().iter().map(|one| &one["starts_at"]).collect();
    assert_eq!((latest.len(), latest[0]), (5, &json!("2026-11-14T18:00:00+01:00")));
    let page = app.admin().get("/no-shows?limit=1").is(200);
    let next = app.admin().get(&format!("/no-shows?limit=1&cursor={}", page["next_cursor"].as_str().unwrap())).is(200);
    assert_eq!((&next.items()[0]["organisation"]["name"], &next["next_cursor"]), (&json!("Ibland"), &json!(null)));
    assert_eq!(app.admin().get("/no-shows?least=1").is(200).items().len(), 3);
    assert_eq!(app.admin().get("/no-shows?days=5").is(200).items().len(), 0);
    assert_eq!(app.admin().get("/no-shows?least=0&days=0&limit=0").refused(422, "invalid_field").fields(), ["days", "least", "limit"]);
    app.reception().get("/no-shows").refused(403, "forbidden");
}

#[test]
fn whoever_comes_while_the_room_is_given_away_is_there_or_is_told() {
    let house = house(Some(15)).with_two_who_wait();
    house.app.at(&tuesday("18:15"));
    let booking = house.holder.get(&house.taken).is(200).id();
    let visit = json!({"headcount": 5, "purpose": "gathering", "booking_id": booking});
    let (app, path, reception) = (&house.app, house.check_in(), house.app.reception());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| rounds::offer(app.db(), &app.state.house, app.now()).unwrap());
        }
        scope.spawn(|| reception.post("/visits", visit.clone()).is(201));
        scope.spawn(|| {
            let answer = house.holder.post_empty(&path);
            assert!(answer.status == 200 || answer.code() == "booking_conflict", "{answer:?}");
        });
    });
    // Whatever came first: the room is theirs, or was offered once.
    let offered = usize::from(house.status() == "no_show");
    assert_eq!(house.letters().iter().filter(|(kind, _)| kind == "waitlist_offer").count(), offered);
    consistent(&house.app);
}
