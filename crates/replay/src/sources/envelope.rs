//! What a value is, and what is in it if it is an envelope: of pages, of CloudEvents, and what Kinesis, Firehose,
//! EventBridge, SNS, SQS, Segment and HTTP logs put around them. Lists are read by [`super::json_stream`].

use super::fields::{get, is_same, key, number, part, text, values_in};
use super::gather::Rows;
use super::parse::{event, metric, needed, posted, second, shown, summary};
use super::value_error::ValueError;
use serde_json::Value;

/// Types of CloudEvents begin so.
const VOICE_INSIGHTS: &str = "com.twilio.voice.insights.";
/// Lists that the API gives page by page, and those of Kinesis, Firehose, SQS, Segment and Event Grid.
const LISTS: [&str; 9] =
    ["metrics", "events", "call_summaries", "summaries", "records", "messages", "items", "batch", "value"];
/// What others put around it: Kinesis, Firehose, EventBridge, SNS, SQS, Segment, Event Grid, Event Hubs, HTTP logs.
const WRAPPERS: [&str; 17] = [
    "records",
    "messages",
    "items",
    "kinesis",
    "detail",
    "event",
    "data",
    "data_base64",
    "sns",
    "message",
    "body",
    "bytes",
    "properties",
    "payload",
    "request",
    "post_data",
    "text",
];

/// Whether the list of a page or an envelope has this name.
pub(super) fn is_list(name: &str) -> bool {
    LISTS.iter().any(|list| is_same(name, list))
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A line of a recording.
    Recorded,
    CloudEvent,
    /// A post of the Voice SDK's.
    Post,
    Metric,
    Event,
    Summary,
    /// A row of a post.
    Second,
    /// An event of Event Streams in somebody else's envelope (Segment, EventBridge) that is not about calls' quality.
    OfAnotherType,
    /// The API's answer where it has nothing.
    Error,
    /// What a browser or a proxy has recorded of its requests, without any post.
    Har,
    Other,
}

impl Kind {
    pub(super) fn from_value(value: &Value) -> Self {
        let has = |name| get(value, name).is_some();
        if value.get("ms").is_some() && value.get("type").is_some() {
            Self::Recorded
        } else if has("specversion") {
            Self::CloudEvent
        } else if has("group") && has("payload") {
            Self::Post
        } else if has("call_state") || has("processing_state") || has("call_sid") && has("call_type") {
            Self::Summary
        } else if has("group") && has("name") || has("call_sid") && has("name") && has("edge") {
            Self::Event
        } else if has("edge") && (has("call_sid") || has("timestamp")) {
            Self::Metric
        } else if has("packets_received") && (has("call_sid") || has("audio_level_in")) {
            Self::Second
        } else if has("code") && (has("more_info") || has("message") && has("status")) || is_error_without_code(value) {
            Self::Error
        } else if other_type(value).is_some() {
            Self::OfAnotherType
        } else {
            Self::Other
        }
    }
}

/// The API's errors have four or five members, and a code only where Twilio's list of errors has one.
fn is_error_without_code(value: &Value) -> bool {
    const MEMBERS: [&str; 5] = ["code", "message", "more_info", "status", "details"];
    let is_known = |name: &String| MEMBERS.iter().any(|member| is_same(name, member));
    text(value, "message").is_some()
        && get(value, "status").and_then(number).is_some_and(|status| status >= 400.0)
        && value.as_object().is_some_and(|members| members.keys().all(is_known))
}

/// The type of an event that is not about calls' quality.
fn other_type(value: &Value) -> Option<&str> {
    let name = ["event", "detail_type", "type"].into_iter().find_map(|name| text(value, name));
    name.filter(|name| name.starts_with("com.twilio.") && !name.starts_with(VOICE_INSIGHTS))
}

/// Something in an envelope.
pub(super) enum Part {
    Value(Value),
    /// JSON of one or several.
    Text(String),
}

