//! Passkeys: what a person's own device signs is two steps in one, once, for this house and in the browser that asked.
use diesel::prelude::*;
use nobel21::{
    db::schema::{passkey_challenges, passkeys},
    housekeeping,
    people::Role,
};

use crate::{
    second_factor::turn_on,
    sessions::refresh,
    sign_in::{access, bearing, cookie, disable, pair, sign_in},
    support::{Answer, App, Authenticator, Client, PASSWORD, Value, json},
};

/// Where the house is reached: a name, since devices make keys for names alone.
pub const SITE: &str = "http://localhost:8021";

pub fn house() -> App {
    App::with(|config| config.house.public_url = SITE.into())
}

/// What goes along with the name so that a new key is taken: the challenge, and what a new device answers.
pub fn made(who: &Client) -> (Authenticator, Value, Value) {
    let asked = who.post("/me/passkeys/challenge", json!({"current_password": PASSWORD})).is(200);
    let mut device = Authenticator::at(SITE);
    let credential = device.make(&asked["public_key"]);
    (device, asked["challenge_id"].clone(), credential)
}

/// A device with a key of this person, and the key's id.
fn add(who: &Client) -> (Authenticator, String) {
    let (device, challenge, credential) = made(who);
    let added = who.post("/me/passkeys", json!({"challenge_id": challenge, "name": "Min telefon", "credential": credential})).is(201);
    (device, added.id())
}

/// What a browser is asked, and its cookie.
fn ask(app: &App) -> (Answer, String) {
    let asked = app.anonymous().post_empty("/auth/passkey/challenge").is(200);
    let browser = pair(&asked, "nobel21_passkey");
    (asked, browser)
}

fn come(app: &App, challenge: &Value, browser: &str, credential: &Value) -> Answer {
    app.anonymous().header("Cookie", browser).post("/auth/passkey", json!({"challenge_id": challenge, "credential": credential}))
}

/// Comes in with the key of this device.
fn enter(app: &App, device: &mut Authenticator) -> Answer {
    let (asked, browser) = ask(app);
    let credential = device.sign(&asked["public_key"]);
    come(app, &asked["challenge_id"], &browser, &credential)
}

fn open_challenges(app: &App) -> i64 {
    app.read(|c| Ok(passkey_challenges::table.count().get_result(c)?))
}

#[test]
fn a_passkey_signs_in_by_itself_and_what_it_signed_is_good_once() {
    let app = house();
    let booker = app.person(Role::Booker);
    let (mut device, id) = add(&booker);
    let (asked, browser) = ask(&app);
    assert_eq!(asked["public_key"]["rpId"], "localhost");
    assert_eq!(asked["public_key"]["challenge"].as_str().unwrap().len(), 43, "256 bits");
    assert_eq!(asked["public_key"]["allowCredentials"], json!([]), "nobody says who it is");
    let cookie_set = asked.cookie("nobel21_passkey");
    assert!(["HttpOnly", "SameSite=Strict", "Max-Age=300"].iter().all(|part| cookie_set.contains(part)), "{cookie_set}");
    let signed = device.sign(&asked["public_key"]);
    let agent = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0";
    let comer = app.anonymous().header("Cookie", &browser).header("User-Agent", agent);
    let body = json!({"challenge_id": asked["challenge_id"], "credential": signed});
    let inside = comer.post("/auth/passkey", &body).is(200);
    assert_eq!((&inside["token_type"], &inside["expires_in"]), (&json!("Bearer"), &json!(600)));
    assert!(inside.cookie("nobel21_browser").contains("HttpOnly"));
    let me = bearing(&app, access(&inside));
    assert_eq!(me.get("/me").is(200)["email"], booker.email());
    assert!(me.get("/me/sessions").is(200).items().iter().any(|one| one["current"] == true && one["device"] == "Firefox, Android"));
    refresh(&app, &cookie(&inside)).is(200);
    comer.post("/auth/passkey", &body).refused(401, "invalid_passkey");
    let listed = me.get("/me/passkeys").is(200);
    assert_eq!((&listed.items()[0]["id"], &listed.items()[0]["name"]), (&json!(id), &json!("Min telefon")));
    assert_eq!(listed.items()[0]["last_used_at"], "2026-11-23T08:00:00+01:00");
    // A session that the browser had ends, as with a password.
    let (asked, browser) = ask(&app);
    let both = format!("{browser}; {}", cookie(&inside));
    come(&app, &asked["challenge_id"], &both, &device.sign(&asked["public_key"])).is(200);
    me.get("/me").refused(401, "unauthenticated");
    let trail = app.admin().get("/audit").is(200);
    assert!(trail.items().iter().any(|one| one["action"] == "signed_in" && one["after"]["by"] == "passkey"));
}

