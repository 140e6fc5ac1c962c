//! Recordings: what happened to calls, one JSON object a line.
//!
//! A line holds `ms` (milliseconds since the call was accepted), `type`, the fields of that type under the Voice SDK's
//! own names, and `callSid` where a file holds several calls. `truth` lines, which say what a test network did, are
//! never shown to the engine. [`crate::replay`] plays them.
//!
//! An `audio-context` line has the `state` (W3C's `AudioContextState`) of the AudioContext with which the SDK measures the
//! levels, whenever that changes; before the first such line it is `running`. Of the statistics' numbers each may be
//! absent.
//!
//! `track`, `pressure`, `late-tick` and `path` say what has changed of the microphone's track (`state`: `live`, `muted`, by
//! the system, or `ended`), of the pressure on the processor (`state`: W3C's `PressureState`), of the page's timers
//! (`lateMs`: one ran so much late) and of the path that the media take (`path`: webrtc-stats' names of the local
//! candidate, without an address). Before the first such line the track is live and nothing is known of the others.
//!
//! `muted-level` is what the microphone hears while the agent is muted (`level`, 0 to 1), several times a second.
//!
//! `endpoint` says what has become known, or has changed, of the call's endpoint: `headset` (vendor and
//! product id, `built-in`, `hands-free` or `unknown`), `codec`, `webRtcRedirected`, and the navigator's `cpuPerformance`,
//! `hardwareConcurrency` and `deviceMemory`.
//!
//! An `accept` with `midway` true says that the call was already in progress when it was found: how long it lasted is not
//! known.
//!
//! `hold` says whether the call is on hold. `conference` says who is on hold, from which the same follows, and who is
//! there: whether the agent's leg is on hold (`onHold`), and `type`, `status` and `onHold` of each of the `others`, as
//! Flex has them. `task` is the agent's own task that the call belongs to, and its `direction`. `monitoring` says that
//! a supervisor monitors a colleague's call with it, and whether they are `speaking` there, that is, not muted.
//!
//! What the SDK itself may report as anything, a sample's and a warning's values, is read as the page reads it: what
//! is not a number counts as unknown. A line that is wrong otherwise is not used, and reported.

mod fields;

use crate::call::CallParties;
use crate::input::agent_endpoint::RawEndpoint;
use crate::input::conference::{Conference, Participant};
use crate::input::environment_signal::{EnvironmentSignal, PressureState, RawPath, TrackState};
use crate::input::event::{CallContext, CallDirection, Event};
use crate::input::lenient;
use crate::input::sample::{RawSample, Sample};
use crate::input::stats::{RawStatistics, Statistics};
use crate::input::units::{Milliseconds, Timestamp, WallTime};
use crate::input::warning::{Statistic, WarningData, WarningName};
use fields::{Fields, not_a, not_json, quoted, shown};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The one version of the format.
const VERSION: f64 = 1.0;
/// A longer line is not read, in bytes. The longest of a real call, a warning with its samples, has some thousand.
pub const LONGEST_LINE: usize = 1_000_000;
/// Bytes of a name; a longer one is ignored. A CallSid has 34.
pub const LONGEST_NAME: usize = 256;
/// Values of a warning that are read: the SDK's have ten at most.
pub const MAX_VALUES: usize = 64;
/// Types of lines that say what the network did, or what was heard: nothing for an engine.
const TRUTH: [&str; 3] = ["truth", "truth-second", "truth-sound"];
/// Others in a conference: Twilio lets 250 into one.
pub const MAX_OTHERS: usize = 1000;

/// The content of a line.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "nearly every line is an event")]
pub enum Content {
    /// The time of day of ms = 0.
    StartedAt(WallTime),
    /// A call was announced, or is being made.
    Opened(CallParties),
    /// The call was accepted.
    Accepted {
        /// It was already in progress when it was found, so it was accepted earlier (`midway`).
        found_in_progress: bool,
    },
    /// Anything else that happened to it.
    Event(Event),
    /// Nothing for an engine: the header, the truth, what it does not use.
    Nothing,
    /// A type or a warning that is not known: which.
    Unknown(String),
}

impl Content {
    /// Whether it is about a call, and not only about the recording.
    #[must_use]
    pub fn is_about_a_call(&self) -> bool {
        matches!(self, Self::Opened(_) | Self::Accepted { .. } | Self::Event(_))
    }
}

/// One line, understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<'a> {
    /// Milliseconds since the call was accepted.
    pub at: Timestamp,
    /// The CallSid on the line, where a file holds several calls.
    pub call: Option<Cow<'a, str>>,
    /// The content of the line.
    pub content: Content,
}

