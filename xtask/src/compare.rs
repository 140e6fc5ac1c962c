//! `cargo xtask compare --against COMMIT`: whether the engine says the same as it did in another commit.
//!
//! What is compared is what `replay --format json` prints for every recording and fuzz seed under three configurations,
//! and every alert document of `tests/alert_documents.rs`. Both commits get the other commit's scenarios and recordings.
//! Order of keys does not matter, and numbers are the same if they are to three decimals.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::{Deserializer, Value, json};

use crate::process;
use crate::progress;
use crate::project;
use crate::toolchain;

/// The test that writes the alert documents, and what it needs.
const DOCUMENTS: [&str; 2] = ["tests/alert_documents.rs", "tests/support"];

/// What is played, in the other commit's checkout.
const PLAYED: [&str; 4] = ["tests/recordings", "fuzz/seeds/recordings", "fuzz/seeds/exports", "fuzz/seeds/large"];

/// Numbers nearer to each other than this are the same to three decimals.
const NEAR: f64 = 0.001;

/// So many differences are printed.
const MAX_SHOWN: usize = 50;

pub(crate) fn run(commit: &str) -> Result<()> {
    let commit = git(project::root(), &["rev-parse", "--verify", &format!("{commit}^{{commit}}")])?;
    fs::create_dir_all(scratch())?;
    let tree = scratch().join("tree");
    remove(&tree);
    git(project::root(), &["worktree", "add", "--detach", &tree.to_string_lossy(), &commit])?;
    let compared = compare(&tree);
    remove(&tree);
    let differences = compared?;
    for difference in differences.iter().take(MAX_SHOWN) {
        println!("{difference}");
    }
    if differences.len() > MAX_SHOWN {
        println!("… and {} more", differences.len() - MAX_SHOWN);
    }
    ensure!(differences.is_empty(), "{} differences to {commit}", differences.len());
    println!("✓ the same as {commit}");
    Ok(())
}

fn compare(tree: &Path) -> Result<Vec<String>> {
    let [test, _] = DOCUMENTS;
    if !tree.join(test).is_file() {
        // As it first was it fits the commits before it.
        let added = git(project::root(), &["log", "--diff-filter=A", "--format=%H", "--", test])?;
        let first = added.lines().last().context("the test of the alert documents is not committed")?;
        git(tree, &[&["checkout", "--quiet", first, "--"][..], &DOCUMENTS].concat())?;
    }
    let before = progress::announced("the commit before", || outcome(tree, &scratch().join("target"), tree))?;
    let now = progress::announced("this checkout", || outcome(project::root(), &project::target(), tree))?;
    let mut differences = Vec::new();
    differ("", &before, &now, &mut differences);
    Ok(differences)
}

/// Everything that the engine of one checkout, compiled to `target`, says about the inputs of another.
fn outcome(source: &Path, target: &Path, inputs: &Path) -> Result<Value> {
    let configurations = scratch().join("configurations");
    fs::create_dir_all(&configurations)?;
    // Each has an output folder of its own: the engine's library has the same file name in both checkouts, and cargo
    // would take one for the other.
    let cargo = |words: &[&str]| {
        let mut command = toolchain::cargo();
        command.current_dir(source).env("CARGO_TARGET_DIR", target).args(words);
        command
    };
    process::run_logged(
        &mut cargo(&["build", "--package", "replay", "--bin", "replay"]),
        &project::log("compare-build"),
    )?;
    let replay = target.join("debug/replay").with_extension(std::env::consts::EXE_EXTENSION);
    let mut outcome = serde_json::Map::new();
    for (name, configuration) in self::configurations() {
        let path = configurations.join(format!("{name}.json"));
        fs::write(&path, configuration.to_string())?;
        for played in PLAYED {
            let mut command = Command::new(&replay);
            command.current_dir(inputs).args(["--quiet", "--format", "json", "--config"]).arg(&path).arg(played);
            let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output()?;
            let printed = Deserializer::from_slice(&output.stdout).into_iter().collect::<Result<Vec<Value>, _>>();
            let printed =
                printed.with_context(|| format!("`replay` printed no JSON for {played}, {}", output.status))?;
            ensure!(!printed.is_empty(), "`replay` printed nothing for {played}, {}", output.status);
            outcome
                .insert(format!("{played} under {name}"), json!({"status": output.status.code(), "printed": printed}));
        }
    }
    let documents = scratch().join("documents.json");
    let mut test = cargo(&["test", "--package", "device-monitoring", "--test", "alert_documents"]);
    test.env("DEVICE_MONITORING_INPUTS", inputs).env("DEVICE_MONITORING_DOCUMENTS", &documents);
    process::run_logged(&mut test, &project::log("compare-documents"))?;
    outcome.insert("alerts".to_owned(), serde_json::from_slice(&fs::read(&documents)?)?);
    Ok(Value::Object(outcome))
}

