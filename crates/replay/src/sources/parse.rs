//! The shapes of Twilio's exports, read into rows. Sources: Twilio's reference of the Call Metrics, Call Events and Call
//! Summary resources, its event schemas `VoiceInsights.CallMetric`, `CallEvent` and `CallSummary`, and what
//! `@twilio/voice-sdk` 2.18 posts (`eventpublisher.ts`).

use super::fields::{field, get, milliseconds, number, part, text};
use super::gather::Rows;
use super::row::{Counts, Did, Interval, Row, Spread, What};
use super::value_error::{ValueError, ValueErrors};
use device_monitoring::RawSample;
use device_monitoring::replay::recording::{LONGEST_NAME, MAX_VALUES};
use serde_json::Value;
use std::borrow::Cow;

/// What one edge saw in ten seconds.
pub(super) fn metric(value: &Value, rows: &mut Rows) -> Result<(), String> {
    let (call, at) = call_and_time(value)?;
    // In Event Streams, `edge` may be that of Twilio's data centre: the object that is there says more.
    let of = |name: &str| Some(part(value, name)).filter(|edge| is_told(edge));
    let is_outbound = text(value, "direction").is_some_and(|direction| direction.eq_ignore_ascii_case("outbound"));
    let (sdk, client) = (of("sdk_edge"), of("client_edge"));
    if sdk.is_none() && client.is_none() {
        rows.seen.other_legs += 1;
    }
    if let Some(edge) = sdk {
        let interval = part(&edge, "interval");
        let what = What::Interval(Box::new(Interval {
            rtt: spread(&interval, "rtt"),
            jitter: spread(&interval, "jitter"),
            mos: spread(&interval, "mos"),
            audio_in: spread(&interval, "audio_in"),
            audio_out: spread(&interval, "audio_out"),
            counts: counts(&interval),
            totals: counts(&part(&edge, "cumulative")),
        }));
        rows.push(Row { call: call.clone(), at, what });
    }
    // What goes out of Twilio's gateway is nothing that it receives.
    if let Some(edge) = client.filter(|_| !is_outbound) {
        rows.push(Row { call, at, what: What::Gateway(counts(&part(&edge, "interval"))) });
    }
    Ok(())
}

/// Whether there is an edge. One that is not there is null, or empty.
fn is_told(edge: &Value) -> bool {
    edge.as_object().is_some_and(|members| !members.is_empty())
}

/// Something that happened, as Voice Insights tells it.
pub(super) fn event(value: &Value, rows: &mut Rows) -> Result<(), String> {
    let (call, at) = call_and_time(value)?;
    let sdk = part(value, "sdk_edge");
    // The other edges tell of the same call in the words of call progress, and of other legs.
    if !is_told(&sdk) && !text(value, "edge").is_some_and(|edge| edge.eq_ignore_ascii_case("sdk_edge")) {
        rows.seen.other_legs += 1;
        return Ok(());
    }
    // The schema of Event Streams has a warning's values in `metric`; the API's reference shows none.
    let payloads = ["metric", "events", "metadata"].map(|name| part(&sdk, name));
    let has_values = |payload: &&Cow<'_, Value>| get(payload, "values").or(get(payload, "value")).is_some();
    let payload = payloads.iter().find(has_values).map_or(&Value::Null, |payload| &**payload);
    let error = part(&sdk, "error");
    if let Some(did) = did(value, payload, get(&error, "code")) {
        rows.push(Row { call, at, what: What::Did(did) });
    }
    Ok(())
}

/// When a call was connected, as its summary tells it, and whether it was one of a browser's.
pub(super) fn summary(value: &Value, rows: &mut Rows) -> Result<(), String> {
    let call = call(value)?;
    let time = |name: &str| get(value, name).and_then(milliseconds);
    let seconds = get(value, "connect_duration").and_then(number);
    let client = match text(value, "call_type") {
        Some(kind) => Some(kind.eq_ignore_ascii_case("client")),
        None => is_told(&part(value, "sdk_edge")).then_some(true),
    };
    // A partial one may have neither yet.
    if let Some((to, seconds)) = time("end_time").zip(seconds) {
        let from = (seconds > 0.0).then(|| to - (seconds * 1000.0) as i64);
        rows.push(Row { call, at: from.unwrap_or(to), what: What::Connected { from, to, client } });
    } else if client != Some(true) {
        rows.seen.other_legs += 1;
    }
    Ok(())
}

