//! From what is wrong to whose side it is on and what the agent can do (rule N1).

use crate::condition::{ConditionName, Conditions, Episode};
use crate::localized_text::Text;
use enumset::EnumSet;
use serde::{Deserialize, Serialize};
use strum::{EnumCount, IntoStaticStr};

/// What is wrong in the agent's terms, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumCount, IntoStaticStr, Serialize)]
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
    NetworkGapsBothWays,
    /// The agent's network loses or jumbles packets of the customer.
    #[strum(serialize = "your-network")]
    NetworkGapsInbound,
    /// The agent's network loses or jumbles packets of the agent.
    #[strum(serialize = "your-network")]
    NetworkGapsOutbound,
    /// The agent's network delays packets.
    #[strum(serialize = "your-network")]
    NetworkDelay,
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

/// Whether it explains, where nothing comes in, that nothing arrives in either direction: an exhaustive match, so that a
/// new condition does not compile without a row.
fn explains_lost_connection(name: ConditionName) -> bool {
    match name {
        ConditionName::IceConnectivityLost | ConditionName::Reconnecting | ConditionName::SignalingLost => true,
        ConditionName::NoOutboundAudio
        | ConditionName::LowBytesSent
        | ConditionName::LowBytesReceived
        | ConditionName::ConstantAudioInputLevel
        | ConditionName::PlayoutGaps
        | ConditionName::AudioGaps
        | ConditionName::HighPacketLoss
        | ConditionName::HighJitter
        | ConditionName::HighOutboundPacketLoss
        | ConditionName::HighRtt
        | ConditionName::LowMos
        | ConditionName::TalkingWhileMuted
        | ConditionName::SuppressedSilence
        | ConditionName::StaleRtt => false,
    }
}

/// A row with the usual texts: the symptom's key also for what is noticed where the cause is known, and with `Was` behind it
/// for the past.
macro_rules! properties {
    ($side:ident, $direction:expr, $urgency:expr, $kind:expr, $key:literal) => {
        DiagnosisProperties {
            side: Side::$side,
            direction: $direction,
            urgency: $urgency,
            kind: $kind,
            symptom: $key,
            bare_symptom: $key,
            advice_on_cable: None,
            past: concat!($key, "Was"),
        }
    };
}

impl Diagnosis {
    /// The worst of what is active: one diagnosis, never a list.
    #[must_use]
    pub fn from_conditions(conditions: &Conditions) -> Option<Self> {
        Self::worst_of(|name| conditions.is_active(name))
    }