/// Reads a line of bytes: `None` if it is blank.
///
/// Of a line that is longer than [`LONGEST_LINE`], any beginning of more than that will do.
///
/// # Errors
/// What is wrong with it, for a person to read.
pub fn read_bytes(line: &[u8], is_first: bool) -> Result<Option<Entry<'_>>, String> {
    if line.len() > LONGEST_LINE {
        return Err(format!("longer than {LONGEST_LINE} bytes"));
    }
    let invalid = |error: std::str::Utf8Error| format!("not UTF-8 at byte {}", error.valid_up_to() + 1);
    let text = std::str::from_utf8(line).map_err(invalid)?;
    // Some editors begin a file with a byte order mark.
    let text = if is_first { text.strip_prefix('\u{feff}').unwrap_or(text) } else { text };
    if text.trim().is_empty() { Ok(None) } else { read(text).map(Some) }
}

/// Reads one line.
///
/// # Errors
/// What is wrong with it, for a person to read.
pub fn read(line: &str) -> Result<Entry<'_>, String> {
    read_second(line).map_or_else(|| read_any(line), Ok)
}

/// Reads what a line of this type says, given its fields but for `type` and `ms`.
///
/// # Errors
/// What is wrong with it, for a person to read.
pub fn read_fields(kind: &str, fields: Map<String, Value>) -> Result<Content, String> {
    let fields = Fields(fields);
    let content = content(kind, &fields).map_err(|wrong| format!("{}: {wrong}", quoted(kind)))?;
    // Not used here, but one that is wrong makes the line wrong, as in `read`.
    fields.name("callSid").map(|_| content)
}

/// Reads a line if it is one of those that a recording mostly consists of, and nothing is wrong with it.
fn read_second(line: &str) -> Option<Entry<'_>> {
    // A derived `Deserialize` would take a list, too.
    if !line.starts_with('{') {
        return None;
    }
    serde_json::from_str::<Second<'_>>(line).ok()?.entry()
}

/// A line with a second's sample, statistics or truth.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Second<'a> {
    ms: f64,
    #[serde(rename = "type")]
    kind: &'a str,
    call_sid: Option<&'a str>,
    #[serde(default, deserialize_with = "lenient::object")]
    sample: Option<RawSample>,
    #[serde(default, deserialize_with = "lenient::object")]
    stats: Option<RawStatistics>,
}

impl<'a> Second<'a> {
    fn entry(self) -> Option<Entry<'a>> {
        let content = match self.kind {
            "sample" => Content::Event(Event::Sample(self.sample?.into())),
            "stats" => Content::Event(Event::Statistics(self.stats?.into())),
            kind if TRUTH.contains(&kind) => Content::Nothing,
            _ => return None,
        };
        if self.call_sid.is_some_and(|name| name.len() > LONGEST_NAME) {
            return None;
        }
        Some(Entry { at: time(self.ms).ok()?, call: self.call_sid.map(Cow::Borrowed), content })
    }
}

/// Reads a line whatever it is about, and says what is wrong with it.
fn read_any(line: &str) -> Result<Entry<'_>, String> {
    let fields = match serde_json::from_str(line).map_err(|error| not_json(&error))? {
        Value::Object(fields) => Fields(fields),
        other => return Err(format!("{} is not an object", shown(&other))),
    };
    let kind = fields.text("type")?.ok_or("without \"type\"")?;
    let at = time(fields.number("ms")?.ok_or("without \"ms\"")?)?;
    let content = content(&kind, &fields).map_err(|wrong| format!("{}: {wrong}", quoted(&kind)))?;
    Ok(Entry { at, call: fields.name("callSid")?.map(Cow::Owned), content })
}

fn time(ms: f64) -> Result<Timestamp, String> {
    // Whole milliseconds up to 2^53 are exact; nothing that far away is a time in a call.
    if ms.abs() > 9e15 { Err(format!("\"ms\" {ms:e} is no time in a call")) } else { Ok(Timestamp(ms as i64)) }
}

