//! What the command prints: every format, configurations side by side, and the same whatever the input's size, packing
//! and the number of processors.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use crate::support::{Folder, recordings, run, run_with, thresholds};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, RowAccessor};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::File;
use std::process::Command;

/// Recordings in one file, as many times as are wanted, interleaved by time, under CallSids of their own.
fn centre(times: usize) -> String {
    let mut lines: Vec<(i64, String)> = Vec::new();
    for time in 0..times {
        for (number, (_, recorded)) in recordings().iter().enumerate() {
            let sid = format!("CA{:032x}", time * 1000 + number);
            let begins = (time * 600_000 + number * 997) as i64;
            for line in recorded.iter().filter(|line| line["type"] != "recording") {
                let mut line = line.clone();
                let ms = line["ms"].as_f64().unwrap() as i64 + begins;
                line["ms"] = json!(ms);
                line["callSid"] = json!(sid);
                if line["parameters"].is_object() {
                    line["parameters"]["CallSid"] = json!(sid);
                }
                lines.push((ms, line.to_string()));
            }
        }
    }
    lines.sort_by_key(|(ms, _)| *ms);
    lines.into_iter().map(|(_, line)| line + "\n").collect()
}

#[test]
fn many_calls_in_one_file_get_the_verdicts_that_each_gets_alone_on_any_number_of_processors() {
    let folder = Folder::new("centre");
    folder.write("thresholds.json", thresholds().to_string());
    let mut text = centre(2);
    // Broken lines keep their numbers in the middle of it.
    let middle = text.get(..text.len() / 2).unwrap().rfind('\n').unwrap() + 1;
    let broken_at = text.get(..middle).unwrap().lines().count() + 1;
    text.insert_str(middle, "no\n");
    text.push_str("{\"ms\":1,\"type\":\"accept\",\"callSid\":\"CA-without-end\"}\n");
    assert!(text.len() > 10_000_000, "it is large: {}", text.len());
    folder.write("centre.jsonl", &text);
    folder.write("centre.jsonl.zst", zstd::encode_all(text.as_bytes(), 1).unwrap());
    let arguments = ["--format", "json", "--config", "thresholds.json"];
    let printed = |threads: &str, input: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_replay"));
        let output = command
            .current_dir(&folder.0)
            .env("RAYON_NUM_THREADS", threads)
            .args(arguments)
            .arg(input)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{input}");
        let says = String::from_utf8(output.stderr).unwrap().replace(input, "");
        let out = String::from_utf8(output.stdout).unwrap().replacen(input, "", 1);
        (out, says)
    };
    let expected = printed("1", "centre.jsonl");
    let last = text.lines().count();
    let no_end = format!(":{last}: the call that begins here has no end, and nothing is said about it");
    let broken = format!(":{broken_at}: not JSON at column 2: expected ident");
    assert_eq!(expected.1.lines().collect::<Vec<_>>(), [broken, no_end]);
    assert_eq!(printed("2", "centre.jsonl"), expected);
    assert_eq!(printed("7", "centre.jsonl"), expected);
    assert_eq!(printed("3", "centre.jsonl.zst"), expected);
    let piped = run_with(&folder, &[&arguments[..], &["-"]].concat(), text.as_bytes());
    assert_eq!(piped.text().replacen("\"-\"", "\"\"", 1), expected.0);

    // The same calls, each in a file of its own.
    let calls: Value = serde_json::from_str(&expected.0).unwrap();
    let together: BTreeMap<&str, &Value> =
        calls["calls"].as_array().unwrap().iter().map(|call| (call["callSid"].as_str().unwrap(), call)).collect();
    let recordings = recordings();
    assert_eq!(together.len(), 2 * recordings.len());
    for (number, (name, lines)) in recordings.iter().enumerate() {
        folder.write("one.jsonl", lines.iter().map(|line| format!("{line}\n")).collect::<String>());
        let alone = &run(&folder, &[&arguments[..], &["one.jsonl"]].concat()).calls()[0];
        for time in 0..2 {
            let call = together[format!("CA{:032x}", time * 1000 + number).as_str()];
            for field in ["durationMs", "conditions", "warningPct", "alert", "reasons", "notices"] {
                assert_eq!(call[field], alone[field], "{name} {field}");
            }
        }
    }
}

