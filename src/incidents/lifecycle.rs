//! Opens and closes incidents.

use super::agents::{Agent, agents, split, tallies, tally};
use super::baseline::Baseline;
use super::incident::{Ending, Incident, Tally};
use super::key::{Key, KeyKind};
use super::significance::{LogFactorials, log_likelihood, significance_level};
use super::suspicion::{Candidate, Suspicion};
use crate::floor::overview::StoredBeat;
use crate::number_format::tenths;
use crate::versioned_json::{self, Unreadable};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Changes when a field changes its meaning or goes; new fields do not change it.
const VERSION: u32 = 1;
/// How many agents in trouble it takes.
pub(crate) const MIN_AGENTS: usize = 4;
/// Largest p-value of the binomial test that keeps an incident open.
const MAX_P_TO_STAY_OPEN: f64 = 0.01;
/// How many agents in trouble keep an incident open.
const MIN_AGENTS_TO_STAY_OPEN: usize = 2;
/// An incident that was not confirmed for so long is closed.
pub(crate) const CLOSE_AFTER_MS: i64 = 120_000;
/// An incident that nobody has judged for so long is closed, whatever is to be seen now.
const TOO_OLD_MS: i64 = 600_000;
/// How often an open incident is written anew while it is confirmed.
const REFRESH_MS: i64 = 30_000;
/// How many incidents may be open at once.
const MAX_OPEN: usize = 4;
/// How long one that is closed is kept: 24 hours.
const KEEP_MS: i64 = 86_400_000;
/// How many agents an incident names.
pub(crate) const MAX_AGENTS: usize = 50;
/// Four agents whose trouble began within this time were the beginning.
const TOGETHER_MS: i64 = 120_000;
/// How many bytes the state may have: a Sync document takes 16 KiB.
const MAX_STATE_BYTES: usize = 14_000;

/// What has happened to an incident.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", content = "incident", rename_all = "camelCase")]
pub enum Change {
    /// It was opened.
    Opened(Incident),
    /// It was closed.
    Closed(Incident),
}

/// All incidents of a contact centre, and what is usual there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Incidents {
    #[serde(default)]
    open: Vec<Incident>,
    /// The newest first.
    #[serde(default)]
    closed: Vec<Incident>,
    /// Since when some key has been proven that has not opened an incident yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    suspected_since: Option<i64>,
    #[serde(default, rename = "usual")]
    baseline: Baseline,
}

impl Incidents {
    /// As [`Self::state`] wrote it; none yet from an empty text.
    ///
    /// # Errors
    /// A later version wrote it, or it is damaged.
    pub fn from_state(text: &str) -> Result<Self, Unreadable> {
        if text.is_empty() { Ok(Self::default()) } else { versioned_json::parse(VERSION, text) }
    }

    /// To be kept until the next time: JSON of at most 14,000 bytes.
    #[must_use]
    pub fn state(&self) -> String {
        versioned_json::to_text(VERSION, self)
    }

    /// Those that are open, the oldest first.
    #[must_use]
    pub fn open(&self) -> &[Incident] {
        &self.open
    }

    /// Those that were closed in the last 24 hours, the newest first, as far as there is room.
    #[must_use]
    pub fn closed(&self) -> &[Incident] {
        &self.closed
    }