fn content(kind: &str, fields: &Fields) -> Result<Content, String> {
    let event = match kind {
        "recording" => return header(fields),
        "incoming" => return incoming(fields).map(Content::Opened),
        "accept" => {
            let found_in_progress = if fields.get("midway").is_some() { fields.truth("midway")? } else { false };
            return Ok(Content::Accepted { found_in_progress });
        }
        "sample" => Event::Sample(Sample::from(object::<RawSample>(fields, "sample")?)),
        "warning" | "warning-cleared" => {
            let name = fields.text("name")?.ok_or("without \"name\"")?;
            match WarningName::parse(&name) {
                Some(name) if kind == "warning" => Event::Warning(name, warning_data(fields.get("data"))),
                Some(name) => Event::WarningCleared(name),
                None => return Ok(Content::Unknown(format!("the warning {}", quoted(&name)))),
            }
        }
        "mute" => Event::Muted(fields.truth("muted")?),
        "hold" => Event::Held(fields.truth("held")?),
        "conference" => Event::Conference(conference(fields)?),
        "task" => Event::Described(task(fields)?),
        "monitoring" => Event::Monitoring { speaking: fields.truth("speaking")? },
        "audio-context" => {
            let state = fields.text("state")?.ok_or("without \"state\"")?;
            Event::from_audio_context_state(&state)
        }
        "track" => Event::Signal(EnvironmentSignal::Track(state(fields, TrackState::parse, "live, muted or ended")?)),
        "pressure" => {
            let known = "nominal, fair, serious or critical";
            Event::Signal(EnvironmentSignal::Pressure(state(fields, PressureState::parse, known)?))
        }
        "late-tick" => {
            let late = fields.number("lateMs")?.ok_or("without \"lateMs\"")?;
            Event::Signal(EnvironmentSignal::LateTick(Milliseconds(late)))
        }
        "muted-level" => {
            let level = fields.number("level")?.ok_or("without \"level\"")?;
            Event::Signal(EnvironmentSignal::MutedLevel(level))
        }
        "path" => Event::Signal(EnvironmentSignal::Path(object::<RawPath>(fields, "path")?.into())),
        "endpoint" => Event::Endpoint(object::<RawEndpoint>(fields, "endpoint")?.into()),
        "agent-report" => Event::Reported,
        "reconnecting" => Event::Reconnecting { code: fields.code()? },
        "reconnected" => Event::Reconnected,
        "transportClose" => Event::TransportClosed,
        "error" => Event::Error { code: fields.code()? },
        "disconnect" => Event::Disconnected,
        "cancel" => Event::Cancelled,
        "reject" => Event::Rejected,
        "stats" => Event::Statistics(Statistics::from(object::<RawStatistics>(fields, "stats")?)),
        kind if TRUTH.contains(&kind) => return Ok(Content::Nothing),
        _ => return Ok(Content::Unknown(format!("the type {}", quoted(kind)))),
    };
    Ok(Content::Event(event))
}

fn header(fields: &Fields) -> Result<Content, String> {
    if let Some(version) = fields.number("version")?.filter(|version| *version != VERSION) {
        return Err(format!("version {version} is not known; the rest is read as version {VERSION}"));
    }
    Ok(fields.number("startedAt")?.map_or(Content::Nothing, |at| Content::StartedAt(WallTime(at))))
}

fn incoming(fields: &Fields) -> Result<CallParties, String> {
    let parameters = match fields.get("parameters") {
        None => Fields::default(),
        Some(Value::Object(parameters)) => Fields(parameters.clone()),
        Some(other) => return Err(not_a("parameters", other, "an object")),
    };
    let direction = match fields.text("direction")?.as_deref() {
        None | Some("INCOMING") => CallDirection::Incoming,
        Some("OUTGOING") => CallDirection::Outgoing,
        Some(other) => return Err(not_a("direction", &other.into(), "INCOMING or OUTGOING")),
    };
    let (call_sid, from, to) = (parameters.name("CallSid")?, parameters.name("From")?, parameters.name("To")?);
    Ok(CallParties { direction, call_sid, from, to })
}

fn conference(fields: &Fields) -> Result<Conference, String> {
    let others = fields.get("others").ok_or("without \"others\"")?;
    let others = others.as_array().ok_or_else(|| not_a("others", others, "a list"))?;
    if others.len() > MAX_OTHERS {
        return Err(format!("\"others\" has more than {MAX_OTHERS} entries"));
    }
    let participant = |other: &Value| {
        let Value::Object(other) = other else { return Err(not_a("others", other, "a list of objects")) };
        let other = Fields(other.clone());
        let (kind, status) = (other.text("type")?.unwrap_or_default(), other.text("status")?.unwrap_or_default());
        Ok(Participant::new(&kind, &status, other.truth("onHold")?))
    };
    Ok(Conference {
        on_hold: fields.truth("onHold")?,
        others: others.iter().map(participant).collect::<Result<_, _>>()?,
    })
}

