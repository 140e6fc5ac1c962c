//! The four metrics that have a threshold, and how one second is judged against it (rule D1).

use crate::input::mos;
use crate::input::units::Value;
use strum::VariantArray;

/// No packet is a minute on its way, in milliseconds: WebRTC's own connectivity checks give up after half of that
/// (RFC 7675: 30 s).
pub(crate) const LONGEST_DELAY: f64 = 60_000.0;

/// A metric of the Voice SDK's samples that the configuration sets a threshold for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, VariantArray)]
pub enum Metric {
    /// Round-trip time, milliseconds.
    Rtt,
    /// Inbound jitter, milliseconds.
    Jitter,
    /// Net inbound packet loss, percent.
    PacketLoss,
    /// Mean opinion score.
    Mos,
}

impl Metric {
    /// All of them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Whether a second can have this value; of any other it is unknown (rule D1).
    #[must_use]
    pub(crate) fn is_plausible(self, value: f64) -> bool {
        let (least, most) = match self {
            Self::Rtt | Self::Jitter => (0.0, LONGEST_DELAY),
            // Less than nothing is lost when packets are found again.
            Self::PacketLoss => (f64::MIN, 100.0),
            // The E-model's scale; the SDK's own best is 4.433.
            Self::Mos => (1.0, 4.5),
        };
        // Not true of NaN, nor of infinity.
        value >= least && value <= most
    }

    /// Whether samples can ever pass the threshold, or be on its good side.
    ///
    /// MOS 6 is above every score there is, as is 4.44: then only the SDK's own warnings count (rule D4). No loss is above
    /// 100 %, whoever tells of it: then nothing counts.
    #[must_use]
    pub(crate) fn is_judged_by_samples(self, threshold: Value) -> bool {
        match self {
            Self::Mos => self.is_plausible(threshold.0) && threshold.0 <= mos::BEST.0,
            Self::PacketLoss => threshold.0 < 100.0,
            Self::Rtt | Self::Jitter => true,
        }
    }

    /// The best value that a second can have.
    #[must_use]
    pub fn best(self) -> Value {
        Value(match self {
            Self::Rtt | Self::Jitter | Self::PacketLoss => 0.0,
            Self::Mos => mos::BEST.0,
        })
    }

    /// The worst value that a second can have.
    #[must_use]
    pub fn worst(self) -> Value {
        Value(match self {
            Self::Rtt | Self::Jitter => LONGEST_DELAY,
            Self::PacketLoss => 100.0,
            Self::Mos => 1.0,
        })
    }

    /// Strictly beyond the threshold.
    #[must_use]
    pub fn breaches(self, value: Value, threshold: Value) -> bool {
        match self {
            Self::Mos => value < threshold,
            Self::Rtt | Self::Jitter | Self::PacketLoss => value > threshold,
        }
    }

    /// The worse of two values.
    #[must_use]
    pub fn worse(self, a: Value, b: Value) -> Value {
        if self.breaches(a, b) { a } else { b }
    }

    /// So far beyond the threshold that fewer seconds are proof enough (`RAISE_AT_SEVERE`).
    ///
    /// RTT at a tenth as much again, jitter and loss at half, are what a slipping network shows at once (loss5, loss8_rtcp,
    /// stale_rtcp_rtt500_opus, jitter100). A busy machine's lone spikes of jitter reach 36 ms at a threshold of 30, and of
    /// RTT 406 ms at 400; it loses no packets.
    /// One point of MOS is the width of a whole class of quality in ITU-T P.800.
    fn severe_from(self, threshold: Value) -> Value {
        let margin = match self {
            Self::Rtt => threshold.0 * 0.1,
            Self::Jitter | Self::PacketLoss => threshold.0 * 0.5,
            Self::Mos => 1.0,
        };
        towards(self.worst(), threshold, margin)
    }

