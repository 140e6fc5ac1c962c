//! How many agents with each key are in trouble usually. Some are more often than others: on Wi-Fi, say, or far from the
//! edge. That is worth knowing, but no incident.

use super::agents::Agent;
use super::incident::Tally;
use super::key::{Key, KeyKind};
use super::{agents, key};
use crate::text_format::thousandths;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How often agents are counted, in milliseconds.
const COUNT_EVERY_MS: u64 = 60_000;
/// What was counted so many times ago weighs half: some five days of ten hours.
const HALF_LIFE: f64 = 3000.0;
/// How many keys are remembered: those with most agents.
const MAX_KEYS: usize = 100;
/// What is supposed of a key before anybody has been counted, as a count: more trouble than most have, so that the first
/// hours raise no false incident.
const SUPPOSED: Count = Count(100.0, 5.0);
/// No key is supposed to have less trouble than this share of its agents: five days are too short to say so.
const LEAST_SHARE: f64 = 0.02;
/// By so much everybody's trouble may exceed the usual on a bad day: whom one could compare with is missing then.
const EVERYONES_SWING: f64 = 3.0;
/// As above, at the least.
const EVERYONES_LEAST_SHARE: f64 = 0.05;
/// However bad it usually is, it can be worse.
const MOST_SHARE: f64 = 0.9;
/// How many agents in trouble, beside those that are usual, it takes to believe that everybody else is worse off than
/// usual too.
const LEVEL_STRENGTH: f64 = 3.0;

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

/// What is usual.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Usual {
    /// When agents were last counted.
    counted_at: i64,
    /// By the kind of key and its value.
    counts: BTreeMap<KeyKind, BTreeMap<String, Count>>,
}

impl Usual {
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
        while self.len() > MAX_KEYS && self.forget_least() {}
        true
    }

    fn add(&mut self, Key { kind, value }: Key, tally: Tally) {
        let count = self.counts.entry(kind).or_default().entry(value).or_default();
        *count = count.plus(Count::from(tally));
    }

    fn len(&self) -> usize {
        self.counts.values().map(BTreeMap::len).sum()
    }

    /// Forgets the key of which fewest were counted. False: there is none.
    pub(super) fn forget_least(&mut self) -> bool {
        let all = self.counts.iter().filter(|(kind, _)| **kind != KeyKind::Everyone);
        let all = all.flat_map(|(kind, values)| values.iter().map(move |(value, count)| (*kind, value, count.0)));
        let Some((kind, value, _)) = all.min_by(|(.., one), (.., other)| one.total_cmp(other)) else { return false };
        let value = value.clone();
        self.counts.get_mut(&kind).is_some_and(|values| values.remove(&value).is_some())
    }

    fn of(&self, kind: KeyKind, value: &str) -> Count {
        self.counts.get(&kind).and_then(|values| values.get(value)).copied().unwrap_or_default()
    }

    /// The share of agents with this key that is to be expected in trouble, where these are how many others there are and
    /// how many of them are in trouble now: what is usual, and more where all others are worse off than usual too.
    pub(super) fn expected(&self, kind: KeyKind, value: &str, without: Tally) -> f64 {
        let everyone = self.of(KeyKind::Everyone, "");
        if kind == KeyKind::Everyone {
            let usual = everyone.plus(SUPPOSED).share();
            return (EVERYONES_SWING * usual).clamp(EVERYONES_LEAST_SHARE, MOST_SHARE);
        }
        let own = self.of(kind, value);
        let usual_of_others = everyone.minus(own).plus(SUPPOSED).share();
        let Count(others, troubled) = Count::from(without);
        let level = (troubled + LEVEL_STRENGTH) / (others * usual_of_others + LEVEL_STRENGTH);
        (own.plus(SUPPOSED).share() * level.max(1.0)).clamp(LEAST_SHARE, MOST_SHARE)
    }
}