fn task(fields: &Fields) -> Result<CallContext, String> {
    let direction = match fields.text("direction")?.as_deref() {
        None => None,
        Some("inbound") => Some(CallDirection::Incoming),
        Some("outbound") => Some(CallDirection::Outgoing),
        Some(other) => return Err(not_a("direction", &other.into(), "inbound or outbound")),
    };
    Ok(CallContext { direction, task_sid: fields.name("taskSid")?, ..CallContext::default() })
}

/// The line's `state`, which is one of those that are known.
fn state<T>(fields: &Fields, parse: impl Fn(&str) -> Option<T>, known: &str) -> Result<T, String> {
    let state = fields.text("state")?.ok_or("without \"state\"")?;
    parse(&state).ok_or_else(|| not_a("state", &state.into(), known))
}

/// The object of this name, read field by field.
fn object<'a, T: Deserialize<'a>>(fields: &'a Fields, name: &str) -> Result<T, String> {
    let value = fields.get(name).ok_or_else(|| format!("without \"{name}\""))?;
    lenient::object(value).ok().flatten().ok_or_else(|| not_a(name, value, "an object"))
}

fn warning_data(data: Option<&Value>) -> WarningData {
    let threshold = data.and_then(|data| data.get("threshold")?.get("name")?.as_str());
    let values = data.and_then(|data| data.get("values")?.as_array()).into_iter().flatten();
    WarningData {
        statistic: threshold.and_then(Statistic::parse),
        values: values.take(MAX_VALUES).map(|value| value.as_f64().unwrap_or(f64::NAN)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::fs;
    use std::path::Path;

    /// Lines of real recordings, of every kind.
    fn lines() -> Vec<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
        let texts = ["loss5.jsonl", "lab/oneway_up_opus.jsonl", "lab/second_call_after_bad_one.jsonl"]
            .map(|name| fs::read_to_string(folder.join(name)).unwrap());
        texts.iter().flat_map(|text| text.lines()).map(str::to_owned).collect()
    }

    #[test]
    fn every_second_of_a_recording_is_read_the_short_way_and_says_the_same_as_the_long_way() {
        let mut short = 0;
        for line in lines() {
            let expected = read_any(&line).unwrap();
            let is_second = line.contains("\"type\":\"sample\"") || line.contains("\"type\":\"stats\"");
            match read_second(&line) {
                Some(entry) => {
                    short += 1;
                    assert_eq!(entry, expected, "{line}");
                }
                None => assert!(!is_second, "{line}"),
            }
        }
        assert!(short > 600, "only {short}");
    }

    #[test]
    fn a_list_or_an_object_in_the_place_of_another_value_is_none_of_a_second() {
        for line in [
            r#"[1,"truth",null,{},{}]"#,
            r#"{"ms":1,"type":{"truth":null}}"#,
            r#"{"ms":1,"type":"sample","sample":[1,2,3]}"#,
            r#"{"ms":[1],"type":"truth"}"#,
        ] {
            assert!(read(line).is_err(), "{line}");
        }
    }

    #[test]
    fn a_number_too_large_for_any_value_harms_only_a_field_that_is_read() {
        let line = |unread: &str, jitter: &str| {
            format!(
                r#"{{"ms":1000,"type":"sample","sample":{{"rtt":40,"jitter":{jitter},"totals":{{"packetsReceived":{unread}}}}}}}"#
            )
        };
        assert_eq!(read(&line("1E592", "3")).unwrap(), read(&line("1592", "3")).unwrap());
        assert!(read(&line("1592", "1E592")).is_err());
    }

    proptest! {
        #[test]
        fn a_line_that_is_damaged_says_the_same_the_short_way_as_the_long_way_or_is_left_to_it(
            line in prop::sample::select(lines()),
            damage in prop::collection::vec((any::<prop::sample::Index>(), "[ -~]{0,3}", 0_usize..3), 1..4),
        ) {
            let mut line = line;
            for (place, with, less) in damage {
                let from = place.index(line.len());
                let to = (from + less).min(line.len());
                if line.is_char_boundary(from) && line.is_char_boundary(to) {
                    line.replace_range(from..to, &with);
                }
            }
            if let Some(entry) = read_second(&line) {
                match read_any(&line) {
                    Ok(expected) => prop_assert_eq!(entry, expected, "{}", line),
                    // JSON allows any number: one that is too large matters only where it is read.
                    Err(message) => prop_assert!(message.ends_with("number out of range"), "{message}: {line}"),
                }
            }
        }
    }
}
