//! What the peer connection itself knows beyond the Voice SDK's samples: W3C webrtc-stats, read once a second where
//! they can be had (rule D7). Everything else works the same without them.

use crate::input::lenient;
use crate::input::metric::Metric;
use crate::input::units::{Milliseconds, Percent};
use serde::{Deserialize, Serialize};

/// No echo is softer or louder than its sound by more: the range of 32-bit samples is 193 dB.
const MAX_DECIBELS: f64 = 200.0;

/// As the browser reports it, untouched: of each W3C webrtc-stats report what is used, under its name there.
///
/// `NaN` stands for a value that was absent or not a number.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct RawStatistics {
    /// The pair of ICE candidates that the media takes.
    #[serde(deserialize_with = "lenient::fields")]
    pub candidate_pair: CandidatePair,
    /// The far side's receiver reports about the agent's packets.
    #[serde(deserialize_with = "lenient::fields")]
    pub remote_inbound: RemoteInbound,
    /// The far side's sender reports about the customer's packets.
    #[serde(deserialize_with = "lenient::fields")]
    pub remote_outbound: RemoteOutbound,
    /// The customer's audio as it arrives.
    #[serde(deserialize_with = "lenient::fields")]
    pub inbound: Inbound,
    /// The microphone.
    #[serde(deserialize_with = "lenient::fields")]
    pub media_source: MediaSource,
    /// What the loudspeaker gets.
    #[serde(deserialize_with = "lenient::fields")]
    pub media_playout: MediaPlayout,
}

/// One type of report: numbers, each `NaN` where it is absent.
macro_rules! report {
    ($(#[$about:meta])* $report:ident { $($(#[$what:meta])* $number:ident,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Serialize, Deserialize)]
        #[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
        #[serde(rename_all = "camelCase", default)]
        pub struct $report {
            $(
                $(#[$what])*
                #[serde(deserialize_with = "lenient::number")]
                pub $number: f64,
            )*
        }

        impl Default for $report {
            fn default() -> Self {
                Self { $($number: f64::NAN,)* }
            }
        }
    };
}

report! {
    /// `RTCIceCandidatePairStats`.
    CandidatePair {
        /// Seconds: measured by STUN every 2.5 s, also when RTCP has stopped.
        current_round_trip_time,
        /// Since the start: one more with every check that was answered.
        responses_received,
    }
}

report! {
    /// `RTCRemoteInboundRtpStreamStats`.
    RemoteInbound {
        /// Share of the agent's packets that is lost, 0 to 1.
        fraction_lost,
        /// The agent's packets lost since the start, less those found again.
        packets_lost,
        /// Since the start: one more with every receiver report.
        round_trip_time_measurements,
    }
}

report! {
    /// `RTCRemoteOutboundRtpStreamStats`.
    RemoteOutbound {
        /// Since the start: one more with every sender report. Firefox does not have it.
        reports_sent,
        /// When the newest sender report was sent, by the far side's clock: milliseconds since 1970.
        remote_timestamp,
    }
}

report! {
    /// `RTCInboundRtpStreamStats`; counters since the start.
    Inbound {
        /// Samples of sound that were made up because nothing was there to play.
        concealed_samples,
        /// Concealed samples that were silence.
        silent_concealed_samples,
        /// Samples of sound that were played, made up or not.
        total_samples_received,
        /// Seconds that samples waited in the jitter buffer, all together.
        jitter_buffer_delay,
        /// Samples that have left the jitter buffer.
        jitter_buffer_emitted_count,
        /// Packets that were lost, less those found again.
        packets_lost,
        /// Packets that came.
        packets_received,
        /// Stretches of made-up samples, however long.
        concealment_events,
    }
}

report! {
    /// `RTCAudioSourceStats`.
    MediaSource {
        /// Level of the microphone at this moment, 0 to 1.
        audio_level,
        /// Decibels by which the loudspeaker's sound is softer when it comes back through the microphone.
        echo_return_loss,
        /// Decibels that the echo canceller adds to that.
        echo_return_loss_enhancement,
    }
}

report! {
    /// `RTCAudioPlayoutStats`, of all calls of the page together; only Chromium has it.
    MediaPlayout {
        /// Seconds of sound that were made up because nothing was ready when the loudspeaker asked for it.
        synthesized_samples_duration,
        /// Seconds of sound that the loudspeaker asked for, made up or not.
        total_samples_duration,
    }
}

/// [`RawStatistics`] without values that cannot be true.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Statistics {
    /// Round-trip time of the path that the media takes.
    pub ice_rtt: Option<Milliseconds>,
    /// How many of the checks that measure it were answered.
    pub ice_responses: Option<f64>,
    /// What the far side last said is lost of the agent's packets.
    pub outbound_loss: Option<Percent>,
    /// How many of the agent's packets the far side has missed since the start, less those that came late.
    pub outbound_lost: Option<f64>,
    /// How many reports about the agent's packets have come.
    pub receiver_reports: Option<f64>,
    /// Which reports about the customer's packets have come.
    pub sender_reports: Option<SenderReports>,
    /// What was played so far; all or nothing.
    pub played: Option<Played>,
    /// What went through the jitter buffer so far.
    pub jitter_buffer: Option<JitterBuffer>,
    /// Whether the microphone gives exactly nothing at this moment.
    pub microphone_is_zero: Option<bool>,
    /// Stretches of made-up sound so far.
    pub concealment_events: Option<f64>,
    /// What the loudspeaker has got so far; all or nothing.
    pub playout: Option<Playout>,
    /// How much softer the loudspeaker's sound comes back through the microphone, in decibels.
    pub echo_return_loss: Option<f64>,
    /// How much of that the echo canceller takes away, in decibels.
    pub echo_return_loss_enhancement: Option<f64>,
}

/// What the browser says of the far side's reports about the customer's packets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SenderReports {
    /// How many have come since the start.
    Count(f64),
    /// When the newest one was sent, by the far side's clock: another one has another time. For browsers that do not
    /// count them.
    NewestSentAt(f64),
}

