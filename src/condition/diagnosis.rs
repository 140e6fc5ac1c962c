//! From what is wrong to whose side it is on and what the agent can do (rule N1).

use crate::condition::{ConditionName, Conditions, Episode};
use crate::text::Text;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

/// What is wrong in the agent's terms, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr, Serialize)]
#[serde(into = "&'static str")]
#[strum(serialize_all = "kebab-case")]
pub enum Diagnosis {
    /// Nothing arrives in either direction.
    ConnectionLost,
    /// Nothing of the agent reaches the customer.
    CustomerCannotHearYou,
    /// Nothing reaches the agent. Twilio's mixer always sends, so this is never the customer's silence.
    NoAudioFromCustomer,
    /// The agent's microphone is silent.
    YourMicrophone,
    /// The agent's computer does not play in time what arrives.
    YourComputer,
    /// The agent's network loses or jumbles packets both ways.
    #[strum(serialize = "your-network")]
    GapsBothWays,
    /// The agent's network loses or jumbles packets one way, or delays them.
    YourNetwork(Direction),
    /// The call goes on without its signalling: it may not be possible to hold or transfer.
    SignalingLost,
    /// The agent talks while muted, and the customer hears nothing of it.
    TalkingWhileMuted,
    /// Nothing is known to be wrong: the agent has been silent for long behind noise suppression, and is asked.
    CanCustomerHearYou,
}

/// Which way the trouble is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr, Serialize)]
#[serde(into = "&'static str")]
#[strum(serialize_all = "kebab-case")]
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
        self.into()
    }
}

/// Whose side the trouble is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, Serialize)]
#[serde(into = "&'static str")]
#[strum(serialize_all = "kebab-case")]
pub enum Side {
    /// The call's connection as a whole.
    Connection,
    /// The network between the agent and Twilio.
    AgentNetwork,
    /// The agent's microphone or headset.
    AgentMicrophone,
    /// The agent's computer.
    AgentComputer,
    /// Nobody's: a matter of data quality.
    Unknown,
}

impl Side {
    /// Its name in documents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// How loudly to say it, loudest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Urgency {
    /// One of the two cannot hear the other.
    Critical,
    /// They can, but badly.
    Warning,
    /// They can. It is shown, but nobody's attention is called to it.
    Quiet,
}

impl ConditionName {
    /// The diagnosis that this condition contributes to; `None` where it is no trouble. ICE and reconnecting explain a
    /// lost connection, and claim nothing while sound passes ([`Diagnosis::from_conditions`]).
    #[must_use]
    pub fn diagnosis(self) -> Option<Diagnosis> {
        Some(match self {
            Self::IceConnectivityLost | Self::Reconnecting => Diagnosis::ConnectionLost,
            Self::SignalingLost => Diagnosis::SignalingLost,
            Self::NoOutboundAudio | Self::LowBytesSent => Diagnosis::CustomerCannotHearYou,
            Self::LowBytesReceived => Diagnosis::NoAudioFromCustomer,
            Self::ConstantAudioInputLevel => Diagnosis::YourMicrophone,
            Self::PlayoutGaps => Diagnosis::YourComputer,
            Self::AudioGaps | Self::HighPacketLoss | Self::HighJitter => Diagnosis::YourNetwork(Direction::Inbound),
            Self::HighOutboundPacketLoss => Diagnosis::YourNetwork(Direction::Outbound),
            Self::HighRtt | Self::LowMos => Diagnosis::YourNetwork(Direction::Both),
            Self::TalkingWhileMuted => Diagnosis::TalkingWhileMuted,
            Self::SuppressedSilence => Diagnosis::CanCustomerHearYou,
            Self::StaleRtt => return None,
        })
    }
}

/// What explains that nothing arrives in either direction, where nothing comes in.
const EXPLANATIONS: [ConditionName; 3] =
    [ConditionName::IceConnectivityLost, ConditionName::Reconnecting, ConditionName::SignalingLost];

impl Diagnosis {
    /// The worst of what is active: one diagnosis, never a list.
    #[must_use]
    pub fn from_conditions(conditions: &Conditions) -> Option<Self> {
        Self::among(|name| conditions.is_active(name))
    }

    /// The worst of the conditions for which `is_active` holds.
    pub(crate) fn among(is_active: impl Fn(ConditionName) -> bool) -> Option<Self> {
        let any = |names: &[ConditionName]| names.iter().any(|name| is_active(*name));
        let inbound_is_dead = is_active(ConditionName::LowBytesReceived);
        let outbound_is_dead = any(&[ConditionName::LowBytesSent, ConditionName::NoOutboundAudio]);
        if inbound_is_dead && (outbound_is_dead || any(&EXPLANATIONS)) {
            return Some(Self::ConnectionLost);
        }
        let active = ConditionName::ALL.iter().copied().filter(|name| is_active(*name));
        let worst = active.filter_map(ConditionName::diagnosis).filter(|one| *one != Self::ConnectionLost).min();
        match worst {
            Some(Self::YourNetwork(Direction::Inbound)) if is_active(ConditionName::HighOutboundPacketLoss) => {
                Some(Self::GapsBothWays)
            }
            worst => worst,
        }
    }

