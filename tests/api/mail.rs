//! Letters: none lost, none twice, none too many. The mail server is a real one, over a socket.
use std::{collections::HashSet, thread};

use diesel::prelude::*;
use mail_parser::MimeHeaders;
use nobel21::{
    audit::By,
    db::schema::letters,
    housekeeping,
    id::Id,
    mail::{self, Letter, Transport},
    time::Moment,
};

use crate::{
    schemas::wherever,
    support::{
        App, Value, json,
        smtp::{Mail, Sink, free_port},
    },
};

fn to(url: &str) -> Transport {
    Transport::parse(url).unwrap()
}

fn ids(mails: &[Mail]) -> HashSet<String> {
    mails.iter().map(Mail::message_id).collect()
}

fn minutes_later(app: &App, minutes: i64) {
    app.state.clock.set(app.now().plus_minutes(minutes));
}

#[test]
fn a_letter_reaches_the_mail_server_encrypted_and_with_the_password() {
    let sink = Sink::with_login("amina@example.org", "p/å:%");
    let app = App::with(|config| config.mail = to(&sink.url("amina%40example.org:p%2F%C3%A5%3A%25@")));
    let id = app.write_letter("asa.ek@example.org");
    assert_eq!(app.deliver_mail(), 1);
    let [mail] = &sink.mails()[..] else { panic!("one letter") };
    assert!(mail.encrypted);
    assert_eq!(mail.user.as_deref(), Some("amina@example.org"));
    assert_eq!((mail.from.as_str(), &mail.to[..]), ("bokning@nobel21.example", &["asa.ek@example.org".to_owned()][..]));
    let message = mail.message();
    assert_eq!(message.subject(), Some("Bokningen är bekräftad: Konferens 1, 24 november kl. 18.00–20.00"));
    assert_eq!(message.message_id(), Some(format!("{id}@nobel21.example").as_str()));
    assert_eq!(message.header("Auto-Submitted").unwrap().as_text(), Some("auto-generated"));
    assert_eq!(message.date().unwrap().to_timestamp(), app.now().unix());
    assert_eq!(message.from().unwrap().first().unwrap().name(), Some("Föreningscentret Nobel 21"));
    assert_eq!(message.to().unwrap().first().unwrap().name(), Some("Åsa Ek"));
    assert!(message.is_content_type("multipart", "alternative"));
    assert!(message.body_text(0).unwrap().contains("tisdag 24 november 2026 kl. 18.00–20.00"));
    assert!(message.body_html(0).unwrap().contains("tisdag 24 november 2026 kl. 18.00–20.00"));
    assert_eq!(app.deliver_mail(), 0, "it is not sent again");
    assert_eq!(sink.mails().len(), 1);
}

#[test]
fn a_server_that_is_down_at_first_gets_every_letter_and_none_twice() {
    let port = free_port();
    let transport = to(&format!("smtp://127.0.0.1:{port}?tls=none"));
    let app = App::empty();
    let written: HashSet<String> =
        (0..30).map(|i| format!("{}@nobel21.example", app.write_letter(&format!("person-{i}@example.org")))).collect();
    for _ in 0..3 {
        assert_eq!(app.deliver_to(&transport), 0);
        minutes_later(&app, 1);
    }
    assert!(app.letters().iter().all(|state| state == "waiting"));
    let sink = Sink::on(port);
    let mut sent = 0;
    for _ in 0..10 {
        sent += app.deliver_to(&transport);
        minutes_later(&app, 1);
    }
    assert_eq!(sent, 30);
    let mails = sink.mails();
    assert_eq!(mails.len(), 30);
    assert_eq!(ids(&mails), written);
    assert!(app.letters().iter().all(|state| state == "sent"));
    assert_eq!(sink.connections(), 1, "one connection carries them all");
}

