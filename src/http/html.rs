//! The few pages that the service itself writes: no script, one style sheet inside, nothing from anywhere else.
use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use crate::{error::Language, http::manners};

/// A page in one language.
#[derive(Debug)]
pub struct Html {
    /// The whole document.
    pub text: String,
    /// Its one style sheet, word for word as it stands in the document: the browser applies no other.
    pub style: &'static str,
    /// The language it is in.
    pub language: Language,
    /// Does it send a form back to us?
    pub has_form: bool,
}

impl Html {
    /// The answer with its headers.
    #[must_use]
    pub fn respond(self, status: StatusCode) -> HttpResponse {
        let hash = STANDARD.encode(Sha256::digest(self.style));
        let form_action = if self.has_form { "'self'" } else { "'none'" };
        let policy = format!(
            "default-src 'none'; object-src 'none'; style-src 'sha256-{hash}'; form-action {form_action}; base-uri 'none'; frame-ancestors 'none'"
        );
        HttpResponseBuilder::new(status)
            .content_type("text/html; charset=utf-8")
            .insert_header((header::CONTENT_SECURITY_POLICY, policy))
            .insert_header((header::CONTENT_LANGUAGE, self.language.as_str()))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            // Without this a browser says `Origin: null` when it sends the form, and we could not tell it from a stranger's.
            .insert_header((header::REFERRER_POLICY, if self.has_form { "same-origin" } else { "no-referrer" }))
            .body(self.text)
    }
}

/// `?lang=` if it names one of ours, otherwise what the browser wants.
#[must_use]
pub fn language_of(req: &HttpRequest) -> Language {
    url::form_urlencoded::parse(req.query_string().as_bytes())
        .find(|(name, _)| name == "lang")
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or_else(|| manners::language(req.headers()))
}

/// Does this form come from our own page? Browsers say so by themselves; what says nothing is no browser and acts for nobody.
#[must_use]
pub fn is_ours(req: &HttpRequest, public_url: &str) -> bool {
    let said = |name: &str| req.headers().get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = said("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = said("origin") else { return true };
    origin == public_url || origin.split_once("://").is_some_and(|(_, host)| said("host") == Some(host))
}
