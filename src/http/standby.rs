//! What was read from a standby says how old it is.
use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderName, HeaderValue},
    },
    middleware::Next,
};

use crate::db::standby;

/// Nothing later than this instant need be in the answer.
const AS_OF: HeaderName = HeaderName::from_static("nobel21-as-of");

/// Lets whoever only reads go on while no primary can be reached. Everybody else writes, or decides by what is read.
pub async fn reads_go_on<B: MessageBody + 'static>(req: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    if !matches!(*req.method(), Method::GET | Method::HEAD) {
        return next.call(req).await;
    }
    let (response, as_of) = standby::will_do(next.call(req)).await;
    let mut response = response?;
    if let Some(as_of) = as_of.and_then(|as_of| HeaderValue::from_str(&as_of.to_string()).ok()) {
        response.headers_mut().insert(AS_OF, as_of);
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(response)
}
