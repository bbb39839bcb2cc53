//! The page behind the poster's code: what somebody comes for, in one tap. Works without any script.
use actix_web::{
    HttpRequest, HttpResponse,
    cookie::SameSite,
    http::{StatusCode, header},
    web,
};
use askama::Template;

use super::{Arrival, api::arrival};
use crate::{
    app::State,
    error::{Error, Language, Result, Say},
    evaluations::Code,
    http::{
        at,
        body::Sent,
        cookie,
        field::{self, Fields},
        html::{Html, is_ours, language_of},
        path_text,
    },
    people::guard::Stranger,
    say,
    visits::{Purpose, presence::Gathering},
};

/// `/har/{code}`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/har/{code}").get(ask).post(answer)).service(at("/har/{code}/tack").get(thanks));
}

/// A phone that has counted itself is not asked again for a while: people tap twice.
const COOKIE: &str = "har";
const AGAIN_MINUTES: i64 = 15;

const STYLE: &str = "body{font:18px/1.5 system-ui,sans-serif;max-width:34rem;margin:0 auto;padding:1.5rem;color:#1a1a1a;background:#fff}\
    h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.1rem;margin:1.5rem 0 .5rem}form{margin:0}\
    button{font:inherit;font-weight:700;width:100%;min-height:3.5rem;text-align:left;color:#fff;background:#0b4f71;border:0;\
    border-radius:.5rem;padding:.75rem 1.25rem;margin:.25rem 0}button small{display:block;font-weight:400}\
    .fault{border-left:.4rem solid #b00020;padding:.25rem 0 .25rem .75rem}.small{font-size:.9rem}a{color:#0b4f71}\
    :focus-visible{outline:3px solid #b35900;outline-offset:2px}";

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html>
<html lang="{{ language }}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>{{ title }}</title><style>{{ style|safe }}</style></head>
<body><main>
<h1>{{ title }}</h1>
{% if let Some(message) = message %}<p{% if fault %} class="fault" role="alert"{% endif %}>{{ message }}</p>
{% endif %}{% if let Some(form) = form %}{% if !form.gatherings.is_empty() %}<h2>{{ form.now }}</h2>
{% for choice in form.gatherings %}<form method="post" action="/har/{{ form.code }}?lang={{ language }}"><input type="hidden" name="purpose" value="gathering"><input type="hidden" name="booking_id" value="{{ choice.value }}"><button type="submit">{{ choice.text }}<small>{{ choice.more }}</small></button></form>
{% endfor %}{% endif %}<h2>{{ form.other }}</h2>
{% for choice in form.purposes %}<form method="post" action="/har/{{ form.code }}?lang={{ language }}"><input type="hidden" name="purpose" value="{{ choice.value }}"><button type="submit">{{ choice.text }}</button></form>
{% endfor %}<p class="small">{{ form.private }}</p>
{% endif %}<p class="small"><a href="?lang={{ other_language }}" lang="{{ other_language }}" hreflang="{{ other_language }}">{{ other_name }}</a></p>
</main></body>
</html>
"#
)]
struct Page {
    language: &'static str,
    other_language: &'static str,
    other_name: &'static str,
    style: &'static str,
    title: String,
    message: Option<String>,
    fault: bool,
    form: Option<Form>,
}

struct Form {
    code: String,
    now: String,
    gatherings: Vec<Choice>,
    other: String,
    purposes: Vec<Choice>,
    private: String,
}

struct Choice {
    value: String,
    text: String,
    more: String,
}

/// What somebody says who comes for this.
fn words_of(purpose: Purpose) -> Say {
    match purpose {
        Purpose::Gathering => say!("Jag ska på en samling", "I come to a gathering"),
        Purpose::Office => say!("Jag ska till ett kontor", "I come to an office"),
        Purpose::WalkIn => say!("Jag tittar in", "I am dropping in"),
        Purpose::Tour => say!("Jag ska på en visning", "I come for a tour"),
        Purpose::Event => say!("Jag ska på ett evenemang", "I come to an event"),
        Purpose::Other => say!("Något annat", "Something else"),
    }
}

fn form(code: &Code, near: &[Gathering], language: Language) -> Form {
    let say = |say: Say| say.in_language(language).to_owned();
    let clock = |one: &Gathering| format!("{}–{}", one.stay.start().local().format("%H:%M"), one.stay.end().local().format("%H:%M"));
    Form {
        code: code.to_string(),
        now: say(say!("Nu och inom en timme", "Now and within the hour")),
        gatherings: near
            .iter()
            .map(|one| Choice { value: one.booking_id.to_string(), text: one.room_name.clone(), more: clock(one) })
            .collect(),
        other: say(say!("Varför kommer du?", "Why do you come?")),
        purposes: Purpose::ALL
            .iter()
            .map(|purpose| Choice { value: purpose.to_string(), text: say(words_of(*purpose)), more: String::new() })
            .collect(),
        private: say(say!(
            "Vi räknar bara att någon kom. Vi sparar inte vem du är.",
            "We only count that somebody came. We don't keep who you are."
        )),
    }
}

