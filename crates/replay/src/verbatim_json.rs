//! JSON of which only a few members are ours: the others stay as they were written, to the byte.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::ops::Range;

/// The members of an object in their order. What is between them stays as it was written, too.
#[derive(Clone, Debug)]
pub(crate) struct Members {
    /// The object as it was written.
    text: String,
    members: Vec<Member>,
    /// Of each name the last place, which is the one that every reader takes.
    places: HashMap<String, usize>,
}

#[derive(Clone, Debug)]
struct Member {
    key: Box<RawValue>,
    value: Box<RawValue>,
    /// Where name and value are in the text.
    at: Range<usize>,
}

impl Member {
    fn value_at(&self) -> Range<usize> {
        self.at.end.saturating_sub(self.value.get().len())..self.at.end
    }
}

impl Default for Members {
    fn default() -> Self {
        Self { text: "{}".to_owned(), members: Vec::new(), places: HashMap::new() }
    }
}

impl Members {
    /// Reads an object.
    ///
    /// # Errors
    /// The text is no JSON, or not an object.
    pub(crate) fn parse(text: &str) -> serde_json::Result<Self> {
        let Entries(entries) = serde_json::from_str(text)?;
        let place_of = |part: &RawValue| (part.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        let member = |(key, value): (&RawValue, &RawValue)| Member {
            at: place_of(key)..place_of(value) + value.get().len(),
            key: key.to_owned(),
            value: value.to_owned(),
        };
        let members: Vec<_> = entries.into_iter().map(member).collect();
        let places = members.iter().enumerate().map(|(place, member)| (name_of(&member.key), place)).collect();
        Ok(Self { text: text.to_owned(), members, places })
    }

    /// The value under a name; of several the last.
    pub(crate) fn get(&self, name: &str) -> Option<&RawValue> {
        self.members.get(*self.places.get(name)?).map(|member| &*member.value)
    }

    /// The names, each once, in the order in which they come first.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut seen = HashSet::new();
        self.members.iter().map(|member| name_of(&member.key)).filter(|name| seen.insert(name.clone())).collect()
    }

    /// Puts a value in the place of the one under this name, or at the end. Of several the last one is replaced, as it is
    /// the one that counts, and the others are taken away.
    pub(crate) fn set(&mut self, name: &str, value: &RawValue) -> serde_json::Result<()> {
        self.take_away(name, 1)?;
        let added = format!("{}: {}", serde_json::to_string(name)?, value.get());
        let (at, with) = match (self.members.iter().find(|member| is(&member.key, name)), self.members.last()) {
            (Some(member), _) => (member.value_at(), value.get().to_owned()),
            (None, Some(last)) => (last.at.end..last.at.end, format!(",{added}")),
            (None, None) => (self.start()..self.start(), added),
        };
        self.replace(at, &with)
    }

    /// Takes a name away; whether it was there.
    pub(crate) fn remove(&mut self, name: &str) -> serde_json::Result<bool> {
        let was_there = self.places.contains_key(name);
        self.take_away(name, 0)?;
        Ok(was_there)
    }

    /// Takes the members of a name away but for so many at the end, each with the comma before it, or the one behind it if
    /// nothing is before it. All at once: with one after the other, thousands would take hours.
    fn take_away(&mut self, name: &str, but: usize) -> serde_json::Result<()> {
        let mut left = self.members.iter().filter(|member| is(&member.key, name)).count().saturating_sub(but);
        if left == 0 {
            return Ok(());
        }
        let start = self.start();
        let (mut text, mut copied) = (String::with_capacity(self.text.len()), 0);
        let (mut before, mut is_any_before) = (start, false);
        let mut members = self.members.iter().peekable();
        while let Some(member) = members.next() {
            let is_gone = left > 0 && is(&member.key, name);
            if is_gone {
                left -= 1;
                let kept = if is_any_before { before } else { copied.max(start) };
                text.push_str(self.text.get(copied..kept).unwrap_or_default());
                let next = members.peek().filter(|_| !is_any_before);
                copied = next.map_or(member.at.end, |next| next.at.start);
            }
            is_any_before |= !is_gone;
            before = member.at.end;
        }
        text.push_str(self.text.get(copied..).unwrap_or_default());
        *self = Self::parse(&text)?;
        Ok(())
    }

    /// The place behind the brace that the object begins with.
    fn start(&self) -> usize {
        self.text.find('{').map_or(0, |brace| brace + 1)
    }

    fn replace(&mut self, at: Range<usize>, with: &str) -> serde_json::Result<()> {
        let mut text = std::mem::take(&mut self.text);
        text.replace_range(at, with);
        *self = Self::parse(&text)?;
        Ok(())
    }

    /// The object, as it was written.
    pub(crate) fn to_raw(&self) -> serde_json::Result<Box<RawValue>> {
        RawValue::from_string(self.text.clone())
    }

    /// The object without white space around its members.
    pub(crate) fn to_compact(&self) -> serde_json::Result<Box<RawValue>> {
        let members: Vec<_> = self.members.iter().map(|Member { key, value, .. }| format!("{key}:{value}")).collect();
        RawValue::from_string(format!("{{{}}}", members.join(",")))
    }

    /// The object, a member a line.
    pub(crate) fn to_lines(&self) -> String {
        let members: Vec<_> =
            self.members.iter().map(|Member { key, value, .. }| format!("  {key}: {value}")).collect();
        if members.is_empty() { "{}".to_owned() } else { format!("{{\n{}\n}}", members.join(",\n")) }
    }
}

