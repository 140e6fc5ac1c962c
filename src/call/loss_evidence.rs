//! Whether packets are lost beyond the threshold, or a few by chance: a sequential test on the packets themselves.
//!
//! It is the cumulative sum test (Page, Biometrika 1954): each packet that arrives or is lost speaks for one of two
//! networks, one that loses clearly less than the threshold and one that loses more. What they say is added up, and the
//! sum never falls below 0. So it forgets a healthy past, needs the fewest packets for as few mistakes, and the moment at
//! which it last was 0 is when the trouble most likely began. Packets of seconds and packets of reports count alike.

use crate::input::units::{Milliseconds, Percent, Timestamp};
use std::collections::VecDeque;

/// The two networks lose a third of the threshold, and a third more than it.
pub(crate) const HEALTHY_RATIO: f64 = 1.0 / 3.0;
pub(crate) const LOSSY_RATIO: f64 = 4.0 / 3.0;
/// No threshold is taken for smaller: of a share of 0, no packet would be evidence.
const SMALLEST_SHARE: f64 = 0.001;
/// Nor is a network taken for one that loses everything.
const LARGEST_SHARE: f64 = 0.999;

/// The sum that proves loss. At a threshold of 3 % and 50 packets a second, 1 % of random loss reaches it once an hour,
/// and 5 % after four seconds in the median (simulated).
pub(crate) const CUSUM_THRESHOLD: f64 = 6.0;
/// The most that one second can add towards the proof, just below [`CUSUM_THRESHOLD`]: one burst alone must not raise. With
/// less, bursts that are seconds apart are noticed later (burst_loss), and random loss no more seldom (simulated).
pub(crate) const MAX_PER_SECOND: f64 = 5.9;
/// The most that one second leaves in the sum for those after it, twice [`CUSUM_THRESHOLD`]: a heavy burst is remembered
/// for eight seconds, so that another five seconds later proves loss. Random loss never comes near it (simulated).
pub(crate) const MAX_REMEMBERED: f64 = 2.0 * CUSUM_THRESHOLD;

/// Loss over this window must also exceed the threshold; otherwise long, slightly too low loss would accumulate.
pub(crate) const RECENT_WINDOW: Milliseconds = Milliseconds(10_000.0);
/// An episode is never backdated further.
pub(crate) const MAX_LOSS_BACKDATING: Milliseconds = Milliseconds(20_000.0);

/// Packets of some time.
#[derive(Clone, Copy, Debug)]
struct Observed {
    from: Timestamp,
    lost: f64,
    arrived: f64,
}

/// Loss that is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ProvenLoss {
    /// When it began.
    pub(crate) since: Timestamp,
    /// What was observed since then, of the last [`RECENT_WINDOW`]: so many seconds or reports.
    pub(crate) observed: u32,
    /// Of them, those that lost more than the threshold.
    pub(crate) lossy: u32,
}

/// The test of one direction.
#[derive(Clone, Debug)]
pub(crate) struct LossEvidence {
    /// The threshold as a share, 0 to 1.
    threshold: f64,
    /// What a lost packet adds.
    lost: f64,
    /// What one that arrived adds: less than 0.
    arrived: f64,
    sum: f64,
    /// Start of what was observed since the sum was last 0.
    since: Option<Timestamp>,
    /// What was observed since then, as far back as matters.
    recent: VecDeque<Observed>,
}

impl LossEvidence {
    pub(crate) fn new(Percent(threshold): Percent) -> Self {
        let share = |factor: f64| (threshold / 100.0 * factor).clamp(SMALLEST_SHARE * factor, LARGEST_SHARE);
        let (healthy, lossy) = (share(HEALTHY_RATIO), share(LOSSY_RATIO));
        Self {
            threshold: threshold / 100.0,
            lost: (lossy / healthy).ln(),
            arrived: ((1.0 - lossy) / (1.0 - healthy)).ln(),
            sum: 0.0,
            since: None,
            recent: VecDeque::new(),
        }
    }

    /// Adds the packets of a second that began at `from`. Returns the loss once it is proven.
    pub(crate) fn observe_second(&mut self, from: Timestamp, lost: f64, arrived: f64) -> Option<ProvenLoss> {
        self.observe(from, lost, arrived, MAX_PER_SECOND, MAX_REMEMBERED)
    }

