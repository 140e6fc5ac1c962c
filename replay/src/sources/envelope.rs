//! What a value is, and what is in it if it is an envelope: pages, arrays, CloudEvents, and what Kinesis, Firehose,
//! EventBridge, SNS, SQS, Segment and HTTP logs put around them.

use super::fields::{get, number, text, unpacked};
use super::gather::Rows;
use super::shapes::{event, metric, needed, posted, second, summary};
use serde_json::Value;
use std::borrow::Cow;

/// Types of CloudEvents begin so.
const VOICE_INSIGHTS: &str = "com.twilio.voice.insights.";
/// Lists that the API gives page by page.
const LISTS: [&str; 4] = ["metrics", "events", "call_summaries", "summaries"];
/// What others put around it: Kinesis, Firehose, EventBridge, SNS, SQS, Segment, HTTP logs.
const WRAPPERS: [&str; 15] = [
    "records",
    "messages",
    "kinesis",
    "detail",
    "data",
    "data_base64",
    "sns",
    "message",
    "body",
    "properties",
    "payload",
    "request",
    "post_data",
    "text",
    "items",
];
/// Envelopes in envelopes: more are made by nobody.
const DEEPEST: usize = 12;

/// What a value is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
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
    /// A page of a list: its name.
    Page(&'static str),
    /// The API's answer where it has nothing.
    Error,
    /// What a browser or a proxy has recorded of its requests.
    Har,
    Other,
}

impl Kind {
    fn of(value: &Value) -> Self {
        let has = |name| get(value, name).is_some();
        let list = || LISTS.into_iter().find(|name| get(value, name).is_some_and(Value::is_array));
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
        } else if let Some(name) = list() {
            Self::Page(name)
        } else if has("code") && (has("more_info") || has("message") && has("status")) {
            Self::Error
        } else if get(value, "log").is_some_and(|log| get(log, "entries").is_some_and(Value::is_array)) {
            Self::Har
        } else {
            Self::Other
        }
    }
}

/// Whether it is a line of a recording.
pub(super) fn is_recorded(value: &Value) -> bool {
    Kind::of(value) == Kind::Recorded
}

/// Whether it is something that Twilio exports.
pub(super) fn is_exported(value: &Value) -> bool {
    is_exported_within(value, DEEPEST)
}

fn is_exported_within(value: &Value, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let any = |values: &[Value]| values.iter().take(20).any(|value| is_exported_within(value, depth));
    match value {
        Value::Array(values) => values.is_empty() || any(values),
        value => match Kind::of(value) {
            Kind::Recorded => false,
            Kind::Page(name) => {
                get(value, "meta").is_some() || get(value, name).and_then(Value::as_array).is_some_and(|list| any(list))
            }
            Kind::Other => wrapped(value).any(|inner| is_exported_within(&inner, depth)),
            _ => true,
        },
    }
}

/// What is wrong with a value, for a person to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// It is something of ours, and this is wrong with it.
    Broken(String),
    /// It is nothing of ours.
    Unknown(String),
    /// It is the API's error, with its message.
    Answered(String),
}

impl Wrong {
    pub(super) fn said(&self) -> &str {
        match self {
            Self::Broken(message) | Self::Unknown(message) | Self::Answered(message) => message,
        }
    }

    pub(super) fn map(self, to: impl FnOnce(String) -> String) -> Self {
        match self {
            Self::Broken(message) => Self::Broken(to(message)),
            Self::Unknown(message) => Self::Unknown(to(message)),
            Self::Answered(message) => Self::Answered(message),
        }
    }
}

impl From<String> for Wrong {
    fn from(message: String) -> Self {
        Self::Broken(message)
    }
}

/// Reads one exported value, whatever its shape.
///
/// # Errors
/// What is wrong with it. What could be read of it is there all the same.
pub(super) fn read(value: &Value, rows: &mut Rows) -> Result<(), Wrong> {
    read_within(value, rows, DEEPEST)
}

fn read_within(value: &Value, rows: &mut Rows, depth: usize) -> Result<(), Wrong> {
    let unknown = || Wrong::Unknown("nothing that Twilio exports about a call".to_owned());
    let depth = depth.checked_sub(1).ok_or_else(unknown)?;
    let list = |name: &str, values: &[Value], rows: &mut Rows| {
        rows.seen.empty += usize::from(values.is_empty());
        read_each(name, values, rows, |value, rows| read_within(value, rows, depth))
    };
    if let Value::Array(values) = value {
        return list("", values, rows);
    }
    let kind = Kind::of(value);
    let is_ours = !matches!(kind, Kind::Recorded | Kind::Page(_) | Kind::Error | Kind::Har | Kind::Other);
    rows.seen.known += usize::from(is_ours);
    match kind {
        Kind::Recorded => Err(Wrong::Unknown("a line of a recording, and not on a line of its own".to_owned())),
        Kind::CloudEvent => cloud_event(value, rows, depth),
        Kind::Post => posted(value, rows),
        Kind::Metric => Ok(metric(value, rows)?),
        Kind::Event => Ok(event(value, rows)?),
        Kind::Summary => Ok(summary(value, rows)?),
        Kind::Second => Ok(second(value, rows)?),
        Kind::Page(name) => {
            list("", get(value, name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default(), rows)
        }
        Kind::Error => Err(answered(value)),
        Kind::Har => har(value, rows),
        Kind::Other if is_of_another_type(value, rows) => Ok(()),
        Kind::Other => {
            let inner: Vec<Value> = wrapped(value).map(Cow::into_owned).collect();
            match inner.as_slice() {
                [] => Err(unknown()),
                [one] => read_within(one, rows, depth),
                many => read_each("", many, rows, |value, rows| read_within(value, rows, depth)),
            }
        }
    }
}

/// What is in an envelope; nothing that is no envelope has any.
fn wrapped(value: &Value) -> impl Iterator<Item = Cow<'_, Value>> {
    let parts = WRAPPERS.into_iter().filter_map(|name| get(value, name)).map(unpacked);
    parts.filter(|inner| inner.is_object() || inner.is_array())
}

