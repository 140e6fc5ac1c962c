//! Dumps of `webrtc-internals` and rtcStats, read and written by the real command. Those in `tests/dumps` are of the lab's
//! calls, each beside the recording of the same call.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use crate::support::{Folder, Ran, recordings, run, run_with, thresholds};
use flate2::read::GzDecoder;
use replay::fuzzing::exports;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

const CALLS: [&str; 2] = ["dumped_twice_a_second", "dumped_once_a_second"];
const KINDS: [&str; 2] = ["internals.json.gz", "rtcstats.gz"];

fn dumps() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/dumps")
}

fn path(name: &str) -> String {
    dumps().join(name).display().to_string()
}

/// A dump, unpacked.
fn unpacked(name: &str) -> String {
    let mut text = String::new();
    GzDecoder::new(fs::File::open(dumps().join(name)).unwrap()).read_to_string(&mut text).unwrap();
    text
}

fn judged(folder: &Folder, inputs: &[&str]) -> Ran {
    let mut thresholds = thresholds();
    // With a tenth lost, the score of a second is near 3.5: which seconds are below it depends on where they begin.
    thresholds["lowMosThreshold"] = json!(3);
    folder.write("thresholds.json", thresholds.to_string());
    run(folder, &[&["--format", "json", "--config", "thresholds.json"], inputs].concat())
}

/// The one call of an input.
fn call(folder: &Folder, input: &str) -> Value {
    let ran = judged(folder, &[input]);
    assert_eq!(ran.says, Vec::<String>::new(), "{input}");
    let mut calls = ran.calls();
    assert_eq!(calls.len(), 1, "{input}");
    calls.remove(0)
}

/// What was wrong, by name, with the seconds of each episode.
fn episodes(call: &Value) -> BTreeMap<String, Vec<(f64, f64)>> {
    let of = |condition: &Value| {
        let episodes = condition["episodes"].as_array().unwrap().iter();
        episodes.map(|one| (one["startMs"].as_f64().unwrap(), one["endMs"].as_f64().unwrap())).collect()
    };
    let conditions = call["conditions"].as_array().unwrap().iter();
    conditions.map(|condition| (condition["name"].as_str().unwrap().to_owned(), of(condition))).collect()
}

fn rules(call: &Value) -> Vec<&str> {
    call["reasons"].as_array().unwrap().iter().map(|reason| reason["rule"].as_str().unwrap()).collect()
}

/// Two verdicts on the same call: the same rules, the same conditions, and trouble that begins and ends within so many
/// milliseconds of each other. A second that is better than its neighbours may divide an episode.
fn agree(one: &Value, other: &Value, within_ms: f64, about: &str) {
    assert_eq!((&one["alert"], rules(one)), (&other["alert"], rules(other)), "{about}");
    let (one, other) = (episodes(one), episodes(other));
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>(), "{about}");
    let span = |episodes: &[(f64, f64)]| (episodes[0].0, episodes.last().unwrap().1);
    for (name, these) in &one {
        let ((from, to), (other_from, other_to)) = (span(these), span(&other[name]));
        let is_near = (from - other_from).abs() <= within_ms && (to - other_to).abs() <= within_ms;
        assert!(is_near, "{about}: {name} {from} to {to}, {other_from} to {other_to}");
    }
}

/// The events of a dump of rtcStats with the time of each.
fn events(text: &str) -> Vec<(Vec<Value>, f64)> {
    let mut time = 0.0;
    let lines = text.lines().skip(2).map(|line| serde_json::from_str::<Vec<Value>>(line).unwrap());
    let timed = lines.map(|mut event| {
        time += event.pop().unwrap().as_f64().unwrap();
        (event, time)
    });
    timed.collect()
}

/// A dump as rtcstats-server writes it.
fn headed(events: &[(Vec<Value>, f64)]) -> String {
    let mut last = 0.0;
    let mut text = "RTCStatsDump\n{\"fileFormat\":3}\n".to_owned();
    for (event, time) in events {
        let event: Vec<Value> = event.iter().cloned().chain([json!(time - last)]).collect();
        last = *time;
        text.push_str(&format!("{}\n", Value::from(event)));
    }
    text
}

