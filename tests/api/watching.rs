//! What those who watch the service are given: alarms, panels and a runbook that fit each other and what the service measures.
use std::collections::BTreeSet;

use crate::support::Value;

const ALARMS: &str = include_str!("../../docs/watching/alarms.yml");
const PANELS: &str = include_str!("../../docs/watching/grafana.json");
const RUNBOOK: &str = include_str!("../../docs/runbook.md");

fn alarms() -> Vec<(String, String)> {
    let file: serde_norway::Value = serde_norway::from_str(ALARMS).unwrap();
    let rules = file["groups"][0]["rules"].as_sequence().unwrap().clone();
    let text = |rule: &serde_norway::Value, name: &str| rule[name].as_str().unwrap().to_owned();
    rules.iter().map(|rule| (text(rule, "alert"), text(rule, "expr"))).collect()
}

/// The names of our measures in an expression of Prometheus.
fn measures(expression: &str) -> BTreeSet<String> {
    let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("nobel21_")).map(|word| word.trim_end_matches("_bucket").to_owned()).collect()
}

#[test]
fn each_alarm_has_a_line_in_the_runbook_and_each_line_an_alarm() {
    let named: BTreeSet<String> = alarms().into_iter().map(|(name, _)| name).collect();
    let lines = RUNBOOK.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`').map(|(name, _)| name.to_owned()));
    assert_eq!(lines.collect::<BTreeSet<_>>(), named);
    assert!(named.len() > 5);
}

#[test]
fn alarms_and_panels_ask_for_what_the_service_measures() {
    let folder = tempfile::tempdir().unwrap();
    let app = crate::backups::with_a_copy(folder.path());
    app.anonymous().get("/rooms").is(200);
    let page = app.anonymous().get("/metrics").is(200).text();
    let measured: BTreeSet<&str> = page.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let panels: Value = serde_json::from_str(PANELS).unwrap();
    let of_panels = panels["panels"].as_array().unwrap().iter().flat_map(|panel| panel["targets"].as_array().unwrap());
    let expressions: Vec<String> = of_panels.map(|target| target["expr"].as_str().unwrap().to_owned()).collect();
    let asked: BTreeSet<String> = alarms().iter().map(|(_, expr)| expr).chain(&expressions).flat_map(|expr| measures(expr)).collect();
    assert!(asked.len() > 3, "{asked:?}");
    for measure in &asked {
        assert!(measured.contains(measure.as_str()), "{measure} is asked for and not in\n{page}");
    }
    for measure in measured {
        assert!(asked.contains(measure), "{measure} is on no panel and in no alarm");
    }
}