/// Seconds of sound that the loudspeaker has asked for, since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Playout {
    /// All seconds of sound, made up or not.
    pub total: f64,
    /// Seconds of sound made up because nothing was ready.
    pub synthesized: f64,
}

/// Counters of what was played, since the start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Played {
    /// Samples of sound, made up or not.
    pub samples: f64,
    /// Samples that were made up.
    pub concealed: f64,
    /// Of these, those that were silence; `None` where the browser does not tell them apart.
    pub silent: Option<f64>,
    /// Packets that came.
    pub packets: f64,
    /// Packets that were lost.
    pub lost: f64,
}

/// Counters of the jitter buffer, since the start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JitterBuffer {
    /// Seconds that all samples together waited in it.
    pub delay: f64,
    /// Samples that have left it.
    pub emitted: f64,
}

impl From<RawStatistics> for Statistics {
    fn from(raw: RawStatistics) -> Self {
        // Each field by its name, so that a new one does not compile until it is handled here.
        let RawStatistics {
            candidate_pair: CandidatePair { current_round_trip_time, responses_received },
            remote_inbound: RemoteInbound { fraction_lost, packets_lost: outbound_lost, round_trip_time_measurements },
            remote_outbound: RemoteOutbound { reports_sent, remote_timestamp },
            inbound:
                Inbound {
                    concealed_samples,
                    silent_concealed_samples,
                    total_samples_received,
                    jitter_buffer_delay,
                    jitter_buffer_emitted_count,
                    packets_lost,
                    packets_received,
                    concealment_events,
                },
            media_source: MediaSource { audio_level, echo_return_loss, echo_return_loss_enhancement },
            media_playout: MediaPlayout { synthesized_samples_duration, total_samples_duration },
        } = raw;
        let counter = |value: f64| (value >= 0.0 && value.is_finite()).then_some(value);
        let decibels = |value: f64| (value.abs() <= MAX_DECIBELS).then_some(value);
        let ice_rtt = current_round_trip_time * 1000.0;
        let outbound_loss = fraction_lost * 100.0;
        let played = counter(total_samples_received)
            .zip(counter(concealed_samples))
            .zip(counter(packets_received))
            .filter(|_| packets_lost.is_finite())
            .map(|((samples, concealed), packets)| Played {
                samples,
                concealed,
                silent: counter(silent_concealed_samples).filter(|silent| *silent <= concealed),
                packets,
                lost: packets_lost,
            });
        let jitter_buffer = counter(jitter_buffer_delay)
            .zip(counter(jitter_buffer_emitted_count))
            .map(|(delay, emitted)| JitterBuffer { delay, emitted });
        Self {
            ice_rtt: Metric::Rtt.is_plausible(ice_rtt).then_some(Milliseconds(ice_rtt)),
            ice_responses: counter(responses_received),
            outbound_loss: (0.0..=100.0).contains(&outbound_loss).then_some(Percent(outbound_loss)),
            outbound_lost: outbound_lost.is_finite().then_some(outbound_lost),
            receiver_reports: counter(round_trip_time_measurements),
            sender_reports: counter(reports_sent)
                .map(SenderReports::Count)
                .or(counter(remote_timestamp).map(SenderReports::NewestSentAt)),
            played,
            jitter_buffer,
            microphone_is_zero: (0.0..=1.0).contains(&audio_level).then_some(audio_level == 0.0),
            concealment_events: counter(concealment_events),
            playout: counter(total_samples_duration)
                .zip(counter(synthesized_samples_duration))
                .map(|(total, synthesized)| Playout { total, synthesized }),
            echo_return_loss: decibels(echo_return_loss),
            echo_return_loss_enhancement: decibels(echo_return_loss_enhancement),
        }
    }
}

