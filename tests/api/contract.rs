//! HTTP manners: what is true of every operation, and that the contract itself is whole.
use std::{
    io::{Read, Write},
    net::TcpStream,
};

use crate::support::{
    App, Value,
    contract::{Operation, contract},
    json,
};

/// A path in which nothing is left open.
fn filled_in(template: &str) -> String {
    template
        .replace("{slug}", "konferens-1")
        .replace("{token}", "Zq7x2Kd9")
        .replace("{code}", "Zq7x2Kd9")
        .replace("{device}", "b8a44fa89c85")
        .replace("{year}", "2023")
        .replace("{month}", "2026-10")
        .replace("{id}", "01a1b2c3-4d5e-7000-8000-000000000201")
        .replace("{person_id}", "01a1b2c3-4d5e-7000-8000-000000000202")
        .replace("{organisation_id}", "01a1b2c3-4d5e-7000-8000-000000000101")
}

fn raw(app: &App, request: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(app.url.trim_start_matches("http://")).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut bytes = vec![];
    stream.read_to_end(&mut bytes).unwrap();
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    (String::from_utf8(bytes[..end].to_vec()).unwrap().to_lowercase(), bytes[end + 4..].to_vec())
}

#[test]
fn the_service_is_alive_and_ready() {
    let app = App::spawn();
    let anyone = app.anonymous();
    assert_eq!(anyone.get("/healthz").is(200)["status"], "ok");
    anyone.get("/readyz").is(200);
}

