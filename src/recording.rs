//! Recordings: what happened to calls, one JSON object a line.
//!
//! A line holds `ms` (milliseconds since the call was accepted), `type`, the fields of that type under the Voice SDK's
//! own names, and `callSid` where a file holds several calls. `truth` lines, which say what a test network did, are
//! never shown to the engine. [`crate::replay`] plays them.
//!
//! An `accept` with `midway` true says that the call was found going on then: how long it lasted is not known.
//!
//! What the SDK itself may report as anything, a sample's and a warning's values, is read as the page reads it: no
//! number is an unknown one. A line that is wrong otherwise is not used, and said to be so.

use crate::call::Incoming;
use crate::event::{CallDirection, Event};
use crate::sample::{RawSample, Sample};
use crate::statistics::{RawStatistics, Statistics};
use crate::units::{Timestamp, WallTime};
use crate::warning::{Statistic, WarningData, WarningName};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The one version of the format.
const VERSION: f64 = 1.0;
/// A value in a message is cut to this many characters.
const LONGEST_QUOTE: usize = 60;

/// What a line says.
#[derive(Clone, Debug)]
pub enum Said {
    /// The time of day of ms = 0.
    StartedAt(WallTime),
    /// A call was announced, or is being made.
    Opened(Incoming),
    /// The call was accepted.
    Accepted {
        /// Earlier, and it was found going on at this time.
        midway: bool,
    },
    /// Anything else that happened to it.
    Event(Event),
    /// Nothing for an engine: the header, the truth, what it does not use.
    Nothing,
    /// A type or a warning that is not known: which.
    Unknown(String),
}

/// One line, understood.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Milliseconds since the call was accepted.
    pub at: Timestamp,
    /// The CallSid on the line, where a file holds several calls.
    pub call: Option<String>,
    /// What the line says.
    pub said: Said,
}

/// Reads one line.
///
/// # Errors
/// What is wrong with it, for a person to read.
pub fn read(line: &str) -> Result<Entry, String> {
    let fields = match serde_json::from_str(line).map_err(|error| not_json(&error))? {
        Value::Object(fields) => Fields(fields),
        other => return Err(format!("{} is not an object", shown(&other))),
    };
    let kind = fields.text("type")?.ok_or("without \"type\"")?;
    let ms = fields.number("ms")?.ok_or("without \"ms\"")?;
    // Whole milliseconds up to 2^53 are exact; nothing that far away is a time in a call.
    if ms.abs() > 9e15 {
        return Err(format!("\"ms\" {ms:e} is no time in a call"));
    }
    let said = said(&kind, &fields).map_err(|wrong| format!("{}: {wrong}", shortened(&kind)))?;
    Ok(Entry { at: Timestamp(ms as i64), call: fields.text("callSid")?, said })
}

fn said(kind: &str, fields: &Fields) -> Result<Said, String> {
    let event = match kind {
        "recording" => return header(fields),
        "incoming" => return incoming(fields).map(Said::Opened),
        "accept" => {
            let midway = if fields.get("midway").is_some() { fields.truth("midway")? } else { false };
            return Ok(Said::Accepted { midway });
        }
        "sample" => Event::Sample(sample(fields)?),
        "warning" | "warning-cleared" => {
            let name = fields.text("name")?.ok_or("without \"name\"")?;
            match WarningName::parse(&name) {
                Some(name) if kind == "warning" => Event::Warning(name, warning_data(fields.get("data"))),
                Some(name) => Event::WarningCleared(name),
                None => return Ok(Said::Unknown(format!("the warning {}", shortened(&name)))),
            }
        }
        "mute" => Event::Muted(fields.truth("muted")?),
        "hold" => Event::Held(fields.truth("held")?),
        "agent-report" => Event::Reported,
        "reconnecting" => Event::Reconnecting { code: fields.code()? },
        "reconnected" => Event::Reconnected,
        "transportClose" => Event::TransportClosed,
        "error" => Event::Error { code: fields.code()? },
        "disconnect" => Event::Disconnected,
        "cancel" => Event::Cancelled,
        "reject" => Event::Rejected,
        "stats" => Event::Statistics(statistics(fields)?),
        "truth" | "truth-second" => return Ok(Said::Nothing),
        _ => return Ok(Said::Unknown(format!("the type {}", shortened(kind)))),
    };
    Ok(Said::Event(event))
}

