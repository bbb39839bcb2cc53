//! Which fields take text that somebody thought of: `openapi.yaml` says.
use crate::support::{
    Value,
    contract::{Operation, contract},
    json,
};

/// Text of one line is written so in the contract; every other pattern leaves no room for harm.
const ONE_LINE: &str = r"^[^\x00-\x1F\x7F]*$";

/// A place in a body that takes text.
#[derive(Debug)]
pub struct Field {
    /// The operation whose body it is.
    pub operation: Operation,
    /// The names that lead to it; `0` is the first entry of a list.
    pub place: Vec<String>,
}

impl std::fmt::Display for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.operation.id, self.place.join("."))
    }
}

/// All of them.
pub fn all() -> Vec<Field> {
    let mut fields = vec![];
    for operation in contract().operations() {
        let (body, _) = contract().resolve(&contract().details(&operation)["requestBody"], String::new());
        let mut places = vec![];
        walk(&body["content"]["application/json"]["schema"], &mut vec![], &mut places);
        places.sort();
        places.dedup();
        fields.extend(places.into_iter().map(|place| Field { operation: operation.clone(), place }));
    }
    fields
}

fn walk(schema: &Value, place: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    let (schema, _) = contract().resolve(schema, String::new());
    for alternative in ["allOf", "anyOf", "oneOf"].iter().filter_map(|word| schema[word].as_array()).flatten() {
        walk(alternative, place, found);
    }
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        place.push(name.clone());
        walk(member, place, found);
        place.pop();
    }
    if !schema["items"].is_null() {
        place.push("0".into());
        walk(&schema["items"], place, found);
        place.pop();
    }
    let is_text = schema["type"] == "string" || schema["type"].as_array().is_some_and(|types| types.contains(&json!("string")));
    let is_bound = ["enum", "const", "format"].iter().any(|word| !schema[word].is_null());
    let is_shaped = schema["pattern"].as_str().is_some_and(|pattern| pattern != ONE_LINE);
    if is_text && !is_bound && !is_shaped {
        found.push(place.clone());
    }
}

/// Puts a text into a body.
pub fn put(body: &mut Value, place: &[String], text: &str) {
    let [name, inner @ ..] = place else {
        *body = text.into();
        return;
    };
    if let Ok(index) = name.parse::<usize>() {
        put(&mut body[index], inner, text);
    } else {
        put(&mut body[name], inner, text);
    }
}

/// Is this text somewhere in what came back?
pub fn holds(value: &Value, text: &str) -> bool {
    match value {
        Value::String(found) => found == text,
        Value::Array(all) => all.iter().any(|one| holds(one, text)),
        Value::Object(all) => all.values().any(|one| holds(one, text)),
        _ => false,
    }
}

/// The same, in a member of this name.
pub fn holds_as(value: &Value, member: &str, text: &str) -> bool {
    match value {
        Value::Array(all) => all.iter().any(|one| holds_as(one, member, text)),
        Value::Object(all) => all.iter().any(|(name, one)| (name == member && one == text) || holds_as(one, member, text)),
        _ => false,
    }
}
