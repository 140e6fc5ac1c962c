//! The shapes of Twilio's exports, read into rows. Sources: Twilio's reference of the Call Metrics, Call Events and Call
//! Summary resources, its event schemas `VoiceInsights.CallMetric`, `CallEvent` and `CallSummary`, and what
//! `@twilio/voice-sdk` 2.18 posts (`eventpublisher.ts`).

use super::fields::{field, get, milliseconds, number, part, text, unpacked};
use super::gather::Rows;
use super::row::{Counts, Did, Interval, Row, Second, Spread, What};
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
        } else if has("message") && has("code") && (has("status") || has("more_info")) {
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
fn read_each(
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
    let message = get(value, "message").and_then(Value::as_str).unwrap_or_default();
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

/// What one edge saw in ten seconds.
fn metric(value: &Value, rows: &mut Rows) -> Result<(), String> {
    let (call, at) = call_and_time(value)?;
    // In Event Streams, `edge` may be that of Twilio's data centre: the object that is there says more.
    let of = |name: &str| Some(part(value, name)).filter(|edge| edge.is_object());
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

/// Something that happened, as Voice Insights tells it.
fn event(value: &Value, rows: &mut Rows) -> Result<(), String> {
    let (call, at) = call_and_time(value)?;
    let sdk = part(value, "sdk_edge");
    // The other edges tell of the same call in the words of call progress, and of other legs.
    if !sdk.is_object() && !text(value, "edge").is_some_and(|edge| edge.eq_ignore_ascii_case("sdk_edge")) {
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
fn summary(value: &Value, rows: &mut Rows) -> Result<(), String> {
    let call = needed(value, "call_sid")?;
    let time = |name: &str| get(value, name).and_then(milliseconds);
    let seconds = get(value, "connect_duration").and_then(number);
    let client = match text(value, "call_type") {
        Some(kind) => Some(kind.eq_ignore_ascii_case("client")),
        None => part(value, "sdk_edge").is_object().then_some(true),
    };
    // A partial one may have neither yet.
    if let Some((to, seconds)) = time("end_time").zip(seconds) {
        let from = (seconds > 0.0).then(|| to - (seconds * 1000.0) as i64);
        rows.push(Row { call: call.to_owned(), at: from.unwrap_or(to), what: What::Connected { from, to, client } });
    } else if client != Some(true) {
        rows.seen.other_legs += 1;
    }
    Ok(())
}

/// What the Voice SDK posts: ten seconds' rows, or an event.
fn posted(value: &Value, rows: &mut Rows) -> Result<(), Wrong> {
    let payload = part(value, "payload");
    if let Value::Array(seconds) = &*payload {
        return read_each("payload", seconds, rows, |value, rows| Ok(second(value, rows)?));
    }
    // Until the signalling has answered, a call has no CallSid. What happens until then says nothing of its quality.
    if payload.is_object() && get(&payload, "call_sid").is_none_or(|sid| sid.as_str() == Some("")) {
        rows.seen.without_call += 1;
        return Ok(());
    }
    let call = needed(&payload, "call_sid")?.to_owned();
    let at = time(value)?;
    if let Some(did) = did(value, &part(&payload, "data"), get(&payload, "code")) {
        rows.push(Row { call, at, what: What::Did(did) });
    }
    Ok(())
}

/// One of the SDK's own one-second rows.
fn second(value: &Value, rows: &mut Rows) -> Result<(), String> {
    if value.is_object() && get(value, "call_sid").is_none() {
        rows.seen.without_call += 1;
        return Ok(());
    }
    let (call, at) = call_and_time(value)?;
    let number = |name| field(value, name);
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
    if text(value, "direction") == Some("OUTGOING") {
        rows.push(Row { call: call.clone(), at, what: What::Did(Did::Outgoing) });
    }
    rows.push(Row { call, at, what });
    Ok(())
}

/// What an event of this group and name says; most say nothing about quality.
fn did(event: &Value, payload: &Value, code: Option<&Value>) -> Option<Did> {
    let name = text(event, "name").unwrap_or_default();
    match text(event, "group").unwrap_or_default() {
        "network-quality-warning-raised" | "audio-level-warning-raised" => {
            let values = part(payload, "values");
            let several = values.as_array().map(Vec::as_slice).unwrap_or_default();
            let all = several.iter().chain(get(payload, "value"));
            Some(Did::Warned {
                name: name.to_owned(),
                values: all.map(|value| number(value).unwrap_or(f64::NAN)).collect(),
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
    Ok((needed(value, "call_sid")?.to_owned(), time(value)?))
}

fn needed<'a>(value: &'a Value, name: &str) -> Result<&'a str, String> {
    text(value, name).ok_or_else(|| format!("without \"{name}\""))
}

fn time(value: &Value) -> Result<i64, String> {
    let time = get(value, "timestamp").ok_or("without \"timestamp\"")?;
    milliseconds(time).ok_or_else(|| format!("\"timestamp\" {time:.60} is no time"))
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
