//! JSON of which only a few members are ours: the others stay as they were written, to the byte.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::collections::{HashMap, HashSet};
use std::fmt;

/// The members of an object in their order, names and values as they were written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members {
    members: Vec<Member>,
    /// Of each name the last place, which is the one that every reader takes.
    places: HashMap<String, usize>,
}

#[derive(Clone, Debug)]
struct Member {
    key: Box<RawValue>,
    value: Box<RawValue>,
}

impl Members {
    fn new(members: Vec<Member>) -> Self {
        let places = members.iter().enumerate().map(|(place, member)| (name_of(&member.key), place)).collect();
        Self { members, places }
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

    /// Puts a value in the place of the one under this name, or at the end.
    pub(crate) fn set(&mut self, name: &str, value: Box<RawValue>) -> serde_json::Result<()> {
        let key = serde_json::value::to_raw_value(name)?;
        let mut members = std::mem::take(self).members;
        let place = members.iter().position(|member| is(&member.key, name)).unwrap_or(members.len());
        members.retain(|member| !is(&member.key, name));
        members.insert(place, Member { key, value });
        *self = Self::new(members);
        Ok(())
    }

    /// Takes a name away; whether it was there.
    pub(crate) fn remove(&mut self, name: &str) -> bool {
        if !self.places.contains_key(name) {
            return false;
        }
        let mut members = std::mem::take(self).members;
        members.retain(|member| !is(&member.key, name));
        *self = Self::new(members);
        true
    }

    /// The object.
    pub(crate) fn to_raw(&self) -> serde_json::Result<Box<RawValue>> {
        let members: Vec<_> = self.members.iter().map(|Member { key, value }| format!("{key}:{value}")).collect();
        RawValue::from_string(format!("{{{}}}", members.join(",")))
    }

    /// The object, a member a line.
    pub(crate) fn to_lines(&self) -> String {
        let members: Vec<_> = self.members.iter().map(|Member { key, value }| format!("  {key}: {value}")).collect();
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

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Members;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some((key, value)) = map.next_entry()? {
                    members.push(Member { key, value });
                }
                Ok(Members::new(members))
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
            let Members { members, .. } = serde_json::from_str(json).ok()?;
            let member = |Member { key, value }: &Member| {
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
    fn other_members_stay_as_they_were_written() {
        let text = r#"{"b":1.0,"a":1e3,"\u0061":-0,"big":123456789012345678901234567890,"half":"\ud800","\ud800":{ "x" :[ 1 ] },"é\u00e9":1E400}"#;
        let mut members: Members = serde_json::from_str(text).unwrap();
        assert_eq!(members.to_raw().unwrap().get(), text);
        members.set("new", raw("{}")).unwrap();
        assert_eq!(members.to_raw().unwrap().get(), format!("{},\"new\":{{}}}}", &text[..text.len() - 1]));
        assert!(members.remove("new") && !members.remove("new"));
        assert_eq!(members.to_raw().unwrap().get(), text);
    }

    #[test]
    fn a_member_is_replaced_in_its_place_however_its_name_was_written_and_however_often() {
        let mut members: Members = serde_json::from_str(r#"{"x":1,"\u006furs":2,"y":3,"ours":4}"#).unwrap();
        assert_eq!(members.get("ours").unwrap().get(), "4");
        members.set("ours", raw("5")).unwrap();
        assert_eq!(members.to_raw().unwrap().get(), r#"{"x":1,"ours":5,"y":3}"#);
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
