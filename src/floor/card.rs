//! The card: what is kept of every call that has ended, whether it alerts or not (rule K1). No phone numbers, no names, no
//! audio.

use super::card_timeline::Timeline;
use super::{LONGEST_SID, LONGEST_TEXT, cut, worker};
use crate::alert::{CallReport, ClientInfo, Occasion};
use crate::call::endpoint_monitor::EndpointReport;
use crate::call::metric_summary::Summary;
use crate::cause::{Cause, Evidence};
use crate::condition::ConditionName;
use crate::condition::diagnosis::Diagnosis;
use crate::config::Config;
use crate::input::agent_endpoint::Headset;
use crate::input::environment_signal::{NetworkType, RelayProtocol};
use crate::input::event::CallDirection;
use crate::input::units::{Milliseconds, Seconds, Value};
use crate::number_format::tenths;
use crate::serde_helpers::{is_default, json};
use crate::verdict::Rule;
use serde::{Serialize, Serializer};

/// Changes when a field changes its meaning or goes; new fields do not change it.
const VERSION: u32 = 1;
/// How many bytes the JSON may have.
pub(crate) const MAX_BYTES: usize = 700;

/// What is kept of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    id: String,
    is_healthy: bool,
    document: String,
}

impl Card {
    /// The card of a call that has ended, or whose page ends.
    #[must_use]
    pub fn new(report: &CallReport, config: &Config, client: &ClientInfo, occasion: Occasion) -> Self {
        let mut document = Document::new(report, config, client, occasion);
        let mut text = json(&document);
        while text.len() > MAX_BYTES && document.forget_least() {
            text = json(&document);
        }
        let is_healthy = !report.verdict.is_alert() && report.diagnosis.is_none();
        let beside = if occasion == Occasion::Report { "-report" } else { "" };
        Self { id: id(report, client) + beside, is_healthy, document: text }
    }

    /// What names it in the browser; the same for everybody who tells of the same call.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether nothing was wrong with the call: nobody waits for its card.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.is_healthy
    }

    /// The card as it is sent: one line of JSON, an object of at most 700 bytes.
    #[must_use]
    pub fn document(&self) -> &str {
        &self.document
    }
}

