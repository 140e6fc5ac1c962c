//! What the page is told of a call: notices and toasts, and the same verdict as natively.

use crate::monitor_on_page::{Page, healthy, js, next_moment, noticing, object, wait};
use crate::support;
use serde_json::{Value, json};
use wasm_bindgen_test::*;

#[wasm_bindgen_test]
async fn a_notice_and_its_toast_come_with_the_trouble_and_go_by_themselves_after_it() {
    let page = Page::new(noticing());
    let call = page.accepted_call();
    page.spoil(call);
    let shown = page.effects();
    assert_eq!((shown[0]["type"].as_str(), shown[1]["type"].as_str()), (Some("notice"), Some("toast")));
    assert_eq!(shown[0]["call"], json!(call));
    assert_eq!(
        shown[0]["notice"],
        json!({
            "id": 1, "phase": "active", "diagnosis": "your-network", "severity": "warning", "rank": 1,
            "announce": "status", "cause": null,
            "symptom": {"key": "DeviceMonitoringYourNetworkBoth", "params": {}},
            "advice": "DeviceMonitoringYourNetworkBothAdvice"
        })
    );

    for _ in 0..5 {
        page.sample(call, 40.0);
    }
    assert_eq!(page.effects(), Vec::<Value>::new());
    wait(2300).await;
    let recovered = page.effects();
    assert_eq!(recovered[0]["notice"]["phase"], "recovered");
    assert_eq!(recovered[1], json!({"type": "toast", "notice": null}));
    wait(5300).await;
    assert_eq!(page.effects(), [json!({"type": "notice", "call": call, "notice": null})]);
}

#[wasm_bindgen_test]
async fn a_monitor_that_is_freed_says_nothing_more() {
    let Page { monitor, effects, _keep } = Page::new(noticing());
    let call = monitor.incoming("INCOMING", None, None, None);
    monitor.accept(call, false);
    for rtt in [900.0, 900.0, 40.0, 40.0, 40.0, 40.0, 40.0] {
        next_moment();
        monitor.sample(call, &object(healthy(json!({"rtt": rtt}))));
    }
    let before = effects.length();
    drop(monitor);
    wait(2300).await;
    assert_eq!(effects.length(), before);
}

#[wasm_bindgen_test]
fn what_the_peer_connection_says_counts_beside_the_samples() {
    let page = Page::new(js(&json!({"attributes": {"alertAgent": true, "highPacketsLostThreshold": 3}})));
    let call = page.accepted_call();
    for (fraction_lost, reports) in [(0.0, 1.0), (0.5, 2.0)] {
        page.sample(call, 40.0);
        let stats = json!({
            "candidatePair": {"currentRoundTripTime": 0.04, "state": "succeeded"},
            "remoteInbound": {"fractionLost": fraction_lost, "roundTripTimeMeasurements": reports},
            "remoteOutbound": {"reportsSent": 1},
            "inbound": null,
            "mediaSource": {"audioLevel": 0.1}
        });
        page.monitor.stats(call, &object(js(&stats)));
        next_moment();
    }
    let effects = page.effects();
    assert_eq!(effects[0]["notice"]["symptom"]["key"], "DeviceMonitoringYourNetworkOutbound");
}

#[wasm_bindgen_test]
fn the_engine_says_the_same_in_the_browser_as_natively() {
    let configuration = json!({"alertAgent": true, "highPacketsLostThreshold": 3, "lowMosThreshold": 3.5});
    let replayed = support::play(&configuration, include_str!("../recordings/loss30.jsonl").lines());
    let call = &replayed.calls[0];
    // As tests/snapshots has it from the native test.
    let episodes: Vec<_> = call
        .conditions
        .iter()
        .flat_map(|condition| {
            condition.episodes.iter().map(move |one| (condition.name.as_str(), one.start_ms.0, one.end_ms.0))
        })
        .collect();
    let expected = [
        ("high-packet-loss", 20_006.0, 50_007.0),
        ("high-outbound-packet-loss", 20_006.0, 49_507.0),
        ("low-mos", 20_006.0, 50_007.0),
    ];
    assert_eq!(episodes, expected);
}
