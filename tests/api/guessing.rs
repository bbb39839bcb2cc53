//! Whoever guesses, or asks without end, waits longer and longer.
use nobel21::people::{
    Role,
    attempts::{self, Counted},
};

use crate::{
    sign_in::{pair, sign_in},
    sign_in_links::{ask_for_link, redeem},
    support::{Answer, App, PASSWORD, json},
};

fn wait(answer: &Answer) -> u64 {
    assert_eq!(answer.header("retry-after"), answer["retry_after"].to_string());
    answer["retry_after"].as_u64().unwrap()
}

#[test]
fn guessing_gets_slower_with_every_failure_and_the_owner_comes_in_all_the_same() {
    let app = App::empty();
    let owner = app.person(Role::Booker);
    let known = pair(&sign_in(&app, owner.email(), PASSWORD).is(200), "nobel21_browser");
    for _ in 0..5 {
        sign_in(&app, owner.email(), "fel lösenord").refused(401, "invalid_credentials");
    }
    let mut waits = vec![];
    for _ in 0..12 {
        let refused = sign_in(&app, owner.email(), "fel lösenord").refused(429, "too_many_requests");
        let seconds = wait(&refused);
        waits.push(seconds);
        // Not even the right password helps before its time, or a guesser would know it by that.
        sign_in(&app, owner.email(), PASSWORD).refused(429, "too_many_requests");
        app.later(i64::try_from(seconds).unwrap());
        sign_in(&app, owner.email(), "fel lösenord").refused(401, "invalid_credentials");
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
    // An address that nobody has is slowed down alike.
    for _ in 0..5 {
        sign_in(&app, "nobody@example.org", "fel lösenord").refused(401, "invalid_credentials");
    }
    sign_in(&app, "nobody@example.org", "fel lösenord").refused(429, "too_many_requests");
    // The owner: from the browser that it has used before, and by a letter from any other.
    let body = json!({"email": owner.email(), "password": PASSWORD});
    app.anonymous().header("Cookie", &known).post("/auth/token", body.clone()).is(200);
    let other = app.person(Role::Booker);
    let body_of_other = json!({"email": other.email(), "password": "fel"});
    app.anonymous().header("Cookie", &known).post("/auth/token", body_of_other).refused(401, "invalid_credentials");
    let (letter, browser) = ask_for_link(&app, owner.email());
    redeem(&app, &letter, &browser).is(200);
    // What succeeded forgives what failed there: the browser alone, the account still waits.
    sign_in(&app, owner.email(), PASSWORD).refused(429, "too_many_requests");
    app.later(24 * 3600 + 1);
    sign_in(&app, owner.email(), PASSWORD).is(200);
}

#[test]
fn a_network_that_tries_many_accounts_is_slowed_down_too_and_only_it() {
    let app = App::with(|config| config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()]);
    let owner = app.person(Role::Booker);
    let from = |network: &str, email: &str, password: &str| {
        app.anonymous().header("X-Forwarded-For", network).post("/auth/token", json!({"email": email, "password": password}))
    };
    for n in 0..50 {
        from("203.0.113.7", &format!("nobody-{n}@example.org"), "fel").refused(401, "invalid_credentials");
    }
    from("203.0.113.7", "somebody@example.org", "fel").refused(429, "too_many_requests");
    from("198.51.100.1, 203.0.113.7", "somebody@example.org", "fel").refused(429, "too_many_requests");
    from("198.51.100.1", owner.email(), PASSWORD).is(200);
}

#[test]
fn a_network_where_somebody_mistypes_every_day_begins_each_day_anew() {
    let app = App::with(|config| config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()]);
    let owner = app.person(Role::Booker);
    let sign_in = |password: &str| {
        let body = json!({"email": owner.email(), "password": password});
        app.anonymous().header("X-Forwarded-For", "203.0.113.7").post("/auth/token", body)
    };
    let strangers = |many: u32| {
        for n in 0..many {
            let body = json!({"email": format!("nobody-{n}@example.org"), "password": "fel"});
            app.anonymous().header("X-Forwarded-For", "203.0.113.7").post("/auth/token", body).refused(401, "invalid_credentials");
        }
    };
    // Never a day without a try.
    for _ in 0..3 {
        strangers(20);
        sign_in(PASSWORD).is(200);
        app.later(23 * 3600);
    }
}

#[test]
fn of_many_guesses_at_once_only_the_free_ones_are_looked_at() {
    let app = App::empty();
    let owner = app.person(Role::Booker);
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..20).map(|_| scope.spawn(|| sign_in(&app, owner.email(), "fel lösenord").status)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(answers.iter().filter(|status| **status == 401).count(), 5, "{answers:?}");
    assert_eq!(answers.iter().filter(|status| **status == 429).count(), 15, "{answers:?}");
}

#[test]
fn tries_that_succeed_at_once_keep_nobody_from_counting() {
    let app = App::empty();
    let tried = Counted::codes(app.person(Role::Booker).id());
    // A try that succeeds takes away the row that another has just found.
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..100 {
                    app.write(|c| attempts::begin(c, &tried, app.now()));
                    app.write(|c| attempts::forgive(c, &tried));
                }
            });
        }
    });
    // All have succeeded, so as many are free as for anybody.
    for _ in 0..5 {
        app.write(|c| attempts::begin(c, &tried, app.now()));
    }
    assert!(app.state.db.write_now(|c| attempts::begin(c, &tried, app.now())).is_err());
}

#[test]
fn whoever_asks_without_end_is_told_how_long_to_wait() {
    let app = App::with(|config| config.requests_per_minute = 30);
    let (one, other) = (app.person(Role::Booker), app.person(Role::Booker));
    let answers: Vec<Answer> = (0..40).map(|_| one.get("/me")).collect();
    assert_eq!(answers.iter().take_while(|answer| answer.status == 200).count(), 30);
    let wait: u64 = one.get("/me").refused(429, "too_many_requests").header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait));
    other.get("/me").is(200);
    // A network has ten times an account's.
    let strangers: Vec<u16> = (0..400).map(|_| app.anonymous().get("/rooms").status).collect();
    assert!(strangers.contains(&429), "a network may ask without end");
    assert!(strangers.iter().take(200).all(|status| *status == 200));
}
