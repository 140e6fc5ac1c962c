//! From what is wrong to whose side it is on and what the agent can do (rule N1).

use crate::condition::{ConditionName, Conditions};
use crate::text::Text;

/// What is wrong in the agent's terms, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Diagnosis {
    /// Media or signalling is gone.
    ConnectionLost,
    /// Nothing of the agent reaches the customer.
    CustomerCannotHearYou,
    /// Nothing of the customer reaches the agent.
    NoAudioFromCustomer,
    /// The agent's microphone is silent.
    YourMicrophone,
    /// The agent's network loses, delays or jumbles packets.
    YourNetwork(Direction),
    /// Nothing is known to be wrong: the agent has been silent for long behind noise suppression, and is asked.
    CanCustomerHearYou,
}

/// Which way the trouble is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// From the customer to the agent.
    Inbound,
    /// From the agent to the customer.
    Outbound,
    /// Either way.
    Both,
}

impl Direction {
    /// Its name in documents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
            Self::Both => "both",
        }
    }
}

/// Whose side the trouble is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The call's connection as a whole.
    Connection,
    /// The network between the agent and Twilio.
    AgentNetwork,
    /// The agent's microphone or headset.
    AgentMicrophone,
    /// The customer's audio, before it reaches the agent's network.
    CustomerAudio,
    /// Nobody's: a matter of data quality.
    Unknown,
}

impl Side {
    /// Its name in documents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::AgentNetwork => "agent-network",
            Self::AgentMicrophone => "agent-microphone",
            Self::CustomerAudio => "customer-audio",
            Self::Unknown => "unknown",
        }
    }
}

/// How loudly to say it, loudest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// One of the two cannot hear the other.
    Critical,
    /// They can, but badly.
    Warning,
    /// Nothing is known to be wrong: it is there to be seen, and nobody's attention is called to it.
    Quiet,
}

impl ConditionName {
    /// The diagnosis of this condition alone; `None` where it is no trouble.
    #[must_use]
    pub fn diagnosis(self) -> Option<Diagnosis> {
        Some(match self {
            Self::IceConnectivityLost | Self::Reconnecting | Self::SignalingLost => Diagnosis::ConnectionLost,
            Self::NoOutboundAudio | Self::LowBytesSent => Diagnosis::CustomerCannotHearYou,
            Self::LowBytesReceived => Diagnosis::NoAudioFromCustomer,
            Self::ConstantAudioInputLevel => Diagnosis::YourMicrophone,
            Self::AudioGaps | Self::HighPacketLoss | Self::HighJitter => Diagnosis::YourNetwork(Direction::Inbound),
            Self::HighOutboundPacketLoss => Diagnosis::YourNetwork(Direction::Outbound),
            Self::HighRtt | Self::LowMos => Diagnosis::YourNetwork(Direction::Both),
            Self::SuppressedSilence => Diagnosis::CanCustomerHearYou,
            Self::StaleRtt => return None,
        })
    }
}

impl Diagnosis {
    /// The worst of what is active: one diagnosis, never a list.
    #[must_use]
    pub fn of(conditions: &Conditions) -> Option<Self> {
        let is_active = |name| conditions.is_active(name);
        let outbound_is_dead = is_active(ConditionName::LowBytesSent) || is_active(ConditionName::NoOutboundAudio);
        if outbound_is_dead && is_active(ConditionName::LowBytesReceived) {
            return Some(Self::ConnectionLost);
        }
        conditions.active().filter_map(ConditionName::diagnosis).min()
    }

