//! What a card says of a call.

use super::fixtures::{CALL_SID, CARD, Floor, WORKER_SID, card, configuration};
use device_monitoring::{
    AddressPrefix, CallContext, Endpoint, EnvironmentSignal, Event, Headset, NetworkPath, NetworkType, RelayProtocol,
    Timestamp,
};
use serde_json::{Value, json};

#[test]
fn nothing_is_told_of_calls_where_that_is_not_configured() {
    let mut floor = Floor::accepted(&json!({"highRttThreshold": 400}));
    floor.seconds(60, true);
    floor.happens(floor.now, Event::Disconnected);
    assert_eq!((floor.beats.len(), floor.cards.len()), (0, 0));
}

#[test]
fn a_card_says_what_the_call_was_like_and_names_no_number() {
    let mut floor = Floor::accepted(&configuration());
    let context = CallContext {
        caller_id: Some("+12025550123".to_owned()),
        edge: Some("ashburn".to_owned()),
        microphone: Some("Jane's Headset (0b0e:0245)".to_owned()),
        ..CallContext::default()
    };
    floor.happens(0, Event::Described(context));
    floor.seconds(20, false);
    floor.seconds(20, true);
    floor.seconds(20, false);
    floor.happens(floor.now, Event::Disconnected);
    let card = floor.card();
    assert_eq!(
        (&card["callSid"], &card["workerSid"], &card["startedAt"], &card["durationMs"], &card["edge"]),
        (&json!(CALL_SID), &json!(WORKER_SID), &json!(1_795_327_609_127_i64), &json!(60_000), &json!("ashburn"))
    );
    assert_eq!((&card["reasons"], &card["diagnosis"]), (&json!(["warningDurPct"]), &json!("your-network")));
    let seconds = card["conditions"]["high-rtt"].as_f64().unwrap();
    assert!((19.0..=21.0).contains(&seconds), "{seconds}");
    assert_eq!(card["metrics"]["rtt"].as_array().unwrap().len(), 2);
    for text in ["2025550123", "jane", "Jane", "Headset"] {
        assert!(!floor.cards[0].contains(text), "{text}");
        assert!(floor.beats.iter().all(|told| !told.text.contains(text)), "{text}");
    }
}

#[test]
fn a_card_says_why_and_with_what_and_a_beat_why() {
    let mut floor = Floor::accepted(&configuration());
    floor.happens(
        0,
        Event::Signal(EnvironmentSignal::Path(NetworkPath {
            network_type: Some(NetworkType::Vpn),
            relay_protocol: Some(RelayProtocol::Tls),
            ..NetworkPath::default()
        })),
    );
    floor.happens(
        0,
        Event::Endpoint(Endpoint {
            headset: Some(Headset::Usb(0x0b0e, 0x0245)),
            codec: Some("opus".to_owned()),
            address: Some(AddressPrefix::V4([198, 41, 0])),
            ..Endpoint::default()
        }),
    );
    floor.seconds(10, false);
    floor.seconds(30, true);
    let causes: Vec<_> = floor.beats.iter().map(|told| told.beat()["cause"].clone()).collect();
    assert_eq!((&causes[0], causes.last().unwrap()), (&Value::Null, &json!("vpn")));
    let last = floor.beats.last().unwrap().beat();
    assert_eq!(last["keys"], json!(["vpn", null, "0b0e:0245", null, null, "0.1.0"]));
    assert_eq!(last["addressPrefix"], json!("198.41.0.0/24"));
    floor.happens(floor.now, Event::Disconnected);
    let card = floor.card();
    let expected = json!({
        "cause": "vpn", "headset": "0b0e:0245", "codec": "opus", "networkType": "vpn", "relayProtocol": "tls",
        "addressPrefix": "198.41.0.0/24", "rttFloorMs": 40
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&card[name], value, "{name}");
    }
}