#[test]
fn of_two_who_come_with_the_same_signature_at_once_one_gets_in() {
    let app = house();
    let (mut device, _) = add(&app.person(Role::Booker));
    let (asked, browser) = ask(&app);
    let signed = device.sign(&asked["public_key"]);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..4).map(|_| scope.spawn(|| come(&app, &asked["challenge_id"], &browser, &signed).status)).collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
}

#[test]
fn what_is_asked_holds_five_minutes_in_the_browser_that_asked() {
    let app = house();
    let (mut device, _) = add(&app.person(Role::Booker));
    let ((asked, browser), (_, other)) = (ask(&app), ask(&app));
    let signed = device.sign(&asked["public_key"]);
    let id = &asked["challenge_id"];
    for stranger in [other.as_str(), "nobel21_passkey=somebody-elses-browser-0123456789", "nobel21_passkey=", "x=y"] {
        come(&app, id, stranger, &signed).refused(401, "invalid_passkey");
    }
    come(&app, &json!("01a1b2c3-4d5e-7000-8000-000000000501"), &browser, &signed).refused(401, "invalid_passkey");
    app.later(299);
    come(&app, id, &browser, &signed).is(200);
    let (asked, browser) = ask(&app);
    let signed = device.sign(&asked["public_key"]);
    app.later(300);
    come(&app, &asked["challenge_id"], &browser, &signed).refused(401, "invalid_passkey");
}

#[test]
fn what_was_signed_elsewhere_by_nobody_or_by_another_key_is_refused_and_says_not_which() {
    let app = house();
    let (booker, other) = (app.person(Role::Booker), app.person(Role::Booker));
    let ((device, _), (others, _)) = (add(&booker), add(&other));
    let with = |change: &dyn Fn(&mut Authenticator), tamper: &dyn Fn(&mut Value, &Value)| {
        let mut device = device.clone();
        change(&mut device);
        let (asked, browser) = ask(&app);
        let mut signed = device.sign(&asked["public_key"]);
        let foreign = others.clone().sign(&asked["public_key"]);
        tamper(&mut signed, &foreign);
        come(&app, &asked["challenge_id"], &browser, &signed)
    };
    let as_it_is = |_: &mut Value, _: &Value| ();
    let refused = [
        with(&|device| device.origin = "http://evil.localhost:8021".into(), &as_it_is),
        with(&|device| device.origin = "http://localhost:8022".into(), &as_it_is),
        with(&|device| device.site = "evil.example".into(), &as_it_is),
        with(&|device| device.verifies = false, &as_it_is),
        with(&|_| (), &|signed, foreign| signed["response"]["signature"] = foreign["response"]["signature"].clone()),
        with(&|_| (), &|signed, foreign| signed["response"]["userHandle"] = foreign["response"]["userHandle"].clone()),
        with(&|_| (), &|signed, _| signed["response"]["userHandle"] = Value::Null),
        with(&|_| (), &|signed, foreign| signed["rawId"] = foreign["rawId"].clone()),
        with(&|_| (), &|signed, _| *signed = json!({"id": "x"})),
    ];
    let words: Vec<(u16, &Value)> = refused.iter().map(|answer| (answer.status, &answer["detail"])).collect();
    assert!(words.iter().all(|one| one == &words[0]), "{words:#?}");
    assert!(refused.iter().all(|answer| answer.code() == "invalid_passkey"));
    // The device is as good as ever, so that it was what was changed.
    with(&|_| (), &as_it_is).is(200);
    // What was signed for another question is no answer to this one.
    let (asked, browser) = ask(&app);
    let (again, _) = ask(&app);
    let mut device = device.clone();
    device.sign(&asked["public_key"]);
    come(&app, &asked["challenge_id"], &browser, &device.sign(&again["public_key"])).refused(401, "invalid_passkey");
}

