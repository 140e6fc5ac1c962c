//! What an observer said about a call, held against each second of it.

use crate::expectation::Expectation;
use crate::link_score::LinkScore;
use crate::notices::Notices;
use crate::sdk_and_engine::Observation;
use crate::trouble_coverage::{Coverage, TroubleKind};
use crate::truth::Truth;

/// Scores second by second, of one call or of several.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BySecond {
    /// In the order of [`TroubleKind::ALL`].
    pub coverage: [Coverage; TroubleKind::ALL.len()],
    /// What the agent read.
    pub notices: Notices,
    /// Over measured links.
    pub link: LinkScore,
}

impl BySecond {
    /// The scores of one call.
    #[must_use]
    pub fn new(observed: &Observation, expected: &Expectation, truth: &Truth) -> Self {
        let link = LinkScore::new(observed, truth);
        // Over a measured link no condition is expected as long as a stretch lasts.
        let coverage = |trouble| match link {
            Some(_) => Coverage::default(),
            None => Coverage::new(trouble, observed, expected, truth.reported),
        };
        Self {
            coverage: TroubleKind::ALL.map(coverage),
            notices: Notices::new(observed, expected, truth),
            link: link.unwrap_or_default(),
        }
    }

    /// How much of one kind of trouble is covered.
    #[must_use]
    pub fn coverage(&self, trouble: TroubleKind) -> &Coverage {
        let [inbound_loss, outbound_loss, rtt, inbound_jitter, no_inbound_audio, no_outbound_audio] = &self.coverage;
        match trouble {
            TroubleKind::InboundLoss => inbound_loss,
            TroubleKind::OutboundLoss => outbound_loss,
            TroubleKind::Rtt => rtt,
            TroubleKind::InboundJitter => inbound_jitter,
            TroubleKind::NoInboundAudio => no_inbound_audio,
            TroubleKind::NoOutboundAudio => no_outbound_audio,
        }
    }
}

impl<'a> FromIterator<&'a BySecond> for BySecond {
    fn from_iter<I: IntoIterator<Item = &'a BySecond>>(calls: I) -> Self {
        let mut sum = Self::default();
        for call in calls {
            for (sum, one) in sum.coverage.iter_mut().zip(&call.coverage) {
                *sum = std::mem::take(sum).and(one);
            }
            sum.link = sum.link.and(call.link);
            sum.notices.shown += call.notices.shown;
            sum.notices.over.extend(call.notices.over.iter().cloned());
            sum.notices.not_lost.extend(call.notices.not_lost.iter().cloned());
        }
        sum
    }
}