/// What the Voice SDK posts: ten seconds' rows, or an event.
pub(super) fn posted(value: &Value, rows: &mut Rows) -> Result<(), ValueError> {
    let payload = part(value, "payload");
    if let Value::Array(seconds) = &*payload {
        let mut wrongs = ValueErrors::default();
        for (index, value) in seconds.iter().enumerate() {
            if let Err(message) = second(value, rows) {
                wrongs.add(format_args!("payload[{index}]: "), message.into());
            }
        }
        return wrongs.first().map_or(Ok(()), Err);
    }
    // Until the signalling has answered, a call has no CallSid. What happens until then says nothing of its quality.
    if is_without_call(&payload) {
        rows.seen.without_call += 1;
        return Ok(());
    }
    let call = call(&payload)?;
    let at = time(value)?;
    if let Some(did) = did(value, &part(&payload, "data"), get(&payload, "code")) {
        rows.push(Row { call, at, what: What::Did(did) });
    }
    Ok(())
}

/// Whether it does not say of which call it is.
fn is_without_call(value: &Value) -> bool {
    value.is_object() && get(value, "call_sid").is_none_or(|sid| sid.as_str() == Some(""))
}

/// One of the SDK's own one-second rows.
pub(super) fn second(value: &Value, rows: &mut Rows) -> Result<(), String> {
    if is_without_call(value) {
        rows.seen.without_call += 1;
        return Ok(());
    }
    let (call, at) = call_and_time(value)?;
    let number = |name| field(value, name);
    let what = What::Second(RawSample {
        jitter: number("jitter"),
        rtt: number("rtt"),
        packets_lost: number("packets_lost"),
        packets_received: number("packets_received"),
        packets_sent: number("packets_sent"),
        mos: number("mos"),
        bytes_received: number("bytes_received"),
        bytes_sent: number("bytes_sent"),
        audio_input_level: number("audio_level_in"),
        audio_output_level: number("audio_level_out"),
    });
    if text(value, "direction") == Some("OUTGOING") {
        rows.push(Row { call: call.clone(), at, what: What::Did(Did::Outgoing) });
    }
    rows.push(Row { call, at, what });
    Ok(())
}

/// What an event of this group and name says; most say nothing about quality.
fn did(event: &Value, payload: &Value, code: Option<&Value>) -> Option<Did> {
    // A longer one is no CallSid.
    let name = text(event, "name").filter(|name| name.len() <= LONGEST_NAME).unwrap_or_default();
    match text(event, "group").unwrap_or_default() {
        "network-quality-warning-raised" | "audio-level-warning-raised" => {
            let values = part(payload, "values");
            let several = values.as_array().map(Vec::as_slice).unwrap_or_default();
            let all = several.iter().chain(get(payload, "value"));
            Some(Did::Warned {
                name: name.to_owned(),
                values: all.take(MAX_VALUES).map(|value| number(value).unwrap_or(f64::NAN)).collect(),
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
    let call = needed(value, "call_sid")?;
    if call.len() > LONGEST_NAME {
        return Err(format!("\"call_sid\" is longer than {LONGEST_NAME} bytes"));
    }
    Ok(call.to_owned())
}

/// Enough of a value to know it by.
pub(super) fn shown(value: &Value) -> String {
    let json = value.to_string();
    match json.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", json.get(..end).unwrap_or_default()),
        None => json,
    }
}

pub(super) fn needed<'a>(value: &'a Value, name: &str) -> Result<&'a str, String> {
    text(value, name).ok_or_else(|| format!("without \"{name}\""))
}

fn time(value: &Value) -> Result<i64, String> {
    let time = get(value, "timestamp").ok_or("without \"timestamp\"")?;
    milliseconds(time).ok_or_else(|| format!("\"timestamp\" {} is no time", shown(time)))
}

/// `{min, max, avg}`, or `{value}`, or the number alone.
fn spread(value: &Value, name: &str) -> Spread {
    let metric = part(value, name);
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
