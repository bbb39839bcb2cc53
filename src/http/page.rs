//! Lists in pages: `limit` and `cursor` in, `items`, `next_cursor` and `Link` out.
use actix_web::{HttpRequest, HttpResponse, http::header};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    etag,
    field::{self, Fields},
};
use crate::{
    error::{Error, Result, Say},
    id::Id,
    say,
};

/// The longest text of a cursor: more than any name of 200 characters takes, of which folding may make many times as many.
const LONGEST: usize = 16 * 1024;

/// Where a page begins: after this sort key and id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The sort key's text.
    pub key: String,
    /// The id that tells equal keys apart.
    pub id: Id,
}

impl std::str::FromStr for Cursor {
    type Err = Say;
    fn from_str(text: &str) -> std::result::Result<Self, Say> {
        let read = || -> Option<Self> {
            let bytes = (text.len() <= LONGEST).then(|| URL_SAFE_NO_PAD.decode(text).ok()).flatten()?;
            let (key, id): (String, String) = serde_json::from_slice(&bytes).ok()?;
            (!key.contains('\0')).then_some(())?;
            Some(Self { key, id: id.parse().ok()? })
        };
        read().ok_or_else(|| say!("är ingen av våra: börja om från första sidan", "is none of ours: start again from the first page"))
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(json!([self.key, self.id]).to_string()))
    }
}

/// Which page is asked for.
#[derive(Debug, Clone)]
pub struct Page {
    /// Rows on it, 1 to 200.
    pub limit: usize,
    /// After which row; `None` is the first page.
    pub after: Option<Cursor>,
}

impl Page {
    /// Reads `limit` and `cursor`.
    pub fn read(fields: &mut Fields) -> Option<Self> {
        let limit = fields.or("limit", 50, field::query_integer(1..=200));
        let after = fields.optional("cursor", field::parsed::<Cursor>);
        Some(Self { limit: usize::try_from(limit?).ok()?, after: after? })
    }

    /// How many rows to fetch: one more than shown tells whether there is a next page.
    #[must_use]
    pub fn fetch(&self) -> i64 {
        i64::try_from(self.limit + 1).unwrap_or(201)
    }
}

/// The answer: at most `page.limit` of `rows`, and where the next page begins. Nobody keeps it.
pub fn answer<T, W: Serialize>(
    req: &HttpRequest,
    page: &Page,
    rows: Vec<T>,
    cursor: impl Fn(&T) -> Cursor,
    wire: impl Fn(T) -> W,
) -> Result<HttpResponse> {
    let (body, link) = shown(req, page, rows, cursor, wire)?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    if let Some(link) = link {
        response.insert_header((header::LINK, link));
    }
    Ok(response.json(body))
}

/// [`answer`] with an ETag, for lists that may be kept as `cache` says.
pub fn answer_kept<T, W: Serialize>(
    req: &HttpRequest,
    page: &Page,
    cache: &'static str,
    rows: Vec<T>,
    cursor: impl Fn(&T) -> Cursor,
    wire: impl Fn(T) -> W,
) -> Result<HttpResponse> {
    let (body, link) = shown(req, page, rows, cursor, wire)?;
    let mut response = etag::respond_hashed(req, cache, &body)?;
    if let Some(link) = link.and_then(|link| header::HeaderValue::try_from(link).ok()) {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

/// The body, and the link to the next page.
fn shown<T, W: Serialize>(
    req: &HttpRequest,
    page: &Page,
    rows: Vec<T>,
    cursor: impl Fn(&T) -> Cursor,
    wire: impl Fn(T) -> W,
) -> Result<(Value, Option<String>)> {
    let more = rows.len() > page.limit;
    let shown: Vec<T> = rows.into_iter().take(page.limit).collect();
    let next = shown.last().filter(|_| more).map(|row| cursor(row).to_string());
    let items: Vec<Value> = shown.into_iter().map(|row| serde_json::to_value(wire(row)).map_err(Error::internal)).collect::<Result<_>>()?;
    let link = next.as_ref().map(|next| {
        let kept: String = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(url::form_urlencoded::parse(req.query_string().as_bytes()).filter(|(name, _)| name != "cursor"))
            .append_pair("cursor", next)
            .finish();
        format!("<{}?{kept}>; rel=\"next\"", req.path())
    });
    Ok((json!({"items": items, "next_cursor": next}), link))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_of_the_longest_name_comes_back() {
        for letter in ["🎉", "\u{fdfa}", "\""] {
            let cursor = Cursor { key: crate::text::fold(&letter.repeat(200)), id: Id::new() };
            assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor);
        }
    }

    #[test]
    fn a_cursor_comes_back_and_rubbish_does_not() {
        let cursor = Cursor { key: "Åsa \"x\"".into(), id: Id::new() };
        assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor);
        for bad in ["", "x", "!!!!", "bnVsbA", &"a".repeat(LONGEST + 1)] {
            assert!(bad.parse::<Cursor>().is_err(), "{bad}");
        }
    }
}
