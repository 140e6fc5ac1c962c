//! When a run of judged seconds becomes a condition, and when it stops being one (rule D2). Packet loss is raised by
//! [`super::loss_evidence`] instead; here it only clears.

use crate::call::loss_evidence::ProvenLoss;
use crate::input::metric::Grade;
use crate::input::units::{Milliseconds, Timestamp, Value};
use std::collections::VecDeque;

/// Known seconds looked back on to raise a condition.
///
/// The Voice SDK raises at 3 of 10; 3 of 5 finds every stretch of the recordings that the SDK finds, at most one second
/// later, and forgets a lone spike twice as fast.
pub(crate) const WINDOW: usize = 5;
/// Breaching seconds among them that raise.
pub(crate) const RAISE_AT: usize = 3;
/// Severe seconds that raise: the second one tells trouble from a spike of a busy machine (jitter of 36 ms for one
/// second in recordings without impairment).
pub(crate) const RAISE_AT_SEVERE: usize = 2;
/// Seconds among which they are: bursts of loss leave a good one in between (burst_loss).
pub(crate) const SEVERE_WINDOW: usize = 3;
/// Good seconds in a row that clear. The SDK waits for 10; with 5 nothing in the recordings is cleared and raised
/// again within 10 s.
pub(crate) const CLEAR_AT: u32 = 5;
/// Packet loss clears after this many times the average distance between bad seconds: loss may come in every second, or
/// in bursts. With four, loss in bursts two seconds apart is cleared too early in 1 % of the pauses.
pub(crate) const CLEAR_AFTER_DISTANCES: u32 = 4;
/// Good seconds in a row that clear packet loss whatever that distance is.
pub(crate) const MAX_TO_CLEAR: u32 = 10;

/// An episode starts at the first bad second since the last run that would have cleared it (burst_loss), but at most this
/// long before it was raised.
pub(crate) const MAX_BACKDATING: Milliseconds = Milliseconds(10_000.0);

/// One known second: the metric's value, and how that was judged.
#[derive(Clone, Copy, Debug)]
struct JudgedSecond {
    value: Value,
    judgement: Grade,
}

/// What a second changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Nothing.
    None,
    /// The condition is there, and was from this moment on.
    Raised {
        /// Start of the first breaching second that led to it.
        since: Timestamp,
    },
    /// The condition is over.
    Cleared,
}

/// The two-sided window over one metric's known seconds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Detector {
    window: VecDeque<JudgedSecond>,
    good_in_a_row: u32,
    /// Seconds since the condition was raised, and of them those that were not good.
    lasts: u32,
    not_good: u32,
    /// Seconds by which it was proven, and of them those that lost too much.
    proven_by: (u32, u32),
    /// Start of the first breaching second that no run of good ones separates from now.
    since: Option<Timestamp>,
}

impl Detector {
    /// Takes the second that began at `from`; `active` tells whether the condition is there already.
    /// Unknown seconds are not passed in at all: they change nothing.
    pub(crate) fn observe(&mut self, active: bool, from: Timestamp, value: Value, judgement: Grade) -> Change {
        self.take(from, value, judgement);
        let proven = self.enough_to_raise().then(|| self.since.unwrap_or(from).max(from.before(MAX_BACKDATING)));
        self.change(active, proven, CLEAR_AT)
    }

    /// Takes a second like [`Self::observe`], where not the window but a test proves the condition. The rarer the bad seconds
    /// are, or were when it was proven, the more good ones are needed to clear.
    pub(crate) fn observe_proven(
        &mut self,
        active: bool,
        from: Timestamp,
        value: Value,
        judgement: Grade,
        proven: Option<ProvenLoss>,
    ) -> Change {
        self.take(from, value, judgement);
        if active {
            self.lasts = self.lasts.saturating_add(1);
            self.not_good = self.not_good.saturating_add(u32::from(judgement != Grade::Good));
        }
        let patience = |lasts: u32, not_good: u32| {
            let until_the_last = lasts.saturating_sub(self.good_in_a_row);
            CLEAR_AFTER_DISTANCES.saturating_mul(until_the_last).div_ceil(not_good.max(1))
        };
        let (before, not_good_before) = self.proven_by;
        let with_those_before =
            patience(self.lasts.saturating_add(before), self.not_good.saturating_add(not_good_before));
        let clear_at = patience(self.lasts, self.not_good).max(with_those_before);
        let change =
            self.change(active, proven.map(|proven| proven.since), clear_at.clamp(CLEAR_AFTER_DISTANCES, MAX_TO_CLEAR));
        if let (Change::Raised { .. }, Some(proven)) = (change, proven) {
            self.proven_by = (proven.observed, proven.lossy);
        }
        change
    }