#[test]
fn a_copy_of_a_key_is_refused_told_by_letter_and_on_record() {
    let app = house();
    let booker = app.person(Role::Booker);
    let (mut device, id) = add(&booker);
    enter(&app, &mut device).is(200);
    let mut copy = device.clone();
    enter(&app, &mut device).is(200);
    let before = app.told_of_account(&booker).len();
    enter(&app, &mut copy).refused(401, "invalid_passkey");
    let letters = app.told_of_account(&booker);
    assert_eq!(letters.len(), before + 1);
    assert!(letters[before].contains("kopia av en av dina lösennycklar"), "{letters:?}");
    let trail = app.admin().get("/audit").is(200);
    let noted = trail.items().iter().find(|one| one["action"] == "passkey_copied").expect("a warning in the trail");
    assert_eq!((&noted["noun_id"], &noted["after"]["passkey"]), (&json!(booker.id()), &json!(id)));
    // Whoever has the key that counted on is let in.
    enter(&app, &mut device).is(200);
}

#[test]
fn a_closed_or_erased_account_gets_in_by_no_passkey() {
    let app = house();
    let (booker, other) = (app.person(Role::Booker), app.person(Role::Booker));
    let ((mut device, _), (mut gone, _)) = (add(&booker), add(&other));
    disable(&app, &booker);
    enter(&app, &mut device).refused(401, "invalid_passkey");
    app.admin().if_match("*").patch(&format!("/users/{}", booker.id()), json!({"disabled": false})).is(200);
    enter(&app, &mut device).is(200);
    let listed = other.get("/me/data").is(200);
    let section = listed["sections"].as_array().unwrap().iter().find(|one| one["kind"] == "passkeys").expect("it is told");
    assert_eq!(section["rows"][0]["name"], "Min telefon");
    assert!(section["rows"][0].as_object().unwrap().keys().all(|name| !name.starts_with("credential")));
    other.post("/me/erase", json!({"current_password": PASSWORD})).is(204);
    enter(&app, &mut gone).refused(401, "invalid_passkey");
    let left: Vec<nobel21::id::Id> = app.read(|c| Ok(passkeys::table.select(passkeys::person_id).load(c)?));
    assert_eq!(left, [booker.id()]);
}

#[test]
fn others_passkeys_do_not_exist_and_a_removed_one_opens_nothing() {
    let app = house();
    let booker = app.person(Role::Booker);
    let elsewhere = bearing(&app, access(&sign_in(&app, booker.email(), PASSWORD).is(200)));
    let (mut device, id) = add(&booker);
    elsewhere.get("/me").refused(401, "unauthenticated");
    booker.get("/me").is(200);
    let path = format!("/me/passkeys/{id}");
    app.person(Role::Booker).if_match("*").delete(&path).refused(404, "not_found");
    let inside = bearing(&app, access(&enter(&app, &mut device).is(200)));
    booker.delete(&path).refused(428, "precondition_required");
    booker.if_match("\"2\"").delete(&path).refused(412, "stale");
    booker.if_match("\"1\"").delete(&path).is(204);
    booker.if_match("*").delete(&path).refused(404, "not_found");
    inside.get("/me").refused(401, "unauthenticated");
    enter(&app, &mut device).refused(401, "invalid_passkey");
    let words = ["En lösennyckel (passkey) har lagts till", "En lösennyckel (passkey) har tagits bort"];
    let texts = app.told_of_account(&booker);
    assert!(texts.len() == 2 && texts.iter().zip(words).all(|(text, words)| text.contains(words)), "{texts:?}");
    let trail = app.admin().get("/audit").is(200);
    let of_it: Vec<&Value> = trail.items().iter().filter(|one| one["noun"] == "passkey").map(|one| &one["action"]).collect();
    assert_eq!(of_it, [&json!("removed"), &json!("created")]);
}

