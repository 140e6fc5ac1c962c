//! Reading JavaScript's objects into structs.
//!
//! What comes from the Voice SDK, Flex and the browser may be anything. With `serde-wasm-bindgen`, what a getter throws
//! would pass through WebAssembly, and one field of the wrong type would fail the whole object; here a field that cannot
//! be read is absent, and whatever has no JSON form (a function, a symbol, a BigInt) is nothing.

use js_sys::{Array, Reflect};
use serde::de::value::{MapDeserializer, SeqDeserializer, StringDeserializer};
use serde::de::{Deserialize, DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Error;
use std::cell::RefCell;
use std::fmt::{self, Formatter};
use std::ptr;
use std::rc::Rc;
use tsify::{Ts, Tsify};
use wasm_bindgen::JsValue;

/// The object as a struct; the default if it is no object.
pub(super) fn read<T: Tsify + DeserializeOwned + Default>(value: &Ts<T>) -> T {
    read_any(value.js_value())
}

/// Any value that others pass, as a struct; the default if it is no object.
pub(super) fn read_any<T: DeserializeOwned + Default>(value: JsValue) -> T {
    T::deserialize(Property(value)).unwrap_or_default()
}

/// For a field whose value is left out where it is of the wrong type, and for a text with nothing in it.
pub(super) fn text<'de, D: Deserializer<'de>>(property: D) -> Result<Option<String>, D::Error> {
    Ok(String::deserialize(property).ok().filter(|text| !text.is_empty()))
}

/// For a text that others may have written as a number.
pub(super) fn number_as_text<'de, D: Deserializer<'de>>(property: D) -> Result<Option<String>, D::Error> {
    struct TextOrNumber;

    impl Visitor<'_> for TextOrNumber {
        type Value = String;

        fn expecting(&self, to: &mut Formatter<'_>) -> fmt::Result {
            to.write_str("a text or a number")
        }

        fn visit_str<E>(self, text: &str) -> Result<String, E> {
            Ok(text.to_owned())
        }

        fn visit_f64<E>(self, number: f64) -> Result<String, E> {
            Ok(number.to_string())
        }
    }

    Ok(property.deserialize_any(TextOrNumber).ok().filter(|text| !text.is_empty()))
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

/// The names of a struct's fields.
type Fields = &'static [&'static str];

thread_local! {
    /// The names of each struct's fields as JavaScript has them: making one takes longer than reading the field.
    static NAMES: RefCell<Vec<(Fields, Rc<[JsValue]>)>> = const { RefCell::new(Vec::new()) };
}

fn js_names(fields: Fields) -> Rc<[JsValue]> {
    NAMES.with_borrow_mut(|known| {
        if let Some((_, names)) = known.iter().find(|(struct_fields, _)| ptr::eq(*struct_fields, fields)) {
            return Rc::clone(names);
        }
        let names: Rc<[JsValue]> = fields.iter().map(|name| JsValue::from_str(name)).collect();
        known.push((fields, Rc::clone(&names)));
        names
    })
}

/// A value on its way into a struct.
struct Property(JsValue);

impl<'de> Deserializer<'de> for Property {
    type Error = Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: Fields,
        visitor: V,
    ) -> Result<V::Value, Error> {
        let is_object = self.0.is_object() && !Array::is_array(&self.0);
        let names = js_names(fields);
        let known = fields.iter().zip(names.iter()).filter(|_| is_object).filter_map(|(name, js_name)| {
            let value = Reflect::get(&self.0, js_name).ok()?;
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

    /// Reads a number; NaN if it is none.
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

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if let Some(truth) = self.0.as_bool() {
            visitor.visit_bool(truth)
        } else if let Some(number) = self.0.as_f64() {
            visitor.visit_f64(number)
        } else if let Some(text) = self.0.as_string() {
            visitor.visit_string(text)
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
        tuple_struct map identifier
    }
}

impl IntoDeserializer<'_, Error> for Property {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
