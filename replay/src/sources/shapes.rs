//! The shapes of Twilio's exports, read into rows. Sources: Twilio's reference of the Call Metrics, Call Events and Call
//! Summary resources, its event schemas `VoiceInsights.CallMetric`, `CallEvent` and `CallSummary`, and what
//! `@twilio/voice-sdk` 2.18 posts (`eventpublisher.ts`).

use super::gather::Rows;
use super::row::{Counts, Did, Interval, Row, Second, Spread, What};
use device_monitoring::recording::{LONGEST_NAME, MOST_VALUES};
use serde_json::Value;

/// Types of CloudEvents begin so.
const VOICE_INSIGHTS: &str = "com.twilio.voice.insights.";

/// Whether it is a line of a recording.
pub(super) fn is_recorded(value: &Value) -> bool {
    value.get("ms").is_some() && value.get("type").is_some()
}

/// Whether it is something that Twilio exports.
pub(super) fn is_exported(value: &Value) -> bool {
    match value {
        Value::Array(values) => values.first().is_some_and(is_exported),
        value => {
            let has = |name| value.get(name).is_some();
            has("specversion") || has("call_sid") || has("group") && has("payload") || page(value).is_some()
        }
    }
}

/// The lists that pages have.
const LISTS: [&str; 2] = ["metrics", "events"];

fn page(value: &Value) -> Option<&Vec<Value>> {
    value.get("meta")?;
    LISTS.iter().find_map(|name| value.get(name)?.as_array())
}

/// Whether the list of a page has this name.
pub(super) fn is_list(name: &str) -> bool {
    LISTS.contains(&name)
}

/// Reads one exported value, whatever its shape.
///
/// # Errors
/// What is wrong with it, for a person to read. What could be read of it is there all the same.
pub(super) fn read(value: &Value, rows: &mut Rows) -> Result<(), String> {
    if let Value::Array(values) = value {
        return read_each("", values, rows);
    }
    if let Some(values) = page(value) {
        return read_each("", values, rows);
    }
    if value.get("specversion").is_some() {
        return cloud_event(value, rows);
    }
    if value.get("payload").is_some() && value.get("group").is_some() {
        return posted(value, rows);
    }
    if value.get("call_state").is_some() || value.get("processing_state").is_some() {
        return summary(value, rows);
    }
    if value.get("group").is_some() || value.get("name").is_some() {
        return event(value, rows);
    }
    if value.get("edge").is_some() {
        return metric(value, rows);
    }
    if value.get("packets_received").is_some() {
        return second(value, rows);
    }
    Err("nothing that Twilio exports about a call".to_owned())
}

/// All that can be read of several; what is wrong with the first that cannot.
fn read_each(name: &str, values: &[Value], rows: &mut Rows) -> Result<(), String> {
    let (mut first, mut more) = (None, 0);
    for (index, value) in values.iter().enumerate() {
        match read(value, rows) {
            Err(message) if first.is_none() => first = Some(format!("{name}[{index}]: {message}")),
            Err(_) => more += 1,
            Ok(()) => {}
        }
    }
    match (first, more) {
        (None, _) => Ok(()),
        (Some(one), 0) => Err(one),
        (Some(first), more) => Err(format!("{first}; and {more} more of them")),
    }
}

fn cloud_event(value: &Value, rows: &mut Rows) -> Result<(), String> {
    let kind = text(value, "type")?;
    let about = kind.strip_prefix(VOICE_INSIGHTS).unwrap_or_default();
    let data = value.get("data").unwrap_or(&Value::Null);
    if about.starts_with("call-metrics.") {
        metric(data, rows)
    } else if about.starts_with("call-event.") {
        event(data, rows)
    } else if about.starts_with("call-summary.") {
        // An error's says what went wrong with making it, and nothing of the call.
        if about.ends_with(".error") { Ok(()) } else { summary(data, rows) }
    } else {
        rows.skip(format!("the event type {}", shown(&Value::from(kind))));
        Ok(())
    }
}

