//! The `replay` command with hostile input: circular links, reports among the recordings, names that are formulas or
//! move a terminal's cursor.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use crate::support::{Folder, run};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

const CALL: &str = "{\"ms\":0,\"type\":\"accept\"}\n{\"ms\":20000,\"type\":\"disconnect\"}\n";
const ONE_CALL: &str = "0 of 1 calls would have alerted.\n";

/// What is written on standard output or standard error, but for the ends of lines.
fn has_controls(text: &str) -> bool {
    let is_bidi =
        |character| matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().any(|character| character != '\n' && (character.is_control() || is_bidi(character)))
}

#[cfg(unix)]
#[test]
fn a_file_counts_once_by_however_many_names_and_links_it_is_found() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new("links");
    folder.write("calls/2026-11/a.jsonl", CALL);
    let here = |name: &str| folder.0.join("calls").join(name);
    symlink(".", here("again")).unwrap();
    symlink(".", here("2026-11/circle")).unwrap();
    symlink("2026-11", here("latest")).unwrap();
    symlink("2026-11/a.jsonl", here("newest.jsonl")).unwrap();
    symlink("nowhere", here("broken")).unwrap();
    fs::hard_link(here("2026-11/a.jsonl"), here("the-same.jsonl")).unwrap();
    for arguments in [&["calls"][..], &["calls", "calls/2026-11/a.jsonl"], &["calls/latest/a.jsonl", "calls", "calls"]]
    {
        let ran = run(&folder, arguments);
        assert!(ran.text().ends_with(ONE_CALL), "{arguments:?}: {}", ran.text());
        assert_eq!((ran.status, ran.says.len()), (0, 0), "{arguments:?}: {:?}", ran.says);
    }
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_in_a_folder_is_reported_and_keeps_nothing_else_from_being_read() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::process::CommandExt;
    let folder = Folder::new("forbidden");
    folder.write("calls/a.jsonl", CALL);
    folder.write("calls/closed/b.jsonl", CALL);
    folder.write("calls/closed-too/b.jsonl", CALL);
    folder.write("calls/z.jsonl", CALL);
    folder.write("empty/closed/b.jsonl", CALL);
    symlink("itself", folder.0.join("calls/itself")).unwrap();
    let permit = |name: &str, mode| {
        fs::set_permissions(folder.0.join(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    permit("calls/closed", 0o000);
    // Names may be read, but nothing that they stand for.
    permit("calls/closed-too", 0o444);
    permit("empty/closed", 0o000);
    let run = |argument: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_replay"));
        command.current_dir(&folder.0).arg(argument).stdin(Stdio::null());
        // To root nothing is forbidden.
        if fs::read_dir(folder.0.join("calls/closed")).is_ok() {
            command.uid(65_534);
        }
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    };
    let (status, out, says) = run("calls");
    assert!(status == 1 && out.ends_with("0 of 2 calls would have alerted.\n"), "{status}: {out}{says}");
    let reported: Vec<_> = says.lines().filter_map(|line| line.split_once(": cannot be read: ")).collect();
    let names: Vec<_> = reported.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["calls/closed", "calls/closed-too/b.jsonl", "calls/itself"], "{says}");
    let (status, _, says) = run("empty");
    assert!(status == 2 && says.starts_with("empty/closed: cannot be read: ") && says.lines().count() == 1, "{says}");
    ["calls/closed", "calls/closed-too", "empty/closed"].into_iter().for_each(|name| permit(name, 0o755));
}

#[cfg(unix)]
#[test]
fn what_is_read_is_never_written_onto_by_whatever_name() {
    let folder = Folder::new("onto");
    folder.write("calls.jsonl", CALL);
    folder.write("now.json", "{}");
    std::os::unix::fs::symlink("calls.jsonl", folder.0.join("link.jsonl")).unwrap();
    fs::hard_link(folder.0.join("calls.jsonl"), folder.0.join("hard.jsonl")).unwrap();
    for output in ["calls.jsonl", "./calls.jsonl", "link.jsonl", "hard.jsonl", "now.json"] {
        let arguments = ["--format", "csv", "--config", "now.json", "--output", output, "calls.jsonl"];
        let ran = run(&folder, &arguments);
        assert_eq!((ran.status, ran.says.len()), (2, 1), "{output}: {:?}", ran.says);
        assert!(ran.says[0].ends_with("is read, and cannot be --output as well"), "{:?}", ran.says);
    }
    let redirected = Command::new(env!("CARGO_BIN_EXE_replay"))
        .current_dir(&folder.0)
        .args(["--output", "calls.jsonl", "-"])
        .stdin(Stdio::from(fs::File::open(folder.0.join("calls.jsonl")).unwrap()))
        .output()
        .unwrap();
    assert_eq!(redirected.status.code(), Some(2));
    assert_eq!(fs::read_to_string(folder.0.join("calls.jsonl")).unwrap(), CALL);
    assert_eq!(fs::read_to_string(folder.0.join("now.json")).unwrap(), "{}");
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 4, "and nothing is left beside it");
}

