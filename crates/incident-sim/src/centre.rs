//! The contact centre, as `centre.json` describes it.

use delivery_sim::chance::Chance;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Who works in the centre, with what, and how much trouble is usual.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Centre {
    /// How many agents there are.
    pub(crate) agents: usize,
    pub(crate) calls: Calls,
    pub(crate) shifts: Vec<Shift>,
    pub(crate) trouble: UsualTrouble,
    /// By how much trouble is more frequent in an hour of the day.
    pub(crate) busy_hours: BTreeMap<i64, f64>,
    pub(crate) sites: Vec<Site>,
    pub(crate) teams_of_a_site: Vec<String>,
    pub(crate) office: Weighted,
    pub(crate) home: Weighted,
    pub(crate) headsets: Weighted,
    pub(crate) browsers: Weighted,
    pub(crate) voice_sdk: Weighted,
    pub(crate) plugin: Weighted,
}

/// Values with their weights.
pub(crate) type Weighted = Vec<(String, f64)>;

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Calls {
    pub(crate) mean_min: f64,
    pub(crate) between_min: f64,
}

/// Hours of the day.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shift {
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) weight: f64,
}

/// Trouble that nobody has in common.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UsualTrouble {
    /// How often an agent's call gets into it.
    pub(crate) per_hour_of_talk: f64,
    /// How long it lasts.
    pub(crate) mean_s: f64,
    /// By how much agents differ: the standard deviation of the logarithm of how often.
    pub(crate) spread: f64,
    /// By how much it is more frequent for agents with a key.
    pub(crate) times: BTreeMap<String, f64>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Site {
    pub(crate) name: String,
    pub(crate) weight: f64,
    pub(crate) edge: String,
    pub(crate) office_pct: f64,
    /// By which the office's computers are on the internet, where their addresses tell.
    #[serde(default)]
    pub(crate) network: Option<String>,
}

impl Centre {
    /// The one of the report.
    ///
    /// # Errors
    /// The file is wrong.
    pub fn documented() -> Result<Self, serde_json::Error> {
        serde_json::from_str(include_str!("../centre.json"))
    }

    /// The same with so many agents.
    #[must_use]
    pub fn with_agents(self, agents: usize) -> Self {
        Self { agents, ..self }
    }
}

/// One of these, by weight.
pub(crate) fn drawn<'a, T>(all: &'a [T], weight: impl Fn(&T) -> f64, chance: &mut Chance) -> Option<&'a T> {
    let mut left = chance.share() * all.iter().map(&weight).sum::<f64>();
    all.iter().find(|one| {
        left -= weight(one);
        left < 0.0
    })
}

/// Draws one of several values by their weights.
pub(crate) fn drawn_value(all: &Weighted, chance: &mut Chance) -> Option<String> {
    drawn(all, |(_, weight)| *weight, chance).map(|(value, _)| value.clone()).filter(|value| !value.is_empty())
}

/// A time until something happens that happens at random, given its mean.
pub(crate) fn waiting(mean: f64, chance: &mut Chance) -> f64 {
    -mean * (1.0 - chance.share()).ln()
}
