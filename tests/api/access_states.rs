//! Who may do what depends on how things stand: every operation on a booking in each state that it can be in, and every operation of
//! the contract by people whose own standing has changed since they signed in.
use chrono::NaiveDate;
use diesel::prelude::*;
use nobel21::{db::schema::sessions, id::Id, people::Role, rounds};

use crate::{
    access::{WHO, World, table},
    support::{Answer, Client, contract::contract, json},
};

/// What a booking can be. `begun` is confirmed and may be checked in.
const STATES: [&str; 7] = ["pending", "confirmed", "begun", "held", "no_show", "rejected", "cancelled"];

/// What each gets who tries an operation on a booking in these states, as in the table of `access.rs`; `else` are those that no other
/// line of the operation names. The room of a `no_show` has been offered to somebody else.
const BOOKINGS: &str = "
operation               state                   nobody other member manager reception admin
approve_booking         pending                 401    403   403    403     403       ok
approve_booking         else                    401    403   403    403     403       409
cancel_booking          pending,confirmed       401    404   ok     ok      ok        ok
cancel_booking          begun,held              401    404   422    422     422       ok
cancel_booking          else                    401    404   409    409     409       409
check_in_booking        begun                   401    404   ok     ok      ok        ok
check_in_booking        else                    401    404   409    409     409       409
create_evaluation_link  confirmed,begun,held    401    404   ok     ok      ok        ok
create_evaluation_link  else                    401    404   409    409     409       409
read_booking            any                     401    404   ok     ok      ok        ok
read_staff_note         any                     401    403   403    403     ok        ok
reject_booking          pending                 401    403   403    403     403       ok
reject_booking          else                    401    403   403    403     403       409
replace_staff_note      any                     401    403   403    403     ok        ok
report_booking          begun,held              401    404   ok     ok      ok        ok
report_booking          else                    401    404   409    409     409       409
update_booking          pending,confirmed,begun 401    404   ok     ok      ok        ok
update_booking          else                    401    404   409    409     409       409
";

/// What an association that is blocked or has ended may not do.
const BOOKS: &str = "create_booking create_booking_batch create_series create_waitlist_entry accept_waitlist_offer";
/// What one that has ended may not do besides, since it can only be read.
const MANAGES: &str = "update_organisation add_member update_member remove_member";

fn got(answer: &Answer) -> String {
    if (200..300).contains(&answer.status) { "ok".into() } else { answer.status.to_string() }
}

/// A booking of an association whose bookings need approval, brought into this state; the clock moves as far as that takes.
fn booking(world: &World, of: Id, state: &str) -> String {
    let admin = world.app.admin();
    let day = world.ahead();
    let made = world.app.booker(of).post("/bookings", world.evening(of, day)).is(201).id();
    let decide = |what: &str| admin.post(&format!("/bookings/{made}/{what}"), json!({"reason": "Lokalen behövs"})).is(200);
    match state {
        "pending" => {}
        "rejected" => drop(decide("reject")),
        _ => drop(admin.post_empty(&format!("/bookings/{made}/approve")).is(200)),
    }
    match state {
        "begun" => world.app.at(&at(day, "18:05")),
        "held" => world.app.at(&at(day, "20:30")),
        "no_show" => {
            // Given away is what somebody waits for.
            let waiting = world.app.organisation("De som väntar");
            world.app.booker(waiting).post("/waitlist", world.evening(waiting, day)).is(201);
            world.app.at(&at(day, "18:20"));
            rounds::offer(world.app.db(), &world.app.state.house, world.app.now()).unwrap();
        }
        "cancelled" => drop(admin.post_empty(&format!("/bookings/{made}/cancel")).is(200)),
        _ => {}
    }
    let stands = if state == "begun" { "confirmed" } else { state };
    assert_eq!(admin.get(&format!("/bookings/{made}")).is(200)["status"], stands);
    made
}

fn at(day: NaiveDate, time: &str) -> String {
    format!("{day}T{time}:00{}", crate::access::offset(day))
}

