//! `history`, as somebody starts it.

use crate::history::over_midnight;
use crate::replayed::{ROWS, recordings};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// What the command answers in a folder: its exit status, and what it says.
fn run(folder: &Path, mut command: Command, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = command.current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[cfg(unix)]
#[test]
fn an_import_for_which_there_is_no_room_leaves_the_history_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("late.jsonl"), over_midnight().join("\n")).unwrap();
    let import = ["import", "--to", "events", "late.jsonl"];
    let history = || Command::new(env!("CARGO_BIN_EXE_history"));
    let mut without_room = Command::new("sh");
    without_room.args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_history")]);
    let (code, _, problems) = run(folder.path(), without_room, &import);
    assert!(code == Some(2) && problems.contains("File too large"), "{problems}");
    assert_eq!(run(folder.path(), history(), &import).0, Some(0));
    let sql = "SELECT count(*) AS rows FROM events";
    let (code, answer, problems) = run(folder.path(), history(), &["query", "--events", "events", sql]);
    assert!(code == Some(0) && answer.contains("22"), "{answer}{problems}");
}

#[test]
fn the_command_makes_a_history_and_asks_it() {
    let folder = tempfile::tempdir().unwrap();
    let name = "late\u{1b}[2J.jsonl";
    fs::write(folder.path().join(name), [&over_midnight()[..], &["not json".to_owned()]].concat().join("\n")).unwrap();
    let run = |arguments: &[&str]| run(folder.path(), Command::new(env!("CARGO_BIN_EXE_history")), arguments);
    let (code, out, problems) = run(&["import", "--to", "events", name]);
    // Nothing in a file or its name reaches a terminal as it is.
    assert_eq!(
        (code, out.as_str(), problems.contains("late\\u001b[2J.jsonl:24: not JSON")),
        (Some(1), "22 rows.\n", true),
        "{problems}"
    );
    let sql = format!("SELECT verdict('{{}}', {ROWS})['alert'] AS alert FROM events GROUP BY call_sid");
    for options in [&[][..], &["--unordered", "--memory", "100"]] {
        let (code, answer, problems) = run(&[&["query", "--events", "events"], options, &[&sql]].concat());
        assert!(code == Some(0) && answer.contains("true"), "{answer}{problems}");
    }
    let (code, _, problems) = run(&["query", "--events", "events", "SELECT nothing"]);
    assert!(code == Some(2) && problems.starts_with("history: "), "{problems}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_command_ends_well_where_standard_output_is_full_or_nobody_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("late.jsonl"), over_midnight().join("\n")).unwrap();
    for (is_full, reason) in [(true, "No space left"), (false, "Broken pipe")] {
        let output = || match is_full {
            true => Stdio::from(fs::File::options().write(true).open("/dev/full").unwrap()),
            false => Stdio::from(std::io::pipe().unwrap().1),
        };
        let history = |arguments: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_history"));
            command.current_dir(folder.path()).args(arguments).stdout(output()).stderr(Stdio::piped());
            let ended = command.spawn().unwrap().wait_with_output().unwrap();
            (ended.status.code(), String::from_utf8(ended.stderr).unwrap())
        };
        // What was asked for is done, and how many rows there are is not worth a failure.
        assert_eq!(history(&["import", "--to", "events", "late.jsonl"]), (Some(0), String::new()));
        let (code, problems) = history(&["query", "--events", "events", "SELECT 1 AS one"]);
        assert!(code == Some(2) && problems.contains(reason), "{code:?} {problems}");
    }
}

