//! What a browser or a proxy has recorded of its requests: the Voice SDK's posts among them. Everything else,
//! such as answers of megabytes, is skipped without being kept.

use super::envelope::Kind;
use super::fields::{is_same, json_in};
use super::json_stream::{Elements, Place, Room};
use device_monitoring::replay::recording::LONGEST_LINE;
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::fmt;

/// Where the body of a request is, from `log` on.
const BODY: [&str; 4] = ["entries", "request", "post_data", "text"];
/// Bytes of a body. The SDK's have some thousands; what is uploaded has more.
const LONGEST_BODY: usize = 16 * LONGEST_LINE;
/// Bytes of something that is passed over. serde_json keeps one for each level of nesting.
const LONGEST_SKIPPED: usize = 64 * LONGEST_LINE;

/// What stands under `log`; gives whether it was a HAR's.
pub(super) struct Har<'a> {
    pub(super) to: &'a mut dyn Elements,
    pub(super) place: &'a mut Place,
    pub(super) room: &'a Room,
}

impl<'de> DeserializeSeed<'de> for Har<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        let mut found = Found::default();
        Bodies { to: &mut *self.to, place: &mut *self.place, room: self.room, found: &mut found, path: &BODY }
            .deserialize(deserializer)?;
        if found.is_har && !found.any_post {
            self.to.element(self.place, Kind::Har, Value::Null);
        }
        Ok(found.is_har)
    }
}

#[derive(Default)]
struct Found {
    is_har: bool,
    any_post: bool,
}

/// The bodies that are found on a way through the members.
struct Bodies<'a> {
    to: &'a mut dyn Elements,
    place: &'a mut Place,
    room: &'a Room,
    found: &'a mut Found,
    path: &'static [&'static str],
}

impl Bodies<'_> {
    fn on(&mut self, path: &'static [&'static str]) -> Bodies<'_> {
        Bodies { to: &mut *self.to, place: &mut *self.place, room: self.room, found: &mut *self.found, path }
    }
}

impl<'de> DeserializeSeed<'de> for Bodies<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bodies<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let left = self.room.left();
        while let Some(name) = map.next_key::<String>()? {
            match self.path.split_first() {
                Some((next, rest)) if is_same(&name, next) => {
                    if rest.is_empty() {
                        self.room.set(LONGEST_BODY);
                    }
                    map.next_value_seed(self.on(rest))?;
                }
                _ => {
                    self.room.set(LONGEST_SKIPPED);
                    map.next_value::<IgnoredAny>()?;
                }
            }
            // Nothing of it is kept.
            self.room.set(left);
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        let [_, entry @ ..] = &BODY;
        if self.path != entry {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(());
        }
        self.found.is_har = true;
        let left = self.room.left();
        let mut index = 0;
        loop {
            self.place.indices.push(index);
            let read = seq.next_element_seed(self.on(self.path));
            self.place.indices.pop();
            self.room.set(left);
            if read?.is_none() {
                return Ok(());
            }
            index += 1;
        }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        if self.path.is_empty() && text.len() <= LONGEST_LINE {
            let body = json_in(text).and_then(|json| serde_json::from_str(&json).ok());
            if let Some(body) = body.filter(|body| Kind::from_value(body) == Kind::Post) {
                self.found.any_post = true;
                self.to.element(self.place, Kind::Post, body);
            }
        }
        if self.to.is_over() { Err(E::custom("nothing more is wanted")) } else { Ok(()) }
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }
}
