//! JSON element by element. Of an array, or of the list in a page or an envelope, only one value is in memory at a
//! time, and its size is limited. So an input takes no more memory than its longest element, however long the input is
//! and however small it was packed.

use super::envelope::{self, Kind, Part};
use super::fields::is_same;
use super::har::Har;
use super::json_values::Values;
use device_monitoring::replay::recording::LONGEST_LINE;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::cell::Cell;
use std::fmt;
use std::io::{self, Read};
use std::rc::Rc;

/// Takes the elements.
pub(super) trait Elements {
    /// What is no envelope, what it is, and where.
    fn element(&mut self, place: &Place, kind: Kind, value: Value);

    /// A list has nothing in it.
    fn empty_list(&mut self);

    /// Whether nothing more is wanted.
    fn is_over(&self) -> bool {
        false
    }
}

/// How deep lists and envelopes may be in each other: no real export has more.
const DEEPEST: usize = 16;

/// Where an element is in its lists: `[3]: [0]: `, or nothing for a value that is in none.
#[derive(Clone, Default)]
pub(super) struct Place {
    pub(super) indices: Vec<usize>,
    /// How many envelopes are around it.
    envelopes: usize,
}

impl Place {
    /// Whether nothing is around it.
    pub(super) fn is_outermost(&self) -> bool {
        self.indices.is_empty() && self.envelopes == 0
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.indices.iter().try_for_each(|index| write!(f, "[{index}]: "))
    }
}

/// Bytes that may still be read before something is handed over.
#[derive(Clone)]
pub(crate) struct Room(Rc<Cell<usize>>);

impl Default for Room {
    fn default() -> Self {
        Self(Rc::new(Cell::new(LONGEST_LINE)))
    }
}

impl Room {
    pub(crate) fn left(&self) -> usize {
        self.0.get()
    }

    pub(crate) fn set(&self, left: usize) {
        self.0.set(left);
    }
}

/// A reader that ends when there is no room left.
pub(crate) struct Metered<R> {
    pub(crate) reader: R,
    pub(crate) room: Room,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(to)?;
        match self.room.left().checked_sub(read) {
            Some(left) => self.room.set(left),
            None => return Err(io::Error::other(format!("a value of more than {LONGEST_LINE} bytes"))),
        }
        Ok(read)
    }
}

/// Reads one value, and hands over what is in it.
pub(super) fn read<'de, D: Deserializer<'de>>(json: D, room: &Room, to: &mut dyn Elements) -> Result<(), D::Error> {
    room.set(LONGEST_LINE);
    Streamed { to, place: &mut Place::default(), room, depth: DEEPEST }.deserialize(json)
}

/// A value whose elements are handed over.
struct Streamed<'a> {
    to: &'a mut dyn Elements,
    place: &'a mut Place,
    room: &'a Room,
    depth: usize,
}

/// How many values are nothing of ours, and where the first of them is.
#[derive(Default)]
struct Others(Option<(Place, usize)>);

impl Others {
    fn add(&mut self, place: &Place) {
        match &mut self.0 {
            Some((_, count)) => *count += 1,
            None => self.0 = Some((place.clone(), 1)),
        }
    }

    fn append(&mut self, others: Self) {
        self.0 = match (self.0.take(), others.0) {
            (Some((place, count)), Some((_, more))) => Some((place, count + more)),
            (some, more) => some.or(more),
        };
    }

    fn hand_over(self, to: &mut dyn Elements) {
        if let Some((place, count)) = self.0 {
            (0..count).for_each(|_| to.element(&place, Kind::Other, Value::Null));
        }
    }
}

/// A part of an envelope. Where another part is what was sent, this one may be about the sending (Event Hubs has
/// properties beside the body): what is nothing of ours is not told before all parts are read.
struct OfPart<'a> {
    to: &'a mut dyn Elements,
    is_ours: bool,
    others: Others,
}

impl Elements for OfPart<'_> {
    fn element(&mut self, place: &Place, kind: Kind, value: Value) {
        if kind == Kind::Other {
            self.others.add(place);
        } else {
            self.is_ours = true;
            self.to.element(place, kind, value);
        }
    }

    fn empty_list(&mut self) {
        self.to.empty_list();
    }

    fn is_over(&self) -> bool {
        self.to.is_over()
    }
}

