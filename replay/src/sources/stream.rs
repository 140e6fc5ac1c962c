//! JSON element by element: of arrays, and of the lists that pages of Voice Insights have, one value is there at a time,
//! and it may have so many bytes. So a document takes no more memory than its longest element, however long it is, and
//! however small it was packed.

use super::shapes;
use device_monitoring::recording::LONGEST_LINE;
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::cell::Cell;
use std::fmt;
use std::io::{self, Read};
use std::rc::Rc;

/// Takes the elements.
pub(super) trait Elements {
    /// One of them, and where it is; whether more are wanted.
    fn element(&mut self, place: &Place, value: &Value) -> bool;

    /// A page has more than one list, and this one is not read.
    fn another_list(&mut self, place: &Place);
}

/// Where an element is in its arrays: `[3][0]: `, or nothing for a value that is in none.
#[derive(Default)]
pub(super) struct Place(Vec<usize>);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|index| write!(f, "[{index}]: "))
    }
}

/// Bytes that the present element may still have.
#[derive(Clone)]
pub(super) struct Room(Rc<Cell<usize>>);

impl Default for Room {
    fn default() -> Self {
        Self(Rc::new(Cell::new(LONGEST_LINE)))
    }
}

impl Room {
    /// Another element begins.
    fn renew(&self) {
        self.0.set(LONGEST_LINE);
    }

    /// What comes is not kept, however long it is.
    fn unlimited(&self) {
        self.0.set(usize::MAX);
    }
}

/// A reader that ends where an element is too long.
pub(super) struct Metered<R> {
    pub(super) reader: R,
    pub(super) room: Room,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(to)?;
        match self.room.0.get().checked_sub(read) {
            Some(left) => self.room.0.set(left),
            None => return Err(io::Error::other(format!("a value of more than {LONGEST_LINE} bytes"))),
        }
        Ok(read)
    }
}

/// Reads one value, and hands over its elements: those of an array, those of a page's list, or the value itself.
pub(super) fn value<'de, D: Deserializer<'de>>(json: D, room: &Room, to: &mut dyn Elements) -> Result<(), D::Error> {
    room.renew();
    Streamed { to, place: &mut Place::default(), room }.deserialize(json)
}

struct Streamed<'a> {
    to: &'a mut dyn Elements,
    place: &'a mut Place,
    room: &'a Room,
}

impl Streamed<'_> {
    fn hand_over<E: de::Error>(self, value: &Value) -> Result<(), E> {
        if self.to.element(self.place, value) { Ok(()) } else { Err(E::custom("no more is wanted")) }
    }
}

impl<'de> DeserializeSeed<'de> for Streamed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Streamed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut index = 0;
        loop {
            self.room.renew();
            self.place.0.push(index);
            let element = Streamed { to: &mut *self.to, place: &mut *self.place, room: self.room };
            let read = seq.next_element_seed(element);
            self.place.0.pop();
            if read?.is_none() {
                return Ok(());
            }
            index += 1;
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut members = Map::new();
        let mut is_page = false;
        while let Some(name) = map.next_key::<String>()? {
            if is_page {
                // Nothing else of a page is wanted, however long it is.
                if shapes::is_list(&name) {
                    self.to.another_list(self.place);
                }
                self.room.unlimited();
                map.next_value::<IgnoredAny>()?;
                self.room.renew();
            } else if shapes::is_list(&name) && members.contains_key("meta") {
                let list = List(Streamed { to: &mut *self.to, place: &mut *self.place, room: self.room });
                match map.next_value_seed(list)? {
                    Some(value) => drop(members.insert(name, value)),
                    None => is_page = true,
                }
                self.room.renew();
            } else {
                members.insert(name, map.next_value()?);
            }
        }
        if is_page { Ok(()) } else { self.hand_over(&Value::Object(members)) }
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<(), E> {
        self.hand_over(&Value::from(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<(), E> {
        self.hand_over(&Value::from(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<(), E> {
        self.hand_over(&Value::from(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<(), E> {
        self.hand_over(&Value::from(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<(), E> {
        self.hand_over(&Value::from(value))
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.hand_over(&Value::Null)
    }
}

/// What stands under the name of a page's list: its elements are handed over if it is one, and else it is a value like
/// any other.
struct List<'a>(Streamed<'a>);

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        self.0.visit_seq(seq).map(|()| None)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Value::deserialize(de::value::MapAccessDeserializer::new(map)).map(Some)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Some(Value::from(value)))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Some(Value::from(value)))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Some(Value::from(value)))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Some(Value::from(value)))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Some(Value::from(value)))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Some(Value::Null))
    }
}
