//! A monitor as a page has it, and what JavaScript would hand to it.

use device_monitoring::web::monitor::Monitor;
use js_sys::{Array, Function, JSON, Promise, Reflect};
use serde_json::{Value, json};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// A monitor, and the effects that it had so far.
pub(crate) struct Page {
    pub(crate) monitor: Monitor,
    pub(crate) effects: Array,
    pub(crate) _keep: Closure<dyn Fn(JsValue)>,
}

pub(crate) fn js(value: &Value) -> JsValue {
    JSON::parse(&value.to_string()).unwrap()
}

pub(crate) fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// As JavaScript hands an object over, whatever it is.
pub(crate) fn object<T: Tsify>(value: JsValue) -> Ts<T> {
    Ts::new_unchecked(value)
}

/// What JavaScript sees of a value.
pub(crate) fn seen(value: impl Into<JsValue>) -> Value {
    serde_json::from_str(&String::from(JSON::stringify(&value.into()).unwrap())).unwrap()
}

impl Page {
    pub(crate) fn new(setup: JsValue) -> Self {
        let effects = Array::new();
        let list = effects.clone();
        let keep: Closure<dyn Fn(JsValue)> = Closure::new(move |effect| {
            list.push(&effect);
        });
        let monitor = Monitor::new(object(setup), keep.as_ref().clone().unchecked_into());
        Self { monitor, effects, _keep: keep }
    }

    /// What came since the last time.
    pub(crate) fn effects(&self) -> Vec<Value> {
        let text: String = JSON::stringify(&self.effects).unwrap().into();
        self.effects.set_length(0);
        serde_json::from_str(&text).unwrap()
    }

    pub(crate) fn accepted_call(&self) -> u32 {
        let call = self.monitor.incoming("INCOMING", text("CA1"), text("+15550001111"), None);
        self.monitor.accept(call, false);
        call
    }

    /// A second of statistics; what is not told is healthy.
    pub(crate) fn sample(&self, call: u32, rtt: f64) {
        next_moment();
        self.monitor.sample(call, &object(healthy(json!({"rtt": rtt}))));
    }

    /// Severe trouble: two samples of it are enough.
    pub(crate) fn spoil(&self, call: u32) {
        self.sample(call, 900.0);
        self.sample(call, 900.0);
    }
}

/// A healthy `RTCSample`, with some of it changed.
pub(crate) fn healthy(changed: Value) -> JsValue {
    let mut sample = json!({
        "timestamp": 1, "codecName": "opus", "totals": {"packetsLost": 7},
        "jitter": 3, "rtt": 40, "packetsLost": 0, "packetsReceived": 50, "packetsSent": 50, "packetsLostFraction": 0,
        "mos": 4.4, "bytesReceived": 8000, "bytesSent": 8000, "audioInputLevel": 9000, "audioOutputLevel": 6000
    });
    sample.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
    js(&sample)
}

pub(crate) fn noticing() -> JsValue {
    js(&json!({"attributes": {"alertAgent": "true", "highRttThreshold": 400}, "pluginVersion": "1"}))
}

/// Two samples at the same moment are one.
pub(crate) fn next_moment() {
    let now = js_sys::Date::now();
    while js_sys::Date::now() < now + 2.0 {}
}

pub(crate) async fn wait(millis: i32) {
    let promise = Promise::new(&mut |resolve, _| {
        let set_timeout: Function = Reflect::get(&js_sys::global(), &"setTimeout".into()).unwrap().unchecked_into();
        set_timeout.call2(&JsValue::UNDEFINED, &resolve, &millis.into()).unwrap();
    });
    JsFuture::from(promise).await.unwrap();
}