/// A dump as Jitsi's server writes it: absolute times, and of the statistics only what has changed.
fn jitsi(events: &[(Vec<Value>, f64)]) -> String {
    let mut before = Map::new();
    let mut text = json!(["connectionInfo", null, {"clientProtocol": "3.1_STANDARD"}, events[0].1 as i64]).to_string();
    for (event, time) in events {
        let mut event = event.clone();
        event.truncate(3);
        if event[0] == "getStats" {
            let now = event[2].as_object().unwrap().clone();
            let changes: Map<String, Value> = now
                .iter()
                .map(|(id, report)| {
                    let earlier = before.get(id).and_then(Value::as_object);
                    let mut changed = report.as_object().unwrap().clone();
                    changed.retain(|name, value| earlier.and_then(|earlier| earlier.get(name)) != Some(value));
                    changed.insert("timestamp".to_owned(), json!(0));
                    (id.clone(), Value::Object(changed))
                })
                .chain([("timestamp".to_owned(), json!(time))])
                .collect();
            before = now;
            event[0] = json!("getstats");
            event[2] = Value::Object(changes);
        }
        event.push(json!(*time as i64));
        text.push_str(&format!("\n{}", Value::from(event)));
    }
    text
}

/// The same, with one in so many of the statistics.
fn thinned(events: &[(Vec<Value>, f64)], every: usize) -> Vec<(Vec<Value>, f64)> {
    let mut count = 0;
    let mut events = events.to_vec();
    events.retain(|(event, _)| {
        count += usize::from(event[0] == "getStats");
        event[0] != "getStats" || count % every == 0
    });
    events
}

#[test]
fn a_dump_gives_the_verdict_of_the_recording_of_the_same_call() {
    let folder = Folder::new("dumps");
    for name in CALLS {
        let recorded = call(&folder, &path(&format!("{name}.jsonl")));
        assert!(recorded["alert"].as_bool().unwrap() && episodes(&recorded).len() >= 4, "{recorded}");
        for kind in KINDS {
            let dumped = call(&folder, &path(&format!("{name}.{kind}")));
            // The connection stands a second after the SDK says that the call was accepted, and what one second shows first
            // may be in the next.
            agree(&recorded, &dumped, 3000.0, &format!("{name}.{kind}"));
            let pct = |call: &Value| call["warningPct"].as_f64().unwrap();
            assert!((pct(&recorded) - pct(&dumped)).abs() < 4.0, "{name}.{kind}: {dumped}");
            let about = [&dumped["source"], &dumped["estimate"], &dumped["resolutionMs"], &dumped["measured"]];
            let source = if kind == "rtcstats.gz" { "rtcstats" } else { "webrtc-internals" };
            assert_eq!(about, [&json!(source), &json!(false), &json!(1000), &json!(true)], "{name}.{kind}");
        }
    }
}

#[test]
fn twice_a_second_and_once_a_second_give_the_same_verdict() {
    let folder = Folder::new("intervals");
    let events = events(&unpacked("dumped_twice_a_second.rtcstats.gz"));
    folder.write("twice", headed(&events));
    folder.write("once", headed(&thinned(&events, 2)));
    let twice = call(&folder, "twice");
    agree(&twice, &call(&folder, "once"), 1100.0, "once a second");
    agree(&twice, &call(&folder, &path("dumped_twice_a_second.internals.json.gz")), 1100.0, "webrtc-internals");
}

#[test]
fn every_form_of_a_dump_is_known_by_its_content_and_gives_the_same_verdict() {
    let folder = Folder::new("forms");
    let events = events(&unpacked("dumped_once_a_second.rtcstats.gz"));
    let headed = headed(&events);
    let expected = call(&folder, &path("dumped_once_a_second.rtcstats.gz"));
    let forms = [
        ("jitsi", jitsi(&events)),
        ("windows.txt", headed.replace('\n', "\r\n")),
        ("marked.csv", format!("\u{feff}{headed}")),
        ("blank.json", headed.replace('\n', "\n\n")),
    ];
    for (name, text) in forms {
        folder.write(name, text);
        agree(&expected, &call(&folder, name), 0.0, name);
    }
    let piped = run_with(&folder, &["--format", "json", "--config", "thresholds.json", "-"], headed.as_bytes());
    agree(&expected, &piped.calls()[0], 0.0, "standard input");
    let internals = unpacked("dumped_once_a_second.internals.json.gz");
    let expected = call(&folder, &path("dumped_once_a_second.internals.json.gz"));
    let flat = serde_json::from_str::<Value>(&internals).unwrap().to_string();
    for (name, text) in [("flat", flat.clone()), ("marked", format!("\u{feff}{flat}")), ("unpacked.txt", internals)] {
        folder.write(name, text);
        agree(&expected, &call(&folder, name), 0.0, name);
    }
}

