//! The HTTP kit: how bodies, queries, versions, pages, repeats and refusals look for every feature, and the one list of routes.
pub mod body;
pub mod cookie;
pub mod door;
pub mod drain;
pub mod etag;
pub mod field;
pub mod html;
pub mod idempotency;
pub mod manners;
pub mod metrics;
pub mod page;
pub mod problem;
pub mod sender;
pub mod standby;

use actix_web::{
    FromRequest, Handler, HttpRequest, HttpResponse, Resource, Responder,
    dev::{AppService, HttpServiceFactory},
    guard,
    middleware::from_fn,
    web,
};

use crate::{
    error::{Error, Result},
    id::Id,
};
use problem::Problem;

/// Every route of the service, feature by feature.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::scope("/api/v1")
                .wrap(from_fn(standby::reads_go_on))
                // Paths are tried one after the other, and this is what every visitor and every screen asks for.
                .configure(crate::calendar::api::routes)
                .configure(crate::calendar::feed_api::routes)
                .configure(crate::calendar::file_api::routes)
                .configure(crate::people::sign_in_api::routes)
                .configure(crate::people::api::routes)
                .configure(crate::people::second_factor_api::routes)
                .configure(crate::people::passkeys_api::routes)
                .configure(crate::people::api_tokens_api::routes)
                .configure(crate::people::openid_api::routes)
                .configure(crate::rooms::api::routes)
                .configure(crate::rooms::half_day_api::routes)
                .configure(crate::rooms::floor_plan_api::routes)
                .configure(crate::people::users_api::routes)
                .configure(crate::organisations::api::routes)
                .configure(crate::organisations::members_api::routes)
                .configure(crate::organisations::my_memberships_api::routes)
                .configure(crate::organisations::users_api::routes)
                .configure(crate::settings::api::routes)
                .configure(crate::privacy::api::routes)
                .configure(crate::audit::api::routes)
                .configure(crate::mail::api::routes)
                .configure(crate::bookings::api::routes)
                .configure(crate::bookings::series::api::routes)
                .configure(crate::bookings::batch::api::routes)
                .configure(crate::bookings::load_api::routes)
                .configure(crate::bookings::staff::api::routes)
                .configure(crate::bookings::closure_api::routes)
                .configure(crate::faults::api::routes)
                .configure(crate::visits::expected::api::routes)
                .configure(crate::bookings::quotas::api::routes)
                .configure(crate::bookings::waitlist::api::routes)
                .configure(crate::bookings::arrivals::api::routes)
                .configure(crate::statistics::api::routes)
                .configure(crate::statistics::open_api::routes)
                .configure(crate::statistics::closed::api::routes)
                .configure(crate::statistics::goals::api::routes)
                .configure(crate::statistics::basis::api::routes)
                .configure(crate::counters::api::routes)
                .configure(crate::visits::api::routes)
                .configure(crate::visits::names::api::routes)
                .configure(crate::visits::roll_calls::api::routes)
                .configure(crate::evaluations::api::routes)
                .configure(crate::attendance::api::routes)
                .configure(crate::kiosk::api::routes)
                .configure(crate::handover::api::routes)
                .configure(crate::operations::contract_route)
                .default_service(web::to(no_such_path)),
        )
        .configure(crate::operations::routes)
        .configure(crate::evaluations::page::routes)
        .configure(crate::kiosk::page::routes)
        .default_service(web::to(crate::web::serve));
}

async fn no_such_path() -> std::result::Result<HttpResponse, Problem> {
    Err(Problem::NoSuchPath)
}

/// One path and its methods; any other method is answered 405 with `Allow`.
pub struct Path {
    resource: Resource,
    allowed: Vec<&'static str>,
}

/// The path to which methods are added.
#[must_use]
pub fn at(path: &str) -> Path {
    Path { resource: web::resource(path), allowed: vec![] }
}

impl Path {
    fn on<F, Args>(mut self, route: actix_web::Route, method: &'static str, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.resource = self.resource.route(route.to(handler));
        self.allowed.push(method);
        self
    }

    /// Takes bodies of these media types instead of JSON, up to this many bytes.
    #[must_use]
    pub fn takes(mut self, types: &'static str, limit: usize) -> Self {
        self.resource = self.resource.app_data(web::PayloadConfig::new(limit)).app_data(body::Takes { types, limit });
        self
    }

    /// Answers GET, and HEAD without the body.
    #[must_use]
    pub fn get<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.on(web::route().guard(guard::Any(guard::Get()).or(guard::Head())), "GET, HEAD", handler)
    }

    /// Answers POST.
    #[must_use]
    pub fn post<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.on(web::post(), "POST", handler)
    }

    /// Answers PUT.
    #[must_use]
    pub fn put<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.on(web::put(), "PUT", handler)
    }

    /// Answers PATCH.
    #[must_use]
    pub fn patch<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.on(web::patch(), "PATCH", handler)
    }

    /// Answers DELETE.
    #[must_use]
    pub fn delete<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.on(web::delete(), "DELETE", handler)
    }
}

impl HttpServiceFactory for Path {
    fn register(self, config: &mut AppService) {
        let allowed = self.allowed.join(", ");
        let refuse = move || {
            let allowed = allowed.clone();
            async move { Err::<HttpResponse, Problem>(Problem::MethodNotAllowed(allowed)) }
        };
        self.resource.default_service(web::to(refuse)).register(config);
    }
}

/// The id in the path under `name`; what is no id can't name anything, so it is not found.
pub fn path_id(req: &HttpRequest, name: &str, noun: &'static str) -> Result<Id> {
    path_text(req, name).parse().map_err(|_| Error::NotFound(noun))
}

/// The text in the path under `name`, as it stands there: our names need no escaping, so what is escaped names nothing.
#[must_use]
pub fn path_text(req: &HttpRequest, name: &str) -> String {
    // `load` unescapes percent signs, which `get` leaves; it can't read names, so they are counted. A segment that is not UTF-8
    // names nothing.
    let at = req.match_info().iter().position(|(known, _)| known == name);
    let all = req.match_info().load::<Vec<String>>().ok();
    at.zip(all).and_then(|(at, all)| all.into_iter().nth(at)).unwrap_or_default()
}
