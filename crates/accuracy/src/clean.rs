//! Calls in which nothing was wrong: whatever is raised in them is invented.

use crate::scored::Scored;
use crate::sdk_and_engine::Observer;

/// At least so many minutes of them are asked for.
pub const MIN_MINUTES: f64 = 60.0;

/// Some calls of that kind.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Clean {
    /// How many they are.
    pub calls: usize,
    /// How long they last together.
    pub minutes: f64,
    /// Conditions that the engine raised in them, with the private statistics or without.
    pub invented: usize,
}

impl Clean {
    /// Counts the calls in which nothing has to be noticed, and nothing may be.
    #[must_use]
    pub fn new<'a>(calls: impl IntoIterator<Item = &'a Scored>) -> Self {
        let is_clean = |call: &&Scored| call.expected.must.is_empty() && call.expected.may.is_empty();
        calls.into_iter().filter(is_clean).fold(Self::default(), |sum, call| {
            let of_engine = call.scores.iter().filter(|(observer, _)| *observer != Observer::Sdk);
            Self {
                calls: sum.calls + 1,
                minutes: sum.minutes + call.expected.ended / 60.0,
                invented: sum.invented + of_engine.map(|(_, score)| score.invented.len()).sum::<usize>(),
            }
        })
    }
}
