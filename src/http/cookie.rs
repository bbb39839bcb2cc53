//! Cookies: for this host alone, for no script, and over https alone where the house is reached by it.
use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
};

/// The full name: browsers take a `__Host-` cookie only from this very host, by https and for all of it, so that no other host of the
/// domain can plant one (OWASP ASVS 5.0, 3.3.1). On loopback there is no https.
fn full(name: &str, secure: bool) -> String {
    if secure { format!("__Host-{name}") } else { name.to_owned() }
}

/// A cookie that holds for so many seconds; with 0 it is taken back.
#[must_use]
pub fn make(name: &str, value: &str, seconds: i64, same_site: SameSite, secure: bool) -> Cookie<'static> {
    Cookie::build(full(name, secure), value.to_owned())
        .path("/")
        .http_only(true)
        .same_site(same_site)
        .secure(secure)
        .max_age(Duration::seconds(seconds))
        .finish()
}

/// What the browser sends under this name.
#[must_use]
pub fn read(req: &HttpRequest, name: &str, secure: bool) -> Option<String> {
    req.cookie(&full(name, secure)).map(|cookie| cookie.value().to_owned())
}
