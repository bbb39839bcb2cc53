//! What the log says, and what it never does.
use std::time::{Duration, Instant};

use chrono::Days;
use diesel::connection::SimpleConnection;
use nobel21::{
    audit::By,
    db::Conn,
    error::Language,
    mail::{self, Letter, Recipient},
    people::Role,
    time::Clock,
};

use crate::{
    feeds::subscribe,
    sign_in::{cookie, sign_in},
    sign_in_links::ask_for_link,
    support::{App, PASSWORD, Process, Value, json},
};

/// A house whose clock is the system's, as that of a process is.
fn app() -> App {
    App::with(|config| config.clock = Clock::System)
}

fn events(process: &Process, target: &str) -> Vec<Value> {
    let all = process.log();
    let events = all.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    events.filter(|event| event["target"] == target).collect()
}

#[test]
fn whoever_is_turned_away_is_in_the_log_with_person_network_route_and_request() {
    let app = app();
    let process = Process::with_log(&app, "json,info");
    let booker = app.person(Role::Booker).via(&process.url);
    let stranger = app.anonymous().via(&process.url);
    stranger.get("/me").is(401);
    let refused = booker.get("/users").is(403);
    let wrong = json!({"email": booker.email(), "password": "fel lösenord"});
    stranger.post("/auth/token", wrong).is(401);
    let cookie = cookie(&sign_in(&app, booker.email(), PASSWORD));
    stranger.header("Cookie", cookie).header("Origin", "https://evil.example").post_empty("/auth/refresh").is(403);
    booker.get("/me").is(200);
    let told = events(&process, "security");
    let of = |route: &str| {
        let found: Vec<_> = told.iter().filter(|event| event["route"] == format!("/api/v1{route}")).collect();
        assert_eq!(found.len(), 1, "{route} in {told:#?}");
        found[0].clone()
    };
    for (route, status) in [("/me", 401), ("/users", 403), ("/auth/token", 401), ("/auth/refresh", 403)] {
        let event = of(route);
        assert_eq!((&event["status"], &event["network"]), (&json!(status), &json!("127.0.0.1")), "{event}");
    }
    assert_eq!(of("/users")["person"], json!(booker.id()));
    assert_eq!(of("/users")["request_id"].as_str().unwrap(), refused.header("x-request-id"));
    assert!(of("/me")["person"].is_null());
    assert_eq!(told.len(), 4);
}

#[test]
fn a_booking_is_followed_by_the_id_of_its_request_until_its_letter_has_left() {
    let app = app();
    app.furnish();
    let organisation = app.organisation("Kastanjen");
    let process = Process::with_log(&app, "json,info");
    let booker = app.organisation_admin(organisation).via(&process.url);
    let day = (app.now().date() + Days::new(7)).to_string();
    let body = json!({
        "room": "aulan", "organisation_id": organisation, "title": "Språkkafé", "category": "meeting", "expected_participants": 12,
        "starts_at": format!("{day}T12:00:00Z"), "ends_at": format!("{day}T13:00:00Z"),
    });
    let booked = booker.header("X-Request-Id", "kassan-21").post("/bookings", body).is(201);
    assert_eq!(booked.header("x-request-id"), "kassan-21");
    let lines = || process.log().lines().filter(|line| line.contains("\"kassan-21\"")).map(str::to_owned).collect::<Vec<_>>();
    let begun = Instant::now();
    while lines().len() < 2 {
        assert!(begun.elapsed() < Duration::from_secs(20), "{}", process.log());
        std::thread::sleep(Duration::from_millis(50));
    }
    let told: Vec<Value> = lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    // In either order: a letter may leave before the line of the request is written.
    let answered = told.iter().find(|line| line["route"] == "/api/v1/bookings").unwrap();
    let sent = told.iter().find(|line| line["message"] == "letter sent").unwrap();
    assert_eq!((told.len(), &answered["status"], &sent["kind"]), (2, &json!(201), &json!("booking_confirmed")), "{told:#?}");
}

