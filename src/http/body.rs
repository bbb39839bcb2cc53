//! The request's body: JSON or a form of at most 64 KiB, or a file where a path takes one, and what its faults are called.
use std::{future::Future, pin::Pin, time::Duration};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web::Bytes};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{field::Fields, problem::Problem};
use crate::{error::Error, say, text::hex};

/// The most a body may hold, in bytes.
pub const LIMIT: usize = 64 * 1024;

/// A JSON body and a hash of what was asked, by which a repeated request is recognised.
#[derive(Debug)]
pub struct Body {
    value: Value,
    /// SHA-256 over method, path and body.
    pub request_hash: String,
}

impl Body {
    /// The body as it is, for the few that are no object.
    #[must_use]
    pub fn value(self) -> Value {
        self.value
    }

    /// The members, to be read one by one.
    pub fn fields(self) -> Result<Fields, Error> {
        Fields::of(self.value)
    }
}

fn read(req: &HttpRequest, bytes: &[u8]) -> Result<Body, Error> {
    let value = match bytes {
        // Actions such as "cancel" need no body at all.
        [] => Value::Object(serde_json::Map::new()),
        bytes => serde_json::from_slice(bytes).map_err(|e| {
            let (line, column) = (e.line(), e.column());
            Error::Malformed(say!(
                "Innehållet är inte giltig JSON (rad {line}, kolumn {column}).",
                "The body is not valid JSON (line {line}, column {column})."
            ))
        })?,
    };
    let mut hash = Sha256::new();
    hash.update(req.method().as_str());
    hash.update(b" ");
    hash.update(req.path());
    hash.update(b"\n");
    hash.update(bytes);
    Ok(Body { value, request_hash: hex(hash.finalize()) })
}

/// The media type of the body, as far as it matters.
fn media_type(req: &HttpRequest) -> Option<String> {
    let given = req.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    given.map(|v| v.split(';').next().unwrap_or("").trim().to_ascii_lowercase())
}

/// A body comes whole within this time, or its sender is slow on purpose or gone: what is kept for it is given back.
const WITHIN: Duration = Duration::from_secs(60);

async fn in_time(bytes: impl Future<Output = Result<Bytes, actix_web::Error>>, within: Duration) -> Result<Bytes, actix_web::Error> {
    match actix_web::rt::time::timeout(within, bytes).await {
        Ok(bytes) => bytes,
        Err(_) => Err(Problem::BadRequest.into()),
    }
}

impl FromRequest for Body {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let req = req.clone();
        let bytes = Bytes::from_request(&req, payload);
        Box::pin(async move {
            let bytes = in_time(bytes, WITHIN).await?;
            if !bytes.is_empty() && media_type(&req).as_deref() != Some("application/json") {
                return Err(Problem::UnsupportedMediaType("application/json").into());
            }
            Ok(read(&req, &bytes)?)
        })
    }
}

/// What a path takes instead of JSON.
#[derive(Debug, Clone, Copy)]
pub struct Takes {
    /// Media types, as a sentence lists them.
    pub types: &'static str,
    /// The most that a body may hold, in bytes.
    pub limit: usize,
}

/// The most that a body of this request may hold, in bytes.
#[must_use]
pub fn limit(req: &HttpRequest) -> usize {
    req.app_data::<Takes>().map_or(LIMIT, |takes| takes.limit)
}

/// A file as the body, of a type that the path [`Takes`]. What it says of itself is not believed: whoever reads it looks.
pub struct Upload(pub Bytes);

impl FromRequest for Upload {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let types = req.app_data::<Takes>().map_or("", |takes| takes.types);
        let known = media_type(req).is_some_and(|given| types.split(", ").any(|taken| taken == given));
        let bytes = Bytes::from_request(req, payload);
        Box::pin(async move {
            if !known {
                return Err(Problem::UnsupportedMediaType(types).into());
            }
            Ok(Self(in_time(bytes, WITHIN).await?))
        })
    }
}

/// A form that a browser sends by itself, without a script.
pub struct Sent(pub Bytes);

impl FromRequest for Sent {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        const TYPE: &str = "application/x-www-form-urlencoded";
        let known = media_type(req).as_deref() == Some(TYPE);
        let bytes = Bytes::from_request(req, payload);
        Box::pin(async move {
            if !known {
                return Err(Problem::UnsupportedMediaType(TYPE).into());
            }
            Ok(Self(in_time(bytes, WITHIN).await?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_does_not_come_is_given_up() {
        actix_web::rt::System::new().block_on(async {
            let moment = Duration::from_millis(1);
            let never = in_time(std::future::pending(), moment).await.unwrap_err();
            assert_eq!(never.as_response_error().status_code(), 400);
            let there = std::future::ready(Ok(Bytes::from_static(b"{}")));
            assert_eq!(in_time(there, moment).await.unwrap(), "{}");
        });
    }
}
