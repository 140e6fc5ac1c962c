//! What is true of each condition wherever it comes up: an exhaustive match, so that a new variant does not compile
//! without a row.

use super::ConditionName as Name;
use super::diagnosis::Diagnosis;
use crate::input::metric::Metric;
use crate::input::units::Milliseconds;

/// A condition's row.
#[derive(Clone, Copy, Debug)]
pub(super) struct ConditionProperties {
    /// The diagnosis that it contributes to; `None` where agents are told nothing.
    pub(super) diagnosis: Option<Diagnosis>,
    /// Whether it degrades the call; only then does it count in verdicts. Lost signalling alone does not: both still
    /// hear each other.
    pub(super) degrades_call: bool,
    /// What shows it.
    pub(super) source: DataSource,
    /// What its value is, and so which of two values is the worse.
    pub(super) value: ConditionValue,
    /// What becomes of the customer's packets while it is there. That none come at all is seen in their number.
    pub(super) inbound_packets: InboundPackets,
}

/// What shows that a condition is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DataSource {
    /// Samples, readings or events of the second itself.
    Seconds,
    /// Round-trip times, or the score that is computed from them.
    RoundTrips,
    /// RTCP reports about the agent's packets.
    ReceiverReports,
}

impl DataSource {
    /// Longest time between two observations of a condition.
    pub(super) fn max_sampling_interval(self) -> Milliseconds {
        match self {
            // Two good seconds in a row are common in a network that loses packets at random, and three are not.
            Self::Seconds | Self::RoundTrips => Milliseconds(2500.0),
            // They come every 2 to 8 s.
            Self::ReceiverReports => Milliseconds(8500.0),
        }
    }

    /// Longest age of a value in any second.
    pub(super) fn max_staleness(self) -> Milliseconds {
        match self {
            // Measured every 2.5 s by STUN and every 5 s by RTCP, and itself taking time.
            Self::RoundTrips => Milliseconds(4000.0),
            // A report says of which seconds it is.
            Self::Seconds | Self::ReceiverReports => Milliseconds(0.0),
        }
    }
}

/// What the value of a condition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConditionValue {
    /// It has none: an episode has no worst value.
    Absent,
    /// A metric's.
    Of(Metric),
    /// A share of packets: the higher, the worse.
    Share,
}

/// What a condition says about packets from the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InboundPackets {
    /// Nothing.
    NotConcerned,
    /// Some are counted as lost.
    Lost,
    /// None come for a while, whether they are then counted as lost or not.
    Missing,
}

const DEGRADES_CALL: bool = true;
const HARMLESS: bool = false;

impl ConditionProperties {
    /// The row of a condition. ICE loss and reconnecting count as a lost connection only if no audio arrives
    /// ([`Diagnosis::from_conditions`]).
    pub(super) fn new(name: Name) -> Self {
        use ConditionValue::{Absent, Of, Share};
        use DataSource::{ReceiverReports, RoundTrips, Seconds};
        use Diagnosis::{
            CanCustomerHearYou, ConnectionLost, CustomerCannotHearYou, NetworkDelay, NetworkGapsInbound,
            NetworkGapsOutbound, NoAudioFromCustomer, SignalingLost, TalkingWhileMuted, YourComputer, YourMicrophone,
        };
        use InboundPackets::{Lost, Missing, NotConcerned};
        let (diagnosis, degrades_call, source, value, inbound_packets) = match name {
            Name::IceConnectivityLost => (Some(ConnectionLost), DEGRADES_CALL, Seconds, Absent, NotConcerned),
            Name::Reconnecting => (Some(ConnectionLost), DEGRADES_CALL, Seconds, Absent, NotConcerned),
            Name::SignalingLost => (Some(SignalingLost), HARMLESS, Seconds, Absent, NotConcerned),
            Name::NoOutboundAudio => (Some(CustomerCannotHearYou), DEGRADES_CALL, Seconds, Absent, NotConcerned),
            Name::LowBytesSent => (Some(CustomerCannotHearYou), DEGRADES_CALL, Seconds, Absent, NotConcerned),
            Name::LowBytesReceived => (Some(NoAudioFromCustomer), DEGRADES_CALL, Seconds, Absent, NotConcerned),
            Name::ConstantAudioInputLevel => (Some(YourMicrophone), DEGRADES_CALL, Seconds, Absent, NotConcerned),
            Name::PlayoutGaps => (Some(YourComputer), DEGRADES_CALL, Seconds, Absent, NotConcerned),
            Name::AudioGaps => (Some(NetworkGapsInbound), DEGRADES_CALL, Seconds, Absent, Missing),
            Name::HighPacketLoss => (Some(NetworkGapsInbound), DEGRADES_CALL, Seconds, Of(Metric::PacketLoss), Lost),
            Name::HighJitter => (Some(NetworkGapsInbound), DEGRADES_CALL, Seconds, Of(Metric::Jitter), NotConcerned),
            Name::HighOutboundPacketLoss => {
                (Some(NetworkGapsOutbound), DEGRADES_CALL, ReceiverReports, Share, NotConcerned)
            }
            Name::HighRtt => (Some(NetworkDelay), DEGRADES_CALL, RoundTrips, Of(Metric::Rtt), NotConcerned),
            Name::LowMos => (Some(NetworkDelay), DEGRADES_CALL, RoundTrips, Of(Metric::Mos), NotConcerned),
            Name::TalkingWhileMuted => (Some(TalkingWhileMuted), HARMLESS, Seconds, Absent, NotConcerned),
            Name::SuppressedSilence => (Some(CanCustomerHearYou), HARMLESS, Seconds, Absent, NotConcerned),
            Name::StaleRtt => (None, HARMLESS, Seconds, Absent, NotConcerned),
        };
        Self { diagnosis, degrades_call, source, value, inbound_packets }
    }
}