#[test]
fn a_server_that_hangs_up_between_two_letters_gets_both() {
    let port = free_port();
    let transport = to(&format!("smtp://127.0.0.1:{port}?tls=none"));
    let app = App::empty();
    let sink = Sink::on(port);
    app.write_letter("one@example.org");
    assert_eq!(app.deliver_to(&transport), 1);
    drop(sink);
    let sink = Sink::on(port);
    app.write_letter("two@example.org");
    assert_eq!(app.deliver_to(&transport), 1);
    assert_eq!(sink.mails().len(), 1);
}

#[test]
fn a_wrong_password_condemns_no_letter() {
    let sink = Sink::with_login("u", "right");
    let app = App::empty();
    app.write_letter("asa@example.org");
    assert_eq!(app.deliver_to(&to(&sink.url("u:wrong@"))), 0);
    assert_eq!(app.deliver_to(&to(&sink.url(""))), 0);
    assert_eq!(app.letters()[0], "waiting");
    minutes_later(&app, 2);
    assert_eq!(app.deliver_to(&to(&sink.url(""))), 0, "the server wants a password");
    minutes_later(&app, 2);
    assert_eq!(app.deliver_to(&to(&sink.url("u:right@"))), 1);
}

#[test]
fn nothing_is_said_to_a_server_whose_certificate_is_not_trusted() {
    let sink = Sink::with_login("u", "p");
    let app = App::empty();
    app.write_letter("asa@example.org");
    let url = sink.url("u:p@");
    let (untrusting, _) = url.split_once("&ca=").unwrap();
    assert_eq!(app.deliver_to(&to(untrusting)), 0);
    minutes_later(&app, 5);
    let shown = app.admin().get("/letters").is(200);
    assert!(shown.items()[0]["last_error"].as_str().unwrap().contains("certificate"), "{shown:?}");
    assert!(sink.mails().is_empty());
    assert!(to(untrusting).check().unwrap_err().contains("certificate"));
    to(&url).check().unwrap();
}

#[test]
fn a_final_no_fails_at_once_and_the_admin_sees_why_and_sends_it_again() {
    let sink = Sink::start();
    sink.refuse("gone@example.org", 550);
    let app = App::with(|config| config.mail = to(&sink.plain_url()));
    let id = app.write_letter("gone@example.org");
    app.write_letter("there@example.org");
    assert_eq!(app.deliver_mail(), 1, "the other one leaves");
    let admin = app.admin();
    let failed = admin.get("/letters?status=failed").is(200);
    let [letter] = failed.items() else { panic!("one letter") };
    assert_eq!((letter["id"].as_str().unwrap(), letter["attempts"].as_i64().unwrap()), (id.to_string().as_str(), 1));
    assert!(letter["last_error"].as_str().unwrap().contains("not today"), "{letter}");
    assert!(letter["next_attempt_at"].is_null());
    minutes_later(&app, 60 * 24 * 7);
    assert_eq!(app.deliver_mail(), 0, "it is not tried again");

    sink.refuse_nobody();
    let again = admin.post_empty(&format!("/letters/{id}/resend")).is(202);
    assert_eq!((again["status"].as_str(), again["attempts"].as_i64()), (Some("waiting"), Some(0)));
    admin.post_empty(&format!("/letters/{id}/resend")).refused(409, "wrong_state");
    assert_eq!(app.deliver_mail(), 1);
    let mails = sink.mails();
    assert_eq!(mails[1].message_id(), format!("{id}@nobel21.example"));
    let audited = admin.get("/audit?noun=letter").is(200);
    assert_eq!(audited.items()[0]["action"], "resent");
}

#[test]
fn a_sent_letter_can_be_sent_again_under_the_same_message_id() {
    let sink = Sink::start();
    let app = App::with(|config| config.mail = to(&sink.plain_url()));
    let id = app.write_letter("asa@example.org");
    assert_eq!(app.deliver_mail(), 1);
    app.admin().post_empty(&format!("/letters/{id}/resend")).is(202);
    assert_eq!(app.deliver_mail(), 1);
    let mails = sink.mails();
    assert_eq!(mails.len(), 2);
    assert_eq!(ids(&mails).len(), 1);
}

