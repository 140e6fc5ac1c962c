//! What is said of a call, as the columns of a result.

use crate::error::Result;
use crate::schema;
use arrow_array::{Array, ArrayRef, ListArray, RecordBatch, StringArray, StructArray};
use arrow_buffer::OffsetBuffer;
use arrow_json::ReaderBuilder;
use arrow_schema::{DataType, Field, Fields, Schema};
use device_monitoring::replay::ReplayedCall;
use device_monitoring::{EndpointReport, NetworkType, RelayProtocol};
use serde::Serialize;
use std::sync::Arc;

/// No call was made with Flex before 2001, milliseconds since 1970: recordings that do not say when they began count
/// from 1970.
const EARLIEST_START: f64 = 978_307_200_000.0;

/// One call under one configuration: the columns of [`schema::named_verdict`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Outcome {
    /// Where there are several.
    configuration: Option<String>,
    started_at: Option<i64>,
    duration_ms: Option<f64>,
    warning_ms: Option<f64>,
    warning_pct: Option<f64>,
    severely_concealed_pct: Option<f64>,
    jitter_buffer_delay_ms: Option<f64>,
    /// Unknown where the call cannot be judged.
    alert: Option<bool>,
    rules: Vec<&'static str>,
    why: Option<String>,
    conditions: Vec<&'static str>,
    episodes: Vec<Episode>,
    causes: Vec<Cause>,
    notices: Vec<Notice>,
    endpoint: Endpoint,
    /// What could not be used, or why there is no verdict.
    problems: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Episode {
    condition: &'static str,
    side: &'static str,
    direction: Option<&'static str>,
    start_ms: f64,
    end_ms: f64,
    raised_ms: f64,
    cleared_ms: Option<f64>,
    worst: Option<f64>,
    threshold: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Cause {
    cause: &'static str,
    start_ms: f64,
    end_ms: f64,
    evidence: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Notice {
    ms: f64,
    diagnosis: &'static str,
    text: String,
}

/// The call's endpoint.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
struct Endpoint {
    headset: Option<String>,
    codec: Option<String>,
    network_type: Option<NetworkType>,
    relay_protocol: Option<RelayProtocol>,
    rtt_floor_ms: Option<f64>,
    cpu_performance: Option<u32>,
    hardware_concurrency: Option<u32>,
    device_memory: Option<f64>,
    web_rtc_redirected: Option<bool>,
    echo_return_loss: Option<f64>,
    echo_return_loss_enhancement: Option<f64>,
}

impl From<&EndpointReport> for Endpoint {
    fn from(report: &EndpointReport) -> Self {
        Self {
            headset: report.headset.map(|headset| headset.to_string()),
            codec: report.codec.clone(),
            network_type: report.network_type,
            relay_protocol: report.relay_protocol,
            rtt_floor_ms: report.rtt_floor_ms.map(f64::from),
            cpu_performance: report.cpu_performance,
            hardware_concurrency: report.hardware_concurrency,
            device_memory: report.device_memory.map(f64::from),
            web_rtc_redirected: report.web_rtc_redirected.then_some(true),
            echo_return_loss: report.echo_return_loss.map(f64::from),
            echo_return_loss_enhancement: report.echo_return_loss_enhancement.map(f64::from),
        }
    }
}

impl Outcome {
    /// Of a call that was judged.
    pub(crate) fn new(call: &ReplayedCall, problems: Vec<String>) -> Self {
        let why: Vec<_> = call.reasons.iter().map(|reason| reason.text.as_str()).collect();
        let episodes = call.conditions.iter().flat_map(|condition| {
            condition.episodes.iter().map(|episode| Episode {
                condition: condition.name.as_str(),
                side: condition.side.as_str(),
                direction: condition.direction.map(|direction| direction.as_str()),
                start_ms: episode.start_ms.0,
                end_ms: episode.end_ms.0,
                raised_ms: episode.raised_ms.0,
                cleared_ms: episode.cleared_ms.map(|cleared| cleared.0),
                worst: episode.worst.map(|worst| worst.0),
                threshold: episode.threshold.map(|threshold| threshold.0),
            })
        });
        let causes = call.causes.iter().map(|cause| Cause {
            cause: cause.name.as_str(),
            start_ms: cause.start_ms.0,
            end_ms: cause.end_ms.0,
            evidence: serde_json::to_string(&cause.evidence).ok(),
        });
        let notices = call.notices.iter().map(|notice| Notice {
            ms: notice.ms.0,
            diagnosis: notice.diagnosis,
            text: notice.text.clone(),
        });
        Self {
            configuration: None,
            started_at: Some(call.started.0).filter(|started| *started >= EARLIEST_START).map(|started| started as i64),
            duration_ms: Some(call.duration_ms.0),
            warning_ms: Some(call.warning_ms.0),
            warning_pct: Some(call.warning_pct.0),
            severely_concealed_pct: call.severely_concealed_pct.map(|share| share.0),
            jitter_buffer_delay_ms: call.jitter_buffer_delay_ms.map(|delay| delay.0),
            alert: Some(call.alert),
            rules: call.reasons.iter().map(|reason| reason.rule.as_str()).collect(),
            why: Some(why.join(" ")).filter(|why| !why.is_empty()),
            conditions: call.conditions.iter().map(|condition| condition.name.as_str()).collect(),
            episodes: episodes.collect(),
            causes: causes.collect(),
            notices: notices.collect(),
            endpoint: Endpoint::from(&call.endpoint),
            problems,
        }
    }

    /// Of one that cannot be.
    pub(crate) fn none(problems: &[String], because: &str) -> Self {
        let problems = problems.iter().cloned().chain([format!("no verdict: {because}")]).collect();
        Self { problems, ..Self::default() }
    }
}

/// What several calls got, as a column: a struct for each call, or a list of structs where the configurations have names.
///
/// # Errors
/// Arrow's.
pub fn column(outcomes: Vec<Vec<Outcome>>, names: &[String]) -> Result<ArrayRef> {
    let lengths: Vec<_> = outcomes.iter().map(Vec::len).collect();
    let all: Vec<_> = outcomes.into_iter().flat_map(|outcomes| named(outcomes, names)).collect();
    if names.is_empty() {
        return Ok(Arc::new(structs(&all, schema::verdict())?));
    }
    let values = Arc::new(structs(&all, schema::named_verdict())?);
    let item = Arc::new(Field::new("item", values.data_type().clone(), true));
    Ok(Arc::new(ListArray::try_new(item, OffsetBuffer::from_lengths(lengths), values, None)?))
}

/// What several calls got, as a table ([`schema::verdicts`]): a row for each call, or for each call and configuration.
///
/// # Errors
/// Arrow's.
pub fn table(calls: Vec<(String, Vec<Outcome>)>, names: &[String]) -> Result<RecordBatch> {
    let (mut call_sids, mut all) = (Vec::new(), Vec::new());
    for (call_sid, outcomes) in calls {
        call_sids.extend(std::iter::repeat_n(call_sid, outcomes.len()));
        all.extend(named(outcomes, names));
    }
    let fields = if names.is_empty() { schema::verdict() } else { schema::named_verdict() };
    let mut columns: Vec<ArrayRef> = vec![Arc::new(StringArray::from(call_sids))];
    columns.extend_from_slice(structs(&all, fields)?.columns());
    Ok(RecordBatch::try_new(schema::verdicts(!names.is_empty()), columns)?)
}

/// The type of the column.
#[must_use]
pub fn column_type(is_named: bool) -> DataType {
    match is_named {
        false => DataType::Struct(schema::verdict()),
        true => {
            let item = Field::new("item", DataType::Struct(schema::named_verdict()), true);
            DataType::List(Arc::new(item))
        }
    }
}

/// What a call got, with the names of the configurations, where they have names.
fn named(mut outcomes: Vec<Outcome>, names: &[String]) -> Vec<Outcome> {
    for (outcome, name) in outcomes.iter_mut().zip(names) {
        outcome.configuration = Some(name.clone());
    }
    outcomes
}

fn structs(outcomes: &[Outcome], fields: Fields) -> Result<StructArray> {
    let schema = Arc::new(Schema::new(fields));
    let mut decoder = ReaderBuilder::new(Arc::clone(&schema)).with_batch_size(outcomes.len()).build_decoder()?;
    decoder.serialize(outcomes)?;
    let rows = decoder.flush()?.unwrap_or_else(|| RecordBatch::new_empty(schema));
    Ok(StructArray::from(rows))
}
