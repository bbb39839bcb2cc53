//! Letters: every kind in both languages, with a payload in the place of every text.
use std::collections::BTreeSet;

use mail_parser::{MessageParser, MimeHeaders, PartType};
use nobel21::{
    audit::By,
    error::Language,
    id::Id,
    mail::{
        self, AccountChange, BookingFacts, FigureLine, Kind, Letter, Recipient, SeriesFacts, SeriesLine, SeriesOccasion, UntouchedDate,
    },
};

use super::{PAYLOADS, feeds, judge};
use crate::support::App;

/// The headers that a letter has, and no other.
const HEADERS: [&str; 10] = [
    "Auto-Submitted",
    "Content-Transfer-Encoding",
    "Content-Type",
    "Date",
    "From",
    "MIME-Version",
    "Message-ID",
    "Subject",
    "To",
    "X-Auto-Response-Suppress",
];

fn facts(app: &App, text: &str) -> BookingFacts {
    BookingFacts {
        id: Id::new(),
        reference: "N21-7K3QX9".into(),
        title: text.into(),
        organisation: text.into(),
        room: text.into(),
        starts_at: "2026-11-24T18:00:00+01:00".parse().unwrap(),
        ends_at: "2026-11-24T20:00:00+01:00".parse().unwrap(),
        participants: 12,
        stands: true,
        version: 1,
        changed_at: app.now(),
        lapses_at: None,
    }
}

/// A letter of every kind.
fn all(app: &App, text: &str) -> Vec<Letter> {
    let (booking, at) = (|| facts(app, text), app.now());
    let say = || nobel21::say!("{text}", "{text}");
    let text = || text.to_owned();
    let how_many = |again| Letter::HowMany { facts: booking(), again, secret: "s".into(), evaluation: "https://example.org/e/x".into() };
    let figures = |half_year, about| {
        let lines = vec![FigureLine { what: say(), value: say() }];
        Letter::Figures { half_year, period: if half_year { "2026-H1" } else { "2026-10" }.into(), about, lines, path: "/statistik".into() }
    };
    let series = |occasion, series| Letter::Series {
        occasion,
        facts: SeriesFacts {
            series,
            title: text(),
            organisation: text(),
            participants: 12,
            lines: vec![SeriesLine { is: booking(), was: Some((text(), at, at.plus_minutes(60))), waits: true }],
            untouched: vec![UntouchedDate { date: at.date(), holiday: Some(say()), why: say() }],
            lapses_at: None,
        },
        reason: Some(text()),
    };
    let before = BookingFacts { title: format!("{} 2", text()), room: "Aulan".into(), ..booking() };
    let mut all = vec![
        Letter::Received(booking()),
        Letter::Confirmed(booking()),
        Letter::Rejected(booking(), text()),
        Letter::Changed(before, booking()),
        Letter::Cancelled(booking(), Some(text())),
        Letter::Closed(booking(), Some(text())),
        Letter::Offer(booking(), at.plus_minutes(60)),
        Letter::OfferWithdrawn(booking(), text()),
        Letter::NoShow(booking()),
        Letter::Reminder(booking()),
        how_many(false),
        how_many(true),
        Letter::VisitorsArrived(booking(), 3),
        Letter::FaultReported { room: text(), description: text(), by: text() },
        figures(false, None),
        figures(true, Some(text())),
        Letter::FirstPassword { link: "https://example.org/#x".into(), asked_by: Some(text()) },
        Letter::MembershipAsked { organisation: text(), manages: true },
        Letter::SignInLink { link: "https://example.org/#x".into() },
        Letter::AccountChanged(AccountChange::Password),
    ];
    for occasion in
        [SeriesOccasion::Received, SeriesOccasion::Confirmed, SeriesOccasion::Rejected, SeriesOccasion::Changed, SeriesOccasion::Cancelled]
    {
        all.push(series(occasion, Some(Id::new())));
    }
    all.extend([series(SeriesOccasion::Received, None), series(SeriesOccasion::Confirmed, None)]);
    let kinds: BTreeSet<Kind> = all.iter().map(Letter::kind).collect();
    assert_eq!(kinds.len(), Kind::ALL.len(), "write one of each kind: {kinds:?}");
    all
}

#[test]
fn no_text_makes_a_header_a_recipient_or_an_element_in_any_letter() {
    let app = App::empty();
    let mut number = 0;
    for payload in PAYLOADS {
        // What no field takes can't come from the database either.
        for letter in all(&app, &payload.replace('\0', "")) {
            for language in [Language::Sv, Language::En] {
                number += 1;
                let address = format!("person-{number}@example.org");
                let to = Recipient { person: None, name: payload.replace('\0', ""), address, language };
                app.write(|c| mail::enqueue(c, &app.state.house, &to, &letter, None, &By::program(app.now())));
            }
        }
    }
    assert_eq!(sent(&app), number);
    assert!(app.letters().iter().all(|status| status == "sent"), "one could not be made");
}

/// Sends what waits, whenever its hour comes, and judges it; how many there were.
pub fn sent(app: &App) -> usize {
    while app.letters().iter().any(|status| status == "waiting" || status == "held") {
        app.deliver_mail();
        app.later(3600);
    }
    let files: Vec<_> = std::fs::read_dir(app.folder().join("mail")).into_iter().flatten().map(|file| file.unwrap().path()).collect();
    for file in &files {
        harmless(&std::fs::read(file).unwrap());
    }
    files.len()
}

fn harmless(raw: &[u8]) {
    let message = MessageParser::default().parse(raw).unwrap();
    let whole = String::from_utf8_lossy(raw);
    for part in &message.parts {
        for header in &part.headers {
            assert!(HEADERS.contains(&header.name()), "{} in\n{whole}", header.name());
        }
    }
    let to = message.to().unwrap().as_list().unwrap();
    assert!(to.len() == 1 && to[0].address().unwrap().ends_with("@example.org"), "{to:?} in\n{whole}");
    assert_ne!(to[0].address(), Some("evil@example.org"));
    assert!(!message.subject().unwrap().contains(['\r', '\n']), "{whole}");
    for part in &message.parts {
        match &part.body {
            PartType::Html(html) => judge::page(html),
            PartType::Text(text) if part.is_content_type("text", "calendar") => feeds::calendar(text.as_bytes()),
            PartType::Text(_) | PartType::Multipart(_) => {}
            other => panic!("{other:?} in\n{whole}"),
        }
    }
}