#[test]
fn without_the_times_of_its_reports_as_before_chromium_117_a_dump_gives_the_same_conditions() {
    let folder = Folder::new("old");
    let mut dump: Value = serde_json::from_str(&unpacked("dumped_once_a_second.internals.json.gz")).unwrap();
    for connection in dump["PeerConnections"].as_object_mut().unwrap().values_mut() {
        connection["stats"].as_object_mut().unwrap().retain(|name, _| !name.ends_with("-timestamp"));
        for update in connection["updateLog"].as_array_mut().unwrap() {
            update.as_object_mut().unwrap().remove("timestamp");
            update["time"] = json!("9/21/2026, 2:13:30 PM");
        }
    }
    folder.write("old", dump.to_string());
    let old = call(&folder, "old");
    let new = call(&folder, &path("dumped_once_a_second.internals.json.gz"));
    assert_eq!(episodes(&old).keys().collect::<Vec<_>>(), episodes(&new).keys().collect::<Vec<_>>());
    assert!(old["lacks"].as_array().unwrap().contains(&json!("when it began: its length is not judged")));
}

#[test]
fn a_part_of_a_call_is_no_short_call() {
    let folder = Folder::new("part");
    let events = events(&unpacked("dumped_twice_a_second.rtcstats.gz"));
    let (_, first) = events.iter().find(|(event, _)| event[0] == "getStats").unwrap();
    let begin: Vec<_> = events.iter().filter(|(_, time)| *time < first + 8000.0).cloned().collect();
    folder.write("begin", headed(&begin));
    let part = call(&folder, "begin");
    assert_eq!((&part["alert"], rules(&part)), (&json!(false), vec![]), "{part}");
    let last = begin.last().unwrap();
    let closed = (vec![json!("close"), last.0[1].clone(), Value::Null], last.1 + 100.0);
    folder.write("whole", headed(&[&begin[..], &[closed]].concat()));
    assert_eq!(rules(&call(&folder, "whole")), ["shortCall"]);
}

#[test]
fn statistics_every_ten_seconds_give_an_estimate_that_invents_nothing() {
    let folder = Folder::new("estimate");
    let quiet = ["clean", "clean_opus", "opus_clean", "short8_clean", "opus_dtx_clean", "agent_listens", "muted"];
    for (name, lines) in recordings().iter().filter(|(name, _)| quiet.contains(&name.as_str())) {
        folder.write(&format!("{name}.jsonl"), lines.iter().map(|line| format!("{line}\n")).collect::<String>());
        let ran = run(&folder, &["export", "--format", "rtcstats", "--output", "dump", &format!("{name}.jsonl")]);
        assert_eq!((ran.status, ran.says), (0, vec![]), "{name}");
        let text = fs::read_to_string(folder.0.join("dump")).unwrap();
        // Each has only what has changed, so the others' changes go with it.
        let mut reports: Map<String, Value> = Map::new();
        let whole = events(&text).into_iter().map(|(mut event, time)| {
            if event[0] == "getStats" {
                for (id, change) in event[2].as_object().unwrap().iter().filter(|(_, change)| change.is_object()) {
                    let report = reports.entry(id.clone()).or_insert_with(|| json!({}));
                    report.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
                }
                event[2] = Value::Object(reports.clone());
            }
            (event, time)
        });
        let whole: Vec<_> = whole.collect();
        folder.write("slow", headed(&thinned(&whole, 10)));
        let ran = judged(&folder, &["slow"]);
        for call in ran.calls() {
            assert_eq!(episodes(&call).keys().collect::<Vec<_>>(), Vec::<&String>::new(), "{name}");
        }
        if name == "clean" {
            let calls = ran.calls();
            assert_eq!((&calls[0]["estimate"], &calls[0]["resolutionMs"]), (&json!(true), &json!(10_000)));
        }
    }
    let loss = thinned(&events(&unpacked("dumped_twice_a_second.rtcstats.gz")), 10);
    folder.write("loss", headed(&loss));
    assert!(episodes(&call(&folder, "loss")).contains_key("high-packet-loss"));
}

