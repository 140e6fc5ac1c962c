//! Plain JavaScript objects, field by field: a serializer for a dozen rare objects would weigh more than the engine.

use crate::config::{Block, Setting};
use js_sys::{Array, JSON, Object, Reflect};
use wasm_bindgen::prelude::*;

/// An object of these fields.
pub(super) fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // Fails only for objects that are frozen or trapped, which a new one is not.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object.into()
}

/// A field of an object; `undefined` if there is none, whatever the object is.
pub(super) fn field(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// A text field of an object.
pub(super) fn text(object: &JsValue, name: &str) -> Option<String> {
    field(object, name).as_string().filter(|text| !text.is_empty())
}

/// What an admin wrote, as the engine reads it.
pub(super) fn block(value: &JsValue) -> Block {
    if !value.is_object() || Array::is_array(value) {
        return Block::Other(setting(value));
    }
    let names = Object::keys(value.unchecked_ref::<Object>());
    let property = |name: JsValue| Some((name.as_string()?, setting(&Reflect::get(value, &name).ok()?)));
    Block::Properties(names.iter().filter_map(property).collect())
}

fn setting(value: &JsValue) -> Setting {
    if value.is_undefined() || value.is_null() {
        return Setting::Nothing;
    }
    if let Some(truth) = value.as_bool() {
        return Setting::Truth(truth);
    }
    if let Some(number) = value.as_f64() {
        return Setting::Number(number);
    }
    if let Some(text) = value.as_string() {
        return Setting::Text(text);
    }
    // Objects that JSON cannot hold, such as functions and circles, are quoted as nothing.
    Setting::Other(JSON::stringify(value).ok().and_then(|json| json.as_string()).unwrap_or_default())
}
