//! Agents in calls now, from their beats: agents count, not calls.

use super::incident::Tally;
use super::key::{Key, KeyKind};
use crate::floor::overview::StoredBeat;
use std::collections::BTreeMap;

/// A call whose beat is as old as this has gone silent: one is due every 30 s, is tried again for 10 s, and may be sent
/// 5 s late.
pub(crate) const SILENT_MS: i64 = 45_000;
/// What stands for the diagnosis of a call that has gone silent.
const NOT_HEARD: &str = "not-heard";
/// What stands for the diagnosis that a newer plugin does not tell.
const UNKNOWN: &str = "unknown";

/// What is wrong with an agent's call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AgentTrouble<'a> {
    pub(super) since: i64,
    pub(super) diagnosis: &'a str,
    pub(super) cause: Option<&'a str>,
    /// Nothing is heard of the call any more.
    pub(super) is_silent: bool,
}

/// An agent in a call.
#[derive(Clone, Debug)]
pub(super) struct Agent<'a> {
    pub(super) worker: &'a str,
    pub(super) trouble: Option<AgentTrouble<'a>>,
    /// What was told last.
    beat: &'a StoredBeat,
}

impl<'a> Agent<'a> {
    /// From all beats of a worker.
    fn new(beats: &[&'a StoredBeat], now: i64) -> Option<Self> {
        let is_silent = |beat: &StoredBeat| now.saturating_sub(beat.received_at) >= SILENT_MS;
        let newest = beats.iter().max_by_key(|beat| beat.received_at)?;
        let is_reporting = !is_silent(newest);
        // If the agent's newest beat is fresh, an older call without beats has ended unreported: it is ignored.
        let calls: Vec<&'a StoredBeat> = beats
            .iter()
            .copied()
            .filter(|beat| beat.is_valid(now) && !beat.monitoring && !(is_reporting && is_silent(beat)))
            .collect();
        let beat = calls.iter().copied().max_by_key(|beat| beat.received_at)?;
        let trouble = if is_reporting {
            let troubled = calls.iter().filter(|beat| beat.is_troubled()).min_by_key(|beat| beat.troubled_since());
            troubled.map(|beat| AgentTrouble {
                since: beat.troubled_since(),
                diagnosis: beat.diagnosis.as_deref().unwrap_or(UNKNOWN),
                cause: beat.cause.as_deref(),
                is_silent: false,
            })
        } else {
            Some(AgentTrouble { since: beat.received_at, diagnosis: NOT_HEARD, cause: None, is_silent: true })
        };
        Some(Self { worker: &beat.worker, trouble, beat })
    }

    /// Whether nothing is heard of the agent's call any more.
    pub(super) fn is_silent(&self) -> bool {
        self.trouble.is_some_and(|trouble| trouble.is_silent)
    }

    /// Whether the agent has what these have in common.
    pub(super) fn has(&self, key: &Key) -> bool {
        key.kind == KeyKind::Everyone || key.kind.of(self.beat) == Some(&key.value)
    }
}

/// All who are in calls now, but for supervisors who listen to others' calls.
pub(super) fn agents<'a>(beats: &[&'a StoredBeat], now: i64) -> Vec<Agent<'a>> {
    let mut by_worker = BTreeMap::<&str, Vec<&'a StoredBeat>>::new();
    for beat in beats {
        by_worker.entry(&beat.worker).or_default().push(beat);
    }
    by_worker.into_values().filter_map(|beats| Agent::new(&beats, now)).collect()
}

/// How many these are, and how many of them are in trouble.
pub(super) fn tally<'a>(agents: impl IntoIterator<Item = &'a Agent<'a>>) -> Tally {
    agents.into_iter().fold(Tally::default(), |Tally { agents, troubled }, agent| Tally {
        agents: agents + 1,
        troubled: troubled + usize::from(agent.trouble.is_some()),
    })
}

/// How many of these have the key, and how many of those are in trouble; the same of the others.
pub(super) fn split<'a>(agents: &[&Agent<'a>], key: &Key) -> (Tally, Tally) {
    let of = |has: bool| tally(agents.iter().copied().filter(|agent| agent.has(key) == has));
    (of(true), of(false))
}

/// Of each key that any of these has: how many have it, and how many of those are in trouble.
pub(super) fn tallies<'a>(agents: &[&Agent<'a>]) -> BTreeMap<(KeyKind, &'a str), Tally> {
    let mut tallies = BTreeMap::<(KeyKind, &'a str), Tally>::new();
    for agent in agents {
        for kind in KeyKind::distinguishing() {
            if let Some(value) = kind.of(agent.beat) {
                let tally = tallies.entry((kind, value)).or_default();
                tally.agents += 1;
                tally.troubled += usize::from(agent.trouble.is_some());
            }
        }
    }
    tallies
}