    /// Adds the packets of a report about the time since `from`, which alone may be enough.
    pub(crate) fn observe_report(&mut self, from: Timestamp, lost: f64, arrived: f64) -> Option<ProvenLoss> {
        self.observe(from, lost, arrived, f64::INFINITY, f64::INFINITY)
    }

    /// `max`: the most that they can add towards the proof. `remembered`: the most that they leave in the sum.
    fn observe(&mut self, from: Timestamp, lost: f64, arrived: f64, max: f64, remembered: f64) -> Option<ProvenLoss> {
        // Packets that are found again take back what they had added.
        let added = lost * self.lost + arrived * self.arrived;
        let reached = self.sum + added.min(max);
        self.sum += added.min(remembered);
        if self.sum <= 0.0 {
            self.forget();
            return None;
        }
        let since = *self.since.get_or_insert(from);
        self.recent.push_back(Observed { from, lost, arrived });
        while self.recent.front().is_some_and(|oldest| from - oldest.from > RECENT_WINDOW) {
            self.recent.pop_front();
        }
        let lost_now: f64 = self.recent.iter().map(|observed| observed.lost).sum();
        let expected: f64 = lost_now + self.recent.iter().map(|observed| observed.arrived).sum::<f64>();
        let is_proven = reached >= CUSUM_THRESHOLD && added > 0.0 && lost_now > self.threshold * expected;
        is_proven.then(|| {
            let is_lossy = |one: &&Observed| one.lost > self.threshold * (one.lost + one.arrived);
            let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
            ProvenLoss {
                since: since.max(from.before(MAX_LOSS_BACKDATING)),
                observed: count(self.recent.len()),
                lossy: count(self.recent.iter().filter(is_lossy).count()),
            }
        })
    }

    /// Start of what was observed since the sum was last 0.
    pub(crate) fn since(&self) -> Option<Timestamp> {
        self.since
    }

    /// Starts again.
    pub(crate) fn forget(&mut self) {
        self.sum = 0.0;
        self.since = None;
        self.recent.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The seconds, each of 50 packets of which so many are lost, after which loss is proven, and since which.
    fn proven(threshold: f64, lost: &[f64]) -> Option<(i64, i64)> {
        let mut evidence = LossEvidence::new(Percent(threshold));
        (0..).zip(lost).find_map(|(second, lost)| {
            let from = Timestamp(second * 1000);
            let since = evidence.observe_second(from, *lost, 50.0 - lost)?.since;
            Some((second + 1, since.0 / 1000))
        })
    }

    #[test]
    fn heavy_loss_is_proven_in_two_seconds_and_light_loss_in_more() {
        assert_eq!(proven(3.0, &[0.0, 0.0, 6.0, 6.0]), Some((4, 2)));
        assert_eq!(proven(3.0, &[0.0, 3.0, 2.0, 3.0, 2.0]), Some((4, 1)));
    }

    #[test]
    fn a_burst_alone_proves_nothing_and_one_soon_after_it_does() {
        assert_eq!(proven(3.0, &[0.0, 40.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]), None);
        assert_eq!(proven(3.0, &[0.0, 5.0, 0.0, 5.0]), Some((4, 1)));
    }

    #[test]
    fn a_second_burst_five_seconds_after_a_heavy_one_proves_loss_and_one_packet_does_not() {
        assert_eq!(proven(3.0, &[0.0, 12.0, 0.0, 0.0, 0.0, 3.0]), Some((6, 1)));
        assert_eq!(proven(3.0, &[0.0, 40.0, 0.0, 0.0, 0.0, 0.0, 5.0]), Some((7, 1)));
        assert_eq!(proven(3.0, &[0.0, 40.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0]), None);
        assert_eq!(proven(3.0, &[0.0, 40.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 5.0]), None);
    }

    #[test]
    fn loss_below_the_threshold_is_never_proven_however_long_it_lasts() {
        let two_percent = vec![1.0; 3600];
        assert_eq!(proven(3.0, &two_percent), None);
        assert_eq!(proven(1.5, &two_percent).map(|(after, _)| after), Some(10));
    }

    #[test]
    fn any_threshold_can_be_tested() {
        for threshold in [0.0, 0.01, 1.0, 30.0, 70.0, 99.9, 100.0] {
            assert_eq!(proven(threshold, &[0.0; 600]), None, "{threshold}");
            let all = proven(threshold, &[50.0; 60]);
            assert_eq!(all.is_some(), threshold < 100.0, "{threshold}: {all:?}");
        }
    }
}
