//! A value of JavaScript as JSON has it, for what an admin wrote: appConfig.js is a program, and can hold anything.

use js_sys::{Array, JSON, Object, Reflect};
use serde_json::{Map, Value};
use wasm_bindgen::{JsCast, JsValue};

/// The value, and of an object each property by itself: one that JSON cannot hold does not take the others with it. In
/// its place is a text that says what it is, and that no property takes.
pub(super) fn json_value(value: &JsValue) -> Value {
    let Some(object) = value.dyn_ref::<Object>().filter(|_| !Array::is_array(value) && !value.is_function()) else {
        return single(value);
    };
    let mut properties = Map::new();
    for key in Object::keys(object).iter() {
        let set = Reflect::get(value, &key);
        let set = set.map_or_else(|_| "a property that cannot be read".into(), |set| single(&set));
        properties.insert(key.as_string().unwrap_or_default(), set);
    }
    Value::Object(properties)
}

fn single(value: &JsValue) -> Value {
    if value.is_undefined() || value.is_null() {
        return Value::Null;
    }
    if value.as_f64().is_some_and(|number| !number.is_finite()) {
        return "NaN or Infinity".into();
    }
    // A function and a symbol are left out of JSON, a circle cannot be written.
    let json = JSON::stringify(value).ok().and_then(|json| json.as_string());
    json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_else(|| described(value).into())
}

fn described(value: &JsValue) -> &'static str {
    if value.is_function() {
        "a function"
    } else if value.is_symbol() {
        "a symbol"
    } else {
        "a value that JSON cannot hold"
    }
}
