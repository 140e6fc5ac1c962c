//! Writing JSON by hand, for the boundary's own objects alone: everything else is serialised by serde.

use serde::Serialize;

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

    fn serialized<T: Serialize + ?Sized>(&mut self, value: &T) {
        self.value(&serde_json::to_string(value).unwrap_or_default());
    }
}

macro_rules! by_serde {
    ($($type:ty),*) => {$(
        impl Json for $type {
            fn write(&self, to: &mut Writer) {
                to.serialized(self);
            }
        }
    )*};
}

by_serde!(
    str,
    String,
    bool,
    u32,
    usize,
    crate::config::Finding,
    crate::config::Advised,
    crate::config::Config,
    crate::units::Milliseconds,
    crate::verdict::Reason,
    crate::what_if::Judgement
);

impl<T: Json + ?Sized> Json for &T {
    fn write(&self, to: &mut Writer) {
        (**self).write(to);
    }
}

impl Json for f64 {
    fn write(&self, to: &mut Writer) {
        to.serialized(&crate::units::Value(*self));
    }
}

/// What is not there is null.
impl<T: Json> Json for Option<T> {
    fn write(&self, to: &mut Writer) {
        match self {
            Some(value) => value.write(to),
            None => drop(to.value("null")),
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
