//! Versions of resources on the wire: `ETag` out, `If-Match` and `If-None-Match` in.
use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, http::header};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// Which version of a resource a caller believes it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: whatever there is.
    Any,
    /// This one.
    Version(i32),
    /// An ETag that is none of ours.
    Foreign,
}

impl IfMatch {
    /// Refuses unless the resource still is that version.
    pub fn check(self, current: i32) -> Result<()> {
        match self {
            Self::Any => Ok(()),
            Self::Version(version) if version == current => Ok(()),
            _ => Err(Error::Stale),
        }
    }
}

impl FromRequest for IfMatch {
    type Error = actix_web::Error;
    type Future = Ready<std::result::Result<Self, actix_web::Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let given = req.headers().get(header::IF_MATCH).and_then(|v| v.to_str().ok()).map(str::trim);
        ready(match given {
            None | Some("") => Err(Error::PreconditionRequired.into()),
            Some("*") => Ok(Self::Any),
            Some(tag) => Ok(tag
                .strip_prefix('"')
                .and_then(|t| t.strip_suffix('"'))
                .and_then(|t| t.parse().ok())
                .map_or(Self::Foreign, Self::Version)),
        })
    }
}

/// The ETag of a version.
#[must_use]
pub fn of_version(version: i32) -> String {
    format!("\"{version}\"")
}

/// The ETag of what has no version: a hash of its text.
#[must_use]
pub fn of_text(text: &[u8]) -> String {
    let hash = Sha256::digest(text);
    format!("\"{}\"", hash.iter().take(12).map(|b| format!("{b:02x}")).collect::<String>())
}

/// 200 with the body, or 304 if the caller has it already.
pub fn respond(req: &HttpRequest, etag: &str, cache: &'static str, body: &impl Serialize) -> Result<HttpResponse> {
    let bytes = serde_json::to_vec(body).map_err(Error::internal)?;
    Ok(respond_bytes(req, etag, cache, bytes))
}

/// 200 with an ETag made of the body itself, or 304 if the caller has it already.
pub fn respond_hashed(req: &HttpRequest, cache: &'static str, body: &impl Serialize) -> Result<HttpResponse> {
    let bytes = serde_json::to_vec(body).map_err(Error::internal)?;
    let etag = of_text(&bytes);
    Ok(respond_bytes(req, &etag, cache, bytes))
}

fn respond_bytes(req: &HttpRequest, etag: &str, cache: &'static str, bytes: Vec<u8>) -> HttpResponse {
    let known = req
        .headers()
        .get(header::IF_NONE_MATCH)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|tags| tags.split(',').any(|tag| matches!(tag.trim(), "*") || tag.trim().trim_start_matches("W/") == etag));
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((header::ETAG, etag)).insert_header((header::CACHE_CONTROL, cache));
    if known { response.finish() } else { response.content_type("application/json").body(bytes) }
}

/// For what one person sees: kept by the browser, asked about each time.
pub const PRIVATE: &str = "private, no-cache";
