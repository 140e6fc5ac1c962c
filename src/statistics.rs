//! What the peer connection itself knows beyond the Voice SDK's samples: W3C webrtc-stats, read once a second where
//! they can be had (rule D7). Everything else works the same without them.

use crate::metric::Metric;
use crate::units::{Milliseconds, Percent};

/// As the browser reports it, untouched, under the names of W3C webrtc-stats; `NaN` stands for what was not there.
#[derive(Clone, Copy, Debug)]
pub struct RawStatistics {
    /// `candidate-pair.currentRoundTripTime`, seconds: measured by STUN every 2.5 s, also when RTCP has stopped.
    pub current_round_trip_time: f64,
    /// `candidate-pair.responsesReceived` since the start: one more with every check that was answered.
    pub responses_received: f64,
    /// `remote-inbound-rtp.fractionLost`, 0 to 1: what the far side says is lost of the agent's packets.
    pub fraction_lost: f64,
    /// `remote-inbound-rtp.roundTripTimeMeasurements`: one more with every report about the agent's packets.
    pub round_trip_time_measurements: f64,
    /// `remote-outbound-rtp.reportsSent`: one more with every report about the customer's packets.
    pub reports_sent: f64,
    /// `inbound-rtp.concealedSamples` since the start: made up because nothing was there to play.
    pub concealed_samples: f64,
    /// `inbound-rtp.totalSamplesReceived` since the start: played, made up or not.
    pub total_samples_received: f64,
    /// `inbound-rtp.packetsLost` since the start.
    pub packets_lost: f64,
    /// `inbound-rtp.packetsReceived` since the start.
    pub packets_received: f64,
    /// `media-source.audioLevel`, 0 to 1: the microphone at this moment.
    pub audio_level: f64,
}

impl Default for RawStatistics {
    /// Nothing is there.
    fn default() -> Self {
        Self {
            current_round_trip_time: f64::NAN,
            responses_received: f64::NAN,
            fraction_lost: f64::NAN,
            round_trip_time_measurements: f64::NAN,
            reports_sent: f64::NAN,
            concealed_samples: f64::NAN,
            total_samples_received: f64::NAN,
            packets_lost: f64::NAN,
            packets_received: f64::NAN,
            audio_level: f64::NAN,
        }
    }
}

/// The same with everything that cannot be true taken out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Statistics {
    /// Round-trip time of the path that the media takes.
    pub path_rtt: Option<Milliseconds>,
    /// How many of the checks that measure it were answered.
    pub path_responses: Option<f64>,
    /// What the far side last said is lost of the agent's packets.
    pub outbound_loss: Option<Percent>,
    /// How many reports about the agent's packets have come.
    pub outbound_reports: Option<f64>,
    /// How many reports about the customer's packets have come.
    pub inbound_reports: Option<f64>,
    /// What was played so far; all or nothing.
    pub played: Option<Played>,
    /// Whether the microphone gives exactly nothing at this moment.
    pub microphone_is_zero: Option<bool>,
}

/// Counters of what was played, since the start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Played {
    /// Samples of sound, made up or not.
    pub samples: f64,
    /// Of them, made up.
    pub concealed: f64,
    /// Packets that came.
    pub packets: f64,
    /// Packets that were lost.
    pub lost: f64,
}

impl From<RawStatistics> for Statistics {
    fn from(raw: RawStatistics) -> Self {
        let counter = |value: f64| (value >= 0.0 && value.is_finite()).then_some(value);
        let path_rtt = raw.current_round_trip_time * 1000.0;
        let outbound_loss = raw.fraction_lost * 100.0;
        let played = counter(raw.total_samples_received)
            .zip(counter(raw.concealed_samples))
            .zip(counter(raw.packets_received))
            .filter(|_| raw.packets_lost.is_finite())
            .map(|((samples, concealed), packets)| Played { samples, concealed, packets, lost: raw.packets_lost });
        Self {
            path_rtt: Metric::Rtt.can_be(path_rtt).then_some(Milliseconds(path_rtt)),
            path_responses: counter(raw.responses_received),
            outbound_loss: (0.0..=100.0).contains(&outbound_loss).then_some(Percent(outbound_loss)),
            outbound_reports: counter(raw.round_trip_time_measurements),
            inbound_reports: counter(raw.reports_sent),
            played,
            microphone_is_zero: (0.0..=1.0).contains(&raw.audio_level).then_some(raw.audio_level == 0.0),
        }
    }
}

impl Played {
    /// Share of the sound between two readings that was made up although no packet is known to be lost, 0 to 1.
    pub(crate) fn gap_since(self, earlier: Self) -> Option<f64> {
        let samples = self.samples - earlier.samples;
        let lost = (self.lost - earlier.lost).max(0.0);
        let packets = lost + (self.packets - earlier.packets).max(0.0);
        let loss = if packets > 0.0 { lost / packets } else { 0.0 };
        (samples > 0.0).then(|| (self.concealed - earlier.concealed) / samples - loss)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_and_what_cannot_be_is_unknown() {
        assert_eq!(Statistics::from(RawStatistics::default()), Statistics::default());
        let impossible = RawStatistics {
            current_round_trip_time: -0.1,
            fraction_lost: 1.5,
            reports_sent: f64::INFINITY,
            responses_received: -1.0,
            audio_level: 2.0,
            ..RawStatistics::default()
        };
        assert_eq!(Statistics::from(impossible), Statistics::default());
    }

    #[test]
    fn units_are_those_of_the_samples() {
        let known = RawStatistics {
            current_round_trip_time: 0.601,
            fraction_lost: 0.08,
            audio_level: 0.0,
            ..RawStatistics::default()
        };
        let known = Statistics::from(known);
        assert_eq!(known.path_rtt, Some(Milliseconds(601.0)));
        assert_eq!(known.outbound_loss, Some(Percent(8.0)));
        assert_eq!(known.microphone_is_zero, Some(true));
    }

    #[test]
    fn sound_made_up_for_packets_that_are_lost_is_loss_and_not_a_gap() {
        let earlier = Played { samples: 8000.0, concealed: 0.0, packets: 50.0, lost: 0.0 };
        let lossy = Played { samples: 16_000.0, concealed: 2400.0, packets: 85.0, lost: 15.0 };
        assert!(lossy.gap_since(earlier).unwrap().abs() < 0.01);
        let gap = Played { samples: 16_000.0, concealed: 6000.0, packets: 62.0, lost: 0.0 };
        assert_eq!(gap.gap_since(earlier), Some(0.75));
    }
}
