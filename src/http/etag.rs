//! Versions of resources on the wire: `ETag` out, `If-Match` and `If-None-Match` in.
use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, http::header, web::Bytes};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{
    db::standby,
    error::{Error, Result},
};

/// Which version of a resource a caller believes it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: whatever there is.
    Any,
    /// This one.
    Version(i32),
    /// What has no version: the hash of its text.
    Text(u128),
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

    /// Refuses unless the resource, which has no version, still reads the same to whoever saw it as `current`.
    pub fn check_body(self, current: &impl Serialize) -> Result<()> {
        let text = serde_json::to_vec(current).map_err(Error::internal)?;
        match self {
            Self::Any => Ok(()),
            Self::Text(hash) if hash == hash_of(&text) => Ok(()),
            _ => Err(Error::Stale),
        }
    }

    fn of_tag(tag: &str) -> Self {
        let read = || {
            let tag = tag.strip_prefix('"')?.strip_suffix('"')?;
            if tag.len() == HASH_DIGITS { u128::from_str_radix(tag, 16).ok().map(Self::Text) } else { tag.parse().ok().map(Self::Version) }
        };
        read().unwrap_or(Self::Foreign)
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
            Some(tag) => Ok(Self::of_tag(tag)),
        })
    }
}

/// The ETag of a version.
#[must_use]
pub fn of_version(version: i32) -> String {
    format!("\"{version}\"")
}

/// How many hexadecimal digits the hash of a text has.
const HASH_DIGITS: usize = 24;

fn hash_of(text: &[u8]) -> u128 {
    Sha256::digest(text).iter().take(HASH_DIGITS / 2).fold(0, |hash, byte| hash << 8 | u128::from(*byte))
}

/// The ETag of what has no version: a hash of its text.
#[must_use]
pub fn of_text(text: &[u8]) -> String {
    format!("\"{:0HASH_DIGITS$x}\"", hash_of(text))
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

/// 200 with what a resource without a version was just changed to, and its new ETag.
pub fn changed(body: &impl Serialize) -> Result<HttpResponse> {
    let bytes = serde_json::to_vec(body).map_err(Error::internal)?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, of_text(&bytes))).content_type("application/json").body(bytes))
}

/// 200 with a JSON text whose ETag is known, or 304 if the caller has it already.
pub fn respond_bytes(req: &HttpRequest, etag: &str, cache: &'static str, bytes: impl Into<Bytes>) -> HttpResponse {
    respond_as(req, etag, cache, "application/json", bytes)
}

/// 200 with a text of this media type, or 304 if the caller has it already.
pub fn respond_as(req: &HttpRequest, etag: &str, cache: &'static str, media_type: &'static str, bytes: impl Into<Bytes>) -> HttpResponse {
    // What a standby answered would leave its age at what the caller has.
    let known = standby::as_of().is_none()
        && req
            .headers()
            .get(header::IF_NONE_MATCH)
            .and_then(|v| v.to_str().ok())
            .is_some_and(|tags| tags.split(',').any(|tag| matches!(tag.trim(), "*") || tag.trim().trim_start_matches("W/") == etag));
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((header::ETAG, etag)).insert_header((header::CACHE_CONTROL, cache));
    if known { response.finish() } else { response.content_type(media_type).body(bytes.into()) }
}

/// For what everybody sees alike: kept by anyone, asked about each time.
pub const PUBLIC: &str = "public, no-cache";
/// For what one person sees: kept by the browser, asked about each time.
pub const PRIVATE: &str = "no-store";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_and_the_hash_of_a_text_are_told_apart() {
        assert_eq!(IfMatch::of_tag("\"7\""), IfMatch::Version(7));
        let tag = of_text(b"[1]");
        assert!(IfMatch::of_tag(&tag).check_body(&[1]).is_ok());
        assert!(IfMatch::of_tag(&tag).check_body(&[2]).is_err());
        assert!(IfMatch::of_tag(&tag).check(1).is_err());
        for foreign in ["7", "\"x\"", "\"\"", "W/\"7\"", "\"+7z\""] {
            assert_eq!(IfMatch::of_tag(foreign), IfMatch::Foreign, "{foreign}");
        }
    }
}
