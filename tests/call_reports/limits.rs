//! How much cards and beats may be, for recorded calls and for any events.

use super::fixtures::{BEATS, Floor, STARTED, configuration};
use crate::call_invariants;
use device_monitoring::replay::recording::{self, Content, Entry};
use device_monitoring::{AddressPrefix, CallContext, Endpoint, Event, Headset};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// What a second and a length lose when they are rounded, in seconds.
const ROUNDING: f64 = 0.11;

/// From which second of the call, and for how many, something was wrong.
fn stretches(card: &Value) -> Vec<(f64, f64)> {
    let by_diagnosis = card["timeline"].as_object().into_iter().flat_map(|timeline| timeline.values());
    let all = by_diagnosis.flat_map(|stretches| stretches.as_array().unwrap());
    all.map(|stretch| (stretch[0].as_f64().unwrap(), stretch[1].as_f64().unwrap())).collect()
}

/// The events of a recording of one call; those of the first, if it has several.
fn events_of(path: &Path) -> Vec<(i64, Event)> {
    let text = fs::read_to_string(path).unwrap();
    let mut calls = Vec::new();
    let mut events = Vec::new();
    for line in text.lines() {
        let Ok(Entry { at, call, content }) = recording::read(line) else { continue };
        let name = call.map(|name| name.into_owned());
        if !calls.contains(&name) {
            calls.push(name.clone());
        }
        if *calls.last().unwrap() != name {
            continue;
        }
        match content {
            Content::Accepted { found_in_progress } => {
                events.push((at.0, Event::Accepted { at: STARTED, found_in_progress }))
            }
            Content::Event(event) => events.push((at.0, event)),
            _ => {}
        }
    }
    events
}

fn recordings() -> Vec<std::path::PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
    let folders = [root.clone(), root.join("lab"), root.join("held-out")];
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "jsonl")).collect()
}

#[test]
fn every_recorded_call_leaves_a_card_and_beats_within_their_limits_that_the_server_takes() {
    let (mut calls, mut bytes, mut talk) = (0, 0, 0.0);
    for path in recordings() {
        let mut floor = Floor::new(&configuration());
        let events = events_of(&path);
        let accepted = events.iter().find(|(_, event)| matches!(event, Event::Accepted { .. })).map(|(at, _)| *at);
        for (at, event) in events {
            floor.happens(at, event);
        }
        floor.happens(floor.now, Event::Disconnected);
        floor.card();
        floor.beats.iter().for_each(|told| drop(told.beat()));
        assert!(floor.max_in_a_minute() <= 6, "{}", path.display());
        calls += 1;
        bytes += floor.beats.iter().map(|told| told.text.len()).sum::<usize>();
        talk += (floor.now - accepted.unwrap()) as f64;
    }
    assert!(calls > 50, "{calls}");
    let mean = bytes as f64 / (talk / 30_000.0);
    assert!(mean <= BEATS, "{mean} bytes in 30 s of talk");
    println!("{calls} recorded calls: {mean:.0} bytes of beats in 30 s of talk");
}

proptest! {
    #[test]
    fn cards_and_beats_stay_within_their_limits_whatever_happens_to_a_call(events in call_invariants::call(), names in any::<bool>()) {
        let mut configuration = configuration();
        configuration["reportWorkers"] = json!(names);
        let mut floor = Floor::accepted(&configuration);
        let long = "\u{1F4DE}\"\\long\n".repeat(100);
        floor.happens(0, Event::Described(CallContext {
            edge: Some(long.clone()),
            voice_sdk_version: Some(long),
            ..CallContext::default()
        }));
        // The longest of everything.
        floor.happens(0, Event::Endpoint(Endpoint {
            headset: Some(Headset::HandsFree),
            codec: Some("telephone-event".to_owned()),
            address: Some(AddressPrefix::V6([0x3ffe, 0xffff, 0xffff])),
            ..Endpoint::default()
        }));
        let mut now = 0;
        for (step, event) in events {
            now = (now + step).max(0);
            let mut line = event.clone();
            line["ms"] = json!(now);
            if let Ok(Entry { content: Content::Event(event), .. }) = recording::read(&line.to_string()) {
                floor.happens(now, event);
            }
        }
        floor.happens(floor.now, Event::Disconnected);
        let card = floor.card();
        let mut told = stretches(&card);
        told.sort_by(|one, other| one.0.total_cmp(&other.0));
        prop_assert!(told.windows(2).all(|pair| pair[0].0 + pair[0].1 <= pair[1].0 + ROUNDING), "{card}");
        let (total, warning) = (told.iter().map(|(_, length)| length).sum::<f64>(), card["warningMs"].as_f64().unwrap());
        prop_assert!(total <= warning / 1000.0 + ROUNDING * told.len() as f64, "{card}");
        floor.beats.iter().for_each(|told| drop(told.beat()));
        prop_assert!(floor.max_in_a_minute() <= 6);
        let most = BEATS + BEATS * floor.now as f64 / 30_000.0;
        prop_assert!(floor.bytes_between() as f64 <= most, "{} of {most}", floor.bytes_between());
    }
}
