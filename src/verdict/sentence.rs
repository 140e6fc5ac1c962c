//! What the sentences of a verdict are put together from (rule V4).

use crate::condition::{ConditionName, Conditions, Episode};
use crate::diagnosis::{Diagnosis, Direction};
use crate::say;
use crate::units::{Milliseconds, Timestamp};

/// What an episode was, for the agent. Where the connection flickered and sound passed, the network was unsteady.
pub(super) fn past(name: ConditionName, episode: &Episode, conditions: &Conditions) -> String {
    let diagnosis = Diagnosis::of_episode(name, episode, conditions);
    diagnosis.unwrap_or(Diagnosis::YourNetwork(Direction::Both)).past().to_owned()
}

/// A measured value with one decimal, or with more where it would seem to be the threshold that it is not.
pub(super) fn said(value: f64, threshold: f64) -> String {
    let tenths = say::tenths(value);
    say::decimal(if tenths == threshold { value } else { tenths })
}

/// More episodes than these are counted, not listed: a sentence is to be read.
pub(super) const MOST_LISTED: usize = 4;

/// Every episode that counts, worst conditions first.
pub(super) fn troubles(conditions: &Conditions) -> Vec<(ConditionName, &Episode)> {
    let mut all = Vec::new();
    for (name, episodes) in conditions.episodes().filter(|(name, _)| name.is_trouble()) {
        let lasted = episodes.iter().filter(|episode| episode.end > episode.start);
        all.extend(lasted.map(|episode| (name, episode)));
    }
    all
}

/// The first of the longest: of two as long, the worse condition.
pub(super) fn longest(troubles: &[(ConditionName, &Episode)]) -> Option<usize> {
    let length = |(_, episode): &(ConditionName, &Episode)| episode.end.0.saturating_sub(episode.start.0);
    (0..troubles.len()).rev().max_by_key(|index| troubles.get(*index).map(length))
}

/// "high-packet-loss from 0:20 to 0:50, high-jitter from 0:21 to 0:30", the longest first.
pub(super) fn list(mut all: Vec<(ConditionName, &Episode)>, accepted: Timestamp) -> String {
    let mut listed = Vec::new();
    while listed.len() < MOST_LISTED {
        let Some(longest) = longest(&all) else { break };
        let (name, episode) = all.remove(longest);
        let (from, to) = (clock(accepted, episode.start), clock(accepted, episode.end));
        listed.push(name.as_str().to_owned() + " from " + &from + " to " + &to);
    }
    if !all.is_empty() {
        listed.push("and ".to_owned() + &say::decimal(all.len() as f64) + " more");
    }
    say::list(&listed)
}

pub(super) fn clock(accepted: Timestamp, at: Timestamp) -> String {
    minutes(at - accepted)
}

/// Minutes and seconds into the call: "0:20".
pub(super) fn minutes(elapsed: Milliseconds) -> String {
    let seconds = (elapsed.0.max(0.0) / 1000.0).round() as u64;
    let mut text = String::new();
    say::push_digits(&mut text, seconds / 60, 1);
    text.push(':');
    say::push_digits(&mut text, seconds % 60, 2);
    text
}
