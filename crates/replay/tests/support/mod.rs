//! What the tests of the command share: a folder of their own, and the command itself.
#![allow(dead_code, reason = "not every test file needs all of it")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

pub(crate) mod exports;

use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A folder of its own, gone with the value.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("replay-{}-{number}-{name}", std::process::id());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What the command did.
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) out: Vec<u8>,
    /// On standard error, line by line.
    pub(crate) says: Vec<String>,
}

impl Ran {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.out.clone()).unwrap()
    }

    /// The objects of `--format json`.
    pub(crate) fn json(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// All calls of `--format json`.
    pub(crate) fn calls(&self) -> Vec<Value> {
        self.json().iter().flat_map(|file| file["calls"].as_array().unwrap().clone()).collect()
    }
}

pub(crate) fn run(folder: &Folder, arguments: &[&str]) -> Ran {
    run_with(folder, arguments, b"")
}

/// The command with this on its standard input.
pub(crate) fn run_with(folder: &Folder, arguments: &[&str], input: &[u8]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_replay"));
    command.current_dir(&folder.0).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let says = String::from_utf8(output.stderr).unwrap();
    Ran { status: output.status.code().unwrap(), out: output.stdout, says: says.lines().map(str::to_owned).collect() }
}

/// Every recording of the project that is of one call, by name.
pub(crate) fn recordings() -> Vec<(String, Vec<Value>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/recordings");
    let mut paths: Vec<PathBuf> = ["", "lab", "held-out"]
        .into_iter()
        .flat_map(|name| fs::read_dir(folder.join(name)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
        .collect();
    paths.sort();
    let read = |path: &PathBuf| {
        let lines = fs::read_to_string(path).unwrap();
        let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        (path.file_stem().unwrap().to_string_lossy().into_owned(), lines)
    };
    let mut recordings: Vec<_> = paths.iter().map(read).collect();
    recordings.retain(|(_, lines)| lines.iter().filter(|line| line["type"] == "accept").count() == 1);
    assert!(recordings.len() >= 70, "the recordings are there");
    recordings
}

/// The thresholds that the recordings' impairments were chosen for.
pub(crate) fn thresholds() -> Value {
    serde_json::json!({
        "alertAgent": true, "highRttThreshold": 400, "highPacketsLostThreshold": 3, "lowMosThreshold": 3.5,
        "highJitterThreshold": 30, "shortCallThreshold": 10, "endedInWarningIsTrigger": true, "warningDurPctThreshold": 15
    })
}
