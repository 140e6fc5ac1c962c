//! Cards of calls, as the Function keeps them: what `replay incidents` reads.

use device_monitoring::floor::overview::KeptCard;
use serde::Deserialize;
use serde_json::Value;
use std::io::Read;

/// How deep cards may lie in lists and pages.
const DEEPEST: usize = 4;

/// Adds the cards of a file: a card's data, an item of a Sync map with the data in it, lists of them, and pages of
/// Twilio's API, in JSON one after the other.
///
/// # Errors
/// A sentence: there was something else, or the file breaks off. Every card before that is added.
pub fn read(reader: impl Read, cards: &mut Vec<KeptCard>) -> Result<(), String> {
    let mut unreadable = 0;
    for value in serde_json::Deserializer::from_reader(reader).into_iter::<Value>() {
        unreadable += take(value.map_err(|error| error.to_string())?, cards, DEEPEST);
    }
    if unreadable > 0 { Err(format!("{unreadable} times something else than a card")) } else { Ok(()) }
}

/// Gives how much there was that is no card.
fn take(value: Value, cards: &mut Vec<KeptCard>, depth: usize) -> usize {
    if depth == 0 {
        return 1;
    }
    match value {
        Value::Array(values) => values.into_iter().map(|value| take(value, cards, depth - 1)).sum(),
        Value::Object(mut object) => {
            if let Some(inner) = object.remove("items").or_else(|| object.remove("data")) {
                return take(inner, cards, depth - 1);
            }
            match KeptCard::deserialize(Value::Object(object)) {
                Ok(card) => {
                    cards.push(card);
                    0
                }
                Err(_) => 1,
            }
        }
        _ => 1,
    }
}
