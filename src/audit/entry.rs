//! One thing that was done.
use serde_json::Value;

use crate::{id::Id, text::fold, time::Moment};

/// What was done, by whom and when.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its key.
    pub id: Id,
    /// When.
    pub at: Moment,
    /// The person and what it is called now; `None` is the program itself.
    pub actor: Option<(Id, String)>,
    /// What was done: `created`, `changed`, ...
    pub action: String,
    /// To what kind of thing: `booking`, `organisation`, ...
    pub noun: String,
    /// To which of them.
    pub noun_id: Option<String>,
    /// The members that changed, as they were.
    pub before: Option<Value>,
    /// The members that changed, as they became.
    pub after: Option<Value>,
    /// The request that did it.
    pub request_id: Option<String>,
}

/// Leaves out the members that are equal before and after.
#[must_use]
pub fn differences(before: Option<Value>, after: Option<Value>) -> (Option<Value>, Option<Value>) {
    let (Some(Value::Object(mut before)), Some(Value::Object(mut after))) = (before.clone(), after.clone()) else {
        return (before, after);
    };
    before.retain(|name, old| match after.get(name) {
        Some(new) if new == old => {
            after.remove(name);
            false
        }
        _ => true,
    });
    (Some(Value::Object(before)), Some(Value::Object(after)))
}

/// The folded text by which an entry is found: its words and every value in it.
#[must_use]
pub fn search_text(words: &[&str], values: &[Option<&Value>]) -> String {
    let mut text = words.join(" ");
    for value in values.iter().flatten() {
        gather(value, &mut text);
    }
    fold(&text)
}

fn gather(value: &Value, text: &mut String) {
    match value {
        Value::String(one) => {
            text.push(' ');
            text.push_str(one);
        }
        Value::Number(number) => {
            text.push(' ');
            text.push_str(&number.to_string());
        }
        Value::Array(list) => list.iter().for_each(|one| gather(one, text)),
        Value::Object(members) => members.values().for_each(|one| gather(one, text)),
        Value::Null | Value::Bool(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_changed_is_kept() {
        let (before, after) =
            differences(Some(json!({"name": "A", "phone": null, "gone": 1})), Some(json!({"name": "B", "phone": null, "new": 2})));
        assert_eq!(before, Some(json!({"name": "A", "gone": 1})));
        assert_eq!(after, Some(json!({"name": "B", "new": 2})));
        assert_eq!(differences(None, Some(json!({"name": "B"}))), (None, Some(json!({"name": "B"}))));
    }

    #[test]
    fn an_entry_is_found_by_its_values_and_not_by_their_names() {
        let text = search_text(&["changed", "organisation"], &[Some(&json!({"name": "Örtagården", "people": [7, {"x": true}]})), None]);
        assert_eq!(text, "changed organisation örtagården 7");
    }
}
