//! The monitor in a real browser: with its clock, its timers and its storage. `web_delivery/` has how alerts are sent.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the message")]

mod support;

use device_monitoring::outbox::Entry;
use device_monitoring::web::monitor::Monitor;
use js_sys::{Array, Function, JSON, Promise, Reflect};
use serde_json::{Value, json};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_browser);

/// A monitor, and the effects that it had so far.
struct Page {
    monitor: Monitor,
    effects: Array,
    _keep: Closure<dyn Fn(JsValue)>,
}

fn js(value: &Value) -> JsValue {
    JSON::parse(&value.to_string()).unwrap()
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// As JavaScript hands an object over, whatever it is.
fn object<T: Tsify>(value: JsValue) -> Ts<T> {
    Ts::new_unchecked(value)
}

/// What JavaScript sees of a value.
fn seen(value: impl Into<JsValue>) -> Value {
    serde_json::from_str(&String::from(JSON::stringify(&value.into()).unwrap())).unwrap()
}

impl Page {
    fn new(setup: JsValue) -> Self {
        let effects = Array::new();
        let list = effects.clone();
        let keep: Closure<dyn Fn(JsValue)> = Closure::new(move |effect| {
            list.push(&effect);
        });
        let monitor = Monitor::new(object(setup), keep.as_ref().clone().unchecked_into());
        Self { monitor, effects, _keep: keep }
    }

    /// What came since the last time.
    fn effects(&self) -> Vec<Value> {
        let text: String = JSON::stringify(&self.effects).unwrap().into();
        self.effects.set_length(0);
        serde_json::from_str(&text).unwrap()
    }

    fn accepted_call(&self) -> u32 {
        let call = self.monitor.incoming("INCOMING", text("CA1"), text("+15550001111"), None);
        self.monitor.accept(call, false);
        call
    }

    /// A second of statistics; what is not told is healthy.
    fn sample(&self, call: u32, rtt: f64) {
        next_moment();
        self.monitor.sample(call, &object(healthy(json!({"rtt": rtt}))));
    }

    /// Severe trouble: two samples of it are enough.
    fn spoil(&self, call: u32) {
        self.sample(call, 900.0);
        self.sample(call, 900.0);
    }
}

/// A healthy `RTCSample`, with some of it changed.
fn healthy(changed: Value) -> JsValue {
    let mut sample = json!({
        "timestamp": 1, "codecName": "opus", "totals": {"packetsLost": 7},
        "jitter": 3, "rtt": 40, "packetsLost": 0, "packetsReceived": 50, "packetsSent": 50, "packetsLostFraction": 0,
        "mos": 4.4, "bytesReceived": 8000, "bytesSent": 8000, "audioInputLevel": 9000, "audioOutputLevel": 6000
    });
    sample.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
    js(&sample)
}

fn noticing() -> JsValue {
    js(&json!({"attributes": {"alertAgent": "true", "highRttThreshold": 400}, "pluginVersion": "1"}))
}

/// Two samples at the same moment are one.
fn next_moment() {
    let now = js_sys::Date::now();
    while js_sys::Date::now() < now + 2.0 {}
}

async fn wait(millis: i32) {
    let promise = Promise::new(&mut |resolve, _| {
        let set_timeout: Function = Reflect::get(&js_sys::global(), &"setTimeout".into()).unwrap().unchecked_into();
        set_timeout.call2(&JsValue::UNDEFINED, &resolve, &millis.into()).unwrap();
    });
    JsFuture::from(promise).await.unwrap();
}

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
fn a_clock_of_the_page_that_runs_backwards_against_its_specification_stops_nothing() {
    let page = Page::new(noticing());
    let call = page.accepted_call();
    page.sample(call, 40.0);
    js_sys::eval("performance.now = (now => () => now.call(performance) - 3600000)(performance.now)").unwrap();
    // How long ago the last sample was, nobody can say: the first one after it counts for nothing.
    page.sample(call, 900.0);
    page.spoil(call);
    js_sys::eval("delete performance.now").unwrap();
    assert_eq!(page.effects()[0]["notice"]["phase"], "active");
}

#[wasm_bindgen_test]
fn a_clock_of_the_page_that_always_runs_backwards_or_stands_still_stops_nothing() {
    for clocks in [
        "performance.now = (now => () => 1e6 - now.call(performance))(performance.now)",
        // The time of day runs so fast that seconds pass in it.
        "performance.now = () => 5; Date.now = (now => () => now() * 1000)(Date.now)",
    ] {
        js_sys::eval("window.restore = (now => () => { Date.now = now; delete performance.now; })(Date.now)").unwrap();
        let page = Page::new(noticing());
        let call = page.accepted_call();
        page.sample(call, 40.0);
        js_sys::eval(clocks).unwrap();
        page.sample(call, 900.0);
        page.spoil(call);
        js_sys::eval("window.restore()").unwrap();
        assert_eq!(
            page.effects().first().map(|effect| effect["notice"]["phase"].clone()),
            Some(json!("active")),
            "{clocks}"
        );
    }
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
        let part = js(&json!({"currentRoundTripTime": 0, "fractionLost": 0, "concealedSamples": 0, "audioLevel": 0}));
        for target in [&sample, &part] {
            for name in Reflect::own_keys(target).unwrap().iter() {
                Reflect::set(target, &name, &value).unwrap();
            }
        }
        let stats = js_sys::Object::new();
        for name in ["candidatePair", "inbound", "remoteInbound", "remoteOutbound", "mediaSource"] {
            Reflect::set(&stats, &name.into(), &part).unwrap();
        }
        for _ in 0..10 {
            next_moment();
            page.monitor.sample(call, &object(sample.clone()));
            page.monitor.sample(call, &object(value.clone()));
            page.monitor.stats(call, &object(stats.clone().into()));
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
fn the_customers_number_is_found_in_the_tasks_attributes() {
    for (worker, attributes, numbers) in [
        ("WK5", json!({"from": "+15550001111", "to": "+15550002222"}), ["+15550001111", "+15550002222"]),
        ("WK6", json!({"caller": "+15550001111", "called": 15_550_002_222_u64}), ["+15550001111", "15550002222"]),
        ("WK7", json!({"from": "+15550002222", "outbound_to": "+15550001111"}), ["+15550001111", "+15550002222"]),
    ] {
        let page = Page::new(js(&json!({"serverlessUri": "https://example.test", "workerSid": worker})));
        let call = page.monitor.incoming("INCOMING", text("CA1"), None, None);
        page.monitor.accept(call, false);
        page.monitor.describe(call, &object(js(&json!({"attributes": attributes}))));
        page.sample(call, 40.0);
        page.monitor.disconnect(call);
        let form = take_stored(worker).form;
        assert_eq!([form.caller_id.as_str(), form.dnis.as_str()], numbers);
    }
}

/// What is stored of the alert on this worker's call, and then is not any more.
fn take_stored(worker: &str) -> Entry {
    let storage = web_sys::window().unwrap().local_storage().unwrap().unwrap();
    let key = format!("device-monitoring/{worker}/alert/alert-CA1");
    let text = storage.get_item(&key).unwrap().unwrap();
    storage.remove_item(&key).unwrap();
    Entry::parse(&text).unwrap()
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

/// The alerts in the outbox of this page's worker.
fn kept(page: &Page) -> Vec<Value> {
    page.monitor.alerts().into_iter().map(seen).collect()
}

#[wasm_bindgen_test]
fn who_is_in_the_conference_and_who_listens_crosses_from_javascript() {
    let reasons = |tell: &dyn Fn(&Page, u32)| -> usize {
        let page = Page::new(noticing());
        let call = page.accepted_call();
        tell(&page, call);
        page.effects();
        page.monitor.disconnect(call);
        let ended = page.effects().into_iter().find(|effect| effect["type"] == "ended").unwrap();
        ended["reasons"].as_array().unwrap().len()
    };
    let conference = |page: &Page, call: u32, others: Value| {
        page.monitor.describe(call, &object(js(&json!({"direction": "outbound"}))));
        page.monitor.conference(call, &object(js(&json!({"onHold": false, "others": others}))));
    };
    assert_eq!(reasons(&|_, _| {}), 1, "a short call");
    assert_eq!(reasons(&|page, call| page.monitor.monitoring(call, false)), 0);
    assert_eq!(reasons(&|page, call| conference(page, call, json!([]))), 0);
    let connecting = json!([{"type": "customer", "status": "connecting", "onHold": false}, {}, 7, null]);
    assert_eq!(reasons(&|page, call| conference(page, call, connecting.clone())), 0);
    let joined = json!([{"type": "customer", "status": "joined", "onHold": true}]);
    assert_eq!(reasons(&|page, call| conference(page, call, joined.clone())), 1);
}

#[wasm_bindgen_test]
fn a_call_found_going_on_is_not_judged_by_its_length() {
    let page = Page::new(js(&json!({"serverlessUri": "https://example.test", "workerSid": "WK4"})));
    let call = page.monitor.incoming("INCOMING", None, None, None);
    page.monitor.accept(call, true);
    page.sample(call, 40.0);
    page.monitor.disconnect(call);
    assert_eq!(kept(&page), Vec::<Value>::new(), "no short call");
}

/// In JavaScript, because a failure inside the engine comes out as an exception, which Rust cannot catch.
/// The engine asks for the time while it works: what is thrown there leaves what a panic leaves, an engine not put back.
const FAIL_AND_GO_ON: &str = "
    const logged = [];
    const attempt = (name, ...more) => {
        try {
            monitor[name](call, ...more);
            logged.push('done');
        } catch (error) {
            logged.push(error.message);
        }
    };
    const slow = { rtt: 900, packetsLost: 0, packetsReceived: 50, bytesReceived: 8000, bytesSent: 8000 };
    attempt('sample', slow);
    performance.now = () => { throw new Error('in the middle'); };
    attempt('sample', slow);
    delete performance.now;
    attempt('sample', slow);
    logged.push(monitor.failed(new Error('an exception')));
    attempt('sample', slow);
    return logged.join();
";

#[wasm_bindgen_test]
fn a_monitor_that_failed_in_the_middle_is_rebuilt_with_its_calls_and_what_they_went_through() {
    let Page { monitor, effects, _keep } = Page::new(noticing());
    let call = monitor.incoming("INCOMING", text("CA1"), None, None);
    monitor.accept(call, false);
    let monitor = JsValue::from(monitor);
    let logged = Function::new_with_args("monitor, call", FAIL_AND_GO_ON)
        .call2(&JsValue::UNDEFINED, &monitor, &call.into())
        .unwrap();
    assert_eq!(logged.as_string().as_deref(), Some("done,in the middle,the engine has failed,retry,done"));
    // Severe trouble takes two samples: the one before the failure still counts.
    assert_eq!(effects.length(), 2, "a notice and a toast");
}

/// Has the page's clock fail so many times, and then hands the console's errors to `done`.
const FAIL_IN_A_TIMER: &str = "
    const { error } = console;
    const logged = [];
    console.error = (...words) => logged.push(words.join(' '));
    const uncaught = (event) => logged.push('uncaught');
    window.addEventListener('error', uncaught);
    let left = times;
    performance.now = () => {
        if (left === 0) return Performance.prototype.now.call(performance);
        left -= 1;
        throw new Error('in a timer');
    };
    return () => {
        delete performance.now;
        console.error = error;
        window.removeEventListener('error', uncaught);
        return logged.filter((line) => !line.includes('at ')).join();
    };
";

#[wasm_bindgen_test]
async fn a_failure_in_a_timer_is_no_error_of_the_pages_and_what_the_timer_was_for_is_done() {
    let page = Page::new(noticing());
    let call = page.accepted_call();
    page.spoil(call);
    for _ in 0..5 {
        page.sample(call, 40.0);
    }
    page.effects();
    let end: Function = Function::new_with_args("times", FAIL_IN_A_TIMER)
        .call1(&JsValue::UNDEFINED, &1.into())
        .unwrap()
        .unchecked_into();
    wait(2600).await;
    let logged = end.call0(&JsValue::UNDEFINED).unwrap().as_string().unwrap();
    assert!(!logged.contains("uncaught"), "{logged}");
    assert_eq!(page.effects()[0]["notice"]["phase"], "recovered");
}

#[wasm_bindgen_test]
fn an_exception_of_the_page_at_an_effect_is_said_to_be_that_of_this_effect() {
    let logged = Array::new();
    let console = Reflect::get(&js_sys::global(), &"console".into()).unwrap();
    let error = Reflect::get(&console, &"error".into()).unwrap();
    let list = logged.clone();
    let hear: Closure<dyn FnMut(JsValue, JsValue)> = Closure::new(move |text, error: JsValue| {
        list.push(&text);
        list.push(&error.unchecked_into::<js_sys::Error>().message());
    });
    let throw = Function::new_no_args("throw new Error('of the page')");
    let monitor = Monitor::new(object(noticing()), throw.unchecked_into());
    let call = monitor.incoming("INCOMING", text("CA1"), None, None);
    monitor.accept(call, false);
    Reflect::set(&console, &"error".into(), hear.as_ref()).unwrap();
    monitor.disconnect(call);
    Reflect::set(&console, &"error".into(), &error).unwrap();
    let logged: Vec<_> = logged.iter().map(|one| one.as_string().unwrap()).collect();
    assert_eq!(logged, ["[device-monitoring] The page failed at the end of a call.", "of the page"]);
}

#[wasm_bindgen_test]
fn the_engine_says_the_same_in_the_browser_as_natively() {
    let configuration = json!({"alertAgent": true, "highPacketsLostThreshold": 3, "lowMosThreshold": 3.5});
    let replayed = support::play(&configuration, include_str!("recordings/loss30.jsonl").lines());
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
