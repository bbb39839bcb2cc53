//! Waiting for a time that is taken: in order, held for the first, never lost and never had twice.
use diesel::prelude::*;
use nobel21::{
    db::schema::{letters, organisations},
    id::Id,
    rounds,
};
use serde_json::{Value, json};

use crate::{
    bookings::{good, with},
    races::consistent,
    support::{Answer, App, Client},
};

/// Who has the time, and two who wait for it, in this order.
struct House {
    app: App,
    holder: Client,
    taken: String,
    first: (Id, Client),
    second: (Id, Client),
}

/// Konferens 1 on Tuesday from 18 to 20, booked on Monday morning.
fn house() -> House {
    let app = App::spawn();
    let of = app.organisation("Limhamns språkkafé");
    let holder = app.booker(of);
    let taken = holder.post("/bookings", good(of)).is(201).location();
    let (one, two) = (app.organisation("Kastanjen"), app.organisation("Linden"));
    let (first, second) = ((one, app.booker(one)), (two, app.booker(two)));
    House { app, holder, taken, first, second }
}

impl House {
    /// Both wait; the first was first by a minute.
    fn both_wait(&self) -> (String, String) {
        let one = self.first.1.post("/waitlist", wish(self.first.0)).is(201).location();
        self.app.at("2026-11-23T08:01:00+01:00");
        (one, self.second.1.post("/waitlist", wish(self.second.0)).is(201).location())
    }

    fn cancel(&self) {
        self.holder.post_empty(&format!("{}/cancel", self.taken)).is(200);
    }

    fn look(&self) -> usize {
        rounds::offer(self.app.db(), &self.app.state.house, self.app.now()).unwrap()
    }

    /// Kind, address and text of every letter so far, in order.
    fn letters(&self) -> Vec<(String, String, String)> {
        self.app.read(|c| Ok(letters::table.order(letters::id).select((letters::kind, letters::to_address, letters::body_text)).load(c)?))
    }

    fn offers(&self) -> Vec<(String, String)> {
        let all = self.letters().into_iter().filter(|(kind, ..)| kind == "waitlist_offer");
        all.map(|(_, to, text)| (to, text)).collect()
    }
}

/// A wish is a booking but for the place where it is sent.
fn wish(organisation: Id) -> Value {
    with(good(organisation), json!({"title": "Kördag"}))
}

fn status(client: &Client, path: &str) -> String {
    client.get(path).is(200)["status"].as_str().unwrap().to_owned()
}

fn settings(app: &App, change: Value) {
    app.admin().if_match("*").patch("/settings", change).is(200);
}

