//! Writing JSON: fields in the order in which they are told, and numbers as a person would write them.
//!
//! By hand: for the alert alone, serde's derived writing was 7 KB of WebAssembly. Three decimals are finer than anything
//! measured here.

use crate::say;

/// What can be written as JSON.
pub trait Json {
    /// Writes it.
    fn write(&self, to: &mut Writer);
}

/// The value as one line of JSON.
#[must_use]
pub fn to_json(value: &dyn Json) -> String {
    let mut writer = Writer::default();
    value.write(&mut writer);
    writer.json
}

/// JSON as it grows. What is written into what is its caller's care; commas come by themselves.
#[derive(Debug, Default)]
pub struct Writer {
    json: String,
}

impl Writer {
    /// Begins an object; its fields follow, and [`Writer::end_object`].
    pub fn object(&mut self) -> &mut Self {
        self.value("{")
    }

    /// One field of an object. A name is never anything that needs an escape.
    pub fn field(&mut self, name: &str, value: &dyn Json) -> &mut Self {
        self.value("\"");
        self.json.push_str(name);
        self.json.push_str("\":");
        value.write(self);
        self
    }

    /// A field that is only there where its value is.
    pub fn known<T: Json>(&mut self, name: &str, value: &Option<T>) -> &mut Self {
        match value {
            Some(value) => self.field(name, value),
            None => self,
        }
    }

    /// See [`Writer::object`].
    pub fn end_object(&mut self) {
        self.json.push('}');
    }

    /// What needs no more writing.
    fn value(&mut self, json: &str) -> &mut Self {
        if !matches!(self.json.as_bytes().last(), None | Some(b'{' | b'[' | b':')) {
            self.json.push(',');
        }
        self.json.push_str(json);
        self
    }

    fn text(&mut self, text: &str) {
        self.value("\"");
        for character in text.chars() {
            match character {
                '"' => self.json.push_str("\\\""),
                '\\' => self.json.push_str("\\\\"),
                '\n' => self.json.push_str("\\n"),
                '\r' => self.json.push_str("\\r"),
                '\t' => self.json.push_str("\\t"),
                '\0'..' ' => {
                    self.json.push_str(if character < '\u{10}' { "\\u000" } else { "\\u001" });
                    self.json.push(char::from_digit(u32::from(character) % 16, 16).unwrap_or_default());
                }
                _ => self.json.push(character),
            }
        }
        self.json.push('"');
    }
}

impl<T: Json + ?Sized> Json for &T {
    fn write(&self, to: &mut Writer) {
        (**self).write(to);
    }
}

impl Json for str {
    fn write(&self, to: &mut Writer) {
        to.text(self);
    }
}

impl Json for String {
    fn write(&self, to: &mut Writer) {
        to.text(self);
    }
}

impl Json for bool {
    fn write(&self, to: &mut Writer) {
        to.value(if *self { "true" } else { "false" });
    }
}

/// What is no number is null.
impl Json for f64 {
    fn write(&self, to: &mut Writer) {
        if self.is_finite() {
            to.value(&say::decimal(*self));
        } else {
            to.value("null");
        }
    }
}

impl Json for u32 {
    fn write(&self, to: &mut Writer) {
        f64::from(*self).write(to);
    }
}

impl Json for usize {
    fn write(&self, to: &mut Writer) {
        (*self as f64).write(to);
    }
}

/// What is not there is null.
impl<T: Json> Json for Option<T> {
    fn write(&self, to: &mut Writer) {
        match self {
            Some(value) => value.write(to),
            None => f64::NAN.write(to),
        }
    }
}

impl<T: Json> Json for [T] {
    fn write(&self, to: &mut Writer) {
        to.value("[");
        for value in self {
            value.write(to);
        }
        to.json.push(']');
    }
}

impl<T: Json> Json for Vec<T> {
    fn write(&self, to: &mut Writer) {
        self.as_slice().write(to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_with_three_decimals_at_most() {
        let numbers = vec![20400.0, 37.437_51, 0.1 + 0.2, -0.5];
        assert_eq!(to_json(&numbers), "[20400,37.438,0.3,-0.5]");
    }

    #[test]
    fn what_is_no_number_is_null() {
        assert_eq!(to_json(&vec![Some(f64::NAN), Some(f64::INFINITY), None]), "[null,null,null]");
    }

    #[test]
    fn texts_are_read_back_as_they_were() {
        let text = String::from_iter('\0'..='\u{a0}') + "\u{2028}\u{1f4de}";
        assert_eq!(serde_json::from_str::<String>(&to_json(&text)).unwrap(), text);
    }

    #[test]
    fn objects_hold_what_there_is() {
        struct Empty;
        impl Json for Empty {
            fn write(&self, to: &mut Writer) {
                to.object().known("none", &None::<bool>).end_object();
            }
        }
        struct Full;
        impl Json for Full {
            fn write(&self, to: &mut Writer) {
                to.object()
                    .field("a", &"}")
                    .known("b", &Some(true))
                    .field("c", &vec![Empty, Empty])
                    .field("d", &None::<u32>)
                    .field("e", &Vec::<bool>::new())
                    .field("f", &7_usize)
                    .end_object();
            }
        }
        assert_eq!(to_json(&Full), r#"{"a":"}","b":true,"c":[{},{}],"d":null,"e":[],"f":7}"#);
    }
}
