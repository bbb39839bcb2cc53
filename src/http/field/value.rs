//! What single values may look like: each reader takes one JSON value, or one parameter's text, and gives it or its faults.
use std::{ops::RangeInclusive, str::FromStr};

use serde_json::Value;

use super::{Bad, Fields, Read};
use crate::{
    error::{Error, Result, Say},
    id::Id,
    personal_number, say,
    time::{Moment, lacks_offset},
};

fn wrong_type(sv: &str, en: &str) -> Bad {
    say!("ska vara {sv}", "must be {en}").into()
}

fn string(value: &Value) -> Read<&str> {
    value.as_str().ok_or_else(|| wrong_type("text", "text"))
}

fn free_text(value: &Value, length: RangeInclusive<usize>, may_wrap: bool) -> Read<String> {
    let whole = string(value)?;
    let text = whole.trim();
    let (least, most) = (*length.start(), *length.end());
    let characters = text.chars().count();
    if characters < least {
        return Err(if least == 1 {
            say!("får inte vara tom", "must not be empty")
        } else {
            say!("ska ha minst {least} tecken", "must have at least {least} characters")
        }
        .into());
    }
    if characters > most {
        return Err(say!("får ha högst {most} tecken", "may have at most {most} characters").into());
    }
    // Those around it too, which trimming would hide.
    if whole.chars().any(|c| c.is_control() && !(may_wrap && matches!(c, '\n' | '\r' | '\t'))) {
        return Err(say!("får inte innehålla styrtecken", "must not contain control characters").into());
    }
    if whole.chars().any(turns_text) {
        let refused = say!(
            "innehåller osynliga tecken som vänder texten: skriv den för hand i stället för att klistra in den",
            "contains invisible characters that turn the text around: type it instead of pasting it"
        );
        return Err(refused.into());
    }
    no_personal_number(text)?;
    Ok(text.to_owned())
}

