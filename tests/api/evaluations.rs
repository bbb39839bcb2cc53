//! One question about a gathering: the link, the answers as JSON, and the page behind the QR code.
use std::thread;

use diesel::prelude::*;
use nobel21::{
    db::schema::{evaluations, idempotency_keys},
    id::Id,
    time::Moment,
};
use ureq::{
    Agent,
    http::{Request, request::Builder},
};

use crate::{
    schemas::wherever,
    support::{Answer, App, Client, Value, json},
};

/// Where it stands when an account was last used, which says nothing of evaluations.
const OF_SIGN_IN: [&str; 1] = ["sessions.last_used_at"];

struct Gathering {
    app: App,
    organisation: Id,
    booker: Client,
    booking: String,
}

/// A gathering from 10 to 12, seen at 8 o'clock.
fn gathering(title: &str, display: &str) -> Gathering {
    let app = App::spawn();
    let organisation = app.organisation("Limhamns språkkafé");
    let booker = app.booker(organisation);
    let body = json!({
        "room": "konferens-1", "organisation_id": organisation, "title": title, "category": "meeting", "expected_participants": 12,
        "starts_at": "2026-11-23T10:00:00+01:00", "ends_at": "2026-11-23T12:00:00+01:00", "display": display,
    });
    let booking = booker.post("/bookings", body).is(201).id();
    Gathering { app, organisation, booker, booking }
}

impl Gathering {
    fn link(&self, client: &Client) -> Answer {
        client.post_empty(&format!("/bookings/{}/evaluation-link", self.booking))
    }

    fn code(&self) -> String {
        let link = self.link(&self.booker);
        assert!(matches!(link.status, 200 | 201), "{link:?}");
        link["code"].as_str().unwrap().to_owned()
    }

    fn answers(&self) -> Vec<(i32, String)> {
        let order = (evaluations::rating, evaluations::comment);
        self.app.read(|c| Ok(evaluations::table.select((evaluations::rating, evaluations::comment)).order(order).load(c)?))
    }

    /// The page, as a browser gets it that follows no redirect.
    fn page(&self, path: &str, headers: &[(&str, &str)]) -> Page {
        self.browse(Request::get(format!("{}{path}", self.app.url)), headers, String::new())
    }

    /// The page's form, as a browser sends it.
    fn send(&self, code: &str, headers: &[(&str, &str)], form: &str) -> Page {
        let request = Request::post(format!("{}/e/{code}", self.app.url));
        let request = request.header("Content-Type", "application/x-www-form-urlencoded");
        self.browse(request, headers, form.to_owned())
    }

    fn browse(&self, mut request: Builder, headers: &[(&str, &str)], body: String) -> Page {
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let agent =
            Agent::config_builder().http_status_as_error(false).max_redirects(0).max_redirects_will_error(false).build().new_agent();
        let (parts, mut body) = agent.run(request.body(body).unwrap()).unwrap().into_parts();
        let header = |name: &str| parts.headers.get(name).map_or("", |v| v.to_str().unwrap()).to_owned();
        Page {
            status: parts.status.as_u16(),
            policy: header("content-security-policy"),
            location: header("location"),
            text: body.read_to_string().unwrap(),
        }
    }
}

/// What a browser sees.
#[derive(Debug)]
struct Page {
    status: u16,
    policy: String,
    location: String,
    text: String,
}

impl Page {
    #[track_caller]
    fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }
}

const STARTED: &str = "2026-11-23T10:00:00+01:00";

#[test]
fn a_booking_has_one_link_for_its_members_and_the_staff() {
    let g = gathering("Språkkafé", "title");
    let first = g.link(&g.booker).is(201);
    let code = first["code"].as_str().unwrap();
    assert!(code.len() >= 10 && code.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()), "{code}");
    assert_eq!(first["url"], format!("http://127.0.0.1:8021/e/{code}"));
    assert!(first["qr_svg"].as_str().unwrap().starts_with("<svg"));
    for client in [g.booker.clone(), g.app.reception(), g.app.admin(), g.app.booker(g.organisation)] {
        assert_eq!(g.link(&client).is(200).json, first.json);
    }
    g.link(&g.app.anonymous()).refused(401, "unauthenticated");
    g.link(&g.app.booker(g.app.organisation("Annan förening"))).refused(404, "not_found");
    g.booker.post_empty(&format!("/bookings/{}/evaluation-link", Id::new())).refused(404, "not_found");
}