#[test]
fn a_recording_in_the_folder_that_is_read_is_not_replaced_by_the_report() {
    let event =
        r#"{"call_sid":"CA1","timestamp":"2026-11-01T10:00:00Z","edge":"sdk_edge","name":"x","group":"connection"}"#;
    let dump = r#"{"PeerConnections":{}}"#;
    for kept in [CALL, &format!("[{event}]"), dump] {
        let folder = Folder::new("in-the-folder");
        folder.write("month/a.jsonl", CALL);
        folder.write("month/kept", kept);
        let inputs = [&["month"][..], &["month", "month/kept"], &["month/kept", "month"]];
        let exports = inputs.map(|inputs| [&["export", "--format", "rtcstats"], inputs].concat());
        for command in inputs.map(<[_]>::to_vec).into_iter().chain(exports) {
            let ran = run(&folder, &[&command[..], &["--output", "month/kept"]].concat());
            assert_eq!((ran.status, ran.says.len()), (2, 1), "{command:?}: {:?}", ran.says);
            assert_eq!(ran.says, ["replay: month/kept is read, and cannot be --output as well"], "{command:?}");
            assert_eq!(fs::read_to_string(folder.0.join("month/kept")).unwrap(), kept, "{command:?}");
        }
    }
}

#[test]
fn what_cannot_be_read_in_the_folder_is_not_replaced_by_the_report() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(CALL.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let cut = packed.get(..packed.len() - 20).unwrap();
    let folder = Folder::new("unreadable-in-the-folder");
    folder.write("month/a.jsonl", CALL);
    folder.write("month/cut.gz", cut);
    let ran = run(&folder, &["month", "--output", "month/cut.gz"]);
    assert_eq!((ran.status, ran.says.len()), (2, 1), "{:?}", ran.says);
    assert_eq!(fs::read(folder.0.join("month/cut.gz")).unwrap(), cut);
}

#[test]
fn a_dump_that_was_exported_before_is_replaced_by_the_next_one() {
    let folder = Folder::new("exported-again");
    folder.write("month/a.jsonl", CALL);
    let arguments = ["export", "--format", "rtcstats", "--output", "month/dump", "month"];
    for _ in 0..2 {
        let ran = run(&folder, &arguments);
        assert_eq!((ran.status, ran.says.len()), (0, 0), "{:?}", ran.says);
    }
}

#[test]
fn where_nothing_could_be_played_what_is_there_stays_and_the_status_is_2() {
    let folder = Folder::new("nothing");
    folder.write("report.csv", "of last month");
    folder.write("broken.jsonl", "no\n");
    for input in ["missing.jsonl", "broken.jsonl"] {
        for output in ["report.csv", "new.csv"] {
            let ran = run(&folder, &["--format", "csv", "--output", output, input]);
            assert_eq!((ran.status, ran.says.len()), (2, 1), "{:?}", ran.says);
        }
    }
    assert_eq!(fs::read_to_string(folder.0.join("report.csv")).unwrap(), "of last month");
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 2);
    // A folder is no file to write to, which is reported before anything is read.
    fs::create_dir(folder.0.join("folder")).unwrap();
    let ran = run(&folder, &["--output", "folder", "missing.jsonl"]);
    assert_eq!((ran.status, ran.says.len()), (2, 1));
    assert!(ran.says[0].starts_with("replay: folder: "), "{:?}", ran.says);
}

