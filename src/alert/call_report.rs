//! Everything that is known of a finished call, alert or not.

use crate::call::endpoint_monitor::EndpointReport;
use crate::call::metric_summary::Summaries;
use crate::call::trouble_timeline::TroubleStretch;
use crate::call::{Call, CallParties};
use crate::cause::{Cause, CauseReport};
use crate::condition::diagnosis::{Diagnosis, Direction, Side};
use crate::condition::{ConditionName, Episode};
use crate::config::{Config, Subject};
use crate::input::event::CallContext;
use crate::input::units::{Milliseconds, Timestamp, Value, WallTime};
use crate::keep_most_important::keep_most_important;
use crate::serde_helpers::is_default;
use crate::verdict::{Span, Verdict};
use serde::Serialize;
use std::cmp::Reverse;

/// One stretch of trouble; times are milliseconds since the call was accepted.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
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
#[derive(Clone, Debug, PartialEq, Serialize)]
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

impl EpisodeReport {
    /// How long it lasted, in whole milliseconds.
    fn length(&self) -> i64 {
        (self.end_ms.0 - self.start_ms.0) as i64
    }
}

/// A condition with no more than so many of its episodes: the longest, still in order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Trimmed<'a> {
    name: ConditionName,
    side: Side,
    direction: Option<Direction>,
    episodes: Vec<&'a EpisodeReport>,
    #[serde(skip_serializing_if = "is_default")]
    omitted_episodes: usize,
}

impl<'a> Trimmed<'a> {
    pub(super) fn new(report: &'a ConditionReport, max: usize) -> Self {
        let ConditionReport { name, side, direction, ref episodes } = *report;
        let mut trimmed = Self { name, side, direction, episodes: episodes.iter().collect(), omitted_episodes: 0 };
        trimmed.trim(max);
        trimmed
    }

    /// Leaves no more than so many. Of two equally long ones, the later stays.
    pub(super) fn trim(&mut self, max: usize) {
        let surplus = self.episodes.len().saturating_sub(max);
        keep_most_important(&mut self.episodes, max, |index, episode| Reverse((episode.length(), index)));
        self.omitted_episodes += surplus;
    }
}

/// Everything that is known of a finished call, alert or not.
#[derive(Clone, Debug, PartialEq)]
pub struct CallReport {
    /// Who called whom.
    pub parties: CallParties,
    /// What Flex knew.
    pub context: CallContext,
    /// What was wrong.
    pub conditions: Vec<ConditionReport>,
    /// The worst of it at each moment, in order.
    pub timeline: Vec<TroubleStretch>,
    /// What follows.
    pub verdict: Verdict,
    /// What it was like.
    pub metrics: Summaries,
    /// The worst of what was wrong.
    pub diagnosis: Option<Diagnosis>,
    /// Why that was, where it is known.
    pub cause: Option<Cause>,
    /// Every cause that held while something was wrong, in the order of the first moments.
    pub causes: Vec<CauseReport>,
    /// Its endpoint.
    pub endpoint: EndpointReport,
    /// Error codes of the SDK.
    pub errors: Vec<u32>,
    /// When the agent reported a problem, since the call was accepted; later than its end in wrap-up.
    pub agent_reports: Vec<Milliseconds>,
    /// When it was accepted, on the engine's clock.
    pub accepted: Timestamp,
    /// It was already in progress when it was found: all times count from then.
    pub found_in_progress: bool,
    /// A supervisor monitored a colleague's call with it.
    pub monitoring: bool,
    /// How long it lasted for rule V1; `None`: the rule does not apply to it.
    pub length: Option<Milliseconds>,
    /// When it was accepted, as time of day.
    pub started: WallTime,
    /// From then to the call's end, data gaps included.
    pub elapsed: Milliseconds,
    /// The stretches without data, in order: from and to, since it was accepted.
    pub data_gaps: Vec<(Milliseconds, Milliseconds)>,
}

impl CallReport {
    /// Of a call that ends at this moment; `None` for one that never was accepted. `alerts_alone`: `None` also for a call
    /// that would not alert. Most checkpoints are of such calls.
    pub(crate) fn new(call: &Call, now: Timestamp, config: &Config, alerts_alone: bool) -> Option<Self> {
        let (accepted, started) = call.accepted()?;
        let found_in_progress = call.was_found_in_progress();
        let (ended, found) = call.finished(now);
        let counted_from = call.counted_from();
        let verdict = Verdict::new(
            &found,
            call.causes(),
            call.severely_concealed(),
            call.reports(),
            Span { accepted, ended, counted_from },
            config,
        );
        if alerts_alone && !verdict.is_alert() {
            return None;
        }
        let conditions: Vec<_> = found
            .episodes()
            .map(|(name, episodes)| ConditionReport {
                name,
                side: name.diagnosis().map_or(Side::Unknown, Diagnosis::side),
                direction: name.diagnosis().map(Diagnosis::direction),
                episodes: episodes.iter().map(|episode| EpisodeReport::new(episode, accepted)).collect(),
            })
            .collect();
        let diagnosis = call.worst_diagnosis(&found);
        Some(Self {
            parties: call.parties.clone(),
            context: call.context.clone(),
            diagnosis,
            cause: diagnosis.and_then(|worst| call.causes().between(worst, accepted, ended)),
            causes: call.causes().report(accepted),
            timeline: call.timeline(&found, accepted),
            conditions,
            verdict,
            metrics: call.summaries(),
            endpoint: call.endpoint(),
            errors: call.errors.clone(),
            agent_reports: call.reports().to_vec(),
            accepted,
            found_in_progress,
            monitoring: call.is_monitoring(),
            length: counted_from.map(|from| ended - from),
            started,
            elapsed: ended - accepted,
            data_gaps: found.data_gaps().map(|(from, to)| (from - accepted, to - accepted)).collect(),
        })
    }
}

impl CallReport {
    /// What decides which actions its alert is for.
    #[must_use]
    pub fn subject(&self) -> Subject {
        let rules = self.verdict.reasons.iter().map(|reason| reason.rule).collect();
        Subject { rules, diagnosis: self.diagnosis, cause: self.cause }
    }
}

impl EpisodeReport {
    fn new(episode: &Episode, accepted: Timestamp) -> Self {
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