fn text(key: &RawValue) -> Option<String> {
    serde_json::from_str(key.get()).ok()
}

/// A name as a text; one that is none, because it has half a character in it, as it was written.
fn name_of(key: &RawValue) -> String {
    text(key).unwrap_or_else(|| key.get().to_owned())
}

fn is(key: &RawValue, name: &str) -> bool {
    name_of(key) == name
}

/// Names and values in their order, where they are in the text.
struct Entries<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Entries<'de>;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// Nested deeper than this, two values are the same only to the byte.
const DEEPEST: usize = 100;

/// Whether two JSON values say the same: white space, the order of members, and the way in which a text or a number is
/// written aside. Numbers are compared as decimals, so that none is rounded.
pub(crate) fn same(one: &RawValue, other: &RawValue) -> bool {
    one.get() == other.get() || canonical(one, 0).is_some_and(|one| Some(one) == canonical(other, 0))
}

fn canonical(value: &RawValue, depth: usize) -> Option<String> {
    let json = value.get().trim();
    if depth > DEEPEST {
        return None;
    }
    Some(match json.as_bytes().first()? {
        b'{' => {
            let Members { members, .. } = Members::parse(json).ok()?;
            let member = |Member { key, value, .. }: &Member| {
                Some(format!("{}:{}", canonical(key, depth + 1)?, canonical(value, depth + 1)?))
            };
            let mut members = members.iter().map(member).collect::<Option<Vec<_>>>()?;
            members.sort();
            format!("{{{}}}", members.join(","))
        }
        b'[' => {
            let values: Vec<Box<RawValue>> = serde_json::from_str(json).ok()?;
            let values = values.iter().map(|value| canonical(value, depth + 1)).collect::<Option<Vec<_>>>()?;
            format!("[{}]", values.join(","))
        }
        b'"' => text(value).and_then(|text| serde_json::to_string(&text).ok()).unwrap_or_else(|| json.to_owned()),
        b't' | b'f' | b'n' => json.to_owned(),
        _ => decimal(json).unwrap_or_else(|| json.to_owned()),
    })
}

/// A number of JSON as its digits without zeros around them, and the power of ten that they are multiplied by.
fn decimal(json: &str) -> Option<String> {
    let (sign, number) = json.strip_prefix('-').map_or(("", json), |number| ("-", number));
    let (number, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Some(format!("{sign}0"));
    }
    let exponent = exponent.parse::<i64>().ok()?.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    let significant = digits.trim_end_matches('0');
    let exponent = exponent.checked_add(i64::try_from(digits.len() - significant.len()).ok()?)?;
    Some(format!("{sign}{significant}e{exponent}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(json: &str) -> Box<RawValue> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn other_members_and_what_is_between_them_stay_as_they_were_written() {
        let text = r#"{ "b":1.0,"a" : 1e3 ,"\u0061":-0,"big":123456789012345678901234567890,"half":"\ud800","\ud800":{ "x" :[ 1 ] },"é\u00e9":1E400
 }"#;
        let mut members = Members::parse(text).unwrap();
        assert_eq!(members.to_raw().unwrap().get(), text);
        members.set("new", &raw("{}")).unwrap();
        assert_eq!(members.to_raw().unwrap().get(), text.replace("1E400", "1E400,\"new\": {}"));
        assert!(members.remove("new").unwrap() && !members.remove("new").unwrap());
        assert_eq!(members.to_raw().unwrap().get(), text);
    }

    #[test]
    fn of_several_members_of_a_name_the_one_that_counts_is_replaced_in_its_place() {
        let mut members = Members::parse(r#"{"x":1,"\u006furs":2,"y":3, "ours" : 4 ,"z":5}"#).unwrap();
        assert_eq!(members.get("ours").unwrap().get(), "4");
        members.set("ours", &raw("6")).unwrap();
        assert_eq!(members.to_raw().unwrap().get(), r#"{"x":1,"y":3, "ours" : 6 ,"z":5}"#);
    }

    #[test]
    fn the_same_is_the_same_however_it_is_written() {
        for (one, other) in [
            (r#"{"a":1,"b":[true,null]}"#, r#"{ "b": [ true , null ], "\u0061": 1 }"#),
            ("[1.0, 100, 0.5, 0]", "[1, 1e2, 5E-1, 0.0e7]"),
            (r#""é""#, r#""\u00e9""#),
        ] {
            assert!(same(&raw(one), &raw(other)), "{one} {other}");
        }
    }

    #[test]
    fn what_differs_in_the_least_is_not_the_same() {
        for (one, other) in [
            ("9007199254740993", "9007199254740992"),
            ("0", "-0"),
            ("1", "\"1\""),
            ("[1,2]", "[2,1]"),
            (r#"{"a":1}"#, r#"{"a":1,"a":1}"#),
            ("null", "{}"),
            (r#""\ud800""#, r#""\ud801""#),
        ] {
            assert!(!same(&raw(one), &raw(other)), "{one} {other}");
        }
    }

    #[test]
    fn any_depth_is_compared_without_overflowing_the_stack() {
        let deep = |inside: &str| raw(&format!("{}{inside}{}", "[".repeat(100_000), "]".repeat(100_000)));
        assert!(same(&deep("1"), &deep("1")));
        assert!(!same(&deep("1"), &deep("2")));
    }
}
