//! What each of the SDK's warnings is about.

use crate::condition::ConditionName;
use crate::input::metric::Metric;
use crate::input::warning::WarningName;

/// What a warning is about.
pub(crate) enum WarningSubject {
    /// A metric with a configured threshold.
    Metric(Metric),
    /// A condition that is there while the warning is raised.
    Condition(ConditionName),
}

impl From<WarningName> for WarningSubject {
    fn from(name: WarningName) -> Self {
        match name {
            WarningName::HighRtt => Self::Metric(Metric::Rtt),
            WarningName::HighJitter => Self::Metric(Metric::Jitter),
            WarningName::HighPacketLoss | WarningName::HighPacketsLostFraction => Self::Metric(Metric::PacketLoss),
            WarningName::LowMos => Self::Metric(Metric::Mos),
            WarningName::LowBytesReceived => Self::Condition(ConditionName::LowBytesReceived),
            WarningName::LowBytesSent => Self::Condition(ConditionName::LowBytesSent),
            WarningName::ConstantAudioInputLevel => Self::Condition(ConditionName::ConstantAudioInputLevel),
            WarningName::IceConnectivityLost => Self::Condition(ConditionName::IceConnectivityLost),
        }
    }
}
