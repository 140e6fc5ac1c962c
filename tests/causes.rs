//! Recorded calls of which it is known why they were bad, and calls that only look alike: the cause is right in each, and
//! none is found where there was none.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use crate::support;
use device_monitoring::replay::ReplayedCall;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Seconds after the microphone was gone within which that is known. Chromium asks the system once a second.
const MICROPHONE_ENDED_WITHIN: f64 = 1.0;
const MICROPHONE_MUTED_WITHIN: f64 = 2.5;
/// Seconds after the harm began within which a busy computer is known.
const COMPUTER_WITHIN: f64 = 5.0;
/// Seconds after a notice within which its cause may come.
const IN_PLACE_WITHIN: f64 = 3.0;

struct Recording {
    name: String,
    lines: Vec<Value>,
    /// What was done to the call; `None`: nothing that a cause would be true of.
    cause: Option<String>,
    call: ReplayedCall,
}

impl Recording {
    /// When the lab did something of this label, in seconds since the call was accepted.
    fn done(&self, label: &str) -> Option<f64> {
        let is_it = |line: &&Value| line["type"] == "truth" && line["label"] == label && line["on"] == true;
        self.lines.iter().find(is_it).map(|line| line["ms"].as_f64().unwrap() / 1000.0)
    }

    /// When a cause was first known.
    fn known(&self) -> f64 {
        self.call.causes[0].start_ms.0 / 1000.0
    }
}

fn recordings() -> Vec<Recording> {
    let configuration = json!({
        "alertAgent": true, "highRttThreshold": 400, "highPacketsLostThreshold": 3, "lowMosThreshold": 3.5,
        "highJitterThreshold": 30
    });
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings/causes");
    let files = [folder.clone(), folder.join("held-out")].into_iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let mut paths: Vec<_> = files.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    paths.sort();
    let read = |path: &Path| {
        let text = fs::read_to_string(path).unwrap();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let mut replayed = support::play(&configuration, text.lines());
        assert_eq!((&replayed.problems, &replayed.skipped), (&vec![], &vec![]), "{path:?}");
        Recording {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            cause: lines[0]["cause"].as_str().map(str::to_owned),
            lines,
            call: replayed.calls.remove(0),
        }
    };
    paths.iter().map(|path| read(path)).collect()
}

#[test]
fn the_cause_of_every_recorded_call_is_found_and_none_where_there_is_none() {
    let mut wrong = Vec::new();
    let mut counts: BTreeMap<Option<String>, usize> = BTreeMap::new();
    for recording in recordings() {
        let found: Vec<_> = recording.call.causes.iter().map(|cause| cause.name.as_str().to_owned()).collect();
        let expected: Vec<_> = recording.cause.iter().cloned().collect();
        if found != expected {
            wrong.push(format!("{}: {found:?}, not {expected:?}", recording.name));
        }
        *counts.entry(recording.cause).or_default() += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Three of each cause; those of none are looked alikes of several.
    assert!(counts.values().all(|count| *count >= 3), "{counts:?}");
}

#[test]
fn a_microphone_that_is_gone_is_known_at_once_and_never_blamed_on_the_network() {
    let mut gone = 0;
    for recording in recordings() {
        let (label, within) = match recording.cause.as_deref() {
            Some("microphone-ended") => ("microphone unplugged", MICROPHONE_ENDED_WITHIN),
            Some("microphone-muted") => ("microphone muted by the system", MICROPHONE_MUTED_WITHIN),
            _ => continue,
        };
        let name = &recording.name;
        gone += 1;
        let (at, known) = (recording.done(label).unwrap(), recording.known());
        assert!((at - 0.2..=at + within).contains(&known), "{name}: at {at} s, known at {known} s");
        let outbound: Vec<_> = recording.call.conditions.iter().map(|condition| condition.name.as_str()).collect();
        assert!(
            !outbound.contains(&"low-bytes-sent") && !outbound.contains(&"no-outbound-audio"),
            "{name}: {outbound:?}"
        );
    }
    assert!(gone >= 6, "only {gone}");
}

#[test]
fn a_busy_computer_is_known_within_five_seconds_of_the_harm() {
    let mut busy = 0;
    for recording in recordings().iter().filter(|recording| recording.cause.as_deref() == Some("computer-busy")) {
        busy += 1;
        let harm = recording.call.conditions.iter().flat_map(|condition| &condition.episodes);
        let harm = harm.map(|episode| episode.start_ms.0 / 1000.0).reduce(f64::min).unwrap();
        assert!(recording.done("computer busy").unwrap() - 1.0 <= harm, "{}: harm before it", recording.name);
        assert!(recording.known() - harm <= COMPUTER_WITHIN, "{}: {}", recording.name, recording.known() - harm);
    }
    assert!(busy >= 3, "only {busy}");
}

#[test]
fn a_cause_comes_with_its_notice_or_in_its_place_within_three_seconds() {
    for recording in recordings() {
        let notices = &recording.call.notices;
        for (before, after) in notices.iter().zip(notices.iter().skip(1)) {
            if before.diagnosis == after.diagnosis && before.cause != after.cause {
                let later = (after.ms.0 - before.ms.0) / 1000.0;
                assert!(later <= IN_PLACE_WITHIN, "{}: {later} s later: {}", recording.name, after.text);
            }
        }
    }
}
