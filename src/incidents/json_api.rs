//! JSON in, JSON out: for callers outside of Rust, as the Function is.

use super::lifecycle::{Change, Incidents};
use crate::floor::overview::StoredBeat;
use crate::serde_helpers::json;
use crate::versioned_json::Unreadable;
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Judged {
    state: String,
    changed: bool,
    changes: Vec<Change>,
    unreadable: usize,
    is_pending: bool,
}

/// Judges beats as [`Incidents::judge`] does.
///
/// `state` is what this gave the last time, or empty. `beats` is a list of the data of all beats that are known (JSON),
/// and `now` the moment at which they were read, in milliseconds since 1970. Gives `{state, changed, changes, unreadable,
/// isPending}`: the next state, whether it is another one, what was opened and closed, how many of the beats could not be
/// read, and whether something is suspected or open.
///
/// # Errors
/// A sentence: the state is damaged, a later version wrote it, or the beats are no list.
pub fn judge_json(state: &str, beats: &str, now: i64) -> Result<String, String> {
    let mut incidents = Incidents::from_state(state).map_err(|unreadable| match unreadable {
        Unreadable::Damaged => "damaged: the state of the incidents cannot be read".to_owned(),
        Unreadable::Newer => "newer: a later version wrote the state of the incidents".to_owned(),
    })?;
    let values: Vec<serde_json::Value> =
        serde_json::from_str(beats).map_err(|wrong| format!("the beats are no list: {wrong}"))?;
    let all = values.len();
    let beats: Vec<StoredBeat> = values.into_iter().filter_map(|value| serde_json::from_value(value).ok()).collect();
    let changes = incidents.judge(&beats.iter().collect::<Vec<_>>(), now);
    let next = incidents.state();
    Ok(json(&Judged {
        changed: next != state,
        state: next,
        changes,
        unreadable: all - beats.len(),
        is_pending: incidents.is_pending(),
    }))
}