#[test]
fn a_passkey_gives_an_admin_an_admins_rights_and_asks_for_no_digits() {
    let app = house();
    let admin = app.person(Role::Admin);
    let password = || bearing(&app, access(&sign_in(&app, admin.email(), PASSWORD).is(200)));
    let first = password();
    first.get("/users").refused(403, "forbidden");
    // What a program got meanwhile does not get an admin's rights with it.
    let body = json!({"name": "Webbplats", "scope": "read", "days": 30, "current_password": PASSWORD});
    let program = bearing(&app, first.post("/me/tokens", &body).is(201)["token"].as_str().unwrap());
    program.get("/no-shows").refused(403, "forbidden");
    let (mut device, id) = add(&first);
    first.get("/users").is(200);
    assert_eq!(first.get("/me").is(200)["second_factor"], json!({"on": false, "needed": false}));
    program.get("/no-shows").refused(401, "unauthenticated");
    let inside = bearing(&app, access(&enter(&app, &mut device).is(200)));
    inside.get("/users").is(200);
    let program = bearing(&app, inside.post("/me/tokens", &body).is(201)["token"].as_str().unwrap());
    program.get("/no-shows").is(200);
    password().get("/users").refused(403, "forbidden");
    // With digits besides, the passkey still asks for none; without them it is a second step still.
    turn_on(&app, &inside);
    let again = bearing(&app, access(&enter(&app, &mut device).is(200)));
    again.get("/users").is(200);
    sign_in(&app, admin.email(), PASSWORD).refused(401, "code_required");
    let (secret, _) = {
        app.admin().post_empty(&format!("/users/{}/second-factor/remove", admin.id())).is(204);
        let fresh = password();
        let kept = add(&fresh);
        (device, _) = kept;
        let inside = bearing(&app, access(&enter(&app, &mut device).is(200)));
        turn_on(&app, &inside)
    };
    let inside = bearing(&app, access(&enter(&app, &mut device).is(200)));
    inside.post("/me/second-factor/turn-off", json!({"code": crate::second_factor::digits(&app, &secret)})).is(204);
    inside.get("/users").is(200);
    let last = inside.get("/me/passkeys").is(200).items()[0]["id"].as_str().unwrap().to_owned();
    assert_ne!(last, id);
    inside.if_match("*").delete(&format!("/me/passkeys/{last}")).is(204);
    inside.get("/users").refused(403, "forbidden");
}

#[test]
fn by_the_password_alone_nobody_changes_the_steps_of_who_has_a_passkey() {
    let app = house();
    let admin = app.person(Role::Admin);
    let (mut device, id) = add(&admin);
    let thief = bearing(&app, access(&sign_in(&app, admin.email(), PASSWORD).is(200)));
    let proof = json!({"current_password": PASSWORD});
    thief.post("/me/passkeys/challenge", &proof).refused(403, "forbidden");
    thief.if_match("*").delete(&format!("/me/passkeys/{id}")).refused(403, "forbidden");
    thief.post("/me/second-factor", &proof).refused(403, "forbidden");
    thief.post("/me/second-factor/confirm", json!({"code": "000000"})).refused(403, "forbidden");
    let token = json!({"name": "x", "scope": "read", "days": 1, "current_password": PASSWORD});
    thief.post("/me/tokens", &token).refused(403, "forbidden");
    // Nor by what the owner's own session asked for.
    let asked = admin.post("/me/passkeys/challenge", &proof).is(200);
    let credential = Authenticator::at(SITE).make(&asked["public_key"]);
    let body = json!({"challenge_id": asked["challenge_id"], "name": "Tjuvens", "credential": credential});
    thief.post("/me/passkeys", &body).refused(403, "forbidden");
    enter(&app, &mut device).is(200);
}

