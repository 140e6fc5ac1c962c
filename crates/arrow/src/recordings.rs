//! Lines of recordings as rows.

use crate::rows::Row;
use crate::schema::{SAMPLE, STATS};
use device_monitoring::replay::recording::{self, Content, Entry, LONGEST_LINE};
use serde_json::{Map, Value};
use std::io::{self, BufRead, Read};

/// What a line becomes: a row, or what is wrong with the line of this number, from 1.
pub type Line = Result<Row, (usize, String)>;

/// One recording, while it is read.
struct Recording<'a> {
    name: &'a str,
    /// Milliseconds since 1970 of its ms = 0.
    started_at: f64,
    /// The CallSid of the call that goes on, or was the last, where lines have none.
    call: Option<String>,
}

/// Reads a recording. `name` stands in for the CallSid of a call that has none.
///
/// # Errors
/// It cannot be read, or `each` failed.
pub fn read(name: &str, reader: impl BufRead, mut each: impl FnMut(Line) -> io::Result<()>) -> io::Result<()> {
    let mut reader = reader;
    let mut recording = Recording { name, started_at: 0.0, call: None };
    let mut line = Vec::new();
    for number in 1_usize.. {
        line.clear();
        if reader.by_ref().take(LONGEST_LINE as u64 + 1).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.len() > LONGEST_LINE && line.last() != Some(&b'\n') {
            reader.skip_until(b'\n')?;
        }
        match recording.line(number, &line) {
            Ok(None) => {}
            Ok(Some(row)) => each(Ok(row))?,
            Err(message) => each(Err((number, message)))?,
        }
    }
    Ok(())
}

impl Recording<'_> {
    fn line(&mut self, number: usize, line: &[u8]) -> Result<Option<Row>, String> {
        let Some(Entry { at, call, content }) = recording::read_bytes(line, number == 1)? else { return Ok(None) };
        match &content {
            Content::StartedAt(started_at) => {
                self.started_at = started_at.0;
                return Ok(None);
            }
            Content::Nothing => return Ok(None),
            Content::Unknown(what) => return Err(format!("{what} is not known; not taken over")),
            Content::Opened(parties) if call.is_none() => self.call.clone_from(&parties.call_sid),
            Content::Opened(_) | Content::Accepted { .. } | Content::Event(_) => {}
        }
        // A recording may begin after the call was announced, and a call have no CallSid.
        let stand_in = || format!("{}:{number}", self.name);
        let call_sid = match call {
            Some(call) => call.into_owned(),
            None => self.call.get_or_insert_with(stand_in).clone(),
        };
        let text = str::from_utf8(line).unwrap_or_default().trim_start_matches('\u{feff}');
        let mut fields: Map<String, Value> = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let (sample, stats) = (fields.get("sample"), fields.get("stats"));
        let sample = sample.filter(|_| kind == "sample").map(|sample| SAMPLE.map(|(_, name)| number_of(sample, name)));
        let stats = stats
            .filter(|_| kind == "stats")
            .map(|stats| STATS.map(|(_, part, name)| stats.get(part).map_or(f64::NAN, |part| number_of(part, name))));
        let detail = if sample.is_some() || stats.is_some() { None } else { detail(&kind, &mut fields) };
        Ok(Some(Row {
            call_sid,
            at: (self.started_at as i64).saturating_add(at.0),
            seq: number as i64,
            kind,
            sample,
            stats,
            detail,
        }))
    }
}

/// What is kept of a rare event: what the engine reads. Who called whom and what the SDK was told are left out.
fn detail(kind: &str, fields: &mut Map<String, Value>) -> Option<String> {
    let kept: &[&str] = match kind {
        "incoming" => &["direction"],
        "accept" => &["midway"],
        "warning" => &["name", "data"],
        "warning-cleared" => &["name"],
        "mute" => &["muted"],
        "hold" => &["held"],
        "conference" => &["onHold", "others"],
        "task" => &["taskSid", "direction"],
        "monitoring" => &["speaking"],
        "audio-context" | "track" | "pressure" => &["state"],
        "late-tick" => &["lateMs"],
        "path" => &["path"],
        "endpoint" => &["endpoint"],
        "muted-level" => &["level"],
        "reconnecting" | "error" => &["code"],
        _ => &[],
    };
    let kept =
        kept.iter().filter_map(|name| Some(((*name).to_owned(), only_what_is_read(name, fields.remove(*name)?))));
    let detail: Map<String, Value> = kept.collect();
    (!detail.is_empty()).then(|| Value::Object(detail).to_string())
}

/// An event's field without what the engine does not read in it, which might be anything.
fn only_what_is_read(name: &str, mut field: Value) -> Value {
    let keep = |object: &mut Value, kept: &[&str]| {
        if let Value::Object(object) = object {
            object.retain(|name, _| kept.contains(&name.as_str()));
        }
    };
    match name {
        "others" => {
            for other in field.as_array_mut().into_iter().flatten() {
                keep(other, &["type", "status", "onHold"]);
            }
        }
        "data" => {
            keep(&mut field, &["threshold", "values"]);
            if let Some(threshold) = field.get_mut("threshold") {
                keep(threshold, &["name"]);
            }
        }
        _ => {}
    }
    field
}

fn number_of(part: &Value, name: &str) -> f64 {
    part.get(name).and_then(Value::as_f64).unwrap_or(f64::NAN)
}