fn title() -> Say {
    say!("Jag är här", "I am here")
}

fn page(status: StatusCode, language: Language, title: &Say, message: Option<Say>, form: Option<Form>) -> Result<HttpResponse> {
    let has_form = form.is_some();
    let (other, other_name) = match language {
        Language::Sv => (Language::En, "In English"),
        Language::En => (Language::Sv, "På svenska"),
    };
    let page = Page {
        language: language.as_str(),
        other_language: other.as_str(),
        other_name,
        style: STYLE,
        title: title.in_language(language).to_owned(),
        message: message.map(|say| say.in_language(language).to_owned()),
        fault: !status.is_success(),
        form,
    };
    Ok(Html { text: page.render().map_err(Error::internal)?, style: STYLE, language, has_form }.respond(status))
}

/// A refusal that somebody with a phone in the hand can act on; anything else stays an error.
fn refusal(error: Error, language: Language) -> Result<HttpResponse> {
    match error {
        Error::NotFound(_) => {
            let message =
                say!("Koden gäller inte längre. Säg till i receptionen.", "This code is not in use any more. Please tell the reception.");
            page(StatusCode::NOT_FOUND, language, &title(), Some(message), None)
        }
        Error::TooMany { retry_after } => {
            let message = say!(
                "Många räknas just nu. Vänta en stund, eller säg till i receptionen.",
                "Many are being counted just now. Wait a while, or tell the reception."
            );
            let mut answer = page(StatusCode::TOO_MANY_REQUESTS, language, &title(), Some(message), None)?;
            answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(retry_after));
            Ok(answer)
        }
        Error::Forbidden(detail) => page(StatusCode::FORBIDDEN, language, &title(), Some(detail), None),
        Error::Invalid(_) => {
            let message = say!("Öppna sidan igen och välj där.", "Please open the page again and choose there.");
            page(StatusCode::UNPROCESSABLE_ENTITY, language, &title(), Some(message), None)
        }
        other => Err(other),
    }
}

fn path_code(req: &HttpRequest) -> Result<Code> {
    path_text(req, "code").parse().map_err(|_| Error::NotFound("poster"))
}

async fn ask(state: web::Data<State>, Stranger(by): Stranger, req: HttpRequest) -> Result<HttpResponse> {
    let language = language_of(&req);
    let found = match path_code(&req) {
        Ok(code) => state.db.read(move |c| Ok((super::by_code(c, &code)?, super::gatherings(c, by.at)?, code))).await,
        Err(error) => Err(error),
    };
    match found {
        Ok((_, near, code)) => page(StatusCode::OK, language, &title(), None, Some(form(&code, &near, language))),
        Err(error) => refusal(error, language),
    }
}

async fn answer(state: web::Data<State>, Stranger(by): Stranger, req: HttpRequest, Sent(bytes): Sent) -> Result<HttpResponse> {
    let language = language_of(&req);
    if !is_ours(&req, &state.house.public_url) {
        let message = say!("Öppna sidan igen och välj där.", "Please open the page again and choose there.");
        return refusal(Error::Forbidden(message), language);
    }
    let code = match path_code(&req) {
        Ok(code) => code,
        Err(error) => return refusal(error, language),
    };
    let place = format!("/har/{code}/tack?lang={}", language.as_str());
    let away = || HttpResponse::SeeOther().insert_header((header::LOCATION, place.clone())).finish();
    if cookie::read(&req, COOKIE, state.secure_cookies()).is_some() {
        return Ok(away());
    }
    // One phone is one person: how many came is not asked.
    let counted = match arrival(Fields::of_query(&String::from_utf8_lossy(&bytes)), field::query_integer(1..=1)) {
        Ok(arrival) => {
            let arrival = Arrival { at: None, ..arrival };
            let work = move |c: &mut crate::db::Conn| {
                let poster = super::by_code(c, &code)?;
                super::count(c, &poster, arrival, by.at)
            };
            state.db.write(work).await
        }
        Err(error) => Err(error),
    };
    match counted {
        Ok(_) => {
            let cookie = cookie::make(COOKIE, "1", AGAIN_MINUTES * 60, SameSite::Lax, state.secure_cookies());
            let mut answer = away();
            answer.add_cookie(&cookie).map_err(Error::internal)?;
            Ok(answer)
        }
        Err(error) => refusal(error, language),
    }
}

async fn thanks(req: HttpRequest) -> Result<HttpResponse> {
    let message = say!("Välkommen! Du är räknad och kan stänga sidan.", "Welcome! You are counted and can close this page.");
    page(StatusCode::OK, language_of(&req), &say!("Tack!", "Thank you!"), Some(message), None)
}
