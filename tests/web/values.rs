//! Whatever JavaScript hands over: strange numbers, unreadable fields, odd configurations.

use crate::monitor_on_page::{Page, healthy, js, next_moment, noticing, object, seen};
use device_monitoring::RawStatistics;
use device_monitoring::web::monitor::Monitor;
use js_sys::{Array, Reflect};
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::*;

/// What is no number, as JavaScript: each as all fields of an object, and as the object.
const NO_NUMBERS: [&str; 14] = [
    "NaN",
    "Infinity",
    "-Infinity",
    "-1",
    "1e300",
    "null",
    "undefined",
    "'40'",
    "true",
    "5n",
    "10n ** 30n",
    "() => 900",
    "Symbol('rtt')",
    "[900]",
];

#[wasm_bindgen_test]
fn numbers_that_are_none_change_nothing() {
    let page = Page::new(noticing());
    let call = page.accepted_call();
    for strange in NO_NUMBERS {
        let value = js_sys::eval(&format!("({strange})")).unwrap();
        let sample = healthy(json!({}));
        let stats = js(&serde_json::to_value(RawStatistics::default()).unwrap());
        let names = Reflect::own_keys(&stats).unwrap();
        let reports = names.iter().map(|name| Reflect::get(&stats, &name).unwrap());
        for target in reports.chain([sample.clone()]) {
            for name in Reflect::own_keys(&target).unwrap().iter() {
                Reflect::set(&target, &name, &value).unwrap();
            }
        }
        for _ in 0..10 {
            next_moment();
            page.monitor.sample(call, &object(sample.clone()));
            page.monitor.sample(call, &object(value.clone()));
            page.monitor.stats(call, &object(stats.clone()));
            page.monitor.stats(call, &object(value.clone()));
        }
    }
    page.monitor.warning(call, "high-spirits", None, Vec::new());
    page.monitor.reconnecting(call, f64::NAN);
    page.monitor.reconnected(call);
    page.monitor.disconnect(call + 1000);
    let trouble: Vec<_> =
        page.effects().into_iter().filter(|effect| effect["notice"]["diagnosis"] == "your-network").collect();
    assert_eq!(trouble, Vec::<Value>::new());
}

#[wasm_bindgen_test]
fn a_field_that_cannot_be_read_is_unknown_and_the_others_count() {
    let sample = "({ get jitter() { throw new Error('not now') }, rtt: 40, packetsLost: 5n, packetsReceived: 50,
        mos: Symbol('mos'), bytesReceived: 8000, get bytesSent() { return this.bytesReceived } })";
    let read = seen(Monitor::recorded_sample(&object(js_sys::eval(sample).unwrap())));
    assert_eq!(
        read,
        json!({
            "jitter": null, "rtt": 40, "packetsLost": null, "packetsReceived": 50, "packetsSent": null, "mos": null,
            "bytesReceived": 8000, "bytesSent": 8000, "audioInputLevel": null, "audioOutputLevel": null
        })
    );
    let stats = "({ get inbound() { throw new Error('closed') }, mediaSource: 'none',
        candidatePair: Object.create({ currentRoundTripTime: 0.04 }),
        remoteInbound: { fractionLost: 0.02, get roundTripTimeMeasurements() { throw 'gone' } } })";
    let read = seen(Monitor::recorded_stats(&object(js_sys::eval(stats).unwrap())));
    assert_eq!(read["candidatePair"], json!({"currentRoundTripTime": 0.04, "responsesReceived": null}));
    assert_eq!(
        read["remoteInbound"],
        json!({"fractionLost": 0.02, "packetsLost": null, "roundTripTimeMeasurements": null})
    );
    assert_eq!(read["inbound"]["packetsLost"], Value::Null);
    let nothing = json!({"audioLevel": null, "echoReturnLoss": null, "echoReturnLossEnhancement": null});
    assert_eq!(read["mediaSource"], nothing);

    // A sample like that is one: the seconds in which it comes are known, and the call goes on.
    let page = Page::new(noticing());
    let call = page.accepted_call();
    for _ in 0..2 {
        next_moment();
        let slow = sample.replace("rtt: 40", "rtt: 900");
        page.monitor.sample(call, &object(js_sys::eval(&slow).unwrap()));
    }
    assert_eq!(page.effects()[0]["notice"]["phase"], "active");
}

#[wasm_bindgen_test]
fn what_flex_says_of_a_call_may_be_anything() {
    let page = Page::new(noticing());
    let call = page.accepted_call();
    let contexts = "[null, 7, 'text', [], { direction: 'sideways', taskSid: 5, attributes: 'none' },
        { get taskSid() { throw new Error('no') }, attributes: { get from() { throw new Error('no') }, to: {} } },
        { attributes: new Proxy({}, { get() { throw new Error('no') } }), edge: () => 1 }]";
    for context in js_sys::eval(contexts).unwrap().unchecked_into::<Array>().iter() {
        page.monitor.describe(call, &object(context.clone()));
        page.monitor.conference(call, &object(context));
    }
    page.spoil(call);
    assert_eq!(page.effects()[0]["notice"]["phase"], "active");
}

#[wasm_bindgen_test]
fn a_configuration_of_strange_things_is_read_and_reported() {
    let setup = js_sys::eval(
        "({ appConfig: null, uiAttributes: undefined, attributes: {
            highRttThreshold: NaN, highJitterThreshold: () => 1, lowMosThreshold: [3], alertAgent: {}, action: Symbol('a'),
            shortCallThreshold: '0', highPacketsLostTreshold: 3 } })",
    )
    .unwrap();
    let page = Page::new(setup);
    let report = seen(page.monitor.configuration());
    assert_eq!((report["source"].as_str(), report["enabled"].as_bool()), (Some("attributes"), Some(true)));
    let errors = report["findings"].as_array().unwrap().iter().filter(|finding| finding["severity"] == "error");
    let mut properties: Vec<_> = errors.map(|finding| finding["property"].as_str().unwrap()).collect();
    properties.sort_unstable();
    assert_eq!(properties, ["action", "alertAgent", "highJitterThreshold", "highRttThreshold", "lowMosThreshold"]);

    for nothing in ["undefined", "null", "5", "'text'", "[]", "{ attributes: 7 }"] {
        let page = Page::new(js_sys::eval(&format!("({nothing})")).unwrap());
        let call = page.accepted_call();
        page.spoil(call);
        assert_eq!(page.effects(), Vec::<Value>::new(), "{nothing}");
    }
}
