//! What breaks, as the files in `scenarios/` describe it.

use device_monitoring::incidents::{Key, KeyKind};
use serde::Deserialize;

/// Something that breaks for agents who have something in common.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scenario {
    /// Its name: that of its file.
    #[serde(skip)]
    pub name: &'static str,
    /// In a sentence.
    pub about: String,
    /// What they have in common. Without a value, one is chosen that enough agents have.
    pub(crate) key: PartOfKey,
    /// How many percent of the agents who have it are in trouble.
    #[serde(default)]
    pub(crate) affected_pct: f64,
    /// Within how many seconds they get there.
    #[serde(default)]
    pub(crate) within_s: i64,
    /// For how long it is broken.
    pub(crate) lasts_min: i64,
    /// Nothing is heard of them meanwhile.
    #[serde(default)]
    pub(crate) silent: bool,
    /// How many percent of all agents are given this key when the day begins.
    #[serde(default)]
    pub(crate) release_pct: f64,
    /// By how much usual trouble is more frequent, for everybody.
    #[serde(default = "once")]
    pub(crate) trouble_factor: f64,
    pub(crate) diagnosis: String,
    #[serde(default)]
    pub(crate) cause: Option<String>,
    /// What is to come of it.
    pub expected: Expected,
}

fn once() -> f64 {
    1.0
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PartOfKey {
    pub(crate) kind: KeyKind,
    #[serde(default)]
    pub(crate) value: Option<String>,
}

impl PartOfKey {
    pub(crate) fn with(&self, value: &str) -> Key {
        Key { kind: self.kind, value: value.to_owned() }
    }
}

/// What is to come of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Expected {
    /// An incident with its key.
    Key,
    /// An incident with its key, however late, or none: it is near the limit of what can be proven.
    KeyOrNone,
    /// No key of agents explains it: an incident of everyone, or none.
    NoWrongKey,
}

/// All of them.
///
/// # Errors
/// The name of the file that is wrong, and why.
pub fn scenarios() -> Result<Vec<Scenario>, String> {
    const FILES: [(&str, &str); 12] = [
        ("one site", include_str!("../scenarios/one-site.json")),
        ("a site down", include_str!("../scenarios/site-down.json")),
        ("one VPN", include_str!("../scenarios/one-vpn.json")),
        ("one edge", include_str!("../scenarios/one-edge.json")),
        ("one headset", include_str!("../scenarios/one-headset.json")),
        ("a bad release", include_str!("../scenarios/a-bad-release.json")),
        ("a third of a site", include_str!("../scenarios/a-third-of-a-site.json")),
        ("slowly at one site", include_str!("../scenarios/slowly-at-one-site.json")),
        ("a small site", include_str!("../scenarios/a-small-site.json")),
        ("everywhere", include_str!("../scenarios/everywhere.json")),
        ("one carrier's customers", include_str!("../scenarios/one-carriers-customers.json")),
        ("a slow morning", include_str!("../scenarios/a-slow-morning.json")),
    ];
    let read = |(name, text): (&'static str, &str)| {
        let scenario: Scenario = serde_json::from_str(text).map_err(|wrong| format!("{name}: {wrong}"))?;
        Ok(Scenario { name, ..scenario })
    };
    FILES.into_iter().map(read).collect()
}
