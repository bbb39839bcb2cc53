//! A provider of sign-ins (OpenID Connect) that does as it is told: right answers, or lies.
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, mpsc},
    thread,
    time::Duration,
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, dev::ServerHandle, web};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use nobel21::{
    config::{OpenId, Secret},
    id::Id,
};
use rcgen::{KeyPair, PublicKeyData};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::App as House;

const CLIENT: &str = "nobel21";
const SECRET: &str = "provider knows us by this: å+/ 1";

/// How it is disposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Does what a provider does.
    Well,
    /// Does not answer.
    Hangs,
    /// Answers rightly, after more than anybody wants to read.
    Endless,
    /// Sends whoever asks elsewhere, where the right answer is.
    Redirects,
    /// Calls itself something else.
    Pretends,
    /// Knows no client.
    Estranged,
    /// Has been told no by the person.
    Denies,
}

/// By what a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    /// As it should be.
    Rightly,
    /// `alg: none`.
    Not,
    /// HS256 with the client's secret.
    BySecret,
    /// HS256 with the public key, as everybody has it.
    ByPublicKey,
    /// By a key of somebody else's, under the name of the right one.
    ByAnother,
}

/// Somebody who has signed in there.
struct Granted {
    challenge: String,
    claims: Value,
    signed: Signed,
    told: Value,
}

struct Key {
    pair: KeyPair,
    kid: String,
}

impl Key {
    fn new() -> Self {
        Self { pair: KeyPair::generate().unwrap(), kid: Id::new().to_string() }
    }

    fn public(&self) -> Value {
        // An uncompressed point: 4, x, y.
        let point = self.pair.der_bytes();
        let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
        json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.kid, "x": x, "y": y})
    }

    fn signs(&self, claims: &Value, kid: &str) -> String {
        let header = Header { kid: Some(kid.into()), ..Header::new(Algorithm::ES256) };
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_ec_pem(self.pair.serialize_pem().as_bytes()).unwrap()).unwrap()
    }
}

struct Inside {
    url: String,
    redirect: String,
    key: Mutex<Key>,
    mood: Mutex<Mood>,
    codes: Mutex<HashMap<String, Granted>>,
    told: Mutex<HashMap<String, Value>>,
    asked: Mutex<Vec<String>>,
}

/// A provider that runs until it is dropped.
pub struct Provider {
    inside: Arc<Inside>,
    handle: Option<ServerHandle>,
    thread: Option<thread::JoinHandle<()>>,
}

/// What came of signing in there: what the browser brings back.
pub struct Back {
    pub state: String,
    pub code: String,
}

impl Provider {
    pub fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let inside = Arc::new(Inside {
            url: format!("http://{}", listener.local_addr().unwrap()),
            redirect: "http://127.0.0.1:8021/logga-in/openid".into(),
            key: Mutex::new(Key::new()),
            mood: Mutex::new(Mood::Well),
            codes: Mutex::default(),
            told: Mutex::default(),
            asked: Mutex::default(),
        });
        let shared = web::Data::from(Arc::clone(&inside));
        let (tell, told) = mpsc::channel();
        let thread = thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = HttpServer::new(move || {
                    App::new()
                        .app_data(shared.clone())
                        .route("/.well-known/openid-configuration", web::get().to(configuration))
                        .route("/keys", web::get().to(keys))
                        .route("/token", web::post().to(token))
                        .route("/userinfo", web::get().to(userinfo))
                        .route("/elsewhere", web::get().to(elsewhere))
                })
                .workers(1)
                .disable_signals()
                .listen(listener)
                .unwrap()
                .run();
                tell.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        Self { inside, handle: Some(told.recv().unwrap()), thread: Some(thread) }
    }

    /// How a house is told of it.
    pub fn settings(&self) -> OpenId {
        OpenId {
            issuer: self.inside.url.clone(),
            client_id: CLIENT.into(),
            client_secret: Secret::new(SECRET.as_bytes()),
            name: "Malmö stad".into(),
        }
    }

    pub fn is(&self, mood: Mood) {
        *self.inside.mood.lock().unwrap() = mood;
    }

    /// Signs with a new key from now on; the one before is forgotten.
    pub fn changes_key(&self) {
        *self.inside.key.lock().unwrap() = Key::new();
    }

    /// How often this path was asked for.
    pub fn asked(&self, path: &str) -> usize {
        self.inside.asked.lock().unwrap().iter().filter(|asked| *asked == path).count()
    }

    /// Somebody signs in there, sent by `url`: with these claims more (null: without), and these told to whoever asks about the person.
    pub fn signs_in(&self, house: &House, url: &str, more: Value, signed: Signed, told: Value) -> Back {
        let url = url::Url::parse(url).unwrap();
        assert_eq!(format!("{}://{}{}", url.scheme(), url.authority(), url.path()), format!("{}/auth", self.inside.url));
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["client_id"], CLIENT);
        assert_eq!(asked["redirect_uri"], self.inside.redirect);
        assert_eq!(asked["code_challenge_method"], "S256");
        let mut scopes: Vec<&str> = asked["scope"].split(' ').collect();
        scopes.sort_unstable();
        assert_eq!(scopes, ["email", "openid"], "no more than is needed");
        let now = house.now().unix();
        let mut claims = json!({
            "iss": self.inside.url, "aud": CLIENT, "sub": "248289761001", "iat": now, "exp": now + 300, "nonce": asked["nonce"],
        });
        for (name, value) in more.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let code = Id::new().to_string();
        let granted = Granted { challenge: asked["code_challenge"].clone(), claims, signed, told };
        self.inside.codes.lock().unwrap().insert(code.clone(), granted);
        Back { state: asked["state"].clone(), code }
    }

    /// It is gone, and its address answers nobody.
    pub fn goes_away(&mut self) {
        if let (Some(handle), Some(thread)) = (self.handle.take(), self.thread.take()) {
            self.is(Mood::Well);
            drop(handle.stop(false));
            thread.join().unwrap();
        }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.goes_away();
    }
}

