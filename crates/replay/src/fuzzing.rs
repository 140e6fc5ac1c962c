//! What Twilio exports and what the Function keeps of calls, with any bytes at all, and large inputs of recordings and
//! exports: what must hold then, and a failure where it does not.
//!
//! For the fuzz targets `cards`, `exports` and `large` in `fuzz/`, and for the tests that play the committed inputs.

mod cards;

pub use cards::cards;

use crate::dumps::Dump;
use crate::judged_call::{Findings, JudgedCall, Origin};
use crate::line_blocks::lines;
use crate::sources::{Gathered, Rows, Source, are_values, without_mark};
use device_monitoring::Configuration;
use device_monitoring::fuzzing::replayed_call;
use device_monitoring::replay::recording::{self, Entry};
use device_monitoring::replay::{Calls, ReplayOutput, ReplayedCall};
use rayon::{ThreadPool, ThreadPoolBuilder};
use serde_json::json;
use std::io::Cursor;
use std::sync::LazyLock;

/// The shortest JSON of which a row is made has some 50 bytes, and none makes more than two.
const BYTES_A_ROW: usize = 20;

static CONFIGURATIONS: LazyLock<[Configuration; 1]> = LazyLock::new(|| {
    [Configuration::from_block(&json!({
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
/// is output again or in another shape, or when a call does not hold together.
pub fn exports(input: &[u8]) {
    ALONE.with(|alone| match alone {
        Some(alone) => alone.install(|| check(input)),
        None => check(input),
    });
}

fn check(input: &[u8]) {
    if let Some(dump) = Dump::detect(input) {
        return check_dump(dump, input);
    }
    let detected = Source::detect(input);
    // What is no export is read as one all the same: every line of it is a problem.
    let source = if detected == Source::Recording { Source::Lines } else { detected };
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
    if is_readable && detected == Source::Lines {
        let (rows, findings) = read(Source::Document, input);
        assert!(findings.is_flawless(), "{:?}", findings.problems);
        assert_eq!(calls, judge(rows), "the same in another shape");
    }
}

/// A dump: the same twice is the same, whatever it holds.
fn check_dump(dump: Dump, input: &[u8]) {
    let (calls, findings) = play(dump, input);
    let last = lines(input).count() + 1;
    for problem in &findings.problems {
        assert!(problem.line <= last && !problem.message.is_empty(), "{problem:?}");
    }
    assert!(calls.len() * BYTES_A_ROW <= input.len(), "{} calls of {} bytes", calls.len(), input.len());
    for (call, origin) in &calls {
        replayed_call(call);
        assert!((1..=60).contains(&origin.resolution_s) && origin.measured_ms >= 0, "{origin:?}");
    }
    assert_eq!(calls, play(dump, input).0, "the same twice");
}

fn play(dump: Dump, input: &[u8]) -> (Vec<(ReplayedCall, Origin)>, Findings) {
    let mut calls = Vec::new();
    let played = dump.play(Cursor::new(input), &*CONFIGURATIONS, true, &mut |judged| {
        calls.extend(judged.verdicts.into_iter().flatten().zip(judged.origin));
        Ok(())
    });
    (calls, played.unwrap_or_else(|error| unreachable!("memory does not fail: {error}")))
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

/// Each line that is no JSON is output of, and nothing is output of lines that are not there.
fn accounted_for(source: Source, input: &[u8], findings: &Findings) {
    // What breaks off breaks off in the line that is not there.
    let last = lines(input).count() + 1;
    for problem in &findings.problems {
        assert!(problem.line <= last && !problem.message.is_empty(), "{problem:?}");
    }
    assert!(findings.skipped.iter().all(|skipped| skipped.line <= last && skipped.count > 0));
    if source == Source::Lines {
        for (index, line) in lines(input).enumerate() {
            let is_told = || findings.problems.iter().any(|problem| problem.line == index + 1);
            assert!(are_values(without_mark(line)) || is_told(), "line {}", index + 1);
        }
    }
}

fn judge(rows: Rows) -> Vec<(ReplayedCall, Origin)> {
    let mut gathered = Gathered::default();
    let added = gathered.add(rows);
    let mut calls = Vec::new();
    let judged = gathered.judge(&*CONFIGURATIONS, true, &mut |JudgedCall { verdicts, origin, .. }| {
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

/// Bytes of a large input: enough to show whatever is kept for each line.
const LARGE: usize = 1 << 20;
/// Calls of it that may go on at the same time.
const AT_A_TIME: usize = 100;
/// Memory that does not grow with the input: buffers, and whatever has a limit of its own.
const CONSTANT: usize = 24 << 20;
/// Memory for each byte of input. A recorded call of two lines takes ten times its bytes; a row of an export becomes
/// ten seconds.
const BYTES_FOR_A_BYTE: usize = 48;

/// Makes a large input from a few bytes, as an attacker would: pieces of recordings or exports, each repeated with
/// increasing numbers. Three bytes for each piece say which one, and how often.
#[must_use]
pub fn large(input: &[u8]) -> Vec<u8> {
    let (kind, mut pieces) = (input.first().copied().unwrap_or_default(), input.get(1..).unwrap_or_default());
    let is_recording = kind % 2 == 0;
    let [opening, closing] = match (is_recording, kind / 2 % 6) {
        (false, 0) => ["[{\"edge\":\"none\"}", "]"],
        (false, 1) => ["{\"meta\":{},\"metrics\":[{\"edge\":\"none\"}", "]}"],
        (false, 2) => ["{\"meta\":{},\"a\":[0", "]}"],
        (false, 3) => ["{\"Records\":[{\"data\":\"{}\"}", "],\"MillisBehindLatest\":0}"],
        (false, 4) => ["{\"log\":{\"entries\":[{\"request\":{}}", "]}}"],
        (false, _) => ["[[[[{\"events\":[{\"edge\":\"none\"}", "]}]]]]"],
        (true, _) => ["", ""],
    };
    let templates: &[&str] = if is_recording { &LINES } else { &ELEMENTS };
    let mut made = opening.as_bytes().to_vec();
    let mut count = 0;
    while let Some(([piece, often, step], rest)) = pieces.split_first_chunk() {
        let template = templates.get(usize::from(*piece) % templates.len()).copied().unwrap_or_default();
        // One of its numbers counts calls and one counts time; one that stays the same is a name or a moment.
        for _ in 0..1_u32 << (often % 17) {
            count += 1;
            let (name, time) = (if step & 1 == 0 { count } else { 0 }, if step & 2 == 0 { count } else { 0 });
            let piece = template.replace("NAME", &format!("CA{name}")).replace("TIME", &time.to_string());
            if made.len() + piece.len() > LARGE {
                break;
            }
            made.extend_from_slice(piece.as_bytes());
        }
        pieces = rest;
    }
    made.extend_from_slice(closing.as_bytes());
    made
}

/// Lines of recordings.
const LINES: [&str; 11] = [
    "{\"ms\":TIME,\"type\":\"incoming\",\"callSid\":\"NAME\"}\n",
    "{\"ms\":TIME,\"type\":\"accept\",\"callSid\":\"NAME\"}\n",
    "{\"ms\":TIME,\"type\":\"sample\",\"sample\":{\"rtt\":900},\"callSid\":\"NAME\"}\n",
    "{\"ms\":TIME000,\"type\":\"sample\",\"sample\":{\"rtt\":900,\"packetsReceived\":50},\"callSid\":\"NAME\"}\n",
    "{\"ms\":TIME,\"type\":\"warning\",\"name\":\"ice-connectivity-lost\",\"callSid\":\"NAME\"}\n",
    "{\"ms\":TIME,\"type\":\"warning-cleared\",\"name\":\"ice-connectivity-lost\",\"callSid\":\"NAME\"}\n",
    "{\"ms\":TIME,\"type\":\"warning\",\"name\":\"high-rtt\",\"data\":{\"values\":[0,0,0,0,0,0,0,0]},\"callSid\":\"NAME\"}\n",
    "{\"ms\":TIME,\"type\":\"agent-report\",\"callSid\":\"NAME\"}\n",
    "{\"ms\":TIME,\"type\":\"disconnect\",\"callSid\":\"NAME\"}\n",
    "{\"ms\":TIME,\"type\":\"accept\",\"callSid\":\"NAME\"}\n{\"ms\":TIME,\"type\":\"disconnect\",\"callSid\":\"NAME\"}\n",
    "{\"ms\":TIME,\"type\":\"NAME\"}\n",
];

/// Elements of exports.
const ELEMENTS: [&str; 9] = [
    ",0",
    ",[]",
    ",{\"call_sid\":\"NAME\",\"timestamp\":TIME,\"edge\":\"sdk_edge\",\"sdk_edge\":{\"a\":0}}",
    ",{\"call_sid\":\"NAME\",\"timestamp\":TIME0000,\"edge\":\"client_edge\",\"client_edge\":{\"interval\":{\"packets_received\":500}}}",
    ",{\"call_sid\":\"NAME\",\"timestamp\":TIME,\"packets_received\":50,\"direction\":\"OUTGOING\"}",
    ",{\"call_sid\":\"NAME\",\"timestamp\":TIME,\"edge\":\"sdk_edge\",\"group\":\"connection\",\"name\":\"muted\"}",
    ",{\"group\":\"network-quality-warning-raised\",\"name\":\"high-rtt\",\"timestamp\":TIME,\"payload\":{\"call_sid\":\"NAME\",\"data\":{\"values\":[TIME,0,0]}}}",
    ",{\"call_sid\":\"NAME\",\"call_type\":\"client\",\"end_time\":TIME0000,\"connect_duration\":9}",
    ",{\"specversion\":\"1.0\",\"type\":\"NAME\",\"data\":{}}",
];

/// Bytes of memory that reading it may take at most.
#[must_use]
pub fn max_memory(document: &[u8]) -> usize {
    CONSTANT + document.len() * BYTES_FOR_A_BYTE
}

/// Plays a recording, or reads and judges an export, whichever it is.
///
/// # Panics
///
/// When a call does not hold together.
pub fn read_large(document: &[u8]) {
    if let Some(dump) = Dump::detect(document) {
        return drop(play(dump, document));
    }
    match Source::detect(document) {
        Source::Recording => {
            // Few at a time: the number of calls at the same time has a limit of its own.
            let (mut calls, mut output) = (Calls::new(&*CONFIGURATIONS, AT_A_TIME), ReplayOutput::default());
            for (index, line) in lines(document).enumerate() {
                if let Ok(Some(Entry { at, call, content })) = recording::read_bytes(line, index == 0) {
                    calls.process(index + 1, at, call.as_deref().unwrap_or_default(), content, &mut output);
                }
            }
            calls.finish(&mut output);
            output.finished.iter().flat_map(|call| &call.verdicts).flatten().for_each(replayed_call);
        }
        source => drop(judge(read(source, document).0)),
    }
}