#[test]
fn a_key_is_added_with_the_password_in_the_session_that_asked_and_only_if_it_was_made_for_this() {
    let app = house();
    let booker = app.person(Role::Booker);
    booker.post("/me/passkeys/challenge", json!({})).refused(422, "invalid_field");
    let wrong = booker.post("/me/passkeys/challenge", json!({"current_password": "fel lösenord"})).refused(422, "invalid_field");
    assert_eq!(wrong.fields(), ["current_password"]);
    let ask = || booker.post("/me/passkeys/challenge", json!({"current_password": PASSWORD})).is(200);
    let give = |who: &Client, asked: &Answer, credential: &Value| {
        who.post("/me/passkeys", json!({"challenge_id": asked["challenge_id"], "name": "Min telefon", "credential": credential}))
    };
    let refuse = |answer: Answer| {
        let answer = answer.refused(422, "invalid_field");
        assert_eq!((answer.fields(), &answer["errors"][0]["code"]), (vec!["credential"], &json!("invalid_passkey")));
    };
    let changes: [&dyn Fn(&mut Authenticator); 3] =
        [&|device| device.origin = "http://evil.example".into(), &|device| device.site = "evil.example".into(), &|device| {
            device.verifies = false;
        }];
    for change in changes {
        let (asked, mut device) = (ask(), Authenticator::at(SITE));
        change(&mut device);
        refuse(give(&booker, &asked, &device.make(&asked["public_key"])));
    }
    let asked = ask();
    let credential = Authenticator::at(SITE).make(&asked["public_key"]);
    // Another session, also of the same person.
    refuse(give(&app.person(Role::Booker), &asked, &credential));
    let elsewhere = bearing(&app, access(&sign_in(&app, booker.email(), PASSWORD).is(200)));
    refuse(give(&elsewhere, &asked, &credential));
    give(&booker, &asked, &credential).is(201);
    refuse(give(&booker, &asked, &credential));
    let late = ask();
    let credential = Authenticator::at(SITE).make(&late["public_key"]);
    app.later(300);
    refuse(give(&booker, &late, &credential));
    let (first, second) = (ask(), ask());
    refuse(give(&booker, &first, &Authenticator::at(SITE).make(&first["public_key"])));
    give(&booker, &second, &Authenticator::at(SITE).make(&second["public_key"])).is(201);
    // A key is one person's alone, and had once.
    let (device, _) = add(&app.person(Role::Booker));
    let mine = ask();
    refuse(give(&booker, &mine, &device.show(&mine["public_key"])));
    // A device is told which keys it has, so that it makes no second one.
    assert_eq!(ask()["public_key"]["excludeCredentials"].as_array().unwrap().len(), 2);
}

#[test]
fn somebody_has_ten_passkeys_at_most() {
    let app = house();
    let booker = app.person(Role::Booker);
    for _ in 0..9 {
        add(&booker);
    }
    let (_, challenge, credential) = made(&booker);
    let body = |name: &str| json!({"challenge_id": challenge, "name": name, "credential": credential});
    booker.post("/me/passkeys", body("")).refused(422, "invalid_field");
    booker.post("/me/passkeys", body(&"x".repeat(61))).refused(422, "invalid_field");
    let tenth = booker.post("/me/passkeys", body("Nyckelknippan")).is(201).id();
    booker.post("/me/passkeys/challenge", json!({"current_password": PASSWORD})).refused(409, "wrong_state");
    assert_eq!(booker.get("/me/passkeys").is(200).items().len(), 10);
    booker.if_match("*").delete(&format!("/me/passkeys/{tenth}")).is(204);
    add(&booker);
}

#[test]
fn strangers_fill_nothing_and_guess_slowly() {
    let app = App::with(|config| {
        config.house.public_url = SITE.into();
        config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    });
    let from = |network: &str| app.anonymous().header("X-Forwarded-For", network);
    for _ in 0..50 {
        from("203.0.113.7").post_empty("/auth/passkey/challenge").is(200);
    }
    let refused = from("203.0.113.7").post_empty("/auth/passkey/challenge").refused(429, "too_many_requests");
    assert_eq!(refused["retry_after"], 300);
    from("198.51.100.1").post_empty("/auth/passkey/challenge").is(200);
    assert_eq!(open_challenges(&app), 51);
    app.later(300);
    from("203.0.113.7").post_empty("/auth/passkey/challenge").is(200);
    assert_eq!(open_challenges(&app), 1, "what is over is gone");
    app.later(300);
    housekeeping::tidy_up(app.db(), app.now()).unwrap();
    assert_eq!(open_challenges(&app), 0);
    // Fifty failures are free to a network, and only to it.
    let body = json!({"challenge_id": "01a1b2c3-4d5e-7000-8000-000000000501", "credential": {"id": "x"}});
    for _ in 0..50 {
        from("203.0.113.7").post("/auth/passkey", &body).refused(401, "invalid_passkey");
    }
    from("203.0.113.7").post("/auth/passkey", &body).refused(429, "too_many_requests");
    from("198.51.100.1").post("/auth/passkey", &body).refused(401, "invalid_passkey");
}