#[test]
fn what_may_be_done_with_a_booking_follows_from_its_state_for_everybody() {
    let world = World::new();
    world.app.admin().if_match("*").patch("/settings", json!({"no_show_minutes": 15})).is(200);
    let of = world.app.guest_organisation("Körerna");
    let on_bookings = contract().operations().into_iter().filter(|one| one.template.contains("/bookings/{id}"));
    // What is sent, before the clock moves.
    let asks: Vec<_> = on_bookings.map(|operation| (world.ask(&operation.id), operation)).collect();
    let mut wrong = vec![];
    for (ask, operation) in &asks {
        for state in STATES {
            for (who, expected) in WHO.iter().zip(outcome(&operation.id, state)) {
                let rest = ask.path.splitn(4, '/').nth(3).map_or_else(String::new, |rest| format!("/{rest}"));
                let path = format!("/bookings/{}{rest}", booking(&world, of, state));
                let client = match *who {
                    "member" => world.app.booker(of),
                    "manager" => world.app.organisation_admin(of),
                    _ => world.client(who),
                };
                let client = ask.headers.iter().fold(client, |client, (name, value)| client.header(name, value));
                let answer = client.send(&operation.method, &path, ask.body.clone());
                if got(&answer) != expected {
                    wrong.push(format!("{who} tries {} of one that is {state}: {expected} expected, {answer:?}", operation.id));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for line in lines() {
        assert!(asks.iter().any(|(_, operation)| operation.id == line[0]), "{} is no operation on a booking: strike its line", line[0]);
    }
}

fn lines() -> Vec<Vec<&'static str>> {
    let mut lines = BOOKINGS.trim().lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    assert_eq!(lines.next().unwrap()[2..], WHO);
    lines.collect()
}

fn outcome(operation: &str, state: &str) -> Vec<&'static str> {
    let of: Vec<_> = lines().into_iter().filter(|line| line[0] == operation).collect();
    let line =
        of.iter().find(|line| line[1].split(',').any(|one| one == state)).or(of.last().filter(|line| ["any", "else"].contains(&line[1])));
    line.unwrap_or_else(|| panic!("add lines to BOOKINGS that say what {WHO:?} get of {operation} in each of {STATES:?}"))[2..].to_vec()
}

/// Tries everything as somebody whose standing changes between the asking and the sending.
fn everything_as(world: &World, somebody: impl Fn() -> Client, expected: impl Fn(&str) -> Vec<&'static str>) {
    let mut wrong = vec![];
    for operation in contract().operations() {
        let ask = world.ask(&operation.id);
        let client = ask.headers.iter().fold(somebody(), |client, (name, value)| client.header(name, value));
        let answer = client.send(&operation.method, &ask.path, ask.body);
        let expected = expected(&operation.id);
        if !expected.contains(&got(&answer).as_str()) {
            wrong.push(format!("{}: {expected:?} expected, {answer:?}", operation.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn column(operation: &str, who: &str) -> &'static str {
    table()[operation][WHO.iter().position(|one| *one == who).unwrap()]
}

/// Where nothing needs to be known of the caller, a token that is void is either not looked at or refused.
#[test]
fn who_was_disabled_since_is_nobody_in_every_operation() {
    let world = World::new();
    let disabled = || {
        let client = world.app.person(Role::Admin);
        let path = format!("/users/{}", client.id());
        world.app.admin().if_match("*").patch(&path, json!({"disabled": true})).is(200);
        client
    };
    everything_as(&world, disabled, |operation| match column(operation, "nobody") {
        "ok" => vec!["ok", "401"],
        refused => vec![refused],
    });
}

#[test]
fn who_left_the_association_since_is_a_stranger_to_it_in_every_operation() {
    let world = World::new();
    let left = || {
        let client = world.app.organisation_admin(world.organisation);
        let path = format!("/organisations/{}/members/{}", world.organisation, client.id());
        world.app.admin().if_match("*").delete(&path).is(204);
        client
    };
    everything_as(&world, left, |operation| match operation {
        // Its key may have gone along.
        "read_organisation_calendar_feed" => vec!["404"],
        _ => vec![column(operation, "other")],
    });
}

#[test]
fn an_admin_without_a_second_step_is_a_booker_in_every_operation() {
    let world = World::new();
    let half = || {
        let client = world.app.person(Role::Admin);
        world.app.write(|c| {
            diesel::update(sessions::table.find(client.session())).set(sessions::second_factor.eq(false)).execute(c)?;
            Ok(())
        });
        client
    };
    everything_as(&world, half, |operation| vec![column(operation, "other")]);
}

/// What takes time of a room is refused by the rules; all else is as before, above all to see, to cancel and to leave.
#[test]
fn a_blocked_or_ended_association_books_nothing_more_and_keeps_the_rest() {
    let among = |operation: &str, list: &str| list.split_whitespace().any(|one| one == operation);
    for status in ["blocked", "ended"] {
        let world = World::new();
        let path = format!("/organisations/{}", world.organisation);
        let set = |status: &str| drop(world.app.admin().if_match("*").patch(&path, json!({"status": status})).is(200));
        let mut wrong = vec![];
        for operation in contract().operations() {
            set("active");
            let (ask, manager) = (world.ask(&operation.id), world.client("manager"));
            set(status);
            let client = ask.headers.iter().fold(manager, |client, (name, value)| client.header(name, value));
            let answer = client.send(&operation.method, &ask.path, ask.body);
            let expected = match operation.id.as_str() {
                id if among(id, BOOKS) => "422",
                id if among(id, MANAGES) && status == "ended" => "403",
                id => column(id, "manager"),
            };
            if got(&answer) != expected {
                wrong.push(format!("{} in one that is {status}: {expected} expected, {answer:?}", operation.id));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
