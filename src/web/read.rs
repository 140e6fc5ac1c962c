//! Reading JavaScript's objects into structs.
//!
//! What comes from the Voice SDK, Flex and the browser may be anything. `serde_wasm_bindgen` lets what a getter throws
//! pass through WebAssembly, and one field of the wrong type fails the whole object; here a field that cannot be read is
//! absent. Plain values are left to `serde_wasm_bindgen`; whatever has no JSON form (a function, a symbol, a BigInt) is
//! nothing.

use js_sys::{Array, Reflect};
use serde::de::value::{MapDeserializer, SeqDeserializer, StringDeserializer};
use serde::de::{Deserialize, DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_wasm_bindgen::Error;
use std::cell::RefCell;
use std::collections::HashMap;
use tsify::{Ts, Tsify};
use wasm_bindgen::JsValue;

/// The object as a struct; the default if it is no object.
pub(super) fn read<T: Tsify + DeserializeOwned + Default>(value: &Ts<T>) -> T {
    T::deserialize(Property(value.js_value())).unwrap_or_default()
}

/// For a field whose value is left out where it is of the wrong type, and for a text with nothing in it.
pub(super) fn text<'de, D: Deserializer<'de>>(property: D) -> Result<Option<String>, D::Error> {
    Ok(String::deserialize(property).ok().filter(|text| !text.is_empty()))
}

/// For a field that counts as the default where it is of the wrong type.
pub(super) fn lenient<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(property: D) -> Result<T, D::Error> {
    Ok(T::deserialize(property).unwrap_or_default())
}

/// For a list of objects, each of which is the default where it is none.
pub(super) fn each<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(list: D) -> Result<Vec<T>, D::Error> {
    #[derive(serde::Deserialize)]
    #[serde(transparent, bound = "T: Deserialize<'de> + Default")]
    struct Item<T>(#[serde(deserialize_with = "lenient")] T);

    let items: Vec<Item<T>> = lenient(list)?;
    Ok(items.into_iter().map(|Item(item)| item).collect())
}

thread_local! {
    /// Names of fields as JavaScript has them: making one takes longer than reading the field.
    static NAMES: RefCell<HashMap<&'static str, JsValue>> = RefCell::default();
}

fn js_name(name: &'static str) -> JsValue {
    NAMES.with_borrow_mut(|names| names.entry(name).or_insert_with(|| JsValue::from_str(name)).clone())
}

/// A value on its way into a struct.
struct Property(JsValue);

impl<'de> Deserializer<'de> for Property {
    type Error = Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let is_object = self.0.is_object() && !Array::is_array(&self.0);
        let known = fields.iter().filter(|_| is_object).filter_map(|name| {
            let value = Reflect::get(&self.0, &js_name(name)).ok()?;
            (!value.is_undefined()).then_some((*name, Self(value)))
        });
        visitor.visit_map(MapDeserializer::new(known))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if !Array::is_array(&self.0) {
            return self.deserialize_any(visitor);
        }
        visitor.visit_seq(SeqDeserializer::new(Array::from(&self.0).iter().map(Self)))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_null() || self.0.is_undefined() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    /// Of what is no number, NaN.
    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_f64(self.0.as_f64().unwrap_or(f64::NAN))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let variant: StringDeserializer<Error> = self.0.as_string().unwrap_or_default().into_deserializer();
        visitor.visit_enum(variant)
    }

    /// What nobody asks for is not looked at: it may lead anywhere.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    /// A value that is kept as it is (`serde_wasm_bindgen::preserve`).
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        serde_wasm_bindgen::Deserializer::from(self.0).deserialize_tuple_struct(name, length, visitor)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let is_plain = self.0.as_bool().is_some() || self.0.as_f64().is_some() || self.0.is_string();
        if is_plain {
            serde_wasm_bindgen::Deserializer::from(self.0).deserialize_any(visitor)
        } else {
            visitor.visit_unit()
        }
    }

    /// So that everything is asked for by its name and type, and nothing else is looked at ([`crate::input::lenient`]).
    fn is_human_readable(&self) -> bool {
        false
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 char str string bytes byte_buf unit unit_struct tuple
        map identifier
    }
}

impl IntoDeserializer<'_, Error> for Property {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
