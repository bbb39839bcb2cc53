//! The page behind the QR code: one question, five answers, a line of text. Works without any script.
use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use askama::Template;

use super::{
    Code, Gathering, RATINGS,
    api::{name_of, path_code, read_answer},
};
use crate::{
    app::State,
    error::{Error, Language, Result, Say},
    http::{
        at,
        body::Sent,
        field::{self, Fields},
        html::{Html, is_ours, language_of},
    },
    people::guard::Stranger,
    say,
};

/// `/e/{code}`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/e/{code}").get(ask).post(answer)).service(at("/e/{code}/thanks").get(thanks));
}

const STYLE: &str = "body{font:18px/1.5 system-ui,sans-serif;max-width:34rem;margin:0 auto;padding:1.5rem;color:#1a1a1a;background:#fff}\
    h1{font-size:1.5rem;line-height:1.25}fieldset{border:1px solid #767676;border-radius:.5rem;padding:.5rem 1rem;margin:1rem 0}\
    legend{font-weight:700;padding:0 .25rem}label{display:block;padding:.5rem 0}.choice{display:flex;gap:.75rem;min-height:2rem}\
    input[type=radio]{width:1.5rem;height:1.5rem;flex:none}textarea{font:inherit;width:100%;box-sizing:border-box;border:1px solid #767676;\
    border-radius:.25rem;padding:.5rem}button{font:inherit;font-weight:700;color:#fff;background:#0b4f71;border:0;border-radius:.5rem;\
    padding:.75rem 1.5rem;margin-top:1rem}:focus-visible{outline:3px solid #b35900;outline-offset:2px}\
    .fault{border-left:.4rem solid #b00020;padding:.25rem 0 .25rem .75rem}.small{font-size:.9rem}a{color:#0b4f71}";

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html>
<html lang="{{ language }}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>{{ title }}</title><style>{{ style|safe }}</style></head>
<body><main>
<h1>{{ title }}</h1>
{% if let Some(what) = what %}<p>{{ what }}</p>
{% endif %}{% if let Some(message) = message %}<p{% if fault %} class="fault" role="alert" id="fault"{% endif %}>{{ message }}</p>
{% endif %}{% if let Some(form) = form %}<form method="post" action="/e/{{ form.code }}?lang={{ language }}">
<fieldset{% if fault %} aria-describedby="fault"{% endif %}><legend>{{ form.question }}</legend>
{% for choice in form.choices %}<label class="choice"><input type="radio" name="rating" value="{{ choice.value }}" required{% if choice.chosen %} checked{% endif %}><span>{{ choice.value }} – {{ choice.text }}</span></label>
{% endfor %}</fieldset>
<label for="comment">{{ form.comment_label }}</label>
<textarea id="comment" name="comment" rows="4" maxlength="2000" aria-describedby="private">{{ form.comment }}</textarea>
<p class="small" id="private">{{ form.private }}</p>
<button type="submit">{{ form.send }}</button>
</form>
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
    what: Option<String>,
    message: Option<String>,
    fault: bool,
    form: Option<Form>,
}

struct Form {
    code: String,
    question: String,
    choices: Vec<Choice>,
    comment_label: String,
    comment: String,
    private: String,
    send: String,
}

struct Choice {
    value: &'static str,
    text: String,
    chosen: bool,
}

/// What somebody has chosen and written so far.
#[derive(Default)]
struct Draft {
    rating: String,
    comment: String,
}

fn form(code: &Code, draft: Draft, language: Language) -> Form {
    let say = |say: Say| say.in_language(language).to_owned();
    let scale = [
        ("5", say!("mycket bra", "very good")),
        ("4", say!("bra", "good")),
        ("3", say!("varken bra eller dåligt", "neither good nor bad")),
        ("2", say!("dåligt", "bad")),
        ("1", say!("mycket dåligt", "very bad")),
    ];
    Form {
        code: code.to_string(),
        question: say(say!("Hur tyckte du att det var?", "How was it?")),
        choices: scale.into_iter().map(|(value, text)| Choice { value, text: say(text), chosen: draft.rating == value }).collect(),
        comment_label: say(say!("Vill du säga något mer? (frivilligt)", "Anything you want to add? (optional)")),
        comment: draft.comment,
        private: say(say!(
            "Ditt svar är anonymt. Skriv inga namn eller personnummer.",
            "Your answer is anonymous. Please write no names or personal identity numbers."
        )),
        send: say(say!("Skicka", "Send")),
    }
}

