//! A pilot: for whom its properties hold, and what is in force then.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use device_monitoring::outbox::Form;
use device_monitoring::{
    CallParties, ClientInfo, Configuration, Effect, Engine, Event, PROPERTIES, Severity, Suggestion, Timestamp,
    WallTime, Worker,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// What somebody may have written, sensible or not.
fn setting() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::from),
        (0_u32..2000).prop_map(Value::from),
        (0.0..200.0).prop_map(Value::from),
        prop_oneof!["true", "false", "[0-9]{1,4}", "[a-z][a-z-]{0,9}", " ?"].prop_map(Value::from),
        Just(Value::Null),
        Just(json!([1])),
    ]
}

fn properties() -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::hash_map(prop::sample::select(PROPERTIES.as_slice()), setting(), 0..8)
        .prop_map(|all| all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn with_pilot(rest: &Map<String, Value>, properties: &Map<String, Value>) -> Value {
    let mut block = rest.clone();
    block.insert("pilot".to_owned(), json!({"teams": ["Blue"], "workers": ["anna"], "properties": properties}));
    block.into()
}

fn anna() -> Worker {
    Worker { name: Some("anna".to_owned()), ..Worker::default() }
}

fn says_nothing(setting: &Value) -> bool {
    setting.is_null() || setting.as_str().is_some_and(|text| text.trim().is_empty())
}

proptest! {
    #[test]
    fn for_whoever_is_not_in_the_pilot_it_is_as_if_there_were_none(rest in properties(), own in properties()) {
        let without = Configuration::from_block(&rest.clone().into());
        let with = Configuration::from_block(&with_pilot(&rest, &own));
        for worker in [Worker::default(), Worker { name: Some("ben".to_owned()), ..Worker::default() }] {
            let found = with.clone().for_worker(&worker);
            prop_assert_eq!(&found.config, &without.config);
            prop_assert!(!found.in_pilot);
        }
        let about_the_rest: Vec<_> =
            with.findings.into_iter().filter(|finding| !finding.property.starts_with("pilot")).collect();
        prop_assert_eq!(about_the_rest, without.findings);
    }

    #[test]
    fn for_whoever_is_in_the_pilot_it_is_as_if_the_whole_centre_had_its_properties(
        rest in properties(), own in properties()
    ) {
        let found = Configuration::from_block(&with_pilot(&rest, &own)).for_worker(&anna());
        prop_assert!(found.in_pilot);
        let is_refused = |name: &str| {
            let property = format!("pilot.properties.{name}");
            found.findings.iter().any(|finding| finding.severity == Severity::Error && finding.property == property)
        };
        let mut merged = rest.clone();
        merged.extend(own.into_iter().filter(|(name, value)| !says_nothing(value) && !is_refused(name)));
        prop_assert_eq!(&found.config, &Configuration::from_block(&merged.into()).config);
    }

    #[test]
    fn a_value_is_refused_in_the_pilot_if_and_only_if_it_is_outside_of_it(own in properties()) {
        let refused = |block: &Value, path: &str| -> Vec<String> {
            let findings = Configuration::from_block(block).findings.into_iter();
            let errors = findings.filter(|finding| finding.severity == Severity::Error);
            errors.map(|finding| finding.property.strip_prefix(path).unwrap().to_owned()).collect()
        };
        let outside = refused(&own.clone().into(), "");
        prop_assert_eq!(refused(&with_pilot(&Map::new(), &own), "pilot.properties."), outside);
    }

    #[test]
    fn whatever_a_pilot_is_set_to_the_rest_is_read(text in any::<String>(), number in any::<f64>()) {
        let text = || Value::from(text.as_str());
        for pilot in [text(), json!(number), json!([text()]), json!({"teams": text(), "workers": [number, [], text()]}),
                      json!({"properties": [text()], "teamAttribute": number}), json!({"properties": {"pilot": text()}})] {
            let found = Configuration::from_block(&json!({"highRttThreshold": 222, "pilot": pilot}));
            prop_assert_eq!(found.config.high_rtt_threshold.0, 222.0);
            for finding in &found.findings {
                let suggestion = Suggestion::about(finding, &json!({"pilot": pilot}));
                prop_assert!(finding.message.chars().count() < 250 && !finding.message.is_empty(), "{:?}", suggestion);
            }
        }
    }
}

#[test]
fn calls_are_reported_if_they_are_in_the_pilot_or_outside_of_it_whoever_asks() {
    let reporting = |block: Value| {
        let configuration = Configuration::from_block(&block);
        assert_eq!(configuration.reports_calls, configuration.clone().inside_pilot().reports_calls, "{block}");
        configuration.reports_calls
    };
    let in_pilot = |properties: Value| json!({"teams": ["Blue"], "properties": properties});
    assert!(reporting(json!({"reportCalls": true})));
    assert!(reporting(json!({"pilot": in_pilot(json!({"reportCalls": true}))})));
    assert!(reporting(json!({"reportCalls": true, "pilot": in_pilot(json!({"reportCalls": false}))})));
    assert!(reporting(json!({"enabled": false, "reportCalls": true, "pilot": in_pilot(json!({"enabled": true}))})));
    assert!(!reporting(json!({"enabled": false, "reportCalls": true})));
    assert!(!reporting(json!({"enabled": false, "pilot": in_pilot(json!({"reportCalls": true}))})));
    assert!(!reporting(json!({"pilot": in_pilot(json!({"alertAgent": true}))})));
}

/// What the alert of a call of 12 s says, if it has one.
fn alert_of(configuration: Configuration) -> Option<Value> {
    let mut engine = Engine::new(configuration, ClientInfo::default());
    let call = engine.open(CallParties::default());
    engine.handle(Timestamp(0), call, &Event::Accepted { at: WallTime(0.0), found_in_progress: false });
    engine.handle(Timestamp(12_000), call, &Event::Disconnected);
    let alert = std::iter::from_fn(|| engine.poll_effect()).find_map(|effect| match effect {
        Effect::Alert(alert) => Some(alert),
        _ => None,
    })?;
    Some(serde_json::from_str(&Form::new(&alert).document()).unwrap())
}

#[test]
fn the_thresholds_of_the_pilot_hold_for_its_workers_alone_and_their_alerts_say_so() {
    let block = json!({"pilot": {"workers": ["anna"], "properties": {"shortCallThreshold": 15}}});
    let configuration = Configuration::from_block(&block);
    assert_eq!(alert_of(configuration.clone()), None);
    let alert = alert_of(configuration.for_worker(&anna())).unwrap();
    assert_eq!((&alert["pilot"], &alert["configuration"]["shortCallThreshold"]), (&json!(true), &json!(15)));
    let all = alert_of(Configuration::from_block(&json!({"shortCallThreshold": 15}))).unwrap();
    assert_eq!(all.get("pilot"), None, "said of a pilot's workers alone");
}
