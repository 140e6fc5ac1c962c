//! The mean opinion score as the Voice SDK estimates it, for the seconds in which the SDK's own is wrong.
//!
//! The SDK takes its loss from one second's counters, where a reordered packet is first lost and then found again.
//! The engine knows the net loss and computes the same estimate from that (rule D1).
//! Source: `rtc/mos.ts` of `@twilio/voice-sdk`, a simplification of the E-model, ITU-T G.107.

use crate::input::units::{Milliseconds, Mos, Percent};

/// R0 of the E-model less the default impairments, as the SDK has it.
const BEST_R: f64 = 94.768;

/// The best score there is: no loss, no jitter and no delay.
pub const BEST: Mos = Mos(4.433);

/// The estimate for one second of audio.
///
/// `rtt` and `jitter` in milliseconds, `loss` in percent of the packets expected. Always between 1 and 4.5.
#[must_use]
pub fn estimate(rtt: Milliseconds, jitter: Milliseconds, loss: Percent) -> Mos {
    let effective_latency = rtt.0 + 2.0 * jitter.0 + 10.0;
    let after_delay = if effective_latency < 160.0 {
        BEST_R - effective_latency / 40.0
    } else if effective_latency < 1000.0 {
        BEST_R - (effective_latency - 120.0) / 10.0
    } else {
        0.0
    };
    let r = if loss.0 <= after_delay / 2.5 { (after_delay - 2.5 * loss.0).max(6.52) } else { 0.0 };
    Mos(1.0 + 0.035 * r + 0.000_007 * r * (r - 60.0) * (100.0 - r))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_gives_what_the_sdk_gave_in_recorded_calls() {
        // rtt, jitter, loss and mos of single samples of the recordings (loss5, jitter50_reorder, rtt300).
        for (rtt, jitter, loss, mos) in [
            (6.775, 2.0, 3.9216, 4.1803),
            (1.068, 3.0, 6.1224, 3.987),
            (176.331, 31.0, 1.8868, 3.9147),
            (1.0, 3.0, 0.0, 4.4303),
        ] {
            let estimated = estimate(Milliseconds(rtt), Milliseconds(jitter), Percent(loss)).0;
            assert!((estimated - mos).abs() < 0.0002, "{estimated} for {mos}");
        }
    }

    #[test]
    fn the_best_is_that_of_a_second_without_loss_jitter_and_delay() {
        let estimated = estimate(Milliseconds(0.0), Milliseconds(0.0), Percent(0.0)).0;
        assert!((BEST.0..BEST.0 + 0.001).contains(&estimated), "{estimated}");
    }

    #[test]
    fn it_is_lowest_when_nothing_arrives_or_everything_comes_a_second_late() {
        for (rtt, loss) in [(1.0, 100.0), (1000.0, 0.0)] {
            let estimated = estimate(Milliseconds(rtt), Milliseconds(1.0), Percent(loss)).0;
            assert!((estimated - 1.0).abs() < 0.001, "{estimated}");
        }
    }
}