fn page(
    status: StatusCode,
    language: Language,
    title: Say,
    what: Option<String>,
    message: Option<Say>,
    form: Option<Form>,
) -> Result<HttpResponse> {
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
        what,
        message: message.map(|say| say.in_language(language).to_owned()),
        fault: !status.is_success(),
        form,
    };
    Ok(Html { text: page.render().map_err(Error::internal)?, style: STYLE, language, has_form }.respond(status))
}

fn what(gathering: &Gathering, language: Language) -> String {
    format!("{}, {}, {}", name_of(gathering, language), gathering.room_name, gathering.date())
}

fn title() -> Say {
    say!("Utvärdering", "Evaluation")
}

/// A refusal as a page, where somebody with a phone in the hand can act on it; anything else stays an error.
fn refusal(error: Error, language: Language) -> Result<HttpResponse> {
    match error {
        Error::NotFound(_) => {
            let message = say!(
                "Länken leder inte till någon sammankomst. Läs av koden en gång till.",
                "This link leads to no gathering. Please scan the code once more."
            );
            page(StatusCode::NOT_FOUND, language, title(), None, Some(message), None)
        }
        Error::Conflict { detail, .. } => page(StatusCode::CONFLICT, language, title(), None, Some(detail), None),
        Error::Forbidden(detail) => page(StatusCode::FORBIDDEN, language, title(), None, Some(detail), None),
        other => Err(other),
    }
}

async fn ask(state: web::Data<State>, Stranger(by): Stranger, req: HttpRequest) -> Result<HttpResponse> {
    let language = language_of(&req);
    let found = match path_code(&req) {
        Ok(code) => state.db.read(move |c| Ok((super::open_question(c, &code, by.at)?, code))).await,
        Err(error) => Err(error),
    };
    match found {
        Ok((gathering, code)) => {
            let form = form(&code, Draft::default(), language);
            page(StatusCode::OK, language, title(), Some(what(&gathering, language)), None, Some(form))
        }
        Err(error) => refusal(error, language),
    }
}

async fn answer(state: web::Data<State>, Stranger(by): Stranger, req: HttpRequest, Sent(bytes): Sent) -> Result<HttpResponse> {
    let language = language_of(&req);
    if !is_ours(&req, &state.house.public_url) {
        let message = say!("Öppna länken igen och svara där.", "Please open the link again and answer there.");
        return refusal(Error::Forbidden(message), language);
    }
    let code = match path_code(&req) {
        Ok(code) => code,
        Err(error) => return refusal(error, language),
    };
    let text = String::from_utf8_lossy(&bytes);
    let evaluation = match read_answer(Fields::of_query(&text), field::query_integer(RATINGS)) {
        Ok(evaluation) => evaluation,
        Err(Error::Invalid(faults)) => {
            let draft = draft(&text);
            let named = |field: &str| faults.iter().find(|fault| fault.field == field).map(|fault| fault.message.clone());
            let message = match (named("rating"), named("comment")) {
                (None, Some(Say { sv, en })) => say!("Texten {sv}.", "The text {en}."),
                _ => say!("Välj ett av de fem svaren.", "Please choose one of the five answers."),
            };
            let asked = code.clone();
            let gathering = match state.db.read(move |c| super::question(c, &asked)).await {
                Ok(gathering) => gathering,
                Err(error) => return refusal(error, language),
            };
            let form = form(&code, draft, language);
            return page(StatusCode::UNPROCESSABLE_ENTITY, language, title(), Some(what(&gathering, language)), Some(message), Some(form));
        }
        Err(other) => return Err(other),
    };
    let place = format!("/e/{code}/thanks?lang={}", language.as_str());
    match state.db.write(move |c| super::answer(c, &code, None, &evaluation, by.at)).await {
        // Away from the form, so that reloading the page does not send it again.
        Ok(()) => Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, place)).finish()),
        Err(error) => refusal(error, language),
    }
}

fn draft(text: &str) -> Draft {
    let mut draft = Draft::default();
    for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
        match name.as_ref() {
            "rating" => draft.rating = value.into_owned(),
            "comment" => draft.comment = value.into_owned(),
            _ => {}
        }
    }
    draft
}

async fn thanks(req: HttpRequest) -> Result<HttpResponse> {
    let message = say!("Ditt svar är sparat. Du kan stänga sidan.", "Your answer is saved. You can close this page.");
    page(StatusCode::OK, language_of(&req), say!("Tack!", "Thank you!"), None, Some(message), None)
}