/// What one edge saw in ten seconds.
fn metric(value: &Value, rows: &mut Rows) -> Result<(), String> {
    let (call, at) = call_and_time(value)?;
    // In Event Streams, `edge` may be that of Twilio's data centre: the object that is there says more.
    let of = |name: &str| value.get(name).filter(|edge| edge.is_object());
    let part = |edge: &Value, name: &str| edge.get(name).cloned().unwrap_or_default();
    if let Some(edge) = of("sdk_edge") {
        let interval = part(edge, "interval");
        let what = What::Interval(Box::new(Interval {
            rtt: spread(&interval, "rtt"),
            jitter: spread(&interval, "jitter"),
            mos: spread(&interval, "mos"),
            audio_in: spread(&interval, "audio_in"),
            audio_out: spread(&interval, "audio_out"),
            counts: counts(&interval),
            totals: counts(&part(edge, "cumulative")),
        }));
        rows.push(Row { call: call.clone(), at, what });
    }
    // What goes out of Twilio's gateway is nothing that it receives.
    if let Some(edge) = of("client_edge").filter(|_| value.get("direction").and_then(Value::as_str) != Some("outbound"))
    {
        rows.push(Row { call, at, what: What::Gateway(counts(&part(edge, "interval"))) });
    }
    Ok(())
}

/// Something that happened, as Voice Insights tells it.
fn event(value: &Value, rows: &mut Rows) -> Result<(), String> {
    let (call, at) = call_and_time(value)?;
    let edge = value.get("edge").and_then(Value::as_str).unwrap_or_default();
    // The other edges tell of the same call in the words of call progress, and of other legs.
    let sdk = value.get("sdk_edge").filter(|edge| edge.is_object());
    if sdk.is_none() && edge != "sdk_edge" {
        return Ok(());
    }
    let sdk = sdk.unwrap_or(&Value::Null);
    let payload = sdk.get("events").or(sdk.get("metadata")).unwrap_or(&Value::Null);
    let code = sdk.get("error").and_then(|error| error.get("code"));
    if let Some(did) = did(value, payload, code) {
        rows.push(Row { call, at, what: What::Did(did) });
    }
    Ok(())
}

/// When a call was connected, as its summary tells it.
fn summary(value: &Value, rows: &mut Rows) -> Result<(), String> {
    let call = call(value)?;
    let time = |name: &str| value.get(name).and_then(milliseconds);
    let seconds = value.get("connect_duration").and_then(number);
    // A partial one may have neither yet.
    if let Some((to, seconds)) = time("end_time").zip(seconds) {
        let from = (seconds > 0.0).then(|| to - (seconds * 1000.0) as i64);
        rows.push(Row { call, at: from.unwrap_or(to), what: What::Connected { from, to } });
    }
    Ok(())
}

/// What the Voice SDK posts: ten seconds' rows, or an event.
fn posted(value: &Value, rows: &mut Rows) -> Result<(), String> {
    let payload = value.get("payload").unwrap_or(&Value::Null);
    if let Value::Array(seconds) = payload {
        return read_each("payload", seconds, rows);
    }
    let call = call(payload)?;
    let at = time(value)?;
    let data = payload.get("data").unwrap_or(&Value::Null);
    if let Some(did) = did(value, data, payload.get("code")) {
        rows.push(Row { call, at, what: What::Did(did) });
    }
    Ok(())
}

/// One of the SDK's own one-second rows.
fn second(value: &Value, rows: &mut Rows) -> Result<(), String> {
    let (call, at) = call_and_time(value)?;
    let number = |name| value.get(name).and_then(Value::as_f64).unwrap_or(f64::NAN);
    let what = What::Second(Second {
        jitter: number("jitter"),
        rtt: number("rtt"),
        packets_lost: number("packets_lost"),
        packets_received: number("packets_received"),
        mos: number("mos"),
        bytes_received: number("bytes_received"),
        bytes_sent: number("bytes_sent"),
        audio_input_level: number("audio_level_in"),
        audio_output_level: number("audio_level_out"),
    });
    if value.get("direction").and_then(Value::as_str) == Some("OUTGOING") {
        rows.push(Row { call: call.clone(), at, what: What::Did(Did::Outgoing) });
    }
    rows.push(Row { call, at, what });
    Ok(())
}

