//! What an admin is told about a configuration that cannot be meant so, and what is in force then: `findings.json`.
//!
//! `properties` × `wrong`: each value is refused by each property that expects something else, in one sentence with
//! the value as given beside it. `default`: says nothing and means the default. `understood`: no error. `blocks`: not
//! an object at all. `suggested`: what to write instead. `said`: one finding that must be among those of a block, word
//! for word.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use crate::support;
use device_monitoring::{Config, Configuration, NAMESPACE, Severity, Suggestion};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    properties: BTreeMap<String, Property>,
    wrong: Vec<Wrong>,
    default: Vec<Value>,
    understood: Vec<Understood>,
    blocks: Vec<NoBlock>,
    suggested: Vec<Suggested>,
    findings: Vec<ExpectedFinding>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Property {
    default: Value,
    expected: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrong {
    r#for: Vec<String>,
    values: Vec<(Value, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Understood {
    set: Value,
    in_force: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoBlock {
    set: Value,
    says: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suggested {
    set: Value,
    property: String,
    suggestion: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ExpectedFinding {
    set: Value,
    severity: String,
    property: String,
    says: String,
    #[serde(default)]
    in_force: Map<String, Value>,
}

fn table() -> Table {
    serde_json::from_str(include_str!("findings.json")).unwrap()
}

/// Severity, property and sentence of each finding.
fn findings(set: &Value) -> Vec<(&'static str, String, String)> {
    let findings = Configuration::from_block(set).findings.into_iter();
    findings.map(|finding| (finding.severity.as_str(), finding.property, finding.message)).collect()
}

fn errors(set: &Value) -> Vec<(String, String)> {
    let errors = findings(set).into_iter().filter(|(severity, ..)| *severity == "error");
    errors.map(|(_, property, message)| (property, message)).collect()
}

/// The values in force, as an alert would state them.
fn in_force(set: &Value) -> Map<String, Value> {
    serde_json::from_value(serde_json::to_value(Configuration::from_block(set).config).unwrap()).unwrap()
}

#[track_caller]
fn assert_in_force(set: &Value, expected: &Map<String, Value>) {
    let actual = in_force(set);
    for (property, value) in expected {
        assert_eq!(&actual[property], value, "{property} of {set}");
    }
}

/// A call of five seconds is short, and alerts while its threshold stays what it is.
#[track_caller]
fn assert_still_monitors(set: &Value) {
    let config = Configuration::from_block(set).config;
    if !config.enabled || config.short_call_threshold != Config::default().short_call_threshold {
        return;
    }
    let call = [r#"{"ms":0,"type":"accept"}"#, r#"{"ms":5000,"type":"disconnect"}"#];
    let replayed = support::play(set, call);
    assert!(replayed.calls.len() == 1 && replayed.calls[0].alert, "{set}");
}

#[test]
fn every_wrong_value_of_every_property_keeps_its_default_and_is_refused_in_one_sentence() {
    let table = table();
    let mut refused = 0;
    for (property, Property { default, expected }) in &table.properties {
        for wrong in table.wrong.iter().filter(|wrong| wrong.r#for.iter().any(|kind| expected.starts_with(kind))) {
            for (value, quoted) in &wrong.values {
                let set = json!({ property: value });
                let shown = default.as_str().map_or(default.to_string(), str::to_owned);
                let sentence = format!("{quoted} is not {expected}; the default, {shown}, stays in force.");
                assert_eq!(errors(&set), [(property.clone(), sentence)]);
                assert_eq!(Configuration::from_block(&set).config, Config::default(), "{set}");
                assert_still_monitors(&set);
                refused += 1;
            }
        }
    }
    assert!(refused > 300, "{refused}");
}

/// The block as it is when every suggestion has been followed.
fn followed(set: &Value) -> Value {
    let mut properties = set.as_object().cloned().unwrap_or_default();
    for finding in Configuration::from_block(set).findings {
        match Suggestion::about(&finding, set) {
            Some(Suggestion::Value(value)) => drop(properties.insert(finding.property, value)),
            Some(Suggestion::Property(name)) => {
                let value = properties.remove(&finding.property).unwrap();
                properties.insert(name.to_owned(), value);
            }
            None => {}
        }
    }
    properties.into()
}

#[test]
fn what_is_suggested_is_what_the_table_says() {
    for Suggested { set, property, suggestion } in table().suggested {
        let findings = Configuration::from_block(&set).findings;
        let finding = findings.iter().find(|finding| finding.property == property).unwrap();
        let suggested = Suggestion::about(finding, &set);
        let suggested = suggested.map_or(Value::Null, |suggested| serde_json::to_value(suggested).unwrap());
        assert_eq!(suggested, suggestion, "{set}");
    }
}

#[test]
fn whoever_follows_the_suggestions_is_left_with_no_error_and_no_lax_threshold() {
    let table = table();
    for (property, Property { expected, .. }) in &table.properties {
        for wrong in table.wrong.iter().filter(|wrong| wrong.r#for.iter().any(|kind| expected.starts_with(kind))) {
            for (value, _) in &wrong.values {
                let followed = followed(&json!({ property: value }));
                let left = Configuration::from_block(&followed).findings;
                assert!(left.iter().all(|finding| finding.severity != Severity::Error), "{value}: {left:?}");
                assert!(!left.iter().any(|finding| finding.property.ends_with("Threshold")), "{value}: {left:?}");
            }
        }
    }
}

#[test]
fn the_table_names_every_property_with_its_default() {
    let defaults = table().properties.into_iter().map(|(name, property)| (name, property.default)).collect();
    assert_eq!(in_force(&json!({})), defaults);
}

#[test]
fn what_says_nothing_means_the_default_and_is_no_finding() {
    let table = table();
    for property in table.properties.keys() {
        for value in &table.default {
            let set = json!({ property: value });
            assert_eq!(findings(&set), findings(&json!({})), "{set}");
            assert_eq!(Configuration::from_block(&set).config, Config::default());
        }
    }
}

#[test]
fn what_is_plain_is_understood() {
    for Understood { set, in_force } in table().understood {
        assert_eq!(errors(&set), []);
        assert_in_force(&set, &in_force);
    }
}

#[test]
fn a_block_that_is_no_object_leaves_the_defaults_and_says_so() {
    for NoBlock { set, says } in table().blocks {
        assert_eq!(findings(&set), [("error", NAMESPACE.to_owned(), says)]);
        assert_eq!(Configuration::from_block(&set).config, Config::default());
        assert_still_monitors(&set);
    }
}

#[test]
fn what_is_in_force_and_may_not_be_meant_is_said_with_what_it_will_do() {
    for ExpectedFinding { set, severity, property, says, in_force } in table().findings {
        let findings = findings(&set);
        let found = findings.iter().any(|found| (found.0, &found.1, &found.2) == (severity.as_str(), &property, &says));
        assert!(found, "{set}: {findings:#?}");
        assert_in_force(&set, &in_force);
        assert_still_monitors(&set);
    }
}

#[test]
fn all_at_once_is_all_said_worst_first() {
    let set = json!({
        "enabled": "no", "alertAgent": 1, "action": "../log-call", "highRttThreshold": "400ms", "lowMosThreshold": 4.4,
        "highPacketsLostThreshold": -3, "shortCallThreshold": 0, "colour": "red"
    });
    let found: Vec<_> = findings(&set).into_iter().map(|(severity, property, _)| (severity, property)).collect();
    let found: Vec<_> = found.iter().map(|(severity, property)| (*severity, property.as_str())).collect();
    assert_eq!(
        found,
        [
            ("error", "enabled"),
            ("error", "alertAgent"),
            ("error", "action"),
            ("error", "highRttThreshold"),
            ("error", "highPacketsLostThreshold"),
            ("warning", "colour"),
            ("warning", "lowMosThreshold"),
            ("info", "highPacketsLostThreshold"),
            ("info", "shortCallThreshold"),
        ]
    );
}

#[test]
fn very_long_values_and_names_are_cut_and_cost_no_time() {
    let long = "x".repeat(1_000_000);
    for set in [json!({"highRttThreshold": long}), json!({"action": long}), json!({ long.clone(): long }), json!(long)]
    {
        let findings = findings(&set);
        assert!(!findings.is_empty());
        for (_, property, message) in findings {
            assert!(property.chars().count() <= 61 && message.chars().count() < 250, "{property}: {message}");
        }
    }
}
