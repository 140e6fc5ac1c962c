//! What can be wrong with a call: the conditions, and for how long each was there.

mod condition_properties;
pub(crate) mod diagnosis;
mod episodes;
mod spans;

pub(crate) use episodes::{Conditions, Episode};

use crate::input::metric::Metric;
use crate::input::units::{Milliseconds, Value};
pub(crate) use condition_properties::InboundPackets;
use condition_properties::{ConditionProperties, ConditionValue};
use diagnosis::Diagnosis;
use enumset::EnumSetType;
use serde::Serialize;
use strum::{IntoStaticStr, VariantArray};

/// Something that is wrong, worst first; lost signalling, which costs no audio, stands with the other lost connections.
/// The names are the SDK's where it has one.
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
    /// Short gaps in the customer's audio: a second without packets, seconds in a row of which much is concealed, or
    /// interruptions that keep coming back.
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
    /// Digital silence while noise suppression is on: a dead microphone or a listening agent. The agent is asked; it
    /// never counts in verdicts.
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

    /// The diagnosis that it contributes to; `None` where agents are told nothing.
    #[must_use]
    pub fn diagnosis(self) -> Option<Diagnosis> {
        ConditionProperties::new(self).diagnosis
    }

    /// Whether alerts can be about it: not if the agent is only asked or reminded, or if it concerns the data alone.
    #[must_use]
    pub fn can_be_in_alert(self) -> bool {
        self.diagnosis().is_some_and(|diagnosis| !diagnosis.is_question())
    }

    /// Whether it degrades the call for agent or customer; only then does it count in verdicts.
    #[must_use]
    pub(crate) fn degrades_call(self) -> bool {
        ConditionProperties::new(self).degrades_call
    }

    /// What becomes of the customer's packets while it is there.
    #[must_use]
    pub(crate) fn inbound_packets(self) -> InboundPackets {
        ConditionProperties::new(self).inbound_packets
    }

    /// Longest time between two observations of this condition.
    #[must_use]
    pub(crate) fn max_sampling_interval(self) -> Milliseconds {
        ConditionProperties::new(self).source.max_sampling_interval()
    }

    /// Longest age of its value in any second.
    #[must_use]
    pub(crate) fn max_staleness(self) -> Milliseconds {
        ConditionProperties::new(self).source.max_staleness()
    }

    /// The worse of two values of it.
    #[must_use]
    pub(crate) fn worse(self, a: Value, b: Value) -> Value {
        match ConditionProperties::new(self).value {
            ConditionValue::Of(metric) => metric.worse(a, b),
            // Without a value, nothing is ever compared.
            ConditionValue::Share | ConditionValue::Absent => Value(a.0.max(b.0)),
        }
    }

    /// The metric behind it, where it has one.
    #[must_use]
    pub fn metric(self) -> Option<Metric> {
        match ConditionProperties::new(self).value {
            ConditionValue::Of(metric) => Some(metric),
            ConditionValue::Share | ConditionValue::Absent => None,
        }
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
