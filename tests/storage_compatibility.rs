//! What an earlier version left in a browser's storage is read: `stored/form-1.json`, texts by key as that version wrote
//! them. Shifts and baselines stand there under names of their own.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use crate::support::memory_storage::Texts;
use device_monitoring::outbox::{Answer, Entry, Next, Outbox, Session, Unreadable};
use device_monitoring::{AudioBaseline, Shift, Timestamp, WallTime};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// When the first call began.
const NOON: f64 = 1_700_000_000_000.0;

fn form_1() -> BTreeMap<String, String> {
    serde_json::from_str(include_str!("stored/form-1.json")).unwrap()
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn every_entry_of_the_first_form_is_read_with_all_that_it_says() {
    let form = |numbers: [&str; 2]| {
        json!({
            "issues": "call warning condition pct", "callerId": numbers[0], "dnis": numbers[1], "action": "log-call"
        })
    };
    let all = form(["+15550001111", "+15550002222"]);
    let at = NOON as u64;
    let expected = [
        (
            "alert/alert-CA1",
            json!({"id": "alert-CA1", "created": at + 40_000, "attempts": 1, "tried": at + 40_000, "wait": 1500,
                "asked": 0, "refused": "the server answered 403: It is notyour call.", "waiting": null,
                "receiverRefusesSince": null, "form": form(["", ""])}),
        ),
        (
            "alert/alert-CA2",
            json!({"id": "alert-CA2", "created": at + 41_000, "attempts": 1, "tried": at + 41_000, "wait": 1250,
                "asked": 8250, "refused": null,
                "waiting": "the receiver that the action sends it to refuses it; the server answered 503: 401",
                "receiverRefusesSince": at + 41_000, "form": all}),
        ),
        (
            "alert/alert-CA3",
            json!({"id": "alert-CA3", "created": at + 42_000, "attempts": 0, "tried": at + 42_000, "wait": 0,
                "asked": 0, "refused": null, "waiting": null, "receiverRefusesSince": null, "form": all}),
        ),
        (
            "alert/alert-CA5",
            json!({"id": "alert-CA5", "created": at + 42_000, "attempts": 1, "tried": at + 42_000, "wait": 1250,
                "asked": 0, "refused": null, "waiting": "the server could not be reached",
                "receiverRefusesSince": null, "form": all}),
        ),
        (
            "call/tab-1/3",
            json!({"id": "alert-CA4", "created": at + 42_000, "attempts": 0, "tried": at + 42_000, "wait": 0,
                "asked": 0, "refused": null, "waiting": null, "receiverRefusesSince": null, "form": all}),
        ),
    ];
    for (key, expected) in expected {
        let entry = Entry::parse(&form_1()[&format!("device-monitoring/WK1/{key}")]).unwrap();
        let document = json_of(&entry.form.document());
        assert_eq!(document["callSid"], expected["id"].as_str().unwrap().strip_prefix("alert-").unwrap());
        let text = entry.to_text();
        assert_eq!(Entry::parse(&text), Ok(entry), "read again in the present form");
        let mut stored = json_of(&text);
        assert_eq!(stored["version"].take(), 2);
        stored.as_object_mut().unwrap().remove("version");
        stored["form"].as_object_mut().unwrap().remove("document");
        assert_eq!(stored, expected, "{key}");
    }
}

#[test]
fn a_storage_full_of_the_first_form_is_delivered_and_a_dead_tabs_call_with_it() {
    let texts = Texts::default();
    texts.0.borrow_mut().extend(form_1().into_iter().filter(|(key, _)| key.starts_with("device-monitoring/")));
    let mut outbox = Outbox::new(texts.clone(), Some("WK1"));
    let now = WallTime(NOON + 3_600_000.0);
    let checkpoints = outbox.checkpoints();
    outbox.adopt(now, &checkpoints, Some(&[]));
    let session = Session { token: Some("token".to_owned()), worker_sid: Some("WK1".to_owned()) };
    let mut posted = Vec::new();
    while let Next::Post(entry) = outbox.next(now, &session, 0.5) {
        let answer = Answer::Http {
            status: 200,
            error: None,
            message: None,
            retry_after: None,
            refused: Vec::new(),
            finished_actions: None,
        };
        outbox.answered(now, &entry.id, Some("token"), &answer);
        posted.push(entry.id);
    }
    posted.sort_unstable();
    assert_eq!(posted, ["alert-CA2", "alert-CA3", "alert-CA4", "alert-CA5"]);
    let left: Vec<_> = outbox.entries().into_iter().map(|entry| entry.id).collect();
    assert_eq!((left, outbox.take_log()), (vec!["alert-CA1".to_owned()], vec![]));
}

#[test]
fn every_shift_of_the_first_form_is_read() {
    let now = Timestamp(60_000);
    for (name, expected) in [
        ("shift-begun", json!({"since": 1_700_000_000_000_u64, "announced": 0, "snoozed": null})),
        ("shift-announced", json!({"since": 1_699_999_990_000_u64, "announced": 1, "snoozed": null})),
        (
            "shift-snoozed",
            json!({"since": 1_699_999_989_000_u64, "announced": 1, "snoozed": {"call": "CA9", "urgency": "warning"}}),
        ),
        ("shift-none", json!({"since": null, "announced": 0, "snoozed": null})),
    ] {
        let shift = Shift::parse(&form_1()[name], now, WallTime(NOON + 60_000.0)).unwrap();
        let text = shift.to_text(now, WallTime(NOON + 60_000.0));
        assert_eq!(Shift::parse(&text, now, WallTime(NOON + 60_000.0)), Some(shift), "{name}");
        let mut stored = json_of(&text);
        stored.as_object_mut().unwrap().remove("version");
        assert_eq!(stored, expected, "{name}");
    }
}

#[test]
fn a_baseline_in_the_first_form_is_read() {
    let baseline = AudioBaseline::parse(&form_1()["usual"]);
    let expected = json!({"version": 2, "calls": 3, "level": 12_001, "microphone": "Jabra Evolve2 \"30\" (0b0e:245d)",
        "speaker": "Lautsprecher — Jabra"});
    assert_eq!(json_of(&baseline.to_text()), expected);
    assert_eq!(AudioBaseline::parse(&baseline.to_text()), baseline);
    assert_eq!(AudioBaseline::parse(&form_1()["usual-none"]), AudioBaseline::default());
}

#[test]
fn a_later_version_is_left_alone_and_a_text_that_is_cut_off_is_damaged() {
    let text = Entry::parse(&form_1()["device-monitoring/WK1/alert/alert-CA3"]).unwrap().to_text();
    let later = text.replacen("\"version\":2", "\"version\":3", 1);
    assert_eq!(Entry::parse(&later), Err(Unreadable::Newer));
    for end in (1..text.len()).step_by(7) {
        assert_eq!(Entry::parse(&text[..end]), Err(Unreadable::Damaged), "{end}");
    }
}
