//! One time at which something broke, and what came of it.

use crate::agent::{Agent, MINUTE, SECOND, Trouble};
use crate::scenario::{Expected, Scenario};
use delivery_sim::chance::Chance;
use device_monitoring::incidents::{Incident, Key, KeyKind};
use std::collections::BTreeMap;

/// With fewer agents in calls a value is not chosen: nobody could tell what they have in common.
const LEAST_IN_CALLS: usize = 12;
/// An incident opened so long after everything was mended still belongs to it.
const AFTERWARDS: i64 = 2 * MINUTE;
/// How many agents in trouble make an incident.
const FOUR: usize = 4;

/// One time at which something broke.
#[derive(Clone, Debug)]
pub struct Occurrence {
    /// Name of the scenario.
    pub scenario: &'static str,
    /// What the agents have in common.
    pub key: Key,
    /// What is to come of it.
    pub expected: Expected,
    pub(crate) from: i64,
    pub(crate) until: i64,
    pub(crate) trouble_factor: f64,
    /// Agents who will be in trouble, and from when.
    affected: BTreeMap<usize, i64>,
    silent: bool,
    diagnosis: String,
    cause: Option<String>,
    /// Agents who had another version before.
    pub(crate) released: Vec<(usize, Option<String>)>,
    /// When agents of it got into trouble.
    troubled: BTreeMap<usize, i64>,
    told: Vec<Told>,
}

#[derive(Clone, Debug)]
struct Told {
    at: i64,
    is_right: bool,
    key: Key,
}

/// What came of an occurrence.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Fewer than four agents were ever in trouble: there was nothing to tell.
    TooSmall,
    /// An incident with its key, so many seconds after the fourth agent got into trouble.
    Right(f64),
    /// No incident.
    Missed,
    /// No incident where it is hard to prove one.
    Unproven,
    /// No incident, or one of everyone, and that is right.
    Silent,
    /// An incident with another key.
    Wrong(Key),
    /// More than one incident.
    Repeated,
}

impl Occurrence {
    /// `None`: no value of the key has enough agents in calls now.
    pub(crate) fn new(scenario: &Scenario, now: i64, agents: &mut [Agent], chance: &mut Chance) -> Option<Self> {
        let mut released = Vec::new();
        if let Some(version) = scenario.key.value.as_ref().filter(|_| scenario.release_pct > 0.0) {
            for (index, agent) in agents.iter_mut().enumerate() {
                if chance.percent(scenario.release_pct) {
                    released.push((index, agent.release(Some(version.clone()))));
                }
            }
        }
        let key = key_of(scenario, agents, chance)?;
        let mut affected = BTreeMap::new();
        for (index, _) in agents.iter().enumerate().filter(|(_, agent)| agent.has(&key)) {
            if chance.percent(scenario.affected_pct) {
                let within = scenario.within_s * SECOND;
                affected.insert(index, now + chance.between(0, within.unsigned_abs().max(1)) as i64);
            }
        }
        Some(Self {
            scenario: scenario.name,
            key,
            expected: scenario.expected,
            from: now,
            until: now + scenario.lasts_min * MINUTE,
            trouble_factor: scenario.trouble_factor,
            affected,
            silent: scenario.silent,
            diagnosis: scenario.diagnosis.clone(),
            cause: scenario.cause.clone(),
            released,
            troubled: BTreeMap::new(),
            told: Vec::new(),
        })
    }

    /// Whether an incident that is opened now belongs to it.
    pub(crate) fn covers(&self, now: i64) -> bool {
        (self.from..self.until + AFTERWARDS).contains(&now)
    }

    /// Has agents in calls be in trouble whose time has come.
    pub(crate) fn harm(&mut self, now: i64, agents: &mut [Agent]) {
        if !(self.from..self.until).contains(&now) {
            return;
        }
        for (index, from) in &self.affected {
            let Some(agent) = agents.get_mut(*index).filter(|agent| now >= *from && agent.is_in_call()) else {
                continue;
            };
            if self.silent {
                agent.silent_until = self.until;
                self.troubled.entry(*index).or_insert(now);
            } else if agent.trouble.as_ref().is_none_or(|trouble| trouble.until < self.until) {
                agent.trouble = Some(Trouble::new(now, self.until, &self.diagnosis, self.cause.as_ref()));
                self.troubled.entry(*index).or_insert(now);
            }
        }
    }

    pub(crate) fn note(&mut self, incident: &Incident, agents: &[Agent]) {
        let is_same = |agent: &Agent| agent.has(&self.key) == agent.has(&incident.key);
        let is_right = incident.key == self.key || agents.iter().filter(|agent| agent.is_in_call()).all(is_same);
        self.told.push(Told { at: incident.opened_at, is_right, key: incident.key.clone() });
    }

    /// What came of it.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let wrong = self.told.iter().find(|told| !told.is_right);
        if let Some(told) = wrong {
            return Outcome::Wrong(told.key.clone());
        }
        let mut starts: Vec<i64> = self.troubled.values().copied().collect();
        starts.sort_unstable();
        let fourth = starts.get(FOUR - 1);
        match (self.told.as_slice(), self.expected) {
            (_, Expected::NoWrongKey) => Outcome::Silent,
            ([], _) if fourth.is_none() => Outcome::TooSmall,
            ([], Expected::KeyOrNone) => Outcome::Unproven,
            ([], _) => Outcome::Missed,
            ([told], _) => Outcome::Right((told.at - fourth.copied().unwrap_or(self.from)) as f64 / SECOND as f64),
            _ => Outcome::Repeated,
        }
    }
}

/// The key of a scenario, with a value that enough agents in calls have, and not all.
fn key_of(scenario: &Scenario, agents: &[Agent], chance: &mut Chance) -> Option<Key> {
    if let Some(value) = &scenario.key.value {
        return Some(scenario.key.with(value));
    }
    if scenario.key.kind == KeyKind::Everyone {
        return Some(Key::everyone());
    }
    let mut values = BTreeMap::<&str, usize>::new();
    for agent in agents.iter().filter(|agent| agent.is_in_call()) {
        if let Some(value) = agent.value_of(scenario.key.kind) {
            *values.entry(value).or_default() += 1;
        }
    }
    let large: Vec<&str> =
        values.into_iter().filter(|(_, count)| *count >= LEAST_IN_CALLS).map(|(value, _)| value).collect();
    let index = chance.between(0, large.len() as u64) as usize;
    large.get(index).map(|value| scenario.key.with(value))
}
