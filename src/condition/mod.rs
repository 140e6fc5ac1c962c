//! What can be wrong with a call: the conditions, and for how long each was there.

pub(crate) mod diagnosis;
mod episodes;

pub(crate) use episodes::{Conditions, Episode};

use crate::input::metric::Metric;
use crate::input::units::{Milliseconds, Value};
use enumset::EnumSetType;
use serde::Serialize;
use strum::{IntoStaticStr, VariantArray};

/// A round trip is measured every 2.5 s by STUN and every 5 s by RTCP, and itself takes time: in any second, it and the
/// score that is computed from it may be so old.
const ROUND_TRIP_LAG: Milliseconds = Milliseconds(4000.0);

/// Two good seconds in a row are common in a network that loses packets at random, and three are not.
const SEEN_BY_SAMPLES: Milliseconds = Milliseconds(2500.0);
/// RTCP reports come every 2 to 8 s.
const SEEN_BY_REPORTS: Milliseconds = Milliseconds(8500.0);

/// Something that is wrong, worst first. The names are the SDK's where it has one.
#[derive(Debug, PartialOrd, Ord, EnumSetType, IntoStaticStr, Serialize, VariantArray)]
#[serde(into = "&'static str")]
#[strum(serialize_all = "kebab-case")]
pub enum ConditionName {
    /// ICE is disconnected: no media in either direction.
    IceConnectivityLost,
    /// The SDK tries to get the media connection back.
    Reconnecting,
    /// The connection that sets up, changes and ends calls is gone; audio may still flow.
    SignalingLost,
    /// Nothing of the agent reaches the far side, although the browser sends.
    NoOutboundAudio,
    /// Nothing leaves the browser.
    LowBytesSent,
    /// Nothing arrives.
    LowBytesReceived,
    /// The microphone gives a level that does not vary: mostly silence.
    ConstantAudioInputLevel,
    /// The loudspeaker does not get its sound in time, although it arrives: the computer does not keep up.
    PlayoutGaps,
    /// Nothing arrived for a second or more, and the SDK counts no loss.
    AudioGaps,
    /// Packets from the customer are lost. The SDK's two warnings about loss are one condition.
    HighPacketLoss,
    /// Packets from the customer come unevenly.
    HighJitter,
    /// Packets of the agent are lost on their way to Twilio.
    HighOutboundPacketLoss,
    /// The way there and back takes long.
    HighRtt,
    /// The estimated score is low.
    LowMos,
    /// The agent talks while muted. Told once, quietly, and no trouble.
    TalkingWhileMuted,
    /// The microphone gives nothing at all, and noise suppression is known to be at work. It may be dead, or the agent
    /// may just be listening for long: the agent is asked, and it is no trouble.
    SuppressedSilence,
    /// No report has come for so long that the SDK's RTT is an old one. A matter of data quality: no trouble.
    StaleRtt,
}

impl ConditionName {
    /// All of them, worst first.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The condition that a metric beyond its threshold is.
    #[must_use]
    pub fn from_metric(metric: Metric) -> Self {
        match metric {
            Metric::Rtt => Self::HighRtt,
            Metric::Jitter => Self::HighJitter,
            Metric::PacketLoss => Self::HighPacketLoss,
            Metric::Mos => Self::LowMos,
        }
    }

    /// Whether it is known to degrade the call for agent or customer: only then does it count in verdicts. Without signalling they
    /// go on hearing each other; if they do not, other conditions are raised, and those count.
    #[must_use]
    pub(crate) fn is_degradation(self) -> bool {
        !matches!(self, Self::SignalingLost | Self::TalkingWhileMuted | Self::SuppressedSilence | Self::StaleRtt)
    }

    /// How long it may be bad without being seen to be.
    #[must_use]
    pub(crate) fn seen_every(self) -> Milliseconds {
        if self == Self::HighOutboundPacketLoss { SEEN_BY_REPORTS } else { SEEN_BY_SAMPLES }
    }

    /// How old its value may be in any second.
    #[must_use]
    pub(crate) fn lag(self) -> Milliseconds {
        match self {
            Self::HighRtt | Self::LowMos => ROUND_TRIP_LAG,
            _ => Milliseconds(0.0),
        }
    }

    /// The worse of two values of it.
    #[must_use]
    pub(crate) fn worse(self, a: Value, b: Value) -> Value {
        match self {
            Self::HighRtt => Metric::Rtt.worse(a, b),
            Self::HighJitter => Metric::Jitter.worse(a, b),
            Self::HighPacketLoss => Metric::PacketLoss.worse(a, b),
            Self::LowMos => Metric::Mos.worse(a, b),
            // Shares of packets or of time; the others have no value.
            Self::HighOutboundPacketLoss
            | Self::PlayoutGaps
            | Self::AudioGaps
            | Self::IceConnectivityLost
            | Self::Reconnecting
            | Self::SignalingLost
            | Self::NoOutboundAudio
            | Self::LowBytesSent
            | Self::LowBytesReceived
            | Self::ConstantAudioInputLevel
            | Self::TalkingWhileMuted
            | Self::SuppressedSilence
            | Self::StaleRtt => Value(a.0.max(b.0)),
        }
    }

    /// The metric behind it, where it has one.
    #[must_use]
    pub fn metric(self) -> Option<Metric> {
        Metric::ALL.iter().copied().find(|metric| Self::from_metric(*metric) == self)
    }

    /// Its name in recordings and alerts.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_metric_has_a_condition_that_has_this_metric() {
        for metric in Metric::ALL {
            let name = ConditionName::from_metric(*metric);
            assert_eq!(name.metric(), Some(*metric));
        }
    }
}