fn id(report: &CallReport, client: &ClientInfo) -> String {
    match &report.parties.call_sid {
        Some(sid) => format!("card-{}", cut(sid, LONGEST_SID)),
        None => {
            let worker = client.worker_sid.as_deref().unwrap_or("unknown");
            format!("card-{}-{}", cut(worker, LONGEST_SID), report.started.unix_millis())
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    call_sid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    worker_sid: Option<String>,
    direction: CallDirection,
    /// In milliseconds since 1970.
    started_at: i64,
    duration_ms: Milliseconds,
    warning_ms: Milliseconds,
    /// The rules by which it alerts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<Rule>,
    /// The worst that was wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    diagnosis: Option<Diagnosis>,
    /// Why that was, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<Cause>,
    /// What shows that.
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<Evidence>,
    /// When something was wrong, and what.
    #[serde(skip_serializing_if = "Timeline::is_empty")]
    timeline: Timeline,
    /// Stretches of it that found no room.
    #[serde(skip_serializing_if = "is_default")]
    omitted_stretches: usize,
    /// Seconds of each condition, longest first.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "serialize_seconds")]
    conditions: Vec<(ConditionName, Seconds)>,
    /// Conditions that found no room.
    #[serde(skip_serializing_if = "is_default")]
    omitted_conditions: usize,
    metrics: Metrics,
    /// How many seconds were severely concealed, of how many that were measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    severely_concealed: Option<(u32, u32)>,
    /// Its beginning passed unseen: all times count from when it was found.
    #[serde(rename = "midway", skip_serializing_if = "is_default")]
    found_in_progress: bool,
    #[serde(skip_serializing_if = "is_default")]
    monitoring: bool,
    #[serde(skip_serializing_if = "is_default")]
    cut_short: bool,
    #[serde(skip_serializing_if = "is_default")]
    agent_report: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    edge: Option<String>,
    #[serde(flatten)]
    endpoint: Endpoint,
    versions: Versions,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Versions {
    plugin: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    flex_ui: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    voice_sdk: Option<String>,
}

/// The part of the call's endpoint by which calls are compared.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Endpoint {
    #[serde(skip_serializing_if = "Option::is_none")]
    headset: Option<Headset>,
    #[serde(skip_serializing_if = "Option::is_none")]
    codec: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    network_type: Option<NetworkType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    relay_protocol: Option<RelayProtocol>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address_prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rtt_floor_ms: Option<Milliseconds>,
}

impl Endpoint {
    /// Leaves out what matters least. False: nothing is left.
    fn forget_least(&mut self) -> bool {
        let Self { headset, codec, network_type, relay_protocol, address_prefix, rtt_floor_ms } = self;
        rtt_floor_ms.take().is_some()
            || codec.take().is_some()
            || relay_protocol.take().is_some()
            || address_prefix.take().is_some()
            || headset.take().is_some()
            || network_type.take().is_some()
    }
}

impl From<&EndpointReport> for Endpoint {
    fn from(report: &EndpointReport) -> Self {
        Self {
            headset: report.headset,
            codec: report.codec.clone(),
            network_type: report.network_type,
            relay_protocol: report.relay_protocol,
            address_prefix: report.address_prefix.clone(),
            rtt_floor_ms: report.rtt_floor_ms.map(|floor| Milliseconds(floor.0.round())),
        }
    }
}

/// Mean and 95th percentile.
#[derive(Clone, Copy, Serialize)]
struct Metric(Value, Value);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Metrics {
    #[serde(skip_serializing_if = "Option::is_none")]
    rtt: Option<Metric>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jitter: Option<Metric>,
    #[serde(skip_serializing_if = "Option::is_none")]
    packets_lost_fraction: Option<Metric>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mos: Option<Metric>,
}

fn serialize_seconds<S: Serializer>(conditions: &[(ConditionName, Seconds)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(conditions.iter().map(|(name, seconds)| (name.as_str(), seconds)))
}

impl Document {
    fn new(report: &CallReport, config: &Config, client: &ClientInfo, occasion: Occasion) -> Self {
        let CallReport { parties, context, verdict, metrics, .. } = report;
        let text = |text: &Option<String>| text.as_deref().map(|text| cut(text, LONGEST_TEXT));
        let sid = |sid: &String| cut(sid, LONGEST_SID);
        let metric = |summary: Option<Summary>| {
            summary.map(|summary| Metric(Value(tenths(summary.mean.0)), Value(tenths(summary.p95.0))))
        };
        let mut conditions: Vec<_> = report
            .conditions
            .iter()
            .map(|condition| {
                let lengths = condition.episodes.iter().map(|episode| episode.end_ms.0 - episode.start_ms.0);
                (condition.name, Seconds(tenths(lengths.sum::<f64>() / 1000.0)))
            })
            .collect();
        conditions.sort_by(|(_, one), (_, other)| other.0.total_cmp(&one.0));
        let timeline = Timeline::new(&report.timeline);
        Self {
            version: VERSION,
            call_sid: parties.call_sid.as_ref().map(sid),
            worker_sid: worker(config, client.worker_sid.as_ref()).map(sid),
            direction: context.direction.unwrap_or(parties.direction),
            started_at: report.started.unix_millis(),
            duration_ms: Milliseconds(verdict.duration.0.round()),
            warning_ms: Milliseconds(verdict.warning.0.round()),
            reasons: verdict.reasons.iter().map(|reason| reason.rule).collect(),
            diagnosis: report.diagnosis,
            cause: report.cause,
            evidence: report.cause.and_then(|cause| evidence_of(cause, report)),
            omitted_stretches: report.timeline.len().saturating_sub(timeline.len()),
            timeline,
            conditions,
            omitted_conditions: 0,
            metrics: Metrics {
                rtt: metric(metrics.rtt),
                jitter: metric(metrics.jitter),
                packets_lost_fraction: metric(metrics.packets_lost_fraction),
                mos: metric(metrics.mos),
            },
            severely_concealed: Some(verdict.severely_concealed)
                .filter(|concealed| concealed.of > 0)
                .map(|concealed| (concealed.seconds, concealed.of)),
            found_in_progress: report.found_in_progress,
            monitoring: report.monitoring,
            cut_short: occasion == Occasion::CutShort,
            agent_report: !report.agent_reports.is_empty(),
            edge: text(&context.edge),
            endpoint: Endpoint::from(&report.endpoint),
            versions: Versions {
                plugin: cut(&client.plugin_version, LONGEST_TEXT),
                flex_ui: text(&client.flex_ui_version),
                voice_sdk: text(&context.voice_sdk_version),
            },
        }
    }

    /// Leaves out what matters least; false: nothing is left to leave out. The worst stretch and the longest condition go
    /// last: that something was wrong is to be seen as long as possible.
    fn forget_least(&mut self) -> bool {
        (self.timeline.len() > 1 && self.forget_stretch())
            || self.evidence.take().is_some()
            || (self.conditions.len() > 1 && self.forget_condition())
            || self.endpoint.forget_least()
            || self.forget_stretch()
            || self.forget_condition()
    }

    /// The least bad stretch.
    fn forget_stretch(&mut self) -> bool {
        let is_left = self.timeline.forget_least();
        self.omitted_stretches += usize::from(is_left);
        is_left
    }

    /// The shortest condition.
    fn forget_condition(&mut self) -> bool {
        let is_left = self.conditions.pop().is_some();
        self.omitted_conditions += usize::from(is_left);
        is_left
    }
}

/// What shows the cause, in whole numbers.
fn evidence_of(cause: Cause, report: &CallReport) -> Option<Evidence> {
    report.causes.iter().find(|told| told.name == cause).map(|told| told.evidence.rounded())
}
