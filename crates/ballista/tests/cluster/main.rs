//! The verdicts of a cluster are those of `replay`: two executors, of which one may be killed.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "in a test a panic is the message")]

mod cluster;
#[allow(dead_code, reason = "other tests need more of it")]
#[path = "../../../datafusion/tests/sql/replayed.rs"]
mod replayed;
mod scattered;
#[path = "../../../datafusion/tests/sql/shuffle.rs"]
mod shuffle;

use cluster::{Cluster, PARTS, wait_for};
use replayed::{ROWS, Verdicts, configurations, files, plain, recordings, replayed};
use scattered::{scattered, seed};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::process::Command;

#[test]
fn every_recording_gets_the_verdict_of_replay_under_every_configuration() {
    let events = scattered();
    let mut cluster = Cluster::start();
    println!("scheduler {}, executors {:?}", cluster.scheduler(), cluster.executors());
    for (name, configuration) in configurations() {
        let sql = format!("SELECT call_sid, verdict('{configuration}', {ROWS}) AS v FROM events GROUP BY call_sid");
        let answer = cluster.ask(events.path(), &sql).answer();
        let said = answer.iter().map(|row| (row["call_sid"].clone(), row["v"].clone()));
        assert_as_replay(name, &configuration, said.collect());
    }
    assert!(cluster.done().iter().all(|done| !done.is_empty()), "an executor had nothing to do");
}

#[test]
fn an_executor_that_is_killed_in_the_middle_and_replaced_changes_nothing() {
    let events = scattered();
    let mut cluster = Cluster::start();
    let all: Map<_, _> =
        configurations().into_iter().map(|(name, configuration)| (name.to_owned(), configuration)).collect();
    let sql = format!(
        "SELECT call_sid, verdicts('{}', {ROWS}) AS v FROM events GROUP BY call_sid",
        Value::Object(all.clone())
    );
    let before = cluster.executors();
    let mut asked = cluster.ask(events.path(), &sql);
    wait_for("both executors in the middle of it", || {
        asked.has_ended() || cluster.done().iter().all(|done| !done.is_empty())
    });
    assert!(!asked.has_ended(), "it was too fast to be disturbed");
    let killed = usize::from(seed() % 2 == 1);
    let lost = cluster.done().swap_remove(killed);
    cluster.kill(killed);
    let replacement = cluster.add_executor();
    println!(
        "executors {before:?}; {} was killed, with {} finished parts, and {replacement} started in its place",
        before[killed],
        lost.len()
    );
    let answer = asked.answer();
    for (name, configuration) in configurations() {
        let of = |row: &Value| {
            let verdicts = row["v"].as_array().unwrap();
            verdicts.iter().find(|verdict| verdict["configuration"] == name).unwrap().clone()
        };
        let said = answer.iter().map(|row| (row["call_sid"].clone(), of(row)));
        assert_as_replay(name, &configuration, said.collect());
    }
    // What the killed one had done was done again: those that live have all of it.
    let again: BTreeSet<_> = cluster.done().into_iter().flatten().collect();
    assert!(!lost.is_empty() && again.len() >= PARTS, "{lost:?} was lost; there are {again:?}");
}

#[test]
fn nothing_of_an_argument_reaches_a_terminal_as_it_is() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let work = file.path().join("\u{1b}[2Jwork");
    let mut executor = Command::new(env!("CARGO_BIN_EXE_history-cluster"));
    let ended = executor.args(["executor", "--work"]).arg(work).output().unwrap();
    let told = String::from_utf8(ended.stderr).unwrap();
    assert!(ended.status.code() == Some(2) && told.contains("\\u001b[2Jwork") && !told.contains('\u{1b}'), "{told}");
}

/// No call twice, and of each what `replay` says.
fn assert_as_replay(name: &str, configuration: &Value, said: Vec<(Value, Value)>) {
    let count = said.len();
    let mut found: Verdicts =
        said.into_iter().map(|(sid, verdict)| (sid.as_str().unwrap().to_owned(), plain(&verdict))).collect();
    assert_eq!(found.len(), count, "{name}: a call has two verdicts");
    let files = files(&recordings());
    assert!(count >= files.len(), "{name}: {count} calls");
    // Of calls that are not watched `replay` says nothing, and the function why not.
    found.retain(|_, verdict| !verdict["alert"].is_null());
    let expected = replayed(&files, configuration);
    println!("{name}: {} verdicts, as many as replay gives: {}", found.len(), expected.len());
    assert_eq!(found.len(), expected.len(), "{name}");
    for (sid, verdict) in &expected {
        assert_eq!(&found[sid], verdict, "{name}: {sid}");
    }
}