    fn take(&mut self, from: Timestamp, value: Value, judgement: Grade) {
        if self.window.len() == WINDOW {
            self.window.pop_front();
        }
        self.window.push_back(JudgedSecond { value, judgement });
        self.good_in_a_row = if judgement == Grade::Good { self.good_in_a_row.saturating_add(1) } else { 0 };

        if self.good_in_a_row >= CLEAR_AT {
            self.since = None;
        }
        if judgement.is_breach() {
            self.since.get_or_insert(from);
        }
    }

    fn change(&mut self, active: bool, proven: Option<Timestamp>, clear_at: u32) -> Change {
        if active {
            if self.good_in_a_row >= clear_at {
                self.forget();
                return Change::Cleared;
            }
        } else if let Some(since) = proven {
            (self.lasts, self.not_good) = (0, 0);
            return Change::Raised { since };
        }
        Change::None
    }

    /// The values of the breaching seconds in the window.
    pub(crate) fn breaching_values(&self) -> impl Iterator<Item = Value> {
        self.window.iter().filter(|second| second.judgement.is_breach()).map(|second| second.value)
    }

    fn enough_to_raise(&self) -> bool {
        let breaches = self.window.iter().filter(|second| second.judgement.is_breach()).count();
        let newest = self.window.iter().rev().take(SEVERE_WINDOW);
        let severe = newest.filter(|second| second.judgement == Grade::Severe).count();
        breaches >= RAISE_AT || severe >= RAISE_AT_SEVERE
    }

    /// Starts again: the seconds before a data gap say nothing about those after it.
    pub(crate) fn forget(&mut self) {
        self.window.clear();
        (self.good_in_a_row, self.lasts, self.not_good) = (0, 0, 0);
        self.proven_by = (0, 0);
        self.since = None;
    }
}

#[cfg(test)]
mod tests {
    use super::Grade::{Breach, Good, Marginal, Severe};
    use super::*;

    /// Feeds one second after the other, from 0 on; returns what changed and in which second.
    fn run(seconds: &[Grade]) -> Vec<(i64, Change)> {
        let mut detector = Detector::default();
        let mut active = false;
        let mut changes = Vec::new();
        for (at, judgement) in (0..).zip(seconds) {
            let change = detector.observe(active, Timestamp(at), Value(0.0), *judgement);
            if change != Change::None {
                active = !active;
                changes.push((at, change));
            }
        }
        changes
    }

    #[test]
    fn three_breaches_of_five_raise_from_the_first_of_them_on() {
        let raised = Change::Raised { since: Timestamp(1) };
        assert_eq!(run(&[Good, Breach, Good, Breach, Good, Breach]), [(5, raised)]);
        assert_eq!(run(&[Breach, Good, Good, Breach, Good, Breach]), []);
    }

    #[test]
    fn a_breach_before_them_that_no_five_good_seconds_separate_is_their_beginning() {
        let raised = Change::Raised { since: Timestamp(0) };
        assert_eq!(run(&[Severe, Good, Good, Good, Good, Severe, Severe]), [(6, raised)]);
        let raised = Change::Raised { since: Timestamp(6) };
        assert_eq!(run(&[Severe, Good, Good, Good, Good, Good, Severe, Severe]), [(7, raised)]);
    }

    #[test]
    fn two_severe_seconds_among_three_raise_and_one_does_not() {
        assert_eq!(run(&[Good, Severe, Severe]), [(2, Change::Raised { since: Timestamp(1) })]);
        assert_eq!(run(&[Severe, Good, Severe]), [(2, Change::Raised { since: Timestamp(0) })]);
        assert_eq!(run(&[Severe, Good, Good, Severe, Good]), []);
    }

    #[test]
    fn five_good_seconds_in_a_row_clear_and_a_marginal_one_starts_the_count_again() {
        let mut seconds = vec![Severe, Severe, Good, Good, Good, Good, Marginal];
        assert_eq!(run(&seconds), [(1, Change::Raised { since: Timestamp(0) })]);
        seconds.extend([Good; 5]);
        assert_eq!(run(&seconds).last(), Some(&(11, Change::Cleared)));
    }

    #[test]
    fn after_clearing_old_breaches_count_no_more() {
        let mut seconds = vec![Severe, Severe, Good, Good, Good, Good, Good, Breach, Breach];
        assert_eq!(run(&seconds).len(), 2);
        seconds.push(Breach);
        assert_eq!(run(&seconds).last(), Some(&(9, Change::Raised { since: Timestamp(7) })));
    }
}
