//! A client that checks every answer against the contract.
use std::{
    fmt,
    ops::Index,
    sync::{Arc, Mutex},
    time::Duration,
};

use nobel21::{id::Id, people::token::Keys, time::Clock};
use serde::Serialize;
use serde_json::Value;
use ureq::http::{HeaderMap, Request};

use super::{App, contract, people::Person};

/// Somebody who talks to the service. Cheap to clone; `header` and the like give a changed copy.
#[derive(Clone)]
pub struct Client {
    agent: ureq::Agent,
    url: String,
    person: Option<Person>,
    keys: Keys,
    clock: Clock,
    headers: Vec<(String, String)>,
    by_contract: bool,
    faults: Arc<Mutex<Vec<String>>>,
}

/// What came back.
#[derive(Clone)]
pub struct Answer {
    /// `GET /rooms`, for messages.
    pub asked: String,
    /// 200.
    pub status: u16,
    /// All of them.
    pub headers: HeaderMap,
    /// As it came, unpacked.
    pub bytes: Vec<u8>,
    /// If it is JSON; otherwise null.
    pub json: Value,
}

impl Client {
    pub(super) fn agent() -> ureq::Agent {
        ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .allow_non_standard_methods(true)
            .timeout_global(Some(Duration::from_secs(60)))
            .max_idle_connections_per_host(64)
            .build()
            .new_agent()
    }

    pub(super) fn new(app: &App, person: Option<Person>) -> Self {
        Self {
            agent: app.agent.clone(),
            url: app.url.clone(),
            person,
            keys: app.state.tokens.clone(),
            clock: app.state.clock.clone(),
            headers: vec![],
            by_contract: true,
            faults: Arc::clone(&app.faults),
        }
    }

    /// The key of its sign-in.
    pub fn session(&self) -> Id {
        self.person.as_ref().expect("a client that is signed in").bearer.session
    }

    /// The key of the account.
    pub fn id(&self) -> Id {
        self.person.as_ref().expect("a client that is signed in").bearer.person
    }

    /// The address of the account.
    pub fn email(&self) -> &str {
        &self.person.as_ref().expect("a client that is signed in").email
    }

    /// A good access token of this moment.
    pub fn token(&self) -> String {
        self.keys.issue(self.person.as_ref().expect("a client that is signed in").bearer, self.clock.now()).unwrap()
    }

    /// Talks to another process of the same house.
    pub fn via(&self, url: &str) -> Self {
        Self { url: url.into(), ..self.clone() }
    }

    /// Sends this header too, instead of one of the same name.
    pub fn header(&self, name: &str, value: impl fmt::Display) -> Self {
        let mut changed = self.clone();
        changed.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        changed.headers.push((name.into(), value.to_string()));
        changed
    }

    /// Sends `If-Match` with the tag of an answer or of a version.
    pub fn if_match(&self, etag: impl fmt::Display) -> Self {
        self.header("If-Match", etag)
    }

    /// Sends `Idempotency-Key`.
    pub fn key(&self, key: &str) -> Self {
        self.header("Idempotency-Key", key)
    }

    /// Reads `sv` or `en`.
    pub fn language(&self, language: &str) -> Self {
        self.header("Accept-Language", language)
    }

    /// May call what is not in the contract. Refusals are checked all the same.
    pub fn off_contract(&self) -> Self {
        Self { by_contract: false, ..self.clone() }
    }

