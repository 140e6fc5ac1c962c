//! JavaScript's values: read field by field, and made of JSON, which takes a tenth of the code of making them field by
//! field.

use crate::json::{Json, to_json};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Whatever has fields.
    type Fields;
    #[wasm_bindgen(method, structural, indexing_getter, catch)]
    fn get(this: &Fields, name: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = JSON)]
    fn parse(json: &str) -> JsValue;
}

/// What this JSON says.
pub(super) fn object(json: &dyn Json) -> JsValue {
    parse(&to_json(json))
}

/// A field of an object; `undefined` if there is none, whatever the object is.
pub(super) fn field(object: &JsValue, name: &str) -> JsValue {
    object.unchecked_ref::<Fields>().get(name).unwrap_or(JsValue::UNDEFINED)
}

/// A text field of an object.
pub(super) fn text(object: &JsValue, name: &str) -> Option<String> {
    known(&field(object, name))
}

/// A text, if there is any in it.
pub(super) fn known(text: &JsValue) -> Option<String> {
    text.as_string().filter(|text| !text.is_empty())
}

/// What an array holds; nothing if it is none.
pub(super) fn items(array: &JsValue) -> impl Iterator<Item = JsValue> {
    let length = field(array, "length").as_f64().unwrap_or(0.0) as u32;
    (0..length).map(|index| field(array, &index.to_string()))
}

/// The texts of an array.
pub(super) fn texts(array: &JsValue) -> Vec<String> {
    items(array).filter_map(|item| item.as_string()).collect()
}
