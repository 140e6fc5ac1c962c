//! What is said of a call, as the columns of a result.

use crate::error::Result;
use crate::schema;
use crate::verdict_columns::verdict_columns;
use arrow_array::{Array, ArrayRef, ListArray, RecordBatch, StringArray};
use arrow_buffer::OffsetBuffer;
use arrow_schema::{DataType, Field};
use device_monitoring::replay::ReplayedCall;
use device_monitoring::{EndpointReport, NetworkType, RelayProtocol};
use std::sync::Arc;

/// No call was made with Flex before 2001, milliseconds since 1970: recordings that do not say when they began count
/// from 1970.
const EARLIEST_START: f64 = 978_307_200_000.0;

/// One call under one configuration: the columns of [`schema::named_verdict`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Where there are several.
    pub(crate) configuration: Option<String>,
    pub(crate) started_at: Option<i64>,
    pub(crate) duration_ms: Option<f64>,
    pub(crate) warning_ms: Option<f64>,
    pub(crate) warning_pct: Option<f64>,
    pub(crate) severely_concealed_pct: Option<f64>,
    pub(crate) jitter_buffer_delay_ms: Option<f64>,
    /// Unknown where the call cannot be judged.
    pub(crate) alert: Option<bool>,
    pub(crate) rules: Vec<&'static str>,
    pub(crate) why: Option<String>,
    pub(crate) conditions: Vec<&'static str>,
    pub(crate) episodes: Vec<Episode>,
    pub(crate) causes: Vec<Cause>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) endpoint: Endpoint,
    /// What could not be used, or why there is no verdict.
    pub(crate) problems: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Episode {
    pub(crate) condition: &'static str,
    pub(crate) side: &'static str,
    pub(crate) direction: Option<&'static str>,
    pub(crate) start_ms: f64,
    pub(crate) end_ms: f64,
    pub(crate) raised_ms: f64,
    pub(crate) cleared_ms: Option<f64>,
    pub(crate) worst: Option<f64>,
    pub(crate) threshold: Option<f64>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cause {
    pub(crate) cause: &'static str,
    pub(crate) start_ms: f64,
    pub(crate) end_ms: f64,
    pub(crate) evidence: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Notice {
    pub(crate) ms: f64,
    pub(crate) diagnosis: &'static str,
    pub(crate) text: String,
}

/// The call's endpoint.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Endpoint {
    pub(crate) headset: Option<String>,
    pub(crate) codec: Option<String>,
    pub(crate) network_type: Option<NetworkType>,
    pub(crate) relay_protocol: Option<RelayProtocol>,
    pub(crate) rtt_floor_ms: Option<f64>,
    pub(crate) cpu_performance: Option<u32>,
    pub(crate) hardware_concurrency: Option<u32>,
    pub(crate) device_memory: Option<f64>,
    pub(crate) web_rtc_redirected: Option<bool>,
    pub(crate) echo_return_loss: Option<f64>,
    pub(crate) echo_return_loss_enhancement: Option<f64>,
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
        return Ok(Arc::new(verdict_columns(&all, &schema::verdict())?));
    }
    let values = Arc::new(verdict_columns(&all, &schema::named_verdict())?);
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
    columns.extend_from_slice(verdict_columns(&all, &fields)?.columns());
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
