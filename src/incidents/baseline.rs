//! How many agents with each key are in trouble usually. Some are more often than others: on Wi-Fi, say, or far from the
//! edge. That is worth knowing, but no incident.

use super::agents::Agent;
use super::incident::Tally;
use super::key::{Key, KeyKind};
use super::{agents, key};
use crate::number_format::thousandths;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How often agents are counted, in milliseconds.
const COUNT_EVERY_MS: u64 = 60_000;
/// What was counted so many times ago weighs half: some five days of ten hours.
const HALF_LIFE: f64 = 3000.0;
/// How many keys are remembered: those with most agents.
const MAX_KEYS: usize = 100;
/// Prior count: 100 agents, of whom 5 are in trouble. More trouble than most centres have, so that the first hours open no
/// false incident.
const PRIOR: Count = Count(100.0, 5.0);
/// Weight of a key's prior: everybody's share, as if so many agents had been counted. So what breaks in a key's first
/// minutes is not usual.
const KEY_PRIOR_WEIGHT: f64 = 1000.0;
/// Lower bound of a key's usual share: five days of counts cannot prove less.
const MIN_SHARE: f64 = 0.02;
/// An incident of everyone has nobody to compare with: the share in trouble has to be more than so many times the usual.
const EVERYONES_FACTOR: f64 = 3.0;
/// And more than this share.
const EVERYONES_MIN_SHARE: f64 = 0.05;
/// However bad it usually is, it can be worse.
const MAX_SHARE: f64 = 0.9;
/// How many times the usual everybody's trouble may be at some moment, and how probable that is.
const ASSUMPTIONS: [(f64, f64); 3] = [(1.0, 1.0), (2.0, 0.1), (EVERYONES_FACTOR, 0.03)];
/// A greater difference between two keys is not taken for usual.
const MAX_ODDS: f64 = 10.0;
/// Smoothing: about so many agents in trouble more than usual are needed before the others' trouble counts as more than
/// usual.
const RATIO_SMOOTHING: f64 = 3.0;

/// Agents in calls and agents in trouble, added up over the times at which they were counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Count(f64, f64);

impl Count {
    fn share(self) -> f64 {
        self.1 / self.0
    }

    fn plus(self, other: Self) -> Self {
        Self(self.0 + other.0, self.1 + other.1)
    }

    fn minus(self, other: Self) -> Self {
        Self((self.0 - other.0).max(0.0), (self.1 - other.1).max(0.0))
    }
}

impl From<Tally> for Count {
    fn from(Tally { agents, troubled }: Tally) -> Self {
        Self(agents as f64, troubled as f64)
    }
}

/// One assumption under which the test has to hold: everybody's trouble is so many times the usual.
#[derive(Clone, Copy, Debug)]
pub(super) struct Assumption {
    /// Share of agents with the key who are in trouble then.
    pub(super) with: f64,
    /// Share of all others who are, if everybody is assumed to be worse off.
    pub(super) without: Option<f64>,
    /// How probable it is that the assumption is true.
    pub(super) probability: f64,
}

/// How much trouble is usual, by key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Baseline {
    /// When agents were last counted.
    counted_at: i64,
    /// By the kind of key and its value.
    counts: BTreeMap<KeyKind, BTreeMap<String, Count>>,
}