#[test]
fn where_all_that_lies_in_a_folder_is_passed_over_nothing_was_played() {
    let folder = Folder::new("all-passed-over");
    folder.write("report.csv", "of last month");
    folder.write("month/readme.txt", "what is here\n");
    folder.write("month/package.json", "{\"name\":\"ada\"}\n");
    let ran = run(&folder, &["--format", "csv", "--output", "report.csv", "month"]);
    assert_eq!((ran.status, ran.says.len()), (2, 2), "{:?}", ran.says);
    assert_eq!(fs::read_to_string(folder.0.join("report.csv")).unwrap(), "of last month");
    // Nor where there is only the report itself.
    folder.write("reports/report.csv", "of last month");
    let ran = run(&folder, &["--format", "csv", "--output", "reports/report.csv", "reports"]);
    assert_eq!((ran.status, ran.says.len()), (2, 1), "{:?}", ran.says);
    assert_eq!(fs::read_to_string(folder.0.join("reports/report.csv")).unwrap(), "of last month");
}

#[cfg(unix)]
#[test]
fn standard_input_counts_once_also_where_it_comes_from_a_file_that_is_named() {
    let folder = Folder::new("standard-input");
    folder.write("calls/a.jsonl", CALL);
    for arguments in [&["-", "-"][..], &["-", "calls/a.jsonl"], &["calls", "-"], &["-", "/dev/stdin"]] {
        let from = Stdio::from(fs::File::open(folder.0.join("calls/a.jsonl")).unwrap());
        let mut command = Command::new(env!("CARGO_BIN_EXE_replay"));
        let output = command.current_dir(&folder.0).args(arguments).stdin(from).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let (out, says) = (text(output.stdout), text(output.stderr));
        assert!(out.ends_with(ONE_CALL) && says.is_empty(), "{arguments:?}: {out}{says}");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    }
}

#[test]
fn a_report_in_the_folder_that_is_read_is_not_read_by_the_next_run() {
    for format in ["table", "json", "csv", "parquet", "html"] {
        let folder = Folder::new(&format!("reports-{format}"));
        folder.write("month/a.jsonl", CALL);
        let report = || fs::read(folder.0.join("month/report")).unwrap();
        let arguments = ["--format", format, "--output", "month/report", "month"];
        let ran = run(&folder, &arguments);
        assert_eq!((ran.status, ran.says.len()), (0, 0), "{format}: {:?}", ran.says);
        let first = report();
        assert_eq!(run(&folder, &arguments).status, 0, "{format}");
        assert!(report() == first, "{format}: the same again");
        let other = run(&folder, &["month"]);
        assert!(other.text().ends_with(ONE_CALL), "{format}: {}", other.text());
        assert_eq!(other.says, ["month/report: neither a recording nor an export; passed over"], "{format}");
        assert_eq!(other.status, 0, "{format}");
    }
}

