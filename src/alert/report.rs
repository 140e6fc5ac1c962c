//! Everything that is known of a finished call, alert or not.

use crate::call::{Call, Incoming};
use crate::condition::{ConditionName, Episode};
use crate::config::Config;
use crate::diagnosis::{Diagnosis, Direction, Side};
use crate::event::CallContext;
use crate::json::{Json, Writer};
use crate::summary::Summaries;
use crate::units::{Milliseconds, Timestamp, Value, WallTime};
use crate::verdict::{Span, Verdict};

/// One stretch of trouble; times are milliseconds since the call was accepted.
#[derive(Clone, Debug, PartialEq)]
pub struct EpisodeReport {
    /// Start of its first breaching second.
    pub start_ms: Milliseconds,
    /// End of its last.
    pub end_ms: Milliseconds,
    /// When it was noticed.
    pub raised_ms: Milliseconds,
    /// When it was taken back; null if the call ended first.
    pub cleared_ms: Option<Milliseconds>,
    /// The worst value; null for conditions without a threshold.
    pub worst: Option<Value>,
    /// The threshold in force; null for conditions without one.
    pub threshold: Option<Value>,
}

/// Everything that was wrong in one way.
#[derive(Clone, Debug, PartialEq)]
pub struct ConditionReport {
    /// What.
    pub name: ConditionName,
    /// Whose side.
    pub side: Side,
    /// Which way; null where it is none.
    pub direction: Option<Direction>,
    /// When.
    pub episodes: Vec<EpisodeReport>,
}

impl Json for EpisodeReport {
    fn write(&self, to: &mut Writer) {
        to.object()
            .field("startMs", &self.start_ms)
            .field("endMs", &self.end_ms)
            .field("raisedMs", &self.raised_ms)
            .field("clearedMs", &self.cleared_ms)
            .field("worst", &self.worst)
            .field("threshold", &self.threshold)
            .end_object();
    }
}

impl Json for ConditionReport {
    fn write(&self, to: &mut Writer) {
        Bounded { report: self, most: usize::MAX }.write(to);
    }
}

/// A condition with its longest episodes only, still in order.
pub(super) struct Bounded<'a> {
    pub(super) report: &'a ConditionReport,
    pub(super) most: usize,
}

impl Json for Bounded<'_> {
    fn write(&self, to: &mut Writer) {
        let ConditionReport { name, side, direction, episodes } = self.report;
        let mut longest: Vec<_> = episodes.iter().enumerate().collect();
        if longest.len() > self.most {
            // Of two equally long ones, the later stays.
            let length = |episode: &EpisodeReport| (episode.end_ms.0 - episode.start_ms.0) as i64;
            longest.sort_unstable_by_key(|(index, episode)| std::cmp::Reverse((length(episode), *index)));
            longest.truncate(self.most);
            longest.sort_unstable_by_key(|(index, _)| *index);
        }
        let longest: Vec<_> = longest.into_iter().map(|(_, episode)| episode).collect();
        let omitted = episodes.len() - longest.len();
        to.object()
            .field("name", &name.as_str())
            .field("side", &side.as_str())
            .field("direction", &direction.map(Direction::as_str))
            .field("episodes", &longest)
            .known("omittedEpisodes", &Some(omitted).filter(|omitted| *omitted > 0))
            .end_object();
    }
}

/// Everything that is known of a finished call, alert or not.
#[derive(Clone, Debug, PartialEq)]
pub struct CallReport {
    /// Who called whom.
    pub parties: Incoming,
    /// What Flex knew.
    pub context: CallContext,
    /// What was wrong.
    pub conditions: Vec<ConditionReport>,
    /// What follows.
    pub verdict: Verdict,
    /// What it was like.
    pub metrics: Summaries,
    /// The worst of what was wrong.
    pub diagnosis: Option<Diagnosis>,
    /// Error codes of the SDK.
    pub errors: Vec<u32>,
    /// When the agent reported a problem, since the call was accepted; later than its end in wrap-up.
    pub agent_reports: Vec<Milliseconds>,
    /// When it was accepted, on the engine's clock.
    pub accepted: Timestamp,
    /// It was found going on: all times count from then.
    pub midway: bool,
    /// A supervisor monitored a colleague's call with it.
    pub monitoring: bool,
    /// How long it lasted for rule V1; `None`: the rule does not apply to it.
    pub length: Option<Milliseconds>,
    /// When it was accepted, as time of day.
    pub started: WallTime,
    /// How long that was ago when it ended, stretches without data included.
    pub elapsed: Milliseconds,
}

impl CallReport {
    /// Of a call that ends at this moment; `None` for one that never was accepted. `alerts_alone`: also for one that
    /// does not alert, as every checkpoint wants it, most of which are of calls without anything wrong.
    pub(crate) fn of(call: &Call, now: Timestamp, config: &Config, alerts_alone: bool) -> Option<Self> {
        let (accepted, started) = call.accepted()?;
        let midway = call.is_midway();
        let (ended, found) = call.finished(now);
        let counted_from = call.counted_from();
        let verdict = Verdict::of(&found, call.reports(), Span { accepted, ended, counted_from }, config);
        if alerts_alone && !verdict.is_alert() {
            return None;
        }
        let conditions: Vec<_> = found
            .episodes()
            .map(|(name, episodes)| ConditionReport {
                name,
                side: name.diagnosis().map_or(Side::Unknown, Diagnosis::side),
                direction: name.diagnosis().map(Diagnosis::direction),
                episodes: episodes.iter().map(|episode| EpisodeReport::of(episode, accepted)).collect(),
            })
            .collect();
        Some(Self {
            parties: call.parties.clone(),
            context: call.context.clone(),
            diagnosis: call.worst_diagnosis(),
            conditions,
            verdict,
            metrics: call.summaries(),
            errors: call.errors.clone(),
            agent_reports: call.reports().to_vec(),
            accepted,
            midway,
            monitoring: call.is_monitoring(),
            length: counted_from.map(|from| ended - from),
            started,
            elapsed: ended - accepted,
        })
    }
}

impl EpisodeReport {
    fn of(episode: &Episode, accepted: Timestamp) -> Self {
        Self {
            start_ms: episode.start - accepted,
            end_ms: episode.end - accepted,
            raised_ms: episode.raised - accepted,
            cleared_ms: episode.cleared.map(|cleared| cleared - accepted),
            worst: episode.worst,
            threshold: episode.threshold,
        }
    }
}
