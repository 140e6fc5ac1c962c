//! Incidents of the past, from the cards of calls that are over: what would have been opened and closed.

use super::incident::Incident;
use super::lifecycle::{Change, Incidents};
use crate::floor::overview::{StoredBeat, StoredCard, StoredStretch};
use std::collections::BTreeMap;

/// How often is judged.
const STEP_MS: i64 = 5000;
/// Beats do not report shorter trouble (rule K2).
const LASTING_MS: i64 = 5000;
/// What is open after the last call is closed within this time.
const AFTER_LAST_MS: i64 = 150_000;
/// Twilio ends a call after a day: https://www.twilio.com/docs/voice/api/call-resource. A card may say anything.
const LONGEST_CALL_MS: i64 = 86_400_000;

/// The incidents of the past, the oldest first: each as it was when it was closed; those that were not, as they were
/// opened. Cards may come in any order. Of one that was kept several times, the one that was received last counts.
#[must_use]
pub fn past_incidents(cards: impl IntoIterator<Item = StoredCard>) -> Vec<Incident> {
    let mut calls = BTreeMap::<_, StoredCard>::new();
    for card in cards {
        let name = (card.worker.clone(), card.started_at, card.call_sid.clone());
        if calls.get(&name).is_none_or(|kept| kept.received_at <= card.received_at) {
            calls.insert(name, card);
        }
    }
    let cards: Vec<StoredCard> = calls.into_values().collect();
    let mut incidents = Vec::<Incident>::new();
    for change in incidents_of(&cards) {
        match change {
            Change::Opened(incident) => incidents.push(incident),
            Change::Closed(incident) => {
                if let Some(open) = incidents.iter_mut().find(|open| open.id == incident.id) {
                    *open = incident;
                }
            }
        }
    }
    incidents
}

/// What was opened and closed while these calls went on, in order.
///
/// A card says from which second on something was wrong. So at each moment it is known whether the call was in trouble, as
/// its beats have told then; but not that nothing was heard of it. Times are those of the agents' clocks. Cards of older
/// plugins have no timeline: their calls count as calls without trouble.
fn incidents_of(cards: &[StoredCard]) -> Vec<Change> {
    let mut calls: Vec<PastCall<'_>> = cards.iter().map(PastCall::new).collect();
    calls.sort_by_key(|call| call.card.started_at);
    let mut incidents = Incidents::default();
    let mut changes = Vec::new();
    let mut waiting = calls.into_iter().peekable();
    let mut current: Vec<PastCall<'_>> = Vec::new();
    let mut now = i64::MIN;
    while let Some(next) = waiting.peek().map(|call| call.card.started_at) {
        // Nobody talks: on to the next call, once what is open is closed.
        now = now.max(next);
        let mut idle_until = now;
        loop {
            while let Some(call) = waiting.next_if(|call| call.card.started_at <= now) {
                current.push(call);
            }
            current.retain(|call| call.until > now);
            if !current.is_empty() {
                idle_until = now.saturating_add(AFTER_LAST_MS);
            }
            for call in &mut current {
                call.tell(now);
            }
            let beats: Vec<&StoredBeat> = current.iter().map(|call| &call.beat).collect();
            changes.extend(incidents.judge(&beats, now));
            now = now.saturating_add(STEP_MS);
            if current.is_empty() && now >= idle_until {
                break;
            }
        }
    }
    changes
}

/// A call, and what its latest beat has said at some moment.
struct PastCall<'a> {
    card: &'a StoredCard,
    until: i64,
    /// From when to when something was wrong, what, and why.
    stretches: Vec<(i64, i64, &'a str, Option<&'a str>)>,
    beat: StoredBeat,
}

impl<'a> PastCall<'a> {
    fn new(card: &'a StoredCard) -> Self {
        let stretches = card.timeline.iter().flat_map(|(diagnosis, stretches)| {
            stretches.iter().map(move |stretch| {
                let (from, length, cause) = match stretch {
                    StoredStretch::Explained(from, length, cause) => (*from, *length, Some(cause.as_str())),
                    StoredStretch::Unexplained(from, length) => (*from, *length, None),
                };
                let from = card.started_at.saturating_add((from * 1000.0) as i64);
                (from, from.saturating_add((length * 1000.0) as i64), diagnosis.as_str(), cause)
            })
        });
        let stretches = stretches.filter(|(from, until, ..)| until.saturating_sub(*from) >= LASTING_MS).collect();
        let more = |name: &str| card.more.get(name).and_then(|value| value.as_str()).map(str::to_owned);
        let version = |name: &str| card.versions.get(name).cloned();
        // As `IncidentKeys` has them; a card does not name the browser.
        let keys =
            vec![more("networkType"), card.edge.clone(), more("headset"), None, version("voiceSdk"), version("plugin")];
        let beat = StoredBeat {
            worker: card.worker.clone(),
            started_at: card.started_at,
            call_sid: card.call_sid.clone(),
            monitoring: card.monitoring,
            network: more("network"),
            keys,
            team: card.team.clone(),
            site: card.site.clone(),
            ..StoredBeat::default()
        };
        let until = card.started_at.saturating_add(card.duration_ms.clamp(0, LONGEST_CALL_MS));
        Self { card, until, stretches, beat }
    }

    fn tell(&mut self, now: i64) {
        let told =
            self.stretches.iter().find(|(from, until, ..)| from.saturating_add(LASTING_MS) <= now && now < *until);
        (self.beat.at, self.beat.received_at) = (now, now);
        self.beat.since = told.map(|(from, ..)| *from);
        self.beat.diagnosis = told.map(|(_, _, diagnosis, _)| (*diagnosis).to_owned());
        self.beat.cause = told.and_then(|(.., cause)| cause.map(str::to_owned));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_call_goes_on_for_more_than_a_day_whatever_its_card_says() {
        for (said, lasts) in [(60_000, 60_000), (i64::MAX, 86_400_000), (-1, 0)] {
            let card = StoredCard { started_at: 1_795_327_609_127, duration_ms: said, ..StoredCard::default() };
            assert_eq!(PastCall::new(&card).until - card.started_at, lasts);
        }
    }
}
