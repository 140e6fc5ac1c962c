//! What can really be wrong with a call, what shows it, which conditions say it truly, and whose side it is on.

use device_monitoring::{ConditionName, WarningName};

/// One kind of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Impairment {
    /// Nothing passes either way.
    BothDead,
    /// Nothing of the customer passes.
    DownDead,
    /// Nothing of the agent passes.
    UpDead,
    /// Too much of the customer's audio is lost.
    DownLoss,
    /// Too much of the agent's audio is lost.
    UpLoss,
    /// The customer's audio comes unevenly.
    Jitter,
    /// The way there and back takes long.
    Rtt,
    /// The score that follows from the others is low.
    Mos,
    /// The signalling connection is cut.
    Signalling,
    /// The microphone gives digital silence.
    Microphone,
    /// The microphone is unplugged, and the browser sends nothing any more.
    NothingSent,
    /// The far side hung up with an error.
    HungUp,
}

/// What can show a kind of trouble to a browser, quickest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ShownBy {
    /// The SDK's samples and events.
    Samples,
    /// Round-trip times: of the candidate pair, or in RTCP reports.
    RoundTrips,
    /// RTCP reports about what arrived at the far side.
    Reports,
    /// A window of ten seconds over the microphone's level.
    Microphone,
    /// RTCP reports that stay away.
    Silence,
}

impl ShownBy {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Samples, Self::RoundTrips, Self::Reports, Self::Microphone, Self::Silence];

    /// In the report.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Samples => "what samples show",
            Self::RoundTrips => "round-trip time",
            Self::Reports => "uplink loss",
            Self::Microphone => "silent microphone",
            Self::Silence => "inaudible agent",
        }
    }

    /// Seconds that it may take to notice.
    #[must_use]
    pub fn limit(self, private_statistics: bool) -> f64 {
        match self {
            Self::Samples => 5.0,
            Self::RoundTrips if private_statistics => 4.0,
            Self::RoundTrips | Self::Reports => 9.0,
            Self::Microphone => 12.0,
            Self::Silence => 22.0,
        }
    }

    /// A shorter stretch need not be noticed: two seconds where something is seen each second, else what it may take.
    #[must_use]
    pub fn least(self) -> f64 {
        match self {
            Self::Samples => 2.0,
            other => other.limit(false),
        }
    }

    /// Whether RTCP is what tells, so that the beginning and the end are known to some seconds only.
    #[must_use]
    pub fn is_rtcp(self) -> bool {
        matches!(self, Self::RoundTrips | Self::Reports | Self::Silence)
    }
}

impl Impairment {
    /// Impairments that a network can cause.
    pub const OF_NETWORK: [Self; 8] = [
        Self::BothDead,
        Self::DownDead,
        Self::UpDead,
        Self::DownLoss,
        Self::UpLoss,
        Self::Jitter,
        Self::Rtt,
        Self::Mos,
    ];

    /// What shows it soonest.
    #[must_use]
    pub fn shown_by(self) -> ShownBy {
        match self {
            Self::BothDead
            | Self::DownDead
            | Self::DownLoss
            | Self::Jitter
            | Self::Signalling
            | Self::NothingSent
            | Self::HungUp => ShownBy::Samples,
            Self::Rtt | Self::Mos => ShownBy::RoundTrips,
            Self::UpLoss => ShownBy::Reports,
            Self::Microphone => ShownBy::Microphone,
            Self::UpDead => ShownBy::Silence,
        }
    }

    /// Sides that are right to blame. Twilio's mixer always sends: where nothing arrives, it is never the customer.
    #[must_use]
    pub fn sides(self) -> &'static [&'static str] {
        match self {
            Self::BothDead | Self::UpDead => &["agent-network", "connection"],
            Self::DownDead | Self::DownLoss | Self::UpLoss | Self::Jitter | Self::Rtt | Self::Mos => &["agent-network"],
            Self::Signalling | Self::HungUp => &["connection"],
            Self::Microphone | Self::NothingSent => &["agent-microphone"],
        }
    }

    /// Whether a condition of this name is true of it. A name that is not known here is given the benefit of doubt.
    #[must_use]
    pub fn matches(self, condition: &str) -> bool {
        if condition == WarningName::HighPacketsLostFraction.as_str() {
            return self.matches_name(ConditionName::HighPacketLoss);
        }
        let name = ConditionName::ALL.iter().find(|name| name.as_str() == condition);
        name.is_none_or(|name| self.matches_name(*name))
    }

    fn matches_name(self, condition: ConditionName) -> bool {
        use Impairment::{
            BothDead, DownDead, DownLoss, HungUp, Jitter, Microphone, Mos, NothingSent, Rtt, Signalling, UpDead, UpLoss,
        };
        let dead = matches!(self, BothDead | DownDead | UpDead);
        match condition {
            ConditionName::HighRtt => matches!(self, Rtt | BothDead),
            ConditionName::HighJitter => matches!(self, Jitter | BothDead | DownDead),
            ConditionName::LowMos => matches!(self, Mos | Rtt | Jitter | DownLoss | BothDead | DownDead),
            ConditionName::HighPacketLoss => matches!(self, DownLoss | DownDead | BothDead),
            ConditionName::HighOutboundPacketLoss => matches!(self, UpLoss | UpDead | BothDead),
            ConditionName::AudioGaps => matches!(self, DownDead | BothDead | DownLoss | Jitter),
            // The network's impairments starve no loudspeaker.
            ConditionName::PlayoutGaps => false,
            ConditionName::LowBytesReceived => matches!(self, DownDead | BothDead),
            ConditionName::LowBytesSent | ConditionName::NoOutboundAudio => {
                matches!(self, UpDead | BothDead | NothingSent)
            }
            ConditionName::ConstantAudioInputLevel => matches!(self, Microphone | NothingSent),
            // ICE also flickers when its own packets are lost or delayed.
            ConditionName::IceConnectivityLost => dead || matches!(self, DownLoss | UpLoss | Rtt),
            ConditionName::SignalingLost => matches!(self, Signalling | BothDead | HungUp),
            ConditionName::Reconnecting => dead || matches!(self, Signalling | HungUp),
            // The one asks, and the other is about the data: neither says that the call is bad.
            ConditionName::TalkingWhileMuted | ConditionName::SuppressedSilence | ConditionName::StaleRtt => true,
        }
    }

    /// In the report.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BothDead => "nothing passes",
            Self::DownDead => "customer inaudible",
            Self::UpDead => "agent inaudible",
            Self::DownLoss => "loss",
            Self::UpLoss => "uplink loss",
            Self::Jitter => "jitter",
            Self::Rtt => "RTT",
            Self::Mos => "MOS",
            Self::Signalling => "no signalling",
            Self::Microphone => "silent microphone",
            Self::NothingSent => "no microphone, nothing sent",
            Self::HungUp => "hung up",
        }
    }
}