/// A folder with three calls, one of which alerts under loose thresholds and two under tight ones.
fn three_calls(name: &str) -> Folder {
    let folder = Folder::new(name);
    for (name, lines) in recordings() {
        if ["clean", "rtt600", "blackout3"].contains(&name.as_str()) {
            folder.write(
                &format!("calls/{name}.jsonl"),
                lines.iter().map(|line| format!("{line}\n")).collect::<String>(),
            );
        }
    }
    folder.write("calls/.hidden", "no");
    folder.write("calls/notes.txt", "What these are.\n");
    let set = |rtt: u32, pct: f64| {
        let mut set = thresholds();
        (set["highRttThreshold"], set["lowMosThreshold"], set["warningDurPctThreshold"]) =
            (json!(rtt), json!(1.1), json!(pct));
        set.to_string()
    };
    folder.write("loose.json", set(400, 15.0));
    folder.write("tight.json", set(400, 1.0));
    folder.write("blind.json", set(5000, 15.0));
    folder
}

const COMPARED: [&str; 6] = ["--config", "loose.json", "--config", "tight.json", "--config", "blind.json"];

#[test]
fn configurations_are_compared_call_by_call() {
    let folder = three_calls("compared");
    let ran = run(&folder, &[&["--format", "json"], &COMPARED[..], &["calls"]].concat());
    assert_eq!(ran.says, ["calls/notes.txt: neither a recording nor an export; passed over"]);
    let changes: Vec<_> = ran
        .json()
        .iter()
        .map(|file| {
            let call = &file["calls"][0];
            let changes: Vec<_> =
                call["compared"].as_array().unwrap().iter().map(|one| one["change"].clone()).collect();
            (file["file"].clone(), call["alert"].clone(), changes)
        })
        .collect();
    let expected = [
        ("blackout3", false, ["comes", "quiet"]),
        ("clean", false, ["quiet", "quiet"]),
        ("rtt600", true, ["stays", "goes"]),
    ];
    let expected: Vec<_> = expected
        .iter()
        .map(|(name, alert, changes)| {
            (json!(format!("calls/{name}.jsonl")), json!(alert), changes.map(Value::from).to_vec())
        })
        .collect();
    assert_eq!(changes, expected);

    let table = run(&folder, &[&COMPARED[..], &["calls"]].concat()).text();
    let sums = "loose.json: 1 of 3 calls would have alerted.\ntight.json: 2 of 3: 1 come, 0 go, 1 stay.\nblind.json: 0 of 3: 0 come, 1 go, 0 stay.\n";
    assert!(table.ends_with(sums), "{table}");
}

#[test]
fn a_configuration_with_a_pilot_judges_each_call_outside_of_the_pilot_and_in_it() {
    let folder = three_calls("pilot");
    let mut set = thresholds();
    (set["highRttThreshold"], set["lowMosThreshold"]) = (json!(400), json!(1.1));
    set["pilot"] = json!({"teams": ["Blue"], "properties": {"warningDurPctThreshold": 1}});
    folder.write("pilot.json", set.to_string());
    let table = run(&folder, &["--config", "pilot.json", "calls"]).text();
    let sums = "pilot.json: 1 of 3 calls would have alerted.\npilot.json (pilot): 2 of 3: 1 come, 0 go, 1 stay.\n";
    assert!(table.ends_with(sums), "{table}");
}

