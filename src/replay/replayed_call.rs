//! The verdict on one replayed call.

use crate::alert::{CallReport, ConditionReport};
use crate::call::endpoint_monitor::EndpointReport;
use crate::cause::{Cause, CauseReport};
use crate::config::Config;
use crate::input::sample::{Packets, Sample};
use crate::input::units::{Milliseconds, Percent, Timestamp, WallTime};
use crate::verdict::Reason;
use serde::Serialize;

/// What the agent would have been shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReplayedNotice {
    /// When, since the call was accepted.
    pub ms: Milliseconds,
    /// What was wrong.
    pub diagnosis: &'static str,
    /// Why, where that is known.
    pub cause: Option<Cause>,
    /// Symptom and advice, in English.
    pub text: String,
}

/// One call of a recording.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplayedCall {
    /// Its CallSid, where the recording has one.
    pub call_sid: Option<String>,
    /// When it was accepted; 1970 where the recording does not say when it began.
    #[serde(skip)]
    pub started: WallTime,
    /// When it was accepted, on the recording's own clock.
    #[serde(skip)]
    pub accepted: Timestamp,
    /// How long it lasted, less the stretches without data.
    pub duration_ms: Milliseconds,
    /// How long it lasted, from its acceptance to its end.
    #[serde(skip)]
    pub elapsed_ms: Milliseconds,
    /// How long it lasted for the rule about short calls; `None`: the rule does not apply to it.
    #[serde(skip)]
    pub length: Option<Milliseconds>,
    /// The stretches without data, in order: from and to, since it was accepted.
    #[serde(skip)]
    pub data_gaps: Vec<(Milliseconds, Milliseconds)>,
    /// What was wrong with it.
    pub conditions: Vec<ConditionReport>,
    /// Why, in the order of the first moments.
    pub causes: Vec<CauseReport>,
    /// What the agent would have been shown: nothing with `alertAgent: false`.
    pub notices: Vec<ReplayedNotice>,
    /// Time in warning.
    pub warning_ms: Milliseconds,
    /// Time in warning as a share of the duration.
    pub warning_pct: Percent,
    /// Share of its seconds that were severely concealed; absent where it was not measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severely_concealed_pct: Option<Percent>,
    /// How long its sound waited in the jitter buffer, on average; absent where it was not measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jitter_buffer_delay_ms: Option<Milliseconds>,
    /// Its endpoint; absent where nothing of it is known.
    #[serde(skip_serializing_if = "EndpointReport::is_empty")]
    pub endpoint: EndpointReport,
    /// Whether it would have alerted.
    pub alert: bool,
    /// Why.
    pub reasons: Vec<Reason>,
    /// The actions that its alert would have been for; empty where the configuration has no `actions`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<String>,
}

impl ReplayedCall {
    pub(super) fn new(report: CallReport, mut notices: Vec<ReplayedNotice>, config: &Config) -> Self {
        for notice in &mut notices {
            notice.ms = notice.ms + (Timestamp(0) - report.accepted);
        }
        let is_chosen = report.verdict.is_alert() && !config.actions.is_empty();
        let actions = if is_chosen { config.actions_for(&report.subject()) } else { Vec::new() };
        Self {
            call_sid: report.parties.call_sid,
            started: report.started,
            accepted: report.accepted,
            duration_ms: report.verdict.duration,
            elapsed_ms: report.elapsed,
            length: report.length,
            data_gaps: report.data_gaps,
            conditions: report.conditions,
            causes: report.causes,
            notices,
            warning_ms: report.verdict.warning,
            warning_pct: report.verdict.warning_share,
            severely_concealed_pct: report.verdict.severely_concealed.share(),
            jitter_buffer_delay_ms: report.metrics.jitter_buffer_delay.map(|delay| Milliseconds(delay.mean.0)),
            endpoint: report.endpoint,
            alert: report.verdict.is_alert(),
            reasons: report.verdict.reasons,
            actions,
        }
    }
}

/// The metrics of one sample, to be drawn; `NaN` is unknown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// When, on the recording's clock.
    pub at: Timestamp,
    /// Round-trip time, milliseconds.
    pub rtt: f32,
    /// Inbound jitter, milliseconds.
    pub jitter: f32,
    /// Share of the customer's packets that was lost in this second, percent.
    pub loss: f32,
    /// Mean opinion score.
    pub mos: f32,
}

impl Point {
    pub(super) fn new(at: Timestamp, sample: &Sample) -> Self {
        let known = |value: Option<f64>| value.map_or(f32::NAN, |value| value as f32);
        Self {
            at,
            rtt: known(sample.rtt.map(|rtt| rtt.0)),
            jitter: known(sample.jitter.map(|jitter| jitter.0)),
            loss: known(sample.packets.and_then(Packets::loss).map(|loss| loss.0)),
            mos: known(sample.mos.map(|mos| mos.0)),
        }
    }
}
