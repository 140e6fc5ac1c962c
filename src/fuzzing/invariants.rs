//! What holds for every call and every page, whatever happened.

use crate::agent::notice::{Notice, Phase};
use crate::alert::{CallReport, ConditionReport};
use crate::call::metric_summary::{Summaries, Summary};
use crate::condition::ConditionName;
use crate::config::Config;
use crate::engine::{CallId, Effect, ReportOutcome};
use crate::input::units::{Milliseconds, Percent, Value};
use crate::outbox::Form;
use crate::verdict::Rule;
use std::collections::BTreeMap;

/// Largest alert that the Function takes, in bytes.
const MAX_ALERT_BYTES: usize = 16_384;
/// Largest card, in bytes of JSON: Twilio Sync holds every call's.
const MAX_CARD_BYTES: usize = 700;
/// Largest beat, in bytes of JSON: Twilio Sync holds every call's.
const MAX_BEAT_BYTES: usize = 430;

/// Sums of floats are not exact.
const TOLERANCE: f64 = 1e-6;

/// Each condition is there once, worst first, and its episodes follow each other.
pub(super) fn conditions(conditions: &[ConditionReport]) {
    assert!(conditions.is_sorted_by(|one, next| one.name < next.name), "each once, worst first");
    for ConditionReport { name, episodes, .. } in conditions {
        assert!(!episodes.is_empty(), "{name:?} without an episode");
        let mut before = Milliseconds(0.0);
        let mut open = false;
        for episode in episodes {
            assert!(!open, "{name:?} goes on after an episode that never ended");
            assert!(episode.start_ms >= before && episode.end_ms >= episode.start_ms, "{name:?}: {episode:?}");
            assert!(episode.raised_ms >= episode.start_ms, "{name:?} was raised before it was there");
            assert!(episode.cleared_ms.is_none_or(|cleared| cleared >= episode.end_ms), "{name:?}: {episode:?}");
            worst(*name, episode.worst, episode.threshold);
            before = episode.end_ms;
            open = episode.cleared_ms.is_none();
        }
    }
}

/// A worst value is one that breaches, and one that can be.
fn worst(name: ConditionName, worst: Option<Value>, threshold: Option<Value>) {
    if let (Some(metric), Some(worst), Some(threshold)) = (name.metric(), worst, threshold) {
        assert!(metric.is_plausible(worst.0), "{name:?} {worst:?}");
        assert!(metric.breaches(worst, threshold), "{name:?} {worst:?} {threshold:?}");
    }
}

/// Time in warning is part of the call.
pub(super) fn share(duration: Milliseconds, warning: Milliseconds, share: Percent) {
    assert!(duration.0 >= 0.0 && (0.0..=duration.0).contains(&warning.0), "{warning:?} of {duration:?}");
    assert!((0.0..=100.0 + TOLERANCE).contains(&share.0), "{share:?}");
}

fn report(report: &CallReport, config: &Config) {
    let verdict = &report.verdict;
    conditions(&report.conditions);
    share(verdict.duration, verdict.warning, verdict.warning_share);
    assert!(verdict.duration <= report.elapsed, "{:?} of {:?}", verdict.duration, report.elapsed);
    let last = report.conditions.iter().filter_map(|condition| condition.episodes.last());
    assert!(last.clone().all(|episode| episode.end_ms <= report.elapsed), "nothing goes on after the end");

    let broken = |rule| verdict.reasons.iter().any(|reason| reason.rule == rule);
    let mut degradations = report.conditions.iter().filter(|condition| condition.name.degrades_call());
    let active =
        degradations.clone().filter_map(|condition| condition.episodes.last()).any(|last| last.cleared_ms.is_none());
    assert_eq!(broken(Rule::EndedInWarning), active && config.ended_in_warning_is_trigger);
    assert_eq!(broken(Rule::WarningDurPct), verdict.warning_share > config.warning_dur_pct_threshold);
    let concealed = verdict.severely_concealed.share();
    let is_beyond = concealed.is_some_and(|share| share > config.severely_concealed_pct_threshold);
    assert_eq!(broken(Rule::SeverelyConcealedPct), is_beyond);
    assert!(report.length.is_none_or(|length| length <= report.elapsed), "{:?} of {:?}", report.length, report.elapsed);
    assert!(report.length.is_none() || !(report.found_in_progress || report.monitoring));
    let short = report.length.is_some_and(|length| length < Milliseconds::from(config.short_call_threshold));
    assert_eq!(broken(Rule::ShortCall), short);
    // A connection that only flickers is nothing to tell.
    let flickers = |name| matches!(name, ConditionName::IceConnectivityLost | ConditionName::Reconnecting);
    let is_told = degradations.clone().any(|condition| !flickers(condition.name));
    assert!(report.diagnosis.is_some() || !is_told, "nothing is told");
    assert!(report.diagnosis.is_none() || degradations.next().is_some(), "{:?}", report.diagnosis);

    let Summaries {
        rtt,
        jitter,
        packets_lost_fraction,
        mos,
        audio_input_level,
        audio_output_level,
        concealed,
        jitter_buffer_delay,
    } = &report.metrics;
    [rtt, jitter, packets_lost_fraction, mos, audio_input_level, audio_output_level, concealed, jitter_buffer_delay]
        .into_iter()
        .flatten()
        .for_each(summary);
}