    /// The worst of the conditions for which `is_active` holds.
    pub(crate) fn worst_of(is_active: impl Fn(ConditionName) -> bool) -> Option<Self> {
        let active: EnumSet<_> = ConditionName::ALL.iter().copied().filter(|name| is_active(*name)).collect();
        let each = || active.iter().filter_map(ConditionName::diagnosis);
        let goes = |both: Self, way| each().any(|one| one.both_ways() == Some(both) && one.direction() == way);
        let together = each().filter_map(Self::both_ways);
        let both_ways = together.filter(|both| goes(*both, Direction::Inbound) && goes(*both, Direction::Outbound));
        let is_explained = active.iter().any(explains_lost_connection);
        let is_lost = is_explained && each().any(|one| one == Self::NoAudioFromCustomer);
        let lost = is_lost.then_some(Self::ConnectionLost);
        each().filter(|one| *one != Self::ConnectionLost).chain(both_ways).chain(lost).min()
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
    pub(crate) fn conditions(self) -> EnumSet<ConditionName> {
        let is_part = |name: &ConditionName| {
            let is_or_joins = |one: Self| one == self || one.both_ways() == Some(self);
            name.diagnosis().is_some_and(is_or_joins) || self == Self::ConnectionLost && explains_lost_connection(*name)
        };
        ConditionName::ALL.iter().copied().filter(is_part).collect()
    }

    /// Its name in recordings, alerts and pages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// All of them, worst first: each is that of a condition, or of several together.
    pub(crate) fn all() -> Vec<Self> {
        let of_one = || ConditionName::ALL.iter().filter_map(|name| name.diagnosis());
        let mut all: Vec<_> = of_one().chain(of_one().filter_map(Self::both_ways)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether it is heard in the call. Only then can it be the diagnosis of a call.
    #[cfg(any(not(target_arch = "wasm32"), feature = "admin-view"))]
    pub(crate) fn affects_audio(self) -> bool {
        self.urgency() < Urgency::Quiet
    }

    /// Whose side it is on.
    #[must_use]
    pub fn side(self) -> Side {
        self.properties().side
    }

    /// Which way it is.
    #[must_use]
    pub fn direction(self) -> Direction {
        self.properties().direction
    }

    /// What it makes together with one of the other direction that makes the same: an exhaustive match, so that a new
    /// diagnosis does not compile without a row.
    pub(crate) fn both_ways(self) -> Option<Self> {
        match self {
            Self::CustomerCannotHearYou | Self::NoAudioFromCustomer => Some(Self::ConnectionLost),
            Self::NetworkGapsInbound | Self::NetworkGapsOutbound => Some(Self::NetworkGapsBothWays),
            Self::ConnectionLost
            | Self::YourMicrophone
            | Self::YourComputer
            | Self::NetworkGapsBothWays
            | Self::NetworkDelay
            | Self::SignalingLost
            | Self::TalkingWhileMuted
            | Self::CanCustomerHearYou => None,
        }
    }

    /// Whether the customer is known to hear nothing: an exhaustive match, so that a new diagnosis does not compile
    /// without a row.
    pub(crate) fn silences_agent(self) -> bool {
        match self {
            Self::CustomerCannotHearYou => true,
            // Of a silent microphone the cause says whether it is known.
            Self::ConnectionLost
            | Self::NoAudioFromCustomer
            | Self::YourMicrophone
            | Self::YourComputer
            | Self::NetworkGapsBothWays
            | Self::NetworkGapsInbound
            | Self::NetworkGapsOutbound
            | Self::NetworkDelay
            | Self::SignalingLost
            | Self::TalkingWhileMuted
            | Self::CanCustomerHearYou => false,
        }
    }

    /// How loudly to say it.
    #[must_use]
    pub fn urgency(self) -> Urgency {
        self.properties().urgency
    }

    /// Whether it is that the agent's network is unsteady.
    pub(crate) fn is_network(self) -> bool {
        self.properties().kind == Kind::UnsteadyNetwork
    }

    /// Whether nothing is known to be wrong, and the agent is only asked or reminded.
    pub(crate) fn is_question(self) -> bool {
        self.properties().kind == Kind::Question
    }

    /// What the agent notices. The one thing to do is the text of the same key with `Advice` behind it.
    #[must_use]
    pub fn symptom(self) -> Text {
        Text::plain(self.properties().symptom)
    }

    /// What the agent notices, without a word on why.
    #[must_use]
    pub(crate) fn bare_symptom(self) -> Text {
        Text::plain(self.properties().bare_symptom)
    }

    /// Key of what to do about it for somebody on a cable, whom no router is too far from; `None`: as for others.
    #[must_use]
    pub(crate) fn advice_on_cable(self) -> Option<&'static str> {
        self.properties().advice_on_cable
    }

    /// Key of what it was, for a sentence after the call.
    #[must_use]
    pub(crate) fn past(self) -> &'static str {
        self.properties().past
    }

    /// What holds for it: an exhaustive match, so that a new variant does not compile without a row.
    fn properties(self) -> DiagnosisProperties {
        use Direction::{Both, Inbound, Outbound};
        use Kind::{Other, Question, UnsteadyNetwork};
        use Urgency::{Critical, Quiet, Warning};
        match self {
            Self::ConnectionLost => properties!(Connection, Both, Critical, Other, "DeviceMonitoringConnectionLost"),
            Self::CustomerCannotHearYou => {
                properties!(AgentNetwork, Outbound, Critical, Other, "DeviceMonitoringCustomerCannotHearYou")
            }
            Self::NoAudioFromCustomer => {
                properties!(AgentNetwork, Inbound, Critical, Other, "DeviceMonitoringNoAudioFromCustomer")
            }
            Self::YourMicrophone => {
                properties!(AgentMicrophone, Outbound, Warning, Other, "DeviceMonitoringYourMicrophone")
            }
            Self::YourComputer => DiagnosisProperties {
                bare_symptom: "DeviceMonitoringHeardWithGapsInbound",
                ..properties!(AgentComputer, Inbound, Warning, Other, "DeviceMonitoringYourComputer")
            },
            Self::NetworkGapsBothWays => DiagnosisProperties {
                bare_symptom: "DeviceMonitoringHeardWithGaps",
                advice_on_cable: Some("DeviceMonitoringCableAdvice"),
                past: "DeviceMonitoringYourNetworkWas",
                ..properties!(AgentNetwork, Both, Warning, UnsteadyNetwork, "DeviceMonitoringGapsBothWays")
            },
            Self::NetworkGapsInbound => DiagnosisProperties {
                bare_symptom: "DeviceMonitoringHeardWithGapsInbound",
                advice_on_cable: Some("DeviceMonitoringCableAdvice"),
                past: "DeviceMonitoringYourNetworkWas",
                ..properties!(AgentNetwork, Inbound, Warning, UnsteadyNetwork, "DeviceMonitoringYourNetworkInbound")
            },
            Self::NetworkGapsOutbound => DiagnosisProperties {
                bare_symptom: "DeviceMonitoringHeardWithGapsOutbound",
                advice_on_cable: Some("DeviceMonitoringCableAdvice"),
                past: "DeviceMonitoringYourNetworkWas",
                ..properties!(AgentNetwork, Outbound, Warning, UnsteadyNetwork, "DeviceMonitoringYourNetworkOutbound")
            },
            Self::NetworkDelay => DiagnosisProperties {
                bare_symptom: "DeviceMonitoringHeardLate",
                advice_on_cable: Some("DeviceMonitoringCableLateAdvice"),
                past: "DeviceMonitoringYourNetworkWas",
                ..properties!(AgentNetwork, Both, Warning, UnsteadyNetwork, "DeviceMonitoringYourNetworkBoth")
            },
            Self::SignalingLost => properties!(Connection, Both, Quiet, Other, "DeviceMonitoringSignalingLost"),
            // The past of questions is never told: they count in nothing.
            Self::TalkingWhileMuted => DiagnosisProperties {
                past: "DeviceMonitoringTalkingWhileMuted",
                ..properties!(AgentMicrophone, Outbound, Quiet, Question, "DeviceMonitoringTalkingWhileMuted")
            },
            Self::CanCustomerHearYou => DiagnosisProperties {
                past: "DeviceMonitoringCanCustomerHearYou",
                ..properties!(AgentMicrophone, Outbound, Quiet, Question, "DeviceMonitoringCanCustomerHearYou")
            },
        }
    }
}

/// A diagnosis's row.
#[derive(Clone, Copy, Debug)]
struct DiagnosisProperties {
    side: Side,
    direction: Direction,
    urgency: Urgency,
    kind: Kind,
    symptom: &'static str,
    bare_symptom: &'static str,
    advice_on_cable: Option<&'static str>,
    past: &'static str,
}

/// What tells groups of diagnoses apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The agent's network is unsteady.
    UnsteadyNetwork,
    /// Nothing is known to be wrong: the agent is asked or reminded.
    Question,
    /// Anything else that is wrong.
    Other,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::units::Timestamp;
    use crate::localized_text::texts;
    use std::collections::HashSet;
    use std::mem;

