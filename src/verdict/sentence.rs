//! What the sentences of a verdict are put together from (rule V4).

use crate::cause::{Cause, Causes};
use crate::condition::diagnosis::Diagnosis;
use crate::condition::{ConditionName, Conditions, Episode};
use crate::input::units::{Milliseconds, Timestamp};
use crate::number_format::{Decimals, tenths};

/// What an episode was, for the agent: why, where that is known. Where the connection flickered and sound passed, the
/// network was unsteady.
pub(super) fn past(name: ConditionName, episode: &Episode, conditions: &Conditions, causes: &Causes) -> String {
    let diagnosis = Diagnosis::from_episode(name, episode, conditions);
    let diagnosis = diagnosis.unwrap_or(Diagnosis::NetworkDelay);
    causes.between(diagnosis, episode.start, episode.end).map_or(diagnosis.past(), Cause::past).to_owned()
}

/// A measured value with one decimal, or with more if it would round to the threshold.
pub(super) fn measured(value: f64, threshold: f64) -> String {
    let tenths = tenths(value);
    Decimals(if tenths == threshold { value } else { tenths }).to_string()
}

/// More episodes than these are counted, not listed: a sentence is to be read.
pub(super) const MAX_LISTED: usize = 4;

/// Every episode that counts, worst conditions first.
pub(super) fn degradations(conditions: &Conditions) -> Vec<(ConditionName, &Episode)> {
    let mut all = Vec::new();
    for (name, episodes) in conditions.episodes().filter(|(name, _)| name.degrades_call()) {
        let lasted = episodes.iter().filter(|episode| episode.end > episode.start);
        all.extend(lasted.map(|episode| (name, episode)));
    }
    all
}

fn length((_, episode): &(ConditionName, &Episode)) -> i64 {
    episode.end.0.saturating_sub(episode.start.0)
}

/// Where the first of the longest is: of two as long, the worse condition.
pub(super) fn longest(degradations: &[(ConditionName, &Episode)]) -> Option<usize> {
    (0..degradations.len()).rev().max_by_key(|index| degradations.get(*index).map(length))
}

/// "high-packet-loss from 0:20 to 0:50, high-jitter from 0:21 to 0:30", the longest first.
pub(super) fn list(mut degradations: Vec<(ConditionName, &Episode)>, accepted: Timestamp) -> String {
    let mut listed = Vec::new();
    while listed.len() < MAX_LISTED
        && let Some(index) = longest(&degradations)
    {
        let (name, episode) = degradations.remove(index);
        let (from, to) = (clock(accepted, episode.start), clock(accepted, episode.end));
        listed.push(format!("{} from {from} to {to}", name.as_str()));
    }
    if !degradations.is_empty() {
        listed.push(format!("and {} more", degradations.len()));
    }
    listed.join(", ")
}

pub(super) fn clock(accepted: Timestamp, at: Timestamp) -> String {
    minutes(at - accepted)
}

/// Minutes and seconds into the call: "0:20".
pub(super) fn minutes(elapsed: Milliseconds) -> String {
    let seconds = (elapsed.0.max(0.0) / 1000.0).round() as u64;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
