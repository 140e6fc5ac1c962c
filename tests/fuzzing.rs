//! The inputs that fuzzing starts from, those that it once failed on, and a few that reach all that it reached: they are
//! played wherever tests run, with or without a fuzzer.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use device_monitoring::fuzzing;
use serde_json::Value;
use std::fs;
use std::path::Path;

fn play(target: &str, check: impl Fn(&[u8])) {
    for folder in ["fuzz/seeds", "fuzz/corpus"] {
        let mut inputs = 0;
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(target)).unwrap() {
            let path = entry.unwrap().path();
            println!("{}", path.display());
            check(&fs::read(path).unwrap());
            inputs += 1;
        }
        assert!(inputs > 3, "{folder}/{target}: {inputs} inputs");
    }
}

#[test]
fn every_alert_of_every_seed_is_as_the_schema_says() {
    play("sent_alerts", fuzzing::sent_alerts);
    let schema: Value =
        serde_json::from_str(include_str!("../plugin-serverless/assets/alert.schema.private.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let held = std::cell::Cell::new(0);
    play("sent_alerts", |input| {
        for document in fuzzing::alert_documents(input) {
            let alert: Value = serde_json::from_str(&document).unwrap();
            let broken: Vec<String> =
                validator.iter_errors(&alert).map(|error| format!("{}: {error}", error.instance_path())).collect();
            assert_eq!(broken, Vec::<String>::new(), "{alert:#}");
            held.set(held.get() + 1);
        }
    });
    assert!(held.get() > 10, "{} alerts", held.get());
}

#[test]
fn every_seed_is_a_configuration() {
    play("configuration", fuzzing::configuration);
}

#[test]
fn every_seed_is_events() {
    play("events", fuzzing::events);
}

#[test]
fn every_seed_is_an_outbox() {
    play("outbox", fuzzing::outbox);
}

#[test]
fn every_seed_and_every_recording_is_a_recording() {
    play("recordings", fuzzing::recordings);
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings")];
    let mut played = 0;
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "jsonl") {
                println!("{}", path.display());
                fuzzing::recordings(&fs::read(path).unwrap());
                played += 1;
            }
        }
    }
    assert!(played > 150, "{played} recordings, in folders of several levels");
}