#[test]
fn a_no_for_now_is_tried_for_48_hours_with_growing_pauses_and_then_given_up() {
    let sink = Sink::start();
    sink.refuse("full@example.org", 452);
    let app = App::with(|config| config.mail = to(&sink.plain_url()));
    app.write_letter("full@example.org");
    let admin = app.admin();
    let begun = app.now();
    let (mut tries, mut last_pause) = (0, 0);
    loop {
        assert_eq!(app.deliver_mail(), 0);
        tries += 1;
        let shown = admin.get("/letters").is(200);
        let letter = &shown.items()[0];
        assert_eq!(letter["attempts"], tries);
        let Some(next) = letter["next_attempt_at"].as_str() else { break };
        let pause = next.parse::<nobel21::time::Moment>().unwrap().seconds_since(app.now());
        assert!((60..=6 * 3600).contains(&pause) && pause >= last_pause, "{pause} after {last_pause}");
        last_pause = pause;
        app.state.clock.set(app.now().plus_seconds(pause - 1));
        assert_eq!(app.deliver_mail(), 0);
        assert_eq!(admin.get("/letters").items()[0]["attempts"], tries, "it is not tried before its time");
        app.state.clock.set(app.now().plus_seconds(1));
    }
    assert_eq!(app.now().seconds_since(begun), 48 * 3600);
    assert_eq!(app.letters()[0], "failed");
}

#[test]
fn workers_side_by_side_send_each_letter_once() {
    let sink = Sink::start();
    let app = App::empty();
    let url = sink.plain_url();
    for i in 0..60 {
        app.write_letter(&format!("person-{i}@example.org"));
    }
    let sent: usize = thread::scope(|scope| {
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(|| app.deliver_to(&to(&url)))).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    let mails = sink.mails();
    assert_eq!((sent, mails.len(), ids(&mails).len()), (60, 60, 60));
}

#[test]
fn what_a_killed_worker_had_is_taken_over_when_its_lease_is_over() {
    let sink = Sink::start();
    let app = App::with(|config| config.mail = to(&sink.plain_url()));
    let id = app.write_letter("asa@example.org");
    let until = app.now().plus_minutes(5);
    app.write(|c| {
        diesel::update(letters::table.find(id)).set((letters::lease.eq(Id::new()), letters::leased_until.eq(until))).execute(c)?;
        Ok(())
    });
    assert_eq!(app.deliver_mail(), 0, "somebody else is at it");
    app.state.clock.set(until.plus_seconds(1));
    assert_eq!(app.deliver_mail(), 1);
    assert_eq!(sink.mails().len(), 1);
}

#[test]
fn an_address_gets_twenty_letters_an_hour_and_the_rest_later() {
    let sink = Sink::start();
    let app = App::with(|config| config.mail = to(&sink.plain_url()));
    for i in 0..45 {
        // However it is written, it is one mailbox.
        app.write_letter(if i % 2 == 0 { "asa@example.org" } else { "Asa@Example.org" });
    }
    app.write_letter("other@example.org");
    assert_eq!(app.deliver_mail(), 21, "nobody else waits for it");
    let held = app.admin().get("/letters?status=held").is(200);
    assert_eq!(held.items().len(), 25);
    assert_eq!(held.items()[0]["next_attempt_at"], app.now().plus_minutes(60).to_string());
    assert_eq!(held.items()[0]["attempts"], 0, "waiting is no try");
    minutes_later(&app, 59);
    assert_eq!(app.deliver_mail(), 0);
    minutes_later(&app, 1);
    assert_eq!(app.deliver_mail(), 20);
    minutes_later(&app, 60);
    assert_eq!(app.deliver_mail(), 5);
    assert_eq!(ids(&sink.mails()).len(), 46);
}

#[test]
fn workers_side_by_side_keep_to_the_twenty_an_hour() {
    let sink = Sink::start();
    let app = App::empty();
    let url = sink.plain_url();
    for _ in 0..40 {
        app.write_letter("asa@example.org");
    }
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| app.deliver_to(&to(&url)));
        }
    });
    let after_an_hour_of_passes = || {
        // Those that were held because others were on their way are looked at again in a minute, and what a busy machine failed to
        // hand over a few minutes later; all within the hour.
        for _ in 0..30 {
            minutes_later(&app, 1);
            app.deliver_to(&to(&url));
        }
        sink.mails().len()
    };
    assert_eq!(after_an_hour_of_passes(), 20);
}