    /// What an episode was in the agent's terms, given everything else that was wrong with the call; `None` where
    /// nobody noticed anything.
    pub(crate) fn from_episode(name: ConditionName, episode: &Episode, conditions: &Conditions) -> Option<Self> {
        let diagnosis = name.diagnosis()?;
        let nothing_arrived = || {
            let dead = conditions.episodes_of(ConditionName::LowBytesReceived);
            dead.iter().any(|dead| dead.start < episode.end && episode.start < dead.end)
        };
        (diagnosis != Self::ConnectionLost || nothing_arrived()).then_some(diagnosis)
    }

    /// The conditions that it may consist of.
    pub(crate) fn conditions(self) -> &'static [ConditionName] {
        use ConditionName::{
            AudioGaps, ConstantAudioInputLevel, HighJitter, HighOutboundPacketLoss, HighPacketLoss, HighRtt,
            IceConnectivityLost, LowBytesReceived, LowBytesSent, LowMos, NoOutboundAudio, PlayoutGaps, Reconnecting,
            SignalingLost, SuppressedSilence, TalkingWhileMuted,
        };
        match self {
            Self::ConnectionLost => {
                &[IceConnectivityLost, Reconnecting, SignalingLost, NoOutboundAudio, LowBytesSent, LowBytesReceived]
            }
            Self::CustomerCannotHearYou => &[NoOutboundAudio, LowBytesSent],
            Self::NoAudioFromCustomer => &[LowBytesReceived],
            Self::YourMicrophone => &[ConstantAudioInputLevel],
            Self::YourComputer => &[PlayoutGaps],
            Self::GapsBothWays => &[AudioGaps, HighPacketLoss, HighJitter, HighOutboundPacketLoss],
            Self::YourNetwork(Direction::Inbound) => &[AudioGaps, HighPacketLoss, HighJitter],
            Self::YourNetwork(Direction::Outbound) => &[HighOutboundPacketLoss],
            Self::YourNetwork(Direction::Both) => &[HighRtt, LowMos],
            Self::SignalingLost => &[SignalingLost],
            Self::TalkingWhileMuted => &[TalkingWhileMuted],
            Self::CanCustomerHearYou => &[SuppressedSilence],
        }
    }

    /// Whether it is that the agent's network is unsteady.
    pub(crate) fn is_network(self) -> bool {
        matches!(self, Self::GapsBothWays | Self::YourNetwork(_))
    }

    /// Its name in recordings, alerts and pages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whose side it is on.
    #[must_use]
    pub fn side(self) -> Side {
        match self {
            Self::ConnectionLost | Self::SignalingLost => Side::Connection,
            Self::CustomerCannotHearYou | Self::NoAudioFromCustomer | Self::GapsBothWays | Self::YourNetwork(_) => {
                Side::AgentNetwork
            }
            Self::YourMicrophone | Self::TalkingWhileMuted | Self::CanCustomerHearYou => Side::AgentMicrophone,
            Self::YourComputer => Side::AgentComputer,
        }
    }

    /// Which way it is.
    #[must_use]
    pub fn direction(self) -> Direction {
        match self {
            Self::ConnectionLost | Self::GapsBothWays | Self::SignalingLost => Direction::Both,
            Self::CustomerCannotHearYou | Self::YourMicrophone | Self::TalkingWhileMuted | Self::CanCustomerHearYou => {
                Direction::Outbound
            }
            Self::NoAudioFromCustomer | Self::YourComputer => Direction::Inbound,
            Self::YourNetwork(direction) => direction,
        }
    }

    /// Whether nothing is known to be wrong, and the agent is only asked or reminded.
    pub(crate) fn is_question(self) -> bool {
        matches!(self, Self::TalkingWhileMuted | Self::CanCustomerHearYou)
    }

    /// How loudly to say it.
    #[must_use]
    pub fn urgency(self) -> Urgency {
        match self {
            Self::ConnectionLost | Self::CustomerCannotHearYou | Self::NoAudioFromCustomer => Urgency::Critical,
            Self::YourMicrophone | Self::YourComputer | Self::GapsBothWays | Self::YourNetwork(_) => Urgency::Warning,
            Self::SignalingLost | Self::TalkingWhileMuted | Self::CanCustomerHearYou => Urgency::Quiet,
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
            Self::YourComputer => "DeviceMonitoringYourComputer",
            Self::GapsBothWays => "DeviceMonitoringGapsBothWays",
            Self::YourNetwork(Direction::Both) => "DeviceMonitoringYourNetworkBoth",
            Self::YourNetwork(Direction::Outbound) => "DeviceMonitoringYourNetworkOutbound",
            Self::YourNetwork(Direction::Inbound) => "DeviceMonitoringYourNetworkInbound",
            Self::SignalingLost => "DeviceMonitoringSignalingLost",
            Self::TalkingWhileMuted => "DeviceMonitoringTalkingWhileMuted",
            Self::CanCustomerHearYou => "DeviceMonitoringCanCustomerHearYou",
        })
    }

    /// What the agent notices, without a word on why.
    #[must_use]
    pub(crate) fn bare_symptom(self) -> Text {
        Text::plain(match self {
            Self::GapsBothWays => "DeviceMonitoringHeardWithGaps",
            Self::YourComputer | Self::YourNetwork(Direction::Inbound) => "DeviceMonitoringHeardWithGapsInbound",
            Self::YourNetwork(Direction::Outbound) => "DeviceMonitoringHeardWithGapsOutbound",
            Self::YourNetwork(Direction::Both) => "DeviceMonitoringHeardLate",
            Self::ConnectionLost
            | Self::CustomerCannotHearYou
            | Self::NoAudioFromCustomer
            | Self::YourMicrophone
            | Self::SignalingLost
            | Self::TalkingWhileMuted
            | Self::CanCustomerHearYou => return self.symptom(),
        })
    }

    /// Key of what to do about it for somebody on a cable, whom no router is too far from; `None`: as for others.
    #[must_use]
    pub(crate) fn advice_on_cable(self) -> Option<&'static str> {
        match self {
            Self::YourNetwork(Direction::Both) => Some("DeviceMonitoringCableLateAdvice"),
            Self::GapsBothWays | Self::YourNetwork(_) => Some("DeviceMonitoringCableAdvice"),
            _ => None,
        }
    }

    /// Key of what it was, for a sentence after the call.
    #[must_use]
    pub(crate) fn past(self) -> &'static str {
        match self {
            Self::ConnectionLost => "DeviceMonitoringConnectionLostWas",
            Self::CustomerCannotHearYou => "DeviceMonitoringCustomerCannotHearYouWas",
            Self::NoAudioFromCustomer => "DeviceMonitoringNoAudioFromCustomerWas",
            Self::YourMicrophone => "DeviceMonitoringYourMicrophoneWas",
            Self::YourComputer => "DeviceMonitoringYourComputerWas",
            Self::GapsBothWays | Self::YourNetwork(_) => "DeviceMonitoringYourNetworkWas",
            Self::SignalingLost => "DeviceMonitoringSignalingLostWas",
            // Never told after the call: they count in nothing.
            Self::TalkingWhileMuted => "DeviceMonitoringTalkingWhileMuted",
            Self::CanCustomerHearYou => "DeviceMonitoringCanCustomerHearYou",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::units::Timestamp;
    use crate::text::texts;

    /// All but those of the network that have a direction.
    const OTHERS: [Diagnosis; 9] = [
        Diagnosis::ConnectionLost,
        Diagnosis::CustomerCannotHearYou,
        Diagnosis::NoAudioFromCustomer,
        Diagnosis::YourMicrophone,
        Diagnosis::YourComputer,
        Diagnosis::GapsBothWays,
        Diagnosis::SignalingLost,
        Diagnosis::TalkingWhileMuted,
        Diagnosis::CanCustomerHearYou,
    ];

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
        assert_eq!(
            Diagnosis::from_conditions(&active(&[HighRtt, ConstantAudioInputLevel])),
            Some(Diagnosis::YourMicrophone)
        );
        assert_eq!(
            Diagnosis::from_conditions(&active(&[HighRtt, LowBytesReceived])),
            Some(Diagnosis::NoAudioFromCustomer)
        );
        assert_eq!(Diagnosis::from_conditions(&active(&[])), None);
    }

    #[test]
    fn both_directions_dead_at_once_is_a_lost_connection() {
        use ConditionName::{LowBytesReceived, LowBytesSent};
        assert_eq!(Diagnosis::from_conditions(&active(&[LowBytesSent])), Some(Diagnosis::CustomerCannotHearYou));
        assert_eq!(
            Diagnosis::from_conditions(&active(&[LowBytesSent, LowBytesReceived])),
            Some(Diagnosis::ConnectionLost)
        );
    }

    #[test]
    fn a_connection_is_lost_only_when_nothing_arrives_whatever_ice_and_signalling_say() {
        use ConditionName::{HighPacketLoss, IceConnectivityLost, LowBytesReceived, Reconnecting, SignalingLost};
        for explanation in [IceConnectivityLost, Reconnecting, SignalingLost] {
            let dead = active(&[explanation, LowBytesReceived]);
            assert_eq!(Diagnosis::from_conditions(&dead), Some(Diagnosis::ConnectionLost), "{explanation:?}");
            let lossy = active(&[explanation, HighPacketLoss]);
            assert_eq!(
                Diagnosis::from_conditions(&lossy),
                Some(Diagnosis::YourNetwork(Direction::Inbound)),
                "{explanation:?}"
            );
        }
        assert_eq!(Diagnosis::from_conditions(&active(&[IceConnectivityLost, Reconnecting])), None);
        assert_eq!(Diagnosis::from_conditions(&active(&[SignalingLost])), Some(Diagnosis::SignalingLost));
        assert_eq!(Diagnosis::SignalingLost.urgency(), Urgency::Quiet);
    }

    #[test]
    fn loss_both_ways_at_once_is_a_diagnosis_of_its_own() {
        use ConditionName::{AudioGaps, HighOutboundPacketLoss, HighPacketLoss, HighRtt};
        for inbound in [AudioGaps, HighPacketLoss] {
            let both = active(&[inbound, HighOutboundPacketLoss, HighRtt]);
            assert_eq!(Diagnosis::from_conditions(&both), Some(Diagnosis::GapsBothWays), "{inbound:?}");
        }
        let outbound = active(&[HighOutboundPacketLoss, HighRtt]);
        assert_eq!(Diagnosis::from_conditions(&outbound), Some(Diagnosis::YourNetwork(Direction::Outbound)));
    }

    #[test]
    fn a_diagnosis_consists_of_conditions_that_make_it() {
        let networks = [Direction::Inbound, Direction::Outbound, Direction::Both].map(Diagnosis::YourNetwork);
        for diagnosis in OTHERS.into_iter().chain(networks) {
            assert_eq!(Diagnosis::from_conditions(&active(diagnosis.conditions())), Some(diagnosis));
        }
    }

    #[test]
    fn every_condition_has_the_diagnosis_side_and_direction_of_rule_n1() {
        use ConditionName as Name;
        let table = [
            (Name::IceConnectivityLost, "connection-lost", Side::Connection, Direction::Both),
            (Name::Reconnecting, "connection-lost", Side::Connection, Direction::Both),
            (Name::SignalingLost, "signaling-lost", Side::Connection, Direction::Both),
            (Name::NoOutboundAudio, "customer-cannot-hear-you", Side::AgentNetwork, Direction::Outbound),
            (Name::LowBytesSent, "customer-cannot-hear-you", Side::AgentNetwork, Direction::Outbound),
            (Name::LowBytesReceived, "no-audio-from-customer", Side::AgentNetwork, Direction::Inbound),
            (Name::ConstantAudioInputLevel, "your-microphone", Side::AgentMicrophone, Direction::Outbound),
            (Name::PlayoutGaps, "your-computer", Side::AgentComputer, Direction::Inbound),
            (Name::AudioGaps, "your-network", Side::AgentNetwork, Direction::Inbound),
            (Name::HighPacketLoss, "your-network", Side::AgentNetwork, Direction::Inbound),
            (Name::HighJitter, "your-network", Side::AgentNetwork, Direction::Inbound),
            (Name::HighOutboundPacketLoss, "your-network", Side::AgentNetwork, Direction::Outbound),
            (Name::HighRtt, "your-network", Side::AgentNetwork, Direction::Both),
            (Name::LowMos, "your-network", Side::AgentNetwork, Direction::Both),
            (Name::TalkingWhileMuted, "talking-while-muted", Side::AgentMicrophone, Direction::Outbound),
            (Name::SuppressedSilence, "can-customer-hear-you", Side::AgentMicrophone, Direction::Outbound),
        ];
        let diagnosed = ConditionName::ALL.iter().copied().filter_map(|name| {
            let diagnosis = name.diagnosis()?;
            Some((name, diagnosis.as_str(), diagnosis.side(), diagnosis.direction()))
        });
        assert_eq!(diagnosed.collect::<Vec<_>>(), table);
    }

    #[test]
    fn a_silent_microphone_is_never_blamed_on_the_network() {
        let diagnosis = ConditionName::ConstantAudioInputLevel.diagnosis().unwrap();
        assert_eq!((diagnosis.side(), diagnosis.direction()), (Side::AgentMicrophone, Direction::Outbound));
    }

    #[test]
    fn every_diagnosis_has_a_symptom_an_advice_and_a_past_in_the_table() {
        let networks = [Direction::Inbound, Direction::Outbound, Direction::Both].map(Diagnosis::YourNetwork);
        for diagnosis in OTHERS.into_iter().chain(networks) {
            let symptom = diagnosis.symptom().key;
            for key in [symptom, diagnosis.past(), &format!("{symptom}Advice")] {
                assert!(texts().contains_key(key), "{key}");
            }
        }
    }
}
