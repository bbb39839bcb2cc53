//! Years that nobody has seen before, counted twice: by the service, and by a script that goes through the files minute by minute.
use std::{path::Path, process::Command};

use serde_json::{Map, Value};

use super::{
    database::Database,
    figures::{by, has_all},
    support::{Place, sample},
};

fn script(name: &str, arguments: &[&str]) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("script").join(name);
    let python = std::env::var("PYTHON_BIN").unwrap_or_else(|_| "/usr/bin/python3".into());
    let ran = Command::new(python).arg(file).args(arguments).output().unwrap();
    assert!(ran.status.success(), "{name} {arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

/// The service's figures of a year, its lists by name.
fn figures(folder: &str, year: &str) -> Value {
    let database = Database::new();
    let place = Place::new().with("DATABASE_URL", &database.url());
    let imported = place.run(&["import", folder]);
    assert_eq!(imported.code, 0, "{imported:?}");
    let ran = place.run(&["figures", year, "--format", "json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let mut found: Value = serde_json::from_str(&ran.out).unwrap();
    for (list, name) in [("by_room", "room"), ("by_category", "category"), ("by_organisation_kind", "kind")] {
        found[list] = by(&found[list], name);
    }
    found
}

#[test]
fn made_up_years_have_the_figures_that_another_way_of_counting_finds() {
    let mut totals = vec![];
    for (seed, year) in [("granen", "2022"), ("eken", "2024")] {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().to_str().unwrap();
        script("make-year", &[seed, year, folder]);
        let counted: Value = serde_json::from_str(&script("count-year", &[year, folder])).unwrap();
        has_all(&figures(folder, year), &counted, seed);
        totals.push((counted["gatherings"].clone(), counted["visits"].clone()));
    }
    assert_ne!(totals[0], totals[1], "other seeds make other years");
}

#[test]
fn the_other_way_of_counting_finds_the_sample_years_figures_too() {
    let counted: Value = serde_json::from_str(&script("count-year", &["2023", sample().to_str().unwrap()])).unwrap();
    let mut expected: Map<String, Value> = serde_json::from_slice(&std::fs::read(sample().join("expected.json")).unwrap()).unwrap();
    for (category, gatherings) in expected.remove("by_category").unwrap().as_object().unwrap() {
        assert_eq!(&counted["by_category"][category]["gatherings"], gatherings, "{category}");
    }
    has_all(&counted, &Value::Object(expected), "");
    has_all(&figures(sample().to_str().unwrap(), "2023"), &counted, "");
}
