//! The floor as supervisors see it, from the beats and cards that the Function keeps (rule F2): who is in trouble now,
//! the last hours, whose calls are worse than the centre's, and who is not heard of.
//!
//! Moments are in milliseconds since 1970, by the Function's clock unless said otherwise: the clocks of agents differ.

mod bad_call_rate;
mod filter;
mod hours;
mod now;
mod search;
mod silence;
mod stored_records;
mod timeline;

pub(crate) use bad_call_rate::wilson_lower;
pub use bad_call_rate::{AgentShare, CentreShare};
pub use filter::Filter;
pub use hours::Hour;
pub use now::{Place, TroubledCall};
pub use search::{CallPage, CallRow, Choices, Found, Search};
pub use silence::{Silence, SilentWorker};
pub use stored_records::{StoredBeat, StoredCard, StoredStretch};
pub use timeline::CallStretch;

use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How far back the floor looks: 24 hours, in milliseconds.
const DAY_MS: i64 = 86_400_000;
/// How the Function begins the pseudonym of a worker who is not to be named.
const PSEUDONYM_PREFIX: &str = "P-";

/// Everything that a view has read.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    beats: BTreeMap<String, StoredBeat>,
    /// By their keys in Sync, which begin with the moment at which the call began.
    cards: BTreeMap<String, StoredCard>,
    /// Calls that have left a card, by their worker and beginning.
    carded: BTreeSet<(String, i64)>,
    /// Names of workers, from Flex.
    names: BTreeMap<String, String>,
    /// Workers who are in a call by Flex's word, and since when.
    talking: BTreeMap<String, i64>,
    /// Calls that a beat told of, and when one was last received.
    heard: BTreeMap<(String, i64), i64>,
}

/// What the page *Floor* shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Floor {
    /// Calls in trouble now, the longest trouble first.
    pub troubled: Vec<TroubledCall>,
    /// Calls that go on now, with those in trouble.
    pub calls: usize,
    /// Calls that go on now, and those in trouble, by team and site.
    pub places: Vec<Place>,
    /// The last 24 hours, the oldest first.
    pub hours: Vec<Hour>,
    /// All calls of the last 24 hours.
    pub centre: CentreShare,
    /// Agents with more bad calls than chance explains, the largest excess first.
    pub agents: Vec<AgentShare>,
    /// Agents of whom too little is heard.
    pub silent: Vec<SilentWorker>,
    /// Calls go on under pseudonyms: nobody can say who is not heard of.
    pub has_pseudonyms: bool,
    /// Teams that a filter can name, whatever filter is in force.
    pub teams: BTreeSet<String>,
    /// Sites that a filter can name, whatever filter is in force.
    pub sites: BTreeSet<String>,
}

impl Overview {
    /// Keeps a beat in place of the one under the same key.
    ///
    /// # Errors
    /// What cannot be read of it, for a person to read.
    pub fn put_beat(&mut self, key: &str, json: &str) -> Result<(), String> {
        let beat: StoredBeat = serde_json::from_str(json).map_err(|wrong| wrong.to_string())?;
        if !beat.monitoring {
            self.heard.insert((beat.worker.clone(), beat.started_at), beat.received_at);
        }
        self.beats.insert(key.to_owned(), beat);
        Ok(())
    }

    /// Forgets a beat.
    pub fn remove_beat(&mut self, key: &str) {
        self.beats.remove(key);
    }

    /// Keeps a card in place of the one under the same key.
    ///
    /// # Errors
    /// What cannot be read of it, for a person to read.
    pub fn put_card(&mut self, key: &str, json: &str) -> Result<(), String> {
        let card: StoredCard = serde_json::from_str(json).map_err(|wrong| wrong.to_string())?;
        self.carded.insert((card.worker.clone(), card.started_at));
        self.cards.insert(key.to_owned(), card);
        Ok(())
    }

    /// Forgets a card.
    pub fn remove_card(&mut self, key: &str) {
        if let Some(StoredCard { worker, started_at, .. }) = self.cards.remove(key) {
            self.carded.remove(&(worker, started_at));
        }
    }

