//! Recordings of real calls, replayed: what is said about each is kept as a snapshot, read before it is accepted.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

mod support;

use serde_json::json;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// The thresholds that the recordings' impairments were chosen for.
fn configuration() -> serde_json::Value {
    json!({
        "alertAgent": true, "highRttThreshold": 400, "highPacketsLostThreshold": 3, "lowMosThreshold": 3.5,
        "highJitterThreshold": 30, "shortCallThreshold": 10, "endedInWarningIsTrigger": true, "warningDurPctThreshold": 15
    })
}

#[test]
fn every_recording_gets_the_verdict_that_was_read_and_accepted() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    paths.sort();
    assert!(paths.len() >= 18, "the recordings are there");

    let mut said = String::new();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let replayed = support::play(&configuration(), text.lines());
        assert_eq!((&replayed.problems, replayed.skipped), (&vec![], 0), "{}", path.display());
        let call = &replayed.calls[0];
        writeln!(said, "{}", path.file_stem().unwrap().to_string_lossy()).unwrap();
        for condition in &call.conditions {
            for episode in &condition.episodes {
                let cleared = episode.cleared_ms.map_or("at the end".to_owned(), |ms| format!("at {ms}"));
                writeln!(
                    said,
                    "  {} from {} to {}, raised at {}, cleared {cleared}",
                    condition.name.as_str(),
                    episode.start_ms,
                    episode.end_ms,
                    episode.raised_ms,
                )
                .unwrap();
            }
        }
        for notice in &call.notices {
            writeln!(said, "  shown at {}: {}", notice.ms, notice.text).unwrap();
        }
        for reason in &call.reasons {
            writeln!(said, "  ALERT {}", reason.text).unwrap();
        }
    }
    insta::assert_snapshot!(said);
}
