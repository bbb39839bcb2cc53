//! Two-step sign-in: digits from an app, codes on paper, and that an admin has an admin's rights with two steps only.
use nobel21::people::Role;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use crate::{
    sign_in::{access, bearing, sign_in},
    sign_in_links::{ask_for_link, redeem},
    support::{Answer, App, Client, PASSWORD},
};

/// What an app shows that was told this secret, at the house's time.
pub fn digits(app: &App, secret: &str) -> String {
    let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    totp.generate(u64::try_from(app.now().unix()).unwrap()).to_string()
}

/// Turned on; the secret and the codes on paper.
pub fn turn_on(app: &App, who: &Client) -> (String, Vec<String>) {
    let begun = who.post("/me/second-factor", json!({"current_password": PASSWORD})).is(200);
    let secret = begun["secret"].as_str().unwrap().to_owned();
    let codes = who.post("/me/second-factor/confirm", json!({"code": digits(app, &secret)})).is(200);
    // The next digits, so that the ones above count as used.
    app.later(30);
    (secret, codes["recovery_codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect())
}

fn with_code(app: &App, who: &Client, code: &str) -> Answer {
    app.anonymous().post("/auth/token", json!({"email": who.email(), "password": PASSWORD, "code": code}))
}

fn require(app: &App, required: bool) {
    app.admin().if_match("*").patch("/settings", json!({"second_factor_required": required})).is(200);
}

#[test]
fn with_two_steps_a_password_alone_opens_nothing_and_digits_are_good_once() {
    let app = App::empty();
    let booker = app.person(Role::Booker);
    assert_eq!(booker.get("/me").is(200)["second_factor"], json!({"on": false, "needed": false}));
    let (secret, _) = turn_on(&app, &booker);
    assert_eq!(booker.get("/me").is(200)["second_factor"], json!({"on": true, "needed": false}));
    sign_in(&app, booker.email(), PASSWORD).refused(401, "code_required");
    let wrong = json!({"email": booker.email(), "password": "fel lösenord", "code": digits(&app, &secret)});
    app.anonymous().post("/auth/token", wrong).refused(401, "invalid_credentials");
    let code = digits(&app, &secret);
    with_code(&app, &booker, "000000").refused(401, "invalid_code");
    with_code(&app, &booker, &code).is(200);
    with_code(&app, &booker, &code).refused(401, "invalid_code");
    app.later(30);
    // As one types it, and while the clock of the phone is half a minute off.
    let next = digits(&app, &secret);
    app.later(29);
    with_code(&app, &booker, &format!("{} {}", &next[..3], &next[3..])).is(200);
    app.later(90);
    with_code(&app, &booker, &next).refused(401, "invalid_code");
}

#[test]
fn of_many_who_come_with_the_same_digits_at_once_one_gets_in() {
    let app = App::empty();
    let booker = app.person(Role::Booker);
    let (secret, _) = turn_on(&app, &booker);
    let code = digits(&app, &secret);
    let inside = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..4).map(|_| scope.spawn(|| with_code(&app, &booker, &code).status == 200)).collect();
        tries.into_iter().filter_map(|one| one.join().unwrap().then_some(())).count()
    });
    assert_eq!(inside, 1);
}

#[test]
fn a_code_on_paper_is_good_once_in_place_of_the_phone() {
    let app = App::empty();
    let booker = app.person(Role::Booker);
    let (_, codes) = turn_on(&app, &booker);
    assert_eq!(codes.len(), 8);
    with_code(&app, &booker, &codes[0].to_lowercase().replace('-', " ")).is(200);
    with_code(&app, &booker, &codes[0]).refused(401, "invalid_code");
    assert_eq!(booker.get("/me/second-factor").is(200)["recovery_codes_left"], 7);
    let other = app.person(Role::Booker);
    turn_on(&app, &other);
    with_code(&app, &other, &codes[1]).refused(401, "invalid_code");
    let stored: Vec<String> = app.read(|c| {
        use diesel::prelude::*;
        use nobel21::db::schema::recovery_codes;
        Ok(recovery_codes::table.select(recovery_codes::code_hash).load(c)?)
    });
    assert!(stored.iter().all(|hash| codes.iter().all(|code| !hash.contains(&code[..4]) && !code.contains(hash))));
}

#[test]
fn whoever_tries_codes_waits_longer_and_longer() {
    let app = App::empty();
    let booker = app.person(Role::Booker);
    let (secret, _) = turn_on(&app, &booker);
    for _ in 0..5 {
        booker.post("/me/second-factor/turn-off", json!({"code": "000000"})).refused(422, "invalid_field");
    }
    booker.post("/me/second-factor/turn-off", json!({"code": digits(&app, &secret)})).refused(429, "too_many_requests");
    app.later(30);
    booker.post("/me/second-factor/turn-off", json!({"code": digits(&app, &secret)})).is(204);
    // Without it, the password alone signs in again.
    sign_in(&app, booker.email(), PASSWORD).is(200);
    booker.post("/me/second-factor/turn-off", json!({"code": digits(&app, &secret)})).refused(409, "wrong_state");
}

#[test]
fn what_changes_how_one_signs_in_takes_the_password_and_ends_other_sessions() {
    let app = App::empty();
    let booker = app.person(Role::Booker);
    booker.post("/me/second-factor", json!({})).refused(422, "invalid_field");
    for _ in 0..5 {
        let wrong = booker.post("/me/second-factor", json!({"current_password": "fel lösenord"})).refused(422, "invalid_field");
        assert_eq!(wrong.fields(), ["current_password"]);
    }
    booker.post("/me/second-factor", json!({"current_password": PASSWORD})).refused(429, "too_many_requests");
    app.later(5);
    let elsewhere = bearing(&app, access(&sign_in(&app, booker.email(), PASSWORD).is(200)));
    elsewhere.get("/me").is(200);
    turn_on(&app, &booker);
    elsewhere.get("/me").refused(401, "unauthenticated");
    booker.get("/me").is(200);
    booker.post("/me/second-factor", json!({"current_password": PASSWORD})).refused(409, "wrong_state");
    booker.post("/me/second-factor/confirm", json!({"code": "000000"})).refused(409, "wrong_state");
}