impl Baseline {
    /// Counts these, if it is time. False: it was not.
    pub(super) fn count(&mut self, agents: &[&Agent<'_>], now: i64) -> bool {
        // A clock may be put back.
        if agents.is_empty() || now.abs_diff(self.counted_at) < COUNT_EVERY_MS {
            return false;
        }
        self.counted_at = now;
        let fade = 0.5_f64.powf(1.0 / HALF_LIFE);
        for Count(agents, troubled) in self.counts.values_mut().flat_map(BTreeMap::values_mut) {
            (*agents, *troubled) = (*agents * fade, *troubled * fade);
        }
        self.add(key::Key::everyone(), agents::tally(agents.iter().copied()));
        for ((kind, value), tally) in agents::tallies(agents) {
            self.add(Key { kind, value: value.to_owned() }, tally);
        }
        for Count(agents, troubled) in self.counts.values_mut().flat_map(BTreeMap::values_mut) {
            (*agents, *troubled) = (thousandths(*agents), thousandths(*troubled));
        }
        self.forget(self.len().saturating_sub(MAX_KEYS));
        true
    }

    /// Counts agents with a key.
    pub(super) fn add(&mut self, Key { kind, value }: Key, tally: Tally) {
        let count = self.counts.entry(kind).or_default().entry(value).or_default();
        *count = count.plus(Count::from(tally));
    }

    fn len(&self) -> usize {
        self.counts.values().map(BTreeMap::len).sum()
    }

    /// Forgets so many keys, those of which fewest were counted. False: there is none to forget.
    pub(super) fn forget(&mut self, number: usize) -> bool {
        let all = self.counts.iter().filter(|(kind, _)| **kind != KeyKind::Everyone);
        let all = all.flat_map(|(kind, values)| values.iter().map(move |(value, count)| (*kind, value, count.0)));
        let mut all: Vec<_> = all.collect();
        // All at once: if each were looked for by itself, thousands of keys would take seconds.
        all.sort_by(|(.., one), (.., other)| one.total_cmp(other));
        let forgotten: Vec<_> = all.into_iter().take(number).map(|(kind, value, _)| (kind, value.clone())).collect();
        for (kind, value) in &forgotten {
            if let Some(values) = self.counts.get_mut(kind) {
                values.remove(value);
            }
        }
        !forgotten.is_empty()
    }

    fn of(&self, kind: KeyKind, value: &str) -> Count {
        self.counts.get(&kind).and_then(|values| values.get(value)).copied().unwrap_or_default()
    }

    /// The share of agents with this key that is to be expected in trouble, where these are how many others there are and
    /// how many of them are in trouble now: what is usual, and more where all others are worse off than usual too.
    pub(super) fn expected(&self, kind: KeyKind, value: &str, without: Tally) -> f64 {
        if kind == KeyKind::Everyone {
            let everyone = self.of(KeyKind::Everyone, "");
            let usual = everyone.plus(PRIOR).share();
            return (EVERYONES_FACTOR * usual).clamp(EVERYONES_MIN_SHARE, MAX_SHARE);
        }
        let (own, _) = self.shares(kind, value);
        (own * self.trouble_ratio(kind, value, without)).clamp(MIN_SHARE, MAX_SHARE)
    }

    /// The assumptions under which the test has to hold, if the key has nothing to do with the trouble.
    pub(super) fn assumptions(&self, kind: KeyKind, value: &str, without: Tally) -> impl Iterator<Item = Assumption> {
        let (own, others) = self.shares(kind, value);
        let trouble_ratio = self.trouble_ratio(kind, value, without);
        ASSUMPTIONS.into_iter().map(move |(factor, probability)| Assumption {
            with: (own * trouble_ratio.max(factor)).clamp(MIN_SHARE * factor, MAX_SHARE),
            without: (factor > 1.0).then(|| (others * trouble_ratio.max(factor)).min(MAX_SHARE)),
            probability,
        })
    }

    /// Ratio of the others' trouble now to their usual trouble, at least 1.
    fn trouble_ratio(&self, kind: KeyKind, value: &str, without: Tally) -> f64 {
        let (_, others) = self.shares(kind, value);
        let Count(agents, troubled) = Count::from(without);
        ((troubled + RATIO_SMOOTHING) / (agents * others + RATIO_SMOOTHING)).max(1.0)
    }

    /// By how much the odds of trouble usually are greater with this key than without it, from 1 to 10.
    pub(super) fn odds(&self, kind: KeyKind, value: &str) -> f64 {
        let (own, others) = self.shares(kind, value);
        let odds = |share: f64| share.min(MAX_SHARE) / (1.0 - share.min(MAX_SHARE));
        (odds(own) / odds(others).max(f64::MIN_POSITIVE)).clamp(1.0, MAX_ODDS)
    }

    /// The share of agents with this key who usually are in trouble, and that of all others.
    fn shares(&self, kind: KeyKind, value: &str) -> (f64, f64) {
        let (everyone, own) = (self.of(KeyKind::Everyone, ""), self.of(kind, value));
        let prior = Count(KEY_PRIOR_WEIGHT, KEY_PRIOR_WEIGHT * everyone.plus(PRIOR).share());
        (own.plus(prior).share(), everyone.minus(own).plus(PRIOR).share())
    }
}