#[test]
fn csv_and_parquet_have_a_row_for_each_call_and_configuration() {
    let folder = three_calls("rows");
    let ran = run(&folder, &[&["--format", "csv"], &COMPARED[..], &["calls"]].concat());
    let mut csv = csv::Reader::from_reader(ran.out.as_slice());
    let rows: Vec<BTreeMap<String, String>> = csv.deserialize().map(|row| row.unwrap()).collect();
    assert_eq!(rows.len(), 9);
    let rtt = rows.iter().find(|row| row["file"].contains("rtt600") && row["configuration"] == "loose.json").unwrap();
    assert_eq!(
        (rtt["alert"].as_str(), rtt["rules"].as_str(), rtt["change"].as_str()),
        ("true", "warningDurPct", "stays")
    );
    assert!(rtt["startedAt"].starts_with("20") && rtt["why"].contains("high-rtt"), "{rtt:?}");

    let ran =
        run(&folder, &[&["--format", "parquet", "--output", "calls.parquet"], &COMPARED[..], &["calls"]].concat());
    assert_eq!((ran.status, ran.out.len()), (0, 0));
    let reader = SerializedFileReader::new(File::open(folder.0.join("calls.parquet")).unwrap()).unwrap();
    let parquet: Vec<_> = reader.get_row_iter(None).unwrap().map(|row| row.unwrap()).collect();
    assert_eq!(parquet.len(), rows.len());
    for (row, expected) in parquet.iter().zip(&rows) {
        let fields: BTreeMap<&str, &Field> =
            row.get_column_iter().map(|(name, field)| (name.as_str(), field)).collect();
        for (name, field) in fields {
            let expected = &expected[name];
            match field {
                Field::Str(text) => assert_eq!(text, expected, "{name}"),
                Field::Bool(value) => assert_eq!(&value.to_string(), expected, "{name}"),
                Field::Double(value) => assert_eq!(*value, expected.parse::<f64>().unwrap(), "{name}"),
                Field::Long(value) => assert_eq!(*value, expected.parse::<i64>().unwrap(), "{name}"),
                Field::TimestampMillis(_) => assert!(expected.ends_with('Z'), "{name}"),
                Field::Null => assert_eq!(expected, "", "{name}"),
                other => assert_eq!(&other.to_string(), expected, "{name}"),
            }
        }
        assert_eq!(&row.get_string(3).unwrap().to_owned(), &expected["configuration"]);
    }
}

/// What is drawn, and what is before and behind it.
fn around_the_data(html: &str) -> [&str; 3] {
    let (before, rest) = html.split_once("id=\"data\">").unwrap();
    let (data, after) = rest.split_once("</script>").unwrap();
    [before, data, after]
}

#[test]
fn the_report_is_one_file_that_loads_nothing_and_that_no_recording_can_write_into() {
    let folder = three_calls("report");
    let evil = "</script><img src=x>";
    folder.write(
        "calls/evil.jsonl",
        format!("{{\"ms\":0,\"type\":\"accept\",\"callSid\":\"{evil}\"}}\n{{\"ms\":9000,\"type\":\"disconnect\",\"callSid\":\"{evil}\"}}\n{{\"ms\":1,\"type\":\"{evil}\"}}\n{{\"ms\":1,\"type\":\"mute\",\"muted\":\"{evil}\"}}\n"),
    );
    let ran = run(&folder, &[&["--format", "html", "--output", "report.html"], &COMPARED[..], &["calls"]].concat());
    assert_eq!(ran.status, 1);
    let html = std::fs::read_to_string(folder.0.join("report.html")).unwrap();
    assert!(!html.contains("<img"), "nothing of a recording is markup");
    assert_eq!(html.matches("</script>").count(), 2);
    let [before, data, after] = around_the_data(&html);
    for part in [before, after] {
        assert!(!part.contains("src=") && !part.contains("@import") && !part.contains("url("), "nothing is loaded");
    }
    let data: Value = serde_json::from_str(data).unwrap();
    assert_eq!((&data["sums"]["calls"], &data["sums"]["configurations"][0]["alerts"]), (&json!(4), &json!(2)));
    assert_eq!(data["problems"].as_array().unwrap().len(), 1);
    let calls = data["calls"].as_array().unwrap();
    assert_eq!(calls.len(), 4);
    let rtt = calls.iter().find(|call| call["file"] == "calls/rtt600.jsonl").unwrap();
    assert_eq!(rtt["ms"].as_array().unwrap().len(), rtt["rtt"].as_array().unwrap().len());
    assert!(rtt["rtt"].as_array().unwrap().iter().any(|rtt| rtt.as_f64() > Some(400.0)));
    assert!(calls.iter().any(|call| call["verdicts"][0]["callSid"] == evil));
}