    /// GET.
    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None)
    }

    /// DELETE.
    #[track_caller]
    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None)
    }

    /// POST with a JSON body.
    #[track_caller]
    pub fn post(&self, path: &str, body: impl Serialize) -> Answer {
        self.json("POST", path, body)
    }

    /// POST without a body.
    #[track_caller]
    pub fn post_empty(&self, path: &str) -> Answer {
        self.send("POST", path, None)
    }

    /// PATCH with a JSON body.
    #[track_caller]
    pub fn patch(&self, path: &str, body: impl Serialize) -> Answer {
        self.json("PATCH", path, body)
    }

    /// PUT with a JSON body.
    #[track_caller]
    pub fn put(&self, path: &str, body: impl Serialize) -> Answer {
        self.json("PUT", path, body)
    }

    /// Any method with a JSON body.
    #[track_caller]
    pub fn json(&self, method: &str, path: &str, body: impl Serialize) -> Answer {
        self.send(method, path, Some(("application/json", serde_json::to_vec(&body).unwrap())))
    }

    /// Any method with any body. Paths without `/api/v1` in front get it where the contract says so.
    #[track_caller]
    pub fn send(&self, method: &str, path: &str, body: Option<(&str, Vec<u8>)>) -> Answer {
        self.attempt(method, path, body).unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// POST to a service that may be killed meanwhile: `None` if no whole answer came.
    pub fn try_post(&self, path: &str, body: impl Serialize) -> Option<Answer> {
        self.attempt("POST", path, Some(("application/json", serde_json::to_vec(&body).unwrap()))).ok()
    }

    #[track_caller]
    fn attempt(&self, method: &str, path: &str, body: Option<(&str, Vec<u8>)>) -> Result<Answer, ureq::Error> {
        let path = contract::full_path(path);
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        if let Some(person) = &self.person
            && !self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"))
        {
            let token = self.keys.issue(person.bearer, self.clock.now()).unwrap();
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some((media_type, _)) = &body
            && !self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"))
        {
            request = request.header("Content-Type", *media_type);
        }
        let sent = body.as_ref().map(|(_, bytes)| bytes.clone());
        let outcome = match body {
            Some((_, bytes)) => self.agent.run(request.body(bytes).unwrap()),
            None => self.agent.run(request.body(()).unwrap()),
        };
        let (parts, mut body) = outcome?.into_parts();
        // The answer to HEAD may say that it would be packed; there is nothing to unpack.
        let bytes = if method == "HEAD" { vec![] } else { body.with_config().limit(64 << 20).read_to_vec()? };
        let is_json = parts.headers.get("content-type").and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("json"));
        let answer = Answer {
            asked: format!("{method} {path}"),
            status: parts.status.as_u16(),
            headers: parts.headers,
            json: if is_json && method != "HEAD" {
                serde_json::from_slice(&bytes).unwrap_or_else(|e| panic!("{method} {path}: no JSON: {e}"))
            } else {
                Value::Null
            },
            bytes,
        };
        if answer.status == 500 {
            self.faults.lock().unwrap().push(answer.asked.clone());
        }
        contract::check(method, &path, sent.as_deref(), &answer, self.by_contract);
        Ok(answer)
    }
}

impl Answer {
    /// Goes on if the status is this one, and says what came instead if it is not.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// Goes on if it is this refusal.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status, self.code()), (status, code), "{self:?}");
        self
    }

    /// A refusal's stable code; empty if it is none.
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or("")
    }

    /// The fields of all faults of a 422, sorted.
    pub fn fields(&self) -> Vec<&str> {
        self.names("errors", "field")
    }

    /// All rules that a 422 names, sorted.
    pub fn rules(&self) -> Vec<&str> {
        self.names("violations", "rule")
    }

    fn names(&self, list: &str, member: &str) -> Vec<&str> {
        let mut names: Vec<&str> = self.json[list].as_array().into_iter().flatten().filter_map(|one| one[member].as_str()).collect();
        names.sort_unstable();
        names
    }

    /// The items of a list.
    #[track_caller]
    pub fn items(&self) -> &[Value] {
        self.json["items"].as_array().unwrap_or_else(|| panic!("no items: {self:?}"))
    }

    /// A header's value; empty without one.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    /// `Set-Cookie` of the cookie with this name, attributes included; empty without one.
    pub fn cookie(&self, name: &str) -> &str {
        let all = self.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
        all.into_iter().find(|cookie| cookie.starts_with(&format!("{name}="))).unwrap_or("")
    }

    /// For `If-Match`.
    #[track_caller]
    pub fn etag(&self) -> String {
        let etag = self.header("etag");
        assert!(!etag.is_empty(), "no ETag: {self:?}");
        etag.to_owned()
    }

    /// Where the new thing is.
    #[track_caller]
    pub fn location(&self) -> String {
        let location = self.header("location");
        assert!(!location.is_empty(), "no Location: {self:?}");
        location.to_owned()
    }

    /// The `id` of the thing.
    #[track_caller]
    pub fn id(&self) -> String {
        self.json["id"].as_str().unwrap_or_else(|| panic!("no id: {self:?}")).to_owned()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).expect("UTF-8")
    }
}

impl Index<&str> for Answer {
    type Output = Value;
    fn index(&self, member: &str) -> &Value {
        &self.json[member]
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} answered {}: ", self.asked, self.status)?;
        if self.json.is_null() { write!(f, "{} bytes", self.bytes.len()) } else { write!(f, "{:#}", self.json) }
    }
}
