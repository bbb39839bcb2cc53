//! `Idempotency-Key`: the same request sent twice creates one thing and gets one answer.
//!
//! A claim is written before the work, the answer in the work's own transaction. So either both are there or neither, a
//! second request that comes meanwhile is told so, and a process that dies in between leaves a claim that soon lapses.
use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder, dev::Payload, http::StatusCode, http::header};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    db::{Both, Conn, Db, schema::idempotency_keys as keys},
    error::{Error, Result},
    id::Id,
    say,
    time::Moment,
};

/// How long an answer is repeated, in seconds.
pub const KEPT_SECONDS: i64 = 24 * 3600;
/// How long a claim holds without an answer, in seconds: longer than any request takes.
const CLAIM_SECONDS: i64 = 60;

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

/// Whose key it is and for which request: two people's equal keys are two keys.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The caller's id, or `public`.
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
    let Some(key) = asked.key.0.clone() else {
        return Ok(db.write(work).await?.respond());
    };
    let claim = Id::new();
    let (ask, k) = (asked.clone(), key.clone());
    if let Some(answer) = db.write(move |c| take_claim(c, &ask, &k, claim)).await? {
        return Ok(answer.respond());
    }
    let (scope, k) = (asked.scope.clone(), key.clone());
    let done = db
        .write(move |c| {
            let created = work(c)?;
            let answer = serde_json::to_string(&created).map_err(Error::internal)?;
            let mine = keys::table.filter(keys::scope.eq(scope)).filter(keys::key.eq(k)).filter(keys::claim.eq(claim));
            match diesel::update(mine).set(keys::answer.eq(answer)).execute(c)? {
                1 => Ok(created),
                // The claim lapsed and somebody else has it: what we did is rolled back.
                _ => Err(in_use()),
            }
        })
        .await;
    match done {
        Ok(created) => Ok(created.respond()),
        Err(error) => {
            // Nothing was created, so the key is free again: a refused request may be mended and sent once more.
            let scope = asked.scope;
            let release = db
                .write(move |c| {
                    Ok(diesel::delete(keys::table.filter(keys::scope.eq(scope)).filter(keys::key.eq(key)).filter(keys::claim.eq(claim)))
                        .execute(c)?)
                })
                .await;
            if let Err(e) = release {
                tracing::warn!(error = %e, "an idempotency key stays claimed for a minute");
            }
            Err(error)
        }
    }
}

fn in_use() -> Error {
    Error::Conflict {
        code: "idempotency_key_in_use",
        detail: say!("Samma begäran behandlas redan. Vänta och försök igen.", "The same request is being worked on. Wait and try again."),
    }
}

/// Claims the key, or gives the answer that it already has.
fn take_claim(c: &mut Conn, asked: &Asked, key: &str, claim: Id) -> Result<Option<Created>> {
    let row = (
        keys::scope.eq(&asked.scope),
        keys::key.eq(key),
        keys::request_hash.eq(&asked.request_hash),
        keys::claim.eq(claim),
        keys::claimed_until.eq(asked.now.plus_seconds(CLAIM_SECONDS)),
        keys::created_at.eq(asked.now),
    );
    if Both(diesel::insert_into(keys::table).values(row).on_conflict((keys::scope, keys::key)).do_nothing()).execute(c)? == 1 {
        return Ok(None);
    }
    let this = keys::table.filter(keys::scope.eq(&asked.scope)).filter(keys::key.eq(key));
    let (hash, until, answer, created_at): (String, Moment, Option<String>, Moment) =
        this.select((keys::request_hash, keys::claimed_until, keys::answer, keys::created_at)).first(c)?;
    let kept = asked.now.seconds_since(created_at) < KEPT_SECONDS;
    if kept {
        if hash != asked.request_hash {
            return Err(Error::Refused {
                code: "idempotency_key_reused",
                detail: say!(
                    "Nyckeln i Idempotency-Key är redan använd för en annan begäran.",
                    "The key in Idempotency-Key was already used for another request."
                ),
            });
        }
        if let Some(answer) = answer {
            return serde_json::from_str(&answer).map(Some).map_err(Error::internal);
        }
        if until > asked.now {
            return Err(in_use());
        }
    }
    // Too old, or its claimant died: the key is ours now, unless another took it just before.
    let lapsed = keys::table
        .filter(keys::scope.eq(&asked.scope))
        .filter(keys::key.eq(key))
        .filter(keys::claimed_until.eq(until))
        .filter(keys::created_at.eq(created_at));
    let taken = diesel::update(lapsed)
        .set((
            keys::request_hash.eq(&asked.request_hash),
            keys::claim.eq(claim),
            keys::claimed_until.eq(asked.now.plus_seconds(CLAIM_SECONDS)),
            keys::answer.eq(None::<String>),
            keys::created_at.eq(asked.now),
        ))
        .execute(c)?;
    if taken == 1 { Ok(None) } else { Err(in_use()) }
}

/// Forgets keys whose day is over; returns how many.
pub fn prune(c: &mut Conn, now: Moment) -> Result<usize> {
    Ok(diesel::delete(keys::table.filter(keys::created_at.lt(now.plus_seconds(-KEPT_SECONDS)))).execute(c)?)
}