/// Reads a part, and says whether all of it could be read.
fn read_part(part: Part, to: &mut dyn Elements, place: &mut Place, depth: usize) -> bool {
    // It is there already, and takes no room.
    let room = Room::default();
    match part {
        Part::Value(value) => Streamed { to, place, room: &room, depth }.deserialize(value).is_ok(),
        Part::Text(json) => Values::new(json.as_bytes()).all(|written| {
            let inner = Streamed { to: &mut *to, place: &mut *place, room: &room, depth };
            let read = |json| inner.deserialize(&mut serde_json::Deserializer::from_str(json));
            written.is_ok_and(|written| read(written.json()).is_ok())
        }),
    }
}

impl Streamed<'_> {
    fn inner(&mut self) -> Streamed<'_> {
        Streamed { to: &mut *self.to, place: &mut *self.place, room: self.room, depth: self.depth.saturating_sub(1) }
    }

    /// What is no list, or is too deep in others.
    fn hand_over<E: de::Error>(self, mut value: Value) -> Result<(), E> {
        let kind = Kind::from_value(&value);
        let parts = if self.depth > 0 { envelope::parts(kind, &mut value) } else { Vec::new() };
        if parts.is_empty() {
            self.to.element(self.place, kind, value);
        }
        self.place.envelopes += 1;
        let (mut is_found, mut beside) = (false, Others::default());
        for part in parts {
            let mut of_part = OfPart { to: &mut *self.to, is_ours: false, others: Others::default() };
            if !read_part(part, &mut of_part, self.place, self.depth.saturating_sub(1)) && !of_part.is_over() {
                of_part.others.add(self.place);
            }
            let OfPart { is_ours, others, .. } = of_part;
            is_found |= is_ours;
            if is_ours {
                others.hand_over(self.to);
            } else {
                beside.append(others);
            }
        }
        if !is_found {
            beside.hand_over(self.to);
        }
        self.place.envelopes -= 1;
        if self.to.is_over() { Err(E::custom("nothing more is wanted")) } else { Ok(()) }
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

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        if self.depth == 0 {
            let value = Value::deserialize(SeqAccessDeserializer::new(seq))?;
            return self.hand_over(value);
        }
        // The value around the list has its share of the room.
        let left = self.room.left();
        let mut index = 0;
        loop {
            self.place.indices.push(index);
            let read = seq.next_element_seed(self.inner());
            self.place.indices.pop();
            self.room.set(left);
            if read?.is_none() {
                break;
            }
            index += 1;
        }
        if index == 0 {
            self.to.empty_list();
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut members = Map::new();
        let mut has_lists = false;
        while let Some(name) = map.next_key::<String>()? {
            if self.depth > 0 && envelope::is_list(&name) {
                match map.next_value_seed(List(self.inner()))? {
                    Some(value) => drop(members.insert(name, value)),
                    None => has_lists = true,
                }
            } else if self.depth > 0 && is_same(&name, "log") {
                has_lists |=
                    map.next_value_seed(Har { to: &mut *self.to, place: &mut *self.place, room: self.room })?;
            } else {
                members.insert(name, map.next_value()?);
            }
        }
        let rest = Value::Object(members);
        // Beside its lists, a page or an envelope says nothing about a call.
        if has_lists && Kind::from_value(&rest) == Kind::Other { Ok(()) } else { self.hand_over(rest) }
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<(), E> {
        self.hand_over(Value::from(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<(), E> {
        self.hand_over(Value::from(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<(), E> {
        self.hand_over(Value::from(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<(), E> {
        self.hand_over(Value::from(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<(), E> {
        self.hand_over(Value::from(value))
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.hand_over(Value::Null)
    }
}

/// The member that has a list's name: if it is a list, its elements are handed over, otherwise it is a value like any
/// other.
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
        // A list in this place is no deeper than the object that it is in.
        let within = Streamed { depth: self.0.depth + 1, ..self.0 };
        within.visit_seq(seq).map(|()| None)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(map)).map(Some)
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