/// What a dump cannot tell, because it has no place for it: the SDK's levels and warnings, mute, hold, signalling.
const NOT_IN_A_DUMP: [&str; 5] =
    ["constant-audio-input-level", "suppressed-silence", "reconnecting", "signaling-lost", "talking-while-muted"];

#[test]
fn a_recording_that_began_at_any_time_is_exported() {
    let folder = Folder::new("dumps-times");
    for started_at in ["1e300", "-1e300", "null"] {
        let recording = format!(
            r#"{{"ms":0,"type":"recording","version":1,"startedAt":{started_at}}}
{{"ms":0,"type":"incoming","parameters":{{"CallSid":"CA1"}}}}
{{"ms":1000,"type":"accept"}}
{{"ms":-9000,"type":"sample","sample":{{"packetsReceived":50}}}}
{{"ms":2000,"type":"disconnect"}}
"#
        );
        folder.write("in.jsonl", recording);
        let ran = run(&folder, &["export", "--format", "rtcstats", "in.jsonl"]);
        assert_eq!((ran.status, ran.says), (0, vec![]), "{started_at}");
        assert_eq!(String::from_utf8(ran.out).unwrap().lines().last().map(|line| line.contains("close")), Some(true));
    }
}

#[test]
fn a_recording_exported_and_read_again_gives_the_same_verdict_as_far_as_a_dump_can_hold_it() {
    let folder = Folder::new("round-trip");
    let recordings = recordings();
    let mut differ = BTreeSet::new();
    for (name, lines) in &recordings {
        // The Voice SDK's warnings, mute and hold are not in a dump: what they change is another matter.
        let kept =
            lines.iter().filter(|line| !["warning", "warning-cleared"].contains(&line["type"].as_str().unwrap()));
        let text: String = kept.map(|line| format!("{line}\n")).collect();
        folder.write(&format!("recorded/{name}.jsonl"), text);
        let (from, to) = (format!("recorded/{name}.jsonl"), format!("dumped/{name}"));
        fs::create_dir_all(folder.0.join("dumped")).unwrap();
        let ran = run(&folder, &["export", "--format", "rtcstats", "--output", &to, &from]);
        assert_eq!((ran.status, ran.says), (0, vec![]), "{name}");
        let (recorded, dumped) = (call(&folder, &from), call(&folder, &to));
        assert_eq!(recorded["callSid"], dumped["callSid"], "{name}");
        let names = |call: &Value| -> BTreeSet<String> {
            let mut names: BTreeSet<String> = episodes(call).into_keys().collect();
            // The score is computed anew, and near its threshold may lie on the other side of it.
            names.retain(|name| !NOT_IN_A_DUMP.contains(&name.as_str()) && name != "low-mos");
            names
        };
        let length = |call: &Value| call["elapsedMs"].as_f64().unwrap();
        assert!((length(&recorded) - length(&dumped)).abs() <= 1.0, "{name}");
        if names(&recorded) != names(&dumped) {
            differ.insert(format!("{name}: {:?} {:?}", names(&recorded), names(&dumped)));
        }
    }
    assert!(differ.is_empty(), "{differ:#?}");
}

#[test]
fn several_recordings_become_one_dump_with_a_connection_for_each_call() {
    let folder = Folder::new("several");
    for (name, lines) in recordings().iter().take(3) {
        folder.write(&format!("in/{name}.jsonl"), lines.iter().map(|line| format!("{line}\n")).collect::<String>());
    }
    let ran = run(&folder, &["export", "--format", "rtcstats", "in"]);
    assert_eq!((ran.status, &ran.says), (0, &vec![]));
    assert!(ran.text().starts_with("RTCStatsDump\n{\"fileFormat\":3}\n[\"create\","), "{}", ran.text());
    folder.write("dump", &ran.out);
    assert_eq!(judged(&folder, &["dump"]).calls().len(), 3);
    let ran = run(&folder, &["export", "--format", "rtcstats", "--output", "in/none", "thresholds.json"]);
    assert_eq!(ran.status, 2, "{:?}", ran.says);
    assert!(!folder.0.join("in/none").exists());
}

