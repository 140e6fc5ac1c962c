//! Calls over links that somebody measured: no stretch of them is like another, so each second is judged by itself.

use crate::configured_thresholds;
use crate::sdk_and_engine::Observation;
use crate::span::{Span, intersection, union, union_length};
use crate::truth::{Passed, Truth};

/// Later than this on one way, ms: half of the round-trip time that is too much.
const LATE_MS: f64 = configured_thresholds::RTT / 2.0;
/// Share of a second's packets without which it is bad, lost or not.
const BAD_MISSING_SHARE: f64 = 0.2;
/// A bad second is noticed by an episode within so many seconds of it.
const NOTICED_WITHIN: f64 = 2.0;
/// An episode is beside what was wrong from so many seconds on.
const INVENTED_FROM: f64 = 4.0;
/// A second that a call ends in has fewer packets than this.
const WHOLE_SECOND_PACKETS: f64 = 25.0;

/// Of one call over a measured link, or of several.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LinkScore {
    /// Bad seconds that are not alone.
    pub bad: usize,
    /// Of them, those with an episode near.
    pub noticed: usize,
    /// Of the others, those that nothing shows that the browser is told: packets came late, and until two seconds
    /// after no round-trip time was long, no sample lacked packets, and no sound was made up.
    pub hidden: usize,
    /// Seconds in an episode.
    pub claimed: f64,
    /// Of them, those far from any bad second.
    pub far: f64,
}

impl LinkScore {
    /// Of what was said of a call; `None` of one over another network.
    #[must_use]
    pub fn new(observed: &Observation, truth: &Truth) -> Option<Self> {
        truth.networks.iter().find(|network| network.is_measured_link())?;
        let seconds: Vec<(Span, bool)> = truth
            .seconds
            .iter()
            .filter(|second| second.down.came >= WHOLE_SECOND_PACKETS && second.up.came >= WHOLE_SECOND_PACKETS)
            .map(|second| (second.span, is_bad(second.down) || is_bad(second.up)))
            .collect();
        let claimed = union(observed.raised.iter().map(|raised| raised.span));
        let grown = |span: Span, by: f64| Span { from: span.from - by, to: span.to + by };
        let alone = |index: usize| {
            let is_bad_at = |index: Option<usize>| index.and_then(|index| seconds.get(index)).is_some_and(|one| one.1);
            !is_bad_at(index.checked_sub(1)) && !is_bad_at(index.checked_add(1))
        };
        let bad: Vec<Span> = seconds.iter().filter(|(_, bad)| *bad).map(|(span, _)| *span).collect();
        let together: Vec<Span> = (0..)
            .zip(&seconds)
            .filter(|(index, (_, bad))| *bad && !alone(*index))
            .map(|(_, (span, _))| *span)
            .collect();
        let is_hidden = |span: &&Span| {
            let Some(second) = truth.seconds.iter().find(|second| second.span == **span) else { return false };
            let fewest = (1.0 - BAD_MISSING_SHARE) * second.down.came;
            let shown = truth.told.shows_late_packets(span.from, span.to + NOTICED_WITHIN, LATE_MS, fewest);
            !is_lossy(second.down) && !is_lossy(second.up) && !shown
        };
        let is_noticed = |span: &&Span| claimed.iter().any(|one| grown(*one, NOTICED_WITHIN).overlap(**span) > 0.0);
        let around = union(bad.iter().map(|span| grown(*span, INVENTED_FROM)));
        let all = union_length(claimed.iter().copied());
        Some(Self {
            bad: together.len(),
            noticed: together.iter().filter(is_noticed).count(),
            hidden: together.iter().filter(|span| !is_noticed(span)).filter(is_hidden).count(),
            claimed: all,
            far: all - union_length(intersection(&claimed, &around)),
        })
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            bad: self.bad + other.bad,
            noticed: self.noticed + other.noticed,
            hidden: self.hidden + other.hidden,
            claimed: self.claimed + other.claimed,
            far: self.far + other.far,
        }
    }

    /// Percent of the bad seconds that are not alone.
    #[must_use]
    pub fn noticed_share(self) -> Option<f64> {
        (self.bad > 0).then(|| 100.0 * self.noticed as f64 / self.bad as f64)
    }

    /// Percent of those that something shows.
    #[must_use]
    pub fn noticed_share_of_shown(self) -> Option<f64> {
        let shown = self.bad - self.hidden;
        (shown > 0).then(|| 100.0 * self.noticed as f64 / shown as f64)
    }

    /// Percent of what was claimed.
    #[must_use]
    pub fn far_share(self) -> Option<f64> {
        (self.claimed > 0.0).then(|| 100.0 * self.far / self.claimed)
    }
}

fn is_bad(passed: Passed) -> bool {
    is_lossy(passed)
        || passed.delay.is_some_and(|delay| delay > LATE_MS)
        || passed.left / passed.came < 1.0 - BAD_MISSING_SHARE
}

/// Otherwise packets that are missing in a second come in a later one.
fn is_lossy(passed: Passed) -> bool {
    100.0 * passed.dropped / passed.came > configured_thresholds::LOSS
}