#[test]
fn a_one_time_link_is_shown_to_nobody_and_forgotten_once_it_is_sent() {
    let sink = Sink::start();
    let app = App::with(|config| config.mail = to(&sink.plain_url()));
    let id = app.post("asa@example.org", &Letter::FirstPassword { link: "http://127.0.0.1:8021/losenord#hemligt".into(), asked_by: None });
    let admin = app.admin();
    assert_eq!(admin.get(&format!("/letters/{id}")).is(200)["text"], "");
    assert_eq!(app.deliver_mail(), 1);
    assert!(sink.mails()[0].message().body_text(0).unwrap().contains("losenord#hemligt"));
    let kept: (String, String) = app.read(|c| Ok(letters::table.find(id).select((letters::body_text, letters::body_html)).first(c)?));
    assert_eq!(kept, (String::new(), String::new()));
    admin.post_empty(&format!("/letters/{id}/resend")).refused(409, "wrong_state");
}

#[test]
fn a_letter_of_which_nobody_has_any_use_any_more_is_not_sent_unless_an_admin_says_so() {
    let sink = Sink::start();
    let app = App::with(|config| config.mail = to(&sink.plain_url()));
    let (booking, at) = (app.made_up(), |text: &str| text.parse::<Moment>().unwrap());
    let reminder = app.post("reminder@example.org", &Letter::Reminder(booking.clone()));
    app.post("offer@example.org", &Letter::Offer(booking.clone(), at("2026-11-24T12:00:00+01:00")));
    app.post("arrived@example.org", &Letter::VisitorsArrived(booking, 3));
    app.write_letter("confirmed@example.org");
    let sent = |when: &str| {
        app.at(when);
        let before = sink.mails().len();
        app.deliver_mail();
        sink.mails().split_off(before).into_iter().map(|mail| mail.to[0].clone()).collect::<Vec<_>>()
    };
    // While the server does not take them, each is there for as long as it is good for.
    let none = to(&format!("smtp://127.0.0.1:{}?tls=none", free_port()));
    app.at("2026-11-24T11:59:59+01:00");
    assert_eq!(app.deliver_to(&none), 0);
    assert_eq!(app.letters(), ["waiting"; 4]);
    app.at("2026-11-24T18:00:00+01:00");
    // Each pass ends at the first letter that finds no server.
    for _ in 0..3 {
        assert_eq!(app.deliver_to(&none), 0);
    }
    assert_eq!(app.letters(), ["failed", "failed", "waiting", "waiting"]);
    assert_eq!(sent("2026-11-24T20:00:00+01:00"), ["confirmed@example.org"]);
    let admin = app.admin();
    let failed = admin.get("/letters?status=failed").is(200);
    assert_eq!(failed.items().iter().map(|letter| letter["last_error"].as_str().unwrap()).collect::<Vec<_>>(), ["too_late"; 3]);
    admin.post_empty(&format!("/letters/{reminder}/resend")).is(202);
    assert_eq!(sent("2026-11-24T20:01:00+01:00"), ["reminder@example.org"]);
}

