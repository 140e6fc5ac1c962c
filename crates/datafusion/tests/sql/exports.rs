//! What Twilio exports, taken over into a history, gets the verdicts of `replay`.

use crate::replayed::{Verdicts, as_columns, configurations, project};
use crate::support::{Session, history};
use device_monitoring::Configuration;
use flate2::Compression;
use flate2::write::GzEncoder;
use replay::sources::{Gathered, Source};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

fn seed(name: &str) -> PathBuf {
    project().join("fuzz/seeds/exports").join(name)
}

/// What `replay` says of each call in some exports.
fn judged(files: &[PathBuf], configuration: &Value) -> Verdicts {
    let mut gathered = Gathered::default();
    for file in files {
        let text = fs::read(file).unwrap();
        let findings = Source::detect(&text).read(&*text, &mut |rows| gathered.add(rows)).unwrap();
        assert!(findings.is_flawless(), "{}", file.display());
    }
    let mut verdicts = Verdicts::new();
    let configuration = Configuration::from_block(configuration);
    let each = &mut |judged: replay::judged_call::JudgedCall| {
        let calls = judged.verdicts.into_iter().flatten();
        verdicts.extend(calls.map(|call| (call.call_sid.clone().unwrap(), as_columns(&call))));
        Ok(())
    };
    gathered.judge(&[configuration], false, each).unwrap();
    verdicts
}

#[test]
fn exports_of_every_shape_get_the_verdicts_of_replay() {
    for name in
        ["event-streams.jsonl", "two-calls-twice.jsonl", "kinesis-records.json", "joined-objects", "sdk-posts.jsonl"]
    {
        let files = [seed(name)];
        let (folder, imported) = history(&files);
        assert_eq!(imported.problems, [""; 0], "{name}");
        let session = Session::ordered(folder.path());
        for (configured, configuration) in configurations() {
            let mut found = session.verdicts(&configuration);
            assert!(!found.is_empty(), "{name}");
            found.retain(|_, verdict| !verdict["alert"].is_null());
            assert_eq!(found, judged(&files, &configuration), "{name} under {configured}");
        }
    }
}

#[test]
fn a_call_may_be_in_many_files_packed_or_not_and_what_it_is_drawn_from_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(seed("event-streams.jsonl")).unwrap();
    for (number, line) in text.lines().rev().enumerate() {
        if number % 2 == 0 {
            fs::write(folder.path().join(format!("{number}.json")), line).unwrap();
        } else {
            let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
            packer.write_all(line.as_bytes()).unwrap();
            fs::write(folder.path().join(format!("{number}.gz")), packer.finish().unwrap()).unwrap();
        }
    }
    fs::write(folder.path().join("notes.txt"), "no export").unwrap();
    let (history, imported) = history(&[folder.path().to_owned()]);
    assert_eq!(imported.problems, [""; 0]);
    let session = Session::ordered(history.path());
    let configuration = Value::Object(Default::default());
    assert_eq!(session.verdicts(&configuration), judged(&[seed("event-streams.jsonl")], &configuration));
    let told = session.rows("SELECT detail FROM events WHERE type = 'export'");
    let told: Value = serde_json::from_str(told[0]["detail"].as_str().unwrap()).unwrap();
    assert_eq!((&told["source"], &told["estimate"]), (&"voice-insights".into(), &true.into()));
}

#[test]
fn what_cannot_be_taken_over_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.jsonl");
    let text = fs::read_to_string(seed("event-streams.jsonl")).unwrap();
    fs::write(&file, format!("{text}{{broken\n")).unwrap();
    let (_, imported) = history(std::slice::from_ref(&file));
    let line = text.lines().count() + 1;
    assert_eq!(imported.problems.len(), 1);
    assert!(
        imported.problems[0].starts_with(&format!("{}:{line}: not JSON", file.display())),
        "{:?}",
        imported.problems
    );
}
