//! The last 24 hours by hour.

use super::StoredCard;
use serde::Serialize;

const HOUR_MS: i64 = 3_600_000;
const HOURS: i64 = 24;

/// The calls that ended within one hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Hour {
    /// When it began: a full hour of UTC.
    pub from: i64,
    /// How many calls.
    pub calls: usize,
    /// How many of them were bad.
    pub bad: usize,
}

/// The current hour and the 23 before it, the oldest first.
pub(super) fn hours<'a>(cards: impl Iterator<Item = &'a StoredCard>, now: i64) -> Vec<Hour> {
    let newest = now.div_euclid(HOUR_MS);
    let mut hours: Vec<Hour> =
        (newest - HOURS + 1..=newest).map(|hour| Hour { from: hour * HOUR_MS, calls: 0, bad: 0 }).collect();
    for card in cards.filter(|card| !card.monitoring) {
        let ago = newest - card.ended_at().div_euclid(HOUR_MS);
        let index = usize::try_from(HOURS - 1 - ago).ok();
        if let Some(hour) = index.and_then(|index| hours.get_mut(index)) {
            hour.calls += 1;
            hour.bad += usize::from(card.is_bad());
        }
    }
    hours
}
