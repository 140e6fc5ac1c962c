//! The `replay incidents` command: what agents in trouble had in common, from cards.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

use crate::command::{Folder, Ran, replay};
use serde_json::{Value, json};

const START: i64 = 1_795_327_609_127;
const MINUTE: i64 = 60_000;

fn incidents(folder: &Folder, arguments: &[&str]) -> Ran {
    Ran::run(replay(folder).arg("incidents").args(arguments))
}

/// An hour's calls of ten minutes of 60 agents. For a quarter of an hour, those on the VPN are in trouble.
fn cards() -> Vec<Value> {
    let mut cards = Vec::new();
    for worker in 0..60_i64 {
        let network_type = if worker % 3 == 0 { "vpn" } else { "ethernet" };
        for call in 0..6 {
            let is_bad = network_type == "vpn" && (2..=3).contains(&call);
            cards.push(json!({
                "version": 1, "worker": format!("WK{worker:032}"), "callSid": format!("CA{worker:016}{call:016}"),
                "direction": "inbound", "startedAt": START + call * 10 * MINUTE + worker * 1000,
                "durationMs": 9 * MINUTE, "warningMs": 0, "receivedAt": START + (call + 1) * 10 * MINUTE,
                "timeline": if is_bad { json!({"your-network": [[5, 530, "vpn"]]}) } else { json!({}) },
                "networkType": network_type, "edge": "dublin", "versions": {"plugin": "0.1.0", "voiceSdk": "2.12.3"},
                "site": if worker % 2 == 0 { "Lisbon" } else { "Oslo" }
            }));
        }
    }
    cards
}

#[test]
fn cards_of_the_past_have_the_incidents_that_their_calls_were_in() {
    let folder = Folder::new("incidents");
    let lines: Vec<String> = cards().iter().map(Value::to_string).collect();
    folder.write("cards.jsonl", lines.join("\n"));
    let ran = incidents(&folder, &["--format", "json", "cards.jsonl"]);
    assert_eq!(ran.status, 0, "{}", ran.error);
    let found: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["key"], json!({"kind": "networkType", "value": "vpn"}));
    assert_eq!((&found[0]["with"]["agents"], &found[0]["causes"]["vpn"]), (&json!(20), &found[0]["with"]["troubled"]));
    let since = found[0]["since"].as_i64().unwrap() - START;
    assert!((20 * MINUTE..22 * MINUTE).contains(&since), "{since}");
    assert_eq!(found[0]["ending"], json!("over"));

    let ran = incidents(&folder, &["cards.jsonl"]);
    assert!(ran.out.contains("networkType vpn") && ran.out.contains("your-network"), "{}", ran.out);
}

#[test]
fn items_and_pages_of_twilios_api_are_read_like_cards_and_one_that_is_there_twice_counts_once() {
    let folder = Folder::new("incidents-pages");
    let items: Vec<Value> = cards().into_iter().map(|card| json!({"key": "k", "data": card})).collect();
    folder.write("one.json", json!({"items": items, "meta": {}}).to_string());
    folder.write("two.json", json!(items).to_string());
    let once = incidents(&folder, &["--format", "json", "one.json"]);
    let twice = incidents(&folder, &["--format", "json", "one.json", "two.json"]);
    assert_eq!((once.status, twice.status), (0, 0), "{}", once.error);
    assert_eq!(once.out, twice.out);
    assert_eq!(once.out.lines().count(), 1);
}

#[test]
fn what_is_no_card_is_reported_and_the_rest_is_looked_at() {
    let folder = Folder::new("incidents-wrong");
    folder.write("good.json", json!(cards()).to_string());
    folder.write("bad.json", r#"{"version": 1} [7] "#);
    folder.write("empty.json", "");
    let ran = incidents(&folder, &["good.json", "bad.json"]);
    assert_eq!(ran.status, 1);
    assert!(ran.error.contains("bad.json: 2 times something else than a card"), "{}", ran.error);
    assert!(ran.out.contains("vpn"), "{}", ran.out);
    let ran = incidents(&folder, &["empty.json", "bad.json"]);
    assert_eq!(ran.status, 2);
    // Nonsense of any size has an end.
    let mut absurd = cards()[0].clone();
    (absurd["durationMs"], absurd["startedAt"]) = (json!(i64::MAX), json!(i64::MAX - 5));
    folder.write("absurd.json", absurd.to_string());
    let ran = incidents(&folder, &["absurd.json"]);
    assert_eq!((ran.status, ran.out.trim()), (0, "No incident."), "{}", ran.error);
    // A card that Sync would not have taken is none.
    let mut long = cards()[0].clone();
    long["more"] = json!("x".repeat(20_000));
    folder.write("long.json", json!([long, cards()[1]]).to_string());
    let ran = incidents(&folder, &["long.json"]);
    assert_eq!(ran.status, 1);
    assert!(ran.error.contains("long.json: 1 times something else than a card"), "{}", ran.error);
}
