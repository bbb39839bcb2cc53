//! Every parser that meets bytes from outside, as a function that no bytes may bring down and that holds it to what it promises.
//! The tests beside it ask them with what is in `corpus/`, and `script/fuzz` with whatever it comes upon.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap, HeaderValue};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto::sign};
use nobel21::{
    bookings::series::recurrence::{MOST_DATES, MOST_MONTHS, Pattern, Rule},
    calendar::file,
    config::Secret,
    counters::{axis, counter::DeviceId},
    error::{Error, Language},
    http::{
        field::{self, Fields},
        manners::language,
        page::{Cursor, Page},
    },
    ical,
    id::Id,
    import::{Faults, Year, check, visits},
    organisations::{OrgNumber, Phone},
    people::{Email, token::Keys},
    personal_number,
    rooms::Slug,
    text::fold,
    time::{Moment, Month, Span, WallTime, ZONE, lacks_offset},
};
use serde_json::Value;

/// When all of this happens: a day in January 2027.
fn now() -> Moment {
    Moment::from_unix(1_800_000_000)
}

/// Two lines: a start and an end.
pub fn slot(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut moments = text.lines().filter_map(|line| {
        let _ = lacks_offset(line);
        let value = Value::from(line);
        if let Ok(date) = field::date(&value) {
            assert_eq!(date.to_string().parse(), Ok(date));
            assert_eq!(Moment::start_of(date).date(), date);
        }
        if let Ok(time) = line.parse::<WallTime>() {
            assert_eq!(time.to_string(), line);
        }
        if let Ok(month) = line.parse::<Month>() {
            assert_eq!(month.to_string(), line);
            assert!(month.start() < month.end());
        }
        let moment = field::moment_or_date(&value).ok()?;
        assert_eq!(moment.to_string().parse::<Moment>().unwrap(), moment);
        assert_eq!(Moment::from_utc(moment.utc()), moment);
        Some(moment)
    });
    let (Some(start), Some(end)) = (moments.next(), moments.next()) else { return };
    let Some(span) = Span::new(start, end) else { return assert!(end <= start) };
    assert!(span.seconds() > 0 && span.overlaps(span) && span.widened(30, 30).contains(span));
    assert_eq!(span.without(&[span]), []);
    assert_eq!(span.intersect(span.widened(0, 30)), Some(span));
}

/// A line with the first day, then the rule.
pub fn rule(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (first, text) = text.split_once('\n').unwrap_or(("", &text));
    let Ok(rule) = text.parse::<Rule>() else { return };
    let start = field::date(&Value::from(first)).unwrap_or_else(|_| now().date());
    let pattern = Pattern::Rule(rule.clone(), start);
    assert_eq!(pattern.rule().unwrap().parse::<Rule>(), Ok(rule));
    let Ok(dates) = pattern.dates("18:00".parse().unwrap()) else { return };
    assert!(!dates.is_empty() && dates.len() <= MOST_DATES);
    assert!(dates.windows(2).all(|two| two[0] < two[1]));
    assert!(dates[0] >= start && *dates.last().unwrap() <= start + chrono::Months::new(MOST_MONTHS));
}

/// A file of a year's five, whichever its first line says, or of a door counter's visits.
pub fn csv(bytes: &[u8]) {
    let last = 1 + u64::try_from(bytes.iter().filter(|byte| **byte == b'\n').count()).unwrap();
    let mut faults = Faults::default();
    let year = Year::read(|_| bytes, &mut faults);
    check::check(&year, &check::Known::default(), now(), &mut faults);
    assert!(!faults.is_empty(), "four of the files are none");
    assert!(faults.sorted().iter().all(|fault| fault.line <= last));
    for line in &year.bookings {
        assert!(line.value.stay.start() < line.value.stay.end());
    }
    let (lines, faults) = visits::read(bytes);
    assert!(lines.iter().all(|line| (2..=last).contains(&line.number)) || bytes.contains(&b'\r'));
    assert!(lines.is_sorted_by_key(|line| line.number));
    if !faults.is_empty() {
        let Error::Invalid(told) = faults.refusal() else { panic!("a fault of a file is a fault of whoever sent it") };
        assert!(!told.is_empty() && told.len() <= 201);
    }
}

/// A calendar file.
pub fn ics(bytes: &[u8]) {
    let _ = file::every_date(bytes, ZONE, now());
    let Ok(content) = file::read(bytes, now()) else { return };
    assert!(content.events.len() <= file::MOST_EVENTS);
    assert!(content.events.is_sorted_by_key(|event| event.span.start()));
    for event in &content.events {
        assert!(event.span.start() > now());
        for line in [&event.title, &event.location] {
            assert!(line.chars().count() <= 200 && !line.contains(char::is_control));
        }
    }
    // What we write of it we read as the same.
    let written: Vec<ical::Event> = content
        .events
        .iter()
        .enumerate()
        .map(|(number, event)| ical::Event {
            uid: number.to_string(),
            stamp: now(),
            sequence: 0,
            span: event.span,
            status: ical::Status::Confirmed,
            summary: event.title.clone(),
            location: event.location.clone(),
            description: String::new(),
            url: None,
        })
        .collect();
    if written.is_empty() {
        return;
    }
    let feed = ical::feed("x", &written);
    let again = file::read(feed.as_bytes(), now()).unwrap_or_else(|say| panic!("{}: {feed}", say.en));
    let told = |events: &[file::Event]| {
        let mut told: Vec<_> = events.iter().map(|event| (event.span, event.title.clone(), event.location.clone())).collect();
        told.sort();
        told
    };
    assert_eq!(told(&again.events), told(&content.events), "{feed}");
}