#[test]
fn metrics_count_requests_by_route_and_status_and_tell_no_ids() {
    let app = App::spawn();
    app.anonymous().get("/me").is(401);
    app.anonymous().off_contract().get("/nothing/here/01a1b2c3").is(404);
    let page = app.anonymous().get("/metrics").is(200).text();
    let line = |start: &str| page.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("no {start} in:\n{page}"));
    assert!(line(r#"nobel21_http_requests_total{method="GET",route="/api/v1/me",status="401"}"#).ends_with(" 1"));
    line(r#"nobel21_http_request_duration_seconds_count{method="GET",route="/api/v1/me"}"#);
    line("nobel21_database_connections{");
    line(r#"nobel21_outbox{measure="letters"}"#);
    assert!(!page.contains("01a1b2c3"));
}

#[test]
fn the_contract_is_served_as_it_stands() {
    let app = App::empty();
    let served = app.anonymous().get("/openapi.yaml").is(200);
    assert!(served.text() == include_str!("../../openapi.yaml"));
}

#[test]
fn a_person_who_is_signed_in_sees_itself() {
    let app = App::spawn();
    let organisation = app.organisation("Limhamns språkkafé");
    let me = app.organisation_admin(organisation).get("/me").is(200);
    assert_eq!(me["memberships"][0]["organisation_name"], "Limhamns språkkafé");
    assert_eq!(app.admin().get("/me").is(200)["role"], "admin");
    app.anonymous().get("/me").refused(401, "unauthenticated");
    app.at("2028-01-01T00:00:00+01:00");
    app.admin().get("/me").is(200);
}

#[test]
fn an_unknown_path_is_a_problem_in_the_readers_language() {
    let app = App::empty();
    let anyone = app.anonymous().off_contract();
    let swedish = anyone.get("/finns-inte").refused(404, "not_found");
    assert_eq!((&swedish["title"], swedish.header("content-language")), (&json!("Finns inte"), "sv"));
    assert_eq!(swedish["instance"], "/api/v1/finns-inte");
    let english = anyone.language("en-GB, sv;q=0.5").get("/finns-inte").refused(404, "not_found");
    assert_eq!((&english["title"], english.header("content-language")), (&json!("Not found"), "en"));
    for path in ["/api/v1", "/api/v1/", "/api/v2/me", "/api/v1/me/", "/api/v1//me", "/api/v1/%2e%2e/me", "/api/v1/me%00"] {
        anyone.get(path).refused(404, "not_found");
    }
}

#[test]
fn a_wrong_method_is_told_the_right_ones() {
    let app = App::empty();
    let anyone = app.anonymous();
    let answer = anyone.off_contract().delete("/me").refused(405, "method_not_allowed");
    let mut allowed: Vec<&str> = answer.header("allow").split(", ").collect();
    allowed.sort_unstable();
    assert_eq!(allowed, ["GET", "HEAD", "PATCH"]);
    let mut told: Vec<&str> = answer["allow"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    told.sort_unstable();
    assert_eq!(told, allowed);
    anyone.off_contract().send("BREW", "/me", None).refused(405, "method_not_allowed");
    anyone.off_contract().post("/healthz", json!({})).refused(405, "method_not_allowed");
}

#[test]
fn head_is_get_without_the_body() {
    let app = App::empty();
    let admin = app.admin();
    let (get, head) = (admin.get("/me").is(200), admin.send("HEAD", "/me", None).is(200));
    assert_eq!(head.etag(), get.etag());
    assert!(head.bytes.is_empty());
}

#[test]
fn what_is_no_json_is_malformed_and_what_is_no_object_is_wrong() {
    let app = App::empty();
    let sign_in = |body: &str| app.anonymous().send("POST", "/auth/token", Some(("application/json", body.as_bytes().to_vec())));
    for body in ["{", "{\"email\": }", "nonsense", "{} {}", "{\"email\": \"\u{0}\"}", "\u{feff}{}"] {
        sign_in(body).refused(400, "malformed_body");
    }
    for body in ["[]", "null", "1", "\"text\""] {
        sign_in(body).refused(422, "invalid_field");
    }
    let not_utf8 = app.anonymous().send("POST", "/auth/token", Some(("application/json", b"{\"email\": \"\xff\"}".to_vec())));
    not_utf8.refused(400, "malformed_body");
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    sign_in(&deep).refused(400, "malformed_body");
}

#[test]
fn all_faults_are_told_at_once_and_unknown_members_named() {
    let app = App::empty();
    let answer = app.anonymous().post("/auth/token", json!({"email": "no address", "password": 7, "remember": true}));
    assert_eq!(answer.refused(422, "invalid_field").fields(), ["email", "password", "remember"]);
    assert_eq!(app.anonymous().post("/auth/token", json!({})).is(422).fields(), ["email", "password"]);
    assert_eq!(app.anonymous().post_empty("/auth/token").is(422).fields(), ["email", "password"]);
}

#[test]
fn every_message_is_there_in_both_languages() {
    let app = App::empty();
    let told = |language: &str| {
        let answer = app.anonymous().language(language).post("/auth/token", json!({"email": "x", "password": ""})).is(422);
        answer["errors"].as_array().unwrap().iter().map(|one| one["message"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (swedish, english) = (told("sv"), told("en"));
    assert_eq!(swedish.len(), english.len());
    assert!(swedish.iter().zip(&english).all(|(sv, en)| sv != en), "{swedish:?} {english:?}");
}

#[test]
fn a_body_of_another_type_is_refused() {
    let app = App::empty();
    let body = br#"{"email": "a@example.org", "password": "kanelbulle"}"#.to_vec();
    for media_type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""] {
        app.anonymous().send("POST", "/auth/token", Some((media_type, body.clone()))).refused(415, "unsupported_media_type");
    }
    app.anonymous().send("POST", "/auth/token", Some(("application/json; charset=utf-8", body))).is(401);
}

#[test]
fn a_body_over_64_kib_is_too_large() {
    let app = App::empty();
    let body = |size: usize| format!(r#"{{"email": "a@example.org", "password": "x", "padding": "{}"}}"#, "x".repeat(size)).into_bytes();
    let send = |size| app.anonymous().send("POST", "/auth/token", Some(("application/json", body(size))));
    send(64 * 1024).refused(413, "body_too_large");
    send(1024 * 1024).refused(413, "body_too_large");
    send(32 * 1024).refused(422, "invalid_field");
    // Without a length in the head it is counted while it comes.
    let chunk = "x".repeat(70_000);
    let request = format!(
        "POST /api/v1/auth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n{:x}\r\n{chunk}\r\n0\r\n\r\n",
        chunk.len()
    );
    let (head, body) = raw(&app, &request);
    assert!(head.starts_with("http/1.1 413"), "{head}");
    assert!(String::from_utf8_lossy(&body).contains("body_too_large"));
}

#[test]
fn a_harmless_request_id_is_taken_and_any_other_made_anew() {
    let app = App::empty();
    let ask = |id: &str| app.anonymous().header("X-Request-Id", id).get("/healthz").is(200).header("x-request-id").to_owned();
    for id in ["a", "0f3c9a17-1.B_c", &"x".repeat(128)] {
        assert_eq!(ask(id), id);
    }
    for id in ["", "two words", "<script>", "å", &"x".repeat(129)] {
        let made = ask(id);
        assert!(made != id && made.len() >= 16, "{id:?} became {made:?}");
    }
    let made = || app.anonymous().get("/healthz").header("x-request-id").to_owned();
    assert_ne!(made(), made());
}

#[test]
fn every_answer_tells_browsers_to_be_careful() {
    let app = App::empty();
    let anyone = app.anonymous();
    let answers = [
        anyone.get("/healthz"),
        anyone.get("/me"),
        anyone.off_contract().get("/nothing"),
        anyone.off_contract().delete("/me"),
        app.admin().get("/me"),
    ];
    for answer in answers {
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{answer:?}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{answer:?}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{answer:?}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{answer:?}");
        assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{answer:?}");
        assert!(!answer.header("cache-control").contains("public"), "{answer:?}");
        assert!(answer.header("server").is_empty() && answer.header("x-powered-by").is_empty(), "{answer:?}");
        assert!(answer.header("access-control-allow-origin").is_empty(), "no other site may read: {answer:?}");
    }
}

#[test]
fn answers_are_packed_for_those_who_can_unpack() {
    let app = App::empty();
    let ask = |encoding: &str| {
        raw(&app, &format!("GET /api/v1/openapi.yaml HTTP/1.1\r\nHost: x\r\nAccept-Encoding: {encoding}\r\nConnection: close\r\n\r\n"))
    };
    let (head, plain) = ask("identity");
    assert!(!head.contains("content-encoding"), "{head}");
    for encoding in ["gzip", "br"] {
        let (head, packed) = ask(encoding);
        assert!(head.contains(&format!("content-encoding: {encoding}")), "{head}");
        assert!(packed.len() * 4 < plain.len(), "{} of {}", packed.len(), plain.len());
        assert!(head.contains("vary:") && head.contains("accept-encoding"), "{head}");
    }
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let app = App::spawn();
    let anyone = app.anonymous();
    let first = anyone.get("/rooms/aulan").is(200);
    let again = anyone.header("If-None-Match", first.etag()).get("/rooms/aulan").is(304);
    assert!(again.bytes.is_empty());
    assert_eq!(again.etag(), first.etag());
    anyone.header("If-None-Match", "\"other\"").get("/rooms/aulan").is(200);
}

#[test]
fn an_id_that_is_none_names_nothing() {
    let app = App::spawn();
    let admin = app.admin();
    for id in ["1", "not-an-id", "01A1B2C3-4D5E-7000-8000-00000000020", "%00", "..%2f..%2fme", "'; DROP TABLE people; --"] {
        let id = id.replace(' ', "%20").replace('\'', "%27");
        for template in ["/bookings/{id}", "/organisations/{id}", "/users/{id}"] {
            admin.off_contract().get(&template.replace("{id}", &id)).refused(404, "not_found");
        }
    }
}

#[test]
fn every_operation_of_the_contract_is_there() {
    let app = App::spawn();
    let admin = app.admin().language("en").off_contract();
    let missing = |operation: &Operation| {
        // Otherwise it is listened to for ten minutes.
        let briefly = if operation.id == "listen_to_changes" { "?seconds=1" } else { "" };
        let answer = admin.send(&operation.method, &format!("{}{briefly}", filled_in(&operation.template)), None);
        answer.status == 405 || (answer.status == 404 && answer["detail"] == "There is nothing at this address.")
    };
    let operations = contract().operations();
    assert!(operations.len() >= 68, "the contract is read wrongly: {} operations", operations.len());
    let missing: Vec<&str> = operations.iter().filter(|operation| missing(operation)).map(|operation| operation.id.as_str()).collect();
    assert!(missing.is_empty(), "in openapi.yaml, and no route leads to it: {missing:?}");
}

#[test]
fn every_operation_documents_what_can_go_wrong() {
    let mut faults = vec![];
    for operation in contract().operations() {
        let details = contract().details(&operation);
        let mut wanted = vec!["500"];
        let parameters: Vec<&Value> =
            details["parameters"].as_array().into_iter().flatten().map(|p| contract().resolve(p, String::new()).0).collect();
        let has = |place: &str, name: &str| parameters.iter().any(|p| p["in"] == place && (name.is_empty() || p["name"] == name));
        if !details["requestBody"].is_null() {
            wanted.extend(["400", "413", "415", "422"]);
        }
        if has("header", "If-Match") {
            wanted.extend(["412", "428"]);
        }
        if has("query", "") {
            wanted.push("422");
        }
        // Our own security unless it says otherwise; an empty list is nobody's.
        if details["security"].as_array().is_none_or(|ways| ways.iter().any(|way| !way["bearer"].is_null())) {
            wanted.push("401");
        }
        if operation.template.contains("{id}") || operation.template.contains("{code}") {
            wanted.push("404");
        }
        if matches!(operation.method.as_str(), "PATCH" | "PUT" | "DELETE") && !has("header", "If-Match") {
            faults.push(format!("{}: changes need If-Match", operation.id));
        }
        for status in wanted {
            let (response, _) = contract().resolve(&details["responses"][status], String::new());
            if response.is_null() {
                faults.push(format!("{}: {status} is not documented", operation.id));
            } else if response["content"]["application/problem+json"].is_null() {
                faults.push(format!("{}: {status} is no problem+json", operation.id));
            }
        }
        for (word, place) in [("summary", &details["summary"]), ("tag", &details["tags"][0])] {
            if place.as_str().is_none_or(str::is_empty) {
                faults.push(format!("{}: no {word}", operation.id));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_operation_has_examples_and_they_are_right() {
    let mut faults = vec![];
    let mut check = |id: &str, what: String, content: &Value, pointer: String| {
        let mut examples: Vec<&Value> =
            content["examples"].as_object().into_iter().flat_map(|all| all.values()).map(|e| &e["value"]).collect();
        examples.extend(content.get("example"));
        if examples.is_empty() {
            faults.push(format!("{id}: no example of {what}"));
        }
        for example in examples {
            let mut wrong = vec![];
            contract().judge(&format!("{pointer}/schema"), example, "the example", &mut wrong);
            faults.extend(wrong.into_iter().map(|fault| format!("{id}: {what}: {fault}")));
        }
    };
    for operation in contract().operations() {
        let details = contract().details(&operation);
        let at = format!("/paths/{}/{}", operation.template.replace('/', "~1"), operation.method.to_lowercase());
        let (body, pointer) = contract().resolve(&details["requestBody"], format!("{at}/requestBody"));
        if let Some(content) = body["content"].get("application/json") {
            check(&operation.id, "the request".into(), content, format!("{pointer}/content/application~1json"));
        }
        for (status, response) in details["responses"].as_object().unwrap() {
            let (response, pointer) = contract().resolve(response, format!("{at}/responses/{status}"));
            for (media_type, content) in response["content"].as_object().into_iter().flatten() {
                if media_type.ends_with("json") {
                    let pointer = format!("{pointer}/content/{}", media_type.replace('/', "~1"));
                    check(&operation.id, status.clone(), content, pointer);
                }
            }
        }
    }
    faults.sort();
    faults.dedup();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn names_of_operations_tell_them_apart() {
    let operations = contract().operations();
    let mut ids: Vec<&str> = operations.iter().map(|operation| operation.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), operations.len());
}

#[test]
fn a_packed_body_is_refused_unopened() {
    let app = App::spawn();
    // 203 bytes such as these may hold 256 MiB.
    for coding in ["br", "gzip", "deflate", "zstd", "gzip, br", "x"] {
        for path in
            ["/auth/token", "/auth/password", "/calendar-files", "/imports/visits", "/evaluations/Zq7x2Kd9", "/counters/door/counts"]
        {
            let answer = app.admin().header("Content-Encoding", coding).post(path, json!({}));
            answer.refused(415, "unsupported_media_type");
        }
    }
    app.admin().header("Content-Encoding", "identity").post("/auth/token", json!({})).refused(422, "invalid_field");
}

/// Every row of every table.
fn contents(app: &App) -> Vec<String> {
    use diesel::{prelude::*, sql_query, sql_types::Text};
    use nobel21::db::Conn;

    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Text)]
        text: String,
    }
    app.read(|c| {
        let tables = match c {
            Conn::Sqlite(_) => "SELECT name AS text FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
            Conn::Postgres(_) => "SELECT table_name::text AS text FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
        };
        let tables: Vec<Found> = sql_query(tables).load(c)?;
        assert!(tables.len() > 40);
        let mut all = vec![];
        for Found { text: table } in tables {
            let rows = match c {
                Conn::Sqlite(_) => {
                    let columns: Vec<Found> = sql_query(format!("SELECT name AS text FROM pragma_table_info('{table}')")).load(c)?;
                    let columns: Vec<String> = columns.iter().map(|column| format!("quote(\"{}\")", column.text)).collect();
                    format!("SELECT {} AS text FROM \"{table}\" ORDER BY 1", columns.join(" || ','  || "))
                }
                Conn::Postgres(_) => format!("SELECT t::text AS text FROM \"{table}\" t ORDER BY 1"),
            };
            let rows: Vec<Found> = sql_query(rows).load(c)?;
            all.extend(rows.into_iter().map(|row| format!("{table}: {}", row.text)));
        }
        Ok(all)
    })
}

#[test]
fn looking_changes_nothing() {
    let app = App::spawn();
    let admin = app.admin();
    let before = contents(&app);
    for operation in contract().operations() {
        if operation.method == "GET" && operation.template != "/calendar/changes" {
            let path = filled_in(&operation.template);
            admin.get(&path);
            assert_eq!(contents(&app), before, "{path} wrote something");
        }
    }
    admin.if_match("*").patch("/me", json!({"name": "Någon annan"})).is(200);
    assert_ne!(contents(&app), before, "a change shows");
}

#[test]
fn every_route_is_in_the_contract_so_that_the_table_of_who_may_do_what_has_it() {
    fn routes(folder: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                routes(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.extend(text.split("at(\"/").skip(1).map(|rest| format!("/{}", rest.split('"').next().unwrap())));
            }
        }
    }
    let mut found = vec![];
    routes(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.len() > 80, "the source is read wrongly: {} routes", found.len());
    let known: std::collections::BTreeSet<String> = contract().operations().iter().map(|operation| operation.template.clone()).collect();
    // Pages for browsers, each tried by tests of its own: evaluations, the poster, and what says how the service is.
    let pages = ["/e/", "/har/", "/healthz", "/readyz", "/metrics", "/openapi", "/docs"];
    let unknown: Vec<&String> =
        found.iter().filter(|path| !known.contains(*path) && !pages.iter().any(|page| path.starts_with(page))).collect();
    assert!(unknown.is_empty(), "served and not in openapi.yaml: {unknown:?}");
}

#[test]
fn the_measures_are_not_for_those_behind_the_proxy() {
    let app = App::empty();
    let head = |forwarded: &str| raw(&app, &format!("GET /metrics HTTP/1.1\r\nHost: x\r\n{forwarded}Connection: close\r\n\r\n")).0;
    assert!(head("").starts_with("http/1.1 200"));
    assert!(head("X-Forwarded-For: 203.0.113.7\r\n").starts_with("http/1.1 404"));
    assert!(head("Forwarded: for=203.0.113.7\r\n").starts_with("http/1.1 404"));
}

#[test]
fn a_parameter_that_is_given_twice_is_a_fault_where_one_is_wanted() {
    let app = App::spawn();
    app.admin().get("/calendar?from=2026-11-23&from=2026-11-24&to=2026-11-30").refused(422, "invalid_field");
    app.admin().get("/bookings?limit=1&limit=200").refused(422, "invalid_field");
}

/// Two programs that disagree about where a message ends see different messages: smuggling (OWASP ASVS 5.0, 4.2.1).
#[test]
fn a_message_that_ends_in_two_places_is_refused() {
    let app = App::spawn();
    let line = "POST /api/v1/auth/logout HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    for two in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        "Content-Length: 0\r\nContent-Length: 4\r\n\r\nabcd",
        "Content-Length: +4\r\n\r\nabcd",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    ] {
        let (head, _) = raw(&app, &format!("{line}{two}"));
        assert!(head.starts_with("http/1.1 400"), "{two:?}: {head}");
    }
    let (head, _) = raw(&app, &format!("{line}Content-Length: 0\r\n\r\n"));
    assert!(head.starts_with("http/1.1 204"), "{head}");
}

#[test]
fn slow_clients_keep_nobody_waiting_and_are_hung_up_on() {
    let app = App::spawn();
    let begun = |start: &str| {
        let mut stream = TcpStream::connect(app.url.trim_start_matches("http://")).unwrap();
        stream.write_all(start.as_bytes()).unwrap();
        stream
    };
    // Two workers answer here; forty clients say half of what they have to say.
    let head = "GET /api/v1/rooms HTTP/1.1\r\nHost: x\r\nX-Slow: ";
    let body = "POST /api/v1/auth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60\r\n\r\n{\"email\": ";
    let mut slow: Vec<TcpStream> = (0..40).map(|n| begun(if n % 2 == 0 { head } else { body })).collect();
    for _ in 0..10 {
        app.anonymous().get("/rooms").is(200);
    }
    // Whoever does not come to the end of a head is answered and hung up on.
    let first = &mut slow[0];
    first.set_read_timeout(Some(std::time::Duration::from_secs(30))).unwrap();
    let mut rest = vec![];
    first.read_to_end(&mut rest).unwrap();
    assert!(String::from_utf8_lossy(&rest).starts_with("HTTP/1.1 408"), "{}", String::from_utf8_lossy(&rest));
}