#[test]
fn a_measurement_leaves_what_lies_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("history")).unwrap();
    fs::write(folder.path().join("history/kept"), "").unwrap();
    let recordings = recordings();
    let bench = ["bench", "--samples", "1000", &recordings.to_string_lossy(), "."];
    let (code, _, problems) = run(folder.path(), Command::new(env!("CARGO_BIN_EXE_history")), &bench);
    assert_eq!(code, Some(0), "{problems}");
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left == ["history"] && folder.path().join("history/kept").exists(), "{left:?}");
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| run(folder.path(), Command::new(env!("CARGO_BIN_EXE_history")), arguments);
    fs::create_dir(folder.path().join("in")).unwrap();
    // A link to nothing, and a file that is cut off where it was packed.
    std::os::unix::fs::symlink("nothing", folder.path().join("in/a.jsonl")).unwrap();
    fs::write(folder.path().join("in/b.jsonl"), [0x1f, 0x8b, 8, 0]).unwrap();
    fs::write(folder.path().join("in/late.jsonl"), over_midnight().join("\n")).unwrap();
    let (code, out, problems) = run(&["import", "--to", "events", "missing.jsonl", "in"]);
    assert_eq!((code, out.as_str(), problems.lines().count()), (Some(1), "22 rows.\n", 3), "{problems}");
    for name in ["missing.jsonl: cannot be read", "in/a.jsonl: cannot be read", "in/b.jsonl: cannot be read"] {
        assert!(problems.contains(name), "{problems}");
    }
    // Nothing could be taken over.
    assert_eq!(run(&["import", "--to", "events", "missing.jsonl"]).0, Some(2));
}

#[test]
fn what_is_no_recording_is_not_taken_over_and_gets_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| run(folder.path(), Command::new(env!("CARGO_BIN_EXE_history")), arguments);
    let recording = over_midnight().join("\n");
    // As tar has it: a header of 512 bytes, then the file.
    let mut header = vec![0; 512];
    header.iter_mut().zip(b"a.jsonl").for_each(|(to, from)| *to = *from);
    header.iter_mut().skip(257).zip(b"ustar\x0000").for_each(|(to, from)| *to = *from);
    fs::write(folder.path().join("a.json"), [&header[..], recording.as_bytes()].concat()).unwrap();
    let wide: Vec<u8> = [0xfeff].into_iter().chain(recording.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    fs::write(folder.path().join("b.jsonl"), wide).unwrap();
    for (name, why) in [("a.json", "it is an archive"), ("b.jsonl", "UTF-16")] {
        let (code, _, problems) = run(&["import", "--to", "events", name]);
        assert_eq!((code, problems.lines().count()), (Some(2), 1), "{problems}");
        assert!(problems.contains(why), "{problems}");
    }
}

#[cfg(unix)]
#[test]
fn standard_input_counts_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("late.jsonl"), over_midnight().join("\n")).unwrap();
    for inputs in [["-", "-"], ["-", "late.jsonl"], ["late.jsonl", "-"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_history"));
        command.stdin(fs::File::open(folder.path().join("late.jsonl")).unwrap());
        let (code, out, problems) = run(folder.path(), command, &[&["import", "--to", "events"], &inputs[..]].concat());
        assert_eq!((code, out.as_str()), (Some(0), "22 rows.\n"), "{inputs:?}: {problems}");
    }
}

#[cfg(unix)]
#[test]
fn a_history_in_a_folder_with_an_unusual_name_is_asked_like_another_and_links_in_a_circle_have_an_end() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| run(folder.path(), Command::new(env!("CARGO_BIN_EXE_history")), arguments);
    fs::write(folder.path().join("late.jsonl"), over_midnight().join("\n")).unwrap();
    let sql = "SELECT count(*) AS rows FROM events";
    for name in ["events [1]", "ev*nts", "events?", "a:b", "it's 100 %", "événements"] {
        assert_eq!(run(&["import", "--to", name, "late.jsonl"]).0, Some(0), "{name}");
        let (code, answer, problems) = run(&["query", "--events", name, sql]);
        assert!(code == Some(0) && answer.contains("| 22 "), "{name}: {answer}{problems}");
    }
    for link in ["one", "two", "three"] {
        std::os::unix::fs::symlink(folder.path().join("a:b"), folder.path().join("a:b").join(link)).unwrap();
    }
    let (code, _, problems) = run(&["query", "--events", "a:b", sql]);
    assert!(code == Some(2) && problems.contains("loop"), "{problems}");
}