fn header(fields: &Fields) -> Result<Said, String> {
    if let Some(version) = fields.number("version")?.filter(|version| *version != VERSION) {
        return Err(format!("version {version} is not known; the rest is read as version {VERSION}"));
    }
    Ok(fields.number("startedAt")?.map_or(Said::Nothing, |at| Said::StartedAt(WallTime(at))))
}

fn incoming(fields: &Fields) -> Result<Incoming, String> {
    let parameters = match fields.get("parameters") {
        None => Fields(Map::new()),
        Some(Value::Object(parameters)) => Fields(parameters.clone()),
        Some(other) => return Err(not_a("parameters", other, "an object")),
    };
    let direction = match fields.text("direction")?.as_deref() {
        None | Some("INCOMING") => CallDirection::Incoming,
        Some("OUTGOING") => CallDirection::Outgoing,
        Some(other) => return Err(not_a("direction", &other.into(), "INCOMING or OUTGOING")),
    };
    let (call_sid, from, to) = (parameters.text("CallSid")?, parameters.text("From")?, parameters.text("To")?);
    Ok(Incoming { direction, call_sid, from, to })
}

fn sample(fields: &Fields) -> Result<Sample, String> {
    let value = fields.get("sample").ok_or("without \"sample\"")?;
    let raw = if value.is_object() { RawSample::deserialize(value).ok() } else { None };
    raw.map(Sample::from).ok_or_else(|| not_a("sample", value, "an object"))
}

fn statistics(fields: &Fields) -> Result<Statistics, String> {
    let stats = fields.get("stats").ok_or("without \"stats\"")?;
    if !stats.is_object() {
        return Err(not_a("stats", stats, "an object"));
    }
    let number = |part: &str, name: &str| stats.get(part).and_then(|part| part.get(name)?.as_f64()).unwrap_or(f64::NAN);
    Ok(Statistics::from(RawStatistics {
        current_round_trip_time: number("candidatePair", "currentRoundTripTime"),
        fraction_lost: number("remoteInbound", "fractionLost"),
        round_trip_time_measurements: number("remoteInbound", "roundTripTimeMeasurements"),
        reports_sent: number("remoteOutbound", "reportsSent"),
        concealed_samples: number("inbound", "concealedSamples"),
        total_samples_received: number("inbound", "totalSamplesReceived"),
        packets_lost: number("inbound", "packetsLost"),
        packets_received: number("inbound", "packetsReceived"),
        audio_level: number("mediaSource", "audioLevel"),
    }))
}

fn warning_data(data: Option<&Value>) -> WarningData {
    let threshold = data.and_then(|data| data.get("threshold")?.get("name")?.as_str());
    let values = data.and_then(|data| data.get("values")?.as_array()).into_iter().flatten();
    WarningData {
        statistic: threshold.and_then(Statistic::parse),
        values: values.map(|value| value.as_f64().unwrap_or(f64::NAN)).collect(),
    }
}

/// A line's fields by name; null is the same as absent.
struct Fields(Map<String, Value>);

impl Fields {
    fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    fn text(&self, name: &str) -> Result<Option<String>, String> {
        let text = |value: &Value| value.as_str().map(str::to_owned).ok_or_else(|| not_a(name, value, "a text"));
        self.get(name).map(text).transpose()
    }

    fn number(&self, name: &str) -> Result<Option<f64>, String> {
        let number = |value: &Value| value.as_f64().ok_or_else(|| not_a(name, value, "a number"));
        self.get(name).map(number).transpose()
    }

    fn truth(&self, name: &str) -> Result<bool, String> {
        let value = self.get(name).ok_or_else(|| format!("without \"{name}\""))?;
        value.as_bool().ok_or_else(|| not_a(name, value, "true or false"))
    }

    /// An error's code; what cannot be one is none.
    fn code(&self) -> Result<Option<u32>, String> {
        let code = self.number("code")?;
        Ok(code.filter(|code| (0.0..=f64::from(u32::MAX)).contains(code)).map(|code| code as u32))
    }
}

fn not_a(name: &str, value: &Value, expected: &str) -> String {
    format!("\"{name}\" {} is not {expected}", shown(value))
}

fn not_json(error: &serde_json::Error) -> String {
    // Its own line is always 1.
    let said = error.to_string();
    let what = said.split(" at line ").next().unwrap_or_default();
    if error.is_eof() {
        return format!("not JSON: cut off ({what})");
    }
    format!("not JSON at column {}: {what}", error.column())
}

fn shown(value: &Value) -> String {
    cut(&value.to_string())
}

/// As JSON, so that nothing in it reaches a terminal as it is.
fn shortened(text: &str) -> String {
    shown(&Value::from(text))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST_QUOTE) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
