//! Nobody is made a member unasked, and an address gives away nothing about whoever has it.
use diesel::prelude::*;
use nobel21::{
    db::schema::{letters, membership_invitations, people},
    housekeeping,
    id::Id,
    people::Role,
    rounds,
};

use crate::{
    bookings::good,
    sign_in::bearing,
    support::{Answer, App, Client, PASSWORD, Value, json},
};

fn members(id: Id) -> String {
    format!("/organisations/{id}/members")
}

fn mine(id: Id) -> String {
    format!("/me/memberships/{id}")
}

/// A manager asks this address, and the letters that come of it are written; gives the answer.
#[track_caller]
fn asked(app: &App, manager: &Client, organisation: Id, body: Value) -> Answer {
    let answer = manager.post(&members(organisation), body).is(201);
    settled(app);
    answer
}

/// Waits until it is known whom everybody goes to who was asked; a loaded machine takes its time.
#[track_caller]
fn settled(app: &App) {
    for _ in 0..2_000 {
        let unread = app.read(|c| {
            Ok(membership_invitations::table.filter(membership_invitations::person_id.is_null()).count().get_result::<i64>(c)?)
        });
        if unread == 0 {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("nobody has looked whom a question goes to");
}

/// Kind and text of every letter to this address, in the order in which they were written.
fn letters_to(app: &App, address: &str) -> Vec<(String, String)> {
    app.read(|c| {
        let to = letters::table.filter(letters::to_address.eq(address)).order(letters::id);
        Ok(to.select((letters::kind, letters::body_text)).load(c)?)
    })
}

/// Chooses a password by the link in this letter; gives whoever did, signed in.
#[track_caller]
fn newcomer(app: &App, text: &str) -> Client {
    let token = text.split_once("/losenord#").unwrap().1.lines().next().unwrap();
    let inside = app.anonymous().post("/auth/password", json!({"token": token, "password": "prinsesstårta på fredag"})).is(200);
    bearing(app, inside["access_token"].as_str().unwrap())
}

/// What a list says of everybody, the caller's own line excepted.
fn others(list: &Answer, own: &Client) -> Vec<Value> {
    list.items().iter().filter(|one| one["person_id"] != json!(own.id())).cloned().collect()
}

#[test]
fn who_is_asked_is_no_member_and_has_no_name_until_it_says_yes() {
    let app = App::spawn();
    let own = app.organisation("Limhamns språkkafé");
    let manager = app.organisation_admin(own);
    let known = app.person(Role::Booker);
    let name = known.get("/me").is(200)["name"].as_str().unwrap().to_owned();
    let answer = asked(&app, &manager, own, json!({"email": known.email(), "organisation_admin": true}));
    assert_eq!((&answer["name"], &answer["confirmed"]), (&json!(known.email()), &json!(false)));
    assert_ne!(answer["person_id"], json!(known.id()), "the key of an account tells that there is one, and since when");
    let list = manager.get(&members(own)).is(200);
    assert_eq!(others(&list, &manager), vec![answer.json.clone()]);
    assert!(!list.text().contains(&name) && !answer.text().contains(&name));

    // No rights at all, and no trace anywhere else.
    assert_eq!(known.get("/me").is(200)["memberships"], json!([]));
    known.get(&format!("/organisations/{own}")).refused(404, "not_found");
    known.get(&members(own)).refused(404, "not_found");
    known.post("/bookings", good(own)).refused(404, "not_found");
    assert_eq!(app.admin().get(&format!("/users?organisation_id={own}")).is(200).items().len(), 1);
    assert_eq!(app.admin().get(&format!("/users/{}", known.id())).is(200)["memberships"], json!([]));

    let invitation = &known.get("/me").is(200)["invitations"][0];
    assert_eq!(
        *invitation,
        json!({"organisation_id": own, "organisation_name": "Limhamns språkkafé", "organisation_admin": true,
            "invited_at": "2026-11-23T08:00:00+01:00", "version": 1})
    );
    known.post_empty(&format!("{}/confirm", mine(own))).is(204);
    let me = known.get("/me").is(200);
    assert_eq!((&me["invitations"], &me["memberships"][0]["organisation_admin"]), (&json!([]), &json!(true)));
    known.get(&members(own)).is(200);
    let told = others(&manager.get(&members(own)).is(200), &manager);
    assert_eq!((&told[0]["name"], &told[0]["person_id"], &told[0]["confirmed"]), (&json!(name), &json!(known.id()), &json!(true)));
    known.post_empty(&format!("{}/confirm", mine(own))).refused(404, "not_found");
}

#[test]
fn known_unknown_and_closed_addresses_are_answered_and_listed_alike() {
    let app = App::spawn();
    let own = app.organisation("Limhamns språkkafé");
    let manager = app.organisation_admin(own);
    let (known, closed, erased) = (app.person(Role::Booker), app.person(Role::Booker), app.person(Role::Booker));
    app.admin().if_match("*").patch(&format!("/users/{}", closed.id()), json!({"disabled": true})).is(200);
    app.admin().post_empty(&format!("/users/{}/erase", erased.id())).is(204);
    // What an account is called that is nobody's any more, for whoever has seen its key somewhere.
    let nobodys = format!("{}@erased.invalid", erased.id());
    let addresses = [known.email(), "ny@example.org", closed.email(), erased.email(), &nobodys];
    let before = app.letters().len();
    for address in addresses {
        let accounts = [&known, &closed, &erased, &manager].map(Client::id);
        for (body, name) in [(json!({"email": address}), address), (json!({"email": address, "name": "Vera"}), "Vera")] {
            let answer = manager.post(&members(own), &body).is(201);
            let id: Id = answer["person_id"].as_str().unwrap().parse().unwrap();
            assert!(!accounts.contains(&id), "{address}");
            assert_eq!(
                answer.json,
                json!({"person_id": id, "email": address, "name": name, "organisation_admin": false, "confirmed": false,
                    "created_at": "2026-11-23T08:00:00+01:00", "version": 1})
            );
            assert_eq!(answer.etag(), "\"1\"");
            settled(&app);
            assert_eq!(others(&manager.get(&members(own)).is(200), &manager), vec![answer.json.clone()], "{address}");
            let refused = manager.post(&members(own), &body).refused(409, "already_exists");
            assert_eq!(refused.fields(), ["email"], "{address}");
            let place = format!("{}/{id}", members(own));
            manager.if_match("*").patch(&place, json!({"organisation_admin": true})).refused(409, "wrong_state");
            manager.if_match("\"2\"").delete(&place).refused(412, "stale");
            manager.if_match("\"1\"").delete(&place).is(204);
            manager.if_match("*").delete(&place).refused(404, "not_found");
        }
    }
    // One letter for each question, the newcomers' first with a link; none to what is closed.
    assert_eq!(letters_to(&app, known.email()).len(), 2);
    let kinds: Vec<String> = letters_to(&app, "ny@example.org").into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["first_password", "membership_asked"]);
    assert_eq!(letters_to(&app, erased.email()).len(), 2, "whoever has the address now is somebody new");
    assert_eq!((letters_to(&app, closed.email()).len(), letters_to(&app, &nobodys).len()), (0, 0));
    assert_eq!(app.letters().len() - before, 6);
}

#[test]
fn whoever_is_asked_gets_a_letter_that_says_which_association_and_where_to_answer() {
    let app = App::spawn();
    let own = app.organisation("Limhamns språkkafé");
    let manager = app.organisation_admin(own);
    let known = app.person(Role::Booker);
    asked(&app, &manager, own, json!({"email": known.email(), "name": "Någon"}));
    let all = letters_to(&app, known.email());
    assert_eq!(all.len(), 1);
    let (kind, text) = &all[0];
    assert_eq!(kind, "membership_asked");
    let name = known.get("/me").is(200)["name"].as_str().unwrap().to_owned();
    for part in [name.as_str(), "Limhamns språkkafé", "/konto\n", "ser då ditt namn", "händer inget"] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    assert!(!text.contains("Någon"), "it knows what it is called");
}

#[test]
fn a_newcomer_says_yes_by_choosing_a_password_with_the_letter_that_names_the_association() {
    let app = App::spawn();
    let (own, other) = (app.organisation("Limhamns språkkafé"), app.organisation("Kastanjen"));
    let (manager, elsewhere) = (app.organisation_admin(own), app.organisation_admin(other));
    asked(&app, &manager, own, json!({"email": "jonas@example.org", "name": "Jonas Lind"}));
    asked(&app, &elsewhere, other, json!({"email": "jonas@example.org"}));
    let all = letters_to(&app, "jonas@example.org");
    assert_eq!(all.iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(), ["first_password", "membership_asked"]);
    assert!(all[0].1.contains("Limhamns språkkafé") && all[1].1.contains("Kastanjen"));
    let jonas = newcomer(&app, &all[0].1);
    let me = jonas.get("/me").is(200);
    assert_eq!((&me["name"], &me["memberships"][0]["organisation_name"]), (&json!("Jonas Lind"), &json!("Limhamns språkkafé")));
    assert_eq!(me["memberships"].as_array().unwrap().len(), 1, "the other one still waits for an answer");
    assert_eq!(me["invitations"][0]["organisation_name"], "Kastanjen");
    let told = others(&manager.get(&members(own)).is(200), &manager);
    assert_eq!((&told[0]["confirmed"], &told[0]["person_id"]), (&json!(true), &me["id"]));
}

#[test]
fn a_link_that_is_not_of_the_associations_letter_says_yes_to_nothing() {
    let app = App::spawn();
    let own = app.organisation("Limhamns språkkafé");
    let manager = app.organisation_admin(own);
    asked(&app, &manager, own, json!({"email": "jonas@example.org"}));
    let id: Id = app.read(|c| Ok(people::table.filter(people::email.eq("jonas@example.org")).select(people::id).first(c)?));
    app.admin().post_empty(&format!("/users/{id}/password-link")).is(202);
    let all = letters_to(&app, "jonas@example.org");
    assert!(!all[1].1.contains("Limhamns språkkafé"));
    let jonas = newcomer(&app, &all[1].1);
    let me = jonas.get("/me").is(200);
    assert_eq!((&me["memberships"], me["invitations"].as_array().unwrap().len()), (&json!([]), 1));
}

#[test]
fn a_no_ends_the_question_and_whoever_has_joined_leaves_when_it_wants() {
    let app = App::spawn();
    let own = app.organisation("Limhamns språkkafé");
    let manager = app.organisation_admin(own);
    let person = app.person(Role::Booker);
    asked(&app, &manager, own, json!({"email": person.email()}));
    person.delete(&mine(own)).refused(428, "precondition_required");
    person.if_match("\"2\"").delete(&mine(own)).refused(412, "stale");
    person.if_match("\"1\"").delete(&mine(own)).is(204);
    person.if_match("*").delete(&mine(own)).refused(404, "not_found");
    person.post_empty(&format!("{}/confirm", mine(own))).refused(404, "not_found");
    assert!(others(&manager.get(&members(own)).is(200), &manager).is_empty());

    asked(&app, &manager, own, json!({"email": person.email()}));
    person.post_empty(&format!("{}/confirm", mine(own))).is(204);
    let feed = manager.post_empty(&format!("/organisations/{own}/calendar-key")).is(201)["url"].as_str().unwrap().to_owned();
    let feed = feed.split_once("/api/v1").unwrap().1.to_owned();
    app.anonymous().get(&feed).is(200);
    let listed = others(&manager.get(&members(own)).is(200), &manager)[0]["version"].clone();
    person.if_match("\"7\"").delete(&mine(own)).refused(412, "stale");
    person.if_match(format!("\"{listed}\"")).delete(&mine(own)).is(204);
    person.get(&format!("/organisations/{own}")).refused(404, "not_found");
    app.anonymous().get(&feed).refused(404, "not_found");
    assert_eq!(person.get("/me").is(200)["memberships"], json!([]));
}

#[test]
fn the_last_admin_does_not_leave_and_who_is_only_asked_is_no_other() {
    let app = App::spawn();
    let own = app.organisation("Limhamns språkkafé");
    let (manager, second) = (app.organisation_admin(own), app.person(Role::Booker));
    asked(&app, &manager, own, json!({"email": second.email(), "organisation_admin": true}));
    manager.if_match("*").delete(&mine(own)).refused(409, "last_admin");
    let place = format!("{}/{}", members(own), manager.id());
    manager.if_match("*").patch(&place, json!({"organisation_admin": false})).refused(409, "last_admin");
    manager.if_match("*").delete(&place).refused(409, "last_admin");
    second.post_empty(&format!("{}/confirm", mine(own))).is(204);
    manager.if_match("*").delete(&mine(own)).is(204);
    second.if_match("*").delete(&mine(own)).refused(409, "last_admin");
}

#[test]
fn others_questions_and_memberships_do_not_exist_and_programs_answer_none() {
    let app = App::spawn();
    let (own, other) = (app.organisation("Limhamns språkkafé"), app.organisation("Kastanjen"));
    let manager = app.organisation_admin(own);
    let (person, stranger) = (app.person(Role::Booker), app.booker(other));
    asked(&app, &manager, own, json!({"email": person.email()}));
    let nowhere = Id::new();
    for (client, organisation) in [(&stranger, own), (&person, other), (&person, nowhere), (&app.admin(), own)] {
        client.post_empty(&format!("{}/confirm", mine(organisation))).refused(404, "not_found");
        client.if_match("*").delete(&mine(organisation)).refused(404, "not_found");
    }
    app.anonymous().post_empty(&format!("{}/confirm", mine(own))).refused(401, "unauthenticated");
    app.anonymous().if_match("*").delete(&mine(own)).refused(401, "unauthenticated");
    for scope in ["read", "book", "count"] {
        let body = json!({"name": "Webbplats", "scope": scope, "days": 30, "current_password": PASSWORD});
        let program = bearing(&app, person.post("/me/tokens", body).is(201)["token"].as_str().unwrap());
        program.post_empty(&format!("{}/confirm", mine(own))).refused(403, "forbidden");
        program.if_match("*").delete(&mine(own)).refused(403, "forbidden");
    }
    assert_eq!(person.get("/me").is(200)["invitations"].as_array().unwrap().len(), 1);
}

#[test]
fn members_and_the_desk_see_who_belongs_to_an_association_and_not_who_was_asked() {
    let app = App::spawn();
    let own = app.organisation("Limhamns språkkafé");
    let (manager, member, person) = (app.organisation_admin(own), app.booker(own), app.person(Role::Booker));
    asked(&app, &manager, own, json!({"email": person.email()}));
    for (client, many) in [(&manager, 3), (&app.admin(), 3), (&member, 2), (&app.reception(), 2)] {
        assert_eq!(client.get(&members(own)).is(200).items().len(), many);
    }
    // Page by page nothing is left out and nothing told twice.
    asked(&app, &manager, own, json!({"email": "aaron@example.org"}));
    asked(&app, &manager, own, json!({"email": "ny@example.org", "name": "Åsa 🎉"}));
    let whole = manager.get(&members(own)).is(200).items().to_vec();
    let (mut seen, mut next) = (vec![], format!("{}?limit=2", members(own)));
    loop {
        let page = manager.get(&next).is(200);
        seen.extend(page.items().to_vec());
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        next = format!("{}?limit=2&cursor={cursor}", members(own));
    }
    assert_eq!((seen.len(), seen), (5, whole));
}

#[test]
fn whom_the_houses_admin_adds_is_a_member_at_once_though_it_was_asked() {
    let app = App::spawn();
    let own = app.organisation("Limhamns språkkafé");
    let (manager, person) = (app.organisation_admin(own), app.person(Role::Booker));
    asked(&app, &manager, own, json!({"email": person.email(), "organisation_admin": true}));
    let added = app.admin().post(&members(own), json!({"email": person.email()})).is(201);
    assert_eq!((&added["confirmed"], &added["person_id"]), (&json!(true), &json!(person.id())));
    let me = person.get("/me").is(200);
    assert_eq!((&me["invitations"], &me["memberships"][0]["organisation_admin"]), (&json!([]), &json!(false)));
    assert_eq!(manager.get(&members(own)).is(200).items().len(), 2);
    manager.post(&members(own), json!({"email": person.email()})).refused(409, "already_exists");
}

#[test]
fn an_admin_without_a_second_step_asks_like_anybody_who_manages() {
    let app = App::spawn();
    let own = app.organisation("Limhamns språkkafé");
    let admin = app.person(Role::Admin);
    app.join(&admin, own, true);
    let keys = app.state.tokens.clone();
    let by = nobel21::audit::By::program(app.now());
    let entrance = nobel21::people::sessions::Entrance::default();
    let tokens = app.write(|c| nobel21::people::sign_in::enter(c, &keys, admin.id(), &entrance, &by)).unwrap();
    let half = bearing(&app, &tokens.access);
    let answer = asked(&app, &half, own, json!({"email": app.person(Role::Booker).email()}));
    assert_eq!(answer["confirmed"], false);
}

/// A mistyped address, taken back at once: a stranger's name and address do not stay with the house.
#[test]
fn an_account_that_was_made_for_a_question_alone_goes_though_the_question_was_taken_back() {
    let app = App::spawn();
    let (one, other) = (app.organisation("Limhamns språkkafé"), app.organisation("Kastanjen"));
    let manager = app.organisation_admin(one);
    let answer = asked(&app, &manager, one, json!({"email": "fel@example.org"}));
    let path = format!("{}/{}", members(one), answer["person_id"].as_str().unwrap());
    manager.if_match("*").delete(&path).is(204);
    let accounts = || app.read(|c| Ok(people::table.filter(people::erased_at.is_null()).select(people::email).load::<String>(c)?));
    let tidy = |at: &str| housekeeping::tidy_up(app.db(), at.parse().unwrap()).unwrap();
    assert!(accounts().contains(&"fel@example.org".to_owned()));
    // Another asks too, later: as long as that waits the account stays.
    app.at("2026-12-10T08:00:00+01:00");
    asked(&app, &app.organisation_admin(other), other, json!({"email": "fel@example.org"}));
    tidy("2026-12-24T08:00:00+01:00");
    assert!(accounts().contains(&"fel@example.org".to_owned()));
    tidy("2027-01-10T08:00:00+01:00");
    assert!(!accounts().contains(&"fel@example.org".to_owned()));
}

/// However somebody has come in, and whatever is left of that by now.
#[test]
fn an_account_that_was_used_once_stays_when_the_question_lapses() {
    let app = App::spawn();
    let own = app.organisation("Limhamns språkkafé");
    asked(&app, &app.organisation_admin(own), own, json!({"email": "vera@example.org"}));
    let (link, browser) = crate::sign_in_links::ask_for_link(&app, "vera@example.org");
    crate::sign_in_links::redeem(&app, &link, &browser).is(200);
    housekeeping::tidy_up(app.db(), "2027-02-01T08:00:00+01:00".parse().unwrap()).unwrap();
    let kept: i64 = app.read(|c| {
        Ok(people::table.filter(people::email.eq("vera@example.org")).filter(people::erased_at.is_null()).count().get_result(c)?)
    });
    assert_eq!(kept, 1);
}

#[test]
fn a_question_that_nobody_answers_is_gone_after_thirty_days_with_the_account_made_for_it_alone() {
    let app = App::spawn();
    let own = app.organisation("Limhamns språkkafé");
    let (manager, person) = (app.organisation_admin(own), app.person(Role::Booker));
    for address in [person.email(), "aldrig@example.org", "anvander@example.org"] {
        asked(&app, &manager, own, json!({"email": address, "name": "Vera Ny"}));
    }
    // One of the two newcomers has used its account, though not answered.
    let id: Id = app.read(|c| Ok(people::table.filter(people::email.eq("anvander@example.org")).select(people::id).first(c)?));
    app.admin().post_empty(&format!("/users/{id}/password-link")).is(202);
    newcomer(&app, &letters_to(&app, "anvander@example.org")[1].1);
    let left = || app.read(|c| Ok(membership_invitations::table.count().get_result::<i64>(c)?));
    let tidy = |at: &str| housekeeping::tidy_up(app.db(), at.parse().unwrap()).unwrap();
    tidy("2026-12-23T07:59:00+01:00");
    assert_eq!(left(), 3);
    tidy("2026-12-23T08:01:00+01:00");
    assert_eq!(left(), 0);
    assert_eq!(person.get("/me").is(200)["invitations"], json!([]));
    assert_eq!(manager.get(&members(own)).is(200).items().len(), 1);
    let accounts: Vec<String> = app.read(|c| Ok(people::table.filter(people::erased_at.is_null()).select(people::email).load(c)?));
    assert!(!accounts.contains(&"aldrig@example.org".to_owned()), "{accounts:?}");
    assert!(accounts.contains(&"anvander@example.org".to_owned()) && accounts.contains(&person.email().to_owned()), "{accounts:?}");
    assert!(letters_to(&app, "aldrig@example.org").is_empty());
}

#[test]
fn a_copy_of_ones_data_has_what_one_is_asked_and_an_erasure_takes_it() {
    let app = App::spawn();
    let own = app.organisation("Limhamns språkkafé");
    let (manager, person) = (app.organisation_admin(own), app.person(Role::Booker));
    asked(&app, &manager, own, json!({"email": person.email(), "name": "Vera"}));
    let data = person.get("/me/data").is(200);
    let section = data["sections"].as_array().unwrap().iter().find(|one| one["kind"] == "membership_invitations").unwrap().clone();
    assert_eq!((&section["rows"][0]["organisation"], &section["rows"][0]["name"]), (&json!("Limhamns språkkafé"), &json!("Vera")));
    person.post("/me/erase", json!({"current_password": PASSWORD})).is(204);
    let left = app.read(|c| Ok(membership_invitations::table.count().get_result::<i64>(c)?));
    assert_eq!((left, manager.get(&members(own)).is(200).items().len()), (0, 1));
}

#[test]
fn asking_answering_and_leaving_are_on_the_record_by_whoever_did_it() {
    let app = App::spawn();
    let own = app.organisation("Limhamns språkkafé");
    let (manager, person) = (app.organisation_admin(own), app.person(Role::Booker));
    asked(&app, &manager, own, json!({"email": person.email()}));
    person.if_match("*").delete(&mine(own)).is(204);
    asked(&app, &manager, own, json!({"email": person.email()}));
    person.post_empty(&format!("{}/confirm", mine(own))).is(204);
    person.if_match("*").delete(&mine(own)).is(204);
    let record = app.admin().get(&format!("/audit?noun=organisation&noun_id={own}")).is(200);
    let done: Vec<(&str, &Value)> = record.items().iter().map(|one| (one["action"].as_str().unwrap(), &one["actor"]["id"])).collect();
    let (manager, person) = (json!(manager.id()), json!(person.id()));
    assert_eq!(
        done,
        [
            ("member_left", &person),
            ("member_confirmed", &person),
            ("member_invited", &manager),
            ("invitation_declined", &person),
            ("member_invited", &manager)
        ]
    );
}

#[test]
fn a_question_is_written_once_however_often_it_is_sent_and_by_a_round_if_not_at_once() {
    let app = App::spawn();
    let own = app.organisation("Limhamns språkkafé");
    let (manager, person) = (app.organisation_admin(own), app.person(Role::Booker));
    let body = json!({"email": person.email()});
    let first = manager.key("k1").post(&members(own), &body).is(201);
    settled(&app);
    assert_eq!(manager.key("k1").post(&members(own), &body).is(201).json, first.json);
    let round = || rounds::invite(app.db(), &app.state.house, app.now()).unwrap();
    assert_eq!((round(), letters_to(&app, person.email()).len()), (0, 1));
    // As if the process had ended right after the answer.
    let later = app.person(Role::Booker);
    app.write(|c| {
        let asked = nobel21::people::invitations::Invitation {
            id: Id::new(),
            organisation_id: own,
            email: later.email().to_owned(),
            name: later.email().to_owned(),
            organisation_admin: false,
            created_at: app.now(),
        };
        nobel21::people::invitations::insert(c, &asked, &later.email().parse().unwrap())
    });
    assert_eq!((round(), round(), letters_to(&app, later.email()).len()), (1, 0, 1));
}

#[test]
fn of_a_yes_and_a_taking_back_at_once_one_holds() {
    let app = App::spawn();
    let own = app.organisation("Limhamns språkkafé");
    let manager = app.organisation_admin(own);
    for _ in 0..8 {
        let person = app.person(Role::Booker);
        let answer = asked(&app, &manager, own, json!({"email": person.email()}));
        let place = format!("{}/{}", members(own), answer["person_id"].as_str().unwrap());
        let (yes, back) = std::thread::scope(|scope| {
            let yes = scope.spawn(|| person.post_empty(&format!("{}/confirm", mine(own))).status);
            let back = scope.spawn(|| manager.if_match("*").delete(&place).status);
            (yes.join().unwrap(), back.join().unwrap())
        });
        assert!(matches!((yes, back), (204, 404) | (404, 204)), "{yes} {back}");
        let belongs = !person.get("/me").is(200)["memberships"].as_array().unwrap().is_empty();
        assert_eq!(belongs, yes == 204);
    }
}
