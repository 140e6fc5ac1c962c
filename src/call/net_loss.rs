//! Packet loss as a running net, so that a reordered packet is not a lost one (rule D1).

use crate::call::interval::Interval;
use crate::input::sample::Packets;
use crate::input::units::{Milliseconds, Percent, Timestamp};
use std::collections::VecDeque;

/// Seconds that the net runs over.
///
/// A packet that comes late is counted lost in one second and found in one of the next (jitter50_reorder: within two);
/// three seconds balance that, and are 150 packets, in which one more or less is under 1 %.
pub(crate) const WINDOW: usize = 3;
/// A late packet comes within the window: beyond this much of unknown seconds, what was lost before them is lost.
const STALE_AFTER: Milliseconds = Milliseconds(WINDOW as f64 * 1000.0);

/// The packets of the last few known seconds.
#[derive(Clone, Debug, Default)]
pub(crate) struct NetLoss {
    seconds: VecDeque<Packets>,
    /// End of the newest of them.
    until: Timestamp,
}

impl NetLoss {
    /// Takes one second's packets; gives the net loss over the window, or `None` when no packet was expected in it:
    /// silence on the wire is not a share of anything.
    pub(crate) fn observe(&mut self, second: Interval, packets: Packets) -> Option<Percent> {
        if second.from - self.until > STALE_AFTER {
            self.forget();
        }
        self.until = second.to;
        if self.seconds.len() == WINDOW {
            self.seconds.pop_front();
        }
        self.seconds.push_back(packets);
        // Loss is a share of the seconds since it began; where packets are found again, of all, to balance them.
        let began = if self.saw_reordering() {
            0
        } else {
            self.seconds.iter().position(|second| second.lost > 0.0).unwrap_or(0)
        };
        let since = || self.seconds.iter().skip(began);
        let lost = since().map(|second| second.lost).sum();
        let received = since().map(|second| second.received).sum();
        Packets { lost, received }.loss()
    }

    /// Whether packets were found again in the window: then the SDK's own loss and MOS of these seconds are wrong.
    pub(crate) fn saw_reordering(&self) -> bool {
        self.seconds.iter().any(|second| second.lost < 0.0)
    }

    /// Forgets what was before a data gap.
    pub(crate) fn forget(&mut self) {
        self.seconds.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(seconds: &[(f64, f64)]) -> Option<Percent> {
        let mut loss = NetLoss::default();
        let mut net = None;
        for (at, &(lost, received)) in (0..).map(|second| second * 1000).zip(seconds) {
            let second = Interval { from: Timestamp(at), to: Timestamp(at + 1000) };
            net = loss.observe(second, Packets { lost, received });
        }
        net
    }

    #[test]
    fn a_packet_lost_and_found_is_no_loss() {
        assert_eq!(net(&[(0.0, 50.0), (3.0, 47.0), (-3.0, 53.0)]), Some(Percent(0.0)));
    }

    #[test]
    fn loss_is_the_share_of_what_was_expected_over_the_window() {
        assert_eq!(net(&[(50.0, 0.0), (5.0, 45.0), (0.0, 50.0), (10.0, 40.0)]), Some(Percent(10.0)));
    }

    #[test]
    fn when_nothing_was_expected_the_loss_is_unknown() {
        assert_eq!(net(&[(0.0, 0.0)]), None);
        assert_eq!(net(&[(-2.0, 0.0)]), None);
    }
}