impl Inside {
    /// What it says while it is in no mood to answer.
    async fn moody(&self, request: &HttpRequest) -> Option<HttpResponse> {
        self.asked.lock().unwrap().push(request.path().to_owned());
        loop {
            let mood = *self.mood.lock().unwrap();
            match mood {
                Mood::Hangs => actix_web::rt::time::sleep(Duration::from_millis(20)).await,
                Mood::Redirects => {
                    let elsewhere = format!("{}/elsewhere", self.url);
                    return Some(HttpResponse::Found().insert_header(("Location", elsewhere)).finish());
                }
                Mood::Well | Mood::Endless | Mood::Pretends | Mood::Estranged | Mood::Denies => return None,
            }
        }
    }

    fn says(&self, value: &Value) -> HttpResponse {
        let before = if self.disposed(Mood::Endless) { " ".repeat(1 << 20) } else { String::new() };
        HttpResponse::Ok().content_type("application/json").body(format!("{before}{value}"))
    }

    fn configuration(&self) -> HttpResponse {
        let url = &self.url;
        let issuer = if self.disposed(Mood::Pretends) { "http://127.0.0.1:1" } else { url };
        self.says(&json!({
            "issuer": issuer, "authorization_endpoint": format!("{url}/auth"), "token_endpoint": format!("{url}/token"),
            "jwks_uri": format!("{url}/keys"), "userinfo_endpoint": format!("{url}/userinfo"), "response_types_supported": ["code"],
            "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }))
    }

    fn disposed(&self, mood: Mood) -> bool {
        *self.mood.lock().unwrap() == mood
    }

    fn written(&self, granted: &Granted) -> String {
        let key = self.key.lock().unwrap();
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let by_shared = |secret: &[u8]| {
            let header = Header { kid: Some(key.kid.clone()), ..Header::new(Algorithm::HS256) };
            jsonwebtoken::encode(&header, &granted.claims, &EncodingKey::from_secret(secret)).unwrap()
        };
        match granted.signed {
            Signed::Rightly => key.signs(&granted.claims, &key.kid),
            Signed::Not => format!("{}.{}.", part(&json!({"alg": "none", "kid": key.kid})), part(&granted.claims)),
            Signed::BySecret => by_shared(SECRET.as_bytes()),
            Signed::ByPublicKey => by_shared(key.pair.public_key_pem().as_bytes()),
            Signed::ByAnother => Key::new().signs(&granted.claims, &key.kid),
        }
    }
}

async fn configuration(inside: web::Data<Inside>, request: HttpRequest) -> HttpResponse {
    if let Some(answer) = inside.moody(&request).await {
        return answer;
    }
    inside.configuration()
}

async fn elsewhere(inside: web::Data<Inside>, request: HttpRequest) -> HttpResponse {
    inside.asked.lock().unwrap().push(request.path().to_owned());
    inside.configuration()
}

async fn keys(inside: web::Data<Inside>, request: HttpRequest) -> HttpResponse {
    if let Some(answer) = inside.moody(&request).await {
        return answer;
    }
    let key = inside.key.lock().unwrap().public();
    inside.says(&json!({"keys": [key]}))
}

fn refuses(error: &str) -> HttpResponse {
    HttpResponse::BadRequest().json(json!({"error": error, "error_description": "<script>alert(1)</script>"}))
}

async fn token(inside: web::Data<Inside>, request: HttpRequest, form: web::Form<HashMap<String, String>>) -> HttpResponse {
    if let Some(answer) = inside.moody(&request).await {
        return answer;
    }
    if inside.disposed(Mood::Denies) {
        return refuses("access_denied");
    }
    let secret: String = url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
    let right = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{secret}")));
    let shown = request.headers().get("Authorization").and_then(|value| value.to_str().ok());
    if inside.disposed(Mood::Estranged) || shown != Some(right.as_str()) {
        return refuses("invalid_client");
    }
    assert_eq!(form["grant_type"], "authorization_code");
    // Once.
    let Some(granted) = inside.codes.lock().unwrap().remove(&form["code"]) else { return refuses("invalid_grant") };
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(form["code_verifier"].as_bytes()));
    if challenge != granted.challenge || form["redirect_uri"] != inside.redirect {
        return refuses("invalid_grant");
    }
    let id_token = inside.written(&granted);
    let access = Id::new().to_string();
    inside.told.lock().unwrap().insert(access.clone(), granted.told);
    inside.says(&json!({"access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": id_token}))
}

async fn userinfo(inside: web::Data<Inside>, request: HttpRequest) -> HttpResponse {
    if let Some(answer) = inside.moody(&request).await {
        return answer;
    }
    let shown = request.headers().get("Authorization").and_then(|value| value.to_str().ok()).unwrap_or("");
    match inside.told.lock().unwrap().get(shown.trim_start_matches("Bearer ")) {
        Some(told) => inside.says(told),
        None => HttpResponse::Unauthorized().finish(),
    }
}