#[test]
fn the_report_counts_every_rule_that_calls_have_broken() {
    let folder = Folder::new("rules");
    let reported = r#"{"ms":0,"type":"accept"}
{"ms":20000,"type":"agent-report"}
{"ms":60000,"type":"disconnect"}
"#;
    let short = r#"{"ms":0,"type":"accept"}
{"ms":2000,"type":"disconnect"}
"#;
    folder.write("reported.jsonl", reported);
    folder.write("short.jsonl", short);
    let html = run(&folder, &["--format", "html", "reported.jsonl", "short.jsonl"]).text();
    let data: Value = serde_json::from_str(around_the_data(&html)[1]).unwrap();
    let names = data["sums"]["ruleNames"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
    let counts =
        data["sums"]["configurations"][0]["rules"].as_array().unwrap().iter().map(|count| count.as_u64().unwrap());
    let broken: BTreeMap<&str, u64> = names.zip(counts).filter(|(_, count)| *count > 0).collect();
    assert_eq!(broken, BTreeMap::from([("agentReport", 1), ("shortCall", 1)]));
}

#[test]
fn an_empty_folder_is_said_to_be_and_a_named_file_that_is_no_recording_is_read_as_one() {
    let folder = Folder::new("folders");
    std::fs::create_dir(folder.0.join("empty")).unwrap();
    folder.write("notes.txt", "What these are.\n");
    let ran = run(&folder, &["--format", "json", "empty", "notes.txt"]);
    assert_eq!(ran.says, ["empty: there is no file in it", "notes.txt:1: not JSON at column 1: expected value"]);
    assert_eq!(ran.status, 2, "nothing was played");
}

#[test]
fn a_broken_archive_is_said_to_be_and_the_other_is_read() {
    let folder = three_calls("archives");
    let text = std::fs::read(folder.0.join("calls/clean.jsonl")).unwrap();
    // Two calls, and it breaks off in the second.
    let twice = [text.clone(), text.clone()].concat();
    let mut cut = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut cut, &twice).unwrap();
    let cut = cut.finish().unwrap();
    folder.write("cut", &cut[..cut.len() * 3 / 4]);
    folder.write("whole", zstd::encode_all(text.as_slice(), 3).unwrap());
    let ran = run(&folder, &["--format", "json", "cut", "whole"]);
    let second = text.split(|byte| *byte == b'\n').count();
    assert!(ran.says[0].starts_with("cut: cannot be read: "), "{:?}", ran.says);
    assert!(
        ran.says[1].starts_with(&format!("cut:{}: the call that begins here has no end", second + 1)),
        "{:?}",
        ran.says
    );
    assert_eq!((ran.status, ran.says.len(), ran.calls().len()), (1, 2, 2));
}

#[test]
fn a_call_says_which_actions_its_alert_is_for_and_those_of_a_team_only_with_the_team() {
    let folder = three_calls("actions");
    let mut set = thresholds();
    (set["highRttThreshold"], set["lowMosThreshold"]) = (json!(400), json!(1.1));
    set["actions"] = json!([
        {"when": {"rules": ["warningDurPct", "endedInWarning"]}, "run": "open-ticket"},
        {"when": {"teams": ["Blue"]}, "run": "webhook"},
    ]);
    folder.write("actions.json", set.to_string());
    for (team, expected) in [(vec![], "open-ticket"), (vec!["--team", "blue"], "open-ticket, webhook")] {
        let arguments =
            |format| [&["--config", "actions.json", "--format", format], team.as_slice(), &["calls"]].concat();
        let table = run(&folder, &arguments("table")).text();
        assert!(table.contains(&format!(" yes: {expected} ")), "{table}");
        let json = run(&folder, &arguments("json")).text();
        let lists: Vec<Value> = json
            .lines()
            .flat_map(|line| serde_json::from_str::<Value>(line).unwrap()["calls"].as_array().unwrap().clone())
            .filter(|call| call["alert"] == json!(true))
            .map(|call| call["actions"].clone())
            .collect();
        assert_eq!(lists, [json!(expected.split(", ").collect::<Vec<_>>())]);
        let csv = run(&folder, &arguments("csv")).text();
        assert!(csv.lines().any(|line| line.ends_with(&format!(",{}", expected.replace(", ", " ")))), "{csv}");
    }
}
