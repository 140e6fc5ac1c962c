//! What the agent read, held against what was wrong at that moment.

use crate::expectation::Expectation;
use crate::sdk_and_engine::{Observation, ShownNotice};
use crate::span::Span;
use crate::truth::Truth;

/// So many seconds after all is well a notice may still be new, or change.
const TOLERANCE: f64 = 3.0;
/// What the agent reads when nothing arrives in either direction.
const CONNECTION_LOST: &str = "connection-lost";
/// More of a second's packets than this, and they arrive.
const ARRIVING_SHARE: f64 = 0.5;

/// The notices of one call, or of several.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Notices {
    /// Number of notices that were new, or changed.
    pub shown: usize,
    /// Notices about something that was over, or never was.
    pub over: Vec<ShownNotice>,
    /// Notices that called a connection lost over which packets arrived.
    pub not_lost: Vec<ShownNotice>,
}

impl Notices {
    /// The notices of one call.
    #[must_use]
    pub fn new(observed: &Observation, expected: &Expectation, truth: &Truth) -> Self {
        let wrong: Vec<Span> = expected.must.iter().chain(&expected.may).map(|stretch| stretch.span).collect();
        let is_over = |notice: &&ShownNotice| {
            !wrong.iter().any(|span| span.from - TOLERANCE < notice.at && notice.at <= span.to + TOLERANCE)
        };
        let arrives = |notice: &&ShownNotice| {
            let around = Span { from: notice.at - 1.0, to: notice.at };
            let mut around = truth.seconds.iter().filter(|second| second.span.overlap(around) > 0.0);
            around.all(|second| second.down.came > 0.0 && second.down.left > ARRIVING_SHARE * second.down.came)
        };
        let lost = observed.notices.iter().filter(|notice| notice.diagnosis == CONNECTION_LOST);
        Self {
            shown: observed.notices.len(),
            over: observed.notices.iter().filter(is_over).cloned().collect(),
            not_lost: lost.filter(arrives).cloned().collect(),
        }
    }
}
