//! Cards of calls, as the Function keeps them, read one after the other: of a list or a page, only one value is in memory at
//! a time, and of a card only what incidents are judged by.

use crate::sources::{Metered, Room, WithoutMarks};
use device_monitoring::floor::overview::StoredCard;
use device_monitoring::replay::recording::LONGEST_LINE;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;
use std::io::Read;

/// How deep cards may lie in lists and pages.
const DEEPEST: usize = 4;
/// Bytes of a card: Twilio Sync takes no larger item.
const LONGEST_CARD: usize = 16_384;
/// Stretches of trouble of a card. The Function takes no card that has room for more.
const MAX_STRETCHES: usize = 200;
/// What incidents are judged by of that for which a card has no field of its own.
const FURTHER: [&str; 3] = ["network", "networkType", "headset"];

/// What was read.
#[derive(Debug, Default)]
pub struct Cards {
    /// Without what incidents are not judged by.
    pub cards: Vec<StoredCard>,
    /// How many times there was something else than a card.
    pub others: usize,
}

impl Cards {
    /// Reads a card's data, an item of a Sync map with the data in it, lists of them, and pages of Twilio's API, in JSON one
    /// after the other.
    ///
    /// # Errors
    /// What is wrong, for a person to read. What came before it is there.
    pub fn read(&mut self, reader: impl Read) -> Result<(), String> {
        let room = Room::default();
        let metered = Metered { reader: WithoutMarks::new(reader), room: room.clone() };
        let mut json = serde_json::Deserializer::from_reader(metered);
        loop {
            room.set(LONGEST_LINE);
            if json.end().is_ok() {
                return Ok(());
            }
            let any = Any { to: self, room: &room, depth: DEEPEST };
            any.deserialize(&mut json).map_err(|error| error.to_string())?;
        }
    }

    fn take(&mut self, fields: Map<String, Value>, bytes: usize) {
        match StoredCard::deserialize(Value::Object(fields)) {
            Ok(card) if bytes <= LONGEST_CARD => self.cards.push(judged_by(card)),
            _ => self.others += 1,
        }
    }
}

/// A card without what incidents are not judged by.
fn judged_by(card: StoredCard) -> StoredCard {
    let StoredCard { worker, started_at, duration_ms, received_at, call_sid, monitoring, .. } = card;
    let StoredCard { mut timeline, edge, mut versions, team, site, mut more, .. } = card;
    let mut left = MAX_STRETCHES;
    for stretches in timeline.values_mut() {
        stretches.truncate(left);
        left -= stretches.len();
    }
    timeline.retain(|_, stretches| !stretches.is_empty());
    versions.retain(|name, _| name == "plugin" || name == "voiceSdk");
    more.retain(|name, _| FURTHER.contains(&name.as_str()));
    StoredCard {
        worker,
        started_at,
        duration_ms,
        received_at,
        call_sid,
        monitoring,
        timeline,
        edge,
        versions,
        team,
        site,
        more,
        ..StoredCard::default()
    }
}

/// A card, or what cards lie in.
struct Any<'a> {
    to: &'a mut Cards,
    room: &'a Room,
    depth: usize,
}

impl Any<'_> {
    fn inner(&mut self) -> Any<'_> {
        Any { to: &mut *self.to, room: self.room, depth: self.depth - 1 }
    }

    fn other<E>(self) -> Result<(), E> {
        self.to.others += 1;
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Any<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.depth > 0 {
            return deserializer.deserialize_any(self);
        }
        self.to.others += 1;
        IgnoredAny::deserialize(deserializer).map(|_| ())
    }
}

impl<'de> Visitor<'de> for Any<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        loop {
            self.room.set(LONGEST_LINE);
            if list.next_element_seed(self.inner())?.is_none() {
                return Ok(());
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let begin = self.room.left();
        let mut fields = Map::new();
        let mut is_around_cards = false;
        while let Some(name) = map.next_key::<String>()? {
            if name == "items" || name == "data" {
                map.next_value_seed(self.inner())?;
                self.room.set(LONGEST_LINE);
                is_around_cards = true;
            } else if is_around_cards {
                map.next_value::<IgnoredAny>()?;
            } else {
                fields.insert(name, map.next_value()?);
            }
        }
        if !is_around_cards {
            self.to.take(fields, begin - self.room.left());
        }
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.other()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.other()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.other()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.other()
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        self.other()
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.other()
    }
}
