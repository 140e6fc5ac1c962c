//! When something was wrong with a call, as its page shows it.

use super::{StoredCard, StoredStretch};
use serde::Serialize;

/// A stretch in which the worst that was wrong stayed the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallStretch {
    /// When it began, in milliseconds since the call did.
    pub from_ms: f64,
    /// How long it lasted, in milliseconds.
    pub length_ms: f64,
    /// When it began, as percent of the call: where it is drawn.
    pub from_pct: f64,
    /// How long it lasted, as percent of the call: how wide it is drawn.
    pub length_pct: f64,
    /// What was wrong.
    pub diagnosis: String,
    /// Why, where it is known.
    pub cause: Option<String>,
}

/// All that are kept of a call, in order.
pub(super) fn timeline(card: &StoredCard) -> Vec<CallStretch> {
    let of_diagnosis = |(diagnosis, stretches): (&String, &Vec<StoredStretch>)| {
        let stretch = |kept: &StoredStretch| CallStretch::new(card, diagnosis, kept);
        stretches.iter().map(stretch).collect::<Vec<_>>()
    };
    let mut stretches: Vec<_> = card.timeline.iter().flat_map(of_diagnosis).collect();
    stretches.sort_by(|one, other| one.from_ms.total_cmp(&other.from_ms));
    stretches
}

impl CallStretch {
    fn new(card: &StoredCard, diagnosis: &str, kept: &StoredStretch) -> Self {
        let (from, length, cause) = match kept {
            StoredStretch::Explained(from, length, cause) => (*from, *length, Some(cause.clone())),
            StoredStretch::Unexplained(from, length) => (*from, *length, None),
        };
        let (from_ms, length_ms) = (from * 1000.0, length * 1000.0);
        let pct = |ms: f64| (100.0 * ms / card.duration_ms.max(1) as f64).clamp(0.0, 100.0);
        let from_pct = pct(from_ms);
        Self {
            from_ms,
            length_ms,
            from_pct,
            // Nothing is drawn beyond the end of the call.
            length_pct: pct(from_ms + length_ms) - from_pct,
            diagnosis: diagnosis.to_owned(),
            cause,
        }
    }
}