    #[test]
    fn every_diagnosis_is_that_of_a_condition_or_of_several_together() {
        let variants: HashSet<_> = Diagnosis::all().iter().map(mem::discriminant).collect();
        assert_eq!(variants.len(), Diagnosis::COUNT);
    }

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
            assert_eq!(Diagnosis::from_conditions(&lossy), Some(Diagnosis::NetworkGapsInbound), "{explanation:?}");
        }
        assert_eq!(Diagnosis::from_conditions(&active(&[IceConnectivityLost, Reconnecting])), None);
        assert_eq!(Diagnosis::from_conditions(&active(&[SignalingLost])), Some(Diagnosis::SignalingLost));
        assert_eq!(Diagnosis::SignalingLost.urgency(), Urgency::Quiet);
    }

    #[test]
    fn gaps_both_ways_at_once_are_a_diagnosis_of_their_own_and_other_trouble_beside_them_changes_nothing() {
        let gaps = |way| {
            let is_one = move |diagnosis: Diagnosis| diagnosis.is_network() && diagnosis.direction() == way;
            ConditionName::ALL.iter().copied().filter(move |name| name.diagnosis().is_some_and(is_one))
        };
        let mut pairs = 0;
        for inbound in gaps(Direction::Inbound) {
            for outbound in gaps(Direction::Outbound) {
                let both = active(&[inbound, outbound, ConditionName::HighRtt]);
                let diagnosis = Diagnosis::from_conditions(&both);
                assert_eq!(diagnosis, Some(Diagnosis::NetworkGapsBothWays), "{inbound:?}, {outbound:?}");
                pairs += 1;
            }
        }
        assert!(pairs >= 3, "only {pairs}");
        let outbound = active(&[ConditionName::HighOutboundPacketLoss, ConditionName::HighRtt]);
        assert_eq!(Diagnosis::from_conditions(&outbound), Some(Diagnosis::NetworkGapsOutbound));
    }

    #[test]
    fn a_diagnosis_consists_of_conditions_that_make_it() {
        for diagnosis in Diagnosis::all() {
            let conditions: Vec<_> = diagnosis.conditions().iter().collect();
            assert_eq!(Diagnosis::from_conditions(&active(&conditions)), Some(diagnosis));
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
        for diagnosis in Diagnosis::all() {
            let symptom = diagnosis.symptom().key;
            for key in [symptom, diagnosis.past(), &format!("{symptom}Advice")] {
                assert!(texts().contains_key(key), "{key}");
            }
        }
    }
}
