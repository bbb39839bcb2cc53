//! The web client: files that the build laid into the binary, and its one page for every address that is a page.
use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{
        Method, StatusCode,
        header::{self, HeaderMap, HeaderName},
    },
};

use crate::http::problem::Problem;

struct Asset {
    path: &'static str,
    etag: &'static str,
    mime: &'static str,
    whole: &'static [u8],
    br: Option<&'static [u8]>,
    gz: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// What pages may do: use what this host serves, nothing inline, nothing from elsewhere, in nobody's frame.
const POLICY: &str = "default-src 'none'; object-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
     connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Named by their content: another content is another address.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// May be kept, must be asked about.
const ASK: &str = "public, no-cache";

/// Answers what no other route does: a file of the client, its page where a browser asks for one, and for all others 404.
pub async fn serve(req: HttpRequest) -> Result<HttpResponse, Problem> {
    if req.method() != Method::GET && req.method() != Method::HEAD {
        return Err(Problem::NoSuchPath);
    }
    let path = req.path().trim_start_matches('/');
    let path = if path == "docs" { "docs.html" } else { path };
    match file(path) {
        Some(asset) => Ok(answer(&req, asset)),
        None if path.is_empty() || (wants_page(req.headers()) && may_be_page(path)) => match file("index.html") {
            Some(page) => Ok(answer(&req, page)),
            None if path.is_empty() => Ok(without_client()),
            None => Err(Problem::NoSuchPath),
        },
        None => Err(Problem::NoSuchPath),
    }
}

fn file(path: &str) -> Option<&'static Asset> {
    let at = ASSETS.binary_search_by(|asset| asset.path.cmp(path)).ok()?;
    ASSETS.get(at)
}

/// Browsers name HTML when they go to an address; programs that look for data do not, and shall hear that there is none.
fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|accepted| accepted.contains("text/html"))
}

/// The client's own addresses: neither a file that is gone nor what belongs to other routes.
fn may_be_page(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or_default();
    !matches!(first, "api" | "assets" | "e" | "har") && !path.contains('.')
}

fn answer(req: &HttpRequest, asset: &'static Asset) -> HttpResponse {
    let headers = req.headers();
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|tags| tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == asset.etag));
    let (encoding, body) = match (asset.br, asset.gz) {
        (Some(br), _) if takes(headers, "br") => ("br", br),
        (_, Some(gz)) if takes(headers, "gzip") => ("gzip", gz),
        _ => ("identity", asset.whole),
    };
    let mut response = HttpResponseBuilder::new(if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    response
        // Weak, as the bytes differ by encoding.
        .insert_header((header::ETAG, format!("W/{}", asset.etag)))
        .insert_header((header::VARY, "accept-encoding"))
        .insert_header((header::CACHE_CONTROL, if asset.path.starts_with("assets/") { FOREVER } else { ASK }));
    // The service worker too: it fetches by its own policy, not by that of the pages it serves.
    if asset.mime.starts_with("text/html") || asset.path == "sw.js" {
        // With 304 too: a browser takes the headers of that answer for the page that it has kept.
        response.insert_header((HeaderName::from_static("content-security-policy"), POLICY));
    }
    if known {
        return response.finish();
    }
    // Set even if it is the identity: what is compressed already is not compressed again on its way out.
    response.insert_header((header::CONTENT_ENCODING, encoding)).content_type(asset.mime).body(body)
}

/// Does the reader take this encoding?
fn takes(headers: &HeaderMap, encoding: &str) -> bool {
    headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).is_some_and(|list| {
        list.split(',').any(|one| {
            let mut parts = one.split(';').map(str::trim);
            parts.next() == Some(encoding) && parts.next().is_none_or(|weight| !matches!(weight, "q=0" | "q=0.0"))
        })
    })
}

fn without_client() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/plain; charset=utf-8")
        .body("Nobel 21 is running, but was built without its web client (NOBEL21_SKIP_WEB). The API is at /api/v1.\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::{App, test, web};

    async fn get(path: &str, headers: &[(&'static str, &'static str)]) -> actix_web::dev::ServiceResponse {
        let app = test::init_service(App::new().default_service(web::to(serve))).await;
        let mut request = test::TestRequest::get().uri(path);
        for header in headers {
            request = request.insert_header(*header);
        }
        test::call_service(&app, request.to_request()).await
    }

    fn header<'a>(response: &'a actix_web::dev::ServiceResponse, name: &str) -> &'a str {
        response.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    #[actix_web::test]
    async fn a_browser_gets_the_page_at_every_address_of_the_client_and_a_program_404() {
        let browser = [("accept", "text/html,*/*;q=0.8")];
        if file("index.html").is_some() {
            for path in ["/", "/lokaler/konferens-1", "/boka"] {
                let response = get(path, &browser).await;
                assert_eq!(response.status(), 200, "{path}");
                assert_eq!(header(&response, "content-security-policy"), POLICY, "{path}");
                assert_eq!(header(&response, "cache-control"), ASK);
                let etag = header(&response, "etag").to_owned();
                let kept = get(path, &[("accept", "text/html"), ("if-none-match", etag.leak())]).await;
                assert_eq!(kept.status(), 304, "{path}");
                assert_eq!(header(&kept, "content-security-policy"), POLICY, "{path}");
            }
        }
        for (path, headers) in
            [("/boka", &[("accept", "*/*")][..]), ("/api/nowhere", &browser), ("/e/gone", &browser), ("/old.js", &browser)]
        {
            assert_eq!(get(path, headers).await.status(), 404, "{path}");
        }
    }

    #[actix_web::test]
    async fn what_is_kept_is_not_sent_again_and_what_is_named_by_its_content_is_kept_forever() {
        let Some(asset) = ASSETS.iter().find(|asset| asset.path.starts_with("assets/") && asset.br.is_some()) else { return };
        let path = format!("/{}", asset.path);
        let response = get(&path, &[("accept-encoding", "gzip, br")]).await;
        assert_eq!(header(&response, "cache-control"), FOREVER);
        assert_eq!(header(&response, "content-encoding"), "br");
        assert_eq!(get(&path, &[("if-none-match", asset.etag)]).await.status(), 304);
        let response = get(&path, &[("accept-encoding", "br;q=0, gzip")]).await;
        assert_eq!(header(&response, "content-encoding"), "gzip");
    }
}