#[cfg(unix)]
#[test]
fn a_report_is_readable_by_whom_it_was_before_and_a_link_to_it_stays_one() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::new("permissions");
    folder.write("a.jsonl", CALL);
    folder.write("old.csv", "old");
    fs::set_permissions(folder.0.join("old.csv"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("old.csv", folder.0.join("link.csv")).unwrap();
    assert_eq!(run(&folder, &["--format", "csv", "--output", "link.csv", "a.jsonl"]).status, 0);
    assert!(fs::read_to_string(folder.0.join("old.csv")).unwrap().starts_with("file,callSid,"));
    assert_eq!(fs::metadata(folder.0.join("old.csv")).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fs::symlink_metadata(folder.0.join("link.csv")).unwrap().is_symlink());
    assert_eq!(run(&folder, &["--format", "csv", "--output", "/dev/null", "a.jsonl"]).status, 0);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_report_that_is_not_there_yet_stays_one_and_a_circle_of_links_is_refused() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new("link-to-nothing");
    folder.write("a.jsonl", CALL);
    fs::create_dir(folder.0.join("kept")).unwrap();
    let link = |to: &str, name: &str| symlink(to, folder.0.join(name)).unwrap();
    link("kept/report.csv", "latest.csv");
    link("latest.csv", "link.csv");
    link("other.csv", "one.csv");
    link("one.csv", "other.csv");
    assert_eq!(run(&folder, &["--format", "csv", "--output", "link.csv", "a.jsonl"]).status, 0);
    for name in ["link.csv", "latest.csv"] {
        assert!(fs::symlink_metadata(folder.0.join(name)).unwrap().is_symlink(), "{name}");
    }
    assert!(fs::read_to_string(folder.0.join("kept/report.csv")).unwrap().starts_with("file,callSid,"));
    let ran = run(&folder, &["--format", "csv", "--output", "one.csv", "a.jsonl"]);
    assert_eq!((ran.status, fs::symlink_metadata(folder.0.join("one.csv")).unwrap().is_symlink()), (2, true));
}

#[test]
fn where_nobody_hears_what_is_wrong_the_report_is_written_all_the_same() {
    let folder = Folder::new("unheard");
    folder.write("a.jsonl", CALL);
    folder.write("b.jsonl", "{\"ms\":0}\n");
    let (nobody, stderr) = std::io::pipe().unwrap();
    drop(nobody);
    let mut command = Command::new(env!("CARGO_BIN_EXE_replay"));
    command.current_dir(&folder.0).args(["--format", "csv", "--output", "report.csv", "a.jsonl", "b.jsonl"]);
    let status = command.stdin(Stdio::null()).stderr(stderr).status().unwrap();
    assert_eq!(status.code(), Some(1));
    assert_eq!(fs::read_to_string(folder.0.join("report.csv")).unwrap().lines().count(), 2);
}

#[test]
fn no_cell_of_the_csv_is_a_formula_and_negative_numbers_stay_numbers() {
    let folder = Folder::new("formulas");
    let sid = "=HYPERLINK(\"https://example.com\",\"CA1\")";
    let line = |ms: i64, kind: &str| json!({"ms": ms, "type": kind, "callSid": sid}).to_string() + "\n";
    folder.write("@SUM(1).jsonl", line(0, "accept") + &line(2000, "disconnect"));
    folder.write("-config.json", "{}");
    let csv = run(&folder, &["--format", "csv", "--config=-config.json", "@SUM(1).jsonl"]).text();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let row = reader.records().next().unwrap().unwrap();
    assert_eq!([&row[0], &row[1], &row[3]], ["'@SUM(1).jsonl", &format!("'{sid}"), "'-config.json"]);
    assert_eq!(&row[4], "2000");
}

#[cfg(unix)]
#[test]
fn nothing_of_an_input_reaches_the_terminal_with_control_characters() {
    let folder = Folder::new("controls");
    let sid = "CA\u{1b}[8A\u{1b}[J\u{9b}31m\u{202e}\u{7}1";
    let metric = |at: &str| json!({"call_sid": sid, "timestamp": at, "edge": "sdk_edge", "sdk_edge": {"interval": {"packets_received": 500}}});
    let export = json!([metric("2026-11-22T10:00:10Z"), metric("2026-11-22T10:00:20Z"), {"call_sid": "CA\u{9b}", "timestamp": "\u{9b}2J", "edge": "sdk_edge"}]);
    folder.write("ex\u{1b}[2Jport\u{9b}.json", export.to_string());
    folder.write("re\u{202e}cording\n.jsonl", format!("{{\"ms\":0,\"type\":\"\u{9b}31m\u{202e}\"}}\nno\n{CALL}"));
    folder.write("conf\u{1b}.json", json!({"low\u{9b}Mos": 3, "action": "\u{202e}x"}).to_string());
    let ran = run(&folder, &["--config", "conf\u{1b}.json", "--config", "conf\u{1b}.json", "."]);
    let (out, error) = (ran.text(), ran.says.join("\n"));
    assert!(out.contains("CA\\u001b[8A\\u001b[J\\u009b31m\\u202e\\u00071"), "{out}");
    assert!(error.contains("re\\u202ecording\\u000a.jsonl:2: not JSON"), "{error}");
    assert!(error.contains("\\u009b31m\\u202e"), "{error}");
    assert!(!has_controls(&out), "{out:?}");
    assert!(!has_controls(&error), "{error:?}");

    let check = run(&folder, &["check", "conf\u{1b}.json", "missing\u{9b}.json"]);
    let expected = check.text() + &check.says.join("\n");
    assert!(expected.contains("conf\\u001b.json") && expected.contains("missing\\u009b.json"), "{expected}");
    assert!(!has_controls(&expected), "{expected:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_of_an_input_reaches_a_terminal_that_output_names_with_control_characters() {
    let folder = Folder::new("terminals");
    let sid = "CA\u{1b}[J\u{9b}31m\u{202e}1";
    let line = |ms: i64, kind: &str| json!({"ms": ms, "type": kind, "callSid": sid}).to_string() + "\n";
    let name = format!("{sid}.jsonl");
    folder.write(&name, line(0, "accept") + &line(2000, "disconnect"));
    for format in ["table", "csv", "json", "html", "parquet"] {
        for output in [&[][..], &["--output", "/dev/stdout"], &["--output", "/dev/tty"]] {
            let (status, shown) = run_on_a_terminal(&folder, &[&["--format", format][..], output, &[&*name]].concat());
            let shown = shown.replace("\r\n", "\n");
            assert!(!has_controls(&shown), "{format} {output:?}: {shown:?}");
            if format == "parquet" {
                assert!(status == 2 && shown.contains("nothing for a terminal"), "{output:?}: {shown}");
            } else {
                assert!(status == 0 && shown.contains("u202e1"), "{format} {output:?}: {shown}");
            }
        }
    }
}

/// Gives the status, and what a terminal shows of standard output and standard error.
#[cfg(target_os = "linux")]
fn run_on_a_terminal(folder: &Folder, arguments: &[&str]) -> (i32, String) {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use std::io::Read;
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let path = ptsname(&terminal, Vec::new()).unwrap().into_string().unwrap();
    // `setsid -c` makes it the terminal that /dev/tty is.
    let mut command = Command::new("setsid");
    command.args(["-c", "-w", env!("CARGO_BIN_EXE_replay"), "--quiet"]).args(arguments).current_dir(&folder.0);
    let open = || fs::OpenOptions::new().read(true).write(true).open(&path).unwrap();
    let mut child = command.stdin(open()).stdout(open()).stderr(open()).spawn().unwrap();
    drop(command);
    let mut shown = Vec::new();
    // Linux ends it with an error when the last writer is gone.
    let _ = fs::File::from(terminal).read_to_end(&mut shown);
    (child.wait().unwrap().code().unwrap(), String::from_utf8(shown).unwrap())
}

#[test]
fn a_gap_of_centuries_in_a_recording_is_played_in_no_time_whatever_is_switched_on() {
    let folder = Folder::new("gap");
    let on = json!({
        "alertAgent": true, "agentTools": true, "recordCalls": true, "reportCalls": true, "endedInWarningIsTrigger": true,
        "highRttThreshold": 400
    });
    folder.write("on.json", on.to_string());
    let sample = |ms: i64| format!("{{\"ms\":{ms},\"type\":\"sample\",\"sample\":{{\"rtt\":900}}}}\n");
    let bad: String = (1..9).map(|second| sample(second * 1000)).collect();
    let end = "{\"ms\":9000000000000000,\"type\":\"disconnect\"}\n";
    folder.write("a", format!("{{\"ms\":-9000000000000000,\"type\":\"accept\"}}\n{bad}{end}"));
    let ran = run(&folder, &["--config", "on.json", "a"]);
    assert!(ran.text().ends_with("1 calls would have alerted.\n") && ran.says.is_empty(), "{}", ran.text());
}

#[test]
fn a_name_of_more_than_256_bytes_is_none() {
    let folder = Folder::new("names");
    let (short, long) = ("C".repeat(256), "C".repeat(257));
    let call = |sid: &str| {
        let line = |ms: i64, kind: &str| json!({"ms": ms, "type": kind, "callSid": sid}).to_string() + "\n";
        line(0, "accept")
            + &json!({"ms": 1, "type": "sample", "sample": {}, "callSid": sid}).to_string()
            + "\n"
            + &line(9, "disconnect")
    };
    folder.write("a", call(&short) + &call(&long));
    let row = |sid: &str| json!({"call_sid": sid, "timestamp": 1, "packets_received": 50});
    folder.write("b", json!([row(&short), row(&long)]).to_string());
    let ran = run(&folder, &["--format", "json", "a", "b"]);
    let wrong = |line| format!("a:{line}: \"callSid\" is longer than 256 bytes");
    let exported = "b: [1]: \"call_sid\" is longer than 256 bytes".to_owned();
    assert_eq!(ran.says, [wrong(4), wrong(5), wrong(6), exported]);
    assert_eq!((ran.status, ran.calls().len()), (1, 2));
}
