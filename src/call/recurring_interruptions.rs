//! Short interruptions of the customer's audio that come back, as those of a laptop that is carried from one access point
//! to the next. Their packets may be counted as lost.
//!
//! One alone is an accident: it is over before anybody could do something. From the second one on it is the network.

use crate::call::interval::Interval;
use crate::input::sample::Packets;
use crate::input::units::{Milliseconds, Timestamp};

/// A second that lost at least this share of its packets counts as interrupted.
const MIN_LOST_SHARE: f64 = 0.06;
/// Seconds that have to be missing, together, for an interruption: what is shorter is a burst of loss.
const MIN_MISSING_SECONDS: f64 = 0.4;
/// Broken seconds in a row that are still an interruption: it lies across two of them at most, or it is lasting loss.
const MAX_SECONDS_IN_A_ROW: u32 = 2;
/// Whole seconds before it, without which it is a part of lasting loss.
const MIN_GOOD_SECONDS_BEFORE: u32 = 2;
/// How long after one the next counts as the same trouble that comes back: roaming makes one each quarter of a minute.
pub(crate) const COMES_BACK_WITHIN: Milliseconds = Milliseconds(30_000.0);
/// How long after one the next is waited for.
const EXPECTED_FOR: Milliseconds = Milliseconds(18_000.0);

/// Broken seconds in a row.
#[derive(Clone, Copy, Debug)]
struct Run {
    from: Timestamp,
    to: Timestamp,
    seconds: u32,
    /// Seconds of sound that are missing in it.
    missing: f64,
    /// Whole seconds before it.
    good_seconds_before: u32,
}

/// Finds interruptions in the packets of each second.
#[derive(Clone, Debug, Default)]
pub(crate) struct RecurringInterruptions {
    good_seconds: u32,
    run: Option<Run>,
    /// The end of the newest one.
    newest: Option<Timestamp>,
    /// The end of the newest one that another was shortly before.
    recurred: Option<Timestamp>,
}

impl RecurringInterruptions {
    /// Takes one second's packets. Returns an interruption that has just ended, if another ended within
    /// [`COMES_BACK_WITHIN`] before it.
    pub(crate) fn observe(&mut self, second: Interval, packets: Packets) -> Option<Interval> {
        let share = packets.loss().map_or(0.0, |loss| loss.0 / 100.0);
        if share >= MIN_LOST_SHARE {
            let begun = Run {
                from: second.from,
                to: second.to,
                seconds: 0,
                missing: 0.0,
                good_seconds_before: self.good_seconds,
            };
            let run = self.run.get_or_insert(begun);
            run.to = second.to;
            run.seconds = run.seconds.saturating_add(1);
            run.missing += share * (second.to - second.from).0 / 1000.0;
            self.good_seconds = 0;
            return None;
        }
        self.good_seconds = self.good_seconds.saturating_add(1);
        let run = self.run.take()?;
        if run.seconds > MAX_SECONDS_IN_A_ROW
            || run.missing < MIN_MISSING_SECONDS
            || run.good_seconds_before < MIN_GOOD_SECONDS_BEFORE
        {
            return None;
        }
        let before = self.newest.replace(run.to);
        let comes_back = before.is_some_and(|before| run.from - before <= COMES_BACK_WITHIN);
        if comes_back {
            self.recurred = Some(run.to);
        }
        comes_back.then_some(Interval { from: run.from, to: run.to })
    }

    /// Whether they have come back, and may do so again.
    pub(crate) fn recur(&self, now: Timestamp) -> bool {
        self.recurred.is_some_and(|at| now - at <= EXPECTED_FOR)
    }

    /// Forgets what was before a data gap.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The seconds in which an interruption is found to have come back; so many of 50 packets are lost in each.
    fn found(lost: &[(usize, f64)]) -> Vec<i64> {
        let mut interruptions = RecurringInterruptions::default();
        let mut found = Vec::new();
        for second in 0..120 {
            let lost = lost.iter().find(|(at, _)| *at == second).map_or(0.0, |(_, lost)| *lost);
            let at = i64::try_from(second).unwrap() * 1000;
            let interval = Interval { from: Timestamp(at), to: Timestamp(at + 1000) };
            let packets = Packets { lost, received: 50.0 - lost };
            found.extend(interruptions.observe(interval, packets).map(|one| one.from.0 / 1000));
        }
        found
    }

    #[test]
    fn an_interruption_counts_from_the_second_one_within_half_a_minute_on() {
        assert_eq!(found(&[(20, 35.0)]), [0; 0]);
        assert_eq!(found(&[(20, 35.0), (35, 15.0), (36, 20.0), (50, 35.0)]), [35, 50]);
        assert_eq!(found(&[(20, 35.0), (55, 35.0)]), [0; 0]);
    }

    #[test]
    fn short_bursts_and_lasting_loss_are_no_interruptions() {
        assert_eq!(found(&[(20, 10.0), (30, 10.0), (40, 10.0)]), [0; 0]);
        let lasting: Vec<_> = (20..60).map(|second| (second, 25.0)).collect();
        assert_eq!(found(&lasting), [0; 0]);
        assert_eq!(found(&[(18, 4.0), (20, 35.0), (34, 5.0), (35, 35.0)]), [0; 0]);
    }
}
