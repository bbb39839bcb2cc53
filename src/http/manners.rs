//! What every request gets: an id, a language, problem+json for every refusal, security headers, a log line, a measurement.
use std::time::Instant;

use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        ConnectionType, StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web,
};

use super::{door, drain::Drain, metrics::Metrics, problem, sender::Sender};
use crate::{error::Language, id::Id};

/// The id that ties an answer to its log lines.
#[derive(Debug, Clone)]
pub struct RequestId(String);

impl RequestId {
    /// The id of this request.
    #[must_use]
    pub fn of(req: &HttpRequest) -> String {
        req.extensions().get::<Self>().map(|id| id.0.clone()).unwrap_or_default()
    }

    /// The client's own if it is harmless, otherwise a new one.
    fn take(headers: &HeaderMap) -> Self {
        let given = headers.get("x-request-id").and_then(|v| v.to_str().ok());
        match given {
            Some(id)
                if (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')) =>
            {
                Self(id.to_owned())
            }
            _ => Self(uuid::Uuid::new_v4().to_string()),
        }
    }
}

/// The reader's language by `Accept-Language`: the better weighted of Swedish and English, Swedish if neither or both alike.
#[must_use]
pub fn language(headers: &HeaderMap) -> Language {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let (mut sv, mut en) = (0.0_f32, 0.0_f32);
    for part in wanted.split(',').take(20) {
        let mut halves = part.split(';');
        let tag = halves.next().unwrap_or("").trim().to_ascii_lowercase();
        let weight = halves.find_map(|p| p.trim().strip_prefix("q=").and_then(|q| q.parse().ok())).unwrap_or(1.0);
        match tag.split('-').next() {
            Some("sv") => sv = f32::max(sv, weight),
            Some("en") => en = f32::max(en, weight),
            _ => {}
        }
    }
    if en > sv { Language::En } else { Language::Sv }
}

/// Whose token came along, for the log.
#[derive(Debug, Clone, Copy)]
pub struct Whose(pub Id);

/// Is the service reached by https? Then browsers shall remember it.
#[derive(Debug, Clone, Copy)]
pub struct BehindTls(pub bool);

/// Wraps every request.
pub async fn manners(req: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let id = RequestId::take(req.headers());
    let language = language(req.headers());
    req.extensions_mut().insert(id.clone());
    let method = req.method().as_str().to_owned();
    // No clone of the request may be held over this: the router must be its only owner to fill the path's parameters in.
    // What comes back is always an answer, for the framework turns a handler's error into one that carries the error along.
    let refused = door::refusal(req.request());
    let response = match refused {
        None => next.call(req).await?.map_into_boxed_body(),
        Some(error) => {
            let answer = problem::respond(&error, req.request(), language);
            req.into_response(answer)
        }
    };
    let request = response.request().clone();
    let mut response = match response.response().error() {
        Some(error) => {
            let answer = problem::respond(error, &request, language);
            response.into_response(answer)
        }
        None => response,
    };
    let tls = request.app_data::<web::Data<BehindTls>>().is_some_and(|tls| tls.0);
    security_headers(response.headers_mut(), tls);
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    if request.app_data::<web::Data<Drain>>().is_some_and(|drain| drain.has_begun()) {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    // The route, not the path: a path may hold a secret (an evaluation code) and an id too many for a metric.
    let route = request.match_pattern().unwrap_or_else(|| "unmatched".into());
    let status = response.status();
    let elapsed = started.elapsed();
    if let Some(metrics) = request.app_data::<web::Data<Metrics>>() {
        metrics.observe(&method, &route, status.as_u16(), elapsed);
    }
    let milliseconds = elapsed.as_secs_f64() * 1000.0;
    if status.is_server_error() && status != StatusCode::SERVICE_UNAVAILABLE {
        tracing::error!(target: "access", request_id = id.0, method, route, status = status.as_u16(), milliseconds);
    } else if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS) {
        // Who is turned away, for whoever looks for an attack (OWASP ASVS 5.0, 16.3): kept no longer than the log is.
        let person = request.extensions().get::<Whose>().map(|whose| whose.0.to_string());
        let network = Sender::of(&request).network();
        tracing::warn!(target: "security", request_id = id.0, method, route, status = status.as_u16(), milliseconds, person, network);
    } else {
        tracing::info!(target: "access", request_id = id.0, method, route, status = status.as_u16(), milliseconds);
    }
    Ok(response)
}

fn security_headers(headers: &mut HeaderMap, tls: bool) {
    let mut default = |name: &'static str, value: &'static str| {
        let name = HeaderName::from_static(name);
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    default("x-content-type-options", "nosniff");
    default("referrer-policy", "no-referrer");
    default("x-frame-options", "DENY");
    default("cross-origin-opener-policy", "same-origin");
    default("cross-origin-resource-policy", "same-origin");
    default("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    // Pages set their own; data needs nothing at all.
    default(
        "content-security-policy",
        "default-src 'none'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    );
    default("cache-control", "no-store");
    default("vary", "accept-language, authorization, accept-encoding");
    if tls {
        default("strict-transport-security", "max-age=31536000; includeSubDomains");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(value: &'static str) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(value));
        language(&headers)
    }

    #[test]
    fn swedish_unless_english_is_liked_better() {
        assert_eq!(wanted(""), Language::Sv);
        assert_eq!(wanted("de, fr;q=0.5"), Language::Sv);
        assert_eq!(wanted("en-GB,en;q=0.9,sv;q=0.8"), Language::En);
        assert_eq!(wanted("sv, en;q=0.9"), Language::Sv);
        assert_eq!(wanted("en;q=x, sv"), Language::Sv);
    }
}