#[test]
fn the_text_of_a_letter_is_kept_for_90_days() {
    let sink = Sink::start();
    let app = App::with(|config| config.mail = to(&sink.plain_url()));
    let id = app.write_letter("asa@example.org");
    app.deliver_mail();
    let admin = app.admin();
    // As it is when it went wrong before it went well, and to somebody with an account.
    app.write(|c| {
        let row = (letters::last_error.eq("550 no mailbox of asa@example.org here"), letters::person_id.eq(admin.id()));
        Ok(diesel::update(letters::table.find(id)).set(row).execute(c)?)
    });
    let text = || admin.get(&format!("/letters/{id}")).is(200)["text"].as_str().unwrap().len();
    minutes_later(&app, 89 * 24 * 60);
    housekeeping::tidy_up(app.db(), app.now()).unwrap();
    assert!(text() > 100);
    // Whom it went to, what it was called and what it told of, in any column.
    let personal = ["asa@example.org", "Åsa Ek", "åsa ek", "Språkkafé", "språkkafé", &admin.id().to_string()];
    let said = |words: &str| app.read(|c| Ok(wherever(c, words))).iter().any(|place| place.starts_with("letters."));
    assert!(personal.iter().all(|words| said(words)), "the test looks where nothing is");
    minutes_later(&app, 2 * 24 * 60);
    housekeeping::tidy_up(app.db(), app.now()).unwrap();
    assert_eq!(text(), 0);
    for words in personal {
        assert!(!said(words), "{words}");
    }
    // It was an invitation, which may still have to be taken back: by a hash of the address it is known again.
    let key: String = app.read(|c| Ok(letters::table.find(id).select(letters::to_key).first(c)?));
    assert_eq!((key.len(), key.bytes().all(|digit| digit.is_ascii_hexdigit())), (64, true), "{key}");
    let shown = admin.get("/letters").is(200).items()[0].clone();
    assert_eq!((&shown["subject"], &shown["to"], &shown["last_error"]), (&json!(""), &json!(""), &Value::Null));
    admin.post_empty(&format!("/letters/{id}/resend")).refused(409, "wrong_state");
    minutes_later(&app, 3 * 366 * 24 * 60);
    housekeeping::tidy_up(app.db(), app.now()).unwrap();
    assert_eq!(app.read(|c| Ok(letters::table.find(id).select(letters::to_key).first::<String>(c)?)), "");
}

#[test]
fn what_an_earlier_version_left_of_old_letters_is_forgotten_too() {
    let app = App::empty();
    for n in 0..2_100 {
        app.write_letter(&format!("person-{n}@example.org"));
    }
    app.write(|c| {
        let (sent, never) = (letters::status.eq("sent"), letters::next_attempt_at.eq(None::<Moment>));
        Ok(diesel::update(letters::table).set((sent, never, letters::to_address.eq(""), letters::body_text.eq(""))).execute(c)?)
    });
    minutes_later(&app, 91 * 24 * 60);
    housekeeping::tidy_up(app.db(), app.now()).unwrap();
    let (keys, subjects): (Vec<String>, Vec<String>) =
        app.read(|c| Ok((letters::table.select(letters::to_key).load(c)?, letters::table.select(letters::subject).load(c)?)));
    assert!(keys.iter().all(|key| key.len() == 64 && !key.contains('@')) && subjects.iter().all(String::is_empty));
    assert_eq!(keys.into_iter().collect::<HashSet<_>>().len(), 2_100, "two addresses are still two");
}