#[test]
fn ten_who_ask_for_the_link_at_once_get_the_same() {
    let g = gathering("Språkkafé", "title");
    let links: Vec<_> = thread::scope(|scope| {
        let asked: Vec<_> = (0..10).map(|_| scope.spawn(|| g.link(&g.booker))).collect();
        asked.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(links.iter().filter(|link| link.status == 201).count(), 1);
    assert!(links.iter().all(|link| link["code"] == links[0]["code"]));
}

#[test]
fn what_is_called_off_has_no_link_and_takes_no_answers() {
    let g = gathering("Språkkafé", "title");
    let code = g.code();
    g.booker.post(&format!("/bookings/{}/cancel", g.booking), json!({})).is(200);
    g.link(&g.booker).refused(409, "wrong_state");
    g.app.at(STARTED);
    g.app.anonymous().post(&format!("/evaluations/{code}"), json!({"rating": 5})).refused(409, "wrong_state");
}

#[test]
fn anybody_with_the_code_answers_once_the_gathering_has_begun() {
    let g = gathering("Språkkafé", "title");
    let path = format!("/evaluations/{}", g.code());
    let stranger = g.app.anonymous();
    let question = stranger.get(&path).is(200);
    assert_eq!(question.json, json!({"gathering": "Språkkafé", "room": "Konferens 1", "date": "2026-11-23"}));
    stranger.post(&path, json!({"rating": 5})).refused(409, "wrong_state");
    g.app.at(STARTED);
    let answer = stranger.post(&path, json!({"rating": 5, "comment": " Roligt och bra fika. "})).is(201);
    assert_eq!(answer.json, json!({"rating": 5, "comment": "Roligt och bra fika."}));
    assert_eq!(stranger.post(&path, json!({"rating": 1, "comment": null})).is(201)["comment"], Value::Null);
    // As somebody types it off a poster.
    stranger.post(&path.to_lowercase(), json!({"rating": 3})).is(201);
    assert_eq!(g.answers(), [(1, String::new()), (3, String::new()), (5, "Roligt och bra fika.".into())]);
    stranger.get("/evaluations/0000000000").refused(404, "not_found");
    stranger.post("/evaluations/nonsense", json!({"rating": 3})).refused(404, "not_found");
}

#[test]
fn an_answer_says_neither_who_nor_when() {
    let g = gathering("Språkkafé", "title");
    let path = format!("/evaluations/{}", g.code());
    g.app.at("2026-11-23T11:47:13+01:00");
    let comment = "Kaffet var kallt.";
    g.booker.post(&path, json!({"rating": 4, "comment": comment})).is(201);
    let phone = g.app.anonymous().key("a phone's own 7f4c6c1e").post(&path, json!({"rating": 2, "comment": comment})).is(201);
    assert_eq!(phone.json, json!({"rating": 2, "comment": comment}));
    let kept: Vec<(Id, Moment)> = g.app.read(|c| Ok(evaluations::table.select((evaluations::id, evaluations::created_at)).load(c)?));
    assert_eq!(kept.len(), 2);
    for (id, at) in kept {
        assert_eq!((id.0.get_version_num(), at.to_string()), (4, "2026-11-23T00:00:00+01:00".into()));
    }
    // In no other table either: neither what was said nor by which key, and nowhere the minute.
    let where_is = |words: &str| g.app.read(|c| Ok(wherever(c, words)));
    assert_eq!(where_is("Kaffet"), ["evaluations.comment"]);
    for trace in ["7f4c6c1e", "10:47:1", "11:47:1"] {
        let places: Vec<_> = where_is(trace).into_iter().filter(|place| !OF_SIGN_IN.contains(&place.as_str())).collect();
        assert!(places.is_empty(), "{trace} is in {places:?}");
    }
}

#[test]
fn an_answer_that_is_sent_twice_with_a_key_counts_once() {
    let g = gathering("Språkkafé", "title");
    let path = format!("/evaluations/{}", g.code());
    g.app.at(STARTED);
    let stranger = g.app.anonymous().key("7f4c6c1e");
    let first = stranger.post(&path, json!({"rating": 2, "comment": null})).is(201);
    assert_eq!(stranger.post(&path.to_lowercase(), json!({"rating": 2})).is(201).json, first.json);
    stranger.post(&path, json!({"rating": 5})).refused(422, "idempotency_key_reused");
    let at_once: Vec<u16> = thread::scope(|scope| {
        let (app, path) = (&g.app, &path);
        let sent: Vec<_> =
            (0..8).map(|_| scope.spawn(move || app.anonymous().key("one").post(path, json!({"rating": 4})).is(201).status)).collect();
        sent.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!((at_once.len(), g.answers()), (8, vec![(2, String::new()), (4, String::new())]));
    // Another's key may be the same for another gathering, and nothing is left of any in the table for repeats.
    assert_eq!(g.app.read(|c| Ok(idempotency_keys::table.filter(idempotency_keys::scope.eq("public")).count().get_result::<i64>(c)?)), 0);
}

#[test]
fn a_title_that_strangers_may_not_read_is_not_told() {
    let g = gathering("Hemlig grupp", "neutral");
    let path = format!("/evaluations/{}", g.code());
    assert_eq!(g.app.anonymous().get(&path).is(200)["gathering"], "Sammankomst");
    assert_eq!(g.app.anonymous().language("en").get(&path).is(200)["gathering"], "Gathering");
    g.app.at(STARTED);
    let page = g.page(&format!("/e/{}", g.code()), &[]).is(200).text;
    assert!(!page.contains("Hemlig"), "{page}");
}

#[test]
fn wrong_answers_are_refused() {
    let g = gathering("Språkkafé", "title");
    let path = format!("/evaluations/{}", g.code());
    g.app.at(STARTED);
    let stranger = g.app.anonymous();
    for rating in [json!(0), json!(6), json!(-5), json!(1_000_000_000), json!(4.5), json!("bra"), json!(null)] {
        assert_eq!(stranger.post(&path, json!({"rating": rating})).refused(422, "invalid_field").fields(), ["rating"], "{rating}");
    }
    let long = "å".repeat(2001);
    let bad = stranger.post(&path, json!({"rating": 9, "comment": long, "name": "Eva"})).refused(422, "invalid_field");
    assert_eq!(bad.fields(), ["comment", "name", "rating"]);
    stranger.post(&path, json!({"rating": 5, "comment": "Eva 900101-0017 var bra"})).refused(422, "personal_identity_number");
    assert!(g.answers().is_empty());
}

#[test]
fn one_person_can_not_answer_a_thousand_times() {
    let g = gathering("Språkkafé", "title");
    let path = format!("/evaluations/{}", g.code());
    g.app.at(STARTED);
    for _ in 0..100 {
        g.app.anonymous().post(&path, json!({"rating": 1})).is(201);
    }
    g.app.anonymous().post(&path, json!({"rating": 1})).refused(409, "wrong_state");
}

#[test]
fn the_page_works_without_a_script() {
    let g = gathering("<script>alert(1)</script>", "title");
    let path = format!("/e/{}", g.code());
    assert!(g.page(&path, &[]).is(409).text.contains("inte börjat än"));
    g.app.at(STARTED);
    let Page { policy, text, .. } = g.page(&path, &[]).is(200);
    assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self'") && !policy.contains("unsafe"), "{policy}");
    assert!(!text.contains("<script") && text.contains("&#60;script&#62;"), "{text}");
    assert!(text.contains("<html lang=\"sv\">") && text.contains("Hur tyckte du att det var?"), "{text}");
    assert_eq!(text.matches("type=\"radio\"").count(), 5);
    let english = g.page(&path, &[("Accept-Language", "en")]).is(200).text;
    assert!(english.contains("<html lang=\"en\">") && english.contains("How was it?"), "{english}");
    assert!(g.page(&format!("{path}?lang=en"), &[]).is(200).text.contains("<html lang=\"en\">"));

    let sent = g.send(&g.code(), &[], "rating=4&comment=Bra+fika%21").is(303);
    assert!(g.page(&sent.location, &[]).is(200).text.contains("Tack!"));
    g.send(&g.code(), &[], "rating=2&comment=").is(303);
    assert_eq!(g.answers(), [(2, String::new()), (4, "Bra fika!".into())]);
}

#[test]
fn a_form_that_lacks_something_comes_back_with_what_was_written() {
    let g = gathering("Språkkafé", "title");
    let code = g.code();
    g.app.at(STARTED);
    let page = g.send(&code, &[], "comment=%3Cb%3EBra%3C%2Fb%3E").is(422).text;
    assert!(page.contains("Välj ett av de fem svaren.") && page.contains("role=\"alert\""), "{page}");
    assert!(page.contains("&#60;b&#62;Bra") && !page.contains("<b>"), "{page}");
    let page = g.send(&code, &[], "rating=5&comment=900101-0017").is(422).text;
    assert!(page.contains("personnummer: ta bort det") && page.contains("value=\"5\" required checked"), "{page}");
    let page = g.send("0000000000", &[], "rating=5").is(404).text;
    assert!(page.contains("Länken leder inte till någon sammankomst"), "{page}");
    assert!(g.answers().is_empty());
}

#[test]
fn a_form_from_another_site_is_refused() {
    let g = gathering("Språkkafé", "title");
    let code = g.code();
    g.app.at(STARTED);
    for strange in
        [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"), ("Origin", "https://evil.example"), ("Origin", "null")]
    {
        g.send(&code, &[strange], "rating=1").is(403);
    }
    assert!(g.answers().is_empty());
    let own = g.app.url.clone();
    for ours in [("Sec-Fetch-Site", "same-origin"), ("Origin", "http://127.0.0.1:8021"), ("Origin", own.as_str())] {
        g.send(&code, &[ours], "rating=1").is(303);
    }
    assert_eq!(g.answers().len(), 3);
    let json = Request::post(format!("{own}/e/{code}")).header("Content-Type", "application/json");
    g.browse(json, &[], r#"{"rating": 1}"#.into()).is(415);
}
