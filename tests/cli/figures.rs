use serde_json::{Map, Value};

use super::{
    database::Database,
    support::{Place, sample},
};

/// A place with the sample year in it.
fn place() -> (Place, Database) {
    let database = Database::new();
    let place = Place::new().with("DATABASE_URL", &database.url());
    assert_eq!(place.run(&["import", sample().to_str().unwrap()]).code, 0);
    (place, database)
}

/// Asserts that `found` has every member of `expected` with that very value, and perhaps more.
pub fn has_all(found: &Value, expected: &Value, at: &str) {
    match expected {
        Value::Object(members) => members.iter().for_each(|(name, value)| has_all(&found[name], value, &format!("{at}.{name}"))),
        Value::Array(items) => {
            assert_eq!(found.as_array().map(Vec::len), Some(items.len()), "{at}");
            items.iter().enumerate().for_each(|(i, value)| has_all(&found[i], value, &format!("{at}.{i}")));
        }
        Value::Number(number) => assert_eq!(found.as_f64(), number.as_f64(), "{at}"),
        other => assert_eq!(found, other, "{at}"),
    }
}

/// A list of figures as `expected.json` has it: by name.
pub fn by(list: &Value, name: &str) -> Value {
    let members: Map<String, Value> =
        list.as_array().unwrap().iter().map(|item| (item[name].as_str().unwrap().to_owned(), item.clone())).collect();
    Value::Object(members)
}

#[test]
fn the_sample_year_has_its_figures_to_the_last_digit() {
    let (place, _database) = place();
    let ran = place.run(&["figures", "2023", "--format", "json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let mut found: Value = serde_json::from_str(&ran.out).unwrap();
    found["by_room"] = by(&found["by_room"], "room");
    found["by_category"] = by(&found["by_category"], "category");
    let expected: Value = serde_json::from_slice(&std::fs::read(sample().join("expected.json")).unwrap()).unwrap();
    let mut expected_by_category = Map::new();
    for (category, gatherings) in expected["by_category"].as_object().unwrap() {
        expected_by_category.insert(category.clone(), serde_json::json!({"gatherings": gatherings}));
    }
    let mut expected = expected.clone();
    expected["by_category"] = Value::Object(expected_by_category);
    has_all(&found, &expected, "");

    let table = place.run(&["figures", "2023"]);
    let words: Vec<Vec<&str>> = table.out.lines().map(|line| line.split_whitespace().collect()).collect();
    for line in [
        &["Gatherings", "1226"][..],
        &["Visits", "28872"],
        &["Visits", "per", "month", "2406"],
        &["Rooms", "8"],
        &["Tenants", "35"],
        &["Rating", "(1", "to", "5)", "4.3"],
    ] {
        assert!(words.iter().any(|found| found == line), "{line:?} is not in {}", table.out);
    }
    let csv = place.run(&["figures", "2023", "--format", "csv"]);
    assert!(csv.out.starts_with("\u{feff}Table;Row;Figure;Value\r\n"), "{csv:?}");
}

#[test]
fn a_year_of_which_nothing_is_known_says_so() {
    let place = Place::new();
    assert_eq!(place.run(&["migrate"]).code, 0);
    let ran = place.run(&["figures", "2022"]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("Nothing is known of 2022"), "{ran:?}");
}