#[test]
fn an_admin_reads_the_letters_latest_first_and_finds_them_by_status_and_words() {
    let app = App::empty();
    for i in 0..5 {
        app.write_letter(&format!("person-{i}@example.org"));
        minutes_later(&app, 1);
    }
    let admin = app.admin();
    let first = admin.get("/letters?limit=2").is(200);
    let to = |answer: &crate::support::Answer| -> Vec<String> {
        answer.items().iter().map(|letter| letter["to"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(to(&first), ["person-4@example.org", "person-3@example.org"]);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = admin.get(&format!("/letters?limit=2&cursor={cursor}")).is(200);
    assert_eq!(to(&second), ["person-2@example.org", "person-1@example.org"]);
    assert_eq!(to(&admin.get("/letters?q=PERSON-3").is(200)), ["person-3@example.org"]);
    assert_eq!(to(&admin.get("/letters?q=%C3%85SA%20ek").is(200)).len(), 5);
    assert!(to(&admin.get("/letters?q=100%25").is(200)).is_empty());
    assert_eq!(admin.get("/letters?status=waiting").is(200).items().len(), 5);
    assert!(admin.get("/letters?status=sent").is(200).items().is_empty());
    let wrong = admin.get("/letters?status=lost&limit=0&nonsense=1").refused(422, "invalid_field");
    assert_eq!(wrong.fields(), ["limit", "nonsense", "status"]);
    let one = admin.get(&format!("/letters/{}", second.items()[0]["id"].as_str().unwrap())).is(200);
    assert!(one["text"].as_str().unwrap().starts_with("Hej Åsa Ek!\n"));
    admin.header("If-None-Match", one.etag()).get(&format!("/letters/{}", one.id())).is(304);
}

#[test]
fn letters_are_for_admins_alone() {
    let app = App::empty();
    let id = app.write_letter("asa@example.org");
    let organisation = app.organisation("Limhamns språkkafé");
    for somebody in [app.reception(), app.organisation_admin(organisation)] {
        somebody.get("/letters").refused(403, "forbidden");
        somebody.get(&format!("/letters/{id}")).refused(403, "forbidden");
        somebody.post_empty(&format!("/letters/{id}/resend")).refused(403, "forbidden");
    }
    app.anonymous().get("/letters").refused(401, "unauthenticated");
    for nobodys in [Id::new().to_string(), "x".into()] {
        app.admin().get(&format!("/letters/{nobodys}")).refused(404, "not_found");
        app.admin().post_empty(&format!("/letters/{nobodys}/resend")).refused(404, "not_found");
    }
}

#[test]
fn an_address_that_is_none_gets_no_letter() {
    let app = App::empty();
    let house = app.state.house.clone();
    let letter = Letter::FirstPassword { link: "http://x/".into(), asked_by: None };
    for address in ["asa@example.org\r\nBcc: other@example.org", "", "asa", "asa@example.org, eva@example.org"] {
        let to = mail::Recipient { person: None, name: "Åsa".into(), address: address.into(), language: nobel21::error::Language::En };
        let refused = app.state.db.write_now(|c| mail::enqueue(c, &house, &to, &letter, None, &By::program(app.state.clock.now())));
        assert!(matches!(refused, Err(nobel21::error::Error::Invalid(_))), "{address:?}");
    }
    assert!(app.letters().is_empty());
}

#[test]
fn the_measures_tell_how_many_letters_wait_and_for_how_long() {
    let app = App::empty();
    let page = || app.anonymous().get("/metrics").is(200).text();
    assert!(page().contains("nobel21_outbox{measure=\"letters\"} 0"));
    app.write_letter("asa@example.org");
    app.write_letter("eva@example.org");
    minutes_later(&app, 2);
    let page = page();
    assert!(page.contains("nobel21_outbox{measure=\"letters\"} 2"), "{page}");
    assert!(page.contains("nobel21_outbox{measure=\"oldest_seconds\"} 120"), "{page}");
}

#[test]
fn the_service_sends_by_itself_what_is_written_and_stops_at_once() {
    let sink = Sink::start();
    let app = App::with(|config| {
        config.mail = to(&sink.plain_url());
        config.background = true;
    });
    for i in 0..3 {
        app.write_letter(&format!("person-{i}@example.org"));
    }
    assert_eq!(ids(&sink.wait(3)).len(), 3);
    let begun = std::time::Instant::now();
    drop(app);
    assert!(begun.elapsed().as_secs() < 2);
}

#[test]
fn without_a_mail_server_letters_are_files() {
    let app = App::empty();
    app.write_letter("asa@example.org");
    assert_eq!(app.deliver_mail(), 1);
    let files: Vec<_> = std::fs::read_dir(app.folder().join("mail")).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 1);
    let bytes = std::fs::read(&files[0]).unwrap();
    let message = mail_parser::MessageParser::default().parse(&bytes).unwrap();
    assert_eq!(message.to().unwrap().first().unwrap().address(), Some("asa@example.org"));
}
