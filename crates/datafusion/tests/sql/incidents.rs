//! The same incidents of the past as `replay incidents`, whatever the cards lie like.

use crate::support::Session;
use datafusion::arrow::array::{RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionConfig;
use device_monitoring::incidents::{Incident, past_incidents};
use device_monitoring_datafusion::incidents::incident;
use serde_json::{Value, json};
use std::sync::Arc;

const START: i64 = 1_795_327_609_127;
const MINUTE: i64 = 60_000;

/// Two hours' calls of ten minutes of 60 agents. First those on the VPN are in trouble, then those of one site.
fn cards() -> Vec<Value> {
    let mut cards = Vec::new();
    for worker in 0..60_i64 {
        let network_type = if worker % 3 == 0 { "vpn" } else { "ethernet" };
        let site = if worker % 4 == 1 { "Lisbon" } else { "Oslo" };
        for call in 0..12 {
            let timeline = match call {
                2 | 3 if network_type == "vpn" => json!({"your-network": [[5, 530, "vpn"]]}),
                8 if site == "Lisbon" => json!({"connection-lost": [[60, 300]]}),
                _ => json!({}),
            };
            cards.push(json!({
                "version": 1, "worker": format!("WK{worker:032}"), "callSid": format!("CA{worker:016}{call:016}"),
                "direction": "inbound", "startedAt": START + call * 10 * MINUTE + worker * 1000,
                "durationMs": 9 * MINUTE, "warningMs": 0, "receivedAt": START + (call + 1) * 10 * MINUTE,
                "timeline": timeline, "networkType": network_type, "edge": "dublin", "site": site,
                "versions": {"plugin": "0.1.0", "voiceSdk": "2.12.3"}
            }));
        }
    }
    cards
}

/// Cards as a table, in so many partitions.
fn session(texts: &[String], partitions: usize) -> Session {
    let session = Session::new(SessionConfig::new().with_target_partitions(partitions), Arc::default());
    add_table(&session, texts, partitions);
    session
}

fn add_table(session: &Session, texts: &[String], partitions: usize) {
    let schema = Arc::new(Schema::new(vec![Field::new("card", DataType::Utf8, true)]));
    let part = |texts: &[String]| {
        let column = StringArray::from_iter_values(texts);
        vec![RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(column)]).unwrap()]
    };
    let parts = texts.chunks(texts.len().div_ceil(partitions).max(1)).map(part).collect();
    let table = MemTable::try_new(Arc::clone(&schema), parts).unwrap();
    session.context.register_table("cards", Arc::new(table)).unwrap();
}

/// Adds a table with cards in which there are incidents.
pub(crate) fn add_cards(session: &Session) {
    add_table(session, &cards().iter().map(Value::to_string).collect::<Vec<_>>(), 1);
}

/// Incidents, their times as milliseconds since 1970.
fn asked(texts: &[String], partitions: usize) -> Vec<Value> {
    let column = |field: &Arc<Field>| match (field.name(), field.data_type()) {
        (name, DataType::Timestamp(..)) => format!("arrow_cast(i['{name}'], 'Int64') AS {name}"),
        (name, _) => format!("i['{name}'] AS {name}"),
    };
    let columns = incident().iter().map(column).collect::<Vec<_>>().join(", ");
    let sql = format!("SELECT {columns} FROM (SELECT unnest(incidents(card)) AS i FROM cards)");
    session(texts, partitions).rows(&sql).into_iter().map(Value::Object).collect()
}

/// What `replay incidents` says, under the names of the columns.
fn replayed(cards: &[Value]) -> Vec<Value> {
    let cards = cards.iter().map(|card| serde_json::from_value(card.clone()).unwrap());
    past_incidents(cards).iter().map(as_columns).collect()
}

fn as_columns(incident: &Incident) -> Value {
    let incident = serde_json::to_value(incident).unwrap();
    let time = |name: &str| incident.get(name).and_then(Value::as_i64);
    let counted = |name: &str| {
        let counts = incident.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
        counts.into_iter().map(|(name, agents)| json!({"name": name, "agents": agents})).collect::<Vec<_>>()
    };
    json!({
        "id": incident["id"], "kind": incident["key"]["kind"], "value": incident["key"]["value"],
        "alike": incident.get("alike").cloned().unwrap_or_else(|| json!([])),
        "since": time("since"), "opened_at": time("openedAt"), "stood_at": time("stoodAt"), "closed_at": time("closedAt"),
        "ending": incident.get("ending"), "agents": incident["with"]["agents"], "troubled": incident["with"]["troubled"],
        "other_agents": incident["without"]["agents"], "other_troubled": incident["without"]["troubled"],
        "expected_pct": incident["expectedPct"], "workers": incident["agents"],
        "omitted_workers": incident.get("omittedAgents").cloned().unwrap_or_else(|| json!(0)),
        "diagnoses": counted("diagnoses"), "causes": counted("causes")
    })
}

#[test]
fn the_incidents_are_those_of_replay_however_the_cards_lie_and_however_often() {
    let cards = cards();
    let expected = replayed(&cards);
    let keys: Vec<_> = expected.iter().map(|incident| (&incident["kind"], &incident["value"])).collect();
    assert_eq!(keys, [(&json!("networkType"), &json!("vpn")), (&json!("site"), &json!("Lisbon"))]);
    let texts: Vec<String> = cards.iter().map(Value::to_string).collect();
    let mut shuffled = [texts.clone(), texts.clone()].concat();
    shuffled.sort_by_key(|text| text.bytes().rev().map(u64::from).fold(7, |sum, byte| sum * 31 % 10_007 + byte));
    for (texts, partitions) in [(&texts, 1), (&texts, 3), (&shuffled, 4)] {
        assert_eq!(asked(texts, partitions), expected, "{partitions} partitions");
    }
}

#[test]
fn each_group_has_incidents_of_its_own_and_one_without_has_an_empty_list() {
    let texts: Vec<String> = cards().iter().map(Value::to_string).collect();
    let rows = session(&texts, 3).rows(
        "SELECT card LIKE '%Lisbon%' AS is_lisbon, cardinality(incidents(card)) AS incidents FROM cards GROUP BY is_lisbon \
         UNION ALL SELECT NULL, cardinality(incidents(card)) FROM cards WHERE false",
    );
    let of = |group: Value| {
        let row = rows.iter().find(|row| row["is_lisbon"] == group).unwrap();
        row["incidents"].as_i64().unwrap_or_default()
    };
    assert_eq!(rows.len(), 3);
    // In Oslo the VPN is in trouble; in Lisbon everybody is, at once.
    assert_eq!((of(json!(false)), of(json!(null))), (1, 0));
    assert!(of(json!(true)) >= 1);
}

#[test]
fn what_is_no_card_is_an_error_and_no_text_is_nothing() {
    let session = session(&[cards()[0].to_string()], 1);
    let error = session.try_ask("SELECT incidents('{}') FROM cards").unwrap_err();
    assert!(error.contains("a card of a call cannot be read"), "{error}");
    let error = session.try_ask("SELECT incidents(card, card) FROM cards").unwrap_err();
    assert!(error.contains("takes 1 argument"), "{error}");
    let rows = session.rows("SELECT incidents(CAST(NULL AS TEXT)) AS i FROM cards");
    assert_eq!(rows[0]["i"], json!([]));
}
