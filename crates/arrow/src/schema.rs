//! What a row of history is: one event of a call, or one second of it.

use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit};
use std::sync::Arc;

/// The column that says which call a row is about: its CallSid.
pub const CALL_SID: &str = "call_sid";
/// The column of [`packed`] that has the rows.
pub(crate) const PACKED: &str = "packed";
/// The folders' column: the day, in UTC, of `at`.
pub const DAY: &str = "day";

/// Columns of `sample`, and what recordings and the Voice SDK call them. Units are the SDK's: milliseconds for `jitter` and
/// `rtt`, counts of that second for packets and bytes, 0 to 32767 for levels.
pub const SAMPLE: [(&str, &str); 10] = [
    ("jitter", "jitter"),
    ("rtt", "rtt"),
    ("packets_lost", "packetsLost"),
    ("packets_received", "packetsReceived"),
    ("packets_sent", "packetsSent"),
    ("mos", "mos"),
    ("bytes_received", "bytesReceived"),
    ("bytes_sent", "bytesSent"),
    ("audio_input_level", "audioInputLevel"),
    ("audio_output_level", "audioOutputLevel"),
];

/// Columns of `stats`, and in which part and under which name of W3C webrtc-stats recordings have them. Units are W3C's:
/// seconds, shares from 0 to 1, counts since the start of the call, milliseconds since 1970 for `remote_timestamp`. `tests/completeness.rs` of the engine knows what is
/// left out.
pub const STATS: [(&str, &str, &str); 20] = [
    ("current_round_trip_time", "candidatePair", "currentRoundTripTime"),
    ("responses_received", "candidatePair", "responsesReceived"),
    ("fraction_lost", "remoteInbound", "fractionLost"),
    ("remote_packets_lost", "remoteInbound", "packetsLost"),
    ("round_trip_time_measurements", "remoteInbound", "roundTripTimeMeasurements"),
    ("reports_sent", "remoteOutbound", "reportsSent"),
    ("remote_timestamp", "remoteOutbound", "remoteTimestamp"),
    ("concealed_samples", "inbound", "concealedSamples"),
    ("silent_concealed_samples", "inbound", "silentConcealedSamples"),
    ("total_samples_received", "inbound", "totalSamplesReceived"),
    ("jitter_buffer_delay", "inbound", "jitterBufferDelay"),
    ("jitter_buffer_emitted_count", "inbound", "jitterBufferEmittedCount"),
    ("packets_lost", "inbound", "packetsLost"),
    ("packets_received", "inbound", "packetsReceived"),
    ("audio_level", "mediaSource", "audioLevel"),
    ("concealment_events", "inbound", "concealmentEvents"),
    ("synthesized_samples_duration", "mediaPlayout", "synthesizedSamplesDuration"),
    ("total_samples_duration", "mediaPlayout", "totalSamplesDuration"),
    ("echo_return_loss", "mediaSource", "echoReturnLoss"),
    ("echo_return_loss_enhancement", "mediaSource", "echoReturnLossEnhancement"),
];

/// Milliseconds since 1970, UTC.
#[must_use]
pub fn time() -> DataType {
    DataType::Timestamp(TimeUnit::Millisecond, Some(Arc::from("UTC")))
}

/// The type of `sample`.
#[must_use]
pub fn sample() -> DataType {
    numbers(SAMPLE.map(|(column, _)| column))
}

/// The type of `stats`.
#[must_use]
pub fn stats() -> DataType {
    numbers(STATS.map(|(column, _, _)| column))
}

/// A row. In files, strings are plain UTF-8.
///
/// | column | |
/// | --- | --- |
/// | `call_sid` | the CallSid |
/// | `at` | when |
/// | `seq` | which of several rows with the same `at` was first; null where nobody knows |
/// | `type` | as in a recording: `sample`, `stats`, `accept`, `warning`, `mute`, `disconnect`… |
/// | `sample` | the Voice SDK's sample of the second ([`SAMPLE`]), where there is one |
/// | `stats` | the reading of the peer connection's own statistics ([`STATS`]), where there is one |
/// | `detail` | a JSON object with the other fields that a recording has for this type: `{"muted":true}` |
#[must_use]
pub fn events() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(CALL_SID, DataType::Utf8, false),
        Field::new("at", time(), false),
        Field::new("seq", DataType::Int64, true),
        Field::new("type", DataType::Utf8, false),
        Field::new("sample", sample(), true),
        Field::new("stats", stats(), true),
        Field::new("detail", DataType::Utf8, true),
    ]))
}

