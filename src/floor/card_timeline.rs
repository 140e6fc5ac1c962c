//! The timeline in a card: what was wrong from which second on and for how long, as far as there is room.

use crate::call::trouble_timeline::TroubleStretch;
use crate::input::units::Seconds;
use crate::keep_most_important::keep_most_important;
use crate::number_format::tenths;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// No card has room for more.
const MAX_STRETCHES_IN_CARD: usize = 64;

/// Stretches of a call, in order.
#[derive(Clone, Debug)]
pub(super) struct Timeline(Vec<TroubleStretch>);

impl Timeline {
    /// The worst of these, which are in order: what is most urgent, and of that the longest.
    pub(super) fn new(stretches: &[TroubleStretch]) -> Self {
        let mut timeline = Self(stretches.to_vec());
        timeline.keep_worst(MAX_STRETCHES_IN_CARD);
        timeline
    }

    fn keep_worst(&mut self, max: usize) {
        keep_most_important(&mut self.0, max, |_, stretch| {
            (stretch.diagnosis.urgency(), Reverse(stretch.length().0 as i64))
        });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Leaves out the least bad one. False: none is left.
    pub(super) fn forget_least(&mut self) -> bool {
        let Some(max) = self.0.len().checked_sub(1) else { return false };
        self.keep_worst(max);
        true
    }
}

/// Under each diagnosis its stretches in order: from which second of the call, for how many, and why if that is known.
impl Serialize for Timeline {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut by_diagnosis = BTreeMap::<&str, Vec<Written>>::new();
        for stretch in &self.0 {
            by_diagnosis.entry(stretch.diagnosis.as_str()).or_default().push(Written::new(stretch));
        }
        let mut map = serializer.serialize_map(Some(by_diagnosis.len()))?;
        for (diagnosis, stretches) in &by_diagnosis {
            map.serialize_entry(diagnosis, stretches)?;
        }
        map.end()
    }
}

/// A stretch as it is written.
#[derive(Serialize)]
#[serde(untagged)]
enum Written {
    Unexplained(Seconds, Seconds),
    Explained(Seconds, Seconds, &'static str),
}

impl Written {
    fn new(stretch: &TroubleStretch) -> Self {
        let from = Seconds(tenths(stretch.start_ms.0 / 1000.0));
        let length = Seconds(tenths(stretch.length().0 / 1000.0));
        match stretch.cause {
            Some(cause) => Self::Explained(from, length, cause.as_str()),
            None => Self::Unexplained(from, length),
        }
    }
}
