//! Thresholds tried on recorded calls in the admin view say what `replay` says.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the message")]

use device_monitoring::Configuration;
use device_monitoring::replay::Player;
use device_monitoring::replay::what_if::RecordedCalls;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

fn recordings() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    files.map(|path| (path.display().to_string(), fs::read_to_string(path).unwrap())).collect()
}

fn configurations() -> [Value; 3] {
    [
        json!({}),
        json!({"highPacketsLostThreshold": 3, "lowMosThreshold": 3.5, "endedInWarningIsTrigger": true}),
        json!({"highJitterThreshold": 5, "warningDurPctThreshold": 1, "shortCallThreshold": 120, "alertAgent": true}),
    ]
}

#[test]
fn every_recorded_call_gets_the_verdict_that_replay_gives_it() {
    let mut recorded = RecordedCalls::default();
    let mut alerts = 0;
    for (name, text) in recordings() {
        let place = recorded.load(&text).unwrap();
        for block in configurations() {
            let configuration = Configuration::from_block(&block);
            let mut player = Player::new(configuration.clone());
            text.lines().for_each(|line| player.play(line));
            let replayed = player.replayed().calls.remove(0);
            let judged = recorded.judge(place, &configuration).unwrap().0;
            assert_eq!(judged, replayed, "{name} under {block}");
            alerts += usize::from(judged.alert);
        }
    }
    assert!(alerts > 10, "{alerts}");
}

#[test]
fn a_threshold_that_is_moved_brings_an_alert_and_takes_it_back() {
    let mut recorded = RecordedCalls::default();
    let (_, loss) = recordings().into_iter().find(|(name, _)| name.ends_with("loss5.jsonl")).unwrap();
    let place = recorded.load(&loss).unwrap();
    let alerts = |loss: f64| {
        recorded.judge(place, &Configuration::from_block(&json!({"highPacketsLostThreshold": loss}))).unwrap().0.alert
    };
    assert_eq!([alerts(70.0), alerts(3.0), alerts(70.0)], [false, true, false]);
}

#[test]
fn a_call_found_going_on_is_not_judged_by_its_length() {
    let call = |accept: &str| format!("{accept}\n{{\"ms\":3000,\"type\":\"disconnect\"}}\n");
    let mut recorded = RecordedCalls::default();
    recorded.load(&call(r#"{"ms":0,"type":"accept"}"#)).unwrap();
    recorded.load(&call(r#"{"ms":0,"type":"accept","midway":true}"#)).unwrap();
    let alerts = |place| recorded.judge(place, &Configuration::default()).unwrap().0.alert;
    assert_eq!([alerts(0), alerts(1)], [true, false]);
}

#[test]
fn a_recording_that_is_broken_is_refused_with_its_line_and_the_others_keep_their_places() {
    let mut recorded = RecordedCalls::default();
    let call = "{\"ms\":0,\"type\":\"accept\"}\n{\"ms\":9000,\"type\":\"disconnect\"}\n";
    assert_eq!(recorded.load(call), Ok(0));
    let error = recorded.load("{\"ms\":0,\"type\":\"accept\"}\n{\"ms\":1,\"type\":\"sam").unwrap_err();
    assert!(error.starts_with("line 2: not JSON: cut off"), "{error}");
    assert_eq!(recorded.load(call), Ok(1));
    assert_eq!(recorded.load(""), Ok(2));
    let judged: Vec<_> = (0..4).map(|place| recorded.judge(place, &Configuration::default()).is_some()).collect();
    assert_eq!(judged, [true, true, false, false]);
}