impl Part {
    /// Takes it out of its envelope, if it is an object or a list.
    fn take(envelope: &mut Value, name: &str) -> Option<Self> {
        let key = key(envelope, name)?.to_owned();
        let inner = envelope.get_mut(&key)?;
        match inner {
            Value::String(text) => values_in(text).map(|json| Self::Text(json.into_owned())),
            Value::Object(_) | Value::Array(_) => Some(Self::Value(inner.take())),
            _ => None,
        }
    }
}

/// What is in an envelope; nothing if it is no envelope.
pub(super) fn parts(kind: Kind, value: &mut Value) -> Vec<Part> {
    match kind {
        Kind::Other => WRAPPERS.iter().filter_map(|name| Part::take(value, name)).collect(),
        // With several in one envelope, each says itself what it is.
        Kind::CloudEvent if text(value, "type").is_some_and(|name| name.starts_with(VOICE_INSIGHTS)) => {
            let several = ["data", "data_base64"].into_iter().filter(|name| part(value, name).is_array());
            several.take(1).collect::<Vec<_>>().into_iter().filter_map(|name| Part::take(value, name)).collect()
        }
        _ => Vec::new(),
    }
}

/// Reads what is no envelope.
///
/// # Errors
/// What is wrong with it. Whatever could be read is kept.
pub(super) fn read(kind: Kind, value: &Value, rows: &mut Rows) -> Result<(), ValueError> {
    let is_ours = !matches!(kind, Kind::Recorded | Kind::Error | Kind::Har | Kind::Other);
    rows.seen.known += usize::from(is_ours);
    match kind {
        Kind::Recorded => Err(ValueError::Unknown("a line of a recording, and not on a line of its own".into())),
        Kind::CloudEvent => cloud_event(value, rows),
        Kind::Post => posted(value, rows),
        Kind::Metric => Ok(metric(value, rows)?),
        Kind::Event => Ok(event(value, rows)?),
        Kind::Summary => Ok(summary(value, rows)?),
        Kind::Second => Ok(second(value, rows)?),
        Kind::OfAnotherType => {
            skip(other_type(value).unwrap_or_default(), rows);
            Ok(())
        }
        Kind::Error => Err(answered(value)),
        Kind::Har => Err(ValueError::Unknown("a HAR without any post of the Voice SDK's".into())),
        Kind::Other => Err(ValueError::Unknown("nothing that Twilio exports about a call".into())),
    }
}

fn skip(kind: &str, rows: &mut Rows) {
    rows.skip(format!("the event type {}", shown(&Value::from(kind))));
}

fn cloud_event(value: &Value, rows: &mut Rows) -> Result<(), ValueError> {
    let kind = needed(value, "type")?;
    let Some(about) = kind.strip_prefix(VOICE_INSIGHTS) else {
        skip(kind, rows);
        return Ok(());
    };
    let has_text = get(value, "data").is_some();
    let data = part(value, if has_text { "data" } else { "data_base64" });
    if data.is_string() {
        return Err(ValueError::Broken("\"data\" is neither an object nor the text of one".into()));
    }
    if about.starts_with("call-metrics.") {
        metric(&data, rows)?;
    } else if about.starts_with("call-event.") {
        event(&data, rows)?;
    } else if about.starts_with("call-summary.") {
        // An error event says what went wrong in making the summary, and nothing about the call.
        if !about.ends_with(".error") {
            summary(&data, rows)?;
        }
    } else {
        skip(kind, rows);
    }
    Ok(())
}

/// What the API answers where it has nothing to give, in its own words.
fn answered(value: &Value) -> ValueError {
    let message = text(value, "message").or(text(value, "more_info")).unwrap_or("it gives no reason");
    let code = get(value, "code").and_then(number).map_or(String::new(), |code| format!(" (error {code})"));
    ValueError::Answered(format!("Twilio answered with an error instead of data: {message}{code}"))
}
