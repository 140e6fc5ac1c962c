//! The `replay suggest` command, on calls whose agents reported some of them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use crate::command::{Folder, Ran, replay};
use serde_json::{Value, json};

const START: i64 = 1_795_327_609_127;
const DAY: i64 = 86_400_000;

fn suggest(folder: &Folder, arguments: &[&str]) -> Ran {
    Ran::run(replay(folder).args(["suggest", "--per-day"]).args(arguments))
}

/// A call of a minute, for 20 s of it with this jitter. Its agent reports it a while after its end.
fn call(day: i64, of_day: i64, jitter: f64, is_reported: bool) -> String {
    let sid = format!("CA{day:016}{of_day:016}");
    let mut lines = vec![
        json!({"ms": 0, "type": "recording", "version": 1, "startedAt": START + day * DAY + of_day * 600_000}),
        json!({"ms": 0, "type": "accept", "callSid": sid}),
    ];
    for second in 1..60_i64 {
        let jitter = if (20..40).contains(&second) { jitter } else { 2.0 };
        lines.push(json!({"ms": second * 1000, "type": "sample", "callSid": sid, "sample": {
            "jitter": jitter, "rtt": 80, "mos": 4.3, "packetsLost": 0, "packetsReceived": 50,
            "bytesReceived": 8000, "bytesSent": 8000, "audioInputLevel": 0.01 * (second % 7) as f64, "audioOutputLevel": 0.05
        }}));
    }
    lines.push(json!({"ms": 60_000, "type": "disconnect", "callSid": sid}));
    if is_reported {
        lines.push(json!({"ms": 65_000, "type": "agent-report", "callSid": sid}));
    }
    lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
}

/// Six days. Of each, two calls had a jitter of 28 ms, which no default minds, and their agents reported them.
fn recordings(folder: &Folder, reported_of_day: i64) {
    for day in 0..6 {
        for of_day in 0..8 {
            let is_bad = of_day < 2;
            let text = call(day, of_day, if is_bad { 28.0 } else { 12.0 }, of_day < reported_of_day);
            folder.write(&format!("calls/{day}-{of_day}.jsonl"), text);
        }
    }
}

#[test]
fn thresholds_are_suggested_that_catch_what_agents_reported_and_shown_on_other_days() {
    let folder = Folder::new("suggest");
    recordings(&folder, 2);
    let ran = suggest(&folder, &["3", "--format", "json", "calls"]);
    assert_eq!(ran.status, 0, "{}", ran.error);
    let found: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(found["heldOut"]["now"], json!({"caught": 0, "others": 0, "mostPerDay": 0}));
    assert_eq!(found["heldOut"]["suggested"], json!({"caught": 4, "others": 0, "mostPerDay": 2}));
    assert_eq!((&found["searched"]["days"], &found["heldOut"]["days"]), (&json!(4), &json!(2)));
    let changes = found["changes"].as_array().unwrap();
    assert_eq!((changes.len(), &changes[0]["property"]), (1, &json!("highJitterThreshold")), "{changes:?}");
    assert_eq!(found["rules"], json!([{"rule": "warningDurPct", "caught": 4, "others": 0}]));
    assert_eq!(found["calls"][0]["call"], json!("CA00000000000000010000000000000000"));

    // What is suggested is judged by the engine as it was said.
    folder.write("suggested.json", json!({"highJitterThreshold": changes[0]["suggested"]}).to_string());
    let judged = Ran::run(replay(&folder).args(["--config", "suggested.json", "--format", "json", "calls"]));
    let judged: Vec<Value> = judged.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let by_share = |call: &Value| call["reasons"].as_array().unwrap().iter().any(|one| one["rule"] == "warningDurPct");
    let calls = judged.iter().flat_map(|file| file["calls"].as_array().unwrap());
    assert_eq!(calls.filter(|call| by_share(call)).count(), 12);

    let ran = suggest(&folder, &["3", "calls"]);
    assert!(ran.out.contains("highJitterThreshold") && ran.out.contains("4 of 4"), "{}", ran.out);
}

#[test]
fn where_agents_reported_too_few_calls_that_is_said_and_nothing_is_suggested() {
    let folder = Folder::new("suggest-too-few");
    recordings(&folder, 1);
    let ran = suggest(&folder, &["3", "calls"]);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{}", ran.error);
    assert!(
        ran.error.contains("agents reported 6 of the calls, and at least 10 such calls are needed"),
        "{}",
        ran.error
    );
    let ran = suggest(&folder, &["3", "--format", "json", "calls"]);
    let said: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(said, json!({"tooFew": {"of": "reported", "there": 6, "needed": 10}}));
    folder.write("none.jsonl", "");
    assert_eq!(suggest(&folder, &["3", "none.jsonl"]).status, 2);
}