/// What an event of this group and name says; most say nothing about quality.
fn did(event: &Value, payload: &Value, code: Option<&Value>) -> Option<Did> {
    // One that is longer than a name is none that is known.
    let name = event.get("name").and_then(Value::as_str).filter(|name| name.len() <= LONGEST_NAME).unwrap_or_default();
    match event.get("group").and_then(Value::as_str).unwrap_or_default() {
        "network-quality-warning-raised" | "audio-level-warning-raised" => {
            let values = payload.get("values").and_then(Value::as_array).into_iter().flatten();
            Some(Did::Warned {
                name: name.to_owned(),
                values: values.take(MOST_VALUES).map(|value| number(value).unwrap_or(f64::NAN)).collect(),
            })
        }
        "network-quality-warning-cleared" | "audio-level-warning-cleared" => {
            Some(Did::Cleared { name: name.to_owned() })
        }
        "connection" => Some(match name {
            "incoming" => Did::Incoming,
            "outgoing" => Did::Outgoing,
            "accepted-by-local" | "accepted-by-remote" => Did::Accepted,
            "muted" => Did::Muted(true),
            "unmuted" => Did::Muted(false),
            "reconnecting" => Did::Reconnecting,
            "reconnected" => Did::Reconnected,
            "error" => Did::Failed(code.and_then(number).map(|code| code as u32)),
            "disconnected-by-local" | "disconnected-by-remote" => Did::Disconnected,
            "cancel" => Did::Cancelled,
            "rejected-by-local" | "ignored-by-local" => Did::Rejected,
            _ => return None,
        }),
        _ => None,
    }
}

fn call_and_time(value: &Value) -> Result<(String, i64), String> {
    Ok((call(value)?, time(value)?))
}

fn call(value: &Value) -> Result<String, String> {
    let call = text(value, "call_sid")?;
    if call.len() > LONGEST_NAME {
        return Err(format!("\"call_sid\" is longer than {LONGEST_NAME} bytes"));
    }
    Ok(call.to_owned())
}

/// Enough of a value to know it by.
fn shown(value: &Value) -> String {
    let json = value.to_string();
    match json.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", json.get(..end).unwrap_or_default()),
        None => json,
    }
}

fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str, String> {
    let text = value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    text.ok_or_else(|| format!("without \"{name}\""))
}

fn time(value: &Value) -> Result<i64, String> {
    let time = value.get("timestamp").ok_or("without \"timestamp\"")?;
    milliseconds(time).ok_or_else(|| format!("\"timestamp\" {} is no time", shown(time)))
}

/// RFC 3339, or milliseconds since 1970; until the year 9999.
fn milliseconds(value: &Value) -> Option<i64> {
    let ms = match value {
        Value::String(text) => text.parse::<jiff::Timestamp>().ok()?.as_millisecond(),
        value => value.as_i64()?,
    };
    (0..253_402_300_800_000).contains(&ms).then_some(ms)
}

/// Twilio writes some numbers as texts.
fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

fn field(value: &Value, name: &str) -> f64 {
    value.get(name).and_then(number).unwrap_or(f64::NAN)
}

/// `{min, max, avg}`, or `{value}`, or the number alone.
fn spread(value: &Value, name: &str) -> Spread {
    let metric = value.get(name).cloned().unwrap_or_default();
    let value = number(&metric).unwrap_or_else(|| field(&metric, "value"));
    Spread { min: field(&metric, "min"), max: field(&metric, "max"), avg: field(&metric, "avg"), value }
}

fn counts(value: &Value) -> Counts {
    Counts {
        received: field(value, "packets_received"),
        lost: field(value, "packets_lost"),
        loss: field(value, "packets_loss_percentage"),
        sent: field(value, "packets_sent"),
        bytes_received: field(value, "bytes_received"),
        bytes_sent: field(value, "bytes_sent"),
    }
}
