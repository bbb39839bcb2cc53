//! What is harmless: an answer, a page, a file.
use std::io::{Cursor, Read};

use super::lines;
use crate::support::Answer;

/// Panics unless this answer does no harm to whatever program opens it.
#[track_caller]
pub fn answer(answer: &Answer) {
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{answer:?}");
    let name = answer.header("content-disposition");
    assert!(name.is_empty() || is_plain_attachment(name), "{name:?} in {answer:?}");
    let media_type = answer.header("content-type").split(';').next().unwrap_or("").to_owned();
    match media_type.as_str() {
        "application/json" | "application/problem+json" => {}
        "text/html" => page(&answer.text()),
        "text/csv" => drop(csv(&answer.bytes)),
        "text/calendar" => super::feeds::calendar(&answer.bytes),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => drop(workbook(&answer.bytes)),
        // Nobody's text is in these.
        "text/plain" | "application/yaml" | "image/webp" | "" => {
            let text = String::from_utf8_lossy(&answer.bytes);
            assert!(lines().filter(|payload| payload.len() > 3).all(|payload| !text.contains(payload)), "{answer:?}");
        }
        other => panic!("say here how {other} is known to be harmless: {answer:?}"),
    }
}

/// A name that leads nowhere and ends no header.
fn is_plain_attachment(disposition: &str) -> bool {
    let name = disposition.strip_prefix("attachment; filename=\"").and_then(|rest| rest.strip_suffix('"'));
    name.is_some_and(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)) && !name.contains(".."))
}

/// Panics if a page has a tag, or a tag an attribute, that runs something.
#[track_caller]
pub fn page(html: &str) {
    for (name, attributes) in tags(html) {
        assert!(!["script", "img", "iframe", "object", "embed", "svg", "base"].contains(&name.as_str()), "<{name}> in {html}");
        for (attribute, value) in attributes {
            let value = value.trim_start().to_ascii_lowercase();
            assert!(!attribute.starts_with("on"), "{attribute} of <{name}> in {html}");
            assert!(!value.starts_with("javascript:") && !value.starts_with("data:"), "{attribute} of <{name}> in {html}");
        }
    }
}

/// As it stands in a page.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;").replace('"', "&#34;").replace('\'', "&#39;")
}

/// The opening tags with their attributes, as a browser reads them; what follows the name of an end tag does nothing.
fn tags(html: &str) -> Vec<(String, Vec<(String, String)>)> {
    let is_gap = |c: char| c.is_ascii_whitespace() || c == '/';
    let mut tags = vec![];
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let end = rest.find(|c| is_gap(c) || c == '>').expect("the end of a tag's name");
        let name = rest[..end].to_ascii_lowercase();
        rest = &rest[end..];
        let mut attributes = vec![];
        loop {
            rest = rest.trim_start_matches(is_gap);
            if let Some(after) = rest.strip_prefix('>') {
                rest = after;
                break;
            }
            let end = rest.find(|c| is_gap(c) || c == '>' || c == '=').expect("the end of a tag");
            let attribute = rest[..end.max(1)].to_ascii_lowercase();
            rest = rest[end.max(1)..].trim_start();
            let mut value = "";
            if let Some(after) = rest.strip_prefix('=') {
                let after = after.trim_start();
                let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
                (value, rest) = match quote {
                    Some(quote) => after[1..].split_once(quote).expect("the end of a quoted value"),
                    None => after.split_at(after.find(|c: char| c.is_ascii_whitespace() || c == '>').expect("the end of a value")),
                };
            }
            attributes.push((attribute, value.to_owned()));
        }
        tags.push((name, attributes));
    }
    tags
}

/// The fields of a file, line by line; panics if a spreadsheet would run one of them. Numbers are no formulas.
#[track_caller]
pub fn csv(bytes: &[u8]) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(bytes).unwrap();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let delimiter = if text.lines().next().unwrap_or("").contains(';') { b';' } else { b',' };
    // Not flexible: a field that breaks out of its quotes makes a line of another length.
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).from_reader(text.as_bytes());
    let all: Vec<Vec<String>> = reader.records().map(|line| line.unwrap().iter().map(str::to_owned).collect()).collect();
    for field in all.iter().flatten() {
        let is_number = field.len() > 2 && field.replace(',', ".").parse::<f64>().is_ok();
        let runs = field.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
        assert!(!runs || is_number, "a spreadsheet runs {field:?} in\n{text}");
    }
    all
}

/// The texts of a workbook; panics if a cell of it is a formula or a link.
#[track_caller]
pub fn workbook(bytes: &[u8]) -> String {
    let mut book = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut texts = String::new();
    let names: Vec<String> = book.file_names().map(|name| name.unwrap().into_owned()).collect();
    for name in names {
        assert!(!name.contains("externalLink") && !name.contains("vba"), "{name}");
        let mut part = String::new();
        book.by_name(&name).unwrap().read_to_string(&mut part).unwrap();
        if name.starts_with("xl/worksheets/") {
            assert!(!part.contains("<f>") && !part.contains("<f ") && !part.contains("<hyperlink"), "{name}: {part}");
        }
        if name.starts_with("xl/worksheets/") || name == "xl/sharedStrings.xml" {
            texts.push_str(&part);
        }
    }
    texts
}
