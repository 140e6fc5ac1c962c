//! Scenarios: short stories of calls as data, in `tests/scenarios/*.json`.
//!
//! Each has a sentence (`what`), the `config`, the `call` as steps (`tests/support/scenario.rs` has their forms), and what
//! is expected: `conditions` by name with `[start, end]` of their episodes in seconds, `notices` by diagnosis,
//! `shown` with `[second, how it begins]` of each notice, `causes` in the order of their first moments, `reasons` by rule, `warningPct`, `duration` in seconds. What is
//! not named is not checked; `conditions`, `notices`, `causes` and `reasons` are complete where they are named.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use crate::support;
use device_monitoring::replay::ReplayedCall;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    what: String,
    #[serde(default)]
    config: Value,
    call: Vec<Map<String, Value>>,
    expect: Expected,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct Expected {
    conditions: Option<BTreeMap<String, Vec<[f64; 2]>>>,
    notices: Option<Vec<String>>,
    shown: Option<Vec<(f64, String)>>,
    causes: Option<Vec<String>>,
    reasons: Option<Vec<String>>,
    warning_pct: Option<f64>,
    duration: Option<f64>,
    no_verdict: bool,
}

/// Everything in which a call differs from what was expected.
fn differences(call: Option<&ReplayedCall>, expected: &Expected) -> Vec<String> {
    let Some(call) = call else {
        return if expected.no_verdict { vec![] } else { vec!["no verdict".to_owned()] };
    };
    let call = serde_json::to_value(call).unwrap();
    let seconds = |value: &Value| value.as_f64().unwrap() / 1000.0;
    let names = |list: &str, key: &str| -> Vec<String> {
        call[list].as_array().unwrap().iter().map(|one| one[key].as_str().unwrap().to_owned()).collect()
    };
    let conditions: BTreeMap<String, Vec<[f64; 2]>> = call["conditions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|condition| {
            let episodes = condition["episodes"].as_array().unwrap().iter();
            let spans = episodes.map(|episode| [seconds(&episode["startMs"]), seconds(&episode["endMs"])]);
            (condition["name"].as_str().unwrap().to_owned(), spans.collect())
        })
        .collect();

    let mut differences = Vec::new();
    let mut differ = |what: &str, actual: Value, expected: Option<Value>| {
        if let Some(expected) = expected.filter(|expected| *expected != actual) {
            differences.push(format!("{what} {actual}, expected {expected}"));
        }
    };
    differ("conditions", json!(conditions), expected.conditions.as_ref().map(|value| json!(value)));
    differ("notices", json!(names("notices", "diagnosis")), expected.notices.as_ref().map(|value| json!(value)));
    if let Some(shown) = &expected.shown {
        let actual: Vec<(f64, &str)> = call["notices"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (seconds(&one["ms"]), one["text"].as_str().unwrap()))
            .collect();
        let is_as_expected = actual.len() == shown.len()
            && actual
                .iter()
                .zip(shown)
                .all(|((at, text), (expected, begins))| at == expected && text.starts_with(begins));
        differ("shown", json!(actual), (!is_as_expected).then(|| json!(shown)));
    }
    differ("causes", json!(names("causes", "name")), expected.causes.as_ref().map(|value| json!(value)));
    differ("reasons", json!(names("reasons", "rule")), expected.reasons.as_ref().map(|value| json!(value)));
    differ("warningPct", json!(call["warningPct"].as_f64()), expected.warning_pct.map(|value| json!(value)));
    differ("duration", json!(seconds(&call["durationMs"])), expected.duration.map(|value| json!(value)));
    if expected.no_verdict {
        differences.push("a verdict".to_owned());
    }
    differences
}

fn run(scenarios: &str) {
    let scenarios: Vec<Scenario> = serde_json::from_str(scenarios).unwrap();
    let mut failures = Vec::new();
    for scenario in &scenarios {
        let lines = support::scenario::lines(&scenario.call);
        let replayed = support::play(&scenario.config, lines.iter().map(String::as_str));
        assert_eq!((&replayed.problems, &replayed.skipped), (&vec![], &vec![]), "{}", scenario.what);
        assert!(replayed.calls.len() <= 1, "{}: one call is one", scenario.what);
        let differences = differences(replayed.calls.first(), &scenario.expect);
        failures.extend(differences.into_iter().map(|difference| format!("{}: {difference}", scenario.what)));
    }
    assert!(failures.is_empty(), "{} of {} scenarios:\n{}", failures.len(), scenarios.len(), failures.join("\n"));
}

#[test]
fn conditions_come_and_go_as_the_samples_tell() {
    run(include_str!("scenarios/detection.json"));
}

#[test]
fn what_the_sdk_misses_is_heard() {
    run(include_str!("scenarios/beyond.json"));
}

#[test]
fn the_sdks_warnings_count_where_they_should_and_only_there() {
    run(include_str!("scenarios/warnings.json"));
}

#[test]
fn the_agent_reads_what_is_lost_and_whose_once() {
    run(include_str!("scenarios/notices.json"));
}

#[test]
fn the_verdict_follows_the_configured_rules() {
    run(include_str!("scenarios/verdict.json"));
}

#[test]
fn disorder_and_missing_data_change_nothing() {
    run(include_str!("scenarios/disorder.json"));
}

#[test]
fn what_is_malformed_is_as_if_it_had_not_come() {
    run(include_str!("scenarios/malformed.json"));
}

#[test]
fn whose_call_it_is_and_who_is_there_decides_what_counts() {
    run(include_str!("scenarios/conference.json"));
}

#[test]
fn why_a_call_is_bad() {
    run(include_str!("scenarios/causes.json"));
}
