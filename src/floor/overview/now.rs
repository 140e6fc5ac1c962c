//! Who is in a call now, and who is in trouble.

use super::{Overview, StoredBeat};
use serde::Serialize;
use std::collections::BTreeMap;

/// A beat counts for so long: three that should have come have not.
const BEAT_VALID_MS: i64 = 90_000;

/// A call in trouble.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TroubledCall {
    /// Names the call among the others.
    pub key: String,
    /// The worker's SID or pseudonym.
    pub worker: String,
    /// The worker's name, or the same again.
    pub agent: String,
    /// The team from the worker's attributes.
    pub team: Option<String>,
    /// The site from the worker's attributes.
    pub site: Option<String>,
    /// The agent's leg.
    pub call_sid: Option<String>,
    /// When the trouble began.
    pub since: i64,
    /// The worst that is wrong.
    pub diagnosis: Option<String>,
    /// Why, where it is known.
    pub cause: Option<String>,
    /// All that is wrong.
    pub conditions: Vec<String>,
    /// A supervisor listens to somebody else's call.
    pub monitoring: bool,
}

/// The calls of a team at a site.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// `None`: of workers without a team.
    pub team: Option<String>,
    /// `None`: of workers without a site.
    pub site: Option<String>,
    /// Calls that go on.
    pub calls: usize,
    /// Calls in trouble.
    pub troubled: usize,
}

impl StoredBeat {
    /// Whether it still counts, and says that the call goes on.
    pub(crate) fn is_valid(&self, now: i64) -> bool {
        !self.ended && now.saturating_sub(self.received_at) < BEAT_VALID_MS
    }

    pub(crate) fn is_troubled(&self) -> bool {
        !self.conditions.is_empty() || self.diagnosis.is_some()
    }

    /// Since when, by the Function's clock: how long before the beat, the agent's clock says; not before the call began.
    pub(crate) fn troubled_since(&self) -> i64 {
        let before = |moment: i64| self.at.saturating_sub(moment).max(0);
        let lasted = self.since.map_or(0, |since| before(since).min(before(self.started_at)));
        self.received_at.saturating_sub(lasted)
    }
}

impl Overview {
    /// Beats of the calls that go on, by their keys.
    pub(super) fn live(&self, now: i64) -> Vec<(&str, &StoredBeat)> {
        self.beats.iter().filter(|(_, beat)| self.is_live(beat, now)).map(|(key, beat)| (key.as_str(), beat)).collect()
    }

    /// Beats of all calls but those that have left a card: what incidents are judged by.
    #[must_use]
    pub fn beats_without_card(&self) -> Vec<&StoredBeat> {
        self.beats.values().filter(|beat| !self.carded.contains(&(beat.worker.clone(), beat.started_at))).collect()
    }

    /// The call of a worker that is in trouble now.
    #[must_use]
    pub fn trouble_of(&self, worker: &str, now: i64) -> Option<TroubledCall> {
        let mut own = self.beats.iter().filter(|(_, beat)| beat.worker == worker);
        let (key, beat) = own.find(|(_, beat)| beat.is_troubled() && self.is_live(beat, now))?;
        Some(self.troubled_call(key, beat))
    }

    /// The longest trouble first.
    pub(super) fn troubled(&self, live: &[(&str, &StoredBeat)]) -> Vec<TroubledCall> {
        let mut troubled: Vec<_> = live
            .iter()
            .filter(|(_, beat)| beat.is_troubled())
            .map(|(key, beat)| self.troubled_call(key, beat))
            .collect();
        troubled.sort_by_key(|call| call.since);
        troubled
    }

    /// Whether the call goes on: its beat still counts, and it has left no card.
    fn is_live(&self, beat: &StoredBeat, now: i64) -> bool {
        beat.is_valid(now) && !self.carded.contains(&(beat.worker.clone(), beat.started_at))
    }

    fn troubled_call(&self, key: &str, beat: &StoredBeat) -> TroubledCall {
        TroubledCall {
            key: key.to_owned(),
            worker: beat.worker.clone(),
            agent: self.called(&beat.worker),
            team: beat.team.clone(),
            site: beat.site.clone(),
            call_sid: beat.call_sid.clone(),
            since: beat.troubled_since(),
            diagnosis: beat.diagnosis.clone(),
            cause: beat.cause.clone(),
            conditions: beat.conditions.clone(),
            monitoring: beat.monitoring,
        }
    }
}

/// Most trouble first.
pub(super) fn places(live: &[(&str, &StoredBeat)]) -> Vec<Place> {
    let mut places = BTreeMap::<_, Place>::new();
    for (_, beat) in live.iter().filter(|(_, beat)| !beat.monitoring) {
        let StoredBeat { team, site, .. } = beat;
        let place = places.entry((team, site)).or_insert_with(|| Place {
            team: team.clone(),
            site: site.clone(),
            calls: 0,
            troubled: 0,
        });
        place.calls += 1;
        place.troubled += usize::from(beat.is_troubled());
    }
    let mut places: Vec<_> = places.into_values().collect();
    places.sort_by_key(|place| std::cmp::Reverse((place.troubled, place.calls)));
    places
}
