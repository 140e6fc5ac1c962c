//! Every alert document that the scenarios and the recordings lead to, held against the schema that the server has.
//!
//! `cargo xtask compare` runs this file for two commits: `DEVICE_MONITORING_INPUTS` is the checkout whose scenarios and
//! recordings are played instead of this one's, and `DEVICE_MONITORING_DOCUMENTS` a file for the documents.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

mod support;

use device_monitoring::outbox::Form;
use device_monitoring::replay::recording::{self, Content, Entry};
use device_monitoring::{CallParties, ClientInfo, Configuration, Effect, Engine, Event, Milliseconds, WallTime};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Longer than any call: with it as `shortCallThreshold`, every call alerts.
const ANY_CALL: u32 = 1_000_000;

/// The alert documents of one recording, in the order in which they come.
fn documents<'a>(configuration: &Value, lines: impl IntoIterator<Item = &'a str>) -> Vec<Value> {
    let mut engine = Engine::new(Configuration::from_block(configuration), ClientInfo::default());
    let mut calls = HashMap::new();
    let mut started_at = WallTime::default();
    let mut documents = Vec::new();
    for line in lines {
        let Ok(Entry { at, call: name, content }) = recording::read(line) else { continue };
        let event = match content {
            Content::StartedAt(at) => {
                started_at = at;
                continue;
            }
            Content::Opened(incoming) => {
                let call = engine.open(CallParties { call_sid: made_up_sid(calls.len()), ..incoming });
                calls.insert(name.unwrap_or_default().into_owned(), call);
                continue;
            }
            Content::Accepted { found_in_progress } => {
                Event::Accepted { at: started_at.after(Milliseconds(at.0 as f64)), found_in_progress }
            }
            Content::Event(event) => event,
            Content::Nothing | Content::Unknown(_) => continue,
        };
        while let Some(due) = engine.poll_timeout().filter(|due| *due <= at) {
            engine.handle_timeout(due);
        }
        let incoming = CallParties { call_sid: made_up_sid(calls.len()), ..CallParties::default() };
        let call = calls.entry(name.unwrap_or_default().into_owned()).or_insert_with(|| engine.open(incoming));
        engine.handle(at, *call, &event);
        while let Some(effect) = engine.poll_effect() {
            if let Effect::Alert(alert) = effect {
                documents.push(serde_json::from_str(&Form::new(&alert).document()).unwrap());
            }
        }
    }
    documents
}

/// Those of the recordings are not of Twilio's form.
fn made_up_sid(number: usize) -> Option<String> {
    Some(format!("CA{number:032x}"))
}

/// The same configuration, but that every call alerts.
fn alerting(configuration: &Value) -> Value {
    let mut configuration = configuration.as_object().cloned().unwrap_or_default();
    configuration.insert("shortCallThreshold".to_owned(), json!(ANY_CALL));
    Value::Object(configuration)
}

/// The files of a folder and of those in it, by name.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let (folders, mut files): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| path.is_dir());
    files.retain(|path| path.extension().is_some_and(|found| found == extension));
    files.extend(folders.iter().flat_map(|folder| self::files(folder, extension)));
    files
}

/// What is played, under which configuration, and what it is called.
fn calls(inputs: &Path) -> Vec<(String, Value, Vec<String>)> {
    let mut calls = Vec::new();
    for path in files(&inputs.join("tests/scenarios"), "json") {
        let scenarios: Vec<Map<String, Value>> = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        for scenario in scenarios {
            let call: Vec<Map<String, Value>> = serde_json::from_value(scenario["call"].clone()).unwrap();
            let what = format!("{}: {}", path.file_name().unwrap().display(), scenario["what"].as_str().unwrap());
            let configuration = scenario.get("config").cloned().unwrap_or_default();
            calls.push((what, configuration, support::scenario::lines(&call)));
        }
    }
    for path in files(&inputs.join("tests/recordings"), "jsonl") {
        let lines: Vec<_> = fs::read_to_string(&path).unwrap().lines().map(str::to_owned).collect();
        calls.push((path.file_name().unwrap().display().to_string(), json!({}), lines));
    }
    calls
}

#[test]
fn every_alert_of_the_scenarios_and_the_recordings_is_as_the_schema_says() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let schema = fs::read(here.join("plugin-serverless/assets/alert.schema.private.json")).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_slice(&schema).unwrap()).unwrap();
    let inputs = env::var_os("DEVICE_MONITORING_INPUTS").map_or(here.to_owned(), PathBuf::from);
    let (mut all, mut count) = (BTreeMap::new(), 0);
    for (what, configuration, lines) in calls(&inputs) {
        let lines = || lines.iter().map(String::as_str);
        let both = [documents(&configuration, lines()), documents(&alerting(&configuration), lines())];
        for document in both.iter().flatten() {
            let wrong: Vec<_> = validator.iter_errors(document).map(|error| error.to_string()).collect();
            assert!(wrong.is_empty(), "{what}: {wrong:?}: {document:#}");
            count += 1;
        }
        all.insert(what, both);
    }
    assert!(count > 300, "only {count} alerts");
    if let Some(path) = env::var_os("DEVICE_MONITORING_DOCUMENTS") {
        fs::write(path, json!(all).to_string()).unwrap();
    }
}