    /// Its name in recordings, alerts and pages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ConnectionLost => "connection-lost",
            Self::CustomerCannotHearYou => "customer-cannot-hear-you",
            Self::NoAudioFromCustomer => "no-audio-from-customer",
            Self::YourMicrophone => "your-microphone",
            Self::YourNetwork(_) => "your-network",
            Self::CanCustomerHearYou => "can-customer-hear-you",
        }
    }

    /// Whose side it is on.
    #[must_use]
    pub fn side(self) -> Side {
        match self {
            Self::ConnectionLost => Side::Connection,
            Self::CustomerCannotHearYou | Self::YourNetwork(_) => Side::AgentNetwork,
            Self::NoAudioFromCustomer => Side::CustomerAudio,
            Self::YourMicrophone | Self::CanCustomerHearYou => Side::AgentMicrophone,
        }
    }

    /// Which way it is.
    #[must_use]
    pub fn direction(self) -> Direction {
        match self {
            Self::ConnectionLost => Direction::Both,
            Self::CustomerCannotHearYou | Self::YourMicrophone | Self::CanCustomerHearYou => Direction::Outbound,
            Self::NoAudioFromCustomer => Direction::Inbound,
            Self::YourNetwork(direction) => direction,
        }
    }

    /// Whether nothing is known to be wrong, and the agent is only asked.
    pub(crate) fn is_question(self) -> bool {
        self == Self::CanCustomerHearYou
    }

    /// How loudly to say it.
    #[must_use]
    pub fn urgency(self) -> Urgency {
        match self {
            Self::ConnectionLost | Self::CustomerCannotHearYou | Self::NoAudioFromCustomer => Urgency::Critical,
            Self::YourMicrophone | Self::YourNetwork(_) => Urgency::Warning,
            Self::CanCustomerHearYou => Urgency::Quiet,
        }
    }

    /// What the agent notices. The one thing to do is the text of the same key with `Advice` behind it.
    #[must_use]
    pub fn symptom(self) -> Text {
        Text::plain(match self {
            Self::ConnectionLost => "DeviceMonitoringConnectionLost",
            Self::CustomerCannotHearYou => "DeviceMonitoringCustomerCannotHearYou",
            Self::NoAudioFromCustomer => "DeviceMonitoringNoAudioFromCustomer",
            Self::YourMicrophone => "DeviceMonitoringYourMicrophone",
            Self::YourNetwork(Direction::Both) => "DeviceMonitoringYourNetworkBoth",
            Self::YourNetwork(Direction::Outbound) => "DeviceMonitoringYourNetworkOutbound",
            Self::YourNetwork(Direction::Inbound) => "DeviceMonitoringYourNetworkInbound",
            Self::CanCustomerHearYou => "DeviceMonitoringCanCustomerHearYou",
        })
    }

    /// Key of what it was, for a sentence after the call.
    #[must_use]
    pub(crate) fn past(self) -> &'static str {
        match self {
            Self::ConnectionLost => "DeviceMonitoringConnectionLostWas",
            Self::CustomerCannotHearYou => "DeviceMonitoringCustomerCannotHearYouWas",
            Self::NoAudioFromCustomer => "DeviceMonitoringNoAudioFromCustomerWas",
            Self::YourMicrophone => "DeviceMonitoringYourMicrophoneWas",
            Self::YourNetwork(_) => "DeviceMonitoringYourNetworkWas",
            // Never told after the call: it counts in nothing.
            Self::CanCustomerHearYou => "DeviceMonitoringCanCustomerHearYou",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::texts;
    use crate::units::Timestamp;

    fn active(names: &[ConditionName]) -> Conditions {
        let mut conditions = Conditions::from(Timestamp(0));
        for name in names {
            conditions.raise(*name, Timestamp(1), Timestamp(1), None);
        }
        conditions
    }

    #[test]
    fn the_worst_of_several_conditions_is_shown() {
        use ConditionName::{ConstantAudioInputLevel, HighRtt, LowBytesReceived};
        assert_eq!(Diagnosis::of(&active(&[HighRtt, ConstantAudioInputLevel])), Some(Diagnosis::YourMicrophone));
        assert_eq!(Diagnosis::of(&active(&[HighRtt, LowBytesReceived])), Some(Diagnosis::NoAudioFromCustomer));
        assert_eq!(Diagnosis::of(&active(&[])), None);
    }

    #[test]
    fn both_directions_dead_at_once_is_a_lost_connection() {
        use ConditionName::{LowBytesReceived, LowBytesSent};
        assert_eq!(Diagnosis::of(&active(&[LowBytesSent])), Some(Diagnosis::CustomerCannotHearYou));
        assert_eq!(Diagnosis::of(&active(&[LowBytesSent, LowBytesReceived])), Some(Diagnosis::ConnectionLost));
    }

    #[test]
    fn every_condition_has_the_diagnosis_side_and_direction_of_rule_n1() {
        use ConditionName as Name;
        let table = [
            (Name::IceConnectivityLost, "connection-lost", Side::Connection, Direction::Both),
            (Name::Reconnecting, "connection-lost", Side::Connection, Direction::Both),
            (Name::SignalingLost, "connection-lost", Side::Connection, Direction::Both),
            (Name::NoOutboundAudio, "customer-cannot-hear-you", Side::AgentNetwork, Direction::Outbound),
            (Name::LowBytesSent, "customer-cannot-hear-you", Side::AgentNetwork, Direction::Outbound),
            (Name::LowBytesReceived, "no-audio-from-customer", Side::CustomerAudio, Direction::Inbound),
            (Name::ConstantAudioInputLevel, "your-microphone", Side::AgentMicrophone, Direction::Outbound),
            (Name::AudioGaps, "your-network", Side::AgentNetwork, Direction::Inbound),
            (Name::HighPacketLoss, "your-network", Side::AgentNetwork, Direction::Inbound),
            (Name::HighJitter, "your-network", Side::AgentNetwork, Direction::Inbound),
            (Name::HighOutboundPacketLoss, "your-network", Side::AgentNetwork, Direction::Outbound),
            (Name::HighRtt, "your-network", Side::AgentNetwork, Direction::Both),
            (Name::LowMos, "your-network", Side::AgentNetwork, Direction::Both),
            (Name::SuppressedSilence, "can-customer-hear-you", Side::AgentMicrophone, Direction::Outbound),
        ];
        let said = ConditionName::ALL.into_iter().filter_map(|name| {
            let diagnosis = name.diagnosis()?;
            Some((name, diagnosis.as_str(), diagnosis.side(), diagnosis.direction()))
        });
        assert_eq!(said.collect::<Vec<_>>(), table);
    }

    #[test]
    fn a_silent_microphone_is_never_blamed_on_the_network() {
        let diagnosis = ConditionName::ConstantAudioInputLevel.diagnosis().unwrap();
        assert_eq!((diagnosis.side(), diagnosis.direction()), (Side::AgentMicrophone, Direction::Outbound));
    }

    #[test]
    fn every_diagnosis_has_a_symptom_an_advice_and_a_past_in_the_table() {
        use Diagnosis::{
            CanCustomerHearYou, ConnectionLost, CustomerCannotHearYou, NoAudioFromCustomer, YourMicrophone, YourNetwork,
        };
        let networks = [Direction::Inbound, Direction::Outbound, Direction::Both].map(YourNetwork);
        let others = [ConnectionLost, CustomerCannotHearYou, NoAudioFromCustomer, YourMicrophone, CanCustomerHearYou];
        for diagnosis in others.into_iter().chain(networks) {
            let symptom = diagnosis.symptom().key;
            for key in [symptom, diagnosis.past(), &format!("{symptom}Advice")] {
                assert!(texts().contains_key(key), "{key}");
            }
        }
    }
}
