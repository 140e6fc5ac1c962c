//! Whose share of bad calls is larger than the centre's.

use super::{Overview, StoredCard};
use serde::Serialize;
use std::collections::BTreeMap;

/// Standard normal quantile of a one-sided confidence of 95 %.
const Z_95: f64 = 1.645;

/// For how many calls an agent counts among the others, in calls of the agent in the middle: a browser can invent calls,
/// and must not change by that what is shown of others.
const MAX_OF_MIDDLE: usize = 2;

/// The calls of the whole centre.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CentreShare {
    /// How many calls.
    pub calls: usize,
    /// How many of them were bad.
    pub bad: usize,
    /// Percent of them that were bad.
    pub share_pct: f64,
}

/// The calls of an agent, and of all others.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentShare {
    /// The worker's SID or pseudonym.
    pub worker: String,
    /// The worker's name, or the same again.
    pub agent: String,
    /// The team from the worker's attributes.
    pub team: Option<String>,
    /// The site from the worker's attributes.
    pub site: Option<String>,
    /// How many calls.
    pub calls: usize,
    /// How many of them were bad.
    pub bad: usize,
    /// Percent of them that were bad.
    pub share_pct: f64,
    /// Percent of all other agents' calls that were bad; who has far more calls than most counts for fewer.
    pub others_pct: f64,
}

impl CentreShare {
    pub(super) fn new<'a>(cards: impl Iterator<Item = &'a StoredCard>) -> Self {
        let (calls, bad) = cards.fold((0, 0), |(calls, bad), card| (calls + 1, bad + usize::from(card.is_bad())));
        Self { calls, bad, share_pct: 100.0 * share(bad as f64, calls as f64) }
    }
}

fn share(part: f64, all: f64) -> f64 {
    if all > 0.0 { part.max(0.0) / all } else { 0.0 }
}

/// Calls and bad calls of an agent, as they count among those of the others.
fn weighed(calls: usize, bad: usize, most: usize) -> (f64, f64) {
    let counted = calls.min(most) as f64;
    (counted, counted * share(bad as f64, calls as f64))
}

/// The lower end of Wilson's interval of a share: what the true share is larger than, with a confidence of 95 %.
pub(crate) fn wilson_lower(bad: usize, calls: usize) -> f64 {
    if calls == 0 {
        return 0.0;
    }
    let n = calls as f64;
    let p = share(bad as f64, n);
    let centre = p + Z_95 * Z_95 / (2.0 * n);
    let spread = Z_95 * (p * (1.0 - p) / n + Z_95 * Z_95 / (4.0 * n * n)).sqrt();
    ((centre - spread) / (1.0 + Z_95 * Z_95 / n)).max(0.0)
}

impl Overview {
    /// Agents of whose calls more are bad than chance explains, the largest excess first. So one bad call of one makes
    /// nobody conspicuous.
    pub(super) fn agents(&self, now: i64) -> Vec<AgentShare> {
        let mut agents = BTreeMap::<&str, (usize, usize, &StoredCard)>::new();
        for card in self.recent(now) {
            let (calls, bad, newest) = agents.entry(&card.worker).or_insert((0, 0, card));
            *calls += 1;
            *bad += usize::from(card.is_bad());
            *newest = card;
        }
        let mut counts: Vec<usize> = agents.values().map(|(calls, ..)| *calls).collect();
        counts.sort_unstable();
        let middle = counts.get(counts.len().saturating_sub(1) / 2).copied().unwrap_or_default();
        let most = middle.saturating_mul(MAX_OF_MIDDLE);
        let (all, all_bad) = agents.values().fold((0.0, 0.0), |(all, all_bad), (calls, bad, _)| {
            let (calls, bad) = weighed(*calls, *bad, most);
            (all + calls, all_bad + bad)
        });
        let mut found: Vec<(f64, AgentShare)> = agents
            .into_iter()
            .filter_map(|(worker, (calls, bad, newest))| {
                let (own, own_bad) = weighed(calls, bad, most);
                let others = share(all_bad - own_bad, all - own);
                let excess = wilson_lower(bad, calls) - others;
                (counts.len() > 1 && excess > 0.0).then(|| {
                    let agent = AgentShare {
                        worker: worker.to_owned(),
                        agent: self.called(worker),
                        team: newest.team.clone(),
                        site: newest.site.clone(),
                        calls,
                        bad,
                        share_pct: 100.0 * share(bad as f64, calls as f64),
                        others_pct: 100.0 * others,
                    };
                    (excess, agent)
                })
            })
            .collect();
        found.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        found.into_iter().map(|(_, agent)| agent).collect()
    }
}