#[test]
fn what_of_a_recording_is_not_written_is_said_and_the_dump_is_the_same_each_time() {
    let folder = Folder::new("unwritten");
    let line = |ms: usize, kind: &str, call: usize, more: &str| {
        format!(r#"{{"ms":{ms},"type":"{kind}","callSid":"CA{call}"{more}}}"#)
    };
    let sample = r#","sample":{"packetsReceived":50}"#;
    let begin: String = (0..10_001).map(|call| line(call, "accept", call, "") + "\n").collect();
    folder.write("many.jsonl", begin + &line(20_000, "sample", 10_000, sample) + "\n");
    let export = |name: &str| run(&folder, &["export", "--format", "rtcstats", name]);
    let ran = export("many.jsonl");
    let too_many = "many.jsonl:10001: 10000 calls go on, and the one that begins here is not written";
    let stray = "many.jsonl:10002: samples of a call that does not go on, 1 with this one: they are not written";
    assert_eq!((ran.status, ran.says), (1, vec![too_many.to_owned(), stray.to_owned()]));
    let again = export("many.jsonl");
    assert!(ran.out == again.out);
    let headless = [line(0, "sample", 1, sample), line(1000, "sample", 1, sample), line(2000, "disconnect", 1, "")];
    folder.write("headless.jsonl", headless.join("\n"));
    let ran = export("headless.jsonl");
    let stray = "headless.jsonl:1: samples of a call that does not go on, 2 with this one: they are not written";
    assert_eq!((ran.status, ran.says), (1, vec![stray.to_owned()]));
}

#[test]
fn what_is_wrong_with_a_dump_is_said_in_one_sentence_and_the_rest_is_played() {
    let folder = Folder::new("broken-dumps");
    let stats = unpacked("dumped_once_a_second.rtcstats.gz");
    let internals = unpacked("dumped_once_a_second.internals.json.gz");
    let cut = |text: &str| text[..text.len() * 2 / 3].to_owned();
    let untyped = internals.replace("\"statsType\"", "\"kindOfStats\"");
    let cases = [
        ("cut.jsonl", cut(&stats), 1, "not JSON at column", 1),
        ("cut.json", cut(&internals), 2, "what comes after it is not read", 0),
        ("untyped.json", untyped, 2, "dumps of old versions of Chromium are not read", 0),
        ("newer", stats.replace("\"fileFormat\":3", "\"fileFormat\":9"), 1, "\"fileFormat\" 9 is not known", 1),
        ("no-time", format!("{stats}\n[\"create\",\"9-9\",{{}},null]\n"), 1, "an event of rtcStats without a time", 1),
        ("text", format!("{stats}\n\"create\"\n"), 1, "no event of rtcStats", 1),
        ("only-video", stats.replace("\"audio\"", "\"video\""), 0, "none of its peer connections has audio", 0),
        ("empty.json", "{\"PeerConnections\":{}}".to_owned(), 0, "none of its peer connections has audio", 0),
        ("wrong.json", "{\"PeerConnections\":[1,{\"stats\":[]}]}".to_owned(), 0, "none of its peer connections", 0),
    ];
    for (name, text, status, says, calls) in cases {
        folder.write(name, text);
        let ran = judged(&folder, &[name]);
        assert_eq!((ran.status, ran.says.len()), (status, 1), "{name}: {:?}", ran.says);
        assert!(ran.says[0].starts_with(name) && ran.says[0].contains(says), "{name}: {:?}", ran.says);
        assert_eq!(ran.calls().len(), calls, "{name}");
    }
}

#[test]
fn whatever_is_done_to_a_dump_its_reader_gives_the_same_twice_and_never_fails() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/exports");
    let seeds: Vec<Vec<u8>> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_string_lossy().contains("rtc"))
        .map(|path| fs::read(path).unwrap())
        .collect();
    assert_eq!(seeds.len(), 4);
    let mut state = 20_261_129_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let pieces = ["null", "-1e308", "\"\"", "[", "}", ",", "9", "true", "\n", "\"t\":1,", "{\"a\":1}", "\u{feff}"];
    for round in 0..400 {
        let mut dump = seeds[round % seeds.len()].clone();
        for _ in 0..=random(4) {
            let from = random(dump.len());
            let to = (from + random(12)).min(dump.len());
            dump.splice(from..to, pieces[random(pieces.len())].bytes());
        }
        exports(&dump);
    }
}
