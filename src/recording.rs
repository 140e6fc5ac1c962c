//! Recordings: what happened to calls, one JSON object a line.
//!
//! A line holds `ms` (milliseconds since the call was accepted), `type`, the fields of that type under the Voice SDK's
//! own names, and `callSid` where a file holds several calls. `truth` lines, which say what a test network did, are
//! never shown to the engine. [`crate::replay`] plays them.

use crate::call::Incoming;
use crate::event::{CallDirection, Event};
use crate::sample::{RawSample, Sample};
use crate::units::{Timestamp, WallTime};
use crate::warning::{Statistic, WarningData, WarningName};
use serde::Deserialize;

#[derive(Deserialize)]
struct Line {
    ms: f64,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, rename = "callSid")]
    call_sid: Option<String>,
    #[serde(flatten)]
    fields: Fields,
}

/// The fields of all types; each type uses its own.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Fields {
    started_at: Option<f64>,
    direction: Option<CallDirection>,
    parameters: Parameters,
    sample: Option<RawSample>,
    name: Option<String>,
    data: Option<Data>,
    muted: Option<bool>,
    held: Option<bool>,
    code: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Parameters {
    call_sid: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    values: Vec<Option<f64>>,
    #[serde(default)]
    threshold: Option<Threshold>,
}

#[derive(Deserialize)]
struct Threshold {
    name: String,
}

/// What a line says.
pub(crate) enum Said {
    /// The time of day of ms = 0.
    StartedAt(WallTime),
    Opened(Incoming),
    Accepted,
    Event(Event),
    /// Nothing for an engine: the header, the truth, what it does not use.
    Nothing,
    /// A type or a warning that is not known.
    Unknown,
}

/// One line, understood.
pub(crate) struct Entry {
    /// Milliseconds since the call was accepted.
    pub(crate) at: Timestamp,
    /// The CallSid on the line, where a file holds several calls.
    pub(crate) call: Option<String>,
    /// What the line says.
    pub(crate) said: Said,
}

/// Reads one line; `Err` says what is wrong with it.
pub(crate) fn read(line: &str) -> Result<Entry, String> {
    let Line { ms, kind, call_sid, fields } = serde_json::from_str(line).map_err(|error| error.to_string())?;
    // Whole milliseconds up to 2^53 are exact; nothing that far away is a time in a call.
    if !ms.is_finite() || ms.abs() > 9e15 {
        return Err(format!("ms {ms} is no time in a call"));
    }
    Ok(Entry { at: Timestamp(ms as i64), call: call_sid, said: said(&kind, fields)? })
}

fn said(kind: &str, fields: Fields) -> Result<Said, String> {
    let missing = |field: &str| format!("{kind} without {field}");
    let event = match kind {
        "recording" => return Ok(fields.started_at.map_or(Said::Nothing, |at| Said::StartedAt(WallTime(at)))),
        "incoming" => {
            let Parameters { call_sid, from, to } = fields.parameters;
            let direction = fields.direction.unwrap_or_default();
            return Ok(Said::Opened(Incoming { direction, call_sid, from, to }));
        }
        "accept" => return Ok(Said::Accepted),
        "sample" => Event::Sample(Sample::from(fields.sample.ok_or_else(|| missing("sample"))?)),
        "warning" => {
            let name = fields.name.ok_or_else(|| missing("name"))?;
            let Some(name) = WarningName::parse(&name) else {
                return Ok(Said::Unknown);
            };
            let data = fields.data.map_or_else(WarningData::default, |data| WarningData {
                statistic: data.threshold.and_then(|threshold| Statistic::parse(&threshold.name)),
                values: data.values.into_iter().map(|value| value.unwrap_or(f64::NAN)).collect(),
            });
            Event::Warning(name, data)
        }
        "warning-cleared" => {
            let name = fields.name.ok_or_else(|| missing("name"))?;
            match WarningName::parse(&name) {
                Some(name) => Event::WarningCleared(name),
                None => return Ok(Said::Unknown),
            }
        }
        "mute" => Event::Muted(fields.muted.ok_or_else(|| missing("muted"))?),
        "hold" => Event::Held(fields.held.ok_or_else(|| missing("held"))?),
        "reconnecting" => Event::Reconnecting { code: fields.code },
        "reconnected" => Event::Reconnected,
        "transportClose" => Event::TransportClosed,
        "error" => Event::Error { code: fields.code },
        "disconnect" => Event::Disconnected,
        "cancel" => Event::Cancelled,
        "reject" => Event::Rejected,
        "stats" | "truth" | "truth-second" => return Ok(Said::Nothing),
        _ => return Ok(Said::Unknown),
    };
    Ok(Said::Event(event))
}