/// Rows of a call, packed, where an engine brings the rows of a call together.
#[must_use]
pub fn packed() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(CALL_SID, DataType::Utf8, false),
        Field::new(PACKED, DataType::Binary, false),
    ]))
}

/// What exports say, on its way to the table: the call, the time in milliseconds since 1970, the place among what was read
/// together, and what the row says, in a form of this version's own.
#[must_use]
pub fn exported() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(CALL_SID, DataType::Utf8, false),
        Field::new("at", DataType::Int64, false),
        Field::new("seq", DataType::Int64, false),
        Field::new("what", DataType::Binary, false),
    ]))
}

/// What is said of a call under one configuration. Times without a date are milliseconds since it was accepted.
#[must_use]
pub fn verdict() -> Fields {
    let texts = |name: &str| list(name, Field::new("item", DataType::Utf8, true));
    let episode = Fields::from(vec![
        Field::new("condition", DataType::Utf8, true),
        Field::new("side", DataType::Utf8, true),
        Field::new("direction", DataType::Utf8, true),
        Field::new("start_ms", DataType::Float64, true),
        Field::new("end_ms", DataType::Float64, true),
        Field::new("raised_ms", DataType::Float64, true),
        Field::new("cleared_ms", DataType::Float64, true),
        Field::new("worst", DataType::Float64, true),
        Field::new("threshold", DataType::Float64, true),
    ]);
    let notice = Fields::from(vec![
        Field::new("ms", DataType::Float64, true),
        Field::new("diagnosis", DataType::Utf8, true),
        Field::new("text", DataType::Utf8, true),
    ]);
    let cause = Fields::from(vec![
        Field::new("cause", DataType::Utf8, true),
        Field::new("start_ms", DataType::Float64, true),
        Field::new("end_ms", DataType::Float64, true),
        // As JSON: each cause has other evidence.
        Field::new("evidence", DataType::Utf8, true),
    ]);
    // As in the alert, and in its units.
    let endpoint = Fields::from(vec![
        Field::new("headset", DataType::Utf8, true),
        Field::new("codec", DataType::Utf8, true),
        Field::new("network_type", DataType::Utf8, true),
        Field::new("relay_protocol", DataType::Utf8, true),
        Field::new("rtt_floor_ms", DataType::Float64, true),
        Field::new("cpu_performance", DataType::UInt32, true),
        Field::new("hardware_concurrency", DataType::UInt32, true),
        Field::new("device_memory", DataType::Float64, true),
        Field::new("web_rtc_redirected", DataType::Boolean, true),
        Field::new("echo_return_loss", DataType::Float64, true),
        Field::new("echo_return_loss_enhancement", DataType::Float64, true),
    ]);
    let item = |fields| Field::new("item", DataType::Struct(fields), true);
    Fields::from(vec![
        Field::new("started_at", time(), true),
        Field::new("duration_ms", DataType::Float64, true),
        Field::new("warning_ms", DataType::Float64, true),
        Field::new("warning_pct", DataType::Float64, true),
        Field::new("severely_concealed_pct", DataType::Float64, true),
        Field::new("jitter_buffer_delay_ms", DataType::Float64, true),
        Field::new("alert", DataType::Boolean, true),
        texts("rules"),
        Field::new("why", DataType::Utf8, true),
        texts("conditions"),
        list("episodes", item(episode)),
        list("causes", item(cause)),
        list("notices", item(notice)),
        Field::new("endpoint", DataType::Struct(endpoint), true),
        texts("problems"),
    ])
}

/// The same under one of several configurations, with its name.
#[must_use]
pub fn named_verdict() -> Fields {
    let name = Arc::new(Field::new("configuration", DataType::Utf8, true));
    Fields::from_iter([name].into_iter().chain(verdict().iter().cloned()))
}

/// A row for each call, or for each call and configuration: its CallSid, and what is said of it.
#[must_use]
pub fn verdicts(is_named: bool) -> SchemaRef {
    let call_sid = Arc::new(Field::new(CALL_SID, DataType::Utf8, false));
    let said = if is_named { named_verdict() } else { verdict() };
    Arc::new(Schema::new(Fields::from_iter([call_sid].into_iter().chain(said.iter().cloned()))))
}

fn list(name: &str, item: Field) -> Field {
    Field::new(name, DataType::List(Arc::new(item)), true)
}

fn numbers<const COUNT: usize>(names: [&str; COUNT]) -> DataType {
    DataType::Struct(names.into_iter().map(|name| Field::new(name, DataType::Float64, true)).collect())
}
