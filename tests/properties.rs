//! What holds for every call, whatever happens to it in whatever order.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

mod support;

use device_monitoring::replay::ReplayedCall;
use proptest::prelude::*;
use serde_json::{Value, json};

/// A configuration under which everything can happen.
fn configuration() -> Value {
    json!({
        "alertAgent": true, "highRttThreshold": 400, "highPacketsLostThreshold": 3, "lowMosThreshold": 3.5,
        "highJitterThreshold": 30, "endedInWarningIsTrigger": true
    })
}

fn warning_name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "high-rtt",
        "high-jitter",
        "high-packet-loss",
        "high-packets-lost-fraction",
        "low-mos",
        "low-bytes-received",
        "low-bytes-sent",
        "constant-audio-input-level",
        "ice-connectivity-lost",
    ])
}

/// Good, bad, impossible and missing numbers alike.
fn number(good: f64, bad: f64) -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => Just(json!(good)),
        4 => Just(json!(bad)),
        1 => any::<f64>().prop_map(|any| json!(any)),
        1 => Just(Value::Null),
    ]
}

fn sample() -> impl Strategy<Value = Value> {
    (number(3.0, 90.0), number(40.0, 700.0), number(0.0, 9.0), number(50.0, 0.0), number(4.4, 2.0), number(8000.0, 0.0))
        .prop_map(|(jitter, rtt, lost, received, mos, bytes)| {
            json!({"type": "sample", "sample": {
                "jitter": jitter, "rtt": rtt, "packetsLost": lost, "packetsReceived": received, "mos": mos,
                "bytesReceived": bytes, "bytesSent": bytes, "audioInputLevel": 100, "audioOutputLevel": 100
            }})
        })
}

fn event() -> impl Strategy<Value = Value> {
    prop_oneof![
        20 => sample(),
        3 => (warning_name(), prop::collection::vec(any::<f64>(), 0..10)).prop_map(|(name, values)| {
            json!({"type": "warning", "name": name, "data": {"values": values, "threshold": {"name": "max", "value": 1}}})
        }),
        3 => warning_name().prop_map(|name| json!({"type": "warning-cleared", "name": name})),
        1 => any::<bool>().prop_map(|muted| json!({"type": "mute", "muted": muted})),
        1 => any::<bool>().prop_map(|held| json!({"type": "hold", "held": held})),
        1 => prop::sample::select(vec![53405, 53001]).prop_map(|code| json!({"type": "reconnecting", "code": code})),
        1 => Just(json!({"type": "reconnected"})),
        1 => Just(json!({"type": "transportClose"})),
        1 => Just(json!({"type": "error", "code": 31005})),
        1 => Just(json!({"type": "accept"})),
    ]
}

/// Events with the seconds since the one before: mostly one, now and then an age, now and then back in time.
fn call() -> impl Strategy<Value = Vec<(i64, Value)>> {
    let step = prop_oneof![10 => Just(1000_i64), 2 => 0_i64..3000, 1 => 3000_i64..4_000_000, 1 => -5000_i64..0];
    prop::collection::vec((step, event()), 0..200)
}

fn line(ms: i64, event: &Value) -> String {
    let mut line = event.clone();
    line["ms"] = json!(ms);
    line.to_string()
}

/// The call as lines: accepted at 0, ended after its last event.
fn lines(events: &[(i64, Value)]) -> Vec<String> {
    let mut ms = 0;
    let mut lines = vec![line(0, &json!({"type": "accept"}))];
    for (step, event) in events {
        ms += step;
        lines.push(line(ms, event));
    }
    lines.push(line(ms + 500, &json!({"type": "disconnect"})));
    lines
}

fn replay(lines: &[String]) -> ReplayedCall {
    let mut replayed = support::play(&configuration(), lines.iter().map(String::as_str));
    assert_eq!(replayed.problems, []);
    assert_eq!(replayed.calls.len(), 1, "one call is one, however it goes on");
    replayed.calls.remove(0)
}

proptest! {
    #[test]
    fn episodes_are_disjoint_in_order_and_inside_the_call(events in call()) {
        let lines = lines(&events);
        let ends: Vec<i64> = lines.iter().map(|line| serde_json::from_str::<Value>(line).unwrap()["ms"].as_i64().unwrap()).collect();
        let end = *ends.iter().max().unwrap() as f64;
        for condition in replay(&lines).conditions {
            let mut before = 0.0;
            for episode in condition.episodes {
                prop_assert!(episode.start_ms.0 >= before && episode.end_ms >= episode.start_ms && episode.end_ms.0 <= end);
                prop_assert!(episode.raised_ms >= episode.start_ms);
                prop_assert!(episode.cleared_ms.is_none_or(|cleared| cleared >= episode.raised_ms));
                before = episode.end_ms.0;
            }
        }
    }

    #[test]
    fn time_in_warning_is_at_most_the_duration(events in call()) {
        let call = replay(&lines(&events));
        prop_assert!(call.warning_ms.0 >= 0.0 && call.warning_ms <= call.duration_ms, "{call:?}");
        prop_assert!((0.0..=100.0).contains(&call.warning_pct.0));
    }

    #[test]
    fn what_comes_after_the_end_changes_nothing(events in call(), late in call()) {
        let mut lines = lines(&events);
        let before = replay(&lines);
        lines.extend(late.iter().map(|(_, event)| line(9_000_000_000, event)));
        prop_assert_eq!(replay(&lines), before);
    }

    #[test]
    fn a_warning_cleared_that_was_never_raised_changes_nothing(events in call(), at in any::<prop::sample::Index>(), name in warning_name()) {
        let quiet: Vec<_> = events.into_iter().filter(|(_, event)| event["type"] != "warning").collect();
        let lines = lines(&quiet);
        let mut with_orphan = lines.clone();
        let at = at.index(lines.len());
        let ms = serde_json::from_str::<Value>(&lines[at]).unwrap()["ms"].as_i64().unwrap();
        with_orphan.insert(at, line(ms, &json!({"type": "warning-cleared", "name": name})));
        prop_assert_eq!(replay(&with_orphan), replay(&lines));
    }

    #[test]
    fn a_line_of_any_text_is_a_problem_or_nothing_and_the_next_is_read(text in "[^\n]*") {
        let accept = r#"{"ms":0,"type":"accept"}"#;
        let end = r#"{"ms":1000,"type":"disconnect"}"#;
        let replayed = support::play(&json!({}), [accept, text.as_str(), end]);
        prop_assert_eq!(replayed.problems.len(), usize::from(!text.trim().is_empty()));
        prop_assert_eq!(replayed.calls.len(), 1);
    }

    #[test]
    fn a_threshold_is_what_was_written_or_its_default_with_an_error(value in any::<f64>(), text in any::<String>()) {
        for written in [json!(value), json!(text), json!([text]), json!({"a": value})] {
            let found = device_monitoring::config::Configuration::of(&json!({"highRttThreshold": written}));
            let refused = found.findings.iter().any(|finding| finding.severity.as_str() == "error");
            let in_force = found.config.high_rtt_threshold.0;
            let means_default = written.is_null() || written.as_str().is_some_and(|text| text.trim().is_empty());
            let stays = if refused || means_default { in_force == 400.0 } else { in_force >= 0.0 && in_force.is_finite() };
            prop_assert!(stays, "{written}: {in_force}, {:?}", found.findings);
        }
    }
}