/// The documented defaults, the thresholds that the recordings were made for, and each rule at its strictest.
fn configurations() -> [(&'static str, Value); 3] {
    [
        ("defaults", json!({})),
        (
            "thresholds-of-the-recordings",
            json!({
                "alertAgent": true, "highRttThreshold": 400, "highPacketsLostThreshold": 3, "lowMosThreshold": 3.5,
                "highJitterThreshold": 30, "shortCallThreshold": 10, "endedInWarningIsTrigger": true,
                "warningDurPctThreshold": 15
            }),
        ),
        (
            "strictest",
            json!({
                "alertAgent": true, "highRttThreshold": 100, "highPacketsLostThreshold": 1, "lowMosThreshold": 4.2,
                "highJitterThreshold": 5, "shortCallThreshold": 3600, "endedInWarningIsTrigger": true,
                "warningDurPctThreshold": 0
            }),
        ),
    ]
}

/// Adds where two values differ, with both.
fn differ(place: &str, before: &Value, now: &Value, differences: &mut Vec<String>) {
    match (before, now) {
        (Value::Object(before), Value::Object(now)) => {
            let names = before.keys().chain(now.keys().filter(|name| !before.contains_key(*name)));
            for name in names {
                let place = format!("{place}/{name}");
                match (before.get(name), now.get(name)) {
                    (Some(before), Some(now)) => differ(&place, before, now, differences),
                    (Some(before), None) => differences.push(format!("{place}: {before} is gone")),
                    (None, now) => differences.push(format!("{place}: {} is new", now.unwrap_or(&Value::Null))),
                }
            }
        }
        (Value::Array(before), Value::Array(now)) if before.len() == now.len() => {
            for (index, (before, now)) in before.iter().zip(now).enumerate() {
                differ(&format!("{place}/{index}"), before, now, differences);
            }
        }
        _ if before == now || is_near(before, now) => {}
        _ => differences.push(format!("{place}: {before} became {now}")),
    }
}

fn is_near(before: &Value, now: &Value) -> bool {
    matches!((before.as_f64(), now.as_f64()), (Some(before), Some(now)) if (before - now).abs() < NEAR)
}

fn git(folder: &Path, words: &[&str]) -> Result<String> {
    process::output_of(Command::new("git").current_dir(folder).args(words))
}

/// Also what a run that was interrupted has left.
fn remove(tree: &Path) {
    if tree.exists() {
        // What cannot be removed is said when it is made anew.
        let _ = git(project::root(), &["worktree", "remove", "--force", "--force", &tree.to_string_lossy()]);
    }
}

fn scratch() -> PathBuf {
    project::scratch().join("compare")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differences(before: &Value, now: &Value) -> Vec<String> {
        let mut differences = Vec::new();
        differ("", before, now, &mut differences);
        differences
    }

    #[test]
    fn the_order_of_keys_and_the_fourth_decimal_make_no_difference() {
        let before: Value = serde_json::from_str(r#"{"a":1,"b":[{"c":2.0001}]}"#).unwrap();
        let now: Value = serde_json::from_str(r#"{"b":[{"c":2.0002}],"a":1.0}"#).unwrap();
        assert_eq!(differences(&before, &now), Vec::<String>::new());
    }

    #[test]
    fn every_difference_is_named_with_its_place() {
        let before = json!({"a": 1, "b": [{"c": 2}, null], "d": [1], "gone": true});
        let now = json!({"a": "1", "b": [{"c": 2.002}, 0], "d": [1, 2], "new": "x"});
        assert_eq!(
            differences(&before, &now),
            [
                r#"/a: 1 became "1""#,
                "/b/0/c: 2 became 2.002",
                "/b/1: null became 0",
                "/d: [1] became [1,2]",
                "/gone: true is gone",
                r#"/new: "x" is new"#,
            ]
        );
    }
}
