//! The few pages that the service itself writes: no script, one style sheet inside, nothing from anywhere else.
use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use crate::error::Language;

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
        let policy =
            format!("default-src 'none'; style-src 'sha256-{hash}'; form-action {form_action}; base-uri 'none'; frame-ancestors 'none'");
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
