//! The `replay` command on recordings that are broken: what it says, how it ends, and what it still plays.
//!
//! `broken.json`: each case has a sentence (`what`), the `files` by name as lines of text (`null`: there is no such
//! file; `"folder"`: a folder), and what is expected: the exit `status`, every line on standard error (`says`), and how
//! many calls of each file were judged (`calls`). What JSON cannot hold is made below.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use crate::support::Folder;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    what: String,
    files: BTreeMap<String, Value>,
    status: i32,
    says: Vec<String>,
    calls: Vec<usize>,
}

/// What the command did: its exit status, what it said on standard error, and how many calls it judged of each file.
struct Played {
    status: i32,
    says: Vec<String>,
    calls: Vec<usize>,
}

fn play(folder: &Folder, arguments: &[&str]) -> Played {
    let output = Command::new(env!("CARGO_BIN_EXE_replay")).current_dir(&folder.0).args(arguments).output().unwrap();
    let (out, error) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    let calls = |line: &str| serde_json::from_str::<Value>(line).unwrap()["calls"].as_array().unwrap().len();
    Played {
        status: output.status.code().unwrap(),
        says: error.lines().map(str::to_owned).collect(),
        calls: out.lines().map(calls).collect(),
    }
}

fn play_files(folder: &Folder, names: &[&str]) -> Played {
    play(folder, &[&["--format", "json"], names].concat())
}

#[test]
fn what_is_broken_is_said_with_file_and_line_and_the_rest_is_played() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("broken.json")).unwrap();
    for Case { what, files, status, says, calls } in cases {
        let folder = Folder::new("case");
        for (name, content) in &files {
            match content {
                Value::Null => {}
                Value::String(folder_or_text) if folder_or_text == "folder" => {
                    fs::create_dir(folder.0.join(name)).unwrap();
                }
                lines => {
                    let lines: Vec<&str> =
                        lines.as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
                    folder.write(name, lines.join("\n"));
                }
            }
        }
        let names: Vec<&str> = files.keys().map(String::as_str).collect();
        let played = play_files(&folder, &names);
        assert_eq!(played.says, says, "{what}");
        assert_eq!((played.status, played.calls), (status, calls), "{what}");
    }
}

const ACCEPT: &str = r#"{"ms":0,"type":"accept"}"#;
const END: &str = r#"{"ms":20000,"type":"disconnect"}"#;

#[test]
fn bytes_that_are_no_text_break_their_own_line_only() {
    let folder = Folder::new("bytes");
    let lines: [&[u8]; 5] = [
        ACCEPT.as_bytes(),
        b"\n{\"ms\":1000,\"type\":\"truth\",\"label\":\"\xff\"}",
        b"\n\x00\x01\x02",
        b"\n",
        END.as_bytes(),
    ];
    folder.write("a", lines.concat());
    let played = play_files(&folder, &["a"]);
    assert_eq!(played.says, ["a:2: not UTF-8 at byte 36", "a:3: not JSON at column 1: expected value"]);
    assert_eq!((played.status, played.calls), (1, vec![1]));
}

#[test]
fn a_line_without_end_is_not_kept_and_the_next_is_read() {
    let folder = Folder::new("long");
    let long = format!(r#"{{"ms":1000,"type":"truth","label":"{}"}}"#, "x".repeat(10_000_000));
    folder.write("a", [ACCEPT, &long, "", "no", END].join("\n"));
    folder.write("b", [ACCEPT, END, &long].join("\n"));
    let played = play_files(&folder, &["a", "b"]);
    let long = "longer than 1000000 bytes";
    let expected =
        [format!("a:2: {long}"), "a:4: not JSON at column 2: expected ident".to_owned(), format!("b:3: {long}")];
    assert_eq!(played.says, expected);
    assert_eq!((played.status, played.calls), (1, vec![1, 1]));
}

#[test]
fn a_table_is_printed_of_what_could_be_read() {
    let folder = Folder::new("table");
    folder.write("a.jsonl", [ACCEPT, END, "{"].join("\n"));
    let output =
        Command::new(env!("CARGO_BIN_EXE_replay")).current_dir(&folder.0).args(["a.jsonl", "b.jsonl"]).output();
    let output = output.unwrap();
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.ends_with("0 of 1 calls would have alerted.\n"), "{table}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_configuration_that_cannot_be_read_plays_nothing_and_one_that_is_wrong_is_said_to_be() {
    let folder = Folder::new("configuration");
    folder.write("a", [ACCEPT, END].join("\n"));
    folder.write("cut.json", r#"{"highRttThreshold": 4"#);
    folder.write("wrong.json", r#"{"DeviceMonitoringPlugin": {"highRttThreshold": "4e2"}}"#);
    for missing in ["cut.json", "none.json", "."] {
        let played = play(&folder, &["--format", "json", "--config", missing, "a"]);
        assert_eq!((played.status, played.says.len(), played.calls.len()), (2, 1, 0), "{:?}", played.says);
        assert!(played.says[0].starts_with(&format!("replay: {missing}: ")), "{:?}", played.says);
    }
    let played = play(&folder, &["--format", "json", "--config", "wrong.json", "a"]);
    let refused = "\"4e2\" is not a number of milliseconds from 0 to 1000000000; the default, 400, stays in force.";
    assert_eq!(played.says, [format!("wrong.json: highRttThreshold: {refused}")]);
    assert_eq!((played.status, played.calls), (0, vec![1]));
}

#[test]
fn the_help_says_what_the_exit_status_means() {
    let output = Command::new(env!("CARGO_BIN_EXE_replay")).arg("--help").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(help.contains("Exit status:\n  0  "), "{help}");
}