#[test]
fn who_comes_in_is_counted_as_no_guess() {
    let app = house();
    let (mut device, _) = add(&app.person(Role::Booker));
    for _ in 0..55 {
        enter(&app, &mut device).is(200);
    }
    assert_eq!(open_challenges(&app), 0, "each was used up");
}

#[test]
fn where_the_house_has_no_name_there_are_no_passkeys() {
    let app = App::empty();
    let booker = app.person(Role::Booker);
    let body = json!({"challenge_id": "01a1b2c3-4d5e-7000-8000-000000000501", "credential": {}});
    app.anonymous().post_empty("/auth/passkey/challenge").refused(409, "passkeys_off");
    app.anonymous().post("/auth/passkey", &body).refused(409, "passkeys_off");
    booker.post("/me/passkeys/challenge", json!({"current_password": PASSWORD})).refused(409, "passkeys_off");
    let named = json!({"challenge_id": "01a1b2c3-4d5e-7000-8000-000000000501", "credential": {}, "name": "x"});
    booker.post("/me/passkeys", named).refused(409, "passkeys_off");
    // What there was before can still be seen and taken away.
    assert!(booker.get("/me/passkeys").is(200).items().is_empty());
    booker.if_match("*").delete("/me/passkeys/01a1b2c3-4d5e-7000-8000-000000000502").refused(404, "not_found");
}

#[test]
fn an_admin_takes_the_passkeys_of_who_has_lost_them() {
    let app = house();
    let desk = app.person(Role::Reception);
    let (mut device, _) = add(&desk);
    let seen = |second_factor: bool| {
        assert_eq!(app.admin().get(&format!("/users/{}", desk.id())).is(200)["second_factor"], second_factor);
        let listed = app.admin().get("/users").is(200);
        let row = listed.items().iter().find(|one| one["id"] == json!(desk.id())).unwrap();
        assert_eq!(row["second_factor"], second_factor);
    };
    seen(true);
    let path = format!("/users/{}/second-factor/remove", desk.id());
    app.admin().post_empty(&path).is(204);
    seen(false);
    desk.get("/me").refused(401, "unauthenticated");
    enter(&app, &mut device).refused(401, "invalid_passkey");
    assert!(app.told_of_account(&desk).last().unwrap().contains("Alla lösennycklar (passkeys) har tagits bort"));
    app.admin().post_empty(&path).refused(409, "wrong_state");
    let trail = app.admin().get("/audit").is(200);
    let noted = trail.items().iter().find(|one| one["action"] == "turned_off_second_factor").unwrap();
    assert_eq!(noted["before"]["passkeys"], 1);
}

#[test]
fn programs_have_nothing_to_do_with_passkeys() {
    let app = house();
    let admin = app.admin();
    let (_, id) = add(&admin);
    for scope in ["read", "book", "count"] {
        let body = json!({"name": "Webbplats", "scope": scope, "days": 30, "current_password": PASSWORD});
        let program = bearing(&app, admin.post("/me/tokens", body).is(201)["token"].as_str().unwrap());
        program.get("/me/passkeys").refused(403, "forbidden");
        program.post("/me/passkeys/challenge", json!({"current_password": PASSWORD})).refused(403, "forbidden");
        let body = json!({"challenge_id": "01a1b2c3-4d5e-7000-8000-000000000501", "credential": {}, "name": "x"});
        program.post("/me/passkeys", body).refused(403, "forbidden");
        program.if_match("*").delete(&format!("/me/passkeys/{id}")).refused(403, "forbidden");
    }
}