fn summary(summary: &Summary) {
    let between = |value: Value| value.0 >= summary.min.0 - TOLERANCE && value.0 <= summary.max.0 + TOLERANCE;
    assert!(between(summary.mean) && between(summary.p95), "{summary:?}");
}

/// A page that carries out what the engine wants, and watches it doing so.
#[derive(Clone)]
pub(super) struct PageWatch<'a> {
    config: &'a Config,
    open: BTreeMap<CallId, Option<Notice>>,
    newest_notice: u32,
    toast: Option<Notice>,
    /// An alert has come, and the end of its call has not.
    alerted: bool,
    /// Alerts as they are sent.
    alerts: Vec<String>,
}

impl<'a> PageWatch<'a> {
    pub(super) fn new(config: &'a Config) -> Self {
        Self { config, open: BTreeMap::new(), newest_notice: 0, toast: None, alerted: false, alerts: Vec::new() }
    }

    pub(super) fn opened(&mut self, call: CallId) {
        if self.config.enabled {
            assert!(self.open.insert(call, None).is_none(), "each call has a number of its own");
        }
    }

    pub(super) fn forgotten(&mut self, call: CallId) {
        self.open.remove(&call);
    }

    pub(super) fn open_calls(&self) -> Vec<CallId> {
        self.open.keys().copied().collect()
    }

    pub(super) fn alerts(&self) -> &[String] {
        &self.alerts
    }

    pub(super) fn take(&mut self, effect: Effect) {
        let is_end = matches!(
            effect,
            Effect::Ended { .. } | Effect::Reported { .. } | Effect::Notice { .. } | Effect::Toast(_) | Effect::Card(_)
        );
        assert!(!self.alerted || is_end, "the end of its call, or its report, follows an alert");
        match effect {
            Effect::Notice { call, notice } => self.notice(call, notice),
            Effect::Toast(toast) => {
                assert!(self.config.alert_agent, "agents see nothing");
                assert!(
                    toast.is_none_or(|toast| toast.wants_attention()),
                    "no notification of what is over, snoozed or quiet"
                );
                assert!(toast.is_some() || self.toast.is_some(), "what is not there is not taken down");
                self.toast = toast;
            }
            Effect::Ended { call, text, quiet, report } => {
                assert!(quiet || text.is_some(), "nothing is said loudly");
                let shown = self.open.remove(&call);
                assert_eq!(shown, Some(None), "a call ends once, with nothing shown any more");
                assert!(text.is_none() || self.config.alert_agent, "agents see nothing");
                let is_alert = report.as_ref().is_some_and(|report| report.verdict.is_alert());
                assert_eq!(std::mem::take(&mut self.alerted), is_alert, "an alert has a call and a reason");
                if let Some(report) = report {
                    self::report(&report, self.config);
                }
                assert!(!self.open.is_empty() || self.toast.is_none(), "no notification outlives the calls");
            }
            Effect::Reported { call, outcome } => {
                let goes_on = outcome == ReportOutcome::InCall;
                assert_eq!(goes_on, self.open.contains_key(&call), "a call that goes on is judged at its end");
                let report = if let ReportOutcome::AfterCall { report } = outcome { report } else { None };
                assert_eq!(std::mem::take(&mut self.alerted), report.is_some(), "a late report is an alert");
                if let Some(report) = report {
                    assert!(report.verdict.is_alert() && !report.agent_reports.is_empty());
                    self::report(&report, self.config);
                }
            }
            Effect::Shift | Effect::StopPreflight => {}
            Effect::Card(card) => {
                assert!(self.config.report_calls, "calls are not reported");
                assert!(card.document().len() <= MAX_CARD_BYTES, "{}", card.document());
            }
            Effect::Beat { call, beat } => {
                assert!(self.config.report_calls && self.open.contains_key(&call), "a call that goes on is told of");
                assert!(beat.document().len() <= MAX_BEAT_BYTES, "{}", beat.document());
            }
            Effect::Alert(alert) => {
                assert!(!std::mem::replace(&mut self.alerted, true), "an alert has a call of its own");
                let form = Form::new(&alert);
                assert!(!form.issues.is_empty(), "and a reason");
                let json = form.document();
                assert!((1..=MAX_ALERT_BYTES).contains(&json.len()), "{} bytes", json.len());
                self.alerts.push(json);
            }
        }
    }

    fn notice(&mut self, call: CallId, notice: Option<Notice>) {
        assert!(self.config.alert_agent, "agents see nothing");
        let Some(shown) = self.open.get_mut(&call) else {
            assert!(notice.is_none(), "a call that is over shows nothing");
            return;
        };
        assert!(*shown != notice, "only what changes is said");
        if let Some(notice) = notice {
            match shown {
                Some(shown) if shown.phase != Phase::Snoozed || notice.phase == Phase::Snoozed => {
                    assert_eq!(shown.id, notice.id, "a notice is updated in place");
                }
                _ => {
                    assert!(notice.id > self.newest_notice && !notice.is_recovery(), "a new one is about trouble");
                    self.newest_notice = notice.id;
                }
            }
        }
        *shown = notice;
    }
}