/// All that can be read of several; what is wrong with the first that cannot. If none of them is ours, nor are they
/// together.
pub(super) fn read_each(
    name: &str,
    values: &[Value],
    rows: &mut Rows,
    mut read: impl FnMut(&Value, &mut Rows) -> Result<(), Wrong>,
) -> Result<(), Wrong> {
    let mut wrong: Option<(usize, Wrong)> = None;
    let mut others = 0;
    for (index, value) in values.iter().enumerate() {
        match (read(value, rows), &wrong) {
            (Ok(()), _) => {}
            // What is broken tells more than what is something else.
            (Err(broken @ Wrong::Broken(_)), Some((_, Wrong::Unknown(_) | Wrong::Answered(_)))) => {
                others += 1;
                wrong = Some((index, broken));
            }
            (Err(_), Some(_)) => others += 1,
            (Err(first), None) => wrong = Some((index, first)),
        }
    }
    let Some((index, wrong)) = wrong else { return Ok(()) };
    Err(wrong.map(|message| match others {
        0 => format!("{name}[{index}]: {message}"),
        others => format!("{name}[{index}]: {message}; and {others} more of them"),
    }))
}

fn cloud_event(value: &Value, rows: &mut Rows, depth: usize) -> Result<(), Wrong> {
    let kind = needed(value, "type")?;
    let Some(about) = kind.strip_prefix(VOICE_INSIGHTS) else {
        rows.skip(format!("the event type {}", Value::from(kind)));
        return Ok(());
    };
    let text = get(value, "data").or_else(|| get(value, "data_base64")).unwrap_or(&Value::Null);
    let data = unpacked(text);
    if data.is_string() {
        return Err(Wrong::Broken("\"data\" is neither an object nor the text of one".to_owned()));
    }
    if data.is_array() {
        return read_within(&data, rows, depth);
    }
    if about.starts_with("call-metrics.") {
        metric(&data, rows)?;
    } else if about.starts_with("call-event.") {
        event(&data, rows)?;
    } else if about.starts_with("call-summary.") {
        // An error's says what went wrong with making it, and nothing of the call.
        if !about.ends_with(".error") {
            summary(&data, rows)?;
        }
    } else {
        rows.skip(format!("the event type {}", Value::from(kind)));
    }
    Ok(())
}

/// An event of Event Streams in somebody else's envelope (Segment, EventBridge) that is not about calls' quality.
fn is_of_another_type(value: &Value, rows: &mut Rows) -> bool {
    let name = ["event", "detail_type", "type"].into_iter().find_map(|name| text(value, name));
    let other = name.filter(|name| name.starts_with("com.twilio.") && !name.starts_with(VOICE_INSIGHTS));
    if let Some(name) = other {
        rows.seen.known += 1;
        rows.skip(format!("the event type {}", Value::from(name)));
    }
    other.is_some()
}

/// What the API answers where it has nothing to give, in its own words.
fn answered(value: &Value) -> Wrong {
    /// Longer than any of Twilio's.
    const LONGEST: usize = 300;
    let message = text(value, "message").or(text(value, "more_info")).unwrap_or("it gives no reason");
    let message: String = message.chars().filter(|character| !character.is_control()).take(LONGEST).collect();
    let code = get(value, "code").and_then(number).map_or(String::new(), |code| format!(" (error {code})"));
    Wrong::Answered(format!("Twilio answered with an error instead of data: {message}{code}"))
}

/// The Voice SDK's posts among the requests; the others are other people's business.
fn har(value: &Value, rows: &mut Rows) -> Result<(), Wrong> {
    let entries = get(value, "log").and_then(|log| get(log, "entries")).and_then(Value::as_array);
    let bodies = entries.into_iter().flatten().filter_map(|entry| {
        let body = get(get(entry, "request")?, "post_data")?;
        Some(unpacked(get(body, "text")?))
    });
    let posts: Vec<Value> = bodies.filter(|body| Kind::of(body) == Kind::Post).map(Cow::into_owned).collect();
    if posts.is_empty() {
        return Err(Wrong::Unknown("a HAR without any post of the Voice SDK's".to_owned()));
    }
    rows.seen.known += posts.len();
    read_each("posts", &posts, rows, posted)
}
