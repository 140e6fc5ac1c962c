//! Which key explains the trouble, and whether it is time to say so.

use super::agents::Agent;
use super::incident::Tally;
use super::key::{Key, KeyKind};

/// How long a key stays proven before it opens an incident, unless it explains the trouble far better than all others: the
/// first agents in trouble may be of one team by chance where it is the whole site's trouble.
pub(crate) const SETTLE_MS: i64 = 10_000;
/// How long to wait for more agents while other keys explain the trouble nearly as well, or better without being proven.
pub(crate) const PATIENCE_MS: i64 = 30_000;
/// Largest p-value, in both tests, of a candidate. Opening an incident takes `significance_level`.
const MAX_CANDIDATE_P: f64 = 1e-3;
/// Largest p-value of Fisher's test that proves a key. Not as strict as `significance_level`: the binomial test has already
/// shown that so much trouble is no chance. Only one of a hundred keys may still look involved by chance, while the trouble
/// lasts.
const MAX_FISHER_P: f64 = 1e-5;
/// A key that explains trouble better by this (natural logarithm of the likelihood ratio) explains it far better.
const CLEAR_LEAD: f64 = 6.0;
/// Keys that explain trouble worse by less than this explain it nearly as well.
const NARROW_LEAD: f64 = 2.0;
/// Keys that explain trouble worse by less than this explain it as well, for all that is known.
const TIE: f64 = 0.01;
/// Two keys are of nearly the same agents if of those who have either at least this share have both.
const MIN_OVERLAP: f64 = 2.0 / 3.0;

/// A key, and how well it explains who is in trouble.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) key: Key,
    pub(super) with: Tally,
    pub(super) without: Tally,
    pub(super) expected: f64,
    /// The p-value of the binomial test: how probable it is by chance that so many are in trouble.
    pub(super) binomial_p: f64,
    /// The p-value of Fisher's test: how probable it is by chance that so many of those in trouble have the key.
    pub(super) fisher_p: f64,
    pub(super) log_likelihood: f64,
}

impl Candidate {
    pub(super) fn is_plausible(&self) -> bool {
        self.binomial_p <= MAX_CANDIDATE_P && self.fisher_p <= MAX_CANDIDATE_P
    }

    pub(super) fn is_proven_at(&self, significance_level: f64) -> bool {
        self.binomial_p <= significance_level && self.fisher_p <= MAX_FISHER_P
    }
}

/// Keys that may explain trouble, at least one of which is proven.
#[derive(Debug)]
pub(super) struct Suspicion {
    pub(super) plausible: Vec<Candidate>,
    pub(super) significance_level: f64,
}

impl Suspicion {
    /// The key that explains the trouble, with others that explain it nearly as well; `None`: it is too early to say, after
    /// it was suspected for so long.
    pub(super) fn decide(self, rest: &[&Agent<'_>], suspected_ms: i64) -> Option<(Candidate, Vec<Key>)> {
        let Self { mut plausible, significance_level } = self;
        let is_over = suspected_ms >= PATIENCE_MS;
        if is_over {
            plausible.retain(|candidate| candidate.is_proven_at(significance_level));
        }
        let best = plausible.iter().map(|candidate| candidate.log_likelihood).fold(f64::NEG_INFINITY, f64::max);
        // The best; of those that are as good, the narrowest, and of those with as many agents the first kind.
        let is_as_good = |candidate: &Candidate| candidate.log_likelihood >= best - TIE;
        plausible.sort_by_key(|candidate| (!is_as_good(candidate), candidate.with.agents, candidate.key.kind));
        let (explains_best, others) = plausible.split_first()?;
        let is_same = |other: &Candidate| share_of_both(&explains_best.key, &other.key, rest) >= MIN_OVERLAP;
        let lead = |candidate: &Candidate| best - candidate.log_likelihood;
        // Waiting cannot separate keys of nearly the same agents.
        let is_ahead = |by: f64| others.iter().all(|other| lead(other) >= by || is_same(other));
        // `Everyone` has no comparison group, so it never opens early.
        let is_clear = match suspected_ms {
            ..SETTLE_MS => explains_best.key.kind != KeyKind::Everyone && is_ahead(CLEAR_LEAD),
            SETTLE_MS..PATIENCE_MS => is_ahead(NARROW_LEAD),
            PATIENCE_MS.. => true,
        };
        if !is_clear {
            return None;
        }
        // Of keys of nearly the same agents, the kind that people know best.
        let is_near = |other: &Candidate| lead(other) < if is_same(other) { CLEAR_LEAD } else { NARROW_LEAD };
        let nearly: Vec<&Candidate> = others.iter().filter(|other| is_near(other)).collect();
        let known_better =
            nearly.iter().copied().filter(|other| is_same(other) && other.is_proven_at(significance_level));
        let named = known_better.chain([explains_best]).min_by_key(|candidate| candidate.key.kind)?;
        let alternatives = [explains_best].into_iter().chain(nearly).map(|candidate| &candidate.key);
        let alternatives = alternatives.filter(|key| **key != named.key).cloned().collect();
        named.is_proven_at(significance_level).then(|| (named.clone(), alternatives))
    }
}

/// Of the agents who have one of two keys, the share of those who have both.
fn share_of_both(one: &Key, other: &Key, agents: &[&Agent<'_>]) -> f64 {
    let (mut both, mut either) = (0, 0);
    for agent in agents {
        let (has_one, has_other) = (agent.has(one), agent.has(other));
        both += usize::from(has_one && has_other);
        either += usize::from(has_one || has_other);
    }
    both as f64 / either.max(1) as f64
}
