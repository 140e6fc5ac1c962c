//! One incident.

use super::key::Key;
use crate::serde_helpers::is_default;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many agents there are in calls, and how many of them are in trouble.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Agents in calls.
    pub agents: usize,
    /// Those of them who are in trouble.
    pub troubled: usize,
}

/// Why an incident is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Ending {
    /// No more agents with its key are in trouble than usual.
    Over,
    /// Nothing is heard of agents with its key any more: nobody can say whether it is over.
    Unheard,
}

/// Trouble that agents have in common.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Incident {
    /// Names it: the moment at which it was opened, and the kind of its key. Letters, digits and hyphens.
    pub id: String,
    /// What its agents have in common.
    pub key: Key,
    /// Keys that explain it as well: nearly the same agents share them.
    #[serde(rename = "alike", default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Key>,
    /// When its trouble began.
    pub since: i64,
    /// When it was opened.
    pub opened_at: i64,
    /// When the trouble was last confirmed. Updated every 30 s at most.
    #[serde(rename = "stoodAt")]
    pub last_confirmed_at: i64,
    /// When it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<i64>,
    /// Why it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<Ending>,
    /// Agents with the key, when most of them were in trouble.
    pub with: Tally,
    /// All other agents at that moment.
    pub without: Tally,
    /// How many percent of the agents with the key were to be expected in trouble.
    pub expected_pct: f64,
    /// SIDs or pseudonyms of the workers who have been in trouble in it: the first 50.
    pub agents: Vec<String>,
    /// Those beyond them.
    #[serde(default, skip_serializing_if = "is_default")]
    pub omitted_agents: usize,
    /// How many agents each diagnosis was made of, when most were in trouble. `not-heard`: the call's beats stopped.
    pub diagnoses: BTreeMap<String, usize>,
    /// How many agents each cause was known of, when most were in trouble.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub causes: BTreeMap<String, usize>,
}
