//! Error -> response: the one exhaustive match to RFC 9457, in the reader's language.
use std::fmt;

use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError, http::StatusCode, http::header};
use serde_json::{Map, Value, json};

use super::manners::RequestId;
use crate::{
    error::{Error, Language, RefusedDate, RoomTime, Say, Violation},
    holidays, say,
};

/// Refusals that only HTTP knows.
#[derive(Debug)]
pub enum Problem {
    /// No such path.
    NoSuchPath,
    /// The path exists, the method does not; the allowed ones.
    MethodNotAllowed(String),
    /// The body is of another type; the one that would do.
    UnsupportedMediaType(&'static str),
    /// The body is packed.
    Packed,
    /// The body is too large.
    TooLarge,
    /// A path segment is not what it should be: no such thing can exist.
    BadRequest,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NoSuchPath => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::UnsupportedMediaType(_) | Self::Packed => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BadRequest => StatusCode::BAD_REQUEST,
        }
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            // As with a single booking the rules come first: a time that nobody may have is not taken by anybody.
            Self::DatesRefused(dates) if dates.iter().all(|date| date.violations.is_empty()) => StatusCode::CONFLICT,
            Self::DatesRefused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Invalid(_) | Self::Violations(_) | Self::Refused { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Taken { .. } | Self::ClosureOverBookings(_) | Self::AlreadyExists { .. } | Self::Conflict { .. } => StatusCode::CONFLICT,
            Self::Unauthenticated { .. } => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::Stale => StatusCode::PRECONDITION_FAILED,
            Self::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// What an answer says: status, stable code, short title, sentence, further members.
struct Answer {
    status: StatusCode,
    code: &'static str,
    title: Say,
    detail: Say,
    more: Map<String, Value>,
}

fn answer(status: StatusCode, code: &'static str, title: Say, detail: Say) -> Answer {
    Answer { status, code, title, detail, more: Map::new() }
}

impl Answer {
    fn with(mut self, member: &str, value: Value) -> Self {
        self.more.insert(member.to_owned(), value);
        self
    }
}

fn of_error(error: &Error, language: Language) -> Answer {
    let status = error.status_code();
    match error {
        Error::Malformed(detail) => answer(status, "malformed_body", say!("Innehållet kan inte läsas", "The body can't be read"), detail.clone()),
        Error::Invalid(faults) => {
            let errors: Vec<Value> = faults.iter().map(|fault| json!({"field": fault.field, "code": fault.code, "message": fault.message.in_language(language)})).collect();
            // A code of its own (an offset that is missing, a personal number) is the answer's code too when nothing else is wrong.
            let code = match faults.as_slice() {
                [one] if matches!(one.code, "time_without_offset" | "personal_identity_number") => one.code,
                _ => "invalid_field",
            };
            answer(status, code, say!("Några uppgifter är fel", "Some values are wrong"), say!("Rätta de fält som anges och försök igen.", "Correct the fields named and try again.")).with("errors", Value::Array(errors))
        }
        Error::NotFound(noun) => answer(status, "not_found", say!("Finns inte", "Not found"), say!("Det finns ingen sådan post, eller så får du inte se den ({noun}).", "There is no such {noun}, or you may not see it.")),
        Error::Taken { conflicts, alternatives } => answer(status, "booking_conflict", say!("Tiden är upptagen", "The time is taken"), say!("Lokalen är upptagen då. Välj en annan tid eller lokal.", "The room is taken then. Choose another time or room."))
            .with("conflicts", json!(conflicts))
            .with("alternatives", json!(alternatives)),
        Error::DatesRefused(dates) => dates_refused(status, dates, language),
        Error::ClosureOverBookings(bookings) => answer(status, "closure_over_bookings", say!("Bokningar ligger i vägen", "Bookings are in the way"), say!("Det finns bokningar under tiden. Flytta dem, eller stäng och avboka dem.", "There are bookings during this time. Move them, or close and cancel them."))
            .with(
            "bookings",
            bookings
                .iter()
                .map(|b| {
                    let (id, name) = &b.organisation;
                    json!({"id": b.id, "reference": b.reference, "title": b.title, "organisation": {"id": id, "name": name}, "room": b.room, "starts_at": b.starts_at, "ends_at": b.ends_at})
                })
                .collect(),
        ),
        Error::AlreadyExists { field, detail } => answer(status, "already_exists", say!("Finns redan", "Exists already"), detail.clone())
            .with("errors", json!([{"field": field, "code": "already_exists", "message": detail.in_language(language)}])),
        Error::Conflict { code, detail } => answer(status, code, say!("Går inte just nu", "Not possible now"), detail.clone()),
        Error::Violations(violations) => {
            let list: Vec<Value> = violations.iter().map(|v| violation(v, language)).collect();
            answer(status, "rule_violation", say!("Bokningen går emot reglerna", "The booking is against the rules"), say!("Ändra det som anges och försök igen.", "Change what is named and try again.")).with("violations", Value::Array(list))
        }
        Error::Refused { code, detail } => answer(status, code, say!("Går inte", "Not possible"), detail.clone()),
        Error::Unauthenticated { code, detail } => answer(status, code, say!("Du behöver logga in", "You need to sign in"), detail.clone()),
        Error::Forbidden(detail) => answer(status, "forbidden", say!("Du får inte göra det här", "You may not do this"), detail.clone()),
        Error::Stale => answer(status, "stale", say!("Någon annan hann ändra", "Someone else changed it"), say!("Hämta den senaste versionen, gör om ändringen och spara igen.", "Fetch the latest version, make the change again and save.")),
        Error::PreconditionRequired => answer(status, "precondition_required", say!("Versionen saknas", "The version is missing"), say!("Skicka postens ETag i If-Match.", "Send the resource's ETag in If-Match.")),
        Error::TooMany { retry_after } => {
            answer(status, "too_many_requests", say!("För många försök", "Too many tries"), say!("Vänta {retry_after} sekunder och försök igen.", "Wait {retry_after} seconds and try again.")).with("retry_after", json!(retry_after))
        }
        Error::Unavailable(detail) => answer(status, "unavailable", say!("Tillfälligt fel", "Temporary fault"), detail.clone()),
        Error::Internal(_) => answer(status, "internal", say!("Något gick fel hos oss", "Something went wrong on our side"), say!("Felet är noterat. Försök igen, och uppge felets nummer om det kommer tillbaka.", "The fault is noted. Try again, and give the fault's number if it comes back.")),
    }
}

fn dates_refused(status: StatusCode, dates: &[RefusedDate], language: Language) -> Answer {
    let count = dates.len();
    let answer = if status == StatusCode::CONFLICT {
        let conflicts: Vec<&RoomTime> = dates.iter().flat_map(|date| &date.conflicts).collect();
        answer(
            status,
            "booking_conflict",
            say!("Tider är upptagna", "Times are taken"),
            say!(
                "{count} av seriens datum är upptagna. Välj en annan tid eller lokal för dem, eller hoppa över dem.",
                "{count} of the series' dates are taken. Choose another time or room for them, or skip them."
            ),
        )
        .with("conflicts", json!(conflicts))
    } else {
        let mut violations: Vec<&Violation> = vec![];
        for violation in dates.iter().flat_map(|date| &date.violations) {
            if !violations.contains(&violation) {
                violations.push(violation);
            }
        }
        answer(
            status,
            "rule_violation",
            say!("Datum går emot reglerna", "Dates are against the rules"),
            say!(
                "{count} av seriens datum kan inte bokas så. Ändra dem, eller hoppa över dem.",
                "{count} of the series' dates can't be booked like this. Change them, or skip them."
            ),
        )
        .with("violations", violations.into_iter().map(|one| violation(one, language)).collect())
    };
    answer.with("dates", dates.iter().map(|date| refused_date(date, language)).collect())
}

/// A date of a series that can't be had, on the wire.
#[must_use]
pub fn refused_date(refused: &RefusedDate, language: Language) -> Value {
    json!({
        "date": refused.date, "holiday": holidays::on(refused.date), "conflicts": refused.conflicts,
        "violations": refused.violations.iter().map(|one| violation(one, language)).collect::<Vec<_>>(),
        "alternatives": refused.alternatives,
    })
}

/// A broken rule on the wire.
#[must_use]
pub fn violation(violation: &Violation, language: Language) -> Value {
    let mut one = Map::new();
    one.insert("rule".into(), json!(violation.rule));
    one.insert("message".into(), json!(violation.message.in_language(language)));
    if let Some(limit) = &violation.limit {
        one.insert("limit".into(), json!(limit));
    }
    if let Some(usage) = &violation.usage {
        one.insert("used".into(), json!(usage.used));
        one.insert("left".into(), json!(usage.left));
    }
    Value::Object(one)
}

fn of_problem(problem: &Problem, req: &HttpRequest) -> Answer {
    let status = problem.status_code();
    match problem {
        Problem::NoSuchPath => {
            answer(status, "not_found", say!("Finns inte", "Not found"), say!("Adressen finns inte.", "There is nothing at this address."))
        }
        Problem::MethodNotAllowed(allowed) => answer(
            status,
            "method_not_allowed",
            say!("Metoden går inte", "Method not allowed"),
            say!("Adressen tar emot {allowed}.", "This address takes {allowed}."),
        )
        .with("allow", allowed.split(", ").collect()),
        Problem::UnsupportedMediaType(wanted) => {
            answer(status, "unsupported_media_type", say!("Fel format", "Wrong format"), say!("Skicka {wanted}.", "Send {wanted}."))
        }
        Problem::Packed => answer(
            status,
            "unsupported_media_type",
            say!("Packat innehåll", "Packed content"),
            say!("Skicka innehållet som det är, utan Content-Encoding.", "Send the content as it is, without Content-Encoding."),
        ),
        Problem::TooLarge => {
            let limit = super::body::limit(req) / 1024;
            answer(
                status,
                "body_too_large",
                say!("För stort", "Too large"),
                say!("Innehållet får vara högst {limit} KiB.", "The body may be at most {limit} KiB."),
            )
        }
        Problem::BadRequest => answer(
            status,
            "malformed_body",
            say!("Anropet kan inte läsas", "The request can't be read"),
            say!("Kontrollera adressen och huvudena.", "Check the address and the headers."),
        ),
    }
}

fn render(answer: Answer, req: &HttpRequest, language: Language) -> HttpResponse {
    let id = RequestId::of(req);
    let mut body = Map::new();
    body.insert("type".into(), json!(format!("urn:nobel21:problem:{}", answer.code)));
    body.insert("title".into(), json!(answer.title.in_language(language)));
    body.insert("status".into(), json!(answer.status.as_u16()));
    body.insert("detail".into(), json!(answer.detail.in_language(language)));
    body.insert("instance".into(), json!(req.path()));
    body.insert("code".into(), json!(answer.code));
    body.insert("request_id".into(), json!(id));
    let wait = answer.more.get("retry_after").and_then(Value::as_u64).or((answer.status == StatusCode::SERVICE_UNAVAILABLE).then_some(5));
    let allow =
        answer.more.get("allow").and_then(Value::as_array).map(|all| all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "));
    body.extend(answer.more);
    let mut response = HttpResponseBuilder::new(answer.status);
    response.insert_header((header::CONTENT_TYPE, "application/problem+json"));
    response.insert_header((header::CONTENT_LANGUAGE, language.as_str()));
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    if answer.status == StatusCode::UNAUTHORIZED {
        response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
    }
    if let Some(wait) = wait {
        response.insert_header((header::RETRY_AFTER, wait.to_string()));
    }
    if let Some(allow) = allow {
        response.insert_header((header::ALLOW, allow));
    }
    response.body(Value::Object(body).to_string())
}

/// The answer to an error that a handler, an extractor or the framework returned.
pub fn respond(error: &actix_web::Error, req: &HttpRequest, language: Language) -> HttpResponse {
    if let Some(error) = error.as_error::<Error>() {
        if let Error::Internal(what) = error {
            tracing::error!(request_id = RequestId::of(req), error = what, "internal error");
        }
        return render(of_error(error, language), req, language);
    }
    if let Some(problem) = error.as_error::<Problem>() {
        return render(of_problem(problem, req), req, language);
    }
    let status = error.as_response_error().status_code();
    let problem = match status {
        StatusCode::NOT_FOUND => Problem::NoSuchPath,
        StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::UnsupportedMediaType("application/json"),
        status if status.is_client_error() => Problem::BadRequest,
        _ => {
            tracing::error!(request_id = RequestId::of(req), error = %error, "internal error");
            return render(of_error(&Error::Internal(error.to_string()), language), req, language);
        }
    };
    render(of_problem(&problem, req), req, language)
}