    /// Whether a key is suspected, or an incident open: the sooner somebody looks again, the better.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.suspected_since.is_some() || !self.open.is_empty()
    }

    /// Judges what is known at this moment: the latest beat of each call, of any age.
    pub fn judge(&mut self, beats: &[&StoredBeat], now: i64) -> Vec<Change> {
        let all = agents(beats, now);
        let all: Vec<&Agent<'_>> = all.iter().collect();
        let logs = LogFactorials::up_to(all.len());
        let mut changes = self.close(&all, &logs, now);
        let is_explained = |agent: &Agent<'_>| self.open.iter().any(|incident| agent.has(&incident.key));
        let rest: Vec<&Agent<'_>> = all.into_iter().filter(|agent| !is_explained(agent)).collect();
        let mut has_counted = false;
        match self.suspect(&rest, &logs) {
            None => {
                self.suspected_since = None;
                has_counted = self.baseline.count(&rest, now);
            }
            Some(suspicion) => {
                // A clock may be put back.
                let since = self.suspected_since.filter(|since| *since <= now).unwrap_or(now);
                let found = suspicion.decide(&rest, now.saturating_sub(since));
                // One at a time: what is left is looked at again without the agents whom this one explains.
                self.suspected_since = Some(if found.is_some() { now } else { since });
                if let Some((candidate, alternatives)) = found {
                    let id = self.unused_id(candidate.key.kind, now);
                    let incident = opened(id, candidate, alternatives, &rest, now);
                    changes.push(Change::Opened(incident.clone()));
                    self.open.push(incident);
                }
            }
        }
        self.closed.retain(|incident| incident.closed_at.is_some_and(|at| now.saturating_sub(at) < KEEP_MS));
        if has_counted || !changes.is_empty() || !self.open.is_empty() || self.suspected_since.is_some() {
            self.make_room();
        }
        changes
    }

    /// Two can open in one millisecond: then the later one has the name of the next.
    fn unused_id(&self, kind: KeyKind, now: i64) -> String {
        let mut moment = now;
        loop {
            let id = format!("incident-{moment}-{}", kind.as_str());
            if self.open.iter().chain(&self.closed).all(|incident| incident.id != id) {
                return id;
            }
            moment = moment.saturating_add(1);
        }
    }

    /// Closes those that are over, and confirms the others.
    fn close(&mut self, all: &[&Agent<'_>], logs: &LogFactorials, now: i64) -> Vec<Change> {
        let mut changes = Vec::new();
        let (open, baseline) = (std::mem::take(&mut self.open), &self.baseline);
        for mut incident in open {
            let unconfirmed_ms = now.saturating_sub(incident.last_confirmed_at);
            let agents = comparable(all, incident.key.kind);
            let (with, without) = split(&agents, &incident.key);
            let expected = baseline.expected(incident.key.kind, &incident.key.value, without);
            let is_confirmed =
                with.troubled >= MIN_AGENTS_TO_STAY_OPEN && logs.binomial(with, expected) <= MAX_P_TO_STAY_OPEN;
            if unconfirmed_ms >= TOO_OLD_MS || (!is_confirmed && unconfirmed_ms >= CLOSE_AFTER_MS) {
                let is_reporting = |agent: &&&Agent<'_>| agent.has(&incident.key) && !agent.is_silent();
                let is_unheard = unconfirmed_ms >= TOO_OLD_MS || !all.iter().any(|agent| is_reporting(&agent));
                incident.closed_at = Some(now);
                incident.ending = Some(if is_unheard { Ending::Unheard } else { Ending::Over });
                changes.push(Change::Closed(incident.clone()));
                self.closed.insert(0, incident);
                continue;
            }
            if is_confirmed && unconfirmed_ms >= REFRESH_MS {
                incident.last_confirmed_at = now;
                note(&mut incident, with, without, expected, &agents);
            }
            self.open.push(incident);
        }
        changes
    }

    /// The keys that more agents in trouble have than chance explains; `None` if there is not one that is proven.
    fn suspect(&self, rest: &[&Agent<'_>], logs: &LogFactorials) -> Option<Suspicion> {
        let all = tally(rest.iter().copied());
        if all.troubled < MIN_AGENTS || self.open.len() >= MAX_OPEN {
            return None;
        }
        let with_each_key = tallies(rest);
        let common = with_each_key.iter().filter(|(_, with)| with.troubled >= MIN_AGENTS);
        let mut plausible: Vec<Candidate> = common
            .map(|((kind, value), with)| (Key { kind: *kind, value: (*value).to_owned() }, *with))
            .filter_map(|(key, with)| self.candidate(key, with, all, logs))
            .filter(Candidate::is_plausible)
            .collect();
        if plausible.is_empty() {
            plausible.extend(self.everyone(rest, logs));
        }
        let is_proven_at = |level: f64| plausible.iter().any(|candidate| candidate.is_proven_at(level));
        if !is_proven_at(significance_level(1)) {
            return None;
        }
        // Keys of too few agents cannot open an incident, so they are not tried; everyone is one more.
        let tried = with_each_key.values().filter(|with| with.agents >= MIN_AGENTS).count() + 1;
        let significance_level = significance_level(tried);
        is_proven_at(significance_level).then_some(Suspicion { plausible, significance_level })
    }

    /// `None`: there is nobody without this key.
    fn candidate(&self, key: Key, with: Tally, all: Tally, logs: &LogFactorials) -> Option<Candidate> {
        let without = Tally { agents: all.agents - with.agents, troubled: all.troubled - with.troubled };
        (without.agents > 0).then(|| self.explanation(key, with, without, logs))
    }

    fn explanation(&self, key: Key, with: Tally, without: Tally, logs: &LogFactorials) -> Candidate {
        let expected = self.baseline.expected(key.kind, &key.value, without);
        // The p-value under each assumption: that so many with the key are in trouble and, if everybody is assumed to be worse
        // off, that so few of the others are. The largest counts.
        let p_values = self.baseline.assumptions(key.kind, &key.value, without).map(|assumption| {
            let of_others = assumption.without.map_or(1.0, |share| logs.binomial_at_most(without, share));
            assumption.probability * logs.binomial(with, assumption.with) * of_others
        });
        let binomial_p = p_values.fold(0.0, f64::max);
        let fisher_p = logs.fisher(with, without, self.baseline.odds(key.kind, &key.value));
        let log_likelihood = log_likelihood(with, without);
        Candidate { key, with, without, expected, binomial_p, fisher_p, log_likelihood }
    }

    /// That agents all over the centre are in trouble. There is nobody to compare with, so that it is only held against
    /// what is usual.
    fn everyone(&self, rest: &[&Agent<'_>], logs: &LogFactorials) -> Option<Candidate> {
        if !self.open.is_empty() {
            return None;
        }
        let with = tally(comparable(rest, KeyKind::Everyone));
        let without = Tally::default();
        let expected = self.baseline.expected(KeyKind::Everyone, "", without);
        let binomial_p = logs.binomial(with, expected);
        let candidate =
            Candidate { key: Key::everyone(), with, without, expected, binomial_p, fisher_p: 0.0, log_likelihood: 0.0 };
        (with.troubled >= MIN_AGENTS).then_some(candidate)
    }

    /// Forgets what there is no room for.
    fn make_room(&mut self) {
        while self.state().len() > MAX_STATE_BYTES
            && (self.closed.pop().is_some() || self.baseline.forget(1) || self.forget_agent())
        {}
    }

    fn forget_agent(&mut self) -> bool {
        let longest = self.open.iter_mut().max_by_key(|incident| incident.agents.len());
        longest.is_some_and(|incident| {
            incident.omitted_agents += 1;
            incident.agents.pop().is_some()
        })
    }
}

/// Agents who count where a key of this kind is judged. If all over the centre nothing is heard of calls, it is the
/// reports that fail and not the calls.
fn comparable<'a, 'b>(agents: &[&'b Agent<'a>], kind: KeyKind) -> Vec<&'b Agent<'a>> {
    agents.iter().copied().filter(|agent| kind != KeyKind::Everyone || !agent.is_silent()).collect()
}

fn opened(
    id: String,
    Candidate { key, with, without, expected, .. }: Candidate,
    alternatives: Vec<Key>,
    rest: &[&Agent<'_>],
    now: i64,
) -> Incident {
    let agents = comparable(rest, key.kind);
    let mut starts: Vec<i64> =
        agents.iter().filter(|agent| agent.has(&key)).filter_map(|agent| Some(agent.trouble?.since)).collect();
    starts.sort_unstable();
    let together = starts.windows(MIN_AGENTS).find_map(|four| match four {
        [first, .., last] if last.saturating_sub(*first) <= TOGETHER_MS => Some(*first),
        _ => None,
    });
    let since = together.or(starts.first().copied()).unwrap_or(now);
    let mut incident = Incident {
        id,
        key,
        alternatives,
        since,
        opened_at: now,
        last_confirmed_at: now,
        closed_at: None,
        ending: None,
        with: Tally::default(),
        without: Tally::default(),
        expected_pct: 0.0,
        agents: Vec::new(),
        omitted_agents: 0,
        diagnoses: BTreeMap::new(),
        causes: BTreeMap::new(),
    };
    note(&mut incident, with, without, expected, &agents);
    incident
}

/// Notes who is in trouble now, and how many they are if there were never more.
fn note(incident: &mut Incident, with: Tally, without: Tally, expected: f64, agents: &[&Agent<'_>]) {
    let troubled: Vec<_> = agents
        .iter()
        .filter(|agent| agent.has(&incident.key))
        .filter_map(|agent| Some((agent.worker, agent.trouble?)))
        .collect();
    for (worker, _) in &troubled {
        let is_listed = incident.agents.iter().any(|listed| listed == worker);
        if !is_listed && incident.agents.len() < MAX_AGENTS {
            incident.agents.push((*worker).to_owned());
        }
    }
    if with.troubled <= incident.with.troubled {
        return;
    }
    (incident.with, incident.without, incident.expected_pct) = (with, without, tenths(100.0 * expected));
    incident.omitted_agents = with.troubled.saturating_sub(MAX_AGENTS);
    (incident.diagnoses, incident.causes) = (BTreeMap::new(), BTreeMap::new());
    for (_, trouble) in troubled {
        *incident.diagnoses.entry(trouble.diagnosis.to_owned()).or_default() += 1;
        if let Some(cause) = trouble.cause {
            *incident.causes.entry(cause.to_owned()).or_default() += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// How many of the agents with a key it takes where 2 % of all agents in calls are in trouble usually and a hundred keys
    /// are tried.
    fn fewest(with: usize, all: usize) -> Option<usize> {
        let key = Key { kind: KeyKind::Site, value: "Lisbon".to_owned() };
        let usually = |agents: usize| Tally { agents, troubled: (agents as f64 * 0.02).round() as usize };
        let mut incidents = Incidents::default();
        incidents.baseline.add(Key::everyone(), usually(1000 * all));
        incidents.baseline.add(key.clone(), usually(1000 * with));
        let logs = LogFactorials::up_to(all);
        let is_enough = |troubled: &usize| {
            let with = Tally { agents: with, troubled: *troubled };
            incidents
                .explanation(key.clone(), with, usually(all - with.agents), &logs)
                .is_proven_at(significance_level(100))
        };
        (MIN_AGENTS..=with).find(is_enough)
    }

    #[test]
    fn the_document_says_how_many_agents_an_incident_takes() {
        let document = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/incidents.md");
        let text = fs::read_to_string(document).unwrap();
        let of = |with, all| fewest(with, all).unwrap();
        let sentences = format!(
            "it takes {} of 10 with one headset, {} of 40 at one site, {} of 100 on one VPN. With 60 in calls, it takes {} of \
             10, or {} of 20. With a hundred keys, four of four is not enough",
            of(10, 300),
            of(40, 300),
            of(100, 300),
            of(10, 60),
            of(20, 60)
        );
        assert!(text.contains(&sentences), "docs/incidents.md should say: {sentences}");
        assert_eq!(fewest(4, 300), None);
    }
}