#[test]
fn a_card_tells_when_what_was_wrong_and_why_and_what_shows_that() {
    let mut floor = Floor::accepted(&configuration());
    let network = |network_type| {
        Event::Signal(EnvironmentSignal::Path(NetworkPath {
            network_type: Some(network_type),
            ..NetworkPath::default()
        }))
    };
    floor.happens(0, network(NetworkType::Ethernet));
    floor.seconds(20, false);
    floor.seconds(20, true);
    floor.seconds(20, false);
    floor.happens(floor.now, network(NetworkType::Vpn));
    floor.seconds(20, false);
    floor.seconds(10, true);
    floor.seconds(20, false);
    floor.happens(floor.now, Event::Disconnected);
    let card = floor.card();
    let stretches = card["timeline"]["your-network"].as_array().unwrap();
    let near = |value: &Value, expected: f64| (value.as_f64().unwrap() - expected).abs() <= 1.0;
    assert_eq!(stretches.len(), 2, "{card}");
    assert!(near(&stretches[0][0], 20.0) && near(&stretches[0][1], 20.0), "{card}");
    assert!(near(&stretches[1][0], 80.0) && near(&stretches[1][1], 10.0), "{card}");
    assert_eq!((&stretches[0][2], &stretches[1][2]), (&Value::Null, &json!("vpn")));
    assert_eq!((&card["cause"], &card["evidence"]), (&json!("vpn"), &json!({"networkType": "vpn"})));
    assert_eq!(card["omittedStretches"], Value::Null);
}

#[test]
fn of_a_timeline_that_is_too_long_the_worst_remains_and_what_is_left_out_is_counted() {
    let mut floor = Floor::accepted(&configuration());
    for length in 0..60 {
        floor.seconds(8, false);
        floor.seconds(10 + length, true);
    }
    floor.seconds(10, false);
    floor.happens(floor.now, Event::Disconnected);
    let card = floor.card();
    let stretches = card["timeline"]["your-network"].as_array().unwrap();
    assert!(stretches.len() > 5, "{card}");
    assert_eq!(stretches.len() as u64 + card["omittedStretches"].as_u64().unwrap(), 60);
    // The longest came last, and each is told after the one before it.
    let from: Vec<_> = stretches.iter().map(|stretch| stretch[0].as_f64().unwrap()).collect();
    assert!(from.is_sorted(), "{from:?}");
    let shortest = stretches.iter().map(|stretch| stretch[1].as_f64().unwrap()).fold(f64::MAX, f64::min);
    assert!(shortest >= (10 + 59 - stretches.len()) as f64 - 1.0, "{shortest}");
    // There would have been no room for another.
    assert!(floor.cards[0].len() > CARD - 20, "{} bytes", floor.cards[0].len());
}

#[test]
fn without_leave_to_name_workers_neither_card_nor_beat_names_one() {
    let mut configuration = configuration();
    configuration["reportWorkers"] = json!(false);
    let mut floor = Floor::accepted(&configuration);
    floor.seconds(40, true);
    floor.happens(floor.now, Event::Disconnected);
    assert_eq!(floor.card()["workerSid"], Value::Null);
    assert!(floor.beats.len() > 2);
    assert!(floor.beats.iter().all(|told| !told.text.contains("WK0")));
}

#[test]
fn what_the_agent_says_in_wrap_up_makes_another_card_of_the_same_call() {
    let mut floor = Floor::accepted(&configuration());
    floor.seconds(20, false);
    floor.happens(floor.now, Event::Disconnected);
    floor.happens(floor.now + 5000, Event::Reported);
    let cards: Vec<_> = floor.cards.iter().map(|text| card(text)).collect();
    assert_eq!(cards.len(), 2);
    assert_eq!((&cards[0]["agentReport"], &cards[1]["agentReport"]), (&Value::Null, &json!(true)));
    assert_eq!((&cards[0]["callSid"], &cards[0]["startedAt"]), (&cards[1]["callSid"], &cards[1]["startedAt"]));
    assert_eq!(cards[1]["reasons"], json!(["agentReport"]));
}

#[test]
fn a_call_in_progress_has_the_card_that_it_would_leave_if_the_page_ended() {
    let mut floor = Floor::accepted(&configuration());
    floor.seconds(12, false);
    let checkpoints = floor.engine.checkpoints(Timestamp(floor.now));
    let text = checkpoints[0].card.as_ref().unwrap().document().to_owned();
    assert_eq!(card(&text)["cutShort"], json!(true));
    assert!(checkpoints[0].alert.is_none());
}
