//! One second of a call's statistics, with everything that cannot be true taken out.

use crate::input::lenient;
use crate::input::metric::Metric;
use crate::input::units::{Milliseconds, Mos, Percent};
use serde::{Deserialize, Serialize};

/// What the Voice SDK reported, untouched: `RTCSample` of `call.on('sample')`.
///
/// `NaN` stands for a value that was absent, null or not a number.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct RawSample {
    /// Inbound jitter (RFC 3550), milliseconds.
    #[serde(deserialize_with = "lenient::number")]
    pub jitter: f64,
    /// Round-trip time, milliseconds.
    #[serde(deserialize_with = "lenient::number")]
    pub rtt: f64,
    /// Inbound packets lost in this second; negative when late ones turned up.
    #[serde(deserialize_with = "lenient::number")]
    pub packets_lost: f64,
    /// Packets received in this second.
    #[serde(deserialize_with = "lenient::number")]
    pub packets_received: f64,
    /// Packets sent in this second.
    #[serde(deserialize_with = "lenient::number")]
    pub packets_sent: f64,
    /// Mean opinion score, 1.0 to 4.433.
    #[serde(deserialize_with = "lenient::number")]
    pub mos: f64,
    /// Bytes received in this second.
    #[serde(deserialize_with = "lenient::number")]
    pub bytes_received: f64,
    /// Bytes sent in this second.
    #[serde(deserialize_with = "lenient::number")]
    pub bytes_sent: f64,
    /// Level of the microphone, 0 to 32767.
    #[serde(deserialize_with = "lenient::number")]
    pub audio_input_level: f64,
    /// Level of what the agent hears, 0 to 32767.
    #[serde(deserialize_with = "lenient::number")]
    pub audio_output_level: f64,
}

impl Default for RawSample {
    fn default() -> Self {
        Self {
            jitter: f64::NAN,
            rtt: f64::NAN,
            packets_lost: f64::NAN,
            packets_received: f64::NAN,
            packets_sent: f64::NAN,
            mos: f64::NAN,
            bytes_received: f64::NAN,
            bytes_sent: f64::NAN,
            audio_input_level: f64::NAN,
            audio_output_level: f64::NAN,
        }
    }
}

/// A second of statistics in which every value is either possible or `None`: unknown (rule D1).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sample {
    /// Round-trip time.
    pub rtt: Option<Milliseconds>,
    /// Inbound jitter.
    pub jitter: Option<Milliseconds>,
    /// The SDK's estimate.
    pub mos: Option<Mos>,
    /// Packets lost and received; both or neither, since only together they tell a share.
    pub packets: Option<Packets>,
    /// Packets sent in this second.
    pub packets_sent: Option<f64>,
    /// Bytes received in this second.
    pub bytes_received: Option<f64>,
    /// Bytes sent in this second.
    pub bytes_sent: Option<f64>,
    /// Level of the microphone, 0 to 32767.
    pub audio_input_level: Option<f64>,
    /// Level of what the agent hears, 0 to 32767.
    pub audio_output_level: Option<f64>,
}

/// Inbound packets of one second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Packets {
    /// Lost in this second, less those found again: may be negative.
    pub lost: f64,
    /// Received in this second.
    pub received: f64,
}

impl Packets {
    /// Share that was lost; `None` when none was expected.
    pub(crate) fn loss(self) -> Option<Percent> {
        let lost = self.lost.max(0.0);
        let expected = lost + self.received;
        // A rounded quotient can be a little more than 100.
        (expected > 0.0).then(|| Percent((100.0 * lost / expected).min(100.0)))
    }
}

/// Audio sends 50 packets a second (20 ms each, 100 at most); a sample after a stalled minute holds a minute's worth.
const MAX_PACKETS: f64 = 10_000.0;
/// Far beyond what [`MAX_PACKETS`] can carry in Ethernet frames.
const MAX_BYTES: f64 = 15_000_000.0;
/// Levels are those of a 16-bit signed sample.
const HIGHEST_LEVEL: f64 = 32_767.0;

fn within(value: f64, range: std::ops::RangeInclusive<f64>) -> Option<f64> {
    // NaN is in no range, infinity in no finite one.
    range.contains(&value).then_some(value)
}

impl From<RawSample> for Sample {
    fn from(raw: RawSample) -> Self {
        // Each field by its name, so that a new one does not compile until it is handled here.
        let RawSample {
            jitter,
            rtt,
            packets_lost,
            packets_received,
            packets_sent,
            mos,
            bytes_received,
            bytes_sent,
            audio_input_level,
            audio_output_level,
        } = raw;
        let lost = within(packets_lost, -MAX_PACKETS..=MAX_PACKETS);
        let received = within(packets_received, 0.0..=MAX_PACKETS);
        Self {
            rtt: Metric::Rtt.is_plausible(rtt).then_some(Milliseconds(rtt)),
            jitter: Metric::Jitter.is_plausible(jitter).then_some(Milliseconds(jitter)),
            mos: Metric::Mos.is_plausible(mos).then_some(Mos(mos)),
            packets: lost.zip(received).map(|(lost, received)| Packets { lost, received }),
            packets_sent: within(packets_sent, 0.0..=MAX_PACKETS),
            bytes_received: within(bytes_received, 0.0..=MAX_BYTES),
            bytes_sent: within(bytes_sent, 0.0..=MAX_BYTES),
            audio_input_level: within(audio_input_level, 0.0..=HIGHEST_LEVEL),
            audio_output_level: within(audio_output_level, 0.0..=HIGHEST_LEVEL),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_cannot_be_are_unknown() {
        for impossible in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 1e300] {
            let raw = RawSample {
                jitter: impossible,
                rtt: impossible,
                packets_lost: if impossible == -1.0 { f64::NAN } else { impossible },
                packets_received: impossible,
                packets_sent: impossible,
                mos: impossible,
                bytes_received: impossible,
                bytes_sent: impossible,
                audio_input_level: impossible,
                audio_output_level: impossible,
            };
            assert_eq!(Sample::from(raw), Sample::default(), "{impossible}");
        }
    }

    #[test]
    fn a_mos_off_the_scale_is_unknown_as_in_the_published_report_of_687268() {
        let mos = |mos| Sample::from(RawSample { mos, ..RawSample::default() }).mos;
        assert_eq!(mos(687_268.0), None);
        assert_eq!(mos(0.0), None);
        assert_eq!(mos(4.433), Some(Mos(4.433)));
    }

    #[test]
    fn a_found_packet_makes_the_loss_of_its_second_negative_and_that_is_possible() {
        let raw = RawSample { packets_lost: -3.0, packets_received: 50.0, ..RawSample::default() };
        assert_eq!(Sample::from(raw).packets, Some(Packets { lost: -3.0, received: 50.0 }));
    }

    #[test]
    fn text_and_null_in_a_recorded_sample_are_unknown_values() {
        let raw: RawSample = serde_json::from_str(r#"{"rtt":"500","mos":null,"jitter":{},"packetsLost":1}"#).unwrap();
        assert_eq!(Sample::from(raw), Sample::default());
    }
}