#[test]
fn a_freed_time_is_held_for_whoever_waited_longest_and_becomes_a_booking() {
    let house = house();
    let (one, two) = house.both_wait();
    assert_eq!((status(&house.first.1, &one).as_str(), house.offers().len()), ("waiting", 0));
    house.cancel();
    let offered = house.first.1.get(&one).is(200);
    // Twelve hours from 08:01.
    let held = json!({"starts_at": "2026-11-24T18:00:00+01:00", "ends_at": "2026-11-24T20:00:00+01:00", "held_until": "2026-11-23T20:01:00+01:00"});
    assert_eq!((&offered["status"], &offered["offer"]), (&json!("offered"), &held));
    assert_eq!(status(&house.second.1, &two), "waiting");
    let offers = house.offers();
    assert_eq!(offers.len(), 1);
    assert_eq!(offers[0].0, house.first.1.email());
    for words in [
        "Kastanjen",
        "Konferens 1",
        "Kördag",
        "tisdag 24 november 2026 kl. 18.00–20.00",
        "till måndag 23 november 2026 kl. 20.01",
        "/bokningar",
    ] {
        assert!(offers[0].1.contains(words), "{words} in {}", offers[0].1);
    }
    // Nobody else can take it, not even an admin over the rules, and nobody learns for whom it is held.
    let rival = with(good(house.second.0), json!({"starts_at": "2026-11-24T19:00:00+01:00", "ends_at": "2026-11-24T21:00:00+01:00"}));
    let refused = house.second.1.post("/bookings", rival.clone()).refused(409, "booking_conflict");
    assert_eq!(
        refused["conflicts"],
        json!([{"room": "konferens-1", "starts_at": "2026-11-24T18:00:00+01:00", "ends_at": "2026-11-24T20:00:00+01:00"}])
    );
    assert!(!refused.text().contains("Kastanjen"));
    house.app.admin().post("/bookings", with(rival.clone(), json!({"override": true}))).refused(409, "booking_conflict");
    assert_eq!(house.second.1.post("/bookings/preview", rival).is(200)["fits"], false);
    let calendar = house.app.anonymous().get("/calendar?from=2026-11-24&to=2026-11-25").is(200);
    let shown: Vec<&Value> = calendar["entries"].as_array().unwrap().iter().collect();
    assert_eq!(shown.len(), 1);
    assert_eq!((&shown[0]["kind"], &shown[0]["title"], &shown[0]["organisation"]), (&json!("offer"), &json!(null), &json!(null)));
    let free = house.app.anonymous().get("/availability?from=2026-11-24&to=2026-11-25&minutes=60&room=konferens-1").is(200);
    let until = &free["items"][0]["stretches"][0]["ends_at"];
    assert_eq!(until, "2026-11-24T18:00:00+01:00");

    let taken = house.first.1.post_empty(&format!("{one}/accept")).is(200);
    assert_eq!(taken["status"], "accepted");
    let booking = house.first.1.get(&format!("/bookings/{}", taken["booking_id"].as_str().unwrap())).is(200);
    assert_eq!((&booking["status"], &booking["title"], &booking["display"]), (&json!("confirmed"), &json!("Kördag"), &json!("neutral")));
    let last = house.letters().pop().unwrap();
    assert_eq!((last.0.as_str(), last.1.as_str()), ("booking_confirmed", house.first.1.email()));
    house.first.1.post_empty(&format!("{one}/accept")).refused(409, "wrong_state");
    house.first.1.post_empty(&format!("{one}/decline")).refused(409, "wrong_state");
    let trail: Vec<String> = house
        .app
        .admin()
        .get(&format!("/audit?noun=waitlist&noun_id={}", taken.id()))
        .is(200)
        .items()
        .iter()
        .map(|entry| entry["action"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(trail, ["accepted", "offered", "entered"]);
    consistent(&house.app);
}

#[test]
fn what_is_declined_given_up_or_not_answered_goes_to_the_next() {
    let house = house();
    let (one, two) = house.both_wait();
    house.cancel();
    let declined = house.first.1.post_empty(&format!("{one}/decline")).is(200);
    assert_eq!((&declined["status"], &declined["offer"]), (&json!("declined"), &json!(null)));
    assert_eq!(status(&house.second.1, &two), "offered");
    assert_eq!(house.offers().iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), [house.first.1.email(), house.second.1.email()]);
    // It has twelve hours of its own; a third comes in meanwhile, since the time is taken.
    let third = house.app.organisation("Eken");
    let three = house.app.booker(third);
    let wish = three.post("/waitlist", wish(third)).is(201).location();
    house.app.at("2026-11-23T20:00:00+01:00");
    assert_eq!(house.look(), 0);
    house.app.at("2026-11-23T20:01:00+01:00");
    house.second.1.post_empty(&format!("{two}/accept")).refused(409, "wrong_state");
    assert_eq!((house.look(), house.look()), (1, 0));
    assert_eq!((status(&house.second.1, &two).as_str(), status(&three, &wish).as_str()), ("lapsed", "offered"));
    let entry = three.get(&wish).is(200);
    three.delete(&wish).refused(428, "precondition_required");
    three.if_match("\"1\"").delete(&wish).refused(412, "stale");
    three.if_match(entry.etag()).delete(&wish).is(204);
    assert_eq!(status(&three, &wish), "withdrawn");
    three.if_match("*").delete(&wish).refused(409, "wrong_state");
    // Nobody is left: the time is everybody's.
    house.holder.post("/bookings", good(house.holder.get("/me").is(200)["memberships"][0]["organisation_id"].as_str().unwrap())).is(201);
    consistent(&house.app);
}

#[test]
fn an_offer_is_never_held_past_the_start_and_a_wish_ends_with_its_time() {
    let house = house();
    let (one, two) = house.both_wait();
    settings(&house.app, json!({"waitlist_hold_hours": 72}));
    house.app.at("2026-11-24T14:00:00+01:00");
    house.cancel();
    assert_eq!(house.first.1.get(&one).is(200)["offer"]["held_until"], "2026-11-24T18:00:00+01:00");
    house.app.at("2026-11-24T18:00:00+01:00");
    house.first.1.post_empty(&format!("{one}/accept")).refused(409, "wrong_state");
    // The next gets nothing: what has begun can't be booked.
    assert_eq!(house.look(), 1);
    assert_eq!((status(&house.first.1, &one).as_str(), status(&house.second.1, &two).as_str()), ("lapsed", "waiting"));
    house.app.at("2026-11-24T20:00:00+01:00");
    assert_eq!((house.look(), house.look()), (1, 0));
    assert_eq!(status(&house.second.1, &two), "passed");
    assert_eq!(house.offers().len(), 1);
    consistent(&house.app);
}

#[test]
fn only_a_time_that_is_taken_and_might_be_booked_can_be_waited_for() {
    let house = house();
    let (id, client) = (&house.first.0, &house.first.1);
    let free = with(wish(*id), json!({"starts_at": "2026-11-25T18:00:00+01:00", "ends_at": "2026-11-25T20:00:00+01:00"}));
    client.post("/waitlist", free).refused(409, "time_is_free");
    client.post("/waitlist", wish(*id)).is(201);
    client.post("/waitlist", wish(*id)).refused(409, "already_waiting");
    let odd = with(
        wish(*id),
        json!({"starts_at": "2026-11-24T19:03:00+01:00", "ends_at": "2026-11-24T23:00:00+01:00", "expected_participants": 5000}),
    );
    let refused = client.post("/waitlist", odd).refused(422, "rule_violation");
    assert_eq!(refused.rules(), ["off_grid", "outside_opening_hours", "over_capacity", "over_max_persons"]);
    let body = json!({"room": "", "starts_at": "i kväll", "title": "", "override": true});
    let fields = client.post("/waitlist", body).refused(422, "invalid_field");
    assert_eq!(
        fields.fields(),
        ["category", "ends_at", "expected_participants", "organisation_id", "override", "room", "starts_at", "title"]
    );
    client.post("/waitlist", with(wish(*id), json!({"room": "finns-inte"}))).refused(422, "invalid_field");
    client.post("/waitlist", wish(house.second.0)).refused(404, "not_found");
    // One's own list is one's own; the reception sees all of it, a page at a time.
    house.second.1.post("/waitlist", wish(house.second.0)).is(201);
    assert_eq!(client.get("/waitlist").is(200).items().len(), 1);
    let page = house.app.reception().get("/waitlist?limit=1").is(200);
    assert_eq!(page.items()[0]["organisation"]["name"], "Kastanjen");
    let next = house.app.reception().get(&format!("/waitlist?limit=1&cursor={}", page["next_cursor"].as_str().unwrap())).is(200);
    assert_eq!((&next.items()[0]["organisation"]["name"], &next["next_cursor"]), (&json!("Linden"), &json!(null)));
    assert_eq!(client.get("/waitlist?status=offered&status=accepted").is(200).items().len(), 0);
    client.get("/waitlist?status=glad").refused(422, "invalid_field");
}

/// Frees the time and gives the state of the wish; what is in the way of it is made by `before`.
fn freed_by(act: impl FnOnce(&House)) -> Answer {
    let house = house();
    let path = house.first.1.post("/waitlist", wish(house.first.0)).is(201).location();
    act(&house);
    consistent(&house.app);
    let found = house.first.1.get(&path).is(200);
    assert_eq!(house.offers().len(), usize::from(found["status"] == "offered"), "a letter for each offer");
    found
}

#[test]
fn time_is_offered_however_it_falls_free() {
    let moved = freed_by(|house| {
        house.holder.if_match("*").patch(&house.taken, json!({"room": "konferens-2"})).is(200);
    });
    assert_eq!(moved["status"], "offered");
    let later = json!({"starts_at": "2026-11-24T19:00:00+01:00", "ends_at": "2026-11-24T21:00:00+01:00"});
    let half = freed_by(|house| {
        house.holder.if_match("*").patch(&house.taken, later.clone()).is(200);
    });
    assert_eq!(half["status"], "waiting", "half of it is not what was wished for");
    let both = freed_by(|house| {
        house.holder.if_match("*").patch(&house.taken, later).is(200);
        house.cancel();
    });
    assert_eq!(both["status"], "offered");
}

#[test]
fn a_request_that_is_turned_down_or_lapses_leaves_its_time_to_whoever_waits() {
    for lapses in [false, true] {
        let app = App::spawn();
        settings(&app, json!({"approval_hours": 24}));
        let (guests, waits) = (app.guest_organisation("Gästerna"), app.organisation("Kastanjen"));
        let week = json!({"starts_at": "2026-12-01T18:00:00+01:00", "ends_at": "2026-12-01T20:00:00+01:00"});
        let request = app.booker(guests).post("/bookings", with(good(guests), week.clone())).is(201);
        let waiter = app.booker(waits);
        let path = waiter.post("/waitlist", with(wish(waits), week)).is(201).location();
        if lapses {
            app.at("2026-11-24T08:00:00+01:00");
            assert_eq!(nobel21::rounds::lapse(app.db(), &app.state.house, app.now()).unwrap(), 1);
        } else {
            app.admin().post(&format!("{}/reject", request.location()), json!({"reason": "Årsmöte"})).is(200);
        }
        assert_eq!(status(&waiter, &path), "offered");
        consistent(&app);
    }
}

fn every_tuesday(organisation: Id) -> Value {
    json!({
        "room": "konferens-2", "organisation_id": organisation, "title": "Tisdagar", "category": "course", "expected_participants": 5,
        "date": "2026-12-01", "from": "18:00", "to": "20:00", "rule": "FREQ=WEEKLY;COUNT=3",
    })
}

#[test]
fn a_series_that_is_called_off_moved_or_turned_down_frees_each_of_its_dates() {
    for how in ["cancel", "change", "reject"] {
        let app = App::spawn();
        let of = if how == "reject" { app.guest_organisation("Serien") } else { app.organisation("Serien") };
        let (owner, waits) = (app.booker(of), app.organisation("Kastanjen"));
        let waiter = app.booker(waits);
        let made = owner.post("/series", every_tuesday(of)).is(201);
        let on = |day: &str| {
            let times =
                json!({"room": "konferens-2", "starts_at": format!("{day}T18:00:00+01:00"), "ends_at": format!("{day}T20:00:00+01:00")});
            waiter.post("/waitlist", with(wish(waits), times)).is(201).location()
        };
        let wishes = [on("2026-12-01"), on("2026-12-15")];
        let path = made.location();
        match how {
            "cancel" => owner.post_empty(&format!("{path}/cancel")).is(200),
            "reject" => app.admin().post(&format!("{path}/reject"), json!({"reason": "Årsmöte"})).is(200),
            // An hour later: only the first hour of each is free then.
            _ => owner.if_match("*").patch(&path, json!({"from": "20:00", "to": "22:00"})).is(200),
        };
        for wish in &wishes {
            assert_eq!(status(&waiter, wish), "offered", "{how}");
        }
        consistent(&app);
    }
}

#[test]
fn a_closure_takes_offers_back_and_its_end_offers_the_time_anew() {
    let house = house();
    let (one, two) = house.both_wait();
    let closure = json!({
        "starts_at": "2026-11-24T00:00:00+01:00", "ends_at": "2026-11-25T00:00:00+01:00", "rooms": ["konferens-1"],
        "reason": "Golvet slipas", "cancel_bookings": true,
    });
    // Over the booking: who had it is told where to look for another time, and nobody is offered what is closed.
    let made = house.app.admin().post("/closures", closure.clone()).is(201);
    let told = house.letters().pop().unwrap();
    assert_eq!((told.0.as_str(), told.1.as_str()), ("booking_cancelled", house.holder.email()));
    for words in ["Golvet slipas", "leta efter en annan tid eller en annan lokal", "/hitta"] {
        assert!(told.2.contains(words), "{words} in {}", told.2);
    }
    assert_eq!(house.offers().len(), 0);
    house.first.1.post("/waitlist", wish(house.first.0)).refused(422, "rule_violation");
    house.app.admin().if_match(made.etag()).delete(&made.location()).is(204);
    assert_eq!((status(&house.first.1, &one).as_str(), status(&house.second.1, &two).as_str()), ("offered", "waiting"));
    // Over the offer: it waits again, is told, and is first again afterwards.
    let again = house.app.admin().post("/closures", with(closure, json!({"cancel_bookings": false}))).is(201);
    let back = house.first.1.get(&one).is(200);
    assert_eq!((&back["status"], &back["offer"]), (&json!("waiting"), &json!(null)));
    let told = house.letters().pop().unwrap();
    assert_eq!((told.0.as_str(), told.1.as_str()), ("waitlist_withdrawn", house.first.1.email()));
    assert!(told.2.contains("Golvet slipas") && told.2.contains("Ni står kvar i kön"), "{}", told.2);
    house.first.1.post_empty(&format!("{one}/accept")).refused(409, "wrong_state");
    consistent(&house.app);
    house.app.admin().if_match(again.etag()).delete(&again.location()).is(204);
    assert_eq!(status(&house.first.1, &one), "offered");
    assert_eq!(house.offers().len(), 2);
    consistent(&house.app);
}

#[test]
fn who_may_not_have_it_is_passed_over_and_the_rules_hold_when_it_is_taken() {
    let house = house();
    let (one, two) = house.both_wait();
    let block = |id: Id, to: &str| {
        house.app.write(|c| {
            diesel::update(organisations::table.find(id)).set(organisations::status.eq(to)).execute(c)?;
            Ok(())
        });
    };
    block(house.first.0, "blocked");
    house.cancel();
    assert_eq!((status(&house.first.1, &one).as_str(), status(&house.second.1, &two).as_str()), ("waiting", "offered"));
    block(house.second.0, "blocked");
    let refused = house.second.1.post_empty(&format!("{two}/accept")).refused(422, "rule_violation");
    assert_eq!(refused.rules(), ["organisation_blocked"]);
    assert_eq!(status(&house.second.1, &two), "offered", "nothing is lost by it");
    consistent(&house.app);
    block(house.second.0, "active");
    house.second.1.post_empty(&format!("{two}/accept")).is(200);
}

#[test]
fn whoever_needs_approval_gets_the_time_as_a_request() {
    let house = house();
    let guests = house.app.guest_organisation("Gästerna");
    let guest = house.app.booker(guests);
    let path = guest.post("/waitlist", wish(guests)).is(201).location();
    house.cancel();
    let taken = guest.post_empty(&format!("{path}/accept")).is(200);
    let booking = guest.get(&format!("/bookings/{}", taken["booking_id"].as_str().unwrap())).is(200);
    assert_eq!(booking["status"], "pending");
    assert_eq!(house.letters().pop().unwrap().0, "booking_received");
    consistent(&house.app);
}

#[test]
fn a_hall_is_offered_whole_once_both_halves_are_free() {
    let house = house();
    let hall = |room: &str, of: Id| {
        with(wish(of), json!({"room": room, "starts_at": "2026-12-01T18:00:00+01:00", "ends_at": "2026-12-01T20:00:00+01:00"}))
    };
    let of = house.app.organisation("Halvorna");
    let owner = house.app.booker(of);
    let halves: Vec<String> =
        ["aulan-a", "aulan-b"].iter().map(|room| owner.post("/bookings", hall(room, of)).is(201).location()).collect();
    let whole = house.first.1.post("/waitlist", hall("aulan", house.first.0)).is(201).location();
    house.app.at("2026-11-23T09:00:00+01:00");
    let half = house.second.1.post("/waitlist", hall("aulan-b", house.second.0)).is(201).location();
    owner.post_empty(&format!("{}/cancel", halves[0])).is(200);
    assert_eq!((status(&house.first.1, &whole).as_str(), status(&house.second.1, &half).as_str()), ("waiting", "waiting"));
    owner.post_empty(&format!("{}/cancel", halves[1])).is(200);
    assert_eq!((status(&house.first.1, &whole).as_str(), status(&house.second.1, &half).as_str()), ("offered", "waiting"));
    // While it is held the hall's floor can't be given to other rooms.
    house.app.admin().if_match("*").patch("/rooms/aulan", json!({"spaces": ["aulan-a"]})).refused(409, "spaces_in_use");
    consistent(&house.app);
    house.first.1.if_match("*").delete(&whole).is(204);
    assert_eq!(status(&house.second.1, &half), "offered");
    consistent(&house.app);
}

#[test]
fn letters_about_waiting_come_in_the_readers_language() {
    let house = house();
    let me = house.first.1.get("/me").is(200);
    house.first.1.if_match(me.etag()).patch("/me", json!({"language": "en"})).is(200);
    house.first.1.post("/waitlist", wish(house.first.0)).is(201);
    house.cancel();
    let offers = house.offers();
    assert!(offers[0].1.contains("We hold the time for you until Monday 23 November 2026, 20:00."), "{}", offers[0].1);
    assert_eq!(house.app.deliver_mail(), 3, "booked, cancelled, offered: all of them leave");
}