impl Statistics {
    /// Whether packets have come since an earlier reading and nothing has left the jitter buffer, out of which something
    /// came before: what arrives is not played.
    pub(crate) fn stands_still_since(&self, earlier: &Self) -> bool {
        let packets = self.played.zip(earlier.played).map(|(now, before)| now.packets - before.packets);
        let emitted = self.jitter_buffer.zip(earlier.jitter_buffer).filter(|(_, before)| before.emitted > 0.0);
        packets.is_some_and(|packets| packets > 0.0)
            && emitted.is_some_and(|(now, before)| now.emitted <= before.emitted)
    }
}

impl JitterBuffer {
    /// How long a sample waited on average between two readings; `None` where none left the buffer.
    pub(crate) fn delay_since(self, earlier: Self) -> Option<Milliseconds> {
        let emitted = self.emitted - earlier.emitted;
        let delay = 1000.0 * (self.delay - earlier.delay) / emitted;
        (emitted > 0.0 && Metric::Jitter.is_plausible(delay)).then_some(Milliseconds(delay))
    }
}

impl Played {
    /// Share of the sound between two readings that was made up and could be heard, percent. Silence that is made up
    /// for silence is heard by nobody.
    pub(crate) fn audibly_concealed_since(self, earlier: Self) -> Option<Percent> {
        let samples = self.samples - earlier.samples;
        let concealed = self.concealed - earlier.concealed - (self.silent? - earlier.silent?);
        let share = 100.0 * concealed / samples;
        (samples > 0.0 && concealed >= 0.0).then_some(Percent(share.min(100.0)))
    }

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
            candidate_pair: CandidatePair { current_round_trip_time: -0.1, responses_received: -1.0 },
            remote_inbound: RemoteInbound { fraction_lost: 1.5, ..RemoteInbound::default() },
            remote_outbound: RemoteOutbound { reports_sent: f64::INFINITY, remote_timestamp: -1.0 },
            media_source: MediaSource { audio_level: 2.0, echo_return_loss: 1e9, ..MediaSource::default() },
            ..RawStatistics::default()
        };
        assert_eq!(Statistics::from(impossible), Statistics::default());
    }

    #[test]
    fn units_are_those_of_the_samples() {
        let known = RawStatistics {
            candidate_pair: CandidatePair { current_round_trip_time: 0.601, ..CandidatePair::default() },
            remote_inbound: RemoteInbound { fraction_lost: 0.08, ..RemoteInbound::default() },
            media_source: MediaSource { audio_level: 0.0, echo_return_loss: -30.0, ..MediaSource::default() },
            ..RawStatistics::default()
        };
        let known = Statistics::from(known);
        assert_eq!(known.ice_rtt, Some(Milliseconds(601.0)));
        assert_eq!(known.outbound_loss, Some(Percent(8.0)));
        assert_eq!(known.microphone_is_zero, Some(true));
        assert_eq!(known.echo_return_loss, Some(-30.0));
    }

    #[test]
    fn sender_reports_that_the_browser_does_not_count_are_told_apart_by_when_they_were_sent() {
        let reports = |reports_sent, remote_timestamp| {
            let remote_outbound = RemoteOutbound { reports_sent, remote_timestamp };
            Statistics::from(RawStatistics { remote_outbound, ..RawStatistics::default() }).sender_reports
        };
        assert_eq!(reports(3.0, 1.8e12), Some(SenderReports::Count(3.0)));
        assert_eq!(reports(f64::NAN, 1.8e12), Some(SenderReports::NewestSentAt(1.8e12)));
    }

    #[test]
    fn a_part_or_a_value_of_another_type_is_unknown_and_the_rest_is_read() {
        let raw: RawStatistics = serde_json::from_str(
            r#"{"candidatePair":[0.5,3],"remoteInbound":{"fractionLost":"0.1","roundTripTimeMeasurements":7,"more":{}},
                "remoteOutbound":null,"inbound":"none","mediaSource":{"audioLevel":0.25},"totals":[{}]}"#,
        )
        .unwrap();
        let expected =
            Statistics { receiver_reports: Some(7.0), microphone_is_zero: Some(false), ..Statistics::default() };
        assert_eq!(Statistics::from(raw), expected);
    }

    #[test]
    fn sound_made_up_for_packets_that_are_lost_is_loss_and_not_a_gap() {
        let earlier = Played { samples: 8000.0, concealed: 0.0, silent: Some(0.0), packets: 50.0, lost: 0.0 };
        let lossy = Played { samples: 16_000.0, concealed: 2400.0, silent: Some(0.0), packets: 85.0, lost: 15.0 };
        assert!(lossy.gap_since(earlier).unwrap().abs() < 0.01);
        let gap = Played { samples: 16_000.0, concealed: 6000.0, silent: Some(0.0), packets: 62.0, lost: 0.0 };
        assert_eq!(gap.gap_since(earlier), Some(0.75));
    }

    #[test]
    fn silence_that_is_made_up_is_not_heard() {
        let earlier = Played { samples: 8000.0, concealed: 0.0, silent: Some(0.0), packets: 50.0, lost: 0.0 };
        let later = |silent| Played { samples: 16_000.0, concealed: 2000.0, silent, ..earlier };
        assert_eq!(later(Some(0.0)).audibly_concealed_since(earlier), Some(Percent(25.0)));
        assert_eq!(later(Some(1600.0)).audibly_concealed_since(earlier), Some(Percent(5.0)));
        assert_eq!(later(None).audibly_concealed_since(earlier), None);
        assert_eq!(earlier.audibly_concealed_since(earlier), None);
    }

    #[test]
    fn the_delay_of_the_jitter_buffer_is_that_of_the_samples_since_the_reading_before() {
        let earlier = JitterBuffer { delay: 100.0, emitted: 8000.0 };
        assert_eq!(JitterBuffer { delay: 580.0, emitted: 16_000.0 }.delay_since(earlier), Some(Milliseconds(60.0)));
        assert_eq!(earlier.delay_since(earlier), None);
    }
}
