//! Beats and cards as the Function keeps them. Plugins of several versions write them: what one does not know is absent,
//! and what it has beyond this is left out.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a call was when its agent's browser last told of it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredBeat {
    /// The worker's SID or pseudonym.
    pub worker: String,
    /// When the call began, by the agent's clock.
    pub started_at: i64,
    /// When it was told, by the agent's clock.
    pub at: i64,
    /// When the Function was told.
    pub received_at: i64,
    /// The agent's leg.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_sid: Option<String>,
    /// The call is over.
    #[serde(default)]
    pub ended: bool,
    /// A supervisor listens to somebody else's call.
    #[serde(default)]
    pub monitoring: bool,
    /// What is wrong, the worst first.
    #[serde(default)]
    pub conditions: Vec<String>,
    /// Since when something is wrong, by the agent's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<i64>,
    /// The worst that is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diagnosis: Option<String>,
    /// Why, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Name of the network by which the computer is on the internet, from the Function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
    /// What else it may have in common with other agents' calls, in the order of `IncidentKeys`. Older plugins tell nothing,
    /// newer ones may tell more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<Option<String>>,
    /// The team from the worker's attributes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// The site from the worker's attributes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
}

/// What is kept of a call that has ended.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredCard {
    /// The worker's SID or pseudonym.
    pub worker: String,
    /// When the call began, by the agent's clock.
    pub started_at: i64,
    /// How long it lasted.
    pub duration_ms: i64,
    /// How long something was wrong with it.
    #[serde(default)]
    pub warning_ms: i64,
    /// When the Function was told.
    pub received_at: i64,
    /// The agent's leg.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_sid: Option<String>,
    /// `inbound` or `outbound`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<String>,
    /// The rules by which it alerted.
    #[serde(default)]
    pub reasons: Vec<String>,
    /// The worst that was wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diagnosis: Option<String>,
    /// Why, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// What shows the cause, by the names that the alert has for it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub evidence: BTreeMap<String, serde_json::Value>,
    /// For each diagnosis, the stretches in which it was the worst. Older plugins tell none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub timeline: BTreeMap<String, Vec<StoredStretch>>,
    /// Stretches that found no room.
    #[serde(default)]
    pub omitted_stretches: u32,
    /// Seconds of each condition.
    #[serde(default)]
    pub conditions: BTreeMap<String, f64>,
    /// Conditions that found no room.
    #[serde(default)]
    pub omitted_conditions: u32,
    /// Mean and 95th percentile of each metric.
    #[serde(default)]
    pub metrics: BTreeMap<String, (Option<f64>, Option<f64>)>,
    /// How many seconds were severely concealed, of how many that were measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severely_concealed: Option<(u32, u32)>,
    /// Its beginning passed unseen.
    #[serde(rename = "midway", default)]
    pub found_in_progress: bool,
    /// A supervisor listened to somebody else's call.
    #[serde(default)]
    pub monitoring: bool,
    /// The page was closed or died during the call, or the engine failed at its end.
    #[serde(default)]
    pub cut_short: bool,
    /// The agent reported a problem.
    #[serde(default)]
    pub agent_report: bool,
    /// Twilio's edge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edge: Option<String>,
    /// The versions of the plugin, Flex UI and the Voice SDK.
    #[serde(default)]
    pub versions: BTreeMap<String, String>,
    /// The team from the worker's attributes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// The site from the worker's attributes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Whatever else newer plugins tell.
    #[serde(flatten)]
    pub more: BTreeMap<String, serde_json::Value>,
}

/// A stretch of a call in which something was wrong: from which second, for how many, and why if that is known.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum StoredStretch {
    /// Its cause is known.
    Explained(f64, f64, String),
    /// Its cause is not known.
    Unexplained(f64, f64),
}

impl StoredCard {
    /// When the call ended, by the agent's clock.
    #[must_use]
    pub fn ended_at(&self) -> i64 {
        self.started_at.saturating_add(self.duration_ms)
    }

    /// Whether it counts as a bad call: it alerted under the configuration that was in force.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        !self.reasons.is_empty()
    }
}