#[test]
fn a_link_by_mail_does_not_go_round_the_second_step() {
    let app = App::empty();
    let booker = app.person(Role::Booker);
    let (secret, _) = turn_on(&app, &booker);
    let (link, browser) = ask_for_link(&app, booker.email());
    redeem(&app, &link, &browser).refused(401, "code_required");
    let give = |code: &str| app.anonymous().header("Cookie", &browser).post("/auth/link/redeem", json!({"token": link, "code": code}));
    give("000000").refused(401, "invalid_code");
    give(&digits(&app, &secret)).is(200);
    app.later(30);
    give(&digits(&app, &secret)).refused(401, "invalid_link");

    // Nor does a letter with which an admin lets somebody choose a new password.
    let id = booker.get("/me").is(200)["id"].as_str().unwrap().to_owned();
    let link = app.write(|c| nobel21::people::sign_in::password_link(c, &app.state.house, id.parse().unwrap(), app.now()));
    let token = link.split_once('#').unwrap().1.to_owned();
    let new =
        |code: Value| app.anonymous().post("/auth/password", json!({"token": token, "password": "prinsesstårta på fredag", "code": code}));
    new(Value::Null).refused(401, "code_required");
    new(json!("000000")).refused(401, "invalid_code");
    sign_in(&app, booker.email(), PASSWORD).refused(401, "code_required");
    new(json!(digits(&app, &secret))).is(200);
}

#[test]
fn an_admin_has_an_admins_rights_with_two_steps_only_unless_the_house_decides_otherwise() {
    let app = App::empty();
    let admin = app.person(Role::Admin);
    let inside = bearing(&app, access(&sign_in(&app, admin.email(), PASSWORD).is(200)));
    assert_eq!(inside.get("/me").is(200)["second_factor"], json!({"on": false, "needed": true}));
    let refused = inside.get("/users").refused(403, "forbidden");
    assert_eq!(refused["detail"], "Slå på tvåstegsinloggning under Mitt konto först.");
    inside.get("/visits/today").refused(403, "forbidden");
    inside.get("/rooms").is(200);
    require(&app, false);
    inside.get("/users").is(200);
    require(&app, true);
    inside.get("/users").refused(403, "forbidden");
    let (secret, _) = turn_on(&app, &inside);
    inside.get("/users").is(200);
    assert_eq!(inside.get("/me").is(200)["second_factor"], json!({"on": true, "needed": false}));
    let again = bearing(&app, access(&with_code(&app, &admin, &digits(&app, &secret)).is(200)));
    again.get("/users").is(200);
    // The reception may go on with one step.
    let desk = app.person(Role::Reception);
    bearing(&app, access(&sign_in(&app, desk.email(), PASSWORD).is(200))).get("/visits/today").is(200);
}

#[test]
fn an_admin_lets_in_who_has_lost_phone_and_paper() {
    let app = App::empty();
    let desk = app.person(Role::Reception);
    turn_on(&app, &desk);
    let id = desk.get("/me").is(200)["id"].as_str().unwrap().to_owned();
    let seen = app.admin().get(&format!("/users/{id}")).is(200);
    assert_eq!(seen["second_factor"], true);
    let path = format!("/users/{id}/second-factor/remove");
    desk.post_empty(&path).refused(403, "forbidden");
    app.admin().post_empty(&path).is(204);
    desk.get("/me").refused(401, "unauthenticated");
    sign_in(&app, desk.email(), PASSWORD).is(200);
    app.admin().post_empty(&path).refused(409, "wrong_state");
    let trail = app.admin().get("/audit").is(200);
    assert!(trail.items().iter().any(|event| event["action"] == "turned_off_second_factor" && event["noun_id"] == json!(id)));
}

#[test]
fn somebody_is_told_by_letter_when_how_it_signs_in_changes() {
    let app = App::empty();
    let booker = app.person(Role::Booker);
    let told = || -> Vec<String> {
        app.read(|c| {
            use diesel::prelude::*;
            use nobel21::db::schema::letters;
            let mine = letters::table.filter(letters::to_address.eq(booker.email())).filter(letters::kind.eq("account_changed"));
            Ok(mine.order(letters::id).select(letters::body_text).load(c)?)
        })
    };
    let (secret, _) = turn_on(&app, &booker);
    booker.post("/me/second-factor/turn-off", json!({"code": digits(&app, &secret)})).is(204);
    booker.post("/me/password", json!({"current_password": PASSWORD, "new_password": "prinsesstårta på fredag"})).is(204);
    let texts = told();
    let words = ["Tvåstegsinloggning har slagits på.", "Tvåstegsinloggning har stängts av.", "Ditt lösenord har ändrats."];
    assert_eq!(texts.len(), words.len());
    assert!(texts.iter().zip(words).all(|(text, words)| text.contains(words) && text.contains("/konto")), "{texts:?}");
    let first = sign_in(&app, booker.email(), "prinsesstårta på fredag").is(200);
    let cookie = first.cookie("nobel21_refresh").split(';').next().unwrap().to_owned();
    let renew = || app.anonymous().header("Cookie", &cookie).post_empty("/auth/refresh");
    renew().is(200);
    renew().refused(401, "session_revoked");
    assert!(told().last().unwrap().contains("användes från två håll"));
}
