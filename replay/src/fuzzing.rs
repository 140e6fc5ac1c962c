//! What Twilio exports, with any bytes at all: what must hold then, and a failure where it does not.
//!
//! For the fuzz target `exports` in `fuzz/`, and for the tests that play the committed inputs.

use crate::blocks::lines;
use crate::judged::{Findings, Judged, Origin};
use crate::sources::{ANOTHER_LIST, Gathered, Rows, Source};
use device_monitoring::config::Configuration;
use device_monitoring::fuzzing::replayed_call;
use device_monitoring::replay::{Problem, ReplayedCall};
use rayon::{ThreadPool, ThreadPoolBuilder};
use serde_json::{Value, json};
use std::io::Cursor;
use std::sync::LazyLock;

/// The shortest JSON of which a row is made has some 50 bytes, and none makes more than two.
const BYTES_A_ROW: usize = 20;

static CONFIGURATIONS: LazyLock<[Configuration; 1]> = LazyLock::new(|| {
    [Configuration::of(&json!({
        "alertAgent": true, "highPacketsLostThreshold": 3, "lowMosThreshold": 3.5, "endedInWarningIsTrigger": true
    }))]
});

thread_local! {
    /// On this thread alone: handing work over takes longer than such work does.
    static ALONE: Option<ThreadPool> = ThreadPoolBuilder::new().num_threads(1).use_current_thread().build().ok();
}

/// An export: the bytes are a file.
///
/// # Panics
///
/// When something of it is neither used nor accounted for, takes more memory than it may, or says something else when it
/// is told again or in another shape, or when a call does not hold together.
pub fn exports(input: &[u8]) {
    ALONE.with(|alone| match alone {
        Some(alone) => alone.install(|| check(input)),
        None => check(input),
    });
}

fn check(input: &[u8]) {
    let told = Source::of(input);
    // What is no export is read as one all the same: every line of it is a problem.
    let source = if told == Source::Recording { Source::Lines } else { told };
    let (rows, findings) = read(source, input);
    assert!(rows.len() * BYTES_A_ROW <= input.len(), "{} rows of {} bytes", rows.len(), input.len());
    rows.hold_on_disk();
    accounted_for(source, input, &findings);

    let mut again = rows.clone();
    again.append(rows.clone());
    let again = judge(again);
    let is_readable = findings.is_flawless() && findings.skipped.is_empty();
    let (most, calls) = (rows.calls(), judge(rows));
    assert!(calls.len() <= most, "{} calls of {most}", calls.len());
    assert_eq!(calls, again, "what is delivered twice counts once");
    if is_readable && told == Source::Lines {
        let (rows, findings) = read(Source::Document, input);
        let is_told = |problem: &Problem| problem.message.ends_with(ANOTHER_LIST);
        assert!(findings.problems.iter().all(is_told), "{:?}", findings.problems);
        if findings.is_flawless() {
            assert_eq!(calls, judge(rows), "the same in another shape");
        }
    }
}

fn read(source: Source, input: &[u8]) -> (Rows, Findings) {
    let mut rows = Rows::default();
    let read = source.read(Cursor::new(input), &mut |more| {
        rows.append(more);
        Ok(())
    });
    let findings = read.unwrap_or_else(|error| unreachable!("memory does not fail: {error}"));
    (rows, findings)
}

/// Each line that is no JSON is told of, and nothing is told of lines that are not there.
fn accounted_for(source: Source, input: &[u8], findings: &Findings) {
    // What breaks off breaks off in the line that is not there.
    let last = lines(input).count() + 1;
    for problem in &findings.problems {
        assert!(problem.line <= last && !problem.message.is_empty(), "{problem:?}");
    }
    assert!(findings.skipped.iter().all(|skipped| skipped.line <= last && skipped.count > 0));
    if source == Source::Lines {
        for (index, line) in lines(input).enumerate() {
            let line = if index == 0 { line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line) } else { line };
            let line = line.trim_ascii_end();
            let is_told = || findings.problems.iter().any(|problem| problem.line == index + 1);
            assert!(
                line.is_empty() || serde_json::from_slice::<Value>(line).is_ok() || is_told(),
                "line {}",
                index + 1
            );
        }
    }
}

fn judge(rows: Rows) -> Vec<(ReplayedCall, Origin)> {
    let mut gathered = Gathered::default();
    let added = gathered.add(rows);
    let mut calls = Vec::new();
    let judged = gathered.judge(&*CONFIGURATIONS, true, &mut |Judged { verdicts, origin, .. }| {
        calls.extend(verdicts.into_iter().flatten().zip(origin));
        Ok(())
    });
    assert!(added.is_ok() && judged.is_ok_and(|findings| findings.count() <= 1), "so few wait in memory");
    for (call, origin) in &calls {
        replayed_call(call);
        assert!([1, 10].contains(&origin.resolution_s) && !origin.lacks.is_empty(), "{origin:?}");
    }
    calls
}
