//! How well estimates agree with the verdicts of the same calls recorded second by second: every recording summed up to
//! rows of ten seconds, with what its relay let pass as the gateway's side, and judged from them.
//!
//! The table in `docs/exports.md` is what comes out; `UPDATE_DOCS=1` writes it there.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use crate::support::exports::Exported;
use crate::support::{Folder, recordings, run, thresholds};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

const BEGIN: &str = "<!-- agreement: written by crates/replay/tests/agreement.rs -->\n";
const END: &str = "<!-- end of agreement -->";

/// What ten seconds tell too coarsely: each may be found, missed or invented.
#[derive(Default)]
struct Found {
    both: usize,
    missed: usize,
    invented: usize,
}

#[test]
fn estimates_agree_with_the_verdicts_of_seconds_as_well_as_the_paper_says() {
    let folder = Folder::new("agreement");
    folder.write("thresholds.json", thresholds().to_string());
    let recordings = recordings();
    let mut cloud = String::new();
    let mut recorded = BTreeMap::new();
    for (number, (name, lines)) in recordings.iter().enumerate() {
        let call = Exported::new(number, lines);
        // Against the whole recording, the private statistics included: what the engine says of the call in the browser.
        let whole: String = lines.iter().map(|line| format!("{line}\n")).collect();
        folder.write(&format!("recorded/{number:03}-{name}.jsonl"), whole);
        recorded.insert(call.sid.clone(), (number, name));
        call.cloud_events().iter().for_each(|event| writeln!(cloud, "{event}").unwrap());
    }
    folder.write("cloud.jsonl", cloud);
    let arguments = ["--format", "json", "--config", "thresholds.json"];
    let seconds: Vec<Value> = run(&folder, &[&arguments[..], &["recorded"]].concat()).calls();
    let estimates = run(&folder, &[&arguments[..], &["cloud.jsonl"]].concat()).calls();
    assert_eq!((seconds.len(), estimates.len()), (recordings.len(), recordings.len()));

    let mut alerts = [[0_usize; 2]; 2];
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    let mut differences = Vec::new();
    let mut disagree = Vec::new();
    for estimate in &estimates {
        let (number, name) = recorded[estimate["callSid"].as_str().unwrap()];
        let second = &seconds[number];
        let alert = |call: &Value| usize::from(call["alert"].as_bool().unwrap());
        alerts[alert(second)][alert(estimate)] += 1;
        if alert(second) != alert(estimate) {
            let pct = |call: &Value| call["warningPct"].as_f64().unwrap();
            disagree.push(format!(
                "{name} ({:.0} % of the time in warning, estimated {:.0} %)",
                pct(second),
                pct(estimate)
            ));
        }
        differences.push((second["warningPct"].as_f64().unwrap() - estimate["warningPct"].as_f64().unwrap()).abs());
        let names = |call: &Value| -> Vec<String> {
            let conditions = call["conditions"].as_array().unwrap().iter();
            conditions.map(|condition| condition["name"].as_str().unwrap().to_owned()).collect()
        };
        let (theirs, ours) = (names(second), names(estimate));
        for name in theirs.iter().chain(ours.iter().filter(|name| !theirs.contains(name))) {
            let found = found.entry(name.clone()).or_default();
            match (theirs.contains(name), ours.contains(name)) {
                (true, true) => found.both += 1,
                (true, false) => found.missed += 1,
                (false, _) => found.invented += 1,
            }
        }
    }
    differences.sort_by(f64::total_cmp);
    disagree.sort();
    let agree = alerts[0][0] + alerts[1][1];
    let calls = recordings.len();
    let mut text = String::new();
    writeln!(text, "For {agree} of {calls} calls, estimate and recording agree whether the call alerts. The estimate finds {} of {} alerts \
        and invents {}. The time in warning differs by {:.1} percentage points in the median, {:.1} at the 95th percentile.\n",
        alerts[1][1], alerts[1][0] + alerts[1][1], alerts[0][1],
        differences[calls / 2], differences[calls * 95 / 100]).unwrap();
    writeln!(
        text,
        "| condition | calls that have it, and the estimate too | the estimate misses it | the estimate invents it |"
    )
    .unwrap();
    writeln!(text, "| --- | --- | --- | --- |").unwrap();
    for (name, Found { both, missed, invented }) in &found {
        writeln!(text, "| {name} | {both} | {missed} | {invented} |").unwrap();
    }
    writeln!(text, "\nWhere they do not agree: {}.", disagree.join("; ")).unwrap();

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/exports.md");
    let paper = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = paper.split_once(BEGIN).unwrap();
    let (written, after) = rest.split_once(END).unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{text}{END}{after}")).unwrap();
    } else {
        assert_eq!(text, written, "UPDATE_DOCS=1 writes it down");
    }
}
