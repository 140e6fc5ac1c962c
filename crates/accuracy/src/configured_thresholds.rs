//! The thresholds that the recordings' impairments were chosen for.

use serde_json::{Value, json};

/// Round-trip time, milliseconds.
pub const RTT: f64 = 400.0;
/// Packet loss, percent, in either direction.
pub const LOSS: f64 = 3.0;
/// Mean opinion score.
pub const MOS: f64 = 3.5;
/// Jitter, milliseconds.
pub const JITTER: f64 = 30.0;

/// The thresholds as a configuration of the engine.
#[must_use]
pub fn configuration() -> Value {
    json!({
        "alertAgent": true,
        "highRttThreshold": RTT,
        "highPacketsLostThreshold": LOSS,
        "lowMosThreshold": MOS,
        "highJitterThreshold": JITTER,
        "shortCallThreshold": 10,
        "endedInWarningIsTrigger": true,
        "warningDurPctThreshold": 15,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use device_monitoring::{Config, Metric};

    #[test]
    fn the_recordings_are_scored_under_the_recommended_thresholds() {
        let recommended = Config::recommended();
        let thresholds = [(Metric::Rtt, RTT), (Metric::PacketLoss, LOSS), (Metric::Mos, MOS), (Metric::Jitter, JITTER)];
        for (metric, threshold) in thresholds {
            assert_eq!(recommended.threshold(metric).0, threshold, "{metric:?}");
        }
    }
}