#[test]
fn a_letter_that_is_not_sent_any_more_says_so_by_the_id_of_its_request() {
    let app = app();
    let to = Recipient { person: None, name: "Åsa Ek".into(), address: "asa@example.org".into(), language: Language::Sv };
    let by = By { request_id: Some("kassan-22".into()), ..By::program(app.now().plus_seconds(-601)) };
    let link = Letter::SignInLink { link: "https://nobel21.example/logga-in/lank#hemligt".into() };
    app.write(|c| mail::enqueue(c, &app.state.house, &to, &link, None, &by));
    let process = Process::with_log(&app, "json,info");
    let begun = Instant::now();
    let told = || events(&process, "nobel21::mail::worker").into_iter().find(|line| line["request_id"] == "kassan-22");
    let line = loop {
        if let Some(line) = told() {
            break line;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{}", process.log());
        std::thread::sleep(Duration::from_millis(50));
    };
    assert_eq!((&line["level"], &line["kind"]), (&json!("WARN"), &json!("sign_in_link")), "{line}");
    assert!(line["message"].as_str().unwrap().starts_with("letter not sent"), "{line}");
}

#[test]
fn no_password_token_key_or_code_is_in_the_log_at_any_level() {
    let app = app();
    let organisation = app.organisation("Kastanjen");
    let process = Process::with_log(&app, "json,trace");
    let booker = app.organisation_admin(organisation).via(&process.url);
    let stranger = app.anonymous().via(&process.url);
    let signed_in = stranger.post("/auth/token", json!({"email": booker.email(), "password": PASSWORD})).is(200);
    let cookie = cookie(&signed_in);
    stranger.header("Cookie", &cookie).post_empty("/auth/refresh").is(200);
    let cookie = cookie.split_once('=').unwrap().1.to_owned();
    let proof = || json!({"current_password": PASSWORD});
    let secret = booker.post("/me/second-factor", proof()).is(200)["secret"].as_str().unwrap().to_owned();
    let program = json!({"name": "Kalkylen", "scope": "read", "days": 30, "current_password": PASSWORD});
    let token = booker.post("/me/tokens", program).is(201)["token"].as_str().unwrap().to_owned();
    stranger.header("Authorization", format!("Bearer {token}")).get("/bookings").is(200);
    let feed = subscribe(&booker, "/me");
    stranger.get(&feed).is(200);
    let (link, _) = ask_for_link(&app, booker.email());
    stranger.post("/auth/link/redeem", json!({"token": link})).is(401);
    let log = process.log();
    assert!(log.lines().count() > 8, "{log}");
    let key = feed.split_once("key=").unwrap().1;
    let access = signed_in["access_token"].as_str().unwrap();
    let secrets = [PASSWORD, access, &booker.token(), &cookie, &secret, &token, key, &link];
    for secret in secrets {
        assert!(secret.len() > 9 && !log.contains(secret), "{secret} is in\n{}", log.lines().find(|line| line.contains(secret)).unwrap());
    }
}

#[test]
fn a_fault_inside_is_told_to_the_log_and_nothing_of_it_to_whoever_asked() {
    let app = app();
    app.furnish();
    let process = Process::with_log(&app, "json,info");
    app.anonymous().via(&process.url).get("/rooms").is(200);
    app.write(|c| {
        // What is read each time: the rooms themselves are kept from now on.
        let broken = "ALTER TABLE room_catalogue RENAME TO katalog";
        match c {
            Conn::Postgres(c) => c.batch_execute(broken)?,
            Conn::Sqlite(c) => c.batch_execute(broken)?,
        }
        Ok(())
    });
    // Not by the client of the other tests, for whom any 500 is a fault.
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let mut answer = agent.get(format!("{}/api/v1/rooms", process.url)).call().unwrap();
    let text = answer.body_mut().read_to_string().unwrap();
    let problem: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((answer.status().as_u16(), &problem["code"]), (500, &json!("internal")));
    assert!(
        ["rooms", "catalogue", "table", "relation", "SELECT", "diesel", "src/"]
            .iter()
            .all(|word| !text.replace("/api/v1/rooms", "").contains(word)),
        "{text}"
    );
    let id = problem["request_id"].as_str().unwrap();
    let log = process.log();
    let told = log
        .lines()
        .find(|line| line.contains(id) && line.contains("ERROR") && line.contains("room_catalogue"))
        .unwrap_or_else(|| panic!("{log}"));
    assert!(told.contains("no such table") || told.contains("does not exist"), "{told}");
}
