//! Who is not heard of, although they take calls: silence is not health.

use super::{DAY_MS, Overview, PSEUDONYM_PREFIX, StoredCard};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Who is in a call by Flex's word has been heard of after so long: the first beat is sent at once.
const BEAT_EXPECTED_AFTER_MS: i64 = 60_000;
/// The card of a call that is over has come after so long: healthy calls' are sent after 5 minutes at the latest.
const CARD_EXPECTED_AFTER_MS: i64 = 600_000;

/// What is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Silence {
    /// In a call by Flex's word, and no beat comes.
    NoBeat {
        /// Since when the worker is in the call.
        since: i64,
    },
    /// Calls that beats told of left no card.
    NoCard {
        /// How many.
        calls: usize,
    },
    /// The plugin of the worker's last call is older than another's.
    OldVersion {
        /// The worker's.
        version: String,
        /// The newest but one of those that workers told of by name, or of those under pseudonyms, each of their last call:
        /// one browser that tells a version which nobody has makes nobody old.
        newest: String,
    },
}

/// A worker of whom too little is heard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SilentWorker {
    /// The worker's SID or pseudonym.
    pub worker: String,
    /// The worker's name, or the same again.
    pub agent: String,
    /// The team from the worker's attributes, where a report of today's has it.
    pub team: Option<String>,
    /// The site from the worker's attributes, where a report of today's has it.
    pub site: Option<String>,
    /// What is missing.
    #[serde(flatten)]
    pub silence: Silence,
}

/// "1.2.3" as numbers; what follows them is left out.
fn version(text: &str) -> Option<[u64; 3]> {
    let mut parts = text.split(['-', '+']).next()?.split('.').map(|part| part.parse().ok());
    Some([parts.next()??, parts.next()??, parts.next()??])
}

impl Overview {
    pub(super) fn silent(&self, now: i64) -> Vec<SilentWorker> {
        let found = self.without_beat(now).into_iter().chain(self.without_card(now)).chain(self.with_old_version(now));
        let found: Vec<_> = found.collect();
        let places = if found.is_empty() { BTreeMap::new() } else { self.places_of_workers() };
        found
            .into_iter()
            .map(|(worker, silence)| {
                let (team, site) =
                    places.get(worker).map(|(team, site)| ((*team).clone(), (*site).clone())).unwrap_or_default();
                SilentWorker { worker: worker.to_owned(), agent: self.called(worker), team, site, silence }
            })
            .collect()
    }

    /// Team and site of each worker, by their last card or by any beat.
    fn places_of_workers(&self) -> BTreeMap<&str, (&Option<String>, &Option<String>)> {
        let of_beats = self.beats.values().map(|beat| (beat.worker.as_str(), (&beat.team, &beat.site)));
        // In the order of their keys, which is that of their beginnings: the last one remains.
        of_beats.chain(self.cards.values().map(|card| (card.worker.as_str(), (&card.team, &card.site)))).collect()
    }

    /// Of workers under pseudonyms nobody can say it. So where there are any, only those are looked at who were named
    /// before, and only if they are more than the pseudonyms of whom something is heard now.
    fn without_beat(&self, now: i64) -> Vec<(&str, Silence)> {
        let heard: BTreeSet<&str> = self.live(now).into_iter().map(|(_, beat)| beat.worker.as_str()).collect();
        let pseudonyms = heard.iter().filter(|worker| worker.starts_with(PSEUDONYM_PREFIX)).count();
        let named: BTreeSet<&str> = self.cards.values().map(|card| card.worker.as_str()).collect();
        let silent: Vec<_> = self
            .talking
            .iter()
            .filter(|(worker, since)| {
                now.saturating_sub(**since) >= BEAT_EXPECTED_AFTER_MS && !heard.contains(worker.as_str())
            })
            .filter(|(worker, _)| pseudonyms == 0 || named.contains(worker.as_str()))
            .map(|(worker, since)| (worker.as_str(), Silence::NoBeat { since: *since }))
            .collect();
        if silent.len() > pseudonyms { silent } else { Vec::new() }
    }

    fn without_card(&self, now: i64) -> Vec<(&str, Silence)> {
        let mut missing = BTreeMap::<&str, usize>::new();
        for (call, last) in &self.heard {
            if (CARD_EXPECTED_AFTER_MS..DAY_MS).contains(&now.saturating_sub(*last)) && !self.carded.contains(call) {
                *missing.entry(&call.0).or_default() += 1;
            }
        }
        missing.into_iter().map(|(worker, calls)| (worker, Silence::NoCard { calls })).collect()
    }

    fn with_old_version(&self, now: i64) -> Vec<(&str, Silence)> {
        // In the order of their keys, which is that of their beginnings: the last one remains.
        let last: BTreeMap<&str, &StoredCard> = self.recent(now).map(|card| (card.worker.as_str(), card)).collect();
        let plugin = |card: &StoredCard| card.versions.get("plugin").cloned();
        // Any browser can tell any version, by name and under a pseudonym. So it is not the newest, but the newest but one of
        // either kind.
        let newest_but_one = |are_pseudonyms: bool| {
            let of_kind = last.iter().filter(|(worker, _)| worker.starts_with(PSEUDONYM_PREFIX) == are_pseudonyms);
            let mut told: Vec<_> = of_kind.filter_map(|(_, card)| plugin(card)).collect();
            told.sort_by_key(|text| Reverse(version(text)));
            told.into_iter().nth(1)
        };
        let newest = [false, true].into_iter().filter_map(newest_but_one).max_by_key(|text| version(text));
        let Some(newest) = newest.filter(|text| version(text).is_some()) else { return Vec::new() };
        last.into_iter()
            .filter_map(|(worker, card)| {
                let own = plugin(card)?;
                let is_old = version(&own)? < version(&newest)?;
                is_old.then(|| (worker, Silence::OldVersion { version: own, newest: newest.clone() }))
            })
            .collect()
    }
}
