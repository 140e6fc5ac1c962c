//! Scenarios: short stories of calls as data, in `tests/scenarios/*.json`.
//!
//! Each has a sentence (`what`), the `config`, the `call` as steps, and what is expected. A step is either
//! `{"seconds": n, …}`, n samples a second apart in which the named values differ from a healthy second;
//! with `"stats"` also n readings of the peer connection's statistics ([`Stats`] says what can be told of them);
//! `{"again": n, …}`, n more at the same moment; `{"unreadable": n}`, n samples a second apart in which nothing is a
//! possible number; `{"gap": n}`, n seconds without any event; `{"pause": n}`, n milliseconds; or an event as a line of a recording holds it, without
//! its time.
//! What is expected: `conditions` by name with `[start, end]` of their episodes in seconds, `notices` by diagnosis,
//! `shown` with `[second, how it begins]` of each notice, `reasons` by rule, `warningPct`, `duration` in seconds. What is not named is not checked; `conditions`, `notices`
//! and `reasons` are complete where they are named.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use crate::support;
use device_monitoring::json::to_json;
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
    reasons: Option<Vec<String>>,
    warning_pct: Option<f64>,
    duration: Option<f64>,
    no_verdict: bool,
}

/// A healthy second: 50 packets each way, nothing lost, as in the recording `clean`.
fn healthy() -> Map<String, Value> {
    let sample = json!({
        "jitter": 3, "rtt": 40, "packetsLost": 0, "packetsReceived": 50, "packetsSent": 50, "packetsLostFraction": 0,
        "mos": 4.41, "bytesReceived": 8000, "bytesSent": 8000, "audioInputLevel": 9000, "audioOutputLevel": 6000
    });
    sample.as_object().cloned().unwrap_or_default()
}

/// What a second's reading of the statistics says where it is not healthy.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct Stats {
    /// Round-trip time of the path, seconds.
    rtt: f64,
    /// Seconds between two answered checks that measure it; 0: none is answered; absent: they are not counted.
    answers_every: Option<u64>,
    /// Seconds between two reports about the agent's packets; 0: none come.
    reports_every: u64,
    /// Seconds between two reports about the customer's packets; 0: none come.
    others_every: u64,
    /// What a report says is lost of the agent's packets, 0 to 1.
    fraction_lost: f64,
    /// Share of the second's sound that was made up.
    concealed: f64,
    /// The microphone at the moment of the reading.
    level: f64,
    /// The far side has counted anew since the step before.
    restart: bool,
}

impl Default for Stats {
    fn default() -> Self {
        Self {
            rtt: 0.04,
            answers_every: None,
            reports_every: 5,
            others_every: 5,
            fraction_lost: 0.0,
            concealed: 0.0,
            level: 0.1,
            restart: false,
        }
    }
}

/// The statistics' counters, which only grow.
#[derive(Default)]
struct Counters {
    second: u64,
    answers: u64,
    reports: u64,
    others: u64,
    samples: f64,
    concealed: f64,
    packets: f64,
    lost: f64,
}

impl Counters {
    fn line(&mut self, ms: i64, stats: &Stats, sample: &Map<String, Value>) -> String {
        self.second += 1;
        let due = |every: u64, second: u64| u64::from(second.is_multiple_of(every));
        self.answers += stats.answers_every.map_or(0, |every| due(every, self.second));
        self.reports += due(stats.reports_every, self.second);
        self.others += due(stats.others_every, self.second);
        self.samples += 8000.0;
        self.concealed += 8000.0 * stats.concealed;
        self.packets += sample["packetsReceived"].as_f64().unwrap();
        self.lost += sample["packetsLost"].as_f64().unwrap();
        json!({"ms": ms, "type": "stats", "stats": {
            "candidatePair": {"currentRoundTripTime": stats.rtt,
                              "responsesReceived": stats.answers_every.map(|_| self.answers)},
            "remoteInbound": {"fractionLost": stats.fraction_lost, "roundTripTimeMeasurements": self.reports},
            "remoteOutbound": {"reportsSent": self.others},
            "inbound": {"concealedSamples": self.concealed, "totalSamplesReceived": self.samples,
                        "packetsLost": self.lost, "packetsReceived": self.packets},
            "mediaSource": {"audioLevel": stats.level}
        }})
        .to_string()
    }
}

fn lines(steps: &[Map<String, Value>]) -> Vec<String> {
    let mut ms = 0;
    let mut counters = Counters::default();
    let mut lines = Vec::new();
    for step in steps {
        let mut step = step.clone();
        let mut count = |name| step.remove(name).and_then(|count| count.as_i64());
        let (gap, unreadable, seconds, again) = (count("gap"), count("unreadable"), count("seconds"), count("again"));
        let pause = count("pause");
        if let Some(pause) = pause.or(gap.map(|seconds| seconds * 1000)) {
            ms += pause;
        } else if let Some(unreadable) = unreadable {
            for (_, sample) in (0..unreadable).zip(support::UNREADABLE.into_iter().cycle()) {
                ms += 1000;
                lines.push(format!(r#"{{"ms":{ms},"type":"sample","sample":{sample}}}"#));
            }
        } else if let Some(count) = seconds.or(again) {
            let stats: Option<Stats> = step.remove("stats").map(|stats| serde_json::from_value(stats).unwrap());
            let mut sample = healthy();
            assert!(step.keys().all(|key| sample.contains_key(key)), "a misspelt value in {step:?}");
            sample.append(&mut step);
            if stats.as_ref().is_some_and(|stats| stats.restart) {
                counters = Counters::default();
            }
            for _ in 0..count {
                ms += if again.is_none() { 1000 } else { 0 };
                lines.push(json!({"ms": ms, "type": "sample", "sample": sample}).to_string());
                // As the plugin reads them: asked for with the sample, there after it.
                lines.extend(stats.as_ref().map(|stats| counters.line(ms, stats, &sample)));
            }
        } else {
            step.insert("ms".to_owned(), json!(ms));
            lines.push(Value::Object(step).to_string());
        }
    }
    lines
}

/// Everything in which a call differs from what was expected.
fn differences(call: Option<&ReplayedCall>, expected: &Expected) -> Vec<String> {
    let Some(call) = call else {
        return if expected.no_verdict { vec![] } else { vec!["no verdict".to_owned()] };
    };
    let call: Value = serde_json::from_str(&to_json(call)).unwrap();
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
        let lines = lines(&scenario.call);
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
