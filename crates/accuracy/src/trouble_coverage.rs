//! How much of what was wrong in one way and one direction the conditions that name it cover, and what they claim beside.

use crate::expectation::Expectation;
use crate::impairment::Impairment;
use crate::sdk_and_engine::{Observation, Raised};
use crate::span::{Span, intersection, union, union_length};
use device_monitoring::ConditionName;

/// The lab's clock and the page's are two, and samples are a second apart.
const TOLERANCE: f64 = 1.0;

/// One way in which a call can be wrong, in one direction where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TroubleKind {
    /// Packets of the customer are lost.
    InboundLoss,
    /// Packets of the agent are lost.
    OutboundLoss,
    /// The way there and back takes long.
    Rtt,
    /// Packets of the customer come unevenly.
    InboundJitter,
    /// Nothing of the customer arrives.
    NoInboundAudio,
    /// Nothing of the agent arrives, while the customer is heard.
    NoOutboundAudio,
}

impl TroubleKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::InboundLoss,
        Self::OutboundLoss,
        Self::Rtt,
        Self::InboundJitter,
        Self::NoInboundAudio,
        Self::NoOutboundAudio,
    ];

    /// In the report.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InboundLoss => "loss, inbound",
            Self::OutboundLoss => "loss, outbound",
            Self::Rtt => "round-trip time",
            Self::InboundJitter => "jitter, inbound",
            Self::NoInboundAudio => "no audio, inbound",
            Self::NoOutboundAudio => "no audio, outbound",
        }
    }

    /// Whether it is what a stretch of this kind is.
    #[must_use]
    pub fn is(self, impairment: Impairment) -> bool {
        match self {
            Self::InboundLoss => impairment == Impairment::DownLoss,
            Self::OutboundLoss => impairment == Impairment::UpLoss,
            Self::Rtt => impairment == Impairment::Rtt,
            Self::InboundJitter => impairment == Impairment::Jitter,
            Self::NoInboundAudio => matches!(impairment, Impairment::DownDead | Impairment::BothDead),
            Self::NoOutboundAudio => impairment == Impairment::UpDead,
        }
    }

    /// What a condition names; `None` where it names something else. An exhaustive match, so that a new variant does not
    /// compile without a row.
    #[must_use]
    pub fn named_by(name: ConditionName) -> Option<Self> {
        match name {
            ConditionName::HighPacketLoss => Some(Self::InboundLoss),
            ConditionName::HighOutboundPacketLoss => Some(Self::OutboundLoss),
            ConditionName::HighRtt => Some(Self::Rtt),
            ConditionName::HighJitter => Some(Self::InboundJitter),
            ConditionName::LowBytesReceived | ConditionName::AudioGaps => Some(Self::NoInboundAudio),
            ConditionName::NoOutboundAudio | ConditionName::LowBytesSent => Some(Self::NoOutboundAudio),
            ConditionName::IceConnectivityLost
            | ConditionName::Reconnecting
            | ConditionName::SignalingLost
            | ConditionName::ConstantAudioInputLevel
            | ConditionName::PlayoutGaps
            | ConditionName::LowMos
            | ConditionName::TalkingWhileMuted
            | ConditionName::SuppressedSilence
            | ConditionName::StaleRtt => None,
        }
    }

    /// The conditions that name it.
    fn conditions(self) -> impl Iterator<Item = ConditionName> {
        ConditionName::ALL.iter().copied().filter(move |name| Self::named_by(*name) == Some(self))
    }

    /// So many seconds of a stretch may pass before it has to be covered.
    #[must_use]
    pub fn onset(self) -> f64 {
        match self {
            Self::InboundLoss | Self::NoInboundAudio => 2.0,
            Self::Rtt | Self::InboundJitter => 4.0,
            Self::OutboundLoss => 6.0,
            Self::NoOutboundAudio => 15.0,
        }
    }

    fn is_named_by(self, raised: &Raised) -> bool {
        self.conditions().any(|name| name.as_str() == raised.condition)
    }
}

/// Coverage of one call, or of several.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coverage {
    /// Seconds that had to be covered.
    pub wrong: f64,
    /// Seconds of trouble that an episode covers.
    pub covered: f64,
    /// Seconds in an episode.
    pub claimed: f64,
    /// Seconds of episodes in which nothing of that kind was wrong.
    pub beside: f64,
    /// Seconds from the beginning of each stretch until the condition was raised.
    pub noticed_after: Vec<f64>,
    /// Stretches in which it never was.
    pub missed: usize,
}

impl Coverage {
    /// Of what was said of one call. `reported`: when the last report about the agent's packets came.
    #[must_use]
    pub fn new(trouble: TroubleKind, observed: &Observation, expected: &Expectation, reported: f64) -> Self {
        let raised: Vec<&Raised> = observed.raised.iter().filter(|raised| trouble.is_named_by(raised)).collect();
        let claimed = union(raised.iter().map(|raised| raised.span));
        let is_known = |span: &Span| trouble != TroubleKind::OutboundLoss || span.from + trouble.onset() < reported;
        let beyond = || expected.beyond.iter().filter(|beyond| trouble.is(beyond.impairment));
        let known_until = if trouble == TroubleKind::OutboundLoss { reported } else { f64::INFINITY };
        let wrong = beyond().flat_map(|beyond| {
            let from = beyond.span.from + trouble.onset();
            let parts = beyond.parts.iter();
            parts.map(move |part| Span { from: part.from.max(from), to: part.to.min(known_until) })
        });
        let wrong = wrong.filter(|span| span.length() > 0.0);
        let wrong = union(wrong);
        let may_be_named = |impairment: Impairment| trouble.conditions().any(|name| impairment.matches(name.as_str()));
        let near = expected.near.iter().filter(|(impairment, _)| may_be_named(*impairment));
        let allowed = union(near.map(|(_, span)| Span { from: span.from - TOLERANCE, to: span.to + TOLERANCE }));
        let sum = |spans: &[Span]| union_length(spans.iter().copied());
        let mut coverage = Self {
            wrong: sum(&wrong),
            covered: sum(&intersection(&wrong, &claimed)),
            claimed: sum(&claimed),
            beside: sum(&claimed) - sum(&intersection(&claimed, &allowed)),
            ..Self::default()
        };
        for span in beyond()
            .map(|beyond| beyond.span)
            .filter(|span| is_known(span))
            .filter(|span| span.length() > trouble.onset())
        {
            // Raised before it and still up counts as noticed, at once.
            let is_up = |raised: &&&Raised| {
                raised.raised <= span.to + TOLERANCE && raised.cleared.is_none_or(|cleared| cleared >= span.from)
            };
            let first = raised.iter().filter(is_up).map(|raised| raised.raised).reduce(f64::min);
            match first {
                Some(at) => coverage.noticed_after.push((at - span.from).max(0.0)),
                None => coverage.missed += 1,
            }
        }
        coverage
    }

    /// The coverage of both together.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.wrong += other.wrong;
        self.covered += other.covered;
        self.claimed += other.claimed;
        self.beside += other.beside;
        self.noticed_after.extend(&other.noticed_after);
        self.missed += other.missed;
        self
    }

    /// Percent of what had to be covered; `None` where nothing had to.
    #[must_use]
    pub fn covered_share(&self) -> Option<f64> {
        (self.wrong > 0.0).then(|| 100.0 * self.covered / self.wrong)
    }

    /// Percent of what was claimed; `None` where nothing was.
    #[must_use]
    pub fn beside_share(&self) -> Option<f64> {
        (self.claimed > 0.0).then(|| 100.0 * self.beside / self.claimed)
    }
}
