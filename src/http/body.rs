//! The request's body: JSON, at most 64 KiB, and what its faults are called.
use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web::Bytes};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{field::Fields, problem::Problem};
use crate::{error::Error, say};

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
    let request_hash = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Body { value, request_hash })
}

impl FromRequest for Body {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let req = req.clone();
        let bytes = Bytes::from_request(&req, payload);
        Box::pin(async move {
            let bytes = bytes.await?;
            let json = req
                .headers()
                .get(header::CONTENT_TYPE)
                .and_then(|v| v.to_str().ok())
                .map(|v| v.split(';').next().unwrap_or("").trim().to_ascii_lowercase());
            if !bytes.is_empty() && json.as_deref() != Some("application/json") {
                return Err(Problem::UnsupportedMediaType("application/json").into());
            }
            Ok(read(&req, &bytes)?)
        })
    }
}
