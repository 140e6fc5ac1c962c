//! Members of what Twilio exports, however their names and values are written: the API's `call_sid` is `callSid` or
//! `CallSid` in the output of the CLI and the helper libraries, an object may be JSON text, and a number may be text.

use super::are_values;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::ops::Range;

/// The member of this name, which is given in snake case and may be written in any case; `None` for null as well.
pub(super) fn get<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let members = value.as_object()?;
    let other = || members.iter().find(|(key, _)| is_same(key, name)).map(|(_, value)| value);
    members.get(name).or_else(other).filter(|value| !value.is_null())
}

/// The name of the same member as it is written there.
pub(super) fn key<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    let members = value.as_object()?;
    let written = members.get_key_value(name).or_else(|| members.iter().find(|(key, _)| is_same(key, name)));
    written.map(|(key, _)| key.as_str())
}

/// Whether two names are the same in whatever case.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    fn letters(name: &str) -> impl Iterator<Item = u8> {
        name.bytes().filter(|byte| !matches!(byte, b'_' | b'-' | b' ')).map(|byte| byte.to_ascii_lowercase())
    }
    letters(one).eq(letters(other))
}

/// A member of an object; if it is a text that holds JSON, what that holds.
pub(super) fn part<'a>(value: &'a Value, name: &str) -> Cow<'a, Value> {
    get(value, name).map_or(Cow::Owned(Value::Null), unpacked)
}

/// An object or a list, where it stands as JSON text or as base64 of that; anything else as it is.
pub(super) fn unpacked(value: &Value) -> Cow<'_, Value> {
    let found = value.as_str().and_then(json_in).and_then(|json| serde_json::from_str(&json).ok());
    found.map_or(Cow::Borrowed(value), Cow::Owned)
}

/// The JSON of an object or a list that a text is, or base64 of it.
pub(super) fn json_in(text: &str) -> Option<Cow<'_, str>> {
    decoded(text).filter(|json| serde_json::from_str::<&RawValue>(json).is_ok())
}

/// The JSON in a text: one value or several, one after the other.
pub(super) fn values_in(text: &str) -> Option<Cow<'_, str>> {
    decoded(text).filter(|json| are_values(json.as_bytes()))
}

/// What begins as an object or a list does, or is base64 of such.
fn decoded(text: &str) -> Option<Cow<'_, str>> {
    let text = text.trim();
    if text.starts_with(['{', '[']) {
        return Some(Cow::Borrowed(text));
    }
    // JSON that begins with a brace or a bracket begins so in base64.
    if !["ey", "ew", "W"].iter().any(|begin| text.starts_with(begin)) {
        return None;
    }
    // Some write it in lines.
    let packed: Cow<'_, str> =
        if text.contains(char::is_whitespace) { text.split_whitespace().collect() } else { Cow::Borrowed(text) };
    let bytes = STANDARD.decode(&*packed).or_else(|_| STANDARD_NO_PAD.decode(&*packed)).ok()?;
    let json = String::from_utf8(bytes).ok()?;
    json.trim_start().starts_with(['{', '[']).then_some(Cow::Owned(json))
}

/// A text that is not empty.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    get(value, name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// Twilio writes some numbers as texts.
pub(super) fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

/// A number, or `NaN` if there is none.
pub(super) fn field(value: &Value, name: &str) -> f64 {
    get(value, name).and_then(number).unwrap_or(f64::NAN)
}

/// RFC 3339, or as it is printed elsewhere (with a space, without a zone for UTC, RFC 2822, as PHP writes a `DateTime`), or
/// since 1970 in milliseconds or seconds; until the year 9999.
pub(crate) fn milliseconds(value: &Value) -> Option<i64> {
    let ms = match value {
        Value::String(text) => match timestamp(text) {
            Some(timestamp) => timestamp.as_millisecond(),
            // A year alone is no time.
            None => text.parse().ok().filter(|number| *number >= SECONDS.start).and_then(since_1970)?,
        },
        Value::Object(_) => {
            let (date, zone) = (text(value, "date")?, text(value, "timezone")?);
            timestamp(&format!("{date}{}", if zone == "UTC" { "Z" } else { zone }))?.as_millisecond()
        }
        value => since_1970(value.as_f64()?)?,
    };
    (0..253_402_300_800_000).contains(&ms).then_some(ms)
}

/// What counts seconds since 1970: from 1973 until 5138. Milliseconds of the same numbers are of the first years of 1970,
/// before there was any call.
const SECONDS: Range<f64> = 1e8..1e11;

fn since_1970(number: f64) -> Option<i64> {
    let ms = if SECONDS.contains(&number) { (number * 1000.0).round() } else { number };
    // Whole milliseconds up to 2^53 are exact.
    (ms.abs() <= 9e15).then_some(ms as i64)
}

fn timestamp(text: &str) -> Option<Timestamp> {
    let utc = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|time| time.timestamp());
    let mail = || rfc2822::DateTimeParser::new().parse_timestamp(text).ok();
    text.parse().ok().or_else(utc).or_else(mail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_member_is_found_in_every_case_that_twilios_tools_write() {
        for written in ["call_sid", "callSid", "CallSid", "call-sid", "Call Sid"] {
            assert_eq!(text(&json!({"account_sid": "AC1", written: "CA1"}), "call_sid"), Some("CA1"), "{written}");
        }
        assert_eq!(get(&json!({"sdkEdge": null}), "sdk_edge"), None);
        assert_eq!(get(&json!({"call": 1, "sid": 2}), "call_sid"), None);
    }

    #[test]
    fn an_object_is_the_same_as_json_text_and_as_base64() {
        let object = json!({"call_sid": "CA1"});
        let text = object.to_string();
        for written in [object.clone(), json!(text), json!(STANDARD.encode(&text)), json!(format!(" {text}\n"))] {
            assert_eq!(*unpacked(&written), object, "{written}");
        }
        for other in [json!("eyes"), json!("{"), json!(""), json!(5), json!("When?")] {
            assert_eq!(*unpacked(&other), other);
        }
    }

    #[test]
    fn a_time_is_read_as_every_tool_prints_it() {
        let expected = Some(1_790_000_010_000);
        for written in [
            json!("2026-09-21T14:13:30Z"),
            json!("2026-09-21T14:13:30.000Z"),
            json!("2026-09-21T16:13:30+02:00"),
            json!("2026-09-21 14:13:30+00:00"),
            json!("2026-09-21T14:13:30"),
            json!("Mon, 21 Sep 2026 14:13:30 +0000"),
            json!(1_790_000_010_000_i64),
            json!("1790000010000"),
            json!(1_790_000_010),
            json!(1_790_000_010.0),
            json!("1790000010"),
            json!({"date": "2026-09-21 14:13:30.000000", "timezone_type": 3, "timezone": "UTC"}),
            json!({"date": "2026-09-21 16:13:30.000000", "timezone_type": 1, "timezone": "+02:00"}),
        ] {
            assert_eq!(milliseconds(&written), expected, "{written}");
        }
        for other in [json!("yesterday"), json!("2026"), json!(-1), json!(1e300), json!({}), json!({"date": "today"})] {
            assert_eq!(milliseconds(&other), None, "{other}");
        }
    }
}