/// Embeds, overrides or isolates a direction of writing, beyond the end of the text in whatever line it comes to stand in: a title could
/// turn around the time beside it. Arabic and Hebrew need none of them (Unicode UAX #9, 3.3.2; UTR #36, 3.3).
fn turns_text(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn no_personal_number(text: &str) -> Read<()> {
    if personal_number::appears_in(text) {
        return Err(Bad::coded(
            "personal_identity_number",
            say!(
                "ser ut att innehålla ett personnummer: ta bort det, vi sparar inga",
                "seems to contain a personal identity number: take it out, we store none"
            ),
        ));
    }
    Ok(())
}

/// As `read`, for text that people could write a personal identity number into.
pub fn impersonal<T>(read: impl Fn(&Value) -> Read<T>) -> impl Fn(&Value) -> Read<T> {
    move |value| {
        no_personal_number(value.as_str().unwrap_or(""))?;
        read(value)
    }
}

/// One line of text, trimmed, within `length` characters, without control characters.
pub fn line(length: RangeInclusive<usize>) -> impl FnOnce(&Value) -> Read<String> {
    move |value| free_text(value, length, false)
}

/// Text of several lines, trimmed, within `length` characters.
pub fn lines(length: RangeInclusive<usize>) -> impl FnOnce(&Value) -> Read<String> {
    move |value| free_text(value, length, true)
}

/// A secret as typed: not trimmed, within `length` characters, no NUL.
pub fn secret(length: RangeInclusive<usize>) -> impl FnOnce(&Value) -> Read<String> {
    move |value| {
        let text = string(value)?;
        let (least, most) = (*length.start(), *length.end());
        if !length.contains(&text.chars().count()) || text.contains('\0') {
            return Err(say!("ska ha {least} till {most} tecken", "must have {least} to {most} characters").into());
        }
        Ok(text.to_owned())
    }
}

/// A whole number within `range`, as a query has it: as text.
pub fn query_integer(range: RangeInclusive<i32>) -> impl Fn(&Value) -> Read<i32> {
    let read = integer(range);
    move |value| {
        let number = value.as_str().filter(|text| text.len() <= 11).and_then(|text| text.parse::<i64>().ok());
        read(&number.map_or(Value::Null, Value::from))
    }
}

/// A whole number within `range`.
pub fn integer(range: RangeInclusive<i32>) -> impl Fn(&Value) -> Read<i32> {
    move |value| {
        let (least, most) = (*range.start(), *range.end());
        let number = match value {
            Value::Number(number) => {
                number.as_i64().or_else(|| number.as_f64().filter(|f| f.fract() == 0.0 && f.abs() < 1e15).map(|f| f as i64))
            }
            _ => None,
        };
        let number = number.ok_or_else(|| wrong_type("ett heltal", "a whole number"))?;
        i32::try_from(number)
            .ok()
            .filter(|n| range.contains(n))
            .ok_or_else(|| say!("ska vara mellan {least} och {most}", "must be between {least} and {most}").into())
    }
}

/// `true` or `false`.
pub fn flag(value: &Value) -> Read<bool> {
    value.as_bool().ok_or_else(|| wrong_type("true eller false", "true or false"))
}

/// `true` or `false`, as a query has it: as text.
pub fn query_flag(value: &Value) -> Read<bool> {
    match value {
        Value::String(text) if text == "true" => Ok(true),
        Value::String(text) if text == "false" => Ok(false),
        _ => Err(wrong_type("true eller false", "true or false")),
    }
}

/// A value of one of our own types, from its text.
pub fn parsed<T: FromStr<Err = Say>>(value: &Value) -> Read<T> {
    Ok(string(value)?.parse::<T>()?)
}

/// An instant with its offset.
pub fn moment(value: &Value) -> Read<Moment> {
    let text = string(value)?;
    // A plus sign that a query did not escape arrives as a space.
    let text = text.replace(' ', "+");
    if lacks_offset(&text) {
        return Err(Bad::coded(
            "time_without_offset",
            say!(
                "saknar offset: skriv till exempel 2026-11-23T10:00:00+01:00",
                "lacks its offset: write for instance 2026-11-23T10:00:00+01:00"
            ),
        ));
    }
    Ok(text.parse::<Moment>()?)
}

/// An instant with its offset, or a day, which means its beginning in the centre's zone.
pub fn moment_or_date(value: &Value) -> Read<Moment> {
    if string(value)?.len() == 10 { date(value).map(Moment::start_of) } else { moment(value) }
}

/// `asc` or `desc`; true is `desc`.
pub fn descending(value: &Value) -> Read<bool> {
    match string(value)? {
        "asc" => Ok(false),
        "desc" => Ok(true),
        _ => Err(say!("ska vara asc eller desc", "must be asc or desc").into()),
    }
}

/// Text to search for. What looks like a personal identity number may be searched for in vain.
pub fn query_text(value: &Value) -> Read<String> {
    let text = string(value)?.trim();
    if text.chars().count() > 200 || text.chars().any(char::is_control) {
        return Err(say!("får ha högst 200 tecken och inga styrtecken", "may have at most 200 characters and no control characters").into());
    }
    Ok(text.to_owned())
}

/// A key.
pub fn id(value: &Value) -> Read<Id> {
    parsed(value)
}

/// A day of the centre, `2026-11-23`.
pub fn date(value: &Value) -> Read<chrono::NaiveDate> {
    string(value)?
        .parse::<chrono::NaiveDate>()
        .ok()
        .filter(|date| (1970..2200).contains(&chrono::Datelike::year(date)))
        .ok_or_else(|| say!("ska vara ett datum som 2026-11-23", "must be a date such as 2026-11-23").into())
}

/// A list of at most `most` values; a single one from a query counts as a list of one.
pub fn list<T>(most: usize, read: impl Fn(&Value) -> Read<T>) -> impl FnOnce(&Value) -> Read<Vec<T>> {
    move |value| {
        let one;
        let items: &[Value] = match value {
            Value::Array(items) => items,
            Value::String(_) => {
                one = [value.clone()];
                &one
            }
            _ => return Err(wrong_type("en lista", "a list")),
        };
        if items.len() > most {
            return Err(say!("får ha högst {most} poster", "may have at most {most} entries").into());
        }
        let (mut values, mut faults) = (vec![], vec![]);
        for (i, item) in items.iter().enumerate() {
            match read(item) {
                Ok(value) => values.push(value),
                Err(bad) => faults.extend(bad.inside(&i.to_string())),
            }
        }
        if faults.is_empty() { Ok(values) } else { Err(Bad(faults)) }
    }
}

/// A body that is not an object but a list, read as a whole.
pub fn whole<T>(value: &Value, read: impl FnOnce(&Value) -> Read<T>) -> Result<T> {
    read(value).map_err(|bad| Error::Invalid(bad.inside("")))
}

/// As [`list`], but not empty.
pub fn filled_list<T>(most: usize, read: impl Fn(&Value) -> Read<T>) -> impl FnOnce(&Value) -> Read<Vec<T>> {
    move |value| {
        let items = list(most, read)(value)?;
        if items.is_empty() {
            return Err(say!("får inte vara tom", "must not be empty").into());
        }
        Ok(items)
    }
}

/// An object inside a value, read by `read`, which ends with [`Fields::finish`].
pub fn object<T>(read: impl Fn(Fields) -> Result<T>) -> impl Fn(&Value) -> Read<T> {
    move |value| {
        let fields = Fields::of(value.clone()).map_err(|_| wrong_type("ett objekt", "an object"))?;
        read(fields).map_err(|error| match error {
            Error::Invalid(faults) => Bad(faults),
            other => say!("är fel: {other}", "is wrong: {other}").into(),
        })
    }
}