/// The two tokens that [`token`]'s keys have made: of one person's sign-in, and of a browser of hers.
const ACCESS: &str = include_str!("corpus/token/access");
const BROWSER: &str = include_str!("corpus/token/browser");
const PERSON: &str = "01960000-0000-7000-8000-000000000001";

/// A token as it comes; or, in lines, its header, its claims and its signature before they are packed.
pub fn token(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let keys = Keys::new(&Secret::new(&[7; 32]));
    let person: Id = PERSON.parse().unwrap();
    let speaks = |token: &str, person| {
        let access = keys.check(token, now()).map(|bearer| bearer.person);
        let program = keys.personal(token, now()).map(|bearer| bearer.person);
        (access, program, keys.remembered(token, person, now()))
    };
    let nobody = (None, None, None);
    if text != ACCESS && text != BROWSER {
        assert_eq!(speaks(&text, person), nobody);
    }
    let mut lines = text.splitn(3, '\n');
    let (Some(header), Some(claims)) = (lines.next(), lines.next()) else { return };
    let signature = URL_SAFE_NO_PAD.encode(lines.next().unwrap_or(""));
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signed = |key: &[u8]| sign(message.as_bytes(), &EncodingKey::from_secret(key), Algorithm::HS256).unwrap();
    for forged in [signature, signed(&[8; 32])] {
        assert_eq!(speaks(&format!("{message}.{forged}"), person), nobody);
    }
    // Even with our signature it speaks for whom it says, for the purpose and as long as it says.
    let claimed: Value = serde_json::from_str(claims).unwrap_or_default();
    let who = claimed["sub"].as_str().and_then(|sub| sub.parse().ok());
    let (access, program, browser) = speaks(&format!("{message}.{}", signed(&[7; 32])), who.unwrap_or(person));
    for (speaks, audience) in [(access, "nobel21-api"), (program, "nobel21-api"), (browser.and(who), "nobel21-sign-in")] {
        if speaks.is_some() {
            assert_eq!(speaks, who);
            assert_eq!((claimed["iss"].as_str(), claimed["aud"].as_str()), (Some("nobel21"), Some(audience)));
            assert!(claimed["exp"].as_i64() > Some(now().unix()));
        }
    }
    let taken = [access.is_some(), program.is_some(), browser.is_some()];
    assert!(taken.into_iter().filter(|taken| *taken).count() <= 1, "one is never taken for another");
}

/// An organisation number.
pub fn org_number(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(number) = text.parse::<OrgNumber>() else { return };
    assert!(personal_number::luhn(number.digits()) && !personal_number::appears_in(&text));
    for written in [number.to_string(), number.digits().to_owned(), format!("16{number}")] {
        assert_eq!(written.parse::<OrgNumber>().unwrap(), number);
    }
}

/// An `Accept-Language`.
pub fn accept_language(bytes: &[u8]) {
    let wanted = |bytes: &[u8]| {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_bytes(bytes).ok()?);
        Some(language(&headers))
    };
    let Some(found) = wanted(bytes) else { return };
    if !bytes.to_ascii_lowercase().windows(2).any(|two| two == b"en") {
        assert_eq!(found, Language::Sv);
    }
    // The weights decide, not the order.
    let mut parts: Vec<&[u8]> = bytes.split(|byte| *byte == b',').collect();
    if parts.len() <= 20 {
        parts.reverse();
        assert_eq!(wanted(&parts.join(&b',')), Some(found));
    }
}

/// A cursor as it comes, and the text of a name as the key of one of ours.
pub fn cursor(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(cursor) = text.parse::<Cursor>() {
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
    }
    if let Ok(name) = field::line(0..=200)(&Value::from(&*text)) {
        let ours = Cursor { key: fold(&name), id: PERSON.parse().unwrap() };
        assert_eq!(ours.to_string().parse(), Ok(ours));
    }
    let mut query = Fields::of_query(&text);
    if let Some(page) = Page::read(&mut query) {
        assert!((1..=200).contains(&page.limit));
    }
}

/// A body of JSON: a form that has all kinds of members, and what a door counter sends.
pub fn fields(bytes: &[u8]) {
    let Ok(body) = serde_json::from_slice::<Value>(bytes) else { return };
    let only_faults = |error: Error| match error {
        Error::Invalid(faults) => assert!(!faults.is_empty()),
        other => panic!("what comes from outside is invalid, not {other:?}"),
    };
    let device: DeviceId = "B8A44F000001".parse().unwrap();
    let _ = axis::read(&body, &device, now()).map_err(only_faults);
    let Ok(mut form) = Fields::of(body) else { return };
    let seats = field::object(|mut f| {
        let parts = (f.required("capacity", field::integer(1..=5000)), f.change_or_clear("floor", field::integer(-5..=50)));
        f.finish(parts)
    });
    let parts = (
        form.span(),
        form.required("title", field::line(1..=200)),
        form.or("description", String::new(), field::lines(0..=2000)),
        form.optional("phone", field::parsed::<Phone>),
        form.optional("email", field::parsed::<Email>),
        form.optional("password", field::secret(12..=128)),
        form.change("room", field::parsed::<Slug>),
        form.optional("opens", field::parsed::<WallTime>),
        form.optional("date", field::date),
        form.optional("from", field::impersonal(field::moment_or_date)),
        form.or("open", false, field::flag),
        form.optional("ids", field::filled_list(5, field::id)),
        form.optional("layouts", field::list(9, seats)),
    );
    match form.finish(parts) {
        Ok((span, title, _, phone, ..)) => {
            assert!(span.seconds() > 0 && !title.is_empty() && !title.contains(char::is_control));
            if let Some(phone) = phone {
                assert_eq!(phone.as_str().parse::<Phone>().unwrap(), phone);
            }
        }
        Err(error) => only_faults(error),
    }
}
