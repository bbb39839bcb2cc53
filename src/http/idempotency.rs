//! `Idempotency-Key`: the same request sent twice creates one thing and gets one answer.
//!
//! The answer is written in the work's own transaction, so either both are there or neither. A lock of that transaction keeps the same
//! key's next request off meanwhile: it is told so on PostgreSQL, and waits its turn as every writer does on SQLite. When a process, a
//! connection or the database dies in between, nothing is left that somebody would have to clear away before a retry.
use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder, dev::Payload, http::StatusCode, http::header};
use diesel::{
    prelude::*,
    sql_types::{BigInt, Bool},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    db::{Conn, Db, schema::idempotency_keys as keys},
    error::{Error, Result},
    say,
    time::Moment,
};

/// How long an answer is repeated, in seconds.
pub const KEPT_SECONDS: i64 = 24 * 3600;

/// The header, if it was sent.
#[derive(Debug, Clone)]
pub struct IdempotencyKey(Option<String>);

impl FromRequest for IdempotencyKey {
    type Error = actix_web::Error;
    type Future = Ready<std::result::Result<Self, actix_web::Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match req.headers().get("idempotency-key") {
            None => Ok(Self(None)),
            Some(value) => match value.to_str() {
                Ok(key) if (1..=128).contains(&key.len()) => Ok(Self(Some(key.to_owned()))),
                _ => {
                    Err(Error::invalid("Idempotency-Key", say!("ska ha 1 till 128 tecken ASCII", "must have 1 to 128 ASCII characters"))
                        .into())
                }
            },
        })
    }
}

/// What a creating request answers, in a form that can be kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Created {
    /// 201, or 200 when it was there already.
    pub status: u16,
    /// Where the new thing is.
    pub location: Option<String>,
    /// Its version.
    pub etag: Option<String>,
    /// The thing.
    pub body: Value,
}

impl Created {
    /// 201 with the thing, its address and its version.
    pub fn new(location: Option<String>, etag: Option<String>, body: &impl Serialize) -> Result<Self> {
        Ok(Self { status: 201, location, etag, body: serde_json::to_value(body).map_err(Error::internal)? })
    }

    fn respond(self) -> HttpResponse {
        let mut response = HttpResponseBuilder::new(StatusCode::from_u16(self.status).unwrap_or(StatusCode::CREATED));
        if let Some(location) = self.location {
            response.insert_header((header::LOCATION, location));
        }
        if let Some(etag) = self.etag {
            response.insert_header((header::ETAG, etag));
        }
        response.json(self.body)
    }
}

impl IdempotencyKey {
    /// What was sent, for work that knows its repeats by itself and keeps no answer.
    #[must_use]
    pub fn as_deref(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

/// Whose key it is and for which request: two people's equal keys are two keys.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The caller's id.
    pub scope: String,
    /// The key, if any.
    pub key: IdempotencyKey,
    /// The hash of method, path and body.
    pub request_hash: String,
    /// Now.
    pub now: Moment,
}

/// Runs `work` in one transaction, once for each key.
pub async fn create(db: &Db, asked: Asked, work: impl FnOnce(&mut Conn) -> Result<Created> + Send + 'static) -> Result<HttpResponse> {
    let created = db
        .write(move |c| match asked.key.0.clone() {
            None => work(c),
            Some(key) => once(c, &asked, &key, work),
        })
        .await?;
    Ok(created.respond())
}

/// Gives the answer that the key has already, or does the work and notes its answer.
fn once(c: &mut Conn, asked: &Asked, key: &str, work: impl FnOnce(&mut Conn) -> Result<Created>) -> Result<Created> {
    if !hold(c, &asked.scope, key)? {
        return Err(Error::Conflict {
            code: "idempotency_key_in_use",
            detail: say!(
                "Samma begäran behandlas redan. Vänta och försök igen.",
                "The same request is being worked on. Wait and try again."
            ),
        });
    }
    if let Some(answer) = answered(c, asked, key)? {
        return Ok(answer);
    }
    let created = work(c)?;
    let row = (
        keys::scope.eq(&asked.scope),
        keys::key.eq(key),
        keys::request_hash.eq(&asked.request_hash),
        keys::answer.eq(serde_json::to_string(&created).map_err(Error::internal)?),
        keys::created_at.eq(asked.now),
    );
    diesel::insert_into(keys::table).values(row).execute(c)?;
    Ok(created)
}

/// Keeps others off this key until the transaction is over, however it ends; `false` if another is at it.
fn hold(c: &mut Conn, scope: &str, key: &str) -> Result<bool> {
    #[derive(QueryableByName)]
    struct Held {
        #[diesel(sql_type = Bool)]
        held: bool,
    }
    Ok(match c {
        // The lock goes with the connection and with the server: nobody has to take it back for one who died.
        Conn::Postgres(c) => {
            let hash = Sha256::digest(format!("{scope}\n{key}"));
            let number = hash.iter().take(8).fold(0_i64, |number, byte| (number << 8) | i64::from(*byte));
            diesel::sql_query("SELECT pg_try_advisory_xact_lock($1) AS held").bind::<BigInt, _>(number).get_result::<Held>(c)?.held
        }
        // Whoever writes is alone here.
        Conn::Sqlite(_) => true,
    })
}

/// The answer that the key has already, unless its day is over.
fn answered(c: &mut Conn, asked: &Asked, key: &str) -> Result<Option<Created>> {
    let this = keys::table.filter(keys::scope.eq(&asked.scope)).filter(keys::key.eq(key));
    let found: Option<(String, String, Moment)> = this.select((keys::request_hash, keys::answer, keys::created_at)).first(c).optional()?;
    let Some((hash, answer, created_at)) = found else { return Ok(None) };
    if asked.now.seconds_since(created_at) >= KEPT_SECONDS {
        diesel::delete(this).execute(c)?;
        return Ok(None);
    }
    if hash != asked.request_hash {
        return Err(Error::key_reused());
    }
    serde_json::from_str(&answer).map(Some).map_err(Error::internal)
}

/// Forgets keys whose day is over; returns how many.
pub fn prune(c: &mut Conn, now: Moment) -> Result<usize> {
    Ok(diesel::delete(keys::table.filter(keys::created_at.lt(now.plus_seconds(-KEPT_SECONDS)))).execute(c)?)
}