    /// The good side of the threshold, with the margin that keeps a condition from flapping.
    ///
    /// A tenth: RTT in a steady recording stays within that (rtt300: 300 to 302 ms); jitter does not (jitter50: 19 to
    /// 35 ms), and there it takes the good seconds in a row that clear a condition (`CLEAR_AT`) to keep it from flapping.
    #[must_use]
    pub fn good_until(self, threshold: Value) -> Value {
        let margin = match self {
            Self::Rtt | Self::Jitter | Self::PacketLoss => threshold.0 * 0.1,
            Self::Mos => 0.1,
        };
        towards(self.best(), threshold, margin)
    }

    /// Judges one second's value.
    #[must_use]
    pub fn judge(self, value: Value, threshold: Value) -> Grade {
        if self.breaches(value, self.severe_from(threshold)) {
            Grade::Severe
        } else if self.breaches(value, threshold) {
            Grade::Breach
        } else if self.breaches(value, self.good_until(threshold)) {
            Grade::Marginal
        } else {
            Grade::Good
        }
    }
}

/// A margin from the threshold towards the best or the worst value: at most half of the way there, so that there are
/// values on either side of it at any threshold.
fn towards(end: Value, threshold: Value, margin: f64) -> Value {
    let left = end.0 - threshold.0;
    Value(threshold.0 + margin.min(left.abs() / 2.0).copysign(left))
}

/// What one known second says of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// On the good side, by more than the margin.
    Good,
    /// On the good side, but within the margin: no breach, and no proof that the trouble is over.
    Marginal,
    /// Beyond the threshold.
    Breach,
    /// Far beyond it.
    Severe,
}

impl Grade {
    /// Whether the threshold was passed.
    #[must_use]
    pub fn is_breach(self) -> bool {
        self >= Self::Breach
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_at_its_threshold_is_no_breach() {
        assert!(!Metric::Rtt.judge(Value(400.0), Value(400.0)).is_breach());
        assert!(Metric::Rtt.judge(Value(400.5), Value(400.0)).is_breach());
        assert!(!Metric::Mos.judge(Value(3.5), Value(3.5)).is_breach());
        assert!(Metric::Mos.judge(Value(3.49), Value(3.5)).is_breach());
    }

    #[test]
    fn samples_cannot_judge_a_mos_off_the_scale_nor_a_loss_of_everything() {
        assert!(!Metric::Mos.is_judged_by_samples(Value(6.0)));
        assert!(!Metric::PacketLoss.is_judged_by_samples(Value(100.0)));
        assert!(!Metric::Mos.is_judged_by_samples(Value(4.44)));
        assert!(Metric::Mos.is_judged_by_samples(Value(4.43)));
        assert!(Metric::PacketLoss.is_judged_by_samples(Value(70.0)));
    }

    #[test]
    fn a_zero_threshold_is_met_by_a_perfect_second_so_that_its_condition_can_clear() {
        assert_eq!(Metric::PacketLoss.judge(Value(0.0), Value(0.0)), Grade::Good);
    }

    #[test]
    fn whatever_the_threshold_the_best_second_is_good_and_the_worst_is_severe() {
        let tenths = |from: u32, until: u32| (from..until).map(|tenth| Value(f64::from(tenth) / 10.0));
        for metric in [Metric::Rtt, Metric::Jitter, Metric::PacketLoss, Metric::Mos] {
            for threshold in tenths(0, 1000).chain([4.34, 4.38, 4.43, 99.9].map(Value)) {
                if metric.is_judged_by_samples(threshold) && metric.is_plausible(threshold.0) {
                    assert_eq!(metric.judge(metric.best(), threshold), Grade::Good, "{metric:?} {threshold:?}");
                }
                if metric.is_judged_by_samples(threshold) && metric.breaches(metric.worst(), threshold) {
                    assert_eq!(metric.judge(metric.worst(), threshold), Grade::Severe, "{metric:?} {threshold:?}");
                }
            }
        }
    }

    #[test]
    fn a_margin_is_at_most_half_of_what_is_left_to_the_best_score() {
        for (threshold, until) in [(3.5, 3.6), (4.2, 4.3), (4.3, 4.3665), (4.4, 4.4165)] {
            let Value(found) = Metric::Mos.good_until(Value(threshold));
            assert!((found - until).abs() < 1e-9, "{threshold}: {found}");
        }
    }
}
