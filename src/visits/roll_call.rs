//! The roll-call list: who is in the house, as a page to print and take along when the house is cleared.
use askama::Template;

use super::{
    names::Named,
    presence::{Presence, Source},
};
use crate::{
    error::{Error, Language, Result, Say},
    http::html::Html,
    say,
};

const STYLE: &str = "body{font:16px/1.4 system-ui,sans-serif;margin:2rem;color:#111;background:#fff}\
    h1{margin:0}p{margin:.25rem 0 1rem}table{border-collapse:collapse;width:100%;margin:1rem 0 2rem}\
    caption{text-align:left;font-weight:700;padding:.25rem 0}th,td{border:1px solid #444;padding:.35rem .5rem;text-align:left}\
    .n{text-align:right;font-variant-numeric:tabular-nums}.tick{width:5rem}\
    @media print{body{margin:0}tr{break-inside:avoid}}";

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html>
<html lang="{{ language }}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{ title }}</title><style>{{ style|safe }}</style></head>
<body><main>
<h1>{{ title }}</h1>
<p>{{ at }}</p>
<p><strong>{{ total }}</strong></p>
<table><caption>{{ rooms }}</caption>
<thead><tr><th scope="col">{{ room }}</th><th scope="col" class="n">{{ people }}</th><th scope="col">{{ source }}</th><th scope="col" class="tick">{{ empty }}</th></tr></thead>
<tbody>{% for line in by_room %}
<tr><th scope="row">{{ line.name }}</th><td class="n">{{ line.people }}</td><td>{{ line.source }}</td><td></td></tr>{% endfor %}
<tr><th scope="row">{{ unknown }}</th><td class="n">{{ unplaced }}</td><td>{{ counted }}</td><td></td></tr>
</tbody></table>
<table><caption>{{ gatherings }}</caption>
<thead><tr><th scope="col">{{ gathering }}</th><th scope="col">{{ organisation }}</th><th scope="col">{{ room }}</th><th scope="col">{{ time }}</th><th scope="col" class="n">{{ people }}</th></tr></thead>
<tbody>{% for line in by_gathering %}
<tr><th scope="row">{{ line.title }}</th><td>{{ line.organisation }}</td><td>{{ line.room }}</td><td>{{ line.time }}</td><td class="n">{{ line.people }}</td></tr>{% endfor %}
</tbody></table>{% if !visitors.is_empty() %}
<table><caption>{{ named }}</caption>
<thead><tr><th scope="col">{{ name }}</th><th scope="col">{{ host }}</th><th scope="col" class="n">{{ people }}</th><th scope="col">{{ time }}</th><th scope="col" class="tick">{{ empty }}</th></tr></thead>
<tbody>{% for line in visitors %}
<tr><th scope="row">{{ line.name }}</th><td>{{ line.host }}</td><td class="n">{{ line.people }}</td><td>{{ line.time }}</td><td></td></tr>{% endfor %}
</tbody></table>{% endif %}
</main></body>
</html>
"#
)]
struct Page<'a> {
    language: &'a str,
    style: &'static str,
    title: &'a str,
    at: String,
    total: &'a str,
    rooms: &'a str,
    room: &'a str,
    people: &'a str,
    source: &'a str,
    empty: &'a str,
    counted: &'a str,
    unknown: &'a str,
    unplaced: i64,
    gatherings: &'a str,
    gathering: &'a str,
    organisation: &'a str,
    time: &'a str,
    by_room: Vec<RoomLine<'a>>,
    by_gathering: Vec<GatheringLine<'a>>,
    named: &'a str,
    name: &'a str,
    host: &'a str,
    visitors: Vec<VisitorLine<'a>>,
}

struct VisitorLine<'a> {
    name: &'a str,
    host: &'a str,
    people: i32,
    time: String,
}

struct RoomLine<'a> {
    name: &'a str,
    people: i64,
    source: &'a str,
}

struct GatheringLine<'a> {
    title: &'a str,
    organisation: &'a str,
    room: &'a str,
    time: String,
    people: i64,
}

/// The list as a page.
pub fn page(presence: &Presence, visitors: &[Named], language: Language) -> Result<Html> {
    let total = presence.total;
    let words: [Say; 18] = [
        say!("Upprop: i huset nu", "Roll call: in the house now"),
        say!("Räknade i huset: {total}", "Counted in the house: {total}"),
        say!("Lokal för lokal", "Room by room"),
        say!("Lokal", "Room"),
        say!("Personer", "People"),
        say!("Hur vi vet det", "How we know"),
        say!("Tömd", "Cleared"),
        say!("räknade", "counted"),
        say!("väntade, ingen räknad", "expected, nobody counted"),
        say!("Lokal okänd", "Room not known"),
        say!("Sammankomster", "Gatherings"),
        say!("Sammankomst", "Gathering"),
        say!("Förening", "Organisation"),
        say!("Tid", "Time"),
        say!("incheckade, ingen räknad", "checked in, nobody counted"),
        say!("Namngivna besökare", "Named visitors"),
        say!("Förnamn", "First name"),
        say!("Besöker", "Visits"),
    ];
    let [
        title,
        total,
        rooms,
        room,
        people,
        source,
        empty,
        counted,
        expected,
        unknown,
        gatherings,
        gathering,
        organisation,
        time,
        checked_in,
        named,
        name,
        host,
    ] = words.each_ref().map(|say| say.in_language(language));
    let page = Page {
        language: language.as_str(),
        style: STYLE,
        title,
        at: presence.at.local().format("%Y-%m-%d %H:%M").to_string(),
        total,
        rooms,
        room,
        people,
        source,
        empty,
        counted,
        unknown,
        unplaced: presence.unplaced,
        gatherings,
        gathering,
        organisation,
        time,
        by_room: presence
            .by_room
            .iter()
            .map(|line| RoomLine {
                name: &line.name,
                people: line.people,
                source: match line.source {
                    Source::Counted => counted,
                    Source::CheckedIn => checked_in,
                    Source::Expected => expected,
                },
            })
            .collect(),
        by_gathering: presence
            .by_gathering
            .iter()
            .map(|(gathering, people)| GatheringLine {
                title: &gathering.title,
                organisation: &gathering.organisation.1,
                room: &gathering.room_name,
                time: format!("{}–{}", gathering.stay.start().local().format("%H:%M"), gathering.stay.end().local().format("%H:%M")),
                people: *people,
            })
            .collect(),
        named,
        name,
        host,
        visitors: visitors
            .iter()
            .map(|one| VisitorLine {
                name: &one.visitor.name,
                host: &one.visitor.host,
                people: one.headcount,
                time: one.arrived_at.local().format("%H:%M").to_string(),
            })
            .collect(),
    };
    Ok(Html { text: page.render().map_err(Error::internal)?, style: STYLE, language, has_form: false })
}