    /// Forgets the cards of calls that began before this moment: a view may be open for weeks.
    pub fn forget_before(&mut self, from: i64) {
        self.cards.retain(|_, card| card.started_at >= from);
        self.carded.retain(|(_, started_at)| *started_at >= from);
    }

    /// Notes a worker's name, as Flex has it.
    pub fn name(&mut self, worker: &str, name: &str) {
        self.names.insert(worker.to_owned(), name.to_owned());
    }

    /// Notes who is in a call by Flex's word, and since when, in place of what was noted before. Forgets what is too old
    /// to be shown.
    pub fn set_workers_in_call(&mut self, workers: impl IntoIterator<Item = (String, i64)>, now: i64) {
        self.talking = workers.into_iter().collect();
        self.heard.retain(|_, last| now.saturating_sub(*last) < DAY_MS);
        self.beats.retain(|_, beat| now.saturating_sub(beat.received_at) < DAY_MS);
    }

    /// Workers whose names have not been noted.
    #[must_use]
    pub fn unnamed(&self) -> Vec<String> {
        let reported = self.beats.values().map(|beat| &beat.worker).chain(self.cards.values().map(|card| &card.worker));
        let workers: BTreeSet<&String> = reported.chain(self.talking.keys()).collect();
        workers
            .into_iter()
            .filter(|worker| !worker.starts_with(PSEUDONYM_PREFIX) && !self.names.contains_key(*worker))
            .cloned()
            .collect()
    }

    /// What is to be seen at this moment of those agents who pass the filter. The figures of the whole centre, with which
    /// agents are compared, stay those of the whole centre.
    #[must_use]
    pub fn floor(&self, now: i64, filter: &Filter) -> Floor {
        let everywhere = self.live(now);
        let live: Vec<_> = everywhere.iter().copied().filter(|(_, beat)| self.passes_beat(filter, beat)).collect();
        let (teams, sites) = self.places_reported();
        Floor {
            troubled: self.troubled(&live),
            calls: live.iter().filter(|(_, beat)| !beat.monitoring).count(),
            places: now::places(&live),
            hours: hours::hours(self.cards.values().filter(|card| self.passes_card(filter, card)), now),
            centre: CentreShare::new(self.recent(now)),
            agents: self.agents(now).into_iter().filter(|agent| filter.passes(agent)).collect(),
            silent: self.silent(now).into_iter().filter(|worker| filter.passes(worker)).collect(),
            has_pseudonyms: has_pseudonyms(&everywhere),
            teams,
            sites,
        }
    }

    /// Teams and sites of all beats and cards.
    fn places_reported(&self) -> (BTreeSet<String>, BTreeSet<String>) {
        let (mut teams, mut sites) = (BTreeSet::new(), BTreeSet::new());
        let of_beats = self.beats.values().map(|beat| (&beat.team, &beat.site));
        for (team, site) in of_beats.chain(self.cards.values().map(|card| (&card.team, &card.site))) {
            for (names, name) in [(&mut teams, team), (&mut sites, site)] {
                if let Some(name) = name.as_ref().filter(|name| !names.contains(*name)) {
                    names.insert(name.clone());
                }
            }
        }
        (teams, sites)
    }

    /// What a worker is called: their name if it is known, else their SID or pseudonym.
    pub(crate) fn called(&self, worker: &str) -> String {
        self.names.get(worker).cloned().unwrap_or_else(|| worker.to_owned())
    }

    /// Cards of the last 24 hours' calls; not of supervisors who listened in, whose calls are somebody else's.
    fn recent(&self, now: i64) -> impl Iterator<Item = &StoredCard> {
        self.cards.values().filter(move |card| !card.monitoring && now.saturating_sub(card.ended_at()) < DAY_MS)
    }
}

/// Whether somebody is in a call under a pseudonym: it may be anybody of whom Flex says that they are in one.
fn has_pseudonyms(live: &[(&str, &StoredBeat)]) -> bool {
    live.iter().any(|(_, beat)| beat.worker.starts_with(PSEUDONYM_PREFIX))
}
